//! From a graph to a plan: what is materialised, and which kernels compute it.
//!
//! [`plan`] reads as its own outline: *simplify* whole-array identities, *fuse* by choosing what is
//! materialised, *lower* each group of nodes to a kernel, decide the life of *memory*. Each
//! materialisation keeps its [`Cut`] reason, which `explain()` prints and tests assert on. A plan
//! is exact in shapes and cheap to make again; its kernels are blind to shapes and expensive to
//! compile, so the two are cached apart.

mod beside;
mod demand;
pub mod explain;
mod fuse;
mod in_place;
mod library;
mod lower;
mod memory;
mod scattered;
mod simplify;
mod slab;
pub mod tile;
mod update;
pub mod work;

use crate::dtype::DType;
use crate::graph::{Graph, NodeId, verify};
use crate::kernel::contract::contract;
use crate::kernel::{Kernel, Role};
use crate::ops::library::LibOp;
use crate::shape::Shape;
use in_place::Choice;
use smallvec::SmallVec;
use std::fmt;
use std::sync::Arc;

/// What a scheduler may be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Options {
    /// False to give every operation a kernel of its own: what "fused" is measured against.
    pub fuse: bool,
    /// True where products may be rounded once with the sums that read them
    /// ([`contract`](crate::kernel::contract)), so that bits depend on what is fused.
    pub fast_math: bool,
    /// What is put side by side to an output of so many elements or more is written part by part, each by a
    /// kernel of its own; `None` to ask in one kernel for each element which part it is of.
    pub in_parts: Option<usize>,
}

impl Default for Options {
    fn default() -> Options {
        Options { fuse: true, fast_math: false, in_parts: None }
    }
}

/// Steps that compute a graph's outputs from its leaves, in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// The graph that is computed, cleaned up: what the nodes in steps refer to.
    pub graph: Graph,
    /// For each of its nodes, the node of the given graph that it stands for.
    pub origins: Vec<NodeId>,
    /// What is done.
    pub steps: Vec<Step>,
    /// The buffers that steps write, each by exactly one step.
    pub slots: Vec<Slot>,
    /// Where each requested output lies, in order.
    pub outputs: Vec<Place>,
    /// How many array operations the graph had: what an eager library would have run.
    pub operations: usize,
    /// The updates of the given graph whose old version is copied, with why.
    pub copies: Vec<OldVersion>,
}

/// Whose the memory of a leaf is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Hold {
    /// This evaluation's alone: it may be written over.
    Free,
    /// Somebody else holds the array, too.
    Shared,
    /// It was borrowed, or is not the pool's.
    Foreign,
}

/// An old version that is copied, as far as an update leaves it. Nodes are those of the given graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OldVersion {
    /// The update.
    pub of: NodeId,
    /// Why it is not written over.
    pub why: Copied,
    /// What needs the old version: its reader, or the array itself that somebody holds.
    pub by: NodeId,
}

impl OldVersion {
    /// Whether what needs the old version is another operation of the same evaluation.
    pub fn names_reader(&self) -> bool {
        match self.why {
            Copied::Read | Copied::Neighbours => true,
            Copied::Shared | Copied::Foreign | Copied::Output | Copied::Failing => false,
        }
    }
}

/// Why what an update leaves of the old version is copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Copied {
    /// Somebody else holds the array.
    Shared,
    /// The memory is not ours to write to.
    Foreign,
    /// Something else reads the old version.
    Read,
    /// The old version is asked for, too.
    Output,
    /// New values are computed from elements at other places.
    Neighbours,
    /// It has to be there until nothing can fail, or be read by a kernel of its own.
    Failing,
}

