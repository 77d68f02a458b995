//! Matrix products: tiles of the results, each handed to the crate `matrixmultiply`.
//!
//! The crate multiplies matrices of any strides, so that transposed, sliced and broadcast operands are
//! read where they lie; while it runs it packs parts of them into a megabyte of memory of its own. A
//! tile takes whole rows of the left operand and whole columns of the right one: each element of a
//! result is one sum, made by one call.

use half::{bf16, f16};
use matrixmultiply::CGemmOption::Standard;
use numfuse_ir::dtype::DType;
use numfuse_ir::schedule::{LibraryJob, Strided};

/// Rows and columns of a tile: enough that packing its operands costs little beside multiplying them.
const TILE: usize = 256;

/// Where tiles would be too few to share.
const SMALL_TILE: usize = 128;

/// Fewer tiles than this are too few.
const FEW_TILES: usize = 16;

/// Multiplications that are worth handing to another worker.
const TASK: usize = 1 << 19;

/// How the products of one job are cut into tiles; from their shapes alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::library) struct Cut {
    batches: usize,
    /// How many axes the batches have.
    axes: usize,
    m: usize,
    n: usize,
    k: usize,
    /// Rows and columns of a tile; the last ones are perhaps smaller.
    tile: [usize; 2],
}

impl Cut {
    /// The cut of a job.
    pub(in crate::library) fn of(job: &LibraryJob) -> Cut {
        let [left, right] = &job.operands[..] else { unreachable!("a matrix product has two operands") };
        let axes = apart(left, right);
        let (batch, matrix) = left.shape.split_at(axes);
        let (rows, columns) = matrix.split_at(matrix.len() - 1);
        let (m, k, n) = (rows.iter().product(), columns[0], right.shape[right.shape.len() - 1]);
        let batches: usize = batch.iter().product();
        let cut = |side: usize| Cut { batches, axes, m, n, k, tile: [even(m, side), even(n, side)] };
        let large = cut(TILE);
        if large.tiles() < FEW_TILES { cut(SMALL_TILE) } else { large }
    }

    /// How many tiles there are, and how many of them make a task.
    pub(in crate::library) fn units(self) -> (u64, u64) {
        let work = self.tile[0] * self.tile[1] * self.k;
        (self.tiles() as u64, TASK.div_ceil(work.max(1)) as u64)
    }

    /// At most how many bytes the crate packs a tile into: a block of each operand, of its kernels' whole
    /// rows and columns, and what aligns them.
    pub(in crate::library) fn packed_bytes(self, dtype: DType) -> usize {
        /// What the crate takes at once of rows, of the terms of sums, and of columns.
        const MOST: [usize; 3] = [64, 256, 1024];
        /// Rows and columns of its largest kernel.
        const KERNEL: usize = 16;
        const ALIGNMENT: usize = 64;
        let [rows, columns] = self.tile;
        let whole = |extent: usize, most: usize| extent.min(most).next_multiple_of(KERNEL);
        let beside = whole(rows, MOST[0]) + whole(columns, MOST[2]);
        let packed = self.k.min(MOST[1]) * beside * dtype.working().bytes() + ALIGNMENT;
        // Half types are widened first, and rounded after.
        let widened = self.k * (rows + columns) + rows * columns;
        packed + if dtype.is_half() { widened * size_of::<f32>() } else { 0 }
    }

    fn tiles(self) -> usize {
        let [rows, columns] = self.tile;
        self.batches * self.m.div_ceil(rows) * self.n.div_ceil(columns)
    }

    /// The batch of a tile, its first row and column, and how many of them it has.
    fn tile(self, at: usize) -> (usize, [usize; 2], [usize; 2]) {
        let [rows, columns] = self.tile;
        let across = self.n.div_ceil(columns);
        let down = self.m.div_ceil(rows);
        let (i, j) = (at / across % down * rows, at % across * columns);
        (at / across / down, [i, j], [rows.min(self.m - i), columns.min(self.n - j)])
    }
}

