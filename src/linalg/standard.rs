//! What the array API standard has in `linalg` and NumPy elsewhere, or of other axes.

use crate::arguments::Axes;
use crate::array::Array;
use crate::lazy::build;
use numfuse_ir::error::Error as Mistake;

/// The sums along a diagonal of the last two axes, which lies `offset` above the main one.
#[track_caller]
pub fn trace(x: &Array, offset: isize) -> Array {
    diagonal(x, offset).sum(-1)
}

/// A diagonal of the last two axes, which lies `offset` above the main one.
#[track_caller]
pub fn diagonal(x: &Array, offset: isize) -> Array {
    x.diagonal_of(offset, -2, -1)
}

/// All products of an element of one vector with one of another.
#[track_caller]
pub fn outer(x: &Array, y: &Array) -> Array {
    if x.0.error.is_none() && y.0.error.is_none() && (x.0.node.shape.len(), y.0.node.shape.len()) != (1, 1) {
        let sentence = format!(
            "Input arrays must be one-dimensional, but they are x1.ndim={} and x2.ndim={}.",
            x.0.node.shape.len(),
            y.0.node.shape.len()
        );
        return build("outer", [x, y], |_| Err(Mistake::Argument { sentence }));
    }
    x.outer(y)
}

/// See [`Array::cross`].
#[track_caller]
pub fn cross(x: &Array, y: &Array) -> Array {
    x.cross(y)
}

/// See [`Array::matrix_transpose`].
#[track_caller]
pub fn matrix_transpose(x: &Array) -> Array {
    x.matrix_transpose()
}

/// The Euclidean length along these axes: see [`Array::norm`].
#[track_caller]
pub fn norm(x: &Array, axes: impl Axes) -> Array {
    x.norm(axes)
}

/// The Euclidean length along these axes: see [`Array::norm`].
#[track_caller]
pub fn vector_norm(x: &Array, axes: impl Axes) -> Array {
    x.norm(axes)
}

/// The square root of the sum of squares along the last two axes: the norm of Frobenius.
///
/// ```
/// use numfuse::prelude::*;
///
/// let x = Array::from([[[3.0, 0.0], [0.0, 4.0]]]);
/// assert_eq!(numfuse::linalg::matrix_norm(&x).to_vec::<f64>()?, [5.0]);
/// # Ok::<(), numfuse::Error>(())
/// ```
#[track_caller]
pub fn matrix_norm(x: &Array) -> Array {
    x.norm([-2, -1])
}
