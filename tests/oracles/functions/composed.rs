//! Functions that are made of several rows of the op table, and second names.

use super::{Inputs, Table, cases};
use numfuse::{Covariance, prelude::*};

pub(super) const NAMES: Table = Table {
    inputs: Inputs::Edges,
    ulps: 16.0,
    cases: cases! { |x, y, d|
        "np.acos(x)" => x.acos();
        "np.acosh(x)" => numfuse::acosh(x);
        "np.asin(x)" => x.asin();
        "np.asinh(x)" => numfuse::asinh(x);
        "np.atan(x)" => x.atan();
        "np.atan2(x, y)" => x.atan2(y);
        "np.atanh(x)" => numfuse::atanh(x);
        "np.bitwise_invert(x)" => x.bitwise_invert();
        "np.bitwise_left_shift(x, y)" => x.bitwise_left_shift(y);
        "np.bitwise_not(x)" => numfuse::bitwise_not(x);
        "np.bitwise_right_shift(x, y)" => x.bitwise_right_shift(y);
        "np.mod(x, y)" => x.mod_(y);
        "np.pow(x, 2)" => numfuse::pow(x, 2);
        "np.true_divide(x, y)" => x.true_divide(y);
        "np.concat((x, y))" => numfuse::concat([x, y], 0);
        "np.amax(x, -1) # amax" => x.max(-1);
        "np.amin(x, -1) # amin" => x.min(-1);
        "np.permute_dims(x, (1, 0))" => numfuse::permute_dims(x, [1, 0]);
        "np.array_equiv(x, x[:1])" => x.array_equiv(&x.i(..1));
        "np.array_equiv(x, y)" => numfuse::array_equiv(x, y);
        "np.isclose(x, y, equal_nan=True)" => x.isclose_nan(y, 1e-5, 1e-8);
        "np.allclose(x, x, equal_nan=True)" => x.allclose_nan(x, 1e-5, 1e-8);
        "np.allclose(x, y, equal_nan=True)" => x.allclose_nan(y, 1e-5, 1e-8);
        "np.array_equal(x, x, equal_nan=True)" => x.array_equal_nan(x);
        "np.array_equal(x, x[::-1], equal_nan=True)" => x.array_equal_nan(&x.i(s(..).step(-1)));
        "np.array_equal(x, x[:1], equal_nan=True)" => x.array_equal_nan(&x.i(..1));
    },
};

pub(super) const PARTS: Table = Table {
    inputs: Inputs::Edges,
    ulps: 0.0,
    cases: cases! { |x, y, d|
        "np.deg2rad(x)" => x.deg2rad();
        "np.rad2deg(x)" => numfuse::rad2deg(x);
        "np.degrees(x)" => x.degrees();
        "np.radians(x)" => numfuse::radians(x);
        "np.fabs(x)" => x.fabs();
        "np.isposinf(x)" => x.isposinf();
        "np.isneginf(x)" => x.isneginf();
        "np.nan_to_num(x)" => x.nan_to_num();
        "np.nan_to_num(x, nan=1, posinf=2, neginf=-3)" => x.nan_to_num_with(1, 2, -3);
        "np.fix(x)" => x.fix();
        "np.around(x)" => x.around(0);
        "np.modf(x)" => x.modf();
        "np.frexp(np.where(np.isfinite(x), x, 1))" => where_(x.isfinite(), x, 1).frexp();
        "np.ediff1d(x)" => x.ediff1d();
    },
};

