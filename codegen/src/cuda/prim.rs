//! How values and indices are written, and machine operations as expressions of CUDA C.
//!
//! Every prim is total, C is not: signed integers are added as unsigned ones, since their overflow
//! is undefined; divisions and shifts are guarded unless the second operand is a constant that
//! needs no guard; types below 32 bits are computed in 32 and cut when the result is assigned.

use super::c_type;
use crate::mapping::{WARP, Worker};
use crate::walk::Memory;
use numfuse_ir::dtype::{DType, Kind};
use numfuse_ir::prim::Prim;
use numfuse_ir::scalar::Scalar;
use std::fmt;

/// A whole number that is the same for all lanes, an address, or a set of lanes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Index {
    Number(i64),
    /// A launch word of the kernel.
    Word(u32),
    /// A variable `n0`, `n1`, …
    Local(u32),
    /// The units of this launch: the first and the one beyond.
    Begin,
    End,
    /// Which warp of its block a thread is of.
    Member,
    /// Lanes as the condition that each thread tests for itself; a number only where one is needed.
    Lanes(u32),
    /// Where a memory starts.
    Base(Memory),
    /// A variable `p0`, `p1`, … into a memory.
    Pointer(u32, Memory),
}

/// A value: how it is written, its type and its lanes.
#[derive(Clone, Debug)]
pub(super) struct Value {
    pub(super) name: Name,
    pub(super) dtype: DType,
    pub(super) lanes: u32,
    /// It is an array with an element for each lane.
    pub(super) is_array: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Name {
    /// A variable `v0`, `v1`, …
    Local(u32),
    Constant(Scalar),
    /// A number passed at launch.
    Scalar(u32),
    Index(Index),
    /// The number of each lane of that worker.
    Lane(Worker),
    /// The same for lanes that are a warp apart.
    LaneApart,
}

impl Value {
    /// The value, if it is a constant.
    fn known(&self) -> Option<Scalar> {
        match self.name {
            Name::Constant(c) => Some(c),
            Name::Local(_) | Name::Scalar(_) | Name::Index(_) | Name::Lane(_) | Name::LaneApart => None,
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name {
            Name::Local(k) if self.is_array => write!(f, "v{k}[k]"),
            Name::Local(k) => write!(f, "v{k}"),
            Name::Constant(c) => f.write_str(&constant(c)),
            Name::Scalar(k) => write!(f, "s{k}"),
            Name::Index(i) => write!(f, "{i}"),
            Name::Lane(Worker::Thread) if self.lanes == 1 => f.write_str("(i64)0"),
            Name::LaneApart => write!(f, "(i64)k * {WARP}"),
            Name::Lane(Worker::Thread) => f.write_str("(i64)k"),
            Name::Lane(Worker::Warp | Worker::Team | Worker::Core) => f.write_str("lane"),
        }
    }
}

impl fmt::Display for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Index::Number(n) => write!(f, "{n}"),
            Index::Word(k) => write!(f, "w{k}"),
            Index::Local(k) => write!(f, "n{k}"),
            Index::Begin => f.write_str("begin"),
            Index::Member => f.write_str("warp"),
            Index::End => f.write_str("end"),
            Index::Base(Memory::Buffer(b)) => write!(f, "b{}", b.0),
            Index::Base(Memory::Scratch) => f.write_str("scratch"),
            Index::Pointer(k, _) => write!(f, "p{k}"),
            Index::Lanes(_) => unreachable!("a set of lanes is a condition, or becomes a number first"),
        }
    }
}

/// The expression for one operation. It is assigned to a variable of the result's type, and its
/// operands are names and constants, so it needs no parentheses around it.
pub(super) fn expression(prim: Prim, args: &[&Value]) -> String {
    match args[0].dtype.kind() {
        Kind::Float => float(prim, args),
        Kind::Complex => unreachable!("a kernel has pairs of floats instead"),
        Kind::Bool => truth(prim, args),
        Kind::Signed | Kind::Unsigned => integer(prim, args),
    }
}

fn float(prim: Prim, args: &[&Value]) -> String {
    match prim {
        Prim::Add => infix(args, "+"),
        Prim::Sub => infix(args, "-"),
        Prim::Mul => infix(args, "*"),
        Prim::Div => infix(args, "/"),
        Prim::Neg => format!("-{}", args[0]),
        Prim::Abs => call("fabs", args),
        Prim::Fma => call("fma", args),
        Prim::Sqrt => call("sqrt", args),
        Prim::Floor => call("floor", args),
        Prim::Ceil => call("ceil", args),
        Prim::Trunc => call("trunc", args),
        Prim::Rint => call("rint", args),
        Prim::Min | Prim::Max if !args.iter().any(|a| is_nonzero(a)) => {
            format!("exact_{}({}, {})", prim.name(), args[0], args[1])
        }
        Prim::Min | Prim::Max => choice(prim, args),
        Prim::Lt | Prim::Le | Prim::Gt | Prim::Ge | Prim::Eq | Prim::Ne => compare(prim, args),
        Prim::Cast(to) if to.is_integer() => format!("saturate<{}>({})", c_type(to), args[0]),
        Prim::Cast(to) if to.is_half() => format!("narrow_{}({})", to.short(), args[0]),
        Prim::Cast(_) if args[0].dtype.is_half() => format!("widen_{}({})", args[0].dtype.short(), args[0]),
        Prim::Round(to) => format!("round_{}({})", to.short(), args[0]),
        Prim::Cast(to) => cast(args[0], to),
        Prim::Bitcast(to) => bitcast(args[0], to),
        Prim::MulHigh | Prim::Rem | Prim::Shl | Prim::Shr => {
            unreachable!("{} is not typed for floats", prim.name())
        }
        Prim::And | Prim::Or | Prim::Xor | Prim::Not | Prim::Select => {
            unreachable!("{} is not typed for floats", prim.name())
        }
    }
}

