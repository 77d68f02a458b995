//! What is computed against those who know: NumPy, the two oracles, and random graphs.

mod differential;
mod elements;
mod functions;
mod goldens;
mod graphs;
mod numpy;
mod products;
mod reference;
mod run;
#[path = "../skips/mod.rs"]
mod skips;
mod take;
