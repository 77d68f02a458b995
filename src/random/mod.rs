//! Random numbers: expressions like any other, computed where they are used.
//!
//! A [`Key`] and the place of an element say what its number is. There is no state and nothing to be
//! filled: a random array is an expression that fuses into its readers, and takes no memory unless its
//! own elements are asked for. The numbers do not depend on threads, on what else is computed, on
//! slicing, or on the device.
//!
//! ```
//! use numfuse::prelude::*;
//! use numfuse::random::{self, Key};
//!
//! let [first, second] = Key::seed(42).split();
//! let (x, y) = (random::uniform(first, 1 << 16, 0, 1, F32), random::uniform(second, 1 << 16, 0, 1, F32));
//! let inside = (&x * &x + &y * &y).less(1.0);
//! let pi = inside.count_nonzero(..).item::<i64>()? as f64 / f64::from(1 << 16) * 4.0;
//! assert!((pi - 3.14).abs() < 0.03);
//! # Ok::<(), numfuse::Error>(())
//! ```
//!
//! # Keys
//!
//! One key, one use: two arrays of one key are made of the same words. [`Key::split`] and
//! [`Key::fold_in`] make keys from a key. A [`Generator`] does so by itself, and has NumPy's names.
//! Another key is no other plan: nothing is planned or compiled for a new seed. (A function object of
//! [`compile`](crate::compile) keeps the keys that its function used when it was traced.)
//!
//! # Streams
//!
//! The generator is Philox 4x32-10, whose counter is made of the place of the element in row-major order
//! and whose key is the key. It gives four words: four neighbours share them where an element needs one
//! (integers below 2^32, float32), two where it needs two (float64); numbers that are found by attempts
//! have blocks of their own. Streams are not NumPy's, whose generators hold a state.
//!
//! # Differences from NumPy
//!
//! The shape comes before the parameters. Parameters are numbers or arrays that broadcast to the shape.
//! NumPy raises for parameters out of range; here a plain number out of range is an error, and where an
//! element of an array is, the result is NaN (0 for integers).

mod composed;
mod continuous;
mod discrete;
mod generator;
mod key;

pub use composed::{
    chisquare, dirichlet, f, geometric, gumbel, laplace, logistic, lognormal, negative_binomial, pareto,
    power, rayleigh, standard_cauchy, standard_t, triangular, weibull,
};
pub use continuous::{beta, exponential, gamma, normal, uniform};
pub use discrete::{bernoulli, binomial, bits, integers, poisson};
pub use generator::{Generator, default_rng};
pub use key::Key;

use crate::arguments::{self, IntoShape, Operand};
use crate::array::Array;
use crate::element::Number;
use crate::lazy::{Builder, build};
use numfuse_ir::dtype::DType;
use numfuse_ir::error::Error as Mistake;
use numfuse_ir::graph::build as nodes;
use numfuse_ir::ops::Op;
use numfuse_ir::scalar::Scalar;
use numfuse_ir::shape::Shape;
use smallvec::{SmallVec, smallvec};

/// The operands of a row of random numbers.
type Operands = SmallVec<[Array; 8]>;

/// Numbers of a row of the op table in that shape. Parameters are taken in the type `within`.
#[track_caller]
fn draw(
    name: &'static str,
    op: Op,
    key: Key,
    shape: &impl IntoShape,
    parameters: &[Operand],
    within: DType,
) -> Array {
    build(name, parameters.iter().filter_map(Operand::array), |b| {
        let shape = arguments::shape(shape)?;
        let mut operands = source(b, key, &shape)?;
        for given in parameters {
            operands.push(parameter(b, given, &shape, within)?);
        }
        nodes::map(b, op, &operands)
    })
}

/// A parameter in the type `within`: a number, or an array stretched to the shape.
fn parameter(b: &mut Builder, given: &Operand, shape: &Shape, within: DType) -> Result<Array, Mistake> {
    match given {
        Operand::Number(number) => Ok(b.number(number.to_scalar(within)?)),
        Operand::Array(array) => {
            let array = nodes::cast(b, array, within);
            nodes::broadcast_to(b, &array, shape)
        }
    }
}

/// The place of each element of that shape in row-major order, as two words, and the key.
fn source(b: &mut Builder, key: Key, shape: &Shape) -> Result<Operands, Mistake> {
    let count = shape.size();
    let place = nodes::iota(b, Shape::new(&[count])?, 0);
    let low = nodes::cast(b, &place, DType::U32);
    let low = nodes::reshape_to(b, &low, shape.clone());
    let high = match count <= 1 << 32 {
        true => nodes::constant(b, Scalar::zero(DType::U32)),
        false => {
            let half = nodes::constant(b, Scalar::from_i128(DType::I64, 32));
            let high = nodes::map(b, Op::RightShift, &[place, half])?;
            let high = nodes::cast(b, &high, DType::U32);
            nodes::reshape_to(b, &high, shape.clone())
        }
    };
    let [first, second] = key.words().map(|word| key_word(b, word));
    Ok(smallvec![low, high, first, second])
}

/// A word of a key as a number that is given at run time: beside a bit that is always set it is none of
/// the numbers that a plan is made for.
fn key_word(b: &mut Builder, word: u32) -> Array {
    let number = b.number(Scalar::from_bits(DType::U64, 1 << 32 | u64::from(word)));
    nodes::cast(b, &number, DType::U32)
}

/// A mistake in an argument.
fn mistake(sentence: impl Into<String>) -> Mistake {
    Mistake::Argument { sentence: sentence.into() }
}

/// Fails unless every parameter that is a plain number is as it should be.
fn check(numbers: &[&Operand], fits: impl Fn(f64) -> bool, sentence: &str) -> Result<(), Mistake> {
    let wrong = numbers.iter().filter_map(|operand| operand.number()).any(|n| !fits(Number::to_f64(n)));
    if wrong { Err(mistake(sentence)) } else { Ok(()) }
}

/// Fails unless the type is float32 or float64.
fn check_float(dtype: DType) -> Result<(), Mistake> {
    match dtype.is_float() && !dtype.is_half() {
        true => Ok(()),
        false => Err(mistake(format!("Unsupported dtype {dtype} for random: it must be float32 or float64"))),
    }
}

/// Fails unless the type is an integer type.
fn check_integer(dtype: DType) -> Result<(), Mistake> {
    match dtype.is_integer() {
        true => Ok(()),
        false => Err(mistake(format!("Unsupported dtype {dtype} for random: it must be an integer type"))),
    }
}
