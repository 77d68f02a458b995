//! Every function that is no row of the op table against NumPy: values, types, shapes, refusals and
//! what those say.
//!
//! A case is one line: an expression in Python, which `tests/oracles/functions_reference.py` evaluates,
//! and the same in Rust. It is compared for every element type on arrays that lie plainly, that have no
//! axes, that have no elements, that are stretched by broadcasting and that run backwards; and for some
//! types with one axis, with three, and with more elements than a block of lanes has. Where NumPy
//! refuses, numfuse has to refuse too, and to say NumPy's sentence ([`sentences`]).
//!
//! What was compared is known by NumPy's names: [`coverage`] reads them from the expressions.

mod calculus;
mod composed;
mod coverage;
mod creation;
mod edits;
mod elementwise;
mod histograms;
mod holes;
mod index;
mod inserted;
mod joins;
mod lists;
mod methods;
mod names;
mod numbers;
mod reductions;
mod refusals;
mod sentences;
mod signals;
mod taken;
mod transforms;
mod views;

use crate::elements;
use crate::reference::{Data, Reader, ask, close, first};
use numfuse::prelude::*;
use numfuse::{Error, eval_all};
use numfuse_ir::scalar::Scalar;
use std::collections::BTreeMap;

/// The same function in two languages.
struct Case {
    /// An expression of `x`, `y` and the type `d`.
    python: &'static str,
    /// The text of the same in Rust.
    rust: &'static str,
    /// The same in Rust.
    ours: fn(&Given) -> Result<Vec<Array>, Error>,
}

/// What a case is evaluated on.
struct Given {
    x: Array,
    y: Array,
    dtype: DType,
    kind: coverage::Kind,
}

/// Cases that are compared on the same inputs in the same way.
struct Table {
    /// What the cases are of.
    inputs: Inputs,
    /// How many units in the last place may lie between the results.
    ulps: f64,
    /// The cases.
    cases: &'static [Case],
}

/// What `x` and `y` are in the cases of a table.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Inputs {
    /// Numbers around the edges of a type, small ones, NaN and infinities.
    Edges,
    /// The same, of two types.
    Pairs,
    /// Numbers that no order of folding rounds to something else entirely.
    Tame,
    /// The same, with NaN in every third place and in all of the second column.
    Holes,
    /// Nothing: the cases make arrays of the type `d`.
    Nothing,
    /// One float64 matrix of 3 by 4, of which NumPy refuses every case.
    Refused,
}

/// Says a table's cases: `"python" => rust;`, in terms of the names given to `x`, `y` and `d`.
macro_rules! cases {
    (|$x:ident, $y:ident, $d:ident| $($python:literal => $rust:expr;)+) => {
        &[$($crate::functions::Case {
            python: $python,
            rust: stringify!($rust),
            ours: |given| {
                let ($x, $y, $d) = (&given.x, &given.y, given.dtype);
                let _ = ($x, $y, $d);
                $crate::functions::Answer::arrays($rust)
            },
        }),+]
    };
}
use cases;

/// Says the tables: each is a test, and one of [`TABLES`].
macro_rules! tables {
    ($($test:ident: $table:path;)+) => {
        /// Every table.
        const TABLES: &[&Table] = &[$(&$table),+];

        $(#[test]
        fn $test() {
            compare(stringify!($test), &$table);
        })+
    };
}

