//! Means with weights.

use crate::arguments::{self, Axes};
use crate::array::Array;
use crate::free::functions;
use crate::lazy::{build, refuse};
use numfuse_ir::dtype::DType;

/// Means with weights.
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

functions! {
    average(axes: impl Axes);
    average_weighted(weights: &Array, axes: impl Axes);
}
