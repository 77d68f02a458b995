//! What rows of the library table say of Fourier transforms: of the last axis, forth and back, not scaled.
//!
//! Back from the half that the transform of real numbers has, one does not see whether there were an even or an
//! odd number of them: so there is a row for each.

use super::library::{LibOp, Rule, Typed};
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
    ToReal,
}

impl LibOp {
    /// Which Fourier transform it is, if it is one.
    pub const fn transform(self) -> Option<Transform> {
        match self {
            LibOp::Fft => Some(Transform::Complex { back: false }),
            LibOp::FftBack => Some(Transform::Complex { back: true }),
            LibOp::Rfft => Some(Transform::OfReal),
            LibOp::RfftBackEven | LibOp::RfftBackOdd => Some(Transform::ToReal),
            LibOp::Matmul => None,
            LibOp::Put | LibOp::AddAt | LibOp::MultiplyAt | LibOp::MinimumAt | LibOp::MaximumAt => None,
        }
    }

    /// How many elements a row of the result of a transform has, of a row of so many.
    pub const fn transformed(self, extent: usize) -> usize {
        match self {
            LibOp::Rfft => extent / 2 + 1,
            LibOp::RfftBackEven => extent.saturating_sub(1).saturating_mul(2),
            LibOp::RfftBackOdd => extent.saturating_mul(2).saturating_sub(1),
            LibOp::Fft | LibOp::FftBack | LibOp::Matmul => extent,
            LibOp::Put | LibOp::AddAt | LibOp::MultiplyAt | LibOp::MinimumAt | LibOp::MaximumAt => extent,
        }
    }

    /// How many points a transform of a row of so many elements has.
    pub const fn points(self, extent: usize) -> usize {
        match self {
            LibOp::RfftBackEven | LibOp::RfftBackOdd => self.transformed(extent),
            LibOp::Fft | LibOp::FftBack | LibOp::Rfft | LibOp::Matmul => extent,
            LibOp::Put | LibOp::AddAt | LibOp::MultiplyAt | LibOp::MinimumAt | LibOp::MaximumAt => extent,
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
        return Ok((with_rows(a, LibOp::Rfft)?, dtype.to_complex()));
    }
    Err(format!("a transform of {}", dtype.short()))
}

/// `[rows.., n]` complex gives `[rows.., 2 (n - 1)]` real.
pub(super) fn to_even(operands: &[Typed<'_>]) -> Rule {
    to_real(operands, LibOp::RfftBackEven)
}

/// `[rows.., n]` complex gives `[rows.., 2 n - 1]` real.
pub(super) fn to_odd(operands: &[Typed<'_>]) -> Rule {
    to_real(operands, LibOp::RfftBackOdd)
}

fn to_real(operands: &[Typed<'_>], op: LibOp) -> Rule {
    let (a, dtype) = row(operands)?;
    if dtype.is_complex() {
        return Ok((with_rows(a, op)?, dtype.part()));
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

/// The shape with the rows that the op makes of its own.
fn with_rows(a: &Shape, op: LibOp) -> Result<Shape, String> {
    let mut extents = a.to_vec();
    let last = extents.last_mut().expect("it has rows");
    *last = op.transformed(*last);
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
        assert_eq!((LibOp::RfftBackEven.points(5), LibOp::Rfft.points(5)), (8, 5));
    }
}
