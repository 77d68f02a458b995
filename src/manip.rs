//! Other arrangements of the same elements: shapes, axes, windows. All of them are views: index
//! maps that cost nothing and fuse into what reads them.

use crate::arguments::{self, Axes, Integer, IntoShape};
use crate::array::Array;
use crate::free::functions;
use crate::lazy::{Builder, build};
use numfuse_ir::error::Error as Mistake;
use numfuse_ir::graph::build as nodes;
use numfuse_ir::shape::{self, Shape};
use smallvec::SmallVec;

/// Shapes.
impl Array {
    /// The same elements in row-major order under another shape; one extent may be -1, to be found.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// assert_eq!(arange(12).reshape([3, -1]).shape(), [3, 4]);
    /// ```
    #[track_caller]
    pub fn reshape(&self, shape: impl IntoShape) -> Array {
        build("reshape", [self], |b| nodes::reshape(b, self, &shape.extents()))
    }

    /// All elements along one axis, in row-major order.
    #[track_caller]
    pub fn ravel(&self) -> Array {
        build("ravel", [self], |b| nodes::reshape(b, self, &[-1]))
    }

    /// All elements along one axis: the same as [`ravel`](Array::ravel), since arrays never change.
    #[track_caller]
    pub fn flatten(&self) -> Array {
        build("flatten", [self], |b| nodes::reshape(b, self, &[-1]))
    }

    /// Without these axes, which have extent 1; `..` for all that have.
    #[track_caller]
    pub fn squeeze(&self, axes: impl Axes) -> Array {
        build("squeeze", [self], |b| {
            let from = &self.0.node.shape;
            let dropped = match axes.axes() {
                None => (0..from.len()).filter(|&axis| from[axis] == 1).collect(),
                Some(axes) => shape::axes(&axes, from.len())?,
            };
            if dropped.iter().any(|&axis| from[axis] != 1) {
                let sentence = "cannot select an axis to squeeze out which has size not equal to one";
                return Err(Mistake::Argument { sentence: sentence.to_string() });
            }
            Ok(nodes::reshape_to(b, self, from.reduced(&dropped, false)))
        })
    }

    /// With new axes of extent 1 at these places of the result.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// assert_eq!(arange(3).expand_dims(-1).shape(), [3, 1]);
    /// assert_eq!(arange(3).expand_dims([0, 2]).shape(), [1, 3, 1]);
    /// ```
    #[track_caller]
    pub fn expand_dims(&self, axes: impl Axes) -> Array {
        build("expand_dims", [self], |b| {
            let new = axes.axes().unwrap_or_default();
            let dims = self.0.node.shape.len() + new.len();
            let new = shape::axes(&new, dims)?;
            let mut old = self.0.node.shape.iter().copied();
            let extent = |axis| if new.contains(&axis) { 1 } else { old.next().unwrap_or(1) };
            let extents: SmallVec<[usize; 4]> = (0..dims).map(extent).collect();
            Ok(nodes::reshape_to(b, self, Shape::new(&extents)?))
        })
    }

    /// Stretched to a shape by repeating axes of extent 1 and adding axes in front.
    #[track_caller]
    pub fn broadcast_to(&self, shape: impl IntoShape) -> Array {
        build("broadcast_to", [self], |b| {
            if shape.extents().iter().any(|&extent| extent < 0) {
                let sentence = "all elements of broadcast shape must be non-negative".to_string();
                return Err(Mistake::Argument { sentence });
            }
            let to = arguments::shape(&shape)?;
            nodes::broadcast_to(b, self, &to)
        })
    }
}

/// Orders of axes.
impl Array {
    /// The axes in reverse order.
    #[track_caller]
    pub fn t(&self) -> Array {
        self.transpose()
    }

    /// The axes in reverse order; for another order see [`permute`](Array::permute).
    #[track_caller]
    pub fn transpose(&self) -> Array {
        build("transpose", [self], |b| {
            let order: SmallVec<[isize; 4]> = (0..self.0.node.shape.len() as isize).rev().collect();
            nodes::permute(b, self, &order)
        })
    }

    /// The axes in another order: axis `i` of the result is `axes[i]` of the array. NumPy's
    /// `transpose(axes)`.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// assert_eq!(zeros([480, 640, 3], U8).permute([2, 0, 1]).shape(), [3, 480, 640]);
    /// ```
    #[track_caller]
    pub fn permute(&self, axes: impl IntoShape) -> Array {
        build("permute", [self], |b| nodes::permute(b, self, &axes.extents()))
    }

    /// Axes moved to other places, the others staying in order.
    #[track_caller]
    pub fn moveaxis(&self, source: impl IntoShape, destination: impl IntoShape) -> Array {
        build("moveaxis", [self], |b| {
            let dims = self.0.node.shape.len();
            let from = places(&source.extents(), dims, "source")?;
            let to = places(&destination.extents(), dims, "destination")?;
            if from.len() != to.len() {
                let sentence = "`source` and `destination` arguments must have the same number of elements";
                return Err(Mistake::Argument { sentence: sentence.to_string() });
            }
            let mut moved: Vec<(usize, usize)> = to.into_iter().zip(from.iter().copied()).collect();
            moved.sort_unstable();
            let mut order: Vec<isize> = (0..dims).filter(|a| !from.contains(a)).map(|a| a as isize).collect();
            moved.into_iter().for_each(|(place, axis)| order.insert(place, axis as isize));
            nodes::permute(b, self, &order)
        })
    }

