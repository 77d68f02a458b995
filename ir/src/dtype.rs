//! Element types: one table of rows, and the promotion rules that hang from it.
//!
//! A row says everything the compiler knows about a type: its name, its size, its kind and the
//! limits of its values. Promotion is NumPy's (NEP 50): two typed operands meet in the lattice
//! below, while a plain number is *weak* and only its kind can widen the other operand.
//! What a type needs anywhere follows from its row or from its kind; nothing else lists the types.

use std::cmp::Ordering;
use std::fmt;

/// What sort of numbers a [`DType`] holds, in order of weakness: a weak number of one kind never
/// changes an array of an equal or later kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// `true` and `false`, stored as one byte 1 or 0.
    Bool,
    /// Integers from 0.
    Unsigned,
    /// Two's complement integers.
    Signed,
    /// IEEE 754 binary floating point.
    Float,
    /// Two floats: a real and an imaginary part.
    Complex,
}

macro_rules! dtypes {
    ($($(#[doc = $doc:literal])+ $V:ident = $name:literal, $short:literal, $char:literal, $bytes:literal, $kind:ident $(($fraction:literal))?;)+) => {
        /// The type of an array's elements.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum DType { $($(#[doc = $doc])+ $V),+ }

        impl DType {
            /// Every type, in the order of the table.
            pub const ALL: &'static [DType] = &[$(DType::$V),+];

            /// NumPy's name, such as `float32`.
            pub const fn name(self) -> &'static str { match self { $(DType::$V => $name),+ } }

            /// Rust's name, such as `f32`, used in printed IR.
            pub const fn short(self) -> &'static str { match self { $(DType::$V => $short),+ } }

            /// NumPy's type character, such as `f4` (without the byte order mark); `None` of a type
            /// that NumPy does not have.
            pub const fn numpy_code(self) -> Option<&'static str> {
                let code = match self { $(DType::$V => $char),+ };
                if code.is_empty() { None } else { Some(code) }
            }

            /// Size of one element in bytes.
            pub const fn bytes(self) -> usize { match self { $(DType::$V => $bytes),+ } }

            /// What sort of numbers it holds.
            pub const fn kind(self) -> Kind { match self { $(DType::$V => Kind::$kind),+ } }

            /// Bits of a float behind its binary point; 0 of other types.
            pub const fn fraction_bits(self) -> u32 { match self { $(DType::$V => 0 $(+ $fraction)?),+ } }
        }
    };
}

dtypes! {
    /// Truth values.
    Bool = "bool", "bool", "b1", 1, Bool;
    /// Signed 8-bit integers.
    I8 = "int8", "i8", "i1", 1, Signed;
    /// Signed 16-bit integers.
    I16 = "int16", "i16", "i2", 2, Signed;
    /// Signed 32-bit integers.
    I32 = "int32", "i32", "i4", 4, Signed;
    /// Signed 64-bit integers: the default integer type.
    I64 = "int64", "i64", "i8", 8, Signed;
    /// Unsigned 8-bit integers.
    U8 = "uint8", "u8", "u1", 1, Unsigned;
    /// Unsigned 16-bit integers.
    U16 = "uint16", "u16", "u2", 2, Unsigned;
    /// Unsigned 32-bit integers.
    U32 = "uint32", "u32", "u4", 4, Unsigned;
    /// Unsigned 64-bit integers.
    U64 = "uint64", "u64", "u8", 8, Unsigned;
    /// Half precision: five bits of exponent. Computed in float32, rounded after each operation.
    F16 = "float16", "f16", "f2", 2, Float(10);
    /// The upper half of a float32, which NumPy itself does not have. Computed in float32, rounded
    /// after each operation.
    BF16 = "bfloat16", "bf16", "", 2, Float(7);
    /// Single precision.
    F32 = "float32", "f32", "f4", 4, Float(23);
    /// Double precision: the default floating type.
    F64 = "float64", "f64", "f8", 8, Float(52);
    /// Two float32: a real and an imaginary part.
    C64 = "complex64", "c64", "c8", 8, Complex;
    /// Two float64: a real and an imaginary part.
    C128 = "complex128", "c128", "c16", 16, Complex;
}

impl DType {
    /// Size of one element in bits.
    pub const fn bits(self) -> u32 {
        self.bytes() as u32 * 8
    }

    /// True for float16, bfloat16, float32 and float64.
    pub fn is_float(self) -> bool {
        self.kind() == Kind::Float
    }

    /// True for complex64 and complex128.
    pub fn is_complex(self) -> bool {
        self.kind() == Kind::Complex
    }

    /// True for floats and complex numbers.
    pub fn is_inexact(self) -> bool {
        self.is_float() || self.is_complex()
    }

    /// The type of the real and imaginary parts of complex numbers; any other type itself.
    pub fn part(self) -> DType {
        match self {
            DType::C64 => DType::F32,
            DType::C128 => DType::F64,
            other => other,
        }
    }

    /// The least complex type whose parts hold the floats that hold this type's values.
    pub fn to_complex(self) -> DType {
        if self.part().to_float() == DType::F64 { DType::C128 } else { DType::C64 }
    }

    /// True for signed and unsigned integers (not for bool).
    pub fn is_integer(self) -> bool {
        matches!(self.kind(), Kind::Signed | Kind::Unsigned)
    }

    /// True for signed integers.
    pub fn is_signed(self) -> bool {
        self.kind() == Kind::Signed
    }

    /// The type in which kernels compute with values of this one: float32 for the half types, itself
    /// for every other.
    pub fn working(self) -> DType {
        if self.is_float() && self.bytes() < 4 { DType::F32 } else { self }
    }

    /// True for float16 and bfloat16, which are stored but not computed in.
    pub fn is_half(self) -> bool {
        self.working() != self
    }

    /// The exponent of a float's least normal number.
    pub fn min_exponent(self) -> i32 {
        let exponent_bits = self.bits() - 1 - self.fraction_bits();
        2 - (1 << (exponent_bits - 1))
    }

    /// What lies between 1 and the next number of a float type.
    pub fn epsilon(self) -> f64 {
        2f64.powi(-(self.fraction_bits() as i32))
    }

    /// The least positive number with all its digits of a float type.
    pub fn least_normal(self) -> f64 {
        2f64.powi(self.min_exponent())
    }

    /// The greatest finite number of a float type.
    pub fn greatest(self) -> f64 {
        // The greatest exponent is as far above 0 as the least one is below 1.
        (2.0 - self.epsilon()) * 2f64.powi(1 - self.min_exponent())
    }

    /// The signed integer type of the same size: what an element's bits are handled as.
    pub fn same_size_int(self) -> DType {
        signed(self.bytes())
    }

    /// The unsigned integer type of the same size: what sizes of integers are counted as.
    pub fn same_size_unsigned(self) -> DType {
        match self.bytes() {
            1 => DType::U8,
            2 => DType::U16,
            4 => DType::U32,
            _ => DType::U64,
        }
    }

    /// The type of that name, NumPy's or our short one (`float32` or `f32`).
    pub fn parse(name: &str) -> Option<DType> {
        DType::ALL.iter().copied().find(|d| d.name() == name || d.short() == name)
    }

    /// Least value of an integer type (0 for bool).
    pub fn min_int(self) -> i128 {
        if self.is_signed() { -(1i128 << (self.bits() - 1)) } else { 0 }
    }

    /// Greatest value of an integer type (1 for bool, 0 for complex numbers).
    pub fn max_int(self) -> i128 {
        match self.kind() {
            Kind::Bool => 1,
            Kind::Signed => (1i128 << (self.bits() - 1)) - 1,
            Kind::Unsigned | Kind::Float => (1i128 << self.bits()) - 1,
            Kind::Complex => 0,
        }
    }

    /// The least type that both operands convert to without loss of kind, as
    /// `numpy.promote_types`: `int32` with `float32` is `float64`, `uint64` with `int64` too.
    pub fn promote(self, other: DType) -> DType {
        let (low, high) = if self.kind() <= other.kind() { (self, other) } else { (other, self) };
        match low.kind() {
            kind if kind == high.kind() => low.wider(high),
            Kind::Bool => high,
            Kind::Unsigned | Kind::Signed | Kind::Float if high.is_complex() => {
                low.promote(high.part()).to_complex()
            }
            Kind::Unsigned if high.is_signed() => match high.bytes().max(low.bytes() * 2) {
                bytes @ 1..=8 => signed(bytes),
                9.. | 0 => DType::F64,
            },
            // A float holds every integer of less than half its bytes: 8, 24 and 53 bits at least.
            Kind::Unsigned | Kind::Signed | Kind::Float if low.bytes() * 2 <= high.bytes() => high,
            Kind::Unsigned | Kind::Signed | Kind::Float | Kind::Complex => low.to_float(),
        }
    }

    /// The least type of their kind that holds what two types of a kind hold: of the half types,
    /// neither of which holds the other, float32.
    fn wider(self, other: DType) -> DType {
        match self.bytes().cmp(&other.bytes()) {
            Ordering::Less => other,
            Ordering::Greater => self,
            Ordering::Equal if self == other => self,
            Ordering::Equal => self.working(),
        }
    }

    /// The type of an array of this type after it met a weak number of kind `weak`
    /// (NEP 50: `float32 + 1.5` is `float32`, `int8 + 1.5` is `float64`, `bool + 1` is `int64`).
    pub fn promote_weak(self, weak: Weak) -> DType {
        match (self.kind(), weak) {
            (Kind::Complex, Weak::Bool | Weak::Int | Weak::Float | Weak::Complex) => self,
            (Kind::Float, Weak::Bool | Weak::Int | Weak::Float) => self,
            (Kind::Float, Weak::Complex) => self.to_complex(),
            (Kind::Bool | Kind::Unsigned | Kind::Signed, Weak::Complex) => DType::C128,
            (Kind::Unsigned | Kind::Signed, Weak::Bool | Weak::Int) | (Kind::Bool, Weak::Bool) => self,
            (Kind::Bool, Weak::Int) => DType::I64,
            (Kind::Bool | Kind::Unsigned | Kind::Signed, Weak::Float) => DType::F64,
        }
    }

    /// The type of a float function of this type: itself for floats and complex numbers, else the least
    /// float that holds every integer of the type (`sqrt` of int8 and bool is float16, of int16 float32).
    pub fn to_float(self) -> DType {
        match self.kind() {
            Kind::Float | Kind::Complex => self,
            Kind::Bool | Kind::Unsigned | Kind::Signed => match self.bytes() {
                1 => DType::F16,
                2 => DType::F32,
                0 | 3.. => DType::F64,
            },
        }
    }
}

/// The signed integer type of that many bytes.
fn signed(bytes: usize) -> DType {
    let found = DType::ALL.iter().copied().find(|d| d.is_signed() && d.bytes() == bytes);
    found.expect("types have 1, 2, 4 or 8 bytes, and so have the signed integers")
}

/// The kind of a plain number that meets an array: it has no width of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Weak {
    /// `true` or `false`.
    Bool,
    /// An integer literal.
    Int,
    /// A floating-point literal.
    Float,
    /// A complex literal.
    Complex,
}

