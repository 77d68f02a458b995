//! Calls that are drawn at random, on drawn arrays, against NumPy: what no table has thought of.
//!
//! Each family of functions draws a call with its arguments in Rust and the same as a text in Python, which
//! `tests/oracles/drawn_reference.py` evaluates. `NUMFUSE_CASES` says how many are drawn of each family, and
//! `NUMFUSE_SEED` which.

mod chains;
mod parts;
mod pieces;
mod signals;
mod sums;
mod values;

use crate::elements;
use crate::reference::{Data, ask};
use numfuse::prelude::*;
use numfuse::{Error, eval_all, savez};
use numfuse_ir::scalar::Scalar;
use std::fmt::Write;

/// Numbers that follow from a seed.
pub(super) struct Draw {
    state: u64,
    given: Vec<Array>,
}

impl Draw {
    fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let x = (self.state ^ (self.state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        x ^ (x >> 31)
    }

    /// One of the numbers below `end`.
    fn below(&mut self, end: usize) -> usize {
        (self.bits() >> 33) as usize % end.max(1)
    }

    /// One of the numbers from `first` to `last`.
    fn from(&mut self, first: isize, last: isize) -> isize {
        first + self.below((last - first + 1) as usize) as isize
    }

    /// Once in so many times.
    fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    fn one<T: Clone>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())].clone()
    }

    /// A shape of so many axes at most, of at most so many places each.
    fn shape(&mut self, axes: usize, extent: usize) -> Vec<usize> {
        let axes = self.below(axes + 1);
        (0..axes).map(|_| if self.once_in(15) { 0 } else { 1 + self.below(extent) }).collect()
    }

    /// Numbers of which many are equal, and for floats once in a while special.
    fn number(&mut self, specials: bool) -> f64 {
        const SPECIAL: [f64; 5] = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0, 1e30];
        if specials && self.once_in(8) { self.one(&SPECIAL) } else { self.from(-12, 12) as f64 * 0.5 }
    }

    /// An array of that type and shape, that lies in memory in some order. In Python the first one is called a, the
    /// next one b.
    fn array(&mut self, dtype: DType, shape: &[usize], specials: bool) -> Array {
        let count = shape.iter().product::<usize>();
        let parts: Vec<f64> = (0..count).map(|_| self.number(specials)).collect();
        let plain = match dtype.is_complex() {
            true => {
                let other: Vec<f64> = (0..count).map(|_| self.number(specials)).collect();
                let pairs = parts.into_iter().zip(other).map(|(re, im)| Complex::new(re, im));
                Array::from_vec(pairs.collect::<Vec<_>>(), shape)
            }
            false => Array::from_vec(parts, shape),
        };
        self.give(plain.cast(dtype))
    }

    /// The same elements, in memory backwards, transposed, with others between, or as they are.
    fn give(&mut self, plain: Array) -> Array {
        let computed = |x: Array| {
            x.eval().expect("drawn arrays can be made");
            x
        };
        let plain = computed(plain);
        self.given.push(plain.clone());
        match self.below(4) {
            0 => computed(plain.flip(..)).flip(..),
            1 if plain.ndim() > 0 => computed(plain.repeat(2, 0)).i(s(..).step(2)),
            2 => computed(plain.t()).t(),
            _ => plain,
        }
    }
}

/// A drawn call.
pub(super) struct Case {
    /// In Python, of the names a, b, c, …
    python: String,
    /// The same of ours.
    ours: Vec<Array>,
    /// How many units in the last place may lie between the results, of the largest number that is near.
    ulps: f64,
    /// Whether `ulps` count from the greatest result, not from each: where sums cancel.
    is_sum: bool,
}

impl Case {
    fn exact(python: String, ours: impl Into<Vec<Array>>) -> Case {
        Case { python, ours: ours.into(), ulps: 0.0, is_sum: false }
    }

    fn sum(python: String, ours: impl Into<Vec<Array>>, ulps: f64) -> Case {
        Case { python, ours: ours.into(), ulps, is_sum: true }
    }
}

impl Case {
    /// The same, with something done to the result of the text.
    fn with(mut self, after: &str) -> Case {
        self.python += after;
        self
    }

    /// Each result within so many units in its last place.
    fn within(self, ulps: f64) -> Case {
        Case { ulps, is_sum: false, ..self }
    }
}

/// Says each family: a test, and what draws its cases.
macro_rules! families {
    ($($test:ident: $draw:path;)+) => { $(
        #[test]
        fn $test() {
            compare(stringify!($test), $draw);
        }
    )+ };
}

families! {
    drawn_indices_are_numpys: parts::indices;
    drawn_updates_are_numpys: parts::updates;
    drawn_pieces_are_numpys: pieces::pieces;
    drawn_reductions_are_numpys: sums::reductions;
    drawn_einsums_are_numpys: sums::einsums;
    drawn_covariances_are_numpys: sums::covariances;
    drawn_signals_are_numpys: signals::signals;
    drawn_counts_are_numpys: signals::counts;
    drawn_chains_are_numpys: chains::chains;
    drawn_products_are_numpys: chains::products;
    drawn_numbers_are_numpys: values::numbers;
    drawn_complex_numbers_are_numpys: values::complex;
}

