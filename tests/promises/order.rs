//! Float reductions have one order, which follows from the shape alone: the same bits from any number
//! of threads, fused or not, from a view or a copy, and from the few lines of [`Rule`].

use crate::{given, numbers, ready, seen, under};
use numfuse::Error;
use numfuse::prelude::*;

/// How a fold begins, takes an element and joins two partial results.
#[derive(Clone, Copy)]
pub struct Rule<S> {
    init: S,
    next: fn(S, f32) -> S,
    join: fn(S, S) -> S,
}

/// Count, mean, and sum of squared deviations.
type Moments = (f32, f32, f32);

pub const SUM: Rule<f32> = Rule { init: 0.0, next: |sum, x| sum + x, join: |a, b| a + b };
const PRODUCT: Rule<f32> = Rule { init: 1.0, next: |product, x| product * x, join: |a, b| a * b };
const MOMENTS: Rule<Moments> = Rule {
    init: (0.0, 0.0, 0.0),
    next: |(count, mean, squares), x| {
        let after = mean + (x - mean) * (1.0 / (count + 1.0));
        (count + 1.0, after, squares + (x - mean) * (x - after))
    },
    join: |a, b| {
        if a.0 == 0.0 || b.0 == 0.0 {
            return if a.0 == 0.0 { b } else { a };
        }
        let (count, delta) = (a.0 + b.0, b.1 - a.1);
        let share = b.0 / count;
        (count, a.1 + delta * share, (a.2 + b.2) + delta * delta * (a.0 * share))
    },
};

impl<S: Copy> Rule<S> {
    /// A sequence: blocks of 512, element i of a block in lane i mod 32, each lane in order; lanes
    /// that hold elements joined by halving; the results of blocks are a sequence again.
    pub fn of_sequence(self, elements: &[f32]) -> S {
        let blocks = elements.chunks(512).map(|block| self.lanes(block, self.next));
        let mut results: Vec<S> = blocks.collect();
        while results.len() > 1 {
            results = results.chunks(512).map(|block| self.lanes(block, self.join)).collect();
        }
        results.first().copied().unwrap_or(self.init)
    }

    fn lanes<E: Copy>(self, block: &[E], next: fn(S, E) -> S) -> S {
        let lane = |l: usize| block.iter().skip(l).step_by(32).fold(self.init, |state, &x| next(state, x));
        let mut lanes: Vec<S> = (0..block.len().min(32)).map(lane).collect();
        for half in [16, 8, 4, 2, 1] {
            for l in half..lanes.len() {
                lanes[l - half] = (self.join)(lanes[l - half], lanes[l]);
            }
            lanes.truncate(half);
        }
        lanes[0]
    }

    /// A column beside 31 others or more: serial groups of 128, and their results likewise.
    fn of_column(self, elements: &[f32]) -> S {
        let serially = |group: &[f32]| group.iter().fold(self.init, |state, &x| (self.next)(state, x));
        let mut results: Vec<S> = elements.chunks(128).map(serially).collect();
        while results.len() > 1 {
            let join = |group: &[S]| group.iter().fold(self.init, |a, &b| (self.join)(a, b));
            results = results.chunks(128).map(join).collect();
        }
        results.first().copied().unwrap_or(self.init)
    }

    /// Each column of a matrix, folded along the rows.
    fn of_columns(self, elements: &[f32], columns: usize) -> Vec<S> {
        let column = |c: usize| elements.iter().copied().skip(c).step_by(columns).collect::<Vec<f32>>();
        let folded = |c| if columns < 32 { self.of_sequence(&column(c)) } else { self.of_column(&column(c)) };
        (0..columns).map(folded).collect()
    }
}

/// Around one lane and all of them, one block and several, one level of blocks and two.
const LENGTHS: [usize; 17] =
    [0, 1, 2, 15, 31, 32, 33, 63, 64, 65, 511, 512, 513, 1024 + 17, 16_384 + 1, 262_144, 262_144 + 5];

/// The same elements in other places: as given, every other one of more, backwards in memory, as a
/// column of a matrix, and as the result of an operation that is fused with the fold.
fn arrangements(elements: &[f32]) -> Vec<(&'static str, Array)> {
    let count = elements.len();
    let between = |x: &f32| [*x, f32::NAN];
    let reversed: Vec<f32> = elements.iter().rev().copied().collect();
    let strided = Array::from(elements.iter().flat_map(between).collect::<Vec<f32>>());
    let halves: Vec<f32> = elements.iter().map(|x| x * 0.5).collect();
    vec![
        ("as given", Array::from(elements.to_vec())),
        ("strided", strided.i(s(..).step(2))),
        ("a column", strided.reshape([count, 2]).i((.., 0))),
        ("backwards", Array::from(reversed).flip(0)),
        ("in one more axis", Array::from(elements.to_vec()).reshape([count, 1]).t().i(0)),
        ("fused", Array::from(halves) * 2.0),
    ]
}

