//! Expressions on a GPU, beside what its memory gives.
//!
//! `cargo bench --bench gpu` prints, for each workload, bytes that must move a second as a share of a copy
//! within the GPU's memory measured right before, and the time of one evaluation: the median of rounds in
//! which many are launched and then waited for. Plans and code are known by then. Before them come what small
//! evaluations and copies take, and what libraries compute; `-- overheads` prints these alone.

#![allow(clippy::reversed_empty_ranges, reason = "an end below 0 counts from the back")]

use numfuse::cuda::{Algorithm, Generator, bandwidth, count, properties, synchronize};
use numfuse::fft::{self, Norm};
use numfuse::prelude::*;
use numfuse::random::{self, Key};
use numfuse::{compile, eval_all};
use std::time::Instant;

/// Evaluations in one round, and rounds.
const EVALUATIONS: usize = 20;
const ROUNDS: usize = 7;

const GPU: Device = Device::Cuda(0);

type Result<T> = std::result::Result<T, numfuse::Error>;

/// Numbers from 0.5 to 1.5, on the GPU.
fn numbers(shape: impl numfuse::IntoShape, seed: u64) -> Result<Array> {
    let x = random::uniform(Key::seed(seed), shape, 0.5, 1.5, F32).to(GPU);
    x.eval()?;
    Ok(x)
}

/// The median seconds of one evaluation.
fn measure(expression: &dyn Fn() -> Array) -> Result<f64> {
    for _ in 0..3 {
        expression().eval()?;
    }
    synchronize(GPU)?;
    let mut seconds = Vec::new();
    for _ in 0..ROUNDS {
        let start = Instant::now();
        for _ in 0..EVALUATIONS {
            expression().eval()?;
        }
        synchronize(GPU)?;
        seconds.push(start.elapsed().as_secs_f64() / EVALUATIONS as f64);
    }
    seconds.sort_by(f64::total_cmp);
    Ok(seconds[ROUNDS / 2])
}

fn report(name: &str, expression: &dyn Fn() -> Array) -> Result<()> {
    let plan = expression().plan()?;
    let seconds = measure(expression)?;
    let (rate, ceiling) = (plan.bytes_moved as f64 / seconds, bandwidth(0)?);
    println!(
        "{name:<34} {:>2} kernels {:>9.1} us {:>7.0} GB/s {:>6.3} of a copy ({:.0})",
        plan.kernels,
        seconds * 1e6,
        rate / 1e9,
        rate / ceiling,
        ceiling / 1e9
    );
    Ok(())
}

/// The median seconds of one call, each waited for by what it returns.
fn waited(body: &dyn Fn() -> Result<()>) -> Result<f64> {
    const CALLS: usize = 2000;
    let mut seconds = Vec::with_capacity(CALLS);
    for _ in 0..CALLS {
        let start = Instant::now();
        body()?;
        seconds.push(start.elapsed().as_secs_f64());
    }
    seconds.sort_by(f64::total_cmp);
    Ok(seconds[CALLS / 2])
}

/// What evaluations of little take, and copies up and down.
fn overheads() -> Result<()> {
    let say = |name: &str, seconds: f64| println!("{name:<62} {:>9.1} us", seconds * 1e6);
    let [a, b, c] = [numbers(100, 11)?, numbers(100, 12)?, numbers(100, 13)?];
    // With the context, the compiler and a first kernel.
    (&a * 3.5).eval()?;
    let start = Instant::now();
    (((&a * 2.5 + &b) * &c - 4.5).maximum(0.25) / (&a + 5.5) + (&b * 6.5)).minimum(&c).eval()?;
    synchronize(GPU)?;
    say("ten operations, first evaluation (compiled, or found on disk)", start.elapsed().as_secs_f64());
    let sum = || (&a * &b + &c).sum(..);
    say("(a*b + c).sum() of 100, value on the host", waited(&|| sum().item::<f32>().map(drop))?);
    let compiled = compile(|x| (&x[0] * &x[1] + &x[2]).sum(..));
    let call = || compiled.call(&[&a, &b, &c]);
    say("the same through compile", waited(&|| call()?.item::<f32>().map(drop))?);
    say("the same, one after the other", measure(&|| call().expect("it runs"))?);
    let small = numbers(1000, 14)?;
    let chain = compile(|x| (0..1000).fold(x[0].clone(), |x, k| if k % 2 == 0 { x + 1.5 } else { x * 0.75 }));
    let call = || chain.call(&[&small]);
    say(
        "1000 operations on 1000 elements through compile, waited for",
        waited(&|| {
            call()?.eval()?;
            synchronize(GPU)
        })?,
    );
    say("the same, one after the other", measure(&|| call().expect("it runs"))?);
    let square = numbers([40, 40], 15)?;
    let steps = || (0..10).fold(square.clone(), |x, _| numfuse::softmax(&x.cumsum(1), 0).cumsum(0) + 0.5);
    let kernels = steps().plan()?.kernels;
    say(&format!("{kernels} small kernels, one after the other"), measure(&steps)?);
    say(
        &format!("{kernels} small kernels, waited for"),
        waited(&|| {
            steps().eval()?;
            synchronize(GPU)
        })?,
    );
    let host = random::uniform(Key::seed(16), 1 << 26, 0.0, 1.0, F32);
    host.eval()?;
    let bytes = (host.size() * 4) as f64;
    for _ in 0..2 {
        let (start, there) = (Instant::now(), host.to(GPU));
        there.eval()?;
        synchronize(GPU)?;
        let up = start.elapsed().as_secs_f64();
        let (start, back) = (Instant::now(), there.to(Device::Cpu));
        back.eval()?;
        let down = start.elapsed().as_secs_f64();
        println!("256 MiB: up {:.1} GB/s, down {:.1} GB/s", bytes / up / 1e9, bytes / down / 1e9);
    }
    Ok(())
}

