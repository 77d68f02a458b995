//! Huge arguments of sine, cosine and tangent, reduced by multiplying with 2/π in integers.
//!
//! Of the product only the part below 4 matters, so for an argument of 2^1000 a thousand digits of
//! 2/π can be left out in front, and all but two hundred behind (M. Payne and R. Hanek, *Radian
//! reduction for trigonometric functions*, 1983). Words have 32 binary digits, so that products fit
//! in 64. Without tables to look up, the words that matter are chosen by halving: moved by 32 words
//! or not, by 16 or not, and so on, each a select. All of this is on the rare path of `trig.rs`.

use super::extended::{Two, is_single, product_two, sum_ordered};
use super::{Arith, ArithExt};
use crate::dtype::DType;
use crate::scalar::Scalar;

/// `|x| = m π/2 + r` with the nearest m, for |x| ≥ 2^20: an integer with the low bits of m, and r.
///
/// `|x| · 2/π` modulo 4 is a fixed-point number with two digits before the point, of 128 bits (64
/// for float32, whose least remainder is 2^-29). Let |x| be an integer of `parts` words times
/// 2^(32 j + s - 62) with s < 32; then the words of 2/π from the j-th on matter, as many as fit,
/// and one more for the carry. Two words of zeros in front keep j from being negative.
#[inline(always)]
pub(super) fn reduce_huge<A: Arith>(k: &mut A, x: A::V) -> (A::V, Two<A::V>) {
    let single = is_single(k, x);
    let (parts, places) = if single { (2, 2) } else { (3, 4) };
    let (exponent, integer) = take_apart(k, x);
    let word = k.int(integer, 0xffff_ffff);
    let width = k.int(integer, 32);
    let low_five = k.int(integer, 31);
    let s = k.and(exponent, low_five);

    // The integer shifted by s, in words.
    let low = k.and(integer, word);
    let high = k.shr(integer, width);
    let low = k.shl(low, s);
    let high = k.shl(high, s);
    let carry = k.shr(low, width);
    let high = k.add(high, carry);
    let factor = [k.and(low, word), k.and(high, word), k.shr(high, width)];

    // Products of words, added up place by place; place 0 only collects the carry from below.
    let window = choose_words(k, exponent, single);
    let zero = k.int(integer, 0);
    let mut sums = [zero; 6];
    for (l, &factor) in factor.iter().enumerate().take(parts) {
        for (w, &of_pi) in window.iter().enumerate().take(places + l + 1) {
            // A product of place p reaches into p + 1; beyond the last place are multiples of 4.
            if w < l {
                continue;
            }
            let place = places + l - w;
            let p = k.mul(factor, of_pi);
            let low = k.and(p, word);
            sums[place] = k.add(sums[place], low);
            if place < places {
                let high = k.shr(p, width);
                sums[place + 1] = k.add(sums[place + 1], high);
            }
        }
    }
    for place in 0..places {
        let carry = k.shr(sums[place], width);
        sums[place + 1] = k.add(sums[place + 1], carry);
        sums[place] = k.and(sums[place], word);
    }
    let top = k.shl(sums[places], width);
    let top = k.or(top, sums[places - 1]);
    let below = if single {
        k.shl(sums[0], width)
    } else {
        let below = k.shl(sums[2], width);
        k.or(below, sums[1])
    };

    // The nearest integer off; the rest is signed, with 62 digits.
    let half = k.int(top, 1 << 61);
    let nearest = k.add(top, half);
    let digits = k.int(top, 62);
    let nearest = k.shr(nearest, digits);
    let whole = k.shl(nearest, digits);
    let rest = k.sub(top, whole);
    let quarters = k.cast(nearest, k.dtype(x).same_size_int());
    (quarters, fixed_to_radians(k, x, rest, below))
}

/// |x| as an integer and its exponent of two plus 62, both uint64.
#[inline(always)]
fn take_apart<A: Arith>(k: &mut A, x: A::V) -> (A::V, A::V) {
    let single = is_single(k, x);
    let bits = k.bitcast(x, if single { DType::U32 } else { DType::U64 });
    let bits = k.cast(bits, DType::U64);
    let (digits, fields, bias) = if single { (23, 0xff, 150) } else { (52, 0x7ff, 1075) };
    let count = k.int(bits, digits);
    let field = k.shr(bits, count);
    let mask = k.int(bits, fields);
    let field = k.and(field, mask);
    let bias = k.int(bits, 62 - bias);
    let exponent = k.add(field, bias);
    let mask = k.int(bits, (1 << digits) - 1);
    let fraction = k.and(bits, mask);
    let leading = k.int(bits, 1 << digits);
    (exponent, k.or(fraction, leading))
}

