//! Differences of neighbours, slopes and areas: stencils of shifted slices.

use crate::arguments::{self, Axes, Integer, Operand};
use crate::array::Array;
use crate::element::Number;
use crate::free::functions;
use crate::index::{Slice, s};
use crate::join::concatenate;
use crate::lazy::{build, refuse};
use numfuse_ir::dtype::DType;
use numfuse_ir::error::Error as Mistake;
use numfuse_ir::shape;

/// How the slope at the two ends of an axis is found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ends {
    /// From two points: NumPy's `edge_order=1`.
    #[default]
    Line,
    /// From the parabola through three points: NumPy's `edge_order=2`.
    Parabola,
}

/// Differences, and areas by trapezoids.
impl Array {
    /// Each element less the one before it along an axis, `times` over; of bools, whether they differ.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// let x = Array::from([1, 2, 4, 8]);
    /// assert_eq!(x.diff(1, 0).to_vec::<i32>()?, [1, 2, 4]);
    /// assert_eq!(x.diff(2, 0).to_vec::<i32>()?, [1, 2]);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    #[track_caller]
    pub fn diff(&self, times: usize, axis: impl Integer) -> Array {
        let axis = axis.to_isize();
        if times == 0 {
            return self.clone();
        }
        let extent = shape::axis(axis, self.0.node.shape.len()).map_or(0, |axis| self.0.node.shape[axis]);
        if times.min(extent) > MOST_DIFFERENCES {
            let sentence = format!("order must be at most {MOST_DIFFERENCES} but got {times}");
            return build("diff", [self], |_| Err(Mistake::Argument { sentence }));
        }
        let sentence = "diff requires input that is at least one dimensional";
        let mut x = self.with_axes("diff", 1, |_| sentence.to_string());
        for _ in 0..times {
            let (after, before) = (x.along("diff", axis, s(1..)), x.along("diff", axis, s(..-1)));
            x = if x.0.node.dtype == DType::Bool { after.not_equal(before) } else { after - before };
            // What has become empty stays so, however often.
            if x.0.error.is_some()
                || x.0.node.shape[shape::axis(axis, x.0.node.shape.len()).unwrap_or(0)] == 0
            {
                break;
            }
        }
        x
    }

    /// Each element of the flattened array less the one before it.
    #[track_caller]
    pub fn ediff1d(&self) -> Array {
        let x = self.ravel();
        x.along("ediff1d", 0, s(1..)) - x.along("ediff1d", 0, s(..-1))
    }

    /// The area under points `step` apart along an axis, by trapezoids.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// assert_eq!(Array::from([1.0, 2.0, 3.0]).trapezoid(2.0, 0).item::<f64>()?, 8.0);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    #[track_caller]
    pub fn trapezoid(&self, step: f64, axis: impl Integer) -> Array {
        let axis = axis.to_isize();
        let (after, before) = (self.along("trapezoid", axis, s(1..)), self.along("trapezoid", axis, s(..-1)));
        ((after + before) * step / 2.0).sum(axis)
    }

    /// The area under points at the places `x` along an axis, by trapezoids; `x` is a vector or has the shape of
    /// the array.
    #[track_caller]
    pub fn trapezoid_at(&self, x: &Array, axis: impl Integer) -> Array {
        let axis = axis.to_isize();
        let steps = match x.0.node.shape.len() {
            1 => x.diff(1, 0).beside(self, axis),
            _ => x.diff(1, axis),
        };
        let (after, before) = (self.along("trapezoid", axis, s(1..)), self.along("trapezoid", axis, s(..-1)));
        (steps * (after + before) / 2.0).sum(axis)
    }
}

/// Slopes.
impl Array {
    /// The slope along an axis: central differences, and differences of two at the ends. `step` is the
    /// distance of the points, or a vector of their places. Integers are computed in float64.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// let x = Array::from([1.0, 2.0, 4.0, 7.0]);
    /// assert_eq!(x.gradient(1.0, 0).to_vec::<f64>()?, [1.0, 1.5, 2.5, 3.0]);
    /// let places = Array::from([0.0, 1.0, 3.0, 6.0]);
    /// assert_eq!(x.gradient(&places, 0).to_vec::<f64>()?, [1.0; 4]);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    #[track_caller]
    pub fn gradient(&self, step: impl Into<Operand>, axis: impl Integer) -> Array {
        self.gradient_ends(step, axis, Ends::Line)
    }

