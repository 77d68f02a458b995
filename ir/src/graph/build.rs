//! Constructors: every check, cast and expand of the language, once.
//!
//! A mistake in shapes, axes or types is found here. [`Build`] is what can be built into: a
//! [`Graph`], or the user's lazy nodes, so that both go through the same rules. Each function
//! returns the node of NumPy's function of that name.

mod views;

pub use views::{diagonal, permute, reshape, reshape_to, slice, window};

use super::{Graph, Kind, Node, NodeId};
use crate::dtype::DType;
use crate::error::{Error, Refusal};
use crate::gather::{Bounds, Source};
use crate::ops::Op;
use crate::ops::fold::Fold;
use crate::ops::library::LibOp;
use crate::scalar::Scalar;
use crate::shape::Shape;
use crate::view::View;
use smallvec::SmallVec;
use views::view;

/// Somewhere nodes can be made.
pub trait Build {
    /// A handle of a node.
    type Node: Clone;

    /// The shape of a node's result.
    fn shape<'a>(&'a self, n: &'a Self::Node) -> &'a Shape;

    /// The type of a node's result.
    fn dtype(&self, n: &Self::Node) -> DType;

    /// The number that a node is, where rules may look at it.
    fn known(&self, n: &Self::Node) -> Option<Scalar>;

    /// Makes a node; shape and type have been worked out.
    fn make(&mut self, node: Node, inputs: &[Self::Node]) -> Self::Node;
}

impl Build for Graph {
    type Node = NodeId;

    fn shape<'a>(&'a self, n: &'a NodeId) -> &'a Shape {
        &self.node(*n).shape
    }

    fn dtype(&self, n: &NodeId) -> DType {
        self.node(*n).dtype
    }

    fn known(&self, n: &NodeId) -> Option<Scalar> {
        known(self.node(*n))
    }

    fn make(&mut self, node: Node, inputs: &[NodeId]) -> NodeId {
        self.insert(node, inputs)
    }
}

/// The number that a node is, where rules may look at it.
pub fn known(node: &Node) -> Option<Scalar> {
    if let Kind::Const(value) = node.kind { Some(value) } else { None }
}

/// A number that rules may look at.
pub fn constant<B: Build>(b: &mut B, value: Scalar) -> B::Node {
    b.make(Node { kind: Kind::Const(value), shape: Shape::scalar(), dtype: value.dtype() }, &[])
}

/// The index along `axis` of an array of that shape, int64.
pub fn iota<B: Build>(b: &mut B, shape: Shape, axis: usize) -> B::Node {
    b.make(Node { kind: Kind::Iota(axis), shape, dtype: DType::I64 }, &[])
}

/// An elementwise op: operands are broadcast to one shape and cast to the row's types.
///
/// # Errors
/// Shapes that do not broadcast, types that the op has not.
pub fn map<B: Build>(b: &mut B, op: Op, args: &[B::Node]) -> Result<B::Node, Error> {
    let dtypes: SmallVec<[DType; 3]> = args.iter().map(|a| b.dtype(a)).collect();
    let types = op.promote(&dtypes).ok_or_else(|| Error::Types {
        op: op.name().to_string(),
        dtypes: dtypes.to_vec(),
        refusal: refusal(op),
    })?;
    if op == Op::Power
        && let Some(exponent) = b.known(&args[1])
        && let Some(ops) = plain_power(types[0], exponent)
    {
        let base = cast(b, &args[0], types[0]);
        return ops.iter().try_fold(base.clone(), |x, &op| match op.arity() {
            1 => map(b, op, &[x]),
            _ => map(b, op, &[x, base.clone()]),
        });
    }
    let alike = same_shape(b, args);
    let shape = alike.cloned().map_or_else(|| broadcast(b, op.name(), args), Ok)?;
    let node = Node { kind: Kind::Map(op), shape, dtype: op.result(&types) };
    if alike.is_some() && types == dtypes {
        return Ok(b.make(node, args));
    }
    let mut inputs: SmallVec<[B::Node; 3]> = SmallVec::new();
    for (arg, &dtype) in args.iter().zip(&types) {
        let arg = cast(b, arg, dtype);
        inputs.push(expand(b, &arg, &node.shape));
    }
    Ok(b.make(node, &inputs))
}

/// The operations, one after the other, that a power with a known exponent is: those by which NumPy takes it, and
/// of integers and complex numbers products.
fn plain_power(dtype: DType, exponent: Scalar) -> Option<&'static [Op]> {
    let is = |n: f64| exponent.imaginary().to_f64() == 0.0 && exponent.real().to_f64() == n;
    match dtype.is_float() {
        _ if is(2.0) => Some(&[Op::Square]),
        false if is(3.0) => Some(&[Op::Square, Op::Multiply]),
        true if is(0.5) => Some(&[Op::Sqrt]),
        true if is(-1.0) => Some(&[Op::Reciprocal]),
        _ => None,
    }
}

