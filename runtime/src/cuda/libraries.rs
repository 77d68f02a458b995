//! The driver and the libraries of CUDA, wherever a machine keeps them.
//!
//! `cudarc` asks the system's loader for a library by its name. What lies elsewhere (a toolkit that is not
//! on the loader's path, the wheels of Python packages) is opened here first, by its whole path: the loader
//! then knows it by its name. Nothing is opened before a GPU is asked for.

use super::{Error, calls};
use crate::fork;
use std::ffi::c_void;
#[cfg(unix)]
use std::path::Path;
use std::path::PathBuf;
use std::sync::Mutex;

/// Where libraries are looked for, beside where the system's loader looks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folders {
    /// Folders of libraries, in order.
    pub libraries: Vec<PathBuf>,
    /// Environments of Python, whose packages may have brought libraries; looked through after those.
    pub pythons: Vec<PathBuf>,
}

static FOLDERS: Mutex<Option<Folders>> = Mutex::new(None);

/// Names folders in which the libraries of CUDA are looked for before all others. Without effect on what is
/// loaded already.
pub fn set_folders(folders: Folders) {
    *fork::lock(&FOLDERS) = Some(folders);
}

/// A library of CUDA by its name without `lib`, with those that must be loaded before it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Library {
    names: &'static [&'static str],
    is_present: unsafe fn() -> bool,
    /// The calls that are made of it.
    calls: &'static [&'static str],
    has: unsafe fn(&str) -> bool,
}

/// Why a library cannot be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Missing {
    /// It cannot be loaded.
    File,
    /// It is there without a call that is made of it: it is too old, too new, or something else of that name.
    Call(&'static str),
}

/// The library of which `cudarc` has the bindings in that module.
macro_rules! library {
    ($bindings:ident, $names:expr, $calls:expr) => {
        Library {
            names: &$names,
            is_present: cudarc::$bindings::sys::is_culib_present,
            calls: &$calls,
            // SAFETY: it is called where the library is there; the address is compared with nothing, and not used.
            has: |name| unsafe {
                cudarc::$bindings::sys::culib().get::<*const c_void>(name.as_bytes()).is_ok()
            },
        }
    };
}

/// The driver, which comes with the system unless a folder that is named has another.
pub(super) const DRIVER: Library = library!(driver, ["cuda"], calls::DRIVER);
/// The compiler of CUDA C.
pub(super) const NVRTC: Library = library!(nvrtc, ["nvrtc-builtins", "nvrtc"], calls::NVRTC);

/// A library that computes what is not ours to compute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Provider {
    /// Products of matrices.
    Blas,
    /// Fourier transforms.
    Fft,
    /// Random numbers.
    Rand,
}

impl Provider {
    fn library(self) -> Library {
        match self {
            Provider::Blas => library!(cublas, ["cublasLt", "cublas"], calls::CUBLAS),
            Provider::Fft => library!(cufft, ["cufft"], calls::CUFFT),
            Provider::Rand => library!(curand, ["curand"], calls::CURAND),
        }
    }

    /// The library's name without `lib`, NVIDIA's name of it, and the package of Python that has it.
    fn names(self) -> [&'static str; 3] {
        match self {
            Provider::Blas => ["cublas", "cuBLAS", "nvidia-cublas"],
            Provider::Fft => ["cufft", "cuFFT", "nvidia-cufft"],
            Provider::Rand => ["curand", "cuRAND", "nvidia-curand"],
        }
    }

    /// Loads it; its calls would panic where it is not there.
    ///
    /// # Errors
    /// It cannot be loaded, or lacks a call.
    pub(crate) fn expect(self) -> Result<(), Error> {
        let [file, name, package] = self.names();
        let (why, which) = match self.library().find() {
            Ok(()) => return Ok(()),
            Err(Missing::File) => ("cannot be loaded".to_string(), ""),
            Err(Missing::Call(call)) => (format!("has no {call}"), "another "),
        };
        Err(Error::Unavailable(format!(
            "lib{file} {why}: install {which}{name} (the Python package {package} has it), or name its folder in \
             NUMFUSE_CUDA_LIBRARIES"
        )))
    }
}

