//! Slicing: `a.i((1..-1, ..))`, with anything that NumPy's indexing says.
//!
//! An index is one thing or a tuple of up to eight: an integer, which drops its axis; a range of any
//! form, where negative ends count from the back and ends outside are clamped; a range with a step,
//! `s(..).step(-1)`; [`NewAxis`]; [`Ellipsis`], which stands for as many `..` as are missing; an array
//! of integers, or a mask. Axes that are not mentioned are taken whole.
//!
//! Without arrays the result is a view: an index map, not a copy. Integer arrays broadcast together
//! and their axes stand where they stood, or in front of all others where something else lies between
//! them, as in NumPy ([`take`](crate::take) has more about them). A mask stands for the places where
//! it holds, along as many axes as it has: it is computed at once, to know how many there are.
//!
//! Clippy takes `1..-1` for a mistake in loops and warns of it everywhere: allow its lint
//! `reversed_empty_ranges`, or write `Slice::new(1, -1, 1)`.

pub(crate) mod mixed;

use crate::arguments::Integer;
use crate::array::Array;
use crate::lazy::{Builder, build};
use numfuse_ir::error::Error as Mistake;
use numfuse_ir::graph::build as nodes;
use numfuse_ir::shape::Shape;
use smallvec::SmallVec;
use std::ops::{Range, RangeFrom, RangeFull, RangeInclusive, RangeTo, RangeToInclusive};

/// A new axis of extent 1, as `numpy.newaxis`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewAxis;

/// All axes that the rest of the index does not mention, as Python's `...`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ellipsis;

/// A range with a step, as Python's `slice(start, stop, step)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slice {
    start: Option<isize>,
    stop: Option<isize>,
    step: isize,
}

impl Slice {
    /// From `start` to before `stop` by `step`; `None` for the end that the step starts from or
    /// runs to.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// let backwards = arange(5).i(Slice::new(3, None, -2));
    /// assert_eq!(backwards.to_vec::<i64>()?, [3, 1]);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    pub fn new(start: impl Into<Option<isize>>, stop: impl Into<Option<isize>>, step: isize) -> Slice {
        Slice { start: start.into(), stop: stop.into(), step }
    }

    /// The same range by another step.
    pub fn step(self, step: isize) -> Slice {
        Slice { step, ..self }
    }

    /// `(start, step, count)` along an axis of that extent: Python's `slice.indices`.
    fn places(self, extent: usize) -> Result<(i64, i64, usize), Mistake> {
        let extent = extent as isize;
        if self.step == 0 {
            return Err(Mistake::ZeroStep);
        }
        let (least, most) = if self.step > 0 { (0, extent) } else { (-1, extent - 1) };
        let held = |place: isize| {
            let from_front = if place < 0 { place.saturating_add(extent) } else { place };
            from_front.clamp(least, most)
        };
        let (first, last) = if self.step > 0 { (least, most) } else { (most, least) };
        let start = self.start.map_or(first, held);
        let stop = self.stop.map_or(last, held);
        let distance = if self.step > 0 { stop - start } else { start - stop };
        let count = usize::try_from(distance).map_or(0, |d| d.div_ceil(self.step.unsigned_abs()));
        // Of an empty or single range the start and the step say nothing: one form for all.
        match count {
            0 => Ok((0, 1, 0)),
            1 => Ok((start as i64, 1, 1)),
            _ => Ok((start as i64, self.step as i64, count)),
        }
    }
}

/// A range to give a step to: `s(1..).step(2)`.
///
/// ```
/// use numfuse::prelude::*;
///
/// let x = arange(6);
/// assert_eq!(x.i(s(..).step(2)).to_vec::<i64>()?, [0, 2, 4]);
/// assert_eq!(x.i(s(..).step(-1)).to_vec::<i64>()?, [5, 4, 3, 2, 1, 0]);
/// # Ok::<(), numfuse::Error>(())
/// ```
pub fn s(range: impl Into<Slice>) -> Slice {
    range.into()
}

/// One part of an index.
#[derive(Clone, Debug)]
pub enum Item {
    /// One place along an axis, which is dropped.
    At(isize),
    /// A range of an axis.
    Slice(Slice),
    /// A new axis of extent 1.
    NewAxis,
    /// All axes that are not mentioned.
    Ellipsis,
    /// Integer places along an axis, or a mask over as many axes as it has.
    Array(Array),
}

/// What [`Array::i`] takes: an integer, a range, a [`Slice`], [`NewAxis`], [`Ellipsis`], an array, a
/// tuple of up to eight of these, or a list of [`Item`]s.
pub trait Indices {
    /// The parts, one after another.
    fn items(self) -> SmallVec<[Item; 4]>;
}

