//! Arrays on an NVIDIA GPU, as users have them. Where there is none, what is asked of it is one sentence.

#![allow(clippy::reversed_empty_ranges, reason = "an end below 0 counts from the back")]

#[path = "skips/mod.rs"]
mod skips;

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
