//! Patterns in the words: bits, runs, pairs, neighbours at a distance, birthdays, and keys made of keys.
//!
//! The tests are those of Knuth (*The Art of Computer Programming*, volume 2, section 3.3.2), of Marsaglia
//! (birthday spacings) and of NIST SP 800-22 (monobit, runs), at critical values of 10^-4. The authors of
//! Philox report that it passes all of TestU01's BigCrush.

use crate::functions::is_spread_as;
use crate::{floats, key};
use numfuse::prelude::*;
use numfuse::random::{self, Key};

const MANY: usize = 1 << 18;

fn words(key: Key) -> Vec<u32> {
    random::bits(key, MANY, U32).to_vec().expect("it evaluates")
}

#[test]
fn each_bit_is_set_half_the_time() {
    for (number, width, dtype) in [(100, 32, U32), (101, 64, U64)] {
        let x = random::bits(key(number), MANY, dtype).cast(U64).to_vec::<u64>().unwrap();
        for bit in 0..width {
            let set = x.iter().filter(|x| *x >> bit & 1 == 1).count() as f64;
            let off = (set - MANY as f64 / 2.0).abs() / (MANY as f64 / 4.0).sqrt();
            assert!(off < 4.5, "bit {bit} of {dtype} is set {set} times");
        }
    }
}

#[test]
fn bits_run_as_long_as_they_should() {
    let words = words(key(102));
    let bit = |i: usize| words[i / 32] >> (i % 32) & 1;
    let count = MANY * 32;
    let changes = (1..count).filter(|&i| bit(i) != bit(i - 1)).count() as f64;
    let off = (changes - (count - 1) as f64 / 2.0).abs() / ((count - 1) as f64 / 4.0).sqrt();
    assert!(off < 4.0, "{changes} changes");
}

#[test]
fn pairs_of_neighbours_are_equally_likely() {
    // Words of one block, of neighbouring blocks, and far apart.
    for (number, distance) in [(103, 1), (104, 2), (105, 3), (106, 4), (107, 5), (108, 16), (109, 1024)] {
        let words = words(key(number));
        for shift in [0, 13, 26] {
            let mut counts = vec![0; 1 << 12];
            for i in distance..MANY {
                let (a, b) = (words[i] >> shift & 63, words[i - distance] >> shift & 63);
                counts[(a << 6 | b) as usize] += 1;
            }
            let what = format!("pairs {distance} apart, bits from {shift}");
            is_spread_as(&what, &counts, &vec![1.0 / 4096.0; 4096]);
        }
    }
}

#[test]
fn numbers_at_any_distance_are_uncorrelated() {
    for dtype in [F32, F64] {
        let x = floats(&random::uniform(key(110), MANY, -1, 1, dtype));
        for distance in (1..=20).chain([64, 512, 4096]) {
            let pairs = x.iter().zip(&x[distance..]);
            let sum = pairs.map(|(a, b)| a * b).sum::<f64>();
            // Products of two have a variance of 1/9.
            let off = sum.abs() / ((MANY - distance) as f64 / 9.0).sqrt();
            assert!(off < 4.0, "{dtype} numbers {distance} apart correlate: {off}");
        }
    }
}

/// Marsaglia's birthday spacings: of 2^10 birthdays in a year of 2^24 days, how many spacings occur again
/// is a Poisson number of rate `birthdays³ / (4 days)` = 16.
#[test]
fn spacings_of_birthdays_repeat_as_often_as_they_should() {
    let (birthdays, rate) = (1 << 10, 16.0f64);
    let words = words(key(111));
    let mut counts = vec![0; 48];
    for shift in [0, 8] {
        for party in words.chunks(birthdays) {
            let mut days: Vec<u32> = party.iter().map(|w| w >> shift & 0x00ff_ffff).collect();
            days.sort_unstable();
            let mut spacings: Vec<u32> = days.windows(2).map(|pair| pair[1] - pair[0]).collect();
            spacings.sort_unstable();
            let again = spacings.windows(2).filter(|pair| pair[0] == pair[1]).count();
            counts[again.min(47)] += 1;
        }
    }
    let mut probabilities = vec![(-rate).exp()];
    (1..48).for_each(|n| probabilities.push(probabilities[n - 1] * rate / n as f64));
    is_spread_as("birthday spacings", &counts, &probabilities);
}

#[test]
fn keys_of_a_key_have_nothing_in_common() {
    let [a, b] = key(112).split();
    let others = [b, key(112), a.fold_in(0), a.fold_in(1), Key::seed(0), Key::seed(1)];
    let center = |key: Key| floats(&random::uniform(key, MANY, -1, 1, F64));
    let first = center(a);
    for other in others {
        let sum = first.iter().zip(center(other)).map(|(a, b)| a * b).sum::<f64>();
        let off = sum.abs() / (MANY as f64 / 9.0).sqrt();
        assert!(off < 4.0, "{other:?} correlates: {off}");
    }
    // The first words of many keys are as random as many words of a key.
    let mut counts = vec![0; 256];
    for number in 0..1 << 14 {
        counts[(key(113).fold_in(number).words()[0] >> 24) as usize] += 1;
        counts[(Key::seed(number).split::<1>()[0].words()[1] & 255) as usize] += 1;
    }
    is_spread_as("words of keys", &counts, &[1.0 / 256.0; 256]);
}
