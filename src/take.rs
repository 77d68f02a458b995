//! Elements by index: `take`, `take_along_axis`, and choosing among arrays with `choose` and `select`.
//!
//! Indices are integers that the kernel computes or reads like any other operand, and looks at before
//! it loads: below 0 they count from the back, and an index out of range is an error of the
//! evaluation that names this line, unless a [`Mode`] says what it means. An element that nobody asks
//! for is not computed, and its index not looked at. What the elements are taken from is read at
//! those places; where it is cheap to compute it is computed there, too.
//!
//! Ranges and index arrays side by side are [`Array::i`]'s.

use crate::arguments::{Axes, Operand};
use crate::array::Array;
use crate::element::Number;
use crate::lazy::{Builder, build};
use crate::ufunc::where_;
use numfuse_ir::dtype::DType;
use numfuse_ir::error::Error as Mistake;
use numfuse_ir::gather::{Bounds, Source};
use numfuse_ir::graph::build as nodes;
use numfuse_ir::ops::Op;
use numfuse_ir::scalar::Scalar;
use numfuse_ir::shape::{self, Shape};
use smallvec::SmallVec;
use std::borrow::Borrow;

/// What an index out of range means, as NumPy's `mode`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// An error.
    #[default]
    Raise,
    /// The nearest element; below 0 that is the first.
    Clip,
    /// The element after going round, in either direction.
    Wrap,
}

impl Mode {
    /// The same, with this for [`Mode::Raise`].
    fn or(self, raise: Bounds) -> Bounds {
        match self {
            Mode::Raise => raise,
            Mode::Clip => Bounds::Clip,
            Mode::Wrap => Bounds::Wrap,
        }
    }
}

/// Elements by index.
impl Array {
    /// The elements at integer places along an axis, or with `..` at places in row-major order. The
    /// axes of the indices stand where the axis was; a plain number drops it.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// let x = Array::from([10, 20, 30]);
    /// assert_eq!(x.take(&Array::from([2, 0, -1]), 0).to_vec::<i32>()?, [30, 10, 30]);
    /// assert_eq!(arange(6).reshape([2, 3]).take(1, -1).to_vec::<i64>()?, [1, 4]);
    ///
    /// let error = x.take(&Array::from([0, 3]), 0).eval().unwrap_err();
    /// assert!(error.to_string().starts_with("index 3 is out of bounds for axis 0 with size 3"));
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    #[track_caller]
    pub fn take(&self, indices: impl Into<Operand>, axis: impl Axes) -> Array {
        self.take_mode(indices, axis, Mode::Raise)
    }

    /// [`take`](Array::take) with a meaning for indices out of range.
    ///
    /// ```
    /// use numfuse::{Mode, prelude::*};
    ///
    /// let (x, places) = (arange(5), Array::from([-7, 7]));
    /// assert_eq!(x.take_mode(&places, 0, Mode::Clip).to_vec::<i64>()?, [0, 4]);
    /// assert_eq!(x.take_mode(&places, 0, Mode::Wrap).to_vec::<i64>()?, [3, 2]);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    #[track_caller]
    pub fn take_mode(&self, indices: impl Into<Operand>, axis: impl Axes, mode: Mode) -> Array {
        let indices = indices.into();
        build("take", std::iter::once(self).chain(indices.array()), |b| {
            let (x, axis) = along(b, self, &axis)?;
            let bounds = mode.or(Bounds::Raise);
            match &indices {
                Operand::Array(indices) => nodes::gather(b, &x, &[(axis, indices.clone())], axis, bounds),
                Operand::Number(Number::Int(place)) => {
                    let place = (*place).clamp(i64::MIN.into(), i64::MAX.into()) as i64;
                    at_place(b, &x, place, axis, bounds)
                }
                Operand::Number(Number::Bool(place)) => at_place(b, &x, i64::from(*place), axis, bounds),
                Operand::Number(Number::Float(_) | Number::Complex(_)) => {
                    Err(Mistake::Argument { sentence: nodes::NO_INTEGERS.to_string() })
                }
            }
        })
    }

    /// The elements at integer places along an axis, other places for each place of the other axes:
    /// what `argmax` and its like find. With `..`, of the elements in row-major order.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// let x = Array::from([[1, 9, 4], [8, 2, 3]]);
    /// let most = x.take_along_axis(&x.argmax_keepdims(1), 1);
    /// assert_eq!(most.to_vec::<i32>()?, [9, 8]);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    #[track_caller]
    pub fn take_along_axis(&self, indices: &Array, axis: impl Axes) -> Array {
        build("take_along_axis", [self, indices], |b| take_along(b, self, indices, &axis))
    }

