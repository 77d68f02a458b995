//! The API as users write it: construction, operators, plain numbers, evaluation, printing, files.

use numfuse::prelude::*;
use numfuse::{Error, Operand, config, eval_all};

#[test]
fn the_sketch_works() -> Result<(), Error> {
    let (height, width) = (4, 5);
    let pixels: Vec<u8> = (0..height * width * 3).map(|i| (i * 4) as u8).collect();
    let x = Array::from_vec(pixels, [height, width, 3]);
    let y = (x.cast(F32) / 255.0).power(2.2);
    let z = (&y - y.mean(..)) / y.std(..);
    z.eval()?;
    assert!(!z.explain().is_empty());
    assert_eq!((z.shape(), z.dtype()), (&[4, 5, 3][..], F32));
    assert!(z.mean(..).item::<f32>()?.abs() < 1e-5);
    assert!((z.std(..).item::<f32>()? - 1.0).abs() < 1e-5);
    Ok(())
}

#[test]
fn operators_take_all_forms() -> Result<(), Error> {
    let (a, b) = (Array::from([1, 2, 3]), Array::from([10, 20, 30]));
    let sums = [&a + &b, a.clone() + &b, &a + b.clone(), a.clone() + b.clone()];
    for sum in sums {
        assert_eq!(sum.to_vec::<i32>()?, [11, 22, 33]);
    }
    assert_eq!((1 - &a).to_vec::<i32>()?, [0, -1, -2]);
    assert_eq!((7 / a.cast(F32)).to_vec::<f32>()?, [7.0, 3.5, 7.0 / 3.0]);
    assert_eq!((&a << 2 | 1).to_vec::<i32>()?, [5, 9, 13]);
    assert_eq!((-&a % 2).to_vec::<i32>()?, [1, 0, 1]);
    assert_eq!((!&a ^ -1).to_vec::<i32>()?, [1, 2, 3]);
    let mut total = a.clone();
    total += &b;
    total *= 2;
    assert_eq!(total.to_vec::<i32>()?, [22, 44, 66]);
    assert_eq!(a.to_vec::<i32>()?, [1, 2, 3]);
    Ok(())
}

#[test]
fn plain_numbers_stand_on_the_left() -> Result<(), Error> {
    macro_rules! forms {
        ($number:expr, $x:expr, $type:expr) => {{
            let (n, x) = ($number, $x);
            let sides = [
                (n + &x, n + x.clone(), numfuse::add(n, &x)),
                (n - &x, n - x.clone(), numfuse::subtract(n, &x)),
                (n * &x, n * x.clone(), numfuse::multiply(n, &x)),
                (n / &x, n / x.clone(), numfuse::divide(n, &x)),
            ];
            for (borrowed, owned, call) in sides {
                assert_eq!(borrowed.dtype(), $type, "{} beside {}", stringify!($number), x.dtype());
                assert!(
                    borrowed.array_equal(&call)? && owned.array_equal(&call)?,
                    "{borrowed} {owned} {call}"
                );
            }
        }};
    }
    macro_rules! whole_forms {
        ($number:expr, $x:expr) => {{
            let (n, x) = ($number, $x);
            let sides = [
                (n % &x, n % x.clone(), numfuse::remainder(n, &x)),
                (n & &x, n & x.clone(), numfuse::bitwise_and(n, &x)),
                (n | &x, n | x.clone(), numfuse::bitwise_or(n, &x)),
                (n ^ &x, n ^ x.clone(), numfuse::bitwise_xor(n, &x)),
                (n << &x, n << x.clone(), numfuse::left_shift(n, &x)),
                (n >> &x, n >> x.clone(), numfuse::right_shift(n, &x)),
            ];
            for (borrowed, owned, call) in sides {
                assert_eq!(borrowed.dtype(), x.dtype());
                assert!(
                    borrowed.array_equal(&call)? && owned.array_equal(&call)?,
                    "{borrowed} {owned} {call}"
                );
            }
        }};
    }
    let x = Array::from([1.5f32, -2.0, 4.0]);
    forms!(2, x.clone(), F32);
    forms!(2.0, x.clone(), F32);
    forms!(f16::from_f32(2.5), x.clone(), F32);
    forms!(bf16::from_f32(2.5), x.clone(), F32);
    forms!(Complex::new(1.0, 2.0), x.clone(), C64);
    forms!(2.5, x.cast(F16), F16);
    forms!(2.5, x.cast(I16), F64);
    whole_forms!(100, Array::from([1i8, 2, 3]));
    whole_forms!(true, Array::from([1u8, 2, 3]));
    // A literal is of a known type, and so is what comes of it.
    assert_eq!((2 * &x).abs().to_vec::<f32>()?, [3.0, 4.0, 8.0]);
    assert_eq!((2.0 - x).sum(..).item::<f32>()?, 2.5);
    Ok(())
}

