//! Library ops on an NVIDIA GPU. What is not here is computed on the host.

pub(super) mod blas;
pub(super) mod fft;
pub(super) mod rand;

/// What libraries know of a GPU, each once it was asked for something.
#[derive(Default)]
pub(crate) struct OnGpu {
    blas: blas::Kept,
    fft: fft::Kept,
}
