//! A processor in place of a GPU.
//!
//! `tests/cuda/fake` holds a driver and CUDA's libraries, as far as they are used, and a header with which a
//! kernel's text is C++. They are compiled by whatever C++ compiler there is, and found by the loader in
//! processes of their own, which the tests run themselves in. Everything above the driver is then as it is
//! with a GPU: texts, launches and their arguments, memory, errors.

use crate::alone;
use crate::skips::skipped;
use crate::wheels::python;
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::ffi::{CStr, CString, c_char, c_ulong};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

/// A driver and libraries that were compiled from these sources.
pub struct Fake {
    /// The folder of all of them.
    libraries: PathBuf,
    /// The command that compiles kernels.
    compiler: String,
    /// The options and the library for a compiler's sanitizers, if it has them.
    sanitizers: Option<(String, PathBuf)>,
}

/// How C++ becomes a library: with the bits of the arithmetic that is written.
const OPTIONS: &str = "-std=c++17 -O1 -ffp-contract=off -fno-exceptions -fPIC -shared -fvisibility=hidden -w \
                       -U_FORTIFY_SOURCE";

/// What the libraries need.
const LIBRARIES: &str = "-ldl -lm -lpthread";

/// What a compiler must know: half precision, and fibers.
const PROBE: &str = "
#include <ucontext.h>
extern \"C\" unsigned short probe(double x) { return __builtin_bit_cast(unsigned short, (_Float16)x); }
extern \"C\" int fiber(ucontext_t *x) { return getcontext(x); }
";

/// Addresses, bounds, what C++ leaves undefined, and floats that no integer is near. To optimise what they add takes
/// ten times as long as to compile it.
const SANITIZE: &str = "-O0 -g1 -fsanitize=address,undefined,float-cast-overflow -fno-sanitize-recover=all";

/// How many texts are compiled together.
const TOGETHER: usize = 40;

/// Runs `body`, that of the test `name`, in a process where a processor stands in for a GPU, with these variables;
/// or says that there is no C++ compiler.
#[track_caller]
pub fn on_fake(name: &str, variables: &[(&str, &str)], body: impl FnOnce()) {
    if alone::is_child(name) {
        return body();
    }
    let Some(fake) = Fake::get() else { return };
    let kernels = Scratch::new(name);
    succeeds(name, &alone::child(name, &paired(&fake.variables(&kernels.0, OPTIONS), variables)));
}

/// As [`on_fake`], with sanitizers that watch the kernels; or says that there are none.
#[track_caller]
pub fn on_watched_fake(name: &str, body: impl FnOnce()) {
    if alone::is_child(name) {
        return body();
    }
    if let Some(output) = watched_child(name) {
        succeeds(name, &output);
    }
}

/// What becomes of the test `name` in a process where a processor that stands in for a GPU is watched by sanitizers;
/// `None` where there are none.
#[track_caller]
pub fn watched_child(name: &str) -> Option<Output> {
    let fake = Fake::get()?;
    let Some((sanitize, library)) = &fake.sanitizers else {
        skipped("addresses and undefined behaviour of kernels: the C++ compiler has no sanitizers");
        return None;
    };
    let kernels = Scratch::new(name);
    let library = library.to_string_lossy();
    let watch =
        [("LD_PRELOAD", &*library), ("ASAN_OPTIONS", "detect_leaks=0:detect_stack_use_after_return=0")];
    let variables = fake.variables(&kernels.0, &format!("{OPTIONS} {sanitize}"));
    Some(alone::child(name, &paired(&variables, &watch)))
}

/// Runs the tests of this program whose names begin so, where a processor stands in for a GPU; what they say.
#[track_caller]
pub fn run_tests(prefix: &str) -> Option<String> {
    let fake = Fake::get()?;
    let kernels = Scratch::new(prefix);
    let program = std::env::current_exe().expect("a running test has a path");
    let mut command = Command::new(program);
    command.arg(prefix).envs(fake.variables(&kernels.0, OPTIONS));
    let output = command.output().expect("tests can be run again");
    succeeds(prefix, &output);
    Some((String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr)).into_owned())
}

/// What becomes of the test `name` in a process where a processor stands in for a GPU, with these variables and
/// this folder for kernels; `None` where there is no C++ compiler.
#[track_caller]
pub fn child(name: &str, kernels: &Path, variables: &[(&str, &str)]) -> Option<Output> {
    let fake = Fake::get()?;
    Some(alone::child(name, &paired(&fake.variables(kernels, OPTIONS), variables)))
}

