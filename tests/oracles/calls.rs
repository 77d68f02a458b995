//! Functions that are made of several ops, against NumPy: values, types and shapes.
//!
//! `tests/oracles/numpy_calls.py` writes its arguments and what NumPy answers; here each name has the call that
//! should give the same.

use crate::elements;
use crate::reference::{Data, Reader, ask, close};
use numfuse::prelude::*;
use numfuse_ir::dtype::DType;

/// What the call named so gives here.
fn call(name: &str, x: &[Array]) -> Vec<Array> {
    let axis = 0isize;
    match name {
        "deg2rad" => vec![x[0].deg2rad()],
        "rad2deg" => vec![x[0].rad2deg()],
        "fabs" => vec![x[0].fabs()],
        "sinc" => vec![x[0].sinc()],
        "isposinf" => vec![x[0].isposinf()],
        "isneginf" => vec![x[0].isneginf()],
        "nan_to_num" => vec![x[0].nan_to_num()],
        "fix" => vec![x[0].fix()],
        "around" => vec![x[0].around(0)],
        "around_2" => vec![x[0].around(2)],
        "modf" => <[Array; 2]>::from(x[0].modf()).to_vec(),
        "float_power" => vec![x[0].float_power(&x[1])],
        "nansum" => vec![x[0].nansum(axis)],
        "nanprod" => vec![x[0].nanprod(axis)],
        "nanmin" => vec![x[0].nanmin(axis)],
        "nanmax" => vec![x[0].nanmax(axis)],
        "nanmean" => vec![x[0].nanmean(axis)],
        "nanvar" => vec![x[0].nanvar(axis)],
        "nanvar_1" => vec![x[0].nanvar_ddof(axis, 1)],
        "nanstd" => vec![x[0].nanstd(axis)],
        "nansum_keepdims" => vec![x[0].nansum_keepdims(axis)],
        "nanprod_keepdims" => vec![x[0].nanprod_keepdims(axis)],
        "nanmin_keepdims" => vec![x[0].nanmin_keepdims(axis)],
        "nanmax_keepdims" => vec![x[0].nanmax_keepdims(axis)],
        "nanmean_keepdims" => vec![x[0].nanmean_keepdims(axis)],
        "nanvar_keepdims" => vec![x[0].nanvar_keepdims(axis)],
        "nanstd_keepdims" => vec![x[0].nanstd_keepdims(axis)],
        "nanargmin_keepdims" => vec![x[0].nanargmin_keepdims(axis)],
        "nanargmax_keepdims" => vec![x[0].nanargmax_keepdims(axis)],
        "nanstd_1" => vec![x[0].nanstd_ddof(axis, 1)],
        "average" => vec![x[0].average(axis)],
        "permute_dims" => vec![numfuse::permute_dims(&x[0], [2, 0, 1])],
        "array_equiv" => vec![Array::scalar(x[0].array_equiv(&x[1]).expect("both are well-formed"))],
        "broadcast_shapes" => {
            let shape = numfuse::broadcast_shapes(&[x[0].shape(), x[1].shape()]).expect("they meet");
            shape.into_iter().map(|n| Array::scalar(n as i64)).collect()
        }
        "can_cast" => {
            let (a, b) = (x[0].dtype(), x[1].dtype());
            [numfuse::can_cast(a, b), numfuse::can_cast(b, a)].map(Array::scalar).to_vec()
        }
        "promote_types" => vec![zeros(1, numfuse::promote_types(x[0].dtype(), x[1].dtype()))],
        "result_type" => vec![zeros(1, numfuse::result_type(&[&x[0], &x[1]]))],
        "frexp" => {
            let (mantissa, exponent) = x[0].frexp();
            vec![mantissa, exponent]
        }
        "nan_to_num_with" => vec![x[0].nan_to_num_with(1, 2, -3)],
        "degrees" => vec![x[0].degrees()],
        "radians" => vec![x[0].radians()],
        "nanargmin" => vec![x[0].nanargmin(axis)],
        "nanargmax" => vec![x[0].nanargmax(axis)],
        "ediff1d" => vec![x[0].ediff1d()],
        "gradient" => vec![x[0].gradient(0.5, axis)],
        "trapezoid" => vec![x[0].trapezoid(0.5, axis)],
        "trapezoid_at" => vec![x[0].trapezoid_at(&x[1], axis)],
        "cross" => vec![x[0].cross(&x[1])],
        "average_weighted" => vec![x[0].average_weighted(&x[1], axis)],
        "inner" => vec![x[0].inner(&x[1])],
        "vdot" => vec![x[0].vdot(&x[1])],
        "vecdot" => vec![x[0].vecdot(&x[1])],
        "matvec" => vec![x[0].matvec(&x[1])],
        "vecmat" => vec![x[0].vecmat(&x[1])],
        "bartlett" => vec![numfuse::bartlett(x[0].size())],
        "blackman" => vec![numfuse::blackman(x[0].size())],
        "hamming" => vec![numfuse::hamming(x[0].size())],
        "hanning" => vec![numfuse::hanning(x[0].size())],
        "kaiser" => vec![numfuse::kaiser(x[0].size(), 8.5)],
        "vander" => vec![numfuse::vander(&x[0], 4, false)],
        "diag" => vec![x[0].diag(-2)],
        "diag_1" => vec![x[0].diag(1)],
        "diagflat" => vec![x[0].diagflat(1)],
        "indices" => numfuse::indices(x[0].shape()),
        other => panic!("no call {other}"),
    }
}

