//! How long a step will take on one thread, roughly: enough to decide whether to call for help.

use crate::library;
use numfuse_ir::kernel::{Inst, Kernel};
use numfuse_ir::schedule::{Job, Step};

/// A step shorter than this stays with the caller: to ask takes it a few µs, and who is asked some more to come.
pub(super) const ASKING_FOR_HELP: f64 = 10_000.0;

/// One machine operation on one element: two vector operations a cycle, four elements each.
const OPERATION: f64 = 0.05;

/// One byte to or from a cache.
const BYTE: f64 = 0.03;

/// A launch whose units are all the same work.
const LAUNCH: f64 = 20.0;

/// The prediction for one step.
pub(super) fn nanoseconds(step: &Step) -> f64 {
    let computing = match &step.job {
        Job::Kernel(job) => {
            visits(&job.kernel, &job.words) * job.kernel.body.iter().map(weight).sum::<f64>() * OPERATION
        }
        Job::Library(job) => job.work().operations as f64 * library::nanoseconds_of_operation(job),
    };
    let bytes = (step.bytes_read + step.bytes_written) as f64;
    LAUNCH + computing.max(bytes * BYTE)
}

/// How many points a kernel visits: each row's columns, and each of those again for every pass that
/// runs inside another.
fn visits(kernel: &Kernel, words: &[i64]) -> f64 {
    let extent = |axis: usize| kernel.axes[axis].extent.value(words) as f64;
    let rows: f64 = (0..kernel.rows).map(extent).product();
    let (mut outer, mut inner) = (0.0, 1.0);
    for pass in &kernel.passes {
        let columns: f64 = pass.cols.iter().map(|axis| extent(axis.index())).product();
        match pass.inner {
            true => inner *= columns.max(1.0),
            false => outer += columns.max(1.0),
        }
    }
    rows * outer * inner
}

/// Machine operations behind a value; a call is an elementary function of a dozen or more.
fn weight(inst: &Inst) -> f64 {
    match inst {
        Inst::Const(_) | Inst::Scalar(_) | Inst::Final { .. } | Inst::After { .. } => 0.0,
        Inst::Coord(_) | Inst::Load(..) | Inst::Prim(..) => 1.0,
        Inst::Pick { .. } => 2.0,
        // The index, and a load for each lane.
        Inst::Within { .. } => 8.0,
        Inst::Call(..) => 15.0,
    }
}
