//! Everything that takes elements by index, on every type and arrangement, against NumPy.
//!
//! `tests/oracles/take_reference.py` evaluates the text of each row; the closure beside it is the
//! same in Rust.

use crate::elements;
use crate::reference::{Data, ask, first};
use numfuse::prelude::*;
use numfuse::{Mode, Side, select};
use numfuse_ir::dtype::DType;

/// The index arrays of the reference, and the operands.
pub struct Names {
    /// The array.
    pub x: Array,
    /// Another one of its shape.
    pub y: Array,
    /// Rows.
    pub i: Array,
    /// Columns.
    pub j: Array,
    /// Places out of range.
    pub k: Array,
    /// Rows in uint8.
    pub u: Array,
    /// Rows for each column.
    pub a: Array,
    /// One of two for each element.
    pub c: Array,
    /// No places.
    pub none: Array,
    /// Whether to take each row.
    pub rows: Array,
    /// Whether to take each column.
    pub columns: Array,
}

impl Names {
    fn new(x: Array, y: Array) -> Names {
        let columns = [false, true, true, false, true, false, true];
        Names {
            x,
            y,
            i: Array::from([3i64, 0, -1, -5]),
            j: Array::from([[6i64, 0, -1, 2], [1, 1, -7, 5]]),
            k: Array::from([-9i64, 9, 2, -1, 15]),
            u: Array::from([4u8, 0, 2]),
            a: Array::from([[0i64, 1, 2, 3, 4, -1, -2], [4, 4, 4, -5, -5, 0, 0], [1, 0, 1, 0, 1, 0, 1]]),
            c: (arange(35) % 2).reshape([5, 7]),
            none: zeros(0, I64),
            rows: Array::from([true, false, true, false, true]),
            columns: Array::from(columns),
        }
    }
}

