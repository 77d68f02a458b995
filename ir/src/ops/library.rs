//! The table of library ops: what is handed to a library as a whole.
//!
//! A library op stands opaque in the graph: its operands and its result lie in memory, and the
//! planner makes a step of its own for it ([`LibraryJob`](crate::schedule::LibraryJob)). A row says
//! what the compiler must know of it: its name, how many operands it takes, of which shape and type
//! its result is, what it amounts to where an operand has no elements, and how much it computes. What
//! it means is written in oracle 1 ([`meaning`](crate::graph::meaning)); who computes it is the
//! runtime's affair. Libraries order the sums of products as they like: these results are equal up to
//! rounding, not bit for bit. What writes by index is our own, and exact: it is here because the places
//! that it writes are known only when they are read, so that its target lies in memory.

use super::transform::{self, Transform};
use crate::dtype::DType;
use crate::ops::fold::Fold;
use crate::scalar::Scalar;
use crate::schedule::work::Work;
use crate::shape::Shape;

/// An operand as a row sees it.
pub type Typed<'a> = (&'a Shape, DType);

/// The shape and type of a result, or a sentence about what is wrong with the operands.
pub type Rule = Result<(Shape, DType), String>;

/// What is the same for all uses of a library op.
#[derive(Clone, Copy, Debug)]
pub struct LibraryDef {
    /// NumPy's name, and the one in printed graphs.
    pub name: &'static str,
    /// How many operands it takes.
    pub arity: usize,
    /// The shape and type of the result.
    pub result: fn(&[Typed<'_>]) -> Rule,
    /// Every element of the result where the first operand has no elements and the result has some.
    pub of_nothing: fn(DType) -> Scalar,
    /// How much it computes.
    pub work: fn(&[&Shape]) -> Work,
}

macro_rules! library_ops {
    ($($(#[doc = $doc:literal])+ $V:ident $name:ident($($operand:ident),+) = $result:path, $nothing:path, $work:path;)+) => {
        /// What is handed to a library.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum LibOp { $($(#[doc = $doc])+ $V),+ }

        impl LibOp {
            /// Every library op, in the order of the table.
            pub const ALL: &'static [LibOp] = &[$(LibOp::$V),+];

            /// Its row.
            pub const fn def(self) -> LibraryDef {
                match self {
                    $(LibOp::$V => LibraryDef {
                        name: stringify!($name),
                        arity: [$(stringify!($operand)),+].len(),
                        result: $result,
                        of_nothing: $nothing,
                        work: $work,
                    }),+
                }
            }
        }
    };
}

library_ops! {
    /// The products of matrices, `a[.., i, k] * b[.., k, j]` summed over `k`: operands have equal axes
    /// before their last two, and one float or complex type. Sums of half types are taken in float32 and rounded.
    Matmul matmul(a, b) = product, Scalar::zero, product_work;

    /// The Fourier transform of each row, `sum over j of a[.., j] exp(-2 pi i j k / n)`, not scaled.
    Fft fft(a) = transform::complex, Scalar::zero, transform::work;

    /// The same with the sign of the exponent turned: back, but for a factor of `n`.
    FftBack fft_back(a) = transform::complex, Scalar::zero, transform::work;

    /// The first `n / 2 + 1` of the Fourier transform of each row of real numbers; the others mirror them.
    Rfft rfft(a) = transform::of_real, Scalar::zero, transform::work;

    /// The rows of an even number of real numbers that have those transforms, but for a factor of `n`. The
    /// imaginary parts of the first and the last are not read.
    RfftBackEven rfft_back_even(a) = transform::to_even, Scalar::zero, transform::work;

    /// The same of an odd number; the imaginary part of the first is not read.
    RfftBackOdd rfft_back_odd(a) = transform::to_odd, Scalar::zero, transform::work;

    /// The elements of `a` with `values` written to these places, the last one of a place to stay.
    Put put(a, places, values) = written, Scalar::zero, scatter_work;

    /// The elements of `a`, and added to each the sum of the values at its place.
    AddAt add_at(a, places, values) = folded, Scalar::zero, scatter_work;

    /// The elements of `a`, each multiplied by the product of the values at its place.
    MultiplyAt multiply_at(a, places, values) = folded, Scalar::zero, scatter_work;

    /// The least of each element of `a` and the values at its place; a NaN wins, -0 is below +0.
    MinimumAt minimum_at(a, places, values) = ordered, Scalar::zero, scatter_work;

    /// The greatest of each element of `a` and the values at its place; a NaN wins, -0 is below +0.
    MaximumAt maximum_at(a, places, values) = ordered, Scalar::zero, scatter_work;
}

/// The sorts of library ops: what is computed in the same way, but for what the sort says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Products of matrices.
    Product,
    /// Fourier transforms of rows.
    Transform(Transform),
    /// What writes by index: the values that a place is given come in order, and are combined by the fold, or the
    /// last one stays. Places lie in the array: who makes them has looked.
    Scatter(Option<Fold>),
}

impl LibOp {
    /// NumPy's name, and the one in printed graphs.
    pub const fn name(self) -> &'static str {
        self.def().name
    }

    /// The op of that name.
    pub fn parse(name: &str) -> Option<LibOp> {
        LibOp::ALL.iter().copied().find(|op| op.name() == name)
    }

    /// What sort of thing it computes.
    pub const fn family(self) -> Family {
        match self {
            LibOp::Matmul => Family::Product,
            LibOp::Fft => Family::Transform(Transform::Complex { back: false }),
            LibOp::FftBack => Family::Transform(Transform::Complex { back: true }),
            LibOp::Rfft => Family::Transform(Transform::OfReal),
            LibOp::RfftBackEven => Family::Transform(Transform::ToReal { odd: false }),
            LibOp::RfftBackOdd => Family::Transform(Transform::ToReal { odd: true }),
            LibOp::Put => Family::Scatter(None),
            LibOp::AddAt => Family::Scatter(Some(Fold::Sum)),
            LibOp::MultiplyAt => Family::Scatter(Some(Fold::Prod)),
            LibOp::MinimumAt => Family::Scatter(Some(Fold::Min)),
            LibOp::MaximumAt => Family::Scatter(Some(Fold::Max)),
        }
    }

    /// True for what writes by index.
    pub const fn is_scatter(self) -> bool {
        matches!(self.family(), Family::Scatter(_))
    }

    /// How a scatter combines the values of a place: `None` where the last one stays, or for what is no
    /// scatter.
    pub const fn fold(self) -> Option<Fold> {
        match self.family() {
            Family::Scatter(fold) => fold,
            Family::Product | Family::Transform(_) => None,
        }
    }

    /// Which Fourier transform it is, if it is one.
    pub const fn transform(self) -> Option<Transform> {
        match self.family() {
            Family::Transform(transform) => Some(transform),
            Family::Product | Family::Scatter(_) => None,
        }
    }

    /// True for types whose matrices libraries multiply.
    pub const fn multiplies(dtype: DType) -> bool {
        match dtype {
            DType::F16 | DType::BF16 | DType::F32 | DType::F64 | DType::C64 | DType::C128 => true,
            DType::Bool | DType::I8 | DType::I16 | DType::I32 | DType::I64 => false,
            DType::U8 | DType::U16 | DType::U32 | DType::U64 => false,
        }
    }
}

/// `[batch.., m, k]` and `[batch.., k, n]` give `[batch.., m, n]`.
fn product(operands: &[Typed<'_>]) -> Rule {
    let &[(a, dtype), (b, other)] = operands else { return Err("it takes two matrices".to_string()) };
    if !LibOp::multiplies(dtype) || dtype != other {
        return Err(format!("matrices of {} and {}", dtype.short(), other.short()));
    }
    match (a.split_last_chunk(), b.split_last_chunk()) {
        (Some((batch, &[m, k])), Some((same, &[rows, n]))) if batch == same && k == rows => {
            let extents: Vec<usize> = batch.iter().copied().chain([m, n]).collect();
            Ok((Shape::new(&extents).map_err(|error| error.to_string())?, dtype))
        }
        _ => Err(format!("{a} and {b} have no matrix product")),
    }
}

/// A multiplication and an addition for each element of one times each column of the other.
fn product_work(operands: &[&Shape]) -> Work {
    let columns = operands[1].last().copied().unwrap_or(1) as u64;
    let points = (operands[0].size() as u64).saturating_mul(columns);
    Work { points, operations: points.saturating_mul(2) }
}

/// `[n]`, `[m]` in int64 and `[m]`, none of them empty, give `[n]`: elements of any type.
fn written(operands: &[Typed<'_>]) -> Rule {
    let &[(a, dtype), (places, index), (values, other)] = operands else {
        return Err("it takes elements, places and values".to_string());
    };
    if index != DType::I64 || dtype != other {
        let types = [dtype, index, other].map(DType::short);
        return Err(format!("elements, places and values of {}", types.join(", ")));
    }
    let rows = a.len() == 1 && places.len() == 1 && places == values;
    if !rows || a.size() == 0 || places.size() == 0 {
        return Err(format!("{a}, {places} and {values} are no elements, places and values"));
    }
    Ok((a.clone(), dtype))
}

/// As [`written`], for types whose elements are added and multiplied.
fn folded(operands: &[Typed<'_>]) -> Rule {
    let (shape, dtype) = written(operands)?;
    let fits = dtype != DType::Bool && !dtype.is_half() && !dtype.is_complex();
    if fits { Ok((shape, dtype)) } else { Err(format!("elements of {}", dtype.short())) }
}

/// As [`written`], for types whose elements are compared as they are.
fn ordered(operands: &[Typed<'_>]) -> Rule {
    let (shape, dtype) = written(operands)?;
    let fits = !dtype.is_half() && !dtype.is_complex();
    if fits { Ok((shape, dtype)) } else { Err(format!("elements of {}", dtype.short())) }
}

/// One operation for each value.
fn scatter_work(operands: &[&Shape]) -> Work {
    let points = operands[1].size() as u64;
    Work { points, operations: points }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(extents: &[usize]) -> Shape {
        Shape::new(extents).unwrap()
    }

    #[test]
    fn scatters_have_rows_of_elements() {
        let result = |op: LibOp, n: &[usize], m: &[usize], dtypes: [DType; 3]| {
            let shapes = [shape(n), shape(m), shape(m)];
            let operands: Vec<_> = shapes.iter().zip(dtypes).collect();
            (op.def().result)(&operands)
        };
        let floats = [DType::F32, DType::I64, DType::F32];
        assert_eq!(result(LibOp::AddAt, &[3], &[5], floats), Ok((shape(&[3]), DType::F32)));
        for (n, m) in [(&[3][..], &[0][..]), (&[0], &[5]), (&[3, 1], &[5]), (&[3], &[5, 1])] {
            assert!(result(LibOp::Put, n, m, floats).unwrap_err().contains("are no elements"));
        }
        let bools = [DType::Bool, DType::I64, DType::Bool];
        assert!(result(LibOp::Put, &[3], &[5], bools).is_ok());
        assert!(result(LibOp::MaximumAt, &[3], &[5], bools).is_ok());
        assert_eq!(result(LibOp::AddAt, &[3], &[5], bools).unwrap_err(), "elements of bool");
        let mixed = [DType::F32, DType::I32, DType::F32];
        assert_eq!(
            result(LibOp::Put, &[3], &[5], mixed).unwrap_err(),
            "elements, places and values of f32, i32, f32"
        );
    }

    #[test]
    fn products_have_shapes_types_and_work() {
        let result = |a: &[usize], b: &[usize], dtype| {
            (LibOp::Matmul.def().result)(&[(&shape(a), DType::F32), (&shape(b), dtype)])
        };
        assert_eq!(result(&[2, 3], &[3, 4], DType::F32), Ok((shape(&[2, 4]), DType::F32)));
        assert_eq!(result(&[5, 2, 3], &[5, 3, 4], DType::F32), Ok((shape(&[5, 2, 4]), DType::F32)));
        for (a, b) in [(&[2, 3][..], &[4, 3][..]), (&[3], &[3, 4]), (&[5, 2, 3], &[1, 3, 4])] {
            assert!(result(a, b, DType::F32).unwrap_err().contains("have no matrix product"));
        }
        assert_eq!(result(&[2, 3], &[3, 4], DType::F64).unwrap_err(), "matrices of f32 and f64");
        let work = (LibOp::Matmul.def().work)(&[&shape(&[5, 2, 3]), &shape(&[5, 3, 4])]);
        assert_eq!(work, Work { points: 120, operations: 240 });
        assert_eq!(LibOp::parse("matmul"), Some(LibOp::Matmul));
    }
}
