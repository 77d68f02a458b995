//! Plans of small graphs: how many kernels, and why each ends where it does.

use numfuse_ir::dtype::DType;
use numfuse_ir::graph::build::{self, Build};
use numfuse_ir::graph::{Graph, Kind, Node, NodeId, parse};
use numfuse_ir::ops::Op;
use numfuse_ir::ops::fold::Fold;
use numfuse_ir::scalar::Scalar;
use numfuse_ir::schedule::{Cut, Options, Plan, explain, plan};
use numfuse_ir::shape::Shape;

fn leaf(g: &mut Graph, number: u32, extents: &[usize]) -> NodeId {
    let shape = Shape::new(extents).unwrap();
    g.insert(Node { kind: Kind::Leaf(number), shape, dtype: DType::F32 }, &[])
}

fn map(g: &mut Graph, op: Op, args: &[NodeId]) -> NodeId {
    build::map(g, op, args).unwrap()
}

fn reduce(g: &mut Graph, fold: Fold, x: NodeId, axes: &[usize], keep: bool) -> NodeId {
    build::reduce(g, &x, fold, 0, axes, keep).unwrap()
}

fn planned(mut g: Graph, outputs: &[NodeId]) -> Plan {
    outputs.iter().for_each(|n| g.add_output(*n));
    plan(g, Options::default())
}

fn softmax(g: &mut Graph, x: NodeId, axis: usize) -> NodeId {
    let top = reduce(g, Fold::Max, x, &[axis], true);
    let shifted = map(g, Op::Subtract, &[x, top]);
    let e = map(g, Op::Exp, &[shifted]);
    let total = reduce(g, Fold::Sum, e, &[axis], true);
    map(g, Op::Divide, &[e, total])
}

#[test]
fn softmax_over_rows_is_one_kernel_of_three_passes() {
    let mut g = Graph::new();
    let x = leaf(&mut g, 0, &[100, 1000]);
    let y = softmax(&mut g, x, 1);
    let plan = planned(g, &[y]);
    assert_eq!(plan.kernels(), 1);
    let kernel = &plan.steps[0].kernel().unwrap().kernel;
    assert_eq!((kernel.rows, kernel.passes.len(), kernel.axes.len()), (1, 3, 2), "{kernel}");
}

#[test]
fn standardising_a_whole_array_is_two_kernels() {
    let mut g = Graph::new();
    let x = leaf(&mut g, 0, &[100, 1000]);
    let total = reduce(&mut g, Fold::Sum, x, &[0, 1], false);
    let squares = build::reduce(&mut g, &x, Fold::Moments, 2, &[0, 1], false).unwrap();
    let n = build::constant(&mut g, Scalar::f32(100_000.0));
    let mean = map(&mut g, Op::Divide, &[total, n]);
    let var = map(&mut g, Op::Divide, &[squares, n]);
    let std = map(&mut g, Op::Sqrt, &[var]);
    let centred = map(&mut g, Op::Subtract, &[x, mean]);
    let z = map(&mut g, Op::Divide, &[centred, std]);
    let plan = planned(g, &[z]);
    assert_eq!(plan.kernels(), 2);
    assert_eq!(plan.steps[0].writes.iter().filter(|w| w.1 == Cut::FoldThenBroadcast).count(), 2);
}

#[test]
fn assigning_points_to_centres_needs_no_temporary() {
    let mut g = Graph::new();
    let (x, c) = (leaf(&mut g, 0, &[1000, 1, 16]), leaf(&mut g, 1, &[1, 64, 16]));
    let d = map(&mut g, Op::Subtract, &[x, c]);
    let d = map(&mut g, Op::Square, &[d]);
    let d = reduce(&mut g, Fold::Sum, d, &[2], false);
    let nearest = build::reduce(&mut g, &d, Fold::ArgMin, 1, &[1], false).unwrap();
    let plan = planned(g, &[nearest]);
    assert_eq!(plan.kernels(), 1);
    assert_eq!(plan.bytes_moved(), 1000 * 16 * 4 + 64 * 16 * 4 + 1000 * 8);
    assert!(plan.steps[0].kernel().unwrap().kernel.passes.iter().any(|p| p.inner));
}

#[test]
fn a_dear_row_is_not_computed_again_for_each_row() {
    let mut g = Graph::new();
    let (x, y) = (leaf(&mut g, 0, &[1, 300]), leaf(&mut g, 1, &[200, 1]));
    let s = map(&mut g, Op::Exp, &[x]);
    let c = map(&mut g, Op::Log, &[y]);
    let z = map(&mut g, Op::Add, &[s, c]);
    let plan = planned(g, &[z]);
    assert_eq!(plan.kernels(), 2);
    assert!(matches!(plan.cuts().next(), Some(Cut::Recompute { times: 200, .. })));
}

