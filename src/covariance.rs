//! Covariances and correlations: means taken away, then a matrix product.
//!
//! As in NumPy they are computed in float64 whatever the type, or in complex128 where it is complex: there
//! the products are with conjugates.

use crate::array::Array;
use crate::error::Error;
use crate::free::functions;
use crate::join::concatenate;
use crate::lazy::{Lazy, refuse};
use crate::ufunc::where_;
use numfuse_ir::dtype::DType;

/// How covariances are computed: what the variables are, what observations weigh, and how many degrees of
/// freedom are lost.
///
/// ```
/// use numfuse::{Covariance, prelude::*};
///
/// let x = Array::from([[0.0, 2.0], [1.0, 1.0], [2.0, 0.0]]);
/// let twice = Array::from([2, 1, 1]);
/// let cov = Covariance::default().in_columns().repeated(&twice).ddof(0).of(&x);
/// assert_eq!(cov.to_vec::<f64>()?, [0.6875, -0.6875, -0.6875, 0.6875]);
/// # Ok::<(), numfuse::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Covariance {
    ddof: isize,
    in_columns: bool,
    repeated: Option<Array>,
    weighted: Option<Array>,
}

/// Variables in rows, over the observations less one.
impl Default for Covariance {
    fn default() -> Covariance {
        Covariance { ddof: 1, in_columns: false, repeated: None, weighted: None }
    }
}

impl Covariance {
    /// Over the observations less so many. NumPy's `bias` is 0 here.
    #[must_use]
    pub fn ddof(self, ddof: isize) -> Covariance {
        Covariance { ddof, ..self }
    }

    /// Each column of a matrix is a variable, not each row: NumPy's `rowvar=False`.
    #[must_use]
    pub fn in_columns(self) -> Covariance {
        Covariance { in_columns: true, ..self }
    }

    /// How often each observation was made, whole numbers: NumPy's `fweights`. Computes them, to see that they
    /// are.
    #[must_use]
    pub fn repeated(self, times: &Array) -> Covariance {
        Covariance { repeated: Some(times.clone()), ..self }
    }

    /// How much each observation weighs: NumPy's `aweights`. Computes them, to see that none is negative.
    #[must_use]
    pub fn weighted(self, weights: &Array) -> Covariance {
        Covariance { weighted: Some(weights.clone()), ..self }
    }

    /// How the variables vary together: the mean of the products of their deviations. One variable gives an
    /// array without axes. Infinite or NaN where no degrees of freedom are left.
    #[track_caller]
    pub fn of(&self, x: &Array) -> Array {
        self.between(self.variables("cov", x, x.0.node.shape.len() != 1))
    }

    /// [`of`](Covariance::of) the variables of both arrays.
    #[track_caller]
    pub fn of_both(&self, x: &Array, y: &Array) -> Array {
        self.between(self.beside("cov", x, y))
    }

    /// The covariances over the standard deviations of both variables: from -1 to 1, in either part.
    #[track_caller]
    pub fn correlations(&self, x: &Array) -> Array {
        correlations(self.of(x))
    }

    /// [`correlations`](Covariance::correlations) of the variables of both arrays.
    #[track_caller]
    pub fn correlations_of_both(&self, x: &Array, y: &Array) -> Array {
        correlations(self.between(self.beside("corrcoef", x, y)))
    }

    /// A float64 or complex128 matrix with a variable in each row; one that may be turned has them in columns, if
    /// that is how they are given.
    #[track_caller]
    fn variables(&self, op: &'static str, x: &Array, may_be_turned: bool) -> Array {
        if x.0.node.shape.len() > 2 {
            return refuse(op, [x], "m has more than 2 dimensions");
        }
        let matrix = x.cast(x.0.node.dtype.promote(DType::F64)).atleast_2d();
        if self.in_columns && may_be_turned { matrix.t() } else { matrix }
    }

    /// The variables of both; those of the first alone if there are none.
    #[track_caller]
    fn beside(&self, op: &'static str, x: &Array, y: &Array) -> Array {
        let first = self.variables(op, x, x.0.node.shape.len() != 1);
        if first.0.error.is_some() || first.0.node.shape[0] == 0 {
            return first;
        }
        if y.0.node.shape.len() > 2 {
            return refuse(op, [x, y], "y has more than 2 dimensions");
        }
        // A matrix of one row is one variable here, however they are given.
        let is_row = y.0.node.shape.len() < 2 || y.0.node.shape[0] == 1;
        concatenate([first, self.variables(op, y, !is_row)], 0)
    }

