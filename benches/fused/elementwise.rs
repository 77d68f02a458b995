//! Elementwise workloads: cheap ones, which memory limits, and such as keep the processor busy.

use crate::common::ceiling::Kind;
use crate::common::data::{input, uniform};
use crate::common::{Bench, Contender, Size, Traffic, Workload};
use crate::hand::elementwise as hand;
use crate::hand::real::Real;
use crate::others::others;
use ndarray::{Array1, Array2, ArrayView2, Zip};
use numfuse::prelude::*;

pub const WORKLOADS: &[Workload] = &[
    Workload { name: "axpy", about: "2.5 x + 0.5 y - c, float32", run: axpy },
    Workload { name: "chain20", about: "about twenty cheap operations on two arrays, float32", run: chain20 },
    Workload { name: "horner16", about: "a polynomial of degree 16, float32", run: horner16 },
    Workload {
        name: "black_scholes_f32",
        about: "prices of calls and puts, float32",
        run: black_scholes_f32,
    },
    Workload {
        name: "black_scholes_f64",
        about: "prices of calls and puts, float64",
        run: black_scholes_f64,
    },
    Workload {
        name: "image_gamma",
        about: "uint8 to float32, to the power 1/2.2, and back",
        run: image_gamma,
    },
    Workload { name: "mandelbrot", about: "50 masked iterations, float32", run: mandelbrot },
    Workload { name: "add_t", about: "a + b.T, float32", run: add_t },
];

/// Elements that a thread takes at a time where memory is the limit, and where arithmetic is.
const CHEAP: usize = 1 << 16;
const COSTLY: usize = 1 << 13;

fn axpy(b: &Bench) {
    let n = 1 << b.size.pick(16, 24, 28);
    let [x, y, c] = [1, 2, 3].map(|seed| uniform::<f32>(n, -1.0, 1.0, seed));
    let [nx, ny, nc] = [&x, &y, &c].map(|v| Array1::from(v.clone()));
    let [ax, ay, ac] = [&x, &y, &c].map(|v| Array::from_slice(v, n));
    let expression = || [&ax * 2.5 + &ay * 0.5 - &ac];
    let (mut out, mut past) = (vec![0f32; n], vec![0f32; n]);
    let mut zipped = Array1::<f32>::zeros(n);
    let mut contenders = Vec::from(Contender::numfuse(&expression));
    contenders.push(Contender::new("loop by hand", |seen| {
        b.team.fill([&mut out[..]], CHEAP, |i, [out]| hand::axpy(out, &x[i..], &y[i..], &c[i..]));
        seen.slice(&out);
    }));
    contenders.push(Contender::new("loop by hand, past the caches", |seen| {
        b.team.fill([&mut past[..]], CHEAP, |i, [out]| {
            hand::axpy_streaming(out, &x[i..][..out.len()], &y[i..][..out.len()], &c[i..][..out.len()]);
        });
        seen.slice(&past);
    }));
    contenders.push(Contender::new("ndarray", |seen| seen.ndarray(&(&nx * 2.5f32 + &ny * 0.5f32 - &nc))));
    contenders.push(Contender::new("ndarray, par_azip!", |seen| {
        ndarray::par_azip!((o in &mut zipped, &x in &nx, &y in &ny, &c in &nc) *o = 2.5 * x + 0.5 * y - c);
        seen.ndarray(&zipped);
    }));
    contenders.extend(others("axpy", &[&x, &y, &c].map(|v| input(v, &[n]))));
    let traffic = Traffic { bytes: 16 * n, elements: n, kind: Kind::Triad };
    b.compare(&format!("axpy: 2.5 x + 0.5 y - c, float32, {n}"), traffic, contenders);
}

