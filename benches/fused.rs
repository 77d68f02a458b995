//! Fused against eager, beside hand-written loops and the `ndarray` crate.
//!
//! `cargo bench --bench fused [WORKLOAD]`. Timed: one evaluation with the plan and the kernels in
//! their caches and a warm memory pool, the result in memory, inputs in memory; contenders take
//! turns. Printed: medians as multiples of the first contender (numfuse, fused), and the share of
//! the memory ceiling measured right before and after.

mod common;

use common::{Ceiling, compare, contender};
use ndarray::{Array1, Array2, Axis, Zip};
use numfuse::prelude::*;
use numfuse::set_fusion;
use std::hint::black_box;

const LARGE: usize = 1 << 24;
const SMALL: usize = 1 << 14;

fn main() {
    let chosen: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    let wanted = |name: &str| chosen.is_empty() || chosen.iter().any(|c| name.contains(c.as_str()));
    println!(
        "medians of evaluations with warm caches; {} threads",
        std::thread::available_parallelism().map_or(1, |n| n.get())
    );
    for n in [LARGE, SMALL] {
        if wanted("axpby") {
            axpby(n);
        }
        if wanted("chain") {
            chain(n);
        }
        if wanted("sum") {
            sum(n);
        }
        if wanted("exp") {
            exp(n);
        }
    }
    if wanted("softmax") {
        softmax(8192, 1024);
    }
    if wanted("moments") {
        moments(LARGE);
    }
}

fn triad(c: &Ceiling) -> f64 {
    c.triad
}

fn read(c: &Ceiling) -> f64 {
    c.read
}

fn numbers(n: usize) -> Vec<f32> {
    (0..n).map(|i| ((i * 7919) % 10007) as f32 * 1e-4 + 0.01).collect()
}

/// Evaluates with fusion on or off.
fn evaluated(fuse: bool, expression: impl Fn() -> Array) {
    set_fusion(fuse);
    let result = expression();
    result.eval().expect("the expression is well-formed");
    black_box(result);
    set_fusion(true);
}

fn axpby(n: usize) {
    let (x, y) = (numbers(n), numbers(n));
    let (nx, ny) = (Array1::from(x.clone()), Array1::from(y.clone()));
    let (ax, ay) = (Array::from_vec(x.clone(), [n]), Array::from_vec(y.clone(), [n]));
    let expression = || &ax * 1.7 + &ay * 0.4 - 0.9;
    let mut out = vec![0f32; n];
    let mut zipped = Array1::<f32>::zeros(n);
    compare(
        &format!("a*x + b*y - c, float32, {n}"),
        n * 12,
        triad,
        &mut [
            contender("numfuse", || evaluated(true, expression)),
            contender("numfuse, every op on its own", || evaluated(false, expression)),
            contender("loop by hand, reused output", || {
                out.iter_mut().zip(&x).zip(&y).for_each(|((o, x), y)| *o = x * 1.7 + y * 0.4 - 0.9);
                black_box(&out);
            }),
            contender("ndarray", || drop(black_box(&nx * 1.7 + &ny * 0.4 - 0.9))),
            contender("ndarray par_azip!, reused output", || {
                Zip::from(&mut zipped).and(&nx).and(&ny).par_for_each(|o, x, y| *o = x * 1.7 + y * 0.4 - 0.9);
                black_box(&zipped);
            }),
        ],
        15,
    );
}

fn chain(n: usize) {
    let x = numbers(n);
    let nx = Array1::from(x.clone());
    let ax = Array::from_vec(x.clone(), [n]);
    let expression = || (0..5).fold(ax.clone(), |x, _| (x * 0.9 - 0.1).absolute().maximum(0.01));
    let step = |x: f32| (x * 0.9 - 0.1).abs().max(0.01);
    let all = |x: f32| step(step(step(step(step(x)))));
    let mut out = vec![0f32; n];
    let mut zipped = Array1::<f32>::zeros(n);
    compare(
        &format!("20 cheap operations in a chain, float32, {n}"),
        n * 8,
        triad,
        &mut [
            contender("numfuse", || evaluated(true, expression)),
            contender("numfuse, every op on its own", || evaluated(false, expression)),
            contender("loop by hand, reused output", || {
                out.iter_mut().zip(&x).for_each(|(o, x)| *o = all(*x));
                black_box(&out);
            }),
            contender("ndarray", || {
                let step = |x: Array1<f32>| (x * 0.9 - 0.1).mapv_into(f32::abs).mapv_into(|x| x.max(0.01));
                black_box((0..5).fold(nx.clone(), |x, _| step(x)));
            }),
            contender("ndarray par_azip!, reused output", || {
                Zip::from(&mut zipped).and(&nx).par_for_each(|o, x| *o = all(*x));
                black_box(&zipped);
            }),
        ],
        15,
    );
}

fn sum(n: usize) {
    let x = numbers(n);
    let nx = Array1::from(x.clone());
    let ax = Array::from_vec(x.clone(), [n]);
    compare(
        &format!("sum, float32, {n}"),
        n * 4,
        read,
        &mut [
            contender("numfuse", || evaluated(true, || ax.sum(..))),
            contender("loop by hand, 32 lanes", || {
                let mut lanes = [0f32; 32];
                for chunk in x.chunks_exact(32) {
                    lanes.iter_mut().zip(chunk).for_each(|(l, x)| *l += x);
                }
                black_box(lanes);
            }),
            contender("ndarray", || {
                black_box(nx.sum());
            }),
        ],
        15,
    );
}

fn exp(n: usize) {
    let x = numbers(n);
    let nx = Array1::from(x.clone());
    let ax = Array::from_vec(x.clone(), [n]);
    compare(
        &format!("exp, float32, {n}"),
        n * 8,
        triad,
        &mut [
            contender("numfuse", || evaluated(true, || ax.exp())),
            contender("ndarray, std's exp", || drop(black_box(nx.mapv(f32::exp)))),
        ],
        9,
    );
}

fn softmax(rows: usize, columns: usize) {
    let x = numbers(rows * columns);
    let nx = Array2::from_shape_vec((rows, columns), x.clone()).expect("rows times columns");
    let ax = Array::from_vec(x, [rows, columns]);
    compare(
        &format!("softmax over rows, float32, {rows} x {columns}"),
        rows * columns * 8,
        triad,
        &mut [
            contender("numfuse", || evaluated(true, || ax.softmax(-1))),
            contender("numfuse, every op on its own", || evaluated(false, || ax.softmax(-1))),
            contender("ndarray", || {
                let top = nx.fold_axis(Axis(1), f32::MIN, |a, b| a.max(*b)).insert_axis(Axis(1));
                let e = (&nx - &top).mapv_into(f32::exp);
                let total = e.sum_axis(Axis(1)).insert_axis(Axis(1));
                black_box(e / total);
            }),
        ],
        9,
    );
}

fn moments(n: usize) {
    let x = numbers(n);
    let nx = Array1::from(x.clone());
    let ax = Array::from_vec(x, [n]);
    compare(
        &format!("variance, float32, {n}"),
        n * 4,
        read,
        &mut [
            contender("numfuse", || evaluated(true, || ax.var(..))),
            contender("ndarray", || {
                black_box(nx.var(0.0));
            }),
        ],
        9,
    );
}