/// An expression in Python and in Rust.
pub type Case = (&'static str, fn(&Names) -> Array);

/// What each expression is in Python and here.
const CASES: &[Case] = &[
    ("matrix:np.take(x, i, axis=0)", |n| n.x.take(&n.i, 0)),
    ("matrix:np.take(x, j, axis=1)", |n| n.x.take(&n.j, -1)),
    ("matrix:np.take(x, j)", |n| n.x.take(&n.j, ..)),
    ("matrix:np.take(x, 3, axis=-1)", |n| n.x.take(3, -1)),
    ("matrix:np.take(x, -1, axis=0)", |n| n.x.take(-1, 0)),
    ("matrix:np.take(x, 5, axis=0)", |n| n.x.take(5, 0)),
    ("matrix:np.take(x, u, axis=0)", |n| n.x.take(&n.u, 0)),
    ("matrix:np.take(x, none, axis=0)", |n| n.x.take(&n.none, 0)),
    ("matrix:np.take(x, k, axis=0, mode='clip')", |n| n.x.take_mode(&n.k, 0, Mode::Clip)),
    ("matrix:np.take(x, k, axis=1, mode='wrap')", |n| n.x.take_mode(&n.k, 1, Mode::Wrap)),
    ("matrix:np.take(x, k, axis=0)", |n| n.x.take(&n.k, 0)),
    ("matrix:np.take(x, k, axis=2)", |n| n.x.take(&n.k, 2)),
    ("matrix:np.take(x.T, i, axis=1)", |n| n.x.t().take(&n.i, 1)),
    ("matrix:np.take(x[1:, ::2], i, axis=1)", |n| n.x.i((1.., s(..).step(2))).take(&n.i, 1)),
    ("matrix:np.take(x, i, axis=0) + y[:4]", |n| n.x.take(&n.i, 0) + n.y.i(..4)),
    ("matrix:np.take(x + y[:len(x)], i, axis=0)", |n| (&n.x + n.y.i(..n.x.len())).take(&n.i, 0)),
    ("matrix:np.take(x, i, axis=0).max(axis=1)", |n| n.x.take(&n.i, 0).max(1)),
    ("matrix:np.take(x.max(axis=1), i)", |n| n.x.max(1).take(&n.i, ..)),
    ("matrix:np.take(np.pad(x, 1), i * 2 + 1, axis=0)", |n| n.x.pad(1, 0).take(&n.i * 2 + 1, 0)),
    ("matrix:np.take(np.concatenate([x, y]), i * 2, axis=0)", |n| {
        concatenate([&n.x, &n.y], 0).take(&n.i * 2, 0)
    }),
    ("matrix:np.take(np.take(x, i, axis=0), [2, 0, -4], axis=0)", |n| {
        n.x.take(&n.i, 0).take(Array::from([2, 0, -4]), 0)
    }),
    ("matrix:np.take(x, i[[1, -1, 0]], axis=0)", |n| n.x.take(n.i.i(Array::from([1, -1, 0])), 0)),
    ("matrix:np.take_along_axis(x, np.argmax(x, axis=1, keepdims=True), axis=1)", |n| {
        n.x.take_along_axis(&n.x.argmax_keepdims(1), 1)
    }),
    ("matrix:np.take_along_axis(x, a, axis=0)", |n| n.x.take_along_axis(&n.a, 0)),
    ("matrix:np.take_along_axis(x, i[:, None], axis=0)", |n| n.x.take_along_axis(&n.i.i((.., NewAxis)), 0)),
    ("matrix:np.take_along_axis(x[:1], c, axis=1)", |n| n.x.i(..1).take_along_axis(&n.c, 1)),
    ("matrix:np.take_along_axis(x, i, axis=None)", |n| n.x.take_along_axis(&n.i, ..)),
    ("matrix:np.take_along_axis(x, i, axis=0)", |n| n.x.take_along_axis(&n.i, 0)),
    ("matrix:x[i]", |n| n.x.i(&n.i)),
    ("matrix:x[:, j]", |n| n.x.i((.., &n.j))),
    ("matrix:x[k]", |n| n.x.i(&n.k)),
    ("matrix:x[i, i]", |n| n.x.i((&n.i, &n.i))),
    ("matrix:x[i[:, None], i]", |n| n.x.i((n.i.i((.., NewAxis)), &n.i))),
    ("matrix:x[j % 5, j]", |n| n.x.i((&n.j % 5, &n.j))),
    ("matrix:x[i, u]", |n| n.x.i((&n.i, &n.u))),
    ("matrix:x[1, i]", |n| n.x.i((1, &n.i))),
    ("matrix:x[i, -1]", |n| n.x.i((&n.i, -1))),
    ("matrix:x[i, 2:5]", |n| n.x.i((&n.i, 2..5))),
    ("matrix:x[3::-2, i]", |n| n.x.i((s(3..).step(-2), &n.i))),
    ("matrix:x[..., i]", |n| n.x.i((Ellipsis, &n.i))),
    ("matrix:x[i, ..., 1]", |n| n.x.i((&n.i, Ellipsis, 1))),
    ("matrix:x[i, None]", |n| n.x.i((&n.i, NewAxis))),
    ("matrix:x[None, i]", |n| n.x.i((NewAxis, &n.i))),
    ("matrix:x[i, None, i]", |n| n.x.i((&n.i, NewAxis, &n.i))),
    ("matrix:x[:, None, :][i, 0, 1:3]", |n| n.x.i((.., NewAxis, ..)).i((&n.i, 0, 1..3))),
    ("matrix:x[:, None, :][i, :, i]", |n| n.x.i((.., NewAxis, ..)).i((&n.i, .., &n.i))),
    ("matrix:x[:, None, None, :][:, 0, i % 1, 2]", |n| {
        n.x.i((.., NewAxis, NewAxis, ..)).i((.., 0, n.i.multiply(0), 2))
    }),
    ("matrix:x[:, None, :, None][1, :, j, 0]", |n| n.x.i((.., NewAxis, .., NewAxis)).i((1, .., &n.j, 0))),
    ("matrix:x[i, i, i]", |n| n.x.i((&n.i, &n.i, &n.i))),
    ("matrix:x[rows]", |n| n.x.i(&n.rows)),
    ("matrix:x[:, columns]", |n| n.x.i((.., &n.columns))),
    ("matrix:x[columns]", |n| n.x.i(&n.columns)),
    ("matrix:x[i, columns]", |n| n.x.i((&n.i, &n.columns))),
    ("matrix:x[rows, 1:3]", |n| n.x.i((&n.rows, 1..3))),
    ("matrix:x[y[:len(x)] > y[0, 1]]", |n| n.x.i(n.y.i(..n.x.len()).greater(n.y.i((0, 1))))),
    ("matrix:x[None, c > 0]", |n| n.x.i((NewAxis, n.c.greater(0)))),
    ("matrix:np.choose(c, [x, y])", |n| n.c.choose([&n.x, &n.y])),
    ("matrix:np.choose(c, [x, y[0], y[:, :1]])", |n| n.c.choose([n.x.clone(), n.y.i(0), n.y.i((.., ..1))])),
    ("matrix:np.choose(c - 1, [x, y])", |n| (&n.c - 1).choose([&n.x, &n.y])),
    ("matrix:np.choose(c * 2, [x, y])", |n| (&n.c * 2).choose([&n.x, &n.y])),
    ("matrix:np.choose(c, [x])", |n| n.c.choose([&n.x])),
    ("matrix:np.choose(c % 1, [x])", |n| n.c.multiply(0).choose([&n.x])),
    ("matrix:np.choose(c * 5 - 2, [x, y], mode='wrap')", |n| {
        (&n.c * 5 - 2).choose_mode([&n.x, &n.y], Mode::Wrap)
    }),
    ("matrix:np.choose(c * 5 - 2, [x, y], mode='clip')", |n| {
        (&n.c * 5 - 2).choose_mode([&n.x, &n.y], Mode::Clip)
    }),
    ("matrix:np.select([x > y, x == y], [x, y], 1)", |n| {
        select(&[n.x.greater(&n.y), n.x.equal(&n.y)], &[n.x.clone(), n.y.clone()], 1)
    }),
    ("matrix:np.select([x > y], [i[0]], y)", |n| select(&[n.x.greater(&n.y)], &[n.i.i(0)], &n.y)),
    ("matrix:np.compress([True, False, True], x, axis=0)", |n| n.x.compress(&n.rows.i(..3), 0)),
    ("matrix:np.compress(columns, x, axis=1)", |n| n.x.compress(&n.columns, 1)),
    ("matrix:np.compress(columns, x)", |n| n.x.compress(&n.columns, ..)),
    ("matrix:np.extract(c > 0, x)", |n| n.x.extract(&n.c.greater(0))),
    ("matrix:np.flatnonzero(x)", |n| n.x.flatnonzero()),
    ("matrix:np.argwhere(x)", |n| n.x.argwhere()),
    ("matrix:np.nonzero(x)[0]", |n| n.x.nonzero()[0].clone()),
    ("matrix:np.nonzero(x)[1]", |n| n.x.nonzero()[1].clone()),
    ("matrix:np.where(x[:, None])[2]", |n| n.x.i((.., NewAxis)).nonzero()[2].clone()),
    ("point:np.take(x, [0, -1])", |n| n.x.take(Array::from([0, -1]), ..)),
    ("point:np.take(x, [[0]], axis=0)", |n| n.x.take(Array::from([[0]]), 0)),
    ("point:np.take(x, [1])", |n| n.x.take(Array::from([1]), ..)),
    ("point:np.take(x, 0)", |n| n.x.take(0, ..)),
    ("point:np.choose(i % 1, [x, x])", |n| n.i.multiply(0).choose([&n.x, &n.x])),
    ("point:np.choose(i[1], [x])", |n| n.i.i(1).choose([&n.x])),
    ("point:np.argwhere(x)", |n| n.x.argwhere()),
    ("point:np.nonzero(x)", |n| n.x.nonzero()[0].clone()),
    ("point:np.flatnonzero(x)", |n| n.x.flatnonzero()),
    ("point:np.extract(True, x)", |n| n.x.extract(&Array::from([true]))),
    ("sorted:np.searchsorted(x, y)", |n| n.x.searchsorted(&n.y, Side::Left)),
    ("sorted:np.searchsorted(x, y, side='right')", |n| n.x.searchsorted(&n.y, Side::Right)),
    ("sorted:np.searchsorted(x, 3)", |n| n.x.searchsorted(3, Side::Left)),
    ("sorted:np.searchsorted(x, y.astype('float64') * 0.5)", |n| {
        n.x.searchsorted(n.y.cast(F64) * 0.5, Side::Left)
    }),
    ("sorted:np.digitize(np.nan_to_num(y), np.nan_to_num(x))", |n| known(&n.y).digitize(&known(&n.x), false)),
    ("sorted:np.digitize(np.nan_to_num(y), np.nan_to_num(x), right=True)", |n| {
        known(&n.y).digitize(&known(&n.x), true)
    }),
    ("sorted:np.digitize(np.nan_to_num(y), np.nan_to_num(x)[::-1])", |n| {
        known(&n.y).digitize(&known(&n.x).flip(0), false)
    }),
    ("sorted:np.digitize(x, [1, 3, 2])", |n| n.x.digitize(&Array::from([1, 3, 2]), false)),
];

/// NaN as 0 and infinities as the ends of the type, as `nan_to_num` does.
fn known(x: &Array) -> Array {
    match x.dtype() {
        F32 => where_(x.isnan(), 0, x.clip(f64::from(f32::MIN), f64::from(f32::MAX))),
        F64 => where_(x.isnan(), 0, x.clip(f64::MIN, f64::MAX)),
        _ => x.clone(),
    }
}

#[test]
fn taking_by_index_is_numpys() {
    compare_all(CASES, "take", 2000);
}

/// Compares all cases, of which there are at least so many, with NumPy.
pub fn compare_all(cases: &[Case], file: &str, least: usize) {
    let arguments = cases.iter().map(|(text, _)| text.to_string());
    let Some(mut reader) = ask("take_reference.py", file, arguments) else { return };
    let (mut compared, mut wrong) = (0, Vec::new());
    while let Some(words) = reader.line() {
        let (text, case) = cases[words[1].parse::<usize>().unwrap()];
        let (x, y) = (reader.array(), reader.array());
        let expected = (words[3] == "ok").then(|| reader.array());
        compared += 1;
        if let Err(report) = compare(case, &words[2], &x, &y, expected.as_ref()) {
            wrong.push(format!("{text} for x {} {:?} {}: {report}", x.dtype, x.shape, words[2]));
        }
    }
    println!("{compared} cases compared");
    assert!(compared > least, "the reference has all cases");
    assert!(wrong.is_empty(), "{} of {compared} cases differ from NumPy:\n{}", wrong.len(), first(&wrong));
}

fn compare(
    case: fn(&Names) -> Array,
    view: &str,
    x: &Data,
    y: &Data,
    expected: Option<&Data>,
) -> Result<(), String> {
    let before = elements::array(&x.values, x.dtype, &x.shape);
    let x = match view {
        "flip" => before.flip(..),
        "stretch" => before.broadcast_to([5, 7]),
        _ => before,
    };
    let result = case(&Names::new(x, elements::array(&y.values, y.dtype, &y.shape)));
    let values = match (result.eval(), expected) {
        (Err(_), None) => return Ok(()),
        (Err(error), Some(_)) => return Err(format!("refused: {error}")),
        (Ok(_), None) => return Err("NumPy refuses it".to_string()),
        (Ok(_), Some(_)) => elements::scalars(&result),
    };
    let expected = expected.expect("both sides computed");
    let found: (DType, &[usize]) = (result.dtype(), result.shape());
    if found != (expected.dtype, &expected.shape[..]) {
        return Err(format!("{found:?}, not {}{:?}", expected.dtype, expected.shape));
    }
    match values.iter().zip(&expected.values).position(|(got, wanted)| !got.same(*wanted)) {
        Some(at) => Err(format!("element {at}: {:?}, not {:?}", values[at], expected.values[at])),
        None => Ok(()),
    }
}
