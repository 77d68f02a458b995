//! What is set around an array and after itself: `pad`, `roll`, `repeat`, `tile`.
//!
//! None of these copies. Setting one array into the frame of another is a single kind of node
//! ([`nodes::pad`]): inside the frame the one shows, around it the other, and reading an element
//! decides which. Everything here is made of it, or of views.

use crate::arguments::{self, Axes, Integer, IntoShape};
use crate::array::Array;
use crate::element::Number;
use crate::lazy::{Builder, build};
use numfuse_ir::error::Error as Mistake;
use numfuse_ir::graph::build as nodes;
use numfuse_ir::scalar::Scalar;
use numfuse_ir::shape::{self, Shape};
use smallvec::SmallVec;

type Extents = SmallVec<[usize; 4]>;

/// What [`Array::pad`] shows around an array.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Pad {
    /// One number.
    Constant(Number),
    /// The nearest element.
    Edge,
    /// The array mirrored at its last element, which is not repeated.
    Reflect,
    /// The array again.
    Wrap,
}

impl<N: Into<Number>> From<N> for Pad {
    fn from(value: N) -> Pad {
        Pad::Constant(value.into())
    }
}

/// How many elements [`Array::pad`] adds: one number for every side, `(before, after)` for every
/// axis, or a pair for each axis. A negative number does not compile.
///
/// ```compile_fail
/// numfuse::prelude::arange(3).pad(-1, 0);
/// ```
pub trait Widths {
    /// The pairs: a single one is for every axis.
    fn pairs(&self) -> SmallVec<[(usize, usize); 4]>;
}

impl Widths for usize {
    fn pairs(&self) -> SmallVec<[(usize, usize); 4]> {
        SmallVec::from_slice(&[(*self, *self)])
    }
}

impl Widths for (usize, usize) {
    fn pairs(&self) -> SmallVec<[(usize, usize); 4]> {
        SmallVec::from_slice(&[*self])
    }
}

impl<const N: usize> Widths for [(usize, usize); N] {
    fn pairs(&self) -> SmallVec<[(usize, usize); 4]> {
        SmallVec::from_slice(self)
    }
}

impl Widths for &[(usize, usize)] {
    fn pairs(&self) -> SmallVec<[(usize, usize); 4]> {
        SmallVec::from_slice(self)
    }
}

