//! How many kernels an expression becomes, and why each ends where it does.
//!
//! Nothing here is run: the plan is the result. Four expressions or more for each rule of the
//! scheduler, and those that must be cut.

#![allow(clippy::reversed_empty_ranges, reason = "an end below 0 counts from the back")]

use numfuse::prelude::*;

fn matrix() -> Array {
    ones([300, 400], F32)
}

fn vector() -> Array {
    ones([5000], F32)
}

/// Data that is there already: an evaluated array is a leaf.
fn given(x: Array) -> Array {
    x.eval().expect("constants evaluate");
    x
}

#[track_caller]
fn fused(what: &str, expression: &Array, kernels: usize) {
    let plan = expression.plan().expect("the expression is well-formed");
    assert_eq!(plan.kernels, kernels, "{what}\n{}", expression.explain());
}

#[track_caller]
fn cut(what: &str, expression: &Array, kernels: usize, reason: &str) {
    fused(what, expression, kernels);
    let text = expression.explain();
    assert!(text.contains(reason), "{what} is cut for another reason than {reason:?}\n{text}");
}

const OVER_AND_BACK: &str = "a fold over the whole space is read back over that space";
const AGAIN: &str = "fusing would compute each element";
const EDGE: &str = "a fold is read on one side of a pad's edge only";
const NO_SUM: &str = "a reshape that is no sum of strides reads it";
const ON_ITS_OWN: &str = "a long fold of few rows is shared among workers on its own";
const TAKEN: &str = "its elements are taken by index";
const TOO_LARGE: &str = "the kernel would have more than";

#[test]
fn taking_by_index_joins_everything_around_it() {
    let (x, y) = (given(vector()), given(matrix()));
    let few = given(arange(100) * 3);
    let many = given(arange(100_000) % 5000);
    fused("computed indices", &x.take(&few * 7 % 5000, 0), 1);
    fused("a reader", &(x.take(&few, 0).sqrt() * 2.0 + 1.0), 1);
    fused("a fold", &x.take(&many, 0).sum(..), 1);
    fused("a fold of rows", &y.take(&few, 0).sum(1), 1);
    fused("a cheap producer of as few", &x.exp().take(&few, 0), 1);
    fused("a producer of a broadcast", &(&y + given(ones([400], F32))).take(&few, 1), 1);
    fused("a view", &y.t().i((1.., s(..).step(2))).take(&few, 0), 1);
    fused("a padded view", &y.pad(1, 0.5).take(&few, 0), 1);
    fused("places of places", &x.take(&few, 0).take(&few % 100, 0), 1);
    fused("two axes", &y.i((&few, &few)), 1);
    fused("the place of the greatest", &y.take_along_axis(&y.argmax_keepdims(1), 1), 1);
    fused("a search", &given(arange(1000)).searchsorted(&few * 2, numfuse::Side::Left), 1);
    cut("a dear producer of many", &x.exp().take(&many, 0), 2, AGAIN);
    cut("a fold's results", &y.sum(1).take(&few, 0), 2, TAKEN);
    // Three numbers of 8 bytes read and two of 4 beside them: not the whole of x.
    let plan = x.take(&few, 0).plan().expect("it is well-formed");
    assert_eq!(plan.bytes_moved, 100 * (8 + 4 + 4));
    let plan = x.take(&many, 0).plan().expect("it is well-formed");
    assert_eq!(plan.bytes_moved, 100_000 * (8 + 4) + 5000 * 4);
}

#[test]
fn elementwise_joins_elementwise() {
    let (x, y) = (given(matrix()), given(matrix() * 2.0));
    let row = given(ones([400], F32));
    fused("a chain", &((&x * 1.7 + &y * 0.4 - 0.9).absolute().sqrt()), 1);
    fused("a broadcast row", &(&x * &row + &y), 1);
    fused("a diamond", &((&x + &y) * (&x + &y) - (&x + &y)), 1);
    fused("a choice", &where_(x.greater(&y), &x * 2.0, y.exp()), 1);
    fused("casts", &((x.cast(F64) / 3.0).cast(I32) + 1), 1);
    fused("a transposed operand", &(&x + y.t().t() * 2.0), 1);
}

