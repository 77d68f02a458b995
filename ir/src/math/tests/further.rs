//! The same quick checks of the inverse functions, roots, logarithms of sums, and functions of statistics.

use super::*;

/// Arguments, and results rounded correctly from 1500 digits.
#[rustfmt::skip]
#[allow(clippy::approx_constant, reason = "the table is generated")]
const KNOWN: &[Known] = &[
    ("arcsin", arcsin, &[
        (1e-310, 1e-310),
        (1e-20, 1e-20),
        (0.3, 0.304_692_654_015_397_5),
        (0.5, 0.523_598_775_598_298_9),
        (-0.500_000_000_000_000_1, -0.523_598_775_598_299),
        (0.75, 0.848_062_078_981_481),
        (-0.999_999_999_999_999_9, -1.570_796_311_893_735_4),
        (1.0, 1.570_796_326_794_896_6),
    ]),
    ("arccos", arccos, &[
        (1e-20, 1.570_796_326_794_896_6),
        (0.3, 1.266_103_672_779_499_2),
        (-0.3, 1.875_488_980_810_294_1),
        (0.5, 1.047_197_551_196_597_9),
        (0.500_000_000_000_000_1, 1.047_197_551_196_597_6),
        (-0.75, 2.418_858_405_776_377_6),
        (0.999_999_999_999_999_9, 1.490_116_119_384_765_6e-8),
        (-1.0, 3.141_592_653_589_793),
    ]),
    ("arctan", arctan, &[
        (1e-310, 1e-310),
        (1e-20, 1e-20),
        (0.3, 0.291_456_794_477_867_1),
        (0.414_213_562_373_095_03, 0.392_699_081_698_724_14),
        (-0.414_213_562_373_095_1, -0.392_699_081_698_724_2),
        (1.0, 0.785_398_163_397_448_3),
        (2.414_213_562_373_095, 1.178_097_245_096_172_4),
        (1e16, 1.570_796_326_794_896_6),
        (1e300, 1.570_796_326_794_896_6),
    ]),
    ("arcsinh", arcsinh, &[
        (1e-310, 1e-310),
        (1e-20, 1e-20),
        (1e-5, 9.999_999_999_833_334e-6),
        (0.3, 0.295_673_047_563_422_44),
        (-0.75, -0.693_147_180_559_945_3),
        (2.5, 1.647_231_146_371_095_8),
        (268_435_456.0, 20.101_268_236_238_415),
        (268_435_457.0, 20.101_268_239_963_705),
        (1.797_693_134_862_315_7e308, 710.475_860_073_944),
    ]),
    ("arccosh", arccosh, &[
        (1.000_000_000_000_000_2, 2.107_342_425_544_701_4e-8),
        (1.00001, 0.004_472_132_228_242_651),
        (1.5, 0.962_423_650_119_206_9),
        (2.5, 1.566_799_236_972_411),
        (268_435_456.0, 20.101_268_236_238_415),
        (268_435_457.0, 20.101_268_239_963_705),
        (1.797_693_134_862_315_7e308, 710.475_860_073_944),
    ]),
    ("arctanh", arctanh, &[
        (1e-310, 1e-310),
        (1e-20, 1e-20),
        (1e-5, 1.000_000_000_033_333_4e-5),
        (0.3, 0.309_519_604_203_111_7),
        (-0.75, -0.972_955_074_527_656_6),
        (0.999_999_999_999_999_9, 18.714_973_875_118_524),
    ]),
    ("cbrt", cbrt, &[
        (5e-324, 1.703_183_936_003_260_3e-108),
        (1e-310, 4.641_588_833_612_774e-104),
        (1e-300, 1e-100),
        (-0.3, -0.669_432_950_082_169_5),
        (2.0, 1.259_921_049_894_873_2),
        (3.0, 1.442_249_570_307_408_3),
        (10_000_000_000.0, 2_154.434_690_031_883_7),
        (1.797_693_134_862_315_7e308, 5.643_803_094_122_362e102),
    ]),
    ("rsqrt", rsqrt, &[
        (5e-324, 4.498_913_794_543_196_4e161),
        (1e-310, 1.000_000_000_000_001_6e155),
        (0.3, 1.825_741_858_350_553_8),
        (2.0, 0.707_106_781_186_547_6),
        (3.0, 0.577_350_269_189_625_7),
        (10_000_000_000.0, 1e-5),
        (1.797_693_134_862_315_7e308, 7.458_340_731_200_207e-155),
    ]),
    ("erfc", erfc, &[
        (-30.0, 2.0),
        (-1.0, 1.842_700_792_949_714_8),
        (-0.3, 1.328_626_759_459_127_4),
        (1e-20, 1.0),
        (0.499_999_999_999_999_94, 0.479_500_122_186_953_54),
        (0.500_000_000_000_000_1, 0.479_500_122_186_953_37),
        (1.0, 0.157_299_207_050_285_13),
        (2.5, 0.000_406_952_017_444_958_9),
        (10.25, 1.290_013_890_504_290_4e-47),
        (26.5, 2.210_907_664_263_734_3e-307),
        (26.6, 1.088_512_588_544_227e-309),
        (27.2, 1e-323),
    ]),
    ("expit", expit, &[
        (-745.0, 5e-324),
        (-720.0, 2.032_230_802_4e-313),
        (-700.25, 7.678_723_813_110_872e-305),
        (-30.0, 9.357_622_968_839_299e-14),
        (-1.0, 0.268_941_421_369_995_1),
        (1e-20, 0.5),
        (0.3, 0.574_442_516_811_659),
        (5.0, 0.993_307_149_075_715_2),
        (36.5, 0.999_999_999_999_999_9),
    ]),
    ("logit", logit, &[
        (5e-324, -744.440_071_921_381_2),
        (1e-310, -713.801_378_828_154_2),
        (1e-20, -46.051_701_859_880_914),
        (0.3, -0.847_297_860_387_203_7),
        (0.499_999_999_999_999_94, -2.220_446_049_250_313e-16),
        (0.500_000_000_000_000_1, 4.440_892_098_500_626e-16),
        (0.75, 1.098_612_288_668_109_8),
        (0.999_999_999_999_999_9, 36.736_800_569_677_1),
    ]),
    ("gammaln", gammaln, &[
        (5e-324, 744.440_071_921_381_2),
        (1e-300, 690.775_527_898_213_7),
        (0.3, 1.095_797_994_818_075_6),
        (0.999_999_999_999_999_9, 6.408_381_213_480_008e-17),
        (1.000_000_000_000_000_2, -1.281_676_242_696_000_8e-16),
        (1.5, -0.120_782_237_635_245_22),
        (1.999_999_999_999_999_8, -9.387_698_065_543_117e-17),
        (2.000_000_000_000_000_4, 1.877_539_613_108_624_4e-16),
        (2.5, 0.284_682_870_472_919_2),
        (3.499_999_999_999_999_6, 1.200_973_602_347_073_8),
        (3.5, 1.200_973_602_347_074_3),
        (10.25, 13.368_023_671_476_045),
        (10_000_000_000.0, 220_258_509_288.810_58),
        (2.5e305, 1.755_511_860_237_645_2e308),
        (-0.5, 1.265_512_123_484_645_4),
        (-1.5, 0.860_047_015_376_481),
        (-10.25, -14.203_997_900_931_09),
        (-1_000.5, -5_914.437_701_116_852),
        (-1e-310, 713.801_378_828_154_2),
    ]),
    ("i0", i0, &[
        (1e-20, 1.0),
        (0.3, 1.022_626_879_351_597),
        (2.5, 3.289_839_144_050_123),
        (-7.5, 268.161_311_515_189_37),
        (8.0, 427.564_115_721_804_8),
        (8.000_000_000_000_002, 427.564_115_721_805_5),
        (100.5, 1.765_896_920_401_827e42),
        (700.25, 1.963_685_983_307_083_7e302),
        (713.9, 1.648_155_186_695_137_9e308),
    ]),
];

