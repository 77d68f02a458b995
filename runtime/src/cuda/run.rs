//! Runs a plan on a GPU: memory for each step and its launch, in the order of the GPU's one stream.
//!
//! Nothing waits but a step that checks indices, whose cells are read after it, and a library op that has no
//! place on the GPU yet, whose operands go to the host and whose result comes back. What a kernel does
//! wrong is told by the next call that waits.

use super::{Block, Error, Gpu, Module};
use crate::buffer::Buffer;
use crate::device::Device;
use crate::error::Shortage;
use crate::exec::checks;
use crate::exec::slots::{Bytes, Output, Slots};
use crate::exec::{Prepared, RunOptions};
use crate::library::{self, Addresses};
use crate::words::pack;
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
    let run = Run { prepared, gpu, leaves, scalars, modules, options };
    run.all_steps()
}

/// One run of a plan.
struct Run<'a> {
    prepared: &'a Prepared,
    gpu: &'static Gpu,
    leaves: &'a [Buffer],
    scalars: &'a [Scalar],
    modules: &'a [Option<Arc<Module>>],
    options: &'a RunOptions<'a>,
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
        // SAFETY: what fills these blocks was launched.
        let outputs = slots.outputs(plan, self.leaves, |block| unsafe { Buffer::from_gpu(block) });
        let buffer = |output| match output {
            Output::Buffer(buffer) => buffer,
            Output::Leaf(_) => unreachable!("a plan for a GPU writes over no leaf"),
        };
        Ok(outputs.into_iter().map(buffer).collect())
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
        let step = &self.prepared.plan().steps[index];
        let life = self.prepared.step(index);
        let module = self.modules[index].as_deref().expect("steps that launch have code");
        let scratch = match life.launch.scratch_bytes {
            0 => None,
            bytes => Some(self.allocate(bytes, life.born.first().copied())?),
        };
        let cells = match job.checks.len() {
            0 => None,
            checks => Some(self.gpu.upload(&NO_FAULT.to_le_bytes().repeat(2 * checks))?),
        };
        let address = |block: &Block| std::ptr::without_provenance(block.address() as usize);
        let words = pack(
            step.buffers
                .iter()
                .map(|&place| std::ptr::without_provenance(self.address(place, slots) as usize)),
            job.scalars.iter().map(|&k| self.scalars[k as usize].bits()),
            &job.words,
            cells.as_ref().map(address).into_iter().chain(scratch.as_ref().map(address)),
        );
        let all = || -> Result<(), Error> {
            // SAFETY: the words are packed in the order of the kernel's ABI. Each buffer is as large as the kernel
            // takes it for: slots by their shapes, leaves by the contract of `Prepared`; blocks begin at
            // multiples of 256, and are freed on the stream after this launch.
            unsafe { module.launch(&words, life.launch) }
        };
        all()?;
        let Some(cells) = cells else { return Ok(()) };
        let Some((check, _)) = self.fault(job, &cells)? else { return Ok(()) };
        // Threads may have told of several indices at once: the one at the first position is sure
        // after a launch that begins with that position.
        all()?;
        let (_, index) = self.fault(job, &cells)?.expect("what was told is kept");
        Err(crate::Error::Index(checks::out_of_bounds(self.prepared.plan(), job, check, index)))
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
        let launch = library::launch(job);
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
