//! From graphs to results: plans as the scheduler makes them, checked against the interpreter.

use numfuse_ir::dtype::DType;
use numfuse_ir::graph::product::{Labelled, contract};
use numfuse_ir::graph::{Graph, Kind, Node, NodeId, build};
use numfuse_ir::ops::{Op, fold::Fold};
use numfuse_ir::schedule::{self, Options};
use numfuse_ir::shape::Shape;
use numfuse_runtime::cpu::workers::Workers;
use numfuse_runtime::{Buffer, Prepared, RunOptions, cpu, run};
use std::slice;
use std::sync::Arc;

/// A plan for a graph of one float32 leaf of that shape, made ready.
fn prepared(extents: &[usize], build: impl FnOnce(&mut Graph, NodeId) -> Vec<NodeId>) -> Prepared {
    let mut graph = Graph::new();
    let shape = Shape::new(extents).unwrap();
    let bytes = vec![4 * shape.size()];
    let leaf = graph.insert(Node { kind: Kind::Leaf(0), shape, dtype: DType::F32 }, &[]);
    for output in build(&mut graph, leaf) {
        graph.add_output(output);
    }
    let plan = schedule::plan(graph, Options::default());
    // SAFETY: the scheduler made the plan for a graph whose only leaf has this many bytes.
    unsafe { Prepared::new(plan, bytes, cpu::target()) }
}

/// The outputs of a plan for the leaf 0, 1, 2, … 96, 0, …, the same on one thread and on four.
fn outputs(prepared: &Prepared, n: usize) -> Vec<Buffer> {
    let leaf = Buffer::from_vec((0..n).map(|i| (i % 97) as f32).collect());
    let [alone, together] = [1, 4].map(|threads| {
        let workers = Workers::new(threads);
        let options = RunOptions { workers: &workers, check: n < 50_000, ..RunOptions::default() };
        run(prepared, slice::from_ref(&leaf), &[], &options).unwrap()
    });
    assert!(alone.iter().zip(&together).all(|(a, b)| a.bytes() == b.bytes()));
    together
}

fn sum(graph: &mut Graph, x: NodeId, axes: &[usize]) -> NodeId {
    build::reduce(graph, &x, Fold::Sum, 0, axes, false).unwrap()
}

#[test]
fn sums_of_any_length_are_right() {
    for n in [1, 31, 32, 513, 5000, 32_768, 1 << 20, 1_234_567] {
        let plan = prepared(&[n], |graph, x| vec![sum(graph, x, &[0])]);
        let found = f64::from(outputs(&plan, n)[0].elements::<f32>().unwrap()[0]);
        let exact: f64 = (0..n).map(|i| (i % 97) as f64).sum();
        assert!((found - exact).abs() <= exact * 1e-5, "{found} against {exact}");
    }
}

#[test]
fn rows_and_columns_are_folded() {
    for (rows, columns) in [(1, 1), (3, 1000), (1000, 3), (300, 100), (2, 60_000), (60_000, 2)] {
        let plan = prepared(&[rows, columns], |graph, x| {
            let doubled = build::map(graph, Op::Add, &[x, x]).unwrap();
            vec![sum(graph, x, &[0]), sum(graph, doubled, &[1]), doubled]
        });
        let outputs = outputs(&plan, rows * columns);
        let sizes: Vec<_> = outputs.iter().map(|o| o.len() / 4).collect();
        assert_eq!(sizes, [columns, rows, rows * columns]);
        let first: f32 = (0..columns).map(|j| 2.0 * (j % 97) as f32).sum();
        assert!((outputs[1].elements::<f32>().unwrap()[0] - first).abs() <= first * 1e-5);
    }
}

#[test]
fn empty_folds_are_their_identity() {
    let plan = prepared(&[3, 0], |graph, x| vec![sum(graph, x, &[1]), sum(graph, x, &[0])]);
    let outputs = outputs(&plan, 0);
    assert_eq!(outputs[0].elements::<f32>(), Some(&[0.0; 3][..]));
    assert!(outputs[1].is_empty());
}

/// The product of a matrix with itself transposed.
fn square(graph: &mut Graph, x: NodeId) -> Vec<NodeId> {
    let turned = build::permute(graph, &x, &[1, 0]).unwrap();
    let labelled = |node, labels: &[u8]| Labelled { node, labels: labels.into() };
    vec![contract(graph, &labelled(x, &[0, 1]), &labelled(turned, &[1, 2]), &[0, 2]).unwrap()]
}

#[test]
fn library_ops_are_shared_among_workers() {
    let prepared = prepared(&[300, 40], square);
    assert!(prepared.plan().steps[0].library().is_some() && !prepared.stays_with_caller());
    let product = outputs(&prepared, 300 * 40);
    let first: f32 = (0..40).map(|i| (i * i) as f32).sum();
    assert_eq!(product[0].elements::<f32>().unwrap()[0], first);
}

#[test]
fn data_across_the_alignment_of_its_type_is_copied_for_a_library() {
    let prepared = prepared(&[16, 16], square);
    let numbers: Vec<u8> = (0..256).flat_map(|i| ((i % 97) as f32).to_le_bytes()).collect();
    let expected = outputs(&prepared, 256);
    for shift in 0..4 {
        let mut bytes = vec![0; shift];
        bytes.extend_from_slice(&numbers);
        let owner = Arc::new(bytes);
        // SAFETY: the owner's vector is never written or moved, and has this many bytes from there.
        let leaf = unsafe { Buffer::from_owner(owner.as_ptr().add(shift), numbers.len(), owner) };
        let options = RunOptions { check: true, ..RunOptions::default() };
        let product = run(&prepared, &[leaf], &[], &options).unwrap();
        assert_eq!(product[0].bytes(), expected[0].bytes(), "shifted by {shift} bytes");
    }
}
