//! Sine, cosine and tangent.
//!
//! Below 2^20 the argument is reduced in three steps (Cody and Waite, 1980). The first,
//! `fma(-m, π₁, x)`, is exact; the second is done in twice the precision, since x may lie so near
//! a multiple of π/2 that all of π₁ cancels; the third is small. In -π/4 … π/4 both the sine and
//! the cosine are computed, and one is chosen, or their quotient taken.
//!
//! From 2^20 on, out of line, the argument is reduced as `huge.rs` tells.
//!
//! The polynomials are minimax fits by the Remez exchange, made for this file.

use super::exp::magic;
use super::extended::{
    Two, flip_sign, is_single, pick, pick_bits, polynomial, product, sign_bit, sum_ordered,
};
use super::huge::reduce_huge;
use super::{Arith, ArithExt};
use std::f64::consts::{FRAC_2_PI, FRAC_PI_2};

/// The sine of every x in radians; NaN at ±∞. From 2^20 on the argument is reduced on the rare path.
///
/// Largest error measured: 0.79 ulp in float32 (all inputs), 0.78 ulp in float64.
#[inline(always)]
pub fn sin<A: Arith>(k: &mut A, x: A::V) -> A::V {
    turned_sin(k, x, 0)
}

/// The cosine of every x in radians; NaN at ±∞. From 2^20 on the argument is reduced on the rare path.
///
/// Largest error measured: 0.79 ulp in float32 (a part of the inputs), 0.77 ulp in float64.
#[inline(always)]
pub fn cos<A: Arith>(k: &mut A, x: A::V) -> A::V {
    let size = k.abs(x);
    turned_sin(k, size, 1)
}

/// `sin(x + turn π/2)`.
#[inline(always)]
fn turned_sin<A: Arith>(k: &mut A, x: A::V, turn: i64) -> A::V {
    let size = k.abs(x);
    let (quarters, r) = reduce(k, size);
    let value = sin_of_quarters(k, quarters, r, turn);
    let sign = sign_bit(k, x);
    let fast = flip_sign(k, value, sign);
    let huge = is_huge(k, size);
    k.rare(huge, fast, |k| {
        let (quarters, r) = reduce_huge(k, x);
        let value = sin_of_quarters(k, quarters, r, turn);
        let sign = sign_bit(k, x);
        let value = flip_sign(k, value, sign);
        not_of_infinity(k, x, value)
    })
}

/// The tangent of every x in radians, sine over cosine, each in twice the precision; NaN at ±∞. From
/// 2^20 on the argument is reduced on the rare path.
///
/// Largest error measured: 0.93 ulp in float32 (a part of the inputs), 0.89 ulp in float64.
#[inline(always)]
pub fn tan<A: Arith>(k: &mut A, x: A::V) -> A::V {
    let size = k.abs(x);
    let (quarters, r) = reduce(k, size);
    let value = tan_of_quarters(k, quarters, r);
    let sign = sign_bit(k, x);
    let fast = flip_sign(k, value, sign);
    let huge = is_huge(k, size);
    k.rare(huge, fast, |k| {
        let (quarters, r) = reduce_huge(k, x);
        let value = tan_of_quarters(k, quarters, r);
        let sign = sign_bit(k, x);
        let value = flip_sign(k, value, sign);
        not_of_infinity(k, x, value)
    })
}

/// NaN where x is infinite or NaN, else `value`.
#[inline(always)]
fn not_of_infinity<A: Arith>(k: &mut A, x: A::V, value: A::V) -> A::V {
    let zero_or_nan = k.sub(x, x);
    k.add(value, zero_or_nan)
}

/// True from 2^20 on, false for NaN (which comes out of the fast path as NaN).
#[inline(always)]
fn is_huge<A: Arith>(k: &mut A, size: A::V) -> A::V {
    let limit = k.float(size, 1_048_576.0);
    k.ge(size, limit)
}

/// `x = m π/2 + r` with the nearest m: an integer with the low bits of m, and r.
#[inline(always)]
fn reduce<A: Arith>(k: &mut A, x: A::V) -> (A::V, Two<A::V>) {
    let magic = magic(k, x);
    let scale = k.float(x, FRAC_2_PI);
    let shifted = k.fma(x, scale, magic);
    let m = k.sub(shifted, magic);
    let minus = k.neg(m);
    let first = pick(k, x, 1.570_796_370_506_286_6, FRAC_PI_2);
    let second = pick(k, x, -4.371_138_828_673_793e-8, 6.123_233_995_736_766e-17);
    let third = pick(k, x, -1.715_124_510_005_881_9e-15, -1.497_384_904_859_169_8e-33);
    let step = k.fma(minus, first, x);
    let p = product(k, minus, second);
    let sum = sum_ordered(k, step, p.high);
    let rest = k.fma(minus, third, p.low);
    let low = k.add(sum.low, rest);
    (k.to_bits(shifted), Two { high: sum.high, low })
}

