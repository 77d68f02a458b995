//! Rust's operators on arrays: owned or borrowed, with a plain number on either side.
//!
//! An operator neither panics nor returns a `Result`: a mistake makes an array that carries it.
//! Owned operands are dropped by the operation: what nobody else holds is freed with its last reader.
//!
//! On the right any plain number will do, and on the left a `bool`, an `i64`, an `f64`, a half float or a
//! complex number of float64. There is one integer and one float of Rust's own, because only where one type fits
//! does Rust know, with the type of the literal, that `1.0 - &x` is an array: with `f32` beside `f64`,
//! `(1.0 - &x).sqrt()` would need an annotation. A variable of another type is written as one of these, which
//! promotes alike and loses nothing, or to the right, or as an argument:
//!
//! ```
//! use numfuse::prelude::*;
//!
//! let (x, alpha, n) = (Array::from([1.0f32, 2.0]), 0.5f32, 3u8);
//! assert_eq!((1.0 - &x).abs().to_vec::<f32>()?, [0.0, 1.0]);
//! assert_eq!((f64::from(alpha) - &x).to_vec::<f32>()?, [-0.5, -1.5]);
//! assert_eq!((i64::from(n) - &x).to_vec::<f32>()?, [2.0, 1.0]);
//! assert_eq!((&x * alpha).to_vec::<f32>()?, numfuse::multiply(alpha, &x).to_vec::<f32>()?);
//! # Ok::<(), numfuse::Error>(())
//! ```

use crate::arguments::Operand;
use crate::array::Array;
use crate::ufunc::apply;
use half::{bf16, f16};
use num_complex::Complex;
use numfuse_ir::ops::Op;
use std::ops::{
    Add, AddAssign, BitAnd, BitAndAssign, BitOr, BitOrAssign, BitXor, BitXorAssign, Div, DivAssign, Mul,
    MulAssign, Neg, Not, Rem, RemAssign, Shl, ShlAssign, Shr, ShrAssign, Sub, SubAssign,
};

macro_rules! binary {
    ($($Trait:ident $method:ident, $Assign:ident $assign:ident = $Op:ident;)+) => { $(
        impl<R: Into<Operand>> $Trait<R> for Array {
            type Output = Array;

            #[track_caller]
            fn $method(self, right: R) -> Array {
                apply(Op::$Op, &[self.into(), right.into()])
            }
        }

        impl<R: Into<Operand>> $Trait<R> for &Array {
            type Output = Array;

            #[track_caller]
            fn $method(self, right: R) -> Array {
                apply(Op::$Op, &[self.into(), right.into()])
            }
        }

        impl<R: Into<Operand>> $Assign<R> for Array {
            #[track_caller]
            fn $assign(&mut self, right: R) {
                *self = apply(Op::$Op, &[(&*self).into(), right.into()]);
            }
        }
    )+ };
}

macro_rules! numbers_on_the_left {
    ($($T:ty),+) => { $(
        numbers_on_the_left! { @ $T,
            Add add = Add; Sub sub = Subtract; Mul mul = Multiply; Div div = Divide; Rem rem = Remainder;
            BitAnd bitand = BitwiseAnd; BitOr bitor = BitwiseOr; BitXor bitxor = BitwiseXor;
            Shl shl = LeftShift; Shr shr = RightShift;
        }
    )+ };
    (@ $T:ty, $($Trait:ident $method:ident = $Op:ident;)+) => { $(
        impl $Trait<Array> for $T {
            type Output = Array;

            #[track_caller]
            fn $method(self, right: Array) -> Array {
                apply(Op::$Op, &[self.into(), right.into()])
            }
        }

        impl $Trait<&Array> for $T {
            type Output = Array;

            #[track_caller]
            fn $method(self, right: &Array) -> Array {
                apply(Op::$Op, &[self.into(), right.into()])
            }
        }
    )+ };
}

macro_rules! unary {
    ($($Trait:ident $method:ident = $Op:ident;)+) => { $(
        impl $Trait for Array {
            type Output = Array;

            #[track_caller]
            fn $method(self) -> Array {
                apply(Op::$Op, &[self.into()])
            }
        }

        impl $Trait for &Array {
            type Output = Array;

            #[track_caller]
            fn $method(self) -> Array {
                apply(Op::$Op, &[self.into()])
            }
        }
    )+ };
}

binary! {
    Add add, AddAssign add_assign = Add;
    Sub sub, SubAssign sub_assign = Subtract;
    Mul mul, MulAssign mul_assign = Multiply;
    Div div, DivAssign div_assign = Divide;
    Rem rem, RemAssign rem_assign = Remainder;
    BitAnd bitand, BitAndAssign bitand_assign = BitwiseAnd;
    BitOr bitor, BitOrAssign bitor_assign = BitwiseOr;
    BitXor bitxor, BitXorAssign bitxor_assign = BitwiseXor;
    Shl shl, ShlAssign shl_assign = LeftShift;
    Shr shr, ShrAssign shr_assign = RightShift;
}

numbers_on_the_left! { bool, i64, f16, bf16, f64, Complex<f64> }

unary! {
    Neg neg = Negative;
    Not not = Invert;
}
