//! Products of matrices against NumPy: values, types, shapes and refusals, with NumPy's sentences.
//!
//! `tests/oracles/products_reference.py` writes what NumPy answers. Integers and truth values are the
//! same; floats are compared nearly, since NumPy's order of sums is its library's.

use crate::elements;
use crate::numpy::python;
use numfuse::config;
use numfuse::prelude::*;
use numfuse::{einsum, multi_dot, tensordot};
use numfuse_ir::scalar::Scalar;
use std::path::PathBuf;
use std::process::Command;

/// What NumPy was asked and answered.
struct Case {
    words: Vec<String>,
    operands: Vec<Array>,
    /// The result, or NumPy's sentence.
    answer: Result<(DType, Vec<usize>, Vec<Scalar>), String>,
}

struct Reader {
    bytes: Vec<u8>,
    at: usize,
}

impl Reader {
    fn line(&mut self) -> Option<String> {
        let rest = &self.bytes[self.at..];
        let end = rest.iter().position(|&b| b == b'\n')?;
        self.at += end + 1;
        Some(String::from_utf8_lossy(&rest[..end]).into_owned())
    }

    /// The elements of an array, its type, its shape, and how it lies.
    fn array(&mut self) -> (Vec<Scalar>, DType, Vec<usize>, String) {
        let line = self.line().expect("an array follows");
        let words: Vec<&str> = line.split_whitespace().collect();
        let dtype = DType::parse(words[1]).expect("one of our types");
        let shape: Vec<usize> = words[3..].iter().map(|n| n.parse().unwrap()).collect();
        let bytes = shape.iter().product::<usize>() * dtype.bytes();
        let values = crate::run::from_bytes(dtype, &self.bytes[self.at..self.at + bytes]);
        self.at += bytes;
        (values, dtype, shape, words[2].to_string())
    }

    fn operand(&mut self) -> Array {
        let (values, dtype, shape, lies) = self.array();
        let x = elements::array(&values, dtype, &shape);
        match lies.as_str() {
            "turned" => x.swapaxes(-1, -2),
            "flip" => x.flip(0),
            _ => x,
        }
    }

    fn case(&mut self) -> Option<Case> {
        let line = self.line()?;
        let (head, said) = line.split_once(" | ").expect("a case and what NumPy said");
        let mut words: Vec<String> = head.split_whitespace().skip(1).map(str::to_string).collect();
        let count: usize = words.pop().expect("how many operands").parse().unwrap();
        let operands = (0..count).map(|_| self.operand()).collect();
        let answer = match said {
            "ok" => {
                let (values, dtype, shape, _) = self.array();
                Ok((dtype, shape, values))
            }
            sentence => Err(sentence.to_string()),
        };
        Some(Case { words, operands, answer })
    }
}

fn cases() -> Option<Vec<Case>> {
    let python = python()?;
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let path = std::env::temp_dir().join(format!("numfuse-products-{}.bin", std::process::id()));
    let script = here.join("tests/oracles/products_reference.py");
    let status = Command::new(python).arg(script).arg(&path).status();
    assert!(status.expect("Python starts").success(), "the reference script failed");
    let mut reader = Reader { bytes: std::fs::read(&path).expect("the script wrote its answers"), at: 0 };
    let _ = std::fs::remove_file(&path);
    Some(std::iter::from_fn(|| reader.case()).collect())
}

/// The product that a case asks for.
fn product(case: &Case) -> Array {
    let x = &case.operands;
    let text = case.words.get(1).map(String::as_str).unwrap_or("");
    match case.words[0].as_str() {
        "matmul" => x[0].matmul(&x[1]),
        "matvec" => x[0].matvec(&x[1]),
        "vecmat" => x[0].vecmat(&x[1]),
        "vecdot" => x[0].vecdot(&x[1]),
        "dot" => x[0].dot(&x[1]),
        "inner" => x[0].inner(&x[1]),
        "vdot" => x[0].vdot(&x[1]),
        "outer" => numfuse::outer(&x[0], &x[1]),
        "kron" => x[0].kron(&x[1]),
        "multi_dot" => multi_dot(x),
        "einsum" => einsum(&text.replace('_', " "), x),
        "tensordot" => match text.split_once('/') {
            None => tensordot(&x[0], &x[1], text.parse::<isize>().unwrap()),
            Some((own, others)) => {
                let list =
                    |text: &str| text.split(',').map(|a| a.parse::<isize>().unwrap()).collect::<Vec<_>>();
                tensordot(&x[0], &x[1], [(list(own), list(others))])
            }
        },
        other => panic!("no product {other}"),
    }
}

fn compare(case: &Case) -> Result<(), String> {
    let result = product(case);
    let (dtype, shape, expected) = match (&case.answer, result.check()) {
        (Ok(expected), Ok(())) => expected,
        (Ok(_), Err(error)) => return Err(format!("refused: {error}")),
        (Err(sentence), Ok(())) => return Err(format!("NumPy refuses it: {sentence}")),
        (Err(sentence), Err(error)) => {
            return match error.to_string().starts_with(sentence.trim()) {
                true => Ok(()),
                false => Err(format!("says {error}\n   not {sentence}")),
            };
        }
    };
    if (result.dtype(), result.shape()) != (*dtype, &shape[..]) {
        return Err(format!("{}{:?}, not {dtype}{shape:?}", result.dtype(), result.shape()));
    }
    result.eval().map_err(|error| error.to_string())?;
    let found = elements::scalars(&result);
    let scale = expected.iter().map(|e| e.to_f64().abs()).fold(1.0, f64::max);
    let unit = if *dtype == F32 { 1e-5 } else { 1e-13 };
    let near = |f: Scalar, e: Scalar| {
        f.same(e) || dtype.is_float() && (f.to_f64() - e.to_f64()).abs() <= scale * unit
    };
    match found.iter().zip(expected).position(|(f, e)| !near(*f, *e)) {
        Some(at) => Err(format!("element {at}: {:?}, not {:?}", found[at], expected[at])),
        None => Ok(()),
    }
}

#[test]
fn products_are_numpys() {
    let Some(cases) = cases() else { return };
    let mut wrong = Vec::new();
    for (at, case) in cases.iter().enumerate() {
        // Some of them with both oracles beside them.
        let checked = at % 7 == 0;
        if let Err(report) = config::with(|c| c.check = checked, || compare(case)) {
            let operands: Vec<String> = case.operands.iter().map(|x| format!("{x:?}")).collect();
            wrong.push(format!("{} of {}: {report}", case.words.join(" "), operands.join(", ")));
        }
    }
    println!("{} cases compared", cases.len());
    let first = wrong.iter().take(40).cloned().collect::<Vec<_>>().join("\n");
    assert!(wrong.is_empty(), "{} of {} cases differ from NumPy:\n{first}", wrong.len(), cases.len());
    assert!(cases.len() > 1000);
}
