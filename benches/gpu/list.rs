//! The workloads on which libraries for Python were measured, at the sizes that they call large.
//!
//! A call is waited for; its time is the median of several. Bytes are those of inputs and results, each once;
//! operations are as they are counted there, each function as one.

use crate::{Chosen, GPU, Result};
use numfuse::cuda::{bandwidth, synchronize};
use numfuse::fft::{self, Norm};
use numfuse::prelude::*;
use numfuse::random::{self, Key};
use numfuse::{Histogram, config, eval_all};
use std::time::Instant;

/// Measures a workload and says what it takes, under that name.
type Run = fn(&str) -> Result<()>;

/// The most calls that are measured of a workload, and the seconds after which there are no more.
const CALLS: usize = 21;
const SECONDS: f64 = 0.5;

fn uniform(shape: impl numfuse::IntoShape, low: f64, high: f64, dtype: DType, seed: u64) -> Result<Array> {
    let x = random::uniform(Key::seed(seed), shape, low, high, dtype);
    x.eval()?;
    Ok(x)
}

/// Measures one workload and says what it takes.
fn row(name: &str, bytes: usize, operations: usize, call: &dyn Fn() -> Vec<Array>) -> Result<()> {
    let waited = || -> Result<f64> {
        let start = Instant::now();
        eval_all(call())?;
        synchronize(GPU)?;
        Ok(start.elapsed().as_secs_f64())
    };
    let first = waited()?;
    waited()?;
    let (start, mut seconds) = (Instant::now(), Vec::new());
    while seconds.len() < 3 || seconds.len() < CALLS && start.elapsed().as_secs_f64() < SECONDS {
        seconds.push(waited()?);
    }
    seconds.sort_by(f64::total_cmp);
    let median = seconds[seconds.len() / 2];
    let (rate, ceiling) = (bytes as f64 / median, bandwidth(0)?);
    println!(
        "{name:<22} {:>9.4} ms {:>8.1} ms first {:>7.0} GB/s {:>6.3} of a copy ({:.0}) {:>8.1} Gop/s",
        median * 1e3,
        first * 1e3,
        rate / 1e9,
        rate / ceiling,
        ceiling / 1e9,
        operations as f64 / median / 1e9
    );
    Ok(())
}

/// Measures and says all that are chosen.
pub fn list(chosen: &Chosen) -> Result<()> {
    let workloads: [(&str, Run); 31] = [
        ("axpy", axpy),
        ("chain20", chain20),
        ("black_scholes_f32", |name| black_scholes(name, 1 << 28, F32)),
        ("black_scholes_f64", |name| black_scholes(name, 1 << 27, F64)),
        ("horner16", horner16),
        ("silu_bf16", silu),
        ("image_gamma", image_gamma),
        ("add_t", add_t),
        ("mandelbrot", mandelbrot),
        ("softmax", softmax),
        ("softmax_8192", softmax_8192),
        ("layernorm", layernorm),
        ("logsumexp", logsumexp),
        ("sum_f32", |name| sum(name, 1 << 30, F32)),
        ("meanvar_f32", |name| mean_var(name, 1 << 30, F32)),
        ("sum_f64", |name| sum(name, 1 << 29, F64)),
        ("meanvar_f64", |name| mean_var(name, 1 << 29, F64)),
        ("sum_axis0", |name| sum_axis(name, 0)),
        ("sum_axis1", |name| sum_axis(name, 1)),
        ("mask_sum", mask_sum),
        ("cumsum", cumsum),
        ("compress", compress),
        ("take", take),
        ("histogram", histogram),
        ("matmul_gelu", matmul_gelu),
        ("corr", corr),
        ("fftconv", fftconv),
        ("kmeans", kmeans),
        ("nbody", nbody),
        ("stencil", stencil),
        ("mc_pi", mc_pi),
    ];
    for (name, run) in workloads.iter().filter(|(name, _)| chosen.has(name)) {
        run(name)?;
    }
    Ok(())
}

/// The workload as it is, and as it is where products and sums may be one operation.
fn with_and_without(
    name: &str,
    bytes: usize,
    operations: usize,
    call: &dyn Fn() -> Vec<Array>,
) -> Result<()> {
    row(name, bytes, operations, call)?;
    config::with(|config| config.fast_math = true, || row(&format!("{name}, fast"), bytes, operations, call))
}

