//! Plans under a budget: which graphs are cut into slabs, that no bit changes, and why others are refused.

use numfuse_ir::dtype::DType;
use numfuse_ir::gather::Bounds;
use numfuse_ir::graph::{Graph, Kind, Node, NodeId, build, interp};
use numfuse_ir::ops::Op;
use numfuse_ir::ops::fold::Fold;
use numfuse_ir::ops::library::LibOp;
use numfuse_ir::scalar::Scalar;
use numfuse_ir::schedule::tile::{Budget, Fit, Slabs, Uncut, Whence, fit};
use numfuse_ir::schedule::{Options, Plan, plan};
use numfuse_ir::shape::Shape;

fn leaf(g: &mut Graph, number: u32, extents: &[usize], dtype: DType) -> NodeId {
    g.insert(Node { kind: Kind::Leaf(number), shape: Shape::new(extents).unwrap(), dtype }, &[])
}

fn floats(g: &mut Graph, number: u32, extents: &[usize]) -> NodeId {
    leaf(g, number, extents, DType::F32)
}

fn map(g: &mut Graph, op: Op, args: &[NodeId]) -> NodeId {
    build::map(g, op, args).unwrap()
}

fn reduce(g: &mut Graph, fold: Fold, x: NodeId, axes: &[usize], keep: bool) -> NodeId {
    build::reduce(g, &x, fold, 0, axes, keep).unwrap()
}

fn cumsum(g: &mut Graph, x: NodeId, axis: usize) -> NodeId {
    build::scan(g, &x, Fold::Sum, axis)
}

/// `x` without so many elements at either end of an axis.
fn inner(g: &mut Graph, x: NodeId, axis: usize, before: usize, after: usize) -> NodeId {
    let mut parts: Vec<(i64, i64, usize)> = g.node(x).shape.iter().map(|&n| (0, 1, n)).collect();
    parts[axis] = (before as i64, 1, parts[axis].2 - before - after);
    build::slice(g, &x, &parts).unwrap()
}

