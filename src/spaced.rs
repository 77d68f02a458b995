//! Numbers at even ratios, and arrays made by a function of their places.

use crate::arguments::IntoShape;
use crate::array::Array;
use crate::creation::{full, linspace};
use crate::element::Number;
use crate::grids::indices;
use crate::index::Slice;
use crate::lazy::build;
use crate::stack::concatenate;
use crate::ufunc::power;
use numfuse_ir::dtype::DType;
use numfuse_ir::error::Error as Mistake;

/// `count` powers of a base, whose exponents run evenly from `start` to `stop`, float64.
///
/// ```
/// let x = numfuse::logspace(0, 3, 4, 10);
/// assert_eq!(x.to_vec::<f64>()?, [1.0, 10.0, 100.0, 1000.0]);
/// # Ok::<(), numfuse::Error>(())
/// ```
#[track_caller]
pub fn logspace(
    start: impl Into<Number>,
    stop: impl Into<Number>,
    count: usize,
    base: impl Into<Number>,
) -> Array {
    power(base.into().to_f64(), linspace(start, stop, count))
}

/// `count` float64 numbers from `start` to `stop`, both included and of one sign, each the one before
/// times the same.
///
/// ```
/// let x = numfuse::geomspace(1, 8, 4);
/// assert!((x.to_vec::<f64>()?[1] - 2.0).abs() < 1e-15);
/// # Ok::<(), numfuse::Error>(())
/// ```
#[track_caller]
pub fn geomspace(start: impl Into<Number>, stop: impl Into<Number>, count: usize) -> Array {
    let (start, stop) = (start.into().to_f64(), stop.into().to_f64());
    if start == 0.0 || stop == 0.0 {
        let sentence = "Geometric sequence cannot include zero".to_string();
        return build("geomspace", [], |_| Err(Mistake::Argument { sentence }));
    }
    let sign = start.signum();
    let (first, last) = (start * sign, stop * sign);
    let powers = logspace(first.log10(), last.log10(), count, 10);
    // The ends are exact.
    let exact = |value: f64| full(1, value, DType::F64);
    sign * match count {
        0 => powers,
        1 => exact(first),
        _ => concatenate([exact(first), powers.along("geomspace", 0, Slice::new(1, -1, 1)), exact(last)], 0),
    }
}

/// What a function makes of the places along each axis of that shape, which are given as int64 arrays.
///
/// ```
/// let table = numfuse::fromfunction([2, 3], |places| &places[0] * 10 + &places[1]);
/// assert_eq!(table.to_vec::<i64>()?, [0, 1, 2, 10, 11, 12]);
/// # Ok::<(), numfuse::Error>(())
/// ```
#[track_caller]
pub fn fromfunction(shape: impl IntoShape, function: impl FnOnce(&[Array]) -> Array) -> Array {
    function(&indices(shape))
}
