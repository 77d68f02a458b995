//! Scans: running sums, products and extremes along an axis.
//!
//! A float scan goes in one order that depends on the length of the axis alone, so its bits depend
//! neither on threads nor on what was fused: runs of 16 within blocks of 512, and blocks' totals by the
//! same rule. What is scanned and what is made of the running values is computed in the same pass.
//!
//! Complex numbers are multiplied and compared (by their real parts, and by their imaginary parts where those are
//! equal) as pairs; of extremes that are equal the first one stays.

use crate::arguments::{self, Axes};
use crate::array::Array;
use crate::lazy::build;
use crate::reduce::summed;
use numfuse_ir::dtype::DType;
use numfuse_ir::error::Error as Mistake;
use numfuse_ir::graph::build as nodes;
use numfuse_ir::ops::Op;
use numfuse_ir::ops::fold::Fold;
use numfuse_ir::scalar::Scalar;

/// The running values of a fold along one axis, or along all elements in row-major order.
#[track_caller]
fn scan(
    op: &'static str,
    x: &Array,
    axis: &impl Axes,
    fold: Fold,
    to: fn(DType) -> DType,
    nan: Nan,
) -> Array {
    build(op, [x], |b| {
        let dtype = to(x.0.node.dtype);
        let x = match nan {
            Nan::Is(number) if x.0.node.dtype.is_inexact() => {
                let other = b.number(Scalar::from_f64(x.0.node.dtype, number));
                let is_nan = nodes::map(b, Op::Isnan, std::slice::from_ref(x))?;
                nodes::map(b, Op::Where, &[is_nan, other, x.clone()])?
            }
            Nan::Passes | Nan::Is(_) => x.clone(),
        };
        let x = nodes::cast(b, &x, dtype);
        // A single number is a line of one.
        let flat = axis.axes().is_none() || x.0.node.shape.is_empty();
        let x = if flat { nodes::reshape(b, &x, &[-1])? } else { x };
        let axis = match axis.axes() {
            None => 0,
            Some(_) => match arguments::axes(axis, x.0.node.shape.len())?.as_slice() {
                [axis] => *axis,
                axes => {
                    let sentence = format!("{op} runs along one axis, not {}: give one, or `..`", axes.len());
                    return Err(Mistake::Argument { sentence });
                }
            },
        };
        Ok(nodes::scan(b, &x, fold, axis))
    })
}

/// What a NaN counts as.
#[derive(Clone, Copy)]
enum Nan {
    /// All that follow it are NaN.
    Passes,
    /// That number.
    Is(f64),
}

/// Says each scan once: the method and the free function.
macro_rules! scans {
    ($($(#[doc = $doc:literal])+ $name:ident = $fold:ident, $to:expr, $nan:expr;)+) => {
        /// Scans. The axis is one axis, negative ones count from the back, or `..` for all elements in
        /// row-major order, which gives one dimension.
        impl Array {
            $($(#[doc = $doc])+
            #[track_caller]
            pub fn $name(&self, axis: impl Axes) -> Array {
                scan(stringify!($name), self, &axis, Fold::$fold, $to, $nan)
            })+
        }

        $($(#[doc = $doc])+
        #[track_caller]
        pub fn $name(x: &Array, axis: impl Axes) -> Array {
            x.$name(axis)
        })+
    };
}

scans! {
    /// The sums of all elements up to each, in int64 or uint64 for integers and bools.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// let x = Array::from([[1, 2], [3, 4]]);
    /// assert_eq!(x.cumsum(..).to_vec::<i64>()?, [1, 3, 6, 10]);
    /// assert_eq!(x.cumsum(0).to_vec::<i64>()?, [1, 2, 4, 6]);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    cumsum = Sum, summed, Nan::Passes;
    /// The products of all elements up to each, in int64 or uint64 for integers and bools.
    cumprod = Prod, summed, Nan::Passes;
    /// [`cumsum`](Array::cumsum) under the name of the array API standard.
    cumulative_sum = Sum, summed, Nan::Passes;
    /// [`cumprod`](Array::cumprod) under the name of the array API standard.
    cumulative_prod = Prod, summed, Nan::Passes;
    /// The greatest element up to each (`numpy.maximum.accumulate`); NaN from the first NaN on.
    cummax = Max, |dtype| dtype, Nan::Passes;
    /// The least element up to each (`numpy.minimum.accumulate`); NaN from the first NaN on.
    cummin = Min, |dtype| dtype, Nan::Passes;
    /// [`cumsum`](Array::cumsum) with NaN counted as 0.
    nancumsum = Sum, summed, Nan::Is(0.0);
    /// [`cumprod`](Array::cumprod) with NaN counted as 1.
    nancumprod = Prod, summed, Nan::Is(1.0);
}
