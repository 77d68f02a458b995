//! No memory, and evaluations that fail: each is an error, and everything stays usable.

use crate::alone::{alone, resident_bytes};
use numfuse::prelude::*;
use numfuse::{Cause, Error, config, eval_all, memory, statistics};
use numfuse_runtime::cache::KernelCache;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

fn is_out_of_memory(result: Result<(), Error>) -> Error {
    let error = result.expect_err("there is not that much memory");
    assert!(matches!(error.cause(), Cause::Evaluation(numfuse_runtime::Error::Memory(_))), "{error}");
    assert!(error.to_string().starts_with("cannot allocate"), "{error}");
    error
}

#[test]
fn out_of_memory_is_an_error_and_everything_stays_usable() {
    alone("memory::out_of_memory_is_an_error_and_everything_stays_usable", || {
        let limit = memory::limit();
        let (megabyte, live) = (1 << 20, || memory::statistics().live_bytes);
        let x = arange(4 * megabyte).cast(F32);
        let small = (arange(1000) * 3).sum(..);
        // 16 MiB a matrix: room for one of them, and not for the two that this plan needs at once.
        let (y, z) = (&x * 0.5 + 1.0, (&x - x.mean(..)).sqrt());
        let together = [&y, &z];
        memory::set_limit(24 * megabyte);
        let before = live();
        for _ in 0..3 {
            is_out_of_memory(eval_all(together));
            assert_eq!(live(), before, "what was allocated before the failure is given back");
        }
        is_out_of_memory(full([100, megabyte], 7, F64).eval());
        is_out_of_memory(full([100, megabyte], 7, F64).to_vec::<f64>().map(drop));
        is_out_of_memory(full([100, megabyte], 7, F64).to_npy().map(drop));
        assert_eq!(small.item::<i64>().unwrap(), 3 * 499_500, "what fits is computed");
        assert_eq!(y.sum(..).plan().unwrap().kernels, 1, "what failed is still pending");
        y.eval().unwrap();
        is_out_of_memory(z.eval());
        assert_eq!(y.i(10).item::<f32>().unwrap(), 6.0);
        drop(y);
        z.eval().unwrap();
        drop(z);
        memory::set_limit(0);
        is_out_of_memory((arange(10) + 1).eval());
        memory::set_limit(limit);
        assert_eq!((arange(10) + 1).sum(..).item::<i64>().unwrap(), 55);
        assert_eq!((&x * 0.5).i(-1).item::<f32>().unwrap(), 0.5 * (4.0 * 1048576.0 - 1.0));
    });
}

#[test]
fn out_of_memory_names_the_line_of_the_result_that_found_none() {
    alone("memory::out_of_memory_names_the_line_of_the_result_that_found_none", || {
        let at = |error: &Error| (error.op(), error.location().file(), error.location().line());
        let (x, limit) = (ones([1000, 1000], F64), memory::limit());
        memory::set_limit(1 << 20);
        let root = (&x + 0.1).sqrt();
        let line = line!() - 1;
        let error = is_out_of_memory(root.eval());
        assert_eq!(at(&error), ("sqrt", file!(), line), "{error}");
        assert_eq!(error.shapes().collect::<Vec<_>>(), [&[1000, 1000]]);
        assert!(error.to_string().contains("raise the limit with memory::set_limit"), "{error}");
        // The plan is known by now, from another line.
        let again = (&x + 0.1).sqrt();
        let line = line!() - 1;
        let error = is_out_of_memory(again.to_vec::<f64>().map(drop));
        assert_eq!(at(&error), ("sqrt", file!(), line), "{error}");
        // What has no room is a result on the way to the one that is asked for.
        let scaled = &x * 0.3;
        let line = line!() - 1;
        let sum = (scaled - 1.5).sum(..);
        let error = is_out_of_memory(config::with(|config| config.fuse = false, || sum.eval()));
        assert_eq!(at(&error), ("multiply", file!(), line), "{error}");
        let filled = full([1000, 1000], 7, F64);
        let line = line!() - 1;
        let error = is_out_of_memory(filled.eval());
        assert_eq!(at(&error), ("eval", file!(), line), "{error}");
        assert_eq!(error.shapes().collect::<Vec<_>>(), [&[1000, 1000]]);
        // A function that was traced is told of at its own lines.
        memory::set_limit(limit);
        let function = numfuse::compile(|x| (&x[0] * 0.7).exp());
        let line = line!() - 1;
        let data = Array::from(vec![1.0f32; 1 << 20]);
        function.call(&[&data]).unwrap();
        memory::set_limit(1 << 20);
        let error = is_out_of_memory(function.call(&[&data]).map(drop));
        assert_eq!(at(&error), ("exp", file!(), line), "{error}");
        memory::set_limit(limit);
    });
}

