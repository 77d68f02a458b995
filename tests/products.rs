//! Products of matrices: what is handed to a library, what it reads where, and what mistakes say.
//! Values are compared with NumPy in `tests/oracles/products.rs`.

use numfuse::prelude::*;
use numfuse::{Error, config, einsum, eval_all, memory, multi_dot, tensordot};

/// Data that is there already, none of it zero.
fn given(shape: &[usize]) -> Array {
    let size: usize = shape.iter().product();
    Array::from_vec((0..size).map(|i| (i * 7 % 23) as f32 - 10.5).collect::<Vec<f32>>(), shape)
}

/// The plan has so many kernels and library calls, and moves so many float32.
#[track_caller]
fn takes(what: &str, expression: &Array, kernels: usize, calls: usize, elements: usize) {
    let plan = expression.plan().expect("the expression is well-formed");
    let text = expression.explain();
    assert_eq!((plan.kernels, plan.library_calls), (kernels, calls), "{what}\n{text}");
    assert_eq!(plan.bytes_moved, 4 * elements as u64, "{what}\n{text}");
}

#[test]
fn transposed_sliced_and_broadcast_operands_are_read_where_they_lie() {
    let (m, n, k) = (30, 50, 40);
    let (a, b) = (given(&[m, k]), given(&[k, n]));
    let (at, bt) = (given(&[k, m]), given(&[n, k]));
    let all = m * k + k * n + m * n;
    takes("as they lie", &a.matmul(&b), 0, 1, all);
    takes("left transposed", &at.t().matmul(&b), 0, 1, all);
    takes("right transposed", &a.matmul(&bt.t()), 0, 1, all);
    takes("both transposed", &at.t().matmul(&bt.t()), 0, 1, all);
    takes("flipped", &a.flip(0).matmul(&b.flip(1)), 0, 1, all);
    takes("with itself", &a.matmul(&a.t()), 0, 1, m * k + m * m);
    let wide = given(&[m, 2 * k]);
    takes("every other column", &wide.i((.., s(..).step(2))).matmul(&b), 0, 1, all);
    takes("a part", &wide.i((.., 3..k + 3)).matmul(&b), 0, 1, all);
    takes("a layer", &given(&[3, m, k]).i((1, .., ..)).matmul(&b), 0, 1, all);
    let batches = given(&[6, m, k]);
    takes("one matrix for all", &batches.matmul(&b), 0, 1, 6 * m * k + k * n + 6 * m * n);
    let columns = given(&[k, 6, m]).permute([1, 2, 0]);
    takes("batches in the middle", &columns.matmul(&b), 0, 1, 6 * m * k + k * n + 6 * m * n);
    takes("axes as one", &given(&[5, 6, k]).reshape([m, k]).matmul(&b), 0, 1, all);
    takes("a contraction of two axes", &given(&[m, 5, 8]).tensordot(&given(&[5, 8, n]), 2), 0, 1, all);
    takes("in Einstein's words", &einsum("ki,jk->ij", [&at, &bt]), 0, 1, all);
}

#[test]
fn the_other_order_of_the_result_costs_nothing() {
    let (a, b) = (given(&[30, 40]), given(&[40, 50]));
    let turned = einsum("ij,jk->ki", [&a, &b]);
    assert_eq!(turned.shape(), [50, 30]);
    takes("the result transposed", &turned, 0, 1, 1200 + 2000 + 1500);
    assert_eq!(turned.to_vec::<f32>().unwrap(), a.matmul(&b).t().to_vec::<f32>().unwrap());
}

