//! Runs a plan: memory for each step, its launch, and the memory given back.
//!
//! A cached evaluation of a tiny plan is to cost well under a microsecond here, so all that can be
//! known beforehand lies in [`Prepared`], words are packed on the stack, and the only allocations
//! are the results. The caller's thread goes through the steps; others help with those that are
//! predicted to take longer than waking them. How a kernel is cut into ranges is fixed by shape, so
//! where it runs changes no bit.
//!
//! Before this module: [`cache`](crate::cache), which knows plans and code. After it: nothing; the
//! outputs go back to the arrays that asked for them.

pub(crate) mod checks;
mod cost;
mod library;
pub(crate) mod needs;
mod oracle;
pub(crate) mod prepared;
mod slabs;
pub(crate) mod slots;
#[cfg(test)]
mod tests;

pub use library::meant;
pub use needs::{Workspace, needed_bytes, room};
pub use prepared::Prepared;
pub use slabs::{PreparedPart, PreparedSlabs};

use crate::buffer::Buffer;
use crate::cache::KernelCache;
use crate::cpu::workers::{Cancel, Workers};
use crate::cuda;
use crate::error::{Difference, Error, Shortage};
use crate::pool::{Block, Pool};
use crate::profile::Profile;
use crate::words::pack;
use checks::Cells;
use numfuse_codegen::Code;
use numfuse_ir::dtype::DType;
use numfuse_ir::kernel::Role;
use numfuse_ir::scalar::Scalar;
use numfuse_ir::schedule::{Job, KernelJob, Place, Step};
use slots::{Bytes, Output};
use smallvec::SmallVec;
use std::sync::Arc;
use std::time::Instant;

/// With what, and how, a plan is run. The default is what the process shares.
#[derive(Clone, Copy, Debug)]
pub struct RunOptions<'a> {
    /// Where results and what leads to them are allocated.
    pub pool: &'a Pool,
    /// Who helps with what is worth it.
    pub workers: &'a Workers,
    /// Where code is looked up.
    pub kernels: &'a KernelCache,
    /// Polled between ranges of work; once set, the run ends with [`Error::Cancelled`].
    pub cancel: Option<&'a Cancel>,
    /// Where the time of each step is noted.
    pub profile: Option<&'a Profile>,
    /// Interpret the kernels instead of compiling them: slow, exact, on the caller's thread.
    pub interp: bool,
    /// Do both and compare each step bit for bit, where any NaN equals any other.
    pub check: bool,
    /// Name kernels that are compiled for Linux's `perf`, in `/tmp/perf-PID.map`.
    pub perf: bool,
}

impl Default for RunOptions<'_> {
    fn default() -> Self {
        RunOptions {
            pool: Pool::global(),
            workers: Workers::global(),
            kernels: KernelCache::global(),
            cancel: None,
            profile: None,
            interp: false,
            check: false,
            perf: false,
        }
    }
}

/// Computes a plan's outputs from its leaves and run-time numbers.
///
/// After an error everything is as before: memory is back in the pool, and the same plan may be run
/// again. Any number of threads may run one plan at once.
///
/// ```
/// use numfuse_ir::graph::{Graph, Kind, Node, build};
/// use numfuse_ir::{dtype::DType, ops::Op, schedule, shape::Shape};
/// use numfuse_runtime::{Buffer, Prepared, RunOptions, cpu, run};
///
/// let mut graph = Graph::new();
/// let shape = Shape::new(&[3])?;
/// let x = graph.insert(Node { kind: Kind::Leaf(0), shape, dtype: DType::F32 }, &[]);
/// let root = build::map(&mut graph, Op::Sqrt, &[x])?;
/// graph.add_output(root);
/// let plan = schedule::plan(graph, schedule::Options::default());
///
/// // SAFETY: the scheduler made the plan for a graph with one leaf of three float32.
/// let prepared = unsafe { Prepared::new(plan, vec![12], cpu::target()) };
/// let leaf = Buffer::from_vec(vec![1.0f32, 4.0, 9.0]);
/// let roots = run(&prepared, &[leaf], &[], &RunOptions::default())?;
/// assert_eq!(roots[0].elements::<f32>(), Some(&[1.0, 2.0, 3.0][..]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// No memory, no code, an index out of range, a cancelled run, or under `check` a difference.
///
/// # Panics
/// If leaves or numbers are not those that the plan was prepared for.
pub fn run(
    prepared: &Prepared,
    leaves: &[Buffer],
    scalars: &[Scalar],
    options: &RunOptions<'_>,
) -> Result<Vec<Buffer>, Error> {
    if let Some(gpu) = prepared.gpu() {
        return cuda::run(prepared, gpu, leaves, scalars, options);
    }
    if prepared.taken_leaves().next().is_none() {
        let outputs = run_steps(prepared, leaves, scalars, options)?;
        return Ok(in_buffers(outputs, &mut []));
    }
    let mut leaves = leaves.to_vec();
    run_over(prepared, &mut leaves, scalars, options)
}

