//! Bytes somewhere, counted: what arrays hold and plans read.
//!
//! A [`Buffer`] is an owner and a range of its memory. The owner is a [`Block`] of the pool, which
//! may be overwritten once nobody else holds it, or something foreign (a vector, NumPy's array, a
//! mapped file), which never is; or a block of a GPU's memory, whose bytes are read on the host after
//! [`Buffer::to_device`]. Every byte of a buffer has been written, so reading is safe.
//!
//! Before this module: the pool. After it: [`exec`](crate::exec), which makes buffers of what
//! kernels have filled.

use crate::cuda;
use crate::device::Device;
use crate::error::Error;
use crate::pool::{Block, Pool, PoolError};
use num_complex::Complex;
use std::any::Any;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;
use std::ptr::NonNull;
use std::sync::Arc;

/// Bytes that are never written again while anyone else can see them. Clones share the bytes.
///
/// ```
/// use numfuse_runtime::Buffer;
///
/// let buffer = Buffer::from_vec(vec![1.5f32, 2.5]);
/// assert_eq!(buffer.len(), 8);
/// assert_eq!(buffer.elements::<f32>(), Some(&[1.5, 2.5][..]));
/// ```
#[derive(Clone)]
pub struct Buffer {
    start: NonNull<u8>,
    bytes: usize,
    owner: Owner,
}

/// Who keeps the bytes.
#[derive(Clone)]
enum Owner {
    Pool(Arc<Block>),
    /// Held only to be dropped in time.
    Foreign(#[expect(dead_code, reason = "it is kept for its drop")] Arc<dyn Any + Send + Sync>),
    /// The range's addresses are those of the GPU.
    Gpu(Arc<cuda::Block>),
}

// SAFETY: the bytes are read-only while shared, and both kinds of owner are `Send + Sync`.
unsafe impl Send for Buffer {}
// SAFETY: as above; a shared buffer only reads.
unsafe impl Sync for Buffer {}

/// Types whose values are nothing but bytes: no padding, no pointers.
///
/// # Safety
/// Every byte of a value is initialised, and bytes for which [`Plain::holds`] says so are a value.
pub unsafe trait Plain: Copy + Send + Sync + 'static {
    /// Whether these bytes, as many as whole values need, are values of the type.
    fn holds(_bytes: &[u8]) -> bool {
        true
    }
}

macro_rules! plain {
    ($($T:ty),+) => { $(
        // SAFETY: a number of this type has no padding, and any bits are one.
        unsafe impl Plain for $T {}
    )+ };
}

plain!(i8, i16, i32, i64, u8, u16, u32, u64, half::f16, half::bf16, f32, f64);
plain!(Complex<f32>, Complex<f64>);

// SAFETY: a bool is one byte, 0 or 1.
unsafe impl Plain for bool {
    fn holds(bytes: &[u8]) -> bool {
        bytes.iter().all(|&byte| byte <= 1)
    }
}

impl Buffer {
    /// The elements of a vector, which is not copied.
    pub fn from_vec<T: Plain>(elements: Vec<T>) -> Buffer {
        let start = NonNull::new(elements.as_ptr().cast_mut().cast()).expect("vectors are never null");
        let bytes = size_of_val(elements.as_slice());
        Buffer { start, bytes, owner: Owner::Foreign(Arc::new(elements)) }
    }

    /// A copy of `bytes` in the pool.
    ///
    /// # Errors
    /// The pool is at its limit.
    pub fn copied_from(bytes: &[u8], pool: &Pool) -> Result<Buffer, PoolError> {
        let mut block = pool.allocate(bytes.len())?;
        fill(&mut block, bytes);
        // SAFETY: `fill` has written all of it.
        Ok(unsafe { Buffer::from_block(block) })
    }

    /// What somebody else owns, kept alive by `owner`; it is never written to.
    ///
    /// # Safety
    /// `start` is not null and the `bytes` bytes from it are initialised, stay where they are and
    /// are not written by anyone until `owner` is dropped.
    pub unsafe fn from_owner(start: *const u8, bytes: usize, owner: Arc<dyn Any + Send + Sync>) -> Buffer {
        let start = NonNull::new(start.cast_mut()).expect("foreign memory has an address");
        Buffer { start, bytes, owner: Owner::Foreign(owner) }
    }

