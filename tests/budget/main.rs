//! Memory that is known before it is taken: plans say exactly how much that is, and evaluations under a
//! budget stay within it, with the same bits, or are refused before they take any.

#[path = "../alone/mod.rs"]
mod alone;
mod peaks;
mod slabs;

use numfuse::memory;
use numfuse::prelude::*;

/// Numbers whose sums are rounded.
fn given(extents: &[usize]) -> Array {
    let size = extents.iter().product::<usize>();
    let number = |i: usize| ((i as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40) as f32 * 1e-6 + 0.1;
    Array::from((0..size).map(number).collect::<Vec<f32>>()).reshape(extents)
}

/// Numbers below `end`.
fn indices(size: usize, end: usize) -> Array {
    let number = |i: usize| ((i as u64 + 7).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 33) as usize % end;
    Array::from((0..size).map(|i| number(i) as i64).collect::<Vec<i64>>())
}

/// What `body` gives, and the most bytes of the pool that it took beyond those that were taken.
fn taken<T>(body: impl FnOnce() -> T) -> (T, u64) {
    let before = memory::statistics().live_bytes;
    memory::reset_peak();
    let result = body();
    (result, (memory::statistics().peak_bytes - before) as u64)
}
