//! What the benchmarks share: arguments, inputs, threads, the ceilings of the machine, and the taking
//! of turns. `docs/benchmarks.md` says how to read what is printed.

pub mod arguments;
pub mod ceiling;
pub mod data;
pub mod machine;
pub mod measure;
pub mod memory;
pub mod team;

pub use arguments::{Arguments, Size, Workload};
pub use measure::{Bench, Contender, Traffic};
