//! The names of kernels for Linux's `perf`, which cannot know code that is made at run time.
//!
//! `perf` looks for names in `/tmp/perf-PID.map`, one `START SIZE name` a line, both numbers in
//! hexadecimal. A line stays when its code is forgotten, and other code may come to lie there; to
//! `perf` the last line counts. A child of `fork` writes a file of its own.

use numfuse_codegen::Code;
use numfuse_ir::kernel::Kernel;
use std::fs::OpenOptions;
use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// Adds the lines of a kernel, the `number`th that was compiled.
pub(crate) fn name(code: &Code, kernel: &Kernel, number: u64) {
    static SAID: AtomicBool = AtomicBool::new(false);
    let path = format!("/tmp/perf-{}.map", std::process::id());
    let file = OpenOptions::new().create(true).append(true).open(&path);
    // One call, so that lines of several threads do not mix.
    let written = file.and_then(|mut file| file.write_all(lines(code, kernel, number).as_bytes()));
    if let Err(failure) = written
        && !SAID.swap(true, Relaxed)
    {
        eprintln!("numfuse: {path} could not be written: {failure}");
    }
}

fn lines(code: &Code, kernel: &Kernel, number: u64) -> String {
    let title = numfuse_codegen::cpu::title(kernel, code.mapping());
    let line =
        |((start, bytes), part)| format!("{start:x} {bytes:x} numfuse kernel {number}: {title}{part}\n");
    code.places().zip(["", " finish"]).map(line).collect()
}
