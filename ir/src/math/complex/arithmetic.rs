//! Arithmetic on pairs, in the very operations of NumPy's loops (`umath/loops.c.src`).

use super::{Functions, Pair, infinite, is_zero, zero};
use crate::math::ArithExt;
use crate::ops::Op;

/// `a + b`.
pub fn add<K: Functions>(k: &mut K, a: Pair<K::V>, b: Pair<K::V>) -> Pair<K::V> {
    Pair { re: k.add(a.re, b.re), im: k.add(a.im, b.im) }
}

/// `a - b`.
pub fn subtract<K: Functions>(k: &mut K, a: Pair<K::V>, b: Pair<K::V>) -> Pair<K::V> {
    Pair { re: k.sub(a.re, b.re), im: k.sub(a.im, b.im) }
}

/// `a * b`, each part rounded three times. Infinities are not recovered from NaN, as NumPy does not.
pub fn multiply<K: Functions>(k: &mut K, a: Pair<K::V>, b: Pair<K::V>) -> Pair<K::V> {
    let (squares, crosses) = ((k.mul(a.re, b.re), k.mul(a.im, b.im)), (k.mul(a.re, b.im), k.mul(a.im, b.re)));
    Pair { re: k.sub(squares.0, squares.1), im: k.add(crosses.0, crosses.1) }
}

/// `a / b` by R. L. Smith's algorithm (CACM 5, 1962): the divisor is scaled by its larger part.
pub fn divide<K: Functions>(k: &mut K, a: Pair<K::V>, b: Pair<K::V>) -> Pair<K::V> {
    let (re_size, im_size) = (k.abs(b.re), k.abs(b.im));
    let by_re = k.ge(re_size, im_size);
    // With the parts of both turned where the imaginary one is the larger, one formula serves:
    // (a + bi) / (c + di) = (b - ai) / (d - ci).
    let (large, small) = (k.select(by_re, b.re, b.im), k.select(by_re, b.im, b.re));
    let (first, second) = (k.select(by_re, a.re, a.im), k.select(by_re, a.im, a.re));
    let ratio = k.div(small, large);
    let product = k.mul(small, ratio);
    let divisor = k.add(large, product);
    let one = k.int(large, 1);
    let scale = k.div(one, divisor);
    let (with_second, with_first) = (k.mul(second, ratio), k.mul(first, ratio));
    let sum = k.add(first, with_second);
    let (turned, straight) = (k.sub(with_first, second), k.sub(second, with_first));
    let difference = k.select(by_re, straight, turned);
    let quotient = Pair { re: k.mul(sum, scale), im: k.mul(difference, scale) };
    // By zero it is complex infinity, or NaN.
    let (no_re, no_im) = (is_zero(k, b.re), is_zero(k, b.im));
    let by_zero = k.and(no_re, no_im);
    let (re, im) = (k.div(a.re, re_size), k.div(a.im, re_size));
    Pair { re: k.select(by_zero, re, quotient.re), im: k.select(by_zero, im, quotient.im) }
}

/// `1 / z`.
pub fn reciprocal<K: Functions>(k: &mut K, z: Pair<K::V>) -> Pair<K::V> {
    let (re_size, im_size) = (k.abs(z.re), k.abs(z.im));
    let by_re = k.le(im_size, re_size);
    let (large, small) = (k.select(by_re, z.re, z.im), k.select(by_re, z.im, z.re));
    let ratio = k.div(small, large);
    let product = k.mul(small, ratio);
    let divisor = k.add(large, product);
    let one = k.int(large, 1);
    let (one_over, ratio_over) = (k.div(one, divisor), k.div(ratio, divisor));
    let (re, im) = (k.select(by_re, one_over, ratio_over), k.select(by_re, ratio_over, one_over));
    Pair { re, im: k.neg(im) }
}

/// `z * z`.
pub fn square<K: Functions>(k: &mut K, z: Pair<K::V>) -> Pair<K::V> {
    multiply(k, z, z)
}

/// `-z`.
pub fn negative<K: Functions>(k: &mut K, z: Pair<K::V>) -> Pair<K::V> {
    Pair { re: k.neg(z.re), im: k.neg(z.im) }
}

/// The number itself.
pub fn positive<K: Functions>(_: &mut K, z: Pair<K::V>) -> Pair<K::V> {
    z
}

/// The number with the opposite imaginary part.
pub fn conjugate<K: Functions>(k: &mut K, z: Pair<K::V>) -> Pair<K::V> {
    Pair { re: z.re, im: k.neg(z.im) }
}

/// The real part.
pub fn real<K: Functions>(_: &mut K, z: Pair<K::V>) -> K::V {
    z.re
}

/// The imaginary part.
pub fn imaginary<K: Functions>(_: &mut K, z: Pair<K::V>) -> K::V {
    z.im
}

/// The number with these parts.
pub fn join<K: Functions>(_: &mut K, re: K::V, im: K::V) -> Pair<K::V> {
    Pair { re, im }
}

/// The distance from 0, without overflow on the way.
pub fn absolute<K: Functions>(k: &mut K, z: Pair<K::V>) -> K::V {
    k.function(Op::Hypot, &[z.re, z.im])
}

/// The angle from the positive real axis.
pub fn angle<K: Functions>(k: &mut K, z: Pair<K::V>) -> K::V {
    k.function(Op::Arctan2, &[z.im, z.re])
}

/// Each part to the nearest whole number.
pub fn rint<K: Functions>(k: &mut K, z: Pair<K::V>) -> Pair<K::V> {
    Pair { re: k.rint(z.re), im: k.rint(z.im) }
}

/// `z / |z|`: 0 of 0, along an axis where one part is infinite, NaN where both are or the size is NaN.
pub fn sign<K: Functions>(k: &mut K, z: Pair<K::V>) -> Pair<K::V> {
    let size = absolute(k, z);
    let (none, far) = (is_zero(k, size), infinite(k, size));
    let nothing = zero(k, size);
    let mut part = |own: K::V| {
        let share = k.div(own, size);
        let share = k.select(none, nothing, share);
        // Of an infinite number only an infinite part counts.
        let one = k.int(own, 1);
        let unit = super::copy_sign(k, one, own);
        let own_far = infinite(k, own);
        let along = k.select(own_far, unit, nothing);
        k.select(far, along, share)
    };
    let (re, im) = (part(z.re), part(z.im));
    let (far_re, far_im) = (infinite(k, z.re), infinite(k, z.im));
    let both = k.and(far_re, far_im);
    // What is infinite along one axis is so whatever the other part is.
    let unknown = k.ne(size, size);
    let wrong = k.or(both, unknown);
    let nan = k.float(size, f64::NAN);
    Pair { re: k.select(wrong, nan, re), im: k.select(wrong, nan, im) }
}

/// `c ? a : b`.
pub fn select<K: Functions>(k: &mut K, c: K::V, a: Pair<K::V>, b: Pair<K::V>) -> Pair<K::V> {
    super::choose(k, c, a, b)
}
