//! Every way in which kernels are laid over threads, beside a copy.

use crate::{Chosen, Result, measure, numbers};
use numfuse::cuda::bandwidth;
use numfuse::prelude::*;

fn report(chosen: &Chosen, name: &str, expression: &dyn Fn() -> Array) -> Result<()> {
    if !chosen.has(name) {
        return Ok(());
    }
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

/// Measures and says all that are chosen.
pub fn layouts(chosen: &Chosen) -> Result<()> {
    let report = |name: &str, expression: &dyn Fn() -> Array| report(chosen, name, expression);
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
