//! How a kernel is laid over the threads of a GPU: the choice and its reasons.
//!
//! What walks along rows is done by threads, each with as many neighbours as 16 bytes hold: one access for
//! all of them is worth a third of the memory's speed. What folds or scans along columns is done by
//! warps, a row or a block of a row each; where there are fewer rows than would keep a GPU busy their
//! blocks are shared, as on a processor.

use crate::mapping::{self, BLOCK, BLOCKS_OF_TEAM, Extents, Layout, MOST_KEPT, Mapping, Worker};
use numfuse_ir::index::{Index, Term, Word};
use numfuse_ir::kernel::{AxisId, Inst, Kernel, Order, Pass};
use numfuse_ir::ops::expansion::Expansion;

/// Bytes that a thread loads or stores at once.
const ACCESS: i64 = 16;

/// The same for a thread that goes through many rows of memory.
const ACCESS_OF_MANY: i64 = 4;

/// With fewer threads than this a GPU's memory is not busy: some 100 processors of 2048 threads, half of
/// them.
const FEW_THREADS: i64 = 100_000;

/// So many machine operations on an element, and more lanes only cost registers.
const HEAVY: u64 = 128;

/// The mapping for a kernel launched with these words on a GPU.
pub fn choose(kernel: &Kernel, words: &[i64]) -> Mapping {
    let (shape, lanes) = (Extents::of(kernel, words), lanes(kernel, words));
    let layout = layout(kernel, &shape, lanes);
    let bytes: i64 = mapping::kept(kernel).iter().map(|&kept| mapping::kept_bytes(kernel, kept, words)).sum();
    let turns = layout.is_across() || layout == Layout::Tile || kernel.scan().is_some();
    let (worker, lanes) = match layout {
        Layout::Row if is_for_teams(kernel, &shape, bytes) => (Worker::Team, 32),
        _ if turns => (Worker::Warp, 32),
        _ => (Worker::Thread, lanes),
    };
    let apart = worker == Worker::Thread && is_apart(kernel, &shape, lanes);
    let lanes = if apart { LANES_APART } else { lanes };
    let keeps = layout == Layout::Row && bytes > 0 && mapping::rows_kept(worker) * bytes <= MOST_KEPT;
    let mapping = Mapping { apart, keeps, ..Mapping::new(layout, worker, lanes as u8) };
    let blocks = shape.columns / mapping::block(kernel, mapping);
    let in_lanes = layout == Layout::Bands && kernel.passes[0].order == Order::Lanes;
    let joins = layout.has_finish() && !in_lanes && blocks > mapping::group(mapping);
    let levels = mapping::levels(kernel, words);
    Mapping { joins, levels: if joins { levels.max(3) } else { levels }, ..mapping }
}

/// Whether the warps of a block of threads share each row: rows are long, and either there are few of them or
/// what is kept of them is more than each warp has room for.
fn is_for_teams(kernel: &Kernel, shape: &Extents, bytes: i64) -> bool {
    let Extents { columns, count: rows, .. } = *shape;
    let carries = kernel.passes.iter().flat_map(|pass| &pass.carries);
    let states: usize = carries.map(|c| c.fold.parts() * kernel.dtype(c.args[0]).bytes().max(4)).sum();
    let fits = columns <= BLOCK * i64::from(BLOCKS_OF_TEAM) && states <= MOST_STATES;
    let is_plain =
        kernel.passes.iter().all(|p| !p.inner && p.order != Order::Runs && p.order != Order::Groups);
    let is_long =
        columns >= LONG_ROW && rows < MANY_ROWS || bytes * mapping::rows_kept(Worker::Warp) > MOST_KEPT;
    fits && is_plain && columns >= 2 * BLOCK && is_long
}

/// Bytes of the states of each block that a team has room for.
const MOST_STATES: usize = 16;

/// Columns of a row that is worth a team, and rows that keep a GPU busy without.
const LONG_ROW: i64 = 4096;
const MANY_ROWS: i64 = 1 << 15;

fn layout(kernel: &Kernel, shape: &Extents, lanes: i64) -> Layout {
    if !shape.has_columns {
        let squares = |t: &mapping::Turned| shape.rows[t.axis.index()] >= 32 && shape.last >= 32;
        return if mapping::turned(kernel).is_some_and(|t| squares(&t)) {
            Layout::Tile
        } else {
            Layout::Flat
        };
    }
    let flat = shape.is_flat(kernel, 32);
    let workers = if flat { shape.count / lanes } else { shape.count.saturating_mul(32) };
    let in_warps = mapping::scans(kernel) && !flat;
    if in_warps
        && !mapping::scans_fit(kernel, mapping::WARPS)
        && mapping::scans_fit(kernel, mapping::WARPS_OF_TILES)
    {
        return Layout::Scan;
    }
    if workers >= FEW_THREADS || shape.columns < 4 * BLOCK {
        return if flat { Layout::Flat } else { Layout::Row };
    }
    match (mapping::splits(kernel), flat) {
        (true, true) if kernel.rows > 0 => Layout::Bands,
        (true, false) => Layout::Split,
        (false, false) if mapping::scans(kernel) && mapping::scans_fit(kernel, mapping::WARPS_OF_TILES) => {
            Layout::Scan
        }
        (false, true) if mapping::scans(kernel) && kernel.rows > 0 => Layout::ScanBands,
        (_, true) => Layout::Flat,
        (_, false) => Layout::Row,
    }
}