#[test]
fn plain_numbers_are_weak() {
    let types = |x: &Array| [(x + true).dtype(), (x + 1).dtype(), (x + 1.5).dtype(), (2.5 * x).dtype()];
    assert_eq!(types(&zeros(3, BOOL)), [BOOL, I64, F64, F64]);
    assert_eq!(types(&zeros(3, I8)), [I8, I8, F64, F64]);
    assert_eq!(types(&zeros(3, U64)), [U64, U64, F64, F64]);
    assert_eq!(types(&zeros(3, F32)), [F32; 4]);
    assert_eq!(numfuse::add(1, 2).dtype(), I64);
    assert_eq!(numfuse::add(1, 2.5).dtype(), F64);
    assert_eq!(where_(zeros(3, BOOL), zeros(3, F32), 0).dtype(), F32);
    assert_eq!((zeros(3, U8) / 1000).dtype(), F64);
}

#[test]
fn numbers_beyond_a_type_compare_and_clip() -> Result<(), Error> {
    let x = Array::from([0u8, 100, 255]);
    assert_eq!(x.less(1000).to_vec::<bool>()?, [true; 3]);
    assert_eq!(x.greater(-1).to_vec::<bool>()?, [true; 3]);
    assert_eq!(numfuse::less(1000, &x).to_vec::<bool>()?, [false; 3]);
    assert_eq!(x.equal(256).to_vec::<bool>()?, [false; 3]);
    assert_eq!(x.clip(-5, 200).to_vec::<u8>()?, [0, 100, 200]);
    assert_eq!(x.logical_and(1000).to_vec::<bool>()?, [false, true, true]);
    assert_eq!((&x / 1000).to_vec::<f64>()?, [0.0, 0.1, 0.255]);
    Ok(())
}

#[test]
fn visible_and_lifted_numbers_agree() -> Result<(), Error> {
    let x = Array::from([1.5f64, -2.0, 0.0]);
    for number in [0.0, 1.0, -1.0, 2.0, 3.0, 0.5, -0.5, f64::INFINITY, 0.1, 7.0] {
        let product: Vec<f64> = [1.5, -2.0, 0.0].iter().map(|x| x + number).collect();
        assert_eq!((&x + number).to_vec::<f64>()?, product);
    }
    Ok(())
}

#[test]
fn evaluation_keeps_values_and_forgets_the_rest() -> Result<(), Error> {
    let x = arange(10);
    let y = &x * &x + 1;
    let z = &y - &x;
    y.eval()?;
    drop(x);
    assert_eq!(z.to_vec::<i64>()?[9], 73);
    eval_all([&y, &z, &y])?;
    eval_all(Vec::<Array>::new())?;
    assert_eq!(y.to_vec::<i64>()?[9], 82);
    let (quotient, remainder) = y.divmod(7);
    eval_all([quotient.clone(), remainder.clone()])?;
    assert_eq!((&quotient * 7 + remainder).to_vec::<i64>()?, y.to_vec::<i64>()?);
    Ok(())
}

#[test]
fn leaves_that_are_equal_are_told_from_those_that_are_not() -> Result<(), Error> {
    let (a, b) = (Array::from([3.0, 4.0]), Array::from([5.0, 6.0]));
    assert_eq!((&a * &a).to_vec::<f64>()?, [9.0, 16.0]);
    assert_eq!((&a * &b).to_vec::<f64>()?, [15.0, 24.0]);
    let twice = a.clone();
    assert_eq!((&a * twice).to_vec::<f64>()?, [9.0, 16.0]);
    Ok(())
}

