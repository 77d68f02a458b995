//! Where in a kernel's space a node's value is asked for.
//!
//! A kernel is grown from its roots towards the leaves. Its space starts with the root's axes and
//! gains columns where a fold is walked; a node is *demanded* at an index, one [`Sum`] of the
//! space's axes for each of its dimensions. [`Space::inputs`] is the one step from a node's demand
//! to its operands' demands, used both to decide what to fuse and to lower it.

use crate::gather::{Bounds, Source};
use crate::graph::{Graph, Kind, NodeId};
use crate::kernel::AxisId;
use crate::shape::Shape;
use crate::view::{Factor, Sum, View};
use indexmap::IndexMap;
use rustc_hash::{FxBuildHasher, FxHashMap};
use smallvec::SmallVec;

/// The axes of a kernel in the making: those of the root's shape first, then columns of folds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Space {
    extents: Vec<i64>,
    root: usize,
    /// How many results lie side by side along the root's last axis, which then has one point.
    results: Option<usize>,
    /// The root's axes that are rows, as bits, when its other axes became columns.
    split: Option<u64>,
    /// Column lists in order of creation.
    columns: Vec<SmallVec<[AxisId; 2]>>,
    /// The columns of folds inside folds, which are theirs alone: the loops around them may walk
    /// any other list.
    inner: FxHashMap<(NodeId, Place), SmallVec<[AxisId; 2]>>,
    /// The places found by index.
    taken: IndexMap<Taken, Origin, FxBuildHasher>,
}

/// A place along an axis that is found by index.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Taken {
    /// The node of the indices, and where it is demanded.
    pub index: (NodeId, Place),
    /// How many places there are.
    pub extent: i64,
    /// What an index outside means.
    pub bounds: Bounds,
}

/// Where a place that is found by index comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The axes that it moves with, as bits.
    depends: u64,
    /// The first gather that asks for it, and the axis of its data.
    pub asked: (NodeId, usize),
}

/// A demand: the index at which a node's value is asked for.
pub type Place = Vec<Sum>;

impl Space {
    /// The space of a kernel whose root has that shape.
    pub fn new(root: &Shape, split: Option<u64>, unrolled: bool) -> Space {
        let mut extents: Vec<i64> = root.iter().map(|&n| n as i64).collect();
        let last = extents.last_mut().filter(|_| unrolled);
        let results = last.map(|last| std::mem::replace(last, 1) as usize);
        let mut space = Space {
            root: extents.len(),
            extents,
            results,
            split: None,
            columns: Vec::new(),
            inner: FxHashMap::default(),
            taken: IndexMap::default(),
        };
        if let Some(rows) = split {
            space.split(rows);
        }
        space
    }

    /// The demands on a root of the kernel: one, or one for each of the results side by side.
    pub fn roots(&self) -> Vec<Place> {
        let axes: Place = (0..self.root as u32).map(|a| Sum::axis(AxisId(a))).collect();
        let Some(results) = self.results else { return vec![axes] };
        let result = |at: usize| {
            let mut place = axes.clone();
            place[self.root - 1] = Sum::constant(at as i64);
            place
        };
        (0..results).map(result).collect()
    }

    /// The extent of an axis.
    pub fn extent(&self, axis: AxisId) -> i64 {
        self.extents[axis.index()]
    }

    /// All extents.
    pub fn extents(&self) -> &[i64] {
        &self.extents
    }

    /// The root's axes that are rows, as bits.
    pub fn rows(&self) -> u64 {
        self.split.unwrap_or((1 << self.root) - 1)
    }

    /// The root's axes that were made columns, in order.
    pub fn root_columns(&self) -> SmallVec<[AxisId; 2]> {
        (0..self.root as u32).map(AxisId).filter(|a| self.rows() >> a.0 & 1 == 0).collect()
    }

    /// The extents of the columns that its folds walk for each row.
    pub fn column_extents(&self) -> Vec<Vec<i64>> {
        self.columns.iter().map(|list| list.iter().map(|a| self.extent(*a)).collect()).collect()
    }

    /// Makes the root's axes outside `rows` the columns of a last pass.
    pub fn split(&mut self, rows: u64) {
        self.split = Some(rows);
        let columns = self.root_columns();
        self.columns.insert(0, columns);
    }

    /// True when the points of the root's last axis are results of their own, side by side.
    pub fn is_unrolled(&self) -> bool {
        self.results.is_some()
    }

    /// True when the root's axes have been parted into rows and columns.
    pub fn is_split(&self) -> bool {
        self.split.is_some()
    }

