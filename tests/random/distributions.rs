//! Numbers against the distributions that they should have: Kolmogorov's statistic for floats, chi-square
//! for integers, and the first two moments, at critical values of 10^-4.

use crate::functions::{
    KOLMOGOROV_LIMIT, beta_below, gamma_below, is_spread_as, kolmogorov, log_gamma, normal_below,
};
use crate::{floats, key};
use numfuse::prelude::*;
use numfuse::random;

const MANY: usize = 200_000;

#[track_caller]
fn follows(what: &str, x: &Array, below: impl Fn(f64) -> f64) {
    let statistic = kolmogorov(floats(x), below);
    assert!(statistic < KOLMOGOROV_LIMIT, "{what}: Kolmogorov's statistic is {statistic}");
}

/// Fails unless mean and variance are those, within four of their standard errors.
#[track_caller]
fn has_moments(what: &str, x: &Array, mean: f64, variance: f64) {
    let numbers = floats(x);
    let count = numbers.len() as f64;
    let found = numbers.iter().sum::<f64>() / count;
    let moment = |n: i32| numbers.iter().map(|x| (x - mean).powi(n)).sum::<f64>() / count;
    let off = (found - mean).abs() / (variance / count).sqrt();
    assert!(off < 4.0, "{what}: the mean {found} is {off} standard errors from {mean}");
    let off = (moment(2) - variance).abs() / ((moment(4) - variance * variance) / count).sqrt();
    assert!(off < 4.0, "{what}: the variance {} is {off} standard errors from {variance}", moment(2));
}

#[test]
fn uniform_numbers() {
    for dtype in [F32, F64] {
        let x = random::uniform(key(1), MANY, -1, 3, dtype);
        follows("uniform", &x, |x| (x + 1.0) / 4.0);
        has_moments("uniform", &x, 1.0, 16.0 / 12.0);
        assert!(floats(&x).iter().all(|x| (-1.0..3.0).contains(x)));
    }
}

#[test]
fn normal_numbers() {
    for dtype in [F32, F64] {
        let x = random::normal(key(2), MANY, 0, 1, dtype);
        follows("normal", &x, normal_below);
        has_moments("normal", &x, 0.0, 1.0);
        has_moments("cubes", &(&x * &x * &x), 0.0, 15.0);
        // Of numbers beyond 3 and 4 there are as many as there should be.
        let beyond = |limit: f64| floats(&x).iter().filter(|x| x.abs() > limit).count() as f64;
        for limit in [3.0, 4.0] {
            let expected = 2.0 * normal_below(-limit) * MANY as f64;
            assert!((beyond(limit) - expected).abs() < 4.0 * expected.sqrt(), "beyond {limit}");
        }
        // The two coordinates of a point have nothing to do with each other.
        let pairs = x.reshape([-1, 2]);
        has_moments("products", &(pairs.i((.., 0)) * pairs.i((.., 1))), 0.0, 1.0);
        follows("angles", &(pairs.i((.., 0)) / pairs.i((.., 1))), |x| 0.5 + x.atan() / std::f64::consts::PI);
    }
}

#[test]
fn exponential_numbers() {
    for dtype in [F32, F64] {
        let x = random::exponential(key(3), MANY, 2.0, dtype);
        follows("exponential", &x, |x| -(-x / 2.0).exp_m1());
        has_moments("exponential", &x, 2.0, 4.0);
    }
}

#[test]
fn gamma_numbers() {
    for (number, alpha) in [(4, 0.1), (5, 0.7), (6, 1.0), (7, 2.5), (8, 40.0), (9, 1e4)] {
        let x = random::gamma(key(number), MANY / 4, alpha, F64);
        follows(&format!("gamma of {alpha}"), &x, |x| gamma_below(alpha, x));
        has_moments(&format!("gamma of {alpha}"), &x, alpha, alpha);
    }
    let shapes = Array::from(vec![0.5, 3.0]);
    let x = random::gamma(key(10), [MANY / 8, 2], &shapes, F32);
    follows("the first column", &x.i((.., 0)), |x| gamma_below(0.5, x));
    follows("the second column", &x.i((.., 1)), |x| gamma_below(3.0, x));
}

#[test]
fn beta_numbers() {
    for (number, a, b) in [(11, 2.0, 3.0), (12, 0.3, 0.6), (13, 1.0, 1.0), (14, 20.0, 0.5)] {
        let x = random::beta(key(number), MANY / 4, a, b, F64);
        follows(&format!("beta of {a}, {b}"), &x, |x| beta_below(a, b, x));
        let total: f64 = a + b;
        has_moments("beta", &x, a / total, a * b / (total * total * (total + 1.0)));
    }
    // Where both gamma numbers are too small for a float, there is still no NaN.
    let tiny = floats(&random::beta(key(15), 1000, 1e-4, 1e-4, F64));
    assert!(tiny.iter().all(|x| (0.0..=1.0).contains(x)));
}

