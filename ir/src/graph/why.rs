//! Why an element is what it is: the value of every sub-expression that it comes from.
//!
//! Oracle 1 restricted to the elements that are needed. The place of the element is pushed from the node to
//! its operands, through views by [`View::map`](crate::view::View::map), and each element on the way is
//! computed once: of elementwise operations one each, of a fold its row. Nothing recurses, over the graph or
//! over the elements.

use super::interp::{self, Reduction};
use super::{Graph, Kind, NodeId, meaning};
use crate::dtype::DType;
use crate::gather::{OutOfBounds, Source};
use crate::math::complex::Value;
use crate::ops::Op;
use crate::ops::fold::Fold;
use crate::ops::library::{Family, LibOp};
use crate::scalar::Scalar;
use crate::shape::Shape;
use crate::view::Sum;
use rustc_hash::FxHashMap;
use std::fmt;

/// How many elements may be computed for one answer.
pub const MOST_ELEMENTS: usize = 1 << 22;

/// How many values an answer may have.
pub const MOST_REASONS: usize = 1 << 16;

/// One value that an element comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct Reason {
    /// What computes it; views are passed through.
    pub node: NodeId,
    /// Where in the node's result it is.
    pub index: Vec<usize>,
    /// The value.
    pub value: Scalar,
    /// The values that it is made of, by their place in the list; of a fold the contributor alone.
    pub operands: Vec<usize>,
    /// What of a fold, a scan or a library op is shown.
    pub contributor: Option<Contributor>,
}

/// The element of a row that says most of what the row came to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Contributor {
    /// Its number in the row, in the order of the fold.
    pub number: usize,
    /// How many there are.
    pub of: usize,
    /// Why it is shown.
    pub rank: Rank,
}

/// Why a contributor is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rank {
    /// It is the first NaN.
    Nan,
    /// It is the first infinity, and there is no NaN.
    Infinity,
    /// It decides, or is the greatest in size, and all are finite.
    Extreme,
}

impl fmt::Display for Rank {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Rank::Nan => "first NaN",
            Rank::Infinity => "first infinity",
            Rank::Extreme => "extreme",
        })
    }
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// An index on the way is out of range.
    Index(OutOfBounds),
    /// More elements are needed than [`MOST_ELEMENTS`], or more values than [`MOST_REASONS`].
    TooMany,
}

/// An element: a node and a row-major place in its result.
type Element = (NodeId, usize);

/// The values that the element at a row-major place of a node comes from, operands before their users; the
/// last is the element itself. `leaf` gives an element of the data of a leaf.
///
/// # Errors
/// An index out of range, or too much to compute or to show.
pub fn why(
    graph: &Graph,
    output: NodeId,
    place: usize,
    leaf: &dyn Fn(u32, usize) -> Scalar,
    scalars: &[Scalar],
) -> Result<Vec<Reason>, Fault> {
    let mut elements = Elements { graph, leaf, scalars, known: FxHashMap::default() };
    let mut reasons: Vec<Reason> = Vec::new();
    let mut listed: FxHashMap<Element, usize> = FxHashMap::default();
    let mut pending = vec![elements.beneath((output, place))?];
    while let Some(&element) = pending.last() {
        if listed.contains_key(&element) {
            pending.pop();
            continue;
        }
        let (from, contributor) = elements.shown(element)?;
        let missing: Vec<Element> = from.iter().copied().filter(|e| !listed.contains_key(e)).collect();
        if !missing.is_empty() {
            pending.extend(missing.into_iter().rev());
            continue;
        }
        let (node, place) = element;
        let value = elements.value(element)?;
        let index = coordinates(&graph.node(node).shape, place);
        let operands = from.iter().map(|e| listed[e]).collect();
        listed.insert(element, reasons.len());
        reasons.push(Reason { node, index, value, operands, contributor });
        if reasons.len() > MOST_REASONS {
            return Err(Fault::TooMany);
        }
        pending.pop();
    }
    Ok(reasons)
}

/// The coordinates of a row-major place.
fn coordinates(shape: &Shape, place: usize) -> Vec<usize> {
    shape.strides().iter().zip(shape.iter()).map(|(&stride, &n)| place / stride as usize % n).collect()
}

/// The row-major place of coordinates.
fn flat(shape: &Shape, coordinates: &[usize]) -> usize {
    coordinates.iter().zip(shape.strides()).map(|(c, stride)| c * stride as usize).sum()
}

/// Elements that have been computed.
struct Elements<'a> {
    graph: &'a Graph,
    leaf: &'a dyn Fn(u32, usize) -> Scalar,
    scalars: &'a [Scalar],
    known: FxHashMap<Element, Scalar>,
}

