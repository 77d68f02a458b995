//! Differences, areas and products of vectors: stencils of shifted slices, and sums of products.

use crate::arguments::{self, Axes, Integer};
use crate::array::Array;
use crate::free::functions;
use crate::index::s;
use crate::lazy::{build, refuse};
use crate::stack::concatenate;
use crate::ufunc::where_;
use numfuse_ir::dtype::DType;
use numfuse_ir::shape;

/// Differences and areas.
impl Array {
    /// Each element of the flattened array less the one before it.
    #[track_caller]
    pub fn ediff1d(&self) -> Array {
        let x = self.ravel();
        x.along("ediff1d", 0, s(1..)) - x.along("ediff1d", 0, s(..-1))
    }

    /// The area under points `step` apart along an axis, by trapezoids.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// assert_eq!(Array::from([1.0, 2.0, 3.0]).trapezoid(2.0, 0).item::<f64>()?, 8.0);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    #[track_caller]
    pub fn trapezoid(&self, step: f64, axis: impl Integer) -> Array {
        let axis = axis.to_isize();
        let (after, before) = (self.along("trapezoid", axis, s(1..)), self.along("trapezoid", axis, s(..-1)));
        ((after + before) * step / 2.0).sum(axis)
    }

    /// The area under points at the places `x` along an axis, by trapezoids; `x` is a vector or has the shape of
    /// the array.
    #[track_caller]
    pub fn trapezoid_at(&self, x: &Array, axis: impl Integer) -> Array {
        let axis = axis.to_isize();
        let steps = match x.0.node.shape.len() {
            1 => x.diff(1, 0).beside(self, axis),
            _ => x.diff(1, axis),
        };
        let (after, before) = (self.along("trapezoid", axis, s(1..)), self.along("trapezoid", axis, s(..-1)));
        (steps * (after + before) / 2.0).sum(axis)
    }

    /// The extent of an axis, or nothing where there is none such.
    fn extent_along(&self, axis: isize) -> Vec<usize> {
        shape::axis(axis, self.0.node.shape.len()).map_or(vec![], |axis| vec![self.0.node.shape[axis]])
    }

    /// A vector laid along `axis` of arrays with as many axes as `other`.
    #[track_caller]
    fn beside(&self, other: &Array, axis: isize) -> Array {
        let dims = other.0.node.shape.len();
        match shape::axis(axis, dims) {
            Ok(place) => {
                let mut extents = vec![1isize; dims];
                extents[place] = -1;
                self.reshape(extents)
            }
            Err(mistake) => build("reshape", [self, other], |_| Err(mistake)),
        }
    }

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

/// Means with weights, and sums of products. What sums to a matrix product is not here.
impl Array {
    /// The mean: another name of [`mean`](Array::mean), also where there is nothing to average, for which NumPy
    /// raises; for weights see [`average_weighted`](Array::average_weighted).
    #[track_caller]
    pub fn average(&self, axes: impl Axes) -> Array {
        self.mean(axes)
    }

