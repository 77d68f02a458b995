//! Fusing never changes a bit, and neither do other threads that evaluate the same arrays.

use crate::{given, numbers, ready, seen, under};
use numfuse::prelude::*;
use numfuse::{Error, config, eval_all};
use std::sync::Barrier;

#[test]
fn products_and_sums_are_not_contracted() -> Result<(), Error> {
    let count = 10_007;
    let (a, b, c) =
        (numbers(count), numbers(2 * count)[count..].to_vec(), numbers(3 * count)[2 * count..].to_vec());
    let (x, y, z) = (Array::from(a.clone()), Array::from(b.clone()), Array::from(c.clone()));
    let rounded_twice: Vec<f32> = (0..count).map(|i| a[i] * b[i] + c[i]).collect();
    let contracted = (0..count).filter(|&i| a[i].mul_add(b[i], c[i]) != rounded_twice[i]).count();
    assert!(contracted > count / 10, "the data would show a contraction");
    assert_eq!((&x * &y + &z).to_vec::<f32>()?, rounded_twice);
    assert_eq!((&z + &x * &y).to_vec::<f32>()?, rounded_twice);
    let subtracted: Vec<f32> = (0..count).map(|i| c[i] - a[i] * b[i]).collect();
    assert_eq!((&z - &x * &y).to_vec::<f32>()?, subtracted);
    let doubles: Vec<f64> =
        (0..count).map(|i| f64::from(a[i]) / 3.0 * f64::from(b[i]) + f64::from(c[i])).collect();
    assert_eq!((x.cast(F64) / 3.0 * y.cast(F64) + z.cast(F64)).to_vec::<f64>()?, doubles);
    Ok(())
}

#[test]
fn products_and_sums_are_contracted_where_that_is_asked_for() -> Result<(), Error> {
    let count = 10_007;
    let all = numbers(3 * count);
    let part = |i: usize| all[i * count..][..count].to_vec();
    let (a, b, c) = (part(0), part(1), part(2));
    let (x, y, z) = (Array::from(a.clone()), Array::from(b.clone()), Array::from(c.clone()));
    let fast = |array: Array| config::with(|c| c.fast_math = true, || array.to_vec::<f32>());
    let each = |f: &dyn Fn(usize) -> f32| (0..count).map(f).collect::<Vec<f32>>();
    assert_eq!(fast(&x * &y + &z)?, each(&|i| a[i].mul_add(b[i], c[i])));
    assert_eq!(fast(&z - &x * &y)?, each(&|i| (-a[i]).mul_add(b[i], c[i])));
    // Functions, whole numbers and products that something else reads are as ever.
    let others = || x.exp() + (&x * &y).floor() + (x.cast(I32) * 3 + 1).cast(F32);
    assert_eq!(fast(others())?, others().to_vec::<f32>()?);
    // An expression of the same form has another plan when nothing is asked for.
    assert_eq!((&x * &y + &z).to_vec::<f32>()?, each(&|i| a[i] * b[i] + c[i]));
    let compiled = numfuse::compile(|of| &of[0] * &of[1] + &of[2]);
    let plain = compiled.call(&[&x, &y, &z])?.to_vec::<f32>()?;
    let contracted =
        config::with(|c| c.fast_math = true, || compiled.call(&[&x, &y, &z]))?.to_vec::<f32>()?;
    assert_eq!(plain, each(&|i| a[i] * b[i] + c[i]));
    assert_eq!(contracted, each(&|i| a[i].mul_add(b[i], c[i])));
    Ok(())
}

#[test]
fn contracted_sums_of_products_are_sums_of_products() -> Result<(), Error> {
    let (rows, columns) = (300, 1111);
    let x = Array::from(numbers(rows * columns)).reshape([rows, columns]);
    let sums: [fn(&Array) -> Array; 4] = [
        |x| (x * x.roll(5, 1)).sum(1),
        |x| (x.i((..40, NewAxis, ..)) - x.i((NewAxis, 40..70, ..))).square().sum(-1),
        |x| (x * 0.5 * x).sum(0),
        |x| (x * x).sum(..),
    ];
    for sum in sums {
        let expected = sum(&x).to_vec::<f32>()?;
        // Machine code and the interpreter of kernels agree on what is contracted, too.
        let both = |c: &mut config::Config| (c.fast_math, c.check) = (true, true);
        let fast = config::with(both, || sum(&x).to_vec::<f32>())?;
        assert!(config::with(both, || sum(&x).explain()).contains("products"));
        let scale = expected.iter().fold(0.0, |most: f32, x| most.max(x.abs()));
        let apart = fast.iter().zip(&expected).map(|(f, e)| (f - e).abs()).fold(0.0, f32::max);
        assert!(apart <= 1e-5 * scale, "{apart} apart in {scale}");
    }
    let ends = Array::from(vec![f32::INFINITY, f32::NAN, -0.0, 1e38]);
    let fast = config::with(|c| c.fast_math = true, || (&ends * &ends + &ends).to_vec::<f32>())?;
    assert!(fast[0] == f32::INFINITY && fast[1].is_nan() && fast[2] == 0.0 && fast[3] == f32::INFINITY);
    Ok(())
}

