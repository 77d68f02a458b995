//! `einsum`: products and sums said by the names of axes.
//!
//! The string is read in one walk from left to right; any text gives subscripts or NumPy's sentence
//! about what is wrong with it. Several operands are multiplied two at a time, first the two that cost
//! least (greedily, as opt_einsum does: Smith and Gray, JOSS 3, 753, 2018), each pair through
//! [`contract`], so that what is a matrix product goes to the library and the rest is loops.

use super::build::{Build, cast, diagonal};
use super::matrices::tuple;
use super::product::{Label, Labelled, Labels, arranged, contract, stretched, summed};
use crate::dtype::DType;
use crate::error::Error;
use std::fmt::Write;

/// Labels from here on are those of an ellipsis: its last axis, the one before, and so on.
const ELLIPSIS: Label = 64;

/// One operand's or the result's subscripts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Subscripts {
    /// The letters before the ellipsis, or all of them.
    before: Labels,
    /// The letters after the ellipsis, if there is one.
    after: Option<Labels>,
}

impl Subscripts {
    /// Reads `ij...k`; blanks count for nothing. `place` ends NumPy's sentence about lone dots.
    fn read(text: &str, place: &str) -> Result<Subscripts, String> {
        let mut subscripts = Subscripts::default();
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            rest = match (c, rest.strip_prefix("...")) {
                (' ', _) => &rest[1..],
                (_, Some(rest)) if subscripts.after.is_none() => {
                    subscripts.after = Some(Labels::new());
                    rest
                }
                ('.', _) => {
                    return Err(format!(
                        "einstein sum subscripts string contains a '.' that is not part of an ellipsis ('...') in \
                         {place}"
                    ));
                }
                (letter, _) if letter.is_ascii_alphabetic() => {
                    subscripts.after.as_mut().unwrap_or(&mut subscripts.before).push(letter as u8 - b'A');
                    &rest[1..]
                }
                (other, _) => {
                    return Err(format!(
                        "invalid subscript '{other}' in einstein sum subscripts string, subscripts must be letters"
                    ));
                }
            };
        }
        Ok(subscripts)
    }

    /// All letters in order.
    fn letters(&self) -> impl Iterator<Item = Label> {
        self.before.iter().chain(self.after.iter().flatten()).copied()
    }

    /// The labels of an operand of so many axes; `None` where the letters do not suffice or are too many.
    fn labels(&self, dims: usize) -> Option<Labels> {
        let more = dims.checked_sub(self.letters().count())?;
        match &self.after {
            None => (more == 0).then(|| self.before.clone()),
            Some(after) => {
                Some(self.before.iter().copied().chain(ellipsis(more)).chain(after.iter().copied()).collect())
            }
        }
    }
}

/// The labels of an ellipsis of so many axes.
fn ellipsis(dims: usize) -> impl Iterator<Item = Label> {
    (0..dims as u8).rev().map(|back| ELLIPSIS + back)
}

/// The sum over products that `subscripts` say, such as `ij,jk->ik`. Without an arrow the result has
/// the axes of the ellipsis, then the letters that occur once, in the order of the alphabet, capitals
/// first. Axes of extent 1 are stretched; the result has the type to which all operands promote.
///
/// # Errors
/// A string that says nothing, or not that of these operands; axes of one letter that differ.
pub fn einsum<B: Build>(b: &mut B, subscripts: &str, operands: &[B::Node]) -> Result<B::Node, Error> {
    let argument = |sentence: String| Error::Argument { sentence };
    let (inputs, output) = read(subscripts, operands.len()).map_err(argument)?;
    let dtype = operands.iter().map(|x| b.dtype(x)).reduce(DType::promote).unwrap_or(DType::F64);
    let mut labelled = Vec::with_capacity(operands.len());
    for (at, (x, subscripts)) in operands.iter().zip(&inputs).enumerate() {
        let labels = labels(subscripts, b.shape(x).len(), at).map_err(argument)?;
        let x = Labelled { node: cast(b, x, dtype), labels };
        labelled.push(without_repeats(b, x, at)?);
    }
    let out = result(&inputs, output.as_ref(), &labelled).map_err(argument)?;
    let extents = extents(b, &labelled, &out).map_err(argument)?;
    for x in &mut labelled {
        *x = stretched(b, x, |l| extents[usize::from(l)])?;
    }
    multiplied(b, labelled, &out, &extents)
}

