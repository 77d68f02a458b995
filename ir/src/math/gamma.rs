//! The logarithm of the gamma function.
//!
//! From 3.5 on it is Stirling's series (the form of FreeBSD's `e_lgamma_r.c`, by Sun Microsystems):
//! `(x - 1/2)(log x - 1) + (log 2π - 1)/2 + w(1/x²)/x`. Below, x is moved by a whole number to 2 + t with |t| ≤ 1/2,
//! where a polynomial that has the zero at 2 as a factor is precise, and the logarithm of what the
//! recurrence `Γ(x + 1) = x Γ(x)` multiplies is added. Logarithms are kept in twice the precision, so that the zeros at
//! 1 and 2 and all else are rounded once. Negative numbers take the reflection
//! `Γ(x) Γ(-x) = -π / (x sin πx)`. The polynomials are minimax fits by the Remez exchange, made for this file.

use super::extended::{
    Two, infinity, is_single, least_normal, outside, pick, polynomial, product, sum_any, sum_ordered,
};
use super::log::{Taken, log, log_two, take_apart};
use super::trig::sin_and_cos;
use super::{Arith, ArithExt};
use std::f64::consts::FRAC_PI_2;

/// `log |Γ(x)|`: ∞ at 0 and the negative integers. Negative numbers, denormals, overflow and NaN take the rare
/// path.
///
/// Largest error measured: 1.85 ulp in float32 (every 63rd input), 1.68 ulp in float64, at negative x, where it
/// is counted in places of the larger of the result and 1; at positive x 0.71 ulp in float32.
#[inline]
pub fn gammaln<A: Arith>(k: &mut A, x: A::V) -> A::V {
    let low = least_normal(k, x);
    // The last argument with a finite result.
    let high = pick(k, x, 4.085_003_108_497_519e36, 2.559_983_327_851_638_3e305);
    let unusual = outside(k, x, low, high);
    let size = k.abs(x);
    let split = k.float(x, 3.5);
    let is_large = k.ge(size, split);
    let large = stirling(k, size);
    let small = moved(k, size);
    let long = Two {
        high: k.select(is_large, large.high, small.high),
        low: k.select(is_large, large.low, small.low),
    };
    let fast = k.add(long.high, long.low);
    k.rare(unusual, fast, |k| {
        let infinity = infinity(k, x);
        let reflected = reflect(k, size, long);
        let zero = k.float(x, 0.0);
        let negative = k.lt(x, zero);
        // Beyond `high` it overflows; what lies as far below 0 is an integer.
        let beyond = k.gt(size, high);
        let value = k.select(beyond, infinity, fast);
        let value = k.select(negative, reflected, value);
        let tiny = k.float(x, 2f64.powi(-60));
        let is_tiny = k.lt(size, tiny);
        let near_pole = log(k, size);
        let near_pole = k.neg(near_pole);
        let value = k.select(is_tiny, near_pole, value);
        let known = k.eq(x, x);
        k.select(known, value, x)
    })
}

/// `log |Γ(-x)|` from `value = log Γ(x)`, for x > 0.
#[inline]
fn reflect<A: Arith>(k: &mut A, x: A::V, value: Two<A::V>) -> A::V {
    let whole = k.rint(x);
    let r = k.sub(x, whole);
    // sin πr = 2 sin(πr/2) cos(πr/2)
    let angle = k.float(x, FRAC_PI_2);
    let angle_low = pick(k, x, -4.371_138_828_673_793e-8, 6.123_233_995_736_766e-17);
    let half = product(k, r, angle);
    let half = Two { high: half.high, low: k.fma(r, angle_low, half.low) };
    let (sin, cos) = sin_and_cos(k, half, false);
    let (sin, cos) = (k.add(sin.high, sin.low), k.add(cos.high, cos.low));
    let sin = k.abs(sin);
    let sin = k.mul(sin, cos);
    let sin = k.add(sin, sin);
    let factor = k.mul(x, sin);
    let zero = k.float(x, 0.0);
    let log = log_two(k, factor, zero);
    // The three cancel near the poles.
    let log_pi = k.float(x, 1.144_729_885_849_400_2);
    let log_pi_low = pick(k, x, 3.317_300_922_844_879e-8, 1.026_595_116_270_782_6e-17);
    let minus = k.neg(log.high);
    let head = sum_any(k, log_pi, minus);
    let minus = k.neg(value.high);
    let sum = sum_any(k, head.high, minus);
    let low = k.sub(log_pi_low, log.low);
    let low = k.sub(low, value.low);
    let low = k.add(low, head.low);
    let low = k.add(low, sum.low);
    let reflected = k.add(sum.high, low);
    let at_pole = k.eq(r, zero);
    let infinity = infinity(k, x);
    let value = k.select(at_pole, infinity, reflected);
    let ends = k.eq(x, infinity);
    k.select(ends, infinity, value)
}

