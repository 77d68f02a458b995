//! The methods and operators of `numpy.ndarray`, and what has a name only there.

use super::{Inputs, Table, cases};
use numfuse::prelude::*;

pub(super) const METHODS: Table = Table {
    inputs: Inputs::Tame,
    ulps: 60.0,
    cases: cases! { |x, y, d|
        "x.all(-1)" => x.all(-1);
        "x.any(0)" => x.any(0);
        "x.argmax(-1)" => x.argmax(-1);
        "x.argmin(0)" => x.argmin(0);
        "x.clip(2, 5)" => x.clip(2, 5);
        "x.copy()" => x.clone();
        "x.cumprod(0)" => x.cumprod(0);
        "x.cumsum(0)" => x.cumsum(0);
        "x.diagonal(1)" => x.diagonal(1);
        "x.dot(y.T)" => x.dot(&y.t());
        "np.zeros(2, x.dtype) # ndarray.dtype" => zeros(2, x.dtype());
        "x.itemsize" => x.dtype().bytes();
        "x.max(0)" => x.max(0);
        "x.mean(-1)" => x.mean(-1);
        "x.min(-1)" => x.min(-1);
        "x.ndim" => x.ndim();
        "x.nonzero()" => x.nonzero();
        "x.prod(0)" => x.prod(0);
        "x.repeat(2, 0)" => x.repeat(2, 0);
        "x.round(1)" => x.round(1);
        "x.shape" => x.shape();
        "x.squeeze()" => x.squeeze(..);
        "x.std(-1)" => x.std(-1);
        "x.sum(0)" => x.sum(0);
        "x.swapaxes(0, -1)" => x.swapaxes(0, -1);
        "x.trace(-1)" => x.trace(-1);
        "x.transpose(1, 0)" => x.permute([1, 0]);
        "x.var(0)" => x.var(0);
        "x.choose([x, y]) if x.dtype == bool else x" => if d == BOOL { x.choose([x, y]) } else { x.clone() };
        "np.arange(9).searchsorted(x) # ndarray.searchsorted" =>
            arange(9).searchsorted(x, numfuse::Side::Left);
        "np.astype(x, np.float32)" => x.astype(F32);
        "np.add.outer(x, y) # ufunc.outer" => numfuse::outer_by(x, y, |a, b| a + b);
        "np.maximum.outer(x, y[..., 0]) # ufunc.outer" =>
            numfuse::outer_by(x, &y.i((Ellipsis, 0)), |a, b| a.maximum(b));
        "np.array2string(x).lower() if x.ndim else np.array_str(x).lower()" => super::index::printed(x);
        "np.array_str(x).lower() # array_str" => super::index::printed(x);
        "np.isdtype(x.dtype, ('integral', 'bool'))" =>
            numfuse::isdtype(d, "integral").and_then(|whole| Ok(whole || numfuse::isdtype(d, "bool")?));
        "np.isdtype(x.dtype, 'real floating')" => numfuse::isdtype(d, "real floating");
        "np.isdtype(x.dtype, 'signed integer')" => numfuse::isdtype(d, "signed integer");
        "np.isdtype(x.dtype, 'unsigned integer')" => numfuse::isdtype(d, "unsigned integer");
        "np.isdtype(x.dtype, 'numeric')" => numfuse::isdtype(d, "numeric");
        "np.zeros(1, np.common_type(x, y)) # common_type" =>
            numfuse::common_type(&[x, y]).map(|dtype| zeros(1, dtype));
        "x[np.newaxis] # newaxis" => x.i(NewAxis);
    },
};

