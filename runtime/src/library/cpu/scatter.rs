//! Writing by index: the values that a place is given come in the order of their sources.
//!
//! A unit owns a range of the places and walks all sources in order, so that no two threads write one
//! element and nothing depends on how many there are. Integers, least and greatest values are combined
//! as they come. A sum or product of floats is the fold of the values of its place, in the order that
//! every fold of a row has: where the places are few, the folds of all of them are under way at once;
//! where they are many, the values are first sorted by place, and folded place by place. What is under way
//! and the sorted values lie in the scratch of the launch, so that how much memory a scatter takes is known
//! before it runs.
//!
//! The places were looked at by the kernel that made them. One that lies outside all the same is
//! nobody's, and is passed over.

use super::order::{Block, MOST_LEVELS, Running, levels};
use numfuse_ir::dtype::DType;
use numfuse_ir::ops::fold::Fold;
use numfuse_ir::schedule::{LibraryJob, Strided};

/// Sources from which on units are worth handing to other workers.
const TASK: usize = 1 << 16;

/// Units of a job that is shared. A task of several walks all sources once.
const UNITS: usize = 16;

/// Bytes of a result beyond which most of its elements are in no cache near a core.
const FAR: usize = 8 << 20;

/// The most places whose folds are under way at once.
const FEW_PLACES: usize = 1024;

/// How many elements, sources and units a job has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::library) struct Cut {
    elements: usize,
    sources: usize,
    units: usize,
    folds: Folds,
}

/// Where the folds of places are while they are under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Folds {
    /// There are none: values are combined as they come.
    None,
    /// Those of all places at once, each in so many blocks of so many bytes.
    AtOnce { levels: usize, block: usize },
    /// One after the other, of values sorted by place, each of so many bytes.
    Sorted { value: usize },
}

impl Cut {
    /// The cut of a job, from its shapes and types alone.
    pub(in crate::library) fn of(job: &LibraryJob) -> Cut {
        let (elements, sources) = (job.operands[0].shape[0], job.operands[1].shape[0]);
        let is_ordered = job.op.fold().is_some_and(|fold| !fold.is_free(job.dtype));
        // Walking the sources once more is worth it where writing costs more than reading.
        let is_slow = is_ordered || elements * job.dtype.bytes() > FAR;
        let units = if sources >= TASK && is_slow { UNITS.min(elements) } else { 1 };
        let folds = match is_ordered {
            false => Folds::None,
            true if elements > FEW_PLACES || sources < elements => Folds::Sorted { value: job.dtype.bytes() },
            true => Folds::AtOnce { levels: levels(sources), block: block_bytes(job.dtype) },
        };
        Cut { elements, sources, units, folds }
    }

    /// How many units there are, and how many of them make a task: each worker walks the sources once.
    pub(in crate::library) fn units(self, workers: usize) -> (u64, u64) {
        (self.units as u64, self.units.div_ceil(workers.max(1)) as u64)
    }

    /// Memory for the folds under way, or for the sorted values and where those of each place end.
    pub(in crate::library) fn scratch_bytes(self) -> usize {
        let end = if self.is_short() { size_of::<u32>() } else { size_of::<u64>() };
        match self.folds {
            Folds::None => 0,
            Folds::AtOnce { levels, block } => self.elements * levels * block,
            Folds::Sorted { value } => self.sorted_bytes(value) + self.elements * end,
        }
    }

    /// Memory for the sorted values, with what aligns what comes after them.
    fn sorted_bytes(self, value: usize) -> usize {
        (self.sources * value).next_multiple_of(size_of::<u64>())
    }

    /// Whether sources are counted in 32 bits.
    fn is_short(self) -> bool {
        self.sources < u32::MAX as usize
    }

    /// The first place of a unit.
    fn place(self, unit: u64) -> usize {
        // Units are few.
        (self.elements as u128 * u128::from(unit) / self.units as u128) as usize
    }
}

/// The bytes of a block of a fold; what is combined as it comes has none.
fn block_bytes(dtype: DType) -> usize {
    if dtype == DType::F32 { size_of::<Block<f32>>() } else { size_of::<Block<f64>>() }
}

