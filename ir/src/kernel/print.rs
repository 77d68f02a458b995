//! The text of a kernel: what is done for each row, pass by pass.
//!
//! ```text
//! kernel rows i < w0
//!   in x: f32   out y: f32
//!   pass j < w1
//!     v0 = load x[i*w2 + j]
//!     v1 = carry max v0
//!   pass j < w1 in lanes
//!     v2 = sub v0 v1
//!     v3 = exp v2
//!     v4 = carry sum v3
//!   pass j < w1
//!     v5 = div v3 v4
//!     store y[i*w3 + j] v5
//! ```
//!
//! Rows are `i, i1, …`, columns `j, j1, …`, buffers read `x, x1, …` and written `y, y1, …`, launch
//! words `w0, w1, …`, numbers passed at launch `s0, s1, …`. A value is printed once, where it is
//! first needed: in the pass that it moves with, or between passes. A folded result is named on the
//! line of its carry; a pass inside a pass stands before the first reader of its result. Values that
//! nothing needs are left out.

use super::{AxisId, BufferId, Inst, Kernel, Order, Pass, PassId, Role, Val};
use crate::graph::print::Literal;
use crate::index::{Guard, Index, Term, Word};
use crate::prim::Prim;
use std::fmt;

impl fmt::Display for Kernel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows: Vec<AxisId> = self.row_axes().collect();
        writeln!(f, "kernel{}{}", if rows.is_empty() { "" } else { " rows" }, space(self, &rows))?;
        writeln!(f, "  {}", parameters(self).join("   "))?;
        let mut printer = Printer {
            kernel: self,
            sets: self.dependence(),
            value_done: vec![false; self.body.len()],
            pass_done: vec![false; self.passes.len()],
            f,
        };
        let passes = (0..self.passes.len() as u32).map(PassId);
        passes.filter(|p| !self.passes[p.index()].inner).try_for_each(|p| printer.pass(p))
    }
}

/// What is left to print.
struct Printer<'a, 'f> {
    kernel: &'a Kernel,
    /// The axes that each value moves with.
    sets: Vec<u64>,
    value_done: Vec<bool>,
    pass_done: Vec<bool>,
    f: &'a mut fmt::Formatter<'f>,
}

impl Printer<'_, '_> {
    /// A pass over rows, after the values that it needs and does not move.
    fn pass(&mut self, p: PassId) -> fmt::Result {
        let pass = &self.kernel.passes[p.index()];
        let mut roots: Vec<Val> = carried(pass).collect();
        for store in &pass.stores {
            roots.extend(values_of(&store.at));
            roots.push(store.value);
        }
        let rows = self.kernel.row_axes().fold(0, |set, a| set | 1 << a.0);
        let needed = needed(self.kernel, &roots);
        self.values(&needed, rows, 1)?;
        self.columns(p, &needed, rows, 1)?;
        pass.stores.iter().try_for_each(|store| {
            let place = place(self.kernel, store.buffer, &store.at);
            writeln!(self.f, "    store {place} {}", store.value)
        })
    }

    /// The heading of a pass, the values that move with its columns, its carries.
    fn columns(&mut self, p: PassId, needed: &[Val], outer: u64, depth: usize) -> fmt::Result {
        let pass = &self.kernel.passes[p.index()];
        self.pass_done[p.index()] = true;
        let order = match pass.order {
            Order::Free => "",
            Order::Lanes => " in lanes",
            Order::Groups => " in groups",
            Order::Runs => " in runs",
        };
        writeln!(self.f, "{:1$}pass{2}{order}", "", depth * 2, space(self.kernel, &pass.cols))?;
        let inside = pass.cols.iter().fold(outer, |set, a| set | 1 << a.0);
        let scans = pass.order == Order::Runs;
        if !scans {
            self.values(needed, inside, depth + 1)?;
        }
        for (c, carry) in pass.carries.iter().enumerate() {
            if scans {
                // What follows a running value stands below it.
                self.values(&self::needed(self.kernel, &carry.args), inside, depth + 1)?;
            }
            let names = self.results(p, c as u32);
            write!(self.f, "{:1$}{names} = carry {2}", "", depth * 2 + 2, carry.fold.name())?;
            carry.args.iter().try_for_each(|v| write!(self.f, " {v}"))?;
            self.f.write_str("\n")?;
        }
        if scans { self.values(needed, inside, depth + 1) } else { Ok(()) }
    }