/// The parts of the string: each operand's, and the result's if there is an arrow.
fn read(text: &str, operands: usize) -> Result<(Vec<Subscripts>, Option<Subscripts>), String> {
    if operands == 0 {
        return Err("must specify the einstein sum subscripts string and at least one operand".to_string());
    }
    let (inputs, output) = match text.split_once('-') {
        None => (text, None),
        Some((inputs, rest)) => match rest.strip_prefix('>') {
            Some(output) => (inputs, Some(output)),
            None => {
                return Err(
                    "einstein sum subscript string does not contain proper '->' output specified".to_string()
                );
            }
        },
    };
    let count = inputs.split(',').count();
    if count != operands {
        // NumPy's two sentences, each of which it says where the other would be expected.
        let fewer = if count < operands { "fewer" } else { "more" };
        return Err(format!(
            "{fewer} operands provided to einstein sum function than specified in the subscripts string: it \
             names {count}, given are {operands}"
        ));
    }
    let one = |(at, text)| Subscripts::read(text, &format!("operand {at}"));
    let inputs = inputs.split(',').enumerate().map(one).collect::<Result<Vec<_>, _>>()?;
    let output = output.map(|text| Subscripts::read(text, "the output")).transpose()?;
    Ok((inputs, output))
}

/// The labels of an operand, some perhaps twice.
fn labels(subscripts: &Subscripts, dims: usize, at: usize) -> Result<Labels, String> {
    let wrong = || match subscripts.letters().count() > dims {
        true => {
            format!("einstein sum subscripts string contains too many subscripts for operand {at}")
        }
        false => "operand has more dimensions than subscripts given in einstein sum, but no '...' ellipsis \
                  provided to broadcast the extra dimensions."
            .to_string(),
    };
    subscripts.labels(dims).ok_or_else(wrong)
}

/// A letter that an operand has twice is that of a diagonal.
fn without_repeats<B: Build>(
    b: &mut B,
    mut x: Labelled<B::Node>,
    at: usize,
) -> Result<Labelled<B::Node>, Error> {
    let repeated = |labels: &Labels| {
        (0..labels.len()).find_map(|second| {
            labels[..second].iter().position(|l| *l == labels[second]).map(|first| (first, second))
        })
    };
    while let Some((first, second)) = repeated(&x.labels) {
        let (n, m) = (b.shape(&x.node)[first], b.shape(&x.node)[second]);
        let label = x.labels[first];
        if n != m {
            let sentence = format!(
                "dimensions in operand {at} for collapsing index '{}' don't match ({n} != {m})",
                letter(label)
            );
            return Err(Error::Argument { sentence });
        }
        let node = diagonal(b, &x.node, 0, first as isize, second as isize)?;
        let kept = (0..x.labels.len()).filter(|a| *a != first && *a != second).map(|a| x.labels[a]);
        x = Labelled { node, labels: kept.chain([label]).collect() };
    }
    Ok(x)
}

fn letter(label: Label) -> char {
    char::from(b'A' + label)
}

