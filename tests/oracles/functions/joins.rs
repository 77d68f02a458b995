//! What is set around arrays, after themselves and beside each other.

use super::{Inputs, Table, cases};
use numfuse::prelude::*;
use numfuse::{column_stack, dstack, hstack, meshgrid_ij, pad, repeat, roll, tile, vstack};

pub(super) const FRAMES: Table = Table {
    inputs: Inputs::Edges,
    ulps: 0.0,
    cases: cases! { |x, y, d|
        "np.pad(x, 1)" => pad(x, 1, 0);
        "np.pad(x, (2, 1), constant_values=1)" => x.pad((2, 1), 1);
        "np.pad(x, ((1, 0), (0, 3)))" => x.pad([(1, 0), (0, 3)], 0);
        "np.pad(x, 0)" => x.pad(0, 0);
        "np.pad(x, ((1, 0), (0, 1), (2, 2)))" => x.pad([(1, 0), (0, 1), (2, 2)], 0);
        "np.pad(x, 2, 'edge')" => x.pad(2, Pad::Edge);
        "np.pad(x, (0, 9), 'edge')" => x.pad((0, 9), Pad::Edge);
        "np.pad(x, ((0, 0), (2, 1)), 'edge')" => x.pad([(0, 0), (2, 1)], Pad::Edge);
        "np.pad(x, 1, 'reflect')" => x.pad(1, Pad::Reflect);
        "np.pad(x, 2, 'reflect')" => x.pad(2, Pad::Reflect);
        "np.pad(x, (7, 11), 'reflect')" => x.pad((7, 11), Pad::Reflect);
        "np.pad(x, ((0, 0), (5, 0)), 'reflect')" => x.pad([(0, 0), (5, 0)], Pad::Reflect);
        "np.pad(x, 1, 'wrap')" => x.pad(1, Pad::Wrap);
        "np.pad(x, (0, 9), 'wrap')" => x.pad((0, 9), Pad::Wrap);
        "np.pad(x, (7, 2), 'wrap')" => x.pad((7, 2), Pad::Wrap);
        "np.pad(x, ((0, 0), (3, 4)), 'wrap')" => x.pad([(0, 0), (3, 4)], Pad::Wrap);
        "np.pad(x, 0, 'wrap')" => x.pad(0, Pad::Wrap);
    },
};

pub(super) const REPETITIONS: Table = Table {
    inputs: Inputs::Edges,
    ulps: 0.0,
    cases: cases! { |x, y, d|
        "np.roll(x, 2)" => roll(x, 2, ..);
        "np.roll(x, -7)" => x.roll(-7, ..);
        "np.roll(x, (1, 2))" => x.roll([1, 2], ..);
        "np.roll(x, 1, 0)" => x.roll(1, 0);
        "np.roll(x, -5, -1)" => x.roll(-5, -1);
        "np.roll(x, 3, 1)" => x.roll(3, 1);
        "np.roll(x, (1, -1), (0, 1))" => x.roll([1, -1], [0, 1]);
        "np.roll(x, 1, (0, 1))" => x.roll(1, [0, 1]);
        "np.roll(x, (1, 2), (0, 0))" => x.roll([1, 2], [0, 0]);
        "np.roll(x, (1, 2, 3), (0, 1))" => x.roll([1, 2, 3], [0, 1]);
        "np.roll(x, (1, 2), 0)" => x.roll([1, 2], 0);
        "np.roll(x, 10**18, 0)" => x.roll(1_000_000_000_000_000_000isize, 0);
        "np.repeat(x, 2, 0)" => repeat(x, 2, 0);
        "np.repeat(x, 3, -1)" => x.repeat(3, -1);
        "np.repeat(x, 0, 1)" => x.repeat(0, 1);
        "np.repeat(x, 1, 0)" => x.repeat(1, 0);
        "np.tile(x, 2)" => tile(x, 2);
        "np.tile(x, (2, 3))" => x.tile([2, 3]);
        "np.tile(x, (2, 1, 1, 2))" => x.tile([2, 1, 1, 2]);
        "np.tile(x, 0)" => x.tile(0);
        "np.tile(x, ())" => x.tile(());
        "np.tile(x.T, (1, 2))" => x.t().tile([1, 2]);
    },
};

pub(super) const JOINS: Table = Table {
    inputs: Inputs::Pairs,
    ulps: 0.0,
    cases: cases! { |x, y, d|
        "np.concatenate((x, y))" => concatenate([x, y], 0);
        "np.concatenate((x, y), 1)" => concatenate([x, y], 1);
        "np.concatenate((x, y, x), -1)" => concatenate([x, y, x], -1);
        "np.concatenate((x, y[1:]))" => concatenate([x, &y.i(1..)], 0);
        "np.concatenate((x, y[:0], x[:1]))" => concatenate([x, &y.i(..0), &x.i(..1)], 0);
        "np.concatenate((x, y[1:]), 1)" => concatenate([x, &y.i(1..)], 1);
        "np.concatenate((x, y[0]))" => concatenate([x, &y.i(0)], 0);
        "np.concatenate((x,), 2)" => concatenate([x], 2);
        "np.concatenate((x.T, y.T[::-1]))" => concatenate([&x.t(), &y.t().flip(0)], 0);
        "np.stack((x, y))" => stack([x, y], 0);
        "np.stack((x, y), -1)" => stack([x, y], -1);
        "np.stack((x, y, y), 1)" => stack([x, y, y], 1);
        "np.stack((x, y[1:]))" => stack([x, &y.i(1..)], 0);
        "np.stack((x, y), 3)" => stack([x, y], 3);
        "np.hstack((x, y))" => hstack([x, y]);
        "np.hstack((x, y[:1]))" => hstack([x, &y.i(..1)]);
        "np.vstack((x, y))" => vstack([x, y]);
        "np.vstack((x, y[:1], x))" => vstack([x, &y.i(..1), x]);
        "np.dstack((x, y))" => dstack([x, y]);
        "np.dstack((x, y[..., None]))" => dstack([x, &y.i((Ellipsis, NewAxis))]);
        "np.column_stack((x, y))" => column_stack([x, y]);
        "np.column_stack((x, y.T))" => column_stack([x, &y.t()]);
        "np.broadcast_arrays(x, y[:1], y)" => numfuse::broadcast_arrays(&[x.clone(), y.i(..1), y.clone()]);
        "np.meshgrid(x.ravel()[:5], y)" => meshgrid(&[x.ravel().i(..5), y.clone()]);
        "np.meshgrid(x.ravel()[:3], y.ravel()[:4], x.ravel()[:2])" =>
            meshgrid(&[x.ravel().i(..3), y.ravel().i(..4), x.ravel().i(..2)]);
        "np.meshgrid(x.ravel()[:3], y.ravel()[:4], indexing='ij')" =>
            meshgrid_ij(&[x.ravel().i(..3), y.ravel().i(..4)]);
        "np.meshgrid(x[..., :1], y.ravel()[:2])" => meshgrid(&[x.i((Ellipsis, ..1)), y.ravel().i(..2)]);
        "np.meshgrid(x)" => meshgrid(std::slice::from_ref(x));
    },
};
