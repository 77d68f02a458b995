//! What a well-formed graph is.
//!
//! The constructors of [`build`](super::build) make nothing else; every pass over graphs is checked
//! against this in debug builds, and the parser refuses what does not satisfy it. After that nobody
//! asks again whether shapes and types agree.

use super::print::{Line, Type};
use super::{Graph, Kind, Node, NodeId};
use crate::dtype::{DType, Kind as Numbers};
use crate::gather::Source;
use crate::ops::Op;
use crate::ops::fold::Fold;
use crate::ops::library::LibOp;
use crate::shape::Shape;
use crate::view::View;
use std::collections::HashMap;
use std::fmt::Write;

/// Checks that a graph is well-formed:
///
/// * operands come before their users, and outputs are nodes of the graph;
/// * `Leaf`, `Const`, `Scalar` and `Iota` have no operands, `Cast`, `View`, `Scan` and `Reduce` one, `Pad` and
///   `Update` two, `Map` as many as its row;
/// * nodes of one leaf number have one shape and type, those of one scalar number one type;
/// * a `Const` and a `Scalar` have shape `()`, a `Scalar` is not complex (a number of two parts is made of two), a `Const` the type of its value, a bool is 0 or 1;
/// * an `Iota` is int64 and its axis one of its shape;
/// * the operands of a `Map` have the result's shape and the very types to which its row promotes
///   them; the result has the row's type;
/// * a `Cast` keeps the shape; a `View` keeps the type;
/// * every place that a `Slice` visits is inside its source, and no step is 0; a `Permute` names
///   each axis once; an `Expand` adds axes in front and repeats axes of extent 1; a `Reshape` keeps
///   the number of elements; a `Diagonal` takes two different axes and has the length that lies
///   inside both; a `Window` is at least 1 wide and stays inside its axis;
/// * the operands of a `Pad` have the result's type, the second one its shape, the first one as many
///   axes, and there is one place for each axis (it may stick out of the frame on any side, by no
///   more than the 2^60 elements that the largest array has);
/// * the operands of an `Update` have the result's type, the first one its shape, and the second one has
///   elements, each of which is written to a place inside the result;
/// * a `Scan` keeps shape and type, its axis is one of its shape, and its fold has scans of its type;
/// * a `Gather` has its data's type and a source for each axis of its data, at least one of them an
///   index; the indices are int64 and have its shape, an axis of the result that is a source has the
///   extent of the data's, and unless it is empty no axis taken from by index is;
/// * the operands of a `Library` have the shapes and types of its row, as has the result;
/// * a `Reduce` has a part that its fold has, at least one axis, and axes that are sorted and in
///   range, which its shape lacks; its type is that part's. `any` and `all` read bools, `moments`
///   floats; `min`, `max`, `argmin` and `argmax` never fold nothing; the axes of a float `sum` or
///   `prod` are neighbours but for axes of extent 1 between them (the order of others is undefined).
///
/// # Errors
/// A sentence about the first faulty node, and the graph with that node marked.
pub fn verify(graph: &Graph) -> Result<(), String> {
    let mut numbers = Numbered::default();
    for n in graph.nodes() {
        verify_node(graph, n, &mut numbers).map_err(|fault| marked(graph, n, &fault))?;
    }
    match graph.outputs().iter().find(|n| n.index() >= graph.len()) {
        Some(n) => Err(format!("output {n:?} is not a node of the graph\n{graph}")),
        None => Ok(()),
    }
}

/// The sentence, and below it the graph with the faulty node marked.
fn marked(graph: &Graph, faulty: NodeId, fault: &str) -> String {
    let mut text = format!("{faulty:?}: {fault}\n");
    for n in graph.nodes() {
        let mark = if n == faulty { "> " } else { "  " };
        writeln!(text, "{mark}{}", Line { graph, n }).expect("writing to a string does not fail");
    }
    text
}

/// What the leaves and scalars met so far are.
#[derive(Default)]
pub(super) struct Numbered {
    leaves: HashMap<u32, (Shape, DType)>,
    scalars: HashMap<u32, DType>,
}

