//! Products that are summed: of two arrays whose axes carry labels.
//!
//! [`contract`] is the one place where such a product is made. A matrix product that is large enough
//! becomes a node of the library table; anything else (integers, truth values, vectors, small
//! matrices) is a multiplication in a common space and a fold, which the planner makes one fused
//! loop. What is chosen depends on shapes and types alone. `matmul` and its relatives
//! ([`matrices`](super::matrices)) and [`einsum`](super::einsum) only say which axes meet.

use super::build::{Build, cast, expand, map, permute, reduce, reshape_to};
use super::{Kind, Node};
use crate::dtype::DType;
use crate::error::Error;
use crate::ops::Op;
use crate::ops::fold::Fold;
use crate::ops::library::LibOp;
use crate::shape::Shape;
use smallvec::SmallVec;

/// The name of an axis: equal labels of two operands are walked together.
pub type Label = u8;

/// The labels of an array's axes, none twice.
pub type Labels = SmallVec<[Label; 8]>;

/// An array and the labels of its axes.
#[derive(Clone, Debug)]
pub struct Labelled<N> {
    /// The array.
    pub node: N,
    /// A label for each of its axes.
    pub labels: Labels,
}

/// Matrix products with fewer rows, columns or terms than this stay loops of our own: those fuse with
/// what is around them, read as little, and start faster than a library does.
const LEAST_EXTENT: usize = 8;

/// The sum over all labels that are not in `out` of the product of `x` and `y`, whose axes of equal
/// label have equal extents; its axes are `out`, of which each is in `x` or `y`. Types are promoted.
/// Of truth values the product is `and` and the sum `or`; half types are multiplied and summed in float32.
///
/// # Errors
/// More axes or elements than an array may have, on the way too.
pub fn contract<B: Build>(
    b: &mut B,
    x: &Labelled<B::Node>,
    y: &Labelled<B::Node>,
    out: &[Label],
) -> Result<B::Node, Error> {
    let result = b.dtype(&x.node).promote(b.dtype(&y.node));
    let typed = |b: &mut B, x: &Labelled<B::Node>, dtype: DType| Labelled {
        node: cast(b, &x.node, dtype),
        labels: x.labels.clone(),
    };
    let kept = |other: &Labels| out.iter().chain(other).copied().collect::<Labels>();
    let is_whole = |x: &Labels, y: &Labels| x.iter().all(|l| kept(y).contains(l));
    // A library sums products of half types in float32 by itself; what is folded before it, and what loops fold,
    // is widened.
    let widens = result.is_half() && {
        let (x, y) = (typed(b, x, result), typed(b, y, result));
        let parts = Parts::of(&x.labels, &y.labels, out);
        let whole = is_whole(&x.labels, &y.labels) && is_whole(&y.labels, &x.labels);
        !(whole && parts.is_for_library(b, &x, &y))
    };
    let dtype = if widens { DType::F32 } else { result };
    let (x, y) = (typed(b, x, dtype), typed(b, y, dtype));
    let (x, y) = (summed(b, &x, &kept(&y.labels))?, summed(b, &y, &kept(&x.labels))?);
    // The last axis of the result is one of the right operand: the library writes rows.
    let swaps = out.last().is_some_and(|last| !y.labels.contains(last));
    let (x, y) = if swaps { (y, x) } else { (x, y) };
    let parts = Parts::of(&x.labels, &y.labels, out);
    let product = match parts.is_for_library(b, &x, &y) {
        true => parts.handed_over(b, &x, &y)?,
        false => parts.looped(b, &x, &y, out)?,
    };
    let product = arranged(b, &product, out)?;
    Ok(cast(b, &product, result))
}

/// `x` summed over the axes whose label is not among `kept`.
///
/// # Errors
/// None for arrays that there are.
pub fn summed<B: Build>(
    b: &mut B,
    x: &Labelled<B::Node>,
    kept: &[Label],
) -> Result<Labelled<B::Node>, Error> {
    let stays = |a: &usize| kept.contains(&x.labels[*a]);
    let (stay, go): (Vec<usize>, Vec<usize>) = (0..x.labels.len()).partition(stays);
    let labels = stay.iter().map(|&a| x.labels[a]).collect();
    let node = match go.is_empty() {
        true => x.node.clone(),
        false => {
            let fold = sum_of(b.dtype(&x.node));
            reduce(b, &x.node, fold, 0, &go, false)?
        }
    };
    Ok(Labelled { node, labels })
}

