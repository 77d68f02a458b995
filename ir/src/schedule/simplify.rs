//! Whole-array clean-up before fusion.
//!
//! What has no elements is replaced by what it amounts to, so that no loop of a kernel is ever
//! empty; what no output needs is dropped. Equal nodes are already one node (the graph is
//! hash-consed), views cost nothing wherever they stand, and scalar identities are applied when a
//! kernel is built; so nothing else is left to do here.

use crate::graph::{Graph, Kind, Node, NodeId, build};
use smallvec::SmallVec;

/// The graph without empty folds and pads of nothing, and without what no output depends on.
pub fn simplify(graph: &Graph) -> Graph {
    let filled = copy(graph, fill_in);
    let live = filled.live();
    let mut pruned = Graph::new();
    let mut new = vec![None; filled.len()];
    for n in filled.nodes().filter(|n| live[n.index()]) {
        new[n.index()] = Some(insert(&filled, n, &new, &mut pruned));
    }
    finish(&filled, &new, pruned)
}

/// A copy in which `rule` may put another node in a node's place; it sees the node's new operands.
fn copy(graph: &Graph, rule: fn(&mut Graph, &Node, &[NodeId]) -> Option<NodeId>) -> Graph {
    let mut result = Graph::new();
    let mut new = vec![None; graph.len()];
    for n in graph.nodes() {
        let inputs: SmallVec<[NodeId; 3]> = operands(graph, n, &new);
        let other = rule(&mut result, graph.node(n), &inputs);
        new[n.index()] = Some(other.unwrap_or_else(|| result.insert(graph.node(n).clone(), &inputs)));
    }
    finish(graph, &new, result)
}

/// A fold of nothing is its identity, and a pad around nothing is what shows around it.
fn fill_in(result: &mut Graph, node: &Node, inputs: &[NodeId]) -> Option<NodeId> {
    let nothing = inputs.first().is_some_and(|x| result.node(*x).shape.size() == 0) && node.shape.size() > 0;
    match node.kind {
        Kind::Reduce { fold, part, .. } if nothing => {
            let identity = fold.init(result.node(inputs[0]).dtype)[part];
            let identity = build::constant(result, identity);
            Some(build::expand(result, &identity, &node.shape))
        }
        Kind::Pad(_) if nothing => Some(inputs[1]),
        _ => None,
    }
}

fn operands(graph: &Graph, n: NodeId, new: &[Option<NodeId>]) -> SmallVec<[NodeId; 3]> {
    graph.inputs(n).iter().map(|i| new[i.index()].expect("operands come before their users")).collect()
}

fn insert(graph: &Graph, n: NodeId, new: &[Option<NodeId>], result: &mut Graph) -> NodeId {
    let inputs = operands(graph, n, new);
    result.insert(graph.node(n).clone(), &inputs)
}

fn finish(graph: &Graph, new: &[Option<NodeId>], mut result: Graph) -> Graph {
    for output in graph.outputs() {
        result.add_output(new[output.index()].expect("outputs are copied"));
    }
    result
}

/// How many array operations the outputs take: what an eager library would run, views (which cost
/// it nothing either) and plain numbers not counted.
pub fn operations(graph: &Graph) -> usize {
    let live = graph.live();
    let counts = |n: &NodeId| match graph.node(*n).kind {
        Kind::Leaf(_) | Kind::Const(_) | Kind::Scalar(_) | Kind::View(_) => false,
        Kind::Iota(_) | Kind::Map(_) | Kind::Cast | Kind::Pad(_) | Kind::Reduce { .. } => true,
    };
    graph.nodes().filter(|n| live[n.index()]).filter(counts).count()
}
