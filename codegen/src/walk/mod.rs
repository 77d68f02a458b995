//! The one walk over a kernel, for every mapping and every back end.
//!
//! A kernel says "for each row, do these passes over columns"; the walk says it to an [`Emit`]:
//! loops over units of work, the passes of each row, the folds in their fixed order. Values are
//! emitted on demand; what does not move with a loop is emitted before it, so loop-invariant
//! motion is a consequence of where a value's axes lie.
//!
//! `layout` goes through units of work, `fold` holds the orders of folds, `quick` those that are free, `values` turns instructions
//! into values, `guards` what one chooses, `arith` operations, `place` turns indices into addresses, `within` makes sure of those that
//! come from data.

mod arith;
mod emit;
mod fold;
mod guards;
pub(crate) mod half;
mod layout;
mod place;
mod prefix;
mod quick;
mod scan;
mod states;
mod values;
mod within;

pub use emit::{Active, Emit, Extremum, Join, Memory, Place, Spread, Step};

use crate::mapping::{self, Layout, Mapping, Worker};
use numfuse_ir::dtype::DType;
use numfuse_ir::index::{Index, Word};
use numfuse_ir::kernel::{AxisId, BufferId, Inst, Kernel, Order, PassId, Val};
use numfuse_ir::math::Known;
use numfuse_ir::prim::Prim;
use numfuse_ir::scalar::Scalar;
use smallvec::SmallVec;
use std::collections::HashMap;

/// Which entry of a kernel is emitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// The one that every kernel has.
    Main,
    /// States of blocks in scratch are joined in groups, to states in scratch.
    Join,
    /// Totals of blocks in scratch are scanned there.
    Prefix,
    /// What is done with the states of blocks in scratch.
    Finish,
}

impl Entry {
    /// The entries of a kernel under a mapping.
    pub fn of(mapping: Mapping) -> &'static [Entry] {
        match (mapping.layout.has_finish(), mapping.joins, mapping.has_prefix()) {
            (false, _, _) => &[Entry::Main],
            (true, false, false) => &[Entry::Main, Entry::Finish],
            (true, true, false) => &[Entry::Main, Entry::Join, Entry::Finish],
            (true, false, true) => &[Entry::Main, Entry::Prefix, Entry::Finish],
            (true, true, true) => &[Entry::Main, Entry::Join, Entry::Prefix, Entry::Finish],
        }
    }
}

/// Emits one entry of a kernel.
pub fn walk<E: Emit>(kernel: &Kernel, mapping: Mapping, entry: Entry, emit: &mut E) {
    let mut walk = Walk::new(kernel, mapping, emit);
    walk.scoped(|w| {
        w.hoist(&w.roots());
        match (mapping.layout, entry) {
            (Layout::Scan | Layout::ScanBands, _) if mapping.has_prefix() => w.scan_apart(entry),
            (_, Entry::Join) => w.join_groups(),
            (Layout::Flat, _) => w.flat(|w| w.passes(0)),
            (Layout::Tall, _) => w.tall(|w| w.passes(0)),
            (Layout::Row, _) => w.rows(|w| w.passes(0)),
            (Layout::Split, Entry::Main) if mapping.worker == Worker::Core => w.split(),
            (Layout::Split, Entry::Main) => w.split_apart(),
            (Layout::Split, Entry::Finish) => w.rows(|w| w.finish()),
            (Layout::Bands, Entry::Main) => w.bands(),
            (Layout::Bands, Entry::Finish) => w.flat(|w| w.finish()),
            (Layout::Tile, _) => w.tiles(),
            (Layout::Scan, Entry::Main) => w.totals(),
            (Layout::Scan, Entry::Finish) => w.parts_of_scan(),
            (_, Entry::Prefix) | (Layout::ScanBands, _) => unreachable!("a core has no such entry"),
        }
    });
}

/// A value as the walk knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct V(u32);

/// What is known of a value: constants are emitted where they are used.
enum What<T> {
    Constant(Scalar),
    Emitted(T),
}

struct Slot<T> {
    dtype: DType,
    lanes: u32,
    facts: Known,
    /// The value in the first lane, where each lane after it has one more.
    run: Option<V>,
    what: What<T>,
}

/// The coordinate along an axis, where one is set.
#[derive(Clone, Copy)]
enum At<I> {
    /// No loop over the axis is open.
    Unbound,
    /// The same for all lanes.
    Uniform(I),
    /// That of the first lane; the others follow.
    Lanes(I),
    /// That of the first lane; each other is a run of a scan further.
    Runs(I),
    /// Any int64 in each lane.
    Vector(V),
}

