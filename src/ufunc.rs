//! The elementwise functions, as methods and as free functions, from the rows of the op table.
//!
//! Nothing is listed here: `for_each_op!` hands over every row with its name, its parameters and
//! its documentation. What is written by hand is what plain numbers do ([`typed`]).

use crate::arguments::Operand;
use crate::array::Array;
use crate::element::Number;
use crate::lazy::{Argument, Builder, Elementwise, build};
use crate::neighbours::of_halfs;
use numfuse_ir::dtype::{DType, Weak};
use numfuse_ir::error::{Error as Mistake, Refusal};
use numfuse_ir::graph::build as nodes;
use numfuse_ir::ops::{Class, Op};
use numfuse_ir::scalar::Scalar;
use smallvec::SmallVec;

macro_rules! define_functions {
    ($($(#[doc = $doc:literal])+ $V:ident $name:ident($first:ident $(, $rest:ident)*): $class:ident, ulp($ulp:literal) = $kind:ident($($d:tt)*) $(, complex $form:ident($body:path))?;)+) => {
        /// The elementwise functions, under NumPy's names. Operands broadcast; a plain number takes
        /// the type of the arrays beside it.
        impl Array {
            $($(#[doc = $doc])+
            #[track_caller]
            pub fn $name(&self $(, $rest: impl Into<Operand>)*) -> Array {
                apply(Op::$V, &[self.into() $(, $rest.into())*])
            })+
        }

        $($(#[doc = $doc])+
        #[track_caller]
        pub fn $name($first: impl Into<Operand> $(, $rest: impl Into<Operand>)*) -> Array {
            apply(Op::$V, &[$first.into() $(, $rest.into())*])
        })+
    };
}

numfuse_ir::for_each_op!(define_functions);

/// Functions that are made of several rows.
impl Array {
    /// Distance from zero: NumPy's short name of [`absolute`](Array::absolute).
    #[track_caller]
    pub fn abs(&self) -> Array {
        self.absolute()
    }

    /// The array to a power: the Array API's name of [`power`](Array::power).
    #[track_caller]
    pub fn pow(&self, exponent: impl Into<Operand>) -> Array {
        self.power(exponent)
    }

    /// The products of each element of one array with each of another: a matrix of them, whatever
    /// the shapes.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// assert_eq!((arange(3) + 1).outer(&arange(2)).to_vec::<i64>()?, [0, 1, 0, 2, 0, 3]);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    #[track_caller]
    pub fn outer(&self, other: &Array) -> Array {
        self.reshape([-1, 1]) * other.ravel()
    }

    /// Quotient and remainder, rounded down: [`floor_divide`](Array::floor_divide) and
    /// [`remainder`](Array::remainder), computed together when both are evaluated together.
    #[track_caller]
    pub fn divmod(&self, b: impl Into<Operand>) -> (Array, Array) {
        let b = b.into();
        if let Some(refused) = refuses_complex("divmod", self, &b) {
            return (refused.clone(), refused);
        }
        (self.floor_divide(b.clone()), self.remainder(b))
    }

    /// Rounded to that many decimals, ties to even; negative counts round to tens, hundreds, ….
    ///
    /// Integers stay as they are for `decimals >= 0`.
    #[track_caller]
    pub fn round(&self, decimals: i32) -> Array {
        if self.0.node.dtype == DType::Bool && decimals != 0 {
            let way = if decimals > 0 { "multiply" } else { "divide" };
            let sentence = format!(
                "Cannot cast ufunc '{way}' output from dtype('float64') to dtype('bool') with casting rule 'same_kind'"
            );
            return build("round", [self], |_| Err(Mistake::Argument { sentence }));
        }
        if self.0.node.dtype.is_complex() {
            return self.real().round(decimals).complex(self.imag().round(decimals));
        }
        let whole = !self.0.node.dtype.is_float();
        let scale = 10f64.powi(decimals.saturating_abs());
        match decimals {
            0 if self.0.node.dtype == DType::Bool => self.cast(DType::F16),
            0.. if whole => self.clone(),
            0 => self.rint(),
            1.. => (self * scale).rint() / scale,
            _ if whole => ((self / scale).rint() * scale).cast(self.0.node.dtype),
            _ => (self / scale).rint() * scale,
        }
    }
}

/// The mistake of a function that has no form for complex numbers, where an operand is one.
#[track_caller]
fn refuses_complex(op: &'static str, a: &Array, b: &Operand) -> Option<Array> {
    let other = b.array().map(|b| b.0.node.dtype);
    let weak = b.number().is_some_and(|number| number.weak() == Weak::Complex);
    let dtypes: Vec<DType> =
        [Some(a.0.node.dtype), other, weak.then_some(DType::C128)].into_iter().flatten().collect();
    let is_complex = dtypes.iter().any(|dtype| dtype.is_complex());
    let mistake = Mistake::Types { op: op.to_string(), dtypes, refusal: Refusal::Unsupported };
    // No closure, which would hide the caller's line.
    if is_complex { Some(build(op, std::iter::once(a).chain(b.array()), |_| Err(mistake))) } else { None }
}

/// Quotient and remainder, rounded down.
#[track_caller]
pub fn divmod(a: &Array, b: impl Into<Operand>) -> (Array, Array) {
    a.divmod(b)
}

/// Distance from zero: NumPy's short name of [`absolute`].
#[track_caller]
pub fn abs(a: impl Into<Operand>) -> Array {
    absolute(a)
}

/// `a` to the power `b`: the Array API's name of [`power`].
#[track_caller]
pub fn pow(a: impl Into<Operand>, b: impl Into<Operand>) -> Array {
    power(a, b)
}

/// Rounded to that many decimals: see [`Array::round`].
#[track_caller]
pub fn round(x: &Array, decimals: i32) -> Array {
    x.round(decimals)
}

/// All products of two elements: see [`Array::outer`].
#[track_caller]
pub fn outer(a: &Array, b: &Array) -> Array {
    a.outer(b)
}

/// The op of those operands.
#[track_caller]
pub(crate) fn apply(op: Op, operands: &[Operand]) -> Array {
    if matches!(op, Op::Nextafter | Op::Spacing)
        && let Some(found) = of_halfs(op, operands)
    {
        return found;
    }
    build(op.name(), operands.iter().filter_map(Operand::array), |b| match settled(b, op, operands)? {
        Some(result) => Ok(result),
        None => {
            let operands = typed(b, op, operands)?;
            let result = nodes::map(&mut Elementwise::new(b), op, &operands)?;
            Ok(result.into_array())
        }
    })
}

/// The operands as arrays: each plain number in the type that it takes beside the others.
fn typed<'a>(
    b: &mut Builder,
    op: Op,
    operands: &'a [Operand],
) -> Result<SmallVec<[Argument<'a>; 3]>, Mistake> {
    let class = op.def().class;
    // A condition has no say in the type of what is chosen, nor an exponent in that of what it scales.
    let promoted = match class {
        Class::Choice => &operands[1..],
        Class::Scale => &operands[..1],
        Class::Any | Class::Number | Class::Count | Class::Float | Class::Ratio | Class::Whole => operands,
        Class::Compare | Class::Logic | Class::Bits | Class::Shift | Class::Integer => operands,
        Class::Exponent | Class::Tally | Class::Turn | Class::Parts => operands,
        Class::Word | Class::Draw | Class::Wide => operands,
    };
    let common = || {
        let arrays = promoted.iter().filter_map(Operand::array).map(|a| a.0.node.dtype);
        let numbers = promoted.iter().filter_map(Operand::number);
        numbers.fold(arrays.reduce(DType::promote).unwrap_or(DType::Bool), |dtype, number| {
            dtype.promote_weak(number.weak())
        })
    };
    let mut typed = SmallVec::new();
    for (i, operand) in operands.iter().enumerate() {
        typed.push(match operand {
            Operand::Array(array) => Argument::Held(array),
            Operand::Number(number) => {
                let common = common();
                let scalar = match class {
                    Class::Choice if i == 0 => truth(*number),
                    Class::Scale if i == 1 => exponent(*number)?,
                    Class::Logic => truth(*number),
                    // True division computes in float64 whatever the integers are.
                    Class::Ratio if !common.is_inexact() => Scalar::from_f64(DType::F64, number.to_f64()),
                    Class::Any if op == Op::Clip => bound(*number, common),
                    Class::Any | Class::Number | Class::Count | Class::Float | Class::Ratio => {
                        number.to_scalar(common)?
                    }
                    Class::Whole | Class::Compare | Class::Bits | Class::Shift | Class::Choice => {
                        number.to_scalar(common)?
                    }
                    Class::Integer
                    | Class::Exponent
                    | Class::Tally
                    | Class::Scale
                    | Class::Turn
                    | Class::Parts => number.to_scalar(common)?,
                    Class::Word | Class::Draw | Class::Wide => number.to_scalar(common)?,
                };
                Argument::New(b.number(scalar))
            }
        });
    }
    Ok(typed)
}

fn truth(number: Number) -> Scalar {
    Scalar::bool(match number {
        Number::Bool(b) => b,
        Number::Int(n) => n != 0,
        Number::Float(x) => x != 0.0,
        Number::Complex(z) => z.re != 0.0 || z.im != 0.0,
    })
}

/// A plain power of two; a float stays one, for which the op is not made.
fn exponent(number: Number) -> Result<Scalar, Mistake> {
    match number {
        Number::Bool(_) | Number::Int(_) => number.to_scalar(DType::I64),
        Number::Float(x) => Ok(Scalar::f64(x)),
        Number::Complex(_) => number.to_scalar(DType::C128),
    }
}

/// A bound beyond the type's range bounds nothing: the nearest value of the type serves.
fn bound(number: Number, dtype: DType) -> Scalar {
    match number {
        Number::Int(n) if dtype.is_integer() => {
            Scalar::from_i128(dtype, n.clamp(dtype.min_int(), dtype.max_int()))
        }
        Number::Bool(_) | Number::Int(_) | Number::Float(_) | Number::Complex(_) => {
            number.to_scalar(dtype).unwrap_or(Scalar::zero(dtype))
        }
    }
}

/// What can be told from a plain integer alone: a comparison with one beyond the array's type has
/// one answer for all elements, and a negative power of integers is a mistake.
fn settled(b: &mut Builder, op: Op, operands: &[Operand]) -> Result<Option<Array>, Mistake> {
    let (array, number, swapped) = match operands {
        [Operand::Array(array), Operand::Number(Number::Int(n))] => (array, *n, false),
        [Operand::Number(Number::Int(n)), Operand::Array(array)] => (array, *n, true),
        _ => return Ok(None),
    };
    let dtype = array.0.node.dtype;
    let common = dtype.promote_weak(Weak::Int);
    let is_negative = !dtype.is_inexact() && (common.min_int()..0).contains(&number);
    if op == Op::Power && !swapped && is_negative && !array.0.node.shape.contains(&0) {
        let sentence = "Integers to negative integer powers are not allowed.".to_string();
        return Err(Mistake::Argument { sentence });
    }
    let beyond = dtype.is_integer() && !(dtype.min_int()..=dtype.max_int()).contains(&number);
    let array_is_less = (number > 0) != swapped;
    let answers = [
        (Op::Less, array_is_less),
        (Op::LessEqual, array_is_less),
        (Op::Greater, !array_is_less),
        (Op::GreaterEqual, !array_is_less),
        (Op::Equal, false),
        (Op::NotEqual, true),
    ];
    let Some((_, answer)) = answers.into_iter().find(|(asked, _)| *asked == op) else { return Ok(None) };
    if !beyond {
        return Ok(None);
    }
    let answer = b.number(Scalar::bool(answer));
    Ok(Some(nodes::expand(b, &answer, &array.0.node.shape)))
}