/// What NumPy says of types that the op has not.
fn refusal(op: Op) -> Refusal {
    REFUSALS.iter().find(|(refused, _)| *refused == op).map_or(Refusal::Unsupported, |(_, said)| *said)
}

/// The ops of which NumPy says something else than of all others.
const REFUSALS: [(Op, Refusal); 7] = [
    (
        Op::Subtract,
        Refusal::Own(
            "numpy boolean subtract, the `-` operator, is not supported, use the bitwise_xor, the `^` operator, \
             or the logical_xor function instead.",
        ),
    ),
    (
        Op::Negative,
        Refusal::Own(
            "The numpy boolean negative, the `-` operator, is not supported, use the `~` operator or the \
             logical_not function instead.",
        ),
    ),
    (Op::I0, Refusal::Own("i0 not supported for complex values")),
    (Op::Positive, Refusal::NoLoop),
    (Op::Sign, Refusal::NoLoop),
    (Op::Gcd, Refusal::NoLoop),
    (Op::Lcm, Refusal::NoLoop),
];

/// The shape to which all operands broadcast.
///
/// # Errors
/// Shapes that do not meet, named with the op, or that meet in one with too many elements.
pub fn broadcast<B: Build>(b: &B, op: &str, args: &[B::Node]) -> Result<Shape, Error> {
    let mut shapes = args.iter().map(|a| b.shape(a));
    let first = shapes.next().cloned().unwrap_or_default();
    let shape = shapes.try_fold(first, |shape, next| shape.broadcast(next)).ok_or_else(|| {
        Error::Broadcast { op: op.to_string(), shapes: args.iter().map(|a| b.shape(a).clone()).collect() }
    })?;
    // A column and a row are small where the matrix that they meet in is beyond all memory.
    match args.iter().any(|a| *b.shape(a) == shape) {
        true => Ok(shape),
        false => Shape::new(&shape),
    }
}

/// The shape of all operands, if it is one.
fn same_shape<'b, B: Build>(b: &'b B, args: &'b [B::Node]) -> Option<&'b Shape> {
    let (first, rest) = args.split_first()?;
    let shape = b.shape(first);
    rest.iter().all(|arg| b.shape(arg) == shape).then_some(shape)
}

/// `x` in type `dtype`; nothing is made when it already is.
pub fn cast<B: Build>(b: &mut B, x: &B::Node, dtype: DType) -> B::Node {
    if b.dtype(x) == dtype {
        return x.clone();
    }
    let shape = b.shape(x).clone();
    b.make(Node { kind: Kind::Cast, shape, dtype }, std::slice::from_ref(x))
}

/// `x` stretched to `shape`, to which it is known to broadcast.
pub fn expand<B: Build>(b: &mut B, x: &B::Node, shape: &Shape) -> B::Node {
    if b.shape(x) == shape {
        return x.clone();
    }
    view(b, x, View::Expand, shape.clone())
}

/// `x` stretched to `extents`, as `numpy.broadcast_to`.
///
/// # Errors
/// A shape that `x` cannot be stretched to.
pub fn broadcast_to<B: Build>(b: &mut B, x: &B::Node, extents: &[usize]) -> Result<B::Node, Error> {
    let to = Shape::new(extents)?;
    if b.shape(x).broadcast(&to).as_ref() != Some(&to) {
        return Err(Error::BroadcastTo { from: b.shape(x).clone(), to: extents.to_vec() });
    }
    Ok(expand(b, x, &to))
}

/// `x` set into `around` at the places `before` along each axis. Types must agree.
pub fn pad<B: Build>(b: &mut B, x: &B::Node, before: &[i64], around: &B::Node) -> B::Node {
    let (shape, dtype) = (b.shape(around).clone(), b.dtype(x));
    b.make(Node { kind: Kind::Pad(before.into()), shape, dtype }, &[x.clone(), around.clone()])
}

/// `x` with `values` written over its elements `start + step * i` along each axis, `(start, step)`. Types
/// agree, and every place is inside `x`.
pub fn update<B: Build>(b: &mut B, x: &B::Node, parts: &[(i64, i64)], values: &B::Node) -> B::Node {
    if b.shape(values).size() == 0 {
        return x.clone();
    }
    let forward = parts.iter().all(|&part| part == (0, 1));
    if forward && b.shape(values) == b.shape(x) {
        return values.clone();
    }
    // A single element has no step, as in `slice`.
    let extents = b.shape(values).iter();
    let parts = parts.iter().zip(extents).map(|(&(start, step), &n)| (start, if n > 1 { step } else { 1 }));
    let (shape, dtype, parts) = (b.shape(x).clone(), b.dtype(x), parts.collect());
    b.make(Node { kind: Kind::Update(parts), shape, dtype }, &[x.clone(), values.clone()])
}

