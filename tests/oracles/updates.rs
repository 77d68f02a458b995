//! Everything that writes to a part of an array, on every type and arrangement, against NumPy.
//!
//! The cases are evaluated as those of [`take`](crate::take) are; `put(x, s[1:], y)` is what
//! `x[1:] = y` leaves.

#![allow(clippy::reversed_empty_ranges, reason = "an end below 0 counts from the back")]

use crate::take::{Case, compare_all};
use numfuse::prelude::*;

/// Parts by ranges and integers.
const PARTS: &[Case] = &[
    ("matrix:put(x, s[1:-1, 2:], y[:len(x)][1:-1, 2:])", |n| {
        n.x.set((1..-1, 2..), n.y.i(..n.x.len()).i((1..-1, 2..)))
    }),
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
