//! scratch
use numfuse::prelude::*;
use numfuse::random::{self, Key};
use std::time::Instant;
fn time(name: &str, n: usize, f: impl Fn(u64) -> Array) {
    let mut line = format!("{name:14}");
    for threads in [1, 2] {
        numfuse::config::with(
            |c| c.threads = Some(threads),
            || {
                let s = Instant::now();
                f(0).eval().unwrap();
                let first = s.elapsed();
                let mut best = f64::MAX;
                for i in 1..12 {
                    let x = f(i);
                    let s = Instant::now();
                    x.eval().unwrap();
                    best = best.min(s.elapsed().as_secs_f64());
                }
                line += &format!(
                    "  {:7.2} ns (first {:6.2} ms)",
                    best / n as f64 * 1e9,
                    first.as_secs_f64() * 1e3
                );
            },
        );
    }
    println!("{line}");
}
fn main() {
    let n = std::env::args().nth(1).map_or(1_000_000, |a| a.parse().unwrap());
    let k = |i: u64| Key::seed(i);
    time("bits u32", n, |i| random::bits(k(i), n, U32));
    time("bits u64", n, |i| random::bits(k(i), n, U64));
    time("uniform f32", n, |i| random::uniform(k(i), n, 0, 1, F32));
    time("uniform f64", n, |i| random::uniform(k(i), n, 0, 1, F64));
    time("normal f32", n, |i| random::normal(k(i), n, 0, 1, F32));
    time("normal f64", n, |i| random::normal(k(i), n, 0, 1, F64));
    time("expon f32", n, |i| random::exponential(k(i), n, 1, F32));
    time("expon f64", n, |i| random::exponential(k(i), n, 1, F64));
    time("int i32 100", n, |i| random::integers(k(i), n, 0, 100, I32));
    time("int i64 100", n, |i| random::integers(k(i), n, 0, 100, I64));
    time("bernoulli", n, |i| random::bernoulli(k(i), n, 0.3));
    time("gamma 2.5", n, |i| random::gamma(k(i), n, 2.5, F64));
    time("beta 2,3", n, |i| random::beta(k(i), n, 2.0, 3.0, F64));
    time("poisson 4", n, |i| random::poisson(k(i), n, 4.0, I64));
    time("poisson 100", n, |i| random::poisson(k(i), n, 100.0, I64));
    time("binom 100,.3", n, |i| random::binomial(k(i), n, 100, 0.3, I64));
    time("binom 10,.1", n, |i| random::binomial(k(i), n, 10, 0.1, I64));
    time("pi", n, |i| {
        let [a, b] = k(i).split();
        let (x, y) = (random::uniform(a, n, 0, 1, F32), random::uniform(b, n, 0, 1, F32));
        (&x * &x + &y * &y).less(1.0).count_nonzero(..)
    });
    time("offset rows", n, |i| {
        random::uniform(k(i), [n / 99, 99], 0, 1, F32) + ones([n / 99, 1], F32).cumulative()
    });
}
trait C {
    fn cumulative(self) -> Array;
}
impl C for Array {
    fn cumulative(self) -> Array {
        self.eval().unwrap();
        self
    }
}