/// Lanes of a thread that are a warp apart, and how many elements the last row axis has then at least: for
/// fewer, too many lanes would have none.
const LANES_APART: i64 = 4;
const LEAST_APART: i64 = 1 << 10;

/// Whether the lanes of a thread are a warp apart: where they cannot be neighbours, one would pay alone for
/// finding the place where it is.
fn is_apart(kernel: &Kernel, shape: &Extents, lanes: i64) -> bool {
    let operations = (0..kernel.body.len()).map(|v| operations(kernel, v)).sum::<u64>();
    let many = shape.last >= LEAST_APART && shape.count / LANES_APART >= FEW_THREADS;
    lanes == 1 && many && !shape.has_columns && operations <= HEAVY_APART
}

/// So many machine operations on an element, and finding its place is a small part of them.
const HEAVY_APART: u64 = 48;

/// How many neighbours a thread has: as many as an access of the widest type holds, where every access to
/// neighbours begins at a multiple of them.
fn lanes(kernel: &Kernel, words: &[i64]) -> i64 {
    let Some(last) = kernel.rows.checked_sub(1).map(|a| AxisId(a as u32)) else { return 1 };
    let operations = (0..kernel.body.len()).map(|v| operations(kernel, v)).sum::<u64>();
    let long = kernel.passes.iter().any(|p| p.order == Order::Lanes && !p.cols.is_empty());
    if operations > HEAVY || long {
        return 1;
    }
    let depends = kernel.dependence();
    let (mut widest, mut lanes) = (1, ACCESS);
    for (buffer, at) in accesses(kernel) {
        widest = widest.max(kernel.buffers[buffer].dtype.bytes() as i64);
        let moves = |term: &Term| match term {
            Term::Axis(axis) | Term::Digit { axis, .. } => *axis == last,
            Term::Value(v) => depends[v.index()] >> last.0 & 1 == 1,
        };
        let along: Vec<&(Word, Term)> = at.terms.iter().filter(|(_, term)| moves(term)).collect();
        match along[..] {
            // The same for all neighbours.
            [] => {}
            [(Word::Known(1), Term::Axis(_))] => {
                let others = at.terms.iter().filter(|(_, term)| !moves(term)).map(|(stride, _)| *stride);
                let steps = others.chain([at.offset]).map(|word| word.value(words));
                lanes = steps.fold(lanes, |lanes, step| lanes.min(power_of_two_in(step)));
            }
            // Threads side by side read what lies side by side best, if each has one element.
            _ => lanes = 1,
        }
    }
    // A thread that goes through many rows of memory has several of its accesses on the way at once: then more
    // threads, which are done at different times, keep memory busy longer than wide accesses do.
    let is_long = |pass: &Pass| pass.cols.iter().any(|a| kernel.axes[a.index()].extent.known().is_none());
    let access = if kernel.passes.iter().any(is_long) { ACCESS_OF_MANY } else { ACCESS };
    lanes.min((access / widest).max(1))
}

/// The greatest power of two that divides a number, or 16.
fn power_of_two_in(n: i64) -> i64 {
    1 << n.trailing_zeros().min(ACCESS.trailing_zeros())
}

/// Every load and store: its buffer, and where.
fn accesses(kernel: &Kernel) -> impl Iterator<Item = (usize, &Index)> {
    let loads = kernel.body.iter().filter_map(|inst| match inst {
        Inst::Load(buffer, at) => Some((buffer.index(), at)),
        Inst::Const(_) | Inst::Scalar(_) | Inst::Coord(_) | Inst::Prim(..) | Inst::Call(..) => None,
        Inst::Pick { .. } | Inst::After { .. } | Inst::Within { .. } | Inst::Final { .. } => None,
    });
    let stores = kernel.passes.iter().flat_map(|p| &p.stores).map(|s| (s.buffer.index(), &s.at));
    loads.chain(stores)
}

/// Machine operations behind a value, roughly.
fn operations(kernel: &Kernel, v: usize) -> u64 {
    match &kernel.body[v] {
        Inst::Const(_) | Inst::Scalar(_) | Inst::Final { .. } | Inst::After { .. } => 0,
        Inst::Coord(_) | Inst::Load(..) | Inst::Prim(..) => 1,
        Inst::Pick { .. } | Inst::Within { .. } => 4,
        Inst::Call(op, args) => {
            let types: Vec<_> = args.iter().map(|&arg| kernel.dtype(arg)).collect();
            Expansion::of(*op, &types).operations()
        }
    }
}
