//! The driver's calls that are used, each checked.

use cudarc::driver::sys::{self, CUresult};
use std::ffi::CStr;
use std::fmt;

/// A call of the driver that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The call, by its name in the driver's manual.
    pub call: &'static str,
    /// CUDA's number for what went wrong.
    pub code: u32,
    /// CUDA's name and words for it.
    pub reason: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.call, self.reason)
    }
}

impl Failure {
    /// There is not enough memory.
    pub(super) fn is_out_of_memory(&self) -> bool {
        self.code == CUresult::CUDA_ERROR_OUT_OF_MEMORY as u32
    }

    /// The context is of no use any more: what a kernel did wrong is told by every later call.
    pub(super) fn is_fatal(&self) -> bool {
        let fatal = [
            CUresult::CUDA_ERROR_ILLEGAL_ADDRESS,
            CUresult::CUDA_ERROR_LAUNCH_TIMEOUT,
            CUresult::CUDA_ERROR_ASSERT,
            CUresult::CUDA_ERROR_HARDWARE_STACK_ERROR,
            CUresult::CUDA_ERROR_ILLEGAL_INSTRUCTION,
            CUresult::CUDA_ERROR_MISALIGNED_ADDRESS,
            CUresult::CUDA_ERROR_INVALID_ADDRESS_SPACE,
            CUresult::CUDA_ERROR_INVALID_PC,
            CUresult::CUDA_ERROR_LAUNCH_FAILED,
            CUresult::CUDA_ERROR_ECC_UNCORRECTABLE,
            CUresult::CUDA_ERROR_DEINITIALIZED,
            CUresult::CUDA_ERROR_CONTEXT_IS_DESTROYED,
            CUresult::CUDA_ERROR_UNKNOWN,
        ];
        fatal.iter().any(|&code| code as u32 == self.code)
    }
}

/// The result of a call by that name.
pub(super) fn check(call: &'static str, result: CUresult) -> Result<(), Failure> {
    if result == CUresult::CUDA_SUCCESS {
        return Ok(());
    }
    let mut reason = format!("{result:?}");
    let mut words = std::ptr::null();
    // SAFETY: the driver writes the address of a text of its own, which lives as long as it.
    if unsafe { sys::cuGetErrorString(result, &mut words) } == CUresult::CUDA_SUCCESS && !words.is_null() {
        // SAFETY: the driver has given the address of a text that ends in 0.
        let words = unsafe { CStr::from_ptr(words) };
        reason = format!("{reason} ({})", words.to_string_lossy());
    }
    Err(Failure { call, code: result as u32, reason })
}

/// Calls the driver and checks the result: `call!(cuStreamSynchronize(stream))`. The caller says why it is sound.
macro_rules! call {
    ($name:ident($($argument:expr),* $(,)?)) => {
        $crate::cuda::driver::check(stringify!($name), cudarc::driver::sys::$name($($argument),*))
    };
}
pub(super) use call;
