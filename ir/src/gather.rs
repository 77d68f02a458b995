//! Taking elements by index: where the coordinates come from, and what an index outside means.
//!
//! One primitive is behind `take`, `take_along_axis` and all of NumPy's advanced indexing: each
//! element of the result is the element of the data at coordinates of which some come from integer
//! arrays of the result's shape ([`Source::Index`]) and the others are coordinates of the result
//! itself ([`Source::Axis`]). An index is looked at inside the kernel that uses it.

use crate::graph::NodeId;
use std::fmt;

/// Where a gather finds the coordinate along an axis of its data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Source {
    /// In the next of its integer operands.
    Index,
    /// It is the coordinate along that axis of the result.
    Axis(usize),
}

/// What an index outside of its axis means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Bounds {
    /// Below 0 it counts from the back; beyond either end it is an error.
    Raise,
    /// Below 0 it is an error, as beyond the end.
    Strict,
    /// As [`Strict`](Bounds::Strict): the indices count the places where a mask holds, and if these are not as many
    /// as the values that are taken, all indices lie as far beyond the end as there are places.
    Counted,
    /// The nearest place; below 0 that is the first.
    Clip,
    /// The place after going round as often as needed, from below 0 too.
    Wrap,
}

impl Bounds {
    /// All of them.
    pub const ALL: [Bounds; 5] = [Bounds::Raise, Bounds::Strict, Bounds::Counted, Bounds::Clip, Bounds::Wrap];

    /// The word for it in texts.
    pub const fn name(self) -> &'static str {
        match self {
            Bounds::Raise => "raise",
            Bounds::Strict => "strict",
            Bounds::Counted => "counted",
            Bounds::Clip => "clip",
            Bounds::Wrap => "wrap",
        }
    }

    /// Whether an index may be found to be out of range.
    pub const fn is_checked(self) -> bool {
        matches!(self, Bounds::Raise | Bounds::Strict | Bounds::Counted)
    }

    /// The place that an index means along an axis of at least one element, if it means one.
    ///
    /// ```
    /// use numfuse_ir::gather::Bounds;
    ///
    /// assert_eq!(Bounds::Raise.place(-1, 5), Some(4));
    /// assert_eq!(Bounds::Raise.place(5, 5), None);
    /// assert_eq!(Bounds::Clip.place(-1, 5), Some(0));
    /// assert_eq!(Bounds::Wrap.place(-1, 5), Some(4));
    /// ```
    pub fn place(self, index: i64, extent: i64) -> Option<i64> {
        let inside = |place: i64| (0..extent).contains(&place).then_some(place);
        match self {
            Bounds::Raise if index < 0 => inside(index + extent),
            Bounds::Raise | Bounds::Strict | Bounds::Counted => inside(index),
            Bounds::Clip => Some(index.clamp(0, extent - 1)),
            Bounds::Wrap => Some(index.rem_euclid(extent)),
        }
    }
}

/// The first index of a gather that is out of range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfBounds {
    /// The gather.
    pub node: NodeId,
    /// What its indices mean.
    pub bounds: Bounds,
    /// The axis of its data.
    pub axis: usize,
    /// How many elements lie along it.
    pub extent: usize,
    /// The index, as it was given.
    pub index: i64,
}

impl fmt::Display for OutOfBounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let OutOfBounds { bounds, axis, extent, index, .. } = self;
        match bounds {
            Bounds::Counted => {
                // From nothing one element is taken, which no place is for.
                let (given, wanted) = if *index < 0 {
                    (0, index.unsigned_abs())
                } else {
                    (*extent, (*index as u64).saturating_sub(*extent as u64))
                };
                write!(
                    f,
                    "NumPy boolean array indexing assignment cannot assign {given} input values to the {wanted} output \
                     values where the mask is true"
                )
            }
            Bounds::Raise | Bounds::Strict | Bounds::Clip | Bounds::Wrap => {
                write!(f, "index {index} is out of bounds for axis {axis} with size {extent}")
            }
        }
    }
}

impl std::error::Error for OutOfBounds {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_means_a_place_or_none() {
        let places = |bounds: Bounds| [-7, -3, -1, 0, 2, 3, i64::MIN, i64::MAX].map(|i| bounds.place(i, 3));
        let (none, at) = (None, Some::<i64>);
        assert_eq!(places(Bounds::Raise), [none, at(0), at(2), at(0), at(2), none, none, none]);
        assert_eq!(places(Bounds::Strict), [none, none, none, at(0), at(2), none, none, none]);
        assert_eq!(places(Bounds::Counted), places(Bounds::Strict));
        assert_eq!(places(Bounds::Clip), [0, 0, 0, 0, 2, 2, 0, 2].map(Some));
        assert_eq!(places(Bounds::Wrap), [2, 0, 2, 0, 2, 0, 1, 1].map(Some));
    }
}
