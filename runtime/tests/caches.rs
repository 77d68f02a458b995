//! The kernel cache and the plan cache: once compiled, bounded, shared.

#[path = "../../tests/alone/mod.rs"]
mod alone;
mod kernels;

use alone::{alone, resident_bytes};
use kernels::{chain, line, prepare, product};
use numfuse_codegen::mapping;
use numfuse_ir::scalar::Scalar;
use numfuse_runtime::cache::{KernelCache, Limits, PlanCache};
use numfuse_runtime::cpu;
use numfuse_runtime::{Buffer, Prepared, RunOptions, run};
use std::iter;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::{Arc, Barrier};
use std::thread;

/// Bytes of code that the test of many kernels keeps.
const LIMIT: usize = 8 << 20;

#[test]
fn equal_kernels_compile_once() {
    let kernels = KernelCache::new(1 << 20);
    let target = cpu::target();
    let code = || {
        let kernel = line(&[2.0]);
        let mapping = mapping::choose(&kernel, &[100], &target);
        kernels.code(&kernel, mapping, target).unwrap()
    };
    let barrier = Barrier::new(8);
    let codes: Vec<_> = thread::scope(|scope| {
        let ask = || {
            barrier.wait();
            code()
        };
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(ask)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(codes.iter().all(|other| Arc::ptr_eq(other, &codes[0])));
    let statistics = kernels.statistics();
    assert_eq!((statistics.compiles, statistics.hits, statistics.evictions), (1, 7, 0));
    assert!(statistics.code_bytes > 0);
}

#[test]
fn a_hundred_thousand_kernels_take_no_more_memory_than_some() {
    alone("a_hundred_thousand_kernels_take_no_more_memory_than_some", || {
        let kernels = KernelCache::new(LIMIT);
        let start = resident_bytes();
        let compile_up_to = |end: u32| {
            evaluate_products(&kernels, end);
            let statistics = kernels.statistics();
            // Each is compiled for one plan and found for another.
            assert_eq!((statistics.compiles, statistics.hits), (u64::from(end), u64::from(end)));
            assert!(statistics.evictions >= u64::from(end) - 1000);
            resident_bytes()
        };
        let (some, all) = (compile_up_to(20_000), compile_up_to(100_000));
        if let (Some(start), Some(some), Some(all)) = (start, some, all) {
            assert!(all < some + (4 << 20), "{some} bytes were resident, then {all}");
            // Beside code there are the stacks and the allocators of two threads.
            let took = some - start;
            assert!((LIMIT / 2..2 * LIMIT).contains(&took), "code of {LIMIT} bytes takes {took}");
        }
    });
}

/// Evaluates kernels of their own for the numbers up to `end` that are not compiled yet, two at once.
fn evaluate_products(kernels: &KernelCache, end: u32) {
    let next = AtomicU32::new(kernels.statistics().compiles as u32);
    let options = RunOptions { kernels, ..RunOptions::default() };
    let evaluate = || {
        let leaf = [Buffer::from_vec(vec![3.0f32])];
        for number in iter::repeat_with(|| next.fetch_add(1, Relaxed)).take_while(|&number| number < end) {
            let factor = 1.0 + number as f32;
            for _ in 0..2 {
                let prepared = prepare(chain(&product(factor), 1, 1), 1);
                let outputs = run(&prepared, &leaf, &[1.0; 2].map(Scalar::f32), &options).unwrap();
                assert_eq!(outputs[0].elements(), Some(&[3.0 * factor][..]));
            }
            let held = kernels.statistics().code_bytes;
            assert!(held <= LIMIT + LIMIT / 8, "{held} bytes of code after {number}");
        }
    };
    thread::scope(|scope| (0..2).for_each(|_| drop(scope.spawn(evaluate))));
}

#[test]
fn forgotten_code_lives_with_its_plan() {
    let kernels = KernelCache::new(1 << 20);
    let options = RunOptions { kernels: &kernels, ..RunOptions::default() };
    let prepared = prepare(chain(&line(&[]), 1, 4), 4);
    let leaf = [Buffer::from_vec(vec![1.0f32; 4])];
    for round in 0..3 {
        run(&prepared, &leaf, &[2.0, 1.0].map(Scalar::f32), &options).unwrap();
        assert_eq!(kernels.statistics().compiles, 1, "round {round}");
        kernels.clear();
    }
}

#[test]
fn plans_are_found_by_hash() {
    let plans: PlanCache<Prepared> = PlanCache::new(Limits { entries: 8, bytes: 1 << 20 });
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for round in 0..100u128 {
                    let hash = round % 16;
                    let n = hash as usize + 1;
                    let plan = plans.get(hash).unwrap_or_else(|| {
                        let plan = prepare(chain(&line(&[]), 1, n), n);
                        let bytes = plan.bytes();
                        plans.insert(hash, plan, bytes)
                    });
                    assert_eq!(plan.plan().slots[0].bytes(), 4 * n);
                    assert!(plans.statistics().entries <= 8);
                }
            });
        }
    });
    let statistics = plans.statistics();
    assert!(statistics.hits + statistics.misses >= 400 && statistics.evictions > 0);
    plans.clear();
    assert_eq!(plans.statistics().bytes, 0);
}
