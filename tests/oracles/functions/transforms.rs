//! Fourier transforms.

use super::{Inputs, Table, cases};
use numfuse::fft::{self, Norm};
use numfuse::prelude::*;

/// Plus the sum of all magnitudes, four times, of whose rounding transforms are.
fn beside(z: Array, x: &Array) -> Array {
    let Ok(dtype) = z.try_dtype() else { return z };
    if !dtype.is_inexact() {
        return z;
    }
    z + (x.cast(C128).absolute().sum(..) * 4).cast(dtype)
}

/// What NumPy 2.4 transforms back to real numbers: of rows without elements it leaves what was in memory before.
fn filled(z: Array, x: &Array) -> Array {
    if x.size() == 0 { x.clone() } else { beside(z, x) }
}

pub(super) const TRANSFORMS: Table = Table {
    inputs: Inputs::Tame,
    ulps: 16.0,
    cases: cases! { |x, y, d|
        "beside(np.fft.fft(x), x)" => beside(fft::fft(x, None, -1, Norm::Backward), x);
        "beside(np.fft.fft(x, 7), x)" => beside(fft::fft(x, 7, -1, Norm::Backward), x);
        "beside(np.fft.fft(x, 2, 0, 'ortho'), x)" => beside(fft::fft(x, 2, 0, Norm::Ortho), x);
        "beside(np.fft.fft(x, axis=0, norm='forward'), x)" => beside(fft::fft(x, None, 0, Norm::Forward), x);
        "np.fft.fft(x, 0)" => fft::fft(x, 0, -1, Norm::Backward);
        "np.fft.fft(x, -3)" => fft::fft(x, -3, -1, Norm::Backward);
        "np.fft.fft(x, 4, axis=3)" => fft::fft(x, 4, 3, Norm::Backward);
        "beside(np.fft.ifft(x), x)" => beside(fft::ifft(x, None, -1, Norm::Backward), x);
        "beside(np.fft.ifft(x, 5, 0, 'ortho'), x)" => beside(fft::ifft(x, 5, 0, Norm::Ortho), x);
        "beside(np.fft.ifft(x, norm='forward'), x)" => beside(fft::ifft(x, None, -1, Norm::Forward), x);
        "beside(np.fft.rfft(x), x)" => beside(fft::rfft(x, None, -1, Norm::Backward), x);
        "beside(np.fft.rfft(x.real, 5, 0), x)" => beside(fft::rfft(&x.real(), 5, 0, Norm::Backward), x);
        "beside(np.fft.rfft(x.real[..., ::-1], 3, norm='ortho'), x)" =>
            beside(fft::rfft(&x.real().flip(-1), 3, -1, Norm::Ortho), x);
        "np.fft.rfft(x[..., :0])" => fft::rfft(&x.i((Ellipsis, ..0)), None, -1, Norm::Backward);
        "beside(np.fft.irfft(x), x)" => beside(fft::irfft(x, None, -1, Norm::Backward), x);
        "beside(np.fft.irfft(x, 5), x) if x.size else x" => filled(fft::irfft(x, 5, -1, Norm::Backward), x);
        "beside(np.fft.irfft(x, 9, 0, 'forward'), x) if x.size else x" => filled(fft::irfft(x, 9, 0, Norm::Forward), x);
        "beside(np.fft.irfft(x, 1), x) if x.size else x" => filled(fft::irfft(x, 1, -1, Norm::Backward), x);
        "np.fft.irfft(x[..., :1])" => fft::irfft(&x.i((Ellipsis, ..1)), None, -1, Norm::Backward);
        "beside(np.fft.hfft(x), x)" => beside(fft::hfft(x, None, -1, Norm::Backward), x);
        "beside(np.fft.hfft(x, 5, 0, 'ortho'), x) if x.size else x" => filled(fft::hfft(x, 5, 0, Norm::Ortho), x);
        "beside(np.fft.ihfft(x), x)" => beside(fft::ihfft(x, None, -1, Norm::Backward), x);
        "beside(np.fft.ihfft(x.real, 6, norm='forward'), x)" =>
            beside(fft::ihfft(&x.real(), 6, -1, Norm::Forward), x);
        "beside(np.fft.fftshift(np.fft.fft(x, axis=0)), x)" =>
            beside(fft::fftshift(&fft::fft(x, None, 0, Norm::Backward), ..), x);
        "beside(np.fft.ifft(np.fft.ifftshift(x) if x.ndim else x), x)" =>
            beside(fft::ifft(&fft::ifftshift(x, ..), None, -1, Norm::Backward), x);
    },
};

