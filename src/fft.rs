//! What surrounds Fourier transforms: the frequencies of their results, and the orders of these.

use crate::arguments::{self, Axes};
use crate::array::Array;
use crate::lazy::build;
use crate::ranges::arange;
use numfuse_ir::dtype::DType;
use numfuse_ir::error::Error as Mistake;

/// The frequencies of a transform of `count` points that lie `step` apart: 0, the positive ones, the
/// negative ones.
///
/// ```
/// assert_eq!(numfuse::fft::fftfreq(4, 0.5).to_vec::<f64>()?, [0.0, 0.5, -1.0, -0.5]);
/// # Ok::<(), numfuse::Error>(())
/// ```
#[track_caller]
pub fn fftfreq(count: usize, step: f64) -> Array {
    let half = (count as i64 + 1) / 2;
    let order = arange(count as i64);
    let order = crate::ufunc::where_(order.less(half), &order, &order - count as i64);
    scaled(order, count, step)
}

/// The frequencies of a transform of `count` real points that lie `step` apart: 0 and the positive ones.
#[track_caller]
pub fn rfftfreq(count: usize, step: f64) -> Array {
    scaled(arange(count as i64 / 2 + 1), count, step)
}

#[track_caller]
fn scaled(order: Array, count: usize, step: f64) -> Array {
    if count == 0 {
        let sentence = "n should be a positive integer".to_string();
        return build("fftfreq", [], |_| Err(Mistake::Argument { sentence }));
    }
    order.cast(DType::F64) * (1.0 / (count as f64 * step))
}

/// The frequency 0 in the middle of each of these axes.
///
/// ```
/// let shifted = numfuse::fft::fftshift(&numfuse::fft::fftfreq(4, 1.0), ..);
/// assert_eq!(shifted.to_vec::<f64>()?, [-0.5, -0.25, 0.0, 0.25]);
/// # Ok::<(), numfuse::Error>(())
/// ```
#[track_caller]
pub fn fftshift(x: &Array, axes: impl Axes) -> Array {
    rolled("fftshift", x, &axes, |extent| (extent / 2) as isize)
}

/// What [`fftshift`] has moved, back in its place.
#[track_caller]
pub fn ifftshift(x: &Array, axes: impl Axes) -> Array {
    rolled("ifftshift", x, &axes, |extent| -((extent / 2) as isize))
}

#[track_caller]
fn rolled(op: &'static str, x: &Array, axes: &impl Axes, shift: impl Fn(usize) -> isize) -> Array {
    match arguments::axes(axes, x.0.node.shape.len()) {
        Ok(axes) if axes.is_empty() => x.clone(),
        Ok(axes) => {
            let shifts: Vec<isize> = axes.iter().map(|&axis| shift(x.0.node.shape[axis])).collect();
            x.roll(shifts, axes.to_vec())
        }
        Err(mistake) => build(op, [x], |_| Err(mistake)),
    }
}
