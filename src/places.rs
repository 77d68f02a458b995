//! Grids of places: the coordinates of diagonals and triangles, places counted in row-major order, and
//! open grids.

use crate::arguments::{self, IntoShape};
use crate::array::Array;
use crate::error::{Cause, Error};
use crate::lazy::{Lazy, build, refuse};
use crate::matrices::tri;
use crate::ranges::arange;
use numfuse_ir::dtype::DType;
use numfuse_ir::error::Error as Mistake;
use numfuse_ir::gather::Bounds;
use numfuse_ir::graph::build as nodes;
use numfuse_ir::ops::Op;
use numfuse_ir::scalar::Scalar;
use numfuse_ir::shape::Shape;
use std::borrow::Borrow;

/// The coordinates of the main diagonal of an array with `dims` axes of that extent.
///
/// ```
/// let diagonal = numfuse::diag_indices(3, 2);
/// assert_eq!(diagonal[1].to_vec::<i64>()?, [0, 1, 2]);
/// # Ok::<(), numfuse::Error>(())
/// ```
#[track_caller]
pub fn diag_indices(extent: usize, dims: usize) -> Vec<Array> {
    vec![arange(extent as i64); dims]
}

/// The coordinates of the main diagonal of an array, all of whose axes have one extent.
#[track_caller]
pub fn diag_indices_from(x: &Array) -> Vec<Array> {
    let shape = &x.0.node.shape;
    match shape.len() {
        0 | 1 => vec![refuse("diag_indices_from", [x], "input array must be at least 2-d")],
        _ if shape.iter().any(|&n| n != shape[0]) => {
            vec![refuse("diag_indices_from", [x], "All dimensions of input must be of equal length")]
        }
        dims => diag_indices(shape[0], dims),
    }
}

/// The row and the column of each place on and below the diagonal that lies `offset` above the main one.
///
/// ```
/// let lower = numfuse::tril_indices(2, 2, 0);
/// assert_eq!(lower[0].to_vec::<i64>()?, [0, 1, 1]);
/// assert_eq!(lower[1].to_vec::<i64>()?, [0, 0, 1]);
/// # Ok::<(), numfuse::Error>(())
/// ```
#[track_caller]
pub fn tril_indices(rows: usize, columns: usize, offset: isize) -> Vec<Array> {
    tri(rows, columns, offset, DType::Bool).nonzero()
}

/// The row and the column of each place on and above the diagonal that lies `offset` above the main one.
#[track_caller]
pub fn triu_indices(rows: usize, columns: usize, offset: isize) -> Vec<Array> {
    (!tri(rows, columns, offset.saturating_sub(1), DType::Bool)).nonzero()
}

/// [`tril_indices`] for a matrix.
#[track_caller]
pub fn tril_indices_from(x: &Array, offset: isize) -> Vec<Array> {
    of_matrix("tril_indices_from", x, |rows, columns| tril_indices(rows, columns, offset))
}

/// [`triu_indices`] for a matrix.
#[track_caller]
pub fn triu_indices_from(x: &Array, offset: isize) -> Vec<Array> {
    of_matrix("triu_indices_from", x, |rows, columns| triu_indices(rows, columns, offset))
}

#[track_caller]
fn of_matrix(op: &'static str, x: &Array, places: impl FnOnce(usize, usize) -> Vec<Array>) -> Vec<Array> {
    match x.0.node.shape[..] {
        [rows, columns] if x.0.error.is_none() => places(rows, columns),
        _ => vec![refuse(op, [x], "input array must be 2-d")],
    }
}

/// The row and the column of each place where a function leaves a square matrix of ones without a zero.
///
/// ```
/// let upper = numfuse::mask_indices(2, |ones| ones.triu(1));
/// assert_eq!(upper[1].to_vec::<i64>()?, [1]);
/// # Ok::<(), numfuse::Error>(())
/// ```
#[track_caller]
pub fn mask_indices(extent: usize, mask: impl FnOnce(&Array) -> Array) -> Vec<Array> {
    mask(&crate::creation::ones([extent, extent], DType::I64)).nonzero()
}