#[test]
fn producers_are_written_once_and_consumers_fused() {
    let (a, b) = (given(&[30, 40]), given(&[40, 50]));
    let scaled = &a * 2.5 + 1.0;
    takes("a producer", &scaled.matmul(&b), 1, 1, 2 * 1200 + 1200 + 2000 + 1500);
    takes("a producer, transposed", &scaled.t().matmul(&given(&[30, 8])), 1, 1, 2 * 1200 + 1200 + 240 + 320);
    takes("one for both sides", &scaled.matmul(&scaled.t()), 1, 1, 2 * 1200 + 1200 + 900);
    let rows = (&a * 2.5).i((..10, ..));
    takes("a part of a producer", &rows.matmul(&b), 1, 1, 1200 + 400 + 400 + 2000 + 500);
    let bias = given(&[50]);
    let layer = (a.matmul(&b) + &bias).maximum(0);
    takes("a layer of a network", &layer, 1, 1, 1200 + 2000 + 1500 + 1500 + 50 + 1500);
    takes("row sums", &a.matmul(&b).sum(1), 1, 1, 1200 + 2000 + 1500 + 1500 + 30);
    takes("a chain", &a.matmul(&b).matmul(&given(&[50, 20])), 0, 2, 1200 + 2000 + 1500 + 1500 + 1000 + 600);
    let text = layer.explain();
    for words in [
        "library call 1: matmul",
        "handed to the crate",
        "kernel 2: add, maximum",
        "because a library computes it",
    ] {
        assert!(text.contains(words), "{words}\n{text}");
    }
    assert!(scaled.matmul(&b).explain().contains("because a library reads it"));
    assert!(a.matmul(&b).explain().contains("1 array operation became 1 library call"));
    assert!(a.t().matmul(&given(&[30, 8])).explain().contains("as (40, 30) by strides 1, 40"));
}

#[test]
fn what_is_read_here_and_there_is_computed_by_one_kernel() {
    let (a, b) = (given(&[30, 40]), given(&[40, 50]));
    let e = (&a * 0.01).exp();
    let both = [e.matmul(&b), &e * 2.0];
    eval_all(&both).unwrap();
    let plan = both[0].plan().unwrap();
    assert_eq!((plan.kernels, plan.library_calls), (1, 1), "{}", both[0].explain());
    // The reader of the product also reads what the library reads: no kernel waits for itself.
    let mixed = e.matmul(&e.t()).sum_keepdims(1) * &e + e.sum(1).i((.., NewAxis));
    config::with(|c| c.check = true, || mixed.eval()).unwrap();
    let chain = (0..6).fold(e.clone(), |x, _| (x.matmul(&x.t()).matmul(&e) * 1e-4 + &e).tanh());
    config::with(|c| c.check = true, || chain.eval()).unwrap();
}

#[test]
fn small_products_integers_and_vectors_are_one_loop() {
    let loops = |what: &str, expression: &Array| {
        let plan = expression.plan().unwrap();
        assert_eq!((plan.kernels, plan.library_calls), (1, 0), "{what}\n{}", expression.explain());
    };
    let (a, v) = (given(&[300, 400]), given(&[400]));
    loops("a matrix and a vector", &(&a * 2.0).matmul(&v));
    loops("a vector and a matrix", &given(&[300]).matmul(&(&a + 1.0)));
    loops("vectors", &(&v * 3.0).dot(&v).sqrt());
    loops("small matrices", &(given(&[4, 4]) * 2.0).matmul(&given(&[4, 4])));
    let (whole, truth) = (a.cast(I32), a.greater(0));
    eval_all([&whole, &truth]).unwrap();
    loops("integers", &whole.matmul(&whole.t()));
    loops("truth values", &truth.matmul(&truth.t()));
    loops("a bilinear form", &einsum("i,ij,j->", [&given(&[300]), &a, &v]));
    loops("many dots", &given(&[500, 60]).vecdot(&given(&[500, 60])));
    loops("two axes", &tensordot(&given(&[20, 30, 40]), &given(&[30, 40, 3]), 2));
    loops("an outer product", &numfuse::outer(&v, &v));
    loops("blocks", &given(&[20, 30]).kron(&given(&[4, 5])));
}

