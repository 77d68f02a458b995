//! Casts: wrapping between integers, saturating from floats, rounding once to floats.

use super::emit::Wide;
use super::inst::{Off, Size};
use super::lanes::{Lanes, Regs, by_bytes, per_register, registers, size};
use super::ops::Op;
use super::prim;
use crate::walk;
use numfuse_ir::dtype::{DType, Kind};
use numfuse_ir::prim::Prim;
use numfuse_ir::scalar::Scalar;
use regalloc2::VReg;
use smallvec::smallvec;

/// A value as another type.
pub(super) fn cast(e: &mut Wide, x: &Lanes, to: DType) -> Lanes {
    let from = x.dtype;
    if from == to {
        return x.clone();
    }
    if let Some(c) = x.constant() {
        return Lanes::known(Prim::Cast(to).eval(&[c]), x.lanes);
    }
    match (from.kind(), to.kind()) {
        (_, Kind::Bool) => {
            let zero = Lanes::known(Scalar::zero(from), x.lanes);
            prim::compare(e, Prim::Ne, x, &zero)
        }
        (Kind::Bool, _) => {
            let (zero, one) = (Scalar::zero(to), Scalar::one(to));
            prim::select(e, x, &Lanes::known(one, x.lanes), &Lanes::known(zero, x.lanes))
        }
        (Kind::Float, Kind::Float) if from.is_half() || to.is_half() => half(e, x, to),
        (Kind::Float, Kind::Float) => {
            let op = if to.bytes() == 8 { Op::Vcvtps2pd } else { Op::Vcvtpd2ps };
            converted(e, x, to, op)
        }
        (Kind::Float, _) => float_to_int(e, x, to),
        (_, Kind::Float) => int_to_float(e, x, to),
        (_, _) => int_to_int(e, x, to),
    }
}

/// A half as float32, or a float as a half: float16 and float32 become each other by an instruction.
fn half(e: &mut Wide, x: &Lanes, to: DType) -> Lanes {
    match (x.dtype, to) {
        (DType::F16, DType::F32) => converted(e, x, to, Op::Vcvtph2ps),
        (DType::F32, DType::F16) => piecewise(e, x, to, |e, piece, size| {
            let half = e.code.through_rm(Op::Vcvtps2ph, size, piece);
            // To nearest, ties to even, whatever the processor's mode is.
            e.code.last().immediate = Some(0);
            half
        }),
        (from, _) => {
            walk::half::conversion(e, Prim::Cast(to), x, from, x.lanes).expect("a half type takes part")
        }
    }
}

/// A float32 rounded to a half type.
pub(super) fn rounded(e: &mut Wide, x: &Lanes, to: DType) -> Lanes {
    if to != DType::F16 {
        let rounded = walk::half::conversion(e, Prim::Round(to), x, x.dtype, x.lanes);
        return rounded.expect("it is a rounding");
    }
    let half = half(e, x, to);
    converted(e, &half, DType::F32, Op::Vcvtph2ps)
}

/// A conversion, one instruction on each register of the side that has more of them.
pub(super) fn converted(e: &mut Wide, x: &Lanes, to: DType, op: Op) -> Lanes {
    piecewise(e, x, to, |e, piece, size| {
        if is_narrowing(op) { e.code.through_rm(op, size, piece) } else { e.code.unary(op, size, piece) }
    })
}

/// True for the operations that write the place `rm`.
fn is_narrowing(op: Op) -> bool {
    matches!(op.row().form, super::ops::Form::Mr)
}

/// What `convert` gives for the lanes of each register of the side that has more of them; it gets
/// those lanes in the low end of a register, and the size of the larger side.
fn piecewise(
    e: &mut Wide,
    x: &Lanes,
    to: DType,
    mut convert: impl FnMut(&mut Wide, VReg, Size) -> VReg,
) -> Lanes {
    let (lanes, from, wide) = (x.lanes, x.bytes(), to.bytes() as u32);
    let regs = e.vectors(x);
    let larger = size(lanes, from.max(wide));
    let (have, want) = (per_register(lanes, from), per_register(lanes, wide));
    if lanes == 1 {
        let reg = convert(e, regs[0], larger);
        let reg = if wide < from { e.spread(reg, wide) } else { reg };
        return Lanes::vector(to, 1, smallvec![reg]);
    }
    if want <= have {
        let piece = |r: usize| {
            let first = r as u32 * want;
            let piece = e.extracted(regs[(first / have) as usize], first % have * from, want * from);
            convert(e, piece, larger)
        };
        let pieces = (0..registers(lanes, wide)).map(piece).collect();
        return Lanes::vector(to, lanes, pieces);
    }
    let parts: Regs = regs.iter().map(|&reg| convert(e, reg, larger)).collect();
    let joined = parts.chunks((want / have) as usize).map(|some| e.joined(some.into(), have * wide));
    Lanes::vector(to, lanes, joined.collect())
}