impl fmt::Display for DType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn promotion_is_symmetric_and_idempotent() {
        for &a in DType::ALL {
            assert_eq!(a.promote(a), a);
            for &b in DType::ALL {
                assert_eq!(a.promote(b), b.promote(a), "{a} {b}");
            }
        }
    }

    #[test]
    fn promotion_knows_the_famous_cases() {
        assert_eq!(DType::I32.promote(DType::F32), DType::F64);
        assert_eq!(DType::I16.promote(DType::F32), DType::F32);
        assert_eq!(DType::U64.promote(DType::I64), DType::F64);
        assert_eq!(DType::U8.promote(DType::I8), DType::I16);
        assert_eq!(DType::F32.promote_weak(Weak::Float), DType::F32);
        assert_eq!(DType::Bool.promote_weak(Weak::Int), DType::I64);
        assert_eq!(DType::I8.promote_weak(Weak::Float), DType::F64);
        assert_eq!(DType::F16.promote(DType::U8), DType::F16);
        assert_eq!(DType::F16.promote(DType::I16), DType::F32);
        assert_eq!(DType::F16.promote(DType::U32), DType::F64);
    }

    #[test]
    fn bfloat16_promotes_as_float16_does_and_meets_it_in_float32() {
        for &other in DType::ALL.iter().filter(|d| !d.is_half()) {
            let half = |d: DType| if d == DType::F16 { DType::BF16 } else { d };
            assert_eq!(DType::BF16.promote(other), half(DType::F16.promote(other)), "{other}");
        }
        assert_eq!(DType::BF16.promote(DType::F16), DType::F32);
        assert_eq!(DType::BF16.promote_weak(Weak::Float), DType::BF16);
    }

    #[test]
    fn complex_numbers_are_as_wide_as_their_parts_must_be() {
        assert_eq!(DType::C64.promote(DType::F64), DType::C128);
        assert_eq!(DType::C64.promote(DType::I16), DType::C64);
        assert_eq!(DType::I32.promote(DType::C64), DType::C128);
        assert_eq!(DType::C64.promote(DType::BF16), DType::C64);
        assert_eq!(DType::F32.promote_weak(Weak::Complex), DType::C64);
        assert_eq!(DType::I8.promote_weak(Weak::Complex), DType::C128);
        assert_eq!((DType::F16.to_complex(), DType::C128.to_complex()), (DType::C64, DType::C128));
    }

    #[test]
    fn floats_know_their_format() {
        let formats = [DType::F16, DType::BF16, DType::F32, DType::F64]
            .map(|d| (d.fraction_bits(), d.min_exponent(), d.working()));
        assert_eq!(formats[0], (10, -14, DType::F32));
        assert_eq!(formats[1], (7, -126, DType::F32));
        assert_eq!(formats[2], (23, -126, DType::F32));
        assert_eq!(formats[3], (52, -1022, DType::F64));
    }
}
