//! One GPU: its context, its one stream, its memory and its modules.

use super::driver::{Failure, call};
use super::libraries::{DRIVER, Missing};
use super::memory::Sizes;
use super::staging::Stages;
use super::{Error, Module};
use crate::cache::KernelCache;
use crate::fork;
use crate::library::OnGpu;
use cudarc::driver::sys::{
    CUcontext, CUdevice, CUdevice_attribute_enum as Attribute, CUmemAllocationHandleType_enum,
    CUmemAllocationType_enum, CUmemLocationType_enum, CUmemPool_attribute_enum, CUmemPoolProps, CUmemoryPool,
    CUstream, CUstream_flags_enum,
};
use std::collections::VecDeque;
use std::ffi::{CStr, c_void};
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, OnceLock};

/// What is known of a GPU.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Properties {
    /// Its name, as its maker gave it.
    pub name: String,
    /// Its compute capability: `(9, 0)` for Hopper.
    pub capability: (u32, u32),
    /// How many multiprocessors it has.
    pub processors: u32,
    /// Bytes of its memory.
    pub memory: usize,
    /// The version of CUDA that the driver was made for: 13000 for 13.0.
    pub driver: u32,
}

/// A GPU that is in use. There is one of each for the process, for good.
pub struct Gpu {
    ordinal: u32,
    properties: Properties,
    context: CUcontext,
    pub(super) stream: CUstream,
    pub(super) pool: CUmemoryPool,
    /// Of the process that found it.
    generation: usize,
    lost: OnceLock<Failure>,
    pub(super) live: AtomicUsize,
    pub(super) blocks: Mutex<Sizes>,
    /// The kernels that were launched last.
    launched: Mutex<VecDeque<Arc<str>>>,
    modules: KernelCache<Module>,
    /// What its compiler is told of it.
    pub(super) architecture: OnceLock<String>,
    /// What its memory gives, once somebody has asked.
    pub(super) usual: OnceLock<Option<f64>>,
    libraries: OnGpu,
    pub(super) stages: Mutex<Stages>,
}

// SAFETY: contexts, streams and pools of the driver may be used from any thread, by its manual; so may all else.
unsafe impl Send for Gpu {}
// SAFETY: as above.
unsafe impl Sync for Gpu {}

