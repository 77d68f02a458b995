//! Oracle 1: what a graph means, array by array.
//!
//! Nodes are computed whole, one after the other, in order. Nothing here is clever and nothing is
//! shared with what it checks: no view is composed with another, nothing is fused or simplified,
//! ops are their rows' expansions over scalars, and the order of folds is written down here a second
//! time. Where this and a kernel differ, the compiler is wrong; where this and NumPy differ, the
//! table is.

use super::{Graph, Kind, Node, NodeId, meaning};
use crate::dtype::DType;
use crate::gather::{Bounds, OutOfBounds, Source};
use crate::math::Eval;
use crate::math::complex::Value;
use crate::ops::Op;
use crate::ops::fold::{Fold, State};
use crate::scalar::Scalar;
use crate::shape::Shape;
use crate::view::View;
use smallvec::SmallVec;

/// A row-major array.
type Array = Vec<Scalar>;

/// The values of the outputs, row-major, for the data of each leaf (row-major) and each run-time
/// number.
///
/// # Panics
/// When a leaf's data has not the size of its shape, or a number not its type, or an index is out of
/// range. The graph itself is taken to be [well-formed](super::verify::verify).
///
/// ```
/// use numfuse_ir::graph::{interp::interpret, parse::parse};
/// use numfuse_ir::scalar::Scalar;
///
/// let graph = parse("%0 = leaf 0 : f32[2]\n%1 = square %0 : f32[2]\nout %1").unwrap();
/// let outputs = interpret(&graph, &[vec![Scalar::f32(2.0), Scalar::f32(3.0)]], &[]);
/// assert_eq!(outputs, [[Scalar::f32(4.0), Scalar::f32(9.0)]]);
/// ```
pub fn interpret(graph: &Graph, leaves: &[Vec<Scalar>], scalars: &[Scalar]) -> Vec<Vec<Scalar>> {
    try_interpret(graph, leaves, scalars).unwrap_or_else(|fault| panic!("{fault}\n{graph}"))
}

/// [`interpret`], where an index may be out of range.
///
/// # Errors
/// The first index out of range, in the order of the nodes, their operands and the elements.
///
/// # Panics
/// When a leaf's data has not the size of its shape, or a number not its type.
pub fn try_interpret(
    graph: &Graph,
    leaves: &[Vec<Scalar>],
    scalars: &[Scalar],
) -> Result<Vec<Vec<Scalar>>, OutOfBounds> {
    let live = graph.live();
    let last = last_reads(graph);
    let mut arrays: Vec<Array> = vec![Array::new(); graph.len()];
    for n in graph.nodes().filter(|n| live[n.index()]) {
        let inputs = graph.inputs(n);
        let read = |i: &NodeId| (graph.node(*i), arrays[i.index()].as_slice());
        let operands: Vec<(&Node, &[Scalar])> = inputs.iter().map(read).collect();
        let result = compute(n, graph.node(n), &operands, leaves, scalars)?;
        // A long chain keeps a few arrays at a time, not all of them.
        let done = |i: &&NodeId| last[i.index()] == Some(n);
        inputs.iter().filter(done).for_each(|i| arrays[i.index()] = Array::new());
        arrays[n.index()] = result;
    }
    Ok(graph.outputs().iter().map(|n| arrays[n.index()].clone()).collect())
}

/// The last live reader of each node; outputs have none, they are kept.
fn last_reads(graph: &Graph) -> Vec<Option<NodeId>> {
    let live = graph.live();
    let mut last = vec![None; graph.len()];
    for n in graph.nodes().filter(|n| live[n.index()]) {
        graph.inputs(n).iter().for_each(|i| last[i.index()] = Some(n));
    }
    graph.outputs().iter().for_each(|n| last[n.index()] = None);
    last
}

