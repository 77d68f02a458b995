//! Evaluations under a budget of bytes: plans that take more are run in slabs, or refused before anything is
//! allocated.
//!
//! What counts is what an evaluation asks for while it runs: results, what leads to them, and what steps take
//! to work with. Data that is there does not count, nor what a result is written over. Before this:
//! [`tile`](numfuse_ir::schedule::tile), which decides. After it: `eval.rs`, which runs what was decided.

use crate::error::Cause;
use numfuse_ir::graph::Graph;
use numfuse_ir::schedule::tile::{self, Budget, Fit, Refusal, Slabs, Uncut};
use numfuse_ir::schedule::{Hold, Options, Plan, plan_over};
use numfuse_ir::target::Target;
use numfuse_runtime::cuda::Gpu;
use numfuse_runtime::exec::{PreparedPart, needed_bytes, room};
use numfuse_runtime::{Buffer, Prepared, PreparedSlabs};

/// What a plan is made ready for.
#[derive(Clone, Copy)]
pub(crate) enum Machine {
    Processor(Target),
    Gpu(&'static Gpu),
}

impl Machine {
    /// The target of its kernels, and whether it is a GPU.
    fn target(self) -> (Target, bool) {
        match self {
            Machine::Processor(target) => (target, false),
            Machine::Gpu(_) => (Target::FIXED, true),
        }
    }
}

/// The plan of a graph, and how it meets a budget.
pub(crate) fn plan(
    graph: Graph,
    options: Options,
    holds: &[Hold],
    budget: Option<usize>,
    machine: Machine,
) -> (Plan, Fit) {
    let Some(bytes) = budget.map(|bytes| bytes as u64) else {
        return (plan_over(graph, options, holds), Fit::Whole);
    };
    let (target, on_gpu) = machine.target();
    let needed = |plan: &Plan| needed_bytes(plan, &target, on_gpu);
    let in_place = plan_over(graph.clone(), options, holds);
    let least = needed(&in_place);
    if least <= bytes {
        return (in_place, Fit::Whole);
    }
    // Slabs read what they are computed from more than once, and are cut from graphs as they were written:
    // nothing is written over anything.
    let options = Options { in_parts: None, ..options };
    let whole = plan_over(graph, options, &[]);
    let room = |bytes| room(bytes, on_gpu);
    let fit = match tile::fit(&whole, options, &Budget { bytes, room: &room, needed: &needed }) {
        Fit::Refused(mut refusal) => {
            refusal.wanted = refusal.wanted.min(least);
            refusal.whole = refusal.whole.min(least);
            Fit::Refused(refusal)
        }
        fit @ (Fit::Whole | Fit::Slabs(_)) => fit,
    };
    (whole, fit)
}

/// How a plan that was made ready is run.
pub(crate) enum Way {
    /// As it is.
    Whole,
    /// In slabs.
    Slabs(Box<Cut>),
    /// Not at all.
    Refused(Box<Refusal>),
}

/// A plan in slabs, ready to run, and what can be said of it.
pub(crate) struct Cut {
    pub(crate) slabs: PreparedSlabs,
    /// What was decided, for people to read.
    pub(crate) text: String,
    /// The most bytes of results and of what leads to them at once, and with workspaces.
    pub(crate) peak: u64,
    pub(crate) needed: u64,
}

impl Way {
    /// The way of a plan whose leaves have these sizes.
    #[allow(unsafe_code, reason = "slabs meet the data that they were made for as the whole plan does")]
    pub(crate) fn of(fit: Fit, leaf_bytes: &[usize], machine: Machine) -> Way {
        let (slabs, gpu) = match (fit, machine) {
            (Fit::Whole, _) => return Way::Whole,
            (Fit::Refused(refusal), _) => return Way::Refused(refusal),
            (Fit::Slabs(slabs), Machine::Processor(_)) => (slabs, None),
            (Fit::Slabs(slabs), Machine::Gpu(gpu)) => (slabs, Some(gpu)),
        };
        let (text, Slabs { peak, needed, .. }) = (slabs.to_string(), &*slabs);
        let (peak, needed) = (*peak, *needed);
        // SAFETY: the slabs were cut from the plan of a graph whose leaves have these sizes.
        let slabs = unsafe { PreparedSlabs::new(*slabs, leaf_bytes, machine.target().0, gpu) };
        Way::Slabs(Box::new(Cut { slabs, text, peak, needed }))
    }

    /// About how much memory it keeps.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Way::Slabs(cut) => cut.slabs.bytes(),
            Way::Whole | Way::Refused(_) => 0,
        }
    }

    /// Refuses what takes more than a budget, also what does so only with this data.
    pub(crate) fn allow(
        &self,
        whole: &Prepared,
        leaves: &[Buffer],
        budget: Option<usize>,
    ) -> Result<(), Cause> {
        let Some(budget) = budget.map(|bytes| bytes as u64) else { return Ok(()) };
        let (needed, copied) = match self {
            Way::Refused(refusal) => return Err(Cause::Budget(refusal.clone())),
            Way::Whole => (whole.needed_bytes(), whole.copied_bytes(leaves)),
            Way::Slabs(cut) => {
                let first = cut.slabs.parts().0;
                (cut.needed, first.map_or(0, |part| part.prepared.copied_bytes(leaves)))
            }
        };
        let wanted = needed + copied;
        if copied == 0 || wanted <= budget {
            return Ok(());
        }
        Err(Cause::Budget(Box::new(Refusal {
            wanted,
            whole: wanted,
            budget,
            node: None,
            why: Uncut::Unaligned,
        })))
    }
}

impl Cut {
    /// All plans that are run, in order.
    pub(crate) fn parts(&self) -> impl Iterator<Item = &PreparedPart> {
        let (first, slabs) = self.slabs.parts();
        first.into_iter().chain(slabs)
    }
}
