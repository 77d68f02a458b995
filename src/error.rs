//! What an array that went wrong says: NumPy's sentence, the operation, the shapes, and where.
//!
//! Operators neither panic nor return `Result`. A mistake makes an [`Array`](crate::Array) that
//! carries an [`Error`]; later operations pass it on untouched, so that the report is always of the
//! first thing that went wrong, at the user's own line.

use numfuse_ir::dtype::DType;
use numfuse_ir::error::Error as Mistake;
use numfuse_ir::schedule::tile::Refusal;
use numfuse_ir::shape::Shape;
use std::fmt;
use std::panic::Location;
use std::sync::Arc;

/// Something that went wrong in building, evaluating, reading or writing an array.
///
/// Cloning is cheap. The text begins with NumPy's sentence and ends with where it happened:
///
/// ```
/// use numfuse::prelude::*;
///
/// let sum = zeros([3, 4], F32) + zeros(5, F32);
/// let error = sum.check().unwrap_err();
/// let sentence = "operands could not be broadcast together with shapes (3,4) (5,)";
/// assert!(error.to_string().starts_with(sentence));
/// assert_eq!(error.op(), "add");
/// assert_eq!(error.location().line(), line!() - 5);
/// ```
#[derive(Clone)]
pub struct Error(Arc<Report>);

struct Report {
    cause: Cause,
    op: &'static str,
    operands: Vec<(DType, Shape)>,
    location: &'static Location<'static>,
}

/// What sort of thing went wrong.
#[derive(Debug)]
#[non_exhaustive]
pub enum Cause {
    /// A mistake in shapes, axes, types or indices, found when the expression was built.
    Expression(Mistake),
    /// An evaluation that could not be carried out, such as for want of memory.
    Evaluation(numfuse_runtime::Error),
    /// A result that is not what the graph means: a mistake of numfuse, found by
    /// [`Config::check`](crate::config::Config::check).
    Check(String),
    /// Elements asked for as a Rust type that they are not.
    Element {
        /// What the array holds.
        found: DType,
        /// What was asked for.
        asked: DType,
    },
    /// One number asked of an array that holds another count.
    NotOneElement {
        /// How many elements there are.
        size: usize,
    },
    /// The length of an array without axes.
    Unsized,
    /// Bytes that are no `.npy` file, or one that we cannot read.
    Format(String),
    /// A text that is not of the language of [`elementwise`](crate::elementwise).
    Syntax(String),
    /// Another thread was computing it, in the memory of what it is computed from, when the process that
    /// this one is a fork of was forked.
    Forked,
    /// An evaluation that would take more than its [budget](crate::config::Config::budget).
    Budget(Box<Refusal>),
    /// A file that could not be read or written.
    File(std::io::Error),
}

impl Error {
    pub(crate) fn new(
        cause: Cause,
        op: &'static str,
        operands: Vec<(DType, Shape)>,
        location: &'static Location<'static>,
    ) -> Error {
        Error(Arc::new(Report { cause, op, operands, location }))
    }

    /// A mistake that has no operands.
    #[track_caller]
    pub(crate) fn without_operands(cause: Cause, op: &'static str) -> Error {
        Error::new(cause, op, Vec::new(), Location::caller())
    }

    /// What went wrong, to be matched on.
    pub fn cause(&self) -> &Cause {
        &self.0.cause
    }

    /// The operation, by its NumPy name.
    pub fn op(&self) -> &'static str {
        self.0.op
    }

    /// The shapes of the operation's array operands.
    pub fn shapes(&self) -> impl ExactSizeIterator<Item = &[usize]> {
        self.0.operands.iter().map(|(_, shape)| &shape[..])
    }

    /// The line of the user's program that called the operation.
    pub fn location(&self) -> &'static Location<'static> {
        self.0.location
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Report { cause, op, operands, location } = &*self.0;
        write!(f, "{cause} [{op}")?;
        for (i, (dtype, shape)) in operands.iter().enumerate() {
            write!(f, "{}{dtype} {shape}", if i == 0 { " of " } else { ", " })?;
        }
        write!(f, " at {location}]")
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0.cause {
            Cause::Expression(mistake) => Some(mistake),
            Cause::Evaluation(failure) => Some(failure),
            Cause::File(failure) => Some(failure),
            Cause::Check(_) | Cause::Format(_) | Cause::Syntax(_) | Cause::Forked => None,
            Cause::Element { .. } | Cause::NotOneElement { .. } | Cause::Unsized => None,
            Cause::Budget(_) => None,
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cause::Expression(mistake) => write!(f, "{mistake}"),
            Cause::Evaluation(failure) => write!(f, "{failure}"),
            Cause::Element { found, asked } => {
                write!(f, "an array of {found} cannot be read as {asked}: cast it first")
            }
            Cause::NotOneElement { size } => {
                write!(f, "can only convert an array of size 1 to a Python scalar: it has {size} elements")
            }
            Cause::Unsized => f.write_str("len() of unsized object: the array has no axes"),
            Cause::Format(sentence) | Cause::Check(sentence) | Cause::Syntax(sentence) => {
                f.write_str(sentence)
            }
            Cause::File(failure) => write!(f, "{failure}"),
            Cause::Budget(refusal) => write!(
                f,
                "{refusal}: raise the budget to {} bytes (Config::budget, NUMFUSE_BUDGET), or ask for smaller parts",
                refusal.wanted
            ),
            Cause::Forked => f.write_str(
                "another thread was computing it, over the memory of its operands, when the process was forked",
            ),
        }
    }
}
