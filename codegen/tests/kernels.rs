//! Small kernels in every mapping, against references written from the rules.

mod common;

use common::*;
use numfuse_codegen::{Layout, Mapping, Worker, choose, compile, disassemble, launch};
use numfuse_ir::dtype::DType;
use numfuse_ir::index::{Guard, Index, Range, Term};
use numfuse_ir::kernel::{AxisId, Inst, Kernel, Order, Role};
use numfuse_ir::ops::fold::Fold;
use numfuse_ir::prim::Prim;
use numfuse_ir::scalar::Scalar;
use numfuse_ir::target::{Target, Vectors};

const SIZES: [usize; 11] = [1, 2, 31, 32, 33, 511, 512, 513, 1000, 16385, 40000];

/// `a * x + b` with scalars at launch, each operation rounded.
fn axpb() -> Kernel {
    let mut b = Build::new(&[param(0)], 1, 1);
    let (x, y) = (b.buffer(DType::F32, Role::In), b.buffer(DType::F32, Role::Out));
    b.kernel.scalars = vec![DType::F32, DType::F32];
    let a = b.push(Inst::Scalar(0), DType::F32);
    let c = b.push(Inst::Scalar(1), DType::F32);
    let x = b.load(x, at(known(0), &[(known(1), 0)]));
    let p = b.prim(Prim::Mul, &[a, x]);
    let v = b.prim(Prim::Add, &[p, c]);
    b.store(&[], y, at(known(0), &[(known(1), 0)]), v);
    b.kernel
}

#[test]
fn elementwise_at_every_tail() {
    let kernel = axpb();
    for lanes in possible(&[4, 8, 16, 32, 64]) {
        for n in SIZES {
            let x = noise(n, 1);
            let mut buffers = [bytes(&x), vec![0; n * 4 + 64]];
            run(&kernel, flat(lanes), &mut buffers, &[Scalar::f32(1.5), Scalar::f32(0.1)], &[n as i64]);
            let want: Vec<f32> = x.iter().map(|v| 1.5f32 * v + 0.1f32).collect();
            assert_eq!(bits(&floats(&buffers[1])[..n]), bits(&want), "{lanes} lanes, {n} elements");
            assert!(buffers[1][n * 4..].iter().all(|&b| b == 0), "nothing is written beyond the end");
        }
    }
}

#[test]
fn a_broadcast_sum_in_two_dimensions() {
    let (rows, cols) = (7usize, 45usize);
    let mut b = Build::new(&[param(0), param(1)], 2, 3);
    let (x, y) = (b.buffer(DType::F32, Role::In), b.buffer(DType::F32, Role::In));
    let z = b.buffer(DType::F32, Role::Out);
    let x = b.load(x, at(known(0), &[(known(1), 0)]));
    let y = b.load(y, at(known(0), &[(known(1), 1)]));
    let sum = b.prim(Prim::Add, &[x, y]);
    b.store(&[], z, at(known(0), &[(param(2), 0), (known(1), 1)]), sum);
    let (x, y) = (noise(rows, 2), noise(cols, 3));
    let want: Vec<f32> = x.iter().flat_map(|a| y.iter().map(move |b| a + b)).collect();
    for mapping in [flat(8), row(8), tall(4), tall(8), tall(32)] {
        let mut buffers = [bytes(&x), bytes(&y), vec![0; rows * cols * 4]];
        run(&b.kernel, mapping, &mut buffers, &[], &[rows as i64, cols as i64, cols as i64]);
        assert_eq!(bits(&floats(&buffers[2])), bits(&want), "{mapping}");
    }
}

#[test]
fn strided_loads_and_stores() {
    let mut b = Build::new(&[param(0)], 1, 2);
    let (x, y) = (b.buffer(DType::F32, Role::In), b.buffer(DType::F32, Role::Out));
    let v = b.load(x, at(param(1), &[(known(-1), 0)]));
    b.store(&[], y, at(known(1), &[(known(3), 0)]), v);
    for n in [1usize, 3, 16, 29] {
        let x = noise(n, 4);
        let mut buffers = [bytes(&x), vec![0; 3 * n * 4]];
        run(&b.kernel, flat(8), &mut buffers, &[], &[n as i64, n as i64 - 1]);
        let got = floats(&buffers[1]);
        for i in 0..n {
            assert_eq!(got[3 * i + 1], x[n - 1 - i]);
            assert_eq!((got[3 * i], got[3 * i + 2]), (0.0, 0.0));
        }
    }
}

