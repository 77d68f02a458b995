//! Floats from words: uniform, normal, exponential and gamma numbers.
//!
//! A number is in the type of the parameters that it is given (float32 or float64), and has the bits
//! of randomness that this type can show: a float32 is made of one word, a float64 of two.

use super::super::extended::Two;
use super::super::log::log_normal;
use super::super::trig::sin_of_quarters;
use super::{Layout, Source, shared_block, whole_block, word, word_of_four, words_of_two};
use crate::dtype::DType;
use crate::math::{Arith, ArithExt, exp, log};
use smallvec::smallvec;
use std::f64::consts::FRAC_PI_2;

/// The most attempts at a gamma number. One in 20 fails at worst, so that all fail with a probability
/// below 10^-20; the number is then the mode of the approximation, `shape - 1/3`.
const ATTEMPTS: u32 = 16;

/// A draw that no attempt makes.
pub(super) const LAST_DRAW: u32 = u32::MAX;

/// `low + span * u` with u evenly spread over 0 … 1: multiples of 2^-24 (2^-53) below 1.
pub fn uniform<A: Arith>(k: &mut A, source: Source<A::V>, low: A::V, span: A::V) -> A::V {
    let unit = if k.dtype(low) == DType::F32 {
        let word = word_of_four(k, source);
        let digits = top(k, word, 24, low);
        let scale = k.float(low, 2f64.powi(-24));
        k.mul(digits, scale)
    } else {
        let words = words_of_two(k, source);
        let digits = digits_of_two(k, words, low);
        let scale = k.float(low, 2f64.powi(-53));
        k.mul(digits, scale)
    };
    let scaled = k.mul(unit, span);
    k.add(low, scaled)
}

/// `-scale * log(u)` with u above 0 and up to 1: at most 22.9 (36.7) times the scale.
pub fn exponential<A: Arith>(k: &mut A, source: Source<A::V>, scale: A::V) -> A::V {
    let u = if k.dtype(scale) == DType::F32 {
        let word = word_of_four(k, source);
        above_zero(k, [word, word], scale)
    } else {
        let words = words_of_two(k, source);
        above_zero(k, words, scale)
    };
    let logarithm = log_of_fraction(k, u);
    let positive = k.neg(logarithm);
    k.mul(positive, scale)
}

/// `mean + deviation * z` with a standard normal z, by the method of Box and Muller (1958): the
/// coordinates of a point of the plane whose distance is `sqrt(-2 log u)` and whose angle is anything.
///
/// Two neighbours are the two coordinates of one point. There are no branches and no rejections. |z| is at
/// most 6.76 (8.57), which a normal number exceeds with a probability of 10^-11 (10^-17).
pub fn normal<A: Arith>(k: &mut A, source: Source<A::V>, mean: A::V, deviation: A::V) -> A::V {
    let z = if k.dtype(mean) == DType::F32 {
        let words = &[[0, 1], [0, 1], [2, 3], [2, 3]];
        let [radius, angle] = shared_block(k, source, Layout::Points, 2, words);
        let turn = lowest_bit(k, source);
        coordinate(k, [radius, radius], [angle, angle], turn, mean)
    } else {
        let block = shared_block(k, source, Layout::Points, 1, &[[0, 1, 2, 3]; 2]);
        let turn = lowest_bit(k, source);
        coordinate(k, [block[0], block[1]], [block[2], block[3]], turn, mean)
    };
    let scaled = k.mul(z, deviation);
    k.add(mean, scaled)
}

/// A gamma number of that shape and of scale 1, by the method of Marsaglia and Tsang (2000): NaN for
/// shapes that are NaN or below 0.
///
/// Shapes below 1 are those of one more, times `u^(1/shape)`.
pub fn gamma<A: Arith>(k: &mut A, source: Source<A::V>, shape: A::V) -> A::V {
    let (core, small) = gamma_of_more(k, source, shape);
    let value = k.rare(small, core, |k| {
        let logarithm = log_of_power(k, source, shape);
        let power = exp(k, logarithm);
        let value = k.mul(core, power);
        let zero = k.float(shape, 0.0);
        let nothing = k.eq(shape, zero);
        k.select(nothing, zero, value)
    });
    not_below_zero(k, shape, value)
}

