//! Values of N lanes in 128-bit registers.
//!
//! A value of N lanes fills `N * bytes / 16` registers, or the low part of one. A bool in registers
//! is a mask: all ones or all zeros in lanes of some width, that of whatever was compared; it is
//! brought to another width when a user needs it. A value of one lane is a plain scalar, a bool
//! one of which is 0 or 1.

use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{ConstantData, Endianness, InstBuilder, MemFlagsData, Type, Value, types};
use cranelift_frontend::FunctionBuilder;
use numfuse_ir::dtype::DType;
use numfuse_ir::scalar::Scalar;
use smallvec::{SmallVec, smallvec};

/// The registers of one value.
pub(crate) type Regs = SmallVec<[Value; 4]>;

/// A value of one or more lanes.
#[derive(Clone, Debug)]
pub(crate) struct Lanes {
    /// The type of each lane.
    pub(crate) dtype: DType,
    /// How many lanes there are.
    pub(crate) lanes: u32,
    /// Bytes of a lane in the registers: the type's, except for masks.
    pub(crate) width: u32,
    /// The registers, low lanes first.
    pub(crate) regs: Regs,
    /// The value, where it is the same known one in every lane.
    pub(crate) known: Option<Scalar>,
}

/// The type of a scalar. A half is kept as its bits: it is stored and converted, nothing else.
pub(crate) fn scalar_type(dtype: DType) -> Type {
    match dtype {
        DType::Bool | DType::I8 | DType::U8 => types::I8,
        DType::I16 | DType::U16 | DType::F16 | DType::BF16 => types::I16,
        DType::I32 | DType::U32 => types::I32,
        DType::I64 | DType::U64 => types::I64,
        DType::F32 => types::F32,
        DType::F64 => types::F64,
        DType::C64 | DType::C128 => unreachable!("a kernel has pairs of floats instead"),
    }
}

/// The type of one register with lanes of a type.
pub(crate) fn vector_type(dtype: DType) -> Type {
    register_of(scalar_type(dtype))
}

/// The type of one register of integers of that many bytes.
pub(crate) fn int_vector(width: u32) -> Type {
    register_of(Type::int_with_byte_size(width as u16).expect("lanes have 1, 2, 4 or 8 bytes"))
}

/// The type of one register with lanes of a scalar's type.
fn register_of(lane: Type) -> Type {
    lane.by(128 / lane.bits()).expect("128 bits are lanes of 8, 16, 32 or 64")
}

/// The scalar 0.
pub(crate) fn zero(fb: &mut FunctionBuilder, dtype: DType) -> Value {
    scalar_constant(fb, Scalar::zero(dtype))
}

/// A constant as a scalar.
pub(crate) fn scalar_constant(fb: &mut FunctionBuilder, c: Scalar) -> Value {
    let ty = scalar_type(c.dtype());
    match ty {
        types::F32 => fb.ins().f32const(f32::from_bits(c.bits() as u32)),
        types::F64 => fb.ins().f64const(f64::from_bits(c.bits())),
        int => fb.ins().iconst(int, c.bits() as i64),
    }
}

/// How many registers that many lanes of that many bytes fill.
pub(crate) fn registers(lanes: u32, width: u32) -> usize {
    (lanes * width).div_ceil(16) as usize
}

/// The same bits as another type.
pub(crate) fn reinterpret(fb: &mut FunctionBuilder, v: Value, to: Type) -> Value {
    if fb.func.dfg.value_type(v) == to {
        return v;
    }
    fb.ins().bitcast(to, MemFlagsData::new().with_endianness(Endianness::Little), v)
}

/// A vector constant of 16 bytes.
pub(crate) fn constant(fb: &mut FunctionBuilder, ty: Type, bytes: [u8; 16]) -> Value {
    let data = fb.func.dfg.constants.insert(ConstantData::from(&bytes[..]));
    fb.ins().vconst(ty, data)
}

