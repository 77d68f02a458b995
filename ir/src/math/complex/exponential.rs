//! Exponentials, logarithms and the square root of pairs.

use super::{Functions, Pair, by_width, choose, copy_sign, finite, infinite, is_zero, zero};
use crate::math::ArithExt;
use crate::ops::Op;
use std::f64::consts::{LN_2, LOG2_E, LOG10_E};

/// `exp(x)` in two factors, whose product with another number may lie in range where `exp(x)` does not: itself
/// and 1, or `exp(x/2)` twice where x is far from 0.
pub(super) fn exp_in_two<K: Functions>(k: &mut K, x: K::V) -> (K::V, K::V) {
    in_two(k, Op::Exp, x, [80.0, 700.0])
}

/// An exponential function in two factors; `most` is how far from 0 it is surely in range.
fn in_two<K: Functions>(k: &mut K, op: Op, x: K::V, most: [f64; 2]) -> (K::V, K::V) {
    let size = k.abs(x);
    let most = by_width(k, x, most[0], most[1]);
    let far = k.gt(size, most);
    let (half, one) = (k.float(x, 0.5), k.float(x, 1.0));
    let halved = k.mul(x, half);
    let chosen = k.select(far, halved, x);
    let power = k.function(op, &[chosen]);
    (power, k.select(far, power, one))
}

/// `e` to the power `z`: `exp(re) * (cos(im) + i sin(im))`.
pub fn exp<K: Functions>(k: &mut K, z: Pair<K::V>) -> Pair<K::V> {
    let size = exp_in_two(k, z.re);
    turned(k, z, size, z.im)
}

/// 2 to the power `z`. The angle is rounded before its sine is taken: an error of as many units in the last
/// place as the imaginary part is large, as in NumPy.
pub fn exp2<K: Functions>(k: &mut K, z: Pair<K::V>) -> Pair<K::V> {
    let size = in_two(k, Op::Exp2, z.re, [120.0, 1000.0]);
    let log = k.float(z.re, LN_2);
    let angle = k.mul(z.im, log);
    turned(k, z, size, angle)
}

/// A power of `z` with that size, in two factors, and that angle.
fn turned<K: Functions>(k: &mut K, z: Pair<K::V>, (power, again): (K::V, K::V), angle: K::V) -> Pair<K::V> {
    let (cos, sin) = (k.function(Op::Cos, &[angle]), k.function(Op::Sin, &[angle]));
    let mut part = |of: K::V| {
        let scaled = k.mul(power, of);
        k.mul(scaled, again)
    };
    let (re, im) = (part(cos), part(sin));
    // On the real axis it stays there. At -∞ it is 0 whatever the angle, at +∞ without a known angle ∞ + NaN i.
    let real = is_zero(k, z.im);
    let on_axis = k.mul(power, again);
    let (re, im) = (k.select(real, on_axis, re), k.select(real, z.im, im));
    let (known, far) = (finite(k, z.im), infinite(k, z.re));
    let aimless = k.not(known);
    let lost = k.and(far, aimless);
    let re = k.select(lost, on_axis, re);
    let none = zero(k, z.re);
    let below = k.lt(z.re, none);
    let vanishes = k.and(lost, below);
    Pair { re, im: k.select(vanishes, none, im) }
}

/// `exp(z) - 1`, accurate near 0.
pub fn expm1<K: Functions>(k: &mut K, z: Pair<K::V>) -> Pair<K::V> {
    // exp(x) cos(y) - 1 = expm1(x) cos(y) - 2 sin(y/2)^2.
    let (half, two) = (k.float(z.re, 0.5), k.float(z.re, 2.0));
    let halved = k.mul(z.im, half);
    let sin = k.function(Op::Sin, &[halved]);
    let square = k.mul(sin, sin);
    let less = k.mul(two, square);
    let (above, cos) = (k.function(Op::Expm1, &[z.re]), k.function(Op::Cos, &[z.im]));
    let product = k.mul(above, cos);
    let near = k.sub(product, less);
    let whole = exp(k, z);
    // Far from 0 the 1 does not count, and exp has its special values.
    let (size, bound) = (k.abs(z.re), k.float(z.re, 40.0));
    let far = k.ge(size, bound);
    let one = k.float(z.re, 1.0);
    let lower = k.sub(whole.re, one);
    Pair { re: k.select(far, lower, near), im: whole.im }
}

/// Natural logarithm, with imaginary part from -pi to pi.
pub fn log<K: Functions>(k: &mut K, z: Pair<K::V>) -> Pair<K::V> {
    Pair { re: log_of_size(k, z), im: k.function(Op::Arctan2, &[z.im, z.re]) }
}

