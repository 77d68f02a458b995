//! Random well-formed expression graphs, grown from a list of genes.
//!
//! Every list of genes gives a graph: a gene that does not fit what is there is passed over. So a
//! failing case shrinks by dropping genes and making their numbers smaller.

use numfuse_ir::dtype::DType;
use numfuse_ir::gather::{Bounds, Source};
use numfuse_ir::graph::build::{self, Build};
use numfuse_ir::graph::{Graph, Kind, Node, NodeId};
use numfuse_ir::math::Known;
use numfuse_ir::ops::Op;
use numfuse_ir::ops::fold::Fold;
use numfuse_ir::ops::library::LibOp;
use numfuse_ir::scalar::Scalar;
use numfuse_ir::shape::Shape;
use proptest::collection::vec;
use proptest::prelude::*;

/// The most elements of an array in a random graph, and in one of the few that are long.
const MOST_ELEMENTS: [usize; 2] = [6000, 150_000];

/// One graph of so many is long: interpreting it takes a while.
pub const LONG_ONE_OF: u64 = 160;

/// One step of growth: what to add, and numbers that choose how.
#[derive(Clone, Copy, Debug)]
pub struct Gene {
    /// Which kind of node.
    pub kind: u8,
    /// Which operands, and the node's other choices.
    pub choices: [u16; 4],
}

/// Genes for proptest to choose.
pub fn genes() -> impl Strategy<Value = Vec<Gene>> {
    let gene = (any::<u8>(), any::<[u16; 4]>()).prop_map(|(kind, choices)| Gene { kind, choices });
    vec(gene, 1..14)
}

/// A graph with data for its leaves and numbers.
#[derive(Debug)]
pub struct Case {
    /// The graph.
    pub graph: Graph,
    /// The data of each leaf.
    pub leaves: Vec<Vec<Scalar>>,
    /// The run-time numbers.
    pub scalars: Vec<Scalar>,
}

/// Extents that leaves have: around the block and lane sizes of the fold order, and small ones.
const SHAPES: &[&[usize]] = &[
    &[],
    &[1],
    &[5],
    &[33],
    &[600],
    &[4, 6],
    &[1, 40],
    &[40, 1],
    &[3, 1, 5],
    &[2, 3, 4],
    &[17, 31],
    &[130, 33],
    &[0],
    &[3, 0],
    &[5, 5],
    &[1030],
];

/// Extents of long leaves: folds that are shared among workers, in blocks and in bands.
const LONG_SHAPES: &[&[usize]] =
    &[&[40_000], &[2, 33_000], &[4200, 33], &[70_000], &[3, 4100, 3], &[260, 260]];

/// Grows a graph with one to four outputs.
///
/// With `library` some nodes are library ops: both oracles take their one meaning, machines do not.
pub fn grow(genes: &[Gene], seed: u64, library: bool) -> Case {
    let mut case = Case { graph: Graph::new(), leaves: Vec::new(), scalars: Vec::new() };
    let mut nodes: Vec<NodeId> = Vec::new();
    let mut random = Random(seed | 1);
    let is_long = seed.is_multiple_of(LONG_ONE_OF);
    let shapes = if is_long { LONG_SHAPES } else { SHAPES };
    let most = MOST_ELEMENTS[usize::from(is_long)];
    for i in 0..2 {
        nodes.push(leaf(&mut case, i, shapes, &mut random));
    }
    for gene in genes {
        let added = match library && gene.kind.is_multiple_of(9) {
            true if gene.kind.is_multiple_of(27) => {
                transform(&mut case.graph, &nodes, gene.choices.map(usize::from))
            }
            true => product(&mut case.graph, &nodes, gene.choices.map(usize::from)),
            false => add(&mut case, &nodes, gene, &mut random),
        };
        if let Some(n) = added
            && case.graph.shape(&n).size() <= most
        {
            nodes.push(n);
        }
    }
    outputs(&nodes, seed >> 32, &mut random).for_each(|n| case.graph.add_output(n));
    case
}

/// One to four nodes: the last one, then the ones before it or any.
fn outputs<'a>(
    nodes: &'a [NodeId],
    choice: u64,
    random: &'a mut Random,
) -> impl Iterator<Item = NodeId> + 'a {
    let count = 1 + choice as usize % 4;
    let any = choice / 4 % 2 == 1;
    (0..count).map(move |i| {
        let back = if any && i > 0 { random.below(nodes.len()) } else { i % nodes.len() };
        nodes[nodes.len() - 1 - back]
    })
}

