//! Golden files: from an expression to the plan, the kernels, the CLIF and the CUDA C it becomes.
//!
//! A file of `tests/golden` holds a graph as text, a line `----`, and what came of it. For ten of them a file
//! of `tests/golden/wide` holds the machine code in vectors of 512 bits. The targets are fixed ones, not the
//! host. `BLESS=1 cargo test --test golden` rewrites what came of the expressions; the difference is then read
//! by eye.

use numfuse_codegen::{choose, cpu, cuda, disassemble, wide};
use numfuse_ir::graph::{Graph, parse};
use numfuse_ir::schedule::{self, KernelJob, Options, explain};
use numfuse_ir::target::{Target, Vectors};
use std::fmt::Write;
use std::path::{Path, PathBuf};

const RULE: &str = "----\n";

/// The forms that kernels come in, as the design lists them: what the expression is, and the golden files that
/// have it, each with how many passes a kernel of it makes over columns, those inside others not counted.
const FORMS: [(&str, &[(&str, usize)]); 11] = [
    (
        "a*b + c, any broadcast, any strides",
        &[("elementwise", 0), ("broadcast_row", 0), ("transpose_add", 0)],
    ),
    ("several results over one space", &[("outputs", 0)]),
    ("a sum over the last axis", &[("sum_row", 1)]),
    ("a sum over the first axis", &[("sum_columns", 1)]),
    ("softmax and layernorm over the last axis", &[("softmax", 3), ("layernorm", 2)]),
    ("mean and variance", &[("moments", 1)]),
    ("a running sum", &[("scan_row", 1)]),
    ("the place of the greatest", &[("argmax", 1)]),
    ("a convolution, a moving window", &[("convolution", 1), ("window", 1)]),
    ("k-means, n-body, pairwise", &[("kmeans", 1), ("nbody", 1), ("pairwise", 1)]),
    ("a full sum of many elements", &[("sum_whole", 1), ("sum_long", 1)]),
];

/// Golden files whose kernels are kept in vectors of 512 bits as well: each form once.
const WIDE: [&str; 10] = [
    "elementwise",
    "broadcast_row",
    "sum_row",
    "sum_columns",
    "softmax",
    "moments",
    "argmax",
    "window",
    "pairwise",
    "casts",
];

/// A fixed machine with vectors of 512 bits.
const WIDE_TARGET: Target = Target { vectors: Vectors::Bits512, ..Target::FIXED };

#[test]
fn expressions_become_what_the_golden_files_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|f| f.unwrap().path())
        .filter(|p| p.extension().is_some_and(|e| e == "expr"))
        .collect();
    files.sort();
    assert!(files.len() >= 40, "{} golden files in {}", files.len(), folder.display());
    let differing: Vec<String> = files.iter().filter_map(|f| check(f)).collect();
    assert!(differing.is_empty(), "these differ; BLESS=1 rewrites them:\n{}", differing.join("\n"));
}

#[test]
fn every_form_has_its_golden_file() {
    let mut wrong = Vec::new();
    for (form, files) in FORMS {
        for (name, passes) in files {
            let plan = schedule::plan(graph(name), Options::default());
            let found: Vec<usize> = plan.steps.iter().filter_map(|s| s.kernel()).map(outer_passes).collect();
            if !found.contains(passes) {
                wrong.push(format!("{form}: kernels of {found:?} passes in {name}, none of {passes}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The passes of a kernel over columns that are inside no other.
fn outer_passes(job: &KernelJob) -> usize {
    job.kernel.passes.iter().filter(|pass| !pass.inner && !pass.cols.is_empty()).count()
}

#[test]
fn ten_forms_become_what_the_wide_golden_files_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/wide");
    let different = |name: &&str| {
        let path = folder.join(format!("{name}.asm"));
        let expected = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
        let bless = |got: &str| {
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(&path, got).unwrap();
        };
        compare(&path, &in_wide_vectors(&graph(name)), &expected, bless)
    };
    let differing: Vec<String> = WIDE.iter().filter_map(different).collect();
    assert!(differing.is_empty(), "these differ; BLESS=1 rewrites them:\n{}", differing.join("\n"));
}

/// The expression of a golden file.
fn graph(name: &str) -> Graph {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/golden/{name}.expr"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let text = text.replace("\r\n", "\n");
    let (source, _) = text.split_once(RULE).unwrap_or((&text, ""));
    parse::parse(source).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// A line about the file, if what came of its expression is not what it says.
fn check(path: &Path) -> Option<String> {
    let text = std::fs::read_to_string(path).unwrap().replace("\r\n", "\n");
    let (source, expected) = text.split_once(RULE).unwrap_or((&text, ""));
    let graph = parse::parse(source).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let bless = |got: &str| std::fs::write(path, format!("{source}{RULE}{got}")).unwrap();
    compare(path, &describe(&graph), expected, bless)
}

/// A line about the first difference, unless what is there now is to be blessed.
fn compare(path: &Path, got: &str, expected: &str, bless: impl FnOnce(&str)) -> Option<String> {
    if got == expected {
        return None;
    }
    if std::env::var_os("BLESS").is_some() {
        bless(got);
        return None;
    }
    let line = got.lines().zip(expected.lines()).position(|(g, e)| g != e);
    let line = line.unwrap_or_else(|| got.lines().count().min(expected.lines().count()));
    let at = |text: &str| text.lines().nth(line).unwrap_or("(end)").to_string();
    Some(format!(
        "{} line {} of what came of it:\n  is  {}\n  was {}",
        path.display(),
        line + 1,
        at(got),
        at(expected)
    ))
}

/// The kernels of an expression in AVX-512.
fn in_wide_vectors(graph: &Graph) -> String {
    let plan = schedule::plan(graph.clone(), Options::default());
    let mut text = String::new();
    for (i, step) in plan.steps.iter().enumerate() {
        let Some(KernelJob { kernel, words, .. }) = step.kernel() else { continue };
        let mapping = choose(kernel, words, &WIDE_TARGET);
        assert!(wide::supports(kernel, mapping), "kernel {} is one for vectors of 512 bits", i + 1);
        let _ = writeln!(text, "kernel {}: {mapping}\n\n{kernel}", i + 1);
        text.push_str(&disassemble(kernel, mapping, Vectors::Bits512).unwrap());
        text.push('\n');
    }
    text.lines().map(|line| line.trim_end().to_string() + "\n").collect()
}

fn describe(graph: &Graph) -> String {
    let plan = schedule::plan(graph.clone(), Options::default());
    let mut text = explain::explain(&plan);
    for (i, step) in plan.steps.iter().enumerate() {
        let Some(KernelJob { kernel, words, .. }) = step.kernel() else { continue };
        let _ = writeln!(text, "\nkernel {} is launched with words {words:?}", i + 1);
        let mapping = choose(kernel, words, &Target::FIXED);
        let _ = writeln!(text, "\nkernel {} on the CPU: {mapping}", i + 1);
        text.push_str(&cpu::clif(kernel, mapping).unwrap());
        let mapping = cuda::choose(kernel, words);
        let _ = writeln!(text, "\nkernel {} in CUDA C: {mapping}", i + 1);
        text.push_str(&cuda::text(kernel, mapping).unwrap());
    }
    // No line ends in spaces, whoever printed it.
    text.lines().map(|line| line.trim_end().to_string() + "\n").collect()
}
