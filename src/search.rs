//! Places in sorted arrays: `searchsorted` and `digitize`.
//!
//! A search halves what is left of the array as often as its length allows, whatever the values: each
//! step takes one element by index and compares. All steps are one kernel, into which the values are fused.

use crate::arguments::Operand;
use crate::array::Array;
use crate::lazy::{Builder, Lazy, build, refuse};
use crate::signal::unsafe_cast;
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
    /// Where in this sorted vector each value would go to keep it sorted, int64. NaN comes last. Complex
    /// numbers are sorted by their real parts, and those of one real part by their imaginary parts; after them
    /// come those whose imaginary part alone is NaN, then those whose real part alone is, then NaN in both.
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
        if self.0.node.dtype.is_complex() {
            return refuse("digitize", [self, bins], "x may not be complex");
        }
        if bins.0.node.dtype.is_complex() {
            return refuse("digitize", [self, bins], &unsafe_cast(bins.0.node.dtype));
        }
        if bins.0.node.shape.len() != 1 {
            let sentence = "object of too small depth for desired array: bins are a vector";
            return refuse("digitize", [self, bins], sentence);
        }
        let (rises, falls) = match (is_sorted(bins, Op::LessEqual), is_sorted(bins, Op::GreaterEqual)) {
            (Ok(rises), Ok(falls)) => (rises, falls),
            (Err(error), _) | (_, Err(error)) => return Lazy::failed(error),
        };
        match (rises, falls) {
            (true, _) => bins.searchsorted(self, side),
            (false, true) => bins.0.node.shape[0] as i64 - bins.flip(0).searchsorted(self, side),
            (false, false) => {
                refuse("digitize", [self, bins], "bins must be monotonically increasing or decreasing")
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
        let passed = match side {
            Side::Left => comes_before(b, &element, values)?,
            Side::Right => not_after(b, &element, values)?,
        };
        let further = nodes::map(b, Op::Add, &[place.clone(), all])?;
        place = nodes::map(b, Op::Where, &[passed, further, place])?;
    }
    Ok(place)
}

/// Whether the first is sorted before the second: of floats, whether it is less.
fn comes_before(b: &mut Builder, first: &Array, second: &Array) -> Result<Array, Mistake> {
    if !first.0.node.dtype.is_complex() {
        return nodes::map(b, Op::Less, &[first.clone(), second.clone()]);
    }
    let (first, second) = (keys(b, first)?, keys(b, second)?);
    let mut before = None;
    // From the last key to the first: less, or equal and so on.
    for (p, q) in first.into_iter().zip(second).rev() {
        let less = nodes::map(b, Op::Less, &[p.clone(), q.clone()])?;
        before = Some(match before {
            None => less,
            Some(rest) => {
                let equal = nodes::map(b, Op::Equal, &[p, q])?;
                let further = nodes::map(b, Op::BitwiseAnd, &[equal, rest])?;
                nodes::map(b, Op::BitwiseOr, &[less, further])?
            }
        });
    }
    Ok(before.expect("there are three keys"))
}

/// Whether the first is not sorted after the second: of floats, whether it is less or equal.
fn not_after(b: &mut Builder, first: &Array, second: &Array) -> Result<Array, Mistake> {
    if !first.0.node.dtype.is_complex() {
        return nodes::map(b, Op::LessEqual, &[first.clone(), second.clone()]);
    }
    let after = comes_before(b, second, first)?;
    nodes::map(b, Op::LogicalNot, &[after])
}

/// What complex numbers are sorted by: which parts are NaN, the real part and the imaginary part, where NaN is
/// like any other.
fn keys(b: &mut Builder, x: &Array) -> Result<[Array; 3], Mistake> {
    let part = |b: &mut Builder, op: Op| -> Result<[Array; 2], Mistake> {
        let part = nodes::map(b, op, std::slice::from_ref(x))?;
        let is_nan = nodes::map(b, Op::Isnan, std::slice::from_ref(&part))?;
        let zero = b.number(Scalar::zero(part.0.node.dtype));
        let number = nodes::map(b, Op::Where, &[is_nan.clone(), zero, part])?;
        Ok([is_nan, number])
    };
    let ([no_real, real], [no_imaginary, imaginary]) = (part(b, Op::Real)?, part(b, Op::Imag)?);
    let (no_real, no_imaginary) =
        (nodes::cast(b, &no_real, DType::I64), nodes::cast(b, &no_imaginary, DType::I64));
    let doubled = nodes::map(b, Op::Add, &[no_real.clone(), no_real])?;
    let missing = nodes::map(b, Op::Add, &[doubled, no_imaginary])?;
    Ok([missing, real, imaginary])
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