/// Does units `from..to` of a job.
///
/// # Safety
/// As for [`library::run`](crate::library): operands lie where the job says, aligned for their types,
/// and nobody else writes to them or to the elements of these units; `scratch` has the room that
/// [`Cut::scratch_bytes`] asks for, aligned to 8 bytes, and is shared by the units of this run alone.
pub(in crate::library) unsafe fn run(
    job: &LibraryJob,
    operands: &[*const u8],
    result: *mut u8,
    scratch: *mut u8,
    from: u64,
    to: u64,
) {
    let cut = Cut::of(job);
    let range = (cut.place(from), cut.place(to));
    macro_rules! scatter {
        ($T:ty) => {{
            // SAFETY: our caller's promises; the job has elements of this type.
            unsafe { Part::<$T>::new(job, operands, result, range) }
        }};
    }
    macro_rules! combine {
        ($T:ty) => {{
            let mut part = scatter!($T);
            match job.op.fold() {
                None => part.combine(|_, value| value),
                Some(Fold::Sum) => part.combine(<$T>::plus),
                Some(Fold::Prod) => part.combine(<$T>::times),
                Some(Fold::Min) => part.combine(<$T>::least),
                Some(Fold::Max) => part.combine(<$T>::greatest),
                Some(Fold::Any | Fold::All | Fold::ArgMin | Fold::ArgMax | Fold::Moments) => {
                    unreachable!("no row has it")
                }
                Some(Fold::PairProd | Fold::PairArgMin | Fold::PairArgMax | Fold::Products) => {
                    unreachable!("no row has it")
                }
            }
        }};
    }
    macro_rules! fold {
        ($T:ty, $fold:expr) => {{
            let mut part = scatter!($T);
            // SAFETY: the scratch is as our caller says.
            unsafe { part.fold($fold, cut, scratch) }
        }};
    }
    match (job.dtype, job.op.fold()) {
        (DType::F32, Some(Fold::Sum)) => fold!(f32, (0.0, f32::plus)),
        (DType::F32, Some(Fold::Prod)) => fold!(f32, (1.0, f32::times)),
        (DType::F64, Some(Fold::Sum)) => fold!(f64, (0.0, f64::plus)),
        (DType::F64, Some(Fold::Prod)) => fold!(f64, (1.0, f64::times)),
        (DType::F32, _) => combine!(f32),
        (DType::F64, _) => combine!(f64),
        (DType::I8, _) => combine!(i8),
        (DType::I16, _) => combine!(i16),
        (DType::I32, _) => combine!(i32),
        (DType::I64, _) => combine!(i64),
        // Bools are bytes, of which the least is `and`; halfs are only moved.
        (DType::U8 | DType::Bool, _) => combine!(u8),
        (DType::U16 | DType::F16 | DType::BF16, _) => combine!(u16),
        (DType::U32, _) => combine!(u32),
        // So are complex numbers: those that are added go part by part.
        (DType::U64 | DType::C64, _) => combine!(u64),
        (DType::C128, _) => combine!(u128),
    }
}

/// What values of a place come to.
trait Element: Copy {
    fn plus(self, other: Self) -> Self;
    fn times(self, other: Self) -> Self;
    fn least(self, other: Self) -> Self;
    fn greatest(self, other: Self) -> Self;
}

macro_rules! integers {
    ($($T:ty)+) => { $(
        impl Element for $T {
            fn plus(self, other: $T) -> $T { self.wrapping_add(other) }
            fn times(self, other: $T) -> $T { self.wrapping_mul(other) }
            fn least(self, other: $T) -> $T { self.min(other) }
            fn greatest(self, other: $T) -> $T { self.max(other) }
        }
    )+ };
}

integers! { i8 i16 i32 i64 u8 u16 u32 u64 u128 }

