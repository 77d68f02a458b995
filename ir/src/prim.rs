//! The machine operations: a closed enum with typing and meaning.
//!
//! A [`Prim`] is what every back end must know, and all they must know. Everything with a NumPy
//! name is a row of the op table (`ops/table.rs`) written in terms of prims. Four files match on
//! this enum: this one and `prim.rs` in the folders `cpu`, `wide` and `cuda` of `codegen/src`; none of
//! them has a catch-all arm, so the compiler lists what a new prim still needs.
//!
//! Every prim is total: division by zero gives 0, shifts past the width give 0 (or the sign),
//! float to integer saturates. Float operations round once, to nearest even.

use crate::dtype::{DType, Kind};
use crate::scalar::Scalar;

/// One operation on scalars (or on each lane of a vector) of a single type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Prim {
    /// `a + b`; integers wrap.
    Add,
    /// `a - b`; integers wrap.
    Sub,
    /// `a * b`; integers wrap.
    Mul,
    /// The upper half of the whole product `a * b`. Uint32 only.
    MulHigh,
    /// `a / b`; integers truncate, `a / 0` is 0 and `MIN / -1` wraps.
    Div,
    /// Integer remainder with the sign of `a`; `a % 0` is 0. Not for floats.
    Rem,
    /// `-a`; integers wrap.
    Neg,
    /// `|a|`; the least signed integer stays itself.
    Abs,
    /// `a < b ? a : b`: for floats the second operand when they are equal or unordered.
    Min,
    /// `a > b ? a : b`: for floats the second operand when they are equal or unordered.
    Max,
    /// `a * b + c` rounded once. Floats only.
    Fma,
    /// Square root, correctly rounded. Floats only.
    Sqrt,
    /// Greatest integer not above. Floats only.
    Floor,
    /// Least integer not below. Floats only.
    Ceil,
    /// Integer part. Floats only.
    Trunc,
    /// Nearest integer, ties to even. Floats only.
    Rint,
    /// Bits of both. Integers and bool.
    And,
    /// Bits of either. Integers and bool.
    Or,
    /// Bits of exactly one. Integers and bool.
    Xor,
    /// All bits flipped (for bool: the other value). Integers and bool.
    Not,
    /// `a << b`; 0 when `b` is negative or at least the width. Integers.
    Shl,
    /// `a >> b`, arithmetic for signed; 0 or -1 when `b` is negative or at least the width.
    Shr,
    /// `a < b`, false for NaN; gives bool.
    Lt,
    /// `a <= b`, false for NaN; gives bool.
    Le,
    /// `a > b`, false for NaN; gives bool.
    Gt,
    /// `a >= b`, false for NaN; gives bool.
    Ge,
    /// `a == b`, false for NaN; gives bool.
    Eq,
    /// `a != b`, true for NaN; gives bool.
    Ne,
    /// `c ? a : b` with a bool `c`; `a` and `b` of one type.
    Select,
    /// The value in another type: floats round to nearest, float to integer truncates and
    /// saturates with NaN as 0, integers wrap, anything nonzero (NaN too) is true. Half types are
    /// made of float32 and float64 and become float32 only.
    Cast(DType),
    /// The same bits as another type of the same size. Not for bool.
    Bitcast(DType),
    /// A float32 rounded to the nearest value of a half type, ties to even, and left a float32.
    Round(DType),
}

