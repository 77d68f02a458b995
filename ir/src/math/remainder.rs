//! The exact remainder of a division, `fmod`.
//!
//! While the quotient has fewer bits than the significand, one division, one truncation and one fma
//! give it: the fma is exact because both numbers are multiples of the divisor's unit and the
//! result is no larger than the divisor. Only a larger quotient (or a NaN) takes the rare path,
//! which takes the quotient off in pieces of that size, from the top (long division; Knuth, The Art
//! of Computer Programming, volume 2, 4.3.1, with one "digit" a piece).

use super::extended::copy_sign;
use super::{Arith, ArithExt};
use crate::dtype::DType;

/// `a - trunc(a / b) * b`, exactly, with the sign of `a`. NaN when `a` is infinite or `b` is 0; `a`
/// itself when `b` is infinite. Error: 0 ulp.
#[inline(always)]
pub fn fmod<A: Arith>(k: &mut A, a: A::V, b: A::V) -> A::V {
    let (magnitude, divisor) = (k.abs(a), k.abs(b));
    let quotient = k.div(magnitude, divisor);
    let limit = k.float(a, piece(k.dtype(a)));
    let rest = step(k, magnitude, divisor);
    let small = k.lt(quotient, limit);
    let large = k.not(small);
    let rest = k.rare(large, rest, |k| long_division(k, magnitude, divisor));
    copy_sign(k, rest, a)
}

/// The greatest quotient that one step takes: 2 less than the bits of the significand leave room
/// for the rounding of the division.
fn piece(dtype: DType) -> f64 {
    if dtype == DType::F32 { (1u64 << 22) as f64 } else { (1u64 << 51) as f64 }
}

/// `rest mod divisor` for a quotient below [`piece`]; both are not negative.
#[inline(always)]
fn step<A: Arith>(k: &mut A, rest: A::V, divisor: A::V) -> A::V {
    let quotient = k.div(rest, divisor);
    let whole = k.trunc(quotient);
    let minus = k.neg(whole);
    let left = k.fma(minus, divisor, rest);
    // The rounded quotient may be one too large.
    let zero = k.int(rest, 0);
    let under = k.lt(left, zero);
    let lifted = k.add(left, divisor);
    let left = k.select(under, lifted, left);
    let below = k.lt(rest, divisor);
    k.select(below, rest, left)
}

/// The remainder for any quotient, in pieces of 22 or 51 bits from the top.
#[inline(always)]
fn long_division<A: Arith>(k: &mut A, magnitude: A::V, divisor: A::V) -> A::V {
    // Exponents of float32 span 277 bits, those of float64 2098.
    let (bits, pieces) = if k.dtype(magnitude) == DType::F32 { (22, 12) } else { (51, 41) };
    let unit = k.float(magnitude, (1u64 << bits) as f64);
    let mut scaled = Vec::with_capacity(pieces + 1);
    scaled.push(divisor);
    for i in 0..pieces {
        // Exact, or infinite, which leaves the rest as it is.
        let next = k.mul(scaled[i], unit);
        scaled.push(next);
    }
    let rest = scaled.into_iter().rev().fold(magnitude, |rest, divisor| step(k, rest, divisor));
    // Infinite dividend, zero divisor, or a NaN: 0 * inf and 0 / 0 say so.
    let zero = k.int(magnitude, 0);
    let nothing = k.mul(magnitude, zero);
    let undefined = k.div(nothing, divisor);
    k.add(rest, undefined)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::Eval;
    use crate::scalar::Scalar;

    #[test]
    fn remainders_are_exact() {
        let numbers = [
            0.0,
            -0.0,
            1.0,
            0.1,
            3.7,
            1e-40,
            1e30,
            f32::MAX,
            f32::MIN_POSITIVE,
            1e-45,
            f32::INFINITY,
            f32::NAN,
            16_777_217.0,
            2.5,
        ];
        for &a in numbers.iter().flat_map(|x| [*x, -*x]).collect::<Vec<f32>>().iter() {
            for &b in &numbers {
                let got = fmod(&mut Eval, Scalar::f32(a), Scalar::f32(b));
                assert!(got.same(Scalar::f32(a % b)), "fmod({a:?}, {b:?}) = {got}, not {:?}", a % b);
                let (a, b) = (f64::from(a) * 1e200, f64::from(b) * 1e-200);
                let got = fmod(&mut Eval, Scalar::f64(a), Scalar::f64(b));
                assert!(got.same(Scalar::f64(a % b)), "fmod({a:?}, {b:?}) = {got}, not {:?}", a % b);
            }
        }
    }

    #[test]
    fn random_bits_agree_with_rust() {
        let mut state = 1u64;
        for _ in 0..200_000 {
            let mut next = || {
                state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                state ^ (state >> 29)
            };
            let (a, b) = (f32::from_bits(next() as u32), f32::from_bits(next() as u32));
            let got = fmod(&mut Eval, Scalar::f32(a), Scalar::f32(b));
            assert!(got.same(Scalar::f32(a % b)), "fmod({a:?}, {b:?}) = {got}, not {:?}", a % b);
        }
    }
}
