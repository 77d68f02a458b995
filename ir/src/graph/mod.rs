//! The array graph: what is computed, as whole arrays.
//!
//! A [`Graph`] is a DAG of a few kinds of node over petgraph, which no one outside this module sees.
//! Every operand already has the right type and shape: the constructors in [`build`] insert casts
//! and expands, so later passes meet only the plain case. Equal nodes are one node (hash-consing on
//! insertion), which is common-subexpression elimination for nothing. `schedule` turns a graph into
//! a plan of kernels; [`interp`] is oracle 1, the meaning of a graph.

pub mod build;
pub mod einsum;
pub mod interp;
pub mod matrices;
pub mod meaning;
pub mod parse;
pub mod print;
pub mod product;
pub mod verify;
pub mod why;

use crate::dtype::DType;
use crate::gather::{Bounds, Source};
use crate::ops::Op;
use crate::ops::fold::Fold;
use crate::ops::library::LibOp;
use crate::scalar::Scalar;
use crate::shape::Shape;
use crate::view::View;
use indexmap::IndexSet;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;
use rustc_hash::FxBuildHasher;
use smallvec::SmallVec;

/// A node of a [`Graph`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(u32);

impl NodeId {
    /// The place of the node in order of insertion: operands come before their users.
    pub const fn index(self) -> usize {
        self.0 as usize
    }

    /// The node at that place.
    pub const fn from_index(index: usize) -> NodeId {
        NodeId(index as u32)
    }
}

impl std::fmt::Debug for NodeId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "%{}", self.0)
    }
}

/// What a node computes from its operands.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Data given at run time, row-major; leaves are numbered.
    Leaf(u32),
    /// A number that rules may look at, of shape `()`.
    Const(Scalar),
    /// A number given at run time, of shape `()`, of which rules know only that it is neither a zero
    /// nor a NaN; they are numbered.
    Scalar(u32),
    /// The index along that axis, int64.
    Iota(usize),
    /// A row of the op table; all operands have the result's shape and the row's types.
    Map(Op),
    /// The operand in the node's type.
    Cast,
    /// Another arrangement of the operand's elements.
    View(View),
    /// The first operand set into a frame at these places before each axis, the second operand (of
    /// the result's shape) showing around it: `pad`, `concatenate`, `roll`.
    Pad(SmallVec<[i64; 4]>),
    /// The first operand, with the elements of the second written over those at the places
    /// `start + step * i` along each axis, as `(start, step)`: what `a[1:-1] = b` leaves. Of one operand
    /// alone these are the elements, and all others are not known yet: schedulers begin arrays so.
    Update(SmallVec<[(i64, i64); 4]>),
    /// The running value of a fold along an axis: element `i` folds the operand's elements up to the
    /// `i`-th (`cumsum`).
    Scan {
        /// How elements combine.
        fold: Fold,
        /// Along which axis.
        axis: usize,
    },
    /// Elements of the first operand, each axis of which has a source of coordinates; the other
    /// operands, int64 of the result's shape, are the indices among them in order.
    Gather {
        /// Where the coordinate along each axis of the data comes from.
        from: SmallVec<[Source; 4]>,
        /// What an index out of range means.
        bounds: Bounds,
    },
    /// One part of a fold over these axes (sorted), which are dropped from the shape.
    Reduce {
        /// How elements combine.
        fold: Fold,
        /// Which of the values that travel together is the result.
        part: usize,
        /// The axes folded over.
        axes: SmallVec<[usize; 4]>,
    },
    /// A row of the library table; operands and result lie in memory.
    Library(LibOp),
}

/// A node: what it computes, and of which shape and type the result is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Node {
    /// What it computes.
    pub kind: Kind,
    /// The shape of the result.
    pub shape: Shape,
    /// The type of the result.
    pub dtype: DType,
}

/// A DAG of array operations with its requested outputs.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    /// Who reads whom; an edge's weight is the position of the operand.
    dag: DiGraph<(), u8>,
    /// Nodes by content: the place in the set is the node's index.
    known: IndexSet<(Node, SmallVec<[NodeId; 3]>), FxBuildHasher>,
    outputs: Vec<NodeId>,
}

impl Graph {
    /// A graph without nodes.
    pub fn new() -> Graph {
        Graph::default()
    }

    /// A graph without nodes that has room for so many.
    pub fn with_capacity(nodes: usize) -> Graph {
        let known = IndexSet::with_capacity_and_hasher(nodes, FxBuildHasher);
        Graph { dag: DiGraph::with_capacity(nodes, nodes), known, outputs: Vec::new() }
    }

    /// The node with this content: the one there is, or a new one. The constructors in [`build`]
    /// check and cast; this does not.
    pub fn insert(&mut self, node: Node, inputs: &[NodeId]) -> NodeId {
        let (at, new) = self.known.insert_full((node, inputs.into()));
        if new {
            let added = self.dag.add_node(());
            debug_assert_eq!(added.index(), at, "nodes and contents are numbered alike");
            for (position, input) in inputs.iter().enumerate() {
                self.dag.add_edge(NodeIndex::new(input.index()), added, position as u8);
            }
        }
        NodeId(at as u32)
    }

    /// The node's content.
    pub fn node(&self, n: NodeId) -> &Node {
        &self.known[n.index()].0
    }

    /// The operands, in order.
    pub fn inputs(&self, n: NodeId) -> &[NodeId] {
        &self.known[n.index()].1
    }

    /// The nodes that read `n`, in order of insertion; one that reads it twice appears twice.
    pub fn users(&self, n: NodeId) -> Vec<NodeId> {
        let mut users: Vec<NodeId> =
            self.dag.edges(NodeIndex::new(n.index())).map(|e| NodeId(e.target().index() as u32)).collect();
        users.sort_unstable();
        users
    }

    /// All nodes, operands before users.
    pub fn nodes(&self) -> impl DoubleEndedIterator<Item = NodeId> + ExactSizeIterator + use<> {
        (0..self.known.len() as u32).map(NodeId)
    }

    /// How many nodes there are.
    pub fn len(&self) -> usize {
        self.known.len()
    }

    /// True when there is no node.
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// The requested results, in order.
    pub fn outputs(&self) -> &[NodeId] {
        &self.outputs
    }

    /// Requests a result.
    pub fn add_output(&mut self, n: NodeId) {
        self.outputs.push(n);
    }

    /// How many leaves the graph reads.
    pub fn leaves(&self) -> usize {
        let leaf = |n| if let Kind::Leaf(i) = self.node(n).kind { i as usize + 1 } else { 0 };
        self.nodes().map(leaf).max().unwrap_or(0)
    }

    /// For each node, whether an output depends on it.
    pub fn live(&self) -> Vec<bool> {
        let mut live = vec![false; self.len()];
        self.outputs.iter().for_each(|n| live[n.index()] = true);
        for n in self.nodes().rev() {
            if live[n.index()] {
                self.inputs(n).iter().for_each(|i| live[i.index()] = true);
            }
        }
        live
    }

    /// Who reads whom, in petgraph's own form, for its algorithms and its DOT writer.
    pub(crate) fn dag(&self) -> &DiGraph<(), u8> {
        &self.dag
    }
}

impl PartialEq for Graph {
    fn eq(&self, other: &Graph) -> bool {
        self.known.iter().eq(other.known.iter()) && self.outputs == other.outputs
    }
}
