//! Evaluation: plan, bind, run, detach.
//!
//! [`eval`] reads what is pending ([`Capture`]), looks its plan up or makes it, binds data and
//! numbers to the plan, runs it, and leaves the results in their nodes, which forget what they came
//! from. Plans are kept for expressions of the same form; `key.rs` says what that is.

use crate::array::Array;
use crate::budget::{self, Machine, Way};
use crate::capture::{Busy, Capture};
use crate::claim::Claim;
use crate::config::{self, Config};
use crate::error::{Cause, Error};
use crate::lazy::Ready;
use crate::watch;
use crate::why::Recipe;
use numfuse_ir::dtype::DType;
use numfuse_ir::graph::NodeId;
use numfuse_ir::scalar::Scalar;
use numfuse_ir::schedule::tile::Fit;
use numfuse_ir::schedule::{Options, Plan, explain};
use numfuse_ir::shape::Shape;
use numfuse_ir::target::{Target, Vectors};
use numfuse_runtime::cache::{KernelCache, Limits, PlanCache};
use numfuse_runtime::cpu::{target, workers::Workers};
use numfuse_runtime::cuda::{self, Gpu};
use numfuse_runtime::pool::Pool;
use numfuse_runtime::profile::Profile;
use numfuse_runtime::{Buffer, Device, Prepared, RunOptions, fork};
use smallvec::SmallVec;
use std::panic::Location;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

/// A plan, ready to run on any data of its shapes.
pub(crate) struct Planned {
    /// The kernels, with their code once they have run.
    pub(crate) prepared: Prepared,
    /// The line that first asked for each node of the plan's graph.
    pub(crate) lines: Vec<&'static Location<'static>>,
    /// How it is run under its budget.
    pub(crate) way: Way,
}

impl Planned {
    /// The plan.
    pub(crate) fn plan(&self) -> &Plan {
        self.prepared.plan()
    }

    /// About how much memory it keeps, with the code that it keeps from being forgotten.
    fn bytes(&self) -> usize {
        self.prepared.bytes() + self.plan().graph.len() * NODE_BYTES + self.way.bytes()
    }
}

/// Computes arrays that have not been computed, all together.
#[track_caller]
pub(crate) fn eval(arrays: &[Array]) -> Result<(), Error> {
    eval_at(arrays, Location::caller())
}

/// As [`eval`], for a user at that line.
pub(crate) fn eval_at(arrays: &[Array], caller: &'static Location<'static>) -> Result<(), Error> {
    arrays.iter().try_for_each(Array::check)?;
    arrays.iter().for_each(know_empty);
    let config = config::current();
    let mut devices = arrays.iter().map(|array| device_of(array, &config));
    let device = devices.next().unwrap_or_default();
    if devices.any(|other| other != device) {
        // What lies on different devices has nothing in common but what is copied from one to the other.
        let (here, elsewhere): (Vec<Array>, Vec<Array>) =
            arrays.iter().cloned().partition(|array| device_of(array, &config) == device);
        eval_at(&here, caller)?;
        return eval_at(&elsewhere, caller);
    }
    let workers = workers(&config);
    let find = || {
        let pending: SmallVec<[Array; 2]> = arrays.iter().filter(|a| !a.0.is_ready()).cloned().collect();
        if pending.is_empty() {
            return Ok(None);
        }
        let capture = Capture::of(&pending, &config, device, workers.threads())?;
        let known = plans().get(capture.key);
        Ok(Some((pending, capture, known)))
    };
    let Some((pending, mut capture, known)) = undisturbed(find, arrays)? else { return Ok(()) };
    let mut is_new = known.is_none();
    let mut planned = match known {
        Some(planned) => planned,
        None => new_plan(&capture, &config, workers).map_err(|cause| asked(cause, arrays, caller))?,
    };
    let claim = Claim::of(&pending, &capture, &planned);
    if claim.is_none() && planned.prepared.taken_leaves().next().is_some() {
        // Somebody has come to hold what the plan would write over.
        capture.share();
        planned = plan(&capture, &config, workers).map_err(|cause| asked(cause, arrays, caller))?;
        is_new = true;
    }
    let profile = (config.profile || config.log.time).then(|| Arc::new(Profile::new()));
    let buffers = match run(&mut capture, &planned, &config, workers, profile.as_deref()) {
        Ok(buffers) => buffers,
        Err(cause) => {
            claim.into_iter().for_each(|claim| claim.give_back(&capture));
            let descriptions = pending.iter().map(Array::description).collect();
            let lines = || capture.graph().1;
            return Err(failure(cause, planned.plan(), lines, ("eval", descriptions, caller)));
        }
    };
    if is_new {
        plans().set_bytes(capture.key, planned.bytes());
    }
    // What was written over is there no more to ask about.
    let is_there = planned.prepared.taken_leaves().next().is_none();
    let recipe = is_there.then(|| Recipe::of(&capture, &planned, &config));
    for ((array, buffer), output) in pending.iter().zip(buffers).zip(0..) {
        let recipe = recipe.clone().map(|recipe| (recipe, output));
        array.0.detach(Ready { buffer, planned: Some(planned.clone()), profile: profile.clone(), recipe });
    }
    Ok(())
}

