//! How a kernel is laid over SIMD lanes and workers: the choice and its reasons.
//!
//! The lanes lie across the last row axis or across the columns of one row; units of work are runs
//! of rows, blocks of one long fold, or squares of an array and its transpose ([`Layout`]). No
//! mapping changes a bit of any result.

use crate::wide;
use numfuse_ir::index::{Index, Term, Word};
use numfuse_ir::kernel::{AxisId, Inst, Kernel, Order, Pass, Val};
use numfuse_ir::ops::Class;
use numfuse_ir::prim::Prim;
use numfuse_ir::target::{Target, Vectors};
use std::fmt;

/// Elements of one block of a fold in the order `Lanes`.
pub const BLOCK: i64 = 512;

/// Elements of one serial group of a fold in the order `Groups`.
pub const GROUP: i64 = 128;

/// Elements of one block of a fold whose order is free, which a core goes through more than once: they
/// stay in its cache.
pub(crate) const FREE_BLOCK: i64 = 1 << 13;

/// How loops are laid over lanes and workers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Mapping {
    /// Which loops are what.
    pub layout: Layout,
    /// Who takes a unit of work.
    pub worker: Worker,
    /// How many lanes a worker has. On a processor 4, 8, 16 or 32; in vectors of 512 bits a flat layout may
    /// have 64. A warp has 32; a thread 1, 2, 4, 8 or 16, which are neighbours in memory, of at most 16 bytes.
    pub lanes: u8,
    /// The lanes of a thread are a warp apart, so that those of a warp's threads with the same number are
    /// neighbours: where what a thread has lies beside each other but begins anywhere.
    pub apart: bool,
    /// How many levels of blocks folds have: 1 for at most 512 elements, 2 for at most 2^18, ...
    pub levels: u8,
    /// States of blocks are joined in groups by an entry between the first and the last: on a GPU, where
    /// there are many.
    pub joins: bool,
    /// What several passes read of a row is read once and kept: in the shared memory of a GPU.
    pub keeps: bool,
    /// Results go past the caches: they are large, and each register of them is a line of its own.
    pub streams: bool,
}

/// What takes one unit of work after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Worker {
    /// A processor's core, whose lanes are those of its vectors.
    Core,
    /// A warp of a GPU, whose lanes are its threads.
    Warp,
    /// A block of [`WARPS`] warps of a GPU, which share the blocks of a row; the lanes are a warp's threads.
    Team,
    /// A thread of a GPU, whose lanes are elements that it loads and stores at once.
    Thread,
}

/// Which loops lie across lanes, and which are given to workers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Layout {
    /// Lanes lie across the last row axis; each walks the columns by itself.
    Flat,
    /// Lanes lie across the last row axis but one, for a last one that is shorter than they are many, and no
    /// columns.
    Tall,
    /// Lanes lie across the innermost column axis of one row.
    Row,
    /// As `Row`, for few rows and long folds: blocks of the first pass are given to workers, their
    /// states go to scratch, and a second entry folds those and does the rest.
    Split,
    /// As `Flat`, for few rows and long folds, in the same way.
    Bands,
    /// As `Row`, for few rows and a long scan: totals of blocks go to scratch, and a second entry goes
    /// through them and scans the blocks, part by part. On a GPU an entry between the two scans the totals.
    Scan,
    /// As `Flat`, for few rows and a long scan, in the same way: on a GPU.
    ScanBands,
    /// Lanes lie across the last row axis, in squares: what lies along another row axis is turned
    /// in a small table, so that memory is read and written in neighbours.
    Tile,
}

impl Layout {
    /// True where blocks of a fold go to scratch, for a second entry to fold.
    pub fn has_finish(self) -> bool {
        matches!(self, Layout::Split | Layout::Bands) || self.is_scan()
    }

    /// True where totals of blocks of a scan go to scratch.
    pub fn is_scan(self) -> bool {
        matches!(self, Layout::Scan | Layout::ScanBands)
    }

    /// True where lanes lie across columns.
    pub fn is_across(self) -> bool {
        matches!(self, Layout::Row | Layout::Split | Layout::Scan)
    }
}

impl Mapping {
    /// One for folds of a single block, with nothing beside.
    pub const fn new(layout: Layout, worker: Worker, lanes: u8) -> Mapping {
        let (apart, joins, keeps, streams) = (false, false, false, false);
        Mapping { layout, worker, lanes, apart, levels: 1, joins, keeps, streams }
    }

