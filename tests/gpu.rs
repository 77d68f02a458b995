//! Arrays on an NVIDIA GPU, as users have them. Where there is none, what is asked of it is one sentence.

#![allow(clippy::reversed_empty_ranges, reason = "an end below 0 counts from the back")]

#[path = "skips/mod.rs"]
mod skips;

use numfuse::fft::{self, Norm};
use numfuse::prelude::*;
use numfuse::random::{self, Key};
use numfuse::{compile, config, cuda, eval_all};

const GPU: Device = Device::Cuda(0);

/// Whether there is a GPU to test with.
fn has_gpu() -> bool {
    let there = cuda::count() > 0;
    if !there {
        skips::skipped("arrays on a GPU: there is none");
    }
    there
}

/// Whether there is time for so many elements: a processor in place of a GPU has less memory, and takes long, as do
/// sanitizers, for which `NUMFUSE_GPU_ELEMENTS` says how many are enough.
fn has_time_for(elements: usize) -> bool {
    let most = std::env::var("NUMFUSE_GPU_ELEMENTS").ok().and_then(|most| most.parse().ok());
    let is_gpu = || cuda::properties(0).is_ok_and(|gpu| gpu.memory > 4 << 30);
    elements <= most.unwrap_or_else(|| if is_gpu() { usize::MAX } else { 300_000 })
}

fn numbers(shape: impl numfuse::IntoShape, seed: u64) -> Array {
    random::uniform(Key::seed(seed), shape, -2.0, 2.0, F32)
}

/// The bits of float32 elements.
fn bits(x: &Array) -> Vec<u32> {
    x.to_vec::<f32>().expect("it evaluates").into_iter().map(f32::to_bits).collect()
}

#[test]
fn without_a_gpu_asking_for_one_is_a_sentence() {
    let missing = Array::from([1.0f32, 2.0]).to(Device::Cuda(1000));
    assert_eq!(missing.device(), Device::Cuda(1000));
    let error = (missing.sqrt() + 1.0).eval().unwrap_err();
    let text = error.to_string();
    assert!(text.starts_with("no CUDA device: "), "{text}");
    assert_eq!(error.op(), "to");
    assert_eq!(error.location().line(), line!() - 6);
    assert!(cuda::properties(1000).is_err());
    // Everything else works on.
    assert_eq!(Array::from([4.0f32]).sqrt().item::<f32>().unwrap(), 2.0);
}

/// Every shape in which scans are laid over a GPU: by warps along rows, shared among workers along rows and
/// along columns, with one group of blocks and with several, and with several blocks of groups.
#[test]
fn running_values_have_the_bits_of_the_processor() {
    if !has_gpu() {
        return;
    }
    let shapes: [&[usize]; 13] = [
        &[1],
        &[31],
        &[513],
        &[5000],
        &[1 << 18],
        &[(1 << 18) + 1],
        &[3_000_017],
        &[5, 70_001],
        &[300, 1100],
        &[4000, 100],
        &[70_003, 37],
        &[300_001, 40],
        &[3, 5000, 33],
    ];
    let scans: [fn(&Array, isize) -> Array; 6] = [
        |x, axis| x.cumsum(axis),
        |x, axis| (x * 0.5 + 0.75).cumprod(axis),
        |x, axis| x.cummax(axis) + x,
        |x, axis| (x.exp() * 3.0).cumsum(axis).sqrt(),
        |x, axis| x.cast(F64).cumsum(axis),
        |x, axis| (x.cast(C64) * Complex::new(0.5f32, 0.25)).cumprod(axis).abs(),
    ];
    for shape in shapes.into_iter().filter(|shape| has_time_for(shape.iter().product())) {
        let x = numbers(shape.to_vec(), 7);
        let there = x.to(GPU);
        for axis in 0..shape.len() as isize {
            for (k, scan) in scans.iter().enumerate() {
                let [here, there] = [&x, &there].map(|x| scan(x, axis).cast(F64));
                assert!(same(&here, &there), "scan {k} of {shape:?} along axis {axis}");
            }
        }
    }
    let long = (1 << 27) + 5000;
    if has_time_for(long) {
        let x = numbers(long, 8);
        assert!(same(&x.cumsum(0), &x.to(GPU).cumsum(0)));
    }
}