/// The elements of each leaf: numbers whose sums are rounded, or indices below 7.
fn data(g: &Graph) -> Vec<Vec<Scalar>> {
    let mut leaves = vec![Vec::new(); g.leaves()];
    for n in g.nodes() {
        let Node { kind: Kind::Leaf(leaf), shape, dtype } = g.node(n) else { continue };
        let element = |i: usize| {
            let hash = (i as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40;
            match dtype {
                DType::I64 => Scalar::from_i128(DType::I64, (hash % 7).into()),
                _ => Scalar::from_f64(*dtype, hash as f64 * 1e-5 + 0.1),
            }
        };
        leaves[*leaf as usize] = (0..shape.size()).map(element).collect();
    }
    leaves
}

fn under(bytes: u64, whole: &Plan) -> Fit {
    let budget = Budget { bytes, room: &|bytes| bytes as u64, needed: &Plan::peak_bytes };
    fit(whole, Options::default(), &budget)
}

/// The results of a graph, by slabs.
fn computed(slabs: &Slabs, leaves: &[Vec<Scalar>]) -> Vec<Vec<Scalar>> {
    let first =
        slabs.first.as_ref().map_or(Vec::new(), |first| interp::interpret(&first.plan.graph, leaves, &[]));
    let mut given = leaves[..slabs.leaves.min(leaves.len())].to_vec();
    given.extend(first.iter().take(slabs.kept).cloned());
    let parts: Vec<Vec<Vec<Scalar>>> =
        slabs.slabs.iter().map(|slab| interp::interpret(&slab.part.plan.graph, &given, &[])).collect();
    let result = |(whence, _): &(Whence, usize)| match *whence {
        Whence::First(at) => first[at].clone(),
        Whence::Slabs(at) => parts.iter().flat_map(|part| part[at].iter().copied()).collect(),
    };
    slabs.outputs.iter().map(result).collect()
}

/// Plans a graph under less than it takes, and compares the results; gives the slabs.
fn cut(what: &str, mut g: Graph, outputs: &[NodeId], bytes: impl Fn(u64) -> u64) -> Slabs {
    outputs.iter().for_each(|n| g.add_output(*n));
    let leaves = data(&g);
    let expected = interp::interpret(&g, &leaves, &[]);
    let whole = plan(g, Options::default());
    let peak = whole.peak_bytes();
    let slabs = match under(bytes(peak), &whole) {
        Fit::Slabs(slabs) => *slabs,
        Fit::Whole => panic!("{what}: {} of {peak} bytes are enough", bytes(peak)),
        Fit::Refused(refusal) => panic!("{what}: {refusal}\n{}", whole.graph),
    };
    assert!(slabs.needed <= bytes(peak) && slabs.whole == peak && slabs.peak == slabs.needed, "{what}");
    let ends: Vec<usize> = slabs.slabs.iter().map(|slab| slab.start + slab.len).collect();
    let starts: Vec<usize> = slabs.slabs.iter().map(|slab| slab.start).collect();
    assert!(
        starts[0] == 0 && starts[1..] == ends[..ends.len() - 1] && ends.last() == Some(&slabs.extent),
        "{what}"
    );
    let found = computed(&slabs, &leaves);
    for (output, (found, expected)) in found.iter().zip(&expected).enumerate() {
        assert_eq!(found.len(), expected.len(), "{what}, output {output}");
        let differs = found.iter().zip(expected).position(|(a, b)| !a.same(*b));
        assert_eq!(differs, None, "{what}, output {output}: {slabs}");
    }
    slabs
}

/// About halfway from the results alone to all of it.
fn half(results: usize) -> impl Fn(u64) -> u64 {
    move |peak| results as u64 + (peak - results as u64) / 2
}

#[test]
fn what_lies_between_is_cut_and_no_bit_changes() {
    type Case = (&'static str, fn(&mut Graph) -> Vec<NodeId>);
    // Each has something between data and results that must lie in memory.
    let cases: &[Case] = &[
        ("running sums along rows, read back", |g| {
            let x = floats(g, 0, &[60, 50]);
            let sums = cumsum(g, x, 1);
            let total = reduce(g, Fold::Sum, sums, &[1], true);
            vec![map(g, Op::Divide, &[sums, total])]
        }),
        ("a table less what is read as a whole", |g| {
            let x = floats(g, 0, &[60, 50]);
            let sums = cumsum(g, x, 1);
            let means = reduce(g, Fold::Sum, x, &[0], false);
            let centred = map(g, Op::Subtract, &[sums, means]);
            let again = cumsum(g, centred, 1);
            vec![reduce(g, Fold::Max, again, &[1], false)]
        }),
        ("neighbours along the axis that is cut", |g| {
            let x = floats(g, 0, &[64, 40]);
            let sums = cumsum(g, x, 1);
            let (up, mid, down) = (inner(g, sums, 0, 0, 2), inner(g, sums, 0, 1, 1), inner(g, sums, 0, 2, 0));
            let sides = map(g, Op::Add, &[up, down]);
            vec![map(g, Op::Subtract, &[sides, mid])]
        }),
        ("a padded table", |g| {
            let x = floats(g, 0, &[60, 40]);
            let sums = cumsum(g, x, 1);
            let zero = build::constant(g, Scalar::f32(-3.0));
            let around = build::expand(g, &zero, &Shape::new(&[70, 44]).unwrap());
            let framed = build::pad(g, &sums, &[5, 2], &around);
            let again = cumsum(g, framed, 1);
            vec![reduce(g, Fold::Sum, again, &[1], false)]
        }),
        ("a table that is turned and turned round", |g| {
            let x = floats(g, 0, &[40, 60]);
            let sums = cumsum(g, x, 0);
            let turned = build::permute(g, &sums, &[1, 0]).unwrap();
            let back = build::slice(g, &turned, &[(59, -1, 60), (0, 2, 20)]).unwrap();
            vec![cumsum(g, back, 1)]
        }),
        ("rows that become one", |g| {
            let x = floats(g, 0, &[48, 5, 9]);
            let sums = cumsum(g, x, 1);
            let flat = build::reshape_to(g, &sums, Shape::new(&[48 * 45]).unwrap());
            // Of another size, so that it does not take the memory of the sums.
            let root = map(g, Op::Sqrt, &[flat]);
            vec![build::cast(g, &root, DType::F64)]
        }),
        ("one axis that becomes rows", |g| {
            let x = floats(g, 0, &[48 * 45]);
            let root = map(g, Op::Sqrt, &[x]);
            let rows = build::reshape_to(g, &root, Shape::new(&[48, 45]).unwrap());
            let sums = cumsum(g, rows, 1);
            vec![reduce(g, Fold::Max, sums, &[1], false)]
        }),
        ("elements taken by index", |g| {
            let x = floats(g, 0, &[60, 7]);
            let index = leaf(g, 1, &[60, 30], DType::I64);
            let sums = cumsum(g, x, 1);
            let from = [numfuse_ir::gather::Source::Axis(0), numfuse_ir::gather::Source::Index];
            let shape = Shape::new(&[60, 30]).unwrap();
            let taken =
                build::take(g, &sums, from.into_iter().collect(), &[index], shape, Bounds::Raise).unwrap();
            let again = cumsum(g, taken, 1);
            vec![reduce(g, Fold::Sum, again, &[1], false)]
        }),
        ("rows taken by index from all rows", |g| {
            let (x, index) = (floats(g, 0, &[7, 30]), leaf(g, 1, &[60], DType::I64));
            let sums = cumsum(g, x, 0);
            let taken = build::gather(g, &sums, &[(0, index)], 0, Bounds::Raise).unwrap();
            let again = cumsum(g, taken, 1);
            vec![reduce(g, Fold::Sum, again, &[1], false)]
        }),
        ("windows", |g| {
            let x = floats(g, 0, &[60, 40]);
            let sums = cumsum(g, x, 1);
            let windows = build::window(g, &sums, 5, 0).unwrap();
            vec![reduce(g, Fold::Sum, windows, &[2], false)]
        }),
        ("diagonals", |g| {
            let x = floats(g, 0, &[60, 6, 8]);
            let sums = cumsum(g, x, 2);
            let diagonal = build::diagonal(g, &sums, 1, 2, 1).unwrap();
            vec![cumsum(g, diagonal, 1)]
        }),
        ("a diagonal along the axis that is cut", |g| {
            let x = floats(g, 0, &[40, 45, 6]);
            let sums = cumsum(g, x, 2);
            let diagonal = build::diagonal(g, &sums, 0, 1, 2).unwrap();
            let turned = build::permute(g, &diagonal, &[1, 0]).unwrap();
            vec![map(g, Op::Sqrt, &[turned])]
        }),
        ("places", |g| {
            let x = floats(g, 0, &[60, 40]);
            let sums = cumsum(g, x, 1);
            let rows = build::iota(g, Shape::new(&[60, 40]).unwrap(), 0);
            let rows = build::cast(g, &rows, DType::F32);
            let both = map(g, Op::Add, &[sums, rows]);
            let again = cumsum(g, both, 1);
            vec![reduce(g, Fold::Sum, again, &[1], false)]
        }),
        ("several results, one of them no table", |g| {
            let x = floats(g, 0, &[60, 40]);
            let sums = cumsum(g, x, 1);
            let again = cumsum(g, sums, 1);
            let ends = reduce(g, Fold::Max, again, &[1], false);
            let all = reduce(g, Fold::Max, x, &[0, 1], false);
            vec![ends, all, reduce(g, Fold::Sum, sums, &[1], false)]
        }),
        ("a sum down a table, of integers", |g| {
            let x = leaf(g, 0, &[9, 60, 40], DType::I64);
            let sums = cumsum(g, x, 2);
            let down = reduce(g, Fold::Sum, sums, &[0], false);
            vec![reduce(g, Fold::Max, down, &[1], false)]
        }),
        ("both ends", |g| {
            let x = floats(g, 0, &[64, 40]);
            let sums = cumsum(g, x, 1);
            let back = build::slice(g, &sums, &[(63, -1, 64), (0, 1, 40)]).unwrap();
            let both = map(g, Op::Add, &[sums, back]);
            let again = cumsum(g, both, 1);
            vec![reduce(g, Fold::Max, again, &[1], false)]
        }),
    ];
    for &(what, build) in cases {
        let mut g = Graph::new();
        let outputs = build(&mut g);
        let mut each = outputs.clone();
        each.dedup();
        let results = each.iter().map(|n| g.node(*n).shape.size() * g.node(*n).dtype.bytes()).sum();
        cut(what, g.clone(), &outputs, half(results));
    }
}

#[test]
fn slabs_are_as_few_as_the_budget_allows() {
    let graph = || {
        let mut g = Graph::new();
        let x = floats(&mut g, 0, &[128, 100]);
        let sums = cumsum(&mut g, x, 1);
        let flipped = build::slice(&mut g, &sums, &[(0, 1, 128), (99, -1, 100)]).unwrap();
        let top = reduce(&mut g, Fold::Max, flipped, &[1], false);
        (g, top)
    };
    let count = |bytes: u64| {
        let (g, top) = graph();
        cut("sums", g, &[top], |_| bytes).slabs.len()
    };
    // The result takes 512 bytes, a row of sums 400, and each slab of the results what it is.
    let with = |slabs: u64| 512 + 128 / slabs * 404;
    assert_eq!([2, 4, 16, 128].map(|slabs| count(with(slabs))), [2, 4, 16, 128]);
    assert_eq!(count(with(4) - 1), 8);
}

#[test]
fn what_all_slabs_read_is_computed_once() {
    let mut g = Graph::new();
    let x = floats(&mut g, 0, &[100, 40]);
    let softmax = {
        let top = reduce(&mut g, Fold::Max, x, &[0], true);
        let shifted = map(&mut g, Op::Subtract, &[x, top]);
        let e = map(&mut g, Op::Exp, &[shifted]);
        let total = reduce(&mut g, Fold::Sum, e, &[0], true);
        map(&mut g, Op::Divide, &[e, total])
    };
    let sums = cumsum(&mut g, softmax, 1);
    let result = reduce(&mut g, Fold::Max, sums, &[1], false);
    let slabs = cut("softmax down columns", g, &[result], |peak| peak / 2);
    let first = slabs.first.as_ref().unwrap();
    let kept: Vec<usize> = first.plan.slots.iter().map(|slot| slot.shape.size()).collect();
    assert!(kept.iter().all(|&elements| elements == 40), "{kept:?}");
    let text = slabs.to_string();
    assert!(
        text.contains("slabs of up to") && text.contains("computed before and kept as a whole"),
        "{text}"
    );
}

/// Why a graph is refused.
fn refused(build: impl Fn(&mut Graph) -> NodeId, bytes: u64) -> (Uncut, String) {
    let mut g = Graph::new();
    let output = build(&mut g);
    g.add_output(output);
    let whole = plan(g, Options::default());
    match under(bytes, &whole) {
        Fit::Refused(refusal) => {
            assert!(refusal.node.is_some() && refusal.budget == bytes && refusal.whole == whole.peak_bytes());
            (refusal.why.clone(), refusal.to_string())
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_cannot_be_cut_is_refused_with_its_reason() {
    let (why, text) = refused(
        |g| {
            let x = floats(g, 0, &[100, 40]);
            cumsum(g, x, 0)
        },
        10_000,
    );
    assert!(matches!(why, Uncut::Whole("cumsum", _)), "{text}");
    assert!(text.contains("cumsum runs along that axis"), "{text}");
    let (why, text) = refused(
        |g| {
            let x = floats(g, 0, &[100, 40]);
            let sums = cumsum(g, x, 1);
            reduce(g, Fold::Sum, sums, &[0, 1], false)
        },
        10_000,
    );
    assert_eq!(why, Uncut::NoAxis, "{text}");
    let (why, text) = refused(
        |g| {
            let x = floats(g, 0, &[9, 40]);
            let sums = cumsum(g, x, 0);
            // 40 columns are added in groups, 20 would be added in lanes.
            let total = reduce(g, Fold::Sum, sums, &[0], false);
            map(g, Op::Sqrt, &[total])
        },
        400,
    );
    assert!(text.contains("sum would add in another order"), "{why:?} {text}");
    let (why, text) = refused(
        |g| {
            let (x, y) = (floats(g, 0, &[40, 40]), floats(g, 1, &[40, 40]));
            let shape = Shape::new(&[40, 40]).unwrap();
            let kind = Kind::Library(LibOp::Matmul);
            let product = g.insert(Node { kind, shape, dtype: DType::F32 }, &[x, y]);
            reduce(g, Fold::Max, product, &[1], false)
        },
        1000,
    );
    assert!(text.contains("matmul takes its operands as a whole"), "{why:?} {text}");
    let (why, text) = refused(
        |g| {
            let x = floats(g, 0, &[100, 40]);
            let sums = cumsum(g, x, 1);
            reduce(g, Fold::Max, sums, &[1], false)
        },
        500,
    );
    assert_eq!(why, Uncut::Slabs(100), "{text}");
    assert!(text.starts_with("the budget is 500 bytes (500 B), and this takes 16400 bytes"), "{text}");
    assert!(text.contains("as far as it can be cut it takes 564 bytes"), "{text}");
}
