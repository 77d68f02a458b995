//! What goes wrong with a GPU: each is a sentence where values are read, and everything else goes on.

use crate::alone::{in_a_fork, is_child};
use crate::fake::{Fake, Scratch, child, on_fake, succeeds};
use crate::skips::skipped;
use numfuse::fft::{self, Norm};
use numfuse::prelude::*;
use numfuse::{Error, cuda};
use numfuse_runtime::cuda::capabilities;

const GPU: Device = Device::Cuda(0);

/// The sentence of an error, without the operation and its line.
fn sentence(error: Error) -> String {
    error.to_string().split(" [").next().unwrap_or_default().to_string()
}

/// An array on the GPU.
fn there(count: i64) -> Array {
    arange(count).cast(F32).to(GPU)
}

/// Fails unless the processor still computes.
#[track_caller]
fn the_processor_goes_on() {
    assert_eq!(Array::from([4.0f32, 9.0]).sqrt().to_vec::<f32>().unwrap(), [2.0, 3.0]);
}

/// What the process in which a test runs is to say.
const EXPECTED: &str = "CUDA_ON_CPU_EXPECTED";

#[test]
fn a_driver_of_no_use_is_a_sentence() {
    const NAME: &str = "faults::a_driver_of_no_use_is_a_sentence";
    if is_child(NAME) {
        let expected = std::env::var(EXPECTED).expect("it was set");
        let said = sentence((there(10) + 1.0).eval().unwrap_err());
        assert!(said.starts_with(&expected), "{said}\nand not\n{expected}");
        assert_eq!(sentence(cuda::properties(0).unwrap_err()), said);
        return the_processor_goes_on();
    }
    let none = [
        ("CUDA_ON_CPU_DEVICES", "0", "no CUDA device: the driver finds no GPU"),
        (
            "CUDA_ON_CPU_INIT",
            "100",
            "no CUDA device: cuInit: CUDA_ERROR_NO_DEVICE (no CUDA-capable device is detected)",
        ),
        ("CUDA_ON_CPU_INIT", "803", "no CUDA device: cuInit: CUDA_ERROR_SYSTEM_DRIVER_MISMATCH"),
        (
            "CUDA_ON_CPU_DRIVER",
            "11040",
            "no CUDA device: the driver is one of CUDA 11.4, 12.0 is needed: install a newer one",
        ),
        (
            "CUDA_ON_CPU_CAPABILITY",
            "70",
            "no CUDA device: processor in place of a GPU has compute capability 7.0, 7.5 is needed",
        ),
    ];
    let kernels = Scratch::new(NAME);
    for (variable, value, expected) in none {
        let variables = [(variable, value), (EXPECTED, expected)];
        let Some(output) = child(NAME, &kernels.0, &variables) else { return };
        succeeds(&format!("{NAME}, {variable}={value}"), &output);
    }
}

#[test]
fn without_a_driver_there_is_a_sentence() {
    let nowhere = [("LD_LIBRARY_PATH", ""), ("NUMFUSE_CUDA_LIBRARIES", "")];
    on_fake("faults::without_a_driver_there_is_a_sentence", &nowhere, || {
        if cuda::count() > 0 {
            return skipped("a machine without a driver: this one has a driver");
        }
        let said = sentence((there(10) + 1.0).eval().unwrap_err());
        assert!(said.starts_with("no CUDA device: "), "{said}");
        the_processor_goes_on();
    });
}

/// Runs a test where only those of the libraries are found.
#[track_caller]
fn on_fake_with(name: &str, libraries: &[&str], body: impl FnOnce()) {
    if is_child(name) {
        return body();
    }
    let Some(fake) = Fake::get() else { return };
    let folder = Scratch::new(&format!("{name}-libraries"));
    for library in libraries {
        std::fs::copy(fake.library(library), folder.0.join(library))
            .expect("the folder for tests can be written to");
    }
    let path = folder.0.to_string_lossy();
    let only = [("LD_LIBRARY_PATH", &*path), ("NUMFUSE_CUDA_LIBRARIES", &*path), ("VIRTUAL_ENV", "")];
    on_fake(name, &only, body);
}

