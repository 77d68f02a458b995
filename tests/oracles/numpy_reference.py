"""Writes what NumPy answers, for tests/oracles/numpy.rs to compare with.

A record is one line of text, then the raw bytes of its arrays:
    op <name> <view> <number of inputs> <refused or ok>
    array <dtype> <dims...>        followed by the bytes; inputs first, then the result if ok
    promote <dtype> <dtype> <dtype>
    fold <name> <axis or all> <keepdims> <refused or ok>    one input, then the result if ok
What is refused ends with a line, which is what NumPy says, instead of the result.
"""

import math
import sys
import warnings

import numpy as np

warnings.simplefilter("ignore")
np.seterr(all="ignore")

DTYPES = ["bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16", "float32", "float64",
          "complex64", "complex128"]
OURS = set(DTYPES)


def elementwise(function):
    """A function that NumPy lacks, from one of Python's floats, computed in float64 and typed as sqrt is."""

    def value(x):
        try:
            return function(x)
        except (ValueError, OverflowError, ZeroDivisionError):
            return math.nan

    def apply(x):
        if np.asarray(x).dtype.kind == "c":
            raise TypeError("not of complex numbers")
        dtype = np.sqrt(np.asarray(x)[..., None][..., :0]).dtype
        return np.vectorize(value, otypes=[float])(np.asarray(x, float)).astype(dtype)

    return apply


def gammaln(x):
    try:
        return math.lgamma(x) if x > 0 or x != math.floor(x) else math.inf
    except OverflowError:
        return math.inf


def expit(x):
    return 1 / (1 + math.exp(-x)) if x > 0 else math.exp(max(x, -800)) / (1 + math.exp(x))


def logit(p):
    return {0: -math.inf, 1: math.inf}[p] if p in (0, 1) else math.log(p) - math.log1p(-p)


def rsqrt(x):
    return math.copysign(math.inf, x) if x == 0 else 1 / math.sqrt(x)


def i0(x):
    """np.i0 fails at infinity and NaN."""
    x = np.asarray(x)
    if x.dtype.kind == "c":
        raise TypeError("i0 not supported for complex values")
    x = x if x.dtype.kind == "f" else x.astype(float)
    return np.where(np.isfinite(x), np.i0(np.where(np.isfinite(x), x, 0)), np.abs(x)).astype(x.dtype)


def of_parts(re, im):
    """The complex number with these parts."""
    re, im = np.asarray(re), np.asarray(im)
    common = np.promote_types(re.dtype, im.dtype)
    if common.kind == "c":
        raise TypeError("not of complex numbers")
    result = np.zeros(np.broadcast(re, im).shape, np.result_type(np.sqrt(np.zeros(0, common)), np.complex64))
    result.real, result.imag = re, im
    return result


LACKING = {
    "complex": of_parts,
    "erf": elementwise(math.erf),
    "erfc": elementwise(math.erfc),
    "expit": elementwise(expit),
    "logit": elementwise(logit),
    "gammaln": elementwise(gammaln),
    "rsqrt": elementwise(rsqrt),
    "i0": i0,
    "frexp_mantissa": lambda x: np.frexp(x)[0],
    "frexp_exponent": lambda x: np.where(np.isfinite(x), np.frexp(x)[1], 0).astype(np.int32),
}


def edges(dtype, count, seed):
    """Numbers around the edges of a type, then small ones."""
    dtype = np.dtype(dtype)
    rng = np.random.default_rng(seed)
    if dtype == bool:
        return rng.integers(0, 2, count).astype(bool)
    if dtype.kind == "c":
        # Of each part what is special, and not the ends of the range: there libraries differ.
        special = [0.0, -0.0, 1.0, -1.0, 0.5, -2.5, 3.5, np.inf, -np.inf, np.nan, 1e-10, 7.0, 25.5]
        part = lambda: rng.permutation(np.concatenate([special, rng.normal(size=count) * 3]))[:count]
        values = np.zeros(min(count, count + len(special)), dtype)
        values.real, values.imag = part(), part()
        return values
    if dtype.kind == "f":
        info = np.finfo(dtype)
        special = [0.0, -0.0, 1.0, -1.0, 0.5, -2.5, 3.5, np.inf, -np.inf, np.nan, info.max, info.min, info.tiny,
                   info.smallest_subnormal, 1e10, -1e-10, 7.0, 255.5]
        rest = rng.normal(size=count) * 10
        values = np.array(special + list(rest), dtype=dtype)
    else:
        info = np.iinfo(dtype)
        special = [0, 1, 2, 3, info.max, info.min, info.max - 1, info.min + 1, 7, 5]
        values = np.array(special, dtype=dtype)
        values = np.concatenate([values, rng.integers(max(info.min, -20), 20, count).astype(dtype)])
    rng.shuffle(values)
    return values[:count] if count <= len(values) else np.resize(values, count)