#[test]
fn numbers_and_constants_can_be_evaluated_alone() -> Result<(), Error> {
    assert_eq!(Array::scalar(2.5f32).item::<f32>()?, 2.5);
    assert!(Array::scalar(true).item::<bool>()?);
    assert_eq!(full([2, 2], 7, U16).to_vec::<u16>()?, [7; 4]);
    assert_eq!(full(2, 1.9, I32).to_vec::<i32>()?, [1, 1]);
    assert_eq!(zeros([0, 3], F64).to_vec::<f64>()?, []);
    assert_eq!(Array::from([[[1u8, 2]], [[3, 4]]]).shape(), [2, 1, 2]);
    assert_eq!(full_like(&zeros(2, I8), -3).to_vec::<i8>()?, [-3, -3]);
    Ok(())
}

#[test]
fn progressions_are_numpys() -> Result<(), Error> {
    assert_eq!(arange((1, 10, 3)).to_vec::<i64>()?, [1, 4, 7]);
    assert_eq!(arange((3, 0, -1)).to_vec::<i64>()?, [3, 2, 1]);
    assert_eq!(arange(-3).shape(), [0]);
    assert_eq!(arange(2.5).to_vec::<f64>()?, [0.0, 1.0, 2.0]);
    assert_eq!(arange((0, 1, 0.25)).to_vec::<f64>()?, [0.0, 0.25, 0.5, 0.75]);
    assert!(arange((0.0, -1.0, -0.5)).to_vec::<f64>()?[0].is_sign_positive());
    assert_eq!(linspace(2, 3, 5).to_vec::<f64>()?, [2.0, 2.25, 2.5, 2.75, 3.0]);
    assert_eq!(linspace(0.0, 1.0, 1).to_vec::<f64>()?, [0.0]);
    assert_eq!(linspace(4.0, 4.0, 3).to_vec::<f64>()?, [4.0; 3]);
    assert_eq!(linspace(0, 1, 0).shape(), [0]);
    assert_eq!(eye(2, 3, 1, U8).to_vec::<u8>()?, [0, 1, 0, 0, 0, 1]);
    assert_eq!(identity(2, F32).to_vec::<f32>()?, [1.0, 0.0, 0.0, 1.0]);
    assert_eq!(numfuse::tri(3, 2, -1, BOOL).to_vec::<bool>()?, [false, false, true, false, true, true]);
    let square = arange(9).reshape([3, 3]);
    assert_eq!(square.tril(0).to_vec::<i64>()?, [0, 0, 0, 3, 4, 0, 6, 7, 8]);
    assert_eq!(square.triu(1).to_vec::<i64>()?, [0, 1, 2, 0, 0, 5, 0, 0, 0]);
    Ok(())
}

#[test]
fn rounding_has_decimals() -> Result<(), Error> {
    let x = Array::from([1.25, -2.345, 1234.5]);
    assert_eq!(x.round(1).to_vec::<f64>()?, [1.2, -2.3, 1234.5]);
    assert_eq!(x.round(0).to_vec::<f64>()?, [1.0, -2.0, 1234.0]);
    assert_eq!(x.round(-2).to_vec::<f64>()?, [0.0, -0.0, 1200.0]);
    assert_eq!(arange(3).round(1).dtype(), I64);
    Ok(())
}

#[test]
fn printing_is_numpys() {
    let print = |x: &Array| x.to_string();
    assert_eq!(print(&Array::scalar(1.5f32)), "1.5 () float32");
    assert_eq!(print(&arange(3)), "[0 1 2] (3,) int64");
    assert_eq!(print(&Array::from([true, false])), "[ true false] (2,) bool");
    assert_eq!(print(&Array::from([[1i8, -20], [3, 4]])), "[[  1 -20]\n [  3   4]] (2, 2) int8");
    assert_eq!(print(&Array::from([1.0, 0.1, f64::NAN])), "[1.  0.1 nan] (3,) float64");
    assert_eq!(print(&Array::from([1e-5, 1.0])), "[1.e-05 1.e+00] (2,) float64");
    assert_eq!(print(&Array::from([1.0 / 3.0])), "[0.33333333] (1,) float64");
    assert_eq!(print(&Array::from([0.1f32])), "[0.1] (1,) float32");
    // Before an exponent the digits are the value's own, and how large is large depends on the type.
    assert_eq!(print(&Array::from([0.3f32, 1.2345678e-7])), "[3.0000001e-01 1.2345679e-07] (2,) float32");
    assert_eq!(print(&Array::from([1e6f32, 1.0])), "[1.e+06 1.e+00] (2,) float32");
    assert_eq!(print(&Array::from([999999.0f32, 1000.0])), "[999999.   1000.] (2,) float32");
    assert_eq!(print(&zeros([2, 0], F32)), "[] (2, 0) float32");
    assert_eq!(print(&arange(2000)), "[   0    1    2 ... 1997 1998 1999] (2000,) int64");
    let cube = arange(8).reshape([2, 2, 2]);
    assert_eq!(print(&cube), "[[[0 1]\n  [2 3]]\n\n [[4 5]\n  [6 7]]] (2, 2, 2) int64");
    assert_eq!(format!("{:?}", zeros([2, 3], F32)), "Array(float32 (2, 3))");
    let wide = print(&arange(40));
    assert!(wide.lines().all(|line| line.len() <= 90), "{wide}");
    assert!(
        wide.starts_with("[ 0  1  2  3  4  5  6  7  8  9 10 11 12 13 14 15 16 17 18 19 20 21 22 23\n 24 "),
        "{wide}"
    );
}

