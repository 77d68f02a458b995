//! A function being written: blocks of instructions over virtual registers in SSA form, the
//! constants that it names, and the stack that it uses.

use super::inst::{Constant, GENERAL, Inst, MASK, Rm, Size, VECTOR};
use super::ops::Op;
use regalloc2::{RegClass, VReg};
use smallvec::SmallVec;
use std::collections::HashMap;

/// A block, by its number in the order in which blocks were made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Block(pub(super) u32);

/// The right side of a comparison.
#[derive(Clone, Copy, Debug)]
pub(super) enum Right {
    /// A register.
    Register(VReg),
    /// A number.
    Number(i32),
}

/// What decides between two ways.
#[derive(Clone, Copy, Debug)]
pub(super) enum Test {
    /// A register is not 0.
    NotZero(VReg),
    /// A register is less, as a signed number.
    Less(VReg, Right),
}

/// How a block ends.
#[derive(Clone, Debug)]
pub(super) enum End {
    /// It is being written.
    Open,
    /// The function returns.
    Return,
    /// On to another block, with values for its parameters.
    Jump(Block, Vec<VReg>),
    /// To the first block if the test holds, else to the second. Neither has parameters.
    Branch(Test, Block, Block),
}

/// A block.
#[derive(Debug)]
pub(super) struct Body {
    /// What whoever jumps here passes.
    pub(super) params: Vec<VReg>,
    /// The instructions.
    pub(super) insts: Vec<Inst<VReg>>,
    /// The end.
    pub(super) end: End,
    /// Whether it is rarely executed, and lies behind the others.
    pub(super) cold: bool,
    /// Whether a loop comes back here.
    pub(super) is_loop: bool,
}

/// Constants behind the code, each once.
#[derive(Default)]
pub(super) struct Pool {
    /// The bytes of each: 4, 8 or 64.
    pub(super) entries: Vec<SmallVec<[u8; 8]>>,
    found: HashMap<SmallVec<[u8; 8]>, Constant>,
}

impl Pool {
    fn constant(&mut self, bytes: &[u8]) -> Constant {
        let bytes = SmallVec::from_slice(bytes);
        let next = Constant(self.entries.len() as u32);
        let found = *self.found.entry(bytes.clone()).or_insert(next);
        if found == next {
            self.entries.push(bytes);
        }
        found
    }
}

/// A function being written.
pub(super) struct Program {
    /// All blocks, by number.
    pub(super) blocks: Vec<Body>,
    /// The blocks in the order in which they were begun.
    pub(super) order: Vec<Block>,
    /// The three arguments of the function.
    pub(super) arguments: [VReg; 3],
    /// How many virtual registers there are.
    pub(super) registers: usize,
    /// The constants.
    pub(super) pool: Pool,
    /// Bytes of stack, a multiple of 64.
    pub(super) stack: u32,
    /// Stores of whole lines go past the caches.
    pub(super) streams: bool,
    current: Block,
    cold: u32,
}

impl Program {
    /// A function at its start.
    pub(super) fn new() -> Program {
        let mut program = Program {
            blocks: Vec::new(),
            order: Vec::new(),
            arguments: std::array::from_fn(|n| VReg::new(n, GENERAL)),
            registers: 3,
            pool: Pool::default(),
            stack: 0,
            streams: false,
            current: Block(0),
            cold: 0,
        };
        let entry = program.block();
        program.begin(entry);
        program
    }

    /// A new virtual register.
    pub(super) fn register(&mut self, class: RegClass) -> VReg {
        self.registers += 1;
        VReg::new(self.registers - 1, class)
    }

    /// A new block.
    pub(super) fn block(&mut self) -> Block {
        let (params, insts) = (Vec::new(), Vec::new());
        self.blocks.push(Body { params, insts, end: End::Open, cold: false, is_loop: false });
        Block(self.blocks.len() as u32 - 1)
    }

    /// A block that a loop comes back to.
    pub(super) fn loop_block(&mut self) -> Block {
        let block = self.block();
        self.blocks[block.0 as usize].is_loop = true;
        block
    }

    /// A new parameter of a block.
    pub(super) fn parameter(&mut self, block: Block, class: RegClass) -> VReg {
        let register = self.register(class);
        self.blocks[block.0 as usize].params.push(register);
        register
    }

    /// Goes on in a block.
    pub(super) fn begin(&mut self, block: Block) {
        self.blocks[block.0 as usize].cold = self.cold > 0;
        self.order.push(block);
        self.current = block;
    }

    /// Ends the block that is being written.
    pub(super) fn end(&mut self, end: End) {
        self.blocks[self.current.0 as usize].end = end;
    }

    /// A block that only jumps on: the way from a branch to a block with parameters.
    pub(super) fn edge(&mut self, edge: Block, to: Block, values: Vec<VReg>) {
        self.begin(edge);
        self.end(End::Jump(to, values));
    }

    /// What is begun from now on is rarely executed, until `end_rare`.
    pub(super) fn begin_rare(&mut self) {
        self.cold += 1;
    }

    /// The end of what is rarely executed.
    pub(super) fn end_rare(&mut self) {
        self.cold -= 1;
    }

    /// So many bytes of stack: how far above its low end they begin, at a multiple of 64.
    pub(super) fn area(&mut self, bytes: u32) -> i32 {
        let start = self.stack;
        self.stack += bytes.next_multiple_of(64);
        start as i32
    }

    /// A constant.
    pub(super) fn constant(&mut self, bytes: &[u8]) -> Constant {
        self.pool.constant(bytes)
    }

