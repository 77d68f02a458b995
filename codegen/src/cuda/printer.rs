//! What is printed so far: variables and their names, blocks, sets of lanes.
//!
//! Every result gets a name of its own (`v` values, `n` indices, `p` pointers, `t` tables, `c` conditions) in
//! the order of the walk, which makes the text deterministic; constants and what needs no operation are
//! written where they are used. A value of `n` lanes has lane `l` in thread `l`: what the threads from `n` on
//! hold is computed along and never looked at.
//!
//! Where a thread is the worker, a value of `n` lanes is an array of so many elements, and `EACH(n)` says a
//! statement for each `k` of them; a value of one lane is a plain variable.

use super::prim::{Index, Name, Value};
use super::{c_type, pointer};
use crate::mapping::{BLOCK, Mapping, WARP, Worker};
use crate::walk::{Active, Memory, Place, Spread};
use numfuse_ir::dtype::DType;
use numfuse_ir::kernel::Kernel;
use std::collections::HashMap;
use std::fmt::Write;

/// Lines of a loop that does several turns at once.
const MOST_UNROLLED: usize = 20;

/// A set of lanes: the condition that each thread tests, and whether it is the same for all.
#[derive(Clone, Debug)]
pub(super) struct Set {
    pub(super) condition: String,
    uniform: bool,
    lanes: u32,
}

/// Prints one entry of a kernel.
pub(super) struct Printer<'k> {
    pub(super) kernel: &'k Kernel,
    pub(super) mapping: Mapping,
    pub(super) text: String,
    /// How many variables of each letter there are.
    pub(super) names: HashMap<char, u32>,
    /// The sets of lanes.
    pub(super) sets: Vec<Set>,
    /// The indices that each open block has computed, by their expressions.
    pub(super) blocks: Vec<HashMap<String, Index>>,
    /// The carried variables of each open loop and the results of each open `if`.
    pub(super) open: Vec<Vec<Value>>,
    /// Where the text of each open loop begins, and how many turns are done at once.
    pub(super) loops: Vec<(usize, i64)>,
    /// What lies before the next row that is kept, as a sum of bytes.
    pub(super) rows: String,
}

impl<'k> Printer<'k> {
    pub(super) fn new(kernel: &'k Kernel, mapping: Mapping) -> Self {
        let (text, names, sets) = (String::new(), HashMap::new(), Vec::new());
        Printer {
            kernel,
            mapping,
            text,
            names,
            sets,
            blocks: vec![HashMap::new()],
            open: Vec::new(),
            loops: Vec::new(),
            rows: String::new(),
        }
    }

    /// Whether lanes are elements of an array in each thread, not threads of a warp.
    pub(super) fn is_thread(&self) -> bool {
        match self.mapping.worker {
            Worker::Thread => true,
            Worker::Warp | Worker::Team => false,
            Worker::Core => unreachable!("a core runs no CUDA C"),
        }
    }

    /// Whether the worker is a block of threads.
    pub(super) fn is_team(&self) -> bool {
        self.mapping.worker == Worker::Team
    }

