//! Reading a graph's text back: the inverse of [`print`](super::print).
//!
//! One line is read at a time, from left to right; what a line makes is verified at once, so any
//! text gives a well-formed graph or an error with its line. Names are free (`%x`, `%12`), blank
//! lines and `#` comments are skipped, and outputs may be listed on several lines.

use super::verify::{Numbered, verify_node};
use super::{Graph, Kind, Node, NodeId};
use crate::dtype::{DType, Kind as Numbers};
use crate::gather::{Bounds, Source};
use crate::ops::Op;
use crate::ops::fold::Fold;
use crate::ops::library::LibOp;
use crate::scalar::Scalar;
use crate::shape::Shape;
use crate::view::View;
use smallvec::SmallVec;
use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

/// What is wrong with a text, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong with it.
    pub message: String,
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

impl std::error::Error for ParseError {}

/// The graph that a text says.
///
/// # Errors
/// The first line that is not of the language, or not [well-formed](super::verify::verify).
///
/// ```
/// use numfuse_ir::graph::parse::parse;
///
/// let text = "%0 = leaf 0 : f32[3]\n%1 = sum axes 0 %0 : f32[]\nout %1\n";
/// assert_eq!(parse(text).unwrap().to_string(), text);
///
/// let error = parse("%0 = leaf 0 : f32[3]\n%1 = exq %0 : f32[3]").unwrap_err();
/// assert_eq!(error.to_string(), "line 2: there is no operation `exq`");
/// ```
pub fn parse(text: &str) -> Result<Graph, ParseError> {
    let mut parser = Parser::default();
    for (i, line) in text.lines().enumerate() {
        let line = line.split('#').next().unwrap_or("").trim();
        parser.line(line).map_err(|message| ParseError { line: i + 1, message })?;
    }
    Ok(parser.graph)
}

/// The graph so far, and what its names mean.
#[derive(Default)]
struct Parser<'a> {
    graph: Graph,
    names: HashMap<&'a str, NodeId>,
    numbers: Numbered,
}

impl<'a> Parser<'a> {
    fn line(&mut self, line: &'a str) -> Result<(), String> {
        let mut words = line.split_whitespace();
        match words.next() {
            None => Ok(()),
            Some("out") => words.try_for_each(|name| {
                let n = self.operand(name)?;
                self.graph.add_output(n);
                Ok(())
            }),
            Some(_) => self.node(line),
        }
    }

    /// `%name = operation numbers operands : type[extents]`.
    fn node(&mut self, line: &'a str) -> Result<(), String> {
        let form = || "a line reads `%name = operation ... : type[extents]`, or `out %name`".to_string();
        let (name, rest) = line.split_once('=').ok_or_else(form)?;
        let (operation, of) = rest.rsplit_once(':').ok_or_else(form)?;
        let name = name.trim();
        if name.len() < 2 || !name.starts_with('%') || name.contains(char::is_whitespace) {
            return Err(form());
        }
        let (dtype, shape) = type_of(of.trim())?;
        let mut words = operation.split_whitespace();
        let word = words.next().ok_or_else(form)?;
        let (operands, numbers): (Vec<&str>, Vec<&str>) = words.partition(|w| w.starts_with('%'));
        let kind = kind(word, &numbers, dtype)?;
        let inputs = operands.iter().map(|n| self.operand(n)).collect::<Result<Vec<_>, _>>()?;
        let n = self.graph.insert(Node { kind, shape, dtype }, &inputs);
        verify_node(&self.graph, n, &mut self.numbers)?;
        match self.names.insert(name, n) {
            Some(_) => Err(format!("{name} is defined twice")),
            None => Ok(()),
        }
    }

    fn operand(&self, name: &str) -> Result<NodeId, String> {
        self.names.get(name).copied().ok_or_else(|| format!("{name} is not defined above"))
    }
}

/// `f32[3,4]`.
fn type_of(word: &str) -> Result<(DType, Shape), String> {
    let wrong = || format!("`{word}` is no type and shape like `f32[3,4]`");
    let (name, rest) = word.split_once('[').ok_or_else(wrong)?;
    let inside = rest.strip_suffix(']').ok_or_else(wrong)?;
    let dtype = DType::parse(name).ok_or_else(|| format!("there is no type `{name}`"))?;
    let extents = inside.split(',').filter(|_| !inside.is_empty()).map(|n| number(n.trim()));
    let extents = extents.collect::<Result<Vec<usize>, _>>()?;
    let shape = Shape::new(&extents).map_err(|error| error.to_string())?;
    Ok((dtype, shape))
}