/// One node from its operands.
fn compute(
    n: NodeId,
    node: &Node,
    inputs: &[(&Node, &[Scalar])],
    leaves: &[Array],
    scalars: &[Scalar],
) -> Result<Array, OutOfBounds> {
    let size = node.shape.size();
    Ok(match &node.kind {
        Kind::Leaf(i) => {
            let data = &leaves[*i as usize];
            assert_eq!(data.len(), size, "leaf {i} has shape {}", node.shape);
            assert!(data.iter().all(|x| x.dtype() == node.dtype), "leaf {i} has type {}", node.dtype);
            data.clone()
        }
        Kind::Const(value) => vec![*value],
        Kind::Scalar(k) => {
            let value = scalars[*k as usize];
            assert_eq!(value.dtype(), node.dtype, "scalar {k} has type {}", node.dtype);
            vec![value]
        }
        Kind::Iota(axis) => {
            let along = (0..node.shape.len()).map(|a| i64::from(a == *axis)).collect::<Vec<_>>();
            places(&node.shape, 0, &along).map(position).collect()
        }
        Kind::Map(op) => map(*op, size, inputs),
        Kind::Cast => inputs[0].1.iter().map(|x| Value::of(*x).cast(node.dtype).whole()).collect(),
        Kind::View(by) => view(by, &inputs[0].0.shape, &node.shape, inputs[0].1),
        Kind::Pad(before) => pad(before, node, inputs),
        Kind::Update(parts) => update(parts, node, inputs),
        Kind::Scan { fold, axis } => scan(*fold, &node.shape, *axis, inputs[0].1),
        Kind::Gather { from, bounds } => gather(n, node, from, *bounds, inputs)?,
        Kind::Reduce { fold, part, axes } => {
            let (source, data) = inputs[0];
            let of = |fold| Reduction::of(fold, source.dtype.part(), &source.shape, axes);
            reduce(*fold, source.dtype, data, *part, of)
        }
        Kind::Library(op) => {
            let operands: Vec<_> = inputs.iter().map(|(node, data)| (&node.shape, *data)).collect();
            meaning::library(*op, &operands, node.dtype)
        }
    })
}

/// A fold, whose way over the elements `of` gives; of complex numbers one of their parts, or one of either
/// part.
pub(super) fn reduce(
    fold: Fold,
    dtype: DType,
    data: &[Scalar],
    part: usize,
    of: impl Fn(Fold) -> Reduction,
) -> Array {
    let of = |fold: Fold, data: &[Scalar], part| of(fold).run(data, part);
    match fold {
        _ if !dtype.is_complex() => of(fold, data, part),
        Fold::Sum => of_parts(data, |data| of(fold, data, 0)),
        Fold::ArgMin | Fold::ArgMax if part == 1 => of(fold.of_pairs(), data, 2),
        Fold::Prod | Fold::Min | Fold::Max | Fold::ArgMin | Fold::ArgMax => {
            joined(of(fold.of_pairs(), data, 0), of(fold.of_pairs(), data, 1))
        }
        Fold::Any
        | Fold::All
        | Fold::Moments
        | Fold::Products
        | Fold::PairProd
        | Fold::PairArgMin
        | Fold::PairArgMax => {
            unreachable!("{} is no fold of complex numbers: graph/verify.rs", fold.name())
        }
    }
}

/// The same of the real and of the imaginary parts.
fn of_parts(data: &[Scalar], f: impl Fn(&[Scalar]) -> Array) -> Array {
    let part = |of: fn(Scalar) -> Scalar| f(&data.iter().map(|x| of(*x)).collect::<Array>());
    joined(part(Scalar::real), part(Scalar::imaginary))
}

fn joined(real: Array, imaginary: Array) -> Array {
    real.into_iter().zip(imaginary).map(|(re, im)| Scalar::complex(re, im)).collect()
}

fn position(place: usize) -> Scalar {
    Scalar::from_i128(DType::I64, place as i128)
}

fn map(op: Op, size: usize, inputs: &[(&Node, &[Scalar])]) -> Array {
    let at = |i: usize| {
        let args: SmallVec<[Scalar; 3]> = inputs.iter().map(|(_, data)| data[i]).collect();
        op.eval(&args)
    };
    (0..size).map(at).collect()
}

