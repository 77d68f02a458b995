//! Functions given as text: `elementwise("x*y/(1+abs(x))")`, and reductions of one's own.
//!
//! The text becomes what the same calls in Rust would: nodes that fuse with what is around them, broadcast,
//! promote, and stand in `explain()` with the line of the call. Nothing is compiled for its own sake.
//!
//! Before this: `parse.rs`, from text to a [`Program`]; `program.rs`, from a program to nodes.

mod parse;
mod program;

use crate::arguments::{self, Axes, Operand};
use crate::array::Array;
use crate::element::Number;
use crate::error::{Cause, Error};
use crate::lazy::build;
use numfuse_ir::dtype::DType;
use numfuse_ir::error::Error as Mistake;
use numfuse_ir::graph::build as nodes;
use numfuse_ir::ops::Op;
use numfuse_ir::ops::fold::Fold;
use numfuse_ir::shape::Shape;
use program::Program;
use smallvec::SmallVec;
use std::fmt;

/// A function of arrays and numbers, element by element, given as text; made by [`elementwise`].
#[derive(Clone, Debug)]
pub struct Elementwise(Program);

/// An elementwise function given as text. Its parameters are its names in order of first appearance; for
/// another order see [`elementwise_of`].
///
/// The language is that of Python's expressions: `+ - * / // % **`, comparisons, `& | ^ ~ << >>`, `and`,
/// `or`, `not` of each element, parentheses, numbers, `True`, `False`, `pi`, `inf` and `nan`. Functions
/// are those of NumPy's names that numfuse has element by element, such as `sqrt(x)`, `maximum(x, y)` and
/// `where(c, a, b)`, with `abs`, `min`, `max` and `pow` for short; a type's name casts: `float32(x)`.
/// Numbers are weak, as anywhere: `x*0.5` of float32 is float32.
///
/// ```
/// use numfuse::prelude::*;
///
/// let squash = numfuse::elementwise("x*y/(1 + abs(x))")?;
/// let x = Array::from([1.0f32, -3.0]);
/// assert_eq!(squash.call([&x, &x]).to_vec::<f32>()?, [0.5, 2.25]);
/// # Ok::<(), numfuse::Error>(())
/// ```
///
/// # Errors
/// A text that is not of the language: a sentence, and the place that it is about.
#[track_caller]
pub fn elementwise(text: &str) -> Result<Elementwise, Error> {
    Ok(Elementwise(parsed("elementwise", text, None)?))
}

/// [`elementwise`] with these parameters, in this order.
///
/// ```
/// use numfuse::prelude::*;
///
/// let lerp = numfuse::elementwise_of(&["a", "b", "t"], "t*b + (1 - t)*a")?;
/// let middle = lerp.call([Array::from([0.0, 2.0]), Array::from([1.0, 4.0]), Array::scalar(0.5)]);
/// assert_eq!(middle.to_vec::<f64>()?, [0.5, 3.0]);
/// # Ok::<(), numfuse::Error>(())
/// ```
///
/// # Errors
/// As [`elementwise`], or a name that is none of the parameters.
#[track_caller]
pub fn elementwise_of(parameters: &[&str], text: &str) -> Result<Elementwise, Error> {
    Ok(Elementwise(parsed("elementwise", text, Some(parameters))?))
}

#[track_caller]
fn parsed(op: &'static str, text: &str, parameters: Option<&[&str]>) -> Result<Program, Error> {
    match parse::parse(text, parameters) {
        Ok(program) => Ok(program),
        Err(sentence) => Err(Error::without_operands(Cause::Syntax(sentence), op)),
    }
}

impl Elementwise {
    /// The function of these arrays and numbers, one for each parameter. They broadcast.
    #[track_caller]
    pub fn call(&self, arguments: impl IntoIterator<Item: Into<Operand>>) -> Array {
        let arguments = operands(arguments);
        match self.0.fits("elementwise", &arguments) {
            Some(wrong) => wrong,
            None => program::array(self.0.apply(&arguments)),
        }
    }

