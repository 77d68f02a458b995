//! The emitter that prints: loops, memory, and what the threads of a warp or of a block exchange.

use super::prim::{self, Index, Name, Value};
use super::printer::{Printer, memory_of};
use super::{c_type, from_word, memory_type, to_word};
use crate::mapping::{self, BLOCK, KEPT, RUN, WARPS, WARPS_OF_TILES, Worker};
use crate::walk::{Active, Emit, Extremum, Memory, Place, Spread, Step};
use numfuse_ir::dtype::DType;
use numfuse_ir::prim::Prim;
use numfuse_ir::scalar::Scalar;

/// So many of its turns, where their number is not known.
const FEW_TURNS: i64 = 4;

/// The same where each turn has one element.
const TURNS_OF_ONE: i64 = 16;

/// Columns of a square that are on their way at once.
const COLUMNS_AT_ONCE: u32 = 16;

/// All of its turns, where they are known to be no more than these.
const MOST_TURNS: i64 = 32;

/// Threads of a warp.
const WARP: u32 = 32;

/// A table. One of a warp's uniform values is spread over it: thread `k` keeps entry `k`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Table {
    id: u32,
    dtype: DType,
    lanes: u32,
    lies: Lies,
}

/// Where a table lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lies {
    /// In the registers of the threads.
    Threads,
    /// In shared memory: a square of each warp.
    Square,
    /// In shared memory: of the whole block.
    Shared,
    /// In shared memory: the runs of a block of a scan of each warp.
    Runs,
}

/// The entry of each lane from the given one on.
fn entry_across(table: Table, at: Index) -> String {
    match table.lies {
        Lies::Runs => {
            format!("t{}[threadIdx.x / 32][{at} / {RUN} * {} + lane + lane / {RUN}]", table.id, RUN + 1)
        }
        Lies::Threads | Lies::Square | Lies::Shared => format!("t{}[{at} + lane]", table.id),
    }
}

