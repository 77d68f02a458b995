//! The workers: what is cut, who does it, what stops them.

use super::*;
use std::collections::BTreeSet;
use std::thread;

fn ranges(workers: &Workers, units: u64, grain: u64) -> Vec<(u64, u64)> {
    let seen = Mutex::new(BTreeSet::new());
    let body = |from, to| assert!(seen.lock().unwrap().insert((from, to)));
    workers.for_each_range(units, grain, &body, None).unwrap();
    seen.into_inner().unwrap().into_iter().collect()
}

#[test]
fn ranges_depend_on_units_and_grain_alone() {
    let (one, four) = (Workers::new(1), Workers::new(4));
    for (units, grain) in [(0, 5), (1, 5), (5, 5), (6, 5), (1003, 10), (7, 0), (9, u64::MAX)] {
        let expected = ranges(&one, units, grain);
        assert_eq!(ranges(&four, units, grain), expected);
        assert_eq!(inside(&four, || ranges(&four, units, grain)), [(); 4].map(|()| expected.clone()));
        assert_eq!(expected.iter().map(|(from, to)| to - from).sum::<u64>(), units);
        assert!(expected.windows(2).all(|pair| pair[0].1 == pair[1].0));
        assert!(expected.iter().all(|(from, to)| to - from <= grain.max(1)));
    }
    assert_eq!(ranges(&one, u64::MAX, u64::MAX - 1).last(), Some(&(u64::MAX - 1, u64::MAX)));
}

/// What `task` returns in each of as many ranges as there are workers.
fn inside<R: Send>(workers: &Workers, task: impl Fn() -> R + Sync) -> Vec<R> {
    let results = Mutex::new(Vec::new());
    let body = |_, _| {
        let result = task();
        results.lock().unwrap().push(result);
    };
    workers.for_each_range(workers.threads() as u64, 1, &body, None).unwrap();
    results.into_inner().unwrap()
}

#[test]
fn the_caller_computes_and_others_help() {
    let workers = Workers::new(3);
    let seen = Mutex::new(Vec::new());
    let meet = std::sync::Barrier::new(3);
    let body = |_, _| {
        seen.lock().unwrap().push(thread::current().id());
        meet.wait();
    };
    for _ in 0..100 {
        workers.for_each_range(3, 1, &body, None).unwrap();
        let seen: BTreeSet<_> = seen.lock().unwrap().drain(..).map(|id| format!("{id:?}")).collect();
        assert_eq!(seen.len(), 3);
        assert!(seen.contains(&format!("{:?}", thread::current().id())));
    }
    let alone = Workers::new(1);
    assert_eq!(inside(&alone, || thread::current().id()), [thread::current().id()]);
    assert!(alone.team.load(Relaxed).is_null());
}

/// Who is asked and comes when all is done goes away again, and what it was asked for is gone.
#[test]
fn nobody_waits_for_those_who_do_not_come() {
    let workers = Workers::new(2);
    let (begun, done) = (AtomicBool::new(false), AtomicBool::new(false));
    // Both the caller and the helper of this call are busy until `done`.
    let busy = |_, _| {
        begun.store(true, Release);
        while !done.load(Acquire) {
            thread::yield_now();
        }
    };
    thread::scope(|scope| {
        scope.spawn(|| workers.for_each_range(2, 1, &busy, None).unwrap());
        while !begun.load(Acquire) {
            thread::yield_now();
        }
        for round in 0..1000 {
            assert_eq!(ranges(&workers, 100 + round, 7).len() as u64, (100 + round).div_ceil(7));
        }
        let team = workers.team().unwrap();
        assert!(team.awaited.load(Relaxed) <= 2);
        done.store(true, Release);
    });
}

#[test]
fn one_range_stays_with_the_caller() {
    let workers = Workers::new(4);
    let caller = thread::current().id();
    let body = |_, _| assert_eq!(thread::current().id(), caller);
    workers.for_each_range(100, 100, &body, None).unwrap();
    assert!(workers.team.load(Relaxed).is_null());
}

