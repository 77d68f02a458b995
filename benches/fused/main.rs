//! Fused against eager, beside loops by hand and the `ndarray` crate.
//!
//! `cargo bench --bench fused -- [NAME…] [--list] [--size small|medium|large] [--rounds N]
//! [--threads all|N]`. What is timed and how to read it: `docs/benchmarks.md`.

#[path = "../common/mod.rs"]
mod common;
mod elementwise;
mod functions;
#[path = "../hand/mod.rs"]
mod hand;
mod others;
mod pairwise;
mod products;
mod reductions;
mod rows;
mod stencils;

#[global_allocator]
static ALLOCATOR: common::memory::HugePages = common::memory::HugePages;

fn main() {
    let rooms = [
        elementwise::WORKLOADS,
        functions::WORKLOADS,
        rows::WORKLOADS,
        reductions::WORKLOADS,
        stencils::WORKLOADS,
        pairwise::WORKLOADS,
        products::WORKLOADS,
    ];
    common::Arguments::read().run(&rooms.concat());
}
