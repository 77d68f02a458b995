//! Logarithms: exponent and mantissa apart by integer operations, then `log(1 + f)` by `atanh`.
//!
//! `x = 2^e m` with m within √½ … √2, f = m - 1, s = f / (2 + f), and
//! `log(1 + f) = 2 atanh(s) = 2s + s³ P(s²)`, arranged as FreeBSD's msun has it (`e_log.c`, by Sun
//! Microsystems): `f - (f²/2 - s (f²/2 + s² P))`, where only small terms carry rounding errors.
//! The polynomials are minimax fits by the Remez exchange, made for this file.

use super::exp::magic;
use super::extended::{
    Two, infinity, is_single, least_normal, outside, pick, pick_bits, polynomial, product_two,
    shift_to_exponent, sign_bit, sum_ordered,
};
use super::{Arith, ArithExt};
use crate::dtype::DType;
use std::f64::consts::{LN_2, LOG2_E, LOG10_E};

/// The natural logarithm, by `atanh`: -∞ at ±0 and NaN below. Denormal arguments and those without
/// a finite logarithm take the rare path.
///
/// Largest error measured: 0.84 ulp in float32 (all inputs), 0.79 ulp in float64.
#[inline(always)]
pub fn log<A: Arith>(k: &mut A, x: A::V) -> A::V {
    let low = least_normal(k, x);
    let high = pick(k, x, f64::from(f32::MAX), f64::MAX);
    let unusual = outside(k, x, low, high);
    let none = k.float(x, 0.0);
    let fast = log_normal(k, x, none);
    k.rare(unusual, fast, |k| {
        let (scaled, shift) = scale_denormal(k, x);
        let y = log_normal(k, scaled, shift);
        log_special(k, x, y)
    })
}

/// Denormals times 2^54 (2^25), so that they are normal, and the exponent to be taken off again.
#[inline(always)]
pub(super) fn scale_denormal<A: Arith>(k: &mut A, x: A::V) -> (A::V, A::V) {
    let scale = pick(k, x, 33_554_432.0, 18_014_398_509_481_984.0);
    let scaled = k.mul(x, scale);
    let shift = pick(k, x, 25.0, 54.0);
    let none = k.float(x, 0.0);
    let low = least_normal(k, x);
    let denormal = k.lt(x, low);
    (k.select(denormal, scaled, x), k.select(denormal, shift, none))
}

/// The value `y` of a logarithm of `x`, corrected at ±0, below 0, at infinity and for NaN.
#[inline(always)]
pub(super) fn log_special<A: Arith>(k: &mut A, x: A::V, y: A::V) -> A::V {
    let infinity = infinity(k, x);
    let finite = k.lt(x, infinity);
    let y = k.select(finite, y, x);
    let zero = k.float(x, 0.0);
    let nan = k.float(x, f64::NAN);
    let negative = k.lt(x, zero);
    let y = k.select(negative, nan, y);
    let is_zero = k.eq(x, zero);
    let minus_infinity = k.neg(infinity);
    k.select(is_zero, minus_infinity, y)
}