/// `start + Σ stride · coordinate` at each point of the extents, the last axis fastest.
fn places(extents: &[usize], start: i64, strides: &[i64]) -> impl Iterator<Item = usize> {
    let mut places = if extents.contains(&0) { vec![] } else { vec![start] };
    for (&n, &stride) in extents.iter().zip(strides) {
        if !places.is_empty() && n > 1 {
            let step = |&from: &i64| (0..n as i64).map(move |i| from + i * stride);
            places = places.iter().flat_map(step).collect();
        }
    }
    places.into_iter().map(|place| usize::try_from(place).expect("a view stays inside: graph/verify.rs"))
}

/// A view is a start and a stride for each axis of its result.
fn view(view: &View, from: &Shape, to: &Shape, data: &[Scalar]) -> Array {
    if to.size() == 0 {
        return Array::new();
    }
    let strides = from.strides();
    let (start, by): (i64, Vec<i64>) = match view {
        View::Reshape => return data.to_vec(),
        View::Slice(parts) => {
            let start = parts.iter().zip(&strides).map(|((start, _), stride)| start * stride).sum();
            // The step along an axis of one element is never taken, and may be huge.
            let step = |axis: usize| if to[axis] > 1 { parts[axis].1 * strides[axis] } else { 0 };
            (start, (0..to.len()).map(step).collect())
        }
        View::Permute(axes) => (0, axes.iter().map(|&a| strides[a]).collect()),
        View::Expand => {
            let new = to.len() - from.len();
            let repeated = |axis: usize| axis < new || from[axis - new] == 1;
            (0, (0..to.len()).map(|axis| if repeated(axis) { 0 } else { strides[axis - new] }).collect())
        }
        View::Diagonal(first, second, offset) => {
            let moved = if *offset < 0 { *first } else { *second };
            let kept = (0..from.len()).filter(|a| a != first && a != second).map(|a| strides[a]);
            let along = strides[*first] + strides[*second];
            (offset.abs() * strides[moved], kept.chain([along]).collect())
        }
        View::Window(axis) => (0, strides.iter().copied().chain([strides[*axis]]).collect()),
    };
    places(to, start, &by).map(|place| data[place]).collect()
}

/// The first operand set into the second, as far as it lies inside.
fn pad(before: &[i64], node: &Node, inputs: &[(&Node, &[Scalar])]) -> Array {
    let ((inner, data), (_, around)) = (inputs[0], inputs[1]);
    let mut result = around.to_vec();
    for (from, &value) in data.iter().enumerate() {
        if let Some(to) = set_into(from, &inner.shape, before, &node.shape) {
            result[to] = value;
        }
    }
    result
}

/// The first operand after each element of the second was written to its place.
/// The new elements over the old ones, or over zeros where there are none.
fn update(parts: &[(i64, i64)], whole: &Node, inputs: &[(&Node, &[Scalar])]) -> Array {
    let (&(inner, values), base) = inputs.split_last().expect("an update has new values");
    let strides = whole.shape.strides();
    let start = parts.iter().zip(&strides).map(|((start, _), stride)| start * stride).sum();
    let by: Vec<i64> = parts.iter().zip(&strides).map(|((_, step), stride)| step * stride).collect();
    let nothing = || vec![Scalar::zero(whole.dtype); whole.shape.size()];
    let mut result = base.first().map_or_else(nothing, |(_, base)| base.to_vec());
    places(&inner.shape, start, &by).zip(values).for_each(|(place, value)| result[place] = *value);
    result
}