/// The entry with that number of the run of each lane.
fn run_entry(table: Table, at: Index) -> String {
    format!("t{}[threadIdx.x / 32][lane * {} + {at}]", table.id, RUN + 1)
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
            let lanes = [a, b].map(|set| self.lanes_of(set)).into_iter().max().unwrap_or(1);
            return self.set(format!("{} && {}", self.holds(a), self.holds(b)), false, lanes);
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
            Step::Ones => self.set(format!("{} < {a}", self.place_of_lane()), false, self.mapping.lanes()),
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

    /// Each worker of a launch has one of its units.
    fn begin_loop(&mut self, from: Index, to: Index, by: i64, carried: &[Value]) -> (Index, Vec<Value>) {
        let carried: Vec<Value> =
            carried.iter().map(|v| self.value(v.dtype, v.lanes, &v.to_string())).collect();
        let i = Index::Local(self.fresh('n'));
        if from == Index::Begin {
            let worker = match self.mapping.worker {
                Worker::Thread => "thread",
                Worker::Warp => "warp",
                Worker::Team => "blockIdx.x",
                Worker::Core => unreachable!("a core runs no CUDA C"),
            };
            self.line(&format!("const i64 {i} = begin + {worker};"));
            self.open(&format!("if ({i} < {to})"), carried.clone());
            return (i, carried);
        }
        // All turns of a block at once, where it is known to be whole: each then knows its number.
        let turns = match (from, to) {
            _ if self.is_block(from, to) => BLOCK / i64::from(WARP),
            (Index::Number(from), Index::Number(to)) if (to - from) / by <= MOST_TURNS => MOST_TURNS,
            _ if self.is_thread() => (TURNS_OF_ONE / i64::from(self.mapping.lanes())).max(FEW_TURNS),
            _ => FEW_TURNS,
        };
        self.loops.push((self.text.len(), turns));
        let next = if by == 1 { format!("{i}++") } else { format!("{i} += {by}") };
        self.open(&format!("for (i64 {i} = {from}; {i} < {to}; {next})"), carried.clone());
        (i, carried)
    }

    /// All carried variables change at once: one that a later one still needs is kept aside.
    fn end_loop(&mut self, next: &[Value]) -> Vec<Value> {
        let from_units = self.open.len() == 1;
        let carried = self.open.last().cloned().expect("a loop is open");
        let mut next = next.to_vec();
        for (k, variable) in carried.iter().enumerate() {
            if next[k].name == variable.name {
                continue;
            }
            if next[k + 1..].iter().any(|v| v.name == variable.name) {
                let kept = self.value(variable.dtype, variable.lanes, &variable.to_string());
                let same = next[k + 1..].iter_mut().filter(|v| v.name == variable.name);
                same.for_each(|v| v.name = kept.name);
            }
            let each = self.each(variable.lanes);
            self.line(&format!("{each}{variable} = {};", next[k]));
        }
        let last = self.close();
        if from_units {
            return last;
        }
        self.unroll();
        last
    }

    fn begin_if(&mut self, cond: Index, _rare: bool, otherwise: &[Value]) {
        let results = otherwise.iter().map(|v| self.value(v.dtype, v.lanes, &v.to_string())).collect();
        let any = self.any(cond);
        self.open(&format!("if ({any})"), results);
    }

    fn end_if(&mut self, values: &[Value]) -> Vec<Value> {
        let results = self.open.last().cloned().expect("a branch is open");
        for (result, value) in results.iter().zip(values).filter(|(r, v)| r.name != v.name) {
            let each = self.each(result.lanes);
            self.line(&format!("{each}{result} = {value};"));
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
        if let Some(address) = self.at_once(place, lanes, active) {
            let value = self.variable(dtype, lanes);
            let (declared, Name::Local(k)) = (self.declared(&value), value.name) else {
                unreachable!("a variable is local")
            };
            self.line(&format!("{declared}; load_all(v{k}, {address});"));
            return value;
        }
        let element = self.element(place, lanes);
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
        let lanes = value.lanes;
        if let Some(address) = self.at_once(place, lanes, active) {
            let whole = if value.is_array {
                value.clone()
            } else {
                self.value(value.dtype, lanes, &value.to_string())
            };
            let Name::Local(k) = whole.name else { unreachable!("a variable is local") };
            self.line(&format!("store_all({address}, v{k});"));
            return;
        }
        let element = self.element(place, lanes);
        let value = match memory_of(place.pointer) {
            Memory::Buffer(_) => value.to_string(),
            Memory::Scratch => to_word(value.dtype, &value.to_string()),
        };
        let is_once = !self.is_thread() && matches!(place.spread, Spread::Same);
        let active = match (active, &place.spread) {
            (None, _) => None,
            (Some(active), Spread::Same) => Some(self.any(active.bits)),
            (Some(active), _) => Some(self.holds(active.bits)),
        };
        let conditions: Vec<String> =
            active.into_iter().chain(is_once.then(|| self.is_first().to_string())).collect();
        let condition =
            if conditions.is_empty() { String::new() } else { format!("if ({}) ", conditions.join(" && ")) };
        let each = if matches!(place.spread, Spread::Same) { String::new() } else { self.each(lanes) };
        self.line(&format!("{each}{condition}{element} = {value};"));
    }

    fn fault(&mut self, check: u32, at: &Value, index: &Value, bits: Index) {
        let (holds, each) = (self.holds(bits), self.each(self.lanes_of(bits)));
        self.line(&format!("{each}if ({holds}) index_fault(checks + {}, {at}, {index});", 2 * check));
    }

    fn constant(&mut self, c: Scalar, lanes: u32) -> Value {
        Value { name: Name::Constant(c), dtype: c.dtype(), lanes, is_array: false }
    }

    fn scalar(&mut self, k: u32, dtype: DType) -> Value {
        Value { name: Name::Scalar(k), dtype, lanes: 1, is_array: false }
    }

    fn prim(&mut self, prim: Prim, args: &[&Value]) -> Value {
        let dtypes: Vec<DType> = args.iter().map(|a| a.dtype).collect();
        let dtype = prim.result(&dtypes).expect("the walk applies prims to types that they take");
        self.value(dtype, args[0].lanes, &prim::expression(prim, args))
    }

    fn extremum(&self, dtype: DType) -> Option<Extremum<Self>> {
        (dtype == DType::F32).then_some(|printer, prim, a, b| {
            let name = if prim == Prim::Max { "max" } else { "min" };
            printer.value(DType::F32, a.lanes, &format!("extremum_{name}({a}, {b})"))
        })
    }

    /// A uniform value is there for every lane already.
    fn splat(&mut self, value: &Value, lanes: u32) -> Value {
        Value { lanes, ..value.clone() }
    }

    /// The upper half moves down; when one lane is left of each half, all threads get both.
    fn halves(&mut self, value: &Value) -> (Value, Value) {
        let half = value.lanes / 2;
        if self.is_thread() {
            return self.halves_of_array(value, half);
        }
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
        Value { name, dtype: DType::I64, lanes: 1, is_array: false }
    }

    fn to_index(&mut self, value: &Value) -> Index {
        match value.name {
            Name::Index(index) => index,
            Name::Constant(c) if i64::try_from(c.to_i128()).is_ok() => Index::Number(c.to_i128() as i64),
            Name::Local(_) | Name::Constant(_) | Name::Scalar(_) | Name::Lane(_) | Name::LaneApart => {
                self.number_of(format!("(i64){value}"))
            }
        }
    }

    fn lane_numbers(&mut self, lanes: u32) -> Value {
        let name = if self.mapping.apart { Name::LaneApart } else { Name::Lane(self.mapping.worker) };
        Value { name, dtype: DType::I64, lanes, is_array: false }
    }

    fn first_lanes(&mut self, count: Index, lanes: u32) -> Value {
        let count = self.plain(count);
        self.value(DType::Bool, lanes, &format!("{} < {count}", self.place_of_lane()))
    }

    fn bits(&mut self, value: &Value) -> Index {
        match value.lanes {
            1 => self.set(value.to_string(), true, 1),
            lanes if lanes == self.mapping.lanes() => self.set(value.to_string(), false, lanes),
            lanes => self.set(format!("{} < {lanes} && {value}", self.lane()), false, lanes),
        }
    }

    fn table(&mut self, dtype: DType, lanes: u32, count: u32) -> Table {
        let id = self.fresh('t');
        let (kind, element) = (c_type(dtype), memory_type(dtype));
        self.line(&match (lanes, self.is_thread()) {
            (1, false) => format!("{kind} t{id} = 0;"),
            (1, true) | (_, false) => format!("{element} t{id}[{count}];"),
            (lanes, true) => format!("{element} t{id}[{count}][{lanes}];"),
        });
        Table { id, dtype, lanes, lies: Lies::Threads }
    }

    fn read(&mut self, table: Table, at: Index) -> Value {
        let at = self.plain(at);
        let expression = match table.lanes {
            row if table.lies == Lies::Square => {
                format!("t{}[threadIdx.x / 32][{at} * {} + lane]", table.id, row + 1)
            }
            _ if table.lies == Lies::Shared => format!("t{}[{at}]", table.id),
            1 if !self.is_thread() => format!("__shfl_sync(WARP, t{}, {at})", table.id),
            2.. if self.is_thread() => format!("t{}[{at}][k]", table.id),
            _ => format!("t{}[{at}]", table.id),
        };
        self.value(table.dtype, table.lanes, &expression)
    }

    fn write(&mut self, table: Table, at: Index, value: &Value) {
        let at = self.plain(at);
        match table.lanes {
            _ if table.lies == Lies::Shared => {
                self.line(&format!("if (lane == 0) t{}[{at}] = {value};", table.id));
            }
            1 if !self.is_thread() => self.line(&format!("if (lane == {at}) t{} = {value};", table.id)),
            lanes @ 2.. if self.is_thread() => {
                let each = self.each(lanes);
                self.line(&format!("{each}t{}[{at}][k] = {value};", table.id));
            }
            _ => self.line(&format!("t{}[{at}] = {value};", table.id)),
        }
    }

    /// A square is shared by the threads of a warp; rows are an element apart from a multiple of the
    /// banks, so that neither rows nor columns collide.
    fn square(&mut self, dtype: DType, lanes: u32) -> Table {
        assert!(!self.is_thread(), "squares are turned by warps");
        let id = self.fresh('t');
        let size = lanes * (lanes + 1);
        self.line(&format!("__shared__ {} t{id}[{WARPS_OF_TILES}][{size}];", memory_type(dtype)));
        Table { id, dtype, lanes, lies: Lies::Square }
    }

    fn columns_at_once(&self, _: DType, _: u32) -> u32 {
        COLUMNS_AT_ONCE
    }

    fn write_columns(&mut self, square: Table, at: Index, columns: &[Value]) {
        for (k, column) in columns.iter().enumerate() {
            let at = self.step(Step::Add, at, Index::Number(k as i64));
            let row = square.lanes + 1;
            self.line(&format!("t{}[threadIdx.x / 32][lane * {row} + {at}] = {column};", square.id));
        }
    }

    fn exchange(&mut self) {
        self.line(if self.is_team() { "__syncthreads();" } else { "__syncwarp();" });
    }

    fn team(&mut self) -> Option<(Index, i64)> {
        self.is_team().then_some((Index::Member, WARPS.into()))
    }

    fn shared(&mut self, dtype: DType, count: u32) -> Table {
        let id = self.fresh('t');
        self.line(&format!("__shared__ {} t{id}[{count}];", memory_type(dtype)));
        Table { id, dtype, lanes: 1, lies: Lies::Shared }
    }

    /// Rows lie one behind the other in what shared memory a launch asks for, those of all warps of a
    /// block side by side.
    fn row(&mut self, dtype: DType, length: Index) -> Table {
        let (id, kind) = (self.fresh('t'), memory_type(dtype));
        let (bytes, round) = (dtype.bytes(), KEPT - 1);
        let size = self.number_of(format!("({length} * {bytes} + {round}) / {KEPT} * {KEPT}"));
        let (before, own) = match self.mapping.worker {
            Worker::Team => (self.rows.clone(), String::new()),
            _ => (self.rows.clone(), format!(" + threadIdx.x / 32 * {size}")),
        };
        self.line(&format!("{kind}* t{id} = ({kind}*)(rows{before}{own});"));
        let many = if self.is_team() { 1 } else { WARPS };
        self.rows.push_str(&format!(" + {many} * {size}"));
        Table { id, dtype, lanes: 1, lies: Lies::Shared }
    }

    /// Runs are an element apart from a multiple of the banks, so that neither they nor neighbours collide.
    fn block(&mut self, dtype: DType) -> Table {
        let (id, warps) = (self.fresh('t'), mapping::warps(self.mapping));
        let size = BLOCK + BLOCK / RUN;
        self.line(&format!("__shared__ {} t{id}[{warps}][{size}];", memory_type(dtype)));
        Table { id, dtype, lanes: WARP, lies: Lies::Runs }
    }

    fn read_run(&mut self, table: Table, at: Index) -> Value {
        let entry = run_entry(table, at);
        let read = if table.dtype == DType::Bool { format!("{entry} != 0") } else { entry };
        self.value(table.dtype, WARP, &read)
    }

    fn write_run(&mut self, table: Table, at: Index, value: &Value) {
        self.line(&format!("{} = {value};", run_entry(table, at)));
    }

    fn of_lane(&mut self, value: &Value, lane: Index) -> Value {
        let lane = self.plain(lane);
        self.shuffle("__shfl_sync", value, 1, &lane.to_string())
    }

    fn of_runs(&mut self, value: &Value, at: Index) -> Value {
        let at = self.plain(at);
        self.shuffle("__shfl_sync", value, WARP, &format!("({at} + lane) / {RUN}"))
    }

    fn write_across(&mut self, table: Table, at: Index, value: &Value, active: Option<Active<Index>>) {
        let condition = active.map_or(String::new(), |active| format!("if ({}) ", self.holds(active.bits)));
        self.line(&format!("{condition}{} = {value};", entry_across(table, at)));
    }

    fn read_across(&mut self, table: Table, at: Index, lanes: u32, active: Option<Active<Index>>) -> Value {
        let entry = entry_across(table, at);
        let read = if table.dtype == DType::Bool { format!("{entry} != 0") } else { entry };
        match active {
            None => self.value(table.dtype, lanes, &read),
            Some(active) => {
                let holds = self.holds(active.bits);
                self.value(table.dtype, lanes, &format!("{holds} ? {read} : 0"))
            }
        }
    }
}
