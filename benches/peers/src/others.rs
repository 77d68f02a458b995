//! candle's way to say each workload: eager, one operation after another.

use crate::common::Contender;
use crate::common::data::{Elements, Input};
use candle_core::{D, DType, Device, Result, Tensor};
use std::hint::black_box;

/// How candle computes the workload of this name, if it can.
pub fn others(workload: &str, inputs: &[Input]) -> Vec<Contender<'static>> {
    let Some(compute) = workload_of(workload) else { return Vec::new() };
    let pairs = |inputs: &[Input]| inputs[0].elements.len() * inputs[1].shape[0];
    if workload == "kmeans" && pairs(inputs) > 1 << 26 {
        // Several times this many differences would lie in memory.
        return Vec::new();
    }
    let tensors: Vec<Tensor> =
        inputs.iter().map(|i| tensor(i).expect("the shape fits the elements")).collect();
    vec![Contender::new("candle", move |seen| {
        let results = compute(&tensors).expect("candle can say this");
        for result in &results {
            seen.lazily(|| values(result).expect("the result is a tensor of numbers"));
        }
        black_box(results);
    })]
}

impl Elements<'_> {
    fn len(&self) -> usize {
        match self {
            Elements::F32(x) => x.len(),
            Elements::F64(x) => x.len(),
            Elements::U8(x) => x.len(),
        }
    }
}

fn tensor(input: &Input) -> Result<Tensor> {
    let (shape, device) = (input.shape.as_slice(), &Device::Cpu);
    match input.elements {
        Elements::F32(x) => Tensor::from_slice(x, shape, device),
        Elements::F64(x) => Tensor::from_slice(x, shape, device),
        Elements::U8(x) => Tensor::from_slice(x, shape, device),
    }
}

fn values(x: &Tensor) -> Result<Vec<f64>> {
    x.to_dtype(DType::F64)?.flatten_all()?.to_vec1()
}

/// From the inputs to the results.
type Compute = fn(&[Tensor]) -> Result<Vec<Tensor>>;

fn workload_of(name: &str) -> Option<Compute> {
    Some(match name {
        "axpy" => |t| Ok(vec![(((&t[0] * 2.5)? + (&t[1] * 0.5)?)? - &t[2])?]),
        "chain20" => chain20,
        "horner16" => horner16,
        "black_scholes" => black_scholes,
        "image_gamma" => image_gamma,
        "mandelbrot" => mandelbrot,
        "add_t" => |t| Ok(vec![(&t[0] + t[1].t()?)?]),
        "exp" => |t| Ok(vec![t[0].exp()?]),
        "log" => |t| Ok(vec![t[0].log()?]),
        "tanh" => |t| Ok(vec![t[0].tanh()?]),
        "sin" => |t| Ok(vec![t[0].sin()?]),
        "cos" => |t| Ok(vec![t[0].cos()?]),
        "erf" => |t| Ok(vec![t[0].erf()?]),
        "pow" => |t| Ok(vec![t[0].pow(&t[1])?]),
        "softmax" => |t| {
            let e = t[0].broadcast_sub(&t[0].max_keepdim(1)?)?.exp()?;
            Ok(vec![e.broadcast_div(&e.sum_keepdim(1)?)?])
        },
        "layernorm" => |t| {
            let d = t[0].broadcast_sub(&t[0].mean_keepdim(1)?)?;
            let deviation = (d.sqr()?.mean_keepdim(1)? + 1e-5)?.sqrt()?;
            Ok(vec![d.broadcast_div(&deviation)?.broadcast_mul(&t[1])?.broadcast_add(&t[2])?])
        },
        "logsumexp" => |t| {
            let top = t[0].max_keepdim(1)?;
            let sum = t[0].broadcast_sub(&top)?.exp()?.sum(1)?;
            Ok(vec![(sum.log()? + top.squeeze(1)?)?])
        },
        "sum" => |t| Ok(vec![t[0].sum_all()?]),
        "meanvar" => |t| {
            let mean = t[0].mean_all()?;
            let variance = t[0].broadcast_sub(&mean)?.sqr()?.mean_all()?;
            Ok(vec![mean, variance])
        },
        "sum_axis0" => |t| Ok(vec![t[0].sum(0)?]),
        "sum_axis1" => |t| Ok(vec![t[0].sum(1)?]),
        "mask_sum" => |t| Ok(vec![t[0].gt(0.5)?.where_cond(&t[0], &t[0].zeros_like()?)?.sum_all()?]),
        "stencil" => stencil,
        "kmeans" => |t| {
            let apart = t[0].unsqueeze(1)?.broadcast_sub(&t[1].unsqueeze(0)?)?;
            Ok(vec![apart.sqr()?.sum(2)?.argmin(1)?])
        },
        "nbody" => nbody,
        _ => return None,
    })
}

