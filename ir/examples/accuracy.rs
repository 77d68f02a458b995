//! Measures the error of every elementary function.
//!
//! ```text
//! cargo run --release -p numfuse-ir --example accuracy -- float32 [FUNCTION,…|all] [STRIDE] [THREADS]
//! cargo run --release -p numfuse-ir --example accuracy -- float64 [FUNCTION,…|all] [POINTS] [THREADS]
//! ```
//!
//! float32 functions of one argument run over all 2^32 inputs (every STRIDE-th). The reference is
//! the `pxfm` crate: its float32 functions are correctly rounded, so equal bits are right, and
//! where the bits differ its float64 function gives the error in ulp.
//! float64 functions run over POINTS arguments: random bit patterns, random values of ordinary
//! size, neighbours of breakpoints and of multiples of π/2 up to 1e300, denormals. `pxfm` sifts,
//! and every result that differs from it is judged by `astro-float-num` with 192 bits.
//! `pow` takes pairs: POINTS of them in either type. Of the float64 powers that are next to the correctly
//! rounded one, every hundredth is judged; all others are.
//!
//! A *wrong special* is a NaN, an infinity, or the sign of a zero that differs from the reference.
//! Build with `RUSTFLAGS="-C target-cpu=native"`: an fma in software is slow.

use astro_float_num::{BigFloat, Consts, RoundingMode, Sign};
use numfuse_ir::math::{self, Eval};
use numfuse_ir::scalar::Scalar;
use std::time::Instant;

/// A function, its references, and where it has breakpoints.
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
}

macro_rules! rows {
    ($($name:ident, $rounded:path, $double:path, $standard:path, $exact:expr, $breakpoints:expr;)+) => {
        const ROWS: &[Row] = &[$(Row {
            name: stringify!($name),
            ours32: |x| math::$name(&mut Eval, Scalar::f32(x)).as_f32(),
            ours64: |x| math::$name(&mut Eval, Scalar::f64(x)).to_f64(),
            rounded: $rounded,
            double: $double,
            standard: $standard,
            exact: $exact,
            breakpoints: $breakpoints,
        }),+];
    };
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
}

/// Arithmetic with many more digits than a float64.
struct Exact {
    consts: Consts,
}

const DIGITS: usize = 192;
const ROUND: RoundingMode = RoundingMode::ToEven;

/// How many binary digits `1 + x` may need beyond those of x.
fn lost_digits(x: f64) -> usize {
    if x == 0.0 { 0 } else { (-x.abs().log2()).max(0.0) as usize }
}

/// Enough to subtract multiples of π from 1e308.
const TRIG_DIGITS: usize = 1344;

/// `x` as a [`BigFloat`]; denormals by way of a normal number, as its own conversion needs.
fn big(x: f64) -> BigFloat {
    if x.abs() >= f64::MIN_POSITIVE || x == 0.0 {
        return BigFloat::from_f64(x, DIGITS);
    }
    let mut value = BigFloat::from_f64(x * 2f64.powi(64), DIGITS);
    if let Some(exponent) = value.exponent() {
        value.set_exponent(exponent - 64);
    }
    value
}

impl Exact {
    fn new() -> Exact {
        Exact { consts: Consts::new().expect("memory for the constants") }
    }

    fn exp(&mut self, x: f64) -> BigFloat {
        big(x).exp(DIGITS, ROUND, &mut self.consts)
    }

    fn ln(&mut self, x: f64) -> BigFloat {
        big(x).ln(DIGITS, ROUND, &mut self.consts)
    }

    fn log2(&mut self, x: f64) -> BigFloat {
        big(x).log2(DIGITS, ROUND, &mut self.consts)
    }

    fn log10(&mut self, x: f64) -> BigFloat {
        big(x).log10(DIGITS, ROUND, &mut self.consts)
    }

    fn exp2(&mut self, x: f64) -> BigFloat {
        big(2.0).pow(&big(x), DIGITS, ROUND, &mut self.consts)
    }

    /// With digits to lose: for small x the one cancels the leading digits.
    fn expm1(&mut self, x: f64) -> BigFloat {
        let digits = DIGITS + lost_digits(x);
        let power = big(x).exp(digits, ROUND, &mut self.consts);
        power.sub(&big(1.0), digits, ROUND)
    }

    fn log1p(&mut self, x: f64) -> BigFloat {
        let digits = DIGITS + lost_digits(x);
        let sum = big(x).add(&big(1.0), digits, ROUND);
        sum.ln(digits, ROUND, &mut self.consts)
    }

