//! Elementwise functions that are made of several rows of the op table, and second names.
//!
//! Each is a composition of lazy arrays, so it fuses like anything else; where NumPy's function is the same
//! composition, so are its bits.

use crate::arguments::Operand;
use crate::array::Array;
use crate::element::Number;
use crate::error::Error;
use crate::free::functions;
use crate::lazy::{build, refuse};
use crate::ufunc::{apply, where_};
use numfuse_ir::dtype::DType;
use numfuse_ir::error::{Error as Mistake, Refusal};
use numfuse_ir::ops::Op;
use std::f64::consts::PI;

/// Says each second name once: a method and a free function.
macro_rules! second_names {
    ($($name:ident($first:ident $(, $rest:ident)*) = $of:ident;)+) => {
        /// Second names: the Array API's, and those that NumPy or others also have.
        impl Array {
            $(#[doc = concat!("Another name of [`", stringify!($of), "`](Array::", stringify!($of), ").")]
            #[track_caller]
            pub fn $name(&self $(, $rest: impl Into<Operand>)*) -> Array {
                self.$of($($rest),*)
            })+
        }

        $(#[doc = concat!("Another name of [`", stringify!($of), "`](crate::", stringify!($of), ").")]
        #[track_caller]
        pub fn $name($first: impl Into<Operand> $(, $rest: impl Into<Operand>)*) -> Array {
            crate::ufunc::$of($first $(, $rest)*)
        })+
    };
}

second_names! {
    acos(x) = arccos;
    acosh(x) = arccosh;
    asin(x) = arcsin;
    asinh(x) = arcsinh;
    atan(x) = arctan;
    atan2(y, x) = arctan2;
    atanh(x) = arctanh;
    bitwise_invert(x) = invert;
    bitwise_left_shift(a, b) = left_shift;
    bitwise_not(x) = invert;
    bitwise_right_shift(a, b) = right_shift;
    conj(x) = conjugate;
    fix(x) = trunc;
    mod_(a, b) = remainder;
    sigmoid(x) = expit;
    true_divide(a, b) = divide;
}

functions! {
    around(decimals: i32);
    deg2rad();
    degrees();
    fabs();
    float_power(exponent: impl Into<Operand>);
    frexp() -> (Array, Array);
    isneginf();
    isposinf();
    modf() -> (Array, Array);
    nan_to_num();
    rad2deg();
    radians();
    sinc();
}

/// Angles.
impl Array {
    /// Degrees as radians: times π/180, in the type of a float function.
    #[track_caller]
    pub fn deg2rad(&self) -> Array {
        self.to_radians("deg2rad")
    }

    #[track_caller]
    fn to_radians(&self, op: &'static str) -> Array {
        let x = self.in_floats(op);
        // As NumPy divides the constants in the type of the function.
        let single = f64::from(std::f32::consts::PI / 180.0);
        let factor = if x.0.node.dtype == DType::F64 { PI / 180.0 } else { single };
        x.scaled(factor)
    }

    /// Radians as degrees: times 180/π, in the type of a float function.
    #[track_caller]
    pub fn rad2deg(&self) -> Array {
        self.to_degrees("rad2deg")
    }

    #[track_caller]
    fn to_degrees(&self, op: &'static str) -> Array {
        let x = self.in_floats(op);
        let single = f64::from(180.0 / std::f32::consts::PI);
        let factor = if x.0.node.dtype == DType::F64 { 180.0 / PI } else { single };
        x.scaled(factor)
    }

    /// A float times a number; of a half type in float32, rounded once.
    #[track_caller]
    fn scaled(&self, factor: f64) -> Array {
        let dtype = self.0.node.dtype;
        (self.cast(dtype.working()) * factor).cast(dtype)
    }

    /// Another name of [`rad2deg`](Array::rad2deg).
    #[track_caller]
    pub fn degrees(&self) -> Array {
        self.to_degrees("degrees")
    }

    /// Another name of [`deg2rad`](Array::deg2rad).
    #[track_caller]
    pub fn radians(&self) -> Array {
        self.to_radians("radians")
    }

    /// The normalised `sin(πx) / (πx)`, 1 at 0.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// assert_eq!(Array::from([0.0, 0.5]).sinc().to_vec::<f64>()?, [1.0, 2.0 / std::f64::consts::PI]);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    #[track_caller]
    pub fn sinc(&self) -> Array {
        let x = self * PI;
        let least = if x.0.node.dtype.part() == DType::F64 { f64::EPSILON } else { f64::from(f32::EPSILON) };
        let y = where_(&x, &x, least);
        y.sin() / y
    }

    /// The array in the type in which the float function `op` of it is computed.
    #[track_caller]
    fn in_floats(&self, op: &'static str) -> Array {
        let dtype = self.0.node.dtype;
        if dtype.is_complex() {
            return not_of_complex(op, self);
        }
        self.cast(dtype.to_float())
    }
}

/// The mistake of a float function of complex numbers.
#[track_caller]
fn not_of_complex(op: &'static str, x: &Array) -> Array {
    let dtypes = vec![x.0.node.dtype];
    build(op, [x], |_| Err(Mistake::Types { op: op.to_string(), dtypes, refusal: Refusal::Unsupported }))
}

