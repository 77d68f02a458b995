//! Elementary functions: one at a time, with the distance from loops by hand in units of the last place.

use crate::common::ceiling::Kind;
use crate::common::data::{Sample, input, uniform};
use crate::common::measure::Number;
use crate::common::{Bench, Contender, Traffic, Workload};
use crate::hand::functions as hand;
use crate::hand::real::Real;
use crate::others::others;
use ndarray::Array1;
use numfuse::prelude::*;

pub const WORKLOADS: &[Workload] = &[
    Workload { name: "exp_f32", about: "e^x, float32", run: |b| of_one::<f32>(b, &EXP) },
    Workload { name: "exp_f64", about: "e^x, float64", run: |b| of_one::<f64>(b, &EXP) },
    Workload { name: "log_f32", about: "log x, float32", run: |b| of_one::<f32>(b, &LOG) },
    Workload { name: "log_f64", about: "log x, float64", run: |b| of_one::<f64>(b, &LOG) },
    Workload { name: "tanh_f32", about: "tanh x, float32", run: |b| of_one::<f32>(b, &TANH) },
    Workload { name: "tanh_f64", about: "tanh x, float64", run: |b| of_one::<f64>(b, &TANH) },
    Workload { name: "sin_f32", about: "sin x, float32", run: |b| of_one::<f32>(b, &SIN) },
    Workload { name: "sin_f64", about: "sin x, float64", run: |b| of_one::<f64>(b, &SIN) },
    Workload { name: "cos_f32", about: "cos x, float32", run: |b| of_one::<f32>(b, &COS) },
    Workload { name: "cos_f64", about: "cos x, float64", run: |b| of_one::<f64>(b, &COS) },
    Workload { name: "erf_f32", about: "erf x, float32", run: |b| of_one::<f32>(b, &ERF) },
    Workload { name: "erf_f64", about: "erf x, float64", run: |b| of_one::<f64>(b, &ERF) },
    Workload { name: "pow_f32", about: "x^y, float32", run: |b| pow::<f32>(b) },
    Workload { name: "pow_f64", about: "x^y, float64", run: |b| pow::<f64>(b) },
];

/// Elements that a thread takes at a time.
const GRAIN: usize = 1 << 14;

/// An elementary function, by everyone's name for it.
struct Function {
    name: &'static str,
    /// Where its arguments are taken from.
    range: (f64, f64),
    numfuse: fn(&Array) -> Array,
    single: Ways<f32>,
    double: Ways<f64>,
}

/// A loop over a part of the output and its arguments.
type Loop<T> = fn(&mut [T], &[T]);

/// What else computes a function.
#[derive(Clone, Copy)]
struct Ways<T> {
    by_hand: Loop<T>,
    /// The same without its special cases, where it has any.
    unguarded: Option<Loop<T>>,
    std: fn(T) -> T,
}

/// The types that functions are measured in.
trait Float: Real + numfuse::Element + Sample + Number {
    /// The name of the type.
    const NAME: &'static str;
    /// What computes the function in this type.
    fn ways(function: &Function) -> Ways<Self>;
    /// The standard library's power.
    fn power(self, y: Self) -> Self;
    /// The number with the first so many of 64 bits.
    fn of_bits(bits: u64) -> Self;
}

impl Float for f32 {
    const NAME: &'static str = "float32";

    fn ways(function: &Function) -> Ways<f32> {
        function.single
    }

    fn power(self, y: f32) -> f32 {
        self.powf(y)
    }

    fn of_bits(bits: u64) -> f32 {
        f32::from_bits((bits >> 32) as u32)
    }
}

impl Float for f64 {
    const NAME: &'static str = "float64";

    fn ways(function: &Function) -> Ways<f64> {
        function.double
    }

    fn power(self, y: f64) -> f64 {
        self.powf(y)
    }

    fn of_bits(bits: u64) -> f64 {
        f64::from_bits(bits)
    }
}

