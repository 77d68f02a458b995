//! Integer arrays and masks beside integers and ranges: NumPy's advanced indexing.
//!
//! Ranges are sliced first, which is a view; one gather then takes along all axes that have arrays; a
//! reshape drops and adds axes at last, so that an error counts the axes of the user's array.

use super::{Item, Slice, at};
use crate::array::Array;
use crate::error::Error;
use crate::lazy::{Builder, Lazy, build};
use crate::nonzero;
use numfuse_ir::dtype::DType;
use numfuse_ir::error::Error as Mistake;
use numfuse_ir::gather::Bounds;
use numfuse_ir::graph::build as nodes;
use numfuse_ir::shape::Shape;
use smallvec::SmallVec;

/// One part of an index, masks as the places where they hold.
enum Part {
    At(isize),
    Slice(Slice),
    NewAxis,
    Ellipsis,
    /// Places along an axis.
    Places(Array),
    /// Places along as many axes as the mask has.
    Mask(Vec<Array>, Shape),
}

/// The elements of `x` at an index that has arrays.
#[track_caller]
pub(super) fn select(x: &Array, items: SmallVec<[Item; 4]>) -> Array {
    let arrays: Vec<Array> = items.iter().filter_map(array).cloned().collect();
    let operands = std::iter::once(x).chain(&arrays);
    if let Some(failed) = operands.clone().find(|a| a.0.error.is_some()) {
        return failed.clone();
    }
    // No closure: the lines of what a mask computes are the caller's.
    let mut parts = Vec::new();
    for item in items {
        match part(item) {
            Ok(part) => parts.push(part),
            Err(error) => return Lazy::failed(error),
        }
    }
    build("index", operands, |b| taken(b, x, parts))
}

fn array(item: &Item) -> Option<&Array> {
    match item {
        Item::Array(array) => Some(array),
        Item::At(_) | Item::Slice(_) | Item::NewAxis | Item::Ellipsis => None,
    }
}

/// A part of an index. A mask is computed, and its places are counted.
#[track_caller]
fn part(item: Item) -> Result<Part, Error> {
    Ok(match item {
        Item::At(place) => Part::At(place),
        Item::Slice(slice) => Part::Slice(slice),
        Item::NewAxis => Part::NewAxis,
        Item::Ellipsis => Part::Ellipsis,
        Item::Array(mask) if mask.0.node.dtype == DType::Bool => {
            let shape = mask.0.node.shape.clone();
            Part::Mask(nonzero::places(&mask)?, shape)
        }
        Item::Array(places) => Part::Places(places),
    })
}

/// Where the axes of the arrays come in the result.
#[derive(Clone, Copy)]
enum Spot {
    /// No array yet, and no integer.
    Before,
    /// The last part was one; so many axes and extents are before the first.
    Among(usize, usize),
    /// Something else came after the last one.
    Behind(usize, usize),
    /// They do not stand together: in front of all others.
    Apart,
}

impl Spot {
    /// After an array, or an integer, which counts as one.
    fn after_array(self, axes: usize, extents: usize) -> Spot {
        match self {
            Spot::Before => Spot::Among(axes, extents),
            Spot::Behind(..) => Spot::Apart,
            Spot::Among(..) | Spot::Apart => self,
        }
    }

    /// After anything else.
    fn after_other(self) -> Spot {
        match self {
            Spot::Among(axes, extents) => Spot::Behind(axes, extents),
            Spot::Before | Spot::Behind(..) | Spot::Apart => self,
        }
    }

    /// The places among the axes that are not taken along, and among the extents that are left.
    fn places(self) -> (usize, usize) {
        match self {
            Spot::Among(axes, extents) | Spot::Behind(axes, extents) => (axes, extents),
            Spot::Before | Spot::Apart => (0, 0),
        }
    }
}

/// An index as it is read from left to right.
struct Reading<'a> {
    shape: &'a Shape,
    /// What is sliced of each axis.
    slices: SmallVec<[(i64, i64, usize); 4]>,
    /// The axes that elements are taken along, and their places.
    arrays: Vec<(usize, Array)>,
    /// The extents of the result but for those of the arrays.
    extents: SmallVec<[usize; 4]>,
    spot: Spot,
}

