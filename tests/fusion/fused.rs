//! What becomes one kernel.

#![allow(clippy::reversed_empty_ranges, reason = "an end below 0 counts from the back")]

use super::{Row, rows};
use numfuse::prelude::*;

pub(super) const ELEMENTWISE: &[Row] = rows! { |g|
    "a chain" 1: (&g.x * 1.7 + &g.y * 0.4 - 0.9).absolute().sqrt();
    "a broadcast row" 1: &g.x * &g.row + &g.y;
    "a row and a column" 1: &g.row - &g.column;
    "a diamond" 1: (&g.x + &g.y) * (&g.x + &g.y) - (&g.x + &g.y);
    "a choice" 1: where_(g.x.greater(&g.y), &g.x * 2.0, g.y.exp());
    "casts" 1: (g.x.cast(F64) / 3.0).cast(I32) + 1;
    "a transposed operand" 1: &g.x + (&g.y.t() * 3.0).t() * 2.0;
    "bits of integers" 1: ((g.x.cast(I32) << 3) ^ g.y.cast(I32)) & 255;
    "a polynomial" 1: (0..12).fold(g.v.clone(), |sum, k| sum * &g.v + f64::from(k));
};

pub(super) const PRODUCERS: &[Row] = rows! { |g|
    "a sum of squares" 1: (&g.x * &g.x).sum(..);
    "a row sum of a product" 1: (&g.x * &g.y + 1.0).sum(1);
    "a column maximum of an exponential" 1: g.x.exp().max(0);
    "a count" 1: g.x.greater(0.5).count_nonzero(..);
    "the place of the least distance" 1: (&g.x - 0.3).absolute().argmin(1);
    "a product of casts" 1: (g.x.cast(F64) * 0.5).prod(1);
    "a dot product" 1: (&g.v * g.v.flip(0)).sum(..);
};

pub(super) const CONSUMERS: &[Row] = rows! { |g|
    "a norm" 1: (&g.x * &g.x).sum(..).sqrt();
    "a mean" 1: g.x.mean(1);
    "a standard deviation" 1: g.x.std(0);
    "a ratio of sums" 1: g.x.sum(1) / g.y.sum(1);
    "logsumexp" 1: g.x.logsumexp(1);
    "sums beside a vector" 1: g.x.sum(0) * &g.row - 1.0;
    "a cast of a count" 1: g.x.greater(0.5).count_nonzero(1).cast(F32) / 400.0;
};

pub(super) const OUTPUTS: &[Row] = rows! { |g|
    "two results over one space" 1: [&g.x + &g.y, &g.x - &g.y];
    "an array and what is made of it" 1: { let e = (&g.x * 0.1).exp(); [&e * &g.y, e] };
    "an array and its row sums" 1: { let squares = &g.x * &g.x; [squares.sum(1), squares] };
    "an array and its column sums" 1: { let cubes = &g.x * &g.x * &g.x; [cubes.sum(0), cubes] };
    "rows below their maxima, and those" 1: { let top = g.x.max_keepdims(1); [&g.x - &top, top] };
    "spread and total of each row" 1: [g.x.ptp(1), g.x.sum(1)];
    "quotients and remainders" 1: { let (quotient, remainder) = g.x.divmod(&g.y); [quotient, remainder] };
    "three steps of a chain" 1: { let a = &g.x + 1.5; let b = &a * 2.5; [b.sqrt(), b, a] };
};

pub(super) const REDUCTIONS: &[Row] = rows! { |g|
    "spread" 1: g.x.ptp(0);
    "sum and sum of squares" 1: g.x.sum(1) + (&g.x * &g.x).sum(1);
    "least and greatest, whole" 1: g.x.max(..) - g.x.min(..);
    "mean and variance" 1: g.x.mean(1) + g.x.var(1);
    "least place and least value of columns" 1: g.x.argmin(0).cast(F32) * g.x.min(0);
    "any and all" 1: g.x.any(1) ^ g.x.all(1);
};

