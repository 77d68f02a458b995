//! What is put side by side is written part by part.
//!
//! A pad is an index map, and where it is read by other operations it stays one: a guard in their kernel. A
//! large one that is asked for is mostly copied, and guards cost more than copies. So its result is cut into
//! boxes, each of which shows one operand, and each box is an [update](Kind::Update) in place of the array that
//! holds those before it; the first one is of an array that holds nothing yet. A kernel then walks each box
//! without asking where it is.
//!
//! Before this: `simplify.rs`. After it: `fuse.rs`, for which these updates are like those of the user.

use super::fuse::stored;
use super::in_place::base;
use super::simplify::copy;
use crate::graph::{Graph, Kind, Node, NodeId, build};
use crate::shape::Shape;
use crate::view::View;
use indexmap::IndexSet;
use smallvec::SmallVec;

/// More boxes than this are more kernels than copies are worth.
const MOST_BOXES: usize = 16;

/// Rows of a box that have fewer elements than this are not worth a kernel of their own, unless the box is
/// [small](SMALL) or has all of each row.
const LONG: i64 = 32;

/// A box that has less than this share of all elements may be of any form.
const SMALL: i64 = 16;

/// The graph in which pads that are asked for, of `least` elements or more, are updates of boxes; with each
/// node, the node of `origins` that it comes from.
pub(super) fn split(graph: Graph, origins: Vec<NodeId>, least: usize) -> (Graph, Vec<NodeId>) {
    let is_large =
        |n: &NodeId| matches!(graph.node(*n).kind, Kind::Pad(_)) && graph.node(*n).shape.size() >= least;
    let asked: IndexSet<NodeId> =
        graph.outputs().iter().map(|&n| stored(&graph, n)).filter(is_large).collect();
    if asked.is_empty() {
        return (graph, origins);
    }
    let rule = |n: NodeId, result: &mut Graph, node: &Node, inputs: &[NodeId]| match &node.kind {
        Kind::Pad(before) if asked.contains(&n) => {
            in_boxes(result, node, before, [inputs[0], inputs[1]], LONG.min(least as i64))
        }
        _ => None,
    };
    let (cut, first) = copy(&graph, &vec![true; graph.len()], rule);
    let (cut, second) = copy(&cut, &cut.live(), |_, _, _, _| None);
    if begins_two(&cut) {
        return (graph, origins);
    }
    (cut, second.into_iter().map(|n| origins[first[n.index()].index()]).collect())
}

/// Whether two results begin alike: the boxes of one would be written over what the other has begun.
fn begins_two(graph: &Graph) -> bool {
    let bases: Vec<NodeId> = graph.nodes().filter_map(|n| base(graph, n)).collect();
    let different: IndexSet<&NodeId> = bases.iter().collect();
    different.len() < bases.len() || graph.outputs().iter().any(|n| different.contains(&stored(graph, *n)))
}

/// Elements of a result that show one node: those from `low` to before `high` along each axis. An element
/// of the node lies `shift` behind where it does in the node.
struct Part {
    low: SmallVec<[i64; 4]>,
    high: SmallVec<[i64; 4]>,
    node: NodeId,
    shift: SmallVec<[i64; 4]>,
}

impl Part {
    fn size(&self) -> i64 {
        self.low.iter().zip(&self.high).map(|(low, high)| high - low).product()
    }

    /// Whether its elements lie in rows that are long enough, in a result of that shape.
    fn is_worth_it(&self, shape: &Shape, long: i64) -> bool {
        let Some(last) = shape.len().checked_sub(1) else { return false };
        let row = self.high[last] - self.low[last];
        row >= long || row == shape[last] as i64 || self.size() * SMALL < shape.size() as i64
    }

