//! Matrices of ones and zeros, of vectors, and their triangles: `eye`, `tri`, `tril`, `diag`, `vander`, ….

use crate::array::Array;
use crate::creation::{ones, zeros};
use crate::free::functions;
use crate::index::s;
use crate::join::concatenate;
use crate::lazy::{Builder, build, refuse};
use crate::ranges::arange;
use crate::ufunc::where_;
use numfuse_ir::dtype::DType;
use numfuse_ir::error::Error as Mistake;
use numfuse_ir::graph::build as nodes;
use numfuse_ir::ops::Op;
use numfuse_ir::scalar::Scalar;
use numfuse_ir::shape::Shape;

/// A matrix with ones on the diagonal that lies `offset` above the main one, and zeros elsewhere.
#[track_caller]
pub fn eye(rows: usize, columns: usize, offset: isize, dtype: DType) -> Array {
    build("eye", [], |b| {
        let on = diagonal_against(b, &Shape::new(&[rows, columns])?, offset, Op::Equal)?;
        Ok(nodes::cast(b, &on, dtype))
    })
}

/// The identity matrix.
#[track_caller]
pub fn identity(extent: usize, dtype: DType) -> Array {
    eye(extent, extent, 0, dtype)
}

/// Ones on and below the diagonal that lies `offset` above the main one, and zeros above it.
#[track_caller]
pub fn tri(rows: usize, columns: usize, offset: isize, dtype: DType) -> Array {
    build("tri", [], |b| {
        let below = diagonal_against(b, &Shape::new(&[rows, columns])?, offset, Op::GreaterEqual)?;
        Ok(nodes::cast(b, &below, dtype))
    })
}

/// `row + offset` against the column, over the last two axes of a shape.
fn diagonal_against(b: &mut Builder, shape: &Shape, offset: isize, op: Op) -> Result<Array, Mistake> {
    let (rows, columns) = (shape.len() - 2, shape.len() - 1);
    let (row, column) = (nodes::iota(b, shape.clone(), rows), nodes::iota(b, shape.clone(), columns));
    let row = match offset {
        0 => row,
        _ => {
            // Further out all diagonals are alike, and no sum may wrap.
            let most = i64::MAX / 4;
            let offset = (offset as i64).clamp(-most, most);
            let offset = b.number(Scalar::from_i128(DType::I64, offset.into()));
            nodes::map(b, Op::Add, &[row, offset])?
        }
    };
    nodes::map(b, op, &[row, column])
}

/// Triangles of matrices.
impl Array {
    /// The elements on and below the diagonal that lies `offset` above the main one of the last two
    /// axes; zeros above it.
    #[track_caller]
    pub fn tril(&self, offset: isize) -> Array {
        build("tril", [self], |b| triangle(b, self, offset, Op::GreaterEqual))
    }

    /// The elements on and above the diagonal that lies `offset` above the main one of the last two
    /// axes; zeros below it.
    #[track_caller]
    pub fn triu(&self, offset: isize) -> Array {
        build("triu", [self], |b| triangle(b, self, offset, Op::LessEqual))
    }
}

/// The elements of `x` where `row + offset` compares so with the column.
fn triangle(b: &mut Builder, x: &Array, offset: isize, op: Op) -> Result<Array, Mistake> {
    let shape = &x.0.node.shape;
    // As in NumPy, a vector counts as each of the rows of a square matrix.
    let matrix = match shape.len() {
        0 => {
            let sentence = "tri needs an array of at least one dimension".to_string();
            return Err(Mistake::Argument { sentence });
        }
        1 => Shape::new(&[shape[0], shape[0]])?,
        _ => shape.clone(),
    };
    let kept = diagonal_against(b, &matrix, offset, op)?;
    let zero = b.number(Scalar::zero(x.0.node.dtype));
    nodes::map(b, Op::Where, &[kept, x.clone(), zero])
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
        return zeros([x.0.node.shape.size(), 0], x.0.node.dtype.promote(DType::I64));
    }
    // Each column is the one before times x, as NumPy accumulates them.
    let x = x.cast(x.0.node.dtype.promote(DType::I64)).expand_dims(-1);
    let first = arange(i64::try_from(columns).unwrap_or(i64::MAX)).equal(0);
    let powers = match x.0.node.dtype.is_complex() {
        true => complex_powers(&x, columns),
        false => where_(first, 1, x).cumprod(-1),
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
    let ones = ones([x.0.node.shape.size(), 1], x.0.node.dtype);
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

functions! {
    tril(offset: isize);
    triu(offset: isize);
    diag(offset: isize);
    diagflat(offset: isize);
}