    /// True where an entry scans the totals of blocks in scratch: on a GPU.
    pub fn has_prefix(self) -> bool {
        self.layout.is_scan() && self.worker != Worker::Core
    }

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
            Layout::Tall => "tall",
            Layout::Row => "row",
            Layout::Split => "split",
            Layout::Bands => "bands",
            Layout::Scan => "scan",
            Layout::ScanBands => "scan bands",
            Layout::Tile => "tile",
        };
        write!(f, "{name} x{}", self.lanes)?;
        f.write_str(match self.worker {
            Worker::Core => "",
            Worker::Warp => " by warps",
            Worker::Team => " by teams",
            Worker::Thread => " by threads",
        })?;
        if self.apart {
            f.write_str(" a warp apart")?;
        }
        if self.levels > 1 {
            write!(f, " levels {}", self.levels)?;
        }
        if self.joins {
            f.write_str(" joined in groups")?;
        }
        if self.keeps {
            f.write_str(" keeping rows")?;
        }
        if self.streams { f.write_str(" past the caches") } else { Ok(()) }
    }
}

/// The mapping for a kernel launched with these words.
pub fn choose(kernel: &Kernel, words: &[i64], target: &Target) -> Mapping {
    let lanes = lanes(kernel, target);
    let (layout, lanes) = narrower(kernel, words, lanes)
        .unwrap_or_else(|| (layout(kernel, words, lanes.min(MOST_LANES).into()), lanes));
    // The blocks of a fold have 32 lanes, and no layout but the flat one has lanes apart from them.
    let is_free = layout == Layout::Flat && kernel.passes.iter().all(|p| p.order != Order::Lanes);
    let lanes = if is_free { lanes } else { lanes.min(MOST_LANES) };
    let streams = layout == Layout::Flat && streams(kernel, words, target);
    Mapping { levels: levels(kernel, words), streams, ..Mapping::new(layout, Worker::Core, lanes) }
}

/// From so many bytes read and written on, results are not found in a cache by who reads them next, and
/// to fetch their lines before they are overwritten costs a quarter to a third of the time.
const MOST_CACHED: i64 = 96 << 20;

/// Whether results are written past the caches: vectors of one line each, from the first place on, by a
/// walk along one axis.
fn streams(kernel: &Kernel, words: &[i64], target: &Target) -> bool {
    if vectors(kernel, target) != Vectors::Bits512 || kernel.row_axes().count() != 1 {
        return false;
    }
    let along = |at: &Index| {
        at.offset == Word::Known(0) && matches!(at.terms[..], [(Word::Known(1), Term::Axis(a))] if a.0 == 0)
    };
    let mut passes = kernel.passes.iter();
    let in_order = passes.all(|p| p.cols.is_empty() && p.stores.iter().all(|s| along(&s.at)));
    let bytes: usize = kernel.buffers.iter().map(|b| b.dtype.bytes()).sum();
    let points: i64 = kernel.row_axes().map(|a| kernel.axes[a.index()].extent.value(words)).product();
    in_order && points.saturating_mul(bytes as i64) >= MOST_CACHED
}

/// The layout with the lanes of vectors of 128 bits, where those lie along the last row axis, which is
/// too short for more. There are no numbers in between: each is another kernel to compile, and so short
/// columns of known extent, of which each is one already, are left alone.
fn narrower(kernel: &Kernel, words: &[i64], lanes: u8) -> Option<(Layout, u8)> {
    let is_long = |a: &AxisId| matches!(kernel.axes[a.index()].extent, Word::Param(_));
    let chooses = kernel.passes.iter().any(|p| p.cols.iter().any(is_long)) || turned(kernel).is_some();
    let last = kernel.row_axes().last().map_or(0, |a| kernel.axes[a.index()].extent.value(words));
    let least = lanes_of(kernel, Vectors::Bits128);
    if !chooses || least >= lanes || last >= lanes.into() || last < least.into() {
        return None;
    }
    let layout = layout(kernel, words, least.into());
    (!layout.is_across()).then_some((layout, least))
}

/// The most lanes that a fold can lie across.
const MOST_LANES: u8 = 32;

/// What a layout is chosen by: how far a kernel's loops go.
pub(crate) struct Extents {
    /// Of each row axis.
    pub(crate) rows: Vec<i64>,
    /// How many rows there are.
    pub(crate) count: i64,
    /// Of the last row axis.
    pub(crate) last: i64,
    /// The most columns that a pass walks for each row.
    pub(crate) columns: i64,
    /// Whether any pass that is not inside another has columns.
    pub(crate) has_columns: bool,
}