/// [`run`], in which leaves that the plan writes over are used up: their memory is that of the results, and
/// buffers without bytes are left. Those that somebody else can see, or that do not lie in the pool, are
/// copied first.
///
/// After an error leaves are as before, unless the run was cancelled in a step that writes over one.
///
/// # Errors
/// As for [`run`].
///
/// # Panics
/// As for [`run`].
pub fn run_over(
    prepared: &Prepared,
    leaves: &mut [Buffer],
    scalars: &[Scalar],
    options: &RunOptions<'_>,
) -> Result<Vec<Buffer>, Error> {
    if let Some(gpu) = prepared.gpu() {
        return cuda::run(prepared, gpu, leaves, scalars, options);
    }
    prepared.expect(leaves, scalars);
    for leaf in prepared.taken_leaves() {
        if !leaves[leaf].is_unique_pool_block() {
            let shortage = |error| Error::Memory(Shortage { error, slot: None });
            leaves[leaf] = Buffer::copied_from(leaves[leaf].bytes(), options.pool).map_err(shortage)?;
        }
    }
    let outputs = run_steps(prepared, leaves, scalars, options)?;
    Ok(in_buffers(outputs, leaves))
}

/// The outputs as buffers, out of the leaves where they lie there.
fn in_buffers(outputs: Vec<Output>, leaves: &mut [Buffer]) -> Vec<Buffer> {
    let mut written: SmallVec<[(u32, Buffer); 1]> = SmallVec::new();
    let mut buffer = |output| match output {
        Output::Buffer(buffer) => buffer,
        Output::Leaf(leaf) => match written.iter().find(|(number, _)| *number == leaf) {
            Some((_, buffer)) => buffer.clone(),
            None => {
                let nothing = Buffer::from_vec(Vec::<u64>::new());
                let buffer = std::mem::replace(&mut leaves[leaf as usize], nothing);
                written.push((leaf, buffer.clone()));
                buffer
            }
        },
    };
    outputs.into_iter().map(&mut buffer).collect()
}

/// Runs all steps; those leaves that the plan writes over are nobody else's.
fn run_steps(
    prepared: &Prepared,
    leaves: &[Buffer],
    scalars: &[Scalar],
    options: &RunOptions<'_>,
) -> Result<Vec<Output>, Error> {
    prepared.expect(leaves, scalars);
    let codes = if options.interp { &[] } else { prepared.codes(options)? };
    let run = Run { prepared, leaves, scalars, codes, options };
    run.all_steps()
}

/// One run of a plan.
struct Run<'a> {
    prepared: &'a Prepared,
    leaves: &'a [Buffer],
    scalars: &'a [Scalar],
    /// The code of each step that launches anything.
    codes: &'a [Option<Arc<Code>>],
    options: &'a RunOptions<'a>,
}

/// The memory of the slots that are alive.
type Slots = slots::Slots<Block>;

