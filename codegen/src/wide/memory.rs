//! Loads and stores of N lanes: neighbours, strided, gathered, and with lanes switched off.
//!
//! No access touches an element that no active lane names: a masked access does not touch, nor
//! fault on, what its mask switches off. Elements of 1 and 2 bytes that are no neighbours go one by
//! one through the stack.

use super::apart;
use super::emit::Wide;
use super::inst::{Base, GENERAL, Inst, MASK, Mem, Off, Rm, Size, VECTOR};
use super::lanes::{Lanes, Regs, broadcast, by_bytes, per_register, registers, size};
use super::numbers::{Number, further, rm};
use super::ops::Op;
use crate::walk::{Active, Emit, Place, Spread, Step};
use numfuse_ir::dtype::DType;
use numfuse_ir::prim::Prim;
use regalloc2::VReg;
use smallvec::smallvec;

/// Loads of vectors by the bytes of a lane, which masks go by.
pub(super) const LOADS: [Op; 4] = [Op::Vmovdqu8, Op::Vmovdqu16, Op::Vmovdqu32, Op::Vmovdqu64];
/// Stores likewise.
pub(super) const STORES: [Op; 4] =
    [Op::Vmovdqu8Store, Op::Vmovdqu16Store, Op::Vmovdqu32Store, Op::Vmovdqu64Store];
/// Lanes of one register of 64-bit places.
const PLACES: u32 = 8;

/// A value whose lanes are neighbours in memory.
pub(super) fn read(e: &mut Wide, from: Mem<VReg>, dtype: DType, lanes: u32) -> Lanes {
    let bytes = dtype.bytes() as u32;
    let regs: Regs = if lanes == 1 {
        smallvec![e.code.unary(broadcast(bytes), Size::Z, rm(from))]
    } else {
        let whole = lanes * bytes;
        let each =
            (0..registers(lanes, bytes)).map(|r| read_part(e, further(from, 64 * r as u32), whole, bytes));
        each.collect()
    };
    if dtype == DType::Bool { e.bool_of(regs[0], lanes) } else { Lanes::vector(dtype, lanes, regs) }
}

/// One register of a value of so many bytes.
fn read_part(e: &mut Wide, from: Mem<VReg>, whole: u32, element: u32) -> VReg {
    let op = match whole {
        2 => {
            let low = e.code.general(Op::Movzx16, rm(from));
            return e.code.unary(Op::Vmovd, Size::X, low);
        }
        4 => Op::Vmovd,
        8 => Op::Vmovq,
        _ if element == 8 => Op::Vmovdqu64,
        _ => Op::Vmovdqu32,
    };
    e.code.unary(op, Size::of(whole), rm(from))
}

/// Writes a value whose lanes are neighbours in memory.
pub(super) fn write(e: &mut Wide, to: Mem<VReg>, value: &Lanes) {
    let bytes = value.bytes();
    let regs: Regs = if value.dtype == DType::Bool { smallvec![e.bytes_of(value)] } else { e.vectors(value) };
    if value.lanes == 1 {
        return write_low(e, to, regs[0], bytes);
    }
    let whole = value.lanes * bytes;
    if whole < 16 {
        return write_low(e, to, regs[0], whole);
    }
    let op = match bytes {
        // Whole lines: the mapping has seen that they are aligned.
        _ if e.code.streams && whole >= 64 => Op::Vmovntdq,
        8 => Op::Vmovdqu64Store,
        _ => Op::Vmovdqu32Store,
    };
    for (r, &reg) in regs.iter().enumerate() {
        e.code.store(op, Size::of(whole), reg, further(to, 64 * r as u32));
    }
}

/// Writes the low bytes of a vector: 1, 2, 4 or 8.
fn write_low(e: &mut Wide, to: Mem<VReg>, reg: VReg, bytes: u32) {
    let op = by_bytes(bytes, [Op::VpextrbStore, Op::VpextrwStore, Op::VmovdStore, Op::VmovqStore]);
    e.code.store(op, Size::X, reg, to);
    if bytes < 4 {
        e.code.last().immediate = Some(0);
    }
}

