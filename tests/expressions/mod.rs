//! The expressions of the golden files, and data for them.

#![allow(dead_code, reason = "not every test needs every function")]

use numfuse_ir::dtype::Kind as Numbers;
use numfuse_ir::graph::{Graph, Kind, Node, parse};
use numfuse_ir::scalar::Scalar;
use std::path::Path;

/// Shapes that the interpreters would take minutes for, and what stands for them.
const SMALLER: [(&str, &str); 5] = [
    ("[10000,10000]", "[300,300]"),
    ("[10000]", "[300]"),
    ("[100000,64]", "[5000,64]"),
    ("[100000,40]", "[5000,40]"),
    ("[300000]", "[6000]"),
];

/// Every expression by the name of its file, in the order of names.
pub fn all() -> Vec<(String, Graph)> {
    parsed(str::to_string)
}

/// As [`all`], none larger than the interpreters like.
pub fn small() -> Vec<(String, Graph)> {
    parsed(|source| SMALLER.iter().fold(source.to_string(), |s, (large, small)| s.replace(large, small)))
}

fn parsed(change: impl Fn(&str) -> String) -> Vec<(String, Graph)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let files = std::fs::read_dir(folder).expect("there are golden files");
    let mut paths: Vec<_> = files.map(|file| file.expect("it can be read").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "expr"));
    paths.sort();
    let graph = |path: &Path| {
        let text = std::fs::read_to_string(path).expect("it can be read").replace("\r\n", "\n");
        let source = change(text.split("----\n").next().unwrap_or_default());
        let name = path.file_stem().expect("it has a name").to_string_lossy().into_owned();
        let graph = parse::parse(&source).unwrap_or_else(|e| panic!("{name}: {e}"));
        (name, graph)
    };
    paths.iter().map(|path| graph(path)).collect()
}

/// Data for the leaves of an expression, and its numbers.
pub fn inputs(graph: &Graph) -> (Vec<Vec<Scalar>>, Vec<Scalar>) {
    let leaves = numbered(graph, |kind| if let Kind::Leaf(n) = kind { Some(*n) } else { None });
    // Numbers of the launch are no zeros and no NaNs.
    let scalars = numbered(graph, |kind| if let Kind::Scalar(n) = kind { Some(*n) } else { None });
    (leaves, scalars.iter().map(|s| Scalar::from_f64(s[0].dtype(), 2.5)).collect())
}

/// The data of leaves, or the numbers, by their own numbers.
fn numbered(graph: &Graph, of: impl Fn(&Kind) -> Option<u32>) -> Vec<Vec<Scalar>> {
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
