//! Hyperbolic functions of pairs, and the trigonometric ones, which are these turned by a right angle.

use super::exponential::exp_in_two;
use super::{Functions, Pair, by_width, copy_sign, finite, infinite, is_zero, zero};
use crate::math::ArithExt;
use crate::ops::Op;

/// The hyperbolic sine and cosine of `x`, and a factor for both: 1, or where they may lie out of range
/// what makes them `exp(|x|) / 2`.
fn sinh_and_cosh<K: Functions>(k: &mut K, x: K::V) -> (K::V, K::V, K::V) {
    let size = k.abs(x);
    let most = by_width(k, x, 80.0, 700.0);
    let far = k.gt(size, most);
    let none = zero(k, x);
    let near = k.select(far, none, x);
    let (sinh, cosh) = (k.function(Op::Sinh, &[near]), k.function(Op::Cosh, &[near]));
    let beyond = k.select(far, size, none);
    let (power, again) = exp_in_two(k, beyond);
    let half = k.float(x, 0.5);
    let cosh_far = k.mul(power, half);
    let sinh_far = copy_sign(k, cosh_far, x);
    (k.select(far, sinh_far, sinh), k.select(far, cosh_far, cosh), again)
}

/// Hyperbolic sine: `sinh(re) cos(im) + i cosh(re) sin(im)`.
pub fn sinh<K: Functions>(k: &mut K, z: Pair<K::V>) -> Pair<K::V> {
    let (sinh, cosh, again) = sinh_and_cosh(k, z.re);
    let (cos, sin) = (k.function(Op::Cos, &[z.im]), k.function(Op::Sin, &[z.im]));
    let (re, im) = (k.mul(sinh, cos), k.mul(cosh, sin));
    let (re, im) = (k.mul(re, again), k.mul(im, again));
    // On the real axis it stays there.
    let real = is_zero(k, z.im);
    let im = k.select(real, z.im, im);
    // Without a known angle 0 and the infinities along the real axis are themselves all the same.
    let known = finite(k, z.im);
    let (none, far) = (is_zero(k, z.re), infinite(k, z.re));
    let (aimless, fixed) = (k.not(known), k.or(none, far));
    let stays = k.and(aimless, fixed);
    // An infinity on the axis is not multiplied by a cosine, which may lie below 1.
    let stays = {
        let on_axis = k.and(real, far);
        k.or(stays, on_axis)
    };
    Pair { re: k.select(stays, z.re, re), im }
}

/// Hyperbolic cosine: `cosh(re) cos(im) + i sinh(re) sin(im)`.
pub fn cosh<K: Functions>(k: &mut K, z: Pair<K::V>) -> Pair<K::V> {
    let (sinh, cosh, again) = sinh_and_cosh(k, z.re);
    let (cos, sin) = (k.function(Op::Cos, &[z.im]), k.function(Op::Sin, &[z.im]));
    let (re, im) = (k.mul(cosh, cos), k.mul(sinh, sin));
    let (re, im) = (k.mul(re, again), k.mul(im, again));
    // On both axes it is real.
    let (real, imaginary) = (is_zero(k, z.im), is_zero(k, z.re));
    let none = zero(k, z.re);
    let signed = copy_sign(k, none, z.im);
    let negative = k.lt(z.re, none);
    let opposite = k.neg(signed);
    let signed = k.select(negative, opposite, signed);
    let unknown = k.ne(im, im);
    let on_axis = k.or(real, imaginary);
    let settled = k.and(unknown, on_axis);
    let im = k.select(settled, signed, im);
    // At an infinity it is infinite, whatever the angle.
    let (known, far) = (finite(k, z.im), infinite(k, z.re));
    let aimless = k.not(known);
    let lost = k.and(aimless, far);
    let size = k.abs(z.re);
    Pair { re: k.select(lost, size, re), im }
}

/// Hyperbolic tangent, by W. Kahan's formulas ("Branch cuts for complex elementary functions", 1987).
pub fn tanh<K: Functions>(k: &mut K, z: Pair<K::V>) -> Pair<K::V> {
    let size = k.abs(z.re);
    let most = by_width(k, z.re, 11.0, 22.0);
    let far = k.gt(size, most);
    let none = zero(k, z.re);
    let near = k.select(far, none, z.re);
    let (sinh, cosh) = (k.function(Op::Sinh, &[near]), k.function(Op::Cosh, &[near]));
    let (sin, cos) = (k.function(Op::Sin, &[z.im]), k.function(Op::Cos, &[z.im]));
    // With sines and cosines instead of the tangent: sinh cosh / (sinh^2 + cos^2), sin cos / (the same).
    let (squared, other) = (k.mul(sinh, sinh), k.mul(cos, cos));
    let below = k.add(squared, other);
    let (above, turned) = (k.mul(sinh, cosh), k.mul(sin, cos));
    let (re, im) = (k.div(above, below), k.div(turned, below));
    // Far out 1 and what is left of the angle: 4 sin cos exp(-2 |x|).
    let one = k.float(z.re, 1.0);
    let unit = copy_sign(k, one, z.re);
    let minus = k.neg(size);
    let decay = k.function(Op::Exp, &[minus]);
    let four = k.float(z.re, 4.0);
    let left = k.mul(turned, four);
    let left = k.mul(left, decay);
    let left = k.mul(left, decay);
    // At the infinities that is 0 with the sign of the angle's sine, known or not.
    let unknown = k.ne(left, left);
    let nothing = copy_sign(k, none, z.im);
    let endless = infinite(k, z.re);
    let lost = k.and(unknown, endless);
    // Anywhere else an angle that is not known leaves nothing known.
    let finite = k.not(endless);
    let strays = k.and(unknown, finite);
    let unit = k.select(strays, left, unit);
    let left = k.select(lost, nothing, left);
    let (re, im) = (k.select(far, unit, re), k.select(far, left, im));
    // On the real axis it stays there, and at 0 the real part is 0 whatever the angle.
    let (real, imaginary) = (is_zero(k, z.im), is_zero(k, z.re));
    Pair { re: k.select(imaginary, z.re, re), im: k.select(real, z.im, im) }
}

/// Sine: the hyperbolic one with both parts exchanged.
pub fn sin<K: Functions>(k: &mut K, z: Pair<K::V>) -> Pair<K::V> {
    sinh(k, z.swapped()).swapped()
}

/// Tangent, likewise.
pub fn tan<K: Functions>(k: &mut K, z: Pair<K::V>) -> Pair<K::V> {
    tanh(k, z.swapped()).swapped()
}

/// Cosine: the hyperbolic one of `-im + i re`.
pub fn cos<K: Functions>(k: &mut K, z: Pair<K::V>) -> Pair<K::V> {
    let turned = Pair { re: k.neg(z.im), im: z.re };
    cosh(k, turned)
}
