//! What a text says, as a list of steps, and the nodes that it makes.
//!
//! The list is flat, operands before their users: no expression is too deep to be built or dropped.

use crate::arguments::Operand;
use crate::array::Array;
use crate::element::Number;
use crate::lazy::build;
use crate::ufunc;
use numfuse_ir::dtype::DType;
use numfuse_ir::error::{Error as Mistake, Refusal};
use numfuse_ir::ops::Op;
use numfuse_ir::scalar::Scalar;
use smallvec::SmallVec;

/// One step, in terms of the numbers of earlier ones.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Step {
    /// The argument of that number.
    Parameter(usize),
    /// A plain number.
    Number(Number),
    /// A row of the op table.
    Apply(Op, SmallVec<[usize; 3]>),
    /// A value in another type.
    Cast(DType, usize),
}

/// The steps of an expression, the last of which is its value.
#[derive(Clone, Debug)]
pub(super) struct Program {
    steps: Vec<Step>,
    parameters: Vec<String>,
    text: String,
}

impl Program {
    /// Of at least one step.
    pub(super) fn new(steps: Vec<Step>, parameters: Vec<String>, text: &str) -> Program {
        debug_assert!(!steps.is_empty(), "an expression has a value");
        Program { steps, parameters, text: text.to_string() }
    }

    pub(super) fn parameters(&self) -> &[String] {
        &self.parameters
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The op that the program is of its two parameters, if it is that alone.
    pub(super) fn single(&self) -> Option<Op> {
        match &self.steps[..] {
            [Step::Parameter(a), Step::Parameter(b), Step::Apply(op, operands)]
                if a != b && operands[..] == [0, 1] =>
            {
                Some(*op)
            }
            _ => None,
        }
    }

    /// An array that carries what is wrong with so many arguments, if anything.
    #[track_caller]
    pub(super) fn fits(&self, op: &'static str, arguments: &[Operand]) -> Option<Array> {
        if arguments.len() == self.parameters.len() {
            return None;
        }
        let (names, given) = (self.parameters.join(", "), arguments.len());
        let count = self.parameters.len();
        let sentence = format!("`{}` takes {count} arguments ({names}), not {given}", self.text);
        let arrays = arguments.iter().filter_map(Operand::array);
        Some(build(op, arrays, |_| Err(Mistake::Argument { sentence })))
    }

    /// The value for these arguments, as many as there are parameters.
    #[track_caller]
    pub(super) fn apply(&self, arguments: &[Operand]) -> Operand {
        let mut values: Vec<Operand> = Vec::with_capacity(self.steps.len());
        for step in &self.steps {
            let value = match step {
                Step::Parameter(number) => arguments[*number].clone(),
                Step::Number(number) => Operand::Number(*number),
                Step::Cast(dtype, of) => array(values[*of].clone()).cast(*dtype).into(),
                Step::Apply(op, operands) => {
                    let operands: SmallVec<[Operand; 3]> =
                        operands.iter().map(|&operand| values[operand].clone()).collect();
                    applied(*op, &operands)
                }
            };
            values.push(value);
        }
        values.pop().unwrap_or(Operand::Number(Number::Int(0)))
    }
}

/// A value as an array: a number in the type that NumPy would give it.
#[track_caller]
pub(super) fn array(value: Operand) -> Array {
    match value {
        Operand::Array(array) => array,
        Operand::Number(number) => build("elementwise", [], |b| {
            let value = number.to_scalar(own(number))?;
            Ok(b.number(value))
        }),
    }
}

/// An op of arrays and numbers; of numbers alone it is a number again, and stays weak.
#[track_caller]
fn applied(op: Op, operands: &[Operand]) -> Operand {
    let numbers: SmallVec<[Number; 3]> = operands.iter().filter_map(Operand::number).collect();
    if numbers.len() < operands.len() {
        return ufunc::apply(op, operands).into();
    }
    match known(op, &numbers) {
        Ok(number) => Operand::Number(number),
        Err(mistake) => build(op.name(), [], |_| Err(mistake)).into(),
    }
}

/// The type of a number that stands alone.
fn own(number: Number) -> DType {
    match number {
        Number::Bool(_) => DType::Bool,
        Number::Int(_) => DType::I64,
        Number::Float(_) => DType::F64,
        Number::Complex(_) => DType::C128,
    }
}

/// An op of numbers, as Python computes with them: in int64 and float64.
fn known(op: Op, numbers: &[Number]) -> Result<Number, Mistake> {
    let integers = numbers.iter().all(|number| matches!(number, Number::Bool(_) | Number::Int(_)));
    // A power of an integer that is no integer.
    let fraction = op == Op::Power && integers && numbers[1].to_f64() < 0.0;
    let numbers: SmallVec<[Number; 3]> = match fraction {
        true => numbers.iter().map(|number| Number::Float(number.to_f64())).collect(),
        false => numbers.into(),
    };
    let types = |bool: DType| -> SmallVec<[DType; 3]> {
        let own = |number: &Number| if own(*number) == DType::Bool { bool } else { own(*number) };
        numbers.iter().map(own).collect()
    };
    let refused = || Mistake::Types {
        op: op.name().to_string(),
        dtypes: types(DType::Bool).to_vec(),
        refusal: Refusal::Unsupported,
    };
    let mut wanted = op.promote(&types(DType::Bool)).ok_or_else(refused)?;
    // Bools count as integers wherever they are counted with.
    if wanted.iter().any(|dtype| dtype.bytes() < 8 && *dtype != DType::Bool) {
        wanted = op.promote(&types(DType::I64)).ok_or_else(refused)?;
    }
    let values: Result<SmallVec<[Scalar; 3]>, Mistake> =
        numbers.iter().zip(&wanted).map(|(number, dtype)| cast(*number, *dtype)).collect();
    Ok(Number::of(op.eval(&values?)))
}

/// A number in a type; as a bool, whether it is not zero.
fn cast(number: Number, dtype: DType) -> Result<Scalar, Mistake> {
    if dtype == DType::Bool { Ok(Scalar::bool(number.to_f64() != 0.0)) } else { number.to_scalar(dtype) }
}
