//! Slabs: what a range of an array's elements along one axis takes of all that it is computed from.
//!
//! Every element of a result depends on certain elements of the operands alone, and its bits on nothing
//! else but the logical shapes of the folds on the way. So a range of a result can be computed from ranges
//! of what leads to it, where each node is one of three things: cut, as most are; whole, where all of it is
//! read; or *whole by necessity*, where it cannot be cut and keep its bits: along the axis of a scan, along
//! an axis that belongs to the order of a sum, and what is handed to a library.
//!
//! [`Cutter`] asks first, readers before operands as fusion does, so that all ranges of a node that readers
//! ask for are known and nearby ones become one; then it builds, operands first. Before this:
//! `simplify.rs`, whose graphs have no updates left. After it: `tile.rs`, which decides what is cut.

use super::lower::order_of;
use crate::gather::Source;
use crate::graph::{Graph, Kind, Node, NodeId, build};
use crate::shape::Shape;
use crate::view::View;
use smallvec::{SmallVec, smallvec};
use std::fmt;

/// The most ranges of one node: of more than these all of it is computed.
const MOST_RANGES: usize = 4;

/// A range of the elements of an array: those from `start` on along an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) axis: usize,
    pub(super) start: usize,
    pub(super) len: usize,
}

/// Why all of a node is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Why {
    /// Each slab reads all of it.
    Read,
    /// It was asked for as a whole.
    Asked,
    /// It is data, or a number.
    Given,
    /// It runs along the axis.
    Scan,
    /// The axis belongs to the order in which it sums.
    Order,
    /// A library takes its operands as they are.
    Library,
    /// A range of it is no range of what it looks at.
    Arrangement,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Why::Read => "is read by each slab as a whole",
            Why::Asked => "has no such axis",
            Why::Given => "is given",
            Why::Scan => "runs along that axis",
            Why::Order => "would add in another order, and give other bits",
            Why::Library => "takes its operands as a whole",
            Why::Arrangement => "does not keep that axis in one piece",
        })
    }
}

/// What a node, or a range of it, takes of an operand.
#[derive(Clone, Copy, Debug)]
enum Need {
    Nothing,
    Whole,
    Part(Range),
    /// A range of which only that range along another axis is read.
    Corner(Range, Range),
}

/// How a range of a node is computed from its needs, one for each operand.
struct Way {
    needs: SmallVec<[Need; 3]>,
    form: Form,
}

enum Form {
    /// By a node of this kind, of the shape of the range.
    Node(Kind),
    /// It is its one need.
    Need,
    /// A reshape of rows, of which the first elements are left out: so many, and each row has so many.
    Rows { skip: usize, row: usize },
}

/// What readers ask of a node.
#[derive(Clone, Debug, Default)]
struct Asked {
    whole: Option<Why>,
    ranges: SmallVec<[Range; 2]>,
}

/// Cuts what is computed in a graph.
pub(super) struct Cutter<'a> {
    graph: &'a Graph,
    asked: Vec<Asked>,
    /// What lengths of ranges had best be a multiple of, so that reshapes cut between rows.
    grain: usize,
}

