//! Comparisons: lexicographic, real parts first, as NumPy orders complex numbers.

use super::{Functions, Pair, choose, finite, infinite};
use crate::math::ArithExt;
use crate::prim::Prim;

/// `a` before `b` by their real parts, unless an imaginary part is NaN, or else by the imaginary ones.
fn ordered<K: Functions>(k: &mut K, first: Prim, second: Prim, a: Pair<K::V>, b: Pair<K::V>) -> K::V {
    let before = k.prim(first, &[a.re, b.re]);
    let (known_a, known_b) = (k.eq(a.im, a.im), k.eq(b.im, b.im));
    let known = k.and(known_a, known_b);
    let before = k.and(before, known);
    let equal = k.eq(a.re, b.re);
    let then = k.prim(second, &[a.im, b.im]);
    let tie = k.and(equal, then);
    k.or(before, tie)
}

/// Whether `a` is below `b`.
pub fn less<K: Functions>(k: &mut K, a: Pair<K::V>, b: Pair<K::V>) -> K::V {
    ordered(k, Prim::Lt, Prim::Lt, a, b)
}

/// Whether `a` is not above `b`.
pub fn less_equal<K: Functions>(k: &mut K, a: Pair<K::V>, b: Pair<K::V>) -> K::V {
    ordered(k, Prim::Lt, Prim::Le, a, b)
}

/// Whether `a` is above `b`.
pub fn greater<K: Functions>(k: &mut K, a: Pair<K::V>, b: Pair<K::V>) -> K::V {
    ordered(k, Prim::Gt, Prim::Gt, a, b)
}

/// Whether `a` is not below `b`.
pub fn greater_equal<K: Functions>(k: &mut K, a: Pair<K::V>, b: Pair<K::V>) -> K::V {
    ordered(k, Prim::Gt, Prim::Ge, a, b)
}

/// Whether both parts are equal.
pub fn equal<K: Functions>(k: &mut K, a: Pair<K::V>, b: Pair<K::V>) -> K::V {
    let (re, im) = (k.eq(a.re, b.re), k.eq(a.im, b.im));
    k.and(re, im)
}

/// Whether a part differs.
pub fn not_equal<K: Functions>(k: &mut K, a: Pair<K::V>, b: Pair<K::V>) -> K::V {
    let (re, im) = (k.ne(a.re, b.re), k.ne(a.im, b.im));
    k.or(re, im)
}

/// Whether a part is NaN.
pub fn isnan<K: Functions>(k: &mut K, z: Pair<K::V>) -> K::V {
    not_equal(k, z, z)
}

/// Whether a part is infinite.
pub fn isinf<K: Functions>(k: &mut K, z: Pair<K::V>) -> K::V {
    let (re, im) = (infinite(k, z.re), infinite(k, z.im));
    k.or(re, im)
}

/// Whether both parts are finite.
pub fn isfinite<K: Functions>(k: &mut K, z: Pair<K::V>) -> K::V {
    let (re, im) = (finite(k, z.re), finite(k, z.im));
    k.and(re, im)
}

/// The greater of two: the first where they are equal or it has a NaN, else the second where that has.
pub fn maximum<K: Functions>(k: &mut K, a: Pair<K::V>, b: Pair<K::V>) -> Pair<K::V> {
    let (unknown, above) = (isnan(k, a), greater_equal(k, a, b));
    let first = k.or(unknown, above);
    choose(k, first, a, b)
}

/// The lesser of two, likewise.
pub fn minimum<K: Functions>(k: &mut K, a: Pair<K::V>, b: Pair<K::V>) -> Pair<K::V> {
    let (unknown, below) = (isnan(k, a), less_equal(k, a, b));
    let first = k.or(unknown, below);
    choose(k, first, a, b)
}

/// The greater of two, where a number with a NaN loses to one without.
pub fn fmax<K: Functions>(k: &mut K, a: Pair<K::V>, b: Pair<K::V>) -> Pair<K::V> {
    let (unknown, above) = (isnan(k, b), greater_equal(k, a, b));
    let first = k.or(unknown, above);
    choose(k, first, a, b)
}

/// The lesser of two, likewise.
pub fn fmin<K: Functions>(k: &mut K, a: Pair<K::V>, b: Pair<K::V>) -> Pair<K::V> {
    let (unknown, below) = (isnan(k, b), less_equal(k, a, b));
    let first = k.or(unknown, below);
    choose(k, first, a, b)
}

/// `x` held between `low` and `high`. As in NumPy's own `clip` a NaN of `x` wins, and one in a bound's
/// imaginary part only where the real parts are equal.
pub fn clip<K: Functions>(k: &mut K, x: Pair<K::V>, low: Pair<K::V>, high: Pair<K::V>) -> Pair<K::V> {
    let mut beyond = |side: Prim, x: Pair<K::V>, bound: Pair<K::V>| {
        let (unknown, equal) = (isnan(k, x), k.eq(x.re, bound.re));
        let (first, second) = (k.prim(side, &[x.re, bound.re]), k.prim(side, &[x.im, bound.im]));
        let then = k.and(equal, second);
        let inside = k.or(first, then);
        let stays = k.or(unknown, inside);
        choose(k, stays, x, bound)
    };
    let raised = beyond(Prim::Gt, x, low);
    beyond(Prim::Lt, raised, high)
}