/// The array with its axes in that order of labels, which are its own.
///
/// # Errors
/// None for arrays that there are.
pub fn arranged<B: Build>(b: &mut B, x: &Labelled<B::Node>, order: &[Label]) -> Result<B::Node, Error> {
    let axes: Vec<isize> = order.iter().filter_map(|l| Some(position(&x.labels, *l)? as isize)).collect();
    permute(b, &x.node, &axes)
}

fn position(labels: &[Label], label: Label) -> Option<usize> {
    labels.iter().position(|l| *l == label)
}

/// How products of this type are added up.
fn sum_of(dtype: DType) -> Fold {
    if dtype == DType::Bool { Fold::Any } else { Fold::Sum }
}

/// The labels of a contraction by what they are to it.
struct Parts {
    /// In both operands and in the result.
    batch: Labels,
    /// In the left operand and the result.
    left: Labels,
    /// In the right operand and the result.
    right: Labels,
    /// In both operands, and summed over.
    folded: Labels,
}

impl Parts {
    fn of(x: &Labels, y: &Labels, out: &[Label]) -> Parts {
        let among = |from: &[Label], chosen: &dyn Fn(&Label) -> bool| -> Labels {
            from.iter().copied().filter(|l| chosen(l)).collect()
        };
        Parts {
            batch: among(out, &|l| x.contains(l) && y.contains(l)),
            left: among(x, &|l| !y.contains(l)),
            right: among(y, &|l| !x.contains(l)),
            folded: among(x, &|l| y.contains(l) && !out.contains(l)),
        }
    }

    fn is_for_library<B: Build>(&self, b: &B, x: &Labelled<B::Node>, y: &Labelled<B::Node>) -> bool {
        let extents = [(&self.left, x), (&self.right, y), (&self.folded, x)].map(|(l, of)| count(b, of, l));
        LibOp::multiplies(b.dtype(&x.node)) && extents.iter().all(|&n| n >= LEAST_EXTENT)
    }

    /// The product as a node of the library table, batches in front. All right axes are one, and all that
    /// are folded; of the left ones the others are batches that see one right operand, since to lie as
    /// one they might have to be copied, and a library takes them together where they do lie so.
    fn handed_over<B: Build>(
        &self,
        b: &mut B,
        x: &Labelled<B::Node>,
        y: &Labelled<B::Node>,
    ) -> Result<Labelled<B::Node>, Error> {
        let apart = match self.left.split_last() {
            Some((last, others)) if count(b, x, &[*last]) >= LEAST_EXTENT => others,
            _ => &[],
        };
        let rows = self.left[apart.len()..].into();
        let batch: Labels = self.batch.iter().chain(apart).copied().collect();
        let left = grouped(b, x, &batch, &[&rows, &self.folded])?;
        let right = grouped(b, y, &self.batch, &[&self.folded, &self.right])?;
        let right = repeated(b, &right, &left)?;
        let (from, to) = (b.shape(&left).clone(), b.shape(&right).clone());
        let extents: Vec<usize> = from[..from.len() - 1].iter().chain(to.last()).copied().collect();
        let (shape, dtype) = (Shape::new(&extents)?, b.dtype(&left));
        let product = b.make(Node { kind: Kind::Library(LibOp::Matmul), shape, dtype }, &[left, right]);
        let labels: Labels = self.batch.iter().chain(&self.left).chain(&self.right).copied().collect();
        let extents = extents_of(b, &labels, x, y);
        Ok(Labelled { node: reshape_to(b, &product, Shape::new(&extents)?), labels })
    }

    /// The product as loops: both operands in one space, multiplied and folded.
    ///
    /// The folded axes are one. It is the last where both operands have it last, so that they are
    /// read from neighbour to neighbour; else it comes before the last axis of the result, along
    /// which neighbours then are.
    fn looped<B: Build>(
        &self,
        b: &mut B,
        x: &Labelled<B::Node>,
        y: &Labelled<B::Node>,
        out: &[Label],
    ) -> Result<Labelled<B::Node>, Error> {
        let op = if b.dtype(&x.node) == DType::Bool { Op::LogicalAnd } else { Op::Multiply };
        let (Some(&folded), Some((last, others))) = (self.folded.first(), out.split_last()) else {
            // Nothing to fold over, or one number to fold to.
            let space: Labels = out.iter().chain(&self.folded).copied().collect();
            let (x, y) = (in_space(b, x, &space)?, in_space(b, y, &space)?);
            let product = map(b, op, &[x, y])?;
            return summed(b, &Labelled { node: product, labels: space }, out);
        };
        let is_last = |x: &Labelled<B::Node>| x.labels.last().is_some_and(|l| self.folded.contains(l));
        let space: Labels = match is_last(x) && is_last(y) {
            true => out.iter().copied().chain([folded]).collect(),
            false => others.iter().copied().chain([folded, *last]).collect(),
        };
        let (x, y) = (self.one_folded(b, x)?, self.one_folded(b, y)?);
        let (x, y) = (in_space(b, &x, &space)?, in_space(b, &y, &space)?);
        let product = map(b, op, &[x, y])?;
        summed(b, &Labelled { node: product, labels: space }, out)
    }