/// A vector constant with the same low bits in each lane.
pub(crate) fn repeated(fb: &mut FunctionBuilder, ty: Type, bits: u64) -> Value {
    let width = ty.lane_type().bytes() as usize;
    let mut bytes = [0; 16];
    bytes.chunks_mut(width).for_each(|lane| lane.copy_from_slice(&bits.to_le_bytes()[..width]));
    constant(fb, ty, bytes)
}

/// A rearrangement of the bytes of two registers.
pub(crate) fn shuffle(fb: &mut FunctionBuilder, a: Value, b: Value, order: [u8; 16]) -> Value {
    let (a, b) = (reinterpret(fb, a, types::I8X16), reinterpret(fb, b, types::I8X16));
    let order = fb.func.dfg.immediates.push(ConstantData::from(&order[..]));
    fb.ins().shuffle(a, b, order)
}

/// The lanes of two registers in turns, those of their low halves or of their high ones: an unpack.
pub(crate) fn interleaved(fb: &mut FunctionBuilder, a: Value, b: Value, bytes: usize, high: bool) -> Value {
    let order = std::array::from_fn(|i| {
        let (lane, byte) = (i / bytes, i % bytes);
        let from = lane / 2 * bytes + byte + if high { 8 } else { 0 };
        (from + 16 * (lane % 2)) as u8
    });
    shuffle(fb, a, b, order)
}

/// As many registers as one has lanes, as a square on its side: lane `l` of register `k` becomes lane
/// `k` of register `l`. Each round interleaves the first half with the second.
pub(crate) fn turned(fb: &mut FunctionBuilder, mut square: Vec<Value>, bytes: usize) -> Vec<Value> {
    let half = square.len() / 2;
    for _ in 0..square.len().trailing_zeros() {
        let pairs = (0..half).flat_map(|k| {
            [false, true].map(|high| interleaved(fb, square[k], square[k + half], bytes, high))
        });
        square = pairs.collect();
    }
    square
}

/// The bytes of a register moved down by `count`.
pub(crate) fn move_down(fb: &mut FunctionBuilder, v: Value, count: u32) -> Value {
    let order = std::array::from_fn(|i| (i as u8 + count as u8) & 15);
    shuffle(fb, v, v, order)
}

impl Lanes {
    /// A value of one lane.
    pub(crate) fn scalar(dtype: DType, value: Value) -> Lanes {
        Lanes { dtype, lanes: 1, width: dtype.bytes() as u32, regs: smallvec![value], known: None }
    }

    /// A value of several lanes that are as wide as their type.
    pub(crate) fn vector(dtype: DType, lanes: u32, regs: Regs) -> Lanes {
        Lanes { dtype, lanes, width: dtype.bytes() as u32, regs, known: None }
    }

    /// A mask of several lanes.
    pub(crate) fn mask(lanes: u32, width: u32, regs: Regs) -> Lanes {
        Lanes { dtype: DType::Bool, lanes, width, regs, known: None }
    }

    /// The register type of this value.
    pub(crate) fn ty(&self) -> Type {
        match (self.lanes, self.dtype) {
            (1, dtype) => scalar_type(dtype),
            (_, DType::Bool) => int_vector(self.width),
            (_, dtype) => vector_type(dtype),
        }
    }

    /// How many lanes a register holds.
    pub(crate) fn per_register(&self) -> u32 {
        16 / self.width
    }

    /// A mask in lanes of another width; other values as they are.
    pub(crate) fn with_width(&self, fb: &mut FunctionBuilder, width: u32) -> Lanes {
        if self.lanes == 1 || self.width == width || self.dtype != DType::Bool {
            return self.clone();
        }
        if let Some(c) = self.known {
            return splat_constant(fb, c, self.lanes, width);
        }
        let (mut regs, mut at) = (self.regs.clone(), self.width);
        while at < width {
            regs = widened(fb, &regs, self.lanes, at, true);
            at *= 2;
        }
        while at > width {
            regs = narrowed_mask(fb, &regs, at);
            at /= 2;
        }
        Lanes::mask(self.lanes, width, regs)
    }

