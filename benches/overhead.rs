//! What an operation costs beyond its loop: building a node, a cached evaluation, a compiled call, a
//! first evaluation, and expressions that are very long or very shared.
//!
//! `cargo bench --bench overhead -- [NAME…] [--list]`. One pinned thread calls; arrays have 100
//! elements, so that the loops themselves are a small part. Medians over batches. The `ndarray`
//! crate computes the same eagerly.

#[path = "common/machine.rs"]
mod machine;

use ndarray::Array1;
use numfuse::prelude::*;
use numfuse::{compile, config};
use numfuse_ir::graph::{Graph, parse::parse};
use numfuse_ir::schedule::{self, KernelJob, Options, Plan};
use numfuse_runtime::cpu::target;
use std::hint::black_box;
use std::time::Instant;

/// Calls in a batch, and batches.
const CALLS: usize = 2000;
const BATCHES: usize = 51;

/// First evaluations, each of another expression.
const FIRSTS: usize = 101;

/// What there is to measure, by name.
const SECTIONS: [(&str, &str, fn()); 6] = [
    ("cold", "the first evaluation of the process", cold),
    ("cached", "nodes, and evaluations whose plan is known", cached),
    ("first", "ten operations that have not been seen, in its parts", first),
    ("chain1000", "a chain of 1000 operations on 1000 elements, plan known", chain1000),
    ("deep", "a chain of a million nodes: built, evaluated, dropped", deep),
    ("diamond", "sixty levels of x = x + x", diamond),
];

fn main() {
    let given: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    if given.iter().any(|a| a == "--list") {
        return SECTIONS.iter().for_each(|(name, about, _)| println!("{name:<12} {about}"));
    }
    machine::print(1);
    machine::pin(*machine::cores().last().expect("this thread runs on a core"));
    for (name, _, run) in SECTIONS {
        if given.is_empty() || given.iter().any(|part| name.contains(part.as_str())) {
            run();
        }
    }
}

/// Numbers between 0 and 2 that follow no simple pattern.
fn data(seed: usize, n: usize) -> Vec<f32> {
    (1..=n).map(|i| ((i * (7919 + seed)) as f32 * 0.618_034).fract() * 2.0).collect()
}

fn arrays<const K: usize>(n: usize) -> [Array; K] {
    std::array::from_fn(|seed| Array::from(data(seed, n)))
}

fn evaluate(x: &Array) {
    x.eval().expect("the expression is well-formed");
}

fn cold() {
    let [a, b, c] = arrays(100);
    print("the first evaluation of the process", once(1, || evaluate(&(&a * &b + &c).sum(..))));
}

fn cached() {
    let [a, b, c] = arrays(100);
    print("a + b, built and dropped", nanoseconds(|| drop(black_box(&a + &b))));
    for n in [100, 10_000] {
        let [a, b, c] = arrays(n);
        let [na, nb, nc] = [0, 1, 2].map(|seed| Array1::from(data(seed, n)));
        let compiled = compile(|x| (&x[0] * &x[1] + &x[2]).sum(..));
        println!("(a*b + c).sum() of {n} elements");
        print("  built, evaluated, dropped", nanoseconds(|| evaluate(&(&a * &b + &c).sum(..))));
        print("  through compile", nanoseconds(|| drop(black_box(compiled.call(&[&a, &b, &c])))));
        let eager = || (&na * &nb + &nc).sum();
        print("  in ndarray, eager", nanoseconds(|| _ = black_box(eager())));
    }
    print("(a*b + c), 100 elements, built, evaluated, dropped", nanoseconds(|| evaluate(&(&a * &b + &c))));
}

/// The operations of the `i`-th expression: its digits in base 4, so that no two have the same kernel.
fn operations(i: usize) -> [usize; 10] {
    std::array::from_fn(|place| (i * 7919 + 13) >> (2 * place) & 3)
}

fn first() {
    let [a, b] = arrays(100);
    let mut next = 0;
    print(
        "ten operations, for the first time: all of it",
        once(FIRSTS, || {
            let start = a.clone();
            let x = operations(next).into_iter().fold(start, |x, operation| match operation {
                0 => x + &b,
                1 => x - &b,
                2 => x * &b,
                _ => x / &b,
            });
            next += 1;
            evaluate(&x);
        }),
    );
    let graphs: Vec<Graph> = (0..FIRSTS).map(|i| graph(operations(i))).collect();
    let mut plans: Vec<Plan> = Vec::new();
    let mut graph = graphs.into_iter();
    print(
        "  the plan",
        once(FIRSTS, || {
            plans.push(schedule::plan(graph.next().expect("one for each"), Options::default()));
        }),
    );
    let mut plan = plans.iter();
    print(
        "  the machine code",
        once(FIRSTS, || {
            let step = &plan.next().expect("one for each").steps[0];
            let KernelJob { kernel, words, .. } = step.kernel().expect("ten operations are a kernel");
            let mapping = numfuse_codegen::choose(kernel, words, &target());
            let code = numfuse_codegen::compile(kernel, mapping, &target());
            black_box(code.expect("the kernel compiles"));
        }),
    );
}

