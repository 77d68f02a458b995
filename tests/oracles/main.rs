//! What is computed against those who know: NumPy, the two oracles, and random graphs.

mod calls;
mod differential;
mod elements;
mod functions;
mod goldens;
mod graphs;
mod numpy;
mod products;
mod reference;
mod run;
mod take;
mod updates;