/// How many axes before the matrices are batches: those of the last that see one right operand, and
/// along which the left one goes on as from row to row, are rows.
fn apart(left: &Strided, right: &Strided) -> usize {
    let axes = left.shape.len() - 2;
    let (mut kept, mut rows) = (axes, left.shape[axes] as i64);
    while kept > 0 {
        let (extent, along) = (left.shape[kept - 1], left.strides[kept - 1]);
        let same = right.strides[kept - 1] == 0 && along == rows * left.strides[axes];
        if extent != 1 && !same {
            break;
        }
        kept -= 1;
        rows *= extent as i64;
    }
    kept
}

/// Parts of at most `most` that are as equal as whole vectors allow.
fn even(extent: usize, most: usize) -> usize {
    const VECTOR: usize = 16;
    let parts = extent.div_ceil(most).max(1);
    extent.div_ceil(parts).next_multiple_of(VECTOR).min(extent.max(1))
}

/// Does tiles `from..to` of a job.
///
/// # Safety
/// As for [`library::run`](crate::library): operands lie where the job says, aligned for its type, and
/// nobody else writes to them or to these tiles of the result.
pub(in crate::library) unsafe fn run(
    job: &LibraryJob,
    operands: &[*const u8],
    result: *mut u8,
    from: u64,
    to: u64,
) {
    let [left, right] = &job.operands[..] else { unreachable!("a matrix product has two operands") };
    let cut = Cut::of(job);
    for at in from..to {
        let (batch, [i, j], [rows, columns]) = cut.tile(at as usize);
        let (a, [a_row, a_column]) = start(left, cut.axes, batch, [i, 0]);
        let (b, [b_row, b_column]) = start(right, cut.axes, batch, [0, j]);
        let (c, c_row) = ((batch * cut.m + i) * cut.n + j, cut.n as isize);
        macro_rules! multiply {
            ($T:ty, $gemm:ident($($flag:expr),*), $one:expr, $zero:expr) => {{
                let [x, y] = [operands[0], operands[1]].map(|operand| operand.cast::<$T>());
                // SAFETY: the operands' elements lie at these starts and strides, those of the tile are
                // ours alone, and with a factor of 0 before it the result is not read.
                unsafe {
                    matrixmultiply::$gemm(
                        $($flag,)*
                        rows,
                        cut.k,
                        columns,
                        $one,
                        x.offset(a),
                        a_row,
                        a_column,
                        y.offset(b),
                        b_row,
                        b_column,
                        $zero,
                        result.cast::<$T>().add(c),
                        c_row,
                        1,
                    );
                }
            }};
        }
        match job.dtype {
            DType::F32 => multiply!(f32, sgemm(), 1.0, 0.0),
            DType::F64 => multiply!(f64, dgemm(), 1.0, 0.0),
            DType::C64 => multiply!([f32; 2], cgemm(Standard, Standard), [1.0, 0.0], [0.0, 0.0]),
            DType::C128 => multiply!([f64; 2], zgemm(Standard, Standard), [1.0, 0.0], [0.0, 0.0]),
            DType::F16 | DType::BF16 => {
                let given = Halves { left: (a, [a_row, a_column]), right: (b, [b_row, b_column]) };
                // SAFETY: as above; the tile of the result is ours alone.
                unsafe {
                    match job.dtype {
                        DType::F16 => given.multiply::<f16>(cut, operands, result, (rows, columns), c),
                        _ => given.multiply::<bf16>(cut, operands, result, (rows, columns), c),
                    }
                }
            }
            DType::Bool | DType::I8 | DType::I16 | DType::I32 | DType::I64 => unreachable!("no row has it"),
            DType::U8 | DType::U16 | DType::U32 | DType::U64 => unreachable!("no row has it"),
        }
    }
}

/// Where a tile's operands of a half type begin, and their strides.
struct Halves {
    left: (isize, [isize; 2]),
    right: (isize, [isize; 2]),
}

/// A half type, by way of float32.
trait Half: Copy {
    fn wide(self) -> f32;
    fn rounded(x: f32) -> Self;
}

