//! Forks: the child finds nothing locked and nothing half made.
//!
//! Of a process that forks only one thread lives on in the child. A lock that another thread holds at
//! that moment is never released there, and what another thread is making for all (a kernel's code, a
//! table made at first use) is never done. So whoever holds what others may wait for is inside a
//! [`section`], and a fork waits until all sections have ended: for microseconds, at most for as long
//! as a kernel compiles. Meanwhile nobody enters one.
//!
//! Two rules keep this from waiting for itself. Inside a section nobody waits for somebody who may
//! have to enter one, such as a worker; and nothing of the user's is called or dropped there.
//!
//! Before this module: nothing. After it: every lock of the process and of shared arrays, which are
//! taken with [`lock`], [`read`], [`write()`] and [`once`].

use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// While it lives the process does not fork, except from this very thread.
#[must_use = "a section ends when it is dropped"]
#[derive(Debug)]
pub struct Section(PhantomData<*const ()>);

/// Enters a section; one inside another costs next to nothing.
#[inline]
pub fn section() -> Section {
    gate::enter();
    Section(PhantomData)
}

impl Drop for Section {
    #[inline]
    fn drop(&mut self) {
        gate::leave();
    }
}

/// How often this process is a fork of the one that was started: what belongs to another count has
/// been left behind by a parent.
pub fn generation() -> usize {
    gate::generation()
}

/// The guard of a lock, and the section that it is held in.
#[derive(Debug)]
pub struct Locked<G> {
    guard: G,
    /// After the guard: fields are dropped in their order.
    _section: Section,
}

impl<G> Locked<G> {
    fn new(guard: impl FnOnce() -> G) -> Locked<G> {
        let section = section();
        Locked { guard: guard(), _section: section }
    }
}

impl<G: Deref> Deref for Locked<G> {
    type Target = G::Target;

    fn deref(&self) -> &G::Target {
        &self.guard
    }
}

impl<G: DerefMut> DerefMut for Locked<G> {
    fn deref_mut(&mut self) -> &mut G::Target {
        &mut self.guard
    }
}

/// Locks, also what a panic has left locked: callers write whole states.
pub fn lock<T: ?Sized>(mutex: &Mutex<T>) -> Locked<MutexGuard<'_, T>> {
    Locked::new(|| mutex.lock().unwrap_or_else(PoisonError::into_inner))
}

/// The same, to read beside other readers.
pub fn read<T: ?Sized>(lock: &RwLock<T>) -> Locked<RwLockReadGuard<'_, T>> {
    Locked::new(|| lock.read().unwrap_or_else(PoisonError::into_inner))
}

/// The same, to write.
pub fn write<T: ?Sized>(lock: &RwLock<T>) -> Locked<RwLockWriteGuard<'_, T>> {
    Locked::new(|| lock.write().unwrap_or_else(PoisonError::into_inner))
}

/// What is made at its first use.
pub fn once<T>(cell: &OnceLock<T>, make: impl FnOnce() -> T) -> &T {
    cell.get().unwrap_or_else(|| {
        let _section = section();
        cell.get_or_init(make)
    })
}

/// Who is inside, counted; and the handlers that the system calls around a fork.
#[cfg(unix)]
mod gate {
    use std::cell::Cell;
    use std::sync::atomic::{
        AtomicBool, AtomicUsize, Ordering::Acquire, Ordering::Release, Ordering::SeqCst,
    };
    use std::thread;
    use std::time::Duration;

    /// How many threads are inside. There are several counts, each on cache lines of its own, so that
    /// threads that come and go do not disturb each other.
    static INSIDE: [Count; 1 << COUNTS] = [const { Count(AtomicUsize::new(0)) }; 1 << COUNTS];
    const COUNTS: u32 = 4;

    #[repr(align(128))]
    struct Count(AtomicUsize);

    /// The thread that forks, by [`me`]; 0 when none does.
    static FORKING: AtomicUsize = AtomicUsize::new(0);

    static GENERATION: AtomicUsize = AtomicUsize::new(0);

    thread_local! {
        /// How many sections this thread is in, one inside another.
        static DEPTH: Cell<usize> = const { Cell::new(0) };
    }

    /// A number of this thread that no other living thread has.
    fn me() -> usize {
        DEPTH.with(|depth| std::ptr::from_ref(depth).addr())
    }

    /// The count that this thread is counted in.
    fn count() -> &'static AtomicUsize {
        // A multiple of a page lies between the stacks of threads, and their variables.
        let mixed = ((me() >> 12) as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        &INSIDE[(mixed >> (64 - COUNTS)) as usize].0
    }

    #[inline]
    pub(super) fn enter() {
        let depth = DEPTH.get();
        if depth == 0 {
            wait_to_enter();
        }
        DEPTH.set(depth + 1);
    }

    #[inline]
    pub(super) fn leave() {
        let depth = DEPTH.get();
        DEPTH.set(depth - 1);
        if depth == 1 {
            count().fetch_sub(1, Release);
        }
    }

    pub(super) fn generation() -> usize {
        register();
        GENERATION.load(Acquire)
    }

