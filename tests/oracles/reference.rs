//! What NumPy answers: a script is run once, writes records to a file, and a [`Reader`] reads them.
//!
//! A record is a line of words; an array is the line `array <dtype> <extents...>` and then its bytes.
//! `NUMFUSE_PYTHON` names a Python that has NumPy (`tests/run.sh` sets it). Without one the tests say
//! that they were skipped.

use crate::skips::skipped;
use numfuse_ir::dtype::DType;
use numfuse_ir::scalar::Scalar;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What a script of this folder writes when it is given the path to write to and these arguments;
/// `None` without NumPy. `test` tells the files of tests that run side by side apart.
pub fn ask(script: &str, test: &str, arguments: impl IntoIterator<Item = String>) -> Option<Reader> {
    let Ok(python) = std::env::var("NUMFUSE_PYTHON") else {
        skipped("comparisons with NumPy: NUMFUSE_PYTHON names no Python that has it");
        return None;
    };
    let path = std::env::temp_dir().join(format!("numfuse-numpy-{}-{test}.bin", std::process::id()));
    let status = Command::new(python)
        // No compiled modules beside the sources.
        .arg("-B")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracles").join(script))
        .arg(&path)
        .args(arguments)
        .status();
    assert!(status.expect("Python starts").success(), "{script} failed");
    Some(Reader::of(path))
}

/// The records that a script wrote, read one after another.
pub struct Reader {
    bytes: Vec<u8>,
    at: usize,
}

/// An array as NumPy has it.
#[derive(Clone, Debug)]
pub struct Data {
    /// The element type.
    pub dtype: DType,
    /// The extents.
    pub shape: Vec<usize>,
    /// The elements in row-major order.
    pub values: Vec<Scalar>,
}

impl Reader {
    fn of(path: PathBuf) -> Reader {
        let bytes = std::fs::read(&path).expect("the script wrote its answers");
        let _ = std::fs::remove_file(&path);
        Reader { bytes, at: 0 }
    }

    /// The next line, without its end; `None` after the last.
    pub fn text(&mut self) -> Option<String> {
        let rest = &self.bytes[self.at..];
        let end = rest.iter().position(|&b| b == b'\n')?;
        self.at += end + 1;
        Some(String::from_utf8_lossy(&rest[..end]).into_owned())
    }

    /// The words of the next line.
    pub fn line(&mut self) -> Option<Vec<String>> {
        Some(self.text()?.split_whitespace().map(str::to_string).collect())
    }

    /// The array that follows.
    pub fn array(&mut self) -> Data {
        let words = self.line().expect("an array follows");
        let dtype = DType::parse(&words[1]).expect("one of our types");
        let shape: Vec<usize> = words[2..].iter().map(|n| n.parse().expect("an extent")).collect();
        let (count, width) = (shape.iter().product::<usize>(), dtype.bytes());
        let raw = &self.bytes[self.at..self.at + count * width];
        self.at += count * width;
        Data { dtype, shape, values: Scalar::decode(dtype, raw) }
    }
}

/// Whether `got` is within so many units in the last place of the expected value; each part of a complex
/// number within so many of the number's size.
pub fn close(got: Scalar, expected: Scalar, ulps: f64) -> bool {
    if got.dtype().is_complex() {
        let size = |x: Scalar| x.real().to_f64().hypot(x.imaginary().to_f64());
        let within = |got: Scalar, part: Scalar| {
            let (g, p) = (got.to_f64(), part.to_f64());
            got.same(part)
                || g == p
                || (g - p).abs() <= ulps * size(expected) * digits(got.dtype()) && p.is_finite()
        };
        return within(got.real(), expected.real()) && within(got.imaginary(), expected.imaginary());
    }
    let (g, e) = (got.to_f64(), expected.to_f64());
    let digits = digits(got.dtype());
    let least = digits * 2f64.powi(got.dtype().min_exponent());
    (g - e).abs() <= ulps * (e.abs() * digits).max(least)
}

/// The last place of 1.
fn digits(dtype: DType) -> f64 {
    0.5f64.powi(dtype.part().fraction_bits() as i32)
}

/// The first of what is wrong, for a test's message.
pub fn first(wrong: &[String]) -> String {
    wrong.iter().take(40).cloned().collect::<Vec<_>>().join("\n")
}