/// Loads a value; lanes that are off get 0.
pub(super) fn load(
    e: &mut Wide,
    place: &Place<Number, Lanes>,
    dtype: DType,
    lanes: u32,
    active: Option<Active<Number>>,
) -> Lanes {
    let bytes = dtype.bytes();
    match (&place.spread, active) {
        (Spread::Same, Some(active)) if !active.tail => load_if_any(e, place, dtype, active.bits),
        (Spread::Same, _) => {
            let from = e.first(place, bytes);
            read(e, from, dtype, 1)
        }
        (Spread::Unit, None) => {
            let from = e.first(place, bytes);
            read(e, from, dtype, lanes)
        }
        (Spread::Unit, Some(active)) => load_masked(e, place, dtype, lanes, active.bits),
        (Spread::Backwards, None) if apart::is_whole(dtype, lanes) => {
            apart::load_backwards(e, place, dtype, lanes)
        }
        (Spread::Alternate { odd }, _) if apart::is_whole(dtype, lanes) => {
            apart::load_alternate(e, place, dtype, lanes, *odd, active.map(|a| a.bits))
        }
        _ if bytes < 4 => load_one_by_one(e, place, dtype, lanes, active.map(|a| a.bits)),
        _ => gather(e, place, dtype, lanes, active.map(|a| a.bits)),
    }
}

/// Stores a value in the lanes that are on.
pub(super) fn store(
    e: &mut Wide,
    place: &Place<Number, Lanes>,
    value: &Lanes,
    active: Option<Active<Number>>,
) {
    let bytes = value.dtype.bytes();
    match (&place.spread, active) {
        (Spread::Same, _) | (Spread::Unit, None) => {
            let to = e.first(place, bytes);
            write(e, to, value);
        }
        (Spread::Unit, Some(active)) => store_masked(e, place, value, active.bits),
        (Spread::Alternate { .. }, _) if apart::has_pairs(value) => {
            apart::store_alternate(e, place, [Some(value), None], active.map(|a| a.bits));
        }
        _ if bytes < 4 => store_one_by_one(e, place, value, active.map(|a| a.bits)),
        _ => scatter(e, place, value, active.map(|a| a.bits)),
    }
}

/// One element for all lanes, if any lane is on.
fn load_if_any(e: &mut Wide, place: &Place<Number, Lanes>, dtype: DType, bits: Number) -> Lanes {
    // All 64 bits are a negative number, but neither their half nor the lowest of them is.
    let all = e.general(bits);
    let (half, odd) = (e.code.general_by(Op::ShrBy, all, 1), e.code.general_by(Op::AndBy, all, 1));
    let some = e.step(Step::Max, Number::Register(half), Number::Register(odd));
    let any = e.step(Step::Min, some, Number::Known(1));
    let mask = e.mask_of(any);
    let bytes = dtype.bytes() as u32;
    let from = e.first(place, bytes as usize);
    let low = e.code.unary(by_bytes(bytes, LOADS), Size::X, rm(from));
    e.code.last().mask = Some((mask, Off::Zero));
    let all = e.spread(low, bytes);
    if dtype == DType::Bool { e.bool_of(all, 1) } else { Lanes::vector(dtype, 1, smallvec![all]) }
}

/// The mask of each register of a value whose registers have so many lanes.
fn masks_of(e: &mut Wide, bits: Option<Number>, per: u32, count: usize) -> Vec<VReg> {
    let Some(bits) = bits else {
        return (0..count).map(|_| e.code.same(Op::Kones, Size::X, MASK)).collect();
    };
    let all = e.mask_of(bits);
    let part = |r: usize| if r == 0 { all } else { e.mask_from(all, r as u32 * per) };
    (0..count).map(part).collect()
}

fn load_masked(e: &mut Wide, place: &Place<Number, Lanes>, dtype: DType, lanes: u32, bits: Number) -> Lanes {
    let bytes = dtype.bytes() as u32;
    let from = e.first(place, bytes as usize);
    let masks = masks_of(e, Some(bits), per_register(lanes, bytes), registers(lanes, bytes));
    let regs: Regs = masks
        .into_iter()
        .enumerate()
        .map(|(r, mask)| {
            let from = rm(further(from, 64 * r as u32));
            let reg = e.code.unary(by_bytes(bytes, LOADS), size(lanes, bytes), from);
            e.code.last().mask = Some((mask, Off::Zero));
            reg
        })
        .collect();
    if dtype == DType::Bool { e.bool_of(regs[0], lanes) } else { Lanes::vector(dtype, lanes, regs) }
}

