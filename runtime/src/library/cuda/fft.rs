//! Fourier transforms of rows by cuFFT.
//!
//! cuFFT transforms many rows at once that are equally far apart; what lies along further axes takes a call for each.
//! Plans are kept, the latest first, and take what they work with from the GPU's pool for each call. A transform back to
//! real numbers may write over what it reads, so it reads a copy.

use crate::cuda::{Block, Error, Failure, Gpu, Provider};
use crate::fork;
use cudarc::cufft::sys::{self, cufftHandle, cufftResult, cufftType as Type};
use numfuse_ir::dtype::DType;
use numfuse_ir::ops::transform::Transform;
use numfuse_ir::schedule::LibraryJob;
use smallvec::SmallVec;
use std::sync::{Mutex, OnceLock};

/// The most plans that are kept.
const MOST_PLANS: usize = 64;

/// The signs of the exponent, as cuFFT is told them.
const FORWARD: i32 = -1;
const INVERSE: i32 = 1;

/// The rows of a job, as cuFFT takes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::library) struct Rows {
    /// What one call does.
    call: Call,
    /// Where the operand begins, in elements.
    offset: i64,
    /// The axes that take a call for each of their places: extents, and how far operand and result go on.
    others: SmallVec<[(usize, i64, i64); 2]>,
    /// From the first element that is read to the last.
    span: i64,
}

/// A transform of rows that are equally far apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Call {
    of: Type,
    points: i64,
    rows: i64,
    /// How far elements of a row are apart that are read, and how far rows are.
    step: i64,
    apart: i64,
    /// How far rows are apart that are written.
    result: i64,
}

impl Rows {
    /// The rows of a job, if cuFFT can be asked for them.
    pub(in crate::library) fn of(job: &LibraryJob) -> Option<Rows> {
        let operand = &job.operands[0];
        let extent = *operand.shape.last()?;
        let transform = job.op.transform().filter(|transform| transform.takes(operand))?;
        let (of, to) = (data_type(transform, operand.dtype), transform.transformed(extent) as i64);
        let (step, rows) = operand.rows();
        let mut axes: SmallVec<[(usize, i64, i64); 2]> = SmallVec::new();
        let mut along = to;
        for &(extent, stride) in rows.iter().rev() {
            axes.insert(0, (extent, stride, along));
            along *= extent as i64;
        }
        let span = axes.iter().map(|&(extent, stride, _)| (extent as i64 - 1) * stride).sum::<i64>();
        let span = span + (extent as i64 - 1) * step + 1;
        // The longest axis is that of one call.
        let longest = (0..axes.len()).max_by_key(|&axis| axes[axis].0);
        let (count, apart, result) = longest.map_or((1, extent as i64 * step, to), |axis| axes.remove(axis));
        let points = transform.points(extent) as i64;
        let call = Call { of, points, rows: count as i64, step, apart, result };
        Some(Rows { call, offset: operand.offset, others: axes, span })
    }

    /// About the most bytes that it takes of the GPU's memory while it runs: cuFFT's own count is known to it alone.
    pub(in crate::library) fn work_bytes(&self, job: &LibraryJob) -> usize {
        let bytes = job.operands[0].dtype.part().bytes();
        let copied = if is_to_real(self.call.of) { self.span as usize * 2 * bytes } else { 0 };
        let points = self.call.points as usize * self.call.rows as usize * 2 * bytes;
        let is_smooth = [2, 3, 5, 7].iter().fold(self.call.points, |n, &p| without(n, p)) == 1;
        copied + if is_smooth { points } else { 5 * points }
    }

    /// Transforms, on the stream of the GPU.
    ///
    /// # Safety
    /// The operand lies from this address of the GPU as the job says, and from the other there is room for the result,
    /// which nobody else uses.
    pub(in crate::library) unsafe fn run(
        &self,
        gpu: &'static Gpu,
        job: &LibraryJob,
        [operand, result]: [u64; 2],
    ) -> Result<(), crate::Error> {
        let plans = plans(gpu)?;
        let mut plans = fork::lock(plans);
        let (plan, bytes) = plans.find(gpu, self.call)?;
        let work = gpu.allocate(bytes)?;
        let sizes = [job.operands[0].dtype.bytes() as i64, job.dtype.bytes() as i64];
        let first = operand.wrapping_add_signed(self.offset * sizes[0]);
        let mut copy: Option<Block> = None;
        if is_to_real(self.call.of) {
            let bytes = (self.span * sizes[0]) as usize;
            let mut block = gpu.allocate(bytes)?;
            // SAFETY: by our caller's promise the operand's elements lie there, from the first to the last.
            unsafe { block.copy_from(0, first, bytes)? };
            copy = Some(block);
        }
        let first = copy.as_ref().map_or(first, Block::address);
        let direction = match job.op.transform() {
            Some(Transform::Complex { back: false } | Transform::OfReal) => FORWARD,
            Some(Transform::Complex { back: true } | Transform::ToReal { .. }) | None => INVERSE,
        };
        let count: usize = self.others.iter().map(|(extent, ..)| extent).product();
        gpu.with(|| {
            // SAFETY: the plan is this GPU's, and the block is freed on the stream, after the calls.
            check("cufftSetWorkArea", unsafe { sys::cufftSetWorkArea(plan, pointer(work.address())) })?;
            for at in 0..count {
                let (mut rest, mut from, mut to) = (at, 0, 0);
                for &(extent, read, written) in self.others.iter().rev() {
                    let digit = (rest % extent) as i64;
                    rest /= extent;
                    (from, to) = (from + digit * read, to + digit * written);
                }
                let from = first.wrapping_add_signed(from * sizes[0]);
                let to = result.wrapping_add_signed(to * sizes[1]);
                // SAFETY: by our caller's promise.
                unsafe { self.call.run(plan, from, to, direction)? };
            }
            Ok(())
        })?;
        Ok(())
    }
}

