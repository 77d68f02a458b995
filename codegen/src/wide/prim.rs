//! Every prim on every type. The meaning is `Prim::eval`'s, bit for bit.
//!
//! Nearly every prim is one instruction on each register of a value; `bytes` and `divide` hold what is
//! none.

use super::emit::Wide;
use super::inst::{Base, MASK, Mem, Off, Rm, Size, VECTOR};
use super::lanes::{Lanes, Regs, Where, broadcast, by_bytes, per_register};
use super::ops::{Op, Unit};
use super::{bytes, cast, divide};
use numfuse_ir::dtype::{DType, Kind};
use numfuse_ir::prim::Prim;
use numfuse_ir::scalar::Scalar;
use regalloc2::VReg;
use smallvec::SmallVec;

/// Emits one prim on operands of equally many lanes.
pub(super) fn prim(e: &mut Wide, prim: Prim, args: &[&Lanes]) -> Lanes {
    let first = args[0];
    let constants: Option<SmallVec<[Scalar; 3]>> = args.iter().map(|a| a.constant()).collect();
    if let Some(constants) = constants {
        return Lanes::known(prim.eval(&constants), first.lanes);
    }
    match prim {
        Prim::Select => select(e, args[0], args[1], args[2]),
        Prim::Cast(to) => cast::cast(e, first, to),
        Prim::Bitcast(to) => Lanes { dtype: to, ..first.clone() },
        Prim::Lt | Prim::Le | Prim::Gt | Prim::Ge | Prim::Eq | Prim::Ne if first.dtype != DType::Bool => {
            compare(e, prim, first, args[1])
        }
        Prim::Lt | Prim::Le | Prim::Gt | Prim::Ge | Prim::Eq | Prim::Ne => logic(e, prim, args),
        Prim::And | Prim::Or | Prim::Xor | Prim::Not if first.dtype == DType::Bool => logic(e, prim, args),
        Prim::And | Prim::Or | Prim::Xor => bitwise(e, prim, first, args[1]),
        Prim::Not => bitwise(e, Prim::Xor, first, &Lanes::known(ones(first.dtype), first.lanes)),
        Prim::Add | Prim::Sub | Prim::Mul | Prim::Min | Prim::Max | Prim::Div | Prim::Rem => {
            arithmetic(e, prim, first, args[1])
        }
        Prim::MulHigh => multiply_high(e, first, args[1]),
        Prim::Neg | Prim::Abs => sign(e, prim, first),
        Prim::Fma => fused(e, first, args[1], args[2]),
        Prim::Sqrt => unary(e, by_float(first.dtype, Op::Vsqrtps, Op::Vsqrtpd), first, None),
        Prim::Rint => rounded(e, first, 0),
        Prim::Floor => rounded(e, first, 1),
        Prim::Ceil => rounded(e, first, 2),
        Prim::Trunc => rounded(e, first, 3),
        Prim::Shl | Prim::Shr => shift(e, prim, first, args[1]),
        Prim::Round(to) => cast::rounded(e, first, to),
    }
}

/// One of two by the size of a float.
fn by_float<T>(dtype: DType, single: T, double: T) -> T {
    if dtype.bytes() == 4 { single } else { double }
}

/// A scalar with every bit set.
fn ones(dtype: DType) -> Scalar {
    Scalar::from_bits(dtype, u64::MAX >> (64 - dtype.bits()))
}

/// The size of the elements that an operation can broadcast from memory.
fn broadcasts(op: Op) -> Option<u32> {
    match op.row().unit {
        Unit::Full4 => Some(4),
        Unit::Full8 => Some(8),
        Unit::Full | Unit::Part(_) | Unit::Bytes(_) => None,
    }
}

/// An operation on one value.
fn unary(e: &mut Wide, op: Op, x: &Lanes, immediate: Option<i64>) -> Lanes {
    let each = |r: usize| {
        let x_r = e.operand(x, r, broadcasts(op));
        let reg = e.code.unary(op, x.size(), x_r);
        e.code.last().immediate = immediate;
        reg
    };
    let regs = (0..x.count()).map(each).collect();
    Lanes::vector(x.dtype, x.lanes, regs)
}

