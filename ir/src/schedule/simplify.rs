//! Whole-array clean-up before fusion: what no output needs is dropped.
//!
//! Equal nodes are already one node (the graph is hash-consed), views cost nothing wherever they
//! stand, and scalar identities are applied when a kernel is built; so little is left to do here.

use crate::graph::{Graph, Kind, NodeId};
use crate::view::View;

/// The graph of the nodes that an output depends on, in the same order.
pub fn simplify(graph: &Graph) -> Graph {
    let live = graph.live();
    let mut result = Graph::new();
    let mut new: Vec<Option<NodeId>> = vec![None; graph.len()];
    for n in graph.nodes().filter(|n| live[n.index()]) {
        let inputs: Vec<NodeId> = graph.inputs(n).iter().filter_map(|i| new[i.index()]).collect();
        new[n.index()] = Some(result.insert(graph.node(n).clone(), &inputs));
    }
    for output in graph.outputs() {
        result.add_output(new[output.index()].expect("outputs are live"));
    }
    result
}

/// How many array operations the outputs take: what an eager library would run, broadcasts and
/// plain numbers not counted.
pub fn operations(graph: &Graph) -> usize {
    let live = graph.live();
    let counts = |n: &NodeId| match graph.node(*n).kind {
        Kind::Leaf(_) | Kind::Const(_) | Kind::Scalar(_) | Kind::View(View::Expand) => false,
        Kind::Iota(_) | Kind::Map(_) | Kind::Cast | Kind::View(_) | Kind::Pad(_) | Kind::Reduce { .. } => true,
    };
    graph.nodes().filter(|n| live[n.index()]).filter(counts).count()
}