    /// The values that move with no axis but those of `scope`, unless they have been printed.
    fn values(&mut self, needed: &[Val], scope: u64, depth: usize) -> fmt::Result {
        for &v in needed {
            if self.value_done[v.index()] || self.sets[v.index()] & !scope != 0 {
                continue;
            }
            self.value_done[v.index()] = true;
            match *self.kernel.inst(v) {
                Inst::Final { pass, .. } if self.pass_done[pass.index()] => {}
                Inst::After { .. } => {}
                Inst::Final { pass, .. } => {
                    let roots: Vec<Val> = carried(&self.kernel.passes[pass.index()]).collect();
                    let inside = self::needed(self.kernel, &roots);
                    self.columns(pass, &inside, scope, depth)?;
                }
                _ => {
                    let text = inst(self.kernel, v);
                    writeln!(self.f, "{:1$}{v} = {text}", "", depth * 2)?;
                }
            }
        }
        Ok(())
    }

    /// The values that name the parts of a carry: `v4`, or `_, v5` when the first is not read.
    fn results(&self, p: PassId, c: u32) -> String {
        let parts = self.kernel.passes[p.index()].carries[c as usize].fold.parts() as u32;
        let scans = self.kernel.passes[p.index()].order == Order::Runs;
        let name = |part| {
            let result =
                if scans { Inst::After { carry: c, part } } else { Inst::Final { pass: p, carry: c, part } };
            let is = |inst: &Inst| *inst == result;
            let named = (0..self.kernel.body.len()).filter(|&v| is(&self.kernel.body[v]));
            let names: Vec<String> = named.map(|v| format!("v{v}")).collect();
            if names.is_empty() { "_".to_string() } else { names.join(" = ") }
        };
        (0..parts).map(name).collect::<Vec<_>>().join(", ")
    }
}

/// What a pass folds at each point.
fn carried(pass: &Pass) -> impl Iterator<Item = Val> {
    pass.carries.iter().flat_map(|c| c.args.iter().copied())
}

/// All values that the roots need, in order; results of earlier passes need nothing more.
fn needed(kernel: &Kernel, roots: &[Val]) -> Vec<Val> {
    let mut wanted = vec![false; kernel.body.len()];
    roots.iter().for_each(|v| wanted[v.index()] = true);
    for v in (0..kernel.body.len()).rev() {
        if !wanted[v] {
            continue;
        }
        kernel.body[v].for_each_arg(&mut |arg| wanted[arg.index()] = true);
        if let Inst::Final { pass, .. } = kernel.body[v] {
            let pass = &kernel.passes[pass.index()];
            carried(pass).filter(|_| pass.inner).for_each(|arg| wanted[arg.index()] = true);
        }
    }
    (0..kernel.body.len() as u32).map(Val).filter(|v| wanted[v.index()]).collect()
}

/// The values among an index's terms.
fn values_of(index: &Index) -> impl Iterator<Item = Val> {
    index.terms.iter().filter_map(|(_, term)| match term {
        Term::Value(v) => Some(*v),
        Term::Axis(_) | Term::Digit { .. } => None,
    })
}

/// The right side of a value's line.
fn inst(kernel: &Kernel, v: Val) -> String {
    let list = |args: &[Val]| args.iter().map(|v| format!(" {v}")).collect::<String>();
    match kernel.inst(v) {
        Inst::Const(value) => format!("const {} {}", value.dtype().short(), Literal(*value)),
        Inst::Scalar(k) => format!("s{k}"),
        Inst::Coord(at) => index(kernel, at),
        Inst::Load(buffer, at) => format!("load {}", place(kernel, *buffer, at)),
        Inst::Prim(prim @ (Prim::Cast(to) | Prim::Bitcast(to) | Prim::Round(to)), args) => {
            format!("{} {}{}", prim.name(), to.short(), list(args))
        }
        Inst::Prim(prim, args) => format!("{}{}", prim.name(), list(args)),
        Inst::Call(op, args) => format!("{}{}", op.name(), list(args)),
        Inst::Pick { guard, inside, outside } => {
            format!("pick {inside} where {} else {outside}", ranges(kernel, guard))
        }
        Inst::After { carry, part } => format!("after {carry} {part}"),
        Inst::Within { index: place, extent, bounds, check } => {
            let name = bounds.name();
            let check = check.as_ref().map(|c| format!(" check {} at {}", c.number, index(kernel, &c.at)));
            format!("within {place} < {extent} {name}{}", check.unwrap_or_default())
        }
        Inst::Final { pass, carry, part } => format!("final {pass} {carry} {part}"),
    }
}