#[test]
fn without_nvrtc_there_are_copies_and_a_sentence() {
    on_fake_with("faults::without_nvrtc_there_are_copies_and_a_sentence", &["libcuda.so"], || {
        let there = there(10);
        assert_eq!(there.to_vec::<f32>().unwrap()[9], 9.0, "to copy takes no compiler");
        if capabilities().is_ok() {
            return skipped("a machine without NVRTC: this one has it");
        }
        let said = sentence((there + 1.0).eval().unwrap_err());
        assert!(
            said.starts_with("no CUDA device: libnvrtc cannot be loaded: install CUDA's NVRTC"),
            "{said}"
        );
        the_processor_goes_on();
    });
}

#[test]
fn an_old_nvrtc_is_a_sentence() {
    on_fake("faults::an_old_nvrtc_is_a_sentence", &[("CUDA_ON_CPU_NVRTC", "11")], || {
        let said = sentence((there(10) + 1.0).eval().unwrap_err());
        let expected = "no CUDA device: libnvrtc is one of CUDA 11.0, 12.0 is needed: install CUDA's NVRTC";
        assert!(said.starts_with(expected), "{said}");
        the_processor_goes_on();
    });
}

#[test]
fn without_cublas_a_product_is_a_sentence() {
    let libraries = ["libcuda.so", "libnvrtc.so"];
    on_fake_with("faults::without_cublas_a_product_is_a_sentence", &libraries, || {
        let x = there(400).reshape([20, 20]);
        match x.matmul(&x).eval() {
            Ok(()) => return skipped("a machine without cuBLAS: this one has it"),
            Err(error) => {
                let said = sentence(error);
                assert!(
                    said.starts_with("no CUDA device: libcublas cannot be loaded: install cuBLAS"),
                    "{said}"
                );
            }
        }
        assert_eq!((&x + 1.0).sum(..).item::<f32>().unwrap(), 80_200.0, "kernels need no library");
    });
}

#[test]
fn a_library_without_a_call_is_a_sentence() {
    const NAME: &str = "faults::a_library_without_a_call_is_a_sentence";
    if is_child(NAME) {
        let expected = std::env::var(EXPECTED).expect("it was set");
        let x = there(400).reshape([20, 20]);
        let asked = [
            (&x + 1.0).eval(),
            x.matmul(&x).eval(),
            fft::fft(&x, None, -1, Norm::Backward).eval(),
            cuda::Generator::new(0, cuda::Algorithm::Philox4x32, 1).map(drop),
        ];
        let said: Vec<String> = asked.into_iter().filter_map(Result::err).map(sentence).collect();
        let is_expected = |said: &String| said.starts_with(&expected);
        assert!(!said.is_empty() && said.iter().all(is_expected), "{said:#?}\nand not\n{expected}");
        return the_processor_goes_on();
    }
    let lacking = [
        ("libcuda.so", "cuGraphAddKernelNode_v2", "install a driver of CUDA 12.0 or newer"),
        (
            "libnvrtc.so",
            "nvrtcGetCUBIN",
            "install CUDA's NVRTC (the Python package nvidia-cuda-nvrtc has it)",
        ),
        (
            "libcublas.so",
            "cublasGemmStridedBatchedEx",
            "install another cuBLAS (the Python package nvidia-cublas",
        ),
        (
            "libcufft.so",
            "cufftMakePlanMany64",
            "install another cuFFT (the Python package nvidia-cufft has it)",
        ),
        (
            "libcurand.so",
            "curandSetStream",
            "install another cuRAND (the Python package nvidia-curand has it)",
        ),
    ];
    let Some(fake) = Fake::get() else { return };
    for (lacks, call, remedy) in lacking {
        let (kernels, folder) = (Scratch::new(NAME), Scratch::new(&format!("{NAME}-{call}")));
        for (library, ..) in lacking.iter().filter(|(library, ..)| *library != lacks) {
            std::fs::copy(fake.library(library), folder.0.join(library))
                .expect("the folder for tests can be written to");
        }
        fake.make_without(call, lacks, &folder.0);
        let path = folder.0.to_string_lossy();
        let file = lacks.trim_end_matches(".so");
        let expected = format!("no CUDA device: {file} has no {call}: {remedy}");
        let variables = [
            ("LD_LIBRARY_PATH", &*path),
            ("NUMFUSE_CUDA_LIBRARIES", &*path),
            ("VIRTUAL_ENV", ""),
            (EXPECTED, &expected),
        ];
        let Some(output) = child(NAME, &kernels.0, &variables) else { return };
        succeeds(&format!("{NAME}, {call}"), &output);
    }
}

