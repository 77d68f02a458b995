//! Signals: convolutions and correlations as fused windows, interpolation, and angles without jumps.

use crate::arguments::{Integer, Operand};
use crate::array::Array;
use crate::element::Number;
use crate::free::functions;
use crate::index::s;
use crate::join::concatenate;
use crate::lazy::{Lazy, refuse};
use crate::search::Side;
use crate::take::Mode;
use crate::ufunc::where_;
use numfuse_ir::dtype::DType;

/// Which places of two signals that slide past each other give a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overlap {
    /// Wherever they overlap at all: NumPy's `full`.
    Full,
    /// As many as the longer signal has, from the middle: NumPy's `same`.
    Same,
    /// Where the shorter lies within the longer: NumPy's `valid`.
    Valid,
}

impl Overlap {
    /// How many zeros lie before and after the longer signal, for a shorter one of `extent` elements.
    fn zeros(self, extent: usize) -> (usize, usize) {
        match self {
            Overlap::Full => (extent - 1, extent - 1),
            Overlap::Same => (extent / 2, extent - extent / 2 - 1),
            Overlap::Valid => (0, 0),
        }
    }
}

/// Signals that slide past each other. Each result is a sum of products, computed directly.
impl Array {
    /// The sums of products of one vector with another that runs backwards past it, in the type of both;
    /// of bools, whether any two are true.
    ///
    /// ```
    /// use numfuse::{Overlap, prelude::*};
    ///
    /// let x = Array::from([1.0, 2.0, 3.0]);
    /// let smooth = x.convolve(&Array::from([0.5, 0.5]), Overlap::Full);
    /// assert_eq!(smooth.to_vec::<f64>()?, [0.5, 1.5, 2.5, 1.5]);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    #[track_caller]
    pub fn convolve(&self, other: &Array, overlap: Overlap) -> Array {
        let (x, y) = (self.atleast_1d(), other.atleast_1d());
        let first = |x: &Array| x.0.node.shape.first().copied().unwrap_or(0);
        let (x, y) = if first(&y) > first(&x) { (y, x) } else { (x, y) };
        let names = ["a cannot be empty", "v cannot be empty"];
        if let Some(wrong) = without_elements("convolve", &x, &y, names) {
            return wrong;
        }
        match not_vectors("convolve", &x, &y) {
            Some(wrong) => wrong,
            None => slide(&x, &y.flip(0), overlap),
        }
    }

    /// The sums of products of one vector with another that runs past it, in the type of both; of bools,
    /// whether any two are true. Of complex numbers the conjugates of the second are taken.
    ///
    /// ```
    /// use numfuse::{Overlap, prelude::*};
    ///
    /// let x = Array::from([1, 2, 3]);
    /// assert_eq!(x.correlate(&Array::from([0, 1]), Overlap::Valid).to_vec::<i32>()?, [2, 3]);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    #[track_caller]
    pub fn correlate(&self, other: &Array, overlap: Overlap) -> Array {
        let (x, y) = (self, other);
        let names = ["first array argument cannot be empty", "second array argument cannot be empty"];
        if let Some(wrong) = not_vectors("correlate", x, y) {
            return wrong;
        }
        match without_elements("correlate", x, y, names) {
            Some(wrong) => wrong,
            None => {
                let y = if y.0.node.dtype.is_complex() { &y.conjugate() } else { y };
                match x.0.node.shape[0] < y.0.node.shape[0] {
                    // The shorter slides: the results come in the other order.
                    true => slide(y, x, overlap).flip(0),
                    false => slide(x, y, overlap),
                }
            }
        }
    }
}

/// An array that carries what is wrong with two signals.
#[track_caller]
fn wrong(op: &'static str, x: &Array, y: &Array, sentence: &str) -> Option<Array> {
    Some(refuse(op, [x, y], sentence))
}

