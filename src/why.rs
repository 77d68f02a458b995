//! Why an element is what it is: the value of every sub-expression that it comes from, with the user's line.
//!
//! Of a pending array the expression itself is asked. An array that has been computed has forgotten what it
//! came from; what is kept instead is its [`Recipe`]: the plan, which is kept anyway, and where the data was
//! that it read. Data of few bytes ([`Config::recipes`](crate::config::Config::recipes)) is held; of more than
//! that only the arrays are known, for as long as somebody else holds them.

use crate::arguments::IntoShape;
use crate::array::{Array, decode};
use crate::capture::Capture;
use crate::config::{self, Config};
use crate::element::Number;
use crate::error::{Cause, Error};
use crate::eval::{self, Planned};
use crate::lazy::Lazy;
use numfuse_ir::dtype::DType;
use numfuse_ir::error::Error as Mistake;
use numfuse_ir::graph::why::{self, Fault};
use numfuse_ir::graph::{Graph, Kind, NodeId};
use numfuse_ir::scalar::Scalar;
use numfuse_ir::schedule::explain;
use numfuse_runtime::{Buffer, Device};
use std::fmt;
use std::panic::Location;
use std::sync::{Arc, Weak};

/// How computed arrays were computed, and of what.
pub(crate) struct Recipe {
    planned: Arc<Planned>,
    leaves: Vec<Data>,
    scalars: Vec<Scalar>,
}

/// Where the data of a leaf is.
enum Data {
    /// Here.
    Held(Buffer),
    /// In an array, if there still is one.
    Of(Weak<Lazy>),
}

impl Data {
    fn buffer(&self) -> Option<Buffer> {
        match self {
            Data::Held(buffer) => Some(buffer.clone()),
            Data::Of(array) => array.upgrade()?.buffer(),
        }
    }

    /// The data, to be read on the host.
    fn on_host(&self) -> Option<Buffer> {
        eval::on_device(&self.buffer()?, Device::Cpu).ok()
    }
}

impl Recipe {
    /// That of a capture that has been computed.
    pub(crate) fn of(capture: &Capture, planned: &Arc<Planned>, config: &Config) -> Arc<Recipe> {
        let bytes: usize = capture.leaves.iter().map(Buffer::len).sum();
        let leaves = match bytes <= config.recipes {
            true => capture.leaves.iter().cloned().map(Data::Held).collect(),
            false => capture.leaf_arrays().map(|array| Data::Of(Arc::downgrade(&array.0))).collect(),
        };
        Arc::new(Recipe { planned: planned.clone(), leaves, scalars: capture.scalars.clone() })
    }
}

/// Why an element is what it is; made by [`why`](fn@why).
#[derive(Clone, Debug)]
pub struct Why {
    reasons: Vec<Reason>,
    dtype: DType,
}

/// One value that an element comes from.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Reason {
    /// The operation, by its NumPy name; `data` of given data and `number` of a plain number.
    pub op: &'static str,
    /// Where in the operation's result the value is.
    pub index: Vec<usize>,
    /// The value.
    pub value: Number,
    /// The values that it is made of, by their places in [`Why::reasons`]. Of a row, which a reduction or a
    /// running value folds, the one that says most.
    pub operands: Vec<usize>,
    /// Of a row: which of how many elements is shown, and why: `first NaN`, `first infinity`, or `extreme`.
    pub contributor: Option<String>,
    /// The line of the user's program.
    pub location: &'static Location<'static>,
}

impl Why {
    /// The values, operands before what is made of them; the last is the element.
    pub fn reasons(&self) -> &[Reason] {
        &self.reasons
    }

    /// The first value of the list that is NaN, or else infinite: where it all began.
    pub fn culprit(&self) -> Option<&Reason> {
        let float = |reason: &&Reason| match reason.value {
            Number::Float(x) => x,
            // NaN or infinite where a part is.
            Number::Complex(z) if z.is_nan() => f64::NAN,
            Number::Complex(z) => z.re.abs().max(z.im.abs()),
            Number::Bool(_) | Number::Int(_) => 0.0,
        };
        let first = |is: fn(f64) -> bool| self.reasons.iter().find(|reason| is(float(reason)));
        first(f64::is_nan).or_else(|| first(f64::is_infinite))
    }
}

