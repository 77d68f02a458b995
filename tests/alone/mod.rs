//! Tests of what a whole process shares: counters, the memory limit, variables, threads at `fork`.

use std::process::{Command, Output};

/// Says in the child that it is the child.
const CHILD: &str = "NUMFUSE_TEST_ALONE";

/// Runs `body` in a process where no other test runs: this program again, with only the test `name`,
/// which is the one that calls this.
#[track_caller]
pub fn alone(name: &str, body: impl FnOnce()) {
    if std::env::var_os(CHILD).is_some_and(|child| child == name) {
        return body();
    }
    let output = child(name, &[]);
    let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name} fails on its own ({}):\n{text}", output.status);
    assert!(text.contains("1 passed"), "{name} is the name of a test:\n{text}");
}

/// What becomes of the test `name` in a process of its own with these variables.
pub fn child(name: &str, variables: &[(&str, &str)]) -> Output {
    let program = std::env::current_exe().expect("a running test has a path");
    let mut command = Command::new(program);
    command.args(["--exact", name, "--nocapture", "--include-ignored"]).env(CHILD, name);
    command.envs(variables.iter().copied()).output().expect("a test can be run again")
}
