//! Plans of several small kernels, run again and again, as one graph of the driver.
//!
//! A launch takes the driver three microseconds, a graph of twenty kernels two: where kernels are small that is most of
//! what they take. From its fourth run on a plan is a graph, made once; each run gives its kernels the addresses and
//! numbers that are not those of the run before. All memory of a run is then alive at once, since the driver frees in the
//! order of launches, of which there is one: so this is for plans whose memory is small, too.

use super::driver::{Failure, call};
use super::module::Call;
use super::{Error, Gpu};
use crate::exec::prepared::PreparedStep;
use crate::words::Words;
use cudarc::driver::sys::{CUDA_KERNEL_NODE_PARAMS, CUgraph, CUgraphExec, CUgraphNode};
use numfuse_codegen::Launch;
use numfuse_ir::schedule::{Plan, Slot, Step};
use std::ffi::c_void;
use std::fmt;
use std::sync::Mutex;

/// The run with which a graph is made.
const RUNS: u32 = 4;

/// The most bytes of slots and scratch of a plan that becomes a graph, and its fewest and most launches.
const MOST_BYTES: usize = 1 << 20;
const LAUNCHES: std::ops::RangeInclusive<usize> = 2..=512;

/// The bytes that are alive at once where a plan is run as a graph; `None` of plans that are not: of one kernel,
/// of very many, of large memory, with library ops, and those that check indices.
pub(crate) fn bytes_at_once(plan: &Plan, steps: &[PreparedStep]) -> Option<usize> {
    let steps = || plan.steps.iter().zip(steps).filter(|(_, prepared)| !prepared.is_empty);
    let launches = |launch: Launch| {
        1 + [launch.join, launch.prefix, launch.finish].iter().filter(|&&units| units > 0).count()
    };
    let scratch = steps().map(|(_, prepared)| prepared.launch.scratch_bytes).sum::<usize>();
    let bytes = scratch + plan.slots.iter().map(Slot::bytes).sum::<usize>();
    let is_plain = |step: &Step| step.kernel().is_some_and(|job| job.checks.is_empty());
    let suits = bytes <= MOST_BYTES
        && LAUNCHES.contains(&steps().map(|(_, prepared)| launches(prepared.launch)).sum())
        && steps().all(|(step, _)| is_plain(step));
    suits.then_some(bytes)
}

/// What a plan has become by being run.
#[derive(Default)]
pub(crate) struct Replay(pub(super) Mutex<State>);

/// How often it was run, or its graph.
pub(super) enum State {
    Runs(u32),
    Made(Made),
}

impl Default for State {
    fn default() -> State {
        State::Runs(0)
    }
}

/// A graph that can be launched.
pub(super) struct Made {
    gpu: &'static Gpu,
    /// Its nodes, which name the kernels of `ready`.
    plan: CUgraph,
    ready: CUgraphExec,
    nodes: Vec<(CUgraphNode, Call, Words)>,
}

// SAFETY: graphs of the driver may be used from any thread, one at a time.
unsafe impl Send for Made {}

impl State {
    /// Whether this run launches a graph.
    pub(super) fn is_due(&mut self) -> bool {
        match self {
            State::Made(_) => true,
            State::Runs(runs) => {
                *runs = runs.saturating_add(1);
                *runs >= RUNS
            }
        }
    }

    /// Launches these calls, one after the other.
    ///
    /// # Safety
    /// As for [`Module::launch`](super::Module) with each call and its words; the calls are the same in all runs.
    pub(super) unsafe fn launch(
        &mut self,
        gpu: &'static Gpu,
        calls: Vec<(Call, Words)>,
    ) -> Result<(), Error> {
        if let State::Made(made) = self {
            gpu.with(|| made.bind(calls))?;
        } else {
            *self = State::Made(gpu.with(|| Made::new(gpu, calls))?);
        }
        let State::Made(made) = self else { unreachable!("it was made just now") };
        // SAFETY: by our caller's promise; the graph holds these calls with these words.
        gpu.with(|| unsafe { call!(cuGraphLaunch(made.ready, gpu.stream())) })
    }
}

impl Made {
    fn new(gpu: &'static Gpu, calls: Vec<(Call, Words)>) -> Result<Made, Failure> {
        let mut made =
            Made { gpu, plan: std::ptr::null_mut(), ready: std::ptr::null_mut(), nodes: Vec::new() };
        // SAFETY: the driver writes handles, and copies what parameters point to before it returns.
        unsafe {
            call!(cuGraphCreate(&mut made.plan, 0))?;
            for (of, words) in calls {
                let mut node = std::ptr::null_mut();
                let before = made.nodes.last().map(|(node, ..)| *node);
                let (before, count) = (before.as_slice(), usize::from(before.is_some()));
                with_parameters(&of, &words, |parameters| {
                    call!(cuGraphAddKernelNode_v2(&mut node, made.plan, before.as_ptr(), count, parameters))
                })?;
                made.nodes.push((node, of, words));
            }
            call!(cuGraphInstantiateWithFlags(&mut made.ready, made.plan, 0))?;
        }
        Ok(made)
    }

    /// Gives the kernels their words, where they are other ones than before.
    fn bind(&mut self, calls: Vec<(Call, Words)>) -> Result<(), Failure> {
        for ((node, of, bound), (_, words)) in self.nodes.iter_mut().zip(calls) {
            if *bound == words {
                continue;
            }
            let (ready, node) = (self.ready, *node);
            with_parameters(of, &words, |parameters| {
                // SAFETY: the node is one of this graph, of this kernel; the driver copies what is pointed to.
                unsafe { call!(cuGraphExecKernelNodeSetParams_v2(ready, node, parameters)) }
            })?;
            *bound = words;
        }
        Ok(())
    }
}

/// What the driver is told of a call with these words.
fn with_parameters(
    of: &Call,
    words: &Words,
    tell: impl FnOnce(*const CUDA_KERNEL_NODE_PARAMS) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut arguments = of.arguments(words);
    let parameters = CUDA_KERNEL_NODE_PARAMS {
        func: of.function,
        gridDimX: of.blocks,
        gridDimY: 1,
        gridDimZ: 1,
        blockDimX: of.threads,
        blockDimY: 1,
        blockDimZ: 1,
        sharedMemBytes: of.shared,
        kernelParams: arguments.as_mut_ptr().cast::<*mut c_void>(),
        extra: std::ptr::null_mut(),
        kern: std::ptr::null_mut(),
        ctx: std::ptr::null_mut(),
    };
    tell(&parameters)
}

impl Drop for Made {
    fn drop(&mut self) {
        if self.gpu.check().is_ok() {
            let free = || -> Result<(), Failure> {
                // SAFETY: both are ours; what was launched goes on to its end.
                unsafe {
                    if !self.ready.is_null() {
                        call!(cuGraphExecDestroy(self.ready))?;
                    }
                    if !self.plan.is_null() {
                        call!(cuGraphDestroy(self.plan))?;
                    }
                }
                Ok(())
            };
            // A failure is kept by the GPU, where it matters, and told by the next call.
            let _ = self.gpu.with(free);
        }
    }
}

impl fmt::Debug for Replay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Replay")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fourth_run_is_a_graph() {
        let mut state = State::default();
        let due: Vec<bool> = (0..6).map(|_| state.is_due()).collect();
        assert_eq!(due, [false, false, false, true, true, true]);
    }
}