/// Each element from where its indices say; the indices are looked at one operand after the other.
fn gather(
    n: NodeId,
    node: &Node,
    from: &[Source],
    bounds: Bounds,
    inputs: &[(&Node, &[Scalar])],
) -> Result<Array, OutOfBounds> {
    let ((source, data), mut operands) = (inputs[0], inputs[1..].iter());
    let mut taken = vec![0usize; node.shape.size()];
    for (axis, (kind, stride)) in from.iter().zip(source.shape.strides()).enumerate() {
        let coordinates: Vec<usize> = match kind {
            Source::Axis(a) => {
                let along = (0..node.shape.len()).map(|other| i64::from(other == *a)).collect::<Vec<_>>();
                places(&node.shape, 0, &along).collect()
            }
            Source::Index => {
                let extent = source.shape[axis];
                let place = |index: &Scalar| {
                    let index = index.to_i128() as i64;
                    let place = bounds.place(index, extent as i64).map(|place| place as usize);
                    place.ok_or(OutOfBounds { node: n, bounds, axis, extent, index })
                };
                let indices = operands.next().expect("an operand for each index: graph/verify.rs").1;
                indices.iter().map(place).collect::<Result<_, _>>()?
            }
        };
        taken.iter_mut().zip(coordinates).for_each(|(at, c)| *at += c * stride as usize);
    }
    Ok(taken.into_iter().map(|at| data[at]).collect())
}

/// Where in the frame the element at the row-major place `from` lies.
fn set_into(from: usize, shape: &[usize], before: &[i64], frame: &[usize]) -> Option<usize> {
    let (mut rest, mut place, mut stride) = (from, 0, 1);
    for axis in (0..shape.len()).rev() {
        let coordinate = (rest % shape[axis]) as i128 + i128::from(before[axis]);
        let inside = usize::try_from(coordinate).ok().filter(|&c| c < frame[axis])?;
        place += inside * stride;
        stride *= frame[axis];
        rest /= shape[axis];
    }
    Some(place)
}

/// The running values along an axis, of each line of elements.
fn scan(fold: Fold, shape: &Shape, axis: usize, data: &[Scalar]) -> Array {
    let (length, inside) = (shape[axis], shape[axis + 1..].iter().product::<usize>());
    let mut result = data.to_vec();
    for start in (0..data.len()).filter(|place| place / inside % length == 0) {
        let line: Array = (0..length).map(|i| data[start + i * inside]).collect();
        let running = running_values(fold, &line);
        running.into_iter().enumerate().for_each(|(i, value)| result[start + i * inside] = value);
    }
    result
}

/// The values of a fold up to each element; of complex numbers of their parts, or of both parts together.
pub(super) fn running_values(fold: Fold, line: &[Scalar]) -> Array {
    let single = |x: &Scalar| -> State<Scalar> { SmallVec::from_slice(&[*x]) };
    if !line[0].dtype().is_complex() {
        let running = running_states(fold, &line.iter().map(single).collect::<Vec<_>>());
        return running.into_iter().map(|state| state[0]).collect();
    }
    if fold == Fold::Sum {
        return of_parts(line, |part| running_values(fold, part));
    }
    let pair = |(place, x): (usize, &Scalar)| -> State<Scalar> {
        let all = [x.real(), x.imaginary(), position(place)];
        SmallVec::from_slice(&all[..fold.of_pairs().arguments()])
    };
    let running = running_states(fold.of_pairs(), &line.iter().enumerate().map(pair).collect::<Vec<_>>());
    running.into_iter().map(|state| Scalar::complex(state[0], state[1])).collect()
}

/// Blocks of 512 are 32 runs of 16: within a run, over the runs' totals of a block, one after the
/// other; over the blocks' totals by this same rule.
fn running_states(fold: Fold, line: &[State<Scalar>]) -> Vec<State<Scalar>> {
    let join = |a: &[Scalar], b: &[Scalar]| fold.join(&mut Eval, a, b);
    let serially = |values: &[State<Scalar>]| {
        let mut values = values.to_vec();
        (1..values.len()).for_each(|i| values[i] = join(&values[i - 1], &values[i]));
        values
    };
    let nothing = fold.neutral(line[0][0].dtype());
    let before =
        |totals: &[State<Scalar>], i: usize| if i == 0 { nothing.clone() } else { totals[i - 1].clone() };
    let blocks: Vec<Vec<Vec<State<Scalar>>>> =
        line.chunks(512).map(|block| block.chunks(16).map(serially).collect()).collect();
    let last = |values: &Vec<State<Scalar>>| values[values.len() - 1].clone();
    let of_runs: Vec<Vec<State<Scalar>>> =
        blocks.iter().map(|runs| serially(&runs.iter().map(last).collect::<Vec<_>>())).collect();
    let of_blocks: Vec<State<Scalar>> = of_runs.iter().map(last).collect();
    let of_blocks = if of_blocks.len() > 1 { running_states(fold, &of_blocks) } else { of_blocks };
    let mut result = Vec::new();
    for (b, runs) in blocks.iter().enumerate() {
        for (r, run) in runs.iter().enumerate() {
            let base = join(&before(&of_blocks, b), &before(&of_runs[b], r));
            result.extend(run.iter().map(|value| join(&base, value)));
        }
    }
    result
}