fn store_masked(e: &mut Wide, place: &Place<Number, Lanes>, value: &Lanes, bits: Number) {
    let bytes = value.bytes();
    let to = e.first(place, bytes as usize);
    let regs: Regs = if value.dtype == DType::Bool { smallvec![e.bytes_of(value)] } else { e.vectors(value) };
    let masks = masks_of(e, Some(bits), per_register(value.lanes, bytes), regs.len());
    for (r, (&reg, mask)) in regs.iter().zip(masks).enumerate() {
        e.code.store(by_bytes(bytes, STORES), value.size(), reg, further(to, 64 * r as u32));
        e.code.last().mask = Some((mask, Off::Kept));
    }
}

/// Where each lane lies from the first, in elements.
fn places(e: &mut Wide, spread: &Spread<Number, Lanes>, lanes: u32) -> Lanes {
    match spread {
        Spread::Gather(index) => index.clone(),
        Spread::Strided(stride) => {
            let numbers = e.lane_numbers(lanes);
            let stride = e.from_index(*stride);
            let stride = e.splat(&stride, lanes);
            e.prim(Prim::Mul, &[&numbers, &stride])
        }
        Spread::Unit | Spread::Same => e.lane_numbers(lanes),
        Spread::Backwards | Spread::Alternate { .. } => {
            let by = step_of(spread);
            let number = |lane: usize| (lane as i64 * by).to_le_bytes();
            let regs = (0..registers(lanes, 8)).map(|r| {
                let bytes = std::array::from_fn(|byte| number(8 * r + byte / 8)[byte % 8]);
                e.table_of(&bytes, size(lanes, 8))
            });
            Lanes::vector(DType::I64, lanes, regs.collect())
        }
    }
}

/// How far neighbouring lanes are apart, where that is known.
fn step_of(spread: &Spread<Number, Lanes>) -> i64 {
    match spread {
        Spread::Backwards => -1,
        Spread::Alternate { .. } => 2,
        Spread::Same | Spread::Unit | Spread::Strided(_) | Spread::Gather(_) => 1,
    }
}

fn gather(
    e: &mut Wide,
    place: &Place<Number, Lanes>,
    dtype: DType,
    lanes: u32,
    bits: Option<Number>,
) -> Lanes {
    let bytes = dtype.bytes() as u32;
    let places = places(e, &place.spread, lanes);
    let indices = e.vectors(&places);
    let first = e.first(place, bytes as usize);
    let base = Base::Register(e.plain(first));
    let op = if bytes == 4 { Op::Vpgatherqd } else { Op::Vpgatherqq };
    let of_places = size(lanes, 8);
    let masks = masks_of(e, bits, PLACES, indices.len());
    let mut parts = Regs::new();
    for (&index, mask) in indices.iter().zip(masks) {
        let old = e.code.same(Op::Vzero, Size::X, VECTOR);
        let (to, spent) = (e.code.register(VECTOR), e.code.register(MASK));
        let mem = Mem { index: Some(index), scale: bytes as u8, ..Mem::at(base, 0) };
        e.code.push(Inst {
            reg: Some(to),
            old: Some(old),
            rm: Rm::Memory(mem),
            mask: Some((mask, Off::Kept)),
            spent: Some(spent),
            ..Inst::new(op, of_places)
        });
        parts.push(to);
    }
    if bytes == 4 {
        let part = lanes.min(PLACES) * bytes;
        parts = parts.chunks(2).map(|pair| e.joined(pair.into(), part)).collect();
    }
    Lanes::vector(dtype, lanes, parts)
}

