//! Plans under a budget of bytes: whole where that is enough, else in slabs of the outermost axis.
//!
//! Results must lie in memory as a whole; what leads to them need not. So a plan that takes too much is
//! made anew for ranges (`slab.rs`) of the outermost axis of its results, one after the other: each is
//! computed by a plan of its own and copied to its place. What all slabs read as a whole (the column means
//! of a table, a matrix product, a running sum down the table) is computed once, before them, and kept.
//! No bit changes: where a cut would change the order of a sum, nothing is cut.
//!
//! How many bytes a plan takes is the runtime's to say, which knows blocks and workspaces; nothing is
//! allocated before all is known. After this: the runtime, which runs the slabs.

use super::slab::{Built, Cutter, Range, Why};
use super::{Options, Place, Plan, explain, memory, plan};
use crate::graph::{Graph, Kind, Node, NodeId};
use crate::shape::Shape;
use indexmap::IndexSet;
use rustc_hash::FxBuildHasher;
use smallvec::SmallVec;
use std::fmt;

/// The most slabs: a thousandth of what leads to the results is little beside these.
const MOST_SLABS: usize = 1024;

/// What an evaluation may take, and how that is counted.
pub struct Budget<'a> {
    /// The most bytes at once.
    pub bytes: u64,
    /// What the memory for so many bytes takes.
    pub room: &'a dyn Fn(usize) -> u64,
    /// What a run of a plan takes at most at once.
    pub needed: &'a dyn Fn(&Plan) -> u64,
}

/// How a plan meets its budget.
#[derive(Clone, Debug, PartialEq)]
pub enum Fit {
    /// As it is.
    Whole,
    /// In slabs.
    Slabs(Box<Slabs>),
    /// Not at all.
    Refused(Box<Refusal>),
}

/// A plan of a part of a graph.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// How it is computed.
    pub plan: Plan,
    /// For each node of that plan's graph the node of the whole graph that it is, or is a range of.
    pub origins: Vec<NodeId>,
}

/// A range of the outermost axis of the results, and how it is computed.
#[derive(Clone, Debug, PartialEq)]
pub struct Slab {
    /// Its leaves are those of the whole plan, and after them what is kept.
    pub part: Part,
    /// The first place of the range.
    pub start: usize,
    /// How many there are.
    pub len: usize,
}

/// Where a result comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whence {
    /// It is that output of what is computed before the slabs.
    First(usize),
    /// It is the ranges, one after the other, that are this output of each slab.
    Slabs(usize),
}

/// A plan cut into slabs.
#[derive(Clone, Debug, PartialEq)]
pub struct Slabs {
    /// What is computed before, as a whole: what slabs read, and results that are not cut.
    pub first: Option<Part>,
    /// How many of its outputs, the first ones, the slabs read.
    pub kept: usize,
    /// The slabs, in order.
    pub slabs: Vec<Slab>,
    /// Where each result comes from, and its size in bytes.
    pub outputs: Vec<(Whence, usize)>,
    /// How many leaves the whole plan has: those of slabs begin with them.
    pub leaves: usize,
    /// How many places the outermost axis has.
    pub extent: usize,
    /// The most bytes of results and of what leads to them at once.
    pub peak: u64,
    /// What it takes at most at once, workspaces included.
    pub needed: u64,
    /// What the whole would take.
    pub whole: u64,
    /// What is allowed.
    pub budget: u64,
}

/// A plan that takes more than it may.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The least that would do.
    pub wanted: u64,
    /// What it takes as a whole.
    pub whole: u64,
    /// What is allowed.
    pub budget: u64,
    /// Of what is alive when it takes most, the largest: a node of the plan's graph.
    pub node: Option<NodeId>,
    /// Why slabs do not help.
    pub why: Uncut,
}

