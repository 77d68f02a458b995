//! Functions of two arguments.

use crate::exact::Exact;
use crate::judge::{Worst, arbitrate, judge32, judge64};
use crate::points::Random;
use astro_float_num::BigFloat;
use numfuse_ir::math::{self, Eval};
use numfuse_ir::scalar::Scalar;

/// A function of two arguments, its references, and where it is measured.
pub struct Pair {
    pub name: &'static str,
    ours32: fn(f32, f32) -> f32,
    ours64: fn(f64, f64) -> f64,
    /// The float32 function; correctly rounded, or nearly.
    rounded: fn(f32, f32) -> f32,
    double: fn(f64, f64) -> f64,
    standard: fn(f64, f64) -> f64,
    exact: fn(&mut Exact, f64, f64) -> BigFloat,
    points: fn(&mut Random, u64, f64) -> [f64; 2],
    /// The least result whose last place counts.
    least: fn(f64, f64) -> f64,
    /// Whether `double` is good enough to sift.
    sifts: bool,
}

macro_rules! pairs {
    ($($name:ident, $rounded:expr, $double:expr, $standard:expr, $exact:expr, $points:expr, $least:expr, $sifts:expr;)+) => {
        /// Every function of two arguments.
        pub const PAIRS: &[Pair] = &[$(Pair {
            name: stringify!($name),
            ours32: |a, b| math::$name(&mut Eval, Scalar::f32(a), Scalar::f32(b)).as_f32(),
            ours64: |a, b| math::$name(&mut Eval, Scalar::f64(a), Scalar::f64(b)).to_f64(),
            rounded: $rounded,
            double: $double,
            standard: $standard,
            exact: $exact,
            points: $points,
            least: $least,
            sifts: $sifts,
        }),+];
    };
}

pairs! {
    pow, pxfm::f_powf, pxfm::f_pow, f64::powf, |e, a, b| e.pow(a, b), Random::pair, |_, _| 0.0, true;
    arctan2, pxfm::f_atan2f, pxfm::f_atan2, f64::atan2, |e, a, b| e.arctan2(a, b), Random::two, |_, _| 0.0, true;
    hypot, pxfm::f_hypotf, pxfm::f_hypot, f64::hypot, |e, a, b| e.hypot(a, b), Random::two, |_, _| 0.0, true;
    logaddexp, |a, b| log_of_sum(a.into(), b.into()) as f32, log_of_sum, log_of_sum, |e, a, b| e.logaddexp(a, b), Random::near, |a, b| a.max(b).abs(), false;
    logaddexp2, |a, b| log2_of_sum(a.into(), b.into()) as f32, log2_of_sum, log2_of_sum, |e, a, b| e.logaddexp2(a, b), Random::near, |a, b| a.max(b).abs(), false;
}

/// `log(e^a + e^b)` as NumPy computes it: good enough for the class of a result, and for float32.
fn log_of_sum(a: f64, b: f64) -> f64 {
    if a == b {
        return a + std::f64::consts::LN_2;
    }
    let distance = -(a - b).abs();
    if distance.is_nan() { distance } else { a.max(b) + distance.exp().ln_1p() }
}

/// The same to base 2.
fn log2_of_sum(a: f64, b: f64) -> f64 {
    if a == b {
        return a + 1.0;
    }
    let distance = -(a - b).abs();
    if distance.is_nan() { distance } else { a.max(b) + distance.exp2().ln_1p() * std::f64::consts::LOG2_E }
}

/// What `points` float32 pairs give.
pub fn float32(pair: &Pair, seed: u64, points: u64) -> Worst {
    let mut worst = Worst::NONE;
    let mut random = Random(seed);
    for i in 0..points {
        let [a, b] = (pair.points)(&mut random, i, 126.9).map(|v| v as f32);
        let ours = (pair.ours32)(a, b);
        let at = [f64::from(a), f64::from(b)];
        let least = (pair.least)(at[0], at[1]);
        let standard = || (pair.standard)(at[0], at[1]);
        let rounded = arbitrate(ours.into(), (pair.rounded)(a, b).into(), least, standard) as f32;
        judge32(&mut worst, ours, rounded, || (pair.double)(at[0], at[1]), least, at);
    }
    worst
}

/// Of the results that are next to the correctly rounded one, one of so many is judged.
const JUDGED_ONE_OF: u64 = 100;

/// True of neighbours among the numbers of one sign.
fn is_next(a: f64, b: f64) -> bool {
    a.is_finite() && b.is_finite() && a.to_bits().abs_diff(b.to_bits()) == 1
}

/// What `points` float64 pairs give.
pub fn float64(pair: &Pair, seed: u64, points: u64) -> Worst {
    let mut worst = Worst::NONE;
    let mut exact = Exact::new();
    let mut random = Random(seed);
    for i in 0..points {
        let [a, b] = (pair.points)(&mut random, i, 1023.0);
        let ours = (pair.ours64)(a, b);
        let least = (pair.least)(a, b);
        let mut sieve = arbitrate(ours, (pair.double)(a, b), least, || (pair.standard)(a, b));
        if !pair.sifts && sieve == ours && ours != 0.0 && a.is_finite() && b.is_finite() {
            sieve = f64::from_bits(ours.to_bits() ^ 1);
        }
        // The exact value of a pair takes half a millisecond. Next to a sieve's value, which is correctly
        // rounded, the error is below 1.5 ulp: every so many of those are judged.
        if pair.sifts && is_next(ours, sieve) && !i.is_multiple_of(JUDGED_ONE_OF) {
            worst.inputs += 1;
            continue;
        }
        judge64(&mut worst, ours, sieve, || (pair.exact)(&mut exact, a, b), least, [a, b]);
    }
    worst
}
