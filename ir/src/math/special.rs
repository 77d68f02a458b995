//! The error function.
//!
//! Below 1 an odd polynomial, `x + x P(x²)`; from 1 on `1 - e^Q(x - 1)` with Q a polynomial for the
//! logarithm of erfc (the form of N. Juffa's single-precision `erff`). Both are computed and one
//! is chosen. Errors of Q count by erfc, so they matter near 1 alone, where its constant term is
//! kept in twice the precision. The polynomials are minimax fits by the Remez exchange, made for
//! this file.

use super::exp::exp_parts_two;
use super::extended::{Two, flip_sign, is_single, pick, polynomial, sign_bit};
use super::{Arith, ArithExt};

/// The error function, `2/√π ∫₀ˣ e^(-t²) dt`, for every x, all on the straight path.
///
/// Largest error measured: 1.00 ulp in float32 (all inputs), 1.12 ulp in float64.
#[inline(always)]
pub fn erf<A: Arith>(k: &mut A, x: A::V) -> A::V {
    let size = k.abs(x);
    // From here on it rounds to 1. (NaN, the second operand, stays.)
    let limit = pick(k, x, 3.93, 5.93);
    let size = k.min(limit, size);
    let one = k.float(x, 1.0);
    let z = k.mul(size, size);
    let t = k.sub(size, one);
    let (p, q) = if is_single(k, x) {
        let p = polynomial(k, z, &SMALL_SINGLE);
        (p, polynomial(k, t, &LARGE_SINGLE))
    } else {
        (polynomial(k, z, &SMALL), polynomial(k, t, &LARGE))
    };
    // The two largest coefficients last, one by one: that rounds least.
    let c1 = pick(k, x, -0.376_126_26, -0.376_126_389_031_837_5);
    let p = k.fma(z, p, c1);
    let c0 = pick(k, x, 0.128_379_17, 0.128_379_167_095_512_6);
    let p = k.fma(z, p, c0);
    let small = k.fma(size, p, size);

    let constant = pick(k, x, -1.849_605_6, -1.849_605_509_933_248_2);
    let constant_low = pick(k, x, 5.036_948_6e-8, -1.114_521_463_563_934_3e-17);
    let v = k.mul(t, q);
    let high = k.add(constant, v);
    let low = k.sub(constant, high);
    let low = k.add(low, v);
    let low = k.add(low, constant_low);
    let parts = exp_parts_two(k, Two { high, low });
    let rest = parts.scale(k);
    let large = k.sub(one, rest);

    // NaN is not large: the sum of bits in `scale` might make a number of it.
    let is_large = k.ge(size, one);
    let value = k.select(is_large, large, small);
    let sign = sign_bit(k, x);
    flip_sign(k, value, sign)
}

/// `erf(x) / x - 1` in powers of x² from the third on, within 2^-56 for x ≤ 1.
const SMALL: [f64; 11] = [
    0.112_837_916_709_548_58,
    -0.026_866_170_645_073_007,
    0.005_223_977_624_781_874,
    -0.000_854_832_697_879_535_9,
    0.000_120_553_310_386_770_86,
    -1.492_559_354_604_799_3e-05,
    1.646_097_339_311_505_7e-06,
    -1.635_003_082_719_070_3e-07,
    1.465_791_445_799_648_9e-08,
    -1.136_578_890_645_43e-09,
    5.945_452_958_393_681e-11,
];

/// The same for float32, within 2^-29.
const SMALL_SINGLE: [f64; 5] = [0.112_835_854, -0.026_853_82, 0.005_188_342, -0.000_801_030_9, 7.854_208e-5];

/// `(log erfc(1 + t) - log erfc(1)) / t` in powers of t, within 2^-56 of erf for t ≤ 4.93.
const LARGE: [f64; 17] = [
    -2.638_967_514_234_782,
    -0.843_107_256_359_165_4,
    -0.041_561_098_029_284_135,
    0.010_033_825_217_784_082,
    -0.001_977_901_432_397_242,
    0.000_237_317_230_025_266_78,
    2.629_431_970_607_141_7e-05,
    -2.719_537_764_487_12e-05,
    9.666_713_168_968_064e-06,
    -2.127_506_125_112_531_8e-06,
    2.017_118_308_639_180_4e-07,
    5.959_849_510_366_53e-08,
    -3.397_719_983_562_572e-08,
    8.670_295_000_537_158e-09,
    -1.345_081_396_013_392_8e-09,
    1.219_729_623_447_634e-10,
    -4.986_136_579_393_325e-12,
];

/// The same for float32, within 2^-32 for t ≤ 2.93.
const LARGE_SINGLE: [f64; 7] = [
    -2.638_967_5,
    -0.843_107_04,
    -0.041_563_597,
    0.010_046_656,
    -0.002_012_153_6,
    0.000_289_611_75,
    -2.170_120_8e-5,
];
