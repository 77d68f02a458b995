//! Writing to parts of arrays, as far as memory goes: what nobody else holds is written over, what
//! somebody holds is copied, and `explain()` says why; whoever shares a pending array sees the right values.

#![allow(clippy::reversed_empty_ranges, reason = "an end below 0 counts from the back")]

use numfuse::prelude::*;
use numfuse::{Error, eval_all};
use std::sync::Barrier;
use std::thread;

/// The numbers from 0 on, computed, in memory of the pool.
fn computed(shape: [usize; 2]) -> Array {
    let x = arange(shape[0] * shape[1]).cast(F32).reshape(shape);
    x.eval().unwrap();
    x
}

/// Where the elements lie.
fn address(x: &Array) -> usize {
    x.values::<f32>().unwrap().as_ptr() as usize
}

fn elements(x: &Array) -> Vec<f32> {
    x.to_vec().unwrap()
}

#[test]
fn a_part_is_written_over_what_nobody_else_holds() {
    let a = computed([1000, 400]);
    let before = address(&a);
    let b = a.set((1..-1, s(..).step(2)), 7.5);
    drop(a);
    let plan = b.plan().unwrap();
    assert_eq!((plan.kernels, plan.bytes_moved, plan.peak_bytes), (1, 4 * 998 * 200, 0), "{}", b.explain());
    assert!(b.explain().contains("written over input 0"), "{}", b.explain());
    b.eval().unwrap();
    assert_eq!(address(&b), before);
    let expected =
        |i: usize| if (1..999).contains(&(i / 400)) && i.is_multiple_of(2) { 7.5 } else { i as f32 };
    assert_eq!(elements(&b), (0..400_000).map(expected).collect::<Vec<_>>());
}

#[test]
fn what_somebody_holds_is_copied_and_the_reason_is_said() {
    let a = computed([6, 5]);
    let b = a.set(0, 1);
    assert!(b.explain().contains("copies what set leaves"), "{}", b.explain());
    assert!(b.explain().contains("is held by somebody else, too"), "{}", b.explain());
    assert_eq!(b.plan().unwrap().peak_bytes, 4 * 30);
    assert_eq!(elements(&b)[..6], [1.0, 1.0, 1.0, 1.0, 1.0, 5.0]);
    assert_eq!(elements(&a)[..6], [0.0, 1.0, 2.0, 3.0, 4.0, 5.0], "an array is a value");

    let given = Array::from(vec![1.0f32, 2.0, 3.0]);
    let b = given.set(1.., 0);
    drop(given);
    assert!(b.explain().contains("was given, and is not written to"), "{}", b.explain());
    assert_eq!(elements(&b), [1.0, 0.0, 0.0]);

    let a = computed([6, 5]);
    let b = a.set(1.., a.i(..-1));
    drop(a);
    assert!(b.explain().contains("computed from elements at other places"), "{}", b.explain());
    let shifted: Vec<f32> = (0..30u16).map(|i| f32::from(if i < 5 { i } else { i - 5 })).collect();
    assert_eq!(elements(&b), shifted);

    let a = computed([6, 5]);
    let b = a.at(Array::from([0, 2])).add(1);
    assert!(b.explain().contains("copies what add_at leaves"), "{}", b.explain());
}

/// Whether an explanation says `what` of line `line` of this file.
#[track_caller]
fn says(explained: &str, what: &str, line: u32) {
    let said = format!("{what} at {}:{line}:", file!());
    assert!(explained.contains(&said), "{said}\n{explained}");
}

