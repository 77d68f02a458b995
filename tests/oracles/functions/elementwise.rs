//! Operators, plain numbers beside arrays, choices and what is made of several rows of the op table.

use super::{Inputs, Table, cases};
use numfuse::prelude::*;
use numfuse::{abs, allclose, array_equal, diff, divmod, outer, pow, round};

pub(super) const OPERATORS: Table = Table {
    inputs: Inputs::Pairs,
    ulps: 8.0,
    cases: cases! { |x, y, d|
        "x + y" => x + y;
        "x - y" => x.clone() - y;
        "x * y" => x * y.clone();
        "x / y" => x / y;
        "x % y" => x % y;
        "x & y" => x & y;
        "x | y" => x | y;
        "x ^ y" => x ^ y;
        "x << y" => x << y;
        "x >> y" => x >> y;
        "-x" => -x;
        "~x" => !x;
        "np.divmod(x, y)" => divmod(x, y);
        "np.outer(x.ravel()[:5], y)" => outer(&x.ravel().i(..5), y);
        "np.outer(x, y[0])" => x.outer(&y.i(0));
        "np.isclose(x, y)" => x.isclose(y, 1e-5, 1e-8);
        "np.isclose(x, x + y, 0.5, 2.0)" => x.isclose(&(x + y), 0.5, 2.0);
        "np.allclose(x, y)" => allclose(x, y, 1e-5, 1e-8);
        "np.allclose(x, x)" => x.allclose(x, 0.0, 0.0);
        "np.array_equal(x, y)" => array_equal(x, y);
        "np.array_equal(x, x)" => x.array_equal(x);
        "np.array_equal(x, x[:1])" => x.array_equal(&x.i(..1));
        "np.where(x > y, x, y)" => where_(x.greater(y), x, y);
        "np.where(x, y, x)" => where_(x, y, x);
        "np.where(x, x[:1], y)" => where_(x, x.i(..1), y);
        "np.where(x, x[1:], y)" => where_(x, x.i(1..), y);
        "np.clip(x, y, y)" => x.clip(y, y);
        "np.clip(x, y[:1], 100)" => x.clip(y.i(..1), 100);
        "x + y[1:]" => x + y.i(1..);
        "x.astype(y.dtype).dtype.itemsize" => x.cast(y.dtype()).dtype().bytes();
    },
};

pub(super) const NUMBERS: Table = Table {
    inputs: Inputs::Edges,
    ulps: 8.0,
    cases: cases! { |x, y, d|
        "x + 1" => x + 1;
        "x + 1.5" => x + 1.5;
        "x + True" => x + true;
        "x * 300" => x * 300;
        "x - 2" => x - 2;
        "x * 0.1" => x * 0.1;
        "x / 3" => x / 3;
        "x % 3" => x % 3;
        "x & 5" => x & 5;
        "x | -1" => x | -1;
        "x ^ 7" => x ^ 7u8;
        "x << 2" => x << 2;
        "x >> 1" => x >> 1;
        "1 + x" => 1 + x;
        "1.5 - x" => 1.5 - x;
        "7 * x" => 7 * x;
        "2.5 / x" => 2.5 / x;
        "100 % x" => 100 % x;
        "True & x" => true & x;
        "3 | x" => 3 | x;
        "3 ^ x" => 3 ^ x;
        "1 << x" => 1 << x;
        "64 >> x" => 64 >> x;
        "x < 1000" => x.less(1000);
        "x >= -1" => x.greater_equal(-1);
        "x == 1.0" => x.equal(1.0);
        "x != 2**64" => x.not_equal(numfuse::Operand::from(numfuse::Number::Int(1 << 64)));
        "np.power(x, 2)" => pow(x, 2);
        "np.power(x, -1)" => x.pow(-1);
        "np.power(np.where(np.isfinite(x), x, 1), 0.75)" => where_(x.isfinite(), x, 1).power(0.75);
        "np.abs(x)" => abs(x);
        "abs(x)" => x.abs();
        "x + 1j" => x + Complex::new(0.0, 1.0);
        "x * (0.5 - 2j)" => x * Complex::new(0.5f32, -2.0);
        "(1 + 2j) - x" => Complex::new(1.0, 2.0) - x;
        "x == 1j" => x.equal(Complex::new(0.0, 1.0));
        "np.where(x, 2j, x)" => where_(x, Complex::new(0.0, 2.0), x);
        "np.conj(x)" => numfuse::conj(x);
        "np.maximum(x, 1)" => x.maximum(1);
        "np.where(x, 1, 0)" => where_(x, 1, 0);
        "np.where(x, 1.5, x)" => where_(x, 1.5, x);
        "np.where(x, x, 300)" => where_(x, x, 300);
        "np.where(True, x, 0)" => where_(true, x, 0);
        "np.clip(x, 2, 5)" => x.clip(2, 5);
        "np.clip(x, -1000, 1000)" => x.clip(-1000, 1000);
        "np.clip(x, 5, 2)" => x.clip(5, 2);
        "np.clip(x, 0.5, 2.5)" => x.clip(0.5, 2.5);
        "np.clip(x, np.nan, 3)" => x.clip(f64::NAN, 3);
        "np.clip(x, 0, np.nan)" => x.clip(0, f64::NAN);
        "np.clip(x, np.nan, np.nan)" => x.clip(f64::NAN, f64::NAN);
        "np.clip(x, -np.inf, np.inf)" => x.clip(f64::NEG_INFINITY, f64::INFINITY);
        "np.clip(x, False, True)" => x.clip(false, true);
    },
};

pub(super) const COMPOSITIONS: Table = Table {
    inputs: Inputs::Edges,
    ulps: 0.0,
    cases: cases! { |x, y, d|
        "np.diff(x)" => diff(x, 1, -1);
        "np.diff(x, 1, 0)" => x.diff(1, 0);
        "np.diff(x, 2)" => x.diff(2, -1);
        "np.diff(x, 0)" => x.diff(0, -1);
        "np.diff(x, 9)" => x.diff(9, -1);
        "np.diff(x, 1, 2)" => x.diff(1, 2);
        "np.round(x)" => round(x, 0);
        "np.round(x, 1)" => x.round(1);
        "np.round(x, 3)" => x.round(3);
        "np.round(x // 4, -1)" => x.floor_divide(4).round(-1);
        "np.round(x // 400, -2)" => x.floor_divide(400).round(-2);
    },
};

/// Conversions of what the other type can hold: NumPy leaves the rest to the processor.
pub(super) const CASTS: Table = Table {
    inputs: Inputs::Tame,
    ulps: 0.0,
    cases: cases! { |x, y, d|
        "x.astype(bool)" => x.astype(BOOL);
        "x.astype(np.int8)" => x.cast(I8);
        "x.astype(np.int16)" => x.cast(I16);
        "x.astype(np.int32)" => x.cast(I32);
        "x.astype(np.int64)" => x.cast(I64);
        "x.astype(np.uint8)" => x.cast(U8);
        "x.astype(np.uint16)" => x.cast(U16);
        "x.astype(np.uint32)" => x.cast(U32);
        "x.astype(np.uint64)" => x.cast(U64);
        "x.astype(np.float32)" => x.cast(F32);
        "x.astype(np.float64)" => x.cast(F64);
        "x.astype(np.complex64)" => x.cast(C64);
        "x.astype(np.complex128)" => x.cast(C128);
        "x.astype(np.float64).astype(d)" => x.cast(F64).astype(d);
    },
};