/// An operation on two values of one shape, the first of which is in registers.
pub(super) fn binary(e: &mut Wide, op: Op, a: &Lanes, b: &Lanes) -> Lanes {
    let first = e.vectors(a);
    let each = |(r, &a_r): (usize, &VReg)| {
        let b_r = e.operand(b, r, broadcasts(op));
        e.code.vector(op, a.size(), a_r, b_r)
    };
    let regs = first.iter().enumerate().map(each).collect();
    Lanes::vector(a.dtype, a.lanes, regs)
}

/// Two operands that may change places, the one from memory second. Of two NaNs an operation gives
/// the first, so a NaN stays where it is; a number of the launch is none.
fn memory_second<'a>(a: &'a Lanes, b: &'a Lanes) -> (&'a Lanes, &'a Lanes) {
    let may_move = match a.place {
        Where::Known(c) => !c.is_nan(),
        Where::Word(_) => true,
        Where::Registers(_) => false,
    };
    if may_move { (b, a) } else { (a, b) }
}

fn arithmetic(e: &mut Wide, prim: Prim, a: &Lanes, b: &Lanes) -> Lanes {
    let dtype = a.dtype;
    if !dtype.is_float() && matches!(prim, Prim::Div | Prim::Rem) {
        return divide::divide(e, prim, a, b);
    }
    if prim == Prim::Mul && dtype.bytes() == 1 {
        return bytes::multiply(e, a, b);
    }
    let op = if dtype.is_float() { float_op(prim, dtype) } else { int_op(prim, dtype) };
    let moves =
        [Prim::Add, Prim::Mul].contains(&prim) || [Prim::Min, Prim::Max].contains(&prim) && !dtype.is_float();
    let (a, b) = if moves { memory_second(a, b) } else { (a, b) };
    binary(e, op, a, b)
}

/// The upper halves of products of uint32 lanes: whole products of every other lane, put together.
fn multiply_high(e: &mut Wide, a: &Lanes, b: &Lanes) -> Lanes {
    let (first, second) = (e.vectors(a), e.vectors(b));
    let upper = e.code.constant(&0xffff_ffff_0000_0000u64.to_le_bytes());
    let upper = Mem { broadcast: true, ..Mem::at(Base::Pool(upper), 0) };
    let size = a.size();
    let both = |(&x, &y): (&VReg, &VReg)| {
        let even = e.code.vector(Op::Vpmuludq, size, x, y);
        let even = e.code.shifted(Op::Vpsrlq, size, even, 32);
        let (x, y) = (e.code.shifted(Op::Vpsrlq, size, x, 32), e.code.shifted(Op::Vpsrlq, size, y, 32));
        let odd = e.code.vector(Op::Vpmuludq, size, x, y);
        let odd = e.code.vector(Op::Vpandq, size, odd, upper);
        e.code.vector(Op::Vporq, size, even, odd)
    };
    let regs = first.iter().zip(&second).map(both).collect();
    Lanes::vector(a.dtype, a.lanes, regs)
}

fn float_op(prim: Prim, dtype: DType) -> Op {
    let (single, double) = match prim {
        Prim::Add => (Op::Vaddps, Op::Vaddpd),
        Prim::Sub => (Op::Vsubps, Op::Vsubpd),
        Prim::Mul => (Op::Vmulps, Op::Vmulpd),
        Prim::Div => (Op::Vdivps, Op::Vdivpd),
        Prim::Min => (Op::Vminps, Op::Vminpd),
        other => {
            debug_assert_eq!(other, Prim::Max, "the caller saw an operation on two numbers");
            (Op::Vmaxps, Op::Vmaxpd)
        }
    };
    by_float(dtype, single, double)
}

fn int_op(prim: Prim, dtype: DType) -> Op {
    let of = match (prim, dtype.is_signed()) {
        (Prim::Add, _) => [Op::Vpaddb, Op::Vpaddw, Op::Vpaddd, Op::Vpaddq],
        (Prim::Sub, _) => [Op::Vpsubb, Op::Vpsubw, Op::Vpsubd, Op::Vpsubq],
        (Prim::Mul, _) => [Op::Vpmullw, Op::Vpmullw, Op::Vpmulld, Op::Vpmullq],
        (Prim::Min, true) => [Op::Vpminsb, Op::Vpminsw, Op::Vpminsd, Op::Vpminsq],
        (Prim::Min, false) => [Op::Vpminub, Op::Vpminuw, Op::Vpminud, Op::Vpminuq],
        (_, true) => [Op::Vpmaxsb, Op::Vpmaxsw, Op::Vpmaxsd, Op::Vpmaxsq],
        (_, false) => [Op::Vpmaxub, Op::Vpmaxuw, Op::Vpmaxud, Op::Vpmaxuq],
    };
    by_bytes(dtype.bytes() as u32, of)
}

