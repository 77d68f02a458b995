//! The contract between generated code and whoever runs it: the order of launch words, and how a
//! kernel's rows are cut into units of work.
//!
//! An entry is `extern "C" fn(words: *const u64, begin: u64, end: u64)`. The words are, in this
//! order: the address of each buffer, the bits of each scalar, the kernel's launch words, and for
//! [`Mapping::Split`] the address of the scratch. Units `begin..end` are done by one call; any
//! cut into calls gives the same bits, since units depend on shape alone.

use crate::mapping::{BLOCK, Mapping, extent};
use numfuse_ir::kernel::Kernel;

/// Elements of the last row axis in one unit of a flat kernel without columns.
pub const CHUNK: i64 = 1 << 14;
/// The same for a flat kernel that walks columns.
pub const CHUNK_OF_FOLDS: i64 = 256;
/// Blocks of a fold in one unit of a split kernel.
pub const BLOCKS_OF_UNIT: i64 = 64;
/// Bytes of one part of one state in the scratch.
pub const CELL: usize = 8;

/// How a kernel is launched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Launch {
    /// How many units there are: the entry is called for parts of `0..units`.
    pub units: u64,
    /// How many units make a task that is worth handing to another worker.
    pub grain: u64,
    /// Bytes of scratch to pass as the last word (0: none is passed).
    pub scratch_bytes: usize,
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
    let (units, work) = match mapping {
        Mapping::Flat { .. } => {
            let last = extents.last().copied().unwrap_or(1).max(1);
            let chunk = chunk(kernel) as u64;
            (rows / last * last.div_ceil(chunk), last.min(chunk).saturating_mul(visits))
        }
        Mapping::Row { .. } => (rows, visits),
        Mapping::Split { .. } => {
            let blocks = extent(kernel, words, 0) as u64;
            let blocks = blocks.div_ceil(BLOCK as u64);
            let units = rows * blocks.div_ceil(BLOCKS_OF_UNIT as u64);
            let scratch = rows as usize * blocks as usize * parts(kernel) * CELL;
            return Launch { units, grain: 1, scratch_bytes: scratch.max(CELL), finish: rows };
        }
    };
    Launch { units, grain: (CHUNK as u64).div_ceil(work.max(1)), scratch_bytes: 0, finish: 0 }
}

/// The length of a chunk of the last row axis, from the kernel alone.
pub(crate) fn chunk(kernel: &Kernel) -> i64 {
    let columns = kernel.passes.iter().any(|p| !p.cols.is_empty());
    if columns { CHUNK_OF_FOLDS } else { CHUNK }
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

/// The place of the scratch pointer among the words.
pub(crate) fn scratch_at(kernel: &Kernel) -> usize {
    words_at(kernel) + kernel.words
}

/// All words of a launch in their order.
pub fn words(buffers: &[u64], scalars: &[u64], words: &[i64], scratch: Option<u64>) -> Vec<u64> {
    let words = words.iter().map(|&w| w as u64);
    buffers.iter().chain(scalars).copied().chain(words).chain(scratch).collect()
}