const EXP: Function = Function {
    name: "exp",
    range: (-10.0, 10.0),
    numfuse: Array::exp,
    single: Ways { by_hand: hand::exp_loop, unguarded: Some(hand::exp_unguarded_loop), std: f32::exp },
    double: Ways { by_hand: hand::exp_loop, unguarded: Some(hand::exp_unguarded_loop), std: f64::exp },
};

const LOG: Function = Function {
    name: "log",
    range: (1e-3, 1e3),
    numfuse: Array::log,
    single: Ways { by_hand: hand::log_loop, unguarded: Some(hand::log_unguarded_loop), std: f32::ln },
    double: Ways { by_hand: hand::log_loop, unguarded: Some(hand::log_unguarded_loop), std: f64::ln },
};

const TANH: Function = Function {
    name: "tanh",
    range: (-4.0, 4.0),
    numfuse: Array::tanh,
    single: Ways { by_hand: hand::tanh_loop, unguarded: None, std: f32::tanh },
    double: Ways { by_hand: hand::tanh_loop, unguarded: None, std: f64::tanh },
};

const SIN: Function = Function {
    name: "sin",
    range: (-100.0, 100.0),
    numfuse: Array::sin,
    single: Ways { by_hand: hand::sin_loop, unguarded: Some(hand::sin_unguarded_loop), std: f32::sin },
    double: Ways { by_hand: hand::sin_loop, unguarded: Some(hand::sin_unguarded_loop), std: f64::sin },
};

const COS: Function = Function {
    name: "cos",
    range: (-100.0, 100.0),
    numfuse: Array::cos,
    single: Ways { by_hand: hand::cos_loop, unguarded: Some(hand::cos_unguarded_loop), std: f32::cos },
    double: Ways { by_hand: hand::cos_loop, unguarded: Some(hand::cos_unguarded_loop), std: f64::cos },
};

const ERF: Function = Function {
    name: "erf",
    range: (-4.0, 4.0),
    numfuse: Array::erf,
    single: Ways { by_hand: hand::erf_loop, unguarded: None, std: |x| erff(x) },
    double: Ways { by_hand: hand::erf_loop, unguarded: None, std: |x| erf(x) },
};

unsafe extern "C" {
    safe fn erf(x: f64) -> f64;
    safe fn erff(x: f32) -> f32;
}

fn of_one<T: Float>(b: &Bench, f: &Function) {
    let Ways { by_hand, unguarded, std } = T::ways(f);
    let arguments = all_kinds::<T>();
    let ours: Vec<T> =
        (f.numfuse)(&Array::from_slice(&arguments, arguments.len())).to_vec().expect("it evaluates");
    let mut theirs = vec![T::of(0.0); arguments.len()];
    by_hand(&mut theirs, &arguments);
    print_distance(f.name, &ours, &theirs, |i| format!("{:?}", arguments[i]));

    let n = 1 << b.size.pick(16, 24, 27);
    let x = uniform::<T>(n, f.range.0, f.range.1, 1);
    let (nx, ax) = (Array1::from(x.clone()), Array::from_slice(&x, n));
    let expression = || [(f.numfuse)(&ax)];
    let mut outs = [0, 1].map(|_| vec![T::of(0.0); n]);
    let mut zipped = Array1::from(vec![T::of(0.0); n]);
    let mut contenders = vec![Contender::fused(&expression)];
    let x = &x;
    let names = ["loop by hand", "loop by hand, no special cases"];
    for ((name, run), out) in names.into_iter().zip([Some(by_hand), unguarded]).zip(&mut outs) {
        let Some(run) = run else { continue };
        contenders.push(Contender::new(name, move |seen| {
            b.team.fill([&mut out[..]], GRAIN, |i, [out]| run(out, &x[i..][..out.len()]));
            seen.slice(out);
        }));
    }
    contenders.push(Contender::new("ndarray, std's function", |seen| seen.ndarray(&nx.mapv(std))));
    contenders.push(Contender::new("ndarray, par_azip!, std's", |seen| {
        ndarray::par_azip!((o in &mut zipped, &x in &nx) *o = std(x));
        seen.ndarray(&zipped);
    }));
    contenders.extend(others(f.name, &[input(x, &[n])]));
    let traffic = Traffic { bytes: 2 * n * size_of::<T>(), elements: n, kind: Kind::Copy };
    b.compare(&format!("{} of {:?}, {}, {n}", f.name, f.range, T::NAME), traffic, contenders);
}