fn taken(b: &mut Builder, x: &Array, mut parts: Vec<Part>) -> Result<Array, Mistake> {
    let shape = &x.0.node.shape;
    let axes = |part: &Part| match part {
        Part::At(_) | Part::Slice(_) | Part::Places(_) => 1,
        Part::Mask(_, mask) => mask.len(),
        Part::NewAxis | Part::Ellipsis => 0,
    };
    let given = parts.iter().map(axes).sum();
    if given > shape.len() {
        return Err(Mistake::TooManyIndices { dims: shape.len(), given });
    }
    let dots = parts.iter().filter(|part| matches!(part, Part::Ellipsis)).count();
    super::one_ellipsis(dots)?;
    if dots == 0 {
        parts.push(Part::Ellipsis);
    }
    let mut reading = Reading {
        shape,
        slices: SmallVec::new(),
        arrays: Vec::new(),
        extents: SmallVec::new(),
        spot: Spot::Before,
    };
    for part in parts {
        reading.part(part, shape.len() - given)?;
    }
    reading.finish(b, x)
}

impl Reading<'_> {
    /// The next part; an ellipsis stands for `rest` axes.
    fn part(&mut self, part: Part, rest: usize) -> Result<(), Mistake> {
        let axis = self.slices.len();
        let before = (axis - self.arrays.len(), self.extents.len());
        self.spot = match part {
            Part::At(_) | Part::Places(_) | Part::Mask(..) => self.spot.after_array(before.0, before.1),
            Part::Slice(_) | Part::NewAxis | Part::Ellipsis => self.spot.after_other(),
        };
        match part {
            Part::At(place) => self.slices.push((at(place, axis, self.shape)?, 1, 1)),
            Part::Slice(slice) => {
                let range = slice.places(self.shape[axis])?;
                self.slices.push(range);
                self.extents.push(range.2);
            }
            Part::NewAxis => self.extents.push(1),
            Part::Ellipsis => {
                let whole = &self.shape[axis..axis + rest];
                self.slices.extend(whole.iter().map(|&n| (0, 1, n)));
                self.extents.extend_from_slice(whole);
            }
            Part::Places(places) => self.take_along(places),
            Part::Mask(places, mask) => {
                fits(&mask, &self.shape[axis..], axis)?;
                places.into_iter().for_each(|places| self.take_along(places));
            }
        }
        Ok(())
    }

    /// The next axis has these places.
    fn take_along(&mut self, places: Array) {
        let axis = self.slices.len();
        self.arrays.push((axis, places));
        self.slices.push((0, 1, self.shape[axis]));
    }

    fn finish(self, b: &mut Builder, x: &Array) -> Result<Array, Mistake> {
        let Reading { slices, arrays, mut extents, spot, .. } = self;
        let (before, front) = spot.places();
        let sliced = nodes::slice(b, x, &slices)?;
        let taken = nodes::gather(b, &sliced, &arrays, before, Bounds::Raise)?;
        let indices: Vec<Array> = arrays.into_iter().map(|(_, places)| places).collect();
        extents.insert_from_slice(front, &nodes::broadcast(b, "index", &indices)?);
        Ok(nodes::reshape_to(b, &taken, Shape::new(&extents)?))
    }
}

/// Whether a mask has the extents of the axes that it stands for, the first of which is `axis`.
pub(crate) fn fits(mask: &Shape, extents: &[usize], axis: usize) -> Result<(), Mistake> {
    if mask.is_empty() {
        return Err(Mistake::Argument { sentence: "a mask has at least one axis".to_string() });
    }
    match mask.iter().zip(extents).position(|(n, m)| n != m) {
        None => Ok(()),
        Some(at) => {
            let sentence = format!(
                "boolean index did not match indexed array along axis {}; size of axis is {} but size of \
                 corresponding boolean axis is {}",
                axis + at,
                extents[at],
                mask[at]
            );
            Err(Mistake::Argument { sentence })
        }
    }
}
