//! What was compared, by NumPy's names, and that nothing public was forgotten.
//!
//! `docs/coverage.tsv` keeps the names: the tables of this folder are its source, and a copy that is not
//! what they say fails a test (`BLESS=1` rewrites it). `examples/coverage.rs` prints what it means for
//! `docs/numpy_api.tsv`.

use super::names::names;
use super::{Inputs, TABLES, Table};
use numfuse::prelude::*;
use numfuse_ir::ops::Op;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// What a name was compared on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Extent {
    /// All types but float16.
    WithoutHalf,
    /// All types; there is no array to arrange.
    Types,
    /// All types and arrangements.
    Everything,
}

/// How an array of a comparison is arranged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// As it lies in memory.
    Plain,
    /// Without axes.
    Point,
    /// Without elements.
    Empty,
    /// By broadcasting.
    Stretched,
    /// With negative strides.
    Backwards,
}

/// What each name of a table was compared on, in one run.
#[derive(Default)]
pub(super) struct Seen(BTreeMap<String, BTreeSet<(DType, Kind)>>);

impl Seen {
    /// One more comparison.
    pub(super) fn add(&mut self, python: &str, dtype: DType, kind: Kind) {
        for name in names(python) {
            self.0.entry(name).or_default().insert((dtype, kind));
        }
    }

    /// Fails unless every name was compared on what `docs/coverage.tsv` says of tables of that sort.
    pub(super) fn check(&self, table: &Table) {
        let kinds: &[Kind] = match table.inputs {
            Inputs::Edges | Inputs::Pairs | Inputs::Tame | Inputs::Holes => {
                &[Kind::Plain, Kind::Point, Kind::Empty, Kind::Stretched, Kind::Backwards]
            }
            Inputs::Nothing => &[Kind::Plain],
            Inputs::Refused => return,
        };
        let types = DType::ALL.iter().filter(|dtype| dtype.numpy_code().is_some());
        for (dtype, kind) in types.flat_map(|dtype| kinds.iter().map(move |kind| (*dtype, *kind))) {
            let lacks = |(_, seen): &(&String, &BTreeSet<_>)| !seen.contains(&(dtype, kind));
            let lacking: Vec<&String> = self.0.iter().filter(lacks).map(|(name, _)| name).collect();
            assert!(lacking.is_empty(), "not compared on {kind:?} arrays of {dtype}: {lacking:?}");
        }
    }
}

/// Functions that NumPy draws numbers with, whose distributions are compared, and what else is compared by
/// tests of its own on all types and arrangements.
fn elsewhere() -> impl Iterator<Item = (String, Extent)> {
    let drawn =
        crate::random::COMPARED.iter().map(|name| (format!("random.Generator.{name}"), Extent::Types));
    let archived = crate::archives::COMPARED.iter().map(|name| (name.to_string(), Extent::Everything));
    let generators = ["random.Generator", "random.default_rng"].map(|name| (name.to_string(), Extent::Types));
    drawn.chain(archived).chain(generators)
}

/// The functions that are compared with NumPy, as NumPy spells them (`roll`, `linalg.norm`, `ndarray.T`,
/// `ndarray.__getitem__`), and on what.
fn compared() -> BTreeMap<String, Extent> {
    let mut all = BTreeMap::new();
    let mut add = |name: String, extent: Extent| {
        let known = all.entry(name).or_insert(extent);
        *known = extent.max(*known);
    };
    for table in TABLES {
        let extent = match table.inputs {
            Inputs::Edges | Inputs::Pairs | Inputs::Tame | Inputs::Holes => Extent::Everything,
            Inputs::Nothing => Extent::Types,
            Inputs::Refused => continue,
        };
        for case in table.cases {
            names(case.python).into_iter().for_each(|name| add(name, extent));
        }
    }
    for op in Op::ALL.iter().filter(|op| crate::numpy::in_numpy(**op)) {
        let half =
            op.promote(&vec![DType::F16; op.arity()]).is_some() || op.promote(&[DType::F64; 3]).is_none();
        add(op.name().to_string(), if half { Extent::Everything } else { Extent::WithoutHalf });
    }
    elsewhere().for_each(|(name, extent)| add(name, extent));
    all
}