/// Checks one node; those before it are well-formed.
pub(super) fn verify_node(graph: &Graph, n: NodeId, numbers: &mut Numbered) -> Result<(), String> {
    let (node, inputs) = (graph.node(n), graph.inputs(n));
    if let Some(late) = inputs.iter().find(|i| i.index() >= n.index()) {
        return Err(format!("operand {late:?} does not come before its user"));
    }
    let wanted = operands(&node.kind);
    let begins = matches!(node.kind, Kind::Update(_)) && inputs.len() == 1;
    check(begins || inputs.len() == wanted, || format!("{} operands where it takes {wanted}", inputs.len()))?;
    let inputs: Vec<&Node> = inputs.iter().map(|&i| graph.node(i)).collect();
    match &node.kind {
        Kind::Leaf(i) => same_leaf(node, *i, numbers),
        Kind::Const(value) => {
            is_scalar(node)?;
            check(value.dtype() == node.dtype, || format!("a constant of type {}", value.dtype().short()))?;
            let odd = value.dtype() == DType::Bool && value.bits() > 1;
            check(!odd, || "a bool that is neither 0 nor 1".to_string())
        }
        Kind::Scalar(k) => {
            is_scalar(node)?;
            let known = *numbers.scalars.entry(*k).or_insert(node.dtype);
            check(known == node.dtype, || format!("scalar {k} was {} before", known.short()))?;
            check(!known.is_complex(), || "a complex number is made of two".to_string())
        }
        Kind::Iota(axis) => {
            check(node.dtype == DType::I64, || "positions are i64".to_string())?;
            check(*axis < node.shape.len(), || format!("there is no axis {axis}"))
        }
        Kind::Map(op) => map(node, *op, &inputs),
        Kind::Cast => same_shape(node, inputs[0]),
        Kind::View(by) => {
            check(inputs[0].dtype == node.dtype, || "a view keeps the type".to_string())?;
            view(by, &inputs[0].shape, &node.shape)
        }
        Kind::Pad(before) => pad(node, before, &inputs),
        Kind::Update(parts) => update(node, parts, &inputs),
        Kind::Scan { fold, axis } => scan(node, *fold, *axis, inputs[0]),
        Kind::Gather { from, .. } => gather(node, from, &inputs),
        Kind::Reduce { fold, part, axes } => reduce(node, *fold, *part, axes, inputs[0]),
        Kind::Library(op) => library(node, *op, &inputs),
    }
}

fn operands(kind: &Kind) -> usize {
    match kind {
        Kind::Leaf(_) | Kind::Const(_) | Kind::Scalar(_) | Kind::Iota(_) => 0,
        Kind::Map(op) => op.arity(),
        Kind::Cast | Kind::View(_) | Kind::Scan { .. } | Kind::Reduce { .. } => 1,
        Kind::Pad(_) | Kind::Update(_) => 2,
        Kind::Gather { from, .. } => 1 + from.iter().filter(|source| **source == Source::Index).count(),
        Kind::Library(op) => op.def().arity,
    }
}

fn check(holds: bool, fault: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(fault()) }
}

fn is_scalar(node: &Node) -> Result<(), String> {
    check(node.shape.is_empty(), || "its shape is ()".to_string())
}

fn same_shape(node: &Node, operand: &Node) -> Result<(), String> {
    check(operand.shape == node.shape, || format!("an operand of shape {}", operand.shape))
}

fn has_shape(shape: &Shape, wanted: &[usize]) -> Result<(), String> {
    check(**shape == *wanted, || format!("its shape would be {wanted:?}"))
}

fn same_leaf(node: &Node, i: u32, numbers: &mut Numbered) -> Result<(), String> {
    let entry = numbers.leaves.entry(i).or_insert_with(|| (node.shape.clone(), node.dtype));
    let agree = entry.0 == node.shape && entry.1 == node.dtype;
    check(agree, || format!("leaf {i} was {} before", Type(entry.1, &entry.0)))
}

