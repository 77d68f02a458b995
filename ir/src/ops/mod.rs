//! The op table and the fold table: everything with a NumPy name, declared once.
//!
//! A row of the table (`table.rs`) gives an op its name, its parameters, its documentation, the class that
//! promotes its operands, its stated error, and what it is: a machine operation, a composition, or
//! an elementary function. From the rows come the [`Op`] enum, the free functions of this module
//! (each row's expansion over any [`Arith`], so that rows are written in terms of rows), the
//! printers, the promotion, the user's methods and the generated tests. Adding an elementwise op
//! touches one place: a row.

mod bodies;
pub mod expansion;
pub mod fold;
pub mod library;
mod table;
pub mod transform;

use crate::dtype::{DType, Kind};
use crate::math::complex::{self, Functions, Value};
use crate::math::random::{self, Source, continuous, discrete};
use crate::math::{self, Arith, ArithExt, Eval};
use crate::prim::Prim;
use crate::scalar::Scalar;
use bodies::{
    extremum, floor_division, integer_power, magnitude_against_infinity, number_or, sign_is_set, sign_of,
    truncated_remainder,
};
use smallvec::SmallVec;

/// How an op treats the types of its operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// Any type; operands promote to one.
    Any,
    /// Any type but bool, for which NumPy raises.
    Number,
    /// Any type; bools are computed as int8.
    Count,
    /// Computed in a float type: integers of 8 bits and bools in float16, of 16 bits in float32, others
    /// in float64.
    Float,
    /// Computed in a float type: every integer in float64 (true division).
    Ratio,
    /// Any type; integers and bools are left as they are (rounding to whole numbers).
    Whole,
    /// Any type in, bool out; operands promote to one.
    Compare,
    /// Any type in, bool out; operands are truth values.
    Logic,
    /// Bool and integers.
    Bits,
    /// Integers; bools are computed as int8.
    Shift,
    /// Integers, with which bools may stand but not alone.
    Integer,
    /// A bool first, then operands that promote to one.
    Choice,
    /// A float type first, as for `Float`, which the result has; then a signed integer of 32 or 64 bits.
    Scale,
    /// Computed in a float type, as for `Float`; gives int32.
    Exponent,
    /// Integers; bools are computed as int8. Gives uint8.
    Tally,
    /// Computed in a float type, as for `Float`, but bools in float64.
    Turn,
    /// Real numbers, computed in float32 or float64; gives the complex type of which they are parts.
    Parts,
    /// Random words: all uint32.
    Word,
    /// Random numbers: four uint32, then parameters that promote to one float type, which is the result's.
    Draw,
    /// Random numbers: four uint32, then parameters in float64, as the result.
    Wide,
}

/// What the table knows of an op.
pub struct OpDef {
    /// NumPy's name.
    pub name: &'static str,
    /// The names of its operands.
    pub params: &'static [&'static str],
    /// The row's documentation.
    pub doc: &'static str,
    /// How operands are promoted.
    pub class: Class,
    /// Greatest error in units in the last place, for float32 and float64; the half types round a
    /// float32 of that error.
    pub ulp: f64,
    /// The machine operation that it is, if it is one.
    pub prim: Option<Prim>,
    /// The function in float64, where the row is an elementary function: what the expansion is
    /// checked against (in higher precision by the accuracy program).
    pub meaning: Option<fn(&[f64]) -> f64>,
    /// What it gives of complex numbers; `None` where it refuses them.
    pub complex: Option<Form>,
}

/// What an op gives of complex operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A complex number.
    Pair,
    /// A real number, or a truth value.
    Real,
}

macro_rules! prim_of {
    (prim $p:ident $($rest:tt)*) => {
        Some(Prim::$p)
    };
    ($other:ident $($rest:tt)*) => {
        None
    };
}

macro_rules! meaning_of {
    ([$($p:ident)+] func $meaning:expr, $path:path) => {
        Some(|v: &[f64]| { let [$($p),+] = *v else { unreachable!("arity is checked by the graph") }; $meaning })
    };
    ([$($p:ident)+] $other:ident $($rest:tt)*) => { None };
}

macro_rules! expansion {
    ($k:ident [$($p:ident)+] prim $prim:ident) => { $k.prim(Prim::$prim, &[$($p),+]) };
    ($k:ident [$first:ident $($p:ident)*] prim $prim:ident, of bools $logic:ident) => {{
        let prim = if $k.dtype($first) == DType::Bool { Prim::$logic } else { Prim::$prim };
        $k.prim(prim, &[$first $(, $p)*])
    }};
    ($k:ident [$($p:ident)+] body |$kk:ident| $e:expr) => {{ let $kk = $k; $e }};
    ($k:ident [$($p:ident)+] func $meaning:expr, $path:path) => { $path($k, $($p),+) };
    ($k:ident [$($p:ident)+] parts) => {{
        let _ = ($k, $($p),+);
        unreachable!("complex numbers are made where kernels are built, and whole in the interpreter")
    }};
}

