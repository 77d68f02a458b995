//! Plans on a processor in place of a GPU: the texts that a GPU would be given, launched by the code that would
//! launch them there, compute the bits of the kernels' interpreter.

use crate::expressions;
use crate::fake::{compile, on_fake, on_watched_fake, run_tests};
use crate::graphs::{LONG_ONE_OF, genes, grow};
use crate::run::{execute, execute_on, interpret_plan};
use numfuse_codegen::cuda;
use numfuse_ir::ops::library::LibOp;
use numfuse_ir::scalar::Scalar;
use numfuse_ir::schedule::{self, Options, Plan, Step};
use numfuse_ir::target::Vectors;
use numfuse_runtime::cuda::Gpu;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use rayon::prelude::*;
use std::collections::BTreeSet;

/// A plan with its data.
struct Case {
    name: String,
    plan: Plan,
    leaves: Vec<Vec<Scalar>>,
    scalars: Vec<Scalar>,
}

/// How many random graphs are in memory at the same time.
const AT_ONCE: usize = 300;

#[test]
fn golden_expressions_have_the_bits_of_the_kernels_interpreter() {
    on_fake("agree::golden_expressions_have_the_bits_of_the_kernels_interpreter", &[], || {
        let compared = agree(&goldens());
        assert!(compared >= 150, "only {compared} kernels were compared");
    });
}

#[test]
fn random_graphs_have_the_bits_of_the_kernels_interpreter() {
    on_fake("agree::random_graphs_have_the_bits_of_the_kernels_interpreter", &[], || {
        let mut graphs = random(variable("NUMFUSE_GPU_CASES").unwrap_or(300));
        loop {
            let some: Vec<Case> = graphs.by_ref().take(AT_ONCE).collect();
            if some.is_empty() {
                return;
            }
            agree(&some);
        }
    });
}

#[test]
fn kernels_touch_their_own_memory_and_do_what_the_language_defines() {
    on_watched_fake("agree::kernels_touch_their_own_memory_and_do_what_the_language_defines", || {
        let all: Vec<Case> = goldens().into_iter().chain(random(20)).collect();
        compile(&texts(&all));
        let gpu = Gpu::get(0).expect("it is there");
        all.iter().for_each(|case| drop(execute_on(gpu, &case.plan, &case.leaves, &case.scalars)));
    });
}

/// What is tested on a GPU, without one.
#[test]
fn the_tests_of_a_gpu_pass() {
    let Some(said) = run_tests("gpu::") else { return };
    assert!(!said.contains("skipped: "), "{said}");
}

/// The golden expressions, fused and operation by operation.
fn goldens() -> Vec<Case> {
    let case = |(name, graph): (String, numfuse_ir::graph::Graph)| {
        let (leaves, scalars) = expressions::inputs(&graph);
        [true, false].map(|fuse| Case {
            name: format!("{name}, fuse: {fuse}"),
            plan: schedule::plan(graph.clone(), Options { fuse, ..Options::default() }),
            leaves: leaves.clone(),
            scalars: scalars.clone(),
        })
    };
    // No order is promised of sums that cuBLAS computes: the tests of a GPU compare them nearly.
    let is_exact = |case: &Case| {
        let mut library = case.plan.steps.iter().filter_map(Step::library);
        !library.any(|job| job.op == LibOp::Matmul)
    };
    expressions::small().into_iter().flat_map(case).filter(is_exact).collect()
}

/// So many random graphs, some of them long, one half of them fused.
fn random(count: u64) -> impl Iterator<Item = Case> {
    let seed: u64 = variable("NUMFUSE_SEED").unwrap_or(20_261_123);
    let bytes: Vec<u8> = seed.to_le_bytes().repeat(4);
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let case = move |k: u64| {
        let tree = (genes(), any::<u64>()).new_tree(&mut runner).expect("there are genes");
        let (genes, seed) = tree.current();
        // What is shared among warps and blocks is long.
        let seed = if k.is_multiple_of(8) { seed - seed % LONG_ONE_OF } else { seed };
        let grown = grow(&genes, seed, false);
        let plan =
            schedule::plan(grown.graph, Options { fuse: (k / 8).is_multiple_of(2), ..Options::default() });
        Case { name: format!("random graph {k}"), plan, leaves: grown.leaves, scalars: grown.scalars }
    };
    (0..count).map(case)
}

fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|n| n.parse().ok())
}

/// The texts of all kernels.
fn texts(cases: &[Case]) -> BTreeSet<String> {
    let kernels = cases.iter().flat_map(|case| &case.plan.steps).filter_map(Step::kernel);
    let text = |job: &schedule::KernelJob| cuda::text(&job.kernel, cuda::choose(&job.kernel, &job.words));
    kernels.map(|job| text(job).expect("kernels can be said in CUDA C")).collect()
}

/// Compares all elements of all outputs; how many kernels there were.
fn agree(cases: &[Case]) -> usize {
    let texts = texts(cases);
    compile(&texts);
    let gpu = Gpu::get(0).expect("it is there");
    let expected: Vec<Vec<Vec<Scalar>>> = cases.par_iter().map(Case::expected).collect();
    for (case, expected) in cases.iter().zip(&expected) {
        let got = execute_on(gpu, &case.plan, &case.leaves, &case.scalars);
        for (o, (expected, got)) in expected.iter().zip(&got).enumerate() {
            let differs = (0..expected.len()).find(|&i| !expected[i].same(got[i]));
            let differs = differs.map(|i| (i, expected[i], got[i]));
            assert_eq!(differs, None, "{} output {o}\n{}", case.name, case.plan.graph);
        }
    }
    assert_eq!(gpu.live_bytes(), 0, "all memory was given back");
    texts.len()
}

impl Case {
    /// What the kernels' interpreter computes; libraries of the host are the same in both places.
    fn expected(&self) -> Vec<Vec<Scalar>> {
        match self.plan.steps.iter().any(|step| step.library().is_some()) {
            true => execute(&self.plan, Vectors::Bits128, &self.leaves, &self.scalars),
            false => interpret_plan(&self.plan, &self.leaves, &self.scalars),
        }
    }
}
