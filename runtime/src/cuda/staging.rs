//! Pinned memory of the host, through which what is large goes up and what is read comes down.
//!
//! Copies from and to pinned memory run beside the program and several times as fast as others. Two stages take turns:
//! while one is on its way the other is filled or emptied, by all workers. A small result comes down in one copy to a
//! stage of its own, and is waited for once.

use super::Gpu;
use super::driver::{Failure, call};
use crate::cpu::workers::Workers;
use cudarc::driver::sys::{CUdeviceptr, CUevent, CUevent_flags_enum};

/// Bytes of a stage.
const STAGE: usize = 4 << 20;

/// Up to so many bytes the driver takes what is to go up at once, without a stage.
pub(super) const SMALL: usize = 64 << 10;

/// Bytes that a worker copies at a time.
const TASK: usize = 512 << 10;

/// The stages of a GPU.
pub(super) struct Stages {
    large: Option<[Stage; 2]>,
    small: Option<Stage>,
}

/// Pinned memory, and the copy that it was last part of.
struct Stage {
    address: *mut u8,
    copied: CUevent,
}

// SAFETY: pinned memory and events may be used from any thread, one at a time.
unsafe impl Send for Stages {}

impl Stages {
    /// None yet.
    pub(super) const fn new() -> Stages {
        Stages { large: None, small: None }
    }

    /// Copies bytes of the host to an address of the GPU; they may be changed as soon as it returns.
    ///
    /// # Safety
    /// From there on lies memory of so many bytes that whoever uses it expects to change; the context is set.
    pub(super) unsafe fn write(&mut self, gpu: &Gpu, to: CUdeviceptr, bytes: &[u8]) -> Result<(), Failure> {
        let stages = pair(&mut self.large)?;
        for (i, part) in bytes.chunks(STAGE).enumerate() {
            let stage = &stages[i % 2];
            // SAFETY: the event is ours; after it the stage is nobody else's, and as large as a part. By our caller's
            // promise the GPU's memory is, too.
            unsafe {
                call!(cuEventSynchronize(stage.copied))?;
                copy(part.as_ptr(), stage.address, part.len());
                let to = to + (i * STAGE) as u64;
                call!(cuMemcpyHtoDAsync_v2(to, stage.address.cast(), part.len(), gpu.stream()))?;
                call!(cuEventRecord(stage.copied, gpu.stream()))?;
            }
        }
        Ok(())
    }

    /// Copies bytes of the GPU to the host, after all that was launched before, and waits for them.
    ///
    /// # Safety
    /// `from` is the address of so many bytes of this GPU's memory that live until then, and `to` of as many of the
    /// host's that nobody else touches; the context is set.
    pub(super) unsafe fn read(
        &mut self,
        gpu: &Gpu,
        from: CUdeviceptr,
        to: *mut u8,
        bytes: usize,
    ) -> Result<(), Failure> {
        if bytes <= SMALL {
            let stage = match &self.small {
                Some(stage) => stage,
                None => self.small.insert(Stage::new(SMALL)?),
            };
            // SAFETY: the stage is ours alone and has so many bytes; the rest is our caller's promise.
            return unsafe {
                call!(cuMemcpyDtoHAsync_v2(stage.address.cast(), from, bytes, gpu.stream()))?;
                call!(cuStreamSynchronize(gpu.stream()))?;
                std::ptr::copy_nonoverlapping(stage.address, to, bytes);
                Ok(())
            };
        }
        let stages = pair(&mut self.large)?;
        let parts = bytes.div_ceil(STAGE);
        let part = |i: usize| (i * STAGE, STAGE.min(bytes - i * STAGE));
        for i in 0..=parts {
            if i < parts {
                let (stage, (at, count)) = (&stages[i % 2], part(i));
                // SAFETY: as above; what was in the stage was taken out of it two turns ago, or goes up by an earlier
                // copy on the same stream.
                unsafe {
                    call!(cuMemcpyDtoHAsync_v2(stage.address.cast(), from + at as u64, count, gpu.stream()))?;
                    call!(cuEventRecord(stage.copied, gpu.stream()))?;
                }
            }
            if let Some(before) = i.checked_sub(1) {
                let (stage, (at, count)) = (&stages[before % 2], part(before));
                // SAFETY: after the event the part is there.
                unsafe {
                    call!(cuEventSynchronize(stage.copied))?;
                    copy(stage.address, to.add(at), count);
                }
            }
        }
        Ok(())
    }
}

/// The two large stages, made at their first use.
fn pair(stages: &mut Option<[Stage; 2]>) -> Result<&[Stage; 2], Failure> {
    match stages {
        Some(stages) => Ok(stages),
        None => Ok(stages.insert([Stage::new(STAGE)?, Stage::new(STAGE)?])),
    }
}

impl Stage {
    /// Pinned memory for good, as its GPU is.
    fn new(bytes: usize) -> Result<Stage, Failure> {
        let (mut address, mut copied) = (std::ptr::null_mut(), std::ptr::null_mut());
        let untimed = CUevent_flags_enum::CU_EVENT_DISABLE_TIMING as u32;
        // SAFETY: the driver writes an address and a handle.
        unsafe {
            call!(cuMemHostAlloc(&mut address, bytes, 0))?;
            call!(cuEventCreate(&mut copied, untimed))?;
        }
        Ok(Stage { address: address.cast(), copied })
    }
}

/// Copies bytes, with all workers where there are many.
///
/// # Safety
/// Both addresses have so many bytes, nobody writes to the first, and nobody else uses the second.
unsafe fn copy(from: *const u8, to: *mut u8, bytes: usize) {
    let both = Both(from, to);
    let both = &both;
    let body = |first: u64, beyond: u64| {
        let (begin, end) = (first as usize * TASK, (beyond as usize * TASK).min(bytes));
        let Both(from, to) = *both;
        // SAFETY: by our caller's promise; each range is copied once.
        unsafe { std::ptr::copy_nonoverlapping(from.add(begin), to.add(begin), end - begin) };
    };
    let tasks = bytes.div_ceil(TASK) as u64;
    if tasks < 2 || Workers::global().for_each_range(tasks, 1, &body, None).is_err() {
        body(0, tasks);
    }
}

/// Two addresses for several threads.
#[derive(Clone, Copy)]
struct Both(*const u8, *mut u8);

// SAFETY: each thread reads and writes ranges of its own.
unsafe impl Sync for Both {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_of_any_length_are_whole() {
        for bytes in [0, 1, TASK - 1, TASK, TASK + 1, 3 * TASK + 17] {
            let from: Vec<u8> = (0..bytes).map(|i| (i * 7 % 251) as u8).collect();
            let mut to = vec![0u8; bytes + 1];
            // SAFETY: both have so many bytes.
            unsafe { copy(from.as_ptr(), to.as_mut_ptr(), bytes) };
            assert!(to[..bytes] == from[..] && to[bytes] == 0, "{bytes}");
        }
    }
}
