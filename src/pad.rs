//! What is set around an array: `pad`.
//!
//! Nothing is copied. Setting one array into the frame of another is a single kind of node
//! ([`nodes::pad`]): inside the frame the one shows, around it the other, and reading an element
//! decides which. Everything here is made of it, or of views.

use crate::array::Array;
use crate::element::Number;
use crate::free::functions;
use crate::join::joined;
use crate::lazy::{Builder, build};
use crate::tile::repeated;
use numfuse_ir::error::Error as Mistake;
use numfuse_ir::graph::build as nodes;
use numfuse_ir::shape::Shape;
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
pub(crate) fn cut(
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

functions! {
    pad(widths: impl Widths, mode: impl Into<Pad>);
}
