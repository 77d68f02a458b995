//! Every row of the op table and of the fold table, on every type, against its own expansion
//! computed with scalars.

mod common;

use common::*;
use numfuse_ir::dtype::{DType, Kind};
use numfuse_ir::index::Index;
use numfuse_ir::kernel::interp::interpret;
use numfuse_ir::kernel::{AxisId, Inst, Order, Role};
use numfuse_ir::ops::Op;
use numfuse_ir::ops::fold::Fold;
use numfuse_ir::prim::Prim;
use numfuse_ir::scalar::Scalar;
use smallvec::SmallVec;

/// Numbers of every size, with the edges of the type among them.
fn samples(dtype: DType, n: usize, seed: u64) -> Vec<Scalar> {
    let edges = edges(dtype);
    let one = |(i, x): (usize, f32)| match dtype.kind() {
        Kind::Complex => unreachable!("kernels have pairs instead"),
        Kind::Bool => Scalar::bool(x > 0.0),
        _ if i % 5 == 0 => edges[i / 5 % edges.len()],
        Kind::Float => Scalar::from_f64(dtype, f64::from(x) * if i % 3 == 0 { 100.0 } else { 1.0 }),
        Kind::Signed | Kind::Unsigned => {
            Scalar::from_i128(dtype, (x * if i % 2 == 0 { 1.0 } else { 1e3 }) as i128)
        }
    };
    noise(n, seed).into_iter().enumerate().map(one).collect()
}

/// Operands of an op, a column for each: every edge of the first type beside every edge of the second, the
/// others walking along theirs, and then numbers of every size.
fn operands(op: Op, types: &[DType]) -> Vec<Vec<Scalar>> {
    let columns = types.iter().enumerate().map(|(a, &d)| samples(d, 203, 20 + 7 * a as u64));
    if op.is_random() {
        // A key and parameters that are ones.
        return columns.collect();
    }
    let edges: Vec<Vec<Scalar>> = types.iter().map(|&d| edges(d)).collect();
    let (first, second) = (edges[0].len(), edges.get(1).map_or(1, Vec::len));
    let at = |a: usize, i: usize, j: usize| match a {
        0 => edges[0][i],
        1 => edges[1][j],
        _ => edges[a][(3 * i + 5 * j) % edges[a].len()],
    };
    let at = &at;
    let pairs = |a: usize| (0..first).flat_map(move |i| (0..second).map(move |j| at(a, i, j)));
    columns.enumerate().map(|(a, samples)| pairs(a).chain(samples).collect()).collect()
}

#[test]
fn every_op_on_every_type() {
    for &op in Op::ALL {
        let mut seen = Vec::new();
        for &dtype in DType::ALL {
            let Some(types) = op.promote(&vec![dtype; op.arity()]) else { continue };
            // What is complex is pairs by now: `tests/oracles` compares it.
            if op.is_of_pairs(&types) {
                continue;
            }
            if seen.contains(&types) {
                continue;
            }
            seen.push(types.clone());
            check_op(op, &types);
        }
    }
}

fn check_op(op: Op, types: &[DType]) {
    let data = operands(op, types);
    let n = data[0].len();
    let want: Vec<Scalar> = (0..n).map(|i| op.eval(&beside(&data, i))).collect();
    let result = op.result(types);
    let mut b = Build::new(&[param(0)], 1, 1);
    let i = at(known(0), &[(known(1), 0)]);
    let inputs: Vec<_> = types.iter().map(|&d| b.buffer(d, Role::In)).collect();
    let output = b.buffer(result, Role::Out);
    let loads: Vec<_> = inputs.iter().map(|&x| b.load(x, i.clone())).collect();
    let args: SmallVec<[_; 3]> = loads.iter().map(|&x| b.widened(x)).collect();
    let v = b.push(Inst::Call(op, args), result.working());
    let v = b.narrowed(v, result);
    b.store(&[], output, i, v);
    for lanes in possible_for(&b.kernel, &[4, 8, 64]) {
        let mut buffers: Vec<Vec<u8>> = data.iter().map(|d| Scalar::encode(d.iter().copied())).collect();
        buffers.push(vec![0; n * result.bytes()]);
        run(&b.kernel, flat(lanes), &mut buffers, &[], &[n as i64]);
        let got = Scalar::decode(result, &buffers[types.len()]);
        for (i, (got, want)) in got.into_iter().zip(&want).enumerate() {
            let (name, args) = (op.name(), || beside(&data, i));
            assert!(got.same(*want), "{name} {:?} gave {got:?}, not {want:?} ({lanes} lanes)", args());
        }
    }
}

