//! [`Emit`] into CLIF.
//!
//! Code is emitted in the order in which it shall run: Cranelift's optimiser is off, since it
//! would hoist constants into registers that then spill. Launch words are loaded where they are
//! used, constants too.

use super::lanes::{self, Lanes, Regs};
use super::product::Products;
use super::{memory, prim};
use crate::abi;
use crate::walk::{Active, Emit, Join, Memory, Place, Step, half};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{Block, BlockArg, InstBuilder, MemFlagsData, StackSlot, Value, types};
use cranelift_frontend::FunctionBuilder;
use numfuse_ir::dtype::DType;
use numfuse_ir::kernel::Kernel;
use numfuse_ir::prim::Prim;
use numfuse_ir::scalar::Scalar;

/// What is needed to give a value other registers: its type, lanes and width.
#[derive(Clone, Copy)]
struct Shape {
    dtype: DType,
    lanes: u32,
    width: u32,
}

struct OpenLoop {
    body: Block,
    exit: Block,
    i: Value,
    to: Value,
    by: i64,
    carried: Vec<Shape>,
}

struct OpenIf {
    exit: Block,
    carried: Vec<Shape>,
}

/// A choice of two sides; the shape of its value is that of the first one's.
struct OpenSides {
    other: Block,
    exit: Block,
    carried: Option<Shape>,
}

/// A stack slot that holds values of one shape.
#[derive(Clone, Copy)]
pub(crate) struct Table {
    slot: StackSlot,
    dtype: DType,
    lanes: u32,
}

/// The emitter of one function.
pub(crate) struct Clif<'a> {
    pub(super) fb: FunctionBuilder<'a>,
    kernel: &'a Kernel,
    words: Value,
    range: (Value, Value),
    loops: Vec<OpenLoop>,
    ifs: Vec<OpenIf>,
    sides: Vec<OpenSides>,
    products: Option<Products>,
}

impl<'a> Clif<'a> {
    /// An emitter at the start of `fn(words, begin, end)`.
    pub(crate) fn new(mut fb: FunctionBuilder<'a>, kernel: &'a Kernel) -> Clif<'a> {
        let entry = fb.create_block();
        fb.append_block_params_for_function_params(entry);
        fb.switch_to_block(entry);
        fb.seal_block(entry);
        let params = fb.block_params(entry);
        let (words, range) = (params[0], (params[1], params[2]));
        let (loops, ifs, sides) = (Vec::new(), Vec::new(), Vec::new());
        Clif { fb, kernel, words, range, loops, ifs, sides, products: None }
    }

    /// Returns from the function.
    pub(crate) fn finish(mut self, config: cranelift_codegen::isa::TargetFrontendConfig) {
        self.fb.ins().return_(&[]);
        self.fb.finalize(config);
    }

    fn word_at(&mut self, place: usize) -> Value {
        self.fb.ins().load(types::I64, MemFlagsData::trusted(), self.words, (place * 8) as i32)
    }

    fn shape(value: &Lanes) -> Shape {
        Shape { dtype: value.dtype, lanes: value.lanes, width: value.width }
    }

    /// The registers of values, in the shapes that the parameters of a block have.
    fn arguments(&mut self, values: &[Lanes], shapes: &[Shape]) -> Vec<BlockArg> {
        let mut regs = Vec::new();
        for (value, shape) in values.iter().zip(shapes) {
            debug_assert_eq!((value.dtype, value.lanes), (shape.dtype, shape.lanes));
            let value = value.with_width(&mut self.fb, shape.width);
            regs.extend(value.regs.iter().map(|&r| BlockArg::from(r)));
        }
        regs
    }

    /// Parameters of a block, as values of these shapes.
    fn parameters(&mut self, block: Block, shapes: &[Shape]) -> Vec<Lanes> {
        let param = |shape: &Shape| {
            let mut value = Lanes {
                dtype: shape.dtype,
                lanes: shape.lanes,
                width: shape.width,
                regs: Regs::new(),
                known: None,
            };
            let ty = value.ty();
            for _ in 0..lanes::registers(shape.lanes, shape.width) {
                value.regs.push(self.fb.append_block_param(block, ty));
            }
            value
        };
        shapes.iter().map(param).collect()
    }

    fn entry(&mut self, table: Table, at: Value) -> Value {
        let base = self.fb.ins().stack_addr(types::I64, table.slot, 0);
        let offset = self.fb.ins().imul_imm_u(at, i64::from(table.lanes) * table.dtype.bytes() as i64);
        self.fb.ins().iadd(base, offset)
    }
}