fn leaf(case: &mut Case, number: u32, shapes: &[&[usize]], random: &mut Random) -> NodeId {
    let shape = Shape::new(shapes[random.below(shapes.len())]).unwrap();
    let dtype = DType::ALL[random.below(DType::ALL.len())];
    case.leaves.push((0..shape.size()).map(|_| value(dtype, random)).collect());
    case.graph.insert(Node { kind: Kind::Leaf(number), shape, dtype }, &[])
}

/// An element: mostly small numbers, sometimes an edge of the type.
fn value(dtype: DType, random: &mut Random) -> Scalar {
    if dtype.is_complex() {
        return Scalar::complex(value(dtype.part(), random), value(dtype.part(), random));
    }
    let small = random.below(41) as i128 - 20;
    match (dtype.is_float(), random.below(12)) {
        (true, 0) => {
            let edges = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0, 1e-42, 3e38, 1e308, 0.5];
            Scalar::from_f64(dtype, edges[random.below(edges.len())])
        }
        (true, _) => Scalar::from_f64(dtype, small as f64 * 0.37 + random.below(1000) as f64 * 1e-3),
        (false, 0) => Scalar::from_i128(dtype, [dtype.min_int(), dtype.max_int(), 0, 1][random.below(4)]),
        (false, _) => Scalar::from_i128(dtype, small.clamp(dtype.min_int(), dtype.max_int())),
    }
}

/// A run-time number, which is neither a zero nor a NaN.
fn number(dtype: DType, random: &mut Random) -> Scalar {
    let candidate = value(dtype, random);
    if Known::of(candidate) == Known::Ordinary { candidate } else { Scalar::one(dtype) }
}

/// Adds the node that a gene describes, where it fits.
fn add(case: &mut Case, nodes: &[NodeId], gene: &Gene, random: &mut Random) -> Option<NodeId> {
    let [a, b, c, d] = gene.choices.map(usize::from);
    // Recent nodes are likelier: the graph gets deep.
    let pick = |i: usize| nodes[nodes.len() - 1 - (i % nodes.len()).min(i % 7 * (1 + i % 3))];
    let x = pick(a);
    let g = &mut case.graph;
    match gene.kind % 18 {
        0..=6 => {
            let op = Op::ALL[b % Op::ALL.len()];
            // Random numbers are long to compile and to compute: few graphs have them.
            if op.is_random() && c % 32 != 0 {
                return None;
            }
            let args: Vec<NodeId> = [x, pick(c), pick(d)].into_iter().cycle().take(op.arity()).collect();
            // The sign of a NaN is nobody's promise.
            let is_sign = |n: &NodeId| g.dtype(n).is_float();
            if op == Op::Signbit && is_sign(&x) || op == Op::Copysign && args.iter().any(is_sign) {
                return None;
            }
            build::map(g, op, &args).ok()
        }
        7 => Some(build::cast(g, &x, DType::ALL[b % DType::ALL.len()])),
        8 => slice(g, x, [b, c, d]),
        9 => permuted(g, x, b),
        10 => reshaped(g, x, b),
        11 if d % 3 == 0 => updated(g, x, pick(b), [c, d / 3]),
        11 => padded(g, x, pick(b), c),
        12 | 13 => reduced(g, x, [b, c, d]),
        17 if d % 5 == 0 => scattered(g, x, [pick(b), pick(c)], d / 5),
        16 | 17 => gathered(g, x, [pick(b), pick(c)], [b / 3, c / 3, d]),
        14 => match b % 4 {
            0 => build::diagonal(g, &x, c as i64 % 3 - 1, 0, 1).ok(),
            1 if !g.shape(&x).is_empty() => {
                build::window(g, &x, 1 + c % 4, (d % g.shape(&x).len()) as isize).ok()
            }
            2 => {
                let mut extents = vec![1 + c % 3];
                extents.extend(g.shape(&x).iter());
                build::broadcast_to(g, &x, &extents).ok()
            }
            _ => Some(build::constant(g, value(DType::ALL[c % DType::ALL.len()], random))),
        },
        _ => match b % 3 {
            0 => scanned(g, x, [c, d]),
            1 => {
                let shape = g.shape(&x).clone();
                (!shape.is_empty()).then(|| build::iota(g, shape.clone(), c % shape.len()))
            }
            _ => {
                let dtype = DType::ALL[c % DType::ALL.len()].part();
                case.scalars.push(number(dtype, random));
                let number = case.scalars.len() as u32 - 1;
                Some(g.insert(Node { kind: Kind::Scalar(number), shape: Shape::scalar(), dtype }, &[]))
            }
        },
    }
}