/// The kernel's parameters: buffers, then numbers.
fn parameters(kernel: &Kernel) -> Vec<String> {
    let role = |role| match role {
        Role::In => "in",
        Role::Out => "out",
    };
    let buffer = |b: u32| {
        let (name, buffer) = (buffer_name(kernel, BufferId(b)), &kernel.buffers[b as usize]);
        format!("{} {name}: {}", role(buffer.role), buffer.dtype.short())
    };
    let numbers = kernel.scalars.iter().enumerate();
    let numbers = numbers.map(|(k, dtype)| format!("scalar s{k}: {}", dtype.short()));
    (0..kernel.buffers.len() as u32).map(buffer).chain(numbers).collect()
}

/// `x, x1, …` for buffers read, `y, y1, …` for buffers written.
fn buffer_name(kernel: &Kernel, b: BufferId) -> String {
    let role = kernel.buffers[b.index()].role;
    let place = kernel.buffers[..b.index()].iter().filter(|other| other.role == role).count();
    match role {
        Role::In => numbered("x", place),
        Role::Out => numbered("y", place),
    }
}

/// `i, i1, …` for rows, `j, j1, …` for columns.
fn axis_name(kernel: &Kernel, a: AxisId) -> String {
    match a.index().checked_sub(kernel.rows) {
        None => numbered("i", a.index()),
        Some(column) => numbered("j", column),
    }
}

fn numbered(letter: &str, place: usize) -> String {
    if place == 0 { letter.to_string() } else { format!("{letter}{place}") }
}

/// ` i < w0, i1 < w1`.
fn space(kernel: &Kernel, axes: &[AxisId]) -> String {
    let bound = |a: &AxisId| format!(" {} < {}", axis_name(kernel, *a), kernel.axes[a.index()].extent);
    axes.iter().map(bound).collect::<Vec<_>>().join(",")
}

/// `x[i*w0 + j]`.
fn place(kernel: &Kernel, b: BufferId, at: &Index) -> String {
    format!("{}[{}]", buffer_name(kernel, b), index(kernel, at))
}

/// `0 <= j - 1 < w2, 1 <= i < 4`.
fn ranges(kernel: &Kernel, guard: &Guard) -> String {
    let range = |r: &crate::index::Range| format!("{} <= {} < {}", r.low, index(kernel, &r.index), r.high);
    guard.ranges.iter().map(range).collect::<Vec<_>>().join(", ")
}

/// The sum of terms: `i*w2 + j%4 - 1`, `-j + w3`.
fn index(kernel: &Kernel, index: &Index) -> String {
    let mut text = String::new();
    let mut add = |by: Word, factor: Option<String>| {
        let minus = by.known().is_some_and(|n| n < 0);
        text.push_str(match (text.is_empty(), minus) {
            (true, true) => "-",
            (true, false) => "",
            (false, true) => " - ",
            (false, false) => " + ",
        });
        let size = match by {
            Word::Known(n) => n.unsigned_abs().to_string(),
            Word::Param(_) => by.to_string(),
        };
        text.push_str(&match factor {
            Some(factor) if size == "1" => factor,
            Some(factor) => format!("{factor}*{size}"),
            None => size,
        });
    };
    index.terms.iter().for_each(|(by, factor)| add(*by, Some(term(kernel, factor))));
    if index.offset != Word::Known(0) || index.terms.is_empty() {
        add(index.offset, None);
    }
    text
}

fn term(kernel: &Kernel, term: &Term) -> String {
    match term {
        Term::Axis(a) => axis_name(kernel, *a),
        Term::Digit { axis, div: Word::Known(1), modulo } => format!("{}%{modulo}", axis_name(kernel, *axis)),
        Term::Digit { axis, div, modulo } => format!("{}/{div}%{modulo}", axis_name(kernel, *axis)),
        Term::Value(v) => v.to_string(),
    }
}

