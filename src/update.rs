//! Writing to a part of an array: `a.set((1..-1, ..), b)`, `a.at(0).add(b)`.
//!
//! Arrays are values: what is written to is a new array, and the old one stays what it was. So
//! `a[1:-1] = b` is `a = a.set(1..-1, b)` here. An index is what [`Array::i`] takes. Like all else the
//! new array is an expression: the part is computed where it is read, or written together with what
//! surrounds it.
//!
//! Values broadcast to the part, and are converted to the array's type as an assignment in NumPy does.
//!
//! Where an array says the places, one of them may come twice: of what is set the last value stays, and
//! what is added comes to the sum of all, as with `numpy.add.at`. Sums and products of floats have the
//! order of any other sum of the values of a place. Such arrays lie in memory, and what is written to them
//! is computed by the kernel that finds the places.

use crate::arguments::Operand;
use crate::array::Array;
use crate::element::Number;
use crate::index::{Indices, Item, Region};
use crate::lazy::{Builder, build};
use crate::scatter;
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

/// How elements are changed by values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Add,
    Subtract,
    Multiply,
    Divide,
    Minimum,
    Maximum,
}

impl Change {
    /// The op of an element and its value.
    pub(crate) fn op(self) -> Op {
        match self {
            Change::Add => Op::Add,
            Change::Subtract => Op::Subtract,
            Change::Multiply => Op::Multiply,
            Change::Divide => Op::Divide,
            Change::Minimum => Op::Minimum,
            Change::Maximum => Op::Maximum,
        }
    }
}

/// What the index of an [`At`] is.
enum Means<'a> {
    /// A part that ranges and integers say.
    Region,
    /// The places where a mask holds.
    Mask(&'a Array),
    /// Places that arrays say, perhaps one of them twice.
    Places,
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
    ///
    /// let counts = zeros(4, I64).at(&Array::from([1, 3, 1, 1])).add(1);
    /// assert_eq!(counts.to_vec::<i64>()?, [0, 3, 0, 1]);
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
        match self.means() {
            Means::Region => {
                let operands = std::iter::once(self.array).chain(values.array());
                build("set", operands, |b| {
                    let region = Region::of(&self.array.0.node.shape, &self.items)?;
                    written(b, self.array, region, &values)
                })
            }
            Means::Mask(mask) => scatter::set_where(self.array, mask, &values),
            Means::Places => scatter::put_at(self.array, &self.places(), &values),
        }
    }

    /// The array with these values added to the part.
    #[track_caller]
    pub fn add(&self, values: impl Into<Operand>) -> Array {
        self.changed(Change::Add, values.into())
    }

    /// The array with these values subtracted from the part.
    #[track_caller]
    pub fn subtract(&self, values: impl Into<Operand>) -> Array {
        self.changed(Change::Subtract, values.into())
    }

    /// The array with the part multiplied by these values.
    #[track_caller]
    pub fn multiply(&self, values: impl Into<Operand>) -> Array {
        self.changed(Change::Multiply, values.into())
    }

    /// The array with the part divided by these values.
    #[track_caller]
    pub fn divide(&self, values: impl Into<Operand>) -> Array {
        self.changed(Change::Divide, values.into())
    }

    /// The array with the lesser of each element of the part and its value; NaN if either is.
    #[track_caller]
    pub fn minimum(&self, values: impl Into<Operand>) -> Array {
        self.changed(Change::Minimum, values.into())
    }

    /// The array with the greater of each element of the part and its value; NaN if either is.
    #[track_caller]
    pub fn maximum(&self, values: impl Into<Operand>) -> Array {
        self.changed(Change::Maximum, values.into())
    }

    /// The array with the results of an op on the part and these values.
    #[track_caller]
    fn changed(&self, by: Change, values: Operand) -> Array {
        match self.means() {
            Means::Region => {
                let new = apply(by.op(), &[self.get().into(), values]);
                self.set(same_kind(by.op(), self.array, new))
            }
            Means::Mask(mask) => scatter::change_where(by, self.array, mask, &values),
            Means::Places => scatter::change(by, self.array, &self.places(), &values),
        }
    }

    fn means(&self) -> Means<'_> {
        let arrays = self.items.iter().filter(|item| matches!(item, Item::Array(_))).count();
        match &self.items[..] {
            [Item::Array(mask)] if mask.0.node.dtype == DType::Bool && mask.0.error.is_none() => {
                Means::Mask(mask)
            }
            _ if arrays > 0 => Means::Places,
            _ => Means::Region,
        }
    }

    /// The row-major positions of the part's elements in the array, in the shape of the part. What finds
    /// an index out of range is what makes these.
    #[track_caller]
    fn places(&self) -> Array {
        scatter::positions(self.array).i(&self.items[..])
    }
}

/// The results of an op, unless they lose their kind in an array of another type.
#[track_caller]
pub(crate) fn same_kind(op: Op, array: &Array, results: Array) -> Array {
    let (from, to) = (results.0.node.dtype, array.0.node.dtype);
    if results.0.error.is_some() || array.0.error.is_some() || is_same_kind(from, to) {
        return results;
    }
    let sentence = format!(
        "Cannot cast ufunc '{}' output from dtype('{from}') to dtype('{to}') with casting rule 'same_kind'",
        op.name()
    );
    build(op.name(), [array, &results], |_| Err(Mistake::Argument { sentence }))
}

/// Whether results of one type may be written to an array of another without being asked: NumPy's rule
/// `same_kind`.
pub(crate) fn is_same_kind(from: DType, to: DType) -> bool {
    let rank = |dtype: DType| match dtype.kind() {
        Kind::Bool => 0,
        Kind::Unsigned => 1,
        Kind::Signed => 2,
        Kind::Float => 3,
        Kind::Complex => 4,
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
pub(crate) fn assigned(
    b: &mut Builder,
    values: &Operand,
    dtype: DType,
    to: &Shape,
) -> Result<Array, Mistake> {
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
