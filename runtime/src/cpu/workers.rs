//! The worker threads: one rayon pool of our own, in which whole plans run.
//!
//! The one idea: entering a thread pool from outside costs 12 to 22 µs, splitting work when already
//! inside costs under 1 µs. So an evaluation enters once, through [`Workers::install`], and each of
//! its kernels splits its units with [`Workers::for_each_range`]. Where ranges begin depends on
//! units and grain alone, never on how many threads there are, and so neither do results.
//!
//! The threads start at first use. In a child of `fork` they do not exist; entering from outside
//! compares generations and starts new ones there.
//!
//! Before this module: the plan, which chooses grains. After it: the bodies of kernels. A worker
//! that waits for part of its range may meanwhile run a range of another evaluation, so no lock
//! may be held around either entry.

#[cfg(test)]
mod tests;

use crate::fork;
use rayon::{ThreadPool, ThreadPoolBuilder};
use smallvec::SmallVec;
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::null_mut;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release};
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU64, AtomicUsize};
use std::sync::{Arc, Mutex, Once, OnceLock, PoisonError};

/// The message of a run that its [`Cancel`] flag stopped.
pub const CANCELLED: &str = "the evaluation was cancelled";

/// A fixed number of threads that share ranges of work.
///
/// ```
/// use numfuse_runtime::cpu::workers::Workers;
/// use std::sync::atomic::{AtomicU64, Ordering};
///
/// let workers = Workers::new(2);
/// let sum = AtomicU64::new(0);
/// let add = |from: u64, to: u64| {
///     sum.fetch_add((from..to).sum(), Ordering::Relaxed);
/// };
/// workers.for_each_range(1000, 64, &add, None)?;
/// assert_eq!(sum.into_inner(), 499_500);
/// # Ok::<(), String>(())
/// ```
#[derive(Debug)]
pub struct Workers {
    /// The number of threads, with [`STARTED`] once they run and the number is settled.
    threads: AtomicUsize,
    /// The threads of this process; null before first use. In a child of `fork` it is replaced,
    /// and the team of the parent is never freed: its threads are not there to be joined.
    team: AtomicPtr<Team>,
}

/// A flag that asks a run to stop before its next range. Clones share the flag.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<AtomicBool>);

/// Sets how many threads [`Workers::global`] will have.
///
/// An error for zero, and once they run with another number.
pub fn set_threads(threads: usize) -> Result<(), String> {
    Workers::global().set_threads(threads)
}

/// How many threads [`Workers::global`] has, or will have; by default one for each core that
/// this process may use.
pub fn threads() -> usize {
    Workers::global().threads()
}