    /// Elements that somebody else owns or shares, where they lie; `owner` is asked for them once,
    /// and kept.
    ///
    /// ```
    /// use numfuse_runtime::Buffer;
    /// use std::sync::Arc;
    ///
    /// let shared: Arc<[i32]> = Arc::from([1, 2, 3]);
    /// let buffer = Buffer::from_shared(shared.clone());
    /// assert_eq!(buffer.as_ptr(), shared.as_ptr().cast());
    /// ```
    pub fn from_shared<T: Plain, O: AsRef<[T]> + Send + Sync + 'static>(owner: O) -> Buffer {
        let owner = Arc::new(owner);
        let elements = (*owner).as_ref();
        let (start, bytes) = (elements.as_ptr().cast(), size_of_val(elements));
        // SAFETY: a slice borrowed from the owner is initialised, stays where it is and is written by
        // nobody for as long as the owner is shared; and it is, in an `Arc` that it never leaves.
        unsafe { Buffer::from_owner(start, bytes, owner) }
    }

    /// A block of the pool that has been filled.
    ///
    /// # Safety
    /// Every byte of it, to [`Block::len`], has been written.
    pub unsafe fn from_block(block: Block) -> Buffer {
        let start = NonNull::new(block.as_ptr()).expect("blocks are never null");
        Buffer { start, bytes: block.len(), owner: Owner::Pool(Arc::new(block)) }
    }

    /// A block of a GPU's memory that has been filled, or will be by what was launched before.
    ///
    /// # Safety
    /// Every byte of it is written before anything that is launched later reads it.
    pub unsafe fn from_gpu(block: cuda::Block) -> Buffer {
        let start = NonNull::new(std::ptr::without_provenance_mut(block.address() as usize));
        let bytes = block.len();
        Buffer { start: start.unwrap_or(NonNull::dangling()), bytes, owner: Owner::Gpu(Arc::new(block)) }
    }

    /// Where the bytes lie.
    pub fn device(&self) -> Device {
        match &self.owner {
            Owner::Pool(_) | Owner::Foreign(_) => Device::Cpu,
            Owner::Gpu(block) => Device::Cuda(block.gpu().ordinal()),
        }
    }

    /// The same bytes on a device: those that lie there already are shared, others copied. A copy to the host
    /// waits for all that was launched on the GPU; one between GPUs goes through the host.
    ///
    /// # Errors
    /// There is no such device, no memory on it, or what was to compute the bytes has failed.
    pub fn to_device(&self, device: Device, pool: &Pool) -> Result<Buffer, Error> {
        if self.device() == device {
            return Ok(self.clone());
        }
        match (&self.owner, device) {
            (Owner::Gpu(block), Device::Cpu) => {
                let mut host = pool.allocate(self.bytes)?;
                block.read(&mut host)?;
                // SAFETY: all of it was written.
                Ok(unsafe { Buffer::from_block(host) })
            }
            (Owner::Gpu(_), Device::Cuda(_)) => self.to_device(Device::Cpu, pool)?.to_device(device, pool),
            (Owner::Pool(_) | Owner::Foreign(_), Device::Cuda(ordinal)) => {
                let block = cuda::Gpu::get(ordinal)?.upload(self.bytes())?;
                // SAFETY: its bytes are on their way, before whatever is launched later.
                Ok(unsafe { Buffer::from_gpu(block) })
            }
            (Owner::Pool(_) | Owner::Foreign(_), Device::Cpu) => Ok(self.clone()),
        }
    }

    /// The bytes.
    ///
    /// # Panics
    /// If they lie on a GPU.
    pub fn bytes(&self) -> &[u8] {
        assert_eq!(self.device(), Device::Cpu, "what lies on a GPU is copied before it is read");
        // SAFETY: all constructors are given initialised bytes that live as long as the owner.
        unsafe { std::slice::from_raw_parts(self.start.as_ptr(), self.bytes) }
    }

    /// The elements, or `None` where the bytes are not whole, aligned values of that type.
    ///
    /// # Panics
    /// If they lie on a GPU.
    pub fn elements<T: Plain>(&self) -> Option<&[T]> {
        let (held, start) = (self.bytes(), self.start.as_ptr().cast::<T>());
        let whole = self.bytes.is_multiple_of(size_of::<T>()) && start.is_aligned();
        if !whole || !T::holds(held) {
            return None;
        }
        // SAFETY: as for `bytes`; they are aligned, whole, and values of `T`.
        Some(unsafe { std::slice::from_raw_parts(start, self.bytes / size_of::<T>()) })
    }

    /// The buffer as elements to be read in place, checked once.
    ///
    /// # Errors
    /// The buffer itself, where its bytes are not whole, aligned values of that type.
    pub fn into_elements<T: Plain>(self) -> Result<Elements<T>, Buffer> {
        match self.elements::<T>() {
            Some(_) => Ok(Elements { buffer: self, of: PhantomData }),
            None => Err(self),
        }
    }

    /// The first byte, not to be written through; of what lies on a GPU its address there.
    pub fn as_ptr(&self) -> *const u8 {
        self.start.as_ptr()
    }

    /// How many bytes there are.
    pub fn len(&self) -> usize {
        self.bytes
    }

    /// True of a buffer of zero bytes.
    pub fn is_empty(&self) -> bool {
        self.bytes == 0
    }

    /// How many buffers see the bytes, of a block of the pool; `None` of what is foreign.
    pub fn holders(&self) -> Option<usize> {
        match &self.owner {
            Owner::Pool(block) => Some(Arc::strong_count(block)),
            Owner::Foreign(_) | Owner::Gpu(_) => None,
        }
    }

    /// True when nobody else can see the bytes and they lie in the pool: they may be overwritten.
    pub fn is_unique_pool_block(&mut self) -> bool {
        match &mut self.owner {
            Owner::Pool(block) => Arc::get_mut(block).is_some(),
            Owner::Foreign(_) | Owner::Gpu(_) => false,
        }
    }

    /// The block, to be overwritten, if nobody else can see it; else the buffer again.
    ///
    /// # Errors
    /// The buffer itself, where it is shared or foreign.
    pub fn into_block(self) -> Result<Block, Buffer> {
        let Buffer { start, bytes, owner } = self;
        match owner {
            Owner::Pool(block) => {
                Arc::try_unwrap(block).map_err(|block| Buffer { start, bytes, owner: Owner::Pool(block) })
            }
            other @ (Owner::Foreign(_) | Owner::Gpu(_)) => Err(Buffer { start, bytes, owner: other }),
        }
    }
}