/// The fold of some values in their order, as of a row of so many.
pub(super) fn folded(fold: Fold, values: &[Scalar]) -> Scalar {
    let nothing = Reduction { fold, dtype: values[0].dtype(), starts: vec![], sequence: vec![], inside: 1 };
    nothing.all(values.iter().map(|value| SmallVec::from_slice(&[*value])).collect())[0]
}

/// A state after one more element, or after one more state.
type Step<'a> = &'a dyn Fn(&[Scalar], &[Scalar]) -> State<Scalar>;

/// A fold over some axes of an array.
pub(super) struct Reduction {
    fold: Fold,
    dtype: DType,
    /// Where the sequence of each result starts.
    starts: Vec<usize>,
    /// Where its elements lie, from there.
    sequence: Vec<usize>,
    /// How many results lie to the right of the folded axes.
    inside: usize,
}

/// Where the elements that are folded over these axes lie, from the first on.
pub(super) fn sequence(shape: &Shape, axes: &[usize]) -> Vec<usize> {
    let (extents, strides): (Vec<usize>, Vec<i64>) =
        axes.iter().map(|&axis| (shape[axis], shape.strides()[axis])).unzip();
    places(&extents, 0, &strides).collect()
}

impl Reduction {
    /// The fold of one result of such an array, whose elements alone are given, in order.
    pub(super) fn of_one(fold: Fold, dtype: DType, shape: &Shape, axes: &[usize]) -> Reduction {
        let count = axes.iter().map(|&axis| shape[axis]).product();
        let inside = Reduction::inside(shape, axes);
        Reduction { fold, dtype, starts: vec![0], sequence: (0..count).collect(), inside }
    }

    /// How many results lie to the right of the folded axes. Axes of extent 1 are no axes: they neither
    /// lengthen a fold nor part its elements.
    fn inside(shape: &Shape, axes: &[usize]) -> usize {
        let last = axes.iter().copied().filter(|&a| shape[a] != 1).max().unwrap_or(shape.len());
        let right = (last + 1).min(shape.len());
        (right..shape.len()).filter(|a| !axes.contains(a)).map(|a| shape[a]).product()
    }

    fn of(fold: Fold, dtype: DType, shape: &Shape, axes: &[usize]) -> Reduction {
        let strides = shape.strides();
        let part = |chosen: &dyn Fn(usize) -> bool| -> Vec<usize> {
            let of: Vec<usize> = (0..shape.len()).filter(|&a| chosen(a)).collect();
            let extents: Vec<usize> = of.iter().map(|&a| shape[a]).collect();
            let strides: Vec<i64> = of.iter().map(|&a| strides[a]).collect();
            places(&extents, 0, &strides).collect()
        };
        Reduction {
            fold,
            dtype,
            starts: part(&|a| !axes.contains(&a)),
            sequence: sequence(shape, axes),
            inside: Reduction::inside(shape, axes),
        }
    }

    pub(super) fn run(&self, data: &[Scalar], part: usize) -> Array {
        let at = |start: &usize| {
            let elements = self.sequence.iter().enumerate();
            let element = |(i, place): (usize, &usize)| self.element(data[start + place], i);
            self.all(elements.map(element).collect())[part]
        };
        self.starts.iter().map(at).collect()
    }

