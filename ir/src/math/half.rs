//! The half types in operations on 32 bits: for machines that have no instructions for them.
//!
//! A half is stored in 16 bits and computed as a float32. [`widen`] and [`narrow`] go from one to
//! the other, [`round`] does both at once without leaving the registers. They are
//! [`Prim::Cast`](crate::prim::Prim::Cast) and [`Prim::Round`](crate::prim::Prim::Round), whose
//! meaning is written down apart from this (`scalar.rs`); tests compare the two.

use super::{Arith, ArithExt};
use crate::dtype::DType;
use crate::scalar::Scalar;

/// The 32 bits of a float32, and those without the sign: a number of which the order is that of the
/// floats. As signed integers, since comparing those is one instruction.
fn bits_and_size<A: Arith>(k: &mut A, x: A::V) -> (A::V, A::V) {
    let bits = k.bitcast(x, DType::I32);
    let mask = word(k, 0x7fff_ffff);
    (bits, k.and(bits, mask))
}

fn word<A: Arith>(k: &mut A, bits: u32) -> A::V {
    k.constant(Scalar::from_bits(DType::I32, bits.into()))
}

/// A magnitude with `unused` low bits, rounded to nearest, ties to even: what is to be cut off has
/// been rounded up where it must be, and is not yet cut off.
fn raised<A: Arith>(k: &mut A, size: A::V, unused: u32) -> A::V {
    let (count, one, below) = (word(k, unused), word(k, 1), word(k, (1 << (unused - 1)) - 1));
    let last = k.shr(size, count);
    let odd = k.and(last, one);
    let sum = k.add(size, below);
    k.add(sum, odd)
}

/// The float32 nearest to a float64 in the way of which a second rounding errs no more: towards
/// zero, with the last bit set unless it is exact (Boldo and Melquiond, IEEE Trans. Comput. 57, 2008).
fn single<A: Arith>(k: &mut A, x: A::V) -> A::V {
    if k.dtype(x) == DType::F32 {
        return x;
    }
    let near = k.cast(x, DType::F32);
    let back = k.cast(near, DType::F64);
    let (size, size_back) = (k.abs(x), k.abs(back));
    let (beyond, inexact) = (k.gt(size_back, size), k.ne(back, x));
    let bits = k.bitcast(near, DType::I32);
    let one = word(k, 1);
    let (less, zero) = (k.sub(bits, one), word(k, 0));
    let bits = k.select(beyond, less, bits);
    let sticky = k.select(inexact, one, zero);
    let bits = k.or(bits, sticky);
    k.bitcast(bits, DType::F32)
}

/// A float32 or a float64 as a half, rounded to nearest, ties to even.
pub fn narrow<A: Arith>(k: &mut A, x: A::V, to: DType) -> A::V {
    let unused = DType::F32.fraction_bits() - to.fraction_bits();
    let x = single(k, x);
    let (bits, size) = bits_and_size(k, x);
    let count = word(k, unused);
    let mut half = raised(k, size, unused);
    let least = to.min_exponent() - DType::F32.min_exponent();
    if least > 0 {
        // The exponent starts elsewhere, and below the normal numbers are multiples of the least
        // one: which is what a sum with a number of that last place leaves.
        let shift = word(k, (least as u32) << 23);
        let moved = k.sub(half, shift);
        let normal = k.shr(moved, count);
        let unit = k.constant(Scalar::f32(2f32.powi(to.min_exponent() + unused as i32)));
        let magnitude = k.bitcast(size, DType::F32);
        let sum = k.add(magnitude, unit);
        let (sum, unit) = (k.bitcast(sum, DType::I32), k.bitcast(unit, DType::I32));
        let small = k.sub(sum, unit);
        let first = word(k, ((least + 1) as u32) << 23);
        let is_small = k.lt(size, first);
        half = k.select(is_small, small, normal);
    } else {
        half = k.shr(half, count);
    }
    let infinity = Scalar::from_f64(to, f64::INFINITY).bits() as u32;
    let (infinite, nan) = (word(k, infinity), word(k, infinity | 1 << (to.fraction_bits() - 1)));
    let half = k.min(half, infinite);
    let is_nan = k.ne(x, x);
    let half = k.select(is_nan, nan, half);
    let (sixteen, mask) = (word(k, 16), word(k, 0x8000));
    let high = k.shr(bits, sixteen);
    let sign = k.and(high, mask);
    let all = k.or(half, sign);
    let all = k.cast(all, DType::U16);
    k.bitcast(all, to)
}

/// A half as the float32 of the same value.
pub fn widen<A: Arith>(k: &mut A, x: A::V) -> A::V {
    let from = k.dtype(x);
    let least = from.min_exponent() - DType::F32.min_exponent();
    let bits = k.bitcast(x, DType::U16);
    let bits = k.cast(bits, DType::I32);
    let sixteen = word(k, 16);
    let high = k.shl(bits, sixteen);
    if least == 0 {
        return k.bitcast(high, DType::F32);
    }
    let (sign, size) = (word(k, 0x8000_0000), word(k, 0x7fff));
    let (sign, size) = (k.and(high, sign), k.and(bits, size));
    let count = word(k, DType::F32.fraction_bits() - from.fraction_bits());
    let scaled = k.shl(size, count);
    // With the exponent of a float32 it is too small by a power of two, the numbers below the
    // normal ones too. Infinities and NaNs have the greatest exponent in both.
    let number = k.bitcast(scaled, DType::F32);
    let scale = k.constant(Scalar::f32(2f32.powi(least)));
    let number = k.mul(number, scale);
    let number = k.bitcast(number, DType::I32);
    let infinity = word(k, Scalar::from_f64(from, f64::INFINITY).bits() as u32);
    let (top, finite) = (word(k, 0x7f80_0000), k.lt(size, infinity));
    let special = k.or(scaled, top);
    let number = k.select(finite, number, special);
    let all = k.or(number, sign);
    k.bitcast(all, DType::F32)
}

