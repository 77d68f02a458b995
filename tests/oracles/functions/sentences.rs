//! How closely our refusals say NumPy's sentences, and what we refuse that NumPy takes.

/// Sentences that we say in other words: how NumPy's begins, what ours holds instead.
const OTHER_WORDS: &[(&str, &str)] = &[
    // 32 axes, not 64.
    ("maximum supported dimension for an ndarray", "maximum supported dimension for an array is 32, found"),
    // Too large for a count of elements, whatever NumPy stumbles over first.
    ("array is too big;", "array is too big; its shape"),
    ("Maximum allowed dimension exceeded", "array is too big; its shape"),
    ("iterator is too large", "array is too big; its shape"),
    ("negative dimensions are not allowed", "array is too big; its shape"),
    // Python's own words where NumPy does not look.
    ("float division by zero", "division by zero: the step of arange is 0"),
    ("tuple index out of range", "out of bounds for array of dimension"),
    ("integer modulo by zero", "number sections must be larger than 0."),
    ("Python int too large to convert to C long", "out of bounds for int64"),
    ("tri() missing 1 required positional argument", "tri needs an array of at least one dimension"),
    ("list index out of range", "there is no axis to transform real numbers along"),
    // One of two sentences that NumPy has for the same mistake.
    ("matrix transpose with ndim < 2 is undefined", "Input array must be at least 2-dimensional, but it is"),
    ("Axes must be different.", "Axes=(0, 1) out of range for array of ndim=1."),
    ("Duplicate axes given.", "duplicate value in 'axis'"),
    // With the axis, or without the scalar types that we do not have.
    ("cannot do a non-empty take from an empty axes.", "cannot do a non-empty take from an empty axes: axis"),
    ("cannot do a non-empty take from an empty axes.", "is out of bounds for axis 0 with size 0"),
    ("index 0 is out of bounds for axis 0 with size 0", "cannot do a non-empty take from an empty axes"),
    ("index 0 is out of bounds for axis 0 with size 0", "Shape of array too small to calculate"),
    ("index 2 is out of bounds for axis 0 with size 0", "cannot do a non-empty take from an empty axes"),
    ("index 1 is out of bounds for axis 1 with size 0", "cannot do a non-empty take from an empty axes"),
    ("shape mismatch: value array of shape (0,", "cannot do a non-empty take from an empty axes"),
    ("Calling nonzero on 0d arrays is not allowed.", "Calling nonzero on 0d arrays is not allowed."),
    (
        "operands could not be broadcast together with remapped",
        "operands could not be broadcast together with remapped",
    ),
    ("index 2 is out of bounds for axis 0 with size 2", "index 2 is out of bounds for axis 1 with size 2"),
    ("too many values to unpack", "object too deep for desired array: each row is a point"),
    ("invalid entry in coordinates array", "is out of bounds for axis 0 with size"),
    // Vectors of three alone.
    ("incompatible dimensions for cross product", "incompatible dimensions for cross product"),
    ("Both input arrays must be (arrays of) 3-dim", "incompatible dimensions for cross product"),
    ("ufunc 'positive' did not contain a loop", "ufunc 'positive' not supported for the input types"),
    // NumPy tells arrays without axes apart.
    ("Cannot cast scalar from dtype('complex", "Cannot cast array data from dtype('complex"),
    // Named as the function is.
    ("ufunc 'divmod' not supported", "ufunc 'floor_divide' not supported"),
    ("zero-size array to reduction operation fmin", "zero-size array to reduction operation minimum"),
    ("zero-size array to reduction operation fmax", "zero-size array to reduction operation maximum"),
    ("attempt to get argmin of", "attempt to get nanargmin of"),
    ("attempt to get argmax of", "attempt to get nanargmax of"),
];

/// What NumPy takes and we refuse: how the expression begins, what we say. Each stands in the
/// documentation of the function or its module.
const REFUSED: &[(&str, &str)] = &[
    // An array without axes has no axis 0. NumPy lets some functions take it and others not.
    ("", "out of bounds for array of dimension 0"),
    // The extent to be found is -1, not any negative number.
    ("np.reshape(x, (-2,", "cannot reshape array of size"),
    // A plain number that the type cannot hold is an error in every function.
    ("np.where(x, x, 300)", "Python integer 300 out of bounds for"),
    // Bins of one width between complex numbers, of which NumPy counts some wrong.
    ("np.histogram", OF_REAL),
    ("flat(np.histogram", OF_REAL),
    // A mask stands for axes.
    ("x[x > y]", "a mask has at least one axis"),
];

/// What we say of bins between complex numbers.
const OF_REAL: &str = "bins of one width lie between real numbers";

/// What NumPy refuses and we take: how the expression begins, what NumPy says. It says so of values, which we
/// do not look at, or of an empty array; what becomes of them stands in the documentation of the function.
const TAKEN: &[(&str, &str)] = &[
    ("np.average(", "Weights sum to zero, can't be normalized"),
    ("np.average(", "division by zero"),
    ("np.cov(", "Weights sum to zero, can't be normalized"),
    ("np.nanarg", "All-NaN slice encountered"),
];

/// Whether what we say holds what NumPy says, or the words agreed on.
pub(super) fn agree(ours: &str, numpys: &str) -> Result<(), String> {
    let ours = &ours.split_whitespace().collect::<Vec<_>>().join(" ");
    let in_words = |(theirs, words): &(&str, &str)| numpys.starts_with(theirs) && ours.contains(words);
    let agreed = OTHER_WORDS.iter().any(in_words) || REFUSED.iter().any(|(_, words)| ours.contains(words));
    if agreed || ours.contains(numpys) {
        return Ok(());
    }
    Err(format!("says {ours:?}, not {numpys:?}"))
}

/// Whether we refuse what NumPy takes, and mean to.
pub(super) fn is_meant(expression: &str, ours: &str) -> bool {
    REFUSED.iter().any(|(begins, words)| expression.starts_with(begins) && ours.contains(words))
}

/// Whether we take what NumPy refuses, and mean to.
pub(super) fn is_taken(expression: &str, numpys: &str) -> bool {
    TAKEN.iter().any(|(begins, sentence)| expression.starts_with(begins) && numpys == *sentence)
}
