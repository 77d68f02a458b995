//! Reading a graph's text back.

use crate::dtype::{DType, Kind as Numbers};
use crate::scalar::Scalar;

/// The constant that a word says, as a number or as bits.
pub(super) fn literal_of(dtype: DType, word: &str) -> Result<Scalar, String> {
    let wrong = || format!("`{word}` is not a constant of type {}", dtype.short());
    if let Some(digits) = word.strip_prefix("0x") {
        let bits = u64::from_str_radix(digits, 16).map_err(|_| wrong())?;
        let value = Scalar::from_bits(dtype, bits);
        return if value.bits() == bits { Ok(value) } else { Err(wrong()) };
    }
    match (dtype.kind(), dtype) {
        (Numbers::Bool, _) => word.parse().map(Scalar::bool).map_err(|_| wrong()),
        (Numbers::Float, DType::F32) => word.parse().map(Scalar::f32).map_err(|_| wrong()),
        (Numbers::Float, _) => word.parse().map(Scalar::f64).map_err(|_| wrong()),
        (Numbers::Signed | Numbers::Unsigned, _) => {
            let whole: i128 = word.parse().map_err(|_| wrong())?;
            let held = (dtype.min_int()..=dtype.max_int()).contains(&whole);
            if held { Ok(Scalar::from_i128(dtype, whole)) } else { Err(wrong()) }
        }
    }
}