/// Kernels written by hand, for the tests of this folder.
#[cfg(test)]
pub(super) mod examples {
    use crate::dtype::DType;
    use crate::index::{Guard, Index, Range, Term, Word};
    use crate::kernel::{
        Axis, AxisId, Buffer, BufferId, Carry, Inst, Kernel, Order, Pass, PassId, Role, Store, Val,
    };
    use crate::ops::Op;
    use crate::ops::fold::Fold;
    use crate::prim::Prim;
    use smallvec::smallvec;

    pub(in crate::kernel) fn known(n: i64) -> Word {
        Word::Known(n)
    }

    fn axis(extent: Word) -> Axis {
        Axis { extent }
    }

    pub(in crate::kernel) fn at(offset: i64, terms: &[(Word, u32)]) -> Index {
        let terms = terms.iter().map(|&(by, a)| (by, Term::Axis(AxisId(a)))).collect();
        Index { offset: known(offset), terms }
    }

    fn result(pass: u32) -> Inst {
        Inst::Final { pass: PassId(pass), carry: 0, part: 0 }
    }

    fn carry(fold: Fold, args: &[Val]) -> Vec<Carry> {
        vec![Carry { fold, args: args.into() }]
    }

    fn walk(cols: &[u32], carries: Vec<Carry>, order: Order, stores: Vec<Store>) -> Pass {
        Pass { cols: cols.iter().map(|&a| AxisId(a)).collect(), carries, order, stores, inner: false }
    }

    fn buffers(dtype: DType, inputs: usize) -> Vec<Buffer> {
        let mut buffers = vec![Buffer { dtype, role: Role::In }; inputs];
        buffers.push(Buffer { dtype, role: Role::Out });
        buffers
    }

    /// Softmax of each row: three passes over the same columns.
    pub(in crate::kernel) fn softmax() -> Kernel {
        let [w0, w1, w2, w3] = [0, 1, 2, 3].map(Word::Param);
        let place = |row| at(0, &[(row, 0), (known(1), 1)]);
        let store = Store { buffer: BufferId(1), at: place(w3), value: Val(5) };
        Kernel {
            axes: vec![axis(w0), axis(w1)],
            rows: 1,
            passes: vec![
                walk(&[1], carry(Fold::Max, &[Val(0)]), Order::Free, vec![]),
                walk(&[1], carry(Fold::Sum, &[Val(3)]), Order::Lanes, vec![]),
                walk(&[1], vec![], Order::Free, vec![store]),
            ],
            buffers: buffers(DType::F32, 1),
            scalars: vec![],
            words: 4,
            body: vec![
                Inst::Load(BufferId(0), place(w2)),
                result(0),
                Inst::Prim(Prim::Sub, smallvec![Val(0), Val(1)]),
                Inst::Call(Op::Exp, smallvec![Val(2)]),
                result(1),
                Inst::Prim(Prim::Div, smallvec![Val(3), Val(4)]),
            ],
            dtypes: vec![DType::F32; 6],
        }
    }

    /// The sums of `w1` rows of `w0` float32 each, column by column.
    pub(in crate::kernel) fn sum(order: Order) -> Kernel {
        let place = at(0, &[(Word::Param(0), 1), (known(1), 0)]);
        let store = Store { buffer: BufferId(1), at: at(0, &[(known(1), 0)]), value: Val(1) };
        Kernel {
            axes: vec![axis(Word::Param(0)), axis(Word::Param(1))],
            rows: 1,
            passes: vec![
                walk(&[1], carry(Fold::Sum, &[Val(0)]), order, vec![]),
                walk(&[], vec![], Order::Free, vec![store]),
            ],
            buffers: buffers(DType::F32, 1),
            scalars: vec![],
            words: 2,
            body: vec![Inst::Load(BufferId(0), place), result(0)],
            dtypes: vec![DType::F32; 2],
        }
    }

