//! How a kernel is laid over SIMD lanes and workers: the choice and its reasons.
//!
//! The lanes lie across the last row axis or across the columns of one row; units of work are runs
//! of rows, blocks of one long fold, or squares of an array and its transpose ([`Layout`]). No
//! mapping changes a bit of any result.

use numfuse_ir::index::{Index, Term, Word};
use numfuse_ir::kernel::{AxisId, Inst, Kernel, Order, Val};
use numfuse_ir::ops::Class;
use numfuse_ir::target::Target;
use std::fmt;

/// Elements of one block of a fold in the order `Lanes`.
pub const BLOCK: i64 = 512;

/// Elements of one serial group of a fold in the order `Groups`.
pub const GROUP: i64 = 128;

/// How loops are laid over lanes and workers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Mapping {
    /// Which loops are what.
    pub layout: Layout,
    /// How many SIMD lanes there are: 4, 8, 16 or 32.
    pub lanes: u8,
    /// How many levels of blocks folds have: 1 for at most 512 elements, 2 for at most 2^18, ...
    pub levels: u8,
}

/// Which loops lie across lanes, and which are given to workers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Layout {
    /// Lanes lie across the last row axis; each walks the columns by itself.
    Flat,
    /// Lanes lie across the innermost column axis of one row.
    Row,
    /// As `Row`, for few rows and long folds: blocks of the first pass are given to workers, their
    /// states go to scratch, and a second entry folds those and does the rest.
    Split,
    /// As `Flat`, for few rows and long folds, in the same way.
    Bands,
    /// Lanes lie across the last row axis, in squares: what lies along another row axis is turned
    /// in a small table, so that memory is read and written in neighbours.
    Tile,
}

impl Layout {
    /// True where blocks of a fold go to scratch, for a second entry to fold.
    pub fn has_finish(self) -> bool {
        matches!(self, Layout::Split | Layout::Bands)
    }

    /// True where lanes lie across columns.
    pub fn is_across(self) -> bool {
        matches!(self, Layout::Row | Layout::Split)
    }
}

impl Mapping {
    /// How many SIMD lanes there are.
    pub fn lanes(self) -> u32 {
        self.lanes.into()
    }

    /// How many levels of blocks folds have.
    pub fn levels(self) -> u32 {
        self.levels.into()
    }
}

impl fmt::Display for Mapping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self.layout {
            Layout::Flat => "flat",
            Layout::Row => "row",
            Layout::Split => "split",
            Layout::Bands => "bands",
            Layout::Tile => "tile",
        };
        write!(f, "{name} x{}", self.lanes)?;
        if self.levels > 1 { write!(f, " levels {}", self.levels) } else { Ok(()) }
    }
}

/// The mapping for a kernel launched with these words.
pub fn choose(kernel: &Kernel, words: &[i64], target: &Target) -> Mapping {
    let lanes = lanes(kernel, target);
    let layout = layout(kernel, words, lanes.into());
    Mapping { layout, lanes, levels: levels(kernel, words) }
}

fn layout(kernel: &Kernel, words: &[i64], lanes: i64) -> Layout {
    let outer: Vec<usize> = (0..kernel.passes.len()).filter(|&p| !kernel.passes[p].inner).collect();
    let columns = outer.iter().map(|&p| extent(kernel, words, p)).max().unwrap_or(1);
    let has_columns = outer.iter().any(|&p| !kernel.passes[p].cols.is_empty());
    let groups =
        outer.iter().any(|&p| kernel.passes[p].order == Order::Groups && !kernel.passes[p].cols.is_empty());
    let extents: Vec<i64> = kernel.row_axes().map(|a| kernel.axes[a.index()].extent.value(words)).collect();
    let (rows, last) = (extents.iter().product::<i64>(), extents.last().copied().unwrap_or(1));
    if !has_columns {
        let fits = |turned: &Turned| extents[turned.axis.index()] >= lanes && last >= lanes;
        return if turned(kernel).is_some_and(|t| fits(&t)) { Layout::Tile } else { Layout::Flat };
    }
    let (along_rows, along_columns) = unit_bytes(kernel);
    let flat = groups || last >= lanes && (along_rows > along_columns || columns < 16);
    let units = rows / last.max(1) * (last + FEW_ROWS - 1) / FEW_ROWS;
    match splits(kernel) {
        true if flat && last >= lanes && columns >= 1 << 12 && units < 16 => return Layout::Bands,
        true if !flat && columns >= 1 << 15 && rows * 4 < columns / BLOCK && rows < 64 => {
            return Layout::Split;
        }
        _ => {}
    }
    if flat { Layout::Flat } else { Layout::Row }
}

