//! Products of matrices against NumPy: values, types, shapes and refusals, with NumPy's sentences.
//!
//! `tests/oracles/products_reference.py` writes what NumPy answers. Integers and truth values are the
//! same; floats are compared nearly, since NumPy's order of sums is its library's.

use crate::elements;
use crate::reference::{Data, Reader, ask, first};
use numfuse::config;
use numfuse::prelude::*;
use numfuse::{einsum, multi_dot, tensordot};
use numfuse_ir::scalar::Scalar;

/// What NumPy was asked and answered.
struct Case {
    words: Vec<String>,
    operands: Vec<Array>,
    /// The result, or NumPy's sentence.
    answer: Result<Data, String>,
}

/// The next case.
fn case(reader: &mut Reader) -> Option<Case> {
    let line = reader.text()?;
    let (head, said) = line.split_once(" | ").expect("a case and what NumPy said");
    let words = head.split_whitespace().skip(1).map(str::to_string).collect();
    let lies = reader.line().expect("how the operands lie");
    let operands = lies.iter().map(|lies| operand(&reader.array(), lies)).collect();
    let answer = if said == "ok" { Ok(reader.array()) } else { Err(said.to_string()) };
    Some(Case { words, operands, answer })
}

/// An operand that lies in memory as it is said.
fn operand(data: &Data, lies: &str) -> Array {
    let x = elements::array(&data.values, data.dtype, &data.shape);
    match lies {
        "turned" => x.swapaxes(-1, -2),
        "flip" => x.flip(0),
        _ => x,
    }
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
    let Data { dtype, shape, values: expected } = match (&case.answer, result.check()) {
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
    let unit = if dtype.part() == F32 { 1e-5 } else { 1e-13 };
    let near = |f: Scalar, e: Scalar| {
        let apart = (f.to_f64() - e.to_f64()).hypot(f.imaginary().to_f64() - e.imaginary().to_f64());
        f.same(e) || dtype.is_inexact() && apart <= scale * unit
    };
    match found.iter().zip(expected).position(|(f, e)| !near(*f, *e)) {
        Some(at) => Err(format!("element {at}: {:?}, not {:?}", found[at], expected[at])),
        None => Ok(()),
    }
}

#[test]
fn products_are_numpys() {
    let Some(mut reader) = ask("products_reference.py", "products", []) else { return };
    let cases: Vec<Case> = std::iter::from_fn(|| case(&mut reader)).collect();
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
    assert!(
        wrong.is_empty(),
        "{} of {} cases differ from NumPy:\n{}",
        wrong.len(),
        cases.len(),
        first(&wrong)
    );
    assert!(cases.len() > 1000);
}