fn truth(prim: Prim, args: &[&Value]) -> String {
    match prim {
        Prim::And => infix(args, "&"),
        Prim::Or => infix(args, "|"),
        Prim::Xor => infix(args, "^"),
        Prim::Not => format!("!{}", args[0]),
        Prim::Lt | Prim::Le | Prim::Gt | Prim::Ge | Prim::Eq | Prim::Ne => compare(prim, args),
        Prim::Select if is_choice_of_zero(args[1], args[2]) || is_choice_of_zero(args[2], args[1]) => {
            format!("exact_select({}, {}, {})", args[0], args[1], args[2])
        }
        Prim::Select => format!("{} ? {} : {}", args[0], args[1], args[2]),
        Prim::Cast(to) => cast(args[0], to),
        Prim::Add
        | Prim::Sub
        | Prim::Mul
        | Prim::MulHigh
        | Prim::Div
        | Prim::Rem
        | Prim::Neg
        | Prim::Abs
        | Prim::Min
        | Prim::Max => {
            unreachable!("{} is not typed for truth values", prim.name())
        }
        Prim::Fma | Prim::Sqrt | Prim::Floor | Prim::Ceil | Prim::Trunc | Prim::Rint => {
            unreachable!("{} is typed for floats only", prim.name())
        }
        Prim::Shl | Prim::Shr | Prim::Bitcast(_) | Prim::Round(_) => {
            unreachable!("{} is not typed for truth values", prim.name())
        }
    }
}

fn integer(prim: Prim, args: &[&Value]) -> String {
    match prim {
        Prim::Add => wrapping(args, "+"),
        Prim::Sub => wrapping(args, "-"),
        Prim::Mul => wrapping(args, "*"),
        Prim::MulHigh => format!("__umulhi({}, {})", args[0], args[1]),
        Prim::Div => divide(args, "/", "int_div"),
        Prim::Rem => divide(args, "%", "int_rem"),
        Prim::Neg => negative(args[0]),
        Prim::Abs if args[0].dtype.is_signed() => {
            format!("{} < 0 ? {} : {}", args[0], negative(args[0]), bits(args[0]))
        }
        Prim::Abs => args[0].to_string(),
        Prim::Min | Prim::Max => choice(prim, args),
        Prim::And => infix(args, "&"),
        Prim::Or => infix(args, "|"),
        Prim::Xor => infix(args, "^"),
        Prim::Not => format!("~{}", args[0]),
        Prim::Shl => shift_left(args[0], args[1]),
        Prim::Shr => shift_right(args[0], args[1]),
        Prim::Lt | Prim::Le | Prim::Gt | Prim::Ge | Prim::Eq | Prim::Ne => compare(prim, args),
        Prim::Cast(to) => cast(args[0], to),
        Prim::Bitcast(to) => bitcast(args[0], to),
        Prim::Fma | Prim::Sqrt | Prim::Floor | Prim::Ceil | Prim::Trunc | Prim::Rint | Prim::Round(_) => {
            unreachable!("{} is not typed for integers", prim.name())
        }
        Prim::Select => unreachable!("a choice is made by a truth value"),
    }
}

fn infix(args: &[&Value], operator: &str) -> String {
    format!("{} {operator} {}", args[0], args[1])
}

/// A function of C's mathematics: the float32 one ends in `f`.
fn call(name: &str, args: &[&Value]) -> String {
    let suffix = if args[0].dtype == DType::F32 { "f" } else { "" };
    let args: Vec<String> = args.iter().map(|a| a.to_string()).collect();
    format!("{name}{suffix}({})", args.join(", "))
}

fn compare(prim: Prim, args: &[&Value]) -> String {
    let operator = match prim {
        Prim::Lt => "<",
        Prim::Le => "<=",
        Prim::Gt => ">",
        Prim::Ge => ">=",
        Prim::Eq => "==",
        Prim::Ne => "!=",
        other => unreachable!("{} does not compare", other.name()),
    };
    infix(args, operator)
}

