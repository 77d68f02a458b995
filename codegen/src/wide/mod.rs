//! The second CPU back end: kernels into AVX-512, for processors that have it.
//!
//! Cranelift's registers on x86-64 have 128 bits; here they have 512, 32 of them, and masks.
//!
//! ```text
//!   walk ── Emit ──► emit      loops, branches (numbers: indices and addresses)
//!                    prim      each operation on each type (bytes, divide)  ┐
//!                    cast      each type as each other                      │ lanes: values of N lanes
//!                    memory    loads, stores, gathers, squares              ┘ in vectors and masks
//!                      │
//!                      ▼
//!                   program    blocks of instructions (inst) over virtual registers, in SSA form
//!                      │ allocate: regalloc2
//!                      ▼
//!                   assemble   frame, moves, jumps, constants ── encode (ops: a row for each) ──► bytes
//!                                                            └── text ──► what `explain` shows
//! ```
//!
//! The bytes go where Cranelift's go (`cpu/jit.rs`), under the same signature, and nobody can tell the
//! two apart by any bit of a result: both emit the same operations in the same order, an `fma` only
//! where the kernel says so. What [`supports`] refuses is Cranelift's.

mod allocate;
mod apart;
mod assemble;
mod bytes;
mod cast;
mod divide;
mod emit;
mod encode;
mod inst;
mod lanes;
mod memory;
mod numbers;
mod ops;
mod prim;
mod program;
mod text;

#[cfg(test)]
mod tests;

use crate::error::Error;
use crate::mapping::{self, Layout, Mapping};
use crate::walk::{Entry, walk};
use numfuse_ir::dtype::DType;
use numfuse_ir::kernel::Kernel;

/// The multiple at which code begins: constants behind it are aligned with it.
pub(crate) const ALIGNMENT: u64 = 64;

/// Whether this processor and system can run what is emitted here.
pub fn is_available() -> bool {
    #[cfg(all(target_arch = "x86_64", unix))]
    {
        std::arch::is_x86_feature_detected!("avx512f")
            && std::arch::is_x86_feature_detected!("avx512bw")
            && std::arch::is_x86_feature_detected!("avx512dq")
            && std::arch::is_x86_feature_detected!("avx512vl")
            && std::arch::is_x86_feature_detected!("bmi2")
    }
    #[cfg(not(all(target_arch = "x86_64", unix)))]
    {
        false
    }
}

/// Whether a kernel can be emitted under a mapping.
pub fn supports(kernel: &Kernel, mapping: Mapping) -> bool {
    refusal(kernel, mapping).is_none()
}

/// Why a kernel is left to Cranelift under a mapping, if it is.
pub fn refusal(kernel: &Kernel, mapping: Mapping) -> Option<&'static str> {
    let turns = mapping.layout != Layout::Tile || turns(kernel);
    refused_for_types(kernel).or_else(|| (!turns).then_some("squares of such elements are not turned"))
}

/// Whether a kernel has only types and instructions that can be emitted, under any mapping.
pub(crate) fn supports_types(kernel: &Kernel) -> bool {
    refused_for_types(kernel).is_none()
}

/// The types must have a place in registers.
fn refused_for_types(kernel: &Kernel) -> Option<&'static str> {
    let mut types = kernel.buffers.iter().map(|b| b.dtype).chain(kernel.dtypes.iter().copied());
    (!types.all(is_known)).then_some("it has complex types")
}

/// The types that have a place in registers.
fn is_known(dtype: DType) -> bool {
    match dtype {
        DType::Bool | DType::I8 | DType::U8 | DType::I16 | DType::U16 => true,
        DType::I32 | DType::U32 | DType::I64 | DType::U64 | DType::F32 | DType::F64 => true,
        DType::F16 | DType::BF16 => true,
        DType::C64 | DType::C128 => false,
    }
}

/// Whether squares of all that a kernel turns can be turned.
fn turns(kernel: &Kernel) -> bool {
    let Some(turned) = mapping::turned(kernel) else { return true };
    turned.loads.iter().all(|&v| memory::turns(kernel.dtype(v)))
}

/// The machine code of one entry of a kernel, with its constants behind it.
pub(crate) fn bytes(kernel: &Kernel, mapping: Mapping, entry: Entry) -> Result<Vec<u8>, Error> {
    Ok(assembled(kernel, mapping, entry, false)?.bytes)
}

/// The machine code of a kernel as text.
pub(crate) fn disassemble(kernel: &Kernel, mapping: Mapping) -> Result<String, Error> {
    let text = |&entry: &Entry| Ok(assembled(kernel, mapping, entry, true)?.text);
    Ok(Entry::of(mapping).iter().map(text).collect::<Result<Vec<_>, Error>>()?.join("\n"))
}

fn assembled(
    kernel: &Kernel,
    mapping: Mapping,
    entry: Entry,
    with_text: bool,
) -> Result<assemble::Assembled, Error> {
    let mut emitter = emit::Wide::new(kernel, mapping);
    walk(kernel, mapping, entry, &mut emitter);
    assemble::assemble(&emitter.finish(), with_text)
}
