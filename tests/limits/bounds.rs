//! Bounds, steps and fillings that are no number, have no end, or are 0.

use crate::is_mistake;
use numfuse::prelude::*;
use numfuse::{Element, Error, memory};
use std::fmt::Debug;

const INF: f64 = f64::INFINITY;
const NAN: f64 = f64::NAN;

/// Fails unless the array has these elements, where a NaN is like any other.
#[track_caller]
fn holds<T: Element + Debug>(x: &Array, expected: &[T]) {
    let found = x.to_vec::<T>().unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(format!("{found:?}"), format!("{expected:?}"));
}

#[test]
fn clipping_to_what_is_no_number_gives_none() {
    let x = Array::from([-1.0, 2.0, NAN, INF]);
    holds(&x.clip(NAN, 3), &[NAN; 4]);
    holds(&x.clip(0, NAN), &[NAN; 4]);
    holds(&x.clip(NAN, NAN), &[NAN; 4]);
    holds(&x.clip(-INF, INF), &[-1.0, 2.0, NAN, INF]);
    holds(&x.clip(INF, -INF), &[-INF, -INF, NAN, -INF]);
    holds(&x.clip(Array::from([0.0, NAN, 0.0, 0.0]), 5.0), &[0.0, NAN, NAN, 5.0]);
    // A float bound makes floats of integers, as in NumPy.
    holds(&Array::from([1i8, 7]).clip(NAN, 3), &[NAN; 2]);
    holds(&Array::from([1i8, 7]).clip(2.5, INF), &[2.5, 7.0]);
    // An integer beyond the type bounds nothing.
    holds(&Array::from([1u8, 7]).clip(-1, i64::MAX), &[1u8, 7]);
}

#[test]
fn progressions_have_an_end_or_are_mistakes() {
    for (x, words) in [
        (arange(NAN), "arange: cannot compute length"),
        (arange((NAN, 1.0)), "arange: cannot compute length"),
        (arange((0.0, 1.0, NAN)), "arange: cannot compute length"),
        (arange((INF, INF)), "arange: cannot compute length"),
        (arange(INF), "Maximum allowed size exceeded"),
        (arange((0, -INF)), "Maximum allowed size exceeded"),
        (arange((INF, 0)), "Maximum allowed size exceeded"),
        (arange((0.0, 1.0, 1e-300)), "Maximum allowed size exceeded"),
        (arange((0, i64::MAX, 1)), "Maximum allowed size exceeded"),
        (arange((0, 5, 0)), "division by zero"),
        (arange((0.0, 5.0, 0.0)), "division by zero"),
        (arange((0.0, 5.0, -0.0)), "division by zero"),
        (arange((5, 5, 0)), "division by zero"),
    ] {
        is_mistake(&x, words);
    }
    holds(&arange((0.0, 1.0, INF)), &[0.0]);
    holds::<f64>(&arange((0.0, 1.0, -INF)), &[]);
    is_mistake(&arange((-3.0, INF, INF)), "arange: cannot compute length");
    holds(&arange((0.0, 5e-324, 1e300)), &[0.0]);
}

#[test]
fn lines_to_what_is_no_number_are_numpys() {
    holds(&linspace(0, NAN, 3), &[NAN, NAN, NAN]);
    holds(&linspace(0, INF, 3), &[NAN, INF, INF]);
    holds(&linspace(-INF, 0, 3), &[NAN, NAN, 0.0]);
    holds(&linspace(INF, INF, 2), &[NAN, INF]);
    holds(&linspace(INF, 0, 1), &[NAN]);
    holds(&linspace(3, NAN, 1), &[NAN]);
    holds::<f64>(&linspace(NAN, NAN, 0), &[]);
    holds(&linspace(-1e308, 1e308, 3), &[NAN, INF, 1e308]);
}

#[test]
fn what_is_no_integer_is_no_frame_of_integers() -> Result<(), Error> {
    let (x, words) = (arange(2).cast(I8), "cannot convert float NaN to integer");
    is_mistake(&x.pad(1, NAN), words);
    is_mistake(&x.cast(U64).pad((0, 3), NAN), words);
    is_mistake(&x.pad(1, -INF), "cannot convert float infinity to integer");
    is_mistake(&x.pad(1, 300.5), "Python integer 300 out of bounds for int8");
    holds(&x.pad(1, 1.9), &[1i8, 0, 1, 1]);
    holds(&x.cast(BOOL).pad(1, NAN), &[true, false, true, true]);
    holds(&x.cast(F32).pad(1, NAN), &[f32::NAN, 0.0, 1.0, f32::NAN]);
    // What is filled is cast, as `astype` casts.
    holds(&full(1, NAN, I32), &[0]);
    holds(&full(2, INF, U8), &[255u8; 2]);
    assert!(full(2, NAN, F64).isnan().all(..).item::<bool>()?);
    Ok(())
}

#[test]
fn tolerances_that_are_no_numbers_tolerate_nothing_but_equals() -> Result<(), Error> {
    let (x, y) = (Array::from([1.0, 2.0]), Array::from([1.0, 3.0]));
    holds(&x.isclose(&y, NAN, 0.0), &[true, false]);
    holds(&x.isclose(&y, 0.0, NAN), &[true, false]);
    holds(&x.isclose(&y, 0.0, INF), &[true, true]);
    holds(&x.isclose(&y, -1.0, 0.0), &[true, false]);
    assert!(x.allclose(&x, NAN, NAN)?);
    Ok(())
}

#[test]
fn arrays_larger_than_any_memory_are_errors_when_they_are_computed() -> Result<(), Error> {
    // 2^50 bytes: more than a process can address, and the expression is sound.
    let filled = full(1u64 << 50, 1, I8);
    assert_eq!((filled.size(), filled.i(..3).sum(..).item::<i64>()?), (1 << 50, 3));
    let before = memory::statistics().live_bytes;
    for result in [filled.eval(), (filled.cast(F64) * 0.5).eval(), filled.to_npy().map(drop)] {
        let error = result.expect_err("there is not that much memory");
        assert!(error.to_string().starts_with("cannot allocate"), "{error}");
    }
    assert!(memory::statistics().live_bytes <= before + (1 << 30), "nothing was taken");
    let few = arange(1u64 << 58).i(s(5..).step(1 << 56));
    assert_eq!(few.to_vec::<i64>()?, [0, 1, 2, 3].map(|k: i64| (k << 56) + 5));
    Ok(())
}
