//! Elementary functions by hand: as exact as numfuse's, and as right where arguments are special.
//!
//! Each has a `_fast` form for the arguments that its `_usual` accepts, a straight line of machine
//! operations, and a form for all arguments. Loops compute blocks of [`BLOCK`] with the fast form;
//! a block with an unusual argument in it is done again, element by element ([`block`]). That test is
//! the cost of special cases, and `fused` shows it by running loops without.
//!
//! The methods are those of `ir/src/math`, which has their sources; the polynomials are the same.

use super::real::Real;
use super::versions;
use std::f64::consts::{FRAC_2_PI, FRAC_PI_2, LN_2, LOG2_E};

/// Elements of a block that are computed before their arguments are looked at.
pub const BLOCK: usize = 64;

/// `fast` of a block, and of those with an unusual argument `anywhere`.
#[inline(always)]
pub fn block<T: Real>(
    out: &mut [T],
    x: &[T],
    usual: impl Fn(T) -> bool,
    fast: impl Fn(T) -> T,
    anywhere: impl Fn(T) -> T,
) {
    let mut whole = out.chunks_exact_mut(BLOCK);
    let mut blocks = x.chunks_exact(BLOCK);
    for (out, x) in (&mut whole).zip(&mut blocks) {
        let mut all_usual = true;
        for (out, &x) in out.iter_mut().zip(x) {
            all_usual &= usual(x);
            *out = fast(x);
        }
        if !all_usual {
            one_by_one(out, x, &anywhere);
        }
    }
    one_by_one(whole.into_remainder(), blocks.remainder(), &anywhere);
}

/// `anywhere` of each, without vectors: rare.
#[inline(always)]
fn one_by_one<T: Real>(out: &mut [T], x: &[T], anywhere: &impl Fn(T) -> T) {
    for (out, &x) in out.iter_mut().zip(x) {
        *out = anywhere(x);
    }
}

/// `Σ c[i] x^i` in two interleaved chains over x².
#[inline(always)]
fn polynomial<T: Real, const N: usize>(x: T, c: [f64; N]) -> T {
    if N < 4 {
        return horner(x, &c, 0, 1);
    }
    let square = x * x;
    horner(square, &c, 1, 2).fma(x, horner(square, &c, 0, 2))
}

/// Horner's rule over every `step`-th coefficient from `first` on.
#[inline(always)]
fn horner<T: Real>(x: T, c: &[f64], first: usize, step: usize) -> T {
    let mut at = first + (c.len() - 1 - first) / step * step;
    let mut sum = T::of(c[at]);
    while at >= first + step {
        at -= step;
        sum = sum.fma(x, T::of(c[at]));
    }
    sum
}

/// The coefficients for float32 or those for float64.
macro_rules! polynomial {
    ($T:ident, $x:expr, $single:expr, $double:expr) => {
        if $T::SINGLE { polynomial($x, $single) } else { polynomial($x, $double) }
    };
}

/// A value held as the sum of two floats, the second much the smaller.
#[derive(Clone, Copy)]
struct Two<T> {
    high: T,
    low: T,
}

/// `a + b` exactly, for |a| ≥ |b| or a = 0.
#[inline(always)]
fn sum_ordered<T: Real>(a: T, b: T) -> Two<T> {
    let high = a + b;
    Two { high, low: (a - high) + b }
}

/// `a * b` exactly.
#[inline(always)]
fn product<T: Real>(a: T, b: T) -> Two<T> {
    let high = a * b;
    Two { high, low: a.fma(b, -high) }
}

/// `a * b` to about twice the precision.
#[inline(always)]
fn product_two<T: Real>(a: Two<T>, b: Two<T>) -> Two<T> {
    let p = product(a.high, b.high);
    Two { high: p.high, low: a.low.fma(b.high, a.high.fma(b.low, p.low)) }
}

/// 1.5·2^23 or 1.5·2^52: the low bits of a float of this size count.
#[inline(always)]
fn magic<T: Real>() -> T {
    T::pick(12_582_912.0, 6_755_399_441_055_744.0)
}

// ── Exponential ────────────────────────────────────────────────────────────────────────────────

/// Whether e^x is a normal number, and not the last before infinity.
#[inline(always)]
pub fn exp_usual<T: Real>(x: T) -> bool {
    (x >= T::pick(-87.33654, -708.396_418_532_264)) & (x <= T::pick(88.72283, 709.782_712_893_384))
}

