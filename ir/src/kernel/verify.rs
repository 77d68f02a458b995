//! What a well-formed kernel is.
//!
//! `schedule/lower.rs` makes nothing else, and everything below it (the oracle, the walk, both back
//! ends) relies on it: types are known, operands come first, every number has its word, and a folded
//! result is read only after the pass that folds it.

use super::{AxisId, BufferId, Carry, Inst, Kernel, Order, Pass, PassId, Role, Store, Val};
use crate::dtype::{DType, Kind};
use crate::index::{Index, Term, Word};
use crate::ops::fold::Fold;

/// Checks that a kernel is well-formed:
///
/// * there are at most 64 axes, the rows among them, and no known extent is negative;
/// * every launch word, axis, buffer, scalar, pass, carry and part that is named exists;
/// * an index has no stride 0 and no term twice; known divisors and moduli of digits are positive; a
///   computed term is an integer;
/// * a `Within` takes an int64, the known extent is positive, and it has a check exactly when its
///   bounds may fail;
/// * every value comes after its operands, and has the type that its instruction gives it: a
///   [`Prim`](crate::prim::Prim) by its own rule, a `Call` the very types to which its row promotes,
///   a `Pick` two of one type, a `Coord` int64, a folded result that of its fold's part;
/// * a folded result comes after the elements of its carry (of an inner pass: of all its carries),
///   and is read by later passes only, unless its pass is run inside its reader;
/// * loads are from buffers that are read, stores of the buffer's type into buffers that are
///   written, and every buffer that is written has a store;
/// * a pass walks columns, none twice; an inner pass folds and does not store, and walks no column
///   of a pass around it;
/// * what a pass folds and stores moves with its rows and its own columns only;
/// * a carry takes an element, `argmin` and `argmax` its int64 position too; `any` and `all` take
///   bools, `moments` floats; folds of pairs and `products` take two floats for an element;
/// * no value and no buffer is complex;
/// * at most one pass scans, the last one with columns; it stores, its folds have scans, and running
///   values are read in it alone;
/// * a pass has order `Free` when it has no carry, and otherwise only when all its folds are free.
///
/// # Errors
/// A sentence about the first fault, with the instruction or the pass that it is in.
pub fn verify(kernel: &Kernel) -> Result<(), String> {
    let (axes, rows) = (kernel.axes.len(), kernel.rows);
    check(axes <= 64 && rows <= axes, || format!("{rows} rows of {axes} axes"))?;
    let mut types =
        kernel.dtypes.iter().chain(kernel.buffers.iter().map(|b| &b.dtype)).chain(&kernel.scalars);
    check(!types.any(|dtype| dtype.is_complex()), || "a complex number, which is two floats".to_string())?;
    let typed = kernel.body.len() == kernel.dtypes.len();
    check(typed, || format!("{} values but {} types", kernel.body.len(), kernel.dtypes.len()))?;
    for (a, axis) in kernel.axes.iter().enumerate() {
        word(kernel, axis.extent).map_err(|fault| format!("axis {a}: {fault}"))?;
        check(axis.extent.known().unwrap_or(0) >= 0, || format!("axis {a}: extent {}", axis.extent))?;
    }
    for (v, inst) in kernel.body.iter().enumerate() {
        let v = Val(v as u32);
        value(kernel, v, inst)
            .map_err(|fault| format!("{v}: {fault}\n{v} = {inst:?}: {}", kernel.dtype(v)))?;
    }
    for (p, inside) in kernel.passes.iter().enumerate() {
        pass(kernel, inside).map_err(|fault| format!("pass {p}: {fault}\n{inside:?}"))?;
    }
    let scans = kernel.passes.iter().filter(|pass| pass.order == Order::Runs).count();
    check(scans < 2, || format!("{scans} passes scan"))?;
    for (b, buffer) in kernel.buffers.iter().enumerate() {
        let mut stores = kernel.passes.iter().flat_map(|p| &p.stores);
        let written = buffer.role == Role::In || stores.any(|s| s.buffer.index() == b);
        check(written, || format!("nothing is stored into buffer {b}"))?;
    }
    // Only now is the kernel sound enough to follow its values, and to be printed.
    nesting(kernel).map_err(|fault| format!("{fault}\n{kernel}"))
}

