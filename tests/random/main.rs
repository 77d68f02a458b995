//! Random numbers: their streams, their distributions, and that they take no memory.
//!
//! Every key is fixed, so that a test has one outcome. `streams` says which bits there are and that they
//! never depend on how they are computed; `distributions` compares numbers with what they should be
//! distributed like; `words` looks for patterns in the words that all are made of.

#[path = "../alone/mod.rs"]
mod alone;
mod distributions;
mod functions;
mod streams;
mod words;

use numfuse::prelude::*;
use numfuse::random::Key;

/// A key for a test.
fn key(number: u64) -> Key {
    Key::seed(0x5eed).fold_in(number)
}

#[track_caller]
fn floats(x: &Array) -> Vec<f64> {
    x.cast(F64).to_vec().unwrap_or_else(|error| panic!("{error}"))
}
