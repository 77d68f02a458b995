//! The elementary functions, each written once over [`Arith`].
//!
//! A function here is a sequence of prims: add, multiply, *explicit* fma, bit operations, compare,
//! select. The same source is instantiated over a kernel's body (it emits prims, so both back ends
//! compile it) and over plain scalars (both oracles, constant folding, the accuracy tests).
//! Nothing else defines what `exp` of a float32 is, hence the same bits everywhere.

mod area;
mod arith;
mod bessel;
mod bits;
pub mod complex;
mod divisor;
mod erfc;
mod exp;
mod extended;
mod gamma;
pub mod half;
mod huge;
mod hyper;
mod inverse;
mod log;
mod logistic;
mod power;
pub mod random;
mod remainder;
mod root;
mod special;
mod trig;

pub use area::{arccosh, arcsinh, arctanh};
pub use arith::{Arith, ArithExt, Carried, Eval, Known, each_for_itself, units};
pub use bessel::i0;
pub use bits::{bitwise_count, frexp_exponent, frexp_mantissa, heaviside, ldexp, nextafter, spacing};
pub use divisor::{gcd, lcm};
pub use erfc::erfc;
pub use exp::{exp, exp2, expm1};
pub use extended::copy_sign;
pub use gamma::gammaln;
pub use hyper::{cosh, sinh, tanh};
pub use inverse::{arccos, arcsin, arctan, arctan2};
pub use log::{log, log1p, log2, log10};
pub use logistic::{expit, logaddexp, logaddexp2, logit};
pub use power::pow;
pub use remainder::fmod;
pub use root::{cbrt, hypot, rsqrt};
pub use special::erf;
pub use trig::{cos, sin, tan};

#[cfg(test)]
mod tests;