/// A matrix product of two nodes, each seen as a matrix in some way, or of one with itself.
fn product(g: &mut Graph, nodes: &[NodeId], [a, b, c, d]: [usize; 4]) -> Option<NodeId> {
    const MOST: usize = 24;
    let pick = |i: usize| nodes[nodes.len() - 1 - i % nodes.len()];
    let dtype = if d % 3 == 0 { DType::F64 } else { DType::F32 };
    let (x, y) = (build::cast(g, &pick(a), dtype), build::cast(g, &pick(b), dtype));
    let inner = (1..=MOST).rev().find(|n| g.shape(&x).size() % n == 0 && g.shape(&y).size() % n == 0)?;
    let matrix = |g: &mut Graph, x: NodeId, turned: bool| {
        let rows = build::reshape(g, &x, &[-1, inner as isize]).ok()?;
        let count = g.shape(&rows)[0].min(MOST);
        let start = (d % 5).min(g.shape(&rows)[0] - count) as i64;
        let part = build::slice(g, &rows, &[(start, 1, count), (0, 1, inner)]).ok()?;
        if turned { build::permute(g, &part, &[1, 0]).ok() } else { Some(part) }
    };
    let (left, right) = (matrix(g, x, false)?, matrix(g, y, true)?);
    let (left, right) = match c % 3 {
        // All rows against each other in the other order.
        0 => (build::permute(g, &right, &[1, 0]).ok()?, build::permute(g, &left, &[1, 0]).ok()?),
        1 => (build::permute(g, &left, &[1, 0]).ok()?, left),
        _ => (left, right),
    };
    let operands = [(g.shape(&left), dtype), (g.shape(&right), dtype)];
    let (shape, dtype) = (LibOp::Matmul.def().result)(&operands).ok()?;
    Some(g.insert(Node { kind: Kind::Library(LibOp::Matmul), shape, dtype }, &[left, right]))
}

/// A Fourier transform of a node along its first or its last axis, if that is not long.
fn transform(g: &mut Graph, nodes: &[NodeId], [a, b, c, d]: [usize; 4]) -> Option<NodeId> {
    let ops = [LibOp::Fft, LibOp::FftBack, LibOp::Rfft, LibOp::RfftBackEven, LibOp::RfftBackOdd];
    let (x, op) = (nodes[nodes.len() - 1 - a % nodes.len()], ops[c % ops.len()]);
    let real = if d % 2 == 0 { DType::F32 } else { DType::F64 };
    let x = build::cast(g, &x, if op == LibOp::Rfft { real } else { real.to_complex() });
    let axes: Vec<isize> = (0..g.shape(&x).len() as isize).rev().collect();
    let x = if b % 2 == 0 { x } else { build::permute(g, &x, &axes).ok()? };
    if g.shape(&x).last().is_none_or(|&extent| extent > 64) {
        return None;
    }
    let operand = [(g.shape(&x), g.dtype(&x))];
    let (shape, dtype) = (op.def().result)(&operand).ok()?;
    Some(g.insert(Node { kind: Kind::Library(op), shape, dtype }, &[x]))
}

fn slice(g: &mut Graph, x: NodeId, choices: [usize; 3]) -> Option<NodeId> {
    let part = |(axis, &n): (usize, &usize)| {
        let (start, step) = (choices[axis % 3] % (n.max(1)), 1 + choices[(axis + 1) % 3] % 3);
        let length = (n - start.min(n)).div_ceil(step);
        match choices[2] % 2 {
            0 => (start as i64, step as i64, length),
            // Backwards, from the last element that the forward walk visits.
            _ => ((start + step * length.saturating_sub(1)) as i64, -(step as i64), length),
        }
    };
    let parts: Vec<(i64, i64, usize)> = g.shape(&x).iter().enumerate().map(part).collect();
    build::slice(g, &x, &parts).ok()
}

fn permuted(g: &mut Graph, x: NodeId, choice: usize) -> Option<NodeId> {
    let dims = g.shape(&x).len();
    let mut axes: Vec<isize> = (0..dims as isize).collect();
    if dims > 1 {
        axes.rotate_left(choice % dims);
        axes.swap(0, choice / 7 % dims);
    }
    build::permute(g, &x, &axes).ok()
}

