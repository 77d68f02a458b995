//! Values of N lanes in vector and mask registers.
//!
//! A value of N lanes fills `N * bytes / 64` registers, or the low part of one. A value of one lane
//! is the same in every lane of one full register, so that spreading it over lanes costs nothing;
//! constants and numbers of the launch stay in memory, from where an instruction broadcasts them. A
//! bool is in masks: of whoever compared registers of `n` lanes, each mask has `n` bits that
//! count, and is brought to another `n` when a user needs it. Of a bool of one lane, `n` bits agree.

use super::emit::Wide;
use super::inst::{Base, GENERAL, MASK, Mem, Off, Rm, Size, VECTOR};
use super::ops::Op;
use numfuse_ir::dtype::DType;
use numfuse_ir::scalar::Scalar;
use regalloc2::{RegClass, VReg};
use smallvec::{SmallVec, smallvec};

/// The registers of one value.
pub(super) type Regs = SmallVec<[VReg; 4]>;

/// Where a value is.
#[derive(Clone, Debug)]
pub(crate) enum Where {
    /// Known now, the same in every lane.
    Known(Scalar),
    /// A number of the launch, so many bytes from the first word: the same in every lane.
    Word(i32),
    /// In registers, low lanes first.
    Registers(Regs),
}

/// A value of one or more lanes.
#[derive(Clone, Debug)]
pub(crate) struct Lanes {
    /// The type of each lane.
    pub(super) dtype: DType,
    /// How many lanes there are.
    pub(super) lanes: u32,
    /// How many bits of each mask count; 0 for what is not in masks.
    pub(super) bits: u32,
    /// Where it is.
    pub(super) place: Where,
}

/// How many lanes of so many bytes a register of a value holds; of a value of one lane as many as
/// a register can.
pub(super) fn per_register(lanes: u32, bytes: u32) -> u32 {
    if lanes == 1 { 64 / bytes } else { lanes.min(64 / bytes) }
}

/// How many registers a value fills.
pub(super) fn registers(lanes: u32, bytes: u32) -> usize {
    (lanes * bytes).div_ceil(64) as usize
}

/// How much of each register a value uses.
pub(super) fn size(lanes: u32, bytes: u32) -> Size {
    Size::of(per_register(lanes, bytes) * bytes)
}

/// One of four by the bytes of a lane: 1, 2, 4, 8.
pub(super) fn by_bytes<T: Copy>(bytes: u32, of: [T; 4]) -> T {
    of[bytes.trailing_zeros() as usize]
}

impl Lanes {
    /// A value in vectors.
    pub(super) fn vector(dtype: DType, lanes: u32, regs: Regs) -> Lanes {
        Lanes { dtype, lanes, bits: 0, place: Where::Registers(regs) }
    }

    /// A bool in masks with that many bits that count.
    pub(super) fn mask(lanes: u32, bits: u32, regs: Regs) -> Lanes {
        Lanes { dtype: DType::Bool, lanes, bits, place: Where::Registers(regs) }
    }

    /// A known value.
    pub(super) fn known(c: Scalar, lanes: u32) -> Lanes {
        Lanes { dtype: c.dtype(), lanes, bits: 0, place: Where::Known(c) }
    }

    /// The value, if it is known.
    pub(super) fn constant(&self) -> Option<Scalar> {
        match self.place {
            Where::Known(c) => Some(c),
            Where::Word(_) | Where::Registers(_) => None,
        }
    }

    /// Bytes of a lane.
    pub(super) fn bytes(&self) -> u32 {
        self.dtype.bytes() as u32
    }

    /// How much of its registers it uses.
    pub(super) fn size(&self) -> Size {
        size(self.lanes, self.bytes())
    }

    /// The class of its registers.
    pub(super) fn class(&self) -> RegClass {
        if self.dtype == DType::Bool { MASK } else { VECTOR }
    }

    /// How many registers it fills.
    pub(super) fn count(&self) -> usize {
        match (&self.place, self.dtype) {
            (Where::Registers(regs), _) => regs.len(),
            (Where::Known(_) | Where::Word(_), DType::Bool) => 1,
            (Where::Known(_) | Where::Word(_), _) => registers(self.lanes, self.bytes()),
        }
    }
}

