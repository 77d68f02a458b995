//! float16 and bfloat16: each operation is computed in float32 and rounded, fused or not.

use numfuse::Error;
use numfuse::prelude::*;

/// Numbers of many sizes, and what is special among halfs.
fn numbers(count: usize, shift: usize) -> Vec<f32> {
    let special = [0.0, -0.0, f32::INFINITY, f32::NAN, 65504.0, -65504.0, 6e-8, 6.1e-5, 1e-7, 3e38, 1e-40];
    let number = |i: usize| {
        let i = i + shift;
        if i.is_multiple_of(13) {
            return special[i / 13 % special.len()];
        }
        ((i * 7919 % 4001) as f32 - 2000.0) * 2f32.powi((i % 29) as i32 - 20)
    };
    (0..count).map(number).collect()
}

/// The same bits, or both NaN.
fn same<T: Copy + Into<f64> + PartialEq>(got: &[T], wanted: &[T], what: &str) {
    assert_eq!(got.len(), wanted.len(), "{what}");
    for (at, (&g, &w)) in got.iter().zip(wanted).enumerate() {
        let (g, w): (f64, f64) = (g.into(), w.into());
        let alike = g.to_bits() == w.to_bits() || g.is_nan() && w.is_nan();
        assert!(alike, "{what}: element {at} is {g}, not {w}");
    }
}

/// Says the checks once for both types.
macro_rules! for_halves {
    ($($name:ident: $T:ident $D:ident;)+) => { $(
        #[test]
        fn $name() -> Result<(), Error> {
            let half = $T::from_f32;
            let of = |shift| -> Vec<$T> { numbers(1003, shift).into_iter().map(half).collect() };
            let (a, b, c) = (of(0), of(5), of(911));
            let (x, y, z) = (Array::from(&a), Array::from(&b), Array::from(&c));
            assert_eq!(x.dtype(), $D);

            let each = |f: &dyn Fn(f32, f32, f32) -> $T| -> Vec<$T> {
                (0..a.len()).map(|i| f(a[i].to_f32(), b[i].to_f32(), c[i].to_f32())).collect()
            };
            let fused = (&x * &y + &z).to_vec::<$T>()?;
            let product = &x * &y;
            product.eval()?;
            let stepwise = (&product + &z).to_vec::<$T>()?;
            let wanted = each(&|a, b, c| half(half(a * b).to_f32() + c));
            same(&fused, &wanted, "fused");
            same(&stepwise, &wanted, "step by step");

            let roots = each(&|a, b, _| half(half(a.abs().sqrt()).to_f32() / half(b + 1.0).to_f32()));
            same(&(x.absolute().sqrt() / (&y + 1)).to_vec::<$T>()?, &roots, "a root and a quotient");

            // What is only moved, chosen or given another sign is exact.
            let moved = x.i(s(..).step(-1)).negative().to_vec::<$T>()?;
            same(&moved, &a.iter().rev().map(|a| half(-a.to_f32())).collect::<Vec<_>>(), "backwards");

            let wide: Vec<f64> = a.iter().map(|a| f64::from(a.to_f32())).collect();
            same(&x.cast(F64).to_vec::<f64>()?, &wide, "as float64");
            let single = Array::from(numbers(1003, 3));
            let narrow: Vec<$T> = numbers(1003, 3).into_iter().map(half).collect();
            same(&single.cast($D).to_vec::<$T>()?, &narrow, "from float32");
            let whole: Vec<i32> = a.iter().map(|a| a.to_f32() as i32).collect();
            assert_eq!(x.cast(I32).to_vec::<i32>()?, whole);
            assert_eq!(x.greater(&y).to_vec::<bool>()?, a.iter().zip(&b).map(|(a, b)| a > b).collect::<Vec<_>>());
            Ok(())
        }
    )+ };
}

for_halves! {
    float16_rounds_after_each_operation: f16 F16;
    bfloat16_rounds_after_each_operation: bf16 BF16;
}

