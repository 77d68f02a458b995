//! How much memory a run will take, known before it: the slots that are alive with each step, and what the
//! step takes to work with while it runs.
//!
//! Workspaces are of two sorts. Scratch comes from the pool, as slots do: results of parts of a long fold,
//! totals of a shared scan, the lists of a scatter. What a library packs it allocates itself, on each
//! thread that it runs on. A library also reads data only where it is aligned; of what is not, which is
//! known when the data is, a copy is made.

use super::Prepared;
use super::prepared::PreparedStep;
use crate::buffer::Buffer;
use crate::cuda::bytes_at_once;
use crate::library;
use crate::pool::capacity;
use numfuse_ir::dtype::DType;
use numfuse_ir::schedule::{Job, Place, Plan, Step, Strided};
use numfuse_ir::target::Target;

/// What a step takes beside its slots, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Workspace {
    /// Scratch out of the pool.
    pub scratch: usize,
    /// At most what a library allocates for itself, on all threads together.
    pub packed: usize,
}

impl Workspace {
    /// Of a step that is launched so, on a GPU or not. What is computed on the host for a GPU takes none of
    /// its memory.
    fn of(step: &Step, prepared: &PreparedStep, target: &Target, on_gpu: bool) -> Workspace {
        let scratch = prepared.launch.scratch_bytes;
        match &step.job {
            _ if prepared.is_empty => Workspace::default(),
            Job::Kernel(_) => Workspace { scratch, packed: 0 },
            Job::Library(job) if on_gpu => Workspace { scratch: library::work_bytes_on_gpu(job), packed: 0 },
            Job::Library(job) => {
                Workspace { scratch, packed: library::packed_bytes(job, prepared.launch, target) }
            }
        }
    }

    /// Both together, in the memory that is asked for.
    fn room(self, on_gpu: bool) -> u64 {
        room(self.scratch, on_gpu) + self.packed as u64
    }
}

/// The bytes in which a check of a kernel on a GPU tells of an index out of range.
pub(crate) const CELLS: usize = 16;

/// What the memory for so many bytes takes: on the host the pool's block, on a GPU those bytes.
pub fn room(bytes: usize, on_gpu: bool) -> u64 {
    (if on_gpu { bytes } else { capacity(bytes) }) as u64
}

/// The most bytes that a run of a plan takes at once, on machines like `target` or on a GPU: what it will ask
/// for, and at most what libraries allocate themselves.
pub fn needed_bytes(plan: &Plan, target: &Target, on_gpu: bool) -> u64 {
    let slot_bytes: Vec<usize> = plan.slots.iter().map(|slot| slot.bytes()).collect();
    let prepared = |step: &Step| PreparedStep::new(step, &slot_bytes, target, on_gpu);
    needed(plan, &plan.steps.iter().map(prepared).collect::<Vec<_>>(), target, on_gpu)
}

fn needed(plan: &Plan, steps: &[PreparedStep], target: &Target, on_gpu: bool) -> u64 {
    let workspace = |step| Workspace::of(&plan.steps[step], &steps[step], target, on_gpu).room(on_gpu);
    let peak = plan.peak_with(|bytes| room(bytes, on_gpu), workspace);
    if !on_gpu {
        return peak;
    }
    let checks = |step: &Step| step.kernel().map_or(0, |job| job.checks.len());
    let cells = CELLS * plan.steps.iter().map(checks).sum::<usize>();
    peak.max(bytes_at_once(plan, steps).unwrap_or(0) as u64) + cells as u64
}

impl Prepared {
    /// What a step takes to work with.
    pub fn workspace(&self, step: usize) -> Workspace {
        Workspace::of(&self.plan().steps[step], self.step(step), &self.target(), self.gpu().is_some())
    }

    /// The most that a step takes to work with.
    pub fn workspace_bytes(&self) -> u64 {
        let bytes = |step| self.workspace(step).scratch as u64 + self.workspace(step).packed as u64;
        (0..self.plan().steps.len()).map(bytes).max().unwrap_or(0)
    }

    /// See [`needed_bytes`].
    pub fn needed_bytes(&self) -> u64 {
        needed(self.plan(), self.steps(), &self.target(), self.gpu().is_some())
    }

    /// The bytes of the copies that libraries need of these leaves, at most.
    pub fn copied_bytes(&self, leaves: &[Buffer]) -> u64 {
        if self.gpu().is_some() {
            return 0;
        }
        let copied = |step: &Step| {
            let operands = step.library().into_iter().flat_map(|job| job.operands.iter().zip(&step.buffers));
            let leaf = |(operand, place): (&Strided, &Place)| match place {
                Place::Leaf(leaf) => Some((&leaves[*leaf as usize], operand.dtype)),
                Place::Slot(_) => None,
            };
            let stray =
                |(leaf, dtype): &(&Buffer, DType)| !(leaf.as_ptr() as usize).is_multiple_of(dtype.bytes());
            operands.filter_map(leaf).filter(stray).map(|(leaf, _)| room(leaf.len(), false)).sum::<u64>()
        };
        self.plan().steps.iter().map(copied).max().unwrap_or(0)
    }
}
