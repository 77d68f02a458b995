//! All that can be known of a run before it: mappings, launches, sizes, the lives of slots, code.

use super::{RunOptions, cost};
use crate::buffer::Buffer;
use crate::cache::{Compiled, KernelCache, Key};
use crate::cuda::{Gpu, Module, Replay, bytes_at_once};
use crate::error::Error;
use crate::{fork, library};
use numfuse_codegen::{Code, Launch, Mapping, choose, cuda, launch};
use numfuse_ir::dtype::DType;
use numfuse_ir::kernel::Role;
use numfuse_ir::math::Known;
use numfuse_ir::scalar::Scalar;
use numfuse_ir::schedule::{Job, KernelJob, Place, Plan, Step};
use numfuse_ir::target::Target;
use smallvec::SmallVec;
use std::fmt;
use std::sync::{Arc, OnceLock};

/// A plan made ready: run it with [`run`](super::run), from as many threads and as often as wanted.
pub struct Prepared {
    plan: Plan,
    target: Target,
    steps: Vec<PreparedStep>,
    leaf_bytes: Vec<usize>,
    slot_bytes: Vec<usize>,
    /// How many run-time numbers the steps refer to.
    scalars: usize,
    /// The code of each step that launches anything, from the first run on.
    codes: OnceLock<Box<[Option<Arc<Code>>]>>,
    /// Of a plan for a GPU: the GPU, and likewise.
    gpu: Option<&'static Gpu>,
    modules: OnceLock<Box<[Option<Arc<Module>>]>>,
    /// How many checks of indices its kernels make.
    checks: usize,
    /// What it has become on its GPU by being run, if it may be a graph.
    replay: Option<Replay>,
}

/// How a step is launched, and which slots begin and end with it.
#[derive(Debug)]
pub(crate) struct PreparedStep {
    /// Of a kernel.
    pub(crate) mapping: Option<Mapping>,
    pub(crate) launch: Launch,
    /// Nothing is launched: no rows, or nothing written.
    pub(crate) is_empty: bool,
    /// The caller's thread alone does it: to ask for help would take longer, or there is nothing to share.
    pub(crate) stays: bool,
    /// How many checks of indices the steps before it make.
    pub(crate) first_check: usize,
    pub(crate) born: SmallVec<[usize; 2]>,
    pub(crate) dies: SmallVec<[usize; 2]>,
    /// What begins in the memory of something else, which ends.
    pub(crate) takes: SmallVec<[(Place, usize); 1]>,
}

impl Prepared {
    /// Makes a plan ready for machines like `target`, for leaves of at least so many bytes each.
    ///
    /// # Safety
    /// With leaves of these sizes no step reads outside of a leaf or slot, or writes outside of a
    /// slot, and each fills the slots that it writes; one that is written over other data is as large as
    /// these, which nobody reads later, and the step reads of them only what it is about to write over. That holds of a plan made by
    /// [`schedule::plan`](numfuse_ir::schedule::plan) for a graph whose leaves have these sizes.
    pub unsafe fn new(plan: Plan, leaf_bytes: Vec<usize>, target: Target) -> Prepared {
        Prepared::on(plan, leaf_bytes, target, None)
    }

    /// Makes a plan ready for a GPU, for leaves on it of at least so many bytes each.
    ///
    /// # Safety
    /// As for [`Prepared::new`].
    pub unsafe fn for_gpu(plan: Plan, leaf_bytes: Vec<usize>, gpu: &'static Gpu) -> Prepared {
        Prepared::on(plan, leaf_bytes, Target::FIXED, Some(gpu))
    }

    fn on(plan: Plan, leaf_bytes: Vec<usize>, target: Target, gpu: Option<&'static Gpu>) -> Prepared {
        let slot_bytes: Vec<usize> = plan.slots.iter().map(|slot| slot.bytes()).collect();
        let mut steps: Vec<_> =
            plan.steps.iter().map(|s| PreparedStep::new(s, &slot_bytes, &target, gpu.is_some())).collect();
        let taken = plan.taken_over();
        for (index, slot) in plan.slots.iter().enumerate() {
            match slot.over {
                None => steps[slot.written].born.push(index),
                Some(place) => steps[slot.written].takes.push((place, index)),
            }
            // A slot that nobody reads ends where it began.
            let last = slot.last_read.max(slot.written);
            let is_taken = taken.contains(&Place::Slot(index as u32));
            if let Some(step) = steps.get_mut(last).filter(|_| !is_taken) {
                step.dies.push(index);
            }
        }
        let mut checks = 0;
        for (step, prepared) in plan.steps.iter().zip(&mut steps).filter(|(_, prepared)| !prepared.is_empty) {
            prepared.first_check = checks;
            checks += step.kernel().map_or(0, |job| job.checks.len());
        }
        let replay = gpu.and_then(|_| bytes_at_once(&plan, &steps)).map(|_| Replay::default());
        let kernels = plan.steps.iter().filter_map(Step::kernel);
        let scalars = kernels.flat_map(|job| &job.scalars).map(|&k| k as usize + 1).max();
        let scalars = scalars.unwrap_or(0);
        Prepared {
            plan,
            target,
            steps,
            leaf_bytes,
            slot_bytes,
            scalars,
            codes: OnceLock::new(),
            gpu,
            modules: OnceLock::new(),
            checks,
            replay,
        }
    }

