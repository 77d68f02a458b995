//! Half types on processors without instructions that the code generator knows: their conversions are
//! expanded into operations on 32 bits (`ir/src/math/half.rs`).

use super::lanes::{self, Lanes};
use super::prim;
use cranelift_frontend::FunctionBuilder;
use numfuse_ir::dtype::DType;
use numfuse_ir::math::{Arith, half};
use numfuse_ir::prim::Prim;
use numfuse_ir::scalar::Scalar;

/// The result of a conversion from or to a half type, or of a rounding to one; `None` of other prims.
pub(super) fn conversion(fb: &mut FunctionBuilder, prim: Prim, x: &Lanes) -> Option<Lanes> {
    let mut code = Code { fb, lanes: x.lanes, values: vec![x.clone()] };
    let result = match prim {
        Prim::Round(to) => half::round(&mut code, 0, to),
        Prim::Cast(to) if to.is_half() => half::narrow(&mut code, 0, to),
        Prim::Cast(_) if x.dtype.is_half() => half::widen(&mut code, 0),
        Prim::Cast(_) | Prim::Bitcast(_) | Prim::Select => return None,
        Prim::Add | Prim::Sub | Prim::Mul | Prim::MulHigh | Prim::Div | Prim::Rem => return None,
        Prim::Neg | Prim::Abs | Prim::Min | Prim::Max | Prim::Fma | Prim::Sqrt => return None,
        Prim::Floor | Prim::Ceil | Prim::Trunc | Prim::Rint => return None,
        Prim::And | Prim::Or | Prim::Xor | Prim::Not | Prim::Shl | Prim::Shr => return None,
        Prim::Lt | Prim::Le | Prim::Gt | Prim::Ge | Prim::Eq | Prim::Ne => return None,
    };
    Some(code.values.swap_remove(result))
}

/// The [`Arith`] that emits: a value is its place in a list.
struct Code<'f, 'b> {
    fb: &'f mut FunctionBuilder<'b>,
    lanes: u32,
    values: Vec<Lanes>,
}

impl Code<'_, '_> {
    fn push(&mut self, value: Lanes) -> usize {
        self.values.push(value);
        self.values.len() - 1
    }
}

impl Arith for Code<'_, '_> {
    type V = usize;

    fn dtype(&self, v: usize) -> DType {
        self.values[v].dtype
    }

    fn constant(&mut self, c: Scalar) -> usize {
        let value = lanes::constant_of(self.fb, c, self.lanes);
        self.push(value)
    }

    fn prim(&mut self, prim: Prim, args: &[usize]) -> usize {
        let args: Vec<&Lanes> = args.iter().map(|&v| &self.values[v]).collect();
        let value = prim::prim(self.fb, prim, &args);
        self.push(value)
    }

    /// Both ways, and a choice: conversions have no rare ways.
    fn rare(&mut self, cond: usize, fast: usize, slow: impl FnOnce(&mut Self) -> usize) -> usize {
        let slow = slow(self);
        self.select(cond, slow, fast)
    }
}
