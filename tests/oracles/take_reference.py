"""Writes what NumPy answers to expressions that take elements by index or write to them, for
tests/oracles/take.rs and updates.rs.

Arguments: the file to write, then one group and expression after another, as `matrix:x[i]`. A record
is one line of text, then the raw bytes of its arrays:
    case <number of the expression> <view> <error or ok>
    array <dtype> <dims...>        followed by the bytes; x before its view, y, then the result if ok
"""

import sys
import warnings

import numpy as np

warnings.simplefilter("ignore")
np.seterr(all="ignore")

DTYPES = ["bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float32", "float64", "complex128"]


def put(x, index, values):
    """What `x[index] = values` leaves."""
    x = x.copy()
    x[index] = values
    return x


def change(ufunc, x, index, values):
    """What `x[index] = ufunc(x[index], values)` leaves, where no type is lost."""
    x = x.copy()
    x[index] = ufunc(x[index], values, out=x[index].copy())
    return x


def at(ufunc, x, index, values):
    """What `ufunc.at(x, index, values)` leaves."""
    x = x.copy()
    ufunc.at(x, index, values)
    return x


def along(x, indices, values, axis):
    """What `np.put_along_axis` leaves."""
    x = x.copy()
    np.put_along_axis(x, indices, values, axis)
    return x


NAMES = {
    "np": np,
    "at": at,
    "along": along,
    "s": np.s_,
    "put": put,
    "change": change,
    "i": np.array([3, 0, -1, -5]),
    "j": np.array([[6, 0, -1, 2], [1, 1, -7, 5]]),
    "k": np.array([-9, 9, 2, -1, 15]),
    "u": np.array([4, 0, 2], dtype=np.uint8),
    "a": np.array([[0, 1, 2, 3, 4, -1, -2], [4, 4, 4, -5, -5, 0, 0], [1, 0, 1, 0, 1, 0, 1]]),
    "c": np.arange(35).reshape(5, 7) % 2,
    "none": np.zeros((0,), dtype=np.int64),
    "rows": np.array([True, False, True, False, True]),
    "columns": np.array([False, True, True, False, True, False, True]),
}


def values(dtype, shape, seed):
    """Numbers of which some are equal, some at the edges of the type."""
    rng = np.random.default_rng(seed)
    size = int(np.prod(shape))
    if dtype == "bool":
        return rng.integers(0, 2, size).astype(bool).reshape(shape)
    if np.dtype(dtype).kind == "c":
        x = rng.integers(-6, 7, size) * 0.5 + rng.integers(-6, 7, size) * 1j
        special = [np.nan, np.inf, -2j, -0.0]
    elif np.dtype(dtype).kind == "f":
        x = rng.integers(-6, 7, size) * 0.5
        special = [np.nan, np.inf, -np.inf, -0.0]
    else:
        info = np.iinfo(dtype)
        x = rng.integers(max(info.min, -9), 10, size)
        special = [info.max, info.min, 0]
    x = x.astype(dtype)
    for at in range(0, size, 5):
        x[at] = special[(at // 5) % len(special)]
    return x.reshape(shape)


def operands(group, dtype):
    """View, x before it, x, y."""
    if group == "matrix":
        x, y = values(dtype, (5, 7), 1), values(dtype, (5, 7), 2)
        yield "plain", x, x, y
        yield "flip", x, x[::-1, ::-1], y
        row = values(dtype, (1, 7), 3)
        yield "stretch", row, np.broadcast_to(row, (5, 7)), y
        empty = x[:0]
        yield "plain", empty, empty, y
    elif group == "point":
        x = values(dtype, (), 1)
        yield "plain", x, x, x
    elif group == "sorted":
        for n in [0, 1, 2, 7, 23, 64]:
            x, y = np.sort(values(dtype, (n,), 4)), values(dtype, (5, 7), 5)
            yield "plain", x, x, y
            yield "plain", x, x, y[2, 3]
            yield "plain", x, x, y[:0]
        yield "flip", x[::-1], x, y


def array(out, x):
    x = np.asarray(x)
    out.write(f"array {x.dtype.name} {' '.join(map(str, x.shape))}\n".encode())
    out.write(np.ascontiguousarray(x).tobytes())


def main():
    with open(sys.argv[1], "wb") as out:
        for number, argument in enumerate(sys.argv[2:]):
            group, text = argument.split(":", 1)
            for dtype in DTYPES:
                # Complex numbers are only added and subtracted by index.
                combined = ("at(np.minimum", "at(np.maximum", "at(np.multiply")
                if np.dtype(dtype).kind == "c" and text.startswith(combined):
                    continue
                for view, before, x, y in operands(group, dtype):
                    try:
                        result = np.asarray(eval(text, {**NAMES, "x": x, "y": y}))
                    except (IndexError, ValueError):
                        result = None
                    except TypeError:
                        continue
                    out.write(f"case {number} {view} {'error' if result is None else 'ok'}\n".encode())
                    array(out, before)
                    array(out, y)
                    if result is not None:
                        array(out, result)


main()
