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
use numfuse_ir::ops::library::LibOp;
use numfuse_ir::schedule::LibraryJob;
use numfuse_ir::target::Target;
use smallvec::SmallVec;

/// The crate that computes an op, for people to read; `None` of what is our own.
pub fn provider(op: LibOp) -> Option<&'static str> {
    match op {
        LibOp::Matmul => Some("matrixmultiply"),
        LibOp::Fft | LibOp::FftBack => Some("rustfft"),
        LibOp::Rfft | LibOp::RfftBackEven | LibOp::RfftBackOdd => Some("realfft"),
        LibOp::Put | LibOp::AddAt | LibOp::MultiplyAt | LibOp::MinimumAt | LibOp::MaximumAt => None,
    }
}

/// Who computes a job on a GPU, for people to read; `None` where its operands go to the host.
pub fn provider_on_gpu(job: &LibraryJob) -> Option<&'static str> {
    match job.op {
        LibOp::Matmul => cuda::blas::Product::of(job).map(|_| "cuBLAS"),
        LibOp::Fft | LibOp::FftBack | LibOp::Rfft | LibOp::RfftBackEven | LibOp::RfftBackOdd => {
            cuda::fft::Rows::of(job).map(|_| "cuFFT")
        }
        LibOp::Put | LibOp::AddAt | LibOp::MultiplyAt | LibOp::MinimumAt | LibOp::MaximumAt => None,
    }
}

/// How a library op is cut into units, and how many of them make a task that is worth sharing.
pub(crate) fn launch(job: &LibraryJob) -> Launch {
    let ((units, grain), scratch_bytes) = match job.op {
        LibOp::Matmul => (cpu::matmul::Cut::of(job).units(), 0),
        LibOp::Fft | LibOp::FftBack | LibOp::Rfft | LibOp::RfftBackEven | LibOp::RfftBackOdd => {
            (cpu::fft::Cut::of(job).units(), 0)
        }
        LibOp::Put | LibOp::AddAt | LibOp::MultiplyAt | LibOp::MinimumAt | LibOp::MaximumAt => {
            let cut = cpu::scatter::Cut::of(job);
            (cut.units(), cut.scratch_bytes())
        }
    };
    Launch { units, grain, scratch_bytes, join: 0, finish: 0, shared_bytes: 0 }
}

/// At most how many bytes the op's library allocates for itself, on all threads together.
pub(crate) fn packed_bytes(job: &LibraryJob, launch: Launch, target: &Target) -> usize {
    let threads = launch.units.div_ceil(launch.grain.max(1)).min(target.workers as u64) as usize;
    match job.op {
        LibOp::Matmul => threads * cpu::matmul::Cut::of(job).packed_bytes(job.dtype),
        LibOp::Fft | LibOp::FftBack | LibOp::Rfft | LibOp::RfftBackEven | LibOp::RfftBackOdd => {
            threads * cpu::fft::Cut::of(job).packed_bytes(job)
        }
        LibOp::Put | LibOp::AddAt | LibOp::MultiplyAt | LibOp::MinimumAt | LibOp::MaximumAt => 0,
    }
}

/// About the most bytes of a GPU's memory that the op's library works with there.
pub(crate) fn work_bytes_on_gpu(job: &LibraryJob) -> usize {
    match job.op {
        LibOp::Matmul => 0,
        LibOp::Fft | LibOp::FftBack | LibOp::Rfft | LibOp::RfftBackEven | LibOp::RfftBackOdd => {
            cuda::fft::Rows::of(job).map_or(0, |rows| rows.work_bytes(job))
        }
        LibOp::Put | LibOp::AddAt | LibOp::MultiplyAt | LibOp::MinimumAt | LibOp::MaximumAt => 0,
    }
}

/// How long a machine operation of the op takes on one thread, in nanoseconds: roughly.
pub(crate) fn nanoseconds_of_operation(job: &LibraryJob) -> f64 {
    match job.op {
        // Vectors of 64 bytes, two multiplications and additions a cycle, most of the time.
        LibOp::Matmul => 0.0025 * job.dtype.bytes() as f64,
        // Vectors of 32 bytes, and the way to and from memory.
        LibOp::Fft | LibOp::FftBack | LibOp::Rfft | LibOp::RfftBackEven | LibOp::RfftBackOdd => {
            0.0045 * job.dtype.part().bytes() as f64
        }
        // A place that is read, and an element that may be far away.
        LibOp::Put | LibOp::AddAt | LibOp::MultiplyAt | LibOp::MinimumAt | LibOp::MaximumAt => 3.0,
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
    match (job.op, addresses) {
        (LibOp::Matmul, &[left, right, result]) => match cuda::blas::Product::of(job) {
            // SAFETY: by our caller's promise.
            Some(product) => unsafe { product.run(gpu, job.dtype, [left, right, result]) }
                .map(|()| true)
                .map_err(crate::Error::from),
            None => Ok(false),
        },
        (
            LibOp::Fft | LibOp::FftBack | LibOp::Rfft | LibOp::RfftBackEven | LibOp::RfftBackOdd,
            &[operand, result],
        ) => match cuda::fft::Rows::of(job) {
            // SAFETY: by our caller's promise.
            Some(rows) => unsafe { rows.run(gpu, job, [operand, result]) }.map(|()| true),
            None => Ok(false),
        },
        (LibOp::Matmul, _) => unreachable!("a matrix product has two operands"),
        (LibOp::Fft | LibOp::FftBack | LibOp::Rfft | LibOp::RfftBackEven | LibOp::RfftBackOdd, _) => {
            unreachable!("a transform has one operand")
        }
        (LibOp::Put | LibOp::AddAt | LibOp::MultiplyAt | LibOp::MinimumAt | LibOp::MaximumAt, _) => Ok(false),
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
    match job.op {
        // SAFETY: our caller's promises are those that it asks for.
        LibOp::Matmul => unsafe { cpu::matmul::run(job, operands, result, from, to) },
        LibOp::Fft | LibOp::FftBack | LibOp::Rfft | LibOp::RfftBackEven | LibOp::RfftBackOdd => {
            // SAFETY: as above.
            unsafe { cpu::fft::run(job, operands, result, from, to) }
        }
        LibOp::Put | LibOp::AddAt | LibOp::MultiplyAt | LibOp::MinimumAt | LibOp::MaximumAt => {
            // SAFETY: as above.
            unsafe { cpu::scatter::run(job, operands, result, scratch, from, to) }
        }
    }
}
