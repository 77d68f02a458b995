//! Random numbers as functions of a key and of the place of an element.
//!
//! All randomness comes from Philox 4x32-10 (Salmon, Moraes, Dror and Shaw, *Parallel random numbers: as
//! easy as 1, 2, 3*, 2011), which turns a counter of four 32-bit words and a key of two into four words
//! that no test has told from random ones. There is no state, so an element's number depends on the key
//! and on the element's place alone: not on threads, lanes, fusion or device.
//!
//! A counter is made of the place (64 bits), a draw and a layout. Layouts say which words belong to which
//! element: neighbours share a block where an element needs fewer than four words.
//!
//! | layout | block | words of element i |
//! |---|---|---|
//! | fours | i / 4 | word i mod 4 |
//! | pairs | i / 2 | words 2 (i mod 2) and the next |
//! | whole | i | all, and further blocks by the draw |
//! | points | i / 4 (float64: i / 2) | the two (four) that make a point with the neighbour's |
//!
//! A block for every element alone would be simpler, and costs four times as much where one word is needed:
//! a float32 takes 2.6 ns on one core of a Xeon when four share a block of uniform values on the CPU, and
//! 9 ns when lanes compute a block each, whatever the vector instructions (both at a million elements on a
//! busy machine). [`Arith::shared`] is how they share.
//!
//! [`continuous`] and [`discrete`] turn words into distributions.

pub mod continuous;
pub mod discrete;

use super::{Arith, ArithExt};
use crate::dtype::DType;
use crate::scalar::Scalar;

/// The constants by which Philox 4x32 multiplies.
const FACTORS: [u32; 2] = [0xD251_1F53, 0xCD9E_8D57];

/// What is added to the words of the key after each round: the golden ratio and √3 - 1.
const STEPS: [u32; 2] = [0x9E37_79B9, 0xBB67_AE85];

/// The rounds of Philox 4x32-10.
const ROUNDS: usize = 10;

/// The last word of a counter: blocks of different layouts are different ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layout {
    Fours = 0,
    Pairs = 1,
    Whole = 2,
    /// Neighbours share a point of a plane: see [`continuous::normal`].
    Points = 3,
}

/// Where numbers come from: an element's place as two uint32 words, the lower one first, and a key.
#[derive(Clone, Copy, Debug)]
pub struct Source<V> {
    /// The place.
    pub place: [V; 2],
    /// The key.
    pub key: [V; 2],
}

/// Four words from a counter and a key, all uint32.
///
/// ```
/// use numfuse_ir::{dtype::DType, math::{Eval, random::philox}, scalar::Scalar};
///
/// let word = |bits| Scalar::from_bits(DType::U32, bits);
/// let block = philox(&mut Eval, [word(0); 4], [word(0); 2]);
/// assert_eq!(block.map(Scalar::bits), [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
/// ```
pub fn philox<A: Arith>(k: &mut A, counter: [A::V; 4], key: [A::V; 2]) -> [A::V; 4] {
    let (mut c, mut key) = (counter, key);
    let [first, second] = FACTORS.map(|factor| word(k, factor));
    let steps = STEPS.map(|step| word(k, step));
    for round in 0..ROUNDS {
        if round > 0 {
            key = [k.add(key[0], steps[0]), k.add(key[1], steps[1])];
        }
        let (high, low) = (k.mul_high(first, c[0]), k.mul(first, c[0]));
        let (other_high, other_low) = (k.mul_high(second, c[2]), k.mul(second, c[2]));
        let (mixed, other_mixed) = (k.xor(c[1], key[0]), k.xor(c[3], key[1]));
        c = [k.xor(other_high, mixed), other_low, k.xor(high, other_mixed), low];
    }
    c
}

/// A uint32 constant.
fn word<A: Arith>(k: &mut A, bits: u32) -> A::V {
    k.constant(Scalar::from_bits(DType::U32, bits.into()))
}

