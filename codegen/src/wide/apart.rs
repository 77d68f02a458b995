//! Every second element, the parts of complex numbers above all, and elements backwards: read and written as
//! the neighbours that they lie among, and put in order in registers.
//!
//! A gather or scatter takes longer for each lane than a load of a line and its rearrangement do for all.

use super::emit::Wide;
use super::inst::{MASK, Mem, Off, Rm, Size};
use super::lanes::{Lanes, Regs, by_bytes, per_register, registers};
use super::memory::{LOADS, STORES};
use super::numbers::{Number, further, rm};
use super::ops::Op;
use crate::walk::Place;
use numfuse_ir::dtype::DType;
use regalloc2::VReg;

/// Rearrangements of two registers by the bytes of a lane; bytes are moved in pairs.
const MOVES: [Op; 4] = [Op::Vpermt2w, Op::Vpermt2w, Op::Vpermt2d, Op::Vpermt2q];

/// Whether a value of so many lanes fills at least an xmm register, of which parts are rearranged.
pub(super) fn is_whole(dtype: DType, lanes: u32) -> bool {
    dtype != DType::Bool && lanes * dtype.bytes() as u32 >= 16
}

/// Whether values like this one are written in pairs.
pub(super) fn has_pairs(value: &Lanes) -> bool {
    is_whole(value.dtype, value.lanes) && value.bytes() >= 2
}

/// The lanes that `from` names for each lane, of two registers side by side.
fn arranged(e: &mut Wide, pair: [VReg; 2], bytes: u32, size: Size, from: impl Fn(u32) -> u32) -> VReg {
    let number = |at: u32| u64::from(from(at / bytes)) >> (at % bytes * 8);
    let byte = |at: usize| if at < size.bytes() as usize { number(at as u32) as u8 } else { 0 };
    let order = e.table_of(&std::array::from_fn(byte), size);
    e.code.changed(by_bytes(bytes, MOVES), size, pair[0], order, pair[1])
}

/// Loads as many neighbours before the first lane as there are lanes, and turns them round.
pub(super) fn load_backwards(e: &mut Wide, place: &Place<Number, Lanes>, dtype: DType, lanes: u32) -> Lanes {
    let bytes = dtype.bytes() as u32;
    let (size, count) = (super::lanes::size(lanes, bytes), registers(lanes, bytes));
    let first = e.first(place, bytes as usize);
    let from = Mem { offset: first.offset - ((lanes - 1) * bytes) as i32, ..first };
    let loaded: Regs = (0..count).map(|r| load(e, further(from, 64 * r as u32), bytes, size, None)).collect();
    let turned = loaded.iter().rev().map(|&reg| match bytes {
        1 => {
            let (low, high) =
                (e.code.shifted(Op::Vpsrlw, size, reg, 8), e.code.shifted(Op::Vpsllw, size, reg, 8));
            let swapped = e.code.vector(Op::Vpord, size, low, high);
            let last = size.bytes() / 2 - 1;
            arranged(e, [swapped; 2], 2, size, |lane| last - lane)
        }
        _ => {
            let last = size.bytes() / bytes - 1;
            arranged(e, [reg; 2], bytes, size, |lane| last - lane)
        }
    });
    let regs: Regs = turned.collect();
    Lanes::vector(dtype, lanes, regs)
}

/// Neighbours, those that a mask switches off as 0.
fn load(e: &mut Wide, from: Mem<VReg>, bytes: u32, size: Size, mask: Option<VReg>) -> VReg {
    let reg = e.code.unary(by_bytes(bytes, LOADS), size, rm(from));
    e.code.last().mask = mask.map(|mask| (mask, Off::Zero));
    reg
}

