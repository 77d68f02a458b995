//! The host memory pool: where every array on the CPU lives.
//!
//! The one idea: a fresh 64 MiB output costs five times the kernel that fills it, because each
//! page must first be faulted in; memory that was used a moment ago is free of that. So a dropped
//! [`Block`] goes to a shelf of its size class and the next allocation of that class takes it
//! back, warm. Small blocks come from the system allocator, blocks from 2 MiB up are mapped on
//! huge-page boundaries.
//!
//! Accounting has one invariant: `committed = live + idle`, and it grows only through
//! `Inner::reserve`, which holds it under the limit. Taking a block from a shelf moves bytes
//! from idle to live and needs no check; that is why the fast path is one lock and one add.
//!
//! Before this module: the planner, which knows the bytes of each buffer. After it: kernels, which
//! write through [`Block::as_ptr`] and must not read what they did not write.

mod system;
#[cfg(test)]
mod tests;

use crate::fork;
use std::fmt;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, TryLockError};

/// The alignment of every block: a cache line, and the widest vector register.
pub const ALIGNMENT: usize = 64;

/// From this capacity up a block is mapped on its own, aligned to a huge page.
const HUGE_PAGE: usize = 2 << 20;

/// A pool of host memory with size classes, a byte limit and statistics.
///
/// Cloning is cheap and gives the same pool; so does sharing a reference between threads.
///
/// ```
/// use numfuse_runtime::pool::Pool;
///
/// let pool = Pool::new(1 << 20);
/// let first = pool.allocate(1000)?.as_ptr();
/// let again = pool.allocate(1000)?; // the block just dropped, still warm
/// assert_eq!(again.as_ptr(), first);
/// assert_eq!(pool.statistics().hits, 1);
/// # Ok::<(), numfuse_runtime::pool::PoolError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Pool {
    inner: Arc<Inner>,
}

/// Uninitialised memory on loan from a [`Pool`]; dropping it gives it back.
///
/// What it holds is arbitrary until written: old results, zeros, or a mixture.
pub struct Block {
    memory: NonNull<u8>,
    bytes: usize,
    capacity: usize,
    /// The shelf to return to; `None` for empty blocks and those cut to size at the limit.
    class: Option<usize>,
    pool: Arc<Inner>,
}

/// What a pool holds and how well it is doing, at one moment.
///
/// Bytes are those of size classes: whole cache lines, and at most a quarter above what was asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Bytes of the blocks now in use.
    pub live_bytes: usize,
    /// The most that `live_bytes` has been since the start or [`Pool::reset_peak`].
    pub peak_bytes: usize,
    /// Bytes of idle blocks kept for reuse, without those [`Pool::trim`] offered to the system.
    pub cached_bytes: usize,
    /// How many allocations of one byte or more were asked for.
    pub allocations: u64,
    /// How many of them took an idle block.
    pub hits: u64,
}

/// Why an allocation failed. Its text is a sentence for the person who asked for the array, and so
/// names the function that this person has: `numfuse::memory::set_limit`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PoolError {
    /// The pool's own limit forbids it, with every idle block already given up.
    OverLimit {
        /// Bytes asked for.
        requested: usize,
        /// Bytes in use at the time.
        live: usize,
        /// The limit at the time.
        limit: usize,
    },
    /// The limit allows it but the operating system has no such memory.
    Refused {
        /// Bytes asked for.
        requested: usize,
        /// Bytes in use at the time.
        live: usize,
        /// The limit at the time.
        limit: usize,
    },
    /// A GPU has no such memory, with all that was kept for later given back.
    OnGpu {
        /// Bytes asked for.
        requested: usize,
        /// Bytes of the arrays on it at the time.
        live: usize,
        /// Bytes of its memory.
        memory: usize,
        /// Bytes of the largest arrays on it, 0 where there are fewer.
        largest: [usize; 3],
    },
}