    /// For each element, a place among `choices`, the element of the array that it names: the shapes
    /// broadcast, the types are promoted to one.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// let names = Array::from([1, 0, 1]);
    /// let chosen = names.choose([arange(3), arange(3) * 10]);
    /// assert_eq!(chosen.to_vec::<i64>()?, [0, 1, 20]);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    #[track_caller]
    pub fn choose(&self, choices: impl IntoIterator<Item: Borrow<Array>>) -> Array {
        self.choose_mode(choices, Mode::Raise)
    }

    /// [`choose`](Array::choose) with a meaning for places out of range.
    #[track_caller]
    pub fn choose_mode(&self, choices: impl IntoIterator<Item: Borrow<Array>>, mode: Mode) -> Array {
        let choices: Vec<Array> = choices.into_iter().map(|choice| choice.borrow().clone()).collect();
        build("choose", std::iter::once(self).chain(&choices), |b| {
            // A choice is none of an axis: below 0 nothing is counted from the back.
            chosen(b, self, &choices, mode.or(Bounds::Strict))
        })
    }
}

/// For each place, the element of the first of `choices` whose condition holds there, else `default`.
///
/// ```
/// use numfuse::{prelude::*, select};
///
/// let x = arange(6);
/// let y = select(&[x.less(2), x.greater(3)], &[-&x, x.square()], 7);
/// assert_eq!(y.to_vec::<i64>()?, [0, -1, 7, 7, 16, 25]);
/// # Ok::<(), numfuse::Error>(())
/// ```
#[track_caller]
pub fn select(conditions: &[Array], choices: &[Array], default: impl Into<Operand>) -> Array {
    let default = default.into();
    let operands = conditions.iter().chain(choices).chain(default.array());
    let refuse = |sentence: &str| {
        let sentence = sentence.to_string();
        build("select", operands.clone(), |_| Err(Mistake::Argument { sentence }))
    };
    if conditions.len() != choices.len() {
        return refuse("list of cases must be same length as list of conditions");
    }
    if conditions.is_empty() {
        return refuse("select with an empty condition list is not possible");
    }
    if let Some(k) = conditions.iter().position(|c| c.0.error.is_none() && c.0.node.dtype != DType::Bool) {
        return refuse(&format!("invalid entry {k} in condlist: should be boolean ndarray"));
    }
    // One type for all first: promotion in pairs may end elsewhere.
    let mut choices = promoted(choices.iter().chain(default.array()));
    let last = match default {
        Operand::Array(_) => choices.pop().map_or(default, Operand::Array),
        Operand::Number(_) => default,
    };
    let both = conditions.iter().zip(&choices).rev();
    let result = both.fold(last, |below, (condition, choice)| where_(condition, choice, below).into());
    result.array().cloned().unwrap_or_else(|| Array::scalar(0.0))
}

/// Arrays in the type that all of them promote to.
#[track_caller]
fn promoted<'a>(arrays: impl Iterator<Item = &'a Array> + Clone) -> Vec<Array> {
    let common = arrays.clone().map(|a| a.0.node.dtype).reduce(DType::promote).unwrap_or(DType::Bool);
    arrays.map(|a| a.cast(common)).collect()
}

/// The array and the axis that elements are taken along: with `..`, all elements in a row.
fn along(b: &mut Builder, x: &Array, axis: &impl Axes) -> Result<(Array, usize), Mistake> {
    let dims = x.0.node.shape.len();
    match axis.axes().as_deref() {
        Some([axis]) if dims > 0 => Ok((x.clone(), shape::axis(*axis, dims)?)),
        None | Some([0 | -1]) => {
            let row = Shape::new(&[x.0.node.shape.size()])?;
            Ok((nodes::reshape_to(b, x, row), 0))
        }
        Some([axis]) => Err(Mistake::Axis { axis: *axis, dims }),
        Some(axes) => {
            let sentence = format!("elements are taken along one axis, or `..`, not along {axes:?}");
            Err(Mistake::Argument { sentence })
        }
    }
}

