//! Fourier transforms of rows by the crates `rustfft` and `realfft`.
//!
//! The crates transform a row that lies together, in place, and do not scale. What is theirs is one row; what is here
//! are rows of any strides, gathered a few at a time so that neighbours along another axis share the lines of the
//! cache, and the plans, of which the latest are kept. Each row is transformed by itself, so that neither threads nor
//! the cut change a bit.

use crate::fork;
use numfuse_ir::dtype::DType;
use numfuse_ir::ops::library::LibOp;
use numfuse_ir::ops::transform::Transform;
use numfuse_ir::schedule::{LibraryJob, Strided};
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};
use rustfft::num_complex::Complex;
use rustfft::{Fft, FftDirection, FftNum, FftPlanner};
use std::sync::{Arc, Mutex};

/// Points of the rows that make a unit, where rows are short.
const UNIT: usize = 1 << 13;

/// Rows that are gathered together at least, where they do not lie together: what a line of the cache holds.
const BESIDE: usize = 8;

/// Elements of each row that are gathered before the next row's.
const STRETCH: usize = 64;

/// Points that are worth handing to another worker.
const TASK: usize = 1 << 14;

/// Points of all plans that are kept, but for the one in use.
const MOST_POINTS: usize = 1 << 22;

/// How the rows of one job are cut into units; from their shapes alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::library) struct Cut {
    rows: usize,
    /// The elements of a row of the operand, and of the result.
    from: usize,
    to: usize,
    points: usize,
    /// Rows of a unit; the last one has perhaps fewer.
    unit: usize,
}

impl Cut {
    /// The cut of a job.
    pub(in crate::library) fn of(job: &LibraryJob) -> Cut {
        let operand = &job.operands[0];
        let (from, rows) = operand.shape.split_last().map_or((1, 1), |(n, rows)| (*n, rows.iter().product()));
        let of = transform_of(job.op);
        let (to, points) = (of.transformed(from), of.points(from));
        let least = if operand.rows().0 == 1 { 1 } else { BESIDE };
        Cut { rows, from, to, points, unit: (UNIT / points.max(1)).max(least).min(rows.max(1)) }
    }

    /// How many units there are, and how many of them make a task.
    pub(in crate::library) fn units(self) -> (u64, u64) {
        let points = self.unit * self.points;
        (self.rows.div_ceil(self.unit) as u64, TASK.div_ceil(points.max(1)) as u64)
    }

    /// How many bytes a thread takes beside the result: the rows of a unit where they cannot be gathered into it,
    /// and what the crates ask for.
    pub(in crate::library) fn packed_bytes(self, job: &LibraryJob) -> usize {
        let operand = job.operands[0].dtype;
        let gathered = match transform_of(job.op) {
            Transform::Complex { .. } => 0,
            Transform::OfReal | Transform::ToReal { .. } => self.unit * self.from,
        };
        let scratch = match operand.part() {
            DType::F64 => f64::plan(job.op, self.points).scratch() * size_of::<Complex<f64>>(),
            _ => f32::plan(job.op, self.points).scratch() * size_of::<Complex<f32>>(),
        };
        gathered * operand.bytes() + scratch
    }
}

/// Which transform the op of a job is.
fn transform_of(op: LibOp) -> Transform {
    op.transform().expect("it is one of the transforms")
}

/// What a crate has prepared for rows of so many points.
#[derive(Clone)]
enum Plan<T> {
    Complex(Arc<dyn Fft<T>>),
    OfReal(Arc<dyn RealToComplex<T>>),
    ToReal(Arc<dyn ComplexToReal<T>>),
}

impl<T: FftNum> Plan<T> {
    fn new(op: LibOp, points: usize) -> Plan<T> {
        let complex = |direction| Plan::Complex(FftPlanner::new().plan_fft(points, direction));
        match transform_of(op) {
            Transform::Complex { back: false } => complex(FftDirection::Forward),
            Transform::Complex { back: true } => complex(FftDirection::Inverse),
            Transform::OfReal => Plan::OfReal(RealFftPlanner::new().plan_fft_forward(points)),
            Transform::ToReal { .. } => Plan::ToReal(RealFftPlanner::new().plan_fft_inverse(points)),
        }
    }

