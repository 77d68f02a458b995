"""NumPy's side of benches/beside_numpy: reads commands, a line each, and answers each with a line.

    load <folder>     x.npy, y.npy, … of the folder become names; answers "ok"
    call <expression> evaluates it once; answers the type, shape and sum of the first result, or what it says in
                      refusing
    time <seconds>    calls it for about so long, once before that; answers seconds for one call
"""

import os
import sys
import time

import numpy as np

np.seterr(all="ignore")
NAMES = {"np": np, "rng": np.random.default_rng(7)}


def inplace(operator, x, y):
    """`x += y` on a copy."""
    copy = x.copy()
    exec(f"copy {operator}= y")
    return copy


def load(folder):
    for file in os.listdir(folder):
        NAMES[file.removesuffix(".npy")] = np.load(os.path.join(folder, file))
    NAMES["d"] = NAMES["x"].dtype
    NAMES["inplace"] = inplace
    return "ok"


def call(expression):
    global function
    try:
        function = eval(f"lambda: {expression}", NAMES)
        result = function()
    except Exception as error:
        return "refused: " + " ".join(str(error).split())
    first = result[0] if isinstance(result, (tuple, list)) else result
    first = np.frombuffer(first, np.uint8) if isinstance(first, bytes) else np.asarray(first)
    total = first.astype(np.complex128)
    total = total[np.isfinite(total)].sum()
    return f"{first.dtype} {','.join(map(str, first.shape))} {float(abs(total))!r}"


def timed(seconds):
    function()
    start, calls = time.perf_counter(), 0
    while True:
        function()
        calls += 1
        took = time.perf_counter() - start
        if took >= seconds:
            return took / calls


function = None
COMMANDS = {"load": load, "call": call, "time": lambda seconds: repr(timed(float(seconds)))}
for line in sys.stdin:
    command, _, argument = line.rstrip("\n").partition(" ")
    print(COMMANDS[command](argument), flush=True)
