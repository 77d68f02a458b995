//! Arrays of the crate `ndarray`, both ways; under the feature `ndarray`.
//!
//! In: `Array::from` takes what owns or shares its elements (`Array`, `ArcArray`) as it is. Nothing
//! is copied as long as the elements lie together in memory, in whatever order of axes and
//! directions: what is not row-major becomes a view. Elements that lie apart, as those of a slice
//! with a step, are copied, and so is what is only borrowed (`Array::from(&x)`), since an expression
//! may outlive it.
//!
//! Out: [`Array::to_ndarray`] copies, [`Values::as_ndarray`] borrows.

use crate::array::Array;
use crate::element::Element;
use crate::error::{Cause, Error};
use crate::lazy::{Lazy, build};
use crate::values::Values;
use ::ndarray::{ArrayBase, ArrayD, ArrayRef, ArrayViewD, Data, Dimension, IxDyn};
use numfuse_ir::graph::build as nodes;
use numfuse_ir::shape::Shape;
use numfuse_runtime::Buffer;
use smallvec::SmallVec;
use std::cmp::Reverse;

/// An array whose elements lie together, to be kept.
struct Held<S: Data>(ArrayBase<S, IxDyn>);

impl<S: Data> AsRef<[S::Elem]> for Held<S> {
    fn as_ref(&self) -> &[S::Elem] {
        self.0.as_slice_memory_order().expect("only what lies together is held")
    }
}

/// Takes an array that owns or shares its elements, or borrows them for good. They are not copied
/// unless they lie apart, and never written to: who shares an `ArcArray` and changes it gets a copy.
///
/// ```
/// use ndarray::{Array2, array, s};
/// use numfuse::prelude::*;
///
/// let x: Array2<f32> = array![[1.0, 2.0], [3.0, 4.0]];
/// let y = Array::from(&x.slice(s![.., 0])); // borrowed: copied
/// let x = Array::from(x); // owned: moved
/// assert_eq!((x * y).to_vec::<f32>()?, [1.0, 6.0, 3.0, 12.0]);
/// # Ok::<(), numfuse::Error>(())
/// ```
impl<S, D> From<ArrayBase<S, D>> for Array
where
    S: Data<Elem: Element> + Send + Sync + 'static,
    D: Dimension,
{
    #[track_caller]
    fn from(array: ArrayBase<S, D>) -> Array {
        let array = array.into_dyn();
        let layout = Layout::of(array.shape(), array.strides());
        let dtype = S::Elem::DTYPE;
        let shape = match Shape::new(&layout.extents) {
            Ok(shape) => shape,
            Err(mistake) => {
                return Lazy::failed(Error::without_operands(Cause::Expression(mistake), "from"));
            }
        };
        if array.as_slice_memory_order().is_none() {
            // The layout says where elements lie that are now put in order.
            return Array::from_vec(array.iter().copied().collect(), array.shape());
        }
        layout.view(Lazy::data(Buffer::from_shared(Held(array)), shape, dtype))
    }
}

/// Copies an array that is only borrowed.
impl<S, D> From<&ArrayBase<S, D>> for Array
where
    S: Data<Elem: Element>,
    D: Dimension,
{
    #[track_caller]
    fn from(array: &ArrayBase<S, D>) -> Array {
        Array::from(array.to_owned())
    }
}

/// Copies an array that is only borrowed.
impl<T: Element, D: Dimension> From<&ArrayRef<T, D>> for Array {
    #[track_caller]
    fn from(array: &ArrayRef<T, D>) -> Array {
        Array::from(array.to_owned())
    }
}

/// How elements that lie together are arranged: the axes by their strides, longest first.
struct Layout {
    /// The extents in memory.
    extents: SmallVec<[usize; 4]>,
    /// For each axis of the array, its place in memory.
    places: SmallVec<[isize; 4]>,
    /// For each axis of the array, whether it is walked from its end.
    flipped: SmallVec<[bool; 4]>,
}

impl Layout {
    fn of(shape: &[usize], strides: &[isize]) -> Layout {
        let mut order: SmallVec<[usize; 4]> = (0..shape.len()).collect();
        // Axes of one element or none may have any stride. They stay between their neighbours, so
        // that what is row-major is seen to be.
        let is_moved = |axis: usize| shape[axis] > 1;
        let mut moved: SmallVec<[usize; 4]> = order.iter().copied().filter(|&axis| is_moved(axis)).collect();
        moved.sort_by_key(|&axis| Reverse(strides[axis].unsigned_abs()));
        let mut moved = moved.into_iter();
        for axis in &mut order {
            if is_moved(*axis) {
                *axis = moved.next().expect("there are as many as were taken");
            }
        }
        let mut places: SmallVec<[isize; 4]> = SmallVec::from_elem(0, shape.len());
        order.iter().enumerate().for_each(|(place, &axis)| places[axis] = place as isize);
        let flipped = (0..shape.len()).map(|axis| shape[axis] > 1 && strides[axis] < 0).collect();
        Layout { extents: order.iter().map(|&axis| shape[axis]).collect(), places, flipped }
    }

    /// The array that these elements are, given as they lie.
    #[track_caller]
    fn view(&self, data: Array) -> Array {
        let in_order = self.places.iter().enumerate().all(|(axis, &place)| axis as isize == place);
        if in_order && !self.flipped.contains(&true) {
            return data;
        }
        build("from", [&data], |b| {
            let turned = nodes::permute(b, &data, &self.places)?;
            let walk = |(&extent, &flipped): (&usize, &bool)| match flipped {
                true => (extent as i64 - 1, -1, extent),
                false => (0, 1, extent),
            };
            let shape = turned.0.node.shape.clone();
            let walks: SmallVec<[(i64, i64, usize); 4]> = shape.iter().zip(&self.flipped).map(walk).collect();
            nodes::slice(b, &turned, &walks)
        })
    }
}

/// Arrays of the crate `ndarray`.
impl Array {
    /// The elements as an `ndarray` array of their own, row-major, copied. Computes them if that has
    /// not been done. [`Values::as_ndarray`] borrows them instead.
    ///
    /// ```
    /// use ndarray::{Ix2, array};
    /// use numfuse::prelude::*;
    ///
    /// let x = arange(6).reshape([2, 3]).to_ndarray::<i64>()?;
    /// assert_eq!(x.into_dimensionality::<Ix2>().unwrap(), array![[0, 1, 2], [3, 4, 5]]);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`eval`](Array::eval), or when the elements are not of type `T`.
    #[track_caller]
    pub fn to_ndarray<T: Element>(&self) -> Result<ArrayD<T>, Error> {
        self.values::<T>().map(|values| values.as_ndarray().to_owned())
    }
}

impl<T: Element> Values<T> {
    /// The elements as an `ndarray` view, not copied; under the feature `ndarray`.
    ///
    /// ```
    /// use ndarray::{Axis, arr1};
    /// use numfuse::prelude::*;
    ///
    /// let x = arange(6).reshape([2, 3]).values::<i64>()?;
    /// assert_eq!(x.as_ndarray().sum_axis(Axis(0)), arr1(&[3, 5, 7]).into_dyn());
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    pub fn as_ndarray(&self) -> ArrayViewD<'_, T> {
        ArrayViewD::from_shape(self.shape(), self).expect("the elements fill the shape")
    }
}
