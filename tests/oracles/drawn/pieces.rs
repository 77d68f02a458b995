//! Arrays set together, moved, repeated, framed and cut.

use super::{Case, Draw};
use numfuse::prelude::*;
use numfuse::{Mode, Side};

const TYPES: [DType; 5] = [I64, F32, U8, BOOL, C64];

pub(super) fn pieces(draw: &mut Draw) -> Case {
    let dtype = draw.one(&TYPES);
    let mut shape = draw.shape(3, 4);
    shape.push(1 + draw.below(5));
    let x = draw.array(dtype, &shape, true);
    let dims = shape.len() as isize;
    let axis = draw.from(-dims, dims - 1);
    let at = if axis < 0 { axis + dims } else { axis } as usize;
    match draw.below(17) {
        0 => {
            let shift = draw.from(-9, 9);
            Case::exact(format!("np.roll(a, {shift}, {axis})"), [x.roll(shift, axis)])
        }
        1 => {
            let shifts = [draw.from(-9, 9), draw.from(-9, 9)];
            let axes = [axis, draw.from(-dims, dims - 1)];
            Case::exact(format!("np.roll(a, {shifts:?}, {axes:?})"), [x.roll(shifts, axes)])
        }
        2 => {
            let widths: Vec<(usize, usize)> = shape.iter().map(|_| (draw.below(4), draw.below(8))).collect();
            let (name, mode) = match draw.below(4) {
                0 => ("'edge'", Pad::Edge),
                1 => ("'reflect'", Pad::Reflect),
                2 => ("'wrap'", Pad::Wrap),
                _ => ("'constant', constant_values=1", Pad::from(1)),
            };
            Case::exact(format!("np.pad(a, {widths:?}, {name})"), [x.pad(&widths[..], mode)])
        }
        3 => {
            let count = draw.below(4);
            Case::exact(format!("np.repeat(a, {count}, {axis})"), [x.repeat(count, axis)])
        }
        4 => {
            let counts: Vec<usize> = (0..1 + draw.below(5)).map(|_| draw.below(3)).collect();
            Case::exact(format!("np.tile(a, {counts:?})"), [x.tile(&counts)])
        }
        5 => {
            let places: Vec<isize> = (0..draw.below(4)).map(|_| draw.from(-7, 7)).collect();
            Case::exact(format!("np.split(a, {places:?}, {axis})"), x.split_at(&places, axis))
        }
        6 => {
            let other = draw.array(draw_other(dtype), &shape, false);
            let both = concatenate([x.flip(axis), other], axis);
            Case::exact(format!("np.concatenate([np.flip(a, {axis}), b], {axis})"), [both])
        }
        7 => {
            let extent = shape[at] as isize;
            let places: Vec<isize> = (0..1 + draw.below(4)).map(|_| draw.from(-extent, extent - 1)).collect();
            Case::exact(format!("np.delete(a, {places:?}, {axis})"), [x.delete(&places, axis)])
        }
        8 => {
            let extent = shape[at] as isize;
            let places: Vec<isize> = (0..2 + draw.below(3)).map(|_| draw.from(-extent, extent)).collect();
            let mut of = shape.clone();
            of[at] = if draw.once_in(3) { 1 } else { places.len() };
            let values = draw.array(dtype, &of, false);
            Case::exact(format!("np.insert(a, {places:?}, b, {axis})"), [x.insert_at(&places, &values, axis)])
        }
        9 => {
            let window = 1 + draw.below(shape[at].max(1));
            let windows = x.sliding_window_view(window, axis);
            Case::exact(
                format!("np.lib.stride_tricks.sliding_window_view(a, {window}, {axis}).max(-1)"),
                [windows.max(-1)],
            )
        }
        10 => {
            let (name, mode) = draw.one(&[("clip", Mode::Clip), ("wrap", Mode::Wrap)]);
            let places: Vec<i64> = (0..draw.below(6)).map(|_| draw.from(-12, 12) as i64).collect();
            let taken = x.take_mode(Array::from(places.clone()), axis, mode);
            Case::exact(format!("np.take(a, np.array({places:?}, int), {axis}, mode='{name}')"), [taken])
        }
        11 => {
            let times = draw.below(4);
            Case::exact(format!("np.diff(a, {times}, {axis})"), [x.diff(times, axis)])
        }
        12 => {
            let offset = draw.from(-5, 5);
            let flat = x.ravel();
            Case::exact(
                format!(
                    "[np.diagflat(a, {offset}), np.tril(np.diagflat(a), {offset}), np.rot90(np.diagflat(a), {offset})]"
                ),
                [flat.diagflat(offset), flat.diagflat(0).tril(offset), flat.diagflat(0).rot90(offset)],
            )
        }
        13 => {
            let given: Vec<isize> = vec![-1, draw.one(&[1isize, 2, 3])];
            let turned = x.moveaxis(axis, 0).reshape(&given);
            Case::exact(format!("np.moveaxis(a, {axis}, 0).reshape({given:?})"), [turned.t()]).with(".T")
        }
        14 => {
            let new: Vec<usize> = (0..1 + draw.below(3)).map(|_| draw.below(5)).collect();
            Case::exact(format!("np.resize(a, {new:?})"), [x.resize(&new)])
        }
        15 => {
            let mask = draw.array(BOOL, &shape, false);
            let count = 1 + draw.below(3);
            let values = draw.array(dtype, &[count], false);
            Case::exact(
                "[changed(np.putmask, a, b, c), changed(np.place, a, b, c), np.where(b, a, c[0])]"
                    .to_string(),
                [x.putmask(&mask, &values), x.place(&mask, &values), where_(&mask, &x, values.i(0))],
            )
        }
        _ => {
            let parts = draw.from(1, 4);
            Case::exact(format!("np.array_split(a, {parts}, {axis})"), x.array_split(parts as usize, axis))
        }
    }
}

fn draw_other(dtype: DType) -> DType {
    if dtype == U8 { I64 } else { dtype }
}

/// Places in sorted arrays, also from the right, also falling bins.
pub(super) fn places(draw: &mut Draw) -> Case {
    let dtype = draw.one(&[I64, F32, F64, U8]);
    let count = draw.below(9);
    let mut edges: Vec<f64> = (0..count).map(|_| draw.number(false)).collect();
    if dtype.is_float() && draw.once_in(3) {
        edges.extend([f64::INFINITY, f64::NEG_INFINITY]);
    }
    edges.sort_by(f64::total_cmp);
    let is_rising = !draw.once_in(3);
    let edges = if is_rising { edges } else { edges.into_iter().rev().collect() };
    let bins = draw.give(Array::from(edges).cast(dtype));
    let of = draw.shape(2, 5);
    let values_type = draw.one(&[dtype, F64, I64]);
    let specials = values_type.is_float();
    let values = draw.array(values_type, &of, specials);
    let right = draw.once_in(2);
    let (word, side) = if right { ("True", Side::Right) } else { ("False", Side::Left) };
    let name = if right { "right" } else { "left" };
    match is_rising && draw.once_in(2) {
        false => Case::exact(format!("np.digitize(b, a, right={word})"), [values.digitize(&bins, right)]),
        true => {
            let found = bins.searchsorted(&values, side);
            Case::exact(format!("np.searchsorted(a, b, side='{name}')"), [found])
        }
    }
}