/// An operation from its word and its numbers.
fn kind(word: &str, numbers: &[&str], dtype: DType) -> Result<Kind, String> {
    if let Some(op) = Op::parse(word) {
        none(word, numbers)?;
        return Ok(Kind::Map(op));
    }
    if let Some(op) = LibOp::parse(word) {
        none(word, numbers)?;
        return Ok(Kind::Library(op));
    }
    if let Ok(fold) = fold_of(word) {
        return reduce(fold, numbers);
    }
    Ok(match word {
        "leaf" => Kind::Leaf(one(word, numbers)?),
        "const" => Kind::Const(literal_of(dtype, only(word, numbers)?)?),
        "scalar" => Kind::Scalar(one(word, numbers)?),
        "iota" => Kind::Iota(one(word, numbers)?),
        "cast" => none(word, numbers).map(|()| Kind::Cast)?,
        "expand" => none(word, numbers).map(|()| Kind::View(View::Expand))?,
        "reshape" => none(word, numbers).map(|()| Kind::View(View::Reshape))?,
        "slice" => Kind::View(View::Slice(numbers.iter().map(|w| part(w)).collect::<Result<_, _>>()?)),
        "permute" => Kind::View(View::Permute(all(numbers)?)),
        "window" => Kind::View(View::Window(one(word, numbers)?)),
        "diagonal" => match numbers {
            [first, second, offset] => {
                Kind::View(View::Diagonal(number(first)?, number(second)?, number(offset)?))
            }
            _ => return Err("`diagonal` takes two axes and an offset".to_string()),
        },
        "pad" => Kind::Pad(all(numbers)?),
        "update" => Kind::Update(numbers.iter().map(|word| part(word)).collect::<Result<_, _>>()?),
        "scan" => match numbers {
            [name, "axis", axis] => Kind::Scan { fold: fold_of(name)?, axis: number(axis)? },
            _ => return Err("`scan` takes a fold, `axis` and its number".to_string()),
        },
        "gather" => gather(numbers)?,
        _ => return Err(format!("there is no operation `{word}`")),
    })
}

fn fold_of(word: &str) -> Result<Fold, String> {
    let found = Fold::ALL.iter().copied().find(|fold| fold.name() == word);
    found.ok_or_else(|| format!("there is no fold `{word}`"))
}

/// `raise 0 *`: what an index outside means, then for each axis of the data an axis of the result,
/// or a star for an index.
fn gather(words: &[&str]) -> Result<Kind, String> {
    let form =
        || "`gather` takes raise, strict, counted, clip or wrap, then an axis or * for each axis".to_string();
    let (first, sources) = words.split_first().ok_or_else(form)?;
    let bounds = Bounds::ALL.into_iter().find(|bounds| bounds.name() == *first).ok_or_else(form)?;
    let source = |word: &&str| if *word == "*" { Ok(Source::Index) } else { number(word).map(Source::Axis) };
    Ok(Kind::Gather { from: sources.iter().map(source).collect::<Result<_, _>>()?, bounds })
}

/// `part 2 axes 0 1`.
fn reduce(fold: Fold, words: &[&str]) -> Result<Kind, String> {
    let (part, words) = match words {
        ["part", part, rest @ ..] => (number(part)?, rest),
        _ => (0, words),
    };
    match words {
        ["axes", axes @ ..] => Ok(Kind::Reduce { fold, part, axes: all(axes)? }),
        _ => Err(format!("`{}` takes `axes` and their numbers", fold.name())),
    }
}

/// `start:step`.
fn part(word: &str) -> Result<(i64, i64), String> {
    let (start, step) = word.split_once(':').ok_or_else(|| format!("`{word}` is no `start:step`"))?;
    Ok((number(start)?, number(step)?))
}

fn number<T: FromStr>(word: &str) -> Result<T, String> {
    word.parse().map_err(|_| format!("`{word}` is no number that fits here"))
}

