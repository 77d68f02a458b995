//! Views: shapes, orders of axes, diagonals and windows.

use super::{Inputs, Table, cases};
use numfuse::{broadcast_arrays, matrix_transpose, prelude::*};

pub(super) const SHAPES: Table = Table {
    inputs: Inputs::Edges,
    ulps: 0.0,
    cases: cases! { |x, y, d|
        "np.reshape(x, -1)" => x.reshape(-1);
        "np.reshape(x, (4, 3))" => x.reshape([4, 3]);
        "np.reshape(x, (2, -1))" => numfuse::reshape(x, [2, -1]);
        "np.reshape(x, (-1, 2, 3))" => x.reshape((-1, 2, 3));
        "np.reshape(x, ())" => x.reshape(());
        "np.reshape(x, (0, 7))" => x.reshape([0, 7]);
        "np.reshape(x, (-1, 0))" => x.reshape([-1, 0]);
        "np.reshape(x, (1, 12, 1))" => x.reshape([1, 12, 1]);
        "np.reshape(x.T, -1)" => x.t().reshape(-1);
        "np.reshape(x, (-1, -1))" => x.reshape([-1, -1]);
        "np.reshape(x, (-2, 6))" => x.reshape([-2, 6]);
        "x.reshape(3, 2, 2)" => x.reshape([3, 2, 2]);
        "np.ravel(x)" => numfuse::ravel(x);
        "np.ravel(x.T)" => x.t().ravel();
        "x.ravel()" => x.ravel();
        "x.flatten()" => x.flatten();
        "np.squeeze(x)" => numfuse::squeeze(x, ..);
        "np.squeeze(x[None, ..., None])" => x.i((NewAxis, Ellipsis, NewAxis)).squeeze(..);
        "np.squeeze(x[None, ..., None], -1)" => x.i((NewAxis, Ellipsis, NewAxis)).squeeze(-1);
        "np.squeeze(x[None, ..., None], (0, -1))" => x.i((NewAxis, Ellipsis, NewAxis)).squeeze([0, -1]);
        "np.squeeze(x[None], (0, 0))" => x.i(NewAxis).squeeze([0, 0]);
        "np.squeeze(x[None], 5)" => x.i(NewAxis).squeeze(5);
        "x[:1].squeeze(0)" => x.i(..1).squeeze(0);
        "np.squeeze(x, ())" => x.squeeze(());
        "np.squeeze(x, 1)" => x.squeeze(1);
        "np.expand_dims(x, 0)" => numfuse::expand_dims(x, 0);
        "np.expand_dims(x, -1)" => x.expand_dims(-1);
        "np.expand_dims(x, 1)" => x.expand_dims(1);
        "np.expand_dims(x, (0, -1))" => x.expand_dims([0, -1]);
        "np.expand_dims(x, (2, 0))" => x.expand_dims([2, 0]);
        "np.expand_dims(x, (0, 0))" => x.expand_dims([0, 0]);
        "np.expand_dims(x, ())" => x.expand_dims(());
        "np.broadcast_to(x, (2, 3, 4))" => numfuse::broadcast_to(x, [2, 3, 4]);
        "np.broadcast_to(x, (3, 4))" => x.broadcast_to([3, 4]);
        "np.broadcast_to(x, (2, 5))" => x.broadcast_to([2, 5]);
        "np.broadcast_to(x, (0,))" => x.broadcast_to(0);
        "np.broadcast_to(x, ())" => x.broadcast_to(());
        "np.broadcast_to(x, (-1, 4))" => x.broadcast_to([-1, 4]);
        "np.broadcast_arrays(x, x[..., :1])" => broadcast_arrays(&[x.clone(), x.i((Ellipsis, ..1))]);
        "np.broadcast_arrays(x, x[1:])" => broadcast_arrays(&[x.clone(), x.i(1..)]);
        "np.atleast_1d(x)" => numfuse::atleast_1d(x);
        "np.atleast_2d(x)" => numfuse::atleast_2d(x);
        "np.atleast_3d(x)" => numfuse::atleast_3d(x);
    },
};

