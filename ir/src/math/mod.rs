//! The elementary functions, each written once over [`Arith`].
//!
//! A function here is a sequence of prims: add, multiply, *explicit* fma, bit operations, compare,
//! select. The same source is instantiated over a kernel's body (it emits prims, so both back ends
//! compile it) and over plain scalars (both oracles, constant folding, the accuracy tests).
//! Nothing else defines what `exp` of a float32 is, hence the same bits everywhere.

mod arith;
mod exp;
mod extended;
mod huge;
mod hyper;
mod log;
mod power;
pub mod random;
mod remainder;
mod special;
mod trig;

pub use arith::{Arith, ArithExt, Carried, Eval, Known, each_for_itself, units};
pub use exp::{exp, exp2, expm1};
pub use extended::copy_sign;
pub use hyper::{cosh, sinh, tanh};
pub use log::{log, log1p, log2, log10};
pub use power::pow;
pub use remainder::fmod;
pub use special::erf;
pub use trig::{cos, sin, tan};

#[cfg(test)]
mod tests;
