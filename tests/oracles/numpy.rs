//! Every op, on every type and arrangement, against NumPy: values, types, shapes and refusals.
//!
//! `tests/oracles/numpy_reference.py` writes what NumPy answers. The other functions are compared in
//! [`functions`](crate::functions).

use crate::elements;
use crate::reference::{Data, Reader, ask, close, first};
use crate::run::{execute, vectors};
use numfuse::prelude::*;
use numfuse_ir::dtype::{DType, Weak};
use numfuse_ir::graph::build::{self, Build};
use numfuse_ir::graph::{Graph, Kind, Node};
use numfuse_ir::ops::Op;
use numfuse_ir::scalar::Scalar;
use numfuse_ir::schedule::{self, Options};
use numfuse_ir::shape::Shape;

/// What NumPy says of every op, read once for each test.
fn reference(test: &str) -> Option<Reader> {
    let theirs = Op::ALL.iter().filter(|op| !op.is_random());
    let names = theirs.map(|op| format!("{}:{}", op.name(), op.arity()));
    ask("numpy_reference.py", test, names)
}

/// Ops that NumPy itself has under their names (others are SciPy's, parts of one of NumPy's, or random
/// numbers, which are our own).
pub(crate) fn in_numpy(op: Op) -> bool {
    const OTHERS: [&str; 9] =
        ["complex", "erf", "erfc", "expit", "logit", "gammaln", "rsqrt", "frexp_mantissa", "frexp_exponent"];
    !OTHERS.contains(&op.name()) && !op.is_random()
}

#[test]
fn promotion_is_numpys() {
    let Some(mut reader) = reference("promotion") else { return };
    let mut seen = 0;
    while let Some(words) = reader.line() {
        if words[0] != "promote" {
            break;
        }
        let a = DType::parse(&words[1]).unwrap();
        let ours = match words[2].as_str() {
            "wbool" => a.promote_weak(Weak::Bool),
            "wint" => a.promote_weak(Weak::Int),
            "wfloat" => a.promote_weak(Weak::Float),
            "wcomplex" => a.promote_weak(Weak::Complex),
            name => a.promote(DType::parse(name).unwrap()),
        };
        assert_eq!(ours.name(), words[3], "{} with {}", words[1], words[2]);
        seen += 1;
    }
    let theirs = DType::ALL.iter().filter(|d| d.numpy_code().is_some()).count();
    assert_eq!(seen, theirs * (theirs + 4));
}

#[test]
fn ops_are_numpys() {
    let Some(mut reader) = reference("ops") else { return };
    let (mut compared, mut wrong) = (0, Vec::new());
    while let Some(words) = reader.line() {
        match words[0].as_str() {
            "promote" => continue,
            "op" => {}
            _ => break,
        }
        let (name, flip, count, ok) =
            (&words[1], words[2] == "flip", words[3].parse::<usize>().unwrap(), words[4] == "ok");
        let inputs: Vec<Data> = (0..count).map(|_| reader.array()).collect();
        let expected = answer(&mut reader, ok);
        let op = Op::parse(name).unwrap();
        compared += 1;
        if let Err(report) = compare_op(op, flip, &inputs, &expected) {
            let types: Vec<&str> = inputs.iter().map(|d| d.dtype.name()).collect();
            wrong.push(format!("{name}{types:?} {:?}: {report}", inputs[0].shape));
        }
    }
    println!("{compared} cases compared");
    assert!(wrong.is_empty(), "{} of {compared} cases differ from NumPy:\n{}", wrong.len(), first(&wrong));
}

/// What NumPy computes, or what it says in refusing.
type Expected = Result<Data, String>;

/// What follows the inputs of a record.
fn answer(reader: &mut Reader, ok: bool) -> Expected {
    if ok { Ok(reader.array()) } else { Err(reader.text().expect("a refusal says something")) }
}