fn axpy(name: &str) -> Result<()> {
    let n = 1 << 28;
    let [x, y, c] =
        [uniform(n, -1.0, 1.0, F32, 1)?, uniform(n, -1.0, 1.0, F32, 2)?, uniform(n, -1.0, 1.0, F32, 3)?];
    row(name, 16 * n, 3 * n, &|| vec![&x * 2.5 + &y * 0.5 - &c])
}

fn chain20(name: &str) -> Result<()> {
    let n = 1 << 28;
    let [x, y] = [uniform(n, -1.0, 1.0, F32, 1)?, uniform(n, -1.0, 1.0, F32, 2)?];
    row(name, 12 * n, 22 * n, &|| {
        let t = &x * &y + 0.5;
        let w = (&t - &y).abs().maximum(0.25).minimum(2.0);
        let s = w.sqrt();
        let r = (&s + &x) * (&s - &y);
        let q = where_(r.greater(0.0), &r, &r * -0.5);
        let z = &q * &q - &q * 0.125 + &x;
        vec![z / (w + 1.0) * 0.75 - t]
    })
}

fn black_scholes(name: &str, n: usize, dtype: DType) -> Result<()> {
    let [spot, strike] = [uniform(n, 10.0, 50.0, dtype, 1)?, uniform(n, 10.0, 50.0, dtype, 2)?];
    let years = uniform(n, 0.25, 2.0, dtype, 3)?;
    let (rate, vol) = (0.03, 0.25);
    row(name, 5 * n * dtype.bytes(), 24 * n, &|| {
        let root = years.sqrt() * vol;
        let d1 = ((&spot / &strike).log() + &years * (rate + 0.5 * vol * vol)) / &root;
        let d2 = &d1 - &root;
        let n1 = (d1 * 0.5f64.sqrt()).erf() * 0.5 + 0.5;
        let n2 = (d2 * 0.5f64.sqrt()).erf() * 0.5 + 0.5;
        let paid = &strike * (&years * -rate).exp();
        let call = &spot * n1 - &paid * n2;
        let put = &call - &spot + paid;
        vec![call, put]
    })
}

fn horner16(name: &str) -> Result<()> {
    let n = 1 << 29;
    let x = uniform(n, -1.0, 1.0, F32, 1)?;
    let c: [f64; 17] = std::array::from_fn(|k| 1.0 / (1..=k).map(|i| i as f64).product::<f64>());
    row(name, 8 * n, 32 * n, &|| vec![(0..15).rev().fold(&x * c[16] + c[15], |sum, k| sum * &x + c[k])])
}

fn silu(name: &str) -> Result<()> {
    let n = 1 << 29;
    let x = uniform(n, -4.0, 4.0, F32, 1)?.cast(BF16);
    x.eval()?;
    row(name, 4 * n, 2 * n, &|| vec![&x * x.sigmoid()])
}

fn image_gamma(name: &str) -> Result<()> {
    let n = 64 * 2160 * 3840 * 3;
    let image = uniform(n, 0.0, 256.0, F32, 1)?.cast(U8);
    image.eval()?;
    row(name, 2 * n, 6 * n, &|| {
        let coded = (image.cast(F32) * (1.0 / 255.0)).power(1.0 / 2.2);
        vec![(coded * 255.0 + 0.5).cast(U8)]
    })
}

fn add_t(name: &str) -> Result<()> {
    let n = 16_384;
    let [a, b] = [uniform([n, n], -1.0, 1.0, F32, 1)?, uniform([n, n], -1.0, 1.0, F32, 2)?];
    row(name, 12 * n * n, n * n, &|| vec![&a + b.t()])
}

fn mandelbrot(name: &str) -> Result<()> {
    let (n, iterations) = (8192, 50);
    let along = |low: f64, high: f64| arange(n as i64).cast(F32) * ((high - low) / (n - 1) as f64) + low;
    let zero = zeros([n, n], F32);
    let cx = &zero + along(-2.0, 0.6).i((NewAxis, ..));
    let cy = &zero + along(-1.3, 1.3).i((.., NewAxis));
    eval_all([&cx, &cy])?;
    with_and_without(name, 12 * n * n, 13 * iterations * n * n, &|| {
        let zero = &cx * 0.0;
        let (mut zx, mut zy, mut count) = (zero.clone(), zero.clone(), zero);
        for _ in 0..iterations {
            let (x2, y2) = (&zx * &zx, &zy * &zy);
            let live = (&x2 + &y2).less_equal(4.0);
            zy = where_(&live, &zx * 2.0 * &zy + &cy, &zy);
            zx = where_(&live, x2 - y2 + &cx, &zx);
            count = where_(&live, &count + 1.0, &count);
        }
        vec![count]
    })
}

