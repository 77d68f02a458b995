//! Where bins begin and end.
//!
//! Edges of one width are NumPy's, bit by bit: computed in the type of the data where they are found from it, in
//! float64 where a range is given or the data is of integers, and rounded at each step as there.

use crate::array::{Array, eval_all};
use crate::creation::zeros;
use crate::element::Number;
use crate::error::Error;
use crate::histogram::carried;
use crate::index::s;
use crate::lazy::refuse;
use crate::ranges::arange;
use crate::ufunc::where_;
use numfuse_ir::dtype::DType;
use numfuse_ir::scalar::Scalar;

/// The least and the greatest of what is counted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ends {
    pub(super) first: Number,
    pub(super) last: Number,
    /// The type in which edges between them are computed.
    pub(super) within: DType,
}

impl Ends {
    /// How far they are apart: of integers exactly, before it is rounded.
    pub(super) fn width(self) -> f64 {
        match (self.first, self.last) {
            (Number::Int(first), Number::Int(last)) => (last - first) as f64,
            (first, last) => rounded(self.within, last.to_f64() - first.to_f64()),
        }
    }
}

/// A number in a float type.
pub(super) fn rounded(dtype: DType, x: f64) -> f64 {
    Scalar::from_f64(dtype, x).to_f64()
}

/// The float type of an element's bins.
pub(super) fn element(dtype: DType) -> DType {
    if dtype.is_inexact() { dtype } else { DType::F64 }
}

/// The first and the last edge: those that are given, or those of the data, which computes them.
#[track_caller]
pub(super) fn ends(op: &'static str, x: &Array, range: Option<[Number; 2]>) -> Result<Ends, Array> {
    if x.0.node.dtype.is_complex() {
        let sentence = "bins of one width lie between real numbers: of complex numbers give the edges";
        return Err(refuse(op, [x], sentence));
    }
    let is_finite = |ends: [Number; 2]| ends.iter().all(|end| end.to_f64().is_finite());
    let said =
        |[first, last]: [Number; 2]| format!("range of [{}, {}] is not finite", text(first), text(last));
    let (ends, within) = match range {
        Some([first, last]) if first.to_f64() > last.to_f64() => {
            return Err(refuse(op, [x], "max must be larger than min in range parameter."));
        }
        Some(ends) if !is_finite(ends) => return Err(refuse(op, [x], &format!("supplied {}", said(ends)))),
        Some(ends) => (ends, DType::F64),
        None if x.0.node.shape.size() == 0 => ([Number::Int(0), Number::Int(1)], DType::F64),
        None => {
            let found = [x.min(..), x.max(..)];
            carried(eval_all(&found))?;
            let [first, last] = found.map(|end| carried(number(&end)));
            let ends = [first?, last?];
            if !is_finite(ends) {
                return Err(refuse(op, [x], &format!("autodetected {}", said(ends))));
            }
            (ends, element(x.0.node.dtype))
        }
    };
    let [first, last] = ends;
    // What has no width gets one.
    let beyond = |end: Number, by: f64| Number::Float(rounded(within, end.to_f64() + by));
    Ok(match first.to_f64() == last.to_f64() {
        true => Ends { first: beyond(first, -0.5), last: beyond(last, 0.5), within },
        false => Ends { first, last, within },
    })
}

/// The one element of an array that has been computed.
#[track_caller]
fn number(x: &Array) -> Result<Number, Error> {
    match x.0.node.dtype.is_inexact() {
        true => x.cast(DType::F64).item::<f64>().map(Number::Float),
        false if x.0.node.dtype == DType::U64 => x.item::<u64>().map(Number::from),
        false => x.cast(DType::I64).item::<i64>().map(Number::from),
    }
}

/// A number as Python says it.
fn text(number: Number) -> String {
    match number {
        Number::Bool(b) => if b { "True" } else { "False" }.to_string(),
        Number::Int(n) => n.to_string(),
        Number::Float(x) if x.is_finite() => format!("{x:?}"),
        Number::Float(x) => x.to_string().to_lowercase(),
        Number::Complex(z) => z.to_string(),
    }
}

/// Bins of one width.
pub(super) struct Even {
    pub(super) first: Number,
    pub(super) last: Number,
    pub(super) width: f64,
    pub(super) count: usize,
    pub(super) edges: Array,
}

impl Even {
    /// So many between these ends, with edges of type `dtype`. They are computed where they are asked for.
    #[track_caller]
    pub(super) fn of(ends: Ends, count: usize, dtype: DType) -> Even {
        let in_type = |x: f64| rounded(ends.within, x);
        let (first, last) = (in_type(ends.first.to_f64()), in_type(ends.last.to_f64()));
        let (width, parts) = (in_type(last - first), in_type(count as f64));
        let step = in_type(width / parts);
        let places = arange(count.saturating_add(1));
        let numbers = places.cast(ends.within);
        // A step that vanishes is taken after the division, as by `linspace`.
        let along = if step == 0.0 { numbers / parts * width } else { numbers * step };
        let edges = where_(places.equal(count), last, along + first).cast(dtype);
        Even { first: ends.first, last: ends.last, width: ends.width(), count, edges }
    }

    /// Whether no two edges have become one, which computes them.
    #[track_caller]
    pub(super) fn is_rising(&self) -> Result<bool, Error> {
        let (before, after) = (self.edges.i(..-1), self.edges.i(1..));
        before.less(after).all(..).item()
    }
}

/// Bins between edges that are given.
pub(super) struct Given {
    pub(super) edges: Array,
}

impl Given {
    /// Those between the elements of a vector that does not fall anywhere, which computes it.
    #[track_caller]
    pub(super) fn of(op: &'static str, edges: &Array, deep: &str, falls: &str) -> Result<Given, Array> {
        if edges.0.error.is_some() {
            return Err(edges.clone());
        }
        if edges.0.node.shape.len() != 1 {
            return Err(refuse(op, [edges], deep));
        }
        if edges.0.node.shape[0] == 0 {
            return Ok(Given { edges: zeros(0, edges.0.node.dtype) });
        }
        let (before, after) = (edges.along(op, 0, s(..-1)), edges.along(op, 0, s(1..)));
        match carried(before.greater(after).any(..).item::<bool>())? {
            true => Err(refuse(op, [edges], falls)),
            false => Ok(Given { edges: edges.clone() }),
        }
    }
}
