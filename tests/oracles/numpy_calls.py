"""Writes what NumPy answers to functions that numfuse makes of several ops, for tests/oracles/calls.rs.

A record is one line of text, then the raw bytes of its arrays, inputs first:
    call <name> <number of inputs> <number of outputs>
"""

import sys
import warnings

import numpy as np
from numpy_reference import DTYPES, OURS, array, edges

warnings.simplefilter("ignore")
np.seterr(all="ignore")


def record(out, name, inputs, outputs):
    outputs = [np.asarray(x) for x in outputs]
    if any(x.dtype.name not in OURS for x in outputs):
        return
    out.write(f"call {name} {len(inputs)} {len(outputs)}\n".encode())
    for x in [*inputs, *outputs]:
        array(out, x)


def elementwise(out):
    for dtype in DTYPES:
        x = edges(dtype, 67, 7)
        if x.dtype.kind == "c":
            of_complex(out, x)
            continue
        record(out, "frexp", [x[np.isfinite(x.astype(float))]], np.frexp(x[np.isfinite(x.astype(float))]))
        record(out, "nan_to_num_with", [x], [np.nan_to_num(x, nan=1, posinf=2, neginf=-3)])
        for name in ["deg2rad", "rad2deg", "degrees", "radians", "fabs", "isposinf", "isneginf", "nan_to_num", "fix"]:
            record(out, name, [x], [getattr(np, name)(x)])
        record(out, "modf", [x], np.modf(x))
        record(out, "ediff1d", [x], [np.ediff1d(x)]) if dtype != "bool" else None
        tame = x[np.abs(x.astype(float)) < 100]
        record(out, "sinc", [tame], [np.sinc(tame)])
        record(out, "float_power", [tame, tame[::-1].copy()], [np.float_power(tame, tame[::-1])])
        if dtype != "bool":
            record(out, "around", [tame], [np.around(tame)])
            record(out, "around_2", [tame], [np.around(tame, 2)])


def of_complex(out, x):
    for name in ["nan_to_num", "ediff1d", "around"]:
        record(out, name, [x], [getattr(np, name)(x)])
    record(out, "around_2", [x], [np.around(x, 2)])
    tame = x[np.abs(x) < 10]
    record(out, "sinc", [tame], [np.sinc(tame)])
    some = tame[np.abs(tame) > 1e-3]
    record(out, "float_power", [some, some[::-1].copy()], [np.float_power(some, some[::-1])])


def without_nan(out):
    rng = np.random.default_rng(3)
    for dtype in DTYPES:
        for shape in [(9,), (9, 5), (40, 3, 2)]:
            x = rng.normal(size=shape) * 10
            x = (x + 1j * rng.normal(size=shape) if np.dtype(dtype).kind == "c" else x).astype(dtype)
            if x.dtype.kind in "fc":
                x[rng.random(shape) < 0.3] = np.nan
                x[0] = 1.5
            for name in ["sum", "prod", "min", "max", "mean", "var", "std", "argmin", "argmax"]:
                record(out, "nan" + name, [x], [getattr(np, "nan" + name)(x, axis=0)])
                kept = getattr(np, "nan" + name)(x, axis=0, keepdims=True)
                record(out, "nan" + name + "_keepdims", [x], [kept])
            record(out, "nanvar_1", [x], [np.nanvar(x, axis=0, ddof=1)])
            record(out, "nanstd_1", [x], [np.nanstd(x, axis=0, ddof=1)])
    x = np.full((4, 2), np.nan)
    x[1, 0] = 2
    for name in ["nansum", "nanprod", "nanmin", "nanmax", "nanmean", "nanvar", "nanstd"]:
        record(out, name, [x], [getattr(np, name)(x, axis=0)])
    record(out, "nanvar_1", [x], [np.nanvar(x, axis=0, ddof=1)])


def composed(out):
    rng = np.random.default_rng(4)
    for dtype in ["int32", "float32", "float64"]:
        of = lambda *shape: (rng.uniform(0.5, 4, size=shape)).astype(dtype)
        x = of(6, 4)
        record(out, "gradient", [x], [np.gradient(x, 0.5, axis=0)])
        record(out, "gradient", [x[:2]], [np.gradient(x[:2], 0.5, axis=0)])
        record(out, "trapezoid", [x], [np.trapezoid(x, dx=0.5, axis=0)])
        places = np.cumsum(of(6)).astype(dtype)
        record(out, "trapezoid_at", [x, places], [np.trapezoid(x, places, axis=0)])
        a, b = of(5, 3), of(3)
        record(out, "cross", [a, b], [np.cross(a, b)])
        w = of(6)
        record(out, "average_weighted", [x, w], [np.average(x, axis=0, weights=w)])
        w = of(6, 4)
        record(out, "average_weighted", [x, w], [np.average(x, axis=0, weights=w)])
        a, b = of(2, 5, 7), of(3, 7)
        record(out, "inner", [a, b], [np.inner(a, b)])
        record(out, "vdot", [x, x], [np.vdot(x, x)])
        record(out, "vecdot", [a, b[0]], [np.vecdot(a, b[0])])
        record(out, "matvec", [a, b[0]], [np.matvec(a, b[0])])
        v = of(2, 5)
        record(out, "vecmat", [v, a], [np.vecmat(v, a)])
        v = of(5)
        record(out, "vander", [v], [np.vander(v, 4)])
        for m in [v, x]:
            record(out, "diag", [m], [np.diag(m, -2)])
            record(out, "diag_1", [m], [np.diag(m, 1)])
            record(out, "diagflat", [m], [np.diagflat(m, 1)])
    for flags in [np.array([[True, False, True], [False, False, False]])]:
        record(out, "inner", [flags, flags], [np.inner(flags, flags)])
    for count in [0, 1, 2, 7, 50]:
        x = np.zeros(count)
        for name in ["bartlett", "blackman", "hamming", "hanning"]:
            record(out, name, [x], [getattr(np, name)(count)])
        record(out, "kaiser", [x], [np.kaiser(count, 8.5)])
        record(out, "average", [x], [np.average(x, axis=0)])
        record(out, "permute_dims", [a], [np.permute_dims(a, (2, 0, 1))])
        record(out, "array_equiv", [x, x[:1]], [np.array_equiv(x, x[:1])])
        record(out, "array_equiv", [x[:1], x[:1]], [np.array_equiv(x[:1], x[:1])])
        record(out, "broadcast_shapes", [a, b[:1]], list(np.broadcast_shapes(a.shape, b[:1].shape)))
        for other in OURS:
            y = np.zeros(1, other)
            record(out, "can_cast", [x, y], [np.can_cast(x.dtype, y.dtype), np.can_cast(y.dtype, x.dtype)])
            for name in ["promote_types", "result_type"]:
                record(out, name, [x, y], [np.zeros(1, np.promote_types(x.dtype, y.dtype))])
    record(out, "indices", [np.zeros((2, 3, 4))], list(np.indices((2, 3, 4))))


def main():
    with open(sys.argv[1], "wb") as out:
        elementwise(out)
        without_nan(out)
        composed(out)


main()
