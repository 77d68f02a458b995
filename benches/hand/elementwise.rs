//! Elementwise loops: each output element from the input elements at its place.

use super::functions::{BLOCK, erf, exp, exp_fast, exp_usual, log, log_fast, log_usual, pow_fast};
use super::real::Real;
use super::versions;

versions! {
    /// `2.5 x + 0.5 y - c`.
    pub fn axpy(out: &mut [f32], x: &[f32], y: &[f32], c: &[f32]) {
        let n = out.len();
        let (x, y, c) = (&x[..n], &y[..n], &c[..n]);
        for i in 0..n {
            out[i] = 2.5 * x[i] + 0.5 * y[i] - c[i];
        }
    }
}

/// The same with stores that go past the caches: no line is read before it is written. Where the
/// output is not aligned, or the machine has no such stores, it is [`axpy`].
pub fn axpy_streaming(out: &mut [f32], x: &[f32], y: &[f32], c: &[f32]) {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx") && out.as_ptr().addr().is_multiple_of(32) {
        // SAFETY: the machine has AVX.
        return unsafe { axpy_past_caches(out, x, y, c) };
    }
    axpy(out, x, y, c);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx")]
fn axpy_past_caches(out: &mut [f32], x: &[f32], y: &[f32], c: &[f32]) {
    use std::arch::x86_64::{__m256, _mm_sfence, _mm256_stream_ps};
    let n = out.len() / 8 * 8;
    for i in (0..n).step_by(8) {
        let (x, y, c) = (&x[i..i + 8], &y[i..i + 8], &c[i..i + 8]);
        let mut sum = [0f32; 8];
        for j in 0..8 {
            sum[j] = 2.5 * x[j] + 0.5 * y[j] - c[j];
        }
        // SAFETY: eight floats are a vector. The caller has seen that `out` starts at a multiple of 32
        // bytes, so every eighth element lies at one, and eight fit in.
        unsafe { _mm256_stream_ps(out.as_mut_ptr().add(i), std::mem::transmute::<[f32; 8], __m256>(sum)) };
    }
    _mm_sfence();
    axpy(&mut out[n..], &x[n..], &y[n..], &c[n..]);
}

versions! {
    /// About twenty mixed cheap operations; NaN passes through the maximum and the minimum.
    pub fn chain20(out: &mut [f32], x: &[f32], y: &[f32]) {
        let n = out.len();
        let (x, y) = (&x[..n], &y[..n]);
        for i in 0..n {
            let (x, y) = (x[i], y[i]);
            let t = x * y + 0.5;
            let v = (t - y).abs();
            let v = if v < 0.25 { 0.25 } else { v };
            let w = if v > 2.0 { 2.0 } else { v };
            let s = w.sqrt();
            let r = (s + x) * (s - y);
            let q = if r > 0.0 { r } else { -0.5 * r };
            let z = q * q - 0.125 * q + x;
            out[i] = z / (1.0 + w) * 0.75 - t;
        }
    }
}

versions! {
    /// A polynomial of degree 16 by Horner's rule, each step rounded twice as it is written.
    pub fn horner16(out: &mut [f32], x: &[f32], c: &[f32; 17]) {
        for (out, &x) in out.iter_mut().zip(x) {
            let mut sum = x * c[16] + c[15];
            for k in (0..15).rev() {
                sum = sum * x + c[k];
            }
            *out = sum;
        }
    }
}

versions! {
    /// Prices of European calls and puts; rate 0.03, volatility 0.25.
    pub fn black_scholes<T: Real>(call: &mut [T], put: &mut [T], spot: &[T], strike: &[T], years: &[T]) {
        let n = call.len();
        let (put, spot, strike, years) = (&mut put[..n], &spot[..n], &strike[..n], &years[..n]);
        let mut done = 0;
        while done + BLOCK <= n {
            let part = done..done + BLOCK;
            let (call, put) = (&mut call[part.clone()], &mut put[part.clone()]);
            let (spot, strike, years) = (&spot[part.clone()], &strike[part.clone()], &years[part]);
            let mut all_usual = true;
            for i in 0..BLOCK {
                all_usual &= log_usual(spot[i] / strike[i]) & exp_usual(T::of(-0.03) * years[i]);
                (call[i], put[i]) = prices(spot[i], strike[i], years[i], log_fast, exp_fast);
            }
            if !all_usual {
                for i in 0..BLOCK {
                    (call[i], put[i]) = prices(spot[i], strike[i], years[i], log, exp);
                }
            }
            done += BLOCK;
        }
        for i in done..n {
            (call[i], put[i]) = prices(spot[i], strike[i], years[i], log, exp);
        }
    }
}

