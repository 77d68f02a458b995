//! What an operation costs beyond its loop: building a node, a cached evaluation, a compiled call,
//! a first evaluation. `cargo bench --bench overhead`.
//!
//! Medians over batches, one thread calling; arrays of 100 elements, so that the loops themselves
//! are a small part. The `ndarray` crate computes the same expression eagerly.

use ndarray::Array1;
use numfuse::compile;
use numfuse::prelude::*;
use std::hint::black_box;
use std::time::Instant;

/// Calls in a batch, and batches.
const CALLS: usize = 2000;
const BATCHES: usize = 51;

fn main() {
    let data = |k: f32| (0..100).map(|i| i as f32 * k + 1.0).collect::<Vec<f32>>();
    let (a, b, c) = (Array::from(data(0.1)), Array::from(data(0.2)), Array::from(data(0.3)));
    let (na, nb, nc) = (Array1::from(data(0.1)), Array1::from(data(0.2)), Array1::from(data(0.3)));
    let distance = compile(|x| (&x[0] * &x[1] + &x[2]).sum(..));
    print("a + b, built and dropped", nanoseconds(|| drop(black_box(&a + &b))));
    print(
        "(a*b + c).sum(), built, evaluated, dropped",
        nanoseconds(|| (&a * &b + &c).sum(..).eval().expect("it evaluates")),
    );
    print("the same through compile", nanoseconds(|| drop(black_box(distance.call(&[&a, &b, &c])))));
    print(
        "the same in ndarray, eager",
        nanoseconds(|| {
            black_box((&na * &nb + &nc).sum());
        }),
    );
    let mut expressions = 0..1 << 10;
    print(
        "ten operations, planned and compiled for the first time",
        once(101, || {
            // Sums and products in the order of the bits: another kernel each time.
            let bits = expressions.next().expect("there are enough");
            let next = |x, i| if bits >> i & 1 == 0 { x * &b } else { x + &c };
            (0..10).fold(a.clone(), next).eval().expect("it evaluates");
        }),
    );
}

fn print(what: &str, nanoseconds: f64) {
    println!("{what:<58} {nanoseconds:>10.0} ns");
}

/// The median time of one call.
fn nanoseconds(mut run: impl FnMut()) -> f64 {
    run();
    once(BATCHES, || (0..CALLS).for_each(|_| run())) / CALLS as f64
}

/// The median time of `batches` runs.
fn once(batches: usize, mut run: impl FnMut()) -> f64 {
    let mut times: Vec<f64> = (0..batches)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed().as_secs_f64() * 1e9
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