impl Extents {
    pub(crate) fn of(kernel: &Kernel, words: &[i64]) -> Extents {
        let outer = || (0..kernel.passes.len()).filter(|&p| !kernel.passes[p].inner);
        let rows: Vec<i64> = kernel.row_axes().map(|a| kernel.axes[a.index()].extent.value(words)).collect();
        Extents {
            count: rows.iter().product(),
            last: rows.last().copied().unwrap_or(1),
            columns: outer().map(|p| extent(kernel, words, p)).max().unwrap_or(1),
            has_columns: outer().any(|p| !kernel.passes[p].cols.is_empty()),
            rows,
        }
    }

    /// Whether so many lanes lie along the last row axis, not along columns.
    pub(crate) fn is_flat(&self, kernel: &Kernel, lanes: i64) -> bool {
        let in_groups = |p: &Pass| !p.inner && p.order == Order::Groups && !p.cols.is_empty();
        let (along_rows, along_columns) = unit_bytes(kernel);
        kernel.passes.iter().any(in_groups)
            || self.last >= lanes && (along_rows > along_columns || self.columns < 16)
    }
}

fn layout(kernel: &Kernel, words: &[i64], lanes: i64) -> Layout {
    let shape = Extents::of(kernel, words);
    let Extents { count: rows, last, columns, .. } = shape;
    if !shape.has_columns {
        let fits = |turned: &Turned| shape.rows[turned.axis.index()] >= lanes && last >= lanes;
        let is_tall = last <= MOST_TALL && shape.rows.iter().rev().nth(1).is_some_and(|&n| n >= lanes);
        return match turned(kernel) {
            Some(turned) if fits(&turned) => Layout::Tile,
            _ if is_tall => Layout::Tall,
            _ => Layout::Flat,
        };
    }
    let flat = shape.is_flat(kernel, lanes);
    let units = rows / last.max(1) * (last + FEW_ROWS - 1) / FEW_ROWS;
    let is_long = columns >= 1 << 15 && rows * 4 < columns / BLOCK && rows < 64;
    match splits(kernel) {
        _ if scans(kernel) && !flat && is_long => return Layout::Scan,
        true if flat && last >= lanes && columns >= 1 << 12 && units < 16 => return Layout::Bands,
        true if !flat && is_long => return Layout::Split,
        _ => {}
    }
    if flat { Layout::Flat } else { Layout::Row }
}

/// The longest last axis that lanes do not lie across: what goes on along the one before it is read and
/// written element by element, which takes less than so many lanes that are off.
const MOST_TALL: i64 = 8;

/// Rows of one unit of a flat kernel that walks columns.
const FEW_ROWS: i64 = crate::abi::CHUNK_OF_FOLDS;

/// True when the kernel is one fold over columns followed by work without columns.
pub(crate) fn splits(kernel: &Kernel) -> bool {
    let mut outer = kernel.passes.iter().filter(|p| !p.inner);
    let folds = |p: &Pass| !p.cols.is_empty() && !p.carries.is_empty() && p.order != Order::Runs;
    let first = outer.next().is_some_and(folds);
    first && !kernel.passes[0].inner && outer.all(|p| p.cols.is_empty())
}

/// True when the kernel is one scan, and nothing else but work inside it. Totals of blocks are known
/// before running values are, so what is scanned must not follow from running values.
pub(crate) fn scans(kernel: &Kernel) -> bool {
    matches!(kernel.passes.as_slice(), [pass] if pass.order == Order::Runs && !is_chained(kernel, pass))
}

/// True for a pass that scans what follows from its own running values.
pub(crate) fn is_chained(kernel: &Kernel, pass: &Pass) -> bool {
    let mut wanted = vec![false; kernel.body.len()];
    pass.carries.iter().flat_map(|c| &c.args).for_each(|v| wanted[v.index()] = true);
    for v in (0..wanted.len()).rev() {
        if wanted[v] {
            kernel.body[v].for_each_arg(&mut |arg| wanted[arg.index()] = true);
        }
    }
    (0..wanted.len()).any(|v| wanted[v] && matches!(kernel.body[v], Inst::After { .. }))
}

/// How many elements a block of the first pass has.
pub(crate) fn block(kernel: &Kernel, mapping: Mapping) -> i64 {
    match kernel.passes[0].order {
        Order::Lanes | Order::Runs => BLOCK,
        // Any blocks do: those that lanes lie across are as long as lanes are many, or caches large.
        Order::Free if mapping.layout.is_across() => {
            if mapping.worker == Worker::Core {
                FREE_BLOCK
            } else {
                BLOCK
            }
        }
        Order::Groups | Order::Free => GROUP,
    }
}

