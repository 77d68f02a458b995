//! Folds over whole arrays: blocks that are added up in lanes, and their results in float64.

use super::real::Real;
use super::versions;

/// Elements that are added up in the type of the array before float64 takes over: a page.
const BLOCK: usize = 4096;

/// Partial sums of a block.
const LANES: usize = 64;

/// The sum of `of(x)` over a block.
#[inline(always)]
fn block<T: Real>(x: &[T], of: impl Fn(T) -> T) -> f64 {
    let mut lanes = [T::default(); LANES];
    let mut whole = x.chunks_exact(LANES);
    for x in &mut whole {
        for i in 0..LANES {
            lanes[i] += of(x[i]);
        }
    }
    for (lane, &x) in lanes.iter_mut().zip(whole.remainder()) {
        *lane += of(x);
    }
    let mut total = 0.0;
    for lane in lanes {
        total += Into::<f64>::into(lane);
    }
    total
}

versions! {
    /// The sum.
    pub fn sum<T: Real>(x: &[T]) -> f64 {
        let mut total = 0.0;
        for x in x.chunks(BLOCK) {
            total += block(x, |x| x);
        }
        total
    }
}

versions! {
    /// The sum of the elements above `limit`.
    pub fn sum_above(x: &[f32], limit: f32) -> f64 {
        let mut total = 0.0;
        for x in x.chunks(BLOCK) {
            total += block(x, |x| if x > limit { x } else { 0.0 });
        }
        total
    }
}

/// Count, mean, and the sum of squared deviations from it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Moments {
    /// How many.
    pub count: f64,
    /// Their mean.
    pub mean: f64,
    /// `Σ (x - mean)²`.
    pub squares: f64,
}

impl Moments {
    /// Of two sets together (T. Chan, G. Golub and R. LeVeque, 1979).
    #[inline(always)]
    pub fn with(self, other: Moments) -> Moments {
        let count = self.count + other.count;
        if count == 0.0 {
            return self;
        }
        let apart = other.mean - self.mean;
        Moments {
            count,
            mean: self.mean + apart * other.count / count,
            squares: self.squares + other.squares + apart * apart * self.count * other.count / count,
        }
    }
}

versions! {
    /// The moments: each block is read twice, the second time from the nearest cache.
    pub fn moments<T: Real>(x: &[T]) -> Moments {
        let mut all = Moments::default();
        for x in x.chunks(BLOCK) {
            let count = x.len() as f64;
            let mean = block(x, |x| x) / count;
            let near = T::of(mean);
            let squares = block(x, |x| (x - near) * (x - near));
            let off: f64 = mean - Into::<f64>::into(near);
            all = all.with(Moments { count, mean, squares: squares - count * off * off });
        }
        all
    }
}

versions! {
    /// Adds the rows of `x` to `totals`, one for each column.
    pub fn sum_rows(totals: &mut [f64], x: &[f32]) {
        let columns = totals.len();
        let mut part = vec![0f32; columns];
        for x in x.chunks(128 * columns) {
            part.fill(0.0);
            let mut fours = x.chunks_exact(4 * columns);
            for x in &mut fours {
                let (a, x) = x.split_at(columns);
                let (b, x) = x.split_at(columns);
                let (c, d) = x.split_at(columns);
                for i in 0..columns {
                    part[i] += (a[i] + b[i]) + (c[i] + d[i]);
                }
            }
            for x in fours.remainder().chunks_exact(columns) {
                for i in 0..columns {
                    part[i] += x[i];
                }
            }
            for i in 0..columns {
                totals[i] += f64::from(part[i]);
            }
        }
    }
}

versions! {
    /// The sum of each row of `columns`.
    pub fn sum_columns(out: &mut [f32], x: &[f32], columns: usize) {
        const NARROW: usize = 16;
        for (out, x) in out.iter_mut().zip(x.chunks_exact(columns)) {
            let mut lanes = [0f32; NARROW];
            let mut whole = x.chunks_exact(NARROW);
            for x in &mut whole {
                for i in 0..NARROW {
                    lanes[i] += x[i];
                }
            }
            let mut half = NARROW / 2;
            while half > 0 {
                for i in 0..half {
                    lanes[i] += lanes[i + half];
                }
                half /= 2;
            }
            *out = lanes[0] + whole.remainder().iter().sum::<f32>();
        }
    }
}