#[inline(always)]
fn prices<T: Real>(spot: T, strike: T, years: T, log: impl Fn(T) -> T, exp: impl Fn(T) -> T) -> (T, T) {
    let root = T::of(0.25) * years.sqrt();
    let d1 = (log(spot / strike) + T::of(0.03 + 0.5 * 0.25 * 0.25) * years) / root;
    let d2 = d1 - root;
    let share = |d: T| T::of(0.5) + T::of(0.5) * erf(d * T::of(0.5f64.sqrt()));
    let paid = strike * exp(T::of(-0.03) * years);
    let call = spot * share(d1) - paid * share(d2);
    (call, call - spot + paid)
}

versions! {
    /// Bytes to brightness, to the power 1/2.2, and back to bytes. Black stays black.
    pub fn gamma(out: &mut [u8], image: &[u8]) {
        let exponent = (1.0 / 2.2) as f32;
        for (out, image) in out.chunks_mut(BLOCK).zip(image.chunks(BLOCK)) {
            let mut light = [0f32; BLOCK];
            for (light, &byte) in light.iter_mut().zip(image) {
                *light = f32::from(byte) * (1.0 / 255.0);
            }
            for light in &mut light {
                let coded = pow_fast(*light, exponent);
                let coded = if *light == 0.0 { 0.0 } else { coded };
                *light = coded * 255.0 + 0.5;
            }
            for (out, &light) in out.iter_mut().zip(&light) {
                // In two steps, of which each has a vector instruction.
                *out = light as i32 as u8;
            }
        }
    }
}

versions! {
    /// How many of `iterations` steps each point stays within 2, by masks.
    pub fn mandelbrot(out: &mut [f32], cx: &[f32], cy: &[f32], iterations: usize) {
        const TOGETHER: usize = 32;
        let n = out.len();
        let (cx, cy) = (&cx[..n], &cy[..n]);
        for start in (0..n).step_by(TOGETHER) {
            // The last block is moved back so that it is whole; its first points are done twice.
            let start = start.min(n.saturating_sub(TOGETHER));
            let end = (start + TOGETHER).min(n);
            let (mut px, mut py) = ([0f32; TOGETHER], [0f32; TOGETHER]);
            px[..end - start].copy_from_slice(&cx[start..end]);
            py[..end - start].copy_from_slice(&cy[start..end]);
            let (mut zx, mut zy, mut count) = ([0f32; TOGETHER], [0f32; TOGETHER], [0f32; TOGETHER]);
            for _ in 0..iterations {
                for i in 0..TOGETHER {
                    let (x2, y2) = (zx[i] * zx[i], zy[i] * zy[i]);
                    let live = x2 + y2 <= 4.0;
                    let y = 2.0 * zx[i] * zy[i] + py[i];
                    zy[i] = if live { y } else { zy[i] };
                    zx[i] = if live { x2 - y2 + px[i] } else { zx[i] };
                    count[i] += if live { 1.0 } else { 0.0 };
                }
            }
            out[start..end].copy_from_slice(&count[..end - start]);
        }
    }
}

versions! {
    /// Rows of `a + bᵀ` for square matrices: `out` holds the rows of `a` from `first` on. Tiles are read
    /// along the rows of `b`, whole cache lines, and written along those of `a`.
    pub fn add_transposed(out: &mut [f32], a: &[f32], b: &[f32], first: usize, n: usize) {
        const HIGH: usize = 64;
        const WIDE: usize = 16;
        let rows = out.len() / n;
        for row in (0..rows).step_by(HIGH) {
            let high = HIGH.min(rows - row);
            for column in (0..n).step_by(WIDE) {
                let wide = WIDE.min(n - column);
                let mut tile = [[0f32; WIDE]; HIGH];
                for j in 0..wide {
                    let line = &b[(column + j) * n + first + row..][..high];
                    for (tile, &x) in tile.iter_mut().zip(line) {
                        tile[j] = x;
                    }
                }
                for (i, tile) in tile[..high].iter().enumerate() {
                    let at = (row + i) * n + column;
                    let (out, a) = (&mut out[at..at + wide], &a[at..at + wide]);
                    for j in 0..wide {
                        out[j] = a[j] + tile[j];
                    }
                }
            }
        }
    }
}
