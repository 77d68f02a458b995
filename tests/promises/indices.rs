//! An index out of range is an error, never a wrong number, wherever and however it is computed.

use super::{ready, under};
use numfuse::config;
use numfuse::prelude::*;
use numfuse::{Cause, Error, Mode, compile, eval_all};

/// The sentence of an evaluation that fails for an index, and the line that it names.
#[track_caller]
fn fault(x: &Array) -> (String, u32) {
    let error = x.eval().expect_err("an index is out of range");
    assert!(matches!(error.cause(), Cause::Evaluation(_)), "{error}");
    let text = error.to_string();
    let end = text.rfind(" [").expect("the place is at the end");
    (text[..end].to_string(), error.location().line())
}

#[test]
fn an_index_out_of_range_names_the_index_the_axis_and_the_line() {
    let x = ready(arange(12).reshape([3, 4]));
    let places = ready(Array::from([0, 2, -3, 1]));
    let cases = [
        (x.take(&places + 1, 0), line!(), "index 3 is out of bounds for axis 0 with size 3"),
        (x.take(&places - 1, 0).sum(..), line!(), "index -4 is out of bounds for axis 0 with size 3"),
        ((x.i((.., &places * 3)) * 2).sqrt(), line!(), "index 6 is out of bounds for axis 1 with size 4"),
        (x.i((1, &places - 2)), line!(), "index -5 is out of bounds for axis 1 with size 4"),
        (x.i((NewAxis, 2, &places * 2)), line!(), "index 4 is out of bounds for axis 1 with size 4"),
        (x.take(&places * 7, ..), line!(), "index 14 is out of bounds for axis 0 with size 12"),
        (places.choose([&x.i(0), &x.i(1)]), line!(), "index 2 is out of bounds for axis 0 with size 2"),
        (places.choose([&x, &x]), line!(), "index 2 is out of bounds for axis 0 with size 2"),
        ((&places - 2).choose([&x.i(0)]), line!(), "index -2 is out of bounds for axis 0 with size 1"),
    ];
    for (failed, line, sentence) in cases {
        assert_eq!(fault(&failed), (sentence.to_string(), line), "{}", failed.explain());
        for interp in [true, false] {
            let again = config::with(|c| (c.interp, c.check) = (interp, true), || fault(&failed));
            assert_eq!(again, (sentence.to_string(), line));
        }
    }
    assert_eq!(x.take(&places, 0).to_vec::<i64>().unwrap()[4..8], [8, 9, 10, 11]);
}

#[test]
fn indices_of_what_does_not_depend_on_them_are_looked_at_too() {
    let places = ready(Array::from([0, 5, 1]));
    let same = |x: &Array, extent| {
        let sentence = format!("index 5 is out of bounds for axis 0 with size {extent}");
        assert_eq!(fault(x).0, sentence, "{}", x.explain());
    };
    same(&full(3, 7.5, F32).take(&places, 0), 3);
    same(&full([1, 4], 7.5, F32).take(&places, 0), 1);
    same(&ones([2, 3], I32).i((&places, &places % 3)), 2);
    same(&arange(4).broadcast_to([3, 4]).take(&places, 0).sum(..), 3);
    // Everything that is taken lies in the frame, which has one value.
    same(&zeros(0, I64).pad((1, 2), 9).take(&places, 0), 3);
}

#[test]
fn the_first_index_in_logical_order_is_named_whoever_meets_it() {
    let count = 300_000;
    let x = ready(arange(1000).cast(F32));
    // Wrong at three places, far apart.
    let index = arange(count);
    let wrong = index.equal(123_457) | index.equal(200_001) | index.greater(299_990);
    let places = ready(where_(wrong, &index * -1, &index % 1000));
    let sentence = "index -123457 is out of bounds for axis 0 with size 1000";
    for (fuse, threads) in [(true, 1), (true, 4), (false, 3)] {
        under(fuse, threads, || {
            assert_eq!(fault(&(x.take(&places, 0) * 2)).0, sentence);
            assert_eq!(fault(&x.take(&places, 0).sum(..)).0, sentence);
            assert!(fault(&x.take(places.flip(0), 0).max(..)).0.starts_with("index -299999 "));
            let rows = x.reshape([1000, 1]).broadcast_to([1000, 3]);
            assert_eq!(fault(&rows.take(&places, 0).sum(1)).0, sentence);
            // Two arrays: all of the first is looked at before the second.
            let square = x.reshape([1, 1000]).broadcast_to([1000, 1000]);
            let other = places.take(index.flip(0), 0);
            let said = fault(&square.i((&other, &places))).0;
            assert!(said.starts_with("index -299999 is out of bounds for axis 0"), "{said}");
            // An index that is itself taken by a wrong one: the inner one is told of.
            let inner = ready(arange(10)).take(&index % 11, 0);
            let said = fault(&x.take(inner * 1000, 0)).0;
            assert_eq!(said, "index 10 is out of bounds for axis 0 with size 10");
        });
    }
}

#[test]
fn other_modes_and_elements_that_nobody_wants_have_no_errors() -> Result<(), Error> {
    let x = ready(arange(5));
    let places = ready(Array::from([0, 9, -9]));
    assert_eq!(x.take_mode(&places, 0, Mode::Clip).to_vec::<i64>()?, [0, 4, 0]);
    assert_eq!(x.take_mode(&places, 0, Mode::Wrap).to_vec::<i64>()?, [0, 4, 1]);
    assert_eq!(x.take(&places, 0).i(..1).to_vec::<i64>()?, [0]);
    assert_eq!(x.take(zeros(0, I64), 0).to_vec::<i64>()?, []);
    Ok(())
}

#[test]
fn after_an_error_everything_works_as_before() -> Result<(), Error> {
    let x = ready(arange(5).cast(F64));
    let take = compile(|a| a[0].take(&a[1], 0) + 0.5);
    let line = line!() - 1;
    for _ in 0..3 {
        let error = take.call(&[&x, &Array::from([1, 5])]).unwrap_err();
        assert!(error.to_string().starts_with("index 5 is out of bounds for axis 0 with size 5"), "{error}");
        assert_eq!((error.op(), error.location().line()), ("take", line));
        assert_eq!(take.call(&[&x, &Array::from([1, 4])])?.to_vec::<f64>()?, [1.5, 4.5]);
    }
    let (good, bad) = (&x * 2.0, x.take(Array::from([-6]), 0));
    assert!(eval_all([&good, &bad]).is_err());
    assert_eq!(good.to_vec::<f64>()?, [0.0, 2.0, 4.0, 6.0, 8.0]);
    assert!(bad.to_vec::<f64>().is_err() && bad.item::<f64>().is_err());
    Ok(())
}

#[test]
fn data_is_blind_to_plans_and_shapes_to_kernels() -> Result<(), Error> {
    let sum = |n: i64, m: i64| {
        let (x, places) = (ready(arange(n)), ready(arange(m) * 31 % n));
        (x.take(&places, 0) + 1).sum(..).item::<i64>()
    };
    sum(1000, 300)?;
    let before = numfuse::statistics().compiles;
    for n in 40..60 {
        assert_eq!(sum(n * 20, n + 200)?, (0..n + 200).map(|i| i * 31 % (n * 20) + 1).sum::<i64>());
    }
    assert!(numfuse::statistics().compiles - before <= 8);
    Ok(())
}
