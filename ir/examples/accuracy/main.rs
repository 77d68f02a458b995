//! Measures the error of every elementary function.
//!
//! ```text
//! cargo run --release -p numfuse-ir --example accuracy -- float32 [FUNCTION,…|all] [STRIDE] [THREADS] [FROM TO]
//! cargo run --release -p numfuse-ir --example accuracy -- float64 [FUNCTION,…|all] [POINTS] [THREADS]
//! ```
//!
//! float32 functions of one argument run over all 2^32 inputs (every STRIDE-th), or those between two of one sign. The reference is
//! the `pxfm` crate: its float32 functions are correctly rounded, so equal bits are right, and
//! where the bits differ its float64 function gives the error in ulp. (Two functions that it lacks are compared
//! with their formula in float64.)
//! float64 functions run over POINTS arguments: random bit patterns, random values of ordinary
//! size, neighbours of breakpoints and of multiples of π/2 up to 1e300, denormals. `pxfm` sifts,
//! and every result that differs from it is judged by `astro-float-num` with 192 bits.
//! `pow` and other functions of two arguments take pairs: POINTS of them in either type.
//!
//! A *wrong special* is a NaN, an infinity, or the sign of a zero that differs from the reference.
//! Build with `RUSTFLAGS="-C target-cpu=native"`: an fma in software is slow.

mod exact;
mod judge;
mod pairs;
mod points;

use astro_float_num::BigFloat;
use exact::Exact;
use judge::{Worst, arbitrate, judge32, judge64};
use numfuse_ir::math::{self, Eval};
use numfuse_ir::scalar::Scalar;
use points::Random;
use std::ops::Range;
use std::time::Instant;

/// A function, its references, where it has breakpoints, and the least result whose last place counts.
#[derive(Clone, Copy)]
struct Row {
    name: &'static str,
    ours32: fn(f32) -> f32,
    ours64: fn(f64) -> f64,
    rounded: fn(f32) -> f32,
    double: fn(f64) -> f64,
    standard: fn(f64) -> f64,
    exact: fn(&mut Exact, f64) -> BigFloat,
    breakpoints: &'static [f64],
    least: fn(f64) -> f64,
}

macro_rules! rows {
    ($($name:ident, $rounded:expr, $double:expr, $standard:expr, $exact:expr, $breakpoints:expr $(, least $least:expr)?;)+) => {
        const ROWS: &[Row] = &[$(Row {
            name: stringify!($name),
            ours32: |x| math::$name(&mut Eval, Scalar::f32(x)).as_f32(),
            ours64: |x| math::$name(&mut Eval, Scalar::f64(x)).to_f64(),
            rounded: $rounded,
            double: $double,
            standard: $standard,
            exact: $exact,
            breakpoints: $breakpoints,
            least: rows!(@ $($least)?),
        }),+];
    };
    (@) => { |_| 0.0 };
    (@ $least:expr) => { $least };
}

const EXP_BREAKS: &[f64] =
    &[0.0, -708.396_418_532_264_1, 709.782_712_893_384, -745.133_219_101_941_1, -744.440_071_921_381_2];
const LOG_BREAKS: &[f64] =
    &[0.0, 1.0, std::f64::consts::SQRT_2, std::f64::consts::FRAC_1_SQRT_2, f64::MIN_POSITIVE];
const TRIG_BREAKS: &[f64] = &[0.0, 1_048_576.0, std::f64::consts::FRAC_PI_4];
const HYPER_BREAKS: &[f64] = &[0.0, 0.346_573_590_279_972_7, 708.0, 710.475_860_073_943_9];

