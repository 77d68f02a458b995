//! Pairs computed by scalars: identities and the special values that matter most.

use super::*;

fn c128(re: f64, im: f64) -> Scalar {
    Scalar::complex(Scalar::f64(re), Scalar::f64(im))
}

fn parts(x: Scalar) -> (f64, f64) {
    (x.real().to_f64(), x.imaginary().to_f64())
}

/// The op of these numbers, in parts.
fn of(op: Op, args: &[(f64, f64)]) -> (f64, f64) {
    parts(op.eval(&args.iter().map(|&(re, im)| c128(re, im)).collect::<Vec<_>>()))
}

#[test]
fn arithmetic_is_that_of_pairs() {
    assert_eq!(of(Op::Multiply, &[(1.0, 2.0), (3.0, -1.0)]), (5.0, 5.0));
    assert_eq!(of(Op::Divide, &[(5.0, 5.0), (4.0, -2.0)]), (0.5, 1.5));
    assert_eq!(of(Op::Divide, &[(5.0, 5.0), (1.0, 2.0)]), (3.0, -1.0));
    assert_eq!(of(Op::Reciprocal, &[(0.0, 2.0)]), (0.0, -0.5));
    assert_eq!(of(Op::Divide, &[(1.0, -1.0), (0.0, 0.0)]), (f64::INFINITY, f64::NEG_INFINITY));
    assert_eq!(Op::Absolute.eval(&[c128(3.0, -4.0)]), Scalar::f64(5.0));
    assert_eq!(of(Op::Sign, &[(3.0, -4.0)]), (0.6, -0.8));
    assert_eq!(parts(Op::Complex.eval(&[Scalar::f32(1.5), Scalar::f32(-0.0)])), (1.5, -0.0));
}

#[test]
fn functions_undo_each_other() {
    let pairs = [
        (Op::Exp, Op::Log),
        (Op::Sin, Op::Arcsin),
        (Op::Cos, Op::Arccos),
        (Op::Tan, Op::Arctan),
        (Op::Sinh, Op::Arcsinh),
        (Op::Cosh, Op::Arccosh),
        (Op::Tanh, Op::Arctanh),
        (Op::Square, Op::Sqrt),
        (Op::Expm1, Op::Log1p),
    ];
    for (there, back) in pairs {
        for z in [(0.3, 0.7), (0.4, -0.2), (1.25, 0.5), (0.001, 1.0)] {
            let found = of(there, &[of(back, &[z])]);
            let apart = (found.0 - z.0).hypot(found.1 - z.1);
            assert!(apart < 1e-15, "{there:?} of {back:?} of {z:?}: {found:?}");
        }
    }
}

#[test]
fn roots_and_logarithms_reach_the_ends_of_the_range() {
    let (re, im) = of(Op::Sqrt, &[(f64::MAX, f64::MAX)]);
    assert!(
        (re / 1.473_094_556_905_565e154 - 1.0).abs() < 1e-15
            && (im / 6.101_757_441_282_702e153 - 1.0).abs() < 1e-15
    );
    assert_eq!(of(Op::Sqrt, &[(-4.0, -0.0)]), (0.0, -2.0));
    assert_eq!(of(Op::Sqrt, &[(f64::NEG_INFINITY, 1.0)]), (0.0, f64::INFINITY));
    let (re, im) = of(Op::Log, &[(5e-324, 5e-324)]);
    assert!((re + 744.093_498_331_101_3).abs() < 1e-12 && (im - std::f64::consts::FRAC_PI_4).abs() < 1e-15);
    assert_eq!(of(Op::Log, &[(0.0, -0.0)]), (f64::NEG_INFINITY, -0.0));
    let (re, im) = of(Op::Exp, &[(709.9, 0.785)]);
    assert!(re.is_finite() && im.is_finite());
    assert_eq!(of(Op::Exp, &[(f64::NEG_INFINITY, f64::NAN)]), (0.0, 0.0));
}

