//! One value of any [`DType`]: the type beside its bits, so that it is `Eq` and `Hash`.
//!
//! Scalars are what constants, lifted literals and both oracles are made of. Two scalars are
//! equal when their bits are: `-0.0` differs from `0.0`, and a NaN equals itself.

use crate::dtype::{DType, Kind};
use std::fmt;

/// A value of one element type, held as its bits (the low ones; the rest are zero).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Scalar {
    dtype: DType,
    /// Those of a complex number's real part.
    bits: u64,
    /// Those of a complex number's imaginary part; 0 of other types.
    imaginary: u64,
}

impl Scalar {
    /// The value of type `dtype` with these low bits; higher bits are dropped. Of a complex type they are
    /// the real part, and the imaginary part is 0.
    #[inline(always)]
    pub const fn from_bits(dtype: DType, bits: u64) -> Scalar {
        let bytes = if matches!(dtype, DType::C64) { 4 } else { dtype.bytes() };
        let mask = if bytes >= 8 { u64::MAX } else { (1u64 << (bytes * 8)) - 1 };
        Scalar { dtype, bits: bits & mask, imaginary: 0 }
    }

    /// The complex number with these parts, both float32 or both float64.
    pub fn complex(real: Scalar, imaginary: Scalar) -> Scalar {
        debug_assert_eq!(real.dtype, imaginary.dtype, "the parts are of one type");
        Scalar { dtype: real.dtype.to_complex(), bits: real.bits, imaginary: imaginary.bits }
    }

    /// The real part: of a number that is not complex the number.
    pub fn real(self) -> Scalar {
        Scalar::from_bits(self.dtype.part(), self.bits)
    }

    /// The imaginary part: of a number that is not complex 0.
    pub fn imaginary(self) -> Scalar {
        Scalar::from_bits(self.dtype.part(), self.imaginary)
    }

    /// The value that lies in memory as these bytes, little-endian.
    pub fn from_bytes(dtype: DType, bytes: &[u8]) -> Scalar {
        if dtype.is_complex() {
            let (real, imaginary) = bytes.split_at(dtype.part().bytes());
            let part = |bytes| Scalar::from_bytes(dtype.part(), bytes);
            return Scalar::complex(part(real), part(imaginary));
        }
        let mut word = [0; 8];
        word[..bytes.len()].copy_from_slice(bytes);
        Scalar::from_bits(dtype, u64::from_le_bytes(word))
    }

    /// The bytes as which it lies in memory, little-endian.
    pub fn to_bytes(self) -> impl Iterator<Item = u8> {
        let count = self.dtype.part().bytes();
        let imaginary = if self.dtype.is_complex() { count } else { 0 };
        let part = |bits: u64, count: usize| bits.to_le_bytes().into_iter().take(count);
        part(self.bits, count).chain(part(self.imaginary, imaginary))
    }

    /// The values that lie in memory one after another as these bytes.
    pub fn decode(dtype: DType, bytes: &[u8]) -> Vec<Scalar> {
        bytes.chunks_exact(dtype.bytes()).map(|bytes| Scalar::from_bytes(dtype, bytes)).collect()
    }

    /// The bytes as which values lie in memory one after another.
    pub fn encode(values: impl IntoIterator<Item = Scalar>) -> Vec<u8> {
        values.into_iter().flat_map(Scalar::to_bytes).collect()
    }

    /// The truth value `b`.
    #[inline(always)]
    pub const fn bool(b: bool) -> Scalar {
        Scalar { dtype: DType::Bool, bits: b as u64, imaginary: 0 }
    }

    /// A float32.
    #[inline(always)]
    pub fn f32(x: f32) -> Scalar {
        Scalar { dtype: DType::F32, bits: x.to_bits() as u64, imaginary: 0 }
    }

    /// A float64.
    #[inline(always)]
    pub fn f64(x: f64) -> Scalar {
        Scalar { dtype: DType::F64, bits: x.to_bits(), imaginary: 0 }
    }