    /// Two axes exchanged.
    #[track_caller]
    pub fn swapaxes(&self, first: impl Integer, second: impl Integer) -> Array {
        build("swapaxes", [self], |b| {
            let dims = self.0.node.shape.len();
            let first = shape::named_axis("axis1", first.to_isize(), dims)?;
            let second = shape::named_axis("axis2", second.to_isize(), dims)?;
            let mut order: SmallVec<[isize; 4]> = (0..dims as isize).collect();
            order.swap(first, second);
            nodes::permute(b, self, &order)
        })
    }

    /// The order of elements along these axes reversed.
    #[track_caller]
    pub fn flip(&self, axes: impl Axes) -> Array {
        build("flip", [self], |b| {
            let from = &self.0.node.shape;
            let flipped = arguments::axes(&axes, from.len())?;
            let place = |(axis, &extent): (usize, &usize)| match flipped.contains(&axis) && extent > 1 {
                true => (extent as i64 - 1, -1, extent),
                false => (0, 1, extent),
            };
            let places: SmallVec<[(i64, i64, usize); 4]> = from.iter().enumerate().map(place).collect();
            nodes::slice(b, self, &places)
        })
    }
}

/// Turned and mirrored matrices, and arrays with some axes at least.
impl Array {
    /// The last two axes exchanged: each matrix of a stack of them transposed.
    #[track_caller]
    pub fn matrix_transpose(&self) -> Array {
        let sentence = |dims| format!("Input array must be at least 2-dimensional, but it is {dims}");
        self.with_axes("matrix_transpose", 2, sentence).swapaxes(-1, -2)
    }

    /// The order of elements along the first axis reversed.
    #[track_caller]
    pub fn flipud(&self) -> Array {
        self.with_axes("flipud", 1, |_| "Input must be >= 1-d.".to_string()).flip(0)
    }

    /// The order of elements along the second axis reversed.
    #[track_caller]
    pub fn fliplr(&self) -> Array {
        self.with_axes("fliplr", 2, |_| "Input must be >= 2-d.".to_string()).flip(1)
    }

    /// The first two axes turned by `quarters` of a circle, from the first towards the second.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// let x = Array::from([[1, 2], [3, 4]]);
    /// assert_eq!(x.rot90(1).to_vec::<i32>()?, [2, 4, 1, 3]);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    #[track_caller]
    pub fn rot90(&self, quarters: isize) -> Array {
        let x =
            self.with_axes("rot90", 2, |dims| format!("Axes=(0, 1) out of range for array of ndim={dims}."));
        match quarters.rem_euclid(4) {
            0 => x,
            1 => x.flip(1).swapaxes(0, 1),
            2 => x.flip([0, 1]),
            _ => x.swapaxes(0, 1).flip(1),
        }
    }

    /// With an axis of extent 1 if there is none.
    #[track_caller]
    pub fn atleast_1d(&self) -> Array {
        if self.0.node.shape.is_empty() { self.reshape(1) } else { self.clone() }
    }

    /// With axes of extent 1 in front until there are two.
    #[track_caller]
    pub fn atleast_2d(&self) -> Array {
        if self.0.node.shape.len() < 2 { self.reshape([1, -1]) } else { self.clone() }
    }

    /// With axes of extent 1 until there are three: a vector is the middle one, a matrix the first
    /// two.
    #[track_caller]
    pub fn atleast_3d(&self) -> Array {
        match self.0.node.shape.len() {
            0 | 1 => self.reshape([1, -1, 1]),
            2 => self.expand_dims(2),
            _ => self.clone(),
        }
    }

    /// The array itself if it has so many axes, else a mistake that says this of how many it has.
    #[track_caller]
    pub(crate) fn with_axes(
        &self,
        op: &'static str,
        least: usize,
        sentence: impl FnOnce(usize) -> String,
    ) -> Array {
        build(op, [self], |_| match self.0.node.shape.len() {
            dims if dims < least => Err(Mistake::Argument { sentence: sentence(dims) }),
            _ => Ok(self.clone()),
        })
    }
}

/// Diagonals and windows.
impl Array {
    /// The diagonal of the first two axes that lies `offset` above the main one, as a new last axis.
    #[track_caller]
    pub fn diagonal(&self, offset: isize) -> Array {
        self.diagonal_of(offset, 0, 1)
    }

    /// The diagonal of two axes, as a new last axis.
    #[track_caller]
    pub fn diagonal_of(&self, offset: isize, first: impl Integer, second: impl Integer) -> Array {
        build("diagonal", [self], |b| {
            nodes::diagonal(b, self, offset as i64, first.to_isize(), second.to_isize())
        })
    }

