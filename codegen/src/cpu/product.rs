//! Both halves of a product from one multiplication.
//!
//! `a * b` and the upper half of `a * b` are two prims; where the second was just emitted, the 64-bit
//! products are there, and the lower halves are a part of them. Each round of a random number asks for
//! both halves of two products, so that this halves its multiplications.

use super::lanes::{Lanes, int_vector, reinterpret, shuffle};
use cranelift_codegen::ir::{Block, InstBuilder, Value, types};
use cranelift_frontend::FunctionBuilder;
use numfuse_ir::dtype::DType;
use numfuse_ir::prim::Prim;
use numfuse_ir::scalar::Scalar;
use smallvec::SmallVec;

/// The words of two registers at odd places, and at even ones.
const UPPER: [u8; 16] = [4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31];
const LOWER: [u8; 16] = [0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27];

/// What is multiplied: a constant is emitted anew for each use.
#[derive(Clone, Debug, PartialEq)]
enum Factor {
    Known(Scalar),
    Regs(SmallVec<[Value; 4]>),
}

impl Factor {
    fn of(value: &Lanes) -> Factor {
        value.known.map_or_else(|| Factor::Regs(value.regs.iter().copied().collect()), Factor::Known)
    }
}

/// The 64-bit products that were computed last, and of what.
pub(crate) struct Products {
    block: Option<Block>,
    factors: [Factor; 2],
    /// One for a uniform value, else those of the lower and of the upper lanes of each register.
    wide: Vec<[Value; 2]>,
}

impl Products {
    /// The result of a prim, if it is a half of a product of uint32 that is there or has to be computed
    /// whole.
    pub(crate) fn half(
        last: &mut Option<Products>,
        fb: &mut FunctionBuilder,
        prim: Prim,
        args: &[&Lanes],
    ) -> Option<Lanes> {
        if !matches!(prim, Prim::Mul | Prim::MulHigh) || args[0].dtype != DType::U32 {
            return None;
        }
        let (block, factors) = (fb.current_block(), [Factor::of(args[0]), Factor::of(args[1])]);
        let known = last.as_ref().is_some_and(|p| p.block == block && p.factors == factors);
        if !known && prim == Prim::Mul {
            return None;
        }
        if !known {
            let wide = args[0].regs.iter().zip(&args[1].regs).map(|(&a, &b)| whole(fb, a, b)).collect();
            *last = Some(Products { block, factors, wide });
        }
        let wide = &last.as_ref()?.wide;
        let lanes = args[0].lanes;
        if lanes == 1 {
            let product = if prim == Prim::Mul { wide[0][0] } else { fb.ins().ushr_imm_u(wide[0][0], 32) };
            return Some(Lanes::scalar(DType::U32, fb.ins().ireduce(types::I32, product)));
        }
        let order = if prim == Prim::Mul { LOWER } else { UPPER };
        let each = |&[low, high]: &[Value; 2]| {
            let half = shuffle(fb, low, high, order);
            reinterpret(fb, half, int_vector(4))
        };
        Some(Lanes::vector(DType::U32, lanes, wide.iter().map(each).collect()))
    }
}

/// The 64-bit products of 32-bit numbers. Widened lanes are multiplied by one instruction for two of them
/// (`pmuludq`, `umull`).
fn whole(fb: &mut FunctionBuilder, a: Value, b: Value) -> [Value; 2] {
    if fb.func.dfg.value_type(a) == types::I32 {
        let (a, b) = (fb.ins().uextend(types::I64, a), fb.ins().uextend(types::I64, b));
        let product = fb.ins().imul(a, b);
        return [product, product];
    }
    let (a_low, b_low) = (fb.ins().uwiden_low(a), fb.ins().uwiden_low(b));
    let low = fb.ins().imul(a_low, b_low);
    let (a_high, b_high) = (fb.ins().uwiden_high(a), fb.ins().uwiden_high(b));
    [low, fb.ins().imul(a_high, b_high)]
}
