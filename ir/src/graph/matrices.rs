//! `matmul` and its relatives: which axes meet, by NumPy's rules and in its words.

use super::build::{Build, map, reshape_to};
use super::product::{Label, Labelled, Labels, contract, stretched};
use crate::error::Error;
use crate::ops::Op;
use crate::shape::{self, Shape};
use smallvec::SmallVec;
use std::fmt::Write;

/// Labels of axes before the matrices, from the last one backwards.
const BATCH: Label = 64;

/// A function of arrays whose last axes it works on, the others being broadcast: a NumPy gufunc.
pub struct Signature {
    name: &'static str,
    text: &'static str,
    /// The labels of the last axes of each operand, and of the result.
    operands: [&'static [Label]; 2],
    result: &'static [Label],
    /// Operands of one axis lack the one that the result then lacks too.
    vectors: bool,
}

/// Products of matrices; a vector on the left is a row, on the right a column, and the result then
/// lacks that axis.
pub const MATMUL: Signature = Signature {
    name: "matmul",
    text: "(n?,k),(k,m?)->(n?,m?)",
    operands: [&[0, 1], &[1, 2]],
    result: &[0, 2],
    vectors: true,
};

/// Products of vectors along their last axes.
pub const VECDOT: Signature =
    Signature { name: "vecdot", text: "(n),(n)->()", operands: [&[1], &[1]], result: &[], vectors: false };

/// Products of matrices and vectors.
pub const MATVEC: Signature = Signature {
    name: "matvec",
    text: "(m,n),(n)->(m)",
    operands: [&[0, 1], &[1]],
    result: &[0],
    vectors: false,
};

/// Products of vectors and matrices.
pub const VECMAT: Signature = Signature {
    name: "vecmat",
    text: "(n),(n,m)->(m)",
    operands: [&[1], &[1, 2]],
    result: &[2],
    vectors: false,
};

/// The product of two arrays by a signature.
///
/// # Errors
/// Operands with too few axes, matrices that do not meet, axes before them that do not broadcast.
pub fn product<B: Build>(b: &mut B, by: &Signature, x: &B::Node, y: &B::Node) -> Result<B::Node, Error> {
    let cores = [by.core(0, b.shape(x))?, by.core(1, b.shape(y))?];
    let [rows, columns] = [(x, cores[0]), (y, cores[1])].map(|(x, core)| folded(b, x, core));
    if rows != columns {
        let Signature { name, text, .. } = by;
        return argument(format!(
            "{name}: Input operand 1 has a mismatch in its core dimension 0, with gufunc signature {text} \
             (size {columns} is different from {rows})"
        ));
    }
    let [first, second] = [(x, cores[0]), (y, cores[1])].map(|(x, core)| labelled(b, x, core));
    let [left, right] =
        [(&first, cores[0]), (&second, cores[1])].map(|((shape, _), core)| before(shape, core));
    let Some(batch) = left.broadcast(&right) else { return argument(by.apart(b, x, y, &cores)) };
    let (x, y) = (spread(b, &first, &batch)?, spread(b, &second, &batch)?);
    let kept = |l: &&Label| cores.iter().any(|core| core.contains(l));
    let result = by.result.iter().filter(kept).copied();
    let out: Labels = (0..batch.len() as u8).rev().map(|back| BATCH + back).chain(result).collect();
    contract(b, &x, &y, &out)
}

/// The axes before the matrices.
fn before(shape: &Shape, core: &[Label]) -> Shape {
    let batch = &shape[..shape.len() - core.len()];
    Shape::new(batch).expect("some axes of a shape make a shape")
}

/// An array with its shape, its last axes labelled by `core`, those before them from the back.
fn labelled<B: Build>(b: &B, x: &B::Node, core: &[Label]) -> (Shape, Labelled<B::Node>) {
    let shape = b.shape(x).clone();
    let batch = (0..(shape.len() - core.len()) as u8).rev().map(|back| BATCH + back);
    let labels = batch.chain(core.iter().copied()).collect();
    (shape, Labelled { node: x.clone(), labels })
}

/// The array with its axes before the matrices stretched to the common ones.
fn spread<B: Build>(
    b: &mut B,
    (shape, x): &(Shape, Labelled<B::Node>),
    batch: &Shape,
) -> Result<Labelled<B::Node>, Error> {
    let own = |l: Label| x.labels.iter().position(|label| *label == l).map_or(1, |axis| shape[axis]);
    stretched(b, x, |l| if l < BATCH { own(l) } else { batch[batch.len() - 1 - usize::from(l - BATCH)] })
}

/// The extent that is summed over.
fn folded<B: Build>(b: &B, x: &B::Node, core: &[Label]) -> usize {
    let shape = b.shape(x);
    let back = core.iter().rev().position(|l| *l == 1).unwrap_or(0);
    shape[shape.len() - 1 - back]
}

fn argument<T>(sentence: String) -> Result<T, Error> {
    Err(Error::Argument { sentence })
}

impl Signature {
    /// The labels of the last axes of an operand of that shape.
    fn core(&self, operand: usize, shape: &Shape) -> Result<&'static [Label], Error> {
        let core = self.operands[operand];
        let least = if self.vectors { 1 } else { core.len() };
        if shape.len() < least {
            let Signature { name, text, .. } = self;
            return argument(format!(
                "{name}: Input operand {operand} does not have enough dimensions (has {}, gufunc core with \
                 signature {text} requires {least})",
                shape.len()
            ));
        }
        Ok(if shape.len() < core.len() { &[1] } else { core })
    }