/// Expressions of all sorts over a matrix, each fused into few kernels.
fn expressions(x: &Array) -> Vec<(&'static str, Array)> {
    let apart = x.i((..40, NewAxis, ..)) - x.i((NewAxis, 40..70, ..));
    vec![
        ("chain", (x * 1.7 - 0.3) / (x.absolute() + 0.9) + x * x * x),
        (
            "functions",
            x.sin() * x.cos() + (x * 0.01).exp().log1p() - x.tanh().erf() + x.absolute().power(0.7),
        ),
        ("roots", (x.absolute().sqrt() + x.square()).reciprocal()),
        ("choice", where_(x.greater(0.0), x.log(), (-x).sqrt())),
        ("integers", ((x.cast(I32) * 7 % 5) << 3).floor_divide(x.cast(I8))),
        ("small types", (x.cast(I8) * 3 + x.cast(U8)).cast(U16) >> 2),
        ("stencil", x.i((1.., ..)) * 0.3 + x.i((..-1, ..)) * 0.7 - x.roll(3, 1).i((1.., ..))),
        ("frames", (x * 1.1).pad(2, 0.5).t() + concatenate([x.sin(), x.cos()], 0).sum(..)),
        ("standardised", (x - x.mean(..)) / x.std(..)),
        ("layer norm", (x - x.mean_keepdims(1)) / (x.var_keepdims(1) + 1e-5).sqrt()),
        ("softmax", x.softmax(1)),
        ("softmax down", x.softmax(0)),
        ("sums of products", (x * 1.3 * x.roll(1, 0)).sum(0)),
        ("distances", (&apart * &apart).sum(-1).sqrt().min(1)),
        ("windows", (x * 0.9).sliding_window_view(5, 0).mean(-1)),
        ("places", (x.square() - x).argmax(1)),
        ("flips", x.flip(0).exp2() - x.t().t().flip(..).floor()),
    ]
}

#[test]
fn fusing_never_changes_a_bit() {
    for dtype in [F32, F64] {
        let x = ready(given(83 * 131).reshape([83, 131]).cast(dtype));
        for ((name, fused), (_, apart)) in expressions(&x).into_iter().zip(expressions(&x)) {
            let expected = under(false, 1, || seen(&apart));
            assert_eq!(under(true, 2, || seen(&fused)), expected, "{name} of {dtype}");
        }
    }
}

#[test]
fn evaluating_a_part_first_never_changes_a_bit() -> Result<(), Error> {
    let x = ready(given(64 * 65).reshape([64, 65]));
    let whole = |y: &Array| (y.exp() * 0.3 + y / y.norm(..)).sum(0) - y.mean(0);
    let together = whole(&(&x * 0.11 + 0.7));
    let part = &x * 0.11 + 0.7;
    part.eval()?;
    assert_eq!(seen(&whole(&part)), seen(&together));
    let (again, other) = (whole(&(&x * 0.11 + 0.7)), whole(&(&x * 0.11 + 0.7)));
    eval_all([&again, &other])?;
    assert_eq!((seen(&again), seen(&other)), (seen(&together), seen(&together)));
    Ok(())
}

#[test]
fn every_reduction_of_tall_and_of_long_arrays_is_the_same_fused() {
    // Shared among workers in bands, in blocks, and not at all; with 32 columns and more the order is
    // another one.
    for shape in [[6000, 17], [6000, 33], [4100, 64], [3, 40_001], [1, 70_001]] {
        let x = ready(given(shape[0] * shape[1]).reshape(shape));
        for axes in [&[0isize][..], &[1], &[0, 1]] {
            let folds = || {
                let (sum, mean, product) = (x.sum(axes), x.mean(axes), (&x * 0.01 + 1.0).prod(axes));
                let (var, std, norm) = (x.var(axes), x.cast(F64).std(axes), x.norm(axes));
                let ends = [x.min(axes), x.max(axes), x.ptp(axes), x.argmin(axes), x.argmax(axes)];
                let logic = [x.any(axes), x.all(axes), x.greater(1.0).sum(axes), x.logsumexp(axes)];
                let small = [x.cast(I8).sum(axes), x.cast(U16).max(axes), x.cast(U8).var(axes)];
                let all = [vec![sum, mean, product, var, std, norm], ends.into(), logic.into(), small.into()];
                all.concat()
            };
            let expected: Vec<_> = under(false, 1, || folds().iter().map(seen).collect());
            for (k, fold) in folds().iter().enumerate() {
                let fused = under(true, 2, || seen(fold));
                assert_eq!(fused, expected[k], "fold {k} of {shape:?} over {axes:?}");
            }
        }
    }
}

