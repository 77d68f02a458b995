//! The same elements again and elsewhere: `tile`, `repeat`, `roll`.
//!
//! None of these copies: what is repeated is broadcast along an axis of its own that is then merged with
//! its neighbour, and what is rolled are two slices joined the other way round.

use crate::arguments::{self, Axes, Integer, IntoShape};
use crate::array::Array;
use crate::free::functions;
use crate::join::joined;
use crate::lazy::{Builder, build};
use crate::pad::cut;
use numfuse_ir::error::Error as Mistake;
use numfuse_ir::graph::build as nodes;
use numfuse_ir::shape::{self, Shape};
use smallvec::SmallVec;

type Extents = SmallVec<[usize; 4]>;

/// Elements again and elsewhere.
impl Array {
    /// The elements moved along these axes by `shifts`, those that leave coming back at the other
    /// end; over `..` the array counts as one axis.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// assert_eq!(arange(5).roll(2, 0).to_vec::<i64>()?, [3, 4, 0, 1, 2]);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    #[track_caller]
    pub fn roll(&self, shifts: impl IntoShape, axes: impl Axes) -> Array {
        build("roll", [self], |b| {
            let shifts = shifts.extents();
            let Some(axes) = axes.axes() else {
                let flat = nodes::reshape(b, self, &[-1])?;
                let sum = |sum: i128, &shift: &isize| sum + shift as i128;
                let shift = shifts.iter().fold(0, sum) % (flat.0.node.shape[0].max(1) as i128);
                let rolled = rolled(b, &flat, 0, shift as isize)?;
                return Ok(nodes::reshape_to(b, &rolled, self.0.node.shape.clone()));
            };
            let dims = self.0.node.shape.len();
            let axes: Result<SmallVec<[usize; 4]>, Mistake> =
                axes.into_iter().map(|axis| shape::axis(axis, dims)).collect();
            let axes = axes?;
            let lengths = (Shape::new(&[shifts.len()])?, Shape::new(&[axes.len()])?);
            let Some(times) = lengths.0.broadcast(&lengths.1) else {
                let shapes = vec![lengths.0, lengths.1];
                return Err(arguments::shape_mismatch(Mistake::Broadcast { op: "roll".to_string(), shapes }));
            };
            let mut pairs = axes.iter().cycle().zip(shifts.iter().cycle()).take(times[0]);
            pairs.try_fold(self.clone(), |x, (&axis, &shift)| rolled(b, &x, axis, shift))
        })
    }

    /// Each element `count` times in a row along an axis.
    #[track_caller]
    pub fn repeat(&self, count: usize, axis: impl Integer) -> Array {
        build("repeat", [self], |b| {
            let axis = shape::axis(axis.to_isize(), self.0.node.shape.len())?;
            repeated(b, self, axis, count, true)
        })
    }

    /// The whole array again and again: `counts[i]` times along axis `i`, counted from the last.
    #[track_caller]
    pub fn tile(&self, counts: impl IntoShape) -> Array {
        build("tile", [self], |b| {
            let (from, counts) = (&self.0.node.shape, counts.extents());
            let dims = from.len().max(counts.len());
            let (mut extents, mut wanted) = (Extents::new(), Extents::new());
            for axis in 0..dims {
                let count = (axis + counts.len()).checked_sub(dims).map_or(1, |a| counts[a]);
                let negative = |_| {
                    let sentence = "negative dimensions are not allowed".to_string();
                    Mistake::Argument { sentence }
                };
                wanted.push(usize::try_from(count).map_err(negative)?);
                extents.push((axis + from.len()).checked_sub(dims).map_or(1, |a| from[a]));
            }
            tiled(b, self, &extents, &wanted)
        })
    }
}

/// `counts[i]` times along axis `i` the whole of `x`, which is seen with these extents.
fn tiled(b: &mut Builder, x: &Array, extents: &[usize], counts: &[usize]) -> Result<Array, Mistake> {
    let to: Extents = extents.iter().zip(counts).map(|(&extent, &count)| times(extent, count)).collect();
    let to = Shape::new(&to)?;
    let (mut apart, mut repetition) = (Extents::new(), Extents::new());
    for (&extent, &count) in extents.iter().zip(counts) {
        // Axes that are taken once need no pair, which keeps ranks low.
        if count != 1 {
            apart.push(1);
            repetition.push(count);
        }
        apart.push(extent);
        repetition.push(extent);
    }
    if apart.len() > shape::MAX_DIMS {
        let x = nodes::reshape_to(b, x, Shape::new(extents)?);
        let mut axes = (0..extents.len()).filter(|&axis| counts[axis] != 1);
        return axes.try_fold(x, |x, axis| repeated(b, &x, axis, counts[axis], false));
    }
    let apart = nodes::reshape_to(b, x, Shape::new(&apart)?);
    let repeated = nodes::broadcast_to(b, &apart, &repetition)?;
    Ok(nodes::reshape_to(b, &repeated, to))
}

/// A product that [`Shape::new`] will refuse where it overflows.
fn times(extent: usize, count: usize) -> usize {
    extent.saturating_mul(count)
}

/// `x` shifted along one axis, around the end.
fn rolled(b: &mut Builder, x: &Array, axis: usize, shift: isize) -> Result<Array, Mistake> {
    let extent = x.0.node.shape[axis];
    if extent == 0 {
        return Ok(x.clone());
    }
    let shift = shift.rem_euclid(extent as isize) as usize;
    if shift == 0 {
        return Ok(x.clone());
    }
    let kept = extent - shift;
    let end = cut(b, x, axis, kept as i64, 1, shift)?;
    let start = cut(b, x, axis, 0, 1, kept)?;
    joined(b, &[end, start], axis)
}

/// `count` times along an axis each element, or else all of them: along a new axis behind or before
/// it, which is then merged with it.
pub(crate) fn repeated(
    b: &mut Builder,
    x: &Array,
    axis: usize,
    count: usize,
    each: bool,
) -> Result<Array, Mistake> {
    let from = &x.0.node.shape;
    let mut to: Extents = from.iter().copied().collect();
    to[axis] = times(to[axis], count);
    let to = Shape::new(&to)?;
    // The other axes only merge where the new one would be one too many: a merged axis may be slower
    // to walk.
    let (mut apart, axis) = match from.len() < shape::MAX_DIMS {
        true => (from.iter().copied().collect(), axis),
        false => {
            let (before, after) = (from[..axis].iter().product(), from[axis + 1..].iter().product());
            (Extents::from_slice(&[before, from[axis], after]), 1)
        }
    };
    let place = if each { axis + 1 } else { axis };
    apart.insert(place, 1);
    let single = Shape::new(&apart)?;
    apart[place] = count;
    let x = nodes::reshape_to(b, x, single);
    let x = nodes::broadcast_to(b, &x, &apart)?;
    Ok(nodes::reshape_to(b, &x, to))
}

functions! {
    roll(shifts: impl IntoShape, axes: impl Axes);
    repeat(count: usize, axis: impl Integer);
    tile(counts: impl IntoShape);
}
