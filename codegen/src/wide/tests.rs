//! Every operation in all its forms, encoded, and read back by another program.

use super::encode::Bytes;
use super::inst::{Base, GENERAL, Inst, MASK, Mem, Off, Rm, Size, VECTOR};
use super::ops::{Coding, Form, Op, Unit};
use super::program::Pool;
use super::text;
use iced_x86::{
    Decoder, DecoderOptions, Formatter, Instruction, IntelFormatter, MemorySizeOptions, NumberBase,
};
use regalloc2::{PReg, RegClass};

/// What the places of an operation hold.
struct Places {
    reg: RegClass,
    vvvv: RegClass,
    rm: RegClass,
    registers: bool,
    memory: bool,
}

fn places(op: Op) -> Places {
    let row = op.row();
    let memory = !matches!(row.unit, Unit::Bytes(_)) || row.coding == Coding::Evex;
    let all = |class| Places { reg: class, vvvv: class, rm: class, registers: true, memory };
    match (op, row.coding) {
        (Op::Lea | Op::MovStore | Op::MovStore32 | Op::MovStore16 | Op::MovStore8, _) => {
            Places { registers: false, memory: true, ..all(GENERAL) }
        }
        (Op::Mov | Op::Mov32 | Op::Movzx8 | Op::Movzx16, _) => Places { memory: true, ..all(GENERAL) },
        (_, Coding::Legacy) | (Op::Bzhi | Op::Pdep | Op::Shrx, _) => all(GENERAL),
        (Op::Kmov, _) => Places { memory: true, ..all(MASK) },
        (Op::KmovStore, _) => Places { registers: false, memory: true, ..all(MASK) },
        (Op::KmovFrom, _) => Places { rm: GENERAL, ..all(MASK) },
        (Op::KmovTo8 | Op::KmovTo16 | Op::KmovTo32 | Op::KmovTo, _) => Places { reg: GENERAL, ..all(MASK) },
        (_, Coding::Vex0 | Coding::Vex1) => all(MASK),
        (Op::VpbroadcastqFrom, _) => Places { rm: GENERAL, memory: false, ..all(VECTOR) },
        (Op::Vmovntdq, _) => Places { registers: false, ..all(VECTOR) },
        (Op::Vmovd | Op::Vmovq | Op::VmovdStore | Op::VmovqStore, _) => Places { rm: GENERAL, ..all(VECTOR) },
        (Op::VpextrbStore | Op::VpextrwStore, _) => Places { registers: false, ..all(VECTOR) },
        (_, Coding::Evex) => match row.form {
            Form::Gather | Form::Scatter => Places { registers: false, ..all(VECTOR) },
            _ if row.name.starts_with("vcmp") || row.name.starts_with("vpcmp") || op == Op::Vptestmb => {
                Places { reg: MASK, ..all(VECTOR) }
            }
            _ => all(VECTOR),
        },
    }
}

/// Registers with every combination of high bits in every place.
fn register(class: RegClass, turn: usize, place: usize) -> PReg {
    let numbers: &[usize] = match class {
        GENERAL => &[1, 9, 5, 13, 12, 7],
        VECTOR => &[0, 9, 17, 31, 6, 23, 12],
        MASK => &[1, 7, 3, 4],
    };
    PReg::new(numbers[(turn * (place + 1) + place) % numbers.len()], class)
}

/// The sizes in which an operation exists.
fn sizes(op: Op) -> &'static [Size] {
    match op {
        Op::Vextracti64x4 | Op::Vinserti64x4 => &[Size::Z],
        Op::Vextracti64x2 | Op::Vinserti64x2 => &[Size::Y, Size::Z],
        Op::Vmovd | Op::Vmovq | Op::VmovdStore | Op::VmovqStore | Op::VpextrbStore | Op::VpextrwStore => {
            &[Size::X]
        }
        _ if op.row().coding == Coding::Evex => &[Size::X, Size::Y, Size::Z],
        _ => &[Size::X],
    }
}

fn immediate(op: Op) -> Option<i64> {
    let row = op.row();
    let has = match row.form {
        Form::Vm(_) | Form::Digit(_) => true,
        Form::Immediate => return Some(0x1234_5678_9abc),
        _ => {
            matches!(
                op,
                Op::ImulBy
                    | Op::Kshiftr
                    | Op::VpextrbStore
                    | Op::VpextrwStore
                    | Op::Vrndscaleps
                    | Op::Vrndscalepd
                    | Op::Vcvtps2ph
            ) || row.name.starts_with("vcmp")
                || row.name.starts_with("vpcmp")
                || row.name.starts_with("vextract")
                || row.name.starts_with("vinsert")
        }
    };
    has.then_some(3)
}

