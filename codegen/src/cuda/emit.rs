//! The emitter that prints: loops, memory, and what the threads of a warp exchange.
//!
//! Every result gets a name of its own (`v` values, `n` indices, `p` pointers, `t` tables) in the
//! order of the walk, which makes the text deterministic; constants and what needs no operation
//! are written where they are used. A value of `n` lanes has lane `l` in thread `l`: what the
//! threads from `n` on hold is computed along and never looked at.

use super::prim::{self, Index, Name, Value};
use super::{c_type, from_word, memory_type, pointer, to_word};
use crate::walk::{Active, Emit, Memory, Place, Spread, Step};
use numfuse_ir::dtype::DType;
use numfuse_ir::kernel::Kernel;
use numfuse_ir::prim::Prim;
use numfuse_ir::scalar::Scalar;
use std::collections::HashMap;
use std::fmt::Write;

/// The warps of a block that turns squares in shared memory, of which it has 48 KiB.
pub(super) const WARPS_OF_TILES: u32 = 2;

/// A table. One of uniform values is spread over the warp: thread `k` keeps entry `k`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Table {
    id: u32,
    dtype: DType,
    lanes: u32,
    is_square: bool,
}

/// A set of lanes: the condition that each thread tests, and whether it is the same for all.
#[derive(Clone, Debug)]
struct Set {
    condition: String,
    uniform: bool,
}

/// Prints one entry of a kernel.
pub(super) struct Printer<'k> {
    kernel: &'k Kernel,
    text: String,
    /// How many variables of each letter there are.
    names: HashMap<char, u32>,
    /// The sets of lanes.
    sets: Vec<Set>,
    /// The indices that each open block has computed, by their expressions.
    blocks: Vec<HashMap<String, Index>>,
    /// The carried variables of each open loop and the results of each open `if`.
    open: Vec<Vec<Value>>,
}

impl<'k> Printer<'k> {
    pub(super) fn new(kernel: &'k Kernel) -> Self {
        let (text, names, sets) = (String::new(), HashMap::new(), Vec::new());
        Printer { kernel, text, names, sets, blocks: vec![HashMap::new()], open: Vec::new() }
    }

    /// The statements, indented as the body of a function.
    pub(super) fn finish(self) -> String {
        assert_eq!(self.blocks.len(), 1, "every loop and branch is closed");
        self.text
    }

    fn line(&mut self, line: &str) {
        let indent = 4 * self.blocks.len();
        writeln!(self.text, "{:indent$}{line}", "").expect("writing to a string succeeds");
    }

    fn open(&mut self, line: &str, values: Vec<Value>) {
        self.line(&format!("{line} {{"));
        self.blocks.push(HashMap::new());
        self.open.push(values);
    }

    fn close(&mut self) -> Vec<Value> {
        self.blocks.pop();
        self.line("}");
        self.open.pop().expect("every end has its beginning")
    }

    /// The next number of a variable with that letter.
    fn fresh(&mut self, letter: char) -> u32 {
        let next = self.names.entry(letter).or_insert(0);
        *next += 1;
        *next - 1
    }

    /// A new variable with that value.
    fn value(&mut self, dtype: DType, lanes: u32, expression: &str) -> Value {
        let value = Value { name: Name::Local(self.fresh('v')), dtype, lanes };
        self.line(&format!("{} {value} = {expression};", c_type(dtype)));
        value
    }

    /// A number: the variable that has it already, or a new one.
    fn number_of(&mut self, expression: String) -> Index {
        let local = |p: &mut Self| ("i64".to_string(), Index::Local(p.fresh('n')));
        self.once(expression, local)
    }

    /// A pointer: the variable that has it already, or a new one.
    fn pointer_to(&mut self, memory: Memory, expression: String) -> Index {
        let kind = match memory {
            Memory::Buffer(b) => pointer(&self.kernel.buffers[b.index()]),
            Memory::Scratch => "u64*".to_string(),
        };
        self.once(expression, |p| (kind, Index::Pointer(p.fresh('p'), memory)))
    }

    fn once(&mut self, expression: String, new: impl FnOnce(&mut Self) -> (String, Index)) -> Index {
        if let Some(&known) = self.blocks.iter().rev().find_map(|b| b.get(&expression)) {
            return known;
        }
        let (kind, index) = new(self);
        self.line(&format!("{kind} {index} = {expression};"));
        self.blocks.last_mut().expect("a function has a body").insert(expression, index);
        index
    }

    fn set(&mut self, condition: String, uniform: bool) -> Index {
        self.sets.push(Set { condition, uniform });
        Index::Lanes(self.sets.len() as u32 - 1)
    }

