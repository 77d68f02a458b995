//! Everything waits, but what has a shape that only data can tell.

use crate::alone::alone;
use crate::{given, holds, ready};
use numfuse::prelude::*;
use numfuse::statistics;

type Function = fn(&Array) -> Array;

/// How many evaluations `body` makes.
fn evaluations<T>(body: impl FnOnce() -> T) -> (T, u64) {
    let count = || statistics().plan_hits + statistics().plan_misses;
    let before = count();
    let result = body();
    (result, count() - before)
}

#[test]
fn what_has_a_shape_that_data_decides_is_computed_at_once() {
    alone("lazy::what_has_a_shape_that_data_decides_is_computed_at_once", || {
        let x = ready(Array::from([3.0, -1.0, 0.0, 2.0, -5.0]));
        let shapes: [(&str, Function, &[usize]); 7] = [
            ("nonzero", |x| x.nonzero()[0].clone(), &[4]),
            ("argwhere", |x| x.argwhere(), &[4, 1]),
            ("flatnonzero", |x| x.flatnonzero(), &[4]),
            ("a mask", |x| x.i(x.greater(0)), &[2]),
            ("compress", |x| x.compress(&x.less(0), 0), &[2]),
            ("extract", |x| x.extract(&x.greater_equal(0)), &[3]),
            ("bincount", |x| x.absolute().cast(I64).bincount(0), &[6]),
        ];
        for (what, of, shape) in shapes {
            let (result, computed) = evaluations(|| of(&x));
            assert_eq!(result.shape(), shape, "{what}");
            assert!(computed > 0, "{what}");
        }
    });
}

#[test]
fn what_has_a_known_shape_waits() {
    alone("lazy::what_has_a_known_shape_waits", || {
        let x = ready(given(1000).reshape([10, 100]));
        let places = ready(Array::from([3, 0, 3]));
        let (waiting, computed) = evaluations(|| {
            let mask = x.greater(0.0);
            [
                x.set(&mask, 0.0),
                x.at(&mask).multiply(2),
                where_(&mask, &x, -1),
                x.set(x.i((0, ..)).equal(x.i((0, 3))).i(..10), x.i((.., 1)).i((..1, NewAxis))),
                x.take(&places, 0),
                x.at(&places).add(1),
                x.cumsum(1).softmax(0).matmul(&x.t()),
            ]
        });
        assert_eq!(computed, 0);
        let (_, computed) = evaluations(|| waiting.iter().for_each(|x| x.eval().expect("it is sound")));
        assert!(computed >= 7);
    });
}

#[test]
fn nothing_recurses_or_stops_at_a_size_that_a_user_can_hit() {
    // More arrays than a kernel has parameters, more values than registers, more results than one stores.
    let arrays: Vec<Array> = (0..600).map(|i| ready(arange(33).cast(F64) + i)).collect();
    let all = || arrays.iter().fold(zeros(33, F64), |sum, x| sum + x);
    let sum = numfuse::config::with(|c| c.pending = usize::MAX, all);
    let plan = sum.plan().unwrap();
    assert!((2..40).contains(&plan.kernels), "{} kernels", plan.kernels);
    assert!(sum.explain().contains("because the kernel would have more than "), "{}", sum.explain());
    holds(&sum, &(0..33).map(|i| f64::from(600 * i + 599 * 300)).collect::<Vec<_>>());
    let products: Vec<Array> = (0..300).map(|i| &arrays[0] * i + &arrays[1]).collect();
    numfuse::eval_all(&products).unwrap();
    holds(&products[299], &(0..33).map(|i| f64::from(299 * i + i + 1)).collect::<Vec<_>>());
    // All of them at once alive: read from the first to the last, and from the last to the first.
    let powers: Vec<Array> = (0..200).map(|i| (&arrays[0] * 0.001 * i).sin()).collect();
    let forth = powers.iter().fold(zeros(33, F64), |sum, x| sum * 0.5 + x);
    let both = powers.iter().rev().fold(forth, |sum, x| sum * 0.5 + x);
    let expected: Vec<f64> = (0..33)
        .map(|x| {
            let power = |i: usize| (f64::from(x) * 0.001 * i as f64).sin();
            let forth = (0..200).fold(0.0, |sum, i| sum * 0.5 + power(i));
            (0..200).rev().fold(forth, |sum, i| sum * 0.5 + power(i))
        })
        .collect();
    let found = both.to_vec::<f64>().unwrap();
    let near = |(f, e): (&f64, &f64)| (f - e).abs() <= 1e-12 * e.abs().max(1e-3);
    assert!(found.iter().zip(&expected).all(near), "{found:?} {expected:?}");
}

#[test]
fn every_level_can_be_printed() {
    let x = given(1000);
    let y = (&x * 2.5 + 1.0).sqrt().sum(..);
    let printed = [
        (y.graph().unwrap(), "sqrt"),
        (y.to_dot().unwrap(), "digraph"),
        (y.explain(), "carry sum"),
        (y.clif().unwrap(), "function"),
        (y.asm().unwrap(), "ret"),
        (y.cuda().unwrap(), "__global__"),
    ];
    for (text, word) in printed {
        assert!(text.contains(word), "{word}\n{text}");
    }
}