pub(super) const OPERATORS: Table = Table {
    inputs: Inputs::Edges,
    ulps: 16.0,
    cases: cases! { |x, y, d|
        "+x # ndarray.__pos__" => x.positive();
        "divmod(x, y) # ndarray.__divmod__" => x.divmod(y);
        "divmod(7, x) # ndarray.__rdivmod__" => (numfuse::floor_divide(7, x), numfuse::remainder(7, x));
        "x // y" => x.floor_divide(y);
        "7 // x # ndarray.__rfloordiv__" => numfuse::floor_divide(7, x);
        "x ** 3 # ndarray.__pow__" => x.power(3);
        "2 ** np.clip(x, 0, 6) # ndarray.__rpow__" => numfuse::power(2, x.clip(0, 6));
        "x > y" => x.greater(y);
        "x >= y" => x.greater_equal(y);
        "x < y" => x.less(y);
        "x <= y # ndarray.__le__" => x.less_equal(y);
        "x == y" => x.equal(y);
        "x != y" => x.not_equal(y);
        "inplace('+', x, y) # ndarray.__iadd__" => changed(x, |x| *x += y);
        "inplace('-', x, y) # ndarray.__isub__" => changed(x, |x| *x -= y);
        "inplace('*', x, y) # ndarray.__imul__" => changed(x, |x| *x *= y);
        "inplace('/', floating(x), floating(y)) # ndarray.__itruediv__" =>
            changed(&floating(x), |x| *x /= floating(y));
        "inplace('%', floating(x), floating(y)) # ndarray.__imod__" =>
            changed(&floating(x), |x| *x %= floating(y));
        "inplace('&', x, y) # ndarray.__iand__" => changed(x, |x| *x &= y);
        "inplace('|', x, y) # ndarray.__ior__" => changed(x, |x| *x |= y);
        "inplace('^', x, y) # ndarray.__ixor__" => changed(x, |x| *x ^= y);
        "inplace('<<', whole(x), 3) # ndarray.__ilshift__" => changed(&whole(x), |x| *x <<= 3);
        "inplace('>>', whole(x), 1) # ndarray.__irshift__" => changed(&whole(x), |x| *x >>= 1);
    },
};

pub(super) const MATRICES: Table = Table {
    inputs: Inputs::Tame,
    ulps: 60.0,
    cases: cases! { |x, y, d|
        "x @ y.T # ndarray.__matmul__" => x.matmul(&y.t());
    },
};

pub(super) const NAMES: Table = Table {
    inputs: Inputs::Nothing,
    ulps: 0.0,
    cases: cases! { |x, y, d|
        "[np.zeros(2, np.bool), np.zeros(2, np.bool_)] # bool bool_" => vec![zeros(2, BOOL); 2];
        "[np.zeros(2, t) for t in (np.int8, np.int16, np.int32, np.int64)] # int8 int16 int32 int64" =>
            [I8, I16, I32, I64].into_iter().map(|t| zeros(2, t)).collect::<Vec<_>>();
        "[np.zeros(2, t) for t in (np.uint8, np.uint16, np.uint32, np.uint64)] # uint8 uint16 uint32 uint64" =>
            [U8, U16, U32, U64].into_iter().map(|t| zeros(2, t)).collect::<Vec<_>>();
        "[np.zeros(2, t) for t in (np.float16, np.half, np.float32, np.float64)] # float16 half float32 float64" =>
            [F16, F16, F32, F64].into_iter().map(|t| zeros(2, t)).collect::<Vec<_>>();
        "[np.zeros(2, t) for t in (np.complex64, np.complex128)] # complex64 complex128" =>
            [C64, C128].into_iter().map(|t| zeros(2, t)).collect::<Vec<_>>();
        "[np.pi, np.e, np.inf, np.nan, np.euler_gamma] # pi e inf nan euler_gamma" => constants();
        "[np.zeros(1, np.min_scalar_type(n)) for n in (0, 255, 256, 2**40, -1, -129, -2**31)] # min_scalar_type" =>
            Vec::from([0i64, 255, 256, 1 << 40, -1, -129, -(1 << 31)].map(|n| zeros(1, numfuse::min_scalar_type(n))));
        "[np.zeros(1, np.min_scalar_type(n)) for n in (0.1, 65000.0, 1e38, -1e39, np.inf)] # min_scalar_type" =>
            Vec::from([0.1, 65000.0, 1e38, -1e39, f64::INFINITY].map(|n| zeros(1, numfuse::min_scalar_type(n))));
        "np.mask_indices(3, np.triu)" => numfuse::mask_indices(3, |mask| mask.triu(0));
        "np.mask_indices(4, np.tril, -1)" => numfuse::mask_indices(4, |mask| mask.tril(-1));
    },
};

/// Rust's numbers of those names, and ours.
fn constants() -> Vec<Array> {
    use std::f64::consts::{E, PI};
    [PI, E, f64::INFINITY, f64::NAN, numfuse::EULER_GAMMA].map(Array::scalar).into()
}

/// What an array is after a change.
fn changed(x: &Array, change: impl FnOnce(&mut Array)) -> Array {
    let mut x = x.clone();
    change(&mut x);
    x
}

fn floating(x: &Array) -> Array {
    if x.dtype().is_inexact() { x.clone() } else { x.cast(F64) }
}

fn whole(x: &Array) -> Array {
    if x.dtype().is_integer() { x.clone() } else { x.clip(0, 5).cast(I32) }
}