#[test]
fn parts_that_no_nan_reaches_are_known() {
    let height = (0.0, f64::NAN);
    let (re, im) = of(Op::Arccos, &[height]);
    assert!(re == std::f64::consts::FRAC_PI_2 && im.is_nan());
    let (re, im) = of(Op::Arccosh, &[height]);
    assert!(re.is_nan() && im == std::f64::consts::FRAC_PI_2);
    for zero in [0.0, -0.0f64] {
        let (re, im) = of(Op::Arctanh, &[(zero, f64::NAN)]);
        assert!(re.to_bits() == zero.to_bits() && im.is_nan());
    }
}

#[test]
fn casts_drop_and_add_imaginary_parts() {
    let z = Value::of(c128(2.5, -1.0));
    assert_eq!(z.cast(DType::F32).whole(), Scalar::f32(2.5));
    assert_eq!(z.cast(DType::C64).whole(), Scalar::complex(Scalar::f32(2.5), Scalar::f32(-1.0)));
    assert_eq!(Value::of(c128(0.0, -1.0)).cast(DType::Bool).whole(), Scalar::bool(true));
    assert_eq!(Value::of(Scalar::bool(true)).cast(DType::C128).whole(), c128(1.0, 0.0));
}

/// Numbers of many sizes: random ones, some beside 1, some close to an axis.
fn points(count: usize) -> impl Iterator<Item = (f64, f64)> {
    let mut state = 0x9e37_79b9_7f4a_7c15u64;
    let mut random = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f64 / f64::from(1 << 24) - 0.5
    };
    (0..count).map(move |i| {
        let (re, im, size) = (random(), random(), random());
        match i % 4 {
            0 => (re * 8.0, im * 8.0),
            1 => (re * 2f64.powf(size * 40.0), im * 2f64.powf(size * 40.0)),
            2 => (1.0 + re * 2f64.powf(size * 30.0 - 15.0), im * 2f64.powf(size * 30.0 - 15.0)),
            _ => (re * 4.0, im * 2f64.powf(size * 40.0 - 20.0)),
        }
    })
}

/// The largest error of a function in complex64, against the same in complex128, in units of 2^-23 of the
/// result's size: of either part.
fn largest_error(op: Op, count: usize) -> (f64, (f64, f64)) {
    let mut worst = (0.0, (0.0, 0.0));
    for (re, im) in points(count) {
        let single = Scalar::complex(Scalar::f32(re as f32), Scalar::f32(im as f32));
        let exact = parts(op.eval(&[Value::of(single).cast(DType::C128).whole()]));
        let found = parts(op.eval(&[single]));
        let size = exact.0.hypot(exact.1);
        let ordinary = f64::from(f32::MIN_POSITIVE) < size && size < f64::from(f32::MAX) / 4.0;
        let error = (found.0 - exact.0).abs().max((found.1 - exact.1).abs()) / size * 2f64.powi(23);
        if ordinary && (error > worst.0 || error.is_nan()) {
            worst = (error, (re, im));
        }
    }
    worst
}

/// The functions of which docs/accuracy.md states the error.
const STATED: [Op; 22] = [
    Op::Reciprocal,
    Op::Square,
    Op::Sign,
    Op::Sqrt,
    Op::Exp,
    Op::Expm1,
    Op::Log,
    Op::Log2,
    Op::Log10,
    Op::Log1p,
    Op::Sin,
    Op::Cos,
    Op::Tan,
    Op::Sinh,
    Op::Cosh,
    Op::Tanh,
    Op::Arcsin,
    Op::Arccos,
    Op::Arctan,
    Op::Arcsinh,
    Op::Arccosh,
    Op::Arctanh,
];

#[test]
fn errors_are_as_stated() {
    for op in STATED {
        let (error, (re, im)) = largest_error(op, 10_000);
        println!("{}: {error:.2} at {re:e}, {im:e}", op.name());
        assert!(error <= 2.5, "{} errs by {error} at {re:e}, {im:e}", op.name());
    }
}
