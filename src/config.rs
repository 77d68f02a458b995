//! Settings, and the only place where the environment is read.
//!
//! | variable | meaning |
//! |---|---|
//! | `NUMFUSE_THREADS=n` | how many threads evaluate; all cores when unset |
//! | `NUMFUSE_FUSE=0` | every operation gets a kernel of its own |
//! | `NUMFUSE_FAST_MATH=1` | products and sums may be rounded together; bits then depend on fusion and device |
//! | `NUMFUSE_CHECK=1` | both interpreters run beside every evaluation and must agree with it |
//! | `NUMFUSE_DEVICE=cuda:0` | where new arrays lie and are computed (`cpu`); `interp`: computed by the reference interpreter |
//! | `NUMFUSE_CACHE=dir` | where code for GPUs is kept between processes; `off` for nowhere |
//! | `NUMFUSE_CUDA_LIBRARIES=dirs` | where to look for the libraries of CUDA before the usual places |
//! | `NUMFUSE_PROFILE=1` | evaluations keep the time of each kernel, which `explain()` then tells |
//! | `NUMFUSE_LOG=plan,kernel,clif,asm,cuda,time` | what each evaluation prints to standard error |
//! | `NUMFUSE_DUMP=dir` | where each new plan is written, as text |
//! | `NUMFUSE_VECTORS=128` or `512` | bits of the vectors that code uses; what the processor has (`auto`) |
//! | `NUMFUSE_PENDING=n` | how many operations may wait, one on top of the other, before they are computed (256) |
//! | `NUMFUSE_PERF=1` | each new kernel is named for Linux's `perf`, in `/tmp/perf-PID.map` |
//! | `NUMFUSE_BUDGET=bytes` | the most memory that an evaluation may take; any when unset |
//! | `NUMFUSE_RECIPES=n` | up to how many bytes of data a computed array keeps for `why`; 65536 when unset |
//!
//! The environment is read once, at the first use. [`set`] changes the settings of the process;
//! [`with`] those of one thread for the length of a call, so that tests can differ side by side.

pub use numfuse_ir::target::Vectors;
pub use numfuse_runtime::Device;
pub use numfuse_runtime::cuda::Folders;
use numfuse_runtime::fork;
use std::cell::RefCell;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering::Acquire, Ordering::Release};
use std::sync::{Arc, OnceLock, RwLock};

/// How arrays are evaluated.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Config {
    /// How many threads evaluate; `None` for one per core.
    pub threads: Option<usize>,
    /// Whether operations are fused; false to see what it is worth.
    pub fuse: bool,
    /// Whether a product may be rounded once with the sum that reads it, which is faster where arithmetic is the
    /// limit. The order of sums stays. Bits then depend on what is fused, and two devices need not agree:
    /// none of the promises about bits holds. Never set unless asked for.
    ///
    /// ```
    /// use numfuse::{config, prelude::*};
    ///
    /// let x = linspace(0.0, 1.0, 1000);
    /// let y = &x * &x + 1.0;
    /// assert!(config::with(|c| c.fast_math = true, || y.explain()).contains("fma"));
    /// assert!(!y.explain().contains("fma"));
    /// ```
    pub fast_math: bool,
    /// Whether both interpreters run beside every evaluation.
    pub check: bool,
    /// Whether evaluations keep the time of each kernel for [`explain`](crate::Array::explain).
    pub profile: bool,
    /// Where new arrays lie, and where what depends on no data is computed.
    pub device: Device,
    /// Whether the reference interpreter of the array graph computes instead of machine code: slow, and right
    /// by definition.
    pub interp: bool,
    /// The folder in which code for GPUs is kept between processes, the user's own; `None` for nowhere.
    pub cache: Option<PathBuf>,
    /// Where the libraries of CUDA are looked for before the usual places.
    pub cuda: Folders,
    /// What evaluations print.
    pub log: Log,
    /// Where plans are written.
    pub dump: Option<PathBuf>,
    /// Which vectors code uses; `None` for the widest that the processor has. Wider ones than it has
    /// count as those of 128 bits. No bit of any result depends on them.
    pub vectors: Option<Vectors>,
    /// How many operations may wait to be computed, one on top of the other, before they are: so a loop
    /// that never evaluates takes no more and more memory. `usize::MAX` for any number.
    pub pending: usize,
    /// Whether kernels that are compiled are named for Linux's `perf`, in `/tmp/perf-PID.map`.
    pub perf: bool,
    /// The most bytes that an evaluation may take at once, for results, for what leads to them, and to work with;
    /// `None` for any number. One that would take more is computed in slabs of the outermost axis of its
    /// results, with the same bits, or is an error before anything is allocated.
    /// [`Summary::needed_bytes`](crate::Summary::needed_bytes) says how many bytes that is, and
    /// [`explain`](crate::Array::explain) what becomes of it.
    ///
    /// ```
    /// use numfuse::{config, prelude::*};
    ///
    /// let x = arange(1 << 20).reshape([1024, 1024]).cast(F32);
    /// let ends = x.cumsum(1).cumsum(1).max(1); // running sums of 4 MiB each lie in memory
    /// config::with(|c| c.budget = Some(1 << 20), || {
    ///     assert!(ends.explain().contains("slabs"));
    ///     ends.eval()?;
    ///     // A running sum down the table cannot be cut.
    ///     assert!(x.cumsum(0).cumsum(1).max(1).eval().is_err());
    ///     Ok::<(), numfuse::Error>(())
    /// })?;
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    pub budget: Option<usize>,
    /// Up to how many bytes of data a computed array keeps what it was computed from, for
    /// [`why`](fn@crate::why); of more it knows only the arrays, while they are held elsewhere.
    pub recipes: usize,
}

