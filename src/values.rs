//! Reading elements where they lie, without a copy.
//!
//! [`Array::to_vec`] copies, since an array keeps its values; [`Values`] borrows them instead, and
//! keeps the memory for as long as it lives.

use crate::array::{Array, decode};
use crate::element::Element;
use crate::error::Error;
use numfuse_ir::shape::Shape;
use numfuse_runtime::Buffer;
use numfuse_runtime::buffer::Elements;
use std::fmt;
use std::ops::Deref;

/// The elements of a computed array, in place: a slice of them in row-major order. Made by
/// [`Array::values`].
///
/// The memory is kept for as long as this lives, also when the array is dropped before.
#[derive(Clone)]
pub struct Values<T> {
    elements: Elements<T>,
    shape: Shape,
}

impl<T> Values<T> {
    /// The extents of the array, outermost first.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }
}

impl<T: Element> Deref for Values<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.elements
    }
}

/// As the slice.
impl<T: Element + fmt::Debug> fmt::Debug for Values<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.deref().fmt(f)
    }
}

impl Array {
    /// The elements in row-major order, where they lie: as [`to_vec`](Array::to_vec), without the
    /// copy. Computes them if that has not been done.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// let squares = (arange(4) * arange(4)).values::<i64>()?;
    /// assert_eq!(squares.iter().max(), Some(&9));
    /// assert_eq!(squares[..2], [0, 1]);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`eval`](Array::eval), or when the elements are not of type `T`.
    #[track_caller]
    pub fn values<T: Element>(&self) -> Result<Values<T>, Error> {
        let buffer = self.read::<T>("values")?.buffer;
        let elements = buffer.into_elements().unwrap_or_else(|buffer| {
            // Data that lies across the alignment of its type.
            let copy: Vec<T> = decode(buffer.bytes(), T::DTYPE).map(T::from_scalar).collect();
            Buffer::from_vec(copy).into_elements().expect("a vector's elements are aligned and whole")
        });
        Ok(Values { elements, shape: self.0.node.shape.clone() })
    }
}
