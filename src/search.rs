//! Places in sorted arrays: `searchsorted` and `digitize`.
//!
//! A search halves what is left of the array as often as its length allows, whatever the values: each
//! step takes one element by index and compares. All steps are one kernel, into which the values are fused.

use crate::arguments::Operand;
use crate::array::Array;
use crate::lazy::{Builder, Lazy, build};
use numfuse_ir::dtype::DType;
use numfuse_ir::error::Error as Mistake;
use numfuse_ir::gather::Bounds;
use numfuse_ir::graph::build as nodes;
use numfuse_ir::ops::Op;
use numfuse_ir::scalar::Scalar;

/// On which side of equal elements a value goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Side {
    /// Before them.
    #[default]
    Left,
    /// After them.
    Right,
}

/// Places in sorted arrays.
impl Array {
    /// Where in this sorted vector each value would go to keep it sorted, int64. NaN comes last.
    ///
    /// NumPy's `sorter` is `x.take(&sorter, 0).searchsorted(…)`.
    ///
    /// ```
    /// use numfuse::{Side, prelude::*};
    ///
    /// let sorted = Array::from([1.0, 2.0, 2.0, 5.0]);
    /// let values = Array::from([0.0, 2.0, 9.0]);
    /// assert_eq!(sorted.searchsorted(&values, Side::Left).to_vec::<i64>()?, [0, 1, 4]);
    /// assert_eq!(sorted.searchsorted(&values, Side::Right).to_vec::<i64>()?, [0, 3, 4]);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    #[track_caller]
    pub fn searchsorted(&self, values: impl Into<Operand>, side: Side) -> Array {
        let values = values.into();
        build("searchsorted", std::iter::once(self).chain(values.array()), |b| {
            let values = match &values {
                Operand::Array(values) => values.clone(),
                Operand::Number(number) => {
                    let dtype = self.0.node.dtype.promote_weak(number.weak());
                    let number = number.to_scalar(dtype)?;
                    b.number(number)
                }
            };
            search(b, self, &values, side)
        })
    }

    /// Which of the bins between the edges `bins` each element lies in: 0 before the first edge. An
    /// edge belongs to the bin after it, or with `right` to the one before it. The edges rise or fall;
    /// they are computed at once, to know which.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// let x = Array::from([0.2, 6.4, 3.0, 1.6]);
    /// let bins = Array::from([0.0, 1.0, 2.5, 4.0, 10.0]);
    /// assert_eq!(x.digitize(&bins, false).to_vec::<i64>()?, [1, 4, 3, 2]);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    #[track_caller]
    pub fn digitize(&self, bins: &Array, right: bool) -> Array {
        // The operands stand the other way round than in a search.
        let side = if right { Side::Left } else { Side::Right };
        if let Some(failed) = [self, bins].into_iter().find(|a| a.0.error.is_some()) {
            return failed.clone();
        }
        if bins.0.node.shape.len() != 1 {
            let sentence = "object of too small depth for desired array: bins are a vector".to_string();
            return build("digitize", [self, bins], |_| Err(Mistake::Argument { sentence }));
        }
        let (rises, falls) = match (is_sorted(bins, Op::LessEqual), is_sorted(bins, Op::GreaterEqual)) {
            (Ok(rises), Ok(falls)) => (rises, falls),
            (Err(error), _) | (_, Err(error)) => return Lazy::failed(error),
        };
        match (rises, falls) {
            (true, _) => bins.searchsorted(self, side),
            (false, true) => bins.0.node.shape[0] as i64 - bins.flip(0).searchsorted(self, side),
            (false, false) => {
                let sentence = "bins must be monotonically increasing or decreasing".to_string();
                build("digitize", [self, bins], |_| Err(Mistake::Argument { sentence }))
            }
        }
    }
}

/// Whether each element and the next are in that relation. Computes them.
#[track_caller]
fn is_sorted(x: &Array, relation: Op) -> Result<bool, crate::error::Error> {
    use crate::index::s;
    let (before, after) = (x.along("digitize", 0, s(..-1)), x.along("digitize", 0, s(1..)));
    crate::ufunc::apply(relation, &[before.into(), after.into()]).all(..).item()
}

fn search(b: &mut Builder, sorted: &Array, values: &Array, side: Side) -> Result<Array, Mistake> {
    let [length] = sorted.0.node.shape[..] else {
        let sentence =
            "object of too small depth for desired array: what is searched is a vector".to_string();
        return Err(Mistake::Argument { sentence });
    };
    let dtype = sorted.0.node.dtype.promote(values.0.node.dtype);
    let (sorted, values) = (nodes::cast(b, sorted, dtype), nodes::cast(b, values, dtype));
    let place = halved(b, &sorted, length, &values, side)?;
    if !dtype.is_inexact() {
        return Ok(place);
    }
    // A NaN, which no comparison finds a place for, comes after all numbers: before or after the NaNs (complex
    // numbers with a NaN in one part or in both are all the same here).
    let last = match side {
        Side::Left => {
            let most = Scalar::from_f64(dtype.part(), f64::INFINITY);
            let most = b.number(if dtype.is_complex() { Scalar::complex(most, most) } else { most });
            halved(b, &sorted, length, &most, Side::Right)?
        }
        Side::Right => number(b, length as i64),
    };
    let is_nan = nodes::map(b, Op::Isnan, &[values])?;
    nodes::map(b, Op::Where, &[is_nan, last, place])
}

/// How many elements come before each value: halves of what is left are passed over or kept.
fn halved(
    b: &mut Builder,
    sorted: &Array,
    length: usize,
    values: &Array,
    side: Side,
) -> Result<Array, Mistake> {
    let relation = if side == Side::Left { Op::Less } else { Op::LessEqual };
    let start = number(b, 0);
    let mut place = nodes::expand(b, &start, &values.0.node.shape);
    let mut left = length as i64;
    while left > 0 {
        // Of the last one it is asked whether it is passed over, too.
        let half = (left / 2).max(1);
        left -= half;
        let (skip, all) = (number(b, half - 1), number(b, half));
        let last = nodes::map(b, Op::Add, &[place.clone(), skip])?;
        // Always in range: the length of what is left is known.
        let element = nodes::gather(b, sorted, &[(0, last)], 0, Bounds::Clip)?;
        let passed = nodes::map(b, relation, &[element, values.clone()])?;
        let further = nodes::map(b, Op::Add, &[place.clone(), all])?;
        place = nodes::map(b, Op::Where, &[passed, further, place])?;
    }
    Ok(place)
}

fn number(b: &mut Builder, n: i64) -> Array {
    b.number(Scalar::from_i128(DType::I64, n.into()))
}

/// See [`Array::searchsorted`].
#[track_caller]
pub fn searchsorted(sorted: &Array, values: impl Into<Operand>, side: Side) -> Array {
    sorted.searchsorted(values, side)
}

/// See [`Array::digitize`].
#[track_caller]
pub fn digitize(x: &Array, bins: &Array, right: bool) -> Array {
    x.digitize(bins, right)
}
