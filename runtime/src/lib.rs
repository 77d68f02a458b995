//! Where and when numfuse computes: memory, threads, caches, launches.
//!
//! ```text
//!   Plan + leaves + scalars          from the root crate, one plan for many runs
//!        │
//!        │  exec::Prepared           once a plan: mappings, launches, lives of slots
//!        ▼
//!   cache ──► Arc<Code>              machine code by equality of kernels; compiled once
//!        │
//!   pool  ──► Block                  memory of each slot, from the step that writes it
//!        │                           to the last one that reads it
//!   words ──► [u64]                  pointers, numbers, extents: what code is given
//!        │
//!   cpu::workers                     the caller's thread goes through the steps, and others
//!        │                           help with those of more than a few microseconds
//!        ▼
//!   Vec<Buffer>                      the outputs
//! ```
//!
//! On a GPU the same plans go over the same slots (`exec::slots`), with [`cuda`]'s modules for code, its blocks
//! for memory and its stream for workers.
//!
//! The runtime moves bytes and launches kernels. What a kernel means is the affair of
//! `numfuse-ir`, how it is computed that of `numfuse-codegen`; no operation is named here but those
//! of [`library`], which hands them to other crates.

pub mod buffer;
pub mod cache;
pub mod cpu;
pub mod cuda;
mod device;
pub mod error;
pub mod exec;
pub mod fork;
pub mod library;
pub mod mapped;
mod perf;
pub mod pool;
pub mod profile;
pub mod words;

pub use buffer::Buffer;
pub use device::Device;
pub use error::Error;
pub use exec::{Prepared, PreparedSlabs, RunOptions, run, run_over};
