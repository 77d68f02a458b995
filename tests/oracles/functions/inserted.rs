//! Elements put in: what NumPy's functions make of an array that they change.

#![allow(clippy::reversed_empty_ranges, reason = "negative ends count from the back")]

use super::{Inputs, Table, cases};
use numfuse::Mode::{Clip, Raise, Wrap};
use numfuse::prelude::*;

pub(super) const INSERTED: Table = Table {
    inputs: Inputs::Edges,
    ulps: 0.0,
    cases: cases! { |x, y, d|
        "setitem(x, np.s_[1:], 7) # ndarray.__setitem__" => x.set(1.., 7);
        "setitem(x, np.s_[::-2, 1:], y[::-2, 1:]) # ndarray.__setitem__" =>
            x.set((s(..).step(-2), 1..), y.i((s(..).step(-2), 1..)));
        "setitem(x, (Ellipsis, -1), y[..., 0]) # ndarray.__setitem__" => x.set((Ellipsis, -1), y.i((Ellipsis, 0)));
        "setitem(x, [0, -1], y[:2]) # ndarray.__setitem__" => x.set(Array::from([0, -1]), y.i(..2));
        "setitem(x, x > y, 1) # ndarray.__setitem__" => x.set(x.greater(y), 1);
        "setitem(x, x > y, y.ravel()[:2]) # ndarray.__setitem__" => x.set(x.greater(y), y.ravel().i(..2));
        "setitem(x, x > y, y.ravel()[:0]) # ndarray.__setitem__" => x.set(x.greater(y), y.ravel().i(..0));
        "setitem(x, 5, 1) # ndarray.__setitem__" => x.set(5, 1);
        "changed(np.ndarray.fill, x, 1) # ndarray.fill" => x.set(Ellipsis, 1);
        "changed(np.put, x, [1, 0, 2, 1], y) # put" => x.put(Array::from([1, 0, 2, 1]), y, Raise);
        "changed(np.put, x, [0, -1], 1) # put" => numfuse::put(x, Array::from([0, -1]), 1, Raise);
        "changed(np.put, x, [0, -99], 1) # put" => x.put(Array::from([0, -99]), 1, Raise);
        "changed(np.put, x, [9, -9], y.ravel()[:3], mode='wrap') # put" =>
            x.put(Array::from([9, -9]), y.ravel().i(..3), Wrap);
        "changed(np.put, x, [[9, -9]], y.ravel()[:1], mode='clip') # put" =>
            x.put(Array::from([[9, -9]]), y.ravel().i(..1), Clip);
        "changed(np.put, x, [0], y[:0]) # put" => x.put(Array::from([0]), y.i(..0), Raise);
        "changed(np.put, x, x[..., :1] > 1, 0) # put" => x.put(x.i((Ellipsis, ..1)).greater(1), 0, Raise);
        "changed(np.put, x, np.zeros(2), 0) # put" => x.put(zeros(2, F64), 0, Raise);
        "changed(np.ndarray.put, x, 0, 1) # ndarray.put" => x.put(0, 1, Raise);
        "changed(np.putmask, x, x > y, y) # putmask" => x.putmask(&x.greater(y), y);
        "changed(np.putmask, x, y > 1, 1) # putmask" => numfuse::putmask(x, &y.greater(1), 1);
        "changed(np.putmask, x, x > y, y.ravel()[:3]) # putmask" => x.putmask(&x.greater(y), y.ravel().i(..3));
        "changed(np.putmask, x, x.ravel() > 1, np.arange(3)) # putmask" => x.putmask(&x.ravel().greater(1), arange(3));
        "changed(np.putmask, x, y, y) # putmask" => x.putmask(y, y);
        "changed(np.putmask, x, x > y, y[:0]) # putmask" => x.putmask(&x.greater(y), y.i(..0));
        "changed(np.putmask, x, x[..., :2] > 1, y) # putmask" => x.putmask(&x.i((Ellipsis, ..2)).greater(1), y);
        "changed(np.place, x, x > y, y) # place" => x.place(&x.greater(y), y);
        "changed(np.place, x, y > 1, 1) # place" => x.place(&y.greater(1), 1);
        "changed(np.place, x, x > y, y.ravel()[:2]) # place" => numfuse::place(x, &x.greater(y), y.ravel().i(..2));
        "changed(np.place, x, x.ravel() > 1, np.arange(3)) # place" => x.place(&x.ravel().greater(1), arange(3));
        "changed(np.place, x, y, y) # place" => x.place(y, y);
        "changed(np.place, x, x >= x, y[:0]) # place" => x.place(&x.greater_equal(x), y.i(..0));
        "changed(np.place, x, x[..., :2] > 1, y) # place" => x.place(&x.i((Ellipsis, ..2)).greater(1), y);
        "changed(np.copyto, x, y) # copyto" => x.copyto(y);
        "changed(np.copyto, x, y[..., :1]) # copyto" => numfuse::copyto(x, y.i((Ellipsis, ..1)));
        "changed(np.copyto, x, y[..., :2]) # copyto" => x.copyto(y.i((Ellipsis, ..2)));
        "changed(np.copyto, x, True) # copyto" => x.copyto(true);
        "changed(np.copyto, x, 5) # copyto" => x.copyto(5);
        "changed(np.copyto, x, 300) # copyto" => x.copyto(300);
        "changed(np.copyto, x, 1.5) # copyto" => x.copyto(1.5);
        "changed(np.copyto, x, np.arange(4)) # copyto" => x.copyto(arange(4));
        "changed(np.copyto, x, y, where=x > y) # copyto" => x.copyto_where(y, &x.greater(y));
        "changed(np.copyto, x, 1, where=x[..., :1] > 1) # copyto" =>
            numfuse::copyto_where(x, 1, &x.i((Ellipsis, ..1)).greater(1));
        "changed(np.copyto, x, y, where=np.ones(3)) # copyto" => x.copyto_where(y, &ones(3, F64));
        "changed(np.copyto, x, y, where=np.ones(3, bool)) # copyto" => x.copyto_where(y, &ones(3, BOOL));
        "changed(np.fill_diagonal, x, 1) # fill_diagonal" => x.fill_diagonal(1, false);
        "changed(np.fill_diagonal, x[:, :2], y) # fill_diagonal" => x.i((.., ..2)).fill_diagonal(y, false);
        "changed(np.fill_diagonal, x.T, y.ravel()[:2]) # fill_diagonal" =>
            numfuse::fill_diagonal(&x.t(), y.ravel().i(..2), false);
        "changed(np.fill_diagonal, x[:, :1], y.ravel()[:2], wrap=True) # fill_diagonal" =>
            x.i((.., ..1)).fill_diagonal(y.ravel().i(..2), true);
        "changed(np.fill_diagonal, x[:2, :2, :2], 1) # fill_diagonal" => x.i((..2, ..2, ..2)).fill_diagonal(1, false);
        "changed(np.fill_diagonal, x, y[:0]) # fill_diagonal" => x.fill_diagonal(y.i(..0), false);
        "changed(np.put_along_axis, x, np.argmax(x, -1, keepdims=True), y[..., :1], -1) # put_along_axis" =>
            x.put_along_axis(&x.argmax_keepdims(-1), y.i((Ellipsis, ..1)), -1);
        "changed(np.put_along_axis, x, np.array([2, 0]), 1, None) # put_along_axis" =>
            numfuse::put_along_axis(x, &Array::from([2, 0]), 1, ..);
        "changed(np.add.at, x, [0, -1], x.dtype.type(1)) # ufunc.at" => x.at(Array::from([0, -1])).add(ones((), d));
        "changed(np.add.at, x, ([0, 2, 0], [1, 1, 1]), x.dtype.type(1)) # ufunc.at" =>
            x.at((Array::from([0, 2, 0]), Array::from([1, 1, 1]))).add(ones((), d));
        "np.insert(x, [0, 2, -1, 0], 5)" => x.insert_at([0, 2, -1, 0], &Array::scalar(5i64), ..);
        "np.insert(x, [1, -1], y[..., :2], -1)" => x.insert_at([1, -1], &y.i((Ellipsis, ..2)), -1);
        "np.insert(x, [2, 0], y[:2], 0)" => x.insert_at([2, 0], &y.i(..2), 0);
        "np.insert(x, [2, 0], y[:1], 0)" => x.insert_at([2, 0], &y.i(..1), 0);
        "np.insert(x, [], 1, 0)" => x.insert_at((), &Array::scalar(1i64), 0);
        "np.insert(x, [1, 0], np.ones(17), 0)" => x.insert_at([1, 0], &ones(17, F64), 0);
    },
};