impl<I: Integer> From<I> for Item {
    fn from(place: I) -> Item {
        Item::At(place.to_isize())
    }
}

macro_rules! ranges {
    ($(($($generics:tt)*) $Range:ty, |$r:pat_param| ($start:expr, $stop:expr);)+) => { $(
        impl<$($generics)*> From<$Range> for Slice {
            fn from($r: $Range) -> Slice {
                Slice { start: $start, stop: $stop, step: 1 }
            }
        }

        impl<$($generics)*> From<$Range> for Item {
            fn from(range: $Range) -> Item {
                Item::Slice(range.into())
            }
        }
    )+ };
}

ranges! {
    (I: Integer) Range<I>, |r| (Some(r.start.to_isize()), Some(r.end.to_isize()));
    (I: Integer) RangeInclusive<I>, |r| (Some(r.start().to_isize()), after(*r.end()));
    (I: Integer) RangeFrom<I>, |r| (Some(r.start.to_isize()), None);
    (I: Integer) RangeTo<I>, |r| (None, Some(r.end.to_isize()));
    (I: Integer) RangeToInclusive<I>, |r| (None, after(r.end));
    () RangeFull, |_| (None, None);
}

/// The end after an included one; after the last element there is no end.
fn after(last: impl Integer) -> Option<isize> {
    last.to_isize().checked_add(1).filter(|&stop| stop != 0)
}

impl From<Slice> for Item {
    fn from(slice: Slice) -> Item {
        Item::Slice(slice)
    }
}

impl From<NewAxis> for Item {
    fn from(_: NewAxis) -> Item {
        Item::NewAxis
    }
}

impl From<Ellipsis> for Item {
    fn from(_: Ellipsis) -> Item {
        Item::Ellipsis
    }
}

impl From<Array> for Item {
    fn from(array: Array) -> Item {
        Item::Array(array)
    }
}

impl From<&Array> for Item {
    fn from(array: &Array) -> Item {
        Item::Array(array.clone())
    }
}

macro_rules! single {
    ($(($($generics:tt)*) $T:ty;)+) => { $(
        impl<$($generics)*> Indices for $T {
            fn items(self) -> SmallVec<[Item; 4]> {
                smallvec::smallvec![self.into()]
            }
        }
    )+ };
}

single! {
    (I: Integer) I;
    (I: Integer) Range<I>;
    (I: Integer) RangeInclusive<I>;
    (I: Integer) RangeFrom<I>;
    (I: Integer) RangeTo<I>;
    (I: Integer) RangeToInclusive<I>;
    () RangeFull;
    () Slice;
    () NewAxis;
    () Ellipsis;
    () Item;
    () Array;
    () &Array;
}

macro_rules! tuples {
    ($($($T:ident)*;)+) => { $(
        impl<$($T: Into<Item>),*> Indices for ($($T,)*) {
            fn items(self) -> SmallVec<[Item; 4]> {
                #[allow(non_snake_case, reason = "a tuple's values are named as their types")]
                let ($($T,)*) = self;
                smallvec::smallvec![$($T.into()),*]
            }
        }
    )+ };
}

tuples! { ; A; A B; A B C; A B C D; A B C D E; A B C D E F; A B C D E F G; A B C D E F G H; }

impl Indices for &[Item] {
    fn items(self) -> SmallVec<[Item; 4]> {
        self.iter().cloned().collect()
    }
}

impl Indices for Vec<Item> {
    fn items(self) -> SmallVec<[Item; 4]> {
        SmallVec::from_vec(self)
    }
}

impl Array {
    /// The elements at an index; see the [module](crate::index) for what an index is.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// let image = zeros([480, 640, 3], U8);
    /// assert_eq!(image.i((1..-1, 2..)).shape(), [478, 638, 3]);
    /// assert_eq!(image.i((.., .., 0)).shape(), [480, 640]);
    /// assert_eq!(image.i((Ellipsis, -1)).shape(), [480, 640]);
    /// assert_eq!(image.i((s(..).step(2), NewAxis)).shape(), [240, 1, 640, 3]);
    ///
    /// let x = arange(12).reshape([3, 4]);
    /// assert_eq!(x.i((&Array::from([2, 0]), 1..3)).to_vec::<i64>()?, [9, 10, 1, 2]);
    /// assert_eq!(x.i(&x.greater(8)).to_vec::<i64>()?, [9, 10, 11]);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    #[track_caller]
    pub fn i(&self, index: impl Indices) -> Array {
        let items = index.items();
        if items.iter().any(|item| matches!(item, Item::Array(_))) {
            return mixed::select(self, items);
        }
        build("index", [self], |b| select(b, self, &items))
    }
}

