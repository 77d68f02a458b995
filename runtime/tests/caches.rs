//! The kernel cache and the plan cache: once compiled, bounded, shared.

mod kernels;

use kernels::{chain, line, prepare};
use numfuse_codegen::mapping;
use numfuse_ir::scalar::Scalar;
use numfuse_runtime::cache::{KernelCache, Limits, PlanCache};
use numfuse_runtime::cpu;
use numfuse_runtime::{Buffer, Prepared, RunOptions, run};
use std::slice;
use std::sync::{Arc, Barrier};
use std::thread;

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
fn two_thousand_kernels_stay_within_the_limit() {
    const LIMIT: usize = 256 << 10;
    let kernels = KernelCache::new(LIMIT);
    let options = RunOptions { kernels: &kernels, ..RunOptions::default() };
    let leaf = Buffer::from_vec(vec![2.0f32; 16]);
    let mut resident = None;
    for round in 0..2000 {
        let factor = 1.0 + round as f32;
        let prepared = prepare(chain(&line(&[factor]), 1, 16), 16);
        let outputs = run(&prepared, slice::from_ref(&leaf), &[1.0, 1.0].map(Scalar::f32), &options).unwrap();
        assert_eq!(outputs[0].elements(), Some(&[3.0 * factor; 16][..]));
        let held = kernels.statistics().code_bytes;
        assert!(held <= LIMIT + LIMIT / 8, "{held} bytes of code after {round}");
        if round == 500 {
            resident = resident_bytes();
        }
    }
    let statistics = kernels.statistics();
    assert_eq!(statistics.compiles, 2000);
    assert!(statistics.evictions > 1900);
    if let (Some(before), Some(after)) = (resident, resident_bytes()) {
        // 1500 kernels that nobody frees would take 15 MB.
        assert!(after < before + (6 << 20), "{before} bytes were resident, then {after}");
    }
}

/// Bytes of this process in memory, where the system tells.
fn resident_bytes() -> Option<usize> {
    let text = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: usize = text.split(' ').nth(1)?.parse().ok()?;
    Some(pages * 4096)
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