    fn sin(&mut self, x: f64) -> BigFloat {
        big(x).sin(TRIG_DIGITS, ROUND, &mut self.consts)
    }

    fn cos(&mut self, x: f64) -> BigFloat {
        big(x).cos(TRIG_DIGITS, ROUND, &mut self.consts)
    }

    fn tan(&mut self, x: f64) -> BigFloat {
        big(x).tan(TRIG_DIGITS, ROUND, &mut self.consts)
    }

    fn sinh(&mut self, x: f64) -> BigFloat {
        big(x).sinh(DIGITS, ROUND, &mut self.consts)
    }

    fn cosh(&mut self, x: f64) -> BigFloat {
        big(x).cosh(DIGITS, ROUND, &mut self.consts)
    }

    fn tanh(&mut self, x: f64) -> BigFloat {
        big(x).tanh(DIGITS, ROUND, &mut self.consts)
    }

    /// By its series `2/√π e^(-x²) Σ 2ⁿ x^(2n+1) / (2n+1)!!`, whose terms are all positive.
    fn erf(&mut self, x: f64) -> BigFloat {
        let x = big(x);
        let square = x.mul(&x, DIGITS, ROUND);
        let double = square.add(&square, DIGITS, ROUND);
        let mut term = x;
        let mut sum = term.clone();
        for n in 1..400 {
            term = term.mul(&double, DIGITS, ROUND).div(&big(f64::from(2 * n + 1)), DIGITS, ROUND);
            sum = sum.add(&term, DIGITS, ROUND);
            let gap = sum.exponent().zip(term.exponent()).is_none_or(|(s, t)| s - t > 150);
            if gap && n > 2 {
                break;
            }
        }
        let root = self.consts.pi(DIGITS, ROUND).sqrt(DIGITS, ROUND);
        let scale = square.neg().exp(DIGITS, ROUND, &mut self.consts);
        sum.mul(&scale, DIGITS, ROUND).mul(&big(2.0), DIGITS, ROUND).div(&root, DIGITS, ROUND)
    }

    fn pow(&mut self, x: f64, y: f64) -> BigFloat {
        let size = big(x.abs());
        let power = size.pow(&big(y), DIGITS, ROUND, &mut self.consts);
        if x < 0.0 && y % 2.0 != 0.0 { power.neg() } else { power }
    }
}

/// The error of `ours` in units of the last place of the exact value; `None` where that value
/// rounds to infinity.
fn error64(ours: f64, exact: &BigFloat) -> Option<f64> {
    if exact.is_zero() || exact.is_inf() || exact.is_nan() {
        return None;
    }
    let exponent = exact.exponent()? - 1;
    if exponent >= 1024 {
        return None;
    }
    let place = exponent.max(-1022) - 52;
    let difference = big(ours).sub(exact, DIGITS, ROUND);
    if difference.is_zero() {
        return Some(0.0);
    }
    let top = *difference.mantissa_digits()?.last()? as f64 / 2f64.powi(64);
    Some(top * 2f64.powi(difference.exponent()? - place))
}

/// What a run found.
#[derive(Clone, Copy)]
struct Worst {
    inputs: u64,
    ulp: f64,
    at: [f64; 2],
    wrong: u64,
    wrong_at: [f64; 2],
}

impl Worst {
    const NONE: Worst = Worst { inputs: 0, ulp: 0.0, at: [0.0; 2], wrong: 0, wrong_at: [0.0; 2] };

    fn see(&mut self, ulp: f64, at: [f64; 2]) {
        if ulp > self.ulp {
            self.ulp = ulp;
            self.at = at;
        }
    }

    fn see_wrong(&mut self, at: [f64; 2]) {
        self.wrong += 1;
        self.wrong_at = at;
    }

    fn join(self, other: Worst) -> Worst {
        let mut worst = if other.ulp > self.ulp { other } else { self };
        worst.inputs = self.inputs + other.inputs;
        worst.wrong = self.wrong + other.wrong;
        worst.wrong_at = if self.wrong > 0 { self.wrong_at } else { other.wrong_at };
        worst
    }
}

/// True when both are the same number, or both NaN, or the pair is left to the error in ulp.
fn same_class(ours: f64, reference: f64) -> bool {
    if ours.is_nan() || reference.is_nan() {
        return ours.is_nan() && reference.is_nan();
    }
    let same_sign = ours.is_sign_negative() == reference.is_sign_negative();
    ours.is_infinite() == reference.is_infinite() && same_sign
}