/// What is wrong with two signals that should be vectors, if anything.
#[track_caller]
fn not_vectors(op: &'static str, x: &Array, y: &Array) -> Option<Array> {
    match (x.0.node.shape.len(), y.0.node.shape.len()) {
        _ if x.0.error.is_some() || y.0.error.is_some() => wrong(op, x, y, ""),
        (1, 1) => None,
        (0, _) | (_, 0) => wrong(op, x, y, "object of too small depth for desired array"),
        _ => wrong(op, x, y, "object too deep for desired array"),
    }
}

/// What is wrong with two signals that should have elements, if anything.
#[track_caller]
fn without_elements(op: &'static str, x: &Array, y: &Array, sentences: [&str; 2]) -> Option<Array> {
    match (&x.0.node.shape[..], &y.0.node.shape[..]) {
        ([0, ..], _) => wrong(op, x, y, sentences[0]),
        (_, [0, ..]) => wrong(op, x, y, sentences[1]),
        _ => None,
    }
}

/// Up to how many elements the shorter signal is gone through one by one.
const SHORT: usize = 128;

/// The sums of products of the windows of `long` with `short`, which is no longer.
///
/// Of a short one each element is a term of one elementwise sum over shifted slices, in which neighbouring
/// results lie side by side in vectors; windows of a long one are folded as rows.
#[track_caller]
fn slide(long: &Array, short: &Array, overlap: Overlap) -> Array {
    let dtype = long.0.node.dtype.promote(short.0.node.dtype);
    let extent = short.0.node.shape[0];
    let (long, short) = (long.cast(dtype.working()), short.cast(dtype.working()));
    let long = long.pad(overlap.zeros(extent), 0);
    if extent > SHORT {
        let windows = long.sliding_window_view(extent, ..);
        let is_bool = dtype == DType::Bool;
        return if is_bool { (windows & short).any(-1) } else { (windows * short).sum(-1).cast(dtype) };
    }
    let count = (long.0.node.shape[0] + 1 - extent) as isize;
    let term =
        |at: isize| long.along("convolve", 0, s(at..at + count)) * short.along("convolve", 0, s(at..at + 1));
    let mut total = term(0);
    for at in 1..extent as isize {
        total += term(at);
    }
    total.cast(dtype)
}

/// Between points.
impl Array {
    /// What lies at these places on the lines between the points `(at, values)`, float64, or complex128
    /// where the values are complex; `at` rises.
    /// Before the first and after the last point it is as at these; for other numbers there see
    /// [`interp_with`](Array::interp_with).
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// let (at, values) = (Array::from([0.0, 1.0, 3.0]), Array::from([0.0, 10.0, 20.0]));
    /// let y = Array::from([0.5, 2.0, 9.0]).interp(&at, &values);
    /// assert_eq!(y.to_vec::<f64>()?, [5.0, 15.0, 20.0]);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    #[track_caller]
    pub fn interp(&self, at: &Array, values: &Array) -> Array {
        self.between(at, values, None, None)
    }

    /// [`interp`](Array::interp) with a value before the first and one after the last point.
    #[track_caller]
    pub fn interp_with(
        &self,
        at: &Array,
        values: &Array,
        left: impl Into<Operand>,
        right: impl Into<Operand>,
    ) -> Array {
        self.between(at, values, Some(left.into()), Some(right.into()))
    }

