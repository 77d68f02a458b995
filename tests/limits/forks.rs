//! Processes that fork: a child evaluates as its parent does.

#![cfg(unix)]

use crate::alone::{alone, in_a_fork};
use numfuse::config;
use numfuse::prelude::*;

#[test]
fn a_child_of_fork_evaluates_as_its_parent_does() {
    alone("forks::a_child_of_fork_evaluates_as_its_parent_does", || {
        config::set(|config| config.threads = Some(4));
        let x = arange(2_000_000).cast(F32) * 0.001;
        let spread = |x: &Array| (x - x.mean(..)).sin().sum(..).item::<f32>().unwrap();
        let unseen = |x: &Array| x.reshape([-1, 1000]).var(1).sqrt().max(..).item::<f32>().unwrap();
        let expected = spread(&x);
        let pending = x.cos().sum(..);
        // In the child the parent's worker threads do not exist.
        in_a_fork(|| {
            let again = spread(&x) == expected;
            let fresh = unseen(&x);
            let one = config::with(|config| config.threads = Some(1), || unseen(&x));
            again && fresh == one && pending.item::<f32>().is_ok()
        });
        in_a_fork(|| (0..10).all(|_| spread(&x) == expected));
        assert_eq!(spread(&x), expected, "the parent's threads are still there");
        pending.eval().unwrap();
    });
}

/// A chain of operations that is another kernel for each number.
fn chain(x: &Array, number: usize) -> Array {
    (0..16).fold(x.clone(), |y, bit| match number >> bit & 1 {
        0 => y + x,
        _ => y.maximum(x),
    })
}

/// Doubling and keeping 1: what [`chain`] makes of ones.
fn of_ones(number: usize) -> f32 {
    (0..16).fold(1.0, |y, bit| if number >> bit & 1 == 0 { y + 1.0 } else { y })
}

#[test]
fn a_child_finds_nothing_locked_by_threads_that_it_has_not() {
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
    struct Stop<'a>(&'a AtomicBool);
    impl Drop for Stop<'_> {
        fn drop(&mut self) {
            self.0.store(true, Relaxed);
        }
    }
    alone("forks::a_child_finds_nothing_locked_by_threads_that_it_has_not", || {
        config::set(|config| config.threads = Some(3));
        let stop = AtomicBool::new(false);
        let shared = Array::from(vec![1.0f32; 1000]);
        let holds = |number| chain(&shared, number).i(7).item::<f32>().unwrap() == of_ones(number);
        let large = arange(500_000).cast(F32) * 0.001;
        let spread = || chain(&large, 0).sin().sum(..).item::<f32>().unwrap();
        let expected = spread();
        // What each thread evaluates now: a kernel that it very likely compiles.
        let now = [const { AtomicUsize::new(0) }; 3];
        std::thread::scope(|scope| {
            for (thread, now) in now.iter().enumerate() {
                let (stop, holds) = (&stop, &holds);
                scope.spawn(move || {
                    for number in (thread << 14..(thread + 1) << 14).cycle() {
                        if stop.load(Relaxed) {
                            break;
                        }
                        now.store(number, Relaxed);
                        assert!(holds(number));
                        config::set(|config| config.check = false);
                    }
                });
            }
            // However the children end, the threads stop.
            let _ends = Stop(&stop);
            for child in 0..50 {
                in_a_fork(|| {
                    now.iter().all(|number| holds(number.load(Relaxed)))
                        && holds(3 << 14 | child)
                        && spread() == expected
                });
            }
        });
        let busy = now.iter().enumerate().all(|(thread, now)| now.load(Relaxed) > (thread << 14) + 50);
        assert!(busy, "the threads go on");
        assert_eq!(spread(), expected, "the parent goes on");
    });
}
