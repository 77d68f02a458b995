//! Every prim on every type, as CLIF.
//!
//! A prim on N lanes is the same instruction on each of their registers wherever the code
//! generator has one; its gaps are worked round here, and what remains is done lane by lane
//! ([`scalar_loop`] says which and why). The meaning is `Prim::eval`'s, bit for bit.

use super::cast::{cast, cast_scalar};
use super::lanes::{Lanes, assemble, reinterpret, repeated, scalar_type, vector_type};
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::{InstBuilder, Value, types};
use cranelift_frontend::FunctionBuilder;
use numfuse_ir::dtype::{DType, Kind};
use numfuse_ir::prim::Prim;

/// Why a prim on several lanes of a type is done lane by lane, if it is.
pub fn scalar_loop(prim: Prim, dtype: DType) -> Option<&'static str> {
    match prim {
        Prim::Div | Prim::Rem if !dtype.is_float() => Some("there is no vector integer division"),
        Prim::Shl | Prim::Shr if dtype.bytes() == 8 => Some("vector shifts take one count for all lanes"),
        Prim::Shl | Prim::Shr => None,
        Prim::Cast(to) if is_long(dtype) && to.is_float() => Some("64-bit integers to floats"),
        Prim::Cast(to) if dtype.is_float() && is_long(to) => Some("floats to 64-bit integers"),
        Prim::Cast(_) => None,
        Prim::Add | Prim::Sub | Prim::Mul | Prim::MulHigh | Prim::Div | Prim::Rem | Prim::Neg => None,
        Prim::Abs | Prim::Min => None,
        Prim::Max | Prim::Fma | Prim::Sqrt | Prim::Floor | Prim::Ceil | Prim::Trunc | Prim::Rint => None,
        Prim::And | Prim::Or | Prim::Xor | Prim::Not | Prim::Select | Prim::Bitcast(_) | Prim::Round(_) => {
            None
        }
        Prim::Lt | Prim::Le | Prim::Gt | Prim::Ge | Prim::Eq | Prim::Ne => None,
    }
}

/// True for integers of 64 bits.
pub(super) fn is_long(dtype: DType) -> bool {
    dtype.is_integer() && dtype.bytes() == 8
}

/// Emits one prim on operands of equally many lanes.
pub(crate) fn prim(fb: &mut FunctionBuilder, prim: Prim, args: &[&Lanes]) -> Lanes {
    let (first, lanes) = (args[0], args[0].lanes);
    let dtypes: Vec<DType> = args.iter().map(|a| a.dtype).collect();
    let result = prim.result(&dtypes).expect("the walk emits well typed prims");
    if lanes == 1 {
        let regs: Vec<Value> = args.iter().map(|a| a.regs[0]).collect();
        return Lanes::scalar(result, scalar(fb, prim, first.dtype, &regs));
    }
    let shifts = matches!(prim, Prim::Shl | Prim::Shr);
    if shifts && args[1].known.is_some() {
        return shift_by_constant(fb, prim, first, args[1]);
    }
    if scalar_loop(prim, first.dtype).is_some() {
        return lane_by_lane(fb, prim, result, args);
    }
    if prim == Prim::Select {
        return select(fb, args);
    }
    if let Prim::Cast(to) = prim {
        return cast(fb, first, to);
    }
    if result == DType::Bool {
        return truth(fb, prim, args);
    }
    let ty = vector_type(result);
    let each = |r: usize| {
        let regs: Vec<Value> = args.iter().map(|a| a.regs[r]).collect();
        let value = vector(fb, prim, first.dtype, &regs);
        reinterpret(fb, value, ty)
    };
    Lanes::vector(result, lanes, (0..first.regs.len()).map(each).collect())
}

fn lane_by_lane(fb: &mut FunctionBuilder, prim: Prim, result: DType, args: &[&Lanes]) -> Lanes {
    let mut scalars = Vec::new();
    for lane in 0..args[0].lanes {
        let operands: Vec<Value> = args.iter().map(|a| a.extract(fb, lane)).collect();
        scalars.push(scalar(fb, prim, args[0].dtype, &operands));
    }
    assemble(fb, result, &scalars)
}