#[test]
fn a_panic_is_an_error_and_the_workers_live_on() {
    for workers in [Workers::new(1), Workers::new(4)] {
        let fail = |from: u64, _| assert!(from != 50, "unit {from} is bad");
        let literal = |_, _| panic!("plain");
        let strange = |_, _| std::panic::panic_any(7);
        let error =
            |body: &(dyn Fn(u64, u64) + Sync)| workers.for_each_range(100, 10, body, None).unwrap_err();
        assert_eq!(error(&fail), "unit 50 is bad");
        assert_eq!(error(&literal), "plain");
        assert_eq!(inside(&workers, || error(&strange))[0], "a worker panicked");
        assert_eq!(ranges(&workers, 100, 10).len(), 10);
    }
}

#[test]
fn cancel_skips_what_has_not_begun() {
    for workers in [Workers::new(1), Workers::new(2)] {
        let cancel = Cancel::new();
        let runs = AtomicUsize::new(0);
        let body = |_, _| {
            runs.fetch_add(1, Relaxed);
            cancel.cancel();
        };
        let result = workers.for_each_range(1000, 1, &body, Some(&cancel));
        assert_eq!(result, Err(CANCELLED.to_owned()));
        assert!(runs.load(Relaxed) <= workers.threads());
        assert!(workers.for_each_range(10, 20, &body, Some(&cancel.clone())).is_err());
        assert!(workers.for_each_range(10, 20, &body, Some(&Cancel::new())).is_ok());
    }
}

#[test]
fn many_callers_share_the_workers() {
    let workers = Workers::new(3);
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for round in 0..50 {
                    let counts = inside(&workers, || ranges(&workers, 100 + round, 7).len() as u64);
                    assert_eq!(counts, [(100 + round).div_ceil(7); 3]);
                    let panics = |_, _| panic!("one of many");
                    assert!(round % 25 > 0 || workers.for_each_range(9, 1, &panics, None).is_err());
                }
            });
        }
    });
}

#[test]
fn the_number_is_settled_by_first_use() {
    let workers = Workers::new(2);
    assert!(workers.set_threads(0).is_err());
    workers.set_threads(3).unwrap();
    assert_eq!(workers.threads(), 3);
    assert_eq!(workers.team().unwrap().pool.current_num_threads(), 2);
    workers.set_threads(3).unwrap();
    assert_eq!(
        workers.set_threads(5).unwrap_err(),
        "cannot use 5 threads: 3 are running already; set the number before the first evaluation"
    );
    assert_eq!(Workers::new(0).threads(), 1);
    assert!(threads() >= 1);
}

/// A child of `fork` has none of its parent's threads and must not wait for them.
#[cfg(unix)]
#[test]
fn a_forked_child_starts_its_own() {
    let workers = Workers::new(2);
    assert_eq!(inside(&workers, || ()).len(), 2);
    let parents = workers.team.load(Relaxed);
    // SAFETY: the child below computes and leaves by `_exit`.
    let child = unsafe { libc::fork() };
    if child == 0 {
        // SAFETY: ends a child that waits after all.
        unsafe { libc::alarm(10) };
        let sum = AtomicUsize::new(0);
        let add = |from, to| {
            sum.fetch_add((to - from) as usize, Relaxed);
        };
        let ran = workers.for_each_range(1000, 10, &add, None);
        let is_new = workers.team.load(Relaxed) != parents;
        drop(workers);
        let good = ran.is_ok() && is_new && sum.load(Relaxed) == 1000;
        // SAFETY: leaves without running the test harness's exit handlers.
        unsafe { libc::_exit(if good { 0 } else { 1 }) };
    }
    let mut status = -1;
    // SAFETY: `child` is ours and `status` outlives the call.
    unsafe { libc::waitpid(child, &mut status, 0) };
    assert_eq!(status, 0);
}
