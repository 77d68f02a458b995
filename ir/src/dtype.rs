//! Element types: one table of rows, and the promotion rules that hang from it.
//!
//! A row says everything the compiler knows about a type: its name, its size, its kind and the
//! limits of its values. Promotion is NumPy's (NEP 50): two typed operands meet in the lattice
//! below, while a plain number is *weak* and only its kind can widen the other operand.
//! Half and complex types are further rows; nothing else lists the types.

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
}

macro_rules! dtypes {
    ($($(#[doc = $doc:literal])+ $V:ident = $name:literal, $char:literal, $bytes:literal, $kind:ident;)+) => {
        /// The type of an array's elements.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum DType { $($(#[doc = $doc])+ $V),+ }

        impl DType {
            /// Every type, in the order of the table.
            pub const ALL: &'static [DType] = &[$(DType::$V),+];

            /// NumPy's name, such as `float32`.
            pub const fn name(self) -> &'static str { match self { $(DType::$V => $name),+ } }

            /// NumPy's type character, such as `f4` (without the byte order mark).
            pub const fn numpy_code(self) -> &'static str { match self { $(DType::$V => $char),+ } }

            /// Size of one element in bytes.
            pub const fn bytes(self) -> usize { match self { $(DType::$V => $bytes),+ } }

            /// What sort of numbers it holds.
            pub const fn kind(self) -> Kind { match self { $(DType::$V => Kind::$kind),+ } }
        }
    };
}

dtypes! {
    /// Truth values.
    Bool = "bool", "b1", 1, Bool;
    /// Signed 8-bit integers.
    I8 = "int8", "i1", 1, Signed;
    /// Signed 16-bit integers.
    I16 = "int16", "i2", 2, Signed;
    /// Signed 32-bit integers.
    I32 = "int32", "i4", 4, Signed;
    /// Signed 64-bit integers: the default integer type.
    I64 = "int64", "i8", 8, Signed;
    /// Unsigned 8-bit integers.
    U8 = "uint8", "u1", 1, Unsigned;
    /// Unsigned 16-bit integers.
    U16 = "uint16", "u2", 2, Unsigned;
    /// Unsigned 32-bit integers.
    U32 = "uint32", "u4", 4, Unsigned;
    /// Unsigned 64-bit integers.
    U64 = "uint64", "u8", 8, Unsigned;
    /// Single precision.
    F32 = "float32", "f4", 4, Float;
    /// Double precision: the default floating type.
    F64 = "float64", "f8", 8, Float;
}

impl DType {
    /// Size of one element in bits.
    pub const fn bits(self) -> u32 {
        self.bytes() as u32 * 8
    }

    /// True for float32 and float64.
    pub fn is_float(self) -> bool {
        self.kind() == Kind::Float
    }

    /// True for signed and unsigned integers (not for bool).
    pub fn is_integer(self) -> bool {
        matches!(self.kind(), Kind::Signed | Kind::Unsigned)
    }

    /// True for signed integers.
    pub fn is_signed(self) -> bool {
        self.kind() == Kind::Signed
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

    /// Rust's name, such as `f32`, used in printed IR.
    pub const fn short(self) -> &'static str {
        match self {
            DType::Bool => "bool",
            DType::I8 => "i8",
            DType::I16 => "i16",
            DType::I32 => "i32",
            DType::I64 => "i64",
            DType::U8 => "u8",
            DType::U16 => "u16",
            DType::U32 => "u32",
            DType::U64 => "u64",
            DType::F32 => "f32",
            DType::F64 => "f64",
        }
    }

    /// Least value of an integer type (0 for bool).
    pub fn min_int(self) -> i128 {
        if self.is_signed() { -(1i128 << (self.bits() - 1)) } else { 0 }
    }

    /// Greatest value of an integer type (1 for bool).
    pub fn max_int(self) -> i128 {
        match self.kind() {
            Kind::Bool => 1,
            Kind::Signed => (1i128 << (self.bits() - 1)) - 1,
            Kind::Unsigned | Kind::Float => (1i128 << self.bits()) - 1,
        }
    }

    /// The least type that both operands convert to without loss of kind, as
    /// `numpy.promote_types`: `int32` with `float32` is `float64`, `uint64` with `int64` too.
    pub fn promote(self, other: DType) -> DType {
        let (low, high) = if self.kind() <= other.kind() { (self, other) } else { (other, self) };
        match (low.kind(), high.kind()) {
            (a, b) if a == b => {
                if low.bytes() >= high.bytes() {
                    low
                } else {
                    high
                }
            }
            (Kind::Bool, _) => high,
            (Kind::Unsigned, Kind::Signed) if low.bytes() < high.bytes() => high,
            (Kind::Unsigned, Kind::Signed) if low.bytes() < 8 => signed(low.bytes() * 2),
            (Kind::Unsigned, Kind::Signed) => DType::F64,
            // A float holds every integer of less than half its bytes: 24 and 53 bits.
            (_, Kind::Float) if low.bytes() * 2 <= high.bytes() => high,
            (_, _) => DType::F64,
        }
    }

    /// The type of an array of this type after it met a weak number of kind `weak`
    /// (NEP 50: `float32 + 1.5` is `float32`, `int8 + 1.5` is `float64`, `bool + 1` is `int64`).
    pub fn promote_weak(self, weak: Weak) -> DType {
        match (weak, self.kind()) {
            (Weak::Bool, _) | (Weak::Int, Kind::Unsigned | Kind::Signed) | (_, Kind::Float) => self,
            (Weak::Int, Kind::Bool) => DType::I64,
            (Weak::Float, _) => DType::F64,
        }
    }

    /// The type in which a float function of this type is computed: itself for floats, else the
    /// least float that NumPy picks (`sqrt` of int8 would be float16 there; until that row exists
    /// the next wider one, float32, serves for 8-bit integers).
    pub fn to_float(self) -> DType {
        match (self.kind(), self.bytes()) {
            (Kind::Float, _) => self,
            (_, 1 | 2) => DType::F32,
            (_, _) => DType::F64,
        }
    }
}

fn signed(bytes: usize) -> DType {
    match bytes {
        1 => DType::I8,
        2 => DType::I16,
        4 => DType::I32,
        _ => DType::I64,
    }
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
    }
}
