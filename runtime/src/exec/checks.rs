//! Indices out of range: the cells in which kernels tell of them, and the error that comes of it.

use numfuse_codegen::abi::NO_FAULT;
use numfuse_ir::gather::{OutOfBounds, Source};
use numfuse_ir::graph::Kind;
use numfuse_ir::schedule::{KernelJob, Plan};
use smallvec::SmallVec;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// For each check of a kernel the least position of an index out of range, and the index there.
pub(super) struct Cells(SmallVec<[[AtomicU64; 2]; 4]>);

impl Cells {
    /// Cells that nothing has been told to.
    pub(super) fn new(job: &KernelJob) -> Cells {
        Cells(job.checks.iter().map(|_| [AtomicU64::new(NO_FAULT), AtomicU64::new(0)]).collect())
    }

    /// Their address, if there are any.
    pub(super) fn address(&self) -> Option<*const u8> {
        (!self.0.is_empty()).then(|| self.0.as_ptr().cast())
    }

    /// Whether a check was told of an index.
    pub(super) fn is_told(&self, check: usize) -> bool {
        self.0[check][0].load(Relaxed) != NO_FAULT
    }

    /// The index that a check was told of.
    pub(super) fn index(&self, check: usize) -> i64 {
        self.0[check][1].load(Relaxed) as i64
    }
}

/// The first of the checks of a kernel that were told of an index, in the order of the gathers and of
/// their axes: what a later one was told may come of the place that an earlier one took in its stead.
pub(crate) fn first(job: &KernelJob, is_told: impl Fn(usize) -> bool) -> Option<usize> {
    (0..job.checks.len()).filter(|&check| is_told(check)).min_by_key(|&check| job.checks[check])
}

/// What to say of an index that a check of a kernel was told of.
pub(crate) fn out_of_bounds(plan: &Plan, job: &KernelJob, check: usize, index: i64) -> OutOfBounds {
    let (node, axis) = job.checks[check];
    let Kind::Gather { from, bounds } = &plan.graph.node(node).kind else {
        unreachable!("checks are of gathers")
    };
    debug_assert_eq!(from[axis], Source::Index, "a check is of an axis that is taken from by index");
    let data = plan.graph.inputs(node)[0];
    OutOfBounds { node, bounds: *bounds, axis, extent: plan.graph.node(data).shape[axis], index }
}
