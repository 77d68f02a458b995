//! Everything that writes to a part of an array, on every type and arrangement, against NumPy.
//!
//! The cases are evaluated as those of [`take`](crate::take) are; `put(x, s[1:], y)` is what
//! `x[1:] = y` leaves.

#![allow(clippy::reversed_empty_ranges, reason = "an end below 0 counts from the back")]

use crate::take::{Case, Names, compare_all};
use numfuse::prelude::*;

/// Parts by ranges and integers.
const PARTS: &[Case] = &[
    ("matrix:put(x, s[1:-1, 2:], y[:len(x)][1:-1, 2:])", |n| {
        n.x.set((1..-1, 2..), n.y.i(..n.x.len()).i((1..-1, 2..)))
    }),
    ("matrix:x[1:, ::2]", |n| n.x.at((1.., s(..).step(2))).get()),
    ("matrix:put(x, s[:], y)", |n| n.x.set(.., &n.y)),
    ("matrix:put(x, s[...], y[0])", |n| n.x.set(Ellipsis, n.y.i(0))),
    ("matrix:put(x, s[:], y[None, None, 0])", |n| n.x.set(.., n.y.i((NewAxis, NewAxis, 0)))),
    ("matrix:put(x, s[0], y[1])", |n| n.x.set(0, n.y.i(1))),
    ("matrix:put(x, s[..., -1], y[:len(x), 0])", |n| n.x.set((Ellipsis, -1), n.y.i((..n.x.len(), 0)))),
    ("matrix:put(x, s[1, 2], y[3, 4])", |n| n.x.set((1, 2), n.y.i((3, 4)))),
    ("matrix:put(x, s[-1, -7], 1)", |n| n.x.set((-1, -7), 1)),
    ("matrix:put(x, s[5], 1)", |n| n.x.set(5, 1)),
    ("matrix:put(x, s[:, 7], 1)", |n| n.x.set((.., 7), 1)),
    ("matrix:put(x, s[3:3], y)", |n| n.x.set(3..3, &n.y)),
    ("matrix:put(x, s[3:3], y[:0])", |n| n.x.set(3..3, n.y.i(..0))),
    ("matrix:put(x, s[:, ::2], y[:len(x), 3:])", |n| n.x.set((.., s(..).step(2)), n.y.i((..n.x.len(), 3..)))),
    ("matrix:put(x, s[::2], y[:len(x)][::2])", |n| {
        n.x.set(s(..).step(2), n.y.i(..n.x.len()).i(s(..).step(2)))
    }),
    ("matrix:put(x, s[1::2, 1::3], 0)", |n| n.x.set((s(1..).step(2), s(1..).step(3)), 0)),
    ("matrix:put(x, s[::-1], y[:len(x)])", |n| n.x.set(s(..).step(-1), n.y.i(..n.x.len()))),
    ("matrix:put(x, s[:, 5:0:-2], y[:len(x), :3])", |n| {
        n.x.set((.., s(5..0).step(-2)), n.y.i((..n.x.len(), ..3)))
    }),
    ("matrix:put(x, s[1:, 1:], x[:-1, :-1])", |n| n.x.set((1.., 1..), n.x.i((..-1, ..-1)))),
    ("matrix:put(x, s[:, ::3], x[:, 2:5])", |n| n.x.set((.., s(..).step(3)), n.x.i((.., 2..5)))),
    ("matrix:put(x, s[None, :, 0, None], y[None, :len(x), 0, None])", |n| {
        n.x.set((NewAxis, .., 0, NewAxis), n.y.i((NewAxis, ..n.x.len(), 0, NewAxis)))
    }),
    ("matrix:put(x, s[0, 0, 0], 1)", |n| n.x.set((0, 0, 0), 1)),
    ("matrix:put(x, s[1:], y)", |n| n.x.set(1.., &n.y)),
    ("matrix:put(x, s[0, :], y[:2])", |n| n.x.set((0, ..), n.y.i(..2))),
    ("matrix:put(put(x, s[0], 1), s[:, 0], 0)", |n| n.x.set(0, 1).set((.., 0), 0)),
    ("matrix:put(x, s[1:-1], 1).max(axis=1)", |n| n.x.set(1..-1, 1).max(1)),
    ("matrix:put(x, s[:, 1::2], 1)[::-1].T", |n| n.x.set((.., s(1..).step(2)), 1).flip(0).t()),
    ("matrix:put(np.maximum(x, y[:1]), s[:, 1], np.minimum(y[:len(x), 0], 1))", |n| {
        n.x.maximum(n.y.i(..1)).set((.., 1), n.y.i((..n.x.len(), 0)).minimum(1))
    }),
    ("matrix:change(np.add, x, s[1:, ::2], y[:len(x)][1:, ::2])", |n| {
        n.x.at((1.., s(..).step(2))).add(n.y.i(..n.x.len()).i((1.., s(..).step(2))))
    }),
    ("matrix:change(np.subtract, x, s[1:-1], y[0])", |n| n.x.at(1..-1).subtract(n.y.i(0))),
    ("matrix:change(np.multiply, x, s[..., 1:3], 2)", |n| n.x.at((Ellipsis, 1..3)).multiply(2)),
    ("matrix:change(np.divide, x, s[..., 1:3], 2)", |n| n.x.at((Ellipsis, 1..3)).divide(2)),
    ("matrix:change(np.minimum, x, s[:, -1], 1)", |n| n.x.at((.., -1)).minimum(1)),
    ("matrix:change(np.maximum, x, s[:1, 3], y[0, 0])", |n| n.x.at((..1, 3)).maximum(n.y.i((0, 0)))),
    ("matrix:change(np.add, x, s[:, 0], y[:2])", |n| n.x.at((.., 0)).add(n.y.i(..2))),
    ("point:put(x, s[()], 1)", |n| n.x.set((), 1)),
    ("point:put(x, s[...], y)", |n| n.x.set(Ellipsis, &n.y)),
    ("point:put(x, s[None], y)", |n| n.x.set(NewAxis, &n.y)),
    ("point:put(x, s[0], y)", |n| n.x.set(0, &n.y)),
    ("point:change(np.add, x, s[...], y)", |n| n.x.at(Ellipsis).add(&n.y)),
];