/// An operation on the bits of two numbers, whatever their type.
fn bitwise(e: &mut Wide, prim: Prim, a: &Lanes, b: &Lanes) -> Lanes {
    let (narrow, wide) = match prim {
        Prim::And => (Op::Vpandd, Op::Vpandq),
        Prim::Or => (Op::Vpord, Op::Vporq),
        other => {
            debug_assert_eq!(other, Prim::Xor, "the caller saw an operation on bits");
            (Op::Vpxord, Op::Vpxorq)
        }
    };
    let op = if a.bytes() == 8 { wide } else { narrow };
    let (a, b) = if matches!(a.place, Where::Registers(_)) { (a, b) } else { (b, a) };
    binary(e, op, a, b)
}

fn sign(e: &mut Wide, prim: Prim, x: &Lanes) -> Lanes {
    let (dtype, bits) = (x.dtype, x.dtype.bits());
    let known = |bits: u64| Lanes::known(Scalar::from_bits(dtype, bits), x.lanes);
    let top = 1u64 << (bits - 1);
    match (prim, dtype.kind()) {
        (Prim::Neg, Kind::Float) => bitwise(e, Prim::Xor, x, &known(top)),
        (Prim::Neg, _) => binary(e, int_op(Prim::Sub, dtype), &known(0), x),
        (_, Kind::Float) => bitwise(e, Prim::And, x, &known(top - 1)),
        (_, Kind::Signed) => {
            let of = [Op::Vpabsb, Op::Vpabsw, Op::Vpabsd, Op::Vpabsq];
            unary(e, by_bytes(x.bytes(), of), x, None)
        }
        (_, Kind::Unsigned | Kind::Bool) => x.clone(),
        (_, Kind::Complex) => unreachable!("a kernel has pairs of floats instead"),
    }
}

/// Rounds to a whole number in one of four ways, without saying that it was inexact.
fn rounded(e: &mut Wide, x: &Lanes, how: i64) -> Lanes {
    unary(e, by_float(x.dtype, Op::Vrndscaleps, Op::Vrndscalepd), x, Some(how | 8))
}

/// `a * b + c`, in the form that takes what is in memory from there.
fn fused(e: &mut Wide, a: &Lanes, b: &Lanes, c: &Lanes) -> Lanes {
    let (a, b) = memory_second(a, b);
    let in_memory = |x: &Lanes| !matches!(x.place, Where::Registers(_));
    let (dtype, size) = (a.dtype, a.size());
    let factor_from_memory = in_memory(b) && !in_memory(c);
    let (first, second) = (e.vectors(a), e.vectors(if factor_from_memory { c } else { b }));
    let each = |(r, (&first, &second)): (usize, (&VReg, &VReg))| {
        if factor_from_memory {
            let op = by_float(dtype, Op::Vfmadd231ps, Op::Vfmadd231pd);
            let factor = e.operand(b, r, broadcasts(op));
            return e.code.changed(op, size, second, first, factor);
        }
        let op = by_float(dtype, Op::Vfmadd213ps, Op::Vfmadd213pd);
        let sum = e.operand(c, r, broadcasts(op));
        e.code.changed(op, size, first, second, sum)
    };
    let regs = first.iter().zip(&second).enumerate().map(each).collect();
    Lanes::vector(dtype, a.lanes, regs)
}

/// How the processor numbers comparisons, of floats (quiet ones) and of integers.
fn relation(prim: Prim) -> (i64, i64) {
    match prim {
        Prim::Lt => (0x11, 1),
        Prim::Le => (0x12, 2),
        Prim::Gt => (0x1e, 6),
        Prim::Ge => (0x1d, 5),
        Prim::Eq => (0, 0),
        other => {
            debug_assert_eq!(other, Prim::Ne, "only comparisons are compared");
            (4, 4)
        }
    }
}

