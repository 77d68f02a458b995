//! Folds of free order across a row, against the same folds one element after the other: what they find,
//! where it lies, and what settles them, with zeros of either sign, infinities and NaN anywhere.

mod common;

use common::*;
use numfuse_codegen::Mapping;
use numfuse_ir::dtype::DType;
use numfuse_ir::index::Index;
use numfuse_ir::kernel::{AxisId, Carry, Inst, Kernel, Order, Role};
use numfuse_ir::ops::fold::Fold;
use numfuse_ir::scalar::Scalar;
use smallvec::smallvec;

/// `folds` over each row of `x[i * n + j]`, all in one pass; each part to a buffer.
fn folds_of_rows(folds: &[Fold], dtype: DType) -> Kernel {
    let mut b = Build::new(&[param(0), param(1)], 1, 2);
    let x = b.buffer(dtype, Role::In);
    let v = b.load(x, at(known(0), &[(param(1), 0), (known(1), 1)]));
    let place = b.push(Inst::Coord(Index::axis(AxisId(1))), DType::I64);
    let args = |fold: Fold| if fold.arguments() == 2 { smallvec![v, place] } else { smallvec![v] };
    let pass = b.fold(&[1], Order::Free, folds[0], &args(folds[0]));
    for &fold in &folds[1..] {
        b.kernel.passes[pass.index()].carries.push(Carry { fold, args: args(fold) });
    }
    for (carry, fold) in (0..).zip(folds) {
        for part in 0..fold.parts() {
            let dtype = fold.part_dtype(dtype, part);
            let y = b.buffer(dtype, Role::Out);
            let end = b.push(Inst::Final { pass, carry, part: part as u32 }, dtype);
            b.store(&[], y, at(known(0), &[(known(1), 0)]), end);
        }
    }
    b.kernel
}

/// The results of rows that lie one after the other.
fn results(kernel: &Kernel, mapping: Mapping, x: &[u8], rows: usize, n: usize) -> Vec<Vec<Scalar>> {
    let mut buffers = vec![vec![0; rows * 8]; kernel.buffers.len()];
    buffers[0] = x.to_vec();
    run(kernel, mapping, &mut buffers, &[], &[rows as i64, n as i64]);
    let of_buffer = |(bytes, dtype): (&Vec<u8>, DType)| Scalar::decode(dtype, &bytes[..rows * dtype.bytes()]);
    buffers.iter().zip(kernel.buffers.iter().map(|b| b.dtype)).skip(1).map(of_buffer).collect()
}

/// Every mapping gives what one lane after the other gives.
fn agrees(folds: &[Fold], dtype: DType, x: &[u8], rows: usize, n: usize) {
    let kernel = folds_of_rows(folds, dtype);
    let want = results(&kernel, flat(4), x, rows, n);
    for mapping in [row(4), row(16), row(32), split(8), split(32)] {
        let got = results(&kernel, mapping, x, rows, n);
        let same = got.iter().flatten().zip(want.iter().flatten()).all(|(a, b)| a.same(*b));
        assert!(same, "{folds:?} of {dtype} by {mapping}, {rows} rows of {n}: {got:?}, not {want:?}");
    }
}

const SIZES: [usize; 9] = [0, 1, 3, 31, 32, 1000, 1024, 8192, 20_001];

#[test]
fn extremes_of_floats_and_their_places() {
    let specials = [0.0, -0.0, f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1e9, -1e9];
    for n in SIZES {
        let mut rows = vec![noise(n, 3), vec![0.0; n], vec![-0.0; n], vec![f32::NEG_INFINITY; n]];
        rows.push(noise(n, 4).iter().map(|v| v.round().max(0.0)).collect());
        rows.push(noise(n, 5).iter().map(|v| v.round().min(-0.0)).collect());
        for (k, special) in specials.into_iter().enumerate().filter(|_| n > 0) {
            let mut row: Vec<f32> = noise(n, 6).iter().map(|v| v.round()).collect();
            row[k * 7919 % n] = special;
            row[(k * 7919 + n / 2) % n] = special;
            rows.push(row);
        }
        let x = bytes(&rows.concat());
        for fold in [Fold::Min, Fold::Max, Fold::ArgMin, Fold::ArgMax] {
            agrees(&[fold], DType::F32, &x, rows.len(), n);
        }
        agrees(&[Fold::Max, Fold::ArgMax, Fold::Min], DType::F32, &x, rows.len(), n);
    }
}

#[test]
fn extremes_of_integers_and_their_places() {
    for n in SIZES {
        let x: Vec<u8> = noise(3 * n, 7).iter().flat_map(|v| ((v * 20.0) as i32).to_le_bytes()).collect();
        for fold in [Fold::ArgMin, Fold::ArgMax] {
            agrees(&[fold], DType::I32, &x, 3, n);
        }
        agrees(&[Fold::Sum, Fold::ArgMax], DType::I32, &x, 3, n);
        agrees(&[Fold::ArgMin], DType::I8, &x, 12, n);
    }
}

#[test]
fn truth_is_settled_wherever_it_is_found() {
    let folds = [Fold::Any, Fold::All, Fold::Min, Fold::Max, Fold::ArgMax];
    for n in SIZES {
        let (none, all) = (vec![0u8; n], vec![1u8; n]);
        let mut rows = vec![none.clone(), all.clone()];
        for place in [0, n / 3, n.saturating_sub(1)].into_iter().filter(|_| n > 0) {
            for (row, other) in [(&none, 1), (&all, 0)] {
                let mut row = row.clone();
                row[place] = other;
                rows.push(row);
            }
        }
        for fold in folds {
            agrees(&[fold], DType::Bool, &rows.concat(), rows.len(), n);
        }
        agrees(&[Fold::Any, Fold::All], DType::Bool, &rows.concat(), rows.len(), n);
    }
}