tables! {
    transforms_are_numpys: transforms::TRANSFORMS;
    transforms_of_several_axes_are_numpys: transforms::OF_SEVERAL_AXES;
    shapes_are_numpys: views::SHAPES;
    orders_of_axes_are_numpys: views::AXES;
    diagonals_and_windows_are_numpys: views::DIAGONALS;
    indices_are_numpys: index::INDICES;
    what_an_array_says_of_itself_is_numpys: index::FACTS;
    parts_are_numpys: lists::PARTS;
    frames_are_numpys: joins::FRAMES;
    rolls_and_repetitions_are_numpys: joins::REPETITIONS;
    joined_arrays_are_numpys: joins::JOINS;
    constant_arrays_are_numpys: creation::CONSTANTS;
    arrays_like_others_are_numpys: creation::ALIKE;
    progressions_are_numpys: creation::PROGRESSIONS;
    operators_are_numpys: elementwise::OPERATORS;
    plain_numbers_are_numpys: elementwise::NUMBERS;
    compositions_are_numpys: elementwise::COMPOSITIONS;
    casts_are_numpys: elementwise::CASTS;
    second_names_are_numpys: composed::NAMES;
    parts_of_numbers_are_numpys: composed::PARTS;
    scans_and_averages_are_numpys: composed::NUMBERS;
    reductions_without_nan_are_numpys: composed::HOLES;
    deviations_are_numpys: composed::DEVIATIONS;
    covariances_are_numpys: composed::COVARIANCES;
    signals_are_numpys: signals::SLIDING;
    slopes_are_numpys: signals::SLOPES;
    orders_of_frequencies_are_numpys: signals::ORDERS;
    windows_and_grids_are_numpys: signals::MADE;
    edited_arrays_are_numpys: edits::EDITS;
    joined_by_other_names_are_numpys: edits::JOINED;
    bytes_are_numpys: edits::BYTES;
    methods_are_numpys: methods::METHODS;
    operators_by_other_names_are_numpys: methods::OPERATORS;
    matrix_operators_are_numpys: methods::MATRICES;
    names_of_types_and_numbers_are_numpys: methods::NAMES;
    elements_by_index_are_numpys: taken::TAKEN;
    places_are_numpys: taken::PLACES;
    products_of_arrays_are_numpys: taken::PRODUCTS;
    elements_put_in_are_numpys: inserted::INSERTED;
    parts_and_neighbours_are_numpys: inserted::PARTS;
    counts_are_numpys: inserted::COUNTS;
    histograms_are_numpys: histograms::HISTOGRAMS;
    weighted_histograms_are_numpys: histograms::WEIGHTED;
    reductions_over_axes_are_numpys: reductions::AXES;
    moments_norms_and_exponentials_are_numpys: reductions::MOMENTS;
    functions_rounded_alike_are_numpys: numbers::EXACT;
    functions_of_functions_are_numpys: numbers::NEAR;
    what_types_and_shapes_meet_in_is_numpys: numbers::MEETINGS;
    differences_and_areas_are_numpys: calculus::CALCULUS;
    products_of_vectors_are_numpys: calculus::PRODUCTS;
    windows_are_numpys: calculus::WINDOWS;
    bessel_windows_are_numpys: calculus::KAISER;
    choices_beside_nan_are_numpys: holes::CHOICES;
    sums_beside_nan_are_numpys: holes::SUMS;
    shapes_that_numpy_refuses: refusals::OF_SHAPES;
    indices_that_numpy_refuses: refusals::OF_INDICES;
    joins_that_numpy_refuses: refusals::OF_JOINS;
    creation_that_numpy_refuses: refusals::OF_CREATION;
    values_that_numpy_refuses: refusals::OF_VALUES;
}

/// What a case in Rust may come to.
trait Answer {
    /// The arrays, as Python has them.
    fn arrays(self) -> Result<Vec<Array>, Error>;
}

impl Answer for Vec<Array> {
    fn arrays(self) -> Result<Vec<Array>, Error> {
        Ok(self)
    }
}

impl Answer for Array {
    fn arrays(self) -> Result<Vec<Array>, Error> {
        Ok(vec![self])
    }
}

impl<const N: usize> Answer for [Array; N] {
    fn arrays(self) -> Result<Vec<Array>, Error> {
        Ok(self.into())
    }
}

impl Answer for (Array, Array) {
    fn arrays(self) -> Result<Vec<Array>, Error> {
        Ok(vec![self.0, self.1])
    }
}

