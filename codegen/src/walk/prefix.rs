//! Scans on a GPU: the same order, in lanes.
//!
//! A scan that is shared among workers has four entries: the totals of blocks; the totals of groups of 512
//! blocks, where there are more than one; the running values of blocks, which take the place of the totals;
//! and the blocks' elements, each block from the running value before it. What is scanned is a [`Source`],
//! elements or states in scratch, so that one code goes through both.
//!
//! Where lanes lie across columns, a block is read side by side, and each lane then goes through a run of its
//! own, which it finds in a table; what comes before each run is known to all lanes as one goes through the
//! totals of runs. Where lanes lie along rows, each goes through its blocks by itself, a run read at once.

use super::scan::{Part, folds};
use super::states::Region;
use super::{Emit, Entry, State, Step, V, Walk};
use crate::abi;
use crate::mapping::{self, BLOCK, RUN, Worker};
use numfuse_ir::dtype::DType;
use numfuse_ir::kernel::{AxisId, Inst, PassId, Val};
use numfuse_ir::prim::Prim;

/// Lanes of a warp: one for each run of a block.
const LANES: i64 = 32;

/// Kernels of more instructions read the elements of a run one by one.
const MOST_AT_ONCE: usize = 24;

/// What is scanned: the elements of a row, or states in scratch.
#[derive(Clone, Copy)]
enum Source<I> {
    Elements,
    States { region: Region, row: I },
}

/// What of a block is asked for.
#[derive(Clone, Copy)]
enum Want<'a> {
    /// Its total.
    Total,
    /// The running value of its last element, from that before the block on.
    End(&'a [V]),
    /// That the running values of its elements go where they belong, from that before the block on. Gives the
    /// total.
    All(&'a [V]),
}

impl<'a> Want<'a> {
    fn before(self) -> Option<&'a [V]> {
        match self {
            Want::Total => None,
            Want::End(before) | Want::All(before) => Some(before),
        }
    }

    fn is_all(self) -> bool {
        matches!(self, Want::All(_))
    }
}

/// The elements from the first on, so many.
type Elements<I> = (I, I);

/// What is done with a strip of a block: how many elements come before it, and where its first one is.
type Strip<'a, W, I> = dyn FnMut(&mut W, I, I) + 'a;

/// The tables in which the lanes of a warp exchange elements and running values.
struct Tables<T> {
    elements: Vec<(T, DType)>,
    runs: Vec<(T, DType)>,
}

