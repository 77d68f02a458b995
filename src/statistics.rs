//! Means with weights, and covariances and correlations: means taken away, then a matrix product.
//!
//! As in NumPy covariances are computed in float64 whatever the type, or in complex128 where it is complex: there
//! the products are with conjugates.

use crate::arguments::{self, Axes};
use crate::array::Array;
use crate::free::functions;
use crate::join::concatenate;
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

/// Covariances and correlations. Each row of a matrix is a variable and each column an observation; a
/// vector is one variable. For variables in columns transpose first.
impl Array {
    /// How the variables vary together: the mean of the products of their deviations, over the
    /// observations less one. One variable gives an array without axes.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// let x = Array::from([[0.0, 1.0, 2.0], [2.0, 1.0, 0.0]]);
    /// assert_eq!(x.cov().to_vec::<f64>()?, [1.0, -1.0, -1.0, 1.0]);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    #[track_caller]
    pub fn cov(&self) -> Array {
        self.cov_ddof(1)
    }

    /// [`cov`](Array::cov) over the observations less `ddof`; infinite or NaN where none are left.
    #[track_caller]
    pub fn cov_ddof(&self, ddof: usize) -> Array {
        match self.variables("cov") {
            failed if failed.0.error.is_some() => failed,
            x if x.0.node.shape[0] == 0 => crate::creation::zeros([0, 0], DType::F64),
            x => x.covariances(ddof).squeeze(..),
        }
    }

    /// [`cov`](Array::cov) of the variables of both arrays.
    #[track_caller]
    pub fn cov_with(&self, other: &Array) -> Array {
        self.beside_variables("cov", other).cov_ddof(1)
    }

    /// The covariances over the standard deviations of both variables: from -1 to 1, in either part.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// let x = Array::from([[0.0, 1.0, 2.0], [5.0, 3.0, 1.0]]);
    /// assert_eq!(x.corrcoef().to_vec::<f64>()?, [1.0, -1.0, -1.0, 1.0]);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    #[track_caller]
    pub fn corrcoef(&self) -> Array {
        let cov = self.cov();
        if cov.0.node.shape.is_empty() {
            return cov.divide(&cov);
        }
        let deviations = cov.diagonal(0).real().sqrt();
        let ratio = cov / deviations.expand_dims(1) / deviations;
        match ratio.0.node.dtype.is_complex() {
            true => ratio.real().clip(-1.0, 1.0).complex(ratio.imag().clip(-1.0, 1.0)),
            false => ratio.clip(-1.0, 1.0),
        }
    }

    /// [`corrcoef`](Array::corrcoef) of the variables of both arrays.
    #[track_caller]
    pub fn corrcoef_with(&self, other: &Array) -> Array {
        self.beside_variables("corrcoef", other).corrcoef()
    }

    /// A float64 or complex128 matrix with a variable in each row.
    #[track_caller]
    fn variables(&self, op: &'static str) -> Array {
        if self.0.node.shape.len() > 2 {
            return refuse(op, [self], "m has more than 2 dimensions");
        }
        self.cast(self.0.node.dtype.promote(DType::F64)).atleast_2d()
    }

    /// The variables of both; those of the first alone if there are none.
    #[track_caller]
    fn beside_variables(&self, op: &'static str, other: &Array) -> Array {
        let (x, y) = (self.variables(op), other.variables(op));
        if x.0.error.is_none() && x.0.node.shape[0] == 0 { x } else { concatenate([x, y], 0) }
    }

    /// Of a matrix of variables.
    #[track_caller]
    fn covariances(&self, ddof: usize) -> Array {
        let centred = self - self.mean_keepdims(1);
        let freedom = self.0.node.shape[1].saturating_sub(ddof) as f64;
        centred.matmul(&centred.conjugate().t()) * freedom.recip()
    }
}

functions! {
    average(axes: impl Axes);
    average_weighted(weights: &Array, axes: impl Axes);
    cov();
    corrcoef();
}
