//! Exponentials: reduce by ln 2, a polynomial, and the exponent put in by an integer add.
//!
//! `x = n ln 2 + r` with |r| ≤ ln 2 / 2 (W. J. Cody and W. Waite, *Software Manual for the
//! Elementary Functions*, 1980). n comes from the add of 1.5·2^52 (2^23 for float32), which leaves
//! it in the low bits, so no conversion is needed. `fma(-n, ln 2, x)` is exact: the remainder is a
//! multiple of 2^-54 below 0.35. The polynomials for `(e^r - 1 - r) / r²` are minimax fits by the
//! Remez exchange, made for this file.

use super::extended::{
    Two, clamp, is_single, outside, pick, polynomial, power_of_two, product, shift_to_exponent, sign_bit,
    sum_any, sum_ordered,
};
use super::{Arith, ArithExt};
use std::f64::consts::{LN_2, LOG2_E};

/// `e^x`, for every x; denormal results, overflow and NaN take the rare path.
///
/// Largest error measured: 0.94 ulp in float32 (all inputs), 0.87 ulp in float64.
#[inline(always)]
pub fn exp<A: Arith>(k: &mut A, x: A::V) -> A::V {
    // The least argument with a normal result (for float64 the one after) and the last finite one.
    let low = pick(k, x, -87.33654, -708.396_418_532_264);
    let high = pick(k, x, 88.72283, 709.782_712_893_384);
    let unusual = outside(k, x, low, high);
    let parts = exp_parts(k, x);
    let fast = parts.scale(k);
    k.rare(unusual, fast, |k| {
        let x = clamp_to_finite(k, x);
        let parts = exp_parts(k, x);
        parts.scale_anywhere(k)
    })
}

/// `e^x = value · 2^n` with `value` within 0.7 … 1.42; the low bits of `shifted` hold n.
#[derive(Clone, Copy)]
pub(super) struct Parts<V> {
    pub(super) value: V,
    pub(super) shifted: V,
}

impl<V: Copy> Parts<V> {
    /// The product, where it is a normal number: n is added to the exponent of `value`.
    #[inline(always)]
    pub(super) fn scale<A: Arith<V = V>>(self, k: &mut A) -> V {
        let dtype = k.dtype(self.value);
        let n = k.to_bits(self.shifted);
        let n = shift_to_exponent(k, self.value, n);
        let bits = k.to_bits(self.value);
        let bits = k.add(bits, n);
        k.bitcast(bits, dtype)
    }

    /// The product in two steps, so that it may be denormal or overflow; needs |n| ≤ 2000 (250 for
    /// float32).
    #[inline(always)]
    pub(super) fn scale_anywhere<A: Arith<V = V>>(self, k: &mut A) -> V {
        let n = k.to_bits(self.shifted);
        let zero = magic(k, self.value);
        let zero = k.to_bits(zero);
        let n = k.sub(n, zero);
        let one = k.int(n, 1);
        let half = k.shr(n, one);
        let rest = k.sub(n, half);
        let half = power_of_two(k, self.value, half);
        let rest = power_of_two(k, self.value, rest);
        let scaled = k.mul(self.value, half);
        k.mul(scaled, rest)
    }
}

/// Where e^x is neither 0 nor infinite, with a margin; NaN stays.
#[inline(always)]
pub(super) fn clamp_to_finite<A: Arith>(k: &mut A, x: A::V) -> A::V {
    let low = pick(k, x, -104.0, -746.0);
    let high = pick(k, x, 89.0, 710.0);
    clamp(k, x, low, high)
}

/// 1.5·2^23 or 1.5·2^52: a float of this size has no digits after the point, and its low bits count.
#[inline(always)]
pub(super) fn magic<A: Arith>(k: &mut A, like: A::V) -> A::V {
    pick(k, like, 12_582_912.0, 6_755_399_441_055_744.0)
}

/// `(e^r - 1 - r) / r²` for |r| ≤ ln 2 / 2, within 2^-60.3 of e^r (2^-27.8 for float32).
#[inline(always)]
fn exp_tail<A: Arith>(k: &mut A, r: A::V) -> A::V {
    if is_single(k, r) {
        polynomial(k, r, &[0.5, 0.166_664_88, 0.041_665_55, 0.008_372_284_5, 0.001_403_575_2])
    } else {
        polynomial(k, r, &EXP_TAIL)
    }
}

