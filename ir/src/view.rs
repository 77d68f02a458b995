//! Views: maps from an index of the result to an index of the source, and nothing else.
//!
//! [`View::map`] is the only definition of what each view does to an index. Lowering pushes the
//! index of a kernel's space through the views to the loads; a view therefore costs no memory and
//! no copy. Before `lower.rs` turns numbers into launch words an index is a [`Sum`]: numbers times
//! coordinates.

use crate::kernel::AxisId;
use crate::shape::Shape;
use smallvec::SmallVec;
use std::cmp::Ordering;
use std::fmt;

/// A way to look at an array's elements in another arrangement.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum View {
    /// Element `start + step * i` along each axis, as `(start, step)`; steps may be negative, not 0.
    Slice(SmallVec<[(i64, i64); 4]>),
    /// Axis `i` of the result is that axis of the source.
    Permute(SmallVec<[usize; 4]>),
    /// New axes in front and axes of extent 1 repeated, as broadcasting does.
    Expand,
    /// The same elements in row-major order under another shape.
    Reshape,
    /// Two axes replaced by their diagonal, which comes last: `(first, second, offset)`.
    Diagonal(usize, usize, i64),
    /// Windows sliding along an axis; the place in the window is a new last axis.
    Window(usize),
}

impl View {
    /// The index of the source for the index `out` of the result; `extent` gives the extent of a
    /// kernel's axis. `None` when a reshape cannot be said as a sum of terms: the source must then
    /// be materialised.
    pub fn map(
        &self,
        source: &Shape,
        out: &[Sum],
        result: &Shape,
        extent: &dyn Fn(AxisId) -> i64,
    ) -> Option<Vec<Sum>> {
        Some(match self {
            View::Slice(parts) => {
                out.iter().zip(parts).map(|(i, &(start, step))| i.times(step).shifted(start)).collect()
            }
            View::Permute(axes) => {
                let mut index = vec![Sum::constant(0); axes.len()];
                axes.iter().zip(out).for_each(|(&axis, i)| index[axis] = i.clone());
                index
            }
            View::Expand => {
                let new = out.len() - source.len();
                let kept = |(i, &n): (&Sum, &usize)| if n == 1 { Sum::constant(0) } else { i.clone() };
                out[new..].iter().zip(source.iter()).map(kept).collect()
            }
            View::Reshape => return reshape(source, out, result, extent),
            View::Diagonal(first, second, offset) => {
                let (diagonal, rest) = out.split_last()?;
                let mut rest = rest.iter();
                let place = |axis| match axis {
                    a if a == *first => Some(diagonal.shifted((-offset).max(0))),
                    a if a == *second => Some(diagonal.shifted((*offset).max(0))),
                    _ => rest.next().cloned(),
                };
                return (0..source.len()).map(place).collect();
            }
            View::Window(axis) => {
                let (inside, rest) = out.split_last()?;
                let mut index = rest.to_vec();
                index[*axis] = index[*axis].plus(inside);
                index
            }
        })
    }
}

/// A row-major place in `result`, taken apart into the digits of `source`.
///
/// Axes of extent 1 are passed over; then both shapes are parted into the shortest runs of axes with
/// equal products. A run of one axis on each side is the same coordinate, whatever its range (a pad
/// may ask beyond it); in any other the position within the run is taken apart.
fn reshape(source: &Shape, out: &[Sum], result: &Shape, extent: &dyn Fn(AxisId) -> i64) -> Option<Vec<Sum>> {
    let mut index = vec![Sum::constant(0); source.len()];
    if source.size() == 0 {
        return Some(index);
    }
    let moving = |shape: &Shape| (0..shape.len()).filter(|&a| shape[a] != 1).collect::<Vec<usize>>();
    let (mut from, mut to) = (moving(source).into_iter(), moving(result).into_iter());
    while let (Some(a), Some(b)) = (from.next(), to.next()) {
        let (mut sources, mut results) = (vec![a], vec![b]);
        let size = |axes: &[usize], shape: &Shape| axes.iter().map(|&a| shape[a]).product::<usize>();
        loop {
            match size(&sources, source).cmp(&size(&results, result)) {
                Ordering::Equal => break,
                Ordering::Less => sources.push(from.next()?),
                Ordering::Greater => results.push(to.next()?),
            }
        }
        if let ([a], [b]) = (sources.as_slice(), results.as_slice()) {
            index[*a] = out[*b].clone();
            continue;
        }
        let run =
            |axes: &[usize], shape: &Shape| axes.iter().map(|&a| shape[a]).collect::<SmallVec<[usize; 4]>>();
        let (inner, outer) =
            (Shape::new(&run(&sources, source)).ok()?, Shape::new(&run(&results, result)).ok()?);
        let coordinates: Vec<Sum> = results.iter().map(|&b| out[b].clone()).collect();
        let flat = flatten(&coordinates, &outer);
        for ((&a, stride), &n) in sources.iter().zip(inner.strides()).zip(inner.iter()) {
            index[a] = flat.digit(stride, n as i64, extent)?;
        }
    }
    Some(index)
}