fn chain20(b: &Bench) {
    let n = 1 << b.size.pick(16, 24, 28);
    let [x, y] = [1, 2].map(|seed| uniform::<f32>(n, -1.0, 1.0, seed));
    let [nx, ny] = [&x, &y].map(|v| Array1::from(v.clone()));
    let [ax, ay] = [&x, &y].map(|v| Array::from_slice(v, n));
    let expression = || {
        let (x, y) = (&ax, &ay);
        let t = x * y + 0.5;
        let v = (&t - y).abs().maximum(0.25);
        let w = v.minimum(2.0);
        let s = w.sqrt();
        let r = (&s + x) * (&s - y);
        let q = where_(r.greater(0.0), &r, &r * -0.5);
        let z = &q * &q - &q * 0.125 + x;
        [z / (w + 1.0) * 0.75 - t]
    };
    let mut out = vec![0f32; n];
    let mut zipped = Array1::<f32>::zeros(n);
    let mut contenders = Vec::from(Contender::numfuse(&expression));
    contenders.push(Contender::new("loop by hand", |seen| {
        b.team.fill([&mut out[..]], CHEAP, |i, [out]| hand::chain20(out, &x[i..], &y[i..]));
        seen.slice(&out);
    }));
    contenders.push(Contender::new("ndarray", |seen| {
        let t = &nx * &ny + 0.5;
        let v = (&t - &ny).mapv_into(|v| v.abs().max(0.25));
        let w = v.mapv_into(|v| v.min(2.0));
        let s = w.mapv(f32::sqrt);
        let r = (&s + &nx) * (&s - &ny);
        let q = r.mapv_into(|r| if r > 0.0 { r } else { -0.5 * r });
        let z = &q * &q - &q * 0.125 + &nx;
        seen.ndarray(&(z / (w + 1.0) * 0.75 - t));
    }));
    contenders.push(Contender::new("ndarray, par_azip!", |seen| {
        ndarray::par_azip!((o in &mut zipped, &x in &nx, &y in &ny) {
            let t = x * y + 0.5;
            let w = (t - y).abs().clamp(0.25, 2.0);
            let s = w.sqrt();
            let r = (s + x) * (s - y);
            let q = if r > 0.0 { r } else { -0.5 * r };
            let z = q * q - 0.125 * q + x;
            *o = z / (1.0 + w) * 0.75 - t;
        });
        seen.ndarray(&zipped);
    }));
    contenders.extend(others("chain20", &[&x, &y].map(|v| input(v, &[n]))));
    let traffic = Traffic { bytes: 12 * n, elements: n, kind: Kind::Triad };
    b.compare(&format!("chain20: about twenty cheap operations, float32, {n}"), traffic, contenders);
}

fn horner16(b: &Bench) {
    let n = 1 << b.size.pick(16, 24, 29);
    let x = uniform::<f32>(n, -1.0, 1.0, 1);
    let (nx, ax) = (Array1::from(x.clone()), Array::from_slice(&x, n));
    // 1/k!, the exponential series.
    let exact: [f64; 17] = std::array::from_fn(|k| 1.0 / (1..=k).map(|i| i as f64).product::<f64>());
    let c = exact.map(|c| c as f32);
    let expression = || [(0..15).rev().fold(&ax * exact[16] + exact[15], |sum, k| sum * &ax + exact[k])];
    let mut out = vec![0f32; n];
    let mut zipped = Array1::<f32>::zeros(n);
    let mut contenders = Vec::from(Contender::numfuse(&expression));
    contenders.push(Contender::new("loop by hand", |seen| {
        b.team.fill([&mut out[..]], CHEAP, |i, [out]| hand::horner16(out, &x[i..], &c));
        seen.slice(&out);
    }));
    contenders.push(Contender::new("ndarray", |seen| {
        let first = &nx * c[16] + c[15];
        seen.ndarray(&(0..15).rev().fold(first, |sum, k| sum * &nx + c[k]));
    }));
    contenders.push(Contender::new("ndarray, par_azip!", |seen| {
        ndarray::par_azip!((o in &mut zipped, &x in &nx) {
            *o = (0..15).rev().fold(x * c[16] + c[15], |sum, k| sum * x + c[k]);
        });
        seen.ndarray(&zipped);
    }));
    contenders.extend(others("horner16", &[input(&x, &[n])]));
    let traffic = Traffic { bytes: 8 * n, elements: n, kind: Kind::Copy };
    b.compare(&format!("horner16: a polynomial of degree 16, float32, {n}"), traffic, contenders);
}

/// What Black–Scholes needs of a type beyond [`Real`], from the C library and numfuse.
trait Price: Real + numfuse::Element + crate::common::data::Sample + crate::common::measure::Number {
    const NAME: &'static str;
    fn functions(self) -> (Self, Self, Self);
}

unsafe extern "C" {
    safe fn erf(x: f64) -> f64;
    safe fn erff(x: f32) -> f32;
}

impl Price for f32 {
    const NAME: &'static str = "float32";

    fn functions(self) -> (f32, f32, f32) {
        (self.ln(), self.exp(), erff(self))
    }
}

impl Price for f64 {
    const NAME: &'static str = "float64";

    fn functions(self) -> (f64, f64, f64) {
        (self.ln(), self.exp(), erf(self))
    }
}

fn black_scholes_f32(b: &Bench) {
    black_scholes::<f32>(b, 1 << b.size.pick(16, 23, 28));
}