impl<'a> Cutter<'a> {
    /// Nothing is asked for yet.
    pub(super) fn new(graph: &'a Graph) -> Cutter<'a> {
        Cutter { graph, asked: vec![Asked::default(); graph.len()], grain: 1 }
    }

    /// Asks for a range of a node, or for all of it.
    pub(super) fn ask(&mut self, n: NodeId, range: Option<Range>) {
        match range {
            Some(range) => self.asked[n.index()].ranges.push(range),
            None => self.whole(n, Why::Asked),
        }
    }

    /// Finds out what all that is asked for takes, down to what `stays`: nodes of which all is there.
    pub(super) fn spread(&mut self, stays: impl Fn(NodeId) -> bool) {
        for n in self.graph.nodes().rev() {
            if self.asked[n.index()].whole.is_none() {
                self.spread_ranges(n);
            }
            if self.asked[n.index()].whole.is_some() && !stays(n) {
                self.graph.inputs(n).iter().for_each(|&input| self.whole(input, Why::Read));
            }
        }
    }

    fn spread_ranges(&mut self, n: NodeId) {
        let ranges = std::mem::take(&mut self.asked[n.index()].ranges);
        let Some(ranges) = merged(ranges, &self.graph.node(n).shape) else { return self.whole(n, Why::Read) };
        let ways: Result<Vec<Way>, Why> = ranges.iter().map(|&range| self.way(n, range)).collect();
        match ways {
            Err(why) => self.whole(n, why),
            Ok(ways) => {
                for (way, range) in ways.iter().zip(&ranges) {
                    self.ask_operands(n, way, *range);
                }
                self.asked[n.index()].ranges = ranges;
            }
        }
    }

    fn ask_operands(&mut self, n: NodeId, way: &Way, range: Range) {
        for (&input, need) in self.graph.inputs(n).iter().zip(&way.needs) {
            match need {
                Need::Nothing => {}
                Need::Whole => self.whole(input, Why::Read),
                Need::Part(part) | Need::Corner(part, _) => self.asked[input.index()].ranges.push(*part),
            }
        }
        if let Form::Rows { row, .. } = way.form {
            let inside: usize = self.graph.node(n).shape[range.axis + 1..].iter().product();
            let needed = row / gcd(row, inside.max(1));
            self.grain = (self.grain / gcd(self.grain, needed)).saturating_mul(needed);
        }
    }

    fn whole(&mut self, n: NodeId, why: Why) {
        self.asked[n.index()].whole.get_or_insert(why);
    }

    /// Why all of a node is asked for, if it is.
    pub(super) fn is_whole(&self, n: NodeId) -> Option<Why> {
        self.asked[n.index()].whole
    }

    /// What lengths of ranges had best be a multiple of.
    pub(super) fn grain(&self) -> usize {
        self.grain
    }

    /// How a range of a node is computed.
    fn way(&self, n: NodeId, range: Range) -> Result<Way, Why> {
        let Node { kind, shape, .. } = self.graph.node(n);
        let inputs = self.graph.inputs(n);
        let source = |i: usize| &self.graph.node(inputs[i]).shape;
        let alike = |kind: &Kind| {
            let needs = SmallVec::from_elem(Need::Part(range), inputs.len());
            Ok(Way { needs, form: Form::Node(kind.clone()) })
        };
        let moved = |axis: usize| {
            let needs = smallvec![Need::Part(Range { axis, ..range })];
            Ok(Way { needs, form: Form::Node(kind.clone()) })
        };
        match kind {
            Kind::Leaf(_) | Kind::Const(_) | Kind::Scalar(_) | Kind::Iota(_) => Err(Why::Given),
            Kind::Library(_) => Err(Why::Library),
            // No graph is cut before its updates are said in terms of other nodes.
            Kind::Update(_) => Err(Why::Arrangement),
            Kind::Map(_) | Kind::Cast => alike(kind),
            Kind::Scan { axis, .. } if *axis == range.axis => Err(Why::Scan),
            Kind::Scan { .. } => alike(kind),
            Kind::Reduce { fold, axes, .. } => {
                let kept = (0..source(0).len()).filter(|axis| !axes.contains(axis)).nth(range.axis);
                let axis = kept.ok_or(Why::Arrangement)?;
                let order = |shape: &Shape| order_of(*fold, self.graph.node(inputs[0]).dtype, shape, axes);
                match order(source(0)) == order(&with_extent(source(0), axis, range.len)) {
                    true => moved(axis),
                    false => Err(Why::Order),
                }
            }
            Kind::Gather { from, .. } => {
                let mut along = (0..from.len()).filter(|&axis| from[axis] == Source::Axis(range.axis));
                let data = match (along.next(), along.next(), along.next()) {
                    (None, ..) => Need::Whole,
                    (Some(axis), None, _) => Need::Part(Range { axis, ..range }),
                    (Some(axis), Some(other), None) => {
                        Need::Corner(Range { axis, ..range }, Range { axis: other, ..range })
                    }
                    (Some(_), Some(_), Some(_)) => return Err(Why::Arrangement),
                };
                let mut needs = SmallVec::from_elem(Need::Part(range), inputs.len());
                needs[0] = data;
                Ok(Way { needs, form: Form::Node(kind.clone()) })
            }
            Kind::Pad(before) => Ok(padded(before, source(0), range)),
            Kind::View(view) => match view {
                View::Slice(parts) => {
                    let (start, step) = parts[range.axis];
                    let at = |i: usize| start + step * i as i64;
                    let (one, other) = (at(range.start), at(range.start + range.len - 1));
                    let low = one.min(other);
                    let len = (one.max(other) - low) as usize + 1;
                    let mut parts = parts.clone();
                    parts[range.axis] = (one - low, step);
                    let part = Range { axis: range.axis, start: low as usize, len };
                    let form = Form::Node(Kind::View(View::Slice(parts)));
                    Ok(Way { needs: smallvec![Need::Part(part)], form })
                }
                View::Permute(axes) => moved(axes[range.axis]),
                View::Expand => {
                    let new = shape.len() - source(0).len();
                    match range.axis.checked_sub(new).filter(|&axis| source(0)[axis] > 1) {
                        Some(axis) => moved(axis),
                        None => Ok(Way { needs: smallvec![Need::Whole], form: Form::Node(kind.clone()) }),
                    }
                }
                View::Reshape => reshaped(source(0), shape, range),
                View::Window(axis) if *axis == range.axis => {
                    let width = shape[shape.len() - 1];
                    let part = Range { len: range.len + width - 1, ..range };
                    Ok(Way { needs: smallvec![Need::Part(part)], form: Form::Node(kind.clone()) })
                }
                View::Window(_) if range.axis + 1 == shape.len() => Err(Why::Arrangement),
                View::Window(_) => moved(range.axis),
                View::Diagonal(first, second, offset) if range.axis + 1 == shape.len() => {
                    let at = |axis: usize, shift: i64| Range {
                        axis,
                        start: range.start + shift.max(0) as usize,
                        len: range.len,
                    };
                    let corner = Need::Corner(at(*first, -offset), at(*second, *offset));
                    let form = Form::Node(Kind::View(View::Diagonal(*first, *second, 0)));
                    Ok(Way { needs: smallvec![corner], form })
                }
                View::Diagonal(first, second, _) => {
                    let mut rest = (0..source(0).len()).filter(|axis| axis != first && axis != second);
                    moved(rest.nth(range.axis).ok_or(Why::Arrangement)?)
                }
            },
        }
    }
}

/// A range of what is set into a frame, and of what shows around it.
fn padded(before: &[i64], inside: &Shape, range: Range) -> Way {
    let (axis, start) = (range.axis, range.start as i64);
    let low = (start - before[axis]).max(0);
    let high = (start + range.len as i64 - before[axis]).min(inside[axis] as i64);
    let around = Need::Part(range);
    if low >= high {
        return Way { needs: smallvec![Need::Nothing, around], form: Form::Need };
    }
    let part = Range { axis, start: low as usize, len: (high - low) as usize };
    let mut places = SmallVec::from_slice(before);
    places[axis] += low - start;
    Way { needs: smallvec![Need::Part(part), around], form: Form::Node(Kind::Pad(places)) }
}

/// A range of a reshape: along an axis that stays what it is; or, of the outermost axis, whole rows of
/// the outermost axis that was.
fn reshaped(from: &Shape, to: &Shape, range: Range) -> Result<Way, Why> {
    let outside = |shape: &Shape, axis: usize| shape[..axis].iter().product::<usize>();
    let inside = |shape: &Shape, axis: usize| shape[axis + 1..].iter().product::<usize>();
    if from.size() == 0 {
        return Err(Why::Arrangement);
    }
    let before = outside(to, range.axis);
    let stays = |axis: &usize| from[*axis] == to[range.axis] && outside(from, *axis) == before;
    if let Some(axis) = (0..from.len()).find(stays) {
        let needs = smallvec![Need::Part(Range { axis, ..range })];
        return Ok(Way { needs, form: Form::Node(Kind::View(View::Reshape)) });
    }
    let axis = from.iter().position(|&n| n != 1).filter(|_| before == 1).ok_or(Why::Arrangement)?;
    let (row, unit) = (inside(from, axis), inside(to, range.axis));
    let (first, end) = (range.start * unit, (range.start + range.len) * unit);
    let rows = Range { axis, start: first / row, len: end.div_ceil(row) - first / row };
    let form = match first.is_multiple_of(row) && end.is_multiple_of(row) {
        true => Form::Node(Kind::View(View::Reshape)),
        false => Form::Rows { skip: first % row, row },
    };
    Ok(Way { needs: smallvec![Need::Part(rows)], form })
}

/// Ranges as few as cover them, or nothing where these are about all that there is.
fn merged(mut ranges: SmallVec<[Range; 2]>, shape: &Shape) -> Option<SmallVec<[Range; 2]>> {
    ranges.sort_unstable_by_key(|range| (range.axis, range.start));
    let mut few: SmallVec<[Range; 2]> = SmallVec::new();
    for range in ranges {
        let near = few.last_mut().filter(|last| {
            last.axis == range.axis && range.start <= last.start + last.len + last.len.min(range.len)
        });
        match near {
            Some(last) => last.len = last.len.max(range.start + range.len - last.start),
            None => few.push(range),
        }
    }
    let covered: f64 = few.iter().map(|range| range.len as f64 / shape[range.axis].max(1) as f64).sum();
    let all = few.len() > MOST_RANGES || covered >= 1.0;
    (!all || few.is_empty()).then_some(few)
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// A shape with another extent of an axis.
fn with_extent(shape: &Shape, axis: usize, extent: usize) -> Shape {
    let mut extents = shape.to_vec();
    extents[axis] = extent;
    Shape::new(&extents).expect("a part of an array has no more elements")
}

/// Ranges that have been built, each as a node of another graph.
#[derive(Default)]
pub(super) struct Built {
    /// The nodes of which all is there.
    pub(super) wholes: Vec<Option<NodeId>>,
    parts: Vec<SmallVec<[(Range, NodeId); 2]>>,
}

impl Built {
    /// Nothing of a graph of so many nodes.
    pub(super) fn new(nodes: usize) -> Built {
        Built { wholes: vec![None; nodes], parts: vec![SmallVec::new(); nodes] }
    }

    /// A range of a node that was asked for.
    pub(super) fn part(&self, into: &mut Graph, n: NodeId, range: Range) -> NodeId {
        if let Some(whole) = self.wholes[n.index()] {
            return slice(into, whole, range);
        }
        let holds = |built: &Range| {
            let ends = range.start + range.len <= built.start + built.len;
            built.axis == range.axis && built.start <= range.start && ends
        };
        let found = self.parts[n.index()].iter().find(|(built, _)| holds(built));
        let (built, node) = *found.expect("a range is asked for before it is built");
        slice(into, node, Range { start: range.start - built.start, ..range })
    }
}

/// A range of a node; the node, if that is all of it.
fn slice(into: &mut Graph, n: NodeId, range: Range) -> NodeId {
    let mut parts: Vec<(i64, i64, usize)> = into.node(n).shape.iter().map(|&n| (0, 1, n)).collect();
    parts[range.axis] = (range.start as i64, 1, range.len);
    build::slice(into, &n, &parts).expect("a range lies inside of its node")
}

impl Cutter<'_> {
    /// Builds the ranges of a node that are asked for, from those of its operands.
    pub(super) fn build(&self, into: &mut Graph, built: &mut Built, n: NodeId) {
        let Asked { whole, ranges } = &self.asked[n.index()];
        for &range in ranges.iter().filter(|_| whole.is_none()) {
            let way = self.way(n, range).expect("a node that cannot be cut is asked for as a whole");
            let node = self.build_range(into, built, n, range, way);
            built.parts[n.index()].push((range, node));
        }
    }

    fn build_range(&self, into: &mut Graph, built: &Built, n: NodeId, range: Range, way: Way) -> NodeId {
        let whole = |n: NodeId| built.wholes[n.index()].expect("what is read as a whole is there");
        let mut operands: SmallVec<[NodeId; 3]> = SmallVec::new();
        for (&input, need) in self.graph.inputs(n).iter().zip(&way.needs) {
            match *need {
                Need::Nothing => {}
                Need::Whole => operands.push(whole(input)),
                Need::Part(part) => operands.push(built.part(into, input, part)),
                Need::Corner(part, other) => {
                    let strip = built.part(into, input, part);
                    operands.push(slice(into, strip, other));
                }
            }
        }
        let Node { shape, dtype, .. } = self.graph.node(n);
        let shape = with_extent(shape, range.axis, range.len);
        match way.form {
            Form::Node(Kind::View(View::Reshape)) => build::reshape_to(into, &operands[0], shape),
            Form::Node(Kind::View(View::Expand)) => build::expand(into, &operands[0], &shape),
            Form::Node(kind) => into.insert(Node { kind, shape, dtype: *dtype }, &operands),
            Form::Need => operands[0],
            Form::Rows { skip, .. } => {
                let all = Shape::new(&[into.node(operands[0]).shape.size()]);
                let flat = build::reshape_to(into, &operands[0], all.expect("as many elements"));
                let part = slice(into, flat, Range { axis: 0, start: skip, len: shape.size() });
                build::reshape_to(into, &part, shape)
            }
        }
    }
}