/// The comparison with its sides exchanged.
fn mirrored(prim: Prim) -> Prim {
    match prim {
        Prim::Lt => Prim::Gt,
        Prim::Le => Prim::Ge,
        Prim::Gt => Prim::Lt,
        Prim::Ge => Prim::Le,
        same => same,
    }
}

pub(super) fn compare(e: &mut Wide, prim: Prim, a: &Lanes, b: &Lanes) -> Lanes {
    if !matches!(a.place, Where::Registers(_)) && matches!(b.place, Where::Registers(_)) {
        return compare(e, mirrored(prim), b, a);
    }
    let (float, int) = relation(prim);
    let (op, how) = match a.dtype.kind() {
        Kind::Float => (by_float(a.dtype, Op::Vcmpps, Op::Vcmppd), float),
        Kind::Signed => (by_bytes(a.bytes(), [Op::Vpcmpb, Op::Vpcmpw, Op::Vpcmpd, Op::Vpcmpq]), int),
        Kind::Unsigned | Kind::Bool => {
            (by_bytes(a.bytes(), [Op::Vpcmpub, Op::Vpcmpuw, Op::Vpcmpud, Op::Vpcmpuq]), int)
        }
        Kind::Complex => unreachable!("a kernel has pairs of floats instead"),
    };
    let first = e.vectors(a);
    let each = |(r, &a_r): (usize, &VReg)| {
        let b_r = e.operand(b, r, broadcasts(op));
        e.code.compared(op, a.size(), a_r, b_r, Some(how))
    };
    let regs = first.iter().enumerate().map(each).collect();
    Lanes::mask(a.lanes, per_register(a.lanes, a.bytes()), regs)
}

/// How many bits of masks count for these bools: as many as for the first that is in registers.
fn common_bits(args: &[&Lanes]) -> u32 {
    let in_registers = args.iter().find(|a| matches!(a.place, Where::Registers(_)));
    in_registers.map_or(args[0].lanes, |a| a.bits)
}

/// Operations on bools.
fn logic(e: &mut Wide, prim: Prim, args: &[&Lanes]) -> Lanes {
    let bits = common_bits(args);
    let masks: SmallVec<[Regs; 2]> = args.iter().map(|a| e.masks(a, bits)).collect();
    let each = |r: usize| {
        let a = masks[0][r];
        let Some(b) = masks.get(1).map(|m| m[r]) else { return not(e, a) };
        match prim {
            Prim::And => e.code.masks(Op::Kand, a, b),
            Prim::Or => e.code.masks(Op::Kor, a, b),
            Prim::Xor | Prim::Ne => e.code.masks(Op::Kxor, a, b),
            Prim::Lt => e.code.masks(Op::Kandn, a, b),
            Prim::Gt => e.code.masks(Op::Kandn, b, a),
            Prim::Le => {
                let a = not(e, a);
                e.code.masks(Op::Kor, a, b)
            }
            Prim::Ge => {
                let b = not(e, b);
                e.code.masks(Op::Kor, a, b)
            }
            other => {
                debug_assert_eq!(other, Prim::Eq, "the caller saw an operation on bools");
                e.code.masks(Op::Kxnor, a, b)
            }
        }
    };
    let regs = (0..masks[0].len()).map(each).collect();
    Lanes::mask(args[0].lanes, bits, regs)
}

fn not(e: &mut Wide, mask: VReg) -> VReg {
    e.code.two(Op::Knot, Size::X, MASK, mask)
}

/// `mask ? a : b`.
pub(super) fn select(e: &mut Wide, mask: &Lanes, a: &Lanes, b: &Lanes) -> Lanes {
    if a.dtype == DType::Bool {
        return select_masks(e, mask, a, b);
    }
    let (bytes, size) = (a.bytes(), a.size());
    let masks = e.masks(mask, per_register(a.lanes, bytes));
    if b.constant().is_some_and(|c| c.bits() == 0) {
        let regs = masks.iter().enumerate().map(|(r, &k)| where_on(e, k, a, r)).collect();
        return Lanes::vector(a.dtype, a.lanes, regs);
    }
    let otherwise = e.vectors(b);
    let each = |(r, &k): (usize, &VReg)| {
        let op = match a.dtype.kind() {
            Kind::Float => by_float(a.dtype, Op::Vblendmps, Op::Vblendmpd),
            Kind::Bool | Kind::Unsigned | Kind::Signed => {
                by_bytes(bytes, [Op::Vpblendmb, Op::Vpblendmw, Op::Vpblendmd, Op::Vpblendmq])
            }
            Kind::Complex => unreachable!("a kernel has pairs of floats instead"),
        };
        let on = e.operand(a, r, broadcasts(op));
        let reg = e.code.vector(op, size, otherwise[r], on);
        e.code.last().mask = Some((k, Off::Kept));
        reg
    };
    let regs = masks.iter().enumerate().map(each).collect();
    Lanes::vector(a.dtype, a.lanes, regs)
}

