//! More axes or elements than there may be, and arguments at the ends of their types.

use crate::is_mistake;
use numfuse::prelude::*;
use numfuse::{Cause, Error};

#[test]
fn arrays_have_32_axes_and_no_33rd() -> Result<(), Error> {
    let mut extents = [1; 32];
    (extents[0], extents[15], extents[31]) = (3, 2, 5);
    let x = arange(30).reshape(extents);
    assert_eq!((&x + x.flip(..)).to_vec::<i64>()?, [29; 30]);
    assert_eq!(x.t().sum([0, 31]).to_vec::<i64>()?.iter().sum::<i64>(), 435);
    assert_eq!(full([2; 16], 2, I64).reshape([4; 8]).sum([0, 2, 5]).sum(..).item::<i64>()?, 2 << 16);
    let words = "maximum supported dimension for an array is 32";
    is_mistake(&zeros([1; 33], F32), words);
    is_mistake(&x.expand_dims(0), words);
    is_mistake(&x.i((NewAxis, Ellipsis)), words);
    is_mistake(&x.reshape([1; 33]), words);
    is_mistake(&x.broadcast_to([1; 33]), words);
    is_mistake(&stack([&x, &x], 3), words);
    is_mistake(&x.sliding_window_view(2, -1), words);
    is_mistake(&x.tile([1; 33]), words);
    is_mistake(&Array::from_vec(vec![1], [1; 33]), words);
    Ok(())
}

#[test]
fn arrays_of_32_axes_are_repeated_and_tiled() -> Result<(), Error> {
    let mut extents = [1; 32];
    (extents[3], extents[20], extents[31]) = (3, 2, 5);
    let (x, cube) = (arange(30).reshape(extents), arange(30).reshape([3, 2, 5]));
    for (axis, short) in [(3, 0), (20, 1), (31, 2), (-1, -1)] {
        for count in [0, 1, 4] {
            let (long, short) = (x.repeat(count, axis), cube.repeat(count, short));
            assert_eq!(long.ndim(), 32);
            assert_eq!(long.to_vec::<i64>()?, short.to_vec::<i64>()?, "{count} along {axis}");
        }
    }
    assert_eq!(x.repeat(2, 0).shape()[..4], [2, 1, 1, 3]);
    // A view whose axes do not merge.
    let (turned, flat) = (x.t().flip(0), cube.t().flip(0));
    assert_eq!(turned.repeat(3, -4).to_vec::<i64>()?, flat.repeat(3, 2).to_vec::<i64>()?);
    let mut counts = [1; 32];
    (counts[3], counts[20], counts[31]) = (2, 3, 2);
    assert_eq!(x.tile(counts).to_vec::<i64>()?, cube.tile([2, 3, 2]).to_vec::<i64>()?);
    assert_eq!(x.tile(2).to_vec::<i64>()?, cube.tile(2).to_vec::<i64>()?);
    assert_eq!(arange(3).tile(counts).size(), 3 * 12);
    let mut widths = [(0, 0); 32];
    widths[31] = (7, 9);
    let framed = x.pad(widths, Pad::Wrap).to_vec::<i64>()?;
    assert_eq!(framed, cube.pad([(0, 0), (0, 0), (7, 9)], Pad::Wrap).to_vec::<i64>()?);
    is_mistake(&x.repeat(usize::MAX, 3), "array is too big; its shape");
    Ok(())
}

#[test]
fn shapes_beyond_all_memory_are_errors() {
    let (x, half) = (ones([3, 4], F32), zeros(1u64 << 59, F32));
    let words = "array is too big; its shape";
    is_mistake(&zeros([usize::MAX, 2], F32), words);
    is_mistake(&zeros([1u64 << 32, 1 << 32], BOOL), words);
    is_mistake(&zeros([0u64, 1 << 40, 1 << 40], F32), words);
    is_mistake(&x.broadcast_to([usize::MAX, 3, 4]), words);
    is_mistake(&(ones([1u64 << 31, 1], F32) + ones(1u64 << 31, F32)), words);
    is_mistake(&concatenate([&half, &half], 0), words);
    is_mistake(&stack([&half, &half], 0), words);
    is_mistake(&half.reshape([-1, 2]).pad((0, 1 << 58), 0), words);
    for mode in [Pad::from(0), Pad::Edge, Pad::Wrap, Pad::Reflect] {
        is_mistake(&x.pad(usize::MAX, mode), words);
        is_mistake(&x.pad([(0, 0), (1 << 61, 0)], mode), words);
    }
    is_mistake(&x.repeat(usize::MAX, 0), words);
    is_mistake(&x.tile([isize::MAX, 3]), words);
    is_mistake(&linspace(0, 1, usize::MAX), words);
    is_mistake(&eye(usize::MAX, 5, 0, F32), words);
    is_mistake(&meshgrid(&[arange(1u64 << 40), arange(1u64 << 40)])[0], words);
    for failed in
        [arange(u64::MAX), arange((0.0, 1e300)), arange((0.0, f64::NAN)), arange((0.0, 1.0, 1e-300))]
    {
        assert!(failed.eval().is_err());
    }
}