pub(super) const AXES: Table = Table {
    inputs: Inputs::Edges,
    ulps: 0.0,
    cases: cases! { |x, y, d|
        "x.T" => x.t();
        "x.mT" => x.matrix_transpose();
        "np.matrix_transpose(x)" => matrix_transpose(x);
        "np.transpose(x)" => numfuse::transpose(x);
        "np.transpose(x, (1, 0))" => x.permute([1, 0]);
        "np.transpose(x, (-1, 0))" => x.permute([-1, 0]);
        "np.transpose(x, (2, 0, 1))" => x.permute([2, 0, 1]);
        "np.transpose(x, (0, 0))" => x.permute([0, 0]);
        "np.transpose(x, (0, 2))" => x.permute([0, 2]);
        "np.permute_dims(x, ())" => x.permute(());
        "np.moveaxis(x, 0, -1)" => numfuse::moveaxis(x, 0, -1);
        "np.moveaxis(x, -1, 0)" => x.moveaxis(-1, 0);
        "np.moveaxis(x, (0, 1), (-1, -2))" => x.moveaxis([0, 1], [-1, -2]);
        "np.moveaxis(x, (2, 0), (0, 1))" => x.moveaxis([2, 0], [0, 1]);
        "np.moveaxis(x, (0, 0), (0, 1))" => x.moveaxis([0, 0], [0, 1]);
        "np.moveaxis(x, (0, 1), (1, 1))" => x.moveaxis([0, 1], [1, 1]);
        "np.moveaxis(x, (0, 1), 0)" => x.moveaxis([0, 1], 0);
        "np.moveaxis(x, 0, 7)" => x.moveaxis(0, 7);
        "np.swapaxes(x, 0, 1)" => numfuse::swapaxes(x, 0, 1);
        "np.swapaxes(x, -1, 0)" => x.swapaxes(-1, 0);
        "np.swapaxes(x, 2, 0)" => x.swapaxes(2, 0);
        "np.flip(x)" => numfuse::flip(x, ..);
        "np.flip(x, 0)" => x.flip(0);
        "np.flip(x, -1)" => x.flip(-1);
        "np.flip(x, (0, 1))" => x.flip([0, 1]);
        "np.flip(x, (0, 0))" => x.flip([0, 0]);
        "np.flip(x, ())" => x.flip(());
        "np.flipud(x)" => numfuse::flipud(x);
        "np.fliplr(x)" => numfuse::fliplr(x);
        "np.rot90(x)" => numfuse::rot90(x, 1);
        "np.rot90(x, 2)" => x.rot90(2);
        "np.rot90(x, -1)" => x.rot90(-1);
        "np.rot90(x, 4)" => x.rot90(4);
        "np.swapaxes(x[..., None], 0, -1).T" => x.i((Ellipsis, NewAxis)).swapaxes(0, -1).t();
    },
};

pub(super) const DIAGONALS: Table = Table {
    inputs: Inputs::Edges,
    ulps: 0.0,
    cases: cases! { |x, y, d|
        "np.diagonal(x)" => numfuse::diagonal(x, 0);
        "np.diagonal(x, 1)" => x.diagonal(1);
        "np.diagonal(x, -2)" => x.diagonal(-2);
        "np.diagonal(x, 9)" => x.diagonal(9);
        "np.diagonal(x, -9)" => x.diagonal(-9);
        "np.diagonal(x, 0, 1, 0)" => x.diagonal_of(0, 1, 0);
        "np.diagonal(x, 1, -1, 0)" => x.diagonal_of(1, -1, 0);
        "np.diagonal(x, 0, 2, 1)" => x.diagonal_of(0, 2, 1);
        "np.diagonal(x, 0, 1, 1)" => x.diagonal_of(0, 1, 1);
        "np.diagonal(np.flip(x, 0).T, 1)" => x.flip(0).t().diagonal(1);
        "np.tril(x)" => numfuse::tril(x, 0);
        "np.tril(x, 1)" => x.tril(1);
        "np.tril(x, -2)" => x.tril(-2);
        "np.tril(x, 99)" => x.tril(99);
        "np.triu(x)" => numfuse::triu(x, 0);
        "np.triu(x, 2)" => x.triu(2);
        "np.triu(x, -1)" => x.triu(-1);
        "np.triu(x, 99)" => x.triu(99);
        "np.lib.stride_tricks.sliding_window_view(x, 2, 0)" => numfuse::sliding_window_view(x, 2, 0);
        "np.lib.stride_tricks.sliding_window_view(x, 3)" => x.sliding_window_view(3, ..);
        "np.lib.stride_tricks.sliding_window_view(x, (2, 3))" => x.sliding_window_view([2, 3], ..);
        "np.lib.stride_tricks.sliding_window_view(x, 2, -1)" => x.sliding_window_view(2, -1);
        "np.lib.stride_tricks.sliding_window_view(x, (2, 2), (1, 0))" =>
            x.sliding_window_view([2, 2], [1, 0]);
        "np.lib.stride_tricks.sliding_window_view(x, (2, 2), (0, 0))" =>
            x.sliding_window_view([2, 2], [0, 0]);
        "np.lib.stride_tricks.sliding_window_view(x, (1, 2), 0)" => x.sliding_window_view([1, 2], 0);
        "np.lib.stride_tricks.sliding_window_view(x, 0, 0)" => x.sliding_window_view(0, 0);
        "np.lib.stride_tricks.sliding_window_view(x, -1, 0)" => x.sliding_window_view(-1, 0);
        "np.lib.stride_tricks.sliding_window_view(x, 7, 0)" => x.sliding_window_view(7, 0);
    },
};