/// The names as `docs/coverage.tsv` has them.
fn written() -> String {
    let types = DType::ALL.iter().filter(|dtype| dtype.numpy_code().is_some()).count();
    let mut text = String::from("name\ttypes\t0-d\tempty\tbroadcast\tnegative stride\n");
    for (name, extent) in compared() {
        let (types, arrangements) = match extent {
            Extent::WithoutHalf => (types - 1, "y"),
            Extent::Types => (types, "-"),
            Extent::Everything => (types, "y"),
        };
        text += &format!("{name}\t{types}{}\n", format!("\t{arrangements}").repeat(4));
    }
    text
}

fn docs(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name)
}

#[test]
fn what_is_kept_of_the_comparisons_is_true() {
    let (path, text) = (docs("coverage.tsv"), written());
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &text).expect("the file can be written");
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == text, "docs/coverage.tsv is not what the tables say: BLESS=1 rewrites it");
}

/// No row is marked as not counted that is compared, and every mark is of a row.
#[test]
fn what_is_not_counted_is_not_there() {
    let [rows, marks] = ["numpy_api.tsv", "numpy_api_later.tsv"]
        .map(|name| std::fs::read_to_string(docs(name)).expect("the table is kept"));
    let first = |line: &str| line.split('\t').next().unwrap_or("").to_string();
    let rows: BTreeSet<String> = rows.lines().skip(1).map(first).collect();
    let compared = compared();
    for mark in marks.lines().skip(1).map(first) {
        assert!(rows.contains(&mark), "{mark} is no row of docs/numpy_api.tsv");
        assert!(!compared.contains_key(&mark), "{mark} is compared and yet marked as not counted");
    }
}

#[test]
fn names_are_numpys() {
    let compared = compared();
    println!("{} functions compared:", compared.len());
    compared.keys().for_each(|name| println!("{name}"));
    for name in ["roll", "linalg.norm", "lib.stride_tricks.sliding_window_view", "add", "argmax", "ndarray.T"]
    {
        assert!(compared.contains_key(name), "{name}");
    }
    for name in ["getitem", "len", "abs", "iter", "add", "rsub", "neg", "invert", "lt", "xor", "rlshift"] {
        assert!(compared.contains_key(&format!("ndarray.__{name}__")), "{name}");
    }
}

// ── Nothing public is forgotten ────────────────────────────────────────────────────────────────────

/// Files whose functions have no namesakes in NumPy: how evaluations are carried out, watched and
/// explained, and the arrays of another crate.
const OTHER_FILES: &str = "capture.rs compile.rs config.rs cuda.rs error.rs eval.rs explain.rs key.rs lazy.rs memory.rs ndarray.rs watch.rs why.rs";

/// Functions without a namesake in NumPy, each with the reason.
const OTHERS: &[(&str, &str)] = &[
    ("check", "finds mistakes"),
    ("device", "says where a case is computed"),
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
    ("to_npz", "is `savez`, which is compared, as bytes"),
    ("from_npz", "is `load_npz`, which is compared, of bytes"),
];

/// Tests beside this one that compare functions with NumPy, each call by its name.
const OTHER_TESTS: [&str; 5] = [
    include_str!("../take.rs"),
    include_str!("../updates.rs"),
    include_str!("../products.rs"),
    include_str!("../archives.rs"),
    include_str!("../random.rs"),
];

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
        // A row of the tables of reductions and of products: `sum sum_keepdims = |r| …`.
        let row = |line: &str| {
            let line = line.trim();
            let (names, _) = line.split_once(" = |r|").or_else(|| line.split_once(" = |b, x, y|"))?;
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