macro_rules! floats {
    ($($T:ty)+) => { $(
        impl Element for $T {
            fn plus(self, other: $T) -> $T { self + other }
            fn times(self, other: $T) -> $T { self * other }

            /// A NaN wins, -0 is below +0.
            fn least(self, other: $T) -> $T {
                let stays = self.is_nan() || self < other || self == other && self.is_sign_negative();
                if stays { self } else { other }
            }

            /// A NaN wins, -0 is below +0.
            fn greatest(self, other: $T) -> $T {
                let stays = self.is_nan() || self > other || self == other && self.is_sign_positive();
                if stays { self } else { other }
            }
        }
    )+ };
}

floats! { f32 f64 }

/// Elements by a start and a stride.
struct Column<T> {
    start: *const T,
    stride: isize,
}

impl<T: Copy> Column<T> {
    /// # Safety
    /// The operand's elements lie at its strides from `start`, aligned, and stay as they are.
    unsafe fn new(operand: &Strided, start: *const u8) -> Column<T> {
        // SAFETY: the first element lies in the buffer.
        let start = unsafe { start.cast::<T>().offset(operand.offset as isize) };
        Column { start, stride: operand.strides[0] as isize }
    }

    /// # Safety
    /// The operand has more elements than `at`.
    unsafe fn get(&self, at: usize) -> T {
        // SAFETY: an element of the operand lies there.
        unsafe { self.start.offset(at as isize * self.stride).read() }
    }
}

/// The elements of some places, with all the sources.
struct Part<'a, T> {
    /// The first of the places.
    first: usize,
    elements: &'a mut [T],
    places: Column<i64>,
    values: Column<T>,
    sources: usize,
}

