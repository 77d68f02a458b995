//! The vocabulary in which elementary functions and composed ops are written.
//!
//! [`Arith`] is one method, [`Arith::prim`], and names for what it can do. An instance decides what
//! a value is: [`Eval`] computes with [`Scalar`]s, a kernel's `Body` records instructions.

use crate::dtype::DType;
use crate::prim::Prim;
use crate::scalar::Scalar;
use smallvec::SmallVec;

/// Values that pass from turn to turn of a loop.
pub type Carried<V> = SmallVec<[V; 4]>;

/// What is known of a value wherever code is generated for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// Nothing.
    Nothing,
    /// It is neither a zero nor a NaN.
    Ordinary,
    /// It is zero, without a sign.
    Zero,
}

impl Known {
    /// What is known of a constant.
    pub fn of(c: Scalar) -> Known {
        match c.to_f64() {
            _ if c.dtype().is_complex() => Known::Nothing,
            x if x.is_nan() || (x == 0.0 && x.is_sign_negative()) => Known::Nothing,
            0.0 => Known::Zero,
            _ => Known::Ordinary,
        }
    }
}

/// Something that can apply prims to values of its own.
pub trait Arith {
    /// A typed value: a scalar, or a place in a kernel's body.
    type V: Copy + PartialEq;

    /// The type of a value.
    fn dtype(&self, v: Self::V) -> DType;

    /// What is known of a value. It may spare operations, it never changes a result: what computes
    /// with scalars knows nothing, and so takes the long way.
    fn facts(&self, _: Self::V) -> Known {
        Known::Nothing
    }

    /// A constant.
    fn constant(&mut self, c: Scalar) -> Self::V;

    /// One machine operation; the operands' types must be ones that [`Prim::result`] accepts.
    fn prim(&mut self, prim: Prim, args: &[Self::V]) -> Self::V;

    /// `slow` in the lanes where `cond` holds, `fast` elsewhere; the instructions of `slow` are
    /// kept out of the straight path and skipped when no lane needs them.
    fn rare(&mut self, cond: Self::V, fast: Self::V, slow: impl FnOnce(&mut Self) -> Self::V) -> Self::V;

    /// The greater or lesser of two floats where a NaN wins and -0 is below +0, if the machine has an operation
    /// for that. Which NaN it is, is not said.
    fn extremum(&mut self, _prim: Prim, _a: Self::V, _b: Self::V) -> Option<Self::V> {
        None
    }

    /// Steps `state` on in the lanes where `going` (a bool) holds, at most `most` times: `step` is given
    /// the number of the turn (a uint32) and the state, and gives whether a lane goes on and its next
    /// state. Lanes that have stopped keep theirs. Gives the last states.
    ///
    /// A turn may be skipped when no lane goes on. `over` are the values from outside that `step` uses: it has
    /// as many lanes as they.
    fn until(
        &mut self,
        most: u32,
        over: &[Self::V],
        going: Self::V,
        state: &[Self::V],
        mut step: impl FnMut(&mut Self, Self::V, &[Self::V]) -> (Self::V, Carried<Self::V>),
    ) -> Carried<Self::V> {
        let (_, mut going, mut state) = (over, going, Carried::from_slice(state));
        for turn in 0..most {
            let turn = self.constant(Scalar::from_bits(DType::U32, turn.into()));
            let (still, next) = step(self, turn, &state);
            let kept = next.iter().zip(&state);
            state = kept.map(|(&new, &old)| self.prim(Prim::Select, &[going, new, old])).collect();
            going = self.prim(Prim::And, &[going, still]);
        }
        state
    }

    /// Values of each element out of what 2^`bits` neighbours compute together; `bits` is 0 where there is
    /// nothing to share.
    ///
    /// `body` is given a place (two uint32 words, the lower one first) in units of so many elements, and gives
    /// `width` uint32 values for each of them, one element after the other.
    fn shared(
        &mut self,
        place: [Self::V; 2],
        bits: u32,
        width: usize,
        mut body: impl FnMut(&mut Self, [Self::V; 2]) -> Carried<Self::V>,
    ) -> Carried<Self::V> {
        each_for_itself(self, place, bits, width, &mut body)
    }

