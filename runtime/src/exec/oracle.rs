//! Between bytes and the interpreter's elements: what the slow, exact way of running needs.

use numfuse_ir::dtype::DType;
use numfuse_ir::scalar::Scalar;

/// The elements that these bytes are.
pub(super) fn decode(dtype: DType, bytes: &[u8]) -> Vec<Scalar> {
    bytes.chunks_exact(dtype.bytes()).map(|bytes| Scalar::from_bytes(dtype, bytes)).collect()
}

/// The bytes of these elements, in the order of a little-endian machine.
pub(super) fn encode(elements: &[Scalar]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(elements.iter().map(|e| e.dtype().bytes()).sum());
    elements.iter().for_each(|element| bytes.extend(element.to_bytes()));
    bytes
}

/// Elements for a kernel to write over.
pub(super) fn zeros(dtype: DType, bytes: usize) -> Vec<Scalar> {
    vec![Scalar::zero(dtype); bytes / dtype.bytes()]
}

/// The first element that differs, and how many of how many do. Any NaN is as good as another.
pub(super) fn difference(found: &[Scalar], expected: &[Scalar]) -> Option<(usize, (usize, usize))> {
    let differs = |index: &usize| !found[*index].same(expected[*index]);
    let first = (0..found.len()).find(differs)?;
    Some((first, ((first..found.len()).filter(differs).count(), found.len())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_and_elements_convert() {
        for &dtype in DType::ALL {
            let elements = [Scalar::zero(dtype), Scalar::one(dtype), Scalar::from_i128(dtype, 1)];
            let bytes = encode(&elements);
            assert_eq!(bytes.len(), 3 * dtype.bytes());
            assert_eq!(decode(dtype, &bytes), elements);
            assert_eq!(zeros(dtype, bytes.len()), [Scalar::zero(dtype); 3]);
        }
        assert_eq!(decode(DType::F32, &1.5f32.to_le_bytes()), [Scalar::f32(1.5)]);
    }

    #[test]
    fn any_nan_is_as_good_as_another() {
        let quiet = Scalar::f32(f32::NAN);
        let other = Scalar::from_bits(DType::F32, 0xffc0_1234);
        let (zero, minus) = (Scalar::f32(0.0), Scalar::f32(-0.0));
        assert_eq!(difference(&[quiet, zero], &[other, zero]), None);
        assert_eq!(difference(&[zero, zero, quiet], &[zero, minus, zero]), Some((1, (2, 3))));
    }
}
