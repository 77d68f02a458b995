//! After each node has its place: kernels that walk the same space become one, and all are put in an
//! order in which they can run.

use super::{AXIS_LIMIT, Fuser, Group, Growing, VALUE_LIMIT, library};
use crate::schedule::in_place;
use petgraph::graph::{DiGraph, NodeIndex};

impl Fuser<'_> {
    /// Merges kernels over equal spaces that read the same data and do not wait for each other.
    pub(super) fn merge(&mut self) {
        const MOST: usize = 256;
        if !self.options.fuse || self.kernels.len() > MOST {
            return;
        }
        for a in 0..self.kernels.len() {
            for b in a + 1..self.kernels.len() {
                if self.may_merge(a, b) {
                    self.merge_into(a, b);
                }
            }
        }
    }

    fn may_merge(&self, a: usize, b: usize) -> bool {
        let (first, second) = (&self.kernels[a], &self.kernels[b]);
        if first.gone || second.gone || first.values + second.values > VALUE_LIMIT {
            return false;
        }
        if first.space.extents().len() + second.space.extents().len() > AXIS_LIMIT {
            return false;
        }
        let alone = |k: &Growing| {
            let over = k.group.roots.iter().any(|(n, _)| in_place::is_update(self.graph, *n));
            over || library::of_group(self.graph, &k.group).is_some()
        };
        if alone(first) || alone(second) {
            return false;
        }
        let walk = |k: &Growing| {
            let shape = self.graph.node(k.group.roots[0].0).shape.clone();
            let rows = k.space.is_split().then(|| k.space.rows());
            (shape, rows, k.group.unrolled, k.scans, k.space.column_extents())
        };
        walk(first) == walk(second)
            && !first.reads.is_disjoint(&second.reads)
            && !self.waits(a, &[b])
            && !self.waits(b, &[a])
    }

    fn merge_into(&mut self, a: usize, b: usize) {
        let second = &mut self.kernels[b];
        second.gone = true;
        let (roots, along) =
            (std::mem::take(&mut second.group.roots), std::mem::take(&mut second.group.along));
        let (reads, values, operations) =
            (std::mem::take(&mut second.reads), second.values, second.operations);
        for (n, _) in roots.iter().chain(&along) {
            self.writers[n.index()] = Some(a);
        }
        let first = &mut self.kernels[a];
        first.group.roots.extend(roots);
        first.group.along.extend(along);
        first.reads.extend(reads);
        first.values += values;
        first.operations += operations;
    }

    /// An edge from each kernel to those that read what it writes.
    fn dependences(&self) -> DiGraph<(), ()> {
        let mut dag = DiGraph::new();
        for _ in &self.kernels {
            dag.add_node(());
        }
        for (k, growing) in self.kernels.iter().enumerate() {
            let mut writers: Vec<usize> =
                growing.reads.iter().filter_map(|n| self.writers[n.index()]).collect();
            writers.sort_unstable();
            for w in writers.into_iter().filter(|w| *w != k) {
                dag.add_edge(NodeIndex::new(w), NodeIndex::new(k), ());
            }
        }
        dag
    }

    /// The groups in an order in which they can run: by the last node that each writes, which is a
    /// topological order unless merging made it otherwise; petgraph then finds one.
    pub(super) fn ordered(mut self) -> Vec<Group> {
        let dag = self.dependences();
        let order = petgraph::algo::toposort(&dag, None).expect("merging keeps kernels in an order");
        let mut place = vec![0; self.kernels.len()];
        order.iter().enumerate().for_each(|(at, k)| place[k.index()] = at);
        for growing in &mut self.kernels {
            growing.group.split = growing.space.is_split().then(|| growing.space.rows());
            growing.group.roots.sort_unstable_by_key(|(n, _)| *n);
            growing.group.along.sort_unstable_by_key(|(n, _)| *n);
        }
        let mut indexed: Vec<(usize, Growing)> = self.kernels.into_iter().enumerate().collect();
        indexed.sort_by_key(|(k, _)| place[*k]);
        indexed.into_iter().filter(|(_, k)| !k.gone).map(|(_, k)| k.group).collect()
    }
}
