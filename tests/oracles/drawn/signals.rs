//! Signals, slopes, what lies between points, and counts.

use super::pieces::places;
use super::{Case, Draw};
use numfuse::prelude::*;
use numfuse::{Ends, Histogram, Operand, Overlap};

pub(super) fn signals(draw: &mut Draw) -> Case {
    let dtype = draw.one(&[F64, F32, I64, C128, I8]);
    match draw.below(6) {
        0 => {
            let (n, m) = (1 + draw.below(8), 1 + draw.below(8));
            let x = draw.array(dtype, &[n], false);
            let other = if draw.once_in(3) { F64 } else { dtype };
            let y = draw.array(other, &[m], false);
            let (name, overlap) =
                draw.one(&[("full", Overlap::Full), ("same", Overlap::Same), ("valid", Overlap::Valid)]);
            match draw.once_in(2) {
                true => Case::sum(format!("np.convolve(a, b, '{name}')"), [x.convolve(&y, overlap)], 60.0),
                false => Case::sum(format!("np.correlate(a, b, '{name}')"), [x.correlate(&y, overlap)], 60.0),
            }
        }
        1 => {
            let count = 1 + draw.below(6);
            let mut places: Vec<f64> = (0..count).map(|_| draw.number(false)).collect();
            places.sort_by(f64::total_cmp);
            let (which, keeps) = (draw.below(3), draw.once_in(4));
            // Of two points at one place any may come first after sorting.
            if which == 2 || !keeps {
                places.dedup();
            }
            let at = draw.give(Array::from(places.clone()));
            let (specials, is_complex) = (draw.once_in(4), draw.once_in(5));
            let values =
                draw.array(if is_complex { C128 } else { F64 }, &[places.len()], specials && !is_complex);
            let of = draw.shape(2, 6);
            let x = draw.array(F64, &of, true);
            match which {
                0 => Case::sum("np.interp(c, a, b)".into(), [x.interp(&at, &values)], 8.0),
                1 => Case::sum(
                    "np.interp(c, a, b, -1, 7.5)".into(),
                    [x.interp_with(&at, &values, -1, 7.5)],
                    8.0,
                ),
                _ => {
                    let period = draw.one(&[12.25, -13.0, 40.0]);
                    let x = where_(x.isfinite(), &x, 0.5);
                    let ours = x.interp_period(&at, &values, period);
                    Case::sum(
                        format!("np.interp(np.where(np.isfinite(c), c, 0.5), a, b, period={period})"),
                        [ours],
                        200.0,
                    )
                }
            }
        }
        2 => {
            let mut shape = draw.shape(2, 4);
            shape.push(1 + draw.below(7));
            let dtype = draw.one(&[F64, F32, I64, I16]);
            let x = draw.array(dtype, &shape, false);
            let axis = draw.from(-(shape.len() as isize), shape.len() as isize - 1);
            let scale = draw.from(1, 5);
            let x = x * scale;
            match draw.below(3) {
                0 => Case::sum(format!("np.unwrap(a * {scale}, axis={axis})"), [x.unwrap(axis)], 60.0),
                1 => {
                    let period = draw.from(1, 13);
                    let ours = x.unwrap_period(axis, period);
                    Case::sum(format!("np.unwrap(a * {scale}, axis={axis}, period={period})"), [ours], 60.0)
                }
                _ => {
                    let period = draw.one(&[0.5, 2.5, 7.25]);
                    let ours = x.unwrap_period(axis, period);
                    Case::sum(format!("np.unwrap(a * {scale}, axis={axis}, period={period})"), [ours], 60.0)
                }
            }
        }
        3 | 4 => {
            let shape: Vec<usize> = (0..1 + draw.below(3)).map(|_| 1 + draw.below(5)).collect();
            let x = draw.array(draw_slope(dtype), &shape, false);
            let dims = shape.len() as isize;
            let axis = draw.from(-dims, dims - 1);
            let at = if axis < 0 { axis + dims } else { axis } as usize;
            let (order, ends) = draw.one(&[(1, Ends::Line), (2, Ends::Parabola)]);
            let (step, said): (Operand, String) = match draw.below(3) {
                0 => (0.5.into(), "0.5".into()),
                1 => (3.into(), "3".into()),
                _ => {
                    let mut place = 0.0;
                    let mut next = || {
                        place += 0.25 + draw.below(6) as f64 * 0.5;
                        place
                    };
                    let places: Vec<f64> = (0..shape[at]).map(|_| next()).collect();
                    (draw.give(Array::from(places)).into(), "b".into())
                }
            };
            let ours = x.gradient_ends(step, axis, ends);
            Case::sum(format!("np.gradient(a, {said}, axis={axis}, edge_order={order})"), [ours], 60.0)
        }
        _ => {
            let mut shape = draw.shape(2, 4);
            shape.push(1 + draw.below(7));
            let x = draw.array(dtype, &shape, false);
            let axis = draw.from(-(shape.len() as isize), shape.len() as isize - 1);
            let y = draw.array(F64, &shape, false);
            match draw.below(4) {
                0 => Case::sum(
                    format!("np.trapezoid(a, dx=0.25, axis={axis})"),
                    [x.trapezoid(0.25, axis)],
                    60.0,
                ),
                1 => Case::sum(format!("np.trapezoid(a, b, axis={axis})"), [x.trapezoid_at(&y, axis)], 60.0),
                2 => Case::sum(format!("np.cumsum(a, {axis})"), [x.cumsum(axis)], 60.0),
                _ => {
                    let weights = y.abs() + 0.5;
                    let ours = x.average_weighted(&weights, axis);
                    Case::sum(format!("np.average(a, {axis}, weights=np.abs(b) + 0.5)"), [ours], 60.0)
                }
            }
        }
    }
}

