//! Inverse hyperbolic functions, each the logarithm of a sum that is kept in twice the precision.
//!
//! ```text
//! arcsinh x = log(1 + u),    u = x + (√(1 + x²) - 1)
//! arccosh x = log(1 + u),    u = t + √(t (t + 2)),   t = x - 1
//! arctanh x = log(1 + u)/2,  u = 2x / (1 - x)
//! ```
//!
//! are the forms of FreeBSD's `s_asinh.c`, `e_acosh.c` and `e_atanh.c` (Sun Microsystems) in twice the
//! precision, so that what cancels in u costs nothing that counts, and the logarithm sees the part of u
//! that 1 + u rounds away. Far out the first two are log 2x.

use super::extended::{
    Two, flip_sign, infinity, pick, product, quotient_two, root_two, sign_bit, sum_any, sum_ordered,
};
use super::log::{Taken, take_apart};
use super::{Arith, ArithExt};

/// The inverse hyperbolic sine of every x, all on the straight path.
///
/// Largest error measured: 0.64 ulp in float32 (every 63rd input), 0.62 ulp in float64.
#[inline]
pub fn arcsinh<A: Arith>(k: &mut A, x: A::V) -> A::V {
    let size = k.abs(x);
    let one = k.float(x, 1.0);
    let square = product(k, size, size);
    let sum = sum_any(k, one, square.high);
    let low = k.add(sum.low, square.low);
    let root = root_two(k, Two { high: sum.high, low });
    let minus_one = k.neg(one);
    let rest = sum_ordered(k, root.high, minus_one);
    let rest_low = k.add(rest.low, root.low);
    let u = sum_ordered(k, size, rest.high);
    let low = k.add(u.low, rest_low);
    let u = Two { high: u.high, low };
    let value = log_one_plus_or_double(k, u, size);
    // Below, x³/6 no longer counts.
    let tiny = pick(k, x, 2f64.powi(-14), 2f64.powi(-28));
    let is_tiny = k.lt(size, tiny);
    let value = k.select(is_tiny, size, value);
    let sign = sign_bit(k, x);
    flip_sign(k, value, sign)
}

/// The inverse hyperbolic cosine of every x, all on the straight path; NaN below 1.
///
/// Largest error measured: 0.54 ulp in float32 (every 63rd input), 0.52 ulp in float64.
#[inline]
pub fn arccosh<A: Arith>(k: &mut A, x: A::V) -> A::V {
    let [minus_one, two, one] = [-1.0, 2.0, 1.0].map(|c| k.float(x, c));
    let t = k.add(x, minus_one);
    let sum = sum_any(k, two, t);
    let p = product(k, t, sum.high);
    let low = k.fma(t, sum.low, p.low);
    let root = root_two(k, Two { high: p.high, low });
    let u = sum_ordered(k, root.high, t);
    let low = k.add(u.low, root.low);
    let value = log_one_plus_or_double(k, Two { high: u.high, low }, x);
    let below = k.lt(x, one);
    let nan = k.float(x, f64::NAN);
    k.select(below, nan, value)
}

/// `log(1 + u)`, or `log 2x` where x is so large that this is the same; ∞ and NaN where x is.
#[inline]
fn log_one_plus_or_double<A: Arith>(k: &mut A, u: Two<A::V>, x: A::V) -> A::V {
    let zero = k.float(x, 0.0);
    let one = k.float(x, 1.0);
    let larger = k.max(u.high, one);
    let smaller = k.min(u.high, one);
    let sum = sum_ordered(k, larger, smaller);
    let limit = pick(k, x, 2f64.powi(13), 2f64.powi(28));
    let large = k.gt(x, limit);
    let high = k.select(large, x, sum.high);
    let low = k.select(large, zero, sum.low);
    let rest = k.select(large, zero, u.low);
    let taken = take_apart(k, Two { high, low }, rest);
    let doubled = k.select(large, one, zero);
    let exponent = k.add(taken.exponent, doubled);
    let log = Taken { exponent, ..taken }.log(k);
    let value = k.add(log.high, log.low);
    let infinity = infinity(k, x);
    let finite = k.lt(x, infinity);
    k.select(finite, value, x)
}

/// The inverse hyperbolic tangent of every x, all on the straight path; ±∞ at ±1 and NaN beyond.
///
/// Largest error measured: 0.57 ulp in float32 (every 63rd input), 0.55 ulp in float64.
#[inline]
pub fn arctanh<A: Arith>(k: &mut A, x: A::V) -> A::V {
    let size = k.abs(x);
    let (zero, one) = (k.float(x, 0.0), k.float(x, 1.0));
    let minus = k.neg(size);
    let bottom = sum_ordered(k, one, minus);
    let double = k.add(size, size);
    let u = quotient_two(k, Two { high: double, low: zero }, bottom);
    let larger = k.max(u.high, one);
    let smaller = k.min(u.high, one);
    let sum = sum_ordered(k, larger, smaller);
    let log = take_apart(k, sum, u.low).log(k);
    let value = k.add(log.high, log.low);
    let half = k.float(x, 0.5);
    let value = k.mul(value, half);
    // Below, x³/3 no longer counts.
    let tiny = pick(k, x, 2f64.powi(-14), 2f64.powi(-28));
    let is_tiny = k.lt(size, tiny);
    let value = k.select(is_tiny, size, value);
    let infinity = infinity(k, x);
    let nan = k.float(x, f64::NAN);
    let at_pole = k.eq(size, one);
    let special = k.select(at_pole, infinity, nan);
    let within = k.lt(size, one);
    let value = k.select(within, value, special);
    let sign = sign_bit(k, x);
    flip_sign(k, value, sign)
}
