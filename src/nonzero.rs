//! What depends on data for its shape: the places of what is not zero, and what is made of them.
//!
//! These compute their operand at once and count: a shape is never unknown. The places that they
//! give are arrays like any other, and what is taken at them is lazy again.

use crate::arguments::Axes;
use crate::array::Array;
use crate::error::Error;
use crate::join::stack;
use crate::lazy::{Lazy, build};
use numfuse_ir::dtype::DType;
use numfuse_ir::error::Error as Mistake;

/// The row-major positions at which an array is not zero, int64. Computes the array.
#[track_caller]
fn positions(x: &Array) -> Result<Array, Error> {
    let mask = x.cast(DType::Bool).values::<bool>()?;
    let count = mask.iter().filter(|holds| **holds).count();
    // Each place is written where the next one goes, and stays if it is one: no branch to mispredict.
    let mut places = vec![0i64; count + 1];
    let mut next = 0;
    for (&holds, place) in mask.iter().zip(0..) {
        places[next] = place;
        next += usize::from(holds);
    }
    places.truncate(count);
    Ok(Array::from_vec(places, [count]))
}

/// The coordinates along each axis of the places where an array is not zero.
#[track_caller]
pub(crate) fn places(x: &Array) -> Result<Vec<Array>, Error> {
    let positions = positions(x)?;
    let (shape, mut coordinates) = (&x.0.node.shape, Vec::new());
    for (axis, stride) in shape.strides().into_iter().enumerate() {
        let outer = if stride == 1 { positions.clone() } else { positions.floor_divide(stride) };
        coordinates.push(if axis == 0 { outer } else { outer.remainder(shape[axis]) });
    }
    Ok(coordinates)
}

/// What depends on data for its shape. Each of these computes its operand at once.
impl Array {
    /// The places at which an array is not zero, in row-major order: the coordinates along each axis,
    /// which are `numpy.where` of a condition alone, too. Computes the array.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// let places = Array::from([[3, 0], [0, 4]]).nonzero();
    /// assert_eq!(places[0].to_vec::<i64>()?, [0, 1]);
    /// assert_eq!(places[1].to_vec::<i64>()?, [0, 1]);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    #[track_caller]
    pub fn nonzero(&self) -> Vec<Array> {
        if self.0.error.is_none() && self.0.node.shape.is_empty() {
            let sentence = "Calling nonzero on 0d arrays is not allowed. Use atleast_1d() first.".to_string();
            return vec![build("nonzero", [self], |_| Err(Mistake::Argument { sentence }))];
        }
        places(self).unwrap_or_else(|error| vec![Lazy::failed(error)])
    }

    /// The row-major positions at which an array is not zero. Computes the array.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// assert_eq!(Array::from([0, 7, 0, 9]).flatnonzero().to_vec::<i64>()?, [1, 3]);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    #[track_caller]
    pub fn flatnonzero(&self) -> Array {
        positions(self).unwrap_or_else(Lazy::failed)
    }

    /// The places at which an array is not zero, one in each row. Computes the array.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// let places = Array::from([[3, 0], [0, 4]]).argwhere();
    /// assert_eq!(places.to_vec::<i64>()?, [0, 0, 1, 1]);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    #[track_caller]
    pub fn argwhere(&self) -> Array {
        match places(self) {
            Ok(places) if places.is_empty() => {
                // A place without coordinates for the one element, if it is one.
                let found = positions(self).map(|found| found.0.node.shape[0]);
                found.map_or_else(Lazy::failed, |n| Array::from_vec(Vec::<i64>::new(), [n, 0]))
            }
            Ok(places) => stack(places, -1),
            Err(error) => Lazy::failed(error),
        }
    }

    /// The parts along an axis for which a condition holds, or with `..` the elements in row-major
    /// order; beyond the end of the condition nothing is kept. Computes the condition.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// let x = arange(6).reshape([3, 2]);
    /// let kept = x.compress(&Array::from([true, false, true]), 0);
    /// assert_eq!(kept.to_vec::<i64>()?, [0, 1, 4, 5]);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    #[track_caller]
    pub fn compress(&self, condition: &Array, axis: impl Axes) -> Array {
        let both = [self, condition];
        if both.iter().all(|a| a.0.error.is_none()) && condition.0.node.shape.len() != 1 {
            let sentence = "condition must be a 1-d array".to_string();
            return build("compress", both, |_| Err(Mistake::Argument { sentence }));
        }
        if let Some(failed) = both.into_iter().find(|a| a.0.error.is_some()) {
            return failed.clone();
        }
        match positions(condition) {
            Ok(places) => self.take(&places, axis),
            Err(error) => Lazy::failed(error),
        }
    }

    /// The elements, in row-major order, at the positions where a condition is not zero. Computes the
    /// condition.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// let x = arange(5);
    /// assert_eq!(x.extract(&(&x % 2)).to_vec::<i64>()?, [1, 3]);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    #[track_caller]
    pub fn extract(&self, condition: &Array) -> Array {
        self.compress(&condition.ravel(), ..)
    }
}

/// See [`Array::nonzero`].
#[track_caller]
pub fn nonzero(x: &Array) -> Vec<Array> {
    x.nonzero()
}

/// See [`Array::flatnonzero`].
#[track_caller]
pub fn flatnonzero(x: &Array) -> Array {
    x.flatnonzero()
}

/// See [`Array::argwhere`].
#[track_caller]
pub fn argwhere(x: &Array) -> Array {
    x.argwhere()
}

/// See [`Array::compress`].
#[track_caller]
pub fn compress(condition: &Array, x: &Array, axis: impl Axes) -> Array {
    x.compress(condition, axis)
}

/// See [`Array::extract`].
#[track_caller]
pub fn extract(condition: &Array, x: &Array) -> Array {
    x.extract(condition)
}
