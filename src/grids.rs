//! Matrices from vectors, index grids, and questions about shapes and types.

use crate::arguments::{self, Integer, IntoShape};
use crate::array::Array;
use crate::error::{Cause, Error};
use crate::index::s;
use crate::lazy::{build, refuse};
use crate::stack::concatenate;
use numfuse_ir::dtype::{DType, Kind};
use numfuse_ir::error::Error as Mistake;
use numfuse_ir::graph::build as nodes;
use numfuse_ir::ops::Op;
use numfuse_ir::scalar::Scalar;
use numfuse_ir::shape::Shape;
use std::panic::Location;

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

/// The powers of a vector's elements as columns, the highest first; `increasing`, the lowest first. The type
/// is that of the vector beside int64, as in NumPy.
///
/// ```
/// use numfuse::prelude::*;
///
/// let powers = numfuse::vander(&Array::from([2.0, 3.0]), 3, false);
/// assert_eq!(powers.to_vec::<f64>()?, [4.0, 2.0, 1.0, 9.0, 3.0, 1.0]);
/// # Ok::<(), numfuse::Error>(())
/// ```
#[track_caller]
pub fn vander(x: &Array, columns: usize, increasing: bool) -> Array {
    if x.0.error.is_none() && x.0.node.shape.len() != 1 {
        return refuse("vander", [x], "x must be a one-dimensional array or sequence.");
    }
    if columns == 0 {
        return crate::creation::zeros([x.0.node.shape.size(), 0], x.0.node.dtype.promote(DType::I64));
    }
    // Each column is the one before times x, as NumPy accumulates them.
    let x = x.cast(x.0.node.dtype.promote(DType::I64)).expand_dims(-1);
    let first = crate::creation::arange(i64::try_from(columns).unwrap_or(i64::MAX)).equal(0);
    let powers = match x.0.node.dtype.is_complex() {
        true => complex_powers(&x, columns),
        false => crate::ufunc::where_(first, 1, x).cumprod(-1),
    };
    if increasing { powers } else { powers.flip(-1) }
}

/// The powers from the zeroth of one column of complex numbers, of which there are no running products: as
/// many columns again are those there are times the last.
#[track_caller]
fn complex_powers(x: &Array, columns: usize) -> Array {
    let mut powers = x.clone();
    while powers.0.error.is_none() && powers.0.node.shape[1] + 1 < columns {
        let last = powers.along("vander", 1, s(-1..));
        powers = concatenate([&powers, &(&powers * last)], 1);
    }
    let ones = crate::creation::ones([x.0.node.shape.size(), 1], x.0.node.dtype);
    let columns = isize::try_from(columns).unwrap_or(isize::MAX);
    concatenate([ones, powers], 1).along("vander", 1, s(..columns))
}

/// Diagonals made and taken.
impl Array {
    /// Of a vector the matrix with it on the diagonal that lies `offset` above the main one and zeros elsewhere; of a
    /// matrix that diagonal.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// let matrix = Array::from([1, 2]).diag(0);
    /// assert_eq!(matrix.to_vec::<i32>()?, [1, 0, 0, 2]);
    /// assert_eq!(matrix.diag(1).to_vec::<i32>()?, [0]);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    #[track_caller]
    pub fn diag(&self, offset: isize) -> Array {
        match self.0.node.shape.len() {
            2 => self.diagonal(offset),
            1 => build("diag", [self], |b| {
                let extent = self.0.node.shape[0].saturating_add(offset.unsigned_abs());
                let square = Shape::new(&[extent, extent])?;
                let zero = b.number(Scalar::zero(self.0.node.dtype));
                let around = nodes::expand(b, &zero, &square);
                // Row i + max(-offset, 0) and column i + max(offset, 0) hold element i: the vector down a column
                // of its own, seen where row and column meet.
                let column = Shape::new(&[self.0.node.shape[0], 1])?;
                let column = nodes::reshape_to(b, self, column);
                let before = (-offset).max(0) as i64;
                let tall = Shape::new(&[extent, 1])?;
                let none = nodes::expand(b, &zero, &tall);
                let column = nodes::pad(b, &column, &[before, 0], &none);
                let column = nodes::expand(b, &column, &square);
                let (row, place) = (nodes::iota(b, square.clone(), 0), nodes::iota(b, square, 1));
                let shift = b.number(Scalar::from_i128(DType::I64, offset as i128));
                let row = nodes::map(b, Op::Add, &[row, shift])?;
                let on = nodes::map(b, Op::Equal, &[row, place])?;
                nodes::map(b, Op::Where, &[on, column, around])
            }),
            _ => build("diag", [self], |_| {
                Err(Mistake::Argument { sentence: "Input must be 1- or 2-d.".to_string() })
            }),
        }
    }