#[test]
fn sums_have_the_order_of_their_shape_at_every_length() -> Result<(), Error> {
    let all = numbers(LENGTHS[LENGTHS.len() - 1]);
    let mut ordinary = 0;
    for count in LENGTHS {
        let elements = &all[..count];
        let expected = SUM.of_sequence(elements);
        ordinary += usize::from(elements.iter().sum::<f32>() == expected);
        for (name, x) in arrangements(elements) {
            assert_eq!(x.sum(..).item::<f32>()?.to_bits(), expected.to_bits(), "{count} elements, {name}");
        }
    }
    assert!(ordinary < 10, "the data would show another order");
    Ok(())
}

#[test]
fn products_and_variances_have_the_order_of_their_shape() -> Result<(), Error> {
    let all = numbers(LENGTHS[LENGTHS.len() - 1]);
    for count in LENGTHS.into_iter().skip(1) {
        let elements = &all[..count];
        let near_one: Vec<f32> = elements.iter().map(|x| 1.0 + x * 1e-5).collect();
        let product = Array::from(near_one.clone()).prod(..).item::<f32>()?;
        assert_eq!(product.to_bits(), PRODUCT.of_sequence(&near_one).to_bits(), "product of {count}");
        let (_, _, squares) = MOMENTS.of_sequence(elements);
        for (name, x) in arrangements(elements) {
            let variance = x.var(..).item::<f32>()?;
            assert_eq!(variance.to_bits(), (squares / count as f32).to_bits(), "variance of {count}, {name}");
        }
    }
    Ok(())
}

#[test]
fn sums_of_columns_have_the_order_of_their_shape() {
    for columns in [1, 2, 31, 32, 33, 100] {
        for rows in [1, 2, 31, 33, 127, 128, 129, 511, 513, 16_384 + 1] {
            let elements = numbers(rows * columns);
            let expected: Vec<u64> =
                SUM.of_columns(&elements, columns).iter().map(|&x| f64::from(x).to_bits()).collect();
            let x = Array::from_vec(elements.clone(), [rows, columns]);
            let what = format!("{rows} rows of {columns}");
            assert_eq!(seen(&x.sum(0)), expected, "{what}");
            let turned = ready(x.t() + 0.0);
            assert_eq!(seen(&turned.t().sum(0)), expected, "{what}, transposed in memory");
            let halves = ready(&x * 0.5);
            assert_eq!(seen(&(halves * 2.0).sum(0)), expected, "{what}, fused");
        }
    }
}

#[test]
fn sums_over_several_axes_go_one_axis_at_a_time_from_the_last() -> Result<(), Error> {
    let (planes, rows, columns) = (37, 41, 600);
    let elements = numbers(planes * rows * columns);
    let x = Array::from_vec(elements.clone(), [planes, rows, columns]);
    let along: Vec<f32> = elements.chunks(columns).map(|row| SUM.of_sequence(row)).collect();
    assert_eq!(x.sum(2).to_vec::<f32>()?, along);
    assert_eq!(x.sum([0, 2]).to_vec::<f32>()?, SUM.of_columns(&along, rows));
    let neighbours: Vec<f32> = elements.chunks(rows * columns).map(|plane| SUM.of_sequence(plane)).collect();
    assert_eq!(x.sum([1, 2]).to_vec::<f32>()?, neighbours, "axes beside each other are one sequence");
    assert_eq!(x.sum(..).item::<f32>()?, SUM.of_sequence(&elements));
    assert_eq!(x.sum([0, 1]).to_vec::<f32>()?, SUM.of_columns(&elements, columns));
    let spread = x.reshape([planes, 1, rows, columns, 1]);
    assert_eq!(spread.sum([1, 2, 3, 4]).to_vec::<f32>()?, neighbours, "axes of extent 1 do not count");
    Ok(())
}

#[test]
fn sums_have_the_same_bits_on_any_number_of_threads() {
    let x = ready(given(700 * 1030).reshape([700, 1030]));
    let folds = || {
        let y = &x * 0.37;
        let rows = y.softmax(1).sum(0);
        [
            y.sum(..),
            y.sum(0),
            y.sum(1),
            y.var(..),
            y.var(0),
            y.mean(1),
            y.norm(..),
            y.logsumexp(..),
            rows,
            y.t().std(1),
        ]
    };
    let expected: Vec<_> = under(false, 1, || folds().iter().map(seen).collect());
    for threads in [1, 2, 3, 8, 61] {
        for fuse in [true, false] {
            let found: Vec<_> = under(fuse, threads, || folds().iter().map(seen).collect());
            assert!(found == expected, "{threads} threads, fused: {fuse}");
        }
    }
}