/// Vectors of places laid along one axis each, so that together they name all their combinations; of
/// bools, the places that are true, which computes them.
///
/// ```
/// use numfuse::prelude::*;
///
/// let grid = numfuse::ix_([&Array::from([0, 2]), &Array::from([1, 3])]);
/// let x = arange(20).reshape([4, 5]);
/// assert_eq!(x.i((&grid[0], &grid[1])).to_vec::<i64>()?, [1, 3, 11, 13]);
/// # Ok::<(), numfuse::Error>(())
/// ```
#[track_caller]
pub fn ix_(vectors: impl IntoIterator<Item: Borrow<Array>>) -> Vec<Array> {
    let vectors: Vec<Array> = vectors.into_iter().map(|vector| vector.borrow().clone()).collect();
    let mut grid = Vec::new();
    for (axis, vector) in vectors.iter().enumerate() {
        if vector.0.error.is_none() && vector.0.node.shape.len() != 1 {
            let sentence = "Cross index must be 1 dimensional".to_string();
            return vec![build("ix_", [vector], |_| Err(Mistake::Argument { sentence }))];
        }
        let vector = match vector.0.node.dtype {
            DType::Bool => vector.flatnonzero(),
            _ => vector.clone(),
        };
        let mut extents = vec![1isize; vectors.len()];
        extents[axis] = -1;
        grid.push(vector.reshape(extents));
    }
    grid
}

/// The row-major positions in an array of that shape of places given by a coordinate for each axis,
/// int64. A coordinate out of range is an error of the evaluation.
///
/// ```
/// use numfuse::prelude::*;
///
/// let (rows, columns) = (Array::from([0, 1]), Array::from([3, 2]));
/// let flat = numfuse::ravel_multi_index([&rows, &columns], [2, 4]);
/// assert_eq!(flat.to_vec::<i64>()?, [3, 6]);
/// # Ok::<(), numfuse::Error>(())
/// ```
#[track_caller]
pub fn ravel_multi_index(
    coordinates: impl IntoIterator<Item: Borrow<Array>>,
    shape: impl IntoShape,
) -> Array {
    let coordinates: Vec<Array> = coordinates.into_iter().map(|c| c.borrow().clone()).collect();
    build("ravel_multi_index", &coordinates, |b| {
        let shape = arguments::shape(&shape)?;
        if coordinates.len() != shape.len() {
            let sentence = format!("parameter multi_index must be a sequence of length {}", shape.len());
            return Err(Mistake::Argument { sentence });
        }
        let mut sum = b.number(Scalar::zero(DType::I64));
        for ((coordinate, &extent), stride) in coordinates.iter().zip(shape.iter()).zip(shape.strides()) {
            if coordinate.0.node.dtype.is_inexact() {
                return Err(Mistake::Argument { sentence: "only int indices permitted".to_string() });
            }
            // The multiples of the stride, taken by index: each coordinate is looked at.
            let places = nodes::iota(b, Shape::new(&[extent])?, 0);
            let stride = b.number(Scalar::from_i128(DType::I64, stride.into()));
            let steps = nodes::map(b, Op::Multiply, &[places, stride])?;
            let step = nodes::gather(b, &steps, &[(0, coordinate.clone())], 0, Bounds::Strict)?;
            sum = nodes::map(b, Op::Add, &[sum, step])?;
        }
        Ok(sum)
    })
}

/// The coordinates along each axis of row-major positions in an array of that shape, int64. A position
/// out of range is an error of the evaluation.
///
/// ```
/// use numfuse::prelude::*;
///
/// let place = numfuse::unravel_index(&Array::from([3, 6]), [2, 4]);
/// assert_eq!(place[0].to_vec::<i64>()?, [0, 1]);
/// assert_eq!(place[1].to_vec::<i64>()?, [3, 2]);
/// # Ok::<(), numfuse::Error>(())
/// ```
#[track_caller]
pub fn unravel_index(positions: &Array, shape: impl IntoShape) -> Vec<Array> {
    let shape = match arguments::shape(&shape) {
        Ok(shape) => shape,
        Err(mistake) => {
            return vec![Lazy::failed(Error::without_operands(Cause::Expression(mistake), "unravel_index"))];
        }
    };
    let checked = build("unravel_index", [positions], |b| {
        if !positions.0.node.dtype.is_integer() {
            return Err(Mistake::Argument { sentence: "only int indices permitted".to_string() });
        }
        let places = nodes::iota(b, Shape::new(&[shape.size()])?, 0);
        nodes::gather(b, &places, &[(0, positions.clone())], 0, Bounds::Strict)
    });
    let mut coordinates = Vec::new();
    for (&extent, stride) in shape.iter().zip(shape.strides()) {
        coordinates.push(checked.floor_divide(stride.max(1)).remainder(extent));
    }
    coordinates
}
