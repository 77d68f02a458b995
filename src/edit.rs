//! Arrays with parts put in, left out or repeated, and pieces set together: made of `take` and
//! `concatenate`.

use crate::arguments::{self, Axes, Integer, IntoShape, Operand};
use crate::array::Array;
use crate::creation::{zeros, zeros_like};
use crate::index::{Slice, s};
use crate::join::concatenate;
use crate::lazy::{Lazy, build};
use crate::ranges::arange;
use crate::ufunc::where_;
use crate::update::assigned;
use numfuse_ir::error::Error as Mistake;
use numfuse_ir::shape::{self, Shape};
use std::borrow::Borrow;

/// At most so many pieces are joined as they lie; more of them are taken by index.
const MOST_PIECES: usize = 8;

/// Parts put in, left out and repeated. The array itself never changes.
impl Array {
    /// The array with other values behind it along an axis, or with `..` both in row-major order as one
    /// vector.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// assert_eq!(arange(2).append(&Array::from([7i64]), 0).to_vec::<i64>()?, [0, 1, 7]);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    #[track_caller]
    pub fn append(&self, values: &Array, axis: impl Axes) -> Array {
        match axis.axes().as_deref() {
            None => concatenate([self.ravel(), values.ravel()], 0),
            Some([axis]) => concatenate([self, values], *axis),
            Some(_) => one_axis("append", self),
        }
    }

    /// The array without these places of an axis, or with `..` of its elements in row-major order.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// assert_eq!(arange(5).delete([1, -1], 0).to_vec::<i64>()?, [0, 2, 3]);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    #[track_caller]
    pub fn delete(&self, places: impl IntoShape, axis: impl Axes) -> Array {
        let (x, axis) = match self.along_one("delete", &axis) {
            Ok(along) => along,
            Err(failed) => return failed,
        };
        let extent = x.0.node.shape[axis as usize];
        let mut removed = Vec::with_capacity(places.extents().len());
        for place in places.extents() {
            let from_front = if place < 0 { place + extent as isize } else { place };
            match usize::try_from(from_front).ok().filter(|&at| at < extent) {
                Some(at) => removed.push(at),
                None => return build("delete", [self], |_| Err(outside(place, axis, extent))),
            }
        }
        removed.sort_unstable();
        removed.dedup();
        if removed.len() == extent {
            return x.along("delete", axis, s(..0));
        }
        // What lies between the places that are left out.
        let firsts = std::iter::once(0).chain(removed.iter().map(|at| at + 1));
        let pieces = firsts.zip(removed.iter().copied().chain([extent])).filter(|(from, to)| from < to);
        if removed.len() < MOST_PIECES {
            let piece = |(from, to): (usize, usize)| x.along("delete", axis, s(from as isize..to as isize));
            return concatenate(pieces.map(piece), axis);
        }
        let places: Vec<i64> = pieces.flat_map(|(from, to)| from as i64..to as i64).collect();
        let count = places.len();
        x.take(Array::from_vec(places, [count]), axis)
    }

    /// The array with values before a place of an axis, or with `..` of its elements in row-major order.
    /// The values are cast to the type of the array and stretched along its other axes.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// assert_eq!(arange(3).insert(1, &Array::from([8i64, 9]), 0).to_vec::<i64>()?, [0, 8, 9, 1, 2]);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    #[track_caller]
    pub fn insert(&self, place: impl Integer, values: &Array, axis: impl Axes) -> Array {
        let (x, axis) = match self.along_one("insert", &axis) {
            Ok(along) => along,
            Err(failed) => return failed,
        };
        let (extents, place) = (x.0.node.shape.clone(), place.to_isize());
        let extent = extents[axis as usize];
        let at = if place < 0 { place + extent as isize } else { place };
        if at < 0 || at > extent as isize {
            return build("insert", [self, values], |_| Err(between(place, axis, extent)));
        }
        let mut values = values.clone();
        while values.0.error.is_none() && values.0.node.shape.len() < extents.len() {
            values = values.expand_dims(0);
        }
        let values = values.moveaxis(0, axis);
        if values.0.error.is_some() {
            return values;
        }
        let mut stretched = extents.to_vec();
        stretched[axis as usize] = values.0.node.shape.get(axis as usize).copied().unwrap_or(1);
        let values = build("insert", [&x, &values], |b| {
            assigned(b, &(&values).into(), x.0.node.dtype, &Shape::new(&stretched)?)
        });
        let part = |range: Slice| x.along("insert", axis, range);
        concatenate([part(s(..at)), values, part(s(at..))], axis)
    }