    /// [`gradient`](Array::gradient) with a choice of what it is at the ends.
    #[track_caller]
    pub fn gradient_ends(&self, step: impl Into<Operand>, axis: impl Integer, ends: Ends) -> Array {
        let x = if self.0.node.dtype.is_integer() { self.cast(DType::F64) } else { self.clone() };
        let (step, given) = (step.into(), axis.to_isize());
        // A number is a factor of the stencil, which is of floats.
        let step = match step {
            Operand::Number(Number::Complex(z)) => Array::scalar(z).into(),
            Operand::Number(_) | Operand::Array(_) => step,
        };
        let operands = std::iter::once(self).chain(step.array());
        let axis = match shape::axis(given, x.0.node.shape.len()) {
            Ok(axis) => axis,
            Err(mistake) => return build("gradient", operands, |_| Err(mistake)),
        };
        let extent = x.0.node.shape[axis];
        let distances = match &step {
            Operand::Array(places) if !places.0.node.shape.is_empty() => {
                match distances(places, extent, axis, x.0.node.shape.len()) {
                    Ok(distances) => Some(distances),
                    Err(mistake) => return build("gradient", operands, |_| Err(mistake)),
                }
            }
            Operand::Array(_) | Operand::Number(_) => None,
        };
        let wanted = if ends == Ends::Line { 2 } else { 3 };
        if self.0.error.is_none() && extent < wanted {
            let sentence = "Shape of array too small to calculate a numerical gradient, at least (edge_order + 1) \
                            elements are required.";
            return refuse("gradient", operands, sentence);
        }
        let stencil = Stencil { x: &x, axis: axis as isize };
        let slopes = match distances {
            Some(distances) => stencil.uneven(&distances, ends),
            None => stencil.even(&step, ends),
        };
        slopes.cast(if x.0.node.dtype.is_inexact() { x.0.node.dtype } else { DType::F64 })
    }

    /// The slopes along several axes, one array each: NumPy's `gradient` without a single axis. There is
    /// one step for all axes, or one for each, as [`gradient`](Array::gradient) takes it.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// let x = Array::from([[1.0, 2.0], [4.0, 8.0]]);
    /// let [down, right] = &x.gradients([1.0], ..)[..] else { unreachable!() };
    /// assert_eq!(down.to_vec::<f64>()?, [3.0, 6.0, 3.0, 6.0]);
    /// assert_eq!(right.to_vec::<f64>()?, [1.0, 1.0, 4.0, 4.0]);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    #[track_caller]
    pub fn gradients(&self, steps: impl IntoIterator<Item: Into<Operand>>, axes: impl Axes) -> Vec<Array> {
        let mut operands = Vec::new();
        for step in steps {
            operands.push(step.into());
        }
        let dims = self.0.node.shape.len();
        // The slopes come in the order in which the axes are given.
        let given = axes.axes().unwrap_or_else(|| (0..dims as isize).collect());
        if let Err(mistake) = arguments::axes(&given.to_vec(), dims) {
            return vec![build("gradient", [self], |_| Err(mistake))];
        }
        if operands.len() != 1 && operands.len() != given.len() {
            return vec![refuse("gradient", [self], "invalid number of arguments")];
        }
        let mut slopes = Vec::new();
        for (i, &axis) in given.iter().enumerate() {
            slopes.push(self.gradient(operands[i % operands.len()].clone(), axis));
        }
        slopes
    }
}

/// The distances of places, laid along an axis of arrays with that many.
#[track_caller]
fn distances(places: &Array, extent: usize, axis: usize, dims: usize) -> Result<Array, Mistake> {
    let refuse = |sentence: &str| Err(Mistake::Argument { sentence: sentence.to_string() });
    match places.0.node.shape[..] {
        [n] if n == extent => {}
        [_] => return refuse("when 1d, distances must match the length of the corresponding dimension"),
        _ => return refuse("distances must be either scalars or 1d"),
    }
    let places = if places.0.node.dtype.is_inexact() { places.clone() } else { places.cast(DType::F64) };
    let mut extents = vec![1isize; dims];
    extents[axis] = -1;
    Ok(places.diff(1, 0).reshape(extents))
}

