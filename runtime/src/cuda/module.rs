//! Code on a GPU: its entries, and how they are launched.

use super::driver::call;
use super::{Error, Gpu, disk, nvrtc};
use crate::cache::{Compiled, Key};
use crate::fork;
use cudarc::driver::sys::{self, CUfunction, CUmodule};
use numfuse_codegen::{Launch, Mapping, Worker, cuda};
use numfuse_ir::kernel::Kernel;
use smallvec::SmallVec;
use std::ffi::{CString, c_void};
use std::sync::Arc;

/// The code of one kernel under one mapping, loaded.
pub struct Module {
    gpu: &'static Gpu,
    module: CUmodule,
    main: Entry,
    join: Option<Entry>,
    prefix: Option<Entry>,
    finish: Option<Entry>,
    bytes: usize,
    mapping: Mapping,
    title: Arc<str>,
}

// SAFETY: modules and functions of the driver may be used from any thread.
unsafe impl Send for Module {}
// SAFETY: as above.
unsafe impl Sync for Module {}

#[derive(Clone, Copy)]
struct Entry(CUfunction);

/// A call of the driver: an entry for a range of units, in so many blocks of so many threads, with so many bytes of
/// shared memory.
#[derive(Clone, Copy)]
pub(super) struct Call {
    pub(super) function: CUfunction,
    pub(super) blocks: u32,
    pub(super) threads: u32,
    pub(super) shared: u32,
    units: [i64; 2],
}

impl Call {
    /// The addresses of its arguments: the words, and the first unit and the one beyond the last.
    pub(super) fn arguments(&self, words: &[u64]) -> [*mut c_void; 3] {
        let [first, beyond] = self.units.each_ref().map(|unit| (unit as *const i64).cast_mut().cast());
        [words.as_ptr().cast_mut().cast(), first, beyond]
    }
}

/// What an entry uses on its GPU.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resources {
    /// Registers of a thread.
    pub registers: u32,
    /// Bytes of shared memory of a block.
    pub shared: u32,
    /// Bytes of local memory of a thread: registers that did not suffice, and tables.
    pub local: u32,
}

impl Gpu {
    /// The code of a kernel: known, on disk, or compiled now.
    ///
    /// # Errors
    /// There is no compiler, or the GPU is lost.
    pub(crate) fn module(&'static self, key: &Key) -> Result<Arc<Module>, crate::Error> {
        self.modules().find_or_compile(key, |key, _| Module::new(self, &key.kernel, key.mapping))
    }
}

impl Module {
    /// Makes the code of a kernel for a GPU, or finds it on disk, and loads it.
    ///
    /// # Errors
    /// There is no compiler, or the GPU is lost.
    fn new(gpu: &'static Gpu, kernel: &Kernel, mapping: Mapping) -> Result<Module, crate::Error> {
        let text = cuda::text(kernel, mapping)?;
        let architecture = architecture(gpu)?;
        let image = disk::find_or_make(&text, architecture, || nvrtc::compile_for(&text, architecture))?;
        Ok(gpu.with(|| {
            let mut module = std::ptr::null_mut();
            // SAFETY: the image is code as the compiler has made it: PTX that ends in 0, or machine code, which
            // says itself how long it is.
            unsafe { call!(cuModuleLoadData(&mut module, image.as_ptr().cast()))? };
            let entry = |name: &str| {
                let name = CString::new(name).expect("the names of entries have no zeros");
                let mut function = std::ptr::null_mut();
                // SAFETY: the module was loaded; the driver looks for a name that ends in 0.
                unsafe { call!(cuModuleGetFunction(&mut function, module, name.as_ptr())) }
                    .map(|()| Entry(function))
            };
            let main = entry(cuda::MAIN)?;
            if mapping.keeps {
                let most = sys::CUfunction_attribute_enum::CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES;
                // SAFETY: the entry is this module's.
                unsafe { call!(cuFuncSetAttribute(main.0, most, cuda::MOST_KEPT as i32))? };
            }
            let join = mapping.joins.then(|| entry(cuda::JOIN)).transpose()?;
            let prefix = mapping.has_prefix().then(|| entry(cuda::PREFIX)).transpose()?;
            let finish = mapping.layout.has_finish().then(|| entry(cuda::FINISH)).transpose()?;
            let title = numfuse_codegen::cpu::title(kernel, mapping).into();
            Ok(Module { gpu, module, main, join, prefix, finish, bytes: image.len(), mapping, title })
        })?)
    }

