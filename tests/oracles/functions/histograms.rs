//! Histograms: counts and edges, bit by bit; densities.

use super::{Inputs, Table, cases};
use numfuse::prelude::*;
use numfuse::{BinRule, Histogram, histogram_bin_edges, histogram2d, histogramdd};

/// Counts, and edges of one width, whose arithmetic is NumPy's.
pub(super) const HISTOGRAMS: Table = Table {
    inputs: Inputs::Tame,
    ulps: 0.0,
    cases: cases! { |x, y, d|
        "np.histogram(x)" => numfuse::histogram(x, 10);
        "np.histogram(x, 1)" => x.histogram(1);
        "np.histogram(x, 300)" => x.histogram(300);
        "np.histogram(x, 7, (0, 3))" => Histogram::new(7).range(0, 3).of(x);
        "np.histogram(x, 7, (-0.3, 1.1))" => Histogram::new(7).range(-0.3, 1.1).of(x);
        "np.histogram(x, 3, (2, 2))" => Histogram::new(3).range(2, 2).of(x);
        "np.histogram(x, [0, 1, 1, 4])" => x.histogram(Array::from([0i64, 1, 1, 4]));
        "np.histogram(x, [0.5, 0.75, 0.875, 1.25])" => x.histogram(Array::from([0.5, 0.75, 0.875, 1.25]));
        "np.histogram(x, np.array([0, 1, 3], d))" => x.histogram(Array::from([0, 1, 3]).cast(d));
        "np.histogram(x, [1])" => x.histogram(Array::from([1i64]));
        "np.histogram(x, 4, (0, 2), weights=few(y))" => Histogram::new(4).range(0, 2).weights(&few(y)).of(x);
        "np.histogram(x, [0, 1, 2], weights=few(y))" =>
            Histogram::new(Array::from([0i64, 1, 2])).weights(&few(y)).of(x);
        "np.histogram(x, 4, (0, 2), weights=x > y)" => Histogram::new(4).range(0, 2).weights(&x.greater(y)).of(x);
        "np.histogram(x, [0, 1, 2], weights=x > y)" =>
            Histogram::new(Array::from([0i64, 1, 2])).weights(&x.greater(y)).of(x);
        "np.histogram(x, 3, weights=y[:1])" => Histogram::new(3).weights(&y.i(..1)).of(x);
        "np.histogram(x, 3, (0, 2), density=True)" => Histogram::new(3).range(0, 2).density().of(x);
        "np.histogram(x, [0, 1, 5], density=True)" => Histogram::new(Array::from([0i64, 1, 5])).density().of(x);
        "np.histogram(x, 0)" => x.histogram(0);
        "np.histogram(x, 3, (2, 1))" => Histogram::new(3).range(2, 1).of(x);
        "np.histogram(x, 3, (2, np.inf))" => Histogram::new(3).range(2, f64::INFINITY).of(x);
        "np.histogram(x, [3, 1])" => x.histogram(Array::from([3i64, 1]));
        "np.histogram(x, [[3, 1]])" => x.histogram(Array::from([[3i64, 1]]));
        "np.histogram_bin_edges(x)" => histogram_bin_edges(x, 10);
        "np.histogram_bin_edges(x, 3, (0, 1))" => Histogram::new(3).range(0, 1).edges(x);
        "np.histogram_bin_edges(x, [1, 2])" => histogram_bin_edges(x, Array::from([1i64, 2]));
        "np.histogram_bin_edges(x, 'sqrt')" => histogram_bin_edges(x, BinRule::Sqrt);
        "np.histogram_bin_edges(x, 'sturges')" => histogram_bin_edges(x, BinRule::Sturges);
        "np.histogram_bin_edges(x, 'rice')" => histogram_bin_edges(x, BinRule::Rice);
        "np.histogram_bin_edges(x, 'scott')" => histogram_bin_edges(x, BinRule::Scott);
        "np.histogram_bin_edges(x, 'doane')" => histogram_bin_edges(x, BinRule::Doane);
        "np.histogram_bin_edges(small(x), 'fd')" => histogram_bin_edges(&small(x), BinRule::Fd);
        "np.histogram_bin_edges(x, 'auto')" => histogram_bin_edges(x, BinRule::Auto);
        "np.histogram_bin_edges(x, 'stone')" => histogram_bin_edges(x, BinRule::Stone);
        "np.histogram_bin_edges(x, 'auto', (0, 1.2))" => Histogram::new(BinRule::Auto).range(0, 1.2).edges(x);
        "np.histogram(x, 'auto')" => x.histogram(BinRule::Auto);
        "np.histogram(x, 'auto', weights=y)" => Histogram::new(BinRule::Auto).weights(y).of(x);
        "flat(np.histogramdd(x, [2, 3, 1, 4])) # histogramdd" => listed(Histogram::of_axes([2, 3, 1, 4]).of_points(x));
        "flat(np.histogramdd(x.ravel(), 5, [(0, 1.5)])) # histogramdd" =>
            listed(Histogram::new(5).ranges([(0.0, 1.5)]).of_points(&x.ravel()));
        "flat(np.histogramdd(x.ravel(), [[0, 1, 2]], weights=few(y).ravel())) # histogramdd" =>
            listed(Histogram::of_axes([Array::from([0i64, 1, 2])]).weights(&few(y).ravel()).of_points(&x.ravel()));
        "flat(np.histogramdd(x, [[0, 1, 2]] * 4)) # histogramdd" =>
            listed(Histogram::of_axes(vec![Array::from([0i64, 1, 2]); 4]).of_points(x));
        "flat(np.histogramdd(x, [[0, 1, 2], [2, 1]])) # histogramdd" =>
            listed(Histogram::of_axes([Array::from([0i64, 1, 2]), Array::from([2i64, 1])]).of_points(x));
        "flat(np.histogramdd(x[..., :2], [[0, 1, 2], [2, 1]])) # histogramdd" =>
            listed(Histogram::of_axes([Array::from([0i64, 1, 2]), Array::from([2i64, 1])]).of_points(&x.i((Ellipsis, ..2))));
        "flat(np.histogramdd(x, 2, [(0, 1)])) # histogramdd" =>
            listed(Histogram::new(2).ranges([(0, 1)]).of_points(x));
        "flat(np.histogramdd(np.zeros((3, 0)), 2)) # histogramdd" =>
            listed(Histogram::new(2).of_points(&zeros([3, 0], F64)));
        "flat(np.histogramdd(x.ravel(), [[0, 1, 2]])) # histogramdd" =>
            listed(histogramdd(&x.ravel(), Array::from([0i64, 1, 2])));
        "flat(np.histogram2d(x.ravel(), y.ravel(), 3)) # histogram2d" =>
            listed(histogram2d(&x.ravel(), &y.ravel(), 3));
        "flat(np.histogram2d(x.ravel(), y.ravel(), [0, 1, 2])) # histogram2d" =>
            listed(histogram2d(&x.ravel(), &y.ravel(), Array::from([0i64, 1, 2])));
        "flat(np.histogram2d(x.ravel(), y.ravel()[:2])) # histogram2d" =>
            listed(histogram2d(&x.ravel(), &y.ravel().i(..2), 10));
    },
};

