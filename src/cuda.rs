//! The NVIDIA GPUs of the machine: which there are, and waiting for what they compute.

use crate::config::Device;
use crate::error::{Cause, Error};
use crate::eval;
pub use numfuse_runtime::cuda::Properties;
use std::panic::Location;

/// How many GPUs the driver finds; 0 where there is no driver.
pub fn count() -> u32 {
    eval::know_libraries();
    numfuse_runtime::cuda::count()
}

/// What is known of a GPU. Its first use takes about a tenth of a second.
///
/// ```
/// use numfuse::cuda;
///
/// for ordinal in 0..cuda::count() {
///     println!("cuda:{ordinal} is {}", cuda::properties(ordinal)?.name);
/// }
/// assert!(cuda::properties(1000).is_err());
/// # Ok::<(), numfuse::Error>(())
/// ```
///
/// # Errors
/// There is no GPU of that number.
#[track_caller]
pub fn properties(ordinal: u32) -> Result<Properties, Error> {
    let caller = Location::caller();
    let gpu = eval::gpu(ordinal).map_err(|cause| Error::new(cause, "properties", vec![], caller))?;
    Ok(gpu.properties().clone())
}

/// Waits for all that a device computes. What is evaluated on a GPU is computed while the program goes on;
/// values are waited for where they are read.
///
/// # Errors
/// There is no such device, or a kernel on it failed.
#[track_caller]
pub fn synchronize(device: Device) -> Result<(), Error> {
    let caller = Location::caller();
    let failed = |cause| Error::new(cause, "synchronize", vec![], caller);
    match device {
        Device::Cpu => Ok(()),
        Device::Cuda(ordinal) => {
            let gpu = eval::gpu(ordinal).map_err(failed)?;
            gpu.synchronize().map_err(|error| failed(Cause::Evaluation(error.into())))
        }
    }
}

/// Bytes a second that a copy within the memory of a GPU reads and writes, together: what kernels can be
/// compared with. Takes a hundredth of a second.
///
/// # Errors
/// There is no GPU of that number, or no memory on it.
#[track_caller]
pub fn bandwidth(ordinal: u32) -> Result<f64, Error> {
    let caller = Location::caller();
    let failed = |cause| Error::new(cause, "bandwidth", vec![], caller);
    let gpu = eval::gpu(ordinal).map_err(failed)?;
    gpu.bandwidth().map_err(|error| failed(Cause::Evaluation(error)))
}
