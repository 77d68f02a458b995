//! The expressions of the golden files, by both oracles and as machine code in vectors of all sizes:
//! the same bits.

use crate::run::{execute, execute_on, gpu, interpret_plan, vectors};
use numfuse_ir::dtype::Kind as Numbers;
use numfuse_ir::graph::{Graph, Kind, Node, interp, parse};
use numfuse_ir::scalar::Scalar;
use numfuse_ir::schedule::{self, Options};
use std::path::Path;

/// Shapes that the interpreters would take minutes for, and what stands for them.
const SMALLER: [(&str, &str); 3] =
    [("[10000,10000]", "[300,300]"), ("[10000]", "[300]"), ("[100000,64]", "[5000,64]")];

/// Numbers of mixed size and sign with a few special ones among them.
fn data(node: &Node, seed: usize) -> Vec<Scalar> {
    let special = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0, 1e-40, 1e30];
    let part = node.dtype.part();
    let one = |i: usize| {
        let mixed = (i * 2_654_435_761 + seed * 40_503) % 2003;
        let x = (mixed as f64 - 1001.0) * 0.0371;
        match part.kind() {
            Numbers::Bool => Scalar::bool(mixed.is_multiple_of(3)),
            Numbers::Float if mixed < 12 => Scalar::from_f64(part, special[mixed % 6]),
            Numbers::Float => Scalar::from_f64(part, x),
            Numbers::Signed | Numbers::Unsigned => Scalar::from_i128(part, x as i128),
            Numbers::Complex => unreachable!("a part is none"),
        }
    };
    let element = |i: usize| match node.dtype.is_complex() {
        true => Scalar::complex(one(i), one(i + 77)),
        false => one(i),
    };
    (0..node.shape.size()).map(element).collect()
}

/// The data of leaves, or the numbers, by their own numbers.
fn inputs(graph: &Graph, of: impl Fn(&Kind) -> Option<u32>) -> Vec<Vec<Scalar>> {
    let mut found: Vec<(u32, Vec<Scalar>)> = Vec::new();
    for n in graph.nodes() {
        let node = graph.node(n);
        if let Some(number) = of(&node.kind) {
            found.push((number, data(node, 3 + 7 * number as usize)));
        }
    }
    found.sort_by_key(|(number, _)| *number);
    found.into_iter().map(|(_, data)| data).collect()
}

fn check(name: &str, graph: &Graph) {
    let leaves = inputs(graph, |kind| if let Kind::Leaf(n) = kind { Some(*n) } else { None });
    // Numbers of the launch are no zeros and no NaNs.
    let scalars = inputs(graph, |kind| if let Kind::Scalar(n) = kind { Some(*n) } else { None });
    let scalars: Vec<Scalar> = scalars.iter().map(|s| Scalar::from_f64(s[0].dtype(), 2.5)).collect();
    let expected = interp::interpret(graph, &leaves, &scalars);
    for fuse in [true, false] {
        let plan = schedule::plan(graph.clone(), Options { fuse });
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
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let files = std::fs::read_dir(folder).expect("there are golden files");
    let paths = files.map(|file| file.expect("it can be read").path());
    for path in paths.filter(|p| p.extension().is_some_and(|e| e == "expr")) {
        let text = std::fs::read_to_string(&path).expect("it can be read").replace("\r\n", "\n");
        let source = text.split("----\n").next().unwrap_or_default();
        let name = path.file_name().expect("it has a name").to_string_lossy().into_owned();
        let source = SMALLER.iter().fold(source.to_string(), |s, (large, small)| s.replace(large, small));
        let graph = parse::parse(&source).unwrap_or_else(|e| panic!("{name}: {e}"));
        check(&name, &graph);
    }
}