impl<T: Element> Part<'_, T> {
    /// The places from `range.0` to before `range.1`, with the elements that the base has there.
    ///
    /// # Safety
    /// As for [`run`], of a job with elements of this type.
    unsafe fn new(
        job: &LibraryJob,
        operands: &[*const u8],
        result: *mut u8,
        (first, end): (usize, usize),
    ) -> Part<'static, T> {
        // SAFETY: the operands lie where the job says.
        let (base, places, values) = unsafe {
            (
                Column::<T>::new(&job.operands[0], operands[0]),
                Column::new(&job.operands[1], operands[1]),
                Column::new(&job.operands[2], operands[2]),
            )
        };
        // SAFETY: the result has room for all elements, and these are ours alone. What is written over
        // the base itself is there already.
        let elements = unsafe {
            let ours = result.cast::<T>().add(first);
            if base.start != result.cast_const().cast() {
                (first..end).for_each(|at| ours.add(at - first).write(base.get(at)));
            }
            std::slice::from_raw_parts_mut(ours, end - first)
        };
        Part { first, elements, places, values, sources: job.operands[1].shape[0] }
    }

    /// Which of our elements a source is for, if it is one of ours.
    fn target(&self, source: usize) -> Option<usize> {
        // SAFETY: there are so many sources.
        let place = unsafe { self.places.get(source) } as usize;
        let target = place.wrapping_sub(self.first);
        (target < self.elements.len()).then_some(target)
    }

    fn value(&self, source: usize) -> T {
        // SAFETY: there are so many sources.
        unsafe { self.values.get(source) }
    }

    /// Each value combined with the element at its place, in order.
    fn combine(&mut self, op: impl Fn(T, T) -> T) {
        for source in 0..self.sources {
            if let Some(target) = self.target(source) {
                self.elements[target] = op(self.elements[target], self.value(source));
            }
        }
    }

    /// Each element combined with the fold of the values of its place.
    ///
    /// # Safety
    /// As for [`run`].
    unsafe fn fold<O: Fn(T, T) -> T + Copy>(&mut self, fold: (T, O), cut: Cut, scratch: *mut u8) {
        match cut.folds {
            Folds::None => unreachable!("values that come in any order are combined as they come"),
            // SAFETY: the scratch has room for so many blocks.
            Folds::AtOnce { levels, .. } => unsafe { self.fold_at_once(fold, levels, scratch.cast()) },
            Folds::Sorted { value } => {
                // SAFETY: the scratch has room for the values and, after them, for ends of this size.
                unsafe {
                    let ends = scratch.add(cut.sorted_bytes(value));
                    match cut.is_short() {
                        true => self.fold_sorted::<u32, O>(fold, scratch.cast(), ends.cast()),
                        false => self.fold_sorted::<u64, O>(fold, scratch.cast(), ends.cast()),
                    }
                }
            }
        }
    }

    /// # Safety
    /// `scratch` has room for so many blocks for each of all elements, and nobody else uses those of our
    /// places.
    unsafe fn fold_at_once<O: Fn(T, T) -> T + Copy>(
        &mut self,
        (nothing, op): (T, O),
        levels: usize,
        scratch: *mut Block<T>,
    ) {
        let count = self.elements.len() * levels;
        // SAFETY: the blocks of our places, each written before there is a reference to it.
        let blocks = unsafe {
            let ours = scratch.add(self.first * levels);
            (0..count).for_each(|at| ours.add(at).write(Block::new(nothing)));
            std::slice::from_raw_parts_mut(ours, count)
        };
        for source in 0..self.sources {
            if let Some(target) = self.target(source) {
                let levels = &mut blocks[target * levels..][..levels];
                Running::new(nothing, op, levels).take(self.value(source));
            }
        }
        for (element, levels) in self.elements.iter_mut().zip(blocks.chunks_exact_mut(levels)) {
            let folded = Running::new(nothing, op, levels).finish();
            *element = folded.map_or(*element, |folded| op(*element, folded));
        }
    }

    /// # Safety
    /// `sorted` has room for a value of each source, and `ends` for an end for each of all elements; nobody
    /// else uses the ends of our places and the values of the sources that write to them.
    unsafe fn fold_sorted<E: End, O: Fn(T, T) -> T + Copy>(
        &mut self,
        (nothing, op): (T, O),
        sorted: *mut T,
        ends: *mut E,
    ) {
        let count = self.elements.len();
        // SAFETY: the ends of our places, each written before there is a reference to it.
        let ends = unsafe {
            let ours = ends.add(self.first);
            (0..count).for_each(|target| ours.add(target).write(E::of(0)));
            std::slice::from_raw_parts_mut(ours, count)
        };
        // How many values each place has, and all places before ours.
        let mut before = 0;
        for source in 0..self.sources {
            // SAFETY: there are so many sources.
            let place = unsafe { self.places.get(source) } as usize;
            before += usize::from(place < self.first);
            if let Some(end) = ends.get_mut(place.wrapping_sub(self.first)) {
                *end = E::of(end.place() + 1);
            }
        }
        // The place of the first value of each, which goes on to its end as they are written.
        let mut next = before;
        for end in ends.iter_mut() {
            let values = end.place();
            *end = E::of(next);
            next += values;
        }
        for source in 0..self.sources {
            if let Some(target) = self.target(source) {
                let at = ends[target].place();
                // SAFETY: there are no more values than sources, and these places are ours.
                unsafe { sorted.add(at).write(self.value(source)) };
                ends[target] = E::of(at + 1);
            }
        }
        // SAFETY: the values before `next` were written.
        let values = unsafe { std::slice::from_raw_parts(sorted.add(before), next - before) };
        let mut blocks = [Block::new(nothing); MOST_LEVELS];
        let mut fold = Running::new(nothing, op, &mut blocks[..levels(self.sources)]);
        let mut from = 0;
        for (element, end) in self.elements.iter_mut().zip(ends.iter()) {
            let to = end.place() - before;
            if let Some(folded) = fold.all(&values[from..to]) {
                *element = op(*element, folded);
            }
            from = to;
        }
    }
}

/// Where the values of a place end.
trait End: Copy {
    fn of(place: usize) -> Self;
    fn place(self) -> usize;
}

macro_rules! ends {
    ($($T:ty)+) => { $(
        impl End for $T {
            fn of(place: usize) -> $T {
                place as $T
            }

            fn place(self) -> usize {
                self as usize
            }
        }
    )+ };
}

ends! { u32 u64 }

