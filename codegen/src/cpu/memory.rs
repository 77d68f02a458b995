//! Loads and stores of N lanes: neighbours, strided, gathered, and with lanes switched off.
//!
//! 128-bit registers have no instruction that gathers: elements that lie apart, by a stride or by index,
//! are moved lane by lane.
//!
//! No access touches an element that no active lane names. Where some lanes are off, a loop over
//! the lanes that are on copies their elements through a stack slot.

use super::emit::Clif;
use super::lanes::{self, Lanes, Regs, scalar_type, vector_type};
use crate::walk::{Active, Place, Spread};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{
    AtomicRmwOp, BlockArg, InstBuilder, MemFlagsData, StackSlot, StackSlotData, StackSlotKind, Value, types,
};
use cranelift_frontend::FunctionBuilder;
use numfuse_ir::dtype::DType;

/// Addresses come from the kernel's indices, which name elements that exist: no access traps.
/// Elements are aligned to nothing in particular.
fn flags() -> MemFlagsData {
    MemFlagsData::new().with_notrap()
}

/// A new stack slot of that many bytes, and at least a register's.
pub(super) fn slot(fb: &mut FunctionBuilder, bytes: u32) -> StackSlot {
    fb.create_sized_stack_slot(StackSlotData::new(StackSlotKind::ExplicitSlot, bytes.max(16), 4))
}

/// A value whose lanes are neighbours in memory.
pub(super) fn read(fb: &mut FunctionBuilder, address: Value, dtype: DType, lanes: u32) -> Lanes {
    if lanes == 1 {
        let value = fb.ins().load(scalar_type(dtype), flags(), address, 0);
        return Lanes::scalar(dtype, value);
    }
    let (ty, bytes) = (vector_type(dtype), lanes * dtype.bytes() as u32);
    let regs: Regs = match bytes {
        2 | 4 | 8 => {
            let (part, vector) = part_types(bytes);
            let low = fb.ins().load(part, flags(), address, 0);
            let low = fb.ins().scalar_to_vector(vector, low);
            [lanes::reinterpret(fb, low, ty)].into_iter().collect()
        }
        _ => (0..bytes / 16).map(|r| fb.ins().load(ty, flags(), address, 16 * r as i32)).collect(),
    };
    let value = Lanes::vector(dtype, lanes, regs);
    if dtype == DType::Bool { lanes::mask_of_bytes(fb, &value) } else { value }
}

/// Writes a value whose lanes are neighbours in memory.
pub(super) fn write(fb: &mut FunctionBuilder, address: Value, value: &Lanes) {
    if value.lanes == 1 {
        fb.ins().store(flags(), value.regs[0], address, 0);
        return;
    }
    let regs = if value.dtype == DType::Bool { lanes::bytes_of_mask(fb, value) } else { value.regs.clone() };
    let bytes = value.lanes * value.dtype.bytes() as u32;
    if bytes < 16 {
        let (_, vector) = part_types(bytes);
        let low = lanes::reinterpret(fb, regs[0], vector);
        let low = fb.ins().extractlane(low, 0);
        fb.ins().store(flags(), low, address, 0);
        return;
    }
    for (r, &reg) in regs.iter().enumerate() {
        fb.ins().store(flags(), reg, address, 16 * r as i32);
    }
}

/// Writes lane `l` of value `k` to element `k` of row `l`, where a row has as many elements as there
/// are lanes. Of as many values as a register has lanes, each register is turned as a square.
pub(super) fn write_columns(fb: &mut FunctionBuilder, first: Value, columns: &[Lanes]) {
    let (dtype, lanes) = (columns[0].dtype, columns[0].lanes);
    let row = (lanes as usize * dtype.bytes()) as i32;
    if columns.len() == 1 {
        for lane in 0..lanes {
            let element = columns[0].extract(fb, lane);
            fb.ins().store(flags(), element, first, lane as i32 * row);
        }
        return;
    }
    let regs: Vec<Regs> = columns
        .iter()
        .map(|c| if dtype == DType::Bool { lanes::bytes_of_mask(fb, c) } else { c.regs.clone() })
        .collect();
    for r in 0..regs[0].len() {
        let square: Vec<Value> = regs.iter().map(|of_value| of_value[r]).collect();
        let turned = lanes::turned(fb, square, dtype.bytes());
        for (l, reg) in turned.into_iter().enumerate() {
            fb.ins().store(flags(), reg, first, (r * columns.len() + l) as i32 * row);
        }
    }
}