/// `x = 2^(e + shift) m` for normal positive x: e as a float, and m.
///
/// The bits of √½ are subtracted, so that the exponent field counts from there; it becomes a float
/// by being or-ed into the digits of 2^52 (2^23).
#[inline(always)]
pub(super) fn split<A: Arith>(k: &mut A, x: A::V, shift: A::V) -> (A::V, A::V) {
    let single = is_single(k, x);
    let (float, unsigned) = if single { (DType::F32, DType::U32) } else { (DType::F64, DType::U64) };
    let above = pick_bits(k, x, 0x3f80_0000 - 0x3f35_04f3, 0x3ff0_0000_0000_0000 - 0x3fe6_a09e_667f_3bcd);
    let bits = k.to_bits(x);
    let bits = k.add(bits, above);

    let field = k.bitcast(bits, unsigned);
    let digits = k.int(field, if single { 23 } else { 52 });
    let field = k.shr(field, digits);
    let field = k.bitcast(field, k.dtype(bits));
    let counter = pick_bits(k, x, 0x4b00_0000, 0x4330_0000_0000_0000);
    let field = k.or(field, counter);
    let field = k.bitcast(field, float);
    let bias = pick(k, x, 8_388_608.0 + 127.0, 4_503_599_627_370_496.0 + 1023.0);
    let bias = k.add(bias, shift);
    let e = k.sub(field, bias);

    let mask = pick_bits(k, x, 0x007f_ffff, 0x000f_ffff_ffff_ffff);
    let root = pick_bits(k, x, 0x3f35_04f3, 0x3fe6_a09e_667f_3bcd);
    let mantissa = k.and(bits, mask);
    let mantissa = k.add(mantissa, root);
    (e, k.bitcast(mantissa, float))
}

/// The logarithm of a normal positive number over 2^shift.
#[inline(always)]
pub(super) fn log_normal<A: Arith>(k: &mut A, x: A::V, shift: A::V) -> A::V {
    let (e, m) = split(k, x, shift);
    let one = k.float(x, 1.0);
    let f = k.sub(m, one);
    let low = pick(k, x, -1.904_654_2e-9, 2.319_046_813_846_299_6e-17);
    let low = k.mul(e, low);
    let mantissa = log_one_plus(k, f, low);
    let ln2 = k.float(x, LN_2);
    k.fma(e, ln2, mantissa)
}

/// `log(1 + f) + low` for 1 + f within √½ … √2.
#[inline(always)]
pub(super) fn log_one_plus<A: Arith>(k: &mut A, f: A::V, low: A::V) -> A::V {
    let (s, rest, half_square) = by_atanh(k, f);
    let rest = k.fma(s, rest, low);
    let below = k.sub(half_square, rest);
    k.sub(f, below)
}

/// `log(1 + f) - f` likewise.
#[inline(always)]
fn log_rest<A: Arith>(k: &mut A, f: A::V) -> A::V {
    let (s, rest, half_square) = by_atanh(k, f);
    let minus = k.neg(half_square);
    k.fma(s, rest, minus)
}

/// s, `f²/2 + s² P`, and `f²/2`: see the top of the file.
#[inline(always)]
fn by_atanh<A: Arith>(k: &mut A, f: A::V) -> (A::V, A::V, A::V) {
    let two = k.float(f, 2.0);
    let sum = k.add(two, f);
    let s = k.div(f, sum);
    let z = k.mul(s, s);
    let p = if is_single(k, f) {
        polynomial(k, z, &[0.666_666_6, 0.400_009_72, 0.284_987_5, 0.242_805_53])
    } else {
        polynomial(k, z, &LOG_TAIL)
    };
    let half = k.float(f, 0.5);
    let half = k.mul(half, f);
    let half_square = k.mul(half, f);
    (s, k.fma(z, p, half_square), half_square)
}

/// `(2 atanh(s) - 2s) / s³` in powers of s², within 2^-58.5 of the logarithm.
const LOG_TAIL: [f64; 7] = [
    0.666_666_666_666_673_4,
    0.399_999_999_994_165_3,
    0.285_714_287_420_680_56,
    0.222_221_985_997_640_9,
    0.181_835_631_774_308_64,
    0.153_140_753_736_608_15,
    0.147_957_381_302_372_3,
];

/// `log(m)` for m within √½ … √2 as a sum of two: see [`log_fraction`].
#[inline]
pub(super) fn log_mantissa<A: Arith>(k: &mut A, m: A::V) -> Two<A::V> {
    let one = k.float(m, 1.0);
    let f = k.sub(m, one);
    log_fraction(k, f)
}

