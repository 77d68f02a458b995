//! Whether a fold over several axes finds its elements lying as the one sequence it walks.
//!
//! A fold in lanes counts positions row-major over all its axes, across their ends. Where an
//! operand is broadcast along one of them, sliced, padded or permuted, each position must be taken
//! apart by division and each element fetched on its own; writing the elements out once and walking
//! them as one sequence is then cheaper.

use super::lower::order_of;
use crate::gather::Source;
use crate::graph::{Graph, Kind, NodeId};
use crate::kernel::Order;
use crate::shape::Shape;
use crate::view::View;

/// Folds of fewer elements than one block are walked by each lane for itself: nothing is taken apart.
const LEAST: usize = 512;

/// How many nodes below a fold are looked at.
const MOST_NODES: usize = 100;

/// True when the node is a fold whose elements do not lie as one sequence.
pub fn is_scattered(graph: &Graph, n: NodeId) -> bool {
    let Kind::Reduce { fold, ref axes, .. } = graph.node(n).kind else { return false };
    let source = graph.inputs(n)[0];
    let node = graph.node(source);
    let moving: Vec<usize> = axes.iter().copied().filter(|&a| node.shape[a] > 1).collect();
    let elements: usize = moving.iter().map(|&a| node.shape[a]).product();
    let several = moving.len() > 1 && elements > LEAST;
    if !several || order_of(fold, node.dtype, &node.shape, axes) == Order::Groups {
        return false;
    }
    let mut work = vec![source];
    let mut looked = 0;
    while let Some(n) = work.pop() {
        looked += 1;
        match &graph.node(n).kind {
            Kind::Map(_) | Kind::Cast if looked < MOST_NODES => work.extend(graph.inputs(n)),
            Kind::View(View::Expand)
                if stretches(&graph.node(graph.inputs(n)[0]).shape, &node.shape, &moving) =>
            {
                return true;
            }
            // Where all coordinates are indices these alone have to lie as one sequence.
            Kind::Gather { from, .. } if from.iter().all(|s| *s == Source::Index) && looked < MOST_NODES => {
                work.extend(&graph.inputs(n)[1..]);
            }
            Kind::Gather { .. } => return true,
            Kind::View(View::Slice(_) | View::Permute(_) | View::Diagonal(..) | View::Window(_)) => {
                return true;
            }
            Kind::Pad(_) | Kind::Update(_) | Kind::Iota(_) => return true,
            Kind::View(View::Expand | View::Reshape) | Kind::Map(_) | Kind::Cast => {}
            Kind::Leaf(_) | Kind::Const(_) | Kind::Scalar(_) | Kind::Library(_) => {}
            Kind::Scan { .. } | Kind::Reduce { .. } => {}
        }
    }
    false
}

/// True when broadcasting `from` to `to` repeats it along some, but not all, of the axes.
fn stretches(from: &Shape, to: &Shape, axes: &[usize]) -> bool {
    let new = to.len() - from.len();
    let repeated = |a: &usize| *a < new || from[*a - new] == 1;
    axes.iter().any(repeated) && !axes.iter().all(repeated)
}