fn black_scholes_f64(b: &Bench) {
    black_scholes::<f64>(b, 1 << b.size.pick(16, 23, 27));
}

fn black_scholes<T: Price>(b: &Bench, n: usize) {
    let [spot, strike] = [1, 2].map(|seed| uniform::<T>(n, 10.0, 50.0, seed));
    let years = uniform::<T>(n, 0.25, 2.0, 3);
    let [ns, nk, ny] = [&spot, &strike, &years].map(|v| Array1::from(v.clone()));
    let [spots, strikes, terms] = [&spot, &strike, &years].map(|v| Array::from_slice(v, n));
    let (rate, vol) = (0.03, 0.25);
    let expression = || {
        let root = terms.sqrt() * vol;
        let d1 = ((&spots / &strikes).log() + &terms * (rate + 0.5 * vol * vol)) / &root;
        let d2 = &d1 - &root;
        let n1 = (d1 * 0.5f64.sqrt()).erf() * 0.5 + 0.5;
        let n2 = (d2 * 0.5f64.sqrt()).erf() * 0.5 + 0.5;
        let paid = &strikes * (&terms * -rate).exp();
        let call = &spots * n1 - &paid * n2;
        let put = &call - &spots + paid;
        [call, put]
    };
    let price = |spot: T, strike: T, years: T| {
        let c = T::of;
        let root = c(vol) * years.sqrt();
        let d1 = ((spot / strike).functions().0 + c(rate + 0.5 * vol * vol) * years) / root;
        let share = |d: T| c(0.5) + c(0.5) * (d * c(0.5f64.sqrt())).functions().2;
        let paid = strike * (c(-rate) * years).functions().1;
        let call = spot * share(d1) - paid * share(d1 - root);
        (call, call - spot + paid)
    };
    let (mut call, mut put) = (vec![T::of(0.0); n], vec![T::of(0.0); n]);
    let mut zipped = [0, 1].map(|_| Array1::from(vec![T::of(0.0); n]));
    let mut contenders = Vec::from(Contender::numfuse(&expression));
    contenders.push(Contender::new("loop by hand", |seen| {
        b.team.fill([&mut call[..], &mut put[..]], COSTLY, |i, [call, put]| {
            hand::black_scholes(call, put, &spot[i..], &strike[i..], &years[i..]);
        });
        seen.slice(&call);
        seen.slice(&put);
    }));
    contenders.push(Contender::new("ndarray, par_azip!, C's functions", |seen| {
        let [call, put] = &mut zipped;
        Zip::from(&mut *call).and(&mut *put).and(&ns).and(&nk).and(&ny).par_for_each(
            |call, put, &s, &k, &y| {
                (*call, *put) = price(s, k, y);
            },
        );
        seen.ndarray(call);
        seen.ndarray(put);
    }));
    contenders.extend(others("black_scholes", &[&spot, &strike, &years].map(|v| input(v, &[n]))));
    let traffic = Traffic { bytes: 5 * n * size_of::<T>(), elements: n, kind: Kind::Triad };
    b.compare(&format!("black_scholes: calls and puts, {}, {n}", T::NAME), traffic, contenders);
}

fn image_gamma(b: &Bench) {
    let frame = 2160 * 3840 * 3;
    let n = b.size.pick(256 * 768, 8 * frame, 64 * frame);
    let image = uniform::<u8>(n, 0.0, 256.0, 1);
    let (ni, ai) = (Array1::from(image.clone()), Array::from_slice(&image, n));
    let expression = || {
        let light = ai.cast(F32) * (1.0 / 255.0);
        let coded = light.power(1.0 / 2.2);
        [(coded * 255.0 + 0.5).cast(U8)]
    };
    let mut out = vec![0u8; n];
    let mut zipped = Array1::<u8>::zeros(n);
    // Without fusion it goes through whole images of float32 several times.
    let mut contenders = vec![Contender::fused(&expression)];
    if b.size != Size::Large {
        contenders.push(Contender::unfused(&expression));
    }
    contenders.push(Contender::new("loop by hand", |seen| {
        b.team.fill([&mut out[..]], CHEAP, |i, [out]| hand::gamma(out, &image[i..]));
        seen.slice(&out);
    }));
    contenders.push(Contender::new("ndarray, par_azip!, std's powf", |seen| {
        ndarray::par_azip!((o in &mut zipped, &byte in &ni) {
            let coded = (f32::from(byte) * (1.0 / 255.0)).powf(1.0 / 2.2);
            *o = (coded * 255.0 + 0.5) as u8;
        });
        seen.ndarray(&zipped);
    }));
    contenders.extend(others("image_gamma", &[input(&image, &[n])]));
    let traffic = Traffic { bytes: 2 * n, elements: n, kind: Kind::Copy };
    b.compare(&format!("image_gamma: uint8, to the power 1/2.2, {n}"), traffic, contenders);
}

