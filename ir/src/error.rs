//! What can be wrong with an expression, in NumPy's words first, then what helps.

use crate::dtype::DType;
use crate::shape::{MAX_DIMS, Shape, write_tuple};
use std::fmt;

/// A mistake in building an expression. Each is found where it is made, from shapes and types alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// Operands whose shapes do not meet.
    Broadcast {
        /// The op.
        op: String,
        /// The shapes of all operands.
        shapes: Vec<Shape>,
    },
    /// An array that cannot be stretched to a shape.
    BroadcastTo {
        /// Its shape.
        from: Shape,
        /// The shape asked for.
        to: Vec<usize>,
    },
    /// An op that these types have not.
    Types {
        /// The op.
        op: String,
        /// The types of the operands.
        dtypes: Vec<DType>,
        /// Which of NumPy's sentences it is.
        refusal: Refusal,
    },
    /// An axis out of bounds.
    Axis {
        /// The axis as given.
        axis: isize,
        /// How many the array has.
        dims: usize,
    },
    /// An axis given twice.
    DuplicateAxis {
        /// The axis, from the front.
        axis: usize,
    },
    /// More axes than an array may have.
    TooManyDims {
        /// How many were asked for.
        dims: usize,
    },
    /// More elements than can be counted.
    TooLarge {
        /// The shape asked for.
        shape: Vec<usize>,
    },
    /// A shape of another number of elements.
    Reshape {
        /// The elements there are.
        size: usize,
        /// The shape asked for, -1 for the extent to be found.
        to: Vec<isize>,
    },
    /// An axis list that is not a permutation.
    Permutation {
        /// The axes as given.
        axes: Vec<isize>,
        /// How many the array has.
        dims: usize,
    },
    /// More indices than axes.
    TooManyIndices {
        /// How many axes the array has.
        dims: usize,
        /// How many were indexed.
        given: usize,
    },
    /// A constant index out of range.
    Index {
        /// The index as given.
        index: isize,
        /// The axis.
        axis: usize,
        /// Its extent.
        extent: usize,
    },
    /// A slice that advances by 0.
    ZeroStep,
    /// A fold of nothing that has no identity.
    EmptyFold {
        /// The reduction.
        op: String,
    },
    /// A plain number that the array's type cannot hold.
    Overflow {
        /// The number.
        number: String,
        /// The type.
        dtype: DType,
    },
    /// Anything else that is wrong with an argument: a whole sentence.
    Argument {
        /// The sentence.
        sentence: String,
    },
}