/// Backwards into every third element, and from and to wherever a list of places says.
#[test]
fn elements_of_every_size_move_anywhere() {
    for dtype in [DType::U8, DType::I16, DType::U32, DType::F64, DType::Bool] {
        let mut b = Build::new(&[param(0)], 1, 2);
        let [x, y, taken, put] =
            [Role::In, Role::Out, Role::Out, Role::Out].map(|role| b.buffer(dtype, role));
        let p = b.buffer(DType::I64, Role::In);
        let i = at(known(0), &[(known(1), 0)]);
        let place = b.load(p, i.clone());
        let there = Index { offset: known(0), terms: [(known(1), Term::Value(place))].into_iter().collect() };
        let backwards = b.load(x, at(param(1), &[(known(-1), 0)]));
        b.store(&[], y, at(known(1), &[(known(3), 0)]), backwards);
        let from_there = b.load(x, there.clone());
        b.store(&[], taken, i, from_there);
        b.store(&[], put, there, backwards);
        let size = dtype.bytes();
        for (n, lanes) in
            [1usize, 5, 64, 150].into_iter().flat_map(|n| possible(&[4, 8, 32, 64]).map(move |l| (n, l)))
        {
            let most = if dtype == DType::Bool { 2 } else { 251 };
            let x: Vec<u8> = (0..n * size).map(|k| (k * 37 % most) as u8).collect();
            let places: Vec<usize> = (0..n).map(|i| (i * 7 + 3) % n).collect();
            let p = places.iter().flat_map(|&at| (at as i64).to_le_bytes()).collect();
            let mut buffers = [x.clone(), vec![0; 3 * n * size], vec![0; n * size], vec![0; n * size], p];
            run(&b.kernel, flat(lanes), &mut buffers, &[], &[n as i64, n as i64 - 1]);
            let element = |of: &[u8], at: usize| of[at * size..(at + 1) * size].to_vec();
            for i in 0..n {
                let turned = element(&x, n - 1 - i);
                assert_eq!(element(&buffers[1], 3 * i + 1), turned, "{dtype}, {i} of {n}, {lanes} lanes");
                assert_eq!(element(&buffers[1], 3 * i), vec![0; size]);
                assert_eq!(element(&buffers[2], i), element(&x, places[i]), "{dtype}, {i} of {n}");
                let last = (0..n).rev().find(|&k| places[k] == places[i]).expect("at least this one");
                assert_eq!(element(&buffers[3], places[i]), element(&x, n - 1 - last), "{dtype}, {i} of {n}");
            }
        }
    }
}

/// `y[i] = fold over j of x[i * s0 + j * s1]`.
fn row_fold(fold: Fold, order: Order, dtype: DType, s1: numfuse_ir::index::Word) -> Kernel {
    let mut b = Build::new(&[param(0), param(1)], 1, 4);
    let (x, y) = (b.buffer(dtype, Role::In), b.buffer(dtype, Role::Out));
    let v = b.load(x, at(known(0), &[(param(2), 0), (s1, 1)]));
    let pass = b.fold(&[1], order, fold, &[v]);
    let total = b.result(pass, 0);
    b.store(&[], y, at(known(0), &[(known(1), 0)]), total);
    b.kernel
}

#[test]
fn sums_in_lanes_have_one_order() {
    let kernel = row_fold(Fold::Sum, Order::Lanes, DType::F32, known(1));
    let sizes = [0, 1, 2, 31, 32, 33, 511, 512, 513, 1000, 16385, 40000, (1 << 18) + 5];
    for n in sizes {
        let rows = if n > 2000 { 2 } else { 11 };
        let x = noise(rows * n, 5);
        let want: Vec<f32> = (0..rows).map(|r| sum_in_lanes(&x[r * n..][..n])).collect();
        for lanes in [4, 8, 16, 32] {
            for mapping in [flat(lanes), row(lanes), split(lanes), bands(lanes)] {
                let mut buffers = [bytes(&x), vec![0; rows * 4]];
                run(&kernel, mapping, &mut buffers, &[], &[rows as i64, n as i64, n as i64, 1]);
                assert_eq!(bits(&floats(&buffers[1])), bits(&want), "{mapping}, {n} columns");
            }
        }
    }
}