fn all<T: FromStr>(words: &[&str]) -> Result<SmallVec<[T; 4]>, String>
where
    [T; 4]: smallvec::Array<Item = T>,
{
    words.iter().map(|w| number(w)).collect()
}

fn one<T: FromStr>(word: &str, numbers: &[&str]) -> Result<T, String> {
    number(only(word, numbers)?)
}

fn only<'a>(word: &str, numbers: &[&'a str]) -> Result<&'a str, String> {
    match numbers {
        [only] => Ok(only),
        _ => Err(format!("`{word}` takes one number, not {}", numbers.len())),
    }
}

fn none(word: &str, numbers: &[&str]) -> Result<(), String> {
    match numbers {
        [] => Ok(()),
        [first, ..] => Err(format!("`{word}` takes operands only, not `{first}`")),
    }
}

/// The constant that a word says, as a number or as bits.
pub(super) fn literal_of(dtype: DType, word: &str) -> Result<Scalar, String> {
    let wrong = || format!("`{word}` is not a constant of type {}", dtype.short());
    if dtype.is_complex() {
        let (real, imaginary) = word.split_once(',').ok_or_else(wrong)?;
        let part = |word| literal_of(dtype.part(), word);
        return Ok(Scalar::complex(part(real)?, part(imaginary)?));
    }
    if let Some(digits) = word.strip_prefix("0x") {
        let bits = u64::from_str_radix(digits, 16).map_err(|_| wrong())?;
        let value = Scalar::from_bits(dtype, bits);
        return if value.bits() == bits { Ok(value) } else { Err(wrong()) };
    }
    match (dtype.kind(), dtype) {
        (Numbers::Bool, _) => word.parse().map(Scalar::bool).map_err(|_| wrong()),
        (Numbers::Float, DType::F32) => word.parse().map(Scalar::f32).map_err(|_| wrong()),
        (Numbers::Float, _) => word.parse().map(|x| Scalar::from_f64(dtype, x)).map_err(|_| wrong()),
        (Numbers::Signed | Numbers::Unsigned, _) => {
            let whole: i128 = word.parse().map_err(|_| wrong())?;
            let held = (dtype.min_int()..=dtype.max_int()).contains(&whole);
            if held { Ok(Scalar::from_i128(dtype, whole)) } else { Err(wrong()) }
        }
        (Numbers::Complex, _) => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::verify::verify;

    fn fails(text: &str, line: usize, words: &str) {
        let error = parse(text).unwrap_err();
        assert!(error.line == line && error.message.contains(words), "{error}");
    }

    #[test]
    fn text_and_graph_are_inverse() {
        let text = "\
%0 = leaf 0 : f32[3,4]
%1 = leaf 2 : bool[3,4]
%2 = const 0xffc00001 : f32[]
%3 = const -0.0 : f32[]
%4 = scalar 1 : f32[]
%5 = iota 1 : i64[3,4]
%6 = cast %5 : f32[3,4]
%7 = expand %4 : f32[3,4]
%8 = where %1 %6 %7 : f32[3,4]
%9 = slice 2:-1 0:2 %8 : f32[3,2]
%10 = permute 1 0 %9 : f32[2,3]
%11 = reshape %10 : f32[6]
%12 = window 0 %11 : f32[5,2]
%13 = diagonal 0 1 -1 %0 : f32[2]
%14 = pad -1 2 %0 %8 : f32[3,4]
%15 = argmax part 1 axes 0 1 %14 : i64[]
%16 = any axes 1 %1 : bool[3]
%17 = const 18446744073709551615 : u64[]
%18 = const true : bool[]
%19 = leaf 3 : i64[5,4]
%20 = gather clip * 1 %0 %19 : f32[5,4]
%21 = gather raise * * %0 %19 %19 : f32[5,4]
%22 = matmul %9 %10 : f32[3,3]
%23 = update 2:-1 1:1 %8 %9 : f32[3,4]
out %15 %2 %3 %12 %15
";
        let graph = parse(text).unwrap();
        assert_eq!(verify(&graph), Ok(()));
        assert_eq!(graph.to_string(), text);
        assert_eq!(parse(&graph.to_string()).unwrap(), graph);
    }

    #[test]
    fn equal_lines_are_one_node_and_names_are_free() {
        let graph =
            parse("# one\n\n%x=leaf 0:f32[2]\n%y = leaf 0 : float32[ 2 ] # two\nout %x\nout %y").unwrap();
        assert_eq!(graph.to_string(), "%0 = leaf 0 : f32[2]\nout %0 %0\n");
    }

    #[test]
    fn mistakes_are_named_with_their_line() {
        fails("\n%0", 2, "a line reads");
        fails("%0 = leaf 0 : f32", 1, "no type and shape");
        fails("%0 = leaf 0 : f33[]", 1, "no type `f33`");
        fails("%0 = leaf 0 : f32[2,]", 1, "`` is no number");
        fails("%0 = leaf 0 : f32[99999999999,99999999999]", 1, "array is too big");
        fails("%0 = leaf -1 : f32[]", 1, "`-1` is no number that fits here");
        fails("%0 = const 300 : i8[]", 1, "not a constant of type i8");
        fails("%0 = const 0x1ffffffff : f32[]", 1, "not a constant of type f32");
        fails("%0 = const 0x2 : bool[]", 1, "neither 0 nor 1");
        fails("%0 = negative %0 : f32[]", 1, "%0 is not defined above");
        fails("%0 = leaf 0 : f32[]\n%0 = leaf 1 : f32[]", 2, "%0 is defined twice");
        fails("%0 = leaf 0 : f32[2]\n%1 = leaf 0 : f32[3]", 2, "leaf 0 was f32[2] before");
        fails("%0 = leaf 0 : f32[2]\n%1 = add %0 : f32[2]", 2, "1 operands where it takes 2");
        fails("%0 = leaf 0 : f32[2]\n%1 = add 1 %0 %0 : f32[2]", 2, "takes operands only");
        fails("%0 = leaf 0 : f32[2]\n%1 = sum %0 : f32[]", 2, "takes `axes`");
        fails("%0 = leaf 0 : f32[2]\n%1 = sum axes 1 %0 : f32[]", 2, "not sorted axes");
        fails("%0 = leaf 0 : f32[2]\n%1 = gather * %0 %0 : f32[2]", 2, "takes raise, strict");
        fails("%0 = leaf 0 : f32[2]\n%1 = gather raise x %0 : f32[2]", 2, "`x` is no number");
        fails("out %0", 1, "%0 is not defined above");
    }

    #[test]
    fn every_operation_has_a_word_of_its_own() {
        let kinds =
            "leaf const scalar iota cast slice permute expand reshape diagonal window pad update gather out";
        let folds = Fold::ALL.iter().map(|fold| fold.name());
        let library = LibOp::ALL.iter().map(|op| op.name());
        let words: Vec<&str> = kinds.split(' ').chain(folds).chain(library).collect();
        assert!(words.iter().all(|word| Op::parse(word).is_none()));
        assert!((1..words.len()).all(|i| !words[..i].contains(&words[i])));
        assert!(Op::ALL.iter().all(|op| Op::parse(op.name()) == Some(*op)));
    }

    #[test]
    fn any_text_gives_a_graph_or_an_error() {
        let example = "%0 = leaf 0 : f32[3,4]\n%1 = const -0.5 : f32[]\n%2 = expand %1 : f32[3,4]\n\
                       %3 = slice 2:-1 0:2 %2 : f32[3,2]\n%4 = moments part 2 axes 0 1 %3 : f32[]\nout %4\n";
        let pieces =
            ["", "%", "0", "9999999999999999999", "-", "]", " : ", "\n", "=", "sum axes ", "é", "bool", "#"];
        let at: Vec<usize> = (0..=example.len()).collect();
        for (i, &from) in at.iter().enumerate() {
            for (k, piece) in pieces.iter().enumerate() {
                let to = (from + (i * 7 + k) % 5).min(example.len());
                let text = format!("{}{piece}{}", &example[..from], &example[to..]);
                if let Ok(graph) = parse(&text) {
                    assert_eq!(verify(&graph), Ok(()), "{text}");
                    assert_eq!(parse(&graph.to_string()).as_ref(), Ok(&graph), "{text}");
                }
            }
        }
    }
}