    /// Launches all entries, one after the other.
    ///
    /// # Errors
    /// The driver refuses.
    ///
    /// # Safety
    /// As for [`Code::call`](numfuse_codegen::Code::call), with addresses of this GPU's memory that lives until the
    /// launch is done, each a multiple of 16.
    pub(super) unsafe fn launch(&self, words: &[u64], launch: Launch) -> Result<(), Error> {
        self.note();
        for call in self.calls(launch) {
            let mut arguments = call.arguments(words);
            // SAFETY: the entry takes these three arguments, which the driver copies before it returns: as many
            // words as the kernel has, and two numbers.
            self.gpu.with(|| unsafe {
                let Call { function, blocks, threads, shared, .. } = call;
                let (arguments, none) = (arguments.as_mut_ptr(), std::ptr::null_mut());
                let stream = self.gpu.stream;
                call!(cuLaunchKernel(function, blocks, 1, 1, threads, 1, 1, shared, stream, arguments, none))
            })?;
        }
        Ok(())
    }

    /// Keeps that it was launched, to be told if the GPU is lost.
    pub(super) fn note(&self) {
        self.gpu.launches(&self.title);
    }

    /// The calls of the driver that a launch is, in order: of each entry one, and more where there are more blocks
    /// than the driver takes.
    pub(super) fn calls(&self, launch: Launch) -> SmallVec<[Call; 4]> {
        let entries = [
            (Some(self.main), launch.units),
            (self.join, launch.join),
            (self.prefix, launch.prefix),
            (self.finish, launch.finish),
        ];
        let mut calls = SmallVec::new();
        for (entry, units) in entries {
            let Some(Entry(function)) = entry else { continue };
            let [of_block, threads] = self.block(units);
            let most_units = MOST_BLOCKS * of_block;
            let mut begin = 0;
            while begin < units {
                let end = units.min(begin + most_units);
                calls.push(Call {
                    function,
                    blocks: (end - begin).div_ceil(of_block) as u32,
                    threads: threads as u32,
                    shared: launch.shared_bytes as u32,
                    units: [begin as i64, end as i64],
                });
                begin = end;
            }
        }
        calls
    }

    /// How many units a block does of so many, and its threads.
    fn block(&self, units: u64) -> [u64; 2] {
        let threads = match self.mapping.worker {
            Worker::Thread => 1,
            Worker::Warp => 32,
            Worker::Team | Worker::Core => u64::from(cuda::threads(self.mapping)),
        };
        let most = u64::from(cuda::threads(self.mapping));
        let block = units.saturating_mul(threads).min(most).next_multiple_of(32);
        [block / threads, block]
    }

    /// How many blocks of how many threads a launch of the first entry has.
    pub fn grid(&self, launch: Launch) -> [u64; 2] {
        let [of_block, threads] = self.block(launch.units);
        [launch.units.div_ceil(of_block.max(1)), threads]
    }

    /// How many bytes of code there are.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// What the first entry uses on the GPU.
    ///
    /// # Errors
    /// The GPU is lost.
    pub fn resources(&self) -> Result<Resources, Error> {
        use sys::CUfunction_attribute_enum as Attribute;
        let attribute = |which| {
            let mut value = 0;
            // SAFETY: the entry is this module's; the driver writes a number.
            unsafe { call!(cuFuncGetAttribute(&mut value, which, self.main.0)) }.map(|()| value as u32)
        };
        self.gpu.with(|| {
            Ok(Resources {
                registers: attribute(Attribute::CU_FUNC_ATTRIBUTE_NUM_REGS)?,
                shared: attribute(Attribute::CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES)?,
                local: attribute(Attribute::CU_FUNC_ATTRIBUTE_LOCAL_SIZE_BYTES)?,
            })
        })
    }
}

/// The most blocks of one launch.
const MOST_BLOCKS: u64 = (1 << 31) - 1;

/// The option that the compiler takes for a GPU, asked for once.
fn architecture(gpu: &Gpu) -> Result<&str, Error> {
    if let Some(known) = gpu.architecture.get() {
        return Ok(known);
    }
    let option = nvrtc::architecture(gpu.properties().capability)?;
    let known: &String = fork::once(&gpu.architecture, || option);
    Ok(known)
}

impl Compiled for Module {
    fn kept_bytes(&self) -> usize {
        self.bytes
    }
}

impl Drop for Module {
    fn drop(&mut self) {
        if self.gpu.check().is_ok() {
            // SAFETY: nobody else has the module, and what was launched from it is done.
            let unload = || unsafe {
                call!(cuStreamSynchronize(self.gpu.stream))?;
                call!(cuModuleUnload(self.module))
            };
            // A failure is kept by the GPU, where it matters, and told by the next call.
            let _ = self.gpu.with(unload);
        }
    }
}

impl std::fmt::Debug for Module {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Module({}, {} bytes, {:?})", self.mapping, self.bytes, self.gpu)
    }
}