#[test]
fn a_failed_evaluation_leaves_its_arrays_usable() -> Result<(), Error> {
    let good = arange(5) * 2;
    let bad = &good + arange(6);
    let line = line!() - 1;
    for _ in 0..2 {
        let error = eval_all([&good, &bad]).unwrap_err();
        assert_eq!(error.location().line(), line);
    }
    assert_eq!(good.to_vec::<i64>()?, [0, 2, 4, 6, 8]);
    assert!(good.to_vec::<f32>().is_err(), "the elements are not of that type");
    assert!(good.item::<i64>().is_err(), "there are five");
    assert_eq!((good + 1).to_vec::<i64>()?, [1, 3, 5, 7, 9]);
    Ok(())
}

/// The most bytes that plans take, with the code that they use.
const PLANS: usize = 128 << 20;
/// The most bytes of code that are kept for plans to come, in the test below.
const CODE: usize = 1 << 20;

#[test]
fn expressions_without_end_take_no_more_memory_than_the_caches_may() {
    alone("memory::expressions_without_end_take_no_more_memory_than_the_caches_may", || {
        KernelCache::global().set_limit(CODE);
        let start = statistics();
        let next = AtomicU64::new(0);
        // Until plans fill what they may take, and then twice as many again, by the same threads: others would
        // have parts of the allocator's memory of their own.
        let filled = OnceLock::new();
        evaluate(&next, |number| {
            if filled.get().is_none() && statistics().plan_bytes >= PLANS / 16 * 15 {
                filled.get_or_init(|| (number, resident_bytes()));
            }
            filled.get().is_none_or(|(many, _)| number < 3 * many)
        });
        let &(many, before) = filled.get().expect("plans have filled what they may take");
        let (all, after, end) = (next.load(Relaxed), resident_bytes(), statistics());
        println!("{many} expressions, then {all}: {before:?} bytes, then {after:?}; {end:?}");
        assert!(many > 1000, "{many} expressions fill the caches");
        // Each has a plan and a kernel of its own.
        assert_eq!(end.plan_misses - start.plan_misses, all);
        assert_eq!((end.compiles - start.compiles, end.kernel_hits), (all, start.kernel_hits));
        // Code is kept for plans to come, and by the plans that use it.
        assert!(end.plan_bytes <= PLANS && end.code_bytes <= end.plan_bytes + CODE, "{end:?}");
        if let (Some(before), Some(after)) = (before, after) {
            assert!(after < before + (PLANS / 8), "{before} bytes were resident, then {after}");
        }
    });
}

/// Evaluates expressions that nobody evaluated before, two at once, each of a kernel of its own, as long as
/// `goes_on` holds of its number.
fn evaluate(next: &AtomicU64, goes_on: impl Fn(u64) -> bool + Sync) {
    let x = Array::from([0.25f32, 0.5, 0.75, 1.5]);
    let work = || {
        loop {
            let number = next.load(Relaxed);
            if !goes_on(number) {
                break;
            }
            let number = next.fetch_add(1, Relaxed);
            let y = chain(&x, number).to_vec::<f32>().expect("the expression is well-formed");
            assert!(y.iter().all(|y| y.is_finite()), "{number}: {y:?}");
        }
    };
    std::thread::scope(|scope| (0..2).for_each(|_| drop(scope.spawn(work))));
}

/// A chain of operations by the digits of a number.
fn chain(x: &Array, number: u64) -> Array {
    (0..24).fold(x.clone(), |y, place| match number >> (2 * place) & 3 {
        0 => y + 0.37,
        1 => y * 0.81,
        2 => y.maximum(0.11),
        _ => y.minimum(0.93),
    })
}
