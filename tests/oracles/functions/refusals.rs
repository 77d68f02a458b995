//! What NumPy refuses, and says. `x` and `y` are a float64 matrix of 3 by 4.

use super::{Inputs, Table, cases};
use numfuse::prelude::*;
use numfuse::{broadcast_arrays, column_stack, dstack, hstack, identity, tri, vstack};

pub(super) const OF_SHAPES: Table = Table {
    inputs: Inputs::Refused,
    ulps: 0.0,
    cases: cases! { |x, y, d|
        "np.reshape(x, 5)" => x.reshape(5);
        "np.reshape(x, (5, -1))" => x.reshape([5, -1]);
        "np.reshape(x, (-1, 5))" => x.reshape([-1, 5]);
        "np.reshape(x, (-1, 5, -1))" => x.reshape([-1, 5, -1]);
        "np.reshape(x, ())" => x.reshape(());
        "np.reshape(x, (0, -1))" => x.reshape([0, -1]);
        "np.reshape(x, (2**62, 4))" => x.reshape([1isize << 62, 4]);
        "np.reshape(np.array([1.0, 2.0]), (2, 2))" => Array::from_vec(vec![1.0, 2.0], [2, 2]);
        "np.array([[1, 2], [3]])" => Array::from(vec![vec![1, 2], vec![3]]);
        "np.squeeze(x, 0)" => x.squeeze(0);
        "np.squeeze(x, 2)" => x.squeeze(2);
        "np.squeeze(x, (0, 0))" => x.squeeze([0, 0]);
        "np.expand_dims(x, 9)" => x.expand_dims(9);
        "np.expand_dims(x, (0, 0))" => x.expand_dims([0, 0]);
        "np.expand_dims(x, tuple(range(64)))" => x.expand_dims((0..64).collect::<Vec<isize>>());
        "np.broadcast_to(x, 4)" => x.broadcast_to(4);
        "np.broadcast_to(x, (4, 4))" => x.broadcast_to([4, 4]);
        "np.broadcast_to(x, ())" => x.broadcast_to(());
        "np.broadcast_to(x, (-1, 4))" => x.broadcast_to([-1, 4]);
        "np.broadcast_to(x, [1] * 63 + [3, 4])" => x.broadcast_to([vec![1; 63], vec![3, 4]].concat());
        "np.broadcast_to(x, (2**61, 3, 4))" => x.broadcast_to([1usize << 61, 3, 4]);
        "np.broadcast_arrays(x, x[:2])" => broadcast_arrays(&[x.clone(), x.i(..2)]);
        "np.broadcast_arrays(x[:1], x[:, :1], x[:, :3])" =>
            broadcast_arrays(&[x.i(..1), x.i((.., ..1)), x.i((.., ..3))]);
        "np.transpose(x, 0)" => x.permute(0);
        "np.transpose(x, (0, 0))" => x.permute([0, 0]);
        "np.transpose(x, (0, 2))" => x.permute([0, 2]);
        "np.transpose(x, (0, -3))" => x.permute([0, -3]);
        "np.moveaxis(x, 2, 0)" => x.moveaxis(2, 0);
        "np.moveaxis(x, 0, -3)" => x.moveaxis(0, -3);
        "np.moveaxis(x, (0, 0), (1, 0))" => x.moveaxis([0, 0], [1, 0]);
        "np.moveaxis(x, (0, 1), (1, 1))" => x.moveaxis([0, 1], [1, 1]);
        "np.moveaxis(x, (0, 1), 0)" => x.moveaxis([0, 1], 0);
        "np.swapaxes(x, 0, 5)" => x.swapaxes(0, 5);
        "np.flip(x, 2)" => x.flip(2);
        "np.flip(x, (1, 1))" => x.flip([1, 1]);
        "np.flipud(x[0, 0])" => x.i((0, 0)).flipud();
        "np.fliplr(x[0])" => x.i(0).fliplr();
        "np.rot90(x[0])" => x.i(0).rot90(1);
        "x[0].mT" => x.i(0).matrix_transpose();
        "np.matrix_transpose(x[0])" => x.i(0).matrix_transpose();
        "np.diagonal(x[0])" => x.i(0).diagonal(0);
        "np.diagonal(x, 0, 0, 5)" => x.diagonal_of(0, 0, 5);
        "np.diagonal(x, 0, 1, -1)" => x.diagonal_of(0, 1, -1);
        "np.trace(x[0])" => x.i(0).trace(0);
        "np.tril(x[0, 0])" => x.i((0, 0)).tril(0);
        "np.triu(x[0, 0])" => x.i((0, 0)).triu(0);
        "np.lib.stride_tricks.sliding_window_view(x, 2)" => x.sliding_window_view(2, ..);
        "np.lib.stride_tricks.sliding_window_view(x, 5, 0)" => x.sliding_window_view(5, 0);
        "np.lib.stride_tricks.sliding_window_view(x, -1, 0)" => x.sliding_window_view(-1, 0);
        "np.lib.stride_tricks.sliding_window_view(x, 2, 7)" => x.sliding_window_view(2, 7);
        "np.lib.stride_tricks.sliding_window_view(x, (2, 2), 0)" => x.sliding_window_view([2, 2], 0);
    },
};