    /// The condition under which a thread's lane is in a set.
    fn holds(&self, lanes: Index) -> String {
        match lanes {
            Index::Lanes(k) => self.sets[k as usize].condition.clone(),
            bits => format!("({bits} >> lane & 1)"),
        }
    }

    /// The same for all threads: whether a number is not 0, or a set not empty.
    fn any(&self, index: Index) -> String {
        match index {
            Index::Lanes(k) => match &self.sets[k as usize] {
                Set { condition, uniform: true } => condition.clone(),
                Set { condition, uniform: false } => format!("__any_sync(WARP, {condition})"),
            },
            number => format!("{number} != 0"),
        }
    }

    /// An index as a number.
    fn plain(&mut self, index: Index) -> Index {
        match index {
            Index::Lanes(k) => {
                self.number_of(format!("__ballot_sync(WARP, {})", self.sets[k as usize].condition))
            }
            _ => index,
        }
    }

    /// The element of a place, as an expression that can be read or assigned.
    fn element(&self, place: &Place<Index, Value>) -> String {
        let lane = match &place.spread {
            Spread::Same => None,
            Spread::Unit => Some("lane".to_string()),
            Spread::Strided(by) => Some(format!("lane * {by}")),
            Spread::Gather(v) => Some(v.to_string()),
        };
        let offset = place.offset.filter(|&o| o != Index::Number(0)).map(|o| o.to_string());
        let sum: Vec<String> = offset.into_iter().chain(lane).collect();
        format!("{}[{}]", place.pointer, if sum.is_empty() { "0".to_string() } else { sum.join(" + ") })
    }

    /// `x` from one of the threads, to all.
    fn shuffle(&mut self, how: &str, x: &Value, lanes: u32, by: &str) -> Value {
        self.value(x.dtype, lanes, &format!("{how}(WARP, {x}, {by})"))
    }
}

fn memory_of(pointer: Index) -> Memory {
    match pointer {
        Index::Base(memory) | Index::Pointer(_, memory) => memory,
        other => unreachable!("{other:?} is not an address"),
    }
}

/// The result of a step that needs no operation at run time.
fn folded(step: Step, a: Index, b: Index) -> Option<Index> {
    use Index::Number;
    let number = match (step, a, b) {
        (Step::Add, Number(0), x) | (Step::Mul, Number(1), x) => return Some(x),
        (Step::Add | Step::Sub, x, Number(0)) | (Step::Mul | Step::Div, x, Number(1)) => return Some(x),
        (Step::Mul, Number(0), _) | (Step::Mul, _, Number(0)) | (Step::Rem, _, Number(1)) => 0,
        (Step::Add, Number(a), Number(b)) => a + b,
        (Step::Sub, Number(a), Number(b)) => a - b,
        (Step::Mul, Number(a), Number(b)) => a * b,
        (Step::Div, Number(a), Number(b)) => a / b.max(1),
        (Step::Rem, Number(a), Number(b)) => a % b.max(1),
        (Step::Min, Number(a), Number(b)) => a.min(b),
        (Step::Max, Number(a), Number(b)) => a.max(b),
        (Step::Add | Step::Sub | Step::Mul | Step::Div | Step::Rem | Step::Min | Step::Max, _, _) => {
            return None;
        }
        (Step::And | Step::Ones, _, _) => return None,
    };
    Some(Number(number))
}