/// Parts of numbers, and what takes the place of special ones.
impl Array {
    /// Fractional and whole part, both floats with the sign of the number; computed together when both
    /// are evaluated together.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// let (rest, whole) = Array::from([3.25, -0.5]).modf();
    /// assert_eq!(rest.to_vec::<f64>()?, [0.25, -0.5]);
    /// assert_eq!(whole.to_vec::<f64>()?, [3.0, -0.0]);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    #[track_caller]
    pub fn modf(&self) -> (Array, Array) {
        let x = self.in_floats("modf");
        let whole = x.trunc();
        let rest = where_(x.isinf(), 0.0, &x - &whole);
        (rest.copysign(x), whole)
    }

    /// Numbers as `m * 2**e` with m from 1/2 to 1 in size: m, and e as int32. 0, infinities and NaN are
    /// themselves, with exponent 0.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// let (m, e) = Array::from([8.0, -0.75]).frexp();
    /// assert_eq!(m.to_vec::<f64>()?, [0.5, -0.75]);
    /// assert_eq!(e.to_vec::<i32>()?, [4, 0]);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    #[track_caller]
    pub fn frexp(&self) -> (Array, Array) {
        if self.0.node.dtype.is_complex() {
            let refused = not_of_complex("frexp", self);
            return (refused.clone(), refused);
        }
        (self.frexp_mantissa(), self.frexp_exponent())
    }

    /// Distance from zero, as a float.
    #[track_caller]
    pub fn fabs(&self) -> Array {
        self.in_floats("fabs").absolute()
    }

    /// The array to a power in float64 or complex128, whatever the types.
    /// A real power of an infinite complex number is infinite by its angle, where NumPy's is NaN.
    #[track_caller]
    pub fn float_power(&self, exponent: impl Into<Operand>) -> Array {
        let wide = |x: &Array| x.cast(if x.0.node.dtype.is_complex() { DType::C128 } else { DType::F64 });
        let exponent = match exponent.into() {
            Operand::Array(array) => wide(&array).into(),
            Operand::Number(Number::Complex(z)) => z.into(),
            Operand::Number(number) => Operand::Number(Number::Float(number.to_f64())),
        };
        apply(Op::Power, &[wide(self).into(), exponent])
    }

    /// Whether it is +∞.
    #[track_caller]
    pub fn isposinf(&self) -> Array {
        if self.0.node.dtype.is_complex() {
            self.ambiguous("isposinf")
        } else {
            self.isinf() & !self.signbit()
        }
    }

    /// Whether it is -∞.
    #[track_caller]
    pub fn isneginf(&self) -> Array {
        if self.0.node.dtype.is_complex() {
            self.ambiguous("isneginf")
        } else {
            self.isinf() & self.signbit()
        }
    }

    /// What is said of complex numbers where a sign is asked for.
    #[track_caller]
    fn ambiguous(&self, op: &'static str) -> Array {
        let dtype = self.0.node.dtype;
        let sentence =
            format!("This operation is not supported for {dtype} values because it would be ambiguous.");
        refuse(op, [self], &sentence)
    }

    /// 0 in place of NaN, and the greatest and least finite numbers in place of the infinities.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// let x = Array::from([f32::NAN, f32::INFINITY, 1.5]);
    /// assert_eq!(x.nan_to_num().to_vec::<f32>()?, [0.0, f32::MAX, 1.5]);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    #[track_caller]
    pub fn nan_to_num(&self) -> Array {
        let part = self.0.node.dtype.part();
        let most = if part.is_float() { part.greatest() } else { f64::MAX };
        self.nan_to_num_with(0.0, most, -most)
    }

    /// These numbers in place of NaN, +∞ and -∞, in either part of complex numbers; integers stay.
    #[track_caller]
    pub fn nan_to_num_with(
        &self,
        nan: impl Into<Operand>,
        positive: impl Into<Operand>,
        negative: impl Into<Operand>,
    ) -> Array {
        if self.0.node.dtype.is_complex() {
            let (nan, positive, negative) = (nan.into(), positive.into(), negative.into());
            let part = |x: Array| x.nan_to_num_with(nan.clone(), positive.clone(), negative.clone());
            return part(self.real()).complex(part(self.imag()));
        }
        if !self.0.node.dtype.is_float() {
            return self.clone();
        }
        let x = where_(self.isnan(), nan, self);
        let x = where_(self.isposinf(), positive, x);
        where_(self.isneginf(), negative, x)
    }

    /// Another name of [`round`](Array::round).
    #[track_caller]
    pub fn around(&self, decimals: i32) -> Array {
        self.round(decimals)
    }

    /// Whether the elements are equal once the shapes are broadcast; false where they do not meet. Computes them.
    ///
    /// # Errors
    /// As [`eval`](Array::eval).
    #[track_caller]
    pub fn array_equiv(&self, other: &Array) -> Result<bool, Error> {
        self.check()?;
        other.check()?;
        match self.0.node.shape.broadcast(&other.0.node.shape) {
            Some(_) => self.equal(other).all(..).item(),
            None => Ok(false),
        }
    }
}

/// Whether the elements are equal once broadcast: see [`Array::array_equiv`].
///
/// # Errors
/// As [`Array::eval`].
#[track_caller]
pub fn array_equiv(a: &Array, b: &Array) -> Result<bool, Error> {
    a.array_equiv(b)
}

/// See [`Array::nan_to_num_with`].
#[track_caller]
pub fn nan_to_num_with(
    x: &Array,
    nan: impl Into<Operand>,
    positive: impl Into<Operand>,
    negative: impl Into<Operand>,
) -> Array {
    x.nan_to_num_with(nan, positive, negative)
}
