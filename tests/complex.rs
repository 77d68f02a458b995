//! Complex numbers as users meet them: elements, plain numbers, parts, storage, printing and refusals.

use numfuse::prelude::*;
use numfuse::{Error, config, eval_all};

/// The complex number with these parts.
fn c(re: f64, im: f64) -> Complex<f64> {
    Complex::new(re, im)
}

#[test]
fn elements_go_in_and_come_out() -> Result<(), Error> {
    let given = vec![c(1.0, 2.0), c(-0.5, 0.0), c(f64::INFINITY, -0.0)];
    let z = Array::from(&given);
    assert_eq!((z.dtype(), z.nbytes()), (C128, 48));
    assert_eq!(z.to_vec::<Complex<f64>>()?, given);
    assert_eq!(z.values::<Complex<f64>>()?[..2], given[..2]);
    let single = z.cast(C64);
    assert_eq!(single.to_vec::<Complex<f32>>()?[0], Complex::new(1.0f32, 2.0));
    assert_eq!(Array::scalar(c(1.0, -1.0)).item::<Complex<f64>>()?, c(1.0, -1.0));
    assert_eq!(Array::from_npy(&z.to_npy()?)?.to_vec::<Complex<f64>>()?, given);
    Ok(())
}

#[test]
fn plain_complex_numbers_are_weak() -> Result<(), Error> {
    let i = c(0.0, 1.0);
    assert_eq!((ones(2, F32) * i).dtype(), C64);
    assert_eq!((ones(2, F16) + i).dtype(), C64);
    assert_eq!((ones(2, I8) + i).dtype(), C128);
    assert_eq!((ones(2, C64) * 1.5).dtype(), C64);
    assert_eq!((ones(2, C64) + ones(2, F64)).dtype(), C128);
    // A number of any parts is planned once, whatever they are.
    let x = arange(100).cast(F64);
    let before = numfuse::statistics();
    for k in 0..10 {
        let turned = &x * Complex::from_polar(1.0, f64::from(k) * 0.3 + 0.1);
        turned.eval()?;
    }
    assert!(numfuse::statistics().plan_hits - before.plan_hits >= 9);
    Ok(())
}

#[test]
fn parts_are_read_without_the_other() -> Result<(), Error> {
    let z = Array::from([c(3.0, -4.0), c(0.0, 2.0)]);
    assert_eq!(z.real().to_vec::<f64>()?, [3.0, 0.0]);
    assert_eq!(z.imag().to_vec::<f64>()?, [-4.0, 2.0]);
    assert_eq!(z.absolute().to_vec::<f64>()?, [5.0, 2.0]);
    assert_eq!(z.angle().to_vec::<f64>()?[1], std::f64::consts::FRAC_PI_2);
    assert_eq!(z.conj().to_vec::<Complex<f64>>()?, [c(3.0, 4.0), c(0.0, -2.0)]);
    assert_eq!(z.real().complex(z.imag()).to_vec::<Complex<f64>>()?, z.to_vec::<Complex<f64>>()?);
    assert_eq!(Array::from([1, 2]).imag().to_vec::<i32>()?, [0, 0]);
    assert_eq!(zeros(1, F16).complex(1).dtype(), C64);
    // The imaginary part of a product is two products: the real one is not computed.
    assert!(!(&z * &z).imag().explain().contains("sub"));
    Ok(())
}

#[test]
fn expressions_fuse_into_one_kernel() -> Result<(), Error> {
    let z = Array::from_vec((0..5000).map(|i| c(f64::from(i), 1.0)).collect(), 5000);
    let power = (z.exp() * z.conj()).absolute();
    assert_eq!(power.plan()?.kernels, 1);
    let spectrum = (&z * c(0.0, 0.5)).exp();
    let (sum, mean) = (spectrum.sum(..), spectrum.mean(..));
    eval_all([&sum, &mean])?;
    let (sum, mean) = (sum.item::<Complex<f64>>()?, mean.item::<Complex<f64>>()?);
    assert!((sum / 5000.0 - mean).norm() < 1e-15);
    Ok(())
}

#[test]
fn extremes_tell_the_first_nan() -> Result<(), Error> {
    let z = Array::from([c(1.0, 5.0), c(2.0, f64::NAN), c(f64::NAN, 0.0), c(9.0, 0.0)]);
    assert_eq!(z.argmax(..).item::<i64>()?, 1);
    let most = z.max(..).item::<Complex<f64>>()?;
    assert!(most.re == 2.0 && most.im.is_nan());
    let tied = Array::from([c(1.0, 5.0), c(1.0, 7.0), c(1.0, 7.0), c(0.0, 99.0)]);
    assert_eq!((tied.argmax(..).item::<i64>()?, tied.argmin(..).item::<i64>()?), (1, 3));
    assert_eq!(tied.max(..).item::<Complex<f64>>()?, c(1.0, 7.0));
    Ok(())
}

