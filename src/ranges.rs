//! Numbers at even distances and ratios, and grids of them: `arange`, `linspace`, `geomspace`, `meshgrid`, ….
//!
//! None of these holds memory until it is evaluated on its own: inside an expression `arange` is an index.

use crate::arguments::{self, IntoShape};
use crate::array::Array;
use crate::creation::full;
use crate::element::Number;
use crate::index::Slice;
use crate::join::concatenate;
use crate::lazy::{Builder, build};
use crate::ufunc::power;
use numfuse_ir::dtype::DType;
use numfuse_ir::error::Error as Mistake;
use numfuse_ir::graph::build as nodes;
use numfuse_ir::ops::Op;
use numfuse_ir::scalar::Scalar;
use numfuse_ir::shape::Shape;
use std::ops::Range;

/// What [`arange`] runs over: `10`, `2..10`, `(start, stop)` or `(start, stop, step)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progression {
    start: Number,
    stop: Number,
    step: Number,
}

impl<N: Into<Number>> From<N> for Progression {
    fn from(stop: N) -> Progression {
        Progression { start: Number::Int(0), stop: stop.into(), step: Number::Int(1) }
    }
}

impl<N: Into<Number>> From<Range<N>> for Progression {
    fn from(range: Range<N>) -> Progression {
        (range.start, range.end).into()
    }
}

impl<A: Into<Number>, B: Into<Number>> From<(A, B)> for Progression {
    fn from((start, stop): (A, B)) -> Progression {
        Progression { start: start.into(), stop: stop.into(), step: Number::Int(1) }
    }
}

impl<A: Into<Number>, B: Into<Number>, C: Into<Number>> From<(A, B, C)> for Progression {
    fn from((start, stop, step): (A, B, C)) -> Progression {
        Progression { start: start.into(), stop: stop.into(), step: step.into() }
    }
}

/// Numbers from a start to before a stop by a step: int64 if all three are integers, else float64.
///
/// ```
/// use numfuse::prelude::*;
///
/// assert_eq!(arange(4).to_vec::<i64>()?, [0, 1, 2, 3]);
/// assert_eq!(arange(2..5).to_vec::<i64>()?, [2, 3, 4]);
/// assert_eq!(arange((1.0, 0.0, -0.25)).to_vec::<f64>()?, [1.0, 0.75, 0.5, 0.25]);
/// # Ok::<(), numfuse::Error>(())
/// ```
#[track_caller]
pub fn arange(progression: impl Into<Progression>) -> Array {
    let Progression { start, stop, step } = progression.into();
    build("arange", [], |b| match (start, stop, step) {
        (Number::Complex(_), _, _) | (_, Number::Complex(_), _) | (_, _, Number::Complex(_)) => {
            Err(Mistake::Argument {
                sentence: "arange: a complex number is not before or behind another".to_string(),
            })
        }
        (Number::Float(_), _, _) | (_, Number::Float(_), _) | (_, _, Number::Float(_)) => {
            let (start, stop, step) = (start.to_f64(), stop.to_f64(), step.to_f64());
            let count = match (stop - start) / step {
                // The quotient vanished, by underflow or an infinite step: only the start is before the stop.
                quotient if quotient == 0.0 && stop != start => {
                    f64::from(u8::from(!quotient.is_sign_negative()))
                }
                quotient => quotient.ceil(),
            };
            let extent = counted(count, step == 0.0)?;
            // NumPy fills by the difference of the first two elements; of one, the step says nothing.
            let difference = if extent > 1 { (start + step) - start } else { 1.0 };
            progress(b, extent, Number::Float(start), Number::Float(difference), DType::F64)
        }
        _ => {
            let (start_at, stop_at, by) = (integer(start), integer(stop), integer(step));
            let distance = if by < 0 { start_at - stop_at } else { stop_at - start_at };
            let count = (distance.max(0) as u128).div_ceil(by.unsigned_abs().max(1));
            let extent = counted(count as f64, by == 0)?;
            progress(b, extent, start, step, DType::I64)
        }
    })
}

fn integer(number: Number) -> i128 {
    match number {
        Number::Bool(b) => i128::from(b),
        // Held far inside the range, so that differences do not overflow.
        Number::Int(n) => n.clamp(-(1 << 100), 1 << 100),
        Number::Float(x) => x as i128,
        Number::Complex(z) => z.re as i128,
    }
}

/// The extent that a progression has.
fn counted(count: f64, is_still: bool) -> Result<usize, Mistake> {
    if is_still {
        return Err(Mistake::Argument { sentence: "division by zero: the step of arange is 0".to_string() });
    }
    if count.is_nan() {
        return Err(Mistake::Argument { sentence: "arange: cannot compute length".to_string() });
    }
    if count.abs() >= isize::MAX as f64 {
        return Err(Mistake::Argument { sentence: "Maximum allowed size exceeded".to_string() });
    }
    Ok(count.max(0.0) as usize)
}