    /// The constant `x`, rounded to the type of `like`.
    #[inline(always)]
    fn float(&mut self, like: Self::V, x: f64) -> Self::V {
        let dtype = self.dtype(like);
        self.constant(Scalar::from_f64(dtype, x))
    }

    /// The integer constant `x` in the type of `like` (an integer or float type).
    #[inline(always)]
    fn int(&mut self, like: Self::V, x: i64) -> Self::V {
        let dtype = self.dtype(like);
        self.constant(Scalar::from_i128(dtype, i128::from(x)))
    }

    /// `v` in another type.
    #[inline(always)]
    fn cast(&mut self, v: Self::V, to: DType) -> Self::V {
        self.prim(Prim::Cast(to), &[v])
    }

    /// The bits of `v` as another type of its size.
    #[inline(always)]
    fn bitcast(&mut self, v: Self::V, to: DType) -> Self::V {
        self.prim(Prim::Bitcast(to), &[v])
    }

    /// The bits of a float as the signed integer of its size.
    #[inline(always)]
    fn to_bits(&mut self, v: Self::V) -> Self::V {
        let int = self.dtype(v).same_size_int();
        self.bitcast(v, int)
    }

    /// `c ? a : b`.
    #[inline(always)]
    fn select(&mut self, c: Self::V, a: Self::V, b: Self::V) -> Self::V {
        self.prim(Prim::Select, &[c, a, b])
    }

    /// `a * b + c`, rounded once.
    #[inline(always)]
    fn fma(&mut self, a: Self::V, b: Self::V, c: Self::V) -> Self::V {
        self.prim(Prim::Fma, &[a, b, c])
    }
}

/// [`Arith::shared`] where every element computes what it shares, and takes its own.
pub fn each_for_itself<A: Arith + ?Sized>(
    k: &mut A,
    place: [A::V; 2],
    bits: u32,
    width: usize,
    mut body: impl FnMut(&mut A, [A::V; 2]) -> Carried<A::V>,
) -> Carried<A::V> {
    let unit = units(k, place, bits);
    let mut values = body(k, unit);
    let zero = k.constant(Scalar::zero(DType::U32));
    for bit in 0..bits {
        let mask = k.constant(Scalar::from_bits(DType::U32, 1 << bit));
        let chosen = k.prim(Prim::And, &[place[0], mask]);
        let odd = k.prim(Prim::Ne, &[chosen, zero]);
        let pairs = values.chunks(2 * width).flat_map(|pair| (0..width).map(|i| (pair[i], pair[width + i])));
        let pairs: SmallVec<[(A::V, A::V); 4]> = pairs.collect();
        values = pairs.into_iter().map(|(a, b)| if a == b { a } else { k.select(odd, b, a) }).collect();
    }
    values
}

/// A place of two uint32 words, the lower one first, in units of 2^`bits`: what [`Arith::shared`] passes on.
pub fn units<A: Arith + ?Sized>(k: &mut A, place: [A::V; 2], bits: u32) -> [A::V; 2] {
    if bits == 0 {
        return place;
    }
    let count = |n: u32| Scalar::from_bits(DType::U32, n.into());
    let (down, up) = (k.constant(count(bits)), k.constant(count(32 - bits)));
    let low = k.prim(Prim::Shr, &[place[0], down]);
    let moved = k.prim(Prim::Shl, &[place[1], up]);
    let low = k.prim(Prim::Or, &[low, moved]);
    [low, k.prim(Prim::Shr, &[place[1], down])]
}