#[test]
fn a_full_gpu_names_what_lies_on_it() {
    let small = [("CUDA_ON_CPU_MEMORY", "1000000")];
    on_fake("faults::a_full_gpu_names_what_lies_on_it", &small, || {
        let x = there(50_000);
        x.eval().unwrap();
        // More than fits, if what was freed did not go back.
        for k in 0..20 {
            (&x + f64::from(k)).eval().unwrap();
        }
        let (y, z) = (&x * 0.5, x.i(..100) * 2.0);
        y.eval().unwrap();
        z.eval().unwrap();
        let error = concatenate([&x, &y, &x, &y], 0).eval().unwrap_err();
        let expected = "cannot allocate 800000 bytes (781.2 KiB) on the GPU: of its 1000000 bytes (976.6 KiB) the \
                        arrays on it take 400400 bytes (391.0 KiB), the largest of them 200000 bytes (195.3 KiB), \
                        200000 bytes (195.3 KiB), 400 bytes; drop arrays that are no longer needed or compute in \
                        smaller parts";
        assert!(sentence(error).starts_with(expected));
        assert_eq!(y.i(2).item::<f32>().unwrap(), 1.0, "the GPU goes on");
        drop(y);
        concatenate([&z, &x, &x, &z], 0).eval().unwrap();
    });
}

#[test]
fn a_lost_gpu_stays_lost_and_names_its_kernels() {
    let failing = [("CUDA_ON_CPU_FAIL", "kernel:2:700")];
    on_fake("faults::a_lost_gpu_stays_lost_and_names_its_kernels", &failing, || {
        let x = there(1000);
        assert_eq!((&x + 1.0).i(1).item::<f32>().unwrap(), 2.0);
        let wrong = x.sqrt() * 3.0;
        wrong.eval().unwrap();
        let said = sentence(wrong.to_vec::<f32>().unwrap_err());
        let expected = "the GPU was lost, with all arrays on it, until the process ends: cuStreamSynchronize: \
                        CUDA_ERROR_ILLEGAL_ADDRESS (an illegal memory access was encountered); launched last: ";
        assert!(said.starts_with(expected) && said.contains("sqrt"), "{said}");
        for _ in 0..2 {
            let again = sentence((there(3) + 1.0).eval().unwrap_err());
            assert_eq!(again.split(';').next(), said.split(';').next(), "every call is told of it");
        }
        drop((x, wrong));
        the_processor_goes_on();
    });
}

#[test]
fn a_call_that_fails_once_fails_one_evaluation() {
    let failing = [("CUDA_ON_CPU_FAIL", "cuModuleLoadData:1:209")];
    on_fake("faults::a_call_that_fails_once_fails_one_evaluation", &failing, || {
        let x = there(1000);
        let said = sentence((&x + 1.0).eval().unwrap_err());
        assert!(
            said.starts_with("the GPU refused: cuModuleLoadData: CUDA_ERROR_NO_BINARY_FOR_GPU"),
            "{said}"
        );
        assert_eq!((&x + 1.0).i(1).item::<f32>().unwrap(), 2.0);
    });
}

#[test]
fn a_text_that_nvrtc_refuses_is_told_with_its_reason() {
    let failing = [("CUDA_ON_CPU_FAIL_COMPILER", "1")];
    on_fake("faults::a_text_that_nvrtc_refuses_is_told_with_its_reason", &failing, || {
        let said = sentence((there(10) + 1.0).eval().unwrap_err());
        assert!(
            said.starts_with("NVRTC refused a kernel: kernel.cu(1): error: the text is refused"),
            "{said}"
        );
        the_processor_goes_on();
    });
}

#[test]
fn a_fork_of_a_process_with_a_gpu_has_none() {
    on_fake("faults::a_fork_of_a_process_with_a_gpu_has_none", &[], || {
        let x = there(1000);
        let pending = &x * 2.0;
        assert_eq!(x.sum(..).item::<f32>().unwrap(), 499_500.0);
        in_a_fork(|| {
            let errors =
                [pending.eval(), there(3).eval(), x.to_vec::<f32>().map(drop)].map(Result::unwrap_err);
            the_processor_goes_on();
            errors
                .map(sentence)
                .iter()
                .all(|said| said.starts_with("a process forked from one that used the GPU"))
        });
        assert_eq!(pending.i(7).item::<f32>().unwrap(), 14.0, "the parent goes on");
    });
}