/// e^x for usual x.
#[inline(always)]
pub fn exp_fast<T: Real>(x: T) -> T {
    let (value, n) = exp_parts(x, T::of(0.0));
    value.scaled(n)
}

/// e^x for every x.
#[inline(always)]
pub fn exp<T: Real>(x: T) -> T {
    let x = T::pick(-104.0, -746.0).greatest(T::pick(89.0, 710.0).least(x));
    let (value, n) = exp_parts(x, T::of(0.0));
    value.scaled_anywhere(n, magic())
}

/// `e^(x + low) = value · 2^n`, n in the low bits of the second.
#[inline(always)]
fn exp_parts<T: Real>(x: T, low: T) -> (T, T) {
    let shifted = x.fma(T::of(LOG2_E), magic());
    let n = shifted - magic();
    let r = n.fma(T::of(-LN_2), x);
    let low = n.fma(T::pick(1.904_654_2e-9, -2.319_046_813_846_299_6e-17), low);
    let sum = r + low;
    let tail = polynomial!(
        T,
        sum,
        [0.5, 0.166_664_88, 0.041_665_55, 0.008_372_284_5, 0.001_403_575_2],
        [
            0.5,
            0.166_666_666_666_666_82,
            0.041_666_666_666_666_095,
            0.008_333_333_333_317_046,
            0.001_388_888_888_911_546_6,
            0.000_198_412_698_963_533_53,
            2.480_158_692_684_089e-05,
            2.755_723_489_254_171e-06,
            2.755_758_174_144_315e-07,
            2.511_202_608_654_544_8e-08,
            2.082_664_193_305_498e-09,
        ]
    );
    let rest = tail.fma(sum * sum, low);
    (T::of(1.0) + (r + rest), shifted)
}

// ── Logarithm ──────────────────────────────────────────────────────────────────────────────────

/// Whether x is a normal positive number.
#[inline(always)]
pub fn log_usual<T: Real>(x: T) -> bool {
    (x >= T::LEAST_NORMAL) & (x <= T::MAX)
}

/// The natural logarithm for usual x.
#[inline(always)]
pub fn log_fast<T: Real>(x: T) -> T {
    log_shifted(x, T::of(0.0))
}

/// The natural logarithm of every x.
#[inline(always)]
pub fn log<T: Real>(x: T) -> T {
    if x == T::of(0.0) {
        return -T::INFINITY;
    }
    if x < T::of(0.0) {
        return T::NAN;
    }
    if x < T::LEAST_NORMAL {
        let scale = T::pick(33_554_432.0, 18_014_398_509_481_984.0);
        return log_shifted(x * scale, T::pick(25.0, 54.0));
    }
    if x <= T::MAX { log_fast(x) } else { x }
}

/// The logarithm of x over 2^shift.
#[inline(always)]
fn log_shifted<T: Real>(x: T, shift: T) -> T {
    let (e, m) = x.split();
    let e = e - shift;
    let f = m - T::of(1.0);
    let low = e * T::pick(-1.904_654_2e-9, 2.319_046_813_846_299_6e-17);
    let s = f / (T::of(2.0) + f);
    let z = s * s;
    let p = polynomial!(
        T,
        z,
        [0.666_666_6, 0.400_009_72, 0.284_987_5, 0.242_805_53],
        [
            0.666_666_666_666_673_4,
            0.399_999_999_994_165_3,
            0.285_714_287_420_680_56,
            0.222_221_985_997_640_9,
            0.181_835_631_774_308_64,
            0.153_140_753_736_608_15,
            0.147_957_381_302_372_3,
        ]
    );
    let half_square = T::of(0.5) * f * f;
    let rest = s.fma(z.fma(p, half_square), low);
    e.fma(T::of(LN_2), f - (half_square - rest))
}

// ── Hyperbolic tangent ─────────────────────────────────────────────────────────────────────────

/// The hyperbolic tangent of every x: `-t / (2 + t)` with `t = e^(-2|x|) - 1`, both sums of two.
#[inline(always)]
pub fn tanh<T: Real>(x: T) -> T {
    let size = T::pick(10.0, 22.0).least(x.abs());
    let t = expm1_two(T::of(-2.0) * size);
    let t = sum_ordered(t.high, t.low);
    let bottom = sum_ordered(T::of(2.0), t.high);
    let bottom_low = bottom.low + t.low;
    let inverse = T::of(1.0) / bottom.high;
    let q = -t.high * inverse;
    let rest = (-q).fma(bottom.high, -t.high) + (-q).fma(bottom_low, -t.low);
    let value = rest.fma(inverse, q);
    // Its sign is that of x; a NaN has kept its own.
    value.with_sign(x)
}