    /// The mean along axes with weights, an array of the same shape, or a vector along the one axis.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// let x = Array::from([1.0, 2.0, 6.0]);
    /// let weights = Array::from([2.0, 1.0, 1.0]);
    /// assert_eq!(x.average_weighted(&weights, 0).item::<f64>()?, 2.5);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    ///
    /// Weights that add up to zero, which NumPy calls an error, give NaN or an infinity, unless there are none.
    #[track_caller]
    pub fn average_weighted(&self, weights: &Array, axes: impl Axes) -> Array {
        if let (None, Err(mistake)) = (&self.0.error, arguments::axes(&axes, self.0.node.shape.len())) {
            return build("average", [self, weights], |_| Err(mistake));
        }
        let float = |x: &Array| if x.0.node.dtype.is_inexact() { x.clone() } else { x.cast(DType::F64) };
        let (x, mut weights) = (float(self), float(weights));
        if weights.0.node.shape != x.0.node.shape {
            weights = match axes.axes().as_deref() {
                Some([axis]) if weights.0.node.shape[..] == self.extent_along(*axis)[..] => {
                    weights.beside(&x, *axis)
                }
                given => {
                    let sentence = match given {
                        None => "Axis must be specified when shapes of a and weights differ.",
                        Some(_) => {
                            "Shape of weights must be consistent with shape of a along specified axis."
                        }
                    };
                    refuse("average", [self, &weights], sentence)
                }
            };
        }
        let common = x.0.node.dtype.promote(weights.0.node.dtype);
        let (x, weights) = (x.cast(common), weights.cast(common).broadcast_to(&x.0.node.shape[..]));
        let summed = axes.axes().unwrap_or_else(|| (0..x.0.node.shape.len() as isize).collect());
        let total = weights.sum(&summed[..]);
        if total.0.error.is_none() && weights.0.node.shape.size() == 0 && total.0.node.shape.size() > 0 {
            return refuse("average", [self, &weights], "Weights sum to zero, can't be normalized");
        }
        (x * &weights).sum(&summed[..]) / total
    }
}

/// More elements than any array may have.
const MOST_POINTS: usize = 1 << 60;

/// Windows that taper signals, as NumPy's of the same names: float64, symmetric, of `count` points.
fn tapered(count: usize, shape: impl FnOnce(Array, f64) -> Array) -> Array {
    match count {
        0 | 1 => crate::creation::ones(count, DType::F64),
        // So many points are an error, which an array of that shape has.
        _ if count > MOST_POINTS => crate::creation::ones(count, DType::F64),
        _ => {
            let last = count as f64 - 1.0;
            let places = crate::creation::arange((1 - count as i64, count as i64, 2));
            shape(places.cast(DType::F64), last)
        }
    }
}

/// The triangle from 0 over 1 to 0.
#[track_caller]
pub fn bartlett(count: usize) -> Array {
    tapered(count, |n, last| where_(n.less_equal(0), 1.0 + &n / last, 1.0 - &n / last))
}

/// `0.42 + 0.5 cos(…) + 0.08 cos(2 …)`.
#[track_caller]
pub fn blackman(count: usize) -> Array {
    use std::f64::consts::PI;
    tapered(count, |n, last| 0.42 + (&n * PI / last).cos() * 0.5 + (&n * (2.0 * PI) / last).cos() * 0.08)
}

/// `0.54 + 0.46 cos(…)`.
#[track_caller]
pub fn hamming(count: usize) -> Array {
    tapered(count, |n, last| 0.54 + (n * std::f64::consts::PI / last).cos() * 0.46)
}

/// `0.5 + 0.5 cos(…)`.
#[track_caller]
pub fn hanning(count: usize) -> Array {
    tapered(count, |n, last| 0.5 + (n * std::f64::consts::PI / last).cos() * 0.5)
}

/// The window of J. F. Kaiser: `i0(beta sqrt(1 - x²)) / i0(beta)` for x from -1 to 1.
///
/// ```
/// let window = numfuse::kaiser(3, 14.0);
/// assert_eq!(window.to_vec::<f64>()?[1], 1.0);
/// # Ok::<(), numfuse::Error>(())
/// ```
#[track_caller]
pub fn kaiser(count: usize, beta: f64) -> Array {
    tapered(count, |_, last| {
        let middle = last / 2.0;
        let x = (crate::creation::arange(count as i64).cast(DType::F64) - middle) / middle;
        ((1.0 - x.square()).sqrt() * beta).i0() / crate::ufunc::i0(beta)
    })
}

functions! {
    average(axes: impl Axes);
    average_weighted(weights: &Array, axes: impl Axes);
    cross(other: &Array);
    ediff1d();
    trapezoid(step: f64, axis: impl Integer);
    trapezoid_at(places: &Array, axis: impl Integer);
}