/// The second operand where they are equal or unordered.
fn choice(prim: Prim, args: &[&Value]) -> String {
    let operator = if prim == Prim::Min { "<" } else { ">" };
    format!("{0} {operator} {1} ? {0} : {1}", args[0], args[1])
}

/// A constant that minimum and maximum of C and of the machine treat alike: not a zero.
fn is_nonzero(x: &Value) -> bool {
    x.known().is_some_and(|c| c.to_f64() != 0.0)
}

/// A float zero beside a number that is not a constant.
fn is_choice_of_zero(zero: &Value, other: &Value) -> bool {
    zero.dtype.is_float() && zero.known().is_some_and(|c| c.to_f64() == 0.0) && other.known().is_none()
}

/// A value as the unsigned number of at least 32 bits that holds its bits.
fn bits(x: &Value) -> String {
    if let (Some(c), 1..=4) = (x.known(), x.dtype.bytes()) {
        return format!("{}u", c.to_i128() as u32);
    }
    match (x.dtype.bytes(), x.dtype.kind()) {
        (4 | 8, Kind::Unsigned) => x.to_string(),
        (8, Kind::Bool | Kind::Signed | Kind::Float) => format!("(u64){x}"),
        (0.., Kind::Bool | Kind::Unsigned | Kind::Signed | Kind::Float) => format!("(u32){x}"),
        (0.., Kind::Complex) => unreachable!("a kernel has pairs of floats instead"),
    }
}

fn wrapping(args: &[&Value], operator: &str) -> String {
    format!("{} {operator} {}", bits(args[0]), bits(args[1]))
}

fn negative(x: &Value) -> String {
    format!("0u - {}", bits(x))
}

/// A division, guarded unless the divisor is known to be neither 0 nor -1.
fn divide(args: &[&Value], operator: &str, guarded: &str) -> String {
    match args[1].known() {
        Some(c) if !matches!(c.to_i128(), 0 | -1) => infix(args, operator),
        _ => format!("{guarded}<{}>({}, {})", c_type(args[0].dtype), args[0], args[1]),
    }
}

fn is_inside(by: &Value) -> bool {
    by.known().is_some_and(|c| (0..i128::from(by.dtype.bits())).contains(&c.to_i128()))
}

fn shift_left(x: &Value, by: &Value) -> String {
    if is_inside(by) {
        return format!("{} << {by}", bits(x));
    }
    format!("{} < {}u ? {} << {by} : 0u", bits(by), x.dtype.bits(), bits(x))
}

fn shift_right(x: &Value, by: &Value) -> String {
    let width = x.dtype.bits();
    if is_inside(by) {
        return format!("{x} >> {by}");
    }
    if x.dtype.is_signed() {
        return format!("{x} >> ({} < {width}u ? {by} : {})", bits(by), width - 1);
    }
    format!("{} < {width}u ? {x} >> {by} : 0u", bits(by))
}

fn cast(x: &Value, to: DType) -> String {
    if to == DType::Bool { format!("{x} != 0") } else { format!("({}){x}", c_type(to)) }
}

fn bitcast(x: &Value, to: DType) -> String {
    match (x.dtype.is_float(), to.is_float(), to.bytes()) {
        (true, false, 4) => format!("__float_as_uint({x})"),
        (true, false, 8) => format!("__double_as_longlong({x})"),
        (false, true, 4) => format!("__uint_as_float({x})"),
        (false, true, 8) => format!("__longlong_as_double({x})"),
        (true | false, true | false, 0..) => format!("({}){x}", c_type(to)),
    }
}

/// A constant: in decimal where that is exact and short, else by its bits.
fn constant(c: Scalar) -> String {
    match c.dtype() {
        DType::Bool => c.to_string(),
        DType::F32 if is_short(c.to_f64()) => format!("{c}f"),
        DType::F64 if is_short(c.to_f64()) => c.to_string(),
        DType::F32 => format!("__uint_as_float({:#010x} /* {c} */)", c.bits()),
        DType::F64 => format!("__longlong_as_double({:#018x} /* {c} */)", c.bits()),
        DType::I64 if c.to_i128() == i64::MIN.into() => "(-0x7fffffffffffffffll - 1)".to_string(),
        DType::I32 if c.to_i128() == i32::MIN.into() => "(-0x7fffffff - 1)".to_string(),
        DType::I64 => format!("{c}ll"),
        DType::U64 => format!("{c}ull"),
        DType::U32 => format!("{c}u"),
        DType::I8 | DType::I16 | DType::I32 | DType::U8 | DType::U16 => c.to_string(),
        DType::F16 | DType::BF16 => format!("{:#06x} /* {c} */", c.bits()),
        DType::C64 | DType::C128 => unreachable!("a kernel has pairs of floats instead"),
    }
}

/// True for numbers of at most 24 bits before the point and 8 behind it, among them both zeros.
fn is_short(x: f64) -> bool {
    x.abs() < 16_777_216.0 && (x * 256.0).fract() == 0.0
}