fn part_types(bytes: u32) -> (cranelift_codegen::ir::Type, cranelift_codegen::ir::Type) {
    match bytes {
        2 => (types::I16, types::I16X8),
        4 => (types::I32, types::I32X4),
        _ => (types::I64, types::I64X2),
    }
}

/// Loads a value; lanes that are off get 0.
pub(super) fn load(
    e: &mut Clif,
    place: &Place<Value, Lanes>,
    dtype: DType,
    lanes: u32,
    active: Option<Active<Value>>,
) -> Lanes {
    match (&place.spread, active) {
        (Spread::Same, Some(active)) if !active.tail => {
            let address = address(&mut e.fb, place, dtype);
            load_if_any(&mut e.fb, address, dtype, active.bits)
        }
        (Spread::Same, _) => {
            let address = address(&mut e.fb, place, dtype);
            read(&mut e.fb, address, dtype, 1)
        }
        (_, None) => load_all(&mut e.fb, place, dtype, lanes),
        (_, Some(active)) if active.tail => load_some(&mut e.fb, place, dtype, lanes, active.bits),
        (_, Some(active)) => load_all_or_some(&mut e.fb, place, dtype, lanes, active.bits),
    }
}

/// Stores a value in the lanes that are on.
pub(super) fn store(e: &mut Clif, place: &Place<Value, Lanes>, value: &Lanes, active: Option<Active<Value>>) {
    let fb = &mut e.fb;
    match (&place.spread, active) {
        (Spread::Same, _) | (Spread::Unit, None) => {
            let address = address(fb, place, value.dtype);
            write(fb, address, value);
        }
        (_, None) => {
            let start = address(fb, place, value.dtype);
            let size = value.dtype.bytes() as i32;
            let steps = lane_steps(fb, place, value.dtype, value.lanes);
            for (lane, step) in steps.into_iter().enumerate() {
                let element = value.extract(fb, lane as u32);
                let (at, offset) = step.at(fb, start, size);
                fb.ins().store(flags(), element, at, offset);
            }
        }
        (_, Some(active)) => store_some(fb, place, value, active.bits),
    }
}

/// Whether a value of so many lanes fills registers whole, which are then rearranged.
fn is_whole(dtype: DType, lanes: u32) -> bool {
    dtype != DType::Bool && lanes * dtype.bytes() as u32 >= 16
}

/// As many neighbours before the first lane as there are lanes, turned round.
fn read_backwards(fb: &mut FunctionBuilder, start: Value, dtype: DType, lanes: u32) -> Lanes {
    let (bytes, count) = (dtype.bytes(), lanes::registers(lanes, dtype.bytes() as u32));
    let ty = vector_type(dtype);
    let order = std::array::from_fn(|i| (16 - bytes - i / bytes * bytes + i % bytes) as u8);
    let regs = (0..count).map(|r| {
        let offset = bytes as i32 - 16 * (r as i32 + 1);
        let reg = fb.ins().load(ty, flags(), start, offset);
        let turned = lanes::shuffle(fb, reg, reg, order);
        lanes::reinterpret(fb, turned, ty)
    });
    let regs = regs.collect();
    Lanes::vector(dtype, lanes, regs)
}

