//! Half types vanish here: what a graph holds as float16 or bfloat16, a kernel computes as float32.
//!
//! A value of a half type is, in a kernel, the float32 of the same number: it is widened where it is
//! loaded, rounded after each operation, and narrowed where it is stored. So fusing changes no bit,
//! and of the machine's operations only conversions know the half types.

use super::build::Builder;
use super::{Inst, Val};
use crate::dtype::DType;
use crate::prim::Prim;

impl Builder {
    /// A value as it is loaded or passed at launch, in the type that kernels compute it in.
    pub fn widened(&mut self, v: Val) -> Val {
        let working = self.dtype(v).working();
        self.cast(v, working)
    }

    /// The result of an operation, rounded to the type `to` if that is a half type.
    pub fn rounded(&mut self, v: Val, to: DType) -> Val {
        if to.is_half() { self.prim(Prim::Round(to), &[v]) } else { v }
    }

    /// A value of type `from` as one of type `to`, each in the type that it is computed in.
    pub fn converted(&mut self, v: Val, from: DType, to: DType) -> Val {
        if !to.is_half() {
            return self.cast(v, to);
        }
        // By way of float32 a float64 would be rounded twice.
        if from == DType::F64 {
            let half = self.cast(v, to);
            return self.widened(half);
        }
        let single = self.cast(v, to.working());
        self.rounded(single, to)
    }

    /// A value of type `to` as it is stored. Narrowing rounds, so a rounding just before it is left out.
    pub fn narrowed(&mut self, v: Val, to: DType) -> Val {
        let before = if let Inst::Prim(Prim::Round(_), args) = self.inst(v) { args[0] } else { v };
        self.cast(if to.is_half() { before } else { v }, to)
    }
}
