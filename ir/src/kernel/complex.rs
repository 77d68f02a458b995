//! Complex numbers vanish here: what a graph holds as complex64 or complex128, a kernel computes as two floats.
//!
//! A value of a complex type is, in a kernel, a pair of values of its parts' type; a buffer of complex
//! numbers is one of twice as many floats, in which element `i` lies at `2i` and `2i + 1`. The rows'
//! bodies over pairs (`math/complex`) are recorded instruction by instruction, with the real functions
//! that they use kept whole, so that a part which nobody asks for is not computed, and what two functions
//! share is computed once. Back ends need to learn nothing.

use super::build::{Builder, Shape};
use super::{Inst, Val};
use crate::dtype::DType;
use crate::math::complex::{Functions, Pair, Value};
use crate::math::{Arith, Known};
use crate::ops::Op;
use crate::prim::Prim;
use crate::scalar::Scalar;
use smallvec::SmallVec;

impl Arith for Builder {
    type V = Val;

    fn dtype(&self, v: Val) -> DType {
        Builder::dtype(self, v)
    }

    fn facts(&self, v: Val) -> Known {
        match self.inst(v) {
            Inst::Const(c) => Known::of(*c),
            Inst::Scalar(_) => Known::Ordinary,
            _ => Known::Nothing,
        }
    }

    fn constant(&mut self, c: Scalar) -> Val {
        Builder::constant(self, c)
    }

    fn prim(&mut self, prim: Prim, args: &[Val]) -> Val {
        Builder::prim(self, prim, args)
    }

    /// Both ways are taken in a kernel's body; what is rare inside a function stays inside its call.
    fn rare(&mut self, cond: Val, fast: Val, slow: impl FnOnce(&mut Self) -> Val) -> Val {
        let slow = slow(self);
        Builder::prim(self, Prim::Select, &[cond, slow, fast])
    }
}

impl Functions for Builder {
    fn function(&mut self, op: Op, args: &[Val]) -> Val {
        self.call(op, args)
    }
}

impl Builder {
    /// A value of type `from`, in its parts if that is complex, as one of type `to`: the meaning is
    /// [`Value::cast`].
    pub fn cast_value(&mut self, value: Value<Val>, from: DType, to: DType) -> Value<Val> {
        let (own, part) = (from.part(), to.part());
        match value {
            Value::Pair(Pair { re, im }) if to == DType::Bool => {
                let (re, im) = (self.converted(re, own, to), self.converted(im, own, to));
                Value::Real(Builder::prim(self, Prim::Or, &[re, im]))
            }
            Value::Pair(_) if to.is_complex() => value.map(|v| self.converted(v, own, part)),
            Value::Pair(Pair { re, .. }) => Value::Real(self.converted(re, own, to)),
            Value::Real(v) if to.is_complex() => {
                let im = Builder::constant(self, Scalar::zero(part));
                Value::Pair(Pair { re: self.converted(v, own, part), im })
            }
            Value::Real(v) => Value::Real(self.converted(v, own, to)),
        }
    }
}

/// How many machine operations a row is for operands of these types, some of which are complex.
pub fn cost(op: Op, types: &[DType]) -> u64 {
    let mut builder = Builder::new();
    let mut operand = |dtype: DType| builder.scalar(dtype.part());
    let operands: SmallVec<[Value<Val>; 3]> = types
        .iter()
        .map(|&dtype| match dtype.is_complex() {
            true => Value::Pair(Pair { re: operand(dtype), im: operand(dtype) }),
            false => Value::Real(operand(dtype)),
        })
        .collect();
    op.expand_complex(&mut builder, &operands);
    let kernel = builder.finish();
    let cost = |inst: &Inst| match inst {
        Inst::Prim(prim, _) => Shape::Prim(*prim).cost(),
        Inst::Call(op, args) => {
            let types: SmallVec<[DType; 3]> = args.iter().map(|&v| kernel.dtype(v)).collect();
            Shape::of(*op, &types).cost()
        }
        Inst::Const(_) | Inst::Scalar(_) | Inst::Coord(_) | Inst::Load(..) | Inst::Pick { .. } => 0,
        Inst::After { .. } | Inst::Within { .. } | Inst::Final { .. } => 0,
    };
    kernel.body.iter().map(cost).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_costs_what_its_parts_do() {
        assert_eq!(cost(Op::Add, &[DType::C64; 2]), 2);
        assert_eq!(cost(Op::Multiply, &[DType::C128; 2]), 6);
        assert_eq!(cost(Op::Complex, &[DType::F32; 2]), 0);
        assert!(cost(Op::Exp, &[DType::C64]) > Shape::of(Op::Exp, &[DType::F32]).cost());
    }
}