/// `x` with `values` written to row-major places that lie inside of it, or combined with what is there:
/// a scatter. Places (int64) and values (of the type of `x`) are as many; halfs are combined in float32
/// and rounded once.
pub fn scatter<B: Build>(b: &mut B, op: LibOp, x: &B::Node, places: &B::Node, values: &B::Node) -> B::Node {
    let (shape, dtype) = (b.shape(x).clone(), b.dtype(x));
    if b.shape(places).size() == 0 || shape.size() == 0 {
        return x.clone();
    }
    let works_in = if op == LibOp::Put { dtype } else { dtype.working() };
    let row = |b: &mut B, n: &B::Node| {
        let flat = Shape::new(&[b.shape(n).size()]).expect("as many elements as there are");
        reshape_to(b, n, flat)
    };
    let (x, values) = (cast(b, x, works_in), cast(b, values, works_in));
    let inputs = [row(b, &x), row(b, places), row(b, &values)];
    let flat = b.shape(&inputs[0]).clone();
    let result = b.make(Node { kind: Kind::Library(op), shape: flat, dtype: works_in }, &inputs);
    let result = reshape_to(b, &result, shape);
    cast(b, &result, dtype)
}

/// The running value of a fold along an axis. Sums and products of bools are counted in int64; halfs are
/// scanned in float32, and the running values rounded.
pub fn scan<B: Build>(b: &mut B, x: &B::Node, fold: Fold, axis: usize) -> B::Node {
    let element = b.dtype(x);
    let x = folded(b, x, fold);
    let (shape, dtype) = (b.shape(&x).clone(), b.dtype(&x));
    let result = match shape[axis] {
        0 | 1 => x,
        _ => b.make(Node { kind: Kind::Scan { fold, axis }, shape, dtype }, &[x]),
    };
    if element.is_half() { cast(b, &result, element) } else { result }
}

/// The operand of a fold in the type that it works in: int64 for bools that are added or multiplied,
/// float32 for halfs.
fn folded<B: Build>(b: &mut B, x: &B::Node, fold: Fold) -> B::Node {
    let element = b.dtype(x);
    let counts = matches!(fold, Fold::Sum | Fold::Prod) && element == DType::Bool;
    cast(b, x, if counts { DType::I64 } else { element.working() })
}

/// Elements of `x` by index: along each of these axes (sorted) the coordinate is that of an integer
/// array. The arrays broadcast together; their axes come at place `at` among the others of `x`.
///
/// # Errors
/// Indices that are no integers, arrays that do not broadcast, something taken from nothing.
pub fn gather<B: Build>(
    b: &mut B,
    x: &B::Node,
    taken: &[(usize, B::Node)],
    at: usize,
    bounds: Bounds,
) -> Result<B::Node, Error> {
    let arrays: SmallVec<[B::Node; 4]> = taken.iter().map(|(_, index)| index.clone()).collect();
    let indices = broadcast(b, "index", &arrays).map_err(|error| match error {
        Error::Broadcast { shapes, .. } => mismatch(&shapes),
        other => other,
    })?;
    let is_taken = |axis: &usize| taken.iter().any(|(a, _)| a == axis);
    let kept: SmallVec<[usize; 4]> = (0..b.shape(x).len()).filter(|axis| !is_taken(axis)).collect();
    let mut extents: SmallVec<[usize; 4]> = kept.iter().map(|&axis| b.shape(x)[axis]).collect();
    extents.insert_from_slice(at, &indices);
    let shape = Shape::new(&extents)?;
    let place = |axis: usize| match kept.iter().position(|&other| other == axis) {
        Some(place) if place < at => Source::Axis(place),
        Some(place) => Source::Axis(place + indices.len()),
        None => Source::Index,
    };
    let from: SmallVec<[Source; 4]> = (0..b.shape(x).len()).map(place).collect();
    let behind = extents.len() - at - indices.len();
    let mut aligned: SmallVec<[B::Node; 4]> = SmallVec::new();
    for index in &arrays {
        // Axes of extent 1 for what comes behind: broadcasting adds those in front.
        let extents: SmallVec<[usize; 4]> =
            b.shape(index).iter().copied().chain(std::iter::repeat_n(1, behind)).collect();
        aligned.push(reshape_to(b, index, Shape::new(&extents)?));
    }
    take(b, x, from, &aligned, shape, bounds)
}

