//! How far a result is from the right one, and what a run has found.

use crate::exact::{DIGITS, ROUND, big};
use astro_float_num::{BigFloat, Sign};

/// The error of `ours` in units of the last place of the exact value, or of `least` if that is larger;
/// `None` where the exact value rounds to infinity.
pub fn error64(ours: f64, exact: &BigFloat, least: f64) -> Option<f64> {
    if exact.is_zero() || exact.is_inf() || exact.is_nan() {
        return None;
    }
    let exponent = exact.exponent()? - 1;
    if exponent >= 1024 {
        return None;
    }
    let exponent = exponent.max(exponent_of(least));
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
pub struct Worst {
    pub inputs: u64,
    pub ulp: f64,
    pub at: [f64; 2],
    pub wrong: u64,
    pub wrong_at: [f64; 2],
}

impl Worst {
    pub const NONE: Worst = Worst { inputs: 0, ulp: 0.0, at: [0.0; 2], wrong: 0, wrong_at: [0.0; 2] };

    pub fn see(&mut self, ulp: f64, at: [f64; 2]) {
        if ulp > self.ulp {
            self.ulp = ulp;
            self.at = at;
        }
    }

    pub fn see_wrong(&mut self, at: [f64; 2]) {
        self.wrong += 1;
        self.wrong_at = at;
    }

    pub fn join(self, other: Worst) -> Worst {
        let mut worst = if other.ulp > self.ulp { other } else { self };
        worst.inputs = self.inputs + other.inputs;
        worst.wrong = self.wrong + other.wrong;
        worst.wrong_at = if self.wrong > 0 { self.wrong_at } else { other.wrong_at };
        worst
    }
}

/// True when both are the same number, or both NaN, or the pair is left to the error in ulp.
pub fn same_class(ours: f64, reference: f64, least: f64) -> bool {
    if ours.is_nan() || reference.is_nan() {
        return ours.is_nan() && reference.is_nan();
    }
    let same_sign = ours.is_sign_negative() == reference.is_sign_negative();
    // Where the result counts as a difference, its sign may be lost with it.
    let near_zero = least > 0.0 && ours.abs().max(reference.abs()) < least / 1e3;
    ours.is_infinite() == reference.is_infinite() && (same_sign || near_zero)
}

/// The reference, but where its class is not ours that of the C library: pxfm 0.1.30 slips at
/// a few special arguments, such as pow(-0, -1) of float32.
pub fn arbitrate(ours: f64, reference: f64, least: f64, standard: impl FnOnce() -> f64) -> f64 {
    if same_class(ours, reference, least) { reference } else { standard() }
}

/// Judges one float32 result against the correctly rounded one.
pub fn judge32(
    worst: &mut Worst,
    ours: f32,
    rounded: f32,
    double: impl FnOnce() -> f64,
    least: f64,
    at: [f64; 2],
) {
    worst.inputs += 1;
    if ours.to_bits() == rounded.to_bits() {
        return;
    }
    if !same_class(f64::from(ours), f64::from(rounded), least) {
        worst.see_wrong(at);
    } else if !ours.is_nan() {
        let exact = double();
        let exponent = exponent_of(exact).max(exponent_of(least)).max(-126);
        worst.see((f64::from(ours) - exact).abs() / 2f64.powi(exponent - 23), at);
    }
}

/// Judges one float64 result; `exact` is asked only where the sieve differs.
pub fn judge64(
    worst: &mut Worst,
    ours: f64,
    sieve: f64,
    exact: impl FnOnce() -> BigFloat,
    least: f64,
    at: [f64; 2],
) {
    worst.inputs += 1;
    if ours.to_bits() == sieve.to_bits() {
        return;
    }
    if !same_class(ours, sieve, least) {
        // At the very edge of the range the sieve itself may be off: the exact value decides.
        let exact = exact();
        let too_large = exact.is_inf() || exact.exponent().is_some_and(|e| e > 1024);
        let same_sign = (exact.sign() == Some(Sign::Neg)) == ours.is_sign_negative();
        match error64(ours, &exact, least) {
            Some(ulp) if ours.is_finite() && same_sign => worst.see(ulp, at),
            _ if too_large && ours.is_infinite() && same_sign => {}
            _ => worst.see_wrong(at),
        }
    } else if ours.is_finite() {
        match error64(ours, &exact(), least) {
            Some(ulp) => worst.see(ulp, at),
            // Digits that even the exact value does not have.
            None if ours == 0.0 => {}
            None => worst.see_wrong(at),
        }
    }
}

/// The exponent of x; of 0 that of the least numbers.
fn exponent_of(x: f64) -> i32 {
    (x.to_bits() >> 52 & 0x7ff) as i32 - 1023
}