impl Prim {
    /// The name in printed kernels.
    pub const fn name(self) -> &'static str {
        match self {
            Prim::Add => "add",
            Prim::Sub => "sub",
            Prim::Mul => "mul",
            Prim::MulHigh => "mul_high",
            Prim::Div => "div",
            Prim::Rem => "rem",
            Prim::Neg => "neg",
            Prim::Abs => "abs",
            Prim::Min => "min",
            Prim::Max => "max",
            Prim::Fma => "fma",
            Prim::Sqrt => "sqrt",
            Prim::Floor => "floor",
            Prim::Ceil => "ceil",
            Prim::Trunc => "trunc",
            Prim::Rint => "rint",
            Prim::And => "and",
            Prim::Or => "or",
            Prim::Xor => "xor",
            Prim::Not => "not",
            Prim::Shl => "shl",
            Prim::Shr => "shr",
            Prim::Lt => "lt",
            Prim::Le => "le",
            Prim::Gt => "gt",
            Prim::Ge => "ge",
            Prim::Eq => "eq",
            Prim::Ne => "ne",
            Prim::Select => "select",
            Prim::Cast(_) => "cast",
            Prim::Bitcast(_) => "bitcast",
            Prim::Round(_) => "round",
        }
    }

    /// How many operands it takes.
    pub const fn arity(self) -> usize {
        match self {
            Prim::Neg | Prim::Abs | Prim::Sqrt | Prim::Floor | Prim::Ceil | Prim::Trunc | Prim::Rint => 1,
            Prim::Not | Prim::Cast(_) | Prim::Bitcast(_) | Prim::Round(_) => 1,
            Prim::Fma | Prim::Select => 3,
            Prim::Add | Prim::Sub | Prim::Mul | Prim::MulHigh | Prim::Div | Prim::Rem => 2,
            Prim::Min | Prim::Max => 2,
            Prim::And | Prim::Or | Prim::Xor | Prim::Shl | Prim::Shr => 2,
            Prim::Lt | Prim::Le | Prim::Gt | Prim::Ge | Prim::Eq | Prim::Ne => 2,
        }
    }

    /// The type of the result for operands of these types, or `None` where it is not defined.
    #[inline(always)]
    pub fn result(self, args: &[DType]) -> Option<DType> {
        if args.len() != self.arity() {
            return None;
        }
        let first = args[0];
        // What is a half is computed as a float32: only storage and conversions know it. A complex number is
        // two floats, and nothing here knows it.
        if args.iter().any(|d| d.is_complex()) {
            return None;
        }
        let same = args.iter().all(|&d| d == first && !d.is_half());
        let kind = first.kind();
        match self {
            Prim::Add | Prim::Sub | Prim::Mul | Prim::Div | Prim::Min | Prim::Max | Prim::Neg | Prim::Abs => {
                (same && kind != Kind::Bool).then_some(first)
            }
            Prim::Fma | Prim::Sqrt | Prim::Floor | Prim::Ceil | Prim::Trunc | Prim::Rint => {
                (same && kind == Kind::Float).then_some(first)
            }
            Prim::MulHigh => (same && first == DType::U32).then_some(first),
            Prim::Rem | Prim::Shl | Prim::Shr => (same && first.is_integer()).then_some(first),
            Prim::And | Prim::Or | Prim::Xor | Prim::Not => (same && kind != Kind::Float).then_some(first),
            Prim::Lt | Prim::Le | Prim::Gt | Prim::Ge | Prim::Eq | Prim::Ne => same.then_some(DType::Bool),
            Prim::Select => (kind == Kind::Bool && args[1] == args[2] && !args[1].is_half()).then(|| args[1]),
            Prim::Cast(to) | Prim::Bitcast(to) if to.is_complex() => None,
            Prim::Cast(to) if first.is_half() => (to == first.working()).then_some(to),
            Prim::Cast(to) if to.is_half() => (first == DType::F32 || first == DType::F64).then_some(to),
            Prim::Cast(to) => Some(to),
            Prim::Round(to) => (first == to.working() && to.is_half()).then_some(first),
            Prim::Bitcast(to) => {
                let sized = to.bytes() == first.bytes();
                (sized && to != DType::Bool && first != DType::Bool).then_some(to)
            }
        }
    }

    /// The result for these operands: the meaning that both oracles and constant folding use.
    ///
    /// The operands must be of types that [`Prim::result`] accepts.
    #[inline(always)]
    pub fn eval(self, args: &[Scalar]) -> Scalar {
        match args[0].dtype() {
            DType::F32 => float32(self, args),
            DType::F64 => float64(self, args),
            DType::F16 | DType::BF16 => half(self, args[0]),
            DType::Bool | DType::I8 | DType::I16 | DType::I32 | DType::I64 => integer(self, args),
            DType::U8 | DType::U16 | DType::U32 | DType::U64 => integer(self, args),
            DType::C64 | DType::C128 => unreachable!("{} is not typed for complex numbers", self.name()),
        }
    }
}