/// Rows of one unit of a flat kernel that walks columns.
const FEW_ROWS: i64 = crate::abi::CHUNK_OF_FOLDS;

/// True when the kernel is one fold over columns followed by work without columns.
pub(crate) fn splits(kernel: &Kernel) -> bool {
    let mut outer = kernel.passes.iter().filter(|p| !p.inner);
    let first = outer.next().is_some_and(|p| !p.cols.is_empty() && !p.carries.is_empty());
    first && !kernel.passes[0].inner && outer.all(|p| p.cols.is_empty())
}

/// How many elements a block of the first pass has.
pub(crate) fn block(kernel: &Kernel) -> i64 {
    match kernel.passes[0].order {
        Order::Lanes => BLOCK,
        Order::Groups | Order::Free => GROUP,
    }
}

/// Loads that lie along another axis than the last.
pub(crate) struct Turned {
    /// The row axis along which they are neighbours.
    pub(crate) axis: AxisId,
    /// The loads.
    pub(crate) loads: Vec<Val>,
}

/// The most bytes of loads that are turned for each element: what a warp has shared memory for.
const MOST_TURNED: usize = 16;

/// What a kernel of one pass without columns reads along another row axis than the last, under no
/// guard.
pub(crate) fn turned(kernel: &Kernel) -> Option<Turned> {
    let [pass] = kernel.passes.as_slice() else { return None };
    let last = AxisId(kernel.rows.checked_sub(1)? as u32);
    let mut wanted = vec![false; kernel.body.len()];
    pass.stores.iter().for_each(|s| wanted[s.value.index()] = true);
    let mut turned: Vec<(AxisId, Val, usize)> = Vec::new();
    for (v, inst) in kernel.body.iter().enumerate().rev() {
        match inst {
            _ if !wanted[v] => {}
            Inst::Load(buffer, at) => {
                if let Some(axis) = neighbours(at, last) {
                    turned.push((axis, Val(v as u32), kernel.buffers[buffer.index()].dtype.bytes()));
                }
            }
            Inst::Pick { .. } => {}
            inst => inst.for_each_arg(&mut |arg| wanted[arg.index()] = true),
        }
    }
    let bytes = |axis: AxisId| turned.iter().filter(|t| t.0 == axis).map(|t| t.2).sum::<usize>();
    let axis = turned.iter().map(|t| t.0).max_by_key(|&axis| bytes(axis))?;
    let mut left = MOST_TURNED;
    let fits = |t: &&(AxisId, Val, usize)| {
        let fits = t.0 == axis && t.2 <= left;
        left -= if fits { t.2 } else { 0 };
        fits
    };
    let mut loads: Vec<Val> = turned.iter().filter(fits).map(|t| t.1).collect();
    loads.sort_unstable();
    Some(Turned { axis, loads })
}

/// The row axis along which an index goes from neighbour to neighbour, where along the last one it
/// jumps.
fn neighbours(at: &Index, last: AxisId) -> Option<AxisId> {
    let plain = at.terms.iter().all(|(_, term)| matches!(term, Term::Axis(_)));
    let jumps = matches!(at.stride(last), Word::Param(_));
    let unit = |(stride, term): &(Word, Term)| match term {
        Term::Axis(axis) if *stride == Word::Known(1) && *axis != last => Some(*axis),
        Term::Axis(_) | Term::Digit { .. } | Term::Value(_) => None,
    };
    at.terms.iter().find_map(unit).filter(|_| plain && jumps)
}

/// How many elements a pass visits for each row.
pub(crate) fn extent(kernel: &Kernel, words: &[i64], pass: usize) -> i64 {
    kernel.passes[pass].cols.iter().map(|a| kernel.axes[a.index()].extent.value(words)).product()
}

/// The widest type fills two or four registers; heavy bodies, which need the registers for their
/// own values, take two, and so do loops, which go on as long as any lane does.
fn lanes(kernel: &Kernel, target: &Target) -> u8 {
    let widest = kernel.dtypes.iter().map(|d| d.bytes()).max().unwrap_or(4);
    let calls = kernel.body.iter().filter(|i| matches!(i, Inst::Call(..))).count();
    let loops = |inst: &Inst| matches!(inst, Inst::Call(op, _) if op.def().class == Class::Wide);
    let heavy = kernel.body.len() > 24 || calls > 2 || kernel.body.iter().any(loops);
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
