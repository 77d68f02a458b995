//! Arrays from nothing.

use super::{EVERY, FLOATS, ONE, calls};
use numfuse::prelude::*;
use numfuse::random::default_rng;

const N: usize = crate::inputs::N;

calls! {
    /// Constants and shapes of a type.
    LIKE of EVERY, |x y p u a b m n s d|
    "np.zeros(10**6, d) # zeros zeros_like empty empty_like" => zeros(N, d);
    "np.ones(10**6, d) # ones ones_like" => ones(N, d);
    "np.full(10**6, 7, d) # full full_like" => full(N, 7, d);
    "np.eye(1000, 1000, 0, d) # eye identity" => eye(1000, 1000, 0, d);
    "np.tri(1000, 1000, 0, d) # tri" => numfuse::tri(1000, 1000, 0, d);
}

calls! {
    /// Progressions, windows and grids.
    GRIDS of ONE, |x y p u a b m n s d|
    "np.arange(10**6)" => arange(N as i64);
    "np.arange(0.0, 1e5, 0.1) # arange" => arange((0.0, 1e5, 0.1));
    "np.linspace(0, 1, 10**6)" => linspace(0, 1, N);
    "np.logspace(-1, 2, 10**6)" => numfuse::logspace(-1, 2, N, 10);
    "np.geomspace(1, 1000, 10**6)" => numfuse::geomspace(1, 1000, N);
    "np.bartlett(10**6)" => numfuse::bartlett(N);
    "np.blackman(10**6)" => numfuse::blackman(N);
    "np.hamming(10**6)" => numfuse::hamming(N);
    "np.hanning(10**6)" => numfuse::hanning(N);
    "np.kaiser(10**6, 8.5)" => numfuse::kaiser(N, 8.5);
    "np.fft.fftfreq(10**6) # fft.fftfreq fft.rfftfreq" => numfuse::fft::fftfreq(N, 1.0);
    "np.indices((1000, 1000))" => numfuse::indices([1000, 1000]);
    "np.fromfunction(lambda i, j: i * 3 + j, (1000, 1000), dtype=np.int64) # fromfunction" =>
        numfuse::fromfunction([1000, 1000], |places| &places[0] * 3 + &places[1]);
    "np.diag_indices(10**6) # diag_indices diag_indices_from" => numfuse::diag_indices(N, 2);
}

calls! {
    /// Random numbers, of which NumPy has some as float32 too.
    RANDOM of FLOATS, |x y p u a b m n s d|
    "rng.random(10**6, d) # random.Generator.random" => default_rng(7).random(N, d);
    "rng.standard_normal(10**6, d) # random.Generator.standard_normal" => default_rng(7).standard_normal(N, d);
    "rng.standard_exponential(10**6, d) # random.Generator.standard_exponential" => default_rng(7).standard_exponential(N, d);
    "rng.standard_gamma(2.5, 10**6, d) # random.Generator.standard_gamma" => default_rng(7).standard_gamma(N, 2.5, d);
}

calls! {
    /// Random numbers of one type.
    DRAWN of ONE, |x y p u a b m n s d|
    "rng.uniform(-1, 3, 10**6) # random.Generator.uniform" => default_rng(7).uniform(N, -1, 3, d);
    "rng.normal(2, 0.5, 10**6) # random.Generator.normal" => default_rng(7).normal(N, 2, 0.5, d);
    "rng.exponential(3, 10**6) # random.Generator.exponential" => default_rng(7).exponential(N, 3, d);
    "rng.gamma(2.5, 1, 10**6) # random.Generator.gamma" => default_rng(7).gamma(N, 2.5, d);
    "rng.gamma(0.4, 1, 10**6) # random.Generator.gamma" => default_rng(7).gamma(N, 0.4, d);
    "rng.beta(2, 0.7, 10**6) # random.Generator.beta" => default_rng(7).beta(N, 2, 0.7, d);
    "rng.poisson(4.5, 10**6) # random.Generator.poisson" => default_rng(7).poisson(N, 4.5, I64);
    "rng.poisson(100, 10**6) # random.Generator.poisson" => default_rng(7).poisson(N, 100, I64);
    "rng.binomial(20, 0.3, 10**6) # random.Generator.binomial" => default_rng(7).binomial(N, 20, 0.3, I64);
    "rng.integers(-5, 12, 10**6) # random.Generator.integers" => default_rng(7).integers(N, -5, 12, I64);
    "rng.integers(0, 256, 10**6, np.uint8) # random.Generator.integers" => default_rng(7).integers(N, 0, 256, U8);
    "rng.integers(0, 10**12, 10**6) # random.Generator.integers" => default_rng(7).integers(N, 0, 1_000_000_000_000i64, I64);
    "rng.chisquare(3, 10**6) # random.Generator.chisquare" => default_rng(7).chisquare(N, 3, d);
    "rng.f(4, 7, 10**6) # random.Generator.f" => default_rng(7).f(N, 4, 7, d);
    "rng.geometric(0.2, 10**6) # random.Generator.geometric" => default_rng(7).geometric(N, 0.2, I64);
    "rng.gumbel(1, 2, 10**6) # random.Generator.gumbel" => default_rng(7).gumbel(N, 1, 2, d);
    "rng.laplace(1, 2, 10**6) # random.Generator.laplace" => default_rng(7).laplace(N, 1, 2, d);
    "rng.logistic(1, 2, 10**6) # random.Generator.logistic" => default_rng(7).logistic(N, 1, 2, d);
    "rng.lognormal(0.5, 0.75, 10**6) # random.Generator.lognormal" => default_rng(7).lognormal(N, 0.5, 0.75, d);
    "rng.negative_binomial(3.5, 0.4, 10**6) # random.Generator.negative_binomial" => default_rng(7).negative_binomial(N, 3.5, 0.4, I64);
    "rng.pareto(3, 10**6) # random.Generator.pareto" => default_rng(7).pareto(N, 3, d);
    "rng.power(0.7, 10**6) # random.Generator.power" => default_rng(7).power(N, 0.7, d);
    "rng.rayleigh(2, 10**6) # random.Generator.rayleigh" => default_rng(7).rayleigh(N, 2, d);
    "rng.standard_cauchy(10**6) # random.Generator.standard_cauchy" => default_rng(7).standard_cauchy(N, d);
    "rng.standard_t(5, 10**6) # random.Generator.standard_t" => default_rng(7).standard_t(N, 5, d);
    "rng.triangular(-1, 0.5, 3, 10**6) # random.Generator.triangular" => default_rng(7).triangular(N, -1, 0.5, 3, d);
    "rng.weibull(1.7, 10**6) # random.Generator.weibull" => default_rng(7).weibull(N, 1.7, d);
    "rng.dirichlet([0.5, 2, 3], 333333) # random.Generator.dirichlet" => default_rng(7).dirichlet(333333, &Array::from([0.5, 2.0, 3.0]), d);
}