    /// The outermost section of a thread begins.
    ///
    /// Of a thread that enters and one that forks at least one sees the other: both write first and
    /// then look, in the one order of `SeqCst`.
    fn wait_to_enter() {
        register();
        loop {
            count().fetch_add(1, SeqCst);
            let forking = FORKING.load(SeqCst);
            if forking == 0 || forking == me() {
                return;
            }
            count().fetch_sub(1, SeqCst);
            wait_until(|| FORKING.load(SeqCst) == 0);
        }
    }

    /// Before the fork: closes the gate and waits until everybody else is outside.
    extern "C" fn before() {
        let me = me();
        if FORKING.load(SeqCst) == me {
            return;
        }
        wait_until(|| FORKING.compare_exchange(0, me, SeqCst, SeqCst).is_ok());
        for inside in &INSIDE {
            wait_until(|| inside.0.load(SeqCst) == own(&inside.0));
        }
    }

    /// After it, in the parent.
    extern "C" fn in_parent() {
        let _ = FORKING.compare_exchange(me(), 0, SeqCst, SeqCst);
    }

    /// After it, in the child: threads that were about to enter are not there any more.
    extern "C" fn in_child() {
        if FORKING.load(SeqCst) == me() {
            INSIDE.iter().for_each(|inside| inside.0.store(own(&inside.0), SeqCst));
            GENERATION.fetch_add(1, SeqCst);
            FORKING.store(0, SeqCst);
        }
    }

    /// How much of a count is this thread.
    fn own(inside: &AtomicUsize) -> usize {
        usize::from(DEPTH.get() > 0 && std::ptr::eq(inside, count()))
    }

    fn wait_until(mut done: impl FnMut() -> bool) {
        for round in 0u32.. {
            match round {
                _ if done() => return,
                0..100 => std::hint::spin_loop(),
                100..200 => thread::yield_now(),
                _ => thread::sleep(Duration::from_micros(100)),
            }
        }
    }

    /// Asks the system to call the handlers. Who comes while another thread asks does so, too, and
    /// waits for nobody: the handlers may be called twice.
    fn register() {
        static REGISTERED: AtomicBool = AtomicBool::new(false);
        if !REGISTERED.load(Acquire) {
            // SAFETY: the handlers are functions of this process, which is never without this code,
            // and are sound to call from any thread at any time. Without memory to note them a fork
            // is what it would be without this module.
            unsafe { libc::pthread_atfork(Some(before), Some(in_parent), Some(in_child)) };
            REGISTERED.store(true, Release);
        }
    }
}

/// Where nobody forks.
#[cfg(not(unix))]
mod gate {
    pub(super) fn enter() {}
    pub(super) fn leave() {}
    pub(super) fn generation() -> usize {
        0
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
    use std::thread;
    use std::time::Duration;

    /// Forks; whether `body` says so in the child, which ends itself after ten seconds.
    fn in_a_fork(body: impl FnOnce() -> bool) -> bool {
        // SAFETY: the child only runs `body` and leaves by `_exit`.
        let child = unsafe { libc::fork() };
        if child == 0 {
            // SAFETY: ends a child that hangs.
            unsafe { libc::alarm(10) };
            let good = body();
            // SAFETY: leaves without the test harness's exit handlers.
            unsafe { libc::_exit(if good { 0 } else { 1 }) };
        }
        let mut status = -1;
        // SAFETY: `child` is ours and `status` outlives the call.
        unsafe { libc::waitpid(child, &mut status, 0) };
        status == 0
    }

    #[test]
    fn a_fork_waits_for_sections() {
        let (inside, ended) = (AtomicBool::new(false), AtomicBool::new(false));
        let mutex = Mutex::new(1);
        thread::scope(|scope| {
            scope.spawn(|| {
                let mut number = lock(&mutex);
                inside.store(true, SeqCst);
                thread::sleep(Duration::from_millis(50));
                *number = 2;
                ended.store(true, SeqCst);
            });
            while !inside.load(SeqCst) {
                thread::yield_now();
            }
            assert!(in_a_fork(|| ended.load(SeqCst) && *lock(&mutex) == 2));
        });
    }

    #[test]
    fn a_thread_may_fork_inside_its_own_section() {
        let mutex = Mutex::new(1);
        let mut number = lock(&mutex);
        let _outer = section();
        assert!(in_a_fork(|| {
            *number = 2;
            drop(section());
            in_a_fork(|| *number == 2)
        }));
        assert_eq!(*number, 1);
    }

    #[test]
    fn forks_among_busy_threads_find_every_lock_open() {
        let (mutex, stop) = (Mutex::new(0u64), AtomicBool::new(false));
        let before = generation();
        thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| {
                    while !stop.load(SeqCst) {
                        *lock(&mutex) += 1;
                    }
                });
            }
            // Two threads fork at once.
            for _ in 0..2 {
                scope.spawn(|| {
                    for _ in 0..30 {
                        assert!(in_a_fork(|| generation() == before + 1 && *lock(&mutex) < u64::MAX));
                    }
                    stop.store(true, SeqCst);
                });
            }
        });
        assert_eq!(generation(), before);
    }
}
