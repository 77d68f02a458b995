//! Views against values worked out by hand: every slice, order of axes, frame and repetition.

#![allow(clippy::reversed_empty_ranges, reason = "negative ends count from the back")]

use numfuse::prelude::*;
use numfuse::{Error, eval_all, index::Item, meshgrid_ij};

fn values(x: &Array) -> Vec<i64> {
    x.to_vec().unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn slices_are_pythons() {
    let x = arange(12).reshape([3, 4]);
    assert_eq!(values(&x.i((1.., ..2))), [4, 5, 8, 9]);
    assert_eq!(values(&x.i((1..-1, ..))), [4, 5, 6, 7]);
    assert_eq!(values(&x.i(-1)), [8, 9, 10, 11]);
    assert_eq!(values(&x.i((0, -1))), [3]);
    assert_eq!(x.i((0, -1)).shape(), []);
    assert_eq!(values(&x.i((.., s(..).step(-2)))), [3, 1, 7, 5, 11, 9]);
    assert_eq!(values(&x.i((s(5..).step(-1), 0))), [8, 4, 0]);
    assert_eq!(x.i((2..1, ..)).shape(), [0, 4]);
    assert_eq!(x.i((NewAxis, .., NewAxis, 1)).shape(), [1, 3, 1]);
    assert_eq!(x.i((Ellipsis, NewAxis)).shape(), [3, 4, 1]);
    assert_eq!(x.i((.., .., Ellipsis)).shape(), [3, 4]);
    assert_eq!(x.i(()).shape(), [3, 4]);
    assert_eq!(x.i(vec![Item::Ellipsis, Item::At(1)]).shape(), [3]);
    let n = x.shape()[1];
    assert_eq!(values(&x.i((0, ..n - 2))), [0, 1]);
    assert_eq!(values(&x.i((0, 1..=2))), [1, 2]);
    assert_eq!(values(&x.i(s(..).step(2)).i((.., 1..3))), [1, 2, 9, 10]);
}

#[test]
fn shapes_change() {
    let x = arange(6).reshape([2, 3]);
    assert_eq!(values(&x.reshape([3, -1])), [0, 1, 2, 3, 4, 5]);
    assert_eq!(values(&x.t().reshape(6)), [0, 3, 1, 4, 2, 5]);
    assert_eq!(values(&x.t().ravel()), [0, 3, 1, 4, 2, 5]);
    assert!(x.reshape(()).check().is_err());
    assert_eq!(x.expand_dims([0, -1]).shape(), [1, 2, 3, 1]);
    assert_eq!(x.expand_dims([0, -1]).squeeze(..).shape(), [2, 3]);
    assert_eq!(x.expand_dims([0, -1]).squeeze(0).shape(), [2, 3, 1]);
    assert_eq!(zeros([0, 4], I64).reshape([2, 0]).shape(), [2, 0]);
    assert_eq!(values(&arange(2).broadcast_to([2, 2])), [0, 1, 0, 1]);
    assert_eq!(values(&arange(2).expand_dims(1).broadcast_to([2, 2])), [0, 0, 1, 1]);
}

#[test]
fn axes_change_order() {
    let x = arange(24).reshape([2, 3, 4]);
    assert_eq!(x.t().shape(), [4, 3, 2]);
    assert_eq!(x.permute([1, -1, 0]).shape(), [3, 4, 2]);
    assert_eq!(x.moveaxis(0, -1).shape(), [3, 4, 2]);
    assert_eq!(x.moveaxis([0, 1], [-1, -2]).shape(), [4, 3, 2]);
    assert_eq!(x.swapaxes(0, 2).shape(), [4, 3, 2]);
    assert_eq!(values(&x.permute([2, 0, 1]).i((1, 1, 2))), [21]);
    assert_eq!(values(&arange(4).reshape([2, 2]).flip(1)), [1, 0, 3, 2]);
    assert_eq!(values(&arange(4).reshape([2, 2]).flip(..)), [3, 2, 1, 0]);
}

#[test]
fn diagonals_and_windows() {
    let x = arange(12).reshape([3, 4]);
    assert_eq!(values(&x.diagonal(0)), [0, 5, 10]);
    assert_eq!(values(&x.diagonal(2)), [2, 7]);
    assert_eq!(values(&x.diagonal(-1)), [4, 9]);
    assert_eq!(x.diagonal(9).shape(), [0]);
    assert_eq!(values(&x.trace(1)), [18]);
    let windows = x.sliding_window_view([2, 2], ..);
    assert_eq!(windows.shape(), [2, 3, 2, 2]);
    assert_eq!(values(&windows.i((1, 2))), [6, 7, 10, 11]);
    assert_eq!(values(&windows.sum([-1, -2])), [10, 14, 18, 26, 30, 34]);
}

#[test]
fn arrays_are_joined() -> Result<(), Error> {
    let (a, b) = (arange(4).reshape([2, 2]), -arange(2).reshape([2, 1]));
    assert_eq!(values(&concatenate([&a, &b], 1)), [0, 1, 0, 2, 3, -1]);
    assert_eq!(values(&concatenate([&a, &a, &a], 0).i((s(..).step(2), 1))), [1, 1, 1]);
    assert_eq!(values(&concatenate([&a, &zeros([0, 2], I64)], 0)), [0, 1, 2, 3]);
    assert_eq!(concatenate([zeros([0, 2], I8), zeros([0, 2], F32)], 0).dtype(), F32);
    assert_eq!(concatenate([arange(2), Array::from([0.5, 1.5])], 0).to_vec::<f64>()?, [0.0, 1.0, 0.5, 1.5]);
    assert_eq!(values(&stack([arange(2), arange(2) + 5], 0)), [0, 1, 5, 6]);
    assert_eq!(values(&stack([arange(2), arange(2) + 5], -1)), [0, 5, 1, 6]);
    Ok(())
}

#[test]
fn arrays_are_framed() -> Result<(), Error> {
    let x = arange(4).reshape([2, 2]) + 1;
    assert_eq!(values(&x.pad([(1, 0), (0, 2)], 9)), [9, 9, 9, 9, 1, 2, 9, 9, 3, 4, 9, 9]);
    assert_eq!(values(&x.pad(1, Pad::Edge).i(0)), [1, 1, 2, 2]);
    assert_eq!(values(&x.pad((1, 1), Pad::Edge).i(-1)), [3, 3, 4, 4]);
    assert_eq!(values(&arange(3).pad(4, Pad::Reflect)), [0, 1, 2, 1, 0, 1, 2, 1, 0, 1, 2]);
    assert_eq!(values(&arange(3).pad((5, 7), Pad::Reflect)), [1, 0, 1, 2, 1, 0, 1, 2, 1, 0, 1, 2, 1, 0, 1]);
    assert_eq!(values(&arange(3).pad((4, 5), Pad::Wrap)), [2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1]);
    assert_eq!(values(&arange(1).pad(2, Pad::Reflect)), [0; 5]);
    assert_eq!(values(&arange(3).pad(0, 7)), [0, 1, 2]);
    assert_eq!(Array::from([1.5f32]).pad(1, f64::NAN).isnan().to_vec::<bool>()?, [true, false, true]);
    Ok(())
}

#[test]
fn arrays_are_moved_and_repeated() {
    let x = arange(6).reshape([2, 3]);
    assert_eq!(values(&x.roll(1, 1)), [2, 0, 1, 5, 3, 4]);
    assert_eq!(values(&x.roll(-1, ..)), [1, 2, 3, 4, 5, 0]);
    assert_eq!(values(&x.roll([1, -1], [0, 1])), [4, 5, 3, 1, 2, 0]);
    assert_eq!(values(&x.roll(6, 1)), [0, 1, 2, 3, 4, 5]);
    assert_eq!(values(&zeros(0, I64).roll(3, 0)), []);
    assert_eq!(values(&x.repeat(2, 0)), [0, 1, 2, 0, 1, 2, 3, 4, 5, 3, 4, 5]);
    assert_eq!(values(&x.repeat(2, -1)), [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
    assert_eq!(x.repeat(0, 1).shape(), [2, 0]);
    assert_eq!(values(&arange(2).tile(3)), [0, 1, 0, 1, 0, 1]);
    assert_eq!(values(&arange(2).tile([2, 2])), [0, 1, 0, 1, 0, 1, 0, 1]);
    assert_eq!(x.tile(2).shape(), [2, 6]);
    assert_eq!(values(&arange(2).expand_dims(1).tile([1, 2])), [0, 0, 1, 1]);
    let grid = meshgrid_ij(&[arange(2), arange(3)]);
    assert_eq!(values(&grid[0]), [0, 0, 0, 1, 1, 1]);
    assert_eq!(values(&grid[1]), [0, 1, 2, 0, 1, 2]);
}

#[test]
fn views_of_evaluated_arrays_agree_with_views_of_pending_ones() -> Result<(), Error> {
    let pending = (arange(24) * 3).reshape([2, 3, 4]);
    let evaluated = pending.clone() + 0;
    evaluated.eval()?;
    for view in [
        |x: &Array| x.t().i((1..3, .., 0)),
        |x: &Array| x.i((.., s(..).step(-1))).reshape([4, 6]).t(),
        |x: &Array| x.pad(1, 7).i((1, 1..-1)),
        |x: &Array| x.roll(2, 1).diagonal(0),
    ] {
        assert_eq!(values(&view(&pending)), values(&view(&evaluated)));
    }
    Ok(())
}

/// Large ones are written part by part, and are what small ones are.
#[test]
fn large_joins_are_those_of_small_ones() -> Result<(), Error> {
    let (rows, columns) = (500, 400);
    let x = arange(rows * columns).reshape([rows, columns]);
    let at = |i: i64, j: i64| i * columns as i64 + j;
    let check = |what: &str, y: &Array, of: &dyn Fn(i64, i64) -> i64| -> Result<(), Error> {
        let width = y.shape()[1] as i64;
        let found = y.to_vec::<i64>()?;
        let apart = found.iter().zip(0..).find(|&(&v, k)| v != of(k / width, k % width));
        assert_eq!(apart, None, "{what}");
        Ok(())
    };
    let (n, m) = (rows as i64, columns as i64);
    check("below", &concatenate([&x, &-&x], 0), &|i, j| if i < n { at(i, j) } else { -at(i - n, j) })?;
    check("beside", &concatenate([&x, &-&x], 1), &|i, j| if j < m { at(i, j) } else { -at(i, j - m) })?;
    check("rolled", &x.roll(7, 1), &|i, j| at(i, (j - 7).rem_euclid(m)))?;
    check("framed", &x.pad(2, -1), &|i, j| match ((2..n + 2).contains(&i), (2..m + 2).contains(&j)) {
        (true, true) => at(i - 2, j - 2),
        _ => -1,
    })?;
    let turned = |i: i64, n: i64| {
        if i < 0 {
            -i
        } else if i < n {
            i
        } else {
            2 * n - 2 - i
        }
    };
    check("reflected", &x.pad(3, Pad::Reflect), &|i, j| at(turned(i - 3, n), turned(j - 3, m)))?;
    // Two that begin alike, and one that is read by what follows from it.
    let (y, z) = (concatenate([&x, &(&x + 1)], 0), concatenate([&x, &(&x + 2)], 0));
    let sum = &y + 1;
    eval_all([&y, &z, &sum])?;
    check("one", &y, &|i, j| if i < n { at(i, j) } else { at(i - n, j) + 1 })?;
    check("other", &z, &|i, j| if i < n { at(i, j) } else { at(i - n, j) + 2 })?;
    check("sum", &sum, &|i, j| if i < n { at(i, j) + 1 } else { at(i - n, j) + 2 })
}
