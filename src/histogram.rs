//! Histograms: how many elements lie in each of some bins.
//!
//! The bin of an element is found where the element is computed: between edges of one width by a division and
//! a look at the edges beside it, between others by a search. These places are written to memory, and what lies
//! in each bin is added up by them ([`scatter`](crate::scatter)); what lies in none goes to one bin more, which
//! is left out. What has to be known for the edges is computed at once: the ends of the data, where no range is
//! given, and what the rules by which bins are counted look at. The counts are lazy.

mod edges;
mod rules;

use crate::array::Array;
use crate::creation::zeros;
use crate::element::Number;
use crate::error::Error;
use crate::join::stack;
use crate::lazy::{Lazy, refuse};
use crate::scatter::change;
use crate::search::Side;
use crate::signal::unsafe_cast;
use crate::take::Mode;
use crate::types::can_cast;
use crate::ufunc::where_;
use crate::update::Change;
use edges::{Even, Given};
use numfuse_ir::dtype::{DType, Kind};
pub use rules::BinRule;

/// How the bins of a [`Histogram`] are told: how many of one width, their edges, or a rule.
#[derive(Clone, Debug)]
pub enum Bins {
    /// So many bins of one width.
    Count(isize),
    /// Bins between these edges, a rising vector. Each has its first edge, the last one both.
    Edges(Array),
    /// As many bins of one width as a rule finds for the data.
    By(BinRule),
}

macro_rules! counts {
    ($($T:ty)+) => { $(
        impl From<$T> for Bins {
            fn from(count: $T) -> Bins {
                Bins::Count(isize::try_from(count).unwrap_or(isize::MAX))
            }
        }
    )+ };
}

counts! { i32 i64 usize }

impl From<Array> for Bins {
    fn from(edges: Array) -> Bins {
        Bins::Edges(edges)
    }
}

impl From<&Array> for Bins {
    fn from(edges: &Array) -> Bins {
        Bins::Edges(edges.clone())
    }
}

impl From<BinRule> for Bins {
    fn from(rule: BinRule) -> Bins {
        Bins::By(rule)
    }
}

/// What to count: bins, and where they lie, what an element weighs, whether a density is wanted.
///
/// ```
/// use numfuse::{Histogram, prelude::*};
///
/// let x = Array::from([0.5, 1.5, 1.75, 9.0]);
/// let (counts, edges) = Histogram::new(2).range(0, 2).of(&x);
/// assert_eq!(counts.to_vec::<i64>()?, [1, 2]);
/// assert_eq!(edges.to_vec::<f64>()?, [0.0, 1.0, 2.0]);
///
/// let (density, _) = Histogram::new(Array::from([0.0, 1.0, 10.0])).density().of(&x);
/// assert_eq!((density * Array::from([1.0, 9.0])).sum(..).item::<f64>()?, 1.0);
/// # Ok::<(), numfuse::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Histogram {
    /// Those along each axis, or of all axes.
    bins: Vec<Bins>,
    is_one_for_all: bool,
    ranges: Option<Vec<[Number; 2]>>,
    weights: Option<Array>,
    density: bool,
}

impl Histogram {
    /// Counts in these bins; of several axes in the same along each.
    pub fn new(bins: impl Into<Bins>) -> Histogram {
        let bins = vec![bins.into()];
        Histogram { bins, is_one_for_all: true, ranges: None, weights: None, density: false }
    }

    /// Counts in bins of their own along each axis.
    pub fn of_axes(bins: impl IntoIterator<Item: Into<Bins>>) -> Histogram {
        let bins = bins.into_iter().map(Into::into).collect();
        Histogram { bins, is_one_for_all: false, ranges: None, weights: None, density: false }
    }

    /// The first and the last edge of bins of one width; else these are the least and the greatest element.
    #[must_use]
    pub fn range(self, first: impl Into<Number>, last: impl Into<Number>) -> Histogram {
        Histogram { ranges: Some(vec![[first.into(), last.into()]]), ..self }
    }