#[inline(always)]
fn cast(x: Scalar, to: DType) -> Scalar {
    if to == DType::Bool {
        return Scalar::bool(x.is_true() || x.is_nan());
    }
    match x.dtype().kind() {
        Kind::Float | Kind::Complex => Scalar::from_f64(to, x.to_f64()),
        Kind::Bool | Kind::Signed | Kind::Unsigned => Scalar::from_i128(to, x.to_i128()),
    }
}

/// Both float types have the same operations; only the Rust type differs.
macro_rules! float_meaning {
    ($name:ident, $f:ident, $of:expr) => {
        #[inline(always)]
        fn $name(prim: Prim, args: &[Scalar]) -> Scalar {
            let x = |i: usize| -> $f { $of(args[i]) };
            let wrap = Scalar::$f;
            match prim {
                Prim::Add => wrap(x(0) + x(1)),
                Prim::Sub => wrap(x(0) - x(1)),
                Prim::Mul => wrap(x(0) * x(1)),
                Prim::Div => wrap(x(0) / x(1)),
                Prim::Neg => wrap(-x(0)),
                Prim::Abs => wrap(x(0).abs()),
                Prim::Min => wrap(if x(0) < x(1) { x(0) } else { x(1) }),
                Prim::Max => wrap(if x(0) > x(1) { x(0) } else { x(1) }),
                Prim::Fma => wrap(x(0).mul_add(x(1), x(2))),
                Prim::Sqrt => wrap(x(0).sqrt()),
                Prim::Floor => wrap(x(0).floor()),
                Prim::Ceil => wrap(x(0).ceil()),
                Prim::Trunc => wrap(x(0).trunc()),
                Prim::Rint => wrap(x(0).round_ties_even()),
                Prim::Lt => Scalar::bool(x(0) < x(1)),
                Prim::Le => Scalar::bool(x(0) <= x(1)),
                Prim::Gt => Scalar::bool(x(0) > x(1)),
                Prim::Ge => Scalar::bool(x(0) >= x(1)),
                Prim::Eq => Scalar::bool(x(0) == x(1)),
                Prim::Ne => Scalar::bool(x(0) != x(1)),
                Prim::Cast(to) => cast(args[0], to),
                Prim::Bitcast(to) => Scalar::from_bits(to, args[0].bits()),
                Prim::Round(to) => cast(cast(args[0], to), args[0].dtype()),
                Prim::MulHigh | Prim::Rem | Prim::Shl | Prim::Shr => {
                    unreachable!("{} is not typed for floats", prim.name())
                }
                Prim::And | Prim::Or | Prim::Xor | Prim::Not => {
                    unreachable!("{} is not typed for floats", prim.name())
                }
                Prim::Select => unreachable!("a choice is made by a bool"),
            }
        }
    };
}

float_meaning!(float32, f32, |s: Scalar| f32::from_bits(s.bits() as u32));
float_meaning!(float64, f64, |s: Scalar| f64::from_bits(s.bits()));

/// What can be done with a half: it can be converted.
#[inline(always)]
fn half(prim: Prim, x: Scalar) -> Scalar {
    match prim {
        Prim::Cast(to) => cast(x, to),
        Prim::Bitcast(to) => Scalar::from_bits(to, x.bits()),
        other => unreachable!("{} is not typed for {}", other.name(), x.dtype()),
    }
}