    /// How many complex numbers it takes to work with.
    fn scratch(&self) -> usize {
        match self {
            Plan::Complex(plan) => plan.get_inplace_scratch_len(),
            Plan::OfReal(plan) => plan.get_scratch_len(),
            Plan::ToReal(plan) => plan.get_scratch_len(),
        }
    }
}

/// Plans by op and points, the latest first.
type Plans<T> = Mutex<Vec<((LibOp, usize), Plan<T>)>>;

/// The types of real numbers that there are transforms of.
trait Real: FftNum + Default {
    /// The plans that are kept.
    fn plans() -> &'static Plans<Self>;

    /// The plan for an op and so many points.
    fn plan(op: LibOp, points: usize) -> Plan<Self> {
        let key = (op, points);
        if let Some((_, plan)) = fork::lock(Self::plans()).iter().find(|(known, _)| *known == key) {
            return plan.clone();
        }
        // Planning a long transform takes as long as some transforms: not while others wait.
        let plan = Plan::new(op, points);
        let mut plans = fork::lock(Self::plans());
        plans.insert(0, (key, plan.clone()));
        let mut kept = 0usize;
        plans.retain(|((_, points), _)| {
            let is_first = kept == 0;
            kept = kept.saturating_add((*points).max(1));
            is_first || kept <= MOST_POINTS
        });
        plan
    }
}

impl Real for f32 {
    fn plans() -> &'static Plans<f32> {
        static PLANS: Plans<f32> = Mutex::new(Vec::new());
        &PLANS
    }
}

impl Real for f64 {
    fn plans() -> &'static Plans<f64> {
        static PLANS: Plans<f64> = Mutex::new(Vec::new());
        &PLANS
    }
}

/// Does units `from..to` of a job.
///
/// # Safety
/// As for [`library::run`](crate::library): the operand lies where the job says, aligned for its type, and
/// nobody else writes to it or to the rows of these units of the result.
pub(in crate::library) unsafe fn run(
    job: &LibraryJob,
    operands: &[*const u8],
    result: *mut u8,
    from: u64,
    to: u64,
) {
    let cut = Cut::of(job);
    for unit in from..to {
        let first = unit as usize * cut.unit;
        let rows = first..(first + cut.unit).min(cut.rows);
        match job.operands[0].dtype.part() {
            // SAFETY: by our caller's promise; the types are those of the job.
            DType::F64 => unsafe { transform::<f64>(job, cut, operands[0], result, rows) },
            // SAFETY: as above.
            _ => unsafe { transform::<f32>(job, cut, operands[0], result, rows) },
        }
    }
}

type Rows = std::ops::Range<usize>;

