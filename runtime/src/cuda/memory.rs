//! Memory of a GPU: blocks that come and go in the order of its stream, and copies up and down.

use super::driver::{Failure, call};
use super::staging::SMALL;
use super::{Error, Gpu};
use crate::fork;
use crate::pool::PoolError;
use cudarc::driver::sys::CUdeviceptr;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::Ordering::Relaxed;

/// Uninitialised memory of a GPU; dropping it gives it back, once all that was launched before is done.
pub struct Block {
    gpu: &'static Gpu,
    address: CUdeviceptr,
    bytes: usize,
}

/// How many blocks of each size there are, to be told of where there is no memory.
#[derive(Debug, Default)]
pub(super) struct Sizes(BTreeMap<usize, usize>);

impl Sizes {
    fn add(&mut self, bytes: usize) {
        *self.0.entry(bytes).or_default() += 1;
    }

    fn remove(&mut self, bytes: usize) {
        if let Some(count) = self.0.get_mut(&bytes) {
            *count -= 1;
            if *count == 0 {
                self.0.remove(&bytes);
            }
        }
    }

    /// The sizes of the largest blocks, 0 where there are fewer.
    fn largest(&self) -> [usize; 3] {
        let mut sizes = self.0.iter().rev().flat_map(|(&bytes, &count)| std::iter::repeat_n(bytes, count));
        [(); 3].map(|()| sizes.next().unwrap_or(0))
    }
}

impl Gpu {
    /// Memory for so many bytes. Where there is none, what is kept for later goes back first.
    ///
    /// # Errors
    /// There is not so much.
    pub fn allocate(&'static self, bytes: usize) -> Result<Block, crate::Error> {
        let mut address = 0;
        if bytes > 0 {
            let mut take = || {
                // SAFETY: pool and stream are this GPU's; the driver writes an address.
                self.with(|| unsafe {
                    call!(cuMemAllocFromPoolAsync(&mut address, bytes, self.pool, self.stream))
                })
            };
            let first = take();
            let taken = match first {
                Err(Error::Failed(failure)) if failure.is_out_of_memory() => {
                    self.trim()?;
                    take()
                }
                other => other,
            };
            match taken {
                Ok(()) => {}
                Err(Error::Failed(failure)) if failure.is_out_of_memory() => {
                    let (live, memory) = (self.live_bytes(), self.properties().memory);
                    let largest = fork::lock(&self.blocks).largest();
                    return Err(PoolError::OnGpu { requested: bytes, live, memory, largest }.into());
                }
                Err(error) => return Err(error.into()),
            }
        }
        self.live.fetch_add(bytes, Relaxed);
        fork::lock(&self.blocks).add(bytes);
        Ok(Block { gpu: self, address, bytes })
    }

    /// Gives what is kept for later back to the GPU, once all that was launched before is done.
    ///
    /// # Errors
    /// What a kernel did wrong since the last wait.
    pub fn trim(&self) -> Result<(), Error> {
        self.synchronize()?;
        // SAFETY: the pool is this GPU's.
        self.with(|| unsafe { call!(cuMemPoolTrimTo(self.pool, 0)) })
    }

    /// A block with these bytes.
    ///
    /// # Errors
    /// There is no memory, or the GPU is lost.
    pub fn upload(&'static self, bytes: &[u8]) -> Result<Block, crate::Error> {
        let block = self.allocate(bytes.len())?;
        self.write(&block, bytes)?;
        Ok(block)
    }

    /// Fills a block. The bytes may be changed as soon as it returns.
    pub(super) fn write(&self, block: &Block, bytes: &[u8]) -> Result<(), Error> {
        assert_eq!(block.bytes, bytes.len(), "a block is filled as a whole");
        // SAFETY: the block has so many bytes.
        unsafe { self.write_at(block.address, bytes) }
    }

