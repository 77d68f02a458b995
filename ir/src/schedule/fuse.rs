//! Choosing what is materialised; everything else is computed where it is read.
//!
//! Nodes are visited readers first, so that when a node's turn comes every place at which a kernel
//! asks for its value is known. It is fused into all of them unless it must be in memory (an
//! output, the operand of a reshape that is no sum of strides), unless a fold's result would be
//! wanted before the walk that makes it (a fold over a whole space read back over it), or unless
//! computing it again at every place costs more than one store and load. A reduction joins its
//! reader when the reader's space is the reduction's rows with columns added (softmax): the
//! reader's other axes then become columns of a last pass. Each materialisation keeps its reason.
//! What is in memory is written by a kernel that computes it anyway, where there is one; at last
//! [`merge`] joins kernels that walk the same space over the same data.

mod merge;
mod scan;

use super::demand::{Place, Space, is_taken};
use super::{Cut, Options, in_place, library, scattered};
use crate::graph::{Graph, Kind, NodeId};
use crate::kernel::{build, complex};
use crate::ops::library::LibOp;
use crate::shape::Shape;
use indexmap::{IndexMap, IndexSet};
use rustc_hash::FxBuildHasher;
use smallvec::SmallVec;

/// Operations for each element that a recomputation may cost: about a store and a load.
const RECOMPUTE_BUDGET: u64 = 8;

/// The most values that one kernel may have.
const VALUE_LIMIT: usize = 500;

/// The most machine operations that one kernel may have.
const OPERATION_LIMIT: u64 = 4000;

/// The most axes that one kernel may have: sets of them are the bits of a word.
const AXIS_LIMIT: usize = 64;

/// Fewer rows than this with long columns are left to two kernels: one row is one worker's.
const FEW_ROWS: u64 = 16;

/// Columns from which few rows count as long.
const LONG_COLUMNS: u64 = 1 << 16;

/// The nodes that one kernel writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// What it writes at the end, with why: arrays of one shape, that of its space.
    pub roots: Vec<(NodeId, Cut)>,
    /// What it writes on the way, in the pass over columns that computes it for a fold.
    pub along: Vec<(NodeId, Cut)>,
    /// The root's axes that are rows, as bits, when the others are columns of a last pass.
    pub split: Option<u64>,
    /// True when the points of the root's last axis are results of their own, side by side.
    pub unrolled: bool,
}

impl Group {
    /// All that it writes.
    pub fn writes(&self) -> impl Iterator<Item = &(NodeId, Cut)> {
        self.roots.iter().chain(&self.along)
    }
}

/// Where in a kernel a node is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// At the end, as its roots are.
    Last,
    /// On the way, in the pass over columns that computes it for a fold.
    Along,
}

/// Kernels and places, with what lies above each.
type Demands = IndexMap<(usize, Place), Above, FxBuildHasher>;

/// Where a kernel asks for a node's value.
#[derive(Clone, Debug)]
struct Demand {
    kernel: usize,
    place: Place,
    above: Above,
}

/// What lies between a kernel's roots and a demand.
#[derive(Clone, Copy, Debug, Default)]
struct Above {
    /// A pad: the value is asked for on one side of a guard only.
    guard: bool,
    /// A fold: the value is asked for in a pass over columns.
    fold: bool,
}

/// All groups, in an order in which they can run.
pub fn fuse(graph: &Graph, options: Options) -> Vec<Group> {
    let mut fuser = Fuser::new(graph, options);
    for n in graph.nodes().rev() {
        fuser.visit(n);
    }
    fuser.merge();
    fuser.ordered()
}

struct Fuser<'a> {
    graph: &'a Graph,
    options: Options,
    /// For each node, where it is asked for: a kernel and a place in its space.
    demands: Vec<Demands>,
    /// For each node, why it must be materialised, where that is known before its turn.
    forced: Vec<Option<Cut>>,
    /// For each node, whether some kernel reads its data by position, past a reshape.
    read_by_position: Vec<bool>,
    /// For each node, the library ops (as kernels) that read its data.
    handed_to: Vec<SmallVec<[usize; 1]>>,
    /// For each node, the kernel that writes it.
    writers: Vec<Option<usize>>,
    kernels: Vec<Growing>,
}

/// A kernel as it grows.
struct Growing {
    group: Group,
    space: Space,
    /// What it writes on the way, and where in its space it computes that.
    along: Vec<(NodeId, Place)>,
    values: usize,
    operations: u64,
    /// Leaves and materialised nodes that it reads.
    reads: IndexSet<NodeId, FxBuildHasher>,
    /// Its last pass runs along scans.
    scans: bool,
    /// Merged into another kernel.
    gone: bool,
}