#[cfg(test)]
mod tests {
    use super::*;
    use numfuse_ir::graph::meaning;
    use numfuse_ir::ops::library::LibOp;
    use numfuse_ir::scalar::Scalar;
    use numfuse_ir::shape::Shape;

    fn job(op: LibOp, elements: usize, sources: usize) -> LibraryJob {
        let row =
            |dtype, n: usize| Strided { dtype, shape: [n][..].into(), offset: 0, strides: [1][..].into() };
        let operands = [row(DType::F64, elements), row(DType::I64, sources), row(DType::F64, sources)];
        LibraryJob { op, dtype: DType::F64, operands: operands.into_iter().collect() }
    }

    /// The result of a job of so many elements and sources, in as many calls as it has units.
    fn result(job: &LibraryJob, base: &[f64], places: &[i64], values: &[f64]) -> Vec<f64> {
        let cut = Cut::of(job);
        let mut scratch = vec![0u64; cut.scratch_bytes().div_ceil(8)];
        let mut result = vec![f64::NAN; base.len()];
        let operands = [base.as_ptr().cast(), places.as_ptr().cast(), values.as_ptr().cast::<u8>()];
        let (to, scratch) = (result.as_mut_ptr().cast(), scratch.as_mut_ptr().cast());
        for unit in 0..cut.units(1).0 {
            // SAFETY: the arrays are those of the job, and the scratch is as large as it asks for.
            unsafe { run(job, &operands, to, scratch, unit, unit + 1) };
        }
        result
    }

    #[test]
    fn results_are_their_meaning_whichever_way_they_are_made() {
        // One at once, few at once, sorted, sorted in units.
        for (elements, sources) in
            [(1, 70_000), (7, 2000), (5, 3), (3000, 5000), (2000, 80_000), (1, 300_000)]
        {
            let hash = |i: usize| (i as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 33;
            let base: Vec<f64> = (0..elements).map(|i| hash(i) as f64 * 1e-3).collect();
            let places: Vec<i64> = (0..sources).map(|i| (hash(i + 17) % elements as u64) as i64).collect();
            let values: Vec<f64> = (0..sources).map(|i| 1.0 + (hash(i + 99) % 1000) as f64 * 1e-5).collect();
            let floats = |x: &[f64]| x.iter().map(|&x| Scalar::f64(x)).collect::<Vec<_>>();
            let indices: Vec<Scalar> =
                places.iter().map(|&i| Scalar::from_i128(DType::I64, i.into())).collect();
            let data = [floats(&base), indices, floats(&values)];
            for op in LibOp::ALL.iter().copied().filter(|op| op.is_scatter()) {
                let job = job(op, elements, sources);
                let shapes = [elements, sources, sources].map(|n| Shape::new(&[n]).unwrap());
                let operands: Vec<_> = shapes.iter().zip(&data).map(|(s, d)| (s, &d[..])).collect();
                let expected = meaning::library(op, &operands, DType::F64);
                let found = floats(&result(&job, &base, &places, &values));
                assert!(found == expected, "{op:?} of {sources} to {elements}");
            }
        }
    }

    #[test]
    fn the_number_of_units_follows_from_the_shapes() {
        let units = |op, elements, sources| Cut::of(&job(op, elements, sources)).units(3);
        assert_eq!(units(LibOp::AddAt, 1000, 1 << 20), (16, 6));
        assert_eq!(units(LibOp::AddAt, 1000, 1 << 10), (1, 1));
        assert_eq!(units(LibOp::AddAt, 2, 1 << 20), (2, 1));
        assert_eq!(units(LibOp::Put, 1000, 1 << 20), (1, 1));
        assert_eq!(units(LibOp::Put, 1 << 22, 1 << 20), (16, 6));
    }

    #[test]
    fn a_place_outside_is_nobodys() {
        let job = job(LibOp::Put, 2, 3);
        assert_eq!(result(&job, &[1.0, 2.0], &[-1, 2, 0], &[5.0, 6.0, 7.0]), [7.0, 2.0]);
    }
}
