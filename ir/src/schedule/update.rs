//! Updates: an array of which a part is written anew.
//!
//! What an update leaves is an index map, as a pad is: the new values where they were written, the old
//! ones elsewhere. So it is said in the terms of other nodes, and fuses with what it reads and with what
//! reads it: a part that lies together is a pad; one that is spread over an axis by a step is taken by
//! index, where a place is one of the part's.

use super::in_place::{Choice, base};
use super::simplify;
use crate::dtype::DType;
use crate::gather::{Bounds, Source};
use crate::graph::{Graph, Kind, Node, NodeId, build};
use crate::ops::Op;
use crate::scalar::Scalar;
use crate::shape::Shape;
use smallvec::SmallVec;

/// The graph without updates but for those in place; and for each of its nodes, the node that it stands
/// for.
pub(super) fn expand(graph: Graph, choice: &Choice) -> (Graph, Vec<NodeId>) {
    if !graph.nodes().any(|n| base(&graph, n).is_some()) {
        let origins = graph.nodes().collect();
        return (graph, origins);
    }
    simplify::copy(&graph, &vec![true; graph.len()], |n, result, node, inputs| {
        let Kind::Update(parts) = &node.kind else { return None };
        if choice.in_place.contains(&n) {
            return None;
        }
        Some(Part::new(result, parts, inputs).written(result, node))
    })
}

/// A part of an array, in the order in which it lies there.
struct Part {
    base: NodeId,
    values: NodeId,
    /// The place of its first element and the step, above 0, along each axis.
    places: SmallVec<[(i64, i64); 4]>,
    /// How many elements it has along each.
    extents: SmallVec<[usize; 4]>,
}

impl Part {
    /// The part that an update of these operands writes, turned round along axes that it walks
    /// backwards.
    fn new(b: &mut Graph, parts: &[(i64, i64)], inputs: &[NodeId]) -> Part {
        let extents: SmallVec<[usize; 4]> = b.node(inputs[1]).shape.iter().copied().collect();
        let turned = |(&(_, step), &n): (&(i64, i64), &usize)| match step < 0 {
            true => (n as i64 - 1, -1, n),
            false => (0, 1, n),
        };
        let turned: Vec<(i64, i64, usize)> = parts.iter().zip(&extents).map(turned).collect();
        let values = build::slice(b, &inputs[1], &turned).expect("a part of an array is an array");
        let place = |(&(start, step), &n): (&(i64, i64), &usize)| match step < 0 {
            true => (start + step * (n as i64 - 1), -step),
            false => (start, step),
        };
        let places = parts.iter().zip(&extents).map(place).collect();
        Part { base: inputs[0], values, places, extents }
    }

    /// The array after the part was written.
    fn written(mut self, b: &mut Graph, whole: &Node) -> NodeId {
        for axis in 0..self.places.len() {
            if self.places[axis].1 > 1 {
                self.fill(b, axis, &whole.shape);
            }
        }
        let before: SmallVec<[i64; 4]> = self.places.iter().map(|place| place.0).collect();
        let covers = self.extents[..] == whole.shape[..];
        if covers { self.values } else { build::pad(b, &self.values, &before, &self.base) }
    }

    /// Makes the part one without steps along an axis: all of that axis, with the old elements between
    /// the new ones.
    fn fill(&mut self, b: &mut Graph, axis: usize, whole: &Shape) {
        let (start, step) = std::mem::replace(&mut self.places[axis], (0, 1));
        let count = std::mem::replace(&mut self.extents[axis], whole[axis]) as i64;
        let shape = Shape::new(&self.extents).expect("no more elements than the whole has");
        let range = |(&(start, step), &n): (&(i64, i64), &usize)| (start, step, n);
        let old: Vec<(i64, i64, usize)> = self.places.iter().zip(&self.extents).map(range).collect();
        let old = build::slice(b, &self.base, &old).expect("a part of an array is an array");
        let (number, is_written) = element_at(b, &shape, axis, (start, step, count));
        let source = |a: usize| if a == axis { Source::Index } else { Source::Axis(a) };
        let from = (0..shape.len()).map(source).collect();
        let spread = build::take(b, &self.values, from, &[number], shape, Bounds::Clip);
        let spread = spread.expect("a part has elements, and its numbers are integers");
        self.values = map(b, Op::Where, &[is_written, spread, old]);
    }
}

/// For each place along an axis of an array of that shape, which of the elements at
/// `start + step * i` is there or before it, and whether one of the first `count` is there.
fn element_at(b: &mut Graph, shape: &Shape, axis: usize, part: (i64, i64, i64)) -> (NodeId, NodeId) {
    let (start, step, count) = part;
    let integer = |b: &mut Graph, n: i64| build::constant(b, Scalar::from_i128(DType::I64, n.into()));
    let place = build::iota(b, shape.clone(), axis);
    let start = integer(b, start);
    let distance = map(b, Op::Subtract, &[place, start]);
    // A quotient of integers below 2^53 is never rounded up to a whole number that it is not, and
    // vectors have no division of integers.
    let exact = build::cast(b, &distance, DType::F64);
    let by = build::constant(b, Scalar::f64(step as f64));
    let quotient = map(b, Op::Divide, &[exact, by]);
    let quotient = map(b, Op::Floor, &[quotient]);
    let number = build::cast(b, &quotient, DType::I64);
    let step = integer(b, step);
    let multiple = map(b, Op::Multiply, &[number, step]);
    let is_element = map(b, Op::Equal, &[multiple, distance]);
    let (zero, count) = (integer(b, 0), integer(b, count));
    let is_behind = map(b, Op::GreaterEqual, &[number, zero]);
    let is_before = map(b, Op::Less, &[number, count]);
    let is_inside = map(b, Op::LogicalAnd, &[is_behind, is_before]);
    (number, map(b, Op::LogicalAnd, &[is_element, is_inside]))
}

fn map(b: &mut Graph, op: Op, args: &[NodeId]) -> NodeId {
    build::map(b, op, args).expect("operands of the op's types that broadcast")
}