fn pow<T: Float>(b: &Bench) {
    let some = all_kinds::<T>();
    let n = some.len();
    // Each with another, and with the whole numbers and halves near it.
    let (mut xs, mut ys) = (Vec::new(), Vec::new());
    for (i, &x) in some.iter().enumerate() {
        xs.extend([x; 3]);
        ys.extend([some[(i * 7919 + 13) % n], T::of((i % 9) as f64 - 4.0), T::of((i % 7) as f64 / 2.0)]);
    }
    let [ax, ay] = [&xs, &ys].map(|v| Array::from_slice(v, v.len()));
    let ours: Vec<T> = ax.power(&ay).to_vec().expect("it evaluates");
    let mut theirs = vec![T::of(0.0); xs.len()];
    hand::pow_loop(&mut theirs, &xs, &ys);
    print_distance("pow", &ours, &theirs, |i| format!("{:?}, {:?}", xs[i], ys[i]));

    let n = 1 << b.size.pick(16, 24, 27);
    let (x, y) = (uniform::<T>(n, 0.01, 10.0, 1), uniform::<T>(n, -4.0, 4.0, 2));
    let [nx, ny] = [&x, &y].map(|v| Array1::from(v.clone()));
    let [ax, ay] = [&x, &y].map(|v| Array::from_slice(v, n));
    let expression = || [ax.power(&ay)];
    let mut out = vec![T::of(0.0); n];
    let mut zipped = Array1::from(vec![T::of(0.0); n]);
    let mut contenders = vec![Contender::fused(&expression)];
    contenders.push(Contender::new("loop by hand", |seen| {
        b.team.fill([&mut out[..]], GRAIN, |i, [out]| hand::pow_loop(out, &x[i..], &y[i..]));
        seen.slice(&out);
    }));
    contenders.push(Contender::new("ndarray, par_azip!, std's powf", |seen| {
        ndarray::par_azip!((o in &mut zipped, &x in &nx, &y in &ny) *o = x.power(y));
        seen.ndarray(&zipped);
    }));
    contenders.extend(others("pow", &[&x, &y].map(|v| input(v, &[n]))));
    let traffic = Traffic { bytes: 3 * n * size_of::<T>(), elements: n, kind: Kind::Triad };
    b.compare(&format!("pow of (0.01, 10.0) and (-4.0, 4.0), {}, {n}", T::NAME), traffic, contenders);
}

/// Special numbers, random bits, and numbers of ordinary size.
fn all_kinds<T: Float>() -> Vec<T> {
    let special = [0.0, 1.0, 0.5, 2.0, 1e-40, 1e-310, 88.8, 103.5, 709.9, 745.0, 1e6, 1e22, 1e30, 1e300];
    let mut all = vec![T::INFINITY, -T::INFINITY, T::NAN, T::MAX, -T::MAX, T::LEAST_NORMAL];
    all.extend(special.iter().flat_map(|&x| [T::of(x), T::of(-x)]));
    let bits = |i: u64| T::of_bits(i.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    all.extend((1..1 << 17).map(bits));
    all.extend(uniform::<T>(1 << 17, -20.0, 20.0, 7));
    all
}

/// How many floats lie between two results at most, and where.
fn print_distance<T: Real>(name: &str, ours: &[T], theirs: &[T], at: impl Fn(usize) -> String) {
    let apart = ours.iter().zip(theirs).map(|(a, b)| a.distance(*b));
    let (i, ulp) = apart.enumerate().max_by_key(|(_, ulp)| *ulp).expect("there are results");
    let count = ours.len();
    let place =
        if ulp == 0 { String::new() } else { format!(", at {}: {:?}, {:?}", at(i), theirs[i], ours[i]) };
    println!(
        "\n{name}: by hand and numfuse are at most {ulp} ulp apart on {count} numbers of all kinds{place}"
    );
}
