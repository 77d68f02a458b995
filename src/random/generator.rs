//! NumPy's `Generator`: a key and a count of what was drawn.

use super::{
    Key, beta, binomial, chisquare, dirichlet, exponential, f, gamma, geometric, gumbel, integers, laplace,
    logistic, lognormal, negative_binomial, normal, pareto, poisson, power, rayleigh, standard_cauchy,
    standard_t, triangular, uniform, weibull,
};
use crate::arguments::{IntoShape, Operand};
use crate::array::Array;
use crate::element::Number;
use numfuse_ir::dtype::DType;

/// Draws arrays one after the other, each with a key of its own: the n-th has the key
/// `key.fold_in(n)`. The names are NumPy's; the shape comes first and the type is always given.
///
/// ```
/// use numfuse::prelude::*;
/// use numfuse::random::{self, Key, default_rng};
///
/// let mut rng = default_rng(12345);
/// let x = rng.standard_normal([2, 3], F32);
/// let y = rng.integers(10, 0, 100, I64);
/// let key = Key::seed(12345).fold_in(0);
/// assert!(x.array_equal(&random::normal(key, [2, 3], 0, 1, F32))?);
/// assert_eq!(y.shape(), [10]);
/// # Ok::<(), numfuse::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Generator {
    key: Key,
    drawn: u64,
}

/// A generator of that seed: NumPy's `numpy.random.default_rng`.
pub fn default_rng(seed: u64) -> Generator {
    Generator::new(Key::seed(seed))
}

impl Generator {
    /// A generator that draws with keys made of this one.
    pub fn new(key: Key) -> Generator {
        Generator { key, drawn: 0 }
    }

    /// The key of the next array.
    pub fn key(&mut self) -> Key {
        self.drawn += 1;
        self.key.fold_in(self.drawn - 1)
    }

    /// Floats from 0 to below 1: see [`uniform`].
    #[track_caller]
    pub fn random(&mut self, shape: impl IntoShape, dtype: DType) -> Array {
        uniform(self.key(), shape, 0, 1, dtype)
    }

    /// See [`normal`], of mean 0 and deviation 1.
    #[track_caller]
    pub fn standard_normal(&mut self, shape: impl IntoShape, dtype: DType) -> Array {
        normal(self.key(), shape, 0, 1, dtype)
    }

    /// See [`exponential`], of scale 1.
    #[track_caller]
    pub fn standard_exponential(&mut self, shape: impl IntoShape, dtype: DType) -> Array {
        exponential(self.key(), shape, 1, dtype)
    }

    /// See [`gamma`], which is of scale 1.
    #[track_caller]
    pub fn standard_gamma(
        &mut self,
        shape: impl IntoShape,
        alpha: impl Into<Operand>,
        dtype: DType,
    ) -> Array {
        gamma(self.key(), shape, alpha, dtype)
    }

    /// See [`standard_cauchy`].
    #[track_caller]
    pub fn standard_cauchy(&mut self, shape: impl IntoShape, dtype: DType) -> Array {
        standard_cauchy(self.key(), shape, dtype)
    }

    /// See [`dirichlet`].
    #[track_caller]
    pub fn dirichlet(&mut self, shape: impl IntoShape, alpha: &Array, dtype: DType) -> Array {
        dirichlet(self.key(), shape, alpha, dtype)
    }

    /// So many generators that draw numbers of their own.
    pub fn spawn(&mut self, count: usize) -> Vec<Generator> {
        (0..count).map(|_| Generator::new(self.key())).collect()
    }

    /// See [`integers`].
    #[track_caller]
    pub fn integers(
        &mut self,
        shape: impl IntoShape,
        low: impl Into<Number>,
        high: impl Into<Number>,
        dtype: DType,
    ) -> Array {
        integers(self.key(), shape, low, high, dtype)
    }
}

/// Methods that draw with the next key.
macro_rules! drawing {
    ($($name:ident($($parameter:ident),+);)+) => {
        /// The distributions with parameters.
        impl Generator {
            $(
                #[doc = concat!("See [`", stringify!($name), "`](super::", stringify!($name), ").")]
                #[track_caller]
                pub fn $name(
                    &mut self,
                    shape: impl IntoShape,
                    $($parameter: impl Into<Operand>,)+
                    dtype: DType,
                ) -> Array {
                    $name(self.key(), shape, $($parameter,)+ dtype)
                }
            )+
        }
    };
}

drawing! {
    uniform(low, high);
    normal(mean, deviation);
    exponential(scale);
    gamma(alpha);
    beta(a, b);
    poisson(rate);
    binomial(count, probability);
    chisquare(freedom);
    f(above, below);
    geometric(probability);
    gumbel(location, scale);
    laplace(location, scale);
    logistic(location, scale);
    lognormal(mean, deviation);
    negative_binomial(count, probability);
    pareto(alpha);
    power(alpha);
    rayleigh(scale);
    standard_t(freedom);
    triangular(left, mode, right);
    weibull(alpha);
}
