//! What is remembered between evaluations: compiled kernels by equality, and plans by hash.
//!
//! The two have different lifetimes. A kernel is blind to shapes and takes milliseconds to compile;
//! a plan is exact in shapes and takes microseconds to make again. So a plan remembers the code of
//! its steps, and looks it up here once in its life: hashing a whole kernel costs a microsecond,
//! which a cached evaluation does not have. The plan cache is what each evaluation asks, by a key
//! that is a hash already.

mod lru;

pub use lru::Limits;

use crate::error::Error;
use crate::{fork, perf};
use lru::Lru;
use numfuse_codegen::{Code, Mapping};
use numfuse_ir::kernel::Kernel;
use numfuse_ir::target::Target;
use std::fmt;
use std::hash::{BuildHasher, BuildHasherDefault, Hash, Hasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};

/// What a kernel was compiled to.
pub trait Compiled {
    /// The memory that it takes while anybody keeps it.
    fn kept_bytes(&self) -> usize;
}

/// Machine code by what it was compiled from: kernel, mapping and target, compared by equality.
///
/// Bounded by bytes of code. What was used longest ago is forgotten, and its memory freed when the
/// last plan that holds it is dropped; code that a plan holds stays known, since forgetting it
/// would free nothing.
#[derive(Debug)]
pub struct KernelCache<C: Compiled = Code> {
    codes: Lru<Key, Arc<Cell<C>>, BuildHasherDefault<Hashed>>,
    compiles: AtomicU64,
    random: RandomState,
}

/// Code begins on a page of its own, so that it can be freed alone.
const PAGE: usize = 4 << 10;

/// What else stays in memory for each code: its kernel, and the module that frees it. Measured.
const OVERHEAD: usize = 6 << 10;

impl Compiled for Code {
    fn kept_bytes(&self) -> usize {
        self.bytes().next_multiple_of(PAGE) + OVERHEAD
    }
}

/// What code is found by. It is hashed once: a kernel is long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Key {
    hash: u64,
    pub(crate) kernel: Arc<Kernel>,
    pub(crate) mapping: Mapping,
    target: Target,
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

/// Code, once somebody has compiled it; who asks meanwhile waits for it.
struct Cell<C>(OnceLock<Result<Arc<C>, Error>>);

/// How a [`KernelCache`] is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KernelStatistics {
    /// Kernels that were compiled.
    pub compiles: u64,
    /// Look-ups that found code.
    pub hits: u64,
    /// Codes that were forgotten.
    pub evictions: u64,
    /// Bytes of memory that the known code takes: whole pages, and what is kept beside them.
    pub code_bytes: usize,
}

impl KernelCache {
    /// Bytes of code that the cache of the process keeps: some six thousand kernels.
    pub const DEFAULT_BYTES: usize = 64 << 20;

    /// The cache of the process.
    pub fn global() -> &'static KernelCache {
        static GLOBAL: OnceLock<KernelCache> = OnceLock::new();
        fork::once(&GLOBAL, || KernelCache::new(KernelCache::DEFAULT_BYTES))
    }

    /// The code of a kernel, compiled now if it is not known. Of several threads that ask for one
    /// kernel at once, one compiles it.
    ///
    /// # Errors
    /// The code generator's; the next time it is asked again.
    pub fn code(&self, kernel: &Arc<Kernel>, mapping: Mapping, target: Target) -> Result<Arc<Code>, Error> {
        self.find(&self.key(kernel, mapping, target), false)
    }

    /// As [`KernelCache::code`]; with `perf`, code that is compiled now is named for `perf`.
    pub(crate) fn find(&self, key: &Key, perf: bool) -> Result<Arc<Code>, Error> {
        self.find_or_compile(key, |key, number| {
            let code = numfuse_codegen::compile(&key.kernel, key.mapping, &key.target)?;
            if perf {
                perf::name(&code, &key.kernel, number);
            }
            Ok(code)
        })
    }
}

impl<C: Compiled> KernelCache<C> {
    /// An empty cache of at most so many bytes of code.
    pub fn new(bytes: usize) -> KernelCache<C> {
        let codes = Lru::new(Limits { entries: usize::MAX, bytes }, Cell::is_held);
        KernelCache { codes, compiles: AtomicU64::new(0), random: RandomState::new() }
    }

    /// What the code of a kernel is found by in this cache.
    pub(crate) fn key(&self, kernel: &Arc<Kernel>, mapping: Mapping, target: Target) -> Key {
        let hash = self.random.hash_one((kernel, mapping, target));
        Key { hash, kernel: kernel.clone(), mapping, target }
    }

