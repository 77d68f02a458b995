//! Folds and scans, of all elements and along either axis of a square.

use super::{EVERY, FLOATS, calls};
use numfuse::prelude::*;

calls! {
    /// Folds.
    FOLDS of EVERY, |x y p u a b m n s d|
    "np.sum(x) # sum ndarray.sum ufunc.reduce" => x.sum(..);
    "np.sum(a, 0) # sum" => a.sum(0);
    "np.sum(a, 1) # sum" => a.sum(1);
    "np.prod(u) # prod ndarray.prod" => u.prod(..);
    "np.min(x) # min amin ndarray.min" => x.min(..);
    "np.min(a, 0) # min" => a.min(0);
    "np.max(x) # max amax ndarray.max" => x.max(..);
    "np.max(a, 1) # max" => a.max(1);
    "np.ptp(x)" => x.ptp(..);
    "np.argmin(x) # argmin ndarray.argmin" => x.argmin(..);
    "np.argmax(x) # argmax ndarray.argmax" => x.argmax(..);
    "np.argmax(a, 0) # argmax" => a.argmax(0);
    "np.argmax(a, 1) # argmax" => a.argmax(1);
    "np.any(x) # any ndarray.any" => x.any(..);
    "np.any(x != x) # any" => x.not_equal(x).any(..);
    "np.all(x) # all ndarray.all" => x.all(..);
    "np.all(p) # all" => p.all(..);
    "np.all(a, 0) # all" => a.all(0);
    "np.any(a, 1) # any" => a.any(1);
    "np.count_nonzero(x)" => x.count_nonzero(..);
    "np.count_nonzero(a, 0)" => a.count_nonzero(0);
    "np.mean(x) # mean ndarray.mean" => x.mean(..);
    "np.mean(a, 0) # mean" => a.mean(0);
    "np.mean(a, 1) # mean" => a.mean(1);
    "np.var(x) # var ndarray.var" => x.var(..);
    "np.var(a, 0) # var" => a.var(0);
    "np.std(x) # std ndarray.std" => x.std(..);
    "np.std(a, 1) # std" => a.std(1);
    "np.average(a, axis=1)" => a.average(1);
    "np.average(a, axis=0, weights=a[:, 0] + 200)" => a.average_weighted(&(a.i((.., 0)) + 200), 0);
    "np.trace(a) # trace ndarray.trace linalg.trace" => a.trace(0);
    "np.linalg.norm(x) # linalg.norm linalg.vector_norm" => x.norm(..);
    "np.linalg.norm(a, axis=1) # linalg.matrix_norm" => a.norm(1);
}

calls! {
    /// Folds that leave NaN out, where the half is NaN.
    HOLES of FLOATS, |x y p u a b m n s d|
    "np.nansum(np.where(m, x, np.nan))" => where_(m, x, f64::NAN).nansum(..);
    "np.nanprod(np.where(m, u, np.nan))" => where_(m, u, f64::NAN).nanprod(..);
    "np.nanmin(np.where(m, x, np.nan))" => where_(m, x, f64::NAN).nanmin(..);
    "np.nanmax(np.where(m, x, np.nan))" => where_(m, x, f64::NAN).nanmax(..);
    "np.nanargmin(np.where(m, x, np.nan))" => where_(m, x, f64::NAN).nanargmin(..);
    "np.nanargmax(np.where(m, x, np.nan))" => where_(m, x, f64::NAN).nanargmax(..);
    "np.nanmean(np.where(m, x, np.nan))" => where_(m, x, f64::NAN).nanmean(..);
    "np.nanvar(np.where(m, x, np.nan))" => where_(m, x, f64::NAN).nanvar(..);
    "np.nanstd(np.where(m, x, np.nan))" => where_(m, x, f64::NAN).nanstd(..);
    "np.nansum(x)" => x.nansum(..);
    "np.nanmax(x)" => x.nanmax(..);
    "np.nanmean(a, 0)" => a.nanmean(0);
    "np.nanmean(a, 1)" => a.nanmean(1);
    "np.nancumsum(x)" => x.nancumsum(..);
    "np.nancumprod(u)" => u.nancumprod(..);
}

calls! {
    /// Scans.
    SCANS of EVERY, |x y p u a b m n s d|
    "np.cumsum(x) # cumsum ndarray.cumsum cumulative_sum" => x.cumsum(..);
    "np.cumsum(a, 0) # cumsum" => a.cumsum(0);
    "np.cumsum(a, 1) # cumsum" => a.cumsum(1);
    "np.cumprod(u) # cumprod ndarray.cumprod cumulative_prod" => u.cumprod(..);
    "np.maximum.accumulate(x) # ufunc.accumulate" => x.cummax(..);
    "np.minimum.accumulate(a, 0) # ufunc.accumulate" => a.cummin(0);
}
