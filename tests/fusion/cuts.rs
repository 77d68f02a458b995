//! What must be cut, and why.

#![allow(clippy::reversed_empty_ranges, reason = "an end below 0 counts from the back")]

use super::{Row, leaf, rows};
use numfuse::prelude::*;

const WHOLE: &str = "a fold over the whole space is read back over that space";
const REPEATED: &str = "fusing would compute each element";
const EDGE: &str = "a fold is read on one side of a pad's edge only";
const NO_SUM: &str = "a reshape that is no sum of strides reads it";
const ON_ITS_OWN: &str = "a long fold of few rows is shared among workers on its own";
const APART: &str = "a fold walks it as one sequence, and its operands do not lie as one";
const BY_INDEX: &str = "its elements are taken by index";
const VALUES: &str = "the kernel would have more than 500 values";
const OPERATIONS: &str = "the kernel would have more than 4000 operations";
const AXES: &str = "the kernel would have more than 64 axes";

pub(super) const OVER_AND_BACK: &[Row] = rows! { |g|
    "centred" 2 because [WHOLE]: &g.x - g.x.mean(..);
    "standardised" 2 because [WHOLE, WHOLE]: (&g.x - g.x.mean(..)) / g.x.std(..);
    "a vector by its norm" 2 because [WHOLE]: &g.v / (&g.v * &g.v).sum(..).sqrt();
    "softmax over a vector" 2 because [WHOLE, REPEATED]: g.v.softmax(..);
    "a histogram's share" 2 because [WHOLE]: &g.v / g.v.sum(..);
    "from 0 to 1" 2 because [WHOLE, WHOLE]: (&g.x - g.x.min(..)) / g.x.ptp(..);
    "above the mean" 2 because [WHOLE]: g.x.greater(g.x.mean(..));
    "clipped at half the greatest" 2 because [WHOLE]: g.x.minimum(g.x.max(..) * 0.5);
    "rows and columns centred" 2 because [REPEATED]: &g.x - g.x.mean_keepdims(0) - g.x.mean_keepdims(1);
};

pub(super) const AGAIN: &[Row] = rows! { |g|
    "a row of sines, a column of cosines" 2 because [REPEATED]:
        (&g.row * &g.row).sin() + (&g.column * &g.column).cos();
    "exponentials of a broadcast row" 2 because [REPEATED]: g.x.exp() * g.row.exp();
    "logarithms of a broadcast cube" 2 because [REPEATED]:
        ones([50, 1, 1], F32) + g.x.log().i((NewAxis, .., ..));
    "a blur of a power" 2 because [REPEATED]: {
        let light = g.x.power(2.2);
        let part = |at: isize| light.i((at / 5..296 + at / 5, at % 5..396 + at % 5));
        (1..25).map(part).fold(part(0), |sum, slice| sum + slice)
    };
    "a window over an exponential" 2 because [REPEATED]: g.x.exp().sliding_window_view(9, 1).sum(-1);
    "norms of centres for each point" 2 because [REPEATED]: {
        let norms = (&g.centres + 1.0).power(2.5).sum(1);
        (ones([2000, 1], F32) * 3.0 - norms).min(1)
    };
    "an outer product of logarithms" 2 because [REPEATED]: g.row.log() * g.column.log();
    "a matrix product of hyperbolic tangents" 2 because [REPEATED]:
        (g.points.i((.., NewAxis, ..)) * g.centres.tanh().i((NewAxis, .., ..))).sum(-1);
    "sines in tiles" 2 because [REPEATED]: g.v.sin().tile(50);
};

pub(super) const TAKEN: &[Row] = rows! { |g|
    "exponentials taken many times" 2 because [REPEATED]: g.v.exp().take(&g.many, 0);
    "sums of rows taken" 2 because [BY_INDEX]: g.x.sum(1).take(&(&g.few % 300), 0);
    "sums of columns taken" 2 because [BY_INDEX]: g.x.sum(0).take(&g.few, 0);
    "the place of a sum among sums" 2 because [BY_INDEX]: g.x.sum(1).take(&(g.x.argmax(1) % 300), 0);
};

