//! The fold table: how a reduction starts, takes one more element, and joins two partial results.
//!
//! A fold's state is one value or several that travel together (`argmax` carries a value and its
//! position, the moments carry count, mean and sum of squared deviations). `next` and `join` are
//! written once over [`Arith`], so the oracles and both back ends fold with the same operations;
//! the *order* is the kernel's affair ([`Order`](crate::kernel::Order)).

use crate::dtype::{DType, Kind};
use crate::math::{Arith, ArithExt};
use crate::ops::{maximum, minimum};
use crate::prim::Prim;
use crate::scalar::Scalar;
use smallvec::{SmallVec, smallvec};

/// The values that travel together through a fold.
pub type State<V> = SmallVec<[V; 3]>;

/// One way to reduce many elements to one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Fold {
    /// The sum; starts from `+0`.
    Sum,
    /// The product; starts from 1.
    Prod,
    /// The least element; a NaN wins, `-0` is below `+0`.
    Min,
    /// The greatest element; a NaN wins, `-0` is below `+0`.
    Max,
    /// Whether any element is true. Bool.
    Any,
    /// Whether all elements are true. Bool.
    All,
    /// The position of the first least element; the first NaN wins.
    ArgMin,
    /// The position of the first greatest element; the first NaN wins.
    ArgMax,
    /// Count, mean and sum of squared deviations in one pass. Floats.
    /// Welford (Technometrics 4, 1962) within a lane, Chan, Golub and LeVeque (1979) to join.
    Moments,
    /// The sum of the products of two numbers, each rounded once with the sum; starts from `+0`. In kernels
    /// that may contract. Floats.
    Products,
    /// The product of complex numbers, of their parts; starts from 1. In kernels.
    PairProd,
    /// The first least complex number, in two parts, and its position; the first with a NaN wins. In kernels.
    PairArgMin,
    /// The first greatest complex number, in two parts, and its position; the first with a NaN wins. In kernels.
    PairArgMax,
}