    /// [`range`](Histogram::range) along each axis.
    #[must_use]
    pub fn ranges<N: Into<Number>>(self, ranges: impl IntoIterator<Item = (N, N)>) -> Histogram {
        let ranges = ranges.into_iter().map(|(first, last)| [first.into(), last.into()]).collect();
        Histogram { ranges: Some(ranges), ..self }
    }

    /// Adds these up instead of ones, an element for each of what is counted. They are added as float64
    /// (integers as int64), and the sums are cast to their type.
    #[must_use]
    pub fn weights(self, weights: &Array) -> Histogram {
        Histogram { weights: Some(weights.clone()), ..self }
    }

    /// Divides by the size of each bin and by all that was counted: the integral is 1.
    #[must_use]
    pub fn density(self) -> Histogram {
        Histogram { density: true, ..self }
    }

    /// What lies in each bin, and the edges of the bins. NaN lies in none.
    ///
    /// Complex numbers are counted between edges that are given, in lexicographic order. (NumPy lays bins of one
    /// width between complex numbers too, and counts some of them wrong.)
    #[track_caller]
    pub fn of(&self, x: &Array) -> (Array, Array) {
        self.of_vector(x).unwrap_or_else(|failed| (failed.clone(), failed))
    }

    /// The edges of the bins alone.
    #[track_caller]
    pub fn edges(&self, x: &Array) -> Array {
        match self.bins_of(x) {
            Ok(edges) => edges.array().clone(),
            Err(failed) => failed,
        }
    }

    /// What lies in each bin of as many axes as a matrix has columns, float64, and the edges along each axis:
    /// each row is a point. A vector is a column.
    ///
    /// ```
    /// use numfuse::{Histogram, prelude::*};
    ///
    /// let points = Array::from([[0.0, 5.0], [1.0, 5.0], [1.0, 9.0]]);
    /// let (counts, edges) = Histogram::new(2).of_points(&points);
    /// assert_eq!(counts.to_vec::<f64>()?, [1.0, 0.0, 1.0, 1.0]);
    /// assert_eq!(edges[1].to_vec::<f64>()?, [5.0, 7.0, 9.0]);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    #[track_caller]
    pub fn of_points(&self, points: &Array) -> (Array, Vec<Array>) {
        self.of_axes_of(points).unwrap_or_else(|failed| (failed.clone(), vec![failed]))
    }
}

/// The edges of bins: of one width, or any.
enum Edges {
    Even(Even),
    Given(Given),
}

impl Edges {
    fn array(&self) -> &Array {
        match self {
            Edges::Even(even) => &even.edges,
            Edges::Given(given) => &given.edges,
        }
    }
}

/// One dimension.
impl Histogram {
    #[track_caller]
    fn bins_of(&self, x: &Array) -> Result<Edges, Array> {
        let op = "histogram";
        if let Some(failed) = std::iter::once(x).chain(&self.weights).find(|x| x.0.error.is_some()) {
            return Err(failed.clone());
        }
        if self.weights.as_ref().is_some_and(|weights| weights.0.node.shape != x.0.node.shape) {
            return Err(refuse(op, [x], "weights should have the same shape as a."));
        }
        let (range, x) = (self.ranges.as_ref().and_then(|ranges| ranges.first()).copied(), plain(x));
        let count = match &self.bins[..] {
            [Bins::Edges(edges)] => {
                let not_rising = "`bins` must increase monotonically, when an array";
                return Given::of(op, edges, "`bins` must be 1d, when an array", not_rising)
                    .map(Edges::Given);
            }
            [Bins::Count(count)] if *count < 1 => {
                return Err(refuse(op, [&x], "`bins` must be positive, when an integer"));
            }
            [Bins::Count(count)] => *count as usize,
            [Bins::By(_)] if self.weights.is_some() => {
                let sentence =
                    "Automated estimation of the number of bins is not supported for weighted data";
                return Err(refuse(op, [&x], sentence));
            }
            [Bins::By(rule)] => {
                let ends = edges::ends(op, &x, range)?;
                rules::count(*rule, &x, ends, range.is_some()).map_err(Lazy::failed)?
            }
            _ => return Err(refuse(op, [&x], "one vector has bins along one axis")),
        };
        let even = Even::of(edges::ends(op, &x, range)?, count, edges::element(x.0.node.dtype));
        if !carried(even.is_rising())? {
            let sentence = format!("Too many bins for data range. Cannot create {count} finite-sized bins.");
            return Err(refuse(op, [&x], &sentence));
        }
        Ok(Edges::Even(even))
    }