/// What vectors and scalars do with the same instruction.
fn common(fb: &mut FunctionBuilder, prim: Prim, dtype: DType, x: &[Value]) -> Option<Value> {
    let float = dtype.is_float();
    let ins = fb.ins();
    Some(match prim {
        Prim::Add if float => ins.fadd(x[0], x[1]),
        Prim::Add => ins.iadd(x[0], x[1]),
        Prim::Sub if float => ins.fsub(x[0], x[1]),
        Prim::Sub => ins.isub(x[0], x[1]),
        Prim::Mul if float => ins.fmul(x[0], x[1]),
        Prim::Mul => ins.imul(x[0], x[1]),
        Prim::Div if float => ins.fdiv(x[0], x[1]),
        Prim::Neg if float => ins.fneg(x[0]),
        Prim::Neg => ins.ineg(x[0]),
        Prim::Abs if float => ins.fabs(x[0]),
        Prim::Abs if dtype.is_signed() => ins.iabs(x[0]),
        Prim::Abs => x[0],
        Prim::Fma => ins.fma(x[0], x[1], x[2]),
        Prim::Sqrt => ins.sqrt(x[0]),
        Prim::Floor => ins.floor(x[0]),
        Prim::Ceil => ins.ceil(x[0]),
        Prim::Trunc => ins.trunc(x[0]),
        Prim::Rint => ins.nearest(x[0]),
        Prim::And => ins.band(x[0], x[1]),
        Prim::Or => ins.bor(x[0], x[1]),
        Prim::Xor => ins.bxor(x[0], x[1]),
        Prim::Not if dtype != DType::Bool => ins.bnot(x[0]),
        Prim::Lt | Prim::Le | Prim::Gt | Prim::Ge | Prim::Eq | Prim::Ne => {
            compare(fb, prim, dtype, x[0], x[1])
        }
        Prim::MulHigh | Prim::Div | Prim::Rem | Prim::Min | Prim::Max => return None,
        Prim::Not | Prim::Shl | Prim::Shr => return None,
        Prim::Select | Prim::Cast(_) | Prim::Bitcast(_) | Prim::Round(_) => return None,
    })
}

pub(super) fn compare(fb: &mut FunctionBuilder, prim: Prim, dtype: DType, a: Value, b: Value) -> Value {
    use {FloatCC as F, IntCC as I};
    let (float, signed, unsigned) = match prim {
        Prim::Lt => (F::LessThan, I::SignedLessThan, I::UnsignedLessThan),
        Prim::Le => (F::LessThanOrEqual, I::SignedLessThanOrEqual, I::UnsignedLessThanOrEqual),
        Prim::Gt => (F::GreaterThan, I::SignedGreaterThan, I::UnsignedGreaterThan),
        Prim::Ge => (F::GreaterThanOrEqual, I::SignedGreaterThanOrEqual, I::UnsignedGreaterThanOrEqual),
        Prim::Eq => (F::Equal, I::Equal, I::Equal),
        other => {
            debug_assert_eq!(other, Prim::Ne, "only comparisons are compared");
            (F::NotEqual, I::NotEqual, I::NotEqual)
        }
    };
    match dtype.kind() {
        Kind::Float => fb.ins().fcmp(float, a, b),
        Kind::Signed => fb.ins().icmp(signed, a, b),
        Kind::Unsigned | Kind::Bool => fb.ins().icmp(unsigned, a, b),
        Kind::Complex => unreachable!("a kernel has pairs of floats instead"),
    }
}

/// One register of lanes.
pub(super) fn vector(fb: &mut FunctionBuilder, prim: Prim, dtype: DType, x: &[Value]) -> Value {
    match prim {
        Prim::Mul if dtype.bytes() == 1 => multiply_bytes(fb, x[0], x[1]),
        Prim::Min | Prim::Max if dtype.is_float() => {
            // The compare and the blend become one minps or maxps, which have just this meaning.
            let (low, high) = if prim == Prim::Min { (x[0], x[1]) } else { (x[1], x[0]) };
            let mask = fb.ins().fcmp(FloatCC::LessThan, low, high);
            let mask = reinterpret(fb, mask, vector_type(dtype));
            fb.ins().bitselect(mask, x[0], x[1])
        }
        Prim::Min if dtype.is_signed() => fb.ins().smin(x[0], x[1]),
        Prim::Min => fb.ins().umin(x[0], x[1]),
        Prim::Max if dtype.is_signed() => fb.ins().smax(x[0], x[1]),
        Prim::Max => fb.ins().umax(x[0], x[1]),
        Prim::Bitcast(to) => reinterpret(fb, x[0], vector_type(to)),
        Prim::Shl | Prim::Shr => shift_by_lanes(fb, prim, dtype, x[0], x[1]),
        other => common(fb, other, dtype, x).expect("what differs is done above, or lane by lane"),
    }
}

