//! Writing by index: `put_along_axis`, `bincount`, and what [`At`](crate::At) does where arrays say the
//! places.
//!
//! The places are row-major positions, taken by the index from an array of all of them: so each is
//! looked at in the kernel that computes it, an index out of range is an error as anywhere else, and a
//! place never leaves the array. A mask needs no places: it chooses between old and new.

use crate::arguments::{Axes, Operand};
use crate::array::{Array, eval_all};
use crate::creation::{full, ones_like, zeros};
use crate::error::Error;
use crate::index::mixed::fits;
use crate::lazy::{Builder, Lazy, build, refuse};
use crate::ufunc::{apply, where_};
use crate::update::{Change, assigned, same_kind};
use numfuse_ir::dtype::DType;
use numfuse_ir::error::Error as Mistake;
use numfuse_ir::gather::Bounds;
use numfuse_ir::graph::build as nodes;
use numfuse_ir::ops::library::LibOp;
use numfuse_ir::shape::Shape;

/// The row-major position of each element, int64.
#[track_caller]
pub(crate) fn positions(x: &Array) -> Array {
    build("index", [x], |b| {
        let row = nodes::iota(b, Shape::new(&[x.0.node.shape.size()])?, 0);
        Ok(nodes::reshape_to(b, &row, x.0.node.shape.clone()))
    })
}

/// `x` with values, which broadcast to the places, set at these.
#[track_caller]
pub(crate) fn put_at(x: &Array, places: &Array, values: &Operand) -> Array {
    let operands = [x, places].into_iter().chain(values.array());
    build("set", operands, |b| {
        let values = assigned(b, values, x.0.node.dtype, &places.0.node.shape)?;
        Ok(nodes::scatter(b, LibOp::Put, x, places, &values))
    })
}

/// `x` with an op of the elements at these places and of values, which broadcast to the places.
#[track_caller]
pub(crate) fn change(by: Change, x: &Array, places: &Array, values: &Operand) -> Array {
    let dtype = x.0.node.dtype;
    // The op on no elements says whether it has these types, and what it would give.
    let nothing = x.ravel().i(..0);
    let sample = match values {
        Operand::Array(values) => values.ravel().i(..0).into(),
        Operand::Number(number) => Operand::Number(*number),
    };
    let sample = same_kind(by.op(), x, apply(by.op(), &[nothing.into(), sample]));
    let operands = [x, places, &sample].into_iter().chain(values.array());
    if let Some(failed) = operands.clone().find(|a| a.0.error.is_some()) {
        return failed.clone();
    }
    if dtype.is_complex() {
        return change_parts(by, x, places, values);
    }
    let (op, values) = match (by, dtype) {
        (Change::Add | Change::Maximum, DType::Bool) => (LibOp::MaximumAt, values.clone()),
        (Change::Multiply | Change::Minimum, DType::Bool) => (LibOp::MinimumAt, values.clone()),
        (Change::Add, _) => (LibOp::AddAt, values.clone()),
        (Change::Subtract, _) => (LibOp::AddAt, negated(values, dtype)),
        (Change::Multiply, _) => (LibOp::MultiplyAt, values.clone()),
        (Change::Minimum, _) => (LibOp::MinimumAt, values.clone()),
        (Change::Maximum, _) => (LibOp::MaximumAt, values.clone()),
        // By the product of all that a place is divided by.
        (Change::Divide, _) => return x / change(Change::Multiply, &ones_like(x), places, values),
    };
    build(op.name(), operands, |b| {
        let values = assigned(b, &values, dtype, &places.0.node.shape)?;
        Ok(nodes::scatter(b, op, x, places, &values))
    })
}

/// [`change`] of complex numbers, part by part.
#[track_caller]
fn change_parts(by: Change, x: &Array, places: &Array, values: &Operand) -> Array {
    let values = match values {
        Operand::Array(values) => values.cast(x.0.node.dtype),
        Operand::Number(number) => full((), *number, x.0.node.dtype),
    };
    match by {
        Change::Add | Change::Subtract => {
            let real = change(by, &x.real(), places, &values.real().into());
            real.complex(change(by, &x.imag(), places, &values.imag().into()))
        }
        Change::Multiply | Change::Divide | Change::Minimum | Change::Maximum => {
            let sentence = format!(
                "complex numbers are added and subtracted by index, but have no {} there: compute it before, and set it",
                by.op().name()
            );
            build(by.op().name(), [x, places], |_| Err(Mistake::Argument { sentence }))
        }
    }
}