    /// What the fold takes at each element: its position too, if the fold travels with one.
    fn element(&self, value: Scalar, place: usize) -> State<Scalar> {
        match self.fold {
            Fold::ArgMin | Fold::ArgMax => SmallVec::from_slice(&[value, position(place)]),
            Fold::PairProd => SmallVec::from_slice(&[value.real(), value.imaginary()]),
            Fold::PairArgMin | Fold::PairArgMax => {
                SmallVec::from_slice(&[value.real(), value.imaginary(), position(place)])
            }
            Fold::Sum | Fold::Prod | Fold::Min | Fold::Max | Fold::Any | Fold::All | Fold::Moments => {
                SmallVec::from_slice(&[value])
            }
            Fold::Products => unreachable!("no graph names it: graph/verify.rs"),
        }
    }

    /// Blocks of elements, then blocks of their results, until one is left.
    ///
    /// A sum along an outer axis goes serially in groups of 128 rows, so that a machine may work on
    /// many columns at once; every other in blocks of 512 with 32 lanes.
    fn all(&self, elements: Vec<State<Scalar>>) -> State<Scalar> {
        let (width, lanes) = if self.inside >= 32 { (128, 1) } else { (512, 32) };
        let take = |state: &[Scalar], element: &[Scalar]| self.fold.next(&mut Eval, state, element);
        let join = |state: &[Scalar], other: &[Scalar]| self.fold.join(&mut Eval, state, other);
        let mut results: Vec<State<Scalar>> =
            elements.chunks(width).map(|block| self.block(block, lanes, &take)).collect();
        while results.len() > 1 {
            results = results.chunks(width).map(|block| self.block(block, lanes, &join)).collect();
        }
        results.pop().unwrap_or_else(|| self.fold.init(self.dtype))
    }