    /// The code of a kernel, if need be by `compile`, which is told how many were compiled with it.
    pub(crate) fn find_or_compile(
        &self,
        key: &Key,
        compile: impl FnOnce(&Key, u64) -> Result<C, Error>,
    ) -> Result<Arc<C>, Error> {
        let known = self.codes.get(key);
        let new = || Arc::new(Cell(OnceLock::new()));
        let cell = known.unwrap_or_else(|| self.codes.get_or_insert(key.clone(), new(), 0));
        let mut compiled = false;
        let code = fork::once(&cell.0, || {
            compiled = true;
            let number = self.compiles.fetch_add(1, Relaxed) + 1;
            compile(key, number).map(Arc::new)
        });
        if compiled {
            match code {
                Ok(code) => self.codes.set_bytes(key, code.kept_bytes()),
                // What could not be had once (memory for code) may be there the next time.
                Err(_) => self.codes.remove(key),
            }
        }
        code.clone()
    }

    /// Whether somebody has asked for that code before, and it is not forgotten.
    pub(crate) fn knows(&self, key: &Key) -> bool {
        self.codes.contains(key)
    }

    /// Changes how many bytes of code are kept.
    pub fn set_limit(&self, bytes: usize) {
        self.codes.set_limits(Limits { entries: usize::MAX, bytes });
    }

    /// Forgets all code; plans keep theirs.
    pub fn clear(&self) {
        self.codes.clear();
    }

    /// How it is doing.
    pub fn statistics(&self) -> KernelStatistics {
        let held = self.codes.held();
        KernelStatistics {
            compiles: self.compiles.load(Relaxed),
            hits: held.hits,
            evictions: held.evictions,
            code_bytes: held.bytes,
        }
    }
}

impl<C> Cell<C> {
    /// Somebody compiles it, waits for it, or keeps its code.
    fn is_held(cell: &Arc<Cell<C>>) -> bool {
        let kept = |code: &Result<Arc<C>, Error>| code.as_ref().is_ok_and(|c| Arc::strong_count(c) > 1);
        Arc::strong_count(cell) > 1 || cell.0.get().is_some_and(kept)
    }
}

impl<C> fmt::Debug for Cell<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0.get() {
            None => "Cell(no code yet)",
            Some(Ok(_)) => "Cell(code)",
            Some(Err(_)) => "Cell(an error)",
        })
    }
}

/// Plans, with whatever their maker keeps beside them, by a 128-bit hash of all that they depend on.
///
/// ```
/// use numfuse_runtime::cache::{Limits, PlanCache};
///
/// let plans = PlanCache::new(Limits { entries: 100, bytes: 1 << 20 });
/// assert_eq!(plans.get(17), None);
/// let plan = plans.insert(17, "a plan".to_string(), 6);
/// assert_eq!(plans.get(17), Some(plan));
/// ```
#[derive(Debug)]
pub struct PlanCache<P> {
    plans: Lru<u128, Arc<P>, BuildHasherDefault<Hashed>>,
    misses: AtomicU64,
}

/// How a [`PlanCache`] is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PlanStatistics {
    /// Look-ups that found a plan.
    pub hits: u64,
    /// Look-ups that did not.
    pub misses: u64,
    /// Plans that were forgotten.
    pub evictions: u64,
    /// Plans that are known now.
    pub entries: usize,
    /// Their bytes, by what their maker said.
    pub bytes: usize,
}

impl<P> PlanCache<P> {
    /// An empty cache of at most so many plans.
    pub fn new(limits: Limits) -> PlanCache<P> {
        PlanCache { plans: Lru::new(limits, |_| false), misses: AtomicU64::new(0) }
    }

    /// The plan with that hash, if it is known.
    pub fn get(&self, hash: u128) -> Option<Arc<P>> {
        let plan = self.plans.get(&hash);
        if plan.is_none() {
            self.misses.fetch_add(1, Relaxed);
        }
        plan
    }

    /// Remembers a plan of so many bytes. If another thread was first, its plan is the one.
    pub fn insert(&self, hash: u128, plan: P, bytes: usize) -> Arc<P> {
        self.plans.get_or_insert(hash, Arc::new(plan), bytes)
    }

    /// Weighs a plan anew, where it is still known: by now it may keep code.
    pub fn set_bytes(&self, hash: u128, bytes: usize) {
        self.plans.set_bytes(&hash, bytes);
    }

    /// Changes how much is kept.
    pub fn set_limits(&self, limits: Limits) {
        self.plans.set_limits(limits);
    }

    /// Forgets all plans; runs under way keep theirs.
    pub fn clear(&self) {
        self.plans.clear();
    }

    /// How it is doing.
    pub fn statistics(&self) -> PlanStatistics {
        let held = self.plans.held();
        PlanStatistics {
            hits: held.hits,
            misses: self.misses.load(Relaxed),
            evictions: held.evictions,
            entries: held.entries,
            bytes: held.bytes,
        }
    }
}

/// Hashes what is a hash already, by taking it as it is.
#[derive(Clone, Copy, Debug, Default)]
struct Hashed(u64);

impl Hasher for Hashed {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&byte| self.0 = self.0.rotate_left(8) ^ u64::from(byte));
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    fn write_u128(&mut self, hash: u128) {
        self.0 = hash as u64;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