impl Fold {
    /// Every fold.
    pub const ALL: &'static [Fold] = &[
        Fold::Sum,
        Fold::Prod,
        Fold::Min,
        Fold::Max,
        Fold::Any,
        Fold::All,
        Fold::ArgMin,
        Fold::ArgMax,
        Fold::Moments,
        Fold::Products,
        Fold::PairProd,
        Fold::PairArgMin,
        Fold::PairArgMax,
    ];

    /// What this fold of complex numbers is of their parts. Sums are sums of either part, and are not asked for.
    pub const fn of_pairs(self) -> Fold {
        match self {
            Fold::Prod | Fold::PairProd => Fold::PairProd,
            Fold::Min | Fold::ArgMin | Fold::PairArgMin => Fold::PairArgMin,
            Fold::Max | Fold::ArgMax | Fold::PairArgMax => Fold::PairArgMax,
            Fold::Sum | Fold::Any | Fold::All | Fold::Moments | Fold::Products => self,
        }
    }

    /// True for what kernels alone fold: parts of complex numbers, and sums of products. No graph names them.
    pub const fn is_of_kernels(self) -> bool {
        match self {
            Fold::PairProd | Fold::PairArgMin | Fold::PairArgMax | Fold::Products => true,
            Fold::Sum | Fold::Prod | Fold::Min | Fold::Max | Fold::Any | Fold::All => false,
            Fold::ArgMin | Fold::ArgMax | Fold::Moments => false,
        }
    }

    /// How many values it takes at each element: with its parts, its position for those that tell one.
    pub const fn arguments(self) -> usize {
        match self {
            Fold::Sum | Fold::Prod | Fold::Min | Fold::Max | Fold::Any | Fold::All | Fold::Moments => 1,
            Fold::ArgMin | Fold::ArgMax | Fold::PairProd | Fold::Products => 2,
            Fold::PairArgMin | Fold::PairArgMax => 3,
        }
    }

    /// The name in printed kernels.
    pub const fn name(self) -> &'static str {
        match self {
            Fold::Sum => "sum",
            Fold::Prod => "prod",
            Fold::Min => "min",
            Fold::Max => "max",
            Fold::Any => "any",
            Fold::All => "all",
            Fold::ArgMin => "argmin",
            Fold::ArgMax => "argmax",
            Fold::Moments => "moments",
            Fold::Products => "products",
            Fold::PairProd => "pair_prod",
            Fold::PairArgMin => "pair_argmin",
            Fold::PairArgMax => "pair_argmax",
        }
    }

    /// What its scan is called.
    pub const fn scan_name(self) -> &'static str {
        match self {
            Fold::Sum => "cumsum",
            Fold::Prod => "cumprod",
            Fold::Min => "cummin",
            Fold::Max => "cummax",
            Fold::Any | Fold::All | Fold::ArgMin | Fold::ArgMax | Fold::Moments => self.name(),
            Fold::PairProd | Fold::PairArgMin | Fold::PairArgMax | Fold::Products => self.name(),
        }
    }

    /// How many values travel together.
    pub const fn parts(self) -> usize {
        match self {
            Fold::Sum | Fold::Prod | Fold::Min | Fold::Max | Fold::Any | Fold::All | Fold::Products => 1,
            Fold::ArgMin | Fold::ArgMax | Fold::PairProd => 2,
            Fold::Moments | Fold::PairArgMin | Fold::PairArgMax => 3,
        }
    }

    /// The type of each part for elements of type `dtype`.
    pub fn part_dtype(self, dtype: DType, part: usize) -> DType {
        match self {
            Fold::ArgMin | Fold::ArgMax => [dtype, DType::I64][part],
            Fold::PairArgMin | Fold::PairArgMax => [dtype, dtype, DType::I64][part],
            Fold::Sum | Fold::Prod | Fold::Min | Fold::Max | Fold::Any | Fold::All | Fold::Moments => dtype,
            Fold::PairProd | Fold::Products => dtype,
        }
    }

    /// True for a part that follows from the number of elements alone: lanes that have walked equally
    /// many share it.
    pub const fn is_count(self, part: usize) -> bool {
        match self {
            Fold::Moments => part == 0,
            Fold::Sum | Fold::Prod | Fold::Min | Fold::Max | Fold::Any | Fold::All => false,
            Fold::ArgMin | Fold::ArgMax | Fold::PairProd | Fold::PairArgMin | Fold::PairArgMax => false,
            Fold::Products => false,
        }
    }

    /// True when any order of combining elements of this type gives the same bits.
    pub fn is_free(self, dtype: DType) -> bool {
        match self {
            Fold::Sum | Fold::Prod => !dtype.is_inexact(),
            Fold::Moments | Fold::PairProd | Fold::Products => false,
            Fold::Min | Fold::Max | Fold::Any | Fold::All | Fold::ArgMin | Fold::ArgMax => true,
            Fold::PairArgMin | Fold::PairArgMax => true,
        }
    }

    /// The state before any element of type `dtype`. Joining it to a state changes no bit of it.
    pub fn init(self, dtype: DType) -> State<Scalar> {
        let least = || match dtype.kind() {
            Kind::Float | Kind::Complex => Scalar::from_f64(dtype, f64::NEG_INFINITY),
            Kind::Bool | Kind::Signed | Kind::Unsigned => Scalar::from_i128(dtype, dtype.min_int()),
        };
        let greatest = || match dtype.kind() {
            Kind::Float | Kind::Complex => Scalar::from_f64(dtype, f64::INFINITY),
            Kind::Bool | Kind::Signed | Kind::Unsigned => Scalar::from_i128(dtype, dtype.max_int()),
        };
        let nowhere = Scalar::from_i128(DType::I64, i128::from(i64::MAX));
        match self {
            Fold::Sum | Fold::Products => smallvec![Scalar::zero(dtype)],
            Fold::Prod => smallvec![Scalar::one(dtype)],
            Fold::Min => smallvec![greatest()],
            Fold::Max => smallvec![least()],
            Fold::Any => smallvec![Scalar::bool(false)],
            Fold::All => smallvec![Scalar::bool(true)],
            Fold::ArgMin => smallvec![greatest(), nowhere],
            Fold::ArgMax => smallvec![least(), nowhere],
            Fold::Moments => smallvec![Scalar::zero(dtype); 3],
            Fold::PairProd => smallvec![Scalar::one(dtype), Scalar::zero(dtype)],
            Fold::PairArgMin => smallvec![greatest(), greatest(), nowhere],
            Fold::PairArgMax => smallvec![least(), least(), nowhere],
        }
    }

    /// What a running total starts from: joined before any element, it changes no bit of it, the sign
    /// of a zero included.
    pub fn neutral(self, dtype: DType) -> State<Scalar> {
        let is_float_sum = self == Fold::Sum && dtype.is_float();
        if is_float_sum { smallvec![Scalar::from_f64(dtype, -0.0)] } else { self.init(dtype) }
    }

    /// True for folds whose running value is an element-wise function of its own: those with scans.
    pub const fn has_scan(self) -> bool {
        match self {
            Fold::Sum | Fold::Prod | Fold::Min | Fold::Max | Fold::Any | Fold::All => true,
            Fold::ArgMin | Fold::ArgMax | Fold::Moments | Fold::Products => false,
            Fold::PairProd | Fold::PairArgMin | Fold::PairArgMax => false,
        }
    }

    /// The state after one more element. `args` are the element, in parts if it is complex, and for
    /// `argmin` and `argmax` its position.
    #[inline(always)]
    pub fn next<A: Arith>(self, k: &mut A, state: &[A::V], args: &[A::V]) -> State<A::V> {
        match self {
            Fold::Moments => {
                let (count, mean, squares, x) = (state[0], state[1], state[2], args[0]);
                let one = k.int(x, 1);
                let count = k.add(count, one);
                let weight = k.div(one, count);
                let before = k.sub(x, mean);
                let step = k.mul(before, weight);
                let mean = k.add(mean, step);
                let after = k.sub(x, mean);
                let square = k.mul(before, after);
                let squares = k.add(squares, square);
                smallvec![count, mean, squares]
            }
            Fold::Products => smallvec![k.prim(Prim::Fma, &[args[0], args[1], state[0]])],
            Fold::Sum | Fold::Prod | Fold::Min | Fold::Max | Fold::Any | Fold::All => {
                self.join(k, state, args)
            }
            Fold::ArgMin | Fold::ArgMax | Fold::PairProd | Fold::PairArgMin | Fold::PairArgMax => {
                self.join(k, state, args)
            }
        }
    }

    /// The state of two runs of elements, the first run first.
    #[inline(always)]
    pub fn join<A: Arith>(self, k: &mut A, a: &[A::V], b: &[A::V]) -> State<A::V> {
        match self {
            Fold::Sum | Fold::Products => smallvec![k.add(a[0], b[0])],
            Fold::Prod => smallvec![k.mul(a[0], b[0])],
            Fold::Min => smallvec![minimum(k, a[0], b[0])],
            Fold::Max => smallvec![maximum(k, a[0], b[0])],
            Fold::Any => smallvec![k.or(a[0], b[0])],
            Fold::All => smallvec![k.and(a[0], b[0])],
            Fold::ArgMin => join_places(k, Prim::Lt, a, b),
            Fold::ArgMax => join_places(k, Prim::Gt, a, b),
            Fold::Moments => join_moments(k, a, b),
            Fold::PairProd => {
                // One times a number is the number, also where a part of it is infinite: blocks that hold
                // nothing may be joined or not.
                let product = pair_product(k, [a[0], a[1]], [b[0], b[1]]);
                let (first, second) = (is_one(k, a), is_one(k, b));
                let part = |k: &mut A, i: usize| {
                    let product = k.select(second, a[i], product[i]);
                    k.select(first, b[i], product)
                };
                smallvec![part(k, 0), part(k, 1)]
            }
            Fold::PairArgMin => join_places_of_pairs(k, Prim::Lt, a, b),
            Fold::PairArgMax => join_places_of_pairs(k, Prim::Gt, a, b),
        }
    }
}