    /// The array with a value before each of several places of an axis, or with `..` of its elements in row-major
    /// order: the values are cast to the type of the array and stretched to as many parts as there are places. All
    /// values come before one place.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// assert_eq!(arange(3).insert_at([0, -1], &Array::from([8i64, 9]), 0).to_vec::<i64>()?, [8, 0, 1, 9, 2]);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    #[track_caller]
    pub fn insert_at(&self, places: impl IntoShape, values: &Array, axis: impl Axes) -> Array {
        let (x, axis) = match self.along_one("insert", &axis) {
            Ok(along) => along,
            Err(failed) => return failed,
        };
        let (places, extents) = (places.extents(), x.0.node.shape.clone());
        let (extent, count) = (extents[axis as usize], places.len());
        let dims = extents.len();
        let mut stretched = extents.to_vec();
        stretched[axis as usize] = count;
        if count == 1 {
            let missing: Vec<isize> = (0..dims.saturating_sub(values.0.node.shape.len()) as isize).collect();
            let values = values.expand_dims(missing);
            return x.insert(places[0], &values.moveaxis(axis, 0), axis);
        }
        let mut before = vec![Vec::new(); extent + 1];
        for (number, &place) in (0..).zip(&places) {
            let at = if place < 0 { place + extent as isize } else { place };
            match usize::try_from(at).ok().and_then(|at| before.get_mut(at)) {
                Some(before) => before.push((extent + number) as i64),
                None => {
                    let mistake = beyond(&places, number, axis, extent);
                    return build("insert", [self, values], |_| Err(mistake));
                }
            }
        }
        let mut order = Vec::with_capacity(extent + count);
        for (at, values) in before.iter().enumerate() {
            order.extend(values);
            order.extend((at < extent).then_some(at as i64));
        }
        let values = build("insert", [&x, values], |b| {
            let (to, text) = (Shape::new(&stretched)?, |shape: &Shape| shape.to_string().replace(", ", ","));
            let sentence = format!(
                "shape mismatch: value array of shape {} could not be broadcast to indexing result of shape {}: \
                 there is one part along axis {axis} for each of {count} places",
                text(&values.0.node.shape),
                text(&to)
            );
            let wrong = |_| Mistake::Argument { sentence };
            assigned(b, &values.into(), x.0.node.dtype, &to).map_err(wrong)
        });
        concatenate([&x, &values], axis).take(Array::from(order), axis)
    }

    /// The elements in row-major order, over and over, as an array of that shape.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// assert_eq!(arange(3).resize([2, 2]).to_vec::<i64>()?, [0, 1, 2, 0]);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    #[track_caller]
    pub fn resize(&self, shape: impl IntoShape) -> Array {
        let to = match arguments::shape(&shape) {
            Ok(to) => to,
            Err(_) if shape.extents().iter().any(|&n| n < 0) => {
                let sentence = "all elements of `new_shape` must be non-negative".to_string();
                return build("resize", [self], |_| Err(Mistake::Argument { sentence }));
            }
            Err(mistake) => return build("resize", [self], |_| Err(mistake)),
        };
        match self.0.node.shape.size() {
            0 => zeros(&to[..], self.0.node.dtype),
            size => {
                let (x, whole, rest) = (self.ravel(), to.size() / size, to.size() % size);
                if rest == 0 {
                    return x.tile(whole).reshape(&to[..]);
                }
                if whole < MOST_PIECES {
                    let last = x.along("resize", 0, s(..rest as isize));
                    let pieces = std::iter::repeat_n(x, whole).chain([last]);
                    return concatenate(pieces, 0).reshape(&to[..]);
                }
                self.take((arange(to.size() as i64) % size).reshape(&to[..]), ..)
            }
        }
    }

