//! NVIDIA GPUs: found at run time, or one sentence about why not.
//!
//! ```text
//!   libraries   the driver and NVRTC, wherever they lie; none of them is needed to build or to start
//!   calls       what is called of them, looked for before the first call
//!        │
//!   driver      the calls that are used, each checked
//!        │
//!   gpu         one GPU: its context, its one stream, its memory, its modules; lost once it is lost
//!        │
//!   memory      blocks on the GPU, in the order of the stream; copies up and down
//!   staging     pinned memory of the host, by way of which they go
//!   nvrtc ─► disk ─► module     CUDA C to machine code, kept between processes; entries and launches
//!        │
//!   run         a plan's steps, one after the other on the stream
//!   replay      plans of small kernels that are run again and again, as graphs of the driver
//!   bandwidth   what the memory of a GPU gives, to compare with
//! ```
//!
//! Everything is asynchronous: what is launched, copied or freed takes its turn on the one stream of a GPU,
//! and only reading values waits. `cudarc` gives the bindings ([`cudarc::driver::sys`]); what lies above
//! them is here, since a call that the driver does not know must be a sentence, not a panic.

mod bandwidth;
mod calls;
mod disk;
mod driver;
mod gpu;
mod libraries;
mod memory;
mod module;
mod nvrtc;
mod replay;
mod run;
mod staging;

pub use disk::{set_folder, statistics};
pub use driver::Failure;
pub use gpu::{Gpu, Properties, count};
pub(crate) use libraries::Provider;
pub use libraries::{Folders, set_folders};
pub use memory::Block;
pub use module::{Module, Resources};
pub use nvrtc::{capabilities, compile, ptx};

pub(crate) use replay::{Replay, bytes_at_once};
pub(crate) use run::run;

use std::fmt;

/// Why a GPU could not do what it was asked for. Its text is a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// There is no such GPU, or nothing to reach it with.
    Unavailable(String),
    /// A call failed; the GPU is as before.
    Failed(Failure),
    /// The context of the process is lost with all that was on the GPU: every later call fails with the same.
    Lost(Failure),
    /// A kernel's text was refused: a mistake of numfuse.
    Compiler(String),
    /// The process was forked from one that had begun to use the GPU.
    Forked,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Unavailable(why) => write!(f, "no CUDA device: {why}"),
            Error::Failed(failure) => write!(f, "the GPU refused: {failure}"),
            Error::Lost(failure) => write!(
                f,
                "the GPU was lost, with all arrays on it, until the process ends: {failure}"
            ),
            Error::Compiler(log) => write!(f, "NVRTC refused a kernel: {log}"),
            Error::Forked => f.write_str(
                "a process forked from one that used the GPU cannot use it: CUDA has no contexts across forks; \
                 use the GPU after the fork, or start a new process",
            ),
        }
    }
}

impl std::error::Error for Error {}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Error {
        Error::Failed(failure)
    }
}