#[test]
fn fewer_levels_give_the_same_bits() {
    let kernel = row_fold(Fold::Sum, Order::Lanes, DType::F32, known(1));
    for (n, levels) in [(300usize, 1u8), (512, 1), (513, 2), (1 << 18, 2), ((1 << 18) + 1, 3)] {
        let x = noise(n, 6);
        let want = vec![sum_in_lanes(&x)];
        let mappings = [
            Mapping { levels, ..Mapping::new(Layout::Flat, Worker::Core, 8) },
            Mapping { levels, ..Mapping::new(Layout::Row, Worker::Core, 8) },
            Mapping { levels, ..Mapping::new(Layout::Split, Worker::Core, 8) },
        ];
        for mapping in mappings {
            let mut buffers = [bytes(&x), vec![0; 4]];
            run(&kernel, mapping, &mut buffers, &[], &[1, n as i64, n as i64, 1]);
            assert_eq!(bits(&floats(&buffers[1])), bits(&want), "{mapping}, {n} columns");
        }
    }
}

#[test]
fn sums_over_an_outer_axis_go_in_groups() {
    let kernel = row_fold(Fold::Sum, Order::Groups, DType::F32, param(3));
    for n in [0usize, 1, 127, 128, 129, 1000, 20000] {
        let rows = 37;
        let x = noise(rows * n, 7);
        let column = |r: usize| (0..n).map(|j| x[j * rows + r]).collect::<Vec<f32>>();
        let want: Vec<f32> = (0..rows).map(|r| sum_in_groups(&column(r))).collect();
        let mut kernel = kernel.clone();
        // x[j * rows + i]: the row axis is the contiguous one.
        if let Inst::Load(_, index) = &mut kernel.body[0] {
            index.terms[0].0 = known(1);
        }
        for mapping in [flat(4), flat(16), row(8), bands(4), bands(16)] {
            let mut buffers = [bytes(&x), vec![0; rows * 4]];
            run(&kernel, mapping, &mut buffers, &[], &[rows as i64, n as i64, 1, rows as i64]);
            assert_eq!(bits(&floats(&buffers[1])), bits(&want), "{mapping}, {n} deep");
        }
    }
}

#[test]
fn every_part_of_every_fold_has_the_same_bits_in_every_mapping() {
    for fold in [Fold::Sum, Fold::Prod, Fold::Min, Fold::Max, Fold::Moments, Fold::ArgMin, Fold::ArgMax] {
        for order in [Order::Lanes, Order::Groups] {
            // x[j * rows + i]: the row axis is the contiguous one.
            let mut b = Build::new(&[param(0), param(1)], 1, 3);
            let x = b.buffer(DType::F32, Role::In);
            let v = b.load(x, at(known(0), &[(known(1), 0), (param(2), 1)]));
            let mut args = vec![v];
            if matches!(fold, Fold::ArgMin | Fold::ArgMax) {
                args.push(b.push(Inst::Coord(at(known(0), &[(known(1), 1)])), DType::I64));
            }
            let pass = b.fold(&[1], order, fold, &args);
            for part in 0..fold.parts() {
                let y = b.buffer(fold.part_dtype(DType::F32, part), Role::Out);
                let end = b.result(pass, part as u32);
                b.store(&[], y, at(known(0), &[(known(1), 0)]), end);
            }
            for (rows, n) in [(37usize, 5usize), (21, 20_000)] {
                let x = noise(rows * n, 10);
                let seen = |mapping: Mapping| {
                    let mut buffers = vec![vec![0; rows * 8]; 1 + fold.parts()];
                    buffers[0] = bytes(&x);
                    run(&b.kernel, mapping, &mut buffers, &[], &[rows as i64, n as i64, rows as i64]);
                    buffers.split_off(1)
                };
                let want = seen(flat(8));
                // Groups lie along rows: `choose` never splits them.
                let split = (order == Order::Lanes).then_some(split(8));
                for mapping in [row(16), bands(4), bands(16)].into_iter().chain(split) {
                    assert!(seen(mapping) == want, "{fold:?} in {order:?}: {mapping}, {rows} x {n}");
                }
            }
        }
    }
}