/// The logarithm of the number that [`gamma`] gives, also where that is too small for a float.
pub fn log_gamma<A: Arith>(k: &mut A, source: Source<A::V>, shape: A::V) -> A::V {
    let (core, small) = gamma_of_more(k, source, shape);
    let value = log(k, core);
    let value = k.rare(small, value, |k| {
        let logarithm = log_of_power(k, source, shape);
        let sum = k.add(value, logarithm);
        let (zero, least) = (k.float(shape, 0.0), k.float(shape, f64::NEG_INFINITY));
        let nothing = k.eq(shape, zero);
        k.select(nothing, least, sum)
    });
    not_below_zero(k, shape, value)
}

/// A gamma number of that shape, or of one more where the shape is below 1, and where that is.
fn gamma_of_more<A: Arith>(k: &mut A, source: Source<A::V>, shape: A::V) -> (A::V, A::V) {
    let one = k.float(shape, 1.0);
    let small = k.lt(shape, one);
    let more = k.add(shape, one);
    let shape = k.select(small, more, shape);
    // d = shape - 1/3 and c = 1 / sqrt(9 d)
    let third = k.float(shape, 1.0 / 3.0);
    let d = k.sub(shape, third);
    let root = k.sqrt(d);
    let c = k.div(third, root);
    let going = k.constant(crate::scalar::Scalar::bool(true));
    let over = [source.place[0], source.place[1], source.key[0], source.key[1], d];
    let last = k.until(ATTEMPTS, &over, going, &[d], |k, turn, state| {
        let (accepted, value) = gamma_attempt(k, source, turn, [c, d]);
        (k.not(accepted), smallvec![k.select(accepted, value, state[0])])
    });
    (last[0], small)
}

/// Whether an attempt at a gamma number is accepted, and the number `d v` where `v = (1 + c x)³`.
fn gamma_attempt<A: Arith>(k: &mut A, source: Source<A::V>, turn: A::V, [c, d]: [A::V; 2]) -> (A::V, A::V) {
    let block = whole_block(k, source, turn);
    let none = word(k, 0);
    let x = coordinate(k, [block[0], block[1]], [none, block[2]], none, d);
    let one = k.float(d, 1.0);
    let t = k.fma(c, x, one);
    let square = k.mul(t, t);
    let v = k.mul(square, t);
    let zero = k.float(d, 0.0);
    let positive = k.gt(v, zero);
    let v = k.select(positive, v, one);
    let u = above_zero_of_one(k, block[3], d);
    // Most are accepted by u < 1 - 0.0331 x⁴, without a logarithm.
    let x_square = k.mul(x, x);
    let factor = k.float(d, -0.0331);
    let factor = k.mul(factor, x_square);
    let bound = k.fma(factor, x_square, one);
    let at_once = k.lt(u, bound);
    let at_once = k.and(positive, at_once);
    let not_yet = k.not(at_once);
    let open = k.and(positive, not_yet);
    let accepted = k.rare(open, at_once, |k| {
        // log u < x²/2 + d - d v + d log v
        let chance = log_of_fraction(k, u);
        let logarithm = log(k, v);
        let rest = k.sub(one, v);
        let rest = k.add(rest, logarithm);
        let half = k.float(d, 0.5);
        let height = k.mul(half, x_square);
        let height = k.fma(d, rest, height);
        k.lt(chance, height)
    });
    (accepted, k.mul(d, v))
}

/// `log(u) / shape`.
fn log_of_power<A: Arith>(k: &mut A, source: Source<A::V>, shape: A::V) -> A::V {
    let draw = word(k, LAST_DRAW);
    let block = whole_block(k, source, draw);
    let u = above_zero(k, [block[0], block[1]], shape);
    let logarithm = log_of_fraction(k, u);
    k.div(logarithm, shape)
}

/// `value` where `x` is at least 0, else NaN.
pub(super) fn not_below_zero<A: Arith>(k: &mut A, x: A::V, value: A::V) -> A::V {
    let (zero, nan) = (k.float(value, 0.0), k.float(value, f64::NAN));
    let fits = k.ge(x, zero);
    k.select(fits, value, nan)
}

