//! Folds: of all elements, of columns, of rows.

use crate::common::ceiling::Kind;
use crate::common::data::{Sample, input, uniform};
use crate::common::measure::Number;
use crate::common::{Bench, Contender, Traffic, Workload};
use crate::hand::real::Real;
use crate::hand::reductions as hand;
use crate::others::others;
use ndarray::{Array1, ArrayView1, ArrayView2, Axis};
use numfuse::prelude::*;
use rayon::prelude::*;

pub const WORKLOADS: &[Workload] = &[
    Workload { name: "sum_f32", about: "the sum, float32", run: |b| sum::<f32>(b, single(b)) },
    Workload { name: "sum_f64", about: "the sum, float64", run: |b| sum::<f64>(b, double(b)) },
    Workload {
        name: "meanvar_f32",
        about: "mean and variance, float32",
        run: |b| mean_var::<f32>(b, single(b)),
    },
    Workload {
        name: "meanvar_f64",
        about: "mean and variance, float64",
        run: |b| mean_var::<f64>(b, double(b)),
    },
    Workload { name: "sum_axis0", about: "column sums of a tall matrix, float32", run: sum_axis0 },
    Workload { name: "sum_axis1", about: "row sums of a tall matrix, float32", run: sum_axis1 },
    Workload { name: "mask_sum", about: "the sum of the elements above 0.5, float32", run: mask_sum },
];

/// Elements that a thread takes at a time.
const GRAIN: usize = 1 << 18;

fn single(b: &Bench) -> usize {
    1 << b.size.pick(16, 26, 30)
}

fn double(b: &Bench) -> usize {
    1 << b.size.pick(16, 25, 29)
}

/// The types that are added up.
trait Float: Real + numfuse::Element + Sample + Number {
    /// The `ndarray` crate's sum.
    fn total(x: &[Self]) -> Self;
    /// The `ndarray` crate's mean and variance.
    fn mean_var(x: &[Self]) -> [Self; 2];
}

impl Float for f32 {
    fn total(x: &[f32]) -> f32 {
        ArrayView1::from(x).sum()
    }

    fn mean_var(x: &[f32]) -> [f32; 2] {
        let x = ArrayView1::from(x);
        [x.mean().expect("there are elements"), x.var(0.0)]
    }
}

impl Float for f64 {
    fn total(x: &[f64]) -> f64 {
        ArrayView1::from(x).sum()
    }

    fn mean_var(x: &[f64]) -> [f64; 2] {
        let x = ArrayView1::from(x);
        [x.mean().expect("there are elements"), x.var(0.0)]
    }
}

fn sum<T: Float>(b: &Bench, n: usize) {
    let x = uniform::<T>(n, 0.0, 1.0, 1);
    let ax = Array::from_slice(&x, n);
    let expression = || [ax.sum(..)];
    let mut contenders = vec![Contender::fused(&expression)];
    contenders.push(Contender::new("loop by hand", |seen| {
        seen.number(b.team.map(n, GRAIN, |part| hand::sum(&x[part])).iter().sum());
    }));
    contenders.push(Contender::new("ndarray", |seen| seen.slice(&[T::total(&x)])));
    contenders.push(Contender::new("ndarray, in parallel chunks", |seen| {
        let parts: Vec<T> = x.par_chunks(GRAIN).map(T::total).collect();
        seen.slice(&[T::total(&parts)]);
    }));
    contenders.extend(others("sum", &[input(&x, &[n])]));
    let traffic = Traffic { bytes: n * size_of::<T>(), elements: n, kind: Kind::Read };
    b.compare(&format!("sum, {}, {n}", ax.dtype()), traffic, contenders);
}

fn mean_var<T: Float>(b: &Bench, n: usize) {
    let x = uniform::<T>(n, 0.0, 1.0, 1);
    let ax = Array::from_slice(&x, n);
    let expression = || [ax.mean(..), ax.var(..)];
    let mut contenders = Vec::from(Contender::numfuse(&expression));
    contenders.push(Contender::new("loop by hand", |seen| {
        let parts = b.team.map(n, GRAIN, |part| hand::moments(&x[part]));
        let all = parts.into_iter().fold(hand::Moments::default(), hand::Moments::with);
        seen.slice(&[all.mean, all.squares / all.count]);
    }));
    contenders.push(Contender::new("ndarray", |seen| seen.slice(&T::mean_var(&x))));
    contenders.extend(others("meanvar", &[input(&x, &[n])]));
    let traffic = Traffic { bytes: n * size_of::<T>(), elements: n, kind: Kind::Read };
    b.compare(&format!("mean and variance, {}, {n}", ax.dtype()), traffic, contenders);
}

