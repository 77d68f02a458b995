//! Floats taken apart and put together by their bits, neighbours, and bits that are counted.

use super::extended::{copy_sign, infinity, least_normal, pick, pick_bits, power_of_two};
use super::{Arith, ArithExt};
use crate::dtype::DType;
use crate::scalar::Scalar;

/// The next number after a towards b; b where they are equal. Error: 0 ulp.
///
/// The bits of a float without their sign count upwards with its magnitude (IEEE 754-2019, 3.4).
#[inline]
pub fn nextafter<A: Arith>(k: &mut A, a: A::V, b: A::V) -> A::V {
    let dtype = k.dtype(a);
    let zero = k.float(a, 0.0);
    let up = k.gt(b, a);
    let positive = k.gt(a, zero);
    let inwards = k.xor(up, positive);
    let bits = k.to_bits(a);
    let (one, minus_one) = (k.int(bits, 1), k.int(bits, -1));
    let step = k.select(inwards, minus_one, one);
    let bits = k.add(bits, step);
    let moved = k.bitcast(bits, dtype);
    let least = k.bitcast(one, dtype);
    let least = copy_sign(k, least, b);
    let at_zero = k.eq(a, zero);
    let moved = k.select(at_zero, least, moved);
    let equal = k.eq(a, b);
    let moved = k.select(equal, b, moved);
    let sum = k.add(a, b);
    let (nan_a, nan_b) = (k.ne(a, a), k.ne(b, b));
    let nan = k.or(nan_a, nan_b);
    k.select(nan, sum, moved)
}

/// The distance to the next number away from zero, with the sign of x; NaN at ±∞. Error: 0 ulp.
#[inline]
pub fn spacing<A: Arith>(k: &mut A, x: A::V) -> A::V {
    let dtype = k.dtype(x);
    let bits = k.to_bits(x);
    let one = k.int(bits, 1);
    let next = k.add(bits, one);
    let next = k.bitcast(next, dtype);
    let value = k.sub(next, x);
    let least = k.bitcast(one, dtype);
    let zero = k.float(x, 0.0);
    let at_zero = k.eq(x, zero);
    let value = k.select(at_zero, least, value);
    let size = k.abs(x);
    let infinity = infinity(k, x);
    let endless = k.eq(size, infinity);
    let nan = k.float(x, f64::NAN);
    k.select(endless, nan, value)
}

/// A float as `m 2^e` with m in 1 … 2, and whether it is neither 0 nor infinite nor NaN.
struct Apart<V> {
    m: V,
    /// In the signed integer of the size of the float.
    e: V,
    ordinary: V,
}

impl<V: Copy> Apart<V> {
    #[inline]
    fn of<A: Arith<V = V>>(k: &mut A, x: V) -> Apart<V> {
        let dtype = k.dtype(x);
        let size = k.abs(x);
        let low = least_normal(k, x);
        let denormal = k.lt(size, low);
        let up = pick(k, x, 33_554_432.0, 18_014_398_509_481_984.0);
        let scaled = k.mul(size, up);
        let scaled = k.select(denormal, scaled, size);
        let bits = k.to_bits(scaled);
        let digits = pick_bits(k, x, 23, 52);
        let field = k.shr(bits, digits);
        let bias = pick_bits(k, x, 127, 1023);
        let denormal_bias = pick_bits(k, x, 127 + 25, 1023 + 54);
        let bias = k.select(denormal, denormal_bias, bias);
        let e = k.sub(field, bias);
        let mask = pick_bits(k, x, 0x007f_ffff, 0x000f_ffff_ffff_ffff);
        let mantissa = k.and(bits, mask);
        let one = k.float(x, 1.0);
        let one = k.to_bits(one);
        let mantissa = k.or(mantissa, one);
        let zero = k.float(x, 0.0);
        let infinity = infinity(k, x);
        let (some, finite) = (k.gt(size, zero), k.lt(size, infinity));
        Apart { m: k.bitcast(mantissa, dtype), e, ordinary: k.and(some, finite) }
    }
}

