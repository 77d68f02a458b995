//! Differences, slopes and areas, products of vectors, and windows.

use super::{Inputs, Table, cases};
use numfuse::prelude::*;
use numfuse::{bartlett, blackman, hamming, hanning, indices, kaiser};

/// Numbers of like size and few terms; sums differ by the order of their terms.
pub(super) const CALCULUS: Table = Table {
    inputs: Inputs::Tame,
    ulps: 8.0,
    cases: cases! { |x, y, d|
        "np.gradient(x, 0.5, axis=0)" => x.gradient(0.5, 0);
        "np.gradient(x, 2, axis=-1)" => x.gradient(2.0, -1);
        "np.gradient(x[:2], 0.5, axis=0)" => x.i(..2).gradient(0.5, 0);
        "np.gradient(x[:1], 0.5, axis=0)" => x.i(..1).gradient(0.5, 0);
        "np.gradient(x, 0.5, axis=7)" => x.gradient(0.5, 7);
        "np.trapezoid(x, dx=0.5, axis=0)" => x.trapezoid(0.5, 0);
        "np.trapezoid(x)" => x.trapezoid(1.0, -1);
        "np.trapezoid(x, y, axis=0)" => x.trapezoid_at(y, 0);
        "np.trapezoid(x, y.ravel()[:4])" => x.trapezoid_at(&y.ravel().i(..4), -1);
        "np.cross(x[..., :3], y[..., :3])" => x.i((Ellipsis, ..3)).cross(&y.i((Ellipsis, ..3)));
        "np.cross(x, y[..., :3])" => x.cross(&y.i((Ellipsis, ..3)));
        "np.average(x)" => x.average(..);
        "np.average(x, 0)" => x.average(0);
        "np.average(x, axis=-1)" => x.average(-1);
        "np.average(x, axis=0, weights=y)" => x.average_weighted(y, 0);
        "np.average(x, axis=-1, weights=y.ravel()[:4])" => x.average_weighted(&y.ravel().i(..4), -1);
    },
};

/// Products that are sums: in another order than NumPy's.
pub(super) const PRODUCTS: Table = Table {
    inputs: Inputs::Tame,
    ulps: 8.0,
    cases: cases! { |x, y, d|
        "np.inner(x, y)" => x.inner(y);
        "np.inner(x, y[0])" => x.inner(&y.i(0));
        "np.inner(x, y[..., 1:])" => x.inner(&y.i((Ellipsis, 1..)));
        "np.vdot(x, y)" => x.vdot(y);
        "np.vdot(x, y[1:])" => x.vdot(&y.i(1..));
        "np.vecdot(x, y)" => x.vecdot(y);
        "np.vecdot(x, y[0])" => x.vecdot(&y.i(0));
        "np.matvec(x, y[0])" => x.matvec(&y.i(0));
        "np.matvec(x, y[..., 0])" => x.matvec(&y.i((Ellipsis, 0)));
        "np.vecmat(x[..., 0], y)" => x.i((Ellipsis, 0)).vecmat(y);
        "np.vecmat(x, y.T)" => x.vecmat(&y.t());
    },
};

/// Windows lie between 0 and 1 and are computed from cosines: near 0 they are exact to the last place of 1,
/// beside which they are compared.
pub(super) const WINDOWS: Table = Table {
    inputs: Inputs::Nothing,
    ulps: 1.0,
    cases: cases! { |x, y, d|
        "1 + np.bartlett(0)" => 1 + bartlett(0);
        "1 + np.bartlett(1)" => 1 + bartlett(1);
        "1 + np.bartlett(50)" => 1 + bartlett(50);
        "1 + np.blackman(0)" => 1 + blackman(0);
        "1 + np.blackman(1)" => 1 + blackman(1);
        "1 + np.blackman(2)" => 1 + blackman(2);
        "1 + np.blackman(50)" => 1 + blackman(50);
        "1 + np.hamming(0)" => 1 + hamming(0);
        "1 + np.hamming(1)" => 1 + hamming(1);
        "1 + np.hamming(51)" => 1 + hamming(51);
        "1 + np.hanning(0)" => 1 + hanning(0);
        "1 + np.hanning(1)" => 1 + hanning(1);
        "1 + np.hanning(7)" => 1 + hanning(7);
        "1 + np.hanning(50)" => 1 + hanning(50);
        "list(np.indices((2, 3, 4)))" => indices([2, 3, 4]);
        "list(np.indices((0, 3)))" => indices([0, 3]);
        "list(np.indices((5,)))" => indices(5);
        "list(np.indices(()))" => indices(());
    },
};

/// Quotients of Bessel functions, which NumPy computes by another series.
pub(super) const KAISER: Table = Table {
    inputs: Inputs::Nothing,
    ulps: 4.0,
    cases: cases! { |x, y, d|
        "np.kaiser(0, 8.5)" => kaiser(0, 8.5);
        "np.kaiser(1, 8.5)" => kaiser(1, 8.5);
        "np.kaiser(50, 8.5)" => kaiser(50, 8.5);
        "np.kaiser(7, 0)" => kaiser(7, 0.0);
    },
};