    /// NumPy's sentence about axes before the matrices that do not broadcast.
    fn apart<B: Build>(&self, b: &B, x: &B::Node, y: &B::Node, cores: &[&[Label]; 2]) -> String {
        let mut text =
            "operands could not be broadcast together with remapped shapes [original->remapped]:".to_string();
        let mut requested = Vec::new();
        for (x, core) in [x, y].into_iter().zip(cores) {
            let shape = b.shape(x);
            let (batch, last) = shape.split_at(shape.len() - core.len());
            let new = self.result.iter().map(|_| "newaxis".to_string());
            let remapped: Vec<String> = batch.iter().map(usize::to_string).chain(new).collect();
            let _ = write!(text, " {}->({})", tuple(shape), remapped.join(","));
            requested.extend(core.iter().zip(last).filter(|(l, _)| self.result.contains(l)).map(|(_, &n)| n));
        }
        // NumPy has no comma here after a single extent.
        let requested: Vec<String> = requested.iter().map(usize::to_string).collect();
        let _ = write!(text, "  and requested shape ({})", requested.join(","));
        text
    }
}

/// A shape as NumPy's messages have it: `(3,)`, `(3,4)`.
pub(super) fn tuple(extents: &[usize]) -> String {
    let mut text = String::new();
    let _ = shape::write_tuple(&mut text, extents, ",");
    text
}

/// `numpy.dot`: the last axis of `x` meets the last but one of `y`, or its only one; every other axis
/// of both is one of the result. A number multiplies.
///
/// # Errors
/// Axes that do not meet.
pub fn dot<B: Build>(b: &mut B, x: &B::Node, y: &B::Node) -> Result<B::Node, Error> {
    let back = b.shape(y).len().min(2);
    aligned(b, x, y, back, false)
}

/// `numpy.inner`: the last axes of both meet.
///
/// # Errors
/// Axes that do not meet.
pub fn inner<B: Build>(b: &mut B, x: &B::Node, y: &B::Node) -> Result<B::Node, Error> {
    aligned(b, x, y, 1, true)
}