/// One launch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What is run.
    pub job: Job,
    /// The data behind each buffer of the kernel; of a library op its operands, then its result.
    pub buffers: Vec<Place>,
    /// The nodes that it writes, with why each is materialised.
    pub writes: Vec<(NodeId, Cut)>,
    /// The nodes that it computes.
    pub nodes: Vec<NodeId>,
    /// Bytes that it must read: every element of every buffer that it reads, once; of what is taken
    /// by index, as many elements as are taken, if these are fewer.
    pub bytes_read: u64,
    /// Bytes that it writes.
    pub bytes_written: u64,
}

/// What a step runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Job {
    /// Loops of our own.
    Kernel(KernelJob),
    /// Something that is handed to a library.
    Library(LibraryJob),
}

/// A kernel and what it is launched with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KernelJob {
    /// The loops.
    pub kernel: Arc<Kernel>,
    /// Which of the graph's run-time numbers is passed at each scalar of the kernel.
    pub scalars: Vec<u32>,
    /// The launch words: extents, strides, offsets.
    pub words: Vec<i64>,
    /// The gather and the axis of its data behind each check of the kernel.
    pub checks: Vec<(NodeId, usize)>,
}

/// A library op and how its operands lie; its result is row-major.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LibraryJob {
    /// The op.
    pub op: LibOp,
    /// The type of its result.
    pub dtype: DType,
    /// Where in its buffer each operand lies.
    pub operands: SmallVec<[Strided; 2]>,
}

/// Elements of a buffer by a start and strides, in elements; strides may be 0 or negative.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Strided {
    /// The type of the elements.
    pub dtype: DType,
    /// The extents.
    pub shape: SmallVec<[usize; 4]>,
    /// Where the first element lies.
    pub offset: i64,
    /// How far neighbours along each axis lie apart.
    pub strides: SmallVec<[i64; 4]>,
}

impl Step {
    /// The kernel and its launch, if the step is one.
    pub fn kernel(&self) -> Option<&KernelJob> {
        match &self.job {
            Job::Kernel(job) => Some(job),
            Job::Library(_) => None,
        }
    }

    fn kernel_mut(&mut self) -> Option<&mut KernelJob> {
        match &mut self.job {
            Job::Kernel(job) => Some(job),
            Job::Library(_) => None,
        }
    }

    /// The library op, if the step is one.
    pub fn library(&self) -> Option<&LibraryJob> {
        match &self.job {
            Job::Kernel(_) => None,
            Job::Library(job) => Some(job),
        }
    }

    /// Each of its buffers: whether it is read or written, of which type, and its place in a run.
    pub fn accesses(&self) -> impl Iterator<Item = (Role, DType, Place)> {
        let access = |(at, &place): (usize, &Place)| match &self.job {
            Job::Kernel(job) => (job.kernel.buffers[at].role, job.kernel.buffers[at].dtype, place),
            Job::Library(job) if at < job.operands.len() => (Role::In, job.operands[at].dtype, place),
            Job::Library(job) => (Role::Out, job.dtype, place),
        };
        self.buffers.iter().enumerate().map(access)
    }
}

/// A buffer that a step writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// The type of its elements.
    pub dtype: DType,
    /// Its shape; the data is row-major.
    pub shape: Shape,
    /// The step that writes it.
    pub written: usize,
    /// The last step that reads it, or `usize::MAX` for an output of the plan.
    pub last_read: usize,
    /// What it is written over: data of its size that nobody reads any more. A step that writes a part of
    /// it leaves the rest as it was there.
    pub over: Option<Place>,
}

impl Slot {
    /// Its size in bytes.
    pub fn bytes(&self) -> usize {
        self.shape.size() * self.dtype.bytes()
    }
}

/// Where an array's data lies during a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// Data given to the run.
    Leaf(u32),
    /// A slot of the plan.
    Slot(u32),
}