pub(super) const ROWS: &[Row] = rows! { |g|
    "softmax" 1: g.x.softmax(1);
    "layernorm" 1: (&g.x - g.x.mean_keepdims(1)) / (g.x.var_keepdims(1) + 1e-5).sqrt();
    "standardised rows" 1: (&g.x - g.x.mean_keepdims(1)) / g.x.std_keepdims(1);
    "rows by their greatest" 1: &g.x / g.x.max_keepdims(1);
    "softmax over columns" 1: g.x.softmax(0);
    "folded again" 1: (g.x.softmax(1) * &g.x).sum(1);
    "rows by their length" 1: &g.x / g.x.norm_keepdims(1);
    "rows from 0 to 1" 1: (&g.x - g.x.min_keepdims(1)) / g.x.ptp_keepdims(1);
};

pub(super) const TAKEN: &[Row] = rows! { |g|
    "computed indices" 1: g.v.take(&(&g.few * 7 % 5000), 0);
    "a reader" 1: g.v.take(&g.few, 0).sqrt() * 2.0 + 1.0;
    "a fold" 1: g.v.take(&g.many, 0).sum(..);
    "a fold of rows" 1: g.x.take(&g.few, 1).sum(1);
    "a cheap producer of as few" 1: g.v.exp().take(&g.few, 0);
    "a producer of a broadcast" 1: (&g.x + &g.row).take(&g.few, 1);
    "a view" 1: g.x.t().i((1.., s(..).step(2))).take(&g.few, 0);
    "a padded view" 1: g.x.pad(1, 0.5).take(&g.few, 0);
    "places of places" 1: g.v.take(&g.few, 0).take(&(&g.few % 100), 0);
    "two axes" 1: g.x.i((&g.few, &g.few));
    "the place of the greatest" 1: g.x.take_along_axis(&g.x.argmax_keepdims(1), 1);
    "a search" 1: g.few.searchsorted(&(&g.many * 2), numfuse::Side::Left);
};

/// A part of the inside of [`Given`](super::Given)'s `x`, moved down and to the right.
fn inside(x: &Array, down: isize, right: isize) -> Array {
    x.i((1 + down..299 + down, 1 + right..399 + right))
}

pub(super) const STENCILS: &[Row] = rows! { |g|
    "a five-point stencil" 1: {
        let at = |down, right| inside(&g.x, down, right);
        at(-1, 0) + at(1, 0) + at(0, -1) + at(0, 1) - at(0, 0) * 4.0
    };
    "the slope of a picture" 1: {
        let down = inside(&g.x, 1, 0) - inside(&g.x, -1, 0);
        let right = inside(&g.x, 0, 1) - inside(&g.x, 0, -1);
        (&down * &down + &right * &right).sqrt()
    };
    "differences of neighbours" 1: g.v.i(1..) - g.v.i(..-1);
    "a moving average" 1: g.x.sliding_window_view(5, 1).mean(-1);
    "a flip and a slice" 1: g.x.flip(0).i((.., s(..).step(2))) * 2.0;
    "a pad" 1: (&g.x * 2.0).pad(1, 0.0) + 1.0;
    "a roll" 1: g.x.roll(7, 1) - &g.x;
    "two halves joined" 1: concatenate([&g.x, &(&g.x * 2.0)], 0) + 1.0;
    "even and odd places" 1: g.v.i(s(..).step(2)) * g.v.i(s(1..).step(2));
};

pub(super) const INSIDE: &[Row] = rows! { |g|
    "k-means assignment" 1: { let apart = apart(&g.points, &g.centres); (&apart * &apart).sum(-1).argmin(1) };
    "greatest distance" 1:
        { let apart = apart(&g.points, &g.centres); (&apart * &apart).sum(-1).sqrt().max(1) };
    "n-body" 1: {
        let apart = g.bodies.i((NewAxis, .., ..)) - g.bodies.i((.., NewAxis, ..));
        let near = ((&apart * &apart).sum_keepdims(-1) + 0.01).power(-1.5);
        (apart * near).sum(1)
    };
    "nearest by the greatest gap" 1: apart(&g.points, &g.centres).absolute().max(-1).min(1);
    "the mean of correlations" 1:
        (g.points.i((.., NewAxis, ..)) * g.centres.i((NewAxis, .., ..))).sum(-1).mean(1);
};

/// Every point less every centre.
pub(super) fn apart(points: &Array, centres: &Array) -> Array {
    points.i((.., NewAxis, ..)) - centres.i((NewAxis, .., ..))
}