/// Real numbers beside complex ones, and neighbours of floats.
pub(super) const PARTS: Table = Table {
    inputs: Inputs::Edges,
    ulps: 0.0,
    cases: cases! { |x, y, d|
        "x.real" => x.real();
        "x.imag" => x.imag();
        // Of bools NumPy's function gives int8, as here; its method gives bools.
        "(np.conj if x.dtype == bool else np.ndarray.conj)(x) # ndarray.conj" => x.conj();
        "(np.conj if x.dtype == bool else np.ndarray.conjugate)(x) # ndarray.conjugate" => x.conjugate();
        "np.iscomplex(x)" => numfuse::iscomplex(x);
        "np.isreal(x)" => numfuse::isreal(x);
        "np.iscomplexobj(x)" => numfuse::iscomplexobj(x);
        "np.isrealobj(x)" => x.isrealobj();
        "np.nextafter(x, y)" => numfuse::nextafter(x, y);
        "np.nextafter(x, 1)" => x.nextafter(1);
        "np.nextafter(x, x.T if x.ndim == 1 else x)" => x.nextafter(x);
        "np.nextafter(1, x)" => numfuse::nextafter(1, x);
        "np.spacing(x)" => numfuse::spacing(x);
    },
};

pub(super) const COUNTS: Table = Table {
    inputs: Inputs::Tame,
    ulps: 0.0,
    cases: cases! { |x, y, d|
        "np.bincount(small(x))" => small(x).bincount(0);
        "np.bincount(small(x).ravel())" => small(x).ravel().bincount(0);
        "np.bincount(small(x).ravel(), minlength=9)" => numfuse::bincount(&small(x).ravel(), 9);
        "np.bincount(small(x).ravel(), small(y).ravel())" =>
            small(x).ravel().bincount_weighted(&small(y).ravel(), 0);
        "np.bincount(small(x).ravel(), y.ravel()[:2])" => small(x).ravel().bincount_weighted(&y.ravel().i(..2), 0);
    },
};

/// Integers below 7, and bools; what is no integer as it is.
fn small(x: &Array) -> Array {
    if x.try_dtype().is_ok_and(|dtype| dtype.is_integer()) { x % 7 } else { x.clone() }
}