/// Why a node's value is written to memory.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Cut {
    /// It was asked for.
    Output,
    /// Fusion is switched off.
    Unfused,
    /// A fold over a whole space is read back over that space: the second walk needs its result.
    FoldThenBroadcast,
    /// A long fold over few rows is needed by, or beside, another long walk: each walk is shared
    /// among workers in a kernel of its own.
    FewRows,
    /// A fold is read on one side of a pad's edge only; its walk is not guarded.
    GuardedFold,
    /// A scan is read elsewhere than in the walk that runs along it.
    Scan,
    /// A fold walks it as one sequence over several axes, along which it does not lie as one.
    Scattered,
    /// Readers would compute it again, `times` for each element, at `cost` operations each.
    Recompute {
        /// How often each element would be computed.
        times: u64,
        /// Operations for each.
        cost: u64,
    },
    /// A reshape that is no sum of strides reads it.
    Reshape,
    /// It is a fold whose results are taken by index.
    Taken,
    /// A library computes it.
    Library,
    /// A library reads it.
    Operand,
    /// A part of it is written over.
    Updated,
    /// It is put together part by part, and others come after it.
    Parts,
    /// The kernel would have grown past a limit.
    TooLarge {
        /// The limit.
        limit: &'static str,
    },
}

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cut::Output => f.write_str("it is an output"),
            Cut::Unfused => f.write_str("fusion is off"),
            Cut::FoldThenBroadcast => f.write_str("a fold over the whole space is read back over that space"),
            Cut::FewRows => f.write_str("a long fold of few rows is shared among workers on its own"),
            Cut::GuardedFold => f.write_str("a fold is read on one side of a pad's edge only"),
            Cut::Scan => f.write_str("a scan is read in another walk than the one that runs along it"),
            Cut::Scattered => {
                f.write_str("a fold walks it as one sequence, and its operands do not lie as one")
            }
            Cut::Recompute { times, cost } => {
                write!(f, "fusing would compute each element {times} times at {cost} operations")
            }
            Cut::Reshape => f.write_str("a reshape that is no sum of strides reads it"),
            Cut::Taken => f.write_str("its elements are taken by index"),
            Cut::Library => f.write_str("a library computes it"),
            Cut::Operand => f.write_str("a library reads it"),
            Cut::Updated => f.write_str("a part of it is written over"),
            Cut::Parts => f.write_str("it is put together part by part"),
            Cut::TooLarge { limit } => write!(f, "the kernel would have more than {limit}"),
        }
    }
}

impl fmt::Display for Copied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Copied::Shared => "the array that is written to is held by somebody else, too",
            Copied::Foreign => "the memory of the array that is written to was given, and is not written to",
            Copied::Read => "the old version is read elsewhere",
            Copied::Output => "the old version is asked for, too",
            Copied::Neighbours => "what is written is computed from elements at other places",
            Copied::Failing => "the old version has to be there until nothing can fail any more",
        })
    }
}

/// Plans a graph whose leaves are somebody else's.
pub fn plan(graph: Graph, options: Options) -> Plan {
    plan_over(graph, options, &[])
}

/// Plans a graph. Leaves that are [free](Hold::Free) may be written over, by steps after which nothing can
/// fail; those that `holds` does not mention are shared.
pub fn plan_over(graph: Graph, options: Options, holds: &[Hold]) -> Plan {
    debug_assert_eq!(verify::verify(&graph), Ok(()), "a graph is well-formed before planning");
    let operations = simplify::operations(&graph);
    let mut choice = if options.fuse { Choice::of(&graph, holds) } else { Choice::default() };
    // A kernel that was to write in place may turn out to be one that cannot: all is then written anew.
    let spare = (!choice.in_place.is_empty()).then(|| graph.clone());
    let mut plan = planned(graph, options, holds, &choice).unwrap_or_else(|| {
        choice.give_up();
        let again = spare.and_then(|graph| planned(graph, options, holds, &choice));
        again.expect("a plan that writes nothing in place is one")
    });
    (plan.operations, plan.copies) = (operations, choice.copies);
    if options.fuse {
        plan.copies.extend(in_place::of_scatters(&plan, holds));
    }
    plan
}

