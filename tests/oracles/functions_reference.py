"""Evaluates expressions of NumPy and writes the answers, for tests/oracles/functions to compare with.

Arguments: the path to write to, what the expressions are of, our element types, and the expressions, in
terms of the arrays x and y and the type d. A record is one line of text, then arrays:
    <expression> <dtype> <arrangement> <number of inputs> <number of results, or refused>
with the inputs as they lie in memory, then the results, or a line with what NumPy says in refusing.
"""

import io
import sys

import numpy as np
from numpy_reference import array, edges, tame

# Arrangements for every type: how the array is made of one that lies in memory, and the extents of that.
ALWAYS = [("plain", (3, 4)), ("plain", ()), ("plain", (0, 4)), ("3,4", (3, 1)), ("backwards", (3, 4))]

# And for a few types, one of each kind.
SOMETIMES = [("plain", (5,)), ("plain", (2, 3, 4)), ("plain", (3, 0)), ("plain", (0,)), ("5", ()), ("2,3,4", (3, 1)),
             ("backwards", (5,)), ("plain", (37, 65))]
FEW = ["bool", "int16", "uint64", "float32"]


def arranged(base, name):
    if name == "plain":
        return base
    if name == "backwards":
        return base[(slice(None, None, -1),) * base.ndim]
    return np.broadcast_to(base, tuple(map(int, name.split(","))))


def data(dtype, shape, kind, seed):
    size = int(np.prod(shape))
    values = tame(dtype, size, seed) if kind in ("Tame", "Holes") else edges(dtype, max(size, 1), seed)[:size]
    return holed(values.reshape(shape)) if kind == "Holes" else values.reshape(shape)


def holed(x):
    """With NaN in every third place, and in all of the second column."""
    if x.dtype.kind == "f":
        x.flat[::3] = np.nan
        if x.ndim > 1:
            x[..., 1:2] = np.nan
    return x


def inputs(kind, types):
    """The type d, the name of an arrangement, and what x and y are made of."""
    if kind == "Nothing":
        for d in types:
            yield d, "plain", []
        return
    if kind == "Refused":
        x = np.arange(12.0).reshape(3, 4)
        yield "float64", "plain", [x, x]
        return
    for i, d in enumerate(types):
        for j, (name, shape) in enumerate(ALWAYS + SOMETIMES * (d in FEW)):
            others = types if kind == "Pairs" and j == 0 else [d]
            for k, other in enumerate(others):
                yield d, name, [data(d, shape, kind, 31 * i + j), data(other, shape, kind, 17 * i + 7 * j + k + 1)]


# ── What NumPy has no function for ─────────────────────────────────────────────────────────────────────────────────

def softmax(x, axis=None):
    weights = np.exp(x - np.max(x, axis=axis, keepdims=True))
    return weights / np.sum(weights, axis=axis, keepdims=True)


def logsumexp(x, axis=None, keepdims=False):
    top = np.max(x, axis=axis, keepdims=True)
    total = np.log(np.sum(np.exp(x - top), axis=axis, keepdims=True)) + top
    return total if keepdims else np.squeeze(total, axis=axis)


def floating(x):
    """In the type that means are in."""
    return x if x.dtype.kind in "fc" else x.astype(np.float64)


def beside(z, x):
    """Plus the sum of all magnitudes, four times, of whose rounding transforms are."""
    if z.dtype.kind not in "fc":
        return z
    return z + (4 * np.abs(x.astype(np.complex128)).sum()).astype(z.dtype)


def blank(x):
    """Of an array whose values are anything, the type and the shape."""
    return np.zeros_like(x)


def npy(x):
    """The bytes of a file."""
    file = io.BytesIO()
    np.save(file, np.ascontiguousarray(x).reshape(x.shape))
    return np.frombuffer(file.getvalue(), np.uint8)


def holes(x):
    """A third of the floats is NaN."""
    flat = x.ravel().copy()
    if x.dtype.kind == "f":
        flat[1::3] = np.nan
    return flat.reshape(x.shape)


def positive(x):
    """Floats from 1 on."""
    return np.abs(floating(x) % 7) + 1


def near(x, other):
    """Beside complex numbers 1 in place of what is far from 1."""
    if "c" not in (x.dtype.kind, other.dtype.kind):
        return x
    wide = x.astype(np.complex128)
    sizes = [np.abs(wide.real), np.abs(wide.imag)]
    first, second = [(size <= 30) & ((size >= 1e-12) | (size == 0)) for size in sizes]
    return np.where(first & second, x, np.ones_like(x))


def uneven(count):
    """Places whose distances grow."""
    return (np.arange(count) + 1.0) ** 2


def single(x):
    """Half types as float32."""
    return x.astype(np.float32) if x.dtype == np.float16 else x


def inplace(symbol, x, y):
    """An array changed by an operator such as `+=`."""
    x = np.array(x)
    exec(f"x {symbol}= y", {}, {"x": x, "y": y})
    return x


def setitem(x, index, values):
    """What `x[index] = values` leaves."""
    x = np.array(x, order="C")
    x[index] = values
    return x


def changed(function, x, *arguments, **options):
    """What a function leaves of an array that it changes."""
    x = np.array(x, order="C")
    function(x, *arguments, **options)
    return x


def small(x):
    """Integers below 7; what is no integer as it is."""
    return x % 7 if x.dtype.kind in "iu" else x


def few(x):
    """Integers below 7, others as small ones."""
    return x % 7 if x.dtype.kind in "iu" else whole(x.real)


def double(x):
    """In float64 or complex128."""
    return x.astype(np.complex128 if x.dtype.kind == "c" else np.float64)


def flat(found):
    """Counts and edges in one list."""
    return [found[0], *found[1]] if len(found) == 2 else list(found)


def columns(x):
    """As many observations as the last axis has places."""
    return x.shape[-1] if x.ndim else 1


def whole(x):
    """Integers as they are, others as small ones."""
    return x if x.dtype.kind in "iu" else np.nan_to_num(np.clip(x, 0, 5)).astype(np.int32)


def summed(x):
    """The type that sums are in."""
    return np.sum(x[:0] if x.ndim else x).dtype


# ── Answers ────────────────────────────────────────────────────────────────────────────────────────────────────────

def results(value):
    if isinstance(value, str):
        return [np.frombuffer(value.encode(), np.uint8)]
    return [np.asarray(v) for v in value] if isinstance(value, (list, tuple)) else [np.asarray(value)]


def answer(code, x, y, d):
    """The results, or what NumPy says."""
    try:
        return results(eval(code, globals(), {"x": x, "y": y, "d": np.dtype(d)}))
    except (NameError, AttributeError):
        raise
    except Exception as error:
        return " ".join(str(error).split()) or type(error).__name__


def main():
    path, kind, types, expressions = sys.argv[1], sys.argv[2], sys.argv[3].split(","), sys.argv[4:]
    types = [d for d in types if d == "bool" or hasattr(np, d)]
    codes = [compile(expression, expression, "eval") for expression in expressions]
    with open(path, "wb") as out:
        for d, name, bases in inputs(kind, types):
            x, y = [arranged(base, name) for base in bases] or (None, None)
            for i, code in enumerate(codes):
                found = answer(code, x, y, d)
                said = isinstance(found, str)
                if not said and any(result.dtype.name not in types for result in found):
                    continue
                out.write(f"{i} {d} {name} {len(bases)} {'refused' if said else len(found)}\n".encode())
                for base in bases:
                    array(out, base)
                if said:
                    out.write(f"{found}\n".encode())
                else:
                    for result in found:
                        array(out, result)


main()
