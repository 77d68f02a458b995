//! The complement of the error function, to full relative precision far out.
//!
//! From 1/2 on `(1 + 2x) e^(x²) erfc x` is so flat that a polynomial in `t = (x - 2) / (x + 2)` gives all of
//! it (M. M. Shepherd and J. G. Laframboise, *Chebyshev Approximation of (1 + 2x) exp(x²) erfc x in 0 ≤ x < ∞*,
//! Mathematics of Computation 36, 1981). x² and e^(-x²) are kept in twice the precision, so that the
//! result is rounded once. Below 1/2 it is 1 less an odd polynomial. The polynomials are minimax fits by
//! the Remez exchange, made for this file.

use super::exp::{Parts, exp_long};
use super::extended::{Two, is_single, pick, polynomial, product, product_two, quotient_two, sum_ordered};
use super::{Arith, ArithExt};

/// `1 - erf(x)`, for every x. Results that are not normal numbers take the rare path.
///
/// Largest error measured: 0.91 ulp in float32 (every 63rd input), 0.91 ulp in float64.
#[inline]
pub fn erfc<A: Arith>(k: &mut A, x: A::V) -> A::V {
    let small = near_zero(k, x);
    // From 11 (28) on it rounds to 0, and below -6 to 2. (NaN, the second operand, stays.)
    let least = k.float(x, -6.0);
    let most = pick(k, x, 11.0, 28.0);
    let bounded = k.max(least, x);
    let bounded = k.min(most, bounded);
    let size = k.abs(bounded);
    let half = k.float(x, 0.5);
    let is_large = k.gt(size, half);
    let parts = far_out(k, size);
    let large = parts.scale(k);
    let zero = k.float(x, 0.0);
    let two = k.float(x, 2.0);
    let rest = k.sub(two, large);
    let negative = k.lt(x, zero);
    let large = k.select(negative, rest, large);
    let fast = k.select(is_large, large, small);
    let limit = pick(k, x, 9.194_549, 26.543_258_454_250_98);
    let beyond = k.gt(x, limit);
    k.rare(beyond, fast, |k| parts.scale_anywhere(k))
}

/// erfc up to ±1/2: `1 - x - x P(x²)`, rounded once.
#[inline]
fn near_zero<A: Arith>(k: &mut A, x: A::V) -> A::V {
    let z = k.mul(x, x);
    let p = if is_single(k, x) { polynomial(k, z, &SMALL_SINGLE) } else { polynomial(k, z, &SMALL) };
    let one = k.float(x, 1.0);
    let minus = k.neg(x);
    let head = sum_ordered(k, one, minus);
    let rest = k.fma(minus, p, head.low);
    k.add(head.high, rest)
}

/// erfc from 1/2 on, without its power of two.
#[inline]
fn far_out<A: Arith>(k: &mut A, x: A::V) -> Parts<A::V> {
    let square = product(k, x, x);
    let exponent = Two { high: k.neg(square.high), low: k.neg(square.low) };
    let power = exp_long(k, exponent);
    let [one, two] = [1.0, 2.0].map(|c| k.float(x, c));
    let (above, below) = (k.sub(x, two), k.add(x, two));
    let t = k.div(above, below);
    let p = if is_single(k, x) { polynomial(k, t, &LARGE_SINGLE) } else { polynomial(k, t, &LARGE) };
    let constant = pick(k, x, 1.276_978_4, 1.276_978_381_552_528_6);
    let constant_low = pick(k, x, 7.718_328_2e-9, 8.857_795_959_705_826e-17);
    let p = k.mul(p, t);
    let p = sum_ordered(k, constant, p);
    let p = Two { high: p.high, low: k.add(p.low, constant_low) };
    let top = product_two(k, power.value, p);
    let double = k.add(x, x);
    let bottom = sum_ordered(k, double, one);
    let q = quotient_two(k, top, bottom);
    Parts { value: k.add(q.high, q.low), shifted: power.shifted }
}

/// `erf(x) / x - 1` in powers of x², within 2^-58.9 of erfc for |x| ≤ 1/2.
const SMALL: [f64; 9] = [
    0.128_379_167_095_512_53,
    -0.376_126_389_031_826_55,
    0.112_837_916_708_781_34,
    -0.026_866_170_620_872_567,
    0.005_223_977_211_950_869_5,
    -0.000_854_828_554_235_176_8,
    0.000_120_528_087_001_242_02,
    -1.483_381_811_365_530_7e-05,
    1.461_270_038_369_242_2e-06,
];

/// The same for float32, within 2^-30.
const SMALL_SINGLE: [f64; 5] = [0.128_379_15, -0.376_125_34, 0.112_817_444, -0.026_699_41, 0.004_614_632_6];

/// `(1 + 2x) e^(x²) erfc x` in powers of t from the first on, within 2^-56.6 of erfc up to 27.3.
const LARGE: [f64; 23] = [
    -0.092_763_826_585_746_04,
    -0.166_030_397_615_288_8,
    0.164_051_280_033_447_93,
    -0.054_220_000_992_094_966,
    -0.008_034_015_082_741_932,
    0.008_722_653_877_929_339,
    0.001_271_338_973_485_645_3,
    -0.001_456_813_991_766_084_3,
    -0.000_454_340_922_394_175_8,
    0.000_206_367_750_213_491_05,
    0.000_151_039_746_330_156_75,
    -1.513_958_874_760_529e-06,
    -3.642_466_453_630_161e-05,
    -1.347_255_378_218_149_6e-05,
    3.705_885_613_298_969_8e-06,
    5.159_636_663_295_819e-06,
    1.547_786_880_704_498e-06,
    -5.730_185_781_415_814e-07,
    -9.687_345_995_674_136e-07,
    -3.822_144_474_806_678_7e-07,
    3.377_957_581_344_055_3e-07,
    1.864_628_160_426_667_8e-07,
    -1.020_722_294_592_364_7e-07,
];

/// The same for float32, within 2^-28.7 up to 10.1.
const LARGE_SINGLE: [f64; 10] = [
    -0.092_763_82,
    -0.166_030_35,
    0.164_050_74,
    -0.054_221_064,
    -0.008_026_111,
    0.008_730_984,
    0.001_223_143_8,
    -0.001_482_413_3,
    -0.000_320_677_7,
    0.000_231_235_78,
];