#[test]
fn float64_meets_known_values_within_two_ulp() {
    for (name, function, cases) in KNOWN {
        for &(x, wanted) in *cases {
            let found = function(&mut Eval, Scalar::f64(x)).to_f64();
            // Below 0, and where it is small, the logarithm of gamma is precise to places of 1.
            let near = *name == "gammaln" && x < 0.0 && (found - wanted).abs() <= 4.0 * f64::EPSILON;
            let apart = found.to_bits().abs_diff(wanted.to_bits());
            assert!(near || apart <= 2, "{name}({x:e}) is {found:e}, not {wanted:e}");
        }
    }
}

#[test]
fn float32_is_within_an_ulp_of_float64() {
    let rows: [Reference; 13] = [
        ("arcsin", arcsin, f64::asin),
        ("arccos", arccos, f64::acos),
        ("arctan", arctan, f64::atan),
        ("arcsinh", arcsinh, f64::asinh),
        ("arccosh", arccosh, f64::acosh),
        ("arctanh", arctanh, f64::atanh),
        ("cbrt", cbrt, f64::cbrt),
        ("rsqrt", rsqrt, |x| 1.0 / x.sqrt()),
        ("erfc", erfc, |x| erfc(&mut Eval, Scalar::f64(x)).to_f64()),
        ("expit", expit, |x| expit(&mut Eval, Scalar::f64(x)).to_f64()),
        ("logit", logit, |x| logit(&mut Eval, Scalar::f64(x)).to_f64()),
        (
            "gammaln",
            |k, x| {
                let x = k.abs(x);
                gammaln(k, x)
            },
            |x| gammaln(&mut Eval, Scalar::f64(x.abs())).to_f64(),
        ),
        ("i0", i0, |x| i0(&mut Eval, Scalar::f64(x)).to_f64()),
    ];
    for (name, function, reference) in rows {
        let error = largest_error(name, function, reference);
        assert!(error <= 1.0, "{name}: {error} ulp");
    }
}

