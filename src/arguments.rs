//! What parameters may be given as: operands, shapes and axes, each through one trait or type.
//!
//! A second operand is an array, owned or borrowed, or a plain number ([`Operand`]). A shape is an
//! extent or a list of them ([`IntoShape`]). Axes are `..`, one axis or a list ([`Axes`]).

use crate::array::Array;
use crate::element::Number;
use half::{bf16, f16};
use num_complex::Complex;
use numfuse_ir::error::Error as Mistake;
use numfuse_ir::shape::{self, Shape};
use smallvec::SmallVec;
use std::ops::RangeFull;

/// An operand of an elementwise operation: an array, or a plain number, which is *weak*: it takes
/// the type of the arrays beside it and only its kind can widen them, as in NumPy.
///
/// ```
/// use numfuse::prelude::*;
///
/// let x = Array::from([1.5f32, 2.5]);
/// assert_eq!((&x + 1).dtype(), F32);
/// assert_eq!((&x * 0.1).dtype(), F32);
/// assert_eq!((x.cast(U8) * 0.1).dtype(), F64);
/// ```
#[derive(Clone, Debug)]
pub enum Operand {
    /// An array, with the type it has.
    Array(Array),
    /// A plain number.
    Number(Number),
}

impl Operand {
    /// The array that it is, if it is one.
    pub(crate) fn array(&self) -> Option<&Array> {
        match self {
            Operand::Array(array) => Some(array),
            Operand::Number(_) => None,
        }
    }

    /// The number that it is, if it is one.
    pub(crate) fn number(&self) -> Option<Number> {
        match self {
            Operand::Array(_) => None,
            Operand::Number(number) => Some(*number),
        }
    }
}

impl From<Array> for Operand {
    fn from(array: Array) -> Operand {
        Operand::Array(array)
    }
}

impl From<&Array> for Operand {
    fn from(array: &Array) -> Operand {
        Operand::Array(array.clone())
    }
}

impl From<Number> for Operand {
    fn from(number: Number) -> Operand {
        Operand::Number(number)
    }
}

macro_rules! operands_from {
    ($($T:ty),+) => { $(
        impl From<$T> for Operand {
            fn from(number: $T) -> Operand {
                Operand::Number(number.into())
            }
        }
    )+ };
}

operands_from! { bool, i8, i16, i32, i64, isize, u8, u16, u32, u64, usize, f16, bf16, f32, f64 }
operands_from! { Complex<f32>, Complex<f64> }

/// An integer that counts or points at something: an extent, an axis, a place.
pub trait Integer: Copy {
    /// The number, held to the range of `isize`.
    fn to_isize(self) -> isize;
}

macro_rules! integers {
    ($($T:ident)+) => { $(
        impl Integer for $T {
            fn to_isize(self) -> isize {
                isize::try_from(self).unwrap_or(if self > 0 { isize::MAX } else { isize::MIN })
            }
        }
    )+ };
}

integers! { i32 i64 isize u32 u64 usize }

/// What a shape may be given as: an extent, an array, slice, vector or tuple of extents, or `()`.
///
/// In [`Array::reshape`] one extent may be -1: it is found from the others.
pub trait IntoShape {
    /// The extents.
    fn extents(&self) -> SmallVec<[isize; 4]>;
}

/// What axes may be given as: `..` for all, one axis, or a list or tuple; negative ones count from
/// the back.
///
/// ```
/// use numfuse::prelude::*;
///
/// let x = ones([2, 3, 4], F32);
/// assert_eq!(x.sum(-1).shape(), [2, 3]);
/// assert_eq!(x.sum([0, 2]).shape(), [3]);
/// assert_eq!(x.sum((0, 2)).shape(), [3]);
/// assert_eq!(x.sum(..).shape(), []);
/// ```
pub trait Axes {
    /// The axes, as given; `None` for all.
    fn axes(&self) -> Option<SmallVec<[isize; 4]>>;
}

