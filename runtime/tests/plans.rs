//! Plans through the runtime: any size, many threads, and every way to fail.

mod kernels;

use kernels::{chain, expected, line, prepare};
use numfuse_ir::scalar::Scalar;
use numfuse_ir::schedule::Place;
use numfuse_runtime::cache::KernelCache;
use numfuse_runtime::cpu::workers::{Cancel, Workers};
use numfuse_runtime::pool::Pool;
use numfuse_runtime::profile::Profile;
use numfuse_runtime::{Buffer, Error, Prepared, RunOptions, run};
use std::thread;

const NUMBERS: [f32; 2] = [0.5, 3.0];

fn scalars() -> [Scalar; 2] {
    NUMBERS.map(Scalar::f32)
}

fn leaf(n: usize) -> Buffer {
    Buffer::from_vec((0..n).map(|i| i as f32).collect())
}

/// Runs a chain over `0..n` and checks each element.
fn check(prepared: &Prepared, n: usize, steps: usize, options: &RunOptions<'_>) {
    let outputs = run(prepared, &[leaf(n)], &scalars(), options).unwrap();
    assert_eq!(outputs.len(), 1);
    let found = outputs[0].elements::<f32>().unwrap();
    assert_eq!(found.len(), n);
    for (index, &value) in found.iter().enumerate() {
        assert_eq!(value, expected(index as f32, steps, NUMBERS[0], NUMBERS[1]), "element {index} of {n}");
    }
}

#[test]
fn plans_of_any_size_run() {
    let kernel = line(&[]);
    for n in [1, 2, 3, 7, 31, 32, 33, 1000, 16383, 16384, 16385, 100_000, 1 << 20, (1 << 20) + 7] {
        for steps in [1, 2, 5] {
            let prepared = prepare(chain(&kernel, steps, n), n);
            check(&prepared, n, steps, &RunOptions::default());
            check(&prepared, n, steps, &RunOptions::default());
            assert!(n > 1000 || prepared.stays_with_caller());
            assert!(n < 1 << 20 || !prepared.stays_with_caller());
        }
    }
}

#[test]
fn nothing_is_launched_for_nothing() {
    let pool = Pool::new(0);
    let prepared = prepare(chain(&line(&[]), 3, 0), 0);
    let options = RunOptions { pool: &pool, ..RunOptions::default() };
    check(&prepared, 0, 3, &options);
    assert!((0..3).all(|step| prepared.code(step).is_none()));
}

#[test]
fn many_threads_share_a_plan() {
    let kernel = line(&[]);
    let (small, large) = (prepare(chain(&kernel, 3, 100), 100), prepare(chain(&kernel, 3, 1 << 18), 1 << 18));
    let workers = Workers::new(3);
    let options = RunOptions { workers: &workers, ..RunOptions::default() };
    thread::scope(|scope| {
        for thread in 0..8 {
            let (small, large, options) = (&small, &large, &options);
            scope.spawn(move || {
                (0..200).for_each(|_| check(small, 100, 3, options));
                (0..2 + thread % 2).for_each(|_| check(large, 1 << 18, 3, options));
            });
        }
    });
}

#[test]
fn slots_die_with_their_last_reader() {
    let pool = Pool::new(1 << 30);
    let options = RunOptions { pool: &pool, ..RunOptions::default() };
    let n = 1 << 16;
    let prepared = prepare(chain(&line(&[]), 10, n), n);
    check(&prepared, n, 10, &options);
    assert_eq!(pool.statistics().live_bytes, 0);
    assert_eq!(pool.statistics().peak_bytes, 2 * 4 * n, "one is read while one is written");
}

#[test]
fn leaves_and_results_may_be_outputs_twice() {
    let mut plan = chain(&line(&[]), 2, 8);
    plan.outputs = vec![Place::Slot(1), Place::Leaf(0), Place::Slot(1)];
    let leaf = leaf(8);
    let outputs =
        run(&prepare(plan, 8), std::slice::from_ref(&leaf), &scalars(), &RunOptions::default()).unwrap();
    assert_eq!(outputs[0].as_ptr(), outputs[2].as_ptr());
    assert_eq!(outputs[1].as_ptr(), leaf.as_ptr());
}

#[test]
fn a_slot_that_nobody_reads_is_dropped() {
    let mut plan = chain(&line(&[]), 2, 8);
    plan.slots[1].last_read = 0;
    plan.outputs = vec![Place::Leaf(0)];
    assert_eq!(run(&prepare(plan, 8), &[leaf(8)], &scalars(), &RunOptions::default()).unwrap().len(), 1);
}

#[test]
fn out_of_memory_is_an_error_and_all_is_as_before() {
    let n = 1 << 16;
    let prepared = prepare(chain(&line(&[]), 4, n), n);
    let pool = Pool::new(4 * n);
    let options = RunOptions { pool: &pool, ..RunOptions::default() };
    let error = run(&prepared, &[leaf(n)], &scalars(), &options).unwrap_err();
    assert!(matches!(error, Error::Memory(_)));
    assert!(error.to_string().starts_with("cannot allocate 262144 bytes (256.0 KiB)"), "{error}");
    assert_eq!(pool.statistics().live_bytes, 0);
    pool.set_limit(8 * n);
    check(&prepared, n, 4, &options);
}

#[test]
fn a_cancelled_run_ends() {
    let n = 1 << 18;
    let prepared = prepare(chain(&line(&[]), 2, n), n);
    let cancel = Cancel::new();
    let options = RunOptions { cancel: Some(&cancel), ..RunOptions::default() };
    check(&prepared, n, 2, &options);
    cancel.cancel();
    assert_eq!(run(&prepared, &[leaf(n)], &scalars(), &options).unwrap_err(), Error::Cancelled);
    check(&prepared, n, 2, &RunOptions::default());
}

#[test]
fn the_interpreter_agrees() {
    let kernels = KernelCache::new(1 << 20);
    for n in [0, 1, 77, 20_000] {
        let prepared = prepare(chain(&line(&[]), 3, n), n);
        let interp = RunOptions { interp: true, kernels: &kernels, ..RunOptions::default() };
        check(&prepared, n, 3, &interp);
        assert_eq!(kernels.statistics().compiles, 0);
        check(&prepared, n, 3, &RunOptions { check: true, ..RunOptions::default() });
    }
}

#[test]
fn steps_are_timed() {
    let profile = Profile::new();
    let prepared = prepare(chain(&line(&[]), 3, 1000), 1000);
    for _ in 0..5 {
        check(&prepared, 1000, 3, &RunOptions { profile: Some(&profile), ..RunOptions::default() });
    }
    let steps = profile.steps();
    assert_eq!(steps.len(), 3);
    assert!(steps.iter().all(|step| step.runs == 5 && step.least * 5 <= step.total));
}

#[test]
#[should_panic(expected = "a leaf is as large as the plan takes it for")]
fn small_leaves_are_refused() {
    let prepared = prepare(chain(&line(&[]), 1, 100), 100);
    let _ = run(&prepared, &[leaf(99)], &scalars(), &RunOptions::default());
}
