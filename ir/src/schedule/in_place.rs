//! Which updates are done in place: the part is written over the old version, and nothing else moves.
//!
//! That is right where the old version lies in memory that nobody else looks at, nothing that is computed
//! later reads it, and what is written reads it, if at all, only at the place that is written. It is worth
//! it where the new version is written to memory anyway: for an output, or for the base of another update
//! in place. All other updates are said in terms of other nodes ([`update`](super::update)).

use super::fuse::stored;
use super::{Copied, Hold, Job, OldVersion, Place, Plan};
use crate::graph::{Graph, Kind, NodeId};
use crate::kernel::AxisId;
use crate::view::{Sum, View};
use indexmap::IndexSet;
use rustc_hash::FxBuildHasher;

/// Whether the node is an update.
pub(super) fn is_update(graph: &Graph, n: NodeId) -> bool {
    matches!(graph.node(n).kind, Kind::Update(_))
}

/// What an update is written over, if the node is one and there is such a thing.
pub(super) fn base(graph: &Graph, n: NodeId) -> Option<NodeId> {
    (is_update(graph, n) && graph.inputs(n).len() == 2).then(|| graph.inputs(n)[0])
}

/// Whether the node is an update of an array that its updates alone make.
pub(super) fn begun(graph: &Graph, n: NodeId) -> bool {
    let mut first = n;
    while let Some(before) = base(graph, first) {
        first = before;
    }
    is_update(graph, first)
}

/// Where in the whole array the element at `place` of a part lies.
pub(super) fn places(parts: &[(i64, i64)], place: &[Sum]) -> Vec<Sum> {
    place.iter().zip(parts).map(|(i, &(start, step))| i.times(step).shifted(start)).collect()
}

/// What is decided of the updates of a graph.
#[derive(Debug, Default)]
pub(super) struct Choice {
    /// Those that are done in place.
    pub(super) in_place: IndexSet<NodeId, FxBuildHasher>,
    /// Those whose old version is copied, with why.
    pub(super) copies: Vec<OldVersion>,
}

/// Why an update is not done in place.
enum Refusal {
    /// What it is written over has to be copied, for that node.
    Copied(Copied, NodeId),
    /// Its old version is computed beside the new part.
    Computed,
}

impl Choice {
    /// The choice for a graph whose leaves are held so.
    pub(super) fn of(graph: &Graph, holds: &[Hold]) -> Choice {
        let mut choice = Choice::default();
        let updates: Vec<NodeId> = graph.nodes().filter(|n| base(graph, *n).is_some()).collect();
        let live = graph.live();
        let outputs: IndexSet<NodeId> = graph.outputs().iter().map(|&n| stored(graph, n)).collect();
        let mut able: IndexSet<NodeId> = IndexSet::new();
        let mut refused: Vec<OldVersion> = Vec::new();
        for &n in updates.iter().filter(|n| live[n.index()]) {
            let look = Look { graph, holds, live: &live, outputs: &outputs, able: &able };
            match look.at(n) {
                Ok(()) => drop(able.insert(n)),
                Err(Refusal::Copied(why, by)) => refused.push(OldVersion { of: n, why, by }),
                Err(Refusal::Computed) => {}
            }
        }
        // Readers first: what is written over is wanted in memory where its new version is.
        let (mut wanted, mut kept) = (outputs.clone(), outputs.clone());
        for &n in updates.iter().rev() {
            if able.contains(&n) && kept.contains(&n) {
                choice.in_place.insert(n);
                kept.extend(base(graph, n));
            }
            if wanted.contains(&n) {
                wanted.extend(base(graph, n));
            }
        }
        choice.copies = refused.into_iter().filter(|copy| wanted.contains(&copy.of)).collect();
        choice
    }

    /// Does nothing in place, since a step after it may fail.
    pub(super) fn give_up(&mut self) {
        let failing = |of: NodeId| OldVersion { of, why: Copied::Failing, by: of };
        self.copies.extend(self.in_place.drain(..).map(failing));
    }
}