fn memories(turn: usize, op: Op) -> Vec<Mem<PReg>> {
    let base = Base::Register(register(GENERAL, turn, 1));
    let is_vector = matches!(op.row().form, Form::Gather | Form::Scatter);
    // A gather must not write what it reads from.
    let index = if is_vector { PReg::new(14 + turn, VECTOR) } else { register(GENERAL, turn, 2) };
    let indexed = Mem { index: Some(index), scale: 1 << (turn % 4), ..Mem::at(base, 0) };
    if is_vector {
        return vec![indexed, Mem { offset: -64, ..indexed }];
    }
    let mut all = vec![Mem::at(base, 0), indexed];
    for offset in [1, 4, 64, 128, -64, 1024, 100_000] {
        all.extend([Mem::at(base, offset), Mem { offset, ..indexed }, Mem::at(Base::Stack, offset)]);
    }
    if matches!(op.row().unit, Unit::Full4 | Unit::Full8) {
        all.extend(all.clone().into_iter().map(|mem| Mem { broadcast: true, ..mem }));
    }
    all
}

/// An operation in all its forms.
fn forms(op: Op) -> Vec<Inst<PReg>> {
    let (row, places) = (op.row(), places(op));
    let mut all = Vec::new();
    for &size in sizes(op) {
        for turn in 0..7 {
            let reg = |place, class| Some(register(class, turn, place));
            let mut inst = Inst::new(op, size);
            inst.immediate = immediate(op);
            inst.reg = reg(0, places.reg).filter(|_| !matches!(row.form, Form::Vm(_) | Form::Digit(_)));
            if matches!(row.form, Form::Rvm | Form::Vm(_) | Form::Rmv | Form::Changes) {
                inst.vvvv = reg(3, places.vvvv);
            }
            match row.form {
                Form::Same | Form::SameOfTwo | Form::Immediate => all.push(inst),
                _ if places.registers => {
                    all.push(Inst { rm: Rm::Register(register(places.rm, turn, 4)), ..inst });
                }
                _ => {}
            }
            let reads_memory = !matches!(row.form, Form::Same | Form::SameOfTwo | Form::Immediate);
            if places.memory && reads_memory {
                for mem in memories(turn, op) {
                    all.push(Inst { rm: Rm::Memory(mem), ..inst });
                }
            }
        }
    }
    let masked: Vec<Inst<PReg>> = all.iter().flat_map(|inst| with_masks(inst, &places)).collect();
    if matches!(row.form, Form::Gather | Form::Scatter) { masked } else { [all, masked].concat() }
}

/// An instruction under masks, where that is allowed.
fn with_masks(inst: &Inst<PReg>, places: &Places) -> Vec<Inst<PReg>> {
    let row = inst.op.row();
    let k = PReg::new(5, MASK);
    let fixed = [Op::Vmovd, Op::Vmovq, Op::VmovdStore, Op::VmovqStore, Op::VpextrbStore, Op::VpextrwStore];
    let fixed = [&fixed[..], &[Op::Vmovntdq]].concat();
    if row.coding != Coding::Evex || fixed.contains(&inst.op) || inst.op == Op::Vpsrldq {
        return Vec::new();
    }
    let kept = Inst { mask: Some((k, Off::Kept)), ..*inst };
    let zero = Inst { mask: Some((k, Off::Zero)), ..*inst };
    let to_memory = row.form == Form::Mr && matches!(inst.rm, Rm::Memory(_));
    let keeps = matches!(row.form, Form::Gather | Form::Scatter) || places.reg == MASK || to_memory;
    if keeps { vec![kept] } else { vec![kept, zero] }
}

/// The names of general registers without their sizes.
fn without_sizes(text: &str) -> String {
    let mut plain = String::new();
    let mut word = String::new();
    for c in text.chars().chain([' ']) {
        if c.is_ascii_alphanumeric() {
            word.push(c);
            continue;
        }
        plain.push_str(&full_name(&word));
        word.clear();
        plain.push(c);
    }
    plain.trim_end().to_string()
}

fn full_name(word: &str) -> String {
    let short = ["ax", "cx", "dx", "bx", "sp", "bp", "si", "di"];
    if let Some(tail) = word.strip_prefix('e').filter(|tail| short.contains(tail)) {
        return format!("r{tail}");
    }
    match word {
        "cl" => "rcx".into(),
        "bpl" => "rbp".into(),
        "dil" => "rdi".into(),
        "cx" | "bp" | "di" => format!("r{word}"),
        _ => {
            let numbered = word.starts_with('r') && word[1..].starts_with(|c: char| c.is_ascii_digit());
            if numbered { word.trim_end_matches(['d', 'w', 'b', 'l']).into() } else { word.into() }
        }
    }
}