impl Library {
    /// Loads it. Calls of a library that is not there would panic, and so would calls that it has not.
    pub(super) fn find(self) -> Result<(), Missing> {
        for name in self.names {
            open(name);
        }
        // SAFETY: it opens libraries by name, whose initialisers are those of NVIDIA's libraries.
        if !unsafe { (self.is_present)() } {
            return Err(Missing::File);
        }
        // SAFETY: the library is there.
        let missing = self.calls.iter().find(|call| !unsafe { (self.has)(call) });
        missing.map_or(Ok(()), |call| Err(Missing::Call(call)))
    }
}

/// Opens a library in the first folder that has it, for good.
#[cfg(unix)]
fn open(name: &str) {
    use std::ffi::CString;
    use std::os::unix::ffi::OsStrExt;

    let prefix = format!("lib{name}.so");
    let in_folder = |folder: &PathBuf| newest(folder, &prefix);
    let Some(path) = folders().iter().find_map(in_folder) else { return };
    let Ok(path) = CString::new(path.as_os_str().as_bytes()) else { return };
    // SAFETY: a path that ends in 0; the library's initialisers are those of NVIDIA's libraries. The handle is
    // never closed.
    unsafe { libc::dlopen(path.as_ptr(), libc::RTLD_NOW | libc::RTLD_GLOBAL) };
}

/// Where the loader knows its libraries without help.
#[cfg(not(unix))]
fn open(_name: &str) {}

/// The library of that name with the greatest version in a folder.
#[cfg(unix)]
fn newest(folder: &Path, prefix: &str) -> Option<PathBuf> {
    let entries = std::fs::read_dir(folder).ok()?;
    let version = |path: &Path| -> Option<Vec<u32>> {
        let rest = path.file_name()?.to_str()?.strip_prefix(prefix)?;
        Some(rest.split('.').filter_map(|digits| digits.parse().ok()).collect())
    };
    entries.flatten().map(|e| e.path()).filter_map(|p| Some((version(&p)?, p))).max().map(|(_, path)| path)
}

/// The folders that are named, a toolkit's, and those of wheels in the environments that are named and the
/// system's.
#[cfg(unix)]
fn folders() -> Vec<PathBuf> {
    let Folders { mut libraries, pythons } = fork::lock(&FOLDERS).clone().unwrap_or_default();
    libraries.push(PathBuf::from("/usr/local/cuda/lib64"));
    for root in pythons.into_iter().chain(["/usr/local".into(), "/usr".into()]) {
        for python in children(&root.join("lib")) {
            for packages in ["site-packages", "dist-packages"] {
                let wheels = children(&python.join(packages).join("nvidia"));
                libraries.extend(wheels.into_iter().map(|wheel| wheel.join("lib")));
            }
        }
    }
    libraries
}

/// What is in a folder, in order; nothing if there is none.
#[cfg(unix)]
fn children(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths
}

#[cfg(test)]
mod tests {
    #[cfg(unix)]
    #[test]
    fn the_newest_library_of_a_folder_is_taken() {
        use super::newest;
        let folder = std::env::temp_dir().join(format!("numfuse-libraries-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        for name in ["libnvrtc.so.12", "libnvrtc.so.13", "libnvrtc-builtins.so.13.0", "libnvrtc.so.9"] {
            std::fs::write(folder.join(name), "").unwrap();
        }
        assert_eq!(newest(&folder, "libnvrtc.so"), Some(folder.join("libnvrtc.so.13")));
        assert_eq!(newest(&folder, "libcublas.so"), None);
        assert_eq!(newest(&folder.join("nowhere"), "libnvrtc.so"), None);
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