#[test]
fn shifted_sums_of_sixty_levels_stay_small() {
    let mut g = Graph::new();
    let mut x = leaf(&mut g, 0, &[1000]);
    for _ in 0..60 {
        let n = g.shape(&x)[0];
        let low = build::slice(&mut g, &x, &[(0, 1, n - 1)]).unwrap();
        let high = build::slice(&mut g, &x, &[(1, 1, n - 1)]).unwrap();
        x = map(&mut g, Op::Add, &[low, high]);
    }
    let plan = planned(g, &[x]);
    assert!((5..20).contains(&plan.kernels()), "{}", plan.kernels());
}

#[test]
fn a_long_chain_is_cut_by_size() {
    let mut g = Graph::new();
    let mut x = leaf(&mut g, 0, &[1000]);
    let y = leaf(&mut g, 1, &[1000]);
    for _ in 0..5000 {
        x = map(&mut g, Op::Add, &[x, y]);
        x = map(&mut g, Op::Multiply, &[x, y]);
    }
    let plan = planned(g, &[x]);
    assert!(plan.kernels() > 10 && plan.kernels() < 40, "{}", plan.kernels());
}

#[test]
fn two_folds_of_one_input_walk_it_once() {
    let mut g = Graph::new();
    let x = leaf(&mut g, 0, &[100, 50]);
    let total = reduce(&mut g, Fold::Sum, x, &[1], false);
    let top = reduce(&mut g, Fold::Max, x, &[1], false);
    let plan = planned(g, &[total, top]);
    assert_eq!(plan.kernels(), 1);
    assert_eq!(
        plan.steps[0].kernel().unwrap().kernel.passes.len(),
        2,
        "{}",
        plan.steps[0].kernel().unwrap().kernel
    );
    assert_eq!(plan.bytes_moved(), 100 * 50 * 4 + 2 * 400);
}

#[test]
fn an_output_that_its_reader_reads_by_position_is_computed_before() {
    let mut g = Graph::new();
    let x = leaf(&mut g, 0, &[4, 6]);
    let y = map(&mut g, Op::Square, &[x]);
    // The same elements as [6, 4] under a transpose: no sum of strides.
    let turned = build::reshape(&mut g, &y, &[6, 4]).unwrap();
    let turned = build::permute(&mut g, &turned, &[1, 0]).unwrap();
    let z = map(&mut g, Op::Add, &[y, turned]);
    let plan = planned(g, &[z, y]);
    assert_eq!(plan.kernels(), 2);
}

#[test]
fn an_output_that_a_fold_walks_is_written_on_the_way() {
    let mut g = Graph::new();
    let x = leaf(&mut g, 0, &[100, 50]);
    let y = map(&mut g, Op::Square, &[x]);
    let total = reduce(&mut g, Fold::Sum, y, &[1], false);
    let plan = planned(g, &[y, total]);
    assert_eq!(plan.kernels(), 1);
    let first = &plan.steps[0].kernel().unwrap().kernel.passes[0];
    assert_eq!(
        (first.carries.len(), first.stores.len()),
        (1, 1),
        "{}",
        plan.steps[0].kernel().unwrap().kernel
    );
    assert_eq!(plan.bytes_moved(), 2 * 100 * 50 * 4 + 100 * 4);
}

#[test]
fn what_is_written_on_the_way_waits_for_none_of_its_readers() {
    let mut g = Graph::new();
    let x = leaf(&mut g, 0, &[100, 1000]);
    let e = map(&mut g, Op::Exp, &[x]);
    let whole = reduce(&mut g, Fold::Sum, e, &[0, 1], false);
    let shares = map(&mut g, Op::Divide, &[e, whole]);
    let rows = reduce(&mut g, Fold::Max, shares, &[1], false);
    let plan = planned(g, &[rows]);
    assert_eq!(plan.kernels(), 2);
    assert_eq!(
        plan.steps[0].kernel().unwrap().kernel.passes[0].stores.len(),
        1,
        "{}",
        plan.steps[0].kernel().unwrap().kernel
    );
}

#[test]
fn long_folds_of_few_rows_do_not_take_turns() {
    let mut g = Graph::new();
    let x = leaf(&mut g, 0, &[100, 1000]);
    let top = reduce(&mut g, Fold::Max, x, &[0, 1], false);
    let shifted = map(&mut g, Op::Subtract, &[x, top]);
    let total = reduce(&mut g, Fold::Sum, shifted, &[0, 1], false);
    let plan = planned(g, &[total]);
    assert_eq!(plan.kernels(), 2);
    assert_eq!(plan.cuts().next(), Some(&Cut::FewRows));
}