/// The ten operations as the compiler is given them.
fn graph(operations: [usize; 10]) -> Graph {
    let mut text = String::from("%0 = leaf 0 : f32[100]\n%1 = leaf 1 : f32[100]\n");
    for (i, operation) in operations.into_iter().enumerate() {
        let name = ["add", "subtract", "multiply", "divide"][operation];
        let x = if i == 0 { 0 } else { i + 1 };
        text += &format!("%{} = {name} %{x} %1 : f32[100]\n", i + 2);
    }
    parse(&(text + "out %11\n")).expect("the text is a graph")
}

fn chain1000() {
    let [x] = arrays(1000);
    let step = |x: Array, _| x * 0.999 + 0.001;
    print(
        "500 steps of x * 0.999 + 0.001 on 1000 elements",
        once(BATCHES, || {
            evaluate(&(0..500).fold(x.clone(), step));
        }),
    );
    let nx = Array1::from(data(0, 1000));
    print(
        "  in ndarray, eager, in place",
        once(BATCHES, || {
            black_box((0..500).fold(nx.clone(), |x, _| x * 0.999 + 0.001));
        }),
    );
}

/// A million nodes must not take a stack frame each, nor time that grows faster than they do. A
/// number is a node of its own, and so is spreading it over an array.
fn deep() {
    let [x, a, b] = arrays(100);
    let steps = 1_000_000;
    let start = Instant::now();
    let y = (0..steps).fold(x.clone(), |x, _| x * 0.999 + 0.001);
    let each = start.elapsed().as_secs_f64() / f64::from(steps) * 1e6;
    println!("a million steps of x * 0.999 + 0.001 on 100 elements, never evaluated: {each:.2} us a step");
    drop(y);
    config::set(|config| config.pending = usize::MAX);
    chain("operations between arrays", &x, |y, _| y * &a + &b);
    chain("operations with numbers, three million nodes", &x, |y, i| {
        y * 0.999 + if i % 2 == 0 { 0.001 } else { 0.002 }
    });
    let start = Instant::now();
    let y = (0..500_000).fold(x, |x, _| x * 0.999 + 0.001);
    drop(y);
    println!("  the same built and dropped without being evaluated: {:.2} s", start.elapsed().as_secs_f64());
}

/// Half a million steps of two operations.
fn chain(what: &str, x: &Array, step: impl Fn(Array, usize) -> Array) {
    let start = Instant::now();
    let y = (0..500_000).fold(x.clone(), step);
    let built = start.elapsed();
    evaluate(&y);
    let evaluated = start.elapsed();
    drop(y);
    let dropped = start.elapsed();
    println!(
        "a chain of 10^6 {what}: built in {:.2} s, evaluated in {:.2} s, dropped in {:.2} s; {:.2} s in all",
        built.as_secs_f64(),
        (evaluated - built).as_secs_f64(),
        (dropped - evaluated).as_secs_f64(),
        dropped.as_secs_f64()
    );
}

/// 2^60 additions if what is shared were computed each time it is read.
fn diamond() {
    let [x] = arrays(100);
    let start = Instant::now();
    let y = (0..60).fold(x, |x, _| &x + &x);
    evaluate(&y);
    drop(y);
    println!("a diamond of 60 levels: {:.3} ms, planned and compiled", start.elapsed().as_secs_f64() * 1e3);
}

fn print(what: &str, nanoseconds: f64) {
    let (number, unit) = match nanoseconds {
        n if n < 1e4 => (n, "ns"),
        n => (n / 1e3, "us"),
    };
    println!("{what:<58} {number:>10.1} {unit}");
}

/// The median time of one call.
fn nanoseconds(mut run: impl FnMut()) -> f64 {
    run();
    once(BATCHES, || (0..CALLS).for_each(|_| run())) / CALLS as f64
}

/// The median time of `batches` runs, in nanoseconds.
fn once(batches: usize, mut run: impl FnMut()) -> f64 {
    let mut times: Vec<f64> = (0..batches)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed().as_secs_f64() * 1e9
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
