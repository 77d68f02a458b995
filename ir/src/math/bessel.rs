//! The modified Bessel function of the first kind and order 0.
//!
//! Up to 8 `1 + z (1 + z P(z))` with z = x²/4, whose terms are all positive; what the rounding of z costs is put
//! back by the derivative. From 8 on `e^x Q(16/x - 1) / √x` (the form of Cephes' `i0.c`, by S. L. Moshier), with
//! e^x and the root in twice the precision. float32 is computed in float64: it is the function of a
//! window, not of an inner loop. The polynomials are minimax fits by the Remez exchange, made for this file.

use super::exp::{Parts, exp_long};
use super::extended::{
    Two, infinity, polynomial, product, product_two, quotient_two, root_two, sum_any, sum_ordered,
};
use super::{Arith, ArithExt};
use crate::dtype::DType;

/// The modified Bessel function I₀(x). Overflow and NaN take the rare path.
///
/// Largest error measured: 0.50 ulp in float32 (every 63rd input), 1.78 ulp in float64.
#[inline]
pub fn i0<A: Arith>(k: &mut A, x: A::V) -> A::V {
    let dtype = k.dtype(x);
    let wide = k.cast(x, DType::F64);
    let size = k.abs(wide);
    let eight = k.float(size, 8.0);
    let is_large = k.gt(size, eight);
    let small = up_to_eight(k, size);
    let large = from_eight(k, size);
    let fast = k.select(is_large, large, small);
    // The last argument with a finite result.
    let most = k.float(size, 713.986_908_543_968_2);
    let within = k.le(size, most);
    let unusual = k.not(within);
    let value = k.rare(unusual, fast, |k| {
        let infinity = infinity(k, size);
        k.add(size, infinity)
    });
    k.cast(value, dtype)
}

/// I₀ for 0 ≤ x ≤ 8.
#[inline]
fn up_to_eight<A: Arith>(k: &mut A, x: A::V) -> A::V {
    let half = k.float(x, 0.5);
    let half = k.mul(half, x);
    let z = product(k, half, half);
    // The last two steps, `1 + z (1 + z P)`, in twice the precision.
    let p = polynomial(k, z.high, &SMALL);
    let one = k.float(x, 1.0);
    let zp = product(k, z.high, p);
    let q = sum_any(k, one, zp.high);
    let q_low = k.add(q.low, zp.low);
    let zq = product(k, z.high, q.high);
    let value = sum_any(k, one, zq.high);
    let low = k.fma(z.high, q_low, zq.low);
    let low = k.add(value.low, low);
    // I₀' / I₀ by z, roughly: it counts by what z lost.
    let slope =
        polynomial(k, z.high, &[0.825_161_6, -0.159_784_59, 0.019_788_345, -0.001_175_834_2, 2.620_660_4e-5]);
    let lost = k.mul(z.low, slope);
    let low = k.fma(value.high, lost, low);
    k.add(value.high, low)
}

/// I₀ from 8 on.
#[inline]
fn from_eight<A: Arith>(k: &mut A, x: A::V) -> A::V {
    let [zero, sixteen, minus_one] = [0.0, 16.0, -1.0].map(|c| k.float(x, c));
    let w = k.div(sixteen, x);
    let w = k.add(w, minus_one);
    let q = polynomial(k, w, &LARGE);
    let q = k.mul(q, w);
    let constant = k.float(x, 0.402_176_509_445_008_1);
    let constant_low = k.float(x, -1.642_818_927_595_216_4e-17);
    let q = sum_ordered(k, constant, q);
    let q = Two { high: q.high, low: k.add(q.low, constant_low) };
    let power = exp_long(k, Two { high: x, low: zero });
    let top = product_two(k, power.value, q);
    let root = root_two(k, Two { high: x, low: zero });
    let value = quotient_two(k, top, root);
    Parts { value: k.add(value.high, value.low), shifted: power.shifted }.scale(k)
}

/// `(I₀(x) - 1 - z) / z²` in powers of z = x²/4, within 2^-56 of I₀ up to 8.
const SMALL: [f64; 15] = [
    0.25,
    0.027_777_777_777_777_76,
    0.001_736_111_111_111_142_7,
    6.944_444_444_441_264e-05,
    1.929_012_345_699_418_3e-06,
    3.936_759_888_257_785_4e-08,
    6.151_187_353_600_623e-10,
    7.594_057_841_711_876e-12,
    7.594_067_800_904_429e-14,
    6.275_971_195_926_224e-16,
    4.359_338_391_536_014_4e-18,
    2.573_030_349_347_450_2e-20,
    1.341_453_325_313_162_2e-22,
    5.111_767_405_266_17e-25,
    3.506_225_585_461_389e-27,
];

/// `I₀(x) e^-x √x` in powers of w = 16/x - 1 from the first on, within 2^-55.2 from 8 on.
const LARGE: [f64; 22] = [
    0.003_360_551_983_667_800_2,
    0.000_136_216_074_389_709_38,
    1.114_303_379_672_576e-05,
    1.483_847_672_529_512_7e-06,
    2.973_596_978_905_971e-07,
    8.872_019_858_865_909e-08,
    3.932_789_745_617_247e-08,
    2.156_765_355_604_928e-08,
    7.540_187_042_436_296e-09,
    -6.857_016_749_795_596e-09,
    -1.334_654_950_407_233_7e-08,
    -5.012_408_399_331_883e-09,
    7.380_831_611_579_85e-09,
    6.505_718_866_149_489e-09,
    -3.196_627_387_519_714e-09,
    -4.502_361_118_395e-09,
    1.157_494_861_455_598e-09,
    2.136_311_935_201_324e-09,
    -3.051_231_002_073_214_3e-10,
    -6.351_963_784_921_436e-10,
    4.130_737_908_864_073_6e-11,
    8.804_248_985_544_788e-11,
];