/// `start + step * i`, leaving out what changes nothing.
fn progress(
    b: &mut Builder,
    extent: usize,
    start: Number,
    step: Number,
    dtype: DType,
) -> Result<Array, Mistake> {
    let index = nodes::iota(b, Shape::new(&[extent])?, 0);
    let index = nodes::cast(b, &index, dtype);
    let (start, step) = (start.to_scalar(dtype)?, step.to_scalar(dtype)?);
    let scaled = match step == Scalar::one(dtype) {
        true => index,
        false => {
            let step = b.number(step);
            nodes::map(b, Op::Multiply, &[index, step])?
        }
    };
    // Adding a float 0 turns a -0 that a negative step leaves at the start into +0.
    if start == Scalar::zero(dtype) && (!dtype.is_float() || step.to_f64() > 0.0) {
        return Ok(scaled);
    }
    let start = b.number(start);
    nodes::map(b, Op::Add, &[start, scaled])
}

/// `count` float64 numbers from `start` to `stop`, both included, evenly spaced.
///
/// ```
/// use numfuse::prelude::*;
///
/// assert_eq!(linspace(0.0, 1.0, 5).to_vec::<f64>()?, [0.0, 0.25, 0.5, 0.75, 1.0]);
/// # Ok::<(), numfuse::Error>(())
/// ```
#[track_caller]
pub fn linspace(start: impl Into<Number>, stop: impl Into<Number>, count: usize) -> Array {
    let (start, stop) = (start.into(), stop.into());
    build("linspace", [], |b| {
        let end = |number: Number| number.to_scalar(DType::F64).map(Scalar::to_f64);
        let (start, stop) = (end(start)?, end(stop)?);
        let last = count.saturating_sub(1);
        let step = (stop - start) / last as f64;
        let line = |b: &mut Builder, step: f64| {
            progress(b, count, Number::Float(start), Number::Float(step), DType::F64)
        };
        if last == 0 {
            return line(b, stop - start);
        }
        if step == 0.0 {
            // The step vanished by underflow, or the ends are equal: scale before, as NumPy does.
            let share = progress(b, count, Number::Int(0), Number::Int(1), DType::F64)?;
            let (last, width) = (b.number(Scalar::f64(last as f64)), b.number(Scalar::f64(stop - start)));
            let share = nodes::map(b, Op::Divide, &[share, last])?;
            let offset = nodes::map(b, Op::Multiply, &[share, width])?;
            let start = b.number(Scalar::f64(start));
            return nodes::map(b, Op::Add, &[offset, start]);
        }
        let line = line(b, step)?;
        let index = nodes::iota(b, line.0.node.shape.clone(), 0);
        let last = b.number(Scalar::from_i128(DType::I64, last as i128));
        let at_last = nodes::map(b, Op::Equal, &[index, last])?;
        let stop = b.number(Scalar::f64(stop));
        nodes::map(b, Op::Where, &[at_last, stop, line])
    })
}

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

/// Coordinate arrays of the grid that vectors span. The first vector runs along the columns and the
/// second along the rows, as in NumPy; see [`meshgrid_ij`] for the order of the axes.
///
/// ```
/// use numfuse::prelude::*;
///
/// let grid = meshgrid(&[arange(3), arange(2)]);
/// assert_eq!(grid[0].to_vec::<i64>()?, [0, 1, 2, 0, 1, 2]);
/// assert_eq!(grid[1].to_vec::<i64>()?, [0, 0, 0, 1, 1, 1]);
/// # Ok::<(), numfuse::Error>(())
/// ```
#[track_caller]
pub fn meshgrid(vectors: &[Array]) -> Vec<Array> {
    grid(vectors, true)
}

/// Coordinate arrays of the grid that vectors span, each vector along the axis of its number:
/// NumPy's `indexing="ij"`.
#[track_caller]
pub fn meshgrid_ij(vectors: &[Array]) -> Vec<Array> {
    grid(vectors, false)
}

#[track_caller]
fn grid(vectors: &[Array], swapped: bool) -> Vec<Array> {
    let axis_of = |i: usize| if swapped && i < 2 && vectors.len() > 1 { 1 - i } else { i };
    let mut extents = vec![1; vectors.len()];
    for (i, vector) in vectors.iter().enumerate() {
        extents[axis_of(i)] = vector.0.node.shape.size();
    }
    let mut grid = Vec::with_capacity(vectors.len());
    for (i, vector) in vectors.iter().enumerate() {
        grid.push(build("meshgrid", vectors, |b| {
            let mut along = vec![1; extents.len()];
            along[axis_of(i)] = extents[axis_of(i)];
            let line = nodes::reshape_to(b, vector, Shape::new(&along)?);
            nodes::broadcast_to(b, &line, &extents)
        }));
    }
    grid
}

/// The places along each axis of an array of that shape, int64: one array an axis.
///
/// ```
/// let grid = numfuse::indices([2, 3]);
/// assert_eq!(grid[0].to_vec::<i64>()?, [0, 0, 0, 1, 1, 1]);
/// assert_eq!(grid[1].to_vec::<i64>()?, [0, 1, 2, 0, 1, 2]);
/// # Ok::<(), numfuse::Error>(())
/// ```
#[track_caller]
pub fn indices(shape: impl IntoShape) -> Vec<Array> {
    let mut grid = Vec::new();
    for axis in 0..shape.extents().len() {
        grid.push(build("indices", [], |b| Ok(nodes::iota(b, arguments::shape(&shape)?, axis))));
    }
    grid
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