    /// For each element the choice of the last condition that holds there, else `default`, in the type
    /// of the array: NumPy's `piecewise`, each function called on the whole array.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// let x = Array::from([-2.0, 0.5, 3.0]);
    /// let y = x.piecewise(&[x.less(0), x.greater(1)], &[(-&x).into(), 9.0.into()], 0);
    /// assert_eq!(y.to_vec::<f64>()?, [2.0, 0.0, 9.0]);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    #[track_caller]
    pub fn piecewise(&self, conditions: &[Array], choices: &[Operand], default: impl Into<Operand>) -> Array {
        if conditions.len() != choices.len() {
            let (n, given) = (conditions.len(), choices.len());
            let sentence = format!(
                "with {n} condition(s), either {n} or {} functions are expected: there are {given}",
                n + 1
            );
            return build("piecewise", [self], |_| Err(Mistake::Argument { sentence }));
        }
        let dtype = self.0.node.dtype;
        let typed = |choice: Operand| match choice {
            Operand::Array(array) => Operand::Array(array.cast(dtype)),
            Operand::Number(number) => match number.assigned_to(dtype) {
                Ok(scalar) => build("piecewise", [self], |b| Ok(b.number(scalar))).into(),
                Err(mistake) => build("piecewise", [self], |_| Err(mistake)).into(),
            },
        };
        let mut result = where_(true, typed(default.into()), zeros_like(self));
        for (condition, choice) in conditions.iter().zip(choices) {
            result = where_(condition, typed(choice.clone()), result);
        }
        result
    }

    /// The array and the axis, or its elements in a row.
    #[track_caller]
    fn along_one(&self, op: &'static str, axis: &impl Axes) -> Result<(Array, isize), Array> {
        if self.0.error.is_some() {
            return Err(self.clone());
        }
        match axis.axes().as_deref() {
            None => Ok((self.ravel(), 0)),
            Some([axis]) => match shape::axis(*axis, self.0.node.shape.len()) {
                Ok(axis) => Ok((self.clone(), axis as isize)),
                Err(mistake) => Err(build(op, [self], |_| Err(mistake))),
            },
            Some(_) => Err(one_axis(op, self)),
        }
    }
}

/// What a function of one axis says of several.
#[track_caller]
fn one_axis(op: &'static str, x: &Array) -> Array {
    let sentence = format!("{op} works along one axis, or `..`");
    build(op, [x], |_| Err(Mistake::Argument { sentence }))
}

/// The same of one of several places to insert at: first as NumPy says it, of its place in the result.
fn beyond(places: &[isize], number: usize, axis: isize, extent: usize) -> Mistake {
    let from_front = |place: isize| if place < 0 { place + extent as isize } else { place };
    let of = |i: usize| (from_front(places[i]), i);
    let before = (0..places.len()).filter(|&i| of(i) < of(number)).count();
    let (index, size) = (from_front(places[number]) + before as isize, extent + places.len());
    let sentence = format!(
        "index {index} is out of bounds for axis {axis} with size {size}: values were to go before place {} of \
         an axis of size {extent}, whose places are from -{extent} to {extent}",
        places[number]
    );
    Mistake::Argument { sentence }
}

/// What is said of a place to insert at.
fn between(place: isize, axis: isize, extent: usize) -> Mistake {
    let sentence = format!(
        "index {place} is out of bounds for axis {axis} with size {extent}: values go before places from -{extent} \
         to {extent}"
    );
    Mistake::Argument { sentence }
}

fn outside(place: isize, axis: isize, extent: usize) -> Mistake {
    Mistake::Argument {
        sentence: format!("index {place} is out of bounds for axis {axis} with size {extent}"),
    }
}