/// The better of two (value, position): a NaN beats every number, the number that comes `before` the
/// other beats it, and of two that are equal the lower position wins.
#[inline(always)]
fn join_places<A: Arith>(k: &mut A, before: Prim, a: &[A::V], b: &[A::V]) -> State<A::V> {
    let mut better = k.prim(before, &[b[0], a[0]]);
    let mut equal = k.eq(a[0], b[0]);
    if k.dtype(a[0]).is_float() {
        let nan_a = k.ne(a[0], a[0]);
        let nan_b = k.ne(b[0], b[0]);
        let first_nan = not_and(k, nan_a, nan_b);
        better = k.or(better, first_nan);
        let both = k.and(nan_a, nan_b);
        equal = k.or(equal, both);
    }
    let sooner = k.lt(b[1], a[1]);
    let tie = k.and(equal, sooner);
    let take = k.or(better, tie);
    let value = k.select(take, b[0], a[0]);
    let place = k.select(take, b[1], a[1]);
    smallvec![value, place]
}

/// The product of two complex numbers in parts, as `multiply` of them.
#[inline(always)]
fn pair_product<A: Arith>(k: &mut A, a: [A::V; 2], b: [A::V; 2]) -> [A::V; 2] {
    let (squares, crosses) = ((k.mul(a[0], b[0]), k.mul(a[1], b[1])), (k.mul(a[0], b[1]), k.mul(a[1], b[0])));
    [k.sub(squares.0, squares.1), k.add(crosses.0, crosses.1)]
}

