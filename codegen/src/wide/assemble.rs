//! An allocated program into code: the frame, the moves between places, the jumps, the constants.

use super::allocate::{ARGUMENTS, KEPT, Listing, SLOT};
use super::encode::{Bytes, RBP, RSP};
use super::inst::{Base, GENERAL, Inst, MASK, Mem, Rm, Size, VECTOR};
use super::ops::Op;
use super::program::{Block, End, Program, Right, Test};
use super::text;
use crate::error::Error;
use regalloc2::{Allocation, Edit, Function, InstOrEdit, Output, PReg, PRegSet, RegClass};

/// The third argument as it comes, by the convention of Unix.
const THIRD: u8 = 2;

/// The stack grows by pages, each of which the system must see touched.
const PAGE: u32 = 4096;
/// Loops begin at a multiple of so many bytes.
const LOOP: usize = 32;

/// The code of a program, with its constants behind it.
pub(super) struct Assembled {
    /// The bytes, to be placed at a multiple of 64.
    pub(super) bytes: Vec<u8>,
    /// One line for each instruction, if asked for.
    pub(super) text: String,
}

/// Code and constants of a program.
pub(super) fn assemble(program: &Program, with_text: bool) -> Result<Assembled, Error> {
    let listing = Listing::new(program);
    let output = listing.allocate()?;
    let frame = program.stack + (output.num_spillslots as u32 * SLOT).next_multiple_of(64);
    // A register may be one that values only pass through, from block to block: no instruction names it.
    let moved = output.edits.iter().flat_map(|(_, Edit::Move { from, to })| [from, to]);
    let mut used = PRegSet::empty();
    output.allocs.iter().chain(moved).filter_map(|place| place.as_reg()).for_each(|reg| used.add(reg));
    let kept = KEPT.into_iter().filter(|&n| used.contains(general(n)));
    let kept: Vec<u8> = kept.map(|n| n as u8).collect();
    let mut assembler = Assembler {
        program,
        listing: &listing,
        output: &output,
        code: Bytes::default(),
        text: with_text.then(String::new),
        starts: vec![usize::MAX; program.blocks.len()],
        jumps: Vec::new(),
        frame,
        kept,
    };
    assembler.open();
    let order = assembler.layout();
    for (at, &block) in order.iter().enumerate() {
        assembler.block(block, order.get(at + 1).copied());
    }
    assembler.join();
    assembler.place_constants();
    Ok(Assembled { bytes: assembler.code.bytes, text: assembler.text.unwrap_or_default() })
}

fn general(n: usize) -> PReg {
    PReg::new(n, GENERAL)
}

/// The condition of a jump.
#[derive(Clone, Copy)]
enum Condition {
    Always,
    Is(u8),
}

impl Condition {
    const NOT_ZERO: Condition = Condition::Is(5);
    const LESS: Condition = Condition::Is(0xc);

    /// Conditions come in pairs.
    fn opposite(self) -> Condition {
        match self {
            Condition::Always => Condition::Always,
            Condition::Is(code) => Condition::Is(code ^ 1),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Condition::Always => "jmp",
            Condition::Is(4) => "je",
            Condition::Is(5) => "jne",
            Condition::Is(0xc) => "jl",
            Condition::Is(_) => "jge",
        }
    }
}

struct Assembler<'a> {
    program: &'a Program,
    listing: &'a Listing<'a>,
    output: &'a Output,
    code: Bytes,
    text: Option<String>,
    /// Where each block begins, by number.
    starts: Vec<usize>,
    /// The four bytes that shall hold the distance to a block.
    jumps: Vec<(usize, Block)>,
    frame: u32,
    kept: Vec<u8>,
}

