//! [`Emit`] into a [`Program`].

use super::inst::{Base, GENERAL, Mem, Size};
use super::lanes::{Lanes, Regs, Where, registers};
use super::numbers::{self, Number, low_ones};
use super::ops::Op;
use super::program::{Block, End, Program, Right, Test};
use super::{apart, memory, prim};
use crate::abi;
use crate::mapping::Mapping;
use crate::walk::{Active, Emit, Memory, Place, Step};
use numfuse_ir::dtype::DType;
use numfuse_ir::kernel::Kernel;
use numfuse_ir::prim::Prim;
use numfuse_ir::scalar::Scalar;
use regalloc2::{RegClass, VReg};
use smallvec::smallvec;

/// What parameters a value needs: its type, lanes and bits, and how many registers.
#[derive(Clone, Copy)]
struct Shape {
    dtype: DType,
    lanes: u32,
    bits: u32,
    count: usize,
    class: RegClass,
}

struct OpenLoop {
    body: Block,
    exit: Block,
    i: VReg,
    to: Number,
    by: i64,
    carried: Vec<Shape>,
}

struct OpenIf {
    exit: Block,
    rare: bool,
    carried: Vec<Shape>,
}

/// A choice of two sides; the shape of its value is that of the first one's.
struct OpenSides {
    other: Block,
    exit: Block,
    carried: Option<Shape>,
}

/// A part of the stack that holds values of one shape.
#[derive(Clone, Copy)]
pub(crate) struct Table {
    start: i32,
    dtype: DType,
    lanes: u32,
}

/// The emitter of one function.
pub(crate) struct Wide<'a> {
    pub(super) code: Program,
    pub(super) words: VReg,
    kernel: &'a Kernel,
    loops: Vec<OpenLoop>,
    ifs: Vec<OpenIf>,
    sides: Vec<OpenSides>,
}

impl<'a> Wide<'a> {
    /// An emitter at the start of `fn(words, begin, end)`.
    pub(super) fn new(kernel: &'a Kernel, mapping: Mapping) -> Wide<'a> {
        let mut code = Program::new();
        code.streams = mapping.streams;
        let words = code.arguments[0];
        Wide { code, words, kernel, loops: Vec::new(), ifs: Vec::new(), sides: Vec::new() }
    }

    /// The whole function.
    pub(super) fn finish(mut self) -> Program {
        self.code.end(End::Return);
        self.code
    }

    /// The memory of a launch word.
    fn word_at(&self, place: usize) -> Mem<VReg> {
        Mem::at(Base::Register(self.words), 8 * place as i32)
    }

    fn shape(value: &Lanes) -> Shape {
        let (dtype, lanes, bits) = (value.dtype, value.lanes, value.bits);
        Shape { dtype, lanes, bits, count: value.count(), class: value.class() }
    }

    /// The registers of values, in the shapes that the parameters of a block have.
    fn arguments(&mut self, values: &[Lanes], shapes: &[Shape]) -> Vec<VReg> {
        let mut regs = Vec::new();
        for (value, shape) in values.iter().zip(shapes) {
            debug_assert_eq!((value.dtype, value.lanes), (shape.dtype, shape.lanes));
            let is_mask = shape.dtype == DType::Bool;
            regs.extend(if is_mask { self.masks(value, shape.bits) } else { self.vectors(value) });
        }
        regs
    }

    /// Parameters of a block, as values of these shapes.
    fn parameters(&mut self, block: Block, shapes: &[Shape]) -> Vec<Lanes> {
        let mut parameter = |shape: &Shape| {
            let regs: Regs = (0..shape.count).map(|_| self.code.parameter(block, shape.class)).collect();
            let place = Where::Registers(regs);
            Lanes { dtype: shape.dtype, lanes: shape.lanes, bits: shape.bits, place }
        };
        shapes.iter().map(&mut parameter).collect()
    }

    fn in_registers_all(&mut self, values: &[Lanes]) -> Vec<Lanes> {
        values.iter().map(|v| self.in_registers(v)).collect()
    }

    /// The address of an entry of a table.
    fn entry(&mut self, table: Table, at: Number) -> Mem<VReg> {
        let bytes = i64::from(table.lanes) * table.dtype.bytes() as i64;
        self.on_stack(table.start, at, bytes)
    }
}

impl Emit for Wide<'_> {
    type Index = Number;
    type Value = Lanes;
    type Table = Table;

    fn range(&mut self) -> (Number, Number) {
        let [_, begin, end] = self.code.arguments;
        (Number::Register(begin), Number::Register(end))
    }

    fn number(&mut self, n: i64) -> Number {
        Number::Known(n)
    }

    fn word(&mut self, k: u32) -> Number {
        let word = self.word_at(abi::words_at(self.kernel) + k as usize);
        Number::Register(self.code.general(Op::Mov, word))
    }

    fn step(&mut self, step: Step, a: Number, b: Number) -> Number {
        numbers::step(self, step, a, b)
    }