def array(out, x):
    x = np.asarray(x)
    out.write(f"array {x.dtype.name} {' '.join(map(str, x.shape))}\n".encode())
    out.write(np.ascontiguousarray(x).tobytes())


def cases(dtypes, seed):
    """Operands of each arrangement: name of the view, arrays before it, arrays after it."""
    n = len(dtypes)
    flat = [edges(d, 67, seed + i) for i, d in enumerate(dtypes)]
    yield "plain", flat, flat
    yield "flip", flat, [x[::-1] for x in flat]
    points = [x[3].reshape(()) for x in flat]
    yield "plain", points, points
    empty = [x[:0] for x in flat]
    yield "plain", empty, empty
    shapes = [(7, 1), (1, 9), (7, 9)]
    stretched = [np.resize(flat[i], shapes[i % 3]) for i in range(n)]
    yield "plain", stretched, stretched
    if n > 1:
        apart = [flat[0][:5]] + [x[:4] for x in flat[1:]]
        yield "plain", apart, apart


def ops(out, names):
    for name, arity in names:
        function = LACKING.get(name) or getattr(np, name)
        for i, first in enumerate(DTYPES):
            # Every pair for two operands on one arrangement; the same type for the rest.
            pairs = [(first,) * arity] if arity == 1 else [(first, second) + (second,) * (arity - 2) for second in DTYPES]
            for dtypes in pairs:
                for view, before, after in cases(dtypes, 100 * i):
                    if len(set(dtypes)) > 1 and (view != "plain" or before[0].ndim != 1):
                        continue
                    one(out, name, function, view, before, after)


def one(out, name, function, view, before, after):
    result = answer(lambda: function(*after))
    # Only the data can tell a power below zero, which is not looked at.
    if isinstance(result, str) and "negative integer powers" in result:
        return
    # Neighbours of half types are refused.
    if name in ("nextafter", "spacing") and all(np.sqrt(x.ravel()[:0]).dtype == np.float16 for x in before):
        return
    record(out, f"op {name} {view} {len(before)}", before, result)


def answer(compute):
    """What NumPy computes, or what it says in refusing."""
    try:
        return np.asarray(compute())
    except (TypeError, ValueError) as error:
        return " ".join(str(error).split())


def record(out, head, inputs, result):
    """The inputs, and the result or what NumPy says; nothing where the result has a type that we lack."""
    said = isinstance(result, str)
    if not said and result.dtype.name not in OURS:
        return
    out.write(f"{head} {'refused' if said else 'ok'}\n".encode())
    for x in inputs:
        array(out, x)
    if said:
        out.write(f"{result}\n".encode())
    else:
        array(out, result)


def folds(out):
    names = ["sum", "prod", "min", "max", "any", "all", "argmin", "argmax", "mean", "var", "std", "count_nonzero", "ptp"]
    shapes = [((), None), ((37,), 0), ((37,), None), ((5, 40), 1), ((5, 40), 0), ((3, 4, 50), 1), ((3, 4, 50), None), ((4, 0), 0), ((4, 0), 1), ((4, 3), 2)]
    for name in names:
        function = getattr(np, name)
        for dtype in DTYPES:
            for shape, axis in shapes:
                for keep in (False, True):
                    size = int(np.prod(shape))
                    x = tame(dtype, size, len(shape) + size).reshape(shape)
                    fold(out, name, function, x, axis, keep)


def tame(dtype, size, seed):
    """Numbers whose folds do not overflow in one order and not in another."""
    if np.dtype(dtype).kind == "c":
        part = lambda seed: np.random.default_rng(seed).uniform(0.4, 1.1, size)
        return (part(seed) + 1j * part(seed + 1)).astype(dtype)
    if np.dtype(dtype).kind != "f":
        values = edges(dtype, max(size, 1), seed)[:size]
        # The mean of numbers beyond 2^53 is all rounding.
        return values if values.itemsize < 8 else (values % 1000).astype(dtype)
    return np.random.default_rng(seed).uniform(0.5, 1.6, size).astype(dtype)


def fold(out, name, function, x, axis, keep):
    result = answer(lambda: function(x, axis=axis, keepdims=keep))
    record(out, f"fold {name} {'all' if axis is None else axis} {int(keep)}", [x], result)


def promotions(out):
    for a in DTYPES:
        for b in DTYPES:
            out.write(f"promote {a} {b} {np.promote_types(a, b).name}\n".encode())
        for weak, kind in ((True, "wbool"), (1, "wint"), (1.5, "wfloat"), (1j, "wcomplex")):
            result = np.result_type(np.zeros(1, a), weak) if not isinstance(weak, bool) else np.result_type(np.dtype(a), np.bool_)
            out.write(f"promote {a} {kind} {result.name}\n".encode())


def main():
    path, names = sys.argv[1], [pair.split(":") for pair in sys.argv[2:]]
    with open(path, "wb") as out:
        promotions(out)
        ops(out, [(name, int(arity)) for name, arity in names])
        folds(out)


if __name__ == "__main__":
    main()
