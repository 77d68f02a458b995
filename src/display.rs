//! Printing as NumPy does, with shape and type at the end; large arrays are summarised.

use crate::array::{Array, decode};
use crate::eval;
use numfuse_ir::dtype::DType;
use numfuse_ir::scalar::Scalar;
use numfuse_runtime::Buffer;
use std::fmt;

/// More elements than this are summarised.
const THRESHOLD: usize = 1000;
/// How many are shown at each end of an axis then.
const EDGE: usize = 3;
/// Where lines are broken.
const WIDTH: usize = 75;
/// The most digits after the point, unless the format asks for others.
const PRECISION: usize = 8;

/// The values, which are computed if need be, then shape and type; of an array that cannot be
/// computed, its error.
///
/// ```
/// use numfuse::prelude::*;
///
/// let x = Array::from([[1.0f32, 2.5], [-3.0, 0.1]]);
/// assert_eq!(x.to_string(), "[[ 1.   2.5]\n [-3.   0.1]] (2, 2) float32");
/// ```
///
/// A precision is the most digits after the point, as NumPy's `set_printoptions(precision=2)`; 8 if
/// there is none:
///
/// ```
/// use numfuse::prelude::*;
///
/// assert_eq!(format!("{:.2}", Array::from([1.0 / 3.0, 0.5])), "[0.33 0.5 ] (2,) float64");
/// ```
impl fmt::Display for Array {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Whoever formats has no line of their own: an error names the one that asked for the array.
        let buffer = match self.check().and_then(|()| eval::ready_at(self, self.0.caller)) {
            Ok(ready) => ready.buffer,
            Err(error) => return write!(f, "{error}"),
        };
        let (dtype, shape) = self.description();
        let text = Text::of(&buffer, dtype, &shape, f.precision());
        write!(f, "{} {shape} {dtype}", text.lines)
    }
}

/// Elements as text, set into brackets.
struct Text<'a> {
    shape: &'a [usize],
    /// The elements that are shown, in order, each padded to one width.
    words: std::vec::IntoIter<String>,
    summarised: bool,
    lines: String,
}

impl Text<'_> {
    fn of<'a>(buffer: &Buffer, dtype: DType, shape: &'a [usize], precision: Option<usize>) -> Text<'a> {
        let size: usize = shape.iter().product();
        let summarised = size > THRESHOLD;
        let mut shown = Vec::new();
        collect(buffer.bytes(), dtype, shape, summarised, &mut shown);
        let words = words(&shown, precision.unwrap_or(PRECISION)).into_iter();
        let mut text = Text { shape, words, summarised, lines: String::new() };
        match (shape, &shown[..]) {
            ([], [one]) if precision.is_none() && dtype.is_complex() => text.lines = complex_alone(*one),
            ([], [one]) if precision.is_none() && dtype.is_float() => text.lines = alone(*one),
            ([], _) => text.lines = text.words.next().unwrap_or_default(),
            _ if size == 0 => text.lines.push_str("[]"),
            _ => text.brackets(0),
        }
        text
    }

    /// What lies along an axis, in brackets. Recursion is as deep as there are axes: at most 32.
    fn brackets(&mut self, axis: usize) {
        self.lines.push('[');
        if axis + 1 == self.shape.len() {
            self.row(axis);
        } else {
            let newlines = "\n".repeat(self.shape.len() - axis - 1);
            let separator = newlines + &" ".repeat(axis + 1);
            for (i, place) in places(self.shape[axis], self.summarised).enumerate() {
                if i > 0 {
                    self.lines.push_str(&separator);
                }
                match place {
                    Some(_) => self.brackets(axis + 1),
                    None => self.lines.push_str("..."),
                }
            }
        }
        self.lines.push(']');
    }

    fn row(&mut self, axis: usize) {
        let indent = axis + 1;
        let mut column = indent;
        for (i, place) in places(self.shape[axis], self.summarised).enumerate() {
            let word = match place {
                Some(_) => self.words.next().unwrap_or_default(),
                None => "...".to_string(),
            };
            if i > 0 && column + 1 + word.len() + (self.shape.len() - axis) > WIDTH {
                // A line that goes on below does not end in blanks.
                self.lines.truncate(self.lines.trim_end().len());
                self.lines.push('\n');
                self.lines.push_str(&" ".repeat(indent));
                column = indent;
            } else if i > 0 {
                self.lines.push(' ');
                column += 1;
            }
            column += word.len();
            self.lines.push_str(&word);
        }
    }
}