/// Transforms these rows.
///
/// # Safety
/// As for [`run`], for these rows; `T` is the type of the job's real numbers.
unsafe fn transform<T: Real>(job: &LibraryJob, cut: Cut, operand: *const u8, result: *mut u8, rows: Rows) {
    let plan = T::plan(job.op, cut.points);
    let mut scratch = vec![Complex::<T>::default(); plan.scratch()];
    let (first, count) = (rows.start, rows.len());
    let row = &job.operands[0];
    match plan {
        Plan::Complex(plan) => {
            // SAFETY: the rows of the result are ours, and each element is filled before it is read.
            let result = unsafe {
                let result = result.cast::<Complex<T>>().add(first * cut.to);
                gather(row, rows, operand.cast(), result);
                std::slice::from_raw_parts_mut(result, count * cut.to)
            };
            plan.process_with_scratch(result, &mut scratch);
        }
        Plan::OfReal(plan) => {
            let mut given = vec![T::default(); count * cut.from];
            // SAFETY: there is room for so many rows.
            unsafe { gather(row, rows, operand.cast(), given.as_mut_ptr()) };
            for (i, given) in given.chunks_exact_mut(cut.from).enumerate() {
                // SAFETY: the row of the result is ours.
                let into = unsafe { row_of(result.cast::<Complex<T>>(), (first + i) * cut.to, cut.to) };
                let done = plan.process_with_scratch(given, into, &mut scratch);
                done.expect("the rows have the lengths of the plan");
            }
        }
        Plan::ToReal(plan) => {
            let mut given = vec![Complex::<T>::default(); count * cut.from];
            // SAFETY: as above.
            unsafe { gather(row, rows, operand.cast(), given.as_mut_ptr()) };
            for (i, given) in given.chunks_exact_mut(cut.from).enumerate() {
                // They are the conjugates of themselves, so their imaginary parts are not read.
                given[0].im = T::default();
                if cut.points.is_multiple_of(2) {
                    given[cut.from - 1].im = T::default();
                }
                // SAFETY: as above.
                let into = unsafe { row_of(result.cast::<T>(), (first + i) * cut.to, cut.to) };
                let done = plan.process_with_scratch(given, into, &mut scratch);
                done.expect("the rows have the lengths of the plan, and what mirrors itself is real");
            }
        }
    }
}

/// So many elements of the result from a place on, zeros.
///
/// # Safety
/// The result has them, they are nobody else's, and bytes of 0 are a number of the type.
unsafe fn row_of<'a, E>(result: *mut E, at: usize, count: usize) -> &'a mut [E] {
    // SAFETY: by our caller's promise.
    unsafe {
        let row = result.add(at);
        std::ptr::write_bytes(row, 0, count);
        std::slice::from_raw_parts_mut(row, count)
    }
}

