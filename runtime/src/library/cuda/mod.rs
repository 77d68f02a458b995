//! Library ops on an NVIDIA GPU. What is not here is computed on the host.

pub(super) mod blas;
