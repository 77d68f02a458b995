//! Scalar identities, one per arm, each exact in IEEE 754 (a NaN's payload is unspecified).
//!
//! What may *not* stand here: `x + 0` (it turns -0 into +0), `x - x` and `0 * x` (NaN, infinity),
//! any reordering of float operations, and contraction to fma.

use super::{Inst, Kernel, Val};
use crate::dtype::DType;
use crate::ops::Op;
use crate::prim::Prim;
use crate::scalar::Scalar;

/// How many operations back a rounding is looked for: chains may be long, and rounding again is harmless.
const LOOK_BACK: u32 = 3;

/// True where a float32 is known to be a value of that half type: rounding it again does nothing.
fn is_rounded(kernel: &Kernel, v: Val, to: DType, steps: u32) -> bool {
    let all = |args: &[Val]| steps > 0 && args.iter().all(|&arg| is_rounded(kernel, arg, to, steps - 1));
    match kernel.inst(v) {
        Inst::Const(c) => Prim::Round(to).eval(&[*c]) == *c,
        Inst::Prim(Prim::Round(other), _) => *other == to,
        // Widened, or a small integer.
        Inst::Prim(Prim::Cast(_), args) => {
            let from = kernel.dtype(args[0]);
            from == to || !from.is_float() && from.bits() <= to.fraction_bits() + 1
        }
        // One of the operands, perhaps with another sign, or a whole number beside it.
        Inst::Prim(Prim::Neg | Prim::Abs | Prim::Floor | Prim::Ceil | Prim::Trunc | Prim::Rint, args) => {
            all(args)
        }
        Inst::Prim(Prim::Min | Prim::Max, args) => all(args),
        Inst::Prim(Prim::Select, args) => all(&args[1..]),
        Inst::Call(Op::Maximum | Op::Minimum | Op::Fmax | Op::Fmin | Op::Clip | Op::Sign, args) => all(args),
        Inst::Call(Op::Fmod, args) => all(args),
        Inst::Pick { inside, outside, .. } => all(&[*inside, *outside]),
        // Of what is folded nothing is known, and other operations round to float32.
        Inst::Prim(..) | Inst::Call(..) | Inst::Final { .. } | Inst::After { .. } => false,
        Inst::Scalar(_) | Inst::Coord(_) | Inst::Load(..) | Inst::Within { .. } => false,
    }
}

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
        Prim::Add | Prim::MulHigh | Prim::Rem | Prim::Abs | Prim::Min | Prim::Max => None,
        Prim::Fma | Prim::Sqrt => None,
        Prim::Floor | Prim::Ceil | Prim::Trunc | Prim::Rint => None,
        Prim::And | Prim::Or | Prim::Xor | Prim::Shl | Prim::Shr => None,
        Prim::Lt | Prim::Le | Prim::Gt | Prim::Ge | Prim::Eq | Prim::Ne => None,
        // A half widened and narrowed again.
        Prim::Cast(to) if to.is_half() => match kernel.inst(args[0]) {
            Inst::Prim(Prim::Cast(_), inside) if kernel.dtype(inside[0]) == to => Some(inside[0]),
            _ => None,
        },
        Prim::Round(to) => is_rounded(kernel, args[0], to, LOOK_BACK).then(|| args[0]),
        Prim::Cast(_) | Prim::Bitcast(_) => None,
    }
}