/// `e^x - 1` for -100 ≤ x ≤ 0.
#[inline(always)]
fn expm1_two<T: Real>(x: T) -> Two<T> {
    let shifted = x.fma(T::of(LOG2_E), magic());
    let n = shifted - magic();
    let exact = n.fma(T::of(-LN_2), x);
    let low = n * T::pick(1.904_654_2e-9, -2.319_046_813_846_299_6e-17);
    let r = exact + low;
    let tail = polynomial!(
        T,
        r,
        [0.166_666_66, 0.041_666_48, 0.008_333_419, 0.001_393_325_4, 0.000_198_241_06],
        [
            0.166_666_666_666_666_77,
            0.041_666_666_666_666_574,
            0.008_333_333_333_322_17,
            0.001_388_888_888_894_296_3,
            0.000_198_412_698_849_179_67,
            2.480_158_719_764_285_4e-05,
            2.755_724_531_418_124_6e-06,
            2.755_738_749_631_865e-07,
            2.510_868_101_378_232_2e-08,
            2.087_878_800_337_274_7e-09,
        ]
    );
    let square = r * r;
    let rest = (square * r).fma(tail, square.fma(T::of(0.5), low));
    // For x ≤ 0 the power of two is at most 1: -1 is the larger summand.
    let scale = T::of(1.0).scaled(shifted);
    let head = sum_ordered(T::of(-1.0), scale);
    let p = scale * exact;
    let sum = sum_ordered(head.high, p);
    Two { high: sum.high, low: scale.fma(rest, sum.low + head.low) }
}

// ── Sine and cosine ────────────────────────────────────────────────────────────────────────────

/// Whether the argument can be reduced in three steps.
#[inline(always)]
pub fn sin_usual<T: Real>(x: T) -> bool {
    x.abs() < T::of(1_048_576.0)
}

/// The sine of usual x.
#[inline(always)]
pub fn sin_fast<T: Real>(x: T) -> T {
    sin_of_quarters(x.abs(), |n| n).flipped_by_sign(x)
}

/// The cosine of usual x.
#[inline(always)]
pub fn cos_fast<T: Real>(x: T) -> T {
    sin_of_quarters(x.abs(), T::next_bits)
}

/// The sine of every x; huge arguments by the C library, in float64.
#[inline(always)]
pub fn sin<T: Real>(x: T) -> T {
    if sin_usual(x) { sin_fast(x) } else { T::of(Into::<f64>::into(x).sin()) }
}

/// The cosine of every x.
#[inline(always)]
pub fn cos<T: Real>(x: T) -> T {
    if sin_usual(x) { cos_fast(x) } else { T::of(Into::<f64>::into(x).cos()) }
}

/// `sin(x + quarters π/2)` for 0 ≤ x < 2^20, where `turn` counts the quarters on.
#[inline(always)]
fn sin_of_quarters<T: Real>(x: T, turn: impl Fn(T) -> T) -> T {
    let shifted = x.fma(T::of(FRAC_2_PI), magic());
    let minus = -(shifted - magic());
    let first = minus.fma(T::pick(1.570_796_370_506_286_6, FRAC_PI_2), x);
    let p = product(minus, T::pick(-4.371_138_828_673_793e-8, 6.123_233_995_736_766e-17));
    let sum = sum_ordered(first, p.high);
    let third = T::pick(-1.715_124_510_005_881_9e-15, -1.497_384_904_859_169_8e-33);
    let r = Two { high: sum.high, low: sum.low + minus.fma(third, p.low) };

    let z = r.high * r.high;
    let p = polynomial!(
        T,
        z,
        [-0.166_666_67, 0.008_333_374, -0.000_198_501_74, 2.798_437_2e-6],
        [
            -0.166_666_666_666_666_66,
            0.008_333_333_333_333_04,
            -0.000_198_412_698_409_593,
            2.755_731_907_190_028_4e-06,
            -2.505_207_029_213_876e-08,
            1.605_422_198_566_2e-10,
            -7.384_633_138_942_635e-13,
        ]
    );
    let q = polynomial!(
        T,
        z,
        [0.041_666_638, -0.001_388_695_1, 2.439_221_5e-5],
        [
            0.041_666_666_666_666_595,
            -0.001_388_888_888_887_334,
            2.480_158_728_899_973_8e-05,
            -2.755_731_421_618_637e-07,
            2.087_570_526_487_936e-09,
            -1.135_874_187_693_862_2e-11,
        ]
    );
    let half_z = T::of(0.5) * z;
    let cos = T::of(1.0) - half_z;
    let rest = (-r.high).fma(r.low, (T::of(1.0) - cos) - half_z);
    let cos_low = (z * z).fma(q, rest);
    let sin_low = (r.high * z).fma(p, r.low * cos);
    let n = turn(shifted);
    let value = if n.is_odd() { cos + cos_low } else { r.high + sin_low };
    value.flipped_by_second_bit(n)
}

