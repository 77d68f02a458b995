//! Measuring: medians side by side, and the machine's own ceilings right beside them.
//!
//! On a shared machine memory speed drifts by a factor of two within minutes, so each workload runs
//! all its contenders in turn, several rounds, with the ceilings measured before and after.

use std::hint::black_box;
use std::time::Instant;

/// Elements of the arrays that the ceilings are measured on: 64 MiB each of float32.
const CEILING_ELEMENTS: usize = 1 << 24;

/// A way to compute a workload, by name.
pub struct Contender<'a> {
    /// What it is.
    pub name: &'a str,
    /// Computes the result once, into memory of its own.
    pub run: Box<dyn FnMut() + 'a>,
}

/// A contender.
pub fn contender<'a>(name: &'a str, run: impl FnMut() + 'a) -> Contender<'a> {
    Contender { name, run: Box::new(run) }
}

/// What the memory of this machine gives, in bytes a second, all threads.
#[derive(Clone, Copy)]
pub struct Ceiling {
    /// One array read.
    pub read: f64,
    /// Two read, one written.
    pub triad: f64,
}

/// Measures the ceilings with plain loops over memory from the library's own pool (huge pages).
pub fn ceiling() -> Ceiling {
    let pool = numfuse_runtime::pool::Pool::global();
    let bytes = CEILING_ELEMENTS * 4;
    let blocks: Vec<_> = (0..3).map(|_| pool.allocate(bytes).expect("three arrays fit in memory")).collect();
    let slice = |i: usize| {
        // SAFETY: each block is bytes long, aligned, and this function's alone while it runs.
        unsafe { std::slice::from_raw_parts_mut(blocks[i].as_ptr().cast::<f32>(), CEILING_ELEMENTS) }
    };
    let (a, b, c) = (slice(0), slice(1), slice(2));
    a.fill(1.0);
    b.fill(2.0);
    c.fill(0.0);
    let triad = best(9, || triad(a, b, c));
    let read = best(9, || read(a));
    Ceiling { read: bytes as f64 / read, triad: 3.0 * bytes as f64 / triad }
}

fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, |n| n.get())
}

fn triad(a: &[f32], b: &[f32], c: &mut [f32]) {
    let part = a.len().div_ceil(threads());
    std::thread::scope(|scope| {
        for ((a, b), c) in a.chunks(part).zip(b.chunks(part)).zip(c.chunks_mut(part)) {
            scope.spawn(move || {
                for ((c, a), b) in c.iter_mut().zip(a).zip(b) {
                    *c = a + 0.5 * b;
                }
            });
        }
    });
    black_box(c);
}

fn read(a: &[f32]) {
    let part = a.len().div_ceil(threads());
    std::thread::scope(|scope| {
        for a in a.chunks(part) {
            scope.spawn(move || {
                let mut lanes = [0f32; 64];
                for chunk in a.chunks_exact(64) {
                    lanes.iter_mut().zip(chunk).for_each(|(l, x)| *l += x);
                }
                black_box(lanes);
            });
        }
    });
}

fn best(times: usize, mut run: impl FnMut()) -> f64 {
    (0..times).map(|_| seconds(&mut run)).fold(f64::INFINITY, f64::min)
}

fn seconds(run: &mut impl FnMut()) -> f64 {
    let start = Instant::now();
    run();
    start.elapsed().as_secs_f64()
}

/// Runs all contenders in turn, `rounds` times, and prints the median of each, how it compares with
/// the first, and its share of the ceiling. `bytes` are those that must move: each input read once,
/// each output written once. Short runs are repeated until they take a millisecond.
pub fn compare(
    title: &str,
    bytes: usize,
    ceiling_of: fn(&Ceiling) -> f64,
    contenders: &mut [Contender],
    rounds: usize,
) {
    let before = ceiling();
    let mut times: Vec<Vec<f64>> = vec![Vec::new(); contenders.len()];
    let repeats: Vec<usize> = contenders.iter_mut().map(|c| repeats(&mut c.run)).collect();
    for _ in 0..rounds {
        for ((c, times), &n) in contenders.iter_mut().zip(&mut times).zip(&repeats) {
            let total = seconds(&mut || (0..n).for_each(|_| (c.run)()));
            times.push(total / n as f64);
        }
    }
    let after = ceiling();
    let limit = ceiling_of(&before).max(ceiling_of(&after));
    println!(
        "\n{title}  (ceiling {:.1} GB/s before, {:.1} after)",
        ceiling_of(&before) / 1e9,
        ceiling_of(&after) / 1e9
    );
    println!("  {:<34} {:>9} {:>10} {:>9}", "", "times", "of ceiling", "spread");
    let first = median(&mut times[0].clone());
    for (c, times) in contenders.iter().zip(&mut times) {
        let middle = median(times);
        let spread = (times[times.len() - 1] - times[0]) / middle;
        let share = bytes as f64 / middle / limit;
        println!("  {:<34} {:>8.2}x {:>9.2}  {:>8.0}%", c.name, middle / first, share, spread * 100.0);
    }
}

fn repeats(run: &mut dyn FnMut()) -> usize {
    run();
    let start = Instant::now();
    run();
    (1e-3 / start.elapsed().as_secs_f64().max(1e-7)).ceil() as usize
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