/// The row-major position of `index` in an array of that shape.
pub fn flatten(index: &[Sum], shape: &Shape) -> Sum {
    let places = index.iter().zip(shape.strides());
    places.fold(Sum::constant(0), |flat, (i, stride)| flat.plus(&i.times(stride)))
}

/// What a number of a [`Sum`] multiplies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Factor {
    /// The coordinate along an axis.
    Axis(AxisId),
    /// `(axis / div) % modulo`, a digit of the coordinate.
    Digit {
        /// The axis.
        axis: AxisId,
        /// What it is divided by first.
        div: i64,
        /// What the quotient is reduced by.
        modulo: i64,
    },
    /// A place along an axis of that extent, found by index: the number among such places of a
    /// kernel's space.
    Taken {
        /// Which place.
        number: u32,
        /// How many places there are.
        extent: i64,
    },
}

/// An index before its numbers become launch words: `offset + Σ number · factor`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Sum {
    /// The constant part.
    pub offset: i64,
    /// Numbers (never 0) and what they multiply; sorted, no factor twice.
    pub terms: SmallVec<[(Factor, i64); 3]>,
}

impl Sum {
    /// The number `n`.
    pub fn constant(n: i64) -> Sum {
        Sum { offset: n, terms: SmallVec::new() }
    }

    /// The coordinate along `axis`.
    pub fn axis(axis: AxisId) -> Sum {
        Sum::factor(Factor::Axis(axis))
    }

    /// A factor alone.
    pub fn factor(factor: Factor) -> Sum {
        Sum { offset: 0, terms: SmallVec::from_slice(&[(factor, 1)]) }
    }

    /// `n` times this.
    pub fn times(&self, n: i64) -> Sum {
        if n == 0 {
            return Sum::constant(0);
        }
        let terms = self.terms.iter().map(|&(factor, by)| (factor, by * n));
        Sum { offset: self.offset * n, terms: terms.collect() }
    }

    /// `n` more than this.
    pub fn shifted(&self, n: i64) -> Sum {
        Sum { offset: self.offset + n, terms: self.terms.clone() }
    }

    /// The sum of both.
    pub fn plus(&self, other: &Sum) -> Sum {
        let mut sum = self.shifted(other.offset);
        for &(factor, by) in &other.terms {
            match sum.terms.binary_search_by_key(&factor, |t| t.0) {
                Ok(at) => {
                    sum.terms[at].1 += by;
                    if sum.terms[at].1 == 0 {
                        sum.terms.remove(at);
                    }
                }
                Err(at) => sum.terms.insert(at, (factor, by)),
            }
        }
        sum
    }

    /// The least and the greatest value, given the extent of each axis.
    pub fn range(&self, extent: &dyn Fn(AxisId) -> i64) -> (i64, i64) {
        self.terms.iter().fold((self.offset, self.offset), |(low, high), &(factor, by)| {
            let last = match factor {
                Factor::Axis(a) => (extent(a) - 1).max(0),
                Factor::Digit { modulo, .. } => modulo - 1,
                Factor::Taken { extent, .. } => (extent - 1).max(0),
            };
            (low + (by * last).min(0), high + (by * last).max(0))
        })
    }