/// What `find` finds in a section, once no other evaluation has any of it for itself.
#[track_caller]
fn undisturbed<T>(find: impl Fn() -> Result<T, Busy>, arrays: &[Array]) -> Result<T, Error> {
    loop {
        // One section for all that the walk locks.
        let section = fork::section();
        let found = find();
        drop(section);
        match found {
            Ok(found) => return Ok(found),
            Err(Busy::Now) => std::thread::sleep(WAIT),
            Err(Busy::Moving(array)) => move_here(&array)?,
            Err(Busy::Lost) => {
                let descriptions = arrays.iter().map(Array::description).collect();
                return Err(Error::new(Cause::Forked, "eval", descriptions, Location::caller()));
            }
        }
    }
}

/// The error of an evaluation that did not come to a plan.
fn asked(cause: Cause, arrays: &[Array], caller: &'static Location<'static>) -> Error {
    Error::new(cause, "eval", arrays.iter().map(Array::description).collect(), caller)
}

/// Where an array lies or is to be computed.
fn device_of(array: &Array, config: &Config) -> Device {
    array.0.device().unwrap_or(config.device)
}

/// Copies the elements of an array from where they are to where it lies.
fn move_here(array: &Array) -> Result<(), Error> {
    let (Some(source), Some(device)) = (array.0.source(), array.0.device()) else { return Ok(()) };
    let caller = array.0.caller;
    let ready = ready_there_at(&source, caller)?;
    let moved = on_device(&ready.buffer, device);
    let failed = |cause| Error::new(cause, "to", vec![array.description()], caller);
    array.0.detach(Ready::given(moved.map_err(failed)?));
    Ok(())
}

/// The same bytes on a device.
pub(crate) fn on_device(buffer: &Buffer, device: Device) -> Result<Buffer, Cause> {
    if let Device::Cuda(ordinal) = device {
        gpu(ordinal)?;
    }
    buffer.to_device(device, Pool::global()).map_err(Cause::Evaluation)
}

/// A GPU, with the settings of its first use.
pub(crate) fn gpu(ordinal: u32) -> Result<&'static Gpu, Cause> {
    know_libraries();
    Gpu::get(ordinal).map_err(|error| Cause::Evaluation(error.into()))
}

/// Says where the libraries of CUDA are looked for, once.
pub(crate) fn know_libraries() {
    static SETTINGS: OnceLock<()> = OnceLock::new();
    fork::once(&SETTINGS, || {
        let config = config::current();
        cuda::set_folders(config.cuda.clone());
        cuda::set_folder(config.cache.clone());
    });
}

/// How long to wait before looking again whether another evaluation has come to its end.
const WAIT: Duration = Duration::from_micros(50);

/// What has no elements has its values from the start.
fn know_empty(array: &Array) {
    if array.0.node.shape.contains(&0) {
        let buffer = Buffer::from_vec(Vec::<u64>::new());
        array.0.detach(Ready { buffer, planned: None, profile: None, recipe: None });
    }
}

/// The values of an array, computed if need be, to be read on the host.
#[track_caller]
pub(crate) fn ready(array: &Array) -> Result<Ready, Error> {
    ready_at(array, Location::caller())
}

/// As [`ready`], for a user at that line.
pub(crate) fn ready_at(array: &Array, caller: &'static Location<'static>) -> Result<Ready, Error> {
    let ready = ready_there_at(array, caller)?;
    if ready.buffer.device() == Device::Cpu {
        return Ok(ready);
    }
    let failed = |cause| Error::new(cause, "eval", vec![array.description()], caller);
    let buffer = on_device(&ready.buffer, Device::Cpu).map_err(failed)?;
    Ok(Ready { buffer, ..ready })
}

/// The values of an array, computed if need be, where it lies.
#[track_caller]
pub(crate) fn ready_there(array: &Array) -> Result<Ready, Error> {
    ready_there_at(array, Location::caller())
}

