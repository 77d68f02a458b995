//! Floats: uniform, normal, exponential, gamma and beta numbers.

use super::{Key, check, check_float, draw};
use crate::arguments::{IntoShape, Operand};
use crate::array::Array;
use crate::element::Number;
use crate::lazy::build;
use numfuse_ir::dtype::DType;
use numfuse_ir::error::Error as Mistake;
use numfuse_ir::ops::Op;

/// Floats spread evenly from `low` to below `high`: `low + (high - low) u`, where u is a multiple of
/// 2^-24 (float32) or 2^-53 (float64) below 1. Rounding may give `high` itself, as in NumPy.
///
/// ```
/// use numfuse::prelude::*;
/// use numfuse::random::{self, Key};
///
/// let x = random::uniform(Key::seed(1), [3, 4], -1.0, 1.0, F32);
/// assert!(x.to_vec::<f32>()?.iter().all(|x| (-1.0..1.0).contains(x)));
/// # Ok::<(), numfuse::Error>(())
/// ```
#[track_caller]
pub fn uniform(
    key: Key,
    shape: impl IntoShape,
    low: impl Into<Operand>,
    high: impl Into<Operand>,
    dtype: DType,
) -> Array {
    let (low, high) = (low.into(), high.into());
    let span = difference(&high, &low);
    let arguments = [low, span];
    let wrong = checked("uniform", &arguments, || {
        check_float(dtype)?;
        check(&[&arguments[1]], f64::is_finite, "Range exceeds valid bounds")
    });
    if let Some(wrong) = wrong {
        return wrong;
    }
    draw("uniform", Op::RandomUniform, key, &shape, &arguments, dtype)
}

/// `a - b`.
#[track_caller]
fn difference(a: &Operand, b: &Operand) -> Operand {
    match (a, b) {
        (Operand::Number(a), Operand::Number(b)) => Operand::Number(Number::Float(a.to_f64() - b.to_f64())),
        (Operand::Array(a), b) => Operand::Array(a - b.clone()),
        (a, Operand::Array(b)) => Operand::Array(crate::ufunc::subtract(a.clone(), b)),
    }
}

/// Normal floats of that mean and standard deviation, by the method of Box and Muller: no branches, the
/// same bits everywhere. They lie within 6.76 (float32) or 8.57 (float64) deviations of the mean.
///
/// ```
/// use numfuse::prelude::*;
/// use numfuse::random::{self, Key};
///
/// let x = random::normal(Key::seed(1), 10_000, 5.0, 2.0, F64);
/// assert!((x.mean(..).item::<f64>()? - 5.0).abs() < 0.1);
/// assert!((x.std(..).item::<f64>()? - 2.0).abs() < 0.1);
/// # Ok::<(), numfuse::Error>(())
/// ```
#[track_caller]
pub fn normal(
    key: Key,
    shape: impl IntoShape,
    mean: impl Into<Operand>,
    deviation: impl Into<Operand>,
    dtype: DType,
) -> Array {
    let arguments = [mean.into(), deviation.into()];
    let wrong = checked("normal", &arguments, || {
        check_float(dtype)?;
        check(&[&arguments[1]], |scale| scale >= 0.0, "scale < 0")
    });
    if let Some(wrong) = wrong {
        return wrong;
    }
    draw("normal", Op::RandomNormal, key, &shape, &arguments, dtype)
}

/// Exponential floats of that scale, which is their mean; at most 22.9 (float32) or 36.7 (float64) times
/// the scale.
#[track_caller]
pub fn exponential(key: Key, shape: impl IntoShape, scale: impl Into<Operand>, dtype: DType) -> Array {
    let arguments = [scale.into()];
    let wrong = checked("exponential", &arguments, || {
        check_float(dtype)?;
        check(&[&arguments[0]], |scale| scale >= 0.0, "scale < 0")
    });
    if let Some(wrong) = wrong {
        return wrong;
    }
    draw("exponential", Op::RandomExponential, key, &shape, &arguments, dtype)
}

/// Gamma floats of the shape parameter `alpha` and of scale 1, by the method of Marsaglia and Tsang,
/// computed in float64. After 16 attempts, with a probability below 10^-20, a number is `alpha - 1/3`.
///
/// ```
/// use numfuse::prelude::*;
/// use numfuse::random::{self, Key};
///
/// let x = random::gamma(Key::seed(1), 10_000, 3.0, F32);
/// assert!((x.mean(..).item::<f32>()? - 3.0).abs() < 0.1);
/// # Ok::<(), numfuse::Error>(())
/// ```
#[track_caller]
pub fn gamma(key: Key, shape: impl IntoShape, alpha: impl Into<Operand>, dtype: DType) -> Array {
    let arguments = [alpha.into()];
    let wrong = checked("gamma", &arguments, || {
        check_float(dtype)?;
        check(&[&arguments[0]], |alpha| alpha >= 0.0, "shape < 0")
    });
    if let Some(wrong) = wrong {
        return wrong;
    }
    wide("gamma", Op::RandomGamma, key, &shape, &arguments).cast(dtype)
}

/// Beta floats: `x / (x + y)` of two gamma numbers of the shapes `a` and `b`, through their logarithms, so
/// that small shapes give no 0 / 0.
#[track_caller]
pub fn beta(
    key: Key,
    shape: impl IntoShape,
    a: impl Into<Operand>,
    b: impl Into<Operand>,
    dtype: DType,
) -> Array {
    let arguments = [a.into(), b.into()];
    let wrong = checked("beta", &arguments, || {
        check_float(dtype)?;
        check(&[&arguments[0]], |a| a > 0.0, "a <= 0")?;
        check(&[&arguments[1]], |b| b > 0.0, "b <= 0")
    });
    if let Some(wrong) = wrong {
        return wrong;
    }
    let [first, second] = key.split();
    let x = wide("beta", Op::RandomLogGamma, first, &shape, &arguments[..1]);
    let y = wide("beta", Op::RandomLogGamma, second, &shape, &arguments[1..]);
    ((y - x).exp() + 1.0).reciprocal().cast(dtype)
}

/// Numbers of a row that computes in float64.
#[track_caller]
pub(super) fn wide(
    name: &'static str,
    op: Op,
    key: Key,
    shape: &impl IntoShape,
    parameters: &[Operand],
) -> Array {
    draw(name, op, key, shape, parameters, DType::F64)
}

/// An array that carries the mistake in the arguments of a function, if there is one, or the error that
/// an argument carries.
#[track_caller]
pub(super) fn checked(
    name: &'static str,
    arguments: &[Operand],
    check: impl FnOnce() -> Result<(), Mistake>,
) -> Option<Array> {
    let mistake = check().err()?;
    Some(build(name, arguments.iter().filter_map(Operand::array), |_| Err(mistake)))
}
