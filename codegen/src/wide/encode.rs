//! Instructions into bytes, by the rules of chapter 2 of Intel's manual (volume 2).

use super::inst::{Base, Constant, Inst, Mem, Off, Rm, Size};
use super::ops::{Coding, Form, Map, Op, Prefix, Row, Unit};
use regalloc2::PReg;

/// The registers that divisions use and nothing else: rax and rdx.
pub(super) const RAX: u8 = 0;
const RDX: u8 = 2;
/// The stack pointer.
pub(super) const RSP: u8 = 4;
/// The pointer to the frame.
pub(super) const RBP: u8 = 5;

/// Bytes of code, with the places that name constants whose address is not known yet.
#[derive(Default)]
pub(super) struct Bytes {
    /// The code.
    pub(super) bytes: Vec<u8>,
    /// Where four bytes shall hold the distance from the end of their instruction to a constant.
    pub(super) constants: Vec<Fixup>,
}

/// A distance to a constant.
pub(super) struct Fixup {
    /// Where the four bytes are.
    pub(super) at: usize,
    /// The end of the instruction, from which the distance counts.
    pub(super) end: usize,
    /// To what.
    pub(super) to: Constant,
}

fn number(r: PReg) -> u8 {
    r.hw_enc() as u8
}

/// The high bits of the three places, as prefixes have them.
struct High {
    reg: u8,
    index: u8,
    base: u8,
}

impl Bytes {
    /// Appends an instruction.
    pub(super) fn instruction(&mut self, inst: &Inst<PReg>) {
        let row = inst.op.row();
        let reg = inst.reg.map_or(0, number);
        let vvvv = inst.vvvv.map_or(0, number);
        match row.form {
            Form::Immediate => self.immediate(reg, inst.immediate.unwrap_or(0)),
            Form::Several if inst.op == Op::Lowered => self.lowered(reg, vvvv, register(&inst.rm)),
            Form::Several => self.division(inst.op, reg, vvvv, register(&inst.rm)),
            Form::Same | Form::SameOfTwo => {
                let own = inst.reg.expect("it has a result");
                let rm = Rm::Register(own);
                let second = if row.form == Form::Same { reg } else { 0 };
                self.encoded(row, inst, reg, second, &rm);
            }
            Form::Vm(digit) | Form::Digit(digit) => self.encoded(row, inst, digit, vvvv, &inst.rm),
            Form::Adds if matches!(inst.op, Op::Least | Op::Greatest) => {
                self.compare(reg, register(&inst.rm));
                self.encoded(row, inst, reg, 0, &inst.rm);
            }
            Form::Rvm | Form::Rm | Form::Mr | Form::Rmv | Form::Changes | Form::Adds => {
                self.encoded(row, inst, reg, vvvv, &inst.rm);
            }
            Form::Gather | Form::Scatter => self.encoded(row, inst, reg, 0, &inst.rm),
        }
    }

    fn encoded(&mut self, row: &Row, inst: &Inst<PReg>, reg: u8, vvvv: u8, rm: &Rm<PReg>) {
        match row.coding {
            Coding::Legacy => self.legacy_prefix(row, reg, rm),
            Coding::Vex0 | Coding::Vex1 => self.vex_prefix(row, reg, vvvv, rm),
            Coding::Evex => self.evex_prefix(row, inst, reg, vvvv, rm),
        }
        self.bytes.push(row.opcode);
        let unit = match row.coding {
            Coding::Evex => displacement_unit(row.unit, inst.size, rm),
            Coding::Legacy | Coding::Vex0 | Coding::Vex1 => 1,
        };
        let fixup = self.modrm(reg, rm, unit);
        if let Some(immediate) = inst.immediate {
            match inst.op {
                Op::ImulBy | Op::AndBy => self.bytes.extend((immediate as i32).to_le_bytes()),
                _ => self.bytes.push(immediate as u8),
            }
        }
        if let Some((at, to)) = fixup {
            self.constants.push(Fixup { at, end: self.bytes.len(), to });
        }
    }

    fn legacy_prefix(&mut self, row: &Row, reg: u8, rm: &Rm<PReg>) {
        match row.prefix {
            Prefix::Np => {}
            Prefix::P66 => self.bytes.push(0x66),
            Prefix::Pf3 => self.bytes.push(0xf3),
            Prefix::Pf2 => self.bytes.push(0xf2),
        }
        let high = high(reg, rm);
        let rex = 0x40 | u8::from(row.w) << 3 | high.reg << 2 | high.index << 1 | high.base;
        // Without it the low bytes of some registers would be those of others.
        if rex != 0x40 || row.unit == Unit::Bytes(1) {
            self.bytes.push(rex);
        }
        match row.map {
            Map::One => {}
            Map::M0f => self.bytes.push(0x0f),
            Map::M38 => self.bytes.extend([0x0f, 0x38]),
            Map::M3a => self.bytes.extend([0x0f, 0x3a]),
        }
    }

