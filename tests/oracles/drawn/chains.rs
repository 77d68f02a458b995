//! Several calls one after another, of whole numbers, so that each result is exact; and products.

use super::{Case, Draw};
use numfuse::prelude::*;
use numfuse::{Side, dot};

/// An expression as it grows.
struct Chain {
    ours: Array,
    python: String,
}

pub(super) fn chains(draw: &mut Draw) -> Case {
    let dtype = draw.one(&[I64, F64, I32]);
    let shape: Vec<usize> = (0..2).map(|_| 1 + draw.below(6)).collect();
    let (x, y) = (draw.array(dtype, &shape, false).floor(), draw.array(dtype, &shape, false).floor());
    let mut chain = Chain { ours: x, python: "np.floor(a)".into() };
    let mut other = Chain { ours: y, python: "np.floor(b)".into() };
    for _ in 0..2 + draw.below(6) {
        chain = step(draw, chain, &other);
        if draw.once_in(3) {
            std::mem::swap(&mut chain, &mut other);
        }
        if chain.ours.size() > 3000 {
            break;
        }
    }
    let results = [chain.ours, other.ours];
    // But for the sign of 0: sums by index begin with +0.
    Case::sum(format!("[{}, {}]", chain.python, other.python), results, 0.0).within(1e-9)
}

fn step(draw: &mut Draw, chain: Chain, other: &Chain) -> Chain {
    let Chain { ours: x, python: a } = chain;
    let dims = x.ndim() as isize;
    let axis = draw.from(-dims.max(1), dims.max(1) - 1);
    let at = |axis: isize| x.shape()[(if axis < 0 { axis + dims } else { axis }) as usize] as isize;
    let (ours, python) = match draw.below(if dims == 0 { 4 } else { 18 }) {
        0 => (&x * 3 - 1, format!("({a} * 3 - 1)")),
        1 => (&x % 7, format!("({a} % 7)")),
        2 => (where_(x.greater(2), &x, -&x), format!("(lambda v: np.where(v > 2, v, -v))({a})")),
        3 => (x.i((NewAxis, ..)).broadcast_to(spread(&x)), format!("np.broadcast_to({a}, {:?})", spread(&x))),
        4 | 5 => {
            // Of shapes that meet, or of one place of the other.
            let one = other.ours.ravel();
            let meets = numfuse::broadcast_shapes(&[x.shape(), other.ours.shape()]).is_ok();
            match (meets, one.size()) {
                (true, _) => (&x + &other.ours, format!("({a} + {})", other.python)),
                (false, 0) => (x.clone(), a),
                (false, _) => (&x - one.i(-1), format!("({a} - {}.ravel()[-1])", other.python)),
            }
        }
        6 => (x.t(), format!("{a}.T")),
        7 => (x.flip(axis), format!("np.flip({a}, {axis})")),
        8 => (x.sum_keepdims(axis) + &x, format!("(lambda v: v.sum({axis}, keepdims=True) + v)({a})")),
        9 => (x.max_keepdims(axis), format!("np.max({a}, {axis}, keepdims=True)")),
        10 => (x.cumsum(axis) % 11, format!("(np.cumsum({a}, {axis}) % 11)")),
        11 => {
            let shift = draw.from(-3, 3);
            (x.roll(shift, axis), format!("np.roll({a}, {shift}, {axis})"))
        }
        12 => {
            let places: Vec<i64> =
                (0..1 + draw.below(4)).map(|_| draw.from(-at(axis), at(axis) - 1) as i64).collect();
            (x.take(Array::from(places.clone()), axis), format!("np.take({a}, {places:?}, {axis})"))
        }
        13 => {
            let (first, last) = (draw.below(3) as isize, draw.from(-2, -1));
            (
                x.set(first..last, 5).set(-1, x.i(0)),
                format!("(lambda v: put(put(v, s[{first}:{last}], 5), s[-1], v[0]))({a})"),
            )
        }
        14 => {
            let places: Vec<i64> =
                (0..1 + draw.below(5)).map(|_| draw.from(-at(0), at(0) - 1) as i64).collect();
            let ours = x.at(Array::from(places.clone())).add(x.i(0));
            (
                ours,
                format!(
                    "(lambda v: changed(np.add.at, v, {places:?}, np.stack([v[0]] * {})))({a})",
                    places.len()
                ),
            )
        }
        15 => (
            concatenate([&x, &(&x + 1)], axis),
            format!("(lambda v: np.concatenate([v, v + 1], {axis}))({a})"),
        ),
        16 => (x.pad(1, Pad::Edge), format!("np.pad({a}, 1, 'edge')")),
        _ => {
            let sorted = Array::from([-3, 0, 2, 5]);
            let ours = sorted.searchsorted(&x, Side::Right);
            (ours, format!("np.searchsorted([-3, 0, 2, 5], {a}, side='right')"))
        }
    };
    Chain { ours, python }
}

/// The extents with two more in front.
fn spread(x: &Array) -> Vec<usize> {
    [&[2], x.shape()].concat()
}

/// Products of matrices, vectors and more axes, that meet or not.
pub(super) fn products(draw: &mut Draw) -> Case {
    let dtype = draw.one(&[F64, F32, I64, I8, BOOL, C128]);
    let inner = 1 + draw.below(4);
    let shape = |draw: &mut Draw, second: bool| {
        let mut shape: Vec<usize> = (0..draw.below(4)).map(|_| draw.one(&[1, 2, 3])).collect();
        let place = if second && shape.len() > 1 { shape.len() - 2 } else { shape.len().saturating_sub(1) };
        if let Some(extent) = shape.get_mut(place) {
            *extent = inner;
        }
        shape
    };
    let (first, second) = (shape(draw, false), shape(draw, true));
    let x = draw.array(dtype, &first, false);
    let other = if draw.once_in(5) { F64 } else { dtype };
    let y = draw.array(other, &second, false);
    let (python, ours) = match draw.below(8) {
        0..3 => ("np.matmul(a, b)".to_string(), x.matmul(&y)),
        3 | 4 => ("np.dot(a, b)".to_string(), dot(&x, &y)),
        5 => ("np.inner(a, b)".to_string(), x.inner(&y)),
        6 => ("np.outer(a, b)".to_string(), x.outer(&y)),
        _ => {
            let axes = draw.below(3);
            (format!("np.tensordot(a, b, {axes})"), x.tensordot(&y, axes))
        }
    };
    Case::sum(python, [ours], 30.0)
}