/// What NumPy says of types that an op has not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The types cannot be cast to any that the op has.
    Unsupported,
    /// The types would be promoted to one that the op has not.
    NoLoop,
    /// A sentence of the op's own.
    Own(&'static str),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Broadcast { op, shapes } => {
                f.write_str("operands could not be broadcast together with shapes")?;
                for shape in shapes {
                    f.write_str(" ")?;
                    write_tuple(f, shape, ",")?;
                }
                write!(f, ": {op}")?;
                match mismatch(shapes) {
                    Some((axis, a, b)) => write!(f, ", axis {axis}: {a} against {b}"),
                    None => Ok(()),
                }
            }
            Error::BroadcastTo { from, to } => {
                f.write_str(match (to.len(), from.len() > to.len()) {
                    (0, _) => "cannot broadcast a non-scalar to a scalar array: ",
                    (_, true) => "input operand has more dimensions than allowed by the axis remapping: ",
                    (_, false) => {
                        "operands could not be broadcast together with remapped shapes [original->remapped]: "
                    }
                })?;
                write_tuple(f, from, ",")?;
                f.write_str(" and requested shape ")?;
                write_tuple(f, to, ",")
            }
            Error::Types { op, dtypes, refusal } => write_types(f, op, dtypes, *refusal),
            Error::Axis { axis, dims } => {
                write!(f, "axis {axis} is out of bounds for array of dimension {dims}")
            }
            Error::DuplicateAxis { axis } => {
                write!(f, "duplicate value in 'axis': repeated axis {axis}")
            }
            Error::TooManyDims { dims } => {
                write!(f, "maximum supported dimension for an array is {MAX_DIMS}, found {dims}")
            }
            Error::TooLarge { shape } => {
                f.write_str("array is too big; its shape ")?;
                write_tuple(f, shape, ", ")?;
                f.write_str(" has more elements than memory can address")
            }
            Error::Reshape { size, to } => {
                write!(f, "cannot reshape array of size {size} into shape (")?;
                // As NumPy prints it: without the extents to be found in front, `newaxis` for others.
                for (i, n) in to.iter().skip_while(|&&n| n < 0).enumerate() {
                    f.write_str(if i == 0 { "" } else { "," })?;
                    if *n < 0 { f.write_str("newaxis")? } else { write!(f, "{n}")? }
                }
                f.write_str(if to.len() == 1 { ",)" } else { ")" })
            }
            Error::Permutation { axes, dims } => {
                let sentence =
                    if axes.len() == *dims { "repeated axis in transpose" } else { "axes don't match array" };
                write!(f, "{sentence}: {axes:?} is not a permutation of the {dims} axes")
            }
            Error::TooManyIndices { dims, given } => {
                write!(f, "too many indices for array: array is {dims}-dimensional, but {given} were indexed")
            }
            Error::Index { index, axis, extent } => {
                write!(f, "index {index} is out of bounds for axis {axis} with size {extent}")
            }
            Error::ZeroStep => f.write_str("slice step cannot be zero"),
            Error::EmptyFold { op } => {
                write!(f, "zero-size array to reduction operation {op} which has no identity")
            }
            Error::Overflow { number, dtype } => {
                write!(
                    f,
                    "Python integer {number} out of bounds for {dtype}: cast the array to a wider type first"
                )
            }
            Error::Argument { sentence } => f.write_str(sentence),
        }
    }
}

impl std::error::Error for Error {}

/// NumPy's sentence of an op that these types have not, and what to do.
fn write_types(f: &mut fmt::Formatter<'_>, op: &str, dtypes: &[DType], refusal: Refusal) -> fmt::Result {
    match refusal {
        Refusal::Own(sentence) => return f.write_str(sentence),
        Refusal::Unsupported => write!(
            f,
            "ufunc '{op}' not supported for the input types, and the inputs could not be safely coerced to any \
             supported types according to the casting rule ''safe''"
        )?,
        Refusal::NoLoop => {
            let classes: Vec<String> = dtypes.iter().map(|d| class_of(*d)).collect();
            let classes =
                if let [one] = &classes[..] { one.clone() } else { format!("({})", classes.join(", ")) };
            write!(f, "ufunc '{op}' did not contain a loop with signature matching types {classes} -> None")?;
        }
    }
    let names: Vec<&str> = dtypes.iter().map(|d| d.name()).collect();
    write!(f, ": cast {} first", names.join(", "))
}

/// How Python prints the class of a type: `<class 'numpy.dtypes.UInt8DType'>` for uint8.
fn class_of(dtype: DType) -> String {
    let name = dtype.name();
    // The letters that stand for words of their own are large.
    let large = if name.starts_with("uint") || name.starts_with("bfloat") { 2 } else { 1 };
    let (start, rest) = name.split_at(large);
    format!("<class 'numpy.dtypes.{}{rest}DType'>", start.to_uppercase())
}

/// The first axis, from the back, at which two of the shapes disagree.
fn mismatch(shapes: &[Shape]) -> Option<(usize, usize, usize)> {
    let dims = shapes.iter().map(|s| s.len()).max()?;
    for back in 1..=dims {
        let mut extents =
            shapes.iter().filter(|s| s.len() >= back).map(|s| s[s.len() - back]).filter(|&n| n != 1);
        let first = extents.next();
        if let (Some(a), Some(b)) = (first, extents.find(|&n| Some(n) != first)) {
            return Some((dims - back, a, b));
        }
    }
    None
}
