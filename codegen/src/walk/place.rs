//! From index sums to addresses.
//!
//! The part of an index that does not move with the loops still to come is added to the pointer
//! before they open; what is left at the point of use is one offset and the spread of the lanes.

use super::{At, Emit, Memory, Place, Spread, Step, V, Walk};
use crate::mapping::RUN;
use numfuse_ir::dtype::DType;
use numfuse_ir::index::{Guard, Index, Term, Word};
use numfuse_ir::kernel::BufferId;
use numfuse_ir::prim::Prim;
use numfuse_ir::scalar::Scalar;

/// What a term gives: a number for all lanes and a step from lane to lane, or any number for each.
enum Part<I> {
    Uniform(I),
    Lanes(I),
    Runs(I),
    Vector(V),
}

/// How far neighbouring lanes are apart: that far, or that far for each element of a run.
#[derive(Clone, Copy)]
pub(super) enum Apart {
    Elements(Word),
    Runs(Word),
}

impl<E: Emit> Walk<'_, E> {
    /// Adds to the pointer of an access all that is known by now, for the loops to come.
    pub(super) fn anchor(&mut self, buffer: BufferId, at: &Index) {
        let (found, seen) = self.pointer(buffer, at);
        let bound = self.scope().bound;
        if found.is_some() && bound == seen {
            return;
        }
        let offset = self.uniform_sum(at, seen, found.is_none(), false);
        let bytes = self.kernel.buffers[buffer.index()].dtype.bytes();
        let pointer = match (found, offset) {
            (Some(_), None) => return,
            (None, None) => self.emit.base(Memory::Buffer(buffer)),
            (Some(p), Some(by)) => self.emit.advance(p, bytes, by),
            (None, Some(by)) => {
                let base = self.emit.base(Memory::Buffer(buffer));
                self.emit.advance(base, bytes, by)
            }
        };
        self.scope().pointers.insert((buffer, at.clone()), (pointer, bound));
    }

    /// Where an access goes, and over how many lanes it spreads.
    pub(super) fn place(&mut self, buffer: BufferId, at: &Index) -> (Place<E::Index, E::Value>, u32) {
        let (found, seen) = self.pointer(buffer, at);
        let offset = self.uniform_sum(at, seen, found.is_none(), true);
        let pointer = match found {
            Some(p) => p,
            None => self.emit.base(Memory::Buffer(buffer)),
        };
        let (spread, lanes) = self.spread(at);
        (Place { pointer, offset, spread }, lanes)
    }

    /// The innermost pointer kept for an access, and the axes that it has seen.
    fn pointer(&mut self, buffer: BufferId, at: &Index) -> (Option<E::Index>, u64) {
        let key = (buffer, at.clone());
        let found = self.scopes.iter().rev().find_map(|s| s.pointers.get(&key).copied());
        found.map_or((None, 0), |(p, bound)| (Some(p), bound))
    }

    /// The sum of the terms that have a number for all lanes (for an axis of lanes: the first
    /// lane's), without those of the axes `seen`; with the constant offset and with values that the
    /// kernel computes, if asked for.
    pub(super) fn uniform_sum(
        &mut self,
        at: &Index,
        seen: u64,
        whole: bool,
        values: bool,
    ) -> Option<E::Index> {
        let mut sum = match at.offset {
            Word::Known(0) => None,
            offset if whole => Some(self.word(offset)),
            _ => None,
        };
        for (stride, term) in &at.terms {
            let axis = match term {
                Term::Axis(a) | Term::Digit { axis: a, .. } => Some(*a),
                Term::Value(_) => None,
            };
            let part = match axis {
                Some(a) if seen >> a.0 & 1 == 1 => continue,
                Some(a) if matches!(self.axes[a.index()], At::Unbound) => continue,
                None if !values => continue,
                _ => self.part(term),
            };
            let (Part::Uniform(i) | Part::Lanes(i) | Part::Runs(i)) = part else { continue };
            let scaled = self.scale(i, *stride);
            sum = Some(match sum {
                None => scaled,
                Some(s) => self.emit.step(Step::Add, s, scaled),
            });
        }
        sum
    }

    pub(super) fn scale(&mut self, i: E::Index, stride: Word) -> E::Index {
        match stride {
            Word::Known(1) => i,
            Word::Known(2) => self.emit.step(Step::Add, i, i),
            stride => {
                let stride = self.word(stride);
                self.emit.step(Step::Mul, i, stride)
            }
        }
    }

    fn part(&mut self, term: &Term) -> Part<E::Index> {
        match *term {
            Term::Axis(a) => match self.axes[a.index()] {
                At::Uniform(i) => Part::Uniform(i),
                At::Lanes(i) => Part::Lanes(i),
                At::Runs(i) => Part::Runs(i),
                At::Vector(v) => Part::Vector(v),
                At::Unbound => unreachable!("an index names only axes of open loops"),
            },
            Term::Digit { axis, div, modulo } => self.digit(axis, div, modulo),
            Term::Value(v) => {
                let v = self.found(v).expect("operands are emitted before their users");
                if self.lanes_of(v) > 1 {
                    return Part::Vector(v);
                }
                let handle = self.handle(v, 1);
                Part::Uniform(self.emit.to_index(&handle))
            }
        }
    }

    fn digit(&mut self, axis: numfuse_ir::kernel::AxisId, div: Word, modulo: Word) -> Part<E::Index> {
        if let At::Uniform(i) = self.axes[axis.index()] {
            let (div, modulo) = (self.word(div), self.word(modulo));
            let quotient = self.emit.step(Step::Div, i, div);
            return Part::Uniform(self.emit.step(Step::Rem, quotient, modulo));
        }
        let whole = self.coordinate(axis);
        let div = self.word_value(div);
        let quotient = self.apply(Prim::Div, &[whole, div]);
        let modulo = self.word_value(modulo);
        Part::Vector(self.apply(Prim::Rem, &[quotient, modulo]))
    }

    /// The coordinate along an axis that lanes differ in, as an int64.
    fn coordinate(&mut self, axis: numfuse_ir::kernel::AxisId) -> V {
        match self.axes[axis.index()] {
            At::Vector(v) => v,
            At::Lanes(i) => self.counting_from(i),
            At::Runs(i) => {
                let first = self.index_value(i);
                let numbers = self.apart(Apart::Runs(Word::Known(1)));
                self.apply(Prim::Add, &[first, numbers])
            }
            At::Uniform(i) => self.index_value(i),
            At::Unbound => unreachable!("an index names only axes of open loops"),
        }
    }

    /// `i`, `i + 1`, `i + 2`, … across the lanes.
    pub(super) fn counting_from(&mut self, i: E::Index) -> V {
        let first = self.index_value(i);
        let numbers = self.lane_numbers();
        self.apply(Prim::Add, &[first, numbers])
    }

    fn lane_numbers(&mut self) -> V {
        let lanes = self.mapping.lanes();
        let numbers = self.emit.lane_numbers(lanes);
        self.emitted(DType::I64, lanes, numbers)
    }

    /// An index as an int64 that is the same for all lanes.
    pub(super) fn index_value(&mut self, i: E::Index) -> V {
        let value = self.emit.from_index(i);
        self.emitted(DType::I64, 1, value)
    }

    pub(super) fn word_value(&mut self, word: Word) -> V {
        match word {
            Word::Known(n) => self.known(Scalar::from_i128(DType::I64, n.into())),
            Word::Param(k) => {
                let word = self.emit.word(k);
                self.index_value(word)
            }
        }
    }

    /// How lanes lie, and how many there are.
    fn spread(&mut self, at: &Index) -> (Spread<E::Index, E::Value>, u32) {
        let (apart, vector) = self.lane_parts(at);
        let lanes = self.mapping.lanes();
        match (apart, vector) {
            (None, None) => (Spread::Same, 1),
            (Some(Apart::Elements(Word::Known(1))), None) => (Spread::Unit, lanes),
            (Some(Apart::Elements(Word::Known(-1))), None) => (Spread::Backwards, lanes),
            // An offset of 1 is left in the code where each element has one before it: `kernel/space.rs`.
            (Some(Apart::Elements(Word::Known(2))), None) => {
                (Spread::Alternate { odd: at.offset == Word::Known(1) }, lanes)
            }
            (Some(Apart::Elements(stride)), None) => (Spread::Strided(self.word(stride)), lanes),
            (Some(Apart::Runs(stride)), None) => {
                let (stride, run) = (self.word(stride), self.emit.number(RUN));
                (Spread::Strided(self.emit.step(Step::Mul, stride, run)), lanes)
            }
            (apart, Some(mut sum)) => {
                if let Some(apart) = apart {
                    let apart = self.apart(apart);
                    sum = self.apply(Prim::Add, &[sum, apart]);
                }
                (Spread::Gather(self.handle(sum, lanes)), lanes)
            }
        }
    }

    /// The stride of the axis that lanes lie along, and the sum of what any lane may add.
    pub(super) fn lane_parts(&mut self, at: &Index) -> (Option<Apart>, Option<V>) {
        let (mut lanes, mut sum): (Option<Apart>, Option<V>) = (None, None);
        for (stride, term) in &at.terms {
            match self.part(term) {
                Part::Uniform(_) => {}
                Part::Lanes(_) => lanes = Some(Apart::Elements(*stride)),
                Part::Runs(_) => lanes = Some(Apart::Runs(*stride)),
                Part::Vector(v) => {
                    let v = self.scaled(v, *stride);
                    sum = Some(match sum {
                        None => v,
                        Some(s) => self.apply(Prim::Add, &[s, v]),
                    });
                }
            }
        }
        (lanes, sum)
    }

    /// What each lane adds, as an int64.
    fn apart(&mut self, apart: Apart) -> V {
        let numbers = self.lane_numbers();
        match apart {
            Apart::Elements(stride) => self.scaled(numbers, stride),
            Apart::Runs(stride) => {
                let runs = self.scaled(numbers, Word::Known(RUN));
                self.scaled(runs, stride)
            }
        }
    }

    fn scaled(&mut self, v: V, stride: Word) -> V {
        let wide = self.as_int64(v);
        if stride == Word::Known(1) {
            return wide;
        }
        let stride = self.word_value(stride);
        self.apply(Prim::Mul, &[wide, stride])
    }

    fn as_int64(&mut self, v: V) -> V {
        if self.slots[v.0 as usize].dtype == DType::I64 {
            v
        } else {
            self.apply(Prim::Cast(DType::I64), &[v])
        }
    }

    /// The value of an index as an int64.
    pub(super) fn index(&mut self, at: &Index) -> V {
        let first = self.uniform_sum(at, 0, true, true);
        let (lanes, sum) = self.lane_parts(at);
        let first = match first {
            Some(i) => self.index_value(i),
            None => self.known(Scalar::zero(DType::I64)),
        };
        let mut value = first;
        if let Some(apart) = lanes {
            let counts = matches!(apart, Apart::Elements(Word::Known(1))) && sum.is_none();
            let apart = self.apart(apart);
            value = self.apply(Prim::Add, &[value, apart]);
            if counts {
                self.slots[value.0 as usize].run = Some(first);
            }
        }
        match sum {
            Some(sum) => self.apply(Prim::Add, &[value, sum]),
            None => value,
        }
    }

    /// Whether a guard holds.
    pub(super) fn guard(&mut self, guard: &Guard) -> V {
        let mut all = self.known(Scalar::bool(true));
        for range in &guard.ranges {
            let value = self.index(&range.index);
            let (low, high) = (self.word_value(range.low), self.word_value(range.high));
            let above = self.apply(Prim::Le, &[low, value]);
            let below = self.apply(Prim::Lt, &[value, high]);
            let both = self.apply(Prim::And, &[above, below]);
            all = self.apply(Prim::And, &[all, both]);
        }
        all
    }
}
