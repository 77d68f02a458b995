//! Arrays as lists: parts along an axis, rows, and sums of lists.

use super::{Inputs, Table, cases};
use numfuse::prelude::*;

pub(super) const PARTS: Table = Table {
    inputs: Inputs::Edges,
    ulps: 0.0,
    cases: cases! { |x, y, d|
        "np.split(x, 3)" => x.split(3, 0);
        "np.split(x, 2, 1)" => x.split(2, 1);
        "np.split(x, 1, -1)" => x.split(1, -1);
        "np.split(x, [1, 2])" => x.split_at([1, 2], 0);
        "np.split(x, [2, 1, -1], -1)" => x.split_at([2, 1, -1], -1);
        "np.split(x, [3, 100], 1)" => x.split_at([3, 100], 1);
        "np.split(x, [], 0)" => x.split_at((), 0);
        "np.array_split(x, 3)" => x.array_split(3, 0);
        "np.array_split(x, 3, 1)" => x.array_split(3, 1);
        "np.array_split(x, 7, -1)" => x.array_split(7, -1);
        "np.unstack(x)" => x.unstack(0);
        "np.unstack(x, axis=1)" => x.unstack(1);
        "np.unstack(x, axis=-1)" => x.unstack(-1);
        "list(x)" => x.iter().collect::<Vec<Array>>();
        "[row * 2 for row in x]" => x.into_iter().map(|row| row * 2).collect::<Vec<Array>>();
        "list(np.split(x, 0))" => x.split(0, 0);
        "np.array_split(x, 0)" => x.array_split(0, 0);
        "np.split(x, 2, 5)" => x.split(2, 5);
    },
};