#[test]
fn writing_on_the_way_to_a_fold_never_changes_a_bit() -> Result<(), Error> {
    // Long and short, whole and in rows and columns, with and without tails.
    for shape in [[1, 70_001], [3, 40_001], [257, 129], [129, 7], [2, 3]] {
        let x = ready(given(shape[0] * shape[1]).reshape(shape));
        let outputs = || {
            let e = (&x * 0.3).exp();
            let turned = e.t().sum(0) + 1.0;
            [e.sum(..), e.sum(0), e.max(1), turned, x.softmax(..), &e * e.mean(..), e]
        };
        let expected: Vec<_> = under(false, 1, || outputs().iter().map(seen).collect());
        let fused = under(true, 2, || {
            let outputs = outputs();
            eval_all(&outputs).unwrap();
            outputs.iter().map(seen).collect::<Vec<_>>()
        });
        assert_eq!(fused, expected, "{shape:?}");
    }
    Ok(())
}

#[test]
fn what_is_written_on_the_way_outlives_a_later_split_of_rows() -> Result<(), Error> {
    // The largest of each row would make the other axis a column, and the sum a fold inside it.
    for (depth, rows, width) in [(4, 3, 2), (40, 20, 33)] {
        let x = ready(given(rows * 5).reshape([rows, 1, 5]));
        let t = ready(given(depth * rows * width).reshape([depth, rows, width]));
        let outputs = || {
            let w = &t + x.max(-1);
            [w.sum(0), w]
        };
        let expected = under(false, 1, || outputs().each_ref().map(seen));
        let fused = outputs();
        under(true, 2, || eval_all(&fused))?;
        assert_eq!(fused.each_ref().map(seen), expected, "{depth} x {rows} x {width}");
    }
    Ok(())
}

#[test]
fn folds_of_any_number_of_lengths_are_evaluated() {
    // Each length is an axis of its own, and a kernel has at most 64.
    let rows: Vec<Array> = (2..72).map(|n| ready(given(20 * n).reshape([20, n]))).collect();
    let column = ready(given(30));
    let sum = || rows.iter().map(|x| x.sum(1)).sum::<Array>();
    let inside = || {
        let fold = |k: i64| (column.i((.., NewAxis, NewAxis)) * arange(k) + column.i((.., NewAxis))).sum(2);
        (2..40).map(|k| fold(k).max(1)).sum::<Array>()
    };
    for make in [&sum as &dyn Fn() -> Array, &inside] {
        let expected = under(false, 1, || seen(&make()));
        assert_eq!(under(true, 2, || seen(&make())), expected);
    }
    assert!(sum().explain().contains("the kernel would have more than 64 axes"));
}

#[test]
fn eight_threads_evaluate_shared_pending_arrays_at_once() {
    let x = ready(given(257 * 129).reshape([257, 129]));
    let family = || {
        let base = (&x * 0.31).tanh() + 0.5;
        let rows = base.softmax(1);
        [base.clone(), base.sum(0), base.sum(..), &rows * &base, rows.t(), (&rows - base.mean(..)).std(1)]
    };
    let expected: Vec<_> = under(false, 1, || family().iter().map(seen).collect());
    for round in 0..20 {
        let (shared, start) = (family(), Barrier::new(8));
        std::thread::scope(|scope| {
            for thread in 0..8 {
                let (shared, start, expected) = (&shared, &start, &expected);
                scope.spawn(move || {
                    start.wait();
                    if thread == 7 {
                        eval_all(shared).unwrap();
                    }
                    for k in 0..shared.len() {
                        let k = (k + thread + round) % shared.len();
                        assert_eq!(seen(&shared[k]), expected[k], "array {k} on thread {thread}");
                        // What builds on an array that others are evaluating sees the same values.
                        let again = (&shared[k] * 1.0).reshape(-1);
                        assert_eq!(seen(&again), expected[k], "array {k} read by thread {thread}");
                    }
                });
            }
        });
    }
}
