//! Reductions and scans in a type that is asked for: NumPy's `dtype=`.

use crate::arguments::Axes;
use crate::array::Array;
use numfuse_ir::dtype::DType;

/// Reductions in another type than the usual one: elements are cast first, as NumPy casts them, and the
/// result is of that type. Integers wrap; of bools a sum is whether any is true, a product whether all are.
impl Array {
    /// The sum in that type.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// let x = Array::from([100u8, 100, 100]);
    /// assert_eq!(x.sum(..).item::<u64>()?, 300);
    /// assert_eq!(x.sum_as(.., U8).item::<u8>()?, 44);
    /// assert_eq!(x.sum_as(.., F32).item::<f32>()?, 300.0);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    #[track_caller]
    pub fn sum_as(&self, axes: impl Axes, dtype: DType) -> Array {
        self.cast(dtype).sum(axes).cast(dtype)
    }

    /// The product in that type.
    #[track_caller]
    pub fn prod_as(&self, axes: impl Axes, dtype: DType) -> Array {
        self.cast(dtype).prod(axes).cast(dtype)
    }

    /// The mean of the elements in that type; an integer type cuts what lies behind the point.
    #[track_caller]
    pub fn mean_as(&self, axes: impl Axes, dtype: DType) -> Array {
        self.cast(dtype).mean(axes).cast(dtype)
    }

    /// The variance of the elements in that type, which is a float type or the result is cut. In a float type
    /// complex numbers deviate from the real part of their mean, as in NumPy.
    #[track_caller]
    pub fn var_as(&self, axes: impl Axes, dtype: DType) -> Array {
        if self.0.node.dtype.is_complex() && !dtype.is_complex() {
            // The mean is cast, the deviations from it are not.
            let over = axes.axes().unwrap_or_else(|| (0..self.0.node.shape.len() as isize).collect());
            let squares = self.imag().cast(dtype).square();
            return (self.real().cast(dtype).var(&over[..]) + squares.mean(&over[..])).cast(dtype);
        }
        self.cast(dtype).var(axes).cast(dtype)
    }

    /// The standard deviation of the elements in that type, which is a float type or the result is cut.
    #[track_caller]
    pub fn std_as(&self, axes: impl Axes, dtype: DType) -> Array {
        if self.0.node.dtype.is_complex() && !dtype.is_complex() {
            return self.var_as(axes, dtype).sqrt().cast(dtype);
        }
        self.cast(dtype).std(axes).cast(dtype)
    }

    /// The running sums in that type.
    #[track_caller]
    pub fn cumsum_as(&self, axis: impl Axes, dtype: DType) -> Array {
        self.cast(dtype).cumsum(axis).cast(dtype)
    }

    /// The running products in that type.
    #[track_caller]
    pub fn cumprod_as(&self, axis: impl Axes, dtype: DType) -> Array {
        self.cast(dtype).cumprod(axis).cast(dtype)
    }
}
