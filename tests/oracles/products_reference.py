"""Writes what NumPy answers for products of matrices, for tests/oracles/products.rs to compare with.

A record is a line `case <expression in words> | <ok or NumPy's sentence>`, a line that says how each operand
lies, then the operands and, if ok, the result:
    array <dtype> <dims...>        followed by the bytes, row-major
How an operand lies: plain, or turned (its last two axes are swapped before use), or flip (its first axis reversed).
"""

import sys
import warnings

import numpy as np

warnings.simplefilter("ignore")
np.seterr(all="ignore")

DTYPES = ["bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float32", "float64", "complex64", "complex128"]
rng = np.random.default_rng(7)


def data(shape, dtype):
    dtype = np.dtype(dtype)
    if dtype == bool:
        return rng.integers(0, 3, shape) == 0
    if dtype.kind == "f":
        return rng.normal(size=shape).astype(dtype)
    if dtype.kind == "c":
        return (rng.normal(size=shape) + 1j * rng.normal(size=shape)).astype(dtype)
    info = np.iinfo(dtype)
    low, high = max(info.min, -300), min(info.max, 300)
    return rng.integers(low, high, shape).astype(dtype)


def lay(x, how):
    if how == "turned":
        return np.swapaxes(x, -1, -2)
    return x[::-1] if how == "flip" else x


def array(out, x):
    x = np.asarray(x)
    out.write(f"array {x.dtype.name} {' '.join(map(str, x.shape))}\n".encode())
    out.write(np.ascontiguousarray(x).tobytes())


def case(out, words, function, operands, lies=None):
    lies = lies or ["plain"] * len(operands)
    try:
        result = np.asarray(function(*[lay(x, how) for x, how in zip(operands, lies)]))
        said = "ok"
    except (ValueError, IndexError) as error:
        said = str(error)
    out.write(f"case {words} | {said}\n{' '.join(lies)}\n".encode())
    for x in operands:
        array(out, x)
    if said == "ok":
        array(out, result)


PAIRS = {
    "matmul": [((2, 3), (3, 4)), ((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 4)), ((2, 3), (4, 5)), ((), (4, 5)), ((4,), ()),
               ((5, 2, 3), (3, 4)), ((2, 3), (5, 3, 4)), ((5, 1, 2, 3), (6, 3, 4)), ((2, 2, 3), (3, 3, 5)), ((0, 2), (2, 3)),
               ((2, 0), (0, 3)), ((0,), (0,)), ((5, 0, 3), (3, 4)), ((0, 2, 3), (3, 4)), ((3,), (5, 3, 4)), ((5, 2, 3), (3,)),
               ((5, 2, 3), (4,)), ((40, 50), (50, 60)), ((3, 33, 70), (3, 70, 35)), ((3,), (4,)), ((1, 2, 3), (7, 3, 2)),
               ((300, 20), (20, 290)), ((4, 20, 30), (30, 20))],
    "matvec": [((2, 3), (3,)), ((5, 2, 3), (3,)), ((5, 2, 3), (5, 3)), ((2, 3), (4,)), ((3,), (4,)), ((2, 3), ()), ((70, 80), (80,))],
    "vecmat": [((2,), (2, 3)), ((5, 2), (2, 3)), ((3,), (2, 3)), ((3,), (3,)), ((80,), (80, 70))],
    "vecdot": [((2, 3), (3,)), ((3,), (3,)), ((2, 3), (4,)), ((), (4,)), ((4, 1, 3), (5, 3)), ((0,), (0,)), ((700,), (700,))],
    "dot": [((2, 3), (3, 4)), ((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 4)), ((2, 3, 4), (5, 4, 6)), ((2, 3), (4, 5)), ((3,), (4,)),
            ((), (3,)), ((2, 3), ()), ((), ()), ((2, 3, 4), (5, 6, 7)), ((0, 3), (3, 2)), ((2, 0), (0, 2)), ((50, 40), (40, 45)),
            ((5, 20, 30), (4, 30, 25))],
    "inner": [((3,), (3,)), ((2, 3), (4, 3)), ((2, 3), (4, 5)), ((), (4, 5)), ((2, 3), (3,)), ((3,), (4,)), ((2, 2, 3), (4, 2, 3)),
              ((50, 40), (45, 40))],
    "vdot": [((2, 3), (3, 2)), ((2, 3), (3, 3)), ((), ()), ((0,), (0, 3)), ((4,), (4,))],
    "outer": [((2, 3), (4,)), ((), (4,)), ((0,), (4,)), ((5,), (4,))],
    "kron": [((2, 3), (4,)), ((2,), (3, 4, 5)), ((), (3, 4)), ((0, 2), (3,)), ((2, 3), (4, 5))],
}

TENSORDOT = [((2, 3, 4), (3, 4, 5), "2"), ((2, 3, 4), (3, 4, 5), "0"), ((2, 3, 4), (3, 4, 5), "1"), ((2, 3, 4), (3, 4, 5), "4"),
             ((2, 3, 4), (3, 4, 5), "1,2/0,1"), ((2, 3, 4), (4, 3, 5), "1,2/1,0"), ((2, 3, 4), (3, 4, 5), "1,2/0"),
             ((2, 3, 4), (3, 4, 5), "1,7/0,1"), ((2, 3, 4), (3, 4, 5), "1,1/0,0"), ((2, 3, 3), (3, 3, 5), "-1,1/0,1"),
             ((30, 6, 5), (5, 6, 40), "1,2/1,0"), ((6, 30, 5), (5, 40, 6), "0,2/2,0"), ((3,), (3,), "1"), ((2, 0), (0, 2), "1")]