/// What lies beside each other in the columns.
fn beside(columns: &[Vec<Scalar>], i: usize) -> Vec<Scalar> {
    columns.iter().map(|column| column[i]).collect()
}

#[test]
fn every_fold_on_every_type() {
    for &fold in Fold::ALL {
        // Halfs are folded as float32, and complex numbers as pairs.
        for &dtype in DType::ALL.iter().filter(|d| !d.is_half() && !d.is_complex()) {
            let fits = match fold {
                Fold::Any | Fold::All => dtype == DType::Bool,
                Fold::Sum | Fold::Prod => dtype != DType::Bool,
                Fold::Moments | Fold::Products => dtype.is_float(),
                Fold::PairProd | Fold::PairArgMin | Fold::PairArgMax => dtype.is_float(),
                Fold::Min | Fold::Max | Fold::ArgMin | Fold::ArgMax => true,
            };
            if fits {
                for n in [0, 1, 40, 700] {
                    check_fold(fold, dtype, n);
                }
            }
        }
    }
}

fn check_fold(fold: Fold, dtype: DType, n: usize) {
    let (rows, parts) = (6, fold.parts());
    let mut b = Build::new(&[param(0), param(1)], 1, 2);
    let x = b.buffer(dtype, Role::In);
    let outputs: Vec<_> = (0..parts).map(|p| b.buffer(fold.part_dtype(dtype, p), Role::Out)).collect();
    let v = b.load(x, at(known(0), &[(param(1), 0), (known(1), 1)]));
    let mut args = vec![v];
    if fold.is_of_kernels() {
        args.push(b.prim(Prim::Neg, &[v]));
    }
    if args.len() < fold.arguments() {
        args.push(b.push(Inst::Coord(Index::axis(AxisId(1))), DType::I64));
    }
    let order = if fold.is_free(dtype) { Order::Free } else { Order::Lanes };
    let pass = b.fold(&[1], order, fold, &args);
    for (p, &output) in outputs.iter().enumerate() {
        let v = b.result(pass, p as u32);
        b.store(&[], output, at(known(0), &[(known(1), 0)]), v);
    }
    let data = samples(dtype, rows * n, 31);
    let words = [rows as i64, n as i64];
    let mut want: Vec<Vec<Scalar>> = vec![data.clone()];
    want.extend((0..parts).map(|p| vec![Scalar::zero(fold.part_dtype(dtype, p)); rows]));
    interpret(&b.kernel, &words, &[], &mut want);
    for mapping in [flat(4), flat(16), row(4), row(32), split(8)] {
        let mut buffers = vec![Scalar::encode(data.iter().copied())];
        buffers.extend((0..parts).map(|p| vec![0; rows * fold.part_dtype(dtype, p).bytes()]));
        run(&b.kernel, mapping, &mut buffers, &[], &words);
        for p in 0..parts {
            let got = Scalar::decode(fold.part_dtype(dtype, p), &buffers[p + 1]);
            let same = got.iter().zip(&want[p + 1]).all(|(a, b)| a.same(*b));
            assert!(
                same,
                "{} of {n} {dtype}, part {p}, {mapping}: {got:?}, not {:?}",
                fold.name(),
                want[p + 1]
            );
        }
    }
}
