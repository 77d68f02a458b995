//! Random expression graphs: both oracles and the machine code agree bit for bit, fused and unfused;
//! and what is printed of a graph says it whole.
//!
//! `NUMFUSE_CASES=1000000 cargo test --release --test oracles` runs more of them,
//! `NUMFUSE_SEED` others.

use crate::graphs::{Case, LONG_ONE_OF, genes, grow};
use crate::run::{cut, execute, execute_on, execute_slabs, gpu, interpret_plan, interpret_slabs, vectors};
use numfuse_ir::graph::{Kind, interp, parse::parse, why};
use numfuse_ir::scalar::Scalar;
use numfuse_ir::schedule::{self, Hold, Options};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

fn cases() -> u32 {
    std::env::var("NUMFUSE_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(20_000)
}

/// `NUMFUSE_SEED`, printed, so that what fails once can be run again.
fn seed() -> RngSeed {
    let seed = std::env::var("NUMFUSE_SEED").ok().and_then(|n| n.parse().ok()).unwrap_or(20_261_123);
    println!("NUMFUSE_SEED={seed}");
    RngSeed::Fixed(seed)
}

/// Which leaves may be written over: all, none or one of them.
fn holds(case: &Case, seed: u64) -> Vec<Hold> {
    let free = |leaf: usize| seed.is_multiple_of(3) || seed % 3 == 1 && leaf == 0;
    (0..case.leaves.len()).map(|leaf| if free(leaf) { Hold::Free } else { Hold::Shared }).collect()
}

/// Of those that run on a GPU, where every kernel takes the compiler a tenth of a second.
fn cases_on_gpu() -> u32 {
    std::env::var("NUMFUSE_GPU_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(300)
}

fn check(
    name: &str,
    case: &Case,
    expected: &[Vec<Scalar>],
    got: &[Vec<Scalar>],
) -> Result<(), TestCaseError> {
    for (i, (expected, got)) in expected.iter().zip(got).enumerate() {
        prop_assert_eq!(expected.len(), got.len(), "{} output {}\n{}", name, i, case.graph);
        for (at, (e, g)) in expected.iter().zip(got).enumerate() {
            let same = e.same(*g);
            prop_assert!(same, "{} output {} element {}: {:?}, not {:?}\n{}", name, i, at, g, e, case.graph);
        }
    }
    Ok(())
}

/// What is put together is written part by part in every other plan.
fn options(fuse: bool, seed: u64) -> Options {
    Options { fuse, in_parts: (seed >> 13 & 1 == 1).then_some(2), ..Options::default() }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), max_shrink_iters: 4000, failure_persistence: None, rng_seed: seed(), ..ProptestConfig::default() })]

    /// Why an element is what it is ends with what it is.
    #[test]
    fn every_element_has_its_reasons(genes in genes(), seed in any::<u64>()) {
        let case = grow(&genes, seed, seed % 4 == 1);
        let expected = interp::interpret(&case.graph, &case.leaves, &case.scalars);
        let leaf = |leaf: u32, place: usize| case.leaves[leaf as usize][place];
        for (&n, expected) in case.graph.outputs().iter().zip(&expected) {
            for place in (0..expected.len()).step_by(1 + expected.len() / 3) {
                let reasons = why::why(&case.graph, n, place, &leaf, &case.scalars).expect("an answer");
                let found = reasons[reasons.len() - 1].value;
                prop_assert!(found.same(expected[place]), "element {}: {:?}\n{}", place, found, case.graph);
            }
        }
    }

    #[test]
    fn the_two_oracles_agree(genes in genes(), seed in any::<u64>()) {
        let case = grow(&genes, seed, seed % 4 == 1);
        let expected = interp::interpret(&case.graph, &case.leaves, &case.scalars);
        for fuse in [true, false] {
            let plan = schedule::plan_over(case.graph.clone(), options(fuse, seed), &holds(&case, seed));
            let got = interpret_plan(&plan, &case.leaves, &case.scalars);
            check(if fuse { "fused" } else { "unfused" }, &case, &expected, &got)?;
        }
    }

    /// Cut into slabs, what a graph gives is the same.
    #[test]
    fn slabs_agree(genes in genes(), seed in any::<u64>()) {
        let case = grow(&genes, seed, seed % 4 == 1);
        let options = options(seed % 8 < 4, 0);
        let plan = schedule::plan(case.graph.clone(), options);
        let Some(slabs) = cut(&plan, options, 1 + (seed >> 40) % 7) else { return Ok(()) };
        let expected = interp::interpret(&case.graph, &case.leaves, &case.scalars);
        let got = interpret_slabs(&slabs, &case.leaves, &case.scalars);
        check("slabs", &case, &expected, &got)?;
        let has_library = case.graph.nodes().any(|n| matches!(case.graph.node(n).kind, Kind::Library(_)));
        if seed.is_multiple_of(3) && !has_library {
            let (vectors, name) = vectors()[seed as usize / 3 % vectors().len()];
            let got = execute_slabs(&plan, &slabs, vectors, &case.leaves, &case.scalars);
            check(&format!("slabs in {name}"), &case, &expected, &got)?;
        }
    }

    #[test]
    fn graphs_read_back_from_their_text(genes in genes(), seed in any::<u64>()) {
        let graph = grow(&genes, seed, true).graph;
        let simple = schedule::plan(graph.clone(), options(true, seed)).graph;
        for graph in [graph, simple] {
            let text = graph.to_string();
            let again = parse(&text).map_err(|error| TestCaseError::fail(format!("{error}\n{text}")))?;
            prop_assert!(again == graph, "read as\n{}\nwritten as\n{}", again, text);
            prop_assert_eq!(again.to_string(), text);
        }
    }

    #[test]
    fn machine_code_agrees(genes in genes(), seed in any::<u64>()) {
        let case = grow(&genes, seed, false);
        let expected = interp::interpret(&case.graph, &case.leaves, &case.scalars);
        for fuse in [true, false] {
            let plan = schedule::plan_over(case.graph.clone(), options(fuse, seed), &holds(&case, seed));
            for (vectors, name) in vectors() {
                let got = execute(&plan, vectors, &case.leaves, &case.scalars);
                let name = format!("{} code in {name}", if fuse { "fused" } else { "unfused" });
                check(&name, &case, &expected, &got)?;
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases_on_gpu(), max_shrink_iters: 200, failure_persistence: None, rng_seed: seed(), ..ProptestConfig::default() })]

    #[test]
    fn a_gpu_agrees(genes in genes(), seed in any::<u64>()) {
        let Some(gpu) = gpu() else { return Ok(()) };
        // One in eight is long: what is shared among warps and blocks is long.
        let seed = if seed % 8 == 0 { seed - seed % LONG_ONE_OF } else { seed };
        let case = grow(&genes, seed, false);
        let expected = interp::interpret(&case.graph, &case.leaves, &case.scalars);
        for fuse in [true, false] {
            let plan = schedule::plan(case.graph.clone(), Options { fuse, ..Options::default() });
            let got = execute_on(gpu, &plan, &case.leaves, &case.scalars);
            check(if fuse { "fused on the GPU" } else { "unfused on the GPU" }, &case, &expected, &got)?;
        }
    }
}