/// Whether we refuse what NumPy refuses, in its words; ours may say more after them.
fn refuses(ours: &impl ToString, numpys: &str) -> Result<(), String> {
    let ours = ours.to_string();
    if ours.starts_with(numpys) { Ok(()) } else { Err(format!("says {ours:?}, not {numpys:?}")) }
}

fn compare_op(op: Op, flip: bool, inputs: &[Data], expected: &Expected) -> Result<(), String> {
    let mut graph = Graph::new();
    let mut args = Vec::new();
    for (i, data) in inputs.iter().enumerate() {
        let shape = Shape::new(&data.shape).unwrap();
        let mut leaf = graph.insert(Node { kind: Kind::Leaf(i as u32), shape, dtype: data.dtype }, &[]);
        if flip {
            let n = data.shape[0];
            leaf = build::slice(&mut graph, &leaf, &[(n as i64 - 1, -1, n)]).unwrap();
        }
        args.push(leaf);
    }
    let (root, expected) = match (build::map(&mut graph, op, &args), expected) {
        (Ok(root), Ok(expected)) => (root, expected),
        // What NumPy has not is made of other functions there, which say what they like.
        (Err(_), Err(_)) if !in_numpy(op) => return Ok(()),
        (Err(error), Err(sentence)) => return refuses(&error, sentence),
        (Ok(_), Err(sentence)) => return Err(format!("NumPy refuses it: {sentence}")),
        (Err(error), Ok(_)) => return Err(format!("refused: {error}")),
    };
    let (shape, dtype) = (graph.shape(&root).clone(), graph.dtype(&root));
    if (dtype, &shape[..]) != (expected.dtype, &expected.shape[..]) {
        return Err(format!("{dtype}{shape}, not {}{:?}", expected.dtype, expected.shape));
    }
    graph.add_output(root);
    let plan = schedule::plan(graph, Options::default());
    let leaves: Vec<Vec<Scalar>> = inputs.iter().map(|d| d.values.clone()).collect();
    let operands = |at: usize| -> Vec<Scalar> {
        let operand =
            |d: &Data| d.values[(if flip { d.values.len() - 1 - at } else { at }).min(d.values.len() - 1)];
        inputs.iter().map(operand).collect()
    };
    for (vectors, name) in vectors() {
        let got = execute(&plan, vectors, &leaves, &[]).remove(0);
        let mut pairs = got.iter().zip(&expected.values).enumerate();
        if let Some((at, (g, e))) = pairs.find(|(at, (g, e))| !agrees(op, &operands(*at), **g, **e)) {
            return Err(format!("element {at} of {:?}: {g:?}, not {e:?} ({name})", operands(at)));
        }
    }
    Ok(())
}

/// Equal bits for exact ops (a zero of either sign where NumPy's depends on the order of
/// operands); a few units in the last place for elementary functions, whose own error the accuracy
/// tables state, and NumPy has its own.
fn agrees(op: Op, operands: &[Scalar], got: Scalar, expected: Scalar) -> bool {
    if operands.iter().any(|x| x.dtype().is_complex()) {
        return agrees_of_pairs(op, operands, got, expected);
    }
    let (g, e) = (got.to_f64(), expected.to_f64());
    if got.same(expected) || (got.dtype().is_float() && g == 0.0 && e == 0.0 && signless(op)) {
        return true;
    }
    // The integer 1 / 0 is whatever the processor says in NumPy; here division is total.
    if op == Op::Reciprocal && got == Scalar::zero(got.dtype()) {
        return true;
    }
    if op == Op::Gammaln && (g - e).abs() <= 8.0 * got.dtype().working().epsilon() {
        // Between its zeros at negative numbers it is precise to a few units of the last place of 1.
        return true;
    }
    op.def().ulp > 0.5 && got.dtype().is_float() && close(got, expected, 8.0)
}