EINSUM = [
    ("ij,jk", (2, 3), (3, 4)), ("ij,jk->ik", (2, 3), (4, 4)), ("ij,jk->ik", (2, 1), (3, 4)), ("ii", (3, 4)), ("ii", (3, 3)),
    ("ii", (1, 3)), ("ii->i", (3, 3)), ("ij->ji", (3, 4)), ("ba", (3, 4)), ("ij", (3, 4, 5)), ("ijk", (3, 4)), ("i", ()), ("", ()),
    ("ij->ii", (3, 3)), ("i->j", (3,)), ("i$", (3, 3)), ("i j -> j i", (3, 4)), ("i-", (3,)), ("i>", (3,)), ("...i,...i", (2, 3), (2, 3)),
    ("...i->...", (2, 3)), ("...i->i", (2, 3)), ("...,...", (2, 3), (3,)), ("i..", (2, 3)), ("i...j...", (2, 3)), ("i....j", (2, 3)),
    ("ij->i...", (2, 3)), ("i...->...i", (2, 3, 4)), ("...i->....", (2, 3, 4)), ("i->", (3,)), ("i,i->", (3,), (3,)), ("i,i->i", (3,), (3,)),
    ("ij,jk,kl->il", (2, 3), (3, 4), (4, 5)), ("ij,jk,kl->il", (20, 30), (30, 40), (40, 25)), ("i,j,k", (2,), (3,), (4,)), ("i,->i", (2,), ()),
    ("i->ii", (3,)), ("...ij,...jk->...ik", (5, 2, 3), (3, 4)), ("...ij,...jk->...ik", (5, 2, 3), (4, 3, 4)), ("ij,...", (2, 3), (3, 4)),
    ("aB,Bc", (2, 3), (3, 4)), (",", (), ()), ("->", ()), ("ij->k", (2, 3)), ("i,i->i", (3,), (1,)), ("i,i", (3,), (1,)),
    ("ij,ij->ij", (3, 1), (1, 4)), ("...i->...i", ()), ("i->...", (3,)), ("bij,bjk->bik", (7, 20, 30), (7, 30, 25)),
    ("bij,bjk->kbi", (7, 20, 30), (7, 30, 25)), ("bhqd,bhkd->bhqk", (2, 3, 20, 16), (2, 3, 25, 16)), ("ijk,jil->kl", (5, 6, 30), (6, 5, 40)),
    ("iij,jk->ik", (20, 20, 30), (30, 25)), ("ij,kj->ik", (20, 40), (30, 40)), ("ji,jk->ik", (40, 20), (40, 30)), ("ij,jk->ki", (20, 40), (40, 30)),
    ("i,ij,j->", (20,), (20, 30), (30,)), ("ab,bc,cd,de,ea->", (4, 5), (5, 6), (6, 7), (7, 8), (8, 4)), ("ij,ik,il->jkl", (9, 4), (9, 5), (9, 6)),
    ("ijij->", (3, 4, 3, 4)), ("iii->i", (4, 4, 4)), ("iji->j", (4, 5, 4)), ("ij,k->", (3, 4), (5,)), ("ij,jk", (0, 3), (3, 2)), ("ij,jk", (2, 0), (0, 2)),
    ("i,i->", (0,), (0,)), ("ijk->ikj", (2, 3, 4)), ("abcd,cdef->abef", (4, 5, 6, 7), (6, 7, 5, 4)), ("acbd,dcef->befa", (4, 5, 6, 7), (7, 5, 3, 4)),
]


def axes(text):
    if "/" not in text:
        return int(text)
    return tuple([int(a) for a in side.split(",")] for side in text.split("/"))


def main():
    with open(sys.argv[1], "wb") as out:
        for name, shapes in PAIRS.items():
            function = getattr(np, name)
            for left, right in shapes:
                for dtype in DTYPES:
                    case(out, name, function, [data(left, dtype), data(right, dtype)])
                for pair in (("int8", "float32"), ("float32", "float64"), ("bool", "int16"), ("uint64", "int64")):
                    case(out, name, function, [data(left, pair[0]), data(right, pair[1])])
        turned = ["turned", "turned"]
        for left, right in [((3, 2), (4, 3)), ((50, 40), (45, 50)), ((3, 70, 33), (3, 35, 70))]:
            for dtype in ("float32", "float64", "int32"):
                for lies in (["turned", "turned"], ["flip", "flip"]):
                    operands = [data(left, dtype), data(right, dtype)]
                    if lies[0] == "flip":
                        operands = [np.ascontiguousarray(np.swapaxes(x, -1, -2)) for x in operands]
                    case(out, "matmul", np.matmul, operands, lies)
        for left, right, text in TENSORDOT:
            for dtype in ("int16", "float32", "float64", "bool"):
                function = lambda x, y: np.tensordot(x, y, axes(text))
                case(out, f"tensordot {text}", function, [data(left, dtype), data(right, dtype)])
        for text, *shapes in EINSUM:
            for dtype in ("int8", "float32", "float64", "bool"):
                function = lambda *operands: np.einsum(text, *operands)
                case(out, "einsum " + text.replace(" ", "_"), function, [data(shape, dtype) for shape in shapes])
        for shapes in [((2, 3), (3, 4), (4,)), ((20,), (20, 30), (30, 40), (40, 25)), ((2, 3), (3, 2)), ((2, 3), (2, 3, 4), (4,)),
                       ((30, 20), (20, 25), (25, 40), (40, 6), (6, 30))]:
            for dtype in ("float32", "float64", "int64"):
                case(out, "multi_dot", lambda *x: np.linalg.multi_dot(x), [data(shape, dtype) for shape in shapes])


main()