/// What was emitted inside one loop or branch, forgotten when it closes.
struct Scope<I> {
    /// The axes that are set here or further out, as bits.
    bound: u64,
    values: HashMap<Val, V>,
    prims: HashMap<(Prim, SmallVec<[V; 3]>), V>,
    splats: HashMap<(V, u32), V>,
    /// Pointers of accesses, with the axes that they have seen.
    pointers: HashMap<(BufferId, Index), (I, u64)>,
    finals: HashMap<(PassId, u32, u32), V>,
}

/// A value and where it goes.
type Written<E> = (Place<<E as Emit>::Index, <E as Emit>::Value>, <E as Emit>::Value);

/// The parts of the states of all carries of a pass, one after the other.
type State = SmallVec<[V; 4]>;

struct Walk<'k, E: Emit> {
    kernel: &'k Kernel,
    mapping: Mapping,
    emit: &'k mut E,
    depends: Vec<u64>,
    slots: Vec<Slot<E::Value>>,
    constants: HashMap<Scalar, V>,
    scopes: Vec<Scope<E::Index>>,
    axes: Vec<At<E::Index>>,
    active: Option<Active<E::Index>>,
    /// Whether the lanes are on both sides of a guard that is open.
    is_mixed: bool,
    /// Loads whose elements lie turned in a table, and the row of it that is open.
    turned: Vec<(Val, E::Table)>,
    turned_row: Option<E::Index>,
    /// What is kept of a row, each in a table; and the pass that is walked.
    kept: Vec<(mapping::Kept, E::Table)>,
    pass: usize,
}

impl<'k, E: Emit> Walk<'k, E> {
    fn new(kernel: &'k Kernel, mapping: Mapping, emit: &'k mut E) -> Self {
        let axes = kernel.axes.iter().map(|_| At::Unbound).collect();
        let (slots, scopes, constants) = (Vec::new(), Vec::new(), HashMap::new());
        Walk {
            kernel,
            mapping,
            emit,
            depends: kernel.dependence(),
            slots,
            constants,
            scopes,
            axes,
            active: None,
            is_mixed: false,
            turned: Vec::new(),
            turned_row: None,
            kept: Vec::new(),
            pass: 0,
        }
    }

    /// The passes of one row (or of a strip of rows) from the given one on.
    fn passes(&mut self, from: usize) {
        self.keep_rows();
        for p in from..self.kernel.passes.len() {
            if !self.kernel.passes[p].inner {
                self.pass = p;
                self.pass(PassId(p as u32));
            }
        }
    }

    /// Tables for what is read once of a row.
    fn keep_rows(&mut self) {
        if !self.mapping.keeps {
            return;
        }
        self.kept.clear();
        for kept in mapping::kept(self.kernel) {
            let table = match self.kept.first() {
                Some((_, first)) if kept.replaces => *first,
                _ => {
                    let length = self.visits(PassId(kept.pass as u32));
                    self.emit.row(self.kernel.dtype(kept.value), length)
                }
            };
            self.kept.push((kept, table));
        }
    }

    fn pass(&mut self, pass: PassId) {
        let what = &self.kernel.passes[pass.index()];
        if what.cols.is_empty() && what.carries.is_empty() {
            return self.stores(pass);
        }
        if what.order == Order::Runs {
            return self.scan(pass);
        }
        let across = self.mapping.layout.is_across();
        let state = match (across && !what.cols.is_empty(), what.carries.is_empty()) {
            (true, true) => return self.visit_across(pass),
            (false, true) => return self.visit_along(pass),
            (true, false) => self.fold_across(pass),
            (false, false) => self.fold_along(pass),
        };
        self.set_finals(pass, &state);
    }