    /// Element `i` goes to lane `i % lanes`; then the upper half of the lanes is joined to the lower
    /// half until one is left. Lanes without elements are not there.
    fn block(&self, elements: &[State<Scalar>], lanes: usize, take: Step) -> State<Scalar> {
        let used = lanes.min(elements.len());
        let mut states = vec![self.fold.init(self.dtype); used];
        for (i, element) in elements.iter().enumerate() {
            states[i % lanes] = take(&states[i % lanes], element);
        }
        let mut half = lanes / 2;
        while half > 0 {
            for lane in 0..half.min(states.len().saturating_sub(half)) {
                states[lane] = self.fold.join(&mut Eval, &states[lane], &states[lane + half]);
            }
            states.truncate(half);
            half /= 2;
        }
        states.swap_remove(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::parse::parse;

    fn ints(values: &[i64]) -> Array {
        values.iter().map(|&x| Scalar::from_i128(DType::I32, i128::from(x))).collect()
    }

    fn floats(values: &[f32]) -> Array {
        values.iter().map(|&x| Scalar::f32(x)).collect()
    }

    /// The first output of a graph in text, for its leaves.
    fn run(text: &str, leaves: &[Array]) -> Array {
        interpret(&parse(text).unwrap(), leaves, &[]).swap_remove(0)
    }

    /// One operation on `0..n` of that shape.
    fn on(shape: &str, operation: &str, result: &str) -> Vec<i64> {
        let extents = shape.split(',').map(|n| n.parse::<i64>().unwrap());
        let all: Vec<i64> = (0..extents.product()).collect();
        let text = format!("%0 = leaf 0 : i32[{shape}]\n%1 = {operation} %0 : {result}\nout %1");
        run(&text, &[ints(&all)]).iter().map(|x| x.to_i128() as i64).collect()
    }

    #[test]
    fn views_rearrange() {
        assert_eq!(on("2,3", "permute 1 0", "i32[3,2]"), [0, 3, 1, 4, 2, 5]);
        assert_eq!(on("2,3", "slice 1:-1 0:2", "i32[2,2]"), [3, 5, 0, 2]);
        assert_eq!(on("5", "slice 4:-9223372036854775808", "i32[1]"), [4]);
        assert_eq!(on("2,1", "expand", "i32[2,2,3]"), [0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1]);
        assert_eq!(on("2,3", "reshape", "i32[3,2]"), [0, 1, 2, 3, 4, 5]);
        assert_eq!(on("3,3", "diagonal 0 1 1", "i32[2]"), [1, 5]);
        assert_eq!(on("3,3", "diagonal 0 1 -1", "i32[2]"), [3, 7]);
        assert_eq!(on("2,2,2", "diagonal 2 0 0", "i32[2,2]"), [0, 5, 2, 7]);
        assert_eq!(on("4", "window 0", "i32[3,2]"), [0, 1, 1, 2, 2, 3]);
    }

    #[test]
    fn a_frame_shows_around() {
        let pad = |before: &str| {
            let text = format!(
                "%0 = leaf 0 : i32[2,2]\n%1 = const 9 : i32[]\n%2 = expand %1 : i32[2,3]\n\
                 %3 = pad {before} %0 %2 : i32[2,3]\nout %3"
            );
            run(&text, &[ints(&[1, 2, 3, 4])])
        };
        assert_eq!(pad("0 1"), ints(&[9, 1, 2, 9, 3, 4]));
        assert_eq!(pad("-1 -1"), ints(&[4, 9, 9, 9, 9, 9]));
        assert_eq!(pad("1152921504606846976 0"), ints(&[9, 9, 9, 9, 9, 9]));
    }

    #[test]
    fn elements_are_taken_by_index() {
        let gather = |words: &str, of: &str, index: &[i64]| {
            let shape = if of == "4" { "3" } else { "2,3" };
            let text = format!(
                "%0 = leaf 0 : i32[{of}]\n%1 = leaf 1 : i64[{shape}]\n%2 = gather {words} %0 %1 : i32[{shape}]\n\
                 out %2"
            );
            let index = index.iter().map(|&i| Scalar::from_i128(DType::I64, i.into())).collect();
            try_interpret(&parse(&text).unwrap(), &[ints(&(0..4).collect::<Vec<_>>()), index], &[])
        };
        assert_eq!(gather("raise *", "4", &[3, -4, -1]), Ok(vec![ints(&[3, 0, 3])]));
        assert_eq!(gather("wrap *", "4", &[5, -5, 0]), Ok(vec![ints(&[1, 3, 0])]));
        assert_eq!(gather("raise 0 *", "2,2", &[0, 1, 1, -1, 0, 0]), Ok(vec![ints(&[0, 1, 1, 3, 2, 2])]));
        let fault = gather("raise *", "4", &[0, 4, -9]).unwrap_err();
        assert_eq!(fault.to_string(), "index 4 is out of bounds for axis 0 with size 4");
        assert!(gather("strict *", "4", &[0, -1, 0]).is_err());
    }

    #[test]
    fn elements_positions_and_numbers() {
        let text = "%0 = leaf 0 : i32[2,2]\n%1 = iota 1 : i64[2,2]\n%2 = cast %0 : i64[2,2]\n\
                    %3 = multiply %1 %2 : i64[2,2]\n%4 = scalar 0 : f64[]\nout %4 %3";
        let results = interpret(&parse(text).unwrap(), &[ints(&[5, 6, 7, 8])], &[Scalar::f64(0.5)]);
        assert_eq!(results[0], [Scalar::f64(0.5)]);
        assert_eq!(results[1].iter().map(|x| x.to_i128()).collect::<Vec<_>>(), [0, 6, 0, 8]);
    }

    #[test]
    fn folds_of_each_kind() {
        assert_eq!(on("2,3", "sum axes 0", "i32[3]"), [3, 5, 7]);
        assert_eq!(on("2,3", "prod axes 1", "i32[2]"), [0, 60]);
        assert_eq!(on("2,3", "max axes 0 1", "i32[]"), [5]);
        assert_eq!(on("2,3,2", "argmax part 1 axes 0 2", "i64[3]"), [3, 3, 3]);
        assert_eq!(on("0,3", "sum axes 0", "i32[3]"), [0, 0, 0]);
        let text = "%0 = leaf 0 : f32[4]\n%1 = moments part 2 axes 0 %0 : f32[]\n\
                    %2 = argmin part 1 axes 0 %0 : i64[]\n%3 = max axes 0 %0 : f32[]\nout %1 %2 %3";
        let graph = parse(text).unwrap();
        let results = interpret(&graph, &[floats(&[1.0, 2.0, 3.0, 6.0])], &[]);
        assert_eq!(results[0], floats(&[14.0]));
        let results = interpret(&graph, &[floats(&[1.0, f32::NAN, -1.0, f32::NAN])], &[]);
        assert_eq!(results[1], [position(1)]);
        assert!(results[2][0].is_nan());
    }

    /// Values whose sum depends on the order.
    fn rough(n: usize) -> Vec<f32> {
        (0..n as u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 8) as f32 * 1e-3 - 7e3).collect()
    }

    #[test]
    fn sums_go_in_lanes_and_blocks() {
        let x = rough(513);
        let mut lanes = [0f32; 32];
        x[..512].iter().enumerate().for_each(|(i, x)| lanes[i % 32] += x);
        for half in [16, 8, 4, 2, 1] {
            (0..half).for_each(|i| lanes[i] += lanes[i + half]);
        }
        let wanted = lanes[0] + x[512];
        let text = "%0 = leaf 0 : f32[513]\n%1 = sum axes 0 %0 : f32[]\nout %1";
        assert_eq!(run(text, &[floats(&x)]), floats(&[wanted]));
        assert_ne!(wanted, x.iter().sum::<f32>());
    }

    #[test]
    fn short_sums_skip_the_lanes_that_hold_nothing() {
        // Three lanes, joined as (0 + 2) + 1: half 2 brings lane 2 to lane 0, half 1 lane 1.
        let x = [1e8f32, 1.0, -1e8];
        let text = "%0 = leaf 0 : f32[3]\n%1 = sum axes 0 %0 : f32[]\nout %1";
        assert_eq!(run(text, &[floats(&x)]), floats(&[1.0]));
        let zero = "%0 = leaf 0 : f32[1]\n%1 = sum axes 0 %0 : f32[]\nout %1";
        assert_eq!(run(zero, &[floats(&[-0.0])]), floats(&[0.0]));
    }

    #[test]
    fn sums_along_an_outer_axis_go_in_groups() {
        let x = rough(300 * 32);
        let column = |c: usize| {
            let rows: Vec<f32> = (0..300).map(|r| x[r * 32 + c]).collect();
            let serial = |rows: &[f32]| rows.iter().fold(0f32, |sum, x| sum + x);
            (serial(&rows[..128]) + serial(&rows[128..256])) + serial(&rows[256..])
        };
        let text = "%0 = leaf 0 : f32[300,32,1]\n%1 = sum axes 0 %0 : f32[32,1]\nout %1";
        assert_eq!(run(text, &[floats(&x)]), floats(&(0..32).map(column).collect::<Vec<_>>()));
        // A folded axis of extent 1 to the right changes nothing.
        let text = "%0 = leaf 0 : f32[300,32,1]\n%1 = moments part 1 axes 0 %0 : f32[32,1]\n\
                    %2 = moments part 1 axes 0 2 %0 : f32[32]\nout %1 %2";
        let both = interpret(&parse(text).unwrap(), &[floats(&x)], &[]);
        assert_eq!(both[0], both[1]);
    }

    #[test]
    fn long_chains_and_wide_diamonds_are_done_in_order() {
        let mut text = "%0 = leaf 0 : f64[2]\n".to_string();
        for i in 1..100_000 {
            text += &format!("%{i} = maximum %{0} %{0} : f64[2]\n", i - 1);
        }
        let data = vec![Scalar::f64(1.0), Scalar::f64(-0.0)];
        assert_eq!(run(&(text + "out %99999"), std::slice::from_ref(&data)), data);
    }
}
