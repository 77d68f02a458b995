//! The worker threads: one rayon pool of our own, whose threads help with what a caller has begun.
//!
//! The one idea: whoever evaluates computes, and asks others to join in. To hand the whole of an
//! evaluation to a pool costs its caller three wakings, of 20 µs and more each on a virtual machine;
//! to ask costs one system call. A helper that wakes when all is done finds nothing left, and nobody
//! has waited for it. Where ranges begin depends on units and grain alone, never on how many threads
//! there are, and so neither do results.
//!
//! The threads start at first use. In a child of `fork` they do not exist; asking from there
//! compares generations and starts new ones.
//!
//! Before this module: the plan, which chooses grains. After it: the bodies of kernels.

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
use std::thread::{self, Thread};

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
            let cores = thread::available_parallelism();
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

    /// Calls `body(from, to)` for consecutive ranges of `grain` units that cover `0..units`, the
    /// last one perhaps shorter, in parallel and in no fixed order.
    ///
    /// The caller's thread takes part; it alone does one range, and everything where there is one
    /// thread or the system has no more to give, which is said once. A panic in `body`, or `cancel`,
    /// lets the ranges under way finish and skips the rest; the error is the panic's message or
    /// [`CANCELLED`]. The workers stay usable, also from within `body`.
    pub fn for_each_range(
        &self,
        units: u64,
        grain: u64,
        body: &(dyn Fn(u64, u64) + Sync),
        cancel: Option<&Cancel>,
    ) -> Result<(), String> {
        let run = Run::new(units, grain.max(1), self.threads(), body, cancel);
        let team = if run.parts.len() > 1 { self.team() } else { None };
        match team {
            Some(team) => team.share_out(&run),
            None => run.join_in(0),
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

    /// The team of this process, started if need be; `None` if the system has no threads left.
    fn team(&self) -> Option<&Team> {
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
    /// One thread less than there are in all: the caller is the other one.
    pool: ThreadPool,
    generation: usize,
    /// How many threads have been asked and have not come yet, by whichever calls.
    awaited: Arc<AtomicUsize>,
}

impl Team {
    /// A team for a number of threads above one.
    fn start(threads: usize, generation: usize) -> Option<Team> {
        let _section = fork::section();
        let builder =
            ThreadPoolBuilder::new().num_threads(threads - 1).thread_name(|index| format!("numfuse-{index}"));
        match builder.build() {
            Ok(pool) => {
                // A thread that has run something has made what rayon shares in the process.
                pool.install(|| ());
                Some(Team { pool, generation, awaited: Arc::default() })
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

    /// Goes through all ranges together with who comes to help, and returns when all are done.
    fn share_out(&self, run: &Run<'_>) {
        let helpers = run.parts.len() - 1;
        // SAFETY: only the lifetimes change. Helpers look at the run between coming in and leaving, nobody
        // comes in once the call is closed, and `Closing` waits here for those who are in.
        let erased = unsafe { std::mem::transmute::<*const Run<'_>, *const Run<'static>>(run) };
        let call = Arc::new(Call {
            run: erased,
            inside: AtomicUsize::new(0),
            unasked: AtomicUsize::new(helpers),
            awaited: Arc::clone(&self.awaited),
            caller: thread::current(),
        });
        let closing = Closing(&call);
        call.ask(self.pool.current_num_threads(), |helper| self.pool.spawn(helper));
        run.join_in(0);
        drop(closing);
    }
}

/// A run that threads of a team may come and help with, until its caller has found nothing left to do.
struct Call {
    /// Read only between coming in and leaving.
    run: *const Run<'static>,
    /// How many helpers are in, with [`CLOSED`] once nobody may come in any more.
    inside: AtomicUsize,
    /// How many are still to be asked.
    unasked: AtomicUsize,
    /// That of the team.
    awaited: Arc<AtomicUsize>,
    /// Who waits for the last one to leave.
    caller: Thread,
}

// SAFETY: `run` points at what threads may share (a `Run` is `Sync`), and is looked at only as `Call::run` says.
unsafe impl Send for Call {}
// SAFETY: as above.
unsafe impl Sync for Call {}

/// The bit of [`Call::inside`] that says that nobody may come in.
const CLOSED: usize = 1 << (usize::BITS - 1);

impl Call {
    /// Asks two more threads, which do the same, so that all are awake after a few steps. While as many are
    /// awaited as there are, nobody is asked: they are busy with other calls, and come when they are done.
    fn ask(self: &Arc<Call>, threads: usize, spawn: impl Fn(Box<dyn FnOnce() + Send>)) {
        for _ in 0..2 {
            let may_ask = self.awaited.load(Relaxed) < threads;
            if may_ask && self.unasked.fetch_update(Relaxed, Relaxed, |n| n.checked_sub(1)).is_ok() {
                self.awaited.fetch_add(1, Relaxed);
                let call = Arc::clone(self);
                spawn(Box::new(move || call.help(threads)));
            }
        }
    }

    /// What a thread does that was asked.
    fn help(self: Arc<Call>, threads: usize) {
        self.awaited.fetch_sub(1, Relaxed);
        let open = |inside: usize| (inside & CLOSED == 0).then_some(inside + 1);
        if self.inside.fetch_update(Acquire, Relaxed, open).is_err() {
            return;
        }
        self.ask(threads, rayon::spawn);
        // SAFETY: we are in, so the caller waits.
        let run = unsafe { &*self.run };
        run.join_in(rayon::current_thread_index().map_or(0, |index| index + 1));
        if self.inside.fetch_sub(1, Release) == CLOSED | 1 {
            self.caller.unpark();
        }
    }
}

/// Closes a call when it goes, and waits until all who came in have left, which is soon: there are no ranges.
struct Closing<'a>(&'a Call);

impl Drop for Closing<'_> {
    fn drop(&mut self) {
        self.0.inside.fetch_or(CLOSED, Relaxed);
        let mut turns = 0;
        while self.0.inside.load(Acquire) != CLOSED {
            turns += 1;
            if turns < 2000 { std::hint::spin_loop() } else { thread::park() }
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
            stopped: AtomicBool::new(false),
            failure: Mutex::new(None),
        }
    }

    /// Takes ranges until none is left: those of this thread's own part, the same for all runs as large
    /// (so that its caches and its memory hold them), then of the others, whose threads may be slow or not come.
    fn join_in(&self, own: usize) {
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