/// The places along an axis that are shown; `None` for the dots.
fn places(extent: usize, summarised: bool) -> impl Iterator<Item = Option<usize>> {
    let cut = summarised && extent > 2 * EDGE;
    let (head, tail) = if cut { (EDGE, extent - EDGE) } else { (extent, extent) };
    let dots = cut.then_some(None);
    (0..head).map(Some).chain(dots).chain((tail..extent).map(Some))
}

/// The elements that are shown, in row-major order: of a large array few are looked at.
fn collect(bytes: &[u8], dtype: DType, shape: &[usize], summarised: bool, shown: &mut Vec<Scalar>) {
    let [extent, rest @ ..] = shape else {
        shown.extend(decode(bytes, dtype));
        return;
    };
    let size = rest.iter().product::<usize>() * dtype.bytes();
    for place in places(*extent, summarised).flatten() {
        collect(&bytes[place * size..(place + 1) * size], dtype, rest, summarised, shown);
    }
}

/// Each element as text, all of one width.
fn words(shown: &[Scalar], precision: usize) -> Vec<String> {
    let words: Vec<String> = match shown.first() {
        Some(first) if first.dtype().is_float() => floats(shown, precision),
        Some(first) if first.dtype().is_complex() => complex(shown, precision),
        Some(_) => shown.iter().map(Scalar::to_string).collect(),
        None => Vec::new(),
    };
    aligned(words)
}

/// Words moved to the right, to one width.
fn aligned(words: Vec<String>) -> Vec<String> {
    let width = words.iter().map(String::len).max().unwrap_or(0);
    words.into_iter().map(|word| format!("{word:>width$}")).collect()
}

/// Complex numbers: the real parts as floats, then the imaginary ones with their signs, each of one width.
fn complex(shown: &[Scalar], precision: usize) -> Vec<String> {
    let part =
        |of: fn(Scalar) -> Scalar| floats(&shown.iter().map(|x| of(*x)).collect::<Vec<_>>(), precision);
    let signed = |word: String| if word.starts_with('-') { word } else { format!("+{word}") };
    let (real, imaginary) = (aligned(part(Scalar::real)), part(Scalar::imaginary));
    let imaginary = aligned(imaginary.into_iter().map(signed).collect());
    let word = |(real, imaginary): (String, String)| {
        let digits = imaginary.trim_end();
        format!("{real}{digits}j{}", &imaginary[digits.len()..])
    };
    real.into_iter().zip(imaginary).map(word).collect()
}

/// A complex number beside no others, as Python writes it: `(1+2j)`, and `2j` where the real part is 0.
fn complex_alone(x: Scalar) -> String {
    let part = |x: Scalar| alone(x).trim_end_matches(".0").to_string();
    let (real, imaginary) = (part(x.real()), part(x.imaginary()));
    let sign = if imaginary.starts_with('-') { "" } else { "+" };
    match x.real() == Scalar::zero(x.dtype().part()) {
        true => format!("{imaginary}j"),
        false => format!("({real}{sign}{imaginary}j)"),
    }
}

/// A float beside no others: as few digits as tell it apart, however many these are.
fn alone(x: Scalar) -> String {
    let size = x.to_f64().abs();
    let powers = size.is_finite() && size > 0.0 && !(1e-4..1e16).contains(&size);
    let text = match (powers, x.dtype()) {
        (true, DType::F32) => format!("{:e}", x.as_f32()),
        (true, _) => format!("{:e}", x.decimal()),
        (false, DType::F32) => format!("{:?}", x.as_f32()),
        (false, _) => format!("{:?}", x.decimal()),
    };
    match text.split_once('e') {
        Some((mantissa, exponent)) => format!("{mantissa}{}", exponent_of(exponent, 2)),
        None if size.is_finite() => text,
        None => text.to_lowercase(),
    }
}

/// An exponent as NumPy writes it, with so many digits at least: `e-05`.
fn exponent_of(digits: &str, width: usize) -> String {
    match digits.strip_prefix('-') {
        Some(digits) => format!("e-{digits:0>width$}"),
        None => format!("e+{digits:0>width$}"),
    }
}