impl Assembler<'_> {
    fn body(&self, block: Block) -> &super::program::Body {
        &self.program.blocks[block.0 as usize]
    }

    /// The blocks as they lie in memory: what is rarely executed at the end, and no block that only
    /// jumps on.
    fn layout(&self) -> Vec<Block> {
        let is_cold = |block: &&Block| self.body(**block).cold;
        let order = &self.program.order;
        let all = order.iter().filter(|b| !is_cold(b)).chain(order.iter().filter(is_cold));
        all.copied().filter(|&block| self.target(block) == block).collect()
    }

    fn say(&mut self, line: impl FnOnce() -> String) {
        if let Some(text) = &mut self.text {
            text.push_str("  ");
            text.push_str(&line());
            text.push('\n');
        }
    }

    /// The frame: rbp holds what rsp was, rsp is a multiple of 64.
    fn open(&mut self) {
        self.code.push(RBP);
        self.code.copy(RBP, RSP);
        self.say(|| "push rbp; mov rbp, rsp".into());
        for r in self.kept.clone() {
            self.code.push(r);
            self.say(|| format!("push {}", text::general(r)));
        }
        if self.frame > 0 {
            self.code.with_number(4, RSP, -64);
            self.say(|| "and rsp, -64".into());
            self.lower_stack();
        }
        self.code.copy(ARGUMENTS[2] as u8, THIRD);
        self.say(|| "mov rcx, rdx".into());
    }

    /// Makes room for the frame, page by page, each of which is touched: a stack that ends there is a
    /// fault at its guard page.
    fn lower_stack(&mut self) {
        let mut left = self.frame;
        while left > PAGE {
            self.code.add(RSP, -(PAGE as i32));
            self.code.bytes.extend([0x83, 0x0c, 0x24, 0x00]);
            self.say(|| format!("sub rsp, {PAGE}; or dword ptr [rsp], 0"));
            left -= PAGE;
        }
        self.code.add(RSP, -(left as i32));
        self.say(|| format!("sub rsp, {left}"));
    }

    fn close(&mut self) {
        if self.program.streams {
            // Stores past the caches are seen in no order: whoever is told that this is done sees them.
            self.code.bytes.extend([0x0f, 0xae, 0xf8]);
            self.say(|| "sfence".into());
        }
        // Code that follows may be of the time before wide registers.
        self.code.bytes.extend([0xc5, 0xf8, 0x77]);
        self.say(|| "vzeroupper".into());
        if self.frame > 0 {
            let saved = Mem::at(Base::Register(general(RBP.into())), -8 * self.kept.len() as i32);
            let (reg, rm) = (Some(general(RSP.into())), Rm::Memory(saved));
            self.instruction(&Inst { reg, rm, ..Inst::new(Op::Lea, Size::X) });
        }
        for r in self.kept.clone().into_iter().rev() {
            self.code.pop(r);
            self.say(|| format!("pop {}", text::general(r)));
        }
        self.code.pop(RBP);
        self.code.bytes.push(0xc3);
        self.say(|| "pop rbp; ret".into());
    }

    fn instruction(&mut self, inst: &Inst<PReg>) {
        self.code.instruction(inst);
        let pool = &self.program.pool;
        if let Some(text) = &mut self.text {
            text.push_str("  ");
            text::instruction(text, inst, pool);
            text.push('\n');
        }
    }

    fn block(&mut self, block: Block, next: Option<Block>) {
        if self.body(block).is_loop {
            self.align();
        }
        self.starts[block.0 as usize] = self.code.bytes.len();
        if let Some(text) = &mut self.text {
            text.push_str(&format!("b{}:\n", block.0));
        }
        let (listing, output, program) = (self.listing, self.output, self.program);
        let place = listing.place(block);
        let (first, last) = (listing.block_insns(place).first(), listing.block_insns(place).last());
        // The first instruction of all only defines the arguments.
        let skip = first.index() + usize::from(place.index() == 0);
        for step in output.block_insts_and_edits(listing, place) {
            match step {
                InstOrEdit::Edit(Edit::Move { from, to }) => self.moved(*from, *to),
                InstOrEdit::Inst(at) if at == last => {
                    let registers: Vec<u8> = output.inst_allocs(at).iter().map(|a| number(*a)).collect();
                    self.jump(&program.blocks[block.0 as usize].end, &registers, next);
                }
                InstOrEdit::Inst(at) if at.index() >= skip => {
                    let inst = &program.blocks[block.0 as usize].insts[at.index() - skip];
                    let places = output.inst_allocs(at).iter();
                    let registers = places.map(|a| a.as_reg().expect("every operand is in a register"));
                    self.instruction(&inst.with(registers));
                }
                InstOrEdit::Inst(_) => {}
            }
        }
    }

    /// Where a jump to a block ends: past blocks that hold nothing but a jump.
    fn target(&self, block: Block) -> Block {
        let body = self.body(block);
        let End::Jump(to, _) = &body.end else { return block };
        let place = self.listing.place(block);
        if self.output.block_insts_and_edits(self.listing, place).count() > 1 || block.0 == 0 {
            return block;
        }
        self.target(*to)
    }

    fn jump(&mut self, end: &End, registers: &[u8], next: Option<Block>) {
        match end {
            End::Open => unreachable!("every block is ended"),
            End::Return => self.close(),
            End::Jump(to, _) => self.go(Condition::Always, *to, next),
            End::Branch(test, yes, no) => {
                let condition = self.test(test, registers);
                if next == Some(self.target(*yes)) {
                    self.go(condition.opposite(), *no, None);
                } else {
                    self.go(condition, *yes, None);
                    self.go(Condition::Always, *no, next);
                }
            }
        }
    }

    fn test(&mut self, test: &Test, registers: &[u8]) -> Condition {
        let name = |n: usize| text::general(registers[n]);
        match test {
            Test::NotZero(_) => {
                self.code.test(registers[0]);
                self.say(|| format!("test {0}, {0}", name(0)));
                Condition::NOT_ZERO
            }
            Test::Less(_, Right::Register(_)) => {
                self.code.compare(registers[0], registers[1]);
                self.say(|| format!("cmp {}, {}", name(0), name(1)));
                Condition::LESS
            }
            Test::Less(_, Right::Number(n)) => {
                self.code.compare_with(registers[0], *n);
                self.say(|| format!("cmp {}, {n}", name(0)));
                Condition::LESS
            }
        }
    }

    fn go(&mut self, condition: Condition, to: Block, next: Option<Block>) {
        let to = self.target(to);
        if next == Some(to) {
            return;
        }
        match condition {
            Condition::Always => self.code.bytes.push(0xe9),
            Condition::Is(code) => self.code.bytes.extend([0x0f, 0x80 | code]),
        }
        self.jumps.push((self.code.bytes.len(), to));
        self.code.bytes.extend([0; 4]);
        self.say(|| format!("{} b{}", condition.name(), to.0));
    }

    /// A value from one place to another.
    fn moved(&mut self, from: Allocation, to: Allocation) {
        let class = from.as_reg().or(to.as_reg()).map_or(GENERAL, PReg::class);
        let (plain, store) = moves(class);
        let slot = |a: Allocation| {
            let at = a.as_stack().map_or(0, |s| s.index() as u32 * SLOT);
            Rm::Memory(Mem::at(Base::Stack, (self.program.stack + at) as i32))
        };
        let inst = match (from.as_reg(), to.as_reg()) {
            (Some(a), Some(b)) => Inst { reg: Some(b), rm: Rm::Register(a), ..Inst::new(plain, Size::Z) },
            (None, Some(b)) => Inst { reg: Some(b), rm: slot(from), ..Inst::new(plain, Size::Z) },
            (Some(a), None) => Inst { reg: Some(a), rm: slot(to), ..Inst::new(store, Size::Z) },
            (None, None) => unreachable!("the allocator moves nothing from stack to stack"),
        };
        if inst.reg != from.as_reg() || inst.rm != Rm::Register(inst.reg.expect("it was set")) {
            self.instruction(&inst);
        }
    }

    fn align(&mut self) {
        /// Instructions that do nothing, of one to nine bytes.
        const NOTHING: [&[u8]; 9] = [
            &[0x90],
            &[0x66, 0x90],
            &[0x0f, 0x1f, 0x00],
            &[0x0f, 0x1f, 0x40, 0x00],
            &[0x0f, 0x1f, 0x44, 0x00, 0x00],
            &[0x66, 0x0f, 0x1f, 0x44, 0x00, 0x00],
            &[0x0f, 0x1f, 0x80, 0x00, 0x00, 0x00, 0x00],
            &[0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00],
            &[0x66, 0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00],
        ];
        let mut missing = self.code.bytes.len().next_multiple_of(LOOP) - self.code.bytes.len();
        while missing > 0 {
            let step = missing.min(NOTHING.len());
            self.code.bytes.extend(NOTHING[step - 1]);
            missing -= step;
        }
    }

    /// Fills in the distances of jumps.
    fn join(&mut self) {
        for (at, to) in std::mem::take(&mut self.jumps) {
            let distance = self.starts[to.0 as usize] as i32 - (at + 4) as i32;
            self.code.bytes[at..at + 4].copy_from_slice(&distance.to_le_bytes());
        }
    }

    /// Puts the constants behind the code, the largest first, and fills in the distances to them.
    fn place_constants(&mut self) {
        let entries = &self.program.pool.entries;
        let mut order: Vec<usize> = (0..entries.len()).collect();
        order.sort_by_key(|&n| std::cmp::Reverse(entries[n].len()));
        let mut starts = vec![0; entries.len()];
        let code = &mut self.code.bytes;
        if !entries.is_empty() {
            code.resize(code.len().next_multiple_of(64), 0xcc);
        }
        for n in order {
            starts[n] = code.len();
            code.extend(&entries[n]);
        }
        for fixup in &self.code.constants {
            let place = fixup.at..fixup.at + 4;
            let offset = i32::from_le_bytes(code[place.clone()].try_into().expect("four bytes"));
            let distance = starts[fixup.to.0 as usize] as i32 - fixup.end as i32 + offset;
            code[place].copy_from_slice(&distance.to_le_bytes());
        }
    }
}

fn number(a: Allocation) -> u8 {
    a.as_reg().expect("every operand is in a register").hw_enc() as u8
}

/// The instructions that move values of a class: into a register, and to memory.
fn moves(class: RegClass) -> (Op, Op) {
    match class {
        GENERAL => (Op::Mov, Op::MovStore),
        VECTOR => (Op::Vmovdqa64, Op::Vmovdqa64Store),
        MASK => (Op::Kmov, Op::KmovStore),
    }
}
