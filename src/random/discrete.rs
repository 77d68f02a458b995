//! Whole numbers and truth values: bits, integers, Bernoulli, Poisson and binomial numbers.

use super::continuous::{checked, wide};
use super::{Key, check, check_integer, mistake, parameter, source};
use crate::arguments::{self, IntoShape, Operand};
use crate::array::Array;
use crate::element::Number;
use crate::lazy::{Builder, build};
use numfuse_ir::dtype::DType;
use numfuse_ir::error::Error as Mistake;
use numfuse_ir::graph::build as nodes;
use numfuse_ir::math::random::discrete::threshold;
use numfuse_ir::ops::Op;
use numfuse_ir::scalar::Scalar;
use numfuse_ir::shape::Shape;

/// Integers all bits of which are random.
///
/// ```
/// use numfuse::prelude::*;
/// use numfuse::random::{self, Key};
///
/// // The first words of the generator for a key and a counter of zeros.
/// let words = [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8];
/// assert_eq!(random::bits(Key::seed(0), 4, U32).to_vec::<u32>()?, words);
/// # Ok::<(), numfuse::Error>(())
/// ```
#[track_caller]
pub fn bits(key: Key, shape: impl IntoShape, dtype: DType) -> Array {
    build("bits", [], |b| {
        check_integer(dtype)?;
        let shape = arguments::shape(&shape)?;
        let words = match dtype.bytes() {
            8 => word_pairs(b, key, &shape, [Op::RandomLow, Op::RandomHigh], &[])?,
            _ => words(b, key, &shape, Op::RandomWord, &[])?,
        };
        Ok(nodes::cast(b, &words, dtype))
    })
}

/// Integers from `low` to below `high`, each as likely as any other.
///
/// Up to 2^32 integers are spread without any bias by rejection, and what is rejected is drawn anew from
/// 128 bits; more are drawn from 128 bits at once, where the probabilities of two integers differ by
/// less than 2^-64 of themselves. No integers is an error, as is one that the type cannot hold.
///
/// ```
/// use numfuse::prelude::*;
/// use numfuse::random::{self, Key};
///
/// let dice = random::integers(Key::seed(1), 100, 1, 7, I8);
/// assert!(dice.to_vec::<i8>()?.iter().all(|n| (1..7).contains(n)));
/// # Ok::<(), numfuse::Error>(())
/// ```
#[track_caller]
pub fn integers(
    key: Key,
    shape: impl IntoShape,
    low: impl Into<Number>,
    high: impl Into<Number>,
    dtype: DType,
) -> Array {
    let (low, high) = (low.into(), high.into());
    build("integers", [], |b| {
        let (low, span) = range(low, high, dtype)?;
        let shape = arguments::shape(&shape)?;
        let numbers = spread(b, key, &shape, span)?;
        let within = if dtype == DType::Bool { DType::U8 } else { dtype };
        let numbers = nodes::cast(b, &numbers, within);
        let low = b.number(Scalar::from_i128(within, low));
        let numbers = nodes::map(b, Op::Add, &[numbers, low])?;
        Ok(nodes::cast(b, &numbers, dtype))
    })
}

/// The least integer, and how many there are.
fn range(low: Number, high: Number, dtype: DType) -> Result<(i128, u128), Mistake> {
    let (Number::Int(low), Number::Int(high)) = (low, high) else {
        return Err(mistake("low and high must be integers"));
    };
    let is_bool = dtype == DType::Bool;
    if !is_bool {
        check_integer(dtype)?;
    }
    let (least, most) = if is_bool { (0, 1) } else { (dtype.min_int(), dtype.max_int()) };
    if low < least {
        return Err(mistake(format!("low is out of bounds for {dtype}: {low} is below {least}")));
    }
    if high > most + 1 {
        return Err(mistake(format!("high is out of bounds for {dtype}: {high} is above {}", most + 1)));
    }
    if low >= high {
        return Err(mistake(format!("low >= high: {low} against {high}")));
    }
    Ok((low, (high - low) as u128))
}

/// Numbers below `span`, of which there are at most 2^64: uint32 or uint64.
fn spread(b: &mut Builder, key: Key, shape: &Shape, span: u128) -> Result<Array, Mistake> {
    let (low, high) = (span as u32, (span >> 32) as u32);
    match span {
        ..=0x1_0000_0000 => words(b, key, shape, Op::RandomBelow, &[low, threshold(low)]),
        0x1_0000_0000_0000_0000.. => word_pairs(b, key, shape, [Op::RandomLow, Op::RandomHigh], &[]),
        _ => word_pairs(b, key, shape, [Op::RandomBelowLow, Op::RandomBelowHigh], &[low, high]),
    }
}

/// Words of a row of the op table.
fn words(b: &mut Builder, key: Key, shape: &Shape, op: Op, numbers: &[u32]) -> Result<Array, Mistake> {
    let mut operands = source(b, key, shape)?;
    operands.extend(numbers.iter().map(|&n| b.number(Scalar::from_bits(DType::U32, n.into()))));
    nodes::map(b, op, &operands)
}