impl Answer for usize {
    fn arrays(self) -> Result<Vec<Array>, Error> {
        Ok(vec![Array::scalar(self as i64)])
    }
}

impl Answer for bool {
    fn arrays(self) -> Result<Vec<Array>, Error> {
        Ok(vec![Array::scalar(self)])
    }
}

/// A tuple of integers.
impl Answer for &[usize] {
    fn arrays(self) -> Result<Vec<Array>, Error> {
        Ok(self.iter().map(|&n| Array::scalar(n as i64)).collect())
    }
}

/// Text, as its bytes.
impl Answer for String {
    fn arrays(self) -> Result<Vec<Array>, Error> {
        Ok(vec![Array::from(self.into_bytes())])
    }
}

impl<A: Answer> Answer for Result<A, Error> {
    fn arrays(self) -> Result<Vec<Array>, Error> {
        self.and_then(Answer::arrays)
    }
}

/// Functions whose complex results NumPy rounds otherwise: how the expression begins, and how many units in the
/// last place of the number's size may lie between in either part.
const OF_COMPLEX: &[(&str, f64)] = &[
    // Products with or without a fused addition, as the loop that NumPy takes has it.
    ("np.piecewise(", 4.0),
    ("np.vander(", 8.0),
    // Both are `exp(y log x)`, whose errors grow with the size of `y log x`: up to some hundreds before the
    // exponential is endless.
    ("np.float_power(", 1000.0),
];

/// How many units in the last place may lie between the results of a case.
fn distance(case: &Case, ulps: f64, dtype: DType) -> f64 {
    let row = OF_COMPLEX.iter().find(|(begins, _)| dtype.is_complex() && case.python.starts_with(begins));
    row.map_or(ulps, |(_, of_complex)| of_complex.max(ulps))
}

/// What NumPy answers: arrays, or what it says in refusing.
type Expected = Result<Vec<Data>, String>;

/// Compares every case of a table with NumPy.
fn compare(name: &str, table: &Table) {
    let types: Vec<&str> = DType::ALL.iter().map(|dtype| dtype.name()).collect();
    let of = format!("{:?}", table.inputs);
    let arguments = [of, types.join(",")].into_iter().chain(table.cases.iter().map(|c| c.python.to_string()));
    let Some(mut reader) = ask("functions_reference.py", name, arguments) else { return };
    let (mut compared, mut wrong) = (0, BTreeMap::<usize, (usize, String)>::new());
    let (mut computed, mut seen) = (vec![false; table.cases.len()], coverage::Seen::default());
    while let Some((place, what, given, expected)) = record(&mut reader) {
        let case = &table.cases[place];
        compared += 1;
        computed[place] |= expected.is_ok();
        seen.add(case.python, given.dtype, given.kind);
        if let Err(report) = agrees(case, &given, &expected, table.ulps) {
            wrong.entry(place).or_insert_with(|| (0, format!("{what}: {report}"))).0 += 1;
        }
    }
    println!("{compared} comparisons of {} cases", table.cases.len());
    if table.inputs == Inputs::Refused {
        let taken = table.cases.iter().zip(computed).find(|(_, computed)| *computed);
        assert!(taken.is_none(), "NumPy takes {}", taken.map_or("", |(case, _)| case.python));
    }
    let reports: Vec<String> = wrong
        .iter()
        .map(|(place, (times, report))| format!("{} {report} ({times} times)", table.cases[*place].python))
        .collect();
    assert!(reports.is_empty(), "{} cases differ from NumPy:\n{}", reports.len(), first(&reports));
    seen.check(table);
}

