//! Arrays joined, one after another or beside each other: `concatenate`, `stack`, and NumPy's short forms of them.
//!
//! None of these copies: each part is set into the frame of the next, as padding does.

use crate::arguments::Integer;
use crate::array::Array;
use crate::lazy::{Builder, build};
use numfuse_ir::dtype::DType;
use numfuse_ir::error::Error as Mistake;
use numfuse_ir::graph::build as nodes;
use numfuse_ir::scalar::Scalar;
use numfuse_ir::shape::{self, Shape};
use smallvec::SmallVec;
use std::borrow::Borrow;

type Extents = SmallVec<[usize; 4]>;

/// Arrays one after another along an axis that they have. Types are promoted to one.
///
/// ```
/// use numfuse::prelude::*;
///
/// let both = concatenate([&arange(3), &arange(2)], 0);
/// assert_eq!(both.to_vec::<i64>()?, [0, 1, 2, 0, 1]);
/// # Ok::<(), numfuse::Error>(())
/// ```
#[track_caller]
pub fn concatenate(arrays: impl IntoIterator<Item: Borrow<Array>>, axis: impl Integer) -> Array {
    let arrays: Vec<Array> = arrays.into_iter().map(|array| array.borrow().clone()).collect();
    build("concatenate", &arrays, |b| joined_checked(b, &arrays, axis.to_isize()))
}

/// Arrays of one shape one after another along a new axis.
///
/// ```
/// use numfuse::prelude::*;
///
/// assert_eq!(stack([&arange(3), &arange(3)], -1).shape(), [3, 2]);
/// ```
#[track_caller]
pub fn stack(arrays: impl IntoIterator<Item: Borrow<Array>>, axis: impl Integer) -> Array {
    let arrays: Vec<Array> = arrays.into_iter().map(|array| array.borrow().clone()).collect();
    build("stack", &arrays, |b| {
        let Some(first) = arrays.first().map(|a| &a.0.node.shape) else {
            return Err(Mistake::Argument { sentence: "need at least one array to stack".to_string() });
        };
        if arrays.iter().any(|a| a.0.node.shape != *first) {
            return Err(Mistake::Argument {
                sentence: "all input arrays must have the same shape".to_string(),
            });
        }
        let axis = shape::axis(axis.to_isize(), first.len() + 1)?;
        let mut extents: Extents = first.iter().copied().collect();
        extents.insert(axis, 1);
        let single = Shape::new(&extents)?;
        let arrays: Vec<Array> = arrays.iter().map(|a| nodes::reshape_to(b, a, single.clone())).collect();
        joined_checked(b, &arrays, axis as isize)
    })
}

/// Arrays beside each other: along the second axis, vectors along their only one.
///
/// ```
/// use numfuse::{hstack, prelude::*, vstack};
///
/// let (a, b) = (arange(3), arange(3) + 10);
/// assert_eq!(hstack([&a, &b]).shape(), [6]);
/// assert_eq!(vstack([&a, &b]).shape(), [2, 3]);
/// ```
#[track_caller]
pub fn hstack(arrays: impl IntoIterator<Item: Borrow<Array>>) -> Array {
    let mut seen = Vec::new();
    for array in arrays {
        seen.push(array.borrow().atleast_1d());
    }
    let axis = usize::from(seen.first().is_some_and(|first| first.0.node.shape.len() > 1));
    concatenate(&seen, axis)
}

/// Arrays below each other: along the first axis, vectors as rows.
#[track_caller]
pub fn vstack(arrays: impl IntoIterator<Item: Borrow<Array>>) -> Array {
    let mut seen = Vec::new();
    for array in arrays {
        seen.push(array.borrow().atleast_2d());
    }
    concatenate(&seen, 0)
}

/// Arrays behind each other: along the third axis, vectors and matrices as layers.
#[track_caller]
pub fn dstack(arrays: impl IntoIterator<Item: Borrow<Array>>) -> Array {
    let mut seen = Vec::new();
    for array in arrays {
        seen.push(array.borrow().atleast_3d());
    }
    concatenate(&seen, 2)
}

/// Arrays beside each other, vectors as columns.
#[track_caller]
pub fn column_stack(arrays: impl IntoIterator<Item: Borrow<Array>>) -> Array {
    let mut seen = Vec::new();
    for array in arrays {
        let array = array.borrow();
        seen.push(if array.0.node.shape.len() < 2 { array.reshape([-1, 1]) } else { array.clone() });
    }
    concatenate(&seen, 1)
}

fn joined_checked(b: &mut Builder, arrays: &[Array], axis: isize) -> Result<Array, Mistake> {
    let wrong = |sentence: String| Err(Mistake::Argument { sentence });
    let Some(first) = arrays.first().map(|a| &a.0.node.shape) else {
        return wrong("need at least one array to concatenate".to_string());
    };
    if first.is_empty() {
        return wrong("zero-dimensional arrays cannot be concatenated".to_string());
    }
    let axis = shape::axis(axis, first.len())?;
    for (i, shape) in arrays.iter().map(|a| &a.0.node.shape).enumerate() {
        if shape.len() != first.len() {
            return wrong(format!(
                "all the input arrays must have same number of dimensions, but the array at index 0 has {} \
                 dimension(s) and the array at index {i} has {} dimension(s)",
                first.len(),
                shape.len()
            ));
        }
        if let Some(other) = (0..shape.len()).find(|&a| a != axis && shape[a] != first[a]) {
            return wrong(format!(
                "all the input array dimensions except for the concatenation axis must match exactly, but along \
                 dimension {other}, the array at index 0 has size {} and the array at index {i} has size {}",
                first[other], shape[other]
            ));
        }
    }
    let dtype = arrays.iter().map(|a| a.0.node.dtype).reduce(DType::promote).unwrap_or(DType::F64);
    let arrays: Vec<Array> = arrays.iter().map(|a| nodes::cast(b, a, dtype)).collect();
    if arrays.iter().all(|a| a.0.node.shape[axis] == 0) {
        return Ok(arrays[0].clone());
    }
    joined(b, &arrays, axis)
}

/// Parts of one type and of equal extents but along `axis`, one after another.
pub(crate) fn joined(b: &mut Builder, parts: &[Array], axis: usize) -> Result<Array, Mistake> {
    let parts: SmallVec<[&Array; 4]> = parts.iter().filter(|part| part.0.node.shape[axis] > 0).collect();
    let [first, ..] = parts[..] else {
        return Err(Mistake::Argument { sentence: "need at least one array to concatenate".to_string() });
    };
    if parts.len() == 1 {
        return Ok(first.clone());
    }
    let mut extents: Extents = first.0.node.shape.iter().copied().collect();
    extents[axis] = parts.iter().fold(0, |sum, part| sum.saturating_add(part.0.node.shape[axis]));
    // What lies under all parts never shows.
    let nothing = b.number(Scalar::zero(first.0.node.dtype));
    let mut frame = nodes::expand(b, &nothing, &Shape::new(&extents)?);
    let mut end = extents[axis];
    for part in parts.iter().rev() {
        end -= part.0.node.shape[axis];
        let mut before: SmallVec<[i64; 4]> = SmallVec::from_elem(0, extents.len());
        before[axis] = end as i64;
        frame = nodes::pad(b, part, &before, &frame);
    }
    Ok(frame)
}

/// Another name of [`concatenate`](crate::concatenate).
#[track_caller]
pub fn concat(arrays: impl IntoIterator<Item: Borrow<Array>>, axis: impl Integer) -> Array {
    concatenate(arrays, axis)
}