#[test]
fn producers_join_reductions() {
    let (x, y) = (given(matrix()), given(matrix() * 2.0));
    fused("a sum of squares", &(&x * &x).sum(..), 1);
    fused("a row sum of a product", &(&x * &y + 1.0).sum(1), 1);
    fused("a column maximum of an exponential", &x.exp().max(0), 1);
    fused("a count", &x.greater(0.5).count_nonzero(..), 1);
    fused("the place of the least distance", &(&x - 0.3).absolute().argmin(1), 1);
}

/// Evaluates arrays together; the plan that they then share has that many kernels.
#[track_caller]
fn together(what: &str, outputs: &[Array], kernels: usize) {
    numfuse::eval_all(outputs).expect("the expressions are well-formed");
    fused(what, &outputs[0], kernels);
}

#[test]
fn several_outputs_share_their_kernels() {
    let (x, y) = (given(matrix()), given(matrix() * 2.0));
    together("two results over one space", &[&x + &y, &x - &y], 1);
    let e = (&x * 0.1).exp();
    together("an array and what is made of it", &[&e * &y, e], 1);
    let squares = &x * &x;
    together("an array and its row sums", &[squares.sum(1), squares], 1);
    let squares = &x * &x;
    together("an array and its column sums", &[squares.sum(0), squares], 1);
    let top = x.max_keepdims(1);
    together("rows below their maxima, and those", &[&x - &top, top], 1);
    together("spread and total of each row", &[x.ptp(1), x.sum(1)], 1);
}

/// One kernel that reads that many elements and writes the result, all of float32.
#[track_caller]
fn moves(what: &str, expression: &Array, read: usize) {
    fused(what, expression, 1);
    let moved = expression.plan().expect("it is planned").bytes_moved;
    let size = expression.size();
    assert_eq!(moved, 4 * (read + size) as u64, "{what}\n{}", expression.explain());
}

#[test]
fn arrangements_move_nothing_but_operands_and_result() {
    let (x, y, n) = (given(matrix()), given(matrix() * 2.0), 300 * 400);
    let v = given(vector());
    moves("a pad", &x.pad(2, 0.0), n);
    moves("a pad of a result", &(&x * 2.0 + 1.0).pad(2, 0.0), n);
    moves("a concatenation", &concatenate([&x, &y], 0), 2 * n);
    moves("a concatenation of results", &(concatenate([&(&x + 1.0), &(&y * 3.0)], 1) * 2.0), 2 * n);
    moves("a stack", &stack([&x, &y], 0), 2 * n);
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
    moves(
        "a grid's distances",
        &{
            let grid = meshgrid(&[v.clone(), given(ones([40], F32))]);
            (&grid[0] * &grid[0] + &grid[1] * &grid[1]).sqrt()
        },
        5000 + 40,
    );
    let steps = linspace(0.0, 1.0, 5000);
    fused("evenly spaced numbers", &(&steps * 2.0), 1);
    assert_eq!((&steps * 2.0).plan().unwrap().bytes_moved, 8 * 5000, "{}", steps.explain());
}

#[test]
fn consumers_join_reductions() {
    let (x, y) = (given(matrix()), given(matrix() * 2.0));
    fused("a norm", &(&x * &x).sum(..).sqrt(), 1);
    fused("a mean", &x.mean(1), 1);
    fused("a standard deviation", &x.std(0), 1);
    fused("a ratio of sums", &(x.sum(1) / y.sum(1)), 1);
    fused("logsumexp", &x.logsumexp(1), 1);
}

