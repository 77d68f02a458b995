//! Other arrangements of the same elements: shapes, axes, slices, diagonals, windows.

use super::Build;
use crate::error::Error;
use crate::graph::{Kind, Node};
use crate::shape::{self, Shape};
use crate::view::View;
use smallvec::SmallVec;

pub(super) fn view<B: Build>(b: &mut B, x: &B::Node, view: View, shape: Shape) -> B::Node {
    let dtype = b.dtype(x);
    b.make(Node { kind: Kind::View(view), shape, dtype }, std::slice::from_ref(x))
}

/// The same elements under another shape; one extent may be -1, to be found.
///
/// # Errors
/// A shape of another number of elements, or more than one -1.
pub fn reshape<B: Build>(b: &mut B, x: &B::Node, to: &[isize]) -> Result<B::Node, Error> {
    let size = b.shape(x).size();
    let wrong = || Error::Reshape { size, to: to.to_vec() };
    let given =
        to.iter().filter(|&&n| n != -1).try_fold(1usize, |p, &n| p.checked_mul(usize::try_from(n).ok()?));
    let given = given.ok_or_else(wrong)?;
    let unknown = to.iter().filter(|&&n| n == -1).count();
    let found = match unknown {
        0 => 0,
        1 if given > 0 && size % given == 0 => size / given,
        1 => return Err(wrong()),
        _ => return Err(Error::Argument { sentence: "can only specify one unknown dimension".to_string() }),
    };
    let extents: SmallVec<[usize; 4]> = to.iter().map(|&n| usize::try_from(n).unwrap_or(found)).collect();
    let shape = Shape::new(&extents)?;
    if shape.size() != size {
        return Err(wrong());
    }
    Ok(reshape_to(b, x, shape))
}

/// `x` under a shape of as many elements.
pub fn reshape_to<B: Build>(b: &mut B, x: &B::Node, shape: Shape) -> B::Node {
    if *b.shape(x) == shape { x.clone() } else { view(b, x, View::Reshape, shape) }
}

/// The axes in another order: axis `i` of the result is `axes[i]` of `x`.
///
/// # Errors
/// Axes that are not a permutation.
pub fn permute<B: Build>(b: &mut B, x: &B::Node, axes: &[isize]) -> Result<B::Node, Error> {
    let dims = b.shape(x).len();
    let wrong = || Error::Permutation { axes: axes.to_vec(), dims };
    if axes.len() != dims {
        return Err(wrong());
    }
    let order: Result<SmallVec<[usize; 4]>, Error> = axes.iter().map(|&a| shape::axis(a, dims)).collect();
    let order = order?;
    shape::axes(axes, dims).map_err(|_| wrong())?;
    if order.iter().copied().eq(0..dims) {
        return Ok(x.clone());
    }
    let extents: SmallVec<[usize; 4]> = order.iter().map(|&a| b.shape(x)[a]).collect();
    let shape = Shape::new(&extents)?;
    Ok(view(b, x, View::Permute(order), shape))
}

/// Elements `start + step * i` for `i` below `extent`, along each axis as `(start, step, extent)`;
/// every place is inside `x` (the user's ranges have been clamped).
pub fn slice<B: Build>(b: &mut B, x: &B::Node, parts: &[(i64, i64, usize)]) -> Result<B::Node, Error> {
    let extents: SmallVec<[usize; 4]> = parts.iter().map(|p| p.2).collect();
    let whole = parts
        .iter()
        .zip(b.shape(x).iter())
        .all(|(&(start, step, n), &full)| start == 0 && step == 1 && n == full);
    if whole {
        return Ok(x.clone());
    }
    let shape = Shape::new(&extents)?;
    // A single element has no step: whatever was asked for must not overflow later.
    let places = parts.iter().map(|&(start, step, n)| (start, if n > 1 { step } else { 1 })).collect();
    Ok(view(b, x, View::Slice(places), shape))
}

/// The diagonal of two axes, as a new last axis; above it by `offset`, below by `-offset`.
///
/// # Errors
/// Fewer than two axes, or one given twice.
pub fn diagonal<B: Build>(
    b: &mut B,
    x: &B::Node,
    offset: i64,
    first: isize,
    second: isize,
) -> Result<B::Node, Error> {
    let dims = b.shape(x).len();
    if dims < 2 {
        return Err(Error::Argument {
            sentence: "diag requires an array of at least two dimensions".to_string(),
        });
    }
    let (first, second) =
        (shape::named_axis("axis1", first, dims)?, shape::named_axis("axis2", second, dims)?);
    if first == second {
        return Err(Error::Argument { sentence: "axis1 and axis2 cannot be the same".to_string() });
    }
    let extents = b.shape(x);
    let (rows, columns) = (extents[first] as i64, extents[second] as i64);
    let offset = offset.clamp(-rows, columns);
    let length = (rows + offset.min(0)).min(columns - offset.max(0)).max(0) as usize;
    let kept = (0..dims).filter(|a| *a != first && *a != second).map(|a| extents[a]);
    let extents: SmallVec<[usize; 4]> = kept.chain([length]).collect();
    let shape = Shape::new(&extents)?;
    Ok(view(b, x, View::Diagonal(first, second, offset), shape))
}

/// Windows of `width` elements sliding along `axis`; the place in the window is a new last axis.
///
/// # Errors
/// A width beyond the axis.
pub fn window<B: Build>(b: &mut B, x: &B::Node, width: usize, axis: isize) -> Result<B::Node, Error> {
    let dims = b.shape(x).len();
    let axis = shape::axis(axis, dims)?;
    let mut extents: SmallVec<[usize; 4]> = b.shape(x).iter().copied().collect();
    if width > extents[axis] {
        let sentence = format!(
            "window shape cannot be larger than input array shape: {width} against {}",
            extents[axis]
        );
        return Err(Error::Argument { sentence });
    }
    extents[axis] = extents[axis] + 1 - width;
    extents.push(width);
    let shape = Shape::new(&extents)?;
    if width == 0 {
        // One place more than elements, and nothing at any of them.
        let mut parts: Vec<(i64, i64, usize)> = b.shape(x).iter().map(|&n| (0, 1, n)).collect();
        parts[axis] = (0, 1, 0);
        let nothing = slice(b, x, &parts)?;
        return Ok(reshape_to(b, &nothing, shape));
    }
    Ok(view(b, x, View::Window(axis), shape))
}