    #[track_caller]
    fn of_vector(&self, x: &Array) -> Result<(Array, Array), Array> {
        let edges = self.bins_of(x)?;
        let weights = self.weights.as_ref();
        let is_bool = weights.is_some_and(|weights| weights.0.node.dtype == DType::Bool);
        if is_bool && x.0.node.shape.size() > 0 && matches!(edges, Edges::Given(_)) {
            let sentence = "Cannot cast ufunc 'add' output from dtype('int64') to dtype('bool') with casting rule 'same_kind'";
            return Err(refuse("histogram", [x], sentence));
        }
        let x = plain(x).ravel();
        let places = match &edges {
            Edges::Even(even) => even.places(&x),
            Edges::Given(given) => given.places(&x),
        };
        let edges = edges.array();
        let counts = counted(&places, edges.0.node.shape[0].saturating_sub(1), weights);
        let counts = match self.density {
            true => &counts / edges.diff(1, 0).cast(DType::F64) / counts.sum(..),
            false => counts,
        };
        if counts.0.error.is_some() { Err(counts) } else { Ok((counts, edges.clone())) }
    }
}

/// What lies in so many bins at these places.
#[track_caller]
fn counted(places: &Array, bins: usize, weights: Option<&Array>) -> Array {
    let all = match weights {
        None => change(Change::Add, &zeros(bins + 1, DType::I64), places, &1.into()),
        Some(weights) => {
            let wide = wide(weights.0.node.dtype);
            let sums = zeros(bins + 1, wide);
            change(Change::Add, &sums, places, &weights.ravel().cast(wide).into()).cast(weights.0.node.dtype)
        }
    };
    all.i(..bins as isize)
}

/// Several dimensions.
impl Histogram {
    #[track_caller]
    fn of_axes_of(&self, points: &Array) -> Result<(Array, Vec<Array>), Array> {
        let op = "histogramdd";
        if let Some(failed) = std::iter::once(points).chain(&self.weights).find(|x| x.0.error.is_some()) {
            return Err(failed.clone());
        }
        let points = match points.0.node.shape.len() {
            2 => points.clone(),
            0 | 1 => points.atleast_2d().t(),
            _ => return Err(refuse(op, [points], "object too deep for desired array: each row is a point")),
        };
        let axes = points.0.node.shape[1];
        if !self.is_one_for_all && self.bins.len() != axes {
            let sentence = "The dimension of bins must be equal to the dimension of the sample x.";
            return Err(refuse(op, [&points], sentence));
        }
        if self.ranges.as_ref().is_some_and(|ranges| ranges.len() != axes) {
            return Err(refuse(op, [&points], "range argument must have one entry per dimension"));
        }
        if axes == 0 {
            let sentence =
                "object of too small depth for desired array: there is no column to lay bins along";
            return Err(refuse(op, [&points], sentence));
        }
        // Of nothing no weights are added up, in NumPy either.
        let is_wrong =
            |weights: &&Array| !can_cast(weights.0.node.dtype, DType::F64) && weights.0.node.shape.size() > 0;
        if let Some(weights) = self.weights.as_ref().filter(is_wrong) {
            return Err(refuse(op, [&points, weights], &unsafe_cast(weights.0.node.dtype)));
        }
        if let Some(weights) =
            self.weights.as_ref().filter(|weights| weights.0.node.shape[..] != points.0.node.shape[..1])
        {
            let sentence = "The weights and list don't have the same length.";
            return Err(refuse(op, [&points, weights], sentence));
        }
        let (mut edges, mut places) = (Vec::new(), Vec::new());
        for axis in 0..axes {
            let column = points.take(axis, 1);
            let along = self.edges_along(op, &column, axis)?;
            // One bin before the first and one after the last, as in a search.
            places.push(along.place(&column));
            edges.push(along.edges);
        }
        let counts: Vec<usize> = edges.iter().map(|edges| edges.0.node.shape[0] + 1).collect();
        let size = counts.iter().try_fold(1usize, |size, &count| size.checked_mul(count));
        let Some(size) = size else { return Err(refuse(op, [&points], "there are too many bins")) };
        let weights =
            self.weights.as_ref().map_or(1.into(), |weights| weights.real().cast(DType::F64).into());
        let mut place = zeros(points.0.node.shape[0], DType::I64);
        for (along, &count) in places.iter().zip(&counts) {
            place = place * count + along;
        }
        let all = change(Change::Add, &zeros(size, DType::F64), &place, &weights).reshape(to_signed(&counts));
        let mut inside = all;
        for (axis, &count) in (0..).zip(&counts) {
            inside = inside.along(op, axis, crate::index::s(1..(count as isize - 1).max(1)));
        }
        if self.density {
            let total = inside.sum(..);
            for (axis, edges) in edges.iter().enumerate() {
                let mut extents = vec![1; axes];
                extents[axis] = -1;
                inside /= edges.diff(1, 0).reshape(extents);
            }
            inside /= total;
        }
        if inside.0.error.is_some() { Err(inside) } else { Ok((inside, edges)) }
    }