/// How many operations wait at most: fewer than one kernel takes in.
const PENDING: usize = 256;

/// What evaluations print to standard error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Log {
    /// Each new plan.
    pub plan: bool,
    /// The kernels of each new plan.
    pub kernel: bool,
    /// Cranelift's text of each new kernel.
    pub clif: bool,
    /// The machine code of each new kernel.
    pub asm: bool,
    /// The CUDA C of each new kernel.
    pub cuda: bool,
    /// How long each evaluation took.
    pub time: bool,
}

/// The bytes of [`Config::recipes`] when nothing is said.
const RECIPES: usize = 1 << 16;

impl Default for Config {
    /// The settings when no variable is set.
    fn default() -> Config {
        Config {
            threads: None,
            fuse: true,
            fast_math: false,
            check: false,
            profile: false,
            device: Device::Cpu,
            interp: false,
            cache: None,
            cuda: Folders::default(),
            log: Log::default(),
            dump: None,
            vectors: None,
            pending: PENDING,
            perf: false,
            budget: None,
            recipes: RECIPES,
        }
    }
}

/// The device of a name: `cpu`, `cuda` for the first GPU, `cuda:1`.
fn device(name: &str) -> Option<Device> {
    match name.trim().split_once(':') {
        None if name.trim() == "cuda" => Some(Device::Cuda(0)),
        None if name.trim() == "cpu" => Some(Device::Cpu),
        Some(("cuda", ordinal)) => ordinal.parse().ok().map(Device::Cuda),
        _ => None,
    }
}

/// `numfuse/cuda` where the system wants caches to be.
fn usual_cache(variable: impl Fn(&str) -> Option<String>) -> Option<PathBuf> {
    let folder = |name| variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let caches = match cfg!(windows) {
        true => folder("LOCALAPPDATA"),
        false => folder("XDG_CACHE_HOME").or_else(|| Some(folder("HOME")?.join(".cache"))),
    };
    Some(caches?.join("numfuse").join("cuda"))
}

/// The folders of the toolkit and of the environment of Python that variables name.
fn cuda_folders(variable: impl Fn(&str) -> Option<String>) -> Folders {
    let folder = |name| variable(name).filter(|folder| !folder.is_empty()).map(PathBuf::from);
    let named = variable("NUMFUSE_CUDA_LIBRARIES").unwrap_or_default();
    let named = std::env::split_paths(&named).filter(|path| !path.as_os_str().is_empty());
    let toolkits = ["CUDA_HOME", "CUDA_PATH"].into_iter().filter_map(folder).map(|root| root.join("lib64"));
    Folders {
        libraries: named.chain(toolkits).collect(),
        pythons: folder("VIRTUAL_ENV").into_iter().collect(),
    }
}

