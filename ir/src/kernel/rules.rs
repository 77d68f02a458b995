//! Scalar identities, one per arm, each exact in IEEE 754 (a NaN's payload is unspecified).
//!
//! What may *not* stand here: `x + 0` (it turns -0 into +0), `x - x` and `0 * x` (NaN, infinity),
//! any reordering of float operations, and contraction to fma.

use super::{Inst, Kernel, Val};
use crate::prim::Prim;
use crate::scalar::Scalar;

/// The value that `prim` of these operands always equals, if a rule knows one.
pub fn simplify(kernel: &Kernel, prim: Prim, args: &[Val]) -> Option<Val> {
    let number = |i: usize| match kernel.inst(args[i]) {
        Inst::Const(c) => Some(*c),
        _ => None,
    };
    let is = |i: usize, n: i128| number(i).is_some_and(|c| c == Scalar::from_i128(c.dtype(), n));
    match prim {
        // x * 1 = x.
        Prim::Mul if is(1, 1) => Some(args[0]),
        Prim::Mul if is(0, 1) => Some(args[1]),
        // x / 1 = x.
        Prim::Div if is(1, 1) => Some(args[0]),
        // x - (+0) = x, for -0 too: -0 - 0 = -0.
        Prim::Sub if is(1, 0) => Some(args[0]),
        // x + 0 = x in integers.
        Prim::Add if is(1, 0) && !kernel.dtype(args[0]).is_float() => Some(args[0]),
        Prim::Add if is(0, 0) && !kernel.dtype(args[1]).is_float() => Some(args[1]),
        // !!x = x and -(-x) = x.
        Prim::Not | Prim::Neg => match kernel.inst(args[0]) {
            Inst::Prim(inner, inside) if *inner == prim => Some(inside[0]),
            _ => None,
        },
        // The same on both sides.
        Prim::Select if args[1] == args[2] => Some(args[1]),
        _ => None,
    }
}