macro_rules! form_of {
    () => {
        None
    };
    (real) => {
        Some(Form::Real)
    };
    ($other:ident) => {
        Some(Form::Pair)
    };
}

macro_rules! complex_body {
    ($k:ident [$($p:ident)+]) => {{ let _ = ($k, $($p),+); None }};
    ($k:ident [$($p:ident)+] pair $path:path) => { Some(Value::Pair($path($k, $($p.pair()),+))) };
    ($k:ident [$($p:ident)+] real $path:path) => { Some(Value::Real($path($k, $($p.pair()),+))) };
    ($k:ident [$c:ident $($p:ident)+] choice $path:path) => { Some(Value::Pair($path($k, $c.real(), $($p.pair()),+))) };
    ($k:ident [$($p:ident)+] join $path:path) => { Some(Value::Pair($path($k, $($p.real()),+))) };
}

macro_rules! define_ops {
    ($($(#[doc = $doc:literal])+ $V:ident $name:ident($($p:ident),+): $class:ident, ulp($ulp:literal) = $kind:ident($($d:tt)*) $(, complex $form:ident($path:path))?;)+) => {
        /// An elementwise operation: a row of the table.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Op { $($(#[doc = $doc])+ $V),+ }

        impl Op {
            /// Every row, in the order of the table.
            pub const ALL: &'static [Op] = &[$(Op::$V),+];

            /// What the op is, over any [`Arith`]: the operands have the types that
            /// [`Op::promote`] gives.
            #[inline]
            pub fn expand<A: Arith>(self, k: &mut A, args: &[A::V]) -> A::V {
                match self {
                    $(Op::$V => { let [$($p),+] = *args else { unreachable!("arity is checked by the graph") }; $name(k, $($p),+) })+
                }
            }
        }

        /// What a row is of complex numbers; `None` of rows that refuse them.
        fn of_complex<K: Functions>(op: Op, k: &mut K, args: &[Value<K::V>]) -> Option<Value<K::V>> {
            match op {
                $(Op::$V => { let [$($p),+] = *args else { unreachable!("arity is checked by the graph") }; complex_body!(k [$($p)+] $($form $path)?) })+
            }
        }

        $($(#[doc = $doc])+ #[inline(always)] #[allow(clippy::needless_borrow, reason = "the macro borrows for every row")]
        pub fn $name<A: Arith>(k: &mut A, $($p: A::V),+) -> A::V { expansion!(k [$($p)+] $kind $($d)*) })+

        static TABLE: &[OpDef] = &[$(OpDef {
            name: stringify!($name), params: &[$(stringify!($p)),+], doc: concat!($($doc, "\n"),+), class: Class::$class,
            ulp: $ulp, prim: prim_of!($kind $($d)*), meaning: meaning_of!([$($p)+] $kind $($d)*),
            complex: form_of!($($form)?),
        }),+];
    };
}

table::for_each_row!(define_ops);

impl Op {
    /// The row.
    pub fn def(self) -> &'static OpDef {
        &TABLE[self as usize]
    }

    /// NumPy's name (`where` for the row that Rust must call `where_`).
    pub fn name(self) -> &'static str {
        self.def().name.trim_end_matches('_')
    }

    /// Whether it gives random numbers, and so is no function of NumPy's name.
    pub fn is_random(self) -> bool {
        matches!(self.def().class, Class::Word | Class::Draw | Class::Wide)
    }

    /// How many operands it takes.
    pub fn arity(self) -> usize {
        self.def().params.len()
    }

    /// The op of that NumPy name.
    pub fn parse(name: &str) -> Option<Op> {
        Op::ALL.iter().copied().find(|op| op.name() == name)
    }

    /// The types that the operands must be cast to, given their own; `None` where NumPy raises.
    pub fn promote(self, args: &[DType]) -> Option<SmallVec<[DType; 3]>> {
        let class = self.def().class;
        if class == Class::Scale {
            let scaled = args[0].to_float();
            return (!scaled.is_complex())
                .then_some(SmallVec::from_slice(&[scaled, exponent_type(args[1])?]));
        }
        let rest = match class {
            Class::Choice => &args[1..],
            Class::Draw | Class::Wide => &args[WORDS.min(args.len())..],
            Class::Any | Class::Number | Class::Count | Class::Float | Class::Ratio | Class::Whole => args,
            Class::Compare | Class::Logic | Class::Bits | Class::Shift | Class::Integer => args,
            Class::Exponent | Class::Tally | Class::Turn | Class::Parts => args,
            Class::Scale | Class::Word => args,
        };
        let common = rest.iter().copied().reduce(DType::promote)?;
        let counted = if common == DType::Bool { DType::I8 } else { common };
        let each = match class {
            Class::Number | Class::Integer if common == DType::Bool => return None,
            Class::Bits | Class::Shift | Class::Integer | Class::Tally if common.is_inexact() => return None,
            Class::Parts if common.is_complex() => return None,
            Class::Turn if common == DType::Bool => DType::F64,
            Class::Count | Class::Shift | Class::Tally => counted,
            // As NumPy looks for the first type that holds each: int8 beside uint16 is float32.
            Class::Float | Class::Exponent | Class::Turn => {
                rest.iter().fold(args[0].to_float(), |dtype, other| dtype.promote(other.to_float()))
            }
            Class::Ratio if common.is_inexact() => common,
            Class::Ratio | Class::Wide => DType::F64,
            Class::Logic => DType::Bool,
            Class::Word => DType::U32,
            Class::Draw => common.to_float(),
            Class::Parts => common.to_float().working(),
            Class::Any | Class::Number | Class::Whole | Class::Compare | Class::Bits | Class::Choice => {
                common
            }
            Class::Integer | Class::Scale => common,
        };
        // Neighbours are found by a float's own bits, and halfs are computed as float32.
        if matches!(self, Op::Nextafter | Op::Spacing) && each.is_half() {
            return None;
        }
        if each.is_complex() && self.def().complex.is_none() {
            return None;
        }
        let mut types = SmallVec::from_elem(each, args.len());
        if class == Class::Choice {
            types[0] = DType::Bool;
        }
        if matches!(class, Class::Draw | Class::Wide) {
            types[..WORDS].fill(DType::U32);
        }
        Some(types)
    }

    /// The result for operands of the types that [`Op::promote`] gives: what the op means. Halfs are
    /// computed as float32 and the result is rounded.
    pub fn eval(self, args: &[Scalar]) -> Scalar {
        let types: SmallVec<[DType; 3]> = args.iter().map(|x| x.dtype()).collect();
        if self.is_of_pairs(&types) {
            let parts: SmallVec<[Value<Scalar>; 3]> = args.iter().map(|x| Value::of(*x)).collect();
            return self.expand_complex(&mut Eval, &parts).whole();
        }
        if !types.iter().any(|d| d.is_half()) {
            return self.expand(&mut Eval, args);
        }
        let wide = args.iter().map(|x| Prim::Cast(x.dtype().working()).eval(&[*x]));
        let result = self.expand(&mut Eval, &wide.collect::<SmallVec<[Scalar; 3]>>());
        Prim::Cast(self.result(&types)).eval(&[result])
    }

    /// True where it takes or gives complex numbers, for operands of these types.
    pub fn is_of_pairs(self, args: &[DType]) -> bool {
        self.def().class == Class::Parts || args.iter().any(|dtype| dtype.is_complex())
    }

    /// What the op is of complex numbers, as pairs of floats: see [`Op::is_of_pairs`].
    ///
    /// # Panics
    /// If the row refuses complex numbers, which [`Op::promote`] tells.
    pub fn expand_complex<K: Functions>(self, k: &mut K, args: &[Value<K::V>]) -> Value<K::V> {
        of_complex(self, k, args).expect("the row takes complex numbers: `promote`")
    }

    /// The type of the result for operands of the types that [`Op::promote`] gave.
    pub fn result(self, args: &[DType]) -> DType {
        let last = args[args.len() - 1];
        if self.def().class == Class::Parts {
            return last.to_complex();
        }
        if self.def().complex == Some(Form::Real) && last.is_complex() && self.def().class != Class::Compare {
            return last.part();
        }
        match self.def().class {
            Class::Compare | Class::Logic => DType::Bool,
            Class::Exponent => DType::I32,
            Class::Tally => DType::U8,
            Class::Scale => args[0],
            Class::Any | Class::Number | Class::Count | Class::Float | Class::Ratio => last,
            Class::Whole | Class::Bits | Class::Shift | Class::Integer | Class::Choice => last,
            Class::Word | Class::Draw | Class::Wide | Class::Turn | Class::Parts => last,
        }
    }
}

/// The signed type that holds every power given as `dtype`, if there is one.
fn exponent_type(dtype: DType) -> Option<DType> {
    match (dtype.kind(), dtype.bytes()) {
        (Kind::Float | Kind::Complex, _) | (Kind::Unsigned, 8) => None,
        (Kind::Unsigned, 4) | (Kind::Signed, 8) => Some(DType::I64),
        (Kind::Bool | Kind::Unsigned | Kind::Signed, _) => Some(DType::I32),
    }
}

/// The first operands of random numbers: a place and a key.
const WORDS: usize = 4;

/// A place and a key.
fn source<V>(low: V, high: V, first: V, second: V) -> Source<V> {
    Source { place: [low, high], key: [first, second] }
}