/// Slices every axis, then drops and adds axes by a reshape.
fn select(b: &mut Builder, x: &Array, items: &[Item]) -> Result<Array, Mistake> {
    let Region { places, extents } = Region::of(&x.0.node.shape, items)?;
    let sliced = nodes::slice(b, x, &places)?;
    Ok(nodes::reshape_to(b, &sliced, extents))
}

/// What an index without arrays says of an array: a part of it.
pub(crate) struct Region {
    /// The first place, the step and the count along each axis of the array.
    pub(crate) places: SmallVec<[(i64, i64, usize); 4]>,
    /// The shape that the part has for the user: axes dropped and added.
    pub(crate) extents: Shape,
}

impl Region {
    /// The part of an array of that shape.
    ///
    /// # Errors
    /// An index out of range, too many of them, a step of 0.
    pub(crate) fn of(shape: &Shape, items: &[Item]) -> Result<Region, Mistake> {
        let given = items.iter().filter(|item| matches!(item, Item::At(_) | Item::Slice(_))).count();
        if given > shape.len() {
            return Err(Mistake::TooManyIndices { dims: shape.len(), given });
        }
        let dots = items.iter().filter(|item| matches!(item, Item::Ellipsis)).count();
        one_ellipsis(dots)?;
        let mut rest = shape.len() - given;
        let mut places: SmallVec<[(i64, i64, usize); 4]> = SmallVec::new();
        let mut extents: SmallVec<[usize; 4]> = SmallVec::new();
        let unmentioned = if dots == 0 { &[Item::Ellipsis][..] } else { &[] };
        for item in items.iter().chain(unmentioned) {
            let axis = places.len();
            match item {
                Item::At(index) => places.push((at(*index, axis, shape)?, 1, 1)),
                Item::Slice(slice) => {
                    let range = slice.places(shape[axis])?;
                    places.push(range);
                    extents.push(range.2);
                }
                Item::NewAxis => extents.push(1),
                Item::Ellipsis => {
                    let whole = &shape[axis..axis + std::mem::take(&mut rest)];
                    places.extend(whole.iter().map(|&n| (0, 1, n)));
                    extents.extend_from_slice(whole);
                }
                Item::Array(_) => unreachable!("an index with arrays is another function's: fn i"),
            }
        }
        Ok(Region { places, extents: Shape::new(&extents)? })
    }
}

/// An ellipsis stands for all that is missing, so that there is one at most.
fn one_ellipsis(count: usize) -> Result<(), Mistake> {
    if count > 1 {
        let sentence = "an index can only have a single ellipsis ('...')".to_string();
        return Err(Mistake::Argument { sentence });
    }
    Ok(())
}

/// A place along an axis, from the front.
fn at(index: isize, axis: usize, shape: &Shape) -> Result<i64, Mistake> {
    let extent = shape[axis];
    let from_front = if index < 0 { index.saturating_add(extent as isize) } else { index };
    match usize::try_from(from_front) {
        Ok(place) if place < extent => Ok(place as i64),
        _ => Err(Mistake::Index { index, axis, extent }),
    }
}

#[cfg(test)]
#[allow(clippy::reversed_empty_ranges, reason = "an end below 0 counts from the back")]
mod tests {
    use super::*;

    /// What Python's `range(extent)[slice]` holds.
    fn places(slice: Slice, extent: usize) -> Vec<i64> {
        let (start, step, count) = slice.places(extent).unwrap();
        (0..count as i64).map(|i| start + step * i).collect()
    }

    #[test]
    fn ranges_are_pythons() {
        assert_eq!(places(s(1..-1), 5), [1, 2, 3]);
        assert_eq!(places(s(-10..10), 3), [0, 1, 2]);
        assert_eq!(places(s(..=-1), 3), [0, 1, 2]);
        assert_eq!(places(s(..=1), 3), [0, 1]);
        assert_eq!(places(s(..).step(-2), 5), [4, 2, 0]);
        assert_eq!(places(s(..).step(-1), 0), []);
        assert_eq!(places(Slice::new(-1, -10, -3), 7), [6, 3, 0]);
        assert_eq!(places(s(3..1), 5), []);
        assert_eq!(places(s(..).step(isize::MAX), 5), [0]);
        assert_eq!(places(s(..).step(isize::MIN), 5), [4]);
        assert!(s(..).step(0).places(5).is_err());
    }
}