/// Arrays set together by rows: those of a row along the last axis, the rows along the last but one.
///
/// ```
/// use numfuse::prelude::*;
///
/// let (a, b) = (ones([2, 2], I64), zeros([2, 1], I64));
/// let both = numfuse::block([[&a, &b], [&b, &a]]);
/// assert_eq!(both.shape(), [4, 3]);
/// ```
#[track_caller]
pub fn block(rows: impl IntoIterator<Item: IntoIterator<Item: Borrow<Array>>>) -> Array {
    let rows: Vec<Vec<Array>> =
        rows.into_iter().map(|row| row.into_iter().map(|array| array.borrow().clone()).collect()).collect();
    let dims = rows.iter().flatten().map(|array| array.0.node.shape.len()).fold(2, usize::max);
    let mut joined = Vec::new();
    for row in &rows {
        let mut deep = Vec::new();
        for array in row {
            let missing: Vec<isize> = (0..(dims - array.0.node.shape.len()) as isize).collect();
            deep.push(array.expand_dims(missing));
        }
        joined.push(concatenate(deep, -1));
    }
    concatenate(joined, -2)
}

/// A polynomial at each element: `coefficients`, the highest power first, by Horner's rule.
///
/// ```
/// use numfuse::prelude::*;
///
/// let y = numfuse::polyval(&Array::from([1.0, 0.0, -1.0]), &Array::from([2.0, 3.0]));
/// assert_eq!(y.to_vec::<f64>()?, [3.0, 8.0]);
/// # Ok::<(), numfuse::Error>(())
/// ```
#[track_caller]
pub fn polyval(coefficients: &Array, x: &Array) -> Array {
    let mut y = zeros_like(x);
    for coefficient in coefficients {
        y = y * x + coefficient;
    }
    if let Some(error) = coefficients.0.error.clone() { Lazy::failed(error) } else { y }
}

/// Says each way to split along one axis: the method and the free function.
macro_rules! splits {
    ($($(#[doc = $doc:literal])+ $name:ident = $axis:expr, $least:literal;)+) => {
        /// Splits along the first, second and third axis.
        impl Array {
            $($(#[doc = $doc])+
            #[track_caller]
            pub fn $name(&self, count: usize) -> Vec<Array> {
                let checked = self.with_axes(stringify!($name), $least, |_| {
                    format!("{} only works on arrays of {} or more dimensions", stringify!($name), $least)
                });
                let axis: fn(usize) -> usize = $axis;
                checked.split(count, axis(checked.0.node.shape.len()))
            })+
        }

        $($(#[doc = $doc])+
        #[track_caller]
        pub fn $name(x: &Array, count: usize) -> Vec<Array> {
            x.$name(count)
        })+
    };
}

splits! {
    /// `count` parts of one size along the first axis.
    vsplit = |_| 0, 2;
    /// `count` parts of one size along the second axis, of a vector along its only one.
    hsplit = |dims| usize::from(dims > 1), 1;
    /// `count` parts of one size along the third axis.
    dsplit = |_| 2, 3;
}

/// What a function makes of each element of one array with each of another: NumPy's `ufunc.outer`. The
/// function is given arrays that broadcast to all pairs.
///
/// ```
/// use numfuse::prelude::*;
///
/// let sums = numfuse::outer_by(&arange(2), &arange(3), |a, b| a + b);
/// assert_eq!(sums.to_vec::<i64>()?, [0, 1, 2, 1, 2, 3]);
/// # Ok::<(), numfuse::Error>(())
/// ```
#[track_caller]
pub fn outer_by(x: &Array, y: &Array, function: impl FnOnce(&Array, &Array) -> Array) -> Array {
    let extents: Vec<usize> =
        x.0.node.shape.iter().copied().chain(std::iter::repeat_n(1, y.0.node.shape.len())).collect();
    function(&x.reshape(extents), y)
}

/// See [`Array::append`].
#[track_caller]
pub fn append(x: &Array, values: &Array, axis: impl Axes) -> Array {
    x.append(values, axis)
}

/// See [`Array::resize`].
#[track_caller]
pub fn resize(x: &Array, shape: impl IntoShape) -> Array {
    x.resize(shape)
}
