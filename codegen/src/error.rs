//! What can go wrong when a kernel is turned into code.
//!
//! A well-formed kernel compiles: an error here is a limit of the code generator or a bug, never a
//! mistake of the user, so the variants carry text for whoever reads the report.

use std::fmt;

/// Why a kernel was not compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// The mapping cannot carry the kernel.
    Mapping(String),
    /// The machine code generator refused.
    Backend(String),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Mapping(why) => write!(f, "the mapping does not fit the kernel: {why}"),
            Error::Backend(why) => write!(f, "no machine code for the kernel: {why}"),
        }
    }
}

impl std::error::Error for Error {}