/// Every second element: twice as many neighbours, of which the second ones are taken where there is one
/// before each, else the first ones. Nothing is read behind the last of these: the last register is read one
/// element earlier.
fn read_alternate(fb: &mut FunctionBuilder, start: Value, dtype: DType, lanes: u32, odd: bool) -> Lanes {
    let (bytes, count) = (dtype.bytes(), lanes::registers(lanes, dtype.bytes() as u32));
    let ty = vector_type(dtype);
    let regs = (0..count).map(|r| {
        let (is_last, before) = (r + 1 == count, -i32::from(odd));
        let first = 32 * r as i32 + before * bytes as i32;
        let second = first + 16 - if is_last && !odd { bytes as i32 } else { 0 };
        let (low, high) =
            (fb.ins().load(ty, flags(), start, first), fb.ins().load(ty, flags(), start, second));
        let of_second = usize::from(is_last && !odd);
        let order = std::array::from_fn(|i| {
            let (lane, byte) = (i / bytes, i % bytes);
            let element = 2 * lane + usize::from(odd);
            let element = if element * bytes >= 16 { element + of_second } else { element };
            (element * bytes + byte) as u8
        });
        let chosen = lanes::shuffle(fb, low, high, order);
        lanes::reinterpret(fb, chosen, ty)
    });
    let regs = regs.collect();
    Lanes::vector(dtype, lanes, regs)
}

/// Writes two values, lane by lane in turns.
pub(super) fn write_pairs(fb: &mut FunctionBuilder, place: &Place<Value, Lanes>, values: [&Lanes; 2]) {
    let dtype = values[0].dtype;
    let start = address(fb, place, dtype);
    for (r, (&first, &second)) in values[0].regs.iter().zip(&values[1].regs).enumerate() {
        for (half, high) in [false, true].into_iter().enumerate() {
            let both = lanes::interleaved(fb, first, second, dtype.bytes(), high);
            fb.ins().store(flags(), both, start, 32 * r as i32 + 16 * half as i32);
        }
    }
}

/// Whether values like this one are written in pairs.
pub(super) fn has_pairs(value: &Lanes) -> bool {
    value.lanes > 1 && is_whole(value.dtype, value.lanes)
}

/// The address of the first lane.
fn address(fb: &mut FunctionBuilder, place: &Place<Value, Lanes>, dtype: DType) -> Value {
    let Some(offset) = place.offset else { return place.pointer };
    let bytes = fb.ins().ishl_imm_u(offset, i64::from(dtype.bytes().trailing_zeros()));
    fb.ins().iadd(place.pointer, bytes)
}

/// Where one lane lies from the first.
enum LaneStep {
    Known(i32),
    Bytes(Value),
}

impl LaneStep {
    fn at(&self, fb: &mut FunctionBuilder, start: Value, size: i32) -> (Value, i32) {
        match self {
            LaneStep::Known(lane) => (start, lane * size),
            LaneStep::Bytes(offset) => (fb.ins().iadd(start, *offset), 0),
        }
    }
}

fn lane_steps(
    fb: &mut FunctionBuilder,
    place: &Place<Value, Lanes>,
    dtype: DType,
    lanes: u32,
) -> Vec<LaneStep> {
    let shift = i64::from(dtype.bytes().trailing_zeros());
    match &place.spread {
        Spread::Same => (0..lanes).map(|_| LaneStep::Known(0)).collect(),
        Spread::Unit => (0..lanes).map(|l| LaneStep::Known(l as i32)).collect(),
        Spread::Backwards => (0..lanes).map(|l| LaneStep::Known(-(l as i32))).collect(),
        Spread::Alternate { .. } => (0..lanes).map(|l| LaneStep::Known(2 * l as i32)).collect(),
        Spread::Strided(stride) => {
            let stride = fb.ins().ishl_imm_u(*stride, shift);
            let mut at = fb.ins().iconst(types::I64, 0);
            let mut steps = Vec::new();
            for _ in 0..lanes {
                steps.push(LaneStep::Bytes(at));
                at = fb.ins().iadd(at, stride);
            }
            steps
        }
        Spread::Gather(index) => {
            let step = |lane| {
                let element = index.extract(fb, lane);
                LaneStep::Bytes(fb.ins().ishl_imm_u(element, shift))
            };
            (0..lanes).map(step).collect()
        }
    }
}