macro_rules! halves {
    ($($T:ident)+) => { $(
        impl Half for $T {
            fn wide(self) -> f32 {
                self.to_f32()
            }
            fn rounded(x: f32) -> $T {
                $T::from_f32(x)
            }
        }
    )+ };
}

halves! { f16 bf16 }

impl Halves {
    /// Multiplies a tile in float32, of copies of its rows and columns, and rounds it.
    ///
    /// # Safety
    /// As for [`run`], for a tile of so many rows and columns whose first element is the `at`-th of the result.
    unsafe fn multiply<T: Half>(
        &self,
        cut: Cut,
        operands: &[*const u8],
        result: *mut u8,
        (rows, columns): (usize, usize),
        at: usize,
    ) {
        let wide = |from: *const u8, (start, [down, across]): (isize, [isize; 2]), [m, n]: [usize; 2]| {
            let from = from.cast::<T>();
            let mut copy = Vec::with_capacity(m * n);
            for i in 0..m as isize {
                // SAFETY: by our caller's promise the element lies there.
                let row =
                    (0..n as isize).map(|j| unsafe { *from.offset(start + i * down + j * across) }.wide());
                copy.extend(row);
            }
            copy
        };
        let (left, right) =
            (wide(operands[0], self.left, [rows, cut.k]), wide(operands[1], self.right, [cut.k, columns]));
        let mut product = vec![0f32; rows * columns];
        let (k, n) = (cut.k as isize, columns as isize);
        // SAFETY: the copies are row-major matrices of these extents.
        unsafe {
            let (left, right, product) = (left.as_ptr(), right.as_ptr(), product.as_mut_ptr());
            matrixmultiply::sgemm(rows, cut.k, columns, 1.0, left, k, 1, right, n, 1, 0.0, product, n, 1);
        }
        for (i, row) in product.chunks_exact(columns).enumerate() {
            for (j, &x) in row.iter().enumerate() {
                // SAFETY: by our caller's promise the result has it, and it is ours.
                unsafe { result.cast::<T>().add(at + i * cut.n + j).write(T::rounded(x)) };
            }
        }
    }
}

/// Where the element at `place` of a batch's matrix lies in an operand, and the matrix's strides.
fn start(operand: &Strided, axes: usize, batch: usize, place: [usize; 2]) -> (isize, [isize; 2]) {
    let last = operand.shape.len() - 2;
    let (mut rest, mut at) = (batch, operand.offset);
    for axis in (0..axes).rev() {
        at += (rest % operand.shape[axis]) as i64 * operand.strides[axis];
        rest /= operand.shape[axis];
    }
    let strides = [operand.strides[last], operand.strides[last + 1]].map(|stride| stride as isize);
    let inside = place[0] as isize * strides[0] + place[1] as isize * strides[1];
    (at as isize + inside, strides)
}

#[cfg(test)]
mod tests {
    use super::*;
    use numfuse_ir::ops::library::LibOp;

    fn job(shapes: [&[usize]; 2], dtype: DType) -> LibraryJob {
        let strided = |shape: &[usize]| {
            let mut strides: Vec<i64> = vec![1; shape.len()];
            (1..shape.len()).rev().for_each(|a| strides[a - 1] = strides[a] * shape[a] as i64);
            Strided { dtype, shape: shape.into(), offset: 0, strides: strides.into() }
        };
        LibraryJob { op: LibOp::Matmul, dtype, operands: shapes.map(strided).into() }
    }

    #[test]
    fn tiles_cover_the_result_once() {
        for (a, b) in [([1, 1, 1], [1, 1, 1]), ([3, 257, 5], [3, 5, 1000]), ([40, 20, 7], [40, 7, 33])] {
            let cut = Cut::of(&job([&a, &b], DType::F32));
            let mut seen = vec![0; a[0] * a[1] * b[2]];
            for at in 0..cut.tiles() {
                let (batch, [i, j], [rows, columns]) = cut.tile(at);
                for (i, j) in (i..i + rows).flat_map(|i| (j..j + columns).map(move |j| (i, j))) {
                    seen[(batch * a[1] + i) * b[2] + j] += 1;
                }
            }
            assert!(seen.iter().all(|&times| times == 1), "{cut:?}");
        }
    }