/// One line for each value.
impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(element) = self.reasons.last() else { return Ok(()) };
        writeln!(f, "element {:?} of {} is {}", element.index, self.dtype, shown(element.value))?;
        for (place, reason) in self.reasons.iter().enumerate() {
            let Reason { op, index, value, operands, contributor, location } = reason;
            write!(f, "  #{place} {op}")?;
            let names: Vec<String> = operands.iter().map(|operand| format!("#{operand}")).collect();
            match contributor {
                Some(contributor) => write!(f, " of a row, {contributor}: {}", names.join(" "))?,
                None if names.is_empty() => {}
                None => write!(f, "({})", names.join(", "))?,
            }
            writeln!(f, " {index:?} = {} at {location}", shown(*value))?;
        }
        Ok(())
    }
}

fn shown(value: Number) -> String {
    match value {
        Number::Bool(value) => value.to_string(),
        Number::Int(value) => value.to_string(),
        Number::Float(value) => format!("{value:?}"),
        Number::Complex(value) => format!("{value}"),
    }
}

/// Why an element of an array is what it is: the value of every sub-expression that it comes from, with the
/// lines where they were written; of a reduction the first NaN, infinity or extreme of its row. Only the
/// elements that are needed are computed, by the meaning of the expression.
///
/// It works after an evaluation, too, while the data that was read is still there: the arrays, or a copy of
/// little data ([`Config::recipes`](crate::config::Config::recipes)). The lines are then those of the first
/// expression of that form. What a library computed may differ in its last digits.
///
/// ```
/// use numfuse::prelude::*;
///
/// let x = Array::from([4.0, 0.0, 9.0]);
/// let y = (&x - 1.0).sqrt().sum(..);
/// let why = numfuse::why(&y, ())?;
/// let culprit = why.culprit().expect("there is a NaN");
/// assert_eq!((culprit.op, &culprit.index[..]), ("sqrt", &[1][..]));
/// assert!(why.to_string().starts_with("element [] of float64 is NaN"));
/// # Ok::<(), numfuse::Error>(())
/// ```
///
/// # Errors
/// The error that the array carries, an index out of range, here or on the way, too many elements to compute
/// or to show, or data that is gone or has changed.
#[track_caller]
pub fn why(x: &Array, index: impl IntoShape) -> Result<Why, Error> {
    let caller = Location::caller();
    let failed = |sentence: String| {
        let cause = Cause::Expression(Mistake::Argument { sentence });
        Error::new(cause, "why", vec![x.description()], caller)
    };
    x.check()?;
    let place = place(x, &index.extents())
        .map_err(|mistake| Error::new(Cause::Expression(mistake), "why", vec![x.description()], caller))?;
    let Some(ready) = x.0.ready() else {
        let config = config::current();
        let capture = eval::capture(x, &config, eval::workers(&config))?;
        let (graph, lines) = capture.graph();
        let on_host = |leaf: &Buffer| eval::on_device(leaf, Device::Cpu);
        let data: Result<Vec<Buffer>, Cause> = capture.leaves.iter().map(on_host).collect();
        let data = data.map_err(|cause| Error::new(cause, "why", vec![x.description()], caller))?;
        let line = |n: NodeId| lines[n.index()];
        return Answer { graph: &graph, data: &data, scalars: &capture.scalars, line: &line }
            .of(graph.outputs()[0], place)
            .map_err(|fault| failed(sentence(fault)));
    };
    let buffer = eval::on_device(&ready.buffer, Device::Cpu)
        .map_err(|cause| Error::new(cause, "why", vec![x.description()], caller))?;
    let found = scalar(&buffer, x.0.node.dtype, place);
    let Some((recipe, output)) = ready.recipe else {
        let index = coordinates(x, place);
        let value = Number::of(found);
        let location = x.0.caller;
        let reason = Reason { op: "data", index, value, operands: vec![], contributor: None, location };
        return Ok(Why { reasons: vec![reason], dtype: x.0.node.dtype });
    };
    let data: Option<Vec<Buffer>> = recipe.leaves.iter().map(Data::on_host).collect();
    let gone =
        "the data that the array was computed from is gone: hold it, or set `Config::recipes` to its bytes";
    let data = data.ok_or_else(|| failed(gone.to_string()))?;
    let (plan, lines) = (recipe.planned.plan(), &recipe.planned.lines);
    let line = |n: NodeId| lines[plan.origins[n.index()].index()];
    let answer = Answer { graph: &plan.graph, data: &data, scalars: &recipe.scalars, line: &line }
        .of(plan.graph.outputs()[output as usize], place)
        .map_err(|fault| failed(sentence(fault)))?;
    let same = answer.reasons.last().is_some_and(|last| is_same(last.value, Number::of(found)));
    match same || plan.library_calls() > 0 {
        true => Ok(answer),
        false => Err(failed("the data that the array was computed from has changed since".to_string())),
    }
}