#[test]
fn three_passes_share_a_row() {
    // (x - max) / sum(x - max): softmax without its exp.
    let mut b = Build::new(&[param(0), param(1)], 1, 2);
    let (x, y) = (b.buffer(DType::F32, Role::In), b.buffer(DType::F32, Role::Out));
    let place = at(known(0), &[(param(1), 0), (known(1), 1)]);
    let v = b.load(x, place.clone());
    let most = b.fold(&[1], Order::Free, Fold::Max, &[v]);
    let most = b.result(most, 0);
    let shifted = b.prim(Prim::Sub, &[v, most]);
    let sum = b.fold(&[1], Order::Lanes, Fold::Sum, &[shifted]);
    let sum = b.result(sum, 0);
    let share = b.prim(Prim::Div, &[shifted, sum]);
    b.store(&[1], y, place, share);
    for (rows, n) in [(3usize, 5usize), (40, 77), (2, 1500)] {
        let x = noise(rows * n, 8);
        let mut want = Vec::new();
        for row in x.chunks(n) {
            let most = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            let shifted: Vec<f32> = row.iter().map(|v| v - most).collect();
            let sum = sum_in_lanes(&shifted);
            want.extend(shifted.iter().map(|v| v / sum));
        }
        for mapping in [flat(4), flat(8), row(4), row(16)] {
            let mut buffers = [bytes(&x), vec![0; rows * n * 4]];
            run(&b.kernel, mapping, &mut buffers, &[], &[rows as i64, n as i64]);
            assert_eq!(bits(&floats(&buffers[1])), bits(&want), "{mapping}, {rows} x {n}");
        }
    }
}

#[test]
fn two_column_axes_are_one_sequence() {
    // Columns (j, k) of x[i, k, j]: the row-major sequence is not the order in memory.
    let mut b = Build::new(&[param(0), param(1), param(2)], 1, 4);
    let (x, y) = (b.buffer(DType::F32, Role::In), b.buffer(DType::F32, Role::Out));
    let v = b.load(x, at(known(0), &[(param(3), 0), (known(1), 1), (param(1), 2)]));
    let pass = b.fold(&[1, 2], Order::Lanes, Fold::Sum, &[v]);
    let total = b.result(pass, 0);
    b.store(&[], y, at(known(0), &[(known(1), 0)]), total);
    for (rows, j, k) in [(3usize, 5usize, 7usize), (9, 40, 33), (1, 1, 600)] {
        let x = noise(rows * j * k, 9);
        let sequence = |r: usize| -> Vec<f32> {
            let element = |p: usize| x[r * j * k + p / k + (p % k) * j];
            (0..j * k).map(element).collect()
        };
        let want: Vec<f32> = (0..rows).map(|r| sum_in_lanes(&sequence(r))).collect();
        for mapping in [flat(8), row(8), split(8)] {
            let mut buffers = [bytes(&x), vec![0; rows * 4]];
            run(&b.kernel, mapping, &mut buffers, &[], &[rows as i64, j as i64, k as i64, (j * k) as i64]);
            assert_eq!(bits(&floats(&buffers[1])), bits(&want), "{mapping}");
        }
    }
}