/// A number above 0 and up to 1: of one word for float32, as fine near 0 as 2^-33, of two for
/// float64, multiples of 2^-53.
pub(super) fn above_zero<A: Arith>(k: &mut A, words: [A::V; 2], like: A::V) -> A::V {
    if k.dtype(like) == DType::F32 {
        return above_zero_of_one(k, words[0], like);
    }
    let digits = digits_of_two(k, words, like);
    let (one, scale) = (k.float(like, 1.0), k.float(like, 2f64.powi(-53)));
    let digits = k.add(digits, one);
    k.mul(digits, scale)
}

/// `(word + 1/2) / 2^32`, rounded.
pub(super) fn above_zero_of_one<A: Arith>(k: &mut A, bits: A::V, like: A::V) -> A::V {
    let high = top(k, bits, 16, like);
    let mask = word(k, 0xffff);
    let low = k.and(bits, mask);
    let low = signed(k, low, like);
    let half = k.float(like, 0.5);
    let low = k.add(low, half);
    let (shift, scale) = (k.float(like, 65_536.0), k.float(like, 2f64.powi(-32)));
    let sum = k.fma(high, shift, low);
    k.mul(sum, scale)
}

/// The upper 53 bits of two words, as a float64.
fn digits_of_two<A: Arith>(k: &mut A, [low, high]: [A::V; 2], like: A::V) -> A::V {
    let (high, low) = (top(k, high, 27, like), top(k, low, 26, like));
    let shift = k.float(like, 67_108_864.0);
    k.fma(high, shift, low)
}

/// The upper `bits` bits of a word as a float; at most 31.
fn top<A: Arith>(k: &mut A, bits: A::V, count: u32, like: A::V) -> A::V {
    let down = word(k, 32 - count);
    let top = k.shr(bits, down);
    signed(k, top, like)
}

/// A word as a float of the type of `like`. As a signed number it takes one instruction.
fn signed<A: Arith>(k: &mut A, bits: A::V, like: A::V) -> A::V {
    let signed = k.bitcast(bits, DType::I32);
    let dtype = k.dtype(like);
    k.cast(signed, dtype)
}

/// The logarithm of a normal number up to 1.
pub(super) fn log_of_fraction<A: Arith>(k: &mut A, u: A::V) -> A::V {
    let none = k.float(u, 0.0);
    log_normal(k, u, none)
}

/// 1 for odd places, 0 for even ones.
fn lowest_bit<A: Arith>(k: &mut A, source: Source<A::V>) -> A::V {
    let one = word(k, 1);
    k.and(source.place[0], one)
}

/// A coordinate of a point of the plane that is spread normally: the second where `turn` (a word) is 0,
/// the first where it is 1.
fn coordinate<A: Arith>(k: &mut A, radius: [A::V; 2], angle: [A::V; 2], turn: A::V, like: A::V) -> A::V {
    let u = above_zero(k, radius, like);
    let logarithm = log_of_fraction(k, u);
    let minus_two = k.float(like, -2.0);
    let square = k.mul(minus_two, logarithm);
    let distance = k.sqrt(square);
    let sine = sine_of_turns(k, angle, turn, like);
    k.mul(distance, sine)
}

/// `sin(2π (angle + turn / 4))` of an angle in turns, 32 bits behind the point (64 for float64).
///
/// The nearest quarter is taken off in integers, exactly.
fn sine_of_turns<A: Arith>(k: &mut A, [low, high]: [A::V; 2], turn: A::V, like: A::V) -> A::V {
    let (eighth, places) = (word(k, 1 << 29), word(k, 30));
    let rounded = k.add(high, eighth);
    let quarters = k.shr(rounded, places);
    let taken = k.shl(quarters, places);
    let rest = k.sub(high, taken);
    let rest = signed(k, rest, like);
    let quarters = k.add(quarters, turn);
    let scale = k.float(like, FRAC_PI_2 / f64::from(1 << 30));
    let (rest, quarters) = if k.dtype(like) == DType::F32 {
        (rest, k.bitcast(quarters, DType::I32))
    } else {
        let low = top(k, low, 31, like);
        let last = k.float(like, 2f64.powi(-31));
        (k.fma(low, last, rest), k.cast(quarters, DType::I64))
    };
    let high = k.mul(rest, scale);
    let low = k.float(like, 0.0);
    sin_of_quarters(k, quarters, Two { high, low }, 0)
}
