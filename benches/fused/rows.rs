//! Workloads over rows of a matrix: folds along each row, then its elements again.

use crate::common::ceiling::Kind;
use crate::common::data::{input, uniform};
use crate::common::{Bench, Contender, Traffic, Workload};
use crate::hand::rows as hand;
use crate::others::others;
use ndarray::{Array1, Array2, ArrayView2, Axis};
use numfuse::prelude::*;

pub const WORKLOADS: &[Workload] = &[
    Workload { name: "softmax", about: "softmax of each row, float32", run: softmax },
    Workload { name: "softmax_1024", about: "softmax of 16384 rows of 1024, float32", run: softmax_1024 },
    Workload {
        name: "layernorm",
        about: "each row standardised, scaled and shifted, float32",
        run: layernorm,
    },
    Workload { name: "logsumexp", about: "log of the sum of e^x of each row, float32", run: logsumexp },
];

fn shape(b: &Bench) -> (usize, usize) {
    b.size.pick((256, 512), (8192, 4096), (131_072, 4096))
}

/// Elements that a thread takes at a time, in whole rows.
fn grain(columns: usize) -> usize {
    (1usize << 15).div_ceil(columns) * columns
}

/// The exponentials of each row relative to its greatest element, and that element.
fn exponentials(x: &ArrayView2<f32>) -> (Array2<f32>, Array2<f32>) {
    let top = x.fold_axis(Axis(1), f32::NEG_INFINITY, |a, b| a.max(*b)).insert_axis(Axis(1));
    ((x - &top).mapv_into(f32::exp), top)
}

fn softmax(b: &Bench) {
    softmax_of(b, shape(b));
}

fn softmax_1024(b: &Bench) {
    softmax_of(b, (b.size.pick(64, 16_384, 262_144), 1024));
}

fn softmax_of(b: &Bench, (rows, columns): (usize, usize)) {
    let n = rows * columns;
    let x = uniform::<f32>(n, -4.0, 4.0, 1);
    let ax = Array::from_slice(&x, [rows, columns]);
    let nx = ArrayView2::from_shape((rows, columns), &x).expect("rows times columns");
    let expression = || {
        let e = (&ax - ax.max_keepdims(1)).exp();
        [&e / e.sum_keepdims(1)]
    };
    let mut out = vec![0f32; n];
    let mut zipped = Array2::<f32>::zeros((rows, columns));
    let mut contenders = Vec::from(Contender::numfuse(&expression));
    contenders.push(Contender::new("loop by hand", |seen| {
        b.team.fill([&mut out[..]], grain(columns), |i, [out]| hand::softmax(out, &x[i..], columns));
        seen.slice(&out);
    }));
    contenders.push(Contender::new("ndarray", |seen| {
        let (e, _) = exponentials(&nx);
        let total = e.sum_axis(Axis(1)).insert_axis(Axis(1));
        seen.ndarray(&(e / total));
    }));
    contenders.push(Contender::new("ndarray, par_azip! over rows", |seen| {
        ndarray::par_azip!((mut o in zipped.rows_mut(), x in nx.rows()) {
            let top = x.fold(f32::NEG_INFINITY, |a, b| a.max(*b));
            o.zip_mut_with(&x, |o, x| *o = (x - top).exp());
            let total = o.sum();
            o.mapv_inplace(|e| e / total);
        });
        seen.ndarray(&zipped);
    }));
    contenders.extend(others("softmax", &[input(&x, &[rows, columns])]));
    let traffic = Traffic { bytes: 8 * n, elements: n, kind: Kind::Copy };
    b.compare(&format!("softmax of rows, float32, {rows} x {columns}"), traffic, contenders);
}