fn check(holds: bool, fault: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(fault()) }
}

fn word(kernel: &Kernel, word: Word) -> Result<(), String> {
    match word {
        Word::Known(_) => Ok(()),
        Word::Param(k) => check((k as usize) < kernel.words, || format!("there is no launch word {k}")),
    }
}

fn axis(kernel: &Kernel, a: AxisId) -> Result<(), String> {
    check(a.index() < kernel.axes.len(), || format!("there is no axis {a}"))
}

/// An index used by the value `before` (or by a store, after all values).
fn index(kernel: &Kernel, index: &Index, before: usize) -> Result<(), String> {
    word(kernel, index.offset)?;
    for (i, (stride, term)) in index.terms.iter().enumerate() {
        word(kernel, *stride)?;
        check(*stride != Word::Known(0), || format!("stride 0 in {index:?}"))?;
        let twice = index.terms[..i].iter().any(|(_, other)| other == term);
        check(!twice, || format!("a term twice in {index:?}"))?;
        match *term {
            Term::Axis(a) => axis(kernel, a)?,
            Term::Digit { axis: a, div, modulo } => {
                axis(kernel, a)?;
                for w in [div, modulo] {
                    word(kernel, w)?;
                    check(w.known().unwrap_or(1) > 0, || format!("digit by {w}"))?;
                }
            }
            Term::Value(v) => {
                check(v.index() < before, || format!("operand {v} does not come first"))?;
                check(kernel.dtype(v).is_integer(), || format!("{v} in an index is no integer"))?;
            }
        }
    }
    Ok(())
}

/// One value: operands first, then its type.
fn value(kernel: &Kernel, v: Val, inst: &Inst) -> Result<(), String> {
    let mut late = None;
    inst.for_each_arg(&mut |arg| late = late.or((arg >= v).then_some(arg)));
    check(late.is_none(), || format!("operand {late:?} does not come first"))?;
    let wanted = match inst {
        Inst::Const(value) => value.dtype(),
        Inst::Scalar(k) => {
            *kernel.scalars.get(*k as usize).ok_or_else(|| format!("there is no scalar {k}"))?
        }
        Inst::Coord(at) => {
            index(kernel, at, v.index())?;
            DType::I64
        }
        Inst::Load(b, at) => {
            index(kernel, at, v.index())?;
            buffer(kernel, *b, Role::In)?
        }
        Inst::Prim(prim, args) => {
            prim.result(&types(kernel, args)).ok_or_else(|| format!("{} has no such types", prim.name()))?
        }
        Inst::Call(op, args) => {
            let types = types(kernel, args);
            check(!types.iter().any(|d| d.is_half()), || format!("{} computes in {types:?}", op.name()))?;
            check(args.len() == op.arity(), || format!("{} takes {} operands", op.name(), op.arity()))?;
            let promoted = op.promote(&types);
            check(promoted.as_deref() == Some(&types[..]), || format!("{} takes {promoted:?}", op.name()))?;
            op.result(&types)
        }
        Inst::Pick { guard, inside, outside } => {
            for range in &guard.ranges {
                index(kernel, &range.index, v.index())?;
                word(kernel, range.low)?;
                word(kernel, range.high)?;
            }
            let both = [*inside, *outside].map(|side| kernel.dtype(side));
            check(both[0] == both[1] && !both[0].is_half(), || format!("sides of types {both:?}"))?;
            both[0]
        }
        Inst::Within { index: place, extent, bounds, check: told } => {
            check(kernel.dtype(*place) == DType::I64, || format!("{place} is no i64"))?;
            word(kernel, *extent)?;
            check(extent.known().unwrap_or(1) > 0, || format!("places below {extent}"))?;
            check(told.is_some() == bounds.is_checked(), || format!("{} and {told:?}", bounds.name()))?;
            told.iter().try_for_each(|told| index(kernel, &told.at, v.index()))?;
            DType::I64
        }
        Inst::Final { pass, carry, part } => folded(kernel, v, *pass, *carry, *part)?,
        Inst::After { carry, part } => running(kernel, v, *carry, *part)?,
    };
    check(wanted == kernel.dtype(v), || format!("its type would be {wanted}"))
}