impl Call {
    /// # Safety
    /// The plan is that of the call, and its rows lie from these addresses.
    unsafe fn run(self, plan: cufftHandle, from: u64, to: u64, direction: i32) -> Result<(), Failure> {
        // SAFETY: by our caller's promise.
        unsafe {
            match self.of {
                Type::CUFFT_C2C => {
                    check("cufftExecC2C", sys::cufftExecC2C(plan, pointer(from), pointer(to), direction))
                }
                Type::CUFFT_Z2Z => {
                    check("cufftExecZ2Z", sys::cufftExecZ2Z(plan, pointer(from), pointer(to), direction))
                }
                Type::CUFFT_R2C => check("cufftExecR2C", sys::cufftExecR2C(plan, pointer(from), pointer(to))),
                Type::CUFFT_D2Z => check("cufftExecD2Z", sys::cufftExecD2Z(plan, pointer(from), pointer(to))),
                Type::CUFFT_C2R => check("cufftExecC2R", sys::cufftExecC2R(plan, pointer(from), pointer(to))),
                Type::CUFFT_Z2D => check("cufftExecZ2D", sys::cufftExecZ2D(plan, pointer(from), pointer(to))),
            }
        }
    }
}

/// Without the factors of that prime.
fn without(mut n: i64, prime: i64) -> i64 {
    while n > 0 && n % prime == 0 {
        n /= prime;
    }
    n
}

fn pointer<T>(address: u64) -> *mut T {
    std::ptr::without_provenance_mut(address as usize)
}

fn is_to_real(of: Type) -> bool {
    of == Type::CUFFT_C2R || of == Type::CUFFT_Z2D
}

/// cuFFT's name of a transform of elements of a type.
fn data_type(transform: Transform, dtype: DType) -> Type {
    let is_double = dtype.part() == DType::F64;
    match (transform, is_double) {
        (Transform::Complex { .. }, false) => Type::CUFFT_C2C,
        (Transform::Complex { .. }, true) => Type::CUFFT_Z2Z,
        (Transform::OfReal, false) => Type::CUFFT_R2C,
        (Transform::OfReal, true) => Type::CUFFT_D2Z,
        (Transform::ToReal { .. }, false) => Type::CUFFT_C2R,
        (Transform::ToReal { .. }, true) => Type::CUFFT_Z2D,
    }
}

/// The plans of a GPU, with the bytes that each works with, the latest first.
#[derive(Default)]
pub(in crate::library) struct Plans(Vec<(Call, cufftHandle, usize)>);

/// The plans of a GPU, once it was asked for a transform.
pub(in crate::library) type Kept = OnceLock<Result<Mutex<Plans>, Error>>;