    /// Copies bytes of the host to an address of the GPU. They may be changed as soon as it returns.
    ///
    /// # Safety
    /// From there on lies memory of so many bytes that whoever uses it expects to change.
    pub(super) unsafe fn write_at(&self, to: CUdeviceptr, bytes: &[u8]) -> Result<(), Error> {
        if bytes.is_empty() {
            return Ok(());
        }
        if bytes.len() > SMALL {
            let mut stages = fork::lock(&self.stages);
            // SAFETY: by our caller's promise.
            return self.with(|| unsafe { stages.write(self, to, bytes) });
        }
        // SAFETY: by our caller's promise; memory of the host that is not pinned the driver has copied when it
        // returns.
        self.with(|| unsafe {
            call!(cuMemcpyHtoDAsync_v2(to, bytes.as_ptr().cast(), bytes.len(), self.stream))
        })
    }

    /// Sets every byte of a block, in the order of the stream.
    ///
    /// # Errors
    /// The GPU is lost.
    pub(super) fn fill(&self, block: &Block, byte: u8) -> Result<(), Error> {
        // SAFETY: the block has so many bytes.
        self.with(|| unsafe { call!(cuMemsetD8Async(block.address, byte, block.bytes, self.stream)) })
    }

    /// Copies what begins at an address of the GPU to the host, once all that was launched before is done.
    ///
    /// # Errors
    /// What a kernel did wrong since the last wait.
    ///
    /// # Safety
    /// `from` is the address of so many bytes of this GPU's memory that live until then, and `to` of as many of
    /// the host's that nobody else touches.
    pub(super) unsafe fn read(&self, from: CUdeviceptr, to: *mut u8, bytes: usize) -> Result<(), Error> {
        if bytes == 0 {
            return Ok(());
        }
        let mut stages = fork::lock(&self.stages);
        // SAFETY: by our caller's promise.
        self.with(|| unsafe { stages.read(self, from, to, bytes) })
    }
}

impl Block {
    /// Copies its bytes to the host, once all that was launched before is done.
    ///
    /// # Errors
    /// What a kernel did wrong since the last wait.
    pub fn read(&self, host: &mut crate::pool::Block) -> Result<(), Error> {
        assert_eq!(self.bytes, host.len(), "a block is filled as a whole");
        // SAFETY: both blocks have so many bytes and live until the copy is done, and `&mut` says that nobody else
        // uses the host's.
        unsafe { self.gpu.read(self.address, host.as_ptr(), self.bytes) }
    }

    /// Copies bytes of its GPU into it, from a place on, after all that was launched before.
    ///
    /// # Errors
    /// The GPU is lost.
    ///
    /// # Safety
    /// `from` is the address of so many bytes of the GPU's memory, which are freed on its stream, and the block
    /// has as many from that place on, which nobody else uses.
    pub(crate) unsafe fn copy_from(
        &mut self,
        at: usize,
        from: CUdeviceptr,
        bytes: usize,
    ) -> Result<(), Error> {
        if bytes == 0 {
            return Ok(());
        }
        let to = self.address + at as u64;
        // SAFETY: by our caller's promise.
        self.gpu.with(|| unsafe { call!(cuMemcpyDtoDAsync_v2(to, from, bytes, self.gpu.stream)) })
    }

    /// Where it lies in the memory of the GPU.
    pub fn address(&self) -> u64 {
        self.address
    }

    /// How many bytes it has.
    pub fn len(&self) -> usize {
        self.bytes
    }

    /// True of a block of zero bytes.
    pub fn is_empty(&self) -> bool {
        self.bytes == 0
    }

    /// Whose memory it is.
    pub fn gpu(&self) -> &'static Gpu {
        self.gpu
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        self.gpu.live.fetch_sub(self.bytes, Relaxed);
        fork::lock(&self.gpu.blocks).remove(self.bytes);
        // What is lost, or another process's, is not ours to free.
        if self.address != 0 && self.gpu.check().is_ok() {
            let free = || -> Result<(), Failure> {
                // SAFETY: the block is nobody else's, and what was launched with it comes before on the stream.
                unsafe { call!(cuMemFreeAsync(self.address, self.gpu.stream)) }
            };
            // A failure is kept by the GPU, where it matters, and told by the next call.
            let _ = self.gpu.with(free);
        }
    }
}

impl fmt::Debug for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Block({:#x}, {} bytes, {:?})", self.address, self.bytes, self.gpu)
    }
}
