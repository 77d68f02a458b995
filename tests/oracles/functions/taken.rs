//! Elements by index, places and products, on every type and arrangement. More of each is compared in
//! `take.rs` and `products.rs`.

use super::{Inputs, Table, cases};
use numfuse::prelude::*;
use numfuse::{Mode, Side, einsum, linalg, multi_dot};

pub(super) const TAKEN: Table = Table {
    inputs: Inputs::Edges,
    ulps: 0.0,
    cases: cases! { |x, y, d|
        "np.take(x, [0, -1, 2], 0)" => numfuse::take(x, Array::from([0, -1, 2]), 0);
        "np.take(x, [[0, 0], [-1, 0]])" => x.take(Array::from([[0, 0], [-1, 0]]), ..);
        "np.take(x, [9, -9], -1, mode='wrap')" => x.take_mode(Array::from([9, -9]), -1, Mode::Wrap);
        "np.take_along_axis(x, np.argmax(x, -1, keepdims=True), -1)" =>
            numfuse::take_along_axis(x, &x.argmax_keepdims(-1), -1);
        "np.choose(np.arange(x.size).reshape(x.shape) % 2, [x, y])" =>
            (arange(x.size() as i64) % 2).reshape(x.shape()).choose([x, y]);
        "np.compress([True, False, True], x, 0)" => x.compress(&Array::from([true, false, true]), 0);
        "np.extract(x > y, x)" => numfuse::extract(&x.greater(y), x);
        "np.nonzero(x)" => x.nonzero();
        "np.flatnonzero(x)" => x.flatnonzero();
        "np.argwhere(x)" => numfuse::argwhere(x);
        "np.searchsorted(np.array([-3, 0, 1, 1, 7]), x)" =>
            Array::from([-3i64, 0, 1, 1, 7]).searchsorted(x, Side::Left);
        "np.searchsorted(np.array([0, 1, 1, 7], d), x, 'right')" =>
            numfuse::searchsorted(&Array::from([0, 1, 1, 7]).cast(d), x, Side::Right);
        "np.digitize(np.nan_to_num(x), np.array([0, 1, 3, 7]))" =>
            x.nan_to_num().digitize(&Array::from([0i64, 1, 3, 7]), false);
        "np.digitize(np.nan_to_num(x), np.array([7.5, 2.0, -1.0]), right=True)" =>
            numfuse::digitize(&x.nan_to_num(), &Array::from([7.5, 2.0, -1.0]), true);
        "x[np.array([0, -1])]" => x.i(Array::from([0, -1]));
        "x[x > y]" => x.i(x.greater(y));
        "x.take(0) # ndarray.take" => x.take(0, ..);
        "x.compress([True]) # ndarray.compress" => x.compress(&Array::from([true]), ..);
    },
};

pub(super) const PLACES: Table = Table {
    inputs: Inputs::Edges,
    ulps: 0.0,
    cases: cases! { |x, y, d|
        "np.diag_indices_from(x)" => numfuse::diag_indices_from(x);
        "np.diag_indices_from(x[:, :3])" => numfuse::diag_indices_from(&x.i((.., ..3)));
        "np.tril_indices_from(x)" => numfuse::tril_indices_from(x, 0);
        "np.tril_indices_from(x, 1)" => numfuse::tril_indices_from(x, 1);
        "np.triu_indices_from(x)" => numfuse::triu_indices_from(x, 0);
        "np.triu_indices_from(x, -1)" => numfuse::triu_indices_from(x, -1);
        "np.ix_(x > 0, x < 2)" => numfuse::ix_([x.greater(0), x.less(2)]);
        "np.ix_(x.ravel(), y.ravel()[:2])" => numfuse::ix_([x.ravel(), y.ravel().i(..2)]);
        "np.ravel_multi_index((x, x), (100, 200))" => numfuse::ravel_multi_index([x, x], [100, 200]);
        "np.ravel_multi_index((np.clip(x, 0, 4), np.clip(y, 0, 5)), (5, 6))" =>
            numfuse::ravel_multi_index([x.clip(0, 4), y.clip(0, 5)], [5, 6]);
        "np.ravel_multi_index((x,), (5, 6))" => numfuse::ravel_multi_index([x], [5, 6]);
        "np.unravel_index(np.clip(x, 0, 29), (5, 6))" => numfuse::unravel_index(&x.clip(0, 29), [5, 6]);
        "np.unravel_index(np.clip(x, 0, 23), (2, 3, 4))" => numfuse::unravel_index(&x.clip(0, 23), [2, 3, 4]);
    },
};

/// Sums of products: NumPy's float order is its library's.
pub(super) const PRODUCTS: Table = Table {
    inputs: Inputs::Tame,
    ulps: 60.0,
    cases: cases! { |x, y, d|
        "np.matmul(x, y.T)" => numfuse::matmul(x, &y.t());
        "np.matvec(x, y[0])" => numfuse::matvec(x, &y.i(0));
        "np.vecmat(x[..., 0], y)" => numfuse::vecmat(&x.i((Ellipsis, 0)), y);
        "np.vecdot(x, y)" => numfuse::vecdot(x, y);
        "np.dot(x, y.T)" => numfuse::dot(x, &y.t());
        "np.vdot(x, y)" => numfuse::vdot(x, y);
        "np.inner(x, y)" => numfuse::inner(x, y);
        "np.kron(x[..., :3], y[..., :2])" => numfuse::kron(&x.i((Ellipsis, ..3)), &y.i((Ellipsis, ..2)));
        "np.tensordot(x, y.T, 1)" => numfuse::tensordot(x, &y.t(), 1);
        "np.einsum('ij,ij->i', x, y)" => einsum("ij,ij->i", [x, y]);
        "np.einsum('...i,...i->...', x, y)" => einsum("...i,...i->...", [x, y]);
        "np.cross(x[..., :3], y[..., :3])" => numfuse::cross(&x.i((Ellipsis, ..3)), &y.i((Ellipsis, ..3)));
        "np.linalg.multi_dot([x, y.T, x])" => multi_dot([x, &y.t(), x]);
        "np.linalg.matmul(x, y.T)" => linalg::matmul(x, &y.t());
        "np.linalg.tensordot(x, y.T, axes=1)" => linalg::tensordot(x, &y.t(), 1);
        "np.linalg.vecdot(x, y)" => linalg::vecdot(x, y);
        "np.linalg.cross(x[..., :3], y[..., :3])" => linalg::cross(&x.i((Ellipsis, ..3)), &y.i((Ellipsis, ..3)));
        "np.linalg.outer(x.ravel()[:5], y.ravel())" => linalg::outer(&x.ravel().i(..5), &y.ravel());
        "np.linalg.outer(x, y)" => linalg::outer(x, y);
        "np.linalg.trace(x)" => linalg::trace(x, 0);
        "np.linalg.trace(x, offset=1)" => linalg::trace(x, 1);
        "np.linalg.diagonal(x)" => linalg::diagonal(x, 0);
        "np.linalg.diagonal(x, offset=-1)" => linalg::diagonal(x, -1);
        "np.linalg.matrix_transpose(x)" => linalg::matrix_transpose(x);
        "np.linalg.matrix_norm(floating(x))" => linalg::matrix_norm(x);
        "np.linalg.vector_norm(floating(x), axis=-1)" => linalg::vector_norm(x, -1);
        "np.linalg.norm(floating(x).ravel())" => linalg::norm(&x.ravel(), ..);
    },
};