impl Workers {
    /// The workers of the process. Asking for them starts no threads.
    pub fn global() -> &'static Workers {
        static GLOBAL: OnceLock<Workers> = OnceLock::new();
        fork::once(&GLOBAL, || {
            let cores = std::thread::available_parallelism();
            Workers::new(cores.map_or(1, std::num::NonZero::get))
        })
    }

    /// Workers of so many threads, at least one, that start at first use. One thread is the
    /// caller's own: nothing is started at all.
    pub fn new(threads: usize) -> Workers {
        Workers { threads: AtomicUsize::new(threads.clamp(1, STARTED - 1)), team: AtomicPtr::new(null_mut()) }
    }

    /// How many threads there are, or will be.
    pub fn threads(&self) -> usize {
        self.threads.load(Relaxed) & !STARTED
    }

    /// Runs `task` on a worker and returns what it returns; directly if this is a worker already.
    ///
    /// A panic in `task` unwinds into the caller. If the system has no threads to give, `task`
    /// runs on the caller's, and says so once.
    pub fn install<R: Send>(&self, task: impl FnOnce() -> R + Send) -> R {
        if self.threads() == 1 || self.is_inside() {
            return task();
        }
        match self.enter() {
            Some(team) => team.pool.install(task),
            None => task(),
        }
    }

    /// Calls `body(from, to)` for consecutive ranges of `grain` units that cover `0..units`, the
    /// last one perhaps shorter, in parallel and in no fixed order.
    ///
    /// One range, or one thread, is run on the caller's thread. A panic in `body`, or `cancel`,
    /// lets the ranges under way finish and skips the rest; the error is the panic's message or
    /// [`CANCELLED`]. The workers stay usable.
    pub fn for_each_range(
        &self,
        units: u64,
        grain: u64,
        body: &(dyn Fn(u64, u64) + Sync),
        cancel: Option<&Cancel>,
    ) -> Result<(), String> {
        let run = Run::new(units, grain.max(1), self.threads(), body, cancel);
        if run.parts.len() <= 1 {
            run.join_in();
        } else if self.is_inside() {
            run.share_out();
        } else {
            match self.enter() {
                Some(team) => team.pool.install(|| run.share_out()),
                None => run.join_in(),
            }
        }
        let failure = run.failure.into_inner();
        failure.unwrap_or_else(PoisonError::into_inner).map_or(Ok(()), Err)
    }

    /// See [`set_threads`].
    fn set_threads(&self, threads: usize) -> Result<(), String> {
        if threads == 0 || threads >= STARTED {
            return Err(format!("cannot use {threads} threads: at least one is needed"));
        }
        let unless_started = |now: usize| (now & STARTED == 0).then_some(threads);
        match self.threads.fetch_update(Relaxed, Relaxed, unless_started) {
            Err(now) if now & !STARTED != threads => Err(format!(
                "cannot use {threads} threads: {} are running already; \
                 set the number before the first evaluation",
                now & !STARTED
            )),
            _ => Ok(()),
        }
    }

    /// True on a thread of these workers.
    fn is_inside(&self) -> bool {
        let team = self.team.load(Acquire);
        // SAFETY: a team, once stored, is freed only when `self` is dropped.
        let team = unsafe { team.as_ref() };
        team.is_some_and(|team| team.pool.current_thread_index().is_some())
    }

    /// The team of this process, started if need be; `None` if the system has no threads left.
    fn enter(&self) -> Option<&Team> {
        let generation = fork::generation();
        let mut current = self.team.load(Acquire);
        loop {
            // SAFETY: a team, once stored, is freed only when `self` is dropped.
            match unsafe { current.as_ref() } {
                Some(team) if team.generation == generation => return Some(team),
                _ => {}
            }
            let threads = self.threads.fetch_or(STARTED, Relaxed) & !STARTED;
            let ours = Box::into_raw(Box::new(Team::start(threads, generation)?));
            match self.team.compare_exchange(current, ours, AcqRel, Acquire) {
                // SAFETY: `ours` came from a box and now belongs to `self`.
                Ok(_) => return unsafe { ours.as_ref() },
                Err(theirs) => {
                    // SAFETY: another thread was first, so nobody else has seen `ours`.
                    drop(unsafe { Box::from_raw(ours) });
                    current = theirs;
                }
            }
        }
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        let team = *self.team.get_mut();
        // SAFETY: a stored team came from a box; nobody else can see it any more.
        let team = (!team.is_null()).then(|| unsafe { Box::from_raw(team) });
        if let Some(team) = team.filter(|team| team.generation != fork::generation()) {
            std::mem::forget(team);
        }
    }
}

impl Cancel {
    /// A flag that is not set.
    pub fn new() -> Cancel {
        Cancel::default()
    }

    /// Asks every run that polls this flag to stop.
    pub fn cancel(&self) {
        self.0.store(true, Release);
    }

    /// True once [`Cancel::cancel`] was called, on this or any clone.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Relaxed)
    }
}

/// The bit of [`Workers::threads`] that says the number is settled.
const STARTED: usize = 1 << (usize::BITS - 1);

/// Running threads and the process they run in.
#[derive(Debug)]
struct Team {
    pool: ThreadPool,
    generation: usize,
}

impl Team {
    fn start(threads: usize, generation: usize) -> Option<Team> {
        let _section = fork::section();
        let builder =
            ThreadPoolBuilder::new().num_threads(threads).thread_name(|index| format!("numfuse-{index}"));
        match builder.build() {
            Ok(pool) => {
                // A thread that has run something has made what rayon shares in the process.
                pool.install(|| ());
                Some(Team { pool, generation })
            }
            Err(error) => {
                static SAID: Once = Once::new();
                SAID.call_once(|| {
                    eprintln!("numfuse: cannot start {threads} threads ({error}); computing on one")
                });
                None
            }
        }
    }
}