impl Array {
    /// Why an element is what it is: see [`why`](fn@why).
    ///
    /// # Errors
    /// As [`why`](fn@why).
    #[track_caller]
    pub fn why(&self, index: impl IntoShape) -> Result<Why, Error> {
        why(self, index)
    }
}

fn sentence(fault: Fault) -> String {
    match fault {
        Fault::Index(fault) => fault.to_string(),
        Fault::TooMany => format!(
            "more than {} elements or {} values are needed for an answer",
            why::MOST_ELEMENTS,
            why::MOST_REASONS
        ),
    }
}

/// The row-major place of an index, whose negative numbers count from the back.
fn place(x: &Array, index: &[isize]) -> Result<usize, Mistake> {
    let shape = &x.0.node.shape;
    if index.len() != shape.len() {
        let sentence =
            format!("one element has {} indices, as many as axes: {} were given", shape.len(), index.len());
        return Err(Mistake::Argument { sentence });
    }
    let mut place = 0;
    for (axis, (&given, &extent)) in index.iter().zip(shape.iter()).enumerate() {
        let from_front = if given < 0 { given + extent as isize } else { given };
        let wrong = || Mistake::Index { index: given, axis, extent };
        let inside = usize::try_from(from_front).ok().filter(|&at| at < extent).ok_or_else(wrong)?;
        place = place * extent + inside;
    }
    Ok(place)
}

/// The coordinates of a row-major place.
fn coordinates(x: &Array, place: usize) -> Vec<usize> {
    let shape = &x.0.node.shape;
    shape
        .strides()
        .iter()
        .zip(shape.iter())
        .map(|(&stride, &extent)| place / stride as usize % extent)
        .collect()
}

/// One element of data.
fn scalar(buffer: &Buffer, dtype: DType, place: usize) -> Scalar {
    let bytes = &buffer.bytes()[place * dtype.bytes()..];
    decode(bytes, dtype).next().expect("the place is inside")
}

/// Whether two values are one, NaN included.
fn is_same(a: Number, b: Number) -> bool {
    a == b
        || match (a, b) {
            (Number::Float(a), Number::Float(b)) => a.is_nan() && b.is_nan(),
            (Number::Complex(a), Number::Complex(b)) => a.is_nan() && b.is_nan(),
            (_, _) => false,
        }
}

/// A graph with all that it reads.
struct Answer<'a> {
    graph: &'a Graph,
    data: &'a [Buffer],
    scalars: &'a [Scalar],
    line: &'a dyn Fn(NodeId) -> &'static Location<'static>,
}

impl Answer<'_> {
    fn of(&self, n: NodeId, place: usize) -> Result<Why, Fault> {
        let mut types = vec![DType::F64; self.data.len()];
        for node in self.graph.nodes().map(|n| self.graph.node(n)) {
            if let Kind::Leaf(leaf) = node.kind {
                types[leaf as usize] = node.dtype;
            }
        }
        let leaf = |leaf: u32, place| scalar(&self.data[leaf as usize], types[leaf as usize], place);
        let reasons = why::why(self.graph, n, place, &leaf, self.scalars)?;
        let reasons = reasons.into_iter().map(|reason| self.reason(reason)).collect();
        Ok(Why { reasons, dtype: self.graph.node(n).dtype })
    }

    fn reason(&self, reason: why::Reason) -> Reason {
        let kind = &self.graph.node(reason.node).kind;
        let given = if matches!(kind, Kind::Leaf(_)) { "data" } else { "number" };
        let contributor = reason.contributor.map(|c| format!("{}, number {} of {}", c.rank, c.number, c.of));
        Reason {
            op: explain::name(kind).unwrap_or(given),
            index: reason.index,
            value: Number::of(reason.value),
            operands: reason.operands,
            contributor,
            location: (self.line)(reason.node),
        }
    }
}
