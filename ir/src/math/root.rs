//! Cube roots, reciprocal square roots and the length of a hypotenuse.

use super::exp::{Parts, magic};
use super::extended::{
    Two, copy_sign, infinity, is_single, least_normal, outside, pick, polynomial, product, root_two,
    sum_ordered,
};
use super::log::split;
use super::{Arith, ArithExt};

/// The cube root, for every x. Denormals, ±0, ±∞ and NaN take the rare path.
///
/// The exponent is parted by 3 and `m^(-1/3)` found by a polynomial, then by Halley's iteration
/// without a division (as W. Kahan's and FreeBSD's `s_cbrt.c` refine theirs); the last step takes the
/// remainder of the cube in twice the precision.
///
/// Largest error measured: 0.50 ulp in float32 (every 63rd input), 0.50 ulp in float64.
#[inline]
pub fn cbrt<A: Arith>(k: &mut A, x: A::V) -> A::V {
    let size = k.abs(x);
    let low = least_normal(k, x);
    let high = pick(k, x, f64::from(f32::MAX), f64::MAX);
    let unusual = outside(k, size, low, high);
    let fast = cbrt_normal(k, size);
    let fast = copy_sign(k, fast, x);
    k.rare(unusual, fast, |k| {
        // Denormals times a power of 8, the root over one of 2.
        let up = pick(k, x, 2f64.powi(24), 2f64.powi(54));
        let down = pick(k, x, 2f64.powi(-8), 2f64.powi(-18));
        let scaled = k.mul(size, up);
        let root = cbrt_normal(k, scaled);
        let root = k.mul(root, down);
        let root = copy_sign(k, root, x);
        let zero = k.float(x, 0.0);
        let positive = k.gt(size, zero);
        let denormal = k.lt(size, low);
        let denormal = k.and(positive, denormal);
        k.select(denormal, root, x)
    })
}

/// The cube root of a normal positive number.
#[inline]
fn cbrt_normal<A: Arith>(k: &mut A, x: A::V) -> A::V {
    let zero = k.float(x, 0.0);
    let (e, m) = split(k, x, zero);
    let third = k.float(x, 1.0 / 3.0);
    let magic = magic(k, x);
    let shifted = k.fma(e, third, magic);
    let whole = k.sub(shifted, magic);
    let minus_three = k.float(x, -3.0);
    let left = k.fma(whole, minus_three, e);
    let (above, below) = (k.gt(left, zero), k.lt(left, zero));
    let mut by_left = |up: f64, none: f64, down: f64| {
        let [up, none, down] = [up, none, down].map(|c| k.float(x, c));
        let rest = k.select(below, down, none);
        k.select(above, up, rest)
    };
    let factor = by_left(2.0, 1.0, 0.5);
    let root_factor = by_left(0.793_700_525_984_099_8, 1.0, 1.259_921_049_894_873_2);
    let p = if is_single(k, x) {
        polynomial(k, m, &[1.730_678_2, -1.285_619_3, 0.713_219_46, -0.158_498_85])
    } else {
        polynomial(k, m, &[1.874_485_373, -1.861_677_051, 1.561_055_041, -0.702_213_108_5, 0.128_325_760_4])
    };
    let m = k.mul(m, factor);
    let p = k.mul(p, root_factor);

    let square = k.mul(p, p);
    let cube = k.mul(square, p);
    let minus = k.neg(m);
    let one = k.float(x, 1.0);
    let h = k.fma(minus, cube, one);
    let two_ninths = k.float(x, 2.0 / 9.0);
    let step = k.fma(h, two_ninths, third);
    let step = k.mul(h, step);
    let p = k.fma(p, step, p);

    let square = k.mul(p, p);
    let y = k.mul(m, square);
    let y_square = product(k, y, y);
    let minus = k.neg(y);
    let rest = k.fma(minus, y_square.high, m);
    let rest = k.fma(minus, y_square.low, rest);
    let slope = k.mul(square, third);
    let value = k.fma(rest, slope, y);
    Parts { value, shifted }.scale(k)
}