/// How often each number below `cells` occurs; those beyond are counted with the last.
fn counts(x: &Array, cells: usize) -> Vec<u64> {
    let mut counts = vec![0; cells];
    for n in x.cast(I64).to_vec::<i64>().expect("it evaluates") {
        assert!(n >= 0, "{n} is below 0");
        counts[(n as usize).min(cells - 1)] += 1;
    }
    counts
}

/// Probabilities of 0, 1, … and, last, of all beyond.
fn with_rest(mut probabilities: Vec<f64>) -> Vec<f64> {
    let last = probabilities.len() - 1;
    probabilities[last] = 1.0 - probabilities[..last].iter().sum::<f64>();
    probabilities
}

#[test]
fn integers_are_equally_likely() {
    let spans = [(20, 2), (21, 7), (22, 100), (23, 256), (24, 1000)];
    for (number, span) in spans {
        let x = random::integers(key(number), MANY, 0, span, I64);
        let equal = vec![1.0 / f64::from(span); span as usize];
        is_spread_as(&format!("integers below {span}"), &counts(&x, span as usize), &equal);
    }
    // Of 3 · 2^30 integers a quarter of the words is refused; of 2^33 + 1 the words are two.
    for (number, span) in [(25, 3i64 << 30), (26, (1 << 33) + 1), (27, 1 << 32), (28, (1 << 31) + 1)] {
        let x = random::integers(key(number), MANY, 0, span, I64);
        let cells = (x.cast(F64) * (64.0 / span as f64)).floor();
        is_spread_as(&format!("integers below {span}"), &counts(&cells, 64), &[1.0 / 64.0; 64]);
    }
}

#[test]
fn bernoulli_numbers() {
    for (number, p) in [(30, 0.5), (31, 0.01), (32, 0.999)] {
        let x = random::bernoulli(key(number), MANY, p);
        is_spread_as(&format!("bernoulli of {p}"), &counts(&x, 2), &[1.0 - p, p]);
    }
    assert_eq!(random::bernoulli(key(33), MANY, 0).count_nonzero(..).item::<i64>().unwrap(), 0);
    assert_eq!(random::bernoulli(key(33), MANY, 1).count_nonzero(..).item::<i64>().unwrap(), MANY as i64);
}

#[test]
fn poisson_numbers() {
    let rates = [(40, 0.1f64), (41, 4.0), (42, 9.999), (43, 10.0), (44, 33.3), (45, 1000.0)];
    for (number, rate) in rates {
        let x = random::poisson(key(number), MANY, rate, I64);
        let cells = (rate + 8.0 * rate.sqrt() + 8.0) as usize;
        let probability = |n: usize| (n as f64 * rate.ln() - rate - log_gamma(n as f64 + 1.0)).exp();
        let probabilities = with_rest((0..cells).map(probability).collect());
        is_spread_as(&format!("poisson of {rate}"), &counts(&x, cells), &probabilities);
        has_moments(&format!("poisson of {rate}"), &x, rate, rate);
    }
    has_moments("poisson of 10^12", &random::poisson(key(46), MANY, 1e12, I64), 1e12, 1e12);
    assert_eq!(floats(&random::poisson(key(47), 100, 0.0, I32)), [0.0; 100]);
}

#[test]
fn binomial_numbers() {
    let parameters = [
        (50, 10, 0.1),
        (51, 20, 0.5),
        (52, 100, 0.3),
        (53, 100, 0.97),
        (54, 5, 0.9),
        (55, 1000, 0.01),
        (56, 3000, 0.6),
    ];
    for (number, n, p) in parameters {
        let x = random::binomial(key(number), MANY, n, p, I64);
        let (count, odds) = (f64::from(n), f64::ln(p / (1.0 - p)));
        let probability = |k: i32| {
            let k = f64::from(k);
            let choices = log_gamma(count + 1.0) - log_gamma(k + 1.0) - log_gamma(count - k + 1.0);
            (choices + k * odds + count * f64::ln_1p(-p)).exp()
        };
        let probabilities: Vec<f64> = (0..=n).map(probability).collect();
        is_spread_as(&format!("binomial of {n}, {p}"), &counts(&x, n as usize + 1), &probabilities);
        has_moments("binomial", &x, count * p, count * p * (1.0 - p));
    }
    has_moments("of many", &random::binomial(key(57), MANY, 1e9, 0.25, I64), 2.5e8, 1.875e8);
    assert_eq!(floats(&random::binomial(key(58), 50, 7, 1.0, I32)), [7.0; 50]);
    assert_eq!(floats(&random::binomial(key(58), 50, 7, 0.0, I32)), [0.0; 50]);
    assert_eq!(floats(&random::binomial(key(58), 50, 0, 0.5, I32)), [0.0; 50]);
}