/// A float32 rounded to the nearest value of a half type, ties to even.
pub fn round<A: Arith>(k: &mut A, x: A::V, to: DType) -> A::V {
    let unused = DType::F32.fraction_bits() - to.fraction_bits();
    if to.min_exponent() > DType::F32.min_exponent() {
        return round_by_sum(k, x, to, unused);
    }
    let (bits, _) = bits_and_size(k, x);
    let raised = raised(k, bits, unused);
    let cut = word(k, !((1 << unused) - 1));
    let all = k.and(raised, cut);
    let rounded = k.bitcast(all, DType::F32);
    let is_nan = k.ne(x, x);
    k.select(is_nan, x, rounded)
}

/// A sum with a power of two whose last place is the wanted one rounds to it: 2^unused times that of
/// the number, and never less than that of the least normal number. Beyond the greatest half the
/// exponent is made to overflow and come back.
fn round_by_sum<A: Arith>(k: &mut A, x: A::V, to: DType, unused: u32) -> A::V {
    let (bits, size) = bits_and_size(k, x);
    let exponent = word(k, 0x7f80_0000);
    let power = k.and(bits, exponent);
    let biased = |exponent: i32| ((exponent + 127) as u32) << 23;
    let (least, most) = (word(k, biased(to.min_exponent())), word(k, biased(1 - to.min_exponent())));
    let power = k.max(power, least);
    let power = k.min(power, most);
    let places = word(k, unused << 23);
    let power = k.add(power, places);
    let (power, magnitude) = (k.bitcast(power, DType::F32), k.bitcast(size, DType::F32));
    let sum = k.add(magnitude, power);
    let rounded = k.sub(sum, power);
    // The first number beyond is 2^(2 - min_exponent), and 2^128 is no float32.
    let up = 126 + to.min_exponent();
    let (up, down) = (k.constant(Scalar::f32(2f32.powi(up))), k.constant(Scalar::f32(2f32.powi(-up))));
    let beyond = k.mul(rounded, up);
    let rounded = k.mul(beyond, down);
    let (rounded, sign) = (k.bitcast(rounded, DType::I32), word(k, 0x8000_0000));
    let sign = k.and(bits, sign);
    let all = k.or(rounded, sign);
    k.bitcast(all, DType::F32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::Eval;
    use crate::prim::Prim;

    const HALVES: [DType; 2] = [DType::F16, DType::BF16];

    /// Numbers of every exponent around every kind of tie, and each half with its neighbours.
    fn numbers(to: DType) -> impl Iterator<Item = u32> {
        let cut = DType::F32.fraction_bits() - to.fraction_bits();
        (0..1u32 << (32 - cut)).flat_map(move |high| {
            let (base, tie) = (high << cut, 1u32 << (cut - 1));
            [0, 1, tie - 1, tie, tie + 1, tie + 77, 2 * tie - 1].map(|low| base + low)
        })
    }

    #[test]
    fn every_half_widens_to_itself() {
        for from in HALVES {
            for bits in 0..=0xffff {
                let x = Scalar::from_bits(from, bits);
                let wide = widen(&mut Eval, x);
                assert!(wide.same(Prim::Cast(DType::F32).eval(&[x])), "{x:?} gave {wide:?}");
                assert!(narrow(&mut Eval, wide, from).same(x), "{x:?} came back otherwise");
                assert_eq!(x.to_f64().is_nan(), x.is_nan());
            }
        }
    }

    #[test]
    fn rounding_and_narrowing_are_what_the_prims_mean() {
        for to in HALVES {
            for bits in numbers(to).step_by(3) {
                let x = Scalar::from_bits(DType::F32, bits.into());
                let half = Prim::Cast(to).eval(&[x]);
                assert!(narrow(&mut Eval, x, to).same(half), "{x:?} as {to}");
                let rounded = round(&mut Eval, x, to);
                assert!(rounded.same(Prim::Round(to).eval(&[x])), "{x:?} rounded to {to}: {rounded:?}");
            }
        }
    }

    #[test]
    fn float64_is_rounded_once() {
        for to in HALVES {
            let near = |x: f64| [x, x.next_up(), x.next_down()];
            let ties = (0..1u64 << 16).map(|bits| Scalar::from_bits(to, bits).to_f64());
            for x in ties.filter(|x| x.is_finite()).flat_map(|x| near(x * 1.001).into_iter().chain(near(x))) {
                let next = Scalar::from_bits(to, Scalar::from_f64(to, x).bits() + 1).to_f64();
                for y in near((x + next) / 2.0) {
                    let y = Scalar::f64(y);
                    assert!(narrow(&mut Eval, y, to).same(Prim::Cast(to).eval(&[y])), "{y:?} as {to}");
                }
            }
            for x in [1e300, -1e300, 1e-300, f64::INFINITY, f64::NAN, -0.0, 65519.999, 65520.0, 3.5e38] {
                let x = Scalar::f64(x);
                assert!(narrow(&mut Eval, x, to).same(Prim::Cast(to).eval(&[x])), "{x:?} as {to}");
            }
        }
    }
}
