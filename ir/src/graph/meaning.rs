//! What library ops mean: oracle 1's own plain loops, as slow as they are short.
//!
//! Sums of products are taken in float64, in order; a library may take them in its own type and in any order, so
//! what it computes is compared [nearly](near).

use super::interp;
use crate::dtype::DType;
use crate::math::Eval;
use crate::ops::fold::Fold;
use crate::ops::library::{Family, LibOp};
use crate::ops::transform::Transform;
use crate::scalar::Scalar;
use crate::shape::Shape;

/// An operand: its shape and its elements, row-major.
pub type Operand<'a> = (&'a Shape, &'a [Scalar]);

/// The result of a library op on operands that its row allows, row-major and of type `dtype`.
pub fn library(op: LibOp, operands: &[Operand<'_>], dtype: DType) -> Vec<Scalar> {
    match op.family() {
        Family::Product => matmul(operands[0], operands[1], dtype),
        Family::Scatter(fold) => scatter(fold, operands[0].1, operands[1].1, operands[2].1),
        Family::Transform(of) => transform(of, operands[0], dtype),
    }
}

/// The Fourier transforms of all rows.
fn transform(of: Transform, (shape, data): Operand<'_>, dtype: DType) -> Vec<Scalar> {
    let extent = shape.last().copied().unwrap_or(1);
    let (points, count) = (of.points(extent), of.transformed(extent));
    let back = matches!(of, Transform::Complex { back: true } | Transform::ToReal { .. });
    let sign = if back { 1.0 } else { -1.0 };
    let mut result = Vec::with_capacity(data.len() / extent * count);
    for row in data.chunks(extent) {
        // The half that is left out mirrors the one that is there; what mirrors itself is real.
        let at = |j: usize| match of {
            Transform::ToReal { .. } if j == 0 || 2 * j == points => [parts(row[j])[0], 0.0],
            Transform::ToReal { .. } if j >= extent => {
                let [x, y] = parts(row[points - j]);
                [x, -y]
            }
            Transform::Complex { .. } | Transform::OfReal | Transform::ToReal { .. } => parts(row[j]),
        };
        for k in 0..count {
            let (mut real, mut imaginary) = (0.0, 0.0);
            for j in 0..points {
                let turn = (j as u128 * k as u128 % points as u128) as f64 / points as f64;
                let (sine, cosine) = (sign * std::f64::consts::TAU * turn).sin_cos();
                let [x, y] = at(j);
                real += x * cosine - y * sine;
                imaginary += x * sine + y * cosine;
            }
            result.push(number(dtype, real, imaginary));
        }
    }
    result
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

/// The parts of a number, in float64.
fn parts(x: Scalar) -> [f64; 2] {
    [x.real().to_f64(), x.imaginary().to_f64()]
}

/// The number of that type with these parts, of which only complex numbers have a second.
fn number(dtype: DType, real: f64, imaginary: f64) -> Scalar {
    let part = |x| Scalar::from_f64(dtype.part(), x);
    if dtype.is_complex() { Scalar::complex(part(real), part(imaginary)) } else { part(real) }
}

fn matmul((shape, a): Operand<'_>, (other, b): Operand<'_>, dtype: DType) -> Vec<Scalar> {
    let (m, k) = (shape[shape.len() - 2], shape[shape.len() - 1]);
    let n = other[other.len() - 1];
    let batches: usize = shape[..shape.len() - 2].iter().product();
    let mut result = Vec::with_capacity(batches * m * n);
    for batch in 0..batches {
        for i in 0..m {
            for j in 0..n {
                let (mut real, mut imaginary) = (0.0, 0.0);
                for l in 0..k {
                    let ([x, y], [u, v]) =
                        (parts(a[(batch * m + i) * k + l]), parts(b[(batch * k + l) * n + j]));
                    real += x * u;
                    if dtype.is_complex() {
                        real -= y * v;
                        imaginary += x * v + y * u;
                    }
                }
                result.push(number(dtype, real, imaginary));
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
    if let Some(of) = op.transform() {
        return strayed(of, operands[0], found, expected);
    }
    let magnitudes: Vec<Vec<Scalar>> =
        operands.iter().map(|(_, data)| data.iter().map(size).collect()).collect();
    let sizes: Vec<Operand<'_>> = operands.iter().zip(&magnitudes).map(|((s, _), m)| (*s, &m[..])).collect();
    let scales = library(op, &sizes, DType::F64);
    let terms = operands[0].0.last().copied().unwrap_or(1) as f64;
    let scale = |at: usize| scales[at].to_f64();
    (0..expected.len()).find(|&at| !agree_in_parts(found[at], expected[at], scale(at), 2.0 * terms))
}

/// Whether both parts of two sums are one but for rounding.
fn agree_in_parts(found: Scalar, expected: Scalar, scale: f64, terms: f64) -> bool {
    let of = |part: fn(Scalar) -> Scalar| agree(part(found), part(expected), scale, terms);
    of(Scalar::real) && of(Scalar::imaginary)
}

/// The first element of a transform that is not as expected but for rounding: a sum of its row.
fn strayed(
    of: Transform,
    (shape, data): Operand<'_>,
    found: &[Scalar],
    expected: &[Scalar],
) -> Option<usize> {
    let extent = shape.last().copied().unwrap_or(1);
    let (terms, count) = (of.points(extent) as f64, of.transformed(extent));
    // Of a half the other half counts, too.
    let scales: Vec<f64> =
        data.chunks(extent).map(|row| 2.0 * row.iter().map(|x| size(x).to_f64()).sum::<f64>()).collect();
    let is_finite = |at: &usize| scales[at / count].is_finite();
    (0..expected.len())
        .filter(is_finite)
        .find(|&at| !agree_in_parts(found[at], expected[at], scales[at / count], terms))
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
    let [real, imaginary] = parts(*x);
    Scalar::f64(real.hypot(imaginary))
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
    fn transforms_are_sums_of_turned_terms() {
        let complex = |parts: &[(f64, f64)]| -> Vec<Scalar> {
            parts.iter().map(|&(x, y)| Scalar::complex(Scalar::f64(x), Scalar::f64(y))).collect()
        };
        let shape = Shape::new(&[4]).unwrap();
        let data = complex(&[(1.0, 0.0), (2.0, 1.0), (0.0, 0.0), (0.0, -1.0)]);
        let forth = library(LibOp::Fft, &[(&shape, &data)], DType::C128);
        let expected = complex(&[(3.0, 0.0), (3.0, -2.0), (-1.0, 0.0), (-1.0, 2.0)]);
        assert_eq!(near(LibOp::Fft, &[(&shape, &data)], &forth, &expected), None);
        let back = library(LibOp::FftBack, &[(&shape, &forth)], DType::C128);
        let four_times: Vec<Scalar> = complex(&[(4.0, 0.0), (8.0, 4.0), (0.0, 0.0), (0.0, -4.0)]);
        assert_eq!(near(LibOp::FftBack, &[(&shape, &forth)], &back, &four_times), None);
        for (count, op) in [(4, LibOp::RfftBackEven), (5, LibOp::RfftBackOdd)] {
            let real: Vec<Scalar> = (0..count).map(|i| Scalar::f64((i * i) as f64 - 2.0)).collect();
            let (long, half) = (Shape::new(&[count]).unwrap(), Shape::new(&[count / 2 + 1]).unwrap());
            let forth = library(LibOp::Rfft, &[(&long, &real)], DType::C128);
            let back = library(op, &[(&half, &forth)], DType::F64);
            let times: Vec<Scalar> = real.iter().map(|x| Scalar::f64(x.to_f64() * count as f64)).collect();
            assert_eq!(near(op, &[(&half, &forth)], &back, &times), None);
            let wrong: Vec<Scalar> = times.iter().map(|x| Scalar::f64(x.to_f64() + 0.1)).collect();
            assert_eq!(near(op, &[(&half, &forth)], &back, &wrong), Some(0));
        }
    }

    #[test]
    fn products_are_sums_of_products() {
        let floats = |values: &[f64]| values.iter().map(|&x| Scalar::f64(x)).collect::<Vec<_>>();
        let shape = |extents: &[usize]| Shape::new(extents).unwrap();
        let (a, b) = (floats(&[1.0, 2.0, 3.0, 4.0]), floats(&[5.0, 6.0, 7.0, 8.0]));
        let number = |x: f64, y: f64| Scalar::complex(Scalar::f64(x), Scalar::f64(y));
        let (row, column) = ([number(1.0, 2.0), number(0.0, 1.0)], [number(3.0, -1.0), number(2.0, 2.0)]);
        let (across, down) = (shape(&[1, 2]), shape(&[2, 1]));
        let operands = [(&across, &row[..]), (&down, &column[..])];
        let product = library(LibOp::Matmul, &operands, DType::C128);
        assert_eq!(product, [number(3.0, 7.0)]);
        let off = |x, y| near(LibOp::Matmul, &operands, &[number(x, y)], &product);
        assert_eq!((off(3.0, 7.0 + 1e-15), off(3.0, 7.1), off(3.1, 7.0)), (None, Some(0), Some(0)));
        let square = shape(&[1, 2, 2]);
        let operands = [(&square, &a[..]), (&square, &b[..])];
        let result = library(LibOp::Matmul, &operands, DType::F64);
        assert_eq!(result, floats(&[19.0, 22.0, 43.0, 50.0]));
        assert_eq!(near(LibOp::Matmul, &operands, &floats(&[19.0, 22.0, 43.0, 50.0 + 1e-14]), &result), None);
        assert_eq!(near(LibOp::Matmul, &operands, &floats(&[19.0, 22.1, 43.0, 50.0]), &result), Some(1));
        assert_eq!(near(LibOp::Matmul, &operands, &floats(&[19.0, f64::NAN, 43.0, 50.0]), &result), Some(1));
    }
}
