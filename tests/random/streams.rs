//! Which bits there are, and that nothing but key and place decides on them.

use crate::alone::alone;
use crate::{floats, key};
use numfuse::config;
use numfuse::prelude::*;
use numfuse::random::{self, Generator, Key, default_rng};
use numfuse::statistics;

/// An array of each distribution, in that shape.
fn each(shape: &[usize]) -> Vec<(&'static str, Array)> {
    let key = key(200);
    vec![
        ("bits", random::bits(key, shape, U32)),
        ("long bits", random::bits(key, shape, I64)),
        ("bytes", random::bits(key, shape, U8)),
        ("integers", random::integers(key, shape, -3, 1000, I16)),
        ("refused integers", random::integers(key, shape, 0, 3i64 << 30, U32)),
        ("long integers", random::integers(key, shape, -5, i64::MAX, I64)),
        ("all integers", random::integers(key, shape, i64::MIN, 1u64 << 63, I64)),
        ("truth values", random::integers(key, shape, 0, 2, BOOL)),
        ("uniform", random::uniform(key, shape, -1, 1, F32)),
        ("uniform float64", random::uniform(key, shape, 0, 1, F64)),
        ("normal", random::normal(key, shape, 1, 2, F32)),
        ("normal float64", random::normal(key, shape, 0, 1, F64)),
        ("exponential", random::exponential(key, shape, 1, F32)),
        ("exponential float64", random::exponential(key, shape, 0.5, F64)),
        ("bernoulli", random::bernoulli(key, shape, 0.3)),
        ("gamma", random::gamma(key, shape, 0.4, F32)),
        ("gamma float64", random::gamma(key, shape, 3.0, F64)),
        ("beta", random::beta(key, shape, 0.5, 2.0, F32)),
        ("poisson", random::poisson(key, shape, 3.5, I32)),
        ("poisson of a large rate", random::poisson(key, shape, 50.0, I64)),
        ("binomial", random::binomial(key, shape, 10, 0.3, I32)),
        ("binomial of many", random::binomial(key, shape, 500, 0.6, I64)),
    ]
}

/// The elements as numbers that tell any two apart.
fn seen(x: &Array) -> Vec<i128> {
    match x.dtype() {
        F32 | F64 => floats(x).into_iter().map(|x| x.to_bits().into()).collect(),
        U64 => x.to_vec::<u64>().expect("it evaluates").into_iter().map(i128::from).collect(),
        _ => x.cast(I64).to_vec::<i64>().expect("it evaluates").into_iter().map(i128::from).collect(),
    }
}

fn under<R>(fuse: bool, threads: usize, interp: bool, body: impl FnOnce() -> R) -> R {
    let set = |config: &mut config::Config| {
        config.fuse = fuse;
        config.threads = Some(threads);
        config.interp = interp;
    };
    config::with(set, body)
}

#[test]
fn bits_are_those_of_the_interpreter_and_depend_on_neither_fusion_nor_threads() {
    for shape in [vec![1003], vec![7, 13, 5], vec![]] {
        let expected = under(true, 1, true, || each(&shape).iter().map(|x| seen(&x.1)).collect::<Vec<_>>());
        for (fuse, threads) in [(true, 1), (true, 2), (false, 2)] {
            for ((name, x), expected) in each(&shape).iter().zip(&expected) {
                let got = under(fuse, threads, false, || seen(x));
                assert!(got == *expected, "{name} of {shape:?}, fuse {fuse}, threads {threads}");
            }
        }
    }
}

#[test]
fn an_element_depends_on_its_place_alone() {
    for ((name, long), (_, short)) in each(&[999]).into_iter().zip(each(&[30])) {
        let all = seen(&long);
        assert_eq!(seen(&short), all[..30], "{name}: a shorter array is a beginning");
        assert_eq!(seen(&long.i(5..17)), all[5..17], "{name}: a slice");
        let backwards: Vec<i128> = all.iter().rev().step_by(3).copied().collect();
        assert_eq!(seen(&long.i(s(..).step(-3))), backwards, "{name}: every third from the end");
    }
    for ((name, flat), (_, folded)) in each(&[37 * 51]).into_iter().zip(each(&[37, 51])) {
        let all = seen(&flat);
        assert_eq!(seen(&folded), all, "{name}: rows of odd length");
        let columns: Vec<i128> = (0..37 * 51).map(|k| all[k % 37 * 51 + k / 37]).collect();
        assert_eq!(seen(&folded.t()), columns, "{name}: transposed");
        // Beside a column no two rows are one: their beginnings fall between blocks.
        let column = zeros([37, 1], folded.dtype());
        column.eval().unwrap();
        let beside = &folded + &column;
        assert_eq!(seen(&beside), all, "{name}: beside a column");
    }
}

