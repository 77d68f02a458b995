//! Registers for a program: what `regalloc2` asks, answered.

use super::inst::{GENERAL, MASK, VECTOR};
use super::program::{End, Program, Right, Test};
use crate::error::Error;
use regalloc2::{
    Block, Function, Inst, InstRange, MachineEnv, Operand, Output, PReg, PRegSet, RegClass, RegallocOptions,
    VReg,
};
use std::sync::OnceLock;

/// Where the arguments of the function are, once the first instructions have moved the third.
pub(super) const ARGUMENTS: [usize; 3] = [7, 6, 1];
/// What a function gives back as it found it, apart from rbp: rbx and r12 to r15.
pub(super) const KEPT: [usize; 5] = [3, 12, 13, 14, 15];
/// Bytes of the unit in which spill slots are counted.
pub(super) const SLOT: u32 = 8;

/// A program as a list of instructions: in each block the written ones, then its end. The first of
/// all is none of them: it defines the arguments.
pub(super) struct Listing<'a> {
    program: &'a Program,
    /// The place of each block in the list, by number.
    places: Vec<u32>,
    insts: Vec<InstRange>,
    operands: Vec<Operand>,
    /// Where the operands of each instruction begin, and the end of the last's.
    starts: Vec<u32>,
    ends: Vec<bool>,
    successors: Vec<Vec<Block>>,
    predecessors: Vec<Vec<Block>>,
}

impl<'a> Listing<'a> {
    /// The list of a program.
    pub(super) fn new(program: &'a Program) -> Listing<'a> {
        let count = program.order.len();
        let mut places = vec![u32::MAX; program.blocks.len()];
        for (place, block) in program.order.iter().enumerate() {
            places[block.0 as usize] = place as u32;
        }
        let mut listing = Listing {
            program,
            places,
            insts: Vec::with_capacity(count),
            operands: Vec::new(),
            starts: vec![0],
            ends: Vec::new(),
            successors: vec![Vec::new(); count],
            predecessors: vec![Vec::new(); count],
        };
        for place in 0..count {
            listing.list(place);
        }
        listing
    }

    fn list(&mut self, place: usize) {
        let program = self.program;
        let body = &program.blocks[program.order[place].0 as usize];
        let first = Inst::new(self.ends.len());
        if place == 0 {
            let arguments = program.arguments.iter().zip(ARGUMENTS);
            self.operands.extend(arguments.map(|(&r, at)| Operand::reg_fixed_def(r, PReg::new(at, GENERAL))));
            self.close(false);
        }
        for inst in &body.insts {
            inst.operands(&mut self.operands);
            self.close(false);
        }
        let to: Vec<Block> = match &body.end {
            End::Open => unreachable!("every block is ended"),
            End::Return => Vec::new(),
            End::Jump(to, _) => vec![self.place(*to)],
            End::Branch(test, yes, no) => {
                let (a, b) = match test {
                    Test::NotZero(a) | Test::Less(a, Right::Number(_)) => (*a, None),
                    Test::Less(a, Right::Register(b)) => (*a, Some(*b)),
                };
                self.operands.extend(std::iter::once(a).chain(b).map(Operand::reg_use));
                vec![self.place(*yes), self.place(*no)]
            }
        };
        for block in &to {
            self.predecessors[block.index()].push(Block::new(place));
        }
        self.successors[place] = to;
        self.close(true);
        self.insts.push(InstRange::new(first, Inst::new(self.ends.len())));
    }

    /// The place of a block in the list.
    pub(super) fn place(&self, block: super::program::Block) -> Block {
        Block::new(self.places[block.0 as usize] as usize)
    }

    fn close(&mut self, is_end: bool) {
        self.starts.push(self.operands.len() as u32);
        self.ends.push(is_end);
    }

    fn end(&self, insn: Inst) -> Option<&End> {
        self.ends[insn.index()].then(|| {
            let place = self.insts.partition_point(|range| range.last().index() < insn.index());
            &self.program.blocks[self.program.order[place].0 as usize].end
        })
    }

    /// Gives every virtual register a place.
    pub(super) fn allocate(&self) -> Result<Output, Error> {
        let options = RegallocOptions { validate_ssa: cfg!(debug_assertions), ..RegallocOptions::default() };
        let refused = |e| Error::Backend(format!("no registers for the program: {e:?}"));
        regalloc2::run(self, environment(), &options).map_err(refused)
    }
}

impl Function for Listing<'_> {
    fn num_insts(&self) -> usize {
        self.ends.len()
    }

    fn num_blocks(&self) -> usize {
        self.insts.len()
    }

    fn entry_block(&self) -> Block {
        Block::new(0)
    }

    fn block_insns(&self, block: Block) -> InstRange {
        self.insts[block.index()]
    }

    fn block_succs(&self, block: Block) -> &[Block] {
        &self.successors[block.index()]
    }

    fn block_preds(&self, block: Block) -> &[Block] {
        &self.predecessors[block.index()]
    }

    fn block_params(&self, block: Block) -> &[VReg] {
        &self.program.blocks[self.program.order[block.index()].0 as usize].params
    }

    fn is_ret(&self, insn: Inst) -> bool {
        matches!(self.end(insn), Some(End::Return))
    }

    fn is_branch(&self, insn: Inst) -> bool {
        matches!(self.end(insn), Some(End::Jump(..) | End::Branch(..)))
    }

    fn branch_blockparams(&self, block: Block, _: Inst, _: usize) -> &[VReg] {
        match &self.program.blocks[self.program.order[block.index()].0 as usize].end {
            End::Jump(_, values) => values,
            End::Open | End::Return | End::Branch(..) => &[],
        }
    }

    fn inst_operands(&self, insn: Inst) -> &[Operand] {
        let (from, to) = (self.starts[insn.index()], self.starts[insn.index() + 1]);
        &self.operands[from as usize..to as usize]
    }

    fn inst_clobbers(&self, _: Inst) -> PRegSet {
        PRegSet::empty()
    }

    fn num_vregs(&self) -> usize {
        self.program.registers
    }

    fn spillslot_size(&self, class: RegClass) -> usize {
        if class == VECTOR { 8 } else { 1 }
    }
}

/// The registers that may be used: all but rsp, rbp, and rax and rdx, which divisions use; k0 means
/// that there is no mask.
fn environment() -> &'static MachineEnv {
    static ENVIRONMENT: OnceLock<MachineEnv> = OnceLock::new();
    ENVIRONMENT.get_or_init(|| {
        let set = |numbers: &mut dyn Iterator<Item = usize>, class| {
            let mut set = PRegSet::empty();
            numbers.for_each(|n| set.add(PReg::new(n, class)));
            set
        };
        let free = set(&mut [1, 6, 7, 8, 9, 10, 11].into_iter(), GENERAL);
        let kept = set(&mut KEPT.into_iter(), GENERAL);
        MachineEnv {
            preferred_regs_by_class: [free, set(&mut (0..32), VECTOR), set(&mut (1..8), MASK)],
            non_preferred_regs_by_class: [kept, PRegSet::empty(), PRegSet::empty()],
            scratch_by_class: [None; 3],
            fixed_stack_slots: Vec::new(),
        }
    })
}