    /// `(self / div) % modulo`, where that is a sum of terms again. `self` is never negative.
    ///
    /// Terms whose numbers are multiples of `div * modulo` vanish, those below `div` are dropped,
    /// the rest is divided; this is exact when the dropped part stays in `0..div` and the kept part
    /// in `0..modulo`. Otherwise a single coordinate gives a digit, anything else nothing.
    pub fn digit(&self, div: i64, modulo: i64, extent: &dyn Fn(AxisId) -> i64) -> Option<Sum> {
        let rest = self.split(div * modulo, extent).map_or_else(|| self.clone(), |(_, low)| low);
        if let Some((high, _)) = rest.split(div, extent) {
            let (low, most) = high.range(extent);
            if low >= 0 && most < modulo {
                return Some(high);
            }
        }
        match (self.offset, self.terms.as_slice()) {
            (0, &[(Factor::Axis(axis), by)]) if by > 0 && div % by == 0 => {
                let factor = Factor::Digit { axis, div: div / by, modulo };
                Some(Sum { offset: 0, terms: SmallVec::from_slice(&[(factor, 1)]) })
            }
            _ => None,
        }
    }

    /// The same value with digits of one coordinate that follow on each other put together: of a reshape
    /// that was pushed down to where its source lies row-major, the coordinate itself is left.
    pub fn together(&self, extent: &dyn Fn(AxisId) -> i64) -> Sum {
        let mut sum = self.clone();
        while let Some((first, second)) = sum.pair_of_digits() {
            let (Factor::Digit { modulo: high, .. }, _) = sum.terms[first] else { break };
            let (Factor::Digit { axis, div, modulo: low }, by) = sum.terms[second] else { break };
            let (modulo, mut rest) = (low * high, Sum { offset: sum.offset, terms: SmallVec::new() });
            let others = (0..sum.terms.len()).filter(|&i| i != first && i != second);
            rest.terms.extend(others.map(|i| sum.terms[i]));
            let whole = match div == 1 && extent(axis) <= modulo {
                true => Factor::Axis(axis),
                false => Factor::Digit { axis, div, modulo },
            };
            sum = rest.plus(&Sum::factor(whole).times(by));
        }
        sum
    }

    /// Two terms `(axis / (div·m)) % k · (by·m)` and `(axis / div) % m · by`, which are
    /// `(axis / div) % (m·k) · by` together.
    fn pair_of_digits(&self) -> Option<(usize, usize)> {
        let follows = |first: &(Factor, i64), second: &(Factor, i64)| match (first, second) {
            ((Factor::Digit { axis, div, .. }, by), (Factor::Digit { axis: a, div: d, modulo }, b)) => {
                axis == a && *div == d * modulo && *by == b * modulo
            }
            _ => false,
        };
        let first = |&second: &usize| {
            (0..self.terms.len()).find(|&first| follows(&self.terms[first], &self.terms[second]))
        };
        (0..self.terms.len()).find_map(|second| first(&second).map(|first| (first, second)))
    }

    /// The sum as `(high, low)` with `self = unit · high + low` and `low` in `0..unit`.
    fn split(&self, unit: i64, extent: &dyn Fn(AxisId) -> i64) -> Option<(Sum, Sum)> {
        let (mut high, mut low) = (Sum::constant(0), Sum::constant(0));
        for &(factor, by) in &self.terms {
            match by % unit {
                0 => high.terms.push((factor, by / unit)),
                _ => low.terms.push((factor, by)),
            }
        }
        let (least, most) = low.range(extent);
        high.offset = (self.offset + least).div_euclid(unit);
        low.offset = self.offset - high.offset * unit;
        (most + low.offset < unit).then_some((high, low))
    }
}