#[test]
fn arguments_at_the_ends_of_their_types_are_no_trouble() -> Result<(), Error> {
    let x = arange(12).reshape([3, 4]);
    for far in [isize::MIN, isize::MIN + 1, isize::MAX - 1, isize::MAX] {
        for failed in
            [x.i(far), x.sum(far), x.flip(far), x.expand_dims(far), x.moveaxis(far, 0), x.swapaxes(0, far)]
        {
            assert!(matches!(failed.eval().unwrap_err().cause(), Cause::Expression(_)), "{far}");
        }
        for taken in
            [x.roll(far, 0), x.roll([far, far], [0, 1]), x.roll([far, far], ..), x.tril(far), x.triu(far)]
        {
            assert_eq!(taken.shape(), [3, 4]);
            taken.eval()?;
        }
        assert_eq!(x.i(far.min(0)..far.max(0)).size() % 4, 0);
        assert!(x.i((.., s(..).step(far))).eval().is_ok());
        assert_eq!(eye(3, 3, far, F32).sum(..).item::<f32>()?, 0.0);
        assert_eq!(x.diagonal(far).try_size().unwrap_or(0), 0);
        assert!(x.reshape([far, far]).eval().is_err());
        assert!(x.sliding_window_view(far, 0).eval().is_err());
    }
    assert!(x.var_ddof(.., usize::MAX).item::<f64>()?.is_infinite());
    x.round(i32::MIN).eval()?;
    x.cast(F32).round(i32::MAX).eval()?;
    Ok(())
}

#[test]
fn counts_and_offsets_without_end_are_mistakes_or_mean_what_they_say() -> Result<(), Error> {
    let x = ones([2, 2], F64);
    for far in [isize::MAX, isize::MAX - 1, 1 << 62] {
        assert_eq!(x.tril(far).to_vec::<f64>()?, [1.0; 4]);
        assert_eq!(x.triu(far).to_vec::<f64>()?, [0.0; 4]);
        assert_eq!(x.tril(-far).to_vec::<f64>()?, [0.0; 4]);
        assert_eq!(x.triu(-far).to_vec::<f64>()?, [1.0; 4]);
    }
    let words = "array is too big; its shape";
    for points in [1 << 62, 1 << 63, usize::MAX] {
        for window in [numfuse::hanning, numfuse::hamming, numfuse::blackman, numfuse::bartlett] {
            is_mistake(&window(points), words);
        }
    }
    is_mistake(&numfuse::vander(&arange(3), usize::MAX, false), "Maximum allowed size exceeded");
    assert_eq!(numfuse::vander(&arange(3), 1 << 40, true).shape(), [3, 1 << 40]);
    is_mistake(&zeros(1u64 << 40, F32).unstack(0)[0], "fewer than 1048576 parts");
    is_mistake(&zeros(1u64 << 40, F32).diff(1 << 30, 0), "order must be at most 1048576");
    let x = Array::from([1.0, 2.0, 3.0]);
    let words = "Shape of weights must be consistent with shape of a along specified axis.";
    is_mistake(&x.average_weighted(&Array::from([1.0]), 0), words);
    is_mistake(&x.reshape([1, 3]).average_weighted(&ones([3, 1], F64), 0), words);
    Ok(())
}

#[test]
fn frames_of_any_width_go_on_as_they_began_and_are_few_operations() -> Result<(), Error> {
    // Where an element of the frame comes from, `i` places after the first of `n` elements.
    let source = |mode: Pad, n: i64, i: i64| match mode {
        Pad::Wrap => i.rem_euclid(n),
        Pad::Reflect if n > 1 => (n - 1) - (i.rem_euclid(2 * n - 2) - (n - 1)).abs(),
        _ => i.clamp(0, n - 1),
    };
    for mode in [Pad::Wrap, Pad::Reflect, Pad::Edge] {
        for n in 1..6 {
            for (before, after) in
                [(0, 1), (1, 0), (2, 3), (5, 4), (4, 11), (17, 0), (0, 23), (300_001, 300_003)]
            {
                let frame = arange(n).pad((before, after), mode);
                let operations = frame.plan()?.operations;
                assert!(operations < 50, "{mode:?} by {before} and {after}: {operations} operations");
                let expected = (-(before as i64)..n + after as i64).map(|i| source(mode, n, i));
                assert!(
                    frame.to_vec::<i64>()? == expected.collect::<Vec<i64>>(),
                    "{mode:?} of {n}: {before}, {after}"
                );
            }
        }
    }
    let rows = arange(6).reshape([2, 3]).pad([(3, 0), (0, 4)], Pad::Wrap);
    assert_eq!(rows.i((0, ..)).to_vec::<i64>()?, [3, 4, 5, 3, 4, 5, 3]);
    assert_eq!(rows.i((.., 6)).to_vec::<i64>()?, [3, 0, 3, 0, 3]);
    Ok(())
}