fn map(node: &Node, op: Op, inputs: &[&Node]) -> Result<(), String> {
    inputs.iter().try_for_each(|i| same_shape(node, i))?;
    let types: Vec<DType> = inputs.iter().map(|i| i.dtype).collect();
    let promoted = op.promote(&types);
    check(promoted.as_deref() == Some(&types[..]), || match promoted {
        Some(wanted) => format!("operands of types {types:?} where it takes {wanted:?}"),
        None => format!("{} has no types {types:?}", op.name()),
    })?;
    let result = op.result(&types);
    check(result == node.dtype, || format!("its type would be {}", result.short()))
}

fn view(view: &View, from: &Shape, to: &Shape) -> Result<(), String> {
    match view {
        View::Slice(parts) => slice(parts, from, to),
        View::Permute(axes) => {
            let once = axes.len() == from.len() && (0..from.len()).all(|a| axes.contains(&a));
            check(once, || format!("no permutation of {} axes", from.len()))?;
            has_shape(to, &axes.iter().map(|&a| from[a]).collect::<Vec<_>>())
        }
        View::Expand => {
            let kept = to.len().checked_sub(from.len()).map(|new| &to[new..]);
            let meets = kept.is_some_and(|to| from.iter().zip(to).all(|(&n, &m)| n == m || n == 1));
            check(meets, || format!("shape {from} does not stretch to it"))
        }
        View::Reshape => check(from.size() == to.size(), || format!("{} elements in {from}", from.size())),
        View::Diagonal(first, second, offset) => diagonal(*first, *second, *offset, from, to),
        View::Window(axis) => window(*axis, from, to),
    }
}

fn slice(parts: &[(i64, i64)], from: &Shape, to: &Shape) -> Result<(), String> {
    let dims = from.len();
    check(parts.len() == dims && to.len() == dims, || format!("it wants a part for each of {dims} axes"))?;
    for (axis, &(start, step)) in parts.iter().enumerate() {
        check(step != 0, || format!("step 0 along axis {axis}"))?;
        let (full, count) = (from[axis] as i128, to[axis] as i128);
        let last = i128::from(start) + i128::from(step) * (count - 1);
        let inside = count == 0 || (0..full).contains(&i128::from(start)) && (0..full).contains(&last);
        check(inside, || format!("axis {axis} is left: {full} elements, from {start} to {last}"))?;
    }
    Ok(())
}

fn diagonal(first: usize, second: usize, offset: i64, from: &Shape, to: &Shape) -> Result<(), String> {
    let dims = from.len();
    check(first < dims && second < dims && first != second, || format!("no two of {dims} axes"))?;
    let rows = from[first] as i128 + i128::from(offset.min(0));
    let columns = from[second] as i128 - i128::from(offset.max(0));
    let length = rows.min(columns).max(0) as usize;
    let kept = (0..dims).filter(|&a| a != first && a != second).map(|a| from[a]);
    has_shape(to, &kept.chain([length]).collect::<Vec<_>>())
}

fn window(axis: usize, from: &Shape, to: &Shape) -> Result<(), String> {
    check(axis < from.len(), || format!("there is no axis {axis}"))?;
    let width = to.last().copied().unwrap_or(0);
    let fits = (1..=from[axis]).contains(&width);
    check(fits, || format!("a window of {width} along an axis of {}", from[axis]))?;
    let mut wanted = from.to_vec();
    wanted[axis] -= width - 1;
    wanted.push(width);
    has_shape(to, &wanted)
}

fn pad(node: &Node, before: &[i64], inputs: &[&Node]) -> Result<(), String> {
    let typed = inputs.iter().all(|i| i.dtype == node.dtype);
    check(typed, || "its operands have its type".to_string())?;
    same_shape(node, inputs[1])?;
    let dims = node.shape.len();
    let places = inputs[0].shape.len() == dims && before.len() == dims;
    check(places, || format!("it wants a place for each of {dims} axes"))?;
    let far = before.iter().any(|place| place.unsigned_abs() > 1 << 60);
    check(!far, || "a place beyond the largest array".to_string())
}

