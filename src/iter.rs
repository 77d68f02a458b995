//! An array as a list of the arrays along an axis: iterating, splitting, and sums of lists.
//!
//! ```
//! use numfuse::prelude::*;
//!
//! let x = arange(6).reshape([3, 2]);
//! let mut total = zeros(2, I64);
//! for row in &x {
//!     total += row; // an expression: nothing runs
//! }
//! assert_eq!(total.to_vec::<i64>()?, [6, 9]);
//! # Ok::<(), numfuse::Error>(())
//! ```
//!
//! Each part is a view. To fold over an axis, `x.sum(0)` is one loop where adding up rows is a long
//! expression.

use crate::arguments::{Integer, IntoShape};
use crate::array::Array;
use crate::index::{Item, Slice};
use crate::lazy::build;
use numfuse_ir::error::Error as Mistake;
use numfuse_ir::shape;
use std::iter::{Product, Sum};
use std::ops::Range;

/// From so many parts on a list of them is a mistake: it would have no end.
const MOST_PARTS: usize = 1 << 20;

/// The arrays along the first axis of an array; made by [`Array::iter`].
#[derive(Clone, Debug)]
pub struct Iter {
    array: Array,
    places: Range<usize>,
}

impl Iterator for Iter {
    type Item = Array;

    #[track_caller]
    fn next(&mut self) -> Option<Array> {
        // No closure: it would hide the line that asks.
        match self.places.next() {
            Some(place) => Some(self.array.i(place)),
            None => None,
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.places.size_hint()
    }
}

impl ExactSizeIterator for Iter {}

impl IntoIterator for &Array {
    type Item = Array;
    type IntoIter = Iter;

    #[track_caller]
    fn into_iter(self) -> Iter {
        self.iter()
    }
}

/// The parts of an array along an axis.
impl Array {
    /// The arrays along the first axis, one after another. Of an array that has none, or that carries
    /// an error, there is one, which carries the error.
    #[track_caller]
    pub fn iter(&self) -> Iter {
        let checked = build("iter", [self], |_| match self.0.node.shape.is_empty() {
            true => Err(Mistake::Argument { sentence: "iteration over a 0-d array".to_string() }),
            false => Ok(self.clone()),
        });
        let count = checked.0.node.shape.first().map_or(1, |&extent| extent);
        Iter { array: checked, places: 0..count }
    }

    /// The arrays along an axis, which they no longer have.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// let [red, green, blue] = &zeros([480, 640, 3], U8).unstack(-1)[..] else { unreachable!() };
    /// assert_eq!((red.shape(), green.shape(), blue.ndim()), (&[480, 640][..], &[480, 640][..], 2));
    /// ```
    #[track_caller]
    pub fn unstack(&self, axis: impl Integer) -> Vec<Array> {
        let axis = axis.to_isize();
        let listed = self.with_axes("unstack", 1, |_| "Input array must be at least 1-d.".to_string());
        let listed = build("unstack", [&listed], |_| {
            let sentence = format!("an array can be unstacked into fewer than {MOST_PARTS} parts.");
            match self.0.node.shape[shape::named_axis("source", axis, self.0.node.shape.len())?] {
                MOST_PARTS.. => Err(Mistake::Argument { sentence }),
                _ => Ok(listed.clone()),
            }
        });
        if listed.0.error.is_some() {
            return vec![listed];
        }
        let first = listed.moveaxis([axis], [0isize]);
        let mut parts = Vec::new();
        for part in &first {
            parts.push(part);
        }
        parts
    }

    /// `count` parts of one size along an axis. Where there is no such size each is the error.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// let halves = arange(6).split(2, 0);
    /// assert_eq!(halves[1].to_vec::<i64>()?, [3, 4, 5]);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    #[track_caller]
    pub fn split(&self, count: usize, axis: impl Integer) -> Vec<Array> {
        self.parts(count, axis.to_isize(), true)
    }

    /// `count` parts along an axis; the first are longer by one where the extent is no multiple.
    #[track_caller]
    pub fn array_split(&self, count: usize, axis: impl Integer) -> Vec<Array> {
        self.parts(count, axis.to_isize(), false)
    }

    /// The parts between these places of an axis: NumPy's `split` with a list.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// let parts = arange(6).split_at([1, 4], 0);
    /// assert_eq!(parts.iter().map(Array::len).collect::<Vec<_>>(), [1, 3, 2]);
    /// ```
    #[track_caller]
    pub fn split_at(&self, places: impl IntoShape, axis: impl Integer) -> Vec<Array> {
        let places = places.extents();
        let mut parts = Vec::with_capacity(places.len() + 1);
        for i in 0..=places.len() {
            let start = i.checked_sub(1).map(|before| places[before]);
            parts.push(self.along("split", axis.to_isize(), Slice::new(start, places.get(i).copied(), 1)));
        }
        parts
    }

    #[track_caller]
    fn parts(&self, count: usize, axis: isize, equal: bool) -> Vec<Array> {
        let checked = build("split", [self], |_| {
            let wrong = |sentence: &str| Err(Mistake::Argument { sentence: sentence.to_string() });
            let extent = self.0.node.shape[shape::axis(axis, self.0.node.shape.len())?];
            match count {
                0 => wrong("number sections must be larger than 0."),
                MOST_PARTS.. => wrong("number sections must be smaller than 1048576."),
                _ if equal && !extent.is_multiple_of(count) => {
                    wrong("array split does not result in an equal division")
                }
                _ => Ok(self.clone()),
            }
        });
        if checked.0.error.is_some() {
            return vec![checked; count.clamp(1, MOST_PARTS)];
        }
        let extent = self.0.node.shape[shape::axis(axis, self.0.node.shape.len()).unwrap_or(0)];
        let (each, longer) = (extent / count, extent % count);
        let mut parts = Vec::with_capacity(count);
        for i in 0..count {
            let start = i * each + i.min(longer);
            let stop = start + each + usize::from(i < longer);
            parts.push(self.along("split", axis, Slice::new(start as isize, stop as isize, 1)));
        }
        parts
    }

    /// A range of one axis, for the operation `op`.
    #[track_caller]
    pub(crate) fn along(&self, op: &'static str, axis: isize, range: Slice) -> Array {
        let dims = self.0.node.shape.len();
        match shape::axis(axis, dims) {
            Ok(axis) => {
                let whole = Item::Slice(Slice::new(None, None, 1));
                let mut items = vec![whole; axis];
                items.push(Item::Slice(range));
                self.i(items)
            }
            Err(mistake) => build(op, [self], |_| Err(mistake)),
        }
    }
}

macro_rules! folded_lists {
    ($($Trait:ident $name:ident = $op:tt, $start:literal;)+) => { $(
        impl $Trait for Array {
            #[track_caller]
            fn $name<I: Iterator<Item = Array>>(mut arrays: I) -> Array {
                let Some(mut result) = arrays.next() else { return Array::scalar($start) };
                for array in arrays {
                    result $op array;
                }
                result
            }
        }

        impl<'a> $Trait<&'a Array> for Array {
            #[track_caller]
            fn $name<I: Iterator<Item = &'a Array>>(arrays: I) -> Array {
                arrays.cloned().$name()
            }
        }
    )+ };
}

folded_lists! {
    Sum sum = +=, 0i64;
    Product product = *=, 1i64;
}
