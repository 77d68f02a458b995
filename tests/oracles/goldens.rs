//! The expressions of the golden files, by both oracles and as machine code in vectors of all sizes:
//! the same bits.

use crate::expressions;
use crate::run::{execute, execute_on, gpu, interpret_plan, vectors};
use numfuse_ir::graph::{Graph, interp, parse::parse};
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

/// Places checked in a loop over few columns: values that pass through registers which no instruction of the
/// kernel names, and which its caller wants back as they were.
#[test]
fn registers_that_values_only_pass_through_are_given_back() {
    let graph = parse(PASSING).expect("a graph");
    check("places in few columns", &graph);
}

const PASSING: &str = "
%0 = leaf 0 : bf16[40,1]
%1 = leaf 1 : u32[0]
%2 = reshape %0 : bf16[10,4]
%3 = cast %1 : i64[0]
%4 = const 1 : i64[]
%5 = expand %4 : i64[0]
%6 = remainder %3 %5 : i64[0]
%7 = gather raise * %1 %6 : u32[0]
%8 = const 1 : u32[]
%9 = expand %8 : u32[3]
%10 = pad 1 %7 %9 : u32[3]
%11 = reshape %2 : bf16[5,8,1]
%12 = reshape %11 : bf16[1,40,1]
%13 = iota 0 : i64[5,8,1]
%14 = cast %10 : i64[3]
%15 = const 8 : i64[]
%16 = expand %15 : i64[3]
%17 = remainder %14 %16 : i64[3]
%18 = cast %12 : i64[1,40,1]
%19 = expand %4 : i64[1,40,1]
%20 = remainder %18 %19 : i64[1,40,1]
%21 = expand %17 : i64[5,1,40,3]
%22 = expand %20 : i64[5,1,40,3]
%23 = gather strict 0 * * %11 %21 %22 : bf16[5,1,40,3]
%24 = slice 1:1 %10 : u32[1]
out %24 %23 %13 %12
";
