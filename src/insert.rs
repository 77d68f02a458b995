//! Elements put in by position, by mask and along diagonals: `put`, `putmask`, `place`, `copyto` and
//! `fill_diagonal`. NumPy's functions change an array; these give the changed one, as [`Array::set`] does.
//!
//! Where there are fewer values than places they come over and over again.

use crate::arguments::Operand;
use crate::array::Array;
use crate::element::Number;
use crate::free::functions;
use crate::index::s;
use crate::lazy::{Lazy, build, refuse};
use crate::ranges::arange;
use crate::scatter::{self, positions};
use crate::take::Mode;
use crate::types::can_cast;
use crate::ufunc::where_;
use crate::update::{assigned, is_same_kind};
use numfuse_ir::dtype::{DType, Weak};
use numfuse_ir::error::Error as Mistake;
use numfuse_ir::graph::build as nodes;

/// Elements put in. The array itself never changes.
impl Array {
    /// The array with values at integer places among its elements in row-major order: the last one stays where
    /// a place comes twice.
    ///
    /// ```
    /// use numfuse::{Mode, prelude::*};
    ///
    /// let x = zeros([2, 3], I32).put(&Array::from([0, -1]), 7, Mode::Raise);
    /// assert_eq!(x.to_vec::<i32>()?, [7, 0, 0, 0, 0, 7]);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    #[track_caller]
    pub fn put(&self, places: impl Into<Operand>, values: impl Into<Operand>, mode: Mode) -> Array {
        let (places, values) = (places.into(), values.into());
        let places = match places {
            Operand::Array(places) => places,
            Operand::Number(number) => build("put", [self], |b| {
                Ok(b.number(number.to_scalar(DType::Bool.promote_weak(number.weak()))?))
            }),
        };
        let operands = [self, &places].into_iter().chain(values.array());
        if let Some(failed) = operands.clone().find(|x| x.0.error.is_some()) {
            return failed.clone();
        }
        if !can_cast(places.0.node.dtype, DType::I64) {
            return refuse("put", operands, &unsafe_cast(places.0.node.dtype, DType::I64, "safe"));
        }
        let count = places.0.node.shape.size();
        if count > 0 && self.0.node.shape.size() == 0 {
            return refuse("put", operands, "cannot replace elements of an empty array");
        }
        let places = positions(self).take_mode(places.ravel().cast(DType::I64), .., mode);
        match &values {
            Operand::Array(values) if values.0.node.shape.size() == 0 => self.clone(),
            Operand::Array(values) => scatter::put_at(self, &places, &again(values, count).into()),
            number @ Operand::Number(_) => scatter::put_at(self, &places, number),
        }
    }

    /// The array with values where a mask of as many elements holds: each is set to the value of its own
    /// position.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// let x = arange(6);
    /// assert_eq!(x.putmask(&x.greater(2), &Array::from([-1, -2])).to_vec::<i64>()?, [0, 1, 2, -2, -1, -2]);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    #[track_caller]
    pub fn putmask(&self, mask: &Array, values: impl Into<Operand>) -> Array {
        let values = values.into();
        let mask = match self.masked("putmask", mask, &values) {
            Ok(mask) => mask,
            Err(failed) => return failed,
        };
        match values {
            Operand::Array(values) if values.0.node.shape.size() == 0 => self.clone(),
            Operand::Array(values) => {
                let all = again(&values, self.0.node.shape.size()).cast(self.0.node.dtype);
                where_(mask, all.reshape(self.0.node.shape.to_vec()), self)
            }
            number @ Operand::Number(_) => self.set(mask, number),
        }
    }

    /// The array with the first value at the first place where a mask of as many elements holds, the second at
    /// the second, and so on.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// let x = arange(6);
    /// assert_eq!(x.place(&x.greater(2), &Array::from([-1, -2])).to_vec::<i64>()?, [0, 1, 2, -1, -2, -1]);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    #[track_caller]
    pub fn place(&self, mask: &Array, values: impl Into<Operand>) -> Array {
        let values = values.into();
        let mask = match self.masked("place", mask, &values) {
            Ok(mask) => mask,
            Err(failed) => return failed,
        };
        match values {
            Operand::Array(values) if values.0.node.shape.size() == 0 => match mask.any(..).item::<bool>() {
                Ok(false) => self.clone(),
                Ok(true) => refuse("place", [self, &mask, &values], "Cannot insert from an empty array!"),
                Err(error) => Lazy::failed(error),
            },
            Operand::Array(values) => {
                let rank = (mask.ravel().cast(DType::I64).cumsum(0) - 1) % values.0.node.shape.size();
                let given = values.cast(self.0.node.dtype).take(rank, ..);
                where_(mask, given.reshape(self.0.node.shape.to_vec()), self)
            }
            number @ Operand::Number(_) => self.set(mask, number),
        }
    }

    /// A mask of as many elements as the array, in its shape, where the values are of a type that it holds.
    #[track_caller]
    fn masked(&self, op: &'static str, mask: &Array, values: &Operand) -> Result<Array, Array> {
        let operands = [self, mask].into_iter().chain(values.array());
        if let Some(failed) = operands.clone().find(|x| x.0.error.is_some()) {
            return Err(failed.clone());
        }
        if mask.0.node.shape.size() != self.0.node.shape.size() {
            return Err(refuse(op, operands, &format!("{op}: mask and data must be the same size")));
        }
        let to = self.0.node.dtype;
        match values.array().map(|values| values.0.node.dtype).filter(|from| !can_cast(*from, to)) {
            Some(from) => Err(refuse(op, operands, &unsafe_cast(from, to, "safe"))),
            None => Ok(mask.cast(DType::Bool).reshape(self.0.node.shape.to_vec())),
        }
    }

