//! Exponentials: reduce by ln 2, a polynomial, and the exponent put in by an integer add.
//!
//! `x = n ln 2 + r` with |r| ≤ ln 2 / 2 (W. J. Cody and W. Waite, *Software Manual for the
//! Elementary Functions*, 1980). n comes from the add of 1.5·2^52 (2^23 for float32), which leaves
//! it in the low bits, so no conversion is needed. `fma(-n, ln 2, x)` is exact: the remainder is a
//! multiple of 2^-54 below 0.35. The polynomials for `(e^r - 1 - r) / r²` are minimax fits by the
//! Remez exchange, made for this file.

use super::extended::{Two, clamp, is_single, outside, pick, polynomial, power_of_two, shift_to_exponent};
use super::{Arith, ArithExt};

/// `e^x`.
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
    value: V,
    shifted: V,
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
pub(super) fn exp_tail<A: Arith>(k: &mut A, r: A::V) -> A::V {
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

/// The argument reduced: n as a float, n in low bits, and `x - n ln 2` without its last correction,
/// `n · LN2_LOW`.
#[inline(always)]
fn reduce<A: Arith>(k: &mut A, x: A::V) -> (A::V, A::V, A::V) {
    let magic = magic(k, x);
    let log2_e = k.float(x, std::f64::consts::LOG2_E);
    let shifted = k.fma(x, log2_e, magic);
    let n = k.sub(shifted, magic);
    let minus_ln2 = k.float(x, -std::f64::consts::LN_2);
    let r = k.fma(n, minus_ln2, x);
    (n, shifted, r)
}

/// Minus what is missing from ln 2 rounded to the type of `like`.
#[inline(always)]
fn minus_ln2_low<A: Arith>(k: &mut A, like: A::V) -> A::V {
    pick(k, like, 1.904_654_2e-9, -2.319_046_813_846_299_6e-17)
}

/// e^x for a single number.
#[inline(always)]
pub(super) fn exp_parts<A: Arith>(k: &mut A, x: A::V) -> Parts<A::V> {
    let (n, shifted, r) = reduce(k, x);
    let ln2_low = minus_ln2_low(k, x);
    let low = k.mul(n, ln2_low);
    exp_reduced(k, shifted, Two { high: r, low })
}

/// e^x for a number of twice the precision.
#[inline(always)]
pub(super) fn exp_parts_two<A: Arith>(k: &mut A, x: Two<A::V>) -> Parts<A::V> {
    let (n, shifted, r) = reduce(k, x.high);
    let ln2_low = minus_ln2_low(k, x.high);
    let low = k.fma(n, ln2_low, x.low);
    exp_reduced(k, shifted, Two { high: r, low })
}

/// `1 + r + r² tail(r)`, where the rounding of `r.high + r.low` touches only the last term.
#[inline(always)]
fn exp_reduced<A: Arith>(k: &mut A, shifted: A::V, r: Two<A::V>) -> Parts<A::V> {
    let sum = k.add(r.high, r.low);
    let tail = exp_tail(k, sum);
    let square = k.mul(sum, sum);
    let rest = k.fma(tail, square, r.low);
    let rest = k.add(r.high, rest);
    let one = k.float(sum, 1.0);
    let value = k.add(one, rest);
    Parts { value, shifted }
}