/// `x 2^n`, rounded once; n is an int32 or int64. Error: 0.5 ulp where the result is not normal, else 0.
#[inline]
pub fn ldexp<A: Arith>(k: &mut A, x: A::V, n: A::V) -> A::V {
    let Apart { m, e, ordinary } = Apart::of(k, x);
    // Beyond these the result is 0 or infinite whatever x is.
    let (least, most) = (k.int(n, -4400), k.int(n, 4400));
    let n = k.max(n, least);
    let n = k.min(n, most);
    let n = k.cast(n, k.dtype(e));
    let sum = k.add(e, n);
    let limit = pick_bits(k, x, 250, 2000);
    let minus = k.neg(limit);
    let sum = k.max(sum, minus);
    let sum = k.min(sum, limit);
    // The first of two steps is exact.
    let one = k.int(sum, 1);
    let half = k.shr(sum, one);
    let rest = k.sub(sum, half);
    let half = power_of_two(k, x, half);
    let rest = power_of_two(k, x, rest);
    let value = k.mul(m, half);
    let value = k.mul(value, rest);
    let value = copy_sign(k, value, x);
    k.select(ordinary, value, x)
}

/// The m of `x = m 2^e` with |m| in 1/2 … 1; ±0, ±∞ and NaN themselves. Error: 0 ulp.
#[inline]
pub fn frexp_mantissa<A: Arith>(k: &mut A, x: A::V) -> A::V {
    let Apart { m, ordinary, .. } = Apart::of(k, x);
    let half = k.float(x, 0.5);
    let m = k.mul(m, half);
    let m = copy_sign(k, m, x);
    k.select(ordinary, m, x)
}

/// The e of `x = m 2^e` with |m| in 1/2 … 1, as an int32; 0 for ±0, ±∞ and NaN.
#[inline]
pub fn frexp_exponent<A: Arith>(k: &mut A, x: A::V) -> A::V {
    let Apart { e, ordinary, .. } = Apart::of(k, x);
    let one = k.int(e, 1);
    let e = k.add(e, one);
    let none = k.int(e, 0);
    let e = k.select(ordinary, e, none);
    k.cast(e, DType::I32)
}

/// How many bits of |x| are set, as a uint8, for integers of every size.
///
/// By sums of ever wider fields (H. S. Warren, *Hacker's Delight*, 2nd edition, section 5-1).
#[inline]
pub fn bitwise_count<A: Arith>(k: &mut A, x: A::V) -> A::V {
    let unsigned = k.dtype(x).same_size_unsigned();
    let size = k.abs(x);
    let mut x = k.bitcast(size, unsigned);
    for (width, mask) in [(1, 0x5555_5555_5555_5555), (2, 0x3333_3333_3333_3333), (4, 0x0f0f_0f0f_0f0f_0f0f)]
    {
        let [count, mask] = [width, mask].map(|bits| k.constant(Scalar::from_bits(unsigned, bits)));
        let upper = k.shr(x, count);
        let (upper, lower) = (k.and(upper, mask), k.and(x, mask));
        x = k.add(upper, lower);
    }
    let mut width = 8;
    while width < unsigned.bits() {
        let count = k.int(x, i64::from(width));
        let upper = k.shr(x, count);
        x = k.add(x, upper);
        width *= 2;
    }
    let mask = k.int(x, 0x7f);
    let x = k.and(x, mask);
    k.cast(x, DType::U8)
}

/// 0 below 0, 1 above, `middle` at ±0; NaN stays.
#[inline]
pub fn heaviside<A: Arith>(k: &mut A, x: A::V, middle: A::V) -> A::V {
    let (zero, one) = (k.float(x, 0.0), k.float(x, 1.0));
    let (below, above) = (k.lt(x, zero), k.gt(x, zero));
    let value = k.select(above, one, middle);
    let value = k.select(below, zero, value);
    let nan = k.ne(x, x);
    k.select(nan, x, value)
}