    /// The leaves that are written over, by their numbers.
    pub fn taken_leaves(&self) -> impl Iterator<Item = usize> {
        let leaf = |(place, _): &(Place, usize)| match place {
            Place::Leaf(leaf) => Some(*leaf as usize),
            Place::Slot(_) => None,
        };
        self.steps.iter().flat_map(|step| &step.takes).filter_map(leaf)
    }

    /// The plan.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The machine that it was made ready for.
    pub fn target(&self) -> Target {
        self.target
    }

    /// The GPU that it was made ready for, if it was for one.
    pub fn gpu(&self) -> Option<&'static Gpu> {
        self.gpu
    }

    /// How a step lies over lanes and workers, if it is a kernel.
    pub fn mapping(&self, step: usize) -> Option<Mapping> {
        self.steps[step].mapping
    }

    /// How a step is cut into units.
    pub fn launch(&self, step: usize) -> Launch {
        self.steps[step].launch
    }

    /// How many checks of indices its kernels make.
    pub(crate) fn checks(&self) -> usize {
        self.checks
    }

    /// What it has become on its GPU by being run, if it may be a graph.
    pub(crate) fn replay(&self) -> Option<&Replay> {
        self.replay.as_ref()
    }

    pub(super) fn steps(&self) -> &[PreparedStep] {
        &self.steps
    }

    /// The code of a step, once the plan has been run, for whoever wants to read it.
    pub fn code(&self, step: usize) -> Option<&Arc<Code>> {
        self.codes.get()?[step].as_ref()
    }

    /// The code of a step on its GPU, likewise.
    pub fn module(&self, step: usize) -> Option<&Arc<Module>> {
        self.modules.get()?[step].as_ref()
    }

    /// True when runs use the caller's thread alone: to ask for help would take longer than any of the
    /// steps, or there is nothing to share.
    pub fn stays_with_caller(&self) -> bool {
        self.steps.iter().all(|step| step.stays)
    }

    /// About how much memory it takes, with all code that it keeps once it has run: its weight in a
    /// [`PlanCache`](crate::cache::PlanCache).
    pub fn bytes(&self) -> usize {
        let step = |s: &Step| {
            let kernel = s.kernel().map_or(0, |KernelJob { kernel, words, .. }| {
                kernel.body.len() * 96 + kernel.passes.len() * 128 + kernel.axes.len() * 32 + words.len() * 8
            });
            let lists = s.buffers.len() * 16 + (s.nodes.len() + s.writes.len()) * 16;
            size_of::<Step>() + size_of::<PreparedStep>() + kernel + lists
        };
        let lists = self.plan.slots.len() * 96 + self.plan.graph.len() * 256;
        let codes = self.codes.get().into_iter().flatten().flatten().map(|code| code.kept_bytes());
        let modules = self.modules.get().into_iter().flatten().flatten().map(|module| module.kept_bytes());
        size_of::<Prepared>()
            + lists
            + self.plan.steps.iter().map(step).sum::<usize>()
            + codes.chain(modules).sum::<usize>()
    }

    pub(crate) fn step(&self, index: usize) -> &PreparedStep {
        &self.steps[index]
    }

    pub(crate) fn slot_bytes(&self, slot: usize) -> usize {
        self.slot_bytes[slot]
    }

    /// Stops a run with data that the plan was not made for.
    pub(crate) fn expect(&self, leaves: &[Buffer], scalars: &[Scalar]) {
        assert_eq!(leaves.len(), self.leaf_bytes.len(), "a run has the leaves of its plan");
        let large_enough = leaves.iter().zip(&self.leaf_bytes).all(|(leaf, &bytes)| leaf.len() >= bytes);
        assert!(large_enough, "a leaf is as large as the plan takes it for");
        assert!(scalars.len() >= self.scalars, "a run has all numbers that its plan refers to");
        let ordinary = scalars.iter().all(|number| Known::of(*number) == Known::Ordinary);
        assert!(ordinary, "code relies on numbers that are neither zeros nor NaN");
    }

    /// The code of all steps: looked up, or compiled, once a plan.
    pub(super) fn codes(&self, options: &RunOptions<'_>) -> Result<&[Option<Arc<Code>>], Error> {
        if let Some(codes) = self.codes.get() {
            return Ok(codes);
        }
        let codes = self.find(options.kernels, options, |key| options.kernels.find(key, options.perf))?;
        // Of two first runs at once, both have the same code, and one keeps it.
        Ok(&fork::once(&self.codes, || codes)[..])
    }

    /// The same for the GPU that it was made ready for.
    pub(crate) fn modules(
        &self,
        gpu: &'static Gpu,
        options: &RunOptions<'_>,
    ) -> Result<&[Option<Arc<Module>>], Error> {
        if let Some(modules) = self.modules.get() {
            return Ok(modules);
        }
        let modules = self.find(gpu.modules(), options, |key| gpu.module(key))?;
        Ok(&fork::once(&self.modules, || modules)[..])
    }

    /// Compiles what is not known yet with all workers: a kernel takes milliseconds, and they do
    /// not depend on each other. Errors are remembered with the kernels.
    fn find<C: Compiled + Send + Sync>(
        &self,
        cache: &KernelCache<C>,
        options: &RunOptions<'_>,
        find: impl Fn(&Key) -> Result<Arc<C>, Error> + Sync,
    ) -> Result<Box<[Option<Arc<C>>]>, Error> {
        let key = |(step, prepared): (&Step, &PreparedStep)| {
            let PreparedStep { mapping, is_empty, .. } = *prepared;
            let (job, mapping) = step.kernel().zip(mapping).filter(|_| !is_empty)?;
            Some(cache.key(&job.kernel, mapping, self.target))
        };
        let keys: Vec<Option<Key>> = self.plan.steps.iter().zip(&self.steps).map(key).collect();
        let codes: Vec<OnceLock<Result<Arc<C>, Error>>> = keys.iter().map(|_| OnceLock::new()).collect();
        let find = |&step: &usize| {
            if let Some(key) = &keys[step] {
                codes[step].get_or_init(|| find(key));
            }
        };
        let is_known = |step: &usize| keys[*step].as_ref().is_none_or(|key| cache.knows(key));
        let (known, unknown): (Vec<usize>, Vec<usize>) = (0..keys.len()).partition(is_known);
        known.iter().for_each(find);
        let compile = |from: u64, to: u64| unknown[from as usize..to as usize].iter().for_each(find);
        let done = options.workers.for_each_range(unknown.len() as u64, 1, &compile, options.cancel);
        done.map_err(Error::from_workers)?;
        codes.into_iter().map(|code| code.into_inner().transpose()).collect()
    }
}