/// `log Γ(x)` from 3.5 on.
#[inline]
fn stirling<A: Arith>(k: &mut A, x: A::V) -> Two<A::V> {
    let [none, half, one] = [0.0, 0.5, 1.0].map(|c| k.float(x, c));
    let log = log_two(k, x, none);
    let minus_one = k.neg(one);
    let head = sum_ordered(k, log.high, minus_one);
    let head_low = k.add(head.low, log.low);
    let minus_half = k.neg(half);
    let factor = sum_ordered(k, x, minus_half);
    let p = product(k, factor.high, head.high);
    let p_low = k.fma(factor.high, head_low, p.low);
    let p_low = k.fma(factor.low, head.high, p_low);
    let inverse = k.div(one, x);
    let z = k.mul(inverse, inverse);
    let w = if is_single(k, x) {
        polynomial(k, z, &[0.083_333_33, -0.002_777_350_1, 0.000_781_190_35, -0.000_439_019_58])
    } else {
        polynomial(k, z, &STIRLING)
    };
    let constant = k.float(x, 0.418_938_533_204_672_7);
    let constant_low = pick(k, x, -1.416_814_5e-8, 1.672_820_965_058_541_3e-17);
    let rest = k.fma(inverse, w, constant_low);
    let sum = sum_ordered(k, p.high, constant);
    let low = k.add(sum.low, p_low);
    Two { high: sum.high, low: k.add(low, rest) }
}

/// `log Γ(x)` below 3.5.
#[inline]
fn moved<A: Arith>(k: &mut A, x: A::V) -> Two<A::V> {
    let [zero, one, two] = [0.0, 1.0, 2.0].map(|c| k.float(x, c));
    let whole = k.rint(x);
    let t = k.sub(x, whole);
    // What Γ(2 + t) is divided by below 1.5 (x, and x + 1 below 0.5) or multiplied by from 2.5 on (x - 1).
    let at_zero = k.eq(whole, zero);
    let at_two = k.eq(whole, two);
    let upper = k.gt(whole, two);
    let square = product(k, x, x);
    let pair = sum_ordered(k, x, square.high);
    let pair_low = k.add(pair.low, square.low);
    let before = k.sub(x, one);
    let factor = k.select(at_zero, pair.high, x);
    let factor = k.select(upper, before, factor);
    let factor = k.select(at_two, one, factor);
    let factor_low = k.select(at_zero, pair_low, zero);
    let Taken { exponent, f, lost } = take_apart(k, Two { high: factor, low: factor_low }, zero);
    let log = Taken { exponent, f, lost }.log(k);
    let (minus, minus_low) = (k.neg(log.high), k.neg(log.low));
    let log = Two { high: k.select(upper, log.high, minus), low: k.select(upper, log.low, minus_low) };

    // t (c0 + t (c1 + t P)), the last steps in twice the precision.
    let single = is_single(k, x);
    let p = if single { polynomial(k, t, &NEAR_TWO_SINGLE) } else { polynomial(k, t, &NEAR_TWO) };
    let p = k.mul(p, t);
    let c1 = k.float(x, 0.322_467_033_424_113_2);
    let c1_low = pick(k, x, -7.153_174e-9, 2.765_896_995_829_511e-17);
    let inner = sum_ordered(k, c1, p);
    let inner_low = k.add(inner.low, c1_low);
    let step = product(k, t, inner.high);
    let step_low = k.fma(t, inner_low, step.low);
    let c0 = k.float(x, 0.422_784_335_098_467_13);
    let c0_low = pick(k, x, 6.637_773_886_097_875e-9, 4.942_915_152_430_645e-18);
    let outer = sum_ordered(k, c0, step.high);
    let outer_low = k.add(outer.low, c0_low);
    let outer_low = k.add(outer_low, step_low);
    let p = product(k, t, outer.high);
    let low = k.fma(t, outer_low, p.low);
    let sum = sum_any(k, log.high, p.high);
    let low = k.add(low, log.low);
    Two { high: sum.high, low: k.add(sum.low, low) }
}

/// `(log Γ(2 + t) / t - c0) / t` in powers of t from the first on, with c0 = 1 - γ, within 2^-57.4 for
/// |t| ≤ 1/2.
const NEAR_TWO: [f64; 17] = [
    -0.067_352_301_053_198_25,
    0.020_580_808_427_781_08,
    -0.007_385_551_028_653_237,
    0.002_890_510_331_001_155,
    -0.001_192_753_912_664_376_5,
    0.000_509_669_516_155_777_5,
    -0.000_223_154_736_535_098_11,
    9.945_766_435_532_338e-05,
    -4.492_651_935_944_133e-05,
    2.050_565_636_894_305_8e-05,
    -9.437_297_983_692_071e-06,
    4.384_434_671_728_914e-06,
    -2.049_565_058_575_381_8e-06,
    9.206_461_952_639_158e-07,
    -4.203_618_971_121_520_7e-07,
    2.781_999_525_743_851_4e-07,
    -1.430_701_491_104_252_6e-07,
];

/// The same for float32, within 2^-27.6.
const NEAR_TWO_SINGLE: [f64; 7] = [
    -0.067_352_24,
    0.020_581_525,
    -0.007_387_203_6,
    0.002_879_590_5,
    -0.001_178_721_7,
    0.000_568_709_8,
    -0.000_268_692_24,
];

/// Stirling's w in powers of 1/x², within 2^-61.1 from 3.5 on.
const STIRLING: [f64; 10] = [
    0.083_333_333_333_332_23,
    -0.002_777_777_777_217_855,
    0.000_793_650_689_030_581_1,
    -0.000_595_228_007_343_163_8,
    0.000_841_170_923_808_703_5,
    -0.001_896_040_859_382_226_3,
    0.005_871_765_260_053_518,
    -0.020_065_811_441_539_357,
    0.056_226_669_883_358_95,
    -0.084_598_028_889_145_18,
];
