//! From the user's nodes to a graph: one walk numbers all that is pending, gathers data and numbers,
//! and makes the key by which a plan is found; only where none is found is a [`Graph`] built.
//!
//! Nothing here recurses over the expression: graphs may be a million nodes deep.
//!
//! Before this: `lazy.rs`, the nodes. After it: `eval.rs`, which plans and runs.

use crate::array::Array;
use crate::config::Config;
use crate::key::KeyBuilder;
use crate::lazy::State;
use numfuse_ir::graph::{Graph, Kind, Node, NodeId};
use numfuse_ir::scalar::Scalar;
use numfuse_ir::schedule::{Hold, explain};
use numfuse_runtime::{Buffer, Device, fork};
use smallvec::SmallVec;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::panic::Location;
use std::sync::Arc;

/// A pending expression as one walk found it: operands before users, numbered by first visit.
///
/// It holds the nodes and the data that it met, so that nothing another thread evaluates or drops
/// meanwhile changes what the numbers mean.
pub(crate) struct Capture {
    nodes: Vec<Visited>,
    /// The data of the leaves, in order of their numbers.
    pub(crate) leaves: Vec<Buffer>,
    /// The run-time numbers, likewise.
    pub(crate) scalars: Vec<Scalar>,
    outputs: SmallVec<[u32; 4]>,
    /// Where the leaves lie, and the outputs will.
    pub(crate) device: Device,
    /// Whose the memory of each leaf is; none is mentioned where nothing may be written over.
    pub(crate) holds: SmallVec<[Hold; 4]>,
    /// What a plan for this expression is known by, but for that.
    blind: KeyBuilder,
    /// What a plan for this expression is known by.
    pub(crate) key: u128,
}

/// What an expression has to wait for.
#[derive(Clone)]
pub(crate) enum Busy {
    /// An evaluation that has what it needs for itself, and will come to its end.
    Now,
    /// One that was another thread's of the process that forked this one: it never will.
    Lost,
    /// Elements that are to be copied from another device first.
    Moving(Array),
}

struct Visited {
    array: Array,
    role: Role,
}

impl Visited {
    /// The numbers of its inputs.
    fn inputs(&self) -> &[u32] {
        match &self.role {
            Role::Leaf(_) | Role::Number(_) => &[],
            Role::Inner(inputs) => inputs,
        }
    }
}

/// What a node is to the expression.
enum Role {
    Leaf(u32),
    Number(u32),
    Inner(SmallVec<[u32; 3]>),
}

impl Capture {
    /// Walks what `outputs` need, none of which carries an error.
    ///
    /// # Errors
    /// Something of it is claimed by another evaluation.
    pub(crate) fn of(
        outputs: &[Array],
        config: &Config,
        device: Device,
        threads: usize,
    ) -> Result<Capture, Busy> {
        let mut walk = Walk::default();
        let outputs: Result<SmallVec<[u32; 4]>, Busy> = outputs.iter().map(|o| walk.visit(o)).collect();
        let outputs = outputs?;
        let Walk { nodes, leaves, scalars, mut key, .. } = walk;
        key.outputs(&outputs, config, device, threads);
        let (holds, plain) = (SmallVec::new(), key.key());
        let mut capture = Capture { nodes, leaves, scalars, outputs, device, holds, blind: key, key: plain };
        if config.fuse && !config.check && !config.interp && device == Device::Cpu {
            capture.know_holds();
        }
        Ok(capture)
    }

    /// Finds out whose the memory of the leaves is, and makes it part of the key where plans depend on it.
    fn know_holds(&mut self) {
        let holds = self.current_holds();
        let writes = |visited: &Visited| match &visited.array.0.node.kind {
            Kind::Update(_) => true,
            Kind::Library(op) => op.is_scatter(),
            Kind::Leaf(_) | Kind::Const(_) | Kind::Scalar(_) | Kind::Iota(_) | Kind::Map(_) => false,
            Kind::Cast | Kind::View(_) | Kind::Pad(_) | Kind::Scan { .. } | Kind::Gather { .. } => false,
            Kind::Reduce { .. } => false,
        };
        if holds.contains(&Hold::Free) || self.nodes.iter().any(writes) {
            let mut key = self.blind.clone();
            key.holds(&holds);
            (self.key, self.holds) = (key.key(), holds);
        }
    }

    /// Lets nothing be written over.
    pub(crate) fn share(&mut self) {
        for hold in self.holds.iter_mut().filter(|hold| **hold == Hold::Free) {
            *hold = Hold::Shared;
        }
        let mut key = self.blind.clone();
        key.holds(&self.holds);
        self.key = key.key();
    }

