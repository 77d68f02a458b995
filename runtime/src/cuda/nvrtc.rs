//! CUDA C to machine code, by NVIDIA's run-time compiler.

use super::Error;
use super::libraries::{Missing, NVRTC};
use crate::fork;
use cudarc::nvrtc::sys::{self, nvrtcProgram, nvrtcResult};
use std::ffi::CString;
use std::sync::OnceLock;

/// A version of the compiler: major, minor.
pub(super) type Version = (i32, i32);

/// The oldest compiler that has all calls, and takes all options.
const LEAST_MAJOR: i32 = 12;

/// Code for a GPU.
pub(super) struct Compiled {
    /// Machine code (cubin) or, for GPUs that the compiler does not know, PTX that ends in 0.
    pub(super) image: Vec<u8>,
}

/// What every kernel is compiled with: no contraction, exact division and square root, denormals as they
/// are, so that the bits are those of a processor.
pub(super) const OPTIONS: [&str; 6] = [
    "--std=c++17",
    "--fmad=false",
    "--prec-div=true",
    "--prec-sqrt=true",
    "--ftz=false",
    "--diag-suppress=177",
];

/// The compiler that is there, and its version.
///
/// # Errors
/// There is none, or one that is too old.
pub(super) fn version() -> Result<Version, Error> {
    static VERSION: OnceLock<Result<Version, String>> = OnceLock::new();
    let version = fork::once(&VERSION, || {
        NVRTC.find().map_err(|missing| match missing {
            Missing::File => "libnvrtc cannot be loaded".to_string(),
            Missing::Call(call) => format!("libnvrtc has no {call}"),
        })?;
        let (mut major, mut minor) = (0, 0);
        // SAFETY: the library is there, and writes two numbers.
        match unsafe { sys::nvrtcVersion(&mut major, &mut minor) } {
            SUCCESS => Ok((major, minor)),
            other => Err(format!("libnvrtc does not say its version ({other:?})")),
        }
    });
    let why = match version {
        Ok((major, minor)) if *major < LEAST_MAJOR => {
            format!("libnvrtc is one of CUDA {major}.{minor}, {LEAST_MAJOR}.0 is needed")
        }
        Ok(version) => return Ok(*version),
        Err(why) => why.clone(),
    };
    Err(Error::Unavailable(format!(
        "{why}: install CUDA's NVRTC (the Python package nvidia-cuda-nvrtc has it), or name its folder in \
         NUMFUSE_CUDA_LIBRARIES"
    )))
}

/// The option for GPUs of a compute capability: machine code for just these where the compiler knows
/// them, else PTX for the newest that it knows, which the driver translates.
///
/// # Errors
/// There is no compiler, or none for so old a GPU.
pub(super) fn architecture(own: (u32, u32)) -> Result<String, Error> {
    let known = capabilities()?;
    if known.contains(&own) {
        return Ok(format!("--gpu-architecture=sm_{}{}", own.0, own.1));
    }
    match known.iter().filter(|&&known| known < own).max() {
        Some((major, minor)) => Ok(format!("--gpu-architecture=compute_{major}{minor}")),
        None => Err(Error::Unavailable(format!(
            "this NVRTC makes no code for GPUs of compute capability {}.{}",
            own.0, own.1
        ))),
    }
}

/// The compute capabilities that the compiler makes machine code for, in ascending order. Needs no GPU.
///
/// # Errors
/// There is no compiler.
pub fn capabilities() -> Result<Vec<(u32, u32)>, Error> {
    version()?;
    let mut count = 0;
    // SAFETY: the compiler is there; it writes as many numbers as it has said.
    let known = unsafe {
        check("nvrtcGetNumSupportedArchs", sys::nvrtcGetNumSupportedArchs(&mut count))?;
        let mut known = vec![0; count.max(0) as usize];
        check("nvrtcGetSupportedArchs", sys::nvrtcGetSupportedArchs(known.as_mut_ptr()))?;
        known
    };
    let mut known: Vec<(u32, u32)> = known.iter().map(|&n| (n as u32 / 10, n as u32 % 10)).collect();
    known.sort_unstable();
    Ok(known)
}

/// The code that a kernel's text becomes for GPUs of a compute capability: machine code, or PTX that ends in 0
/// for those newer than the compiler. Needs no GPU.
///
/// # Errors
/// There is no compiler, or it refuses the text.
pub fn compile(text: &str, capability: (u32, u32)) -> Result<Vec<u8>, Error> {
    Ok(compile_for(text, &architecture(capability)?)?.image)
}