    fn vex_prefix(&mut self, row: &Row, reg: u8, vvvv: u8, rm: &Rm<PReg>) {
        let high = high(reg, rm);
        let length = u8::from(row.coding == Coding::Vex1);
        let first = (high.reg ^ 1) << 7 | (high.index ^ 1) << 6 | (high.base ^ 1) << 5 | row.map as u8;
        let second = u8::from(row.w) << 7 | (!vvvv & 15) << 3 | length << 2 | row.prefix as u8;
        self.bytes.extend([0xc4, first, second]);
    }

    fn evex_prefix(&mut self, row: &Row, inst: &Inst<PReg>, reg: u8, vvvv: u8, rm: &Rm<PReg>) {
        let mut high = high(reg, rm);
        let mut upper = vvvv >> 4;
        let mut broadcast = 0;
        match rm {
            // The place of the index holds the fifth bit of a register.
            Rm::Register(r) => high.index = number(*r) >> 4 & 1,
            Rm::Memory(mem) => {
                broadcast = u8::from(mem.broadcast);
                if matches!(row.form, Form::Gather | Form::Scatter) {
                    upper = mem.index.map_or(0, number) >> 4;
                }
            }
            Rm::None => {}
        }
        let (mask, zero) = match inst.mask {
            Some((k, off)) => (number(k), u8::from(off == Off::Zero)),
            None => (0, 0),
        };
        let first = (high.reg ^ 1) << 7
            | (high.index ^ 1) << 6
            | (high.base ^ 1) << 5
            | (reg >> 4 ^ 1) << 4
            | row.map as u8;
        let second = u8::from(row.w) << 7 | (!vvvv & 15) << 3 | 4 | row.prefix as u8;
        let third = zero << 7 | (inst.size as u8) << 5 | broadcast << 4 | (upper ^ 1) << 3 | mask;
        self.bytes.extend([0x62, first, second, third]);
    }

    /// The operands; the place of the distance to a constant, if there is one.
    fn modrm(&mut self, reg: u8, rm: &Rm<PReg>, unit: i32) -> Option<(usize, Constant)> {
        let reg = (reg & 7) << 3;
        let mem = match rm {
            Rm::Register(r) => {
                self.bytes.push(0xc0 | reg | number(*r) & 7);
                return None;
            }
            Rm::Memory(mem) => mem,
            Rm::None => unreachable!("every encoded form has an operand there"),
        };
        let base = match mem.base {
            Base::Register(r) => number(r),
            Base::Stack => RSP,
            Base::Pool(constant) => {
                self.bytes.push(reg | 5);
                self.bytes.extend(mem.offset.to_le_bytes());
                return Some((self.bytes.len() - 4, constant));
            }
        };
        let small = mem.offset % unit == 0 && i8::try_from(mem.offset / unit).is_ok();
        let mode = match mem.offset {
            // Registers with the low bits of rbp have no form without a displacement.
            0 if base & 7 != RBP => 0,
            _ if small => 0x40,
            _ => 0x80,
        };
        if let Some(index) = mem.index.map(number) {
            self.bytes.push(mode | reg | 4);
            self.bytes.push((mem.scale.trailing_zeros() as u8) << 6 | (index & 7) << 3 | base & 7);
        } else if base & 7 == RSP {
            self.bytes.extend([mode | reg | 4, 0x24]);
        } else {
            self.bytes.push(mode | reg | base & 7);
        }
        match mode {
            0 => {}
            0x40 => self.bytes.push((mem.offset / unit) as u8),
            _ => self.bytes.extend(mem.offset.to_le_bytes()),
        }
        None
    }

    /// A number into a general register, in the shortest of three forms.
    pub(super) fn immediate(&mut self, reg: u8, value: i64) {
        let high = reg >> 3;
        if let Ok(value) = u32::try_from(value) {
            if high == 1 {
                self.bytes.push(0x41);
            }
            self.bytes.push(0xb8 | reg & 7);
            self.bytes.extend(value.to_le_bytes());
        } else if let Ok(value) = i32::try_from(value) {
            self.bytes.extend([0x48 | high, 0xc7, 0xc0 | reg & 7]);
            self.bytes.extend(value.to_le_bytes());
        } else {
            self.bytes.extend([0x48 | high, 0xb8 | reg & 7]);
            self.bytes.extend(value.to_le_bytes());
        }
    }

    /// A division of `a` by `b`, which is not 0, through rax and rdx.
    fn division(&mut self, op: Op, to: u8, a: u8, b: u8) {
        let signed = matches!(op, Op::DivideSigned | Op::RemainderSigned);
        let rest = matches!(op, Op::Remainder | Op::RemainderSigned);
        self.copy(RAX, a);
        if signed {
            self.bytes.extend([0x48, 0x99]);
        } else {
            self.bytes.extend([0x31, 0xd2]);
        }
        let digit = if signed { 7 } else { 6 };
        self.bytes.extend([0x48 | b >> 3, 0xf7, 0xc0 | digit << 3 | b & 7]);
        self.copy(to, if rest { RDX } else { RAX });
    }

