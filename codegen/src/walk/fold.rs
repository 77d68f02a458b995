//! The orders of folds: where "one order for every sum" becomes loops.
//!
//! [`Order::Lanes`]: 32 virtual lanes whatever the type, blocks of 512; element `i` of a block
//! belongs to lane `i % 32`, lanes start from the identity, take their elements in order and are
//! joined by halving; the block results are folded by the same rule. [`Order::Groups`]: serial
//! groups of 128, then groups of group results. The number of levels is fixed by the mapping: a
//! level over a single result joins it with identities only, which changes no bit.
//!
//! *Across*: SIMD lanes lie along the columns, and 32 of them at a time are the virtual lanes.
//! *Along*: each SIMD lane walks its own columns, and the virtual lanes are a table.

use super::{At, Emit, Slot, State, Step, V, Walk};
use crate::mapping::{BLOCK, GROUP, Worker};
use numfuse_ir::dtype::DType;
use numfuse_ir::kernel::{AxisId, Order, PassId};
use numfuse_ir::ops::fold::Fold;
use numfuse_ir::prim::Prim;
use smallvec::SmallVec;

/// The virtual lanes of a block.
const LANES: i64 = 32;
/// Folds of so many points, known when the kernel is built, are straight code.
const MOST_UNROLLED: i64 = 16;

/// A table of states: for each part the back end's table, its type and lanes.
type Table<T> = Vec<(T, DType, u32)>;

/// What joins two states.
type Joining<'a, W> = dyn FnMut(&mut W, &[V], &[V]) -> State + 'a;

/// What gives the state of a run of elements, from its first position and its length.
type Leaf<'a, W, I> = dyn FnMut(&mut W, I, I) -> State + 'a;