    /// `x` in type `dtype`: rounded to nearest for floats (for the half types by way of float32, as
    /// NumPy does); wrapped for integers; `x != 0` for bool.
    #[inline(always)]
    pub fn from_i128(dtype: DType, x: i128) -> Scalar {
        match dtype {
            DType::Bool => Scalar::bool(x != 0),
            DType::F32 => Scalar::f32(x as f32),
            DType::F64 => Scalar::f64(x as f64),
            DType::F16 | DType::BF16 => Scalar::from_f64(dtype, f64::from(x as f32)),
            DType::I8 | DType::I16 | DType::I32 | DType::I64 => Scalar::from_bits(dtype, x as u64),
            DType::U8 | DType::U16 | DType::U32 | DType::U64 => Scalar::from_bits(dtype, x as u64),
            DType::C64 | DType::C128 => Scalar::from_part(dtype, Scalar::from_i128(dtype.part(), x)),
        }
    }

    /// The complex number of type `dtype` with that real part, and no other.
    const fn from_part(dtype: DType, real: Scalar) -> Scalar {
        Scalar { dtype, bits: real.bits, imaginary: 0 }
    }

    /// `x` in type `dtype`: rounded to nearest for narrower floats; truncated and saturated for integers
    /// (a NaN gives 0); `x != 0` for bool.
    #[inline(always)]
    pub fn from_f64(dtype: DType, x: f64) -> Scalar {
        let whole = || Scalar::from_i128(dtype, (x as i128).clamp(dtype.min_int(), dtype.max_int()));
        match dtype {
            DType::Bool => Scalar::bool(x != 0.0),
            DType::F32 => Scalar::f32(x as f32),
            DType::F64 => Scalar::f64(x),
            DType::F16 | DType::BF16 => Scalar { dtype, bits: half_bits(dtype, x), imaginary: 0 },
            DType::I8 | DType::I16 | DType::I32 | DType::I64 => whole(),
            DType::U8 | DType::U16 | DType::U32 | DType::U64 => whole(),
            DType::C64 | DType::C128 => Scalar::from_part(dtype, Scalar::from_f64(dtype.part(), x)),
        }
    }

    /// 0 of that type.
    pub const fn zero(dtype: DType) -> Scalar {
        Scalar { dtype, bits: 0, imaginary: 0 }
    }

    /// 1 of that type.
    pub fn one(dtype: DType) -> Scalar {
        Scalar::from_i128(dtype, 1)
    }

    /// The type of the value.
    #[inline(always)]
    pub const fn dtype(self) -> DType {
        self.dtype
    }

    /// The bits of the value (of a complex number those of its real part), zero-extended to 64.
    #[inline(always)]
    pub const fn bits(self) -> u64 {
        self.bits
    }

    /// The value as a float32: only for [`DType::F32`].
    #[inline(always)]
    pub fn as_f32(self) -> f32 {
        debug_assert_eq!(self.dtype, DType::F32);
        f32::from_bits(self.bits as u32)
    }

    /// The value (of a complex number its real part) as a float64; exact for bool, 8 to 32-bit integers and
    /// all floats.
    #[inline(always)]
    pub fn to_f64(self) -> f64 {
        match self.dtype {
            DType::F32 => f64::from(f32::from_bits(self.bits as u32)),
            DType::F64 => f64::from_bits(self.bits),
            DType::F16 | DType::BF16 => half_value(self.dtype, self.bits),
            DType::Bool | DType::I8 | DType::I16 | DType::I32 | DType::I64 => self.to_i128() as f64,
            DType::U8 | DType::U16 | DType::U32 | DType::U64 => self.bits as f64,
            DType::C64 | DType::C128 => self.real().to_f64(),
        }
    }

    /// The value (of a complex number its real part) as an integer: exact for bool and integers, truncated and
    /// saturated for floats.
    #[inline(always)]
    pub fn to_i128(self) -> i128 {
        match self.dtype.kind() {
            Kind::Float | Kind::Complex => self.to_f64() as i128,
            Kind::Signed => {
                let unused = 64 - self.dtype.bits();
                i128::from(((self.bits << unused) as i64) >> unused)
            }
            Kind::Bool | Kind::Unsigned => i128::from(self.bits),
        }
    }