/// Whether two arrays have the same elements, of which a NaN is like any other.
fn same(here: &Array, there: &Array) -> bool {
    let there = there.to(Device::Cpu);
    let is_same = here.equal(&there) | (here.isnan() & there.isnan());
    is_same.all(..).item::<bool>().expect("it evaluates")
}

#[test]
fn what_is_laid_in_many_ways_has_the_bits_of_the_processor() {
    if !has_gpu() {
        return;
    }
    let expressions: [fn(&Array) -> Array; 11] = [
        |x| x.sum(0),
        |x| x.var(0),
        |x| x.max(0) + x.min(0),
        |x| numfuse::softmax(x, 0),
        |x| numfuse::softmax(x, 1),
        |x| (x - x.mean_keepdims(1)) / (x.var_keepdims(1) + 1e-5).sqrt(),
        |x| x.var(1) + x.max(1) - x.min(1),
        |x| x.transpose() + 1.0,
        |x| x.i((.., 1..-1)) * 0.5 + (x.i((.., ..-2)) + x.i((.., 2..))),
        |x| x.i((1.., s(..).step(3))) - x.i((..-1, s(..).step(3))),
        |x| x.i((.., s(..).step(-1))) + x,
    ];
    let shapes = [
        [600, 5],
        [70, 700],
        [4, 300_007],
        [40, 60_000],
        [300, 1100],
        [5000, 1030],
        [200_001, 37],
        [1000, 8192],
        [40, 20_000],
    ];
    for shape in shapes.into_iter().filter(|[rows, columns]| has_time_for(rows * columns)) {
        let x = numbers(shape, 9).set((2, 3), f32::NAN);
        let there = x.to(GPU);
        for (k, expression) in expressions.iter().enumerate() {
            assert!(same(&expression(&x), &expression(&there)), "expression {k} of {shape:?}");
        }
    }
}

#[test]
fn nothing_is_copied_from_device_to_device_but_by_asking() {
    let (here, there) = (ones(3, F32).cast(F32), Array::from([1.0f32, 2.0, 3.0]));
    let far = there.to(GPU);
    let error = (&far + &there).check().unwrap_err();
    let sentence = "operands lie on cuda:0 and on cpu: bring them together with to(device)";
    assert!(error.to_string().starts_with(sentence), "{error}");
    // What depends on no data is computed where it is needed.
    assert!((&far + &here).check().is_ok());
    assert_eq!((&far + &here).device(), GPU);
    assert_eq!((&there + &here).device(), Device::Cpu);
}

#[test]
fn what_a_gpu_computes_has_the_bits_of_the_processor() {
    if !has_gpu() {
        return;
    }
    let x = numbers([300, 1100], 1);
    let expressions: [fn(&Array) -> Array; 9] = [
        |x| (x * 2.5 + 1.0).exp().sqrt(),
        |x| x.sum(1),
        |x| x.sum(0),
        |x| x.var(..),
        |x| numfuse::softmax(x, 1),
        |x| (x - x.mean_keepdims(1)) / (x.var_keepdims(1) + 1e-5).sqrt(),
        |x| x.transpose() + 1.0,
        |x| x.cumsum(1),
        |x| x.i((1..-1, 1..-1)) + x.i((..-2, 1..-1)) * 0.25,
    ];
    for (k, expression) in expressions.iter().enumerate() {
        let (here, there) = (expression(&x), expression(&x.to(GPU)));
        assert_eq!(there.device(), GPU);
        assert_eq!(bits(&here), bits(&there), "expression {k}");
    }
    let (here, there) = (numbers(10_000, 7), config::with(|c| c.device = GPU, || numbers(10_000, 7).eval()));
    assert!(there.is_ok());
    let there = config::with(|c| c.device = GPU, || bits(&numbers(10_000, 7)));
    assert_eq!(bits(&here), there, "random numbers are the same on every device");
}