/// The PTX that a kernel's text becomes for GPUs of a compute capability, or for the newest that the compiler knows.
/// Needs no GPU.
///
/// # Errors
/// There is no compiler, or it refuses the text.
pub fn ptx(text: &str, capability: Option<(u32, u32)>) -> Result<String, Error> {
    let known = capabilities()?;
    let newest = known.iter().filter(|&&known| capability.is_none_or(|own| known <= own)).max();
    let too_old = || Error::Unavailable("this NVRTC makes no code for so old a GPU".into());
    let (major, minor) = newest.ok_or_else(too_old)?;
    let image = compile_for(text, &format!("--gpu-architecture=compute_{major}{minor}"))?.image;
    Ok(String::from_utf8_lossy(&image).trim_end_matches('\0').to_string())
}

/// Compiles a text with that option.
///
/// # Errors
/// There is no compiler, or it refuses the text.
pub(super) fn compile_for(text: &str, architecture: &str) -> Result<Compiled, Error> {
    version()?;
    let c_text = |text: &str| CString::new(text).map_err(|_| Error::Compiler("a text with a zero".into()));
    let (source, name) = (c_text(text)?, c_text("kernel.cu")?);
    let options = OPTIONS.iter().chain([&architecture]).map(|o| c_text(o)).collect::<Result<Vec<_>, _>>()?;
    let options: Vec<_> = options.iter().map(|option| option.as_ptr()).collect();
    let mut handle = std::ptr::null_mut();
    let none = std::ptr::null();
    // SAFETY: the texts end in 0 and live until the program is destroyed; there are no headers.
    let made = unsafe { sys::nvrtcCreateProgram(&mut handle, source.as_ptr(), name.as_ptr(), 0, none, none) };
    check("nvrtcCreateProgram", made)?;
    let program = Program(handle);
    // SAFETY: the program is ours, and there are as many options as are said.
    let result = unsafe { sys::nvrtcCompileProgram(program.0, options.len() as i32, options.as_ptr()) };
    if result != SUCCESS {
        return Err(Error::Compiler(program.log().unwrap_or_else(|| format!("{result:?}"))));
    }
    let is_machine_code = architecture.contains("=sm_");
    let image = if is_machine_code { program.cubin()? } else { program.ptx()? };
    Ok(Compiled { image })
}

const SUCCESS: nvrtcResult = nvrtcResult::NVRTC_SUCCESS;

/// The result of a call by that name.
fn check(call: &str, result: nvrtcResult) -> Result<(), Error> {
    if result == SUCCESS { Ok(()) } else { Err(Error::Compiler(format!("{call}: {result:?}"))) }
}

/// A program of the compiler.
struct Program(nvrtcProgram);

type Size = unsafe fn(nvrtcProgram, *mut usize) -> nvrtcResult;
type Get = unsafe fn(nvrtcProgram, *mut std::ffi::c_char) -> nvrtcResult;

impl Program {
    fn cubin(&self) -> Result<Vec<u8>, Error> {
        self.bytes(sys::nvrtcGetCUBINSize, sys::nvrtcGetCUBIN)
    }

    fn ptx(&self) -> Result<Vec<u8>, Error> {
        self.bytes(sys::nvrtcGetPTXSize, sys::nvrtcGetPTX)
    }

    /// What it says of a text, without the zero at its end.
    fn log(&self) -> Option<String> {
        let bytes = self.bytes(sys::nvrtcGetProgramLogSize, sys::nvrtcGetProgramLog).ok()?;
        Some(String::from_utf8_lossy(&bytes).trim_end_matches('\0').trim_end().to_string())
    }

    fn bytes(&self, size: Size, get: Get) -> Result<Vec<u8>, Error> {
        let mut count = 0;
        // SAFETY: the program is ours; it writes a number, and then so many bytes.
        unsafe {
            check("the size of what NVRTC made", size(self.0, &mut count))?;
            let mut bytes = vec![0u8; count];
            check("what NVRTC made", get(self.0, bytes.as_mut_ptr().cast()))?;
            Ok(bytes)
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // SAFETY: the program is ours, and not used after.
        unsafe { sys::nvrtcDestroyProgram(&mut self.0) };
    }
}