fn update(node: &Node, parts: &[(i64, i64)], inputs: &[&Node]) -> Result<(), String> {
    let typed = inputs.iter().all(|i| i.dtype == node.dtype);
    check(typed, || "its operands have its type".to_string())?;
    let (values, base) = inputs.split_last().expect("it has one operand or two");
    base.iter().try_for_each(|base| same_shape(node, base))?;
    check(values.shape.size() > 0, || "nothing is written".to_string())?;
    slice(parts, &node.shape, &values.shape)
}

fn scan(node: &Node, fold: Fold, axis: usize, from: &Node) -> Result<(), String> {
    same_shape(node, from)?;
    check(axis < node.shape.len(), || format!("there is no axis {axis}"))?;
    check(from.dtype == node.dtype, || "a scan keeps the type".to_string())?;
    check(fold.has_scan() && reads(fold, from.dtype), || format!("no scan {} of {}", fold.name(), from.dtype))
}

/// True for types whose elements the fold takes.
fn reads(fold: Fold, dtype: DType) -> bool {
    !dtype.is_half()
        && match fold {
            Fold::Any | Fold::All => dtype.kind() == Numbers::Bool,
            Fold::Moments => dtype.kind() == Numbers::Float,
            Fold::PairProd | Fold::PairArgMin | Fold::PairArgMax | Fold::Products => false,
            Fold::Sum | Fold::Prod => dtype.kind() != Numbers::Bool,
            Fold::Min | Fold::Max | Fold::ArgMin | Fold::ArgMax => true,
        }
}

fn gather(node: &Node, from: &[Source], inputs: &[&Node]) -> Result<(), String> {
    let (data, indices) = (inputs[0], &inputs[1..]);
    check(data.dtype == node.dtype, || "a gather keeps the type".to_string())?;
    check(from.len() == data.shape.len(), || format!("it wants a source for each axis of {}", data.shape))?;
    check(!indices.is_empty(), || "it takes nothing by index".to_string())?;
    let whole = indices.iter().all(|i| i.dtype == DType::I64);
    check(whole, || "its indices are i64".to_string())?;
    indices.iter().try_for_each(|i| same_shape(node, i))?;
    for (axis, (source, &extent)) in from.iter().zip(data.shape.iter()).enumerate() {
        let fits = match source {
            Source::Index => extent > 0 || node.shape.size() == 0,
            Source::Axis(a) => node.shape.get(*a) == Some(&extent),
        };
        check(fits, || format!("axis {axis} has {extent} elements"))?;
    }
    Ok(())
}

fn library(node: &Node, op: LibOp, inputs: &[&Node]) -> Result<(), String> {
    let operands: Vec<_> = inputs.iter().map(|i| (&i.shape, i.dtype)).collect();
    let (shape, dtype) = (op.def().result)(&operands)?;
    has_shape(&node.shape, &shape)?;
    check(dtype == node.dtype, || format!("its type would be {}", dtype.short()))
}

fn reduce(node: &Node, fold: Fold, part: usize, axes: &[usize], from: &Node) -> Result<(), String> {
    let (name, shape) = (fold.name(), &from.shape);
    check(part < fold.parts(), || format!("{name} has no part {part}"))?;
    let sorted = axes.windows(2).all(|pair| pair[0] < pair[1]);
    let in_range = axes.last().is_some_and(|&a| a < shape.len());
    check(sorted && in_range, || format!("axes {axes:?} are not sorted axes of {shape}"))?;
    has_shape(&node.shape, &shape.reduced(axes, false))?;
    let dtype = fold.part_dtype(from.dtype, part);
    check(dtype == node.dtype, || format!("its type would be {}", dtype.short()))?;
    check(reads(fold, from.dtype), || format!("{name} of {}", from.dtype.short()))?;
    let extremum = matches!(fold, Fold::Min | Fold::Max | Fold::ArgMin | Fold::ArgMax);
    let nothing = node.shape.size() > 0 && axes.iter().any(|&a| shape[a] == 0);
    check(!(extremum && nothing), || format!("{name} of nothing"))?;
    let ordered = matches!(fold, Fold::Sum | Fold::Prod) && !fold.is_free(from.dtype);
    check(!ordered || neighbours(axes, shape), || format!("the order of axes {axes:?} is undefined"))
}