const EXP_TAIL: [f64; 11] = [
    0.5,
    0.166_666_666_666_666_82,
    0.041_666_666_666_666_095,
    0.008_333_333_333_317_046,
    0.001_388_888_888_911_546_6,
    0.000_198_412_698_963_533_53,
    2.480_158_692_684_089e-05,
    2.755_723_489_254_171e-06,
    2.755_758_174_144_315e-07,
    2.511_202_608_654_544_8e-08,
    2.082_664_193_305_498e-09,
];

/// `x = n ln 2 + r + low` with n in the low bits of `shifted`, r exact and |r| ≤ ln 2 / 2.
pub(super) struct Reduced<V> {
    pub(super) shifted: V,
    pub(super) r: V,
    pub(super) low: V,
}

/// Takes the nearest multiple of ln 2 off x.
#[inline(always)]
pub(super) fn reduce<A: Arith>(k: &mut A, x: A::V) -> Reduced<A::V> {
    reduce_with(k, x, |k, n, excess| k.mul(n, excess))
}

/// The same, where `finish` makes the low part from n and what ln 2 rounded exceeds ln 2 by.
#[inline(always)]
fn reduce_with<A: Arith>(
    k: &mut A,
    x: A::V,
    finish: impl FnOnce(&mut A, A::V, A::V) -> A::V,
) -> Reduced<A::V> {
    let magic = magic(k, x);
    let log2_e = k.float(x, LOG2_E);
    let shifted = k.fma(x, log2_e, magic);
    let n = k.sub(shifted, magic);
    let minus_ln2 = k.float(x, -LN_2);
    let r = k.fma(n, minus_ln2, x);
    let excess = pick(k, x, 1.904_654_2e-9, -2.319_046_813_846_299_6e-17);
    let low = finish(k, n, excess);
    Reduced { shifted, r, low }
}

/// e^x for a single number.
#[inline(always)]
pub(super) fn exp_parts<A: Arith>(k: &mut A, x: A::V) -> Parts<A::V> {
    let reduced = reduce(k, x);
    exp_reduced(k, reduced)
}

/// e^x for a number of twice the precision.
#[inline(always)]
pub(super) fn exp_parts_two<A: Arith>(k: &mut A, x: Two<A::V>) -> Parts<A::V> {
    let reduced = reduce_with(k, x.high, |k, n, excess| k.fma(n, excess, x.low));
    exp_reduced(k, reduced)
}

/// `e^x = (value.high + value.low) · 2^n`, the sum good to about a quarter of a unit in the last place
/// of its first part.
pub(super) struct LongParts<V> {
    pub(super) value: Two<V>,
    pub(super) shifted: V,
}

/// e^x for a number of twice the precision, before its last rounding.
#[inline]
pub(super) fn exp_long<A: Arith>(k: &mut A, x: Two<A::V>) -> LongParts<A::V> {
    let reduced = reduce_with(k, x.high, |k, n, excess| k.fma(n, excess, x.low));
    let rest = exp_rest(k, &reduced);
    let sum = sum_ordered(k, reduced.r, rest);
    let one = k.float(rest, 1.0);
    let value = sum_ordered(k, one, sum.high);
    let low = k.add(value.low, sum.low);
    LongParts { value: Two { high: value.high, low }, shifted: reduced.shifted }
}

/// 2^x for a number of twice the precision, before its last rounding.
#[inline]
pub(super) fn exp2_long<A: Arith>(k: &mut A, x: Two<A::V>) -> LongParts<A::V> {
    let (r, shifted) = nearest_whole(k, x.high);
    let near = k.add(r, x.low);
    let rest = exp2_rest(k, near);
    let ln2 = k.float(r, LN_2);
    let p = product(k, r, ln2);
    let rest = k.fma(x.low, ln2, rest);
    let sum = sum_ordered(k, p.high, rest);
    let one = k.float(r, 1.0);
    let value = sum_ordered(k, one, sum.high);
    let low = k.add(p.low, sum.low);
    LongParts { value: Two { high: value.high, low: k.add(value.low, low) }, shifted }
}

