//! Keys: where random numbers start from.

use numfuse_ir::math::random::derived;

/// What random numbers depend on, beside the places of elements: two words of 32 bits.
///
/// ```
/// use numfuse::random::Key;
///
/// let key = Key::seed(7);
/// let [weights, noise] = key.split();
/// assert_ne!(weights, noise);
/// let of_step = noise.fold_in(1000);
/// assert_eq!(of_step, noise.fold_in(1000));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key([u32; 2]);

/// How a key is made from another.
const SPLIT: u32 = 0;
const FOLDED: u32 = 1;

impl Key {
    /// The key of a seed.
    pub const fn seed(seed: u64) -> Key {
        Key([seed as u32, (seed >> 32) as u32])
    }

    /// As many keys from this one, which should not be used any more. The first of them are the same
    /// however many there are.
    pub fn split<const N: usize>(self) -> [Key; N] {
        std::array::from_fn(|part| Key(derived(self.0, part as u64, SPLIT)))
    }

    /// The key for a number, such as that of a step: none that [`split`](Key::split) gives.
    pub fn fold_in(self, number: u64) -> Key {
        Key(derived(self.0, number, FOLDED))
    }

    /// The two words of the key, the lower half of a seed first.
    pub const fn words(self) -> [u32; 2] {
        self.0
    }
}
