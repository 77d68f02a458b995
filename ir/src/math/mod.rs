//! The elementary functions, each written once over [`Arith`].
//!
//! A function here is a sequence of prims: add, multiply, *explicit* fma, bit operations, compare,
//! select. The same source is instantiated over a kernel's body (it emits prims, so both back ends
//! compile it) and over plain scalars (both oracles, constant folding, the accuracy tests).
//! Nothing else defines what `exp` of a float32 is, hence the same bits everywhere.

mod arith;
mod remainder;
mod exp;
mod extended;
mod log;
mod power;

pub use arith::{Arith, ArithExt, Eval};
pub use remainder::fmod;
pub use exp::exp;
pub use log::log;
pub use power::pow;