    #[test]
    fn strides_of_any_sign_and_zero_are_read() {
        let a: Vec<f64> = (0..2000).map(|i| f64::from(i % 37) - 18.0).collect();
        let (m, n, k) = (5, 7, 11);
        for (offset, strides) in
            [(0, [11, 1]), (10, [11, -1]), (0, [1, 5]), (3, [0, 1]), (400, [-22, 2]), (9, [0, 0])]
        {
            let mut job = job([&[m, k], &[k, n]], DType::F64);
            let (dtype, shape, strides_of_a) = (DType::F64, [m, k][..].into(), strides[..].into());
            job.operands[0] = Strided { dtype, shape, offset, strides: strides_of_a };
            let mut c = vec![f64::NAN; m * n];
            let pointers = [a.as_ptr().cast::<u8>(); 2];
            // SAFETY: all places that these strides reach lie inside `a`, and `c` has a place for each
            // element of the result.
            unsafe { run(&job, &pointers, c.as_mut_ptr().cast(), 0, launch_units(&job)) };
            let at = |i: usize, l: usize| (offset + i as i64 * strides[0] + l as i64 * strides[1]) as usize;
            for (i, j) in (0..m).flat_map(|i| (0..n).map(move |j| (i, j))) {
                let expected: f64 = (0..k).map(|l| a[at(i, l)] * a[l * n + j]).sum();
                assert_eq!(c[i * n + j], expected, "{offset} {strides:?} at {i}, {j}");
            }
        }
    }

    #[test]
    fn complex_numbers_and_halves_are_multiplied() {
        let (m, n, k) = (9, 12, 10);
        let number = |i: usize| ((i * 7 % 11) as f32 - 5.0, (i * 5 % 7) as f32 - 3.0);
        let sum = |i: usize, j: usize| {
            (0..k)
                .map(|l| (number(i * k + l), number(l * n + j)))
                .fold((0.0, 0.0), |sum, ((x, y), (u, v))| (sum.0 + x * u - y * v, sum.1 + x * v + y * u))
        };
        let numbers: Vec<[f32; 2]> = (0..m * n * k).map(|i| number(i).into()).collect();
        let mut c = vec![[f32::NAN; 2]; m * n];
        let of = job([&[m, k], &[k, n]], DType::C64);
        // SAFETY: there are as many numbers as the matrices have elements.
        unsafe { run(&of, &[numbers.as_ptr().cast(); 2], c.as_mut_ptr().cast(), 0, launch_units(&of)) };
        assert!((0..m * n).all(|at| (c[at][0], c[at][1]) == sum(at / n, at % n)));
        let real =
            |i: usize, j: usize| (0..k).map(|l| number(i * k + l).0 * number(l * n + j).0).sum::<f32>();
        let halves: Vec<f16> = numbers.iter().map(|x| f16::from_f32(x[0])).collect();
        let mut c = vec![f16::NAN; m * n];
        let of = job([&[m, k], &[k, n]], DType::F16);
        // SAFETY: as above.
        unsafe { run(&of, &[halves.as_ptr().cast(); 2], c.as_mut_ptr().cast(), 0, launch_units(&of)) };
        assert!((0..m * n).all(|at| c[at] == f16::from_f32(real(at / n, at % n))));
    }

    #[test]
    fn batches_that_lie_as_rows_are_rows() {
        let mut one = job([&[6, 30, 40], &[6, 40, 50]], DType::F32);
        assert_eq!(Cut::of(&one).batches, 6);
        one.operands[1].strides[0] = 0;
        assert_eq!((Cut::of(&one).batches, Cut::of(&one).m), (1, 180));
        one.operands[0].strides = [30, 180, 1][..].into();
        assert_eq!((Cut::of(&one).batches, Cut::of(&one).m), (6, 30));
    }

    fn launch_units(job: &LibraryJob) -> u64 {
        Cut::of(job).units().0
    }
}
