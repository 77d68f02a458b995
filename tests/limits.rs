//! The edges: nothing to compute, one number, more axes or elements than there may be, no memory,
//! processes that fork. Each is an answer or an error, never a panic or a hang.

mod alone;

use alone::alone;
use numfuse::prelude::*;
use numfuse::{Cause, Error, config, eval_all, memory};

const NOTHING: [&[usize]; 6] = [&[0], &[0, 3], &[3, 0], &[2, 0, 3], &[0, 0], &[1, 0, 1]];

/// Fails unless the array has that shape and as many elements as the shape says, fused or not.
#[track_caller]
fn has_shape(what: &str, x: &Array, shape: &[usize]) {
    assert_eq!(x.try_shape().unwrap_or_else(|error| panic!("{what}: {error}")), shape, "{what}");
    let apart = x.cast(F64);
    config::with(|config| config.fuse = false, || apart.eval())
        .unwrap_or_else(|error| panic!("{what}: {error}"));
    let elements = x.cast(F64).to_vec::<f64>().unwrap_or_else(|error| panic!("{what}: {error}"));
    assert_eq!(elements.len(), shape.iter().product(), "{what}");
    assert!(!x.to_string().is_empty(), "{what} is printed");
    assert!(!x.explain().is_empty(), "{what} is explained");
}

/// Fails unless the array carries a mistake whose text holds these words.
#[track_caller]
fn is_mistake(x: &Array, words: &str) {
    let error = x.eval().expect_err(words);
    assert!(matches!(error.cause(), Cause::Expression(_)), "{error}");
    assert!(error.to_string().contains(words), "{error}");
}

// ── Nothing, and one number ────────────────────────────────────────────────────────────────────────