/// Fails unless that process did what it should.
#[track_caller]
pub fn succeeds(name: &str, output: &Output) {
    let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name} fails without a GPU, {}:\n{text}", output.status);
}

fn paired<'a>(usual: &'a [(&'static str, String)], more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    usual.iter().map(|(name, value)| (*name, value.as_str())).chain(more.iter().copied()).collect()
}

/// Compiles texts before they are asked for: many together take a tenth of the time that one by one takes. Only
/// where a processor stands in for a GPU.
pub fn compile(texts: &BTreeSet<String>) {
    type Compile = unsafe extern "C" fn(*const *const c_char, c_ulong) -> *const c_char;
    // SAFETY: the library has been found by the loader, and stays.
    let library = unsafe { libc::dlopen(c"libnvrtc.so".as_ptr(), libc::RTLD_NOW) };
    assert!(!library.is_null(), "NVRTC is there");
    // SAFETY: the name ends in 0.
    let compile = unsafe { libc::dlsym(library, c"on_cpu_compile".as_ptr()) };
    assert!(!compile.is_null(), "NVRTC is the one of these tests");
    // SAFETY: this is the function's type in its source.
    let compile: Compile = unsafe { std::mem::transmute(compile) };
    let texts: Vec<CString> = texts.iter().map(|text| CString::new(text.as_str()).expect("a text")).collect();
    texts.par_chunks(TOGETHER).for_each(|texts| {
        let addresses: Vec<*const c_char> = texts.iter().map(|text| text.as_ptr()).collect();
        // SAFETY: there are so many texts, each of which ends in 0; what comes back is null or another such text.
        let wrong = unsafe { compile(addresses.as_ptr(), addresses.len() as c_ulong).as_ref() };
        // SAFETY: as above.
        let wrong = wrong.map(|wrong| unsafe { CStr::from_ptr(wrong) });
        assert!(wrong.is_none(), "{}", wrong.unwrap_or_default().to_string_lossy());
    });
}

impl Fake {
    /// The libraries, compiled at the first call.
    pub fn get() -> Option<&'static Fake> {
        static FAKE: OnceLock<Option<Fake>> = OnceLock::new();
        let fake = FAKE.get_or_init(Fake::make);
        if fake.is_none() {
            skipped("a processor in place of a GPU: no C++ compiler knows _Float16, and there is no ziglang");
        }
        fake.as_ref()
    }

    /// The file of one of them.
    pub fn library(&self, name: &str) -> PathBuf {
        self.libraries.join(name)
    }

    /// Puts one of them into a folder as it would be without a call.
    pub fn make_without(&self, call: &str, name: &str, into: &Path) {
        let stem = name.trim_start_matches("lib").trim_end_matches(".so");
        let (source, made) = (folder().join(format!("{stem}.cpp")), into.join(name));
        let renamed = format!("-D{call}={call}_of_another_version -Wl,-soname,{name}");
        let (source, made) = (source.display(), made.display());
        let command = format!("{} {OPTIONS} {renamed} -o '{made}' '{source}' {LIBRARIES}", self.compiler);
        let output = shell(&command);
        assert!(output.status.success(), "{command}\n{}", String::from_utf8_lossy(&output.stderr));
    }

    fn make() -> Option<Fake> {
        let draft = Scratch::new("draft");
        let probe = draft.0.join("probe.cpp");
        std::fs::write(&probe, PROBE).expect("a file can be written");
        let library = |source: &Path, options: &str| {
            let (source, library) = (source.display(), draft.0.join("library.so"));
            (format!("{options} -o '{}' '{source}' {LIBRARIES}", library.display()), library)
        };
        let compiles = |compiler: &String, options: &str| {
            shell(&format!("{compiler} {OPTIONS} {}", library(&probe, options).0)).status.success()
        };
        let compiler = compilers().into_iter().find(|compiler| compiles(compiler, ""))?;
        let sources = sources();
        let texts: Vec<&str> = sources.iter().map(|(_, text)| text.as_str()).collect();
        let libraries = scratch_of_all("libraries", &[&[compiler.as_str(), OPTIONS], &texts[..]].concat());
        std::fs::create_dir_all(&libraries).expect("the folder for tests can be written to");
        for (source, _) in sources.iter().filter(|(path, _)| path.extension().is_some_and(|e| e == "cpp")) {
            let name = format!("lib{}.so", source.file_stem().expect("it has a name").to_string_lossy());
            if libraries.join(&name).exists() {
                continue;
            }
            let (command, made) = library(source, &format!("-Wl,-soname,{name}"));
            let output = shell(&format!("{compiler} {OPTIONS} {command}"));
            assert!(output.status.success(), "{command}\n{}", String::from_utf8_lossy(&output.stderr));
            // Whole or not at all, whoever else compiles it.
            std::fs::rename(made, libraries.join(name)).expect("a file can be moved");
        }
        let sanitizers = sanitizers(&compiler).filter(|(options, _)| compiles(&compiler, options));
        Some(Fake { libraries, compiler, sanitizers })
    }

    /// What a process needs so that it finds the libraries.
    fn variables(&self, kernels: &Path, options: &str) -> [(&'static str, String); 5] {
        let text = |path: &Path| path.to_string_lossy().into_owned();
        // What the loader is told for the tests is not meant for the compiler.
        let own = "env -u LD_PRELOAD -u LD_LIBRARY_PATH";
        [
            ("LD_LIBRARY_PATH", text(&self.libraries)),
            ("NUMFUSE_CUDA_LIBRARIES", text(&self.libraries)),
            ("NUMFUSE_CACHE", "off".to_string()),
            ("CUDA_ON_CPU_COMPILER", format!("{own} {} {options} -I'{}'", self.compiler, folder().display())),
            ("CUDA_ON_CPU_FOLDER", text(kernels)),
        ]
    }
}

/// Where the sources are.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cuda/fake")
}

