//! One instruction, with virtual registers before allocation and physical ones after it: the same
//! places, named as the encoding names them.

use super::ops::{Form, Op};
use regalloc2::{Operand, OperandConstraint, OperandKind, OperandPos, PReg, RegClass, VReg};

/// A register of general use, in the register allocator's words.
pub(super) const GENERAL: RegClass = RegClass::Int;
/// A vector register: xmm, ymm or zmm by the instruction.
pub(super) const VECTOR: RegClass = RegClass::Float;
/// A mask register: k1 to k7.
pub(super) const MASK: RegClass = RegClass::Vector;

/// How much of vector registers an instruction uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Size {
    /// 128 bits: xmm.
    X = 0,
    /// 256 bits: ymm.
    Y = 1,
    /// 512 bits: zmm.
    Z = 2,
}

impl Size {
    /// The least size of at least so many bytes.
    pub(super) fn of(bytes: u32) -> Size {
        match bytes {
            ..=16 => Size::X,
            17..=32 => Size::Y,
            _ => Size::Z,
        }
    }

    /// Its bytes.
    pub(super) fn bytes(self) -> u32 {
        16 << self as u32
    }
}

/// A constant of the pool behind the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Constant(pub(super) u32);

/// What an address starts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Base<R> {
    /// A register.
    Register(R),
    /// The stack pointer.
    Stack,
    /// A constant of the pool.
    Pool(Constant),
}

/// A memory operand: `base + index * scale + offset`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mem<R> {
    /// What it starts from.
    pub(super) base: Base<R>,
    /// A register to add: a general one, in gathers and scatters a vector.
    pub(super) index: Option<R>,
    /// What the index is multiplied by: 1, 2, 4 or 8.
    pub(super) scale: u8,
    /// Bytes to add.
    pub(super) offset: i32,
    /// One element is used for every lane.
    pub(super) broadcast: bool,
}

impl<R> Mem<R> {
    /// At some bytes from a base.
    pub(super) fn at(base: Base<R>, offset: i32) -> Mem<R> {
        Mem { base, index: None, scale: 1, offset, broadcast: false }
    }
}

/// The operand that may be memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rm<R> {
    /// There is none.
    None,
    /// A register.
    Register(R),
    /// Memory.
    Memory(Mem<R>),
}

impl<R> From<Mem<R>> for Rm<R> {
    fn from(mem: Mem<R>) -> Rm<R> {
        Rm::Memory(mem)
    }
}

impl From<VReg> for Rm<VReg> {
    fn from(register: VReg) -> Rm<VReg> {
        Rm::Register(register)
    }
}

/// What happens in the lanes that a mask switches off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Off {
    /// They are not stored, or stay as they were.
    Kept,
    /// They become 0.
    Zero,
}

/// One instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Inst<R> {
    /// What it does.
    pub(super) op: Op,
    /// How much of vectors it uses.
    pub(super) size: Size,
    /// The operand in the place `reg`.
    pub(super) reg: Option<R>,
    /// The operand in the place `vvvv`.
    pub(super) vvvv: Option<R>,
    /// The operand in the place `rm`.
    pub(super) rm: Rm<R>,
    /// What was in the register that the instruction changes; after allocation the same register.
    pub(super) old: Option<R>,
    /// Which lanes are on.
    pub(super) mask: Option<(R, Off)>,
    /// The mask after a gather or scatter, in the same register.
    pub(super) spent: Option<R>,
    /// The immediate.
    pub(super) immediate: Option<i64>,
}

/// Which operand an instruction defines.
enum Defines {
    Reg,
    Vvvv,
    Rm,
    Nothing,
}

impl<R: Copy> Inst<R> {
    /// An instruction without operands yet.
    pub(super) fn new(op: Op, size: Size) -> Inst<R> {
        Inst {
            op,
            size,
            reg: None,
            vvvv: None,
            rm: Rm::None,
            old: None,
            mask: None,
            spent: None,
            immediate: None,
        }
    }

    fn defines(&self) -> Defines {
        match self.op.row().form {
            Form::Rvm | Form::Rm | Form::Rmv | Form::Changes | Form::Adds | Form::Same => Defines::Reg,
            Form::SameOfTwo | Form::Gather | Form::Immediate | Form::Several => Defines::Reg,
            Form::Mr if matches!(self.rm, Rm::Memory(_)) => Defines::Nothing,
            Form::Mr | Form::Digit(_) => Defines::Rm,
            Form::Vm(_) => Defines::Vvvv,
            Form::Scatter => Defines::Nothing,
        }
    }

    /// Puts every register in an order: first what is defined with what was there, then the mask of
    /// a gather, then what is read. `each` may put another register in its place.
    fn registers<S>(&self, mut each: impl FnMut(R, Role) -> S) -> Inst<S> {
        let defines = self.defines();
        let mut place = |r: R, defined: bool| each(r, if defined { Role::Defined } else { Role::Read });
        let in_rm = |rm: &Rm<R>| match rm {
            Rm::Register(r) => Some(*r),
            Rm::None | Rm::Memory(_) => None,
        };
        let reg = self.reg.filter(|_| matches!(defines, Defines::Reg)).map(|r| place(r, true));
        let vvvv = self.vvvv.filter(|_| matches!(defines, Defines::Vvvv)).map(|r| place(r, true));
        let rm = in_rm(&self.rm).filter(|_| matches!(defines, Defines::Rm)).map(|r| place(r, true));
        let old = self.old.map(|r| place(r, false));
        let spent = self.spent.map(|r| place(r, true));
        let mask = self.mask.map(|(k, off)| (place(k, false), off));
        let reg = reg.or_else(|| self.reg.map(|r| place(r, false)));
        let vvvv = vvvv.or_else(|| self.vvvv.map(|r| place(r, false)));
        let rm = match (rm, &self.rm) {
            (Some(r), _) => Rm::Register(r),
            (None, Rm::None) => Rm::None,
            (None, Rm::Register(r)) => Rm::Register(place(*r, false)),
            (None, Rm::Memory(mem)) => Rm::Memory(Mem {
                base: match mem.base {
                    Base::Register(r) => Base::Register(place(r, false)),
                    Base::Stack => Base::Stack,
                    Base::Pool(c) => Base::Pool(c),
                },
                index: mem.index.map(|r| place(r, false)),
                scale: mem.scale,
                offset: mem.offset,
                broadcast: mem.broadcast,
            }),
        };
        let (op, size, immediate) = (self.op, self.size, self.immediate);
        Inst { op, size, reg, vvvv, rm, old, mask, spent, immediate }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Defined,
    Read,
}

impl Inst<VReg> {
    /// The operands in the words of the register allocator.
    pub(super) fn operands(&self, operands: &mut Vec<Operand>) {
        let first = operands.len();
        self.registers(|r, role| {
            let at = operands.len() - first;
            // What is changed in place is read by the operand that follows.
            let tied = at == 0 && self.old.is_some() || self.spent == Some(r);
            operands.push(match role {
                Role::Defined if tied => Operand::reg_reuse_def(r, at + 1),
                Role::Defined => Operand::reg_def(r),
                Role::Read => Operand::new(r, OperandConstraint::Reg, OperandKind::Use, OperandPos::Early),
            });
        });
    }

    /// The instruction with the registers that were allocated, in the order of `operands`.
    pub(super) fn with(&self, mut allocated: impl Iterator<Item = PReg>) -> Inst<PReg> {
        self.registers(|_, _| allocated.next().expect("each operand has a register"))
    }
}
