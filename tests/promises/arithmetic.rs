//! Types, division, shifts, NaN and -0: what a single operation gives.

use crate::{holds, numbers, seen};
use numfuse::prelude::*;
use numfuse::{Element, Error};

#[test]
fn plain_numbers_never_widen_an_array() {
    let single = Array::from([1.0f32]);
    assert_eq!((&single + 1.5).dtype(), F32);
    assert_eq!((1e300 * &single).dtype(), F32);
    assert_eq!(single.maximum(2).dtype(), F32);
    assert_eq!((Array::from([1i32]) + &single).dtype(), F64);
    assert_eq!((Array::from([1i8]) + 100).dtype(), I8);
    assert_eq!((Array::from([1u8]) * 1.5).dtype(), F64);
    assert_eq!((Array::from([1u64]) + Array::from([1i64])).dtype(), F64);
    assert_eq!((Array::from([1i8]) / Array::from([1i8])).dtype(), F64);
    holds(&(Array::from([100i8]) + 100), &[-56i8]);
}

#[test]
fn a_number_that_the_type_cannot_hold_is_an_error_where_it_is_written() {
    let sum = Array::from([1i8]) + 300;
    let line = line!() - 1;
    let error = sum.check().unwrap_err();
    assert!(error.to_string().starts_with("Python integer 300 out of bounds for int8"), "{error}");
    assert_eq!(error.location().line(), line);
    assert!((Array::from([1u8]) * -1).check().is_err());
    assert!((Array::from([1u64]) + u64::MAX).check().is_ok());
}

#[test]
fn integers_accumulate_in_64_bits() -> Result<(), Error> {
    assert_eq!(full(1000, 127, I8).sum(..).item::<i64>()?, 127_000);
    assert_eq!(full(1000, u32::MAX, U32).sum(..).item::<u64>()?, 1000 * u64::from(u32::MAX));
    assert_eq!(full(7, 100, U8).prod(..).item::<u64>()?, 100_000_000_000_000);
    assert_eq!(ones(1000, BOOL).sum(..).item::<i64>()?, 1000);
    assert_eq!(full(1000, 127, I8).mean(..).item::<f64>()?, 127.0);
    assert_eq!(full([300, 100], -128, I8).sum(0).to_vec::<i64>()?, [-38_400; 100]);
    Ok(())
}

/// Each integer type with values at its ends, and what Python makes of them without limits.
macro_rules! for_integers {
    ($check:ident: $($T:ident)+) => { $(
        let ends: Vec<i128> = [0, 1, 2, 3, 7, 5, 40, -1, -2, -3, -7, $T::MIN as i128, $T::MIN as i128 + 1, $T::MAX as i128, $T::MAX as i128 - 1]
            .into_iter().filter(|&n| $T::try_from(n).is_ok()).collect();
        let pairs: Vec<($T, $T)> = ends.iter().flat_map(|&a| ends.iter().map(move |&b| (a as $T, b as $T))).collect();
        let (a, b): (Vec<$T>, Vec<$T>) = pairs.iter().copied().unzip();
        let (x, y) = (Array::from(a), Array::from(b));
        $check(&x, &y, &|f: &dyn Fn(i128, i128, u32, bool) -> i128| {
            pairs.iter().map(|&(a, b)| f(a as i128, b as i128, $T::BITS, $T::MIN != 0) as $T as i64 as u64).collect::<Vec<u64>>()
        });
    )+ };
}

type Expected<'a> = &'a dyn Fn(&dyn Fn(i128, i128, u32, bool) -> i128) -> Vec<u64>;

fn floor_of(a: i128, b: i128) -> i128 {
    if b == 0 { 0 } else { a.div_euclid(b) - i128::from(b < 0 && a.rem_euclid(b) != 0) }
}

fn divisions_are_total(x: &Array, y: &Array, expected: Expected<'_>) {
    let what = x.dtype();
    let remainder = |a: i128, b: i128| if b == 0 { 0 } else { a - floor_of(a, b) * b };
    assert_eq!(seen(&x.floor_divide(y)), expected(&|a, b, _, _| floor_of(a, b)), "{what} //");
    assert_eq!(seen(&(x % y)), expected(&|a, b, _, _| remainder(a, b)), "{what} %");
    assert_eq!(seen(&x.fmod(y)), expected(&|a, b, _, _| if b == 0 { 0 } else { a % b }), "{what} fmod");
    let (quotient, rest) = x.divmod(y);
    assert_eq!(
        seen(&(quotient * y + rest)),
        expected(&|a, b, _, _| if b == 0 { 0 } else { a }),
        "{what} divmod"
    );
    for divisor in [0, 1, 3] {
        let floor = expected(&|a, _, _, _| floor_of(a, divisor));
        assert_eq!(seen(&x.floor_divide(divisor as i64)), floor, "{what} // {divisor}");
        assert_eq!(
            seen(&(x % divisor as i64)),
            expected(&|a, _, _, _| remainder(a, divisor)),
            "{what} % {divisor}"
        );
    }
}

