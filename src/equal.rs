//! Comparisons in which a NaN equals a NaN: NumPy's `equal_nan=True`.

use crate::array::Array;
use crate::error::Error;

/// Comparisons in which a NaN equals a NaN.
impl Array {
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