/// `log(|z|)`: near the unit circle from `|z|^2 - 1`, which has no rounding of a number near 1 in it.
fn log_of_size<K: Functions>(k: &mut K, z: Pair<K::V>) -> K::V {
    let (re, im) = (k.abs(z.re), k.abs(z.im));
    let by_re = k.ge(re, im);
    let (large, small) = (k.select(by_re, re, im), k.select(by_re, im, re));
    let one = k.float(re, 1.0);
    let (below, above) = (k.sub(large, one), k.add(large, one));
    let square = k.mul(small, small);
    let excess = k.fma(below, above, square);
    let near = k.function(Op::Log1p, &[excess]);
    let half = k.float(re, 0.5);
    let near = k.mul(near, half);
    // The largest numbers are made smaller first, and denormals larger, lest they overflow or lose bits.
    let (most, least) = (by_width(k, re, 1e38, 1e307), by_width(k, re, 1e-30, 1e-290));
    let (is_huge, is_tiny) = (k.gt(large, most), k.lt(large, least));
    let (down, up) =
        (by_width(k, re, 2f64.powi(-8), 2f64.powi(-8)), by_width(k, re, 2f64.powi(64), 2f64.powi(128)));
    let (down_log, up_log) = (k.float(re, 8.0 * LN_2), by_width(k, re, -64.0 * LN_2, -128.0 * LN_2));
    let none = zero(k, re);
    let factor = k.select(is_tiny, up, one);
    let factor = k.select(is_huge, down, factor);
    let rest = k.select(is_tiny, up_log, none);
    let rest = k.select(is_huge, down_log, rest);
    let (scaled_re, scaled_im) = (k.mul(re, factor), k.mul(im, factor));
    let size = k.function(Op::Hypot, &[scaled_re, scaled_im]);
    let logarithm = k.function(Op::Log, &[size]);
    let far = k.add(logarithm, rest);
    let (low, high) = (k.float(re, 0.5), k.float(re, 1.5));
    let (over, under) = (k.gt(large, low), k.lt(large, high));
    let about_one = k.and(over, under);
    k.select(about_one, near, far)
}

/// Logarithm to base 2.
pub fn log2<K: Functions>(k: &mut K, z: Pair<K::V>) -> Pair<K::V> {
    scaled(k, z, LOG2_E)
}

/// Logarithm to base 10.
pub fn log10<K: Functions>(k: &mut K, z: Pair<K::V>) -> Pair<K::V> {
    scaled(k, z, LOG10_E)
}

/// The natural logarithm times a number.
fn scaled<K: Functions>(k: &mut K, z: Pair<K::V>, by: f64) -> Pair<K::V> {
    let natural = log(k, z);
    let by = k.float(z.re, by);
    Pair { re: k.mul(natural.re, by), im: k.mul(natural.im, by) }
}

/// `log(1 + z)`, accurate near 0, where NumPy's is not.
pub fn log1p<K: Functions>(k: &mut K, z: Pair<K::V>) -> Pair<K::V> {
    let one = k.float(z.re, 1.0);
    let above = k.add(z.re, one);
    let moved = Pair { re: above, im: z.im };
    // |1 + z|^2 - 1 = x (x + 2) + y^2.
    let two = k.float(z.re, 2.0);
    let more = k.add(z.re, two);
    let square = k.mul(z.im, z.im);
    let excess = k.fma(z.re, more, square);
    let near = k.function(Op::Log1p, &[excess]);
    let half = k.float(z.re, 0.5);
    let near = k.mul(near, half);
    let far = log_of_size(k, moved);
    let (re_size, im_size) = (k.abs(z.re), k.abs(z.im));
    let (near_re, near_im) = (k.lt(re_size, half), k.lt(im_size, half));
    let about_one = k.and(near_re, near_im);
    Pair { re: k.select(about_one, near, far), im: k.function(Op::Arctan2, &[z.im, above]) }
}

/// The square root with a real part that is not negative.
pub fn sqrt<K: Functions>(k: &mut K, z: Pair<K::V>) -> Pair<K::V> {
    let (re, im) = (k.abs(z.re), k.abs(z.im));
    let by_re = k.ge(re, im);
    let large = k.select(by_re, re, im);
    // A power of 4 in, its root out: neither the sum below overflows nor do denormals lose bits.
    let (most, least) = (by_width(k, re, 1e37, 1e307), by_width(k, re, 1e-30, 1e-290));
    let (is_huge, is_tiny) = (k.gt(large, most), k.lt(large, least));
    let one = k.float(re, 1.0);
    let (down, up) = (k.float(re, 2f64.powi(-4)), by_width(k, re, 2f64.powi(48), 2f64.powi(108)));
    let (down_root, up_root) = (k.float(re, 4.0), by_width(k, re, 2f64.powi(-24), 2f64.powi(-54)));
    let factor = k.select(is_tiny, up, one);
    let factor = k.select(is_huge, down, factor);
    let back = k.select(is_tiny, up_root, one);
    let back = k.select(is_huge, down_root, back);
    let (x, y) = (k.mul(re, factor), k.mul(im, factor));
    let size = k.function(Op::Hypot, &[x, y]);
    let sum = k.add(x, size);
    let half = k.float(re, 0.5);
    let mean = k.mul(sum, half);
    let root = k.sqrt(mean);
    let twice = k.add(root, root);
    let other = k.div(y, twice);
    let (root, other) = (k.mul(root, back), k.mul(other, back));
    let none = zero(k, re);
    let right = k.ge(z.re, none);
    let (first, second) = (k.select(right, root, other), k.select(right, other, root));
    let found = Pair { re: first, im: copy_sign(k, second, z.im) };
    // Of 0 it is 0, with the sign of the imaginary part. A NaN real part reaches here as not at the right.
    let (no_re, no_im) = (is_zero(k, re), is_zero(k, im));
    let nothing = k.and(no_re, no_im);
    let found = choose(k, nothing, Pair { re: none, im: z.im }, found);
    // At an infinity along the real axis the other part is 0, or NaN if it is not known.
    let far_re = infinite(k, re);
    let share = k.sub(z.im, z.im);
    let unknown = k.ne(z.im, z.im);
    let share = k.select(unknown, share, none);
    let signed = copy_sign(k, share, z.im);
    let lifted = copy_sign(k, re, z.im);
    let along = Pair { re: k.select(right, re, share), im: k.select(right, signed, lifted) };
    let found = choose(k, far_re, along, found);
    // An infinite imaginary part makes both infinite, whatever the real part is.
    let far_im = infinite(k, im);
    choose(k, far_im, Pair { re: im, im: z.im }, found)
}
