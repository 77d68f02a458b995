//! What mistakes say: NumPy's sentence, the operation, its operands, and the user's line.

use numfuse::prelude::*;
use numfuse::{Cause, eval_all};

/// The sentence of the error that an array carries.
#[track_caller]
fn sentence(x: &Array) -> String {
    let error = x.check().expect_err("the array carries an error");
    let text = error.to_string();
    let end = text.rfind(" [").expect("the place is at the end");
    text[..end].to_string()
}

#[track_caller]
fn says(x: Array, expected: &str) {
    assert_eq!(sentence(&x), expected);
}

#[test]
fn errors_name_op_operands_and_line() {
    let (a, b) = (zeros([3, 4], F32), zeros(5, F64));
    let sum = &a + &b;
    let line = line!() - 1;
    let error = sum.check().unwrap_err();
    let expected = "operands could not be broadcast together with shapes (3,4) (5,): add, axis 1: 4 against 5 \
                    [add of float32 (3, 4), float64 (5,) at tests/errors.rs:";
    assert!(error.to_string().starts_with(expected), "{error}");
    assert_eq!((error.op(), error.location().line(), error.location().file()), ("add", line, file!()));
    assert_eq!(error.shapes().collect::<Vec<_>>(), [&[3, 4][..], &[5]]);
    assert!(matches!(error.cause(), Cause::Expression(_)));
}

#[test]
fn the_first_error_is_passed_on() {
    let bad = zeros(3, F32) + zeros(4, F32);
    let first = bad.check().unwrap_err();
    let later = ((&bad * 2.0).sqrt().sum(0).i(0) + arange(3).reshape(7)).cast(I32);
    assert_eq!(later.check().unwrap_err().to_string(), first.to_string());
    assert_eq!(later.eval().unwrap_err().to_string(), first.to_string());
    assert_eq!(later.to_vec::<i32>().unwrap_err().to_string(), first.to_string());
    assert_eq!(later.item::<i32>().unwrap_err().to_string(), first.to_string());
    assert_eq!(eval_all([&arange(3), &later]).unwrap_err().to_string(), first.to_string());
    assert_eq!(later.to_string(), first.to_string());
    assert_eq!(later.explain(), first.to_string());
    for failed in
        [later.try_shape().err(), later.try_ndim().err(), later.try_len().err(), later.try_dtype().err()]
    {
        assert_eq!(failed.map(|e| e.to_string()), Some(first.to_string()));
    }
}

#[test]
#[should_panic(expected = "operands could not be broadcast together with shapes (3,) (4,)")]
fn shape_panics_with_the_error() {
    let _ = (zeros(3, F32) + zeros(4, F32)).shape();
}

#[test]
fn numbers_are_checked() {
    let overflow = "Python integer 300 out of bounds for int8: cast the array to a wider type first";
    says(zeros(3, I8) + 300, overflow);
    says(300 * zeros(3, I8), overflow);
    says(full(3, 300, I8), overflow);
    says(zeros(3, I8).pad(1, 300), overflow);
    says(zeros(3, I64).power(-1), "Integers to negative integer powers are not allowed.");
    says(
        zeros(3, BOOL) - true,
        "numpy boolean subtract, the `-` operator, is not supported, use the bitwise_xor, the `^` operator, or the \
         logical_xor function instead.",
    );
    says(
        zeros(3, F32) & 1,
        "ufunc 'bitwise_and' not supported for the input types, and the inputs could not be safely coerced to any \
         supported types according to the casting rule ''safe'': cast float32, float32 first",
    );
}

#[test]
fn shapes_and_axes_are_checked() {
    let x = zeros([2, 3], F32);
    says(Array::from_vec(vec![1.0; 5], [2, 3]), "cannot reshape array of size 5 into shape (2,3)");
    says(x.reshape([4, -1]), "cannot reshape array of size 6 into shape (4,newaxis)");
    says(x.reshape([-1, -1]), "can only specify one unknown dimension");
    says(x.sum(2), "axis 2 is out of bounds for array of dimension 2");
    says(x.mean([0, -2]), "duplicate value in 'axis': repeated axis 0");
    says(x.permute([0, 0]), "repeated axis in transpose: [0, 0] is not a permutation of the 2 axes");
    says(x.permute(0), "axes don't match array: [0] is not a permutation of the 2 axes");
    says(x.squeeze(0), "cannot select an axis to squeeze out which has size not equal to one");
    says(x.moveaxis(0, 5), "destination: axis 5 is out of bounds for array of dimension 2");
    says(x.expand_dims(4), "axis 4 is out of bounds for array of dimension 3");
    says(zeros(-1, F32), "negative dimensions are not allowed");
    says(zeros([1; 33], F32), "maximum supported dimension for an array is 32, found 33");
    assert!(sentence(&zeros([usize::MAX, 2], F32)).starts_with("array is too big; its shape"));
    assert!(sentence(&x.repeat(usize::MAX, 0)).starts_with("array is too big; its shape"));
    assert!(sentence(&x.pad(usize::MAX, 0)).starts_with("array is too big; its shape"));
    assert!(sentence(&x.tile(isize::MAX)).starts_with("array is too big; its shape"));
    says(zeros(3, F32).diagonal(0), "diag requires an array of at least two dimensions");
    says(zeros(0, F32).max(..), "zero-size array to reduction operation maximum which has no identity");
    says(zeros(0, F32).argmin(..), "attempt to get argmin of an empty sequence");
    says(
        zeros(3, F32).sliding_window_view(5, 0),
        "window shape cannot be larger than input array shape: 5 against 3",
    );
    says(
        zeros(3, F32).broadcast_to(4),
        "operands could not be broadcast together with remapped shapes [original->remapped]: (3,) and requested shape (4,)",
    );
}

