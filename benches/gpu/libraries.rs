//! What libraries compute.

use crate::{GPU, Result, measure, numbers};
use numfuse::cuda::{Algorithm, Generator, synchronize};
use numfuse::eval_all;
use numfuse::fft::{self, Norm};
use numfuse::prelude::*;
use std::time::Instant;

/// Measures and says all of it.
pub fn libraries() -> Result<()> {
    for (name, n, dtype) in [
        ("float32", 4096, F32),
        ("bfloat16", 8192, BF16),
        ("float16", 8192, F16),
        ("float64", 4096, F64),
        ("complex64", 4096, C64),
        ("complex128", 2048, C128),
    ] {
        let [a, b] = [numbers([n, n], 21)?.cast(dtype), numbers([n, n], 22)?.cast(dtype)];
        eval_all([&a, &b])?;
        let seconds = measure(&|| a.matmul(&b))?;
        let operations = if dtype.is_complex() { 8.0 } else { 2.0 } * (n as f64).powi(3);
        println!(
            "{name} product of {n} x {n}: {:.0} us, {:.1} Tflop/s",
            seconds * 1e6,
            operations / seconds / 1e12
        );
    }
    let x = numbers([64, 1 << 20], 23)?;
    let z = (&x + Complex::new(0.0f32, 0.5)).cast(C64);
    z.eval()?;
    for (name, seconds, bytes) in [
        ("fft of 64 x 2^20 complex64", measure(&|| fft::fft(&z, None, -1, Norm::Backward))?, 2.0 * 8.0),
        ("rfft of 64 x 2^20 float32", measure(&|| fft::rfft(&x, None, -1, Norm::Backward))?, 4.0 + 4.0),
    ] {
        println!("{name}: {:.0} us, {:.0} GB/s", seconds * 1e6, bytes * x.size() as f64 / seconds / 1e9);
    }
    for algorithm in Algorithm::ALL {
        let mut generator = Generator::new(0, algorithm, 24)?;
        for warm in [true, false] {
            let start = Instant::now();
            for _ in 0..5 {
                generator.normal(1 << 27, 0.0, 1.0, F32)?;
            }
            synchronize(GPU)?;
            let rate = 5.0 * 4.0 * (1u64 << 27) as f64 / start.elapsed().as_secs_f64();
            if !warm {
                println!("{algorithm}, normal float32: {:.0} GB/s", rate / 1e9);
            }
        }
    }
    Ok(())
}