/// All lanes are on.
fn load_all(fb: &mut FunctionBuilder, place: &Place<Value, Lanes>, dtype: DType, lanes: u32) -> Lanes {
    let start = address(fb, place, dtype);
    match place.spread {
        Spread::Unit => return read(fb, start, dtype, lanes),
        Spread::Backwards if is_whole(dtype, lanes) => return read_backwards(fb, start, dtype, lanes),
        Spread::Alternate { odd } if is_whole(dtype, lanes) => {
            return read_alternate(fb, start, dtype, lanes, odd);
        }
        _ => {}
    }
    let mut scalars = Vec::new();
    for step in lane_steps(fb, place, dtype, lanes) {
        let (at, offset) = step.at(fb, start, dtype.bytes() as i32);
        scalars.push(fb.ins().load(scalar_type(dtype), flags(), at, offset));
    }
    lanes::assemble(fb, dtype, &scalars)
}

/// One element for all lanes, if any lane is on.
fn load_if_any(fb: &mut FunctionBuilder, address: Value, dtype: DType, bits: Value) -> Lanes {
    let ty = scalar_type(dtype);
    let zero = lanes::zero(fb, dtype);
    let (then, exit) = (fb.create_block(), fb.create_block());
    fb.ins().brif(bits, then, &[], exit, &[zero.into()]);
    fb.switch_to_block(then);
    fb.seal_block(then);
    let value = fb.ins().load(ty, flags(), address, 0);
    fb.ins().jump(exit, &[value.into()]);
    let merged = fb.append_block_param(exit, ty);
    fb.switch_to_block(exit);
    fb.seal_block(exit);
    Lanes::scalar(dtype, merged)
}

/// All lanes at once where all are on, else one by one.
fn load_all_or_some(
    fb: &mut FunctionBuilder,
    place: &Place<Value, Lanes>,
    dtype: DType,
    lanes: u32,
    bits: Value,
) -> Lanes {
    let (all, some, exit) = (fb.create_block(), fb.create_block(), fb.create_block());
    let full = fb.ins().icmp_imm_u(IntCC::Equal, bits, (1i64 << lanes) - 1);
    fb.ins().brif(full, all, &[], some, &[]);
    let mut merged: Option<Lanes> = None;
    for (block, is_all) in [(all, true), (some, false)] {
        fb.switch_to_block(block);
        fb.seal_block(block);
        let value =
            if is_all { load_all(fb, place, dtype, lanes) } else { load_some(fb, place, dtype, lanes, bits) };
        let regs: Vec<BlockArg> = value.regs.iter().map(|&r| r.into()).collect();
        fb.ins().jump(exit, &regs);
        merged = Some(value);
    }
    let mut merged = merged.expect("both ways were emitted");
    let ty = merged.ty();
    merged.regs = merged.regs.iter().map(|_| fb.append_block_param(exit, ty)).collect();
    fb.switch_to_block(exit);
    fb.seal_block(exit);
    merged
}

/// The lanes that are on, one by one; the others are 0.
fn load_some(
    fb: &mut FunctionBuilder,
    place: &Place<Value, Lanes>,
    dtype: DType,
    lanes: u32,
    bits: Value,
) -> Lanes {
    let size = dtype.bytes() as u32;
    let slot = slot(fb, lanes * size);
    let inside = fb.ins().stack_addr(types::I64, slot, 0);
    let zero = lanes::repeated(fb, types::I8X16, 0);
    for r in 0..lanes::registers(lanes, size) {
        fb.ins().store(flags(), zero, inside, 16 * r as i32);
    }
    each_lane(fb, place, dtype, bits, |fb, lane, outside| {
        let element = fb.ins().load(scalar_type(dtype), flags(), outside, 0);
        let offset = fb.ins().imul_imm_u(lane, i64::from(size));
        let at = fb.ins().iadd(inside, offset);
        fb.ins().store(flags(), element, at, 0);
    });
    read(fb, inside, dtype, lanes)
}

fn store_some(fb: &mut FunctionBuilder, place: &Place<Value, Lanes>, value: &Lanes, bits: Value) {
    let (dtype, size) = (value.dtype, value.dtype.bytes() as u32);
    let slot = slot(fb, value.lanes * size);
    let inside = fb.ins().stack_addr(types::I64, slot, 0);
    write(fb, inside, value);
    each_lane(fb, place, dtype, bits, |fb, lane, outside| {
        let offset = fb.ins().imul_imm_u(lane, i64::from(size));
        let at = fb.ins().iadd(inside, offset);
        let element = fb.ins().load(scalar_type(dtype), flags(), at, 0);
        fb.ins().store(flags(), element, outside, 0);
    });
}