#[test]
fn masks_of_mixed_width() {
    // where(x < 0 and mask, float32(d > 1), x), with d a float64 and mask a stored bool.
    let mut b = Build::new(&[param(0)], 1, 1);
    let (x, d) = (b.buffer(DType::F32, Role::In), b.buffer(DType::F64, Role::In));
    let (m, y, t) =
        (b.buffer(DType::Bool, Role::In), b.buffer(DType::F32, Role::Out), b.buffer(DType::Bool, Role::Out));
    let i = at(known(0), &[(known(1), 0)]);
    let (x, d, m) = (b.load(x, i.clone()), b.load(d, i.clone()), b.load(m, i.clone()));
    let (zero, one) = (b.constant(Scalar::f32(0.0)), b.constant(Scalar::f64(1.0)));
    let low = b.prim(Prim::Lt, &[x, zero]);
    let both = b.prim(Prim::And, &[low, m]);
    let big = b.prim(Prim::Gt, &[d, one]);
    let number = b.prim(Prim::Cast(DType::F32), &[big]);
    let v = b.prim(Prim::Select, &[both, number, x]);
    let differ = b.prim(Prim::Xor, &[big, both]);
    b.store(&[], y, i.clone(), v);
    b.store(&[], t, i, differ);
    for n in [1usize, 15, 16, 100] {
        let x = noise(n, 10);
        let d: Vec<f64> = noise(n, 11).iter().map(|&v| f64::from(v)).collect();
        let m: Vec<u8> = (0..n).map(|i| (i % 3 == 0) as u8).collect();
        for lanes in possible(&[4, 8, 16, 32, 64]) {
            let d_bytes = d.iter().flat_map(|v| v.to_le_bytes()).collect();
            let mut buffers = [bytes(&x), d_bytes, m.clone(), vec![0; n * 4], vec![9; n]];
            run(&b.kernel, flat(lanes), &mut buffers, &[], &[n as i64]);
            let got = floats(&buffers[3]);
            for i in 0..n {
                let (both, big) = (x[i] < 0.0 && m[i] == 1, d[i] > 1.0);
                assert_eq!(got[i], if both { f32::from(big as u8) } else { x[i] });
                assert_eq!(buffers[4][i], (both != big) as u8);
            }
        }
    }
}

#[test]
fn guards_keep_loads_inside() {
    // pad: y[i] = x[i - 3] where 3 <= i < n + 3, else 7. x is followed by nothing.
    let mut b = Build::new(&[param(0)], 1, 2);
    let (x, y) = (b.buffer(DType::F32, Role::In), b.buffer(DType::F32, Role::Out));
    let v = b.load(x, at(known(-3), &[(known(1), 0)]));
    let fill = b.constant(Scalar::f32(7.0));
    let range = Range { index: Index::axis(AxisId(0)), low: known(3), high: param(1) };
    let v = b.push(Inst::Pick { guard: Guard { ranges: vec![range] }, inside: v, outside: fill }, DType::F32);
    b.store(&[], y, at(known(0), &[(known(1), 0)]), v);
    for n in [0usize, 1, 13, 64, 65] {
        let x = noise(n, 12);
        let total = n + 6;
        for lanes in possible(&[4, 8, 16, 64]) {
            let mut buffers = [bytes(&x), vec![0; total * 4]];
            run(&b.kernel, flat(lanes), &mut buffers, &[], &[total as i64, n as i64 + 3]);
            let want: Vec<f32> =
                (0..total).map(|i| if (3..n + 3).contains(&i) { x[i - 3] } else { 7.0 }).collect();
            assert_eq!(floats(&buffers[1]), want, "{n} inside, {lanes} lanes");
        }
    }
}

/// An element that all lanes share, under a guard that holds in some lanes, in one, in all and in none.
#[test]
fn one_element_under_a_guard_is_loaded_where_any_lane_needs_it() {
    // y[i] = x[0] where low <= i < high, else 7.
    for dtype in [DType::F32, DType::I8, DType::I16, DType::F64, DType::Bool] {
        let mut b = Build::new(&[param(0)], 1, 3);
        let (x, y) = (b.buffer(dtype, Role::In), b.buffer(dtype, Role::Out));
        let v = b.load(x, at(known(0), &[]));
        let fill = b.constant(Scalar::zero(dtype));
        let range = Range { index: Index::axis(AxisId(0)), low: param(1), high: param(2) };
        let v = b.push(Inst::Pick { guard: Guard { ranges: vec![range] }, inside: v, outside: fill }, dtype);
        b.store(&[], y, at(known(0), &[(known(1), 0)]), v);
        let one = Scalar::encode([Scalar::one(dtype)]);
        for (n, low, high) in
            [(64usize, 0i64, 64i64), (64, 63, 64), (64, 0, 1), (130, 1, 129), (130, 200, 300)]
        {
            for lanes in possible(&[4, 8, 32, 64]) {
                let mut buffers = [one.clone(), vec![9; n * dtype.bytes()]];
                run(&b.kernel, flat(lanes), &mut buffers, &[], &[n as i64, low, high]);
                for (i, got) in buffers[1].chunks(dtype.bytes()).enumerate() {
                    let inside = (low..high).contains(&(i as i64));
                    let want = if inside { one.clone() } else { vec![0; dtype.bytes()] };
                    assert_eq!(got, want, "{dtype}, {i} of {n} in {low}..{high}, {lanes} lanes");
                }
            }
        }
    }
}