/// `N` words of each element out of a block that 2^`bits` neighbours share: `of_each` says which of the four.
fn shared_block<A: Arith, const N: usize>(
    k: &mut A,
    source: Source<A::V>,
    layout: Layout,
    bits: u32,
    of_each: &[[usize; N]],
) -> [A::V; N] {
    let words = k.shared(source.place, bits, N, |k, place| {
        let (draw, layout) = (word(k, 0), word(k, layout as u32));
        let block = philox(k, [place[0], place[1], draw, layout], source.key);
        of_each.iter().flatten().map(|&i| block[i]).collect()
    });
    std::array::from_fn(|i| words[i])
}

/// An element's one word of a block that four share.
pub fn word_of_four<A: Arith>(k: &mut A, source: Source<A::V>) -> A::V {
    shared_block(k, source, Layout::Fours, 2, &[[0], [1], [2], [3]])[0]
}

/// An element's two words of a block that two share, the lower one first.
pub fn words_of_two<A: Arith>(k: &mut A, source: Source<A::V>) -> [A::V; 2] {
    shared_block(k, source, Layout::Pairs, 1, &[[0, 1], [2, 3]])
}

/// A block of an element's own; `draw` (uint32) counts its blocks.
pub fn whole_block<A: Arith>(k: &mut A, source: Source<A::V>, draw: A::V) -> [A::V; 4] {
    let words = k.shared(source.place, 0, 4, |k, place| {
        let layout = word(k, Layout::Whole as u32);
        philox(k, [place[0], place[1], draw, layout], source.key).into_iter().collect()
    });
    [words[0], words[1], words[2], words[3]]
}

/// The words of a key made from another's. `way` says how: parts of one way are not those of another.
///
/// ```
/// use numfuse_ir::math::random::derived;
///
/// assert_ne!(derived([0, 0], 0, 0), derived([0, 0], 1, 0));
/// assert_ne!(derived([0, 0], 0, 0), derived([0, 0], 0, 1));
/// ```
pub fn derived(key: [u32; 2], part: u64, way: u32) -> [u32; 2] {
    /// A layout that no element has.
    const KEYS: u32 = u32::MAX;
    let of = |bits: u32| Scalar::from_bits(DType::U32, bits.into());
    let counter = [part as u32, (part >> 32) as u32, way, KEYS];
    let block = philox(&mut super::Eval, counter.map(of), key.map(of));
    [block[0].bits() as u32, block[1].bits() as u32]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::Eval;

    fn words<const N: usize>(words: [u32; N]) -> [Scalar; N] {
        words.map(|bits| Scalar::from_bits(DType::U32, bits.into()))
    }

    /// The known answers of Random123, `kat_vectors`, for philox4x32 and 10 rounds.
    #[test]
    fn philox_gives_the_known_answers() {
        const ONES: u32 = u32::MAX;
        let known = [
            ([0; 4], [0; 2], [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
            ([ONES; 4], [ONES; 2], [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]),
            (
                [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344],
                [0xa409_3822, 0x299f_31d0],
                [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1],
            ),
        ];
        for (counter, key, answer) in known {
            assert_eq!(philox(&mut Eval, words(counter), words(key)), words(answer));
        }
    }

    #[test]
    fn neighbours_share_blocks() {
        let key = words([7, 9]);
        let at = |i: u64| Source { place: words([i as u32, (i >> 32) as u32]), key };
        // Beyond 2^32 elements the upper word counts.
        for first in [0, 8, (1 << 34) + 4] {
            let counter = |i: u64, layout: Layout| words([i as u32, (i >> 32) as u32, 0, layout as u32]);
            let fours = philox(&mut Eval, counter(first / 4, Layout::Fours), key);
            let pairs = philox(&mut Eval, counter(first / 2, Layout::Pairs), key);
            for i in 0..4 {
                assert_eq!(word_of_four(&mut Eval, at(first + i)), fours[i as usize]);
            }
            assert_eq!(words_of_two(&mut Eval, at(first)), pairs[..2]);
            assert_eq!(words_of_two(&mut Eval, at(first + 1)), pairs[2..]);
        }
    }
}
