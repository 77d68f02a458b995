//! NVIDIA's tools as Python's packages bring them: `tests/run.sh` installs these beside NumPy.

use crate::skips::skipped;
use std::path::PathBuf;
use std::process::Command;

/// A Python that may have the packages.
pub fn python() -> Option<Command> {
    let mut command = Command::new(std::env::var_os("NUMFUSE_PYTHON")?);
    // No compiled modules beside the sources.
    command.arg("-B");
    Some(command)
}

/// What the packages of the compiler and the disassemblers hold.
pub struct Tools {
    /// The folder of NVRTC.
    pub libraries: PathBuf,
    /// The folder of `nvdisasm` and `cuobjdump`.
    programs: PathBuf,
}

impl Tools {
    /// The tools, or a line about the tests that need them.
    pub fn find() -> Option<Tools> {
        let found = Tools::look();
        if found.is_none() {
            skipped("machine code for GPUs: NUMFUSE_PYTHON names no Python that has NVRTC and nvdisasm");
        }
        found
    }

    fn look() -> Option<Tools> {
        let where_it_is = "import nvidia.cu13 as cuda; print(*cuda.__path__)";
        let output = python()?.args(["-c", where_it_is]).output().ok().filter(|o| o.status.success())?;
        let root = PathBuf::from(String::from_utf8(output.stdout).ok()?.trim_end());
        let tools = Tools { libraries: root.join("lib"), programs: root.join("bin") };
        let there = |program: &str| tools.programs.join(program).exists();
        (there("nvdisasm") && there("cuobjdump")).then_some(tools)
    }

    /// What one of the programs prints.
    #[track_caller]
    pub fn print(&self, program: &str, arguments: &[&str], file: &std::path::Path) -> String {
        let output = Command::new(self.programs.join(program)).args(arguments).arg(file).output();
        let output = output.unwrap_or_else(|error| panic!("{program}: {error}"));
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{program} {}: {said}", file.display());
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}