fn tall(b: &Bench) -> (usize, usize) {
    b.size.pick((4096, 16), (1 << 20, 64), (1 << 22, 256))
}

fn sum_axis0(b: &Bench) {
    let (rows, columns) = tall(b);
    let n = rows * columns;
    let x = uniform::<f32>(n, 0.0, 1.0, 1);
    let ax = Array::from_slice(&x, [rows, columns]);
    let nx = ArrayView2::from_shape((rows, columns), &x).expect("rows times columns");
    let expression = || [ax.sum(0)];
    let mut contenders = vec![Contender::fused(&expression)];
    contenders.push(Contender::new("loop by hand", |seen| {
        let parts = b.team.map(rows, GRAIN / columns, |part| {
            let mut totals = vec![0f64; columns];
            hand::sum_rows(&mut totals, &x[part.start * columns..part.end * columns]);
            totals
        });
        let sums = (0..columns).map(|i| parts.iter().map(|part| part[i]).sum());
        seen.slice(&sums.collect::<Vec<f64>>());
    }));
    contenders.push(Contender::new("ndarray", |seen| seen.ndarray(&nx.sum_axis(Axis(0)))));
    contenders.push(Contender::new("ndarray, in parallel chunks", |seen| {
        let chunks = nx.axis_chunks_iter(Axis(0), GRAIN / columns).into_par_iter();
        let parts: Vec<Array1<f32>> = chunks.map(|x| x.sum_axis(Axis(0))).collect();
        seen.ndarray(&parts.iter().fold(Array1::<f32>::zeros(columns), |sum, part| sum + part));
    }));
    contenders.extend(others("sum_axis0", &[input(&x, &[rows, columns])]));
    let traffic = Traffic { bytes: 4 * n, elements: n, kind: Kind::Read };
    b.compare(&format!("sum of columns, float32, {rows} x {columns}"), traffic, contenders);
}

fn sum_axis1(b: &Bench) {
    let (rows, columns) = tall(b);
    let n = rows * columns;
    let x = uniform::<f32>(n, 0.0, 1.0, 1);
    let ax = Array::from_slice(&x, [rows, columns]);
    let nx = ArrayView2::from_shape((rows, columns), &x).expect("rows times columns");
    let expression = || [ax.sum(1)];
    let mut out = vec![0f32; rows];
    let mut zipped = Array1::<f32>::zeros(rows);
    let mut contenders = vec![Contender::fused(&expression)];
    contenders.push(Contender::new("loop by hand", |seen| {
        b.team.fill([&mut out[..]], GRAIN / columns, |i, [out]| {
            hand::sum_columns(out, &x[i * columns..], columns);
        });
        seen.slice(&out);
    }));
    contenders.push(Contender::new("ndarray", |seen| seen.ndarray(&nx.sum_axis(Axis(1)))));
    contenders.push(Contender::new("ndarray, par_azip! over rows", |seen| {
        ndarray::par_azip!((o in &mut zipped, x in nx.rows()) *o = x.sum());
        seen.ndarray(&zipped);
    }));
    contenders.extend(others("sum_axis1", &[input(&x, &[rows, columns])]));
    let traffic = Traffic { bytes: 4 * n + 4 * rows, elements: n, kind: Kind::Read };
    b.compare(&format!("sum of rows, float32, {rows} x {columns}"), traffic, contenders);
}

fn mask_sum(b: &Bench) {
    let n = single(b);
    let x = uniform::<f32>(n, 0.0, 1.0, 1);
    let (ax, nx) = (Array::from_slice(&x, n), ArrayView1::from(&x));
    let expression = || [where_(ax.greater(0.5), &ax, 0.0).sum(..)];
    let mut contenders = Vec::from(Contender::numfuse(&expression));
    contenders.push(Contender::new("loop by hand", |seen| {
        seen.number(b.team.map(n, GRAIN, |part| hand::sum_above(&x[part], 0.5)).iter().sum());
    }));
    contenders.push(Contender::new("ndarray", |seen| {
        seen.number(nx.mapv(|x| if x > 0.5 { x } else { 0.0 }).sum().into());
    }));
    contenders.push(Contender::new("ndarray, in parallel chunks", |seen| {
        let above = |x: &[f32]| ArrayView1::from(x).mapv(|x| if x > 0.5 { x } else { 0.0 }).sum();
        let parts: Vec<f32> = x.par_chunks(1 << 14).map(above).collect();
        seen.number(ArrayView1::from(&parts).sum().into());
    }));
    contenders.extend(others("mask_sum", &[input(&x, &[n])]));
    let traffic = Traffic { bytes: 4 * n, elements: n, kind: Kind::Read };
    b.compare(&format!("sum of the elements above 0.5, float32, {n}"), traffic, contenders);
}
