//! The shape of a kernel's loops: drop, collapse, and make blind to shapes.
//!
//! Most kernels are one-dimensional once axes that always move together are one axis. [`collapse`]
//! does that on a kernel whose words are all known; [`lift`] then turns the numbers into launch
//! words, so that shapes which behave alike share one kernel.

use super::{AxisId, Inst, Kernel, Pass};
use crate::index::{Index, Term, Word};
use rustc_hash::FxHashMap;

/// Extents up to this are part of a kernel's code when they are columns (windows, colour channels).
pub const SMALL_EXTENT: i64 = 16;

/// Drops axes of extent 1 and joins neighbours that every index walks as one. All words are known.
pub fn collapse(kernel: &mut Kernel) {
    for axis in (0..kernel.axes.len() as u32).map(AxisId) {
        if known(kernel.axes[axis.index()].extent) == 1 {
            for_each_index(kernel, &mut |index| index.terms.retain(|(_, t)| !names(t, axis)));
        }
    }
    let mut gone: Vec<bool> = kernel.axes.iter().map(|a| known(a.extent) == 1).collect();
    let rows: Vec<AxisId> = kernel.row_axes().collect();
    join_neighbours(kernel, &rows, &mut gone);
    let mut lists: Vec<Vec<AxisId>> = kernel.passes.iter().map(|p| p.cols.to_vec()).collect();
    lists.sort();
    lists.dedup();
    // Columns that two lists share in different company are left alone.
    let alone = |list: &Vec<AxisId>| {
        lists.iter().all(|other| other == list || !other.iter().any(|a| list.contains(a)))
    };
    for list in lists.iter().filter(|l| alone(l)) {
        join_neighbours(kernel, list, &mut gone);
    }
    renumber(kernel, &gone);
}

/// Makes a short last row axis that cannot be joined to the others (colour channels) the column of
/// the pass that stores: the SIMD lanes then lie along a long axis, and what does not move with the
/// short one is computed once for all its points. Only where nothing is folded for each row.
pub fn narrow(kernel: &mut Kernel) {
    let Some(last) = kernel.rows.checked_sub(1).filter(|&last| last > 0) else { return };
    let extent = |axis: usize| known(kernel.axes[axis].extent);
    let short = extent(last) <= SMALL_EXTENT && extent(last) < extent(last - 1);
    if let ([pass], true) = (kernel.passes.as_mut_slice(), short && kernel.axes.len() == kernel.rows) {
        pass.cols.push(AxisId(last as u32));
        kernel.rows = last;
    }
}

/// Joins each axis of the list with the next one that is left, where every index allows it.
fn join_neighbours(kernel: &mut Kernel, list: &[AxisId], gone: &mut [bool]) {
    let mut left: Vec<AxisId> = list.iter().copied().filter(|a| !gone[a.index()]).collect();
    while left.len() > 1 {
        let (Some(inner), Some(&outer)) = (left.pop(), left.last()) else { return };
        let extent = known(kernel.axes[inner.index()].extent);
        let mut joined = true;
        for_each_index(kernel, &mut |index| joined &= walks_as_one(index, outer, inner, extent));
        if joined {
            gone[outer.index()] = true;
            let whole = extent * known(kernel.axes[outer.index()].extent);
            kernel.axes[inner.index()].extent = Word::Known(whole);
            for_each_index(kernel, &mut |index| index.terms.retain(|(_, t)| !names(t, outer)));
            left.pop();
            left.push(inner);
        }
    }
}

/// True when one axis of `outer · extent + inner` serves the index as well.
fn walks_as_one(index: &Index, outer: AxisId, inner: AxisId, extent: i64) -> bool {
    let plain = |t: &Term| !matches!(t, Term::Digit { axis, .. } if *axis == outer || *axis == inner);
    let (far, near) = (known(index.stride(outer)), known(index.stride(inner)));
    index.terms.iter().all(|(_, t)| plain(t)) && far == near * extent
}

/// Gives the axes that are left the numbers 0, 1, …, rows first.
fn renumber(kernel: &mut Kernel, gone: &[bool]) {
    let mut new = vec![AxisId(0); gone.len()];
    let left = (0..gone.len()).filter(|&axis| !gone[axis]);
    left.zip(0..).for_each(|(axis, number)| new[axis] = AxisId(number));
    let kept = |a: &AxisId| !gone[a.index()];
    kernel.rows = kernel.row_axes().filter(kept).count();
    for Pass { cols, .. } in &mut kernel.passes {
        cols.retain(|a| kept(a));
    }
    let new: Vec<u32> = new.iter().map(|a| a.0).collect();
    rename_axes(kernel, &new);
    let mut at = 0;
    kernel.axes.retain(|_| {
        at += 1;
        !gone[at - 1]
    });
}

/// Gives axis `a` the number `new[a]` wherever it is named.
pub fn rename_axes(kernel: &mut Kernel, new: &[u32]) {
    let rename = |a: &mut AxisId| *a = AxisId(new[a.index()]);
    kernel.passes.iter_mut().flat_map(|p| p.cols.iter_mut()).for_each(rename);
    for_each_index(kernel, &mut |index| {
        for (_, term) in &mut index.terms {
            match term {
                Term::Axis(a) | Term::Digit { axis: a, .. } => rename(a),
                Term::Value(_) => {}
            }
        }
        index.terms.sort_by_key(|(_, t)| *t);
    });
}