fn ready_there_at(array: &Array, caller: &'static Location<'static>) -> Result<Ready, Error> {
    loop {
        if let Some(ready) = array.0.ready() {
            return Ok(ready);
        }
        eval_at(std::slice::from_ref(array), caller)?;
    }
}

/// How an array was or would be computed; `None` of given data. Computes nothing.
pub(crate) fn planned(array: &Array) -> Result<Option<Arc<Planned>>, Error> {
    Ok(profiled(array)?.planned)
}

/// How an array was or would be computed.
pub(crate) struct Profiled {
    /// The plan; none of given data.
    pub(crate) planned: Option<Arc<Planned>>,
    /// The times that were taken of it.
    pub(crate) profile: Option<Arc<Profile>>,
    /// The expression, while it is pending.
    pub(crate) capture: Option<Capture>,
}

/// How an array was or would be computed, with times of the one and the expression of the other. Computes
/// nothing.
pub(crate) fn profiled(array: &Array) -> Result<Profiled, Error> {
    array.check()?;
    if let Some(ready) = array.0.ready() {
        return Ok(Profiled { planned: ready.planned, profile: ready.profile, capture: None });
    }
    let config = config::current();
    let workers = workers(&config);
    let capture = capture(array, &config, workers)?;
    let failed = |cause| asked(cause, std::slice::from_ref(array), array.0.caller);
    let planned = plan(&capture, &config, workers).map_err(failed)?;
    Ok(Profiled { planned: Some(planned), profile: None, capture: Some(capture) })
}

/// What a pending array needs.
#[track_caller]
pub(crate) fn capture(array: &Array, config: &Config, workers: &Workers) -> Result<Capture, Error> {
    let device = device_of(array, config);
    let array = std::slice::from_ref(array);
    undisturbed(|| Capture::of(array, config, device, workers.threads()), array)
}

/// A pending array's expression and its plan; `None` where nothing is left to compute.
#[track_caller]
pub(crate) fn captured(array: &Array) -> Result<Option<(Capture, Arc<Planned>)>, Error> {
    know_empty(array);
    if array.0.is_ready() {
        return Ok(None);
    }
    let config = config::current();
    let workers = workers(&config);
    let capture = capture(array, &config, workers)?;
    let failed = |cause| asked(cause, std::slice::from_ref(array), array.0.caller);
    let planned = plan(&capture, &config, workers).map_err(failed)?;
    Ok(Some((capture, planned)))
}

/// The one result of a plan for other data and numbers of the same shapes and types.
pub(crate) fn run_one(
    planned: &Planned,
    leaves: &[Buffer],
    scalars: &[Scalar],
    result: &(Shape, DType),
    lines: &[&'static Location<'static>],
    config: &Config,
    caller: &'static Location<'static>,
) -> Result<Buffer, Error> {
    let options = RunOptions { workers: workers(config), perf: config.perf, ..RunOptions::default() };
    let call = || ("call", vec![(result.1, result.0.clone())], caller);
    let failed = |error| failure(Cause::Evaluation(error), planned.plan(), || lines.to_vec(), call());
    let mut buffers = numfuse_runtime::run(&planned.prepared, leaves, scalars, &options).map_err(failed)?;
    Ok(buffers.swap_remove(0))
}