/// A buffer that holds values of `T`: a slice that keeps its memory.
#[derive(Clone, Debug)]
pub struct Elements<T> {
    buffer: Buffer,
    of: PhantomData<T>,
}

impl<T: Plain> Deref for Elements<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        let (start, count) = (self.buffer.as_ptr().cast::<T>(), self.buffer.len() / size_of::<T>());
        // SAFETY: as for `Buffer::elements`, which has said of these bytes that they are aligned, whole
        // values of `T`; bytes of a buffer never change.
        unsafe { std::slice::from_raw_parts(start, count) }
    }
}

impl fmt::Debug for Buffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let owner = match self.owner {
            Owner::Pool(_) => "pool",
            Owner::Foreign(_) => "foreign",
            Owner::Gpu(_) => "on a GPU",
        };
        write!(f, "Buffer({:p}, {} bytes, {owner})", self.start, self.bytes)
    }
}

/// Writes a whole block.
///
/// # Panics
/// If there are not as many bytes as the block has.
pub(crate) fn fill(block: &mut Block, bytes: &[u8]) {
    assert_eq!(block.len(), bytes.len(), "a block is filled as a whole");
    // SAFETY: the block owns this many bytes, and `&mut` says that nobody else uses them.
    unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), block.as_ptr(), bytes.len()) };
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

    #[test]
    fn vectors_are_not_copied() {
        let numbers = vec![1i64, 2, 3];
        let address = numbers.as_ptr().cast::<u8>();
        let mut buffer = Buffer::from_vec(numbers);
        assert_eq!(buffer.as_ptr(), address);
        assert_eq!(buffer.bytes().len(), 24);
        assert!(!buffer.is_unique_pool_block(), "a vector is not the pool's");
        assert!(buffer.into_block().is_err());
        assert!(Buffer::from_vec(Vec::<f64>::new()).is_empty());
    }

    #[test]
    fn owners_live_as_long_as_buffers() {
        struct Owner(Vec<u8>, Arc<AtomicBool>);
        impl Drop for Owner {
            fn drop(&mut self) {
                self.1.store(true, Relaxed);
            }
        }
        let dropped = Arc::new(AtomicBool::new(false));
        let owner = Arc::new(Owner(vec![1, 2, 3], dropped.clone()));
        let start = owner.0.as_ptr();
        // SAFETY: the owner's vector is never written or moved.
        let buffer = unsafe { Buffer::from_owner(start, 3, owner) };
        let copy = buffer.clone();
        drop(buffer);
        assert_eq!(copy.bytes(), [1, 2, 3]);
        assert!(!dropped.load(Relaxed));
        drop(copy);
        assert!(dropped.load(Relaxed));
    }

    #[test]
    fn only_the_last_holder_may_overwrite() {
        let pool = Pool::new(1 << 20);
        let mut buffer = Buffer::copied_from(&[7; 100], &pool).unwrap();
        let shared = buffer.clone();
        assert!(!buffer.is_unique_pool_block());
        let mut buffer = buffer.into_block().unwrap_err();
        drop(shared);
        assert!(buffer.is_unique_pool_block());
        assert_eq!(buffer.into_block().unwrap().len(), 100);
        assert_eq!(pool.statistics().live_bytes, 0);
    }

    #[test]
    fn elements_are_checked() {
        let buffer = Buffer::from_vec(vec![0u8, 1, 2, 1]);
        assert_eq!(buffer.elements::<bool>(), None);
        assert_eq!(buffer.elements::<i8>(), Some(&[0, 1, 2, 1][..]));
        assert_eq!(buffer.elements::<f64>(), None);
        assert_eq!(Buffer::from_vec(vec![true, false]).elements::<bool>(), Some(&[true, false][..]));
        assert!(Buffer::copied_from(&[0; 64], &Pool::new(8)).is_err());
        let wrong = Buffer::from_vec(vec![0u8, 2]).into_elements::<bool>().unwrap_err();
        assert_eq!(wrong.into_elements::<u8>().map(|e| e.to_vec()).unwrap(), [0, 2]);
        assert_eq!(Buffer::from_vec(Vec::<f64>::new()).into_elements::<f64>().unwrap().len(), 0);
    }
}
