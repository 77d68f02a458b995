//! Arrays and lists: nested collections, iterators, tuples as shapes; iterating, splitting, stacking.

use numfuse::prelude::*;
use numfuse::{Error, column_stack, dstack, hstack, vstack};

#[test]
fn nested_collections_are_arrays_of_their_shape() -> Result<(), Error> {
    assert_eq!((Array::from(2.5).shape(), Array::from(true).dtype()), (&[][..], BOOL));
    assert_eq!(Array::from([[[[1, 2, 3]], [[4, 5, 6]]]]).shape(), [1, 2, 1, 3]);
    assert_eq!(Array::from([[[[[[7u8; 2]; 1]; 3]; 1]; 2]; 2]).shape(), [2, 2, 1, 3, 1, 2]);
    let cube = [[[1i16, 2], [3, 4]], [[5, 6], [7, 8]]];
    assert_eq!(Array::from(cube).to_vec::<i16>()?, [1, 2, 3, 4, 5, 6, 7, 8]);
    assert_eq!(Array::from(&cube).i((1, 0)).to_vec::<i16>()?, [5, 6]);
    assert_eq!(Array::from(&[1.0f32, 2.0]).shape(), [2]);
    assert_eq!(Array::from(&vec![1.0f32, 2.0][1..]).shape(), [1]);
    let points = vec![[0.5f32, 1.5, 2.5]; 4];
    let start = points.as_ptr().cast();
    let points = Array::from(points);
    assert_eq!(points.shape(), [4, 3]);
    assert_eq!(points.values::<f32>()?.as_ptr(), start, "a vector of arrays is not copied");
    assert_eq!(Array::from(vec![[[0i8; 2]; 3]; 0]).shape(), [0, 3, 2]);
    assert_eq!(
        Array::from(vec![vec![1, 2], vec![3, 4], vec![5, 6]]).t().to_vec::<i32>()?,
        [1, 3, 5, 2, 4, 6]
    );
    assert_eq!(Array::from(Vec::<Vec<f64>>::new()).shape(), [0, 0]);
    let ragged = Array::from(vec![vec![1, 2], vec![3]]).check().unwrap_err().to_string();
    let sentence = "setting an array element with a sequence. The requested array has an inhomogeneous shape \
                    after 1 dimensions. The detected shape was (2,) + inhomogeneous part.";
    assert!(ragged.starts_with(sentence), "{ragged}");
    let squares: Array = (0..5u64).map(|i| i * i).collect();
    assert_eq!(squares.to_vec::<u64>()?, [0, 1, 4, 9, 16]);
    Ok(())
}

#[test]
fn shapes_and_axes_may_be_tuples() {
    let (n, x) = (6usize, zeros((2, 3, 4), F32));
    assert_eq!(x.reshape((n, -1)).shape(), [6, 4]);
    assert_eq!(x.sum((0, -1)).shape(), [3]);
    assert_eq!(x.permute((2, 0, 1)).shape(), [4, 2, 3]);
    assert_eq!(full((3,), 1, I8).tile((2, 1u32)).shape(), [2, 3]);
    assert_eq!(x.moveaxis((0, 1), (1i64, 2isize)).shape(), [4, 2, 3]);
}