/// There is no multiplication of bytes: even and odd ones are multiplied as 16-bit lanes, whose
/// low byte is the low byte of the product.
fn multiply_bytes(fb: &mut FunctionBuilder, a: Value, b: Value) -> Value {
    let (a, b) = (reinterpret(fb, a, types::I16X8), reinterpret(fb, b, types::I16X8));
    let low = repeated(fb, types::I16X8, 0x00ff_00ff_00ff_00ff);
    let even = fb.ins().imul(a, b);
    let even = fb.ins().band(even, low);
    let (a, b) = (fb.ins().ushr_imm_u(a, 8), fb.ins().ushr_imm_u(b, 8));
    let odd = fb.ins().imul(a, b);
    let odd = fb.ins().ishl_imm_u(odd, 8);
    let both = fb.ins().bor(even, odd);
    reinterpret(fb, both, types::I8X16)
}

/// A shift of all lanes by a count known now.
fn shift_by_constant(fb: &mut FunctionBuilder, prim: Prim, x: &Lanes, count: &Lanes) -> Lanes {
    let count = count.known.expect("the caller saw the constant").to_i128();
    let bits = i128::from(x.dtype.bits());
    let inside = (0..bits).contains(&count);
    let arithmetic = prim == Prim::Shr && x.dtype.is_signed();
    let count = if inside { count } else { bits - 1 } as i64;
    let each = |&reg: &Value| {
        if !inside && !arithmetic {
            return repeated(fb, x.ty(), 0);
        }
        let by = fb.ins().iconst(types::I32, count);
        moved(fb, prim, arithmetic, reg, by)
    };
    Lanes::vector(x.dtype, x.lanes, x.regs.iter().map(each).collect())
}

/// Bits moved up by `Shl`, else down, with the sign or with zeros behind them.
fn moved(fb: &mut FunctionBuilder, prim: Prim, arithmetic: bool, x: Value, by: Value) -> Value {
    if prim == Prim::Shl {
        return fb.ins().ishl(x, by);
    }
    if arithmetic { fb.ins().sshr(x, by) } else { fb.ins().ushr(x, by) }
}

/// A shift by counts that differ from lane to lane, which no instruction of 128 bits does: by 1, 2,
/// 4, … in the lanes whose count has that bit.
fn shift_by_lanes(fb: &mut FunctionBuilder, prim: Prim, dtype: DType, x: Value, count: Value) -> Value {
    let (ty, bits) = (vector_type(dtype), dtype.bits() as u64);
    let arithmetic = prim == Prim::Shr && dtype.is_signed();
    let most = repeated(fb, ty, bits - 1);
    let within = fb.ins().umin(count, most);
    let mut shifted = x;
    for step in (0..).map(|k| 1u64 << k).take_while(|step| *step < bits) {
        let bit = repeated(fb, ty, step);
        let chosen = fb.ins().band(within, bit);
        let chosen = fb.ins().icmp(IntCC::Equal, chosen, bit);
        let by = fb.ins().iconst(types::I32, step as i64);
        let further = moved(fb, prim, arithmetic, shifted, by);
        shifted = fb.ins().bitselect(chosen, further, shifted);
    }
    if arithmetic {
        return shifted;
    }
    // Shifted beyond its width, nothing is left of a number.
    let inside = fb.ins().icmp(IntCC::Equal, within, count);
    fb.ins().band(shifted, inside)
}

/// Prims that give bools: masks as wide as what is compared.
fn truth(fb: &mut FunctionBuilder, prim: Prim, args: &[&Lanes]) -> Lanes {
    if args[0].dtype != DType::Bool {
        let each = |r: usize| compare(fb, prim, args[0].dtype, args[0].regs[r], args[1].regs[r]);
        let regs = (0..args[0].regs.len()).map(each).collect();
        return Lanes::mask(args[0].lanes, args[0].width, regs);
    }
    let width = common_width(args);
    let args: Vec<Lanes> = args.iter().map(|a| a.with_width(fb, width)).collect();
    let each = |r: usize| {
        let a = args[0].regs[r];
        let Some(b) = args.get(1).map(|b| b.regs[r]) else { return fb.ins().bnot(a) };
        match prim {
            Prim::And => fb.ins().band(a, b),
            Prim::Or => fb.ins().bor(a, b),
            Prim::Xor | Prim::Ne => fb.ins().bxor(a, b),
            Prim::Lt => fb.ins().band_not(b, a),
            Prim::Gt => fb.ins().band_not(a, b),
            Prim::Le => not_or(fb, a, b),
            Prim::Ge => not_or(fb, b, a),
            Prim::Eq => {
                let differ = fb.ins().bxor(a, b);
                fb.ins().bnot(differ)
            }
            other => unreachable!("{} takes no two truth values", other.name()),
        }
    };
    let regs = (0..args[0].regs.len()).map(each).collect();
    Lanes::mask(args[0].lanes, width, regs)
}