#[test]
fn several_reductions_of_one_input_walk_it_together() {
    let x = given(matrix());
    fused("spread", &x.ptp(1), 1);
    fused("sum and sum of squares", &(x.sum(1) + (&x * &x).sum(1)), 1);
    fused("least and greatest, whole", &(x.max(..) - x.min(..)), 1);
    fused("mean and variance", &(x.mean(1) + x.var(1)), 1);
    let moved = (x.sum(1) + (&x * &x).sum(1)).plan().unwrap().bytes_moved;
    assert_eq!(moved, 300 * 400 * 4 + 300 * 4, "the input is read once");
}

#[test]
fn a_reduction_joins_a_reader_that_spreads_it_along_its_rows() {
    let x = given(matrix());
    fused("softmax", &x.softmax(1), 1);
    let centred = &x - x.mean_keepdims(1);
    fused("layernorm", &(&centred / (x.var_keepdims(1) + 1e-5).sqrt()), 1);
    fused("standardised rows", &((&x - x.mean_keepdims(1)) / x.std_keepdims(1)), 1);
    fused("rows by their greatest", &(&x / x.max_keepdims(1)), 1);
    fused("softmax over columns", &x.softmax(0), 1);
    fused("folded again", &(x.softmax(1) * &x).sum(1), 1);
}

#[test]
fn views_and_stencils_are_index_maps() {
    let x = given(matrix());
    let inside = |down: isize, right: isize| x.i((1 + down..299 + down, 1 + right..399 + right));
    let cross = inside(-1, 0) + inside(1, 0) + inside(0, -1) + inside(0, 1) - inside(0, 0) * 4.0;
    fused("a five-point stencil", &cross, 1);
    fused("a moving average", &x.sliding_window_view(5, 1).mean(-1), 1);
    fused("a flip and a slice", &(x.flip(0).i((.., s(..).step(2))) * 2.0), 1);
    fused("a pad", &((&x * 2.0).pad(1, 0.0) + 1.0), 1);
    fused("a roll", &(x.roll(7, 1) - &x), 1);
    fused("two halves joined", &(concatenate([&x, &(&x * 2.0)], 0) + 1.0), 1);
    assert_eq!(cross.plan().unwrap().bytes_moved, (300 * 400 + 298 * 398) * 4, "the picture is read once");
}

#[test]
fn folds_inside_folds_need_no_temporary() {
    let points = given(ones([2000, 16], F32));
    let centres = given(ones([64, 16], F32));
    let apart = points.i((.., NewAxis, ..)) - centres.i((NewAxis, .., ..));
    fused("k-means assignment", &(&apart * &apart).sum(-1).argmin(1), 1);
    fused("greatest distance", &(&apart * &apart).sum(-1).sqrt().max(1), 1);
    let bodies = given(ones([500, 3], F32));
    let apart = bodies.i((NewAxis, .., ..)) - bodies.i((.., NewAxis, ..));
    let near = ((&apart * &apart).sum_keepdims(-1) + 0.01).power(-1.5);
    fused("n-body", &(apart * near).sum(1), 1);
    let gaps = (points.i((.., NewAxis, ..)) - centres.i((NewAxis, .., ..))).absolute().max(-1);
    fused("nearest by the greatest gap", &gaps.min(1), 1);
    assert!(near_nothing(&gaps.min(1)), "no distance lies in memory");
}

/// True when no more moves than the operands and the result.
fn near_nothing(expression: &Array) -> bool {
    expression.plan().unwrap().bytes_moved <= (2000 * 16 + 64 * 16 + 2000) * 8
}

#[test]
fn whole_folds_spread_back_are_cut() {
    let (x, v) = (given(matrix()), given(vector()));
    cut("centred", &(&x - x.mean(..)), 2, OVER_AND_BACK);
    cut("standardised", &((&x - x.mean(..)) / x.std(..)), 2, OVER_AND_BACK);
    cut("a vector by its norm", &(&v / (&v * &v).sum(..).sqrt()), 2, OVER_AND_BACK);
    cut("softmax over a vector", &v.softmax(..), 2, OVER_AND_BACK);
    cut("a histogram's share", &(&v / v.sum(..)), 2, OVER_AND_BACK);
    cut("rows and columns centred", &(&x - x.mean_keepdims(0) - x.mean_keepdims(1)), 2, AGAIN);
}

