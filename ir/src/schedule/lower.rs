//! From a group of nodes to a kernel.
//!
//! Values are made from the leaves up, on a work list instead of recursion: each node demanded at a
//! place first asks for its operands at theirs. Indices are pushed from the stores to the loads
//! through [`View::map`](crate::view::View::map); a fold becomes a carry of a pass, `pad` a pick.
//! Half types vanish: see [`kernel::half`](crate::kernel::half); complex types too, as pairs: see
//! [`kernel::complex`](crate::kernel::complex).
//! The kernel is then collapsed, made blind to shapes, and its numbers go to the step's words.

use super::demand::{Place, Space, is_taken};
use super::fuse::{Group, space_of, stored, written_shape};
use super::{Cut, Job, KernelJob, Place as Data, Plan, Slot, Step, in_place, library};
use crate::dtype::DType;
use crate::graph::{Graph, Kind, Node, NodeId};
use crate::index::{Guard, Index, Range, Term, Word};
use crate::kernel::build::Builder;
use crate::kernel::{Axis, AxisId, BufferId, Carry, Check, Inst, Kernel, Order, Role, Store, Val, space};
use crate::math::complex::{Pair, Value};
use crate::ops::Op;
use crate::ops::fold::Fold;
use crate::scalar::Scalar;
use crate::shape::Shape;
use crate::view::{Factor, Sum, View, flatten};
use indexmap::{IndexMap, IndexSet};
use rustc_hash::FxBuildHasher;
use smallvec::SmallVec;
use std::sync::Arc;

/// Lowers each group to a step; slots are numbered as they are written.
pub fn lower(graph: &Graph, groups: &[Group]) -> Plan {
    let mut places: Vec<Option<Data>> = vec![None; graph.len()];
    for n in graph.nodes() {
        if let Kind::Leaf(i) = graph.node(n).kind {
            places[n.index()] = Some(Data::Leaf(i));
        }
    }
    let mut plan = Plan::default();
    for group in groups {
        if library::of_group(graph, group).is_some() {
            let slots = add_slots(graph, group, &places, &mut plan.slots);
            let result = Data::Slot(slots[0]);
            let place = |n: NodeId| places[n.index()].expect("what a library reads is in memory");
            plan.steps.push(library::step(graph, group, place, result));
            places[group.roots[0].0.index()] = Some(result);
            continue;
        }
        let mut lowering = Lowering::new(graph, group, &places);
        let values: Vec<Vec<Value<Val>>> = group.roots.iter().map(|(n, _)| lowering.root(*n)).collect();
        let slots = add_slots(graph, group, &places, &mut plan.slots);
        plan.steps.push(lowering.finish(group, &values, &slots));
        for ((n, _), slot) in group.writes().zip(slots) {
            places[n.index()] = Some(Data::Slot(slot));
        }
    }
    let place = |n: &NodeId| places[stored(graph, *n).index()].expect("outputs are materialised");
    plan.outputs = graph.outputs().iter().map(place).collect();
    plan
}

/// Slots for what a group writes; an update is written over what it updates.
fn add_slots(graph: &Graph, group: &Group, places: &[Option<Data>], slots: &mut Vec<Slot>) -> Vec<u32> {
    let add = |(n, _): &(NodeId, _)| {
        let Node { shape, dtype, .. } = graph.node(*n);
        let base = in_place::base(graph, *n);
        let over = base.map(|base| places[base.index()].expect("what is written over is in memory"));
        slots.push(Slot { dtype: *dtype, shape: shape.clone(), written: 0, last_read: 0, over });
        slots.len() as u32 - 1
    };
    group.writes().map(add).collect()
}

/// What is left to do for a value: to look at its node, or to make it of its operands.
enum Task {
    Ask((NodeId, Place)),
    Make((NodeId, Place), SmallVec<[(NodeId, Place); 3]>),
}

struct Lowering<'a> {
    graph: &'a Graph,
    places: &'a [Option<Data>],
    space: Space,
    builder: Builder,
    /// Values by node and place.
    values: IndexMap<(NodeId, Place), Value<Val>, FxBuildHasher>,
    /// What it reads, and how many bytes of each.
    buffers: IndexMap<Data, u64>,
    /// The values of the places found by index, by their number in the space.
    taken: IndexMap<u32, Val>,
    /// The places behind the kernel's checks.
    checks: Vec<u32>,
    /// The run-time numbers passed, by their number in the graph.
    scalars: IndexSet<u32>,
    nodes: IndexSet<NodeId>,
    /// What it writes: never read back from memory.
    writes: Vec<NodeId>,
}

