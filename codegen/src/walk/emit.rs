//! The vocabulary of a back end: what the walk asks for, in order, as it goes through a kernel.
//!
//! A value has 1 lane (the same for all: *uniform*) or a power of two of them. An *index* is a
//! 64-bit whole number that is the same for all lanes. Control flow is structured: every
//! `begin` has its `end`.

use numfuse_ir::dtype::DType;
use numfuse_ir::kernel::BufferId;
use numfuse_ir::prim::Prim;
use numfuse_ir::scalar::Scalar;

/// One operation on indices. Divisions are of numbers that are not negative, and by at least 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// `a + b`.
    Add,
    /// `a - b`.
    Sub,
    /// `a * b`.
    Mul,
    /// `a / b`; a divisor of 0 counts as 1.
    Div,
    /// `a % b`; a divisor of 0 counts as 1.
    Rem,
    /// The lesser.
    Min,
    /// The greater.
    Max,
    /// The bits that both have.
    And,
    /// The low `a` bits set, for `a` up to the number of lanes; `b` is not used.
    Ones,
}

/// The memory that a pointer starts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Memory {
    /// A buffer of the kernel.
    Buffer(BufferId),
    /// The partial states of a split fold, 8 bytes each.
    Scratch,
}

/// How the lanes of a load or a store lie beside each other, in elements.
#[derive(Clone, Copy, Debug)]
pub enum Spread<I, V> {
    /// One element for all lanes.
    Same,
    /// Neighbours.
    Unit,
    /// Neighbours, the last one first: each lane lies before the one before it.
    Backwards,
    /// Every second element; if `odd`, before each there is one.
    Alternate {
        /// Whether it is the second of a pair.
        odd: bool,
    },
    /// That far apart.
    Strided(I),
    /// Wherever each lane (an int64) says.
    Gather(V),
}

/// Where a load or a store goes: `pointer + size * (offset + lane)`.
#[derive(Clone, Copy, Debug)]
pub struct Place<I, V> {
    /// An address in bytes.
    pub pointer: I,
    /// Elements to add.
    pub offset: Option<I>,
    /// What each lane adds.
    pub spread: Spread<I, V>,
}

/// Which lanes may touch memory, as a bit for each.
#[derive(Clone, Copy, Debug)]
pub struct Active<I> {
    /// The bits.
    pub bits: I,
    /// At least one lane is active and at least one is not: the end of a row, under no guard.
    pub tail: bool,
}

/// What makes one value of as many uniform ones as it has lanes.
pub type Join<E> = fn(&mut E, &[<E as Emit>::Value]) -> <E as Emit>::Value;

/// What gives the greater or lesser of two floats in each lane.
pub type Extremum<E> = fn(&mut E, Prim, &<E as Emit>::Value, &<E as Emit>::Value) -> <E as Emit>::Value;

/// What a back end provides. The walk is written once over it.
pub trait Emit: Sized {
    /// A whole number, the same for all lanes.
    type Index: Copy;
    /// A value of one or more lanes.
    type Value: Clone;
    /// A small array of values that one worker keeps to itself.
    type Table: Copy;

    /// The first unit to do, and the first beyond.
    fn range(&mut self) -> (Self::Index, Self::Index);
    /// The number `n`.
    fn number(&mut self, n: i64) -> Self::Index;
    /// A launch word of the kernel.
    fn word(&mut self, k: u32) -> Self::Index;
    /// An operation on indices.
    fn step(&mut self, step: Step, a: Self::Index, b: Self::Index) -> Self::Index;
    /// The address of the first byte.
    fn base(&mut self, memory: Memory) -> Self::Index;
    /// The address `by` elements of `bytes` bytes further.
    fn advance(&mut self, pointer: Self::Index, bytes: usize, by: Self::Index) -> Self::Index;

    /// Opens `for i in (from..to).step_by(by)` with values that pass from turn to turn; gives `i`
    /// and those values inside. `by` is above 0.
    fn begin_loop(
        &mut self,
        from: Self::Index,
        to: Self::Index,
        by: i64,
        carried: &[Self::Value],
    ) -> (Self::Index, Vec<Self::Value>);
    /// Closes the innermost loop with the carried values of the next turn; gives the last ones.
    fn end_loop(&mut self, next: &[Self::Value]) -> Vec<Self::Value>;
    /// Opens `if cond != 0`; `otherwise` is what `end_if` gives when it is not taken.
    fn begin_if(&mut self, cond: Self::Index, rare: bool, otherwise: &[Self::Value]);
    /// Closes the innermost `if`.
    fn end_if(&mut self, values: &[Self::Value]) -> Vec<Self::Value>;

    /// Opens a choice of two sides: the first one if the number is not negative.
    fn begin_sides(&mut self, _number: Self::Index) {
        unreachable!("each thread goes its own way")
    }
    /// Closes the first side with its value and opens the other one.
    fn other_side(&mut self, _value: &Self::Value) {
        unreachable!("each thread goes its own way")
    }
    /// Closes the other side with a value of the same type and as many lanes; gives that of the side taken.
    fn end_sides(&mut self, _value: &Self::Value) -> Self::Value {
        unreachable!("each thread goes its own way")
    }

    /// Loads `lanes` elements (1 where the spread is `Same`); lanes that are not active get 0.
    fn load(
        &mut self,
        place: &Place<Self::Index, Self::Value>,
        dtype: DType,
        lanes: u32,
        active: Option<Active<Self::Index>>,
    ) -> Self::Value;
    /// Stores a value in the lanes that are active.
    fn store(
        &mut self,
        place: &Place<Self::Index, Self::Value>,
        value: &Self::Value,
        active: Option<Active<Self::Index>>,
    );

