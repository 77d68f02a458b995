//! What there is no instruction for on elements of 1 byte, made of elements of 2.

use super::emit::Wide;
use super::inst::{Base, Mem};
use super::lanes::{Lanes, by_bytes};
use super::ops::Op;
use super::prim::shifts_by_lanes;
use numfuse_ir::prim::Prim;
use regalloc2::VReg;

/// Both bytes of each pair of two.
struct Halves {
    low: VReg,
    high: VReg,
}

/// Elements of 1 byte as pairs: what `each` makes of the low and the high bytes of every two, of
/// which only those bytes count, put together.
fn by_pairs(
    e: &mut Wide,
    a: &Lanes,
    b: &Lanes,
    mut each: impl FnMut(&mut Wide, VReg, VReg) -> Halves,
) -> Lanes {
    let (first, second) = (e.vectors(a), e.vectors(b));
    let bytes = e.code.constant(&0x00ff_00ffu32.to_le_bytes());
    let low_bytes = Mem { broadcast: true, ..Mem::at(Base::Pool(bytes), 0) };
    let bytes = e.code.constant(&0xff00_ff00u32.to_le_bytes());
    let high_bytes = Mem { broadcast: true, ..Mem::at(Base::Pool(bytes), 0) };
    let size = a.size();
    let both = |(&x, &y): (&VReg, &VReg)| {
        let Halves { low, high } = each(e, x, y);
        let low = e.code.vector(Op::Vpandd, size, low, low_bytes);
        let high = e.code.vector(Op::Vpandd, size, high, high_bytes);
        e.code.vector(Op::Vpord, size, low, high)
    };
    let regs = first.iter().zip(&second).map(both).collect();
    Lanes::vector(a.dtype, a.lanes, regs)
}

/// The low byte of a product of 16-bit lanes is the product of their low bytes.
pub(super) fn multiply(e: &mut Wide, a: &Lanes, b: &Lanes) -> Lanes {
    let size = a.size();
    by_pairs(e, a, b, |e, x, y| {
        let low = e.code.vector(Op::Vpmullw, size, x, y);
        let (x, y) = (e.code.shifted(Op::Vpsrlw, size, x, 8), e.code.shifted(Op::Vpsrlw, size, y, 8));
        let high = e.code.vector(Op::Vpmullw, size, x, y);
        Halves { low, high: e.code.shifted(Op::Vpsllw, size, high, 8) }
    })
}

pub(super) fn shift(e: &mut Wide, prim: Prim, x: &Lanes, count: &Lanes) -> Lanes {
    let size = x.size();
    let arithmetic = prim == Prim::Shr && x.dtype.is_signed();
    let op = by_bytes(2, shifts_by_lanes(prim, arithmetic));
    by_pairs(e, x, count, |e, x, count| {
        let clear = |e: &mut Wide, v: VReg, there: Op, back: Op| {
            let v = e.code.shifted(there, size, v, 8);
            e.code.shifted(back, size, v, 8)
        };
        let few = clear(e, count, Op::Vpsllw, Op::Vpsrlw);
        let many = e.code.shifted(Op::Vpsrlw, size, count, 8);
        // A low byte is extended as its type wants; to the left nothing must come from below.
        let low = clear(e, x, Op::Vpsllw, if arithmetic { Op::Vpsraw } else { Op::Vpsrlw });
        let high = if prim == Prim::Shl { clear(e, x, Op::Vpsrlw, Op::Vpsllw) } else { x };
        Halves { low: e.code.vector(op, size, low, few), high: e.code.vector(op, size, high, many) }
    })
}