/// True when only axes of extent 1 lie between the axes.
fn neighbours(axes: &[usize], shape: &Shape) -> bool {
    axes.windows(2).all(|pair| shape[pair[0] + 1..pair[1]].iter().all(|&n| n == 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use smallvec::SmallVec;

    fn node(kind: Kind, extents: &[usize], dtype: DType) -> Node {
        Node { kind, shape: Shape::new(extents).unwrap(), dtype }
    }

    /// A leaf of that shape and one node that reads it (as often as it has operands).
    fn on_leaf(from: &[usize], kind: Kind, to: &[usize]) -> Result<(), String> {
        let mut g = Graph::new();
        let x = g.insert(node(Kind::Leaf(0), from, DType::F32), &[]);
        let inputs = vec![x; operands(&kind)];
        g.insert(node(kind, to, DType::F32), &inputs);
        verify(&g)
    }

    fn fails(result: Result<(), String>, words: &str) {
        let fault = result.unwrap_err();
        assert!(fault.contains(words), "{fault}");
    }

    fn sum(axes: &[usize]) -> Kind {
        Kind::Reduce { fold: Fold::Sum, part: 0, axes: axes.into() }
    }

    #[test]
    fn the_faulty_node_is_marked() {
        let fault = on_leaf(&[3, 4], sum(&[0]), &[3]).unwrap_err();
        let text = "%1: its shape would be [4]\n  %0 = leaf 0 : f32[3,4]\n> %1 = sum axes 0 %0 : f32[3]\n";
        assert_eq!(fault, text);
    }

    #[test]
    fn views_are_checked() {
        let slice = |parts: &[(i64, i64)]| Kind::View(View::Slice(parts.into()));
        assert_eq!(on_leaf(&[5], slice(&[(4, -2)]), &[3]), Ok(()));
        fails(on_leaf(&[5], slice(&[(3, -2)]), &[3]), "axis 0 is left");
        fails(on_leaf(&[5], slice(&[(0, i64::MAX)]), &[5]), "axis 0 is left");
        fails(on_leaf(&[5], slice(&[(0, 0)]), &[1]), "step 0");
        let permute = |axes: &[usize]| Kind::View(View::Permute(axes.into()));
        assert_eq!(on_leaf(&[2, 3], permute(&[1, 0]), &[3, 2]), Ok(()));
        fails(on_leaf(&[2, 3], permute(&[1, 1]), &[3, 3]), "no permutation");
        assert_eq!(on_leaf(&[1, 3], Kind::View(View::Expand), &[4, 2, 3]), Ok(()));
        fails(on_leaf(&[2, 3], Kind::View(View::Expand), &[4, 3]), "does not stretch");
        fails(on_leaf(&[2, 3], Kind::View(View::Reshape), &[5]), "6 elements");
        let diagonal = |offset| Kind::View(View::Diagonal(0, 1, offset));
        assert_eq!(on_leaf(&[3, 4], diagonal(2), &[2]), Ok(()));
        assert_eq!(on_leaf(&[3, 4], diagonal(i64::MIN), &[0]), Ok(()));
        fails(on_leaf(&[3, 4], diagonal(2), &[3]), "would be [2]");
        assert_eq!(on_leaf(&[5], Kind::View(View::Window(0)), &[3, 3]), Ok(()));
        fails(on_leaf(&[5], Kind::View(View::Window(0)), &[6, 0]), "a window of 0");
        fails(on_leaf(&[5], Kind::View(View::Window(0)), &[3, 2]), "would be [4, 2]");
    }

    #[test]
    fn types_shapes_and_counts_are_checked() {
        assert_eq!(on_leaf(&[2], Kind::Map(Op::Add), &[2]), Ok(()));
        fails(on_leaf(&[2], Kind::Map(Op::Add), &[3]), "an operand of shape (2,)");
        fails(on_leaf(&[2], Kind::Map(Op::LogicalAnd), &[2]), "where it takes [Bool, Bool]");
        fails(on_leaf(&[2], Kind::Map(Op::BitwiseAnd), &[2]), "has no types");
        fails(on_leaf(&[2], Kind::Map(Op::Less), &[2]), "its type would be bool");
        fails(on_leaf(&[2], Kind::Iota(0), &[2]), "positions are i64");
        fails(on_leaf(&[2], Kind::Leaf(0), &[3]), "leaf 0 was f32[2] before");
        fails(on_leaf(&[2, 2], Kind::Pad(SmallVec::from_slice(&[1])), &[2, 2]), "a place for each of 2 axes");
        fails(on_leaf(&[2], Kind::Pad(SmallVec::from_slice(&[i64::MIN])), &[2]), "beyond the largest");
        fails(on_leaf(&[], Kind::Const(crate::scalar::Scalar::f64(1.0)), &[]), "a constant of type f64");
    }

    #[test]
    fn updates_are_checked() {
        let update = |part: &str, of: &str, values: &str| {
            let text = format!(
                "%0 = leaf 0 : f32[{of}]\n%1 = leaf 1 : {values}\n%2 = update {part} %0 %1 : f32[{of}]\n"
            );
            super::super::parse::parse(&text).map(|_| ()).map_err(|error| error.message)
        };
        assert_eq!(update("4:-2", "5", "f32[3]"), Ok(()));
        fails(update("3:-2", "5", "f32[3]"), "axis 0 is left");
        fails(update("0:1", "5", "f64[3]"), "have its type");
        fails(update("0:1", "5", "f32[0]"), "nothing is written");
        fails(update("0:1", "5,2", "f32[3]"), "a part for each of 2 axes");
    }

    #[test]
    fn gathers_are_checked() {
        let gather = |from: &[usize], of: &str, index: &str| {
            let from: Vec<String> =
                from.iter().map(|a| if *a == 9 { "*".to_string() } else { a.to_string() }).collect();
            let text = format!(
                "%0 = leaf 0 : f32[{of}]\n%1 = leaf 1 : {index}\n%2 = gather raise {} %0 %1 : f32[3]\n",
                from.join(" ")
            );
            super::super::parse::parse(&text).map(|_| ()).map_err(|error| error.message)
        };
        assert_eq!(gather(&[9], "5", "i64[3]"), Ok(()));
        assert_eq!(gather(&[0, 9], "3,5", "i64[3]"), Ok(()));
        fails(gather(&[9], "5", "i32[3]"), "its indices are i64");
        fails(gather(&[9], "5", "i64[1]"), "an operand of shape (1,)");
        fails(gather(&[9], "5,2", "i64[3]"), "a source for each axis of (5, 2)");
        fails(gather(&[9], "0", "i64[3]"), "axis 0 has 0 elements");
        fails(gather(&[0, 9], "4,5", "i64[3]"), "axis 0 has 4 elements");
        fails(gather(&[7, 9], "3,5", "i64[3]"), "axis 0 has 3 elements");
        fails(gather(&[0], "3", "i64[3]"), "2 operands where it takes 1");
    }

    #[test]
    fn folds_are_checked() {
        fails(on_leaf(&[2, 3], sum(&[]), &[2, 3]), "are not sorted axes");
        fails(on_leaf(&[2, 3], sum(&[1, 0]), &[]), "are not sorted axes");
        fails(on_leaf(&[2, 3], sum(&[2]), &[2]), "are not sorted axes");
        assert_eq!(on_leaf(&[2, 1, 3], sum(&[0, 2]), &[1]), Ok(()));
        fails(on_leaf(&[2, 4, 3], sum(&[0, 2]), &[4]), "is undefined");
        let min = Kind::Reduce { fold: Fold::Min, part: 0, axes: SmallVec::from_slice(&[0]) };
        fails(on_leaf(&[0, 3], min.clone(), &[3]), "min of nothing");
        assert_eq!(on_leaf(&[0, 0], min, &[0]), Ok(()));
        let part = Kind::Reduce { fold: Fold::Sum, part: 1, axes: SmallVec::from_slice(&[0]) };
        fails(on_leaf(&[3], part, &[]), "no part 1");
    }

    #[test]
    fn outputs_are_nodes() {
        let mut g = Graph::new();
        g.add_output(NodeId::from_index(0));
        fails(verify(&g), "output %0 is not a node");
    }
}