fn reshaped(g: &mut Graph, x: NodeId, choice: usize) -> Option<NodeId> {
    let size = g.shape(&x).size();
    let divisors: Vec<usize> = (1..=size.min(64)).filter(|d| size.is_multiple_of(*d)).collect();
    match (choice % 3, divisors.is_empty()) {
        (0, _) | (_, true) => build::reshape(g, &x, &[-1]).ok(),
        (1, _) => build::reshape(g, &x, &[divisors[choice / 3 % divisors.len()] as isize, -1]).ok(),
        (_, _) => build::reshape(g, &x, &[-1, divisors[choice / 3 % divisors.len()] as isize, 1]).ok(),
    }
}

fn padded(g: &mut Graph, x: NodeId, fill: NodeId, choice: usize) -> Option<NodeId> {
    let dtype = g.dtype(&x);
    let before: Vec<i64> = (0..g.shape(&x).len()).map(|axis| (choice >> (2 * axis)) as i64 % 4).collect();
    let extents: Vec<usize> =
        g.shape(&x).iter().zip(&before).map(|(&n, &low)| n + low as usize + choice / 5 % 3).collect();
    let fill = build::cast(g, &fill, dtype);
    let around = build::broadcast_to(g, &fill, &extents).unwrap_or_else(|_| {
        let zero = build::constant(g, Scalar::one(dtype));
        build::expand(g, &zero, &Shape::new(&extents).unwrap())
    });
    Some(build::pad(g, &x, &before, &around))
}

/// `x` with another node, or as much of it as fits, written over a part, by steps and backwards.
fn updated(g: &mut Graph, x: NodeId, values: NodeId, choices: [usize; 2]) -> Option<NodeId> {
    let values = build::cast(g, &values, g.dtype(&x));
    let whole = g.shape(&x).clone();
    let dims = whole.len();
    let values = match g.shape(&values).len() {
        n if n == dims => values,
        _ => {
            let flat = build::reshape(g, &values, &[-1]).ok()?;
            let count = g.shape(&flat).size().min(whole.last().copied().unwrap_or(1));
            let row = build::slice(g, &flat, &[(0, 1, count)]).ok()?;
            let extents: Vec<isize> =
                (0..dims).map(|axis| if axis + 1 == dims { count as isize } else { 1 }).collect();
            build::reshape(g, &row, &extents).ok()?
        }
    };
    let part = |(axis, (&n, &m)): (usize, (&usize, &usize))| {
        let step = 1 + (choices[0] >> (2 * axis)) % 3;
        let count = m.min(n.div_ceil(step));
        let start = choices[1] % (n - (step * count.saturating_sub(1)).min(n)).max(1);
        match (choices[0] + axis).is_multiple_of(2) {
            true => (start as i64, step as i64, count),
            false => ((start + step * count.saturating_sub(1)) as i64, -(step as i64), count),
        }
    };
    let parts: Vec<(i64, i64, usize)> =
        whole.iter().zip(g.shape(&values).iter()).enumerate().map(part).collect();
    let kept: Vec<(i64, i64, usize)> = parts.iter().map(|part| (0, 1, part.2)).collect();
    let values = build::slice(g, &values, &kept).ok()?;
    let places: Vec<(i64, i64)> = parts.iter().map(|&(start, step, _)| (start, step)).collect();
    Some(build::update(g, &x, &places, &values))
}

fn scanned(g: &mut Graph, x: NodeId, choices: [usize; 2]) -> Option<NodeId> {
    let dims = g.shape(&x).len();
    let folds: Vec<Fold> = Fold::ALL.iter().copied().filter(|fold| fold.has_scan()).collect();
    let fold = folds[choices[0] % folds.len()];
    let x = match fold {
        Fold::Any | Fold::All => build::cast(g, &x, DType::Bool),
        _ => x,
    };
    (dims > 0).then(|| build::scan(g, &x, fold, choices[1] % dims))
}

