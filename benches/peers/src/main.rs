//! The workloads of `benches/fused`, with candle among the contenders.
//!
//! `cargo run --release --manifest-path benches/peers/Cargo.toml -- [NAME…] [--list]
//! [--size small|medium|large] [--rounds N] [--threads all|N]`. A crate of its own outside the
//! workspace, so that nobody else pays for building candle; the workloads themselves are the files
//! of `benches/fused`.

#[path = "../../common/mod.rs"]
mod common;
#[path = "../../fused/elementwise.rs"]
mod elementwise;
#[path = "../../fused/functions.rs"]
mod functions;
#[path = "../../hand/mod.rs"]
mod hand;
mod others;
#[path = "../../fused/pairwise.rs"]
mod pairwise;
#[path = "../../fused/products.rs"]
mod products;
#[path = "../../fused/reductions.rs"]
mod reductions;
#[path = "../../fused/rows.rs"]
mod rows;
#[path = "../../fused/stencils.rs"]
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
