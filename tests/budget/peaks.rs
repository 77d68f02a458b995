//! What a plan says that it takes, against what the pool was asked for.

#![allow(clippy::reversed_empty_ranges, reason = "an end below 0 counts from the back")]

use crate::alone::alone;
use crate::{given, indices, taken};
use numfuse::prelude::*;
use numfuse::random::{Key, normal};
use numfuse::{Summary, concatenate, eval_all};

/// What a program takes beside planned buffers.
#[derive(Clone, Copy, PartialEq)]
enum Beside {
    /// Nothing.
    Nothing,
    /// Scratch of the pool.
    Scratch,
    /// What a library packs, outside of the pool.
    Packed,
}
use Beside::{Nothing, Packed, Scratch};

/// A program: what it makes of data, and whether each of its buffers fills the block that it lies in.
type Program = (&'static str, Beside, bool, fn() -> Vec<Array>);

const EXACT: bool = true;
const ROUNDED: bool = false;

/// An array that was computed, so that it lies in the pool and is held by whoever gets it.
fn computed(x: Array) -> Array {
    x.eval().unwrap();
    x
}

fn square() -> Array {
    given(&[512, 512])
}

const PROGRAMS: &[Program] = &[
    ("elementwise", Nothing, EXACT, || vec![(square() * 2.5 + 1.0).sqrt()]),
    ("elementwise of an odd size", Nothing, ROUNDED, || vec![(given(&[513, 77]) * 2.5 + 1.0).sin()]),
    ("a broadcast", Nothing, EXACT, || vec![given(&[512]).i((.., NewAxis)) * given(&[512])]),
    ("functions of a broadcast", Nothing, EXACT, || {
        vec![given(&[1024]).sin().i((NewAxis, ..)) + given(&[512]).cos().i((.., NewAxis))]
    }),
    ("a sum of everything", Scratch, ROUNDED, || vec![given(&[1 << 21]).sum(..)]),
    ("sums of rows", Nothing, EXACT, || vec![square().sum(1)]),
    ("sums of columns", Nothing, EXACT, || vec![square().sum(0)]),
    ("sums of long columns", Scratch, ROUNDED, || vec![given(&[1 << 16, 33]).sum(0)]),
    ("what is left of a mean", Scratch, ROUNDED, || {
        let x = given(&[2048, 512]);
        vec![(&x - x.mean(..)) / x.std(..)]
    }),
    ("softmax of rows", Nothing, EXACT, || {
        let x = square();
        let e = (&x - x.max_keepdims(1)).exp();
        vec![&e / e.sum_keepdims(1)]
    }),
    ("softmax of columns", Nothing, EXACT, || {
        let x = square();
        let e = (&x - x.max(0)).exp();
        vec![&e / e.sum(0)]
    }),
    ("running sums of rows, twice", Nothing, EXACT, || {
        vec![square().cumsum(1).i((.., s(..).step(-1))).cumsum(1)]
    }),
    ("running sums of columns", Nothing, EXACT, || vec![square().cumsum(0) * 2.0]),
    ("a long running sum", Scratch, ROUNDED, || vec![given(&[1 << 21]).cumsum(0)]),
    ("a running product read elsewhere", Nothing, ROUNDED, || {
        let x = given(&[300, 700]).cumprod(1);
        vec![&x - x.i((.., s(..).step(-1)))]
    }),
    ("a product of matrices", Packed, EXACT, || vec![square().matmul(&square().transpose())]),
    ("products, a sum and a maximum", Packed, EXACT, || {
        let (x, w) = (square(), square());
        vec![(x.matmul(&w) + given(&[512])).maximum(0.0).matmul(&w)]
    }),
    ("products of batches", Packed, ROUNDED, || vec![given(&[7, 65, 33]).matmul(&given(&[7, 33, 91])).sin()]),
    ("a contraction in a loop", Nothing, ROUNDED, || vec![given(&[900, 5]).matmul(&given(&[5, 900]))]),
    ("rows by index", Nothing, EXACT, || vec![(square() * 2.0).take(indices(1024, 512), 0)]),
    ("elements of running sums by index", Nothing, EXACT, || {
        vec![square().cumsum(1).take_along_axis(&indices(512 * 512, 512).reshape([512, 512]), 1)]
    }),
    ("values set by index", Nothing, ROUNDED, || {
        vec![given(&[100_000]).set(indices(70_000, 100_000), &(given(&[70_000]) + 1.0))]
    }),
    ("sums by index, to many places", Scratch, ROUNDED, || {
        vec![given(&[50_000]).at(indices(70_000, 50_000)).add(&(given(&[70_000]) * 3.0))]
    }),
    ("sums by index, to few places", Scratch, ROUNDED, || {
        vec![zeros(100, F64).at(indices(1 << 19, 100)).add(given(&[1 << 19]).cast(F64))]
    }),
    ("counts by index", Nothing, ROUNDED, || vec![zeros(1000, I64).at(&(indices(1 << 18, 500) * 2)).add(1)]),
    ("greatest values by index", Nothing, ROUNDED, || {
        vec![given(&[3000]).at(indices(1 << 17, 3000)).maximum(given(&[1 << 17]).sqrt())]
    }),
    ("a part set in an array that others hold", Nothing, EXACT, || {
        let x = computed(square() + 1.0);
        vec![x.set((1..-1, 1..-1), 7.0), x.sum(1)]
    }),
    ("a part set in place", Nothing, EXACT, || {
        let x = computed(square() + 1.0);
        vec![x.set((1..-1, 1..-1), 7.0)]
    }),
    ("a result over its operand", Nothing, EXACT, || {
        let x = computed(square() + 1.0);
        vec![(x * 2.0).exp()]
    }),
    ("values set by index in place", Nothing, ROUNDED, || {
        let x = computed(given(&[100_000]) + 1.0);
        vec![x.set(indices(70_000, 100_000), &(given(&[70_000]) + 1.0))]
    }),
    ("values set by a mask, one by one", Nothing, ROUNDED, || {
        let x = given(&[10_000]);
        let mask = (arange(10_000) % 5).equal(2);
        vec![x.set(&mask, given(&[2000]))]
    }),
    ("several results", Nothing, EXACT, || {
        let x = square();
        let sums = x.cumsum(1);
        vec![sums.max(1), &sums * 2.0, x.sum(0), sums]
    }),
    ("views", Nothing, ROUNDED, || {
        let x = square() + 1.0;
        vec![x.transpose().i((s(1..).step(3), s(..).step(-2))) + 1.0, x.reshape([256, 1024]).flip(0)]
    }),
    ("pieces joined", Nothing, ROUNDED, || {
        let x = given(&[300, 300]);
        vec![concatenate([&x.cumsum(1), &(&x * 2.0), &x.transpose()], 0)]
    }),
    ("complex numbers", Nothing, EXACT, || {
        let z = square().complex(given(&[512, 512]) - 2.0);
        vec![(&z * z.conj()).cumsum(1).real(), z.exp()]
    }),
    ("halfs", Nothing, EXACT, || {
        let x = square().cast(F16);
        vec![(&x * 2.0 + 1.0).cumsum(1), x.sum(1)]
    }),
    ("truth values", Nothing, EXACT, || {
        let x = square().greater(0.5);
        vec![x.any(1), !&x]
    }),
    ("places of the greatest", Nothing, EXACT, || vec![square().sin().argmax(1), square().argmin(0)]),
    ("random numbers", Nothing, EXACT, || {
        let x = normal(Key::seed(7), [1024, 256], 0.0, 1.0, F32);
        vec![x.cumsum(1).max(1)]
    }),
    ("differences of neighbours", Nothing, ROUNDED, || {
        let x = given(&[400, 400]).cumsum(0);
        vec![x.i((1.., ..)) - x.i((..-1, ..))]
    }),
    ("no elements", Nothing, ROUNDED, || vec![given(&[0, 5]).sum(0) + given(&[3, 5])]),
];

#[test]
fn plans_say_exactly_what_they_take() {
    alone("peaks::plans_say_exactly_what_they_take", || {
        assert!(PROGRAMS.len() >= 30);
        for (name, beside, exact, program) in PROGRAMS {
            // Once to compile, so that nothing but the plan is measured.
            eval_all(program()).unwrap();
            let results = program();
            let before = (results.len() == 1).then(|| results[0].plan().unwrap());
            let ((), taken) = taken(|| eval_all(&results).unwrap());
            let plan = results[0].plan().unwrap();
            let text = results[0].explain();
            assert_eq!(before.unwrap_or(plan), plan, "{name}: said before is what is said after\n{text}");
            let Summary { peak_bytes, workspace_bytes, needed_bytes, .. } = plan;
            let said = format!("{name}: {taken} bytes taken, {plan:?}\n{text}");
            match beside {
                Nothing => assert_eq!((taken, workspace_bytes), (needed_bytes, 0), "{said}"),
                Scratch => assert_eq!((taken, workspace_bytes > 0), (needed_bytes, true), "{said}"),
                Packed => {
                    // The library allocates at most so much itself.
                    assert!(workspace_bytes > 0 && taken < needed_bytes, "{said}");
                    assert!(taken + workspace_bytes >= needed_bytes, "{said}");
                }
            }
            if *exact {
                assert_eq!(taken, peak_bytes, "{said}");
            }
            let most = (peak_bytes + workspace_bytes) * 5 / 4 + 1024;
            assert!(peak_bytes <= needed_bytes && needed_bytes <= most, "{said}");
            assert_eq!(text.contains("to work with"), workspace_bytes > 0, "{said}");
            assert_eq!(text.contains("packs up to"), *beside == Packed, "{said}");
        }
    });
}
