//! Reductions as they are called: over one axis, several, all and none, kept and dropped, and those
//! that are no single fold.

use super::{Inputs, Table, cases};
use numfuse::prelude::*;

/// Integer results are exact; float sums differ by the order of the elements.
const ULPS: f64 = 60.0;

pub(super) const AXES: Table = Table {
    inputs: Inputs::Tame,
    ulps: ULPS,
    cases: cases! { |x, y, d|
        "np.sum(x)" => numfuse::sum(x, ..);
        "np.sum(x, (0, -1))" => x.sum([0, -1]);
        "np.sum(x, ())" => x.sum(());
        "np.sum(x, 5)" => x.sum(5);
        "np.sum(x, (0, 0))" => x.sum([0, 0]);
        "np.sum(x, (1, 0), keepdims=True)" => x.sum_keepdims([1, 0]);
        "np.prod(x, -1)" => numfuse::prod(x, -1);
        "np.prod(x, (0, 1))" => x.prod((0, 1));
        "np.prod(x, keepdims=True)" => x.prod_keepdims(..);
        "np.min(x, 0)" => numfuse::min(x, 0);
        "np.min(x, (0, 1), keepdims=True)" => x.min_keepdims([0, 1]);
        "np.max(x, -1)" => numfuse::max(x, -1);
        "np.max(x, (0, -1))" => x.max([0, -1]);
        "np.max(x, 1, keepdims=True)" => x.max_keepdims(1);
        "np.any(x, 0)" => numfuse::any(x, 0);
        "np.any(x, (0, 1))" => x.any([0, 1]);
        "np.any(x, -1, keepdims=True)" => x.any_keepdims(-1);
        "np.all(x)" => numfuse::all(x, ..);
        "np.all(x, 1)" => x.all(1);
        "np.all(x, 0, keepdims=True)" => x.all_keepdims(0);
        "np.argmin(x)" => numfuse::argmin(x, ..);
        "np.argmin(x, -1)" => x.argmin(-1);
        "np.argmin(x, 0, keepdims=True)" => x.argmin_keepdims(0);
        "np.argmax(x, 1)" => numfuse::argmax(x, 1);
        "np.argmax(x, keepdims=True)" => x.argmax_keepdims(..);
        "np.count_nonzero(x, (0, 1))" => numfuse::count_nonzero(x, [0, 1]);
        "np.count_nonzero(x, 0, keepdims=True)" => x.count_nonzero_keepdims(0);
        "np.ptp(x, -1)" => numfuse::ptp(x, -1);
        "np.ptp(x, (0, 1), keepdims=True)" => x.ptp_keepdims([0, 1]);
        "np.trace(x)" => numfuse::trace(x, 0);
        "np.trace(x, 1)" => x.trace(1);
        "np.trace(x, -9)" => x.trace(-9);
        "np.sum(x, dtype=np.int16)" => x.sum_as(.., I16);
        "np.sum(x, 0, dtype=np.float32)" => x.sum_as(0, F32);
        "np.sum(x, -1, dtype=bool)" => x.sum_as(-1, BOOL);
        "np.prod(np.abs(x), 0, dtype=np.uint8)" => x.absolute().prod_as(0, U8);
        "np.prod(x, dtype=np.float64)" => x.prod_as(.., F64);
        "np.mean(x, 0, dtype=np.float64)" => x.mean_as(0, F64);
        "np.var(x, dtype=np.float64)" => x.var_as(.., F64);
        "np.std(x, 0, dtype=np.float64)" => x.std_as(0, F64);
        "np.cumsum(x, dtype=np.float64)" => x.cumsum_as(.., F64);
        "np.cumsum(x, -1, dtype=np.int16)" => x.cumsum_as(-1, I16);
        "np.cumprod(x, 0, dtype=np.float64)" => x.cumprod_as(0, F64);
    },
};

pub(super) const MOMENTS: Table = Table {
    inputs: Inputs::Tame,
    ulps: ULPS,
    cases: cases! { |x, y, d|
        "np.mean(x)" => numfuse::mean(x, ..);
        "np.mean(x, (0, -1))" => x.mean([0, -1]);
        "np.mean(x, 1, keepdims=True)" => x.mean_keepdims(1);
        "np.var(x, 0)" => numfuse::var(x, 0);
        "np.var(x, (0, 1))" => x.var([0, 1]);
        "np.var(x, -1, keepdims=True)" => x.var_keepdims(-1);
        "np.var(x, ddof=1)" => x.var_ddof(.., 1);
        "np.var(x, 0, ddof=2)" => x.var_ddof(0, 2);
        "np.var(x, 0, ddof=50)" => x.var_ddof(0, 50);
        "np.std(x, -1)" => numfuse::std(x, -1);
        "np.std(x, 0, keepdims=True)" => x.std_keepdims(0);
        "np.std(x, -1, ddof=1)" => x.std_ddof(-1, 1);
        "np.linalg.norm(x)" => numfuse::norm(x, ..);
        "np.linalg.norm(x, axis=0)" => x.norm(0);
        "np.linalg.norm(x, axis=(0, 1))" => x.norm([0, 1]);
        "np.linalg.norm(x, axis=-1, keepdims=True)" => x.norm_keepdims(-1);
        "np.linalg.vector_norm(floating(x))" => x.norm(..);
        "logsumexp(floating(x))" => numfuse::logsumexp(x, ..);
        "logsumexp(floating(x), 0)" => x.logsumexp(0);
        "logsumexp(floating(x), (0, 1), True)" => x.logsumexp_keepdims([0, 1]);
        "softmax(floating(x))" => numfuse::softmax(x, ..);
        "softmax(floating(x), -1)" => x.softmax(-1);
        "softmax(floating(x), (0, 1))" => x.softmax([0, 1]);
    },
};
