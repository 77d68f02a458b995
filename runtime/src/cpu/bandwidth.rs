//! How fast this machine's memory is: the ceiling that `explain()` holds kernels against.
//!
//! Measured once, when somebody asks, in a few hundredths of a second: all workers write a block of
//! the pool that no cache should hold, and read it. A kernel that must read and write so many bytes
//! cannot take less than both together ([`Bandwidth::seconds`]), unless a cache holds them.
//!
//! No evaluation asks for it.

use super::cache_bytes;
use super::workers::Workers;
use crate::pool::{Block, Pool};
use std::mem::MaybeUninit;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

/// Bytes to and from memory in a second, with all workers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bandwidth {
    /// Bytes read.
    pub read: f64,
    /// Bytes written.
    pub write: f64,
}

impl Bandwidth {
    /// That of this machine, measured at the first call; `None` if there is no memory to measure
    /// it with.
    pub fn measured() -> Option<Bandwidth> {
        static MEASURED: OnceLock<Option<Bandwidth>> = OnceLock::new();
        // Twice what the caches hold, within what takes a few hundredths of a second.
        let bytes = (2 * cache_bytes()).clamp(LEAST, MOST);
        *MEASURED.get_or_init(|| Bandwidth::measure(bytes, Workers::global()))
    }

    /// How long so many bytes take, at least.
    pub fn seconds(self, read: u64, written: u64) -> f64 {
        read as f64 / self.read + written as f64 / self.write
    }

    /// With a pool of its own: no statistics tell of the measurement, and nothing is kept.
    fn measure(bytes: usize, workers: &Workers) -> Option<Bandwidth> {
        let block = Pool::new(2 * bytes).allocate(bytes).ok()?;
        let memory = Memory { block, words: bytes / 8 };
        let begin = Instant::now();
        // The pages come with the first touch, which is not timed.
        memory.write(1, workers);
        let (mut reading, mut writing) = (f64::INFINITY, f64::INFINITY);
        // The best of as many as there is time for: others may use the machine too.
        while reading.is_infinite() || begin.elapsed() < ENOUGH {
            let start = Instant::now();
            assert_eq!(memory.read(workers), memory.words as u64, "what is read was written");
            reading = reading.min(start.elapsed().as_secs_f64().max(1e-9));
            let start = Instant::now();
            memory.write(1, workers);
            writing = writing.min(start.elapsed().as_secs_f64().max(1e-9));
        }
        Some(Bandwidth { read: bytes as f64 / reading, write: bytes as f64 / writing })
    }
}

/// The least and the most that is written and read.
const LEAST: usize = 32 << 20;
const MOST: usize = 64 << 20;

/// When no further round begins: an ordinary one takes a hundredth of a second.
const ENOUGH: Duration = Duration::from_millis(30);

/// Words that a worker takes at a time.
const CHUNK: u64 = 1 << 16;

/// A block as words.
struct Memory {
    block: Block,
    words: usize,
}

impl Memory {
    fn write(&self, value: u64, workers: &Workers) {
        let body = |from: u64, to: u64| {
            let start = self.block.as_ptr().cast::<MaybeUninit<u64>>();
            // SAFETY: `from..to` lies in the words of the block, which is aligned for them; ranges
            // do not overlap, and nobody reads before all are written.
            let words =
                unsafe { std::slice::from_raw_parts_mut(start.add(from as usize), (to - from) as usize) };
            words.fill(MaybeUninit::new(value));
        };
        workers.for_each_range(self.words as u64, CHUNK, &body, None).expect("filling words does not panic");
    }

    /// The sum of all words, which have been written.
    fn read(&self, workers: &Workers) -> u64 {
        let sum = AtomicU64::new(0);
        let body = |from: u64, to: u64| {
            let start = self.block.as_ptr().cast_const().cast::<u64>();
            // SAFETY: as in `write`, which has filled all words; nobody writes now.
            let words = unsafe { std::slice::from_raw_parts(start.add(from as usize), (to - from) as usize) };
            sum.fetch_add(words.iter().fold(0, |sum: u64, &word| sum.wrapping_add(word)), Relaxed);
        };
        workers.for_each_range(self.words as u64, CHUNK, &body, None).expect("adding words does not panic");
        sum.into_inner()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_measured_once_and_soon() {
        let start = Instant::now();
        let measured = Bandwidth::measured().expect("there is some memory");
        let first = start.elapsed();
        println!("{measured:?} in {first:?}");
        assert!(measured.read > 1e8 && measured.write > 1e8, "{measured:?}");
        assert!(first.as_secs() < 2, "{first:?}");
        assert_eq!(Bandwidth::measured(), Some(measured));
    }

    #[test]
    fn reading_and_writing_add_up() {
        let bandwidth = Bandwidth { read: 20e9, write: 10e9 };
        assert_eq!(bandwidth.seconds(20_000_000_000, 10_000_000_000), 2.0);
        assert_eq!(bandwidth.seconds(0, 0), 0.0);
    }

    #[test]
    fn any_size_is_measured() {
        let workers = Workers::new(3);
        for bytes in [8, 8 * CHUNK as usize, (8 * CHUNK as usize) * 2 + 8] {
            assert!(Bandwidth::measure(bytes, &workers).is_some());
        }
    }
}