#[test]
fn matrix_products_are_those_of_the_processor_but_for_rounding() {
    if !has_gpu() {
        return;
    }
    let near = |a: &Array, b: &Array| {
        let (a, b) = (a.cast(C128).to_vec::<Complex<f64>>(), b.cast(C128).to_vec::<Complex<f64>>());
        let (a, b) = (a.unwrap(), b.unwrap());
        assert_eq!(a.len(), b.len());
        let scale = a.iter().map(|x| x.norm()).fold(1.0, f64::max);
        a.iter().zip(&b).map(|(a, b)| (a - b).norm() / scale).fold(0.0, f64::max)
    };
    for (dtype, allowed) in [(F32, 1e-5), (F64, 1e-13), (F16, 2e-2), (BF16, 2e-1), (C64, 1e-5), (C128, 1e-13)]
    {
        let [a, b] = [1, 2].map(|seed| numbers([3, 70, 90], seed).cast(dtype));
        let products: [fn(&Array, &Array) -> Array; 5] = [
            |a, b| a.i(0).matmul(&b.i(1).transpose()),
            |a, b| a.i(0).transpose().matmul(&b.i(2)),
            |a, b| a.matmul(&b.permute([0, 2, 1])),
            |a, b| a.matmul(&b.i(0).transpose()),
            |a, b| a.i((.., .., ..40)).matmul(&b.i((.., 10..50, ..))) + 1.0,
        ];
        for (k, product) in products.iter().enumerate() {
            let (here, there) = (product(&a, &b), product(&a.to(GPU), &b.to(GPU)));
            let far = near(&here, &there);
            assert!(far <= allowed, "{dtype}, product {k}: {far}");
        }
    }
    let a = arange(12).reshape([3, 4]);
    let there = a.to(GPU).matmul(&a.to(GPU).transpose());
    assert_eq!(there.to_vec::<i64>().unwrap(), a.matmul(&a.transpose()).to_vec::<i64>().unwrap());
}

#[test]
fn fourier_transforms_are_those_of_the_processor_but_for_rounding() {
    if !has_gpu() {
        return;
    }
    let apart = |a: &Array, b: &Array| {
        let [a, b] = [a, b].map(|x| x.cast(C128).to_vec::<Complex<f64>>().unwrap());
        assert_eq!(a.len(), b.len());
        let scale = a.iter().map(|x| x.norm()).fold(1.0, f64::max);
        a.iter().zip(&b).map(|(a, b)| (a - b).norm() / scale).fold(0.0, f64::max)
    };
    let transforms: [fn(&Array) -> Array; 12] = [
        |x| fft::fft(x, None, -1, Norm::Backward),
        |x| fft::ifft(x, 100, 0, Norm::Ortho),
        |x| fft::fft(x, None, 1, Norm::Forward),
        |x| fft::rfft(&x.real(), None, -1, Norm::Backward),
        |x| fft::rfft(&x.real().i((.., .., 1..)), None, -1, Norm::Backward),
        |x| fft::rfft(&x.real().flip(..), 75, 1, Norm::Backward),
        |x| fft::irfft(x, None, -1, Norm::Backward),
        |x| fft::irfft(x, 97, 0, Norm::Backward),
        |x| fft::fftn(x, .., .., Norm::Backward),
        |x| fft::rfft2(&x.real(), .., Norm::Ortho),
        |x| fft::irfftn(x, .., .., Norm::Backward),
        |x| fft::ifft2(&(fft::fft2(x, .., Norm::Backward) * 0.5), .., Norm::Backward) + x,
    ];
    for (dtype, allowed) in [(F32, 1e-5), (F64, 1e-13), (F16, 1e-2), (C64, 1e-5), (C128, 1e-13), (I32, 1e-13)]
    {
        let x = (numbers([6, 60, 64], 5) * 20.0).cast(dtype);
        for (k, transform) in transforms.iter().enumerate() {
            let there = x.to(GPU);
            let far = apart(&transform(&x), &transform(&there));
            assert!(far <= allowed, "{dtype}, transform {k}: {far}");
            assert_eq!(
                there.cast(C128).to_vec::<Complex<f64>>().unwrap(),
                x.cast(C128).to_vec::<Complex<f64>>().unwrap(),
                "{k} leaves its operand"
            );
        }
    }
}

