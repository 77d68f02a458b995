//! The golden expressions as machine code of GPUs, made by NVRTC, which needs none: that there is such code,
//! that what is meant to be one access of 16 bytes is one, and that registers suffice.

use crate::expressions;
use crate::wheels::Tools;
use numfuse_codegen::{Mapping, Worker, cuda};
use numfuse_ir::schedule::{self, KernelJob, Options};
use numfuse_runtime::cuda::{Folders, capabilities, compile, set_folders};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// Expressions with a kernel that has something in local memory, and what.
const IN_LOCAL_MEMORY: [(&str, &str); 2] = [
    ("scan_joined", "some registers, while a division of positions is called"),
    ("sum_columns_long", "two registers, while a division of positions is called"),
];

/// Expressions with a kernel that stores four floats one by one though they are neighbours. Rows of a length that
/// is known at run time end in a part that is not whole; the compiler lets both parts share their stores, which
/// are then of one element each. Caches put these together: such a kernel was as fast as a copy on an H100.
const STORED_ONE_BY_ONE: [&str; 5] =
    ["broadcast_column", "broadcast_outer", "broadcast_row", "recompute", "recompute_once"];

/// The GPU whose instructions are looked at.
const HOPPER: (u32, u32) = (9, 0);

/// A kernel of a golden expression.
struct Kernel {
    expression: String,
    number: usize,
    mapping: Mapping,
    text: String,
}

/// What the machine code of a kernel is like.
struct Found {
    /// Bytes of local memory that a thread has, on the GPU that needs the most.
    local: u32,
    /// How often Hopper's code loads and stores 16 bytes at once.
    accesses: [usize; 2],
}

#[test]
fn golden_expressions_become_good_machine_code() {
    let Some(tools) = Tools::find() else { return };
    set_folders(Folders { libraries: vec![tools.libraries.clone()], pythons: vec![] });
    let newest = *capabilities().expect("NVRTC is there").last().expect("it knows a GPU");
    assert!(newest > HOPPER);
    let kernels = kernels();
    let found: Vec<Found> =
        kernels.par_iter().map(|k| k.compiled(&tools, [(8, 0), HOPPER, newest])).collect();

    let (mut loads, mut stores, mut local) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
    for (kernel, found) in kernels.iter().zip(&found) {
        let (name, expected) = (kernel.expression.as_str(), kernel.accesses());
        if found.accesses[0] < expected[0] {
            loads.push(format!("{name}: {} times, not {}", found.accesses[0], expected[0]));
        }
        if found.accesses[1] < expected[1] {
            stores.insert(name);
        }
        if found.local > 0 {
            local.insert(name);
        }
    }
    let wide = kernels.iter().filter(|kernel| kernel.accesses() != [0, 0]).count();
    assert!(wide >= 30, "only {wide} of {} kernels have accesses of 16 bytes", kernels.len());
    assert!(loads.is_empty(), "kernels that load 16 bytes at once too rarely:\n{}", loads.join("\n"));
    // Longer lists want a reason, shorter ones are to be written down.
    assert_eq!(stores, BTreeSet::from(STORED_ONE_BY_ONE), "what is stored one by one");
    assert_eq!(local, BTreeSet::from(IN_LOCAL_MEMORY.map(|(name, _)| name)), "what is in local memory");
}

/// Every kernel of the golden expressions.
fn kernels() -> Vec<Kernel> {
    let mut kernels = Vec::new();
    for (expression, graph) in expressions::all() {
        let plan = schedule::plan(graph, Options::default());
        for (number, step) in plan.steps.iter().enumerate() {
            let Some(KernelJob { kernel, words, .. }) = step.kernel() else { continue };
            let mapping = cuda::choose(kernel, words);
            let text = cuda::text(kernel, mapping).unwrap_or_else(|e| panic!("{expression}: {e}"));
            kernels.push(Kernel { expression: expression.clone(), number, mapping, text });
        }
    }
    kernels
}

impl Kernel {
    fn name(&self) -> String {
        format!("{} {}", self.expression, self.number + 1)
    }

    /// Compiles it for these GPUs, Hopper among them.
    fn compiled(&self, tools: &Tools, capabilities: [(u32, u32); 3]) -> Found {
        let mut found = Found { local: 0, accesses: [0; 2] };
        for capability in capabilities {
            let (major, minor) = capability;
            let code = compile(&self.text, capability);
            let code = code.unwrap_or_else(|e| panic!("{} for {major}.{minor}: {e}", self.name()));
            let file = Scratch::with(&format!("{}-{major}{minor}.cubin", self.name()), &code);
            found.local = found.local.max(local_bytes(&tools.print("cuobjdump", &["-res-usage"], &file.0)));
            if capability == HOPPER && self.accesses() != [0, 0] {
                let code = tools.print("nvdisasm", &["-c", "-ndf"], &file.0);
                found.accesses = ["LDG.E.128", "STG.E.128"].map(|name| code.matches(name).count());
            }
        }
        found
    }

    /// How often its text loads and stores 16 bytes at once.
    fn accesses(&self) -> [usize; 2] {
        let lanes = match self.mapping.worker {
            Worker::Thread => u32::from(self.mapping.lanes),
            Worker::Warp | Worker::Team | Worker::Core => return [0, 0],
        };
        let mut pointers: BTreeMap<&str, u32> = BTreeMap::new();
        let mut count = [0, 0];
        for line in self.text.lines().map(str::trim) {
            if let Some((declared, _)) = line.split_once(" = ")
                && let Some((kind, name)) = declared.trim_start_matches("const ").split_once("* ")
            {
                pointers.insert(name, bytes(kind));
            }
            let is_whole = |pointer: &str| {
                let name = pointer.split([' ', ')', ',']).next().unwrap_or_default();
                pointers.get(name).is_some_and(|bytes| bytes * lanes == 16)
            };
            let load = line.split_once("load_all(").and_then(|(_, rest)| rest.split_once(", "));
            count[0] += usize::from(load.is_some_and(|(_, pointer)| is_whole(pointer)));
            count[1] += usize::from(line.strip_prefix("store_all(").is_some_and(is_whole));
        }
        count
    }
}

/// The size of a type of the language.
fn bytes(kind: &str) -> u32 {
    match kind {
        "i8" | "u8" => 1,
        "i16" | "u16" => 2,
        "float" | "i32" | "u32" => 4,
        "double" | "i64" | "u64" => 8,
        other => panic!("pointers to {other}"),
    }
}

/// The local memory of the entry of a file that needs the most: registers that did not suffice, tables, and
/// what functions that are called keep.
fn local_bytes(usage: &str) -> u32 {
    let numbers = usage.split_whitespace().filter_map(|word| {
        let bytes = word.strip_prefix("STACK:").or_else(|| word.strip_prefix("LOCAL:"))?;
        Some(bytes.parse::<u32>().expect("a number of bytes"))
    });
    numbers.max().expect("the tool tells of the entries")
}

/// A file that goes when it was looked at.
struct Scratch(PathBuf);

impl Scratch {
    fn with(name: &str, bytes: &[u8]) -> Scratch {
        let name = format!("{}-{}", std::process::id(), name.replace(' ', "-"));
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::write(&path, bytes).expect("the folder for tests can be written to");
        Scratch(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}