    /// Goes along an axis from `start`, all lanes at a time, then the rest under a mask. The
    /// carried values that `body` gives in lanes beyond the end are not used.
    fn strips(
        &mut self,
        axis: AxisId,
        start: E::Index,
        count: E::Index,
        carried: &[V],
        body: &mut dyn FnMut(&mut Self, &[V]) -> State,
    ) -> State {
        let lanes = self.mapping.lanes();
        let n = self.emit.number(lanes.into());
        let mut rest = self.emit.step(Step::Rem, count, n);
        let whole = self.emit.step(Step::Sub, count, rest);
        let tail = self.emit.step(Step::Add, start, whole);
        let widths = vec![lanes; carried.len()];
        let (mut start, mut by) = (start, i64::from(lanes));
        if let Some((member, members)) = self.emit.team() {
            assert!(carried.is_empty(), "what the members of a team carry is joined block by block");
            let skipped = self.emit.step(Step::Mul, member, n);
            start = self.emit.step(Step::Add, start, skipped);
            by *= members;
            // The rest is the first one's.
            let one = self.emit.number(1);
            let others = self.emit.step(Step::Min, member, one);
            let first = self.emit.step(Step::Sub, one, others);
            rest = self.emit.step(Step::Mul, rest, first);
        }
        let after = self.repeat(start, tail, by, carried, &widths, |w, i, state| {
            w.bind(axis, At::Lanes(i));
            let state = body(w, state);
            w.unbind(axis);
            state
        });
        self.when(rest, false, &after, lanes, |w| {
            w.bind(axis, At::Lanes(tail));
            let next = w.in_tail(rest, &after, |w| body(w, &after));
            w.unbind(axis);
            next
        })
    }

    /// Runs `body` with the first `count` lanes active; the others keep `before`.
    fn in_tail(&mut self, count: E::Index, before: &[V], body: impl FnOnce(&mut Self) -> State) -> State {
        let lanes = self.mapping.lanes();
        let next = self.masked(Some(count), body);
        if before.is_empty() {
            return next;
        }
        let mask = self.emit.first_lanes(count, lanes);
        let mask = self.emitted(DType::Bool, lanes, mask);
        before.iter().zip(&next).map(|(&old, &new)| self.apply(Prim::Select, &[mask, new, old])).collect()
    }

    /// With the first `count` lanes active, or with all.
    fn masked<R>(&mut self, count: Option<E::Index>, body: impl FnOnce(&mut Self) -> R) -> R {
        let active = count.map(|n| Active { bits: self.emit.step(Step::Ones, n, n), tail: true });
        let outer = std::mem::replace(&mut self.active, active);
        let result = body(self);
        self.active = outer;
        result
    }

    /// A loop with a scope of its own; each carried value has as many lanes as `lanes` says.
    fn repeat(
        &mut self,
        from: E::Index,
        to: E::Index,
        by: i64,
        carried: &[V],
        lanes: &[u32],
        body: impl FnOnce(&mut Self, E::Index, &[V]) -> State,
    ) -> State {
        let shapes: SmallVec<[(DType, u32); 4]> =
            carried.iter().zip(lanes).map(|(&v, &n)| (self.slots[v.0 as usize].dtype, n)).collect();
        let first: Vec<E::Value> = carried.iter().zip(lanes).map(|(&v, &n)| self.handle(v, n)).collect();
        let (i, values) = self.emit.begin_loop(from, to, by, &first);
        let inside: State = shapes.iter().zip(values).map(|(&(d, n), v)| self.emitted(d, n, v)).collect();
        let next: Vec<E::Value> = self.scoped(|w| {
            let next = body(w, i, &inside);
            next.iter().zip(lanes).map(|(&v, &n)| w.handle(v, n)).collect()
        });
        let last = self.emit.end_loop(&next);
        shapes.iter().zip(last).map(|(&(d, n), v)| self.emitted(d, n, v)).collect()
    }

    /// `body` if `cond` is not 0, else the values `otherwise`.
    fn when(
        &mut self,
        cond: E::Index,
        rare: bool,
        otherwise: &[V],
        lanes: u32,
        body: impl FnOnce(&mut Self) -> State,
    ) -> State {
        let dtypes: Vec<DType> = otherwise.iter().map(|&v| self.slots[v.0 as usize].dtype).collect();
        let fallback: Vec<E::Value> = otherwise.iter().map(|&v| self.handle(v, lanes)).collect();
        self.emit.begin_if(cond, rare, &fallback);
        let values: Vec<E::Value> = self.scoped(|w| {
            let values = body(w);
            values.iter().map(|&v| w.handle(v, lanes)).collect()
        });
        let values = self.emit.end_if(&values);
        dtypes.iter().zip(values).map(|(&d, v)| self.emitted(d, lanes, v)).collect()
    }

    fn scoped<R>(&mut self, body: impl FnOnce(&mut Self) -> R) -> R {
        let bound = self.scopes.last().map_or(0, |s| s.bound);
        self.scopes.push(Scope {
            bound,
            values: HashMap::new(),
            prims: HashMap::new(),
            splats: HashMap::new(),
            pointers: HashMap::new(),
            finals: HashMap::new(),
        });
        let before = self.axes.clone();
        let result = body(self);
        self.axes = before;
        self.scopes.pop();
        result
    }