/// How many states of blocks of the first pass are joined at once.
pub(crate) fn group(mapping: Mapping) -> i64 {
    if mapping.layout.is_across() || mapping.layout.is_scan() { BLOCK } else { GROUP }
}

/// Bytes of shared memory of a block of threads, for rows that it keeps or blocks that it scans: with twice as
/// many there would be too few warps.
pub const MOST_KEPT: i64 = 48 << 10;

/// Whether so many warps of a block of threads have room to scan a block of elements each.
pub(crate) fn scans_fit(kernel: &Kernel, warps: u32) -> bool {
    let scans = kernel.passes.iter().filter(|pass| pass.order == Order::Runs);
    scans.map(|pass| scan_bytes(kernel, pass)).sum::<i64>() * i64::from(warps) <= MOST_KEPT
}

/// Elements of a run of a scan, at every level.
pub(crate) const RUN: i64 = 16;

/// Bytes of the shared memory of a GPU that a warp needs to scan a block: its elements and its running
/// values, each run an element apart from a multiple of the banks.
pub(crate) fn scan_bytes(kernel: &Kernel, pass: &Pass) -> i64 {
    let elements = pass.carries.iter().flat_map(|c| &c.args).map(|&v| kernel.dtype(v));
    let parts = pass
        .carries
        .iter()
        .flat_map(|c| (0..c.fold.parts()).map(|part| c.fold.part_dtype(kernel.dtype(c.args[0]), part)));
    let (elements, parts): (Vec<_>, Vec<_>) = (elements.collect(), parts.collect());
    let others = if elements == parts { &[][..] } else { &elements[..] };
    let bytes: usize = parts.iter().chain(others).map(|dtype| dtype.bytes()).sum();
    (BLOCK + BLOCK / RUN) * bytes as i64
}

/// The warps of a block of threads that works on rows.
pub const WARPS: u32 = 8;

/// The warps of a block of threads that turns squares or scans blocks in shared memory.
pub(crate) const WARPS_OF_TILES: u32 = 2;

/// Threads of a warp of a GPU.
pub(crate) const WARP: i64 = 32;

/// The most warps of a block of threads.
pub(crate) fn warps(mapping: Mapping) -> u32 {
    let shares = mapping.layout == Layout::Tile || mapping.layout == Layout::Scan;
    if shares { WARPS_OF_TILES } else { WARPS }
}

/// The most blocks of a row that a team shares: it keeps their states.
pub(crate) const BLOCKS_OF_TEAM: u32 = 512;

/// A value that is kept for a whole row: read or computed by one pass over its columns, and not again.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kept {
    pub(crate) value: Val,
    /// Which of the kernel's passes keeps it.
    pub(crate) pass: usize,
    /// Whether it takes the place of the first that is kept, which no later pass needs then.
    pub(crate) replaces: bool,
}

/// What several passes over the one column axis read of a row, and the last function that several of them
/// compute, as for softmax.
pub(crate) fn kept(kernel: &Kernel) -> Vec<Kept> {
    let outer: Vec<usize> = (0..kernel.passes.len()).filter(|&p| !kernel.passes[p].cols.is_empty()).collect();
    let all = || outer.iter().map(|&p| &kernel.passes[p]);
    let [axis] = all().next().map_or(&[][..], |pass| &pass.cols[..]) else { return Vec::new() };
    let is_plain = |pass: &Pass| pass.cols[..] == [*axis] && !pass.inner && pass.order != Order::Runs;
    if outer.len() < 2 || !all().all(is_plain) {
        return Vec::new();
    }
    let depends = kernel.dependence();
    // What a pass needs, if a value is kept.
    let needs = |pass: &Pass, kept: Option<usize>| {
        let mut wanted = vec![false; kernel.body.len()];
        pass.carries.iter().flat_map(|c| &c.args).for_each(|v| wanted[v.index()] = true);
        pass.stores.iter().for_each(|s| wanted[s.value.index()] = true);
        for v in (0..wanted.len()).rev() {
            let moves = depends[v] >> axis.0 & 1 == 1;
            let is_below_guard = matches!(kernel.body[v], Inst::Pick { .. });
            if wanted[v] && moves && kept != Some(v) && !is_below_guard {
                kernel.body[v].for_each_arg(&mut |arg| wanted[arg.index()] = true);
            }
        }
        wanted
    };
    let needed: Vec<Vec<bool>> = all().map(|pass| needs(pass, None)).collect();
    let moves = |v: usize| depends[v] >> axis.0 & 1 == 1;
    // What the first pass does not read another would have to.
    let is_read = |v: &usize| matches!(kernel.body[*v], Inst::Load(..)) && needed.iter().all(|n| n[*v]);
    let reads = (0..kernel.body.len()).filter(|v| moves(*v) && is_read(v));
    let mut kept: Vec<Kept> =
        reads.map(|v| Kept { value: Val(v as u32), pass: outer[0], replaces: false }).collect();
    let is_shared = |v: &usize| {
        matches!(kernel.body[*v], Inst::Call(..)) && moves(*v) && needed.iter().filter(|n| n[*v]).count() > 1
    };
    let (Some(call), Some(first)) = ((0..kernel.body.len()).rev().find(is_shared), kept.first()) else {
        return kept;
    };
    let from = needed.iter().position(|n| n[call]).expect("several passes need it");
    let is_last = all().skip(from + 1).all(|pass| !needs(pass, Some(call))[first.value.index()]);
    let fits = kernel.dtypes[call] == kernel.dtype(first.value) && from > 0;
    if is_last && fits {
        kept.push(Kept { value: Val(call as u32), pass: outer[from], replaces: true });
    }
    kept
}