    #[track_caller]
    fn edges_along(&self, op: &'static str, column: &Array, axis: usize) -> Result<Given, Array> {
        let bins = &self.bins[if self.is_one_for_all { 0 } else { axis }];
        let range = self.ranges.as_ref().map(|ranges| ranges[axis]);
        match bins {
            Bins::Edges(edges) => {
                let deep = format!("`bins[{axis}]` must be a scalar or 1d array");
                let falls = format!("`bins[{axis}]` must be monotonically increasing, when an array");
                Given::of(op, edges, &deep, &falls)
            }
            Bins::Count(count) if *count < 1 => {
                let sentence = format!("`bins[{axis}]` must be positive, when an integer");
                Err(refuse(op, [column], &sentence))
            }
            Bins::Count(count) => {
                let ends = edges::ends(op, column, range)?;
                let within = ends.within;
                Ok(Given { edges: Even::of(ends, *count as usize, within).edges })
            }
            Bins::By(_) => {
                let sentence =
                    format!("`bins[{axis}]` must be an integer, when a scalar: no rule finds bins of points");
                Err(refuse(op, [column], &sentence))
            }
        }
    }
}

fn to_signed(extents: &[usize]) -> Vec<isize> {
    extents.iter().map(|&n| n as isize).collect()
}

/// Truth values as numbers.
#[track_caller]
fn plain(x: &Array) -> Array {
    if x.0.node.dtype == DType::Bool { x.cast(DType::U8) } else { x.clone() }
}

/// The type in which weights are added up.
fn wide(dtype: DType) -> DType {
    match dtype.kind() {
        Kind::Bool | Kind::Signed | Kind::Unsigned => DType::I64,
        Kind::Float => DType::F64,
        Kind::Complex => DType::C128,
    }
}

impl Even {
    /// The bin of each element, by its share of the whole width and a look at the edges beside it.
    #[track_caller]
    fn places(&self, x: &Array) -> Array {
        let (count, last) = (self.count as i64, self.count as i64 - 1);
        let share = (x.cast(DType::F64) - self.first.to_f64()) / self.width * count;
        let bin = share.cast(DType::I64).clip(0, last);
        let beside = |further: i64| self.edges.take_mode(&bin + further, 0, Mode::Clip);
        let element = x.cast(self.edges.0.node.dtype);
        let is_before = element.less(beside(0));
        let is_after = element.greater_equal(beside(1)) & bin.not_equal(last);
        let bin = bin - is_before.cast(DType::I64) + is_after.cast(DType::I64);
        let is_inside = x.greater_equal(self.first) & x.less_equal(self.last);
        where_(is_inside, bin, count)
    }
}

