//! Rust's number types as element types, and plain numbers as operands.
//!
//! An [`Element`] is a Rust type that arrays can be made from and read into. A [`Number`] is a
//! plain number beside an array: it has a kind but no width, so that it never widens an array's
//! type (NEP 50: `float32 + 1.5` is `float32`). The half types are those of the crate `half`, complex numbers
//! those of `num-complex`.

use half::{bf16, f16};
use num_complex::Complex;
use numfuse_ir::dtype::{DType, Kind, Weak};
use numfuse_ir::error::Error as Mistake;
use numfuse_ir::scalar::Scalar;
use numfuse_runtime::buffer::Plain;

/// A Rust type that arrays hold: `bool`, `i8` to `i64`, `u8` to `u64`, [`struct@f16`], [`bf16`], `f32` and `f64`,
/// and [`Complex`] of `f32` and `f64`.
pub trait Element: Plain + Into<Number> + sealed::Sealed {
    /// The element type of arrays of it.
    const DTYPE: DType;

    /// The value with its type.
    fn to_scalar(self) -> Scalar;

    /// The value of a scalar that has this type.
    fn from_scalar(scalar: Scalar) -> Self;
}

mod sealed {
    pub trait Sealed {}
}

/// A plain number: of some kind, of no particular width.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// `true` or `false`.
    Bool(bool),
    /// An integer.
    Int(i128),
    /// A floating-point number.
    Float(f64),
    /// A complex number.
    Complex(Complex<f64>),
}

impl Number {
    /// The number that a scalar is.
    pub(crate) fn of(value: Scalar) -> Number {
        match value.dtype().kind() {
            Kind::Bool => Number::Bool(value.is_true()),
            Kind::Signed | Kind::Unsigned => Number::Int(value.to_i128()),
            Kind::Float => Number::Float(value.to_f64()),
            Kind::Complex => Number::Complex(Complex::new(value.real().to_f64(), value.imaginary().to_f64())),
        }
    }

    /// Its kind, which is all that promotion looks at.
    pub(crate) fn weak(self) -> Weak {
        match self {
            Number::Bool(_) => Weak::Bool,
            Number::Int(_) => Weak::Int,
            Number::Float(_) => Weak::Float,
            Number::Complex(_) => Weak::Complex,
        }
    }

    /// The number in a type that it has been promoted to.
    ///
    /// # Errors
    /// An integer that the type cannot hold, a complex number in a type that is not complex.
    pub(crate) fn to_scalar(self, dtype: DType) -> Result<Scalar, Mistake> {
        match self {
            Number::Bool(b) => Ok(Scalar::from_i128(dtype, i128::from(b))),
            Number::Float(x) => Ok(Scalar::from_f64(dtype, x)),
            Number::Int(n) if dtype.is_integer() && !(dtype.min_int()..=dtype.max_int()).contains(&n) => {
                Err(Mistake::Overflow { number: n.to_string(), dtype })
            }
            Number::Int(n) => Ok(Scalar::from_i128(dtype, n)),
            Number::Complex(z) if dtype.is_complex() => {
                let part = |x| Scalar::from_f64(dtype.part(), x);
                Ok(Scalar::complex(part(z.re), part(z.im)))
            }
            Number::Complex(_) => {
                Err(Mistake::Argument { sentence: format!("{dtype} holds real numbers, not a complex one") })
            }
        }
    }

    /// The number as an element that is set to it: a float as an integer has to be one that the type
    /// holds, once its fraction is dropped.
    ///
    /// # Errors
    /// A number that the type cannot hold.
    pub(crate) fn assigned_to(self, dtype: DType) -> Result<Scalar, Mistake> {
        let wrong = |what: &str| {
            let sentence = format!("cannot convert float {what} to integer");
            Err(Mistake::Argument { sentence })
        };
        match self {
            Number::Float(x) if dtype.is_integer() && x.is_nan() => wrong("NaN"),
            Number::Float(x) if dtype.is_integer() && x.is_infinite() => wrong("infinity"),
            Number::Float(x) if dtype.is_integer() => Number::Int(x as i128).to_scalar(dtype),
            Number::Bool(_) | Number::Int(_) | Number::Float(_) | Number::Complex(_) => self.to_scalar(dtype),
        }
    }