fn scatter(e: &mut Wide, place: &Place<Number, Lanes>, value: &Lanes, bits: Option<Number>) {
    let bytes = value.bytes();
    let places = places(e, &place.spread, value.lanes);
    let indices = e.vectors(&places);
    let first = e.first(place, bytes as usize);
    let base = Base::Register(e.plain(first));
    let op = if bytes == 4 { Op::Vpscatterqd } else { Op::Vpscatterqq };
    let of_places = size(value.lanes, 8);
    let masks = masks_of(e, bits, PLACES, indices.len());
    let regs = e.vectors(value);
    for (n, (&index, mask)) in indices.iter().zip(masks).enumerate() {
        let part = match bytes {
            4 => e.extracted(regs[n / 2], n as u32 % 2 * 32, 32),
            _ => regs[n],
        };
        let spent = e.code.register(MASK);
        let mem = Mem { index: Some(index), scale: bytes as u8, ..Mem::at(base, 0) };
        e.code.push(Inst {
            reg: Some(part),
            rm: Rm::Memory(mem),
            mask: Some((mask, Off::Kept)),
            spent: Some(spent),
            ..Inst::new(op, of_places)
        });
    }
}

fn load_one_by_one(
    e: &mut Wide,
    place: &Place<Number, Lanes>,
    dtype: DType,
    lanes: u32,
    bits: Option<Number>,
) -> Lanes {
    let bytes = dtype.bytes();
    let slot = e.code.area(lanes * bytes as u32);
    let inside = Mem::at(Base::Stack, slot);
    let zero = e.code.same(Op::Vzero, Size::X, VECTOR);
    for r in 0..registers(lanes, bytes as u32) {
        e.code.store(Op::Vmovdqu64Store, Size::Z, zero, further(inside, 64 * r as u32));
    }
    let (load, store) = small_moves(bytes);
    each_lane(e, place, bytes, lanes, bits, |e, lane, outside| {
        let element = e.code.general(load, rm(outside));
        let to = e.on_stack(slot, lane, bytes as i64);
        e.code.store(store, Size::X, element, to);
    });
    read(e, inside, dtype, lanes)
}

fn store_one_by_one(e: &mut Wide, place: &Place<Number, Lanes>, value: &Lanes, bits: Option<Number>) {
    let bytes = value.dtype.bytes();
    let slot = e.code.area(value.lanes * bytes as u32);
    write(e, Mem::at(Base::Stack, slot), value);
    let (load, store) = small_moves(bytes);
    each_lane(e, place, bytes, value.lanes, bits, |e, lane, outside| {
        let from = e.on_stack(slot, lane, bytes as i64);
        let element = e.code.general(load, rm(from));
        e.code.store(store, Size::X, element, outside);
    });
}

/// Moves of an element between memory and a general register.
fn small_moves(bytes: usize) -> (Op, Op) {
    by_bytes(
        bytes as u32,
        [
            (Op::Movzx8, Op::MovStore8),
            (Op::Movzx16, Op::MovStore16),
            (Op::Mov32, Op::MovStore32),
            (Op::Mov, Op::MovStore),
        ],
    )
}

/// A loop over the lanes that are on; `body` gets the lane and the memory of its element.
fn each_lane(
    e: &mut Wide,
    place: &Place<Number, Lanes>,
    bytes: usize,
    lanes: u32,
    bits: Option<Number>,
    body: impl FnOnce(&mut Wide, Number, Mem<VReg>),
) {
    let first = e.first(place, bytes);
    let start = e.plain(first);
    let indices = match &place.spread {
        Spread::Gather(index) => {
            let slot = e.code.area(index.lanes * 8);
            write(e, Mem::at(Base::Stack, slot), index);
            Some(slot)
        }
        Spread::Same | Spread::Unit | Spread::Strided(_) => None,
        Spread::Backwards | Spread::Alternate { .. } => None,
    };
    let bits = bits.map(|bits| e.general(bits));
    let (lane, _) = e.begin_loop(Number::Known(0), Number::Known(lanes.into()), 1, &[]);
    let number = e.general(lane);
    if let Some(bits) = bits {
        let from = e.code.three(Op::Shrx, Size::X, GENERAL, number, bits);
        let on = e.code.general_by(Op::AndBy, from, 1);
        e.begin_if(Number::Register(on), false, &[]);
    }
    let element = match (&place.spread, indices) {
        (Spread::Strided(stride), _) => e.step(Step::Mul, lane, *stride),
        (Spread::Gather(_), Some(slot)) => {
            let from = e.on_stack(slot, lane, 8);
            Number::Register(e.code.general(Op::Mov, rm(from)))
        }
        (spread, _) => e.step(Step::Mul, lane, Number::Known(step_of(spread))),
    };
    let element = e.general(element);
    let outside = Mem { index: Some(element), scale: bytes as u8, ..Mem::at(Base::Register(start), 0) };
    body(e, lane, outside);
    if bits.is_some() {
        e.end_if(&[]);
    }
    e.end_loop(&[]);
}