pub(super) const OF_INDICES: Table = Table {
    inputs: Inputs::Refused,
    ulps: 0.0,
    cases: cases! { |x, y, d|
        "x[3]" => x.i(3);
        "x[-4]" => x.i(-4);
        "x[0, 4]" => x.i((0, 4));
        "x[2**63 - 1]" => x.i(isize::MAX);
        "x[0, 0, 0]" => x.i((0, 0, 0));
        "x[..., :, :, :]" => x.i((Ellipsis, .., .., ..));
        "x[..., ...]" => x.i((Ellipsis, Ellipsis));
        "x[::0]" => x.i(s(..).step(0));
        "x[:0][0]" => x.i(..0).i(0);
        "x.item()" => x.item::<f64>().map(Array::scalar);
        "len(x[0, 0, ...])" => x.i((0, 0)).try_len();
        "list(x[0, 0, ...])" => x.i((0, 0)).iter().collect::<Vec<Array>>();
        "np.unstack(x[0, 0])" => x.i((0, 0)).unstack(0);
        "np.unstack(x, axis=2)" => x.unstack(2);
        "np.split(x, 5, 1)" => x.split(5, 1);
        "np.split(x, 0, 1)" => x.split(0, 1);
        "np.split(x, 2, 2)" => x.split(2, 2);
        "np.array_split(x, 0)" => x.array_split(0, 0);
    },
};

pub(super) const OF_JOINS: Table = Table {
    inputs: Inputs::Refused,
    ulps: 0.0,
    cases: cases! { |x, y, d|
        "np.concatenate(())" => concatenate(Vec::<Array>::new(), 0);
        "np.concatenate((x[0, 0], x[0, 0]))" => concatenate([x.i((0, 0)), x.i((0, 0))], 0);
        "np.concatenate((x, y), 2)" => concatenate([x, y], 2);
        "np.concatenate((x, y[:2]), 1)" => concatenate([x, &y.i(..2)], 1);
        "np.concatenate((x, y[0]))" => concatenate([x, &y.i(0)], 0);
        "np.stack(())" => stack(Vec::<Array>::new(), 0);
        "np.stack((x, y[0]))" => stack([x, &y.i(0)], 0);
        "np.stack((x,), 3)" => stack([x], 3);
        "np.hstack(())" => hstack(Vec::<Array>::new());
        "np.hstack((x, y[0]))" => hstack([x, &y.i(0)]);
        "np.vstack(())" => vstack(Vec::<Array>::new());
        "np.vstack((x, y[0, :3]))" => vstack([x, &y.i((0, ..3))]);
        "np.dstack(())" => dstack(Vec::<Array>::new());
        "np.dstack((x, y[:2]))" => dstack([x, &y.i(..2)]);
        "np.column_stack(())" => column_stack(Vec::<Array>::new());
        "np.column_stack((x, y[:2]))" => column_stack([x, &y.i(..2)]);
        "np.pad(x, ((1, 1), (2, 2), (3, 3)))" => x.pad([(1, 1), (2, 2), (3, 3)], 0);
        "np.pad(x.astype(np.int8), 1, constant_values=np.nan)" => x.cast(I8).pad(1, f64::NAN);
        "np.pad(x.astype(np.int8), 1, constant_values=np.inf)" => x.cast(I8).pad(1, f64::INFINITY);
        "np.pad(x.astype(np.int8), 1, constant_values=300.5)" => x.cast(I8).pad(1, 300.5);
        "np.pad(x.astype(np.int8), 1, constant_values=300)" => x.cast(I8).pad(1, 300);
        "np.pad(x[:0], 1, 'edge')" => x.i(..0).pad(1, Pad::Edge);
        "np.pad(x[:0], 1, 'reflect')" => x.i(..0).pad(1, Pad::Reflect);
        "np.pad(x[:0], 1, 'wrap')" => x.i(..0).pad(1, Pad::Wrap);
        "np.pad(x, 2**62)" => x.pad(1 << 62, 0);
        "np.roll(x, 1, 2)" => x.roll(1, 2);
        "np.roll(x, (1, 2, 3), (0, 1))" => x.roll([1, 2, 3], [0, 1]);
        "np.repeat(x, 2, 2)" => x.repeat(2, 2);
        "np.repeat(x, 2**62, 0)" => x.repeat(1 << 62, 0);
        "np.tile(x, 2**61)" => x.tile(1usize << 61);
    },
};

