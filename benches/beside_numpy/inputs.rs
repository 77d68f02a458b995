//! What calls are made on: the same numbers for NumPy, in files.

use crate::common::data::uniform;
use numfuse::prelude::*;
use std::path::Path;

/// Elements of an array, in a row or as a square.
pub const N: usize = 1_000_000;
/// The side of the square.
pub const SIDE: usize = 1000;

/// The arrays, under the names that both sides have for them.
pub struct Given {
    /// Numbers of either sign, up to 3, up to 100 where they are whole.
    pub x: Array,
    /// Others.
    pub y: Array,
    /// Numbers from 0.1 to 3, from 1 to 100 where they are whole.
    pub p: Array,
    /// Numbers between -1 and 1.
    pub u: Array,
    /// `x` as a square.
    pub a: Array,
    /// `y` as a square.
    pub b: Array,
    /// Truth values, half of them true.
    pub m: Array,
    /// Places in `x`, as int64.
    pub n: Array,
    /// 1000 numbers in order, between the least and the greatest of `x`.
    pub s: Array,
    /// Their type.
    pub d: DType,
}

impl Given {
    /// The arrays of a type, which are left as files in the folder.
    pub fn new(d: DType, folder: &Path) -> Given {
        let real = |low: f64, high: f64, seed: u64| Array::from(uniform::<f64>(N, low, high, seed));
        let signed = |seed: u64| match d {
            BOOL => real(0.0, 1.0, seed).less(0.5),
            U8 => real(0.0, 200.0, seed).cast(d),
            _ if d.is_inexact() => complex(d, real(-3.0, 3.0, seed), real(-3.0, 3.0, seed + 10)),
            _ => real(-100.0, 100.0, seed).cast(d),
        };
        let positive = match d {
            BOOL => ones(N, BOOL),
            _ if d.is_inexact() => complex(d, real(0.1, 3.0, 3), real(0.1, 3.0, 13)),
            _ => real(1.0, 101.0, 3).cast(d),
        };
        let between = match d {
            _ if d.is_inexact() => complex(d, real(-1.0, 1.0, 4), real(-1.0, 1.0, 14)),
            _ => real(0.0, 2.0, 4).cast(d),
        };
        let (x, y) = (signed(1), signed(2));
        let step = if d.is_inexact() { linspace(-3, 3, SIDE) } else { linspace(-100, 100, SIDE) };
        let given = Given {
            a: x.reshape([SIDE, SIDE]),
            b: y.reshape([SIDE, SIDE]),
            x,
            y,
            p: positive,
            u: between,
            m: real(0.0, 1.0, 5).less(0.5),
            n: real(0.0, N as f64, 6).cast(I64),
            s: if d == BOOL || d == U8 { (arange(SIDE as i64) * 256 / 1000).cast(d) } else { step.cast(d) },
            d,
        };
        given.through(folder)
    }

    /// The arrays as files of the folder, from which both sides read them.
    fn through(self, folder: &Path) -> Given {
        let read = |name: &str, array: &Array| {
            let path = folder.join(format!("{name}.npy"));
            numfuse::save(&path, array).expect("the folder can be written to");
            numfuse::load(&path).expect("it was just written")
        };
        let Given { x, y, p, u, a, b, m, n, s, d } = &self;
        Given {
            x: read("x", x),
            y: read("y", y),
            p: read("p", p),
            u: read("u", u),
            a: read("a", a),
            b: read("b", b),
            m: read("m", m),
            n: read("n", n),
            s: read("s", s),
            d: *d,
        }
    }
}

/// A number of a type, of its parts.
fn complex(d: DType, re: Array, im: Array) -> Array {
    if d.is_complex() { numfuse::complex(&re, &im).cast(d) } else { re.cast(d) }
}
