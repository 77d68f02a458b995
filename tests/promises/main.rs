//! What users may rely on, promise by promise, at the level where they write.
//!
//! Values do not depend on fusion, threads, views or how often something is evaluated; mistakes come
//! back with their line, an index out of range among them; nothing recurses over an expression; shapes and numbers are not compiled
//! in; and a plan's numbers say what an evaluation will do. Every element is compared by its bits,
//! where any NaN is like any other.

#[path = "../alone/mod.rs"]
mod alone;
mod arithmetic;
mod fusion;
mod indices;
mod lazy;
mod loops;
mod mistakes;
mod order;
mod plans;
mod scale;

use numfuse::prelude::*;
use numfuse::{Element, config};
use std::fmt::Debug;

/// Random bits from an index.
fn bits(index: usize) -> u64 {
    let mut x = (index as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

/// Numbers of both signs and of many magnitudes: their sum is another in almost every other order.
fn numbers(count: usize) -> Vec<f32> {
    let number = |i: usize| {
        let x = bits(i);
        let fraction = (x >> 40) as f32 / (1 << 24) as f32 + 0.5;
        let scale = f32::from(1u16 << (x & 7));
        if x & 8 == 0 { fraction * scale } else { -fraction * scale }
    };
    (0..count).map(number).collect()
}

fn given(count: usize) -> Array {
    Array::from(numbers(count))
}

fn ready(x: Array) -> Array {
    x.eval().expect("the expression is sound");
    x
}

/// The elements, each as its bits; NaN as one pattern.
#[track_caller]
fn seen(x: &Array) -> Vec<u64> {
    let one_nan = |x: f64| if x.is_nan() { f64::NAN.to_bits() } else { x.to_bits() };
    let elements = match x.dtype() {
        F32 => x.to_vec::<f32>().map(|v| v.into_iter().map(|x| one_nan(f64::from(x))).collect()),
        F64 => x.to_vec::<f64>().map(|v| v.into_iter().map(one_nan).collect()),
        _ => x.cast(I64).to_vec::<i64>().map(|v| v.into_iter().map(|n| n as u64).collect()),
    };
    elements.unwrap_or_else(|error| panic!("{error}"))
}

#[track_caller]
fn holds<T: Element + Debug + PartialEq>(x: &Array, expected: &[T]) {
    assert_eq!(x.to_vec::<T>().unwrap_or_else(|error| panic!("{error}")), expected);
}

/// Runs `body` with other settings of fusion and threads.
fn under<R>(fuse: bool, threads: usize, body: impl FnOnce() -> R) -> R {
    config::with(
        |config| {
            config.fuse = fuse;
            config.threads = Some(threads);
        },
        body,
    )
}