/// What is added in order to subtract values from elements of that type.
#[track_caller]
fn negated(values: &Operand, dtype: DType) -> Operand {
    match values {
        Operand::Array(values) => values.cast(dtype).negative().into(),
        Operand::Number(number) => full((), *number, dtype).negative().into(),
    }
}

/// `x` with values set where a mask holds.
#[track_caller]
pub(crate) fn set_where(x: &Array, mask: &Array, values: &Operand) -> Array {
    let spread = match spread(x, mask, values) {
        Ok(spread) => spread,
        Err(failed) => return failed,
    };
    let values = build("set", std::iter::once(x).chain(spread.array()), |b| {
        assigned(b, &spread, x.0.node.dtype, &x.0.node.shape)
    });
    where_(over(x, mask), values, x)
}

/// `x` with an op of the elements where a mask holds, and of values.
#[track_caller]
pub(crate) fn change_where(by: Change, x: &Array, mask: &Array, values: &Operand) -> Array {
    match spread(x, mask, values) {
        Ok(spread) => {
            let new = same_kind(by.op(), x, apply(by.op(), &[x.into(), spread]));
            where_(over(x, mask), new.cast(x.0.node.dtype), x)
        }
        Err(failed) => failed,
    }
}

/// A mask over the first axes of `x`, over all of its axes.
#[track_caller]
fn over(x: &Array, mask: &Array) -> Array {
    build("set", [x, mask], |b| columns(b, x, mask))
}

fn columns(b: &mut Builder, x: &Array, mask: &Array) -> Result<Array, Mistake> {
    let (shape, extents) = (&x.0.node.shape, &mask.0.node.shape);
    let behind = std::iter::repeat_n(1, shape.len() - extents.len());
    let extents: Vec<usize> = extents.iter().copied().chain(behind).collect();
    let column = nodes::reshape_to(b, mask, Shape::new(&extents)?);
    Ok(nodes::expand(b, &column, shape))
}

/// Values for the places where a mask holds, as an operand that broadcasts to the array: as they are,
/// where all places get the same, or each at its place.
#[track_caller]
fn spread(x: &Array, mask: &Array, values: &Operand) -> Result<Operand, Array> {
    let fitting = build("set", [x, mask].into_iter().chain(values.array()), |b| {
        let (shape, extents) = (&x.0.node.shape, &mask.0.node.shape);
        if extents.len() > shape.len() {
            return Err(Mistake::TooManyIndices { dims: shape.len(), given: extents.len() });
        }
        // A mask without axes is for all elements or none.
        if !extents.is_empty() {
            fits(extents, shape, 0)?;
        }
        columns(b, x, mask)
    });
    if fitting.0.error.is_some() {
        return Err(fitting);
    }
    let behind = x.0.node.shape.len() - mask.0.node.shape.len();
    match values {
        Operand::Array(array) if array.0.node.shape.len() == behind + 1 => match array.0.node.shape[0] {
            1 => Ok(array.i(0).into()),
            _ => Ok(one_by_one(mask, array).into()),
        },
        Operand::Array(_) | Operand::Number(_) => Ok(values.clone()),
    }
}

/// The parts of `values`, one after another, at the places where a mask holds. If these are not as many, the
/// evaluation says so.
#[track_caller]
fn one_by_one(mask: &Array, values: &Array) -> Array {
    let extents = &values.0.node.shape;
    let given = extents[0];
    // What is taken from nothing is taken from one element, which nobody may take.
    let one: Vec<usize> = extents.iter().map(|&n| n.max(1)).collect();
    let values = if given == 0 { zeros(one, values.0.node.dtype) } else { values.clone() };
    let counted = mask.ravel().cast(DType::I64).cumsum(0) - 1;
    let rank = build("set", [&counted], |b| Ok(nodes::reshape_to(b, &counted, mask.0.node.shape.clone())));
    let held = mask.count_nonzero(..);
    // Out of range by how many places there are.
    let beyond = if given == 0 { -&held } else { &held + given };
    let indices = where_(held.equal(given), where_(mask, rank, 0), beyond);
    build("set", [&values, &indices], |b| {
        nodes::gather(b, &values, &[(0, indices.clone())], 0, Bounds::Counted)
    })
}