    /// The axes that an index moves with, as bits; an axis of extent 1 never counts.
    pub fn depends(&self, place: &[Sum]) -> u64 {
        let factors = place.iter().flat_map(|sum| sum.terms.iter()).map(|(factor, _)| factor);
        factors.fold(0, |set, factor| match factor {
            Factor::Axis(a) | Factor::Digit { axis: a, .. } if self.extent(*a) == 1 => set,
            Factor::Axis(a) | Factor::Digit { axis: a, .. } => set | 1 << a.0,
            Factor::Taken { number, .. } => set | self.taken[*number as usize].depends,
        })
    }

    /// The place found by index that has this number.
    pub fn taken(&self, number: u32) -> (&Taken, &Origin) {
        self.taken.get_index(number as usize).expect("factors name places of their space")
    }

    /// The coordinate that an index gives: the one there is, or a new one.
    fn coordinate(&mut self, taken: Taken, asked: (NodeId, usize)) -> Sum {
        let (depends, extent) = (self.depends(&taken.index.1), taken.extent);
        let entry = self.taken.entry(taken);
        let number = entry.index() as u32;
        let origin = entry.or_insert(Origin { depends, asked });
        origin.asked = origin.asked.min(asked);
        Sum::factor(Factor::Taken { number, extent })
    }

    /// The root's axes with more than one point, as bits.
    pub fn moving_root(&self) -> u64 {
        (0..self.root).filter(|&a| self.extents[a] != 1).fold(0, |set, a| set | 1 << a)
    }

    /// At how many points a value that moves with these axes is computed: values are hoisted out of
    /// the loops inside their deepest axis, rows outside columns.
    pub fn points(&self, depends: u64) -> u64 {
        let rows: u64 = self.rows();
        let columns = depends & !rows;
        if columns != 0 {
            return self.count(rows).saturating_mul(self.count(columns));
        }
        let depth = 64 - (depends & rows).leading_zeros();
        let outside = if depth == 64 { !0 } else { (1 << depth) - 1 };
        self.count(rows & outside)
    }

    /// How many points these axes (as bits) have together.
    pub fn count(&self, axes: u64) -> u64 {
        let chosen = (0..self.extents.len()).filter(|a| axes >> a & 1 == 1);
        chosen.map(|a| self.extents[a].max(0) as u64).fold(1, u64::saturating_mul)
    }

    /// Column axes of these extents for a fold of each row: the ones there are, or new ones.
    fn columns(&mut self, extents: &[i64]) -> SmallVec<[AxisId; 2]> {
        let same =
            |list: &&SmallVec<[AxisId; 2]>| list.iter().map(|a| self.extent(*a)).eq(extents.iter().copied());
        if let Some(list) = self.columns.iter().find(same) {
            return list.clone();
        }
        let list = self.new_axes(extents);
        self.columns.push(list.clone());
        list
    }

    fn new_axes(&mut self, extents: &[i64]) -> SmallVec<[AxisId; 2]> {
        let first = self.extents.len() as u32;
        self.extents.extend_from_slice(extents);
        (first..self.extents.len() as u32).map(AxisId).collect()
    }

    /// True for a place that moves with columns: a fold there is a fold inside a fold.
    pub fn is_inside(&self, place: &[Sum]) -> bool {
        self.depends(place) & !(self.moving_root() & self.rows()) != 0
    }

    /// True when walking the rows, alone or with one list of columns, visits each element of an array
    /// of that shape, demanded at `place`, exactly once; and in rows alone from neighbour to neighbour.
    pub fn covers(&self, place: &[Sum], shape: &Shape) -> bool {
        let (mut axes, mut last) = (0, None);
        for (sum, &n) in place.iter().zip(shape.iter()).filter(|(_, n)| **n != 1) {
            match (sum.offset, sum.terms.as_slice()) {
                (0, &[(Factor::Axis(a), 1)]) if self.extent(a) == n as i64 && axes >> a.0 & 1 == 0 => {
                    axes |= 1 << a.0;
                    last = Some(a.0);
                }
                _ => return false,
            }
        }
        let rows = self.moving_root() & self.rows();
        let columns = axes & !rows;
        // A place taken by index moves with its index, along an axis of one element too.
        if self.depends(place) & !(axes | rows) != 0 {
            return false;
        }
        let is_walked = match columns {
            0 => last == rows.checked_ilog2(),
            _ => self.columns.iter().any(|list| self.moving(list) == columns),
        };
        self.results.is_none() && axes & rows == rows && is_walked
    }

    /// The axes of a list that have more than one point, as bits.
    pub fn moving(&self, list: &[AxisId]) -> u64 {
        list.iter().filter(|a| self.extent(**a) != 1).fold(0, |set, a| set | 1 << a.0)
    }