/// Sixty times what `step` says.
fn sixty(x: &Array, step: impl Fn(Array) -> Array) -> Array {
    (0..60).fold(x.clone(), |x, _| step(x))
}

pub(super) const DIAMONDS: &[Row] = rows! { |g|
    "sixty sums of neighbours" 7 because [REPEATED; 6]: sixty(&g.v, |x| x.i(1..) + x.i(..-1));
    "sixty sums with what is rolled" 20 because [REPEATED; 19]: sixty(&g.v, |x| x.roll(1, 0) + &x);
    "sixty means with what is flipped" 1: sixty(&g.x, |x| x.flip(0) * 0.5 + &x);
    "sixty means with what is transposed" 1: sixty(&g.x.i((.., ..300)), |x| x.t() * 0.5 + &x);
    "sixty doublings" 1: sixty(&g.x, |x| &x + &x);
};

pub(super) const EDGES: &[Row] = rows! { |g|
    "a sum inside a pad" 2 because [EDGE]: g.x.sum(1).pad(2, 0.0);
    "sums of two parts joined" 2 because [EDGE, EDGE]: concatenate([&g.x.sum(1), &g.x.max(1)], 0);
    "a rolled row sum" 2 because [EDGE]: g.x.sum(1).roll(3, 0);
    "sums stacked" 2 because [EDGE, EDGE]: stack([&g.x.sum(0), &g.x.max(0)], 0);
};

pub(super) const RESHAPES: &[Row] = rows! { |g|
    "a transposed matrix in rows" 2 because [NO_SUM]: (&g.x + 1.0).t().reshape([300, 400]) + 1.0;
    "windows in one axis" 2 because [NO_SUM]: g.x.i((.., ..7)).reshape([-1]).reshape([300 * 7 / 6, 6]).exp();
    "a transposed matrix in one axis" 2 because [NO_SUM]: (&g.x * 2.0).t().reshape([160, 750]).sqrt();
    "windows as rows" 2 because [NO_SUM]: (&g.x * 2.0).sliding_window_view([3, 3], ..).reshape([-1, 398]).exp();
};

pub(super) const FEW_ROWS: &[Row] = rows! { |g|
    "softmax over a long array" 3 because [ON_ITS_OWN, WHOLE, REPEATED]: g.x.softmax(..);
    "sums of two long arrays" 2 because [ON_ITS_OWN]: g.x.sum(..) + leaf(&[99_999]).sum(..);
    "lengths of two long arrays" 2 because [ON_ITS_OWN]: g.x.norm(..) / leaf(&[100_001]).norm(..);
    "means of long rows" 2 because [ON_ITS_OWN]: g.x.reshape([1, -1]).mean(1) - leaf(&[1, 80_000]).mean(1);
};

pub(super) const SCATTERED: &[Row] = rows! { |g|
    "a whole sum of a transposed matrix" 2 because [APART]: (g.x.t() * 2.0).sum(..);
    "a whole sum of a part" 2 because [APART]: g.x.i((.., ..399)).exp().sum(..);
    "a whole sum of a row spread" 2 because [APART]: (&g.x * &g.row).sum(..);
    "a whole sum of a frame" 2 because [APART]: g.x.pad(1, 0.5).sqrt().sum(..);
};

pub(super) const LIMITS: &[Row] = rows! { |g|
    "two thousand steps" 16 because [VALUES; 15]: (0..2000).fold(g.x.clone(), |y, _| y * 1.01 + 0.5);
    "seven hundred terms" 6 because [VALUES; 5]:
        (0..700).fold(g.x.clone(), |sum, at| sum + &g.x * f64::from(at));
    "two hundred sines" 4 because [OPERATIONS; 3]: (0..200).fold(g.x.clone(), |y, _| y.sin() + 0.5);
    "folds of seventy lengths" 8 because [AXES; 7]:
        (2..72).map(|n| g.row.i((.., NewAxis)).broadcast_to([400, n]).exp().sum(1)).sum::<Array>();
};