/// `log(1 + f)` for 1 + f within √½ … √2 as a sum of two, good to about 2^-65 of itself (2^-36 for
/// float32), however small f is.
///
/// With S = 2s, s = f / (2 + f): `log(1 + f) = S + S³ (1/12 + S² Q(S²))`. S and the first two terms are
/// kept in twice the precision; Q is small enough to be plain.
#[inline]
pub(super) fn log_fraction<A: Arith>(k: &mut A, f: A::V) -> Two<A::V> {
    // 2 + f exactly, then f / (2 + f) and its remainder: one division.
    let two = k.float(f, 2.0);
    let sum = k.add(f, two);
    let sum_low = k.sub(sum, two);
    let sum_low = k.sub(f, sum_low);
    let inverse = k.div(two, sum);
    let s = k.mul(f, inverse);
    let half = k.float(f, -0.5);
    let minus = k.mul(s, half);
    let remainder = k.fma(minus, sum, f);
    let remainder = k.fma(minus, sum_low, remainder);
    let s_low = k.mul(remainder, inverse);
    let s = Two { high: s, low: s_low };

    let z = product_two(k, s, s);
    let q = if is_single(k, f) {
        polynomial(k, z.high, &[0.400_001_53 / 32.0, 0.285_470_9 / 128.0, 0.234_196_3 / 512.0])
    } else {
        polynomial(k, z.high, &EXTENDED_TAIL)
    };
    let t = k.mul(z.high, q);
    let twelfth = pick(k, f, 0.083_333_336, 0.083_333_333_333_333_33);
    let twelfth_low = pick(k, f, -2.483_526_9e-9, 4.625_929_269_271_485e-18);
    let p = sum_ordered(k, twelfth, t);
    let p_low = k.fma(q, z.low, twelfth_low);
    let p = Two { high: p.high, low: k.add(p.low, p_low) };

    let cube = product_two(k, s, z);
    let w = product_two(k, cube, p);
    let h = sum_ordered(k, s.high, w.high);
    let low = k.add(s.low, w.low);
    Two { high: h.high, low: k.add(h.low, low) }
}

/// Q of [`log_fraction`], each coefficient over its power of two.
const EXTENDED_TAIL: [f64; 8] = [
    0.399_999_999_999_999_8 / 32.0,
    0.285_714_285_714_438_4 / 128.0,
    0.222_222_222_177_897_67 / 512.0,
    0.181_818_188_439_907_3 / 2048.0,
    0.153_845_584_283_163_58 / 8192.0,
    0.133_362_645_289_888_25 / 32_768.0,
    0.116_757_795_916_844_57 / 131_072.0,
    0.119_817_672_667_697_66 / 524_288.0,
];

/// The logarithm of a normal positive number over 2^shift as a sum of two.
#[inline]
pub(super) fn log_two<A: Arith>(k: &mut A, x: A::V, shift: A::V) -> Two<A::V> {
    let (e, m) = split(k, x, shift);
    let mantissa = log_mantissa(k, m);
    with_exponent(k, e, mantissa)
}

/// `e log 2 + mantissa`.
#[inline]
fn with_exponent<A: Arith>(k: &mut A, e: A::V, mantissa: Two<A::V>) -> Two<A::V> {
    // The high part of ln 2 has so few digits that its product with an exponent is exact.
    let ln2 = pick(k, e, 0.693_145_75, 0.693_147_180_559_890_3);
    let ln2_low = pick(k, e, 1.428_606_8e-6, 5.497_923_018_708_371e-14);
    let high = k.mul(e, ln2);
    let sum = sum_ordered(k, high, mantissa.high);
    let low = k.fma(e, ln2_low, mantissa.low);
    Two { high: sum.high, low: k.add(sum.low, low) }
}

/// A sum taken apart: its exponent as a float, and what its mantissa exceeds 1 by as a sum of two.
pub(super) struct Taken<V> {
    pub(super) exponent: V,
    pub(super) f: V,
    pub(super) lost: V,
}

