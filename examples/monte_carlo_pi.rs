//! π by throwing 2^26 darts at a square: how many of them lie within the circle?
//!
//! ```text
//! cargo run --release --example monte_carlo_pi            # 2^26 darts, seed 1
//! cargo run --release --example monte_carlo_pi 28 7       # 2^28 darts, seed 7
//! ```
//!
//! The coordinates are never in memory: random numbers are functions of a key and of the number of the
//! dart, computed where they are squared, compared and counted. What is written is the count: 8 bytes.

use numfuse::prelude::*;
use numfuse::random::{self, Key};
use std::error::Error;
use std::time::Instant;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = std::env::args().skip(1).map(|text| text.parse::<u64>());
    let arguments: Vec<u64> = arguments.collect::<Result<_, _>>()?;
    let power = arguments.first().copied().unwrap_or(26).min(40);
    let seed = arguments.get(1).copied().unwrap_or(1);

    let darts = 1usize << power;
    let inside = darts_inside(darts, Key::seed(seed));
    println!("{}", inside.explain());

    let start = Instant::now();
    let count = inside.item::<i64>()?;
    let took = start.elapsed();
    let pi = 4.0 * count as f64 / darts as f64;
    println!("{count} of {darts} darts: {pi:.6}, off by {:+.1e}", pi - std::f64::consts::PI);
    println!("{took:.1?}, {:.2} ns a dart", took.as_secs_f64() * 1e9 / darts as f64);
    Ok(())
}

/// How many of so many darts lie within a quarter of a circle.
fn darts_inside(darts: usize, key: Key) -> Array {
    let [across, up] = key.split();
    let x = random::uniform(across, darts, 0, 1, F32);
    let y = random::uniform(up, darts, 0, 1, F32);
    (&x * &x + &y * &y).less(1.0).count_nonzero(..)
}
