//! Inverse trigonometric functions.
//!
//! The arctangent reduces as W. J. Cody and W. Waite do (*Software Manual for the Elementary Functions*,
//! 1980, chapter 11; Cephes and FreeBSD's `s_atan.c` have the same breakpoint): a / b beyond tan π/8 becomes
//! `(a - b) / (a + b)` and an eighth of a turn. The quotient is kept in twice the precision, so that
//! one rounding remains, the last.
//!
//! The arcsine and arccosine beyond 1/2 use `asin x = π/2 - 2 asin √((1 - x) / 2)`, as FreeBSD's
//! `e_asin.c` (Sun Microsystems), with the root in twice the precision.
//!
//! The polynomials are minimax fits by the Remez exchange, made for this file.

use super::extended::{
    Two, flip_sign, is_single, outside, pick, polynomial, quotient_two, root_two, sign_bit, sum_ordered,
};
use super::{Arith, ArithExt};
use std::f64::consts::{FRAC_PI_2, FRAC_PI_4, PI};

/// The angle in -π/2 … π/2 whose sine is x, for every x, all on the straight path; NaN beyond ±1.
///
/// Largest error measured: 0.70 ulp in float32 (every 63rd input), 0.59 ulp in float64.
#[inline]
pub fn arcsin<A: Arith>(k: &mut A, x: A::V) -> A::V {
    let Halved { large, angle, small } = halved(k, x);
    let size = k.abs(x);
    let minus = k.neg(angle.high);
    let zero = k.float(x, 0.0);
    // π/2 - 2 angle, or the angle itself.
    let turn = k.float(x, FRAC_PI_2);
    let turn = k.select(large, turn, zero);
    let turn_low = pick(k, x, -4.371_138_828_673_793e-8, 6.123_233_995_736_766e-17);
    let twice = k.add(minus, minus);
    let head = k.select(large, twice, size);
    let sum = sum_ordered(k, turn, head);
    let minus_two = k.float(x, -2.0);
    let rest = k.fma(minus_two, angle.low, turn_low);
    let rest = k.select(large, rest, small);
    let rest = k.add(sum.low, rest);
    let value = k.add(sum.high, rest);
    let sign = sign_bit(k, x);
    flip_sign(k, value, sign)
}

/// The angle in 0 … π whose cosine is x, for every x, all on the straight path; NaN beyond ±1.
///
/// Largest error measured: 0.67 ulp in float32 (every 63rd input), 0.58 ulp in float64.
#[inline]
pub fn arccos<A: Arith>(k: &mut A, x: A::V) -> A::V {
    let Halved { large, angle, small } = halved(k, x);
    let zero = k.float(x, 0.0);
    let sign = sign_bit(k, x);
    let negative = k.lt(x, zero);
    // 2 angle for x ≥ 1/2, π - 2 angle for x ≤ -1/2, π/2 - angle between.
    let quarter = k.float(x, FRAC_PI_2);
    let quarter_low = pick(k, x, -4.371_138_828_673_793e-8, 6.123_233_995_736_766e-17);
    let half = k.float(x, PI);
    let half_low = pick(k, x, -8.742_277_657_347_586e-8, 1.224_646_799_147_353_2e-16);
    let turn = k.select(negative, half, zero);
    let turn = k.select(large, turn, quarter);
    let turn_low = k.select(negative, half_low, zero);
    let turn_low = k.select(large, turn_low, quarter_low);
    let twice = k.add(angle.high, angle.high);
    let twice = flip_sign(k, twice, sign);
    let minus = k.neg(x);
    let head = k.select(large, twice, minus);
    let twice_low = k.add(angle.low, angle.low);
    let minus_small = k.neg(small);
    let rest = k.select(large, twice_low, minus_small);
    let rest = flip_sign(k, rest, sign);
    let sum = sum_ordered(k, turn, head);
    let rest = k.add(turn_low, rest);
    let rest = k.add(sum.low, rest);
    k.add(sum.high, rest)
}

/// What the arcsine and the arccosine share.
struct Halved<V> {
    /// Whether |x| > 1/2.
    large: V,
    /// Where large, `asin √((1 - |x|) / 2)`.
    angle: Two<V>,
    /// Elsewhere, `asin |x| - |x|`.
    small: V,
}

