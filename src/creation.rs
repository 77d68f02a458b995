//! Arrays of one number: `zeros`, `ones`, `full`, and the like of another array.
//!
//! None of these holds memory until it is evaluated on its own: inside an expression it is a number.

use crate::arguments::{self, IntoShape};
use crate::array::Array;
use crate::element::Number;
use crate::lazy::{Builder, build};
use numfuse_ir::dtype::DType;
use numfuse_ir::error::Error as Mistake;
use numfuse_ir::graph::build as nodes;
use numfuse_ir::shape::Shape;

/// An array of zeros.
///
/// ```
/// use numfuse::prelude::*;
///
/// assert_eq!(zeros([2, 3], I32).to_vec::<i32>()?, [0; 6]);
/// # Ok::<(), numfuse::Error>(())
/// ```
#[track_caller]
pub fn zeros(shape: impl IntoShape, dtype: DType) -> Array {
    filled("zeros", &shape, Number::Int(0), dtype)
}

/// An array of ones.
#[track_caller]
pub fn ones(shape: impl IntoShape, dtype: DType) -> Array {
    filled("ones", &shape, Number::Int(1), dtype)
}

/// An array of one number. An integer that the type cannot hold is an error.
#[track_caller]
pub fn full(shape: impl IntoShape, value: impl Into<Number>, dtype: DType) -> Array {
    filled("full", &shape, value.into(), dtype)
}

/// An array whose values one does not care about. They are zeros: there is nothing to be gained by
/// leaving them open.
#[track_caller]
pub fn empty(shape: impl IntoShape, dtype: DType) -> Array {
    filled("empty", &shape, Number::Int(0), dtype)
}

/// Constant arrays, and arrays like another.
impl Array {
    /// See [`zeros`].
    #[track_caller]
    pub fn zeros(shape: impl IntoShape, dtype: DType) -> Array {
        zeros(shape, dtype)
    }

    /// See [`ones`].
    #[track_caller]
    pub fn ones(shape: impl IntoShape, dtype: DType) -> Array {
        ones(shape, dtype)
    }

    /// See [`full`].
    #[track_caller]
    pub fn full(shape: impl IntoShape, value: impl Into<Number>, dtype: DType) -> Array {
        full(shape, value, dtype)
    }

    /// See [`empty`].
    #[track_caller]
    pub fn empty(shape: impl IntoShape, dtype: DType) -> Array {
        empty(shape, dtype)
    }
}

/// Zeros in the shape and type of `x`.
#[track_caller]
pub fn zeros_like(x: &Array) -> Array {
    full_like(x, 0)
}

/// Ones in the shape and type of `x`.
#[track_caller]
pub fn ones_like(x: &Array) -> Array {
    full_like(x, 1)
}

/// An array in the shape and type of `x` whose values one does not care about: see [`empty`].
#[track_caller]
pub fn empty_like(x: &Array) -> Array {
    full_like(x, 0)
}

/// One number in the shape and type of `x`.
#[track_caller]
pub fn full_like(x: &Array, value: impl Into<Number>) -> Array {
    let value = value.into();
    build("full_like", [x], |b| fill(b, x.0.node.shape.clone(), value, x.0.node.dtype))
}

#[track_caller]
fn filled(op: &'static str, shape: &impl IntoShape, value: Number, dtype: DType) -> Array {
    build(op, [], |b| fill(b, arguments::shape(shape)?, value, dtype))
}

fn fill(b: &mut Builder, shape: Shape, value: Number, dtype: DType) -> Result<Array, Mistake> {
    let value = b.number(value.to_scalar(dtype)?);
    Ok(nodes::expand(b, &value, &shape))
}
