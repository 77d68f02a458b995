//! What evaluations of little take, and copies up and down.

use crate::{GPU, Result, measure, numbers};
use numfuse::compile;
use numfuse::cuda::synchronize;
use numfuse::prelude::*;
use numfuse::random::{self, Key};
use std::time::Instant;

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

/// Measures and says all of it.
pub fn overheads() -> Result<()> {
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
    let host = random::uniform(Key::seed(16), 1 << 26, 0.0, 1.0, F32).to(Device::Cpu);
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
