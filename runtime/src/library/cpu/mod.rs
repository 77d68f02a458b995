//! Library ops on the processor, a file each.

pub(super) mod matmul;
