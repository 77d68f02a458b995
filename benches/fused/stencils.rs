//! Neighbourhoods by shifted slices.

#![allow(clippy::reversed_empty_ranges, reason = "an end below 0 counts from the back")]

use crate::common::ceiling::Kind;
use crate::common::data::{input, uniform};
use crate::common::{Bench, Contender, Traffic, Workload};
use crate::hand::stencils as hand;
use crate::others::others;
use ndarray::{Array2, ArrayView2, Zip, s};
use numfuse::prelude::Array;

pub const WORKLOADS: &[Workload] =
    &[Workload { name: "stencil", about: "twenty five-point averages, float32", run: stencil }];

const STEPS: usize = 20;

fn stencil(b: &Bench) {
    let n = b.size.pick(256, 2048, 16_384);
    let x = uniform::<f32>(n * n, 0.0, 1.0, 1);
    let ax = Array::from_slice(&x, [n, n]);
    let nx = Array2::from_shape_vec((n, n), x.clone()).expect("a square of elements");
    let expression = || {
        let step = |a: Array, _| {
            let (middle, above, below) = (a.i((1..-1, 1..-1)), a.i((..-2, 1..-1)), a.i((2.., 1..-1)));
            (middle + above + below + a.i((1..-1, ..-2)) + a.i((1..-1, 2..))) * 0.2
        };
        [(0..STEPS).fold(ax.clone(), step)]
    };
    let (mut one, mut two) = (vec![0f32; n * n], vec![0f32; n * n]);
    let mut contenders = Vec::from(Contender::numfuse(&expression));
    contenders.push(Contender::new("loop by hand, step by step", |seen| {
        b.team.enter(|| {
            for step in 0..STEPS {
                let width = n - 2 * step;
                let inside = (width - 2) * (width - 2);
                let from = if step == 0 { &x } else { &two };
                b.team.fill([&mut one[..inside]], 16 * (width - 2), |i, [out]| {
                    hand::five_points(out, from, width, i / (width - 2));
                });
                std::mem::swap(&mut one, &mut two);
            }
        });
        seen.slice(&two[..(n - 2 * STEPS) * (n - 2 * STEPS)]);
    }));
    contenders.push(Contender::new("ndarray", |seen| {
        let step = |a: Array2<f32>, _| {
            let [middle, above, below, left, right] = around(&a);
            (&middle + &above + below + left + right) * 0.2f32
        };
        seen.ndarray(&(0..STEPS).fold(nx.clone(), step));
    }));
    contenders.push(Contender::new("ndarray, par_azip!", |seen| {
        let step = |a: Array2<f32>, _| {
            let [middle, above, below, left, right] = around(&a);
            let mut out = Array2::<f32>::zeros(middle.dim());
            Zip::from(&mut out)
                .and(&above)
                .and(&below)
                .and(&left)
                .and(&right)
                .par_for_each(|o, above, below, left, right| *o = above + below + left + right);
            ndarray::par_azip!((o in &mut out, m in &middle) *o = 0.2 * (*o + m));
            out
        };
        seen.ndarray(&(0..STEPS).fold(nx.clone(), step));
    }));
    contenders.extend(others("stencil", &[input(&x, &[n, n])]));
    let inside = n - 2 * STEPS;
    let traffic = Traffic { bytes: 4 * (n * n + inside * inside), elements: n * n, kind: Kind::Copy };
    b.compare(&format!("stencil: {STEPS} five-point averages, float32, {n} x {n}"), traffic, contenders);
}

/// The inside, and the same moved by one to each side.
fn around(a: &Array2<f32>) -> [ArrayView2<'_, f32>; 5] {
    let slices = [s![1..-1, 1..-1], s![..-2, 1..-1], s![2.., 1..-1], s![1..-1, ..-2], s![1..-1, 2..]];
    slices.map(|slice| a.slice(slice))
}
