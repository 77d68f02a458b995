//! Whole numbers from words: below a bound, Poisson and binomial numbers.

use super::super::extended::polynomial;
use super::continuous::{above_zero, not_below_zero};
use super::{Source, whole_block, word, word_of_four};
use crate::math::{Arith, ArithExt, Carried, exp, log, log1p};
use smallvec::smallvec;
use std::f64::consts::TAU;

/// The most attempts of a rejection. Fewer than one in 3 fails, so that all fail with a probability below
/// 10^-15; the number is then the mode.
const ATTEMPTS: u32 = 32;

/// The most steps of a search from 0 upwards where at most 10 are expected: more are needed with a
/// probability below 10^-28.
const STEPS: u32 = 64;

/// The expectation from which rejections are cheaper than a search.
const LARGE: f64 = 10.0;

/// A uint32 below `span` (which stands for 2^32 if it is 0), without bias: Lemire's method (*Fast random
/// integer generation in an interval*, 2019), with `threshold` = 2^32 mod `span`.
///
/// The upper half of a word times the span is the number, unless the lower half is below the threshold.
/// Then, out of line, the number is that of 128 bits of the element's own instead of 32, and the
/// probabilities of any two numbers differ by less than 2^-96 of themselves.
pub fn below<A: Arith>(k: &mut A, source: Source<A::V>, span: A::V, threshold: A::V) -> A::V {
    let bits = word_of_four(k, source);
    let (number, rest) = (k.mul_high(bits, span), k.mul(bits, span));
    let none = word(k, 0);
    let full = k.eq(span, none);
    let number = k.select(full, bits, number);
    let unfair = k.lt(rest, threshold);
    k.rare(unfair, number, |k| below_wide(k, source, [span, none])[0])
}

/// A number below a span of two words (not 0), as two words: the upper 64 bits of 128 random bits times
/// the span. The probabilities of any two numbers differ by less than 2^-64 of themselves.
pub fn below_wide<A: Arith>(k: &mut A, source: Source<A::V>, span: [A::V; 2]) -> [A::V; 2] {
    let none = word(k, 0);
    let block = whole_block(k, source, none);
    // The product of four digits with two, digit by digit; the two uppermost of six are kept.
    let mut digits = [none; 6];
    for (place, factor) in span.into_iter().enumerate() {
        let mut carry = none;
        for (i, &digit) in block.iter().enumerate() {
            let (high, low) = (k.mul_high(digit, factor), k.mul(digit, factor));
            let (sum, first) = add_with_carry(k, digits[i + place], low);
            let (sum, second) = add_with_carry(k, sum, carry);
            digits[i + place] = sum;
            // At most 2^32 - 2 and two carries: a digit of a product leaves room for them.
            let high = k.add(high, first);
            carry = k.add(high, second);
        }
        digits[place + 4] = carry;
    }
    [digits[4], digits[5]]
}

/// The sum of two words, and 1 where it overflows.
fn add_with_carry<A: Arith>(k: &mut A, a: A::V, b: A::V) -> (A::V, A::V) {
    let sum = k.add(a, b);
    let over = k.lt(sum, a);
    let carry = k.cast(over, crate::dtype::DType::U32);
    (sum, carry)
}

/// A Poisson number of that rate, as a float64: NaN for rates that are NaN or below 0.
///
/// Below 10 by searching for the place of a uniform number in the sums of the probabilities; from 10 on by
/// the transformed rejection of Hörmann (*The transformed rejection method for generating Poisson random
/// variables*, 1993), algorithm PTRS.
pub fn poisson<A: Arith>(k: &mut A, source: Source<A::V>, rate: A::V) -> A::V {
    let large = k.float(rate, LARGE);
    let going = k.ge(rate, large);
    let hat = Hat::of_poisson(k, rate);
    let mode = k.floor(rate);
    let one = k.float(rate, 1.0);
    let value = hat.reject(k, source, going, mode, rate, |k, n| {
        // log(p(n) sqrt(2π (n + 1))), by Stirling's series, in terms that stay small.
        let more = k.add(n, one);
        let away = k.sub(rate, more);
        let ratio = k.div(away, more);
        let logarithm = log1p(k, ratio);
        let height = k.mul(n, logarithm);
        let height = k.sub(height, away);
        let tail = stirling_tail(k, more);
        let tau = k.float(n, TAU);
        let scale = k.mul(tau, more);
        let scale = k.sqrt(scale);
        (k.sub(height, tail), scale)
    });
    let small = k.lt(rate, large);
    let value = k.rare(small, value, |k| {
        let minus = k.neg(rate);
        let first = exp(k, minus);
        search(k, source, small, first, rate, |k, next| k.div(rate, next))
    });
    not_below_zero(k, rate, value)
}

