//! Half types where the processor, or the code generator, has no instructions for them: their conversions
//! are expanded into operations on 32 bits (`ir/src/math/half.rs`), over any [`Emit`].

use super::Emit;
use numfuse_ir::dtype::DType;
use numfuse_ir::math::{Arith, half};
use numfuse_ir::prim::Prim;
use numfuse_ir::scalar::Scalar;

/// The result of a conversion from or to a half type, or of a rounding to one, of a value of that type and
/// so many lanes; `None` of other prims.
pub(crate) fn conversion<E: Emit>(
    emit: &mut E,
    prim: Prim,
    x: &E::Value,
    dtype: DType,
    lanes: u32,
) -> Option<E::Value> {
    let (Prim::Round(to) | Prim::Cast(to)) = prim else { return None };
    if !to.is_half() && !dtype.is_half() {
        return None;
    }
    let mut code = Code { emit, lanes, values: vec![(dtype, x.clone())] };
    let result = if matches!(prim, Prim::Round(_)) {
        half::round(&mut code, 0, to)
    } else if to.is_half() {
        half::narrow(&mut code, 0, to)
    } else {
        half::widen(&mut code, 0)
    };
    Some(code.values.swap_remove(result).1)
}

/// The [`Arith`] that emits: a value is its place in a list.
struct Code<'e, E: Emit> {
    emit: &'e mut E,
    lanes: u32,
    values: Vec<(DType, E::Value)>,
}

impl<E: Emit> Code<'_, E> {
    fn push(&mut self, dtype: DType, value: E::Value) -> usize {
        self.values.push((dtype, value));
        self.values.len() - 1
    }
}

impl<E: Emit> Arith for Code<'_, E> {
    type V = usize;

    fn dtype(&self, v: usize) -> DType {
        self.values[v].0
    }

    fn constant(&mut self, c: Scalar) -> usize {
        let value = self.emit.constant(c, self.lanes);
        self.push(c.dtype(), value)
    }

    fn prim(&mut self, prim: Prim, args: &[usize]) -> usize {
        let types: Vec<DType> = args.iter().map(|&v| self.values[v].0).collect();
        let dtype = prim.result(&types).expect("expansions are well typed");
        let args: Vec<&E::Value> = args.iter().map(|&v| &self.values[v].1).collect();
        let value = self.emit.prim(prim, &args);
        self.push(dtype, value)
    }

    /// Both ways, and a choice: conversions have no rare ways.
    fn rare(&mut self, cond: usize, fast: usize, slow: impl FnOnce(&mut Self) -> usize) -> usize {
        let slow = slow(self);
        self.select(cond, slow, fast)
    }
}
