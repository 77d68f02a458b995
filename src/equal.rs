//! Comparisons of whole arrays and of elements that nearly agree, also those in which a NaN equals a NaN: NumPy's
//! `equal_nan=True`.

use crate::array::Array;
use crate::error::Error;
use numfuse_ir::dtype::DType;

/// Comparisons within a tolerance, and of whole arrays.
impl Array {
    /// Whether elements differ by at most `atol + rtol * |other|`. Infinities are close to themselves,
    /// NaNs to nothing. NumPy's tolerances are 1e-5 and 1e-8 unless others are given.
    #[track_caller]
    pub fn isclose(&self, other: &Array, rtol: f64, atol: f64) -> Array {
        let float = |x: &Array| if x.0.node.dtype.is_inexact() { x.clone() } else { x.cast(DType::F64) };
        let (x, y) = (float(self), float(other));
        let near = (&x - &y).absolute().less_equal(y.absolute() * rtol + atol);
        near & y.isfinite() | x.equal(y)
    }

    /// Whether all elements are close: see [`isclose`](Array::isclose). Computes them.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// let x = linspace(0.0, 1.0, 100);
    /// assert!(x.sin().square().allclose(&(1.0 - x.cos().square()), 1e-5, 1e-8)?);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`eval`](Array::eval), or when the shapes do not broadcast.
    #[track_caller]
    pub fn allclose(&self, other: &Array, rtol: f64, atol: f64) -> Result<bool, Error> {
        self.isclose(other, rtol, atol).all(..).item()
    }

    /// Whether shapes and elements are equal. Computes them; NaNs are equal to nothing.
    ///
    /// # Errors
    /// As [`eval`](Array::eval).
    #[track_caller]
    pub fn array_equal(&self, other: &Array) -> Result<bool, Error> {
        match self.try_shape()? == other.try_shape()? {
            true => self.equal(other).all(..).item(),
            false => Ok(false),
        }
    }

    /// [`isclose`](Array::isclose), or both NaN.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// let x = Array::from([1.0, f64::NAN]);
    /// assert_eq!(x.isclose_nan(&x, 1e-5, 1e-8).to_vec::<bool>()?, [true, true]);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    #[track_caller]
    pub fn isclose_nan(&self, other: &Array, rtol: f64, atol: f64) -> Array {
        self.isclose(other, rtol, atol) | self.isnan() & other.isnan()
    }

    /// Whether all elements are close or both NaN. Computes them.
    ///
    /// # Errors
    /// As [`eval`](Array::eval), or when the shapes do not broadcast.
    #[track_caller]
    pub fn allclose_nan(&self, other: &Array, rtol: f64, atol: f64) -> Result<bool, Error> {
        self.isclose_nan(other, rtol, atol).all(..).item()
    }

    /// Whether shapes and elements are equal, a NaN to a NaN. Computes them.
    ///
    /// # Errors
    /// As [`eval`](Array::eval).
    #[track_caller]
    pub fn array_equal_nan(&self, other: &Array) -> Result<bool, Error> {
        match self.try_shape()? == other.try_shape()? {
            true => (self.equal(other) | self.isnan() & other.isnan()).all(..).item(),
            false => Ok(false),
        }
    }
}

/// Whether all elements are close: see [`Array::allclose`].
///
/// # Errors
/// As [`Array::eval`], or when the shapes do not broadcast.
#[track_caller]
pub fn allclose(a: &Array, b: &Array, rtol: f64, atol: f64) -> Result<bool, Error> {
    a.allclose(b, rtol, atol)
}

/// Whether shapes and elements are equal: see [`Array::array_equal`].
///
/// # Errors
/// As [`Array::eval`].
#[track_caller]
pub fn array_equal(a: &Array, b: &Array) -> Result<bool, Error> {
    a.array_equal(b)
}