impl Wide<'_> {
    /// The registers of a value that is not a bool.
    pub(super) fn vectors(&mut self, value: &Lanes) -> Regs {
        match value.place {
            Where::Registers(ref regs) => regs.clone(),
            Where::Known(c) => {
                let reg = self.repeated(c.bits(), value.bytes(), value.size());
                smallvec![reg; value.count()]
            }
            Where::Word(offset) => {
                let from = Mem::at(Base::Register(self.words), offset);
                let reg = self.code.unary(broadcast(value.bytes()), value.size(), from);
                smallvec![reg; value.count()]
            }
        }
    }

    /// One register of a value that is not a bool, or memory where an instruction with elements of
    /// `broadcasts` bytes can take it from there.
    pub(super) fn operand(&mut self, value: &Lanes, at: usize, broadcasts: Option<u32>) -> Rm<VReg> {
        let bytes = value.bytes();
        let fits = broadcasts.is_some_and(|element| bytes <= element && element >= 4);
        let base = match value.place {
            Where::Registers(ref regs) => return regs[at].into(),
            Where::Known(c) if fits => {
                let bits = replicated(c.bits(), bytes).to_le_bytes();
                let element = broadcasts.unwrap_or(4) as usize;
                Mem::at(Base::Pool(self.code.constant(&bits[..element])), 0)
            }
            Where::Word(offset) if fits && broadcasts == Some(bytes) => {
                Mem::at(Base::Register(self.words), offset)
            }
            Where::Known(_) | Where::Word(_) => return self.vectors(value)[at].into(),
        };
        Rm::Memory(Mem { broadcast: true, ..base })
    }

    /// The same low bits in each element of a vector.
    pub(super) fn repeated(&mut self, bits: u64, bytes: u32, size: Size) -> VReg {
        let bits = replicated(bits, bytes);
        if bits == 0 {
            return self.code.same(Op::Vzero, size, VECTOR);
        }
        let element = bytes.max(4);
        let constant = self.code.constant(&bits.to_le_bytes()[..element as usize]);
        self.code.unary(broadcast(element), size, Mem::at(Base::Pool(constant), 0))
    }

    /// A vector of known bytes.
    pub(super) fn table_of(&mut self, bytes: &[u8; 64], size: Size) -> VReg {
        let constant = self.code.constant(bytes);
        self.code.unary(Op::Vmovdqu64, size, Mem::at(Base::Pool(constant), 0))
    }

    /// The low element of a vector in all elements of a full one.
    pub(super) fn spread(&mut self, reg: VReg, bytes: u32) -> VReg {
        self.code.unary(broadcast(bytes), Size::Z, reg)
    }

    /// The masks of a bool, each with that many bits that count.
    pub(super) fn masks(&mut self, value: &Lanes, bits: u32) -> Regs {
        let bits = if value.lanes == 1 { bits } else { bits.min(value.lanes) };
        let regs = match &value.place {
            Where::Registers(regs) => regs.clone(),
            Where::Known(c) => {
                let op = if c.is_true() { Op::Kones } else { Op::Kzeros };
                let reg = self.code.same(op, Size::X, MASK);
                return smallvec![reg; (value.lanes / bits).max(1) as usize];
            }
            Where::Word(_) => unreachable!("a bool of the launch is loaded into a mask"),
        };
        match value.lanes {
            1 if bits <= value.bits => regs,
            1 => smallvec![self.agreeing(regs[0])],
            _ if bits < value.bits => self.parted(&regs, value.bits, bits),
            _ => self.merged(regs, value.bits, bits),
        }
    }

    /// A mask in which all bits are the lowest one.
    fn agreeing(&mut self, mask: VReg) -> VReg {
        let low = self.code.general(Op::KmovTo32, mask);
        let low = self.code.general_by(Op::AndBy, low, 1);
        let zero = self.code.number(0);
        let all = self.code.general_two(Op::Sub, zero, low);
        self.code.two(Op::KmovFrom, Size::X, MASK, all)
    }

    fn parted(&mut self, regs: &[VReg], from: u32, to: u32) -> Regs {
        let mut parts = Regs::new();
        for &reg in regs {
            parts.push(reg);
            parts.extend((1..from / to).map(|n| self.mask_from(reg, n * to)));
        }
        parts
    }

    /// A mask without its low bits.
    pub(super) fn mask_from(&mut self, mask: VReg, skip: u32) -> VReg {
        let to = self.code.two(Op::Kshiftr, Size::X, MASK, mask);
        self.code.last().immediate = Some(skip.into());
        to
    }

    fn merged(&mut self, mut regs: Regs, mut from: u32, to: u32) -> Regs {
        while from < to {
            let op = match from {
                8 => Op::Kunpckbw,
                16 => Op::Kunpckwd,
                _ => Op::Kunpckdq,
            };
            let pairs = regs.chunks(2).map(|pair| self.code.masks(op, pair[1], pair[0]));
            regs = pairs.collect();
            from *= 2;
        }
        regs
    }

    /// A bool with other bits that count, in registers.
    pub(super) fn with_bits(&mut self, value: &Lanes, bits: u32) -> Lanes {
        let regs = self.masks(value, bits);
        Lanes::mask(value.lanes, bits.min(if value.lanes == 1 { bits } else { value.lanes }), regs)
    }

    /// Some bytes of a vector, in the low end of one.
    pub(super) fn extracted(&mut self, reg: VReg, from: u32, bytes: u32) -> VReg {
        match (from, bytes) {
            (0, _) => reg,
            (_, 32) => {
                let part = self.code.narrow(Op::Vextracti64x4, Size::Z, reg);
                self.code.last().immediate = Some((from / 32).into());
                part
            }
            _ => {
                let sixteen = match from / 16 {
                    0 => reg,
                    n => {
                        let part = self.code.narrow(Op::Vextracti64x2, Size::Z, reg);
                        self.code.last().immediate = Some(n.into());
                        part
                    }
                };
                match from % 16 {
                    0 => sixteen,
                    n => self.code.shifted(Op::Vpsrldq, Size::X, sixteen, n.into()),
                }
            }
        }
    }

    /// Vectors of which the low bytes count, as one.
    pub(super) fn joined(&mut self, mut parts: Regs, mut bytes: u32) -> VReg {
        while parts.len() > 1 {
            let two = |pair: &[VReg]| match bytes {
                4 => self.code.vector(Op::Vpunpckldq, Size::X, pair[0], pair[1]),
                8 => self.code.vector(Op::Vpunpcklqdq, Size::X, pair[0], pair[1]),
                16 => self.code.vector_by(Op::Vinserti64x2, Size::Y, pair[0], pair[1], 1),
                _ => self.code.vector_by(Op::Vinserti64x4, Size::Z, pair[0], pair[1], 1),
            };
            parts = parts.chunks(2).map(two).collect();
            bytes *= 2;
        }
        parts[0]
    }

    /// The lower and the upper half of the lanes.
    pub(super) fn halved(&mut self, value: &Lanes) -> (Lanes, Lanes) {
        let half = value.lanes / 2;
        if !matches!(value.place, Where::Registers(_)) {
            let part = Lanes { lanes: half, ..value.clone() };
            return (part.clone(), part);
        }
        if value.dtype == DType::Bool {
            return self.halved_mask(value, half);
        }
        let regs = self.vectors(value);
        let of = |regs: &[VReg]| Lanes::vector(value.dtype, half, regs.into());
        if regs.len() > 1 {
            let (low, high) = regs.split_at(regs.len() / 2);
            return (of(low), of(high));
        }
        let bytes = half * value.bytes();
        let mut parts = [regs[0], self.extracted(regs[0], bytes, bytes)];
        if half == 1 {
            parts = parts.map(|part| self.spread(part, bytes));
        }
        (of(&parts[..1]), of(&parts[1..]))
    }

    fn halved_mask(&mut self, value: &Lanes, half: u32) -> (Lanes, Lanes) {
        let bits = value.bits.min(half);
        let regs = self.masks(value, bits);
        let (low, high) = regs.split_at(regs.len() / 2);
        (Lanes::mask(half, bits, low.into()), Lanes::mask(half, bits, high.into()))
    }

    /// A value of one lane in that many.
    pub(super) fn splatted(&mut self, value: &Lanes, lanes: u32) -> Lanes {
        let Where::Registers(regs) = &value.place else { return Lanes { lanes, ..value.clone() } };
        if value.dtype == DType::Bool {
            let bits = value.bits.min(lanes);
            if bits < 4 {
                let all = self.agreeing(regs[0]);
                return Lanes::mask(lanes, lanes, smallvec![all]);
            }
            return Lanes::mask(lanes, bits, smallvec![regs[0]; (lanes / bits) as usize]);
        }
        let count = registers(lanes, value.bytes());
        Lanes::vector(value.dtype, lanes, smallvec![regs[0]; count])
    }

    /// A bit for each lane of a bool, in a general register.
    pub(super) fn lane_bits(&mut self, value: &Lanes) -> VReg {
        if value.lanes == 1 {
            let mask = self.masks(value, 1)[0];
            let low = self.code.general(Op::KmovTo32, mask);
            return self.code.general_by(Op::AndBy, low, 1);
        }
        let mask = self.masks(value, value.lanes)[0];
        match value.lanes {
            8 => self.code.general(Op::KmovTo8, mask),
            16 => self.code.general(Op::KmovTo16, mask),
            32 => self.code.general(Op::KmovTo32, mask),
            64 => self.code.general(Op::KmovTo, mask),
            lanes => {
                let bits = self.code.general(Op::KmovTo8, mask);
                self.code.general_by(Op::AndBy, bits, (1 << lanes) - 1)
            }
        }
    }

    /// A bool as bytes 0 and 1: one vector of as many bytes as there are lanes.
    pub(super) fn bytes_of(&mut self, value: &Lanes) -> VReg {
        let lanes = if value.lanes == 1 { 64 } else { value.lanes };
        let mask = self.masks(value, lanes)[0];
        let size = Size::of(lanes);
        let ones = self.code.constant(&[1; 64]);
        let bytes = self.code.unary(Op::Vmovdqu8, size, Mem::at(Base::Pool(ones), 0));
        self.code.last().mask = Some((mask, Off::Zero));
        bytes
    }

    /// Bytes as a bool.
    pub(super) fn bool_of(&mut self, bytes: VReg, lanes: u32) -> Lanes {
        let bits = if lanes == 1 { 64 } else { lanes };
        let mask = self.code.compared(Op::Vptestmb, Size::of(bits), bytes, bytes, None);
        Lanes::mask(lanes, bits, smallvec![mask])
    }

    /// A value in registers, for whoever needs them: blocks pass nothing else on.
    pub(super) fn in_registers(&mut self, value: &Lanes) -> Lanes {
        match (&value.place, value.dtype) {
            (Where::Registers(_), _) => value.clone(),
            (_, DType::Bool) => self.with_bits(value, value.lanes),
            (_, dtype) => Lanes::vector(dtype, value.lanes, self.vectors(value)),
        }
    }

    /// A general register from the low element of a vector.
    pub(super) fn low(&mut self, reg: VReg) -> VReg {
        let to = self.code.register(GENERAL);
        let inst = super::inst::Inst::new(Op::VmovqStore, Size::X);
        self.code.push(super::inst::Inst { reg: Some(reg), rm: Rm::Register(to), ..inst });
        to
    }
}

/// The broadcast of elements of so many bytes.
pub(super) fn broadcast(bytes: u32) -> Op {
    by_bytes(bytes, [Op::Vpbroadcastb, Op::Vpbroadcastw, Op::Vpbroadcastd, Op::Vpbroadcastq])
}

/// The low bytes of a number, over and over.
fn replicated(bits: u64, bytes: u32) -> u64 {
    match bytes {
        1 => (bits & 0xff) * 0x0101_0101_0101_0101,
        2 => (bits & 0xffff) * 0x0001_0001_0001_0001,
        4 => (bits & 0xffff_ffff) * 0x0000_0001_0000_0001,
        _ => bits,
    }
}
