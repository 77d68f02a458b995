//! Indices that mix integers, slices, new axes, arrays and masks; what is written through them.

use super::{Case, Draw};
use numfuse::index::Item;
use numfuse::prelude::*;

const TYPES: [DType; 4] = [I64, F32, U8, C128];

/// An index of an array of that shape, and its text.
fn index(draw: &mut Draw, shape: &[usize], may_write: bool) -> (Vec<Item>, String) {
    let (mut items, mut words, mut axis) = (Vec::new(), Vec::new(), 0);
    let mut has_ellipsis = false;
    // Arrays broadcast together: of one shape, or of an axis less, or of one place.
    let common = [1 + draw.below(3), 1 + draw.below(3)];
    while axis < shape.len() && !draw.once_in(6) || items.is_empty() {
        let extent = shape.get(axis).copied().unwrap_or(1);
        let (item, word, axes): (Item, String, usize) = match draw.below(9) {
            0 | 1 => {
                let far = isize::from(draw.once_in(40));
                let place = draw.from(-(extent as isize) - far, extent as isize - 1 + far);
                (Item::At(place), place.to_string(), 1)
            }
            2 | 3 => slice(draw, extent),
            4 => (Item::NewAxis, "None".to_string(), 0),
            5 if !has_ellipsis => {
                has_ellipsis = true;
                let skipped = draw.below(shape.len() - axis.min(shape.len()) + 1);
                (Item::Ellipsis, "...".to_string(), skipped)
            }
            6 | 7 => {
                let of = draw.below(3);
                let kept: Vec<usize> =
                    common[of..].iter().map(|&n| if draw.once_in(5) { 1 } else { n }).collect();
                let count = kept.iter().product::<usize>();
                let end = extent.max(1) as isize;
                let places: Vec<i64> = (0..count).map(|_| draw.from(-end, end - 1) as i64).collect();
                let dtype = if may_write { I64 } else { draw.one(&[I64, I32, I8]) };
                let array = draw.give(Array::from_vec(places, kept).cast(dtype));
                (Item::Array(array), name(draw), 1)
            }
            _ => {
                let axes = (1 + draw.below(2)).min(shape.len() - axis.min(shape.len()));
                if axes == 0 {
                    continue;
                }
                let of = shape[axis..axis + axes].to_vec();
                let count = of.iter().product::<usize>();
                let mask: Vec<bool> = (0..count).map(|_| draw.once_in(2)).collect();
                let array = draw.give(Array::from_vec(mask, of));
                (Item::Array(array), name(draw), axes)
            }
        };
        axis += axes;
        items.push(item);
        words.push(word);
    }
    (items, if words.len() == 1 { words[0].clone() } else { words.join(", ") })
}

/// The name of the array that was given last.
fn name(draw: &Draw) -> String {
    char::from(b'a' + draw.given.len() as u8 - 1).to_string()
}

fn slice(draw: &mut Draw, extent: usize) -> (Item, String, usize) {
    let end = extent as isize + 2;
    let some = |draw: &mut Draw| (!draw.once_in(3)).then(|| draw.from(-end, end));
    let (start, stop) = (some(draw), some(draw));
    let step = draw.one(&[1, 1, 1, -1, 2, -2, 3]);
    let said = |place: Option<isize>| place.map_or(String::new(), |place| place.to_string());
    (Item::Slice(Slice::new(start, stop, step)), format!("{}:{}:{step}", said(start), said(stop)), 1)
}

/// What is read.
pub(super) fn indices(draw: &mut Draw) -> Case {
    let (dtype, shape) = (draw.one(&TYPES), draw.shape(4, 4));
    let x = draw.array(dtype, &shape, true);
    let (items, text) = index(draw, &shape, false);
    let taken = x.i(&items[..]);
    match (draw.below(4), taken.try_ndim().unwrap_or(0)) {
        (0, _) => Case::exact(format!("a[{text}] + a[{text}]"), [&taken + x.i(&items[..])]),
        (1, 1..) => Case::exact(format!("a[{text}][::-1].T"), [taken.flip(0).t()]),
        (2, 1..) => Case::exact(format!("a[{text}][..., -1:]"), [taken.i((Ellipsis, -1..))]),
        _ => Case::exact(format!("a[{text}]"), [taken]),
    }
}

/// What is written, once and over what was written, with values that are read from the same array.
pub(super) fn updates(draw: &mut Draw) -> Case {
    let (dtype, shape) = (draw.one(&[I64, F32, U8]), draw.shape(3, 5));
    let x = draw.array(dtype, &shape, false);
    let (items, text) = index(draw, &shape, true);
    let taken = x.i(&items[..]);
    let extents = taken.try_shape().map_or(vec![], <[usize]>::to_vec);
    let kept = &extents[draw.below(extents.len() + 1)..];
    let kept: Vec<usize> = kept.iter().map(|&n| if draw.once_in(4) { 1 } else { n }).collect();
    let (values, said) = match draw.below(4) {
        0 => (&taken + 1, format!("a[{text}] + np.array(1, a.dtype)")),
        1 if !extents.is_empty() => (taken.flip(0), format!("a[{text}][::-1]")),
        2 if taken.try_ndim().is_ok_and(|n| n == 2 && extents[0] == extents[1]) => {
            (taken.t(), format!("a[{text}].T"))
        }
        _ => (draw.array(dtype, &kept, false), name(draw)),
    };
    // NumPy's `at` takes too few of the values that are stretched over places along several axes.
    let each = format!("np.broadcast_to({said}, a[{text}].shape).copy()");
    let at = x.at(&items[..]);
    let (ours, python) = match draw.below(5) {
        0 => (at.add(&values), format!("changed(np.add.at, a, s[{text}], {each})")),
        1 => (at.maximum(&values), format!("changed(np.maximum.at, a, s[{text}], {each})")),
        2 => (at.subtract(&values), format!("changed(np.subtract.at, a, s[{text}], {each})")),
        3 => {
            let again = x.set(&items[..], &values);
            let sum = &again + &x;
            return Case::exact(
                format!("[put(a, s[{text}], {said}), put(a, s[{text}], {said}) + a]"),
                [again, sum],
            );
        }
        _ => (at.set(&values), format!("put(a, s[{text}], {said})")),
    };
    if draw.once_in(3) && !shape.is_empty() {
        let rest = ours.set(0, 3);
        return Case::exact(format!("put({python}, s[0], 3)"), [rest]);
    }
    Case::exact(python, [ours])
}
