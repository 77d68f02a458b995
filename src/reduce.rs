//! Reductions: sums, extremes, moments and what is made of them.
//!
//! Axes are given as `..`, one axis or a list ([`Axes`]); each function has a `_keepdims` form that
//! leaves the reduced axes with extent 1, ready to broadcast back. Every float fold goes in one
//! order that depends on the shape alone, so results do not depend on threads or on what was fused.
//!
//! An array without axes has no axis 0 or -1, which NumPy lets some reductions take.
//!
//! Types are NumPy's: sums and products of bools and integers are int64 or uint64, means of them
//! float64, and floats stay what they are; halfs are folded in float32, and what is made of several
//! folds is computed in float32 too and rounded once.

use crate::arguments::{self, Axes};
use crate::array::Array;
use crate::lazy::{Builder, build};
use numfuse_ir::dtype::{DType, Kind};
use numfuse_ir::error::Error as Mistake;
use numfuse_ir::graph::build as nodes;
use numfuse_ir::ops::Op;
use numfuse_ir::ops::fold::Fold;
use numfuse_ir::scalar::Scalar;

/// The reductions as they are built, before names and errors.
pub(crate) struct Reduction<'a> {
    pub(crate) b: &'a mut Builder,
    pub(crate) x: Array,
    pub(crate) axes: &'a [usize],
    pub(crate) keep: bool,
}

impl Reduction<'_> {
    pub(crate) fn fold(&mut self, fold: Fold, part: usize, dtype: DType) -> Result<Array, Mistake> {
        let x = nodes::cast(self.b, &self.x, dtype);
        nodes::reduce(self.b, &x, fold, part, self.axes, self.keep)
    }

    pub(crate) fn dtype(&self) -> DType {
        self.x.0.node.dtype
    }

    /// How many elements are folded into one.
    pub(crate) fn count(&self) -> usize {
        self.axes.iter().map(|&axis| self.x.0.node.shape[axis]).product()
    }

    fn over(&mut self, x: &Array, divisor: f64) -> Result<Array, Mistake> {
        let divisor = self.b.number(Scalar::from_f64(x.0.node.dtype, divisor));
        nodes::map(self.b, Op::Divide, &[x.clone(), divisor])
    }

    pub(crate) fn mean(&mut self) -> Result<Array, Mistake> {
        let sum = self.fold(Fold::Sum, 0, averaged(self.dtype()))?;
        let count = self.count() as f64;
        self.over(&sum, count)
    }

    /// Welford's sum of squared deviations, from the pass that finds the mean; of complex numbers those of
    /// both parts.
    pub(crate) fn var(&mut self, ddof: usize) -> Result<Array, Mistake> {
        let squares = match self.parts()? {
            Some([re, im]) => {
                let both = [self.squares(re)?, self.squares(im)?];
                self.map(Op::Add, &[&both[0], &both[1]])?
            }
            None => self.squares(self.x.clone())?,
        };
        let freedom = self.count().saturating_sub(ddof) as f64;
        self.over(&squares, freedom)
    }

    /// The sum of squared deviations of real numbers from their mean.
    fn squares(&mut self, x: Array) -> Result<Array, Mistake> {
        let x = nodes::cast(self.b, &x, averaged(x.0.node.dtype));
        nodes::reduce(self.b, &x, Fold::Moments, 2, self.axes, self.keep)
    }

    /// The real and the imaginary parts of complex numbers.
    fn parts(&mut self) -> Result<Option<[Array; 2]>, Mistake> {
        let x = self.x.clone();
        Ok(match self.dtype().is_complex() {
            true => Some([self.map(Op::Real, &[&x])?, self.map(Op::Imag, &[&x])?]),
            false => None,
        })
    }

    /// Puts the square of its distance from 0 in place of every number.
    pub(crate) fn square(&mut self) -> Result<(), Mistake> {
        let x = self.x.clone();
        self.x = match self.parts()? {
            Some([re, im]) => {
                let squares = [self.map(Op::Square, &[&re])?, self.map(Op::Square, &[&im])?];
                self.map(Op::Add, &[&squares[0], &squares[1]])?
            }
            None => self.map(Op::Square, &[&x])?,
        };
        Ok(())
    }

    pub(crate) fn map(&mut self, op: Op, args: &[&Array]) -> Result<Array, Mistake> {
        let args: Vec<Array> = args.iter().map(|&a| a.clone()).collect();
        nodes::map(self.b, op, &args)
    }

    /// The greatest element as a float, 0 where that is not finite: what exponentials are taken
    /// relative to, so that they do not overflow.
    fn reference(&mut self) -> Result<Array, Mistake> {
        let keep = std::mem::replace(&mut self.keep, true);
        let max = self.fold(Fold::Max, 0, averaged(self.dtype()))?;
        self.keep = keep;
        let finite = self.map(Op::Isfinite, &[&max])?;
        let zero = self.b.number(Scalar::zero(max.0.node.dtype));
        self.map(Op::Where, &[&finite, &max, &zero])
    }
}

