//! Loops over rows: a fold or two along each, then each element again.

use super::functions::{block, exp, exp_fast, exp_usual, log};
use super::versions;

/// Partial sums of a row: as many as eight vectors hold.
const LANES: usize = 64;

/// The sum of `of(x)`, in [`LANES`] partial sums.
#[inline(always)]
pub fn sum(x: &[f32], of: impl Fn(f32) -> f32) -> f32 {
    let mut lanes = [0f32; LANES];
    let mut whole = x.chunks_exact(LANES);
    for x in &mut whole {
        for i in 0..LANES {
            lanes[i] += of(x[i]);
        }
    }
    for (lane, &x) in lanes.iter_mut().zip(whole.remainder()) {
        *lane += of(x);
    }
    fold(lanes, |a, b| a + b)
}

/// The greatest element; a NaN may get lost, but not from what is computed relative to it.
#[inline(always)]
fn greatest(x: &[f32]) -> f32 {
    let larger = |a: f32, b: f32| if a > b { a } else { b };
    let mut lanes = [f32::NEG_INFINITY; LANES];
    let mut whole = x.chunks_exact(LANES);
    for x in &mut whole {
        for i in 0..LANES {
            lanes[i] = larger(x[i], lanes[i]);
        }
    }
    for (lane, &x) in lanes.iter_mut().zip(whole.remainder()) {
        *lane = larger(x, *lane);
    }
    fold(lanes, larger)
}

/// The upper half into the lower until one is left.
#[inline(always)]
fn fold(mut lanes: [f32; LANES], join: impl Fn(f32, f32) -> f32) -> f32 {
    let mut half = LANES / 2;
    while half > 0 {
        for i in 0..half {
            lanes[i] = join(lanes[i], lanes[i + half]);
        }
        half /= 2;
    }
    lanes[0]
}

/// `e^(x - top)` of a row into `out`.
#[inline(always)]
fn exponentials(out: &mut [f32], x: &[f32], top: f32) {
    block(out, x, |x| exp_usual(x - top), |x| exp_fast(x - top), |x| exp(x - top));
}

versions! {
    /// `e^(x - max)` over its sum, for each row of `columns`.
    pub fn softmax(out: &mut [f32], x: &[f32], columns: usize) {
        for (out, x) in out.chunks_exact_mut(columns).zip(x.chunks_exact(columns)) {
            exponentials(out, x, greatest(x));
            let total = sum(out, |e| e);
            for out in out {
                *out /= total;
            }
        }
    }
}

versions! {
    /// `log Σ e^x` of each row of `columns`, safe from overflow.
    pub fn logsumexp(out: &mut [f32], x: &[f32], columns: usize) {
        let mut row = vec![0f32; columns];
        for (out, x) in out.iter_mut().zip(x.chunks_exact(columns)) {
            let top = greatest(x);
            exponentials(&mut row, x, top);
            *out = log(sum(&row, |e| e)) + top;
        }
    }
}

versions! {
    /// Each row of `gain.len()` elements with mean 0 and variance 1, then scaled and shifted.
    pub fn layernorm(out: &mut [f32], x: &[f32], gain: &[f32], bias: &[f32]) {
        let columns = gain.len();
        let bias = &bias[..columns];
        for (out, x) in out.chunks_exact_mut(columns).zip(x.chunks_exact(columns)) {
            let mean = sum(x, |x| x) / columns as f32;
            let variance = sum(x, |x| (x - mean) * (x - mean)) / columns as f32;
            let deviation = (variance + 1e-5).sqrt();
            for i in 0..columns {
                out[i] = (x[i] - mean) / deviation * gain[i] + bias[i];
            }
        }
    }
}