pub(super) const NUMBERS: Table = Table {
    inputs: Inputs::Tame,
    ulps: 60.0,
    cases: cases! { |x, y, d|
        "np.sinc(np.clip(x, 0, 60))" => x.clip(0, 60).sinc();
        "np.float_power(np.clip(x, 0, 60), 1.5)" => x.clip(0, 60).float_power(1.5);
        "np.average(x)" => numfuse::average(x, ..);
        "np.average(x, 0) if x.shape[-1:] != (0,) else np.mean(x, 0)" => x.average(0);
        "np.average(x, weights=positive(y))" => x.average_weighted(&positive(y), ..);
        "np.average(x, -1, weights=positive(y))" => x.average_weighted(&positive(y), -1);
        "np.average(x, 0, weights=positive(y[..., 0]))" => x.average_weighted(&positive(&y.i((Ellipsis, 0))), 0);
        "np.trapezoid(x, dx=0.5)" => x.trapezoid(0.5, -1);
        "np.trapezoid(x, x=uneven(x.shape[-1]))" => x.trapezoid_at(&uneven(x, -1), -1);
        "np.polyval(x.ravel()[:3] % 5, y % 5)" => numfuse::polyval(&(x.ravel().i(..3) % 5), &(y % 5));
        "np.nancumsum(holes(x), 0)" => holes(x).nancumsum(0);
        "np.nancumprod(holes(x % 2), -1)" => holes(&(x % 2)).nancumprod(-1);
        "np.cumsum(x)" => x.cumsum(..);
        "np.cumsum(x, 0)" => numfuse::cumsum(x, 0);
        "np.cumprod(x % 2, -1)" => (x % 2).cumprod(-1);
        "np.cumulative_sum(x, axis=0)" => x.cumulative_sum(0);
        "np.cumulative_prod(x % 2, axis=-1)" => (x % 2).cumulative_prod(-1);
        "np.add.reduce(x, 0) # ufunc.reduce" => x.sum(0);
        "np.multiply.reduce(x % 2, 0) # ufunc.reduce" => (x % 2).prod(0);
        "np.maximum.reduce(x, -1) # ufunc.reduce" => x.max(-1);
        "np.minimum.reduce(x, -1) # ufunc.reduce" => x.min(-1);
        "np.logical_and.reduce(x, -1) # ufunc.reduce" => x.all(-1);
        "np.logical_or.reduce(x, 0) # ufunc.reduce" => x.any(0);
        "np.add.accumulate(np.atleast_1d(x), 0, dtype=summed(x)) # ufunc.accumulate" => x.atleast_1d().cumsum(0);
        "np.maximum.accumulate(np.atleast_1d(x), -1) # ufunc.accumulate" => x.atleast_1d().cummax(-1);
        "np.minimum.accumulate(np.atleast_1d(x), 0) # ufunc.accumulate" => x.atleast_1d().cummin(0);
    },
};

/// Reductions of arrays in which a third is NaN.
pub(super) const HOLES: Table = Table {
    inputs: Inputs::Tame,
    ulps: 60.0,
    cases: cases! { |x, y, d|
        "np.nansum(holes(x))" => holes(x).nansum(..);
        "np.nansum(holes(x), 0, keepdims=True)" => holes(x).nansum_keepdims(0);
        "np.nanprod(holes(x), -1)" => holes(x).nanprod(-1);
        "np.nanprod(holes(x), keepdims=True)" => holes(x).nanprod_keepdims(..);
        "np.nanmin(holes(x))" => holes(x).nanmin(..);
        "np.nanmin(holes(x), 0, keepdims=True)" => holes(x).nanmin_keepdims(0);
        "np.nanmax(holes(x), -1)" => holes(x).nanmax(-1);
        "np.nanmax(holes(x), keepdims=True)" => holes(x).nanmax_keepdims(..);
        "np.nanargmin(holes(x))" => holes(x).nanargmin(..);
        "np.nanargmin(holes(x), -1, keepdims=True)" => holes(x).nanargmin_keepdims(-1);
        "np.nanargmax(holes(x))" => holes(x).nanargmax(..);
        "np.nanargmax(holes(x), -1, keepdims=True)" => holes(x).nanargmax_keepdims(-1);
        "np.nanmean(holes(x))" => holes(x).nanmean(..);
        "np.nanmean(holes(x), 0, keepdims=True)" => holes(x).nanmean_keepdims(0);
    },
};

/// NumPy's own deviations in float16 are far from the truth: these are compared of float32 and float64.
pub(super) const DEVIATIONS: Table = Table {
    inputs: Inputs::Tame,
    ulps: 400.0,
    cases: cases! { |x, y, d|
        "np.nanvar(single(holes(x)))" => single(&holes(x)).nanvar(..);
        "np.nanvar(single(holes(x)), 0, keepdims=True)" => single(&holes(x)).nanvar_keepdims(0);
        "np.nanvar(single(holes(x)), -1, ddof=1)" => single(&holes(x)).nanvar_ddof(-1, 1);
        "np.nanstd(single(holes(x)), -1)" => single(&holes(x)).nanstd(-1);
        "np.nanstd(single(holes(x)), keepdims=True)" => single(&holes(x)).nanstd_keepdims(..);
        "np.nanstd(single(holes(x)), -1, ddof=1)" => single(&holes(x)).nanstd_ddof(-1, 1);
    },
};

