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

/// Dividends beside the multiples of a divisor, where a quotient that is rounded up shows, of every size.
fn beside_multiples(dtype: DType, by: i128) -> Vec<Scalar> {
    let bits = dtype.bits() - u32::from(dtype.is_signed());
    let by = if by == 0 { 7 } else { by };
    let mut numbers = Vec::new();
    for size in 0..bits {
        for share in [1, 3, 5, 7, 11] {
            let multiple = (1i128 << size) * share / 8 / by * by;
            numbers.extend([-1, 0, 1].map(|by| multiple + by));
            numbers.push((1i128 << size) + share - 6);
        }
    }
    let all = numbers.into_iter().flat_map(|n| [n, -n]);
    all.map(|n| Scalar::from_i128(dtype, n)).chain(edges(dtype)).collect()
}

#[test]
fn integers_are_divided_exactly_by_one_number_and_by_many() {
    const DIVISORS: [i128; 22] = [
        0,
        1,
        -1,
        2,
        3,
        -3,
        7,
        10,
        -10,
        41,
        127,
        255,
        641,
        1000,
        32749,
        65535,
        2147483647,
        6700417,
        (1 << 48) - 1,
        1 << 48,
        (1 << 52) - 1,
        (1 << 53) + 1,
    ];
    for &dtype in DType::ALL.iter().filter(|d| d.is_integer()) {
        for prim in [Prim::Div, Prim::Rem] {
            let of = |n: i128| Scalar::from_i128(dtype, n);
            for by in DIVISORS.into_iter().map(of).filter(|by| DIVISORS.contains(&by.to_i128())) {
                let rows: Vec<Vec<Scalar>> =
                    beside_multiples(dtype, by.to_i128()).into_iter().map(|x| vec![x, by]).collect();
                for is_one in [true, false] {
                    divided(prim, dtype, &rows, is_one);
                }
            }
        }
    }
}

/// Divides by a number of the launch, or by as many elements of an array.
fn divided(prim: Prim, dtype: DType, rows: &[Vec<Scalar>], is_one: bool) {
    let mut b = Build::new(&[param(0)], 1, 1);
    let i = at(known(0), &[(known(1), 0)]);
    let (x, many) = (b.buffer(dtype, Role::In), b.buffer(dtype, Role::In));
    let y = b.buffer(dtype, Role::Out);
    b.kernel.scalars = vec![dtype];
    let x = b.load(x, i.clone());
    let by = if is_one { b.push(Inst::Scalar(0), dtype) } else { b.load(many, i.clone()) };
    let v = b.prim(prim, &[x, by]);
    b.store(&[], y, i, v);
    for lanes in possible_for(&b.kernel, &[8, 32]) {
        let mut buffers: Vec<Vec<u8>> = (0..2).map(|a| Scalar::encode(rows.iter().map(|r| r[a]))).collect();
        buffers.push(vec![0; rows.len() * dtype.bytes()]);
        run(&b.kernel, flat(lanes), &mut buffers, &[rows[0][1]], &[rows.len() as i64]);
        compare(prim, rows, &Scalar::decode(dtype, &buffers[2]), &format!("{lanes} lanes, by one: {is_one}"));
    }
}