impl<'a> Fuser<'a> {
    fn new(graph: &'a Graph, options: Options) -> Fuser<'a> {
        let mut forced = vec![None; graph.len()];
        for &output in graph.outputs() {
            forced[stored(graph, output).index()] = Some(Cut::Output);
        }
        let read_by_position = vec![false; graph.len()];
        let demands = vec![Demands::default(); graph.len()];
        let handed_to = vec![SmallVec::new(); graph.len()];
        let writers = vec![None; graph.len()];
        let kernels = Vec::new();
        Fuser { graph, options, demands, forced, read_by_position, handed_to, writers, kernels }
    }

    fn visit(&mut self, n: NodeId) {
        let asked = std::mem::take(&mut self.demands[n.index()]);
        let demand = |((kernel, place), above)| Demand { kernel, place, above };
        let demands: Vec<Demand> = asked.into_iter().map(demand).collect();
        match self.cut(n, &demands) {
            Some(cut) => self.materialise(n, cut, &demands),
            None => demands.iter().for_each(|demand| self.inline(n, demand)),
        }
    }

    /// Why the node must be written to memory, if it must.
    fn cut(&mut self, n: NodeId, demands: &[Demand]) -> Option<Cut> {
        let kind = &self.graph.node(n).kind;
        if let Kind::Leaf(_) = kind {
            return None;
        }
        if let Some(cut) = self.forced[n.index()].take() {
            return Some(cut);
        }
        if demands.is_empty()
            || matches!(kind, Kind::Const(_) | Kind::Scalar(_) | Kind::Iota(_) | Kind::View(_))
        {
            return None;
        }
        if let Kind::Library(_) = kind {
            return Some(Cut::Library);
        }
        if !self.options.fuse {
            return Some(Cut::Unfused);
        }
        if let Kind::Reduce { .. } = kind {
            if demands.iter().any(|d| is_taken(&d.place)) {
                return Some(Cut::Taken);
            }
            if demands.iter().any(|d| d.above.guard) {
                return Some(Cut::GuardedFold);
            }
            if demands.iter().any(|d| self.takes_turns(n, d)) {
                return Some(Cut::FewRows);
            }
            if !self.split_for(demands) {
                return Some(Cut::FoldThenBroadcast);
            }
        }
        if let Kind::Scan { .. } = kind
            && !self.run_along(n, demands)
        {
            return Some(Cut::Scan);
        }
        self.recomputed(n, demands).or_else(|| self.too_large(n, demands))
    }

    /// Makes the kernels' spaces fit a fold demanded at these places, or says that they cannot.
    fn split_for(&mut self, demands: &[Demand]) -> bool {
        let mut splits: SmallVec<[(usize, u64); 2]> = SmallVec::new();
        for Demand { kernel, place, .. } in demands {
            let space = &self.kernels[*kernel].space;
            let depends = space.depends(place);
            let rows = space.moving_root() & space.rows();
            match (space.is_inside(place), depends == rows, space.is_split()) {
                // A fold inside a fold, or one for each row.
                (true, _, _) | (_, true, _) => {}
                (_, _, true) => return false,
                (_, _, false) => splits.push((*kernel, depends)),
            }
        }
        let fits = |&(kernel, rows): &(usize, u64)| {
            let space = &self.kernels[kernel].space;
            let (lines, columns) = (space.count(rows), space.count(space.moving_root() & !rows));
            rows != 0
                && (lines >= FEW_ROWS || columns < LONG_COLUMNS)
                && self.still_writes_along(kernel, rows)
        };
        if !splits.iter().all(fits) {
            return false;
        }
        for (kernel, rows) in splits {
            let space = &mut self.kernels[kernel].space;
            match (space.is_split(), space.rows() == rows) {
                (true, false) => return false,
                (true, true) => {}
                (false, _) => space.split(rows),
            }
        }
        true
    }

    /// True when what the kernel writes on the way would be visited once with these rows, too: a fold
    /// that was walked for each row may become one inside the other axes' walk.
    fn still_writes_along(&self, kernel: usize, rows: u64) -> bool {
        let Growing { space, along, .. } = &self.kernels[kernel];
        if along.is_empty() {
            return true;
        }
        let mut space = space.clone();
        space.split(rows);
        along.iter().all(|(n, place)| space.covers(place, &self.graph.node(*n).shape))
    }

    /// True for a long fold over few rows that its kernel cannot walk together with the long folds
    /// it already has: blocks of one walk are shared among workers, two walks are one worker's.
    fn takes_turns(&self, n: NodeId, demand: &Demand) -> bool {
        let space = &self.kernels[demand.kernel].space;
        let Kind::Reduce { axes, .. } = &self.graph.node(n).kind else { return false };
        let shape = &self.graph.node(self.graph.inputs(n)[0]).shape;
        let extents: Vec<i64> = axes.iter().map(|&a| shape[a] as i64).collect();
        let points = |extents: &[i64]| extents.iter().map(|&n| n as u64).product::<u64>();
        let long = |extents: &Vec<i64>| points(extents) >= LONG_COLUMNS;
        let scans = self.kernels[demand.kernel].scans;
        let other = |list: &Vec<i64>| long(list) && (demand.above.fold || scans || *list != extents);
        !space.is_inside(&demand.place)
            && space.count(space.rows()) < FEW_ROWS
            && long(&extents)
            && space.column_extents().iter().any(other)
    }

    /// The recompute guard: evaluations beyond one for each element, times their cost, against a
    /// store and a load.
    fn recomputed(&self, n: NodeId, demands: &[Demand]) -> Option<Cut> {
        let elements = (self.graph.node(n).shape.size() as u64).max(1);
        let points = |d: &Demand| {
            let space = &self.kernels[d.kernel].space;
            space.points(space.depends(&d.place))
        };
        let evaluations = demands.iter().map(points).fold(0u64, u64::saturating_add);
        let cost = cost(self.graph, n);
        let extra = evaluations.saturating_sub(elements).saturating_mul(cost);
        let dear = extra > elements.saturating_mul(RECOMPUTE_BUDGET);
        dear.then_some(Cut::Recompute { times: evaluations.div_ceil(elements), cost })
    }

    fn too_large(&self, n: NodeId, demands: &[Demand]) -> Option<Cut> {
        let cost = cost_once(self.graph, n);
        let axes = match &self.graph.node(n).kind {
            Kind::Reduce { axes, .. } => demands.len() * axes.len(),
            Kind::Leaf(_) | Kind::Const(_) | Kind::Scalar(_) | Kind::Iota(_) => 0,
            Kind::Map(_) | Kind::Cast | Kind::View(_) | Kind::Pad(_) | Kind::Library(_) => 0,
            Kind::Gather { .. } | Kind::Scan { .. } | Kind::Update(_) => 0,
        };
        let limit = |k: &Growing| match () {
            () if k.values + demands.len() > VALUE_LIMIT => Some("500 values"),
            () if k.operations + cost > OPERATION_LIMIT => Some("4000 operations"),
            () if k.space.extents().len() + axes > AXIS_LIMIT => Some("64 axes"),
            () => None,
        };
        let full = demands.iter().find_map(|d| limit(&self.kernels[d.kernel]));
        full.map(|limit| Cut::TooLarge { limit })
    }

    /// The node is computed where it is asked for; its operands are asked for in turn.
    fn inline(&mut self, n: NodeId, demand: &Demand) {
        let growing = &mut self.kernels[demand.kernel];
        growing.values += 1;
        growing.operations += cost_once(self.graph, n);
        let mut above = demand.above;
        match self.graph.node(n).kind {
            Kind::Leaf(_) => {
                growing.reads.insert(n);
                return;
            }
            Kind::Pad(_) => above.guard = true,
            Kind::Reduce { .. } => above.fold = true,
            Kind::Scan { .. } => growing.scans = true,
            Kind::Library(op) => return self.hand_over(n, op, demand.kernel),
            Kind::Const(_) | Kind::Scalar(_) | Kind::Iota(_) | Kind::Map(_) | Kind::Cast | Kind::View(_) => {}
            Kind::Gather { .. } => {}
            Kind::Update(_) => {
                // What it leaves of its base is in memory, and stays there.
                if let Some(base) = in_place::base(self.graph, n) {
                    growing.reads.insert(base);
                    self.handed_to[base.index()].push(demand.kernel);
                    let cut = if in_place::begun(self.graph, base) { Cut::Parts } else { Cut::Updated };
                    self.forced[base.index()].get_or_insert(cut);
                }
            }
        }
        if self.options.fuse && scattered::is_scattered(self.graph, n) {
            let source = self.graph.inputs(n)[0];
            self.forced[source.index()].get_or_insert(Cut::Scattered);
        }
        match growing.space.inputs(self.graph, n, &demand.place) {
            Some(inputs) => {
                for (input, place) in inputs {
                    self.ask(input, Demand { kernel: demand.kernel, place, above });
                }
            }
            None => {
                // The reshape's operand goes to memory and the reshape reads it there.
                let source = stored(self.graph, n);
                self.forced[source.index()].get_or_insert(Cut::Reshape);
                self.read_by_position[source.index()] = true;
                growing.reads.insert(source);
            }
        }
    }

    /// What a library op reads is in memory, its views absorbed as strides.
    fn hand_over(&mut self, n: NodeId, op: LibOp, kernel: usize) {
        for &operand in self.graph.inputs(n) {
            let source = library::source(self.graph, op, operand).node;
            self.kernels[kernel].reads.insert(source);
            self.handed_to[source.index()].push(kernel);
            self.forced[source.index()].get_or_insert(Cut::Operand);
        }
    }

    fn ask(&mut self, n: NodeId, demand: Demand) {
        let above = self.demands[n.index()].entry((demand.kernel, demand.place)).or_default();
        above.guard |= demand.above.guard;
        above.fold |= demand.above.fold;
    }

    /// The node is written to memory: by a kernel that computes it anyway, or by a new one.
    fn materialise(&mut self, n: NodeId, cut: Cut, demands: &[Demand]) {
        if cut == Cut::Output {
            self.make_room(n, demands);
        }
        let host = demands.iter().find_map(|d| Some((d, self.hosts(n, &cut, d, demands)?)));
        let own = host.map(|(demand, _)| demand.kernel);
        for demand in demands.iter().filter(|d| Some(d.kernel) != own) {
            self.kernels[demand.kernel].reads.insert(n);
        }
        self.writers[n.index()] = Some(own.unwrap_or(self.kernels.len()));
        let Some((demand, end)) = host else { return self.start(n, cut) };
        let group = &mut self.kernels[demand.kernel].group;
        match end {
            End::Last => group.roots.push((n, cut)),
            End::Along => {
                group.along.push((n, cut));
                self.kernels[demand.kernel].along.push((n, demand.place.clone()));
            }
        }
        self.inline(n, demand);
    }

    /// Lets the one reader of a fold's results compute them for each row, where it can.
    fn make_room(&mut self, n: NodeId, demands: &[Demand]) {
        let [demand] = demands else { return };
        match self.graph.node(n).kind {
            _ if !self.options.fuse || demand.above.guard || self.takes_turns(n, demand) => {}
            Kind::Scan { .. } => drop(self.run_along(n, demands)),
            Kind::Reduce { .. } => drop(self.split_for(demands)),
            Kind::Leaf(_) | Kind::Const(_) | Kind::Scalar(_) | Kind::Iota(_) | Kind::Map(_) | Kind::Cast => {}
            Kind::View(_) | Kind::Pad(_) | Kind::Update(_) | Kind::Gather { .. } | Kind::Library(_) => {}
        }
    }

    /// Where the kernel of this demand can write the node, if it can: it computes each element once
    /// and nowhere else, and waits for none of the kernels that would then wait for it.
    fn hosts(&self, n: NodeId, cut: &Cut, demand: &Demand, all: &[Demand]) -> Option<End> {
        let kernel = &self.kernels[demand.kernel];
        let once = all.iter().filter(|d| d.kernel == demand.kernel).count() == 1;
        let joins = matches!(cut, Cut::Output | Cut::Operand | Cut::Recompute { .. })
            && !self.read_by_position[n.index()]
            && library::of_node(self.graph, n).is_none()
            && !in_place::is_update(self.graph, n);
        let is_scan = matches!(self.graph.node(n).kind, Kind::Scan { .. });
        if is_scan && !(kernel.space.is_split() && self.rows_beside(n, demand).is_some()) {
            return None;
        }
        if !once || !joins || demand.above.guard || self.too_large(n, std::slice::from_ref(demand)).is_some()
        {
            return None;
        }
        let shape = &self.graph.node(n).shape;
        let root = written_shape(self.graph, kernel.group.roots[0].0);
        let last = kernel.space.roots() == [demand.place.clone()] && root == shape;
        let end = match last {
            true => End::Last,
            // A kernel for a result without elements is never run.
            false if root.size() > 0 && kernel.space.covers(&demand.place, shape) => End::Along,
            false => return None,
        };
        let readers = all.iter().map(|d| d.kernel).chain(self.handed_to[n.index()].iter().copied());
        let others: Vec<usize> = readers.filter(|k| *k != demand.kernel).collect();
        (others.is_empty() || !self.waits(demand.kernel, &others)).then_some(end)
    }

    /// True when the kernel reads, directly or not, what one of the others writes; and when it takes
    /// long to find out.
    fn waits(&self, kernel: usize, others: &[usize]) -> bool {
        const MOST: usize = 1000;
        let (mut work, mut seen) = (vec![kernel], IndexSet::from([kernel]));
        while let Some(k) = work.pop() {
            if k != kernel && others.contains(&k) || seen.len() > MOST {
                return true;
            }
            let writers = self.kernels[k].reads.iter().filter_map(|n| self.writers[n.index()]);
            work.extend(writers.filter(|w| seen.insert(*w)));
        }
        false
    }

    /// A new kernel for the node.
    fn start(&mut self, n: NodeId, cut: Cut) {
        let group = Group {
            roots: vec![(n, cut)],
            along: Vec::new(),
            split: scan::rows_of_root(self.graph, n),
            unrolled: self.options.fuse && is_unrolled(self.graph, n),
        };
        let space = space_of(self.graph, &group);
        let places = space.roots();
        self.kernels.push(Growing {
            group,
            space,
            along: Vec::new(),
            values: 0,
            operations: 0,
            reads: IndexSet::default(),
            scans: false,
            gone: false,
        });
        for place in places {
            self.inline(n, &Demand { kernel: self.kernels.len() - 1, place, above: Above::default() });
        }
    }
}

/// The node whose data an output lies in: reshapes of row-major data are the same data.
pub fn stored(graph: &Graph, mut n: NodeId) -> NodeId {
    while let Kind::View(crate::view::View::Reshape) = graph.node(n).kind {
        n = graph.inputs(n)[0];
    }
    n
}

/// Machine operations for each element of the node, its operands not counted.
fn cost(graph: &Graph, n: NodeId) -> u64 {
    let once = cost_once(graph, n);
    let Kind::Reduce { .. } = graph.node(n).kind else { return once };
    let (input, output) = (&graph.node(graph.inputs(n)[0]).shape, &graph.node(n).shape);
    once.saturating_mul((input.size() as u64).div_ceil((output.size() as u64).max(1)))
}

/// Machine operations that the node adds to a kernel's code.
fn cost_once(graph: &Graph, n: NodeId) -> u64 {
    match &graph.node(n).kind {
        Kind::Map(op) => {
            let types = graph.inputs(n).iter().map(|i| graph.node(*i).dtype.working());
            let types: SmallVec<[_; 3]> = types.collect();
            match op.is_of_pairs(&types) {
                true => complex::cost(*op, &types),
                false => build::Shape::of(*op, &types).cost(),
            }
        }
        Kind::Cast | Kind::Pad(_) => 1,
        // An index is compared and moved into place, and a load goes by itself.
        Kind::Gather { .. } => 4 * (graph.inputs(n).len() as u64 - 1),
        Kind::Reduce { fold, .. } => 2 * fold.parts() as u64,
        Kind::Scan { .. } => 3,
        Kind::Leaf(_) | Kind::Const(_) | Kind::Scalar(_) | Kind::Iota(_) | Kind::View(_) => 0,
        Kind::Update(_) => 0,
        Kind::Library(_) => 0,
    }
}

/// The shape of what is written of a node: of an update the part that is new.
pub fn written_shape(graph: &Graph, n: NodeId) -> &Shape {
    match graph.inputs(n).last() {
        Some(&values) if in_place::is_update(graph, n) => &graph.node(values).shape,
        _ => &graph.node(n).shape,
    }
}

/// The shape of a group's space.
pub fn space_of(graph: &Graph, group: &Group) -> Space {
    let shape = written_shape(graph, group.roots[0].0);
    Space::new(shape, group.split, group.unrolled)
}

/// True for a fold whose results lie in short rows (the three coordinates of a force): lanes then
/// lie along the longer axes, and what the results of a row share is computed once.
fn is_unrolled(graph: &Graph, n: NodeId) -> bool {
    const MOST: usize = 4;
    let shape = &graph.node(n).shape;
    let folds = matches!(graph.node(n).kind, Kind::Reduce { .. });
    let Some((&last, others)) = shape.split_last() else { return false };
    folds && (2..=MOST).contains(&last) && others.iter().product::<usize>() > MOST
}