#[test]
fn gathers_and_digits() {
    // y[i] = x[p[i]] + x[(i / 2) % 5].
    let mut b = Build::new(&[param(0)], 1, 1);
    let (x, p) = (b.buffer(DType::F32, Role::In), b.buffer(DType::I64, Role::In));
    let y = b.buffer(DType::F32, Role::Out);
    let i = at(known(0), &[(known(1), 0)]);
    let place = b.load(p, i.clone());
    let taken =
        b.load(x, Index { offset: known(0), terms: [(known(1), Term::Value(place))].into_iter().collect() });
    let digit = Term::Digit { axis: AxisId(0), div: known(2), modulo: known(5) };
    let cycled = b.load(x, Index { offset: known(0), terms: [(known(1), digit)].into_iter().collect() });
    let sum = b.prim(Prim::Add, &[taken, cycled]);
    b.store(&[], y, i, sum);
    let x = noise(8, 13);
    for n in [1usize, 16, 21] {
        let p: Vec<i64> = (0..n as i64).map(|i| (i * 5) % 8).collect();
        let mut buffers = [bytes(&x), p.iter().flat_map(|v| v.to_le_bytes()).collect(), vec![0; n * 4]];
        run(&b.kernel, flat(8), &mut buffers, &[], &[n as i64]);
        let want: Vec<f32> = (0..n).map(|i| x[p[i] as usize] + x[i / 2 % 5]).collect();
        assert_eq!(floats(&buffers[2]), want);
    }
}

#[test]
fn a_fold_inside_a_fold() {
    // y[i] = max over j of (sum over k of x[i, k] * c[j, k]).
    let mut b = Build::new(&[param(0), param(1), param(2)], 1, 3);
    let (x, c) = (b.buffer(DType::F32, Role::In), b.buffer(DType::F32, Role::In));
    let y = b.buffer(DType::F32, Role::Out);
    let x = b.load(x, at(known(0), &[(param(2), 0), (known(1), 2)]));
    let c = b.load(c, at(known(0), &[(param(2), 1), (known(1), 2)]));
    let product = b.prim(Prim::Mul, &[x, c]);
    let inner = b.fold(&[2], Order::Lanes, Fold::Sum, &[product]);
    b.kernel.passes[0].inner = true;
    let dot = b.result(inner, 0);
    let outer = b.fold(&[1], Order::Free, Fold::Max, &[dot]);
    let best = b.result(outer, 0);
    b.store(&[], y, at(known(0), &[(known(1), 0)]), best);
    let (m, n, d) = (19usize, 37usize, 5usize);
    let (x, c) = (noise(m * d, 14), noise(n * d, 15));
    let dot = |i: usize, j: usize| {
        let products: Vec<f32> = (0..d).map(|k| x[i * d + k] * c[j * d + k]).collect();
        sum_in_lanes(&products)
    };
    let want: Vec<f32> =
        (0..m).map(|i| (0..n).map(|j| dot(i, j)).fold(f32::NEG_INFINITY, f32::max)).collect();
    for mapping in [flat(4), flat(16), row(8)] {
        let mut buffers = [bytes(&x), bytes(&c), vec![0; m * 4]];
        run(&b.kernel, mapping, &mut buffers, &[], &[m as i64, n as i64, d as i64]);
        assert_eq!(bits(&floats(&buffers[2])), bits(&want), "{mapping}");
    }
}

