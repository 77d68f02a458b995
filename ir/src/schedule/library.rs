//! Library ops in a plan: where their operands lie, and how.
//!
//! A library reads memory by a start and strides, so the views above an operand (a transpose, a
//! slice, a broadcast) are absorbed: what must be in memory is the node below them. Where a view is
//! no sum of strides its result is written out; so is a view of fewer elements than what it looks at,
//! unless that lies in memory anyway.

use super::fuse::Group;
use super::{Cut, Job, LibraryJob, Place, Step, Strided};
use crate::dtype::DType;
use crate::graph::{Graph, Kind, Node, NodeId};
use crate::kernel::AxisId;
use crate::ops::library::LibOp;
use crate::ops::transform::Transform;
use crate::view::{Factor, Sum, View, flatten};
use smallvec::SmallVec;

/// The library op that a group is, if it is one.
pub(super) fn of_group(graph: &Graph, group: &Group) -> Option<LibOp> {
    of_node(graph, group.roots[0].0)
}

/// The library op that a node is, if it is one.
pub(super) fn of_node(graph: &Graph, n: NodeId) -> Option<LibOp> {
    match graph.node(n).kind {
        Kind::Library(op) => Some(op),
        Kind::Leaf(_) | Kind::Const(_) | Kind::Scalar(_) | Kind::Iota(_) | Kind::Map(_) => None,
        Kind::Cast | Kind::View(_) | Kind::Pad(_) | Kind::Update(_) => None,
        Kind::Gather { .. } | Kind::Scan { .. } | Kind::Reduce { .. } => None,
    }
}

/// Where an operand of a library op is read: the node that lies in memory, and the operand's
/// elements there.
pub(super) struct Source {
    pub(super) node: NodeId,
    pub(super) layout: Strided,
    /// The views that were absorbed.
    views: Vec<NodeId>,
}

/// The place from which a library op reads `operand`.
pub(super) fn source(graph: &Graph, op: LibOp, operand: NodeId) -> Source {
    let Node { shape, dtype, .. } = graph.node(operand);
    let axes: Vec<Sum> = (0..shape.len() as u32).map(|a| Sum::axis(AxisId(a))).collect();
    let (mut flat, mut place) = (Some(flatten(&axes, shape)), Some(axes));
    let (mut node, mut views) = (operand, Vec::new());
    let mut best: Option<Source> = None;
    while let Some(layout) = flat.as_ref().and_then(|sum| strided(sum, shape, *dtype)) {
        let kind = &graph.node(node).kind;
        let size = |n: NodeId| graph.node(n).shape.size();
        // One number is written out to be repeated where a library wants a matrix.
        let number = matches!(kind, Kind::Const(_) | Kind::Scalar(_)) && !op.is_scatter();
        let lies = matches!(kind, Kind::Leaf(_) | Kind::Library(_));
        let better = lies || best.as_ref().is_none_or(|best| !number && size(node) <= size(best.node));
        if better && op.transform().is_none_or(|transform| transform.takes(&layout)) {
            best = Some(Source { node, layout, views: views.clone() });
        }
        let Kind::View(view) = kind else { break };
        let source = graph.inputs(node)[0];
        let (above, below) = (&graph.node(node).shape, &graph.node(source).shape);
        let extent = |a: AxisId| shape[a.index()] as i64;
        place = place.and_then(|place| view.map(below, &place, above, &extent));
        // Row-major positions stay what they are under a reshape, sum of strides or not.
        if *view != View::Reshape {
            flat = place.as_ref().map(|place| flatten(place, below));
        }
        views.push(node);
        node = source;
    }
    best.expect("an operand itself is row-major")
}