impl<E: Emit> Walk<'_, E> {
    /// Whether the lanes of a warp go through runs side by side.
    pub(super) fn scans_in_warp(&self, pass: PassId) -> bool {
        let fits = mapping::scans_fit(self.kernel, mapping::warps(self.mapping));
        let what = &self.kernel.passes[pass.index()];
        let is_warp = self.mapping.worker == Worker::Warp && self.mapping.layout.is_across();
        is_warp && fits && !mapping::is_chained(self.kernel, what)
    }

    /// A pass that scans, by one warp: block after block.
    pub(super) fn scan_in_warp(&mut self, pass: PassId) {
        let tables = self.tables_of_scan(pass, true);
        let (from, to) = (self.emit.number(0), self.visits(pass));
        self.levels_of_scan(pass, 1, Part { from, to }, &mut |w, first, count, before| {
            w.block_of(pass, Source::Elements, &tables, (first, count), Want::All(before))
        });
    }

    /// One entry of a scan that is shared.
    pub(super) fn scan_apart(&mut self, entry: Entry) {
        let pass = PassId(0);
        let of_elements = matches!(entry, Entry::Main | Entry::Finish);
        let tables = self.tables_of_scan(pass, of_elements);
        let parts = if of_elements { self.blocks() } else { self.groups() };
        self.parts_of_rows(parts, |w, row, part| match entry {
            Entry::Main => w.total_of_block(pass, &tables, row, part),
            Entry::Join => w.total_of_group(pass, &tables, row, part),
            Entry::Prefix => w.running_of_group(pass, &tables, row, part),
            Entry::Finish => w.elements_of_block(pass, &tables, row, part),
        });
    }

    /// Goes through so many parts of each row, or of each chunk of rows that lanes lie along. `body` gets the
    /// number of the row, of the first lane's, and of the part.
    fn parts_of_rows(&mut self, parts: E::Index, mut body: impl FnMut(&mut Self, E::Index, E::Index)) {
        let axes: Vec<AxisId> = self.kernel.row_axes().collect();
        if self.mapping.layout.is_across() {
            return self.units(|w, unit| {
                let row = w.emit.step(Step::Div, unit, parts);
                let part = w.rest(unit, parts, row);
                w.open_rows(&axes, row);
                body(w, row, part);
            });
        }
        let last = self.last_row_axis().expect("bands are of rows");
        let size = abi::chunk(self.kernel, self.mapping);
        self.units(|w, unit| {
            let (chunk, part) = w.chunk_and(unit, parts);
            let (from, length) = w.chunk_of(chunk, last, size);
            w.strip(last, from, length, &mut |w| {
                let row = w.row();
                body(w, row, part);
            });
        });
    }

    fn total_of_block(&mut self, pass: PassId, tables: &Tables<E::Table>, row: E::Index, block: E::Index) {
        self.hoist(&self.pass_roots(pass));
        let elements = self.elements_of(pass, block);
        let total = self.block_of(pass, Source::Elements, tables, elements, Want::Total);
        self.keep_in(Region::Blocks, &total, row, block);
    }

    fn total_of_group(&mut self, pass: PassId, tables: &Tables<E::Table>, row: E::Index, group: E::Index) {
        let (source, states) = self.states_of(row, group);
        let total = self.block_of(pass, source, tables, states, Want::Total);
        self.keep_in(Region::Groups, &total, row, group);
    }

    fn running_of_group(&mut self, pass: PassId, tables: &Tables<E::Table>, row: E::Index, group: E::Index) {
        let mut before = self.neutral(pass);
        if self.mapping.joins {
            let lanes = self.lanes_of_totals();
            before = self.when(group, false, &before, lanes, |w| {
                let one = w.emit.number(1);
                let last = w.emit.step(Step::Sub, group, one);
                w.running_at(pass, tables, row, last)
            });
        }
        let (source, states) = self.states_of(row, group);
        self.block_of(pass, source, tables, states, Want::All(&before));
    }

    fn elements_of_block(&mut self, pass: PassId, tables: &Tables<E::Table>, row: E::Index, block: E::Index) {
        self.hoist(&self.pass_roots(pass));
        let (nothing, lanes) = (self.neutral(pass), self.lanes_of_totals());
        let before = self.when(block, false, &nothing, lanes, |w| {
            let one = w.emit.number(1);
            let last = w.emit.step(Step::Sub, block, one);
            let (cell, stride) = w.cell_of(last, row);
            w.kept(pass, lanes, cell, stride)
        });
        let elements = self.elements_of(pass, block);
        self.block_of(pass, Source::Elements, tables, elements, Want::All(&before));
    }

    /// How many lanes the total of a block has: one of each row.
    fn lanes_of_totals(&self) -> u32 {
        if self.mapping.layout.is_across() { 1 } else { self.mapping.lanes() }
    }

    /// The elements of a block.
    fn elements_of(&mut self, pass: PassId, block: E::Index) -> Elements<E::Index> {
        let (size, total) = (self.emit.number(BLOCK), self.visits(pass));
        let first = self.emit.step(Step::Mul, block, size);
        (first, self.up_to(first, total, size))
    }

    /// The totals of the blocks of a group.
    fn states_of(&mut self, row: E::Index, group: E::Index) -> (Source<E::Index>, Elements<E::Index>) {
        let (size, blocks) = (self.emit.number(BLOCK), self.blocks());
        let first = self.emit.step(Step::Mul, group, size);
        let source = Source::States { region: Region::Blocks, row };
        (source, (first, self.up_to(first, blocks, size)))
    }

    fn keep_in(&mut self, region: Region, state: &[V], row: E::Index, at: E::Index) {
        let (cell, stride) = self.cell_in(region, at, row);
        self.keep(state, self.lanes_of_totals(), cell, stride);
    }

    /// The running value of the totals of groups, at one of them.
    fn running_at(
        &mut self,
        pass: PassId,
        tables: &Tables<E::Table>,
        row: E::Index,
        group: E::Index,
    ) -> State {
        let source = Source::States { region: Region::Groups, row };
        let (size, zero, one) = (self.emit.number(BLOCK), self.emit.number(0), self.emit.number(1));
        let block = self.emit.step(Step::Div, group, size);
        let first = self.emit.step(Step::Mul, block, size);
        let lanes = self.lanes_of_totals();
        let nothing = self.neutral(pass);
        // Blocks of groups are at most as many as a second level holds: 512 to the fourth are all elements.
        let whole = Part { from: zero, to: first };
        let running = [nothing.clone(), nothing.clone()];
        let (_, running) =
            self.level_of_scan(pass, 2, lanes, whole, &nothing, &running, &mut |w, at, n, _| {
                w.block_of(pass, source, tables, (at, n), Want::Total)
            });
        let count = self.emit.step(Step::Sub, group, first);
        let count = self.emit.step(Step::Add, count, one);
        self.block_of(pass, source, tables, (first, count), Want::End(&running[1]))
    }

    /// What is asked for of a block.
    fn block_of(
        &mut self,
        pass: PassId,
        source: Source<E::Index>,
        tables: &Tables<E::Table>,
        (first, count): Elements<E::Index>,
        want: Want<'_>,
    ) -> State {
        if !self.mapping.layout.is_across() {
            return self.block_of_lane(pass, source, (first, count), want);
        }
        let size = self.emit.number(BLOCK);
        let whole = self.emit.step(Step::Div, count, size);
        let part = self.emit.step(Step::Sub, size, count);
        let nothing = self.neutral(pass);
        let state = self.when(whole, false, &nothing, 1, |w| {
            w.block_of_warp(pass, source, tables, (first, size), true, want)
        });
        self.when(part, false, &state, 1, |w| {
            w.block_of_warp(pass, source, tables, (first, count), false, want)
        })
    }

    /// A block whose runs lie in the lanes of a warp, with all of its elements or with so many.
    fn block_of_warp(
        &mut self,
        pass: PassId,
        source: Source<E::Index>,
        tables: &Tables<E::Table>,
        (first, count): Elements<E::Index>,
        is_whole: bool,
        want: Want<'_>,
    ) -> State {
        self.emit.exchange();
        self.strips_of_block((first, count), is_whole, &mut |w, skip, at| {
            let elements = w.element(pass, source, at, w.mapping.lanes());
            for (&(table, _), &v) in tables.elements.iter().zip(&elements) {
                let value = w.handle(v, LANES as u32);
                w.emit.write_across(table, skip, &value, w.active);
            }
        });
        self.emit.exchange();
        let totals = self.runs_of_lanes(pass, source, tables, count, is_whole, want.is_all());
        let last = if is_whole {
            self.emit.number(LANES - 1)
        } else {
            let (one, run) = (self.emit.number(1), self.emit.number(RUN));
            let before = self.emit.step(Step::Sub, count, one);
            self.emit.step(Step::Div, before, run)
        };
        let bases = self.before_runs(pass, &totals, last);
        let all = self.join(pass, &bases, &totals);
        if let Want::Total | Want::All(_) = want {
            if let Want::All(before) = want {
                self.emit.exchange();
                let bases = self.join(pass, before, &bases);
                self.settle_block(pass, source, tables, (first, count), is_whole, &bases);
            }
            return self.of_lane(&all, last);
        }
        let before = want.before().expect("an end has what is before it");
        let bases = self.join(pass, before, &bases);
        let ends = self.join(pass, &bases, &totals);
        self.of_lane(&ends, last)
    }

    /// Each lane goes through a run of its own. Gives the totals; the values after each element are kept
    /// in a table, if they are wanted.
    fn runs_of_lanes(
        &mut self,
        pass: PassId,
        source: Source<E::Index>,
        tables: &Tables<E::Table>,
        count: E::Index,
        is_whole: bool,
        keeps: bool,
    ) -> State {
        let (zero, run) = (self.emit.number(0), self.emit.number(RUN));
        let nothing = self.neutral(pass);
        let widths = vec![LANES as u32; nothing.len()];
        self.repeat(zero, run, 1, &nothing, &widths, |w, i, total| {
            let read = |&(table, dtype): &(E::Table, DType)| {
                let value = w.emit.read_run(table, i);
                w.emitted(dtype, LANES as u32, value)
            };
            let element: State = tables.elements.iter().map(read).collect();
            let mut next = w.with_element(pass, source, total, &element);
            if !is_whole {
                let left = w.emit.step(Step::Sub, count, i);
                let have = w.divide_up(left, run);
                next = w.in_first_lanes(have, &next, total);
            }
            if keeps {
                for (&(table, _), &v) in tables.runs.iter().zip(&next) {
                    let value = w.handle(v, LANES as u32);
                    w.emit.write_run(table, i, &value);
                }
            }
            next
        })
    }

    /// What comes before the run of each lane: the totals of the lanes before, one after the other.
    fn before_runs(&mut self, pass: PassId, totals: &[V], last: E::Index) -> State {
        let (zero, one) = (self.emit.number(0), self.emit.number(1));
        let nothing = self.neutral(pass);
        let widths = vec![LANES as u32; nothing.len()];
        self.repeat(zero, last, 1, &nothing, &widths, |w, lane, before| {
            let total = w.of_lane(totals, lane);
            let next = w.join(pass, before, &total);
            let below = w.emit.step(Step::Add, lane, one);
            w.in_first_lanes(below, before, &next)
        })
    }

    /// Values in the first lanes, others in the rest.
    fn in_first_lanes(&mut self, count: E::Index, first: &[V], rest: &[V]) -> State {
        let mask = self.emit.first_lanes(count, LANES as u32);
        let mask = self.emitted(DType::Bool, LANES as u32, mask);
        first.iter().zip(rest).map(|(&a, &b)| self.apply(Prim::Select, &[mask, a, b])).collect()
    }

    /// The running values of all elements of a block, from what comes before each run on.
    fn settle_block(
        &mut self,
        pass: PassId,
        source: Source<E::Index>,
        tables: &Tables<E::Table>,
        elements: Elements<E::Index>,
        is_whole: bool,
        bases: &[V],
    ) {
        self.strips_of_block(elements, is_whole, &mut |w, skip, at| {
            let mut of_strip = State::new();
            for &base in bases {
                let (dtype, base) = (w.slots[base.0 as usize].dtype, w.handle(base, LANES as u32));
                let base = w.emit.of_runs(&base, skip);
                of_strip.push(w.emitted(dtype, LANES as u32, base));
            }
            let read = |&(table, dtype): &(E::Table, DType)| {
                let run = w.emit.read_across(table, skip, LANES as u32, w.active);
                w.emitted(dtype, LANES as u32, run)
            };
            let runs: State = tables.runs.iter().map(read).collect();
            let running = w.join(pass, &of_strip, &runs);
            w.settle(pass, source, at, &running);
        });
    }

    /// Goes through a block, all lanes at a time. `body` gets how many elements come before, and the position
    /// of the first lane's.
    fn strips_of_block(
        &mut self,
        (first, count): Elements<E::Index>,
        is_whole: bool,
        body: &mut Strip<'_, Self, E::Index>,
    ) {
        let (zero, lanes) = (self.emit.number(0), self.emit.number(LANES));
        let rest = self.emit.step(Step::Rem, count, lanes);
        let even = self.emit.step(Step::Sub, count, rest);
        self.repeat(zero, even, LANES, &[], &[], |w, skip, _| {
            let at = w.emit.step(Step::Add, first, skip);
            body(w, skip, at);
            State::new()
        });
        if !is_whole {
            self.when(rest, false, &[], LANES as u32, |w| {
                let at = w.emit.step(Step::Add, first, even);
                w.masked(Some(rest), |w| body(w, even, at));
                State::new()
            });
        }
    }

    /// The values of one lane, for all.
    fn of_lane(&mut self, values: &[V], lane: E::Index) -> State {
        let mut of_lane = State::new();
        for &v in values {
            let (dtype, value) = (self.slots[v.0 as usize].dtype, self.handle(v, LANES as u32));
            let value = self.emit.of_lane(&value, lane);
            of_lane.push(self.emitted(dtype, 1, value));
        }
        of_lane
    }

    /// A block of the row of each lane, run after run.
    fn block_of_lane(
        &mut self,
        pass: PassId,
        source: Source<E::Index>,
        (first, count): Elements<E::Index>,
        want: Want<'_>,
    ) -> State {
        let (run, beyond) = (self.emit.number(RUN), self.emit.step(Step::Add, first, count));
        let rest = self.emit.step(Step::Rem, count, run);
        let even = self.emit.step(Step::Sub, beyond, rest);
        let nothing = self.neutral(pass);
        let parts = nothing.len();
        // The total so far, and the running value.
        let carried: State = nothing.iter().chain(&nothing).copied().collect();
        let widths = vec![self.mapping.lanes(); carried.len()];
        let calls = self.kernel.body.iter().any(|inst| matches!(inst, Inst::Call(..)));
        let is_cheap = self.kernel.body.len() <= MOST_AT_ONCE && !calls;
        let at_once = matches!(source, Source::States { .. }) || is_cheap;
        let after = self.repeat(first, even, RUN, &carried, &widths, |w, start, carried| {
            if at_once {
                return w.run_at_once(pass, source, start, &carried[..parts], want);
            }
            let to = w.emit.step(Step::Add, start, run);
            w.run_of_lane(pass, source, Part { from: start, to }, &carried[..parts], want)
        });
        let lanes = self.mapping.lanes();
        let after = self.when(rest, false, &after, lanes, |w| {
            w.run_of_lane(pass, source, Part { from: even, to: beyond }, &after[..parts], want)
        });
        let (total, running) = after.split_at(parts);
        if let Want::End(_) = want { running.into() } else { total.into() }
    }

    /// A whole run, read before anything of it is written: what is read is then on its way together.
    fn run_at_once(
        &mut self,
        pass: PassId,
        source: Source<E::Index>,
        start: E::Index,
        runs: &[V],
        want: Want<'_>,
    ) -> State {
        let at: Vec<E::Index> = (0..RUN)
            .map(|k| {
                let k = self.emit.number(k);
                self.emit.step(Step::Add, start, k)
            })
            .collect();
        let lanes = self.mapping.lanes();
        let elements: Vec<State> =
            at.iter().map(|&at| self.beside(|w| w.element(pass, source, at, lanes))).collect();
        let base = want.before().map(|before| self.join(pass, before, runs));
        let mut total = self.neutral(pass);
        let mut totals = Vec::new();
        for element in &elements {
            total = self.with_element(pass, source, &total, element);
            totals.push(total.clone());
        }
        let mut running = self.neutral(pass);
        if let Some(base) = base {
            for (total, &at) in totals.iter().zip(&at) {
                running = self.join(pass, &base, total);
                if want.is_all() {
                    self.beside(|w| w.settle(pass, source, at, &running));
                }
            }
        }
        let total = self.join(pass, runs, &total);
        total.into_iter().chain(running).collect()
    }

    /// A run, element after element.
    fn run_of_lane(
        &mut self,
        pass: PassId,
        source: Source<E::Index>,
        part: Part<E::Index>,
        runs: &[V],
        want: Want<'_>,
    ) -> State {
        let (lanes, nothing) = (self.mapping.lanes(), self.neutral(pass));
        let base = want.before().map(|before| self.join(pass, before, runs));
        let carried: State = nothing.iter().chain(&nothing).copied().collect();
        let widths = vec![lanes; carried.len()];
        let after = self.repeat(part.from, part.to, 1, &carried, &widths, |w, at, carried| {
            let (total, running) = carried.split_at(nothing.len());
            let element = w.element(pass, source, at, lanes);
            let total = w.with_element(pass, source, total, &element);
            let mut running = State::from_slice(running);
            if let Some(base) = &base {
                running = w.join(pass, base, &total);
                if want.is_all() {
                    w.settle(pass, source, at, &running);
                }
            }
            total.into_iter().chain(running).collect()
        });
        let (total, running) = after.split_at(nothing.len());
        let total = self.join(pass, runs, total);
        total.into_iter().chain(running.iter().copied()).collect()
    }

    /// What is scanned, at a position: of the first lane where lanes lie across.
    fn element(&mut self, pass: PassId, source: Source<E::Index>, at: E::Index, lanes: u32) -> State {
        match source {
            Source::Elements => {
                self.bind_element(pass, at);
                let carries = &self.kernel.passes[pass.index()].carries;
                let args: Vec<Val> = carries.iter().flat_map(|c| c.args.iter().copied()).collect();
                self.values(&args).into_iter().collect()
            }
            Source::States { region, row } if self.mapping.layout.is_across() => {
                self.states_from(pass, row, region, at)
            }
            Source::States { region, row } => {
                let (cell, stride) = self.cell_in(region, at, row);
                self.kept(pass, lanes, cell, stride)
            }
        }
    }

    fn bind_element(&mut self, pass: PassId, at: E::Index) {
        if self.mapping.layout.is_across() {
            self.bind_position_across(pass, at);
        } else {
            self.bind_position_along(pass, at);
        }
    }

    /// A total, and with it what was scanned next.
    fn with_element(
        &mut self,
        pass: PassId,
        source: Source<E::Index>,
        total: &[V],
        mut element: &[V],
    ) -> State {
        if let Source::States { .. } = source {
            return self.join(pass, total, element);
        }
        let pass = &self.kernel.passes[pass.index()];
        let mut next = State::new();
        for (carry, (fold, parts)) in pass.carries.iter().zip(folds(pass)) {
            let (own, others) = element.split_at(carry.args.len());
            next.extend(fold.next(self, &total[parts], own));
            element = others;
        }
        next
    }

    /// Writes what follows from running values: what the pass stores, or they themselves.
    fn settle(&mut self, pass: PassId, source: Source<E::Index>, at: E::Index, running: &[V]) {
        match source {
            Source::Elements => {
                self.bind_element(pass, at);
                for (c, (_, parts)) in folds(&self.kernel.passes[pass.index()]).enumerate() {
                    self.set_running(c, &running[parts]);
                }
                self.stores(pass);
            }
            Source::States { region, row } => {
                let (cell, stride) = self.cell_in(region, at, row);
                self.keep(running, self.mapping.lanes(), cell, stride);
            }
        }
    }

    /// Tables for the lanes of a warp, where they lie across columns: elements that are not of the type of
    /// running values have their own.
    fn tables_of_scan(&mut self, pass: PassId, of_elements: bool) -> Tables<E::Table> {
        if !self.mapping.layout.is_across() {
            return Tables { elements: Vec::new(), runs: Vec::new() };
        }
        let carries = &self.kernel.passes[pass.index()].carries;
        let elements: Vec<DType> =
            carries.iter().flat_map(|c| &c.args).map(|&v| self.kernel.dtype(v)).collect();
        let parts = self.part_dtypes(pass).to_vec();
        let mut tables = |dtypes: &[DType]| -> Vec<(E::Table, DType)> {
            dtypes.iter().map(|&dtype| (self.emit.block(dtype), dtype)).collect()
        };
        let runs = tables(&parts);
        let is_same = elements == parts || !of_elements;
        Tables { elements: if is_same { runs.clone() } else { tables(&elements) }, runs }
    }
}