/// Integers of every width and bool, exactly, in 128 bits and wrapped at the end.
#[inline(always)]
fn integer(prim: Prim, args: &[Scalar]) -> Scalar {
    let dtype = args[0].dtype();
    let x = |i: usize| args[i].to_i128();
    let wrap = |v: i128| Scalar::from_i128(dtype, v);
    let bits = i128::from(dtype.bits());
    match prim {
        Prim::Add => wrap(x(0) + x(1)),
        Prim::Sub => wrap(x(0) - x(1)),
        Prim::Mul => wrap(x(0).wrapping_mul(x(1))),
        Prim::MulHigh => wrap((x(0) * x(1)) >> bits),
        Prim::Div => wrap(x(0).checked_div(x(1)).unwrap_or(0)),
        Prim::Rem => wrap(x(0).checked_rem(x(1)).unwrap_or(0)),
        Prim::Neg => wrap(-x(0)),
        Prim::Abs => wrap(x(0).abs()),
        Prim::Min => wrap(x(0).min(x(1))),
        Prim::Max => wrap(x(0).max(x(1))),
        Prim::And => wrap(x(0) & x(1)),
        Prim::Or => wrap(x(0) | x(1)),
        Prim::Xor => wrap(x(0) ^ x(1)),
        Prim::Not if dtype == DType::Bool => Scalar::bool(x(0) == 0),
        Prim::Not => wrap(!x(0)),
        Prim::Shl => wrap(if (0..bits).contains(&x(1)) { x(0) << x(1) } else { 0 }),
        Prim::Shr => wrap(x(0) >> if (0..bits).contains(&x(1)) { x(1) } else { bits.max(64) }),
        Prim::Lt => Scalar::bool(x(0) < x(1)),
        Prim::Le => Scalar::bool(x(0) <= x(1)),
        Prim::Gt => Scalar::bool(x(0) > x(1)),
        Prim::Ge => Scalar::bool(x(0) >= x(1)),
        Prim::Eq => Scalar::bool(x(0) == x(1)),
        Prim::Ne => Scalar::bool(x(0) != x(1)),
        Prim::Fma | Prim::Sqrt | Prim::Floor | Prim::Ceil | Prim::Trunc | Prim::Rint | Prim::Round(_) => {
            unreachable!("{} is typed for floats only", prim.name())
        }
        Prim::Select => {
            if args[0].is_true() {
                args[1]
            } else {
                args[2]
            }
        }
        Prim::Cast(to) => cast(args[0], to),
        Prim::Bitcast(to) => Scalar::from_bits(to, args[0].bits()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn division_and_shifts_are_total() {
        let i32 = |x| Scalar::from_i128(DType::I32, x);
        assert_eq!(Prim::Div.eval(&[i32(7), i32(0)]), i32(0));
        assert_eq!(Prim::Rem.eval(&[i32(7), i32(0)]), i32(0));
        assert_eq!(Prim::Div.eval(&[i32(i128::from(i32::MIN)), i32(-1)]), i32(i128::from(i32::MIN)));
        assert_eq!(Prim::Shl.eval(&[i32(1), i32(40)]), i32(0));
        assert_eq!(Prim::Shr.eval(&[i32(-5), i32(99)]), i32(-1));
        assert_eq!(Prim::Shr.eval(&[i32(5), i32(-1)]), i32(0));
    }

    #[test]
    fn the_upper_half_of_a_product() {
        let u32 = |x| Scalar::from_i128(DType::U32, x);
        let most = i128::from(u32::MAX);
        assert_eq!(Prim::MulHigh.eval(&[u32(most), u32(most)]), u32(most - 1));
        assert_eq!(Prim::MulHigh.eval(&[u32(1 << 16), u32(1 << 16)]), u32(1));
        assert_eq!(Prim::MulHigh.eval(&[u32(1 << 16), u32((1 << 16) - 1)]), u32(0));
        assert_eq!(Prim::MulHigh.result(&[DType::U64, DType::U64]), None);
    }

    #[test]
    fn casts_saturate_and_wrap() {
        let nan = Scalar::f32(f32::NAN);
        assert_eq!(Prim::Cast(DType::I8).eval(&[Scalar::f32(300.0)]), Scalar::from_i128(DType::I8, 127));
        assert_eq!(Prim::Cast(DType::U8).eval(&[Scalar::f64(-3.0)]), Scalar::zero(DType::U8));
        assert_eq!(Prim::Cast(DType::I32).eval(&[nan]), Scalar::zero(DType::I32));
        assert_eq!(Prim::Cast(DType::Bool).eval(&[nan]), Scalar::bool(true));
        assert_eq!(
            Prim::Cast(DType::U8).eval(&[Scalar::from_i128(DType::I32, -1)]),
            Scalar::from_i128(DType::U8, 255)
        );
        assert_eq!(
            Prim::Cast(DType::F32).eval(&[Scalar::from_i128(DType::I64, i128::from(i64::MAX))]).as_f32(),
            9.223_372e18
        );
    }
}