impl Run<'_> {
    fn all_steps(&self) -> Result<Vec<Output>, Error> {
        let plan = self.prepared.plan();
        let mut slots = Slots::new(plan);
        for index in 0..plan.steps.len() {
            match self.options.profile {
                None => self.step(index, &mut slots)?,
                Some(profile) => {
                    let start = Instant::now();
                    self.step(index, &mut slots)?;
                    profile.record(index, start.elapsed());
                }
            }
        }
        // SAFETY: all steps have run, so the ones that fill these blocks have.
        Ok(slots.outputs(plan, self.leaves, |block| unsafe { Buffer::from_block(block) }))
    }

    fn step(&self, index: usize, slots: &mut Slots) -> Result<(), Error> {
        let life = self.prepared.step(index);
        if self.options.cancel.is_some_and(Cancel::is_cancelled) {
            return Err(Error::Cancelled);
        }
        slots.begin(life, |slot| self.allocate(self.prepared.slot_bytes(slot), Some(slot)))?;
        if !life.is_empty {
            self.compute(index, slots)?;
        }
        slots.end(life);
        Ok(())
    }

    /// Memory for a slot, or for computing it.
    fn allocate(&self, bytes: usize, slot: Option<usize>) -> Result<Block, Error> {
        self.options.pool.allocate(bytes).map_err(|error| Error::Memory(Shortage { error, slot }))
    }

    fn compute(&self, index: usize, slots: &mut Slots) -> Result<(), Error> {
        if self.options.interp {
            let results = self.interpret(index, slots)?;
            self.keep(index, &results, slots);
            return Ok(());
        }
        // Beforehand: the step may write over what it reads.
        let expected = self.options.check.then(|| {
            self.clear(index, slots);
            self.interpret(index, slots)
        });
        match &self.prepared.plan().steps[index].job {
            Job::Kernel(job) => self.launch(index, job, slots)?,
            Job::Library(job) => self.call(index, job, slots)?,
        }
        expected.map_or(Ok(()), |expected| self.compare(index, &expected?, slots))
    }

    /// Runs the machine code of a step.
    fn launch(&self, index: usize, job: &KernelJob, slots: &Slots) -> Result<(), Error> {
        let step = &self.prepared.plan().steps[index];
        let launch = self.prepared.step(index).launch;
        let code = self.codes[index].as_deref().expect("steps that launch have code");
        let scratch = match launch.scratch_bytes {
            0 => None,
            bytes => Some(self.allocate(bytes, self.prepared.step(index).born.first().copied())?),
        };
        let cells = Cells::new(job);
        let words = pack(
            step.buffers.iter().map(|&place| self.address(place, slots)),
            job.scalars.iter().map(|&k| self.scalars[k as usize].bits()),
            &job.words,
            cells.address().into_iter().chain(scratch.as_ref().map(|block| block.as_ptr().cast_const())),
        );
        // The words are packed in the order of the code's ABI. Each buffer is as large as the kernel
        // takes it for: slots by their shapes, leaves by the contract of `Prepared::new`.
        // SAFETY: the code is that of this step's kernel and mapping, the words and buffers are those
        // of this launch, and nobody else touches what it writes: slots of this step, and scratch.
        let main = |begin: u64, end: u64| unsafe { code.call(&words, begin, end) };
        // SAFETY: as above, and all units of the first entry are done by then.
        let finish = |begin: u64, end: u64| unsafe { code.finish(&words, begin, end) };
        let all = || {
            self.units(index, launch.units, launch.grain, &main)?;
            self.units(index, launch.finish, 1, &finish)
        };
        all()?;
        let Some(check) = checks::first(job, |check| cells.is_told(check)) else { return Ok(()) };
        // Threads may have told of several indices at once: the one at the first position is sure
        // after a launch that begins with that position.
        all()?;
        Err(self.fault(job, check, cells.index(check)))
    }

    /// The error of a kernel in which an index is out of range.
    fn fault(&self, job: &KernelJob, check: usize, index: i64) -> Error {
        Error::Index(checks::out_of_bounds(self.prepared.plan(), job, check, index))
    }

    /// Does all units of a step, with the workers unless it stays with the caller.
    fn units(
        &self,
        index: usize,
        units: u64,
        grain: u64,
        body: &(dyn Fn(u64, u64) + Sync),
    ) -> Result<(), Error> {
        if units == 0 {
            return Ok(());
        }
        if self.prepared.step(index).stays || units <= grain {
            body(0, units);
            return Ok(());
        }
        let done = self.options.workers.for_each_range(units, grain, body, self.options.cancel);
        done.map_err(Error::from_workers)
    }

    /// Where a buffer of a kernel begins.
    fn address(&self, place: Place, slots: &Slots) -> *const u8 {
        match slots.find(self.prepared.plan(), place) {
            Bytes::Leaf(leaf) => self.leaves[leaf as usize].as_ptr(),
            Bytes::Block(block) => block.as_ptr(),
        }
    }

    /// The elements of each buffer of a step after it, by the interpreter.
    fn interpret(&self, index: usize, slots: &Slots) -> Result<Vec<Vec<Scalar>>, Error> {
        let step = &self.prepared.plan().steps[index];
        let job = match &step.job {
            Job::Kernel(job) => job,
            Job::Library(job) => return Ok(self.meant(index, job, slots)),
        };
        let elements = |(role, dtype, place): (Role, DType, Place)| match role {
            Role::In => oracle::decode(dtype, self.bytes(place, slots)),
            Role::Out if self.is_over(place) => oracle::decode(dtype, self.bytes(place, slots)),
            Role::Out => oracle::zeros(dtype, self.size(place)),
        };
        let mut buffers: Vec<_> = step.accesses().map(elements).collect();
        let scalars: Vec<_> = job.scalars.iter().map(|&k| self.scalars[k as usize]).collect();
        let faults = numfuse_ir::kernel::interp::interpret(&job.kernel, &job.words, &scalars, &mut buffers);
        let first = checks::first(job, |check| faults[check].is_some());
        match first.and_then(|check| Some((check, faults[check]?))) {
            Some((check, (_, found))) => Err(self.fault(job, check, found)),
            None => Ok(buffers),
        }
    }

    /// Puts what was interpreted into the slots that the step writes.
    fn keep(&self, index: usize, results: &[Vec<Scalar>], slots: &Slots) {
        let step = &self.prepared.plan().steps[index];
        for (place, elements) in written(step).map(|buffer| (step.buffers[buffer], &results[buffer])) {
            let (bytes, to) = (oracle::encode(elements), self.address(place, slots).cast_mut());
            assert_eq!(bytes.len(), self.size(place), "a step fills the slots that it writes");
            // SAFETY: a slot of this step, which nobody else sees, or what it is written over; it has so
            // many bytes, and nobody holds a reference to them.
            unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), to, bytes.len()) };
        }
    }

    /// Zeros in the slots that a step begins: it may leave parts of them to others.
    fn clear(&self, index: usize, slots: &Slots) {
        let begun = self.prepared.plan().steps[index].accesses().filter(|(role, ..)| *role == Role::Out);
        for (.., place) in begun.filter(|(.., place)| !self.is_over(*place)) {
            // SAFETY: a slot of this step, which nobody else sees, of so many bytes.
            unsafe { self.address(place, slots).cast_mut().write_bytes(0, self.size(place)) };
        }
    }

    /// Whether a slot is written over other data.
    fn is_over(&self, place: Place) -> bool {
        match place {
            Place::Leaf(_) => false,
            Place::Slot(slot) => self.prepared.plan().slots[slot as usize].over.is_some(),
        }
    }

    /// Compares what a step has written with what the interpreter says; the first difference is
    /// printed, and is the error.
    fn compare(&self, index: usize, expected: &[Vec<Scalar>], slots: &Slots) -> Result<(), Error> {
        let step = &self.prepared.plan().steps[index];
        for buffer in written(step) {
            let dtype = expected[buffer].first().map_or(DType::Bool, |element| element.dtype());
            let found = oracle::decode(dtype, self.bytes(step.buffers[buffer], slots));
            let (differs, kernel) = match &step.job {
                Job::Kernel(job) => (oracle::difference(&found, &expected[buffer]), job.kernel.to_string()),
                Job::Library(job) => (self.strays(job, expected, &found), job.op.name().to_string()),
            };
            let Some((element, count)) = differs else { continue };
            let (found, expected) = (found[element], expected[buffer][element]);
            let difference = Difference { step: index, kernel, buffer, element, count, found, expected };
            eprintln!("numfuse: {difference}");
            return Err(Error::Differs(Box::new(difference)));
        }
        Ok(())
    }

    /// The bytes that a step reads, or has written.
    fn bytes<'s>(&'s self, place: Place, slots: &'s Slots) -> &'s [u8] {
        match place {
            Place::Leaf(leaf) => self.leaves[leaf as usize].bytes(),
            // SAFETY: the step that writes a slot fills it, or writes it over what is filled; steps run one
            // after another, and the one that reads or compares it now comes after that one.
            Place::Slot(_) => unsafe {
                std::slice::from_raw_parts(self.address(place, slots), self.size(place))
            },
        }
    }

    fn size(&self, place: Place) -> usize {
        match place {
            Place::Leaf(leaf) => self.leaves[leaf as usize].len(),
            Place::Slot(slot) => self.prepared.slot_bytes(slot as usize),
        }
    }
}

/// The buffers that a step writes.
fn written(step: &Step) -> impl Iterator<Item = usize> {
    let buffers = step.accesses().enumerate();
    buffers.filter(|(_, (role, ..))| *role == Role::Out).map(|(index, _)| index)
}
