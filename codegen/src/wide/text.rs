//! Instructions as text, in Intel's order: what is written first.

use super::inst::{Base, GENERAL, Inst, MASK, Mem, Off, Rm, Size};
use super::ops::{Form, Op, Unit};
use super::program::Pool;
use regalloc2::PReg;
use std::fmt::Write;

/// The name of a general register.
pub(super) fn general(n: u8) -> &'static str {
    const NAMES: [&str; 16] = [
        "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13",
        "r14", "r15",
    ];
    NAMES[usize::from(n)]
}

/// Appends one instruction.
pub(super) fn instruction(text: &mut String, inst: &Inst<PReg>, pool: &Pool) {
    let row = inst.op.row();
    text.push_str(row.name);
    let (own, part) = sizes(inst);
    let reg = inst.reg.map(|r| register(r, own));
    let vvvv = inst.vvvv.map(|r| register(r, inst.size));
    let rm = match &inst.rm {
        Rm::None => None,
        Rm::Register(r) => Some(register(*r, part)),
        Rm::Memory(mem) => Some(memory(mem, inst, pool)),
    };
    let operands = match row.form {
        Form::Mr | Form::Scatter => [rm, reg, None],
        Form::Vm(_) => [vvvv, rm, None],
        Form::Rmv => [reg, rm, vvvv],
        Form::Same => [reg.clone(), reg.clone(), reg],
        Form::SameOfTwo => [reg.clone(), reg, None],
        Form::Rvm | Form::Rm | Form::Changes | Form::Adds => [reg, vvvv, rm],
        Form::Digit(_) | Form::Gather | Form::Immediate | Form::Several => [reg, vvvv, rm],
    };
    for (n, operand) in operands.into_iter().flatten().enumerate() {
        text.push_str(if n == 0 { " " } else { ", " });
        text.push_str(&operand);
        if let Some((k, off)) = inst.mask.filter(|_| n == 0) {
            write!(text, "{{k{}}}{}", k.hw_enc(), if off == Off::Zero { "{z}" } else { "" })
                .expect("text takes what it is given");
        }
    }
    if let Some(immediate) = inst.immediate {
        write!(text, ", {immediate}").expect("text takes what it is given");
    }
}

/// How much is used of the registers in the places `reg` and `rm`.
pub(super) fn sizes(inst: &Inst<PReg>) -> (Size, Size) {
    let (size, half) = (inst.size, Size::of(inst.size.bytes() / 2));
    match (inst.op, inst.op.row().unit) {
        (Op::Vcvtpd2ps | Op::Vcvtqq2ps | Op::Vcvtuqq2ps | Op::Vcvttpd2dq | Op::Vcvttpd2udq, _) => {
            (half, size)
        }
        (Op::Vpgatherqd | Op::Vpscatterqd, _) => (half, size),
        (_, Unit::Full4 | Unit::Full8 | Unit::Full) => (size, size),
        (_, Unit::Part(part)) => (size, Size::of(size.bytes() / u32::from(part))),
        (_, Unit::Bytes(n)) => (size, Size::of(n.into())),
    }
}

fn register(r: PReg, size: Size) -> String {
    match (r.class(), size) {
        (GENERAL, _) => general(r.hw_enc() as u8).to_string(),
        (MASK, _) => format!("k{}", r.hw_enc()),
        (_, Size::X) => format!("xmm{}", r.hw_enc()),
        (_, Size::Y) => format!("ymm{}", r.hw_enc()),
        (_, Size::Z) => format!("zmm{}", r.hw_enc()),
    }
}

fn memory(mem: &Mem<PReg>, inst: &Inst<PReg>, pool: &Pool) -> String {
    let mut text = match mem.base {
        Base::Register(r) => format!("[{}", general(r.hw_enc() as u8)),
        Base::Stack => "[rsp".to_string(),
        Base::Pool(constant) => {
            let bytes = &pool.entries[constant.0 as usize];
            let digits: String = bytes.iter().rev().map(|byte| format!("{byte:02x}")).collect();
            format!("[const 0x{digits}")
        }
    };
    if let Some(index) = mem.index {
        let index = register(index, inst.size);
        write!(text, " + {index}*{}", mem.scale).expect("text takes what it is given");
    }
    if mem.offset != 0 {
        let sign = if mem.offset < 0 { '-' } else { '+' };
        write!(text, " {sign} {}", mem.offset.unsigned_abs()).expect("text takes what it is given");
    }
    text.push(']');
    if mem.broadcast {
        let element = if inst.op.row().unit == Unit::Full8 { 8 } else { 4 };
        write!(text, "{{1to{}}}", inst.size.bytes() / element).expect("text takes what it is given");
    }
    text
}
