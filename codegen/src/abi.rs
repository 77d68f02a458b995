//! The contract between generated code and whoever runs it: the order of launch words, and how a
//! kernel's rows are cut into units of work.
//!
//! An entry is `extern "C" fn(words: *const u64, begin: u64, end: u64)`. The words are, in this
//! order: the address of each buffer, the bits of each scalar, the kernel's launch words, for a kernel
//! with [checks](Kernel::checks) the address of its cells, and for a layout that [has a second
//! entry](crate::mapping::Layout::has_finish) the address of the scratch.
//!
//! A check has two words of 8 bytes: the least position of an index out of range, [`NO_FAULT`] before
//! any is met, and the index there. Threads that meet several at once settle the position; the index
//! beside it is sure only after a launch that began with that position.
//!
//! Units `begin..end` are done by one call; any cut into calls gives the same bits, since units
//! depend on shape alone.

use crate::mapping::{
    self, BLOCK, Layout, Mapping, WARP, Worker, block, extent, group, kept, kept_bytes, turned,
};
use numfuse_ir::kernel::Kernel;

/// Elements of the last row axis in one unit of a flat kernel without columns, of a core.
pub const CHUNK: i64 = 1 << 14;
/// The same of the axis before it, of a tall kernel: with a few elements along the last one they stay in a cache.
pub const CHUNK_OF_TALL: i64 = 1 << 11;
/// The same for a flat kernel that walks columns.
pub const CHUNK_OF_FOLDS: i64 = 256;
/// Blocks of a fold in one unit of a split kernel, all its rows together, of a core, if they are of 512.
pub const BLOCKS_OF_UNIT: i64 = 64;
/// Units of the second entry of a shared scan, for each row. Each goes through the totals of all blocks
/// before its own: more units would go through more.
pub const PARTS_OF_SCAN: i64 = 32;
/// Rows and columns of the square of one unit of a tiled kernel, of a core: along the turned axis, and
/// along the last. As tall as wide, so that a unit touches few pages of memory for its size.
pub const SQUARE: [i64; 2] = [256, 256];
/// Bytes of one part of one state in the scratch.
pub const CELL: usize = 8;

/// The position in a cell of a check that has met no index out of range.
pub const NO_FAULT: u64 = u64::MAX;

/// How a kernel is launched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Launch {
    /// How many units there are: the entry is called for parts of `0..units`.
    pub units: u64,
    /// How many units make a task that is worth handing to another worker.
    pub grain: u64,
    /// Bytes of scratch to pass as the last word (0: none is passed).
    pub scratch_bytes: usize,
    /// How many units the entry has that [joins](Mapping::joins) states, run after all units of the first (0:
    /// there is none).
    pub join: u64,
    /// How many units the entry has that [scans](Mapping::has_prefix) totals of blocks, run after those (0: there is
    /// none).
    pub prefix: u64,
    /// Bytes of shared memory of each block of threads of a GPU, for rows that are kept.
    pub shared_bytes: usize,
    /// How many units the second entry has, run after all units of the first (0: there is none).
    pub finish: u64,
}

