//! What the elementary functions share: polynomials, clamps, bits, and numbers held as a sum of two.
//!
//! A sum of two floats `high + low` carries about twice the digits of one. The sums and products
//! are Dekker's and Knuth's (T. J. Dekker, *A floating-point technique for extending the available
//! precision*, 1971), the products by fma. Nothing here is re-associated by the compiler, so the
//! order written is the order computed.

use super::{Arith, ArithExt};
use crate::dtype::DType;
use crate::scalar::Scalar;

/// True for float32; the functions treat everything else as float64.
#[inline(always)]
pub(super) fn is_single<A: Arith>(k: &A, x: A::V) -> bool {
    k.dtype(x) == DType::F32
}

/// The coefficient or bound that belongs to the type of `like`.
#[inline(always)]
pub(super) fn pick<A: Arith>(k: &mut A, like: A::V, single: f64, double: f64) -> A::V {
    let x = if is_single(k, like) { single } else { double };
    k.float(like, x)
}

/// The integer of the size of `like` with these bits, signed.
#[inline(always)]
pub(super) fn pick_bits<A: Arith>(k: &mut A, like: A::V, single: u32, double: u64) -> A::V {
    let bits = if is_single(k, like) { u64::from(single) } else { double };
    let dtype = k.dtype(like).same_size_int();
    k.constant(Scalar::from_bits(dtype, bits))
}

/// The least positive normal number of the type of `like`.
#[inline(always)]
pub(super) fn least_normal<A: Arith>(k: &mut A, like: A::V) -> A::V {
    pick(k, like, f64::from(f32::MIN_POSITIVE), f64::MIN_POSITIVE)
}

/// Positive infinity.
#[inline(always)]
pub(super) fn infinity<A: Arith>(k: &mut A, like: A::V) -> A::V {
    k.float(like, f64::INFINITY)
}

/// True where `x` lies outside `low ..= high`, and for NaN: two clamps and one compare.
#[inline(always)]
pub(super) fn outside<A: Arith>(k: &mut A, x: A::V, low: A::V, high: A::V) -> A::V {
    let clamped = k.min(x, high);
    let clamped = k.max(clamped, low);
    k.ne(clamped, x)
}

/// `x` brought into `low ..= high`; NaN stays NaN, since `min` and `max` give their second operand
/// when unordered.
#[inline(always)]
pub(super) fn clamp<A: Arith>(k: &mut A, x: A::V, low: A::V, high: A::V) -> A::V {
    let x = k.min(high, x);
    k.max(low, x)
}

/// The sign bit of `x` alone, as an integer.
#[inline(always)]
pub(super) fn sign_bit<A: Arith>(k: &mut A, x: A::V) -> A::V {
    let mask = pick_bits(k, x, 1 << 31, 1 << 63);
    let bits = k.to_bits(x);
    k.and(bits, mask)
}

/// `x` with the sign bits `sign` flipped in.
#[inline(always)]
pub(super) fn flip_sign<A: Arith>(k: &mut A, x: A::V, sign: A::V) -> A::V {
    let dtype = k.dtype(x);
    let bits = k.to_bits(x);
    let bits = k.xor(bits, sign);
    k.bitcast(bits, dtype)
}

/// The magnitude of `x` with the sign of `y`.
#[inline(always)]
pub fn copy_sign<A: Arith>(k: &mut A, x: A::V, y: A::V) -> A::V {
    let dtype = k.dtype(x);
    let (x_bits, y_bits) = (k.to_bits(x), k.to_bits(y));
    let sign = Scalar::from_bits(dtype.same_size_int(), 1 << (dtype.bits() - 1));
    let sign = k.constant(sign);
    let rest = k.not(sign);
    let (magnitude, sign) = (k.and(x_bits, rest), k.and(y_bits, sign));
    let bits = k.or(magnitude, sign);
    k.bitcast(bits, dtype)
}

/// `Σ c[i] x^i` in two interleaved Horner chains over x² (half the latency of one).
#[inline(always)]
pub(super) fn polynomial<A: Arith>(k: &mut A, x: A::V, c: &[f64]) -> A::V {
    if c.len() < 4 {
        return horner(k, x, x, c, 1);
    }
    let square = k.mul(x, x);
    let even = horner(k, x, square, c, 2);
    let odd = horner(k, x, square, &c[1..], 2);
    k.fma(odd, x, even)
}

