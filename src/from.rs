//! Arrays from Rust's own collections: numbers, vectors, slices, nested arrays, iterators.
//!
//! `Array::from` finds shape and type in what it is given, as `numpy.array` does:
//!
//! ```
//! use numfuse::prelude::*;
//!
//! assert_eq!(Array::from([[1, 2, 3], [4, 5, 6]]).shape(), [2, 3]);
//! assert_eq!(Array::from(vec![[0.5f32, 1.0, 1.5]; 100]).shape(), [100, 3]);
//! assert_eq!(Array::from(2.5).shape(), []);
//! let squares: Array = (0..5).map(|i| i * i).collect();
//! assert_eq!(squares.dtype(), I32);
//! ```
//!
//! Vectors are not copied, nor are vectors of arrays; vectors of vectors are, and must be of one
//! length each.

use crate::array::Array;
use crate::element::Element;
use crate::error::{Cause, Error};
use crate::lazy::Lazy;
use numfuse_ir::error::Error as Mistake;

/// An array without axes: see [`Array::scalar`].
impl<T: Element> From<T> for Array {
    #[track_caller]
    fn from(value: T) -> Array {
        Array::scalar(value)
    }
}

impl<T: Element> From<Vec<T>> for Array {
    #[track_caller]
    fn from(elements: Vec<T>) -> Array {
        let extent = elements.len();
        Array::from_vec(elements, extent)
    }
}

impl<T: Element> From<&Vec<T>> for Array {
    #[track_caller]
    fn from(elements: &Vec<T>) -> Array {
        Array::from(elements.clone())
    }
}

impl<T: Element> From<&[T]> for Array {
    #[track_caller]
    fn from(elements: &[T]) -> Array {
        Array::from(elements.to_vec())
    }
}

/// Rows of one length each; others are NumPy's error.
impl<T: Element> From<Vec<Vec<T>>> for Array {
    #[track_caller]
    fn from(rows: Vec<Vec<T>>) -> Array {
        let shape = [rows.len(), rows.first().map_or(0, Vec::len)];
        if rows.iter().all(|row| row.len() == shape[1]) {
            return Array::from_vec(rows.concat(), shape);
        }
        let sentence = format!(
            "setting an array element with a sequence. The requested array has an inhomogeneous shape \
             after 1 dimensions. The detected shape was ({},) + inhomogeneous part.",
            shape[0]
        );
        let mistake = Mistake::Argument { sentence };
        Lazy::failed(Error::without_operands(Cause::Expression(mistake), "from"))
    }
}

/// Collects elements along one axis.
impl<T: Element> FromIterator<T> for Array {
    #[track_caller]
    fn from_iter<I: IntoIterator<Item = T>>(elements: I) -> Array {
        Array::from(Vec::from_iter(elements))
    }
}

/// The type `[[[T; C]; B]; A]` of these extents.
macro_rules! nested {
    ($T:ident;) => { $T };
    ($T:ident; $N:ident $($rest:ident)*) => { [nested!($T; $($rest)*); $N] };
}

/// The elements of a vector of what is nested so deep.
macro_rules! flattened {
    ($list:expr;) => { $list };
    ($list:expr; $N:ident $($rest:ident)*) => { flattened!($list.into_flattened(); $($rest)*) };
}

/// Says for each depth that arrays nested in it, borrowed ones, and vectors of them are arrays.
macro_rules! nested_arrays {
    ($($N:ident $($inner:ident)*;)+) => { $(
        impl<T: Element, const $N: usize $(, const $inner: usize)*> From<nested!(T; $N $($inner)*)>
            for Array
        {
            #[track_caller]
            fn from(list: nested!(T; $N $($inner)*)) -> Array {
                Array::from_vec(flattened!(list.to_vec(); $($inner)*), [$N $(, $inner)*])
            }
        }

        impl<T: Element, const $N: usize $(, const $inner: usize)*> From<&nested!(T; $N $($inner)*)>
            for Array
        {
            #[track_caller]
            fn from(list: &nested!(T; $N $($inner)*)) -> Array {
                Array::from_vec(flattened!(list.to_vec(); $($inner)*), [$N $(, $inner)*])
            }
        }

        impl<T: Element, const $N: usize $(, const $inner: usize)*> From<Vec<nested!(T; $N $($inner)*)>>
            for Array
        {
            #[track_caller]
            fn from(list: Vec<nested!(T; $N $($inner)*)>) -> Array {
                let extent = list.len();
                Array::from_vec(flattened!(list; $N $($inner)*), [extent, $N $(, $inner)*])
            }
        }
    )+ };
}

nested_arrays! { A; A B; A B C; A B C D; A B C D E; A B C D E F; }
