//! Powers of pairs, as NumPy takes them: small whole exponents by squaring, others by logarithms.

use super::{Functions, Pair, choose, divide, exp, is_zero, log, multiply, zero};
use crate::math::ArithExt;

/// Whole exponents below this are taken by squaring: seven steps.
const WHOLE_BELOW: f64 = 100.0;
const STEPS: u32 = 7;

/// `a` to the power `b`. A real power of an infinite number is infinite by its angle, of which NumPy's is NaN.
pub fn power<K: Functions>(k: &mut K, a: Pair<K::V>, b: Pair<K::V>) -> Pair<K::V> {
    let (one, none) = (k.float(a.re, 1.0), zero(k, a.re));
    let unit = Pair { re: one, im: none };
    let logarithm = log(k, a);
    let exponent = multiply(k, b, logarithm);
    let (real, whole, size) = (is_zero(k, b.im), k.rint(b.re), k.abs(b.re));
    let scaled = Pair { re: k.mul(b.re, logarithm.re), im: k.mul(b.re, logarithm.im) };
    let exponent = choose(k, real, scaled, exponent);
    let found = exp(k, exponent);
    let (bound, is_whole) = (k.float(a.re, WHOLE_BELOW), k.eq(whole, b.re));
    let (small, whole) = (k.lt(size, bound), k.and(is_whole, real));
    let by_squaring = k.and(small, whole);
    let squared = whole_power(k, a, b.re, unit);
    let found = choose(k, by_squaring, squared, found);
    // 0 to a power is 0 where the power's real part is positive, and NaN elsewhere; anything to the power 0 is 1.
    let (no_re, no_im) = (is_zero(k, a.re), is_zero(k, a.im));
    let nothing = k.and(no_re, no_im);
    let up = k.gt(b.re, none);
    let nan = k.float(a.re, f64::NAN);
    let of_zero = k.select(up, none, nan);
    let found = choose(k, nothing, Pair { re: of_zero, im: of_zero }, found);
    let flat = is_zero(k, b.re);
    let flat = k.and(flat, real);
    choose(k, flat, unit, found)
}

/// `a` to a whole power below [`WHOLE_BELOW`] in size.
fn whole_power<K: Functions>(k: &mut K, a: Pair<K::V>, exponent: K::V, unit: Pair<K::V>) -> Pair<K::V> {
    let dtype = k.dtype(exponent).same_size_int();
    let whole = k.cast(exponent, dtype);
    let count = k.abs(whole);
    let none = k.int(count, 0);
    // NumPy multiplies 1 by the first factor, which loses infinities, but for the powers 1 to 3.
    let (one, three) = (k.int(whole, 1), k.int(whole, 3));
    let (below, above) = (k.lt(whole, one), k.gt(whole, three));
    let (mut result, mut base, mut begun) = (unit, a, k.or(below, above));
    for bit in 0..STEPS {
        let mask = k.int(count, 1 << bit);
        let chosen = k.and(count, mask);
        let on = k.ne(chosen, none);
        let product = multiply(k, result, base);
        let next = choose(k, begun, product, base);
        result = choose(k, on, next, result);
        begun = k.or(begun, on);
        if bit + 1 < STEPS {
            base = multiply(k, base, base);
        }
    }
    let inverse = divide(k, unit, result);
    let below = k.lt(whole, none);
    choose(k, below, inverse, result)
}