    /// Stores two values at every second element each, the second one right behind the first. A back end may
    /// write both as what they are together, neighbours.
    fn store_pair(
        &mut self,
        places: [&Place<Self::Index, Self::Value>; 2],
        values: [&Self::Value; 2],
        active: Option<Active<Self::Index>>,
    ) {
        for (place, value) in places.into_iter().zip(values) {
            self.store(place, value, active);
        }
    }

    /// Tells of an index that is out of range in the lanes whose bit is set, of which there is one:
    /// keeps the least position (int64, at least 0), and the index (int64) once that is known.
    fn fault(&mut self, check: u32, at: &Self::Value, index: &Self::Value, bits: Self::Index);

    /// A constant in every lane.
    fn constant(&mut self, c: Scalar, lanes: u32) -> Self::Value;
    /// A number passed at launch.
    fn scalar(&mut self, k: u32, dtype: DType) -> Self::Value;
    /// One machine operation on operands of equally many lanes.
    fn prim(&mut self, prim: Prim, args: &[&Self::Value]) -> Self::Value;
    /// A uniform value in every lane.
    fn splat(&mut self, value: &Self::Value, lanes: u32) -> Self::Value;
    /// How the greater or lesser of two floats of a type is one operation in which a NaN wins and -0 is below +0;
    /// `None` where the machine has none.
    fn extremum(&self, _dtype: DType) -> Option<Extremum<Self>> {
        None
    }
    /// How uniform uint32 values become one; `None` where a uniform value costs each lane what one of its own
    /// does.
    fn joins(&self) -> Option<Join<Self>> {
        None
    }
    /// The lower and the upper half of the lanes.
    fn halves(&mut self, value: &Self::Value) -> (Self::Value, Self::Value);
    /// A uniform int64 from an index.
    #[allow(clippy::wrong_self_convention, reason = "from an index, in the words of the emitter")]
    fn from_index(&mut self, index: Self::Index) -> Self::Value;
    /// An index from a uniform integer.
    fn to_index(&mut self, value: &Self::Value) -> Self::Index;
    /// The int64 0, 1, 2, … across the lanes.
    fn lane_numbers(&mut self, lanes: u32) -> Self::Value;
    /// True in the lanes whose bit is set among the low `count` ones: the first `count` lanes.
    fn first_lanes(&mut self, count: Self::Index, lanes: u32) -> Self::Value;
    /// A bit for each lane in which a bool holds.
    fn bits(&mut self, value: &Self::Value) -> Self::Index;

    /// A new table of that many values.
    fn table(&mut self, dtype: DType, lanes: u32, count: u32) -> Self::Table;
    /// An entry of a table.
    fn read(&mut self, table: Self::Table, at: Self::Index) -> Self::Value;
    /// Sets an entry of a table.
    fn write(&mut self, table: Self::Table, at: Self::Index, value: &Self::Value);

    /// Of a worker of several members, which of them this is and how many there are.
    fn team(&mut self) -> Option<(Self::Index, i64)> {
        None
    }
    /// A new table of uniform values that all members of a team write, and read after an
    /// [exchange](Emit::exchange).
    fn shared(&mut self, _dtype: DType, _count: u32) -> Self::Table {
        unreachable!("who has no team has nothing to share")
    }
    /// A new table of the elements of a block of a scan, which the lanes across it exchange. Its entries are
    /// [written](Emit::write_across) and [read](Emit::read_across) side by side from a multiple of the lanes on.
    fn block(&mut self, _dtype: DType) -> Self::Table {
        unreachable!("a core scans in order")
    }
    /// Of such a table, the entry with that number of the run of each lane.
    fn read_run(&mut self, _table: Self::Table, _at: Self::Index) -> Self::Value {
        unreachable!("a core scans in order")
    }
    /// Sets the entry with that number of the run of each lane.
    fn write_run(&mut self, _table: Self::Table, _at: Self::Index, _value: &Self::Value) {
        unreachable!("a core scans in order")
    }
    /// The value of one lane, for all.
    fn of_lane(&mut self, _value: &Self::Value, _lane: Self::Index) -> Self::Value {
        unreachable!("a core scans in order")
    }
    /// Of a value of each run of a block, that of the run of each element from the given one on.
    fn of_runs(&mut self, _value: &Self::Value, _at: Self::Index) -> Self::Value {
        unreachable!("a core scans in order")
    }
    /// A new table for a row of so many elements.
    fn row(&mut self, _dtype: DType, _length: Self::Index) -> Self::Table {
        unreachable!("caches keep the rows of a core")
    }
    /// Sets entries of such a table from the given one on, one in each active lane.
    fn write_across(
        &mut self,
        _table: Self::Table,
        _at: Self::Index,
        _value: &Self::Value,
        _active: Option<Active<Self::Index>>,
    ) {
        unreachable!("caches keep the rows of a core")
    }
    /// Entries of such a table, or of one that is shared, from the given one on, one in each active lane.
    fn read_across(
        &mut self,
        _table: Self::Table,
        _at: Self::Index,
        _lanes: u32,
        _active: Option<Active<Self::Index>>,
    ) -> Self::Value {
        unreachable!("caches keep the rows of a core")
    }

    /// A new table of `lanes` values that is written by [`Emit::write_columns`]: it turns a square.
    fn square(&mut self, dtype: DType, lanes: u32) -> Self::Table;
    /// How many columns of such a table are best written at once.
    fn columns_at_once(&self, dtype: DType, lanes: u32) -> u32;
    /// Sets lane `at + k` of each entry `l` of a square to lane `l` of value `k`.
    fn write_columns(&mut self, square: Self::Table, at: Self::Index, columns: &[Self::Value]);
    /// What was written to squares and shared tables by any lane before is there for every lane after.
    fn exchange(&mut self);
}