impl Gpu {
    /// The GPU of that number, as the driver counts them. The first call for a number takes about a tenth of
    /// a second: it makes the context.
    ///
    /// # Errors
    /// No driver, no such GPU, or a process forked from one that used a GPU.
    pub fn get(ordinal: u32) -> Result<&'static Gpu, Error> {
        static GPUS: Mutex<Vec<&'static Gpu>> = Mutex::new(Vec::new());
        let mut gpus = fork::lock(&GPUS);
        let gpu = match gpus.iter().copied().find(|gpu| gpu.ordinal == ordinal) {
            Some(gpu) => gpu,
            None if gpus.iter().any(|gpu| gpu.generation != fork::generation()) => return Err(Error::Forked),
            None => {
                let gpu: &'static Gpu = Box::leak(Box::new(Gpu::open(ordinal)?));
                gpus.push(gpu);
                gpu
            }
        };
        gpu.check()?;
        Ok(gpu)
    }

    fn open(ordinal: u32) -> Result<Gpu, Error> {
        let device = device(ordinal).map_err(Error::Unavailable)?;
        let failed = |failure: Failure| Error::Unavailable(failure.to_string());
        let properties = properties(device).map_err(failed)?;
        if properties.capability < LEAST_CAPABILITY {
            let (major, minor) = properties.capability;
            let why = format!("{} has compute capability {major}.{minor}, 7.5 is needed", properties.name);
            return Err(Error::Unavailable(why));
        }
        let (context, stream, pool) = context(device).map_err(failed)?;
        Ok(Gpu {
            ordinal,
            properties,
            context,
            stream,
            pool,
            generation: fork::generation(),
            lost: OnceLock::new(),
            live: AtomicUsize::new(0),
            blocks: Mutex::default(),
            launched: Mutex::default(),
            modules: KernelCache::new(MOST_CODE),
            architecture: OnceLock::new(),
            usual: OnceLock::new(),
            libraries: OnGpu::default(),
            stages: Mutex::new(Stages::new()),
        })
    }

    /// Its number, as the driver counts them.
    pub fn ordinal(&self) -> u32 {
        self.ordinal
    }

    /// What is known of it.
    pub fn properties(&self) -> &Properties {
        &self.properties
    }

    /// Bytes of the arrays on it, and of what is computed on the way to them.
    pub fn live_bytes(&self) -> usize {
        self.live.load(Relaxed)
    }

    /// On which everything happens, in order.
    pub(crate) fn stream(&self) -> CUstream {
        self.stream
    }

    /// What libraries know of it.
    pub(crate) fn libraries(&self) -> &OnGpu {
        &self.libraries
    }

    /// The code that is loaded.
    pub(crate) fn modules(&self) -> &KernelCache<Module> {
        &self.modules
    }

    /// Whether the process that runs now is the one that found the GPU.
    pub(super) fn is_ours(&self) -> bool {
        self.generation == fork::generation()
    }

    /// Whether it can be used.
    pub(super) fn check(&self) -> Result<(), Error> {
        if !self.is_ours() {
            return Err(Error::Forked);
        }
        self.lost.get().map_or(Ok(()), |failure| Err(Error::Lost(failure.clone())))
    }

    /// Calls the driver for this GPU; a failure that loses the context is kept.
    pub(crate) fn with<T>(&self, body: impl FnOnce() -> Result<T, Failure>) -> Result<T, Error> {
        self.check()?;
        // SAFETY: the context is this GPU's, which lives as long as the process.
        let result = unsafe { call!(cuCtxSetCurrent(self.context)) }.and_then(|()| body());
        result.map_err(|failure| {
            if !failure.is_fatal() {
                return Error::Failed(failure);
            }
            let named =
                || Failure { reason: format!("{}{}", failure.reason, self.last_launched()), ..failure };
            Error::Lost(self.lost.get_or_init(named).clone())
        })
    }

    /// Keeps the name of a kernel that is launched: what it does wrong is told by a later call.
    pub(super) fn launches(&self, kernel: &Arc<str>) {
        let mut launched = fork::lock(&self.launched);
        if launched.back().is_none_or(|last| !Arc::ptr_eq(last, kernel)) {
            if launched.len() == NAMED {
                launched.pop_front();
            }
            launched.push_back(kernel.clone());
        }
    }

    /// The names of the kernels that were launched last, as the end of a sentence.
    fn last_launched(&self) -> String {
        let launched = fork::lock(&self.launched);
        match launched.len() {
            0 => String::new(),
            _ => format!("; launched last: {}", launched.iter().map(|k| &**k).collect::<Vec<_>>().join(", ")),
        }
    }

    /// Waits for all that was launched and copied.
    ///
    /// # Errors
    /// What a kernel did wrong since the last time.
    pub fn synchronize(&self) -> Result<(), Error> {
        // SAFETY: the stream is this GPU's.
        self.with(|| unsafe { call!(cuStreamSynchronize(self.stream)) })
    }
}

impl fmt::Debug for Gpu {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Gpu({}, {})", self.ordinal, self.properties.name)
    }
}

impl PartialEq for Gpu {
    fn eq(&self, other: &Gpu) -> bool {
        self.ordinal == other.ordinal
    }
}

impl Eq for Gpu {}

/// Turing, the oldest that CUDA 13 makes code for.
const LEAST_CAPABILITY: (u32, u32) = (7, 5);

/// How many kernels are named where one of them has lost the GPU.
const NAMED: usize = 4;

/// The oldest driver that has all calls, as it says its version.
const LEAST_DRIVER: i32 = 12_000;

/// Bytes of code on a GPU that are kept for the next time.
const MOST_CODE: usize = 256 << 20;

/// The driver's device of that number, or why there is none.
fn device(ordinal: u32) -> Result<CUdevice, String> {
    let (count, mut device) = (devices()?, 0);
    if ordinal >= count {
        return Err(match count {
            0 => "the driver finds no GPU".into(),
            1 => format!("there is no GPU {ordinal}, only cuda:0"),
            _ => format!("there is no GPU {ordinal}, only cuda:0 to cuda:{}", count - 1),
        });
    }
    // SAFETY: the driver is there, and has a device of that number, which it writes.
    unsafe { call!(cuDeviceGet(&mut device, ordinal as i32)) }.map_err(|failure| failure.to_string())?;
    Ok(device)
}