impl<'a> Lowering<'a> {
    fn new(graph: &'a Graph, group: &Group, places: &'a [Option<Data>]) -> Lowering<'a> {
        Lowering {
            graph,
            places,
            space: space_of(graph, group),
            builder: Builder::new(),
            values: IndexMap::default(),
            buffers: IndexMap::new(),
            taken: IndexMap::new(),
            checks: Vec::new(),
            scalars: IndexSet::new(),
            nodes: IndexSet::new(),
            writes: group.writes().map(|(n, _)| *n).collect(),
        }
    }

    fn root(&mut self, n: NodeId) -> Vec<Value<Val>> {
        self.space.roots().into_iter().map(|place| self.value(n, place)).collect()
    }

    /// The value of a node at a place. Operands come first, from a work list: graphs may be deep.
    fn value(&mut self, n: NodeId, place: Place) -> Value<Val> {
        let mut work = vec![Task::Ask((n, place.clone()))];
        while let Some(task) = work.pop() {
            match task {
                Task::Ask(asked) if self.values.contains_key(&asked) => {}
                Task::Ask(asked) => {
                    let operands = self.operands(asked.0, &asked.1);
                    let missing = operands.iter().rev().filter(|o| !self.values.contains_key(*o));
                    let missing: SmallVec<[Task; 3]> = missing.cloned().map(Task::Ask).collect();
                    work.push(Task::Make(asked, operands));
                    work.extend(missing);
                }
                Task::Make((node, at), operands) => {
                    let args: SmallVec<[Value<Val>; 3]> = operands.iter().map(|o| self.values[o]).collect();
                    let value = self.make(node, &at, &args);
                    self.values.insert((node, at), value);
                }
            }
        }
        self.values[&(n, place)]
    }

    /// True when the node's value is read from memory rather than computed here.
    fn is_read(&self, n: NodeId) -> bool {
        self.places[n.index()].is_some() && !self.writes.contains(&n)
    }

    /// What must be known before the node's value is; nothing for what is loaded.
    fn operands(&mut self, n: NodeId, at: &[Sum]) -> SmallVec<[(NodeId, Place); 3]> {
        if self.is_read(n) {
            return SmallVec::new();
        }
        // A reshape that is no sum of terms reads its materialised operand by row-major position.
        self.space.inputs(self.graph, n, at).unwrap_or_default()
    }

    fn make(&mut self, n: NodeId, at: &[Sum], args: &[Value<Val>]) -> Value<Val> {
        let node = self.graph.node(n);
        if self.is_read(n) {
            return self.load(n, at, &node.shape);
        }
        self.nodes.insert(n);
        match &node.kind {
            Kind::Leaf(_) | Kind::Library(_) => unreachable!("it has a place in memory"),
            Kind::Const(c) => Value::of(*c).map(|c| {
                let constant = self.builder.constant(c);
                self.builder.widened(constant)
            }),
            Kind::Scalar(i) => Value::Real(self.scalar(*i, node.dtype)),
            Kind::Iota(axis) => {
                let at = self.index(&at[*axis]);
                Value::Real(self.builder.coord(at))
            }
            Kind::Map(op) => self.map(n, *op, args),
            Kind::Cast => {
                let from = self.graph.node(self.graph.inputs(n)[0]).dtype;
                self.builder.cast_value(args[0], from, node.dtype)
            }
            Kind::View(View::Reshape) if args.is_empty() => {
                let source = stored(self.graph, n);
                self.load(source, at, &node.shape)
            }
            Kind::View(_) | Kind::Update(_) => args[0],
            Kind::Pad(before) => self.pick(n, at, before, args),
            Kind::Scan { fold, .. } => self.scan(*fold, args[0]),
            Kind::Gather { .. } => self.gather(n, at, args),
            Kind::Reduce { fold, part, axes } => self.fold(n, at, *fold, *part, axes, args[0]),
        }
    }

    /// A row of the op table; of complex numbers its body over pairs.
    fn map(&mut self, n: NodeId, op: Op, args: &[Value<Val>]) -> Value<Val> {
        let types: SmallVec<[DType; 3]> =
            self.graph.inputs(n).iter().map(|i| self.graph.node(*i).dtype).collect();
        if op.is_of_pairs(&types) {
            return op.expand_complex(&mut self.builder, args);
        }
        let args: SmallVec<[Val; 3]> = args.iter().map(|value| value.real()).collect();
        let value = self.builder.call(op, &args);
        Value::Real(self.builder.rounded(value, self.graph.node(n).dtype))
    }

    /// An element of what is in memory, at a place under a shape of as many elements.
    fn load(&mut self, n: NodeId, at: &[Sum], shape: &Shape) -> Value<Val> {
        let place = self.places[n.index()].expect("what is read has been written");
        let node = self.graph.node(n);
        let indices = places_of(node.dtype, &flatten(at, shape)).map(|sum| self.index(&sum));
        if !self.buffers.contains_key(&place) {
            self.builder.buffer(node.dtype.part(), Role::In);
        }
        let all = node.shape.size() as u64;
        // Of what is taken by index, or read for a part, no more need move than elements are.
        let in_part = self.writes.iter().any(|n| in_place::is_update(self.graph, *n));
        let some = is_taken(at) || in_part;
        let read = if some { all.min(self.space.count(self.space.depends(at))) } else { all };
        let entry = self.buffers.entry(place);
        let buffer = BufferId(entry.index() as u32);
        let bytes = entry.or_insert(0);
        *bytes = (*bytes).max(read * node.dtype.bytes() as u64);
        indices.map(|index| {
            let value = self.builder.load(buffer, index);
            self.builder.widened(value)
        })
    }

    /// The words of a sum, and the values of the places in it that are found by index.
    fn index(&mut self, sum: &Sum) -> Index {
        let sum = sum.together(&|axis| self.space.extent(axis));
        Index::of(&sum, &mut |number| self.within(number))
    }

    /// The place that an index means, which is known by now.
    fn within(&mut self, number: u32) -> Val {
        if let Some(&known) = self.taken.get(&number) {
            return known;
        }
        let taken = self.space.taken(number).0.clone();
        let check = taken.bounds.is_checked().then(|| {
            let (index, place) = &taken.index;
            let at = self.index(&flatten(place, &self.graph.node(*index).shape));
            self.checks.push(number);
            Check { number: self.checks.len() as u32 - 1, at }
        });
        let (index, extent) = (self.values[&taken.index].real(), Word::Known(taken.extent));
        let inst = Inst::Within { index, extent, bounds: taken.bounds, check };
        let value = self.builder.push(inst, DType::I64);
        self.taken.insert(number, value);
        value
    }

    /// The value of a gather, which is that of its data at the place that the indices say. Where the
    /// data does not depend on an index (a broadcast) the index is looked at all the same.
    fn gather(&mut self, n: NodeId, at: &[Sum], args: &[Value<Val>]) -> Value<Val> {
        let operands = self.operands(n, at);
        let (Some((_, data)), Some(&value)) = (operands.last(), args.last()) else {
            unreachable!("a gather has data: graph/verify.rs")
        };
        let mut value = value;
        for (factor, _) in data.iter().flat_map(|sum| sum.terms.iter().copied()) {
            let Factor::Taken { number, extent } = factor else { continue };
            let is_checked = self.space.taken(number).0.bounds.is_checked();
            let place = self.within(number);
            value = value.map(|value| match is_checked && !self.builder.needs(value, place) {
                true => self.after(value, place, extent),
                false => value,
            });
        }
        value
    }

    /// A value, but for which a place below `extent` must be known: a pick whose guard always holds.
    fn after(&mut self, value: Val, place: Val, extent: i64) -> Val {
        let mut index = Index::constant(0);
        index.terms.push((Word::Known(1), Term::Value(place)));
        let range = Range { index, low: Word::Known(0), high: Word::Known(extent) };
        let dtype = self.builder.dtype(value);
        let outside = self.builder.constant(Scalar::zero(dtype));
        self.builder.push(Inst::Pick { guard: Guard { ranges: vec![range] }, inside: value, outside }, dtype)
    }

    fn scalar(&mut self, number: u32, dtype: DType) -> Val {
        let (at, new) = self.scalars.insert_full(number);
        let value = match new {
            true => self.builder.scalar(dtype),
            false => self.builder.push(Inst::Scalar(at as u32), dtype),
        };
        self.builder.widened(value)
    }

    /// Inside where the operand lies in its frame, outside elsewhere.
    fn pick(&mut self, n: NodeId, at: &[Sum], before: &[i64], args: &[Value<Val>]) -> Value<Val> {
        let frame = &self.graph.node(n).shape;
        let inner = &self.graph.node(self.graph.inputs(n)[0]).shape;
        let mut ranges = Vec::new();
        for (axis, index) in at.iter().enumerate() {
            let (low, high) = (before[axis], before[axis] + inner[axis] as i64);
            if low > 0 || high < frame[axis] as i64 {
                ranges.push(Range {
                    index: self.index(index),
                    low: Word::Known(low),
                    high: Word::Known(high),
                });
            }
        }
        if ranges.is_empty() || args[0] == args[1] {
            return args[0];
        }
        let mut outside = args[1].parts();
        args[0].map(|inside| {
            let outside = outside.next().expect("both sides of a frame have one type");
            let dtype = self.builder.dtype(inside);
            self.builder.push(Inst::Pick { guard: Guard { ranges: ranges.clone() }, inside, outside }, dtype)
        })
    }

    /// The running value of a fold; of complex numbers of either part, or of both together.
    fn scan(&mut self, fold: Fold, element: Value<Val>) -> Value<Val> {
        match (element, fold) {
            (Value::Pair(Pair { re, im }), Fold::Prod | Fold::Min | Fold::Max) => {
                let pairs = fold.of_pairs();
                // Running values are joined in order, so that of equals the first stays wherever it is.
                let nowhere =
                    (pairs.arguments() > 2).then(|| self.builder.constant(Scalar::zero(DType::I64)));
                let element: SmallVec<[Val; 3]> = [re, im].into_iter().chain(nowhere).collect();
                let running = self.builder.scan(pairs, &element);
                Value::Pair(Pair { re: running(&mut self.builder, 0), im: running(&mut self.builder, 1) })
            }
            (element, _) => element.map(|element| self.builder.scan(fold, &[element])(&mut self.builder, 0)),
        }
    }

    /// The result of a fold; of complex numbers that of one of their parts, or of either part.
    fn fold(
        &mut self,
        n: NodeId,
        at: &[Sum],
        fold: Fold,
        part: usize,
        axes: &[usize],
        element: Value<Val>,
    ) -> Value<Val> {
        let (part, pairs) = (part as u32, fold.of_pairs());
        match (element, fold) {
            (Value::Real(v), _) => Value::Real(self.carry(n, at, fold, axes, &[v])(self, part)),
            (Value::Pair(_), Fold::Sum) => {
                element.map(|element| self.carry(n, at, fold, axes, &[element])(self, 0))
            }
            (Value::Pair(Pair { re, im }), _) => {
                let result = self.carry(n, at, pairs, axes, &[re, im]);
                match (fold, part) {
                    (Fold::ArgMin | Fold::ArgMax, 1) => Value::Real(result(self, 2)),
                    _ => Value::Pair(Pair { re: result(self, 0), im: result(self, 1) }),
                }
            }
        }
    }

    /// Folds an element over the axes of a node; gives what names the parts of the result.
    fn carry(
        &mut self,
        n: NodeId,
        at: &[Sum],
        fold: Fold,
        axes: &[usize],
        element: &[Val],
    ) -> impl Fn(&mut Self, u32) -> Val + use<'a> {
        let input = self.graph.inputs(n)[0];
        let shape = &self.graph.node(input).shape;
        let (place, columns) = self.space.walk(n, shape, axes, at);
        let mut args: SmallVec<[Val; 2]> = SmallVec::from_slice(element);
        if fold.arguments() > element.len() {
            let folded: Vec<Sum> = axes.iter().map(|&a| place[a].clone()).collect();
            let extents: Vec<usize> = axes.iter().map(|&a| shape[a]).collect();
            let extents = Shape::new(&extents).expect("some axes of a shape make a shape");
            let position = self.index(&flatten(&folded, &extents));
            args.push(self.builder.coord(position));
        }
        let inner = self.space.is_inside(at);
        let dtype = self.builder.dtype(element[0]);
        let order = order_of(fold, dtype, shape, axes);
        let (pass, carry) = self.builder.fold(&columns, order, Carry { fold, args }, inner);
        move |lowering, part| {
            let inst = Inst::Final { pass, carry, part };
            lowering.builder.push(inst, fold.part_dtype(dtype, part as usize))
        }
    }

    /// The finished step: everything is stored, axes are collapsed, numbers lifted to words.
    fn finish(mut self, group: &Group, values: &[Vec<Value<Val>>], slots: &[u32]) -> Step {
        let mut last = Vec::new();
        for ((n, _), values) in group.roots.iter().zip(values) {
            let places = self.space.roots();
            last.extend(self.stores(*n, places.iter().zip(values.iter().copied())));
        }
        let columns = self.space.root_columns();
        self.builder.store(&columns, last);
        for (n, _) in &group.along {
            let (place, value) = self.found(*n);
            let stores = self.stores(*n, [(&place, value)].into_iter());
            match self.space.depends(&place) & !self.space.rows() {
                0 => self.builder.store(&[], stores),
                columns => {
                    let walks = |cols: &[AxisId]| self.space.moving(cols) == columns;
                    for (value, store) in value.parts().zip(stores) {
                        self.builder.store_along(walks, value, vec![store]);
                    }
                }
            }
        }
        let written = |(n, _): &(NodeId, Cut)| {
            (written_shape(self.graph, *n).size() * self.graph.node(*n).dtype.bytes()) as u64
        };
        let bytes_written = group.writes().map(written).sum();
        let mut kernel = self.builder.finish();
        set_axes(&mut kernel, &self.space);
        space::collapse(&mut kernel);
        space::narrow(&mut kernel);
        let words = space::lift(&mut kernel);
        debug_assert_eq!(
            crate::kernel::verify::verify(&kernel),
            Ok(()),
            "lowering gives well-formed kernels"
        );
        let outputs = slots.iter().map(|&s| Data::Slot(s));
        let bytes_read = self.buffers.values().sum();
        Step {
            job: Job::Kernel(KernelJob {
                kernel: Arc::new(kernel),
                scalars: self.scalars.into_iter().collect(),
                words,
                checks: self.checks.iter().map(|&number| self.space.taken(number).1.asked).collect(),
            }),
            buffers: self.buffers.into_keys().chain(outputs).collect(),
            writes: group.writes().cloned().collect(),
            nodes: self.nodes.into_iter().collect(),
            bytes_read,
            bytes_written,
        }
    }

    /// The writes of a node's values, into a buffer of its own.
    fn stores<'p>(&mut self, n: NodeId, values: impl Iterator<Item = (&'p Place, Value<Val>)>) -> Vec<Store> {
        let node = self.graph.node(n);
        let (dtype, mut stores) = (node.dtype.part(), Vec::new());
        let buffer = self.builder.buffer(dtype, Role::Out);
        for (place, value) in values {
            let written = if let Kind::Update(parts) = &node.kind {
                flatten(&in_place::places(parts, place), &node.shape)
            } else {
                flatten(place, &node.shape)
            };
            for (sum, value) in places_of(node.dtype, &written).parts().zip(value.parts()) {
                let at = self.index(&sum);
                stores.push(Store { buffer, at, value: self.builder.narrowed(value, dtype) });
            }
        }
        stores
    }

    /// The one place at which the kernel computes a node, and its value there.
    fn found(&self, n: NodeId) -> (Place, Value<Val>) {
        let found = self.values.iter().find(|((node, _), _)| *node == n);
        let ((_, place), value) = found.expect("what is written on the way is computed for a fold");
        (place.clone(), *value)
    }
}