impl<V: Copy> LongParts<V> {
    /// The sum of two itself, where both parts are normal numbers or vanish beside 1.
    #[inline(always)]
    pub(super) fn scale<A: Arith<V = V>>(&self, k: &mut A) -> Two<V> {
        let one = k.float(self.shifted, 1.0);
        let scale = Parts { value: one, shifted: self.shifted }.scale(k);
        Two { high: k.mul(self.value.high, scale), low: k.mul(self.value.low, scale) }
    }
}

/// `1 + r + r² tail(r)`, where the rounding of `r + low` touches only the last term.
#[inline(always)]
fn exp_reduced<A: Arith>(k: &mut A, reduced: Reduced<A::V>) -> Parts<A::V> {
    let rest = exp_rest(k, &reduced);
    let sum = k.add(reduced.r, rest);
    let one = k.float(sum, 1.0);
    let value = k.add(one, sum);
    Parts { value, shifted: reduced.shifted }
}

/// `e^(r + low) - 1 - r`.
#[inline(always)]
fn exp_rest<A: Arith>(k: &mut A, reduced: &Reduced<A::V>) -> A::V {
    let r = k.add(reduced.r, reduced.low);
    let tail = exp_tail(k, r);
    let square = k.mul(r, r);
    k.fma(tail, square, reduced.low)
}

/// `e^x / 2` for large x, where it may overflow or x be NaN: sinh and cosh out there.
#[inline(always)]
pub(super) fn half_exp_anywhere<A: Arith>(k: &mut A, x: A::V) -> A::V {
    let limit = pick(k, x, 91.0, 712.0);
    let x = k.min(limit, x);
    let parts = exp_parts(k, x);
    let half = k.float(x, 0.5);
    let value = k.mul(parts.value, half);
    Parts { value, ..parts }.scale_anywhere(k)
}

/// `e^x - 1`, precise for small x: 2^n - 1 and 2^n r are added in twice the precision. Every x;
/// large x and overflow take the rare path.
///
/// Largest error measured: 0.95 ulp in float32 (all inputs), 0.95 ulp in float64.
#[inline(always)]
pub fn expm1<A: Arith>(k: &mut A, x: A::V) -> A::V {
    // From here down it rounds to -1. (NaN, the second operand, stays.)
    let least = pick(k, x, -20.0, -50.0);
    let bounded = k.max(least, x);
    let value = expm1_two(k, bounded);
    let value = k.add(value.high, value.low);
    // It has the sign of x, -0 included.
    let dtype = k.dtype(x);
    let sign = sign_bit(k, x);
    let bits = k.to_bits(value);
    let bits = k.or(bits, sign);
    let fast = k.bitcast(bits, dtype);
    let limit = pick(k, x, 87.0, 709.0);
    let large = k.gt(x, limit);
    k.rare(large, fast, |k| {
        let x = clamp_to_finite(k, x);
        let parts = exp_parts(k, x);
        parts.scale_anywhere(k)
    })
}

/// `e^x - 1` as a sum of two, for n from -120 to 120 (-1020 to 1020).
///
/// `2^n e^r - 1 = (2^n - 1) + 2^n r + 2^n rest`; the products are exact. `rest` is
/// `r²/2 + r³ (…)`, in which only the first term is large enough for its rounding to matter.
#[inline(always)]
pub(super) fn expm1_two<A: Arith>(k: &mut A, x: A::V) -> Two<A::V> {
    let reduced = reduce(k, x);
    let r = k.add(reduced.r, reduced.low);
    let tail =
        if is_single(k, r) { polynomial(k, r, &EXPM1_TAIL_SINGLE) } else { polynomial(k, r, &EXPM1_TAIL) };
    let square = k.mul(r, r);
    let cube = k.mul(square, r);
    let half = k.float(r, 0.5);
    let rest = k.fma(square, half, reduced.low);
    let rest = k.fma(cube, tail, rest);

    let one = k.float(x, 1.0);
    let scale = Parts { value: one, shifted: reduced.shifted }.scale(k);
    let minus_one = k.float(x, -1.0);
    let head = sum_any(k, scale, minus_one);
    let p = k.mul(scale, reduced.r);
    let sum = sum_ordered(k, head.high, p);
    let low = k.add(sum.low, head.low);
    let low = k.fma(scale, rest, low);
    Two { high: sum.high, low }
}