/// Floats with as few digits as tell them apart, at most `precision` after the point, the points
/// below each other; in powers of ten when they are very large, very small or far apart.
fn floats(shown: &[Scalar], precision: usize) -> Vec<String> {
    let sizes = shown.iter().map(|x| x.to_f64().abs()).filter(|x| x.is_finite() && *x > 0.0);
    let (least, most) = sizes.fold((f64::INFINITY, 0.0f64), |(least, most), x| (least.min(x), most.max(x)));
    // The digits that a type holds, at most 8: past them a number is written with its exponent.
    let dtype = shown.first().map(|x| x.dtype());
    let large = 10f64.powi(dtype.map_or(0, |dtype| dtype.fraction_bits() * 3 / 10).min(8) as i32);
    // Float32 is divided as such.
    let single = dtype == Some(DType::F32);
    let ratio = if single { f64::from(most as f32 / least as f32) } else { most / least };
    let powers = most > 0.0 && (most >= large || least < 1e-4 || ratio > 1000.0);
    let split: Vec<Digits> = shown.iter().map(|&x| Digits::of(x, powers, precision)).collect();
    let longest = split.iter().map(|digits| digits.fraction.len()).max().unwrap_or(0);
    if powers {
        return in_powers(shown, longest);
    }
    split.into_iter().map(|digits| digits.text(longest)).collect()
}

/// Floats in powers of ten, with so many digits after the point, also those past the ones that tell
/// the number apart, and exponents of one width.
fn in_powers(shown: &[Scalar], digits: usize) -> Vec<String> {
    let is_single = |x: &Scalar| x.dtype() == DType::F32;
    let text = |x: &Scalar| match is_single(x) {
        true => format!("{:.digits$e}", x.as_f32()),
        false => format!("{:.digits$e}", x.to_f64()),
    };
    let texts: Vec<String> = shown.iter().map(text).collect();
    let exponents = texts.iter().filter_map(|text| text.split_once('e')?.1.parse::<i32>().ok());
    let width = exponents.map(|e| if e.abs() < 100 { 2 } else { 3 }).max().unwrap_or(2);
    let word = |(text, x): (&String, &Scalar)| match text.split_once('e') {
        Some((mantissa, exponent)) => {
            let point = if digits == 0 { "." } else { "" };
            format!("{mantissa}{point}{}", exponent_of(exponent, width))
        }
        None => Digits::of(*x, false, digits).whole,
    };
    texts.iter().zip(shown).map(word).collect()
}

/// A float's text in parts.
struct Digits {
    whole: String,
    fraction: String,
    finite: bool,
}

impl Digits {
    fn of(x: Scalar, powers: bool, precision: usize) -> Digits {
        let value = x.to_f64();
        if !value.is_finite() {
            let whole = if value.is_nan() {
                "nan"
            } else if value > 0.0 {
                "inf"
            } else {
                "-inf"
            };
            return Digits { whole: whole.to_string(), fraction: String::new(), finite: false };
        }
        let (single, decimal) = (x.dtype() == DType::F32, x.decimal());
        // The fewest digits that read back as the same number, or the precision if these are more.
        let (shortest, rounded) = match (powers, single) {
            (true, true) => (format!("{:e}", value as f32), format!("{:.precision$e}", value as f32)),
            (true, false) => (format!("{decimal:e}"), format!("{value:.precision$e}")),
            (false, true) => (format!("{}", value as f32), format!("{:.precision$}", value as f32)),
            (false, false) => (format!("{decimal}"), format!("{value:.precision$}")),
        };
        let mantissa =
            |text: &str| text.split('e').next().and_then(|m| m.split('.').nth(1)).map_or(0, str::len);
        let text = if mantissa(&shortest) > precision { rounded } else { shortest };
        let mantissa = text.split('e').next().unwrap_or_default();
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let fraction = fraction.trim_end_matches('0').to_string();
        Digits { whole: whole.to_string(), fraction, finite: true }
    }

    /// Trailing zeros are left blank, as NumPy does.
    fn text(self, longest: usize) -> String {
        let Digits { whole, fraction, finite } = self;
        if finite { format!("{whole}.{fraction:<longest$}") } else { whole }
    }
}