#[test]
fn special_cases_are_those_of_c99_and_numpy() {
    use std::f64::consts::{FRAC_PI_2, PI};
    check(
        "arcsin",
        arcsin,
        &[(0.0, 0.0), (-0.0, -0.0), (1.0, FRAC_PI_2), (1.5, NAN), (-INF, NAN), (NAN, NAN)],
    );
    check("arccos", arccos, &[(1.0, 0.0), (0.0, FRAC_PI_2), (-1.0, PI), (-1.5, NAN), (INF, NAN), (NAN, NAN)]);
    check("arctan", arctan, &[(0.0, 0.0), (-0.0, -0.0), (INF, FRAC_PI_2), (-INF, -FRAC_PI_2), (NAN, NAN)]);
    check(
        "arcsinh",
        arcsinh,
        &[(0.0, 0.0), (-0.0, -0.0), (INF, INF), (-INF, -INF), (NAN, NAN), (1e-40, 1e-40)],
    );
    check("arccosh", arccosh, &[(1.0, 0.0), (0.5, NAN), (-5.0, NAN), (INF, INF), (-INF, NAN), (NAN, NAN)]);
    check(
        "arctanh",
        arctanh,
        &[(0.0, 0.0), (-0.0, -0.0), (1.0, INF), (-1.0, -INF), (1.5, NAN), (INF, NAN), (NAN, NAN)],
    );
    check(
        "cbrt",
        cbrt,
        &[(0.0, 0.0), (-0.0, -0.0), (27.0, 3.0), (-8.0, -2.0), (INF, INF), (-INF, -INF), (NAN, NAN)],
    );
    check("cbrt", cbrt, &[(2f64.powi(-141), 2f64.powi(-47)), (2f64.powi(-126), 2f64.powi(-42))]);
    check("rsqrt", rsqrt, &[(0.0, INF), (-0.0, -INF), (4.0, 0.5), (INF, 0.0), (-1.0, NAN), (NAN, NAN)]);
    check(
        "erfc",
        erfc,
        &[(0.0, 1.0), (-0.0, 1.0), (INF, 0.0), (-INF, 2.0), (1e30, 0.0), (-1e30, 2.0), (NAN, NAN)],
    );
    check("expit", expit, &[(0.0, 0.5), (INF, 1.0), (-INF, 0.0), (1e30, 1.0), (-1e30, 0.0), (NAN, NAN)]);
    check(
        "logit",
        logit,
        &[(0.5, 0.0), (0.0, -INF), (1.0, INF), (1.5, NAN), (-0.5, NAN), (INF, NAN), (NAN, NAN)],
    );
    let gamma =
        [(1.0, 0.0), (2.0, 0.0), (0.0, INF), (-0.0, INF), (-3.0, INF), (INF, INF), (-INF, INF), (NAN, NAN)];
    check("gammaln", gammaln, &gamma);
    check("i0", i0, &[(0.0, 1.0), (-0.0, 1.0), (INF, INF), (-INF, INF), (1e30, INF), (NAN, NAN)]);
}

