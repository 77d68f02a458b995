//! Matrix products and their relatives: `matmul`, `dot`, `inner`, `tensordot`, `einsum`, ….
//!
//! A product of float matrices that is large enough is handed to a library, which reads transposed,
//! sliced and broadcast operands where they lie; what is computed of its operands is written once, what
//! is computed of its result is fused into who reads it. Products of integers, truth values, vectors and
//! small matrices are loops of our own, which fuse with all around them. As in NumPy integers wrap, and
//! of truth values the product is `and`, the sum `or`. Results that a library computes do not depend on
//! the number of threads either, but no order of their sums is promised.

mod standard;

pub use standard::*;

use crate::arguments::{Axes, Integer};
use crate::array::Array;
use crate::lazy::{Builder, build};
use numfuse_ir::error::Error as Mistake;
use numfuse_ir::graph::build as nodes;
use numfuse_ir::graph::einsum as subscripts;
use numfuse_ir::graph::matrices;
use numfuse_ir::ops::Op;
use smallvec::SmallVec;
use std::borrow::Borrow;

/// Says each product of two arrays once: the method and the free function.
macro_rules! products {
    ($($(#[doc = $doc:literal])+ $name:ident = |$b:ident, $x:ident, $y:ident| $body:expr;)+) => {
        /// Products of vectors and matrices.
        impl Array {
            $($(#[doc = $doc])+
            #[track_caller]
            pub fn $name(&self, other: &Array) -> Array {
                let ($x, $y) = (self, other);
                build(stringify!($name), [$x, $y], |$b| $body)
            })+
        }

        $($(#[doc = $doc])+
        #[track_caller]
        pub fn $name(x: &Array, y: &Array) -> Array {
            x.$name(y)
        })+
    };
}

products! {
    /// The products of matrices along the last two axes, the axes before them broadcast: Python's `@`. A
    /// vector on the left counts as a row, on the right as a column, and the result then lacks that axis.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// let a = Array::from([[1.0, 2.0], [3.0, 4.0]]);
    /// assert_eq!(a.matmul(&a.t()).to_vec::<f64>()?, [5.0, 11.0, 11.0, 25.0]);
    /// assert_eq!(a.matmul(&Array::from([1.0, -1.0])).to_vec::<f64>()?, [-1.0, -1.0]);
    /// assert_eq!(ones([7, 2, 3], F32).matmul(&ones([3, 5], F32)).shape(), [7, 2, 5]);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    matmul = |b, x, y| matrices::product(b, &matrices::MATMUL, x, y);
    /// The products of matrices with vectors: the last axis of the second operand meets the last of the
    /// first, the axes before them are broadcast.
    matvec = |b, x, y| matrices::product(b, &matrices::MATVEC, x, y);
    /// The products of vectors with matrices: the last axis of the first operand meets the last but one
    /// of the second, the axes before them are broadcast. Complex vectors are conjugated.
    vecmat = |b, x, y| {
        let x = conjugated(b, x)?;
        matrices::product(b, &matrices::VECMAT, &x, y)
    };
    /// The sums of products along the last axes, the others broadcast; complex numbers of the first operand are
    /// conjugated.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// let forces = Array::from([[1.0, 2.0, 3.0], [0.0, 1.0, 0.0]]);
    /// assert_eq!(forces.vecdot(&Array::from([1.0, 1.0, 1.0])).to_vec::<f64>()?, [6.0, 1.0]);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    vecdot = |b, x, y| {
        let x = conjugated(b, x)?;
        matrices::product(b, &matrices::VECDOT, &x, y)
    };
    /// NumPy's `dot`: the last axis of the first operand meets the last but one of the second, or its
    /// only one; every other axis of both is one of the result. A number multiplies. For batches of
    /// matrices see [`matmul`](Array::matmul).
    dot = |b, x, y| matrices::dot(b, x, y);
    /// The sums of products along the last axes of both; every other axis of both is one of the result.
    /// A number multiplies.
    inner = |b, x, y| matrices::inner(b, x, y);
    /// The sum of all products of elements, both arrays read as vectors; complex numbers of the first are
    /// conjugated.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// assert_eq!(arange(4).reshape([2, 2]).vdot(&arange(4)).item::<i64>()?, 14);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    vdot = |b, x, y| {
        let size = x.0.node.shape.size() as isize;
        let x = conjugated(b, x)?;
        let x = nodes::reshape(b, &x, &[-1])?;
        let y = nodes::reshape(b, y, &[size])?;
        matrices::dot(b, &x, &y)
    };
    /// Each element of the first array times all of the second, block by block: the Kronecker product.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// let product = Array::from([1, 10]).kron(&Array::from([1, 2, 3]));
    /// assert_eq!(product.to_vec::<i32>()?, [1, 2, 3, 10, 20, 30]);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    kron = |b, x, y| matrices::kron(b, x, y);
}

/// Complex numbers with the opposite imaginary part; anything else as it is.
fn conjugated(b: &mut Builder, x: &Array) -> Result<Array, Mistake> {
    match x.0.node.dtype.is_complex() {
        true => nodes::map(b, Op::Conjugate, std::slice::from_ref(x)),
        false => Ok(x.clone()),
    }
}

/// What the axes of [`tensordot`](Array::tensordot) may be given as: how many of the last of the one
/// and the first of the other, or a list for each.
pub trait Pairs {
    /// The axes of both, for a first operand of so many axes.
    fn pairs(&self, dims: usize) -> [SmallVec<[isize; 4]>; 2];
}

impl<I: Integer> Pairs for I {
    fn pairs(&self, dims: usize) -> [SmallVec<[isize; 4]>; 2] {
        // No array has more axes; of more than there are the first is out of range, and is named so.
        let count = self.to_isize().clamp(0, dims as isize + 1);
        [
            (dims as isize - count..dims as isize).map(|a| if a < 0 { dims as isize } else { a }).collect(),
            (0..count).collect(),
        ]
    }
}

impl<A: Axes, B: Axes> Pairs for [(A, B); 1] {
    fn pairs(&self, dims: usize) -> [SmallVec<[isize; 4]>; 2] {
        let list = |axes: Option<SmallVec<[isize; 4]>>| axes.unwrap_or_else(|| (0..dims as isize).collect());
        [list(self[0].0.axes()), list(self[0].1.axes())]
    }
}

/// Products along chosen axes.
impl Array {
    /// The sum over pairs of axes, one of each array; every other axis of both is one of the result. A
    /// number takes so many of the last axes of this and the first of the other.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// let (a, b) = (ones([2, 3, 4], F32), ones([4, 3, 5], F32));
    /// assert_eq!(a.tensordot(&b, [([1, 2], [1, 0])]).shape(), [2, 5]);
    /// assert_eq!(a.tensordot(&b, 1).shape(), [2, 3, 3, 5]);
    /// ```
    #[track_caller]
    pub fn tensordot(&self, other: &Array, axes: impl Pairs) -> Array {
        build("tensordot", [self, other], |b| {
            let [own, others] = axes.pairs(self.0.node.shape.len());
            matrices::tensordot(b, self, other, &own, &others)
        })
    }
}

/// The sum over pairs of axes: see [`Array::tensordot`].
#[track_caller]
pub fn tensordot(x: &Array, y: &Array, axes: impl Pairs) -> Array {
    x.tensordot(y, axes)
}

/// The sums of products that Einstein's notation says: a letter for each axis, a comma between the
/// operands, an arrow before the letters of the result; letters that the result lacks are summed over.
/// Without an arrow the result has the letters that occur once, in the order of the alphabet. `...`
/// stands for axes that are broadcast, a letter twice in one operand for its diagonal.
///
/// Two operands at a time are multiplied, in an order that keeps the work small; what is a matrix
/// product of floats goes to the library, the rest are fused loops.
///
/// ```
/// use numfuse::{einsum, prelude::*};
///
/// let (a, b) = (arange(6).reshape([2, 3]), arange(12).reshape([3, 4]));
/// assert_eq!(einsum("ij,jk->ki", [&a, &b]).shape(), [4, 2]);
/// assert_eq!(einsum("ij->", [&a]).item::<i64>()?, 15);
/// assert_eq!(einsum("...i,...i", [&a, &a]).to_vec::<i64>()?, [5, 50]);
/// # Ok::<(), numfuse::Error>(())
/// ```
///
/// The result has the type to which the operands promote, sums of small integers too, as in NumPy.
#[track_caller]
pub fn einsum(subscripts: &str, operands: impl IntoIterator<Item: Borrow<Array>>) -> Array {
    let operands: Vec<Array> = operands.into_iter().map(|array| array.borrow().clone()).collect();
    build("einsum", &operands, |b| subscripts::einsum(b, subscripts, &operands))
}

/// The product of several matrices, in the order in which it costs least. The first and the last may
/// be vectors, which count as a row and a column.
///
/// ```
/// use numfuse::{multi_dot, prelude::*};
///
/// let (a, b, v) = (ones([10, 100], F64), ones([100, 5], F64), ones(5, F64));
/// assert_eq!(multi_dot([&a, &b, &v]).shape(), [10]); // a · (b · v)
/// ```
#[track_caller]
pub fn multi_dot(arrays: impl IntoIterator<Item: Borrow<Array>>) -> Array {
    let arrays: Vec<Array> = arrays.into_iter().map(|array| array.borrow().clone()).collect();
    build("multi_dot", &arrays, |b| {
        let wrong = |sentence: String| Err(Mistake::Argument { sentence });
        if arrays.len() < 2 {
            return wrong("Expecting at least two arrays.".to_string());
        }
        for (at, array) in arrays.iter().enumerate() {
            let dims = array.0.node.shape.len();
            let vector = dims == 1 && (at == 0 || at + 1 == arrays.len());
            if dims != 2 && !vector {
                return wrong(format!("{dims}-dimensional array given. Array must be two-dimensional"));
            }
        }
        chain(b, arrays.clone())
    })
}

/// The product of a chain: splits by the classical recurrence, worked off without recursion.
fn chain(b: &mut Builder, arrays: Vec<Array>) -> Result<Array, Mistake> {
    let splits = splits(&extents(&arrays));
    let mut products: Vec<Array> = Vec::new();
    let mut work = vec![(0, arrays.len() - 1, false)];
    while let Some((first, last, ready)) = work.pop() {
        match (first == last, ready) {
            (true, _) => products.push(arrays[first].clone()),
            (false, false) => {
                let split = splits[first][last];
                work.extend([(first, last, true), (split + 1, last, false), (first, split, false)]);
            }
            (false, true) => {
                let right = products.pop().expect("both parts come before their product");
                let left = products.pop().expect("both parts come before their product");
                products.push(matrices::dot(b, &left, &right)?);
            }
        }
    }
    Ok(products.swap_remove(0))
}

/// The rows of each matrix of a chain, then the columns of the last; vectors at the ends are matrices.
fn extents(arrays: &[Array]) -> Vec<usize> {
    let shape = |array: &Array| array.0.node.shape.to_vec();
    let rows = arrays.iter().enumerate().map(|(at, array)| match (&shape(array)[..], at) {
        ([_], 0) => 1,
        (extents, _) => extents[0],
    });
    let last = arrays.last().map_or(1, |array| shape(array).get(1).copied().unwrap_or(1));
    rows.chain([last]).collect()
}

/// Where to split each part of a chain of matrices so that all multiplications are fewest.
fn splits(extents: &[usize]) -> Vec<Vec<usize>> {
    let count = extents.len() - 1;
    let (mut cost, mut split) = (vec![vec![0.0; count]; count], vec![vec![0; count]; count]);
    for length in 1..count {
        for first in 0..count - length {
            let last = first + length;
            let price = |middle: usize| {
                let product = extents[first] as f64 * extents[middle + 1] as f64 * extents[last + 1] as f64;
                cost[first][middle] + cost[middle + 1][last] + product
            };
            let best = (first..last).min_by(|a, b| price(*a).total_cmp(&price(*b))).unwrap_or(first);
            (cost[first][last], split[first][last]) = (price(best), best);
        }
    }
    split
}
