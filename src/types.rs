//! What types and shapes are, can hold and meet in: NumPy's `finfo`, `iinfo`, `isdtype`, `promote_types`,
//! `result_type`, `can_cast`, `common_type` and `broadcast_shapes`.

use crate::arguments;
use crate::array::Array;
use crate::element::Number;
use crate::error::{Cause, Error};
use numfuse_ir::dtype::{DType, Kind};
use numfuse_ir::error::Error as Mistake;
use numfuse_ir::shape::Shape;
use std::panic::Location;

/// Euler's constant, which Rust's `std::f64::consts` lacks.
pub const EULER_GAMMA: f64 = 0.577_215_664_901_532_9;

/// Whether a type is of a kind, by the words of the array API: `bool`, `signed integer`, `unsigned integer`,
/// `integral`, `real floating`, `complex floating` or `numeric`.
///
/// ```
/// assert!(numfuse::isdtype(numfuse::DType::U8, "integral")?);
/// # Ok::<(), numfuse::Error>(())
/// ```
///
/// # Errors
/// Another word.
#[track_caller]
pub fn isdtype(dtype: DType, kind: &str) -> Result<bool, Error> {
    let (whole, signed) = (dtype.is_integer(), dtype.is_signed());
    Ok(match kind {
        "bool" => dtype == DType::Bool,
        "signed integer" => whole && signed,
        "unsigned integer" => whole && !signed,
        "integral" => whole,
        "real floating" => dtype.is_float(),
        "complex floating" => dtype != DType::Bool && !whole && !dtype.is_float(),
        "numeric" => dtype != DType::Bool,
        _ => {
            let sentence = format!("kind argument is a string, but '{kind}' is not a known kind name.");
            let cause = Cause::Expression(Mistake::Argument { sentence });
            return Err(Error::without_operands(cause, "isdtype"));
        }
    })
}

/// The shape to which all of these broadcast.
///
/// ```
/// assert_eq!(numfuse::broadcast_shapes(&[&[3, 1], &[4]])?, [3, 4]);
/// # Ok::<(), numfuse::Error>(())
/// ```
///
/// # Errors
/// Shapes that do not meet.
#[track_caller]
pub fn broadcast_shapes(shapes: &[&[usize]]) -> Result<Vec<usize>, Error> {
    // Outside the closure, where it is the caller's line.
    let line = Location::caller();
    let fail = |mistake| Error::new(Cause::Expression(mistake), "broadcast_shapes", Vec::new(), line);
    let shapes: Result<Vec<Shape>, Mistake> = shapes.iter().map(|extents| Shape::new(extents)).collect();
    let shapes = shapes.map_err(fail)?;
    let joined = shapes.iter().try_fold(Shape::scalar(), |shape, next| shape.broadcast(next));
    let joined = joined.ok_or_else(|| {
        let mistake = Mistake::Broadcast { op: "broadcast_shapes".to_string(), shapes: shapes.to_vec() };
        fail(arguments::shape_mismatch(mistake))
    })?;
    Ok(joined.to_vec())
}

/// The least type that both convert to without loss of kind, as elementwise functions use it.
///
/// ```
/// use numfuse::prelude::*;
///
/// assert_eq!(numfuse::promote_types(I32, F32), F64);
/// ```
pub fn promote_types(a: DType, b: DType) -> DType {
    a.promote(b)
}

/// The type that arrays meet in; float64 of none, as NumPy's default.
pub fn result_type(arrays: &[&Array]) -> DType {
    arrays.iter().map(|x| x.0.node.dtype).reduce(DType::promote).unwrap_or(DType::F64)
}

/// Whether every value of a type is safe in another: NumPy's `can_cast` with its default `casting="safe"`.
///
/// ```
/// use numfuse::prelude::*;
///
/// assert!(numfuse::can_cast(I32, F64) && !numfuse::can_cast(I32, F32));
/// ```
pub fn can_cast(from: DType, to: DType) -> bool {
    // NumPy holds 64-bit integers to be safe in float64; otherwise a type is safe where it is what both promote to.
    let mixed = from.kind() == Kind::Unsigned && to.kind() == Kind::Signed && from.bytes() >= to.bytes();
    from.promote(to) == to && !mixed
}

/// The float type that holds all of these arrays; integers count as float64.
///
/// # Errors
/// Bools.
#[track_caller]
pub fn common_type(arrays: &[&Array]) -> Result<DType, Error> {
    let mut common: Option<DType> = None;
    for array in arrays {
        let dtype = match array.try_dtype()? {
            DType::Bool => {
                let sentence = "can't get common type for non-numeric array".to_string();
                let cause = Cause::Expression(Mistake::Argument { sentence });
                return Err(Error::without_operands(cause, "common_type"));
            }
            dtype if dtype.is_integer() => DType::F64,
            dtype => dtype,
        };
        common = Some(common.map_or(dtype, |other| other.promote(dtype)));
    }
    Ok(common.unwrap_or(DType::F16))
}

/// The smallest type that holds a number: for integers below 0 a signed one, else an unsigned one; for floats
/// one that reaches as far, however few digits it has.
///
/// ```
/// use numfuse::prelude::*;
///
/// assert_eq!(numfuse::min_scalar_type(300), U16);
/// assert_eq!(numfuse::min_scalar_type(-1), I8);
/// assert_eq!(numfuse::min_scalar_type(1e10), F32);
/// ```
pub fn min_scalar_type(number: impl Into<Number>) -> DType {
    let first = |types: [DType; 4], n: i128| {
        let holds = |dtype: &DType| (dtype.min_int()..=dtype.max_int()).contains(&n);
        types.into_iter().find(holds).unwrap_or(DType::F64)
    };
    match number.into() {
        Number::Bool(_) => DType::Bool,
        Number::Int(n) if n < 0 => first([DType::I8, DType::I16, DType::I32, DType::I64], n),
        Number::Int(n) => first([DType::U8, DType::U16, DType::U32, DType::U64], n),
        // NumPy's own bounds, a little below the greatest numbers.
        Number::Float(x) if !x.is_finite() || x.abs() < 65000.0 => DType::F16,
        Number::Float(x) if x.abs() < 3.4e38 => DType::F32,
        Number::Float(_) => DType::F64,
        Number::Complex(z) if z.re.abs().max(z.im.abs()) < 3.4e38 || !z.is_finite() => DType::C64,
        Number::Complex(_) => DType::C128,
    }
}

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
    let (eps, tiny, max) = (dtype.epsilon(), dtype.least_normal(), dtype.greatest());
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
