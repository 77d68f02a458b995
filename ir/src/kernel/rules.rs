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
    // The operand that the result equals, where another one is that number.
    let beside = |i: usize, n: i128| is(i, n).then(|| args[1 - i]);
    match prim {
        // x * 1 = 1 * x = x.
        Prim::Mul => beside(1, 1).or_else(|| beside(0, 1)),
        // x / 1 = x.
        Prim::Div => beside(1, 1),
        // x - (+0) = x, for -0 too: -0 - 0 = -0.
        Prim::Sub => beside(1, 0),
        // x + 0 = 0 + x = x, in integers.
        Prim::Add if kernel.dtype(args[0]).is_integer() => beside(1, 0).or_else(|| beside(0, 0)),
        // !!x = x and -(-x) = x.
        Prim::Not | Prim::Neg => match kernel.inst(args[0]) {
            Inst::Prim(inner, inside) if *inner == prim => Some(inside[0]),
            _ => None,
        },
        // The same on both sides.
        Prim::Select => (args[1] == args[2]).then(|| args[1]),
        Prim::Add | Prim::Rem | Prim::Abs | Prim::Min | Prim::Max | Prim::Fma | Prim::Sqrt => None,
        Prim::Floor | Prim::Ceil | Prim::Trunc | Prim::Rint => None,
        Prim::And | Prim::Or | Prim::Xor | Prim::Shl | Prim::Shr => None,
        Prim::Lt | Prim::Le | Prim::Gt | Prim::Ge | Prim::Eq | Prim::Ne => None,
        Prim::Cast(_) | Prim::Bitcast(_) => None,
    }
}
