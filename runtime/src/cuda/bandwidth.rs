//! What the memory of a GPU gives: a copy from one part of it to another.

use super::Gpu;
use crate::fork;
use std::time::Instant;

/// Bytes of the copy that is timed, where there is so much memory: far more than caches hold.
const BYTES: usize = 1 << 30;

/// How many copies are timed, of which the median counts.
const COPIES: usize = 7;

impl Gpu {
    /// What [`bandwidth`](Gpu::bandwidth) said once, measured at the first call; `None` where it cannot be.
    pub fn usual_bandwidth(&'static self) -> Option<f64> {
        *fork::once(&self.usual, || self.bandwidth().ok())
    }

    /// Bytes a second that a copy within the memory reads and writes, together. Takes a hundredth of a second.
    ///
    /// # Errors
    /// There is no memory for it, or the GPU is lost.
    pub fn bandwidth(&'static self) -> Result<f64, crate::Error> {
        let bytes = BYTES.min(self.properties().memory / 16);
        let (from, mut to) = (self.allocate(bytes)?, self.allocate(bytes)?);
        let mut copy = || {
            // SAFETY: both blocks have so many bytes, and are freed on the stream, after the copy.
            unsafe { to.copy_from(0, from.address(), bytes) }
        };
        copy()?;
        self.synchronize()?;
        let mut rates = Vec::with_capacity(COPIES);
        for _ in 0..COPIES {
            let start = Instant::now();
            copy()?;
            self.synchronize()?;
            rates.push(2.0 * bytes as f64 / start.elapsed().as_secs_f64());
        }
        rates.sort_by(f64::total_cmp);
        Ok(rates[COPIES / 2])
    }
}
