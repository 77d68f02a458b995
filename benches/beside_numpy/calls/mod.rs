//! The calls: an expression in Python beside the same in Rust, for the types on which both mean the same.

mod elementwise;
mod indices;
mod made;
mod products;
mod reductions;
mod shapes;
mod signals;

use crate::inputs::Given;
use numfuse::prelude::*;
use numfuse::{Error, eval_all};

/// The same call in two languages.
pub struct Call {
    /// In terms of the names of [`Given`].
    pub python: &'static str,
    ours: fn(&Given) -> Result<Vec<Array>, Error>,
}

/// Calls on arrays of the same types.
pub struct Table {
    /// What they are called.
    pub name: &'static str,
    /// The types.
    pub types: &'static [DType],
    /// The calls.
    pub calls: &'static [Call],
}

impl Table {
    /// Whether NumPy leaves these calls to a library that has threads of its own.
    pub fn is_library(&self) -> bool {
        matches!(self.name, "PRODUCTS" | "SMALL")
    }
}

impl Call {
    /// Evaluates it.
    pub fn run(&self, given: &Given) -> Result<Vec<Array>, Error> {
        let arrays = (self.ours)(given)?;
        match arrays.as_slice() {
            [one] => one.eval()?,
            several => eval_all(several)?,
        }
        Ok(arrays)
    }
}

/// Types of all kinds.
const EVERY: &[DType] = &[BOOL, U8, I32, I64, F16, F32, F64, C64, C128];
/// Those that are not complex.
const REAL: &[DType] = &[BOOL, U8, I32, I64, F16, F32, F64];
/// Numbers that are not complex.
const NUMBERS: &[DType] = &[U8, I32, I64, F16, F32, F64];
/// Whole numbers and truth values.
const WHOLE: &[DType] = &[BOOL, U8, I32, I64];
/// Floats.
const FLOATS: &[DType] = &[F16, F32, F64];
/// Floats and complex numbers.
const INEXACT: &[DType] = &[F16, F32, F64, C64, C128];
/// What NumPy has a library of matrix products for.
const LIBRARY: &[DType] = &[F32, F64, C64, C128];
/// One type, for what has no type to choose.
const ONE: &[DType] = &[F64];

/// Says a table: `"python" => rust;`, in terms of the names of [`Given`].
macro_rules! calls {
    ($(#[$doc:meta])* $table:ident of $types:expr, |$x:ident $y:ident $p:ident $u:ident $a:ident $b:ident $m:ident $n:ident $s:ident $d:ident| $($python:literal => $rust:expr;)+) => {
        $(#[$doc])*
        pub const $table: $crate::calls::Table = $crate::calls::Table {
            name: stringify!($table),
            types: $types,
            calls: &[$($crate::calls::Call {
                python: $python,
                ours: |given| {
                    let $crate::inputs::Given { x: $x, y: $y, p: $p, u: $u, a: $a, b: $b, m: $m, n: $n, s: $s, d } = given;
                    let $d = *d;
                    let _ = ($x, $y, $p, $u, $a, $b, $m, $n, $s, $d);
                    $crate::calls::Answer::arrays($rust)
                },
            }),+],
        };
    };
}
use calls;

/// Every table.
pub const TABLES: &[&Table] = &[
    &elementwise::ARITHMETIC,
    &elementwise::FUNCTIONS,
    &elementwise::OF_NUMBERS,
    &elementwise::OF_BITS,
    &elementwise::LOGIC,
    &elementwise::CASTS,
    &reductions::FOLDS,
    &reductions::HOLES,
    &reductions::SCANS,
    &shapes::COPIES,
    &shapes::JOINS,
    &shapes::EDITS,
    &indices::TAKEN,
    &indices::PLACES,
    &indices::COUNTS,
    &indices::WRITES,
    &signals::SLIDING,
    &signals::CALCULUS,
    &signals::BETWEEN,
    &products::PRODUCTS,
    &products::SMALL,
    &made::LIKE,
    &made::GRIDS,
    &made::RANDOM,
    &made::DRAWN,
];

/// What a call in Rust may come to.
trait Answer {
    fn arrays(self) -> Result<Vec<Array>, Error>;
}

impl Answer for Array {
    fn arrays(self) -> Result<Vec<Array>, Error> {
        Ok(vec![self])
    }
}

impl Answer for Vec<Array> {
    fn arrays(self) -> Result<Vec<Array>, Error> {
        Ok(self)
    }
}

impl<const N: usize> Answer for [Array; N] {
    fn arrays(self) -> Result<Vec<Array>, Error> {
        Ok(self.into())
    }
}

impl Answer for (Array, Array) {
    fn arrays(self) -> Result<Vec<Array>, Error> {
        Ok(vec![self.0, self.1])
    }
}

impl Answer for bool {
    fn arrays(self) -> Result<Vec<Array>, Error> {
        Ok(vec![Array::scalar(self)])
    }
}

impl Answer for Vec<u8> {
    fn arrays(self) -> Result<Vec<Array>, Error> {
        Ok(vec![Array::from(self)])
    }
}

impl<A: Answer> Answer for Result<A, Error> {
    fn arrays(self) -> Result<Vec<Array>, Error> {
        self.and_then(Answer::arrays)
    }
}