fn setting(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// Compares as many cases of a family as the settings say.
fn compare(test: &str, family: fn(&mut Draw) -> Case) {
    let seed = setting("NUMFUSE_SEED", 1);
    let count = setting("NUMFUSE_CASES", 20_000) / 40;
    let draw = |case: u64| {
        let state = seed.wrapping_mul(0x2545_F491_4F6C_DD1D).wrapping_add(case << 20);
        let mut draw = Draw { state, given: Vec::new() };
        (family(&mut draw), draw.given)
    };
    let cases: Vec<(Case, Vec<Array>)> = (0..count).map(draw).collect();
    let folder = std::env::temp_dir().join(format!("numfuse-drawn-{}-{test}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder can be made");
    let (archive, texts) = (folder.join("given.npz"), folder.join("cases"));
    let given: Vec<&Array> = cases.iter().flat_map(|(_, given)| given).collect();
    savez(&archive, given.iter().enumerate().map(|(at, x)| (format!("x{at}"), *x)))
        .expect("they are computed");
    let (mut lines, mut at) = (String::new(), 0);
    for (case, given) in &cases {
        let names: Vec<String> =
            ('a'..).zip(at..at + given.len()).map(|(n, at)| format!("{n}={at}")).collect();
        at += given.len();
        let _ = writeln!(lines, "{}\t{}", names.join(","), case.python);
    }
    std::fs::write(&texts, lines).expect("it can be written");
    let paths = [archive, texts].map(|path| path.to_string_lossy().into_owned());
    let reader = ask("drawn_reference.py", test, paths);
    let _ = std::fs::remove_dir_all(&folder);
    let Some(mut reader) = reader else { return };
    let (mut wrong, mut computed) = (Vec::new(), 0);
    for (case, given) in &cases {
        let words = reader.line().expect("an answer to each case");
        let expected = match words[0].as_str() {
            "refused" => Err(reader.text().expect("a refusal says something")),
            _ => Ok((0..words[1].parse().expect("a number")).map(|_| reader.array()).collect::<Vec<Data>>()),
        };
        computed += usize::from(expected.is_ok());
        if let Err(report) = agrees(case, &expected) {
            wrong.push(format!("{}{}\n  {report}", case.python, described(given)));
        }
    }
    println!("{} calls compared, {computed} of them computed", cases.len());
    assert!(2 * computed > cases.len(), "most calls mean something");
    let shown = wrong.iter().take(12).cloned().collect::<Vec<_>>().join("\n");
    assert!(wrong.is_empty(), "{} of {} differ from NumPy:\n{shown}", wrong.len(), cases.len());
}

/// What each name is.
fn described(given: &[Array]) -> String {
    let mut text = String::new();
    for (name, array) in ('a'..).zip(given) {
        let elements: Vec<String> =
            elements::scalars(array).iter().take(40).map(ToString::to_string).collect();
        let _ = write!(text, "\n    {name} = {array:?} {}", elements.join(" "));
    }
    text
}

fn agrees(case: &Case, expected: &Result<Vec<Data>, String>) -> Result<(), String> {
    let found: Result<(), Error> = eval_all(&case.ours);
    match (found, expected) {
        (Err(_), Err(_)) => Ok(()),
        (Err(error), Ok(_)) => Err(format!("refused: {error}")),
        // Indices for elements that nobody wants are not looked at.
        (Ok(()), Err(sentence))
            if sentence.contains("out of bounds") && case.ours.iter().all(Array::is_empty) =>
        {
            Ok(())
        }
        // Nor are values, to see whether any is a number.
        (Ok(()), Err(sentence)) if sentence == "All-NaN slice encountered" => Ok(()),
        (Ok(()), Err(sentence)) => Err(format!("NumPy refuses it: {sentence}")),
        (Ok(()), Ok(expected)) if expected.len() != case.ours.len() => {
            Err(format!("{} arrays, not {}", case.ours.len(), expected.len()))
        }
        (Ok(()), Ok(expected)) => {
            case.ours.iter().zip(expected).try_for_each(|(found, expected)| is_equal(case, found, expected))
        }
    }
}

fn is_equal(case: &Case, found: &Array, expected: &Data) -> Result<(), String> {
    if (found.dtype(), found.shape()) != (expected.dtype, &expected.shape[..]) {
        return Err(format!(
            "{} {:?}, not {} {:?}",
            found.dtype(),
            found.shape(),
            expected.dtype,
            expected.shape
        ));
    }
    let values = elements::scalars(found);
    let is_inexact = expected.dtype.is_inexact();
    let size = |x: &Scalar| x.real().to_f64().hypot(x.imaginary().to_f64());
    let finite = expected.values.iter().map(size).filter(|size| size.is_finite());
    let most = if case.is_sum { finite.fold(1.0, f64::max) } else { 0.0 };
    let near = |got: Scalar, wanted: Scalar, size: f64| {
        let digits = 0.5f64.powi(expected.dtype.part().fraction_bits() as i32);
        let least = digits * 2f64.powi(expected.dtype.part().min_exponent());
        let (g, w) = (got.to_f64(), wanted.to_f64());
        g == w || (g - w).abs() <= case.ulps * (size.max(most) * digits).max(least)
    };
    let alike = |got: Scalar, wanted: Scalar| {
        let part = |got: Scalar, part: Scalar| got.same(part) || near(got, part, size(&wanted));
        let is_close = || part(got.real(), wanted.real()) && part(got.imaginary(), wanted.imaginary());
        // Among complex numbers that all are NaN, any may be the least.
        let is_none = case.is_sum && got.is_nan() && wanted.is_nan();
        got.same(wanted) || is_none || is_inexact && case.ulps > 0.0 && is_close()
    };
    match values.iter().zip(&expected.values).position(|(got, wanted)| !alike(*got, *wanted)) {
        Some(at) => Err(format!("element {at}: {:?}, not {:?}", values[at], expected.values[at])),
        None => Ok(()),
    }
}