fn types(kernel: &Kernel, args: &[Val]) -> Vec<DType> {
    args.iter().map(|&v| kernel.dtype(v)).collect()
}

/// The type of the buffer, which has that role.
fn buffer(kernel: &Kernel, b: BufferId, role: Role) -> Result<DType, String> {
    let buffer = kernel.buffers.get(b.index()).ok_or_else(|| format!("there is no buffer {b}"))?;
    check(buffer.role == role, || format!("buffer {b} is {:?}", buffer.role))?;
    Ok(buffer.dtype)
}

/// The type of a folded result, which comes after the elements that are folded.
fn folded(kernel: &Kernel, v: Val, pass: PassId, carry: u32, part: u32) -> Result<DType, String> {
    let found = kernel.passes.get(pass.index()).and_then(|p| p.carries.get(carry as usize));
    let carry = found.ok_or_else(|| format!("{pass} has no carry {carry}"))?;
    check((part as usize) < carry.fold.parts(), || format!("{} has no part {part}", carry.fold.name()))?;
    // An inner pass is run for any of its results, so the elements of all its carries come first.
    let inside = &kernel.passes[pass.index()];
    let company = inside.carries.iter().filter(|c| inside.inner || *c == carry);
    let late = company.flat_map(|c| &c.args).any(|&arg| arg >= v);
    let first = carry.args.first().filter(|_| !late);
    let first = first.ok_or_else(|| "its elements do not come first".to_string())?;
    Ok(carry.fold.part_dtype(kernel.dtype(*first), part as usize))
}

/// The type of a running value, which comes after the elements that are folded.
fn running(kernel: &Kernel, v: Val, carry: u32, part: u32) -> Result<DType, String> {
    let scan = kernel.scan().ok_or("no pass scans")?;
    let carry = kernel.passes[scan.index()].carries.get(carry as usize);
    let carry = carry.ok_or_else(|| format!("{scan} carries no such value"))?;
    check((part as usize) < carry.fold.parts(), || format!("{} has no part {part}", carry.fold.name()))?;
    let late = carry.args.iter().any(|&arg| arg >= v);
    let first = carry.args.first().filter(|_| !late);
    let first = first.ok_or_else(|| "its elements do not come first".to_string())?;
    Ok(carry.fold.part_dtype(kernel.dtype(*first), part as usize))
}

fn pass(kernel: &Kernel, pass: &Pass) -> Result<(), String> {
    for (i, &a) in pass.cols.iter().enumerate() {
        axis(kernel, a)?;
        check(a.index() >= kernel.rows, || format!("{a} is a row"))?;
        check(!pass.cols[..i].contains(&a), || format!("{a} is walked twice"))?;
    }
    pass.carries.iter().try_for_each(|c| carry(kernel, c))?;
    let free = pass.carries.iter().all(|c| c.fold.is_free(kernel.dtype(c.args[0])));
    let ordered = pass.order != Order::Free;
    check(free || ordered, || "its folds have an order".to_string())?;
    check(!ordered || !pass.carries.is_empty(), || "an order, but nothing to fold".to_string())?;
    pass.stores.iter().try_for_each(|s| store(kernel, s))?;
    if pass.order == Order::Runs {
        let scans = pass.carries.iter().all(|c| c.fold.has_scan() || c.fold.is_of_kernels());
        check(scans && !pass.inner && !pass.stores.is_empty(), || "a scan that stores nothing".to_string())?;
    }
    let folds_only = pass.stores.is_empty() && !pass.carries.is_empty();
    check(folds_only || !pass.inner, || "an inner pass folds and does not store".to_string())
}