    fn base(&mut self, memory: Memory) -> Number {
        let word = match memory {
            Memory::Buffer(b) => self.word_at(b.index()),
            Memory::Scratch => self.word_at(abi::scratch_at(self.kernel)),
        };
        Number::Register(self.code.general(Op::Mov, word))
    }

    fn advance(&mut self, pointer: Number, bytes: usize, by: Number) -> Number {
        let pointer = self.general(pointer);
        Number::Register(match by {
            Number::Known(n) => self.added(pointer, n * bytes as i64),
            Number::Register(r) => {
                self.lea(Mem { index: Some(r), scale: bytes as u8, ..Mem::at(Base::Register(pointer), 0) })
            }
        })
    }

    fn begin_loop(&mut self, from: Number, to: Number, by: i64, carried: &[Lanes]) -> (Number, Vec<Lanes>) {
        let carried = self.in_registers_all(carried);
        let shapes: Vec<Shape> = carried.iter().map(Self::shape).collect();
        let first = self.arguments(&carried, &shapes);
        let start = self.general(from);
        // A loop over nothing is passed by.
        let (body, exit) = (self.code.loop_block(), self.code.block());
        let into_body: Vec<VReg> = std::iter::once(start).chain(first.iter().copied()).collect();
        match (from, to) {
            (Number::Known(a), Number::Known(b)) if a < b => self.code.end(End::Jump(body, into_body)),
            _ => {
                let (enter, skip) = (self.code.block(), self.code.block());
                let any = Test::Less(start, self.right(to));
                self.code.end(End::Branch(any, enter, skip));
                self.code.edge(skip, exit, first);
                self.code.edge(enter, body, into_body);
            }
        }
        let i = self.code.parameter(body, GENERAL);
        let inside = self.parameters(body, &shapes);
        self.code.begin(body);
        self.loops.push(OpenLoop { body, exit, i, to, by, carried: shapes });
        (Number::Register(i), inside)
    }

    fn end_loop(&mut self, next: &[Lanes]) -> Vec<Lanes> {
        let OpenLoop { body, exit, i, to, by, carried } = self.loops.pop().expect("a loop is open");
        let values = self.arguments(next, &carried);
        let next = self.added(i, by);
        let (back, leave) = (self.code.block(), self.code.block());
        let more = Test::Less(next, self.right(to));
        self.code.end(End::Branch(more, back, leave));
        self.code.edge(back, body, std::iter::once(next).chain(values.iter().copied()).collect());
        self.code.edge(leave, exit, values);
        let last = self.parameters(exit, &carried);
        self.code.begin(exit);
        last
    }

    fn begin_if(&mut self, cond: Number, rare: bool, otherwise: &[Lanes]) {
        let otherwise = self.in_registers_all(otherwise);
        let shapes: Vec<Shape> = otherwise.iter().map(Self::shape).collect();
        let values = self.arguments(&otherwise, &shapes);
        let cond = self.general(cond);
        let (then, skip, exit) = (self.code.block(), self.code.block(), self.code.block());
        self.code.end(End::Branch(Test::NotZero(cond), then, skip));
        self.code.edge(skip, exit, values);
        if rare {
            self.code.begin_rare();
        }
        self.code.begin(then);
        self.ifs.push(OpenIf { exit, rare, carried: shapes });
    }

    fn end_if(&mut self, values: &[Lanes]) -> Vec<Lanes> {
        let OpenIf { exit, rare, carried } = self.ifs.pop().expect("an if is open");
        let values = self.arguments(values, &carried);
        self.code.end(End::Jump(exit, values));
        if rare {
            self.code.end_rare();
        }
        let merged = self.parameters(exit, &carried);
        self.code.begin(exit);
        merged
    }

    fn begin_sides(&mut self, number: Number) {
        let number = self.general(number);
        let [first, other, exit] = std::array::from_fn(|_| self.code.block());
        self.code.end(End::Branch(Test::Less(number, Right::Number(0)), other, first));
        self.code.begin(first);
        self.sides.push(OpenSides { other, exit, carried: None });
    }

    fn other_side(&mut self, value: &Lanes) {
        let values = self.in_registers_all(std::slice::from_ref(value));
        let shape = Self::shape(&values[0]);
        let values = self.arguments(&values, &[shape]);
        let sides = self.sides.last_mut().expect("a choice is open");
        sides.carried = Some(shape);
        let (other, exit) = (sides.other, sides.exit);
        self.code.end(End::Jump(exit, values));
        self.code.begin(other);
    }

    fn end_sides(&mut self, value: &Lanes) -> Lanes {
        let OpenSides { exit, carried, .. } = self.sides.pop().expect("a choice is open");
        let shape = carried.expect("the first side has ended");
        let values = self.arguments(std::slice::from_ref(value), &[shape]);
        self.code.end(End::Jump(exit, values));
        let merged = self.parameters(exit, &[shape]);
        self.code.begin(exit);
        merged.into_iter().next().expect("a choice has one value")
    }

    fn load(
        &mut self,
        place: &Place<Number, Lanes>,
        dtype: DType,
        lanes: u32,
        active: Option<Active<Number>>,
    ) -> Lanes {
        memory::load(self, place, dtype, lanes, active)
    }