/// The lower and the upper words of two rows, as uint64.
fn word_pairs(
    b: &mut Builder,
    key: Key,
    shape: &Shape,
    ops: [Op; 2],
    numbers: &[u32],
) -> Result<Array, Mistake> {
    let mut operands = source(b, key, shape)?;
    operands.extend(numbers.iter().map(|&n| b.number(Scalar::from_bits(DType::U32, n.into()))));
    let low = nodes::map(b, ops[0], &operands)?;
    let high = nodes::map(b, ops[1], &operands)?;
    let (low, high) = (nodes::cast(b, &low, DType::U64), nodes::cast(b, &high, DType::U64));
    let half = nodes::constant(b, Scalar::from_bits(DType::U64, 32));
    let high = nodes::map(b, Op::LeftShift, &[high, half])?;
    nodes::map(b, Op::BitwiseOr, &[high, low])
}

/// Truth values that hold with a probability, which is met within 2^-32: 0 never holds, 1 always.
///
/// ```
/// use numfuse::prelude::*;
/// use numfuse::random::{self, Key};
///
/// let heads = random::bernoulli(Key::seed(1), 10_000, 0.5).count_nonzero(..).item::<i64>()?;
/// assert!((4800..5200).contains(&heads));
/// # Ok::<(), numfuse::Error>(())
/// ```
#[track_caller]
pub fn bernoulli(key: Key, shape: impl IntoShape, probability: impl Into<Operand>) -> Array {
    let arguments = [probability.into()];
    build("bernoulli", arguments[0].array(), |b| {
        check_probability(&arguments[0])?;
        let shape = arguments::shape(&shape)?;
        let word = words(b, key, &shape, Op::RandomWord, &[])?;
        let word = nodes::cast(b, &word, DType::F64);
        let scale = b.number(Scalar::f64(2f64.powi(-32)));
        let fraction = nodes::map(b, Op::Multiply, &[word, scale])?;
        let probability = parameter(b, &arguments[0], &shape, DType::F64)?;
        nodes::map(b, Op::Less, &[fraction, probability])
    })
}

fn check_probability(probability: &Operand) -> Result<(), Mistake> {
    check(&[probability], |p| (0.0..=1.0).contains(&p), "p < 0, p > 1 or p is NaN")
}

/// Poisson integers of that rate: below a rate of 10 by a search through the probabilities, else by
/// Hörmann's transformed rejection (PTRS). After 32 attempts, with a probability below 10^-15, a number is
/// the rate, rounded down.
///
/// ```
/// use numfuse::prelude::*;
/// use numfuse::random::{self, Key};
///
/// let x = random::poisson(Key::seed(1), 10_000, 4.0, I64);
/// assert!((x.mean(..).item::<f64>()? - 4.0).abs() < 0.1);
/// # Ok::<(), numfuse::Error>(())
/// ```
#[track_caller]
pub fn poisson(key: Key, shape: impl IntoShape, rate: impl Into<Operand>, dtype: DType) -> Array {
    let arguments = [rate.into()];
    let wrong = checked("poisson", &arguments, || {
        check_integer(dtype)?;
        check(&[&arguments[0]], |rate| rate >= 0.0, "lam < 0 or lam is NaN")?;
        check(&[&arguments[0]], |rate| rate < 9.2e18, "lam value too large")
    });
    if let Some(wrong) = wrong {
        return wrong;
    }
    wide("poisson", Op::RandomPoisson, key, &shape, &arguments).cast(dtype)
}

/// How many of `count` trials succeed that each do so with a probability: by a search where fewer than 10
/// successes (or failures) are expected, else by Hörmann's transformed rejection (BTRS). After 32 attempts,
/// with a probability below 10^-15, a number is the likeliest.
///
/// ```
/// use numfuse::prelude::*;
/// use numfuse::random::{self, Key};
///
/// let x = random::binomial(Key::seed(1), 10_000, 20, 0.25, I32);
/// assert!((x.mean(..).item::<f64>()? - 5.0).abs() < 0.1);
/// # Ok::<(), numfuse::Error>(())
/// ```
#[track_caller]
pub fn binomial(
    key: Key,
    shape: impl IntoShape,
    count: impl Into<Operand>,
    probability: impl Into<Operand>,
    dtype: DType,
) -> Array {
    let arguments = [count.into(), probability.into()];
    let wrong = checked("binomial", &arguments, || {
        check_integer(dtype)?;
        check(&[&arguments[0]], |count| count >= 0.0, "n < 0")?;
        check_probability(&arguments[1])
    });
    if let Some(wrong) = wrong {
        return wrong;
    }
    wide("binomial", Op::RandomBinomial, key, &shape, &arguments).cast(dtype)
}