/// Takes `x.high + x.low + rest` apart, for a normal positive `x.high` below 2^126, `x.low` what its
/// rounding lost, and a `rest` that is smaller still.
///
/// While the exponent is 0, f is the exact difference from 1 (a tiny `x.low` included), so that the
/// logarithm is precise near 1.
#[inline]
pub(super) fn take_apart<A: Arith>(k: &mut A, x: Two<A::V>, rest: A::V) -> Taken<A::V> {
    let none = k.float(rest, 0.0);
    let (exponent, m) = split(k, x.high, none);
    let scale = inverse_power_of_two(k, exponent);
    let one = k.float(m, 1.0);
    let high = k.sub(m, one);
    let low = k.mul(x.low, scale);
    let f = sum_ordered(k, high, low);
    let lost = k.fma(rest, scale, f.low);
    Taken { exponent, f: f.high, lost }
}

impl<V: Copy> Taken<V> {
    /// The logarithm of the mantissa as a sum of two. What f lost counts by `1 / (1 + f)`, of which
    /// three terms are enough.
    #[inline]
    pub(super) fn log_mantissa<A: Arith<V = V>>(&self, k: &mut A) -> Two<V> {
        let log = log_fraction(k, self.f);
        let one = k.float(self.f, 1.0);
        let slope = k.sub(self.f, one);
        let slope = k.fma(self.f, slope, one);
        Two { high: log.high, low: k.fma(self.lost, slope, log.low) }
    }

    /// The natural logarithm as a sum of two.
    #[inline]
    pub(super) fn log<A: Arith<V = V>>(&self, k: &mut A) -> Two<V> {
        let mantissa = self.log_mantissa(k);
        with_exponent(k, self.exponent, mantissa)
    }
}

/// `2^-e` for a whole e that is no larger than 126.
#[inline]
fn inverse_power_of_two<A: Arith>(k: &mut A, e: A::V) -> A::V {
    let dtype = k.dtype(e);
    let most = k.float(e, 126.0);
    let bounded = k.min(e, most);
    let magic = magic(k, e);
    let minus = k.sub(magic, bounded);
    let minus = k.to_bits(minus);
    let minus = shift_to_exponent(k, e, minus);
    let one = k.float(e, 1.0);
    let bits = k.to_bits(one);
    let bits = k.add(bits, minus);
    k.bitcast(bits, dtype)
}

/// The logarithm to base 2, exact for powers of two: that of the mantissa, times 1/ln 2 in two parts. Domain
/// and rare path are those of [`log`].
///
/// Largest error measured: 0.93 ulp in float32 (all inputs from ¼ to 4, and every 63rd), 0.91 ulp in float64.
#[inline(always)]
pub fn log2<A: Arith>(k: &mut A, x: A::V) -> A::V {
    log_to_base(k, x, |k, e, mantissa| {
        let factor_low = pick(k, e, 1.925_963e-8, 2.035_527_374_093_103_3e-17);
        let factor = Two { high: k.float(e, LOG2_E), low: factor_low };
        let p = product_two(k, mantissa, factor);
        let sum = sum_ordered(k, e, p.high);
        let low = k.add(sum.low, p.low);
        k.add(sum.high, low)
    })
}

/// The logarithm to base 10, exact for powers of ten: that of the mantissa, times 1/ln 10 in two parts. Domain
/// and rare path are those of [`log`].
///
/// Largest error measured: 0.77 ulp in float32 (all inputs from ¼ to 4, and every 63rd), 0.75 ulp in float64.
#[inline(always)]
pub fn log10<A: Arith>(k: &mut A, x: A::V) -> A::V {
    log_to_base(k, x, |k, e, mantissa| {
        let factor_low = pick(k, e, -1.010_305e-8, 1.098_319_650_216_765e-17);
        let factor = Two { high: k.float(e, LOG10_E), low: factor_low };
        let p = product_two(k, mantissa, factor);
        // log10(2) in two parts; the product of the first with an exponent is exact.
        let log10_2 = pick(k, e, 0.301_025_4, 0.301_029_995_663_952_83);
        let log10_2_low = pick(k, e, 4.605_039e-6, 2.836_339_455_104_496_4e-14);
        let high = k.mul(e, log10_2);
        let sum = sum_ordered(k, high, p.high);
        let low = k.add(sum.low, p.low);
        let low = k.fma(e, log10_2_low, low);
        k.add(sum.high, low)
    })
}