/// Calls `f` with every index of the kernel.
pub fn for_each_index(kernel: &mut Kernel, f: &mut dyn FnMut(&mut Index)) {
    for inst in &mut kernel.body {
        match inst {
            Inst::Coord(index) | Inst::Load(_, index) => f(index),
            Inst::Pick { guard, .. } => guard.ranges.iter_mut().for_each(|r| f(&mut r.index)),
            Inst::Within { check, .. } => check.iter_mut().for_each(|check| f(&mut check.at)),
            Inst::Const(_) | Inst::Scalar(_) | Inst::Prim(..) | Inst::Call(..) => {}
            Inst::Final { .. } | Inst::After { .. } => {}
        }
    }
    for store in kernel.passes.iter_mut().flat_map(|p| &mut p.stores) {
        f(&mut store.at);
    }
}

/// Turns the kernel's numbers into launch words and gives their values in this launch.
///
/// Left in the code are strides from -1 to 2, offsets 0, and small column extents; beside a stride of 2 an
/// offset of 1, where no stride is negative: there each element has one before it. Strides of one buffer
/// along one axis share a word when they are equal.
pub fn lift(kernel: &mut Kernel) -> Vec<i64> {
    let mut words = Words::default();
    let rows = kernel.rows;
    for (i, axis) in kernel.axes.iter_mut().enumerate() {
        let n = known(axis.extent);
        let fixed = i >= rows && n <= SMALL_EXTENT;
        axis.extent = if fixed { axis.extent } else { words.word((Role::Extent, i as u32, 0), n) };
    }
    for (i, inst) in kernel.body.iter_mut().enumerate() {
        match inst {
            Inst::Load(buffer, index) => words.index(buffer.0, index),
            Inst::Coord(index) => words.index(u32::MAX - i as u32, index),
            Inst::Pick { guard, .. } => {
                for (r, range) in guard.ranges.iter_mut().enumerate() {
                    words.index(u32::MAX - i as u32, &mut range.index);
                    range.low = words.number((Role::Low, i as u32, r as u32), range.low);
                    range.high = words.word((Role::High, i as u32, r as u32), known(range.high));
                }
            }
            Inst::Within { extent, check, .. } => {
                *extent = words.word((Role::Taken, i as u32, 0), known(*extent));
                check.iter_mut().for_each(|check| words.index(u32::MAX - i as u32, &mut check.at));
            }
            Inst::Const(_) | Inst::Scalar(_) | Inst::Prim(..) | Inst::Call(..) => {}
            Inst::Final { .. } | Inst::After { .. } => {}
        }
    }
    for store in kernel.passes.iter_mut().flat_map(|p| &mut p.stores) {
        words.index(store.buffer.0, &mut store.at);
    }
    kernel.words = words.values.len();
    words.values
}

/// What a launch word is for: with two places and the value it is the word's name.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Role {
    Extent,
    Offset,
    Stride,
    Div,
    Modulo,
    Low,
    High,
    /// The extent of an axis that is taken from by index.
    Taken,
}

#[derive(Default)]
struct Words {
    values: Vec<i64>,
    named: FxHashMap<(Role, u32, u32, i64), Word>,
}

impl Words {
    fn word(&mut self, name: (Role, u32, u32), value: i64) -> Word {
        let values = &mut self.values;
        *self.named.entry((name.0, name.1, name.2, value)).or_insert_with(|| {
            values.push(value);
            Word::Param(values.len() as u32 - 1)
        })
    }

    /// A word unless the number is one of those by which neighbours, reversed ones and every second one are
    /// told.
    fn stride(&mut self, name: (Role, u32, u32), word: Word) -> Word {
        match known(word) {
            -1..=2 => word,
            n => self.word(name, n),
        }
    }

    /// A word unless the number is 0 or 1.
    fn number(&mut self, name: (Role, u32, u32), word: Word) -> Word {
        match known(word) {
            0 | 1 => word,
            n => self.word(name, n),
        }
    }

    fn index(&mut self, owner: u32, index: &mut Index) {
        let offset = known(index.offset);
        let strides = || index.terms.iter().map(|(stride, _)| known(*stride));
        let is_second = offset == 1 && strides().all(|n| n > 0) && strides().any(|n| n == 2);
        if offset != 0 && !is_second {
            index.offset = self.word((Role::Offset, owner, 0), offset);
        }
        for (stride, term) in &mut index.terms {
            let place = match term {
                Term::Axis(a) => a.0,
                Term::Value(v) => v.0,
                Term::Digit { axis, div, modulo } => {
                    *div = self.number((Role::Div, owner, axis.0), *div);
                    *modulo = self.word((Role::Modulo, owner, axis.0), known(*modulo));
                    axis.0
                }
            };
            *stride = self.stride((Role::Stride, owner, place), *stride);
        }
    }
}

fn names(term: &Term, axis: AxisId) -> bool {
    matches!(term, Term::Axis(a) | Term::Digit { axis: a, .. } if *a == axis)
}

fn known(word: Word) -> i64 {
    word.known().expect("words are numbers until the kernel is lifted")
}
