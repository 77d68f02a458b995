//! The calls of CUDA's libraries that are made.
//!
//! `cudarc` looks a call up when it is made first, and panics where the library has none of that name. So all of them are
//! looked for before the first is made ([`libraries`](super::libraries)): a library without one is a sentence.

/// Of the driver.
pub(super) const DRIVER: [&str; 38] = [
    "cuCtxSetCurrent",
    "cuDeviceGet",
    "cuDeviceGetAttribute",
    "cuDeviceGetCount",
    "cuDeviceGetName",
    "cuDevicePrimaryCtxRetain",
    "cuDeviceTotalMem_v2",
    "cuDriverGetVersion",
    "cuEventCreate",
    "cuEventRecord",
    "cuEventSynchronize",
    "cuFuncGetAttribute",
    "cuFuncSetAttribute",
    "cuGetErrorString",
    "cuGraphAddKernelNode_v2",
    "cuGraphCreate",
    "cuGraphDestroy",
    "cuGraphExecDestroy",
    "cuGraphExecKernelNodeSetParams_v2",
    "cuGraphInstantiateWithFlags",
    "cuGraphLaunch",
    "cuInit",
    "cuLaunchKernel",
    "cuMemAllocFromPoolAsync",
    "cuMemFreeAsync",
    "cuMemHostAlloc",
    "cuMemPoolCreate",
    "cuMemPoolSetAttribute",
    "cuMemPoolTrimTo",
    "cuMemcpyDtoDAsync_v2",
    "cuMemcpyDtoHAsync_v2",
    "cuMemcpyHtoDAsync_v2",
    "cuMemsetD8Async",
    "cuModuleGetFunction",
    "cuModuleLoadData",
    "cuModuleUnload",
    "cuStreamCreate",
    "cuStreamSynchronize",
];

/// Of the compiler of CUDA C.
pub(super) const NVRTC: [&str; 12] = [
    "nvrtcCompileProgram",
    "nvrtcCreateProgram",
    "nvrtcDestroyProgram",
    "nvrtcGetCUBIN",
    "nvrtcGetCUBINSize",
    "nvrtcGetNumSupportedArchs",
    "nvrtcGetPTX",
    "nvrtcGetPTXSize",
    "nvrtcGetProgramLog",
    "nvrtcGetProgramLogSize",
    "nvrtcGetSupportedArchs",
    "nvrtcVersion",
];

/// Of cuBLAS.
pub(super) const CUBLAS: [&str; 3] = ["cublasCreate_v2", "cublasGemmStridedBatchedEx", "cublasSetStream_v2"];

/// Of cuFFT.
pub(super) const CUFFT: [&str; 12] = [
    "cufftCreate",
    "cufftDestroy",
    "cufftExecC2C",
    "cufftExecC2R",
    "cufftExecD2Z",
    "cufftExecR2C",
    "cufftExecZ2D",
    "cufftExecZ2Z",
    "cufftMakePlanMany64",
    "cufftSetAutoAllocation",
    "cufftSetStream",
    "cufftSetWorkArea",
];

/// Of cuRAND.
pub(super) const CURAND: [&str; 11] = [
    "curandCreateGenerator",
    "curandDestroyGenerator",
    "curandGenerate",
    "curandGenerateLongLong",
    "curandGenerateNormal",
    "curandGenerateNormalDouble",
    "curandGenerateUniform",
    "curandGenerateUniformDouble",
    "curandSetGeneratorOffset",
    "curandSetPseudoRandomGeneratorSeed",
    "curandSetStream",
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::path::Path;

    /// Every call in the files of a folder: by `sys::`, or by the macro for the driver's.
    fn made(folder: &Path, all: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).expect("the sources are there") {
            let path = entry.expect("it can be read").path();
            if path.is_dir() {
                made(&path, all);
                continue;
            }
            let text = std::fs::read_to_string(&path).expect("it can be read");
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            for line in code.lines().filter(|line| !line.trim_start().starts_with("//")) {
                let after = ["sys::", "call!("].into_iter().flat_map(|before| line.split(before).skip(1));
                all.extend(after.filter_map(called));
            }
        }
    }

    /// The call that a text begins with.
    fn called(text: &str) -> Option<String> {
        let (name, rest) =
            text.split_at(text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len()));
        let is_used = rest.starts_with(['(', ',', ')']);
        (is_used
            && name.starts_with(|c: char| c.is_ascii_lowercase())
            && !name.ends_with("present")
            && name != "culib")
            .then(|| name.to_string())
    }

    #[test]
    fn every_call_that_is_made_is_listed() {
        let mut all = BTreeSet::new();
        made(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut all);
        let tables: [&[&str]; 5] = [&DRIVER, &NVRTC, &CUBLAS, &CUFFT, &CURAND];
        let listed: BTreeSet<String> = tables.concat().into_iter().map(str::to_string).collect();
        let unlisted: Vec<_> = all.difference(&listed).collect();
        let unused: Vec<_> = listed.difference(&all).collect();
        assert!(unlisted.is_empty(), "calls without a line in a table: {unlisted:?}");
        assert!(unused.is_empty(), "lines in a table that no call needs: {unused:?}");
    }
}
