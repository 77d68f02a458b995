//! The CPU back end for every processor: kernels into CLIF, CLIF into machine code.
//!
//! `emit` is the vocabulary of the walk in CLIF, built on `lanes` (values of N lanes in 128-bit
//! registers), `prim` (each operation on each type), `product` (two of them at once) and `memory` (loads
//! and stores of N lanes); `jit` owns the machine code, also that of [`wide`](crate::wide); `disasm` prints
//! Cranelift's.

mod cast;
mod disasm;
mod emit;
mod jit;
mod lanes;
mod memory;
mod prim;
mod product;

pub use disasm::{clif, disassemble};
pub use jit::{Code, title};
pub use prim::scalar_loop;