/// The next record: which case, of what, our inputs, and NumPy's answer.
fn record(reader: &mut Reader) -> Option<(usize, String, Given, Expected)> {
    let words = reader.line()?;
    let [place, dtype, arrangement, inputs, outputs] = &words[..] else { panic!("{words:?} is no record") };
    let dtype = DType::parse(dtype).expect("one of our types");
    let data: Vec<Data> = (0..number(inputs)).map(|_| reader.array()).collect();
    let what = data.iter().map(|d| format!("{} {:?}, ", d.dtype, d.shape)).collect::<String>();
    let mut arrays = data.iter().map(|d| arranged(d, arrangement));
    let kind = match (arrangement.as_str(), data.first().map(|d| &d.shape[..])) {
        ("plain", Some([])) => coverage::Kind::Point,
        ("plain", Some(shape)) if shape.contains(&0) => coverage::Kind::Empty,
        ("plain", _) => coverage::Kind::Plain,
        ("backwards", _) => coverage::Kind::Backwards,
        _ => coverage::Kind::Stretched,
    };
    let mut input = || arrays.next().unwrap_or_else(|| Array::scalar(0i64));
    let given = Given { x: input(), y: input(), dtype, kind };
    let expected = match outputs.as_str() {
        "refused" => Err(reader.text().expect("a refusal says something")),
        count => Ok((0..number(count)).map(|_| reader.array()).collect()),
    };
    Some((number(place), format!("of {what}{arrangement}"), given, expected))
}

fn number(word: &str) -> usize {
    word.parse().expect("a number")
}

/// Data that lies in memory, seen as the script's arrangement of that name.
fn arranged(data: &Data, arrangement: &str) -> Array {
    let plain = elements::array(&data.values, data.dtype, &data.shape);
    match arrangement {
        "plain" => plain,
        "backwards" => plain.flip(..),
        extents => plain.broadcast_to(extents.split(',').map(number).collect::<Vec<usize>>()),
    }
}

fn agrees(case: &Case, given: &Given, expected: &Expected, ulps: f64) -> Result<(), String> {
    let found = (case.ours)(given).and_then(|arrays| eval_all(&arrays).map(|()| arrays));
    match (found, expected) {
        (Err(error), Err(_)) if !error.location().file().starts_with("tests") => {
            Err(format!("names no line of its caller: {error}"))
        }
        (Err(error), Err(sentence)) => sentences::agree(&error.to_string(), sentence),
        (Err(error), Ok(_)) if sentences::is_meant(case.python, &error.to_string()) => Ok(()),
        (Err(error), Ok(_)) => Err(format!("refused: {error}")),
        (Ok(_), Err(sentence)) if sentences::is_taken(case.python, sentence) => Ok(()),
        (Ok(_), Err(sentence)) => Err(format!("NumPy refuses it: {sentence}")),
        (Ok(found), Ok(expected)) if found.len() != expected.len() => {
            Err(format!("{} arrays, not {}", found.len(), expected.len()))
        }
        (Ok(found), Ok(expected)) => {
            let mut pairs = found.iter().zip(expected);
            pairs.try_for_each(|(f, e)| are_equal(f, e, distance(case, ulps, e.dtype)))
        }
    }
}

/// The same type, shape and elements: the same bits, where any NaN is like any other, or so close.
fn are_equal(found: &Array, expected: &Data, ulps: f64) -> Result<(), String> {
    if (found.dtype(), found.shape()) != (expected.dtype, &expected.shape[..]) {
        let (dtype, shape) = (found.dtype(), found.shape());
        return Err(format!("{dtype} {shape:?}, not {} {:?}", expected.dtype, expected.shape));
    }
    let differs = |(f, e): &(Scalar, &Scalar)| {
        let near = ulps > 0.0 && f.dtype().is_inexact() && close(*f, **e, ulps);
        !f.same(**e) && !near
    };
    let mut pairs = elements::scalars(found).into_iter().zip(&expected.values).enumerate();
    match pairs.find(|(_, pair)| differs(pair)) {
        Some((at, (f, e))) => Err(format!("element {at}: {f:?}, not {e:?}")),
        None => Ok(()),
    }
}
