//! Tests of what a whole process shares: counters, limits, variables, threads at a fork. Each runs
//! in a process of its own.

#![allow(dead_code, reason = "not every test needs every function")]

use std::process::{Command, Output};

/// Names the test in the process where it runs alone.
const CHILD: &str = "NUMFUSE_TEST_ALONE";

/// Runs `body` in a process where no other test runs: this program again, with only the test `name`,
/// which is the one that calls this.
#[track_caller]
pub fn alone(name: &str, body: impl FnOnce()) {
    if is_child(name) {
        return body();
    }
    let output = child(name, &[]);
    let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name} fails on its own, {}:\n{text}", output.status);
}

/// Whether this is the process in which the test `name` runs alone.
pub fn is_child(name: &str) -> bool {
    std::env::var_os(CHILD).is_some_and(|child| child == name)
}

/// What becomes of the test `name` in a process of its own with these variables.
#[track_caller]
pub fn child(name: &str, variables: &[(&str, &str)]) -> Output {
    let program = std::env::current_exe().expect("a running test has a path");
    let mut command = Command::new(program);
    command.args(["--exact", name, "--nocapture"]).env(CHILD, name);
    for setting in [
        "THREADS", "FUSE", "CHECK", "DEVICE", "LOG", "DUMP", "PROFILE", "PENDING", "PERF", "VECTORS",
        "BUDGET",
    ] {
        command.env_remove(format!("NUMFUSE_{setting}"));
    }
    let output = command.envs(variables.iter().copied()).output().expect("a test can be run again");
    let ran = String::from_utf8_lossy(&output.stdout).contains("running 1 test");
    assert!(ran, "{name} is the name of a test");
    output
}

/// Runs `body` in a fork of this process and fails unless it returns true within a minute.
#[cfg(unix)]
pub fn in_a_fork(body: impl FnOnce() -> bool) {
    // SAFETY: the child only runs `body` and leaves without cleaning up what is the parent's.
    let child = unsafe { libc::fork() };
    assert!(child >= 0, "a process can be forked");
    if child == 0 {
        let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(body)).unwrap_or(false);
        // SAFETY: ends this process and nothing else.
        unsafe { libc::_exit(if done { 0 } else { 1 }) };
    }
    for _ in 0..6000 {
        let mut status = 0;
        // SAFETY: `child` is ours and `status` outlives the call.
        if unsafe { libc::waitpid(child, &mut status, libc::WNOHANG) } == child {
            assert!(
                libc::WIFEXITED(status) && libc::WEXITSTATUS(status) == 0,
                "the child ends with {status:#x}"
            );
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    // SAFETY: ends the child that was started above.
    unsafe { libc::kill(child, libc::SIGKILL) };
    panic!("the child hangs");
}

/// Bytes of this process in memory, where the system tells.
pub fn resident_bytes() -> Option<usize> {
    let text = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: usize = text.split(' ').nth(1)?.parse().ok()?;
    Some(pages * 4096)
}
