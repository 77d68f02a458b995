//! Signals, slopes and covariances: how many kernels they take, and what their sentences say.

use numfuse::{Ends, Overlap, prelude::*};

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
    let slope = x.gradient(0.5, 0);
    assert_eq!(kernels(&slope), 1);
    assert_eq!(kernels(&x.gradient_ends(Array::from(vec![1.0; 1000]).cumsum(0), 0, Ends::Parabola)), 2);
    let at = Array::from([0.0, 1.0, 3.0]);
    let between = (&x * 2.0).interp(&at, &at.square());
    assert_eq!(kernels(&between), 2, "{}", between.explain());
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