    /// One lane as a scalar.
    pub(crate) fn extract(&self, fb: &mut FunctionBuilder, lane: u32) -> Value {
        if self.lanes == 1 {
            return self.regs[0];
        }
        let per = self.per_register();
        let value = fb.ins().extractlane(self.regs[(lane / per) as usize], (lane % per) as u8);
        if self.dtype != DType::Bool {
            return value;
        }
        let byte = if self.width > 1 { fb.ins().ireduce(types::I8, value) } else { value };
        fb.ins().band_imm_u(byte, 1)
    }

    /// The lower and the upper half.
    pub(crate) fn halves(&self, fb: &mut FunctionBuilder) -> (Lanes, Lanes) {
        let half = self.lanes / 2;
        if half == 1 {
            let (low, high) = (self.extract(fb, 0), self.extract(fb, 1));
            return (Lanes::scalar(self.dtype, low), Lanes::scalar(self.dtype, high));
        }
        let of = |regs: Regs| Lanes { lanes: half, regs, known: None, ..self.clone() };
        if self.regs.len() > 1 {
            let (low, high) = self.regs.split_at(self.regs.len() / 2);
            return (of(low.into()), of(high.into()));
        }
        let high = move_down(fb, self.regs[0], half * self.width);
        let high = reinterpret(fb, high, self.ty());
        (of(self.regs.clone()), of(smallvec![high]))
    }

    /// A bit for each lane of a mask, as a 64-bit integer.
    pub(crate) fn bits(&self, fb: &mut FunctionBuilder) -> Value {
        if self.lanes == 1 {
            return fb.ins().uextend(types::I64, self.regs[0]);
        }
        let narrow = if self.regs.len() > 2 { self.with_width(fb, 1) } else { self.clone() };
        let mut all = None;
        for (r, &reg) in narrow.regs.iter().enumerate() {
            let bits = fb.ins().vhigh_bits(types::I32, reg);
            let bits = fb.ins().uextend(types::I64, bits);
            let bits = fb.ins().ishl_imm_u(bits, i64::from(r as u32 * narrow.per_register()));
            all = Some(all.map_or(bits, |a| fb.ins().bor(a, bits)));
        }
        let all = all.expect("a value has a register");
        if narrow.lanes >= narrow.per_register() {
            return all;
        }
        fb.ins().band_imm_u(all, (1i64 << narrow.lanes) - 1)
    }
}

/// The same scalar in all lanes.
pub(crate) fn splat(fb: &mut FunctionBuilder, value: &Lanes, lanes: u32) -> Lanes {
    if let Some(c) = value.known {
        return splat_constant(fb, c, lanes, value.width);
    }
    let (dtype, scalar) = (value.dtype, value.regs[0]);
    let scalar = if dtype == DType::Bool { fb.ins().ineg(scalar) } else { scalar };
    let reg = fb.ins().splat(vector_type(dtype), scalar);
    Lanes::vector(dtype, lanes, smallvec![reg; registers(lanes, dtype.bytes() as u32)])
}

/// A constant of one or more lanes.
pub(crate) fn constant_of(fb: &mut FunctionBuilder, c: Scalar, lanes: u32) -> Lanes {
    if lanes > 1 {
        return splat_constant(fb, c, lanes, c.dtype().bytes() as u32);
    }
    let value = scalar_constant(fb, c);
    Lanes { known: Some(c), ..Lanes::scalar(c.dtype(), value) }
}

/// A constant in all lanes, for a mask with lanes of that width.
pub(crate) fn splat_constant(fb: &mut FunctionBuilder, c: Scalar, lanes: u32, width: u32) -> Lanes {
    let dtype = c.dtype();
    let (ty, bits) = if dtype == DType::Bool {
        (int_vector(width), if c.is_true() { u64::MAX } else { 0 })
    } else {
        (vector_type(dtype), c.bits())
    };
    let width = ty.lane_type().bytes();
    let reg = repeated(fb, ty, bits);
    Lanes { dtype, lanes, width, regs: smallvec![reg; registers(lanes, width)], known: Some(c) }
}