#[test]
fn what_goes_up_comes_down() {
    if !has_gpu() {
        return;
    }
    for count in [1, 100, 16_384, 16_385, 1 << 20, (5 << 20) + 13] {
        let x = arange(count as i64).cast(I32);
        assert!(x.to(GPU).to(Device::Cpu).array_equal(&x).unwrap(), "{count}");
        assert_eq!((x.to(GPU) + 1).i(-1).item::<i32>().unwrap(), count, "{count}");
    }
}

#[test]
fn small_plans_that_are_run_again_are_bound_anew() {
    if !has_gpu() {
        return;
    }
    let steps = |x: &Array, by: f64| numfuse::softmax(&(x * by).cumsum(1), 0).cumsum(0).var(1);
    assert!(steps(&numbers([30, 20], 0).to(GPU), 1.5).plan().unwrap().kernels > 1);
    let mut kept = Vec::new();
    for run in 0..12 {
        let x = numbers([30, 20], 100 + run / 2);
        let by = 1.25 + run as f64;
        let there = steps(&x.to(GPU), by);
        there.eval().unwrap();
        kept.push((there, bits(&steps(&x, by))));
    }
    for (run, (there, expected)) in kept.iter().enumerate() {
        assert_eq!(bits(there), *expected, "run {run}");
    }
}

#[test]
fn kernels_are_explained() {
    if !has_gpu() {
        return;
    }
    let x = numbers([300, 200], 3).to(GPU);
    let y = (&x * 2.0).sum(1);
    assert!(y.ptx().unwrap().contains(".entry"));
    config::with(|c| c.profile = true, || y.eval()).unwrap();
    let text = y.explain();
    for words in ["blocks of", "registers", "bytes of shared memory a block", "% of what memory gives"] {
        assert!(
            text.contains(words) || words.starts_with('%') && text.contains("from caches"),
            "{words}: {text}"
        );
    }
}

#[test]
fn without_a_gpu_generators_are_a_sentence() {
    let error = cuda::Generator::new(1000, cuda::Algorithm::Mt19937, 1).unwrap_err();
    assert!(error.to_string().starts_with("no CUDA device: "), "{error}");
    assert_eq!(error.location().line(), line!() - 2);
}

