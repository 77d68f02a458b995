//! Complex numbers as pairs of floats: what the rows of the op table are of them.
//!
//! A kernel knows no complex number, only its two parts. So a function here takes and gives [`Pair`]s,
//! and is written once over [`Functions`]: prims, and the real rows of the table as wholes. Where a
//! kernel is built it records instructions, over [`Eval`] it computes; nothing else defines what `exp`
//! of a complex64 is.
//!
//! There is no rare path: what a special value needs is chosen at the end. The special values are those
//! of C's Annex G as NumPy gives them; where a function departs it says so. Arithmetic is NumPy's own,
//! operation by operation, without the fused multiplications that NumPy takes on some machines.

mod arithmetic;
mod exponential;
mod hyperbolic;
mod inverse;
mod order;
mod power;

use super::{Arith, ArithExt, Eval};
use crate::dtype::DType;
use crate::ops::Op;
use crate::prim::Prim;
use crate::scalar::Scalar;

pub use arithmetic::{
    absolute, add, angle, conjugate, divide, imaginary, join, multiply, negative, positive, real, reciprocal,
    rint, select, sign, square, subtract,
};
pub use exponential::{exp, exp2, expm1, log, log1p, log2, log10, sqrt};
pub use hyperbolic::{cos, cosh, sin, sinh, tan, tanh};
pub use inverse::{arccos, arccosh, arcsin, arcsinh, arctan, arctanh};
pub use order::{
    clip, equal, fmax, fmin, greater, greater_equal, isfinite, isinf, isnan, less, less_equal, maximum,
    minimum, not_equal,
};
pub use power::power;

/// An [`Arith`] that takes a real row of the op table as a whole.
pub trait Functions: Arith {
    /// The row of operands that have the types it computes in.
    fn function(&mut self, op: Op, args: &[Self::V]) -> Self::V;
}

impl Functions for Eval {
    fn function(&mut self, op: Op, args: &[Scalar]) -> Scalar {
        op.eval(args)
    }
}

/// A complex number: two floats of one type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Pair<V> {
    /// The real part.
    pub re: V,
    /// The imaginary part.
    pub im: V,
}

impl<V> Pair<V> {
    /// The number with these parts.
    pub const fn new(re: V, im: V) -> Pair<V> {
        Pair { re, im }
    }

    /// The parts the other way round.
    fn swapped(self) -> Pair<V> {
        Pair { re: self.im, im: self.re }
    }
}

/// A value of an array's element as kernels have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Value<V> {
    /// Of a type that is not complex.
    Real(V),
    /// Of a complex type.
    Pair(Pair<V>),
}

impl<V> Value<V> {
    /// The value of what is not complex.
    ///
    /// # Panics
    /// If it is a pair: types are known where values are asked for.
    pub fn real(self) -> V {
        match self {
            Value::Real(v) => v,
            Value::Pair(_) => unreachable!("a complex number where the graph has a real one"),
        }
    }

    /// The parts of what is complex.
    ///
    /// # Panics
    /// If it is not: types are known where values are asked for.
    pub fn pair(self) -> Pair<V> {
        match self {
            Value::Pair(pair) => pair,
            Value::Real(_) => unreachable!("a real number where the graph has a complex one"),
        }
    }

    /// The value, or both parts.
    pub fn parts(self) -> impl Iterator<Item = V> {
        let (first, second) = match self {
            Value::Real(v) => (v, None),
            Value::Pair(pair) => (pair.re, Some(pair.im)),
        };
        [Some(first), second].into_iter().flatten()
    }

    /// The same of each part.
    pub fn map<W>(self, mut f: impl FnMut(V) -> W) -> Value<W> {
        match self {
            Value::Real(v) => Value::Real(f(v)),
            Value::Pair(pair) => Value::Pair(Pair { re: f(pair.re), im: f(pair.im) }),
        }
    }
}

impl Value<Scalar> {
    /// The scalar, in parts if it is complex.
    pub fn of(x: Scalar) -> Value<Scalar> {
        match x.dtype().is_complex() {
            true => Value::Pair(Pair { re: x.real(), im: x.imaginary() }),
            false => Value::Real(x),
        }
    }

    /// The scalar that it is.
    pub fn whole(self) -> Scalar {
        match self {
            Value::Real(x) => x,
            Value::Pair(pair) => Scalar::complex(pair.re, pair.im),
        }
    }

    /// The value in another type. What is not complex becomes the real part; a complex number loses its
    /// imaginary part where the type is not complex, and is true unless both parts are 0.
    pub fn cast(self, to: DType) -> Value<Scalar> {
        let part = |x: Scalar| Prim::Cast(to.part()).eval(&[x]);
        match (self, to) {
            (Value::Pair(pair), DType::Bool) => Value::Real(Prim::Or.eval(&[part(pair.re), part(pair.im)])),
            (Value::Pair(_), _) if to.is_complex() => self.map(part),
            (Value::Pair(Pair { re, .. }), _) => Value::Real(part(re)),
            (Value::Real(x), _) if to.is_complex() => {
                Value::Pair(Pair { re: part(x), im: Scalar::zero(to.part()) })
            }
            (Value::Real(x), _) => Value::Real(part(x)),
        }
    }
}

/// A number by the width of `like`: one for float32, one for float64.
fn by_width<K: Arith>(k: &mut K, like: K::V, single: f64, double: f64) -> K::V {
    let x = if k.dtype(like) == DType::F32 { single } else { double };
    k.float(like, x)
}

/// Whether a float is finite.
fn finite<K: Functions>(k: &mut K, x: K::V) -> K::V {
    k.function(Op::Isfinite, &[x])
}

/// Whether a float is an infinity.
fn infinite<K: Functions>(k: &mut K, x: K::V) -> K::V {
    k.function(Op::Isinf, &[x])
}

/// The magnitude of `x` with the sign of `y`; that of a NaN counts as positive, since it is nobody's promise.
fn copy_sign<K: Functions>(k: &mut K, x: K::V, y: K::V) -> K::V {
    let (known, one) = (k.eq(y, y), k.int(y, 1));
    let y = k.select(known, y, one);
    k.function(Op::Copysign, &[x, y])
}

/// `c ? a : b` of both parts.
fn choose<K: Functions>(k: &mut K, c: K::V, a: Pair<K::V>, b: Pair<K::V>) -> Pair<K::V> {
    Pair { re: k.select(c, a.re, b.re), im: k.select(c, a.im, b.im) }
}

/// A zero of the type of `x`.
fn zero<K: Functions>(k: &mut K, x: K::V) -> K::V {
    k.float(x, 0.0)
}

/// Whether `x` is a zero.
fn is_zero<K: Functions>(k: &mut K, x: K::V) -> K::V {
    let none = zero(k, x);
    k.eq(x, none)
}

#[cfg(test)]
mod tests;
