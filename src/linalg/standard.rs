//! What the array API standard has in `linalg` and NumPy elsewhere, or of other axes.

use crate::arguments::Axes;
use crate::array::Array;
use crate::index::s;
use crate::join::concatenate;
use crate::lazy::{build, refuse};
use numfuse_ir::error::Error as Mistake;

/// Products of vectors in space.
impl Array {
    /// The cross products of vectors of three along the last axis. Vectors of two, of which NumPy still takes
    /// some, are an error.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// let (x, y) = (Array::from([1.0, 0.0, 0.0]), Array::from([0.0, 1.0, 0.0]));
    /// assert_eq!(x.cross(&y).to_vec::<f64>()?, [0.0, 0.0, 1.0]);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    #[track_caller]
    pub fn cross(&self, other: &Array) -> Array {
        let fits = |x: &Array| x.0.node.shape.last() == Some(&3);
        if self.0.error.is_none() && other.0.error.is_none() && !(fits(self) && fits(other)) {
            let sentence = "incompatible dimensions for cross product (dimension must be 2 or 3): here both last \
                            axes must have 3 elements";
            return refuse("cross", [self, other], sentence);
        }
        let parts = [self.minor(other, 1, 2), self.minor(other, 2, 0), self.minor(other, 0, 1)];
        concatenate(parts, -1)
    }

    /// One part of a cross product, of two elements of each vector.
    #[track_caller]
    fn minor(&self, other: &Array, i: isize, j: isize) -> Array {
        let (p, q) = (self.along("cross", -1, s(i..i + 1)), other.along("cross", -1, s(i..i + 1)));
        let (r, t) = (self.along("cross", -1, s(j..j + 1)), other.along("cross", -1, s(j..j + 1)));
        p * t - r * q
    }
}

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
