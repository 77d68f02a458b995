//! What is made for GPUs, on machines that have none: the machine code of kernels, and everything else on a processor
//! in place of a GPU.

#![cfg(target_os = "linux")]
#![allow(
    clippy::duplicate_mod,
    reason = "what is tested on a GPU has a module of its own for what it leaves out"
)]

mod agree;
#[path = "../alone/mod.rs"]
mod alone;
mod emulation;
#[path = "../expressions/mod.rs"]
mod expressions;
mod fake;
mod faults;
#[path = "../gpu.rs"]
mod gpu;
#[path = "../oracles/graphs.rs"]
mod graphs;
mod kept;
#[allow(dead_code, reason = "not every test needs every function")]
#[path = "../oracles/run.rs"]
mod run;
mod sass;
#[path = "../skips/mod.rs"]
mod skips;
mod wheels;