    /// Appends an instruction.
    pub(super) fn push(&mut self, inst: Inst<VReg>) {
        self.blocks[self.current.0 as usize].insts.push(inst);
    }

    /// `reg = op(vvvv, rm)` into a new register of a class.
    pub(super) fn three(
        &mut self,
        op: Op,
        size: Size,
        class: RegClass,
        vvvv: VReg,
        rm: impl Into<Rm<VReg>>,
    ) -> VReg {
        let reg = self.register(class);
        self.push(Inst { reg: Some(reg), vvvv: Some(vvvv), rm: rm.into(), ..Inst::new(op, size) });
        reg
    }

    /// `reg = op(rm)` into a new register of a class.
    pub(super) fn two(&mut self, op: Op, size: Size, class: RegClass, rm: impl Into<Rm<VReg>>) -> VReg {
        let reg = self.register(class);
        self.push(Inst { reg: Some(reg), rm: rm.into(), ..Inst::new(op, size) });
        reg
    }

    /// The last instruction, for what not all have: a mask, an immediate.
    pub(super) fn last(&mut self) -> &mut Inst<VReg> {
        self.blocks[self.current.0 as usize].insts.last_mut().expect("an instruction was just written")
    }

    /// A vector operation on two vectors.
    pub(super) fn vector(&mut self, op: Op, size: Size, a: VReg, b: impl Into<Rm<VReg>>) -> VReg {
        self.three(op, size, VECTOR, a, b)
    }

    /// The same with an immediate.
    pub(super) fn vector_by(
        &mut self,
        op: Op,
        size: Size,
        a: VReg,
        b: impl Into<Rm<VReg>>,
        immediate: i64,
    ) -> VReg {
        let to = self.three(op, size, VECTOR, a, b);
        self.last().immediate = Some(immediate);
        to
    }

    /// A vector operation on one vector, or a vector from memory.
    pub(super) fn unary(&mut self, op: Op, size: Size, a: impl Into<Rm<VReg>>) -> VReg {
        self.two(op, size, VECTOR, a)
    }

    /// A vector operation whose result is in the place `rm`.
    pub(super) fn through_rm(&mut self, op: Op, size: Size, a: VReg) -> VReg {
        let to = self.register(VECTOR);
        self.push(Inst { reg: Some(a), rm: Rm::Register(to), ..Inst::new(op, size) });
        to
    }

    /// A vector shifted by a number.
    pub(super) fn shifted(&mut self, op: Op, size: Size, a: VReg, by: i64) -> VReg {
        let to = self.register(VECTOR);
        let rm = Rm::Register(a);
        self.push(Inst { vvvv: Some(to), rm, immediate: Some(by), ..Inst::new(op, size) });
        to
    }

    /// `op(old, vvvv, rm)` in the place of `old`.
    pub(super) fn changed(
        &mut self,
        op: Op,
        size: Size,
        old: VReg,
        vvvv: VReg,
        rm: impl Into<Rm<VReg>>,
    ) -> VReg {
        let to = self.three(op, size, VECTOR, vvvv, rm);
        self.last().old = Some(old);
        to
    }

    /// All zeros or all ones in a vector or a mask.
    pub(super) fn same(&mut self, op: Op, size: Size, class: RegClass) -> VReg {
        let to = self.register(class);
        self.push(Inst { reg: Some(to), ..Inst::new(op, size) });
        to
    }

    /// A comparison of two vectors into a mask.
    pub(super) fn compared(
        &mut self,
        op: Op,
        size: Size,
        a: VReg,
        b: impl Into<Rm<VReg>>,
        how: Option<i64>,
    ) -> VReg {
        let to = self.three(op, size, MASK, a, b);
        self.last().immediate = how;
        to
    }

    /// A mask of two masks.
    pub(super) fn masks(&mut self, op: Op, a: VReg, b: VReg) -> VReg {
        self.three(op, Size::X, MASK, a, b)
    }

    /// A vector or a mask to memory.
    pub(super) fn store(&mut self, op: Op, size: Size, value: VReg, to: impl Into<Rm<VReg>>) {
        self.push(Inst { reg: Some(value), rm: to.into(), ..Inst::new(op, size) });
    }

    /// An operation of general registers on one operand.
    pub(super) fn general(&mut self, op: Op, rm: impl Into<Rm<VReg>>) -> VReg {
        self.two(op, Size::X, GENERAL, rm)
    }

    /// `op(a, rm)` of general registers, in the place of `a`.
    pub(super) fn general_two(&mut self, op: Op, a: VReg, rm: impl Into<Rm<VReg>>) -> VReg {
        let to = self.general(op, rm);
        self.last().old = Some(a);
        to
    }

    /// `op(a, number)` of general registers, in the place of `a`.
    pub(super) fn general_by(&mut self, op: Op, a: VReg, number: i64) -> VReg {
        let to = self.register(GENERAL);
        let rm = Rm::Register(to);
        self.push(Inst { rm, old: Some(a), immediate: Some(number), ..Inst::new(op, Size::X) });
        to
    }

    /// A number in a general register.
    pub(super) fn number(&mut self, n: i64) -> VReg {
        if n == 0 {
            return self.same(Op::Zero, Size::X, GENERAL);
        }
        let to = self.register(GENERAL);
        self.push(Inst { reg: Some(to), immediate: Some(n), ..Inst::new(Op::MovImm, Size::X) });
        to
    }
}