impl fmt::Display for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            View::Slice(parts) => {
                f.write_str("slice")?;
                parts.iter().try_for_each(|(start, step)| write!(f, " {start}:{step}"))
            }
            View::Permute(axes) => {
                f.write_str("permute")?;
                axes.iter().try_for_each(|a| write!(f, " {a}"))
            }
            View::Expand => f.write_str("expand"),
            View::Reshape => f.write_str("reshape"),
            View::Diagonal(a, b, offset) => write!(f, "diagonal {a} {b} {offset}"),
            View::Window(axis) => write!(f, "window {axis}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(extents: &[usize]) -> Shape {
        Shape::new(extents).unwrap()
    }

    /// The value of a sum at a point, whose last coordinates are places found by index.
    fn at(sum: &Sum, point: &[i64]) -> i64 {
        sum.terms.iter().fold(sum.offset, |total, &(factor, by)| {
            total
                + by * match factor {
                    Factor::Axis(a) => point[a.index()],
                    Factor::Digit { axis, div, modulo } => (point[axis.index()] / div) % modulo,
                    Factor::Taken { number, .. } => point[point.len() - 1 - number as usize],
                }
        })
    }

    #[test]
    fn reshape_is_row_major_wherever_it_is_a_sum() {
        for (from, to) in [
            (vec![24], vec![6, 4]),
            (vec![6, 4], vec![24]),
            (vec![6, 4], vec![3, 8]),
            (vec![2, 3, 4], vec![6, 4]),
            (vec![1, 6], vec![6, 1, 1]),
            (vec![4, 6], vec![6, 4]),
        ] {
            let (source, result) = (shape(&from), shape(&to));
            let axes: Vec<Sum> = (0..to.len() as u32).map(|a| Sum::axis(AxisId(a))).collect();
            let extent = |a: AxisId| to[a.index()] as i64;
            let Some(index) = View::Reshape.map(&source, &axes, &result, &extent) else { continue };
            let strides = result.strides();
            for flat in 0..result.size() as i64 {
                let point: Vec<i64> = strides.iter().zip(&to).map(|(s, &n)| (flat / s) % n as i64).collect();
                let back = flatten(&index, &source);
                assert_eq!(at(&back, &point), flat, "{from:?} -> {to:?}");
            }
        }
    }

    #[test]
    fn places_found_by_index_go_through_views_as_coordinates_do() {
        let taken = |extent| Sum::factor(Factor::Taken { number: 0, extent });
        let none = |_: AxisId| unreachable!("no axis is named");
        let from = |view: View, source: &[usize], result: &[usize], index: &[Sum]| {
            let index = view.map(&shape(source), index, &shape(result), &none)?;
            Some((0..6).map(|place| at(&flatten(&index, &shape(source)), &[place])).collect::<Vec<_>>())
        };
        let backwards = View::Slice(SmallVec::from_slice(&[(10, -2)]));
        assert_eq!(from(backwards, &[12], &[6], &[taken(6)]), Some(vec![10, 8, 6, 4, 2, 0]));
        let rows = [taken(6), Sum::constant(1)];
        assert_eq!(from(View::Reshape, &[12], &[6, 2], &rows), Some(vec![1, 3, 5, 7, 9, 11]));
        assert_eq!(from(View::Expand, &[1], &[6], &[taken(6)]), Some(vec![0; 6]));
        // A digit of a place would be a division of what is only known in the kernel.
        assert_eq!(from(View::Reshape, &[2, 3], &[6], &[taken(6)]), None);
    }

    #[test]
    fn digits_that_follow_on_each_other_are_one() {
        let merged = |from: &[usize], to: &[usize]| {
            let axes: Vec<Sum> = (0..to.len() as u32).map(|a| Sum::axis(AxisId(a))).collect();
            let extent = |a: AxisId| to[a.index()] as i64;
            let index = View::Reshape.map(&shape(from), &axes, &shape(to), &extent).unwrap();
            flatten(&index, &shape(from)).together(&extent)
        };
        assert_eq!(merged(&[4, 6, 5], &[120]), Sum::axis(AxisId(0)));
        let plain = Sum::axis(AxisId(0)).times(4).plus(&Sum::axis(AxisId(1)));
        assert_eq!(merged(&[2, 3, 4], &[6, 4]), plain);
        // Of a transposed array they do not follow on each other.
        let extent = |_: AxisId| 12;
        let digit = |div, modulo| Sum::factor(Factor::Digit { axis: AxisId(0), div, modulo });
        let turned = digit(3, 4).plus(&digit(1, 3).times(4));
        assert_eq!(turned.together(&extent), turned);
        // What is left of a longer coordinate stays a digit.
        let part = digit(3, 2).times(3).plus(&digit(1, 3));
        assert_eq!(part.together(&extent), digit(1, 6));
    }

    #[test]
    fn flips_survive_a_reshape() {
        // x[::-1] of 6 elements, seen as 2 by 3 rows reversed.
        let flat = Sum::axis(AxisId(0)).times(-3).plus(&Sum::axis(AxisId(1)).times(-1)).shifted(5);
        let extent = |a: AxisId| [2, 3][a.index()];
        let row = flat.digit(3, 2, &extent).unwrap();
        assert_eq!((at(&row, &[0, 0]), at(&row, &[1, 2])), (1, 0));
    }
}
