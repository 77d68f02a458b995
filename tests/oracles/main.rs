//! What is computed against those who know: NumPy, the two oracles, and random graphs.

mod differential;
mod elements;
mod graphs;
mod numpy;
mod products;
mod run;