/// `(e^r - 1 - r - r²/2) / r³`, within 2^-58.9 of e^r - 1.
const EXPM1_TAIL: [f64; 10] = [
    0.166_666_666_666_666_77,
    0.041_666_666_666_666_574,
    0.008_333_333_333_322_17,
    0.001_388_888_888_894_296_3,
    0.000_198_412_698_849_179_67,
    2.480_158_719_764_285_4e-05,
    2.755_724_531_418_124_6e-06,
    2.755_738_749_631_865e-07,
    2.510_868_101_378_232_2e-08,
    2.087_878_800_337_274_7e-09,
];

/// The same for float32, within 2^-29.8.
const EXPM1_TAIL_SINGLE: [f64; 5] =
    [0.166_666_66, 0.041_666_48, 0.008_333_419, 0.001_393_325_4, 0.000_198_241_06];

/// `2^x`, for every x and exact for integers: n is the integer nearest to x, so that x - n is exact.
/// Denormal results, overflow and NaN take the rare path.
///
/// Largest error measured: 0.88 ulp in float32 (all inputs), 0.86 ulp in float64.
#[inline(always)]
pub fn exp2<A: Arith>(k: &mut A, x: A::V) -> A::V {
    let low = pick(k, x, -126.0, -1022.0);
    let high = pick(k, x, 127.99999, 1_023.999_999_999_999_9);
    let unusual = outside(k, x, low, high);
    let parts = exp2_parts(k, x);
    let fast = parts.scale(k);
    k.rare(unusual, fast, |k| {
        let low = pick(k, x, -152.0, -1080.0);
        let high = pick(k, x, 129.0, 1025.0);
        let x = clamp(k, x, low, high);
        let parts = exp2_parts(k, x);
        parts.scale_anywhere(k)
    })
}

/// 2^x = 2^n 2^r with r = x - n exactly: `2^r = 1 + (r ln 2 + r² tail(r))`.
#[inline(always)]
pub(super) fn exp2_parts<A: Arith>(k: &mut A, x: A::V) -> Parts<A::V> {
    let (r, shifted) = nearest_whole(k, x);
    let rest = exp2_rest(k, r);
    let ln2 = k.float(r, LN_2);
    let sum = k.fma(r, ln2, rest);
    let one = k.float(r, 1.0);
    let value = k.add(one, sum);
    Parts { value, shifted }
}

/// How far x is from the nearest whole number, and that number in the low bits of the second.
#[inline(always)]
fn nearest_whole<A: Arith>(k: &mut A, x: A::V) -> (A::V, A::V) {
    let magic = magic(k, x);
    let shifted = k.add(x, magic);
    let n = k.sub(shifted, magic);
    (k.sub(x, n), shifted)
}

/// `2^r - 1 - r ln 2`, and what ln 2 rounded lacks.
#[inline(always)]
fn exp2_rest<A: Arith>(k: &mut A, r: A::V) -> A::V {
    let tail = if is_single(k, r) {
        polynomial(k, r, &[0.240_226_48, 0.055_503_62, 0.009_618_526, 0.001_339_018_5, 0.000_153_211_27])
    } else {
        polynomial(k, r, &EXP2_TAIL)
    };
    let ln2_low = pick(k, r, -1.904_654_2e-9, 2.319_046_813_846_299_6e-17);
    let low = k.mul(r, ln2_low);
    let square = k.mul(r, r);
    k.fma(tail, square, low)
}

/// `(2^r - 1 - r ln 2) / r²`, within 2^-58.6 of 2^r.
const EXP2_TAIL: [f64; 11] = [
    0.240_226_506_959_100_72,
    0.055_504_108_664_821_64,
    0.009_618_129_107_628_345,
    0.001_333_355_814_640_234_4,
    0.000_154_035_303_936_332_76,
    1.525_273_384_645_274_4e-05,
    1.321_548_659_023_462_8e-06,
    1.017_805_483_845_366_8e-07,
    7.054_978_878_267_576e-09,
    4.456_174_799_160_680_5e-10,
    2.561_677_143_157_572_8e-11,
];