#[test]
fn words_are_philox() {
    // Known answers of Random123 for a counter of zeros, and for that key the next blocks' words.
    let words = random::bits(Key::seed(0), 6, U32).to_vec::<u32>().unwrap();
    assert_eq!(words[..4], [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]);
    assert_eq!(random::bits(Key::seed(0), (), U32).item::<u32>().unwrap(), 0x6627_e8d5);
    assert_eq!(random::bits(Key::seed(0), 3, U8).to_vec::<u8>().unwrap(), [0xd5, 0x8d, 0x4c]);
    assert_eq!(Key::seed(0x1234_5678_9abc_def0).words(), [0x9abc_def0, 0x1234_5678]);
}

#[test]
fn integers_are_upper_halves_of_products() {
    let count = 100_000;
    for (number, span) in [(201, 10u64), (202, 3 << 30), (203, (1 << 31) + 1), (204, 1 << 20)] {
        let words = random::bits(key(number), count, U32).to_vec::<u32>().unwrap();
        let found = random::integers(key(number), count, 0, span, U32).to_vec::<u32>().unwrap();
        let threshold = (1u64 << 32) % span;
        let mut refused = 0;
        for (word, found) in words.into_iter().zip(found) {
            let product = u64::from(word) * span;
            if product & 0xffff_ffff >= threshold {
                assert_eq!(u64::from(found), product >> 32);
            } else {
                refused += 1;
                assert!(u64::from(found) < span);
            }
        }
        let expected = threshold as f64 / 2f64.powi(32) * count as f64;
        assert!((f64::from(refused) - expected).abs() < 4.0 * expected.sqrt() + 1.0, "{refused} of {span}");
    }
}

#[test]
fn shapes_without_elements_and_without_axes() {
    for (name, x) in each(&[0, 3]) {
        assert_eq!((x.shape(), seen(&x).len()), (&[0, 3][..], 0), "{name}");
    }
    for (name, x) in each(&[]) {
        assert_eq!((x.shape(), seen(&x).len()), (&[][..], 1), "{name}");
    }
}

#[test]
fn monte_carlo_pi_touches_no_memory() {
    let count = 1 << 26;
    let [first, second] = Key::seed(2026).split();
    let x = random::uniform(first, count, 0, 1, F32);
    let y = random::uniform(second, count, 0, 1, F32);
    let inside = (&x * &x + &y * &y).less(1.0).count_nonzero(..);
    let plan = inside.plan().unwrap();
    assert_eq!((plan.kernels, plan.bytes_moved, plan.peak_bytes), (1, 8, 8), "{}", inside.explain());
    let pi = inside.item::<i64>().unwrap() as f64 / count as f64 * 4.0;
    let error = (4.0 * std::f64::consts::PI - std::f64::consts::PI.powi(2)).sqrt() / (count as f64).sqrt();
    assert!((pi - std::f64::consts::PI).abs() < 4.0 * error, "{pi}");
}

#[test]
fn another_seed_is_no_other_plan() {
    alone("streams::another_seed_is_no_other_plan", || {
        let of = |seed: u64| {
            let x = random::normal(Key::seed(seed), 1000, 0, 1, F64);
            (x * 2.0 + 1.0).sum(..).item::<f64>().unwrap()
        };
        let first = of(0);
        let before = statistics();
        for seed in [1, 2, 3, 0xffff_ffff, 1 << 32, u64::MAX] {
            assert_ne!(of(seed), first);
        }
        let after = statistics();
        assert_eq!((after.compiles, after.plan_misses), (before.compiles, before.plan_misses));
    });
}

