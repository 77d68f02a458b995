//! How a kernel is laid over SIMD lanes: the choice and its reasons.
//!
//! The lanes lie across the last row axis ([`Mapping::Flat`]), across the columns of one row
//! ([`Mapping::Row`]), or across the columns with the blocks of one fold given to different
//! workers ([`Mapping::Split`]). No mapping changes a bit of any result.

use numfuse_ir::index::{Index, Term, Word};
use numfuse_ir::kernel::{AxisId, Inst, Kernel, Order};
use numfuse_ir::target::Target;
use std::fmt;

/// Elements of one block of a fold in the order `Lanes`.
pub const BLOCK: i64 = 512;

/// How loops are laid over lanes and workers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mapping {
    /// Lanes lie across the last row axis; each walks the columns by itself.
    Flat {
        /// How many lanes.
        lanes: u8,
        /// Levels of blocks that the longest fold needs.
        levels: u8,
    },
    /// Lanes lie across the innermost column axis of one row.
    Row {
        /// How many lanes.
        lanes: u8,
        /// Levels of blocks that the longest fold needs.
        levels: u8,
    },
    /// As `Row`, for few rows and long folds: blocks of the first pass are given to workers, their
    /// states go to scratch, and a second entry folds those and does the rest.
    Split {
        /// How many lanes.
        lanes: u8,
        /// Levels of blocks that the longest fold needs.
        levels: u8,
    },
}

impl Mapping {
    /// How many SIMD lanes there are.
    pub fn lanes(self) -> u32 {
        match self {
            Mapping::Flat { lanes, .. } | Mapping::Row { lanes, .. } | Mapping::Split { lanes, .. } => {
                lanes.into()
            }
        }
    }

    /// How many levels of blocks folds have: 1 for at most 512 elements, 2 for at most 2^18, ...
    pub fn levels(self) -> u32 {
        match self {
            Mapping::Flat { levels, .. } | Mapping::Row { levels, .. } | Mapping::Split { levels, .. } => {
                levels.into()
            }
        }
    }
}

impl fmt::Display for Mapping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Mapping::Flat { .. } => "flat",
            Mapping::Row { .. } => "row",
            Mapping::Split { .. } => "split",
        };
        write!(f, "{name} x{}", self.lanes())?;
        if self.levels() > 1 { write!(f, " levels {}", self.levels()) } else { Ok(()) }
    }
}

/// The mapping for a kernel launched with these words.
pub fn choose(kernel: &Kernel, words: &[i64], target: &Target) -> Mapping {
    let (lanes, levels) = (lanes(kernel, target), levels(kernel, words));
    let outer: Vec<usize> = (0..kernel.passes.len()).filter(|&p| !kernel.passes[p].inner).collect();
    let columns = outer.iter().map(|&p| extent(kernel, words, p)).max().unwrap_or(1);
    let has_columns = outer.iter().any(|&p| !kernel.passes[p].cols.is_empty());
    let groups =
        outer.iter().any(|&p| kernel.passes[p].order == Order::Groups && !kernel.passes[p].cols.is_empty());
    let rows: i64 = kernel.row_axes().map(|a| kernel.axes[a.index()].extent.value(words)).product();
    let last = kernel.rows.checked_sub(1).map(|a| kernel.axes[a].extent.value(words)).unwrap_or(1);
    if !has_columns || groups {
        return Mapping::Flat { lanes, levels };
    }
    if splits(kernel) && columns >= 1 << 15 && rows * 4 < columns / BLOCK && rows < 64 {
        return Mapping::Split { lanes, levels };
    }
    let (along_rows, along_columns) = unit_bytes(kernel);
    let flat = last >= i64::from(lanes) && (along_rows > along_columns || columns < 16);
    if flat { Mapping::Flat { lanes, levels } } else { Mapping::Row { lanes, levels } }
}

/// True when the kernel is one fold over columns followed by work without columns.
pub(crate) fn splits(kernel: &Kernel) -> bool {
    let mut outer = kernel.passes.iter().filter(|p| !p.inner);
    let first = outer.next().is_some_and(|p| !p.cols.is_empty() && !p.carries.is_empty());
    let groups = kernel.passes.iter().any(|p| !p.inner && p.order == Order::Groups);
    first && !groups && !kernel.passes[0].inner && outer.all(|p| p.cols.is_empty())
}

/// How many elements a pass visits for each row.
pub(crate) fn extent(kernel: &Kernel, words: &[i64], pass: usize) -> i64 {
    kernel.passes[pass].cols.iter().map(|a| kernel.axes[a.index()].extent.value(words)).product()
}

/// The widest type fills two or four registers; heavy bodies, which need the registers for their
/// own values, take two.
fn lanes(kernel: &Kernel, target: &Target) -> u8 {
    let widest = kernel.dtypes.iter().map(|d| d.bytes()).max().unwrap_or(4);
    let calls = kernel.body.iter().filter(|i| matches!(i, Inst::Call(..))).count();
    let heavy = kernel.body.len() > 24 || calls > 2;
    let registers = if heavy { 2 } else { 4 };
    (registers * target.vector_bytes.min(16) / widest).clamp(4, 32) as u8
}

/// The least of the fixed depths that the longest fold needs.
fn levels(kernel: &Kernel, words: &[i64]) -> u8 {
    let longest = (0..kernel.passes.len()).map(|p| extent(kernel, words, p)).max().unwrap_or(1);
    match longest {
        n if n <= BLOCK => 1,
        n if n <= BLOCK * BLOCK => 2,
        _ => 4,
    }
}

/// Bytes of an element for each access that is unit-stride along the last row axis, and along the
/// innermost columns.
fn unit_bytes(kernel: &Kernel) -> (usize, usize) {
    let mut innermost: Vec<AxisId> =
        kernel.passes.iter().filter(|p| !p.inner).filter_map(|p| p.cols.last().copied()).collect();
    innermost.dedup();
    let row = kernel.rows.checked_sub(1).map(|a| AxisId(a as u32));
    let is_unit = |at: &Index, axis: AxisId| at.terms.contains(&(Word::Known(1), Term::Axis(axis)));
    let mut bytes = (0, 0);
    let mut count = |buffer: usize, at: &Index| {
        let size = kernel.buffers[buffer].dtype.bytes();
        if row.is_some_and(|a| is_unit(at, a)) {
            bytes.0 += size;
        }
        if innermost.iter().any(|&a| is_unit(at, a)) {
            bytes.1 += size;
        }
    };
    for inst in &kernel.body {
        if let Inst::Load(buffer, at) = inst {
            count(buffer.index(), at);
        }
    }
    bytes
}