/// As [`agrees`], of complex operands: within a few units in the last place of the result's size.
fn agrees_of_pairs(op: Op, operands: &[Scalar], got: Scalar, expected: Scalar) -> bool {
    let part = |x: &Scalar| [x.real().to_f64(), x.imaginary().to_f64()];
    let far = |x: f64| x.is_nan() || x.abs() > 30.0 || x != 0.0 && x.abs() < 1e-12;
    let far = operands.iter().flat_map(part).any(far);
    if op == Op::Power {
        // By logarithms: as many bits are lost as the product of exponent and logarithm has before its point.
        return far || close(got, expected, 1000.0);
    }
    got.same(expected) || close(got, expected, 16.0)
}

fn signless(op: Op) -> bool {
    matches!(op, Op::Maximum | Op::Minimum | Op::Fmax | Op::Fmin | Op::Clip)
}

#[test]
fn folds_are_numpys() {
    let Some(mut reader) = reference("folds") else { return };
    let (mut compared, mut wrong) = (0, Vec::new());
    while let Some(words) = reader.line() {
        match words[0].as_str() {
            "promote" => continue,
            "op" => {
                (0..words[3].parse::<usize>().unwrap()).for_each(|_| drop(reader.array()));
                drop(answer(&mut reader, words[4] == "ok"));
                continue;
            }
            _ => {}
        }
        let (name, keep, ok) = (&words[1], words[3] == "1", words[4] == "ok");
        let axis = words[2].parse::<isize>().ok();
        let input = reader.array();
        let expected = answer(&mut reader, ok);
        compared += 1;
        if let Err(report) = compare_fold(name, axis, keep, &input, &expected) {
            wrong.push(format!(
                "{name}({} {:?}, axis {axis:?}, keepdims {keep}): {report}",
                input.dtype, input.shape
            ));
        }
    }
    println!("{compared} cases compared");
    assert!(wrong.is_empty(), "{} of {compared} cases differ from NumPy:\n{}", wrong.len(), first(&wrong));
}

fn compare_fold(
    name: &str,
    axis: Option<isize>,
    keep: bool,
    input: &Data,
    expected: &Expected,
) -> Result<(), String> {
    let x = elements::array(&input.values, input.dtype, &input.shape);
    let axes: Vec<isize> = axis.map_or_else(|| (0..input.shape.len() as isize).collect(), |a| vec![a]);
    let result = fold(name, &x, &axes, keep);
    let (values, expected) = match (result.eval(), expected) {
        (Err(error), Err(sentence)) => return refuses(&error, sentence),
        (Err(error), Ok(_)) => return Err(format!("refused: {error}")),
        (Ok(_), Err(sentence)) => return Err(format!("NumPy refuses it: {sentence}")),
        (Ok(_), Ok(expected)) => (elements::scalars(&result), expected),
    };
    if (result.dtype(), result.shape()) != (expected.dtype, &expected.shape[..]) {
        return Err(format!(
            "{}{:?}, not {}{:?}",
            result.dtype(),
            result.shape(),
            expected.dtype,
            expected.shape
        ));
    }
    match values
        .iter()
        .zip(&expected.values)
        .find(|(g, e)| !(g.same(**e) || g.dtype().is_inexact() && close(**g, **e, 200.0)))
    {
        Some((g, e)) => Err(format!("{g:?}, not {e:?}")),
        None => Ok(()),
    }
}

macro_rules! by_name {
    ($name:expr, $x:expr, $axes:expr, $keep:expr, $($fold:ident $kept:ident),+) => {
        match ($name, $keep) {
            $((stringify!($fold), false) => $x.$fold($axes), (stringify!($fold), true) => $x.$kept($axes),)+
            (other, _) => panic!("no reduction {other}"),
        }
    };
}

fn fold(name: &str, x: &Array, axes: &[isize], keep: bool) -> Array {
    by_name!(
        name, x, axes, keep, sum sum_keepdims, prod prod_keepdims, min min_keepdims, max max_keepdims, any any_keepdims,
        all all_keepdims, argmin argmin_keepdims, argmax argmax_keepdims, mean mean_keepdims, var var_keepdims,
        std std_keepdims, count_nonzero count_nonzero_keepdims, ptp ptp_keepdims
    )
}
