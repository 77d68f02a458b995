//! Parts put in, left out and set together, and bytes.

use super::{Inputs, Table, cases};
use numfuse::prelude::*;
use numfuse::{block, meshgrid_ij};

pub(super) const EDITS: Table = Table {
    inputs: Inputs::Edges,
    ulps: 0.0,
    cases: cases! { |x, y, d|
        "np.delete(x, 1)" => x.delete(1, ..);
        "np.delete(x, [0, -1], 0)" => x.delete([0, -1], 0);
        "np.delete(x, [0, 0], 0)" => x.delete([0, 0], 0);
        "np.delete(x, [], -1)" => x.delete((), -1);
        "np.delete(x, [0, 1, 2], 0)" => x.delete([0, 1, 2], 0);
        "np.delete(x, 7, 0)" => x.delete(7, 0);
        "np.insert(x, 1, 5)" => x.insert(1, &Array::scalar(5i64), ..);
        "np.insert(x, 0, 7, -1)" => x.insert(0, &Array::scalar(7i64), -1);
        "np.insert(x, -1, x[:1], 0)" => x.insert(-1, &x.i(..1), 0);
        "np.insert(x, 9, 1, 0)" => x.insert(9, &Array::scalar(1i64), 0);
        "np.resize(x, (2, 3))" => numfuse::resize(x, [2, 3]);
        "np.resize(x, (3, 7))" => x.resize([3, 7]);
        "np.resize(x, ())" => x.resize(());
        "np.resize(x, (2, -3))" => x.resize([2, -3]);
        "np.piecewise(x, [x < 3, x > 5], [1, 2, 3])" =>
            x.piecewise(&[x.less(3), x.greater(5)], &[1.into(), 2.into()], 3);
        "np.piecewise(x, [x < 3, x < 2], [lambda v: v, lambda v: v * v])" =>
            x.piecewise(&[x.less(3), x.less(2)], &[x.into(), (x * x).into()], 0);
        "np.vsplit(x, 3)" => x.vsplit(3);
        "np.hsplit(x, 2)" => x.hsplit(2);
        "np.hsplit(x, 1)" => numfuse::hsplit(x, 1);
        "np.dsplit(x, 2)" => x.dsplit(2);
        "np.select([x > 3, x > 1], [x, x + x], 7)" =>
            numfuse::select(&[x.greater(3), x.greater(1)], &[x.clone(), x + x], 7);
        "np.diag(x)" => x.diag(0);
        "np.diag(x, -1)" => numfuse::diag(x, -1);
        "np.diagflat(x, 1)" => numfuse::diagflat(x, 1);
        "np.vander(x.ravel()[:5] % 5, 3)" => numfuse::vander(&(x.ravel().i(..5) % 5), 3, false);
        "np.vander(x.ravel()[:5] % 5, 3, increasing=True)" => numfuse::vander(&(x.ravel().i(..5) % 5), 3, true);
        "np.vander(x, 2)" => numfuse::vander(x, 2, false);
    },
};

pub(super) const JOINED: Table = Table {
    inputs: Inputs::Pairs,
    ulps: 0.0,
    cases: cases! { |x, y, d|
        "np.append(x, y)" => numfuse::append(x, y, ..);
        "np.append(x, y, 0)" => x.append(y, 0);
        "np.append(x, y[:1], 0)" => x.append(&y.i(..1), 0);
        "np.append(x, y[..., :1], 0)" => x.append(&y.i((Ellipsis, ..1)), 0);
        "np.block([[x, y], [y, x]])" => block([[x, y], [y, x]]);
        "np.block([[x, y[:1]]])" => block([[x, &y.i(..1)]]);
        "np.block([[x], [y[..., :1]]])" => block([[x], [&y.i((Ellipsis, ..1))]]);
        "np.meshgrid(x.ravel()[:3], y.ravel()[:4], indexing='ij')" =>
            meshgrid_ij(&[x.ravel().i(..3), y.ravel().i(..4)]);
        "list(np.broadcast_shapes(x.shape, y[:1].shape)) # broadcast_shapes" =>
            together(x, &y.i(..1));
        "[np.can_cast(x.dtype, y.dtype), np.can_cast(y.dtype, x.dtype)] # can_cast" =>
            vec![
                Array::scalar(numfuse::can_cast(x.dtype(), y.dtype())),
                Array::scalar(numfuse::can_cast(y.dtype(), x.dtype())),
            ];
        "np.zeros(1, np.promote_types(x.dtype, y.dtype)) # promote_types" =>
            zeros(1, numfuse::promote_types(x.dtype(), y.dtype()));
        "np.zeros(1, np.result_type(x.reshape(-1)[:1], y.reshape(-1)[:1])) # result_type" =>
            zeros(1, numfuse::result_type(&[x, y]));
    },
};

/// The extents to which two arrays broadcast.
fn together(x: &Array, y: &Array) -> Result<Vec<Array>, numfuse::Error> {
    let shape = numfuse::broadcast_shapes(&[x.try_shape()?, y.try_shape()?])?;
    Ok(shape.into_iter().map(|n| Array::scalar(n as i64)).collect())
}

pub(super) const BYTES: Table = Table {
    inputs: Inputs::Edges,
    ulps: 0.0,
    cases: cases! { |x, y, d|
        "np.frombuffer(x.tobytes(), np.uint8) # ndarray.tobytes" => x.tobytes().map(Array::from);
        "np.frombuffer(x.tobytes(), d)" => x.tobytes().map(|bytes| Array::frombuffer(&bytes, d));
        "np.array(x.tolist(), d).reshape(x.shape) # ndarray.tolist array" => super::index::again(x);
        "np.array(x.item(), d) # ndarray.item" => super::index::item(x);
        "np.ascontiguousarray(x).reshape(x.shape).view(np.uint8) # ndarray.view" => x.view(U8);
        "np.ascontiguousarray(x).reshape(x.shape).view(np.int32) # ndarray.view" => x.view(I32);
        "np.save(io.BytesIO(), x) or npy(x) # save" => x.to_npy().map(Array::from);
    },
};