    /// The names of the parameters, in the order in which [`call`](Elementwise::call) takes them.
    pub fn parameters(&self) -> &[String] {
        self.0.parameters()
    }
}

/// The text.
impl fmt::Display for Elementwise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.text())
    }
}

fn operands(arguments: impl IntoIterator<Item: Into<Operand>>) -> Vec<Operand> {
    arguments.into_iter().map(Into::into).collect()
}

/// A reduction given as text; made by [`reduction`].
#[derive(Clone, Debug)]
pub struct Reduction {
    map: Program,
    combine: Program,
    finish: Program,
    identity: Number,
}

/// A reduction given as texts in the language of [`elementwise`]: what is made of each element (`map`, whose
/// names are the parameters), what is made of two such values `a` and `b` (`combine`), and what is made of
/// the last value `a` (`finish`). `identity` is the value of nothing.
///
/// `combine` has to be associative; the order is that of the elements, and who comes together with whom
/// depends on the shape alone. `a+b`, `a*b`, `min(a,b)`, `max(a,b)`, and of bools `a|b` and `a&b`, are the
/// folds of [`sum`](Array::sum) and its like and cost as much. Any other is computed by pairs, pairs of
/// pairs and so on, in a few kernels whose results take as much memory as a part of the elements.
///
/// ```
/// use numfuse::prelude::*;
///
/// let length = numfuse::reduction("x*x", "a + b", "sqrt(a)", 0)?;
/// assert_eq!(length.call([&Array::from([3.0, 4.0])], ..).item::<f64>()?, 5.0);
///
/// let xor = numfuse::reduction("x", "a ^ b", "a", 0)?;
/// assert_eq!(xor.call([&Array::from([5, 6, 12])], ..).item::<i32>()?, 15);
/// # Ok::<(), numfuse::Error>(())
/// ```
///
/// Values have the type that `map` gives them, or that `combine` makes of it: `a + b` of int8 is int8 and
/// wraps. For another, cast in `map`: `int64(x)`.
///
/// # Errors
/// A text that is not of the language, or names other than these.
#[track_caller]
pub fn reduction(
    map: &str,
    combine: &str,
    finish: &str,
    identity: impl Into<Number>,
) -> Result<Reduction, Error> {
    let map = parsed("reduction", map, None)?;
    let combine = parsed("reduction", combine, Some(&["a", "b"]))?;
    let finish = parsed("reduction", finish, Some(&["a"]))?;
    Ok(Reduction { map, combine, finish, identity: identity.into() })
}

impl Reduction {
    /// The reduction of these arrays and numbers, one for each parameter of `map`, over these axes.
    #[track_caller]
    pub fn call(&self, arguments: impl IntoIterator<Item: Into<Operand>>, axes: impl Axes) -> Array {
        self.reduce(&operands(arguments), &axes, false)
    }

    /// [`call`](Reduction::call) with the axes left, of extent 1.
    #[track_caller]
    pub fn call_keepdims(&self, arguments: impl IntoIterator<Item: Into<Operand>>, axes: impl Axes) -> Array {
        self.reduce(&operands(arguments), &axes, true)
    }

    /// The names of the parameters of `map`.
    pub fn parameters(&self) -> &[String] {
        self.map.parameters()
    }

    #[track_caller]
    fn reduce(&self, arguments: &[Operand], axes: &impl Axes, keep: bool) -> Array {
        if let Some(wrong) = self.map.fits("reduction", arguments) {
            return wrong;
        }
        let x = self.settled(program::array(self.map.apply(arguments)));
        if x.0.error.is_some() {
            return x;
        }
        let (shape, dtype) = (x.0.node.shape.clone(), x.0.node.dtype);
        let axes = match arguments::axes(axes, shape.len()) {
            Ok(axes) => axes,
            Err(mistake) => return build("reduction", [&x], |_| Err(mistake)),
        };
        let reduced = shape.reduced(&axes, keep);
        let value = match self.fold(dtype) {
            _ if axes.iter().any(|&axis| shape[axis] == 0) => build("reduction", [&x], |b| {
                let identity = b.number(self.identity.assigned_to(dtype)?);
                Ok(nodes::expand(b, &identity, &reduced))
            }),
            Some(fold) => build("reduction", [&x], |b| {
                let value = nodes::reduce(b, &x, fold, 0, &axes, keep)?;
                Ok(nodes::cast(b, &value, dtype))
            }),
            None => self.by_pairs(&x, &axes, &reduced),
        };
        program::array(self.finish.apply(&[value.into()]))
    }