#[test]
fn a_row_result_is_written_beside_what_reads_it() {
    let mut g = Graph::new();
    let x = leaf(&mut g, 0, &[100, 1000]);
    let top = reduce(&mut g, Fold::Max, x, &[1], true);
    let shifted = map(&mut g, Op::Subtract, &[x, top]);
    let plan = planned(g, &[shifted, top]);
    assert_eq!(plan.kernels(), 1);
    assert_eq!(plan.bytes_moved(), 2 * 100 * 1000 * 4 + 100 * 4);
}

#[test]
fn what_is_written_on_the_way_keeps_its_walk() {
    let mut g = Graph::new();
    let (x, y) = (leaf(&mut g, 0, &[3, 1, 5]), leaf(&mut g, 1, &[40, 7]));
    let rows = reduce(&mut g, Fold::Sum, y, &[1], true);
    let wide = map(&mut g, Op::Maximum, &[rows, x]);
    let folded = reduce(&mut g, Fold::Sum, wide, &[0], false);
    // Rows of the last kernel would become those of `rows`, and the fold one inside them.
    let plan = planned(g, &[folded, wide]);
    assert_eq!(plan.kernels(), 2);
}

#[test]
fn what_has_elements_is_not_written_by_a_kernel_without_any() {
    let mut g = Graph::new();
    let (x, nothing) = (leaf(&mut g, 0, &[17, 31]), leaf(&mut g, 1, &[17, 0]));
    let top = reduce(&mut g, Fold::Max, x, &[1], true);
    let empty = map(&mut g, Op::Add, &[top, nothing]);
    let plan = planned(g, &[empty, top]);
    assert_eq!(plan.kernels(), 2);
}

#[test]
fn running_values_are_stored_by_the_pass_along_them_whatever_passes_follow() {
    let text = "\
%0 = leaf 0 : i64[1,40]
%1 = argmin part 1 axes 1 %0 : i64[1]
%2 = reshape %1 : i64[1,1]
%3 = reshape %2 : i64[1,1,1]
%4 = scan sum axis 1 %0 : i64[1,40]
%5 = expand %4 : i64[1,1,40]
%6 = expand %3 : i64[1,1,40]
%7 = add %5 %6 : i64[1,1,40]
out %7 %2 %4
";
    let plan = plan(parse::parse(text).unwrap(), Options::default());
    assert_eq!(plan.kernels(), 1);
    let kernel = &plan.steps[0].kernel().unwrap().kernel;
    let stores: Vec<usize> = kernel.passes.iter().map(|pass| pass.stores.len()).collect();
    assert_eq!(stores, [0, 2, 1], "{kernel}");
}

#[test]
fn what_is_taken_by_index_inside_an_inner_fold_is_written_by_a_kernel_of_its_own() {
    // The index along the axis of one element moves with the inner fold, whose walk stores nothing.
    let text = "\
%0 = leaf 0 : u64[3,1,5]
%1 = leaf 1 : i64[40,1]
%2 = square %0 : u64[3,1,5]
%3 = expand %1 : i64[3,5,40,1]
%4 = gather raise 0 * 1 %2 %3 : u64[3,5,40,1]
%5 = sum axes 2 %4 : u64[3,5,1]
%6 = sum axes 0 %5 : u64[5,1]
out %6 %2
";
    let plan = plan(parse::parse(text).unwrap(), Options::default());
    assert_eq!(plan.kernels(), 2, "{}", explain::explain(&plan));
}

#[test]
fn small_known_powers_are_what_numpy_takes() {
    let kinds = |dtype: DType, exponent: Scalar| {
        let mut g = Graph::new();
        let x = g.insert(Node { kind: Kind::Leaf(0), shape: Shape::new(&[8]).unwrap(), dtype }, &[]);
        let exponent = build::constant(&mut g, exponent);
        let power = map(&mut g, Op::Power, &[x, exponent]);
        assert_eq!(g.dtype(&power), dtype);
        let ops = g.nodes().filter_map(|n| if let Kind::Map(op) = g.node(n).kind { Some(op) } else { None });
        ops.collect::<Vec<Op>>()
    };
    let float = Scalar::f32;
    assert_eq!(kinds(DType::F32, float(2.0)), [Op::Square]);
    assert_eq!(kinds(DType::F32, float(0.5)), [Op::Sqrt]);
    assert_eq!(kinds(DType::F32, float(-1.0)), [Op::Reciprocal]);
    // NumPy's power of floats is not the product of three.
    assert_eq!(kinds(DType::F32, float(3.0)), [Op::Power]);
    assert_eq!(kinds(DType::F32, float(1.5)), [Op::Power]);
    let whole = |n| Scalar::from_i128(DType::I32, n);
    assert_eq!(kinds(DType::I32, whole(2)), [Op::Square]);
    assert_eq!(kinds(DType::I32, whole(3)), [Op::Square, Op::Multiply]);
    assert_eq!(kinds(DType::I32, whole(-1)), [Op::Power]);
    let complex = |re| Scalar::complex(float(re), float(0.0));
    assert_eq!(kinds(DType::C64, complex(2.0)), [Op::Square]);
    assert_eq!(kinds(DType::C64, complex(3.0)), [Op::Square, Op::Multiply]);
    assert_eq!(kinds(DType::C64, complex(0.5)), [Op::Power]);
    assert_eq!(kinds(DType::C64, Scalar::complex(float(2.0), float(1.0))), [Op::Power]);
}