fn softmax_of(name: &str, rows: usize, columns: usize) -> Result<()> {
    let x = uniform([rows, columns], -4.0, 4.0, F32, 1)?;
    row(name, 8 * rows * columns, 5 * rows * columns, &|| {
        let e = (&x - x.max_keepdims(1)).exp();
        vec![&e / e.sum_keepdims(1)]
    })
}

fn softmax(name: &str) -> Result<()> {
    softmax_of(name, 131_072, 4096)
}

fn softmax_8192(name: &str) -> Result<()> {
    softmax_of(name, 65_536, 8192)
}

fn layernorm(name: &str) -> Result<()> {
    let (rows, columns) = (131_072, 4096);
    let x = uniform([rows, columns], -1.0, 3.0, F32, 1)?;
    let [gain, bias] = [uniform(columns, 0.5, 1.5, F32, 2)?, uniform(columns, -1.0, 1.0, F32, 3)?];
    row(name, 8 * rows * columns + 8 * columns, 8 * rows * columns, &|| {
        let d = &x - x.mean_keepdims(1);
        let variance = (&d * &d).mean_keepdims(1);
        vec![d / (variance + 1e-5).sqrt() * &gain + &bias]
    })
}

fn logsumexp(name: &str) -> Result<()> {
    let (rows, columns) = (131_072, 4096);
    let x = uniform([rows, columns], -4.0, 4.0, F32, 1)?;
    row(name, 4 * rows * columns + 4 * rows, 4 * rows * columns, &|| {
        let top = x.max_keepdims(1);
        vec![(&x - &top).exp().sum(1).log() + top.i((.., 0))]
    })
}

fn sum(name: &str, n: usize, dtype: DType) -> Result<()> {
    let x = uniform(n, 0.0, 1.0, dtype, 1)?;
    row(name, dtype.bytes() * (n + 1), n, &|| vec![x.sum(..)])
}

fn mean_var(name: &str, n: usize, dtype: DType) -> Result<()> {
    let x = uniform(n, 0.0, 1.0, dtype, 1)?;
    row(name, dtype.bytes() * (n + 2), 4 * n, &|| vec![x.mean(..), x.var(..)])
}

fn sum_axis(name: &str, axis: isize) -> Result<()> {
    let (rows, columns) = (1 << 22, 256);
    let x = uniform([rows, columns], 0.0, 1.0, F32, 1)?;
    let out = if axis == 0 { columns } else { rows };
    row(name, 4 * (rows * columns + out), rows * columns, &|| vec![x.sum(axis)])
}

fn mask_sum(name: &str) -> Result<()> {
    let n = 1 << 30;
    let x = uniform(n, 0.0, 1.0, F32, 1)?;
    row(name, 4 * (n + 1), 2 * n, &|| vec![where_(x.greater(0.5), &x, 0.0).sum(..)])
}

fn cumsum(name: &str) -> Result<()> {
    let n = 1 << 29;
    let x = uniform(n, -1.0, 1.0, F32, 1)?;
    row(name, 8 * n, n, &|| vec![x.cumsum(0)])
}

fn compress(name: &str) -> Result<()> {
    let n = 1 << 29;
    let x = uniform(n, 0.0, 1.0, F32, 1)?;
    row(name, 6 * n, n, &|| vec![x.i(x.greater(0.5))])
}

fn take(name: &str) -> Result<()> {
    let n = 1 << 27;
    let x = uniform(n, -1.0, 1.0, F32, 1)?;
    let index = (uniform(n, 0.0, 1.0, F64, 2)? * n as f64).cast(I32);
    index.eval()?;
    row(name, 12 * n, 0, &|| vec![x.take(&index, 0)])
}

fn histogram(name: &str) -> Result<()> {
    let n = 1 << 28;
    let x = uniform(n, 0.0, 1.0, F32, 1)?;
    row(name, 4 * n + 8 * 256, 2 * n, &|| vec![Histogram::new(256).range(0.0, 1.0).of(&x).0])
}