/// Keeps the least position of an index out of range, and the index that lies at it: a loop over the
/// lanes whose bit is set. Other threads may do the same.
pub(super) fn fault(fb: &mut FunctionBuilder, cell: Value, at: &Lanes, index: &Lanes, bits: Value) {
    let place = Place { pointer: cell, offset: None, spread: Spread::Unit };
    let [positions, indices] = [at, index].map(|value| {
        let slot = slot(fb, value.lanes * 8);
        let kept = fb.ins().stack_addr(types::I64, slot, 0);
        write(fb, kept, value);
        kept
    });
    each_lane(fb, &place, DType::I64, bits, |fb, lane, _| {
        let offset = fb.ins().ishl_imm_u(lane, 3);
        let [position, index] = [positions, indices].map(|kept| {
            let kept = fb.ins().iadd(kept, offset);
            fb.ins().load(types::I64, flags(), kept, 0)
        });
        let shared = MemFlagsData::trusted();
        fb.ins().atomic_rmw(types::I64, shared, AtomicRmwOp::Umin, cell, position);
        let least = fb.ins().atomic_load(types::I64, shared, cell);
        let (first, exit) = (fb.create_block(), fb.create_block());
        let is_first = fb.ins().icmp(IntCC::Equal, least, position);
        fb.ins().brif(is_first, first, &[], exit, &[]);
        fb.switch_to_block(first);
        fb.seal_block(first);
        let beside = fb.ins().iadd_imm_s(cell, 8);
        fb.ins().atomic_store(shared, index, beside);
        fb.ins().jump(exit, &[]);
        fb.switch_to_block(exit);
        fb.seal_block(exit);
    });
}

/// A loop over the lanes whose bit is set; `body` gets the lane and the address of its element.
fn each_lane(
    fb: &mut FunctionBuilder,
    place: &Place<Value, Lanes>,
    dtype: DType,
    bits: Value,
    body: impl FnOnce(&mut FunctionBuilder, Value, Value),
) {
    let start = address(fb, place, dtype);
    let indices = match &place.spread {
        Spread::Gather(index) => {
            let slot = slot(fb, index.lanes * 8);
            let at = fb.ins().stack_addr(types::I64, slot, 0);
            write(fb, at, index);
            Some(at)
        }
        Spread::Same | Spread::Unit | Spread::Strided(_) => None,
        Spread::Backwards | Spread::Alternate { .. } => None,
    };
    let (turn, exit) = (fb.create_block(), fb.create_block());
    fb.ins().brif(bits, turn, &[bits.into()], exit, &[]);
    let left = fb.append_block_param(turn, types::I64);
    fb.switch_to_block(turn);
    let lane = fb.ins().ctz(left);
    let element = match (&place.spread, indices) {
        (Spread::Strided(stride), _) => fb.ins().imul(lane, *stride),
        (Spread::Gather(_), Some(indices)) => {
            let offset = fb.ins().ishl_imm_u(lane, 3);
            let at = fb.ins().iadd(indices, offset);
            fb.ins().load(types::I64, flags(), at, 0)
        }
        (Spread::Backwards, _) => fb.ins().ineg(lane),
        (Spread::Alternate { .. }, _) => fb.ins().ishl_imm_u(lane, 1),
        (_, _) => lane,
    };
    let bytes = fb.ins().ishl_imm_u(element, i64::from(dtype.bytes().trailing_zeros()));
    let outside = fb.ins().iadd(start, bytes);
    body(fb, lane, outside);
    let less = fb.ins().iadd_imm_s(left, -1);
    let left = fb.ins().band(left, less);
    fb.ins().brif(left, turn, &[left.into()], exit, &[]);
    fb.seal_block(turn);
    fb.switch_to_block(exit);
    fb.seal_block(exit);
}