#[test]
fn generators_fill_arrays_of_the_gpu() {
    if !has_gpu() {
        return;
    }
    for algorithm in cuda::Algorithm::ALL {
        let generator = || cuda::Generator::new(0, algorithm, 7).unwrap();
        let [mut one, mut same] = [generator(), generator()];
        for (dtype, count) in [(F32, 100_001), (F64, 50_000)] {
            let uniform = one.uniform(count, dtype).unwrap();
            assert_eq!((uniform.device(), uniform.dtype(), uniform.shape()), (GPU, dtype, &[count][..]));
            let again = same.uniform(count, dtype).unwrap();
            assert_eq!(uniform.to_vec::<f64>().is_ok(), dtype == F64);
            assert!(uniform.array_equal(&again).unwrap(), "{algorithm}");
            let [least, most, mean] = [uniform.min(..), uniform.max(..), uniform.mean(..)]
                .map(|x| x.cast(F64).item::<f64>().unwrap());
            assert!(
                (0.0..0.01).contains(&least) && (0.99..=1.0).contains(&most),
                "{algorithm}: {least} {most}"
            );
            assert!((mean - 0.5).abs() < 0.01, "{algorithm}: {mean}");
            let normal = one.normal([3, count / 3], 2.0, 0.5, dtype).unwrap();
            same.normal([3, count / 3], 2.0, 0.5, dtype).unwrap();
            let [mean, deviation] =
                [normal.mean(..), normal.std(..)].map(|x| x.cast(F64).item::<f64>().unwrap());
            assert!(
                (mean - 2.0).abs() < 0.02 && (deviation - 0.5).abs() < 0.02,
                "{algorithm}: {mean} {deviation}"
            );
        }
        let long = [cuda::Algorithm::Sobol32, cuda::Algorithm::Sobol64].contains(&algorithm);
        for (dtype, has) in
            [(U32, algorithm != cuda::Algorithm::Sobol64), (U64, algorithm != cuda::Algorithm::Sobol32)]
        {
            match one.bits(10_001, dtype) {
                Ok(bits) => {
                    assert!(has && bits.dtype() == dtype, "{algorithm}");
                    let share =
                        bits.cast(F64).mean(..).item::<f64>().unwrap() / 2f64.powi(8 * dtype.bytes() as i32);
                    assert!((share - 0.5).abs() < 0.02, "{algorithm}: {share}");
                }
                Err(error) => {
                    assert!(!has && long && error.to_string().contains("has no bits numbers"), "{error}")
                }
            }
        }
    }
    let error = cuda::Generator::new(0, cuda::Algorithm::Xorwow, 1).unwrap().uniform(3, F16).unwrap_err();
    assert!(error.to_string().starts_with("XORWOW has no uniform numbers of type float16"), "{error}");
}

#[test]
fn indices_are_checked_on_the_gpu() {
    if !has_gpu() {
        return;
    }
    let x = arange(10).to(GPU);
    let places = Array::from(vec![1i64, 3, 12, 5]).to(GPU);
    let error = numfuse::take(&x, &places, 0).eval().unwrap_err();
    let sentence = "index 12 is out of bounds for axis 0 with size 10";
    assert!(error.to_string().starts_with(sentence), "{error}");
    assert_eq!(error.location().line(), line!() - 3);
    assert_eq!(x.i(3).item::<i64>().unwrap(), 3, "the GPU goes on");
    // The first of two that are told of in one run is named, by the line that took it.
    let first = numfuse::take(&x, &places, 0).cumsum(0);
    let second = numfuse::take(&first, &(&places * 10), 0).sum(..);
    let error = second.eval().unwrap_err();
    assert!(error.to_string().starts_with(sentence), "{error}");
    assert_eq!(error.location().line(), line!() - 4);
}

#[test]
fn a_result_without_room_is_an_error_and_the_rest_goes_on() {
    if !has_gpu() {
        return;
    }
    let x = ones(4, F32).to(GPU);
    let large = zeros([1 << 20, 1 << 20], F32).to(GPU) + x.sum(..);
    let error = large.eval().unwrap_err();
    assert!(error.to_string().starts_with("cannot allocate 4398046511104 bytes"), "{error}");
    assert_eq!(x.sum(..).item::<f32>().unwrap(), 4.0);
}

#[test]
fn functions_and_several_results_run_where_their_arguments_lie() {
    if !has_gpu() {
        return;
    }
    let double = compile(|x| &x[0] * 2.0 + x[0].sum(..));
    let x = Array::from([1.0f32, 2.0]);
    for _ in 0..3 {
        assert_eq!(double.call(&[&x]).unwrap().to_vec::<f32>().unwrap(), [5.0, 7.0]);
        let there = double.call(&[&x.to(GPU)]).unwrap();
        assert_eq!((there.device(), there.to_vec::<f32>().unwrap()), (GPU, vec![5.0, 7.0]));
    }
    let (here, there) = (&x + 1.0, x.to(GPU) + 1.0);
    let back = (&there * 2.0).to(Device::Cpu) + &here;
    eval_all([&here, &there, &back]).unwrap();
    assert_eq!(back.to_vec::<f32>().unwrap(), [6.0, 9.0]);
    cuda::synchronize(GPU).unwrap();
}