/// Says for each way to write a list of integers that it is a shape and a list of axes.
macro_rules! lists {
    ($(($($generics:tt)*) $List:ty, |$list:ident| $integers:expr;)+) => { $(
        impl<$($generics)*> IntoShape for $List {
            fn extents(&self) -> SmallVec<[isize; 4]> {
                let $list = self;
                $integers
            }
        }

        impl<$($generics)*> Axes for $List {
            fn axes(&self) -> Option<SmallVec<[isize; 4]>> {
                let $list = self;
                Some($integers)
            }
        }
    )+ };
}

lists! {
    (I: Integer) I, |n| SmallVec::from_slice(&[n.to_isize()]);
    (I: Integer, const N: usize) [I; N], |list| list.iter().map(|n| n.to_isize()).collect();
    (I: Integer, const N: usize) &[I; N], |list| list.iter().map(|n| n.to_isize()).collect();
    (I: Integer) &[I], |list| list.iter().map(|n| n.to_isize()).collect();
    (I: Integer) Vec<I>, |list| list.iter().map(|n| n.to_isize()).collect();
    (I: Integer) &Vec<I>, |list| list.iter().map(|n| n.to_isize()).collect();
    () (), |_none| SmallVec::new();
}

/// Extents or axes of different integer types side by side: `(n, -1)` where `n` is a `usize`.
macro_rules! tuples {
    ($($($T:ident)+;)+) => { $(
        lists! {
            ($($T: Integer),+) ($($T,)+), |list| {
                #[allow(non_snake_case, reason = "a tuple's values are named as their types")]
                let ($($T,)+) = list;
                smallvec::smallvec![$($T.to_isize()),+]
            };
        }
    )+ };
}

tuples! { A; A B; A B C; A B C D; A B C D E; A B C D E F; A B C D E F G; A B C D E F G H; }

impl Axes for RangeFull {
    fn axes(&self) -> Option<SmallVec<[isize; 4]>> {
        None
    }
}

/// A shape to make an array of.
///
/// # Errors
/// Negative extents, too many of them, or more elements than memory can address.
pub(crate) fn shape(given: &impl IntoShape) -> Result<Shape, Mistake> {
    let negative = |_| Mistake::Argument { sentence: "negative dimensions are not allowed".to_string() };
    let extents: Result<SmallVec<[usize; 4]>, Mistake> =
        given.extents().into_iter().map(|n| usize::try_from(n).map_err(negative)).collect();
    Shape::new(&extents?)
}

/// A mistake in broadcasting as NumPy says it where there is no ufunc: which two do not meet.
pub(crate) fn shape_mismatch(mistake: Mistake) -> Mistake {
    let Mistake::Broadcast { shapes, .. } = &mistake else { return mistake };
    let dims = shapes.iter().map(|shape| shape.len()).max().unwrap_or(0);
    let extent = |shape: &Shape, axis: usize| (axis + shape.len()).checked_sub(dims).map_or(1, |a| shape[a]);
    let pair = (0..dims).find_map(|axis| {
        let mut long = shapes.iter().enumerate().filter(|(_, shape)| extent(shape, axis) != 1);
        let first = long.next()?;
        Some((first, long.find(|(_, shape)| extent(shape, axis) != extent(first.1, axis))?))
    });
    match pair {
        Some(((i, first), (j, second))) => Mistake::Argument {
            sentence: format!(
                "shape mismatch: objects cannot be broadcast to a single shape. Mismatch is between arg {i} with \
                 shape {first} and arg {j} with shape {second}."
            ),
        },
        None => mistake,
    }
}

/// The axes meant, sorted.
///
/// # Errors
/// Axes that an array of `dims` dimensions has not, or one given twice.
pub(crate) fn axes(given: &impl Axes, dims: usize) -> Result<SmallVec<[usize; 4]>, Mistake> {
    match given.axes() {
        None => Ok((0..dims).collect()),
        Some(axes) => shape::axes(&axes, dims),
    }
}
