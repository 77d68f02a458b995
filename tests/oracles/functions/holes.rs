//! Reductions that leave NaN out, of arrays in which every third number and the whole second column are NaN.

use super::{Inputs, Table, cases};
use numfuse::prelude::*;

/// One of the elements, or its place.
pub(super) const CHOICES: Table = Table {
    inputs: Inputs::Holes,
    ulps: 0.0,
    cases: cases! { |x, y, d|
        "np.nanmin(x)" => numfuse::nanmin(x, ..);
        "np.nanmin(x, 0)" => x.nanmin(0);
        "np.nanmin(x, -1)" => x.nanmin(-1);
        "np.nanmin(x, (0, 1), keepdims=True)" => x.nanmin_keepdims([0, 1]);
        "np.nanmax(x)" => numfuse::nanmax(x, ..);
        "np.nanmax(x, 0)" => x.nanmax(0);
        "np.nanmax(x, 7)" => x.nanmax(7);
        "np.nanmax(x, -1, keepdims=True)" => x.nanmax_keepdims(-1);
        "np.nanargmin(x)" => numfuse::nanargmin(x, ..);
        "np.nanargmin(x, -1)" => x.nanargmin(-1);
        "np.nanargmin(x, 0)" => x.nanargmin(0);
        "np.nanargmin(x[..., :1], 0)" => x.i((Ellipsis, ..1)).nanargmin(0);
        "np.nanargmin(x, -1, keepdims=True)" => x.nanargmin_keepdims(-1);
        "np.nanargmax(x)" => numfuse::nanargmax(x, ..);
        "np.nanargmax(x, -1)" => x.nanargmax(-1);
        "np.nanargmax(x, keepdims=True)" => x.nanargmax_keepdims(..);
    },
};

/// Sums in another order than NumPy's.
pub(super) const SUMS: Table = Table {
    inputs: Inputs::Holes,
    ulps: 12.0,
    cases: cases! { |x, y, d|
        "np.nansum(x)" => numfuse::nansum(x, ..);
        "np.nansum(x, 0)" => x.nansum(0);
        "np.nansum(x, (0, 1))" => x.nansum([0, 1]);
        "np.nansum(x, -1, keepdims=True)" => x.nansum_keepdims(-1);
        "np.nansum(x, (0, 0))" => x.nansum([0, 0]);
        "np.nanprod(x, 0)" => numfuse::nanprod(x, 0);
        "np.nanprod(x, -1)" => x.nanprod(-1);
        "np.nanprod(x[:1], keepdims=True)" => x.i(..1).nanprod_keepdims(..);
        "np.nanmean(x)" => numfuse::nanmean(x, ..);
        "np.nanmean(x, 0)" => x.nanmean(0);
        "np.nanmean(x, -1, keepdims=True)" => x.nanmean_keepdims(-1);
        "np.nanvar(x)" => numfuse::nanvar(x, ..);
        "np.nanvar(x, 0)" => x.nanvar(0);
        "np.nanvar(x, 0, ddof=1)" => x.nanvar_ddof(0, 1);
        "np.nanvar(x, -1, ddof=9)" => x.nanvar_ddof(-1, 9);
        "np.nanvar(x, -1, keepdims=True)" => x.nanvar_keepdims(-1);
        "np.nanstd(x)" => numfuse::nanstd(x, ..);
        "np.nanstd(x, 0)" => x.nanstd(0);
        "np.nanstd(x, -1, ddof=1)" => x.nanstd_ddof(-1, 1);
        "np.nanstd(x, (0, 1), keepdims=True)" => x.nanstd_keepdims([0, 1]);
    },
};
