//! What was compared, by NumPy's names, and that nothing public was forgotten.

use super::TABLES;
use numfuse_ir::ops::Op;
use std::collections::BTreeSet;
use std::path::Path;

/// The functions that are compared with NumPy, as NumPy spells them: `roll`, `linalg.norm`,
/// `ndarray.T`, `ndarray.__getitem__`.
pub(crate) fn compared() -> BTreeSet<String> {
    let cases = TABLES.iter().flat_map(|table| table.cases);
    let ops = Op::ALL.iter().filter(|op| crate::numpy::in_numpy(**op)).map(|op| op.name().to_string());
    let called = public().into_iter().filter(|name| is_called(name));
    cases.filter_map(|case| name(case.python)).chain(ops).chain(called).collect()
}

/// NumPy's name of what an expression is about: the first function of NumPy that it calls, else what
/// it does with `x`.
fn name(python: &str) -> Option<String> {
    called(python).or_else(|| method(python)).or_else(|| operator(python))
}

/// `roll` of `np.roll(x, 2)`.
fn called(python: &str) -> Option<String> {
    python.split("np.").skip(1).find_map(|rest| {
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '.')?;
        rest[end..].starts_with('(').then(|| rest[..end].to_string())
    })
}

/// `ndarray.astype` of `x.astype(d)`, and Python's functions that ask a method.
fn method(python: &str) -> Option<String> {
    let asked = [("x[", "__getitem__"), ("len(", "__len__"), ("abs(", "__abs__"), ("list(x)", "__iter__")];
    if let Some((_, method)) = asked.iter().find(|(begins, _)| python.starts_with(begins)) {
        return Some(format!("ndarray.{method}"));
    }
    let rest = python.strip_prefix("x.")?;
    let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
    Some(format!("ndarray.{}", &rest[..end]))
}

/// `ndarray.__rsub__` of `1 - x`.
fn operator(python: &str) -> Option<String> {
    const BINARY: [(&str, &str); 16] = [
        ("+", "add"),
        ("-", "sub"),
        ("*", "mul"),
        ("/", "truediv"),
        ("//", "floordiv"),
        ("%", "mod"),
        ("&", "and"),
        ("|", "or"),
        ("^", "xor"),
        ("<<", "lshift"),
        (">>", "rshift"),
        ("<", "lt"),
        (">", "gt"),
        (">=", "ge"),
        ("==", "eq"),
        ("!=", "ne"),
    ];
    match python {
        "-x" => return Some("ndarray.__neg__".to_string()),
        "~x" => return Some("ndarray.__invert__".to_string()),
        _ => {}
    }
    let (left, symbol, right) = match python.split(' ').collect::<Vec<_>>()[..] {
        [left, symbol, right] => (left, symbol, right),
        _ => return None,
    };
    let (_, word) = BINARY.iter().find(|(known, _)| *known == symbol)?;
    match (left, right) {
        ("x", _) => Some(format!("ndarray.__{word}__")),
        (_, "x") => Some(format!("ndarray.__r{word}__")),
        _ => None,
    }
}

#[test]
fn names_are_numpys() {
    let compared = compared();
    println!("{} functions compared:", compared.len());
    compared.iter().for_each(|name| println!("{name}"));
    for name in ["roll", "linalg.norm", "lib.stride_tricks.sliding_window_view", "add", "argmax", "ndarray.T"]
    {
        assert!(compared.contains(name), "{name}");
    }
    for name in ["getitem", "len", "abs", "iter", "add", "rsub", "neg", "invert", "lt", "xor", "rlshift"] {
        assert!(compared.contains(&format!("ndarray.__{name}__")), "{name}");
    }
}

// ── Nothing public is forgotten ────────────────────────────────────────────────────────────────────

/// Files whose functions have no namesakes in NumPy: how evaluations are carried out, watched and
/// explained, and the arrays of another crate.
const OTHER_FILES: &str = "capture.rs compile.rs config.rs error.rs eval.rs explain.rs key.rs lazy.rs memory.rs ndarray.rs watch.rs";

/// Functions without a namesake in NumPy, each with the reason.
const OTHERS: &[(&str, &str)] = &[
    ("check", "finds mistakes"),
    ("eval", "computes what a case compares"),
    ("eval_all", "computes what a case compares"),
    ("to_vec", "reads what a case compares"),
    ("values", "reads what `np.array(x.tolist(), d)` is compared with"),
    ("from_slice", "makes what `np.array(x.tolist(), d)` is compared with"),
    ("len", "is `try_len`, which is compared, or panics"),
    ("try_shape", "is `shape`, which is compared, or an error"),
    ("try_ndim", "is `ndim`, which is compared, or an error"),
    ("try_size", "is `size`, which is compared, or an error"),
    ("try_dtype", "is `dtype`, which is compared, or an error"),
    ("load", "is `from_npy`, which is compared, of a file"),
    ("save", "is `to_npy`, which is compared, into a file"),
];

/// Tests beside this one that compare functions with NumPy, each call by its name.
const OTHER_TESTS: [&str; 3] =
    [include_str!("../calls.rs"), include_str!("../take.rs"), include_str!("../updates.rs")];

/// Whether one of those calls the function.
fn is_called(name: &str) -> bool {
    OTHER_TESTS.iter().any(|text| has_word(text, name))
}

/// The names of the public functions of the API.
fn public() -> BTreeSet<String> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut names = BTreeSet::new();
    for file in std::fs::read_dir(source).expect("the sources are here").flatten() {
        let name = file.file_name().to_string_lossy().into_owned();
        if !name.ends_with(".rs") || OTHER_FILES.split(' ').any(|other| other == name) {
            continue;
        }
        let text = std::fs::read_to_string(file.path()).expect("a source is text");
        names.extend(text.lines().filter_map(declared));
        // A row of the table of reductions: `sum sum_keepdims = |r| …`.
        let row = |line: &str| {
            let (names, _) = line.trim().split_once(" = |r|")?;
            Some(names.split(' ').map(str::to_string).collect::<Vec<_>>())
        };
        names.extend(text.lines().filter_map(row).flatten());
    }
    names
}

/// `roll` of `    pub fn roll(&self, …`.
fn declared(line: &str) -> Option<String> {
    let rest = line.trim().strip_prefix("pub fn ")?;
    let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_')?;
    (end > 0).then(|| rest[..end].to_string())
}

/// Whether a text has the word.
fn has_word(text: &str, word: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').any(|w| w == word)
}

#[test]
fn every_public_function_is_compared_or_has_no_namesake() {
    let cases: Vec<&str> = TABLES.iter().flat_map(|table| table.cases).map(|case| case.rust).collect();
    let is_compared = |name: &str| cases.iter().any(|case| has_word(case, name));
    let is_other = |name: &str| OTHERS.iter().any(|(other, _)| *other == name);
    let public = public();
    assert!(public.len() > 100, "{} functions found", public.len());
    let forgotten: Vec<&String> =
        public.iter().filter(|name| !is_compared(name) && !is_other(name) && !is_called(name)).collect();
    assert!(forgotten.is_empty(), "compared with nothing: {forgotten:?}");
    let stale: Vec<&str> = OTHERS
        .iter()
        .map(|(name, _)| *name)
        .filter(|name| !public.contains(*name) || is_compared(name))
        .collect();
    assert!(stale.is_empty(), "no longer so: {stale:?}");
}