fn carry(kernel: &Kernel, carry: &Carry) -> Result<(), String> {
    let name = carry.fold.name();
    let wanted = carry.fold.arguments();
    check(carry.args.len() == wanted, || format!("{name} takes {wanted} values"))?;
    let known = carry.args.iter().all(|v| v.index() < kernel.body.len());
    check(known, || format!("{name} of a value that is not there"))?;
    let types = types(kernel, &carry.args);
    check(!types[0].is_half(), || format!("{name} folds in {}", types[0]))?;
    let fits = match carry.fold {
        Fold::Any | Fold::All => types[0] == DType::Bool,
        Fold::Moments => types[0].is_float(),
        Fold::Sum | Fold::Prod => types[0].kind() != Kind::Bool,
        Fold::Min | Fold::Max => true,
        Fold::ArgMin | Fold::ArgMax => types[1] == DType::I64,
        Fold::PairProd | Fold::Products => types[0].is_float() && types[1] == types[0],
        Fold::PairArgMin | Fold::PairArgMax => {
            types[0].is_float() && types[1] == types[0] && types[2] == DType::I64
        }
    };
    check(fits, || format!("{name} of {types:?}"))
}

fn store(kernel: &Kernel, store: &Store) -> Result<(), String> {
    let known = store.value.index() < kernel.body.len();
    check(known, || format!("a store of {}, which is not there", store.value))?;
    index(kernel, &store.at, kernel.body.len())?;
    let dtype = buffer(kernel, store.buffer, Role::Out)?;
    check(dtype == kernel.dtype(store.value), || format!("{} is stored as {dtype}", store.value))
}

/// What each pass may read: results of earlier passes, columns of its own.
fn nesting(kernel: &Kernel) -> Result<(), String> {
    let sets = kernel.dependence();
    let rows = mask(kernel.row_axes());
    let reach = reach(kernel);
    for (p, pass) in kernel.passes.iter().enumerate() {
        let columns = mask(pass.cols.iter().copied());
        let (roots, mut moved) = roots(pass);
        for v in roots {
            let Reach { after, inside, running } = reach[v.index()];
            check(pass.inner || after <= p, || {
                format!("pass {p} needs {v}, which is known after pass {}", after - 1)
            })?;
            check(!running || pass.order == Order::Runs, || format!("pass {p} needs {v}, a running value"))?;
            check(inside & columns == 0, || format!("a pass inside pass {p} walks the columns of pass {p}"))?;
            moved |= sets[v.index()];
        }
        check(pass.inner || moved & !(rows | columns) == 0, || format!("pass {p} moves with other columns"))?;
    }
    Ok(())
}

fn mask(axes: impl Iterator<Item = AxisId>) -> u64 {
    axes.fold(0, |set, a| set | 1 << a.0)
}

/// The values that a pass folds and stores, and the axes that its stores name themselves.
fn roots(pass: &Pass) -> (Vec<Val>, u64) {
    let mut roots: Vec<Val> = pass.carries.iter().flat_map(|c| c.args.iter().copied()).collect();
    roots.extend(pass.stores.iter().map(|s| s.value));
    let mut named = 0;
    for (_, term) in pass.stores.iter().flat_map(|s| &s.at.terms) {
        match term {
            Term::Value(v) => roots.push(*v),
            Term::Axis(a) | Term::Digit { axis: a, .. } => named |= 1 << a.0,
        }
    }
    (roots, named)
}

/// What computing a value takes.
#[derive(Clone, Copy, Default)]
struct Reach {
    /// How many passes must have run.
    after: usize,
    /// The columns of the passes that are run inside.
    inside: u64,
    /// It follows from running values.
    running: bool,
}

