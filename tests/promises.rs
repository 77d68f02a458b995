//! What users may rely on, promise by promise, at the level where they write.
//!
//! Values do not depend on fusion, threads, views or how often something is evaluated; mistakes come
//! back with their line; nothing recurses over an expression; shapes and numbers are not compiled
//! in; and a plan's numbers say what an evaluation will do. Every element is compared by its bits,
//! where any NaN is like any other.

mod alone;

use alone::alone;
use numfuse::prelude::*;
use numfuse::{Cause, Element, Error, config, eval_all, statistics};
use std::fmt::Debug;
use std::sync::Barrier;

// ── Data ───────────────────────────────────────────────────────────────────────────────────────────

/// Random bits from an index.
fn bits(index: usize) -> u64 {
    let mut x = (index as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

/// Numbers of both signs and of many magnitudes: their sum is another in almost every other order.
fn numbers(count: usize) -> Vec<f32> {
    let number = |i: usize| {
        let x = bits(i);
        let fraction = (x >> 40) as f32 / (1 << 24) as f32 + 0.5;
        let scale = f32::from(1u16 << (x & 7));
        if x & 8 == 0 { fraction * scale } else { -fraction * scale }
    };
    (0..count).map(number).collect()
}

fn given(count: usize) -> Array {
    Array::from(numbers(count))
}

fn ready(x: Array) -> Array {
    x.eval().expect("the expression is sound");
    x
}

/// The elements, each as its bits; NaN as one pattern.
#[track_caller]
fn seen(x: &Array) -> Vec<u64> {
    let one_nan = |x: f64| if x.is_nan() { f64::NAN.to_bits() } else { x.to_bits() };
    let elements = match x.dtype() {
        F32 => x.to_vec::<f32>().map(|v| v.into_iter().map(|x| one_nan(f64::from(x))).collect()),
        F64 => x.to_vec::<f64>().map(|v| v.into_iter().map(one_nan).collect()),
        _ => x.cast(I64).to_vec::<i64>().map(|v| v.into_iter().map(|n| n as u64).collect()),
    };
    elements.unwrap_or_else(|error| panic!("{error}"))
}

#[track_caller]
fn holds<T: Element + Debug + PartialEq>(x: &Array, expected: &[T]) {
    assert_eq!(x.to_vec::<T>().unwrap_or_else(|error| panic!("{error}")), expected);
}

/// Runs `body` with other settings of fusion and threads.
fn under<R>(fuse: bool, threads: usize, body: impl FnOnce() -> R) -> R {
    config::with(
        |config| {
            config.fuse = fuse;
            config.threads = Some(threads);
        },
        body,
    )
}

// ── 1: NumPy's types ───────────────────────────────────────────────────────────────────────────────

#[test]
fn plain_numbers_never_widen_an_array() {
    let single = Array::from([1.0f32]);
    assert_eq!((&single + 1.5).dtype(), F32);
    assert_eq!((1e300 * &single).dtype(), F32);
    assert_eq!(single.maximum(2).dtype(), F32);
    assert_eq!((Array::from([1i32]) + &single).dtype(), F64);
    assert_eq!((Array::from([1i8]) + 100).dtype(), I8);
    assert_eq!((Array::from([1u8]) * 1.5).dtype(), F64);
    assert_eq!((Array::from([1u64]) + Array::from([1i64])).dtype(), F64);
    assert_eq!((Array::from([1i8]) / Array::from([1i8])).dtype(), F64);
    holds(&(Array::from([100i8]) + 100), &[-56i8]);
}

#[test]
fn a_number_that_the_type_cannot_hold_is_an_error_where_it_is_written() {
    let sum = Array::from([1i8]) + 300;
    let line = line!() - 1;
    let error = sum.check().unwrap_err();
    assert!(error.to_string().starts_with("Python integer 300 out of bounds for int8"), "{error}");
    assert_eq!(error.location().line(), line);
    assert!((Array::from([1u8]) * -1).check().is_err());
    assert!((Array::from([1u64]) + u64::MAX).check().is_ok());
}

#[test]
fn integers_accumulate_in_64_bits() -> Result<(), Error> {
    assert_eq!(full(1000, 127, I8).sum(..).item::<i64>()?, 127_000);
    assert_eq!(full(1000, u32::MAX, U32).sum(..).item::<u64>()?, 1000 * u64::from(u32::MAX));
    assert_eq!(full(7, 100, U8).prod(..).item::<u64>()?, 100_000_000_000_000);
    assert_eq!(ones(1000, BOOL).sum(..).item::<i64>()?, 1000);
    assert_eq!(full(1000, 127, I8).mean(..).item::<f64>()?, 127.0);
    assert_eq!(full([300, 100], -128, I8).sum(0).to_vec::<i64>()?, [-38_400; 100]);
    Ok(())
}

// ── 2: fusing never changes a bit ──────────────────────────────────────────────────────────────────

#[test]
fn products_and_sums_are_not_contracted() -> Result<(), Error> {
    let count = 10_007;
    let (a, b, c) =
        (numbers(count), numbers(2 * count)[count..].to_vec(), numbers(3 * count)[2 * count..].to_vec());
    let (x, y, z) = (Array::from(a.clone()), Array::from(b.clone()), Array::from(c.clone()));
    let rounded_twice: Vec<f32> = (0..count).map(|i| a[i] * b[i] + c[i]).collect();
    let contracted = (0..count).filter(|&i| a[i].mul_add(b[i], c[i]) != rounded_twice[i]).count();
    assert!(contracted > count / 10, "the data would show a contraction");
    assert_eq!((&x * &y + &z).to_vec::<f32>()?, rounded_twice);
    assert_eq!((&z + &x * &y).to_vec::<f32>()?, rounded_twice);
    let subtracted: Vec<f32> = (0..count).map(|i| c[i] - a[i] * b[i]).collect();
    assert_eq!((&z - &x * &y).to_vec::<f32>()?, subtracted);
    let doubles: Vec<f64> =
        (0..count).map(|i| f64::from(a[i]) / 3.0 * f64::from(b[i]) + f64::from(c[i])).collect();
    assert_eq!((x.cast(F64) / 3.0 * y.cast(F64) + z.cast(F64)).to_vec::<f64>()?, doubles);
    Ok(())
}

/// Expressions of all sorts over a matrix, each fused into few kernels.
fn expressions(x: &Array) -> Vec<(&'static str, Array)> {
    let apart = x.i((..40, NewAxis, ..)) - x.i((NewAxis, 40..70, ..));
    vec![
        ("chain", (x * 1.7 - 0.3) / (x.absolute() + 0.9) + x * x * x),
        (
            "functions",
            x.sin() * x.cos() + (x * 0.01).exp().log1p() - x.tanh().erf() + x.absolute().power(0.7),
        ),
        ("roots", (x.absolute().sqrt() + x.square()).reciprocal()),
        ("choice", where_(x.greater(0.0), x.log(), (-x).sqrt())),
        ("integers", (x.cast(I32) * 7 % 5 << 3).floor_divide(x.cast(I8))),
        ("small types", (x.cast(I8) * 3 + x.cast(U8)).cast(U16) >> 2),
        ("stencil", x.i((1.., ..)) * 0.3 + x.i((..-1, ..)) * 0.7 - x.roll(3, 1).i((1.., ..))),
        ("frames", (x * 1.1).pad(2, 0.5).t() + concatenate([x.sin(), x.cos()], 0).sum(..)),
        ("standardised", (x - x.mean(..)) / x.std(..)),
        ("layer norm", (x - x.mean_keepdims(1)) / (x.var_keepdims(1) + 1e-5).sqrt()),
        ("softmax", x.softmax(1)),
        ("softmax down", x.softmax(0)),
        ("sums of products", (x * 1.3 * x.roll(1, 0)).sum(0)),
        ("distances", (&apart * &apart).sum(-1).sqrt().min(1)),
        ("windows", (x * 0.9).sliding_window_view(5, 0).mean(-1)),
        ("places", (x.square() - x).argmax(1)),
        ("flips", x.flip(0).exp2() - x.t().t().flip(..).floor()),
    ]
}

#[test]
fn fusing_never_changes_a_bit() {
    for dtype in [F32, F64] {
        let x = ready(given(83 * 131).reshape([83, 131]).cast(dtype));
        for ((name, fused), (_, apart)) in expressions(&x).into_iter().zip(expressions(&x)) {
            let expected = under(false, 1, || seen(&apart));
            assert_eq!(under(true, 2, || seen(&fused)), expected, "{name} of {dtype}");
        }
    }
}

#[test]
fn evaluating_a_part_first_never_changes_a_bit() -> Result<(), Error> {
    let x = ready(given(64 * 65).reshape([64, 65]));
    let whole = |y: &Array| (y.exp() * 0.3 + y / y.norm(..)).sum(0) - y.mean(0);
    let together = whole(&(&x * 0.11 + 0.7));
    let part = &x * 0.11 + 0.7;
    part.eval()?;
    assert_eq!(seen(&whole(&part)), seen(&together));
    let (again, other) = (whole(&(&x * 0.11 + 0.7)), whole(&(&x * 0.11 + 0.7)));
    eval_all([&again, &other])?;
    assert_eq!((seen(&again), seen(&other)), (seen(&together), seen(&together)));
    Ok(())
}

// ── 4: reductions have one order ───────────────────────────────────────────────────────────────────

/// How a fold begins, takes an element and joins two partial results.
#[derive(Clone, Copy)]
struct Rule<S> {
    init: S,
    next: fn(S, f32) -> S,
    join: fn(S, S) -> S,
}

/// Count, mean, and sum of squared deviations.
type Moments = (f32, f32, f32);

const SUM: Rule<f32> = Rule { init: 0.0, next: |sum, x| sum + x, join: |a, b| a + b };
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
    fn of_sequence(self, elements: &[f32]) -> S {
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

// ── 5: division and shifts are total ───────────────────────────────────────────────────────────────

/// Each integer type with values at its ends, and what Python makes of them without limits.
macro_rules! for_integers {
    ($check:ident: $($T:ident)+) => { $(
        let ends: Vec<i128> = [0, 1, 2, 3, 7, 5, 40, -1, -2, -3, -7, $T::MIN as i128, $T::MIN as i128 + 1, $T::MAX as i128, $T::MAX as i128 - 1]
            .into_iter().filter(|&n| $T::try_from(n).is_ok()).collect();
        let pairs: Vec<($T, $T)> = ends.iter().flat_map(|&a| ends.iter().map(move |&b| (a as $T, b as $T))).collect();
        let (a, b): (Vec<$T>, Vec<$T>) = pairs.iter().copied().unzip();
        let (x, y) = (Array::from(a), Array::from(b));
        $check(&x, &y, &|f: &dyn Fn(i128, i128, u32, bool) -> i128| {
            pairs.iter().map(|&(a, b)| f(a as i128, b as i128, $T::BITS, $T::MIN != 0) as $T as i64 as u64).collect::<Vec<u64>>()
        });
    )+ };
}

type Expected<'a> = &'a dyn Fn(&dyn Fn(i128, i128, u32, bool) -> i128) -> Vec<u64>;

fn floor_of(a: i128, b: i128) -> i128 {
    if b == 0 { 0 } else { a.div_euclid(b) - i128::from(b < 0 && a.rem_euclid(b) != 0) }
}

fn divisions_are_total(x: &Array, y: &Array, expected: Expected<'_>) {
    let what = x.dtype();
    let remainder = |a: i128, b: i128| if b == 0 { 0 } else { a - floor_of(a, b) * b };
    assert_eq!(seen(&x.floor_divide(y)), expected(&|a, b, _, _| floor_of(a, b)), "{what} //");
    assert_eq!(seen(&(x % y)), expected(&|a, b, _, _| remainder(a, b)), "{what} %");
    assert_eq!(seen(&x.fmod(y)), expected(&|a, b, _, _| if b == 0 { 0 } else { a % b }), "{what} fmod");
    let (quotient, rest) = x.divmod(y);
    assert_eq!(
        seen(&(quotient * y + rest)),
        expected(&|a, b, _, _| if b == 0 { 0 } else { a }),
        "{what} divmod"
    );
    for divisor in [0, 1, 3] {
        let floor = expected(&|a, _, _, _| floor_of(a, divisor));
        assert_eq!(seen(&x.floor_divide(divisor as i64)), floor, "{what} // {divisor}");
        assert_eq!(
            seen(&(x % divisor as i64)),
            expected(&|a, _, _, _| remainder(a, divisor)),
            "{what} % {divisor}"
        );
    }
}

fn shifts_are_total(x: &Array, y: &Array, expected: Expected<'_>) {
    let what = x.dtype();
    let far = |b: i128, bits: u32| !(0..i128::from(bits)).contains(&b);
    let left = |a: i128, b: i128, bits: u32| if far(b, bits) { 0 } else { a << b };
    let right = |a: i128, b: i128, bits: u32| if far(b, bits) { if a < 0 { -1 } else { 0 } } else { a >> b };
    assert_eq!(seen(&(x << y)), expected(&|a, b, bits, _| left(a, b, bits)), "{what} <<");
    assert_eq!(seen(&(x >> y)), expected(&|a, b, bits, _| right(a, b, bits)), "{what} >>");
    for count in [0, 7, 8, 31, 32, 40, 63, 64, 100] {
        assert_eq!(
            seen(&(x << count as i64)),
            expected(&|a, _, bits, _| left(a, count, bits)),
            "{what} << {count}"
        );
        assert_eq!(
            seen(&(x >> count as i64)),
            expected(&|a, _, bits, _| right(a, count, bits)),
            "{what} >> {count}"
        );
    }
}

#[test]
fn integer_division_is_total_and_pythons() {
    for_integers!(divisions_are_total: i8 i16 i32 i64 u8 u16 u32 u64);
}

#[test]
fn shifts_past_the_width_leave_nothing() {
    holds(&(Array::from([1i32; 9]) << 40), &[0i32; 9]);
    for_integers!(shifts_are_total: i8 i16 i32 i64 u8 u16 u32 u64);
}

// ── 6: NaN and -0 ──────────────────────────────────────────────────────────────────────────────────

#[test]
fn extremes_propagate_nan_unless_asked_to_ignore_it() {
    let nan = f32::NAN;
    let (x, y) = (Array::from([nan, 1.0, nan, 2.0]), Array::from([1.0f32, nan, nan, 3.0]));
    assert_eq!(seen(&x.maximum(&y)), seen(&Array::from([nan, nan, nan, 3.0])));
    assert_eq!(seen(&x.minimum(&y)), seen(&Array::from([nan, nan, nan, 2.0])));
    assert_eq!(seen(&x.fmax(&y)), seen(&Array::from([1.0, 1.0, nan, 3.0])));
    assert_eq!(seen(&x.fmin(&y)), seen(&Array::from([1.0, 1.0, nan, 2.0])));
    assert_eq!(seen(&x.clip(0.0, 1.5)), seen(&Array::from([nan, 1.0, nan, 1.5])));
    for count in [1, 31, 33, 513, 5000] {
        for place in [0, count / 3, count - 1] {
            let mut elements = numbers(count);
            elements[place..].iter_mut().step_by(7).for_each(|x| *x = nan);
            let x = Array::from(elements);
            for extreme in [x.max(..), x.min(..), x.ptp(..)] {
                assert!(extreme.item::<f32>().unwrap().is_nan(), "{count} elements, NaN at {place}");
            }
            assert_eq!(x.argmax(..).item::<i64>().unwrap(), place as i64, "the first NaN");
            assert_eq!(x.argmin(..).item::<i64>().unwrap(), place as i64, "the first NaN");
        }
    }
}

#[test]
fn minus_zero_is_below_zero_in_extremes() {
    let (x, y) = (Array::from([0.0, -0.0, 0.0, -0.0]), Array::from([-0.0, 0.0, 0.0, -0.0]));
    assert_eq!(seen(&x.maximum(&y)), seen(&Array::from([0.0, 0.0, 0.0, -0.0])));
    assert_eq!(seen(&x.minimum(&y)), seen(&Array::from([-0.0, -0.0, 0.0, -0.0])));
    assert_eq!(seen(&x.fmax(&y)), seen(&Array::from([0.0, 0.0, 0.0, -0.0])));
    assert_eq!(seen(&x.fmin(&y)), seen(&Array::from([-0.0, -0.0, 0.0, -0.0])));
    for count in [2, 33, 600] {
        for place in [0, count - 1] {
            let (mut low, mut high) = (vec![0.0f32; count], vec![-0.0f32; count]);
            (low[place], high[place]) = (-0.0, 0.0);
            assert!(Array::from(low).min(..).item::<f32>().unwrap().is_sign_negative(), "{count}, {place}");
            assert!(Array::from(high).max(..).item::<f32>().unwrap().is_sign_positive(), "{count}, {place}");
        }
    }
}

#[test]
fn floats_beyond_an_integer_type_saturate() {
    macro_rules! saturates {
        ($from:ident: $($T:ident)+) => { $(
            let limits = [0.0, -0.9, 1.9, $T::MIN as $from, $T::MAX as $from, $T::MAX as $from / 2.0];
            let floats: Vec<$from> = [$from::NAN, $from::INFINITY, $from::NEG_INFINITY, $from::MAX, $from::MIN, -1.0, 300.5, -7e10]
                .into_iter().chain(limits).cycle().take(45).collect();
            let expected: Vec<$T> = floats.iter().map(|&x| x as $T).collect();
            holds(&Array::from(floats).cast(<$T as Element>::DTYPE), &expected);
        )+ };
    }
    saturates!(f32: i8 i16 i32 i64 u8 u16 u32 u64);
    saturates!(f64: i8 i16 i32 i64 u8 u16 u32 u64);
}

// ── 9: mistakes are reported where they are made ───────────────────────────────────────────────────

#[test]
fn every_mistake_names_the_users_file_and_line() {
    let x = zeros([2, 3], F32);
    let mistakes = [
        (&x + zeros(4, F32), line!()),
        (&x & 1, line!()),
        (x.sum(7), line!()),
        (x.reshape(7), line!()),
        (x.i((0, 9)), line!()),
        (numfuse::exp(x.i(5)), line!()),
        (x.cast(U8) + 256, line!()),
        (concatenate([&x, &x.t()], 0), line!()),
        (Array::from_vec(vec![1.0, 2.0], 3), line!()),
        (arange((0, 1, 0)), line!()),
        (1.5 * &x.i((0, 0, 0)), line!()),
        (where_(&x, &x, zeros(9, F32)), line!()),
        (x.t().softmax(2).sqrt().sum(..), line!()),
    ];
    for (failed, line) in mistakes {
        let error = failed.check().unwrap_err();
        assert_eq!((error.location().file(), error.location().line()), (file!(), line), "{error}");
        let place = format!("tests/promises.rs:{line}:");
        assert!(error.to_string().contains(&place), "{error}");
        assert!(matches!(error.cause(), Cause::Expression(_)), "{error}");
    }
}

#[test]
fn evaluating_a_mistake_returns_it_and_operators_pass_it_on() {
    let failed = zeros(3, F32) + zeros(4, F32);
    let text = failed.check().unwrap_err().to_string();
    assert!(text.starts_with("operands could not be broadcast together with shapes (3,) (4,)"), "{text}");
    let mut later = (&failed * 2 + 1.5).exp().sum(0).cast(I64).reshape([1, -1]).i(0);
    later += zeros(99, F32);
    let said = |result: Result<(), Error>| result.unwrap_err().to_string();
    assert_eq!(said(later.check()), text);
    assert_eq!(said(later.eval()), text);
    assert_eq!(said(later.to_vec::<f32>().map(drop)), text);
    assert_eq!(said(later.item::<f32>().map(drop)), text);
    assert_eq!(said(eval_all([&ones(3, F32), &later])), text);
    assert_eq!(said(later.plan().map(drop)), text);
    assert_eq!(said(later.try_shape().map(drop)), text);
    assert_eq!(said(later.to_npy().map(drop)), text);
}

// ── 14: nothing recurses over an expression ────────────────────────────────────────────────────────

/// Runs `body` with a stack that a recursion over thousands of nodes would overflow.
fn on_a_small_stack(body: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(512 << 10).spawn(body);
    thread.expect("a thread starts").join().expect("the thread does not panic");
}

#[test]
fn a_chain_of_a_million_operations_is_built_evaluated_and_dropped() {
    on_a_small_stack(|| {
        let mut x = Array::from([1.0f32, -1.0]);
        for _ in 0..500_000 {
            x = (x + 1.0).absolute();
        }
        holds(&x, &[500_001.0f32, 500_000.0 - 1.0]);
        let mut dropped = x;
        for _ in 0..1_000_000 {
            dropped = dropped.cast(F64).cast(F32);
        }
    });
}

#[test]
fn a_diamond_of_60_levels_is_built_evaluated_and_dropped() {
    on_a_small_stack(|| {
        let mut x = Array::from([1.0, -3.0, 0.5]);
        for _ in 0..60 {
            x = &x + &x;
        }
        assert_eq!(x.shape(), [3]);
        assert!(!x.explain().is_empty());
        let all = (1u64 << 60) as f64;
        holds(&x, &[all, -3.0 * all, 0.5 * all]);
    });
}

// ── 15 and 16: shapes, numbers and arrays are not compiled in ──────────────────────────────────────

/// How many kernels were compiled meanwhile.
fn compiled(body: impl FnOnce()) -> u64 {
    let before = statistics().compiles;
    body();
    statistics().compiles - before
}

#[test]
fn a_thousand_shapes_of_an_expression_compile_at_most_four_kernels() {
    alone("a_thousand_shapes_of_an_expression_compile_at_most_four_kernels", || {
        for (name, expression) in FORMS {
            let kernels = compiled(|| evaluate_shapes(expression, 17));
            assert!((1..=4).contains(&kernels), "{name}: {kernels} kernels");
            let kernels = compiled(|| evaluate_shapes(expression, 17));
            assert_eq!(kernels, 0, "{name}, again");
        }
        // A kernel knows the extent of columns of up to 16: there are more, but not one a shape.
        for (name, expression) in FORMS {
            let kernels = compiled(|| evaluate_shapes(expression, 1));
            assert!(kernels <= 48, "{name} with short axes: {kernels} kernels");
        }
    });
}

/// Expressions of one matrix.
const FORMS: [(&str, fn(&Array) -> Array); 8] = [
    ("elementwise", |x| (x * 2.5 + x.exp()).sqrt() / 3.5),
    ("views", |x| x.flip(0) * 0.25 + x.t().t()),
    ("a broadcast row", |x| x * 1.7 + x.i((0, ..))),
    ("a whole sum", |x| (x * x).sum(..)),
    ("sums of rows", |x| (x * 1.5).sum(1)),
    ("sums of columns", |x| (x * 1.5).sum(0)),
    ("softmax", |x| x.softmax(1)),
    ("standardised", |x| (x - x.mean(..)) / x.std(..)),
];

/// A thousand random shapes with no extent below `least`.
fn evaluate_shapes(expression: fn(&Array) -> Array, least: usize) {
    for i in 0..1000 {
        let [rows, columns] = [2 * i, 2 * i + 1].map(|i| (bits(i) % 100) as usize + least);
        let x = given(rows * columns).reshape([rows, columns]);
        expression(&x).eval().expect("the expression is sound");
    }
}

#[test]
fn a_changing_number_compiles_and_plans_nothing() {
    alone("a_changing_number_compiles_and_plans_nothing", || {
        let x = given(1000);
        let step = |dt: f64| (&x * dt + (dt * 0.37)).maximum(dt).sum(..).item::<f32>().unwrap();
        step(0.125);
        let before = statistics();
        let mut sums: Vec<f32> = (0..1000).map(|i| step(0.0123 + f64::from(i) * 1e-3)).collect();
        let after = statistics();
        assert_eq!((after.compiles, after.plan_misses), (before.compiles, before.plan_misses));
        sums.dedup();
        assert_eq!(sums.len(), 1000, "each number counts");
    });
}

#[test]
fn arrays_are_never_constants_in_code() {
    alone("arrays_are_never_constants_in_code", || {
        let expression = |weight: f32| {
            let (one, few) = (Array::from_vec(vec![weight], ()), Array::from([weight, 2.0, weight]));
            (few * one + Array::from([weight; 3])).sum(..)
        };
        expression(4.0).eval().unwrap();
        let kernels = compiled(|| {
            for weight in [0.0, 1.0, -1.0, 0.5, 7.25, f32::INFINITY] {
                let sum = expression(weight).item::<f32>().unwrap();
                let ends = weight * weight + weight;
                assert_eq!(sum, SUM.of_sequence(&[ends, 2.0 * weight + weight, ends]));
            }
        });
        assert_eq!(kernels, 0);
    });
}

// ── 17, 18 and 21: plans in numbers, and why ───────────────────────────────────────────────────────

#[test]
fn what_a_broadcast_would_compute_again_is_computed_once() {
    let (x, y) = (given(3000), given(2000));
    let outer = (&x * &x).sin().i((NewAxis, ..)) + (&y * &y).cos().i((.., NewAxis));
    let plan = outer.plan().unwrap();
    let (inputs, result) = (4 * 5000, 4 * 3000 * 2000);
    assert!((2..=3).contains(&plan.kernels), "{}", outer.explain());
    assert!(plan.bytes_moved <= result + 3 * inputs, "{}", outer.explain());
    assert!(outer.explain().contains("fusing would compute each element 2000 times"), "{}", outer.explain());
}

#[test]
fn a_broadcast_that_only_feeds_a_reduction_lies_nowhere_in_memory() {
    let (points, centres) = (given(4000 * 8).reshape([4000, 8]), given(100 * 8).reshape([100, 8]));
    let apart = points.i((.., NewAxis, ..)) - centres.i((NewAxis, .., ..));
    let inputs = 4 * (4000 * 8 + 100 * 8);
    let distances = (&apart * &apart).sum(-1);
    let plan = distances.plan().unwrap();
    assert_eq!(
        (plan.kernels, plan.bytes_moved, plan.peak_bytes),
        (1, inputs + 4 * 4000 * 100, 4 * 4000 * 100)
    );
    let nearest = distances.argmin(1).plan().unwrap();
    assert_eq!((nearest.kernels, nearest.bytes_moved, nearest.peak_bytes), (1, inputs + 8 * 4000, 8 * 4000));
    let bodies = given(500 * 3).reshape([500, 3]);
    let apart = bodies.i((NewAxis, .., ..)) - bodies.i((.., NewAxis, ..));
    let pull = &apart * ((&apart * &apart).sum_keepdims(-1) + 0.01).power(-1.5);
    let plan = pull.sum(1).plan().unwrap();
    assert_eq!((plan.kernels, plan.bytes_moved), (1, 2 * 4 * 500 * 3));
    let ones = (ones([5000, 6000], F32) * given(6000)).sum(1).plan().unwrap();
    assert_eq!((ones.kernels, ones.peak_bytes), (1, 4 * 5000));
}

#[test]
fn an_explanation_says_what_where_how_much_and_why() {
    let x = given(300 * 400).reshape([300, 400]);
    let scaled = &x * 0.25 - 1.5;
    let first = line!() - 1;
    let centred = &scaled - scaled.mean(..);
    let second = line!() - 1;
    let text = centred.explain();
    let plan = centred.plan().unwrap();
    assert_eq!(plan.kernels, 2, "{text}");
    assert_eq!(plan.peak_bytes, 300 * 400 * 4 + 4, "{text}");
    assert!(text.contains(&format!("{} array operations became 2 kernels", plan.operations)), "{text}");
    for said in ["multiply", "sum", "divide", "subtract", "(300, 400)", "float32", "must move", "because"] {
        assert!(text.contains(said), "{said}\n{text}");
    }
    for line in [first, second] {
        assert!(text.contains(&format!("{}:{line}:", file!())), "line {line}\n{text}");
    }
    assert!(text.contains("a fold over the whole space is read back over that space"), "{text}");
    centred.eval().unwrap();
    assert_eq!((centred.explain(), centred.plan().unwrap()), (text, plan), "the same after the evaluation");
}

// ── 28: many threads at once ───────────────────────────────────────────────────────────────────────

#[test]
fn eight_threads_evaluate_shared_pending_arrays_at_once() {
    let x = ready(given(257 * 129).reshape([257, 129]));
    let family = || {
        let base = (&x * 0.31).tanh() + 0.5;
        let rows = base.softmax(1);
        [base.clone(), base.sum(0), base.sum(..), &rows * &base, rows.t(), (&rows - base.mean(..)).std(1)]
    };
    let expected: Vec<_> = under(false, 1, || family().iter().map(seen).collect());
    for round in 0..20 {
        let (shared, start) = (family(), Barrier::new(8));
        std::thread::scope(|scope| {
            for thread in 0..8 {
                let (shared, start, expected) = (&shared, &start, &expected);
                scope.spawn(move || {
                    start.wait();
                    if thread == 7 {
                        eval_all(shared).unwrap();
                    }
                    for k in 0..shared.len() {
                        let k = (k + thread + round) % shared.len();
                        assert_eq!(seen(&shared[k]), expected[k], "array {k} on thread {thread}");
                        // What builds on an array that others are evaluating sees the same values.
                        let again = (&shared[k] * 1.0).reshape(-1);
                        assert_eq!(seen(&again), expected[k], "array {k} read by thread {thread}");
                    }
                });
            }
        });
    }
}