fn shifts_are_total(x: &Array, y: &Array, expected: Expected<'_>) {
    let what = x.dtype();
    let far = |b: i128, bits: u32| !(0..i128::from(bits)).contains(&b);
    let left = |a: i128, b: i128, bits: u32| if far(b, bits) { 0 } else { a << b };
    let right = |a: i128, b: i128, bits: u32| if far(b, bits) { if a < 0 { -1 } else { 0 } } else { a >> b };
    assert_eq!(seen(&(x << y)), expected(&|a, b, bits, _| left(a, b, bits)), "{what} <<");
    assert_eq!(seen(&(x >> y)), expected(&|a, b, bits, _| right(a, b, bits)), "{what} >>");
    for count in [0, 7, 8, 31, 32, 40, 63, 64, 100] {
        assert_eq!(
            seen(&(x << count as i64)),
            expected(&|a, _, bits, _| left(a, count, bits)),
            "{what} << {count}"
        );
        assert_eq!(
            seen(&(x >> count as i64)),
            expected(&|a, _, bits, _| right(a, count, bits)),
            "{what} >> {count}"
        );
    }
}

#[test]
fn integer_division_is_total_and_pythons() {
    for_integers!(divisions_are_total: i8 i16 i32 i64 u8 u16 u32 u64);
}

#[test]
fn shifts_past_the_width_leave_nothing() {
    holds(&(Array::from([1i32; 9]) << 40), &[0i32; 9]);
    for_integers!(shifts_are_total: i8 i16 i32 i64 u8 u16 u32 u64);
}

#[test]
fn extremes_propagate_nan_unless_asked_to_ignore_it() {
    let nan = f32::NAN;
    let (x, y) = (Array::from([nan, 1.0, nan, 2.0]), Array::from([1.0f32, nan, nan, 3.0]));
    assert_eq!(seen(&x.maximum(&y)), seen(&Array::from([nan, nan, nan, 3.0])));
    assert_eq!(seen(&x.minimum(&y)), seen(&Array::from([nan, nan, nan, 2.0])));
    assert_eq!(seen(&x.fmax(&y)), seen(&Array::from([1.0, 1.0, nan, 3.0])));
    assert_eq!(seen(&x.fmin(&y)), seen(&Array::from([1.0, 1.0, nan, 2.0])));
    assert_eq!(seen(&x.clip(0.0, 1.5)), seen(&Array::from([nan, 1.0, nan, 1.5])));
    for count in [1, 31, 33, 513, 5000] {
        for place in [0, count / 3, count - 1] {
            let mut elements = numbers(count);
            elements[place..].iter_mut().step_by(7).for_each(|x| *x = nan);
            let x = Array::from(elements);
            for extreme in [x.max(..), x.min(..), x.ptp(..)] {
                assert!(extreme.item::<f32>().unwrap().is_nan(), "{count} elements, NaN at {place}");
            }
            assert_eq!(x.argmax(..).item::<i64>().unwrap(), place as i64, "the first NaN");
            assert_eq!(x.argmin(..).item::<i64>().unwrap(), place as i64, "the first NaN");
        }
    }
}

#[test]
fn minus_zero_is_below_zero_in_extremes() {
    let (x, y) = (Array::from([0.0, -0.0, 0.0, -0.0]), Array::from([-0.0, 0.0, 0.0, -0.0]));
    assert_eq!(seen(&x.maximum(&y)), seen(&Array::from([0.0, 0.0, 0.0, -0.0])));
    assert_eq!(seen(&x.minimum(&y)), seen(&Array::from([-0.0, -0.0, 0.0, -0.0])));
    assert_eq!(seen(&x.fmax(&y)), seen(&Array::from([0.0, 0.0, 0.0, -0.0])));
    assert_eq!(seen(&x.fmin(&y)), seen(&Array::from([-0.0, -0.0, 0.0, -0.0])));
    for count in [2, 33, 600] {
        for place in [0, count - 1] {
            let (mut low, mut high) = (vec![0.0f32; count], vec![-0.0f32; count]);
            (low[place], high[place]) = (-0.0, 0.0);
            assert!(Array::from(low).min(..).item::<f32>().unwrap().is_sign_negative(), "{count}, {place}");
            assert!(Array::from(high).max(..).item::<f32>().unwrap().is_sign_positive(), "{count}, {place}");
        }
    }
}

#[test]
fn floats_beyond_an_integer_type_saturate() {
    macro_rules! saturates {
        ($from:ident: $($T:ident)+) => { $(
            let limits = [0.0, -0.9, 1.9, $T::MIN as $from, $T::MAX as $from, $T::MAX as $from / 2.0];
            let floats: Vec<$from> = [$from::NAN, $from::INFINITY, $from::NEG_INFINITY, $from::MAX, $from::MIN, -1.0, 300.5, -7e10]
                .into_iter().chain(limits).cycle().take(45).collect();
            let expected: Vec<$T> = floats.iter().map(|&x| x as $T).collect();
            holds(&Array::from(floats).cast(<$T as Element>::DTYPE), &expected);
        )+ };
    }
    saturates!(f32: i8 i16 i32 i64 u8 u16 u32 u64);
    saturates!(f64: i8 i16 i32 i64 u8 u16 u32 u64);
}