impl Elements<'_> {
    fn value(&mut self, element: Element) -> Result<Scalar, Fault> {
        let mut pending = vec![element];
        while let Some(&element) = pending.last() {
            if self.known.contains_key(&element) {
                pending.pop();
                continue;
            }
            let sources = self.sources(element)?;
            let missing = sources.iter().filter(|source| !self.known.contains_key(*source));
            let before = pending.len();
            pending.extend(missing);
            if pending.len() > before {
                if pending.len() + self.known.len() > MOST_ELEMENTS {
                    return Err(Fault::TooMany);
                }
                continue;
            }
            let values: Vec<Scalar> = sources.iter().map(|source| self.known[source]).collect();
            let value = self.compute(element, &values);
            self.known.insert(element, value);
            pending.pop();
        }
        Ok(self.known[&element])
    }

    /// The elements that one is made of. Of a gather those that are known so far: its indices, and with
    /// these the element that they name.
    fn sources(&self, (n, place): Element) -> Result<Vec<Element>, Fault> {
        let (node, inputs) = (self.graph.node(n), self.graph.inputs(n));
        let shape = |input: NodeId| &self.graph.node(input).shape;
        Ok(match &node.kind {
            Kind::Leaf(_) | Kind::Const(_) | Kind::Scalar(_) | Kind::Iota(_) => Vec::new(),
            Kind::Map(_) | Kind::Cast => inputs.iter().map(|&input| (input, place)).collect(),
            Kind::View(view) => {
                let out: Vec<Sum> =
                    coordinates(&node.shape, place).iter().map(|&c| Sum::constant(c as i64)).collect();
                let none = |_| unreachable!("no axis is named: every coordinate is a number");
                let index = view.map(shape(inputs[0]), &out, &node.shape, &none);
                let index = index.expect("of numbers every reshape is a sum");
                let index: Vec<usize> = index.iter().map(|i| i.offset as usize).collect();
                vec![(inputs[0], flat(shape(inputs[0]), &index))]
            }
            Kind::Pad(before) => {
                let at = coordinates(&node.shape, place);
                let inner =
                    at.iter().zip(before).map(|(&c, &b)| usize::try_from(c as i128 - i128::from(b)).ok());
                let inner: Option<Vec<usize>> = inner.collect();
                let inside =
                    |index: &Vec<usize>| index.iter().zip(shape(inputs[0]).iter()).all(|(c, n)| c < n);
                match inner.filter(inside) {
                    Some(index) => vec![(inputs[0], flat(shape(inputs[0]), &index))],
                    None => vec![(inputs[1], place)],
                }
            }
            Kind::Scan { axis, .. } => {
                let stride = node.shape.strides()[*axis] as usize;
                let along = place / stride % node.shape[*axis];
                (0..=along).map(|i| (inputs[0], place - (along - i) * stride)).collect()
            }
            Kind::Reduce { axes, .. } => {
                let source = shape(inputs[0]);
                let mut at = coordinates(&node.shape, place).into_iter();
                let kept: Vec<usize> = (0..source.len())
                    .map(|axis| if axes.contains(&axis) { 0 } else { at.next().unwrap_or(0) })
                    .collect();
                let start = flat(source, &kept);
                let count: usize = axes.iter().map(|&axis| source[axis]).product();
                if count + self.known.len() > MOST_ELEMENTS {
                    return Err(Fault::TooMany);
                }
                interp::sequence(source, axes).into_iter().map(|offset| (inputs[0], start + offset)).collect()
            }
            Kind::Gather { from, bounds } => {
                let mut sources: Vec<Element> = inputs[1..].iter().map(|&input| (input, place)).collect();
                let at = coordinates(&node.shape, place);
                let mut indices = sources.iter().map(|source| self.known.get(source));
                let mut taken = Some(Vec::new());
                for (axis, (from, &extent)) in from.iter().zip(shape(inputs[0]).iter()).enumerate() {
                    let coordinate = match from {
                        Source::Axis(a) => Some(at[*a]),
                        Source::Index => match indices.next().flatten() {
                            None => None,
                            Some(index) => {
                                let index = index.to_i128() as i64;
                                let place = bounds.place(index, extent as i64);
                                let fault = OutOfBounds { node: n, bounds: *bounds, axis, extent, index };
                                Some(place.ok_or(Fault::Index(fault))? as usize)
                            }
                        },
                    };
                    taken = taken.zip(coordinate).map(|(mut taken, c)| {
                        taken.push(c);
                        taken
                    });
                }
                sources.extend(taken.map(|index| (inputs[0], flat(shape(inputs[0]), &index))));
                sources
            }
            Kind::Update(parts) => {
                // The element of the part that is written here, if there is one.
                let at = coordinates(&node.shape, place);
                let (&values, base) = inputs.split_last().expect("an update has new values");
                let part = shape(values);
                let inner = at.iter().zip(parts).zip(part.iter()).map(|((&c, &(start, step)), &extent)| {
                    let from = c as i64 - start;
                    let i = if step == 0 { 0 } else { from / step };
                    (i * step == from && (0..extent as i64).contains(&i)).then_some(i as usize)
                });
                match inner.collect::<Option<Vec<usize>>>() {
                    Some(index) => vec![(values, flat(part, &index))],
                    None => base.iter().map(|&base| (base, place)).collect(),
                }
            }
            Kind::Library(op) => match op.family() {
                Family::Scatter(_) => {
                    let count = shape(inputs[1]).size();
                    if count + self.known.len() > MOST_ELEMENTS {
                        return Err(Fault::TooMany);
                    }
                    let here = |i: &usize| {
                        self.known.get(&(inputs[1], *i)).is_some_and(|at| at.to_i128() == place as i128)
                    };
                    let places = (0..count).map(|i| (inputs[1], i));
                    let given = (0..count).filter(here).map(|i| (inputs[2], i));
                    [(inputs[0], place)].into_iter().chain(places).chain(given).collect()
                }
                Family::Product => {
                    let (row, column) = (shape(inputs[0]), shape(inputs[1]));
                    let (terms, columns) = (row[row.len() - 1], column[column.len() - 1]);
                    let (line, j) = (place / columns, place % columns);
                    let batch = line / row[row.len() - 2];
                    let a = (0..terms).map(|l| (inputs[0], line * terms + l));
                    let b = (0..terms).map(|l| (inputs[1], (batch * terms + l) * columns + j));
                    a.chain(b).collect()
                }
                Family::Transform(of) => {
                    let extent = shape(inputs[0]).last().copied().unwrap_or(1);
                    let row = place / of.transformed(extent);
                    (row * extent..(row + 1) * extent).map(|i| (inputs[0], i)).collect()
                }
            },
        })
    }

    /// An element from what it is made of.
    fn compute(&self, (n, place): Element, values: &[Scalar]) -> Scalar {
        let node = self.graph.node(n);
        match &node.kind {
            Kind::Leaf(number) => (self.leaf)(*number, place),
            Kind::Const(value) => *value,
            Kind::Scalar(number) => self.scalars[*number as usize],
            Kind::Iota(axis) => Scalar::from_i128(node.dtype, coordinates(&node.shape, place)[*axis] as i128),
            Kind::Map(op) => op.eval(values),
            Kind::Cast => Value::of(values[0]).cast(node.dtype).whole(),
            Kind::View(_) | Kind::Pad(_) | Kind::Update(_) => values[0],
            Kind::Gather { .. } => values[values.len() - 1],
            Kind::Scan { fold, .. } => interp::running_values(*fold, values)[values.len() - 1],
            Kind::Reduce { fold, part, axes } => {
                let source = self.graph.node(self.graph.inputs(n)[0]);
                let of = |fold| Reduction::of_one(fold, source.dtype.part(), &source.shape, axes);
                interp::reduce(*fold, source.dtype, values, *part, of)[0]
            }
            Kind::Library(op) => match op.family() {
                Family::Scatter(_) => {
                    let count = self.graph.node(self.graph.inputs(n)[1]).shape.size();
                    let given = &values[1 + count..];
                    let one = Shape::new(&[1]).expect("one element");
                    let shape = Shape::new(&[given.len()]).expect("no more than there are");
                    let places = vec![Scalar::zero(DType::I64); given.len()];
                    meaning::library(
                        *op,
                        &[(&one, &values[..1]), (&shape, &places), (&shape, given)],
                        node.dtype,
                    )[0]
                }
                Family::Product => {
                    let terms = values.len() / 2;
                    let shape = |extents| Shape::new(extents).expect("a row and a column are small");
                    let (row, column) = (shape(&[1, terms]), shape(&[terms, 1]));
                    let operands = [(&row, &values[..terms]), (&column, &values[terms..])];
                    meaning::library(LibOp::Matmul, &operands, node.dtype)[0]
                }
                Family::Transform(of) => {
                    let row = Shape::new(&[values.len()]).expect("a row of an array");
                    let count = of.transformed(values.len());
                    meaning::library(*op, &[(&row, values)], node.dtype)[place % count]
                }
            },
        }
    }

    /// The element that views and frames show.
    fn beneath(&mut self, mut element: Element) -> Result<Element, Fault> {
        while matches!(self.graph.node(element.0).kind, Kind::View(_) | Kind::Pad(_)) {
            element = self.sources(element)?[0];
        }
        Ok(element)
    }

    /// What is shown below an element: what it is made of, or of a row its contributor.
    fn shown(&mut self, element: Element) -> Result<(Vec<Element>, Option<Contributor>), Fault> {
        self.value(element)?;
        let sources = self.sources(element)?;
        let value = |e: &Element| self.known[e];
        let (from, contributor) = match &self.graph.node(element.0).kind {
            Kind::Reduce { fold, .. } | Kind::Scan { fold, .. } => {
                let row: Vec<Scalar> = sources.iter().map(value).collect();
                let contributor = contributor(*fold, &row);
                (contributor.map(|c| sources[c.number]).into_iter().collect(), contributor)
            }
            Kind::Leaf(_) | Kind::Const(_) | Kind::Scalar(_) | Kind::Iota(_) | Kind::Map(_) => {
                (sources, None)
            }
            Kind::Cast | Kind::View(_) | Kind::Pad(_) | Kind::Update(_) | Kind::Gather { .. } => {
                (sources, None)
            }
            Kind::Library(op) => match op.family() {
                Family::Product => {
                    let (a, b) = sources.split_at(sources.len() / 2);
                    let product = |(a, b): (&Element, &Element)| Op::Multiply.eval(&[value(a), value(b)]);
                    let row: Vec<Scalar> = a.iter().zip(b).map(product).collect();
                    let contributor = contributor(Fold::Sum, &row);
                    (contributor.map_or(vec![], |c| vec![a[c.number], b[c.number]]), contributor)
                }
                Family::Transform(_) => {
                    let row: Vec<Scalar> = sources.iter().map(value).collect();
                    let contributor = contributor(Fold::Sum, &row);
                    (contributor.map(|c| sources[c.number]).into_iter().collect(), contributor)
                }
                Family::Scatter(fold) => {
                    // What was there, and of what was written there the value that stays or says most.
                    let places = self.graph.node(self.graph.inputs(element.0)[1]).shape.size();
                    let given = &sources[1 + places..];
                    let row: Vec<Scalar> = given.iter().map(value).collect();
                    let last = given.len().checked_sub(1);
                    let chosen = match fold {
                        None => last,
                        Some(fold) => contributor(fold, &row).map(|c| c.number),
                    };
                    let kept = if fold.is_none() && chosen.is_some() { None } else { Some(sources[0]) };
                    (kept.into_iter().chain(chosen.map(|i| given[i])).collect(), None)
                }
            },
        };
        let from: Result<Vec<Element>, Fault> = from.into_iter().map(|e| self.beneath(e)).collect();
        Ok((from?, contributor))
    }
}