    /// The number (of a complex one the real part) as a float64, rounded if need be.
    pub(crate) fn to_f64(self) -> f64 {
        match self {
            Number::Bool(b) => f64::from(u8::from(b)),
            Number::Int(n) => n as f64,
            Number::Float(x) => x,
            Number::Complex(z) => z.re,
        }
    }
}

macro_rules! elements {
    ($($T:ident = $V:ident, |$x:ident| $write:expr, |$s:ident| $read:expr;)+) => { $(
        impl sealed::Sealed for $T {}

        impl Element for $T {
            const DTYPE: DType = DType::$V;

            #[inline]
            fn to_scalar(self) -> Scalar {
                let $x = self;
                $write
            }

            #[inline]
            fn from_scalar($s: Scalar) -> $T {
                debug_assert_eq!($s.dtype(), DType::$V);
                $read
            }
        }
    )+ };
}

elements! {
    bool = Bool, |x| Scalar::bool(x), |s| s.bits() != 0;
    i8 = I8, |x| Scalar::from_bits(DType::I8, x as u64), |s| s.bits() as i8;
    i16 = I16, |x| Scalar::from_bits(DType::I16, x as u64), |s| s.bits() as i16;
    i32 = I32, |x| Scalar::from_bits(DType::I32, x as u64), |s| s.bits() as i32;
    i64 = I64, |x| Scalar::from_bits(DType::I64, x as u64), |s| s.bits() as i64;
    u8 = U8, |x| Scalar::from_bits(DType::U8, u64::from(x)), |s| s.bits() as u8;
    u16 = U16, |x| Scalar::from_bits(DType::U16, u64::from(x)), |s| s.bits() as u16;
    u32 = U32, |x| Scalar::from_bits(DType::U32, u64::from(x)), |s| s.bits() as u32;
    u64 = U64, |x| Scalar::from_bits(DType::U64, x), |s| s.bits();
    f16 = F16, |x| Scalar::from_bits(DType::F16, x.to_bits().into()), |s| f16::from_bits(s.bits() as u16);
    bf16 = BF16, |x| Scalar::from_bits(DType::BF16, x.to_bits().into()), |s| bf16::from_bits(s.bits() as u16);
    f32 = F32, |x| Scalar::f32(x), |s| s.as_f32();
    f64 = F64, |x| Scalar::f64(x), |s| s.to_f64();
}

macro_rules! complex_elements {
    ($($V:ident of $T:ty, $of:path, $part:path;)+) => { $(
        impl sealed::Sealed for Complex<$T> {}

        impl Element for Complex<$T> {
            const DTYPE: DType = DType::$V;

            #[inline]
            fn to_scalar(self) -> Scalar {
                Scalar::complex($of(self.re), $of(self.im))
            }

            #[inline]
            fn from_scalar(scalar: Scalar) -> Self {
                debug_assert_eq!(scalar.dtype(), DType::$V);
                Complex::new($part(scalar.real()), $part(scalar.imaginary()))
            }
        }

        impl From<Complex<$T>> for Number {
            fn from(z: Complex<$T>) -> Number {
                Number::Complex(Complex::new(z.re.into(), z.im.into()))
            }
        }
    )+ };
}

complex_elements! {
    C64 of f32, Scalar::f32, Scalar::as_f32;
    C128 of f64, Scalar::f64, Scalar::to_f64;
}

macro_rules! integers {
    ($($T:ident)+) => { $(
        impl From<$T> for Number {
            fn from(n: $T) -> Number {
                Number::Int(n as i128)
            }
        }
    )+ };
}

integers! { i8 i16 i32 i64 isize u8 u16 u32 u64 usize }

impl From<bool> for Number {
    fn from(b: bool) -> Number {
        Number::Bool(b)
    }
}

impl From<f16> for Number {
    fn from(x: f16) -> Number {
        Number::Float(x.to_f64())
    }
}

impl From<bf16> for Number {
    fn from(x: bf16) -> Number {
        Number::Float(x.to_f64())
    }
}

impl From<f32> for Number {
    fn from(x: f32) -> Number {
        Number::Float(f64::from(x))
    }
}

impl From<f64> for Number {
    fn from(x: f64) -> Number {
        Number::Float(x)
    }
}