impl<E: Emit> Walk<'_, E> {
    /// A pass that only stores, lanes along its innermost columns.
    pub(super) fn visit_across(&mut self, pass: PassId) {
        let cols = self.kernel.passes[pass.index()].cols.clone();
        self.hoist(&self.pass_roots(pass));
        let last = *cols.last().expect("the pass has columns");
        self.nest(pass, &cols[..cols.len() - 1], &mut |w| {
            let zero = w.emit.number(0);
            let extent = w.word(w.kernel.axes[last.index()].extent);
            w.strips(last, zero, extent, &[], &mut |w, _| {
                w.stores(pass);
                State::new()
            });
        });
        if self.mapping.keeps && self.emit.team().is_some() {
            self.emit.exchange();
        }
    }

    /// A pass that only stores, each lane by itself.
    pub(super) fn visit_along(&mut self, pass: PassId) {
        let cols = self.kernel.passes[pass.index()].cols.clone();
        self.hoist(&self.pass_roots(pass));
        self.nest(pass, &cols, &mut |w| w.stores(pass));
    }

    /// Loops over columns, the same coordinate in all lanes.
    fn nest(&mut self, pass: PassId, cols: &[AxisId], body: &mut dyn FnMut(&mut Self)) {
        let Some((&axis, rest)) = cols.split_first() else { return body(self) };
        let zero = self.emit.number(0);
        let extent = self.word(self.kernel.axes[axis.index()].extent);
        self.repeat(zero, extent, 1, &[], &[], |w, i, _| {
            w.bind(axis, At::Uniform(i));
            if !rest.is_empty() || w.mapping.layout.is_across() {
                w.hoist(&w.pass_roots(pass));
            }
            w.nest(pass, rest, body);
            State::new()
        });
    }

    /// The end states of a pass, SIMD lanes along its columns.
    pub(super) fn fold_across(&mut self, pass: PassId) -> State {
        self.hoist(&self.pass_roots(pass));
        let total = self.visits(pass);
        let zero = self.emit.number(0);
        if let Some((member, members)) = self.emit.team() {
            return self.fold_in_team(pass, member, members, total);
        }
        match self.kernel.passes[pass.index()].order {
            Order::Free => match self.quick_row(pass, total) {
                Some(state) => state,
                None => self.block_across(pass, zero, total),
            },
            Order::Runs => unreachable!("a pass that scans is walked by `scan`"),
            Order::Lanes => {
                let levels = self.mapping.levels();
                self.levels(pass, levels, 1, zero, total, &mut |w, first, count| {
                    w.block_across(pass, first, count)
                })
            }
            Order::Groups => {
                let lanes = self.state_lanes(pass);
                self.join_blocks(pass, lanes, self.mapping.levels(), &mut |w, first, count| {
                    w.serial(pass, lanes, first, count)
                })
            }
        }
    }

    /// The state of one block: 32 elements a turn, each vector with accumulators of its own.
    pub(super) fn block_across(&mut self, pass: PassId, first: E::Index, count: E::Index) -> State {
        if let Some(state) = self.quick_across(pass, first, count) {
            return state;
        }
        let counts = self.kernel.passes[pass.index()].carries.iter().any(|c| c.fold == Fold::Moments);
        if self.mapping.worker == Worker::Core || !counts && !self.mapping.keeps {
            return self.part_across(pass, first, count, true);
        }
        // All of a whole block is read at once, and it is known what each step divides by.
        let size = self.emit.number(BLOCK);
        let whole = self.emit.step(Step::Div, count, size);
        let part = self.emit.step(Step::Sub, size, count);
        let initial = self.initial(pass);
        let state = self.when(whole, false, &initial, 1, |w| w.part_across(pass, first, size, counts));
        self.when(part, false, &state, 1, |w| w.part_across(pass, first, count, true))
    }

    /// The state of a run of elements, each through the fold, that does or does not have a rest that is less than
    /// a turn.
    pub(super) fn part_across(
        &mut self,
        pass: PassId,
        first: E::Index,
        count: E::Index,
        has_rest: bool,
    ) -> State {
        let (initial, widths) = (self.initial(pass), self.widths(pass, self.mapping.lanes()));
        let chunks = self.each_chunk(pass, (first, count, has_rest), &initial, &widths, &mut |w, state| {
            w.stores(pass);
            w.next(pass, state)
        });
        self.halve(pass, chunks)
    }

    /// Goes through a run of elements (its first, how many, and whether it has a rest that is less than a turn),
    /// 32 a turn, each vector with a state of its own that starts from `initial`; `body` is said with the columns
    /// of a vector set, and gives its next state.
    pub(super) fn each_chunk(
        &mut self,
        pass: PassId,
        (first, count, has_rest): (E::Index, E::Index, bool),
        initial: &[V],
        widths: &[u32],
        body: &mut dyn FnMut(&mut Self, &[V]) -> State,
    ) -> Vec<State> {
        let lanes = self.mapping.lanes();
        let (parts, chunks) = (initial.len(), LANES as usize / lanes as usize);
        let widths = widths.repeat(chunks);
        // All lanes walk equally far: the counts of the first vector are those of all.
        let carried: Vec<usize> = (0..widths.len()).filter(|&at| at < parts || widths[at] > 1).collect();
        let of_all = |some: &[V]| {
            let own =
                |at: usize| carried.binary_search(&at).or_else(|_| carried.binary_search(&(at % parts)));
            (0..widths.len()).map(|at| some[own(at).expect("the first vector carries all")]).collect()
        };
        let start: Vec<V> = carried.iter().map(|at| initial[at % parts]).collect();
        let n = self.emit.number(LANES);
        let rest = self.emit.step(Step::Rem, count, n);
        let whole = self.emit.step(Step::Sub, count, rest);
        let tail = self.emit.step(Step::Add, first, whole);
        let some: Vec<u32> = carried.iter().map(|&at| widths[at]).collect();
        let states = self.repeat(first, tail, LANES, &start, &some, |w, i, states| {
            let states: State = of_all(states);
            let next = |(c, state)| w.beside(|w| w.chunk(pass, i, c as i64, state, body));
            let next: State = states.chunks(parts).enumerate().flat_map(next).collect();
            carried.iter().map(|&at| next[at]).collect()
        });
        let mut states: State = of_all(&states);
        if has_rest {
            states = self.when(rest, false, &states, lanes, |w| {
                let next =
                    |(c, state)| w.scoped(|w| w.chunk_of_tail(pass, tail, rest, c as i64, state, body));
                states.chunks(parts).enumerate().flat_map(next).collect()
            });
        }
        states.chunks(parts).map(State::from_slice).collect()
    }

    /// How many lanes each part of a state has while all lanes walk equally far.
    pub(super) fn widths(&self, pass: PassId, lanes: u32) -> Vec<u32> {
        let carries = &self.kernel.passes[pass.index()].carries;
        let parts = carries.iter().flat_map(|c| (0..c.fold.parts()).map(|part| c.fold.is_count(part)));
        parts.map(|is_count| if is_count { 1 } else { lanes }).collect()
    }

    /// The state after the elements of the `chunk`-th vector from position `i` on.
    fn chunk(
        &mut self,
        pass: PassId,
        i: E::Index,
        chunk: i64,
        state: &[V],
        body: &mut dyn FnMut(&mut Self, &[V]) -> State,
    ) -> State {
        let lanes = self.mapping.lanes();
        let shift = self.emit.number(chunk * i64::from(lanes));
        let at = if chunk == 0 { i } else { self.emit.step(Step::Add, i, shift) };
        self.bind_position_across(pass, at);
        body(self, state)
    }

    /// The same for the last, partial step: lanes without elements stay as they are.
    #[allow(clippy::too_many_arguments, reason = "the bounds of a run and what is done with it")]
    fn chunk_of_tail(
        &mut self,
        pass: PassId,
        tail: E::Index,
        rest: E::Index,
        chunk: i64,
        state: &[V],
        body: &mut dyn FnMut(&mut Self, &[V]) -> State,
    ) -> State {
        let lanes = i64::from(self.mapping.lanes());
        let (skip, zero, most) =
            (self.emit.number(chunk * lanes), self.emit.number(0), self.emit.number(lanes));
        let have = self.emit.step(Step::Sub, rest, skip);
        let have = self.emit.step(Step::Max, have, zero);
        let have = self.emit.step(Step::Min, have, most);
        self.in_tail(have, state, |w| w.chunk(pass, tail, chunk, state, body))
    }

    /// Sets the columns of a pass from the row-major position of the first lane.
    pub(super) fn bind_position_across(&mut self, pass: PassId, at: E::Index) {
        let cols = self.kernel.passes[pass.index()].cols.clone();
        if let [axis] = cols[..] {
            return self.bind(axis, At::Lanes(at));
        }
        let mut rest = self.counting_from(at);
        for (k, &axis) in cols.iter().enumerate().rev() {
            if k == 0 {
                self.bind(axis, At::Vector(rest));
                break;
            }
            let extent = self.word_value(self.kernel.axes[axis.index()].extent);
            let digit = self.apply(Prim::Rem, &[rest, extent]);
            self.bind(axis, At::Vector(digit));
            rest = self.apply(Prim::Div, &[rest, extent]);
        }
    }

    /// Joins 32 lanes by halving: lane l with l + 16, then with l + 8, 4, 2 and 1.
    pub(super) fn halve(&mut self, pass: PassId, chunks: Vec<State>) -> State {
        self.halve_by(chunks, &mut |w, a, b| w.join(pass, a, b))
    }

    /// The same by another way to join.
    pub(super) fn halve_by(&mut self, mut chunks: Vec<State>, join: &mut Joining<'_, Self>) -> State {
        while chunks.len() > 1 {
            let upper = chunks.split_off(chunks.len() / 2);
            chunks = chunks.iter().zip(&upper).map(|(a, b)| join(self, a, b)).collect();
        }
        let mut state = chunks.pop().expect("a block has a vector");
        let mut lanes = self.mapping.lanes();
        while lanes > 1 {
            let halves: SmallVec<[(V, V); 4]> = state.iter().map(|&v| self.halves(v, lanes)).collect();
            let (low, high): (State, State) = halves.into_iter().unzip();
            state = join(self, &low, &high);
            lanes /= 2;
            state =
                state.iter().map(|&v| if self.lanes_of(v) == 1 { v } else { self.wide(v, lanes) }).collect();
        }
        state
    }

    pub(super) fn halves(&mut self, v: V, lanes: u32) -> (V, V) {
        let Slot { dtype, lanes: own, .. } = self.slots[v.0 as usize];
        if own == 1 {
            return (v, v);
        }
        let value = self.handle(v, lanes);
        let (low, high) = self.emit.halves(&value);
        (self.emitted(dtype, lanes / 2, low), self.emitted(dtype, lanes / 2, high))
    }

    /// A value with that many lanes, whatever it had.
    pub(super) fn wide(&mut self, v: V, lanes: u32) -> V {
        let slot = &self.slots[v.0 as usize];
        if slot.lanes == lanes && matches!(slot.what, super::What::Emitted(_)) {
            return v;
        }
        let dtype = slot.dtype;
        let value = self.handle(v, lanes);
        self.emitted(dtype, lanes, value)
    }

    /// The end states of a pass, each SIMD lane walking its own columns.
    pub(super) fn fold_along(&mut self, pass: PassId) -> State {
        self.hoist(&self.pass_roots(pass));
        let lanes = self.state_lanes(pass);
        if let Some(points) = self.few_points(pass) {
            return self.unrolled(pass, lanes, &points);
        }
        let total = self.visits(pass);
        let zero = self.emit.number(0);
        let order = self.kernel.passes[pass.index()].order;
        if order == Order::Free {
            return self.serial(pass, lanes, zero, total);
        }
        self.join_blocks(pass, lanes, self.mapping.levels(), &mut |w, first, count| {
            w.leaf_along(pass, lanes, first, count)
        })
    }

    /// The state of one block, each SIMD lane walking its own columns.
    pub(super) fn leaf_along(&mut self, pass: PassId, lanes: u32, first: E::Index, count: E::Index) -> State {
        match self.kernel.passes[pass.index()].order {
            Order::Free | Order::Groups => self.serial(pass, lanes, first, count),
            Order::Runs => unreachable!("a pass that scans is walked by `scan`"),
            Order::Lanes => self.block_along(pass, lanes, first, count),
        }
    }

    /// Folds what `leaf` gives for each block, to a depth that no fold of so many levels outgrows.
    pub(super) fn join_blocks(
        &mut self,
        pass: PassId,
        lanes: u32,
        levels: u32,
        leaf: &mut Leaf<'_, Self, E::Index>,
    ) -> State {
        let total = self.visits(pass);
        let zero = self.emit.number(0);
        match self.kernel.passes[pass.index()].order {
            Order::Lanes => self.levels(pass, levels, lanes, zero, total, leaf),
            Order::Runs => unreachable!("a pass that scans is walked by `scan`"),
            Order::Free | Order::Groups => self.group(pass, self.depth(levels), lanes, zero, total, leaf),
        }
    }

    /// How many levels of groups hold as many elements as so many levels of blocks.
    pub(super) fn depth(&self, levels: u32) -> u32 {
        match levels {
            1 => 2,
            2 => 3,
            3 => 4,
            _ => 6,
        }
    }

    /// The coordinates of each point of a pass that has few of them, in row-major order.
    fn few_points(&self, pass: PassId) -> Option<Vec<Vec<i64>>> {
        let cols = &self.kernel.passes[pass.index()].cols;
        let extents: Option<Vec<i64>> =
            cols.iter().map(|a| self.kernel.axes[a.index()].extent.known()).collect();
        let extents = extents?;
        let count: i64 = extents.iter().product();
        if !(1..=MOST_UNROLLED).contains(&count) {
            return None;
        }
        let point = |mut at: i64| {
            let mut digits: Vec<i64> = extents.iter().rev().map(|n| (at % n, at /= n).0).collect();
            digits.reverse();
            digits
        };
        Some((0..count).map(point).collect())
    }

    /// A fold of a few points as straight code. In the order of lanes each point is a lane of its
    /// own, and the lanes are joined by halving.
    fn unrolled(&mut self, pass: PassId, lanes: u32, points: &[Vec<i64>]) -> State {
        let cols = self.kernel.passes[pass.index()].cols.clone();
        let in_lanes = self.kernel.passes[pass.index()].order == Order::Lanes;
        let mut states: Vec<State> = Vec::new();
        for point in points {
            let state = match states.last() {
                Some(last) if !in_lanes => last.clone(),
                _ => self.initial(pass),
            };
            states.push(self.scoped(|w| {
                for (&axis, &at) in cols.iter().zip(point) {
                    let at = w.emit.number(at);
                    w.bind(axis, At::Uniform(at));
                }
                w.stores(pass);
                let next = w.next(pass, &state);
                next.iter().map(|&v| w.wide(v, lanes)).collect()
            }));
        }
        if !in_lanes {
            return states.pop().expect("a pass of few points has one");
        }
        for half in [16, 8, 4, 2, 1] {
            for lane in 0..states.len().saturating_sub(half).min(half) {
                states[lane] = self.join(pass, &states[lane], &states[lane + half]);
            }
            states.truncate(half);
        }
        states.swap_remove(0)
    }

    /// How many lanes the states of a pass have: one where no lane differs from another.
    pub(super) fn state_lanes(&self, pass: PassId) -> u32 {
        let roots = self.pass_roots(pass);
        let depends = roots.iter().fold(0, |s, v| s | self.depends[v.index()]);
        let differs = |(a, at): (usize, &At<E::Index>)| {
            depends >> a & 1 == 1 && matches!(at, At::Lanes(_) | At::Runs(_) | At::Vector(_))
        };
        if self.axes.iter().enumerate().any(differs) { self.mapping.lanes() } else { 1 }
    }

    /// The state of a run of elements, one after the other from the identity.
    fn serial(&mut self, pass: PassId, lanes: u32, first: E::Index, count: E::Index) -> State {
        let (initial, widths) = (self.initial(pass), self.widths(pass, lanes));
        let beyond = self.emit.step(Step::Add, first, count);
        self.repeat(first, beyond, 1, &initial, &widths, |w, i, state| {
            w.bind_position_along(pass, i);
            w.stores(pass);
            w.next(pass, state)
        })
    }

    /// Groups of 128, their results again: serially, from the identity.
    #[allow(clippy::too_many_arguments, reason = "the bounds of a run and what is done with it")]
    pub(super) fn group(
        &mut self,
        pass: PassId,
        level: u32,
        lanes: u32,
        first: E::Index,
        count: E::Index,
        leaf: &mut Leaf<'_, Self, E::Index>,
    ) -> State {
        if level == 1 {
            return leaf(self, first, count);
        }
        let size = GROUP.pow(level - 1);
        let (initial, widths) = (self.initial(pass), self.widths(pass, lanes));
        let beyond = self.emit.step(Step::Add, first, count);
        self.repeat(first, beyond, size, &initial, &widths, |w, start, state| {
            let size = w.emit.number(size);
            let count = w.up_to(start, beyond, size);
            let group = w.group(pass, level - 1, lanes, start, count, leaf);
            w.join(pass, state, &group)
        })
    }

    /// Sets the columns of a pass from a row-major position that all lanes share.
    pub(super) fn bind_position_along(&mut self, pass: PassId, at: E::Index) {
        let cols = self.kernel.passes[pass.index()].cols.clone();
        self.bind_axes(&cols, at);
    }

    /// The state of one block with its 32 virtual lanes in a table.
    fn block_along(&mut self, pass: PassId, lanes: u32, first: E::Index, count: E::Index) -> State {
        let table = self.table(pass, lanes);
        let used = self.clear(pass, &table, count);
        let zero = self.emit.number(0);
        self.repeat(zero, count, 1, &[], &[], |w, i, _| {
            let n = w.emit.number(LANES);
            let lane = w.emit.step(Step::Rem, i, n);
            let at = w.emit.step(Step::Add, first, i);
            w.bind_position_along(pass, at);
            w.stores(pass);
            let state = w.read(&table, lane);
            let state = w.next(pass, &state);
            w.write(&table, lane, &state);
            State::new()
        });
        self.halve_table(pass, &table, used)
    }

    /// Folds by the rule of blocks, level upon level, what `leaf` gives for each block of 512.
    #[allow(clippy::too_many_arguments, reason = "the bounds of a run and what is done with it")]
    pub(super) fn levels(
        &mut self,
        pass: PassId,
        level: u32,
        lanes: u32,
        first: E::Index,
        count: E::Index,
        leaf: &mut Leaf<'_, Self, E::Index>,
    ) -> State {
        if level == 1 {
            return leaf(self, first, count);
        }
        let size = BLOCK.pow(level - 1);
        let divisor = self.emit.number(size);
        let children = self.divide_up(count, divisor);
        let table = self.table(pass, lanes);
        let used = self.clear(pass, &table, children);
        let zero = self.emit.number(0);
        self.repeat(zero, children, 1, &[], &[], |w, child, _| {
            let (size, n) = (w.emit.number(size), w.emit.number(LANES));
            let skip = w.emit.step(Step::Mul, child, size);
            let start = w.emit.step(Step::Add, first, skip);
            let length = w.up_to(skip, count, size);
            let result = w.levels(pass, level - 1, lanes, start, length, leaf);
            let lane = w.emit.step(Step::Rem, child, n);
            let state = w.read(&table, lane);
            let state = w.join(pass, &state, &result);
            w.write(&table, lane, &state);
            State::new()
        });
        self.halve_table(pass, &table, used)
    }

    /// A table of 32 states.
    fn table(&mut self, pass: PassId, lanes: u32) -> Table<E::Table> {
        let parts = self.part_dtypes(pass).into_iter().zip(self.widths(pass, lanes));
        parts.map(|(dtype, lanes)| (self.emit.table(dtype, lanes, LANES as u32), dtype, lanes)).collect()
    }

    /// Sets the lanes that will be used (and always the first) to the identity; gives their number.
    fn clear(&mut self, pass: PassId, table: &Table<E::Table>, count: E::Index) -> E::Index {
        let initial = self.initial(pass);
        let (n, zero, one) = (self.emit.number(LANES), self.emit.number(0), self.emit.number(1));
        let used = self.emit.step(Step::Min, count, n);
        let cleared = self.emit.step(Step::Max, used, one);
        self.repeat(zero, cleared, 1, &[], &[], |w, lane, _| {
            w.write(table, lane, &initial);
            State::new()
        });
        used
    }

    /// Joins the lanes of a table by halving; lanes from `used` on hold nothing and are skipped.
    fn halve_table(&mut self, pass: PassId, table: &Table<E::Table>, used: E::Index) -> State {
        let zero = self.emit.number(0);
        for half in [16, 8, 4, 2, 1] {
            let half = self.emit.number(half);
            let above = self.emit.step(Step::Sub, used, half);
            let pairs = self.emit.step(Step::Min, above, half);
            self.repeat(zero, pairs, 1, &[], &[], |w, lane, _| {
                let other = w.emit.step(Step::Add, lane, half);
                let (a, b) = (w.read(table, lane), w.read(table, other));
                let joined = w.join(pass, &a, &b);
                w.write(table, lane, &joined);
                State::new()
            });
        }
        self.read(table, zero)
    }

    fn read(&mut self, table: &Table<E::Table>, at: E::Index) -> State {
        let entry = |&(part, dtype, lanes): &(E::Table, DType, u32)| {
            let value = self.emit.read(part, at);
            self.emitted(dtype, lanes, value)
        };
        table.iter().map(entry).collect()
    }

    fn write(&mut self, table: &Table<E::Table>, at: E::Index, state: &[V]) {
        for (&(part, _, lanes), &v) in table.iter().zip(state) {
            let value = self.handle(v, lanes);
            self.emit.write(part, at, &value);
        }
    }
}