/// Why slabs do not help.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Uncut {
    /// There is no result with an axis to cut.
    NoAxis,
    /// All of the results of that op is needed.
    Whole(&'static str, Why),
    /// All that could be cut was, into so many slabs.
    Slabs(usize),
    /// Libraries take copies of data that does not lie at multiples of its size.
    Unaligned,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Refusal { wanted, whole, budget, why, .. } = self;
        write!(f, "the budget is {budget} bytes ({}), ", explain::bytes(*budget))?;
        write!(f, "and this takes {whole} bytes ({}) at once", explain::bytes(*whole))?;
        match why {
            Uncut::NoAxis => f.write_str("; no result has an axis along which it could be cut into slabs")?,
            Uncut::Whole(name, why) => {
                write!(f, "; it is not cut into slabs of the outermost axis, because {name} {why}")?;
            }
            Uncut::Unaligned => {
                f.write_str(", with copies of data that does not lie at multiples of its size")?
            }
            Uncut::Slabs(slabs) => write!(f, ", in {slabs} slabs of the outermost axis, too")?,
        }
        if wanted < whole {
            write!(f, " (as far as it can be cut it takes {wanted} bytes, {})", explain::bytes(*wanted))?;
        }
        Ok(())
    }
}

impl fmt::Display for Slabs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Slabs { slabs, extent, needed, whole, budget, .. } = self;
        let bytes = |n: &u64| explain::bytes(*n);
        writeln!(
            f,
            "under a budget of {}: in {} slabs of up to {} of the {extent} places of the outermost axis, \
             {} at once instead of {}",
            bytes(budget),
            slabs.len(),
            slabs[0].len,
            bytes(needed),
            bytes(whole),
        )?;
        match &self.first {
            Some(first) => {
                let names = first.plan.outputs.iter().filter_map(|&place| name_of(&first.plan, place));
                let mut names: Vec<&str> = names.collect();
                names.dedup();
                writeln!(f, "computed before and kept as a whole: the results of {}", names.join(", "))
            }
            None => Ok(()),
        }
    }
}

/// What the op is called that gives what lies there.
fn name_of(plan: &Plan, place: Place) -> Option<&'static str> {
    match place {
        Place::Leaf(_) => None,
        Place::Slot(slot) => explain::name(&plan.graph.node(plan.node_in(slot as usize)).kind),
    }
}

/// How a plan, which writes over none of its leaves, meets a budget.
pub fn fit(whole: &Plan, options: Options, budget: &Budget<'_>) -> Fit {
    let needed = (budget.needed)(whole);
    if needed <= budget.bytes {
        return Fit::Whole;
    }
    let mut search = Search::new(whole, options, budget, needed);
    match search.slabs() {
        Some(slabs) => Fit::Slabs(Box::new(slabs)),
        None => Fit::Refused(Box::new(search.refusal())),
    }
}

/// The search for slabs that are small enough.
struct Search<'a> {
    whole: &'a Plan,
    options: Options,
    budget: &'a Budget<'a>,
    /// What the whole takes.
    needed: u64,
    /// More than this makes an attempt fail.
    limit: u64,
    /// What the whole plan writes to memory.
    written: IndexSet<NodeId, FxBuildHasher>,
    /// The outermost extent of results that are cut.
    extent: usize,
    /// Results that are cut.
    cut: Vec<bool>,
    /// What is computed before the slabs, with why.
    kept: Vec<(NodeId, Why)>,
    /// The last result that was found not to be cut, with why.
    uncut: Option<(NodeId, Why)>,
    /// How many slabs there were in the last attempt.
    tried: usize,
}

/// Why an attempt came to nothing.
enum Failure {
    /// It takes more than it may.
    Large,
    /// It was found that more must be kept, or less can be cut.
    Again,
}