#[test]
fn printing_takes_a_precision_and_looks_at_what_it_shows() {
    let x = Array::from([[1.0f32 / 3.0, 2.0], [1000.0, 0.125]]);
    assert_eq!(format!("{x:.3}"), "[[3.333e-01 2.000e+00]\n [1.000e+03 1.250e-01]] (2, 2) float32");
    assert_eq!(format!("{:.1}", x.i(0)), "[0.3 2. ] (2,) float32");
    assert_eq!(format!("{:.0}", Array::scalar(2.5)), "2. () float64");
    let large = arange(3_000_000).reshape([1000, 1000, 3]).to_string();
    assert!(large.starts_with("[[[      0       1       2]\n"), "{large}");
    assert!(large.ends_with("[2999997 2999998 2999999]]] (1000, 1000, 3) int64"), "{large}");
}

#[test]
fn graphs_are_text_and_pictures() -> Result<(), Error> {
    let x = Array::from(vec![1.0f32; 12]);
    let y = (&x * 0.3).reshape([3, 4]).sum(1);
    let (text, picture) = (y.graph()?, y.to_dot()?);
    assert!(text.starts_with("%0 = leaf 0 : f32[12]\n") && text.contains("multiply"), "{text}");
    assert!(picture.starts_with("digraph {") && picture.contains("f32[3]\", peripheries = 2"), "{picture}");
    y.eval()?;
    assert_eq!((y.graph()?, y.to_dot()?), (text, picture), "the same after the evaluation");
    assert_eq!(x.graph()?, "%0 = leaf 0 : f32[12]\nout %0\n");
    assert_eq!(zeros([0, 3], I16).sqrt().sum(0).graph()?.lines().count(), 3);
    assert!((x + zeros(3, F32)).to_dot().unwrap_err().to_string().starts_with("operands could not be"));
    Ok(())
}

#[test]
fn files_round_trip() -> Result<(), Error> {
    for dtype in DType::ALL.iter().copied().filter(|d| *d != BF16) {
        for shape in [&[][..], &[0, 3], &[2, 3, 1]] {
            let size: usize = shape.iter().product();
            let x = arange(size).reshape(shape).cast(dtype);
            let again = Array::from_npy(&x.to_npy()?)?;
            assert_eq!((again.shape(), again.dtype()), (shape, dtype));
            assert_eq!(again.to_npy()?, x.to_npy()?);
            assert!(again.equal(&x).all(..).item::<bool>()?);
        }
    }
    Ok(())
}

#[test]
fn foreign_files_are_read() -> Result<(), Error> {
    let file = |header: &str, data: &[u8]| {
        let length = header.len() as u16;
        let bytes = [b"\x93NUMPY\x01\x00", &length.to_le_bytes()[..], header.as_bytes(), data].concat();
        Array::from_npy(&bytes)
    };
    let big = file("{'descr': '>i2', 'fortran_order': False, 'shape': (2,), }\n", &[0, 1, 1, 0])?;
    assert_eq!(big.to_vec::<i16>()?, [1, 256]);
    let complex = [1.0f32.to_be_bytes(), (-2.0f32).to_be_bytes()].concat();
    let complex = file("{'descr': '>c8', 'fortran_order': False, 'shape': (1,), }\n", &complex)?;
    assert_eq!(complex.to_vec::<Complex<f32>>()?, [Complex::new(1.0, -2.0)]);
    let fortran = file("{'descr':'|u1','fortran_order':True,'shape':(2,3)}", &[1, 2, 3, 4, 5, 6])?;
    assert_eq!(fortran.to_vec::<u8>()?, [1, 3, 5, 2, 4, 6]);
    for header in [
        "",
        "{",
        "{}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-2,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (1152921504606846976, 16)}",
        "{'descr': '<M8', 'fortran_order': False, 'shape': (1,)}",
        "{'descr': '<c8', 'fortran_order': False, 'shape': (2,)}",
        "{'descr': '<c32', 'fortran_order': False, 'shape': (1,)}",
        "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}",
        "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (2,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (3,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)} + 1",
    ] {
        assert!(file(header, &[0; 8]).is_err(), "{header}");
    }
    let whole = arange(3).to_npy()?;
    for cut in 0..whole.len() {
        assert!(Array::from_npy(&whole[..cut]).is_err(), "cut at {cut}");
    }
    assert!(numfuse::load("/nonexistent.npy").is_err());
    Ok(())
}