    /// Lowers the unsigned number at an address to another, through rax, by trying until nobody was faster;
    /// gives what is there then.
    fn lowered(&mut self, to: u8, address: u8, number: u8) {
        self.at_address(0x8b, RAX, address);
        let again = self.bytes.len();
        self.compare(RAX, number);
        self.bytes.extend([0x76, 0]);
        let skip = self.bytes.len();
        self.bytes.push(0xf0);
        self.bytes.extend([
            0x48 | number >> 3 << 2 | address >> 3,
            0x0f,
            0xb1,
            0x40 | (number & 7) << 3 | address & 7,
        ]);
        self.after_address(address);
        self.bytes.extend([0x75, 0]);
        let end = self.bytes.len();
        self.bytes[end - 1] = (again as isize - end as isize) as u8;
        self.bytes[skip - 1] = (end - skip) as u8;
        self.at_address(0x8b, to, address);
    }

    /// An operation on a general register and what lies at the address in another.
    fn at_address(&mut self, opcode: u8, reg: u8, address: u8) {
        self.bytes.extend([0x48 | reg >> 3 << 2 | address >> 3, opcode, 0x40 | (reg & 7) << 3 | address & 7]);
        self.after_address(address);
    }

    /// What follows an operand of a register and a displacement of one byte: a byte for the registers that
    /// look like rsp, and a displacement of 0.
    fn after_address(&mut self, address: u8) {
        if address & 7 == RSP {
            self.bytes.push(0x24);
        }
        self.bytes.push(0);
    }

    /// One general register into another.
    pub(super) fn copy(&mut self, to: u8, from: u8) {
        self.two(0x8b, to, from);
    }

    /// Compares two general registers.
    pub(super) fn compare(&mut self, a: u8, b: u8) {
        self.two(0x3b, a, b);
    }

    /// Looks whether a general register is 0.
    pub(super) fn test(&mut self, a: u8) {
        self.two(0x85, a, a);
    }

    /// Compares a general register with a number.
    pub(super) fn compare_with(&mut self, a: u8, value: i32) {
        self.with_number(7, a, value);
    }

    /// Adds a number to a general register.
    pub(super) fn add(&mut self, a: u8, value: i32) {
        self.with_number(0, a, value);
    }

    fn two(&mut self, opcode: u8, reg: u8, rm: u8) {
        self.bytes.extend([0x48 | reg >> 3 << 2 | rm >> 3, opcode, 0xc0 | (reg & 7) << 3 | rm & 7]);
    }

    /// An operation with an immediate: the digit says which.
    pub(super) fn with_number(&mut self, digit: u8, rm: u8, value: i32) {
        let (opcode, short) = if i8::try_from(value).is_ok() { (0x83, true) } else { (0x81, false) };
        self.bytes.extend([0x48 | rm >> 3, opcode, 0xc0 | digit << 3 | rm & 7]);
        if short {
            self.bytes.push(value as u8);
        } else {
            self.bytes.extend(value.to_le_bytes());
        }
    }

    /// Pushes a general register.
    pub(super) fn push(&mut self, r: u8) {
        self.bytes.extend([0x40 | r >> 3, 0x50 | r & 7]);
    }

    /// Pops a general register.
    pub(super) fn pop(&mut self, r: u8) {
        self.bytes.extend([0x40 | r >> 3, 0x58 | r & 7]);
    }
}

fn register(rm: &Rm<PReg>) -> u8 {
    match rm {
        Rm::Register(r) => number(*r),
        Rm::Memory(_) | Rm::None => unreachable!("the operation takes registers alone"),
    }
}

/// The fourth bits of the places.
fn high(reg: u8, rm: &Rm<PReg>) -> High {
    let bit = |n: u8| n >> 3 & 1;
    let (index, base) = match rm {
        Rm::Register(r) => (0, bit(number(*r))),
        Rm::Memory(Mem { base, index, .. }) => {
            let base = match base {
                Base::Register(r) => bit(number(*r)),
                Base::Stack | Base::Pool(_) => 0,
            };
            (index.map_or(0, |r| bit(number(r))), base)
        }
        Rm::None => (0, 0),
    };
    High { reg: bit(reg), index, base }
}

/// What a displacement of one byte counts in.
fn displacement_unit(unit: Unit, size: Size, rm: &Rm<PReg>) -> i32 {
    let broadcast = matches!(rm, Rm::Memory(Mem { broadcast: true, .. }));
    let bytes = size.bytes() as i32;
    match unit {
        Unit::Full4 if broadcast => 4,
        Unit::Full8 if broadcast => 8,
        Unit::Full4 | Unit::Full8 | Unit::Full => bytes,
        Unit::Part(part) => bytes / i32::from(part),
        Unit::Bytes(n) => n.into(),
    }
}
