//! From kernels to code: *how* it is computed.
//!
//! ```text
//!   ir::Kernel ── choose ──► Mapping                   what lies across lanes, what goes to workers:
//!        │                      │                      mapping::choose, or for a GPU cuda::choose
//!        └───────── walk ───────┘                      units, folds in their order, values
//!                    │ Emit
//!        ┌───────────┼─────────────────┐
//!        ▼           ▼                 ▼
//!   cpu: CLIF   wide: AVX-512     cuda: CUDA C         entries of (words, begin, end)
//!        └─────┬─────┘                 │
//!              ▼                       ▼
//!        machine code             text, for NVRTC
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
pub mod wide;

pub use abi::{Launch, launch};
pub use cpu::Code;
pub use error::Error;
pub use mapping::{Layout, Mapping, Worker, choose};

use numfuse_ir::kernel::{Kernel, Order};
use numfuse_ir::target::{Target, Vectors};

/// The machine code of a kernel under a mapping, for this machine: with the vectors that the target
/// names, where the processor has them and the kernel can be said in them.
pub fn compile(kernel: &Kernel, mapping: Mapping, target: &Target) -> Result<Code, Error> {
    check_for_core(kernel, mapping)?;
    let is_wide = is_wide(kernel, mapping, target.vectors) && wide::is_available();
    if mapping.lanes() > 32 && !is_wide {
        return Err(Error::Mapping("64 lanes need vectors of 512 bits".into()));
    }
    Code::new(kernel, mapping, if is_wide { Vectors::Bits512 } else { Vectors::Bits128 })
}

/// The machine code that [`compile`] makes for such vectors, as text: as Cranelift prints it for an
/// x86-64 with AVX2, or that of AVX-512.
pub fn disassemble(kernel: &Kernel, mapping: Mapping, vectors: Vectors) -> Result<String, Error> {
    check_for_core(kernel, mapping)?;
    if is_wide(kernel, mapping, vectors) {
        wide::disassemble(kernel, mapping)
    } else {
        cpu::disassemble(kernel, mapping)
    }
}

/// The vectors of the code that [`compile`] makes where `asked` are to be had, and why it has no others.
pub fn vectors(kernel: &Kernel, mapping: Mapping, asked: Vectors) -> (Vectors, Option<&'static str>) {
    match asked {
        Vectors::Bits128 => (Vectors::Bits128, None),
        Vectors::Bits512 => match wide::refusal(kernel, mapping) {
            None => (Vectors::Bits512, None),
            why => (Vectors::Bits128, why),
        },
    }
}

/// Whether a kernel is emitted in vectors of 512 bits where these are asked for.
fn is_wide(kernel: &Kernel, mapping: Mapping, vectors: Vectors) -> bool {
    self::vectors(kernel, mapping, vectors).0 == Vectors::Bits512
}

/// What the walk takes for granted.
fn check(kernel: &Kernel, mapping: Mapping) -> Result<(), Error> {
    let refuse = |why: &str| Err(Error::Mapping(why.into()));
    let lanes: &[u32] = match mapping.worker {
        Worker::Core => &[4, 8, 16, 32, 64],
        Worker::Warp | Worker::Team => &[32],
        Worker::Thread => &[1, 2, 4, 8, 16],
    };
    if !lanes.contains(&mapping.lanes()) {
        return Err(Error::Mapping(format!("{mapping} has none of {lanes:?} lanes")));
    }
    let blocks = mapping.layout != Layout::Flat || kernel.passes.iter().any(|p| p.order == Order::Lanes);
    if mapping.lanes() > 32 && blocks {
        return refuse("the blocks of a fold have 32 lanes");
    }
    if kernel.axes.len() > 64 {
        return refuse("a kernel has at most 64 axes");
    }
    if mapping.worker == Worker::Team && mapping.layout != Layout::Row {
        return refuse("a team shares the blocks of a row");
    }
    match mapping.layout {
        Layout::Scan | Layout::ScanBands if !mapping::scans(kernel) => {
            return refuse("only a scan alone is shared as one");
        }
        Layout::ScanBands if mapping.worker != Worker::Warp || kernel.rows == 0 => {
            return refuse("bands of a scan are of rows, and a GPU's");
        }
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
    let has_columns = kernel.passes.iter().any(|p| !p.inner && !p.cols.is_empty());
    if mapping.layout == Layout::Tall && (kernel.rows < 2 || has_columns || mapping.worker != Worker::Core) {
        return refuse("a core goes along the last row axis but one where there are two, and no columns");
    }
    if mapping.layout == Layout::Tile && mapping::turned(kernel).is_none() {
        return refuse("nothing is read along another axis");
    }
    Ok(())
}

/// The same, and that code is for a processor.
fn check_for_core(kernel: &Kernel, mapping: Mapping) -> Result<(), Error> {
    check(kernel, mapping)?;
    if mapping.worker != Worker::Core {
        return Err(Error::Mapping(format!("{mapping} is for a GPU")));
    }
    Ok(())
}
