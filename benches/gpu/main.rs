//! Expressions on a GPU, beside what its memory gives.
//!
//! `cargo bench --bench gpu` measures, in this order: `overheads`, what small evaluations and copies take; `libraries`,
//! what libraries compute; `layouts`, each way in which kernels are laid over threads; `list`, the workloads on which
//! libraries for Python were measured too. `-- list layouts` measures these two, and `-- layouts:cumsum` what has that
//! in its name. Of what memory limits, the bytes that must move a second are told as a share of a copy within the GPU's
//! memory measured right before. Plans and code are known by then.

#![allow(clippy::reversed_empty_ranges, reason = "an end below 0 counts from the back")]

mod layouts;
mod libraries;
mod list;
mod overheads;

use numfuse::config;
use numfuse::cuda::{count, properties, synchronize};
use numfuse::prelude::*;
use numfuse::random::{self, Key};
use std::time::Instant;

/// Evaluations in one round, and rounds.
const EVALUATIONS: usize = 20;
const ROUNDS: usize = 7;

const GPU: Device = Device::Cuda(0);

type Result<T> = std::result::Result<T, numfuse::Error>;

/// Numbers from 0.5 to 1.5, on the GPU.
fn numbers(shape: impl numfuse::IntoShape, seed: u64) -> Result<Array> {
    let x = random::uniform(Key::seed(seed), shape, 0.5, 1.5, F32).to(GPU);
    x.eval()?;
    Ok(x)
}

/// The median seconds of one evaluation.
fn measure(expression: &dyn Fn() -> Array) -> Result<f64> {
    for _ in 0..3 {
        expression().eval()?;
    }
    synchronize(GPU)?;
    let mut seconds = Vec::new();
    for _ in 0..ROUNDS {
        let start = Instant::now();
        for _ in 0..EVALUATIONS {
            expression().eval()?;
        }
        synchronize(GPU)?;
        seconds.push(start.elapsed().as_secs_f64() / EVALUATIONS as f64);
    }
    seconds.sort_by(f64::total_cmp);
    Ok(seconds[ROUNDS / 2])
}

/// What of a part is measured: all, or what has one of some words in its name.
struct Chosen(Vec<String>);

impl Chosen {
    fn has(&self, name: &str) -> bool {
        self.0.is_empty() || self.0.iter().any(|word| name.contains(word.as_str()))
    }
}

fn main() -> Result<()> {
    if count() == 0 {
        println!("skipped: there is no GPU");
        return Ok(());
    }
    println!("{:?}", properties(0)?);
    config::set(|config| config.device = GPU);
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let chosen = |part: &str| -> Option<Chosen> {
        let of_part =
            |word: &String| word.split_once(':').filter(|(of, _)| *of == part).map(|(_, w)| w.to_string());
        let named: Vec<String> = words.iter().filter_map(of_part).collect();
        let whole = words.is_empty() || words.iter().any(|word| word == part);
        (whole || !named.is_empty()).then_some(Chosen(if whole { Vec::new() } else { named }))
    };
    if chosen("overheads").is_some() {
        overheads::overheads()?;
    }
    if chosen("libraries").is_some() {
        libraries::libraries()?;
    }
    if let Some(chosen) = chosen("layouts") {
        layouts::layouts(&chosen)?;
    }
    if let Some(chosen) = chosen("list") {
        list::list(&chosen)?;
    }
    Ok(())
}