/// All sources with their texts, in the order of their names.
fn sources() -> Vec<(PathBuf, String)> {
    let files = std::fs::read_dir(folder()).expect("the sources are there");
    let mut paths: Vec<PathBuf> = files.map(|file| file.expect("it can be read").path()).collect();
    paths.sort();
    let text = |path: &Path| std::fs::read_to_string(path).expect("it can be read");
    paths.into_iter().map(|path| (path.clone(), text(&path))).collect()
}

/// A folder for what is made of these texts.
fn scratch_of_all(name: &str, texts: &[&str]) -> PathBuf {
    let mut hasher = DefaultHasher::new();
    texts.hash(&mut hasher);
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("cuda-{name}-{:016x}", hasher.finish()))
}

/// A folder of this process that goes with its holder.
pub struct Scratch(pub PathBuf);

impl Scratch {
    /// An empty folder.
    pub fn new(name: &str) -> Scratch {
        let name = format!("cuda-{}-{}", std::process::id(), name.replace("::", "-"));
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&folder).expect("the folder for tests can be written to");
        Scratch(folder)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Every C++ compiler that there may be.
fn compilers() -> Vec<String> {
    let usual = ["c++", "g++", "clang++"].map(str::to_string);
    let caches = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cuda-zig");
    let zig = python().map(|python| {
        let python = python.get_program().to_string_lossy().into_owned();
        let caches = ["GLOBAL", "LOCAL"].map(|which| format!("ZIG_{which}_CACHE_DIR='{}'", caches.display()));
        // It watches for undefined behaviour, and brings a library of its own, unless it is told otherwise.
        format!("env {} '{python}' -m ziglang c++ -fno-sanitize=undefined -nostdlib++", caches.join(" "))
    });
    usual.into_iter().chain(zig).collect()
}

/// The options and the library of a compiler's sanitizers, if there is one that can be loaded.
fn sanitizers(compiler: &str) -> Option<(String, PathBuf)> {
    let is_clang = String::from_utf8_lossy(&shell(&format!("{compiler} --version")).stdout).contains("clang");
    let (options, name) = match is_clang {
        true => {
            (format!("{SANITIZE} -shared-libsan"), format!("libclang_rt.asan-{}.so", std::env::consts::ARCH))
        }
        false => (SANITIZE.to_string(), "libasan.so".to_string()),
    };
    let said = shell(&format!("{compiler} -print-file-name={name}"));
    let library = PathBuf::from(String::from_utf8(said.stdout).ok()?.trim_end());
    let loads = || shell(&format!("LD_PRELOAD='{}' ASAN_OPTIONS=detect_leaks=0 true", library.display()));
    (library.is_absolute() && loads().status.success()).then_some((options, library))
}

fn shell(command: &str) -> Output {
    Command::new("sh").args(["-c", command]).output().expect("there is a shell")
}
