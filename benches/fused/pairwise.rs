//! Every element against every other, folded: without fusion all pairs lie in memory.

use crate::common::ceiling::Kind;
use crate::common::data::{input, uniform};
use crate::common::{Bench, Contender, Size, Traffic, Workload};
use crate::hand::pairwise as hand;
use crate::others::others;
use ndarray::{Array1, Array2, ArrayView2, Axis, NewAxis as New, s};
use numfuse::prelude::*;
use rayon::prelude::*;

pub const WORKLOADS: &[Workload] = &[
    Workload { name: "kmeans", about: "the nearest of 64 centres to each point, float32", run: kmeans },
    Workload { name: "nbody", about: "softened gravity of all on all, float32", run: nbody },
];

fn kmeans(b: &Bench) {
    let (n, k, d) = b.size.pick((2000, 16, 16), (200_000, 64, 16), (2_000_000, 64, 16));
    let (points, centres) = (uniform::<f32>(n * d, 0.0, 1.0, 1), uniform::<f32>(k * d, 0.0, 1.0, 2));
    let (ax, ac) = (Array::from_slice(&points, [n, d]), Array::from_slice(&centres, [k, d]));
    let nx = ArrayView2::from_shape((n, d), &points).expect("n points");
    let nc = ArrayView2::from_shape((k, d), &centres).expect("k centres");
    let transposed: Vec<f32> = (0..d * k).map(|i| centres[i % k * d + i / k]).collect();
    let expression = || {
        let apart = ax.i((.., NewAxis, ..)) - ac.i((NewAxis, .., ..));
        [(&apart * &apart).sum(2).argmin(1)]
    };
    let mut out = vec![0i64; n];
    let mut contenders = vec![Contender::fused(&expression)];
    if b.size == Size::Small {
        // Of the medium size all pairs are a gigabyte, twice.
        contenders.push(Contender::unfused(&expression));
    }
    contenders.push(Contender::new("loop by hand", |seen| {
        b.team.fill([&mut out[..]], 256, |i, [out]| hand::nearest(out, &points[i * d..], &transposed, k, d));
        seen.slice(&out);
    }));
    contenders.push(Contender::new("ndarray, in parallel over points", |seen| {
        let nearest = |x: ndarray::ArrayView1<f32>| {
            let apart = &nc - &x;
            let distances = (&apart * &apart).sum_axis(Axis(1));
            let least = distances.iter().enumerate().min_by(|a, b| a.1.total_cmp(b.1));
            least.map_or(0, |(i, _)| i as i64)
        };
        let found: Vec<i64> = nx.axis_iter(Axis(0)).into_par_iter().map(nearest).collect();
        seen.slice(&found);
    }));
    contenders.extend(others("kmeans", &[input(&points, &[n, d]), input(&centres, &[k, d])]));
    let traffic = Traffic { bytes: 4 * (n * d + k * d) + 8 * n, elements: n * k, kind: Kind::Read };
    b.compare(&format!("kmeans: nearest of {k} centres, float32, {n} points of {d}"), traffic, contenders);
}

fn nbody(b: &Bench) {
    let n = b.size.pick(256, 2048, 16_384);
    let [x, y, z] = [1, 2, 3].map(|seed| uniform::<f32>(n, -1.0, 1.0, seed));
    let m = uniform::<f32>(n, 0.5, 1.5, 4);
    let [ax, ay, az, am] = [&x, &y, &z, &m].map(|v| Array::from_slice(v, n));
    let [nx, ny, nz, nm] = [&x, &y, &z, &m].map(|v| Array1::from(v.clone()));
    let expression = || {
        let [dx, dy, dz] = [&ax, &ay, &az].map(|a| a.i((NewAxis, ..)) - a.i((.., NewAxis)));
        let r2 = &dx * &dx + &dy * &dy + &dz * &dz + 0.01;
        let g = am.i((NewAxis, ..)) / (&r2 * r2.sqrt());
        [dx, dy, dz].map(|d| (&g * d).sum(1))
    };
    let mut pulls = [0, 1, 2].map(|_| vec![0f32; n]);
    let mut contenders = vec![Contender::fused(&expression)];
    if b.size != Size::Large {
        contenders.push(Contender::unfused(&expression));
    }
    contenders.push(Contender::new("loop by hand", |seen| {
        b.team.fill(pulls.each_mut().map(|p| &mut p[..]), 32, |i, [px, py, pz]| {
            hand::gravity(px, py, pz, [&x, &y, &z, &m], i);
        });
        pulls.iter().for_each(|p| seen.slice(p));
    }));
    if b.size != Size::Large {
        contenders.push(Contender::new("ndarray", |seen| {
            let apart = |a: &Array1<f32>| -> Array2<f32> { &a.slice(s![New, ..]) - &a.slice(s![.., New]) };
            let (dx, dy, dz) = (apart(&nx), apart(&ny), apart(&nz));
            let r2 = &dx * &dx + &dy * &dy + &dz * &dz + 0.01;
            let g = &nm.slice(s![New, ..]) / (&r2 * &r2.mapv(f32::sqrt));
            for d in [dx, dy, dz] {
                seen.ndarray(&(&g * &d).sum_axis(Axis(1)));
            }
        }));
    }
    contenders.push(Contender::new("ndarray, in parallel over bodies", |seen| {
        let pull = |i: usize| {
            let (dx, dy, dz) = (&nx - nx[i], &ny - ny[i], &nz - nz[i]);
            let r2 = &dx * &dx + &dy * &dy + &dz * &dz + 0.01;
            let g = &nm / (&r2 * &r2.mapv(f32::sqrt));
            [(&g * &dx).sum(), (&g * &dy).sum(), (&g * &dz).sum()]
        };
        let all: Vec<[f32; 3]> = (0..n).into_par_iter().map(pull).collect();
        for axis in 0..3 {
            seen.slice(&all.iter().map(|pull| pull[axis]).collect::<Vec<f32>>());
        }
    }));
    contenders.extend(others("nbody", &[&x, &y, &z, &m].map(|v| input(v, &[n]))));
    let traffic = Traffic { bytes: 4 * 7 * n, elements: n * n, kind: Kind::Read };
    b.compare(&format!("nbody: gravity of {n} bodies on each other, float32"), traffic, contenders);
}
