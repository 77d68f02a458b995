//! Scans: values, types and shapes as NumPy's, what fuses, and the one order of floats.

use numfuse::prelude::*;

fn given(x: Array) -> Array {
    x.eval().expect("constants evaluate");
    x
}

/// Numbers whose sums depend on the order, in `[0.5, 1.5)`.
fn rough(n: usize) -> Vec<f32> {
    (0..n as u32).map(|i| 0.5 + (i.wrapping_mul(2_654_435_761) >> 8) as f32 / (1 << 24) as f32).collect()
}

/// The order of scans, written down once more: runs of 16 in blocks of 512.
fn cumsum(x: &[f32]) -> Vec<f32> {
    let serial = |x: &[f32]| -> Vec<f32> {
        let mut sum = -0.0;
        x.iter()
            .map(|x| {
                sum += x;
                sum
            })
            .collect()
    };
    let before = |totals: &[f32], i: usize| if i == 0 { -0.0 } else { totals[i - 1] };
    let blocks: Vec<Vec<Vec<f32>>> = x.chunks(512).map(|b| b.chunks(16).map(serial).collect()).collect();
    let runs: Vec<Vec<f32>> =
        blocks.iter().map(|b| serial(&b.iter().map(|r| *r.last().unwrap()).collect::<Vec<f32>>())).collect();
    let totals: Vec<f32> = runs.iter().map(|r| *r.last().unwrap()).collect();
    let totals = if totals.len() > 1 { cumsum(&totals) } else { totals };
    let mut all = Vec::new();
    for (b, block) in blocks.iter().enumerate() {
        for (r, run) in block.iter().enumerate() {
            all.extend(run.iter().map(|x| (before(&totals, b) + before(&runs[b], r)) + x));
        }
    }
    all
}

#[test]
fn values_types_and_shapes_are_numpys() {
    let x = Array::from([[3i32, -1, 4], [1, -5, 9]]);
    assert_eq!(x.cumsum(1).to_vec::<i64>().unwrap(), [3, 2, 6, 1, -4, 5]);
    assert_eq!(x.cumsum(0).to_vec::<i64>().unwrap(), [3, -1, 4, 4, -6, 13]);
    assert_eq!(x.cumsum(..).to_vec::<i64>().unwrap(), [3, 2, 6, 7, 2, 11]);
    assert_eq!(x.cumprod(-1).to_vec::<i64>().unwrap(), [3, -3, -12, 1, -5, -45]);
    assert_eq!(x.cummax(1).to_vec::<i32>().unwrap(), [3, 3, 4, 1, 1, 9]);
    assert_eq!(x.cummin(0).to_vec::<i32>().unwrap(), [3, -1, 4, 1, -5, 4]);
    assert_eq!(x.cumsum(..).shape(), [6]);
    assert_eq!(Array::from([true, true, false]).cumsum(0).dtype(), I64);
    assert_eq!(Array::from([1u8, 2]).cumprod(0).dtype(), U64);
    assert_eq!(Array::from([1.5f32]).cumsum(0).dtype(), F32);
    assert_eq!(Array::from(2.5f64).cumsum(..).to_vec::<f64>().unwrap(), [2.5]);
    assert_eq!(ones([0, 3], F32).cumsum(0).shape(), [0, 3]);
    let holes = Array::from([1.0f32, f32::NAN, 3.0]);
    assert_eq!(holes.nancumsum(0).to_vec::<f32>().unwrap(), [1.0, 1.0, 4.0]);
    assert_eq!(holes.nancumprod(0).to_vec::<f32>().unwrap(), [1.0, 1.0, 3.0]);
    let running = holes.cummax(0).to_vec::<f32>().unwrap();
    assert!(running[0] == 1.0 && running[1].is_nan() && running[2].is_nan());
    // The sign of a zero that nothing was added to stays.
    assert!(Array::from([-0.0f32, -0.0]).cumsum(0).to_vec::<f32>().unwrap()[1].is_sign_negative());
}

