//! Numbers that are the same for all lanes, in general registers or known, and the addresses made of
//! them.

use super::emit::Wide;
use super::inst::{Base, GENERAL, MASK, Mem, Rm, Size};
use super::lanes::Lanes;
use super::ops::Op;
use super::program::Right;
use crate::walk::{Emit, Place, Step};
use regalloc2::VReg;

/// A whole number, the same for all lanes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Number {
    /// Known now.
    Known(i64),
    /// In a general register.
    Register(VReg),
}

/// An operation on numbers.
pub(super) fn step(e: &mut Wide, step: Step, a: Number, b: Number) -> Number {
    if let (Number::Known(a), Number::Known(b)) = (a, b) {
        return Number::Known(step_of_known(step, a, b));
    }
    let two = |e: &mut Wide, op| {
        let (a, b) = (e.general(a), e.general(b));
        e.code.general_two(op, a, b)
    };
    Number::Register(match (step, a, b) {
        (Step::Add, Number::Register(r), Number::Known(n))
        | (Step::Add, Number::Known(n), Number::Register(r)) => e.added(r, n),
        (Step::Add, Number::Register(a), Number::Register(b)) => {
            e.lea(Mem { index: Some(b), ..Mem::at(Base::Register(a), 0) })
        }
        (Step::Sub, Number::Register(r), Number::Known(n)) => e.added(r, n.wrapping_neg()),
        (Step::Mul, Number::Register(r), Number::Known(n))
        | (Step::Mul, Number::Known(n), Number::Register(r)) => e.multiplied(r, n),
        (Step::Div | Step::Rem, _, _) => return e.divided(step, a, b),
        (Step::Ones, _, _) => {
            let (ones, count) = (e.code.number(-1), e.general(a));
            e.code.three(Op::Bzhi, Size::X, GENERAL, count, ones)
        }
        (Step::Sub, _, _) => two(e, Op::Sub),
        (Step::Mul, _, _) => two(e, Op::Imul),
        (Step::Min, _, _) => two(e, Op::Least),
        (Step::Max, _, _) => two(e, Op::Greatest),
        (Step::Add | Step::And, _, _) => two(e, if step == Step::And { Op::And } else { Op::Add }),
    })
}

/// The low `count` bits, up to all 64.
pub(super) fn low_ones(count: u32) -> i64 {
    1i64.checked_shl(count).map_or(-1, |beyond| beyond.wrapping_sub(1))
}

/// An operation on known indices.
fn step_of_known(step: Step, a: i64, b: i64) -> i64 {
    match step {
        Step::Add => a.wrapping_add(b),
        Step::Sub => a.wrapping_sub(b),
        Step::Mul => a.wrapping_mul(b),
        Step::Div => a / b.max(1),
        Step::Rem => a % b.max(1),
        Step::Min => a.min(b),
        Step::Max => a.max(b),
        Step::And => a & b,
        Step::Ones => low_ones(a as u32),
    }
}