#[test]
fn indices_are_checked() {
    let x = zeros([2, 3], F32);
    says(x.i(2), "index 2 is out of bounds for axis 0 with size 2");
    says(x.i((.., -4)), "index -4 is out of bounds for axis 1 with size 3");
    says(x.i((0, 0, 0)), "too many indices for array: array is 2-dimensional, but 3 were indexed");
    says(x.i((Ellipsis, Ellipsis)), "an index can only have a single ellipsis ('...')");
    says(x.i(s(..).step(0)), "slice step cannot be zero");
    let places = arange(2);
    says(
        x.i((&places, &places, &places)),
        "too many indices for array: array is 2-dimensional, but 3 were indexed",
    );
    says(x.i((&places, Ellipsis, Ellipsis)), "an index can only have a single ellipsis ('...')");
    says(x.i((&places, 7)), "index 7 is out of bounds for axis 1 with size 3");
    says(x.i(zeros(2, F32)), "arrays used as indices must be of integer (or boolean) type");
    says(
        x.i((&arange(2), &arange(3))),
        "shape mismatch: indexing arrays could not be broadcast together with shapes (2,) (3,)",
    );
    says(
        x.i(zeros(3, BOOL)),
        "boolean index did not match indexed array along axis 0; size of axis is 2 but size of corresponding \
         boolean axis is 3",
    );
    says(x.i(Array::scalar(true)), "a mask has at least one axis");
    says(x.take(2, 0), "index 2 is out of bounds for axis 0 with size 2");
    says(x.take(&places, [0, 1]), "elements are taken along one axis, or `..`, not along [0, 1]");
    says(x.take(&places, 2), "axis 2 is out of bounds for array of dimension 2");
    says(x.take(1.5, 0), "arrays used as indices must be of integer (or boolean) type");
    says(
        zeros([0, 3], F32).take(&places, 0),
        "cannot do a non-empty take from an empty axes: axis 0 has size 0",
    );
    says(x.take_along_axis(&zeros([2, 1], F32), 1), "`indices` must be an integer array");
    says(x.take_along_axis(&places, 0), "`indices` and `arr` must have the same number of dimensions");
    says(x.compress(&zeros([2, 2], BOOL), 0), "condition must be a 1-d array");
    says(numfuse::select(&[], &[], 0), "select with an empty condition list is not possible");
    says(numfuse::select(&[x.greater(0)], &[], 0), "list of cases must be same length as list of conditions");
    says(
        numfuse::select(std::slice::from_ref(&x), std::slice::from_ref(&x), 0),
        "invalid entry 0 in condlist: should be boolean ndarray",
    );
    says(places.choose(Vec::<Array>::new()), "need at least one array to choose from");
    says(
        x.searchsorted(1, numfuse::Side::Left),
        "object of too small depth for desired array: what is searched is a vector",
    );
    says(
        places.digitize(&Array::from([1, 3, 2]), false),
        "bins must be monotonically increasing or decreasing",
    );
}

#[test]
fn joining_is_checked() {
    says(concatenate(Vec::<Array>::new(), 0), "need at least one array to concatenate");
    says(concatenate([Array::scalar(1.0)], 0), "zero-dimensional arrays cannot be concatenated");
    says(
        concatenate([zeros([2, 3], F32), zeros([2, 4], F32)], 0),
        "all the input array dimensions except for the concatenation axis must match exactly, but along dimension 1, \
         the array at index 0 has size 3 and the array at index 1 has size 4",
    );
    says(
        concatenate([zeros(2, F32), zeros([2, 2], F32)], 0),
        "all the input arrays must have same number of dimensions, but the array at index 0 has 1 dimension(s) and \
         the array at index 1 has 2 dimension(s)",
    );
    says(stack([zeros(2, F32), zeros(3, F32)], 0), "all input arrays must have the same shape");
    says(arange((0, 1, 0)), "division by zero: the step of arange is 0");
    says(arange(f64::NAN), "arange: cannot compute length");
    says(arange((0.0, 1.0, 1e-300)), "Maximum allowed size exceeded");
    says(arange(i64::MAX), "Maximum allowed size exceeded");
}

#[test]
fn reading_is_checked() {
    let x = arange(3);
    let error = x.to_vec::<f32>().unwrap_err().to_string();
    assert!(
        error.starts_with(
            "an array of int64 cannot be read as float32: cast it first [to_vec of int64 (3,) at "
        )
    );
    let error = x.item::<i64>().unwrap_err().to_string();
    assert!(
        error.starts_with(
            "can only convert an array of size 1 to a Python scalar: it has 3 elements [item of"
        )
    );
    let error = Array::scalar(1.0).try_len().unwrap_err().to_string();
    assert!(error.starts_with("len() of unsized object"));
    assert_eq!(x.to_vec::<i64>().ok(), Some(vec![0, 1, 2]));
}

#[test]
fn what_cannot_be_printed_names_the_line_that_asked_for_it() {
    let (huge, line) = (full(1u64 << 50, 7, I8) + 1i64, line!());
    let text = huge.to_string();
    assert!(text.contains(&format!("tests/errors.rs:{line}:")), "{text}");
}
