//! Guards: a value on one side of them, another on the other.
//!
//! Lanes that share a side are many, and those that do not are few: the ends of what is put beside each
//! other. On a processor's core it is therefore asked, once for all lanes, whether all of them are on one
//! side, by how far the first and the last lane are from the bounds; if so, that side is computed as if
//! there were no guard, and the other one not at all. Else both are, each with its own lanes touching memory. A GPU's
//! threads go each their own way.

use super::place::Apart;
use super::{Active, At, Emit, Step, V, Walk, What};
use crate::mapping::{RUN, Worker};
use numfuse_ir::index::{Guard, Index, Range, Term, Word};
use numfuse_ir::kernel::{Inst, Val};
use numfuse_ir::prim::Prim;

/// How the lanes lie to a guard. A number that is not negative says yes.
struct Sides<I> {
    /// Are all inside?
    inside: I,
    /// Are all outside?
    outside: I,
    /// Whether one of the two is always so.
    is_one: bool,
}

/// A side that all lanes may be on, and the number that says so.
type Leaf<I> = (Val, Option<I>);

impl<E: Emit> Walk<'_, E> {
    /// What a guard chooses.
    pub(super) fn pick(&mut self, v: Val) -> V {
        if self.mapping.worker == Worker::Core && !self.is_mixed && self.is_split(v) && self.has_work(v) {
            let lanes = self.lanes_across(v);
            let value = self.one_side(vec![(v, None)], v, lanes, true);
            return self.emitted(self.kernel.dtype(v), lanes, value);
        }
        let Inst::Pick { guard, inside, outside } = self.kernel.inst(v) else {
            unreachable!("it is a guard")
        };
        self.both_sides(guard, *inside, *outside)
    }

    /// The first of these sides that all lanes are on, or all of them if there is none; where `is_one`,
    /// there is one.
    fn one_side(&mut self, mut leaves: Vec<Leaf<E::Index>>, all: Val, lanes: u32, is_one: bool) -> E::Value {
        let Some((v, says)) = leaves.pop() else {
            self.is_mixed = true;
            let value = self.pick(all);
            self.is_mixed = false;
            return self.handle(value, lanes);
        };
        if let Inst::Pick { guard, inside, outside } = self.kernel.inst(v)
            && self.is_split(v)
        {
            let sides = self.sides(guard);
            let mut and = |number| match says {
                Some(says) => self.emit.step(Step::Min, says, number),
                None => number,
            };
            let (within, beyond) = (and(sides.inside), and(sides.outside));
            leaves.extend([(*outside, Some(beyond)), (*inside, Some(within))]);
            return self.one_side(leaves, all, lanes, is_one && sides.is_one);
        }
        let value = |w: &mut Self| {
            let value = w.scoped(|w| w.values(&[v])[0]);
            w.handle(value, lanes)
        };
        match says {
            Some(says) if !is_one || !leaves.is_empty() => {
                self.emit.begin_sides(says);
                let value = self.scoped(|w| value(w));
                self.emit.other_side(&value);
                let other = self.scoped(|w| w.one_side(leaves, all, lanes, is_one));
                self.emit.end_sides(&other)
            }
            _ => value(self),
        }
    }

    /// Whether it can be asked once for all lanes on which side of a guard they are: it is a guard, its
    /// bounds are of a sum that goes from lane to lane in equal steps, and its value is not there yet.
    fn is_split(&self, v: Val) -> bool {
        let Inst::Pick { guard, .. } = self.kernel.inst(v) else { return false };
        let is_even = |(_, term): &(Word, Term)| match term {
            Term::Axis(axis) => match self.axes[axis.index()] {
                At::Uniform(_) | At::Lanes(_) | At::Runs(_) => true,
                At::Unbound | At::Vector(_) => false,
            },
            Term::Digit { axis, .. } => matches!(self.axes[axis.index()], At::Uniform(_)),
            Term::Value(v) => self.found(*v).is_some_and(|v| self.lanes_of(v) == 1),
        };
        self.found(v).is_none() && guard.ranges.iter().all(|range| range.index.terms.iter().all(is_even))
    }

    /// Whether there is more to compute on the sides of a guard than what is there already.
    fn has_work(&self, v: Val) -> bool {
        let Inst::Pick { inside, outside, .. } = self.kernel.inst(v) else { return false };
        [*inside, *outside].iter().any(|&side| {
            self.found(side).is_none()
                && match self.kernel.inst(side) {
                    Inst::Const(_) | Inst::Scalar(_) => false,
                    Inst::Pick { .. } => self.has_work(side),
                    Inst::Coord(_) | Inst::Load(..) | Inst::Prim(..) | Inst::Call(..) => true,
                    Inst::Final { .. } | Inst::After { .. } | Inst::Within { .. } => true,
                }
        })
    }

    /// How many lanes a value has, as far as the axes show that it moves with.
    fn lanes_across(&self, v: Val) -> u32 {
        let depends = self.depends[v.index()];
        let differs = |(a, at): (usize, &At<E::Index>)| match at {
            At::Lanes(_) | At::Runs(_) | At::Vector(_) => depends >> a & 1 == 1,
            At::Unbound | At::Uniform(_) => false,
        };
        if self.axes.iter().enumerate().any(differs) { self.mapping.lanes() } else { 1 }
    }

    /// How all lanes lie to a guard.
    fn sides(&mut self, guard: &Guard) -> Sides<E::Index> {
        let mut all: Option<Sides<E::Index>> = None;
        for range in &guard.ranges {
            let sides = self.sides_of(range);
            all = Some(match all {
                None => sides,
                Some(all) => Sides {
                    inside: self.emit.step(Step::Min, all.inside, sides.inside),
                    outside: self.emit.step(Step::Max, all.outside, sides.outside),
                    is_one: all.is_one && sides.is_one,
                },
            });
        }
        all.unwrap_or_else(|| {
            let (inside, outside) = (self.emit.number(0), self.emit.number(-1));
            Sides { inside, outside, is_one: true }
        })
    }

    fn sides_of(&mut self, range: &Range) -> Sides<E::Index> {
        let (least, greatest) = self.bounds(&range.index);
        let (low, high) = (self.word(range.low), self.word(range.high));
        let top = greatest.unwrap_or(least);
        let above = self.emit.step(Step::Sub, least, low);
        let below = self.emit.step(Step::Sub, high, top);
        let one = self.emit.number(1);
        let last_below = self.emit.step(Step::Sub, below, one);
        let inside = self.emit.step(Step::Min, above, last_below);
        let is_one = greatest.is_none();
        if is_one {
            let minus_one = self.emit.number(-1);
            let outside = self.emit.step(Step::Sub, minus_one, inside);
            return Sides { inside, outside, is_one };
        }
        let before = self.emit.step(Step::Sub, low, top);
        let before = self.emit.step(Step::Sub, before, one);
        let beyond = self.emit.step(Step::Sub, least, high);
        Sides { inside, outside: self.emit.step(Step::Max, before, beyond), is_one }
    }

    /// The least and the greatest number that an index is in any lane; only one where they are the same.
    fn bounds(&mut self, at: &Index) -> (E::Index, Option<E::Index>) {
        let first = match self.uniform_sum(at, 0, true, true) {
            Some(first) => first,
            None => self.emit.number(0),
        };
        let (apart, _) = self.lane_parts(at);
        let (run, stride) = match apart {
            None => return (first, None),
            Some(Apart::Elements(stride)) => (1, stride),
            Some(Apart::Runs(stride)) => (RUN, stride),
        };
        let span = self.emit.number(run * (i64::from(self.mapping.lanes()) - 1));
        let span = self.scale(span, stride);
        if stride.known().is_some_and(|stride| stride > 0) {
            return (first, Some(self.emit.step(Step::Add, first, span)));
        }
        let zero = self.emit.number(0);
        let (down, up) = (self.emit.step(Step::Min, span, zero), self.emit.step(Step::Max, span, zero));
        (self.emit.step(Step::Add, first, down), Some(self.emit.step(Step::Add, first, up)))
    }

    /// Both sides of a guard, each with only its own lanes touching memory.
    fn both_sides(&mut self, guard: &Guard, inside: Val, outside: Val) -> V {
        let holds = self.guard(guard);
        if let What::Constant(c) = self.slots[holds.0 as usize].what {
            return self.values(&[if c.is_true() { inside } else { outside }])[0];
        }
        let fails = self.apply(Prim::Not, &[holds]);
        let a = self.below(holds, inside);
        let b = self.below(fails, outside);
        self.apply(Prim::Select, &[holds, a, b])
    }

    /// A value below a guard: emitted with the lanes outside it switched off.
    fn below(&mut self, mask: V, v: Val) -> V {
        if let Some(found) = self.found(v) {
            return found;
        }
        if let Inst::Const(c) = self.kernel.inst(v) {
            return self.known(*c);
        }
        let lanes = self.mapping.lanes();
        let mask = self.handle(mask, lanes);
        let mut bits = self.emit.bits(&mask);
        if let Some(outer) = self.active {
            bits = self.emit.step(Step::And, bits, outer.bits);
        }
        let outer = self.active.replace(Active { bits, tail: false });
        let value = self.scoped(|w| w.values(&[v])[0]);
        self.active = outer;
        value
    }
}