/// The last axis of `x` meets that of `y` which is `back` from its end.
fn aligned<B: Build>(
    b: &mut B,
    x: &B::Node,
    y: &B::Node,
    back: usize,
    turned: bool,
) -> Result<B::Node, Error> {
    let (left, right) = (b.shape(x).clone(), b.shape(y).clone());
    let (Some(&m), true) = (left.last(), !right.is_empty()) else {
        return map(b, Op::Multiply, &[x.clone(), y.clone()]);
    };
    let at = right.len() - back;
    if m != right[at] {
        // NumPy's `inner` speaks of the second operand turned, whose axis then is the last but one.
        let mut seen: SmallVec<[usize; 4]> = right.iter().copied().collect();
        if turned && seen.len() > 1 {
            seen.swap(at, right.len() - 2);
        }
        let place = seen.len().saturating_sub(2);
        return argument(format!(
            "shapes {} and {} not aligned: {m} (dim {}) != {} (dim {place})",
            tuple(&left),
            tuple(&seen),
            left.len() - 1,
            right[at]
        ));
    }
    tensordot(b, x, y, &[left.len() as isize - 1], &[at as isize])
}

/// `numpy.tensordot`: the sum over axes of `x` and as many of `y`, taken together in pairs.
///
/// # Errors
/// Axes that are not there, given twice, or of different extents.
pub fn tensordot<B: Build>(
    b: &mut B,
    x: &B::Node,
    y: &B::Node,
    axes: &[isize],
    others: &[isize],
) -> Result<B::Node, Error> {
    let (left, right) = (b.shape(x).clone(), b.shape(y).clone());
    let range = |_| Error::Argument { sentence: "tuple index out of range".to_string() };
    let from = |axes: &[isize], shape: &Shape| {
        axes.iter()
            .map(|&a| shape::axis(a, shape.len()).map_err(range))
            .collect::<Result<Vec<usize>, Error>>()
    };
    let (axes, others) = (from(axes, &left)?, from(others, &right)?);
    let twice = |axes: &[usize]| (1..axes.len()).any(|i| axes[..i].contains(&axes[i]));
    if twice(&axes) || twice(&others) {
        return argument("duplicate axes are not allowed in tensordot".to_string());
    }
    if axes.len() != others.len() || axes.iter().zip(&others).any(|(&a, &o)| left[a] != right[o]) {
        return argument("shape-mismatch for sum".to_string());
    }
    let labels: Labels = (0..left.len() as u8).collect();
    let own = |axis: usize| others.iter().position(|&o| o == axis).map(|pair| axes[pair] as u8);
    let label = |axis: usize| own(axis).unwrap_or(BATCH + axis as u8);
    let right: Labels = (0..right.len()).map(label).collect();
    let kept = labels.iter().filter(|l| !right.contains(l));
    let out: Labels = kept.chain(right.iter().filter(|l| **l >= BATCH)).copied().collect();
    let (x, y) = (Labelled { node: x.clone(), labels }, Labelled { node: y.clone(), labels: right });
    contract(b, &x, &y, &out)
}

/// `numpy.kron`: each element of `x` times all of `y`, block by block.
///
/// # Errors
/// More axes or elements than an array may have.
pub fn kron<B: Build>(b: &mut B, x: &B::Node, y: &B::Node) -> Result<B::Node, Error> {
    let (left, right) = (b.shape(x).clone(), b.shape(y).clone());
    let dims = left.len().max(right.len());
    let padded = |shape: &Shape| -> Vec<usize> {
        std::iter::repeat_n(1, dims - shape.len()).chain(shape.iter().copied()).collect()
    };
    let (left, right) = (padded(&left), padded(&right));
    let own: Vec<usize> = left.iter().flat_map(|&n| [n, 1]).collect();
    let other: Vec<usize> = right.iter().flat_map(|&n| [1, n]).collect();
    let (own, other) = (Shape::new(&own)?, Shape::new(&other)?);
    let (x, y) = (reshape_to(b, x, own), reshape_to(b, y, other));
    let product = map(b, Op::Multiply, &[x, y])?;
    let blocks: Vec<usize> = left.iter().zip(&right).map(|(m, n)| m.saturating_mul(*n)).collect();
    let shape = Shape::new(&blocks)?;
    Ok(reshape_to(b, &product, shape))
}