impl Config {
    /// The settings that variables ask for. A value that makes no sense counts as unset.
    fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Config {
        let is_on = |name: &str, usual: bool| match variable(name).as_deref() {
            Some("0" | "false" | "off" | "no") => false,
            Some("1" | "true" | "on" | "yes") => true,
            _ => usual,
        };
        let words = variable("NUMFUSE_LOG").unwrap_or_default();
        let logs = |word: &str| words.split(',').any(|w| w.trim() == word);
        Config {
            threads: variable("NUMFUSE_THREADS").and_then(|n| n.trim().parse().ok()).filter(|&n| n > 0),
            fuse: is_on("NUMFUSE_FUSE", true),
            fast_math: is_on("NUMFUSE_FAST_MATH", false),
            check: is_on("NUMFUSE_CHECK", false),
            profile: is_on("NUMFUSE_PROFILE", false),
            device: variable("NUMFUSE_DEVICE").and_then(|name| device(&name)).unwrap_or_default(),
            interp: variable("NUMFUSE_DEVICE").as_deref() == Some("interp"),
            cache: match variable("NUMFUSE_CACHE").as_deref() {
                None | Some("") => usual_cache(&variable),
                Some("off" | "0") => None,
                Some(folder) => Some(PathBuf::from(folder)),
            },
            cuda: cuda_folders(&variable),
            log: Log {
                plan: logs("plan"),
                kernel: logs("kernel"),
                clif: logs("clif"),
                asm: logs("asm"),
                cuda: logs("cuda"),
                time: logs("time"),
            },
            dump: variable("NUMFUSE_DUMP").filter(|dir| !dir.is_empty()).map(PathBuf::from),
            vectors: match variable("NUMFUSE_VECTORS").as_deref().map(str::trim) {
                Some("128") => Some(Vectors::Bits128),
                Some("512") => Some(Vectors::Bits512),
                _ => None,
            },
            pending: variable("NUMFUSE_PENDING").and_then(|n| n.trim().parse().ok()).unwrap_or(PENDING),
            perf: is_on("NUMFUSE_PERF", false),
            budget: variable("NUMFUSE_BUDGET").and_then(|n| n.trim().parse().ok()),
            recipes: variable("NUMFUSE_RECIPES").and_then(|n| n.trim().parse().ok()).unwrap_or(RECIPES),
        }
    }
}

thread_local! {
    /// The settings of [`with`] on this thread.
    static SCOPED: RefCell<Option<Arc<Config>>> = const { RefCell::new(None) };
    /// This thread's copy of the settings of the process, and after how many changes it was made:
    /// every evaluation looks at them, and threads should not have to wait for each other there.
    static COPY: RefCell<Option<(u64, Arc<Config>)>> = const { RefCell::new(None) };
}

/// How often the settings of the process have been changed.
static CHANGES: AtomicU64 = AtomicU64::new(0);

fn shared() -> &'static RwLock<Config> {
    static SHARED: OnceLock<RwLock<Config>> = OnceLock::new();
    fork::once(&SHARED, || {
        let config = Config::from_variables(|name| std::env::var(name).ok());
        RwLock::new(config)
    })
}

/// The settings that an evaluation on this thread would use now.
pub fn current() -> Arc<Config> {
    SCOPED.with_borrow(Clone::clone).unwrap_or_else(of_process)
}

fn of_process() -> Arc<Config> {
    // Looked at before the settings: a change meanwhile is seen the next time.
    let changes = CHANGES.load(Acquire);
    COPY.with_borrow_mut(|copy| match copy {
        Some((made_at, config)) if *made_at == changes => config.clone(),
        _ => {
            let config = Arc::new(Config::clone(&fork::read(shared())));
            *copy = Some((changes, config.clone()));
            config
        }
    })
}

/// Changes the settings of the process, for evaluations that start from now on. Of two threads that change
/// them at once one may undo what the other did.
pub fn set(change: impl FnOnce(&mut Config)) {
    let mut config = Config::clone(&fork::read(shared()));
    // Nothing is locked meanwhile: what is called here may ask for the settings, or evaluate.
    change(&mut config);
    *fork::write(shared()) = config;
    CHANGES.fetch_add(1, Release);
}

/// Switches fusion on or off for the process: without it every operation gets a kernel of its own.
/// No bit of any result changes.
pub fn set_fusion(fuse: bool) {
    set(|config| config.fuse = fuse);
}