#[test]
fn mistakes_are_told() {
    let x = ones([2, 3], F32);
    let text = x.cumsum(2).check().unwrap_err().to_string();
    assert!(text.contains("axis 2 is out of bounds for array of dimension 2"), "{text}");
    let text = x.cumsum([0, 1]).check().unwrap_err().to_string();
    assert!(text.contains("cumsum runs along one axis, not 2"), "{text}");
}

#[test]
fn floats_go_in_one_order_whatever_runs_them() {
    for n in [1, 15, 16, 17, 511, 512, 513, 8192, 8193, 40_000, 300_000] {
        let data = rough(n);
        let wanted = cumsum(&data);
        let x = Array::from_slice(&data, n);
        assert_eq!(x.cumsum(0).to_vec::<f32>().unwrap(), wanted, "{n} in one line");
        if n <= 40_000 {
            let column = Array::from_slice(&data, [n, 1]) + zeros([n, 20], F32);
            let columns = column.cumsum(0);
            assert_eq!(columns.i((.., 7)).to_vec::<f32>().unwrap(), wanted, "{n} down 20 columns");
            assert_eq!(x.flip(0).flip(0).cumsum(0).to_vec::<f32>().unwrap(), wanted, "{n} as a view");
        }
    }
}

#[test]
fn scans_share_the_pass_of_what_is_around_them() {
    let x = given(ones([300, 400], F32));
    let kernels = |y: &Array| y.plan().unwrap().kernels;
    assert_eq!(kernels(&x.cumsum(1)), 1);
    assert_eq!(kernels(&((&x * 2.5 + 1.0).cumsum(1).sqrt() - &x)), 1, "producers and consumers");
    assert_eq!(kernels(&x.softmax(1).cumsum(1)), 1, "shares of a row, added up");
    assert_eq!(kernels(&(x.cumsum(0) / x.sum_keepdims(0))), 1, "and of a column");
    assert_eq!(kernels(&x.cumsum(1).cumsum(1)), 1, "a scan of a scan");
    assert_eq!(kernels(&(x.cumsum(1) - x.cumprod(1))), 1, "two scans of one input");
    assert_eq!(kernels(&x.cumsum(1).cumsum(0)), 2, "along both axes");
    assert_eq!(kernels(&x.cumsum(1).max(1)), 2, "a fold of running values");
    let moved = x.cumsum(1).sqrt().plan().unwrap().bytes_moved;
    assert_eq!(moved, 2 * 4 * 300 * 400);
    let cut = x.cumsum(1);
    let late = cut.i((.., 2..)) - cut.i((.., ..-2));
    assert_eq!(kernels(&late), 2);
    assert!(late.explain().contains("a scan is read in another walk"), "{}", late.explain());
}

#[test]
fn chained_and_paired_scans_compute_what_single_ones_do() {
    let data = rough(5000);
    let x = Array::from_slice(&data, [5, 1000]);
    let (once, twice) = (given(x.cumsum(1)), x.cumsum(1).cumsum(1));
    assert_eq!(twice.to_vec::<f32>().unwrap(), given(once.cumsum(1)).to_vec::<f32>().unwrap());
    let long = Array::from_slice(&rough(70_000), 70_000);
    let at_once = (long.cumsum(0) * 0.001).cumsum(0).to_vec::<f32>().unwrap();
    assert_eq!(at_once, given(given(long.cumsum(0)) * 0.001).cumsum(0).to_vec::<f32>().unwrap());
    let (sum, product) = (x.cumsum(1), x.cumprod(1));
    numfuse::eval_all([&sum, &product].map(Array::clone).as_slice()).unwrap();
    assert_eq!(sum.to_vec::<f32>().unwrap(), once.to_vec::<f32>().unwrap());
    assert_eq!(product.to_vec::<f32>().unwrap(), x.cumprod(1).to_vec::<f32>().unwrap());
}
