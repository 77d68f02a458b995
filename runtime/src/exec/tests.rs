//! That a check finds a kernel whose machine code is wrong: a run is given the code of another kernel.

use super::*;
use numfuse_ir::graph::build::{self, Build};
use numfuse_ir::graph::{Graph, Kind, Node};
use numfuse_ir::{dtype::DType, ops::Op, schedule, shape::Shape};

/// The op of `count` float32 numbers.
fn prepared(op: Op, count: usize) -> Prepared {
    let mut graph = Graph::new();
    let shape = Shape::new(&[count]).expect("a short vector");
    let x = graph.make(Node { kind: Kind::Leaf(0), shape, dtype: DType::F32 }, &[]);
    let root = build::map(&mut graph, op, &[x]).expect("the op has float32");
    graph.add_output(root);
    let plan = schedule::plan(graph, schedule::Options::default());
    // SAFETY: the scheduler made the plan for a graph with one leaf of so many float32.
    unsafe { Prepared::new(plan, vec![4 * count], crate::cpu::target()) }
}

/// Runs the plan of one op with the code of another, which has the same buffers and words.
fn run_with_code_of(op: Op, other: Op, leaf: Vec<f32>, check: bool) -> Result<Vec<Buffer>, Error> {
    let (plan, wrong) = (prepared(op, leaf.len()), prepared(other, leaf.len()));
    let options = RunOptions { check, ..RunOptions::default() };
    let codes = wrong.codes(&options).expect("the kernel compiles");
    let leaves = [Buffer::from_vec(leaf)];
    Run { prepared: &plan, leaves: &leaves, scalars: &[], codes, options: &options }
        .all_steps()
        .map(|outputs| in_buffers(outputs, &mut []))
}

#[test]
fn a_check_finds_wrong_code_and_says_where() {
    let leaf = vec![0.0, 1.0, 4.0, 9.0, 1.0, f32::NAN];
    let right = run_with_code_of(Op::Sqrt, Op::Sqrt, leaf.clone(), true).expect("the code is right");
    assert_eq!(right[0].elements::<f32>().map(|e| e[..5].to_vec()), Some(vec![0.0, 1.0, 2.0, 3.0, 1.0]));
    let unseen = run_with_code_of(Op::Sqrt, Op::Square, leaf.clone(), false).expect("nobody looks");
    assert_eq!(unseen[0].elements::<f32>().map(|e| e[2]), Some(16.0));
    let Err(Error::Differs(difference)) = run_with_code_of(Op::Sqrt, Op::Square, leaf, true) else {
        panic!("wrong code is not found")
    };
    let Difference { step, buffer, element, count, found, expected, ref kernel } = *difference;
    assert_eq!((step, buffer, element, count), (0, 1, 2, (2, 6)));
    assert_eq!((found, expected), (Scalar::f32(16.0), Scalar::f32(2.0)));
    assert!(kernel.contains("sqrt"), "{kernel}");
}

#[test]
fn a_check_takes_any_nan_for_any_other_and_tells_zeros_apart() {
    assert!(run_with_code_of(Op::Sqrt, Op::Positive, vec![f32::NAN, 1.0, 0.0], true).is_ok());
    // 0 and -0 are equal numbers, and other bits.
    assert!(run_with_code_of(Op::Positive, Op::Absolute, vec![-0.0, 1.0], true).is_err());
}