impl Given {
    /// The bin of each element, by a search among the edges.
    #[track_caller]
    fn places(&self, x: &Array) -> Array {
        let count = self.edges.0.node.shape[0] as i64 - 1;
        if count < 1 {
            return zeros(x.0.node.shape.to_vec(), DType::I64);
        }
        let bin = self.place(x) - 1;
        where_(bin.greater_equal(0) & bin.less(count), bin, count)
    }

    /// The number of edges up to each element; the last edge belongs to the bin before it.
    #[track_caller]
    fn place(&self, x: &Array) -> Array {
        let place = self.edges.searchsorted(x, Side::Right);
        match self.edges.0.node.shape[0] {
            0 => place,
            _ => place - x.equal(self.edges.i(-1)).cast(DType::I64),
        }
    }
}

/// Histograms; more is said by a [`Histogram`].
impl Array {
    /// How many elements lie in each bin, int64, and the edges of the bins: see [`Histogram::of`].
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// let (counts, edges) = Array::from([1.0, 2.0, 2.0, 5.0]).histogram(2);
    /// assert_eq!(counts.to_vec::<i64>()?, [3, 1]);
    /// assert_eq!(edges.to_vec::<f64>()?, [1.0, 3.0, 5.0]);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    #[track_caller]
    pub fn histogram(&self, bins: impl Into<Bins>) -> (Array, Array) {
        Histogram::new(bins).of(self)
    }
}

/// See [`Array::histogram`].
#[track_caller]
pub fn histogram(x: &Array, bins: impl Into<Bins>) -> (Array, Array) {
    x.histogram(bins)
}

/// The edges that [`histogram`] finds, in the type of the array; of integers float64.
#[track_caller]
pub fn histogram_bin_edges(x: &Array, bins: impl Into<Bins>) -> Array {
    Histogram::new(bins).edges(x)
}

/// How many points with these coordinates lie in each bin, float64, and the edges along both axes: see
/// [`Histogram::of_points`], which takes other bins along either axis, too.
///
/// ```
/// use numfuse::prelude::*;
///
/// let (x, y) = (Array::from([0.0, 1.0, 1.0]), Array::from([5.0, 5.0, 9.0]));
/// let (counts, edges) = numfuse::histogram2d(&x, &y, 2);
/// assert_eq!(counts.to_vec::<f64>()?, [1.0, 0.0, 1.0, 1.0]);
/// assert_eq!(edges[1].to_vec::<f64>()?, [5.0, 7.0, 9.0]);
/// # Ok::<(), numfuse::Error>(())
/// ```
#[track_caller]
pub fn histogram2d(x: &Array, y: &Array, bins: impl Into<Bins>) -> (Array, Vec<Array>) {
    let wrong = match (&x.0.node.shape[..], &y.0.node.shape[..]) {
        ([n], [m]) if n == m => return Histogram::new(bins).of_points(&stack([x, y], -1)),
        ([], _) | (_, []) => "len() of unsized object: x and y are vectors",
        ([n, ..], [m, ..]) if n != m => "x and y must have the same length.",
        (_, _) => "object too deep for desired array: x and y are vectors",
    };
    let failed = refuse("histogram2d", [x, y], wrong);
    (failed.clone(), vec![failed])
}

/// How many points, the rows of a matrix, lie in each bin, float64, and the edges along each axis: see
/// [`Histogram::of_points`].
#[track_caller]
pub fn histogramdd(points: &Array, bins: impl Into<Bins>) -> (Array, Vec<Array>) {
    Histogram::new(bins).of_points(points)
}

/// An error as the array that carries it.
pub(crate) fn carried<T>(result: Result<T, Error>) -> Result<T, Array> {
    result.map_err(Lazy::failed)
}