/// A binomial number of `count` trials of that probability, as a float64: NaN unless the count is at
/// least 0 and the probability within 0 … 1.
///
/// Where fewer than 10 are expected by searching as [`poisson`] does, else by the transformed rejection of
/// Hörmann (*The generation of binomial random variates*, 1993), algorithm BTRS.
pub fn binomial<A: Arith>(k: &mut A, source: Source<A::V>, count: A::V, probability: A::V) -> A::V {
    let (one, half) = (k.float(count, 1.0), k.float(count, 0.5));
    // The rarer of the two outcomes is counted.
    let swapped = k.gt(probability, half);
    let other = k.sub(one, probability);
    let p = k.select(swapped, other, probability);
    let q = k.sub(one, p);
    let odds = k.div(p, q);
    let mean = k.mul(count, p);
    let large = k.float(count, LARGE);
    let going = k.ge(mean, large);
    let hat = Hat::of_binomial(k, mean, p, q);
    let more = k.add(count, one);
    let mode = k.mul(more, p);
    let mode = k.floor(mode);
    let top = height_of_binomial(k, mode, more, odds);
    let value = hat.reject(k, source, going, mode, count, |k, n| {
        let fits = k.le(n, count);
        let held = k.select(fits, n, mode);
        let height = height_of_binomial(k, held, more, odds);
        let height = k.sub(height, top);
        // log(p(n) / p(mode)) = height + (count + 1) log((count - mode + 1) / (count - n + 1))
        let (left, step) = (k.sub(more, held), k.sub(held, mode));
        let ratio = k.div(step, left);
        let logarithm = log1p(k, ratio);
        let height = k.fma(more, logarithm, height);
        let never = k.float(n, f64::NEG_INFINITY);
        (k.select(fits, height, never), one)
    });
    let small = k.lt(mean, large);
    let value = k.rare(small, value, |k| {
        let minus = k.neg(p);
        let logarithm = log1p(k, minus);
        let logarithm = k.mul(count, logarithm);
        let first = exp(k, logarithm);
        search(k, source, small, first, mean, |k, next| {
            // (count - n + 1) / n p / q
            let left = k.sub(more, next);
            let ratio = k.div(left, next);
            k.mul(ratio, odds)
        })
    });
    let others = k.sub(count, value);
    let value = k.select(swapped, others, value);
    let value = not_below_zero(k, count, value);
    let value = not_below_zero(k, probability, value);
    not_below_zero(k, other, value)
}

/// `(n + 1/2) log(odds (count - n + 1) / (n + 1)) - J(n + 1) - J(count - n + 1)`.
fn height_of_binomial<A: Arith>(k: &mut A, n: A::V, more: A::V, odds: A::V) -> A::V {
    let (one, half) = (k.float(n, 1.0), k.float(n, 0.5));
    let (after, left) = (k.add(n, one), k.sub(more, n));
    let ratio = k.div(left, after);
    let ratio = k.mul(odds, ratio);
    let logarithm = log(k, ratio);
    let centre = k.add(n, half);
    let height = k.mul(centre, logarithm);
    let (tail, other) = (stirling_tail(k, after), stirling_tail(k, left));
    let height = k.sub(height, tail);
    k.sub(height, other)
}

/// J of `log Γ(x) = (x - 1/2) log x - x + log(2π)/2 + J(x)` for x from 1 on, by five terms of Stieltjes'
/// continued fraction: within 2 · 10^-5 at 1, 10^-7 at 2 and 10^-11 at 5.
fn stirling_tail<A: Arith>(k: &mut A, x: A::V) -> A::V {
    let square = k.mul(x, x);
    let top = polynomial(k, square, &[0.021_274_096_274_096_273, 0.149_125_874_125_874_14, 1.0 / 12.0]);
    let bottom = polynomial(k, square, &[0.306_526_806_526_806_5, 1.822_843_822_843_822_8, 1.0]);
    let bottom = k.mul(x, bottom);
    k.div(top, bottom)
}

/// What a transformed rejection draws from: the inverse of `(2a / (1/2 - |u|) + b) u + centre`.
struct Hat<V> {
    a: V,
    b: V,
    centre: V,
    /// Below it nothing need be computed.
    quick: V,
    /// What the height of the table mountain is compared with is scaled by it.
    scale: V,
}

impl<V: Copy> Hat<V> {
    fn of_poisson<A: Arith<V = V>>(k: &mut A, rate: V) -> Hat<V> {
        let root = k.sqrt(rate);
        let b = line(k, root, 2.53, 0.931);
        let a = line(k, b, 0.02483, -0.059);
        let scale = reciprocal_line(k, b, 3.4, 1.1328, 1.1239);
        let quick = reciprocal_line(k, b, 2.0, -3.6224, 0.9277);
        let centre = line(k, rate, 1.0, 0.43);
        Hat { a, b, centre, quick, scale }
    }

    fn of_binomial<A: Arith<V = V>>(k: &mut A, mean: V, p: V, q: V) -> Hat<V> {
        let variance = k.mul(mean, q);
        let deviation = k.sqrt(variance);
        let b = line(k, deviation, 2.53, 1.15);
        let a = line(k, b, 0.0248, -0.0873);
        let hundredth = k.float(p, 0.01);
        let a = k.fma(hundredth, p, a);
        let centre = line(k, mean, 1.0, 0.5);
        let quick = reciprocal_line(k, b, 0.0, -4.2, 0.92);
        let scale = reciprocal_line(k, b, 0.0, 5.1, 2.83);
        let scale = k.mul(scale, deviation);
        Hat { a, b, centre, quick, scale }
    }