/// Copies rows of an operand side by side.
///
/// # Safety
/// The operand's elements lie from `from` as it says, and `to` has room for these rows.
unsafe fn gather<E: Copy>(operand: &Strided, rows: Rows, from: *const E, to: *mut E) {
    let Some((&extent, outer)) = operand.shape.split_last() else { return };
    let step = operand.strides[outer.len()] as isize;
    let start = |row: usize| {
        let (mut rest, mut at) = (row, operand.offset);
        for (extent, stride) in outer.iter().zip(&operand.strides).rev() {
            at += (rest % extent) as i64 * stride;
            rest /= extent;
        }
        at as isize
    };
    let starts: Vec<isize> = rows.map(start).collect();
    if step == 1 {
        for (i, start) in starts.into_iter().enumerate() {
            // SAFETY: by our caller's promise: a row of the operand, and room for it.
            unsafe { std::ptr::copy_nonoverlapping(from.offset(start), to.add(i * extent), extent) };
        }
        return;
    }
    for begin in (0..extent).step_by(STRETCH) {
        let end = (begin + STRETCH).min(extent);
        for (i, start) in starts.iter().enumerate() {
            for j in begin..end {
                // SAFETY: as above.
                unsafe { *to.add(i * extent + j) = *from.offset(start + j as isize * step) };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use numfuse_ir::graph::meaning;
    use numfuse_ir::scalar::Scalar;
    use numfuse_ir::shape::Shape;

    fn strided(shape: &[usize], dtype: DType, offset: i64, strides: &[i64]) -> Strided {
        Strided { dtype, shape: shape.into(), offset, strides: strides.into() }
    }

    /// The result of a job on so many bytes of small numbers, in units of their own and at once.
    fn result(op: LibOp, operand: Strided, floats: usize) -> (Vec<Scalar>, Vec<Scalar>, Vec<Scalar>) {
        let values: Vec<f64> = (0..floats).map(|i| f64::from((i * 37 % 101) as u32) - 50.0).collect();
        let shape = Shape::new(&operand.shape).unwrap();
        let (to, dtype) = (op.def().result)(&[(&shape, operand.dtype)]).unwrap();
        let bytes = match operand.dtype.part() {
            DType::F64 => values.iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>(),
            _ => values.iter().flat_map(|x| (*x as f32).to_le_bytes()).collect(),
        };
        let all = Scalar::decode(operand.dtype, &bytes);
        let mut places = vec![operand.offset];
        for (&extent, &stride) in operand.shape.iter().zip(&operand.strides) {
            places = places.iter().flat_map(|&at| (0..extent as i64).map(move |i| at + i * stride)).collect();
        }
        let given: Vec<Scalar> = places.into_iter().map(|at| all[at as usize]).collect();
        let job = LibraryJob { op, dtype, operands: [operand].into_iter().collect() };
        let mut aligned = vec![0u64; bytes.len().div_ceil(8)];
        // SAFETY: there is room for the bytes.
        unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), aligned.as_mut_ptr().cast(), bytes.len()) };
        let mut room = vec![u64::MAX; (to.size() * dtype.bytes()).div_ceil(8)];
        let units = Cut::of(&job).units().0;
        for unit in (0..units).rev() {
            // SAFETY: the operand lies inside of what is given, and the result has room; both are aligned to 8.
            unsafe { run(&job, &[aligned.as_ptr().cast()], room.as_mut_ptr().cast(), unit, unit + 1) };
        }
        let bytes: Vec<u8> = room.iter().flat_map(|word| word.to_ne_bytes()).collect();
        let found = Scalar::decode(dtype, &bytes[..to.size() * dtype.bytes()]);
        let expected = meaning::library(op, &[(&shape, &given)], dtype);
        (given, found, expected)
    }

    #[test]
    fn rows_of_all_lengths_and_strides_are_transformed() {
        let ops = [LibOp::Fft, LibOp::FftBack, LibOp::Rfft, LibOp::RfftBackEven, LibOp::RfftBackOdd];
        for (op, extent) in ops.iter().flat_map(|op| [1usize, 2, 3, 8, 13, 60, 97].map(|n| (*op, n))) {
            if transform_of(op).transformed(extent) == 0 {
                continue;
            }
            for double in [false, true] {
                let real = if double { DType::F64 } else { DType::F32 };
                let dtype = if op == LibOp::Rfft { real } else { real.to_complex() };
                let n = extent as i64;
                let layouts = [
                    strided(&[extent], dtype, 0, &[1]),
                    strided(&[3, 5, extent], dtype, 0, &[5 * n, n, 1]),
                    strided(&[11, extent], dtype, 2, &[1, 11]),
                    strided(&[2, 3, extent], dtype, 0, &[3 * n, 1, 3]),
                ];
                for layout in layouts {
                    let shape = Shape::new(&layout.shape).unwrap();
                    let (given, found, expected) = result(op, layout, 4000);
                    let far = meaning::near(op, &[(&shape, &given)], &found, &expected);
                    assert_eq!(far, None, "{op:?} of {shape} {dtype}");
                }
            }
        }
    }

    #[test]
    fn units_are_cut_by_shape_alone() {
        let cut = |shape: &[usize], strides: &[i64]| {
            let operands = [strided(shape, DType::C64, 0, strides)].into_iter().collect();
            Cut::of(&LibraryJob { op: LibOp::Fft, dtype: DType::C64, operands })
        };
        assert_eq!(cut(&[1000, 1024], &[1024, 1]).unit, 8);
        assert_eq!(cut(&[1000, 1 << 20], &[1 << 20, 1]).unit, 1);
        assert_eq!(cut(&[1 << 12, 1 << 12], &[1, 1 << 12]).unit, 8);
        assert_eq!(cut(&[3, 4], &[4, 1]).units(), (1, 1366));
    }

    #[test]
    fn the_latest_plans_are_kept() {
        for points in [1 << 21, 1 << 21, 3 << 20, 1 << 21, 64] {
            f32::plan(LibOp::Fft, points);
        }
        let kept: usize = fork::lock(f32::plans()).iter().map(|((_, points), _)| points).sum();
        assert!(kept <= MOST_POINTS + (1 << 21), "{kept}");
    }
}