rows! {
    exp, pxfm::f_expf, pxfm::f_exp, f64::exp, |e, x| e.exp(x), EXP_BREAKS;
    log, pxfm::f_logf, pxfm::f_log, f64::ln, |e, x| e.ln(x), LOG_BREAKS;
    tanh, pxfm::f_tanhf, pxfm::f_tanh, f64::tanh, |e, x| e.tanh(x), &[0.0, 0.346_573_590_279_972_7, 19.061_547, 22.0];
    sin, pxfm::f_sinf, pxfm::f_sin, f64::sin, |e, x| e.sin(x), TRIG_BREAKS;
    cos, pxfm::f_cosf, pxfm::f_cos, f64::cos, |e, x| e.cos(x), TRIG_BREAKS;
    erf, pxfm::f_erff, pxfm::f_erf, pxfm::f_erf, |e, x| e.erf(x), &[0.0, 1.0, 5.921_587_195_794_507, 5.93];
    expm1, pxfm::f_expm1f, pxfm::f_expm1, f64::exp_m1, |e, x| e.expm1(x), &[0.0, 0.346_573_590_279_972_7, 709.0, 709.782_712_893_384, 37.429_947, 50.0];
    log1p, pxfm::f_log1pf, pxfm::f_log1p, f64::ln_1p, |e, x| e.log1p(x), &[0.0, 1.0, 0.414_213_562_373_095_1, 0.292_893_218_813_452_4, f64::MAX];
    exp2, pxfm::f_exp2f, pxfm::f_exp2, f64::exp2, |e, x| e.exp2(x), &[0.0, 0.5, 1024.0, -1022.0, 1074.0];
    log2, pxfm::f_log2f, pxfm::f_log2, f64::log2, |e, x| e.log2(x), LOG_BREAKS;
    log10, pxfm::f_log10f, pxfm::f_log10, f64::log10, |e, x| e.log10(x), LOG_BREAKS;
    sinh, pxfm::f_sinhf, pxfm::f_sinh, f64::sinh, |e, x| e.sinh(x), HYPER_BREAKS;
    cosh, pxfm::f_coshf, pxfm::f_cosh, f64::cosh, |e, x| e.cosh(x), HYPER_BREAKS;
    tan, pxfm::f_tanf, pxfm::f_tan, f64::tan, |e, x| e.tan(x), TRIG_BREAKS;
    arcsin, pxfm::f_asinf, pxfm::f_asin, f64::asin, |e, x| e.asin(x), &[0.0, 0.5, 1.0];
    arccos, pxfm::f_acosf, pxfm::f_acos, f64::acos, |e, x| e.acos(x), &[0.0, 0.5, 1.0];
    arctan, pxfm::f_atanf, pxfm::f_atan, f64::atan, |e, x| e.atan(x), &[0.0, 0.414_213_562_373_095_03, 1.0, 2.414_213_562_373_095, 1.152_921_504_606_847e18];
    arcsinh, pxfm::f_asinhf, pxfm::f_asinh, f64::asinh, |e, x| e.asinh(x), &[0.0, 3.725_290_298_461_914e-9, 268_435_456.0, 0.353_553_390_593_273_8];
    arccosh, pxfm::f_acoshf, pxfm::f_acosh, f64::acosh, |e, x| e.acosh(x), &[1.0, 2.0, 3.0, 268_435_456.0, f64::MAX];
    arctanh, pxfm::f_atanhf, pxfm::f_atanh, f64::atanh, |e, x| e.atanh(x), &[0.0, 3.725_290_298_461_914e-9, 0.171_572_875_253_809_9, 1.0];
    cbrt, pxfm::f_cbrtf, pxfm::f_cbrt, f64::cbrt, |e, x| e.cbrt(x), LOG_BREAKS;
    rsqrt, pxfm::f_rsqrtf, pxfm::f_rsqrt, |x| 1.0 / x.sqrt(), |e, x| e.rsqrt(x), LOG_BREAKS;
    erfc, pxfm::f_erfcf, pxfm::f_erfc, pxfm::f_erfc, |e, x| e.erfc(x), &[0.5, 6.0, 26.543_258_454_250_98, 27.226_017_111_108_364];
    expit, pxfm::f_logisticf, pxfm::f_logistic, |x| 1.0 / (1.0 + (-x).exp()), |e, x| e.expit(x), &[0.0, 40.0, -708.396_418_532_264, -745.133_219_101_941_1];
    logit, pxfm::f_logitf, pxfm::f_logit, |p| (p / (1.0 - p)).ln(), |e, p| e.logit(p), &[0.5, 1.0, 0.414_213_562_373_095, f64::MIN_POSITIVE];
    gammaln, pxfm::f_lgammaf, pxfm::f_lgamma, pxfm::f_lgamma, |e, x| e.gammaln(x), &[0.5, 1.0, 1.5, 2.0, 2.5, 3.5, 2.559_983_327_851_638_3e305], least |x| if x < 0.0 { 1.0 } else { 0.0 };
    i0, pxfm::f_i0f, pxfm::f_i0, pxfm::f_i0, |e, x| e.i0(x), &[0.0, 8.0, 713.986_908_543_968_2];
}