fn not_or(fb: &mut FunctionBuilder, a: Value, b: Value) -> Value {
    let a = fb.ins().bnot(a);
    fb.ins().bor(a, b)
}

/// The width that masks are brought to: that of the first which is not a constant.
fn common_width(args: &[&Lanes]) -> u32 {
    args.iter().find(|a| a.known.is_none()).unwrap_or(&args[0]).width
}

fn select(fb: &mut FunctionBuilder, args: &[&Lanes]) -> Lanes {
    let dtype = args[1].dtype;
    let width = if dtype == DType::Bool { common_width(args) } else { args[1].width };
    let args: Vec<Lanes> = args.iter().map(|a| a.with_width(fb, width)).collect();
    let ty = args[1].ty();
    let each = |r: usize| {
        let mask = reinterpret(fb, args[0].regs[r], ty);
        fb.ins().bitselect(mask, args[1].regs[r], args[2].regs[r])
    };
    let regs = (0..args[0].regs.len()).map(each).collect();
    Lanes { dtype, lanes: args[1].lanes, width, regs, known: None }
}

/// One lane.
fn scalar(fb: &mut FunctionBuilder, prim: Prim, dtype: DType, x: &[Value]) -> Value {
    match prim {
        Prim::Min | Prim::Max => {
            let less = if prim == Prim::Min { Prim::Lt } else { Prim::Gt };
            let first = compare(fb, less, dtype, x[0], x[1]);
            fb.ins().select(first, x[0], x[1])
        }
        Prim::Div | Prim::Rem if !dtype.is_float() => divide(fb, prim, dtype, x[0], x[1]),
        Prim::Not if dtype == DType::Bool => fb.ins().bxor_imm_u(x[0], 1),
        Prim::Shl | Prim::Shr => shift(fb, prim, dtype, x[0], x[1]),
        Prim::Select => fb.ins().select(x[0], x[1], x[2]),
        Prim::Cast(to) => cast_scalar(fb, x[0], dtype, to),
        Prim::Bitcast(to) => reinterpret(fb, x[0], scalar_type(to)),
        other => common(fb, other, dtype, x).expect("what differs for scalars is done above"),
    }
}

/// Total division: by 0 gives 0, and the least number by -1 wraps, without ever trapping.
fn divide(fb: &mut FunctionBuilder, prim: Prim, dtype: DType, a: Value, b: Value) -> Value {
    let ty = scalar_type(dtype);
    let (zero, one) = (fb.ins().iconst(ty, 0), fb.ins().iconst(ty, 1));
    let by_zero = fb.ins().icmp(IntCC::Equal, b, zero);
    let mut unsafe_divisor = by_zero;
    let minus = dtype.is_signed().then(|| fb.ins().icmp_imm_s(IntCC::Equal, b, -1));
    if let Some(minus) = minus {
        unsafe_divisor = fb.ins().bor(by_zero, minus);
    }
    let divisor = fb.ins().select(unsafe_divisor, one, b);
    let quotient = match (prim == Prim::Div, dtype.is_signed()) {
        (true, true) => fb.ins().sdiv(a, divisor),
        (true, false) => fb.ins().udiv(a, divisor),
        (false, true) => fb.ins().srem(a, divisor),
        (false, false) => fb.ins().urem(a, divisor),
    };
    let quotient = match minus {
        Some(minus) if prim == Prim::Div => {
            let opposite = fb.ins().ineg(a);
            fb.ins().select(minus, opposite, quotient)
        }
        _ => quotient,
    };
    fb.ins().select(by_zero, zero, quotient)
}

/// A shift whose count may be anything.
fn shift(fb: &mut FunctionBuilder, prim: Prim, dtype: DType, a: Value, count: Value) -> Value {
    let (ty, bits) = (scalar_type(dtype), i64::from(dtype.bits()));
    let inside = fb.ins().icmp_imm_u(IntCC::UnsignedLessThan, count, bits);
    if prim == Prim::Shr && dtype.is_signed() {
        let most = fb.ins().iconst(ty, bits - 1);
        let count = fb.ins().select(inside, count, most);
        return fb.ins().sshr(a, count);
    }
    let shifted = if prim == Prim::Shl { fb.ins().ishl(a, count) } else { fb.ins().ushr(a, count) };
    let zero = fb.ins().iconst(ty, 0);
    fb.ins().select(inside, shifted, zero)
}