    /// A scope whose code runs whenever that around it does: what it computed of values from
    /// outside is found again after it, though its axes and the kernel's values are its own.
    fn beside<R>(&mut self, body: impl FnOnce(&mut Self) -> R) -> R {
        let (prims, splats, result) = self.scoped(|w| {
            let result = body(w);
            let scope = w.scope();
            (std::mem::take(&mut scope.prims), std::mem::take(&mut scope.splats), result)
        });
        let scope = self.scope();
        scope.prims.extend(prims);
        scope.splats.extend(splats);
        result
    }

    fn scope(&mut self) -> &mut Scope<E::Index> {
        self.scopes.last_mut().expect("a walk has a scope from its start to its end")
    }

    fn bind(&mut self, axis: AxisId, at: At<E::Index>) {
        self.axes[axis.index()] = at;
        self.scope().bound |= 1 << axis.0;
    }

    fn unbind(&mut self, axis: AxisId) {
        self.axes[axis.index()] = At::Unbound;
        self.scope().bound &= !(1 << axis.0);
    }

    fn word(&mut self, word: Word) -> E::Index {
        match word {
            Word::Known(n) => self.emit.number(n),
            Word::Param(k) => self.emit.word(k),
        }
    }

    /// How many elements a pass visits in a row.
    fn visits(&mut self, pass: PassId) -> E::Index {
        let cols = self.kernel.passes[pass.index()].cols.clone();
        self.extent_of(&cols)
    }

    /// How many points these axes have together.
    fn extent_of(&mut self, axes: &[AxisId]) -> E::Index {
        let extents: SmallVec<[E::Index; 4]> =
            axes.iter().map(|a| self.word(self.kernel.axes[a.index()].extent)).collect();
        let product = extents.into_iter().reduce(|a, b| self.emit.step(Step::Mul, a, b));
        product.unwrap_or_else(|| self.emit.number(1))
    }

    /// Sets these axes from a position over them, the last fastest: the same in all lanes.
    fn bind_axes(&mut self, axes: &[AxisId], position: E::Index) {
        let mut rest = position;
        for (k, &axis) in axes.iter().enumerate().rev() {
            if k == 0 {
                self.bind(axis, At::Uniform(rest));
                break;
            }
            let extent = self.extent_of(&[axis]);
            let quotient = self.emit.step(Step::Div, rest, extent);
            let digit = self.rest(rest, extent, quotient);
            self.bind(axis, At::Uniform(digit));
            rest = quotient;
        }
    }

    /// How many coordinates there are from `start` to `end`, but at most so many.
    fn up_to(&mut self, start: E::Index, end: E::Index, most: E::Index) -> E::Index {
        let left = self.emit.step(Step::Sub, end, start);
        self.emit.step(Step::Min, left, most)
    }

    /// What a division leaves: a product and a difference take less than another division.
    fn rest(&mut self, a: E::Index, by: E::Index, quotient: E::Index) -> E::Index {
        let whole = self.emit.step(Step::Mul, quotient, by);
        self.emit.step(Step::Sub, a, whole)
    }

    fn divide_up(&mut self, a: E::Index, by: E::Index) -> E::Index {
        let one = self.emit.number(1);
        let round = self.emit.step(Step::Sub, by, one);
        let sum = self.emit.step(Step::Add, a, round);
        self.emit.step(Step::Div, sum, by)
    }

    /// The values that all passes need.
    fn roots(&self) -> Vec<Val> {
        let outer = (0..self.kernel.passes.len()).filter(|&p| !self.kernel.passes[p].inner);
        outer.flat_map(|p| self.pass_roots(PassId(p as u32))).collect()
    }

    /// The values that a pass folds and stores, and those in the indices of its stores.
    fn pass_roots(&self, pass: PassId) -> Vec<Val> {
        let carries = &self.kernel.passes[pass.index()].carries;
        let mut roots: Vec<Val> = carries.iter().flat_map(|c| c.args.iter().copied()).collect();
        roots.extend(self.store_roots(pass));
        roots
    }

    /// The values that a pass stores, and those in the indices of its stores.
    fn store_roots(&self, pass: PassId) -> Vec<Val> {
        let mut roots = Vec::new();
        for store in &self.kernel.passes[pass.index()].stores {
            roots.push(store.value);
            Inst::Coord(store.at.clone()).for_each_arg(&mut |v| roots.push(v));
        }
        roots
    }
}