    /// Whether a thread is the first of its worker.
    pub(super) fn is_first(&self) -> &'static str {
        if self.is_team() { "threadIdx.x == 0" } else { "lane == 0" }
    }

    /// What stands before a statement about a value of so many lanes.
    pub(super) fn each(&self, lanes: u32) -> String {
        if self.is_thread() && lanes > 1 { format!("EACH({lanes}) ") } else { String::new() }
    }

    /// The statements, indented as the body of a function.
    pub(super) fn finish(self) -> String {
        assert_eq!(self.blocks.len(), 1, "every loop and branch is closed");
        self.text
    }

    pub(super) fn line(&mut self, line: &str) {
        let indent = 4 * self.blocks.len();
        writeln!(self.text, "{:indent$}{line}", "").expect("writing to a string succeeds");
    }

    pub(super) fn open(&mut self, line: &str, values: Vec<Value>) {
        self.line(&format!("{line} {{"));
        self.blocks.push(HashMap::new());
        self.open.push(values);
    }

    /// Whether a loop is known to go from the first element of a block to its last.
    pub(super) fn is_block(&self, from: Index, to: Index) -> bool {
        let whole = match from {
            Index::Number(n) => return to == Index::Number(n + BLOCK),
            from => format!("{from} + {BLOCK}"),
        };
        self.blocks.iter().rev().find_map(|b| b.get(&whole)) == Some(&to)
    }

    /// Lets the loop that was just closed do several turns at once, if it is short and has nothing inside: what
    /// these turns read is then on its way together.
    pub(super) fn unroll(&mut self) {
        let (start, turns) = self.loops.pop().expect("a loop was open");
        let body = &self.text[start..];
        if body.matches('{').count() == 1 && body.lines().count() <= MOST_UNROLLED {
            let indent = 4 * self.blocks.len();
            self.text.insert_str(start, &format!("{:indent$}#pragma unroll {turns}\n", ""));
        }
    }

    pub(super) fn close(&mut self) -> Vec<Value> {
        self.blocks.pop();
        self.line("}");
        self.open.pop().expect("every end has its beginning")
    }

    /// The next number of a variable with that letter.
    pub(super) fn fresh(&mut self, letter: char) -> u32 {
        let next = self.names.entry(letter).or_insert(0);
        *next += 1;
        *next - 1
    }

    /// A new variable with that value.
    pub(super) fn value(&mut self, dtype: DType, lanes: u32, expression: &str) -> Value {
        let value = self.variable(dtype, lanes);
        let declared = self.declared(&value);
        if value.is_array {
            let each = self.each(lanes);
            self.line(&format!("{declared}; {each}{value} = {expression};"));
        } else {
            self.line(&format!("{declared} = {expression};"));
        }
        value
    }

    /// A new variable, and its declaration.
    pub(super) fn variable(&mut self, dtype: DType, lanes: u32) -> Value {
        let name = Name::Local(self.fresh('v'));
        Value { name, dtype, lanes, is_array: self.is_thread() && lanes > 1 }
    }

    pub(super) fn declared(&self, value: &Value) -> String {
        let (kind, Name::Local(k)) = (c_type(value.dtype), value.name) else {
            unreachable!("only variables are declared")
        };
        if value.is_array { format!("{kind} v{k}[{}]", value.lanes) } else { format!("{kind} v{k}") }
    }

    /// A number: the variable that has it already, or a new one.
    pub(super) fn number_of(&mut self, expression: String) -> Index {
        let local = |p: &mut Self| ("i64".to_string(), Index::Local(p.fresh('n')));
        self.once(expression, local)
    }

    /// A pointer: the variable that has it already, or a new one.
    pub(super) fn pointer_to(&mut self, memory: Memory, expression: String) -> Index {
        let kind = match memory {
            Memory::Buffer(b) => pointer(&self.kernel.buffers[b.index()]),
            Memory::Scratch => "u64*".to_string(),
        };
        self.once(expression, |p| (kind, Index::Pointer(p.fresh('p'), memory)))
    }

    pub(super) fn once(
        &mut self,
        expression: String,
        new: impl FnOnce(&mut Self) -> (String, Index),
    ) -> Index {
        if let Some(&known) = self.blocks.iter().rev().find_map(|b| b.get(&expression)) {
            return known;
        }
        let (kind, index) = new(self);
        self.line(&format!("{kind} {index} = {expression};"));
        self.blocks.last_mut().expect("a function has a body").insert(expression, index);
        index
    }

    pub(super) fn set(&mut self, condition: String, uniform: bool, lanes: u32) -> Index {
        self.sets.push(Set { condition, uniform, lanes });
        Index::Lanes(self.sets.len() as u32 - 1)
    }

    /// The condition under which a thread's lane is in a set.
    pub(super) fn holds(&self, lanes: Index) -> String {
        match lanes {
            Index::Lanes(k) => self.sets[k as usize].condition.clone(),
            bits => format!("({bits} >> {} & 1)", self.lane()),
        }
    }

    /// How many lanes a set is of.
    pub(super) fn lanes_of(&self, set: Index) -> u32 {
        match set {
            Index::Lanes(k) => self.sets[k as usize].lanes,
            _ => self.mapping.lanes(),
        }
    }

    /// The number of a lane: of a thread in its warp, or of an element in its thread.
    pub(super) fn lane(&self) -> &'static str {
        if self.is_thread() { "k" } else { "lane" }
    }

    /// How far a lane is from the first.
    pub(super) fn place_of_lane(&self) -> String {
        if self.mapping.apart { format!("k * {WARP}") } else { self.lane().to_string() }
    }

    /// The same for all lanes: whether a number is not 0, or a set not empty.
    pub(super) fn any(&mut self, index: Index) -> String {
        let Index::Lanes(k) = index else { return format!("{index} != 0") };
        let Set { condition, uniform, lanes } = self.sets[k as usize].clone();
        if uniform || self.is_thread() && lanes == 1 {
            return condition;
        }
        if !self.is_thread() {
            return format!("__any_sync(WARP, {condition})");
        }
        let (name, each) = (format!("c{}", self.fresh('c')), self.each(lanes));
        self.line(&format!("bool {name} = false; {each}{name} |= {condition};"));
        name
    }

    /// An index as a number.
    pub(super) fn plain(&mut self, index: Index) -> Index {
        let Index::Lanes(k) = index else { return index };
        let Set { condition, lanes, .. } = self.sets[k as usize].clone();
        if !self.is_thread() {
            return self.number_of(format!("__ballot_sync(WARP, {condition})"));
        }
        let (number, each) = (Index::Local(self.fresh('n')), self.each(lanes));
        let place = if lanes == 1 { "0" } else { "k" };
        self.line(&format!("i64 {number} = 0; {each}{number} |= (i64)({condition}) << {place};"));
        number
    }

    /// The element of a place of so many lanes, as an expression that can be read or assigned.
    pub(super) fn element(&self, place: &Place<Index, Value>, lanes: u32) -> String {
        let is_one = self.is_thread() && lanes == 1;
        let lane = match &place.spread {
            Spread::Same => None,
            Spread::Unit | Spread::Backwards | Spread::Alternate { .. } | Spread::Strided(_) if is_one => {
                None
            }
            Spread::Unit => Some(self.place_of_lane()),
            Spread::Backwards => Some(format!("{} * -1", self.place_of_lane())),
            Spread::Alternate { .. } => Some(format!("{} * 2", self.place_of_lane())),
            Spread::Strided(by) => Some(format!("{} * {by}", self.place_of_lane())),
            Spread::Gather(v) => Some(v.to_string()),
        };
        let sum: Vec<String> = self.offset(place).into_iter().chain(lane).collect();
        format!("{}[{}]", place.pointer, if sum.is_empty() { "0".to_string() } else { sum.join(" + ") })
    }

    /// What is added to the pointer of a place for all lanes.
    pub(super) fn offset(&self, place: &Place<Index, Value>) -> Option<String> {
        place.offset.filter(|&o| o != Index::Number(0)).map(|o| o.to_string())
    }

    /// The address of all lanes of a place, where a thread accesses them at once: neighbours in memory, all
    /// of them active.
    pub(super) fn at_once(
        &self,
        place: &Place<Index, Value>,
        lanes: u32,
        active: Option<Active<Index>>,
    ) -> Option<String> {
        let is_whole = self.is_thread() && lanes > 1 && active.is_none() && !self.mapping.apart;
        let in_buffer = matches!(memory_of(place.pointer), Memory::Buffer(_));
        if !is_whole || !in_buffer || !matches!(place.spread, Spread::Unit) {
            return None;
        }
        let sum: Vec<String> = std::iter::once(place.pointer.to_string()).chain(self.offset(place)).collect();
        Some(sum.join(" + "))
    }

    /// The lower and the upper half of an array of twice as many elements.
    pub(super) fn halves_of_array(&mut self, value: &Value, half: u32) -> (Value, Value) {
        let Value { name: Name::Local(v), dtype, is_array: true, .. } = *value else {
            let all = Value { lanes: half, ..value.clone() };
            return (all.clone(), all);
        };
        if half == 1 {
            let [low, high] = [0, 1].map(|k| self.value(dtype, 1, &format!("v{v}[{k}]")));
            return (low, high);
        }
        let high = self.value(dtype, half, &format!("v{v}[k + {half}]"));
        (Value { lanes: half, ..value.clone() }, high)
    }

    /// `x` from one of the threads, to all.
    pub(super) fn shuffle(&mut self, how: &str, x: &Value, lanes: u32, by: &str) -> Value {
        self.value(x.dtype, lanes, &format!("{how}(WARP, {x}, {by})"))
    }
}

/// The memory that an address lies in.
pub(super) fn memory_of(pointer: Index) -> Memory {
    match pointer {
        Index::Base(memory) | Index::Pointer(_, memory) => memory,
        other => unreachable!("{other:?} is not an address"),
    }
}
