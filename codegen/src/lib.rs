//! From kernels to code: *how* it is computed.
//!
//! ```text
//!   ir::Kernel ── mapping::choose ──► Mapping          what lies across lanes, what goes to workers
//!        │                              │
//!        └──────────── walk ────────────┘               units, folds in their order, values
//!                        │ Emit
//!            ┌───────────┴───────────┐
//!            ▼                       ▼
//!   cpu: CLIF ──► machine code    cuda: CUDA C          entries of (words, begin, end)
//! ```
//!
//! Data in, code out: this crate owns no buffers and knows no driver. [`abi`] is the contract with
//! whoever runs the code.

#![deny(unsafe_op_in_unsafe_fn)]

pub mod abi;
pub mod cpu;
pub mod cuda;
mod error;
pub mod mapping;
pub mod walk;

pub use abi::{Launch, launch};
pub use cpu::Code;
pub use error::Error;
pub use mapping::{Layout, Mapping, choose};

use numfuse_ir::kernel::{Kernel, Order};
use numfuse_ir::target::Target;

/// The machine code of a kernel under a mapping, for this machine.
pub fn compile(kernel: &Kernel, mapping: Mapping, _target: &Target) -> Result<Code, Error> {
    check(kernel, mapping)?;
    Code::new(kernel, mapping)
}

/// What the walk takes for granted.
fn check(kernel: &Kernel, mapping: Mapping) -> Result<(), Error> {
    let refuse = |why: &str| Err(Error::Mapping(why.into()));
    if !matches!(mapping.lanes(), 4 | 8 | 16 | 32) {
        return refuse("lanes come in 4, 8, 16 or 32");
    }
    if kernel.axes.len() > 64 {
        return refuse("a kernel has at most 64 axes");
    }
    match mapping.layout {
        Layout::Scan if !mapping::scans(kernel) => return refuse("only a scan alone is shared as one"),
        Layout::Split | Layout::Bands if !mapping::splits(kernel) => {
            return refuse("only a fold followed by work without columns is split");
        }
        _ => {}
    }
    if mapping.layout == Layout::Split && kernel.passes[0].order == Order::Groups {
        return refuse("groups lie along rows: a fold in groups goes in bands");
    }
    if mapping.layout == Layout::Bands && kernel.rows == 0 {
        return refuse("bands are of rows");
    }
    if mapping.layout == Layout::Tile && mapping::turned(kernel).is_none() {
        return refuse("nothing is read along another axis");
    }
    Ok(())
}