/// Loads every second element: twice as many neighbours, of which the second ones are taken where there is
/// one before each, else the first ones. Nothing is read behind the last of these.
pub(super) fn load_alternate(
    e: &mut Wide,
    place: &Place<Number, Lanes>,
    dtype: DType,
    lanes: u32,
    odd: bool,
    bits: Option<Number>,
) -> Lanes {
    let bytes = dtype.bytes() as u32;
    let first = e.first(place, bytes as usize);
    let from = if odd { Mem { offset: first.offset - bytes as i32, ..first } } else { first };
    let whole = 2 * lanes * bytes;
    let (size, count) = (Size::of(whole), whole.div_ceil(64));
    let each = size.bytes() / bytes;
    let loaded: Regs = (0..count)
        .map(|r| {
            let is_last = r + 1 == count;
            let mask = match bits {
                Some(bits) => Some(spread(e, bits, r * each / 2, each, u32::from(odd))),
                None if odd || !is_last => None,
                None => Some(e.mask_of(Number::Known(super::numbers::low_ones(each - 1)))),
            };
            load(e, further(from, 64 * r), bytes, size, mask)
        })
        .collect();
    let skip = u32::from(odd);
    if bytes == 1 {
        return halved_bytes(e, &loaded, dtype, lanes, odd, size);
    }
    let pairs = loaded.chunks(2).map(|pair| {
        let both = [pair[0], *pair.last().expect("a chunk is not empty")];
        arranged(e, both, bytes, size, |lane| 2 * lane + skip)
    });
    let regs: Regs = pairs.collect();
    Lanes::vector(dtype, lanes, regs)
}

/// Every second byte of registers: words cut down to bytes.
fn halved_bytes(e: &mut Wide, loaded: &[VReg], dtype: DType, lanes: u32, odd: bool, size: Size) -> Lanes {
    let part = |&reg: &VReg| {
        let reg = if odd { e.code.shifted(Op::Vpsrlw, size, reg, 8) } else { reg };
        e.code.through_rm(Op::Vpmovwb, size, reg)
    };
    let parts: Regs = loaded.iter().map(part).collect();
    let of_parts = size.bytes() / 2;
    let joined = parts.chunks(2).map(|pair| e.joined(pair.into(), of_parts));
    let regs: Regs = joined.collect();
    Lanes::vector(dtype, lanes, regs)
}

/// A mask of `each` elements in which those of the lanes from `skip` on are every second one: the first of
/// each two, or the second.
fn spread(e: &mut Wide, bits: Number, skip: u32, each: u32, second: u32) -> VReg {
    let bits = e.general(bits);
    let bits = if skip > 0 { e.code.general_by(Op::ShrBy, bits, skip.into()) } else { bits };
    let places = 0x5555_5555_5555_5555u64 << second & super::numbers::low_ones(each) as u64;
    let places = e.code.number(places as i64);
    let spread = e.code.three(Op::Pdep, Size::X, super::inst::GENERAL, bits, places);
    e.code.two(Op::KmovFrom, Size::X, MASK, spread)
}

/// Stores one value or two at every second element, those of the second right behind those of the first.
pub(super) fn store_alternate(
    e: &mut Wide,
    place: &Place<Number, Lanes>,
    values: [Option<&Lanes>; 2],
    bits: Option<Number>,
) {
    let [Some(first), second] = values else { unreachable!("the first of a pair is there") };
    let (lanes, bytes) = (first.lanes, first.bytes());
    let to = e.first(place, bytes as usize);
    let whole = 2 * lanes * bytes;
    let (size, count) = (Size::of(whole), whole.div_ceil(64));
    let each = size.bytes() / bytes;
    let (low, high) = (e.vectors(first), e.vectors(second.unwrap_or(first)));
    let per = per_register(lanes, bytes);
    for r in 0..count {
        // The lanes of this register, in the registers of the values.
        let from = r * each / 2;
        let (of, skip) = ((from / per) as usize, from % per);
        let both = [low[of], high[of]];
        // Places in the second register count on from those of the first.
        let reg = arranged(e, both, bytes, size, |at| skip + at / 2 + at % 2 * each);
        let mask = match (bits, second) {
            (None, Some(_)) => None,
            (Some(bits), Some(_)) => {
                let [firsts, seconds] = [0, 1].map(|n| spread(e, bits, from, each, n));
                Some(e.code.masks(Op::Kor, firsts, seconds))
            }
            (Some(bits), None) => Some(spread(e, bits, from, each, 0)),
            (None, None) => {
                let places = 0x5555_5555_5555_5555u64 & super::numbers::low_ones(each) as u64;
                Some(e.mask_of(Number::Known(places as i64)))
            }
        };
        e.code.store(by_bytes(bytes, STORES), size, reg, Rm::Memory(further(to, 64 * r)));
        e.code.last().mask = mask.map(|mask| (mask, Off::Kept));
    }
}