/// The elements at one place of an axis, which is dropped.
fn at_place(b: &mut Builder, x: &Array, index: i64, axis: usize, bounds: Bounds) -> Result<Array, Mistake> {
    let extents = &x.0.node.shape;
    let place = Some(extents[axis]).filter(|&n| n > 0).and_then(|n| bounds.place(index, n as i64));
    let wrong = Mistake::Index { index: index as isize, axis, extent: extents[axis] };
    let place = place.ok_or(wrong)?;
    let part = |(a, &n): (usize, &usize)| if a == axis { (place, 1, 1) } else { (0, 1, n) };
    let parts: Vec<(i64, i64, usize)> = extents.iter().enumerate().map(part).collect();
    let sliced = nodes::slice(b, x, &parts)?;
    Ok(nodes::reshape_to(b, &sliced, extents.reduced(&[axis], false)))
}

fn take_along(b: &mut Builder, x: &Array, indices: &Array, axis: &impl Axes) -> Result<Array, Mistake> {
    let refuse = |sentence: &str| Err(Mistake::Argument { sentence: sentence.to_string() });
    if !indices.0.node.dtype.is_integer() {
        return refuse("`indices` must be an integer array");
    }
    let (x, axis) = along(b, x, axis)?;
    let (from, to) = (&x.0.node.shape, &indices.0.node.shape);
    if from.len() != to.len() {
        return refuse("`indices` and `arr` must have the same number of dimensions");
    }
    // The other axes of both broadcast to one.
    let (mut data, mut result): (SmallVec<[usize; 4]>, SmallVec<[usize; 4]>) =
        (from[..].into(), to[..].into());
    for a in (0..from.len()).filter(|&a| a != axis) {
        let extent = match (from[a], to[a]) {
            (n, 1) | (1, n) => n,
            (n, m) if n == m => n,
            _ => return Err(nodes::mismatch(&[from.clone(), to.clone()])),
        };
        (data[a], result[a]) = (extent, extent);
    }
    let data = nodes::broadcast_to(b, &x, &data)?;
    let source = |a| if a == axis { Source::Index } else { Source::Axis(a) };
    let from = (0..from.len()).map(source).collect();
    nodes::take(b, &data, from, std::slice::from_ref(indices), Shape::new(&result)?, Bounds::Raise)
}

fn chosen(b: &mut Builder, names: &Array, choices: &[Array], bounds: Bounds) -> Result<Array, Mistake> {
    if choices.is_empty() {
        return Err(Mistake::Argument { sentence: "need at least one array to choose from".to_string() });
    }
    let dtype = choices.iter().map(|c| c.0.node.dtype).reduce(DType::promote).unwrap_or(DType::Bool);
    // The places themselves, taken by index: each is looked at.
    let all = nodes::iota(b, Shape::new(&[choices.len()])?, 0);
    let place = nodes::gather(b, &all, &[(0, names.clone())], 0, bounds)?;
    let mut operands = vec![place.clone()];
    operands.extend_from_slice(choices);
    let shape = nodes::broadcast(b, "choose", &operands)?;
    let mut parts = Vec::new();
    for choice in choices {
        let choice = nodes::cast(b, choice, dtype);
        parts.push(nodes::expand(b, &choice, &shape));
    }
    let mut result = parts.pop().unwrap_or(place.clone());
    for (k, choice) in parts.into_iter().enumerate().rev() {
        let number = b.number(Scalar::from_i128(DType::I64, k as i128));
        let named = nodes::map(b, Op::Equal, &[place.clone(), number])?;
        result = nodes::map(b, Op::Where, &[named, choice, result])?;
    }
    // One such result for each choice, taken by index: the places are looked at though all are alike.
    let extents: SmallVec<[usize; 4]> = std::iter::once(choices.len()).chain(shape.iter().copied()).collect();
    let results = nodes::expand(b, &result, &Shape::new(&extents)?);
    let from = std::iter::once(Source::Index).chain((0..shape.len()).map(Source::Axis)).collect();
    nodes::take(b, &results, from, std::slice::from_ref(names), shape, bounds)
}

/// See [`Array::take`].
#[track_caller]
pub fn take(x: &Array, indices: impl Into<Operand>, axis: impl Axes) -> Array {
    x.take(indices, axis)
}

/// See [`Array::take_along_axis`].
#[track_caller]
pub fn take_along_axis(x: &Array, indices: &Array, axis: impl Axes) -> Array {
    x.take_along_axis(indices, axis)
}

/// See [`Array::choose`].
#[track_caller]
pub fn choose(places: &Array, choices: impl IntoIterator<Item: Borrow<Array>>) -> Array {
    places.choose(choices)
}