/// Keeps the least position of an index out of range, and the index that lies at it: a loop over the
/// lanes whose bit is set. Other threads may do the same.
pub(super) fn fault(e: &mut Wide, cell: VReg, at: &Lanes, index: &Lanes, bits: Number) {
    let slots = [at, index].map(|value| {
        let slot = e.code.area(value.lanes * 8);
        write(e, Mem::at(Base::Stack, slot), value);
        slot
    });
    let place = Place { pointer: Number::Register(cell), offset: None, spread: Spread::Unit };
    each_lane(e, &place, 8, at.lanes, Some(bits), |e, lane, _| {
        let [position, index] = slots.map(|slot| {
            let from = e.on_stack(slot, lane, 8);
            e.code.general(Op::Mov, from)
        });
        let least = e.code.three(Op::Lowered, Size::X, GENERAL, cell, position);
        // Not above the position: as far below it as -1 or more, or the same.
        let below = e.code.general_two(Op::Sub, least, position);
        let below = e.step(Step::Max, Number::Register(below), Number::Known(-1));
        let is_first = e.step(Step::Add, below, Number::Known(1));
        e.begin_if(is_first, false, &[]);
        e.code.store(Op::MovStore, Size::X, index, Mem::at(Base::Register(cell), 8));
        e.end_if(&[]);
    });
}

/// Writes lane `l` of value `k` to element `k` of row `l`, where a row has as many elements as there
/// are lanes. Of as many values as a register has lanes, each register is turned as a square.
pub(super) fn write_columns(e: &mut Wide, first: Mem<VReg>, columns: &[Lanes]) {
    let (dtype, lanes) = (columns[0].dtype, columns[0].lanes);
    let bytes = dtype.bytes() as u32;
    let row = lanes * bytes;
    if columns.len() == 1 {
        let slot = e.code.area(row);
        write(e, Mem::at(Base::Stack, slot), &columns[0]);
        let (load, store) = small_moves(bytes as usize);
        for lane in 0..lanes {
            let element = e.code.general(load, rm(Mem::at(Base::Stack, slot + (lane * bytes) as i32)));
            e.code.store(store, Size::X, element, further(first, lane * row));
        }
        return;
    }
    let of_columns: Vec<Regs> = columns
        .iter()
        .map(|c| if c.dtype == DType::Bool { smallvec![e.bytes_of(c)] } else { e.vectors(c) })
        .collect();
    let whole = size(lanes, bytes);
    for r in 0..of_columns[0].len() {
        let square: Vec<VReg> = of_columns.iter().map(|regs| regs[r]).collect();
        for (l, reg) in turned(e, square, bytes, whole).into_iter().enumerate() {
            let at = (r * columns.len() + l) as u32 * row;
            e.code.store(by_bytes(bytes, STORES), whole, reg, further(first, at));
        }
    }
}

/// As many registers as one has lanes, as a square on its side: lane `l` of register `k` becomes lane
/// `k` of register `l`. Each round interleaves the first half with the second.
fn turned(e: &mut Wide, mut square: Vec<VReg>, bytes: u32, size: Size) -> Vec<VReg> {
    let (count, half) = (square.len(), square.len() / 2);
    let op = by_bytes(bytes, [Op::Vpermt2w, Op::Vpermt2w, Op::Vpermt2d, Op::Vpermt2q]);
    let orders = [0, half].map(|from| {
        let lane = |i: usize| from + i / 2 + i % 2 * count;
        let byte = |at: usize| (lane(at / bytes as usize) >> (at % bytes as usize * 8)) as u8;
        e.table_of(&std::array::from_fn(byte), size)
    });
    for _ in 0..count.trailing_zeros() {
        let mut next = Vec::with_capacity(count);
        for k in 0..half {
            next.extend(orders.map(|order| e.code.changed(op, size, square[k], order, square[k + half])));
        }
        square = next;
    }
    square
}

/// Whether squares of such elements can be turned.
pub(super) fn turns(dtype: DType) -> bool {
    dtype.bytes() > 1
}
