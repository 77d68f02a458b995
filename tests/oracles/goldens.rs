//! The expressions of the golden files, by both oracles and as machine code in vectors of all sizes:
//! the same bits.

use crate::expressions;
use crate::run::{execute, execute_on, gpu, interpret_plan, vectors};
use numfuse_ir::graph::{Graph, interp};
use numfuse_ir::schedule::{self, Options};

fn check(name: &str, graph: &Graph) {
    let (leaves, scalars) = expressions::inputs(graph);
    let expected = interp::interpret(graph, &leaves, &scalars);
    for fuse in [true, false] {
        let plan = schedule::plan(graph.clone(), Options { fuse, ..Options::default() });
        let mut results = vec![("the kernels' interpreter", interpret_plan(&plan, &leaves, &scalars))];
        // No order is promised of sums that a library computes: `products` compares them nearly.
        let sizes = if plan.steps.iter().any(|step| step.library().is_some()) { vec![] } else { vectors() };
        let on_gpu = if sizes.is_empty() { None } else { gpu() };
        results.extend(sizes.into_iter().map(|(v, what)| (what, execute(&plan, v, &leaves, &scalars))));
        results.extend(on_gpu.map(|gpu| ("the GPU", execute_on(gpu, &plan, &leaves, &scalars))));
        for (what, got) in results {
            for (o, (expected, got)) in expected.iter().zip(&got).enumerate() {
                let differs = (0..expected.len()).find(|&i| !expected[i].same(got[i]));
                let differs = differs.map(|i| (i, expected[i], got[i]));
                assert_eq!(differs, None, "{name} output {o}, {what}, fuse: {fuse}\n{graph}");
            }
        }
    }
}

#[test]
fn golden_expressions_have_the_same_bits_everywhere() {
    expressions::small().iter().for_each(|(name, graph)| check(name, graph));
}