/// `1 / √x`, for every x, all on the straight path: ±∞ at ±0, NaN below.
///
/// One Newton step on `1 / sqrt x`, whose remainder `1 - x y²` is taken in twice the precision.
///
/// Largest error measured: 0.50 ulp in float32 (every 63rd input), 0.50 ulp in float64.
#[inline]
pub fn rsqrt<A: Arith>(k: &mut A, x: A::V) -> A::V {
    let one = k.float(x, 1.0);
    let root = k.sqrt(x);
    let y = k.div(one, root);
    let p = product(k, x, y);
    let minus = k.neg(y);
    let rest = k.fma(p.high, minus, one);
    let rest = k.fma(p.low, minus, rest);
    let half = k.float(x, 0.5);
    let half = k.mul(half, y);
    let value = k.fma(half, rest, y);
    // At 0 and ∞ the remainder is none, and NaN.
    let ordinary = k.eq(rest, rest);
    k.select(ordinary, value, y)
}

/// `√(a² + b²)` without overflow or underflow on the way; ∞ if either is infinite, even beside a NaN. Where
/// the larger lies beyond 2^-40 … 2^62 (2^-450 … 2^510), and for ∞ and NaN, it takes the rare path.
///
/// By C. F. Borges, *An improved algorithm for hypot(a, b)* (2019): the root of the fused sum, and the
/// remainder of its square.
///
/// Largest error measured: 0.75 ulp in float32, 0.75 ulp in float64 (random pairs), both of denormal results.
#[inline]
pub fn hypot<A: Arith>(k: &mut A, a: A::V, b: A::V) -> A::V {
    let (a, b) = (k.abs(a), k.abs(b));
    let fast = hypot_moderate(k, a, b);
    // The sum shows the size and every NaN.
    let sum = k.add(a, b);
    let least = pick(k, a, 2f64.powi(-40), 2f64.powi(-450));
    let most = pick(k, a, 2f64.powi(62), 2f64.powi(510));
    let zero = k.float(a, 0.0);
    let far = outside(k, sum, least, most);
    let some = k.ne(sum, zero);
    let unusual = k.and(far, some);
    k.rare(unusual, fast, |k| {
        let one = k.float(a, 1.0);
        let large = k.gt(sum, one);
        let mut choose = |single: [i32; 2], double: [i32; 2]| {
            let [down, up] = [0, 1].map(|i| pick(k, a, 2f64.powi(single[i]), 2f64.powi(double[i])));
            k.select(large, down, up)
        };
        let scale = choose([-70, 100], [-600, 700]);
        let back = choose([70, -100], [600, -700]);
        let (scaled_a, scaled_b) = (k.mul(a, scale), k.mul(b, scale));
        let value = hypot_moderate(k, scaled_a, scaled_b);
        let value = k.mul(value, back);
        let nan = k.ne(sum, sum);
        let value = k.select(nan, sum, value);
        let infinity = infinity(k, a);
        let endless = k.eq(a, infinity);
        let also = k.eq(b, infinity);
        let endless = k.or(endless, also);
        k.select(endless, infinity, value)
    })
}

/// The same where squares neither overflow nor vanish; (0, 0) gives 0.
#[inline]
fn hypot_moderate<A: Arith>(k: &mut A, a: A::V, b: A::V) -> A::V {
    let long = k.max(a, b);
    let short = k.min(a, b);
    let short_square = product(k, short, short);
    let long_square = product(k, long, long);
    let sum = sum_ordered(k, long_square.high, short_square.high);
    let low = k.add(long_square.low, short_square.low);
    let low = k.add(sum.low, low);
    let squares = Two { high: sum.high, low };
    let root = root_two(k, squares);
    k.add(root.high, root.low)
}