/// The launch of `kernel` under `mapping` with these words.
pub fn launch(kernel: &Kernel, mapping: Mapping, words: &[i64]) -> Launch {
    let extents: Vec<u64> =
        kernel.row_axes().map(|a| kernel.axes[a.index()].extent.value(words) as u64).collect();
    let rows: u64 = extents.iter().product();
    let outer = (0..kernel.passes.len()).filter(|&p| !kernel.passes[p].inner);
    let visits: u64 = outer.map(|p| extent(kernel, words, p).max(1) as u64).sum();
    let inner = (0..kernel.passes.len()).filter(|&p| kernel.passes[p].inner);
    let visits = inner.map(|p| extent(kernel, words, p).max(1) as u64).fold(visits, u64::saturating_mul);
    let last = extents.last().copied().unwrap_or(1).max(1);
    let chunk = chunk(kernel, mapping) as u64;
    let chunks = rows / last * last.div_ceil(chunk);
    let blocks = (extent(kernel, words, 0) as u64).div_ceil(block(kernel, mapping) as u64);
    let groups = if mapping.joins { blocks.div_ceil(group(mapping) as u64) } else { 0 };
    let shared = |units: u64, join: u64, finish: u64| {
        let scratch = (rows * (blocks + groups)) as usize * parts(kernel) * CELL;
        Launch { units, grain: 1, scratch_bytes: scratch.max(CELL), join, prefix: 0, finish, shared_bytes: 0 }
    };
    let (units, work) = match mapping.layout {
        Layout::Flat if mapping.apart => (chunks * WARP as u64, u64::from(mapping.lanes())),
        Layout::Flat => (chunks, last.min(chunk).saturating_mul(visits)),
        Layout::Tall => {
            let along = extents[extents.len() - 2].max(1);
            (rows / last / along * along.div_ceil(chunk), along.min(chunk).saturating_mul(last))
        }
        Layout::Row => (rows, visits),
        Layout::Tile => {
            let turned = turned(kernel).expect("only a kernel with turned loads is tiled");
            let across = extents[turned.axis.index()].max(1);
            let [height, width] = square(mapping).map(|n| n as u64);
            let squares = rows / last / across * across.div_ceil(height) * last.div_ceil(width);
            (squares, height * width)
        }
        Layout::Scan | Layout::ScanBands if mapping.has_prefix() => {
            let of_block = if mapping.layout == Layout::Scan { rows } else { chunks };
            let units = of_block * blocks;
            return Launch { prefix: of_block * groups.max(1), ..shared(units, of_block * groups, units) };
        }
        Layout::Scan | Layout::ScanBands => {
            let units = rows * blocks.div_ceil(most_blocks(kernel, mapping) as u64);
            return shared(units, 0, rows * PARTS_OF_SCAN as u64);
        }
        Layout::Split => {
            let units = match mapping.worker {
                Worker::Core => blocks.div_ceil((most_blocks(kernel, mapping) as u64 / rows.max(1)).max(1)),
                Worker::Warp | Worker::Team | Worker::Thread => rows * blocks,
            };
            return shared(units, rows * groups, rows);
        }
        Layout::Bands => {
            let of_unit = (most_bands(mapping) as u64 / last).max(1);
            return shared(chunks * blocks.div_ceil(of_unit), chunks * groups, chunks);
        }
    };
    let keeps = if mapping.keeps { kept(kernel) } else { Vec::new() };
    let of_row = keeps.iter().map(|&kept| kept_bytes(kernel, kept, words)).sum::<i64>();
    let shared_bytes = (mapping::rows_kept(mapping.worker) * of_row) as usize;
    let grain = (CHUNK as u64).div_ceil(work.max(1));
    Launch { units, grain, scratch_bytes: 0, join: 0, prefix: 0, finish: 0, shared_bytes }
}

/// The length of a chunk of the axis that lanes lie across.
pub(crate) fn chunk(kernel: &Kernel, mapping: Mapping) -> i64 {
    let columns = kernel.passes.iter().any(|p| !p.cols.is_empty());
    match mapping.worker {
        Worker::Core if columns => CHUNK_OF_FOLDS,
        Worker::Core if mapping.layout == Layout::Tall => CHUNK_OF_TALL,
        Worker::Core => CHUNK,
        // The threads of a warp share a chunk.
        _ if mapping.apart => i64::from(mapping.lanes()) * WARP,
        // There are as many workers as there is work: each does what its lanes hold.
        Worker::Warp | Worker::Team | Worker::Thread => mapping.lanes().into(),
    }
}

/// How many blocks one unit of a split kernel of one row does; of more rows, fewer.
pub(crate) fn most_blocks(kernel: &Kernel, mapping: Mapping) -> i64 {
    match mapping.worker {
        Worker::Core => (BLOCKS_OF_UNIT * BLOCK / block(kernel, mapping)).max(1),
        Worker::Warp | Worker::Team | Worker::Thread => 1,
    }
}

/// How many blocks one unit of a kernel in bands does, times the length of the last row axis.
pub(crate) fn most_bands(mapping: Mapping) -> i64 {
    match mapping.worker {
        Worker::Core => CHUNK_OF_FOLDS,
        Worker::Warp | Worker::Team | Worker::Thread => 1,
    }
}

/// Rows and columns of the square of one unit.
pub(crate) fn square(mapping: Mapping) -> [i64; 2] {
    match mapping.worker {
        Worker::Core => SQUARE,
        Worker::Warp | Worker::Team | Worker::Thread => [mapping.lanes().into(); 2],
    }
}

/// How many values the state of the first pass has.
pub(crate) fn parts(kernel: &Kernel) -> usize {
    kernel.passes[0].carries.iter().map(|c| c.fold.parts()).sum()
}

/// The place of the first scalar among the words.
pub(crate) fn scalars_at(kernel: &Kernel) -> usize {
    kernel.buffers.len()
}

/// The place of the first launch word among the words.
pub(crate) fn words_at(kernel: &Kernel) -> usize {
    kernel.buffers.len() + kernel.scalars.len()
}

/// The place of the pointer to the cells of checks among the words.
pub(crate) fn checks_at(kernel: &Kernel) -> usize {
    words_at(kernel) + kernel.words
}

/// The place of the scratch pointer among the words.
pub(crate) fn scratch_at(kernel: &Kernel) -> usize {
    checks_at(kernel) + usize::from(kernel.checks() > 0)
}

/// All words of a launch in their order; the last are the addresses of cells and scratch, as far as
/// the kernel has them.
pub fn words(
    buffers: &[u64],
    scalars: &[u64],
    words: &[i64],
    last: impl IntoIterator<Item = u64>,
) -> Vec<u64> {
    let words = words.iter().map(|&w| w as u64);
    buffers.iter().chain(scalars).copied().chain(words).chain(last).collect()
}