    /// [`interp`](Array::interp) of points that come again after each `period`, in any order. The points are
    /// computed at once, to sort them.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// let (at, values) = (Array::from([350.0, 10.0]), Array::from([0.0, 20.0]));
    /// let y = Array::from([0.0, 355.0, 365.0]).interp_period(&at, &values, 360);
    /// assert_eq!(y.to_vec::<f64>()?, [10.0, 5.0, 15.0]);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    #[track_caller]
    pub fn interp_period(&self, at: &Array, values: &Array, period: impl Into<Number>) -> Array {
        let (operands, period) = ([self, at, values], period.into().to_f64().abs());
        let wrong = match (&at.0.node.shape[..], &values.0.node.shape[..]) {
            _ if operands.iter().any(|x| x.0.error.is_some()) => return refuse("interp", operands, ""),
            _ if period == 0.0 => "period must be a non-zero value".to_string(),
            _ if self.0.node.dtype.is_complex() => unsafe_cast(self.0.node.dtype),
            _ if at.0.node.dtype.is_complex() => unsafe_cast(at.0.node.dtype),
            ([0], [0]) => "array of sample points is empty".to_string(),
            ([n], [m]) if n == m => String::new(),
            ([_], [_]) => "fp and xp are not of the same length".to_string(),
            (_, _) => "Data points must be 1-D sequences".to_string(),
        };
        if !wrong.is_empty() {
            return refuse("interp", operands, &wrong);
        }
        let within = |x: &Array| x.cast(DType::F64) % period;
        let at = within(at);
        let places = match at.to_vec::<f64>() {
            Ok(places) => places,
            Err(error) => return Lazy::failed(error),
        };
        let mut order: Vec<i64> = (0..places.len() as i64).collect();
        order.sort_by(|&i, &j| {
            let (a, b) = (places[i as usize], places[j as usize]);
            // NaN comes last.
            a.partial_cmp(&b).unwrap_or_else(|| a.is_nan().cmp(&b.is_nan()))
        });
        let order = Array::from(order);
        let (at, values) = (at.take(&order, 0), values.take(&order, 0));
        // A point of the turns before and after.
        let (first, last) = (|x: &Array| x.i(..1), |x: &Array| x.i(-1..));
        let around = concatenate([last(&at) - period, at.clone(), first(&at) + period], 0);
        let values = concatenate([last(&values), values.clone(), first(&values)], 0);
        within(self).interp(&around, &values)
    }

    #[track_caller]
    fn between(&self, at: &Array, values: &Array, left: Option<Operand>, right: Option<Operand>) -> Array {
        if let Some(places) = [self, at].into_iter().find(|places| places.0.node.dtype.is_complex()) {
            let sentence = unsafe_cast(places.0.node.dtype);
            return refuse("interp", [self, at, values], &sentence);
        }
        let (x, at) = (self.cast(DType::F64), at.cast(DType::F64).atleast_1d());
        let values = values.cast(values.0.node.dtype.promote(DType::F64)).atleast_1d();
        let operands = [self, &at, &values];
        match (&at.0.node.shape[..], &values.0.node.shape[..]) {
            _ if at.0.error.is_some() || values.0.error.is_some() => return refuse("interp", operands, ""),
            ([0], _) => return refuse("interp", operands, "array of sample points is empty"),
            ([n], [m]) if n == m => {}
            ([_], [_]) => return refuse("interp", operands, "fp and xp are not of the same length."),
            _ => return refuse("interp", operands, "object too deep for desired array"),
        }
        let inside = match values.0.node.dtype.is_complex() {
            // Each part for itself; what is no place has no imaginary part, but beside a single point.
            true => {
                let [real, imaginary] = [values.real(), values.imag()].map(|part| inside(&x, &at, &part));
                let is_single = at.0.node.shape[0] == 1;
                real.complex(if is_single { imaginary } else { where_(x.isnan(), 0.0, imaginary) })
            }
            false => inside(&x, &at, &values),
        };
        let left = left.unwrap_or_else(|| values.i(0).into());
        let right = right.unwrap_or_else(|| values.i(-1).into());
        where_(x.less(at.i(0)), left, where_(x.greater(at.i(-1)), right, inside))
    }
}

/// NumPy's sentence of complex numbers where floats are asked for.
pub(crate) fn unsafe_cast(dtype: DType) -> String {
    format!("Cannot cast array data from dtype('{dtype}') to dtype('float64') according to the rule 'safe'")
}

