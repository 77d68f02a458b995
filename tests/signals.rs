//! Signals, slopes and covariances: how many kernels they take, and what their sentences say.

use numfuse::{Overlap, prelude::*};

fn kernels(x: &Array) -> usize {
    x.plan().expect("it is well-formed").kernels
}

#[test]
fn windows_are_fused() {
    let (x, kernel) = (Array::from(vec![1.0f32; 1000]), Array::from([0.25f32, 0.5, 0.25]));
    for overlap in [Overlap::Full, Overlap::Same, Overlap::Valid] {
        let smooth = x.convolve(&kernel, overlap);
        assert_eq!(kernels(&smooth), 1, "{overlap:?}\n{}", smooth.explain());
        assert_eq!(kernels(&((smooth - 1.0).square() * 2.0)), 1);
    }
    // The two ends are computed once, before.
    assert_eq!(kernels(&x.gradient(0.5, 0)), 2);
    let (at, values) = (Array::from([0.0, 1.0, 3.0]), Array::from([5.0, 4.0, 9.0]));
    assert_eq!(kernels(&((&x * 2.0).interp(&at, &values) + 1.0)), 1);
}

/// Long windows are folded, short ones written out; both are what they mean.
#[test]
fn long_and_short_windows_mean_the_same() {
    let x = arange(700).cast(F64) % 13.0;
    for extent in [1i64, 2, 127, 128, 129, 300] {
        let kernel = (arange(extent) * 5 % 7).cast(F64);
        let found = x.convolve(&kernel, Overlap::Full).to_vec::<f64>().unwrap();
        let (x, kernel) = (x.to_vec::<f64>().unwrap(), kernel.to_vec::<f64>().unwrap());
        let mut expected = vec![0.0; x.len() + kernel.len() - 1];
        for (i, a) in x.iter().enumerate() {
            kernel.iter().enumerate().for_each(|(k, b)| expected[i + k] += a * b);
        }
        assert_eq!(found, expected, "of {extent}");
    }
}

#[test]
fn what_is_wrong_is_said() {
    let said = |x: Array| x.check().unwrap_err().to_string();
    let (x, none) = (arange(6), zeros(0, F64));
    assert!(said(x.convolve(&none, Overlap::Full)).starts_with("v cannot be empty [convolve of int64 (6,)"));
    assert!(
        said(x.reshape([2, 3]).correlate(&x, Overlap::Full)).starts_with("object too deep for desired array")
    );
    assert!(said(x.interp(&x, &x.i(..3))).starts_with("fp and xp are not of the same length. [interp of"));
    assert!(
        said(x.reshape([1, 2, 3]).cov()).starts_with("m has more than 2 dimensions [cov of int64 (1, 2, 3)")
    );
    assert!(said(x.gradient(1.0, 1)).starts_with("axis 1 is out of bounds for array of dimension 1"));
    let wrong = zeros(3, F32) + zeros(4, F32);
    assert!(said(wrong.convolve(&x, Overlap::Same)).starts_with("operands could not be broadcast"));
    assert!(said(x.interp(&wrong, &x)).starts_with("operands could not be broadcast"));
    assert!(said(wrong.corrcoef()).starts_with("operands could not be broadcast"));
    assert!(said(x.average_weighted(&x.i(..3), 0)).starts_with("Shape of weights must be consistent"));
}