/// The first instruction of some bytes, as another program reads them, and how many bytes it has.
fn read_back(bytes: &[u8]) -> (String, usize) {
    let mut decoder = Decoder::new(64, bytes, DecoderOptions::NONE);
    let instruction: Instruction = decoder.decode();
    let mut formatter = IntelFormatter::new();
    let options = formatter.options_mut();
    options.set_space_after_operand_separator(true);
    options.set_space_between_memory_add_operators(true);
    options.set_memory_size_options(MemorySizeOptions::Never);
    options.set_number_base(NumberBase::Decimal);
    options.set_use_pseudo_ops(false);
    options.set_always_show_scale(true);
    let mut text = String::new();
    formatter.format(&instruction, &mut text);
    (without_sizes(&text), instruction.len())
}

#[test]
fn instructions_are_what_they_say() {
    let mut count = 0;
    for &op in Op::ALL {
        let several = matches!(op.row().form, Form::Several) || matches!(op, Op::Least | Op::Greatest);
        for inst in forms(op).iter().filter(|_| !several) {
            let mut code = Bytes::default();
            code.instruction(inst);
            let mut written = String::new();
            text::instruction(&mut written, inst, &Pool::default());
            let (mut read, length) = read_back(&code.bytes);
            if matches!(op.row().form, Form::Gather | Form::Scatter) {
                // The other program writes its mask as an operand.
                read = read.replacen(", k5", "{k5}", 1);
            }
            assert_eq!(without_sizes(&written), read, "{op:?}: {:02x?}", code.bytes);
            assert_eq!(length, code.bytes.len(), "{written}");
            count += 1;
        }
    }
    println!("{count} instructions were read back");
    assert!(count > 10_000);
}

#[test]
fn several_instructions_are_what_they_say() {
    let [a, b, c] = [9, 13, 6].map(|n| PReg::new(n, GENERAL));
    let texts = |inst: Inst<PReg>| {
        let mut code = Bytes::default();
        code.instruction(&inst);
        let (mut at, mut all) = (0, Vec::new());
        while at < code.bytes.len() {
            let (text, length) = read_back(&code.bytes[at..]);
            all.push(text);
            at += length;
        }
        all.join("; ")
    };
    let rm = Rm::Register(b);
    let two = |op| Inst { reg: Some(a), rm, ..Inst::new(op, Size::X) };
    assert_eq!(texts(two(Op::Least)), "cmp r9, r13; cmovg r9, r13");
    assert_eq!(texts(two(Op::Greatest)), "cmp r9, r13; cmovl r9, r13");
    let division = |op| texts(Inst { vvvv: Some(c), ..two(op) });
    assert_eq!(division(Op::Divide), "mov rax, rsi; xor rdx, rdx; div r13; mov r9, rax");
    assert_eq!(division(Op::Remainder), "mov rax, rsi; xor rdx, rdx; div r13; mov r9, rdx");
    assert_eq!(division(Op::DivideSigned), "mov rax, rsi; cqo; idiv r13; mov r9, rax");
    assert_eq!(division(Op::RemainderSigned), "mov rax, rsi; cqo; idiv r13; mov r9, rdx");
    let lowered = |address| texts(Inst { vvvv: Some(PReg::new(address, GENERAL)), ..two(Op::Lowered) });
    for (address, name) in [(6, "rsi"), (12, "r12"), (13, "r13"), (5, "rbp"), (9, "r9")] {
        let expected = format!(
            "mov rax, [{name}]; cmp rax, r13; jbe LENGTH; lock cmpxchg [{name}], r13; jne AGAIN; mov r9, [{name}]"
        );
        let text = lowered(address);
        let jump = |text: &str, name: &str| {
            let at = text.find(name).expect("it jumps") + name.len() + 1;
            text[at..].split(';').next().unwrap_or("").to_string()
        };
        let (over, back) = (jump(&text, "jbe"), jump(&text, "jne"));
        assert_eq!(text, expected.replace("LENGTH", &over).replace("AGAIN", &back));
    }
    let number = |n: i64| texts(Inst { reg: Some(b), immediate: Some(n), ..Inst::new(Op::MovImm, Size::X) });
    assert_eq!(number(7), "mov r13, 7");
    assert_eq!(number(-7), "mov r13, 18446744073709551609");
    assert_eq!(number(1 << 40), "mov r13, 1099511627776");
}