// ── Power ──────────────────────────────────────────────────────────────────────────────────────

/// Whether base and result are normal and positive, as far as the logarithm tells.
#[inline(always)]
pub fn pow_usual<T: Real>(x: T, y: T) -> bool {
    let exponent = log_two(x).high * y;
    (x >= T::LEAST_NORMAL)
        & (x <= T::MAX)
        & (exponent >= T::pick(-87.3, -708.3))
        & (exponent <= T::pick(88.7, 709.7))
}

/// x^y for usual x and y.
#[inline(always)]
pub fn pow_fast<T: Real>(x: T, y: T) -> T {
    let log = log_two(x);
    let p = product(log.high, y);
    let (value, n) = exp_parts(p.high, log.low.fma(y, p.low));
    value.scaled(n)
}

/// x^y for every x and y; unusual ones by the C library, in float64.
#[inline(always)]
pub fn pow<T: Real>(x: T, y: T) -> T {
    // Also of a signalling NaN, which C leaves one.
    if y == T::of(0.0) || x == T::of(1.0) {
        return T::of(1.0);
    }
    if pow_usual(x, y) { pow_fast(x, y) } else { T::of(Into::<f64>::into(x).powf(y.into())) }
}

/// The logarithm of a normal positive number as a sum of two.
#[inline(always)]
fn log_two<T: Real>(x: T) -> Two<T> {
    let (e, m) = x.split();
    let one = T::of(1.0);
    let f = m - one;
    let sum = m + one;
    let sum_low = m - (sum - one);
    let inverse = T::of(2.0) / sum;
    let s = f * inverse;
    let minus = s * T::of(-0.5);
    let remainder = minus.fma(sum_low, minus.fma(sum, f));
    let s = Two { high: s, low: remainder * inverse };

    let z = product_two(s, s);
    let q = polynomial!(
        T,
        z.high,
        [0.400_001_53 / 32.0, 0.285_470_9 / 128.0, 0.234_196_3 / 512.0],
        [
            0.399_999_999_999_999_8 / 32.0,
            0.285_714_285_714_438_4 / 128.0,
            0.222_222_222_177_897_67 / 512.0,
            0.181_818_188_439_907_3 / 2048.0,
            0.153_845_584_283_163_58 / 8192.0,
            0.133_362_645_289_888_25 / 32_768.0,
            0.116_757_795_916_844_57 / 131_072.0,
            0.119_817_672_667_697_66 / 524_288.0,
        ]
    );
    let twelfth = T::pick(0.083_333_336, 0.083_333_333_333_333_33);
    let twelfth_low = T::pick(-2.483_526_9e-9, 4.625_929_269_271_485e-18);
    let p = sum_ordered(twelfth, z.high * q);
    let p = Two { high: p.high, low: p.low + q.fma(z.low, twelfth_low) };
    let w = product_two(product_two(s, z), p);
    let h = sum_ordered(s.high, w.high);
    let mantissa = Two { high: h.high, low: h.low + (s.low + w.low) };

    let high = e * T::pick(0.693_145_75, 0.693_147_180_559_890_3);
    let sum = sum_ordered(high, mantissa.high);
    let low = e.fma(T::pick(1.428_606_8e-6, 5.497_923_018_708_371e-14), mantissa.low);
    Two { high: sum.high, low: sum.low + low }
}

// ── Error function ─────────────────────────────────────────────────────────────────────────────

