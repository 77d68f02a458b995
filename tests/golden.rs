//! Golden files: from an expression to the plan, the kernels, the CLIF and the CUDA C it becomes.
//!
//! A file of `tests/golden` holds a graph as text, a line `----`, and what came of it. The target
//! is a fixed one, not the host. `BLESS=1 cargo test --test golden` rewrites what came of it; the
//! difference is then read by eye.

use numfuse_codegen::{Mapping, choose, cpu, cuda};
use numfuse_ir::graph::{Graph, parse};
use numfuse_ir::schedule::{self, KernelJob, Options, explain};
use numfuse_ir::target::Target;
use std::fmt::Write;
use std::path::{Path, PathBuf};

const RULE: &str = "----\n";

#[test]
fn expressions_become_what_the_golden_files_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|f| f.unwrap().path())
        .filter(|p| p.extension().is_some_and(|e| e == "expr"))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "no golden files in {}", folder.display());
    let differing: Vec<String> = files.iter().filter_map(|f| check(f)).collect();
    assert!(differing.is_empty(), "these differ; BLESS=1 rewrites them:\n{}", differing.join("\n"));
}

/// A line about the file, if what came of its expression is not what it says.
fn check(path: &Path) -> Option<String> {
    let text = std::fs::read_to_string(path).unwrap().replace("\r\n", "\n");
    let (source, expected) = text.split_once(RULE).unwrap_or((&text, ""));
    let graph = parse::parse(source).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let got = describe(&graph);
    if got == expected {
        return None;
    }
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path, format!("{source}{RULE}{got}")).unwrap();
        return None;
    }
    let line = got.lines().zip(expected.lines()).position(|(g, e)| g != e);
    let line = line.unwrap_or_else(|| got.lines().count().min(expected.lines().count()));
    let at = |text: &str| text.lines().nth(line).unwrap_or("(end)").to_string();
    Some(format!(
        "{} line {} after the rule:\n  is  {}\n  was {}",
        path.display(),
        line + 1,
        at(&got),
        at(expected)
    ))
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
        let mapping = Mapping { lanes: 32, ..mapping };
        let _ = writeln!(text, "\nkernel {} in CUDA C: {mapping}", i + 1);
        text.push_str(&cuda::text(kernel, mapping).unwrap());
    }
    // No line ends in spaces, whoever printed it.
    text.lines().map(|line| line.trim_end().to_string() + "\n").collect()
}