impl Strided {
    /// The last axis and the rows along it: how far the elements of a row are apart, and the axes of the rows, the
    /// fastest last, as their extents and how far they go on along each. Axes that go on where the next one ends
    /// are one with it.
    pub fn rows(&self) -> (i64, SmallVec<[(usize, i64); 2]>) {
        let mut axes = self.shape.iter().copied().zip(self.strides.iter().copied());
        let step = axes.next_back().map_or(1, |(extent, stride)| if extent == 1 { 1 } else { stride });
        let mut rows: SmallVec<[(usize, i64); 2]> = SmallVec::new();
        for (extent, stride) in axes.rev().filter(|&(extent, _)| extent != 1) {
            match rows.first_mut() {
                Some((inner, along)) if stride == *along * *inner as i64 => *inner *= extent,
                _ => rows.insert(0, (extent, stride)),
            }
        }
        (step, rows)
    }
}

impl Transform {
    /// Whether libraries take an operand that lies so: they go forward, along rows that are equally far apart, and
    /// what they read of real numbers begins where a complex number may. Row-major arrays they all take.
    pub fn takes(self, operand: &Strided) -> bool {
        let (step, rows) = operand.rows();
        let forward = step > 0 && rows.iter().all(|&(_, stride)| stride > 0);
        match self {
            Transform::Complex { .. } | Transform::ToReal { .. } => forward,
            Transform::OfReal => forward && rows.len() < 2 && operand.offset % 2 == 0,
        }
    }
}

/// An index as a start and strides, if it is such a sum.
fn strided(sum: &Sum, shape: &[usize], dtype: DType) -> Option<Strided> {
    let mut strides: SmallVec<[i64; 4]> = SmallVec::from_elem(0, shape.len());
    for &(factor, by) in &sum.terms {
        match factor {
            Factor::Axis(axis) => strides[axis.index()] = by,
            Factor::Digit { .. } | Factor::Taken { .. } => return None,
        }
    }
    Some(Strided { dtype, shape: shape.into(), offset: sum.offset, strides })
}

/// The step of a library op whose operands lie at these places and whose result goes to `result`.
pub(super) fn step(graph: &Graph, group: &Group, place: impl Fn(NodeId) -> Place, result: Place) -> Step {
    let (n, cut): &(NodeId, Cut) = &group.roots[0];
    let op = of_group(graph, group).expect("the group is a library op");
    let sources: Vec<Source> = graph.inputs(*n).iter().map(|&operand| source(graph, op, operand)).collect();
    let mut nodes: Vec<NodeId> = sources.iter().flat_map(|source| source.views.iter().copied()).collect();
    nodes.push(*n);
    let bytes = |n: NodeId| (graph.node(n).shape.size() * graph.node(n).dtype.bytes()) as u64;
    let read = |(i, source): (usize, &Source)| {
        let again = sources[..i].iter().any(|before| before.node == source.node);
        let elements = bytes(source.node).min(bytes(graph.inputs(*n)[i]));
        if again { 0 } else { elements }
    };
    Step {
        bytes_read: sources.iter().enumerate().map(read).sum(),
        bytes_written: bytes(*n),
        buffers: sources.iter().map(|source| place(source.node)).chain([result]).collect(),
        job: Job::Library(LibraryJob {
            op,
            dtype: graph.node(*n).dtype,
            operands: sources.into_iter().map(|source| source.layout).collect(),
        }),
        writes: vec![(*n, cut.clone())],
        nodes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_go_on_are_one_axis() {
        let rows = |shape: &[usize], strides: &[i64]| {
            let (step, rows) =
                Strided { dtype: DType::C64, shape: shape.into(), offset: 0, strides: strides.into() }.rows();
            (step, rows.to_vec())
        };
        assert_eq!(rows(&[2, 3, 4], &[12, 4, 1]), (1, vec![(6, 4)]));
        assert_eq!(rows(&[2, 4, 3], &[12, 1, 4]), (4, vec![(2, 12), (4, 1)]));
        assert_eq!(rows(&[4, 1, 2], &[1, 9, 4]), (4, vec![(4, 1)]));
        assert_eq!(rows(&[5], &[7]), (7, vec![]));
        assert_eq!(rows(&[3, 1], &[2, 8]), (1, vec![(3, 2)]));
        assert_eq!(rows(&[], &[]), (1, vec![]));
    }
}