/// The plan in which the chosen updates are done in place, if their kernels can.
fn planned(graph: Graph, options: Options, holds: &[Hold], choice: &Choice) -> Option<Plan> {
    let (mut graph, mut origins) = simplify::simplify(graph, choice);
    if let Some(least) = options.in_parts.filter(|_| options.fuse) {
        (graph, origins) = beside::split(graph, origins, least);
    }
    debug_assert_eq!(verify::verify(&graph), Ok(()), "simplify keeps graphs well-formed");
    let groups = fuse::fuse(&graph, options);
    let mut plan = lower::lower(&graph, &groups);
    if options.fast_math {
        plan.steps
            .iter_mut()
            .filter_map(Step::kernel_mut)
            .for_each(|job| contract(Arc::make_mut(&mut job.kernel)));
    }
    (plan.graph, plan.origins) = (graph, origins);
    memory::assign(&mut plan, if options.fuse { holds } else { &[] }).then_some(plan)
}

impl Plan {
    /// How many kernels there are.
    pub fn kernels(&self) -> usize {
        self.steps.iter().filter(|step| step.kernel().is_some()).count()
    }

    /// How many library ops there are.
    pub fn library_calls(&self) -> usize {
        self.steps.len() - self.kernels()
    }

    /// Bytes that the steps must read and write.
    pub fn bytes_moved(&self) -> u64 {
        self.steps.iter().map(|s| s.bytes_read + s.bytes_written).sum()
    }

    /// Machine operations that the steps make on elements: arithmetic, comparisons, choices and
    /// conversions, each counted as one; see [`work`].
    pub fn flops(&self) -> u64 {
        self.steps.iter().fold(0, |sum, step| sum.saturating_add(step.work().operations))
    }

    /// The most bytes of slots that are alive at once, outputs included, leaves not, nor what is written
    /// over them: exactly those, without what steps take to work with.
    pub fn peak_bytes(&self) -> u64 {
        self.peak_with(|bytes| bytes as u64, |_| 0)
    }

    /// [`peak_bytes`](Plan::peak_bytes) where `room` is what a slot of so many bytes takes, and `workspace`
    /// what a step takes beside its slots, while it runs.
    pub fn peak_with(&self, room: impl Fn(usize) -> u64, workspace: impl Fn(usize) -> u64) -> u64 {
        memory::peak(self, room, workspace).0
    }

    /// The data that slots are written over.
    pub fn taken_over(&self) -> Vec<Place> {
        self.slots.iter().filter_map(|slot| slot.over).collect()
    }

    /// Whether a slot lies in the memory of a leaf.
    pub fn lies_in_leaf(&self, mut slot: usize) -> bool {
        loop {
            match self.slots[slot].over {
                None => return false,
                Some(Place::Leaf(_)) => return true,
                Some(Place::Slot(before)) => slot = before as usize,
            }
        }
    }

    /// The node that a slot holds the value of.
    pub fn node_in(&self, slot: usize) -> NodeId {
        let step = &self.steps[self.slots[slot].written];
        let mut written = step.accesses().filter(|(role, ..)| *role == Role::Out).zip(&step.writes);
        let found = written.find(|((.., place), _)| *place == Place::Slot(slot as u32));
        found.map(|(_, (node, _))| *node).expect("a step writes its slots in the order of its nodes")
    }

    /// The updates of the given graph whose old version a step copies, with why.
    pub fn copied_in(&self, step: &Step) -> impl Iterator<Item = OldVersion> {
        let is_here = |node: NodeId| step.nodes.iter().any(|n| self.origins[n.index()] == node);
        self.copies.iter().copied().filter(move |copy| is_here(copy.of))
    }

    /// Why each materialised node is, in order of the steps.
    pub fn cuts(&self) -> impl Iterator<Item = &Cut> {
        self.steps.iter().flat_map(|s| s.writes.iter().map(|(_, cut)| cut))
    }
}