/// Both types at once, for two operands.
fn check_pairs(name: &str, function: fn(&mut Eval, Scalar, Scalar) -> Scalar, cases: &[(f64, f64, f64)]) {
    for dtype in [DType::F32, DType::F64] {
        for &(a, b, wanted) in cases {
            let [a, b, wanted] = [a, b, wanted].map(|v| Scalar::from_f64(dtype, v));
            let found = function(&mut Eval, a, b);
            assert!(found.same(wanted), "{name}({a:?}, {b:?}) is {found:?}, not {wanted:?}");
        }
    }
}

#[test]
fn functions_of_two_have_the_special_cases_of_c99_and_numpy() {
    use std::f64::consts::{FRAC_PI_2, FRAC_PI_4, LN_2, PI};
    #[rustfmt::skip]
    let angles = [
        (0.0, 1.0, 0.0), (-0.0, 1.0, -0.0), (0.0, -1.0, PI), (-0.0, -1.0, -PI), (0.0, 0.0, 0.0), (0.0, -0.0, PI), (-0.0, -0.0, -PI),
        (1.0, 0.0, FRAC_PI_2), (-1.0, -0.0, -FRAC_PI_2), (INF, INF, FRAC_PI_4), (INF, -INF, 3.0 * FRAC_PI_4), (INF, 1.0, FRAC_PI_2),
        (1.0, INF, 0.0), (-1.0, INF, -0.0), (1.0, -INF, PI), (NAN, 1.0, NAN), (1.0, NAN, NAN), (NAN, INF, NAN), (1.0, 1.0, FRAC_PI_4),
        (2f64.powi(-140), 1.0, 2f64.powi(-140)), (2f64.powi(-140), 2f64.powi(-140), FRAC_PI_4), (2f64.powi(127), 2f64.powi(127), FRAC_PI_4),
    ];
    check_pairs("arctan2", arctan2, &angles);
    #[rustfmt::skip]
    let lengths = [
        (3.0, 4.0, 5.0), (-3.0, 4.0, 5.0), (0.0, 0.0, 0.0), (-0.0, 0.0, 0.0), (0.0, 2f64.powi(-149), 2f64.powi(-149)), (INF, NAN, INF), (NAN, -INF, INF),
        (NAN, 1.0, NAN), (INF, 1.0, INF), (3.0 * 2f64.powi(-140), 4.0 * 2f64.powi(-140), 5.0 * 2f64.powi(-140)),
        (3.0 * 2f64.powi(120), 4.0 * 2f64.powi(120), 5.0 * 2f64.powi(120)),
    ];
    check_pairs("hypot", hypot, &lengths);
    #[rustfmt::skip]
    let sums = [
        (0.0, 0.0, LN_2), (INF, INF, INF), (-INF, -INF, -INF), (INF, -INF, INF), (-INF, 3.0, 3.0), (1.0, INF, INF), (NAN, 1.0, NAN), (1.0, NAN, NAN),
        (1e30, 1e30, 1e30), (-1e30, 5.0, 5.0), (1000.0, -1000.0, 1000.0), (NAN, INF, NAN), (NAN, -INF, NAN),
    ];
    check_pairs("logaddexp", logaddexp, &sums);
    #[rustfmt::skip]
    let sums = [
        (0.0, 0.0, 1.0), (3.0, 3.0, 4.0), (INF, INF, INF), (-INF, -INF, -INF), (INF, -INF, INF), (-INF, 3.0, 3.0), (NAN, 1.0, NAN), (1.0, NAN, NAN),
        (1e30, 1e30, 1e30), (-1e30, 5.0, 5.0),
    ];
    check_pairs("logaddexp2", logaddexp2, &sums);
    #[rustfmt::skip]
    let steps = [(0.0, -1.0, -2f64.powi(-149)), (-0.0, 1.0, 2f64.powi(-149)), (0.0, -0.0, -0.0), (1.0, 1.0, 1.0), (NAN, 1.0, NAN), (1.0, NAN, NAN)];
    for (a, b, wanted) in steps {
        let [a, b, wanted] = [a, b, wanted].map(|v| Scalar::f32(v as f32));
        assert!(nextafter(&mut Eval, a, b).same(wanted), "nextafter({a:?}, {b:?})");
    }
    check_pairs(
        "heaviside",
        heaviside,
        &[
            (-2.0, 0.5, 0.0),
            (0.0, 0.5, 0.5),
            (-0.0, 0.5, 0.5),
            (3.0, 0.5, 1.0),
            (NAN, 0.5, NAN),
            (1.0, NAN, 1.0),
        ],
    );
}

