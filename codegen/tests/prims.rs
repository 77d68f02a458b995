//! Every prim on every type, in registers and as a uniform value, against `Prim::eval`.

mod common;

use common::*;
use numfuse_ir::dtype::{DType, Kind};
use numfuse_ir::kernel::{Inst, Role};
use numfuse_ir::prim::Prim;
use numfuse_ir::scalar::Scalar;

fn prims() -> Vec<Prim> {
    use Prim::*;
    let mut all = vec![
        Add, Sub, Mul, MulHigh, Div, Rem, Neg, Abs, Min, Max, Fma, Sqrt, Floor, Ceil, Trunc, Rint, And, Or,
        Xor, Not, Shl, Shr, Lt, Le, Gt, Ge, Eq, Ne, Select,
    ];
    all.extend(DType::ALL.iter().map(|&d| Cast(d)));
    all.extend(DType::ALL.iter().map(|&d| Bitcast(d)));
    all.extend(DType::ALL.iter().map(|&d| Round(d)));
    all
}

/// Values where things go wrong.
fn edges(dtype: DType) -> Vec<Scalar> {
    match dtype.kind() {
        // Nothing in a kernel is complex.
        Kind::Complex => Vec::new(),
        Kind::Bool => vec![Scalar::bool(false), Scalar::bool(true)],
        Kind::Float => {
            let numbers = [
                0.0,
                -0.0,
                1.0,
                -1.0,
                0.5,
                -0.5,
                1.5,
                2.5,
                -2.5,
                3.7,
                127.0,
                128.0,
                -129.0,
                255.5,
                256.0,
                32768.0,
                65503.9,
                65519.9,
                65520.0,
                65536.5,
                1.00048828125,
                1.00146484375,
                1.00390625,
                1.01171875,
                6.0e-8,
                2.980_232_238_769_531_2e-8,
                2.9802323e-8,
                3.057e-5,
                6.1005353927612305e-5,
                3.3961775292304957e38,
                2147483647.0,
                2147483648.0,
                -2147483649.0,
                4294967295.0,
                4294967296.0,
                9.3e18,
                -9.3e18,
                1.9e19,
                1e300,
                1e-310,
                1e-40,
                f64::INFINITY,
                f64::NEG_INFINITY,
                f64::NAN,
            ];
            numbers.iter().map(|&x| Scalar::from_f64(dtype, x)).collect()
        }
        Kind::Signed | Kind::Unsigned => {
            let (low, high) = (dtype.min_int(), dtype.max_int());
            let bits = i128::from(dtype.bits());
            let numbers = [
                0,
                1,
                2,
                3,
                7,
                100,
                -1,
                -2,
                -7,
                low,
                low + 1,
                high,
                high - 1,
                high / 3,
                bits - 1,
                bits,
                bits + 1,
            ];
            numbers.iter().map(|&x| Scalar::from_i128(dtype, x)).collect()
        }
    }
}

/// Operands for a prim: all pairs of edges, the third walking along.
fn operands(prim: Prim, dtype: DType) -> Vec<Vec<Scalar>> {
    let values = edges(dtype);
    let mut all = Vec::new();
    for (i, &a) in values.iter().enumerate() {
        for (j, &b) in values.iter().enumerate() {
            let c = values[(3 * i + 5 * j) % values.len()];
            all.push(match prim {
                Prim::Select => vec![Scalar::bool((i + j) % 2 == 0), a, b],
                _ => [a, b, c][..prim.arity()].to_vec(),
            });
        }
    }
    all
}

fn encode(values: impl Iterator<Item = Scalar>) -> Vec<u8> {
    values.flat_map(|s| s.bits().to_le_bytes()[..s.dtype().bytes()].to_vec()).collect()
}

fn decode(dtype: DType, bytes: &[u8]) -> Vec<Scalar> {
    let one = |c: &[u8]| {
        let mut bits = [0; 8];
        bits[..c.len()].copy_from_slice(c);
        Scalar::from_bits(dtype, u64::from_le_bytes(bits))
    };
    bytes.chunks(dtype.bytes()).map(one).collect()
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
            (0..dtypes.len()).map(|a| encode(rows.iter().map(|r| r[a]))).collect();
        buffers.push(vec![0; n * result.bytes()]);
        run(&b.kernel, flat(lanes), &mut buffers, &[], &[n as i64]);
        compare(prim, &rows, &decode(result, &buffers[dtypes.len()]), &format!("{lanes} lanes"));
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
    for args in rows.iter().step_by(7) {
        let mut buffers = [vec![0; 5 * result.bytes()]];
        run(&b.kernel, flat(4), &mut buffers, args, &[5]);
        compare(prim, &vec![args.clone(); 5], &decode(result, &buffers[0]), "uniform");
    }
}

fn signatures(prim: Prim) -> Vec<Vec<DType>> {
    let of = |&d: &DType| match prim {
        Prim::Select => vec![DType::Bool, d, d],
        _ => vec![d; prim.arity()],
    };
    DType::ALL.iter().map(of).collect()
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
                let mut buffers = [encode(rows.iter().map(|r| r[0])), vec![0; rows.len() * dtype.bytes()]];
                run(&b.kernel, flat(8), &mut buffers, &[], &[rows.len() as i64]);
                compare(prim, &rows, &decode(dtype, &buffers[1]), "constant count");
            }
        }
    }
}
