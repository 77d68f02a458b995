//! Library ops on the processor, a file each.

pub(super) mod fft;
pub(super) mod matmul;
mod order;
pub(super) mod scatter;