fn matmul_gelu(name: &str) -> Result<()> {
    let n = 8192;
    let x = uniform([n, n], -1.0, 1.0, F32, 1)?;
    let (w, b) = (uniform([n, n], -0.05, 0.05, F32, 2)?, uniform(n, -1.0, 1.0, F32, 3)?);
    row(name, 4 * (3 * n * n + n), 2 * n.pow(3) + 9 * n * n, &|| {
        let v = x.matmul(&w) + &b;
        let inner = (&v + (&v * &v * &v) * 0.044715) * 0.7978845608;
        vec![&v * 0.5 * (inner.tanh() + 1.0)]
    })
}

fn corr(name: &str) -> Result<()> {
    let (rows, columns) = (131_072, 4096);
    let x = uniform([rows, columns], -1.0, 1.0, F32, 1)?;
    let operations = 2 * rows * columns * columns + 6 * rows * columns;
    row(name, 4 * (rows * columns + columns * columns), operations, &|| {
        let d = &x - x.mean_keepdims(0);
        let d = &d / (&d * &d).sum_keepdims(0).sqrt();
        vec![d.t().matmul(&d)]
    })
}

fn fftconv(name: &str) -> Result<()> {
    let n = 1 << 26;
    let [a, b] = [uniform(n, -1.0, 1.0, F32, 1)?, uniform(n, -1.0, 1.0, F32, 2)?];
    row(name, 12 * n, 15 * 26 * n / 2 + 3 * n, &|| {
        let [a, b] = [&a, &b].map(|x| fft::rfft(x, None, -1, Norm::Backward));
        vec![fft::irfft(&(a * b), Some(n as isize), -1, Norm::Backward)]
    })
}

fn kmeans(name: &str) -> Result<()> {
    let (n, k, d) = (2_000_000, 64, 16);
    let [x, c] = [uniform([n, d], 0.0, 1.0, F32, 1)?, uniform([k, d], 0.0, 1.0, F32, 2)?];
    with_and_without(name, 4 * (n * d + k * d + n), 3 * n * k * d, &|| {
        let apart = x.i((.., NewAxis, ..)) - c.i((NewAxis, .., ..));
        vec![(&apart * &apart).sum(2).argmin(1)]
    })
}

fn nbody(name: &str) -> Result<()> {
    let n = 16_384;
    let [x, y, z] =
        [uniform(n, -1.0, 1.0, F32, 1)?, uniform(n, -1.0, 1.0, F32, 2)?, uniform(n, -1.0, 1.0, F32, 3)?];
    let m = uniform(n, 0.5, 1.5, F32, 4)?;
    with_and_without(name, 28 * n, 20 * n * n, &|| {
        let [dx, dy, dz] = [&x, &y, &z].map(|a| a.i((NewAxis, ..)) - a.i((.., NewAxis)));
        let r2 = &dx * &dx + &dy * &dy + &dz * &dz + 0.01;
        let g = m.i((NewAxis, ..)) / (&r2 * r2.sqrt());
        [dx, dy, dz].map(|d| (&g * d).sum(1)).into()
    })
}

fn stencil(name: &str) -> Result<()> {
    let (n, steps) = (16_384, 20);
    let x = uniform([n, n], 0.0, 1.0, F32, 1)?;
    let inside = n - 2 * steps;
    let operations = (1..=steps).map(|k| 5 * (n - 2 * k) * (n - 2 * k)).sum();
    row(name, 4 * (n * n + inside * inside), operations, &|| {
        let step = |a: Array, _| {
            let (middle, above, below) = (a.i((1..-1, 1..-1)), a.i((..-2, 1..-1)), a.i((2.., 1..-1)));
            (middle + above + below + a.i((1..-1, ..-2)) + a.i((1..-1, 2..))) * 0.2
        };
        vec![(0..steps).fold(x.clone(), step)]
    })
}

fn mc_pi(name: &str) -> Result<()> {
    let n = 1 << 30;
    row(name, 4, 5 * n, &|| {
        let [x, y] = [1, 2].map(|seed| random::uniform(Key::seed(seed), n, 0.0, 1.0, F32));
        let inside = (&x * &x + &y * &y).less(1.0);
        vec![inside.cast(F32).mean(..) * 4.0]
    })
}
