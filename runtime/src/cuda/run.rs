//! Runs a plan on a GPU: memory for each step and its launch, in the order of the GPU's one stream.
//!
//! Nothing waits but a library op that has no place on the GPU yet, whose operands go to the host and whose result comes
//! back, and the end of a run in which indices were checked: the cells of all its kernels are read there, at once. If
//! one was told of an index, the plan is run once more, slowly, step by step, to say which. What a kernel does wrong is
//! told by the next call that waits.

use super::replay::State;
use super::{Block, Error, Gpu, Module};
use crate::buffer::Buffer;
use crate::device::Device;
use crate::error::Shortage;
use crate::exec::checks;
use crate::exec::needs::CELLS;
use crate::exec::slots::{Bytes, Output, Slots};
use crate::exec::{Prepared, RunOptions};
use crate::fork;
use crate::library::{self, Addresses};
use crate::words::{Words, pack};
use numfuse_codegen::abi::NO_FAULT;
use numfuse_ir::scalar::Scalar;
use numfuse_ir::schedule::{Job, KernelJob, LibraryJob, Place};
use smallvec::SmallVec;
use std::sync::Arc;
use std::time::Instant;

/// Computes a plan's outputs on its GPU, on which its leaves lie.
pub(crate) fn run(
    prepared: &Prepared,
    gpu: &'static Gpu,
    leaves: &[Buffer],
    scalars: &[Scalar],
    options: &RunOptions<'_>,
) -> Result<Vec<Buffer>, crate::Error> {
    prepared.expect(leaves, scalars);
    let device = Device::Cuda(gpu.ordinal());
    let is_here = |leaf: &Buffer| leaf.device() == device || leaf.is_empty();
    assert!(leaves.iter().all(is_here), "the leaves of a plan for a GPU lie on it");
    let modules = prepared.modules(gpu, options)?;
    let mut run = Run { prepared, gpu, leaves, scalars, modules, options, cells: None };
    let checks = prepared.checks();
    if checks == 0 {
        return match run.replayed() {
            Some(outputs) => outputs,
            None => run.all_steps(),
        };
    }
    run.cells = Some(Cells::new(gpu, checks)?);
    let outputs = run.all_steps()?;
    if !run.cells.take().map_or(Ok(false), |cells| cells.are_told(gpu))? {
        return Ok(outputs);
    }
    drop(outputs);
    // No leaf was written over, so the same happens again.
    run.all_steps()
}

/// Where all kernels of a run tell of indices out of range.
struct Cells(Block);

impl Cells {
    /// For so many checks, of which none was told anything: every bit of `NO_FAULT` is set.
    fn new(gpu: &'static Gpu, checks: usize) -> Result<Cells, crate::Error> {
        let block = gpu.allocate(checks * CELLS)?;
        gpu.fill(&block, u8::MAX)?;
        Ok(Cells(block))
    }

    /// Whether one was told of an index, once all that was launched before is done.
    fn are_told(&self, gpu: &Gpu) -> Result<bool, Error> {
        let mut words = vec![0u64; self.0.len() / 8];
        // SAFETY: the block has so many bytes, and the words are nobody else's.
        unsafe { gpu.read(self.0.address(), words.as_mut_ptr().cast(), self.0.len())? };
        Ok(words.chunks_exact(2).any(|cell| cell[0] != NO_FAULT))
    }
}

/// One run of a plan.
struct Run<'a> {
    prepared: &'a Prepared,
    gpu: &'static Gpu,
    leaves: &'a [Buffer],
    scalars: &'a [Scalar],
    modules: &'a [Option<Arc<Module>>],
    options: &'a RunOptions<'a>,
    /// Of all kernels; `None` while each has its own, and is waited for.
    cells: Option<Cells>,
}

