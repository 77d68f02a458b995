//! Threads for loops by hand and for the ceilings: pinned, one for each core, and sharing work as
//! numfuse's do, in ranges that idle threads steal.

use super::machine;
use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

/// Pinned threads.
pub struct Team {
    pool: Option<ThreadPool>,
    threads: usize,
}

impl Team {
    /// A team of `threads`. One thread is the caller's own.
    pub fn new(threads: usize) -> Team {
        let pool = (threads > 1).then(|| pinned(threads).build().expect("the system has threads to give"));
        Team { pool, threads }
    }

    /// How many threads.
    pub fn threads(&self) -> usize {
        self.threads
    }

    /// Runs `task` on a thread of the team, so that what it shares out starts at once.
    pub fn enter<R: Send>(&self, task: impl FnOnce() -> R + Send) -> R {
        match &self.pool {
            Some(pool) if pool.current_thread_index().is_none() => pool.install(task),
            _ => task(),
        }
    }

    /// Calls `fill` with parts of `grain` elements of all outputs and where they begin. Where there is
    /// only one part, it stays with the caller.
    pub fn fill<T: Send, const K: usize>(
        &self,
        outputs: [&mut [T]; K],
        grain: usize,
        fill: impl Fn(usize, [&mut [T]; K]) + Sync,
    ) {
        let length = outputs[0].len();
        if self.pool.is_none() || length <= grain {
            return fill(0, outputs);
        }
        self.enter(|| halves(outputs, 0, grain, &fill));
    }

    /// What `of` makes of each part of `grain` places out of `length`, in order.
    pub fn map<R: Send + Default + Clone>(
        &self,
        length: usize,
        grain: usize,
        of: impl Fn(std::ops::Range<usize>) -> R + Sync,
    ) -> Vec<R> {
        let mut results = vec![R::default(); length.div_ceil(grain)];
        self.fill([&mut results], 1, |part, [result]| {
            for (i, result) in result.iter_mut().enumerate() {
                let from = (part + i) * grain;
                *result = of(from..(from + grain).min(length));
            }
        });
        results
    }

    /// Calls `part` once on each thread, with its number, and waits for all.
    pub fn each(&self, part: impl Fn(usize) + Sync) {
        match &self.pool {
            Some(pool) => drop(pool.broadcast(|context| part(context.index()))),
            None => part(0),
        }
    }
}

/// Gives the pool of everyone else, which `par_azip!` uses, as many pinned threads.
pub fn pin_global(threads: usize) {
    pinned(threads).build_global().expect("nobody has used the pool before");
    (0..threads).into_par_iter().for_each(|_| {});
}

fn pinned(threads: usize) -> ThreadPoolBuilder {
    let cores = machine::cores();
    ThreadPoolBuilder::new().num_threads(threads).start_handler(move |i| machine::pin(cores[i % cores.len()]))
}

/// Splits all outputs at the same multiple of `grain` until one part is left.
fn halves<T: Send, const K: usize>(
    outputs: [&mut [T]; K],
    from: usize,
    grain: usize,
    fill: &(impl Fn(usize, [&mut [T]; K]) + Sync),
) {
    let parts = outputs[0].len().div_ceil(grain);
    if parts <= 1 {
        return fill(from, outputs);
    }
    let middle = parts / 2 * grain;
    let mut later = Vec::with_capacity(K);
    let first = outputs.map(|output| {
        let (first, second) = output.split_at_mut(middle);
        later.push(second);
        first
    });
    let second: [&mut [T]; K] = later.try_into().ok().expect("each output was split once");
    rayon::join(|| halves(first, from, grain, fill), || halves(second, from + middle, grain, fill));
}