/// The labels of the result.
fn result<N>(
    inputs: &[Subscripts],
    output: Option<&Subscripts>,
    operands: &[Labelled<N>],
) -> Result<Labels, String> {
    let seen = |label: Label| operands.iter().any(|x| x.labels.contains(&label));
    let dims = (0..ELLIPSIS).take_while(|back| seen(ELLIPSIS + back)).count();
    let Some(output) = output else {
        let times =
            |l: &Label| inputs.iter().flat_map(Subscripts::letters).filter(|other| other == l).count();
        let once = (0..ELLIPSIS).filter(|l| times(l) == 1);
        return Ok(ellipsis(dims).chain(once).collect());
    };
    let letters: Labels = output.letters().collect();
    for (at, &label) in letters.iter().enumerate() {
        let name = letter(label);
        if letters[..at].contains(&label) {
            return Err(format!(
                "einstein sum subscripts string includes output subscript '{name}' multiple times"
            ));
        }
        if !seen(label) {
            return Err(format!(
                "einstein sum subscripts string included output subscript '{name}' which never appeared in an input"
            ));
        }
    }
    // As in NumPy the axes of an ellipsis are never summed over.
    output.labels(letters.len() + dims).ok_or_else(|| {
        "output has more dimensions than subscripts given in einstein sum, but no '...' ellipsis provided to \
         broadcast the extra dimensions."
            .to_string()
    })
}

/// The extent of every label: operands have it, or 1.
fn extents<B: Build>(b: &B, operands: &[Labelled<B::Node>], out: &Labels) -> Result<Vec<usize>, String> {
    let mut extents = vec![1; usize::from(Label::MAX) + 1];
    for x in operands {
        for (&label, &n) in x.labels.iter().zip(b.shape(&x.node).iter()) {
            let known = &mut extents[usize::from(label)];
            match (*known, n) {
                (a, n) if a == n || n == 1 => {}
                (1, n) => *known = n,
                _ => return Err(apart(b, operands, out)),
            }
        }
    }
    Ok(extents)
}

/// NumPy's sentence about axes of one letter that differ: each shape along the axes of the result,
/// then those that are summed over.
fn apart<B: Build>(b: &B, operands: &[Labelled<B::Node>], out: &Labels) -> String {
    let mut space = out.clone();
    for label in operands.iter().flat_map(|x| x.labels.iter()) {
        if !space.contains(label) {
            space.push(*label);
        }
    }
    let mut text =
        "operands could not be broadcast together with remapped shapes [original->remapped]:".to_string();
    for x in operands {
        let shape = b.shape(&x.node);
        let extent = |l: &Label| x.labels.iter().position(|own| own == l).map(|axis| shape[axis].to_string());
        let remapped: Vec<Option<String>> = space.iter().map(extent).collect();
        let named = remapped.iter().skip_while(|n| n.is_none());
        let named: Vec<&str> = named.map(|n| n.as_deref().unwrap_or("newaxis")).collect();
        let _ = write!(text, " {}->({})", tuple(shape), named.join(","));
    }
    text
}

/// All operands multiplied, two at a time, and summed to the labels `out`.
fn multiplied<B: Build>(
    b: &mut B,
    mut operands: Vec<Labelled<B::Node>>,
    out: &Labels,
    extents: &[usize],
) -> Result<B::Node, Error> {
    let sets: Vec<u128> = operands.iter().map(|x| set(&x.labels)).collect();
    for (first, second) in order(sets, set(out), extents) {
        let y = operands.remove(second);
        let x = operands.remove(first);
        if operands.is_empty() {
            return contract(b, &x, &y, out);
        }
        let wanted = operands.iter().fold(set(out), |wanted, other| wanted | set(&other.labels));
        let labels = natural(&x.labels, &y.labels, wanted);
        let node = contract(b, &x, &y, &labels)?;
        operands.push(Labelled { node, labels });
    }
    let last = summed(b, &operands[0], out)?;
    arranged(b, &last, out)
}

/// The labels as bits.
fn set(labels: &Labels) -> u128 {
    labels.iter().fold(0, |set, l| set | 1 << l)
}

/// The axes of a product in the order in which the library leaves them.
fn natural(x: &Labels, y: &Labels, wanted: u128) -> Labels {
    let wanted = |l: &&Label| wanted >> **l & 1 == 1;
    let both = x.iter().filter(|l| y.contains(l));
    let left = x.iter().filter(|l| !y.contains(l));
    let right = y.iter().filter(|l| !x.contains(l));
    both.chain(left).chain(right).filter(wanted).copied().collect()
}