#[test]
fn writing_to_parts_is_numpys() {
    compare_all(PARTS, "updates", 1000);
}

/// Places that arrays say, and masks.
const PLACES: &[Case] = &[
    ("matrix:put(x, i, y[:4])", |n| n.x.set(&n.i, n.y.i(..4))),
    ("matrix:put(x, i, 1)", |n| n.x.set(&n.i, 1)),
    ("matrix:put(x, i, y[0])", |n| n.x.set(&n.i, n.y.i(0))),
    ("matrix:put(x, k, 1)", |n| n.x.set(&n.k, 1)),
    ("matrix:put(x, none, 1)", |n| n.x.set(&n.none, 1)),
    ("matrix:put(x, none, y)", |n| n.x.set(&n.none, &n.y)),
    ("matrix:put(x, s[i, i], y[0, :4])", |n| n.x.set((&n.i, &n.i), n.y.i((0, ..4)))),
    ("matrix:put(x, s[a % 5, a], y[:3])", |n| n.x.set((&n.a % 5, &n.a), n.y.i(..3))),
    ("matrix:put(x, s[:, j], y[:len(x), None, :4])", |n| {
        n.x.set((.., &n.j), n.y.i((..n.x.len(), NewAxis, ..4)))
    }),
    ("matrix:put(x, s[1, i], y[2, :4])", |n| n.x.set((1, &n.i), n.y.i((2, ..4)))),
    ("matrix:put(x, s[i, 2:5], y[:4, :3])", |n| n.x.set((&n.i, 2..5), n.y.i((..4, ..3)))),
    ("matrix:put(x, s[::-2, i], 0)", |n| n.x.set((s(..).step(-2), &n.i), 0)),
    ("matrix:put(x, s[rows], y[:3])", |n| n.x.set(&n.rows, n.y.i(..3))),
    ("matrix:put(x, s[rows], y[:2])", |n| n.x.set(&n.rows, n.y.i(..2))),
    ("matrix:put(x, s[rows], y[:1])", |n| n.x.set(&n.rows, n.y.i(..1))),
    ("matrix:put(x, s[rows], y[0])", |n| n.x.set(&n.rows, n.y.i(0))),
    ("matrix:put(x, s[columns], 1)", |n| n.x.set(&n.columns, 1)),
    ("matrix:put(x, s[:, columns], y[:len(x), :4])", |n| {
        n.x.set((.., &n.columns), n.y.i((..n.x.len(), ..4)))
    }),
    ("matrix:put(x, s[c > 0], 1)", |n| n.x.set(n.c.greater(0), 1)),
    ("matrix:put(x, s[c > 0], y.ravel()[:17])", |n| n.x.set(n.c.greater(0), n.y.ravel().i(..17))),
    ("matrix:put(x, s[c > 0], y.ravel()[:18])", |n| n.x.set(n.c.greater(0), n.y.ravel().i(..18))),
    ("matrix:put(x, s[c > 5], y.ravel()[:0])", |n| n.x.set(n.c.greater(5), n.y.ravel().i(..0))),
    ("matrix:put(x, s[c > 0], y.ravel()[:0])", |n| n.x.set(n.c.greater(0), n.y.ravel().i(..0))),
    ("matrix:put(x, s[c > 0], y[0])", |n| n.x.set(n.c.greater(0), n.y.i(0))),
    ("matrix:put(x, s[rows, 1:3], y[:3, :2])", |n| n.x.set((&n.rows, 1..3), n.y.i((..3, ..2)))),
    ("matrix:at(np.minimum, x, i, y[:4])", |n| n.x.at(&n.i).minimum(n.y.i(..4))),
    ("matrix:at(np.maximum, x, s[:, j], x.dtype.type(1))", |n| n.x.at((.., &n.j)).maximum(one(n))),
    ("matrix:at(np.maximum, x, s[a, c[:3]], y[:3])", |n| n.x.at((&n.a, n.c.i(..3))).maximum(n.y.i(..3))),
    ("matrix:at(np.add, x, i[1:], x.dtype.type(1))", |n| n.x.at(n.i.i(1..)).add(one(n))),
    ("matrix:at(np.add, x, s[i, i], y[0, :4])", |n| n.x.at((&n.i, &n.i)).add(n.y.i((0, ..4)))),
    ("matrix:at(np.subtract, x, s[i, i], y[0, :4])", |n| n.x.at((&n.i, &n.i)).subtract(n.y.i((0, ..4)))),
    ("matrix:at(np.multiply, x, s[1:, i[:3]], y[1:len(x), :3])", |n| {
        n.x.at((1.., n.i.i(..3))).multiply(n.y.i((1..n.x.len(), ..3)))
    }),
    ("matrix:at(np.add, x, k, x.dtype.type(1))", |n| n.x.at(&n.k).add(one(n))),
    ("matrix:at(np.add, x, none, x.dtype.type(1))", |n| n.x.at(&n.none).add(one(n))),
    ("matrix:change(np.add, x, s[rows], y[:3])", |n| n.x.at(&n.rows).add(n.y.i(..3))),
    ("matrix:change(np.maximum, x, s[c > 0], 1)", |n| n.x.at(n.c.greater(0)).maximum(1)),
    ("matrix:along(x, a, y[:3], 0)", |n| n.x.put_along_axis(&n.a, n.y.i(..3), 0)),
    ("matrix:along(x, c, 1, 1)", |n| n.x.put_along_axis(&n.c, 1, 1)),
    ("matrix:along(x, np.argmax(x, axis=1, keepdims=True), y[:len(x), :1], 1)", |n| {
        n.x.put_along_axis(&n.x.argmax_keepdims(1), n.y.i((..n.x.len(), ..1)), 1)
    }),
    ("matrix:along(x, i, y[0, :4], None)", |n| n.x.put_along_axis(&n.i, n.y.i((0, ..4)), ..)),
    ("matrix:along(x, i, 1, 0)", |n| n.x.put_along_axis(&n.i, 1, 0)),
    ("matrix:np.bincount(np.abs(i))", |n| n.i.absolute().bincount(0)),
    ("matrix:np.bincount(i)", |n| n.i.bincount(0)),
    ("matrix:np.bincount(j)", |n| n.j.bincount(0)),
    ("matrix:np.bincount(u, minlength=9)", |n| n.u.bincount(9)),
    ("matrix:np.bincount(none)", |n| n.none.bincount(0)),
    ("matrix:np.bincount(none, minlength=2)", |n| n.none.bincount(2)),
    ("matrix:np.bincount(u, weights=[0.5, 2, 3])", |n| {
        n.u.bincount_weighted(&Array::from([0.5, 2.0, 3.0]), 0)
    }),
    ("matrix:np.bincount(u, weights=[0.5, 2])", |n| n.u.bincount_weighted(&Array::from([0.5, 2.0]), 0)),
    ("point:put(x, s[x > 0], 1)", |n| n.x.set(n.x.greater(0), 1)),
];

/// A 1 of the array's type: `ufunc.at` takes plain numbers for int64.
fn one(n: &Names) -> Array {
    ones((), n.x.dtype())
}

#[test]
fn writing_by_index_is_numpys() {
    compare_all(PLACES, "scatters", 1000);
}
