//! Products of matrices: what a library computes, and what is fused around it.

use crate::common::ceiling::Kind;
use crate::common::data::{input, uniform};
use crate::common::{Bench, Contender, Traffic, Workload};
use crate::others::others;
use ndarray::{ArrayView1, ArrayView2, ArrayView3, Axis};
use numfuse::prelude::*;
use rayon::prelude::*;

pub const WORKLOADS: &[Workload] = &[
    Workload { name: "matmul", about: "a product of square matrices, float32", run: matmul },
    Workload {
        name: "matmul_batches",
        about: "products of many matrices of 64 by 64, float32",
        run: batches,
    },
    Workload { name: "layer", about: "max(x·w + b, 0), a layer of a network, float32", run: layer },
    Workload { name: "matvec", about: "a product of a matrix and a vector, float32", run: matvec },
];

fn matmul(b: &Bench) {
    let n = b.size.pick(128, 1024, 4096);
    let (x, y) = (uniform::<f32>(n * n, -1.0, 1.0, 1), uniform::<f32>(n * n, -1.0, 1.0, 2));
    let (ax, ay) = (Array::from_slice(&x, [n, n]), Array::from_slice(&y, [n, n]));
    let [nx, ny] = [&x, &y].map(|v| ArrayView2::from_shape((n, n), v).expect("n rows"));
    let expression = || [ax.matmul(&ay)];
    let mut contenders = vec![Contender::fused(&expression)];
    contenders.push(Contender::new("ndarray, dot", |seen| seen.ndarray(&nx.dot(&ny))));
    contenders.extend(others("matmul", &[input(&x, &[n, n]), input(&y, &[n, n])]));
    let traffic = Traffic { bytes: 4 * 3 * n * n, elements: n * n * n, kind: Kind::Read };
    b.compare(&format!("matmul: {n} by {n}, float32"), traffic, contenders);
}

fn batches(b: &Bench) {
    let (count, n) = (b.size.pick(16, 1000, 20_000), 64);
    let size = count * n * n;
    let (x, y) = (uniform::<f32>(size, -1.0, 1.0, 1), uniform::<f32>(size, -1.0, 1.0, 2));
    let (ax, ay) = (Array::from_slice(&x, [count, n, n]), Array::from_slice(&y, [count, n, n]));
    let [nx, ny] = [&x, &y].map(|v| ArrayView3::from_shape((count, n, n), v).expect("as many matrices"));
    let expression = || [ax.matmul(&ay)];
    let mut out = vec![0f32; size];
    let mut contenders = vec![Contender::fused(&expression)];
    contenders.push(Contender::new("ndarray, in parallel over matrices", |seen| {
        out.par_chunks_mut(n * n).enumerate().for_each(|(i, out)| {
            let product = nx.index_axis(Axis(0), i).dot(&ny.index_axis(Axis(0), i));
            out.copy_from_slice(product.as_slice().expect("a product is row-major"));
        });
        seen.slice(&out);
    }));
    contenders.extend(others("matmul_batches", &[input(&x, &[count, n, n]), input(&y, &[count, n, n])]));
    let traffic = Traffic { bytes: 4 * 3 * size, elements: size * n, kind: Kind::Read };
    b.compare(&format!("matmul_batches: {count} of {n} by {n}, float32"), traffic, contenders);
}

fn layer(b: &Bench) {
    let (rows, n) = b.size.pick((64, 128), (4096, 512), (65_536, 1024));
    let (x, w) = (uniform::<f32>(rows * n, -1.0, 1.0, 1), uniform::<f32>(n * n, -1.0, 1.0, 2));
    let bias = uniform::<f32>(n, -1.0, 1.0, 3);
    let (ax, aw, ab) =
        (Array::from_slice(&x, [rows, n]), Array::from_slice(&w, [n, n]), Array::from_slice(&bias, n));
    let nx = ArrayView2::from_shape((rows, n), &x).expect("rows of n");
    let nw = ArrayView2::from_shape((n, n), &w).expect("n rows");
    let nb = ArrayView1::from(&bias);
    let expression = || [(ax.matmul(&aw) + &ab).maximum(0.0)];
    let mut contenders = Vec::from(Contender::numfuse(&expression));
    contenders.push(Contender::new("ndarray", |seen| {
        seen.ndarray(&(nx.dot(&nw) + nb).mapv_into(|v| v.max(0.0)));
    }));
    contenders.extend(others("layer", &[input(&x, &[rows, n]), input(&w, &[n, n]), input(&bias, &[n])]));
    let traffic = Traffic { bytes: 4 * (2 * rows * n + n * n + n), elements: rows * n * n, kind: Kind::Read };
    b.compare(&format!("layer: {rows} rows of {n}, float32"), traffic, contenders);
}

fn matvec(b: &Bench) {
    let n = b.size.pick(256, 4096, 16_384);
    let (x, v) = (uniform::<f32>(n * n, -1.0, 1.0, 1), uniform::<f32>(n, -1.0, 1.0, 2));
    let (ax, av) = (Array::from_slice(&x, [n, n]), Array::from_slice(&v, n));
    let nx = ArrayView2::from_shape((n, n), &x).expect("n rows");
    let nv = ArrayView1::from(&v);
    let expression = || [ax.matmul(&av)];
    let mut contenders = vec![Contender::fused(&expression)];
    contenders.push(Contender::new("ndarray, dot", |seen| seen.ndarray(&nx.dot(&nv))));
    contenders.extend(others("matvec", &[input(&x, &[n, n]), input(&v, &[n])]));
    let traffic = Traffic { bytes: 4 * (n * n + 2 * n), elements: n * n, kind: Kind::Read };
    b.compare(&format!("matvec: {n} by {n}, float32"), traffic, contenders);
}