impl Pool {
    /// The pool of the process, limited to [`Pool::default_limit`] until [`Pool::set_limit`].
    pub fn global() -> &'static Pool {
        static GLOBAL: OnceLock<Pool> = OnceLock::new();
        fork::once(&GLOBAL, || Pool::new(Pool::default_limit()))
    }

    /// An empty pool that will hold at most `limit_bytes`, live and idle together.
    pub fn new(limit_bytes: usize) -> Pool {
        let shelves = (0..CLASSES).map(|_| Shelf::default()).collect();
        let inner = Inner {
            shelves,
            limit: AtomicUsize::new(limit_bytes),
            committed: AtomicUsize::new(0),
            live: AtomicUsize::new(0),
            peak: AtomicUsize::new(0),
            unshelved: AtomicU64::new(0),
            generation: fork::generation(),
        };
        Pool { inner: Arc::new(inner) }
    }

    /// Four fifths of the memory this process can have: the machine's, or its control group's.
    pub fn default_limit() -> usize {
        system::physical_memory() / 5 * 4
    }

    /// Memory for `bytes` bytes, aligned to [`ALIGNMENT`] and uninitialised.
    ///
    /// At the limit idle blocks are given up first; only then is this an error. Zero bytes always
    /// succeed, with a pointer that is aligned and must not be dereferenced.
    pub fn allocate(&self, bytes: usize) -> Result<Block, PoolError> {
        if bytes == 0 {
            return Ok(self.block(DANGLING, 0, 0, None));
        }
        if bytes > LARGEST {
            return Err(self.inner.error(bytes, bytes > self.limit()));
        }
        let class = class_of(bytes);
        match self.inner.take(class) {
            Some(memory) => Ok(self.block(memory, bytes, capacity_of(class), Some(class))),
            None => self.allocate_fresh(bytes, class),
        }
    }

    /// The byte limit on live and idle blocks together.
    pub fn limit(&self) -> usize {
        self.inner.limit.load(Relaxed)
    }

    /// Changes the limit. Idle blocks above a lower limit are given up at once; live blocks stay,
    /// and are not kept when dropped while the pool is above its limit.
    pub fn set_limit(&self, limit_bytes: usize) {
        self.inner.limit.store(limit_bytes, Relaxed);
        let committed = self.inner.committed.load(Relaxed);
        self.inner.evict(committed.saturating_sub(limit_bytes));
    }

    /// What the pool holds now.
    pub fn statistics(&self) -> Statistics {
        let mut statistics = Statistics {
            live_bytes: self.inner.live.load(Relaxed),
            peak_bytes: self.inner.peak.load(Relaxed),
            allocations: self.inner.unshelved.load(Relaxed),
            ..Statistics::default()
        };
        for (class, shelf) in self.inner.shelves.iter().enumerate() {
            let Some(shelf) = self.inner.lock(shelf) else { continue };
            statistics.cached_bytes += (shelf.idle.len() - shelf.offered) * capacity_of(class);
            statistics.allocations += shelf.allocations;
            statistics.hits += shelf.hits;
        }
        statistics
    }

    /// Starts the peak again from what is live now.
    pub fn reset_peak(&self) {
        self.inner.peak.store(self.inner.live.load(Relaxed), Relaxed);
    }

    /// Hands idle memory to the system and returns how many bytes that was.
    ///
    /// Small blocks are freed. Large ones are offered (`MADV_FREE`): they keep their addresses and
    /// the system takes their pages when it runs short, so that reuse before then costs nothing.
    pub fn trim(&self) -> usize {
        (0..CLASSES).map(|class| self.inner.trim_class(class)).sum()
    }

    /// A block from the system: of its class if the limit has room for that, else of its very size.
    fn allocate_fresh(&self, bytes: usize, class: usize) -> Result<Block, PoolError> {
        let rounded = capacity_of(class);
        let (capacity, class) = if self.inner.reserve(rounded) {
            (rounded, Some(class))
        } else if self.inner.reserve(bytes) {
            (bytes, None)
        } else {
            return Err(self.inner.error(bytes, true));
        };
        let memory = system::obtain(capacity).or_else(|| {
            self.inner.evict(usize::MAX);
            system::obtain(capacity)
        });
        let Some(memory) = memory else {
            self.inner.committed.fetch_sub(capacity, Relaxed);
            return Err(self.inner.error(bytes, false));
        };
        Ok(self.block(memory, bytes, capacity, class))
    }

    /// Counts the capacity as live and wraps it.
    fn block(&self, memory: NonNull<u8>, bytes: usize, capacity: usize, class: Option<usize>) -> Block {
        if capacity > 0 {
            let live = self.inner.live.fetch_add(capacity, Relaxed) + capacity;
            if live > self.inner.peak.load(Relaxed) {
                self.inner.peak.fetch_max(live, Relaxed);
            }
        }
        Block { memory, bytes, capacity, class, pool: Arc::clone(&self.inner) }
    }
}

