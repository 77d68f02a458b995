//! Evaluations under a budget.

#![allow(clippy::reversed_empty_ranges, reason = "an end below 0 counts from the back")]

use crate::alone::{alone, child, is_child};
use crate::{given, indices, taken};
use numfuse::prelude::*;
use numfuse::random::{Key, normal};
use numfuse::{Cause, Error, config, eval_all, memory};

/// Runs `body` under a budget of bytes.
fn under<T>(bytes: u64, body: impl FnOnce() -> T) -> T {
    config::with(|config| config.budget = Some(bytes as usize), body)
}

/// The bytes of results.
fn bits(results: &[Array]) -> Vec<Vec<u8>> {
    results.iter().map(|x| x.tobytes().unwrap()).collect()
}

type Program = (&'static str, fn() -> Vec<Array>);

/// Programs of which something between data and results lies in memory, and need not as a whole.
const PROGRAMS: &[Program] = &[
    ("running sums", || vec![given(&[700, 300]).cumsum(1).cumsum(1).max(1)]),
    ("softmax and running sums", || {
        let x = given(&[700, 300]).cumsum(1);
        let e = (&x - x.max_keepdims(1)).exp();
        vec![(&e / e.sum_keepdims(1)).cumsum(1).sum(1)]
    }),
    ("less the means of columns", || {
        let x = given(&[700, 300]);
        vec![(&x - x.mean(0)).cumsum(1).max(1)]
    }),
    ("a smoothed table", || {
        let x = given(&[700, 300]).cumsum(1);
        vec![(x.i((..-2, ..)) + x.i((1..-1, ..)) * 2.0 + x.i((2.., ..))).cumsum(1).max(1)]
    }),
    ("complex numbers", || {
        let z = given(&[300, 200]).complex(given(&[300, 200]) - 2.0);
        vec![z.cumsum(1).exp().cumsum(1).absolute().max(1)]
    }),
    ("halfs", || vec![given(&[700, 300]).cast(F16).cumsum(1).cumsum(1).max(1)]),
    ("random numbers", || vec![normal(Key::seed(3), [700, 300], 0.0, 1.0, F32).cumsum(1).max(1)]),
    ("by index", || {
        let x = given(&[10, 300]).cumsum(1);
        vec![x.take(indices(700, 10), 0).cumsum(1).max(1)]
    }),
    ("numbers and places", || {
        let rows = arange(700).i((.., NewAxis)).cast(F32);
        vec![(given(&[700, 300]) * rows * 0.37).cumsum(1).max(1)]
    }),
    ("several results", || {
        let x = given(&[700, 300]).cumsum(1);
        let y = x.cumsum(1);
        vec![y.max(1), x.argmin(1), given(&[700, 300]).sum(0), y.i((.., 17))]
    }),
    ("one long axis", || {
        let x = given(&[700 * 300]).sin().reshape([700, 300]).cumsum(1);
        vec![x.reshape(-1).i(s(..).step(3)) * 2.0]
    }),
    ("a table within a frame", || {
        let x = given(&[700, 300]).cumsum(1).pad([(3, 5), (2, 1)], 1.5);
        vec![x.cumsum(1).max(1)]
    }),
];

#[test]
fn slabs_stay_within_the_budget_and_change_no_bit() {
    alone("slabs::slabs_stay_within_the_budget_and_change_no_bit", || {
        for (name, program) in PROGRAMS {
            let whole = program();
            eval_all(&whole).unwrap();
            let plan = whole[0].plan().unwrap();
            let results: u64 = whole.iter().map(|x| x.nbytes() as u64).sum();
            assert!(plan.slabs == 1 && plan.needed_bytes > 2 * results, "{name}: {plan:?}");
            for part in [2, 5, 20] {
                let budget = results * 5 / 4 + 4096 + (plan.needed_bytes - results) / part;
                let cut = program();
                let ((), most) =
                    taken(|| under(budget, || eval_all(&cut)).unwrap_or_else(|e| panic!("{name}: {e}")));
                let summary = under(budget, || cut[0].plan()).unwrap();
                let text = cut[0].explain();
                let said = format!("{name}: {most} of {budget} bytes, {summary:?}\n{text}");
                assert!(summary.slabs as u64 >= part && summary.needed_bytes <= budget, "{said}");
                assert!(most <= budget && most == summary.needed_bytes, "{said}");
                assert!(summary.peak_bytes <= summary.needed_bytes, "{said}");
                assert!(bits(&whole) == bits(&cut), "{said}");
                let slabs = format!("in {} slabs of up to", summary.slabs);
                assert!(text.contains("\nunder a budget of ") && text.contains(&slabs), "{said}");
                assert!(
                    text.contains("slab 1 of ") && text.contains("was written at tests/budget"),
                    "{said}"
                );
            }
            let cut = program();
            under(plan.needed_bytes, || eval_all(&cut)).unwrap();
            assert_eq!(cut[0].plan().unwrap(), plan, "{name}: what fits is not cut");
        }
    });
}

/// The error of a refusal, before anything was allocated.
fn refused(budget: u64, results: &[&Array]) -> Error {
    let before = memory::statistics();
    let error = under(budget, || eval_all(results.iter().copied())).expect_err("it is too large");
    let after = memory::statistics();
    assert_eq!(after.allocations, before.allocations, "nothing was asked for: {error}");
    assert!(matches!(error.cause(), Cause::Budget(_)), "{error}");
    error
}

#[test]
fn refusals_come_before_memory_and_say_what_helps() {
    alone("slabs::refusals_come_before_memory_and_say_what_helps", || {
        let x = given(&[1000, 1000]);
        let down = x.cumsum(0);
        let line = line!() - 1;
        let error = refused(1 << 20, &[&down]);
        assert_eq!((error.op(), error.location().line()), ("cumsum", line), "{error}");
        assert_eq!(error.shapes().collect::<Vec<_>>(), [&[1000, 1000]]);
        let text = error.to_string();
        let needed = down.plan().unwrap().needed_bytes;
        let said = format!(
            "the budget is 1048576 bytes (1.0 MiB), and this takes {needed} bytes (4.0 MiB) at once; it is not cut \
             into slabs of the outermost axis, because cumsum runs along that axis: raise the budget to {needed} \
             bytes (Config::budget, NUMFUSE_BUDGET), or ask for smaller parts [cumsum of float32 (1000, 1000) at "
        );
        assert!(text.starts_with(&said), "{text}\n{said}");
        assert!(under(1 << 20, || down.explain()).contains("\nthe budget is 1048576 bytes"));
        assert!(under(needed, || down.eval()).is_ok(), "what is said to help does");

        let all = x.cumsum(1).sum(..);
        assert!(refused(1 << 20, &[&all]).to_string().contains("no result has an axis"));
        assert!(
            refused(1 << 20, &[&x.matmul(&x).max(1)])
                .to_string()
                .contains("matmul takes its operands as a whole")
        );
        let sums = x.cumsum(0).sum(0) * 2.0;
        let text = refused(1 << 16, &[&sums]).to_string();
        assert!(
            text.contains("sum would add in another order") || text.contains("slabs of the outermost"),
            "{text}"
        );

        // What helps is what it takes as far as it can be cut.
        let ends = x.cumsum(1).max(1);
        let error = refused(1000, &[&ends]);
        let Cause::Budget(refusal) = error.cause() else { panic!("{error}") };
        assert!(refusal.wanted < refusal.whole, "{error}");
        assert!(error.to_string().contains("in 1000 slabs of the outermost axis, too"), "{error}");
        let wanted = refusal.wanted;
        refused(wanted - 1, &[&ends]);
        let ((), most) = taken(|| under(wanted, || ends.eval()).unwrap());
        assert!(most <= wanted);

        // An expression that was refused is still there.
        let sums = x.cumsum(1).max(1);
        refused(1000, &[&sums]);
        sums.eval().unwrap();
        assert_eq!(sums.tobytes().unwrap(), ends.tobytes().unwrap());
    });
}

#[test]
fn what_is_written_by_index_is_refused_where_its_places_and_values_have_no_room() {
    alone("slabs::what_is_written_by_index_is_refused_where_its_places_and_values_have_no_room", || {
        let (places, values) = (indices(1 << 19, 100), given(&[1 << 19]));
        let sums = zeros(100, F64).at(&places * 3 % 100).add((&values * &values).cast(F64));
        let line = line!() - 1;
        let error = refused(1 << 20, &[&sums]);
        assert_eq!(error.location().line(), line, "{error}");
        assert!(error.to_string().contains("because add_at takes its operands as a whole: raise"), "{error}");
        let Cause::Budget(refusal) = error.cause() else { panic!("{error}") };
        let ((), most) = taken(|| under(refusal.wanted, || sums.eval()).unwrap());
        assert!(most <= refusal.wanted, "{most} bytes");
        refused(1 << 20, &[&(&values * 10).floor().cast(I64).bincount_weighted(&(&values * 2), 50)]);
    });
}

#[test]
fn what_is_written_over_its_operand_takes_nothing() {
    alone("slabs::what_is_written_over_its_operand_takes_nothing", || {
        let x = given(&[1000, 1000]) + 1.0;
        x.eval().unwrap();
        let y = x.set((1..-1, ..), 7.0);
        drop(x);
        let ((), most) = taken(|| under(64, || y.eval()).unwrap());
        assert_eq!(most, 0);
        // A result must lie somewhere.
        refused(64, &[&(&y * 2.0)]);
    });
}

#[test]
fn an_index_out_of_range_is_told_of_at_its_line() {
    let x = given(&[700, 300]);
    let mut places: Vec<i64> = (0..700).collect();
    places[650] = 700;
    let rows = x.take(Array::from(places), 0);
    let line = line!() - 1;
    let error = under(300_000, || rows.cumsum(1).max(1).eval()).unwrap_err();
    assert_eq!((error.op(), error.location().line()), ("take", line), "{error}");
    assert!(error.to_string().contains("index 700 is out of bounds for axis 0 with size 700"), "{error}");
}

#[test]
fn slabs_pass_the_check_of_every_evaluation() {
    let x = given(&[60, 50]);
    let y = (&x - x.mean(0)).cumsum(1).cumsum(1).max(1);
    let checked = config::with(
        |config| (config.check, config.budget) = (true, Some(8000)),
        || y.eval().map(|()| y.plan().unwrap().slabs),
    );
    assert!(checked.unwrap() > 1);
}

#[test]
fn functions_that_were_traced_obey_a_budget() {
    let ends = numfuse::compile(|x| x[0].cumsum(1).cumsum(1).max(1));
    let x = given(&[700, 300]);
    let whole = ends.call(&[&x]).unwrap();
    let cut = under(200_000, || ends.call(&[&x])).unwrap();
    assert!(cut.plan().unwrap().slabs > 1);
    assert_eq!(whole.tobytes().unwrap(), cut.tobytes().unwrap());
    assert!(under(1000, || ends.call(&[&x])).is_err());
}

#[test]
fn a_budget_is_a_variable_too() {
    const NAME: &str = "slabs::a_budget_is_a_variable_too";
    if !is_child(NAME) {
        let output = child(NAME, &[("NUMFUSE_BUDGET", "200000")]);
        let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{text}");
        return;
    }
    let x = given(&[700, 300]);
    let ends = x.cumsum(1).cumsum(1).max(1);
    ends.eval().unwrap();
    assert!(ends.plan().unwrap().slabs > 1);
    assert!(x.cumsum(0).eval().is_err());
}
