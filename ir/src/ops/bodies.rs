//! What rows of the table are that need more than a line, over any [`Arith`].

use crate::dtype::{DType, Kind};
use crate::math::{self, Arith, ArithExt, Known};
use crate::prim::Prim;
use crate::scalar::Scalar;

/// `(a // b, a % b)` with Python's signs: the remainder has the sign of the divisor.
///
/// Floats follow CPython's `float_divmod`, as NumPy does: the remainder comes first and exactly,
/// then the quotient from it.
#[inline(always)]
pub(super) fn floor_division<A: Arith>(k: &mut A, a: A::V, b: A::V) -> (A::V, A::V) {
    let zero = k.int(a, 0);
    if !k.dtype(a).is_float() {
        // One division gives both; dividing by zero leaves nothing.
        let quotient = k.div(a, b);
        let product = k.mul(quotient, b);
        let rest = k.sub(a, product);
        let some = k.ne(b, zero);
        let rest = k.select(some, rest, zero);
        let nonzero = k.ne(rest, zero);
        if !k.dtype(a).is_signed() {
            return (quotient, rest);
        }
        let signs = k.xor(rest, b);
        let opposite = k.lt(signs, zero);
        let fix = k.and(nonzero, opposite);
        let one = k.int(a, 1);
        let (lower, lifted) = (k.sub(quotient, one), k.add(rest, b));
        return (k.select(fix, lower, quotient), k.select(fix, lifted, rest));
    }
    let rest = truncated_remainder(k, a, b);
    let nonzero = k.ne(rest, zero);
    let (rest_below, b_below) = (k.lt(rest, zero), k.lt(b, zero));
    let opposite = k.xor(rest_below, b_below);
    let fix = k.and(nonzero, opposite);
    let lifted = k.add(rest, b);
    let difference = k.sub(a, rest);
    let mut quotient = k.div(difference, b);
    let one = k.int(a, 1);
    let lower = k.sub(quotient, one);
    quotient = k.select(fix, lower, quotient);
    // The quotient is within rounding of a whole number: snap it to the nearest.
    let mut whole = k.floor(quotient);
    let excess = k.sub(quotient, whole);
    let half = k.float(a, 0.5);
    let up = k.gt(excess, half);
    let above = k.add(whole, one);
    whole = k.select(up, above, whole);
    // A zero quotient and a zero remainder keep the signs of `a / b` and of `b`.
    let exact = k.div(a, b);
    let signed_zero = math::copy_sign(k, zero, exact);
    let is_zero = k.eq(quotient, zero);
    whole = k.select(is_zero, signed_zero, whole);
    let by_zero = k.eq(b, zero);
    let whole = k.select(by_zero, exact, whole);
    let zero_like_b = math::copy_sign(k, zero, b);
    let fixed = k.select(fix, lifted, rest);
    let rest = k.select(nonzero, fixed, zero_like_b);
    (whole, rest)
}

/// The remainder with the sign of the dividend.
#[inline(always)]
pub(super) fn truncated_remainder<A: Arith>(k: &mut A, a: A::V, b: A::V) -> A::V {
    if k.dtype(a).is_float() { math::fmod(k, a, b) } else { k.rem(a, b) }
}

/// Bits of an exponent that are looked at before asking whether any lane has more.
const COMMON_BITS: u32 = 4;

/// `a` to the power `b` in integers, by repeated squaring: of the low bits of the exponent, and of all of
/// them where a lane has others.
///
/// A negative exponent (an error in NumPy, which only the data can tell) gives 1, 0 or ±1 as the
/// exact quotient truncated.
#[inline(always)]
pub(super) fn integer_power<A: Arith>(k: &mut A, a: A::V, b: A::V) -> A::V {
    let dtype = k.dtype(a);
    let (zero, one) = (k.int(a, 0), k.int(a, 1));
    let bits = dtype.bits() - u32::from(dtype.is_signed());
    let few = power_by_bits(k, a, b, COMMON_BITS);
    let low = k.constant(Scalar::from_bits(dtype, (1 << COMMON_BITS) - 1));
    let goes_on = k.gt(b, low);
    let result = k.rare(goes_on, few, |k| power_by_bits(k, a, b, bits));
    if !dtype.is_signed() {
        return result;
    }
    let below = k.lt(b, zero);
    let odd = k.and(b, one);
    let is_odd = k.ne(odd, zero);
    let minus_one = k.int(a, -1);
    let alternating = k.select(is_odd, minus_one, one);
    let (is_one, is_minus_one) = (k.eq(a, one), k.eq(a, minus_one));
    let small = k.select(is_minus_one, alternating, zero);
    let small = k.select(is_one, one, small);
    k.select(below, small, result)
}

