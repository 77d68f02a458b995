//! The order of scans: runs of 16 within blocks of 512, blocks' totals by the same rule.
//!
//! Every level goes through its children in runs of 16: a child is an element, a block of 512, a block
//! of those, … Carried from child to child are the total of the run so far, and of the runs before;
//! with the total of the blocks before, they are the running value at that level, from which the next
//! child goes on. So one walk, in order, gives every running value; lanes, where rows lie along them,
//! walk side by side.
//!
//! A long scan of few rows is shared among workers: a first entry leaves the total of each block in
//! scratch, and each unit of a second one goes through the totals before its own blocks alone.

use super::{At, Emit, State, Step, V, Walk};
use crate::abi::{self, PARTS_OF_SCAN};
use crate::mapping::{self, BLOCK, RUN, Worker};
use numfuse_ir::dtype::DType;
use numfuse_ir::kernel::{AxisId, Carry, Inst, Pass, PassId, Val};
use numfuse_ir::ops::fold::Fold;
use numfuse_ir::prim::Prim;
use std::ops::Range;

/// What gives the total of a block, from its first element, its length and the running value before it.
pub(super) type Block<'a, W, I> = dyn FnMut(&mut W, I, I, &[V]) -> State + 'a;

/// A part of a sequence: its first element, and the first beyond.
#[derive(Clone, Copy)]
pub(super) struct Part<I> {
    pub(super) from: I,
    pub(super) to: I,
}