impl<'a> Search<'a> {
    fn new(whole: &'a Plan, options: Options, budget: &'a Budget<'a>, needed: u64) -> Search<'a> {
        let graph = &whole.graph;
        let node = |n: &NodeId| graph.node(*n);
        let can_be_cut = graph.outputs().iter().filter(|n| outermost(&node(n).shape).is_some());
        let largest = can_be_cut.max_by_key(|n| node(n).shape.size() * node(n).dtype.bytes());
        let extent = largest.and_then(|n| Some(outermost(&node(n).shape)?.1)).unwrap_or(0);
        Search {
            whole,
            options,
            budget,
            needed,
            limit: budget.bytes,
            written: (0..whole.slots.len()).map(|slot| whole.node_in(slot)).collect(),
            extent,
            cut: Vec::new(),
            kept: Vec::new(),
            uncut: None,
            tried: 1,
        }
    }

    /// The fewest slabs, of powers of two, that take no more than they may.
    fn slabs(&mut self) -> Option<Slabs> {
        let most = self.extent.min(MOST_SLABS);
        let mut count = 2.min(most);
        while count > self.tried {
            if let Some(slabs) = self.settled(count) {
                return Some(slabs);
            }
            self.tried = count;
            count = most.min(2 * count);
        }
        None
    }

    /// So many slabs, once it is known what they read as a whole, which fewer slabs need not do.
    fn settled(&mut self, count: usize) -> Option<Slabs> {
        let graph = &self.whole.graph;
        let is_cut = |n: &NodeId| outermost(&graph.node(*n).shape).is_some_and(|(_, n)| n == self.extent);
        self.cut = graph.outputs().iter().map(is_cut).collect();
        self.kept.clear();
        while self.cut.contains(&true) {
            match self.attempt(self.extent.div_ceil(count)) {
                Ok(slabs) => return Some(slabs),
                Err(Failure::Large) => return None,
                Err(Failure::Again) => {}
            }
        }
        None
    }

    /// Slabs of about that length.
    fn attempt(&mut self, mut len: usize) -> Result<Slabs, Failure> {
        let (cutter, _) = self.cut_at(0, len);
        self.learn(&cutter)?;
        let grain = cutter.grain();
        if len.next_multiple_of(grain) < self.extent {
            len = len.next_multiple_of(grain);
        }
        let first = self.first();
        let whole_outputs: IndexSet<NodeId> = self.outputs(false).filter(|n| !self.is_kept(*n)).collect();
        let outputs: IndexSet<NodeId> = self.outputs(true).collect();
        let lasting: Vec<NodeId> =
            self.kept.iter().map(|k| &k.0).chain(&whole_outputs).chain(&outputs).copied().collect();
        let base: u64 = lasting.iter().map(|&n| (self.budget.room)(self.bytes(n))).sum();
        let base_bytes: u64 = lasting.iter().map(|&n| self.bytes(n) as u64).sum();
        let before = first.as_ref().map_or(0, |first| (self.budget.needed)(&first.plan));
        let mut peak = first.as_ref().map_or(0, |first| first.plan.peak_bytes());
        self.within(before.max(base))?;
        let mut needed = before.max(base);
        let (mut slabs, mut start) = (Vec::new(), 0);
        while start < self.extent {
            let (cutter, range) = self.cut_at(start, len.min(self.extent - start));
            self.learn(&cutter)?;
            let part = self.part(&cutter, range)?;
            let taken = base + (self.budget.needed)(&part.plan);
            self.within(taken)?;
            needed = needed.max(taken);
            peak = peak.max(base_bytes + part.plan.peak_bytes());
            slabs.push(Slab { part, start, len: range.1 });
            start += range.1;
        }
        let place = |set: &IndexSet<NodeId>, n: NodeId| set.get_index_of(&n);
        let before: IndexSet<NodeId> = self.kept.iter().map(|k| k.0).chain(whole_outputs).collect();
        let whence = |(i, &n): (usize, &NodeId)| {
            let whence = match self.cut[i] {
                true => Whence::Slabs(place(&outputs, n).expect("what is cut is an output of each slab")),
                false => Whence::First(place(&before, n).expect("all else is computed before")),
            };
            (whence, self.bytes(n))
        };
        Ok(Slabs {
            first,
            kept: self.kept.len(),
            slabs,
            outputs: self.whole.graph.outputs().iter().enumerate().map(whence).collect(),
            leaves: self.whole.graph.leaves(),
            extent: self.extent,
            peak,
            needed,
            whole: self.needed,
            budget: self.budget.bytes,
        })
    }

    /// The outputs that are cut, or those that are not.
    fn outputs(&self, cut: bool) -> impl Iterator<Item = NodeId> {
        let outputs = self.whole.graph.outputs().iter().zip(&self.cut);
        outputs.filter(move |(_, is_cut)| **is_cut == cut).map(|(n, _)| *n)
    }

    fn is_kept(&self, n: NodeId) -> bool {
        self.kept.iter().any(|(kept, _)| *kept == n)
    }

    fn bytes(&self, n: NodeId) -> usize {
        let Node { shape, dtype, .. } = self.whole.graph.node(n);
        shape.size() * dtype.bytes()
    }

    fn within(&self, needed: u64) -> Result<(), Failure> {
        if needed <= self.limit { Ok(()) } else { Err(Failure::Large) }
    }

    /// What a range of the results takes of everything.
    fn cut_at(&self, start: usize, len: usize) -> (Cutter<'a>, (usize, usize)) {
        let mut cutter = Cutter::new(&self.whole.graph);
        for n in self.outputs(true) {
            cutter.ask(n, self.range(n, start, len));
        }
        cutter.spread(|n| self.stays(n));
        (cutter, (start, len))
    }

    fn range(&self, n: NodeId, start: usize, len: usize) -> Option<Range> {
        outermost(&self.whole.graph.node(n).shape).map(|(axis, _)| Range { axis, start, len })
    }

    /// Whether all of a node is computed once where slabs read all of it: what the whole plan writes to
    /// memory, and what is more than a few operations for each of its elements.
    fn stays(&self, n: NodeId) -> bool {
        match self.whole.graph.node(n).kind {
            Kind::Leaf(_) | Kind::Const(_) | Kind::Scalar(_) => true,
            Kind::Reduce { .. } | Kind::Scan { .. } | Kind::Library(_) | Kind::Update(_) => true,
            Kind::Iota(_)
            | Kind::Map(_)
            | Kind::Cast
            | Kind::View(_)
            | Kind::Pad(_)
            | Kind::Gather { .. } => self.written.contains(&n) || self.is_kept(n),
        }
    }

    /// Keeps what has to be there as a whole, and cuts no result that cannot be cut.
    fn learn(&mut self, cutter: &Cutter<'_>) -> Result<(), Failure> {
        let before = (self.kept.len(), self.cut.clone());
        for (i, &n) in self.whole.graph.outputs().iter().enumerate() {
            if let Some(why) = cutter.is_whole(n).filter(|_| self.cut[i]) {
                (self.cut[i], self.uncut) = (false, Some((n, why)));
            }
        }
        for n in self.whole.graph.nodes() {
            let is_data =
                matches!(self.whole.graph.node(n).kind, Kind::Leaf(_) | Kind::Const(_) | Kind::Scalar(_));
            if let Some(why) = cutter.is_whole(n)
                && !is_data
                && !self.is_kept(n)
                && self.stays(n)
            {
                self.kept.push((n, why));
            }
        }
        if before == (self.kept.len(), self.cut.clone()) { Ok(()) } else { Err(Failure::Again) }
    }

    /// The plan of a slab. What it would write to memory again in each slab is kept instead.
    fn part(&mut self, cutter: &Cutter<'_>, (start, len): (usize, usize)) -> Result<Part, Failure> {
        let graph = &self.whole.graph;
        let (mut result, mut origins, mut built) = (Graph::new(), Vec::new(), Built::new(graph.len()));
        let mut is_whole = Vec::new();
        for n in graph.nodes() {
            match cutter.is_whole(n) {
                Some(_) => built.wholes[n.index()] = Some(self.whole_node(&mut result, &built, n)),
                None => cutter.build(&mut result, &mut built, n),
            }
            origins.resize(result.len(), n);
            is_whole.resize(result.len(), cutter.is_whole(n).is_some());
        }
        let outputs: IndexSet<NodeId> = self.outputs(true).collect();
        for &n in &outputs {
            let range = self.range(n, start, len).expect("a result that is cut has an axis");
            let output = built.part(&mut result, n, range);
            origins.resize(result.len(), n);
            is_whole.resize(result.len(), false);
            result.add_output(output);
        }
        let plan = plan(result, self.options);
        let before = self.kept.len();
        for slot in 0..plan.slots.len() {
            let node = plan.origins[plan.node_in(slot).index()].index();
            if is_whole[node] && !self.is_kept(origins[node]) {
                self.kept.push((origins[node], Why::Read));
            }
        }
        let origins = plan.origins.iter().map(|n| origins[n.index()]).collect();
        if before == self.kept.len() { Ok(Part { plan, origins }) } else { Err(Failure::Again) }
    }

    /// All of a node in the graph of a slab: data, if it is kept.
    fn whole_node(&self, result: &mut Graph, built: &Built, n: NodeId) -> NodeId {
        let Node { shape, dtype, kind } = self.whole.graph.node(n);
        if let Some(at) = self.kept.iter().position(|(kept, _)| *kept == n) {
            let kind = Kind::Leaf((self.whole.graph.leaves() + at) as u32);
            return result.insert(Node { kind, shape: shape.clone(), dtype: *dtype }, &[]);
        }
        let whole = |n: &NodeId| built.wholes[n.index()].expect("all of it is asked for");
        let inputs: SmallVec<[NodeId; 3]> = self.whole.graph.inputs(n).iter().map(whole).collect();
        result.insert(Node { kind: kind.clone(), shape: shape.clone(), dtype: *dtype }, &inputs)
    }

    /// The plan of what is computed before the slabs.
    fn first(&self) -> Option<Part> {
        let graph = &self.whole.graph;
        let wanted: IndexSet<NodeId> = self.kept.iter().map(|k| k.0).chain(self.outputs(false)).collect();
        if wanted.is_empty() {
            return None;
        }
        let mut live = vec![false; graph.len()];
        wanted.iter().for_each(|n| live[n.index()] = true);
        for n in graph.nodes().rev() {
            if live[n.index()] {
                graph.inputs(n).iter().for_each(|input| live[input.index()] = true);
            }
        }
        let (mut result, mut origins) = (Graph::new(), Vec::new());
        let mut new: Vec<Option<NodeId>> = vec![None; graph.len()];
        for n in graph.nodes().filter(|n| live[n.index()]) {
            let at = |n: &NodeId| new[n.index()].expect("operands of what is live are live");
            let inputs: SmallVec<[NodeId; 3]> = graph.inputs(n).iter().map(at).collect();
            new[n.index()] = Some(result.insert(graph.node(n).clone(), &inputs));
            origins.resize(result.len(), n);
        }
        wanted.iter().filter_map(|n| new[n.index()]).for_each(|n| result.add_output(n));
        let plan = plan(result, self.options);
        let origins = plan.origins.iter().map(|n| origins[n.index()]).collect();
        Some(Part { plan, origins })
    }

    /// Why there are no slabs that are small enough.
    fn refusal(&mut self) -> Refusal {
        let name = |n: NodeId| explain::name(&self.whole.graph.node(n).kind).unwrap_or("an operand");
        let largest = self.kept.iter().max_by_key(|(n, _)| self.bytes(*n)).copied();
        let why = match (self.uncut, largest) {
            _ if self.extent < 2 => Uncut::NoAxis,
            (Some((n, why)), _) if !self.cut.contains(&true) => Uncut::Whole(name(n), why),
            (_, Some((n, why))) if why != Why::Read => Uncut::Whole(name(n), why),
            _ => Uncut::Slabs(self.tried),
        };
        self.limit = u64::MAX;
        let least = self.settled(self.tried).map_or(u64::MAX, |slabs| slabs.needed);
        Refusal {
            wanted: least.min(self.needed),
            whole: self.needed,
            budget: self.budget.bytes,
            node: self.largest(),
            why,
        }
    }

    /// Of what is alive when the whole takes most, the largest.
    fn largest(&self) -> Option<NodeId> {
        let plan = self.whole;
        let worst = memory::peak(plan, self.budget.room, |_| 0).1?;
        let alive = |slot: &usize| {
            let slot = &plan.slots[*slot];
            slot.written <= worst && slot.last_read.max(slot.written) >= worst
        };
        let slots = (0..plan.slots.len()).filter(alive);
        slots.max_by_key(|&slot| plan.slots[slot].bytes()).map(|slot| plan.node_in(slot))
    }
}

/// The first axis of several places, and how many these are.
fn outermost(shape: &Shape) -> Option<(usize, usize)> {
    let axis = shape.iter().position(|&n| n != 1)?;
    (shape.size() > 0).then_some((axis, shape[axis]))
}
