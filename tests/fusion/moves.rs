//! What arrangements, reductions and folds inside folds move: no more than operands and result.

#![allow(clippy::reversed_empty_ranges, reason = "an end below 0 counts from the back")]

use crate::fused::apart;
use crate::{given, leaf};
use numfuse::prelude::*;

/// One kernel that reads that many elements and writes the result, all of four bytes.
#[track_caller]
fn moves(what: &str, expression: &Array, read: usize) {
    moves_in(1, what, expression, read);
}

/// So many kernels that together do.
#[track_caller]
fn moves_in(kernels: usize, what: &str, expression: &Array, read: usize) {
    let (plan, text) = (expression.plan().expect("it is well-formed"), expression.explain());
    assert_eq!(plan.kernels, kernels, "{what}\n{text}");
    let width = expression.dtype().bytes();
    assert_eq!(plan.bytes_moved, (4 * read + width * expression.size()) as u64, "{what}\n{text}");
    assert_eq!(plan.peak_bytes, expression.nbytes() as u64, "{what} needs a temporary\n{text}");
}

#[test]
fn arrangements_move_nothing_but_operands_and_result() {
    let (x, y, v) = (&given().x, &given().y, &given().v);
    let n = x.size();
    moves("a pad", &x.pad(2, 0.0), n);
    moves("a pad of a result", &(x * 2.0 + 1.0).pad(2, 0.0), n);
    moves_in(5, "a large pad, its middle and each side", &leaf(&[500, 400]).pad(2, 0.0), 200_000);
    moves_in(2, "a concatenation, part by part", &concatenate([x, y], 0), 2 * n);
    let small = leaf(&[30, 40]);
    moves("a small concatenation", &concatenate([&small, &small], 0), 1200);
    moves("a concatenation of results", &(concatenate([&(x + 1.0), &(y * 3.0)], 1) * 2.0), 2 * n);
    moves_in(2, "a stack, part by part", &stack([x, y], 0), 2 * n);
    moves_in(2, "a large roll, part by part", &leaf(&[500, 400]).roll(7, 0), 200_000);
    moves("a roll", &(x.roll(7, 1) + 1.0), n);
    moves("a repetition", &x.repeat(3, 0), n);
    moves("tiles", &x.tile([2, 1]), n);
    moves("a lower triangle", &(x.tril(0) * 2.0), n);
    moves("an upper triangle", &x.triu(1), n);
    moves("a diagonal", &(x.diagonal(0) + 1.0), n);
    moves("flips and steps", &(x.flip(0) * 2.0), n);
    moves("windows summed", &x.sliding_window_view(5, 0).sum(-1), n);
    moves("an identity", &(eye(300, 400, 0, F32) * 2.0), 0);
    moves("a range", &(arange(5000).cast(F32) * 0.5), 0);
    moves("evenly spaced numbers", &(linspace(0.0, 1.0, 5000) * 2.0), 0);
    let grid = meshgrid(&[v.clone(), leaf(&[40])]);
    moves("a grid's distances", &(&grid[0] * &grid[0] + &grid[1] * &grid[1]).sqrt(), 5000 + 40);
}

#[test]
fn an_input_of_several_readers_is_read_once() {
    let x = &given().x;
    let part = |down: isize, right: isize| x.i((1 + down..299 + down, 1 + right..399 + right));
    moves("a stencil", &(part(-1, 0) + part(1, 0) + part(0, -1) + part(0, 1) - part(0, 0) * 4.0), x.size());
    moves("two sums", &(x.sum(1) + (x * x).sum(1)), x.size());
    moves("softmax", &x.softmax(1), x.size());
    moves("a transposed operand", &(x + &x.flip(..)), x.size());
}

#[test]
fn what_is_taken_by_index_moves_the_elements_taken() {
    let (v, few, many) = (&given().v, &given().few, &given().many);
    let moved = |x: Array| x.plan().expect("it is planned").bytes_moved;
    assert_eq!(moved(v.take(few, 0)), 100 * (8 + 4 + 4));
    assert_eq!(moved(v.take(many, 0)), 100_000 * (8 + 4) + 5000 * 4);
}

#[test]
fn folds_inside_folds_lie_nowhere() {
    let (points, centres, bodies) = (&given().points, &given().centres, &given().bodies);
    let inputs = points.size() + centres.size();
    moves("greatest gaps", &apart(points, centres).absolute().max(-1).min(1), inputs);
    let far = apart(points, centres);
    moves("distances", &(&far * &far).sum(-1), inputs);
    moves("nearest", &(&far * &far).sum(-1).argmin(1), inputs);
    let pull = apart(bodies, bodies);
    moves("n-body", &(&pull * ((&pull * &pull).sum_keepdims(-1) + 0.01).power(-1.5)).sum(1), bodies.size());
}