#[test]
fn a_copy_names_the_pending_operations_and_the_handles_that_force_it() {
    let (a, made) = (computed([6, 5]), line!());
    let (double, doubled) = (&a * 2, line!());
    let (rows, cut) = (a.i(2..), line!());
    let b = a.set(0, 1);
    let text = b.explain();
    says(&text, "held by somebody else, too: by multiply", doubled);
    says(&text, "by a view", cut);
    assert!(text.contains("by 1 handle of it (it was made at "), "line {made}: {text}");

    let other = a.clone();
    assert!(b.explain().contains(", by 2 handles of it ("), "{}", b.explain());
    drop((a, other));
    let text = b.explain();
    says(&text, "held by somebody else, too: by multiply", doubled);
    assert!(!text.contains("handle"), "{text}");

    double.eval().unwrap();
    let text = b.explain();
    says(&text, "held by somebody else, too: by a view", cut);
    assert!(!text.contains("by multiply"), "{text}");
    drop(rows);
    // What was computed from it remembers it, to say why it is what it is.
    assert!(b.explain().contains("or remembers them for `why`"), "{}", b.explain());
    drop(double);
    assert!(b.explain().contains("written over input 0"), "{}", b.explain());
    assert!(!b.explain().contains("copies"), "{}", b.explain());
}

#[test]
fn a_copy_names_what_its_elements_are_lent_to() {
    let a = computed([6, 5]);
    let lent = a.values::<f32>().unwrap();
    let b = a.set(0, 1);
    drop(a);
    assert!(b.explain().contains("too: by what has borrowed its elements"), "{}", b.explain());
    b.eval().unwrap();
    assert_eq!(lent[..3], [0.0, 1.0, 2.0], "what is lent stays");
    assert_eq!(elements(&b)[..6], [1.0, 1.0, 1.0, 1.0, 1.0, 5.0]);
}

#[test]
fn a_copy_names_the_reader_in_its_own_evaluation() {
    let a = computed([6, 5]);
    let b = a.set(0, 1);
    let (sum, summed) = (a.t().sum(0), line!());
    drop(a);
    eval_all([&b, &sum]).unwrap();
    says(&b.explain(), "the old version is read elsewhere:", summed);
    assert_eq!(elements(&sum), [10.0, 35.0, 60.0, 85.0, 110.0, 135.0]);

    let a = computed([6, 5]);
    let b = a.at(Array::from([0, 2])).add(1);
    let (double, doubled) = (&b.i(0) * a.i(0), line!());
    drop(a);
    eval_all([&b, &double]).unwrap();
    says(
        &b.explain(),
        "copies what add_at leaves of the old version, because the old version is read elsewhere:",
        doubled,
    );
    assert_eq!(elements(&double), [0.0, 2.0, 6.0, 12.0, 20.0]);

    let a = computed([6, 5]);
    let (above, taken) = (a.i(..-1), line!());
    let b = a.set(1.., above);
    drop(a);
    says(&b.explain(), "computed from elements at other places:", taken);
}

#[test]
fn lines_are_those_of_the_expression_that_is_explained() {
    let explained = |line: &mut u32| {
        let a = computed([7, 3]);
        let (b, written) = (a.set(0, 1), line!());
        *line = written;
        b.explain()
    };
    let (a, mut line) = (computed([7, 3]), 0);
    says(&explained(&mut line), "was written", line);
    // The same plan, found by its form.
    let (b, written) = (a.set(0, 1), line!());
    drop(a);
    let text = b.explain();
    says(&text, "was written", written);
}

#[test]
fn what_is_read_where_it_is_written_is_read_in_place() {
    let a = computed([30, 40]);
    let before = address(&a);
    let mut b = a.at((s(..).step(3), 1..)).multiply(3);
    b = b.at((.., 0)).add(0.5);
    b = b.at(-1).maximum(1190);
    drop(a);
    let plan = b.plan().unwrap();
    assert_eq!((plan.kernels, plan.peak_bytes), (3, 0), "{}", b.explain());
    b.eval().unwrap();
    assert_eq!(address(&b), before);
    let expected = |i: usize| {
        let (row, column, x) = (i / 40, i % 40, i as f32);
        let x = if row.is_multiple_of(3) && column > 0 { x * 3.0 } else { x };
        let x = if column == 0 { x + 0.5 } else { x };
        if row == 29 { x.max(1190.0) } else { x }
    };
    assert_eq!(elements(&b), (0..1200).map(expected).collect::<Vec<_>>());
}