/// Which two operands to multiply, step by step, as places in the list of what is left, to whose end
/// each product goes: those with fewest multiplications, then those whose product is smallest against
/// what it replaces, then those that come first. Operands without a common label are left for last.
fn order(mut sets: Vec<u128>, out: u128, extents: &[usize]) -> Vec<(usize, usize)> {
    let size = |set: u128| -> f64 {
        (0..128).filter(|l| set >> l & 1 == 1).map(|l| extents[l as usize] as f64).product()
    };
    let mut steps = Vec::new();
    while sets.len() > 1 {
        // How many operands have each label, to know in one look what is still wanted.
        let wanted = |first: usize, second: usize| {
            let others = (0..sets.len()).filter(|i| *i != first && *i != second);
            others.fold(out, |wanted, i| wanted | sets[i])
        };
        let pairs =
            (0..sets.len()).flat_map(|first| (first + 1..sets.len()).map(move |second| (first, second)));
        let price = |&(first, second): &(usize, usize)| {
            let product = (sets[first] | sets[second]) & wanted(first, second);
            let apart = sets[first] & sets[second] == 0;
            let (all, more) =
                (sets[first] | sets[second], size(product) - size(sets[first]) - size(sets[second]));
            (apart, size(all), more)
        };
        let cheapest = pairs.map(|pair| (price(&pair), pair));
        let cheapest = cheapest.reduce(|best, next| if next.0 < best.0 { next } else { best });
        let Some((_, (first, second))) = cheapest else { break };
        let product = (sets[first] | sets[second]) & wanted(first, second);
        sets.remove(second);
        sets.remove(first);
        sets.push(product);
        steps.push((first, second));
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::{Graph, Kind, Node, NodeId};
    use crate::shape::Shape;

    fn leaves(g: &mut Graph, shapes: &[&[usize]]) -> Vec<NodeId> {
        let leaf = |(i, extents): (usize, &&[usize])| {
            let shape = Shape::new(extents).unwrap();
            g.insert(Node { kind: Kind::Leaf(i as u32), shape, dtype: DType::F32 }, &[])
        };
        shapes.iter().enumerate().map(leaf).collect()
    }

    #[test]
    fn chains_are_multiplied_from_the_thin_end() {
        let mut g = Graph::new();
        let x = leaves(&mut g, &[&[50, 1000], &[1000, 900], &[900, 9]]);
        let product = einsum(&mut g, "ij,jk,kl->il", &x).unwrap();
        assert_eq!(*g.node(product).shape, [50, 9]);
        let first = g.nodes().find(|n| matches!(g.node(*n).kind, Kind::Library(_))).unwrap();
        assert_eq!(*g.node(first).shape, [1000, 9], "{g}");
    }

    #[test]
    fn any_text_gives_a_product_or_a_sentence() {
        let pieces = ["", "i", "j", "...", ".", ",", "->", "-", ">", " ", "é", "Z", "ii", "\u{0}"];
        let mut good = 0;
        for case in 0..6000u32 {
            let piece =
                |at: u32| pieces[(case / 14u32.pow(at % 4) * (at + 1) + case * at) as usize % pieces.len()];
            let text: String = (0..6).map(piece).collect();
            for shapes in [&[&[2usize, 2][..]][..], &[&[2, 2], &[2]]] {
                let mut g = Graph::new();
                let x = leaves(&mut g, shapes);
                if let Ok(n) = einsum(&mut g, &text, &x) {
                    g.add_output(n);
                    assert_eq!(crate::graph::verify::verify(&g), Ok(()), "{text}");
                    good += 1;
                }
            }
        }
        assert!(good > 20, "{good} of them made sense");
    }

    #[test]
    fn many_operands_are_put_in_order() {
        let sets: Vec<u128> = (0..60).map(|i| 3 << i).collect();
        let steps = order(sets, 1 | 1 << 60, &[3; 256]);
        assert_eq!(steps.len(), 59);
    }
}