fn plans(gpu: &'static Gpu) -> Result<&'static Mutex<Plans>, Error> {
    let made = fork::once(&gpu.libraries().fft, || Provider::Fft.expect().map(|()| Mutex::default()));
    made.as_ref().map_err(Clone::clone)
}

impl Plans {
    /// The plan of a call, and how many bytes it works with.
    fn find(&mut self, gpu: &'static Gpu, call: Call) -> Result<(cufftHandle, usize), Error> {
        if let Some(place) = self.0.iter().position(|(known, ..)| *known == call) {
            self.0[..=place].rotate_right(1);
        } else {
            if self.0.len() >= MOST_PLANS {
                gpu.synchronize()?;
                for (_, plan, _) in self.0.drain(MOST_PLANS / 2..) {
                    // SAFETY: the plan was made by cuFFT, is nobody else's, and what it was asked for is done.
                    unsafe { sys::cufftDestroy(plan) };
                }
            }
            let (plan, bytes) = gpu.with(|| call.plan(gpu))?;
            self.0.insert(0, (call, plan, bytes));
        }
        Ok((self.0[0].1, self.0[0].2))
    }
}

impl Call {
    fn plan(self, gpu: &Gpu) -> Result<(cufftHandle, usize), Failure> {
        let (mut plan, mut bytes, mut points) = (0, 0, self.points);
        // What the arrays around a row would have: of one axis only the strides count.
        let (mut read, mut written) = (self.points, self.points);
        // SAFETY: cuFFT is there, and the context is this GPU's; it reads and writes numbers that live here.
        unsafe {
            check("cufftCreate", sys::cufftCreate(&mut plan))?;
            check("cufftSetAutoAllocation", sys::cufftSetAutoAllocation(plan, 0))?;
            check("cufftSetStream", sys::cufftSetStream(plan, gpu.stream().cast()))?;
            let made = sys::cufftMakePlanMany64(
                plan,
                1,
                &mut points,
                &mut read,
                self.step,
                self.apart,
                &mut written,
                1,
                self.result,
                self.of,
                self.rows,
                &mut bytes,
            );
            if let Err(failure) = check("cufftMakePlanMany64", made) {
                sys::cufftDestroy(plan);
                return Err(failure);
            }
        }
        Ok((plan, bytes))
    }
}

/// The result of a call by that name.
fn check(call: &'static str, status: cufftResult) -> Result<(), Failure> {
    if status == cufftResult::CUFFT_SUCCESS {
        return Ok(());
    }
    Err(Failure { call, code: status as u32, reason: format!("{status:?}") })
}

#[cfg(test)]
mod tests {
    use super::*;
    use numfuse_ir::ops::library::LibOp;
    use numfuse_ir::schedule::Strided;

    fn rows(op: LibOp, dtype: DType, shape: &[usize], offset: i64, strides: &[i64]) -> Option<Rows> {
        let operand = Strided { dtype, shape: shape.into(), offset, strides: strides.into() };
        Rows::of(&LibraryJob { op, dtype: DType::C64, operands: [operand].into_iter().collect() })
    }

    #[test]
    fn rows_side_by_side_are_one_call() {
        let all = rows(LibOp::Fft, DType::C64, &[2, 3, 8], 5, &[24, 8, 1]).unwrap();
        let call = Call { of: Type::CUFFT_C2C, points: 8, rows: 6, step: 1, apart: 8, result: 8 };
        assert_eq!((all.call, all.offset, all.span), (call, 5, 48));
        assert!(all.others.is_empty());
        let half = rows(LibOp::Rfft, DType::F64, &[3, 8], 0, &[8, 1]).unwrap();
        assert_eq!(half.call, Call { of: Type::CUFFT_D2Z, points: 8, rows: 3, step: 1, apart: 8, result: 5 });
        let back = rows(LibOp::RfftBackOdd, DType::C64, &[3, 5], 0, &[5, 1]).unwrap();
        assert_eq!(back.call, Call { of: Type::CUFFT_C2R, points: 9, rows: 3, step: 1, apart: 5, result: 9 });
    }

    #[test]
    fn the_longest_axis_is_one_call() {
        // Along the middle of three axes.
        let all = rows(LibOp::Fft, DType::C128, &[2, 7, 8], 0, &[56, 1, 7]).unwrap();
        let call = Call { of: Type::CUFFT_Z2Z, points: 8, rows: 7, step: 7, apart: 1, result: 8 };
        assert_eq!(all.call, call);
        assert_eq!(all.others[..], [(2, 56, 56)]);
        let swapped = rows(LibOp::Fft, DType::C128, &[9, 2, 8], 0, &[16, 1, 2]).unwrap();
        assert_eq!((swapped.call.rows, swapped.call.apart, swapped.call.result), (9, 16, 16));
        assert_eq!(swapped.others[..], [(2, 1, 8)]);
    }

    #[test]
    fn what_cufft_does_not_read_is_refused() {
        assert_eq!(rows(LibOp::Fft, DType::C64, &[4], 3, &[-1]), None, "backwards");
        assert_eq!(rows(LibOp::Fft, DType::C64, &[3, 4], 0, &[0, 1]), None, "the same row again");
        assert_eq!(rows(LibOp::Rfft, DType::F32, &[4], 1, &[1]), None, "between complex numbers");
        assert!(rows(LibOp::Rfft, DType::F32, &[4], 2, &[3]).is_some());
    }

    #[test]
    fn work_is_counted_before_it_is_done() {
        let bytes = |op: LibOp, dtype, n: usize| {
            let operand = Strided { dtype, shape: [n][..].into(), offset: 0, strides: [1][..].into() };
            let job = LibraryJob { op, dtype, operands: [operand].into_iter().collect() };
            Rows::of(&job).unwrap().work_bytes(&job)
        };
        assert_eq!(bytes(LibOp::Fft, DType::C64, 1000), 8000);
        assert_eq!(bytes(LibOp::Fft, DType::C64, 1009), 5 * 8072);
        assert_eq!(bytes(LibOp::RfftBackEven, DType::C128, 9), 9 * 16 + 16 * 16);
    }
}