impl Emit for Printer<'_> {
    type Index = Index;
    type Value = Value;
    type Table = Table;

    fn range(&mut self) -> (Index, Index) {
        (Index::Begin, Index::End)
    }

    fn number(&mut self, n: i64) -> Index {
        Index::Number(n)
    }

    fn word(&mut self, k: u32) -> Index {
        Index::Word(k)
    }

    fn step(&mut self, step: Step, a: Index, b: Index) -> Index {
        if let (Step::And, Index::Lanes(_), Index::Lanes(_)) = (step, a, b) {
            return self.set(format!("{} && {}", self.holds(a), self.holds(b)), false);
        }
        let (a, b) = (self.plain(a), self.plain(b));
        if let Some(known) = folded(step, a, b) {
            return known;
        }
        match step {
            Step::Add => self.number_of(format!("{a} + {b}")),
            Step::Sub => self.number_of(format!("{a} - {b}")),
            Step::Mul => self.number_of(format!("{a} * {b}")),
            Step::Div if matches!(b, Index::Number(1..)) => self.number_of(format!("(u64){a} / {b}")),
            Step::Rem if matches!(b, Index::Number(1..)) => self.number_of(format!("(u64){a} % {b}")),
            Step::Div => self.number_of(format!("index_div({a}, {b})")),
            Step::Rem => self.number_of(format!("index_rem({a}, {b})")),
            Step::Min => self.number_of(format!("{a} < {b} ? {a} : {b}")),
            Step::Max => self.number_of(format!("{a} > {b} ? {a} : {b}")),
            Step::And => self.number_of(format!("{a} & {b}")),
            Step::Ones => self.set(format!("lane < {a}"), false),
        }
    }

    fn base(&mut self, memory: Memory) -> Index {
        Index::Base(memory)
    }

    fn advance(&mut self, pointer: Index, _bytes: usize, by: Index) -> Index {
        match self.plain(by) {
            Index::Number(0) => pointer,
            by => self.pointer_to(memory_of(pointer), format!("{pointer} + {by}")),
        }
    }

    /// The loop over the units of a launch is shared by its warps, which take them in turns.
    fn begin_loop(&mut self, from: Index, to: Index, by: i64, carried: &[Value]) -> (Index, Vec<Value>) {
        let carried: Vec<Value> =
            carried.iter().map(|v| self.value(v.dtype, v.lanes, &v.to_string())).collect();
        let i = Index::Local(self.fresh('n'));
        let first = if from == Index::Begin { "begin + warp".to_string() } else { from.to_string() };
        let next = match by {
            _ if from == Index::Begin => format!("{i} += warps"),
            1 => format!("{i}++"),
            by => format!("{i} += {by}"),
        };
        self.open(&format!("for (i64 {i} = {first}; {i} < {to}; {next})"), carried.clone());
        (i, carried)
    }

    /// All carried variables change at once: one that a later one still needs is kept aside.
    fn end_loop(&mut self, next: &[Value]) -> Vec<Value> {
        let carried = self.open.last().cloned().expect("a loop is open");
        let mut next = next.to_vec();
        for (k, variable) in carried.iter().enumerate() {
            if next[k].name == variable.name {
                continue;
            }
            if next[k + 1..].iter().any(|v| v.name == variable.name) {
                let kept = self.value(variable.dtype, variable.lanes, &variable.to_string());
                next[k + 1..].iter_mut().filter(|v| v.name == variable.name).for_each(|v| v.name = kept.name);
            }
            self.line(&format!("{variable} = {};", next[k]));
        }
        self.close()
    }

    fn begin_if(&mut self, cond: Index, _rare: bool, otherwise: &[Value]) {
        let results = otherwise.iter().map(|v| self.value(v.dtype, v.lanes, &v.to_string())).collect();
        self.open(&format!("if ({})", self.any(cond)), results);
    }

    fn end_if(&mut self, values: &[Value]) -> Vec<Value> {
        let results = self.open.last().cloned().expect("a branch is open");
        for (result, value) in results.iter().zip(values).filter(|(r, v)| r.name != v.name) {
            self.line(&format!("{result} = {value};"));
        }
        self.close()
    }

    fn load(
        &mut self,
        place: &Place<Index, Value>,
        dtype: DType,
        lanes: u32,
        active: Option<Active<Index>>,
    ) -> Value {
        let element = self.element(place);
        let read = match memory_of(place.pointer) {
            Memory::Buffer(_) if dtype == DType::Bool => format!("{element} != 0"),
            Memory::Buffer(_) => element,
            Memory::Scratch => from_word(dtype, &element),
        };
        let condition = match (active, &place.spread) {
            (None, _) => None,
            // One element for all lanes: it is there when any lane is.
            (Some(active), Spread::Same) => (!active.tail).then(|| self.any(active.bits)),
            (Some(active), _) => Some(self.holds(active.bits)),
        };
        match condition {
            None => self.value(dtype, lanes, &read),
            Some(condition) => self.value(dtype, lanes, &format!("{condition} ? {read} : 0")),
        }
    }

    fn store(&mut self, place: &Place<Index, Value>, value: &Value, active: Option<Active<Index>>) {
        let element = self.element(place);
        let value = match memory_of(place.pointer) {
            Memory::Buffer(_) => value.to_string(),
            Memory::Scratch => to_word(value.dtype, &value.to_string()),
        };
        let condition = match (active, &place.spread) {
            (None, Spread::Same) => "if (lane == 0) ".to_string(),
            (Some(active), Spread::Same) => format!("if ({} && lane == 0) ", self.any(active.bits)),
            (None, _) => String::new(),
            (Some(active), _) => format!("if ({}) ", self.holds(active.bits)),
        };
        self.line(&format!("{condition}{element} = {value};"));
    }

    fn fault(&mut self, check: u32, at: &Value, index: &Value, bits: Index) {
        let holds = self.holds(bits);
        self.line(&format!("if ({holds}) index_fault(checks + {}, {at}, {index});", 2 * check));
    }

    fn constant(&mut self, c: Scalar, lanes: u32) -> Value {
        Value { name: Name::Constant(c), dtype: c.dtype(), lanes }
    }

    fn scalar(&mut self, k: u32, dtype: DType) -> Value {
        Value { name: Name::Scalar(k), dtype, lanes: 1 }
    }

    fn prim(&mut self, prim: Prim, args: &[&Value]) -> Value {
        let dtypes: Vec<DType> = args.iter().map(|a| a.dtype).collect();
        let dtype = prim.result(&dtypes).expect("the walk applies prims to types that they take");
        self.value(dtype, args[0].lanes, &prim::expression(prim, args))
    }

    /// A uniform value is in every thread already.
    fn splat(&mut self, value: &Value, lanes: u32) -> Value {
        Value { lanes, ..value.clone() }
    }

    /// The upper half moves down; when one lane is left of each half, all threads get both.
    fn halves(&mut self, value: &Value) -> (Value, Value) {
        let half = value.lanes / 2;
        if half == 1 {
            let low = self.shuffle("__shfl_sync", value, 1, "0");
            return (low, self.shuffle("__shfl_sync", value, 1, "1"));
        }
        let high = self.shuffle("__shfl_down_sync", value, half, &half.to_string());
        (Value { lanes: half, ..value.clone() }, high)
    }

    fn from_index(&mut self, index: Index) -> Value {
        let name = match self.plain(index) {
            Index::Number(n) => Name::Constant(Scalar::from_i128(DType::I64, n.into())),
            index => Name::Index(index),
        };
        Value { name, dtype: DType::I64, lanes: 1 }
    }

    fn to_index(&mut self, value: &Value) -> Index {
        match value.name {
            Name::Index(index) => index,
            Name::Constant(c) if i64::try_from(c.to_i128()).is_ok() => Index::Number(c.to_i128() as i64),
            Name::Local(_) | Name::Constant(_) | Name::Scalar(_) | Name::Lane => {
                self.number_of(format!("(i64){value}"))
            }
        }
    }

    fn lane_numbers(&mut self, lanes: u32) -> Value {
        Value { name: Name::Lane, dtype: DType::I64, lanes }
    }

    fn first_lanes(&mut self, count: Index, lanes: u32) -> Value {
        let count = self.plain(count);
        self.value(DType::Bool, lanes, &format!("lane < {count}"))
    }

    fn bits(&mut self, value: &Value) -> Index {
        match value.lanes {
            1 => self.set(value.to_string(), true),
            32 => self.set(value.to_string(), false),
            lanes => self.set(format!("lane < {lanes} && {value}"), false),
        }
    }

    fn table(&mut self, dtype: DType, lanes: u32, count: u32) -> Table {
        let id = self.fresh('t');
        match lanes {
            1 => self.line(&format!("{} t{id} = 0;", c_type(dtype))),
            _ => self.line(&format!("{} t{id}[{count}];", memory_type(dtype))),
        }
        Table { id, dtype, lanes, is_square: false }
    }

    fn read(&mut self, table: Table, at: Index) -> Value {
        let at = self.plain(at);
        let expression = match table.lanes {
            row if table.is_square => format!("t{}[threadIdx.x / 32][{at} * {} + lane]", table.id, row + 1),
            1 => format!("__shfl_sync(WARP, t{}, {at})", table.id),
            _ => format!("t{}[{at}]", table.id),
        };
        self.value(table.dtype, table.lanes, &expression)
    }

    fn write(&mut self, table: Table, at: Index, value: &Value) {
        let at = self.plain(at);
        match table.lanes {
            1 => self.line(&format!("if (lane == {at}) t{} = {value};", table.id)),
            _ => self.line(&format!("t{}[{at}] = {value};", table.id)),
        }
    }

    /// A square is shared by the threads of a warp; rows are an element apart from a multiple of the
    /// banks, so that neither rows nor columns collide.
    fn square(&mut self, dtype: DType, lanes: u32) -> Table {
        let id = self.fresh('t');
        let size = lanes * (lanes + 1);
        self.line(&format!("__shared__ {} t{id}[{WARPS_OF_TILES}][{size}];", memory_type(dtype)));
        Table { id, dtype, lanes, is_square: true }
    }

    fn columns_at_once(&self, _: DType, _: u32) -> u32 {
        1
    }

    fn write_columns(&mut self, square: Table, at: Index, columns: &[Value]) {
        for (k, column) in columns.iter().enumerate() {
            let at = self.step(Step::Add, at, Index::Number(k as i64));
            let row = square.lanes + 1;
            self.line(&format!("t{}[threadIdx.x / 32][lane * {row} + {at}] = {column};", square.id));
        }
    }

    fn exchange(&mut self) {
        self.line("__syncwarp();");
    }
}