// SAFETY: a block is the only owner of its memory, and nothing in it is tied to a thread.
unsafe impl Send for Block {}
// SAFETY: a shared block gives out only a raw pointer; who writes through it answers for races.
unsafe impl Sync for Block {}

impl Block {
    /// The first byte; valid for [`Block::len`] bytes while the block lives.
    pub fn as_ptr(&self) -> *mut u8 {
        self.memory.as_ptr()
    }

    /// How many bytes were asked for.
    pub fn len(&self) -> usize {
        self.bytes
    }

    /// True of a block of zero bytes.
    pub fn is_empty(&self) -> bool {
        self.bytes == 0
    }

    /// How many bytes there really are, never fewer than [`Block::len`]; all may be written.
    pub fn capacity(&self) -> usize {
        self.capacity
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        if self.capacity == 0 {
            return;
        }
        let pool = &self.pool;
        pool.live.fetch_sub(self.capacity, Relaxed);
        let within_limit = pool.committed.load(Relaxed) <= pool.limit.load(Relaxed);
        let kept = within_limit && self.class.is_some_and(|class| pool.put(class, self.memory));
        if !kept {
            // SAFETY: `obtain` gave this memory with this capacity, and no shelf took it.
            unsafe { system::release(self.memory, self.capacity) };
            pool.committed.fetch_sub(self.capacity, Relaxed);
        }
    }
}

impl fmt::Debug for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Block({:p}, {} bytes)", self.memory, self.bytes)
    }
}

impl fmt::Display for PoolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            PoolError::OverLimit { requested, live, limit } => write!(
                f,
                "cannot allocate {}: {} are live and the memory limit is {}; \
                 drop arrays that are no longer needed or raise the limit with memory::set_limit",
                Bytes(requested),
                Bytes(live),
                Bytes(limit)
            ),
            PoolError::Refused { requested, live, limit } => write!(
                f,
                "cannot allocate {}: the operating system refused, although with {} live it is \
                 within the memory limit of {} (see memory::set_limit); \
                 drop arrays that are no longer needed or compute in smaller parts",
                Bytes(requested),
                Bytes(live),
                Bytes(limit)
            ),
            PoolError::OnGpu { requested, live, memory, largest } => {
                let largest = largest.iter().filter(|&&bytes| bytes > 0);
                let largest = largest.map(|&bytes| Bytes(bytes).to_string()).collect::<Vec<_>>();
                let largest = match largest.len() {
                    0 => String::new(),
                    _ => format!(", the largest of them {}", largest.join(", ")),
                };
                write!(
                    f,
                    "cannot allocate {} on the GPU: of its {} the arrays on it take {}{largest}; \
                     drop arrays that are no longer needed or compute in smaller parts",
                    Bytes(requested),
                    Bytes(memory),
                    Bytes(live)
                )
            }
        }
    }
}

impl std::error::Error for PoolError {}

/// A count of bytes as people read it: exact, and in a unit when that says more.
struct Bytes(usize);

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0)?;
        let units = [(30, "GiB"), (20, "MiB"), (10, "KiB")];
        match units.iter().find(|(shift, _)| self.0 >> shift > 0) {
            Some((shift, unit)) => write!(f, " ({:.1} {unit})", self.0 as f64 / (1u64 << shift) as f64),
            None => Ok(()),
        }
    }
}