    /// Of a matrix with a variable in each row.
    #[track_caller]
    fn between(&self, x: Array) -> Array {
        if x.0.error.is_some() {
            return x;
        }
        let [variables, observations] = x.0.node.shape[..] else { return x };
        if variables == 0 {
            return crate::creation::zeros([0, 0], DType::F64);
        }
        let ddof = self.ddof as f64;
        let [repeated, weighted] = match self.weights(&x) {
            Ok(weights) => weights,
            Err(failed) => return failed,
        };
        let (weights, freedom) = match (repeated, weighted) {
            (None, None) => (None, Array::scalar(observations as f64 - ddof)),
            (Some(times), None) => {
                let freedom = times.sum(..) - ddof;
                (Some(times), freedom)
            }
            (times, Some(weights)) => {
                let both = times.map_or(weights.clone(), |times| times * &weights);
                let total = both.sum(..);
                let freedom = &total - (&both * &weights).sum(..) / &total * ddof;
                (Some(both), if self.ddof == 0 { total } else { freedom })
            }
        };
        let means = match &weights {
            None => x.mean_keepdims(1),
            Some(weights) => x.average_weighted(weights, 1).expand_dims(1),
        };
        let centred = &x - means;
        let other = weights.map_or(centred.clone(), |weights| &centred * weights);
        let freedom = where_(freedom.greater(0.0), freedom, 0.0);
        (centred.matmul(&other.conjugate().t()) * (1.0 / freedom)).squeeze(..)
    }

    /// Both sorts of weights as float64, where they are vectors of one number, not below 0, for each observation.
    #[track_caller]
    fn weights(&self, x: &Array) -> Result<[Option<Array>; 2], Array> {
        let mut found = [None, None];
        for (place, (name, given)) in
            [("fweights", &self.repeated), ("aweights", &self.weighted)].iter().enumerate()
        {
            let Some(given) = given else { continue };
            if given.0.error.is_some() {
                return Err(given.clone());
            }
            let weights = given.cast(DType::F64);
            let facts = [weights.equal(weights.rint()).all(..), weights.less(0.0).any(..)];
            let [is_whole, is_negative] = match truths(&facts) {
                Ok(truths) => truths,
                Err(error) => return Err(Lazy::failed(error)),
            };
            let sentence = match &weights.0.node.shape[..] {
                _ if *name == "fweights" && !is_whole => format!("{name} must be integer"),
                [_, _, ..] => format!("cannot handle multidimensional {name}"),
                [] => format!("{name} are a vector: one for each observation"),
                [n] if *n != x.0.node.shape[1] => format!("incompatible numbers of samples and {name}"),
                [_] if is_negative => format!("{name} cannot be negative"),
                [_] => {
                    found[place] = Some(weights);
                    continue;
                }
            };
            return Err(refuse("cov", [x, given], &sentence));
        }
        Ok(found)
    }
}

/// Two truth values, computed.
#[track_caller]
fn truths(values: &[Array; 2]) -> Result<[bool; 2], Error> {
    crate::array::eval_all(values)?;
    Ok([values[0].item()?, values[1].item()?])
}

/// Covariances over both deviations.
#[track_caller]
fn correlations(cov: Array) -> Array {
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

/// Covariances and correlations. Each row of a matrix is a variable and each column an observation; a
/// vector is one variable. More is said by a [`Covariance`].
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
        Covariance::default().of(self)
    }

    /// [`cov`](Array::cov) over the observations less `ddof`; infinite or NaN where none are left.
    #[track_caller]
    pub fn cov_ddof(&self, ddof: usize) -> Array {
        Covariance::default().ddof(isize::try_from(ddof).unwrap_or(isize::MAX)).of(self)
    }

    /// [`cov`](Array::cov) of the variables of both arrays.
    #[track_caller]
    pub fn cov_with(&self, other: &Array) -> Array {
        Covariance::default().of_both(self, other)
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
        Covariance::default().correlations(self)
    }

    /// [`corrcoef`](Array::corrcoef) of the variables of both arrays.
    #[track_caller]
    pub fn corrcoef_with(&self, other: &Array) -> Array {
        Covariance::default().correlations_of_both(self, other)
    }
}

functions! {
    cov();
    corrcoef();
}