    /// The array with its folded axes as one, under the label of the first.
    fn one_folded<B: Build>(&self, b: &mut B, x: &Labelled<B::Node>) -> Result<Labelled<B::Node>, Error> {
        if self.folded.len() < 2 {
            return Ok(x.clone());
        }
        let kept: Labels = x.labels.iter().copied().filter(|l| !self.folded.contains(l)).collect();
        let node = grouped(b, x, &kept, &[&self.folded])?;
        let labels = kept.iter().chain(&self.folded[..1]).copied().collect();
        Ok(Labelled { node, labels })
    }
}

/// How many elements the axes of these labels have together.
fn count<B: Build>(b: &B, x: &Labelled<B::Node>, labels: &[Label]) -> usize {
    let extents = labels.iter().filter_map(|l| Some(b.shape(&x.node)[position(&x.labels, *l)?]));
    extents.fold(1, usize::saturating_mul)
}

/// The extent of each label, from the operand that has it.
fn extents_of<B: Build>(b: &B, labels: &[Label], x: &Labelled<B::Node>, y: &Labelled<B::Node>) -> Vec<usize> {
    let extent = |l: &Label| if x.labels.contains(l) { count(b, x, &[*l]) } else { count(b, y, &[*l]) };
    labels.iter().map(extent).collect()
}

/// The array with the axes of `first`, then one axis for each group of labels.
fn grouped<B: Build>(
    b: &mut B,
    x: &Labelled<B::Node>,
    first: &[Label],
    groups: &[&Labels],
) -> Result<B::Node, Error> {
    let order: Labels = first.iter().chain(groups.iter().copied().flatten()).copied().collect();
    let singles = first.iter().map(|l| count(b, x, &[*l]));
    let extents: Vec<usize> = singles.chain(groups.iter().map(|group| count(b, x, group))).collect();
    let shape = Shape::new(&extents)?;
    let node = arranged(b, x, &order)?;
    Ok(reshape_to(b, &node, shape))
}

/// A right operand for each batch of the left one, which has more of them: the same for the last ones.
fn repeated<B: Build>(b: &mut B, right: &B::Node, left: &B::Node) -> Result<B::Node, Error> {
    let (from, to) = (b.shape(right).clone(), b.shape(left).clone());
    let more = to.len() - from.len();
    let (batch, matrix) = from.split_at(from.len() - 2);
    let single: Vec<usize> =
        batch.iter().copied().chain(std::iter::repeat_n(1, more)).chain(matrix.iter().copied()).collect();
    let all: Vec<usize> = to[..to.len() - 2].iter().chain(matrix).copied().collect();
    let (single, all) = (Shape::new(&single)?, Shape::new(&all)?);
    let right = reshape_to(b, right, single);
    Ok(expand(b, &right, &all))
}

/// The array with the axes of that space, of extent 1 where it has none of its own.
fn in_space<B: Build>(b: &mut B, x: &Labelled<B::Node>, space: &[Label]) -> Result<B::Node, Error> {
    let extents: Vec<usize> = space.iter().map(|l| count(b, x, &[*l])).collect();
    let shape = Shape::new(&extents)?;
    let node = arranged(b, x, space)?;
    Ok(reshape_to(b, &node, shape))
}

/// The array stretched along the axes of these labels to these extents, where it has extent 1.
///
/// # Errors
/// More elements than an array may have.
pub fn stretched<B: Build>(
    b: &mut B,
    x: &Labelled<B::Node>,
    extent: impl Fn(Label) -> usize,
) -> Result<Labelled<B::Node>, Error> {
    let extents: Vec<usize> = x.labels.iter().map(|&l| extent(l)).collect();
    let shape = Shape::new(&extents)?;
    Ok(Labelled { node: expand(b, &x.node, &shape), labels: x.labels.clone() })
}