/// Sums of products of deviations, which cancel: within 1e-9 of their own size.
pub(super) const COVARIANCES: Table = Table {
    inputs: Inputs::Tame,
    ulps: 4e6,
    cases: cases! { |x, y, d|
        "np.cov(x)" => numfuse::cov(x);
        "np.cov(x, ddof=0)" => x.cov_ddof(0);
        // Infinity times imaginary parts that are 0 but for NumPy's rounding would be compared.
        "np.cov(x.real, ddof=9)" => x.real().cov_ddof(9);
        "np.cov(x, y)" => x.cov_with(y);
        "np.cov(x.T)" => x.t().cov();
        "np.cov(x, bias=True)" => Covariance::default().ddof(0).of(x);
        "np.cov(x, rowvar=False)" => Covariance::default().in_columns().of(x);
        "np.cov(x, y[:1], rowvar=False)" => Covariance::default().in_columns().of_both(x, &y.i(..1));
        "np.cov(x, rowvar=False, ddof=-2)" => Covariance::default().in_columns().ddof(-2).of(x);
        "np.cov(x, fweights=np.arange(columns(x)) % 3)" => Covariance::default().repeated(&times(x)).of(x);
        "np.cov(x, fweights=np.arange(columns(x)) % 3, bias=True)" =>
            Covariance::default().repeated(&times(x)).ddof(0).of(x);
        // Beside 1, for what comes to 0 but for rounding.
        "np.cov(x, aweights=np.arange(columns(x)) + 0.5) + 1" =>
            Covariance::default().weighted(&weights(x)).of(x) + 1;
        "np.cov(x, y, fweights=np.arange(columns(x)) % 3, aweights=np.arange(columns(x)) + 0.5) + 1" =>
            Covariance::default().repeated(&times(x)).weighted(&weights(x)).of_both(x, y) + 1;
        "np.cov(x, fweights=np.arange(columns(x)) + 0.5)" => Covariance::default().repeated(&weights(x)).of(x);
        "np.cov(x, fweights=[-1] * columns(x))" => Covariance::default().repeated(&(zeros_like(&times(x)) - 1)).of(x);
        "np.cov(x, fweights=[1, 2])" => Covariance::default().repeated(&Array::from([1, 2])).of(x);
        "np.cov(x, aweights=[1, 2.5])" => Covariance::default().weighted(&Array::from([1.0, 2.5])).of(x);
        "np.cov(x, aweights=[[1, 2.5]])" => Covariance::default().weighted(&Array::from([[1.0, 2.5]])).of(x);
        "np.cov(x, aweights=[-1] * columns(x))" => Covariance::default().weighted(&(zeros_like(&times(x)) - 1)).of(x);
        "np.corrcoef(x, rowvar=False)" => Covariance::default().in_columns().correlations(x);
        "np.corrcoef(x, y, rowvar=False) + 3" => Covariance::default().in_columns().correlations_of_both(x, y) + 3;
        "np.corrcoef(x)" => numfuse::corrcoef(x);
        "np.corrcoef(x, y)" => x.corrcoef_with(y);
    },
};

/// As many whole numbers as there are observations.
fn times(x: &Array) -> Array {
    arange(x.shape().last().copied().unwrap_or(1)) % 3
}

/// As many numbers as there are observations.
fn weights(x: &Array) -> Array {
    arange(x.shape().last().copied().unwrap_or(1)) + 0.5
}

/// A third of the floats is NaN.
pub(super) fn holes(x: &Array) -> Array {
    if !x.try_dtype().is_ok_and(|dtype| dtype.is_float()) {
        return x.clone();
    }
    let third = (arange(x.size() as i64) % 3).equal(1).reshape(x.shape());
    where_(third, f64::NAN, x)
}

/// Floats from 1 on.
fn positive(x: &Array) -> Array {
    let is_float = x.try_dtype().is_ok_and(|dtype| dtype.is_inexact());
    let x = if is_float { x.clone() } else { x.cast(F64) };
    (x % 7).abs() + 1
}

/// Places along an axis, whose distances grow.
pub(super) fn uneven(x: &Array, axis: isize) -> Array {
    let place = if axis < 0 { x.ndim() as isize + axis } else { axis };
    let extent = x.shape().get(place as usize).copied().unwrap_or(0);
    (arange(extent as i64) + 1).cast(F64).square()
}

/// Half types as float32.
fn single(x: &Array) -> Array {
    if x.dtype().is_half() { x.cast(F32) } else { x.clone() }
}
