//! Arrays from nothing, and like another.

use super::{Inputs, Table, cases};
use numfuse::prelude::*;
use numfuse::{identity, tri};

pub(super) const CONSTANTS: Table = Table {
    inputs: Inputs::Nothing,
    ulps: 0.0,
    cases: cases! { |x, y, d|
        "np.zeros((2, 3), d)" => zeros([2, 3], d);
        "np.zeros((), d)" => Array::zeros((), d);
        "np.zeros((0, 5), d)" => zeros([0, 5], d);
        "np.ones(4, d)" => ones(4, d);
        "np.ones((1, 1, 2), d)" => Array::ones([1, 1, 2], d);
        "np.full((2, 2), 7, d)" => full([2, 2], 7, d);
        "np.full(3, True, d)" => Array::full(3, true, d);
        "np.full(3, 2.75, d)" => full(3, 2.75, d);
        "np.full(2, -1, d)" => full(2, -1, d);
        "np.full(2, 300, d)" => full(2, 300, d);
        "np.full(2, 2**62, d)" => full(2, 1u64 << 62, d);
        "blank(np.empty((2, 3), d))" => empty([2, 3], d);
        "blank(np.empty(0, d))" => Array::empty(0, d);
        "np.eye(3, 4, 1, d)" => eye(3, 4, 1, d);
        "np.eye(4, 4, -2, d)" => eye(4, 4, -2, d);
        "np.eye(0, 3, 0, d)" => eye(0, 3, 0, d);
        "np.eye(2, 2, 9, d)" => eye(2, 2, 9, d);
        "np.identity(3, d)" => identity(3, d);
        "np.identity(0, d)" => identity(0, d);
        "np.tri(3, 5, 0, d)" => tri(3, 5, 0, d);
        "np.tri(4, 2, -1, d)" => tri(4, 2, -1, d);
        "np.tri(3, 3, 7, d)" => tri(3, 3, 7, d);
        "np.array([1, 0, 1], d)" => Array::from([1i64, 0, 1]).cast(d);
        "np.array(1, d)" => Array::scalar(1i64).cast(d);
        "np.array([[True, False], [False, True]]).astype(d)" =>
            Array::from([[true, false], [false, true]]).astype(d);
        "np.arange(5).astype(d)" => arange(5).cast(d);
    },
};

pub(super) const ALIKE: Table = Table {
    inputs: Inputs::Edges,
    ulps: 0.0,
    cases: cases! { |x, y, d|
        "np.zeros_like(x)" => zeros_like(x);
        "np.ones_like(x)" => ones_like(x);
        "np.full_like(x, 1)" => full_like(x, 1);
        "np.full_like(x, 1.5)" => full_like(x, 1.5);
        "np.full_like(x, 200)" => full_like(x, 200);
        "blank(np.empty_like(x))" => empty_like(x);
    },
};

/// Progressions have no type to choose; the script asks of each type, so that each is asked often.
pub(super) const PROGRESSIONS: Table = Table {
    inputs: Inputs::Nothing,
    ulps: 0.0,
    cases: cases! { |x, y, d|
        "np.arange(7)" => arange(7);
        "np.arange(0)" => arange(0);
        "np.arange(-3)" => arange(-3);
        "np.arange(2, 9)" => arange(2..9);
        "np.arange(2, 9, 3)" => arange((2, 9, 3));
        "np.arange(9, 2, -3)" => arange((9, 2, -3));
        "np.arange(2, 9, -1)" => arange((2, 9, -1));
        "np.arange(2.5)" => arange(2.5);
        "np.arange(0.1, 1.3, 0.1)" => arange((0.1, 1.3, 0.1));
        "np.arange(1, 0, -0.125)" => arange((1, 0, -0.125));
        "np.arange(-1.0, 1.0, 0.3)" => arange((-1.0, 1.0, 0.3));
        "np.arange(0.0, -1.0, -0.5)" => arange((0.0, -1.0, -0.5));
        "np.arange(1e16, 1e16 + 10, 3.0)" => arange((1e16, 1e16 + 10.0, 3.0));
        "np.arange(2**62, 2**62 + 5)" => arange((1i64 << 62, (1i64 << 62) + 5));
        "np.arange(-2**63, -2**63 + 3)" => arange((i64::MIN, i64::MIN + 3));
        "np.arange(0, 1, 0)" => arange((0, 1, 0));
        "np.arange(0.0, 1.0, 0.0)" => arange((0.0, 1.0, 0.0));
        "np.arange(np.nan)" => arange(f64::NAN);
        "np.arange(0, np.inf)" => arange((0, f64::INFINITY));
        "np.arange(0, -np.inf)" => arange((0, f64::NEG_INFINITY));
        "np.arange(np.inf)" => arange(f64::INFINITY);
        "np.arange(0.0, 1.0, np.nan)" => arange((0.0, 1.0, f64::NAN));
        "np.arange(0.0, 1.0, np.inf)" => arange((0.0, 1.0, f64::INFINITY));
        "np.arange(0.0, 1.0, -np.inf)" => arange((0.0, 1.0, f64::NEG_INFINITY));
        "np.linspace(0, 1, 5)" => linspace(0, 1, 5);
        "np.linspace(0.1, 7.3, 11)" => linspace(0.1, 7.3, 11);
        "np.linspace(3, -3, 7)" => linspace(3, -3, 7);
        "np.linspace(2, 2, 4)" => linspace(2, 2, 4);
        "np.linspace(1, 5, 1)" => linspace(1, 5, 1);
        "np.linspace(1, 5, 0)" => linspace(1, 5, 0);
        "np.linspace(0, 5e-324, 3)" => linspace(0, 5e-324, 3);
        "np.linspace(-1e308, 1e308, 5)" => linspace(-1e308, 1e308, 5);
        "np.linspace(1e16, 1e16 + 8, 6)" => linspace(1e16, 1e16 + 8.0, 6);
        "np.linspace(0, 1, 50)" => linspace(0, 1, 50);
        "np.linspace(0, np.nan, 3)" => linspace(0, f64::NAN, 3);
        "np.linspace(np.nan, 1, 4)" => linspace(f64::NAN, 1, 4);
        "np.linspace(0, np.inf, 3)" => linspace(0, f64::INFINITY, 3);
        "np.linspace(-np.inf, 0, 3)" => linspace(f64::NEG_INFINITY, 0, 3);
        "np.linspace(-np.inf, np.inf, 4)" => linspace(f64::NEG_INFINITY, f64::INFINITY, 4);
        "np.linspace(np.inf, np.inf, 3)" => linspace(f64::INFINITY, f64::INFINITY, 3);
        "np.linspace(np.nan, np.nan, 1)" => linspace(f64::NAN, f64::NAN, 1);
        "np.linspace(np.inf, 0, 1)" => linspace(f64::INFINITY, 0, 1);
    },
};