/// The error function of every x: an odd polynomial below 1, `1 - e^Q` from there on.
#[inline(always)]
pub fn erf<T: Real>(x: T) -> T {
    let one = T::of(1.0);
    let size = T::pick(3.93, 5.93).least(x.abs());
    let z = size * size;
    let t = size - one;
    let p = polynomial!(
        T,
        z,
        [0.112_835_854, -0.026_853_82, 0.005_188_342, -0.000_801_030_9, 7.854_208e-5],
        [
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
        ]
    );
    let q = polynomial!(
        T,
        t,
        [
            -2.638_967_5,
            -0.843_107_04,
            -0.041_563_597,
            0.010_046_656,
            -0.002_012_153_6,
            0.000_289_611_75,
            -2.170_120_8e-5
        ],
        [
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
        ]
    );
    let p = z.fma(p, T::pick(-0.376_126_26, -0.376_126_389_031_837_5));
    let p = z.fma(p, T::pick(0.128_379_17, 0.128_379_167_095_512_6));
    let small = size.fma(p, size);

    let constant = T::pick(-1.849_605_6, -1.849_605_509_933_248_2);
    let v = t * q;
    let high = constant + v;
    let low = (constant - high) + v + T::pick(5.036_948_6e-8, -1.114_521_463_563_934_3e-17);
    let (value, n) = exp_parts(high, low);
    let large = one - value.scaled(n);
    (if size >= one { large } else { small }).with_sign(x)
}

// ── Loops ──────────────────────────────────────────────────────────────────────────────────────

versions! {
    /// e^x of each, right everywhere.
    pub fn exp_loop<T: Real>(out: &mut [T], x: &[T]) {
        block(out, x, exp_usual, exp_fast, exp)
    }
}

versions! {
    /// log x of each, right everywhere.
    pub fn log_loop<T: Real>(out: &mut [T], x: &[T]) {
        block(out, x, log_usual, log_fast, log)
    }
}

versions! {
    /// tanh x of each, right everywhere.
    pub fn tanh_loop<T: Real>(out: &mut [T], x: &[T]) {
        for (out, &x) in out.iter_mut().zip(x) {
            *out = tanh(x);
        }
    }
}

versions! {
    /// sin x of each, right everywhere.
    pub fn sin_loop<T: Real>(out: &mut [T], x: &[T]) {
        block(out, x, sin_usual, sin_fast, sin)
    }
}

versions! {
    /// cos x of each, right everywhere.
    pub fn cos_loop<T: Real>(out: &mut [T], x: &[T]) {
        block(out, x, sin_usual, cos_fast, cos)
    }
}

versions! {
    /// erf x of each, right everywhere.
    pub fn erf_loop<T: Real>(out: &mut [T], x: &[T]) {
        for (out, &x) in out.iter_mut().zip(x) {
            *out = erf(x);
        }
    }
}

versions! {
    /// x^y of each pair, right everywhere.
    pub fn pow_loop<T: Real>(out: &mut [T], x: &[T], y: &[T]) {
        let n = out.len();
        let (x, y) = (&x[..n], &y[..n]);
        let whole = n / BLOCK * BLOCK;
        let mut done = 0;
        while done < n {
            let mut all_usual = done < whole;
            if all_usual {
                let out = &mut out[done..done + BLOCK];
                let (x, y) = (&x[done..done + BLOCK], &y[done..done + BLOCK]);
                for i in 0..BLOCK {
                    all_usual &= pow_usual(x[i], y[i]);
                    out[i] = pow_fast(x[i], y[i]);
                }
            }
            let end = (done + BLOCK).min(n);
            if !all_usual {
                for i in done..end {
                    out[i] = pow(x[i], y[i]);
                }
            }
            done = end;
        }
    }
}

/// Loops for usual arguments, and nonsense for others: what the special cases cost.
macro_rules! unguarded {
    ($($name:ident = $fast:ident;)+) => { $(
        versions! {
            #[doc = concat!("[`", stringify!($fast), "`] of each.")]
            pub fn $name<T: Real>(out: &mut [T], x: &[T]) {
                for (out, &x) in out.iter_mut().zip(x) {
                    *out = $fast(x);
                }
            }
        }
    )+ };
}

unguarded! {
    exp_unguarded_loop = exp_fast;
    log_unguarded_loop = log_fast;
    sin_unguarded_loop = sin_fast;
    cos_unguarded_loop = cos_fast;
}
