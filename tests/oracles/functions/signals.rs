//! Signals, slopes and what surrounds transforms.

use super::composed::uneven;
use super::{Inputs, Table, cases};
use numfuse::prelude::*;
use numfuse::{Ends, Finfo, Iinfo, Overlap, fft};

pub(super) const SLIDING: Table = Table {
    inputs: Inputs::Tame,
    ulps: 60.0,
    cases: cases! { |x, y, d|
        "np.convolve(x, y)" => numfuse::convolve(x, y, Overlap::Full);
        "np.convolve(x.ravel(), y.ravel()[:3])" => x.ravel().convolve(&y.ravel().i(..3), Overlap::Full);
        "np.convolve(x.ravel(), y.ravel()[:3], 'same')" => x.ravel().convolve(&y.ravel().i(..3), Overlap::Same);
        "np.convolve(x.ravel(), y.ravel()[:4], 'same')" => x.ravel().convolve(&y.ravel().i(..4), Overlap::Same);
        "np.convolve(x.ravel()[:2], y.ravel(), 'valid')" => x.ravel().i(..2).convolve(&y.ravel(), Overlap::Valid);
        "np.convolve(x.ravel()[:2], y.ravel(), 'same')" => x.ravel().i(..2).convolve(&y.ravel(), Overlap::Same);
        "np.correlate(x, y)" => x.correlate(y, Overlap::Valid);
        "np.correlate(x.ravel(), y.ravel()[:3])" => numfuse::correlate(&x.ravel(), &y.ravel().i(..3), Overlap::Valid);
        "np.correlate(x.ravel(), y.ravel()[:4], 'same')" =>
            x.ravel().correlate(&y.ravel().i(..4), Overlap::Same);
        "np.correlate(x.ravel()[:4], y.ravel(), 'same')" => x.ravel().i(..4).correlate(&y.ravel(), Overlap::Same);
        "np.correlate(x.ravel()[:2], y.ravel(), 'full')" => x.ravel().i(..2).correlate(&y.ravel(), Overlap::Full);
        "np.interp(y, uneven(x.size), x.ravel())" => y.interp(&uneven(&x.ravel(), 0), &x.ravel());
        "np.interp(y % 40, uneven(x.size), x.ravel())" => (y % 40).interp(&uneven(&x.ravel(), 0), &x.ravel());
        "np.interp(y % 40, uneven(x.size), x.ravel(), -1, 7.5)" =>
            (y % 40).interp_with(&uneven(&x.ravel(), 0), &x.ravel(), -1, 7.5);
        "np.interp(y.real, uneven(x.size), x.ravel())" => y.real().interp(&uneven(&x.ravel(), 0), &x.ravel());
        "np.interp(y, [0.5, 1.0], [2.0])" => y.interp(&Array::from([0.5, 1.0]), &Array::from([2.0]));
        "np.interp(y, [1.0], [2.0])" => y.interp(&Array::from([1.0]), &Array::from([2.0]));
        "np.interp(y.real, uneven(x.size), x.ravel(), period=1000.7331)" =>
            y.real().interp_period(&uneven(&x.ravel(), 0), &x.ravel(), 1000.7331);
        "np.interp(y.real * 3, [3.0, 1.0], [2.0, 5.0], period=-2.5)" =>
            (y.real() * 3).interp_period(&Array::from([3.0, 1.0]), &Array::from([2.0, 5.0]), -2.5);
        "np.interp(y.real, uneven(x.size), x.ravel(), period=0.7331)" =>
            numfuse::interp_period(&y.real(), &uneven(&x.ravel(), 0), &x.ravel(), 0.7331);
        "np.interp(y.real, [3.0, 1.0], [2.0, 5.0], period=0)" =>
            y.real().interp_period(&Array::from([3.0, 1.0]), &Array::from([2.0, 5.0]), 0);
        "np.interp(y.real, [[3.0, 1.0]], [2.0, 5.0], period=1)" =>
            y.real().interp_period(&Array::from([[3.0, 1.0]]), &Array::from([2.0, 5.0]), 1);
        "np.interp(y.real, [3.0, 1.0], [2.0], period=1)" =>
            y.real().interp_period(&Array::from([3.0, 1.0]), &Array::from([2.0]), 1);
        "np.interp(holes(y), [0.0, 1.0, 1.0, 3.0], [2.0, 1.0, np.inf, np.inf])" =>
            super::composed::holes(y).interp(
                &Array::from([0.0, 1.0, 1.0, 3.0]),
                &Array::from([2.0, 1.0, f64::INFINITY, f64::INFINITY]),
            );
        // What there is no remainder of is refused.
        "np.unwrap(x) if x.dtype.kind == 'c' else x" => if d.is_complex() { x.unwrap(-1) } else { x.clone() };
        "np.unwrap(x, period=2 + 1j)" => x.unwrap_period(-1, Complex::new(2.0, 1.0));
        "np.unwrap(x % 50 * 1.5 + 1000)" => numfuse::unwrap(&(x % 50 * 1.5 + 1000), -1);
        "np.unwrap(x % 7 * 2.5, axis=0)" => (x % 7 * 2.5).unwrap(0);
        "np.unwrap(x % 50, period=24)" => (x % 50).unwrap_period(-1, 24);
        "np.unwrap(x % 50, period=7, axis=0)" => (x % 50).unwrap_period(0, 7);
        "np.unwrap(x % 50, period=1.5)" => (x % 50).unwrap_period(-1, 1.5);
    },
};