#[test]
fn argmax_carries_a_place() {
    let mut b = Build::new(&[param(0), param(1)], 1, 2);
    let (x, y) = (b.buffer(DType::F32, Role::In), b.buffer(DType::I64, Role::Out));
    let v = b.load(x, at(known(0), &[(param(1), 0), (known(1), 1)]));
    let place = b.push(Inst::Coord(Index::axis(AxisId(1))), DType::I64);
    let pass = b.fold(&[1], Order::Free, Fold::ArgMax, &[v, place]);
    let best = b.result(pass, 1);
    b.store(&[], y, at(known(0), &[(known(1), 0)]), best);
    let (rows, n) = (9usize, 100usize);
    let x: Vec<f32> = noise(rows * n, 16).iter().map(|v| v.round()).collect();
    let first = |row: &[f32]| {
        let most = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        row.iter().position(|&v| v == most).expect("the row has a greatest") as i64
    };
    let want: Vec<i64> = x.chunks(n).map(first).collect();
    for mapping in [flat(4), flat(8), row(4), row(8), split(8)] {
        let mut buffers = [bytes(&x), vec![0; rows * 8]];
        run(&b.kernel, mapping, &mut buffers, &[], &[rows as i64, n as i64]);
        let got: Vec<i64> = buffers[1].as_chunks().0.iter().map(|&c| i64::from_le_bytes(c)).collect();
        assert_eq!(got, want, "{mapping}");
    }
}

#[test]
fn texts_are_deterministic() {
    let kernel = axpb();
    let text = numfuse_codegen::cpu::clif(&kernel, flat(8)).expect("it compiles");
    assert_eq!(text, numfuse_codegen::cpu::clif(&kernel, flat(8)).expect("it compiles"));
    let code = numfuse_codegen::cpu::disassemble(&kernel, flat(8)).expect("it compiles");
    assert!(code.contains("vmulps") && code.contains("vaddps"), "{code}");
}

#[test]
fn the_mapping_follows_the_shape() {
    let target = Target::FIXED;
    let name = |kernel: &Kernel, words: &[i64]| choose(kernel, words, &target).to_string();
    assert_eq!(name(&axpb(), &[1 << 20]), "flat x16");
    let rows = row_fold(Fold::Sum, Order::Lanes, DType::F32, known(1));
    assert_eq!(name(&rows, &[1000, 1000, 1000, 1]), "row x16 levels 2");
    assert_eq!(name(&rows, &[100_000, 8, 8, 1]), "flat x16");
    assert_eq!(name(&rows, &[1, 1 << 20, 1 << 20, 1]), "split x16 levels 4");
    let columns = row_fold(Fold::Sum, Order::Groups, DType::F32, param(3));
    assert_eq!(name(&columns, &[1000, 1000, 1, 1000]), "flat x16 levels 2");
}

#[test]
fn wide_vectors_have_more_lanes_but_no_more_than_a_row_fills() {
    let target = Target { vectors: Vectors::Bits512, ..Target::FIXED };
    let name = |kernel: &Kernel, words: &[i64]| choose(kernel, words, &target).to_string();
    assert_eq!(name(&axpb(), &[1 << 20]), "flat x64");
    assert_eq!(name(&axpb(), &[5]), "flat x64", "one code for every length");
    let rows = row_fold(Fold::Sum, Order::Lanes, DType::F32, known(1));
    assert_eq!(name(&rows, &[1000, 1000, 1000, 1]), "row x32 levels 2", "blocks have 32 lanes");
    let columns = row_fold(Fold::Sum, Order::Groups, DType::F32, param(3));
    assert_eq!(name(&columns, &[1000, 1000, 1, 1000]), "flat x64 levels 2");
    assert_eq!(name(&columns, &[16, 1000, 1, 1000]), "flat x16 levels 2");
    assert_eq!(name(&columns, &[63, 1000, 1, 1000]), "flat x16 levels 2");
}

