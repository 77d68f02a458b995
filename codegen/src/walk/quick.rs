//! Folds whose order is free, by what costs least.
//!
//! Where any order gives the same bits, a run of elements need not go through the fold one by one. The
//! least and the greatest float are found as a processor orders floats, which takes one operation; only
//! where that does not tell enough, where the result is a zero, whose sign matters, or where there is a
//! NaN, is the run folded once more. The place of an extreme is looked for when the extreme is known: few
//! elements are equal to it. And what settles a truth value is the end of it. A GPU, whose lanes wait for
//! each other, folds as the fold says.

use super::{Emit, State, Step, V, Walk};
use crate::mapping::{FREE_BLOCK, Worker};
use numfuse_ir::dtype::DType;
use numfuse_ir::kernel::{Carry, Inst, Order, PassId, Val};
use numfuse_ir::ops::expansion::Expansion;
use numfuse_ir::ops::fold::Fold;
use numfuse_ir::prim::Prim;
use numfuse_ir::scalar::Scalar;
use smallvec::SmallVec;

/// Elements after which it is asked whether more of them can still change a truth value, or a place.
const SETTLED: i64 = 1024;

/// Values that take more machine operations than this are not computed twice.
const CHEAP: u64 = 16;

/// How a carry of a run of elements is found.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// As its fold says.
    Fold,
    /// The least or the greatest float.
    Extreme(Prim),
    /// Where the least or the greatest value is.
    Place(Prim),
}

impl Way {
    fn of(fold: Fold, dtype: DType) -> Way {
        match fold {
            Fold::Min if dtype.is_float() => Way::Extreme(Prim::Min),
            Fold::Max if dtype.is_float() => Way::Extreme(Prim::Max),
            Fold::ArgMin => Way::Place(Prim::Min),
            Fold::ArgMax => Way::Place(Prim::Max),
            Fold::Sum | Fold::Prod | Fold::Min | Fold::Max | Fold::Any | Fold::All => Way::Fold,
            Fold::Moments | Fold::PairProd | Fold::PairArgMin | Fold::PairArgMax | Fold::Products => {
                Way::Fold
            }
        }
    }

    /// The value that no element changes any more, of a truth value.
    fn settled(fold: Fold, dtype: DType) -> Option<bool> {
        match fold {
            Fold::Any | Fold::Max | Fold::ArgMax if dtype == DType::Bool => Some(true),
            Fold::All | Fold::Min | Fold::ArgMin if dtype == DType::Bool => Some(false),
            Fold::Sum | Fold::Prod | Fold::Min | Fold::Max | Fold::Any | Fold::All => None,
            Fold::ArgMin | Fold::ArgMax | Fold::Moments => None,
            Fold::PairProd | Fold::PairArgMin | Fold::PairArgMax | Fold::Products => None,
        }
    }
}

/// A carry that looks for a place, and the value there.
type Sought<'a> = (&'a Carry, V);

/// The least or the greatest value of two, exactly.
fn extreme(prim: Prim) -> Fold {
    if prim == Prim::Min { Fold::Min } else { Fold::Max }
}