    /// The values in a type that `combine` leaves as it is.
    #[track_caller]
    fn settled(&self, x: Array) -> Array {
        let mut x = x;
        for _ in 0..3 {
            let sample = x.ravel().along("reduction", 0, crate::index::s(..0));
            let combined = self.combined(&sample, &sample);
            match combined.0.node.dtype {
                _ if combined.0.error.is_some() => return combined,
                dtype if dtype == x.0.node.dtype => return x,
                dtype => x = x.cast(dtype),
            }
        }
        let sentence = format!("`{}` gives its values no type that stays", self.combine.text());
        build("reduction", [&x], |_| Err(Mistake::Argument { sentence }))
    }

    #[track_caller]
    fn combined(&self, a: &Array, b: &Array) -> Array {
        let value = program::array(self.combine.apply(&[a.into(), b.into()]));
        // What depends on neither is the same for all.
        if value.0.error.is_some() || a.0.error.is_some() { value } else { value.broadcast_to(a.shape()) }
    }

    /// The fold that combines values of that type in this way, if the table has it.
    fn fold(&self, dtype: DType) -> Option<Fold> {
        let is_bool = dtype == DType::Bool;
        match self.combine.single()? {
            Op::Add if is_bool => Some(Fold::Any),
            Op::Multiply if is_bool => Some(Fold::All),
            Op::Add => Some(Fold::Sum),
            Op::Multiply => Some(Fold::Prod),
            Op::Minimum => Some(if is_bool { Fold::All } else { Fold::Min }),
            Op::Maximum => Some(if is_bool { Fold::Any } else { Fold::Max }),
            Op::BitwiseOr | Op::LogicalOr if is_bool => Some(Fold::Any),
            Op::BitwiseAnd | Op::LogicalAnd if is_bool => Some(Fold::All),
            _ => None,
        }
    }

    /// Neighbours together, then neighbours of these, until one is left. An odd one out at the end waits for
    /// the rest: it belongs behind them.
    #[track_caller]
    fn by_pairs(&self, x: &Array, axes: &[usize], reduced: &Shape) -> Array {
        let kept = (0..x.0.node.shape.len()).filter(|axis| !axes.contains(axis));
        let order: Vec<isize> = kept.chain(axes.iter().copied()).map(|axis| axis as isize).collect();
        let mut left: usize = axes.iter().map(|&axis| x.0.node.shape[axis]).product();
        let rows = x.0.node.shape.size() / left.max(1);
        let mut x = x.permute(order).reshape([rows, left]);
        let part =
            |x: &Array, at: isize, count: isize| x.along("reduction", 1, crate::index::s(at..at + count));
        let mut behind: Option<Array> = None;
        while left > 1 {
            if left % 2 == 1 {
                let last = part(&x, left as isize - 1, 1);
                behind = Some(match behind {
                    Some(behind) => self.combined(&last, &behind),
                    None => last,
                });
                x = part(&x, 0, left as isize - 1);
            }
            left /= 2;
            let pairs = x.reshape([rows * left, 2]);
            x = self.combined(&part(&pairs, 0, 1), &part(&pairs, 1, 1)).reshape([rows, left]);
        }
        let whole = behind.map_or(x.clone(), |behind| self.combined(&x, &behind));
        let extents: SmallVec<[usize; 4]> = reduced.iter().copied().collect();
        whole.reshape(&extents[..])
    }
}

/// The texts.
impl fmt::Display for Reduction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Reduction { map, combine, finish, .. } = self;
        write!(f, "map {}, combine {}, finish {}", map.text(), combine.text(), finish.text())
    }
}