/// Elements of `x` by index, each axis of which has its source; the indices broadcast to `shape`.
///
/// # Errors
/// Indices that are no integers, something taken from nothing.
pub fn take<B: Build>(
    b: &mut B,
    x: &B::Node,
    from: SmallVec<[Source; 4]>,
    indices: &[B::Node],
    shape: Shape,
    bounds: Bounds,
) -> Result<B::Node, Error> {
    let empty = |(axis, source): (usize, &Source)| *source == Source::Index && b.shape(x)[axis] == 0;
    if shape.size() > 0
        && let Some(axis) = from.iter().enumerate().position(empty)
    {
        let sentence = format!("cannot do a non-empty take from an empty axes: axis {axis} has size 0");
        return Err(Error::Argument { sentence });
    }
    let mut inputs: SmallVec<[B::Node; 3]> = SmallVec::from_elem(x.clone(), 1);
    for index in indices {
        let whole = integer(b, index)?;
        inputs.push(expand(b, &whole, &shape));
    }
    let dtype = b.dtype(x);
    Ok(b.make(Node { kind: Kind::Gather { from, bounds }, shape, dtype }, &inputs))
}

/// NumPy's sentence for indices that are no integers.
pub const NO_INTEGERS: &str = "arrays used as indices must be of integer (or boolean) type";

/// An index in int64. What only uint64 holds is out of range of every axis, and stays so.
fn integer<B: Build>(b: &mut B, index: &B::Node) -> Result<B::Node, Error> {
    let dtype = b.dtype(index);
    if dtype.is_inexact() {
        return Err(Error::Argument { sentence: NO_INTEGERS.to_string() });
    }
    if dtype != DType::U64 {
        return Ok(cast(b, index, DType::I64));
    }
    let most = constant(b, Scalar::from_i128(dtype, i64::MAX.into()));
    let held = map(b, Op::Minimum, &[index.clone(), most])?;
    Ok(cast(b, &held, DType::I64))
}

/// NumPy's sentence for index arrays whose shapes do not meet.
pub fn mismatch(shapes: &[Shape]) -> Error {
    let shapes: String =
        shapes.iter().map(|shape| format!(" {}", shape.to_string().replace(' ', ""))).collect();
    let sentence =
        format!("shape mismatch: indexing arrays could not be broadcast together with shapes{shapes}");
    Error::Argument { sentence }
}

/// One part of a fold over sorted axes, which are dropped or, if `keep`, left with extent 1.
///
/// Axes that are not neighbours are folded one run at a time, the last run first (the order of
/// every float fold is part of the language). Sums and products of bools are counted in int64; halfs
/// are folded in float32 and the result is rounded.
///
/// # Errors
/// A fold of nothing that has no identity.
pub fn reduce<B: Build>(
    b: &mut B,
    x: &B::Node,
    fold: Fold,
    part: usize,
    axes: &[usize],
    keep: bool,
) -> Result<B::Node, Error> {
    if axes.is_empty() && fold.parts() > 1 {
        // Folding one element: the place of the least of it, its mean, its spread.
        let extents: SmallVec<[usize; 4]> = b.shape(x).iter().copied().chain([1]).collect();
        let column = reshape_to(b, x, Shape::new(&extents)?);
        return reduce(b, &column, fold, part, &[extents.len() - 1], false);
    }
    let from = b.shape(x).clone();
    let element = b.dtype(x);
    let x = &folded(b, x, fold);
    let empty = axes.iter().any(|&a| from[a] == 0);
    if empty && matches!(fold, Fold::Min | Fold::Max | Fold::ArgMin | Fold::ArgMax) {
        let op = match fold {
            Fold::Min => "minimum",
            Fold::Max => "maximum",
            other => other.name(),
        };
        return Err(Error::EmptyFold { op: op.to_string() });
    }
    let mut result = x.clone();
    for run in runs(axes, &from, fold).into_iter().rev() {
        let (shape, dtype) = (b.shape(&result).reduced(&run, false), fold.part_dtype(b.dtype(&result), part));
        result = b.make(Node { kind: Kind::Reduce { fold, part, axes: run }, shape, dtype }, &[result]);
    }
    if element.is_half() && b.dtype(&result) == element.working() {
        result = cast(b, &result, element);
    }
    Ok(if keep { reshape_to(b, &result, from.reduced(axes, true)) } else { result })
}

/// Sorted axes in runs of neighbours (an axis of extent 1 between two does not part them); folds
/// that travel with a position, and the moments, are never split.
fn runs(axes: &[usize], shape: &Shape, fold: Fold) -> Vec<SmallVec<[usize; 4]>> {
    let mut runs: Vec<SmallVec<[usize; 4]>> = Vec::new();
    for &axis in axes {
        let joined = runs.last_mut().filter(|run| {
            let last = run[run.len() - 1];
            fold.parts() > 1
                || fold == Fold::Any
                || fold == Fold::All
                || shape[last + 1..axis].iter().all(|&n| n == 1)
        });
        match joined {
            Some(run) => run.push(axis),
            None => runs.push(SmallVec::from_slice(&[axis])),
        }
    }
    runs
}