/// An array and the axis along which its neighbours are looked at.
struct Stencil<'a> {
    x: &'a Array,
    axis: isize,
}

impl Stencil<'_> {
    #[track_caller]
    fn part(&self, range: Slice) -> Array {
        self.x.along("gradient", self.axis, range)
    }

    /// Three neighbours each times what is made of distances.
    #[track_caller]
    fn weighted(&self, parts: [Slice; 3], weights: [Array; 3]) -> Array {
        let [first, second, third] = parts.map(|range| self.part(range));
        let [a, b, c] = weights;
        a * first + b * second + c * third
    }

    /// Of points at one distance.
    #[track_caller]
    fn even(&self, step: &Operand, ends: Ends) -> Array {
        let over = |x: Array, factor: f64| match step {
            Operand::Array(step) => x / (step * factor),
            Operand::Number(step) => x / (step.to_f64() * factor),
        };
        let weight = |factor: f64| match step {
            Operand::Array(step) => factor / step,
            Operand::Number(step) => Array::scalar(factor / step.to_f64()).cast(self.x.0.node.dtype),
        };
        let middle = over(self.part(s(2..)) - self.part(s(..-2)), 2.0);
        let (first, last) = match ends {
            Ends::Line => {
                let step = |x: Array| over(x, 1.0);
                let (first, last) = (s(0..1), s(-1..));
                (step(self.part(s(1..2)) - self.part(first)), step(self.part(last) - self.part(s(-2..-1))))
            }
            Ends::Parabola => (
                self.weighted([s(0..1), s(1..2), s(2..3)], [-1.5, 2.0, -0.5].map(weight)),
                self.weighted([s(-3..-2), s(-2..-1), s(-1..)], [0.5, -2.0, 1.5].map(weight)),
            ),
        };
        concatenate([first, middle, last], self.axis)
    }

    /// Of points at the given distances, a vector along the axis.
    #[track_caller]
    fn uneven(&self, distances: &Array, ends: Ends) -> Array {
        let distance = |range: Slice| distances.along("gradient", self.axis, range);
        let (before, after) = (distance(s(..-1)), distance(s(1..)));
        let both = &before + &after;
        let weights = [
            -&after / (&before * &both),
            (&after - &before) / (&before * &after),
            &before / (&after * &both),
        ];
        let middle = self.weighted([s(..-2), Slice::new(1, -1, 1), s(2..)], weights);
        let (first, last) = match ends {
            Ends::Line => (
                (self.part(s(1..2)) - self.part(s(0..1))) / distance(s(0..1)),
                (self.part(s(-1..)) - self.part(s(-2..-1))) / distance(s(-1..)),
            ),
            Ends::Parabola => {
                let (p, q) = (distance(s(0..1)), distance(s(1..2)));
                let both = &p + &q;
                let start = [-(&p * 2.0 + &q) / (&p * &both), &both / (&p * &q), -&p / (&q * &both)];
                let (p, q) = (distance(s(-2..-1)), distance(s(-1..)));
                let both = &p + &q;
                let end = [&q / (&p * &both), -&both / (&p * &q), (&q * 2.0 + &p) / (&q * &both)];
                (
                    self.weighted([s(0..1), s(1..2), s(2..3)], start),
                    self.weighted([s(-3..-2), s(-2..-1), s(-1..)], end),
                )
            }
        };
        concatenate([first, middle, last], self.axis)
    }
}

/// The most differences of differences.
const MOST_DIFFERENCES: usize = 1 << 20;

functions! {
    diff(times: usize, axis: impl Integer);
    ediff1d();
    trapezoid(step: f64, axis: impl Integer);
    trapezoid_at(places: &Array, axis: impl Integer);
    gradient(step: impl Into<Operand>, axis: impl Integer);
}