#[test]
fn what_would_be_computed_again_and_again_is_cut() {
    let (x, y) = (given(ones([1, 400], F32)), given(ones([300, 1], F32)));
    let image = given(matrix());
    cut("a row of sines for each row", &((&x * &x).sin() + (&y * &y).cos()), 2, AGAIN);
    cut("exponentials of a broadcast row", &(image.exp() * x.exp()), 2, AGAIN);
    cut(
        "logarithms of a broadcast cube",
        &(ones([50, 1, 1], F32) + image.log().i((NewAxis, .., ..))),
        2,
        AGAIN,
    );
    let light = image.power(2.2);
    let part = |at: isize| light.i((at / 5..296 + at / 5, at % 5..396 + at % 5));
    cut("a blur of a power", &(1..25).map(part).fold(part(0), |sum, slice| sum + slice), 2, AGAIN);
    cut("a window over an exponential", &image.exp().sliding_window_view(9, 1).sum(-1), 2, AGAIN);
    let norms = (given(ones([64, 16], F32)) + 1.0).power(2.5).sum(1);
    cut("norms of centres for each point", &(ones([2000, 1], F32) * 3.0 - norms).min(1), 2, AGAIN);
    cut("an outer product of logarithms", &(x.log() * y.log()), 2, AGAIN);
}

#[test]
fn sixty_levels_neither_explode_nor_pile_up() {
    let mut shifted = given(vector());
    let (mut rolled, mut turned) = (shifted.clone(), given(ones([60, 60], F32)));
    for _ in 0..60 {
        shifted = shifted.i(1..) + shifted.i(..-1);
        rolled = rolled.roll(1, 0) + &rolled;
        turned = turned.t() * 0.5 + &turned;
    }
    for (what, expression) in [("shifted", shifted), ("rolled", rolled)] {
        let kernels = expression.plan().unwrap().kernels;
        assert!((3..=20).contains(&kernels), "{what}: {kernels} kernels");
        assert!(expression.explain().contains(AGAIN), "{what}");
    }
    fused("transposed", &turned, 1);
}

#[test]
fn other_cuts_have_their_reasons() {
    let x = given(matrix());
    cut("a sum inside a pad", &x.sum(1).pad(2, 0.0), 2, EDGE);
    cut("sums of two parts joined", &concatenate([&x.sum(1), &x.max(1)], 0), 2, EDGE);
    cut("a rolled row sum", &x.sum(1).roll(3, 0), 2, EDGE);
    cut("a transposed matrix in rows", &((&x + 1.0).t().reshape([300, 400]) + 1.0), 2, NO_SUM);
    cut("windows in one axis", &x.i((.., ..7)).reshape([-1]).reshape([300 * 7 / 6, 6]).exp(), 2, NO_SUM);
    cut("softmax over a long array", &x.softmax(..), 3, ON_ITS_OWN);
    cut("sums of two long arrays", &(x.sum(..) + given(ones([99_999], F32)).sum(..)), 2, ON_ITS_OWN);
    let long = (0..2000).fold(x.clone(), |y, _| y * 1.01 + 0.5);
    assert!(long.explain().contains(TOO_LARGE));
    let wide = (0..700).fold(x.clone(), |sum, at| sum + &x * f64::from(at));
    assert!(wide.explain().contains(TOO_LARGE));
}

#[test]
fn without_fusion_every_operation_is_a_kernel() {
    numfuse::config::with(
        |config| config.fuse = false,
        || {
            let x = given(matrix());
            let y = (&x * 2.5 + 1.7).exp();
            fused("three operations", &y, 3);
            assert!(y.explain().contains("fusion is off"));
        },
    );
}