/// Switches on or off for the process that evaluations keep the time of each kernel. What
/// [`explain`](crate::Array::explain) then says of a computed array ends with them:
///
/// ```
/// use numfuse::{prelude::*, set_profiling};
///
/// set_profiling(true);
/// let x = ones([1000, 1000], F32).sum(0);
/// x.eval()?;
/// assert!(x.explain().contains("  took "));
/// # Ok::<(), numfuse::Error>(())
/// ```
pub fn set_profiling(profile: bool) {
    set(|config| config.profile = profile);
}

/// Runs `body` with other settings for what this thread evaluates meanwhile.
///
/// ```
/// use numfuse::{config, prelude::*};
///
/// let y = || arange(1000).cast(F32) * 2.5 + 1.5;
/// let (fused, eager) = (y(), y());
/// fused.eval()?;
/// config::with(|c| c.fuse = false, || eager.eval())?;
/// assert_eq!(fused.to_vec::<f32>()?, eager.to_vec::<f32>()?);
/// # Ok::<(), numfuse::Error>(())
/// ```
pub fn with<R>(change: impl FnOnce(&mut Config), body: impl FnOnce() -> R) -> R {
    /// Puts the former settings back, also when `body` panics.
    struct Restore(Option<Arc<Config>>);
    impl Drop for Restore {
        fn drop(&mut self) {
            let former = self.0.take();
            SCOPED.with_borrow_mut(|scoped| *scoped = former);
        }
    }
    let mut config = Config::clone(&current());
    change(&mut config);
    let former = SCOPED.with_borrow_mut(|scoped| scoped.replace(Arc::new(config)));
    let _restore = Restore(former);
    body()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_read() {
        let config = Config::from_variables(|name| {
            let value = match name {
                "NUMFUSE_THREADS" => "3",
                "NUMFUSE_FUSE" => "0",
                "NUMFUSE_FAST_MATH" => "1",
                "NUMFUSE_LOG" => "plan, time",
                "NUMFUSE_DEVICE" => "interp",
                "NUMFUSE_VECTORS" => "128",
                "NUMFUSE_BUDGET" => "1000000",
                _ => return None,
            };
            Some(value.to_string())
        });
        assert_eq!((config.threads, config.fuse, config.check), (Some(3), false, false));
        assert!(config.fast_math);
        assert_eq!(config.log, Log { plan: true, time: true, ..Log::default() });
        assert!(config.interp && config.device == Device::Cpu);
        assert_eq!((config.vectors, config.budget), (Some(Vectors::Bits128), Some(1_000_000)));
    }

    #[test]
    fn nonsense_counts_as_unset() {
        assert_eq!(Config::from_variables(|_| Some("nonsense".to_string())).threads, None);
        let mut config = Config::from_variables(|_| Some(String::new()));
        config.dump = None;
        assert_eq!(config, Config::default());
    }

    #[test]
    fn devices_and_folders_have_names() {
        let named = |device: &str| {
            Config::from_variables(|name| (name == "NUMFUSE_DEVICE").then(|| device.to_string())).device
        };
        let devices = ["cuda", "cuda:3", "cpu", "cuda:x", "tpu"].map(named);
        assert_eq!(devices, [Device::Cuda(0), Device::Cuda(3), Device::Cpu, Device::Cpu, Device::Cpu]);
        let config = Config::from_variables(|name| match name {
            "HOME" => Some("/home/someone".to_string()),
            "CUDA_HOME" => Some("/opt/cuda".to_string()),
            _ => None,
        });
        if cfg!(unix) {
            assert_eq!(config.cache, Some(PathBuf::from("/home/someone/.cache/numfuse/cuda")));
            assert_eq!(config.cuda.libraries, [PathBuf::from("/opt/cuda/lib64")]);
        }
        let off = Config::from_variables(|name| match name {
            "HOME" => Some("/home/someone".to_string()),
            "NUMFUSE_CACHE" => Some("off".to_string()),
            _ => None,
        });
        assert_eq!(off.cache, None);
    }

    #[test]
    fn scopes_nest_and_end() {
        let outer = current().fuse;
        with(
            |c| c.fuse = false,
            || {
                assert!(!current().fuse);
                with(|c| c.check = true, || assert!(!current().fuse && current().check));
                assert!(!current().check);
            },
        );
        assert_eq!(current().fuse, outer);
    }
}