fn properties(device: CUdevice) -> Result<Properties, Failure> {
    let attribute = |which: Attribute| {
        let mut value = 0;
        // SAFETY: the device is one that the driver has named; it writes a number.
        unsafe { call!(cuDeviceGetAttribute(&mut value, which, device)) }.map(|()| value as u32)
    };
    let (mut name, mut memory, mut driver) = ([0; 256], 0, 0);
    // SAFETY: as above; the name is cut to the room that there is, and ends in 0.
    let name = unsafe {
        call!(cuDeviceGetName(name.as_mut_ptr(), name.len() as i32, device))?;
        call!(cuDeviceTotalMem_v2(&mut memory, device))?;
        call!(cuDriverGetVersion(&mut driver))?;
        CStr::from_ptr(name.as_ptr()).to_string_lossy().into_owned()
    };
    Ok(Properties {
        name,
        capability: (
            attribute(Attribute::CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR)?,
            attribute(Attribute::CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR)?,
        ),
        processors: attribute(Attribute::CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT)?,
        memory,
        driver: driver as u32,
    })
}

/// The context that all libraries of a process share, a stream of our own, and a pool of memory that keeps
/// what was freed: to give it back at each wait would take longer than most kernels.
fn context(device: CUdevice) -> Result<(CUcontext, CUstream, CUmemoryPool), Failure> {
    let (mut context, mut stream, mut pool) =
        (std::ptr::null_mut(), std::ptr::null_mut(), std::ptr::null_mut());
    let mut kept = u64::MAX;
    // SAFETY: the properties of a pool are numbers, for which zeros stand for what is usual.
    let mut properties: CUmemPoolProps = unsafe { std::mem::zeroed() };
    properties.allocType = CUmemAllocationType_enum::CU_MEM_ALLOCATION_TYPE_PINNED;
    properties.handleTypes = CUmemAllocationHandleType_enum::CU_MEM_HANDLE_TYPE_NONE;
    properties.location.type_ = CUmemLocationType_enum::CU_MEM_LOCATION_TYPE_DEVICE;
    properties.location.id = device;
    // SAFETY: the device is one that the driver has named; it writes handles, and reads what lives here.
    unsafe {
        call!(cuDevicePrimaryCtxRetain(&mut context, device))?;
        call!(cuCtxSetCurrent(context))?;
        call!(cuStreamCreate(&mut stream, CUstream_flags_enum::CU_STREAM_NON_BLOCKING as u32))?;
        call!(cuMemPoolCreate(&mut pool, &properties))?;
        let threshold = CUmemPool_attribute_enum::CU_MEMPOOL_ATTR_RELEASE_THRESHOLD;
        call!(cuMemPoolSetAttribute(pool, threshold, (&raw mut kept).cast::<c_void>()))?;
    }
    Ok((context, stream, pool))
}

/// How many GPUs the driver finds, or why it cannot say.
fn devices() -> Result<u32, String> {
    DRIVER.find().map_err(|missing| match missing {
        Missing::File => "libcuda cannot be loaded, so no NVIDIA driver is installed".to_string(),
        Missing::Call(call) => format!("libcuda has no {call}: install a driver of CUDA 12.0 or newer"),
    })?;
    let (mut version, mut count) = (0, 0);
    let text = |failure: Failure| failure.to_string();
    // SAFETY: the driver is there, and writes a number.
    unsafe { call!(cuInit(0)).and_then(|()| call!(cuDriverGetVersion(&mut version))) }.map_err(text)?;
    if version < LEAST_DRIVER {
        let (major, minor) = (version / 1000, version % 1000 / 10);
        return Err(format!(
            "the driver is one of CUDA {major}.{minor}, 12.0 is needed: install a newer one"
        ));
    }
    // SAFETY: as above.
    unsafe { call!(cuDeviceGetCount(&mut count)) }.map_err(text)?;
    Ok(count as u32)
}

/// How many GPUs the driver finds; 0 where there is no driver.
pub fn count() -> u32 {
    devices().unwrap_or(0)
}