    /// The array with all of its elements replaced by values that broadcast to it, of a type of its kind or a
    /// lower one.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// assert_eq!(zeros([2, 2], F32).copyto(&arange(2)).to_vec::<f32>()?, [0.0, 1.0, 0.0, 1.0]);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    #[track_caller]
    pub fn copyto(&self, values: impl Into<Operand>) -> Array {
        let values = values.into();
        let (to, operands) = (self.0.node.dtype, std::iter::once(self).chain(values.array()));
        let wrong = match &values {
            Operand::Array(values) if values.0.error.is_some() => None,
            Operand::Array(values) => {
                let from = values.0.node.dtype;
                (!is_same_kind(from, to)).then(|| (from, values.0.node.shape.is_empty()))
            }
            Operand::Number(number) => {
                let from = of_number(*number);
                (!(is_same_kind(from, to) || to.is_integer() && from == DType::I64)).then_some((from, true))
            }
        };
        if let Some((from, is_scalar)) = wrong {
            let sentence = unsafe_cast(from, to, "same_kind");
            let what = if is_scalar { "scalar" } else { "array data" };
            return refuse("copyto", operands, &sentence.replace("array data", what));
        }
        build("copyto", operands, |b| assigned(b, &values, to, &self.0.node.shape))
    }

    /// [`copyto`](Array::copyto) where a mask holds, which broadcasts to the array.
    #[track_caller]
    pub fn copyto_where(&self, values: impl Into<Operand>, mask: &Array) -> Array {
        let mask = match mask.0.node.dtype {
            DType::Bool => build("copyto", [self, mask], |b| {
                let (from, to) = (&mask.0.node.shape, &self.0.node.shape);
                let text = |extents: &[usize]| {
                    let listed: Vec<String> = extents.iter().map(usize::to_string).collect();
                    format!("({}{})", listed.join(","), if extents.len() == 1 { "," } else { "" })
                };
                let sentence = format!(
                    "could not broadcast where mask from shape {} into shape {}",
                    text(from),
                    text(to)
                );
                let wrong = |_| Mistake::Argument { sentence };
                nodes::broadcast_to(b, mask, to).map_err(wrong)
            }),
            from => {
                let sentence = unsafe_cast(from, DType::Bool, "safe");
                refuse("copyto", [self, mask], &sentence)
            }
        };
        where_(mask, self.copyto(values), self)
    }

    /// The array with values on its main diagonal: of a matrix, or of more axes of one extent. With `wrap` the
    /// diagonal of a tall matrix goes on from the first column, a row further down.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// let x = zeros([2, 3], I8).fill_diagonal(&Array::from([4, 5]), false);
    /// assert_eq!(x.to_vec::<i8>()?, [4, 0, 0, 0, 5, 0]);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    #[track_caller]
    pub fn fill_diagonal(&self, values: impl Into<Operand>, wrap: bool) -> Array {
        let values = values.into();
        let operands = std::iter::once(self).chain(values.array());
        if let Some(failed) = operands.clone().find(|x| x.0.error.is_some()) {
            return failed.clone();
        }
        let (shape, size) = (&self.0.node.shape, self.0.node.shape.size());
        let (step, end) = match &shape[..] {
            [] | [_] => return refuse("fill_diagonal", operands, "array must be at least 2-d"),
            [_, columns] if wrap => (columns + 1, size),
            [_, columns] => (columns + 1, size.min(columns * columns)),
            [first, rest @ ..] if rest.iter().any(|n| n != first) => {
                let sentence = "All dimensions of input must be of equal length";
                return refuse("fill_diagonal", operands, sentence);
            }
            _ => (shape.strides().into_iter().map(|stride| stride as usize).sum(), size),
        };
        let values = match &values {
            Operand::Array(values) if values.0.node.shape.size() == 0 => return self.clone(),
            Operand::Array(values) => again(values, end.div_ceil(step.max(1))).into(),
            number @ Operand::Number(_) => number.clone(),
        };
        if size == 0 {
            return self.clone();
        }
        let diagonal = s(..end as isize).step(step as isize);
        self.ravel().set(diagonal, values).reshape(shape.to_vec())
    }
}

/// The elements in row-major order, over and over, so many.
#[track_caller]
fn again(values: &Array, count: usize) -> Array {
    match values.0.node.shape.size() {
        given if given == count => values.ravel(),
        given if given > count => values.ravel().i(..count as isize),
        given => values.take(arange(count as i64) % given, ..),
    }
}

/// The type of a plain number by itself.
fn of_number(number: Number) -> DType {
    match number.weak() {
        Weak::Bool => DType::Bool,
        Weak::Int => DType::I64,
        Weak::Float => DType::F64,
        Weak::Complex => DType::C128,
    }
}

/// NumPy's sentence of a cast that its rule does not allow.
fn unsafe_cast(from: DType, to: DType, rule: &str) -> String {
    format!("Cannot cast array data from dtype('{from}') to dtype('{to}') according to the rule '{rule}'")
}

functions! {
    put(places: impl Into<Operand>, values: impl Into<Operand>, mode: Mode);
    putmask(mask: &Array, values: impl Into<Operand>);
    place(mask: &Array, values: impl Into<Operand>);
    copyto(values: impl Into<Operand>);
    copyto_where(values: impl Into<Operand>, mask: &Array);
    fill_diagonal(values: impl Into<Operand>, wrap: bool);
}
