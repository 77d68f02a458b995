//! Instructions into values, on demand and in order.
//!
//! A value is emitted once in the outermost open loop that it does not move with, and is found
//! there by whoever needs it further in.

use super::{At, Emit, Place, Slot, Spread, State, V, Walk, What, Written};
use crate::mapping;
use numfuse_ir::dtype::DType;
use numfuse_ir::index::Word;
use numfuse_ir::kernel::{Inst, PassId, Store, Val};
use numfuse_ir::math::{Arith, Known};
use numfuse_ir::ops::expansion::Expansion;
use numfuse_ir::prim::Prim;
use numfuse_ir::scalar::Scalar;
use smallvec::SmallVec;

impl<E: Emit> Walk<'_, E> {
    /// The values for these instructions.
    pub(super) fn values(&mut self, roots: &[Val]) -> SmallVec<[V; 3]> {
        self.require(roots);
        roots.iter().map(|&v| self.found(v).expect("a required value was emitted")).collect()
    }

    /// Where an instruction's value is, if it was emitted in a scope that is open.
    pub(super) fn found(&self, v: Val) -> Option<V> {
        if let Inst::Final { pass, carry, part } = self.kernel.inst(v) {
            return self.final_of(*pass, *carry, *part);
        }
        self.scopes.iter().rev().find_map(|s| s.values.get(&v).copied())
    }

    fn final_of(&self, pass: PassId, carry: u32, part: u32) -> Option<V> {
        self.scopes.iter().rev().find_map(|s| s.finals.get(&(pass, carry, part)).copied())
    }

    /// Keeps the end results of a pass.
    pub(super) fn set_finals(&mut self, pass: PassId, state: &[V]) {
        let mut parts = state.iter();
        for (c, carry) in self.kernel.passes[pass.index()].carries.iter().enumerate() {
            for (part, &v) in (0..carry.fold.parts() as u32).zip(&mut parts) {
                self.scope().finals.insert((pass, c as u32, part), v);
            }
        }
    }

    fn require(&mut self, roots: &[Val]) {
        for v in self.cone(roots, false, false) {
            if self.found(v).is_none() {
                self.instruction(v);
            }
        }
    }

    /// What has to be emitted for these roots, in order: not what is found already, and what lies
    /// below a guard or inside a fold only if asked for.
    pub(super) fn cone(&self, roots: &[Val], below_guards: bool, inside_folds: bool) -> Vec<Val> {
        let Some(top) = roots.iter().map(|v| v.index()).max() else { return Vec::new() };
        let mut wanted = vec![false; top + 1];
        roots.iter().for_each(|v| wanted[v.index()] = true);
        for i in (0..=top).rev() {
            let v = Val(i as u32);
            if !wanted[i] || self.found(v).is_some() {
                wanted[i] = false;
                continue;
            }
            match self.kernel.inst(v) {
                _ if self.is_kept(v) => {}
                Inst::Pick { guard, .. } if !below_guards => {
                    for range in &guard.ranges {
                        Inst::Coord(range.index.clone()).for_each_arg(&mut |v| wanted[v.index()] = true);
                    }
                }
                Inst::Final { pass, .. } => {
                    let pass = &self.kernel.passes[pass.index()];
                    if inside_folds && pass.inner {
                        pass.carries.iter().flat_map(|c| &c.args).for_each(|v| wanted[v.index()] = true);
                    }
                }
                inst => inst.for_each_arg(&mut |v| wanted[v.index()] = true),
            }
        }
        (0..=top).filter(|&i| wanted[i]).map(|i| Val(i as u32)).collect()
    }

    /// Emits what these roots need and what does not move with any loop still to open, and the
    /// known part of the addresses of their loads.
    pub(super) fn hoist(&mut self, roots: &[Val]) {
        let bound = self.scope().bound;
        let mut ready = vec![false; self.kernel.body.len()];
        for v in self.cone(roots, false, true) {
            let inst = self.kernel.inst(v);
            let mut all = self.depends[v.index()] & !bound == 0 && self.is_done(inst);
            inst.for_each_arg(&mut |a| {
                all &= ready[a.index()] || self.found(a).is_some() || self.is_below(inst, a)
            });
            ready[v.index()] = all;
            if all && self.found(v).is_none() {
                self.instruction(v);
            }
        }
        for v in self.cone(roots, true, true) {
            if let Inst::Load(buffer, at) = self.kernel.inst(v) {
                self.anchor(*buffer, at);
            }
        }
    }

    /// True unless an instruction waits for a pass that has not run, itself or below a guard.
    fn is_done(&self, inst: &Inst) -> bool {
        match inst {
            Inst::Final { pass, carry, part } => {
                let inner = self.kernel.passes[pass.index()].inner;
                let args =
                    || self.kernel.passes[pass.index()].carries.iter().flat_map(|c| c.args.iter().copied());
                self.final_of(*pass, *carry, *part).is_some()
                    || (inner && self.are_done(&args().collect::<Vec<_>>()))
            }
            Inst::Pick { inside, outside, .. } => self.are_done(&[*inside, *outside]),
            // It moves with the columns of the pass that gives it.
            Inst::After { .. } => false,
            Inst::Const(_) | Inst::Scalar(_) | Inst::Coord(_) | Inst::Load(..) => true,
            Inst::Prim(..) | Inst::Call(..) | Inst::Within { .. } => true,
        }
    }

    fn are_done(&self, roots: &[Val]) -> bool {
        let waits = |v: &Val| match self.kernel.inst(*v) {
            Inst::Final { pass, .. } => !self.kernel.passes[pass.index()].inner,
            _ => false,
        };
        !self.cone(roots, true, true).iter().any(waits)
    }

    /// True for the two sides of a guard, which are emitted with it.
    fn is_below(&self, inst: &Inst, arg: Val) -> bool {
        matches!(inst, Inst::Pick { inside, outside, .. } if *inside == arg || *outside == arg)
    }

    /// Emits one instruction whose operands are there.
    fn instruction(&mut self, v: Val) {
        let kernel = self.kernel;
        if let Some(value) = self.kept_value(v) {
            self.scope().values.insert(v, value);
            return;
        }
        let value = match kernel.inst(v) {
            Inst::Const(c) => self.known(*c),
            Inst::Scalar(k) => {
                let dtype = kernel.scalars[*k as usize];
                let value = self.emit.scalar(*k, dtype);
                let number = self.emitted(dtype, 1, value);
                self.slots[number.0 as usize].facts = Known::Ordinary;
                number
            }
            Inst::Coord(at) => self.index(at),
            Inst::Load(buffer, at) => {
                let dtype = kernel.buffers[buffer.index()].dtype;
                if let Some(value) = self.turned(v) {
                    let value = self.emitted(dtype, self.mapping.lanes(), value);
                    self.scope().values.insert(v, value);
                    return;
                }
                let (place, lanes) = self.place(*buffer, at);
                let value = self.emit.load(&place, dtype, lanes, self.active);
                self.emitted(dtype, lanes, value)
            }
            Inst::Prim(prim, args) => {
                let args = self.args(args);
                self.apply(*prim, &args)
            }
            Inst::Call(op, args) => {
                let args = self.args(args);
                let types: SmallVec<[DType; 3]> = args.iter().map(|&v| self.dtype(v)).collect();
                let known: SmallVec<[Known; 3]> = args.iter().map(|&v| self.facts(v)).collect();
                Expansion::knowing(*op, &types, &known).replay(self, &args)
            }
            Inst::Pick { .. } => self.pick(v),
            Inst::After { .. } => unreachable!("a running value is set as its pass goes by"),
            Inst::Within { index, extent, bounds, check } => {
                let index = self.args(&[*index])[0];
                self.within(index, *extent, *bounds, check.as_ref())
            }
            Inst::Final { pass, .. } => {
                let state = self.fold_along(*pass);
                return self.set_finals(*pass, &state);
            }
        };
        self.keep_value(v, value);
        self.scope().values.insert(v, value);
    }

    /// What is kept of a value of this row, and where in its table those of the lanes lie.
    fn keeps(&self, v: Val) -> Option<(mapping::Kept, E::Table, E::Index)> {
        let (kept, table) = *self.kept.iter().find(|(kept, _)| kept.value == v)?;
        let columns = &self.kernel.passes[kept.pass].cols;
        match self.axes[columns[0].index()] {
            At::Lanes(at) => Some((kept, table, at)),
            At::Unbound | At::Uniform(_) | At::Runs(_) | At::Vector(_) => None,
        }
    }

    /// Whether an earlier pass has kept a value.
    fn is_kept(&self, v: Val) -> bool {
        self.keeps(v).is_some_and(|(kept, ..)| kept.pass < self.pass)
    }

    /// A value that an earlier pass has kept.
    fn kept_value(&mut self, v: Val) -> Option<V> {
        let (_, table, at) = self.keeps(v).filter(|(kept, ..)| kept.pass < self.pass)?;
        let (dtype, lanes) = (self.kernel.dtype(v), self.mapping.lanes());
        let value = self.emit.read_across(table, at, lanes, self.active);
        Some(self.emitted(dtype, lanes, value))
    }

    /// Keeps a value for later passes, if this is the one that does.
    fn keep_value(&mut self, v: Val, value: V) {
        if let Some((_, table, at)) = self.keeps(v).filter(|(kept, ..)| kept.pass == self.pass) {
            let value = self.handle(value, self.mapping.lanes());
            self.emit.write_across(table, at, &value, self.active);
        }
    }

    fn args(&self, args: &[Val]) -> SmallVec<[V; 3]> {
        args.iter().map(|&v| self.found(v).expect("operands are emitted before their users")).collect()
    }

    /// Writes what a pass writes at one point (or strip of points).
    pub(super) fn stores(&mut self, pass: PassId) {
        let kernel = self.kernel;
        self.require(&self.store_roots(pass));
        let mut stores = kernel.passes[pass.index()].stores.iter().peekable();
        while let Some(store) = stores.next() {
            let (place, value, lanes) = self.written(store);
            // A single element that all lanes share exists whenever any lane does.
            let active = if lanes == 1 { None } else { self.active };
            let alternates = matches!(place.spread, Spread::Alternate { odd: false });
            match stores.next_if(|next| alternates && is_beside(store, next)) {
                None => self.emit.store(&place, &value, active),
                Some(next) => {
                    let (second, other, _) = self.written(next);
                    self.emit.store_pair([&place, &second], [&value, &other], active);
                }
            }
        }
    }

    /// What a pass writes at one point, and where, before any of it is written.
    pub(super) fn writes(&mut self, pass: PassId) -> Vec<Written<E>> {
        let kernel = self.kernel;
        self.require(&self.store_roots(pass));
        let stores = kernel.passes[pass.index()].stores.iter();
        stores
            .map(|store| {
                let (place, value, _) = self.written(store);
                (place, value)
            })
            .collect()
    }

    /// Where a store goes, its value, and over how many lanes it spreads.
    fn written(&mut self, store: &Store) -> (Place<E::Index, E::Value>, E::Value, u32) {
        let value = self.values(&[store.value])[0];
        let (place, lanes) = self.place(store.buffer, &store.at);
        let value = self.handle(value, lanes);
        (place, value, lanes)
    }

    /// A value that was just emitted.
    pub(super) fn emitted(&mut self, dtype: DType, lanes: u32, value: E::Value) -> V {
        self.slots.push(Slot { dtype, lanes, facts: Known::Nothing, run: None, what: What::Emitted(value) });
        V(self.slots.len() as u32 - 1)
    }

    /// A constant, emitted where it is used.
    pub(super) fn known(&mut self, c: Scalar) -> V {
        let next = V(self.slots.len() as u32);
        let v = *self.constants.entry(c).or_insert(next);
        if v == next {
            self.slots.push(Slot {
                dtype: c.dtype(),
                lanes: 1,
                facts: Known::of(c),
                run: None,
                what: What::Constant(c),
            });
        }
        v
    }

    pub(super) fn lanes_of(&self, v: V) -> u32 {
        self.slots[v.0 as usize].lanes
    }

    /// The back end's value, with that many lanes.
    pub(super) fn handle(&mut self, v: V, lanes: u32) -> E::Value {
        let slot = &self.slots[v.0 as usize];
        match &slot.what {
            What::Constant(c) => return self.emit.constant(*c, lanes),
            What::Emitted(value) if slot.lanes == lanes => return value.clone(),
            What::Emitted(_) => {}
        }
        let wide = self.widened(v, lanes);
        match &self.slots[wide.0 as usize].what {
            What::Emitted(value) => value.clone(),
            What::Constant(_) => unreachable!("a splat is emitted"),
        }
    }

    fn widened(&mut self, v: V, lanes: u32) -> V {
        if let Some(&wide) = self.scopes.iter().rev().find_map(|s| s.splats.get(&(v, lanes))) {
            return wide;
        }
        let slot = &self.slots[v.0 as usize];
        assert_eq!(slot.lanes, 1, "only a uniform value can be spread over lanes");
        let What::Emitted(value) = &slot.what else { unreachable!("constants are emitted wide") };
        let (dtype, value) = (slot.dtype, value.clone());
        let wide = self.emit.splat(&value, lanes);
        let wide = self.emitted(dtype, lanes, wide);
        self.scope().splats.insert((v, lanes), wide);
        wide
    }

    /// A prim, once for each scope, and at compile time where the operands are known.
    pub(super) fn apply(&mut self, prim: Prim, args: &[V]) -> V {
        let known = |v: &V| match self.slots[v.0 as usize].what {
            What::Constant(c) => Some(c),
            What::Emitted(_) => None,
        };
        if let Some(args) = args.iter().map(known).collect::<Option<SmallVec<[Scalar; 3]>>>() {
            return self.known(prim.eval(&args));
        }
        let key = (prim, SmallVec::from_slice(args));
        if let Some(&v) = self.scopes.iter().rev().find_map(|s| s.prims.get(&key)) {
            return v;
        }
        let lanes = args.iter().map(|&v| self.lanes_of(v)).max().unwrap_or(1);
        let dtypes: SmallVec<[DType; 3]> = args.iter().map(|&v| self.slots[v.0 as usize].dtype).collect();
        let dtype = prim.result(&dtypes).expect("the kernel's prims are well typed");
        let handles: SmallVec<[E::Value; 3]> = args.iter().map(|&v| self.handle(v, lanes)).collect();
        let refs: SmallVec<[&E::Value; 3]> = handles.iter().collect();
        let value = self.emit.prim(prim, &refs);
        let v = self.emitted(dtype, lanes, value);
        self.scope().prims.insert(key, v);
        if let (Prim::Cast(DType::U32), Some(first)) = (prim, self.slots[args[0].0 as usize].run) {
            // Uint32 numbers go on counting after they wrap.
            self.slots[v.0 as usize].run = Some(self.apply(prim, &[first]));
        }
        v
    }

    /// The types of all parts of the states of a pass.
    pub(super) fn part_dtypes(&self, pass: PassId) -> SmallVec<[DType; 4]> {
        let carries = &self.kernel.passes[pass.index()].carries;
        let parts = carries.iter().flat_map(|c| {
            let dtype = self.kernel.dtype(c.args[0]);
            (0..c.fold.parts()).map(move |p| c.fold.part_dtype(dtype, p))
        });
        parts.collect()
    }

    /// The states before any element.
    pub(super) fn initial(&mut self, pass: PassId) -> State {
        let kernel = self.kernel;
        let carries = &kernel.passes[pass.index()].carries;
        let constants = carries.iter().flat_map(|c| c.fold.init(kernel.dtype(c.args[0])));
        constants.map(|c| self.known(c)).collect()
    }

    /// The states after the element at the point that is bound.
    pub(super) fn next(&mut self, pass: PassId, state: &[V]) -> State {
        let kernel = self.kernel;
        self.require(&self.pass_roots(pass));
        let (mut rest, mut next) = (state, State::new());
        for carry in &kernel.passes[pass.index()].carries {
            let (own, others) = rest.split_at(carry.fold.parts());
            let args = self.values(&carry.args);
            next.extend(carry.fold.next(self, own, &args));
            rest = others;
        }
        next
    }

    /// The states of two runs of elements.
    pub(super) fn join(&mut self, pass: PassId, a: &[V], b: &[V]) -> State {
        let kernel = self.kernel;
        let (mut at, mut joined) = (0, State::new());
        for carry in &kernel.passes[pass.index()].carries {
            let own = at..at + carry.fold.parts();
            at = own.end;
            joined.extend(carry.fold.join(self, &a[own.clone()], &b[own]));
        }
        joined
    }
}

/// Whether the second store goes right behind the first everywhere: the parts of complex numbers.
fn is_beside(first: &Store, second: &Store) -> bool {
    let offsets = (first.at.offset, second.at.offset);
    offsets == (Word::Known(0), Word::Known(1))
        && first.buffer == second.buffer
        && first.at.terms == second.at.terms
}
