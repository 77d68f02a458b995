//! Reductions against values worked out by hand: axes, types, edges, compositions.

use numfuse::Error;
use numfuse::prelude::*;

#[test]
fn axes_are_given_in_many_ways() -> Result<(), Error> {
    let x = arange(24).reshape([2, 3, 4]);
    assert_eq!(x.sum(..).item::<i64>()?, 276);
    assert_eq!(x.sum(0).to_vec::<i64>()?, [12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 32, 34]);
    assert_eq!(x.sum(-1).to_vec::<i64>()?, [6, 22, 38, 54, 70, 86]);
    assert_eq!(x.sum([0, 2]).to_vec::<i64>()?, [60, 92, 124]);
    assert_eq!(x.sum(vec![2usize, 0]).to_vec::<i64>()?, [60, 92, 124]);
    assert_eq!(x.sum(&[-1isize][..]).shape(), [2, 3]);
    assert_eq!(x.sum(()).shape(), [2, 3, 4]);
    assert_eq!(x.sum_keepdims([0, 2]).shape(), [1, 3, 1]);
    assert_eq!(x.max_keepdims(..).shape(), [1, 1, 1]);
    assert_eq!(Array::scalar(5i64).sum(..).item::<i64>()?, 5);
    Ok(())
}

#[test]
fn accumulators_are_numpys() {
    let types =
        |f: fn(&Array) -> Array| [BOOL, I8, I64, U8, F32, F64].map(|dtype| f(&ones(3, dtype)).dtype());
    assert_eq!(types(|x| x.sum(..)), [I64, I64, I64, U64, F32, F64]);
    assert_eq!(types(|x| x.prod(..)), [I64, I64, I64, U64, F32, F64]);
    assert_eq!(types(|x| x.max(..)), [BOOL, I8, I64, U8, F32, F64]);
    assert_eq!(types(|x| x.mean(..)), [F64, F64, F64, F64, F32, F64]);
    assert_eq!(types(|x| x.std(..)), [F64, F64, F64, F64, F32, F64]);
    assert_eq!(types(|x| x.norm(..)), [F64, F64, F64, F64, F32, F64]);
    assert_eq!(types(|x| x.softmax(..)), [F64, F64, F64, F64, F32, F64]);
    assert_eq!(types(|x| x.logsumexp(..)), [F64, F64, F64, F64, F32, F64]);
    assert_eq!(types(|x| x.argmax(..)), [I64; 6]);
    assert_eq!(types(|x| x.count_nonzero(..)), [I64; 6]);
    assert_eq!(types(|x| x.any(..)), [BOOL; 6]);
}

#[test]
fn values_are_right() -> Result<(), Error> {
    let x = Array::from([[3.0, -1.0, 2.0], [0.0, 5.0, -4.0]]);
    assert_eq!(x.prod(1).to_vec::<f64>()?, [-6.0, -0.0]);
    assert_eq!(x.min(0).to_vec::<f64>()?, [0.0, -1.0, -4.0]);
    assert_eq!(x.max(1).to_vec::<f64>()?, [3.0, 5.0]);
    assert_eq!(x.ptp(1).to_vec::<f64>()?, [4.0, 9.0]);
    assert_eq!(x.argmin(1).to_vec::<i64>()?, [1, 2]);
    assert_eq!(x.argmax(..).item::<i64>()?, 4);
    assert_eq!(x.argmax_keepdims(1).shape(), [2, 1]);
    assert_eq!(x.any(0).to_vec::<bool>()?, [true; 3]);
    assert_eq!(x.all(1).to_vec::<bool>()?, [true, false]);
    assert_eq!(x.count_nonzero(1).to_vec::<i64>()?, [3, 2]);
    assert_eq!(x.mean(0).to_vec::<f64>()?, [1.5, 2.0, -1.0]);
    assert_eq!(Array::from([3.0, 4.0]).norm(..).item::<f64>()?, 5.0);
    assert_eq!(Array::from([3i8, 4]).norm(..).item::<f64>()?, 5.0);
    let y = Array::from([2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0]);
    assert!((y.std(..).item::<f64>()? - 2.0).abs() < 1e-15);
    assert!((y.var_ddof(.., 1).item::<f64>()? - 32.0 / 7.0).abs() < 1e-14);
    assert_eq!(y.std_ddof(.., 1).shape(), []);
    Ok(())
}

#[test]
fn nan_wins_and_ties_go_to_the_first() -> Result<(), Error> {
    let x = Array::from([1.0, f64::NAN, 3.0, f64::NAN]);
    assert!(x.max(..).item::<f64>()?.is_nan());
    assert!(x.min(..).item::<f64>()?.is_nan());
    assert_eq!(x.argmax(..).item::<i64>()?, 1);
    assert_eq!(x.argmin(..).item::<i64>()?, 1);
    assert_eq!(Array::from([2, 7, 7]).argmax(..).item::<i64>()?, 1);
    assert_eq!(Array::from([true, false, true]).argmax(..).item::<i64>()?, 0);
    Ok(())
}

#[test]
fn exponentials_do_not_overflow() -> Result<(), Error> {
    let x = Array::from([[1e4f32, 1e4], [-1e4, -1e4]]);
    assert_eq!(x.softmax(1).to_vec::<f32>()?, [0.5; 4]);
    let sums = x.logsumexp(1).to_vec::<f32>()?;
    assert!((sums[0] - 10000.693).abs() < 1e-2 && (sums[1] + 9999.307).abs() < 1e-2);
    assert_eq!(x.logsumexp_keepdims(1).shape(), [2, 1]);
    let low = Array::from([f64::NEG_INFINITY; 2]);
    assert_eq!(low.logsumexp(..).item::<f64>()?, f64::NEG_INFINITY);
    Ok(())
}

#[test]
fn nothing_has_sums_and_no_extremes() -> Result<(), Error> {
    let x = zeros([0, 3], F64);
    assert_eq!(x.sum(0).to_vec::<f64>()?, [0.0; 3]);
    assert_eq!(x.prod(..).item::<f64>()?, 1.0);
    assert_eq!(x.all(0).to_vec::<bool>()?, [true; 3]);
    assert!(x.mean(..).item::<f64>()?.is_nan());
    assert!(x.max(0).check().is_err());
    assert_eq!(x.max(1).shape(), [0]);
    assert_eq!(x.max(1).to_vec::<f64>()?, []);
    assert!(ones(1, F64).var_ddof(.., 1).item::<f64>()?.is_nan());
    assert_eq!(Array::from([1.0f32, 2.0]).std_ddof(.., 5).item::<f32>()?, f32::INFINITY);
    Ok(())
}
