//! Greatest common divisors and least common multiples, by Euclid's algorithm (*Elements*, VII.2; Knuth, The
//! Art of Computer Programming, volume 2, 4.5.2, algorithm A).
//!
//! A few steps are on the straight path, the rest behind `rare`, again and again, until all lanes have come to 0. The
//! longest run is that of two Fibonacci numbers. Up to 32 bits the remainders are taken in float64, where
//! `a - trunc(a / b) b` is exact and has vector instructions; 64-bit integers are divided one by one.

use super::{Arith, ArithExt};
use crate::dtype::DType;

/// How many steps are taken before asking whether all lanes have ended.
const STEPS: u32 = 6;

/// The greatest common divisor of |a| and |b|; |a| where b is 0.
#[inline]
pub fn gcd<A: Arith>(k: &mut A, a: A::V, b: A::V) -> A::V {
    let dtype = k.dtype(a);
    let (a, b) = (magnitude(k, a), magnitude(k, b));
    let divisor = common_divisor(k, a, b);
    k.cast(divisor, dtype)
}

/// The least common multiple of |a| and |b|, wrapping on overflow; 0 where either is 0.
#[inline]
pub fn lcm<A: Arith>(k: &mut A, a: A::V, b: A::V) -> A::V {
    let dtype = k.dtype(a);
    let (a, b) = (magnitude(k, a), magnitude(k, b));
    let divisor = common_divisor(k, a, b);
    let share = quotient(k, a, divisor);
    let multiple = k.mul(share, b);
    k.cast(multiple, dtype)
}

/// |x| as a uint32, or a uint64 where it is so wide.
#[inline]
fn magnitude<A: Arith>(k: &mut A, x: A::V) -> A::V {
    let unsigned = k.dtype(x).same_size_unsigned();
    let size = k.abs(x);
    let size = k.bitcast(size, unsigned);
    k.cast(size, if unsigned.bytes() == 8 { DType::U64 } else { DType::U32 })
}

/// `a / b` for a b that divides a; 0 for 0 / 0.
#[inline]
fn quotient<A: Arith>(k: &mut A, a: A::V, b: A::V) -> A::V {
    if k.dtype(a) == DType::U64 {
        return k.div(a, b);
    }
    let (a, b) = (k.cast(a, DType::F64), k.cast(b, DType::F64));
    let quotient = k.div(a, b);
    k.cast(quotient, DType::U32)
}

/// The greatest common divisor of two uint32 or two uint64.
#[inline]
fn common_divisor<A: Arith>(k: &mut A, a: A::V, b: A::V) -> A::V {
    let dtype = k.dtype(a);
    if dtype == DType::U64 {
        // F(94) is beyond 64 bits.
        return euclid(k, a, b, 93);
    }
    let (a, b) = (k.cast(a, DType::F64), k.cast(b, DType::F64));
    // F(48) is beyond 32 bits.
    let divisor = euclid(k, a, b, 47);
    k.cast(divisor, dtype)
}

/// At most `left` divisions.
fn euclid<A: Arith>(k: &mut A, mut a: A::V, mut b: A::V, left: u32) -> A::V {
    let zero = k.int(a, 0);
    for _ in 0..STEPS.min(left) {
        let rest = remainder(k, a, b);
        let ended = k.eq(b, zero);
        a = k.select(ended, a, b);
        b = k.select(ended, b, rest);
    }
    if left <= STEPS {
        return a;
    }
    let goes_on = k.ne(b, zero);
    k.rare(goes_on, a, |k| euclid(k, a, b, left - STEPS))
}

/// `a mod b`; anything where b is 0.
#[inline]
fn remainder<A: Arith>(k: &mut A, a: A::V, b: A::V) -> A::V {
    if k.dtype(a) == DType::U64 {
        return k.rem(a, b);
    }
    let quotient = k.div(a, b);
    let whole = k.trunc(quotient);
    let minus = k.neg(whole);
    k.fma(minus, b, a)
}
