//! Why an evaluation failed: its resources, or an index out of range among the data; all else about
//! the user's expression was checked when it was written. After each of these the pool, the workers and the caches are usable.

use crate::cpu::workers::CANCELLED;
use crate::cuda;
use crate::pool::PoolError;
use numfuse_ir::gather::OutOfBounds;
use numfuse_ir::scalar::Scalar;
use std::fmt;

/// What can go wrong with a run. Its text is a sentence for the person who asked for the result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// There is no memory for a result, or for one on the way to it.
    Memory(Shortage),
    /// A kernel could not be compiled: a mistake of numfuse.
    Code(numfuse_codegen::Error),
    /// A worker panicked: a mistake of numfuse.
    Panic(String),
    /// Elements were taken by an index out of range.
    Index(OutOfBounds),
    /// A GPU could not be used.
    Gpu(cuda::Error),
    /// The run's [`Cancel`](crate::cpu::workers::Cancel) flag was set.
    Cancelled,
    /// Under [`RunOptions::check`](crate::RunOptions::check), machine code and interpreter
    /// disagree: a mistake of numfuse.
    Differs(Box<Difference>),
}

/// Memory that was not to be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shortage {
    /// How much was asked for, and why there was none.
    pub error: PoolError,
    /// The slot of the plan that it was for, or whose computation it was for; `None` where no plan
    /// was run.
    pub slot: Option<usize>,
}

/// The first place where machine code and interpreter disagree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The step of the plan.
    pub step: usize,
    /// Its kernel, printed.
    pub kernel: String,
    /// Which of the kernel's buffers.
    pub buffer: usize,
    /// Which of the buffer's elements, row-major.
    pub element: usize,
    /// How many elements of the buffer differ, and of how many.
    pub count: (usize, usize),
    /// What the machine code computed.
    pub found: Scalar,
    /// What the interpreter computed.
    pub expected: Scalar,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Memory(shortage) => shortage.error.fmt(f),
            Error::Code(error) => write!(f, "a kernel could not be compiled: {error}"),
            Error::Panic(message) => write!(f, "a worker thread panicked: {message}"),
            Error::Cancelled => f.write_str(CANCELLED),
            Error::Index(fault) => fault.fmt(f),
            Error::Gpu(error) => error.fmt(f),
            Error::Differs(difference) => difference.fmt(f),
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Difference { step, kernel, buffer, element, count: (differing, all), found, expected } = self;
        writeln!(
            f,
            "step {step}: machine code and interpreter differ in {differing} of {all} elements of \
             buffer {buffer}, first at element {element}: {found:?} (bits {:#x}) against {expected:?} \
             (bits {:#x})",
            found.bits(),
            expected.bits()
        )?;
        f.write_str(kernel)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Memory(shortage) => Some(&shortage.error),
            Error::Code(error) => Some(error),
            Error::Index(fault) => Some(fault),
            Error::Gpu(error) => Some(error),
            Error::Panic(_) | Error::Cancelled | Error::Differs(_) => None,
        }
    }
}

impl From<PoolError> for Error {
    fn from(error: PoolError) -> Error {
        Error::Memory(Shortage { error, slot: None })
    }
}

impl From<cuda::Error> for Error {
    fn from(error: cuda::Error) -> Error {
        Error::Gpu(error)
    }
}

impl From<numfuse_codegen::Error> for Error {
    fn from(error: numfuse_codegen::Error) -> Error {
        Error::Code(error)
    }
}

impl Error {
    /// What workers gave as the reason why a run ended.
    pub(crate) fn from_workers(reason: String) -> Error {
        if reason == CANCELLED { Error::Cancelled } else { Error::Panic(reason) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pool::Pool;

    #[test]
    fn errors_are_sentences() {
        let memory = Error::from(Pool::new(10).allocate(20).unwrap_err());
        assert!(memory.to_string().starts_with("cannot allocate 20 bytes: 0 bytes are live"), "{memory}");
        assert_eq!(Error::from_workers("oh".into()).to_string(), "a worker thread panicked: oh");
        assert_eq!(Error::from_workers(CANCELLED.into()), Error::Cancelled);
    }

    #[test]
    fn a_difference_says_where_and_how_much() {
        let difference = Difference {
            step: 2,
            kernel: "kernel".into(),
            buffer: 1,
            element: 7,
            count: (3, 100),
            found: Scalar::f32(1.0),
            expected: Scalar::f32(1.5),
        };
        assert_eq!(
            Error::Differs(Box::new(difference)).to_string(),
            "step 2: machine code and interpreter differ in 3 of 100 elements of buffer 1, first at \
             element 7: 1.0f32 (bits 0x3f800000) against 1.5f32 (bits 0x3fc00000)\nkernel"
        );
    }
}
