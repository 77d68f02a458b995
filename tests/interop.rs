//! The arrays of the crate `ndarray`, both ways: values, shapes, and that nothing is copied which
//! need not be.

use ndarray::{
    Array as NdArray, Array0, Array1, Array2, ArrayD, ArrayView, Axis, Ix3, IxDyn, arr0, array, s,
};
use numfuse::prelude::*;
use numfuse::{Element, Error, Values};

/// Fails unless both hold the same, read by either side.
#[track_caller]
fn agree<T: Element + PartialEq>(what: &str, found: &Array, expected: &ArrayD<T>) {
    assert_eq!(found.try_shape().unwrap(), expected.shape(), "{what}");
    assert_eq!(found.dtype(), T::DTYPE, "{what}");
    let elements: Vec<T> = expected.iter().copied().collect();
    assert!(found.to_vec::<T>().unwrap() == elements, "{what}");
    assert!(found.to_ndarray::<T>().unwrap() == expected, "{what}");
    let values = found.values::<T>().unwrap();
    assert!(*values == elements[..] && values.as_ndarray() == expected, "{what}");
}

/// Numbers 0, 1, 2, ... of that shape.
fn numbers(shape: &[usize]) -> ArrayD<i64> {
    let size = shape.iter().product::<usize>() as i64;
    NdArray::from_iter(0..size).into_shape_with_order(IxDyn(shape)).unwrap()
}

/// Where the elements of an array lie.
fn address<T: Element>(x: &Array) -> *const T {
    x.values::<T>().unwrap().as_ptr()
}

#[test]
fn every_type_goes_both_ways() {
    fn check<T: Element + PartialEq>(elements: Vec<T>) {
        let x = Array1::from(elements).into_shape_with_order(IxDyn(&[2, 2])).unwrap();
        agree("whole", &Array::from(x.clone()), &x);
        agree("borrowed", &Array::from(&x), &x);
        agree("turned", &Array::from(x.clone().reversed_axes()), &x.reversed_axes());
    }
    check(vec![true, false, false, true]);
    check(vec![i8::MIN, -1, 0, i8::MAX]);
    check(vec![i16::MIN, -1, 0, i16::MAX]);
    check(vec![i32::MIN, -1, 0, i32::MAX]);
    check(vec![i64::MIN, -1, 0, i64::MAX]);
    check(vec![0, 1, 2, u8::MAX]);
    check(vec![0, 1, 2, u16::MAX]);
    check(vec![0, 1, 2, u32::MAX]);
    check(vec![0, 1, 2, u64::MAX]);
    check(vec![-0.5f32, f32::MIN_POSITIVE, f32::INFINITY, 1e30]);
    check(vec![-0.5f64, f64::MIN_POSITIVE, f64::INFINITY, 1e300]);
}

