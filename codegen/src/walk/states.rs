//! States of blocks in scratch: where they lie, and how a GPU folds them.
//!
//! A fold that is shared among workers leaves the state of each block in scratch. These states are a
//! sequence that is folded by the same rule as the elements: in the order of lanes 32 of them side by side
//! in blocks of 512, in groups 128 one after the other. A core goes through all of them in the last entry.
//! A GPU has an entry that joins them in groups first, where there are more than one group, so that
//! no worker goes through many.

use super::{Emit, Memory, Place, Spread, State, Step, V, Walk};
use crate::abi;
use crate::mapping::{self, BLOCK, BLOCKS_OF_TEAM, Worker};
use numfuse_ir::dtype::DType;
use numfuse_ir::kernel::{AxisId, Order, PassId};

/// Which states: of blocks, or of groups of blocks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Region {
    Blocks,
    Groups,
}

impl<E: Emit> Walk<'_, E> {
    /// The state of one block of the first pass of one row, to scratch.
    pub(super) fn split_apart(&mut self) {
        let pass = PassId(0);
        let axes: Vec<AxisId> = self.kernel.row_axes().collect();
        let (blocks, total) = (self.blocks(), self.visits(pass));
        let size = self.emit.number(mapping::block(self.kernel, self.mapping));
        self.units(|w, unit| {
            let row = w.emit.step(Step::Div, unit, blocks);
            let block = w.rest(unit, blocks, row);
            w.open_rows(&axes, row);
            w.hoist(&w.pass_roots(pass));
            let start = w.emit.step(Step::Mul, block, size);
            let count = w.up_to(start, total, size);
            let state = w.block_across(pass, start, count);
            let (cell, stride) = w.cell_of(block, row);
            w.keep(&state, 1, cell, stride);
        });
    }

    /// The states of a group of blocks, joined.
    pub(super) fn join_groups(&mut self) {
        let pass = PassId(0);
        let (blocks, groups) = (self.blocks(), self.groups());
        let size = self.emit.number(mapping::group(self.mapping));
        if self.mapping.layout.is_across() {
            return self.units(|w, unit| {
                let row = w.emit.step(Step::Div, unit, groups);
                let group = w.rest(unit, groups, row);
                let first = w.emit.step(Step::Mul, group, size);
                let count = w.up_to(first, blocks, size);
                let state = w.block_of_states(pass, row, Region::Blocks, first, count);
                let (cell, stride) = w.cell_in(Region::Groups, group, row);
                w.keep(&state, 1, cell, stride);
            });
        }
        let last = self.last_row_axis().expect("bands are of rows");
        let (lanes, chunk) = (self.mapping.lanes(), abi::chunk(self.kernel, self.mapping));
        self.units(|w, unit| {
            let (number, group) = w.chunk_and(unit, groups);
            let (from, length) = w.chunk_of(number, last, chunk);
            let first = w.emit.step(Step::Mul, group, size);
            let count = w.up_to(first, blocks, size);
            w.strip(last, from, length, &mut |w| {
                let row = w.row();
                let state = w.serial_states(pass, lanes, row, Region::Blocks, first, count);
                let (cell, stride) = w.cell_in(Region::Groups, group, row);
                w.keep(&state, lanes, cell, stride);
            });
        });
    }

    /// What all states of a row (or of each lane's) come to.
    pub(super) fn all_states(&mut self, pass: PassId, row: E::Index) -> State {
        let joined = u32::from(self.mapping.joins);
        let (region, count) = match self.mapping.joins {
            true => (Region::Groups, self.groups()),
            false => (Region::Blocks, self.blocks()),
        };
        let zero = self.emit.number(0);
        if self.mapping.layout.is_across() {
            let levels = self.mapping.levels().max(2) - 1 - joined;
            return self.levels(pass, levels, 1, zero, count, &mut |w, first, count| {
                w.block_of_states(pass, row, region, first, count)
            });
        }
        let (depth, lanes) = (self.depth(self.mapping.levels().max(2)) - 1 - joined, self.mapping.lanes());
        match self.kernel.passes[pass.index()].order {
            Order::Lanes => {
                let levels = self.mapping.levels().max(2);
                let size = self.emit.number(mapping::block(self.kernel, self.mapping));
                self.join_blocks(pass, lanes, levels, &mut |w, start, _| {
                    let block = w.emit.step(Step::Div, start, size);
                    let (cell, stride) = w.cell_in(region, block, row);
                    w.kept(pass, lanes, cell, stride)
                })
            }
            Order::Groups | Order::Free => {
                self.group(pass, depth, lanes, zero, count, &mut |w, first, count| {
                    w.serial_states(pass, lanes, row, region, first, count)
                })
            }
            Order::Runs => unreachable!("a scan has no end results"),
        }
    }

    /// The end states of a pass whose blocks the members of a team share. Each then joins all of their states.
    pub(super) fn fold_in_team(
        &mut self,
        pass: PassId,
        member: E::Index,
        members: i64,
        total: E::Index,
    ) -> State {
        let size = self.emit.number(BLOCK);
        let blocks = self.divide_up(total, size);
        let dtypes = self.part_dtypes(pass);
        let tables: Vec<(E::Table, DType)> =
            dtypes.iter().map(|&dtype| (self.emit.shared(dtype, BLOCKS_OF_TEAM), dtype)).collect();
        self.repeat(member, blocks, members, &[], &[], |w, block, _| {
            let start = w.emit.step(Step::Mul, block, size);
            let count = w.up_to(start, total, size);
            let state = w.block_across(pass, start, count);
            for (&(table, _), &v) in tables.iter().zip(&state) {
                let value = w.handle(v, 1);
                w.emit.write(table, block, &value);
            }
            State::new()
        });
        self.emit.exchange();
        let zero = self.emit.number(0);
        self.join_lanes(pass, zero, blocks, &mut |w, at| {
            let load = |&(table, dtype): &(E::Table, DType)| {
                let lanes = w.mapping.lanes();
                let value = w.emit.read_across(table, at, lanes, w.active);
                w.emitted(dtype, lanes, value)
            };
            tables.iter().map(load).collect()
        })
    }

    /// The state of a block of states, 32 of them side by side.
    fn block_of_states(
        &mut self,
        pass: PassId,
        row: E::Index,
        region: Region,
        first: E::Index,
        count: E::Index,
    ) -> State {
        self.join_lanes(pass, first, count, &mut |w, at| w.states_from(pass, row, region, at))
    }

    /// Joins states that `load` gives for all lanes from a position on.
    fn join_lanes(
        &mut self,
        pass: PassId,
        first: E::Index,
        count: E::Index,
        load: &mut dyn FnMut(&mut Self, E::Index) -> State,
    ) -> State {
        let lanes = self.mapping.lanes();
        let initial = self.initial(pass);
        let widths = vec![lanes; initial.len()];
        let n = self.emit.number(lanes.into());
        let rest = self.emit.step(Step::Rem, count, n);
        let whole = self.emit.step(Step::Sub, count, rest);
        let tail = self.emit.step(Step::Add, first, whole);
        let state = self.repeat(first, tail, lanes.into(), &initial, &widths, |w, i, state| {
            let next = load(w, i);
            w.join(pass, state, &next)
        });
        let state = self.when(rest, false, &state, lanes, |w| {
            w.in_tail(rest, &state, |w| {
                let next = load(w, tail);
                w.join(pass, &state, &next)
            })
        });
        self.halve(pass, vec![state])
    }

    /// The states of as many blocks as there are lanes, one in each.
    pub(super) fn states_from(&mut self, pass: PassId, row: E::Index, region: Region, at: E::Index) -> State {
        let lanes = self.mapping.lanes();
        let (cell, stride) = self.cell_in(region, at, row);
        let dtypes = self.part_dtypes(pass).into_iter().enumerate();
        let load = |(part, dtype): (usize, DType)| {
            let place = self.cell(cell, stride, part, lanes);
            let value = self.emit.load(&place, dtype, lanes, self.active);
            self.emitted(dtype, lanes, value)
        };
        dtypes.map(load).collect()
    }

    /// The states of blocks one after the other, for each lane's row.
    #[allow(clippy::too_many_arguments, reason = "which states, and in how many lanes")]
    fn serial_states(
        &mut self,
        pass: PassId,
        lanes: u32,
        row: E::Index,
        region: Region,
        first: E::Index,
        count: E::Index,
    ) -> State {
        let (initial, widths) = (self.initial(pass), self.widths(pass, lanes));
        let beyond = self.emit.step(Step::Add, first, count);
        self.repeat(first, beyond, 1, &initial, &widths, |w, i, state| {
            let (cell, stride) = w.cell_in(region, i, row);
            let next = w.kept(pass, lanes, cell, stride);
            w.join(pass, state, &next)
        })
    }

    /// What all states of a row come to, whose order is free.
    pub(super) fn states_in_turn(&mut self, pass: PassId, row: E::Index) -> State {
        let (zero, blocks) = (self.emit.number(0), self.blocks());
        self.serial_states(pass, 1, row, Region::Blocks, zero, blocks)
    }

    /// How many groups the blocks of the first pass have.
    pub(super) fn groups(&mut self) -> E::Index {
        let blocks = self.blocks();
        let size = self.emit.number(mapping::group(self.mapping));
        self.divide_up(blocks, size)
    }

    /// Where the state of a block of a row begins in the scratch, and how far its parts are apart.
    pub(super) fn cell_of(&mut self, block: E::Index, row: E::Index) -> (E::Index, E::Index) {
        self.cell_in(Region::Blocks, block, row)
    }

    /// The same for a block or a group of them. What lanes lie along lies side by side: rows, or on a GPU,
    /// where lanes lie across blocks, blocks.
    pub(super) fn cell_in(&mut self, region: Region, block: E::Index, row: E::Index) -> (E::Index, E::Index) {
        let axes: Vec<AxisId> = self.kernel.row_axes().collect();
        let rows = self.extent_of(&axes);
        let parts = self.emit.number(abi::parts(self.kernel) as i64);
        let of_block = self.emit.step(Step::Mul, rows, parts);
        let along_blocks = self.mapping.worker != Worker::Core && self.mapping.layout.is_across();
        let (first, stride) = if along_blocks {
            let count = if region == Region::Blocks { self.blocks() } else { self.groups() };
            let of_row = self.emit.step(Step::Mul, count, parts);
            let first = self.emit.step(Step::Mul, row, of_row);
            (self.emit.step(Step::Add, first, block), count)
        } else {
            let first = self.emit.step(Step::Mul, block, of_block);
            (self.emit.step(Step::Add, first, row), rows)
        };
        if region == Region::Blocks {
            return (first, stride);
        }
        let blocks = self.blocks();
        let before = self.emit.step(Step::Mul, blocks, of_block);
        (self.emit.step(Step::Add, before, first), stride)
    }

    /// Writes a state to the cells of the scratch that are `stride` apart, from `cell` on: each part
    /// to one, lanes beside each other.
    pub(super) fn keep(&mut self, state: &[V], lanes: u32, cell: E::Index, stride: E::Index) {
        for (part, &v) in state.iter().enumerate() {
            let place = self.cell(cell, stride, part, lanes);
            let value = self.handle(v, lanes);
            self.emit.store(&place, &value, self.active);
        }
    }

    /// Reads a state from there; a count, which all lanes share, from the first lane's cell.
    pub(super) fn kept(&mut self, pass: PassId, lanes: u32, cell: E::Index, stride: E::Index) -> State {
        let parts = self.part_dtypes(pass).into_iter().zip(self.widths(pass, lanes));
        let load = |(part, (dtype, lanes)): (usize, (DType, u32))| {
            let place = self.cell(cell, stride, part, lanes);
            let value = self.emit.load(&place, dtype, lanes, self.active);
            self.emitted(dtype, lanes, value)
        };
        parts.enumerate().map(load).collect()
    }

    fn cell(
        &mut self,
        cell: E::Index,
        stride: E::Index,
        part: usize,
        lanes: u32,
    ) -> Place<E::Index, E::Value> {
        let part = self.emit.number(part as i64);
        let skip = self.emit.step(Step::Mul, part, stride);
        let at = self.emit.step(Step::Add, cell, skip);
        let base = self.emit.base(Memory::Scratch);
        let pointer = self.emit.advance(base, abi::CELL, at);
        let spread = if lanes == 1 { Spread::Same } else { Spread::Unit };
        Place { pointer, offset: None, spread }
    }
}
