//! Distributions that are functions of others: of one uniform, exponential or normal number, or of several, which
//! are drawn with keys of their own. Parameters are those of NumPy's functions of these names.

use super::continuous::checked;
use super::{Key, check, check_float, check_integer, exponential, gamma, normal, poisson, uniform};
use crate::arguments::{IntoShape, Operand};
use crate::array::Array;
use crate::ufunc::{divide, subtract, where_};
use numfuse_ir::dtype::DType;

/// Below every finite number.
const NOTHING: f64 = f64::NEG_INFINITY;

/// Says each distribution once: what its parameters have to be, and what it is.
macro_rules! distributions {
    ($($(#[doc = $doc:literal])+ $name:ident($($parameter:ident $fits:tt $limit:tt $sentence:literal),*):
        $of:ident = |$key:ident, $shape:ident, $dtype:ident| $body:expr;)+) => { $(
        $(#[doc = $doc])+
        #[track_caller]
        pub fn $name(
            key: Key,
            shape: impl IntoShape,
            $($parameter: impl Into<Operand>,)*
            dtype: DType,
        ) -> Array {
            $(let $parameter: Operand = $parameter.into();)*
            let operands = [$($parameter.clone()),*];
            let wrong = checked(stringify!($name), &operands, || {
                $of(dtype)?;
                $(check(&[&$parameter], |x| x $fits $limit, $sentence)?;)*
                Ok(())
            });
            if let Some(wrong) = wrong {
                return wrong;
            }
            let ($key, $shape, $dtype) = (key, &shape.extents()[..], dtype);
            $body.cast(dtype)
        }
    )+ };
}

distributions! {
    /// The sum of the squares of as many standard normal numbers as `freedom` says.
    chisquare(freedom > 0.0 "df <= 0"): check_float = |key, shape, dtype| {
        gamma(key, shape, divide(freedom, 2.0), dtype) * 2
    };
    /// The quotient of two [`chisquare`] numbers, each over its freedom.
    ///
    /// ```
    /// use numfuse::prelude::*;
    /// use numfuse::random::{self, Key};
    ///
    /// let x = random::f(Key::seed(1), 20_000, 5, 10, F64);
    /// assert!((x.mean(..).item::<f64>()? - 1.25).abs() < 0.05);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    f(above > 0.0 "dfnum <= 0", below > 0.0 "dfden <= 0"): check_float = |key, shape, dtype| {
        let [first, second] = key.split();
        let over = chisquare(first, shape, above.clone(), dtype) / above;
        over / (chisquare(second, shape, below.clone(), dtype) / below)
    };
    /// How many attempts it takes to succeed, from 1 on.
    geometric(probability > 0.0 "p <= 0, p > 1 or p contains NaNs"): check_integer = |key, shape, dtype| {
        let _ = dtype;
        let failure = crate::ufunc::negative(probability).log1p();
        let waited = -exponential(key, shape, 1, DType::F64) / failure;
        waited.ceil().maximum(1)
    };
    /// The greatest of many exponential numbers, in the limit.
    gumbel(location > NOTHING "loc is infinite", scale >= 0.0 "scale < 0"): check_float =
        |key, shape, dtype| placed(-above_zero(exponential(key, shape, 1, dtype)).log(), location, scale);
    /// An exponential number of either sign.
    laplace(location > NOTHING "loc is infinite", scale >= 0.0 "scale < 0"): check_float =
        |key, shape, dtype| {
            let [first, second] = key.split();
            let size = exponential(first, shape, 1, dtype);
            let up = uniform(second, shape, 0, 1, dtype).less(0.5);
            placed(where_(up, &size, -&size), location, scale)
        };
    /// The logarithm of the odds of a uniform number.
    logistic(location > NOTHING "loc is infinite", scale >= 0.0 "scale < 0"): check_float =
        |key, shape, dtype| {
            let least = 2f64.powi(if dtype == DType::F32 { -25 } else { -54 });
            let x = uniform(key, shape, 0, 1, dtype).maximum(least);
            placed(x.logit(), location, scale)
        };
    /// A number whose logarithm is normal.
    lognormal(mean > NOTHING "mean is infinite", deviation >= 0.0 "sigma < 0"): check_float =
        |key, shape, dtype| normal(key, shape, mean, deviation, dtype).exp();
    /// How many attempts fail before `count` succeed; `count` need not be whole.
    negative_binomial(count > 0.0 "n <= 0", probability > 0.0 "p <= 0, p > 1 or p contains NaNs"):
        check_integer = |key, shape, dtype| {
            let [first, second] = key.split();
            let odds = divide(subtract(1.0, probability.clone()), probability);
            let rate = gamma(first, shape, count, DType::F64) * odds;
            poisson(second, shape, rate, dtype)
        };
    /// By how much a number of Pareto's distribution exceeds 1.
    pareto(alpha > 0.0 "a <= 0"): check_float =
        |key, shape, dtype| (exponential(key, shape, 1, dtype) / alpha).expm1();
    /// A uniform number to the power of `1 / alpha`.
    power(alpha > 0.0 "a <= 0"): check_float =
        |key, shape, dtype| uniform(key, shape, 0, 1, dtype).power(divide(1.0, alpha));
    /// The length of two normal numbers of that deviation.
    rayleigh(scale >= 0.0 "scale < 0"): check_float =
        |key, shape, dtype| (exponential(key, shape, 1, dtype) * 2).sqrt() * scale;
    /// The quotient of two standard normal numbers.
    standard_cauchy(): check_float = |key, shape, dtype| {
        ((uniform(key, shape, 0, 1, dtype) - 0.5) * std::f64::consts::PI).tan()
    };
    /// A standard normal number over the deviation that a sample of `freedom + 1` would have.
    standard_t(freedom > 0.0 "df <= 0"): check_float = |key, shape, dtype| {
        let [first, second] = key.split();
        let spread = (chisquare(second, shape, freedom.clone(), dtype) / freedom).sqrt();
        normal(first, shape, 0, 1, dtype) / spread
    };
    /// Between `left` and `right`, `mode` most likely, on two lines.
    triangular(left > NOTHING "left is infinite", mode > NOTHING "mode is infinite",
        right > NOTHING "right is infinite"): check_float = |key, shape, dtype| {
        let x = uniform(key, shape, 0, 1, dtype);
        let width = subtract(right.clone(), left.clone());
        let (below, above) = (subtract(mode.clone(), left.clone()), subtract(right.clone(), mode));
        let rising = (&x * (&below * &width)).sqrt() + left;
        let falling = subtract(right, ((1 - &x) * (above * &width)).sqrt());
        where_(x.less_equal(below / width), rising, falling)
    };
    /// An exponential number to the power of `1 / alpha`.
    weibull(alpha >= 0.0 "a < 0"): check_float =
        |key, shape, dtype| exponential(key, shape, 1, dtype).power(divide(1.0, alpha));
}

/// Numbers that add up to 1 along a last axis, one for each element of the vector `alpha`, which says how they
/// are spread.
///
/// ```
/// use numfuse::prelude::*;
/// use numfuse::random::{self, Key};
///
/// let x = random::dirichlet(Key::seed(1), 5, &Array::from([1.0, 2.0, 4.0]), F64);
/// assert_eq!(x.shape(), [5, 3]);
/// assert!(x.sum(-1).allclose(&ones(5, F64), 1e-12, 0.0)?);
/// # Ok::<(), numfuse::Error>(())
/// ```
#[track_caller]
pub fn dirichlet(key: Key, shape: impl IntoShape, alpha: &Array, dtype: DType) -> Array {
    let mut extents = shape.extents();
    extents.push(alpha.0.node.shape.size() as isize);
    let x = gamma(key, &extents[..], alpha, dtype);
    &x / x.sum_keepdims(-1)
}

/// Away from 0, whose logarithm is infinite, by less than what is rounded off elsewhere.
#[track_caller]
fn above_zero(x: Array) -> Array {
    x.maximum(2f64.powi(-60))
}

/// `location + scale * x`.
#[track_caller]
fn placed(x: Array, location: Operand, scale: Operand) -> Array {
    x * scale + location
}