#[test]
fn every_arrangement_is_understood() {
    let x = numbers(&[3, 4, 5]);
    let mut arrangements = vec![("whole", x.clone())];
    for order in [[0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        arrangements.push(("permuted", x.clone().permuted_axes(IxDyn(&order))));
    }
    for axes in 1..8 {
        let mut flipped = x.clone();
        (0..3).filter(|axis| axes >> axis & 1 == 1).for_each(|axis| flipped.invert_axis(Axis(axis)));
        arrangements.push(("flipped", flipped.clone()));
        arrangements.push(("flipped and turned", flipped.permuted_axes(IxDyn(&[2, 0, 1]))));
    }
    let cube = x.clone().into_dimensionality::<Ix3>().unwrap();
    arrangements.push(("every other", cube.clone().slice_move(s![.., ..;2, 1..]).into_dyn()));
    arrangements.push(("backwards by two", cube.clone().slice_move(s![..;-2, .., ..;-1]).into_dyn()));
    arrangements.push(("inner rows", cube.clone().slice_move(s![1..2, .., ..]).into_dyn()));
    arrangements.push(("one column", cube.clone().slice_move(s![.., 2, 3]).into_dyn()));
    arrangements.push((
        "new axes",
        cube.clone().slice_move(s![ndarray::NewAxis, .., 0..1, ndarray::NewAxis, ..]).into_dyn(),
    ));
    arrangements.push(("one element", cube.clone().slice_move(s![1, 1..2, 4]).into_dyn()));
    arrangements.push(("no axes", cube.slice_move(s![1, 2, 3]).into_dyn()));
    for (what, x) in arrangements {
        agree(what, &Array::from(x.clone()), &x);
        agree(what, &Array::from(x.to_shared()), &x);
        agree(what, &Array::from(&x), &x);
        agree(what, &Array::from(&x.view()), &x);
        agree(what, &(Array::from(x.clone()) * 3), &(&x * 3));
    }
    let row = numbers(&[1, 4]);
    let stretched = row.broadcast(IxDyn(&[3, 4])).unwrap();
    agree("broadcast", &Array::from(&stretched), &stretched.to_owned());
}

#[test]
fn nothing_and_one_number_are_arrays() {
    for shape in [&[0][..], &[0, 3], &[3, 0], &[2, 0, 3]] {
        let x = ArrayD::<f32>::zeros(IxDyn(shape));
        agree("nothing", &Array::from(x.clone()), &x);
        agree("nothing, turned", &Array::from(x.clone().reversed_axes()), &x.clone().reversed_axes());
        agree("nothing, borrowed", &Array::from(&x), &x);
    }
    let one: Array0<f64> = arr0(2.5);
    assert_eq!(Array::from(one).item::<f64>().unwrap(), 2.5);
    assert_eq!(arange(3).sum(..).to_ndarray::<i64>().unwrap(), arr0(3).into_dyn());
}

#[test]
fn what_is_owned_or_shared_is_not_copied() -> Result<(), Error> {
    let x = Array2::<f32>::from_shape_fn((100, 200), |(i, j)| (i * j) as f32);
    let start = x.as_ptr();
    let shared = x.to_shared();
    assert_eq!(address::<f32>(&Array::from(shared.clone())), shared.as_ptr());
    let moved = Array::from(x);
    assert_eq!(address::<f32>(&moved), start);
    let rows = Array2::<f32>::zeros((100, 200)).slice_move(s![10..20, ..]);
    let start = rows.as_ptr();
    assert_eq!(address::<f32>(&Array::from(rows)), start, "rows in the middle");
    // A view of what was moved, not a copy of it: it is read where it lies.
    let turned = Array::from(Array2::<f32>::zeros((100, 200)).reversed_axes());
    assert!(turned.graph()?.contains("permute"), "{}", turned.graph()?);
    let plan = (turned + 1.0).plan()?;
    assert_eq!((plan.kernels, plan.bytes_moved), (1, 2 * 4 * 100 * 200));
    Ok(())
}

#[test]
fn who_changes_a_shared_array_gets_a_copy() -> Result<(), Error> {
    let mut shared = array![[1, 2], [3, 4]].into_shared();
    let start = shared.as_ptr();
    let x = Array::from(shared.clone());
    let pending = &x * 10;
    assert_eq!(address::<i32>(&x), start);
    shared[[0, 0]] = 99;
    assert_ne!(shared.as_ptr(), start, "the elements were shared");
    assert_eq!(x.to_vec::<i32>()?, [1, 2, 3, 4]);
    assert_eq!(pending.to_vec::<i32>()?, [10, 20, 30, 40]);
    // Nor does an evaluation write to them.
    let mut y = Array::from(shared.clone());
    for _ in 0..3 {
        y += 1;
        y.eval()?;
    }
    assert_eq!(shared, array![[99, 2], [3, 4]]);
    Ok(())
}

#[test]
fn views_for_good_are_taken_as_they_are() {
    static NUMBERS: [u8; 6] = [1, 2, 3, 4, 5, 6];
    let view = ArrayView::from_shape((2, 3), &NUMBERS[..]).unwrap();
    let x = Array::from(view);
    assert_eq!(address::<u8>(&x), NUMBERS.as_ptr());
    agree("a static view", &x, &view.to_owned().into_dyn());
}

#[test]
fn values_outlive_their_array() -> Result<(), Error> {
    let x = arange(1000).cast(F64) * 0.5;
    let values: Values<f64> = x.values()?;
    let start = values.as_ptr();
    drop(x);
    let others: Vec<Array> = (0..10).map(|k| arange(1000).cast(F64) + k).collect();
    numfuse::eval_all(&others)?;
    assert!(others.iter().all(|other| address(other) != start), "the memory is kept");
    assert!(values.iter().enumerate().all(|(i, &x)| x == i as f64 * 0.5));
    assert_eq!((values.shape(), values.len()), (&[1000][..], 1000));
    assert_eq!(format!("{:?}", arange(3).values::<i64>()?), "[0, 1, 2]");
    let wrong = arange(3).values::<f32>().unwrap_err();
    assert!(wrong.to_string().starts_with("an array of int64 cannot be read as float32"), "{wrong}");
    assert!(arange(3).to_ndarray::<f32>().is_err());
    Ok(())
}

#[test]
fn too_many_axes_are_an_error_at_the_users_line() {
    let x = Array::from(ArrayD::<u8>::zeros(IxDyn(&[1; 33])));
    let line = line!() - 1;
    let error = x.check().unwrap_err();
    assert!(error.to_string().starts_with("maximum supported dimension for an array is 32"), "{error}");
    assert_eq!((error.location().file(), error.location().line()), (file!(), line));
}