/// Of integers that hold the numbers: NumPy takes differences of small ones as they wrap.
fn draw_slope(dtype: DType) -> DType {
    if dtype == I8 { I32 } else { dtype }
}

pub(super) fn counts(draw: &mut Draw) -> Case {
    match draw.below(5) {
        0 | 1 => places(draw),
        2 => {
            let count = draw.below(30);
            let x = (draw.array(I64, &[count], false) % 9).absolute();
            let least = draw.below(12);
            match draw.once_in(2) {
                true => {
                    Case::exact(format!("np.bincount(np.abs(a % 9), minlength={least})"), [x.bincount(least)])
                }
                false => {
                    let weights = draw.array(F64, x.shape(), false);
                    let ours = x.bincount_weighted(&weights, least);
                    Case::sum(format!("np.bincount(np.abs(a % 9), b, {least})"), [ours], 60.0)
                }
            }
        }
        _ => histogram(draw),
    }
}

fn histogram(draw: &mut Draw) -> Case {
    let dtype = draw.one(&[F64, F32, I64, U8, BOOL]);
    let shape = draw.shape(2, 9);
    let x = draw.array(dtype, &shape, false);
    let (mut words, mut histogram): (Vec<String>, Histogram);
    if draw.once_in(3) {
        let mut edges: Vec<f64> = (0..1 + draw.below(6)).map(|_| draw.number(false)).collect();
        edges.sort_by(f64::total_cmp);
        words = vec![format!("np.array({edges:?})")];
        histogram = Histogram::new(Array::from(edges));
    } else {
        let bins = 1 + draw.below(9);
        (words, histogram) = (vec![bins.to_string()], Histogram::new(bins));
        if draw.once_in(2) {
            let (first, last) = (draw.from(-6, 3), draw.from(1, 7));
            words.push(format!("({first}, {last})"));
            histogram = histogram.range(first, last);
        }
    }
    if draw.once_in(3) {
        let of = draw.one(&[F64, I64]);
        let weights = draw.array(of, &shape, false);
        words.push("weights=b".into());
        histogram = histogram.weights(&weights);
    }
    if draw.once_in(3) {
        words.push("density=True".into());
        histogram = histogram.density();
    }
    let (found, edges) = histogram.of(&x);
    Case::sum(format!("np.histogram(a, {})", words.join(", ")), [found, edges], 60.0)
}