impl Array {
    /// The array with values set at integer places along an axis, other places for each place of the
    /// other axes: what [`take_along_axis`](Array::take_along_axis) takes. With `..`, of the elements in
    /// row-major order. Where a place comes twice, the last value stays.
    ///
    /// NumPy changes the array instead.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// let x = Array::from([[10, 30, 20], [60, 40, 50]]);
    /// let capped = x.put_along_axis(&x.argmax_keepdims(1), 99, 1);
    /// assert_eq!(capped.to_vec::<i32>()?, [10, 99, 20, 99, 40, 50]);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    #[track_caller]
    pub fn put_along_axis(&self, indices: &Array, values: impl Into<Operand>, axis: impl Axes) -> Array {
        put_at(self, &positions(self).take_along_axis(indices, axis), &values.into())
    }

    /// How often each number from 0 on comes in a vector of integers, int64: up to the greatest one, and
    /// at least for so many numbers. Computes the vector, to know the greatest.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// let counts = Array::from([1, 3, 1, 1]).bincount(0);
    /// assert_eq!(counts.to_vec::<i64>()?, [0, 3, 0, 1]);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    #[track_caller]
    pub fn bincount(&self, least_length: usize) -> Array {
        counted(self, None, least_length)
    }

    /// The sum of the weights at which each number from 0 on comes in a vector of integers, float64; see
    /// [`bincount`](Array::bincount).
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// let weights = Array::from([0.5, 1.0, 2.0]);
    /// let sums = Array::from([1, 0, 1]).bincount_weighted(&weights, 0);
    /// assert_eq!(sums.to_vec::<f64>()?, [1.0, 2.5]);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    #[track_caller]
    pub fn bincount_weighted(&self, weights: &Array, least_length: usize) -> Array {
        counted(self, Some(weights), least_length)
    }
}

/// See [`Array::bincount`].
#[track_caller]
fn counted(x: &Array, weights: Option<&Array>, least_length: usize) -> Array {
    let operands = std::iter::once(x).chain(weights);
    if let Some(failed) = operands.clone().find(|a| a.0.error.is_some()) {
        return failed.clone();
    }
    let depth = if x.0.node.shape.is_empty() { "of too small depth" } else { "too deep" };
    let wrong = match x.0.node.dtype {
        _ if x.0.node.shape.len() != 1 => {
            format!("object {depth} for desired array: what is counted is a vector")
        }
        dtype if dtype.is_inexact() => format!(
            "Cannot cast array data from dtype('{dtype}') to dtype('int64') according to the rule 'safe'"
        ),
        _ if weights.is_some_and(|weights| weights.0.node.shape != x.0.node.shape) => {
            "The weights and list don't have the same length.".to_string()
        }
        _ => String::new(),
    };
    if !wrong.is_empty() {
        return refuse("bincount", operands, &wrong);
    }
    if x.0.node.shape[0] == 0 {
        // Of nothing no weights are added up, in NumPy either.
        return zeros(least_length, DType::I64);
    }
    let negative = "'list' argument must have no negative elements";
    let x = x.cast(DType::I64);
    let length = match range(&x) {
        Ok((least, _)) if least < 0 => return refuse("bincount", operands, negative),
        Ok((_, greatest)) => least_length.max(greatest as usize + 1),
        Err(error) => return Lazy::failed(error),
    };
    let (zero, values): (Array, Operand) = match weights {
        None => (zeros(length, DType::I64), 1.into()),
        Some(weights) => (zeros(length, DType::F64), weights.cast(DType::F64).into()),
    };
    change(Change::Add, &zero, &x, &values)
}

/// The least and the greatest of some integers; of none of them 0 and -1.
#[track_caller]
fn range(x: &Array) -> Result<(i64, i64), Error> {
    if x.0.node.shape.size() == 0 {
        return Ok((0, -1));
    }
    let ends = [x.min(..), x.max(..)];
    eval_all(&ends)?;
    Ok((ends[0].item()?, ends[1].item()?))
}

/// See [`Array::put_along_axis`].
#[track_caller]
pub fn put_along_axis(x: &Array, indices: &Array, values: impl Into<Operand>, axis: impl Axes) -> Array {
    x.put_along_axis(indices, values, axis)
}

/// See [`Array::bincount`].
#[track_caller]
pub fn bincount(x: &Array, least_length: usize) -> Array {
    x.bincount(least_length)
}