/// The old versions that scatters copy instead of writing over them, in a finished plan.
pub(super) fn of_scatters(plan: &Plan, holds: &[Hold]) -> Vec<OldVersion> {
    let (mut found, live) = (Vec::new(), plan.graph.live());
    for step in &plan.steps {
        let (Job::Library(job), Some((n, _))) = (&step.job, step.writes.first()) else { continue };
        let is_over = |place: &Place| match place {
            Place::Slot(slot) => plan.slots[*slot as usize].over.is_some(),
            Place::Leaf(_) => false,
        };
        if !job.op.is_scatter() || step.buffers.last().is_some_and(is_over) {
            continue;
        }
        if let Some((why, by)) = of_scatter(&plan.graph, *n, &live, holds) {
            let origin = |n: NodeId| plan.origins[n.index()];
            found.push(OldVersion { of: origin(*n), why, by: origin(by) });
        }
    }
    found
}

/// Why a scatter copies its base, and for which node.
fn of_scatter(graph: &Graph, n: NodeId, live: &[bool], holds: &[Hold]) -> Option<(Copied, NodeId)> {
    let base = stored(graph, graph.inputs(n)[0]);
    if graph.outputs().iter().any(|&output| stored(graph, output) == base) {
        return Some((Copied::Output, base));
    }
    let leaf = match graph.node(base).kind {
        Kind::Leaf(leaf) => Some(leaf),
        _ => None,
    };
    if let Some(why) = leaf.and_then(|leaf| refused_by(holds, leaf)) {
        return Some((why, base));
    }
    // What the scatter needs is computed before it; others may read the base after it.
    let mut before = vec![false; graph.len()];
    before[n.index()] = true;
    let up_to: Vec<NodeId> = graph.nodes().take(n.index() + 1).collect();
    for node in up_to.into_iter().rev() {
        if before[node.index()] {
            graph.inputs(node).iter().for_each(|input| before[input.index()] = true);
        }
    }
    let reader = graph.users(base).iter().copied().find(|user| live[user.index()] && !before[user.index()]);
    match reader {
        Some(reader) => Some((Copied::Read, reader)),
        None => leaf.map(|_| (Copied::Failing, n)),
    }
}

/// Why a leaf is not written over.
fn refused_by(holds: &[Hold], leaf: u32) -> Option<Copied> {
    match holds.get(leaf as usize) {
        Some(Hold::Free) => None,
        Some(Hold::Shared) | None => Some(Copied::Shared),
        Some(Hold::Foreign) => Some(Copied::Foreign),
    }
}

/// One update, looked at in its graph.
struct Look<'a> {
    graph: &'a Graph,
    holds: &'a [Hold],
    live: &'a [bool],
    outputs: &'a IndexSet<NodeId>,
    /// Updates before it that can be done in place.
    able: &'a IndexSet<NodeId>,
}

