//! Running a plan: by oracle 2, and as machine code.

use crate::skips::skipped;
use numfuse_ir::dtype::DType;
use numfuse_ir::graph::Kind;
use numfuse_ir::kernel::{Role, interp};
use numfuse_ir::math::complex::Value;
use numfuse_ir::scalar::Scalar;
use numfuse_ir::schedule::tile::{Budget, Fit, Slab, Slabs, Whence, fit};
use numfuse_ir::schedule::{Job, Options, Place, Plan};
use numfuse_ir::target::{Target, Vectors};
use numfuse_runtime::cuda::Gpu;
use numfuse_runtime::exec::meant;
use numfuse_runtime::{Buffer, Device, Prepared, PreparedSlabs, RunOptions, cpu};

/// Runs a plan's kernels one scalar at a time.
pub fn interpret_plan(plan: &Plan, leaves: &[Vec<Scalar>], scalars: &[Scalar]) -> Vec<Vec<Scalar>> {
    let mut slots: Vec<Vec<Scalar>> =
        plan.slots.iter().map(|s| apart(&vec![Scalar::zero(s.dtype); s.shape.size()])).collect();
    for step in &plan.steps {
        let at = |place: &Place, slots: &[Vec<Scalar>]| match place {
            Place::Leaf(i) => apart(&leaves[*i as usize]),
            Place::Slot(i) => slots[*i as usize].clone(),
        };
        for (role, dtype, place) in step.accesses() {
            // What is written over other data begins with these.
            if let (Role::Out, Place::Slot(i)) = (role, place)
                && let Some(over) = &plan.slots[i as usize].over
            {
                slots[i as usize] =
                    at(over, &slots).iter().map(|x| Scalar::from_bits(dtype.part(), x.bits())).collect();
            }
        }
        let mut buffers: Vec<Vec<Scalar>> = step.buffers.iter().map(|p| at(p, &slots)).collect();
        match &step.job {
            Job::Kernel(job) => {
                let numbers: Vec<Scalar> = job.scalars.iter().map(|&i| scalars[i as usize]).collect();
                interp::interpret(&job.kernel, &job.words, &numbers, &mut buffers);
            }
            Job::Library(job) => {
                // Libraries know complex numbers whole.
                let types = step.accesses().map(|(_, dtype, _)| dtype);
                let whole: Vec<Vec<Scalar>> =
                    types.zip(&buffers).map(|(dtype, data)| together(dtype, data)).collect();
                *buffers.last_mut().expect("a library op has a result") = apart(&meant(job, &whole));
            }
        }
        for ((role, _, place), data) in step.accesses().zip(buffers) {
            if let (Role::Out, Place::Slot(i)) = (role, place) {
                slots[i as usize] = data;
            }
        }
    }
    let output = |place: &Place| match place {
        Place::Leaf(i) => leaves[*i as usize].clone(),
        Place::Slot(i) => together(plan.slots[*i as usize].dtype, &slots[*i as usize]),
    };
    plan.outputs.iter().map(output).collect()
}

/// Elements as kernels see them: complex numbers in two parts.
fn apart(elements: &[Scalar]) -> Vec<Scalar> {
    elements.iter().flat_map(|x| Value::of(*x).parts()).collect()
}

/// What kernels see as elements of that type.
fn together(dtype: DType, parts: &[Scalar]) -> Vec<Scalar> {
    match dtype.is_complex() {
        true => parts.chunks(2).map(|pair| Scalar::complex(pair[0], pair[1])).collect(),
        false => parts.to_vec(),
    }
}

/// Vectors of all sizes that this processor has, with their names.
pub fn vectors() -> Vec<(Vectors, &'static str)> {
    let mut all = vec![(Vectors::Bits128, "vectors of 128 bits")];
    match cpu::target().vectors {
        Vectors::Bits128 => skipped("vectors of 512 bits: this processor has no AVX-512"),
        Vectors::Bits512 => all.push((Vectors::Bits512, "vectors of 512 bits")),
    }
    all
}

/// The elements of leaves as they lie in memory.
fn buffers(leaves: &[Vec<Scalar>]) -> Vec<Buffer> {
    leaves.iter().map(|leaf| Buffer::from_vec(Scalar::encode(leaf.iter().copied()))).collect()
}

/// Runs a plan as machine code with such vectors.
pub fn execute(
    plan: &Plan,
    vectors: Vectors,
    leaves: &[Vec<Scalar>],
    scalars: &[Scalar],
) -> Vec<Vec<Scalar>> {
    let buffers = buffers(leaves);
    let sizes = buffers.iter().map(Buffer::len).collect();
    // SAFETY: the scheduler made the plan for leaves of these sizes.
    let prepared = unsafe { Prepared::new(plan.clone(), sizes, Target { vectors, ..cpu::target() }) };
    let results =
        numfuse_runtime::run(&prepared, &buffers, scalars, &RunOptions::default()).expect("the plan runs");
    decoded(plan, &results)
}