    /// What of it lies within a box, and the boxes of the rest.
    fn cut(&self, low: &[i64], high: &[i64]) -> Option<(Part, Vec<Part>)> {
        let of = |low: SmallVec<[i64; 4]>, high: SmallVec<[i64; 4]>| Part {
            low,
            high,
            node: self.node,
            shift: self.shift.clone(),
        };
        let mut within = of(self.low.clone(), self.high.clone());
        let mut rest = Vec::new();
        for axis in 0..low.len() {
            let (from, to) = (low[axis].max(within.low[axis]), high[axis].min(within.high[axis]));
            if from >= to {
                return None;
            }
            if within.low[axis] < from {
                let mut below = within.high.clone();
                below[axis] = from;
                rest.push(of(within.low.clone(), below));
            }
            if to < within.high[axis] {
                let mut above = within.low.clone();
                above[axis] = to;
                rest.push(of(above, within.high.clone()));
            }
            (within.low[axis], within.high[axis]) = (from, to);
        }
        Some((within, rest))
    }

    /// The elements of its node that it shows.
    fn values(&self, b: &mut Graph) -> NodeId {
        let places = self.low.iter().zip(&self.high).zip(&self.shift);
        let places: Vec<(i64, i64, usize)> =
            places.map(|((low, high), shift)| (low - shift, 1, (high - low) as usize)).collect();
        build::slice(b, &self.node, &places).expect("a part of an array is an array")
    }
}

/// A pad of these operands as updates; `None` where that is not worth it.
fn in_boxes(b: &mut Graph, whole: &Node, before: &[i64], operands: [NodeId; 2], long: i64) -> Option<NodeId> {
    let mut parts = parts(b, &whole.shape, before, operands)?;
    if parts.len() < 2 || !parts.iter().all(|part| part.is_worth_it(&whole.shape, long)) {
        return None;
    }
    // The largest first: what is given to the others is then there.
    parts.sort_by_key(|part| std::cmp::Reverse(part.size()));
    let mut result: Option<NodeId> = None;
    for part in &parts {
        let values = part.values(b);
        let inputs: SmallVec<[NodeId; 2]> = result.into_iter().chain([values]).collect();
        let places = part.low.iter().map(|&low| (low, 1)).collect();
        result = Some(b.insert(Node { kind: Kind::Update(places), ..whole.clone() }, &inputs));
    }
    result
}

/// The boxes of a pad, through pads that are its operands; `None` if they are too many.
fn parts(b: &Graph, shape: &Shape, before: &[i64], operands: [NodeId; 2]) -> Option<Vec<Part>> {
    let high: SmallVec<[i64; 4]> = shape.iter().map(|&n| n as i64).collect();
    let zeros: SmallVec<[i64; 4]> = SmallVec::from_elem(0, shape.len());
    let all = Part { low: zeros.clone(), high, node: operands[1], shift: zeros };
    let (mut found, mut work) = (Vec::new(), padded(b, all, before, operands));
    while let Some(part) = work.pop() {
        if found.len() + work.len() > MOST_BOXES {
            return None;
        }
        let node = b.node(part.node);
        match &node.kind {
            Kind::Pad(before) => {
                let operands = [b.inputs(part.node)[0], b.inputs(part.node)[1]];
                work.extend(padded(b, part, before, operands));
            }
            // A part of a pad.
            Kind::View(View::Slice(places)) if places.iter().all(|(_, step)| *step == 1) => {
                let shift = part.shift.iter().zip(places).map(|(shift, (start, _))| shift - start).collect();
                work.push(Part { node: b.inputs(part.node)[0], shift, ..part });
            }
            _ => found.push(part),
        }
    }
    Some(found)
}

/// The parts of a part that shows a pad of these operands.
fn padded(b: &Graph, part: Part, before: &[i64], [inside, outside]: [NodeId; 2]) -> Vec<Part> {
    let low: SmallVec<[i64; 4]> =
        before.iter().zip(&part.shift).map(|(before, shift)| before + shift).collect();
    let high: SmallVec<[i64; 4]> =
        low.iter().zip(b.node(inside).shape.iter()).map(|(low, &n)| low + n as i64).collect();
    let outside = Part { node: outside, ..part };
    match outside.cut(&low, &high) {
        None => vec![outside],
        Some((within, mut rest)) => {
            rest.push(Part { node: inside, shift: low, ..within });
            rest
        }
    }
}