/// The type that sums and products are in.
pub(crate) fn summed(dtype: DType) -> DType {
    match dtype.kind() {
        Kind::Bool | Kind::Signed => DType::I64,
        Kind::Unsigned => DType::U64,
        Kind::Float | Kind::Complex => dtype,
    }
}

/// The type that means are computed in.
pub(crate) fn averaged(dtype: DType) -> DType {
    if dtype.is_inexact() { dtype.working() } else { DType::F64 }
}

/// A reduction of `x`, named `op` in errors.
#[track_caller]
pub(crate) fn reduce(
    op: &'static str,
    x: &Array,
    axes: &impl Axes,
    keep: bool,
    body: impl FnOnce(&mut Reduction<'_>) -> Result<Array, Mistake>,
) -> Array {
    build(op, [x], |b| {
        let axes = arguments::axes(axes, x.0.node.shape.len())?;
        let result = body(&mut Reduction { b, x: x.clone(), axes: &axes, keep })?;
        let dtype = x.0.node.dtype;
        let rounded = dtype.is_half() && result.0.node.dtype == dtype.working();
        Ok(if rounded { nodes::cast(b, &result, dtype) } else { result })
    })
}

/// Says each reduction once: the method, its `_keepdims` form, and the free function.
macro_rules! reductions {
    ($($(#[doc = $doc:literal])+ $name:ident $keepdims:ident = |$r:ident| $body:expr;)+) => {
        /// Reductions. Axes are `..` for all, one axis, or a list; negative ones count from the back.
        impl Array {
            $($(#[doc = $doc])+
            #[track_caller]
            pub fn $name(&self, axes: impl Axes) -> Array {
                reduce(stringify!($name), self, &axes, false, |$r| $body)
            }

            #[doc = concat!("[`", stringify!($name), "`](Array::", stringify!($name), ") with the axes left, of extent 1.")]
            #[track_caller]
            pub fn $keepdims(&self, axes: impl Axes) -> Array {
                reduce(stringify!($name), self, &axes, true, |$r| $body)
            })+
        }

        $($(#[doc = $doc])+
        #[track_caller]
        pub fn $name(x: &Array, axes: impl Axes) -> Array {
            x.$name(axes)
        })+
    };
}

pub(crate) use reductions;

reductions! {
    /// The sum; 0 of nothing.
    sum sum_keepdims = |r| r.fold(Fold::Sum, 0, summed(r.dtype()));
    /// The product; 1 of nothing.
    prod prod_keepdims = |r| r.fold(Fold::Prod, 0, summed(r.dtype()));
    /// The least element; NaN if there is one.
    min min_keepdims = |r| r.fold(Fold::Min, 0, r.dtype());
    /// The greatest element; NaN if there is one.
    max max_keepdims = |r| r.fold(Fold::Max, 0, r.dtype());
    /// Whether any element is true (not zero).
    any any_keepdims = |r| r.fold(Fold::Any, 0, DType::Bool);
    /// Whether all elements are true (not zero).
    all all_keepdims = |r| r.fold(Fold::All, 0, DType::Bool);
    /// The position of the first least element, or of the first NaN; over several axes it counts
    /// in row-major order among them.
    argmin argmin_keepdims = |r| r.position(Fold::ArgMin, "argmin");
    /// The position of the first greatest element, or of the first NaN; over several axes it counts
    /// in row-major order among them.
    argmax argmax_keepdims = |r| r.position(Fold::ArgMax, "argmax");
    /// How many elements are not zero.
    count_nonzero count_nonzero_keepdims = |r| {
        r.x = nodes::cast(r.b, &r.x, DType::Bool);
        r.fold(Fold::Sum, 0, DType::I64)
    };
    /// From the least to the greatest: the width of the range of values.
    ptp ptp_keepdims = |r| {
        let (max, min) = (r.fold(Fold::Max, 0, r.dtype())?, r.fold(Fold::Min, 0, r.dtype())?);
        r.map(Op::Subtract, &[&max, &min])
    };
    /// The arithmetic mean; NaN of nothing.
    mean mean_keepdims = |r| r.mean();
    /// The mean square deviation from the mean, in one pass. For a sample's, see
    /// [`Array::var_ddof`].
    var var_keepdims = |r| r.var(0);
    /// The standard deviation: the square root of the variance.
    std std_keepdims = |r| {
        let var = r.var(0)?;
        r.map(Op::Sqrt, &[&var])
    };
    /// The Euclidean length: the square root of the sum of squares.
    norm norm_keepdims = |r| {
        r.x = nodes::cast(r.b, &r.x, averaged(r.dtype()));
        r.square()?;
        let sum = r.fold(Fold::Sum, 0, r.dtype())?;
        r.map(Op::Sqrt, &[&sum])
    };
    /// `log(sum(exp(x)))`, without overflow on the way.
    logsumexp logsumexp_keepdims = |r| {
        let reference = r.reference()?;
        let shifted = r.map(Op::Subtract, &[&r.x.clone(), &reference])?;
        r.x = r.map(Op::Exp, &[&shifted])?;
        let sum = r.fold(Fold::Sum, 0, r.dtype())?;
        let log = r.map(Op::Log, &[&sum])?;
        let reference = nodes::reshape_to(r.b, &reference, log.0.node.shape.clone());
        r.map(Op::Add, &[&log, &reference])
    };
}

impl Reduction<'_> {
    pub(crate) fn position(&mut self, fold: Fold, name: &str) -> Result<Array, Mistake> {
        self.fold(fold, 1, self.dtype()).map_err(|mistake| match mistake {
            Mistake::EmptyFold { .. } => {
                Mistake::Argument { sentence: format!("attempt to get {name} of an empty sequence") }
            }
            other => other,
        })
    }
}

/// Reductions with a parameter, and what keeps the shape.
impl Array {
    /// The sum of squared deviations from the mean over `n - ddof`: with `ddof` 1 the unbiased
    /// variance of a sample.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// let x = Array::from([1.0, 2.0, 3.0, 4.0]);
    /// assert_eq!(x.var(..).item::<f64>()?, 1.25);
    /// assert_eq!(x.var_ddof(.., 1).item::<f64>()?, 5.0 / 3.0);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    #[track_caller]
    pub fn var_ddof(&self, axes: impl Axes, ddof: usize) -> Array {
        reduce("var", self, &axes, false, |r| r.var(ddof))
    }

    /// The square root of [`var_ddof`](Array::var_ddof).
    #[track_caller]
    pub fn std_ddof(&self, axes: impl Axes, ddof: usize) -> Array {
        reduce("std", self, &axes, false, |r| {
            let var = r.var(ddof)?;
            r.map(Op::Sqrt, &[&var])
        })
    }

    /// `exp(x)` over its sum along the axes, without overflow on the way: positive weights that add
    /// up to 1.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// let weights = Array::from([[1000.0, 1000.0], [0.0, 0.0]]).softmax(-1);
    /// assert_eq!(weights.to_vec::<f64>()?, [0.5; 4]);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    #[track_caller]
    pub fn softmax(&self, axes: impl Axes) -> Array {
        reduce("softmax", self, &axes, true, |r| {
            let x = nodes::cast(r.b, &r.x, averaged(r.dtype()));
            let max = r.fold(Fold::Max, 0, averaged(r.dtype()))?;
            let shifted = r.map(Op::Subtract, &[&x, &max])?;
            r.x = r.map(Op::Exp, &[&shifted])?;
            let sum = r.fold(Fold::Sum, 0, r.dtype())?;
            r.map(Op::Divide, &[&r.x.clone(), &sum])
        })
    }
}

/// `exp(x)` over its sum along the axes: see [`Array::softmax`].
#[track_caller]
pub fn softmax(x: &Array, axes: impl Axes) -> Array {
    x.softmax(axes)
}
