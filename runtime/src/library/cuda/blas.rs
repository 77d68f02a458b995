//! Matrix products by cuBLAS.
//!
//! cuBLAS counts along columns: a row-major product `A B` is to it the product of the transposes in the other
//! order, and a matrix whose rows or whose columns lie side by side is read where it lies. Floats and complex
//! numbers are multiplied in their own precision, half types in that of float32; TF32 is never used.

use crate::cuda::{Error, Failure, Gpu, Provider};
use crate::fork;
use cudarc::cublas::sys::{
    self, cublasComputeType_t as Compute, cublasGemmAlgo_t, cublasHandle_t, cublasOperation_t as Operation,
    cublasStatus_t, cudaDataType,
};
use num_complex::Complex;
use numfuse_ir::dtype::DType;
use numfuse_ir::schedule::{LibraryJob, Strided};
use smallvec::SmallVec;
use std::ffi::c_void;
use std::sync::{Mutex, OnceLock};

/// One or several products of equal shape, as cuBLAS takes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::library) struct Product {
    m: i32,
    n: i32,
    k: i32,
    left: Matrix,
    right: Matrix,
    /// The axes of the batches, the fastest last: their extents, and how far the operands go on along each.
    batches: SmallVec<[(usize, i64, i64); 2]>,
}

/// How a matrix lies: whether its rows go along columns of cuBLAS, and how far those are apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Matrix {
    is_row_major: bool,
    leading: i32,
    offset: i64,
}

impl Product {
    /// The product of a job, if cuBLAS can be asked for it.
    pub(in crate::library) fn of(job: &LibraryJob) -> Option<Product> {
        let [left, right] = &job.operands[..] else { return None };
        data_type(job.dtype)?;
        let axes = left.shape.len() - 2;
        let ((m, k), n) = ((left.shape[axes], left.shape[axes + 1]), right.shape[axes + 1]);
        if left.shape.contains(&0) || right.shape.contains(&0) {
            return None;
        }
        let mut batches: SmallVec<[(usize, i64, i64); 2]> = SmallVec::new();
        for axis in (0..axes).rev().filter(|&axis| left.shape[axis] != 1) {
            let (extent, along) = (left.shape[axis], (left.strides[axis], right.strides[axis]));
            match batches.first_mut() {
                // It goes on where the faster axis ends.
                Some((inner, a, b)) if along == (*a * *inner as i64, *b * *inner as i64) => *inner *= extent,
                _ => batches.insert(0, (extent, along.0, along.1)),
            }
        }
        let [m, n, k] = [m, n, k].map(i32::try_from);
        Some(Product {
            m: m.ok()?,
            n: n.ok()?,
            k: k.ok()?,
            left: Matrix::of(left, axes)?,
            right: Matrix::of(right, axes)?,
            batches,
        })
    }

    /// Multiplies, on the stream of the GPU.
    ///
    /// # Safety
    /// The operands lie from these addresses of the GPU as the job says, and from the last one there is room for
    /// the result, which nobody else uses.
    pub(in crate::library) unsafe fn run(
        &self,
        gpu: &'static Gpu,
        dtype: DType,
        [left, right, result]: [u64; 3],
    ) -> Result<(), Error> {
        let handle = handle(gpu)?;
        let handle = fork::lock(handle);
        let bytes = dtype.bytes() as i64;
        let (inner, outer) = self.batches.split_last().map_or(((1, 0, 0), &[][..]), |(i, o)| (*i, o));
        let count: usize = outer.iter().map(|(extent, ..)| extent).product();
        let of_result = i64::from(self.m) * i64::from(self.n);
        for at in 0..count {
            let (mut rest, mut skip) = (at, (self.left.offset, self.right.offset));
            for (extent, a, b) in outer.iter().rev() {
                let digit = (rest % extent) as i64;
                rest /= extent;
                skip = (skip.0 + digit * a, skip.1 + digit * b);
            }
            let done = (at * inner.0) as i64 * of_result;
            let address = |base: u64, elements: i64| base.wrapping_add_signed(elements * bytes);
            let addresses = [address(left, skip.0), address(right, skip.1), address(result, done)];
            // SAFETY: by our caller's promise.
            unsafe { self.call(gpu, &handle, dtype, addresses, inner, of_result)? };
        }
        Ok(())
    }