#[test]
fn an_array_is_the_list_of_its_rows() -> Result<(), Error> {
    let x = arange(6).reshape([3, 2]);
    let rows: Vec<Array> = x.iter().collect();
    assert_eq!((rows.len(), x.iter().len()), (3, 3));
    assert_eq!(rows[2].to_vec::<i64>()?, [4, 5]);
    assert_eq!(x.iter().sum::<Array>().to_vec::<i64>()?, [6, 9]);
    assert_eq!(rows.iter().product::<Array>().to_vec::<i64>()?, [0, 15]);
    assert_eq!(Vec::<Array>::new().into_iter().sum::<Array>().item::<i64>()?, 0);
    assert_eq!(zeros([0, 4], F32).iter().count(), 0);
    let mut columns = Vec::new();
    for column in x.unstack(1) {
        columns.push(column.to_vec::<i64>()?);
    }
    assert_eq!(columns, [[0, 2, 4], [1, 3, 5]]);
    for (failed, words) in
        [(Array::from(1.5), "iteration over a 0-d array"), (&x + arange(7), "operands could not")]
    {
        let parts: Vec<Array> = failed.iter().collect();
        let error = parts[0].check().unwrap_err();
        assert_eq!(parts.len(), 1);
        assert!(error.to_string().starts_with(words), "{error}");
        assert_eq!(error.location().file(), file!());
        assert!(failed.unstack(0)[0].check().is_err());
    }
    Ok(())
}

#[test]
fn arrays_come_apart_and_together_again() -> Result<(), Error> {
    let x = arange(24).reshape([2, 3, 4]);
    for axis in [0, 1, 2, -1] {
        let count = x.shape()[if axis < 0 { 2 } else { axis as usize }];
        assert!(concatenate(x.split(count, axis), axis).array_equal(&x)?);
        assert!(stack(x.unstack(axis), axis).array_equal(&x)?);
        assert!(concatenate(x.array_split(5, axis), axis).array_equal(&x)?);
        assert!(concatenate(x.split_at([1, 1, 2, 9], axis), axis).array_equal(&x)?);
    }
    let extents = |parts: Vec<Array>| parts.iter().map(Array::len).collect::<Vec<_>>();
    assert_eq!(extents(arange(8).array_split(3, 0)), [3, 3, 2]);
    assert_eq!(extents(arange(2).array_split(4, 0)), [1, 1, 0, 0]);
    assert_eq!(extents(arange(8).split_at([3, -1], 0)), [3, 4, 1]);
    for (parts, words) in [
        (x.split(5, 2), "array split does not result in an equal division"),
        (x.split(0, 2), "number sections must be larger than 0."),
        (x.split(usize::MAX, 2), "number sections must be smaller than 1048576."),
        (zeros(0, F32).array_split(1 << 40, 0), "number sections must be smaller than 1048576."),
        (x.array_split(2, 3), "axis 3 is out of bounds for array of dimension 3"),
        (x.split_at([1], 7), "axis 7 is out of bounds for array of dimension 3"),
    ] {
        let error = parts[0].check().unwrap_err();
        assert!(error.to_string().starts_with(words), "{error}");
        assert_eq!(error.location().file(), file!());
    }
    Ok(())
}

#[test]
fn short_forms_of_concatenate_are_numpys() -> Result<(), Error> {
    let (a, b) = (arange(3), arange(3) * 10);
    let (m, one) = (arange(6).reshape([2, 3]), Array::from(7i64));
    let shape = |x: Array| x.try_shape().map(<[usize]>::to_vec);
    assert_eq!(shape(hstack([&a, &b]))?, [6]);
    assert_eq!(shape(hstack([&m, &m]))?, [2, 6]);
    assert_eq!(hstack([&one, &a]).to_vec::<i64>()?, [7, 0, 1, 2]);
    assert_eq!(vstack([&a, &b]).to_vec::<i64>()?, [0, 1, 2, 0, 10, 20]);
    assert_eq!(shape(vstack([&m, &a.expand_dims(0)]))?, [3, 3]);
    assert_eq!(dstack([&a, &b]).to_vec::<i64>()?, [0, 0, 1, 10, 2, 20]);
    assert_eq!(shape(dstack([&m, &m, &m]))?, [2, 3, 3]);
    assert_eq!(column_stack([&a, &b]).to_vec::<i64>()?, [0, 0, 1, 10, 2, 20]);
    assert_eq!(shape(column_stack([&m.t(), &a]))?, [3, 3]);
    assert!(hstack(Vec::<Array>::new()).check().is_err());
    assert!(vstack([&m, &(&m + arange(5))]).check().unwrap_err().to_string().contains("broadcast"));
    Ok(())
}

