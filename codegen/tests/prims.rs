//! Every prim on every type, in registers and as a uniform value, against `Prim::eval`.

mod common;

use common::*;
use numfuse_ir::dtype::DType;
use numfuse_ir::kernel::{Inst, Role};
use numfuse_ir::prim::Prim;
use numfuse_ir::scalar::Scalar;

/// Operands for a prim: all pairs of edges, the third walking along.
fn operands(prim: Prim, dtype: DType) -> Vec<Vec<Scalar>> {
    let values = edges(dtype);
    let mut all = Vec::new();
    for (i, &a) in values.iter().enumerate() {
        for (j, &b) in values.iter().enumerate() {
            let c = values[(3 * i + 5 * j) % values.len()];
            let of_one_type = || [a, b, c][..prim.arity()].to_vec();
            let chooses = prim == Prim::Select;
            all.push(if chooses { vec![Scalar::bool((i + j) % 2 == 0), a, b] } else { of_one_type() });
        }
    }
    all
}

fn check(prim: Prim, dtypes: &[DType]) {
    let Some(result) = prim.result(dtypes) else { return };
    let rows = operands(prim, dtypes[dtypes.len() - 1]);
    let n = rows.len();
    let mut b = Build::new(&[param(0)], 1, 1);
    let i = at(known(0), &[(known(1), 0)]);
    let inputs: Vec<_> = dtypes.iter().map(|&d| b.buffer(d, Role::In)).collect();
    let output = b.buffer(result, Role::Out);
    let args: Vec<_> = inputs.iter().map(|&x| b.load(x, i.clone())).collect();
    let v = b.prim(prim, &args);
    b.store(&[], output, i, v);
    for lanes in possible_for(&b.kernel, &[4, 8, 32, 64]) {
        let mut buffers: Vec<Vec<u8>> =
            (0..dtypes.len()).map(|a| Scalar::encode(rows.iter().map(|r| r[a]))).collect();
        buffers.push(vec![0; n * result.bytes()]);
        run(&b.kernel, flat(lanes), &mut buffers, &[], &[n as i64]);
        compare(prim, &rows, &Scalar::decode(result, &buffers[dtypes.len()]), &format!("{lanes} lanes"));
    }
}

fn compare(prim: Prim, rows: &[Vec<Scalar>], got: &[Scalar], what: &str) {
    for (args, &got) in rows.iter().zip(got) {
        let want = prim.eval(args);
        assert!(got.same(want), "{prim:?} {args:?} gave {got:?}, not {want:?} ({what})");
    }
}

/// The same with operands that are scalars of the launch: one lane.
fn check_uniform(prim: Prim, dtypes: &[DType]) {
    let Some(result) = prim.result(dtypes) else { return };
    let rows = operands(prim, dtypes[dtypes.len() - 1]);
    let mut b = Build::new(&[param(0)], 1, 1);
    b.kernel.scalars = dtypes.to_vec();
    let output = b.buffer(result, Role::Out);
    let args: Vec<_> = dtypes.iter().enumerate().map(|(k, &d)| b.push(Inst::Scalar(k as u32), d)).collect();
    let v = b.prim(prim, &args);
    b.store(&[], output, at(known(0), &[(known(1), 0)]), v);
    for args in rows.iter().step_by(9) {
        let mut buffers = [vec![0; 5 * result.bytes()]];
        run(&b.kernel, flat(4), &mut buffers, args, &[5]);
        compare(prim, &vec![args.clone(); 5], &Scalar::decode(result, &buffers[0]), "uniform");
    }
}

fn signatures(prim: Prim) -> Vec<Vec<DType>> {
    DType::ALL.iter().map(|&dtype| operand_types(prim, dtype)).collect()
}

#[test]
fn every_prim_on_every_type() {
    for prim in prims() {
        for dtypes in signatures(prim) {
            check(prim, &dtypes);
        }
    }
}

#[test]
fn every_prim_on_uniform_values() {
    for prim in prims() {
        for dtypes in signatures(prim) {
            check_uniform(prim, &dtypes);
        }
    }
}

#[test]
fn shifts_by_known_counts() {
    for &dtype in DType::ALL.iter().filter(|d| d.is_integer()) {
        for prim in [Prim::Shl, Prim::Shr] {
            for count in edges(dtype) {
                let rows: Vec<Vec<Scalar>> = edges(dtype).iter().map(|&x| vec![x, count]).collect();
                let mut b = Build::new(&[param(0)], 1, 1);
                let (x, y) = (b.buffer(dtype, Role::In), b.buffer(dtype, Role::Out));
                let i = at(known(0), &[(known(1), 0)]);
                let x = b.load(x, i.clone());
                let by = b.constant(count);
                let v = b.prim(prim, &[x, by]);
                b.store(&[], y, i, v);
                let mut buffers =
                    [Scalar::encode(rows.iter().map(|r| r[0])), vec![0; rows.len() * dtype.bytes()]];
                run(&b.kernel, flat(8), &mut buffers, &[], &[rows.len() as i64]);
                compare(prim, &rows, &Scalar::decode(dtype, &buffers[1]), "constant count");
            }
        }
    }
}
