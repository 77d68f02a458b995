//! Reductions that leave NaN out, each fused from a choice and a fold.
//!
//! Integers have no NaN: there they are the plain reductions.

use crate::arguments::Axes;
use crate::array::Array;
use crate::reduce::{Reduction, averaged, reduce, reductions, summed};
use numfuse_ir::dtype::DType;
use numfuse_ir::error::Error as Mistake;
use numfuse_ir::graph::build as nodes;
use numfuse_ir::ops::Op;
use numfuse_ir::ops::fold::Fold;
use numfuse_ir::scalar::Scalar;

impl Reduction<'_> {
    /// Puts a number in place of every NaN.
    fn fill(&mut self, value: f64) -> Result<(), Mistake> {
        if self.dtype().is_inexact() {
            let x = self.x.clone();
            let nan = self.map(Op::Isnan, &[&x])?;
            let value = self.b.number(Scalar::from_f64(self.dtype(), value));
            self.x = self.map(Op::Where, &[&nan, &value, &x])?;
        }
        Ok(())
    }

    /// How many elements are numbers, in the type of means.
    fn numbers(&mut self) -> Result<Array, Mistake> {
        let dtype = averaged(self.dtype()).part();
        let x = self.x.clone();
        let known = self.map(Op::Equal, &[&x, &x])?;
        let known = nodes::cast(self.b, &known, DType::I64);
        let count = nodes::reduce(self.b, &known, Fold::Sum, 0, self.axes, self.keep)?;
        Ok(nodes::cast(self.b, &count, dtype))
    }

    /// The least or greatest number; NaN where there is none.
    fn extreme(&mut self, fold: Fold, worst: f64) -> Result<Array, Mistake> {
        let dtype = self.dtype();
        if !dtype.is_inexact() {
            return self.fold_some(fold, dtype);
        }
        let x = self.x.clone();
        let nan = self.map(Op::Isnan, &[&x])?;
        let none = nodes::reduce(self.b, &nan, Fold::All, 0, self.axes, self.keep)?;
        self.fill(worst)?;
        let value = self.fold_some(fold, dtype)?;
        let nan = self.b.number(Scalar::from_f64(dtype, f64::NAN));
        self.map(Op::Where, &[&none, &nan, &value])
    }

    /// The least or greatest element; of nothing the error that NumPy's `fmin` and `fmax` have.
    fn fold_some(&mut self, fold: Fold, dtype: DType) -> Result<Array, Mistake> {
        self.fold(fold, 0, dtype).map_err(|mistake| match mistake {
            Mistake::EmptyFold { op } => {
                Mistake::EmptyFold { op: if op == "minimum" { "fmin" } else { "fmax" }.to_string() }
            }
            other => other,
        })
    }

    fn nanmean(&mut self) -> Result<Array, Mistake> {
        let count = self.numbers()?;
        self.fill(0.0)?;
        let sum = self.fold(Fold::Sum, 0, averaged(self.dtype()))?;
        self.map(Op::Divide, &[&sum, &count])
    }

    /// The squared deviations of the numbers from their mean, over how many there are less `ddof`; NaN where
    /// nothing is left.
    fn nanvar(&mut self, ddof: usize) -> Result<Array, Mistake> {
        if !self.dtype().is_inexact() {
            return self.var(ddof);
        }
        let x = self.x.clone();
        let count = self.numbers()?;
        let keep = std::mem::replace(&mut self.keep, true);
        let mean = self.nanmean()?;
        self.keep = keep;
        let apart = self.map(Op::Subtract, &[&x, &mean])?;
        // Where x is NaN: what is infinitely far from an infinite mean is NaN too, and stays.
        let (hole, nothing) = (self.map(Op::Isnan, &[&x])?, Scalar::from_f64(apart.0.node.dtype, 0.0));
        let nothing = self.b.number(nothing);
        self.x = self.map(Op::Where, &[&hole, &nothing, &apart])?;
        self.square()?;
        let squares = self.fold(Fold::Sum, 0, self.dtype())?;
        let [ddof, zero, nan] = [ddof as f64, 0.0, f64::NAN].map(|n| Scalar::from_f64(self.dtype(), n));
        let [ddof, zero, nan] = [ddof, zero, nan].map(|n| self.b.number(n));
        let freedom = self.map(Op::Subtract, &[&count, &ddof])?;
        let var = self.map(Op::Divide, &[&squares, &freedom])?;
        let some = self.map(Op::Greater, &[&freedom, &zero])?;
        self.map(Op::Where, &[&some, &var, &nan])
    }
}

reductions! {
    /// The sum of what is not NaN; 0 of nothing.
    nansum nansum_keepdims = |r| {
        r.fill(0.0)?;
        r.fold(Fold::Sum, 0, summed(r.dtype()))
    };
    /// The product of what is not NaN; 1 of nothing.
    nanprod nanprod_keepdims = |r| {
        r.fill(1.0)?;
        r.fold(Fold::Prod, 0, summed(r.dtype()))
    };
    /// The least number; NaN if there is none.
    nanmin nanmin_keepdims = |r| r.extreme(Fold::Min, f64::INFINITY);
    /// The greatest number; NaN if there is none.
    nanmax nanmax_keepdims = |r| r.extreme(Fold::Max, f64::NEG_INFINITY);
    /// The position of the first least number, over several axes in row-major order among them. Where all
    /// are NaN, which NumPy calls an error, the first.
    nanargmin nanargmin_keepdims = |r| {
        r.fill(f64::INFINITY)?;
        r.position(Fold::ArgMin, "argmin")
    };
    /// The position of the first greatest number, over several axes in row-major order among them. Where all
    /// are NaN, which NumPy calls an error, the first.
    nanargmax nanargmax_keepdims = |r| {
        r.fill(f64::NEG_INFINITY)?;
        r.position(Fold::ArgMax, "argmax")
    };
    /// The mean of what is not NaN; NaN of nothing.
    nanmean nanmean_keepdims = |r| r.nanmean();
    /// The mean square deviation of what is not NaN from its mean. For a sample's, see
    /// [`Array::nanvar_ddof`].
    nanvar nanvar_keepdims = |r| r.nanvar(0);
    /// The standard deviation of what is not NaN: the square root of [`nanvar`](Array::nanvar).
    nanstd nanstd_keepdims = |r| {
        let var = r.nanvar(0)?;
        r.map(Op::Sqrt, &[&var])
    };
}

/// Reductions without NaN that have a parameter.
impl Array {
    /// The squared deviations of what is not NaN from its mean, over how many there are less `ddof`; NaN where
    /// nothing is left.
    #[track_caller]
    pub fn nanvar_ddof(&self, axes: impl Axes, ddof: usize) -> Array {
        reduce("nanvar", self, &axes, false, |r| r.nanvar(ddof))
    }

    /// The square root of [`nanvar_ddof`](Array::nanvar_ddof).
    #[track_caller]
    pub fn nanstd_ddof(&self, axes: impl Axes, ddof: usize) -> Array {
        reduce("nanstd", self, &axes, false, |r| {
            let var = r.nanvar(ddof)?;
            r.map(Op::Sqrt, &[&var])
        })
    }
}
