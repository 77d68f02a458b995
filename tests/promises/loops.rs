//! Loops that never evaluate take no more and more memory, and run the same kernels again and again.

use crate::alone::alone;
use numfuse::config::{self, Config};
use numfuse::prelude::*;
use numfuse::statistics;

/// Bytes of this process that are in memory, where that can be known.
fn resident() -> Option<usize> {
    let text = std::fs::read_to_string("/proc/self/statm").ok()?;
    Some(text.split_whitespace().nth(1)?.parse::<usize>().ok()? * 4096)
}

/// How many kernels a loop compiles, and how many bytes it takes at its end beyond a hundredth of it.
fn measured(mut steps: impl FnMut(usize)) -> (u64, usize) {
    let compiles = statistics().compiles;
    steps(1);
    let before = resident().unwrap_or(0);
    steps(100);
    (statistics().compiles - compiles, resident().unwrap_or(0).saturating_sub(before))
}

const MEBI: usize = 1 << 20;

#[test]
fn a_million_updates_of_numbers_take_flat_memory() {
    alone("loops::a_million_updates_of_numbers_take_flat_memory", || {
        let mut a = Array::from([1.0f64, -7.5]);
        let mut count = 0;
        let (kernels, grown) = measured(|hundredths| {
            for _ in 0..hundredths * 10_000 {
                a = &a * 0.5 + 1.5;
                count += 1;
            }
        });
        assert!(kernels <= 4, "{kernels} kernels");
        assert!(grown < 8 * MEBI, "{grown} bytes more after {count} steps");
        assert_eq!(a.to_vec::<f64>().expect("it is sound"), [3.0, 3.0]);
    });
}

#[test]
fn loops_of_several_arrays_compile_few_kernels() {
    alone("loops::loops_of_several_arrays_compile_few_kernels", || {
        let (mut x, mut v) = (Array::from(vec![1.0f32; 1000]), Array::from(vec![0.0f32; 1000]));
        let mut least = Array::from(vec![9.0f32; 1000]);
        let (kernels, grown) = measured(|hundredths| {
            for _ in 0..hundredths * 100 {
                v = &v - &x * 0.01;
                x = &x + &v * 0.01;
                least = least.minimum(&x);
            }
        });
        assert!(kernels <= 8, "{kernels} kernels");
        assert!(grown < 8 * MEBI, "{grown} bytes more");
        // Kept to the end, each is the value of its own turn.
        let one = |x: &Array| x.to_vec::<f32>().expect("it is sound")[7];
        assert!(one(&least) <= -0.98 && one(&x).abs() <= 1.1, "{} {}", one(&least), one(&x));
    });
}

#[test]
fn heat_flows_for_a_hundred_thousand_steps() {
    alone("loops::heat_flows_for_a_hundred_thousand_steps", || {
        let n = 256isize;
        let step = |u: &Array| {
            let inside = u.i((1..n - 1, 1..n - 1));
            let around = u.i((..n - 2, 1..n - 1))
                + u.i((2.., 1..n - 1))
                + u.i((1..n - 1, ..n - 2))
                + u.i((1..n - 1, 2..));
            (&inside + (around - &inside * 4.0) * 0.2).pad(1, 0.0)
        };
        let hot = arange(n).equal(100).cast(F32).broadcast_to([n, n]);
        hot.eval().expect("it is sound");
        let mut u = hot.clone();
        let (kernels, grown) = measured(|hundredths| {
            for _ in 0..hundredths * 990 {
                u = step(&u);
            }
        });
        assert!(kernels <= 4, "{kernels} kernels");
        assert!(grown < 32 * MEBI, "{grown} bytes more");
        let heat = u.sum(..).item::<f32>().expect("it is sound");
        assert!((0.0..256.0).contains(&heat), "{heat}");
    });
}

#[test]
fn data_that_only_pending_operations_hold_is_bounded() {
    alone("loops::data_that_only_pending_operations_hold_is_bounded", || {
        let mut sum = zeros(1 << 20, F32);
        let mut most = 0;
        for k in 0..300 {
            // 4 MiB that nobody else holds: 1200 MiB in all.
            sum += Array::from(vec![k as f32; 1 << 20]);
            most = most.max(resident().unwrap_or(0));
        }
        assert!(most < 900 * MEBI, "{most} bytes");
        assert_eq!(sum.i(17).item::<f32>().expect("it is sound"), 44_850.0);
    });
}

#[test]
fn how_much_may_wait_can_be_said_and_changes_no_bit() {
    let run = || (0..1000).fold(Array::from([0.3f32, -2.0]), |x, _| (&x * 0.999 + 0.1).sin());
    let bits = |change: fn(&mut Config)| {
        let x = config::with(change, run);
        x.to_vec::<f32>().expect("it is sound").into_iter().map(f32::to_bits).collect::<Vec<_>>()
    };
    let usual = bits(|_| ());
    for change in [|c: &mut Config| c.pending = 1, |c: &mut Config| c.pending = 100] {
        assert_eq!(bits(change), usual);
    }
    assert_eq!(bits(|c| c.pending = usize::MAX), usual);
    let plans =
        |pending| config::with(|c| c.pending = pending, || run().plan().expect("it is sound").operations);
    assert_eq!(plans(usize::MAX), 3000);
    assert!(plans(256) <= 256);
}
