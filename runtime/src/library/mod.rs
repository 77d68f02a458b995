//! Library ops: who computes each, how its work is cut into units, and the one call for them.
//!
//! A library is called from inside our workers, one unit a call and on one thread: units are cut by
//! shape alone, so neither the number of threads nor who was faster changes a bit, a run can be
//! cancelled between units, and no second set of threads competes for the cores. To add an op is to add
//! an arm to each function here and a file for each device.
//!
//! Before this: [`exec`](crate::exec), which knows where the operands lie.

mod cpu;
mod cuda;

pub(crate) use cuda::OnGpu;
pub use cuda::rand::{Algorithm, Drawn, Generator};

use crate::cuda::Gpu;
use numfuse_codegen::Launch;
use numfuse_ir::ops::library::{Family, LibOp};
use numfuse_ir::ops::transform::Transform;
use numfuse_ir::schedule::LibraryJob;
use numfuse_ir::target::Target;
use smallvec::SmallVec;

/// The crate that computes an op, for people to read; `None` of what is our own.
pub fn provider(op: LibOp) -> Option<&'static str> {
    match op.family() {
        Family::Product => Some("matrixmultiply"),
        Family::Transform(Transform::Complex { .. }) => Some("rustfft"),
        Family::Transform(Transform::OfReal | Transform::ToReal { .. }) => Some("realfft"),
        Family::Scatter(_) => None,
    }
}

/// Who computes a job on a GPU, for people to read; `None` where its operands go to the host.
pub fn provider_on_gpu(job: &LibraryJob) -> Option<&'static str> {
    match job.op.family() {
        Family::Product => cuda::blas::Product::of(job).map(|_| "cuBLAS"),
        Family::Transform(_) => cuda::fft::Rows::of(job).map(|_| "cuFFT"),
        Family::Scatter(_) => None,
    }
}

/// How a library op is cut into units, and how many of them make a task that is worth sharing among so many
/// workers.
pub(crate) fn launch(job: &LibraryJob, workers: usize) -> Launch {
    let ((units, grain), scratch_bytes) = match job.op.family() {
        Family::Product => (cpu::matmul::Cut::of(job).units(), 0),
        Family::Transform(_) => (cpu::fft::Cut::of(job).units(), 0),
        Family::Scatter(_) => {
            let cut = cpu::scatter::Cut::of(job);
            (cut.units(workers), cut.scratch_bytes())
        }
    };
    Launch { units, grain, scratch_bytes, join: 0, prefix: 0, finish: 0, shared_bytes: 0 }
}

/// At most how many bytes the op's library allocates for itself, on all threads together.
pub(crate) fn packed_bytes(job: &LibraryJob, launch: Launch, target: &Target) -> usize {
    let threads = launch.units.div_ceil(launch.grain.max(1)).min(target.workers as u64) as usize;
    match job.op.family() {
        Family::Product => threads * cpu::matmul::Cut::of(job).packed_bytes(job.dtype),
        Family::Transform(_) => threads * cpu::fft::Cut::of(job).packed_bytes(job),
        Family::Scatter(_) => 0,
    }
}

/// About the most bytes of a GPU's memory that the op's library works with there.
pub(crate) fn work_bytes_on_gpu(job: &LibraryJob) -> usize {
    match job.op.family() {
        Family::Product => 0,
        Family::Transform(_) => cuda::fft::Rows::of(job).map_or(0, |rows| rows.work_bytes(job)),
        Family::Scatter(_) => 0,
    }
}

/// How long a machine operation of the op takes on one thread, in nanoseconds: roughly.
pub(crate) fn nanoseconds_of_operation(job: &LibraryJob) -> f64 {
    match job.op.family() {
        // Vectors of 64 bytes, two multiplications and additions a cycle, most of the time.
        Family::Product => 0.0025 * job.dtype.bytes() as f64,
        // Vectors of 32 bytes, and the way to and from memory.
        Family::Transform(_) => 0.0045 * job.dtype.part().bytes() as f64,
        // A place that is read, and an element that may be far away.
        Family::Scatter(_) => 3.0,
    }
}

/// Computes a library op on a GPU, on its stream; false where that is not known how.
///
/// # Safety
/// The addresses are those of the GPU's memory: of each operand's elements, lying from there as the job says, and
/// of room for the result, which nobody else uses.
pub(crate) unsafe fn run_on_gpu(
    gpu: &'static Gpu,
    job: &LibraryJob,
    addresses: &[u64],
) -> Result<bool, crate::Error> {
    match (job.op.family(), addresses) {
        (Family::Product, &[left, right, result]) => {
            let Some(product) = cuda::blas::Product::of(job) else { return Ok(false) };
            // SAFETY: by our caller's promise.
            unsafe { product.run(gpu, job.dtype, [left, right, result])? };
            Ok(true)
        }
        (Family::Transform(_), &[operand, result]) => {
            let Some(rows) = cuda::fft::Rows::of(job) else { return Ok(false) };
            // SAFETY: by our caller's promise.
            unsafe { rows.run(gpu, job, [operand, result])? };
            Ok(true)
        }
        (Family::Scatter(_), _) => Ok(false),
        (Family::Product, _) => unreachable!("a matrix product has two operands"),
        (Family::Transform(_), _) => unreachable!("a transform has one operand"),
    }
}

/// Addresses on the host that are handed to several threads.
pub(crate) struct Addresses {
    pub(crate) operands: SmallVec<[*const u8; 2]>,
    pub(crate) result: *mut u8,
    pub(crate) scratch: *mut u8,
}

// SAFETY: operands are only read, and each thread writes parts of the result, and of the scratch, that are
// its own.
unsafe impl Sync for Addresses {}

/// Does units `from..to` of a library op.
///
/// # Safety
/// The pointers are aligned for the types of what they point to. Each operand's elements, where the job says that they
/// lie from its pointer, are initialised and written by nobody meanwhile; `result` has room for the
/// result, and nobody else touches the elements of these units. `scratch` has the bytes that the op's
/// [`launch`] asks for, aligned to 8, for the units of this run alone.
pub(crate) unsafe fn run(
    job: &LibraryJob,
    operands: &[*const u8],
    result: *mut u8,
    scratch: *mut u8,
    from: u64,
    to: u64,
) {
    match job.op.family() {
        // SAFETY: our caller's promises are those that it asks for.
        Family::Product => unsafe { cpu::matmul::run(job, operands, result, from, to) },
        Family::Transform(_) => {
            // SAFETY: as above.
            unsafe { cpu::fft::run(job, operands, result, from, to) }
        }
        Family::Scatter(_) => {
            // SAFETY: as above.
            unsafe { cpu::scatter::run(job, operands, result, scratch, from, to) }
        }
    }
}
