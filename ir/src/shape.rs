//! Shapes, broadcasting and axes.

use crate::error::Error;
use smallvec::SmallVec;
use std::fmt;
use std::ops::Deref;

/// The most axes that an array may have.
pub const MAX_DIMS: usize = 32;

/// The extents of an array, outermost first. The product of the extents fits an `isize`.
#[derive(PartialEq, Eq, Hash, Default, PartialOrd, Ord)]
pub struct Shape(SmallVec<[usize; 4]>);

impl Clone for Shape {
    /// As one copy of all extents: every operation of the user's clones a shape.
    fn clone(&self) -> Shape {
        Shape(SmallVec::from_slice(&self.0))
    }
}

impl Shape {
    /// A shape of these extents.
    ///
    /// # Errors
    /// More than [`MAX_DIMS`] axes, or more elements than an `isize` counts (at 8 bytes each).
    pub fn new(extents: &[usize]) -> Result<Shape, Error> {
        if extents.len() > MAX_DIMS {
            return Err(Error::TooManyDims { dims: extents.len() });
        }
        let mut nonzero = extents.iter().filter(|&&n| n != 0);
        let size = nonzero.try_fold(8usize, |size, &n| size.checked_mul(n));
        match size {
            Some(bytes) if bytes <= isize::MAX as usize => Ok(Shape(extents.into())),
            _ => Err(Error::TooLarge { shape: extents.to_vec() }),
        }
    }

    /// The shape of a single number, `()`.
    pub fn scalar() -> Shape {
        Shape::default()
    }

    /// How many elements there are.
    pub fn size(&self) -> usize {
        self.0.iter().product()
    }

    /// Strides in elements of a row-major array of this shape.
    pub fn strides(&self) -> SmallVec<[i64; 4]> {
        let mut strides = SmallVec::from_elem(0, self.len());
        let mut step = 1;
        for (stride, &extent) in strides.iter_mut().zip(self.0.iter()).rev() {
            *stride = step;
            step *= extent.max(1) as i64;
        }
        strides
    }

    /// The shape that both broadcast to, or `None` where they do not meet.
    pub fn broadcast(&self, other: &Shape) -> Option<Shape> {
        let dims = self.len().max(other.len());
        let at = |s: &Shape, i: usize| (i + s.len()).checked_sub(dims).map_or(1, |i| s.0[i]);
        let mut extents = SmallVec::with_capacity(dims);
        for i in 0..dims {
            extents.push(match (at(self, i), at(other, i)) {
                (a, b) if a == b => a,
                (1, n) | (n, 1) => n,
                _ => return None,
            });
        }
        Some(Shape(extents))
    }

    /// The shape without `axes` (sorted), or with extent 1 there if `keep`.
    pub fn reduced(&self, axes: &[usize], keep: bool) -> Shape {
        let kept = |i: &usize| keep || !axes.contains(i);
        let extent = |i: usize| if axes.contains(&i) { 1 } else { self.0[i] };
        Shape((0..self.len()).filter(kept).map(extent).collect())
    }
}

/// An axis given from the front, or from the back when negative, as an index below `dims`.
///
/// # Errors
/// NumPy's `AxisError` when it is out of bounds.
pub fn axis(axis: isize, dims: usize) -> Result<usize, Error> {
    let from_front = if axis < 0 { axis + dims as isize } else { axis };
    match usize::try_from(from_front) {
        Ok(a) if a < dims => Ok(a),
        _ => Err(Error::Axis { axis, dims }),
    }
}

/// An axis as [`axis`] takes it, given under this name.
///
/// # Errors
/// NumPy's `AxisError`, which names it.
pub fn named_axis(name: &str, given: isize, dims: usize) -> Result<usize, Error> {
    axis(given, dims).map_err(|error| Error::Argument { sentence: format!("{name}: {error}") })
}

/// Several axes, sorted.
///
/// # Errors
/// An axis out of bounds, or one given twice.
pub fn axes(given: &[isize], dims: usize) -> Result<SmallVec<[usize; 4]>, Error> {
    let mut sorted = SmallVec::with_capacity(given.len());
    for &a in given {
        let a = axis(a, dims)?;
        if sorted.contains(&a) {
            return Err(Error::DuplicateAxis { axis: a });
        }
        sorted.push(a);
    }
    sorted.sort_unstable();
    Ok(sorted)
}

impl Deref for Shape {
    type Target = [usize];
    fn deref(&self) -> &[usize] {
        &self.0
    }
}

/// As NumPy prints it: `(3,)`, `(3, 4)`.
impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_tuple(f, &self.0, ", ")
    }
}

impl fmt::Debug for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

pub(crate) fn write_tuple(f: &mut dyn fmt::Write, extents: &[usize], separator: &str) -> fmt::Result {
    f.write_char('(')?;
    for (i, n) in extents.iter().enumerate() {
        write!(f, "{}{n}", if i == 0 { "" } else { separator })?;
    }
    f.write_str(if extents.len() == 1 { ",)" } else { ")" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(extents: &[usize]) -> Shape {
        Shape::new(extents).unwrap()
    }

    #[test]
    fn shapes_broadcast_from_the_right() {
        assert_eq!(shape(&[3, 1]).broadcast(&shape(&[4])), Some(shape(&[3, 4])));
        assert_eq!(shape(&[0]).broadcast(&shape(&[1])), Some(shape(&[0])));
        assert_eq!(shape(&[3, 4]).broadcast(&shape(&[5])), None);
    }

    #[test]
    fn overflowing_shapes_are_errors() {
        assert!(Shape::new(&[usize::MAX, 2]).is_err());
        assert!(Shape::new(&[1; 33]).is_err());
        assert!(Shape::new(&[usize::MAX, 2, 0]).is_err());
    }

    #[test]
    fn axes_are_checked() {
        assert_eq!(axes(&[-1, 0], 3).unwrap().as_slice(), &[0, 2]);
        assert!(axes(&[3], 3).is_err());
        assert!(axes(&[0, -3], 3).is_err());
    }
}