/// Names for the prims of one and two operands: `k.add(a, b)` for `k.prim(Prim::Add, &[a, b])`.
macro_rules! named_prims {
    ($($(#[doc = $doc:literal])+ $name:ident($($arg:ident),+) = $prim:ident;)+) => {
        /// The prims by name, for everything that is an [`Arith`].
        pub trait ArithExt: Arith {
            $($(#[doc = $doc])+ #[inline(always)] fn $name(&mut self, $($arg: Self::V),+) -> Self::V {
                self.prim(Prim::$prim, &[$($arg),+])
            })+
        }
        impl<A: Arith> ArithExt for A {}
    };
}

named_prims! {
    /// See [`Prim::Add`].
    add(a, b) = Add;
    /// See [`Prim::Sub`].
    sub(a, b) = Sub;
    /// See [`Prim::Mul`].
    mul(a, b) = Mul;
    /// See [`Prim::MulHigh`].
    mul_high(a, b) = MulHigh;
    /// See [`Prim::Div`].
    div(a, b) = Div;
    /// See [`Prim::Rem`].
    rem(a, b) = Rem;
    /// See [`Prim::Neg`].
    neg(a) = Neg;
    /// See [`Prim::Abs`].
    abs(a) = Abs;
    /// See [`Prim::Min`].
    min(a, b) = Min;
    /// See [`Prim::Max`].
    max(a, b) = Max;
    /// See [`Prim::Sqrt`].
    sqrt(a) = Sqrt;
    /// See [`Prim::Floor`].
    floor(a) = Floor;
    /// See [`Prim::Ceil`].
    ceil(a) = Ceil;
    /// See [`Prim::Trunc`].
    trunc(a) = Trunc;
    /// See [`Prim::Rint`].
    rint(a) = Rint;
    /// See [`Prim::And`].
    and(a, b) = And;
    /// See [`Prim::Or`].
    or(a, b) = Or;
    /// See [`Prim::Xor`].
    xor(a, b) = Xor;
    /// See [`Prim::Not`].
    not(a) = Not;
    /// See [`Prim::Shl`].
    shl(a, b) = Shl;
    /// See [`Prim::Shr`].
    shr(a, b) = Shr;
    /// See [`Prim::Lt`].
    lt(a, b) = Lt;
    /// See [`Prim::Le`].
    le(a, b) = Le;
    /// See [`Prim::Gt`].
    gt(a, b) = Gt;
    /// See [`Prim::Ge`].
    ge(a, b) = Ge;
    /// See [`Prim::Eq`].
    eq(a, b) = Eq;
    /// See [`Prim::Ne`].
    ne(a, b) = Ne;
}

/// The instance that computes: values are scalars.
#[derive(Clone, Copy, Debug, Default)]
pub struct Eval;

impl Arith for Eval {
    type V = Scalar;

    #[inline(always)]
    fn dtype(&self, v: Scalar) -> DType {
        v.dtype()
    }

    #[inline(always)]
    fn constant(&mut self, c: Scalar) -> Scalar {
        c
    }

    #[inline(always)]
    fn prim(&mut self, prim: Prim, args: &[Scalar]) -> Scalar {
        prim.eval(args)
    }

    #[inline(always)]
    fn rare(&mut self, cond: Scalar, fast: Scalar, slow: impl FnOnce(&mut Self) -> Scalar) -> Scalar {
        if cond.is_true() { slow(self) } else { fast }
    }

    fn until(
        &mut self,
        most: u32,
        _: &[Scalar],
        mut going: Scalar,
        state: &[Scalar],
        mut step: impl FnMut(&mut Self, Scalar, &[Scalar]) -> (Scalar, Carried<Scalar>),
    ) -> Carried<Scalar> {
        let mut state = Carried::from_slice(state);
        for turn in (0..most).map(|turn| Scalar::from_bits(DType::U32, turn.into())) {
            if !going.is_true() {
                break;
            }
            (going, state) = step(self, turn, &state);
        }
        state
    }
}