/// One call of [`Workers::for_each_range`], shared by the threads that work on it.
struct Run<'a> {
    units: u64,
    grain: u64,
    body: &'a (dyn Fn(u64, u64) + Sync),
    cancel: Option<&'a Cancel>,
    /// The ranges, in as many runs of neighbours as threads may take part.
    parts: SmallVec<[Part; 8]>,
    /// How many threads are still to be asked to join in.
    unasked: AtomicUsize,
    /// Set together with `failure`, and cheaper to look at.
    stopped: AtomicBool,
    failure: Mutex<Option<String>>,
}

/// Consecutive ranges, taken one by one in order; a cache line (and the one fetched with it) each.
#[repr(align(128))]
struct Part {
    next: AtomicU64,
    end: u64,
}

impl Part {
    /// The next range that nobody has taken.
    fn take(&self) -> Option<u64> {
        // Looking first keeps those who come late from counting on and on.
        (self.next.load(Relaxed) < self.end)
            .then(|| self.next.fetch_add(1, Relaxed))
            .filter(|&range| range < self.end)
    }
}

impl<'a> Run<'a> {
    fn new(
        units: u64,
        grain: u64,
        threads: usize,
        body: &'a (dyn Fn(u64, u64) + Sync),
        cancel: Option<&'a Cancel>,
    ) -> Run<'a> {
        let ranges = units.div_ceil(grain);
        let count = ranges.min(threads as u64);
        let part =
            |i| Part { next: AtomicU64::new(share(ranges, i, count)), end: share(ranges, i + 1, count) };
        Run {
            units,
            grain,
            body,
            cancel,
            parts: (0..count).map(part).collect(),
            unasked: AtomicUsize::new((count as usize).saturating_sub(1)),
            stopped: AtomicBool::new(false),
            failure: Mutex::new(None),
        }
    }

    /// Goes through all ranges with the other threads of the pool that this thread is of.
    fn share_out(&self) {
        rayon::scope(|scope| self.ask_and_join_in(scope));
    }

    /// Asks two more threads, which do the same, so that all are awake after a few steps. The scope
    /// ends when everyone who was asked is done.
    fn ask_and_join_in<'s>(&'s self, scope: &rayon::Scope<'s>) {
        for _ in 0..2 {
            if self.unasked.fetch_update(Relaxed, Relaxed, |n| n.checked_sub(1)).is_ok() {
                scope.spawn(|scope| self.ask_and_join_in(scope));
            }
        }
        self.join_in();
    }

    /// Takes ranges until none is left: those of this thread's own part, the same for all runs as large
    /// (so that its caches and its memory hold them), then of the others, whose threads may be slow.
    fn join_in(&self) {
        let own = rayon::current_thread_index().unwrap_or(0);
        for i in 0..self.parts.len() {
            let part = &self.parts[(own + i) % self.parts.len()];
            while let Some(range) = part.take() {
                if self.stopped.load(Relaxed) {
                    return;
                }
                self.range(range);
            }
        }
    }

    /// Runs one range; nothing unwinds out of it.
    fn range(&self, index: u64) {
        if self.cancel.is_some_and(Cancel::is_cancelled) {
            return self.stop(CANCELLED.to_owned());
        }
        let from = index * self.grain;
        let to = from.saturating_add(self.grain).min(self.units);
        // Whatever `body` has half written belongs to an evaluation that now fails as a whole.
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| (self.body)(from, to))) {
            self.stop(message(panic));
        }
    }

    /// Keeps the first reason and lets the ranges not yet begun be skipped.
    fn stop(&self, reason: String) {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(reason);
        self.stopped.store(true, Relaxed);
    }
}

/// Where the part of that number begins, of `ranges` shared among `count`.
fn share(ranges: u64, part: u64, count: u64) -> u64 {
    (u128::from(ranges) * u128::from(part) / u128::from(count)) as u64
}

/// What a panic said.
fn message(panic: Box<dyn Any + Send>) -> String {
    let panic = match panic.downcast::<String>() {
        Ok(text) => return *text,
        Err(panic) => panic,
    };
    match panic.downcast::<&'static str>() {
        Ok(text) => (*text).to_owned(),
        Err(panic) => {
            // A payload of unknown type could panic again when dropped, past `catch_unwind`.
            std::mem::forget(panic);
            "a worker panicked".to_owned()
        }
    }
}
