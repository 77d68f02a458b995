//! Windows that taper signals: `bartlett`, `blackman`, `hamming`, `hanning`, `kaiser`.
//!
//! As NumPy's of the same names they are float64 and symmetric, and each is a function of its places, so that it
//! fuses with the signal.

use crate::array::Array;
use crate::creation::ones;
use crate::ranges::arange;
use crate::ufunc::{i0, where_};
use numfuse_ir::dtype::DType;
use std::f64::consts::PI;

/// More elements than any array may have.
const MOST_POINTS: usize = 1 << 60;

/// A window of `count` points from what `shape` makes of the odd or even numbers around 0 and of the last place.
fn tapered(count: usize, shape: impl FnOnce(Array, f64) -> Array) -> Array {
    match count {
        0 | 1 => ones(count, DType::F64),
        // So many points are an error, which an array of that shape has.
        _ if count > MOST_POINTS => ones(count, DType::F64),
        _ => {
            let last = count as f64 - 1.0;
            let places = arange((1 - count as i64, count as i64, 2));
            shape(places.cast(DType::F64), last)
        }
    }
}

/// The triangle from 0 over 1 to 0.
#[track_caller]
pub fn bartlett(count: usize) -> Array {
    tapered(count, |n, last| where_(n.less_equal(0), 1.0 + &n / last, 1.0 - &n / last))
}

/// `0.42 + 0.5 cos(…) + 0.08 cos(2 …)`.
#[track_caller]
pub fn blackman(count: usize) -> Array {
    tapered(count, |n, last| 0.42 + (&n * PI / last).cos() * 0.5 + (&n * (2.0 * PI) / last).cos() * 0.08)
}

/// `0.54 + 0.46 cos(…)`.
#[track_caller]
pub fn hamming(count: usize) -> Array {
    tapered(count, |n, last| 0.54 + (n * PI / last).cos() * 0.46)
}

/// `0.5 + 0.5 cos(…)`.
#[track_caller]
pub fn hanning(count: usize) -> Array {
    tapered(count, |n, last| 0.5 + (n * PI / last).cos() * 0.5)
}

/// The window of J. F. Kaiser: `i0(beta sqrt(1 - x²)) / i0(beta)` for x from -1 to 1.
///
/// ```
/// let window = numfuse::kaiser(3, 14.0);
/// assert_eq!(window.to_vec::<f64>()?[1], 1.0);
/// # Ok::<(), numfuse::Error>(())
/// ```
#[track_caller]
pub fn kaiser(count: usize, beta: f64) -> Array {
    tapered(count, |_, last| {
        let middle = last / 2.0;
        let x = (arange(count as i64).cast(DType::F64) - middle) / middle;
        ((1.0 - x.square()).sqrt() * beta).i0() / i0(beta)
    })
}