/// Where an element lies in its buffer, or its parts, of which there are twice as many.
fn places_of(dtype: DType, element: &Sum) -> Value<Sum> {
    match dtype.is_complex() {
        true => Value::Pair(Pair { re: element.times(2), im: element.times(2).shifted(1) }),
        false => Value::Real(element.clone()),
    }
}

/// Gives the kernel its axes: the space's rows first, then its columns, and renames them so.
fn set_axes(kernel: &mut Kernel, space: &Space) {
    let rows = space.rows();
    let count = space.extents().len();
    let (first, last): (Vec<usize>, Vec<usize>) = (0..count).partition(|a| rows >> a & 1 == 1);
    let mut new = vec![0; count];
    first.iter().chain(&last).enumerate().for_each(|(to, &from)| new[from] = to as u32);
    space::rename_axes(kernel, &new);
    let axis = |&a: &usize| Axis { extent: Word::Known(space.extents()[a]) };
    kernel.axes = first.iter().chain(&last).map(axis).collect();
    kernel.rows = first.len();
}

/// The order of a fold, from the logical shape alone: a float fold over rows with 32 or more kept
/// elements to their right goes in groups of 128, any other in 32 lanes and blocks of 512. Folded
/// axes of extent 1 do not count.
pub fn order_of(fold: Fold, dtype: DType, shape: &Shape, axes: &[usize]) -> Order {
    let inside: usize = match axes.iter().rfind(|a| shape[**a] != 1) {
        Some(&last) => shape[last + 1..].iter().product(),
        None => 1,
    };
    match (fold.is_free(dtype), inside >= 32) {
        (true, _) => Order::Free,
        (_, true) => Order::Groups,
        (_, false) => Order::Lanes,
    }
}