#[test]
fn parameters_may_be_arrays() {
    let means = Array::from(vec![0.0, 100.0, 1000.0]);
    let x = random::normal(key(210), [2000, 3], &means, 1.0, F32);
    let found = floats(&x.mean(0));
    assert!(found.iter().zip([0.0, 100.0, 1000.0]).all(|(a, b)| (a - b).abs() < 0.2), "{found:?}");
    let rates = Array::from(vec![0.5f32, 5.0, 50.0, -1.0, f32::NAN]);
    let x = random::poisson(key(211), [2000, 5], &rates, I64);
    let found = floats(&x.mean(0));
    assert!(found.iter().zip([0.5, 5.0, 50.0, 0.0, 0.0]).all(|(a, b)| (a - b).abs() < 0.5), "{found:?}");
    let bounds = Array::from(vec![1, 2, 3]);
    let x = random::uniform(key(212), [100, 3], -1, &bounds, F64);
    assert!(floats(&x.max(0)).iter().zip([1.0, 2.0, 3.0]).all(|(a, b)| *a < b));
    let bad = floats(&random::gamma(key(213), 2, Array::from(vec![-1.0, f64::NAN]), F64));
    assert!(bad.iter().all(|x| x.is_nan()));
    let never = random::bernoulli(key(214), [50, 2], Array::from(vec![0.0, 1.0])).cast(I32).sum(0);
    assert_eq!(never.to_vec::<i64>().unwrap(), [0, 50]);
}

#[test]
fn generators_draw_with_new_keys() {
    let mut rng = default_rng(5);
    let (a, b) = (rng.random(10, F32), rng.random(10, F32));
    assert_ne!(a.to_vec::<f32>().unwrap(), b.to_vec::<f32>().unwrap());
    let again = random::uniform(Key::seed(5).fold_in(1), 10, 0, 1, F32);
    assert_eq!(b.to_vec::<f32>().unwrap(), again.to_vec::<f32>().unwrap());
    let mut other = Generator::new(Key::seed(5));
    assert_eq!(other.key(), Key::seed(5).fold_in(0));
    let drawn = [
        rng.standard_normal(5, F64),
        rng.normal(5, 0, 1, F64),
        rng.uniform(5, 0, 1, F64),
        rng.exponential(5, 1, F64),
        rng.gamma(5, 2, F64),
        rng.beta(5, 1, 2, F64),
        rng.poisson(5, 2, I64),
        rng.binomial(5, 2, 0.5, I64),
        rng.integers(5, 0, 10, I64),
    ];
    drawn.iter().for_each(|x| assert_eq!(x.shape(), [5]));
}

#[track_caller]
fn says(x: Array, expected: &str) {
    let text = x.check().expect_err("the array carries an error").to_string();
    assert!(text.starts_with(expected), "{text}");
    assert!(text.contains("streams.rs"), "{text}");
}

#[test]
fn mistakes_in_arguments_are_carried_by_the_array() {
    let key = key(220);
    says(random::uniform(key, 3, 0, 1, I32), "Unsupported dtype int32 for random");
    says(random::uniform(key, 3, 0, f64::INFINITY, F32), "Range exceeds valid bounds");
    says(random::uniform(key, -3, 0, 1, F32), "negative dimensions are not allowed");
    says(random::normal(key, 3, 0, -1, F32), "scale < 0");
    says(random::exponential(key, 3, -0.5, F32), "scale < 0");
    says(random::gamma(key, 3, -1, F32), "shape < 0");
    says(random::beta(key, 3, 0, 1, F32), "a <= 0");
    says(random::beta(key, 3, 1, f64::NAN, F32), "b <= 0");
    says(random::poisson(key, 3, -1, I32), "lam < 0 or lam is NaN");
    says(random::poisson(key, 3, 1e19, I64), "lam value too large");
    says(random::poisson(key, 3, 1, F32), "Unsupported dtype float32 for random");
    says(random::binomial(key, 3, -1, 0.5, I32), "n < 0");
    says(random::binomial(key, 3, 5, 1.5, I32), "p < 0, p > 1 or p is NaN");
    says(random::bernoulli(key, 3, f64::NAN), "p < 0, p > 1 or p is NaN");
    says(random::bits(key, 3, F64), "Unsupported dtype float64 for random");
    says(random::integers(key, 3, 5, 5, I32), "low >= high");
    says(random::integers(key, 3, -1, 5, U8), "low is out of bounds for uint8");
    says(random::integers(key, 3, 0, 129, I8), "high is out of bounds for int8");
    says(random::integers(key, 3, 0.5, 9, I8), "low and high must be integers");
    says(random::normal(key, [2, 3], ones(4, F32), 1, F32), "operands could not be broadcast");
    let failed = ones(2, F32) + ones(3, F32);
    says(random::normal(key, 3, &failed, 1, F32), "operands could not be broadcast together");
}