    /// Whose the memory of each leaf is now. A node is this expression's alone if every handle of it is one
    /// of this capture or of a node that is; what is asked for forgets its inputs, whoever holds it.
    pub(crate) fn current_holds(&self) -> SmallVec<[Hold; 4]> {
        let mut handles: SmallVec<[usize; 16]> = SmallVec::from_elem(1, self.nodes.len());
        for visited in &self.nodes {
            visited.inputs().iter().for_each(|&input| handles[input as usize] += 1);
        }
        let is_ours =
            |(visited, &handles): (&Visited, &usize)| Arc::strong_count(&visited.array.0) == handles;
        let mut ours: SmallVec<[bool; 16]> = self.nodes.iter().zip(&handles).map(is_ours).collect();
        let asked = |n: usize| self.outputs.contains(&(n as u32));
        for (n, visited) in self.nodes.iter().enumerate().rev() {
            if !ours[n] && !asked(n) {
                visited.inputs().iter().for_each(|&input| ours[input as usize] = false);
            }
        }
        let leaf = |(visited, ours): (&Visited, &bool)| match visited.role {
            Role::Leaf(leaf) => Some(match (self.leaves[leaf as usize].holders(), ours) {
                (None, _) => Hold::Foreign,
                // The array's own and this capture's.
                (Some(2), true) => Hold::Free,
                (Some(_), _) => Hold::Shared,
            }),
            Role::Number(_) | Role::Inner(_) => None,
        };
        self.nodes.iter().zip(&ours).filter_map(leaf).collect()
    }

    /// Who holds the array behind a leaf of the graph beside this expression, as far as that is known: pending operations by
    /// name and line, and how many other handles there are.
    pub(crate) fn holders(&self, node: NodeId) -> Vec<String> {
        let graph = self.graph().0;
        let Kind::Leaf(leaf) = graph.node(node).kind else { return Vec::new() };
        let Some(array) = self.leaf_arrays().nth(leaf as usize) else { return Vec::new() };
        let uses = |reader: &Array| {
            let inputs = reader.0.inputs().unwrap_or_default();
            inputs.iter().filter(|input| Arc::ptr_eq(&input.0, &array.0)).count()
        };
        let is_ours = |reader: &Array| self.nodes.iter().any(|ours| Arc::ptr_eq(&ours.array.0, &reader.0));
        let readers = array.0.readers.pending();
        let inside: usize = self.nodes.iter().map(|visited| uses(&visited.array)).sum();
        let beside: usize = readers.iter().filter(|reader| !is_ours(reader)).map(uses).sum();
        let said = |reader: &Array| {
            let name = explain::name(&reader.0.node.kind).unwrap_or("a view");
            format!("by {name} at {}", reader.0.caller)
        };
        let mut holders: Vec<String> = readers.iter().filter(|reader| !is_ours(reader)).map(said).collect();
        // This capture has a handle itself.
        let others = Arc::strong_count(&array.0).saturating_sub(1 + inside + beside);
        let bytes = self.leaves[leaf as usize].holders().unwrap_or(0).saturating_sub(2);
        if others > 0 {
            let handles = if others == 1 { "handle" } else { "handles" };
            holders.push(format!("by {others} {handles} of it"));
        } else if bytes > 0 {
            holders.push("by what has borrowed its elements, or remembers them for `why`".to_string());
        } else if holders.is_empty() {
            holders.push("by handles of what is computed from it here".to_string());
        }
        holders
    }

    /// The arrays behind the leaves, in order of their numbers.
    pub(crate) fn leaf_arrays(&self) -> impl Iterator<Item = &Array> {
        // Leaves are numbered as they are met.
        self.nodes
            .iter()
            .filter(|visited| matches!(visited.role, Role::Leaf(_)))
            .map(|visited| &visited.array)
    }

    /// The expression in the language of the compiler, and the user's line of each of its nodes.
    pub(crate) fn graph(&self) -> (Graph, Vec<&'static Location<'static>>) {
        let mut graph = Graph::with_capacity(self.nodes.len());
        let mut lines = Vec::with_capacity(self.nodes.len());
        let mut ids: Vec<NodeId> = Vec::with_capacity(self.nodes.len());
        for Visited { array, role } in &self.nodes {
            let Node { kind, shape, dtype } = &array.0.node;
            let (kind, inputs): (Kind, SmallVec<[NodeId; 3]>) = match role {
                Role::Leaf(number) => (Kind::Leaf(*number), SmallVec::new()),
                Role::Number(number) => (Kind::Scalar(*number), SmallVec::new()),
                Role::Inner(inputs) => (kind.clone(), inputs.iter().map(|&i| ids[i as usize]).collect()),
            };
            let id = graph.insert(Node { kind, shape: shape.clone(), dtype: *dtype }, &inputs);
            if id.index() == lines.len() {
                lines.push(array.0.caller);
            }
            ids.push(id);
        }
        self.outputs.iter().for_each(|&output| graph.add_output(ids[output as usize]));
        (graph, lines)
    }
}