    /// The demands on a node's operands when it is demanded at `place`, or `None` where a reshape
    /// is no sum of terms and its operand must be materialised. A fold's columns are made here.
    pub fn inputs(
        &mut self,
        graph: &Graph,
        n: NodeId,
        place: &[Sum],
    ) -> Option<SmallVec<[(NodeId, Place); 3]>> {
        let inputs = graph.inputs(n);
        let node = graph.node(n);
        Some(match &node.kind {
            // A library op is read where its result lies: no kernel asks for its operands.
            Kind::Leaf(_) | Kind::Const(_) | Kind::Scalar(_) | Kind::Iota(_) | Kind::Library(_) => {
                SmallVec::new()
            }
            Kind::Map(_) | Kind::Cast | Kind::Scan { .. } => {
                inputs.iter().map(|&i| (i, place.to_vec())).collect()
            }
            Kind::View(view) => {
                let source = &graph.node(inputs[0]).shape;
                let index = view.map(source, place, &node.shape, &|a| self.extents[a.index()])?;
                SmallVec::from_elem((inputs[0], index), 1)
            }
            Kind::Pad(before) => {
                let inside = place.iter().zip(before).map(|(i, &n)| i.shifted(-n)).collect();
                SmallVec::from_vec(vec![(inputs[0], inside), (inputs[1], place.to_vec())])
            }
            // In place: the kernel walks the part that is written, and nothing else.
            Kind::Update(_) => {
                let values = *inputs.last().expect("an update has new values");
                SmallVec::from_elem((values, place.to_vec()), 1)
            }
            Kind::Gather { from, bounds } => self.gathered(graph, n, from, *bounds, place),
            Kind::Reduce { axes, .. } => {
                let shape = &graph.node(inputs[0]).shape;
                let (index, _) = self.walk(n, shape, axes, place);
                SmallVec::from_elem((inputs[0], index), 1)
            }
        })
    }

    /// The demands on a gather's operands: the indices first, then the data where they say. An index
    /// that is broadcast is asked for, and looked at, once for each of its own elements.
    fn gathered(
        &mut self,
        graph: &Graph,
        n: NodeId,
        from: &[Source],
        bounds: Bounds,
        place: &[Sum],
    ) -> SmallVec<[(NodeId, Place); 3]> {
        let inputs = graph.inputs(n);
        let (mut operands, mut indices) = (SmallVec::new(), inputs[1..].iter());
        let mut data = Place::new();
        for (axis, (source, &extent)) in from.iter().zip(graph.node(inputs[0]).shape.iter()).enumerate() {
            data.push(match source {
                Source::Axis(result) => place[*result].clone(),
                Source::Index => {
                    let index = indices.next().expect("an operand for each index: graph/verify.rs");
                    let index = narrowed(graph, *index, place.to_vec());
                    operands.push(index.clone());
                    self.coordinate(Taken { index, extent: extent as i64, bounds }, (n, axis))
                }
            });
        }
        operands.push((inputs[0], data));
        operands
    }

    /// The place in the operand (of that shape) of the fold `n` over `axes` that is demanded at
    /// `place`, and the columns it is walked by, slowest first.
    pub fn walk(
        &mut self,
        n: NodeId,
        shape: &Shape,
        axes: &[usize],
        place: &[Sum],
    ) -> (Place, SmallVec<[AxisId; 2]>) {
        let extents: SmallVec<[i64; 4]> = axes.iter().map(|&a| shape[a] as i64).collect();
        let columns = match (self.is_inside(place), self.inner.get(&(n, place.to_vec()))) {
            (false, _) => self.columns(&extents),
            (true, Some(known)) => known.clone(),
            (true, None) => {
                let new = self.new_axes(&extents);
                self.inner.insert((n, place.to_vec()), new.clone());
                new
            }
        };
        let mut kept = place.iter();
        let mut folded = columns.iter();
        let index = (0..shape.len()).filter_map(|a| match axes.contains(&a) {
            true => folded.next().map(|c| Sum::axis(*c)),
            false => kept.next().cloned(),
        });
        (index.collect(), columns)
    }
}

/// A demand on a node as one on what it repeats.
fn narrowed(graph: &Graph, mut n: NodeId, mut place: Place) -> (NodeId, Place) {
    while let Kind::View(View::Expand) = graph.node(n).kind {
        let (source, result) = (graph.inputs(n)[0], &graph.node(n).shape);
        let Some(inner) = View::Expand.map(&graph.node(source).shape, &place, result, &|_| 1) else { break };
        (n, place) = (source, inner);
    }
    (n, place)
}

/// True for a place that indices say, wholly or in part.
pub fn is_taken(place: &[Sum]) -> bool {
    let factors = place.iter().flat_map(|sum| sum.terms.iter());
    factors.into_iter().any(|(factor, _)| matches!(factor, Factor::Taken { .. }))
}
