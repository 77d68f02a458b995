//! The NVIDIA GPUs of the machine: which there are, waiting for what they compute, and cuRAND's generators on them.

use crate::arguments::{self, IntoShape};
use crate::array::Array;
use crate::config::Device;
use crate::error::{Cause, Error};
use crate::eval;
use crate::lazy::Lazy;
use numfuse_codegen::cuda;
use numfuse_ir::dtype::DType;
use numfuse_ir::error::Error as Mistake;
use numfuse_ir::schedule::{KernelJob, Step};
use numfuse_runtime::Buffer;
use numfuse_runtime::cuda::Gpu;
pub use numfuse_runtime::cuda::Properties;
pub use numfuse_runtime::library::Algorithm;
use numfuse_runtime::library::{self, Drawn};
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

// ── Texts of kernels ───────────────────────────────────────────────────────────────────────────────

/// What a kernel's text in CUDA C becomes, perhaps for a GPU.
type OnAGpu = fn(String, Option<&'static Gpu>) -> Result<String, numfuse_runtime::Error>;

/// Kernels as GPUs have them.
impl Array {
    /// Each kernel as CUDA C, as it is or would be compiled for a GPU. Computes nothing.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// let x = ones(1 << 20, F32);
    /// assert!((&x * 3.5).cuda()?.contains("store_all(b0"));
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    ///
    /// # Errors
    /// The error that the array carries, or that a kernel cannot be said in CUDA C.
    #[track_caller]
    pub fn cuda(&self) -> Result<String, Error> {
        self.on_a_gpu("cuda", |text, _| Ok(text))
    }

    /// Each kernel as PTX, as NVRTC makes it for the GPU on which the array lies; for one that lies on none, for the
    /// newest that NVRTC knows. Computes nothing.
    ///
    /// # Errors
    /// The error that the array carries, or that there is no NVRTC.
    #[track_caller]
    pub fn ptx(&self) -> Result<String, Error> {
        eval::know_libraries();
        self.on_a_gpu("ptx", |text, gpu| {
            let capability = gpu.map(|gpu| gpu.properties().capability);
            numfuse_runtime::cuda::ptx(&text, capability).map_err(Into::into)
        })
    }

    #[track_caller]
    fn on_a_gpu(&self, op: &'static str, print: OnAGpu) -> Result<String, Error> {
        let Some(planned) = eval::planned(self)? else { return Ok(String::new()) };
        let kernels = planned.plan().steps.iter().filter_map(Step::kernel);
        let text = |job: &KernelJob| {
            let text = cuda::text(&job.kernel, cuda::choose(&job.kernel, &job.words))?;
            print(text, planned.prepared.gpu())
        };
        let texts: Result<Vec<String>, _> = kernels.map(text).collect();
        let failed = |error: numfuse_runtime::Error| {
            Error::new(Cause::Evaluation(error), op, vec![self.description()], Location::caller())
        };
        Ok(texts.map_err(failed)?.join("\n"))
    }
}

// ── Generators of cuRAND ───────────────────────────────────────────────────────────────────────────

/// A stream of random numbers by one of cuRAND's generators, which fills arrays on a GPU.
///
/// What [`random`](crate::random) draws by keys is the same on every device and fuses into what reads it; these are the
/// numbers that other programs draw with cuRAND under the same names. Each array goes on where the one before ended.
///
/// ```
/// use numfuse::cuda::{Algorithm, Generator};
/// use numfuse::prelude::*;
///
/// match Generator::new(0, Algorithm::Philox4x32, 42) {
///     Ok(mut generator) => assert_eq!(generator.normal([3, 4], 0.0, 1.0, F32)?.shape(), [3, 4]),
///     Err(error) => println!("{error}"), // no CUDA device: …
/// }
/// # Ok::<(), numfuse::Error>(())
/// ```
#[derive(Debug)]
pub struct Generator(library::Generator);

impl Generator {
    /// A stream on the GPU of that number, which begins with a seed; an even sequence (Sobol's) begins at that place.
    ///
    /// # Errors
    /// There is no GPU of that number, or no cuRAND.
    #[track_caller]
    pub fn new(ordinal: u32, algorithm: Algorithm, seed: u64) -> Result<Generator, Error> {
        let caller = Location::caller();
        let failed = |cause| Error::new(cause, "Generator::new", vec![], caller);
        let gpu = eval::gpu(ordinal).map_err(failed)?;
        let made = library::Generator::new(gpu, algorithm, seed);
        made.map(Generator).map_err(|error| failed(Cause::Evaluation(error.into())))
    }

    /// Numbers above 0 up to 1, all equally likely, as float32 or float64. (NumPy's may be 0, and are below 1.)
    ///
    /// # Errors
    /// Another type, no memory on the GPU, or a lost GPU.
    #[track_caller]
    pub fn uniform(&mut self, shape: impl IntoShape, dtype: DType) -> Result<Array, Error> {
        self.draw("uniform", Drawn::Uniform, &shape, dtype)
    }

    /// Numbers around a mean with a standard deviation, as float32 or float64.
    ///
    /// # Errors
    /// As for [`uniform`](Generator::uniform).
    #[track_caller]
    pub fn normal(
        &mut self,
        shape: impl IntoShape,
        mean: f64,
        deviation: f64,
        dtype: DType,
    ) -> Result<Array, Error> {
        self.draw("normal", Drawn::Normal(mean, deviation), &shape, dtype)
    }

    /// Words as uint32 or uint64; of Sobol's sequences those of their own length.
    ///
    /// # Errors
    /// As for [`uniform`](Generator::uniform).
    #[track_caller]
    pub fn bits(&mut self, shape: impl IntoShape, dtype: DType) -> Result<Array, Error> {
        self.draw("bits", Drawn::Bits, &shape, dtype)
    }

    #[track_caller]
    #[allow(unsafe_code, reason = "the block was filled by what was launched just before")]
    fn draw(
        &mut self,
        op: &'static str,
        drawn: Drawn,
        shape: &impl IntoShape,
        dtype: DType,
    ) -> Result<Array, Error> {
        let caller = Location::caller();
        let failed = |cause| Error::new(cause, op, vec![], caller);
        let shape = arguments::shape(shape).map_err(|mistake| failed(Cause::Expression(mistake)))?;
        if !drawn.has(self.0.algorithm(), dtype) {
            let (algorithm, dtype) = (self.0.algorithm(), dtype.name());
            let sentence =
                format!("{algorithm} has no {op} numbers of type {dtype}: draw others, and cast them");
            return Err(failed(Cause::Expression(Mistake::Argument { sentence })));
        }
        let block = self.0.draw(drawn, dtype, shape.size());
        let block = block.map_err(|error| failed(Cause::Evaluation(error)))?;
        // SAFETY: cuRAND fills all of it, on the stream on which it is read.
        let buffer = unsafe { Buffer::from_gpu(block) };
        Ok(Lazy::on_device(buffer, shape, dtype))
    }
}