/// A register of a value where the mask is on, else 0.
fn where_on(e: &mut Wide, mask: VReg, a: &Lanes, r: usize) -> VReg {
    let bytes = a.bytes();
    let reg = match e.operand(a, r, Some(bytes).filter(|b| *b >= 4)) {
        Rm::Memory(from) => {
            e.code.unary(broadcast(bytes), a.size(), Rm::Memory(Mem { broadcast: false, ..from }))
        }
        from => {
            let of = [Op::Vmovdqu8, Op::Vmovdqu16, Op::Vmovdqu32, Op::Vmovdqu64];
            e.code.unary(by_bytes(bytes, of), a.size(), from)
        }
    };
    e.code.last().mask = Some((mask, Off::Zero));
    reg
}

fn select_masks(e: &mut Wide, mask: &Lanes, a: &Lanes, b: &Lanes) -> Lanes {
    let bits = common_bits(&[mask, a, b]);
    let [m, a_s, b_s] = [mask, a, b].map(|x| e.masks(x, bits));
    let each = |r: usize| {
        let on = e.code.masks(Op::Kand, m[r], a_s[r]);
        let off = e.code.masks(Op::Kandn, m[r], b_s[r]);
        e.code.masks(Op::Kor, on, off)
    };
    let regs = (0..m.len()).map(each).collect();
    Lanes::mask(mask.lanes, bits, regs)
}

/// A shift whose count may be anything: beyond its width nothing is left of a number but its sign.
fn shift(e: &mut Wide, prim: Prim, x: &Lanes, count: &Lanes) -> Lanes {
    if x.bytes() == 1 {
        return bytes::shift(e, prim, x, count);
    }
    let arithmetic = prim == Prim::Shr && x.dtype.is_signed();
    if let Some(c) = count.constant() {
        let by = u8::try_from(c.to_i128()).unwrap_or(u8::MAX);
        let of = match (prim, arithmetic) {
            (Prim::Shl, _) => [Op::Vpsllw, Op::Vpsllw, Op::Vpslld, Op::Vpsllq],
            (_, true) => [Op::Vpsraw, Op::Vpsraw, Op::Vpsrad, Op::Vpsraq],
            (_, false) => [Op::Vpsrlw, Op::Vpsrlw, Op::Vpsrld, Op::Vpsrlq],
        };
        let (op, regs) = (by_bytes(x.bytes(), of), e.vectors(x));
        let regs = regs.iter().map(|&reg| e.code.shifted(op, x.size(), reg, by.into())).collect();
        return Lanes::vector(x.dtype, x.lanes, regs);
    }
    binary(e, by_bytes(x.bytes(), shifts_by_lanes(prim, arithmetic)), x, count)
}

/// Shifts by a count for each lane, by bytes of a lane.
pub(super) fn shifts_by_lanes(prim: Prim, arithmetic: bool) -> [Op; 4] {
    match (prim, arithmetic) {
        (Prim::Shl, _) => [Op::Vpsllvw, Op::Vpsllvw, Op::Vpsllvd, Op::Vpsllvq],
        (_, true) => [Op::Vpsravw, Op::Vpsravw, Op::Vpsravd, Op::Vpsravq],
        (_, false) => [Op::Vpsrlvw, Op::Vpsrlvw, Op::Vpsrlvd, Op::Vpsrlvq],
    }
}

/// A vector of zeros.
pub(super) fn zero(e: &mut Wide, size: Size) -> VReg {
    e.code.same(Op::Vzero, size, VECTOR)
}
