//! A loop that never evaluates keeps memory flat: what waits to be computed is bounded.
//!
//! Each node knows how many operations wait below it, one on top of the other, and how many bytes of
//! data these may hold. When that is too much the node is computed, with what else of the expression the
//! user still has in hand. In a loop this happens at the same place of every so many turns, so that each
//! time it is the same expression, whose plan and code are known by then.

use crate::array::Array;
use crate::config;
use crate::eval;
use crate::lazy::{Inputs, State};
use numfuse_ir::graph::Kind;
use numfuse_ir::shape::Shape;
use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::mem::{Discriminant, discriminant};
use std::panic::Location;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};

/// How much waits for a node to be computed: at most so much, since what it depends on may have been
/// computed after it was made.
#[derive(Default)]
pub(crate) struct Waiting {
    /// Operations, one on top of the other.
    operations: AtomicU32,
    /// Bytes of data, along the longest way down, counted once for each use.
    bytes: AtomicU64,
}

impl Waiting {
    /// What waits for a new node.
    pub(crate) fn of(state: &State) -> Waiting {
        let (mut operations, mut bytes) = (0, 0u64);
        match state {
            State::Pending(inputs) | State::Claimed(inputs, _) => {
                // What two operands wait for is much the same where they come of one loop: the longer
                // way counts, and what lies beside it.
                let mut beside = 0u64;
                for Array(input) in inputs {
                    let waiting = &input.waiting;
                    let (below, held) = (waiting.operations.load(Relaxed), waiting.bytes.load(Relaxed));
                    operations = operations.max(below + 1);
                    match below {
                        0 => beside = beside.saturating_add(held),
                        _ => bytes = bytes.max(held),
                    }
                }
                bytes = bytes.saturating_add(beside);
            }
            State::Moving(source) => {
                let waiting = &source.0.waiting;
                operations = waiting.operations.load(Relaxed) + 1;
                bytes = waiting.bytes.load(Relaxed);
            }
            State::Ready(ready) | State::StandIn(ready, _) => bytes = ready.buffer.len() as u64,
            State::Number(_) => {}
        }
        Waiting { operations: operations.into(), bytes: bytes.into() }
    }

    /// Whether nothing waits: the node has its values, or is a number.
    pub(crate) fn is_nothing(&self) -> bool {
        self.operations.load(Relaxed) == 0
    }

    /// Nothing waits any more: the node has its so many bytes.
    pub(crate) fn is_over(&self, bytes: usize) {
        self.operations.store(0, Relaxed);
        self.bytes.store(bytes as u64, Relaxed);
    }
}

/// More bytes that nobody but pending operations holds are too much.
const MOST_BYTES: u64 = 256 << 20;

/// So many operations may wait anyhow; settings say how many more.
const LEAST_OPERATIONS: u32 = 64;

/// Computes a node for which too much waits. What that fails for is told to whoever asks for its values.
pub(crate) fn bound(array: &Array) {
    let Waiting { operations, bytes } = &array.0.waiting;
    if operations.load(Relaxed) >= LEAST_OPERATIONS || bytes.load(Relaxed) > MOST_BYTES {
        cut_if_long(array);
    }
}

/// A place of the user's program, as far as expressions are concerned.
#[derive(PartialEq)]
struct Here {
    line: &'static Location<'static>,
    kind: Discriminant<Kind>,
    shape: Shape,
}

/// How many places are remembered: one for each array that a loop goes on with.
const PLACES: usize = 16;

thread_local! {
    /// Where expressions were cut by this thread, the latest last.
    static CUTS: RefCell<VecDeque<Here>> = const { RefCell::new(VecDeque::new()) };
}

#[cold]
fn cut_if_long(array: &Array) {
    let most = config::current().pending;
    let waiting = array.0.waiting.operations.load(Relaxed);
    let node = &array.0.node;
    let here = Here { line: array.0.caller, kind: discriminant(&node.kind), shape: node.shape.clone() };
    let known = CUTS.with_borrow(|cuts| cuts.contains(&here));
    let is_long = waiting as usize >= if known { most / 2 } else { most };
    if !(is_long || most < usize::MAX && holds_much(array)) {
        return;
    }
    if !known {
        CUTS.with_borrow_mut(|cuts| {
            if cuts.len() == PLACES {
                cuts.pop_front();
            }
            cuts.push_back(here);
        });
    }
    let mut outputs = vec![array.clone()];
    outputs.extend(in_hand(array));
    if eval::eval_at(&outputs, array.0.caller).is_err() {
        // It stays as it is, and is not tried again at every operation.
        array.0.waiting.operations.store(0, Relaxed);
    }
}

/// The nodes that an array waits for, the data that they hold, and how often each is used among them.
#[derive(Default)]
struct Below {
    nodes: Vec<Array>,
    pending: Vec<bool>,
    uses: HashMap<*const (), usize>,
}

impl Below {
    fn of(array: &Array) -> Below {
        let mut below = Below::default();
        let mut path = vec![array.clone()];
        while let Some(next) = path.pop() {
            let inputs = next.0.inputs();
            below.pending.push(inputs.is_some());
            below.nodes.push(next);
            for input in inputs.unwrap_or_else(Inputs::new) {
                let uses = below.uses.entry(Arc::as_ptr(&input.0).cast()).or_default();
                *uses += 1;
                if *uses == 1 {
                    path.push(input);
                }
            }
        }
        below
    }

    /// Whether somebody has a node in hand beside the nodes above it, and this list.
    fn is_in_hand(&self, array: &Array) -> bool {
        let uses = self.uses.get(&Arc::as_ptr(&array.0).cast()).copied().unwrap_or(0);
        Arc::strong_count(&array.0) > uses + 1
    }
}

/// Whether too many bytes are held by nobody but pending operations; what they are is noted.
fn holds_much(array: &Array) -> bool {
    if array.0.waiting.bytes.load(Relaxed) <= MOST_BYTES {
        return false;
    }
    let below = Below::of(array);
    let data = below
        .nodes
        .iter()
        .zip(&below.pending)
        .filter(|(node, pending)| !**pending && !below.is_in_hand(node));
    let bytes = data.map(|(node, _)| (node.0.node.shape.size() * node.0.node.dtype.bytes()) as u64).sum();
    array.0.waiting.bytes.store(bytes, Relaxed);
    bytes > MOST_BYTES
}

/// What the user has in hand of what an array waits for: the latest few.
fn in_hand(array: &Array) -> Vec<Array> {
    let below = Below::of(array);
    let nodes = below.nodes.iter().zip(&below.pending).skip(1);
    let held = nodes.filter(|(node, pending)| **pending && below.is_in_hand(node));
    let mut held: Vec<Array> = held.map(|(node, _)| node.clone()).collect();
    held.sort_by_key(|node| std::cmp::Reverse(node.0.waiting.operations.load(Relaxed)));
    held.truncate(PLACES);
    held
}