impl fmt::Debug for Prepared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Prepared");
        debug.field("plan", &self.plan).field("target", &self.target).field("steps", &self.steps);
        debug.finish_non_exhaustive()
    }
}

impl PreparedStep {
    pub(super) fn new(step: &Step, slot_bytes: &[usize], target: &Target, on_gpu: bool) -> PreparedStep {
        let (mapping, launch) = match &step.job {
            Job::Kernel(KernelJob { kernel, words, .. }) => {
                let mapping =
                    if on_gpu { cuda::choose(kernel, words) } else { choose(kernel, words, target) };
                (Some(mapping), launch(kernel, mapping, words))
            }
            Job::Library(job) => (None, library::launch(job, target.workers)),
        };
        let writes = |(role, _, place): (Role, DType, Place)| match place {
            Place::Slot(slot) => role == Role::Out && slot_bytes[slot as usize] > 0,
            Place::Leaf(_) => false,
        };
        let writes = step.accesses().any(writes);
        let is_empty = launch.units == 0 || !writes;
        let is_one_range = launch.units <= launch.grain && launch.finish <= 1;
        PreparedStep {
            mapping,
            launch,
            is_empty,
            stays: is_empty || is_one_range || cost::nanoseconds(step) < cost::ASKING_FOR_HELP,
            first_check: 0,
            born: SmallVec::new(),
            dies: SmallVec::new(),
            takes: SmallVec::new(),
        }
    }
}