#[test]
fn matrices_turn_as_in_numpy() -> Result<(), Error> {
    let x = Array::from([[1, 2, 3], [4, 5, 6]]);
    let turned = [[1, 2, 3, 4, 5, 6], [3, 6, 2, 5, 1, 4], [6, 5, 4, 3, 2, 1], [4, 1, 5, 2, 6, 3]];
    for quarters in -4..8isize {
        assert_eq!(x.rot90(quarters).to_vec::<i32>()?, turned[quarters.rem_euclid(4) as usize], "{quarters}");
    }
    assert_eq!(x.flipud().to_vec::<i32>()?, [4, 5, 6, 1, 2, 3]);
    assert_eq!(x.fliplr().to_vec::<i32>()?, [3, 2, 1, 6, 5, 4]);
    assert_eq!(zeros([5, 2, 3], F32).matrix_transpose().shape(), [5, 3, 2]);
    assert!(arange(3).matrix_transpose().check().is_err() && arange(3).rot90(0).check().is_err());
    let at_least = |x: &Array| [x.atleast_1d(), x.atleast_2d(), x.atleast_3d()].map(|x| x.shape().to_vec());
    assert_eq!(at_least(&Array::from(1.0)), [vec![1], vec![1, 1], vec![1, 1, 1]]);
    assert_eq!(at_least(&zeros(0, F32)), [vec![0], vec![1, 0], vec![1, 0, 1]]);
    assert_eq!(at_least(&zeros([2, 3], F32)), [vec![2, 3], vec![2, 3], vec![2, 3, 1]]);
    Ok(())
}

#[test]
fn differences_products_and_comparisons_are_numpys() -> Result<(), Error> {
    let x = Array::from([[1, 4, 9], [16, 25, 36]]);
    assert_eq!(x.diff(1, -1).to_vec::<i32>()?, [3, 5, 9, 11]);
    assert_eq!(x.diff(1, 0).to_vec::<i32>()?, [15, 21, 27]);
    assert_eq!(x.diff(2, 1).to_vec::<i32>()?, [2, 2]);
    assert_eq!((x.diff(0, 1).shape(), x.diff(usize::MAX, 1).shape()), (&[2, 3][..], &[2, 0][..]));
    assert_eq!(Array::from([true, true, false]).diff(1, 0).to_vec::<bool>()?, [false, true]);
    assert!(x.diff(1, 2).check().unwrap_err().to_string().contains("[diff of int32 (2, 3)"));
    assert_eq!(numfuse::outer(&x, &arange(2)).shape(), [6, 2]);
    let y = Array::from([1.0, f64::INFINITY, f64::NAN, 0.0]);
    let z = Array::from([1.0 + 1e-6, f64::INFINITY, f64::NAN, f64::NEG_INFINITY]);
    assert_eq!(y.isclose(&z, 1e-5, 1e-8).to_vec::<bool>()?, [true, true, false, false]);
    assert!(numfuse::allclose(&arange(3), &(arange(3).cast(F32) + 1e-7), 1e-5, 1e-6)?);
    assert!(
        !arange(3).allclose(&(arange(3) + 1), 1e-5, 1e-8)?
            && arange(3).allclose(&arange(4), 0.0, 0.0).is_err()
    );
    assert!(numfuse::array_equal(&arange(3), &arange(3).cast(F32))? && !arange(3).array_equal(&arange(4))?);
    assert_eq!(numfuse::pow(2, arange(4)).to_vec::<i64>()?, arange(4).exp2().cast(I64).to_vec::<i64>()?);
    assert_eq!((numfuse::abs(-3).item::<i64>()?, x.pow(2).i((1, 2)).item::<i32>()?), (3, 1296));
    assert_eq!((numfuse::round(&Array::from(2.567), 1).item::<f64>()?, x.nbytes()), (2.6, 24));
    Ok(())
}