#[test]
fn running_products_and_extremes_are_of_pairs() -> Result<(), Error> {
    let z = Array::from([c(1.0, 1.0), c(0.0, 2.0), c(3.0, 0.0), c(f64::NAN, 0.0), c(9.0, 9.0)]);
    let known = z.i(..3);
    assert_eq!(known.cumprod(0).to_vec::<Complex<f64>>()?, [c(1.0, 1.0), c(-2.0, 2.0), c(-6.0, 6.0)]);
    let most = z.cummax(0).to_vec::<Complex<f64>>()?;
    assert_eq!(most[..3], [c(1.0, 1.0), c(1.0, 1.0), c(3.0, 0.0)]);
    assert!(most[3..].iter().all(|z| z.re.is_nan() && z.im == 0.0), "the first NaN stays");
    assert_eq!(known.cummin(0).to_vec::<Complex<f64>>()?, [c(1.0, 1.0), c(0.0, 2.0), c(0.0, 2.0)]);
    // Of equals the first stays, and what is larger than a block goes on from the block before.
    let tied = Array::from([c(-0.0, 1.0), c(0.0, 1.0)]);
    assert!(tied.cummax(0).to_vec::<Complex<f64>>()?.iter().all(|z| z.re.is_sign_negative()));
    let turns = full(100_000, c(0.0, 1.0), C128).cumprod(0).to_vec::<Complex<f64>>()?;
    let powers = [c(0.0, 1.0), c(-1.0, 0.0), c(0.0, -1.0), c(1.0, 0.0)];
    assert!(turns.iter().zip(powers.iter().cycle()).all(|(turn, power)| turn == power));
    let rows = full([700, 40], c(0.0, 1.0), C64);
    assert_eq!(
        rows.cumprod(0).i((Ellipsis, 7)).to_vec::<Complex<f32>>()?[..4],
        powers.map(|z| Complex::new(z.re as f32, z.im as f32))
    );
    let once = (&z * 2).cumprod(0).real() + 1;
    assert_eq!(once.plan()?.kernels, 1, "what is scanned and what reads it are one kernel");
    Ok(())
}

#[test]
fn casts_drop_the_imaginary_part() -> Result<(), Error> {
    let z = Array::from([c(2.7, 9.0), c(0.0, 1.0)]);
    assert_eq!(z.cast(F32).to_vec::<f32>()?, [2.7, 0.0]);
    assert_eq!(z.cast(I16).to_vec::<i16>()?, [2, 0]);
    assert_eq!(z.cast(BOOL).to_vec::<bool>()?, [true, true]);
    assert_eq!(Array::from([true]).cast(C64).to_vec::<Complex<f32>>()?, [Complex::new(1.0, 0.0)]);
    Ok(())
}

#[test]
fn complex_numbers_are_printed_as_numpy_does() {
    let z = Array::from([[c(1.0, -2.0), c(10.25, 0.5)], [c(0.0, f64::NAN), c(-3.0, 1.0)]]);
    assert_eq!(z.to_string(), "[[ 1.  -2.j  10.25+0.5j]\n [ 0.  +nanj -3.  +1.j ]] (2, 2) complex128");
    assert_eq!(Array::scalar(c(1.0, -0.5)).to_string(), "(1-0.5j) () complex128");
    assert_eq!(Array::scalar(c(0.0, 2.0)).to_string(), "2j () complex128");
}

#[test]
fn what_has_no_complex_form_says_so() {
    let z = Array::from([c(1.0, 2.0)]);
    let said = |x: Array| x.check().unwrap_err().to_string();
    let sentence = "ufunc 'floor_divide' not supported for the input types";
    assert!(said(z.floor_divide(2)).starts_with(sentence), "{}", said(z.floor_divide(2)));
    assert!(said(z.hypot(1.0)).starts_with("ufunc 'hypot' not supported"));
    assert!(said(z.deg2rad()).starts_with("ufunc 'deg2rad' not supported for the input types"));
    assert!(said(full(2, c(0.0, 1.0), F64)).starts_with("float64 holds real numbers"));
    assert!(said(z.complex(1.0)).starts_with("ufunc 'complex' not supported"));
}

#[test]
fn interpreted_complex_numbers_have_both_parts() -> Result<(), Error> {
    let product = |dtype| Array::from([c(1.0, 2.0), c(-3.0, 0.5)]).cast(dtype) * c(0.0, 1.0);
    let interpreted = |x: Array| {
        config::with(|config| config.interp = true, || x.eval()).expect("it evaluates");
        x
    };
    for dtype in [C64, C128] {
        assert!(interpreted(product(dtype)).array_equal(&product(dtype))?, "{dtype}");
    }
    Ok(())
}
