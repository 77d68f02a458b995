//! Conversions between types, as CLIF.
//!
//! In lanes where the code generator has the instruction or a few of them make it up; of one value
//! ([`cast_scalar`]) where [`scalar_loop`](super::prim::scalar_loop) says that there is none.

use super::lanes::{self, Lanes, Regs, int_vector, reinterpret, repeated, scalar_type, vector_type};
use super::prim::{compare, is_long, vector};
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::{InstBuilder, Type, Value, types};
use cranelift_frontend::FunctionBuilder;
use numfuse_ir::dtype::{DType, Kind};
use numfuse_ir::prim::Prim;
use std::cmp::Ordering;

/// A cast of several lanes.
pub(super) fn cast(fb: &mut FunctionBuilder, x: &Lanes, to: DType) -> Lanes {
    let (from, lanes) = (x.dtype, x.lanes);
    if from == to {
        return x.clone();
    }
    match (from.kind(), to.kind()) {
        (Kind::Bool | Kind::Unsigned | Kind::Signed | Kind::Float, Kind::Bool) => {
            let zero = repeated(fb, x.ty(), 0);
            let regs = x.regs.iter().map(|&r| compare(fb, Prim::Ne, from, r, zero)).collect();
            Lanes::mask(lanes, x.width, regs)
        }
        (Kind::Bool, Kind::Unsigned | Kind::Signed | Kind::Float) => {
            let mask = x.with_width(fb, to.bytes() as u32);
            let (ints, one) = (int_vector(mask.width), numfuse_ir::scalar::Scalar::one(to));
            let one = repeated(fb, ints, one.bits());
            let each = |&r: &Value| {
                let bits = fb.ins().band(r, one);
                reinterpret(fb, bits, vector_type(to))
            };
            Lanes::vector(to, lanes, mask.regs.iter().map(each).collect())
        }
        (Kind::Float, Kind::Float) => between_floats(fb, x, to),
        (Kind::Float, Kind::Unsigned | Kind::Signed) => float_to_int(fb, x, to),
        (Kind::Unsigned | Kind::Signed, Kind::Float) => int_to_float(fb, x, to),
        (Kind::Unsigned | Kind::Signed, Kind::Unsigned | Kind::Signed) => {
            Lanes::vector(to, lanes, resize(fb, &x.regs, lanes, from, to))
        }
        (Kind::Complex, _) | (_, Kind::Complex) => unreachable!("a kernel has pairs of floats instead"),
    }
}

/// Integers of one type as integers of another, wrapping.
fn resize(fb: &mut FunctionBuilder, regs: &[Value], lanes: u32, from: DType, to: DType) -> Regs {
    let (mut width, wanted) = (from.bytes() as u32, to.bytes() as u32);
    let mut regs = Regs::from_slice(regs);
    while width < wanted {
        regs = lanes::widened(fb, &regs, lanes, width, from.is_signed());
        width *= 2;
    }
    while width > wanted {
        regs = lanes::narrowed(fb, &regs, width);
        width /= 2;
    }
    regs
}

fn between_floats(fb: &mut FunctionBuilder, x: &Lanes, to: DType) -> Lanes {
    let mut regs = Regs::new();
    if to == DType::F64 {
        let wanted = lanes::registers(x.lanes, 8);
        for &reg in &x.regs {
            regs.push(fb.ins().fvpromote_low(reg));
            if regs.len() < wanted {
                let high = lanes::move_down(fb, reg, 8);
                let high = reinterpret(fb, high, types::F32X4);
                regs.push(fb.ins().fvpromote_low(high));
            }
        }
    } else {
        const JOIN: [u8; 16] = [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23];
        for pair in x.regs.chunks(2) {
            let halves: Vec<Value> = pair.iter().map(|&r| fb.ins().fvdemote(r)).collect();
            regs.push(match halves[..] {
                [low, high] => {
                    let joined = lanes::shuffle(fb, low, high, JOIN);
                    reinterpret(fb, joined, types::F32X4)
                }
                _ => halves[0],
            });
        }
    }
    Lanes::vector(to, x.lanes, regs)
}

/// Integers of up to 32 bits as floats: exact in float64, rounded once in float32.
fn int_to_float(fb: &mut FunctionBuilder, x: &Lanes, to: DType) -> Lanes {
    let signed = x.dtype.is_signed() || x.dtype.bytes() < 4;
    let wide = if x.dtype.is_signed() { DType::I32 } else { DType::U32 };
    let mut regs = resize(fb, &x.regs, x.lanes, x.dtype, wide);
    if to == DType::F64 {
        regs = lanes::widened(fb, &regs, x.lanes, 4, x.dtype.is_signed());
    }
    let ty = vector_type(to);
    let each =
        |&r: &Value| if signed { fb.ins().fcvt_from_sint(ty, r) } else { fb.ins().fcvt_from_uint(ty, r) };
    Lanes::vector(to, x.lanes, regs.iter().map(each).collect())
}