fn chain20(t: &[Tensor]) -> Result<Vec<Tensor>> {
    let (x, y) = (&t[0], &t[1]);
    let t = ((x * y)? + 0.5)?;
    let w = (&t - y)?.abs()?.maximum(0.25)?.minimum(2.0)?;
    let s = w.sqrt()?;
    let r = ((&s + x)? * (&s - y)?)?;
    let q = r.gt(0.0)?.where_cond(&r, &(&r * -0.5)?)?;
    let z = ((q.sqr()? - (&q * 0.125)?)? + x)?;
    Ok(vec![(((z / (w + 1.0)?)? * 0.75)? - t)?])
}

fn horner16(t: &[Tensor]) -> Result<Vec<Tensor>> {
    let c: [f64; 17] = std::array::from_fn(|k| 1.0 / (1..=k).map(|i| i as f64).product::<f64>());
    let first = t[0].affine(c[16], c[15])?;
    let sum = (0..15).rev().try_fold(first, |sum, k| (sum * &t[0])? + c[k])?;
    Ok(vec![sum])
}

fn black_scholes(t: &[Tensor]) -> Result<Vec<Tensor>> {
    let (spot, strike, years) = (&t[0], &t[1], &t[2]);
    let (rate, vol) = (0.03, 0.25);
    let root = (years.sqrt()? * vol)?;
    let d1 = (((spot / strike)?.log()? + (years * (rate + 0.5 * vol * vol))?)? / &root)?;
    let d2 = (&d1 - root)?;
    let share = |d: Tensor| (d * 0.5f64.sqrt())?.erf()?.affine(0.5, 0.5);
    let paid = (strike * (years * -rate)?.exp()?)?;
    let call = ((spot * share(d1)?)? - (&paid * share(d2)?)?)?;
    let put = ((&call - spot)? + paid)?;
    Ok(vec![call, put])
}

fn image_gamma(t: &[Tensor]) -> Result<Vec<Tensor>> {
    let light = (t[0].to_dtype(DType::F32)? * (1.0 / 255.0))?;
    Ok(vec![light.powf(1.0 / 2.2)?.affine(255.0, 0.5)?.to_dtype(DType::U8)?])
}

fn mandelbrot(t: &[Tensor]) -> Result<Vec<Tensor>> {
    let (cx, cy) = (&t[0], &t[1]);
    let zero = cx.zeros_like()?;
    let (mut zx, mut zy, mut count) = (zero.clone(), zero.clone(), zero);
    for _ in 0..50 {
        let (x2, y2) = (zx.sqr()?, zy.sqr()?);
        let live = (&x2 + &y2)?.le(4.0)?;
        zy = live.where_cond(&(((&zx * 2.0)? * &zy)? + cy)?, &zy)?;
        zx = live.where_cond(&((x2 - y2)? + cx)?, &zx)?;
        count = live.where_cond(&(&count + 1.0)?, &count)?;
    }
    Ok(vec![count])
}

fn stencil(t: &[Tensor]) -> Result<Vec<Tensor>> {
    let step = |a: Tensor| {
        let n = a.dim(0)? - 2;
        let at = |i: usize, j: usize| a.narrow(0, i, n)?.narrow(1, j, n);
        (((((at(1, 1)? + at(0, 1)?)? + at(2, 1)?)? + at(1, 0)?)? + at(1, 2)?)? * 0.2)?.contiguous()
    };
    Ok(vec![(0..20).try_fold(t[0].clone(), |a, _| step(a))?])
}

fn nbody(t: &[Tensor]) -> Result<Vec<Tensor>> {
    let apart = |a: &Tensor| a.unsqueeze(0)?.broadcast_sub(&a.unsqueeze(1)?);
    let [dx, dy, dz] = [apart(&t[0])?, apart(&t[1])?, apart(&t[2])?];
    let r2 = (((dx.sqr()? + dy.sqr()?)? + dz.sqr()?)? + 0.01)?;
    let g = t[3].unsqueeze(0)?.broadcast_div(&(&r2 * r2.sqrt()?)?)?;
    [dx, dy, dz].iter().map(|d| (&g * d)?.sum(D::Minus1)).collect()
}
