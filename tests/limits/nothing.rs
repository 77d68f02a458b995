//! Arrays without elements and arrays without axes: every op, reduction, view and join takes them, or
//! says why not.

use crate::{has_shape, is_mistake};
use numfuse::prelude::*;
use numfuse::{Cause, Error};

const NOTHING: [&[usize]; 6] = [&[0], &[0, 3], &[3, 0], &[2, 0, 3], &[0, 0], &[1, 0, 1]];

macro_rules! every_op {
    ($($(#[doc = $doc:literal])+ $V:ident $name:ident($($p:ident),+): $class:ident, ulp($ulp:literal) = $kind:ident($($d:tt)*) $(, complex $form:ident($body:path))?;)+) => {
        [$((stringify!($name), (|x: &Array| {
            $(let $p = x.clone();)+
            numfuse::$name($($p),+)
        }) as fn(&Array) -> Array)),+]
    };
}

type Function = fn(&Array) -> Array;

fn every_op() -> impl Iterator<Item = (&'static str, Function)> {
    numfuse_ir::for_each_op!(every_op).into_iter()
}

/// Whether NumPy has the op for that type: else it raises, and so do we, in its words.
#[track_caller]
fn is_known(what: &str, y: &Array) -> bool {
    let Err(error) = y.check() else { return true };
    let text = error.to_string();
    assert!(text.contains("not supported") || text.contains("did not contain a loop"), "{what}: {error}");
    false
}

#[test]
fn every_op_takes_arrays_without_elements() {
    has_shape("beside some", &(zeros([0, 1], F64) + ones([1, 3], F64)), &[0, 3]);
    for (name, op) in every_op() {
        for dtype in DType::ALL.iter().copied() {
            for shape in NOTHING {
                let what = format!("{name} of {dtype} {shape:?}");
                let y = op(&zeros(shape, dtype));
                if is_known(&what, &y) {
                    has_shape(&what, &y, shape);
                }
            }
        }
    }
}

#[test]
fn every_op_takes_arrays_without_axes() -> Result<(), Error> {
    for (name, op) in every_op() {
        for dtype in [BOOL, I8, U64, F32, F64, C64] {
            let what = format!("{name} of one {dtype}");
            let one = Array::from_vec(vec![1i64], ()).cast(dtype);
            let y = op(&one);
            if !is_known(&what, &y) {
                continue;
            }
            has_shape(&what, &y, &[]);
            let many = op(&Array::from(vec![1i64; 9]).cast(dtype));
            let same = many.equal(&y) | (many.isnan() & y.isnan());
            assert!(same.all(..).item::<bool>()?, "{what} is another than of a vector");
        }
    }
    Ok(())
}

macro_rules! every_reduction {
    ($($name:ident)+) => { [$((stringify!($name), |x: &Array, axis: Option<usize>| match axis {
        Some(axis) => x.$name(axis),
        None => x.$name(..),
    })),+] };
}

type Reduction = fn(&Array, Option<usize>) -> Array;

const REDUCTIONS: [(&str, Reduction); 14] =
    every_reduction!(sum prod min max any all argmin argmax count_nonzero ptp mean var std norm);

#[test]
fn every_reduction_of_nothing_is_its_identity_nan_or_an_error() -> Result<(), Error> {
    for (name, reduction) in REDUCTIONS {
        let of_nothing = match name {
            "sum" | "any" | "count_nonzero" | "norm" => Some(0.0),
            "prod" | "all" => Some(1.0),
            "mean" | "var" | "std" => Some(f64::NAN),
            _ => None,
        };
        for dtype in [BOOL, I16, U32, F32, F64] {
            for shape in NOTHING {
                for axis in (0..shape.len()).map(Some).chain([None]) {
                    let what = format!("{name} of {dtype} {shape:?} over {axis:?}");
                    let y = reduction(&zeros(shape, dtype), axis);
                    if name == "ptp" && dtype == BOOL {
                        assert!(y.check().is_err(), "{what}: bools have no difference");
                        continue;
                    }
                    let mut kept = shape.to_vec();
                    let reduced = axis.map_or(0, |axis| kept.remove(axis));
                    if axis.is_none() {
                        kept.clear();
                    }
                    match of_nothing {
                        None if reduced == 0 => assert!(y.check().is_err(), "{what} has no answer"),
                        None => has_shape(&what, &y, &kept),
                        Some(expected) => {
                            has_shape(&what, &y, &kept);
                            let expected = vec![expected; if reduced == 0 { y.size() } else { 0 }];
                            let found = y.cast(F64).to_vec::<f64>()?;
                            assert_eq!(format!("{found:?}"), format!("{expected:?}"), "{what}");
                        }
                    }
                }
            }
        }
    }
    Ok(())
}

#[test]
fn every_reduction_takes_arrays_without_axes() -> Result<(), Error> {
    for (name, reduction) in REDUCTIONS {
        let y = reduction(&Array::from_vec(vec![-3.0], ()), None).cast(F64);
        has_shape(name, &y, &[]);
        let expected = match name {
            "argmin" | "argmax" | "ptp" | "var" | "std" => 0.0,
            "any" | "all" | "count_nonzero" => 1.0,
            "norm" => 3.0,
            _ => -3.0,
        };
        assert_eq!(y.item::<f64>()?, expected, "{name}");
        assert!(
            reduction(&Array::from_vec(vec![-3.0], ()), Some(0)).check().is_err(),
            "{name} has no axis 0"
        );
    }
    Ok(())
}

#[test]
fn views_and_joins_take_arrays_without_elements() {
    let x = zeros([0, 3], F32) + 1.5;
    let shapes: [(&str, Array, &[usize]); 24] = [
        ("t", x.t(), &[3, 0]),
        ("reshape", x.reshape([5, 0, 2]), &[5, 0, 2]),
        ("ravel", x.ravel(), &[0]),
        ("expand_dims", x.expand_dims([0, -1]), &[1, 0, 3, 1]),
        ("squeeze", x.i((.., 1..2)).squeeze(..), &[0]),
        ("broadcast_to", x.broadcast_to([4, 0, 3]), &[4, 0, 3]),
        ("flip", x.flip(..), &[0, 3]),
        ("slice", x.i((5.., s(..).step(-2))), &[0, 2]),
        ("diagonal", x.diagonal(0), &[0]),
        ("trace", x.trace(1), &[]),
        ("windows", x.sliding_window_view(2, 1), &[0, 2, 2]),
        ("pad", x.pad(1, 7.0), &[2, 5]),
        ("pad one axis", x.pad([(0, 0), (2, 1)], Pad::Reflect), &[0, 6]),
        ("roll", x.roll(3, 0), &[0, 3]),
        ("roll all", x.roll(-1, ..), &[0, 3]),
        ("repeat", x.repeat(4, 1), &[0, 12]),
        ("repeat never", x.repeat(0, 1), &[0, 0]),
        ("tile", x.tile([2, 2]), &[0, 6]),
        ("concatenate", concatenate([&x, &x], 0), &[0, 3]),
        ("concatenate with some", concatenate([&x, &ones([2, 3], F32), &x], 0), &[2, 3]),
        ("stack", stack([&x, &x], 1), &[0, 2, 3]),
        ("tril", x.tril(0), &[0, 3]),
        ("softmax", x.softmax(1), &[0, 3]),
        ("var", x.var_ddof(0, 1), &[3]),
    ];
    for (what, y, shape) in shapes {
        has_shape(what, &y, shape);
    }
    for (what, y) in
        [("arange", arange(0)), ("linspace", linspace(0, 1, 0)), ("eye", eye(0, 0, 0, F32).ravel())]
    {
        has_shape(what, &y, &[0]);
    }
    meshgrid(&[arange(0), arange(3)]).iter().for_each(|y| has_shape("meshgrid", y, &[3, 0]));
    is_mistake(&x.i(0), "index 0 is out of bounds for axis 0 with size 0");
    is_mistake(&x.pad(1, Pad::Edge), "can't extend empty axis 0");
}

#[test]
fn views_and_joins_take_arrays_without_axes() {
    let x = Array::from_vec(vec![2.5], ());
    has_shape("t", &x.t(), &[]);
    has_shape("ravel", &x.ravel(), &[1]);
    has_shape("reshape", &x.reshape([1, 1]), &[1, 1]);
    has_shape("index", &x.i(()), &[]);
    has_shape("new axis", &x.i((NewAxis, Ellipsis, NewAxis)), &[1, 1]);
    has_shape("broadcast_to", &x.broadcast_to([2, 3]), &[2, 3]);
    has_shape("flip", &x.flip(..), &[]);
    has_shape("pad", &x.pad(3, 0.0), &[]);
    has_shape("roll", &x.roll(1, ..), &[]);
    has_shape("tile", &x.tile(3), &[3]);
    has_shape("stack", &stack([&x, &x], 0), &[2]);
    has_shape("squeeze", &x.squeeze(..), &[]);
    has_shape("softmax", &x.softmax(..), &[]);
    has_shape("logsumexp", &x.logsumexp(..), &[]);
    for failed in [x.i(0), x.flip(0), x.repeat(2, 0), x.diagonal(0), x.tril(0), concatenate([&x, &x], 0)] {
        assert!(matches!(failed.eval().unwrap_err().cause(), Cause::Expression(_)));
    }
}
