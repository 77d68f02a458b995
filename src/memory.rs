//! The memory that arrays live in: how much there is, and how much there may be.
//!
//! Results come from one pool that keeps what was given back, warm for the next evaluation. Data
//! that was given, such as a vector, is not counted.

use numfuse_runtime::pool::Pool;

pub use numfuse_runtime::pool::Statistics;

/// What the pool holds now.
///
/// ```
/// use numfuse::{memory, prelude::*};
///
/// let x = arange(1 << 20);
/// x.eval()?;
/// assert!(memory::statistics().live_bytes >= 8 << 20);
/// # Ok::<(), numfuse::Error>(())
/// ```
pub fn statistics() -> Statistics {
    Pool::global().statistics()
}

/// Forgets the peak, to see that of what follows.
pub fn reset_peak() {
    Pool::global().reset_peak();
}

/// Gives idle memory back to the system; returns how many bytes that was.
pub fn trim() -> usize {
    Pool::global().trim()
}

/// The most bytes that arrays may take, by default four fifths of the machine's. An evaluation that
/// needs more is an error.
pub fn limit() -> usize {
    Pool::global().limit()
}

/// Changes the most bytes that arrays may take.
pub fn set_limit(bytes: usize) {
    Pool::global().set_limit(bytes);
}