/// How many units in the last place the results may differ by; NumPy sums in another order.
fn ulps(name: &str) -> f64 {
    match name {
        "fabs" | "isposinf" | "isneginf" | "nan_to_num" | "fix" | "modf" | "nanmin" | "nanmax" | "diag" => {
            0.0
        }
        "deg2rad" | "rad2deg" | "degrees" | "radians" | "frexp" | "nan_to_num_with" | "around"
        | "ediff1d" | "cross" | "vander" => 0.0,
        // sin has errors of its own, and so have cosines where they nearly cancel.
        "sinc" | "float_power" | "kaiser" => 16.0,
        _ => 2000.0,
    }
}

#[test]
fn calls_are_numpys() {
    let Some(mut reader) = ask("numpy_calls.py", "calls", []) else { return };
    let (mut compared, mut wrong) = (0, Vec::new());
    while let Some(words) = reader.line() {
        let (name, inputs, outputs) = (&words[1], words[2].parse().unwrap(), words[3].parse().unwrap());
        let inputs = arrays(&mut reader, inputs);
        let expected = arrays(&mut reader, outputs);
        compared += 1;
        let x: Vec<Array> = inputs.iter().map(|d| elements::array(&d.values, d.dtype, &d.shape)).collect();
        let found = call(name, &x);
        assert_eq!(found.len(), expected.len(), "{name}");
        for (found, expected) in found.iter().zip(&expected) {
            if let Err(report) = compare(name, found, expected) {
                let types: Vec<&str> = inputs.iter().map(|d| d.dtype.name()).collect();
                wrong.push(format!("{name}{types:?} {:?}: {report}", inputs[0].shape));
            }
        }
    }
    assert!(compared > 200, "{compared} cases");
    assert!(wrong.is_empty(), "{} of {compared} cases differ:\n{}", wrong.len(), wrong.join("\n"));
}

fn arrays(reader: &mut Reader, count: usize) -> Vec<Data> {
    (0..count).map(|_| reader.array()).collect()
}

fn compare(name: &str, found: &Array, expected: &Data) -> Result<(), String> {
    found.eval().map_err(|error| format!("refused: {error}"))?;
    if (found.dtype(), found.shape()) != (expected.dtype, &expected.shape[..]) {
        return Err(format!(
            "{}{:?}, not {}{:?}",
            found.dtype(),
            found.shape(),
            expected.dtype,
            expected.shape
        ));
    }
    let small = |x: f64| x.abs() < 1e-15 && expected.dtype == DType::F64;
    let agrees = |(g, e): &(numfuse_ir::scalar::Scalar, &numfuse_ir::scalar::Scalar)| {
        let absolute = ulps(name) > 1000.0 && small(g.to_f64()) && small(e.to_f64());
        g.same(**e) || absolute || (g.dtype().is_inexact() && close(*g, **e, ulps(name)))
    };
    match elements::scalars(found).into_iter().zip(&expected.values).find(|pair| !agrees(pair)) {
        Some((g, e)) => Err(format!("{g:?}, not {e:?}")),
        None => Ok(()),
    }
}