#[test]
fn sixty_four_lanes_are_for_wide_vectors() {
    let refused = compile(&axpb(), flat(64), &Target::FIXED).expect_err("128 bits have at most 32 lanes");
    assert_eq!(refused.to_string(), "the mapping does not fit the kernel: 64 lanes need vectors of 512 bits");
}

#[test]
fn code_of_wide_vectors_is_the_same_text_every_time() {
    let text = || disassemble(&axpb(), flat(64), Vectors::Bits512).expect("it can be said");
    assert_eq!(text(), text());
    assert!(text().contains("zmm") && text().contains("vzeroupper"), "{}", text());
}

#[test]
fn units_depend_on_shape_alone() {
    let recipe = launch(&axpb(), flat(16), &[100_000]);
    assert_eq!((recipe.units, recipe.grain, recipe.finish), (7, 1, 0));
    let rows = row_fold(Fold::Sum, Order::Lanes, DType::F32, known(1));
    let recipe = launch(&rows, split(8), &[2, 1 << 20, 1 << 20, 1]);
    assert_eq!((recipe.units, recipe.finish, recipe.scratch_bytes), (64, 2, 2 * 2048 * 8));
}

/// `z[i, j, k] = x[i, j, k] + y[i, k, j]`, both row-major: words are extents, then strides.
fn with_transpose(dtype: DType) -> Kernel {
    let mut b = Build::new(&[param(0), param(1), param(2)], 3, 5);
    let (x, y) = (b.buffer(dtype, Role::In), b.buffer(dtype, Role::In));
    let z = b.buffer(dtype, Role::Out);
    let whole = at(known(0), &[(param(3), 0), (param(2), 1), (known(1), 2)]);
    let x = b.load(x, whole.clone());
    let y = b.load(y, at(known(0), &[(param(3), 0), (known(1), 1), (param(1), 2)]));
    let both = b.prim(if dtype == DType::Bool { Prim::Xor } else { Prim::Sub }, &[x, y]);
    b.store(&[], z, whole, both);
    b.kernel
}

#[test]
fn squares_are_turned_whatever_their_size_and_type() {
    for dtype in [DType::Bool, DType::I8, DType::I16, DType::F32, DType::F64] {
        let kernel = with_transpose(dtype);
        for (n, m) in [(1, 1), (4, 4), (5, 3), (16, 32), (33, 16), (31, 70), (64, 256), (130, 259)] {
            let bytes = (2 * n * m) * dtype.bytes();
            let noise = |seed: usize| -> Vec<u8> {
                let byte = |i: usize| (i * 37 + i / 7 * seed + seed) as u8;
                (0..bytes).map(|i| if dtype == DType::Bool { byte(i) & 1 } else { byte(i) }).collect()
            };
            let words: Vec<i64> = [2, n, m, n * m, 0].iter().map(|&w| w as i64).collect();
            let mut expected = [noise(3), noise(5), vec![0; bytes]];
            run(&kernel, flat(8), &mut expected, &[], &words);
            for lanes in [4, 8, 16, 32] {
                let mut buffers = [noise(3), noise(5), vec![0; bytes]];
                run(&kernel, tile(lanes), &mut buffers, &[], &words);
                assert!(buffers[2] == expected[2], "{dtype}, {n} by {m}, {lanes} lanes");
            }
        }
    }
}

#[test]
fn transposes_are_tiled_and_long_sums_of_few_columns_banded() {
    let layout = |kernel: &Kernel, words: &[i64]| choose(kernel, words, &Target::FIXED).layout;
    let kernel = with_transpose(DType::F32);
    assert_eq!(layout(&kernel, &[1, 100, 100, 0, 0]), Layout::Tile);
    assert_eq!(layout(&kernel, &[1, 100, 5, 0, 0]), Layout::Tall, "a square would be mostly tail");
    let mut kernel = row_fold(Fold::Sum, Order::Groups, DType::F32, param(3));
    if let Inst::Load(_, index) = &mut kernel.body[0] {
        index.terms[0].0 = known(1);
    }
    assert_eq!(layout(&kernel, &[64, 1_000_000, 1, 64]), Layout::Bands);
    assert_eq!(layout(&kernel, &[1_000_000, 64, 1, 1_000_000]), Layout::Flat, "there are rows enough");
}