/// What all handles of one pool and all its blocks share.
#[derive(Debug)]
struct Inner {
    shelves: Box<[Shelf]>,
    limit: AtomicUsize,
    /// Live and idle bytes together.
    committed: AtomicUsize,
    live: AtomicUsize,
    peak: AtomicUsize,
    /// Allocations that found their shelf locked for good and so are counted here.
    unshelved: AtomicU64,
    /// The process that made the pool; see `Inner::lock`.
    generation: usize,
}

/// The idle blocks of one size class. On a cache line of its own, so that threads which work on
/// different sizes do not disturb each other.
#[derive(Debug, Default)]
#[repr(align(64))]
struct Shelf(Mutex<Idle>);

/// What a shelf holds: a stack, since the block dropped last is the warmest.
#[derive(Debug, Default)]
struct Idle {
    idle: Vec<Memory>,
    /// This many blocks at the bottom have been offered to the system by `trim`.
    offered: usize,
    allocations: u64,
    hits: u64,
}

/// A pointer to idle memory, owned by the shelf it lies on.
#[derive(Debug)]
struct Memory(NonNull<u8>);

// SAFETY: idle memory has one owner, the shelf, and no ties to the thread that dropped it.
unsafe impl Send for Memory {}

impl Inner {
    /// Opens a shelf, or says that it cannot be opened and must be passed over.
    ///
    /// A thread that held the lock when the process forked does not exist in the child and will
    /// never release it. Passing over a shelf is always right, a miss or a block not kept; so a
    /// pool that finds itself in another process never waits. Shelves are open for nanoseconds, so
    /// a few looks come first, before the wait, which is a system call.
    fn lock<'a>(&self, shelf: &'a Shelf) -> Option<MutexGuard<'a, Idle>> {
        for _ in 0..LOOKS {
            match shelf.0.try_lock() {
                Ok(idle) => return Some(idle),
                Err(TryLockError::Poisoned(idle)) => return Some(idle.into_inner()),
                Err(TryLockError::WouldBlock) => std::hint::spin_loop(),
            }
        }
        if fork::generation() != self.generation {
            return None;
        }
        Some(shelf.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The warmest idle block of a class.
    fn take(&self, class: usize) -> Option<NonNull<u8>> {
        let Some(mut shelf) = self.lock(&self.shelves[class]) else {
            self.unshelved.fetch_add(1, Relaxed);
            return None;
        };
        shelf.allocations += 1;
        let memory = shelf.idle.pop()?;
        shelf.hits += 1;
        shelf.offered = shelf.offered.min(shelf.idle.len());
        Some(memory.0)
    }

    /// Shelves a dropped block; false if the shelf cannot be opened.
    fn put(&self, class: usize, memory: NonNull<u8>) -> bool {
        let shelf = self.lock(&self.shelves[class]);
        shelf.map(|mut shelf| shelf.idle.push(Memory(memory))).is_some()
    }

    /// Commits `bytes` if the limit has room for them, giving up idle blocks to make it.
    fn reserve(&self, bytes: usize) -> bool {
        loop {
            let limit = self.limit.load(Relaxed);
            let within = |committed: usize| committed.checked_add(bytes).filter(|&sum| sum <= limit);
            let Err(committed) = self.committed.fetch_update(Relaxed, Relaxed, within) else {
                return true;
            };
            // Where live blocks alone leave no room, idle ones are not sacrificed in vain.
            let room = limit.saturating_sub(self.live.load(Relaxed));
            if bytes > room || self.evict(committed.saturating_add(bytes) - limit) == 0 {
                return false;
            }
        }
    }

    /// Frees idle blocks, largest first, until `wanted` bytes are free; returns how many are.
    fn evict(&self, wanted: usize) -> usize {
        let mut freed = 0;
        for class in (0..CLASSES).rev() {
            if freed >= wanted {
                break;
            }
            let blocks = (wanted - freed).div_ceil(capacity_of(class));
            freed += self.free_idle(class, blocks);
        }
        freed
    }

    /// Frees up to `blocks` idle blocks of a class, the coldest first; returns their bytes.
    fn free_idle(&self, class: usize, blocks: usize) -> usize {
        let Some(mut shelf) = self.lock(&self.shelves[class]) else { return 0 };
        let blocks = blocks.min(shelf.idle.len());
        let coldest: Vec<Memory> = shelf.idle.drain(..blocks).collect();
        shelf.offered = shelf.offered.saturating_sub(blocks);
        drop(shelf);

        let bytes = blocks * capacity_of(class);
        for memory in coldest {
            // SAFETY: every block on a shelf came from `obtain` with the capacity of its class,
            // and these are no longer on it.
            unsafe { system::release(memory.0, capacity_of(class)) };
        }
        self.committed.fetch_sub(bytes, Relaxed);
        bytes
    }

    /// Offers the idle blocks of a class to the system, or frees them where it takes no offers.
    /// The shelf stays locked meanwhile: a block in use must not be offered.
    fn trim_class(&self, class: usize) -> usize {
        let capacity = capacity_of(class);
        if capacity < HUGE_PAGE {
            return self.free_idle(class, usize::MAX);
        }
        let Some(mut shelf) = self.lock(&self.shelves[class]) else { return 0 };
        let cached = &shelf.idle[shelf.offered..];
        let bytes = cached.len() * capacity;
        // SAFETY: idle blocks are mapped with this capacity and nobody reads them.
        if cached.iter().all(|memory| unsafe { system::offer(memory.0, capacity) }) {
            shelf.offered = shelf.idle.len();
        } else {
            drop(shelf);
            self.free_idle(class, usize::MAX);
        }
        bytes
    }

    /// The error for a request that failed, at the limit or in the system.
    fn error(&self, requested: usize, over_limit: bool) -> PoolError {
        let live = self.live.load(Relaxed);
        let limit = self.limit.load(Relaxed);
        if over_limit {
            PoolError::OverLimit { requested, live, limit }
        } else {
            PoolError::Refused { requested, live, limit }
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.evict(usize::MAX);
    }
}

/// How often a locked shelf is looked at before waiting for it.
const LOOKS: usize = 50;

/// A pointer for blocks of zero bytes: aligned, never null, never dereferenced.
const DANGLING: NonNull<u8> = NonNull::<Line>::dangling().cast();

/// A type with the alignment of a block.
#[repr(align(64))]
struct Line;

/// How many bytes the pool takes for a block of `bytes`: those of its size class. At its limit it may take
/// fewer, never more.
///
/// ```
/// use numfuse_runtime::pool::capacity;
///
/// assert_eq!([0, 1, 64, 1 << 20, (1 << 20) + 1].map(capacity), [0, 64, 64, 1 << 20, 5 << 18]);
/// ```
pub const fn capacity(bytes: usize) -> usize {
    if bytes == 0 || bytes > LARGEST { bytes } else { capacity_of(class_of(bytes)) }
}

/// The most that can be asked for: what a `Layout` or a padded mapping can still express.
const LARGEST: usize = isize::MAX as usize - 2 * HUGE_PAGE;

/// How many size classes reach up to [`LARGEST`].
const CLASSES: usize = class_of(LARGEST) + 1;

/// The size class for `bytes > 0`: four to each power of two, counted in cache lines, so that a
/// block wastes at most a fifth of itself. Powers of two, the common sizes, waste nothing.
const fn class_of(bytes: usize) -> usize {
    let line = (bytes - 1) / ALIGNMENT;
    if line < 4 {
        return line;
    }
    let octave = line.ilog2() as usize - 2;
    4 * octave + (line >> octave)
}

/// The bytes in each block of a class; the inverse of [`class_of`].
const fn capacity_of(class: usize) -> usize {
    if class < 4 {
        return (class + 1) * ALIGNMENT;
    }
    let octave = class / 4 - 1;
    ((class % 4 + 5) << octave) * ALIGNMENT
}
