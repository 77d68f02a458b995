//! What the memory of this machine gives at the moment: arrays copied, added and read by all threads.
//!
//! On a shared machine this drifts by a factor of two within minutes. So it is measured right before
//! and right after each workload, over as many bytes as the workload moves: what fits in a cache is
//! not held against what main memory gives.

use super::team::Team;
use crate::hand::versions;
use std::hint::black_box;
use std::time::Instant;

/// Below this many bytes caches and the cost of starting threads decide, and no share is printed.
pub const LEAST: usize = 8 << 20;

/// The most that the ceilings are measured over.
const MOST: usize = 1 << 30;

/// Runs of each loop, of which the median counts, as it does for the contenders.
const RUNS: usize = 9;

/// Which of the ceilings a workload is held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Hardly anything is written.
    Read,
    /// About as much is written as read.
    Copy,
    /// About half as much is written as read.
    Triad,
}

/// Bytes a second. The last two are with stores that go past the caches.
#[derive(Clone, Copy, Debug)]
pub struct Ceiling {
    /// One array read.
    pub read: f64,
    /// One read, one written.
    pub copy: f64,
    /// Two read, one written.
    pub triad: f64,
    /// As `copy`, written past the caches.
    pub streamed_copy: f64,
    /// As `triad`, written past the caches.
    pub streamed_triad: f64,
}

impl Ceiling {
    /// The ceiling of this kind, with ordinary stores.
    pub fn of(&self, kind: Kind) -> f64 {
        match kind {
            Kind::Read => self.read,
            Kind::Copy => self.copy,
            Kind::Triad => self.triad,
        }
    }
}

/// Measures the ceilings over about `bytes` bytes.
pub fn measure(team: &Team, bytes: usize) -> Ceiling {
    let elements = bytes.clamp(LEAST, MOST) / 4;
    let mut memory: Vec<f32> = (0..elements).map(|i| i as f32).collect();
    let arena = Arena(memory.as_mut_ptr());
    let rate = |arrays: usize, run: fn(&Parts, usize)| {
        let parts = Parts { arena: &arena, length: elements / arrays / 64 * 64, threads: team.threads() };
        let seconds = median(|| team.each(|thread| run(&parts, thread)));
        (parts.length * arrays * 4) as f64 / seconds
    };
    Ceiling {
        read: rate(1, read),
        copy: rate(2, |parts, t| copy(parts.output(t, 1), parts.input(t, 0))),
        triad: rate(3, |parts, t| triad(parts.output(t, 2), parts.input(t, 0), parts.input(t, 1))),
        streamed_copy: rate(2, |parts, t| copy_past(parts.output(t, 1), parts.input(t, 0))),
        streamed_triad: rate(3, |parts, t| {
            triad_past(parts.output(t, 2), parts.input(t, 0), parts.input(t, 1));
        }),
    }
}

fn median(mut run: impl FnMut()) -> f64 {
    run();
    let time = |_| {
        let start = Instant::now();
        run();
        start.elapsed().as_secs_f64()
    };
    let mut times: Vec<f64> = (0..RUNS).map(time).collect();
    times.sort_by(f64::total_cmp);
    times[RUNS / 2]
}

/// The memory of all arrays, which outlives the loops.
struct Arena(*mut f32);

// SAFETY: `Parts` gives each thread ranges of its own to write.
unsafe impl Sync for Arena {}

/// The arena as arrays of `length` elements, a part of each for every thread.
struct Parts<'a> {
    arena: &'a Arena,
    length: usize,
    threads: usize,
}

impl Parts<'_> {
    fn input(&self, thread: usize, array: usize) -> &[f32] {
        let (from, length) = self.range(thread, array);
        // SAFETY: the range lies in the arena. Loops write to the last array only, and this is
        // called for the others.
        unsafe { std::slice::from_raw_parts(self.arena.0.add(from), length) }
    }

    #[allow(clippy::mut_from_ref, reason = "each thread asks for its own range, once")]
    fn output(&self, thread: usize, array: usize) -> &mut [f32] {
        let (from, length) = self.range(thread, array);
        // SAFETY: the range lies in the arena, and ranges of different threads are apart.
        unsafe { std::slice::from_raw_parts_mut(self.arena.0.add(from), length) }
    }

    /// Whole cache lines, the first threads' parts being the longer ones.
    fn range(&self, thread: usize, array: usize) -> (usize, usize) {
        let part = (self.length / 64).div_ceil(self.threads) * 64;
        let from = (part * thread).min(self.length);
        let to = (part * (thread + 1)).min(self.length);
        (array * self.length + from, to - from)
    }
}

fn read(parts: &Parts, thread: usize) {
    black_box(crate::hand::reductions::sum(parts.input(thread, 0)));
}

versions! {
    /// One array to another; the sign is flipped so that it stays a loop.
    pub fn copy(out: &mut [f32], a: &[f32]) {
        for (out, a) in out.iter_mut().zip(a) {
            *out = -a;
        }
    }
}

versions! {
    /// STREAM's triad.
    pub fn triad(out: &mut [f32], a: &[f32], b: &[f32]) {
        for ((out, a), b) in out.iter_mut().zip(a).zip(b) {
            *out = a + 0.5 * b;
        }
    }
}

/// Stores of four floats past the caches, which every x86-64 has.
#[cfg(target_arch = "x86_64")]
fn stream(out: &mut [f32], value: impl Fn(usize) -> [f32; 4]) {
    use std::arch::x86_64::{_mm_loadu_ps, _mm_sfence, _mm_stream_ps};
    assert!(out.as_ptr().addr().is_multiple_of(16) && out.len().is_multiple_of(4));
    for i in (0..out.len()).step_by(4) {
        // SAFETY: the address is a multiple of 16 and the four elements are within `out`.
        unsafe { _mm_stream_ps(out.as_mut_ptr().add(i), _mm_loadu_ps(value(i).as_ptr())) };
    }
    // SAFETY: every x86-64 has it.
    unsafe { _mm_sfence() };
}

#[cfg(not(target_arch = "x86_64"))]
fn stream(out: &mut [f32], value: impl Fn(usize) -> [f32; 4]) {
    for i in (0..out.len()).step_by(4) {
        out[i..i + 4].copy_from_slice(&value(i));
    }
}

fn copy_past(out: &mut [f32], a: &[f32]) {
    let a = &a[..out.len()];
    stream(out, |i| [-a[i], -a[i + 1], -a[i + 2], -a[i + 3]]);
}

fn triad_past(out: &mut [f32], a: &[f32], b: &[f32]) {
    let (a, b) = (&a[..out.len()], &b[..out.len()]);
    stream(out, |i| std::array::from_fn(|j| a[i + j] + 0.5 * b[i + j]));
}