#[test]
fn what_is_the_same_for_all_numbers_of_a_type_reads_none() {
    let mut g = Graph::new();
    let x = g.insert(Node { kind: Kind::Leaf(0), shape: Shape::new(&[8]).unwrap(), dtype: DType::I64 }, &[]);
    let nan = map(&mut g, Op::Isnan, &[x]);
    let text = explain::explain(&planned(g, &[nan]));
    assert!(!text.contains("load"), "{text}");
}

#[test]
fn a_flat_view_of_rows_is_read_in_one_walk() {
    let mut g = Graph::new();
    let x = leaf(&mut g, 0, &[30, 40, 50]);
    let flat = build::reshape_to(&mut g, &x, Shape::new(&[60_000]).unwrap());
    let root = map(&mut g, Op::Sqrt, &[flat]);
    let text = explain::explain(&planned(g, &[root]));
    assert!(text.contains("load x[i]"), "{text}");
}

/// The places that the steps of a plan write to, as the parts of updates; empty for a step that writes all.
fn parts(text: &str) -> Vec<Vec<(i64, i64)>> {
    let graph = parse::parse(text).unwrap_or_else(|error| panic!("{error}"));
    let plan = plan(graph, Options { in_parts: Some(1000), ..Options::default() });
    let part = |at: usize| match &plan.graph.node(plan.node_in(at)).kind {
        Kind::Update(parts) => parts.to_vec(),
        _ => Vec::new(),
    };
    // Each is written over the one before it, and nothing is copied.
    assert!(plan.slots.iter().skip(1).all(|slot| slot.over.is_some()));
    assert_eq!(parse::parse(&plan.graph.to_string()).map_err(|error| error.message), Ok(plan.graph.clone()));
    (0..plan.slots.len()).map(part).collect()
}

#[test]
fn what_is_put_side_by_side_is_written_part_by_part() {
    let one = "%0 = leaf 0 : f32[40,50]\n%1 = leaf 1 : f32[40,50]\n%2 = const 0 : f32[]\n";
    let beside = "%3 = expand %2 : f32[40,100]\n%4 = pad 0 50 %1 %3 : f32[40,100]\n\
                  %5 = pad 0 0 %0 %4 : f32[40,100]\nout %5\n";
    assert_eq!(parts(&format!("{one}{beside}")), [[(0, 1), (0, 1)], [(0, 1), (50, 1)]]);
    // A frame: its sides are short, and few.
    let frame = "%3 = expand %2 : f32[46,54]\n%4 = pad 3 2 %0 %3 : f32[46,54]\nout %4\n";
    let expected =
        [[(3, 1), (2, 1)], [(0, 1), (0, 1)], [(43, 1), (0, 1)], [(3, 1), (0, 1)], [(3, 1), (52, 1)]];
    let mut found = parts(&format!("{one}{frame}"));
    assert_eq!(found[0], expected[0]);
    found.sort();
    assert_eq!(found.len(), 5);
    assert!(expected.iter().all(|part| found.contains(&part.to_vec())));
    // Rows of two elements are not worth it, nor is what is small, nor what is read by something else.
    let stack = "%3 = reshape %0 : f32[2000,1]\n%4 = reshape %1 : f32[2000,1]\n%5 = expand %2 : f32[2000,2]\n\
                 %6 = pad 0 1 %4 %5 : f32[2000,2]\n%7 = pad 0 0 %3 %6 : f32[2000,2]\nout %7\n";
    assert_eq!(parts(&format!("{one}{stack}")), [[]]);
    let small =
        "%0 = leaf 0 : f32[4]\n%1 = const 0 : f32[]\n%2 = expand %1 : f32[8]\n%3 = pad 2 %0 %2 : f32[8]\n";
    assert_eq!(parts(&format!("{small}out %3\n")), [[]]);
    let read = beside.replace("out %5", "%6 = sqrt %5 : f32[40,100]\nout %6");
    assert_eq!(parts(&format!("{one}{read}")), [[]]);
}