/// What computing each value takes, its operands and the passes inside included.
fn reach(kernel: &Kernel) -> Vec<Reach> {
    let mut known: Vec<Reach> = Vec::with_capacity(kernel.body.len());
    for inst in &kernel.body {
        let mut all = Reach::default();
        let mut needs = |v: Val| {
            all.after = all.after.max(known[v.index()].after);
            all.inside |= known[v.index()].inside;
            all.running |= known[v.index()].running;
        };
        inst.for_each_arg(&mut needs);
        if let Inst::Final { pass: p, .. } = inst {
            let pass = &kernel.passes[p.index()];
            if pass.inner {
                pass.carries.iter().flat_map(|c| &c.args).for_each(|v| needs(*v));
                all.inside |= mask(pass.cols.iter().copied());
            } else {
                all.after = p.index() + 1;
            }
        }
        all.running |= matches!(inst, Inst::After { .. });
        known.push(all);
    }
    known
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::print::examples::{known, softmax};
    use crate::prim::Prim;
    use smallvec::smallvec;

    /// The softmax kernel after a change, which must be refused with these words.
    fn refused(words: &str, change: impl FnOnce(&mut Kernel)) {
        let mut kernel = softmax();
        assert_eq!(verify(&kernel), Ok(()));
        change(&mut kernel);
        let fault = verify(&kernel).unwrap_err();
        assert!(fault.contains(words), "{fault}");
    }

    #[test]
    fn values_are_typed_and_ordered() {
        refused("v2: operand", |k| k.body[2] = Inst::Prim(Prim::Sub, smallvec![Val(0), Val(3)]));
        refused("v2: operand", |k| k.body[2] = Inst::Prim(Prim::Sub, smallvec![Val(0), Val(2)]));
        refused("rem has no such types", |k| k.body[2] = Inst::Prim(Prim::Rem, smallvec![Val(0), Val(1)]));
        refused("its type would be float32", |k| k.dtypes[2] = DType::F64);
        refused("there is no scalar 0", |k| k.body[2] = Inst::Scalar(0));
        refused("there is no buffer b7", |k| k.body[0] = Inst::Load(BufferId(7), Index::constant(0)));
        refused("buffer b1 is Out", |k| k.body[0] = Inst::Load(BufferId(1), Index::constant(0)));
    }

    #[test]
    fn places_found_by_index_are_checked() {
        use crate::gather::Bounds;
        use crate::kernel::Check;
        let within = |index, extent, bounds, check| Inst::Within { index: Val(index), extent, bounds, check };
        let coord = |k: &mut Kernel, inst: Inst| {
            k.body.extend([Inst::Coord(Index::axis(AxisId(0))), inst]);
            k.dtypes.extend([DType::I64; 2]);
        };
        refused("v0 is no i64", |k| coord(k, within(0, known(3), Bounds::Clip, None)));
        refused("places below 0", |k| coord(k, within(6, known(0), Bounds::Clip, None)));
        refused("raise and None", |k| coord(k, within(6, known(3), Bounds::Raise, None)));
        let check = Some(Check { number: 0, at: Index::axis(AxisId(9)) });
        refused("there is no axis a9", |k| coord(k, within(6, known(3), Bounds::Strict, check)));
        let mut kernel = softmax();
        coord(&mut kernel, within(6, Word::Param(0), Bounds::Wrap, None));
        assert_eq!((verify(&kernel), kernel.checks()), (Ok(()), 0));
    }

    #[test]
    fn words_and_axes_exist() {
        refused("there is no launch word 4", |k| k.axes[0].extent = Word::Param(4));
        refused("extent -1", |k| k.axes[0].extent = Word::Known(-1));
        refused("there is no axis a9", |k| k.passes[2].stores[0].at = Index::axis(AxisId(9)));
        refused("stride 0", |k| k.passes[2].stores[0].at.terms[0].0 = known(0));
        refused("a0 is a row", |k| k.passes[0].cols = smallvec![AxisId(0)]);
    }

    #[test]
    fn results_are_read_after_their_pass() {
        refused("pass 1 needs v5, which is known after pass 2", |k| {
            k.passes.swap(1, 2);
            k.body[4] = Inst::Final { pass: PassId(2), carry: 0, part: 0 };
        });
        refused("its elements do not come first", |k| k.passes.swap(0, 1));
        refused("p0 has no carry 1", |k| k.body[1] = Inst::Final { pass: PassId(0), carry: 1, part: 0 });
        refused("max has no part 1", |k| k.body[1] = Inst::Final { pass: PassId(0), carry: 0, part: 1 });
        refused("pass 2 moves with other columns", |k| k.passes[2].cols.clear());
    }

    #[test]
    fn orders_and_roles_are_checked() {
        refused("its folds have an order", |k| k.passes[1].order = Order::Free);
        refused("nothing to fold", |k| k.passes[2].order = Order::Lanes);
        refused("nothing is stored into buffer 1", |k| k.passes[2].stores.clear());
        refused("an inner pass folds and does not store", |k| k.passes[2].inner = true);
        refused("a pass inside pass 1 walks the columns of pass 1", |k| k.passes[0].inner = true);
    }
}