/// Bytes that it takes to keep a value of a row: whole accesses.
pub(crate) fn kept_bytes(kernel: &Kernel, kept: Kept, words: &[i64]) -> i64 {
    let bytes = if kept.replaces { 0 } else { kernel.dtype(kept.value).bytes() as i64 };
    (extent(kernel, words, kept.pass) * bytes + KEPT - 1) / KEPT * KEPT
}

/// How many rows a block of threads keeps: that of a team, or one for each warp.
pub(crate) fn rows_kept(worker: Worker) -> i64 {
    if worker == Worker::Team { 1 } else { WARPS.into() }
}

/// What rows that are kept begin at multiples of.
pub(crate) const KEPT: i64 = 16;

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

/// The widest type fills four registers. Of 128 bits there are 16 of them, and heavy bodies, which need
/// them for their own values, take two, as do loops, which go on as long as any lane does; of 512 bits
/// there are 32.
fn lanes(kernel: &Kernel, target: &Target) -> u8 {
    lanes_of(kernel, vectors(kernel, target))
}

fn lanes_of(kernel: &Kernel, vectors: Vectors) -> u8 {
    let widest = kernel.dtypes.iter().map(|d| d.bytes()).max().unwrap_or(4);
    let calls = kernel.body.iter().filter(|i| matches!(i, Inst::Call(..))).count() + conversions(kernel);
    let loops = |inst: &Inst| matches!(inst, Inst::Call(op, _) if op.def().class == Class::Wide);
    let heavy = kernel.body.len() > 24 || calls > 2 || kernel.body.iter().any(loops);
    let (registers, most) = match vectors {
        Vectors::Bits128 => (if heavy { 2 } else { 4 }, 32),
        Vectors::Bits512 => (4, 64),
    };
    (registers * vectors.bytes() / widest).clamp(4, most) as u8
}

/// The vectors that a kernel is emitted in.
fn vectors(kernel: &Kernel, target: &Target) -> Vectors {
    if wide::supports_types(kernel) { target.vectors } else { Vectors::Bits128 }
}

/// How many conversions from and to half types there are: each is many operations.
fn conversions(kernel: &Kernel) -> usize {
    let halfs = kernel.dtypes.iter().filter(|d| d.is_half()).count();
    let rounds = |inst: &&Inst| matches!(inst, Inst::Prim(Prim::Round(_), _));
    halfs + kernel.body.iter().filter(rounds).count()
}

/// The least of the fixed depths that the longest fold needs.
pub(crate) fn levels(kernel: &Kernel, words: &[i64]) -> u8 {
    let longest = (0..kernel.passes.len()).map(|p| extent(kernel, words, p)).max().unwrap_or(1);
    match longest {
        n if n <= BLOCK => 1,
        n if n <= BLOCK * BLOCK => 2,
        _ => 4,
    }
}

/// Bytes of an element for each access whose lanes are neighbours, or alternate ones as the parts of complex
/// numbers, along the last row axis, and along the innermost columns.
fn unit_bytes(kernel: &Kernel) -> (usize, usize) {
    let mut innermost: Vec<AxisId> =
        kernel.passes.iter().filter(|p| !p.inner).filter_map(|p| p.cols.last().copied()).collect();
    innermost.dedup();
    let row = kernel.rows.checked_sub(1).map(|a| AxisId(a as u32));
    let is_unit = |at: &Index, axis: AxisId| {
        let near = |stride: &Word| matches!(stride, Word::Known(-1 | 1 | 2));
        at.terms.iter().any(|(stride, term)| near(stride) && *term == Term::Axis(axis))
    };
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