/// `finish` of the exponent and the logarithm of the mantissa, in all cases.
///
/// That is `f - rest` as [`log_one_plus`] has it, whose difference is kept as a sum of two: what is left of its
/// error, of the rest's rounding, counts less than the last rounding. An exponent of which the logarithm is
/// above 1 makes it count for nothing, which is why powers of the base are exact.
#[inline(always)]
fn log_to_base<A: Arith>(k: &mut A, x: A::V, finish: impl Fn(&mut A, A::V, Two<A::V>) -> A::V) -> A::V {
    let low = least_normal(k, x);
    let high = pick(k, x, f64::from(f32::MAX), f64::MAX);
    let unusual = outside(k, x, low, high);
    let at = |k: &mut A, x: A::V, shift: A::V| {
        let (e, m) = split(k, x, shift);
        let one = k.float(x, 1.0);
        let f = k.sub(m, one);
        let rest = log_rest(k, f);
        let mantissa = sum_ordered(k, f, rest);
        finish(k, e, mantissa)
    };
    let none = k.float(x, 0.0);
    let fast = at(k, x, none);
    k.rare(unusual, fast, |k| {
        let (scaled, shift) = scale_denormal(k, x);
        let y = at(k, scaled, shift);
        log_special(k, x, y)
    })
}

/// `log(1 + x)`, precise for small x: -∞ at -1 and NaN below, which with +∞ and NaN take the rare
/// path.
///
/// What the sum `u = 1 + x` rounds away is scaled with it and added to f, which makes f exact (x
/// itself) as long as the exponent of u is 0.
///
/// Largest error measured: 0.91 ulp in float32 (all inputs), 0.89 ulp in float64.
#[inline(always)]
pub fn log1p<A: Arith>(k: &mut A, x: A::V) -> A::V {
    let low = pick(k, x, -0.999_999_94, -0.999_999_999_999_999_9);
    let high = pick(k, x, f64::from(f32::MAX), f64::MAX);
    let unusual = outside(k, x, low, high);
    let one = k.float(x, 1.0);
    let larger = k.max(x, one);
    let smaller = k.min(x, one);
    let u = sum_ordered(k, larger, smaller);
    let zero = k.float(x, 0.0);
    let (e, m) = split(k, u.high, zero);

    let dtype = k.dtype(x);
    // (From 2^53 on `u.low` is far below; the bound on the exponent keeps 2^-e a number.)
    let scale = inverse_power_of_two(k, e);

    let high = k.sub(m, one);
    let rest = k.mul(u.low, scale);
    let f = k.add(high, rest);
    let lost = k.sub(high, f);
    let lost = k.add(lost, rest);
    let ln2_low = pick(k, x, -1.904_654_2e-9, 2.319_046_813_846_299_6e-17);
    let low = k.fma(e, ln2_low, lost);
    let value = log_one_plus(k, f, low);
    let ln2 = k.float(x, LN_2);
    let value = k.fma(e, ln2, value);
    // It has the sign of x, -0 included.
    let sign = sign_bit(k, x);
    let bits = k.to_bits(value);
    let bits = k.or(bits, sign);
    let fast = k.bitcast(bits, dtype);
    k.rare(unusual, fast, |k| {
        let minus_one = k.float(x, -1.0);
        let nan = k.float(x, f64::NAN);
        let minus_infinity = k.float(x, f64::NEG_INFINITY);
        let below = k.lt(x, minus_one);
        let y = k.select(below, nan, x);
        let at_pole = k.eq(x, minus_one);
        k.select(at_pole, minus_infinity, y)
    })
}
