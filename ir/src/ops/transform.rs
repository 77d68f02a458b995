//! What rows of the library table say of Fourier transforms: of the last axis, forth and back, not scaled.
//!
//! Back from the half that the transform of real numbers has, one does not see whether there were an even or an
//! odd number of them: so there is a row for each.

use super::library::{Rule, Typed};
use crate::schedule::work::Work;
use crate::shape::Shape;

/// Which Fourier transform a library op is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Transform {
    /// Of complex numbers; `back` if the sign of the exponent is turned.
    Complex {
        /// The sign of the exponent is turned.
        back: bool,
    },
    /// Of real numbers, of which the half that says all of it is kept.
    OfReal,
    /// From such a half back to real numbers.
    ToReal {
        /// There is an odd number of them.
        odd: bool,
    },
}

impl Transform {
    /// How many elements a row of the result has, of a row of so many.
    pub const fn transformed(self, extent: usize) -> usize {
        match self {
            Transform::Complex { .. } => extent,
            Transform::OfReal => extent / 2 + 1,
            Transform::ToReal { odd: false } => extent.saturating_sub(1).saturating_mul(2),
            Transform::ToReal { odd: true } => extent.saturating_mul(2).saturating_sub(1),
        }
    }

    /// How many points the transform of a row of so many elements has.
    pub const fn points(self, extent: usize) -> usize {
        match self {
            Transform::Complex { .. } | Transform::OfReal => extent,
            Transform::ToReal { .. } => self.transformed(extent),
        }
    }
}

/// `[rows.., n]` complex gives the same.
pub(super) fn complex(operands: &[Typed<'_>]) -> Rule {
    let (a, dtype) = row(operands)?;
    if dtype.is_complex() {
        return Ok((a.clone(), dtype));
    }
    Err(format!("a transform of {}", dtype.short()))
}

/// `[rows.., n]` real gives `[rows.., n / 2 + 1]` complex.
pub(super) fn of_real(operands: &[Typed<'_>]) -> Rule {
    let (a, dtype) = row(operands)?;
    if dtype.is_float() && !dtype.is_half() {
        return Ok((with_rows(a, Transform::OfReal)?, dtype.to_complex()));
    }
    Err(format!("a transform of {}", dtype.short()))
}

/// `[rows.., n]` complex gives `[rows.., 2 (n - 1)]` real.
pub(super) fn to_even(operands: &[Typed<'_>]) -> Rule {
    to_real(operands, false)
}

/// `[rows.., n]` complex gives `[rows.., 2 n - 1]` real.
pub(super) fn to_odd(operands: &[Typed<'_>]) -> Rule {
    to_real(operands, true)
}

fn to_real(operands: &[Typed<'_>], odd: bool) -> Rule {
    let (a, dtype) = row(operands)?;
    if dtype.is_complex() {
        return Ok((with_rows(a, Transform::ToReal { odd })?, dtype.part()));
    }
    Err(format!("a transform of {}", dtype.short()))
}

/// The one operand, which has rows of at least one element.
fn row<'a>(operands: &[Typed<'a>]) -> Result<Typed<'a>, String> {
    match *operands {
        [(a, dtype)] if a.last().is_some_and(|&n| n > 0) => Ok((a, dtype)),
        [(a, _)] => Err(format!("{a} has no rows to transform")),
        _ => Err("it takes one array".to_string()),
    }
}

/// The shape with the rows that the transform makes of its own.
fn with_rows(a: &Shape, transform: Transform) -> Result<Shape, String> {
    let mut extents = a.to_vec();
    let last = extents.last_mut().expect("it has rows");
    *last = transform.transformed(*last);
    if *last == 0 {
        return Err(format!("{a} has too short rows"));
    }
    Shape::new(&extents).map_err(|error| error.to_string())
}

/// Five operations for each point and level of halving, as is usual.
pub(super) fn work(operands: &[&Shape]) -> Work {
    let points = operands[0].size() as u64;
    let levels = operands[0].last().copied().unwrap_or(1).max(2).ilog2() + 1;
    Work { points, operations: points.saturating_mul(5 * u64::from(levels)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dtype::DType;
    use crate::ops::library::LibOp;

    #[test]
    fn transforms_have_shapes_and_types() {
        let result = |op: LibOp, extents: &[usize], dtype| {
            (op.def().result)(&[(&Shape::new(extents).unwrap(), dtype)])
                .map(|(shape, dtype)| (shape.to_vec(), dtype))
        };
        assert_eq!(result(LibOp::Fft, &[2, 3], DType::C64), Ok((vec![2, 3], DType::C64)));
        assert_eq!(result(LibOp::Rfft, &[2, 6], DType::F64), Ok((vec![2, 4], DType::C128)));
        assert_eq!(result(LibOp::Rfft, &[0, 7], DType::F32), Ok((vec![0, 4], DType::C64)));
        assert_eq!(result(LibOp::RfftBackEven, &[4], DType::C128), Ok((vec![6], DType::F64)));
        assert_eq!(result(LibOp::RfftBackOdd, &[4], DType::C64), Ok((vec![7], DType::F32)));
        let refused = |op, extents: &[usize], dtype| result(op, extents, dtype).unwrap_err();
        assert_eq!(refused(LibOp::Fft, &[3], DType::F32), "a transform of f32");
        assert_eq!(refused(LibOp::Rfft, &[3], DType::F16), "a transform of f16");
        assert!(refused(LibOp::FftBack, &[], DType::C64).contains("no rows"));
        assert!(refused(LibOp::FftBack, &[3, 0], DType::C64).contains("no rows"));
        assert!(refused(LibOp::RfftBackEven, &[3, 1], DType::C64).contains("too short rows"));
        assert_eq!((Transform::ToReal { odd: false }.points(5), Transform::OfReal.points(5)), (8, 5));
    }
}
