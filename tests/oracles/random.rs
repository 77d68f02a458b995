//! Random numbers beside NumPy's: streams differ, so the distributions of many are compared, by the
//! statistic of Kolmogorov and Smirnov of two samples.

use crate::elements;
use crate::reference::ask;
use numfuse::prelude::*;
use numfuse::random::{Generator, default_rng};

/// Draws so many numbers of a type.
type Draw = fn(&mut Generator, usize, DType) -> Array;

/// NumPy's names of what is compared here.
pub const COMPARED: &[&str] = &[
    "random",
    "uniform",
    "standard_normal",
    "normal",
    "exponential",
    "standard_exponential",
    "gamma",
    "standard_gamma",
    "beta",
    "poisson",
    "binomial",
    "integers",
    "chisquare",
    "f",
    "geometric",
    "gumbel",
    "laplace",
    "logistic",
    "lognormal",
    "negative_binomial",
    "pareto",
    "power",
    "rayleigh",
    "standard_cauchy",
    "standard_t",
    "triangular",
    "weibull",
    "dirichlet",
    "spawn",
];

/// A case: NumPy's call on the generator `g` for `n` numbers, and ours.
const CASES: &[(&str, Draw)] = &[
    ("random(n)", |g, n, d| g.random(n, d)),
    ("uniform(-1, 3, n)", |g, n, d| g.uniform(n, -1, 3, d)),
    ("standard_normal(n)", |g, n, d| g.standard_normal(n, d)),
    ("normal(2, 0.5, n)", |g, n, d| g.normal(n, 2, 0.5, d)),
    ("exponential(3, n)", |g, n, d| g.exponential(n, 3, d)),
    ("standard_exponential(n)", |g, n, d| g.standard_exponential(n, d)),
    ("gamma(2.5, 1, n)", |g, n, d| g.gamma(n, 2.5, d)),
    ("standard_gamma(0.4, n)", |g, n, d| g.standard_gamma(n, 0.4, d)),
    ("beta(2, 0.7, n)", |g, n, d| g.beta(n, 2, 0.7, d)),
    ("poisson(4.5, n)", |g, n, _| g.poisson(n, 4.5, I64)),
    ("binomial(20, 0.3, n)", |g, n, _| g.binomial(n, 20, 0.3, I64)),
    ("integers(-5, 12, n)", |g, n, _| g.integers(n, -5, 12, I64)),
    ("chisquare(3, n)", |g, n, d| g.chisquare(n, 3, d)),
    ("f(4, 7, n)", |g, n, d| g.f(n, 4, 7, d)),
    ("geometric(0.2, n)", |g, n, _| g.geometric(n, 0.2, I64)),
    ("gumbel(1, 2, n)", |g, n, d| g.gumbel(n, 1, 2, d)),
    ("laplace(1, 2, n)", |g, n, d| g.laplace(n, 1, 2, d)),
    ("logistic(1, 2, n)", |g, n, d| g.logistic(n, 1, 2, d)),
    ("lognormal(0.5, 0.75, n)", |g, n, d| g.lognormal(n, 0.5, 0.75, d)),
    ("negative_binomial(3.5, 0.4, n)", |g, n, _| g.negative_binomial(n, 3.5, 0.4, I64)),
    ("pareto(3, n)", |g, n, d| g.pareto(n, 3, d)),
    ("power(0.7, n)", |g, n, d| g.power(n, 0.7, d)),
    ("rayleigh(2, n)", |g, n, d| g.rayleigh(n, 2, d)),
    ("standard_cauchy(n)", |g, n, d| g.standard_cauchy(n, d)),
    ("standard_t(5, n)", |g, n, d| g.standard_t(n, 5, d)),
    ("triangular(-1, 0.5, 3, n)", |g, n, d| g.triangular(n, -1, 0.5, 3, d)),
    ("weibull(1.7, n)", |g, n, d| g.weibull(n, 1.7, d)),
    ("dirichlet([0.5, 2, 3], n)[:, 1]", |g, n, d| {
        g.dirichlet(n, &Array::from([0.5, 2.0, 3.0]), d).i((.., 1))
    }),
    ("spawn(1)[0].random(n)", |g, n, d| g.spawn(1)[0].random(n, d)),
];

/// How many numbers of each.
const MANY: usize = 60_000;

/// The greatest distance between the distribution functions of two samples of one size. Of numbers that
/// come often it is taken after the last of those that are equal.
fn distance(mut a: Vec<f64>, mut b: Vec<f64>) -> f64 {
    a.sort_by(f64::total_cmp);
    b.sort_by(f64::total_cmp);
    let below = |sorted: &[f64], x: f64| sorted.partition_point(|y| *y <= x) as f64 / sorted.len() as f64;
    a.iter().chain(&b).map(|&x| (below(&a, x) - below(&b, x)).abs()).fold(0.0, f64::max)
}

#[test]
fn distributions_are_numpys() {
    let calls = CASES.iter().map(|(call, _)| call.to_string());
    let Some(mut reader) = ask("random_reference.py", "random", [MANY.to_string()].into_iter().chain(calls))
    else {
        return;
    };
    // Exceeded by two samples of one distribution once in 10^5 times.
    let limit = (-0.5 * (0.5e-5f64).ln()).sqrt() * (2.0 / MANY as f64).sqrt();
    let mut seen = Vec::new();
    for (seed, (call, draw)) in CASES.iter().enumerate() {
        let theirs: Vec<f64> = reader.array().values.iter().map(|x| x.to_f64()).collect();
        for dtype in [F32, F64] {
            let x = draw(&mut default_rng(seed as u64 + 71), MANY, dtype);
            let ours: Vec<f64> = elements::scalars(&x).iter().map(|x| x.to_f64()).collect();
            let distance = distance(ours, theirs.clone());
            assert!(distance < limit, "{call} in {}: {distance} is beyond {limit}", x.dtype());
        }
        seen.push(call.split('(').next().unwrap_or(""));
    }
    assert_eq!(seen, COMPARED, "what is said to be compared is");
}