    unsafe fn call(
        &self,
        gpu: &'static Gpu,
        handle: &Handle,
        dtype: DType,
        [left, right, result]: [u64; 3],
        (batches, along_left, along_right): (usize, i64, i64),
        along_result: i64,
    ) -> Result<(), Error> {
        let (data, compute) = data_type(dtype).expect("a product is of such types");
        let numbers = Numbers::of(dtype);
        let operation = |matrix: Matrix| match matrix.is_row_major {
            true => Operation::CUBLAS_OP_N,
            false => Operation::CUBLAS_OP_T,
        };
        let pointer = |address: u64| std::ptr::without_provenance_mut::<c_void>(address as usize);
        let algorithm = cublasGemmAlgo_t::CUBLAS_GEMM_DEFAULT;
        gpu.with(|| {
            // SAFETY: the handle is this GPU's, and the numbers live during the call; by our caller's promise the
            // matrices lie where the addresses say.
            let status = unsafe {
                sys::cublasGemmStridedBatchedEx(
                    handle.0,
                    operation(self.right),
                    operation(self.left),
                    self.n,
                    self.m,
                    self.k,
                    numbers.one(),
                    pointer(right),
                    data,
                    self.right.leading,
                    along_right,
                    pointer(left),
                    data,
                    self.left.leading,
                    along_left,
                    numbers.zero(),
                    pointer(result),
                    data,
                    self.n,
                    along_result,
                    batches as i32,
                    compute,
                    algorithm,
                )
            };
            check("cublasGemmStridedBatchedEx", status)
        })
    }
}

impl Matrix {
    /// The matrix in the last two axes of an operand, if its rows or its columns lie side by side.
    fn of(operand: &Strided, axes: usize) -> Option<Matrix> {
        let [rows, columns] = [operand.shape[axes], operand.shape[axes + 1]].map(|n| n as i64);
        let [down, across] = [operand.strides[axes], operand.strides[axes + 1]];
        // Along an axis of one element nothing goes on.
        let is_side_by_side = |stride: i64, extent: i64| stride == 1 || extent == 1;
        let leading = |stride: i64, extent: i64, least: i64| match extent {
            1 => Some(least),
            _ => Some(stride).filter(|&stride| stride >= least),
        };
        let (is_row_major, leading) = if is_side_by_side(across, columns) {
            (true, leading(down, rows, columns)?)
        } else if is_side_by_side(down, rows) {
            (false, leading(across, columns, rows)?)
        } else {
            return None;
        };
        Some(Matrix { is_row_major, leading: i32::try_from(leading).ok()?, offset: operand.offset })
    }
}

/// CUDA's name of a type, and in what precision its products are summed.
fn data_type(dtype: DType) -> Option<(cudaDataType, Compute)> {
    match dtype {
        DType::F16 => Some((cudaDataType::CUDA_R_16F, Compute::CUBLAS_COMPUTE_32F)),
        DType::BF16 => Some((cudaDataType::CUDA_R_16BF, Compute::CUBLAS_COMPUTE_32F)),
        DType::F32 => Some((cudaDataType::CUDA_R_32F, Compute::CUBLAS_COMPUTE_32F)),
        DType::F64 => Some((cudaDataType::CUDA_R_64F, Compute::CUBLAS_COMPUTE_64F)),
        DType::C64 => Some((cudaDataType::CUDA_C_32F, Compute::CUBLAS_COMPUTE_32F)),
        DType::C128 => Some((cudaDataType::CUDA_C_64F, Compute::CUBLAS_COMPUTE_64F)),
        DType::Bool | DType::I8 | DType::I16 | DType::I32 | DType::I64 => None,
        DType::U8 | DType::U16 | DType::U32 | DType::U64 => None,
    }
}

/// The numbers 1 and 0 in the type that products are summed in.
enum Numbers {
    F32([f32; 2]),
    F64([f64; 2]),
    C64([Complex<f32>; 2]),
    C128([Complex<f64>; 2]),
}

impl Numbers {
    fn of(dtype: DType) -> Numbers {
        match dtype {
            DType::F64 => Numbers::F64([1.0, 0.0]),
            DType::C64 => Numbers::C64([1.0, 0.0].map(|re| Complex::new(re, 0.0))),
            DType::C128 => Numbers::C128([1.0, 0.0].map(|re| Complex::new(re, 0.0))),
            DType::F16 | DType::BF16 | DType::F32 => Numbers::F32([1.0, 0.0]),
            DType::Bool | DType::I8 | DType::I16 | DType::I32 | DType::I64 => Numbers::F32([1.0, 0.0]),
            DType::U8 | DType::U16 | DType::U32 | DType::U64 => Numbers::F32([1.0, 0.0]),
        }
    }

