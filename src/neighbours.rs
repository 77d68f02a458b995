//! Neighbours of floats of half types, which kernels hold as float32: found by arithmetic instead of bits.
//!
//! A half has its last place `2^(exponent - bits)` from the next one, which float32 adds exactly; rounded to the
//! type, what goes beyond its range is infinite.

use crate::arguments::Operand;
use crate::array::Array;
use crate::lazy::build;
use crate::ufunc::where_;
use numfuse_ir::dtype::DType;
use numfuse_ir::ops::Op;
use numfuse_ir::scalar::Scalar;

/// `nextafter` or `spacing` of operands that meet in a half type; `None` in any other.
#[track_caller]
pub(crate) fn of_halfs(op: Op, operands: &[Operand]) -> Option<Array> {
    let types = || operands.iter().filter_map(Operand::array).map(|array| array.0.node.dtype);
    let common = types().reduce(DType::promote)?;
    // A plain number takes the type of the arrays, as far as its kind lets it.
    let numbers = operands.iter().filter_map(Operand::number);
    let numbers = numbers.map(|number| common.promote_weak(number.weak()));
    let dtype = types().chain(numbers).map(DType::to_float).reduce(DType::promote)?;
    if !dtype.is_half() {
        return None;
    }
    let mut wide = Vec::new();
    for operand in operands {
        let half = match operand {
            Operand::Array(array) => array.cast(dtype),
            Operand::Number(number) => build(op.name(), [], |b| Ok(b.number(number.to_scalar(dtype)?))),
        };
        wide.push(half.cast(DType::F32));
    }
    let found = match &wide[..] {
        [x] => spacing(x, dtype),
        [x, towards] => next(x, towards, dtype),
        _ => return None,
    };
    Some(found.cast(dtype))
}

/// The distance of the last place of each number; and whether the number is a power of two above the least
/// normal one, which has nearer neighbours below.
#[track_caller]
fn last_place(x: &Array, dtype: DType) -> (Array, Array) {
    let least = i64::from(dtype.min_exponent());
    // In [0.5, 1), so that the exponent is one more than that of the first digit.
    let exponent = where_(x.equal(0), least, x.frexp_exponent() - 1);
    let is_power = x.frexp_mantissa().absolute().equal(0.5) & exponent.greater(least);
    let place = exponent.maximum(least) - i64::from(dtype.fraction_bits());
    (Array::scalar(1f32).ldexp(place), is_power)
}

/// The next number after `x` on the way to `towards`.
#[track_caller]
fn next(x: &Array, towards: &Array, dtype: DType) -> Array {
    let (place, is_power) = last_place(x, dtype);
    let is_up = towards.greater(x);
    let inwards = is_up.not_equal(x.greater(0));
    let step = where_(&is_power & inwards, &place * 0.5, &place);
    let moved = (x + where_(&is_up, &step, -&step)).copysign(where_(x.equal(0), towards, x));
    let most = greatest(dtype);
    let moved = where_(x.isinf(), full_like(x, most), moved);
    let found = where_(x.equal(towards), towards, moved);
    where_(x.isnan() | towards.isnan(), x + towards, found)
}

/// The greatest number of a type with the sign of each.
#[track_caller]
fn full_like(x: &Array, most: f32) -> Array {
    Array::scalar(most).copysign(x)
}

fn greatest(dtype: DType) -> f32 {
    let infinite = Scalar::from_f64(dtype, f64::INFINITY).bits();
    Scalar::from_bits(dtype, infinite - 1).to_f64() as f32
}

/// The distance to the next number away from 0, with the sign of `x`. As in NumPy it is positive for all
/// float16, and half as much for a negative power of two.
#[track_caller]
fn spacing(x: &Array, dtype: DType) -> Array {
    let (place, is_power) = last_place(x, dtype);
    let place = match dtype {
        DType::F16 => {
            let place = where_(is_power & x.less(0), &place * 0.5, place);
            // Beyond the greatest number there is none.
            where_(x.equal(greatest(dtype)), f32::INFINITY, place)
        }
        _ => {
            let beyond = (x.absolute() + &place).cast(dtype).isinf();
            where_(beyond, f32::INFINITY, place).copysign(x)
        }
    };
    where_(x.isfinite(), place, f32::NAN)
}