impl<E: Emit> Walk<'_, E> {
    /// A run of a pass of free order, SIMD lanes along its columns; `None` where the folds say it best.
    pub(super) fn quick_across(&mut self, pass: PassId, first: E::Index, count: E::Index) -> Option<State> {
        if !self.is_free(pass) {
            return None;
        }
        let ways = self.ways(pass);
        if let Some(settled) = self.settled(pass) {
            return Some(self.until_settled(pass, &settled, ways.as_deref(), first, count));
        }
        ways.map(|ways| self.extremes_across(pass, &ways, first, count))
    }

    /// A whole row of such a pass, in blocks that stay in a cache: what is gone through twice is near then.
    pub(super) fn quick_row(&mut self, pass: PassId, total: E::Index) -> Option<State> {
        if !self.is_free(pass) || self.ways(pass).is_none() {
            return None;
        }
        let initial = self.initial(pass);
        let (zero, widths) = (self.emit.number(0), vec![1; initial.len()]);
        Some(self.repeat(zero, total, FREE_BLOCK, &initial, &widths, |w, start, state| {
            let size = w.emit.number(FREE_BLOCK);
            let count = w.up_to(start, total, size);
            let block = w.block_across(pass, start, count);
            w.join(pass, state, &block)
        }))
    }

    /// Whether elements may be gone through twice, or not at all.
    fn is_free(&self, pass: PassId) -> bool {
        let what = &self.kernel.passes[pass.index()];
        self.mapping.worker == Worker::Core && what.order == Order::Free && what.stores.is_empty()
    }

    /// How the carries of a pass are found, where one of them is found in another way than by its fold, and what
    /// is folded is cheap.
    fn ways(&self, pass: PassId) -> Option<Vec<Way>> {
        let carries = &self.kernel.passes[pass.index()].carries;
        let ways = carries.iter().map(|carry| Way::of(carry.fold, self.kernel.dtype(carry.args[0])));
        let ways: Vec<Way> = ways.collect();
        let folded: Vec<Val> = carries.iter().map(|carry| carry.args[0]).collect();
        let is_quick = ways.iter().any(|way| *way != Way::Fold);
        (is_quick && self.operations_of(&folded) <= CHEAP).then_some(ways)
    }

    /// About how many machine operations these values take.
    fn operations_of(&self, roots: &[Val]) -> u64 {
        let kernel = self.kernel;
        let of = |v: Val| match kernel.inst(v) {
            Inst::Const(_) | Inst::Scalar(_) | Inst::After { .. } => 0,
            Inst::Coord(_) | Inst::Load(..) | Inst::Prim(..) => 1,
            Inst::Pick { .. } => 2,
            Inst::Call(op, args) => {
                let types: SmallVec<[DType; 3]> = args.iter().map(|&v| kernel.dtype(v)).collect();
                Expansion::of(*op, &types).operations()
            }
            // A loop of their own, and accesses anywhere.
            Inst::Final { .. } | Inst::Within { .. } => CHEAP,
        };
        self.cone(roots, true, true).into_iter().map(of).sum()
    }

    /// The values that settle all carries of a pass, if they are truth values, and no element is looked at
    /// for more than its value.
    fn settled(&self, pass: PassId) -> Option<Vec<bool>> {
        let settled = |carry: &Carry| Way::settled(carry.fold, self.kernel.dtype(carry.args[0]));
        let carries = self.kernel.passes[pass.index()].carries.iter();
        if self.kernel.checks() > 0 { None } else { carries.map(settled).collect() }
    }

    /// A run of which the rest is passed over when all carries have become what no element changes.
    fn until_settled(
        &mut self,
        pass: PassId,
        settled: &[bool],
        ways: Option<&[Way]>,
        first: E::Index,
        count: E::Index,
    ) -> State {
        let kernel = self.kernel;
        let initial = self.initial(pass);
        let (beyond, widths) = (self.emit.step(Step::Add, first, count), vec![1; initial.len()]);
        self.repeat(first, beyond, SETTLED, &initial, &widths, |w, start, state| {
            let mut open = w.known(Scalar::bool(false));
            let mut rest = state;
            for (carry, &settled) in kernel.passes[pass.index()].carries.iter().zip(settled) {
                // The value is the first part of a state.
                let v = rest[0];
                rest = &rest[carry.fold.parts()..];
                let is_open = if settled { w.apply(Prim::Not, &[v]) } else { v };
                open = w.apply(Prim::Or, &[open, is_open]);
            }
            let open = w.holds(open);
            w.when(open, false, state, 1, |w| {
                let size = w.emit.number(SETTLED);
                let count = w.up_to(start, beyond, size);
                let part = match ways {
                    Some(ways) => w.extremes_across(pass, ways, start, count),
                    None => w.part_across(pass, start, count, true),
                };
                w.join(pass, state, &part)
            })
        })
    }

    /// A number that is not 0 where a uniform bool holds.
    fn holds(&mut self, v: V) -> E::Index {
        let value = self.handle(v, 1);
        self.emit.bits(&value)
    }

    /// A run of a pass that looks for extremes.
    fn extremes_across(&mut self, pass: PassId, ways: &[Way], first: E::Index, count: E::Index) -> State {
        let (found, has_nan) = self.found_across(pass, ways, first, count);
        let places = self.places_across(pass, ways, (&found, has_nan), first, count);
        let mut places = places.into_iter();
        let (mut all, mut doubt) = (State::new(), has_nan);
        let kernel = self.kernel;
        let mut found = found.into_iter();
        for (carry, way) in kernel.passes[pass.index()].carries.iter().zip(ways) {
            match way {
                Way::Fold => all.extend(found.by_ref().take(carry.fold.parts())),
                Way::Place(_) => {
                    found.next();
                    all.extend(places.by_ref().take(carry.fold.parts()));
                }
                Way::Extreme(_) => {
                    let value = found.next().expect("each extreme was found");
                    let zero = self.known(Scalar::zero(self.dtype_of(value)));
                    let is_zero = self.apply(Prim::Eq, &[value, zero]);
                    doubt = self.apply(Prim::Or, &[doubt, is_zero]);
                    all.push(value);
                }
            }
        }
        if ways.iter().all(|way| !matches!(way, Way::Extreme(_))) {
            return all;
        }
        let doubt = self.holds(doubt);
        self.when(doubt, true, &all, 1, |w| w.part_across(pass, first, count, true))
    }

    /// The extremes of a run but for the sign of a zero and for NaN, with what else it folds; and whether
    /// there is a NaN.
    fn found_across(&mut self, pass: PassId, ways: &[Way], first: E::Index, count: E::Index) -> (State, V) {
        let kernel = self.kernel;
        let carries = &kernel.passes[pass.index()].carries;
        let parts = |carry: &Carry, way: &Way| if *way == Way::Fold { carry.fold.parts() } else { 1 };
        let mut initial = State::new();
        for (carry, way) in carries.iter().zip(ways) {
            let constants = carry.fold.init(kernel.dtype(carry.args[0]));
            initial.extend(constants[..parts(carry, way)].iter().map(|c| self.known(*c)));
        }
        initial.push(self.known(Scalar::bool(false)));
        let widths = vec![self.mapping.lanes(); initial.len()];
        let chunks = self.each_chunk(pass, (first, count, true), &initial, &widths, &mut |w, state| {
            let (has_nan, mut rest) = state.split_last().expect("it ends with what it says of NaN");
            let (mut has_nan, mut next) = (*has_nan, State::new());
            for (carry, way) in carries.iter().zip(ways) {
                let (own, others) = rest.split_at(parts(carry, way));
                rest = others;
                let (Way::Extreme(prim) | Way::Place(prim)) = *way else {
                    let args = w.values(&carry.args);
                    next.extend(carry.fold.next(w, own, &args));
                    continue;
                };
                let x = w.values(&carry.args[..1])[0];
                if w.dtype_of(x).is_float() {
                    let is_nan = w.apply(Prim::Ne, &[x, x]);
                    has_nan = w.apply(Prim::Or, &[has_nan, is_nan]);
                    next.push(w.apply(prim, &[own[0], x]));
                } else {
                    next.extend(extreme(prim).join(w, own, &[x]));
                }
            }
            next.push(has_nan);
            next
        });
        let mut state = self.halve_by(chunks, &mut |w, a, b| {
            let (mut at, mut joined) = (0, State::new());
            for (carry, way) in carries.iter().zip(ways) {
                let own = at..at + parts(carry, way);
                at = own.end;
                let fold = match *way {
                    Way::Fold => carry.fold,
                    Way::Extreme(prim) | Way::Place(prim) => extreme(prim),
                };
                joined.extend(fold.join(w, &a[own.clone()], &b[own]));
            }
            joined.push(w.apply(Prim::Or, &[a[at], b[at]]));
            joined
        });
        let has_nan = state.pop().expect("it ends with what it says of NaN");
        (state, has_nan)
    }

    /// The states of the carries that look for places, from the elements that are equal to what was found,
    /// and from NaN. Where there is none, what comes after the first such element is passed over.
    fn places_across(
        &mut self,
        pass: PassId,
        ways: &[Way],
        (found, has_nan): (&[V], V),
        first: E::Index,
        count: E::Index,
    ) -> State {
        let kernel = self.kernel;
        let (mut at, mut sought, mut initial) = (0, Vec::new(), State::new());
        for (carry, way) in kernel.passes[pass.index()].carries.iter().zip(ways) {
            if let Way::Place(_) = way {
                sought.push((carry, found[at]));
                let constants = carry.fold.init(kernel.dtype(carry.args[0]));
                initial.extend(constants.iter().map(|c| self.known(*c)));
            }
            at += if *way == Way::Fold { carry.fold.parts() } else { 1 };
        }
        if sought.is_empty() {
            return initial;
        }
        // After the places, whether each is settled.
        let (is_sure, no) = (self.apply(Prim::Not, &[has_nan]), self.known(Scalar::bool(false)));
        let places = initial.len();
        initial.extend(sought.iter().map(|_| no));
        let (beyond, widths) = (self.emit.step(Step::Add, first, count), vec![1; initial.len()]);
        let mut state = self.repeat(first, beyond, SETTLED, &initial, &widths, |w, start, state| {
            let open = state[places..].iter().fold(no, |open, &settled| {
                let is_open = w.apply(Prim::Not, &[settled]);
                w.apply(Prim::Or, &[open, is_open])
            });
            let open = w.holds(open);
            w.when(open, false, state, 1, |w| {
                let size = w.emit.number(SETTLED);
                let count = w.up_to(start, beyond, size);
                let any = w.any_across(pass, &sought, start, count);
                let some = any.iter().fold(no, |some, &any| w.apply(Prim::Or, &[some, any]));
                let some = w.holds(some);
                let mut next = w.when(some, false, &state[..places], 1, |w| {
                    let part = w.equal_across(pass, &sought, start, count);
                    join_places(w, &sought, &state[..places], &part)
                });
                for (&settled, any) in state[places..].iter().zip(any) {
                    let settles = w.apply(Prim::And, &[any, is_sure]);
                    next.push(w.apply(Prim::Or, &[settled, settles]));
                }
                next
            })
        });
        state.truncate(places);
        state
    }

    /// For each of these carries, whether an element of a run is the value that it looks for, or a NaN.
    fn any_across(&mut self, pass: PassId, sought: &[Sought<'_>], first: E::Index, count: E::Index) -> State {
        let no = self.known(Scalar::bool(false));
        let initial: State = sought.iter().map(|_| no).collect();
        let widths = vec![self.mapping.lanes(); initial.len()];
        let chunks = self.each_chunk(pass, (first, count, true), &initial, &widths, &mut |w, state| {
            let any = sought.iter().zip(state);
            any.map(|(sought, &any)| {
                let is_one = w.is_sought(sought);
                w.apply(Prim::Or, &[any, is_one])
            })
            .collect()
        });
        self.halve_by(chunks, &mut |w, a, b| {
            a.iter().zip(b).map(|(&a, &b)| w.apply(Prim::Or, &[a, b])).collect()
        })
    }

    /// The states of these carries after the elements of a run that they look for.
    fn equal_across(
        &mut self,
        pass: PassId,
        sought: &[Sought<'_>],
        first: E::Index,
        count: E::Index,
    ) -> State {
        let lanes = self.mapping.lanes();
        let kernel = self.kernel;
        let constants = sought.iter().flat_map(|(carry, _)| carry.fold.init(kernel.dtype(carry.args[0])));
        let initial: State = constants.map(|c| self.known(c)).collect();
        let widths = vec![lanes; initial.len()];
        let chunks = self.each_chunk(pass, (first, count, true), &initial, &widths, &mut |w, state| {
            let any: Vec<V> = sought.iter().map(|sought| w.is_sought(sought)).collect();
            let any = any.into_iter().reduce(|a, b| w.apply(Prim::Or, &[a, b]));
            let any = w.handle(any.expect("a place is sought"), lanes);
            let any = w.emit.bits(&any);
            w.when(any, false, state, lanes, |w| {
                let mut next = State::new();
                for ((carry, _), own) in sought.iter().zip(state.chunks(2)) {
                    let args = w.values(&carry.args);
                    next.extend(carry.fold.next(w, own, &args));
                }
                next
            })
        });
        self.halve_by(chunks, &mut |w, a, b| join_places(w, sought, a, b))
    }

    /// Where a carry's elements are the value that it looks for, or a NaN.
    fn is_sought(&mut self, &(carry, best): &Sought<'_>) -> V {
        let x = self.values(&carry.args[..1])[0];
        let is_best = self.apply(Prim::Eq, &[x, best]);
        if !self.dtype_of(x).is_float() {
            return is_best;
        }
        let is_nan = self.apply(Prim::Ne, &[x, x]);
        self.apply(Prim::Or, &[is_best, is_nan])
    }

    fn dtype_of(&self, v: V) -> DType {
        self.slots[v.0 as usize].dtype
    }
}

/// Two states of carries that look for places, joined.
fn join_places<E: Emit>(w: &mut Walk<'_, E>, sought: &[Sought<'_>], a: &[V], b: &[V]) -> State {
    let pairs = sought.iter().zip(a.chunks(2).zip(b.chunks(2)));
    pairs.flat_map(|((carry, _), (a, b))| carry.fold.join(w, a, b)).collect()
}
