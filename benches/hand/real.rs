//! float32 and float64 under one name, with their bits, so that a function is written once for both.

use std::fmt::Debug;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub};

/// A float. Every method is a machine operation or two, in every lane alike.
pub trait Real:
    Copy
    + Debug
    + Default
    + PartialOrd
    + Send
    + Sync
    + Into<f64>
    + Sum
    + AddAssign
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + 'static
{
    /// True of float32.
    const SINGLE: bool;
    /// Infinity.
    const INFINITY: Self;
    /// Not a number.
    const NAN: Self;
    /// The greatest finite number.
    const MAX: Self;
    /// The least positive normal number.
    const LEAST_NORMAL: Self;

    /// The number nearest to `x`.
    fn of(x: f64) -> Self;
    /// `self * b + c`, rounded once.
    fn fma(self, b: Self, c: Self) -> Self;
    /// Distance from zero.
    fn abs(self) -> Self;
    /// Square root.
    fn sqrt(self) -> Self;
    /// The magnitude of `self` with the sign of `sign`.
    fn with_sign(self, sign: Self) -> Self;
    /// `self * 2^n`, where that is normal, for n in the low bits of `n`.
    fn scaled(self, n: Self) -> Self;
    /// `self * 2^n` in two steps, so that it may be denormal or overflow, for n counted from `zero`.
    fn scaled_anywhere(self, n: Self, zero: Self) -> Self;
    /// `(e, m)` with `self = 2^e m` and m within √½ … √2, for normal positive numbers.
    fn split(self) -> (Self, Self);
    /// Whether the lowest bit is set.
    fn is_odd(self) -> bool;
    /// `self` with the sign flipped where the second bit of `n` is set.
    fn flipped_by_second_bit(self, n: Self) -> Self;
    /// `self` with the sign flipped where `sign` is negative.
    fn flipped_by_sign(self, sign: Self) -> Self;
    /// The float whose bits count one more.
    fn next_bits(self) -> Self;
    /// How many floats lie between two, both zeros being one; 0 for two NaNs.
    fn distance(self, other: Self) -> u64;

    /// One number for float32, another for float64.
    #[inline(always)]
    fn pick(single: f64, double: f64) -> Self {
        Self::of(if Self::SINGLE { single } else { double })
    }

    /// The lesser of two; the second when unordered (one machine instruction).
    #[inline(always)]
    fn least(self, other: Self) -> Self {
        if self < other { self } else { other }
    }

    /// The greater of two; the second when unordered.
    #[inline(always)]
    fn greatest(self, other: Self) -> Self {
        if self > other { self } else { other }
    }
}

macro_rules! reals {
    ($($T:ident: $Bits:ident $Signed:ident $digits:literal $bias:literal $root:literal $counter:literal;)+) => { $(
        impl Real for $T {
            const SINGLE: bool = $digits == 23;
            const INFINITY: $T = $T::INFINITY;
            const NAN: $T = $T::NAN;
            const MAX: $T = $T::MAX;
            const LEAST_NORMAL: $T = $T::MIN_POSITIVE;

            #[inline(always)]
            fn of(x: f64) -> $T {
                x as $T
            }

            #[inline(always)]
            fn fma(self, b: $T, c: $T) -> $T {
                self.mul_add(b, c)
            }

            #[inline(always)]
            fn abs(self) -> $T {
                self.abs()
            }

            #[inline(always)]
            fn sqrt(self) -> $T {
                self.sqrt()
            }

            #[inline(always)]
            fn with_sign(self, sign: $T) -> $T {
                self.copysign(sign)
            }

            #[inline(always)]
            fn scaled(self, n: $T) -> $T {
                $T::from_bits(self.to_bits().wrapping_add(n.to_bits() << $digits))
            }

            #[inline(always)]
            fn scaled_anywhere(self, n: $T, zero: $T) -> $T {
                let n = (n.to_bits() as $Signed).wrapping_sub(zero.to_bits() as $Signed);
                let half = n >> 1;
                let power = |n: $Signed| $T::from_bits((n.wrapping_add($bias) as $Bits) << $digits);
                self * power(half) * power(n.wrapping_sub(half))
            }

            #[inline(always)]
            fn split(self) -> ($T, $T) {
                let one = $bias << $digits;
                let bits = self.to_bits().wrapping_add(one - $root);
                // The exponent becomes a float by being or-ed into the digits of a large power of two.
                let field = $T::from_bits((bits >> $digits) | $counter);
                let mantissa = (bits & ((1 << $digits) - 1)).wrapping_add($root);
                (field - ($T::from_bits($counter) + $bias as $T), $T::from_bits(mantissa))
            }

            #[inline(always)]
            fn is_odd(self) -> bool {
                self.to_bits() & 1 != 0
            }

            #[inline(always)]
            fn flipped_by_second_bit(self, n: $T) -> $T {
                let sign = (n.to_bits() << ($Bits::BITS - 2)) & (1 << ($Bits::BITS - 1));
                $T::from_bits(self.to_bits() ^ sign)
            }

            #[inline(always)]
            fn flipped_by_sign(self, sign: $T) -> $T {
                let sign = sign.to_bits() & (1 << ($Bits::BITS - 1));
                $T::from_bits(self.to_bits() ^ sign)
            }

            #[inline(always)]
            fn next_bits(self) -> $T {
                $T::from_bits(self.to_bits().wrapping_add(1))
            }

            fn distance(self, other: $T) -> u64 {
                if self.is_nan() || other.is_nan() {
                    return if self.is_nan() && other.is_nan() { 0 } else { u64::MAX };
                }
                let place = |x: $T| {
                    let size = i128::from(x.abs().to_bits());
                    if x.is_sign_negative() { -size } else { size }
                };
                place(self).abs_diff(place(other)) as u64
            }
        }
    )+ };
}

reals! {
    f32: u32 i32 23 127 0x3f35_04f3 0x4b00_0000;
    f64: u64 i64 52 1023 0x3fe6_a09e_667f_3bcd 0x4330_0000_0000_0000;
}
