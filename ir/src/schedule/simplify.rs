//! Whole-array clean-up before fusion.
//!
//! What has no elements is replaced by what it amounts to, so that no loop of a kernel is ever
//! empty; what no output needs is dropped. Equal nodes are already one node (the graph is
//! hash-consed), views cost nothing wherever they stand, and scalar identities are applied when a
//! kernel is built; so nothing else is left to do here.

use super::in_place::Choice;
use super::update;
use crate::graph::{Graph, Kind, Node, NodeId, build};
use smallvec::SmallVec;

/// The graph without empty folds and pads of nothing, without updates but for those that are done in
/// place, and without what no output depends on; and for each of its nodes, the first node of `graph` that it stands for.
pub fn simplify(graph: Graph, choice: &Choice) -> (Graph, Vec<NodeId>) {
    let (graph, first) = update::expand(graph, choice);
    let (graph, second) = filled_in(graph);
    (graph, second.into_iter().map(|n| first[n.index()]).collect())
}

/// The graph without empty folds and pads of nothing, and without what no output depends on.
fn filled_in(graph: Graph) -> (Graph, Vec<NodeId>) {
    let hollow = |n: NodeId| {
        let reads_nothing = graph.inputs(n).first().is_some_and(|x| graph.node(*x).shape.size() == 0);
        reads_nothing && graph.node(n).shape.size() > 0
    };
    if !graph.nodes().any(hollow) && graph.live().into_iter().all(|live| live) {
        let origins = graph.nodes().collect();
        return (graph, origins);
    }
    let (filled, first) =
        copy(&graph, &vec![true; graph.len()], |_, result, node, inputs| fill_in(result, node, inputs));
    let (pruned, second) = copy(&filled, &filled.live(), |_, _, _, _| None);
    (pruned, second.into_iter().map(|n| first[n.index()]).collect())
}

/// A copy of the chosen nodes in which `rule` may put another node in a node's place; it sees the
/// node and its new operands. Gives the copy and where each of its nodes comes from.
pub(super) fn copy(
    graph: &Graph,
    chosen: &[bool],
    rule: impl Fn(NodeId, &mut Graph, &Node, &[NodeId]) -> Option<NodeId>,
) -> (Graph, Vec<NodeId>) {
    let (mut result, mut origins) = (Graph::new(), Vec::new());
    let mut new: Vec<Option<NodeId>> = vec![None; graph.len()];
    let at =
        |new: &[Option<NodeId>], n: NodeId| new[n.index()].expect("operands of what is copied are copied");
    for n in graph.nodes().filter(|n| chosen[n.index()]) {
        let inputs: SmallVec<[NodeId; 3]> = graph.inputs(n).iter().map(|i| at(&new, *i)).collect();
        let other = rule(n, &mut result, graph.node(n), &inputs);
        new[n.index()] = Some(other.unwrap_or_else(|| result.insert(graph.node(n).clone(), &inputs)));
        origins.resize(result.len(), n);
    }
    for output in graph.outputs() {
        result.add_output(at(&new, *output));
    }
    (result, origins)
}

/// A fold of nothing is its identity, and a pad around nothing is what shows around it.
fn fill_in(result: &mut Graph, node: &Node, inputs: &[NodeId]) -> Option<NodeId> {
    let nothing = inputs.first().is_some_and(|x| result.node(*x).shape.size() == 0) && node.shape.size() > 0;
    if !nothing {
        return None;
    }
    match node.kind {
        Kind::Reduce { fold, part, .. } => {
            let identity = fold.init(result.node(inputs[0]).dtype)[part];
            let identity = build::constant(result, identity);
            Some(build::expand(result, &identity, &node.shape))
        }
        Kind::Pad(_) => Some(inputs[1]),
        Kind::Library(op) => {
            let element = build::constant(result, (op.def().of_nothing)(node.dtype));
            Some(build::expand(result, &element, &node.shape))
        }
        Kind::Leaf(_) | Kind::Const(_) | Kind::Scalar(_) | Kind::Iota(_) | Kind::Update(_) => None,
        Kind::Map(_) | Kind::Cast | Kind::View(_) | Kind::Scan { .. } | Kind::Gather { .. } => None,
    }
}

/// How many array operations the outputs take: what an eager library would run, views (which cost
/// it nothing either) and plain numbers not counted.
pub fn operations(graph: &Graph) -> usize {
    let live = graph.live();
    let counts = |n: &NodeId| match graph.node(*n).kind {
        Kind::Leaf(_) | Kind::Const(_) | Kind::Scalar(_) | Kind::View(_) => false,
        Kind::Iota(_) | Kind::Map(_) | Kind::Cast | Kind::Pad(_) | Kind::Update(_) => true,
        Kind::Gather { .. } | Kind::Scan { .. } | Kind::Reduce { .. } | Kind::Library(_) => true,
    };
    graph.nodes().filter(|n| live[n.index()]).filter(counts).count()
}