#[test]
fn float64_is_rounded_once() -> Result<(), Error> {
    // By way of float32 this would be halfway between two halfs, and go to the even one below.
    let x = 1.0 + 0.5f64.powi(11) + 0.5f64.powi(40);
    let y = 1.0 + 0.5f64.powi(8) + 0.5f64.powi(40);
    assert_eq!(Array::from([x]).cast(F16).item::<f16>()?.to_f64(), 1.0 + 0.5f64.powi(10));
    assert_eq!(Array::from([y]).cast(BF16).item::<bf16>()?.to_f64(), 1.0 + 0.5f64.powi(7));
    assert_eq!((Array::from([x]).cast(F16) + 0).item::<f16>()?.to_f64(), 1.0 + 0.5f64.powi(10));
    Ok(())
}

#[test]
fn types_promote_as_numpys() {
    let of = |dtype| ones(2, dtype);
    for (other, float, brain) in [
        (BOOL, F16, BF16),
        (I8, F16, BF16),
        (U8, F16, BF16),
        (I16, F32, F32),
        (U16, F32, F32),
        (I32, F64, F64),
        (U64, F64, F64),
        (F32, F32, F32),
        (F64, F64, F64),
    ] {
        assert_eq!((of(F16) + of(other)).dtype(), float, "{other}");
        assert_eq!((of(BF16) + of(other)).dtype(), brain, "{other}");
    }
    assert_eq!((of(F16) + of(BF16)).dtype(), F32);
    assert_eq!((of(F16) * 1e9).dtype(), F16);
    assert_eq!((3 - of(BF16)).dtype(), BF16);
    for small in [BOOL, I8, U8] {
        assert_eq!(of(small).sqrt().dtype(), F16);
        assert_eq!((of(small) / of(small)).dtype(), F64);
    }
    assert_eq!(of(U16).exp().dtype(), F32);
}

#[test]
fn folds_accumulate_in_float32() -> Result<(), Error> {
    // In float16 a sum of ones stays at 2048, in bfloat16 at 256.
    assert_eq!(ones(5000, F16).sum(..).item::<f16>()?.to_f32(), 5000.0);
    assert_eq!(ones(5120, BF16).sum(..).item::<bf16>()?.to_f32(), 5120.0);
    assert_eq!(ones([300, 40], F16).sum(0).to_vec::<f16>()?, [f16::from_f32(300.0); 40]);
    let x = full(4096, 300, F16);
    assert_eq!(x.sum(..).item::<f16>()?, f16::INFINITY);
    assert_eq!(x.mean(..).item::<f16>()?.to_f32(), 300.0);
    assert_eq!(x.norm(..).item::<f16>()?.to_f32(), 300.0 * 64.0);
    assert_eq!((&x - 300).std(..).item::<f16>()?.to_f32(), 0.0);
    let y = arange(100).cast(BF16);
    assert_eq!((y.max(..).item::<bf16>()?.to_f32(), y.argmax(..).item::<i64>()?), (99.0, 99));
    assert_eq!(y.softmax(..).sum(..).dtype(), BF16);
    assert_eq!(y.greater(50).sum(..).item::<i64>()?, 49);
    Ok(())
}

#[test]
fn files_and_text_are_numpys() -> Result<(), Error> {
    let x = Array::from([0.1f32, 2.5]).cast(F16);
    let file = x.to_npy()?;
    assert!(String::from_utf8_lossy(&file).contains("'descr': '<f2'"));
    assert_eq!(Array::from_npy(&file)?.to_vec::<f16>()?, x.to_vec::<f16>()?);
    let error = x.cast(BF16).to_npy().unwrap_err().to_string();
    let sentence = "a .npy file cannot hold bfloat16, which NumPy does not have: cast it to float32";
    assert!(error.starts_with(sentence), "{error}");

    let print = |numbers: &[f32]| Array::from(numbers).cast(F16).to_string();
    assert_eq!(print(&[0.1, 0.3333]), "[0.1    0.3333] (2,) float16");
    assert_eq!(print(&[0.1, 1.1865e-5]), "[9.998e-02 1.186e-05] (2,) float16");
    assert_eq!(print(&[1e-7]), "[1.e-07] (1,) float16");
    assert_eq!(print(&[65504.0]), "[6.55e+04] (1,) float16");
    assert_eq!(print(&[2049.0, 1.0]), "[2.048e+03 1.000e+00] (2,) float16");
    assert_eq!(print(&[f32::NAN, 1e9, -1.5]), "[ nan  inf -1.5] (3,) float16");
    assert_eq!(Array::from([3.140625f32]).cast(BF16).to_string(), "[3.14] (1,) bfloat16");
    Ok(())
}