pub(super) const OF_CREATION: Table = Table {
    inputs: Inputs::Refused,
    ulps: 0.0,
    cases: cases! { |x, y, d|
        "np.zeros(-1)" => zeros(-1, F64);
        "np.ones((2, -3))" => ones([2, -3], F64);
        "np.full((2, -3), 1)" => full([2, -3], 1, F64);
        "np.empty((-1, 0))" => empty([-1, 0], F64);
        "np.zeros([1] * 65)" => zeros([1; 65], F64);
        "np.zeros((2**62, 4))" => zeros([1usize << 62, 4], F64);
        "np.zeros((2**40, 2**40))" => zeros([1usize << 40, 1 << 40], F64);
        "np.zeros((0, 2**40, 2**40))" => zeros([0usize, 1 << 40, 1 << 40], F64);
        "np.zeros(2**63)" => zeros(1u64 << 63, F64);
        "np.full(2**60, 1.0)" => full(1u64 << 60, 1.0, F64);
        "np.full((2**31, 2**31, 2), 7, np.int8)" => full([1usize << 31, 1 << 31, 2], 7, I8);
        "np.full(3, 300, np.int8)" => full(3, 300, I8);
        "np.full(3, -1, np.uint64)" => full(3, -1, U64);
        "np.full_like(x.astype(np.uint8), 256)" => full_like(&x.cast(U8), 256);
        "np.eye(2**62, 5)" => eye(1 << 62, 5, 0, F64);
        "np.identity(2**40)" => identity(1 << 40, F64);
        "np.tri(2**62, 5)" => tri(1 << 62, 5, 0, F64);
        "np.linspace(0, 1, 2**62)" => linspace(0, 1, 1 << 62);
        "np.arange(0, 1, 0)" => arange((0, 1, 0));
        "np.arange(0.0, 1.0, 0.0)" => arange((0.0, 1.0, 0.0));
        "np.arange(np.nan)" => arange(f64::NAN);
        "np.arange(0, np.inf)" => arange((0, f64::INFINITY));
        "np.arange(0, -np.inf)" => arange((0, f64::NEG_INFINITY));
        "np.arange(0, 1e300)" => arange((0, 1e300));
        "np.arange(0, 1, 1e-300)" => arange((0, 1, 1e-300));
        "np.arange(0, 1, np.nan)" => arange((0, 1, f64::NAN));
    },
};

pub(super) const OF_VALUES: Table = Table {
    inputs: Inputs::Refused,
    ulps: 0.0,
    cases: cases! { |x, y, d|
        "x + y[:2]" => x + y.i(..2);
        "np.add(x, y.T)" => numfuse::add(x, y.t());
        "np.clip(x, y[:2], 1)" => x.clip(y.i(..2), 1);
        "np.where(x, y[:2], x)" => where_(x, y.i(..2), x);
        "np.where(x, x, y[:, :3])" => where_(x, x, y.i((.., ..3)));
        "np.isclose(x, y[:2])" => x.isclose(&y.i(..2), 1e-5, 1e-8);
        "np.allclose(x, y[:2])" => x.allclose(&y.i(..2), 1e-5, 1e-8);
        "np.divmod(x, y[:2])" => x.divmod(y.i(..2));
        "np.diff(x, 1, 2)" => x.diff(1, 2);
        "np.diff(x[0, 0])" => x.i((0, 0)).diff(1, -1);
        "x & y" => x & y;
        "x | 1" => x | 1;
        "~x" => !x;
        "x << 1" => x << 1;
        "-(x > 0)" => -x.greater(0);
        "(x > 0) - (y > 0)" => x.greater(0) - y.greater(0);
        "(x > 0) - True" => x.greater(0) - true;
        "x.astype(np.int8) + 300" => x.cast(I8) + 300;
        "300 - x.astype(np.int8)" => 300 - x.cast(I8);
        "x.astype(np.uint8) * -1" => x.cast(U8) * -1;
        "np.power(x.astype(np.int8), -1)" => x.cast(I8).power(-1);
        "np.power(x > 0, -1)" => x.greater(0).power(-1);
        "np.round(x > 0, 1)" => x.greater(0).round(1);
        "np.round(x > 0, -1)" => x.greater(0).round(-1);
        "np.sum(x, 5)" => x.sum(5);
        "np.prod(x, -3)" => x.prod(-3);
        "np.mean(x, (0, 0))" => x.mean([0, 0]);
        "np.mean(x, (0, -2))" => x.mean([0, -2]);
        "np.var(x, 2)" => x.var(2);
        "np.max(x[:0])" => x.i(..0).max(..);
        "np.min(x[:, :0], 1)" => x.i((.., ..0)).min(1);
        "np.argmax(x[:0])" => x.i(..0).argmax(..);
        "np.argmin(x[:, :0], 1)" => x.i((.., ..0)).argmin(1);
        "np.ptp(x[:0])" => x.i(..0).ptp(..);
        "np.ptp(x > 0)" => x.greater(0).ptp(..);
        "softmax(x[:0])" => x.i(..0).softmax(..);
        "logsumexp(x[:0], 0)" => x.i(..0).logsumexp(0);
        "np.count_nonzero(x, 2)" => x.count_nonzero(2);
        "np.linalg.norm(x, axis=2)" => x.norm(2);
        "np.linalg.norm(x, axis=(0, 0))" => x.norm([0, 0]);
    },
};