/// What an evaluation of a plan failed for. Where a result found no memory that is told of the
/// operation that gives this result, at its line, and an index out of range of what takes elements by
/// it; anything else of what was asked for.
fn failure(
    cause: Cause,
    plan: &Plan,
    lines: impl FnOnce() -> Vec<&'static Location<'static>>,
    (asked, operands, caller): (&'static str, Vec<(DType, Shape)>, &'static Location<'static>),
) -> Error {
    let node = match &cause {
        Cause::Evaluation(numfuse_runtime::Error::Memory(shortage)) => {
            shortage.slot.map(|slot| plan.node_in(slot))
        }
        Cause::Evaluation(numfuse_runtime::Error::Index(fault)) => Some(fault.node),
        Cause::Budget(refusal) => refusal.node,
        _ => None,
    };
    let Some(n) = node else {
        return Error::new(cause, asked, operands, caller);
    };
    // A plan serves all expressions of its form: the lines are those of this one.
    let line = lines().get(plan.origins[n.index()].index()).copied().unwrap_or(caller);
    let described = |n: NodeId| (plan.graph.node(n).dtype, plan.graph.node(n).shape.clone());
    match explain::name_of(&plan.graph, n) {
        Some(op) => {
            let operands = plan.graph.inputs(n).iter().map(|&input| described(input)).collect();
            Error::new(cause, op, operands, line)
        }
        None => Error::new(cause, asked, vec![described(n)], line),
    }
}

/// From so many elements on results that are put together are written part by part: copying them takes far
/// longer than launching a few kernels, and compiling those once.
const PARTS: usize = 1 << 17;

/// The plan of an expression: the one that is known, or a new one.
fn plan(capture: &Capture, config: &Config, workers: &Workers) -> Result<Arc<Planned>, Cause> {
    plans().get(capture.key).map_or_else(|| new_plan(capture, config, workers), Ok)
}

fn new_plan(capture: &Capture, config: &Config, workers: &Workers) -> Result<Arc<Planned>, Cause> {
    let machine = match capture.device {
        Device::Cpu => Machine::Processor(target_of(config, workers)),
        Device::Cuda(ordinal) => Machine::Gpu(gpu(ordinal)?),
    };
    let (graph, lines) = capture.graph();
    // The threads of a GPU go each their own way past a guard.
    let in_parts = matches!(machine, Machine::Processor(_)).then_some(PARTS);
    let options = Options { fuse: config.fuse, fast_math: config.fast_math, in_parts };
    let (plan, fit) = budget::plan(graph, options, &capture.holds, config.budget, machine);
    let planned = prepare(plan, fit, capture, lines, machine);
    watch::new_plan(&planned, capture.key, config);
    let bytes = planned.bytes();
    Ok(plans().insert(capture.key, planned, bytes))
}

/// The machine as these settings want it seen.
fn target_of(config: &Config, workers: &Workers) -> Target {
    let machine = target();
    // Wider vectors than the processor has are none.
    let vectors = match config.vectors {
        Some(Vectors::Bits128) => Vectors::Bits128,
        Some(Vectors::Bits512) | None => machine.vectors,
    };
    Target { workers: workers.threads(), vectors, ..machine }
}

#[allow(unsafe_code, reason = "the one place where a plan meets the data it was made for")]
fn prepare(
    plan: Plan,
    fit: Fit,
    capture: &Capture,
    lines: Vec<&'static Location<'static>>,
    machine: Machine,
) -> Planned {
    let leaf_bytes: Vec<usize> = capture.leaves.iter().map(Buffer::len).collect();
    let way = Way::of(fit, &leaf_bytes, machine);
    // SAFETY: the plan was made by `schedule::plan` for the graph of this capture, whose leaves are
    // these buffers: `Lazy::data` and `Lazy::detach` give each the size of its node's shape and
    // type. Whoever finds the plan by its key has leaves of the same shapes and types.
    let prepared = unsafe {
        match machine {
            Machine::Processor(target) => Prepared::new(plan, leaf_bytes, target),
            Machine::Gpu(gpu) => Prepared::for_gpu(plan, leaf_bytes, gpu),
        }
    };
    Planned { prepared, lines, way }
}

/// Computes the outputs of a capture.
fn run(
    capture: &mut Capture,
    planned: &Planned,
    config: &Config,
    workers: &Workers,
    profile: Option<&Profile>,
) -> Result<Vec<Buffer>, Cause> {
    planned.way.allow(&planned.prepared, &capture.leaves, config.budget)?;
    if config.interp {
        let results = watch::interpret(capture, planned.plan())?;
        return results.iter().map(|buffer| on_device(buffer, capture.device)).collect();
    }
    let check = config.check;
    let options = RunOptions { workers, profile, check, perf: config.perf, ..RunOptions::default() };
    let Capture { leaves, scalars, .. } = capture;
    let buffers = match &planned.way {
        Way::Slabs(cut) => cut.slabs.run(leaves, scalars, &options),
        Way::Whole | Way::Refused(_) => {
            numfuse_runtime::run_over(&planned.prepared, leaves, scalars, &options)
        }
    };
    let buffers = buffers.map_err(Cause::Evaluation)?;
    #[cfg(test)]
    let buffers = tests::spoiled(buffers);
    if let Some(profile) = profile.filter(|_| config.log.time) {
        watch::times(planned, profile);
    }
    // What is contracted is what its kernel says, which the run has compared, not what its graph says.
    if config.check && !config.fast_math {
        watch::check(capture, planned.plan(), &buffers)?;
    }
    Ok(buffers)
}

/// About how many bytes a node of a plan's graph takes.
const NODE_BYTES: usize = 400;

/// What is known of plans: a few thousand ordinary ones.
fn plans() -> &'static PlanCache<Planned> {
    static PLANS: OnceLock<PlanCache<Planned>> = OnceLock::new();
    fork::once(&PLANS, || PlanCache::new(Limits { entries: 1 << 14, bytes: 128 << 20 }))
}