#[test]
fn arrays_cross_threads() -> Result<(), Error> {
    fn is_shared<T: Send + Sync>() {}
    is_shared::<Array>();
    is_shared::<Error>();
    is_shared::<Operand>();
    let x = arange(1000).cast(F64);
    let y = (&x * 0.5).sqrt();
    let sums: Vec<f64> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(|| y.sum(..).item::<f64>())).collect();
        threads.into_iter().map(|t| t.join().expect("no thread panics")).collect::<Result<_, Error>>()
    })?;
    assert!(sums.iter().all(|&sum| sum == sums[0]));
    Ok(())
}

#[test]
fn long_chains_are_built_walked_and_dropped() {
    let mut x = Array::from([1.0f32]);
    for _ in 0..1_000_000 {
        x = &x + 1.0;
    }
    drop(x);
    let mut diamond = Array::from([1.0f32]);
    for _ in 0..60 {
        diamond = &diamond + &diamond;
    }
    assert_eq!(diamond.shape(), [1]);
}

#[test]
fn settings_are_scoped() -> Result<(), Error> {
    let y = || (arange(100).cast(F32) * 0.1 + 0.7).exp().sum(..);
    let (fused, eager) = (y(), y());
    let plain = fused.item::<f32>()?;
    let unfused = config::with(|c| c.fuse = false, || eager.item::<f32>())?;
    assert_eq!(plain, unfused);
    Ok(())
}

#[test]
fn a_compiled_function_is_traced_once_for_each_form() {
    let held = Array::from(vec![10.0f32, 20.0, 30.0]);
    let traced = std::cell::Cell::new(0);
    let function = numfuse::compile(|x| {
        traced.set(traced.get() + 1);
        (&x[0] - &x[1]) * 7.5 + &held
    });
    let (a, b) = (Array::from(vec![1.0f32, 2.0, 3.0]), Array::from(vec![1.0f32, 1.0, 1.0]));
    assert_eq!(function.call(&[&a, &b]).unwrap().to_vec::<f32>().unwrap(), [10.0, 27.5, 45.0]);
    assert_eq!(function.call(&[&b, &a]).unwrap().to_vec::<f32>().unwrap(), [10.0, 12.5, 15.0]);
    assert_eq!(function.call(&[&a, &a]).unwrap().to_vec::<f32>().unwrap(), [10.0, 20.0, 30.0]);
    assert_eq!(function.call(&[&(&a * 2.0), &a]).unwrap().to_vec::<f32>().unwrap(), [17.5, 35.0, 52.5]);
    assert_eq!(traced.get(), 1);
    assert_eq!(function.call(&[&a.cast(F64), &b]).unwrap().dtype(), F64);
    assert_eq!(traced.get(), 2);
    let wrong = Array::from(vec![1.0f32; 4]);
    assert!(function.call(&[&a, &wrong]).unwrap_err().to_string().contains("(3,) (4,)"));
}

#[test]
fn a_compiled_function_that_reads_values_is_called_each_time() -> Result<(), Error> {
    let positive = numfuse::compile(|x| x[0].i(x[0].greater(0)).sum(..));
    assert_eq!(positive.call(&[&Array::from([1, -1, 2])])?.item::<i64>()?, 3);
    assert_eq!(positive.call(&[&Array::from([-1, 5, -1])])?.item::<i64>()?, 5);
    let first = numfuse::compile(|x| &x[0] * x[0].i(0).item::<f64>().unwrap_or(f64::NAN));
    assert_eq!(first.call(&[&Array::from([2.0, 3.0])])?.to_vec::<f64>()?, [4.0, 6.0]);
    assert_eq!(first.call(&[&Array::from([5.0, 3.0])])?.to_vec::<f64>()?, [25.0, 15.0]);
    Ok(())
}