impl Wide<'_> {
    /// A number in a general register.
    pub(super) fn general(&mut self, n: Number) -> VReg {
        match n {
            Number::Register(r) => r,
            Number::Known(n) => self.code.number(n),
        }
    }

    /// A number in a mask.
    pub(super) fn mask_of(&mut self, n: Number) -> VReg {
        let bits = self.general(n);
        self.code.two(Op::KmovFrom, Size::X, MASK, bits)
    }

    /// `a + by * scale` and so on: an address.
    pub(super) fn lea(&mut self, mem: Mem<VReg>) -> VReg {
        self.code.general(Op::Lea, mem)
    }

    /// The address of an entry of so many bytes of a part of the stack.
    pub(super) fn on_stack(&mut self, start: i32, at: Number, bytes: i64) -> Mem<VReg> {
        let base = Mem::at(Base::Stack, start);
        match at {
            Number::Known(n) => Mem { offset: start + (n * bytes) as i32, ..base },
            Number::Register(r) if bytes <= 8 => Mem { index: Some(r), scale: bytes as u8, ..base },
            Number::Register(_) => {
                let bytes = self.step(Step::Mul, at, Number::Known(bytes));
                Mem { index: Some(self.general(bytes)), ..base }
            }
        }
    }

    fn divided(&mut self, step: Step, a: Number, b: Number) -> Number {
        let rest = step == Step::Rem;
        if let Number::Known(n) = b {
            let n = n.max(1);
            if n.count_ones() == 1 {
                let a = self.general(a);
                return Number::Register(match rest {
                    true if n > 1 << 31 => {
                        let low = self.code.number(n - 1);
                        self.code.general_two(Op::And, a, low)
                    }
                    true => self.code.general_by(Op::AndBy, a, n - 1),
                    false => self.code.general_by(Op::ShrBy, a, n.trailing_zeros().into()),
                });
            }
        }
        let (a, one) = (self.general(a), Number::Known(1));
        let divisor = self.step(Step::Max, b, one);
        let divisor = self.general(divisor);
        let op = if rest { Op::Remainder } else { Op::Divide };
        Number::Register(self.divide(op, a, divisor))
    }

    /// A division by what is not 0.
    pub(super) fn divide(&mut self, op: Op, a: VReg, b: VReg) -> VReg {
        self.code.three(op, Size::X, GENERAL, a, b)
    }

    fn multiplied(&mut self, a: VReg, n: i64) -> VReg {
        match (n.count_ones(), i32::try_from(n)) {
            _ if n == 1 => a,
            (1, _) if n > 0 => self.code.general_by(Op::ShlBy, a, n.trailing_zeros().into()),
            (_, Ok(_)) => {
                let to = self.code.general(Op::ImulBy, a);
                self.code.last().immediate = Some(n);
                to
            }
            _ => {
                let n = self.code.number(n);
                self.code.general_two(Op::Imul, a, n)
            }
        }
    }

    /// A number more.
    pub(super) fn added(&mut self, a: VReg, n: i64) -> VReg {
        match i32::try_from(n) {
            Ok(0) => a,
            Ok(n) => self.lea(Mem::at(Base::Register(a), n)),
            Err(_) => {
                let n = self.code.number(n);
                self.code.general_two(Op::Add, a, n)
            }
        }
    }

    /// A number as the right side of a comparison.
    pub(super) fn right(&mut self, n: Number) -> Right {
        match n {
            Number::Register(r) => Right::Register(r),
            Number::Known(n) => match i32::try_from(n) {
                Ok(n) => Right::Number(n),
                Err(_) => Right::Register(self.code.number(n)),
            },
        }
    }

    /// The memory of a place's first lane, of elements of so many bytes.
    pub(super) fn first(&mut self, place: &Place<Number, Lanes>, bytes: usize) -> Mem<VReg> {
        let base = self.general(place.pointer);
        let start = Mem::at(Base::Register(base), 0);
        match place.offset {
            None => start,
            Some(Number::Register(r)) => Mem { index: Some(r), scale: bytes as u8, ..start },
            Some(Number::Known(n)) => {
                let offset = n * bytes as i64;
                match i32::try_from(offset) {
                    Ok(offset) if offset.abs() < 1 << 30 => Mem { offset, ..start },
                    _ => Mem { index: Some(self.code.number(offset)), ..start },
                }
            }
        }
    }

    /// An address without an index.
    pub(super) fn plain(&mut self, mem: Mem<VReg>) -> VReg {
        match mem {
            Mem { base: Base::Register(r), index: None, offset: 0, .. } => r,
            _ => self.lea(mem),
        }
    }
}

/// The memory so many bytes further.
pub(super) fn further(mem: Mem<VReg>, bytes: u32) -> Mem<VReg> {
    Mem { offset: mem.offset + bytes as i32, ..mem }
}

/// A store's or a load's `rm`, for the program's functions.
pub(super) fn rm(mem: Mem<VReg>) -> Rm<VReg> {
    Rm::Memory(mem)
}