/// What is set around and after an array.
impl Array {
    /// The array in a frame: `widths` elements before and after along each axis, showing `mode`.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// let x = Array::from([1, 2, 3]);
    /// assert_eq!(x.pad((1, 2), 0).to_vec::<i32>()?, [0, 1, 2, 3, 0, 0]);
    /// assert_eq!(x.pad(2, Pad::Edge).to_vec::<i32>()?, [1, 1, 1, 2, 3, 3, 3]);
    /// assert_eq!(x.pad(2, Pad::Reflect).to_vec::<i32>()?, [3, 2, 1, 2, 3, 2, 1]);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    #[track_caller]
    pub fn pad(&self, widths: impl Widths, mode: impl Into<Pad>) -> Array {
        let mode = mode.into();
        build("pad", [self], |b| {
            let dims = self.0.node.shape.len();
            let mut widths = widths.pairs();
            match widths[..] {
                [every] => widths = SmallVec::from_elem(every, dims),
                _ if widths.len() == dims => {}
                _ => {
                    let from = Shape::new(&[widths.len(), 2])?;
                    return Err(Mistake::BroadcastTo { from, to: vec![dims, 2] });
                }
            }
            match mode {
                Pad::Constant(value) => framed(b, self, &widths, value),
                Pad::Edge | Pad::Reflect | Pad::Wrap => {
                    widths.iter().enumerate().try_fold(self.clone(), |x, (axis, &(before, after))| {
                        continued(b, &x, axis, before, after, mode)
                    })
                }
            }
        })
    }

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

/// `count` times along an axis each element, or else all of them: along a new axis behind or before
/// it, which is then merged with it.
fn repeated(b: &mut Builder, x: &Array, axis: usize, count: usize, each: bool) -> Result<Array, Mistake> {
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

/// `x` with one number around it.
fn framed(b: &mut Builder, x: &Array, widths: &[(usize, usize)], value: Number) -> Result<Array, Mistake> {
    if widths.iter().all(|&width| width == (0, 0)) {
        return Ok(x.clone());
    }
    let extent = |(&extent, &(before, after)): (&usize, &(usize, usize))| {
        extent.saturating_add(before).saturating_add(after)
    };
    let extents: Extents = x.0.node.shape.iter().zip(widths).map(extent).collect();
    let frame = Shape::new(&extents)?;
    let value = b.number(value.assigned_to(x.0.node.dtype)?);
    let around = nodes::expand(b, &value, &frame);
    let before: SmallVec<[i64; 4]> = widths.iter().map(|w| w.0 as i64).collect();
    Ok(nodes::pad(b, x, &before, &around))
}

/// `x` continued along one axis.
fn continued(
    b: &mut Builder,
    x: &Array,
    axis: usize,
    before: usize,
    after: usize,
    mode: Pad,
) -> Result<Array, Mistake> {
    if before == 0 && after == 0 {
        return Ok(x.clone());
    }
    let extent = x.0.node.shape[axis];
    if extent == 0 {
        let sentence = format!("can't extend empty axis {axis} using modes other than 'constant' or 'empty'");
        return Err(Mistake::Argument { sentence });
    }
    let mut extents: Extents = x.0.node.shape.iter().copied().collect();
    extents[axis] = extent.saturating_add(before).saturating_add(after);
    let to = Shape::new(&extents)?;
    let mut parts = Vec::new();
    // `reach` is how far a part of the array leads before it must begin anew.
    let (reach, backwards) = match mode {
        Pad::Reflect if extent > 1 => (extent - 1, true),
        Pad::Reflect | Pad::Edge | Pad::Constant(_) => (usize::MAX, false),
        Pad::Wrap => (extent, false),
    };
    if reach == usize::MAX {
        parts.extend([stretched(b, x, axis, 0, before)?, x.clone()]);
        parts.push(stretched(b, x, axis, extent - 1, after)?);
        return joined(b, &parts, axis);
    }
    if before > reach || after > reach {
        return repeating(b, x, axis, before, to[axis], backwards);
    }
    if before > 0 {
        parts.push(image_part(b, x, axis, before, true, backwards)?);
    }
    parts.push(x.clone());
    if after > 0 {
        parts.push(image_part(b, x, axis, after, false, backwards)?);
    }
    joined(b, &parts, axis)
}

/// `count` elements along `axis` of the array repeated without end, from `before` in front of it; of
/// the array and its mirror image in turn when reflecting.
fn repeating(
    b: &mut Builder,
    x: &Array,
    axis: usize,
    before: usize,
    count: usize,
    reflects: bool,
) -> Result<Array, Mistake> {
    let extent = x.0.node.shape[axis];
    let period = match reflects {
        // Both ends are shared with the neighbouring images.
        true => {
            let back = cut(b, x, axis, extent as i64 - 2, -1, extent - 2)?;
            joined(b, &[x.clone(), back], axis)?
        }
        false => x.clone(),
    };
    let length = period.0.node.shape[axis];
    let start = before.next_multiple_of(length) - before;
    let periods = (start + count).div_ceil(length);
    let tiled = repeated(b, &period, axis, periods, false)?;
    cut(b, &tiled, axis, start as i64, 1, count)
}

/// One element along `axis`, `count` times.
fn stretched(b: &mut Builder, x: &Array, axis: usize, place: usize, count: usize) -> Result<Array, Mistake> {
    let one = cut(b, x, axis, place as i64, 1, 1)?;
    let mut extents: Extents = x.0.node.shape.iter().copied().collect();
    extents[axis] = count;
    nodes::broadcast_to(b, &one, &extents)
}

/// `count` elements of the image of `x` next to it on its left or right. When reflecting, the image
/// is mirrored and leaves out the element that it shares with `x`.
fn image_part(
    b: &mut Builder,
    x: &Array,
    axis: usize,
    count: usize,
    is_left: bool,
    reflects: bool,
) -> Result<Array, Mistake> {
    let (extent, width) = (x.0.node.shape[axis] as i64, count as i64);
    let (start, step) = match (reflects, is_left) {
        (true, true) => (width, -1),
        (true, false) => (extent - 2, -1),
        (false, true) => (extent - width, 1),
        (false, false) => (0, 1),
    };
    cut(b, x, axis, start, step, count)
}

/// `x` with only these places along one axis.
fn cut(
    b: &mut Builder,
    x: &Array,
    axis: usize,
    start: i64,
    step: i64,
    count: usize,
) -> Result<Array, Mistake> {
    let mut places: SmallVec<[(i64, i64, usize); 4]> = x.0.node.shape.iter().map(|&n| (0, 1, n)).collect();
    places[axis] = (start, step, count);
    nodes::slice(b, x, &places)
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

/// Parts of one type and of equal extents but along `axis`, one after another.
pub(crate) fn joined(b: &mut Builder, parts: &[Array], axis: usize) -> Result<Array, Mistake> {
    let parts: SmallVec<[&Array; 4]> = parts.iter().filter(|part| part.0.node.shape[axis] > 0).collect();
    let [first, ..] = parts[..] else {
        return Err(Mistake::Argument { sentence: "need at least one array to concatenate".to_string() });
    };
    if parts.len() == 1 {
        return Ok(first.clone());
    }
    let mut extents: Extents = first.0.node.shape.iter().copied().collect();
    extents[axis] = parts.iter().fold(0, |sum, part| sum.saturating_add(part.0.node.shape[axis]));
    // What lies under all parts never shows.
    let nothing = b.number(Scalar::zero(first.0.node.dtype));
    let mut frame = nodes::expand(b, &nothing, &Shape::new(&extents)?);
    let mut end = extents[axis];
    for part in parts.iter().rev() {
        end -= part.0.node.shape[axis];
        let mut before: SmallVec<[i64; 4]> = SmallVec::from_elem(0, extents.len());
        before[axis] = end as i64;
        frame = nodes::pad(b, part, &before, &frame);
    }
    Ok(frame)
}

/// See [`Array::pad`].
#[track_caller]
pub fn pad(x: &Array, widths: impl Widths, mode: impl Into<Pad>) -> Array {
    x.pad(widths, mode)
}

/// See [`Array::roll`].
#[track_caller]
pub fn roll(x: &Array, shifts: impl IntoShape, axes: impl Axes) -> Array {
    x.roll(shifts, axes)
}

/// See [`Array::repeat`].
#[track_caller]
pub fn repeat(x: &Array, count: usize, axis: impl Integer) -> Array {
    x.repeat(count, axis)
}

/// See [`Array::tile`].
#[track_caller]
pub fn tile(x: &Array, counts: impl IntoShape) -> Array {
    x.tile(counts)
}