/// A value of several lanes from one scalar for each.
pub(crate) fn assemble(fb: &mut FunctionBuilder, dtype: DType, scalars: &[Value]) -> Lanes {
    let (ty, lanes) = (vector_type(dtype), scalars.len() as u32);
    let per = (16 / dtype.bytes()).min(scalars.len());
    let mut regs = Regs::new();
    for part in scalars.chunks(per) {
        let mut reg = repeated(fb, ty, 0);
        for (lane, &scalar) in part.iter().enumerate() {
            reg = fb.ins().insertlane(reg, scalar, lane as u8);
        }
        regs.push(reg);
    }
    let value = Lanes::vector(dtype, lanes, regs);
    if dtype == DType::Bool { mask_of_bytes(fb, &value) } else { value }
}

/// Uniform 32-bit numbers as one value: one for each lane.
pub(crate) fn joined(fb: &mut FunctionBuilder, values: &[Lanes]) -> Lanes {
    let regs = values.chunks(4).map(|four| {
        let [a, b, c, d] = std::array::from_fn(|i| four[i].regs[0]);
        if [b, c, d] == [a; 3] {
            return fb.ins().splat(types::I32X4, a);
        }
        let first = fb.ins().scalar_to_vector(types::I32X4, a);
        if (a, c) == (b, d) {
            let both = fb.ins().insertlane(first, c, 1);
            let pairs = interleaved(fb, both, both, 4, false);
            return reinterpret(fb, pairs, types::I32X4);
        }
        [b, c, d].into_iter().zip(1..).fold(first, |reg, (x, lane)| fb.ins().insertlane(reg, x, lane))
    });
    let regs = regs.collect();
    Lanes::vector(values[0].dtype, values.len() as u32, regs)
}

/// Bytes 0 and 1 as a mask.
pub(crate) fn mask_of_bytes(fb: &mut FunctionBuilder, bytes: &Lanes) -> Lanes {
    let zero = repeated(fb, types::I8X16, 0);
    let regs = bytes.regs.iter().map(|&r| fb.ins().icmp(IntCC::NotEqual, r, zero)).collect();
    Lanes::mask(bytes.lanes, 1, regs)
}

/// A mask as bytes 0 and 1.
pub(crate) fn bytes_of_mask(fb: &mut FunctionBuilder, mask: &Lanes) -> Regs {
    let narrow = mask.with_width(fb, 1);
    let one = repeated(fb, types::I8X16, 0x0101_0101_0101_0101);
    narrow.regs.iter().map(|&r| fb.ins().band(r, one)).collect()
}

/// Integers of `width` bytes as integers of twice as many.
pub(crate) fn widened(
    fb: &mut FunctionBuilder,
    regs: &[Value],
    lanes: u32,
    width: u32,
    signed: bool,
) -> Regs {
    let wanted = registers(lanes, width * 2);
    let mut wide = Regs::new();
    for &reg in regs {
        let reg = reinterpret(fb, reg, int_vector(width));
        wide.push(if signed { fb.ins().swiden_low(reg) } else { fb.ins().uwiden_low(reg) });
        if wide.len() < wanted {
            wide.push(if signed { fb.ins().swiden_high(reg) } else { fb.ins().uwiden_high(reg) });
        }
    }
    wide
}

/// Integers of `width` bytes as integers of half as many, wrapping.
pub(crate) fn narrowed(fb: &mut FunctionBuilder, regs: &[Value], width: u32) -> Regs {
    let half = width / 2;
    let order = std::array::from_fn(|i| (i as u32 / half * width + i as u32 % half) as u8);
    let mut narrow = Regs::new();
    for pair in regs.chunks(2) {
        let (a, b) = (pair[0], *pair.last().expect("a chunk is not empty"));
        let reg = shuffle(fb, a, b, order);
        narrow.push(reinterpret(fb, reg, int_vector(width / 2)));
    }
    narrow
}

/// A mask with lanes of half the width.
fn narrowed_mask(fb: &mut FunctionBuilder, regs: &[Value], width: u32) -> Regs {
    if width == 8 {
        return narrowed(fb, regs, 8);
    }
    let pack = |pair: &[Value]| fb.ins().snarrow(pair[0], *pair.last().expect("a chunk is not empty"));
    regs.chunks(2).map(pack).collect()
}
