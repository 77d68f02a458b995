"""Draws numbers with NumPy, for tests/oracles/random.rs to compare distributions with.

Arguments: the path to write to, how many numbers of each, and calls of a generator such as `uniform(-1, 3, n)`.
An array is written for each, in order.
"""

import sys

import numpy as np
from numpy_reference import array


def main():
    path, n, calls = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
    with open(path, "wb") as out:
        for seed, call in enumerate(calls):
            array(out, eval("g." + call, {"g": np.random.default_rng(seed), "n": n}))


main()