/// Whether a complex number in parts is 1.
#[inline(always)]
fn is_one<A: Arith>(k: &mut A, x: &[A::V]) -> A::V {
    let (one, zero) = (k.int(x[0], 1), k.int(x[0], 0));
    let (real, imaginary) = (k.eq(x[0], one), k.eq(x[1], zero));
    k.and(real, imaginary)
}

/// The better of two (real part, imaginary part, position): [`join_places`] in lexicographic order.
#[inline(always)]
fn join_places_of_pairs<A: Arith>(k: &mut A, before: Prim, a: &[A::V], b: &[A::V]) -> State<A::V> {
    let (first, second) = (k.prim(before, &[b[0], a[0]]), k.prim(before, &[b[1], a[1]]));
    let (same_re, same_im) = (k.eq(a[0], b[0]), k.eq(a[1], b[1]));
    let then = k.and(same_re, second);
    let better = k.or(first, then);
    let mut is_nan = |x: &[A::V]| {
        let (re, im) = (k.ne(x[0], x[0]), k.ne(x[1], x[1]));
        k.or(re, im)
    };
    let (nan_a, nan_b) = (is_nan(a), is_nan(b));
    let better = k.or(better, nan_b);
    let better = not_and(k, nan_a, better);
    let equal = k.and(same_re, same_im);
    let both = k.and(nan_a, nan_b);
    let equal = k.or(equal, both);
    let sooner = k.lt(b[2], a[2]);
    let tie = k.and(equal, sooner);
    let take = k.or(better, tie);
    (0..3).map(|part| k.select(take, b[part], a[part])).collect()
}

/// `!a & b`.
#[inline(always)]
fn not_and<A: Arith>(k: &mut A, a: A::V, b: A::V) -> A::V {
    let other = k.not(a);
    k.and(other, b)
}

/// Chan's formula; a side without elements leaves the other as it is.
#[inline(always)]
fn join_moments<A: Arith>(k: &mut A, a: &[A::V], b: &[A::V]) -> State<A::V> {
    let count = k.add(a[0], b[0]);
    let delta = k.sub(b[1], a[1]);
    let share = k.div(b[0], count);
    let step = k.mul(delta, share);
    let mean = k.add(a[1], step);
    let squares = k.add(a[2], b[2]);
    let square = k.mul(delta, delta);
    let weight = k.mul(a[0], share);
    let spread = k.mul(square, weight);
    let squares = k.add(squares, spread);
    let zero = k.int(a[0], 0);
    let (none_a, none_b) = (k.eq(a[0], zero), k.eq(b[0], zero));
    let mut pick = |joined: A::V, i: usize| {
        let rest = k.select(none_a, b[i], joined);
        k.select(none_b, a[i], rest)
    };
    smallvec![count, pick(mean, 1), pick(squares, 2)]
}
