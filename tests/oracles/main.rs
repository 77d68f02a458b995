//! What is computed against those who know: NumPy, the two oracles, and random graphs.

mod archives;
mod differential;
mod drawn;
mod elements;
#[path = "../expressions/mod.rs"]
mod expressions;
mod functions;
mod goldens;
mod graphs;
mod numpy;
mod products;
mod random;
mod reference;
mod run;
#[path = "../skips/mod.rs"]
mod skips;
mod take;
mod updates;