#[test]
fn work_and_memory_are_counted() {
    let (a, b) = (given(&[30, 40]), given(&[40, 50]));
    let plan = a.matmul(&b).plan().unwrap();
    assert_eq!((plan.flops, plan.operations), (2 * 30 * 40 * 50, 1));
    assert_eq!(plan.peak_bytes, 4 * 1500);
    let plan = ((&a * 2.5).matmul(&b) + 1.0).plan().unwrap();
    assert_eq!(plan.flops, 1200 + 2 * 30 * 40 * 50 + 1500);
    // The scaled matrix and the product, over which the sum is written.
    assert_eq!(plan.peak_bytes, 4 * (1200 + 1500));
    (&a * 2.5).matmul(&b).eval().unwrap();
    assert!(memory::statistics().peak_bytes > 0);
}

#[test]
fn threads_and_fusion_change_no_bit() -> Result<(), Error> {
    let (a, b) = (given(&[5, 300, 70]), given(&[70, 310]));
    let expression = || (&a * 0.37).matmul(&b).maximum(0.0).sum(1);
    let with = |threads, fuse| {
        let change = |c: &mut config::Config| (c.threads, c.fuse) = (Some(threads), fuse);
        config::with(change, || expression().to_vec::<f32>())
    };
    let expected = with(1, true)?;
    for (threads, fuse) in [(2, true), (5, true), (1, false), (4, false)] {
        assert_eq!(with(threads, fuse)?, expected, "{threads} threads, fusion {fuse}");
    }
    let meant = config::with(|c| c.interp = true, || expression().to_vec::<f32>())?;
    assert!(meant.iter().zip(&expected).all(|(m, e)| (m - e).abs() <= m.abs() * 1e-4));
    Ok(())
}

#[test]
fn chains_are_multiplied_where_it_is_cheap() {
    let [a, b, c] = [[10, 1000], [1000, 900], [900, 8]].map(|shape| given(&shape));
    let chain = multi_dot([&a, &b, &c]);
    assert_eq!(chain.plan().unwrap().flops, 2 * (1000 * 900 * 8 + 10 * 1000 * 8));
    assert_eq!(einsum("ij,jk,kl", [&a, &b, &c]).plan().unwrap().flops, chain.plan().unwrap().flops);
    let long: Vec<Array> = (0..60).map(|_| given(&[9, 9])).collect();
    assert_eq!(multi_dot(&long).shape(), [9, 9]);
    assert_eq!(multi_dot(&long).plan().unwrap().library_calls, 59);
}

#[test]
fn nothing_gives_zeros_and_many_batches_are_shared() -> Result<(), Error> {
    assert_eq!(zeros([2, 0], F32).matmul(&zeros([0, 3], F32)).to_vec::<f32>()?, [0.0; 6]);
    assert_eq!(zeros([0, 20, 30], F64).matmul(&zeros([30, 40], F64)).shape(), [0, 20, 40]);
    let x = given(&[500, 9, 10]);
    let sums = x.matmul(&ones([10, 8], F32));
    let rows = x.sum(2).to_vec::<f32>()?;
    let found = sums.to_vec::<f32>()?;
    assert!(rows.iter().enumerate().all(|(i, row)| (found[8 * i + 3] - row).abs() < 1e-3));
    Ok(())
}

#[test]
fn mistakes_are_told_at_their_line() {
    let product = zeros([2, 3], F32).matmul(&zeros([4, 5], F32));
    let line = line!() - 1;
    let error = product.check().unwrap_err();
    let sentence = "matmul: Input operand 1 has a mismatch in its core dimension 0, with gufunc signature \
                    (n?,k),(k,m?)->(n?,m?) (size 4 is different from 3) [matmul of float32 (2, 3), float32 (4, 5)";
    assert!(error.to_string().starts_with(sentence), "{error}");
    assert_eq!(error.location().line(), line);
    let x = zeros([2, 3], F32);
    assert!(einsum("ij->", [] as [&Array; 0]).check().is_err());
    assert!(x.tensordot(&x, -1).shape() == [2, 3, 2, 3]);
    assert!(x.tensordot(&x, 40).check().is_err());
    let deep = ones([1; 20], F32);
    let text = deep.tensordot(&deep, 0).check().unwrap_err().to_string();
    assert!(text.starts_with("maximum supported dimension for an array is 32, found 40"), "{text}");
}