    /// The sum of [`diagonal`](Array::diagonal).
    #[track_caller]
    pub fn trace(&self, offset: isize) -> Array {
        self.diagonal(offset).sum(-1)
    }

    /// Windows of these extents sliding along these axes; the places in the window are new last
    /// axes.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// let windows = arange(5).sliding_window_view(3, 0);
    /// assert_eq!(windows.shape(), [3, 3]);
    /// assert_eq!(windows.sum(-1).to_vec::<i64>()?, [3, 6, 9]);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    #[track_caller]
    pub fn sliding_window_view(&self, window: impl IntoShape, axes: impl Axes) -> Array {
        build("sliding_window_view", [self], |b| {
            let negative = |_| {
                let sentence = "`window_shape` cannot contain negative values".to_string();
                Mistake::Argument { sentence }
            };
            let extents: Result<SmallVec<[usize; 4]>, Mistake> =
                window.extents().into_iter().map(|n| usize::try_from(n).map_err(negative)).collect();
            let extents = extents?;
            // Windows are new last axes, so axes are counted in the array, not in what it becomes.
            let axes = window_axes(&axes, extents.len(), self.0.node.shape.len())?;
            extents
                .iter()
                .zip(&axes)
                .try_fold(self.clone(), |x, (&extent, &axis)| nodes::window(b, &x, extent, axis as isize))
        })
    }
}

/// The axes that so many windows slide along, in the order given, of an array of `dims` dimensions.
fn window_axes(given: &impl Axes, windows: usize, dims: usize) -> Result<SmallVec<[usize; 4]>, Mistake> {
    let Some(axes) = given.axes() else {
        let sentence = format!(
            "Since axis is `None`, must provide window_shape for all dimensions of `x`; got {windows} window_shape \
             elements and `x.ndim` is {dims}."
        );
        let all = (windows == dims).then(|| (0..dims).collect());
        return all.ok_or(Mistake::Argument { sentence });
    };
    let axes: Result<SmallVec<[usize; 4]>, Mistake> =
        axes.into_iter().map(|axis| shape::axis(axis, dims)).collect();
    let axes = axes?;
    if axes.len() == windows {
        return Ok(axes);
    }
    let sentence = format!(
        "Must provide matching length window_shape and axis; got {windows} window_shape elements and {} axes elements.",
        axes.len()
    );
    Err(Mistake::Argument { sentence })
}

/// Axes in the order given, each from the front.
fn places(axes: &[isize], dims: usize, which: &str) -> Result<SmallVec<[usize; 4]>, Mistake> {
    let mut places: SmallVec<[usize; 4]> = SmallVec::new();
    for &axis in axes {
        let place = shape::named_axis(which, axis, dims)?;
        if places.contains(&place) {
            return Err(Mistake::Argument { sentence: format!("repeated axis in `{which}` argument") });
        }
        places.push(place);
    }
    Ok(places)
}

/// Extents beside each other.
impl Array {
    /// The extent of an axis, or nothing where there is none such.
    pub(crate) fn extent_along(&self, axis: isize) -> Vec<usize> {
        shape::axis(axis, self.0.node.shape.len()).map_or(vec![], |axis| vec![self.0.node.shape[axis]])
    }

    /// A vector laid along `axis` of arrays with as many axes as `other`.
    #[track_caller]
    pub(crate) fn beside(&self, other: &Array, axis: isize) -> Array {
        let dims = other.0.node.shape.len();
        match shape::axis(axis, dims) {
            Ok(place) => {
                let mut extents = vec![1isize; dims];
                extents[place] = -1;
                self.reshape(extents)
            }
            Err(mistake) => build("reshape", [self, other], |_| Err(mistake)),
        }
    }
}

/// Arrays stretched to the shape that all of them broadcast to.
#[track_caller]
pub fn broadcast_arrays(arrays: &[Array]) -> Vec<Array> {
    let mut stretched = Vec::with_capacity(arrays.len());
    for array in arrays {
        stretched.push(build("broadcast_arrays", arrays, |b: &mut Builder| {
            let shape = nodes::broadcast(b, "broadcast_arrays", arrays).map_err(arguments::shape_mismatch)?;
            Ok(nodes::expand(b, array, &shape))
        }));
    }
    stretched
}

/// Another name of [`Array::permute`].
#[track_caller]
pub fn permute_dims(x: &Array, axes: impl IntoShape) -> Array {
    x.permute(axes)
}

functions! {
    reshape(shape: impl IntoShape);
    ravel();
    squeeze(axes: impl Axes);
    expand_dims(axes: impl Axes);
    broadcast_to(shape: impl IntoShape);
    transpose();
    moveaxis(source: impl IntoShape, destination: impl IntoShape);
    swapaxes(first: impl Integer, second: impl Integer);
    flip(axes: impl Axes);
    flipud();
    fliplr();
    rot90(quarters: isize);
    matrix_transpose();
    atleast_1d();
    atleast_2d();
    atleast_3d();
    diagonal(offset: isize);
    trace(offset: isize);
    sliding_window_view(window: impl IntoShape, axes: impl Axes);
}
