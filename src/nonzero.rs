//! What depends on data for its shape: the places of what is not zero, and what is made of them.
//!
//! These compute their operand at once and count: a shape is never unknown. The places that they
//! give are arrays like any other, and what is taken at them is lazy again.

use crate::arguments::Axes;
use crate::array::Array;
use crate::error::Error;
use crate::lazy::{Lazy, build};
use crate::values::Values;
use numfuse_ir::dtype::DType;
use numfuse_ir::error::Error as Mistake;

/// The elements of an array as truth values, and how many of them hold. Computes the array.
#[track_caller]
fn truths(x: &Array) -> Result<(Values<bool>, usize), Error> {
    let mask = x.cast(DType::Bool).values::<bool>()?;
    let count = mask.iter().filter(|holds| **holds).count();
    Ok((mask, count))
}

/// The row-major positions at which an array is not zero, int64. Computes the array.
#[track_caller]
fn positions(x: &Array) -> Result<Array, Error> {
    let (mask, count) = truths(x)?;
    let mut places = vec![0i64; count + 1];
    mark(&mask, &mut places);
    places.truncate(count);
    Ok(Array::from_vec(places, [count]))
}

/// Writes the numbers of those that hold, and gives how many they are. There is room for one more: each number
/// is written where the next one goes, and stays if it holds, so that no branch is mispredicted.
fn mark(line: &[bool], places: &mut [i64]) -> usize {
    let mut next = 0;
    for (&holds, number) in line.iter().zip(0..) {
        places[next] = number;
        next += usize::from(holds);
    }
    next
}

/// The coordinates along each axis of the places where an array is not zero.
#[track_caller]
pub(crate) fn places(x: &Array) -> Result<Vec<Array>, Error> {
    let (mask, count) = truths(x)?;
    let shape = &x.0.node.shape;
    let mut coordinates = vec![vec![0i64; count + 1]; shape.len()];
    let mut first = 0;
    for_each_line(&mask, shape, &mut |line, outer| {
        let (last, others) = coordinates.split_last_mut().expect("a line is along an axis");
        let beyond = first + mark(line, &mut last[first..]);
        for (along, &at) in others.iter_mut().zip(outer) {
            along[first..beyond].fill(at);
        }
        first = beyond;
    });
    let array = |mut along: Vec<i64>| {
        along.truncate(count);
        Array::from_vec(along, [count])
    };
    Ok(coordinates.into_iter().map(array).collect())
}

/// The same with the coordinates of a place beside each other.
#[track_caller]
fn rows_of_places(x: &Array) -> Result<Array, Error> {
    let (mask, count) = truths(x)?;
    let shape = &x.0.node.shape;
    let axes = shape.len();
    let mut places = vec![0i64; (count + 1) * axes];
    let mut next = 0;
    for_each_line(&mask, shape, &mut |line, outer| {
        for (&holds, number) in line.iter().zip(0..) {
            let row = &mut places[next..next + axes];
            row[..axes - 1].copy_from_slice(outer);
            row[axes - 1] = number;
            next += if holds { axes } else { 0 };
        }
    });
    places.truncate(count * axes);
    Ok(Array::from_vec(places, [count, axes]))
}

/// Goes through an array along its last axis, line by line, with the coordinates along the axes before.
fn for_each_line(mask: &[bool], shape: &[usize], visit: &mut dyn FnMut(&[bool], &[i64])) {
    let Some((&length, outer)) = shape.split_last() else { return };
    let mut at = vec![0i64; outer.len()];
    for line in mask.chunks_exact(length.max(1)) {
        visit(line, &at);
        for (axis, &extent) in outer.iter().enumerate().rev() {
            at[axis] += 1;
            if at[axis] < extent as i64 {
                break;
            }
            at[axis] = 0;
        }
    }
}

/// What depends on data for its shape. Each of these computes its operand at once.
impl Array {
    /// The places at which an array is not zero, in row-major order: the coordinates along each axis,
    /// which are `numpy.where` of a condition alone, too. Computes the array.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// let places = Array::from([[3, 0], [0, 4]]).nonzero();
    /// assert_eq!(places[0].to_vec::<i64>()?, [0, 1]);
    /// assert_eq!(places[1].to_vec::<i64>()?, [0, 1]);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    #[track_caller]
    pub fn nonzero(&self) -> Vec<Array> {
        if self.0.error.is_none() && self.0.node.shape.is_empty() {
            let sentence = "Calling nonzero on 0d arrays is not allowed. Use atleast_1d() first.".to_string();
            return vec![build("nonzero", [self], |_| Err(Mistake::Argument { sentence }))];
        }
        places(self).unwrap_or_else(|error| vec![Lazy::failed(error)])
    }

    /// The row-major positions at which an array is not zero. Computes the array.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// assert_eq!(Array::from([0, 7, 0, 9]).flatnonzero().to_vec::<i64>()?, [1, 3]);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    #[track_caller]
    pub fn flatnonzero(&self) -> Array {
        positions(self).unwrap_or_else(Lazy::failed)
    }

    /// The places at which an array is not zero, one in each row. Computes the array.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// let places = Array::from([[3, 0], [0, 4]]).argwhere();
    /// assert_eq!(places.to_vec::<i64>()?, [0, 0, 1, 1]);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    #[track_caller]
    pub fn argwhere(&self) -> Array {
        rows_of_places(self).unwrap_or_else(Lazy::failed)
    }

    /// The parts along an axis for which a condition holds, or with `..` the elements in row-major
    /// order; beyond the end of the condition nothing is kept. Computes the condition.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// let x = arange(6).reshape([3, 2]);
    /// let kept = x.compress(&Array::from([true, false, true]), 0);
    /// assert_eq!(kept.to_vec::<i64>()?, [0, 1, 4, 5]);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    #[track_caller]
    pub fn compress(&self, condition: &Array, axis: impl Axes) -> Array {
        let both = [self, condition];
        if both.iter().all(|a| a.0.error.is_none()) && condition.0.node.shape.len() != 1 {
            let sentence = "condition must be a 1-d array".to_string();
            return build("compress", both, |_| Err(Mistake::Argument { sentence }));
        }
        if let Some(failed) = both.into_iter().find(|a| a.0.error.is_some()) {
            return failed.clone();
        }
        match positions(condition) {
            Ok(places) => self.take(&places, axis),
            Err(error) => Lazy::failed(error),
        }
    }

    /// The elements, in row-major order, at the positions where a condition is not zero. Computes the
    /// condition.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// let x = arange(5);
    /// assert_eq!(x.extract(&(&x % 2)).to_vec::<i64>()?, [1, 3]);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    #[track_caller]
    pub fn extract(&self, condition: &Array) -> Array {
        self.compress(&condition.ravel(), ..)
    }
}

/// See [`Array::nonzero`].
#[track_caller]
pub fn nonzero(x: &Array) -> Vec<Array> {
    x.nonzero()
}

/// See [`Array::flatnonzero`].
#[track_caller]
pub fn flatnonzero(x: &Array) -> Array {
    x.flatnonzero()
}

/// See [`Array::argwhere`].
#[track_caller]
pub fn argwhere(x: &Array) -> Array {
    x.argwhere()
}

/// See [`Array::compress`].
#[track_caller]
pub fn compress(condition: &Array, x: &Array, axis: impl Axes) -> Array {
    x.compress(condition, axis)
}

/// See [`Array::extract`].
#[track_caller]
pub fn extract(condition: &Array, x: &Array) -> Array {
    x.extract(condition)
}