/// The first NaN of a row, else its first infinity, else what decides it: the least or greatest, the first
/// that is true or false, or the greatest in size.
fn contributor(fold: Fold, row: &[Scalar]) -> Option<Contributor> {
    // Complex numbers go by their real parts, then by the others.
    let parts = |x: &Scalar| match x.dtype().is_complex() {
        true => (x.real().to_f64(), x.imaginary().to_f64()),
        false => (x.to_f64(), 0.0),
    };
    let found = |number: usize, rank: Rank| Some(Contributor { number, of: row.len(), rank });
    if let Some(at) = row.iter().position(|x| x.is_nan()) {
        return found(at, Rank::Nan);
    }
    if let Some(at) = row.iter().map(parts).position(|(a, b)| a.is_infinite() || b.is_infinite()) {
        return found(at, Rank::Infinity);
    }
    let key = |x: &Scalar| match (fold, parts(x)) {
        (Fold::Min | Fold::ArgMin | Fold::All | Fold::PairArgMin, (a, b)) => (-a, -b),
        (Fold::Max | Fold::ArgMax | Fold::Any | Fold::PairArgMax, (a, b)) => (a, b),
        (Fold::Sum | Fold::Prod | Fold::Moments | Fold::PairProd | Fold::Products, (a, b)) => {
            (a.hypot(b), 0.0)
        }
    };
    let mut best: Option<(usize, (f64, f64))> = None;
    for (at, x) in row.iter().enumerate() {
        if best.is_none_or(|(_, most)| key(x) > most) {
            best = Some((at, key(x)));
        }
    }
    found(best?.0, Rank::Extreme)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::interp::interpret;
    use crate::graph::parse::parse;

    fn leaf(_: u32, place: usize) -> Scalar {
        Scalar::f32([1.0, -2.0, f32::NAN, 0.5, 8.0, f32::INFINITY][place % 6] + (place / 6) as f32)
    }

    /// Every element of the outputs has the value that the interpreter gives it.
    fn agrees(text: &str, sizes: &[usize]) {
        let graph = parse(text).expect("a graph");
        let leaves: Vec<Vec<Scalar>> =
            (0u32..).zip(sizes).map(|(i, &n)| (0..n).map(|place| leaf(i, place)).collect()).collect();
        let outputs = interpret(&graph, &leaves, &[]);
        for (&n, values) in graph.outputs().iter().zip(&outputs) {
            for (place, value) in values.iter().enumerate() {
                let reasons = why(&graph, n, place, &leaf, &[]).expect("an answer");
                let last = reasons.last().expect("the element");
                assert!(last.value.same(*value), "{n:?} at {place}: {last:?}, not {value:?}\n{graph}");
                let known = |(i, reason): (usize, &Reason)| reason.operands.iter().all(|&o| o < i);
                assert!(reasons.iter().enumerate().all(known), "operands come before their users");
            }
        }
    }

    #[test]
    fn elements_are_those_of_the_interpreter() {
        agrees(
            "%0 = leaf 0 : f32[3,4]\n%1 = permute 1 0 %0 : f32[4,3]\n%2 = reshape %1 : f32[2,6]\n\
             %3 = slice 1:-1 4:-2 %2 : f32[2,3]\n%4 = expand %3 : f32[2,2,3]\n%5 = square %4 : f32[2,2,3]\n\
             %6 = sum axes 0 1 %5 : f32[3]\n%7 = window 0 %6 : f32[2,2]\n%8 = max axes 1 %7 : f32[2]\n\
             %9 = diagonal 0 1 -1 %0 : f32[2]\n%10 = pad 1 -1 %0 %3 : f32[2,3]\n\
             out %5 %6 %8 %9 %10\n",
            &[12],
        );
        agrees(
            "%0 = leaf 0 : f32[2,30]\n%1 = scan sum axis 1 %0 : f32[2,30]\n%2 = iota 0 : i64[2,3]\n\
             %3 = gather wrap 0 * %0 %2 : f32[2,3]\n%4 = argmax part 1 axes 1 %3 : i64[2]\n\
             %5 = moments part 2 axes 0 1 %0 : f32[]\nout %1 %3 %4 %5\n",
            &[60],
        );
        agrees(
            "%0 = leaf 0 : f32[2,3]\n%1 = leaf 1 : f32[3,2]\n%2 = matmul %0 %1 : f32[2,2]\nout %2\n",
            &[6, 6],
        );
    }

    #[test]
    fn a_row_shows_its_first_nan_infinity_or_extreme() {
        let text = "%0 = leaf 0 : f32[6]\n%1 = sum axes 0 %0 : f32[]\n%2 = slice 3:1 %0 : f32[3]\n\
                    %3 = sum axes 0 %2 : f32[]\n%4 = slice 0:1 %0 : f32[2]\n%5 = min axes 0 %4 : f32[]\n\
                    out %1 %3 %5\n";
        let graph = parse(text).expect("a graph");
        let shown: Vec<(Vec<usize>, Rank)> = graph
            .outputs()
            .iter()
            .map(|&n| {
                let reasons = why(&graph, n, 0, &leaf, &[]).expect("an answer");
                let [contributor, last] = &reasons[..] else { panic!("{reasons:?}") };
                (contributor.index.clone(), last.contributor.expect("a row has one").rank)
            })
            .collect();
        assert_eq!(shown, [(vec![2], Rank::Nan), (vec![5], Rank::Infinity), (vec![1], Rank::Extreme)]);
    }

    #[test]
    fn long_chains_and_too_many_elements() {
        let mut text = "%0 = leaf 0 : f32[2]\n".to_string();
        (1..60_000).for_each(|i| text += &format!("%{i} = negative %{} : f32[2]\n", i - 1));
        let graph = parse(&(text + "out %59999")).expect("a graph");
        let reasons = why(&graph, graph.outputs()[0], 1, &leaf, &[]).expect("an answer");
        assert_eq!((reasons.len(), reasons[59_999].value), (60_000, Scalar::f32(2.0)));
        let text = "%0 = leaf 0 : f32[99999999]\n%1 = sum axes 0 %0 : f32[]\nout %1";
        let graph = parse(text).expect("a graph");
        assert_eq!(why(&graph, graph.outputs()[0], 0, &leaf, &[]), Err(Fault::TooMany));
    }
}