    /// Draws where `going` holds until a number is accepted. `height` gives the logarithm of a number's
    /// probability over a constant, and what else a chance is multiplied with.
    fn reject<A: Arith<V = V>>(
        &self,
        k: &mut A,
        source: Source<V>,
        going: V,
        otherwise: V,
        over: V,
        height: impl Fn(&mut A, V) -> (V, V),
    ) -> V {
        let [place, key] = [source.place, source.key];
        let over = [place[0], place[1], key[0], key[1], over, self.b, self.centre];
        let last = k.until(ATTEMPTS, &over, going, &[otherwise], |k, turn, state| {
            let (accepted, n) = self.attempt(k, source, turn, &height);
            (k.not(accepted), smallvec![k.select(accepted, n, state[0])])
        });
        last[0]
    }

    /// Whether a number is accepted, and the number.
    fn attempt<A: Arith<V = V>>(
        &self,
        k: &mut A,
        source: Source<V>,
        turn: V,
        height: &impl Fn(&mut A, V) -> (V, V),
    ) -> (V, V) {
        let block = whole_block(k, source, turn);
        let half = k.float(self.b, 0.5);
        let u = above_zero(k, [block[0], block[1]], self.b);
        let u = k.sub(u, half);
        let v = above_zero(k, [block[2], block[3]], self.b);
        let size = k.abs(u);
        let us = k.sub(half, size);
        let twice = k.add(self.a, self.a);
        let slope = k.div(twice, us);
        let slope = k.add(slope, self.b);
        let n = k.fma(slope, u, self.centre);
        let n = k.floor(n);

        let (broad, steep) = (k.float(us, 0.07), k.float(us, 0.013));
        let (broad, low) = (k.ge(us, broad), k.le(v, self.quick));
        let at_once = k.and(broad, low);
        let zero = k.float(n, 0.0);
        let exists = k.ge(n, zero);
        let (steep, high) = (k.lt(us, steep), k.gt(v, us));
        let beyond = k.and(steep, high);
        let inside = k.not(beyond);
        let possible = k.and(exists, inside);
        let open = k.not(at_once);
        let open = k.and(open, possible);
        let accepted = k.rare(open, at_once, |k| {
            let n = k.select(exists, n, zero);
            let (height, factor) = height(k, n);
            // v scale / (a / us² + b) against the probability
            let square = k.mul(us, us);
            let rim = k.div(self.a, square);
            let rim = k.add(rim, self.b);
            let chance = k.mul(v, self.scale);
            let chance = k.mul(chance, factor);
            let chance = k.div(chance, rim);
            let chance = log(k, chance);
            k.le(chance, height)
        });
        (accepted, n)
    }
}

/// `slope x + start`.
fn line<A: Arith>(k: &mut A, x: A::V, slope: f64, start: f64) -> A::V {
    let (slope, start) = (k.float(x, slope), k.float(x, start));
    k.fma(slope, x, start)
}

/// `start + factor / (x - pole)`.
fn reciprocal_line<A: Arith>(k: &mut A, x: A::V, pole: f64, factor: f64, start: f64) -> A::V {
    let (pole, factor, start) = (k.float(x, pole), k.float(x, factor), k.float(x, start));
    let away = k.sub(x, pole);
    let quotient = k.div(factor, away);
    k.add(start, quotient)
}

/// The place of a uniform number in the sums of probabilities: the first is `first`, that of n is `ratio`
/// of n times that of n - 1. It ends where a probability is below 2^-60.
fn search<A: Arith>(
    k: &mut A,
    source: Source<A::V>,
    going: A::V,
    first: A::V,
    over: A::V,
    ratio: impl Fn(&mut A, A::V) -> A::V,
) -> A::V {
    let draw = word(k, super::continuous::LAST_DRAW);
    let block = whole_block(k, source, draw);
    let u = above_zero(k, [block[0], block[1]], first);
    let (zero, one) = (k.float(first, 0.0), k.float(first, 1.0));
    let beyond = k.gt(u, first);
    let going = k.and(going, beyond);
    let over = [source.place[0], source.place[1], source.key[0], source.key[1], over];
    let last = k.until(STEPS, &over, going, &[zero, first, first], |k, _, state| {
        let n = k.add(state[0], one);
        let factor = ratio(k, n);
        let p = k.mul(state[1], factor);
        let sum = k.add(state[2], p);
        let least = k.float(p, 2f64.powi(-60));
        let (beyond, likely) = (k.gt(u, sum), k.gt(p, least));
        let next: Carried<A::V> = smallvec![n, p, sum];
        (k.and(beyond, likely), next)
    });
    last[0]
}

/// The threshold of [`below`]: 2^32 mod `span`.
pub fn threshold(span: u32) -> u32 {
    span.wrapping_neg().checked_rem(span).unwrap_or(0)
}