#[test]
fn what_is_written_by_index_is_written_in_place_once_all_indices_are_known() {
    let a = computed([100, 10]);
    let before = address(&a);
    let b = a.at((&Array::from([3, 3, -1]), 2)).add(1);
    drop(a);
    b.eval().unwrap();
    assert_eq!(address(&b), before);
    assert_eq!([(3, 2), (99, 2), (4, 2)].map(|at| b.i(at).item::<f32>().unwrap()), [34.0, 993.0, 42.0]);

    let c = b.at(Array::from([0, 100])).add(1);
    let held = &c + 1;
    drop(b);
    for _ in 0..2 {
        let error = c.eval().unwrap_err().to_string();
        assert!(error.starts_with("index 100 is out of bounds for axis 0 with size 100"), "{error}");
    }
    assert!(held.eval().is_err(), "the elements were given back");
}

#[test]
fn elementwise_results_take_the_memory_of_what_dies() {
    let mut a = computed([300, 300]);
    let before = address(&a);
    for _ in 0..50 {
        a = &a * 0.5 + 1;
        assert_eq!(a.plan().unwrap().peak_bytes, 0, "{}", a.explain());
        a.eval().unwrap();
    }
    assert_eq!(address(&a), before);
    // Every other element is read elsewhere: a result of its own.
    let turned = a.t() + &a;
    drop(a);
    assert_eq!(turned.plan().unwrap().peak_bytes, 4 * 90_000, "{}", turned.explain());
    // What a step leaves for the next one is written over, too.
    let x = computed([100, 100]);
    let centred = (&x - x.max(..)).exp();
    let scaled = &centred / centred.sum(..);
    let fused = scaled.plan().unwrap();
    assert!(fused.peak_bytes <= 2 * 4 * 10_000 + 8, "{}", scaled.explain());
}

#[test]
fn outputs_beside_an_update_see_the_old_version() {
    for round in 0..4 {
        let a = computed([50, 20]);
        let (b, c) = (a.set(.., 1), &a * 2);
        let d = a.at(3).add(a.i(4));
        drop(a);
        let order: [&Array; 3] = [[&b, &c, &d], [&d, &c, &b], [&c, &b, &d], [&d, &b, &c]][round];
        eval_all(order).unwrap();
        assert_eq!(elements(&b), vec![1.0; 1000]);
        assert_eq!(elements(&c), (0..1000u16).map(|i| f32::from(i) * 2.0).collect::<Vec<_>>());
        assert_eq!(d.i((3, 0)).item::<f32>().unwrap(), 60.0 + 80.0);
    }
}

#[test]
fn threads_that_share_a_pending_array_see_the_same_values() {
    const ROUNDS: usize = 300;
    let wrong = |x: &Array, scale: f32| {
        let expected = (0..600u16).map(|i| if i < 30 { 9.0 * scale } else { f32::from(i) * scale });
        x.to_vec::<f32>().map(|found| found.into_iter().ne(expected))
    };
    for round in 0..ROUNDS {
        let a = computed([20, 30]);
        let b = a.set(0, 9);
        let (double, triple) = (&b * 2, &b * 3);
        drop(a);
        let held = if round % 3 == 0 { Some(b.clone()) } else { None };
        let barrier = Barrier::new(3);
        let look = |x: Array, scale: f32| {
            barrier.wait();
            wrong(&x, scale)
        };
        let found: Vec<Result<bool, Error>> = thread::scope(|scope| {
            let shares = [(double, 2.0), (triple, 3.0), (b, 1.0)];
            let look = &look;
            let threads = shares.map(|(x, scale)| scope.spawn(move || look(x, scale)));
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(found.into_iter().all(|wrong| !wrong.unwrap()), "round {round}");
        assert!(held.is_none_or(|b| !wrong(&b, 1.0).unwrap()), "round {round}");
    }
}