/// The reference, but where its class is not ours that of the C library: pxfm 0.1.30 slips at
/// a few special arguments, such as pow(-0, -1) of float32.
fn arbitrate(ours: f64, reference: f64, standard: impl FnOnce() -> f64) -> f64 {
    if same_class(ours, reference) { reference } else { standard() }
}

/// Judges one float32 result against the correctly rounded one.
fn judge32(worst: &mut Worst, ours: f32, rounded: f32, double: impl FnOnce() -> f64, at: [f64; 2]) {
    worst.inputs += 1;
    if ours.to_bits() == rounded.to_bits() {
        return;
    }
    if !same_class(f64::from(ours), f64::from(rounded)) {
        worst.see_wrong(at);
    } else if !ours.is_nan() {
        let exact = double();
        let exponent = ((exact.to_bits() >> 52 & 0x7ff) as i32 - 1023).max(-126);
        worst.see((f64::from(ours) - exact).abs() / 2f64.powi(exponent - 23), at);
    }
}

/// Judges one float64 result; `exact` is asked only where the sieve differs.
fn judge64(worst: &mut Worst, ours: f64, sieve: f64, exact: impl FnOnce() -> BigFloat, at: [f64; 2]) {
    worst.inputs += 1;
    if ours.to_bits() == sieve.to_bits() {
        return;
    }
    if !same_class(ours, sieve) {
        // At the very edge of the range the sieve itself may be off: the exact value decides.
        let exact = exact();
        let too_large = exact.is_inf() || exact.exponent().is_some_and(|e| e > 1024);
        if !(too_large && ours.is_infinite() && (exact.sign() == Some(Sign::Neg)) == (ours < 0.0)) {
            worst.see_wrong(at);
        }
    } else if ours.is_finite() {
        match error64(ours, &exact()) {
            Some(ulp) => worst.see(ulp, at),
            None => worst.see_wrong(at),
        }
    }
}

fn float32(row: Row, first: u64, stride: u64) -> Worst {
    let mut worst = Worst::NONE;
    let mut bits = first;
    while bits < 1 << 32 {
        let x = f32::from_bits(bits as u32);
        let double = || (row.double)(f64::from(x));
        let (ours, rounded) = ((row.ours32)(x), (row.rounded)(x));
        let rounded = arbitrate(ours.into(), rounded.into(), || (row.standard)(x.into())) as f32;
        judge32(&mut worst, ours, rounded, double, [x.into(), 0.0]);
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
        let sieve = arbitrate(ours, (row.double)(x), || (row.standard)(x));
        judge64(&mut worst, ours, sieve, || (row.exact)(&mut exact, x), [x, 0.0]);
    }
    worst
}

fn pow32(seed: u64, points: u64) -> Worst {
    let mut worst = Worst::NONE;
    let mut random = Random(seed);
    for i in 0..points {
        let [x, y] = random.pair(i, 126.9).map(|v| v as f32);
        let ours = math::pow(&mut Eval, Scalar::f32(x), Scalar::f32(y)).as_f32();
        let at = [f64::from(x), f64::from(y)];
        let rounded = arbitrate(ours.into(), pxfm::f_powf(x, y).into(), || x.powf(y).into()) as f32;
        judge32(&mut worst, ours, rounded, || pxfm::f_pow(at[0], at[1]), at);
    }
    worst
}

fn pow64(seed: u64, points: u64) -> Worst {
    let mut worst = Worst::NONE;
    let mut exact = Exact::new();
    let mut random = Random(seed);
    for i in 0..points {
        let [x, y] = random.pair(i, 1023.0);
        let ours = math::pow(&mut Eval, Scalar::f64(x), Scalar::f64(y)).to_f64();
        let sieve = arbitrate(ours, pxfm::f_pow(x, y), || x.powf(y));
        // A power with 192 digits takes half a millisecond. Next to the sieve's value, which is
        // correctly rounded, the error is below 1.5 ulp: every so many of those are judged.
        if is_next(ours, sieve) && !i.is_multiple_of(JUDGED_ONE_OF) {
            worst.inputs += 1;
            continue;
        }
        judge64(&mut worst, ours, sieve, || exact.pow(x, y), [x, y]);
    }
    worst
}

/// Of the powers that are a neighbour of the correctly rounded one, one of so many is judged.
const JUDGED_ONE_OF: u64 = 100;

/// True of neighbours among the numbers of one sign.
fn is_next(a: f64, b: f64) -> bool {
    a.is_finite() && b.is_finite() && a.to_bits().abs_diff(b.to_bits()) == 1
}

/// SplitMix64 (G. Steele, D. Lea, C. Flood, 2014), and the arguments made from it.
struct Random(u64);

