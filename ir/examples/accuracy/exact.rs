//! The functions with many more digits than a float64: what every doubtful result is judged by.

use astro_float_num::{BigFloat, Consts, RoundingMode};

/// Arithmetic with many more digits than a float64.
pub struct Exact {
    consts: Consts,
}

pub const DIGITS: usize = 192;
pub const ROUND: RoundingMode = RoundingMode::ToEven;

/// How many binary digits `1 + x` may need beyond those of x.
fn lost_digits(x: f64) -> usize {
    if x == 0.0 { 0 } else { (-x.abs().log2()).max(0.0) as usize }
}

/// Enough to subtract multiples of π from 1e308.
const TRIG_DIGITS: usize = 1344;

/// `x` as a [`BigFloat`]; denormals by way of a normal number, as its own conversion needs.
pub fn big(x: f64) -> BigFloat {
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
    pub fn new() -> Exact {
        Exact { consts: Consts::new().expect("memory for the constants") }
    }

    pub fn exp(&mut self, x: f64) -> BigFloat {
        big(x).exp(DIGITS, ROUND, &mut self.consts)
    }

    pub fn ln(&mut self, x: f64) -> BigFloat {
        big(x).ln(DIGITS, ROUND, &mut self.consts)
    }

    pub fn log2(&mut self, x: f64) -> BigFloat {
        big(x).log2(DIGITS, ROUND, &mut self.consts)
    }

    pub fn log10(&mut self, x: f64) -> BigFloat {
        big(x).log10(DIGITS, ROUND, &mut self.consts)
    }

    pub fn exp2(&mut self, x: f64) -> BigFloat {
        big(2.0).pow(&big(x), DIGITS, ROUND, &mut self.consts)
    }

    /// With digits to lose: for small x the one cancels the leading digits.
    pub fn expm1(&mut self, x: f64) -> BigFloat {
        let digits = DIGITS + lost_digits(x);
        let power = big(x).exp(digits, ROUND, &mut self.consts);
        power.sub(&big(1.0), digits, ROUND)
    }

    pub fn log1p(&mut self, x: f64) -> BigFloat {
        let digits = DIGITS + lost_digits(x);
        let sum = big(x).add(&big(1.0), digits, ROUND);
        sum.ln(digits, ROUND, &mut self.consts)
    }

    pub fn sin(&mut self, x: f64) -> BigFloat {
        big(x).sin(TRIG_DIGITS, ROUND, &mut self.consts)
    }

    pub fn cos(&mut self, x: f64) -> BigFloat {
        big(x).cos(TRIG_DIGITS, ROUND, &mut self.consts)
    }

    pub fn tan(&mut self, x: f64) -> BigFloat {
        big(x).tan(TRIG_DIGITS, ROUND, &mut self.consts)
    }

    pub fn sinh(&mut self, x: f64) -> BigFloat {
        big(x).sinh(DIGITS, ROUND, &mut self.consts)
    }

    pub fn cosh(&mut self, x: f64) -> BigFloat {
        big(x).cosh(DIGITS, ROUND, &mut self.consts)
    }

    pub fn tanh(&mut self, x: f64) -> BigFloat {
        big(x).tanh(DIGITS, ROUND, &mut self.consts)
    }

    /// By its series `2/√π e^(-x²) Σ 2ⁿ x^(2n+1) / (2n+1)!!`, whose terms are all positive.
    pub fn erf(&mut self, x: f64) -> BigFloat {
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

    pub fn pow(&mut self, x: f64, y: f64) -> BigFloat {
        let size = big(x.abs());
        let power = size.pow(&big(y), DIGITS, ROUND, &mut self.consts);
        if x < 0.0 && y % 2.0 != 0.0 { power.neg() } else { power }
    }

    /// Functions of the crate that need no more than the usual digits.
    pub fn asin(&mut self, x: f64) -> BigFloat {
        big(x).asin(2 * DIGITS, ROUND, &mut self.consts)
    }

    pub fn acos(&mut self, x: f64) -> BigFloat {
        big(x).acos(2 * DIGITS, ROUND, &mut self.consts)
    }

    pub fn atan(&mut self, x: f64) -> BigFloat {
        big(x).atan(2 * DIGITS, ROUND, &mut self.consts)
    }

    pub fn asinh(&mut self, x: f64) -> BigFloat {
        let digits = DIGITS + 2 * lost_digits(x);
        big(x).asinh(digits, ROUND, &mut self.consts)
    }

    pub fn acosh(&mut self, x: f64) -> BigFloat {
        big(x).acosh(2 * DIGITS, ROUND, &mut self.consts)
    }

    pub fn atanh(&mut self, x: f64) -> BigFloat {
        let digits = DIGITS + 2 * lost_digits(x);
        big(x).atanh(digits, ROUND, &mut self.consts)
    }

    /// The cube root of 2 with a sign is `2^(log2 |x| / 3)`.
    pub fn cbrt(&mut self, x: f64) -> BigFloat {
        let log = big(x.abs()).ln(2 * DIGITS, ROUND, &mut self.consts);
        let third = log.div(&big(3.0), 2 * DIGITS, ROUND);
        let root = third.exp(2 * DIGITS, ROUND, &mut self.consts);
        if x < 0.0 { root.neg() } else { root }
    }

    pub fn rsqrt(&mut self, x: f64) -> BigFloat {
        big(1.0).div(&big(x).sqrt(DIGITS, ROUND), DIGITS, ROUND)
    }

    /// Near 0 from its series, from 2 on by the continued fraction of the upper incomplete gamma
    /// function, from the bottom up.
    pub fn erfc(&mut self, x: f64) -> BigFloat {
        if x < 2.0 {
            return big(1.0).sub(&self.erf(x), DIGITS, ROUND);
        }
        let value = big(x);
        let mut fraction = value.clone();
        for n in (1..400).rev() {
            let half = big(f64::from(n) / 2.0);
            fraction = value.add(&half.div(&fraction, DIGITS, ROUND), DIGITS, ROUND);
        }
        let power = value.mul(&value, DIGITS, ROUND).neg().exp(DIGITS, ROUND, &mut self.consts);
        let root = self.consts.pi(DIGITS, ROUND).sqrt(DIGITS, ROUND);
        power.div(&root, DIGITS, ROUND).div(&fraction, DIGITS, ROUND)
    }

    pub fn expit(&mut self, x: f64) -> BigFloat {
        let power = big(-x).exp(DIGITS, ROUND, &mut self.consts);
        let digits = DIGITS + lost_digits(x);
        big(1.0).div(&big(1.0).add(&power, digits, ROUND), DIGITS, ROUND)
    }

    pub fn logit(&mut self, p: f64) -> BigFloat {
        let digits = DIGITS + lost_digits(p);
        let rest = big(1.0).sub(&big(p), digits, ROUND);
        big(p).div(&rest, digits, ROUND).ln(digits, ROUND, &mut self.consts)
    }

    /// By Stirling's series beyond 60, to which the recurrence leads; below 0 by reflection.
    pub fn gammaln(&mut self, x: f64) -> BigFloat {
        let digits = 2 * DIGITS;
        if x < 0.0 {
            let r = x - x.round_ties_even();
            let pi = self.consts.pi(digits, ROUND);
            let sin = big(r).mul(&pi, digits, ROUND).sin(digits, ROUND, &mut self.consts).abs();
            let factor = pi.div(&sin, digits, ROUND).div(&big(-x), digits, ROUND);
            let log = factor.ln(digits, ROUND, &mut self.consts);
            return log.sub(&self.gammaln(-x), digits, ROUND);
        }
        let mut product = big(1.0);
        let mut moved = big(x);
        while moved.cmp(&big(60.0)).is_some_and(|order| order < 0) {
            product = product.mul(&moved, digits, ROUND);
            moved = moved.add(&big(1.0), digits, ROUND);
        }
        let log = moved.ln(digits, ROUND, &mut self.consts);
        let half = moved.sub(&big(0.5), digits, ROUND);
        let pi = self.consts.pi(digits, ROUND);
        let log_pi = pi.mul(&big(2.0), digits, ROUND).ln(digits, ROUND, &mut self.consts);
        let mut sum = half.mul(&log, digits, ROUND).sub(&moved, digits, ROUND);
        sum = sum.add(&log_pi.mul(&big(0.5), digits, ROUND), digits, ROUND);
        let inverse = big(1.0).div(&moved, digits, ROUND);
        let square = inverse.mul(&inverse, digits, ROUND);
        let mut power = inverse;
        for (n, (top, bottom)) in (1..).zip(BERNOULLI) {
            let n = f64::from(n);
            let factor = big(top).div(&big(bottom * 2.0 * n * (2.0 * n - 1.0)), digits, ROUND);
            sum = sum.add(&factor.mul(&power, digits, ROUND), digits, ROUND);
            power = power.mul(&square, digits, ROUND);
        }
        sum.sub(&product.ln(digits, ROUND, &mut self.consts), digits, ROUND)
    }

    /// By its series, whose terms are all positive.
    pub fn i0(&mut self, x: f64) -> BigFloat {
        let half = big(x).mul(&big(0.5), DIGITS, ROUND);
        let square = half.mul(&half, DIGITS, ROUND);
        let (mut term, mut sum) = (big(1.0), big(1.0));
        for n in 1..5000 {
            let n = f64::from(n);
            term = term.mul(&square, DIGITS, ROUND).div(&big(n * n), DIGITS, ROUND);
            sum = sum.add(&term, DIGITS, ROUND);
            let gap = sum.exponent().zip(term.exponent()).is_none_or(|(s, t)| s - t > 150);
            if gap && n > x.abs() {
                break;
            }
        }
        sum
    }

    pub fn arctan2(&mut self, y: f64, x: f64) -> BigFloat {
        let digits = 2 * DIGITS;
        let ratio = big(y.abs()).div(&big(x.abs()), digits, ROUND);
        let angle = ratio.atan(digits, ROUND, &mut self.consts);
        let angle = match x.is_sign_negative() {
            true => self.consts.pi(digits, ROUND).sub(&angle, digits, ROUND),
            false => angle,
        };
        if y.is_sign_negative() { angle.neg() } else { angle }
    }

    pub fn hypot(&mut self, a: f64, b: f64) -> BigFloat {
        let square = |x: f64| big(x).mul(&big(x), DIGITS, ROUND);
        square(a).add(&square(b), 2 * DIGITS, ROUND).sqrt(DIGITS, ROUND)
    }

    pub fn logaddexp(&mut self, a: f64, b: f64) -> BigFloat {
        let rest = self.one_plus_power(a, b, |x, c| x.exp(DIGITS, ROUND, c));
        rest.ln(4 * DIGITS, ROUND, &mut self.consts).add(&big(a.max(b)), 4 * DIGITS, ROUND)
    }

    pub fn logaddexp2(&mut self, a: f64, b: f64) -> BigFloat {
        let rest = self.one_plus_power(a, b, |x, c| big(2.0).pow(&x, DIGITS, ROUND, c));
        rest.log2(4 * DIGITS, ROUND, &mut self.consts).add(&big(a.max(b)), 4 * DIGITS, ROUND)
    }

    fn one_plus_power(
        &mut self,
        a: f64,
        b: f64,
        power: impl Fn(BigFloat, &mut Consts) -> BigFloat,
    ) -> BigFloat {
        let distance = big(a.min(b)).sub(&big(a.max(b)), 2 * DIGITS, ROUND);
        power(distance, &mut self.consts).add(&big(1.0), 4 * DIGITS, ROUND)
    }
}

/// The Bernoulli numbers of even index from the second on, top and bottom.
const BERNOULLI: [(f64, f64); 15] = [
    (1.0, 6.0),
    (-1.0, 30.0),
    (1.0, 42.0),
    (-1.0, 30.0),
    (5.0, 66.0),
    (-691.0, 2730.0),
    (7.0, 6.0),
    (-3617.0, 510.0),
    (43867.0, 798.0),
    (-174_611.0, 330.0),
    (854_513.0, 138.0),
    (-236_364_091.0, 2730.0),
    (8_553_103.0, 6.0),
    (-23_749_461_029.0, 870.0),
    (8_615_841_276_005.0, 14_322.0),
];