pub(super) const SLOPES: Table = Table {
    inputs: Inputs::Tame,
    ulps: 60.0,
    cases: cases! { |x, y, d|
        "np.gradient(x)" => x.gradients([1.0], ..);
        "np.gradient(x, 0.5, axis=0)" => numfuse::gradient(x, 0.5, 0);
        "np.gradient(x, 2, axis=-1)" => x.gradient(2, -1);
        "np.gradient(x, 0.25, axis=-1, edge_order=2)" => x.gradient_ends(0.25, -1, Ends::Parabola);
        "np.gradient(x, uneven(x.shape[-1]), axis=-1)" => x.gradient(uneven(x, -1), -1);
        "np.gradient(x, uneven(x.shape[-1]), axis=-1, edge_order=2)" =>
            x.gradient_ends(uneven(x, -1), -1, Ends::Parabola);
        "np.gradient(x, 0.5, 2.0, axis=(1, 0))" => x.gradients([0.5, 2.0], [1, 0]);
        "np.gradient(x, 0.5, 2.0, 3.0, axis=(1, 0))" => x.gradients([0.5, 2.0, 3.0], [1, 0]);
        "np.gradient(x, uneven(x.shape[0]), 0.5, axis=(0, 1))" =>
            x.gradients([numfuse::Operand::from(uneven(x, 0)), 0.5.into()], [0, 1]);
        "np.gradient(x, 0.5 + 1j, axis=0) if x.dtype.kind == 'c' else x" =>
            if d.is_complex() { x.gradient(Array::scalar(Complex::new(0.5, 1.0)), 0) } else { x.clone() };
        "np.gradient(x, np.ones(17), axis=0)" => x.gradient(ones(17, F64), 0);
    },
};

pub(super) const ORDERS: Table = Table {
    inputs: Inputs::Edges,
    ulps: 0.0,
    cases: cases! { |x, y, d|
        "np.fft.fftshift(x) if x.ndim else x" => fft::fftshift(x, ..);
        "np.fft.fftshift(x, -1)" => fft::fftshift(x, -1);
        "np.fft.ifftshift(x) if x.ndim else x" => fft::ifftshift(x, ..);
        "np.fft.ifftshift(x, 0)" => fft::ifftshift(x, 0);
    },
};