    /// True unless the value is zero (of either sign).
    #[inline(always)]
    pub fn is_true(self) -> bool {
        match self.dtype.kind() {
            Kind::Float => self.to_f64() != 0.0,
            Kind::Complex => self.real().is_true() || self.imaginary().is_true(),
            Kind::Bool | Kind::Signed | Kind::Unsigned => self.bits != 0,
        }
    }

    /// True for a NaN, and for a complex number with one.
    #[inline(always)]
    pub fn is_nan(self) -> bool {
        self.dtype.is_float() && self.to_f64().is_nan()
            || self.dtype.is_complex() && (self.real().is_nan() || self.imaginary().is_nan())
    }

    /// The number that is printed for a float: of a half type the one with the fewest decimal digits
    /// that rounds to the value, else the value.
    pub fn decimal(self) -> f64 {
        let x = self.to_f64();
        if !self.dtype.is_half() || !x.is_finite() {
            return x;
        }
        let rounded = |digits: usize| format!("{x:.digits$e}").parse().unwrap_or(x);
        let reads_back = |short: &f64| Scalar::from_f64(self.dtype, *short) == self;
        (0..17).map(rounded).find(reads_back).unwrap_or(x)
    }

    /// Equal bits, or both NaN: what every comparison between devices and oracles means by the same. Complex
    /// numbers are the same if both their parts are.
    pub fn same(self, other: Scalar) -> bool {
        if self.dtype.is_complex() && other.dtype == self.dtype {
            return self.real().same(other.real()) && self.imaginary().same(other.imaginary());
        }
        self == other || (self.dtype == other.dtype && self.is_nan() && other.is_nan())
    }
}

/// The bits of a half-precision number nearest to `x`, ties to even; beyond the greatest, infinity.
fn half_bits(dtype: DType, x: f64) -> u64 {
    let (fraction, exponent) = (dtype.fraction_bits() as i32, dtype.min_exponent());
    let sign = u64::from(x.is_sign_negative()) << (dtype.bits() - 1);
    let infinity = ((1 << (dtype.bits() - 1)) - 1) ^ ((1 << fraction) - 1);
    if x.is_nan() {
        return sign | infinity | 1 << (fraction - 1);
    }
    if x.is_infinite() {
        return sign | infinity;
    }
    // The exponent of x as it stands in its bits: that of a float64 below all normal ones is less
    // than any that matters.
    let above = ((x.to_bits() >> 52 & 0x7ff) as i32 - 1023).max(exponent) - exponent;
    // How many units in the last place: exact, since it is a scaling by a power of two. The implicit
    // bit of a normal number counts as one more in the exponent.
    let units = (x.abs() * 2f64.powi(fraction - above - exponent)).round_ties_even() as u64;
    sign | (((above as u64) << fraction) + units).min(infinity)
}

/// The number that the bits of a half-precision number say.
fn half_value(dtype: DType, bits: u64) -> f64 {
    let (fraction, exponent) = (dtype.fraction_bits() as i32, dtype.min_exponent());
    let magnitude = bits & ((1 << (dtype.bits() - 1)) - 1);
    let (field, below) = ((magnitude >> fraction) as i32, magnitude & ((1 << fraction) - 1));
    let size = match field {
        0 => below as f64 * 2f64.powi(exponent - fraction),
        top if top == 3 - 2 * exponent => {
            if below == 0 {
                f64::INFINITY
            } else {
                f64::NAN
            }
        }
        other => (below | 1 << fraction) as f64 * 2f64.powi(exponent - fraction + other - 1),
    };
    if bits >> (dtype.bits() - 1) == 1 { -size } else { size }
}

impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.dtype {
            DType::Bool => write!(f, "{}", self.bits != 0),
            DType::F32 => write!(f, "{:?}", self.as_f32()),
            DType::F64 | DType::F16 | DType::BF16 => write!(f, "{:?}", self.decimal()),
            DType::I8 | DType::I16 | DType::I32 | DType::I64 => write!(f, "{}", self.to_i128()),
            DType::U8 | DType::U16 | DType::U32 | DType::U64 => write!(f, "{}", self.bits),
            DType::C64 | DType::C128 => write!(f, "{},{}", self.real(), self.imaginary()),
        }
    }
}

impl fmt::Debug for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}{}", self.dtype.short())
    }
}