macro_rules! every_op {
    ($($(#[doc = $doc:literal])+ $V:ident $name:ident($($p:ident),+): $class:ident, ulp($ulp:literal) = $kind:ident($($d:tt)+);)+) => {
        [$((stringify!($name), (|x: &Array| {
            $(let $p = x.clone();)+
            numfuse::$name($($p),+)
        }) as fn(&Array) -> Array)),+]
    };
}

type Function = fn(&Array) -> Array;

fn every_op() -> impl Iterator<Item = (&'static str, Function)> {
    numfuse_ir::for_each_op!(every_op).into_iter()
}

/// Whether NumPy has the op for that type: else it raises, and so do we, in its words.
#[track_caller]
fn is_known(what: &str, y: &Array) -> bool {
    let Err(error) = y.check() else { return true };
    assert!(error.to_string().contains("not supported"), "{what}: {error}");
    false
}

#[test]
fn every_op_takes_arrays_without_elements() {
    has_shape("beside some", &(zeros([0, 1], F64) + ones([1, 3], F64)), &[0, 3]);
    for (name, op) in every_op() {
        for dtype in DType::ALL.iter().copied() {
            for shape in NOTHING {
                let what = format!("{name} of {dtype} {shape:?}");
                let y = op(&zeros(shape, dtype));
                if is_known(&what, &y) {
                    has_shape(&what, &y, shape);
                }
            }
        }
    }
}

#[test]
fn every_op_takes_arrays_without_axes() -> Result<(), Error> {
    for (name, op) in every_op() {
        for dtype in [BOOL, I8, U64, F32, F64] {
            let what = format!("{name} of one {dtype}");
            let one = Array::from_vec(vec![1i64], ()).cast(dtype);
            let y = op(&one);
            if !is_known(&what, &y) {
                continue;
            }
            has_shape(&what, &y, &[]);
            let many = op(&Array::from(vec![1i64; 9]).cast(dtype));
            let same = many.equal(&y) | (many.isnan() & y.isnan());
            assert!(same.all(..).item::<bool>()?, "{what} is another than of a vector");
        }
    }
    Ok(())
}

macro_rules! every_reduction {
    ($($name:ident)+) => { [$((stringify!($name), |x: &Array, axis: Option<usize>| match axis {
        Some(axis) => x.$name(axis),
        None => x.$name(..),
    })),+] };
}

type Reduction = fn(&Array, Option<usize>) -> Array;

const REDUCTIONS: [(&str, Reduction); 14] =
    every_reduction!(sum prod min max any all argmin argmax count_nonzero ptp mean var std norm);

#[test]
fn every_reduction_of_nothing_is_its_identity_nan_or_an_error() -> Result<(), Error> {
    for (name, reduction) in REDUCTIONS {
        let of_nothing = match name {
            "sum" | "any" | "count_nonzero" | "norm" => Some(0.0),
            "prod" | "all" => Some(1.0),
            "mean" | "var" | "std" => Some(f64::NAN),
            _ => None,
        };
        for dtype in [BOOL, I16, U32, F32, F64] {
            for shape in NOTHING {
                for axis in (0..shape.len()).map(Some).chain([None]) {
                    let what = format!("{name} of {dtype} {shape:?} over {axis:?}");
                    let y = reduction(&zeros(shape, dtype), axis);
                    if name == "ptp" && dtype == BOOL {
                        assert!(y.check().is_err(), "{what}: bools have no difference");
                        continue;
                    }
                    let mut kept = shape.to_vec();
                    let reduced = axis.map_or(0, |axis| kept.remove(axis));
                    if axis.is_none() {
                        kept.clear();
                    }
                    match of_nothing {
                        None if reduced == 0 => assert!(y.check().is_err(), "{what} has no answer"),
                        None => has_shape(&what, &y, &kept),
                        Some(expected) => {
                            has_shape(&what, &y, &kept);
                            let expected = vec![expected; if reduced == 0 { y.size() } else { 0 }];
                            let found = y.cast(F64).to_vec::<f64>()?;
                            assert_eq!(format!("{found:?}"), format!("{expected:?}"), "{what}");
                        }
                    }
                }
            }
        }
    }
    Ok(())
}

#[test]
fn every_reduction_takes_arrays_without_axes() -> Result<(), Error> {
    for (name, reduction) in REDUCTIONS {
        let y = reduction(&Array::from_vec(vec![-3.0], ()), None).cast(F64);
        has_shape(name, &y, &[]);
        let expected = match name {
            "argmin" | "argmax" | "ptp" | "var" | "std" => 0.0,
            "any" | "all" | "count_nonzero" => 1.0,
            "norm" => 3.0,
            _ => -3.0,
        };
        assert_eq!(y.item::<f64>()?, expected, "{name}");
        assert!(
            reduction(&Array::from_vec(vec![-3.0], ()), Some(0)).check().is_err(),
            "{name} has no axis 0"
        );
    }
    Ok(())
}

#[test]
fn views_and_joins_take_arrays_without_elements() {
    let x = zeros([0, 3], F32) + 1.5;
    let shapes: [(&str, Array, &[usize]); 24] = [
        ("t", x.t(), &[3, 0]),
        ("reshape", x.reshape([5, 0, 2]), &[5, 0, 2]),
        ("ravel", x.ravel(), &[0]),
        ("expand_dims", x.expand_dims([0, -1]), &[1, 0, 3, 1]),
        ("squeeze", x.i((.., 1..2)).squeeze(..), &[0]),
        ("broadcast_to", x.broadcast_to([4, 0, 3]), &[4, 0, 3]),
        ("flip", x.flip(..), &[0, 3]),
        ("slice", x.i((5.., s(..).step(-2))), &[0, 2]),
        ("diagonal", x.diagonal(0), &[0]),
        ("trace", x.trace(1), &[]),
        ("windows", x.sliding_window_view(2, 1), &[0, 2, 2]),
        ("pad", x.pad(1, 7.0), &[2, 5]),
        ("pad one axis", x.pad([(0, 0), (2, 1)], Pad::Reflect), &[0, 6]),
        ("roll", x.roll(3, 0), &[0, 3]),
        ("roll all", x.roll(-1, ..), &[0, 3]),
        ("repeat", x.repeat(4, 1), &[0, 12]),
        ("repeat never", x.repeat(0, 1), &[0, 0]),
        ("tile", x.tile([2, 2]), &[0, 6]),
        ("concatenate", concatenate([&x, &x], 0), &[0, 3]),
        ("concatenate with some", concatenate([&x, &ones([2, 3], F32), &x], 0), &[2, 3]),
        ("stack", stack([&x, &x], 1), &[0, 2, 3]),
        ("tril", x.tril(0), &[0, 3]),
        ("softmax", x.softmax(1), &[0, 3]),
        ("var", x.var_ddof(0, 1), &[3]),
    ];
    for (what, y, shape) in shapes {
        has_shape(what, &y, shape);
    }
    for (what, y) in
        [("arange", arange(0)), ("linspace", linspace(0, 1, 0)), ("eye", eye(0, 0, 0, F32).ravel())]
    {
        has_shape(what, &y, &[0]);
    }
    meshgrid(&[arange(0), arange(3)]).iter().for_each(|y| has_shape("meshgrid", y, &[3, 0]));
    is_mistake(&x.i(0), "index 0 is out of bounds for axis 0 with size 0");
    is_mistake(&x.pad(1, Pad::Edge), "can't extend empty axis 0");
}

#[test]
fn views_and_joins_take_arrays_without_axes() {
    let x = Array::from_vec(vec![2.5], ());
    has_shape("t", &x.t(), &[]);
    has_shape("ravel", &x.ravel(), &[1]);
    has_shape("reshape", &x.reshape([1, 1]), &[1, 1]);
    has_shape("index", &x.i(()), &[]);
    has_shape("new axis", &x.i((NewAxis, Ellipsis, NewAxis)), &[1, 1]);
    has_shape("broadcast_to", &x.broadcast_to([2, 3]), &[2, 3]);
    has_shape("flip", &x.flip(..), &[]);
    has_shape("pad", &x.pad(3, 0.0), &[]);
    has_shape("roll", &x.roll(1, ..), &[]);
    has_shape("tile", &x.tile(3), &[3]);
    has_shape("stack", &stack([&x, &x], 0), &[2]);
    has_shape("squeeze", &x.squeeze(..), &[]);
    has_shape("softmax", &x.softmax(..), &[]);
    has_shape("logsumexp", &x.logsumexp(..), &[]);
    for failed in [x.i(0), x.flip(0), x.repeat(2, 0), x.diagonal(0), x.tril(0), concatenate([&x, &x], 0)] {
        assert!(matches!(failed.eval().unwrap_err().cause(), Cause::Expression(_)));
    }
}

// ── Too many axes, too many elements ───────────────────────────────────────────────────────────────

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

// ── No memory ──────────────────────────────────────────────────────────────────────────────────────

fn is_out_of_memory(result: Result<(), Error>) -> Error {
    let error = result.expect_err("there is not that much memory");
    assert!(matches!(error.cause(), Cause::Evaluation(numfuse_runtime::Error::Memory(_))), "{error}");
    assert!(error.to_string().starts_with("cannot allocate"), "{error}");
    error
}

#[test]
fn out_of_memory_is_an_error_and_everything_stays_usable() {
    alone("out_of_memory_is_an_error_and_everything_stays_usable", || {
        let limit = memory::limit();
        let (megabyte, live) = (1 << 20, || memory::statistics().live_bytes);
        let x = arange(4 * megabyte).cast(F32);
        let small = (arange(1000) * 3).sum(..);
        // 16 MiB a matrix: room for one of them, and not for the two that this plan needs at once.
        let (y, z) = (&x * 0.5 + 1.0, (&x - x.mean(..)).sqrt());
        let together = [&y, &z];
        memory::set_limit(24 * megabyte);
        let before = live();
        for _ in 0..3 {
            is_out_of_memory(eval_all(together));
            assert_eq!(live(), before, "what was allocated before the failure is given back");
        }
        is_out_of_memory(full([100, megabyte], 7, F64).eval());
        is_out_of_memory(full([100, megabyte], 7, F64).to_vec::<f64>().map(drop));
        is_out_of_memory(full([100, megabyte], 7, F64).to_npy().map(drop));
        assert_eq!(small.item::<i64>().unwrap(), 3 * 499_500, "what fits is computed");
        assert_eq!(y.sum(..).plan().unwrap().kernels, 1, "what failed is still pending");
        y.eval().unwrap();
        is_out_of_memory(z.eval());
        assert_eq!(y.i(10).item::<f32>().unwrap(), 6.0);
        drop(y);
        z.eval().unwrap();
        drop(z);
        memory::set_limit(0);
        is_out_of_memory((arange(10) + 1).eval());
        memory::set_limit(limit);
        assert_eq!((arange(10) + 1).sum(..).item::<i64>().unwrap(), 55);
        assert_eq!((&x * 0.5).i(-1).item::<f32>().unwrap(), 0.5 * (4.0 * 1048576.0 - 1.0));
    });
}

#[test]
fn out_of_memory_names_the_line_of_the_result_that_found_none() {
    alone("out_of_memory_names_the_line_of_the_result_that_found_none", || {
        let at = |error: &Error| (error.op(), error.location().file(), error.location().line());
        let (x, limit) = (ones([1000, 1000], F64), memory::limit());
        memory::set_limit(1 << 20);
        let root = (&x + 0.1).sqrt();
        let line = line!() - 1;
        let error = is_out_of_memory(root.eval());
        assert_eq!(at(&error), ("sqrt", file!(), line), "{error}");
        assert_eq!(error.shapes().collect::<Vec<_>>(), [&[1000, 1000]]);
        assert!(error.to_string().contains("raise the limit with memory::set_limit"), "{error}");
        // The plan is known by now, from another line.
        let again = (&x + 0.1).sqrt();
        let line = line!() - 1;
        let error = is_out_of_memory(again.to_vec::<f64>().map(drop));
        assert_eq!(at(&error), ("sqrt", file!(), line), "{error}");
        // What has no room is a result on the way to the one that is asked for.
        let scaled = &x * 0.3;
        let line = line!() - 1;
        let sum = (scaled - 1.5).sum(..);
        let error = is_out_of_memory(config::with(|config| config.fuse = false, || sum.eval()));
        assert_eq!(at(&error), ("multiply", file!(), line), "{error}");
        let filled = full([1000, 1000], 7, F64);
        let line = line!() - 1;
        let error = is_out_of_memory(filled.eval());
        assert_eq!(at(&error), ("eval", file!(), line), "{error}");
        assert_eq!(error.shapes().collect::<Vec<_>>(), [&[1000, 1000]]);
        // A function that was traced is told of at its own lines.
        memory::set_limit(limit);
        let function = numfuse::compile(|x| (&x[0] * 0.7).exp());
        let line = line!() - 1;
        let data = Array::from(vec![1.0f32; 1 << 20]);
        function.call(&[&data]).unwrap();
        memory::set_limit(1 << 20);
        let error = is_out_of_memory(function.call(&[&data]).map(drop));
        assert_eq!(at(&error), ("exp", file!(), line), "{error}");
        memory::set_limit(limit);
    });
}

#[test]
fn a_failed_evaluation_leaves_its_arrays_usable() -> Result<(), Error> {
    let good = arange(5) * 2;
    let bad = &good + arange(6);
    let line = line!() - 1;
    for _ in 0..2 {
        let error = eval_all([&good, &bad]).unwrap_err();
        assert_eq!(error.location().line(), line);
    }
    assert_eq!(good.to_vec::<i64>()?, [0, 2, 4, 6, 8]);
    assert!(good.to_vec::<f32>().is_err(), "the elements are not of that type");
    assert!(good.item::<i64>().is_err(), "there are five");
    assert_eq!((good + 1).to_vec::<i64>()?, [1, 3, 5, 7, 9]);
    Ok(())
}

// ── Forks ──────────────────────────────────────────────────────────────────────────────────────────

/// Runs `body` in a fork of this process and fails unless it returns true within a minute.
#[cfg(unix)]
fn in_a_fork(body: impl FnOnce() -> bool) {
    // SAFETY: the child only runs `body` and leaves without cleaning up what is the parent's.
    let child = unsafe { libc::fork() };
    assert!(child >= 0, "a process can be forked");
    if child == 0 {
        let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(body)).unwrap_or(false);
        // SAFETY: ends this process and nothing else.
        unsafe { libc::_exit(if done { 0 } else { 1 }) };
    }
    for _ in 0..6000 {
        let mut status = 0;
        // SAFETY: `child` is ours and `status` outlives the call.
        if unsafe { libc::waitpid(child, &mut status, libc::WNOHANG) } == child {
            assert!(
                libc::WIFEXITED(status) && libc::WEXITSTATUS(status) == 0,
                "the child ends with {status:#x}"
            );
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    // SAFETY: ends the child that was started above.
    unsafe { libc::kill(child, libc::SIGKILL) };
    panic!("the child hangs");
}

#[cfg(unix)]
#[test]
fn a_child_of_fork_evaluates_as_its_parent_does() {
    alone("a_child_of_fork_evaluates_as_its_parent_does", || {
        config::set(|config| config.threads = Some(4));
        let x = arange(2_000_000).cast(F32) * 0.001;
        let spread = |x: &Array| (x - x.mean(..)).sin().sum(..).item::<f32>().unwrap();
        let unseen = |x: &Array| x.reshape([-1, 1000]).var(1).sqrt().max(..).item::<f32>().unwrap();
        let expected = spread(&x);
        let pending = x.cos().sum(..);
        // In the child the parent's worker threads do not exist.
        in_a_fork(|| {
            let again = spread(&x) == expected;
            let fresh = unseen(&x);
            let one = config::with(|config| config.threads = Some(1), || unseen(&x));
            again && fresh == one && pending.item::<f32>().is_ok()
        });
        in_a_fork(|| (0..10).all(|_| spread(&x) == expected));
        assert_eq!(spread(&x), expected, "the parent's threads are still there");
        pending.eval().unwrap();
    });
}

/// A chain of operations that is another kernel for each number.
#[cfg(unix)]
fn chain(x: &Array, number: usize) -> Array {
    (0..16).fold(x.clone(), |y, bit| match number >> bit & 1 {
        0 => y + x,
        _ => y.maximum(x),
    })
}

/// Doubling and keeping 1: what [`chain`] makes of ones.
#[cfg(unix)]
fn of_ones(number: usize) -> f32 {
    (0..16).fold(1.0, |y, bit| if number >> bit & 1 == 0 { y + 1.0 } else { y })
}

#[cfg(unix)]
#[test]
fn a_child_finds_nothing_locked_by_threads_that_it_has_not() {
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
    struct Stop<'a>(&'a AtomicBool);
    impl Drop for Stop<'_> {
        fn drop(&mut self) {
            self.0.store(true, Relaxed);
        }
    }
    alone("a_child_finds_nothing_locked_by_threads_that_it_has_not", || {
        config::set(|config| config.threads = Some(3));
        let stop = AtomicBool::new(false);
        let shared = Array::from(vec![1.0f32; 1000]);
        let holds = |number| chain(&shared, number).i(7).item::<f32>().unwrap() == of_ones(number);
        let large = arange(500_000).cast(F32) * 0.001;
        let spread = || chain(&large, 0).sin().sum(..).item::<f32>().unwrap();
        let expected = spread();
        // What each thread evaluates now: a kernel that it very likely compiles.
        let now = [const { AtomicUsize::new(0) }; 3];
        std::thread::scope(|scope| {
            for (thread, now) in now.iter().enumerate() {
                let (stop, holds) = (&stop, &holds);
                scope.spawn(move || {
                    for number in (thread << 14..(thread + 1) << 14).cycle() {
                        if stop.load(Relaxed) {
                            break;
                        }
                        now.store(number, Relaxed);
                        assert!(holds(number));
                        config::set(|config| config.check = false);
                    }
                });
            }
            // However the children end, the threads stop.
            let _ends = Stop(&stop);
            for child in 0..50 {
                in_a_fork(|| {
                    now.iter().all(|number| holds(number.load(Relaxed)))
                        && holds(3 << 14 | child)
                        && spread() == expected
                });
            }
        });
        let busy = now.iter().enumerate().all(|(thread, now)| now.load(Relaxed) > (thread << 14) + 50);
        assert!(busy, "the threads go on");
        assert_eq!(spread(), expected, "the parent goes on");
    });
}
