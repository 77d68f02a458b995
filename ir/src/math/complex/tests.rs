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