#[inline]
fn halved<A: Arith>(k: &mut A, x: A::V) -> Halved<A::V> {
    let size = k.abs(x);
    let half = k.float(x, 0.5);
    let large = k.gt(size, half);
    let minus_half = k.neg(half);
    // (1 - |x|) / 2, exactly.
    let reduced = k.fma(minus_half, size, half);
    let square = k.mul(size, size);
    let z = k.select(large, reduced, square);
    let zero = k.float(x, 0.0);
    let root = root_two(k, Two { high: reduced, low: zero });
    let t = k.select(large, root.high, size);
    let p = if is_single(k, z) {
        polynomial(k, z, &[0.166_667_52, 0.074_953_064, 0.045_469_77, 0.024_180_818, 0.042_166_334])
    } else {
        polynomial(k, z, &ARCSIN)
    };
    let cube = k.mul(t, z);
    let small = k.mul(cube, p);
    let low = k.add(root.low, small);
    Halved { large, angle: Two { high: root.high, low }, small }
}

/// `(asin x - x) / x³` in powers of x², within 2^-58.8 of the arcsine up to 1/2.
const ARCSIN: [f64; 13] = [
    0.166_666_666_666_667_6,
    0.074_999_999_999_708_15,
    0.044_642_857_174_642_31,
    0.030_381_942_704_762_563,
    0.022_372_215_107_423_58,
    0.017_351_609_382_999_397,
    0.013_980_855_669_704_912,
    0.011_398_616_665_665_01,
    0.010_781_822_103_355_205,
    0.003_701_350_918_498_578_4,
    0.021_716_277_674_257_92,
    -0.021_004_722_295_430_493,
    0.032_626_731_341_138_13,
];

/// The angle in -π/2 … π/2 whose tangent is x, for every x, all on the straight path.
///
/// Largest error measured: 0.85 ulp in float32 (every 63rd input), 0.79 ulp in float64.
#[inline]
pub fn arctan<A: Arith>(k: &mut A, x: A::V) -> A::V {
    let size = k.abs(x);
    let one = k.float(x, 1.0);
    // NaN, the second operand, stays. From 2^60 on 1/x no longer counts beside π/2.
    let limit = k.float(x, 1_152_921_504_606_846_976.0);
    let short = k.min(one, size);
    let long = k.max(one, size);
    let long = k.min(limit, long);
    let octant = Octant::of(k, short, long);
    let steep = k.gt(size, one);
    let none = k.constant(crate::scalar::Scalar::bool(false));
    let value = octant.unfold(k, steep, none);
    let sign = sign_bit(k, x);
    flip_sign(k, value, sign)
}

/// The angle from the positive x-axis to the point (x, y), in -π … π, with C99's special cases. Tiny and
/// huge distances, angles below 2^-60 (2^-500), infinities, the origin and NaN take the rare path.
///
/// Largest error measured: 0.88 ulp in float32, 0.71 ulp in float64 (random pairs).
#[inline]
pub fn arctan2<A: Arith>(k: &mut A, y: A::V, x: A::V) -> A::V {
    let (height, width) = (k.abs(y), k.abs(x));
    let short = k.min(height, width);
    let long = k.max(height, width);
    let steep = k.gt(height, width);
    let x_sign = sign_bit(k, x);
    let none = k.int(x_sign, 0);
    let behind = k.ne(x_sign, none);
    let octant = Octant::of(k, short, long);
    let fast = octant.unfold(k, steep, behind);

    let sum = k.add(height, width);
    let least = pick(k, x, 2f64.powi(-40), 2f64.powi(-400));
    let most = pick(k, x, 2f64.powi(100), 2f64.powi(900));
    let unusual = outside(k, sum, least, most);
    let ratio = pick(k, x, 2f64.powi(-60), 2f64.powi(-500));
    let bound = k.mul(long, ratio);
    let flat = k.lt(short, bound);
    let zero = k.float(x, 0.0);
    let rising = k.ne(short, zero);
    let flat = k.and(flat, rising);
    let unusual = k.or(unusual, flat);
    let value = k.rare(unusual, fast, |k| {
        let octant = Octant::of_any(k, short, long);
        let value = octant.unfold(k, steep, behind);
        let nan = k.ne(sum, sum);
        k.select(nan, sum, value)
    });
    let sign = sign_bit(k, y);
    flip_sign(k, value, sign)
}

/// An angle in 0 … π/4: an eighth of a turn or nothing, and the rest as a sum of two.
struct Octant<V> {
    eighth: V,
    rest: Two<V>,
}