    fn at(&self, place: usize) -> *const c_void {
        match self {
            Numbers::F32(numbers) => (&raw const numbers[place]).cast(),
            Numbers::F64(numbers) => (&raw const numbers[place]).cast(),
            Numbers::C64(numbers) => (&raw const numbers[place]).cast(),
            Numbers::C128(numbers) => (&raw const numbers[place]).cast(),
        }
    }

    fn one(&self) -> *const c_void {
        self.at(0)
    }

    fn zero(&self) -> *const c_void {
        self.at(1)
    }
}

/// What cuBLAS knows of a GPU.
pub(in crate::library) struct Handle(cublasHandle_t);

// SAFETY: a handle may be used from any thread, one at a time.
unsafe impl Send for Handle {}

/// The handle of a GPU, once it was asked for a product.
pub(in crate::library) type Kept = OnceLock<Result<Mutex<Handle>, Error>>;

/// The handle of a GPU, made at the first product, which takes a tenth of a second.
fn handle(gpu: &'static Gpu) -> Result<&'static Mutex<Handle>, Error> {
    let made = fork::once(&gpu.libraries().blas, || {
        Provider::Blas.expect()?;
        let mut handle = std::ptr::null_mut();
        gpu.with(|| {
            // SAFETY: the library is there, and the context is this GPU's; it writes a handle.
            check("cublasCreate", unsafe { sys::cublasCreate_v2(&mut handle) })?;
            // SAFETY: the handle was just made, and the stream is this GPU's.
            check("cublasSetStream", unsafe { sys::cublasSetStream_v2(handle, gpu.stream().cast()) })
        })?;
        Ok(Mutex::new(Handle(handle)))
    });
    made.as_ref().map_err(Clone::clone)
}

/// The result of a call by that name.
fn check(call: &'static str, status: cublasStatus_t) -> Result<(), Failure> {
    if status == cublasStatus_t::CUBLAS_STATUS_SUCCESS {
        return Ok(());
    }
    Err(Failure { call, code: status as u32, reason: format!("{status:?}") })
}

#[cfg(test)]
mod tests {
    use super::*;
    use numfuse_ir::ops::library::LibOp;

    fn job(left: (&[usize], &[i64]), right: (&[usize], &[i64])) -> LibraryJob {
        let operand = |(shape, strides): (&[usize], &[i64])| Strided {
            dtype: DType::F32,
            shape: shape.into(),
            offset: 0,
            strides: strides.into(),
        };
        LibraryJob { op: LibOp::Matmul, dtype: DType::F32, operands: [left, right].map(operand).into() }
    }

    #[test]
    fn what_lies_side_by_side_is_read_where_it_lies() {
        let product = Product::of(&job((&[3, 4], &[4, 1]), (&[4, 5], &[1, 9]))).unwrap();
        assert_eq!((product.m, product.n, product.k), (3, 5, 4));
        assert_eq!((product.left.is_row_major, product.left.leading), (true, 4));
        assert_eq!((product.right.is_row_major, product.right.leading), (false, 9));
        assert_eq!(
            Product::of(&job((&[3, 4], &[8, 2]), (&[4, 5], &[5, 1]))),
            None,
            "neither rows nor columns"
        );
        assert_eq!(Product::of(&job((&[3, 4], &[-4, 1]), (&[4, 5], &[5, 1]))), None, "rows in reverse");
        let row = Product::of(&job((&[1, 4], &[0, 1]), (&[4, 1], &[7, 0]))).unwrap();
        assert_eq!((row.left.leading, row.right.leading), (4, 7));
    }

    #[test]
    fn batches_that_go_on_are_one_axis() {
        let all = Product::of(&job((&[2, 3, 4, 5], &[60, 20, 5, 1]), (&[2, 3, 5, 6], &[90, 30, 6, 1])));
        assert_eq!(all.unwrap().batches[..], [(6, 20, 30)]);
        let same = Product::of(&job((&[2, 3, 4, 5], &[60, 20, 5, 1]), (&[2, 3, 5, 6], &[0, 30, 6, 1])));
        assert_eq!(same.unwrap().batches[..], [(2, 60, 0), (3, 20, 30)]);
    }

    #[test]
    fn numbers_have_the_type_of_the_sums() {
        // SAFETY: the numbers are of these types and alive.
        unsafe {
            assert_eq!(*Numbers::of(DType::F16).one().cast::<f32>(), 1.0);
            assert_eq!(*Numbers::of(DType::C128).one().cast::<Complex<f64>>(), Complex::new(1.0, 0.0));
            assert_eq!(*Numbers::of(DType::F64).zero().cast::<f64>(), 0.0);
        }
    }
}