/// What lies at places that are not outside.
#[track_caller]
fn inside(x: &Array, at: &Array, values: &Array) -> Array {
    match at.0.node.shape[0] {
        1 => values.i(0),
        _ => where_(x.isnan(), x, on_lines(x, at, values)),
    }
}

/// On the lines between at least two points, by NumPy's formula: from the point before, or, where that
/// is NaN, from the point after.
#[track_caller]
fn on_lines(x: &Array, at: &Array, values: &Array) -> Array {
    let last = at.0.node.shape[0] as i64 - 1;
    let place = at.searchsorted(x, Side::Right) - 1;
    let before = place.clip(0, last - 1);
    let near = |x: &Array, further: i64| x.take_mode(&before + further, 0, Mode::Clip);
    let [x0, x1, y0, y1] = [near(at, 0), near(at, 1), near(values, 0), near(values, 1)];
    let slope = (&y1 - &y0) / (&x1 - &x0);
    let forth = &slope * (x - &x0) + &y0;
    let back = slope * (x - x1) + &y1;
    let line = where_(forth.isnan(), back, forth);
    let line = where_(line.isnan() & y0.equal(y1), &y0, line);
    let line = where_(x.equal(x0), y0, line);
    where_(place.greater_equal(last), values.i(-1), line)
}

/// Angles without jumps.
impl Array {
    /// Angles along an axis with multiples of 2π added wherever they jump by π or more.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// let phase = Array::from([3.0, -3.0]).unwrap(0);
    /// assert_eq!(phase.to_vec::<f64>()?, [3.0, 2.0 * std::f64::consts::PI - 3.0]);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    #[track_caller]
    pub fn unwrap(&self, axis: impl Integer) -> Array {
        self.unwrap_period(axis, 2.0 * std::f64::consts::PI)
    }

    /// Values along an axis with multiples of `period` added wherever they jump by half of it or more;
    /// integers stay integers if the period is one.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// let hours = Array::from([22i64, 23, 1, 2]).unwrap_period(0, 24);
    /// assert_eq!(hours.to_vec::<i64>()?, [22, 23, 25, 26]);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    #[track_caller]
    pub fn unwrap_period(&self, axis: impl Integer, period: impl Into<Number>) -> Array {
        let (axis, period) = (axis.to_isize(), period.into());
        let steps = self.diff(1, axis);
        if steps.0.error.is_some() {
            return steps;
        }
        let dtype = steps.0.node.dtype.promote_weak(period.weak());
        let whole = |n: i128| Operand::Number(Number::Int(n));
        // Half a period up or down is ambiguous where there is a half: then the sign of the step decides.
        let (low, high, ambiguous) = match period {
            Number::Int(n) if dtype.is_integer() => {
                (whole(-n.div_euclid(2)), whole(n.div_euclid(2)), n % 2 == 0)
            }
            _ => ((-period.to_f64() / 2.0).into(), (period.to_f64() / 2.0).into(), true),
        };
        let steps = steps.cast(dtype);
        let period = Operand::Number(period);
        let mut held = (&steps - low.clone()).remainder(period.clone()) + low.clone();
        if ambiguous {
            held = where_(held.equal(low) & steps.greater(0), high, held);
        }
        // A jump is at least half a period, as a float.
        let jump = period.number().map_or(0.0, Number::to_f64) / 2.0;
        let correction = where_(steps.absolute().less(jump), 0, held - steps);
        let x = self.cast(dtype);
        let (first, rest) = (x.along("unwrap", axis, s(..1)), x.along("unwrap", axis, s(1..)));
        concatenate([first, (rest + correction.cumsum(axis)).cast(dtype)], axis)
    }
}

functions! {
    convolve(other: &Array, overlap: Overlap);
    correlate(other: &Array, overlap: Overlap);
    interp(at: &Array, values: &Array);
    interp_period(at: &Array, values: &Array, period: impl Into<Number>);
    unwrap(axis: impl Integer);
}