/// Sums of weights and quotients of them: in another order than NumPy's.
pub(super) const WEIGHTED: Table = Table {
    inputs: Inputs::Tame,
    ulps: 60.0,
    cases: cases! { |x, y, d|
        "np.histogram(x, 4, (0, 2), weights=small(y))" => Histogram::new(4).range(0, 2).weights(&small(y)).of(x);
        "np.histogram(x, 4, (0, 2), weights=double(y), density=True)" =>
            Histogram::new(4).range(0, 2).weights(&double(y)).density().of(x);
        "np.histogram(x, [0, 1, 2], weights=double(y))" =>
            Histogram::new(Array::from([0i64, 1, 2])).weights(&double(y)).of(x);
        "flat(np.histogramdd(x.ravel(), 3, weights=y.ravel(), density=True)) # histogramdd" =>
            listed(Histogram::new(3).weights(&y.ravel()).density().of_points(&x.ravel()));
    },
};

/// The counts, then the edges along each axis.
fn listed((counts, edges): (Array, Vec<Array>)) -> Vec<Array> {
    std::iter::once(counts).chain(edges).collect()
}

/// Whole numbers below 7.
fn few(x: &Array) -> Array {
    if x.dtype().is_integer() { x % 7 } else { x.real().clip(0, 5).cast(I32) }
}

/// Integers below 7; what is no integer as it is.
fn small(x: &Array) -> Array {
    if x.dtype().is_integer() { x % 7 } else { x.clone() }
}

/// In float64 or complex128.
fn double(x: &Array) -> Array {
    if x.dtype().is_complex() { x.cast(C128) } else { x.cast(F64) }
}
