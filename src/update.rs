//! Writing to a part of an array: `a.set((1..-1, ..), b)`, `a.at(0).add(b)`.
//!
//! Arrays are values: what is written to is a new array, and the old one stays what it was. So
//! `a[1:-1] = b` is `a = a.set(1..-1, b)` here. An index is what [`Array::i`] takes. Like all else the
//! new array is an expression: the part is computed where it is read, or written together with what
//! surrounds it.
//!
//! Values broadcast to the part, and are converted to the array's type as an assignment in NumPy does.

use crate::arguments::Operand;
use crate::array::Array;
use crate::element::Number;
use crate::index::{Indices, Item, Region};
use crate::lazy::{Builder, build};
use crate::ufunc::apply;
use numfuse_ir::dtype::{DType, Kind};
use numfuse_ir::error::Error as Mistake;
use numfuse_ir::graph::build as nodes;
use numfuse_ir::ops::Op;
use numfuse_ir::shape::Shape;
use smallvec::SmallVec;

/// A part of an array, to be written to: what [`Array::at`] gives.
#[derive(Clone, Debug)]
#[must_use = "it does nothing before it is told what to write"]
pub struct At<'a> {
    array: &'a Array,
    items: SmallVec<[Item; 4]>,
}

impl Array {
    /// The array with values set at an index, as after `a[index] = values` in NumPy: a number, or an
    /// array that broadcasts to the part.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// let a = zeros([3, 3], I32);
    /// let b = a.set((1.., s(..).step(2)), 7);
    /// assert_eq!(b.to_vec::<i32>()?, [0, 0, 0, 7, 0, 7, 7, 0, 7]);
    /// let b = b.set(0, &arange(3));
    /// assert_eq!(b.i(0).to_vec::<i32>()?, [0, 1, 2]);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    #[track_caller]
    pub fn set(&self, index: impl Indices, values: impl Into<Operand>) -> Array {
        self.at(index).set(values)
    }

    /// The part of the array at an index, to be changed: `a.at(1..).add(b)` is what `a[1:] += b` leaves
    /// in NumPy.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// let a = arange(5).at(1..4).multiply(10);
    /// assert_eq!(a.to_vec::<i64>()?, [0, 10, 20, 30, 4]);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    pub fn at(&self, index: impl Indices) -> At<'_> {
        At { array: self, items: index.items() }
    }
}

impl At<'_> {
    /// The elements of the part.
    #[track_caller]
    pub fn get(&self) -> Array {
        self.array.i(&self.items[..])
    }

    /// The array with these values for the part.
    #[track_caller]
    pub fn set(&self, values: impl Into<Operand>) -> Array {
        let values = values.into();
        build("set", std::iter::once(self.array).chain(values.array()), |b| {
            let region = Region::of(&self.array.0.node.shape, &self.items)?;
            written(b, self.array, region, &values)
        })
    }

    /// The array with these values added to the part.
    #[track_caller]
    pub fn add(&self, values: impl Into<Operand>) -> Array {
        self.changed(Op::Add, values.into())
    }

    /// The array with these values subtracted from the part.
    #[track_caller]
    pub fn subtract(&self, values: impl Into<Operand>) -> Array {
        self.changed(Op::Subtract, values.into())
    }

    /// The array with the part multiplied by these values.
    #[track_caller]
    pub fn multiply(&self, values: impl Into<Operand>) -> Array {
        self.changed(Op::Multiply, values.into())
    }

    /// The array with the part divided by these values.
    #[track_caller]
    pub fn divide(&self, values: impl Into<Operand>) -> Array {
        self.changed(Op::Divide, values.into())
    }

    /// The array with the lesser of each element of the part and its value; NaN if either is.
    #[track_caller]
    pub fn minimum(&self, values: impl Into<Operand>) -> Array {
        self.changed(Op::Minimum, values.into())
    }

    /// The array with the greater of each element of the part and its value; NaN if either is.
    #[track_caller]
    pub fn maximum(&self, values: impl Into<Operand>) -> Array {
        self.changed(Op::Maximum, values.into())
    }

    /// The array with the results of an op on the part and these values.
    #[track_caller]
    fn changed(&self, op: Op, values: Operand) -> Array {
        let new = apply(op, &[self.get().into(), values]);
        let (dtype, from) = (self.array.0.node.dtype, new.0.node.dtype);
        if new.0.error.is_none() && !is_same_kind(from, dtype) {
            let sentence = format!(
                "Cannot cast ufunc '{}' output from dtype('{from}') to dtype('{dtype}') with casting rule \
                 'same_kind'",
                op.name()
            );
            return build(op.name(), [self.array, &new], |_| Err(Mistake::Argument { sentence }));
        }
        self.set(new)
    }
}

/// Whether results of one type may be written to an array of another without being asked: NumPy's rule
/// `same_kind`.
fn is_same_kind(from: DType, to: DType) -> bool {
    let rank = |dtype: DType| match dtype.kind() {
        Kind::Bool => 0,
        Kind::Unsigned => 1,
        Kind::Signed => 2,
        Kind::Float => 3,
    };
    rank(from) <= rank(to)
}

/// `x` with values written to a part.
fn written(b: &mut Builder, x: &Array, region: Region, values: &Operand) -> Result<Array, Mistake> {
    let Region { places, extents } = region;
    let values = assigned(b, values, x.0.node.dtype, &extents)?;
    let counts: SmallVec<[usize; 4]> = places.iter().map(|place| place.2).collect();
    let values = nodes::reshape_to(b, &values, Shape::new(&counts)?);
    let parts: SmallVec<[(i64, i64); 4]> = places.iter().map(|&(start, step, _)| (start, step)).collect();
    Ok(nodes::update(b, x, &parts, &values))
}

/// Values as elements of a part of that shape and type: axes of extent 1 in front do not count.
fn assigned(b: &mut Builder, values: &Operand, dtype: DType, to: &Shape) -> Result<Array, Mistake> {
    let values = match values {
        Operand::Array(values) => nodes::cast(b, values, dtype),
        Operand::Number(number) => assigned_number(b, *number, dtype)?,
    };
    let from = values.0.node.shape.clone();
    let surplus = from.len().saturating_sub(to.len());
    let front = from[..surplus].iter().take_while(|&&n| n == 1).count();
    let kept = Shape::new(&from[front..])?;
    if kept.broadcast(to).as_ref() != Some(to) {
        let text = |shape: &Shape| shape.to_string().replace(", ", ",");
        let sentence =
            format!("could not broadcast input array from shape {} into shape {}", text(&from), text(to));
        return Err(Mistake::Argument { sentence });
    }
    let values = nodes::reshape_to(b, &values, kept);
    Ok(nodes::expand(b, &values, to))
}

fn assigned_number(b: &mut Builder, number: Number, dtype: DType) -> Result<Array, Mistake> {
    let number = number.assigned_to(dtype)?;
    Ok(b.number(number))
}