/// How a plan is cut, if it can be, where of what leads to its results only so many eighths may be in memory.
pub fn cut(plan: &Plan, options: Options, eighths: u64) -> Option<Slabs> {
    let kept = plan.slots.iter().filter(|slot| slot.last_read == usize::MAX);
    let (results, peak): (u64, u64) = (kept.map(|slot| slot.bytes() as u64).sum(), plan.peak_bytes());
    let bytes = results + peak.saturating_sub(results) * eighths / 8;
    match fit(plan, options, &Budget { bytes, room: &|bytes| bytes as u64, needed: &Plan::peak_bytes }) {
        Fit::Slabs(slabs) => Some(*slabs),
        Fit::Whole | Fit::Refused(_) => None,
    }
}

/// Runs slabs one scalar at a time.
pub fn interpret_slabs(slabs: &Slabs, leaves: &[Vec<Scalar>], scalars: &[Scalar]) -> Vec<Vec<Scalar>> {
    let first = slabs.first.as_ref().map_or(Vec::new(), |part| interpret_plan(&part.plan, leaves, scalars));
    let given: Vec<Vec<Scalar>> =
        leaves.iter().take(slabs.leaves).chain(first.iter().take(slabs.kept)).cloned().collect();
    let part = |slab: &Slab| interpret_plan(&slab.part.plan, &given, scalars);
    let parts: Vec<Vec<Vec<Scalar>>> = slabs.slabs.iter().map(part).collect();
    let result = |(whence, _): &(Whence, usize)| match *whence {
        Whence::First(at) => first[at].clone(),
        Whence::Slabs(at) => parts.iter().flat_map(|part| part[at].iter().copied()).collect(),
    };
    slabs.outputs.iter().map(result).collect()
}

/// Runs slabs of a plan as machine code.
pub fn execute_slabs(
    plan: &Plan,
    slabs: &Slabs,
    vectors: Vectors,
    leaves: &[Vec<Scalar>],
    scalars: &[Scalar],
) -> Vec<Vec<Scalar>> {
    let buffers = buffers(leaves);
    let sizes: Vec<usize> = buffers.iter().map(Buffer::len).collect();
    let target = Target { vectors, ..cpu::target() };
    // SAFETY: the slabs were cut from a plan for leaves of these sizes.
    let prepared = unsafe { PreparedSlabs::new(slabs.clone(), &sizes, target, None) };
    let results = prepared.run(&buffers, scalars, &RunOptions::default()).expect("the slabs run");
    decoded(plan, &results)
}

/// The GPU that tests run on, if there is one.
pub fn gpu() -> Option<&'static Gpu> {
    let found = Gpu::get(0);
    if found.is_err() {
        skipped("GPU: there is none");
    }
    found.ok()
}

/// Runs a plan that writes over no leaf on a GPU.
pub fn execute_on(
    gpu: &'static Gpu,
    plan: &Plan,
    leaves: &[Vec<Scalar>],
    scalars: &[Scalar],
) -> Vec<Vec<Scalar>> {
    let (device, options) = (Device::Cuda(gpu.ordinal()), RunOptions::default());
    let there = |leaf: Buffer| leaf.to_device(device, options.pool).expect("there is room");
    let buffers: Vec<Buffer> = buffers(leaves).into_iter().map(there).collect();
    let sizes = buffers.iter().map(Buffer::len).collect();
    // SAFETY: the scheduler made the plan for leaves of these sizes.
    let prepared = unsafe { Prepared::for_gpu(plan.clone(), sizes, gpu) };
    let results = numfuse_runtime::run(&prepared, &buffers, scalars, &options);
    let results = results.unwrap_or_else(|error| panic!("{error}\n{}", plan.graph));
    let here = |result: &Buffer| result.to_device(Device::Cpu, options.pool).expect("the kernels ran");
    decoded(plan, &results.iter().map(here).collect::<Vec<_>>())
}

/// The elements of a plan's outputs.
fn decoded(plan: &Plan, results: &[Buffer]) -> Vec<Vec<Scalar>> {
    let dtype = |place: &Place| match place {
        Place::Slot(i) => plan.slots[*i as usize].dtype,
        Place::Leaf(i) => plan
            .graph
            .nodes()
            .find_map(|n| match plan.graph.node(n) {
                node if node.kind == Kind::Leaf(*i) => Some(node.dtype),
                _ => None,
            })
            .expect("the graph has that leaf"),
    };
    plan.outputs.iter().zip(results).map(|(place, data)| Scalar::decode(dtype(place), data.bytes())).collect()
}