fn layernorm(b: &Bench) {
    let (rows, columns) = shape(b);
    let n = rows * columns;
    let x = uniform::<f32>(n, -1.0, 3.0, 1);
    let (gain, bias) = (uniform::<f32>(columns, 0.5, 1.5, 2), uniform::<f32>(columns, -1.0, 1.0, 3));
    let ax = Array::from_slice(&x, [rows, columns]);
    let [ag, ab] = [&gain, &bias].map(|v| Array::from_slice(v, columns));
    let nx = ArrayView2::from_shape((rows, columns), &x).expect("rows times columns");
    let [ng, nb] = [&gain, &bias].map(|v| Array1::from(v.clone()));
    let expression = || {
        let d = &ax - ax.mean_keepdims(1);
        let variance = (&d * &d).mean_keepdims(1);
        [d / (variance + 1e-5).sqrt() * &ag + &ab]
    };
    let mut out = vec![0f32; n];
    let mut zipped = Array2::<f32>::zeros((rows, columns));
    let mut contenders = Vec::from(Contender::numfuse(&expression));
    contenders.push(Contender::new("loop by hand", |seen| {
        b.team.fill([&mut out[..]], grain(columns), |i, [out]| hand::layernorm(out, &x[i..], &gain, &bias));
        seen.slice(&out);
    }));
    contenders.push(Contender::new("ndarray", |seen| {
        let mean = nx.mean_axis(Axis(1)).expect("rows are not empty").insert_axis(Axis(1));
        let d = &nx - &mean;
        let variance = (&d * &d).mean_axis(Axis(1)).expect("rows are not empty").insert_axis(Axis(1));
        seen.ndarray(&(d / (variance + 1e-5).mapv_into(f32::sqrt) * &ng + &nb));
    }));
    contenders.push(Contender::new("ndarray, par_azip! over rows", |seen| {
        ndarray::par_azip!((mut o in zipped.rows_mut(), x in nx.rows()) {
            let mean = x.sum() / columns as f32;
            o.zip_mut_with(&x, |o, x| *o = x - mean);
            let variance = o.fold(0.0, |sum, d| sum + d * d) / columns as f32;
            let deviation = (variance + 1e-5).sqrt();
            ndarray::azip!((o in &mut o, &g in &ng, &b in &nb) *o = *o / deviation * g + b);
        });
        seen.ndarray(&zipped);
    }));
    contenders.extend(others(
        "layernorm",
        &[input(&x, &[rows, columns]), input(&gain, &[columns]), input(&bias, &[columns])],
    ));
    let traffic = Traffic { bytes: 8 * n + 8 * columns, elements: n, kind: Kind::Copy };
    b.compare(&format!("layernorm: rows standardised, float32, {rows} x {columns}"), traffic, contenders);
}

fn logsumexp(b: &Bench) {
    let (rows, columns) = shape(b);
    let n = rows * columns;
    let x = uniform::<f32>(n, -4.0, 4.0, 1);
    let ax = Array::from_slice(&x, [rows, columns]);
    let nx = ArrayView2::from_shape((rows, columns), &x).expect("rows times columns");
    let expression = || {
        let top = ax.max_keepdims(1);
        [(&ax - &top).exp().sum(1).log() + top.i((.., 0))]
    };
    let mut out = vec![0f32; rows];
    let mut zipped = Array1::<f32>::zeros(rows);
    let mut contenders = Vec::from(Contender::numfuse(&expression));
    contenders.push(Contender::new("loop by hand", |seen| {
        b.team.fill([&mut out[..]], grain(columns) / columns, |i, [out]| {
            hand::logsumexp(out, &x[i * columns..], columns);
        });
        seen.slice(&out);
    }));
    contenders.push(Contender::new("ndarray", |seen| {
        let (e, top) = exponentials(&nx);
        seen.ndarray(&(e.sum_axis(Axis(1)).mapv_into(f32::ln) + top.index_axis(Axis(1), 0)));
    }));
    contenders.push(Contender::new("ndarray, par_azip! over rows", |seen| {
        ndarray::par_azip!((o in &mut zipped, x in nx.rows()) {
            let top = x.fold(f32::NEG_INFINITY, |a, b| a.max(*b));
            *o = x.fold(0.0, |sum, x| sum + (x - top).exp()).ln() + top;
        });
        seen.ndarray(&zipped);
    }));
    contenders.extend(others("logsumexp", &[input(&x, &[rows, columns])]));
    let traffic = Traffic { bytes: 4 * n + 4 * rows, elements: n, kind: Kind::Read };
    b.compare(&format!("logsumexp of rows, float32, {rows} x {columns}"), traffic, contenders);
}
