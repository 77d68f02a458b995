//! What the scheduler and the mapping may know of a machine: numbers, nothing else.

/// The vector registers that code uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Vectors {
    /// Of 128 bits: every processor that is compiled for has them.
    Bits128,
    /// Of 512 bits: AVX-512 with its parts F, BW, DQ and VL.
    Bits512,
}

impl Vectors {
    /// Bytes of one register.
    pub fn bytes(self) -> usize {
        match self {
            Vectors::Bits128 => 16,
            Vectors::Bits512 => 64,
        }
    }
}

/// A machine, as far as compiling for it needs to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Target {
    /// The vector registers that the code generator uses.
    pub vectors: Vectors,
    /// How many workers (cores) share a kernel.
    pub workers: usize,
    /// Bytes of the last-level cache.
    pub cache_bytes: usize,
}

impl Target {
    /// A fixed machine for golden files and tests: 128-bit vectors, 2 workers, 32 MiB of cache.
    pub const FIXED: Target = Target { vectors: Vectors::Bits128, workers: 2, cache_bytes: 32 << 20 };
}
