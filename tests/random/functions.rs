//! Distribution functions and critical values that samples are held against.

/// The logarithm of the gamma function, by Lanczos' series with g = 7 (Godfrey's coefficients): 15 digits.
pub fn log_gamma(x: f64) -> f64 {
    const SERIES: [f64; 8] = [
        676.520_368_121_885_1,
        -1_259.139_216_722_402_8,
        771.323_428_777_653_1,
        -176.615_029_162_140_6,
        12.507_343_278_686_905,
        -0.138_571_095_265_720_12,
        9.984_369_578_019_572e-6,
        1.505_632_735_149_311_6e-7,
    ];
    let x = x - 1.0;
    let terms = SERIES.iter().zip(1..).map(|(c, i)| c / (x + f64::from(i)));
    let t = x + 7.5;
    0.5 * std::f64::consts::TAU.ln() + (x + 0.5) * t.ln() - t
        + (0.999_999_999_999_809_9 + terms.sum::<f64>()).ln()
}

/// The regularised incomplete gamma function P(a, x), by its series.
pub fn gamma_below(a: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    let (mut term, mut sum, mut n) = (1.0 / a, 1.0 / a, a);
    while term > sum * 1e-16 {
        n += 1.0;
        term *= x / n;
        sum += term;
    }
    (sum * (a * x.ln() - x - log_gamma(a)).exp()).min(1.0)
}

/// The regularised incomplete beta function I(x; a, b), by its continued fraction (Lentz's method).
pub fn beta_below(a: f64, b: f64, x: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return if x <= 0.0 { 0.0 } else { 1.0 };
    }
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - beta_below(b, a, 1.0 - x);
    }
    let front = log_gamma(a + b) - log_gamma(a) - log_gamma(b) + a * x.ln() + b * (-x).ln_1p();
    let tiny = 1e-300;
    let (mut c, mut d) = (1.0, 1.0 / (1.0 - (a + b) * x / (a + 1.0)).max(tiny));
    let mut fraction = d;
    for m in 1..500 {
        let m = f64::from(m);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        for coefficient in [even, odd] {
            d = 1.0 / (1.0 + coefficient * d);
            c = 1.0 + coefficient / c;
            fraction *= c * d;
        }
    }
    (front.exp() * fraction / a).clamp(0.0, 1.0)
}

/// The normal distribution function.
pub fn normal_below(x: f64) -> f64 {
    let half = 0.5 * gamma_below(0.5, x * x / 2.0);
    if x < 0.0 { 0.5 - half } else { 0.5 + half }
}

/// The number that a chi-square statistic of so many degrees of freedom exceeds with a probability of
/// 10^-4, by the approximation of Wilson and Hilferty (1931), which is within 1 % from 3 degrees on.
pub fn chi_square_limit(freedom: f64) -> f64 {
    const NORMAL: f64 = 3.719;
    let spread = 2.0 / (9.0 * freedom);
    freedom * (1.0 - spread + NORMAL * spread.sqrt()).powi(3)
}

/// The number that Kolmogorov's statistic, sqrt(n) times the greatest distance, exceeds with a probability
/// of 10^-4: `2 exp(-2 x²)` is that there.
pub const KOLMOGOROV_LIMIT: f64 = 2.2252;

/// Kolmogorov's statistic of numbers against a distribution function.
pub fn kolmogorov(mut numbers: Vec<f64>, below: impl Fn(f64) -> f64) -> f64 {
    numbers.sort_by(f64::total_cmp);
    let count = numbers.len() as f64;
    let distance = |(i, &x): (usize, &f64)| {
        let f = below(x);
        (f - i as f64 / count).max((i + 1) as f64 / count - f)
    };
    numbers.iter().enumerate().map(distance).fold(0.0, f64::max) * count.sqrt()
}

/// The chi-square statistic of counts against probabilities, and its degrees of freedom: cells that fewer
/// than 8 numbers are expected in are taken together with the one before.
pub fn chi_square(counts: &[u64], probabilities: &[f64]) -> (f64, f64) {
    let total = counts.iter().sum::<u64>() as f64;
    let mut cells: Vec<(f64, f64)> = Vec::new();
    for (&count, probability) in counts.iter().zip(probabilities) {
        let expected = probability * total;
        match cells.last_mut() {
            Some(last) if expected < 8.0 || last.1 < 8.0 => {
                *last = (last.0 + count as f64, last.1 + expected)
            }
            _ => cells.push((count as f64, expected)),
        }
    }
    let statistic = cells.iter().map(|(found, expected)| (found - expected).powi(2) / expected).sum();
    (statistic, cells.len() as f64 - 1.0)
}

#[track_caller]
pub fn is_spread_as(what: &str, counts: &[u64], probabilities: &[f64]) {
    let (statistic, freedom) = chi_square(counts, probabilities);
    let limit = chi_square_limit(freedom);
    assert!(statistic < limit, "{what}: chi-square {statistic} of {freedom} degrees is beyond {limit}");
}

#[test]
fn functions_have_their_known_values() {
    let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-9, "{a} is not {b}");
    near(log_gamma(0.5), std::f64::consts::PI.sqrt().ln());
    near(log_gamma(10.0), 362_880f64.ln());
    near(normal_below(1.0), 0.841_344_746_068_543);
    near(normal_below(-2.0), 0.022_750_131_948_179);
    near(gamma_below(1.0, 2.0), 1.0 - (-2f64).exp());
    near(beta_below(2.0, 3.0, 0.4), 0.5248);
    near(beta_below(0.5, 0.5, 0.3), 2.0 / std::f64::consts::PI * 0.3f64.sqrt().asin());
    // Tables give 44.26 for 15 degrees.
    assert!((chi_square_limit(15.0) - 44.26).abs() < 0.44);
}
