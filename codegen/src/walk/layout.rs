//! Units of work: how each [`Layout`](crate::mapping::Layout) goes through rows and blocks.
//!
//! A unit is what one worker does before it looks for more; units depend on shapes alone
//! ([`abi::launch`](crate::abi::launch) counts them, in the same way). What happens inside a row is
//! the same for all: `passes`.

use super::{At, Emit, State, Step, Walk, Written};
use crate::abi;
use crate::mapping::{self, WARP, Worker};
use numfuse_ir::kernel::{AxisId, Inst, Order, PassId, Val};

/// A run of coordinates along an axis: its first, and how many.
type Run<I> = (I, I);

/// One side of a square: at most as many coordinates as there are lanes.
#[derive(Clone, Copy)]
struct Side<I> {
    axis: AxisId,
    start: I,
    count: I,
}

impl<E: Emit> Walk<'_, E> {
    /// Rows in chunks of the last axis, lanes along it.
    pub(super) fn flat(&mut self, mut body: impl FnMut(&mut Self)) {
        let Some(last) = self.last_row_axis() else { return self.rows(body) };
        let size = abi::chunk(self.kernel, self.mapping);
        self.units(|w, unit| {
            if w.mapping.apart {
                let (start, count) = w.chunk_of_thread(unit, last, size);
                return w.strip(last, start, count, &mut body);
            }
            let (start, count) = w.chunk_of(unit, last, size);
            w.strips_of_chunk(last, start, count, &mut body);
        });
    }

    /// Rows in chunks of the last axis but one, lanes along it, for each coordinate of the last one.
    pub(super) fn tall(&mut self, mut body: impl FnMut(&mut Self)) {
        let last = self.last_row_axis().expect("a tall kernel has two row axes");
        let along = AxisId(last.0 - 1);
        let size = abi::chunk(self.kernel, self.mapping);
        self.units(|w, unit| {
            let (start, count) = w.chunk_of(unit, along, size);
            let (zero, extent) = (w.emit.number(0), w.extent_of(&[last]));
            w.repeat(zero, extent, 1, &[], &[], |w, at, _| {
                w.bind(last, At::Uniform(at));
                w.hoist(&w.roots());
                w.strips_of_chunk(along, start, count, &mut body);
                State::new()
            });
        });
    }

    /// Where a thread whose lanes are a warp apart begins, and how far it is from there to the end of the chunk.
    fn chunk_of_thread(&mut self, unit: E::Index, last: AxisId, size: i64) -> Run<E::Index> {
        let (warp, zero) = (self.emit.number(WARP), self.emit.number(0));
        let chunk = self.emit.step(Step::Div, unit, warp);
        let thread = self.emit.step(Step::Rem, unit, warp);
        let (start, count) = self.chunk_of(chunk, last, size);
        let left = self.emit.step(Step::Sub, count, thread);
        (self.emit.step(Step::Add, start, thread), self.emit.step(Step::Max, left, zero))
    }

    /// All lanes of a chunk: strip by strip, or the one strip that a GPU's worker has.
    fn strips_of_chunk(
        &mut self,
        axis: AxisId,
        start: E::Index,
        count: E::Index,
        body: &mut dyn FnMut(&mut Self),
    ) {
        match self.mapping.worker {
            Worker::Core => {
                self.strips(axis, start, count, &[], &mut |w, _| {
                    body(w);
                    State::new()
                });
            }
            Worker::Warp | Worker::Team | Worker::Thread => self.strip(axis, start, count, body),
        }
    }

    /// The one strip of a chunk that is as long as there are lanes: all of it, or its part under a mask.
    pub(super) fn strip(
        &mut self,
        axis: AxisId,
        start: E::Index,
        count: E::Index,
        body: &mut dyn FnMut(&mut Self),
    ) {
        let lanes = self.mapping.lanes();
        if lanes == 1 {
            self.bind(axis, At::Lanes(start));
            return body(self);
        }
        let n = self.emit.number(lanes.into());
        let (whole, rest) = if self.mapping.apart {
            let (one, most) = (self.emit.number(1), self.emit.number((i64::from(lanes) - 1) * WARP + 1));
            let whole = self.emit.step(Step::Div, count, most);
            (whole, self.emit.step(Step::Sub, one, whole))
        } else {
            (self.emit.step(Step::Div, count, n), self.emit.step(Step::Sub, n, count))
        };
        for (cond, have) in [(whole, None), (rest, Some(count))] {
            self.when(cond, false, &[], lanes, |w| {
                w.bind(axis, At::Lanes(start));
                w.masked(have, |w| body(w));
                State::new()
            });
        }
    }

    /// One row for each unit.
    pub(super) fn rows(&mut self, mut body: impl FnMut(&mut Self)) {
        let axes: Vec<AxisId> = self.kernel.row_axes().collect();
        self.units(|w, unit| {
            w.open_rows(&axes, unit);
            body(w);
        });
    }

    /// The states of some blocks of the first pass of each row, to scratch. The rows go through a
    /// block in turns, so that what they share of it is read from memory once.
    pub(super) fn split(&mut self) {
        let pass = PassId(0);
        let axes: Vec<AxisId> = self.kernel.row_axes().collect();
        let rows = self.extent_of(&axes);
        let most = abi::most_blocks(self.kernel, self.mapping);
        let (most, zero, one) = (self.emit.number(most), self.emit.number(0), self.emit.number(1));
        let many = self.emit.step(Step::Div, most, rows);
        let many = self.emit.step(Step::Max, many, one);
        self.units(|w, unit| {
            w.blocks_of(unit, many, |w, block, (start, count)| {
                w.repeat(zero, rows, 1, &[], &[], |w, row, _| {
                    w.open_rows(&axes, row);
                    w.hoist(&w.pass_roots(pass));
                    let state = w.block_across(pass, start, count);
                    let (cell, stride) = w.cell_of(block, row);
                    w.keep(&state, 1, cell, stride);
                    State::new()
                });
            });
        });
    }

    /// The states of some blocks of the first pass of a chunk of rows, to scratch, lanes along rows.
    pub(super) fn bands(&mut self) {
        let pass = PassId(0);
        let last = self.last_row_axis().expect("bands are of rows");
        let lanes = self.mapping.lanes();
        let extent = self.extent_of(&[last]);
        let most = abi::most_bands(self.mapping);
        let (most, one) = (self.emit.number(most), self.emit.number(1));
        let size = abi::chunk(self.kernel, self.mapping);
        let many = self.emit.step(Step::Div, most, extent);
        let many = self.emit.step(Step::Max, many, one);
        let blocks = self.blocks();
        let runs = self.divide_up(blocks, many);
        self.units(|w, unit| {
            let (chunk, run) = w.chunk_and(unit, runs);
            let (from, length) = w.chunk_of(chunk, last, size);
            w.blocks_of(run, many, |w, block, (start, count)| {
                w.strips_of_chunk(last, from, length, &mut |w| {
                    w.hoist(&w.pass_roots(pass));
                    let state = w.leaf_along(pass, w.state_lanes(pass), start, count);
                    let row = w.row();
                    let (cell, stride) = w.cell_of(block, row);
                    w.keep(&state, lanes, cell, stride);
                });
            });
        });
    }

    /// The chunk of rows of a unit and which of its so many parts. Neighbours among the threads of a GPU read
    /// neighbours in memory; a core goes on with the chunk that it has in its cache.
    pub(super) fn chunk_and(&mut self, unit: E::Index, parts: E::Index) -> (E::Index, E::Index) {
        if self.mapping.worker == Worker::Core {
            let chunk = self.emit.step(Step::Div, unit, parts);
            return (chunk, self.rest(unit, parts, chunk));
        }
        let axes: Vec<AxisId> = self.kernel.row_axes().collect();
        let (rows, last) = (self.extent_of(&axes), self.last_row_axis().expect("bands are of rows"));
        let extent = self.extent_of(&[last]);
        let outer = self.emit.step(Step::Div, rows, extent);
        let size = self.emit.number(abi::chunk(self.kernel, self.mapping));
        let inner = self.divide_up(extent, size);
        let chunks = self.emit.step(Step::Mul, outer, inner);
        let part = self.emit.step(Step::Div, unit, chunks);
        (self.rest(unit, chunks, part), part)
    }

    /// Folds the states of one row's blocks (or of each lane's), then does the passes after the first.
    pub(super) fn finish(&mut self) {
        let pass = PassId(0);
        let row = self.row();
        let is_free = self.kernel.passes[pass.index()].order == Order::Free;
        let state = match self.mapping.worker {
            Worker::Core if self.mapping.layout.is_across() && is_free => self.states_in_turn(pass, row),
            Worker::Core => {
                let lanes = if self.mapping.layout.is_across() { 1 } else { self.mapping.lanes() };
                let size = self.emit.number(mapping::block(self.kernel, self.mapping));
                self.join_blocks(pass, lanes, self.mapping.levels().max(2), &mut |w, start, _| {
                    let block = w.emit.step(Step::Div, start, size);
                    let (cell, stride) = w.cell_of(block, row);
                    w.kept(pass, lanes, cell, stride)
                })
            }
            Worker::Warp | Worker::Team | Worker::Thread => self.all_states(pass, row),
        };
        self.set_finals(pass, &state);
        self.passes(1);
    }

    /// Squares along the last axis and the one along which the turned loads lie.
    pub(super) fn tiles(&mut self) {
        let turned = mapping::turned(self.kernel).expect("only a kernel with turned loads is tiled");
        let last = self.last_row_axis().expect("a kernel with turned loads has rows");
        let lanes = self.mapping.lanes();
        let square = |&v: &Val| (v, self.emit.square(self.kernel.dtype(v), lanes));
        self.turned = turned.loads.iter().map(square).collect();
        let others: Vec<AxisId> =
            self.kernel.row_axes().filter(|a| *a != last && *a != turned.axis).collect();
        let [tall, wide] = abi::square(self.mapping);
        let (height, width) = (self.emit.number(tall), self.emit.number(wide));
        let (rows, columns) = (self.extent_of(&[turned.axis]), self.extent_of(&[last]));
        let (down, across) = (self.divide_up(rows, height), self.divide_up(columns, width));
        self.units(|w, unit| {
            let rest = w.emit.step(Step::Div, unit, across);
            let right = w.rest(unit, across, rest);
            let outer = w.emit.step(Step::Div, rest, down);
            let below = w.rest(rest, down, outer);
            w.open_rows(&others, outer);
            let (row, row_end) = w.part_of(below, height, rows);
            let (column, column_end) = w.part_of(right, width, columns);
            w.repeat(column, column_end, lanes.into(), &[], &[], |w, column, _| {
                w.repeat(row, row_end, lanes.into(), &[], &[], |w, row, _| {
                    let down = w.side(turned.axis, row, row_end);
                    let across = w.side(last, column, column_end);
                    w.tile(down, across);
                    State::new()
                });
                State::new()
            });
        });
    }

    /// One square: all of it at once, or its parts under masks.
    fn tile(&mut self, down: Side<E::Index>, across: Side<E::Index>) {
        let (both, one) = (self.emit.number(2 * i64::from(self.mapping.lanes())), self.emit.number(1));
        let have = self.emit.step(Step::Add, down.count, across.count);
        let missing = self.emit.step(Step::Sub, both, have);
        let is_part = self.emit.step(Step::Min, missing, one);
        let is_whole = self.emit.step(Step::Sub, one, is_part);
        for (cond, whole) in [(is_whole, true), (is_part, false)] {
            self.when(cond, false, &[], 1, |w| {
                w.turn(down, across, whole);
                let columns = (!whole).then_some(across.count);
                let (from, zero) = (down.start, w.emit.number(0));
                let many = if whole { w.rows_at_once() } else { 1 };
                w.repeat(zero, down.count, many, &[], &[], |w, row, _| {
                    let open = |w: &mut Self, k: i64| {
                        let k = w.emit.number(k);
                        let row = w.emit.step(Step::Add, row, k);
                        let at = w.emit.step(Step::Add, from, row);
                        w.bind(down.axis, At::Uniform(at));
                        w.hoist(&w.roots());
                        w.bind(across.axis, At::Lanes(across.start));
                        w.turned_row = Some(row);
                    };
                    if many == 1 {
                        open(w, 0);
                        w.masked(columns, |w| w.passes(0));
                    } else {
                        // What all rows read is on its way before any of them is written.
                        let rows: Vec<Vec<Written<E>>> = (0..many)
                            .map(|k| {
                                w.beside(|w| {
                                    open(w, k);
                                    w.writes(PassId(0))
                                })
                            })
                            .collect();
                        rows.iter().flatten().for_each(|(place, value)| w.emit.store(place, value, None));
                    }
                    w.turned_row = None;
                    State::new()
                });
                w.emit.exchange();
                State::new()
            });
        }
    }

    /// How many rows of a square are read before they are written: several where there is little to compute, on
    /// a GPU, whose threads wait for what they read.
    fn rows_at_once(&self) -> i64 {
        const FEW: i64 = 8;
        const CHEAP: usize = 24;
        let waits = |inst: &Inst| matches!(inst, Inst::Call(..) | Inst::Pick { .. } | Inst::Within { .. });
        let is_cheap = self.kernel.body.len() <= CHEAP && !self.kernel.body.iter().any(waits);
        if self.mapping.worker == Worker::Warp && is_cheap { FEW } else { 1 }
    }

    /// Reads the turned loads along the axis on which they are neighbours, into their squares.
    fn turn(&mut self, down: Side<E::Index>, across: Side<E::Index>, whole: bool) {
        let lanes = self.mapping.lanes();
        let zero = self.emit.number(0);
        let rows = (!whole).then_some(down.count);
        for (v, square) in self.turned.clone() {
            let Inst::Load(buffer, at) = self.kernel.inst(v) else { unreachable!("only loads are turned") };
            let dtype = self.kernel.dtype(v);
            let many = if whole { self.emit.columns_at_once(dtype, lanes) } else { 1 };
            self.repeat(zero, across.count, many.into(), &[], &[], |w, first, _| {
                let column = |k: u32| {
                    let k = w.emit.number(k.into());
                    let column = w.emit.step(Step::Add, first, k);
                    let column = w.emit.step(Step::Add, across.start, column);
                    w.bind(across.axis, At::Uniform(column));
                    w.bind(down.axis, At::Lanes(down.start));
                    w.masked(rows, |w| {
                        let (place, lanes) = w.place(*buffer, at);
                        w.emit.load(&place, dtype, lanes, w.active)
                    })
                };
                let columns: Vec<E::Value> = (0..many).map(column).collect();
                w.emit.write_columns(square, first, &columns);
                State::new()
            });
        }
        self.emit.exchange();
    }

    /// The element of a load that lies turned in a square, where one is open.
    pub(super) fn turned(&mut self, v: Val) -> Option<E::Value> {
        let row = self.turned_row?;
        let (_, square) = *self.turned.iter().find(|(load, _)| *load == v)?;
        Some(self.emit.read(square, row))
    }

    /// Opens the loop over units; `body` gets the number of each.
    pub(super) fn units(&mut self, mut body: impl FnMut(&mut Self, E::Index)) {
        let (begin, end) = self.emit.range();
        self.repeat(begin, end, 1, &[], &[], |w, unit, _| {
            body(w, unit);
            State::new()
        });
    }

    /// Binds the row axes before `last` from a unit's number; gives its chunk of `last`.
    pub(super) fn chunk_of(&mut self, unit: E::Index, last: AxisId, size: i64) -> Run<E::Index> {
        let (extent, size) = (self.extent_of(&[last]), self.emit.number(size));
        let mut chunk = unit;
        if last.0 > 0 {
            let chunks = self.divide_up(extent, size);
            let outer = self.emit.step(Step::Div, unit, chunks);
            let axes: Vec<AxisId> = (0..last.0).map(AxisId).collect();
            self.open_rows(&axes, outer);
            chunk = self.rest(unit, chunks, outer);
        }
        let start = self.emit.step(Step::Mul, chunk, size);
        (start, self.up_to(start, extent, size))
    }

    /// The run of `size` coordinates with that number: its first, and the first beyond.
    pub(super) fn part_of(&mut self, number: E::Index, size: E::Index, extent: E::Index) -> Run<E::Index> {
        let start = self.emit.step(Step::Mul, number, size);
        let end = self.emit.step(Step::Add, start, size);
        (start, self.emit.step(Step::Min, end, extent))
    }

    /// The side of a square from `start` on.
    fn side(&mut self, axis: AxisId, start: E::Index, end: E::Index) -> Side<E::Index> {
        let lanes = self.emit.number(self.mapping.lanes().into());
        Side { axis, start, count: self.up_to(start, end, lanes) }
    }

    /// The blocks of the first pass in the run of `many` with that number, with where each lies.
    pub(super) fn blocks_of(
        &mut self,
        run: E::Index,
        many: E::Index,
        body: impl FnOnce(&mut Self, E::Index, Run<E::Index>),
    ) {
        let total = self.visits(PassId(0));
        let blocks = self.blocks();
        let (first, beyond) = self.part_of(run, many, blocks);
        self.repeat(first, beyond, 1, &[], &[], |w, block, _| {
            let size = w.emit.number(mapping::block(w.kernel, w.mapping));
            let start = w.emit.step(Step::Mul, block, size);
            let count = w.up_to(start, total, size);
            body(w, block, (start, count));
            State::new()
        });
    }

    /// How many blocks the first pass has.
    pub(super) fn blocks(&mut self) -> E::Index {
        let total = self.visits(PassId(0));
        let size = self.emit.number(mapping::block(self.kernel, self.mapping));
        self.divide_up(total, size)
    }

    /// The number of the row that is open, of the first lane's where lanes lie along rows.
    pub(super) fn row(&mut self) -> E::Index {
        let mut number = self.emit.number(0);
        for axis in self.kernel.row_axes() {
            let extent = self.extent_of(&[axis]);
            number = self.emit.step(Step::Mul, number, extent);
            if let At::Uniform(at) | At::Lanes(at) = self.axes[axis.index()] {
                number = self.emit.step(Step::Add, number, at);
            }
        }
        number
    }

    pub(super) fn last_row_axis(&self) -> Option<AxisId> {
        self.kernel.rows.checked_sub(1).map(|a| AxisId(a as u32))
    }

    /// Sets row axes from a position over them, and emits what then moves no more.
    pub(super) fn open_rows(&mut self, axes: &[AxisId], position: E::Index) {
        self.bind_axes(axes, position);
        self.hoist(&self.roots());
    }
}