    fn store(&mut self, place: &Place<Number, Lanes>, value: &Lanes, active: Option<Active<Number>>) {
        memory::store(self, place, value, active);
    }

    fn store_pair(
        &mut self,
        places: [&Place<Number, Lanes>; 2],
        values: [&Lanes; 2],
        active: Option<Active<Number>>,
    ) {
        if apart::has_pairs(values[0]) {
            let bits = active.map(|active| active.bits);
            return apart::store_alternate(self, places[0], values.map(Some), bits);
        }
        for (place, value) in places.into_iter().zip(values) {
            self.store(place, value, active);
        }
    }

    fn fault(&mut self, check: u32, at: &Lanes, index: &Lanes, bits: Number) {
        let cells = self.word_at(abi::checks_at(self.kernel));
        let cells = self.code.general(Op::Mov, cells);
        let cell = self.added(cells, i64::from(check) * 16);
        memory::fault(self, cell, at, index, bits);
    }

    fn constant(&mut self, c: Scalar, lanes: u32) -> Lanes {
        Lanes::known(c, lanes)
    }

    fn scalar(&mut self, k: u32, dtype: DType) -> Lanes {
        let word = self.word_at(abi::scalars_at(self.kernel) + k as usize);
        if dtype == DType::Bool {
            let byte = self.code.unary(Op::Vpbroadcastb, Size::Z, word);
            return self.bool_of(byte, 1);
        }
        Lanes { dtype, lanes: 1, bits: 0, place: Where::Word(word.offset) }
    }

    fn prim(&mut self, prim: Prim, args: &[&Lanes]) -> Lanes {
        prim::prim(self, prim, args)
    }

    fn splat(&mut self, value: &Lanes, lanes: u32) -> Lanes {
        self.splatted(value, lanes)
    }

    fn halves(&mut self, value: &Lanes) -> (Lanes, Lanes) {
        self.halved(value)
    }

    fn from_index(&mut self, index: Number) -> Lanes {
        match index {
            Number::Known(n) => Lanes::known(Scalar::from_i128(DType::I64, n.into()), 1),
            Number::Register(r) => {
                let reg = self.code.unary(Op::VpbroadcastqFrom, Size::Z, r);
                Lanes::vector(DType::I64, 1, smallvec![reg])
            }
        }
    }

    fn to_index(&mut self, value: &Lanes) -> Number {
        let whole = prim::prim(self, Prim::Cast(DType::I64), &[value]);
        if let Some(c) = whole.constant() {
            return Number::Known(c.bits() as i64);
        }
        let reg = self.vectors(&whole)[0];
        Number::Register(self.low(reg))
    }

    fn lane_numbers(&mut self, lanes: u32) -> Lanes {
        let size = super::lanes::size(lanes, 8);
        let regs = (0..registers(lanes, 8)).map(|r| {
            let number = |byte: usize| (8 * r + byte / 8) as u64 >> (byte % 8 * 8);
            let bytes = std::array::from_fn(|byte| number(byte) as u8);
            self.table_of(&bytes, size)
        });
        Lanes::vector(DType::I64, lanes, regs.collect())
    }

    fn first_lanes(&mut self, count: Number, lanes: u32) -> Lanes {
        let bits = self.step(Step::Ones, count, count);
        let mask = self.mask_of(bits);
        Lanes::mask(lanes, lanes, smallvec![mask])
    }

    fn bits(&mut self, value: &Lanes) -> Number {
        match value.constant() {
            Some(c) if c.is_true() => Number::Known(low_ones(value.lanes)),
            Some(_) => Number::Known(0),
            None => Number::Register(self.lane_bits(value)),
        }
    }

    fn table(&mut self, dtype: DType, lanes: u32, count: u32) -> Table {
        let start = self.code.area(count * lanes * dtype.bytes() as u32);
        Table { start, dtype, lanes }
    }

    fn read(&mut self, table: Table, at: Number) -> Lanes {
        let from = self.entry(table, at);
        memory::read(self, from, table.dtype, table.lanes)
    }

    fn write(&mut self, table: Table, at: Number, value: &Lanes) {
        let to = self.entry(table, at);
        memory::write(self, to, value);
    }

    fn square(&mut self, dtype: DType, lanes: u32) -> Table {
        self.table(dtype, lanes, lanes)
    }

    /// A register of each of as many values is turned at once; parts of an xmm go one by one.
    fn columns_at_once(&self, dtype: DType, lanes: u32) -> u32 {
        let per = super::lanes::per_register(lanes, dtype.bytes() as u32);
        if per * dtype.bytes() as u32 >= 16 { per } else { 1 }
    }

    fn write_columns(&mut self, square: Table, at: Number, columns: &[Lanes]) {
        let first = self.on_stack(square.start, at, square.dtype.bytes() as i64);
        memory::write_columns(self, first, columns);
    }

    /// One worker writes and reads its tables in order.
    fn exchange(&mut self) {}
}