#[test]
fn ldexp_rounds_once_and_frexp_undoes_it() {
    let of =
        |x: f64, n: i64| ldexp(&mut Eval, Scalar::f64(x), Scalar::from_i128(DType::I64, n.into())).to_f64();
    assert_eq!(of(1.5, 10), 1536.0);
    assert_eq!(of(5e-324, 1074), 1.0);
    assert_eq!(of(-1.0, -1074), -5e-324);
    assert_eq!(of(1.0, i64::MAX), INF);
    assert_eq!(of(5e-324, 2097), 2f64.powi(1023));
    assert_eq!(of(f64::MAX, i64::MIN), 0.0);
    assert!(of(NAN, 3).is_nan());
    // 2.5 units and a little: rounded twice it would be the even 2.
    let x = 1.25 + 2f64.powi(-52);
    assert_eq!(of(x, -1073), 1.5e-323);
    for x in [1.0, -0.75, 5e-324, 3e-310, 1e300, -7.0] {
        let m = frexp_mantissa(&mut Eval, Scalar::f64(x)).to_f64();
        let e = frexp_exponent(&mut Eval, Scalar::f64(x)).to_i128() as i64;
        assert!((0.5..1.0).contains(&m.abs()), "{x:e}: {m}");
        assert_eq!(of(m, e), x);
    }
}

#[test]
fn divisors_and_counts_are_those_of_exact_arithmetic() {
    fn euclid(a: i128, b: i128) -> i128 {
        if b == 0 { a.abs() } else { euclid(b, a % b) }
    }
    // Fibonacci numbers take the most steps.
    let fibonacci = std::iter::successors(Some((1i128, 1i128)), |&(a, b)| Some((b, a + b)));
    let numbers: Vec<i128> =
        fibonacci.map(|(a, _)| a).take(93).chain([0, -1, -12, 18, 360, 1001, -128, 127]).collect();
    for dtype in DType::ALL.iter().copied().filter(|d| d.is_integer()) {
        let fits = |n: &&i128| (dtype.min_int()..=dtype.max_int()).contains(*n);
        let numbers: Vec<i128> = numbers.iter().filter(fits).copied().collect();
        for pair in numbers.windows(2).chain(numbers.windows(7).map(|w| &w[5..])) {
            let (a, b) = (pair[0], pair[1]);
            let [x, y] = [a, b].map(|n| Scalar::from_i128(dtype, n));
            let divisor = euclid(a, b);
            assert_eq!(gcd(&mut Eval, x, y), Scalar::from_i128(dtype, divisor), "gcd({a}, {b}) of {dtype}");
            let multiple = if divisor == 0 { 0 } else { (a / divisor * b).abs() };
            assert_eq!(lcm(&mut Eval, x, y), Scalar::from_i128(dtype, multiple), "lcm({a}, {b}) of {dtype}");
            let ones = Scalar::from_i128(DType::U8, a.unsigned_abs().count_ones().into());
            assert_eq!(bitwise_count(&mut Eval, x), ones, "bitwise_count({a}) of {dtype}");
        }
    }
}