impl<V: Copy> Octant<V> {
    /// The angle whose tangent is `a / b`, for 0 ≤ a ≤ b of moderate size.
    #[inline]
    fn of<A: Arith<V = V>>(k: &mut A, a: V, b: V) -> Octant<V> {
        let limit = k.float(b, 0.414_213_562_373_095_03);
        let bound = k.mul(b, limit);
        let eighth = k.gt(a, bound);
        let minus = k.neg(a);
        let difference = sum_ordered(k, b, minus);
        let sum = sum_ordered(k, b, a);
        let zero = k.float(a, 0.0);
        let (high, low) = (k.neg(difference.high), k.neg(difference.low));
        let top = Two { high: k.select(eighth, high, a), low: k.select(eighth, low, zero) };
        let bottom = Two { high: k.select(eighth, sum.high, b), low: k.select(eighth, sum.low, zero) };
        let r = quotient_two(k, top, bottom);
        let z = k.mul(r.high, r.high);
        let p = if is_single(k, z) {
            polynomial(k, z, &[-0.333_333_16, 0.199_985_27, -0.142_443_45, 0.105_987_29, -0.060_887_36])
        } else {
            polynomial(k, z, &ARCTAN)
        };
        let cube = k.mul(r.high, z);
        Octant { eighth, rest: Two { high: r.high, low: k.fma(cube, p, r.low) } }
    }

    /// The same for all 0 ≤ a ≤ b: 0 / 0 counts as 0 and ∞ / ∞ as 1.
    #[inline]
    fn of_any<A: Arith<V = V>>(k: &mut A, a: V, b: V) -> Octant<V> {
        let (zero, one) = (k.float(a, 0.0), k.float(a, 1.0));
        let infinity = k.float(a, f64::INFINITY);
        let endless = k.eq(a, infinity);
        let (a, b) = (k.select(endless, one, a), k.select(endless, one, b));
        let empty = k.eq(b, zero);
        let b = k.select(empty, one, b);
        let ratio = k.div(a, b);
        // By powers of two to where nothing overflows or is lost.
        let far = k.gt(b, one);
        let down = pick(k, a, 2f64.powi(-80), 2f64.powi(-600));
        let up = pick(k, a, 2f64.powi(100), 2f64.powi(700));
        let near = pick(k, a, 2f64.powi(-20), 2f64.powi(-300));
        let distant = pick(k, a, 2f64.powi(60), 2f64.powi(800));
        let middle = outside(k, b, near, distant);
        let scale = k.select(far, down, up);
        let scale = k.select(middle, scale, one);
        let (scaled_a, scaled_b) = (k.mul(a, scale), k.mul(b, scale));
        let octant = Octant::of(k, scaled_a, scaled_b);
        // The cube no longer counts beside a ratio so small, and the quotient is rounded once.
        let limit = pick(k, a, 2f64.powi(-14), 2f64.powi(-28));
        let small = k.lt(ratio, limit);
        let no = k.constant(crate::scalar::Scalar::bool(false));
        Octant {
            eighth: k.select(small, no, octant.eighth),
            rest: Two {
                high: k.select(small, ratio, octant.rest.high),
                low: k.select(small, zero, octant.rest.low),
            },
        }
    }

    /// The angle in the half plane: `steep` mirrors it at the diagonal, `behind` at the vertical axis.
    #[inline]
    fn unfold<A: Arith<V = V>>(&self, k: &mut A, steep: V, behind: V) -> V {
        let like = self.rest.high;
        let [none, one, two, four] = [0.0, 1.0, 2.0, 4.0].map(|x| k.float(like, x));
        let eighths = k.select(self.eighth, one, none);
        let mirrored = k.sub(two, eighths);
        let eighths = k.select(steep, mirrored, eighths);
        let mirrored = k.sub(four, eighths);
        let eighths = k.select(behind, mirrored, eighths);
        let flip = k.xor(steep, behind);
        let (minus, minus_low) = (k.neg(self.rest.high), k.neg(self.rest.low));
        let rest = k.select(flip, minus, self.rest.high);
        let rest_low = k.select(flip, minus_low, self.rest.low);
        // π/4 with so few digits that its product is exact (the float64 ends in three zeros), and what is
        // missing.
        let eighth = pick(k, like, 0.785_398_006_439_209, FRAC_PI_4);
        let eighth_low = pick(k, like, 1.569_582_366_300_892_3e-7, 3.061_616_997_868_383e-17);
        let turn = k.mul(eighths, eighth);
        let sum = sum_ordered(k, turn, rest);
        let low = k.fma(eighths, eighth_low, rest_low);
        let low = k.add(sum.low, low);
        k.add(sum.high, low)
    }
}

/// `(atan r - r) / r³` in powers of r², within 2^-58.9 of the arctangent up to tan π/8.
const ARCTAN: [f64; 11] = [
    -0.333_333_333_333_331_9,
    0.199_999_999_999_521_9,
    -0.142_857_142_800_965_06,
    0.111_111_107_811_958_83,
    -0.090_908_977_699_677_08,
    0.076_920_616_970_747_15,
    -0.066_631_338_524_809_54,
    0.058_481_901_396_713_23,
    -0.050_409_936_718_174_22,
    0.038_114_859_163_205,
    -0.017_969_272_166_118_055,
];