impl Random {
    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Uniform in -1 … 1.
    fn unit(&mut self) -> f64 {
        (self.bits() as i64 >> 11) as f64 / 2f64.powi(52)
    }

    fn sign(&mut self) -> f64 {
        if self.bits() & 1 == 0 { 1.0 } else { -1.0 }
    }

    /// The i-th argument: eight sorts in turn.
    fn argument(&mut self, i: u64, breakpoints: &[f64]) -> f64 {
        match i % 8 {
            0 => f64::from_bits(self.bits()),
            1 => self.unit() * 2.0,
            2 => self.unit() * 32.0,
            3 => self.unit() * 750.0,
            4 => 1.0 + self.unit() * 2f64.powi(-((self.bits() % 54) as i32)),
            5 => self.sign() * (self.unit() * 64.0).exp2(),
            6 => self.near_multiple(),
            _ => match i / 8 % 4 {
                0 => f64::from_bits(self.bits() >> 12 | self.bits() & 1 << 63),
                1 => self.unit() * 2f64.powi((self.bits() % 1000) as i32),
                _ => self.near_breakpoint(breakpoints),
            },
        }
    }

    /// A neighbour of a multiple of π/2 up to 1e300.
    fn near_multiple(&mut self) -> f64 {
        let size = (self.unit() * 0.5 + 0.5) * if self.bits() & 1 == 0 { 20.0 } else { 996.0 };
        let count = size.exp2().round();
        let x = count * std::f64::consts::FRAC_PI_2;
        f64::from_bits(x.to_bits().wrapping_add(self.bits() % 5).wrapping_sub(2)) * self.sign()
    }

    /// A number within a few ulp of one of `breakpoints`, of either sign.
    fn near_breakpoint(&mut self, breakpoints: &[f64]) -> f64 {
        let x = breakpoints[self.bits() as usize % breakpoints.len()];
        let bits = x.to_bits() & !(1 << 63);
        let sign = x.to_bits() & 1 << 63 ^ (self.bits() & 1) << 63;
        f64::from_bits(bits.saturating_add(self.bits() % 4096).saturating_sub(2048) & !(1 << 63) | sign)
    }

    /// The i-th base and exponent; `range` bounds the exponent of an ordinary power of two.
    fn pair(&mut self, i: u64, range: f64) -> [f64; 2] {
        match i % 8 {
            0 => [f64::from_bits(self.bits()), f64::from_bits(self.bits())],
            1 => [self.unit().abs() * 4.0, self.unit() * 16.0],
            2 => [(self.bits() % 64) as f64, (self.bits() % 128) as f64 - 64.0],
            3 => [-((self.bits() % 4096) as f64) / 64.0, (self.bits() % 256) as f64 - 128.0],
            4 | 5 => {
                // Results spread over the whole range, bases too.
                let x = (self.unit() * range).exp2();
                [x, self.unit() * range * 1.1 / x.log2()]
            }
            6 => {
                // Bases near 1 and large exponents: the logarithm's relative error in full.
                let x = 1.0 + self.unit() * 2f64.powi(-((self.bits() % 30) as i32));
                [x, self.unit() * range / x.abs().log2()]
            }
            _ => {
                let special = [0.0, 1.0, 2.0, 0.5, f64::INFINITY, f64::NAN, 3.0, 1e300, 1e-310, 1e-42];
                let mut one = || {
                    let x = special[self.bits() as usize % special.len()];
                    if self.bits() & 1 == 0 { x } else { -x }
                };
                [one(), one()]
            }
        }
    }
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
    let at = if name == "pow" { format!("({x:e}, {y:e})") } else { format!("{x:e}") };
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
    let is_wanted = |name: &str| wanted == "all" || wanted.split(',').any(|w| w == name);

    println!("| function | dtype | inputs | max error in ulp | at | wrong specials | time |");
    println!("|---|---|---|---|---|---|---|");
    for row in ROWS.iter().filter(|row| is_wanted(row.name)) {
        let started = Instant::now();
        let worst = if single {
            in_parallel(threads, |t| float32(*row, t * count, threads * count))
        } else {
            in_parallel(threads, |t| float64(*row, t + 1, count / threads))
        };
        report(row.name, &dtype, worst, started);
    }
    if is_wanted("pow") {
        let started = Instant::now();
        let points = if single && count < 1_000_000 { 1_000_000_000 / count } else { count };
        let worst = if single {
            in_parallel(threads, |t| pow32(t + 1, points / threads))
        } else {
            in_parallel(threads, |t| pow64(t + 1, points / threads))
        };
        report("pow", &dtype, worst, started);
    }
}