fn float32(row: Row, inputs: &Range<u64>, first: u64, stride: u64) -> Worst {
    let mut worst = Worst::NONE;
    let mut bits = inputs.start + first;
    while bits < inputs.end {
        let x = f32::from_bits(bits as u32);
        let double = || (row.double)(f64::from(x));
        let least = (row.least)(x.into());
        let (ours, rounded) = ((row.ours32)(x), (row.rounded)(x));
        let rounded = arbitrate(ours.into(), rounded.into(), least, || (row.standard)(x.into())) as f32;
        judge32(&mut worst, ours, rounded, double, least, [x.into(), 0.0]);
        bits += stride;
    }
    worst
}

fn float64(row: Row, seed: u64, points: u64) -> Worst {
    let mut worst = Worst::NONE;
    let mut exact = Exact::new();
    let mut random = Random(seed);
    for i in 0..points {
        let x = random.argument(i, row.breakpoints);
        let ours = (row.ours64)(x);
        let least = (row.least)(x);
        let sieve = arbitrate(ours, (row.double)(x), least, || (row.standard)(x));
        judge64(&mut worst, ours, sieve, || (row.exact)(&mut exact, x), least, [x, 0.0]);
    }
    worst
}

/// Runs `part` on every thread and joins what they found.
fn in_parallel(threads: u64, part: impl Fn(u64) -> Worst + Sync) -> Worst {
    std::thread::scope(|scope| {
        let part = &part;
        let workers: Vec<_> = (0..threads).map(|t| scope.spawn(move || part(t))).collect();
        let found = workers.into_iter().map(|w| w.join().expect("a worker does not panic"));
        found.fold(Worst::NONE, Worst::join)
    })
}

fn report(name: &str, dtype: &str, worst: Worst, started: Instant) {
    let Worst { inputs, ulp, at: [x, y], wrong, wrong_at } = worst;
    let is_pair = pairs::PAIRS.iter().any(|pair| pair.name == name);
    let at = if is_pair { format!("({x:e}, {y:e})") } else { format!("{x:e}") };
    let seconds = started.elapsed().as_secs_f64();
    let ulp = if ulp == 0.0 { "≤ 0.500".to_string() } else { format!("{ulp:.3}") };
    println!("| {name} | {dtype} | {inputs} | {ulp} | {at} | {wrong} | {seconds:.0} s |");
    if wrong > 0 {
        println!("wrong special at ({:e}, {:e})", wrong_at[0], wrong_at[1]);
    }
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let text = |i: usize, default: &'static str| args.get(i).map_or(default, String::as_str).to_string();
    let number = |i: usize, default: u64| {
        args.get(i).map_or(default, |s| s.replace('_', "").parse().expect("a number"))
    };
    let dtype = text(0, "float64");
    let wanted = text(1, "all");
    let single = dtype == "float32";
    let count = number(2, if single { 1 } else { 10_000_000 });
    let threads = number(3, 1);
    let between = |i: usize| args.get(i).map(|s| s.parse::<f32>().expect("a number").to_bits().into());
    let inputs = between(4).unwrap_or(0)..between(5).unwrap_or(1 << 32);
    let is_wanted = |name: &str| wanted == "all" || wanted.split(',').any(|w| w == name);

    println!("| function | dtype | inputs | max error in ulp | at | wrong specials | time |");
    println!("|---|---|---|---|---|---|---|");
    for row in ROWS.iter().filter(|row| is_wanted(row.name)) {
        let started = Instant::now();
        let worst = if single {
            in_parallel(threads, |t| float32(*row, &inputs, t * count, threads * count))
        } else {
            in_parallel(threads, |t| float64(*row, t + 1, count / threads))
        };
        report(row.name, &dtype, worst, started);
    }
    for pair in pairs::PAIRS.iter().filter(|pair| is_wanted(pair.name)) {
        let started = Instant::now();
        let points = if single && count < 1_000_000 { 1_000_000_000 / count } else { count };
        let worst = if single {
            in_parallel(threads, |t| pairs::float32(pair, t + 1, points / threads))
        } else {
            in_parallel(threads, |t| pairs::float64(pair, t + 1, points / threads))
        };
        report(pair.name, &dtype, worst, started);
    }
}