/// The words of 2/π from the (`exponent` / 32)-th on, by halving.
#[inline(always)]
fn choose_words<A: Arith>(k: &mut A, exponent: A::V, single: bool) -> [A::V; 7] {
    let zero = k.int(exponent, 0);
    let mut words = [zero; WORDS.len()];
    let (count, needed, levels) = if single { (9, 4, 3) } else { (WORDS.len(), 7, 6) };
    for (word, &value) in words.iter_mut().zip(&WORDS).take(count) {
        *word = k.constant(Scalar::from_bits(DType::U64, u64::from(value)));
    }
    for level in (0..levels).rev() {
        let shift = 1usize << level;
        let bit = k.int(exponent, 32 << level);
        let bit = k.and(exponent, bit);
        let moved = k.ne(bit, zero);
        // Levels below move by up to `shift - 1` words more.
        for i in 0..(needed + shift - 1).min(count - shift) {
            words[i] = k.select(moved, words[i + shift], words[i]);
        }
    }
    [words[0], words[1], words[2], words[3], words[4], words[5], words[6]]
}

/// Two words of zeros, then 2/π to 1216 binary digits.
#[rustfmt::skip]
const WORDS: [u32; 40] = [
    0, 0,
    0xa2f9_836e, 0x4e44_1529, 0xfc27_57d1, 0xf534_ddc0, 0xdb62_9599, 0x3c43_9041, 0xfe51_63ab, 0xdebb_c561,
    0xb724_6e3a, 0x424d_d2e0, 0x0649_2eea, 0x09d1_921c, 0xfe1d_eb1c, 0xb129_a73e, 0xe882_35f5, 0x2ebb_4484,
    0xe99c_7026, 0xb45f_7e41, 0x3991_d639, 0x8353_39f4, 0x9c84_5f8b, 0xbdf9_283b, 0x1ff8_97ff, 0xde05_980f,
    0xef2f_118b, 0x5a0a_6d1f, 0x6d36_7ecf, 0x27cb_09b7, 0x4f46_3f66, 0x9e5f_ea2d, 0x7527_bac7, 0xebe5_f17b,
    0x3d07_39f7, 0x8a52_92ea, 0x6bfb_5fb1, 0x1f8d_5d08, 0x5603_3046, 0xfc7b_6bab,
];

/// `(rest + below / 2^64) · π / 2^63` in the type of `like`; `rest` is signed, `below` is not.
#[inline(always)]
fn fixed_to_radians<A: Arith>(k: &mut A, like: A::V, rest: A::V, below: A::V) -> Two<A::V> {
    // Words convert exactly, and so do two of them as a pair.
    let word = k.int(rest, 0xffff_ffff);
    let low = k.and(rest, word);
    let low = k.cast(low, DType::F64);
    let signed = k.bitcast(rest, DType::I64);
    let width = k.int(signed, 32);
    let high = k.shr(signed, width);
    let high = k.cast(high, DType::F64);
    let two_32 = k.float(high, 4_294_967_296.0);
    let high = k.mul(high, two_32);
    let below = k.cast(below, DType::F64);
    let unit = k.float(high, 2f64.powi(-64));
    let below = k.mul(below, unit);
    let sum = sum_ordered(k, high, low);
    let low = k.add(sum.low, below);
    let sum = sum_ordered(k, sum.high, low);

    let scale = 2f64.powi(-63);
    let pi = Two {
        high: k.float(high, std::f64::consts::PI * scale),
        low: k.float(high, 1.224_646_799_147_353_2e-16 * scale),
    };
    let r = product_two(k, sum, pi);
    if !is_single(k, like) {
        return sum_ordered(k, r.high, r.low);
    }
    let high = k.cast(r.high, DType::F32);
    let wide = k.cast(high, DType::F64);
    let low = k.sub(r.high, wide);
    Two { high, low: k.cast(low, DType::F32) }
}