pub(super) const OF_SEVERAL_AXES: Table = Table {
    inputs: Inputs::Tame,
    ulps: 64.0,
    cases: cases! { |x, y, d|
        "beside(np.fft.fftn(x), x)" => beside(fft::fftn(x, .., .., Norm::Backward), x);
        "beside(np.fft.fftn(x, (2, 6), (0, 1), 'ortho'), x)" =>
            beside(fft::fftn(x, [2, 6], [0, 1], Norm::Ortho), x);
        "beside(np.fft.fftn(x, axes=(0, 0)), x)" => beside(fft::fftn(x, .., [0, 0], Norm::Backward), x);
        "beside(np.fft.fftn(x, (-1, 3), (1, 0)), x)" => beside(fft::fftn(x, [-1, 3], [1, 0], Norm::Backward), x);
        "np.fft.fftn(x, axes=())" => fft::fftn(x, .., (), Norm::Backward);
        "np.fft.fftn(x, (2, 6), (0,))" => fft::fftn(x, [2, 6], 0, Norm::Backward);
        "np.fft.fftn(x, axes=(0, 5))" => fft::fftn(x, .., [0, 5], Norm::Backward);
        "np.fft.fftn(x, (0, 3), axes=(0, 1))" => fft::fftn(x, [0, 3], [0, 1], Norm::Backward);
        "beside(np.fft.ifftn(x, norm='forward'), x)" => beside(fft::ifftn(x, .., .., Norm::Forward), x);
        "beside(np.fft.ifftn(x), x)" => beside(fft::ifftn(x, .., .., Norm::Backward), x);
        "beside(np.fft.rfftn(x.real), x)" => beside(fft::rfftn(&x.real(), .., .., Norm::Backward), x);
        "np.fft.rfftn(x.astype(np.complex64))" => fft::rfftn(&x.cast(C64), .., .., Norm::Backward);
        "beside(np.fft.rfftn(x.real, (5, 3), (0, 1), 'forward'), x)" =>
            beside(fft::rfftn(&x.real(), [5, 3], [0, 1], Norm::Forward), x);
        "np.fft.rfftn(x.real, axes=())" => fft::rfftn(&x.real(), .., (), Norm::Backward);
        "beside(np.fft.irfftn(x), x)" => beside(fft::irfftn(x, .., .., Norm::Backward), x);
        "beside(np.fft.irfftn(x, (4, 5), (0, 1), 'ortho'), x) if x.size else x" =>
            filled(fft::irfftn(x, [4, 5], [0, 1], Norm::Ortho), x);
        "np.fft.irfftn(x[..., :1])" => fft::irfftn(&x.i((Ellipsis, ..1)), .., .., Norm::Backward);
        "beside(np.fft.fft2(x), x)" => beside(fft::fft2(x, .., Norm::Backward), x);
        "beside(np.fft.ifft2(x, norm='ortho'), x)" => beside(fft::ifft2(x, .., Norm::Ortho), x);
        "beside(np.fft.rfft2(x.real), x)" => beside(fft::rfft2(&x.real(), .., Norm::Backward), x);
        "beside(np.fft.irfft2(x, (4, 6)), x) if x.size else x" => filled(fft::irfft2(x, [4, 6], Norm::Backward), x);
    },
};