/// A walk under way.
#[derive(Default)]
struct Walk {
    nodes: Vec<Visited>,
    leaves: Vec<Buffer>,
    scalars: Vec<Scalar>,
    numbers: Numbers,
    /// The nodes between an output and where the walk is.
    path: Vec<Step>,
    key: KeyBuilder,
    /// What it has met that is claimed.
    busy: Option<Busy>,
}

/// A node whose inputs are being visited.
struct Step {
    array: Array,
    /// Those to come.
    inputs: smallvec::IntoIter<[Array; 3]>,
    /// The numbers of those before them.
    visited: SmallVec<[u32; 3]>,
}

impl Walk {
    /// Numbers a node after all that it needs.
    fn visit(&mut self, output: &Array) -> Result<u32, Busy> {
        let mut met = self.meet(output.clone());
        loop {
            if let Some(busy) = self.busy.take() {
                return Err(busy);
            }
            met = match (met, self.path.last_mut()) {
                (Some(number), None) => return Ok(number),
                (Some(number), Some(reader)) => {
                    reader.visited.push(number);
                    None
                }
                (None, _) => match self.path.last_mut().and_then(|step| step.inputs.next()) {
                    Some(input) => self.meet(input),
                    None => self.leave(),
                },
            }
        }
    }

    /// The number of a node, if it has one by now; else its inputs are next.
    fn meet(&mut self, array: Array) -> Option<u32> {
        if let Some(number) = self.numbers.of(&array) {
            return Some(number);
        }
        let state = array.0.state();
        let role = match &*state {
            State::Pending(inputs) => {
                let inputs = inputs.clone().into_iter();
                drop(state);
                self.path.push(Step { array, inputs, visited: SmallVec::new() });
                return None;
            }
            State::Claimed(_, generation) => {
                self.busy = Some(if *generation == fork::generation() { Busy::Now } else { Busy::Lost });
                return None;
            }
            State::Moving(_) => {
                drop(state);
                self.busy = Some(Busy::Moving(array));
                return None;
            }
            State::Number(value) => {
                self.scalars.push(*value);
                self.key.scalar(value.dtype());
                Role::Number(self.scalars.len() as u32 - 1)
            }
            values @ (State::Ready(_) | State::StandIn(..)) => {
                self.leaves.extend(values.read().map(|ready| ready.buffer.clone()));
                self.key.leaf(&array.0.node.shape, array.0.node.dtype);
                Role::Leaf(self.leaves.len() as u32 - 1)
            }
        };
        drop(state);
        Some(self.number(array, role))
    }

    /// All inputs have their numbers.
    fn leave(&mut self) -> Option<u32> {
        let Step { array, visited, .. } = self.path.pop()?;
        self.key.node(&array.0.node, &visited);
        Some(self.number(array, Role::Inner(visited)))
    }

    fn number(&mut self, array: Array, role: Role) -> u32 {
        self.numbers.push(&array);
        self.nodes.push(Visited { array, role });
        self.nodes.len() as u32 - 1
    }
}

/// The numbers of the nodes met so far, by address: a list while there are few, which is quicker
/// than any table, and a table beyond.
#[derive(Default)]
struct Numbers {
    few: SmallVec<[usize; FEW]>,
    many: HashMap<usize, u32, BuildHasherDefault<AddressHasher>>,
}

/// How many addresses are looked through one by one.
const FEW: usize = 24;

impl Numbers {
    fn of(&self, array: &Array) -> Option<u32> {
        let address = address(array);
        match self.many.is_empty() {
            true => self.few.iter().position(|&a| a == address).map(|place| place as u32),
            false => self.many.get(&address).copied(),
        }
    }

    /// Gives the next number to an array that has none.
    fn push(&mut self, array: &Array) {
        let address = address(array);
        if self.many.is_empty() && self.few.len() < FEW {
            self.few.push(address);
            return;
        }
        if self.many.is_empty() {
            self.many = self.few.iter().copied().zip(0..).collect();
        }
        self.many.insert(address, self.many.len() as u32);
    }
}

/// What tells nodes apart while they are held.
fn address(array: &Array) -> usize {
    Arc::as_ptr(&array.0) as usize
}

/// A hash of addresses: one multiplication, since they differ already.
#[derive(Default)]
struct AddressHasher(u64);

impl Hasher for AddressHasher {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&byte| self.write_usize(usize::from(byte)));
    }

    fn write_usize(&mut self, address: usize) {
        // The high bits of the product, which a table looks at, depend on all bits of the address.
        self.0 = (self.0 ^ address as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(32);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
