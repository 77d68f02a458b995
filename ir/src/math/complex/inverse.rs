//! Inverse trigonometric and hyperbolic functions of pairs, by W. Kahan's formulas ("Branch cuts for
//! complex elementary functions, or much ado about nothing's sign bit", 1987), as CPython's `cmath` has
//! them: roots of `1 + z` and `1 - z`, so that each branch cut follows the sign of a zero.

use super::{Functions, Pair, by_width, choose, copy_sign, infinite, is_zero, sqrt, zero};
use crate::math::ArithExt;
use crate::ops::Op;
use std::f64::consts::{FRAC_PI_2, LN_2};

/// Whether a part is so large that 1 does not count beside it, and `log(2 |z|)` there.
fn far<K: Functions>(k: &mut K, z: Pair<K::V>) -> (K::V, K::V) {
    let (re, im) = (k.abs(z.re), k.abs(z.im));
    let most = by_width(k, re, 2f64.powi(40), 2f64.powi(200));
    let (far_re, far_im) = (k.gt(re, most), k.gt(im, most));
    let half = k.float(re, 0.5);
    let (re, im) = (k.mul(re, half), k.mul(im, half));
    let size = k.function(Op::Hypot, &[re, im]);
    let logarithm = k.function(Op::Log, &[size]);
    let rest = k.float(re, 2.0 * LN_2);
    (k.or(far_re, far_im), k.add(logarithm, rest))
}

/// `sqrt(1 + s z)` for a sign s.
fn root_beside<K: Functions>(k: &mut K, z: Pair<K::V>, plus: bool) -> Pair<K::V> {
    let one = k.float(z.re, 1.0);
    let beside = match plus {
        true => Pair { re: k.add(one, z.re), im: z.im },
        false => Pair { re: k.sub(one, z.re), im: k.neg(z.im) },
    };
    sqrt(k, beside)
}

/// `a * b + s c * d` for a sign s.
fn products<K: Functions>(k: &mut K, a: [K::V; 2], c: [K::V; 2], plus: bool) -> K::V {
    let (first, second) = (k.mul(a[0], a[1]), k.mul(c[0], c[1]));
    if plus { k.add(first, second) } else { k.sub(first, second) }
}

/// Number whose cosine it is, with real part from 0 to pi.
pub fn arccos<K: Functions>(k: &mut K, z: Pair<K::V>) -> Pair<K::V> {
    let (below, above) = (root_beside(k, z, false), root_beside(k, z, true));
    let angle = k.function(Op::Arctan2, &[below.re, above.re]);
    let re = k.add(angle, angle);
    let product = products(k, [above.re, below.im], [above.im, below.re], false);
    let im = k.function(Op::Arcsinh, &[product]);
    let (is_far, logarithm) = far(k, z);
    let height = k.abs(z.im);
    let far_re = k.function(Op::Arctan2, &[height, z.re]);
    let opposite = k.neg(z.im);
    let far_im = copy_sign(k, logarithm, opposite);
    let found = choose(k, is_far, Pair { re: far_re, im: far_im }, Pair { re, im });
    // On the imaginary axis it is a right angle, whatever the height.
    let beside = on_axis_without_height(k, z);
    let right_angle = k.float(z.re, FRAC_PI_2);
    Pair { re: k.select(beside, right_angle, found.re), im: found.im }
}

/// Whether a number without a real part has NaN for an imaginary one: C99's Annex G knows a part of some
/// inverse functions there.
fn on_axis_without_height<K: Functions>(k: &mut K, z: Pair<K::V>) -> K::V {
    let (axis, unknown) = (is_zero(k, z.re), k.ne(z.im, z.im));
    k.and(axis, unknown)
}

/// Number whose hyperbolic sine it is, with imaginary part from -pi/2 to pi/2.
pub fn arcsinh<K: Functions>(k: &mut K, z: Pair<K::V>) -> Pair<K::V> {
    // The roots of 1 + i z and 1 - i z, where i z is (-im, re).
    let turned = Pair { re: k.neg(z.im), im: z.re };
    let (below, above) = (root_beside(k, turned, false), root_beside(k, turned, true));
    let product = products(k, [below.re, above.im], [above.re, below.im], false);
    let re = k.function(Op::Arcsinh, &[product]);
    let product = products(k, [below.re, above.re], [below.im, above.im], false);
    let im = k.function(Op::Arctan2, &[z.im, product]);
    let (is_far, logarithm) = far(k, z);
    let width = k.abs(z.re);
    let far_im = k.function(Op::Arctan2, &[z.im, width]);
    let far_re = copy_sign(k, logarithm, z.re);
    let found = choose(k, is_far, Pair { re: far_re, im: far_im }, Pair { re, im });
    // On the real axis it stays there.
    let real = is_zero(k, z.im);
    Pair { re: found.re, im: k.select(real, z.im, found.im) }
}

/// Number whose sine it is: the inverse hyperbolic sine with both parts exchanged.
pub fn arcsin<K: Functions>(k: &mut K, z: Pair<K::V>) -> Pair<K::V> {
    arcsinh(k, z.swapped()).swapped()
}