/// What libraries compute.
fn libraries() -> Result<()> {
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

fn main() -> Result<()> {
    if count() == 0 {
        println!("skipped: there is no GPU");
        return Ok(());
    }
    println!("{:?}", properties(0)?);
    overheads()?;
    libraries()?;
    if std::env::args().any(|argument| argument == "overheads") {
        return Ok(());
    }
    let n = 1 << 27;
    let [a, b, c] = [numbers(n, 1)?, numbers(n, 2)?, numbers(n, 3)?];
    report("a*x + b - c, 2^27", &|| &a * 2.5 + &b - &c)?;
    report("chain of 20, 2^27", &|| {
        let mut x = a.clone();
        for k in 0..5 {
            x = ((&x * 1.5 + 0.25).maximum(0.125) - f64::from(k)).abs();
        }
        x
    })?;
    report("exp(-a*a), 2^27", &|| (-(&a * &a)).exp())?;
    report("sigmoid, 2^27", &|| a.sigmoid())?;
    report("tanh(a*b) + c, 2^27", &|| (&a * &b).tanh() + &c)?;
    report("sum, 2^27", &|| a.sum(..))?;
    report("mean and variance, 2^27", &|| a.var(..))?;
    report("max, 2^27", &|| a.max(..))?;
    report("cumsum, 2^27", &|| a.cumsum(0))?;
    for (rows, columns) in [(1 << 20, 128), (1 << 17, 1024), (1 << 14, 8192), (1 << 10, 1 << 17)] {
        let x = a.reshape([rows, columns]);
        x.eval()?;
        let shape = format!("{rows} x {columns}");
        report(&format!("sum of rows, {shape}"), &|| x.sum(1))?;
        report(&format!("sum of columns, {shape}"), &|| x.sum(0))?;
        report(&format!("variance of columns, {shape}"), &|| x.var(0))?;
        report(&format!("cumsum of rows, {shape}"), &|| x.cumsum(1))?;
        report(&format!("cumsum of columns, {shape}"), &|| x.cumsum(0))?;
        report(&format!("softmax, {shape}"), &|| numfuse::softmax(&x, 1))?;
        report(&format!("layernorm, {shape}"), &|| {
            (&x - x.mean_keepdims(1)) / (x.var_keepdims(1) + 1e-5).sqrt()
        })?;
    }
    let m = a.reshape([1 << 13, 1 << 14]);
    m.eval()?;
    report("m + row, 8192 x 16384", &|| &m + &m.i((0, ..)))?;
    report("m.T + m, 8192 x 8192", &|| m.i((.., ..8192)).transpose() + m.i((.., ..8192)))?;
    report("stencil, 8192 x 16384", &|| {
        m.i((1..-1, 1..-1)) * 0.5
            + (m.i((..-2, 1..-1)) + m.i((2.., 1..-1)) + m.i((1..-1, ..-2)) + m.i((1..-1, 2..))) * 0.125
    })?;
    let small = a.i(..100);
    small.eval()?;
    report("(a*b + c).sum(), 100", &|| (&small * &small + &small).sum(..))?;
    Ok(())
}