#[test]
fn a_compiled_function_obeys_the_settings_and_is_explained() -> Result<(), Error> {
    let calls = std::cell::Cell::new(0);
    let function = numfuse::compile(|x| {
        calls.set(calls.get() + 1);
        x[0].sqrt() + 1.5
    });
    let x = Array::from([4.0f32, 9.0]);
    for _ in 0..3 {
        assert_eq!(function.call(&[&x])?.to_vec::<f32>()?, [3.5, 4.5]);
    }
    assert_eq!(calls.get(), 1);
    assert!(function.call(&[&x])?.explain().contains("sqrt"));
    let changes: [fn(&mut config::Config); 3] =
        [|c| c.check = true, |c| c.interp = true, |c| c.profile = true];
    for change in changes {
        let before = calls.get();
        let y = config::with(change, || function.call(&[&x]))?;
        assert_eq!(y.to_vec::<f32>()?, [3.5, 4.5]);
        assert_eq!(calls.get(), before + 1);
    }
    // More forms than are kept.
    for n in 1..400 {
        assert_eq!(function.call(&[&full(n, 4.0, F32)])?.to_vec::<f32>()?, vec![3.5; n]);
    }
    Ok(())
}

#[test]
fn exponents_are_integers_and_have_no_say_in_the_type() -> Result<(), Error> {
    let x = Array::from([1.0f32, -0.75]);
    assert_eq!(x.ldexp(3).to_vec::<f32>()?, [8.0, -6.0]);
    assert_eq!(x.ldexp(Array::from([1i64, 200])).dtype(), F32);
    assert_eq!(numfuse::ldexp(3, Array::from([1i32])).dtype(), F64);
    assert!(x.ldexp(1.5).check().is_err());
    assert!(x.ldexp(zeros(2, U64)).check().is_err());
    let (m, e) = x.frexp();
    assert_eq!(m.ldexp(e).to_vec::<f32>()?, x.to_vec::<f32>()?);
    Ok(())
}

#[test]
fn integer_functions_refuse_what_numpy_refuses() -> Result<(), Error> {
    let (a, b) = (Array::from([12i8, -128]), Array::from([18i8, 96]));
    assert_eq!(a.gcd(&b).to_vec::<i8>()?, [6, 32]);
    assert_eq!(a.lcm(5).to_vec::<i8>()?, [60, -128i8]);
    assert_eq!(a.bitwise_count().to_vec::<u8>()?, [2, 1]);
    assert!(zeros(3, BOOL).gcd(zeros(3, BOOL)).check().is_err());
    assert!(zeros(3, F32).gcd(&a).check().is_err());
    assert!(zeros(3, F64).bitwise_count().check().is_err());
    assert_eq!(zeros(3, BOOL).bitwise_count().dtype(), U8);
    Ok(())
}

#[test]
fn shapes_that_do_not_meet_are_not_equivalent() -> Result<(), Error> {
    assert!(ones([3, 1], F32).array_equiv(&ones(4, I8))?);
    assert!(!ones([3, 2], F32).array_equiv(&ones(4, I8))?);
    assert_eq!(numfuse::broadcast_shapes(&[&[2, 1], &[3], &[]])?, [2, 3]);
    assert!(numfuse::broadcast_shapes(&[&[2], &[3]]).is_err());
    assert!(ones([2, 2], F32).cross(&ones(2, F32)).check().is_err());
    assert!(ones(1, F32).gradient(1.0, 0).check().is_err());
    Ok(())
}

#[test]
fn casts_are_safe_where_numpy_says_so() {
    let safe = |a, b| numfuse::can_cast(a, b);
    assert!(safe(BOOL, I8) && safe(U8, I16) && safe(I64, F64) && safe(U64, F64) && safe(I16, F32));
    assert!(!safe(U8, I8) && !safe(I8, U64) && !safe(I32, F32) && !safe(F64, F32) && !safe(F32, I64));
    assert_eq!(numfuse::result_type(&[&zeros(1, I32), &zeros(1, F32)]), F64);
}