/// Floats as integers of up to 32 bits: truncated and saturated, NaN as 0.
fn float_to_int(fb: &mut FunctionBuilder, x: &Lanes, to: DType) -> Lanes {
    let wide = if to == DType::U32 { DType::U32 } else { DType::I32 };
    let regs = if x.dtype == DType::F64 { double_to_int(fb, x, to) } else { single_to_int(fb, x, to) };
    Lanes::vector(to, x.lanes, resize(fb, &regs, x.lanes, wide, to))
}

fn single_to_int(fb: &mut FunctionBuilder, x: &Lanes, to: DType) -> Regs {
    let mut regs = Regs::new();
    for &reg in &x.regs {
        if to == DType::U32 {
            regs.push(fb.ins().fcvt_to_uint_sat(types::I32X4, reg));
            continue;
        }
        let mut value = fb.ins().fcvt_to_sint_sat(types::I32X4, reg);
        if to.bytes() < 4 {
            let low = repeated(fb, types::I32X4, to.min_int() as i32 as u32 as u64);
            let high = repeated(fb, types::I32X4, to.max_int() as u64);
            value = fb.ins().smax(value, low);
            value = fb.ins().smin(value, high);
        }
        regs.push(value);
    }
    regs
}

/// A float64 within the integer's limits plus 1.5 · 2^52 (2^52 for unsigned) has the integer in
/// its low 32 bits.
fn double_to_int(fb: &mut FunctionBuilder, x: &Lanes, to: DType) -> Regs {
    let ty = types::F64X2;
    let magic = if to == DType::U32 { 4_503_599_627_370_496.0 } else { 6_755_399_441_055_744.0f64 };
    let mut wide = Regs::new();
    for &reg in &x.regs {
        let ordered = fb.ins().fcmp(FloatCC::Equal, reg, reg);
        let ordered = reinterpret(fb, ordered, ty);
        let number = fb.ins().band(reg, ordered);
        let low = repeated(fb, ty, (to.min_int() as f64).to_bits());
        let high = repeated(fb, ty, (to.max_int() as f64).to_bits());
        let above = vector(fb, Prim::Max, DType::F64, &[number, low]);
        let inside = vector(fb, Prim::Min, DType::F64, &[above, high]);
        let whole = fb.ins().trunc(inside);
        let magic = repeated(fb, ty, magic.to_bits());
        let bits = fb.ins().fadd(whole, magic);
        wide.push(reinterpret(fb, bits, types::I64X2));
    }
    lanes::narrowed(fb, &wide, 8)
}

pub(super) fn cast_scalar(fb: &mut FunctionBuilder, x: Value, from: DType, to: DType) -> Value {
    let ty = scalar_type(to);
    match (from.kind(), to.kind()) {
        (Kind::Complex, _) | (_, Kind::Complex) => unreachable!("a kernel has pairs of floats instead"),
        (Kind::Float, Kind::Float) => match from.bytes().cmp(&to.bytes()) {
            Ordering::Less => fb.ins().fpromote(ty, x),
            Ordering::Equal => x,
            Ordering::Greater => fb.ins().fdemote(ty, x),
        },
        (Kind::Float, Kind::Bool) => {
            let zero = lanes::zero(fb, from);
            fb.ins().fcmp(FloatCC::NotEqual, x, zero)
        }
        (Kind::Bool, Kind::Bool) => x,
        (Kind::Unsigned | Kind::Signed, Kind::Bool) => fb.ins().icmp_imm_u(IntCC::NotEqual, x, 0),
        (Kind::Float, Kind::Unsigned | Kind::Signed) => float_to_int_scalar(fb, x, to),
        (Kind::Bool | Kind::Unsigned | Kind::Signed, Kind::Float) => {
            let wide = if from.bytes() < 8 { extend(fb, x, types::I64, from.is_signed()) } else { x };
            // Below 64 bits every integer, signed or not, is a signed 64-bit one.
            let signed = from.is_signed() || from.bytes() < 8;
            if signed { fb.ins().fcvt_from_sint(ty, wide) } else { fb.ins().fcvt_from_uint(ty, wide) }
        }
        (Kind::Bool | Kind::Unsigned | Kind::Signed, Kind::Unsigned | Kind::Signed) => {
            match from.bytes().cmp(&to.bytes()) {
                Ordering::Less => extend(fb, x, ty, from.is_signed()),
                Ordering::Equal => x,
                Ordering::Greater => fb.ins().ireduce(ty, x),
            }
        }
    }
}

fn extend(fb: &mut FunctionBuilder, x: Value, ty: Type, signed: bool) -> Value {
    if signed { fb.ins().sextend(ty, x) } else { fb.ins().uextend(ty, x) }
}

fn float_to_int_scalar(fb: &mut FunctionBuilder, x: Value, to: DType) -> Value {
    if is_long(to) && !to.is_signed() {
        return fb.ins().fcvt_to_uint_sat(types::I64, x);
    }
    let wide = fb.ins().fcvt_to_sint_sat(types::I64, x);
    if is_long(to) {
        return wide;
    }
    let low = fb.ins().iconst(types::I64, to.min_int() as i64);
    let high = fb.ins().iconst(types::I64, to.max_int() as i64);
    let above = fb.ins().smax(wide, low);
    let inside = fb.ins().smin(above, high);
    fb.ins().ireduce(scalar_type(to), inside)
}