/// Sine and cosine of r for |r| ≤ π/4 and a little more, each as a sum of two. `precise` adds what
/// the rounding of r² costs the cosine.
#[inline(always)]
pub(super) fn sin_and_cos<A: Arith>(k: &mut A, r: Two<A::V>, precise: bool) -> (Two<A::V>, Two<A::V>) {
    let z = k.mul(r.high, r.high);
    let (p, q) = if is_single(k, z) {
        let p = polynomial(k, z, &[-0.166_666_67, 0.008_333_374, -0.000_198_501_74, 2.798_437_2e-6]);
        let q = polynomial(k, z, &[0.041_666_638, -0.001_388_695_1, 2.439_221_5e-5]);
        (p, q)
    } else {
        (polynomial(k, z, &SIN), polynomial(k, z, &COS))
    };
    // cos r = 1 - z/2 + z² q - r.high r.low
    let one = k.float(z, 1.0);
    let half = k.float(z, 0.5);
    let half_z = k.mul(half, z);
    let cos = k.sub(one, half_z);
    let rest = k.sub(one, cos);
    let mut rest = k.sub(rest, half_z);
    if precise {
        let minus = k.neg(z);
        let lost = k.fma(r.high, r.high, minus);
        let minus_half = k.float(z, -0.5);
        rest = k.fma(minus_half, lost, rest);
    }
    let minus = k.neg(r.high);
    let rest = k.fma(minus, r.low, rest);
    let square = k.mul(z, z);
    let rest = k.fma(square, q, rest);
    let cos = Two { high: cos, low: rest };
    // sin r = r.high + r.high z p + r.low cos r
    let cube = k.mul(r.high, z);
    let rest = k.mul(r.low, cos.high);
    let rest = k.fma(cube, p, rest);
    (Two { high: r.high, low: rest }, cos)
}

/// The low bit of `quarters`, and its second as a sign bit.
#[inline(always)]
fn quadrant<A: Arith>(k: &mut A, quarters: A::V, like: A::V) -> (A::V, A::V) {
    let one = k.int(quarters, 1);
    let none = k.int(quarters, 0);
    let odd = k.and(quarters, one);
    let odd = k.ne(odd, none);
    let second = pick_bits(k, like, 30, 62);
    let sign = k.shl(quarters, second);
    let mask = pick_bits(k, like, 1 << 31, 1 << 63);
    (odd, k.and(sign, mask))
}

/// `sin(r + (quarters + turn) π/2)`.
#[inline(always)]
pub(super) fn sin_of_quarters<A: Arith>(k: &mut A, quarters: A::V, r: Two<A::V>, turn: i64) -> A::V {
    let (sin, cos) = sin_and_cos(k, r, false);
    let quarters = if turn == 0 {
        quarters
    } else {
        let turn = k.int(quarters, turn);
        k.add(quarters, turn)
    };
    let (odd, sign) = quadrant(k, quarters, r.high);
    let high = k.select(odd, cos.high, sin.high);
    let low = k.select(odd, cos.low, sin.low);
    let value = k.add(high, low);
    flip_sign(k, value, sign)
}

/// `tan(r + quarters π/2)`: for odd `quarters`, -1 / tan r.
#[inline(always)]
fn tan_of_quarters<A: Arith>(k: &mut A, quarters: A::V, r: Two<A::V>) -> A::V {
    let (sin, cos) = sin_and_cos(k, r, true);
    let sin = sum_ordered(k, sin.high, sin.low);
    let cos = sum_ordered(k, cos.high, cos.low);
    let (odd, _) = quadrant(k, quarters, r.high);
    let top = Two { high: k.select(odd, cos.high, sin.high), low: k.select(odd, cos.low, sin.low) };
    let bottom = Two { high: k.select(odd, sin.high, cos.high), low: k.select(odd, sin.low, cos.low) };
    let value = quotient(k, top, bottom);
    let last = pick_bits(k, r.high, 31, 63);
    let sign = k.shl(quarters, last);
    flip_sign(k, value, sign)
}

/// `a / b` with one division, from numbers of twice the precision.
#[inline(always)]
pub(super) fn quotient<A: Arith>(k: &mut A, a: Two<A::V>, b: Two<A::V>) -> A::V {
    let one = k.float(a.high, 1.0);
    let inverse = k.div(one, b.high);
    let q = k.mul(a.high, inverse);
    let minus = k.neg(q);
    let rest = k.fma(minus, b.high, a.high);
    let low = k.fma(minus, b.low, a.low);
    let rest = k.add(rest, low);
    k.fma(rest, inverse, q)
}

/// `(sin r - r) / r³` in powers of r², within 2^-63 of the sine up to π/4.
const SIN: [f64; 7] = [
    -0.166_666_666_666_666_66,
    0.008_333_333_333_333_04,
    -0.000_198_412_698_409_593,
    2.755_731_907_190_028_4e-06,
    -2.505_207_029_213_876e-08,
    1.605_422_198_566_2e-10,
    -7.384_633_138_942_635e-13,
];

/// `(cos r - 1 + r²/2) / r⁴` in powers of r², within 2^-63.9 of the cosine up to π/4.
const COS: [f64; 6] = [
    0.041_666_666_666_666_595,
    -0.001_388_888_888_887_334,
    2.480_158_728_899_973_8e-05,
    -2.755_731_421_618_637e-07,
    2.087_570_526_487_936e-09,
    -1.135_874_187_693_862_2e-11,
];
