//! What is made for GPUs, on machines that have none.

#[path = "../expressions/mod.rs"]
mod expressions;
mod sass;
#[path = "../skips/mod.rs"]
mod skips;
mod wheels;