fn mandelbrot(b: &Bench) {
    let (n, iterations) = (b.size.pick(128, 1024, 8192), 50);
    let at = |i: usize, low: f64, high: f64| (low + (high - low) * i as f64 / (n - 1) as f64) as f32;
    let cx: Vec<f32> = (0..n * n).map(|i| at(i % n, -2.0, 0.6)).collect();
    let cy: Vec<f32> = (0..n * n).map(|i| at(i / n, -1.3, 1.3)).collect();
    let [ax, ay] = [&cx, &cy].map(|v| Array::from_slice(v, [n, n]));
    let [nx, ny] = [&cx, &cy].map(|v| Array1::from(v.clone()));
    let expression = || {
        let zero = &ax * 0.0;
        let (mut zx, mut zy, mut count) = (zero.clone(), zero.clone(), zero);
        for _ in 0..iterations {
            let (x2, y2) = (&zx * &zx, &zy * &zy);
            let live = (&x2 + &y2).less_equal(4.0);
            zy = where_(&live, &zx * 2.0 * &zy + &ay, &zy);
            zx = where_(&live, x2 - y2 + &ax, &zx);
            count = where_(&live, &count + 1.0, &count);
        }
        [count]
    };
    let mut out = vec![0f32; n * n];
    let mut zipped = Array1::<f32>::zeros(n * n);
    let mut contenders = vec![Contender::fused(&expression)];
    if b.size != Size::Large {
        contenders.push(Contender::unfused(&expression));
    }
    contenders.push(Contender::new("loop by hand", |seen| {
        b.team.fill([&mut out[..]], COSTLY, |i, [out]| hand::mandelbrot(out, &cx[i..], &cy[i..], iterations));
        seen.slice(&out);
    }));
    contenders.push(Contender::new("ndarray, par_azip!", |seen| {
        ndarray::par_azip!((o in &mut zipped, &cx in &nx, &cy in &ny) {
            let (mut x, mut y, mut count) = (0f32, 0f32, 0f32);
            // Point by point one may stop early, which lanes side by side may not.
            while count < iterations as f32 && x * x + y * y <= 4.0 {
                (x, y) = (x * x - y * y + cx, 2.0 * x * y + cy);
                count += 1.0;
            }
            *o = count;
        });
        seen.ndarray(&zipped);
    }));
    contenders.extend(others("mandelbrot", &[&cx, &cy].map(|v| input(v, &[n, n]))));
    let traffic = Traffic { bytes: 12 * n * n, elements: n * n, kind: Kind::Triad };
    b.compare(&format!("mandelbrot: {iterations} iterations, float32, {n} x {n}"), traffic, contenders);
}

fn add_t(b: &Bench) {
    let n = b.size.pick(512, 4096, 16_384);
    let [x, y] = [1, 2].map(|seed| uniform::<f32>(n * n, -1.0, 1.0, seed));
    let [ax, ay] = [&x, &y].map(|v| Array::from_slice(v, [n, n]));
    let view = |v| ArrayView2::from_shape((n, n), v).expect("a square of elements");
    let (nx, ny) = (view(&x), view(&y));
    let expression = || [&ax + ay.t()];
    let mut out = vec![0f32; n * n];
    let mut zipped = Array2::<f32>::zeros((n, n));
    let mut contenders = Vec::from(Contender::numfuse(&expression));
    contenders.push(Contender::new("loop by hand", |seen| {
        b.team.fill([&mut out[..]], 64 * n, |i, [out]| hand::add_transposed(out, &x[i..], &y, i / n, n));
        seen.slice(&out);
    }));
    contenders.push(Contender::new("ndarray", |seen| seen.ndarray(&(&nx + &ny.t()))));
    contenders.push(Contender::new("ndarray, par_azip!", |seen| {
        ndarray::par_azip!((o in &mut zipped, &x in &nx, &y in ny.t()) *o = x + y);
        seen.ndarray(&zipped);
    }));
    contenders.extend(others("add_t", &[&x, &y].map(|v| input(v, &[n, n]))));
    let traffic = Traffic { bytes: 12 * n * n, elements: n * n, kind: Kind::Triad };
    b.compare(&format!("add_t: a + b.T, float32, {n} x {n}"), traffic, contenders);
}