/// The threads that are asked for. Teams of other sizes than the usual are kept for the next time.
pub(crate) fn workers(config: &Config) -> &'static Workers {
    static TEAMS: Mutex<Vec<&'static Workers>> = Mutex::new(Vec::new());
    let Some(threads) = config.threads else { return Workers::global() };
    let mut teams = fork::lock(&TEAMS);
    match teams.iter().copied().find(|team| team.threads() == threads) {
        Some(team) => team,
        None => {
            let team: &'static Workers = Box::leak(Box::new(Workers::new(threads)));
            teams.push(team);
            team
        }
    }
}

/// How the caches of plans and kernels are doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Statistics {
    /// Evaluations whose plan was known.
    pub plan_hits: u64,
    /// Evaluations for which a plan was made.
    pub plan_misses: u64,
    /// Kernels that were compiled.
    pub compiles: u64,
    /// Kernels of new plans that were known already.
    pub kernel_hits: u64,
    /// Bytes of machine code that are kept.
    pub code_bytes: usize,
    /// Bytes of the plans that are kept, each with all of the code that it uses.
    pub plan_bytes: usize,
}

/// How the caches of plans and kernels are doing; for memory see [`memory`](crate::memory).
///
/// ```
/// use numfuse::{prelude::*, statistics};
///
/// let before = statistics();
/// for k in 0..10 {
///     (arange(100) * (k + 10) + 3).eval()?;
/// }
/// assert!(statistics().plan_hits - before.plan_hits >= 9); // planned once, whatever the number
/// # Ok::<(), numfuse::Error>(())
/// ```
pub fn statistics() -> Statistics {
    let (plans, kernels) = (plans().statistics(), KernelCache::global().statistics());
    Statistics {
        plan_hits: plans.hits,
        plan_misses: plans.misses,
        compiles: kernels.compiles,
        kernel_hits: kernels.hits,
        code_bytes: kernels.code_bytes,
        plan_bytes: plans.bytes,
    }
}

#[cfg(test)]
mod tests {
    //! That a check finds what is wrong, seen from where users stand: results are spoiled on purpose
    //! between the run and the comparison.

    use super::*;
    use std::cell::Cell;

    thread_local! {
        /// The byte to change in the first result of the evaluations of this thread.
        static SPOILED: Cell<Option<usize>> = const { Cell::new(None) };
    }

    /// The results, one bit of them wrong if this thread asks for it.
    pub(super) fn spoiled(mut buffers: Vec<Buffer>) -> Vec<Buffer> {
        if let Some(byte) = SPOILED.get() {
            let mut bytes = buffers[0].bytes().to_vec();
            bytes[byte] ^= 1;
            buffers[0] = Buffer::copied_from(&bytes, Pool::global()).expect("memory");
        }
        buffers
    }

    /// Evaluates the square roots of eight numbers, with that byte spoiled, checked or not.
    fn roots(byte: Option<usize>, check: bool) -> Result<Vec<f32>, Error> {
        let roots = (Array::from(vec![4.0f32; 8]) + 5.0).sqrt();
        SPOILED.set(byte);
        let result = config::with(|config| config.check = check, || roots.to_vec());
        SPOILED.set(None);
        result
    }

    #[test]
    fn a_check_finds_one_wrong_bit_and_names_its_place() {
        assert_eq!(roots(None, true).unwrap(), [3.0; 8]);
        let unseen = roots(Some(20), false).unwrap();
        assert_eq!((unseen[4], unseen[5]), (3.0, f32::from_bits(3.0f32.to_bits() ^ 1)), "nobody looks");
        let error = roots(Some(20), true).unwrap_err();
        assert!(matches!(error.cause(), Cause::Check(_)), "{error}");
        let text = error.to_string();
        let said = "output 0, element 5: computed 3.0000002f32, by the meaning of the graph 3.0f32 [eval of \
                    float32 (8,)";
        assert!(text.starts_with(said), "{text}");
    }

    #[test]
    fn what_failed_its_check_can_be_computed_again() {
        let roots = (Array::from(vec![4.0f64; 3]) + 5.0).sqrt();
        SPOILED.set(Some(0));
        let failed = config::with(|config| config.check = true, || roots.eval());
        SPOILED.set(None);
        assert!(failed.is_err());
        assert_eq!(config::with(|config| config.check = true, || roots.to_vec::<f64>()).unwrap(), [3.0; 3]);
    }
}