impl Emit for Clif<'_> {
    type Index = Value;
    type Value = Lanes;
    type Table = Table;

    fn range(&mut self) -> (Value, Value) {
        self.range
    }

    fn number(&mut self, n: i64) -> Value {
        self.fb.ins().iconst(types::I64, n)
    }

    fn word(&mut self, k: u32) -> Value {
        self.word_at(abi::words_at(self.kernel) + k as usize)
    }

    fn step(&mut self, step: Step, a: Value, b: Value) -> Value {
        let one = |e: &mut Self| e.fb.ins().iconst(types::I64, 1);
        match step {
            Step::Add => self.fb.ins().iadd(a, b),
            Step::Sub => self.fb.ins().isub(a, b),
            Step::Mul => self.fb.ins().imul(a, b),
            Step::Div | Step::Rem => {
                let one = one(self);
                let divisor = self.fb.ins().umax(b, one);
                if step == Step::Div {
                    self.fb.ins().udiv(a, divisor)
                } else {
                    self.fb.ins().urem(a, divisor)
                }
            }
            Step::Min => self.fb.ins().smin(a, b),
            Step::Max => self.fb.ins().smax(a, b),
            Step::And => self.fb.ins().band(a, b),
            Step::Ones => {
                let one = one(self);
                let beyond = self.fb.ins().ishl(one, a);
                self.fb.ins().isub(beyond, one)
            }
        }
    }

    fn base(&mut self, memory: Memory) -> Value {
        match memory {
            Memory::Buffer(b) => self.word_at(b.index()),
            Memory::Scratch => self.word_at(abi::scratch_at(self.kernel)),
        }
    }

    fn advance(&mut self, pointer: Value, bytes: usize, by: Value) -> Value {
        let offset = self.fb.ins().ishl_imm_u(by, i64::from(bytes.trailing_zeros()));
        self.fb.ins().iadd(pointer, offset)
    }

    fn begin_loop(&mut self, from: Value, to: Value, by: i64, carried: &[Lanes]) -> (Value, Vec<Lanes>) {
        let (body, exit) = (self.fb.create_block(), self.fb.create_block());
        let shapes: Vec<Shape> = carried.iter().map(Self::shape).collect();
        let first = self.arguments(carried, &shapes);
        let any = self.fb.ins().icmp(IntCC::SignedLessThan, from, to);
        let into_body: Vec<BlockArg> = std::iter::once(from.into()).chain(first.iter().copied()).collect();
        self.fb.ins().brif(any, body, &into_body, exit, &first);
        let i = self.fb.append_block_param(body, types::I64);
        let inside = self.parameters(body, &shapes);
        self.fb.switch_to_block(body);
        self.loops.push(OpenLoop { body, exit, i, to, by, carried: shapes });
        (i, inside)
    }

    fn end_loop(&mut self, next: &[Lanes]) -> Vec<Lanes> {
        let OpenLoop { body, exit, i, to, by, carried } = self.loops.pop().expect("a loop is open");
        let values = self.arguments(next, &carried);
        let next = self.fb.ins().iadd_imm_s(i, by);
        let more = self.fb.ins().icmp(IntCC::SignedLessThan, next, to);
        let into_body: Vec<BlockArg> = std::iter::once(next.into()).chain(values.iter().copied()).collect();
        self.fb.ins().brif(more, body, &into_body, exit, &values);
        self.fb.seal_block(body);
        let last = self.parameters(exit, &carried);
        self.fb.switch_to_block(exit);
        self.fb.seal_block(exit);
        last
    }

    fn begin_if(&mut self, cond: Value, rare: bool, otherwise: &[Lanes]) {
        let (then, exit) = (self.fb.create_block(), self.fb.create_block());
        let shapes: Vec<Shape> = otherwise.iter().map(Self::shape).collect();
        let values = self.arguments(otherwise, &shapes);
        self.fb.ins().brif(cond, then, &[], exit, &values);
        self.fb.switch_to_block(then);
        self.fb.seal_block(then);
        if rare {
            self.fb.set_cold_block(then);
        }
        self.ifs.push(OpenIf { exit, carried: shapes });
    }

    fn end_if(&mut self, values: &[Lanes]) -> Vec<Lanes> {
        let OpenIf { exit, carried } = self.ifs.pop().expect("an if is open");
        let values = self.arguments(values, &carried);
        self.fb.ins().jump(exit, &values);
        let merged = self.parameters(exit, &carried);
        self.fb.switch_to_block(exit);
        self.fb.seal_block(exit);
        merged
    }

    fn begin_sides(&mut self, number: Value) {
        let [first, other, exit] = std::array::from_fn(|_| self.fb.create_block());
        let is_first = self.fb.ins().icmp_imm_s(IntCC::SignedGreaterThanOrEqual, number, 0);
        self.fb.ins().brif(is_first, first, &[], other, &[]);
        self.fb.switch_to_block(first);
        self.fb.seal_block(first);
        self.fb.seal_block(other);
        self.sides.push(OpenSides { other, exit, carried: None });
    }

    fn other_side(&mut self, value: &Lanes) {
        let shape = Self::shape(value);
        let values = self.arguments(std::slice::from_ref(value), &[shape]);
        let sides = self.sides.last_mut().expect("a choice is open");
        sides.carried = Some(shape);
        let (other, exit) = (sides.other, sides.exit);
        self.fb.ins().jump(exit, &values);
        self.fb.switch_to_block(other);
    }

    fn end_sides(&mut self, value: &Lanes) -> Lanes {
        let OpenSides { exit, carried, .. } = self.sides.pop().expect("a choice is open");
        let shape = carried.expect("the first side has ended");
        let values = self.arguments(std::slice::from_ref(value), &[shape]);
        self.fb.ins().jump(exit, &values);
        let merged = self.parameters(exit, &[shape]);
        self.fb.switch_to_block(exit);
        self.fb.seal_block(exit);
        merged.into_iter().next().expect("a choice has one value")
    }

    fn load(
        &mut self,
        place: &Place<Value, Lanes>,
        dtype: DType,
        lanes: u32,
        active: Option<Active<Value>>,
    ) -> Lanes {
        memory::load(self, place, dtype, lanes, active)
    }

    fn store(&mut self, place: &Place<Value, Lanes>, value: &Lanes, active: Option<Active<Value>>) {
        memory::store(self, place, value, active);
    }

    fn store_pair(
        &mut self,
        places: [&Place<Value, Lanes>; 2],
        values: [&Lanes; 2],
        active: Option<Active<Value>>,
    ) {
        if active.is_none() && memory::has_pairs(values[0]) {
            return memory::write_pairs(&mut self.fb, places[0], values);
        }
        for (place, value) in places.into_iter().zip(values) {
            self.store(place, value, active);
        }
    }

    fn fault(&mut self, check: u32, at: &Lanes, index: &Lanes, bits: Value) {
        let cells = self.word_at(abi::checks_at(self.kernel));
        let cell = self.fb.ins().iadd_imm_s(cells, i64::from(check) * 16);
        memory::fault(&mut self.fb, cell, at, index, bits);
    }

    fn constant(&mut self, c: Scalar, lanes: u32) -> Lanes {
        lanes::constant_of(&mut self.fb, c, lanes)
    }

    fn scalar(&mut self, k: u32, dtype: DType) -> Lanes {
        let place = abi::scalars_at(self.kernel) + k as usize;
        let flags = MemFlagsData::trusted();
        let value = self.fb.ins().load(lanes::scalar_type(dtype), flags, self.words, (place * 8) as i32);
        Lanes::scalar(dtype, value)
    }

    fn prim(&mut self, prim: Prim, args: &[&Lanes]) -> Lanes {
        match Products::half(&mut self.products, &mut self.fb, prim, args) {
            Some(half) => half,
            None => half::conversion(self, prim, args[0], args[0].dtype, args[0].lanes)
                .unwrap_or_else(|| prim::prim(&mut self.fb, prim, args)),
        }
    }

    fn splat(&mut self, value: &Lanes, lanes: u32) -> Lanes {
        lanes::splat(&mut self.fb, value, lanes)
    }

    fn joins(&self) -> Option<Join<Self>> {
        Some(|emit, values| lanes::joined(&mut emit.fb, values))
    }

    fn halves(&mut self, value: &Lanes) -> (Lanes, Lanes) {
        value.halves(&mut self.fb)
    }

    fn from_index(&mut self, index: Value) -> Lanes {
        Lanes::scalar(DType::I64, index)
    }

    fn to_index(&mut self, value: &Lanes) -> Value {
        prim::prim(&mut self.fb, Prim::Cast(DType::I64), &[value]).regs[0]
    }

    fn lane_numbers(&mut self, lanes: u32) -> Lanes {
        let regs = (0..lanes / 2).map(|r| {
            let mut bytes = [0; 16];
            bytes[..8].copy_from_slice(&u64::from(2 * r).to_le_bytes());
            bytes[8..].copy_from_slice(&u64::from(2 * r + 1).to_le_bytes());
            lanes::constant(&mut self.fb, types::I64X2, bytes)
        });
        Lanes::vector(DType::I64, lanes, regs.collect())
    }

    fn first_lanes(&mut self, count: Value, lanes: u32) -> Lanes {
        let byte = self.fb.ins().ireduce(types::I8, count);
        let count = self.fb.ins().splat(types::I8X16, byte);
        let regs = (0..lanes::registers(lanes, 1)).map(|r| {
            let numbers = std::array::from_fn(|i| (16 * r + i) as u8);
            let numbers = lanes::constant(&mut self.fb, types::I8X16, numbers);
            self.fb.ins().icmp(IntCC::UnsignedLessThan, numbers, count)
        });
        Lanes::mask(lanes, 1, regs.collect())
    }

    fn bits(&mut self, value: &Lanes) -> Value {
        value.bits(&mut self.fb)
    }

    fn table(&mut self, dtype: DType, lanes: u32, count: u32) -> Table {
        let slot = memory::slot(&mut self.fb, count * lanes * dtype.bytes() as u32);
        Table { slot, dtype, lanes }
    }

    fn read(&mut self, table: Table, at: Value) -> Lanes {
        let address = self.entry(table, at);
        memory::read(&mut self.fb, address, table.dtype, table.lanes)
    }

    fn write(&mut self, table: Table, at: Value, value: &Lanes) {
        let address = self.entry(table, at);
        memory::write(&mut self.fb, address, value);
    }

    fn square(&mut self, dtype: DType, lanes: u32) -> Table {
        self.table(dtype, lanes, lanes)
    }

    /// A register of each of as many values is turned at once; parts of a register go one by one.
    fn columns_at_once(&self, dtype: DType, lanes: u32) -> u32 {
        let per_register = 16 / dtype.bytes() as u32;
        if lanes >= per_register { per_register } else { 1 }
    }

    fn write_columns(&mut self, square: Table, at: Value, columns: &[Lanes]) {
        let base = self.fb.ins().stack_addr(types::I64, square.slot, 0);
        let column = self.fb.ins().ishl_imm_u(at, i64::from(square.dtype.bytes().trailing_zeros()));
        let first = self.fb.ins().iadd(base, column);
        memory::write_columns(&mut self.fb, first, columns);
    }

    /// One worker writes and reads its tables in order.
    fn exchange(&mut self) {}
}
