//! Code on disk between processes: the second one compiles nothing, and whatever is wrong with a folder or a file costs
//! a compilation and nothing else.

use crate::alone::is_child;
use crate::fake::{Scratch, child, succeeds};
use numfuse::prelude::*;
use numfuse_runtime::cuda::statistics;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// What the process finds on disk and what it compiles, as words; `any` where that is open.
const EXPECTED: &str = "CUDA_ON_CPU_EXPECTED";

/// Evaluates on the GPU and fails unless so much was found and so much compiled.
fn evaluate() {
    let x = arange(1000).cast(F32);
    let result = (x.to(Device::Cuda(0)) * 3.0 + 1.0).to_vec::<f32>().unwrap();
    assert_eq!(result, (x * 3.0 + 1.0).to_vec::<f32>().unwrap());
    let (found, compiled) = statistics();
    let expected = std::env::var(EXPECTED).expect("it was set");
    assert!(
        expected == "any" || expected == format!("{found} {compiled}"),
        "{found} {compiled}, not {expected}"
    );
}

/// Processes that keep their code in one folder.
struct Processes {
    name: &'static str,
    kernels: Scratch,
    cache: PathBuf,
}

impl Processes {
    fn new(name: &'static str) -> Processes {
        let kernels = Scratch::new(name);
        let cache = kernels.0.join("cache");
        Processes { name, kernels, cache }
    }

    /// Runs one that finds and compiles so much; false if there is no C++ compiler.
    #[track_caller]
    fn run(&self, expected: &str) -> bool {
        let cache = self.cache.to_string_lossy();
        let variables = [("NUMFUSE_CACHE", &*cache), (EXPECTED, expected)];
        let output = child(self.name, &self.kernels.0, &variables);
        output.is_some_and(|output| {
            succeeds(self.name, &output);
            true
        })
    }

    /// The files of code.
    fn files(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(&self.cache).expect("the folder is there");
        let paths = entries.map(|entry| entry.expect("it can be read").path());
        paths.filter(|path| path.extension().is_some_and(|ending| ending == "cubin")).collect()
    }
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).expect("it is ours");
}

#[test]
fn a_second_process_compiles_nothing() {
    const NAME: &str = "kept::a_second_process_compiles_nothing";
    if is_child(NAME) {
        return evaluate();
    }
    let processes = Processes::new(NAME);
    if !processes.run("0 1") {
        return;
    }
    processes.run("1 0");
    assert_eq!(fs::metadata(&processes.cache).unwrap().permissions().mode() & 0o777, 0o700);
    // A file that is cut off is a miss, and is whole afterwards.
    let files = processes.files();
    assert_eq!(files.len(), 1);
    let whole = fs::read(&files[0]).unwrap();
    fs::write(&files[0], &whole[..whole.len() - 1]).unwrap();
    processes.run("0 1");
    processes.run("1 0");
}

#[test]
fn what_others_may_change_is_not_read() {
    const NAME: &str = "kept::what_others_may_change_is_not_read";
    if is_child(NAME) {
        return evaluate();
    }
    let processes = Processes::new(NAME);
    if !processes.run("0 1") {
        return;
    }
    let written = || fs::metadata(&processes.files()[0]).and_then(|m| m.modified()).unwrap();
    let before = written();
    set_mode(&processes.cache, 0o777);
    processes.run("0 1");
    set_mode(&processes.cache, 0o700);
    // Only the administrator can give a folder away.
    if std::os::unix::fs::chown(&processes.cache, Some(12_345), None).is_ok() {
        processes.run("0 1");
        std::os::unix::fs::chown(&processes.cache, Some(0), None).unwrap();
    }
    assert_eq!(written(), before, "it was not written to either");
    processes.run("1 0");
}

#[test]
fn a_folder_that_cannot_be_written_costs_a_compilation() {
    const NAME: &str = "kept::a_folder_that_cannot_be_written_costs_a_compilation";
    if is_child(NAME) {
        return evaluate();
    }
    let mut processes = Processes::new(NAME);
    fs::create_dir(&processes.cache).unwrap();
    set_mode(&processes.cache, 0o500);
    processes.run("0 1");
    set_mode(&processes.cache, 0o700);
    // Nobody makes folders there, not even the administrator.
    processes.cache = PathBuf::from("/proc/numfuse");
    processes.run("0 1");
}

#[test]
fn processes_that_race_leave_whole_files() {
    const NAME: &str = "kept::processes_that_race_leave_whole_files";
    if is_child(NAME) {
        return evaluate();
    }
    let processes = Processes::new(NAME);
    let all = std::thread::scope(|scope| {
        let running: Vec<_> = (0..3).map(|_| scope.spawn(|| processes.run("any"))).collect();
        running.into_iter().all(|one| one.join().expect("it succeeds"))
    });
    if all {
        assert_eq!(processes.files().len(), 1);
        assert_eq!(fs::read_dir(&processes.cache).unwrap().count(), 1, "no draft is left");
        processes.run("1 0");
    }
}
