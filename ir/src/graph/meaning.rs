//! What library ops mean: oracle 1's own plain loops, as slow as they are short.
//!
//! Sums of products are taken in float64, in order; a library may take them in its own type and in any order, so
//! what it computes is compared [nearly](near).

use super::interp;
use crate::dtype::DType;
use crate::math::Eval;
use crate::ops::fold::Fold;
use crate::ops::library::LibOp;
use crate::scalar::Scalar;
use crate::shape::Shape;

/// An operand: its shape and its elements, row-major.
pub type Operand<'a> = (&'a Shape, &'a [Scalar]);

/// The result of a library op on operands that its row allows, row-major and of type `dtype`.
pub fn library(op: LibOp, operands: &[Operand<'_>], dtype: DType) -> Vec<Scalar> {
    match op {
        LibOp::Matmul => matmul(operands[0], operands[1], dtype),
        LibOp::Put | LibOp::AddAt | LibOp::MultiplyAt | LibOp::MinimumAt | LibOp::MaximumAt => {
            scatter(op.fold(), operands[0].1, operands[1].1, operands[2].1)
        }
    }
}

/// The elements of `base` after the values were written to their places: the last one of each, or what
/// their fold, in the order in which they come, gives with the element.
fn scatter(fold: Option<Fold>, base: &[Scalar], places: &[Scalar], values: &[Scalar]) -> Vec<Scalar> {
    let mut given: Vec<Vec<Scalar>> = vec![Vec::new(); base.len()];
    places.iter().zip(values).for_each(|(place, value)| given[place.to_i128() as usize].push(*value));
    let after = |(element, values): (&Scalar, &Vec<Scalar>)| match (fold, values.last()) {
        (_, None) => *element,
        (None, Some(last)) => *last,
        (Some(fold), Some(_)) => fold.join(&mut Eval, &[*element], &[interp::folded(fold, values)])[0],
    };
    base.iter().zip(&given).map(after).collect()
}

fn matmul((shape, a): Operand<'_>, (other, b): Operand<'_>, dtype: DType) -> Vec<Scalar> {
    let (m, k) = (shape[shape.len() - 2], shape[shape.len() - 1]);
    let n = other[other.len() - 1];
    let batches: usize = shape[..shape.len() - 2].iter().product();
    let mut result = Vec::with_capacity(batches * m * n);
    for batch in 0..batches {
        for i in 0..m {
            for j in 0..n {
                let mut sum = 0.0;
                for l in 0..k {
                    sum += a[(batch * m + i) * k + l].to_f64() * b[(batch * k + l) * n + j].to_f64();
                }
                result.push(Scalar::from_f64(dtype, sum));
            }
        }
    }
    result
}

/// The first element of `found` that is not the one expected; where a library orders sums, the first that
/// lies further
/// from the meaning of the op on these operands than rounding each sum at every step, in any order,
/// explains.
pub fn near(op: LibOp, operands: &[Operand<'_>], found: &[Scalar], expected: &[Scalar]) -> Option<usize> {
    if op.is_scatter() {
        return found.iter().zip(expected).position(|(found, expected)| !found.same(*expected));
    }
    let magnitudes: Vec<Vec<Scalar>> =
        operands.iter().map(|(_, data)| data.iter().map(size).collect()).collect();
    let sizes: Vec<Operand<'_>> = operands.iter().zip(&magnitudes).map(|((s, _), m)| (*s, &m[..])).collect();
    let scales = library(op, &sizes, DType::F64);
    let terms = operands[0].0.last().copied().unwrap_or(1) as f64;
    (0..expected.len()).find(|&at| !agree(found[at], expected[at], scales[at].to_f64(), terms))
}

/// Whether two sums of so many terms, whose magnitudes add up to `scale`, are one but for rounding.
fn agree(found: Scalar, expected: Scalar, scale: f64, terms: f64) -> bool {
    let dtype = expected.dtype();
    let (unit, least, greatest) = (dtype.epsilon(), dtype.least_normal(), dtype.greatest());
    // Where a part of the sum may lie beyond the largest number, its order decides what it becomes.
    let overflows = scale > greatest / 4.0;
    let apart = (found.to_f64() - expected.to_f64()).abs();
    found.same(expected) || overflows || apart <= (2.0 * terms + 4.0) * (scale * unit + least)
}

/// The magnitude of a number, in float64.
fn size(x: &Scalar) -> Scalar {
    Scalar::f64(x.to_f64().abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_by_index_comes_in_order() {
        let floats = |values: &[f64]| values.iter().map(|&x| Scalar::f64(x)).collect::<Vec<_>>();
        let places: Vec<Scalar> = [2, 0, 2, 2].map(|i| Scalar::from_i128(DType::I64, i)).to_vec();
        let (base, values) = (floats(&[1.0, -0.0, 2.0]), floats(&[10.0, 20.0, 1e17, -1e17]));
        let shape = |n: usize| Shape::new(&[n]).unwrap();
        let operands = [(&shape(3), &base[..]), (&shape(4), &places[..]), (&shape(4), &values[..])];
        let result = |op| library(op, &operands, DType::F64);
        assert_eq!(result(LibOp::Put), floats(&[20.0, -0.0, -1e17]));
        // Lanes 0 and 2 of the three values come together first.
        assert_eq!(result(LibOp::AddAt), floats(&[21.0, -0.0, 2.0 + ((10.0 - 1e17) + 1e17)]));
        assert_eq!(result(LibOp::MaximumAt), floats(&[20.0, -0.0, 1e17]));
    }

    #[test]
    fn products_are_sums_of_products() {
        let floats = |values: &[f64]| values.iter().map(|&x| Scalar::f64(x)).collect::<Vec<_>>();
        let shape = |extents: &[usize]| Shape::new(extents).unwrap();
        let (a, b) = (floats(&[1.0, 2.0, 3.0, 4.0]), floats(&[5.0, 6.0, 7.0, 8.0]));
        let square = shape(&[1, 2, 2]);
        let operands = [(&square, &a[..]), (&square, &b[..])];
        let result = library(LibOp::Matmul, &operands, DType::F64);
        assert_eq!(result, floats(&[19.0, 22.0, 43.0, 50.0]));
        assert_eq!(near(LibOp::Matmul, &operands, &floats(&[19.0, 22.0, 43.0, 50.0 + 1e-14]), &result), None);
        assert_eq!(near(LibOp::Matmul, &operands, &floats(&[19.0, 22.1, 43.0, 50.0]), &result), Some(1));
        assert_eq!(near(LibOp::Matmul, &operands, &floats(&[19.0, f64::NAN, 43.0, 50.0]), &result), Some(1));
    }
}