impl Run<'_> {
    fn all_steps(&self) -> Result<Vec<Buffer>, crate::Error> {
        let plan = self.prepared.plan();
        let mut slots = Slots::new(plan);
        for index in 0..plan.steps.len() {
            let Some(profile) = self.options.profile else {
                self.step(index, &mut slots)?;
                continue;
            };
            self.gpu.synchronize()?;
            let start = Instant::now();
            self.step(index, &mut slots)?;
            self.gpu.synchronize()?;
            profile.record(index, start.elapsed());
        }
        Ok(self.outputs(slots))
    }

    /// The results, where all that fills them was launched.
    fn outputs(&self, slots: Slots<Block>) -> Vec<Buffer> {
        let plan = self.prepared.plan();
        // SAFETY: what fills these blocks was launched.
        let outputs = slots.outputs(plan, self.leaves, |block| unsafe { Buffer::from_gpu(block) });
        let buffer = |output| match output {
            Output::Buffer(buffer) => buffer,
            Output::Leaf(_) => unreachable!("a plan for a GPU writes over no leaf"),
        };
        outputs.into_iter().map(buffer).collect()
    }

    /// All steps as one graph of the driver, if the plan is of several small kernels and was run often enough.
    fn replayed(&self) -> Option<Result<Vec<Buffer>, crate::Error>> {
        let replay = self.prepared.replay().filter(|_| self.options.profile.is_none())?;
        let mut state = fork::lock(&replay.0);
        if !state.is_due() {
            return None;
        }
        Some(self.in_one_launch(&mut state))
    }

    fn in_one_launch(&self, state: &mut State) -> Result<Vec<Buffer>, crate::Error> {
        let plan = self.prepared.plan();
        let mut slots = Slots::new(plan);
        let (mut calls, mut scratches) = (Vec::new(), Vec::new());
        for (index, step) in plan.steps.iter().enumerate() {
            let life = self.prepared.step(index);
            slots.begin(life, |slot| self.allocate(self.prepared.slot_bytes(slot), Some(slot)))?;
            let Some(job) = step.kernel().filter(|_| !life.is_empty) else { continue };
            let scratch = self.scratch(index)?;
            let words = self.words(index, job, &slots, None, scratch.as_ref());
            let module = self.modules[index].as_deref().expect("steps that launch have code");
            module.note();
            calls.extend(module.calls(life.launch).into_iter().map(|call| (call, words.clone())));
            scratches.extend(scratch);
        }
        // SAFETY: as for a launch of each; all blocks are freed on the stream, after it. The calls are those of the
        // plan.
        unsafe { state.launch(self.gpu, calls)? };
        (0..plan.steps.len()).for_each(|index| slots.end(self.prepared.step(index)));
        Ok(self.outputs(slots))
    }

    fn step(&self, index: usize, slots: &mut Slots<Block>) -> Result<(), crate::Error> {
        let life = self.prepared.step(index);
        slots.begin(life, |slot| self.allocate(self.prepared.slot_bytes(slot), Some(slot)))?;
        if !life.is_empty {
            match &self.prepared.plan().steps[index].job {
                Job::Kernel(job) => self.launch(index, job, slots)?,
                Job::Library(job) => self.call(index, job, slots)?,
            }
        }
        slots.end(life);
        Ok(())
    }

    /// Memory for a slot, or for computing it.
    fn allocate(&self, bytes: usize, slot: Option<usize>) -> Result<Block, crate::Error> {
        self.gpu.allocate(bytes).map_err(|error| match error {
            crate::Error::Memory(shortage) => crate::Error::Memory(Shortage { slot, ..shortage }),
            other => other,
        })
    }

    fn launch(&self, index: usize, job: &KernelJob, slots: &Slots<Block>) -> Result<(), crate::Error> {
        let life = self.prepared.step(index);
        let module = self.modules[index].as_deref().expect("steps that launch have code");
        let scratch = self.scratch(index)?;
        let own = match &self.cells {
            None if !job.checks.is_empty() => Some(Cells::new(self.gpu, job.checks.len())?),
            _ => None,
        };
        let cells = match (&own, &self.cells) {
            _ if job.checks.is_empty() => None,
            (Some(own), _) => Some(own.0.address()),
            (None, shared) => shared.as_ref().map(|all| all.0.address() + (life.first_check * CELLS) as u64),
        };
        let words = self.words(index, job, slots, cells, scratch.as_ref());
        let all = || -> Result<(), Error> {
            // SAFETY: the words are packed in the order of the kernel's ABI. Each buffer is as large as the kernel
            // takes it for: slots by their shapes, leaves by the contract of `Prepared`; blocks begin at
            // multiples of 256, and are freed on the stream after this launch.
            unsafe { module.launch(&words, life.launch) }
        };
        all()?;
        let Some(Cells(cells)) = own else { return Ok(()) };
        let Some((check, _)) = self.fault(job, &cells)? else { return Ok(()) };
        // Threads may have told of several indices at once: the one at the first position is sure
        // after a launch that begins with that position.
        all()?;
        let (_, index) = self.fault(job, &cells)?.expect("what was told is kept");
        Err(crate::Error::Index(checks::out_of_bounds(self.prepared.plan(), job, check, index)))
    }

    /// Memory for a step to work with, if it takes any.
    fn scratch(&self, index: usize) -> Result<Option<Block>, crate::Error> {
        let life = self.prepared.step(index);
        match life.launch.scratch_bytes {
            0 => Ok(None),
            bytes => self.allocate(bytes, life.born.first().copied()).map(Some),
        }
    }

    /// What a kernel is given, in the order of its ABI.
    fn words(
        &self,
        index: usize,
        job: &KernelJob,
        slots: &Slots<Block>,
        cells: Option<u64>,
        scratch: Option<&Block>,
    ) -> Words {
        let place = |address: u64| std::ptr::without_provenance::<u8>(address as usize);
        pack(
            self.prepared.plan().steps[index].buffers.iter().map(|&at| place(self.address(at, slots))),
            job.scalars.iter().map(|&k| self.scalars[k as usize].bits()),
            &job.words,
            cells.into_iter().chain(scratch.map(Block::address)).map(place),
        )
    }

    /// The first check that was told of an index, and the index.
    fn fault(&self, job: &KernelJob, cells: &Block) -> Result<Option<(usize, i64)>, Error> {
        let mut words = vec![0u64; cells.len() / 8];
        // SAFETY: the block has so many bytes, and the words are nobody else's.
        unsafe { self.gpu.read(cells.address(), words.as_mut_ptr().cast(), cells.len())? };
        let first = checks::first(job, |check| words[2 * check] != NO_FAULT);
        Ok(first.map(|check| (check, words[2 * check + 1] as i64)))
    }

    /// Where a buffer of a step begins.
    fn address(&self, place: Place, slots: &Slots<Block>) -> u64 {
        match slots.find(self.prepared.plan(), place) {
            Bytes::Leaf(leaf) => self.leaves[leaf as usize].as_ptr().addr() as u64,
            Bytes::Block(block) => block.address(),
        }
    }

    fn size(&self, place: Place) -> usize {
        match place {
            Place::Leaf(leaf) => self.leaves[leaf as usize].len(),
            Place::Slot(slot) => self.prepared.slot_bytes(slot as usize),
        }
    }

    /// A library op.
    fn call(&self, index: usize, job: &LibraryJob, slots: &Slots<Block>) -> Result<(), crate::Error> {
        let places = &self.prepared.plan().steps[index].buffers;
        let addresses: SmallVec<[u64; 3]> = places.iter().map(|&place| self.address(place, slots)).collect();
        // SAFETY: slots are as large as their shapes, leaves by the contract of `Prepared::new`, and operands lie
        // inside of them; the result is a slot of this step.
        if unsafe { library::run_on_gpu(self.gpu, job, &addresses)? } {
            return Ok(());
        }
        self.call_on_host(job, places, slots)
    }

    /// A library op that is computed on the host: its operands are copied there, and its result back.
    fn call_on_host(
        &self,
        job: &LibraryJob,
        places: &[Place],
        slots: &Slots<Block>,
    ) -> Result<(), crate::Error> {
        let pool = self.options.pool;
        let (operands, result) = places.split_at(job.operands.len());
        let mut copies: SmallVec<[crate::pool::Block; 3]> = SmallVec::new();
        for &place in operands {
            let copy = pool.allocate(self.size(place))?;
            // SAFETY: the place has so many bytes on the GPU, and the copy is nobody else's.
            unsafe { self.gpu.read(self.address(place, slots), copy.as_ptr(), copy.len())? };
            copies.push(copy);
        }
        let there = pool.allocate(self.size(result[0]))?;
        let launch = library::launch(job, self.options.workers.threads());
        let scratch = pool.allocate(launch.scratch_bytes)?;
        let addresses = Addresses {
            operands: copies.iter().map(|copy| copy.as_ptr().cast_const()).collect(),
            result: there.as_ptr(),
            scratch: scratch.as_ptr(),
        };
        let addresses = &addresses;
        let body = |from: u64, to: u64| {
            let Addresses { operands, result, scratch } = addresses;
            // SAFETY: each range is done once; operands were filled, the result and the scratch are this call's, and
            // all are blocks of the pool, so aligned.
            unsafe { library::run(job, operands, *result, *scratch, from, to) }
        };
        let done =
            self.options.workers.for_each_range(launch.units, launch.grain, &body, self.options.cancel);
        done.map_err(crate::Error::from_workers)?;
        // SAFETY: the library has filled the result, which has so many bytes.
        let bytes = unsafe { std::slice::from_raw_parts(there.as_ptr(), there.len()) };
        // SAFETY: the result's slot has so many bytes, and is this step's.
        unsafe { self.gpu.write_at(self.address(result[0], slots), bytes)? };
        Ok(())
    }
}