    /// The matrix with all elements, flattened, on the diagonal that lies `offset` above the main one.
    #[track_caller]
    pub fn diagflat(&self, offset: isize) -> Array {
        self.ravel().diag(offset)
    }
}

/// See [`Array::diag`].
#[track_caller]
pub fn diag(x: &Array, offset: isize) -> Array {
    x.diag(offset)
}

/// See [`Array::diagflat`].
#[track_caller]
pub fn diagflat(x: &Array, offset: isize) -> Array {
    x.diagflat(offset)
}

/// The shape to which all of these broadcast.
///
/// ```
/// assert_eq!(numfuse::broadcast_shapes(&[&[3, 1], &[4]])?, [3, 4]);
/// # Ok::<(), numfuse::Error>(())
/// ```
///
/// # Errors
/// Shapes that do not meet.
#[track_caller]
pub fn broadcast_shapes(shapes: &[&[usize]]) -> Result<Vec<usize>, Error> {
    // Outside the closure, where it is the caller's line.
    let line = Location::caller();
    let fail = |mistake| Error::new(Cause::Expression(mistake), "broadcast_shapes", Vec::new(), line);
    let shapes: Result<Vec<Shape>, Mistake> = shapes.iter().map(|extents| Shape::new(extents)).collect();
    let shapes = shapes.map_err(fail)?;
    let joined = shapes.iter().try_fold(Shape::scalar(), |shape, next| shape.broadcast(next));
    let joined = joined.ok_or_else(|| {
        let mistake = Mistake::Broadcast { op: "broadcast_shapes".to_string(), shapes: shapes.to_vec() };
        fail(arguments::shape_mismatch(mistake))
    })?;
    Ok(joined.to_vec())
}

/// The least type that both convert to without loss of kind, as elementwise functions use it.
///
/// ```
/// use numfuse::prelude::*;
///
/// assert_eq!(numfuse::promote_types(I32, F32), F64);
/// ```
pub fn promote_types(a: DType, b: DType) -> DType {
    a.promote(b)
}

/// The type that arrays meet in; float64 of none, as NumPy's default.
pub fn result_type(arrays: &[&Array]) -> DType {
    arrays.iter().map(|x| x.0.node.dtype).reduce(DType::promote).unwrap_or(DType::F64)
}

/// Whether every value of a type is safe in another: NumPy's `can_cast` with its default `casting="safe"`.
///
/// ```
/// use numfuse::prelude::*;
///
/// assert!(numfuse::can_cast(I32, F64) && !numfuse::can_cast(I32, F32));
/// ```
pub fn can_cast(from: DType, to: DType) -> bool {
    // NumPy holds 64-bit integers to be safe in float64; otherwise a type is safe where it is what both promote to.
    let mixed = from.kind() == Kind::Unsigned && to.kind() == Kind::Signed && from.bytes() >= to.bytes();
    from.promote(to) == to && !mixed
}

/// Another name of [`Array::permute`].
#[track_caller]
pub fn permute_dims(x: &Array, axes: impl IntoShape) -> Array {
    x.permute(axes)
}

/// Another name of [`concatenate`](crate::concatenate).
#[track_caller]
pub fn concat(arrays: impl IntoIterator<Item: std::borrow::Borrow<Array>>, axis: impl Integer) -> Array {
    concatenate(arrays, axis)
}