/// Horner's rule over every `step`-th coefficient.
#[inline(always)]
fn horner<A: Arith>(k: &mut A, like: A::V, x: A::V, c: &[f64], step: usize) -> A::V {
    let mut at = (c.len() - 1) / step * step;
    let mut sum = k.float(like, c[at]);
    while at >= step {
        at -= step;
        let next = k.float(like, c[at]);
        sum = k.fma(sum, x, next);
    }
    sum
}

/// A value held as the unevaluated sum of two floats, the second much the smaller.
#[derive(Clone, Copy)]
pub(super) struct Two<V> {
    pub(super) high: V,
    pub(super) low: V,
}

/// `a + b` exactly, for |a| ≥ |b| or a = 0.
#[inline(always)]
pub(super) fn sum_ordered<A: Arith>(k: &mut A, a: A::V, b: A::V) -> Two<A::V> {
    let high = k.add(a, b);
    let rest = k.sub(a, high);
    let low = k.add(rest, b);
    Two { high, low }
}

/// `a + b` exactly, whichever is larger.
#[inline(always)]
pub(super) fn sum_any<A: Arith>(k: &mut A, a: A::V, b: A::V) -> Two<A::V> {
    let high = k.add(a, b);
    let of_b = k.sub(high, a);
    let of_a = k.sub(high, of_b);
    let lost_a = k.sub(a, of_a);
    let lost_b = k.sub(b, of_b);
    Two { high, low: k.add(lost_a, lost_b) }
}

/// `a * b` exactly.
#[inline(always)]
pub(super) fn product<A: Arith>(k: &mut A, a: A::V, b: A::V) -> Two<A::V> {
    let high = k.mul(a, b);
    let minus = k.neg(high);
    let low = k.fma(a, b, minus);
    Two { high, low }
}

/// `a * b` to about twice the working precision.
#[inline(always)]
pub(super) fn product_two<A: Arith>(k: &mut A, a: Two<A::V>, b: Two<A::V>) -> Two<A::V> {
    let p = product(k, a.high, b.high);
    let low = k.fma(a.high, b.low, p.low);
    let low = k.fma(a.low, b.high, low);
    Two { high: p.high, low }
}

/// `a / b` to about twice the working precision, by one division.
#[inline]
pub(super) fn quotient_two<A: Arith>(k: &mut A, a: Two<A::V>, b: Two<A::V>) -> Two<A::V> {
    let one = k.float(a.high, 1.0);
    let inverse = k.div(one, b.high);
    let high = k.mul(a.high, inverse);
    let minus = k.neg(high);
    let rest = k.fma(minus, b.high, a.high);
    let low = k.fma(minus, b.low, a.low);
    let rest = k.add(rest, low);
    Two { high, low: k.mul(rest, inverse) }
}

/// `√x` to about twice the working precision; 0 gives 0, a negative number NaN.
#[inline]
pub(super) fn root_two<A: Arith>(k: &mut A, x: Two<A::V>) -> Two<A::V> {
    let high = k.sqrt(x.high);
    let minus = k.neg(high);
    let rest = k.fma(minus, high, x.high);
    let rest = k.add(rest, x.low);
    let double = k.add(high, high);
    let least = least_normal(k, high);
    let double = k.max(least, double);
    Two { high, low: k.div(rest, double) }
}

/// 2^n from the integer `n`, for results that are normal numbers.
#[inline(always)]
pub(super) fn power_of_two<A: Arith>(k: &mut A, like: A::V, n: A::V) -> A::V {
    let dtype = k.dtype(like);
    let bias = pick_bits(k, like, 127, 1023);
    let biased = k.add(n, bias);
    let bits = shift_to_exponent(k, like, biased);
    k.bitcast(bits, dtype)
}

/// The integer `n` moved to where a float of the type of `like` keeps its exponent.
#[inline(always)]
pub(super) fn shift_to_exponent<A: Arith>(k: &mut A, like: A::V, n: A::V) -> A::V {
    let digits = pick_bits(k, like, 23, 52);
    k.shl(n, digits)
}