    /// For each of the points `x`, the place of the nearest of the points `x1`, both in 2
    /// dimensions: an argmin over a sum, nothing of their product's size in memory.
    pub(in crate::kernel) fn nearest() -> Kernel {
        let point = |row| at(0, &[(known(2), row), (known(1), 2)]);
        let store = Store { buffer: BufferId(2), at: at(0, &[(known(1), 0)]), value: Val(6) };
        let distance = Pass { inner: true, ..walk(&[2], carry(Fold::Sum, &[Val(3)]), Order::Lanes, vec![]) };
        let mut buffers = buffers(DType::F64, 2);
        buffers[2].dtype = DType::I64;
        let mut dtypes = vec![DType::F64; 7];
        (dtypes[5], dtypes[6]) = (DType::I64, DType::I64);
        Kernel {
            axes: vec![axis(Word::Param(0)), axis(Word::Param(1)), axis(known(2))],
            rows: 1,
            passes: vec![
                distance,
                walk(&[1], carry(Fold::ArgMin, &[Val(4), Val(5)]), Order::Free, vec![]),
                walk(&[], vec![], Order::Free, vec![store]),
            ],
            buffers,
            scalars: vec![],
            words: 2,
            body: vec![
                Inst::Load(BufferId(0), point(0)),
                Inst::Load(BufferId(1), point(1)),
                Inst::Prim(Prim::Sub, smallvec![Val(0), Val(1)]),
                Inst::Prim(Prim::Mul, smallvec![Val(2), Val(2)]),
                result(0),
                Inst::Coord(at(0, &[(known(1), 1)])),
                Inst::Final { pass: PassId(1), carry: 0, part: 1 },
            ],
            dtypes,
        }
    }

    /// `x` of 4 elements reversed between a number given at launch, one before and one after.
    pub(in crate::kernel) fn framed() -> Kernel {
        let range = Range { index: at(-1, &[(known(1), 0)]), low: known(0), high: known(4) };
        let store = Store { buffer: BufferId(1), at: at(0, &[(known(1), 0)]), value: Val(2) };
        Kernel {
            axes: vec![axis(known(6))],
            rows: 1,
            passes: vec![walk(&[], vec![], Order::Free, vec![store])],
            buffers: buffers(DType::F32, 1),
            scalars: vec![DType::F32],
            words: 0,
            body: vec![
                Inst::Load(BufferId(0), at(4, &[(known(-1), 0)])),
                Inst::Scalar(0),
                Inst::Pick { guard: Guard { ranges: vec![range] }, inside: Val(0), outside: Val(1) },
            ],
            dtypes: vec![DType::F32; 3],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::examples::{framed, known, nearest, softmax, sum};
    use super::*;
    use crate::kernel::verify::verify;

    fn prints(kernel: &Kernel, text: &str) {
        assert_eq!(verify(kernel), Ok(()));
        assert_eq!(kernel.to_string(), text);
    }

    #[test]
    fn softmax_reads_as_three_passes() {
        let text = "\
kernel rows i < w0
  in x: f32   out y: f32
  pass j < w1
    v0 = load x[i*w2 + j]
    v1 = carry max v0
  pass j < w1 in lanes
    v2 = sub v0 v1
    v3 = exp v2
    v4 = carry sum v3
  pass j < w1
    v5 = div v3 v4
    store y[i*w3 + j] v5
";
        prints(&softmax(), text);
    }

    #[test]
    fn a_pass_inside_a_pass_stands_where_its_result_is_needed() {
        let text = "\
kernel rows i < w0
  in x: f64   in x1: f64   out y: i64
  pass j < w1
    pass j1 < 2 in lanes
      v0 = load x[i*2 + j1]
      v1 = load x1[j*2 + j1]
      v2 = sub v0 v1
      v3 = mul v2 v2
      v4 = carry sum v3
    v5 = j
    _, v6 = carry argmin v4 v5
  pass
    store y[i] v6
";
        prints(&nearest(), text);
    }

    #[test]
    fn guards_and_numbers_are_shown() {
        let text = "\
kernel rows i < 6
  in x: f32   out y: f32   scalar s0: f32
  v0 = load x[-i + 4]
  v1 = s0
  v2 = pick v0 where 0 <= i - 1 < 4 else v1
  pass
    store y[i] v2
";
        prints(&framed(), text);
    }

    #[test]
    fn indices_read_as_sums() {
        let mut kernel = sum(Order::Groups);
        assert!(
            kernel.to_string().contains("pass j < w1 in groups\n    v0 = load x[j*w0 + i]\n"),
            "{kernel}"
        );
        let digit = Term::Digit { axis: AxisId(1), div: Word::Param(1), modulo: known(4) };
        let terms = [(Word::Param(0), digit), (known(-3), Term::Axis(AxisId(0)))];
        kernel.body[0] =
            Inst::Load(BufferId(0), Index { offset: known(-2), terms: terms.into_iter().collect() });
        assert!(kernel.to_string().contains("x[j/w1%4*w0 - i*3 - 2]"), "{kernel}");
    }
}
