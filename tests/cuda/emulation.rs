//! The processor that stands in for a GPU finds what is wrong with a kernel: these kernels are, but for the first.

use crate::alone::is_child;
use crate::fake::{on_fake, watched_child};
use numfuse_runtime::cuda::{Folders, compile, set_folders};
use std::ffi::{CString, c_void};

/// As `on_cpu.h` has it.
#[repr(C)]
struct Launch {
    grid: [u32; 3],
    size: [u32; 3],
    dynamic: usize,
    seed: u64,
    arguments: *const *const c_void,
    stacks: *mut u8,
    bytes_of_stack: usize,
}

const THREADS: u32 = 256;
const STACK: usize = 256 << 10;

/// The numbers that a block of 256 threads stores, or `None` if it comes to no end.
fn run(body: &str, seed: u64) -> Option<Vec<i32>> {
    let folder = std::env::var("NUMFUSE_CUDA_LIBRARIES").expect("it was set");
    set_folders(Folders { libraries: vec![folder.into()], pythons: vec![] });
    let arguments = "int* b";
    let text =
        format!("extern \"C\" __global__ void __launch_bounds__({THREADS}) kernel({arguments}) {{ {body} }}");
    let image = String::from_utf8(compile(&text, (9, 0)).expect("the text is right")).expect("it is a text");
    let lines: Vec<&str> = image.lines().collect();
    let path = CString::new(lines[1]).expect("a path");
    let name = CString::new(format!("run_kernel_{}", lines[2])).expect("a name");
    // SAFETY: the library was made just now, of the text above.
    let entry = unsafe { libc::dlsym(libc::dlopen(path.as_ptr(), libc::RTLD_NOW), name.as_ptr()) };
    assert!(!entry.is_null(), "the library has the entry");
    // SAFETY: this is the type of every such entry.
    let entry: unsafe extern "C" fn(&Launch) -> bool = unsafe { std::mem::transmute(entry) };
    let (mut numbers, mut stacks) = (vec![-1i32; THREADS as usize], vec![0u8; THREADS as usize * STACK]);
    let place = numbers.as_mut_ptr();
    let arguments = [(&raw const place).cast::<c_void>()];
    let launch = Launch {
        grid: [1; 3],
        size: [THREADS, 1, 1],
        dynamic: 0,
        seed,
        arguments: arguments.as_ptr(),
        stacks: stacks.as_mut_ptr(),
        bytes_of_stack: STACK,
    };
    // SAFETY: the argument is the address of as many numbers as there are threads; the stacks are theirs.
    unsafe { entry(&launch) }.then_some(numbers)
}

#[test]
fn threads_meet_at_barriers_and_exchange_values() {
    on_fake("emulation::threads_meet_at_barriers_and_exchange_values", &[], || {
        let mirrored = |between: &str| {
            format!(
                "__shared__ int s[256]; s[threadIdx.x] = threadIdx.x; {between} b[threadIdx.x] = s[255 - threadIdx.x];"
            )
        };
        let expected: Vec<i32> = (0..256).rev().collect();
        let exchanged = "b[threadIdx.x] = __shfl_down_sync(0xffffffffu, (int)threadIdx.x, 1) + \
                         (__ballot_sync(0xffffffffu, threadIdx.x % 32 < 2) == 3u ? 1000 : 0);";
        let next = |t: i32| 1000 + if t % 32 == 31 { t } else { t + 1 };
        for seed in 0..4 {
            assert_eq!(run(&mirrored("__syncthreads();"), seed).as_ref(), Some(&expected));
            assert_ne!(run(&mirrored(""), seed).as_ref(), Some(&expected), "nobody waits for the others");
            assert_ne!(run(&mirrored("__syncwarp();"), seed).as_ref(), Some(&expected), "only a warp waits");
            assert_eq!(run(exchanged, seed), Some((0..256).map(next).collect()));
        }
        let parted = "if (threadIdx.x < 200) __syncthreads(); else __syncwarp(); b[threadIdx.x] = 1;";
        assert_eq!(run(parted, 0), None, "threads wait for each other at different places");
    });
}

/// Fails unless the process that runs a kernel under sanitizers ends with these words.
#[track_caller]
fn is_found(name: &str, body: &str, words: &str) {
    if is_child(name) {
        return drop(run(body, 0));
    }
    let Some(output) = watched_child(name) else { return };
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains(words), "{name}:\n{said}");
}

#[test]
fn what_lies_beyond_memory_is_found() {
    let beyond = "b[threadIdx.x + 1] = 1;";
    is_found("emulation::what_lies_beyond_memory_is_found", beyond, "heap-buffer-overflow");
}

#[test]
fn what_lies_askew_is_found() {
    let askew = "struct alignas(16) V { int at[4]; }; if (threadIdx.x == 0) *(V*)(b + 1) = V{{1, 2, 3, 4}};";
    is_found("emulation::what_lies_askew_is_found", askew, "store to misaligned address");
}