impl Look<'_> {
    /// Whether the update can be done in place, if what it leaves is wanted in memory.
    fn at(&self, n: NodeId) -> Result<(), Refusal> {
        let old = self.graph.inputs(n)[0];
        match &self.graph.node(old).kind {
            Kind::Leaf(leaf) => {
                refused_by(self.holds, *leaf).map_or(Ok(()), |why| Err(Refusal::Copied(why, old)))?
            }
            Kind::Update(_) if self.able.contains(&old) => {}
            Kind::Library(_) => {}
            Kind::Update(_) | Kind::Const(_) | Kind::Scalar(_) | Kind::Iota(_) | Kind::Map(_) => {
                return Err(Refusal::Computed);
            }
            Kind::Cast | Kind::View(_) | Kind::Pad(_) | Kind::Scan { .. } | Kind::Gather { .. } => {
                return Err(Refusal::Computed);
            }
            Kind::Reduce { .. } => return Err(Refusal::Computed),
        }
        if self.outputs.contains(&old) {
            return Err(Refusal::Copied(Copied::Output, old));
        }
        self.readers(n, old).map_err(|(why, by)| Refusal::Copied(why, by))
    }

    /// Whether all readers of the old version are the update and what it writes, which reads it only at
    /// the places that it writes.
    fn readers(&self, n: NodeId, old: NodeId) -> Result<(), (Copied, NodeId)> {
        let inside = self.aligned(n, old)?;
        let is_inside = |user: &NodeId| *user == n || inside.contains(user) || !self.live[user.index()];
        for &node in inside.iter().chain([&old]) {
            if node != old && self.outputs.contains(&stored(self.graph, node)) {
                return Err((Copied::Read, node));
            }
            if let Some(&user) = self.graph.users(node).iter().find(|user| !is_inside(user)) {
                return Err((Copied::Read, user));
            }
        }
        Ok(())
    }

    /// The nodes between what the update writes and the old version: elementwise ones and views, that lead
    /// to its elements at the places that are written.
    fn aligned(&self, n: NodeId, old: NodeId) -> Result<IndexSet<NodeId>, (Copied, NodeId)> {
        const MOST: usize = 200;
        let depends = self.depends(n, old);
        let (values, shape) = (self.graph.inputs(n)[1], &self.graph.node(self.graph.inputs(n)[1]).shape);
        let Kind::Update(parts) = &self.graph.node(n).kind else { return Ok(IndexSet::new()) };
        let axes: Vec<Sum> = (0..shape.len() as u32).map(|a| still(shape, a)).collect();
        let written = places(parts, &axes);
        let (mut inside, mut seen) = (IndexSet::new(), IndexSet::new());
        // Each node beside the one that reads it.
        let mut work = vec![(values, axes, n)];
        while let Some((node, place, by)) = work.pop() {
            if !depends[node.index()] || !seen.insert((node, place.clone())) {
                continue;
            }
            if node == old {
                match place == written {
                    true => continue,
                    false => return Err((Copied::Neighbours, by)),
                }
            }
            inside.insert(node);
            let inputs = self.graph.inputs(node);
            match &self.graph.node(node).kind {
                _ if seen.len() > MOST => return Err((Copied::Neighbours, node)),
                Kind::Map(_) | Kind::Cast => {
                    work.extend(inputs.iter().map(|&input| (input, place.clone(), node)));
                }
                Kind::View(view) => {
                    let beneath = self.through(view, node, &place).ok_or((Copied::Neighbours, node))?;
                    work.push((inputs[0], beneath, node));
                }
                Kind::Pad(_) | Kind::Update(_) | Kind::Scan { .. } | Kind::Gather { .. } => {
                    return Err((Copied::Neighbours, node));
                }
                Kind::Reduce { .. } | Kind::Library(_) => return Err((Copied::Neighbours, node)),
                Kind::Leaf(_) | Kind::Const(_) | Kind::Scalar(_) | Kind::Iota(_) => {}
            }
        }
        Ok(inside)
    }

    /// A place in a view as one in what it looks at.
    fn through(&self, view: &View, node: NodeId, place: &[Sum]) -> Option<Vec<Sum>> {
        let (source, result) = (self.graph.inputs(node)[0], &self.graph.node(node).shape);
        let shape = &self.graph.node(source).shape;
        // Axes are those of the part, which has no more elements than any array.
        view.map(shape, place, result, &|_: AxisId| shape.size() as i64)
    }

    /// For each node up to the update, whether it depends on the old version.
    fn depends(&self, n: NodeId, old: NodeId) -> Vec<bool> {
        let mut depends = vec![false; n.index() + 1];
        depends[old.index()] = true;
        for node in self.graph.nodes().take(n.index()).skip(old.index() + 1) {
            depends[node.index()] = self.graph.inputs(node).iter().any(|i| depends[i.index()]);
        }
        depends
    }
}

/// The coordinate along an axis of a part; there is one only where it has several elements.
fn still(shape: &[usize], axis: u32) -> Sum {
    if shape[axis as usize] == 1 { Sum::constant(0) } else { Sum::axis(AxisId(axis)) }
}
