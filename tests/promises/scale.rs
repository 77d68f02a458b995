//! Long expressions, many shapes, changing numbers: nothing recurses, nothing is compiled again.

use crate::alone::alone;
use crate::order::SUM;
use crate::{bits, given, holds};
use numfuse::prelude::*;
use numfuse::{config, statistics};

/// Runs `body` with a stack that a recursion over thousands of nodes would overflow.
fn on_a_small_stack(body: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(512 << 10).spawn(body);
    thread.expect("a thread starts").join().expect("the thread does not panic");
}

#[test]
fn a_chain_of_a_million_operations_is_built_evaluated_and_dropped() {
    let chain = || {
        let mut x = Array::from([1.0f32, -1.0]);
        for _ in 0..500_000 {
            x = (x + 1.0).absolute();
        }
        holds(&x, &[500_001.0f32, 500_000.0 - 1.0]);
        let mut dropped = x;
        for _ in 0..1_000_000 {
            dropped = dropped.cast(F64).cast(F32);
        }
    };
    // In parts, as it grows, and as one expression.
    on_a_small_stack(chain);
    on_a_small_stack(move || config::with(|config| config.pending = usize::MAX, chain));
}

#[test]
fn a_diamond_of_60_levels_is_built_evaluated_and_dropped() {
    on_a_small_stack(|| {
        let mut x = Array::from([1.0, -3.0, 0.5]);
        for _ in 0..60 {
            x = &x + &x;
        }
        assert_eq!(x.shape(), [3]);
        assert!(!x.explain().is_empty());
        let all = (1u64 << 60) as f64;
        holds(&x, &[all, -3.0 * all, 0.5 * all]);
    });
}

/// How many kernels were compiled meanwhile.
fn compiled(body: impl FnOnce()) -> u64 {
    let before = statistics().compiles;
    body();
    statistics().compiles - before
}

#[test]
fn a_thousand_shapes_of_an_expression_compile_at_most_four_kernels() {
    alone("scale::a_thousand_shapes_of_an_expression_compile_at_most_four_kernels", || {
        for (name, expression) in FORMS {
            let kernels = compiled(|| evaluate_shapes(expression, 17));
            assert!((1..=4).contains(&kernels), "{name}: {kernels} kernels");
            let kernels = compiled(|| evaluate_shapes(expression, 17));
            assert_eq!(kernels, 0, "{name}, again");
        }
        // Of extents of all orders of magnitude: folds lie differently over lanes and workers when short or
        // long, few or many.
        for (name, expression) in FORMS {
            let kernels = compiled(|| (0..400).for_each(|i| evaluate_magnitudes(expression, i)));
            assert!(kernels <= 8, "{name} of all sizes: {kernels} kernels more");
        }
        // A kernel knows the extent of columns of up to 16: there are more, but not one a shape.
        for (name, expression) in FORMS {
            let kernels = compiled(|| evaluate_shapes(expression, 1));
            assert!(kernels <= 48, "{name} with short axes: {kernels} kernels");
        }
    });
}

type Form = fn(&Array) -> Array;

/// Expressions of one matrix.
const FORMS: [(&str, Form); 8] = [
    ("elementwise", |x| (x * 2.5 + x.exp()).sqrt() / 3.5),
    ("views", |x| x.flip(0) * 0.25 + x.t().t()),
    ("a broadcast row", |x| x * 1.7 + x.i((0, ..))),
    ("a whole sum", |x| (x * x).sum(..)),
    ("sums of rows", |x| (x * 1.5).sum(1)),
    ("sums of columns", |x| (x * 1.5).sum(0)),
    ("softmax", |x| x.softmax(1)),
    ("standardised", |x| (x - x.mean(..)) / x.std(..)),
];

/// A shape with extents from 18 to some 33 000, and no more than 2^21 elements.
fn evaluate_magnitudes(expression: Form, i: usize) {
    let extent = |i: usize| 17 + (1usize << (bits(i) % 16)) + (bits(i) >> 40) as usize % 17;
    let [rows, columns] = [2 * i, 2 * i + 1].map(extent);
    if rows * columns < 1 << 21 {
        let x = given(rows * columns).reshape([rows, columns]);
        expression(&x).eval().expect("the expression is sound");
    }
}

/// A thousand random shapes with no extent below `least`.
fn evaluate_shapes(expression: Form, least: usize) {
    for i in 0..1000 {
        let [rows, columns] = [2 * i, 2 * i + 1].map(|i| (bits(i) % 100) as usize + least);
        let x = given(rows * columns).reshape([rows, columns]);
        expression(&x).eval().expect("the expression is sound");
    }
}

#[test]
fn a_changing_number_compiles_and_plans_nothing() {
    alone("scale::a_changing_number_compiles_and_plans_nothing", || {
        let x = given(1000);
        let step = |dt: f64| (&x * dt + (dt * 0.37)).maximum(dt).sum(..).item::<f32>().unwrap();
        step(0.125);
        let before = statistics();
        let mut sums: Vec<f32> = (0..1000).map(|i| step(0.0123 + f64::from(i) * 1e-3)).collect();
        let after = statistics();
        assert_eq!((after.compiles, after.plan_misses), (before.compiles, before.plan_misses));
        sums.dedup();
        assert_eq!(sums.len(), 1000, "each number counts");
    });
}

#[test]
fn arrays_are_never_constants_in_code() {
    alone("scale::arrays_are_never_constants_in_code", || {
        let expression = |weight: f32| {
            let (one, few) = (Array::from_vec(vec![weight], ()), Array::from([weight, 2.0, weight]));
            (few * one + Array::from([weight; 3])).sum(..)
        };
        expression(4.0).eval().unwrap();
        let kernels = compiled(|| {
            for weight in [0.0, 1.0, -1.0, 0.5, 7.25, f32::INFINITY] {
                let sum = expression(weight).item::<f32>().unwrap();
                let ends = weight * weight + weight;
                assert_eq!(sum, SUM.of_sequence(&[ends, 2.0 * weight + weight, ends]));
            }
        });
        assert_eq!(kernels, 0);
    });
}