fn int_to_int(e: &mut Wide, x: &Lanes, to: DType) -> Lanes {
    let (from, wide) = (x.bytes(), to.bytes() as u32);
    if from == wide {
        return Lanes { dtype: to, ..x.clone() };
    }
    let signed = x.dtype.is_signed();
    let op = match (from.min(wide), from.max(wide), from < wide, signed) {
        (1, 2, true, true) => Op::Vpmovsxbw,
        (1, 4, true, true) => Op::Vpmovsxbd,
        (1, 8, true, true) => Op::Vpmovsxbq,
        (2, 4, true, true) => Op::Vpmovsxwd,
        (2, 8, true, true) => Op::Vpmovsxwq,
        (_, _, true, true) => Op::Vpmovsxdq,
        (1, 2, true, false) => Op::Vpmovzxbw,
        (1, 4, true, false) => Op::Vpmovzxbd,
        (1, 8, true, false) => Op::Vpmovzxbq,
        (2, 4, true, false) => Op::Vpmovzxwd,
        (2, 8, true, false) => Op::Vpmovzxwq,
        (_, _, true, false) => Op::Vpmovzxdq,
        (1, 2, false, _) => Op::Vpmovwb,
        (1, 4, false, _) => Op::Vpmovdb,
        (1, 8, false, _) => Op::Vpmovqb,
        (2, 4, false, _) => Op::Vpmovdw,
        (2, 8, false, _) => Op::Vpmovqw,
        (_, _, false, _) => Op::Vpmovqd,
    };
    converted(e, x, to, op)
}

/// Integers as floats, rounded once: those below 32 bits by way of int32, which is exact.
fn int_to_float(e: &mut Wide, x: &Lanes, to: DType) -> Lanes {
    if x.bytes() < 4 {
        let wide = int_to_int(e, x, DType::I32);
        return int_to_float(e, &wide, to);
    }
    let op = match (x.bytes(), to.bytes(), x.dtype.is_signed()) {
        (4, 4, true) => Op::Vcvtdq2ps,
        (4, 4, false) => Op::Vcvtudq2ps,
        (4, _, true) => Op::Vcvtdq2pd,
        (4, _, false) => Op::Vcvtudq2pd,
        (_, 4, true) => Op::Vcvtqq2ps,
        (_, 4, false) => Op::Vcvtuqq2ps,
        (_, _, true) => Op::Vcvtqq2pd,
        (_, _, false) => Op::Vcvtuqq2pd,
    };
    converted(e, x, to, op)
}

/// Floats as integers: truncated and saturated, NaN as 0. What is too large becomes the pattern of
/// the least signed or the greatest unsigned number; the rest is done by masks.
fn float_to_int(e: &mut Wide, x: &Lanes, to: DType) -> Lanes {
    let signed = to.is_signed();
    if to.bytes() < 4 {
        let wide = float_to_int(e, x, if signed { DType::I32 } else { DType::U32 });
        let op = match (to.bytes(), signed) {
            (1, true) => Op::Vpmovsdb,
            (1, false) => Op::Vpmovusdb,
            (_, true) => Op::Vpmovsdw,
            (_, false) => Op::Vpmovusdw,
        };
        return converted(e, &wide, to, op);
    }
    let op = match (x.bytes(), to.bytes(), signed) {
        (4, 4, true) => Op::Vcvttps2dq,
        (4, 4, false) => Op::Vcvttps2udq,
        (4, _, true) => Op::Vcvttps2qq,
        (4, _, false) => Op::Vcvttps2uqq,
        (_, 4, true) => Op::Vcvttpd2dq,
        (_, 4, false) => Op::Vcvttpd2udq,
        (_, _, true) => Op::Vcvttpd2qq,
        (_, _, false) => Op::Vcvttpd2uqq,
    };
    let (dtype, lanes, bytes) = (x.dtype, x.lanes, x.bytes());
    // As many lanes as a piece has: those of a register of the larger side.
    let piece = if lanes == 1 { 1 } else { per_register(lanes, bytes.max(to.bytes() as u32)) };
    let (of_float, of_int) = (size(piece, bytes), size(piece, to.bytes() as u32));
    let compare = if bytes == 4 { Op::Vcmpps } else { Op::Vcmppd };
    piecewise(e, x, to, |e, reg, larger| {
        // Numbers that are not NaN, or for unsigned ones numbers from 0: 7 is ordered, 0x1d at least.
        let zero = prim::zero(e, of_float);
        let (other, how) = if signed { (reg, 7) } else { (zero, 0x1d) };
        let some = e.code.compared(compare, of_float, reg, other, Some(how));
        let whole = e.code.unary(op, larger, reg);
        e.code.last().mask = Some((some, Off::Zero));
        if !signed {
            return whole;
        }
        let limit = Scalar::from_f64(dtype, -(to.min_int() as f64));
        let limit = e.repeated(limit.bits(), bytes, of_float);
        let above = e.code.compared(compare, of_float, reg, limit, Some(0x1d));
        let most = e.repeated(to.max_int() as u64, to.bytes() as u32, of_int);
        let blend = by_bytes(to.bytes() as u32, [Op::Vpblendmb, Op::Vpblendmw, Op::Vpblendmd, Op::Vpblendmq]);
        let saturated = e.code.vector(blend, of_int, whole, most);
        e.code.last().mask = Some((above, Off::Kept));
        saturated
    })
}
