//! What the scheduler and the mapping may know of a machine: numbers, nothing else.

/// A machine, as far as compiling for it needs to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Target {
    /// Bytes of one vector register that the code generator uses.
    pub vector_bytes: usize,
    /// How many workers (cores) share a kernel.
    pub workers: usize,
    /// Bytes of the last-level cache.
    pub cache_bytes: usize,
}

impl Target {
    /// A fixed machine for golden files and tests: 128-bit vectors, 2 workers, 32 MiB of cache.
    pub const FIXED: Target = Target { vector_bytes: 16, workers: 2, cache_bytes: 32 << 20 };
}