/// Arrays of counts and of numbers, whatever the type.
pub(super) const MADE: Table = Table {
    inputs: Inputs::Nothing,
    ulps: 60.0,
    cases: cases! { |x, y, d|
        "np.fft.fftfreq(7, 0.5)" => fft::fftfreq(7, 0.5);
        "np.fft.fftfreq(8)" => fft::fftfreq(8, 1.0);
        "np.fft.rfftfreq(7)" => fft::rfftfreq(7, 1.0);
        "np.fft.rfftfreq(8, 0.1)" => fft::rfftfreq(8, 0.1);
        "np.logspace(-1, 2, 9)" => numfuse::logspace(-1, 2, 9, 10);
        "np.logspace(0, 1, 5, base=2.0)" => numfuse::logspace(0, 1, 5, 2.0);
        "np.logspace(0, 1, 0)" => numfuse::logspace(0, 1, 0, 10);
        "np.geomspace(1, 1000, 4)" => numfuse::geomspace(1, 1000, 4);
        "np.geomspace(-8, -0.5, 7)" => numfuse::geomspace(-8, -0.5, 7);
        "np.geomspace(2, 3, 1)" => numfuse::geomspace(2, 3, 1);
        "np.geomspace(2, 3, 0)" => numfuse::geomspace(2, 3, 0);
        "np.geomspace(0, 3)" => numfuse::geomspace(0, 3, 50);
        "np.bartlett(12)" => numfuse::bartlett(12);
        "np.blackman(12) + 1" => numfuse::blackman(12) + 1;
        "np.hamming(11)" => numfuse::hamming(11);
        "np.hanning(11) + 1" => numfuse::hanning(11) + 1;
        "np.kaiser(11, 8.5)" => numfuse::kaiser(11, 8.5);
        "np.kaiser(1, 8.5)" => numfuse::kaiser(1, 8.5);
        "np.bartlett(0)" => numfuse::bartlett(0);
        "np.fromfunction(lambda i, j: i * 3 + j, (3, 4), dtype=np.int64)" =>
            numfuse::fromfunction([3, 4], |places| &places[0] * 3 + &places[1]);
        "list(np.indices((2, 3))) # indices" => numfuse::indices([2, 3]);
        "np.diag_indices(3, 3)" => numfuse::diag_indices(3, 3);
        "np.tril_indices(4, 1, 3)" => numfuse::tril_indices(4, 3, 1);
        "np.tril_indices(3, -1)" => numfuse::tril_indices(3, 3, -1);
        "np.triu_indices(4, 1, 3)" => numfuse::triu_indices(4, 3, 1);
        "np.triu_indices(3, -1)" => numfuse::triu_indices(3, 3, -1);
        "[np.finfo(d).bits, np.finfo(d).max, np.finfo(d).min, np.finfo(d).eps] if d.kind == 'f' else []" =>
            limits_of_float(numfuse::finfo(d), d);
        "[np.finfo(d).epsneg, np.finfo(d).tiny, np.finfo(d).smallest_subnormal] if d.kind == 'f' else []" =>
            smallest_of_float(numfuse::finfo(d), d);
        "[np.iinfo(d).bits, np.iinfo(d).min] if d.kind in 'iu' else []" => limits_of_integer(numfuse::iinfo(d));
    },
};

fn limits_of_float(limits: Option<Finfo>, dtype: DType) -> Vec<Array> {
    let Some(limits) = limits else { return vec![] };
    let numbers = [limits.max, limits.min, limits.eps].map(|value| full((), value, dtype));
    std::iter::once(Array::scalar(limits.bits as i64)).chain(numbers).collect()
}

fn smallest_of_float(limits: Option<Finfo>, dtype: DType) -> Vec<Array> {
    let Some(limits) = limits else { return vec![] };
    [limits.epsneg, limits.tiny, limits.smallest_subnormal].map(|value| full((), value, dtype)).into()
}

fn limits_of_integer(limits: Option<Iinfo>) -> Vec<Array> {
    let Some(limits) = limits else { return vec![] };
    vec![Array::scalar(limits.bits as i64), Array::scalar(limits.min as i64)]
}
