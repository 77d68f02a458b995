//! Index arithmetic: a sum of terms, and the guards that say where it may be used.
//!
//! A place in a buffer is `offset + Σ stride · term`, nothing deeper: views compose into such sums
//! (`view.rs`), kernels carry them on their loads and stores, and no engine of symbolic algebra is
//! needed. A number in an index is a [`Word`]: known when the kernel is built (0, 1 and small
//! windows, which change the code worth generating) or a word passed at launch, so that one kernel
//! serves every shape.

use crate::kernel::{AxisId, Val};
use crate::view::{Factor, Sum};
use smallvec::SmallVec;
use std::fmt;

/// A whole number of a kernel: known when it is built, or passed at each launch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Word {
    /// The same in every launch.
    Known(i64),
    /// The launch word of that number.
    Param(u32),
}

impl Word {
    /// The value of the word in a launch with these words.
    pub fn value(self, words: &[i64]) -> i64 {
        match self {
            Word::Known(n) => n,
            Word::Param(k) => words[k as usize],
        }
    }

    /// The number, where it is known.
    pub fn known(self) -> Option<i64> {
        match self {
            Word::Known(n) => Some(n),
            Word::Param(_) => None,
        }
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Word::Known(n) => write!(f, "{n}"),
            Word::Param(k) => write!(f, "w{k}"),
        }
    }
}

/// What a stride multiplies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Term {
    /// The coordinate along an axis.
    Axis(AxisId),
    /// One digit of a coordinate in a mixed radix: `(axis / div) % modulo`.
    Digit {
        /// The axis whose coordinate is taken apart.
        axis: AxisId,
        /// What it is divided by first.
        div: Word,
        /// What the quotient is reduced by.
        modulo: Word,
    },
    /// An integer computed by the kernel (a gather).
    Value(Val),
}

/// A place in a buffer, in elements: `offset + Σ stride · term`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Index {
    /// The place of the first element.
    pub offset: Word,
    /// Strides and what they multiply; no stride is `Known(0)`, no term appears twice.
    pub terms: SmallVec<[(Word, Term); 4]>,
}

impl Index {
    /// The constant index `n`.
    pub fn constant(n: i64) -> Index {
        Index { offset: Word::Known(n), terms: SmallVec::new() }
    }

    /// The coordinate along `axis`.
    pub fn axis(axis: AxisId) -> Index {
        Index { offset: Word::Known(0), terms: SmallVec::from_slice(&[(Word::Known(1), Term::Axis(axis))]) }
    }

    /// The stride of a plain axis: `Known(0)` where the index does not move with it.
    pub fn stride(&self, axis: AxisId) -> Word {
        let found = self.terms.iter().find(|(_, t)| *t == Term::Axis(axis));
        found.map_or(Word::Known(0), |(s, _)| *s)
    }

    /// Calls `f` with each value among the terms.
    pub fn for_each_arg(&self, f: &mut dyn FnMut(Val)) {
        for (_, term) in &self.terms {
            if let Term::Value(v) = term {
                f(*v);
            }
        }
    }

    /// True when the index moves with `axis`, as a term or as a digit of one.
    pub fn depends_on(&self, axis: AxisId) -> bool {
        self.terms.iter().any(|(_, t)| match t {
            Term::Axis(a) | Term::Digit { axis: a, .. } => *a == axis,
            Term::Value(_) => false,
        })
    }
}

impl Index {
    /// The same sum, its numbers as known words; `taken` gives the value of a place found by index.
    pub fn of(sum: &Sum, taken: &mut dyn FnMut(u32) -> Val) -> Index {
        let term = |&(factor, by): &(Factor, i64)| match factor {
            Factor::Axis(axis) => (Word::Known(by), Term::Axis(axis)),
            Factor::Digit { axis, div, modulo } => {
                (Word::Known(by), Term::Digit { axis, div: Word::Known(div), modulo: Word::Known(modulo) })
            }
            Factor::Taken { number, .. } => (Word::Known(by), Term::Value(taken(number))),
        };
        let mut index = Index { offset: Word::Known(sum.offset), terms: SmallVec::new() };
        for (by, term) in sum.terms.iter().map(term) {
            index.add(by, term);
        }
        index
    }

    /// Adds a term; one that is there already takes both strides, which are known.
    fn add(&mut self, by: Word, term: Term) {
        let Some(at) = self.terms.iter().position(|(_, other)| *other == term) else {
            return self.terms.push((by, term));
        };
        let sum = self.terms[at].0.known().unwrap_or(0) + by.known().unwrap_or(0);
        match sum {
            0 => drop(self.terms.remove(at)),
            sum => self.terms[at].0 = Word::Known(sum),
        }
    }
}

/// The part of a kernel's space where a value is defined: every range must hold.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Guard {
    /// Ranges `low <= index < high`; none of them means everywhere.
    pub ranges: Vec<Range>,
}

impl Guard {
    /// Calls `f` with each value in its ranges.
    pub fn for_each_arg(&self, f: &mut dyn FnMut(Val)) {
        self.ranges.iter().for_each(|range| range.index.for_each_arg(f));
    }
}

/// One condition of a [`Guard`]: `low <= index < high`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Range {
    /// The sum of terms that is bounded.
    pub index: Index,
    /// The least value inside.
    pub low: Word,
    /// The least value beyond.
    pub high: Word,
}