/// Elements of `x` at places that other nodes say: along one axis or two, or along one for each place
/// of the others. No index is out of range.
fn gathered(g: &mut Graph, x: NodeId, arrays: [NodeId; 2], choices: [usize; 3]) -> Option<NodeId> {
    let dims = g.shape(&x).len();
    let first = choices[0] % dims.max(1);
    let bounds = [Bounds::Raise, Bounds::Strict, Bounds::Clip, Bounds::Wrap][choices[1] % 4];
    let index = |g: &mut Graph, array: NodeId, axis: usize| {
        let extent = *g.shape(&x).get(axis)?;
        let whole = build::cast(g, &array, DType::I64);
        let number = |g: &mut Graph, n: i64| build::constant(g, Scalar::from_i128(DType::I64, n.into()));
        let extent = number(g, extent.max(1) as i64);
        match bounds {
            Bounds::Clip | Bounds::Wrap => Some(whole),
            Bounds::Raise if choices[2].is_multiple_of(2) => {
                let place = build::map(g, Op::Remainder, &[whole, extent]).ok()?;
                build::map(g, Op::Subtract, &[place, extent]).ok()
            }
            Bounds::Raise | Bounds::Strict | Bounds::Counted => {
                build::map(g, Op::Remainder, &[whole, extent]).ok()
            }
        }
    };
    match choices[2] / 2 % 3 {
        0 => {
            let taken = [(first, index(g, arrays[0], first)?)];
            build::gather(g, &x, &taken, choices[0] / 5 % dims.max(1), bounds).ok()
        }
        1 if dims > 1 => {
            let mut axes = [first, (first + 1) % dims];
            axes.sort_unstable();
            let taken = [(axes[0], index(g, arrays[0], axes[0])?), (axes[1], index(g, arrays[1], axes[1])?)];
            build::gather(g, &x, &taken, choices[0] / 5 % (dims - 1), bounds).ok()
        }
        _ => {
            let shape = g.shape(&x).clone();
            let array = build::broadcast_to(g, &arrays[0], &shape).ok()?;
            let index = index(g, array, first)?;
            let source = |axis| if axis == first { Source::Index } else { Source::Axis(axis) };
            build::take(g, &x, (0..dims).map(source).collect(), &[index], shape, bounds).ok()
        }
    }
}

/// `x` with another node's elements written to places that a third says.
fn scattered(g: &mut Graph, x: NodeId, [values, places]: [NodeId; 2], choice: usize) -> Option<NodeId> {
    let ops = [LibOp::Put, LibOp::AddAt, LibOp::MultiplyAt, LibOp::MinimumAt, LibOp::MaximumAt];
    let op = ops[choice % ops.len()];
    // Complex numbers are set; sums of them are written part by part.
    if g.dtype(&x).is_complex() && op != LibOp::Put {
        return None;
    }
    if g.dtype(&x) == DType::Bool && matches!(op, LibOp::AddAt | LibOp::MultiplyAt) {
        return None;
    }
    let size = g.shape(&x).size();
    let count = g.shape(&values).size().min(g.shape(&places).size());
    let row = |g: &mut Graph, n: NodeId| {
        let flat = build::reshape(g, &n, &[-1]).ok()?;
        build::slice(g, &flat, &[(0, 1, count)]).ok()
    };
    let values = build::cast(g, &values, g.dtype(&x));
    let (values, places) = (row(g, values)?, row(g, places)?);
    let places = build::cast(g, &places, DType::I64);
    let extent = build::constant(g, Scalar::from_i128(DType::I64, size.max(1) as i128));
    let places = build::map(g, Op::Remainder, &[places, extent]).ok()?;
    let all = build::iota(g, Shape::new(&[size]).ok()?, 0);
    let places = build::gather(g, &all, &[(0, places)], 0, Bounds::Raise).ok()?;
    Some(build::scatter(g, op, &x, &places, &values))
}

fn reduced(g: &mut Graph, x: NodeId, choices: [usize; 3]) -> Option<NodeId> {
    let dims = g.shape(&x).len();
    let axes: Vec<usize> =
        (0..dims).filter(|axis| choices[0] >> axis & 1 == 1 || choices[0].is_multiple_of(5)).collect();
    let folds: Vec<Fold> = Fold::ALL.iter().copied().filter(|fold| !fold.is_of_kernels()).collect();
    let fold = folds[choices[1] % folds.len()];
    let (x, part) = match (fold, g.dtype(&x)) {
        (Fold::Any | Fold::All, _) => (build::cast(g, &x, DType::Bool), 0),
        (Fold::Sum | Fold::Prod, DType::Bool) => (build::cast(g, &x, DType::I64), 0),
        (Fold::Moments, d) => {
            let float = build::cast(g, &x, d.part().to_float());
            (float, 1 + choices[2] % 2)
        }
        (Fold::ArgMin | Fold::ArgMax, _) => (x, 1),
        (_, _) => (x, 0),
    };
    build::reduce(g, &x, fold, part, &axes, (choices[2] / 2).is_multiple_of(2)).ok()
}

/// A small generator of its own, so that a printed seed gives the same case everywhere
/// (Knuth's MMIX constants, upper bits).
pub struct Random(pub u64);

impl Random {
    /// The next number below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        ((self.0 >> 33) as usize) % n
    }
}