/// Number whose hyperbolic cosine it is, with a real part that is not negative.
pub fn arccosh<K: Functions>(k: &mut K, z: Pair<K::V>) -> Pair<K::V> {
    let one = k.float(z.re, 1.0);
    let lower = Pair { re: k.sub(z.re, one), im: z.im };
    let (below, above) = (sqrt(k, lower), root_beside(k, z, true));
    let product = products(k, [below.re, above.re], [below.im, above.im], true);
    let re = k.function(Op::Arcsinh, &[product]);
    let angle = k.function(Op::Arctan2, &[below.im, above.re]);
    let im = k.add(angle, angle);
    let (is_far, logarithm) = far(k, z);
    let far_im = k.function(Op::Arctan2, &[z.im, z.re]);
    let found = choose(k, is_far, Pair { re: logarithm, im: far_im }, Pair { re, im });
    let beside = on_axis_without_height(k, z);
    let right_angle = k.float(z.re, FRAC_PI_2);
    Pair { re: found.re, im: k.select(beside, right_angle, found.im) }
}

/// Number whose hyperbolic tangent it is.
pub fn arctanh<K: Functions>(k: &mut K, z: Pair<K::V>) -> Pair<K::V> {
    // It is odd: the right half is enough.
    let (x, y) = (k.abs(z.re), z.im);
    let right = copy_sign(k, x, z.re);
    let same = k.to_bits(right);
    let sign = k.to_bits(x);
    let mirrored = k.ne(same, sign);
    let down = k.neg(y);
    let y = k.select(mirrored, down, y);
    let found = arctanh_right(k, Pair { re: x, im: y });
    let (minus_re, minus_im) = (k.neg(found.re), k.neg(found.im));
    let found = choose(k, mirrored, Pair { re: minus_re, im: minus_im }, found);
    let beside = on_axis_without_height(k, z);
    Pair { re: k.select(beside, z.re, found.re), im: found.im }
}

/// [`arctanh`] of a real part that is not negative.
fn arctanh_right<K: Functions>(k: &mut K, z: Pair<K::V>) -> Pair<K::V> {
    let (x, y) = (z.re, z.im);
    let height = k.abs(y);
    let (one, two, four) = (k.float(x, 1.0), k.float(x, 2.0), k.float(x, 4.0));
    let (half, quarter) = (k.float(x, 0.5), k.float(x, 0.25));
    let none = zero(k, x);
    // In between: log1p(4x / ((1 - x)^2 + y^2)) / 4.
    let left = k.sub(one, x);
    let (square, other) = (k.mul(left, left), k.mul(y, y));
    let below = k.add(square, other);
    let above = k.mul(x, four);
    let ratio = k.div(above, below);
    let re = k.function(Op::Log1p, &[ratio]);
    let re = k.mul(re, quarter);
    let more = k.add(one, x);
    let product = k.mul(left, more);
    let cosine = k.sub(product, other);
    let twice = k.mul(y, two);
    let angle = k.function(Op::Arctan2, &[twice, cosine]);
    let im = k.mul(angle, half);
    let found = Pair { re, im };
    // At 1 and close above it the square of the distance would be 0.
    let least = by_width(k, x, 2f64.powi(-62), 2f64.powi(-510));
    let (at_one, close) = (k.eq(x, one), k.lt(height, least));
    let at_one = k.and(at_one, close);
    let logarithm = k.function(Op::Log, &[height]);
    let doubled = k.float(x, LN_2);
    let distance = k.sub(doubled, logarithm);
    let distance = k.mul(distance, half);
    let minus = k.neg(height);
    let turn = k.function(Op::Arctan2, &[two, minus]);
    let turn = k.mul(turn, half);
    let turn = copy_sign(k, turn, y);
    let pole = is_zero(k, y);
    let turn = k.select(pole, y, turn);
    let found = choose(k, at_one, Pair { re: distance, im: turn }, found);
    // Far out: x / |z|^2, and a quarter turn.
    let most = by_width(k, x, 2f64.powi(40), 2f64.powi(200));
    let (far_x, far_y) = (k.gt(x, most), k.gt(height, most));
    let is_far = k.or(far_x, far_y);
    let (half_x, half_y) = (k.mul(x, half), k.mul(y, half));
    let size = k.function(Op::Hypot, &[half_x, half_y]);
    let share = k.mul(x, quarter);
    let share = k.div(share, size);
    let share = k.div(share, size);
    let endless = infinite(k, size);
    let share = k.select(endless, none, share);
    let right_angle = k.float(x, FRAC_PI_2);
    let right_angle = copy_sign(k, right_angle, y);
    let unknown = k.ne(y, y);
    let right_angle = k.select(unknown, y, right_angle);
    choose(k, is_far, Pair { re: share, im: right_angle }, found)
}

/// Number whose tangent it is: the inverse hyperbolic tangent with both parts exchanged.
pub fn arctan<K: Functions>(k: &mut K, z: Pair<K::V>) -> Pair<K::V> {
    arctanh(k, z.swapped()).swapped()
}
