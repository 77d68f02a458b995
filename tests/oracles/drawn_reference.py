"""Evaluates drawn expressions of NumPy and writes the answers, for tests/oracles/drawn to compare with.

Arguments: the path to write to, an archive of arrays, and a file with a case a line: which array each name is,
as `a=17,b=18`, a tab, and an expression in these names. A record is one line of text, then arrays:
    ok <number of results>
    refused                        followed by a line with what NumPy says
"""

import sys
import warnings

import numpy as np
from numpy_reference import array

warnings.simplefilter("ignore")
np.seterr(all="ignore")


def put(x, index, values):
    """What `x[index] = values` leaves."""
    x = x.copy()
    x[index] = values
    return x


def changed(function, x, *arguments):
    """What a function leaves of an array that it changes."""
    x = x.copy()
    function(x, *arguments)
    return x


def results(value):
    return [np.asarray(v) for v in value] if isinstance(value, (list, tuple)) else [np.asarray(value)]


def main():
    path, archive, cases = sys.argv[1:]
    arrays = np.load(archive)
    with open(path, "wb") as out, open(cases) as lines:
        for line in lines:
            names, text = line.rstrip("\n").split("\t")
            given = {name: arrays["x" + at] for name, at in (part.split("=") for part in names.split(",") if part)}
            try:
                found = results(eval(text, {"np": np, "put": put, "changed": changed, "s": np.s_}, given))
            except (NameError, AttributeError, SyntaxError):
                raise
            except Exception as error:
                said = " ".join(str(error).split()) or type(error).__name__
                out.write(f"refused\n{said}\n".encode())
                continue
            out.write(f"ok {len(found)}\n".encode())
            for result in found:
                array(out, result)


main()