impl<E: Emit> Walk<'_, E> {
    /// A pass that scans, as a whole.
    pub(super) fn scan(&mut self, pass: PassId) {
        self.hoist(&self.pass_roots(pass));
        if self.mapping.worker != Worker::Core && self.scans_in_warp(pass) {
            return self.scan_in_warp(pass);
        }
        let lanes = self.state_lanes(pass);
        let (from, to) = (self.emit.number(0), self.visits(pass));
        self.levels_of_scan(pass, lanes, Part { from, to }, &mut |w, first, count, before| {
            w.block_of_scan(pass, lanes, first, count, Some(before))
        });
    }

    /// The totals of some blocks of each row, to scratch.
    pub(super) fn totals(&mut self) {
        let pass = PassId(0);
        let axes: Vec<AxisId> = self.kernel.row_axes().collect();
        let many = self.emit.number(abi::most_blocks(self.kernel, self.mapping));
        let blocks = self.blocks();
        let runs = self.divide_up(blocks, many);
        self.units(|w, unit| {
            let row = w.emit.step(Step::Div, unit, runs);
            let run = w.emit.step(Step::Rem, unit, runs);
            w.open_rows(&axes, row);
            w.blocks_of(run, many, |w, block, (start, count)| {
                w.hoist(&w.pass_roots(pass));
                let total = w.block_of_scan(pass, 1, start, count, None);
                let (cell, stride) = w.cell_of(block, row);
                w.keep(&total, 1, cell, stride);
            });
        });
    }

    /// A part of the blocks of a row, after the totals of those before.
    pub(super) fn parts_of_scan(&mut self) {
        let pass = PassId(0);
        let axes: Vec<AxisId> = self.kernel.row_axes().collect();
        let (parts, size) = (self.emit.number(PARTS_OF_SCAN), self.emit.number(BLOCK));
        let (zero, one) = (self.emit.number(0), self.emit.number(1));
        let (blocks, total) = (self.blocks(), self.visits(pass));
        let many = self.divide_up(blocks, parts);
        self.units(|w, unit| {
            let row = w.emit.step(Step::Div, unit, parts);
            let part = w.emit.step(Step::Rem, unit, parts);
            w.open_rows(&axes, row);
            let (first, beyond) = w.part_of(part, many, blocks);
            let end = w.emit.step(Step::Mul, beyond, size);
            let to = w.emit.step(Step::Min, end, total);
            w.levels_of_scan(pass, 1, Part { from: zero, to }, &mut |w, start, count, before| {
                let block = w.emit.step(Step::Div, start, size);
                let (cell, stride) = w.cell_of(block, row);
                let total = w.kept(pass, 1, cell, stride);
                let next = w.emit.step(Step::Add, block, one);
                let inside = w.emit.step(Step::Sub, next, first);
                let inside = w.emit.step(Step::Max, inside, zero);
                w.when(inside, false, &[], 1, |w| {
                    w.block_of_scan(pass, 1, start, count, Some(before));
                    State::new()
                });
                total
            });
        });
    }

    /// Goes through the blocks of a part, in order.
    pub(super) fn levels_of_scan(
        &mut self,
        pass: PassId,
        lanes: u32,
        all: Part<E::Index>,
        block: &mut Block<'_, Self, E::Index>,
    ) {
        let levels = self.mapping.levels();
        let nothing = self.neutral(pass);
        let running: Vec<State> = vec![nothing.clone(); levels as usize];
        self.level_of_scan(pass, levels, lanes, all, &nothing, &running, block);
    }

    /// Goes through the children of one level, which go on from `before`. `running` holds the running
    /// value of each level up to this one; gives the total of all children, and those values after them.
    #[allow(clippy::too_many_arguments, reason = "where a scan is at one level, and what is done there")]
    pub(super) fn level_of_scan(
        &mut self,
        pass: PassId,
        level: u32,
        lanes: u32,
        part: Part<E::Index>,
        before: &[V],
        running: &[State],
        block: &mut Block<'_, Self, E::Index>,
    ) -> (State, Vec<State>) {
        if level == 1 {
            let count = self.emit.step(Step::Sub, part.to, part.from);
            return (block(self, part.from, count, before), running.to_vec());
        }
        let parts = before.len();
        let size = BLOCK.pow(level - 1);
        let flat = |first: &[V], rest: &[State]| -> State {
            first.iter().chain(rest.iter().flatten()).copied().collect()
        };
        let unflat = |all: &[V]| -> (State, Vec<State>) {
            let mut states = all.chunks(parts).map(State::from_slice);
            let first = states.next().expect("a state comes first");
            (first, states.collect())
        };
        let carried = flat(&self.neutral(pass), running);
        let widths = vec![lanes; carried.len()];
        let after = self.repeat(part.from, part.to, RUN * size, &carried, &widths, |w, start, all| {
            let (runs, running) = unflat(all);
            let base = w.join(pass, before, &runs);
            let length = w.emit.number(RUN * size);
            let length = w.up_to(start, part.to, length);
            let to = w.emit.step(Step::Add, start, length);
            let carried = flat(&w.neutral(pass), &running);
            let after = w.repeat(start, to, size, &carried, &widths, |w, start, all| {
                let (run, mut running) = unflat(all);
                let length = w.emit.number(size);
                let length = w.up_to(start, to, length);
                let to = w.emit.step(Step::Add, start, length);
                let own = running.pop().expect("each level has a running value");
                let part = Part { from: start, to };
                let (total, mut running) =
                    w.level_of_scan(pass, level - 1, lanes, part, &own, &running, block);
                let run = w.join(pass, &run, &total);
                running.push(w.join(pass, &base, &run));
                flat(&run, &running)
            });
            let (run, running) = unflat(&after);
            flat(&w.join(pass, &runs, &run), &running)
        });
        unflat(&after)
    }

    /// The total of a block of elements; where the running value before it is given, its elements'
    /// running values are stored.
    fn block_of_scan(
        &mut self,
        pass: PassId,
        lanes: u32,
        first: E::Index,
        count: E::Index,
        before: Option<&[V]>,
    ) -> State {
        let mut carried = self.neutral(pass);
        let widths = vec![lanes; carried.len()];
        let beyond = self.emit.step(Step::Add, first, count);
        let mut start = first;
        if self.has_runs_in_lanes(pass, lanes) {
            let size = RUN * i64::from(self.mapping.lanes());
            let many = self.emit.number(size);
            let rest = self.emit.step(Step::Rem, count, many);
            let whole = self.emit.step(Step::Sub, count, rest);
            start = self.emit.step(Step::Add, first, whole);
            carried = self.repeat(first, start, size, &carried, &widths, |w, start, runs| {
                w.runs_in_lanes(pass, start, runs, before)
            });
        }
        self.repeat(start, beyond, RUN, &carried, &widths, |w, start, runs| {
            let base = before.map(|before| w.join(pass, before, runs));
            let length = w.emit.number(RUN);
            let length = w.up_to(start, beyond, length);
            let to = w.emit.step(Step::Add, start, length);
            let nothing = w.neutral(pass);
            let run = w.repeat(start, to, 1, &nothing, &widths, |w, i, run| {
                let axes = w.kernel.passes[pass.index()].cols.clone();
                w.bind_axes(&axes, i);
                let totals = w.next_of_scan(pass, run, base.as_deref());
                if base.is_some() {
                    w.stores(pass);
                }
                totals
            });
            w.join(pass, runs, &run)
        })
    }

    /// True where whole runs can lie in lanes (one row at a time, no scan of running values) and that is
    /// worth fetching elements one by one: where there is more to compute than a sum.
    fn has_runs_in_lanes(&self, pass: PassId, lanes: u32) -> bool {
        const CHEAP: usize = 6;
        let pass = &self.kernel.passes[pass.index()];
        let adds = |c: &Carry| matches!(c.fold, Fold::Sum | Fold::Prod);
        let calls = self.kernel.body.iter().any(|inst| matches!(inst, Inst::Call(..)));
        if pass.carries.iter().all(adds) && !calls && self.kernel.body.len() <= CHEAP {
            return false;
        }
        let chained = mapping::is_chained(self.kernel, pass);
        self.mapping.layout.is_across() && lanes == 1 && pass.cols.len() == 1 && !chained
    }

    /// As many runs as there are lanes, side by side. The totals before the first run of the block are
    /// `runs`; gives those after the last.
    fn runs_in_lanes(&mut self, pass: PassId, start: E::Index, runs: &[V], before: Option<&[V]>) -> State {
        let (lanes, kernel) = (self.mapping.lanes(), self.kernel);
        let axis = kernel.passes[pass.index()].cols[0];
        let dtypes = self.part_dtypes(pass);
        let tables: Vec<E::Table> =
            dtypes.iter().map(|&dtype| self.emit.table(dtype, lanes, RUN as u32)).collect();
        let (zero, length) = (self.emit.number(0), self.emit.number(RUN));
        let nothing = self.neutral(pass);
        let widths = vec![lanes; nothing.len()];
        let totals = self.repeat(zero, length, 1, &nothing, &widths, |w, i, run| {
            let at = w.emit.step(Step::Add, start, i);
            w.bind(axis, At::Runs(at));
            let totals = w.next_of_scan(pass, run, None);
            for (&table, &total) in tables.iter().zip(&totals) {
                let total = w.handle(total, lanes);
                w.emit.write(table, i, &total);
            }
            totals
        });
        let (bases, after) = self.before_each_lane(pass, &totals, runs);
        let Some(before) = before else { return after };
        let bases = self.join(pass, before, &bases);
        self.repeat(zero, length, 1, &[], &[], |w, i, _| {
            let at = w.emit.step(Step::Add, start, i);
            w.bind(axis, At::Runs(at));
            let read = |(&table, &dtype): (&E::Table, &DType)| {
                let run = w.emit.read(table, i);
                w.emitted(dtype, lanes, run)
            };
            let runs: State = tables.iter().zip(&dtypes).map(read).collect();
            for (c, (fold, parts)) in folds(&kernel.passes[pass.index()]).enumerate() {
                let running = fold.join(w, &bases[parts.clone()], &runs[parts]);
                w.set_running(c, &running);
            }
            w.stores(pass);
            State::new()
        });
        after
    }

    /// For each carry, what comes before the run of each lane, in lanes; and what after the last.
    fn before_each_lane(&mut self, pass: PassId, totals: &[V], runs: &[V]) -> (State, State) {
        let (lanes, kernel) = (self.mapping.lanes(), self.kernel);
        let (mut bases, mut after) = (State::new(), State::new());
        for (fold, parts) in folds(&kernel.passes[pass.index()]) {
            let mut sum: State = runs[parts.clone()].into();
            let mut base: State = sum.iter().map(|&part| self.wide(part, lanes)).collect();
            let each: Vec<Vec<V>> = totals[parts].iter().map(|&total| self.each_lane(total)).collect();
            for lane in 0..lanes as usize {
                if lane > 0 {
                    let count = self.emit.number(lane as i64);
                    let below = self.emit.first_lanes(count, lanes);
                    let below = self.emitted(DType::Bool, lanes, below);
                    for (base, &sum) in base.iter_mut().zip(&sum) {
                        let from_here = self.wide(sum, lanes);
                        *base = self.apply(Prim::Select, &[below, *base, from_here]);
                    }
                }
                let total: State = each.iter().map(|lanes| lanes[lane]).collect();
                sum = State::from_slice(&fold.join(self, &sum, &total));
            }
            bases.extend(base);
            after.extend(sum);
        }
        (bases, after)
    }

    /// The lanes of a value, each for itself.
    fn each_lane(&mut self, v: V) -> Vec<V> {
        let mut parts = vec![v];
        let mut lanes = self.mapping.lanes();
        while lanes > 1 {
            let halves = parts.iter().map(|&part| self.halves(part, lanes)).collect::<Vec<_>>();
            parts = halves.into_iter().flat_map(|(low, high)| [low, high]).collect();
            lanes /= 2;
        }
        parts
    }

    /// Gives a carry's running value to what reads it at the point that is bound.
    pub(super) fn set_running(&mut self, carry: usize, running: &[V]) {
        let body = &self.kernel.body;
        for (&running, part) in running.iter().zip(0..) {
            let of_carry = Inst::After { carry: carry as u32, part };
            let found = (0..body.len()).filter(|&v| body[v] == of_carry).map(|v| (Val(v as u32), running));
            self.scope().values.extend(found);
        }
    }

    /// The totals of a run after the element at the point that is bound. Each carry's running value is
    /// set before the next one's element is asked for, which may follow from it.
    fn next_of_scan(&mut self, pass: PassId, run: &[V], base: Option<&[V]>) -> State {
        let kernel = self.kernel;
        let pass = &kernel.passes[pass.index()];
        let mut totals = State::new();
        for (c, (carry, (fold, parts))) in pass.carries.iter().zip(folds(pass)).enumerate() {
            let element = self.values(&carry.args);
            let total = fold.next(self, &run[parts.clone()], &element);
            if let Some(base) = base {
                let after = fold.join(self, &base[parts], &total);
                self.set_running(c, &after);
            }
            totals.extend(total);
        }
        totals
    }

    /// The totals before any element.
    pub(super) fn neutral(&mut self, pass: PassId) -> State {
        let kernel = self.kernel;
        let carries = &kernel.passes[pass.index()].carries;
        let constants = carries.iter().flat_map(|c| c.fold.neutral(kernel.dtype(c.args[0])));
        constants.map(|c| self.known(c)).collect()
    }
}

/// The folds of a pass, and which parts of its state are theirs.
pub(super) fn folds(pass: &Pass) -> impl Iterator<Item = (Fold, Range<usize>)> {
    pass.carries.iter().scan(0, |first, carry| {
        let parts = *first..*first + carry.fold.parts();
        *first = parts.end;
        Some((carry.fold, parts))
    })
}
