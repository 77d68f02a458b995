//! What the element types can hold: NumPy's `finfo` and `iinfo`.

use numfuse_ir::dtype::DType;

/// The limits of a float type, as float64.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Finfo {
    /// How many bits a number takes.
    pub bits: usize,
    /// The greatest finite number.
    pub max: f64,
    /// The least finite number.
    pub min: f64,
    /// From 1 to the next number.
    pub eps: f64,
    /// From 1 to the number before.
    pub epsneg: f64,
    /// The least positive number with all its digits.
    pub tiny: f64,
    /// The least positive number.
    pub smallest_subnormal: f64,
}

/// The limits of a float type; `None` of the others.
///
/// ```
/// use numfuse::prelude::*;
///
/// let limits = numfuse::finfo(F32).unwrap();
/// assert_eq!((limits.max, limits.eps), (f32::MAX.into(), f32::EPSILON.into()));
/// assert_eq!(numfuse::finfo(I32), None);
/// ```
pub fn finfo(dtype: DType) -> Option<Finfo> {
    if !dtype.is_float() {
        return None;
    }
    let two = |exponent: i32| 2f64.powi(exponent);
    let (digits, least) = (dtype.fraction_bits() as i32, dtype.min_exponent());
    // The greatest exponent is as far above 0 as the least one is below 1.
    let max = (2.0 - two(-digits)) * two(1 - least);
    let (eps, tiny) = (two(-digits), two(least));
    Some(Finfo {
        bits: dtype.bytes() * 8,
        max,
        min: -max,
        eps,
        epsneg: eps / 2.0,
        tiny,
        // In two steps: 2^-1074 is below what `powi` reaches by division.
        smallest_subnormal: tiny * eps,
    })
}

/// The limits of an integer type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Iinfo {
    /// How many bits a number takes.
    pub bits: usize,
    /// The greatest number.
    pub max: i128,
    /// The least number.
    pub min: i128,
}

/// The limits of an integer type; `None` of the others.
///
/// ```
/// use numfuse::prelude::*;
///
/// assert_eq!(numfuse::iinfo(U8).map(|limits| limits.max), Some(255));
/// assert_eq!(numfuse::iinfo(BOOL), None);
/// ```
pub fn iinfo(dtype: DType) -> Option<Iinfo> {
    let limits = || Iinfo { bits: dtype.bytes() * 8, max: dtype.max_int(), min: dtype.min_int() };
    dtype.is_integer().then(limits)
}
