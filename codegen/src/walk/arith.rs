//! The walk as an [`Arith`]: a row of the op table or of the fold table expands straight into emitted code.
//!
//! Beside machine operations there are three forms: what few lanes need, bounded loops in the lanes that go
//! on, and what neighbouring lanes share.

use super::{Emit, Join, State, Step, V, Walk, What};
use numfuse_ir::dtype::DType;
use numfuse_ir::math::{Arith, Carried, Known, each_for_itself, units};
use numfuse_ir::prim::Prim;
use numfuse_ir::scalar::Scalar;
use smallvec::smallvec;

impl<E: Emit> Arith for Walk<'_, E> {
    type V = V;

    fn dtype(&self, v: V) -> DType {
        self.slots[v.0 as usize].dtype
    }

    fn facts(&self, v: V) -> Known {
        self.slots[v.0 as usize].facts
    }

    fn constant(&mut self, c: Scalar) -> V {
        self.known(c)
    }

    fn prim(&mut self, prim: Prim, args: &[V]) -> V {
        self.apply(prim, args)
    }

    fn rare(&mut self, cond: V, fast: V, slow: impl FnOnce(&mut Self) -> V) -> V {
        if let What::Constant(c) = self.slots[cond.0 as usize].what {
            return if c.is_true() { slow(self) } else { fast };
        }
        let lanes = self.lanes_of(cond).max(self.lanes_of(fast));
        let mask = self.handle(cond, self.lanes_of(cond));
        let any = self.emit.bits(&mask);
        let value = self.when(any, true, &[fast], lanes, |w| {
            let slow = slow(w);
            smallvec![w.apply(Prim::Select, &[cond, slow, fast])]
        });
        value[0]
    }

    fn extremum(&mut self, prim: Prim, a: V, b: V) -> Option<V> {
        let dtype = self.dtype(a);
        let extremum = self.emit.extremum(dtype)?;
        let lanes = self.lanes_of(a).max(self.lanes_of(b));
        let [x, y] = [a, b].map(|v| self.handle(v, lanes));
        let chosen = extremum(self.emit, prim, &x, &y);
        Some(self.emitted(dtype, lanes, chosen))
    }

    /// Loops of two turns within loops of two turns, all of which are skipped when no lane goes on: to skip
    /// the rest takes as many tests as there are loops.
    fn until(
        &mut self,
        most: u32,
        over: &[V],
        going: V,
        state: &[V],
        mut step: impl FnMut(&mut Self, V, &[V]) -> (V, Carried<V>),
    ) -> Carried<V> {
        debug_assert!(most.is_power_of_two(), "loops double the turns");
        let lanes = over.iter().chain(state).chain([&going]).map(|&v| self.lanes_of(v)).max().unwrap_or(1);
        let carried: State = std::iter::once(going).chain(state.iter().copied()).collect();
        let first = self.emit.number(0);
        let last = self.halved(most, first, lanes, &carried, &mut |w, turn, carried| {
            let turn = w.index_value(turn);
            let turn = w.apply(Prim::Cast(DType::U32), &[turn]);
            let (going, state) = (carried[0], &carried[1..]);
            let (still, next) = step(w, turn, state);
            let kept = next.iter().zip(state).map(|(&new, &old)| w.apply(Prim::Select, &[going, new, old]));
            let kept: State = kept.collect();
            std::iter::once(w.apply(Prim::And, &[going, still])).chain(kept).collect()
        });
        last[1..].into()
    }

    /// Where places are neighbours in the lanes, what they share are few uniform values, if the back end has
    /// registers for those; else every lane computes for itself. Where what is shared begins between two
    /// lanes, one more of it is computed out of line, and all values move along.
    fn shared(
        &mut self,
        place: [V; 2],
        bits: u32,
        width: usize,
        mut body: impl FnMut(&mut Self, [V; 2]) -> Carried<V>,
    ) -> Carried<V> {
        let (lanes, first) = (self.lanes_of(place[0]), self.slots[place[0].0 as usize].run);
        let is_shared = self.lanes_of(place[1]) == 1 && lanes >> bits > 0;
        let (Some(first), Some(join), true) = (first, self.emit.joins(), is_shared) else {
            return each_for_itself(self, place, bits, width, body);
        };
        let mut after = |w: &mut Self, elements: u32| {
            let skipped = w.known(Scalar::from_bits(DType::U32, elements.into()));
            let low = if elements == 0 { first } else { w.apply(Prim::Add, &[first, skipped]) };
            let unit = units(w, [low, place[1]], bits);
            body(w, unit)
        };
        let values: Vec<V> = (0..lanes >> bits).flat_map(|n| after(self, n << bits)).collect();
        let together = self.joined(join, &values, width);
        if bits == 0 {
            return together;
        }
        let inside = self.is_set(first, (1 << bits) - 1);
        let between = self.handle(inside, 1);
        let between = self.emit.bits(&between);
        self.when(between, true, &together, lanes, |w| {
            let mut values = values.clone();
            values.extend(after(w, lanes));
            for bit in 0..bits {
                let odd = w.is_set(first, 1 << bit);
                let moved = values.iter().zip(&values[width << bit..]);
                let moved: Vec<V> = moved.map(|(&a, &b)| w.apply(Prim::Select, &[odd, b, a])).collect();
                values = moved;
            }
            values.truncate(lanes as usize * width);
            w.joined(join, &values, width)
        })
    }
}

impl<E: Emit> Walk<'_, E> {
    /// Whether one of these bits of a uint32 is set.
    fn is_set(&mut self, x: V, mask: u32) -> V {
        let mask = self.known(Scalar::from_bits(DType::U32, mask.into()));
        let (digit, none) = (self.apply(Prim::And, &[x, mask]), self.known(Scalar::zero(DType::U32)));
        self.apply(Prim::Ne, &[digit, none])
    }

    /// Values of all lanes from uniform ones, `width` for each lane.
    fn joined(&mut self, join: Join<E>, values: &[V], width: usize) -> State {
        let lanes = (values.len() / width) as u32;
        let mut joined = State::new();
        for i in 0..width {
            let each: Vec<E::Value> = values[i..].iter().step_by(width).map(|&v| self.handle(v, 1)).collect();
            let value = join(self.emit, &each);
            joined.push(self.emitted(DType::U32, lanes, value));
        }
        joined
    }
}

/// One turn of a loop: its number, and what passes from turn to turn.
type Turn<'t, 'k, E> = &'t mut dyn FnMut(&mut Walk<'k, E>, <E as Emit>::Index, &[V]) -> State;

impl<'k, E: Emit> Walk<'k, E> {
    /// So many turns, a power of two, from the given one on, each of which is skipped when the first carried
    /// value, a bool, holds in no lane.
    fn halved(
        &mut self,
        turns: u32,
        first: E::Index,
        lanes: u32,
        carried: &[V],
        body: Turn<'_, 'k, E>,
    ) -> State {
        let going = self.handle(carried[0], lanes);
        let any = self.emit.bits(&going);
        self.when(any, false, carried, lanes, |w| {
            if turns == 1 {
                return body(w, first, carried);
            }
            let (from, to) = (w.emit.number(0), w.emit.number(2));
            let half = w.emit.number(i64::from(turns / 2));
            let widths = vec![lanes; carried.len()];
            w.repeat(from, to, 1, carried, &widths, |w, i, carried| {
                let skipped = w.emit.step(Step::Mul, i, half);
                let first = w.emit.step(Step::Add, first, skipped);
                w.halved(turns / 2, first, lanes, carried, body)
            })
        })
    }
}