/// The product of the powers of `a` that the low bits of `b` say.
#[inline(always)]
fn power_by_bits<A: Arith>(k: &mut A, a: A::V, b: A::V, bits: u32) -> A::V {
    let (zero, one) = (k.int(a, 0), k.int(a, 1));
    let (mut result, mut base) = (one, a);
    for bit in 0..bits {
        let mask = k.constant(Scalar::from_bits(k.dtype(a), 1 << bit));
        let chosen = k.and(b, mask);
        let on = k.ne(chosen, zero);
        let factor = k.select(on, base, one);
        result = if bit == 0 { factor } else { k.mul(result, factor) };
        base = if bit + 1 < bits { k.mul(base, base) } else { base };
    }
    result
}

#[inline(always)]
pub(super) fn sign_of<A: Arith>(k: &mut A, x: A::V) -> A::V {
    let (zero, one) = (k.int(x, 0), k.int(x, 1));
    let above = k.gt(x, zero);
    if !k.dtype(x).is_float() && !k.dtype(x).is_signed() {
        return k.select(above, one, zero);
    }
    let minus_one = k.int(x, -1);
    let below = k.lt(x, zero);
    // Neither above nor below: zero of either sign gives +0, NaN stays.
    let rest = if k.dtype(x).is_float() {
        let is_zero = k.eq(x, zero);
        k.select(is_zero, zero, x)
    } else {
        zero
    };
    let negative = k.select(below, minus_one, rest);
    k.select(above, one, negative)
}

/// NumPy's `maximum` and `minimum`: a NaN wins, and -0 is below +0.
#[inline(always)]
pub(super) fn extremum<A: Arith>(k: &mut A, prim: Prim, a: A::V, b: A::V) -> A::V {
    let dtype = k.dtype(a);
    if dtype == DType::Bool {
        return if prim == Prim::Max { k.or(a, b) } else { k.and(a, b) };
    }
    if !dtype.is_float() {
        return k.prim(prim, &[a, b]);
    }
    if let Some(chosen) = extremum_of_known(k, prim, a, b).or_else(|| extremum_of_known(k, prim, b, a)) {
        return chosen;
    }
    if let Some(chosen) = k.extremum(prim, a, b) {
        return chosen;
    }
    let chosen = k.prim(prim, &[a, b]);
    // Equal operands differ at most in the sign of zero: + + wins in `maximum`, - in `minimum`.
    let (a_bits, b_bits) = (k.to_bits(a), k.to_bits(b));
    let signs = if prim == Prim::Max { k.and(a_bits, b_bits) } else { k.or(a_bits, b_bits) };
    let zero = k.bitcast(signs, dtype);
    let equal = k.eq(a, b);
    let chosen = k.select(equal, zero, chosen);
    // The prim gives `b` when unordered, so only a NaN in `a` is still missing.
    let nan = k.ne(a, a);
    k.select(nan, a, chosen)
}

/// The greater or lesser of `x` and a number of which enough is known. The prim gives its second operand
/// if one is NaN or both are zeros, so `x` is the second.
#[inline(always)]
fn extremum_of_known<A: Arith>(k: &mut A, prim: Prim, number: A::V, x: A::V) -> Option<A::V> {
    match k.facts(number) {
        Known::Nothing => None,
        Known::Zero if prim == Prim::Max => {
            let chosen = k.prim(prim, &[number, x]);
            // -0 becomes +0, and everything else stays what it is.
            Some(k.add(chosen, number))
        }
        Known::Zero | Known::Ordinary => Some(k.prim(prim, &[number, x])),
    }
}

/// NumPy's `fmax` and `fmin`: a NaN loses.
#[inline(always)]
pub(super) fn number_or<A: Arith>(k: &mut A, prim: Prim, a: A::V, b: A::V) -> A::V {
    // The prim gives its second operand if the first is a NaN.
    match (k.dtype(a).is_float(), k.facts(a), k.facts(b)) {
        (true, _, Known::Ordinary) => return k.prim(prim, &[a, b]),
        (true, Known::Ordinary, _) => return k.prim(prim, &[b, a]),
        _ => {}
    }
    let chosen = extremum(k, prim, a, b);
    if !k.dtype(a).is_float() {
        return chosen;
    }
    let (nan_a, nan_b) = (k.ne(a, a), k.ne(b, b));
    let chosen = k.select(nan_a, b, chosen);
    k.select(nan_b, a, chosen)
}

#[inline(always)]
pub(super) fn magnitude_against_infinity<A: Arith>(k: &mut A, compare: Prim, x: A::V) -> A::V {
    if !k.dtype(x).is_float() {
        return k.constant(Scalar::bool(compare == Prim::Lt));
    }
    let infinity = k.float(x, f64::INFINITY);
    let magnitude = k.abs(x);
    k.prim(compare, &[magnitude, infinity])
}

#[inline(always)]
pub(super) fn sign_is_set<A: Arith>(k: &mut A, x: A::V) -> A::V {
    let dtype = k.dtype(x);
    if dtype.kind() == Kind::Bool || dtype.kind() == Kind::Unsigned {
        return k.constant(Scalar::bool(false));
    }
    let bits = if dtype.is_float() { k.to_bits(x) } else { x };
    let zero = k.int(bits, 0);
    k.lt(bits, zero)
}
