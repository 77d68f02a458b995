//! Keys of plans: a 128-bit hash of everything that a plan depends on.
//!
//! A plan is made for kinds of operations, shapes, types, how they hang together, the numbers that
//! rules may look at, and the options; it is blind to data and to all other numbers. The hash is
//! keyed anew in every process, so that no input can be made to collide.

use crate::config::Config;
use numfuse_ir::dtype::DType;
use numfuse_ir::graph::Node;
use numfuse_ir::schedule::Hold;
use numfuse_ir::shape::Shape;
use numfuse_runtime::Device;
use numfuse_runtime::fork;
use std::hash::{BuildHasher, Hash, Hasher, RandomState};
use std::sync::OnceLock;

/// Collects a key node by node, in the order of the walk.
#[derive(Clone)]
pub(crate) struct KeyBuilder {
    low: u64,
    high: u64,
    secret: [u64; 4],
}

/// The kinds of entry, beside the kinds of node.
const LEAF: u64 = 1;
const SCALAR: u64 = 2;
const NODE: u64 = 3;
const OUTPUTS: u64 = 4;
const HOLDS: u64 = 5;

impl Default for KeyBuilder {
    fn default() -> KeyBuilder {
        let secret = *secret();
        KeyBuilder { low: secret[2], high: secret[3], secret }
    }
}

/// The numbers of this process: odd, so that multiplying by them loses nothing.
fn secret() -> &'static [u64; 4] {
    static SECRET: OnceLock<[u64; 4]> = OnceLock::new();
    fork::once(&SECRET, || {
        let random = RandomState::new();
        std::array::from_fn(|i| random.hash_one(i) | 1)
    })
}

impl KeyBuilder {
    /// Data, which has the next leaf number.
    pub(crate) fn leaf(&mut self, shape: &Shape, dtype: DType) {
        self.write_u64(LEAF);
        (shape, dtype).hash(self);
    }

    /// A run-time number, which has the next scalar number.
    pub(crate) fn scalar(&mut self, dtype: DType) {
        self.write_u64(SCALAR);
        dtype.hash(self);
    }

    /// An operation on nodes of these numbers.
    pub(crate) fn node(&mut self, node: &Node, inputs: &[u32]) {
        self.write_u64(NODE);
        node.hash(self);
        inputs.hash(self);
    }

    /// What is asked for, and for whom.
    pub(crate) fn outputs(&mut self, outputs: &[u32], config: &Config, device: Device, threads: usize) {
        self.write_u64(OUTPUTS);
        (outputs, config.fuse, config.fast_math, config.vectors, config.budget, device, threads).hash(self);
    }

    /// Whose the memory of each leaf is, as far as a plan depends on it.
    pub(crate) fn holds(&mut self, holds: &[Hold]) {
        self.write_u64(HOLDS);
        holds.hash(self);
    }

    /// The key of all that was collected.
    pub(crate) fn key(&self) -> u128 {
        let mut this = self.clone();
        this.write_u64(this.secret[1]);
        u128::from(this.high) << 64 | u128::from(this.low)
    }
}

/// Both halves of a 128-bit product, mixed.
fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    (product as u64) ^ ((product >> 64) as u64)
}

impl Hasher for KeyBuilder {
    fn write(&mut self, bytes: &[u8]) {
        // Lengths are written by those who call this, so padding the last word hides nothing.
        let (words, rest) = bytes.as_chunks();
        words.iter().for_each(|&word| self.write_u64(u64::from_le_bytes(word)));
        if !rest.is_empty() {
            let mut word = [0; 8];
            word[..rest.len()].copy_from_slice(rest);
            self.write_u64(u64::from_le_bytes(word));
        }
    }

    #[inline]
    fn write_u64(&mut self, word: u64) {
        self.low = fold(self.low ^ word, self.secret[0]);
        self.high = fold(self.high.rotate_left(23) ^ word, self.secret[1]);
    }

    #[inline]
    fn write_u8(&mut self, n: u8) {
        self.write_u64(u64::from(n));
    }

    #[inline]
    fn write_u32(&mut self, n: u32) {
        self.write_u64(u64::from(n));
    }

    #[inline]
    fn write_usize(&mut self, n: usize) {
        self.write_u64(n as u64);
    }

    fn finish(&self) -> u64 {
        self.low ^ self.high
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(words: &[u64]) -> u128 {
        let mut builder = KeyBuilder::default();
        words.iter().for_each(|&w| builder.write_u64(w));
        builder.key()
    }

    #[test]
    fn order_and_length_matter() {
        assert_eq!(key(&[1, 2]), key(&[1, 2]));
        assert_ne!(key(&[1, 2]), key(&[2, 1]));
        assert_ne!(key(&[0]), key(&[0, 0]));
    }
}
