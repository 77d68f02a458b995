//! Functions of each element that are made of several ops, and what types meet in.

use super::{Inputs, Table, cases};
use numfuse::prelude::*;
use numfuse::{
    around, array_equiv, broadcast_shapes, can_cast, deg2rad, degrees, fabs, fix, frexp, isneginf, isposinf,
    modf, nan_to_num, permute_dims, promote_types, rad2deg, radians, result_type, sinc,
};

/// Rounded as NumPy rounds: the same bits.
pub(super) const EXACT: Table = Table {
    inputs: Inputs::Edges,
    ulps: 0.0,
    cases: cases! { |x, y, d|
        "np.deg2rad(x)" => deg2rad(x);
        "np.rad2deg(x)" => rad2deg(x);
        "np.degrees(x)" => degrees(x);
        "np.radians(x)" => radians(x);
        "np.fabs(x)" => fabs(x);
        "np.isposinf(x)" => isposinf(x);
        "np.isneginf(x)" => isneginf(x);
        "np.nan_to_num(x)" => nan_to_num(x);
        "np.nan_to_num(x, nan=1, posinf=2, neginf=-3)" => x.nan_to_num_with(1, 2, -3);
        "np.fix(x)" => fix(x);
        "np.modf(x)" => <[Array; 2]>::from(modf(x));
        "np.frexp(np.where(np.isfinite(x), x, np.ones_like(x)))" => frexp(&where_(x.isfinite(), x, ones_like(x)));
        "np.around(x)" => around(x, 0);
        "np.around(x, 2)" => x.around(2);
        "np.ediff1d(x)" => x.ediff1d();
        "np.diag(x)" => x.diag(0);
        "np.diag(x, -2)" => x.diag(-2);
        "np.diag(x, 1)" => x.diag(1);
        "np.diag(x.ravel()[:3], 1)" => x.ravel().i(..3).diag(1);
        "np.diagflat(x, 1)" => x.diagflat(1);
        "np.diagflat(x, -1)" => x.diagflat(-1);
        "np.vander(x, 4)" => numfuse::vander(x, 4, false);
        "np.vander(x.ravel()[:5], 4)" => numfuse::vander(&x.ravel().i(..5), 4, false);
        "np.vander(x.ravel()[:5], 3, True)" => numfuse::vander(&x.ravel().i(..5), 3, true);
        "np.permute_dims(x, (1, 0))" => permute_dims(x, [1, 0]);
        "np.permute_dims(x, (2, 0, 1))" => permute_dims(x, [2, 0, 1]);
        "np.permute_dims(x, (0, 0))" => permute_dims(x, [0, 0]);
    },
};

/// Both sides have errors of their own: the sine of `sinc` and its argument, and the power.
pub(super) const NEAR: Table = Table {
    inputs: Inputs::Pairs,
    ulps: 2.0,
    cases: cases! { |x, y, d|
        "np.sinc(x)" => sinc(x);
        "np.float_power(near(x, y), near(y, x))" => near(x, y).float_power(near(y, x));
        "np.float_power(x, 2)" => x.float_power(2);
        "np.float_power(x, y[1:])" => x.float_power(y.i(1..));
    },
};

/// Beside complex numbers 1 in place of what is far from 1: as many bits of a power's angle are lost as the
/// product of exponent and logarithm has before its point, and powers of infinite numbers are infinite by their
/// angle, of which NumPy's is NaN.
fn near(x: &Array, other: &Array) -> Array {
    if !promote_types(x.dtype(), other.dtype()).is_complex() {
        return x.clone();
    }
    let is_near = |part: Array| {
        let size = part.abs();
        size.less_equal(30) & (size.greater_equal(1e-12) | size.equal(0))
    };
    let wide = x.cast(C128);
    where_(is_near(wide.real()) & is_near(wide.imag()), x, ones_like(x))
}

/// Of two arrays of every pair of types: what they meet in.
pub(super) const MEETINGS: Table = Table {
    inputs: Inputs::Pairs,
    ulps: 0.0,
    cases: cases! { |x, y, d|
        "np.can_cast(x.dtype, y.dtype)" => can_cast(x.dtype(), y.dtype());
        "np.promote_types(x.dtype, y.dtype).type(1)" => Array::ones((), promote_types(x.dtype(), y.dtype()));
        "np.result_type(x, y).type(1)" => Array::ones((), result_type(&[x, y]));
        "np.result_type(x, y, x).type(1)" => Array::ones((), result_type(&[x, y, x]));
        "np.array_equiv(x, y)" => array_equiv(x, y);
        "np.array_equiv(x, x)" => x.array_equiv(x);
        "np.array_equiv(x, x[:1])" => x.array_equiv(&x.i(..1));
        "np.array_equiv(x[:1], x[1:])" => x.i(..1).array_equiv(&x.i(1..));
        "np.broadcast_shapes(x.shape, y.T.shape)" => extents(broadcast_shapes(&[x.shape(), y.t().shape()]));
        "np.broadcast_shapes(x.shape, (4, 1, 1))" => extents(broadcast_shapes(&[x.shape(), &[4, 1, 1]]));
        "np.broadcast_shapes(x.shape, (5,), (1, 5))" => extents(broadcast_shapes(&[x.shape(), &[5], &[1, 5]]));
    },
};

/// A shape as Python has it: a tuple of integers.
fn extents(shape: Result<Vec<usize>, numfuse::Error>) -> Result<Vec<Array>, numfuse::Error> {
    Ok(shape?.into_iter().map(|n| Array::scalar(n as i64)).collect())
}
