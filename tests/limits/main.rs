//! The edges: nothing to compute, one number, more axes or elements than there may be, bounds that are
//! no numbers, no memory, processes that fork. Each is an answer or an error, never a panic or a hang.

#[path = "../alone/mod.rs"]
mod alone;
mod bounds;
mod ends;
mod forks;
mod memory;
mod nothing;

use numfuse::prelude::*;
use numfuse::{Cause, config};

/// Fails unless the array has that shape and as many elements as the shape says, fused or not.
#[track_caller]
fn has_shape(what: &str, x: &Array, shape: &[usize]) {
    assert_eq!(x.try_shape().unwrap_or_else(|error| panic!("{what}: {error}")), shape, "{what}");
    let apart = x.cast(F64);
    config::with(|config| config.fuse = false, || apart.eval())
        .unwrap_or_else(|error| panic!("{what}: {error}"));
    let elements = x.cast(F64).to_vec::<f64>().unwrap_or_else(|error| panic!("{what}: {error}"));
    assert_eq!(elements.len(), shape.iter().product(), "{what}");
    assert!(!x.to_string().is_empty(), "{what} is printed");
    assert!(!x.explain().is_empty(), "{what} is explained");
}

/// Fails unless the array carries a mistake whose text holds these words.
#[track_caller]
fn is_mistake(x: &Array, words: &str) {
    let error = x.eval().expect_err(words);
    assert!(matches!(error.cause(), Cause::Expression(_)), "{error}");
    assert!(error.to_string().contains(words), "{error}");
}
