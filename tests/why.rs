//! Why an element is what it is: values, lines and culprits, before and after an evaluation.

use numfuse::{Number, Why, config, prelude::*, why};

/// The values that are shown, as operation, index and number.
fn shown(why: &Why) -> Vec<(&str, Vec<usize>, f64)> {
    let float = |number: Number| match number {
        Number::Bool(b) => f64::from(u8::from(b)),
        Number::Int(n) => n as f64,
        Number::Float(x) => x,
        Number::Complex(z) => z.re,
    };
    why.reasons().iter().map(|r| (r.op, r.index.clone(), float(r.value))).collect()
}

#[test]
fn every_sub_expression_has_its_value_and_line() {
    let x = Array::from([[1.0, 4.0], [9.0, -1.0]]);
    let line = line!() + 1;
    let root = x.sqrt();
    let y = root.t() * 2.5;
    let why = why(&y, [1, -2]).unwrap();
    assert_eq!(
        shown(&why),
        [
            ("data", vec![0, 1], 4.0),
            ("sqrt", vec![0, 1], 2.0),
            ("number", vec![], 2.5),
            ("multiply", vec![1, 0], 5.0)
        ]
    );
    let [.., root, _, product] = why.reasons() else { panic!("{why}") };
    assert_eq!((root.location.line(), product.location.line()), (line, line + 1));
    assert!(root.location.file().ends_with("why.rs"));
    assert_eq!(product.operands, [1, 2]);
    assert!(why.culprit().is_none());
    let text = why.to_string();
    assert!(text.starts_with("element [1, 0] of float64 is 5.0\n  #0 data [0, 1] = 4.0 at "), "{text}");
    assert!(text.contains("  #3 multiply(#1, #2) [1, 0] = 5.0 at "), "{text}");
}

#[test]
fn a_reduction_shows_what_spoils_it() {
    let x = Array::from([[1.0f32, 2.0, 3.0], [4.0, 0.0, -1.0], [5.0, -7.0, 6.0]]);
    let logs = x.log().sum(1);
    let first = logs.why(1).unwrap();
    let culprit = first.culprit().expect("there is a NaN");
    assert_eq!((culprit.op, &culprit.index[..]), ("log", &[1, 2][..]));
    let sum = first.reasons().last().unwrap();
    assert_eq!(sum.contributor.as_deref(), Some("first NaN, number 2 of 3"));
    // Without a NaN the first infinity, without any the extreme.
    let second = (1.0 / &x).sum(1).why(1).unwrap();
    assert_eq!(second.culprit().map(|r| r.index.clone()), Some(vec![1, 1]));
    let third = x.sum(1).why(2).unwrap();
    assert_eq!(third.reasons().last().unwrap().contributor.as_deref(), Some("extreme, number 1 of 3"));
    assert_eq!(x.min(..).why(()).unwrap().reasons()[0].index, [2, 1]);
    let running = x.cumsum(1).why([0, 1]).unwrap();
    assert_eq!(running.reasons().last().unwrap().contributor.as_deref(), Some("extreme, number 1 of 2"));
}

#[test]
fn places_found_by_index_and_products() {
    let x = Array::from([1.0, f64::NAN, 3.0]);
    let taken = x.take(Array::from([2, 1]), 0).why(1).unwrap();
    assert_eq!(shown(&taken)[..2], [("data", vec![1], 1.0), ("cast", vec![1], 1.0)]);
    assert_eq!(taken.culprit().map(|r| r.index.clone()), Some(vec![1]));
    let mut a = vec![1.0; 64 * 64];
    a[3 * 64 + 5] = f64::INFINITY;
    let a = Array::from_vec(a, [64, 64]);
    let product = a.matmul(&ones([64, 64], F64)).why([3, 0]).unwrap();
    assert_eq!(product.culprit().map(|r| (r.op, r.index.clone())), Some(("data", vec![3, 5])));
    // Of products of complex numbers, and of half types, the term that says most is told as well.
    let terms = |dtype| (arange(64 * 64) % 100).cast(dtype).reshape([64, 64]);
    for dtype in [C64, F16] {
        let product = terms(dtype).matmul(&ones([64, 64], dtype)).why([1, 0]).unwrap();
        assert!(product.to_string().contains("matmul"), "{product}");
    }
}

#[test]
fn it_works_after_the_evaluation() {
    let x = Array::from([1.0, -4.0, 9.0]);
    let y = (x.sqrt() + 1.0).sum(..);
    let ops = |why: &Why| why.reasons().iter().map(|reason| reason.op).collect::<Vec<_>>();
    let before = ops(&why(&y, ()).unwrap());
    y.eval().unwrap();
    let after = why(&y, ()).unwrap();
    assert_eq!(ops(&after), before);
    assert_eq!(after.culprit().map(|r| (r.op, r.index.clone())), Some(("sqrt", vec![1])));
    // Little data is kept, so that nothing else has to hold it.
    drop(x);
    assert!(why(&y, ()).is_ok());
    // Of several outputs each is itself.
    let x = arange(5).cast(F64);
    let (a, b) = (&x + 1.0, &x * 2.0);
    numfuse::eval_all([&a, &b]).unwrap();
    assert_eq!(shown(&b.why(4).unwrap()).last().unwrap().2, 8.0);
    assert_eq!(shown(&a.why(4).unwrap()).last().unwrap().2, 5.0);
}

#[test]
fn more_data_than_the_budget_is_held_by_others_or_gone() {
    let x = Array::from(vec![2.0; 100]);
    let y = x.square();
    config::with(|config| config.recipes = 799, || y.eval()).unwrap();
    assert_eq!(shown(&why(&y, 7).unwrap()).last().unwrap().2, 4.0);
    drop(x);
    let said = why(&y, 7).unwrap_err().to_string();
    assert!(said.starts_with("the data that the array was computed from is gone: hold it"), "{said}");
    let z = Array::from(vec![2.0; 100]).square();
    config::with(|config| config.recipes = 800, || z.eval()).unwrap();
    assert!(why(&z, 7).is_ok());
}

#[test]
fn refusals() {
    let x = arange(6).reshape([2, 3]);
    let said = |result: Result<Why, numfuse::Error>| result.unwrap_err().to_string();
    assert!(
        said(why(&x, [2, 0]))
            .starts_with("index 2 is out of bounds for axis 0 with size 2 [why of int64 (2, 3)")
    );
    assert!(said(why(&x, 1)).starts_with("one element has 2 indices, as many as axes: 1 were given"));
    assert!(
        said(why(&zeros([0, 3], F32), [0, 0])).starts_with("index 0 is out of bounds for axis 0 with size 0")
    );
    let outside = arange(3).take(Array::from([1, 7]), 0);
    assert!(said(why(&outside, 1)).starts_with("index 7 is out of bounds for axis 0 with size 3"));
    assert!(why(&outside, 0).is_ok());
    let wrong = zeros(3, F32) + zeros(4, F32);
    assert!(said(why(&wrong, 0)).starts_with("operands could not be broadcast"));
    let many = zeros(1 << 24, F32).sum(..);
    assert!(said(why(&many, ())).starts_with("more than 4194304 elements"));
}

#[test]
fn only_what_is_needed_is_computed() {
    // A million million elements, of which one is asked for.
    let column = arange(1 << 20).reshape([-1, 1]).cast(F64);
    let far = (&column * 3.0 + column.t().sqrt()).exp();
    let answer = why(&far, [0, 1 << 10]).unwrap();
    assert_eq!(shown(&answer).last().unwrap().2, 32f64.exp());
    // A chain of a hundred thousand operations is no stack.
    let mut x = Array::from([1.0, 2.0]);
    for _ in 0..50_000 {
        x = -x;
    }
    assert_eq!(shown(&why(&x, 1).unwrap()).last().unwrap().2, 2.0);
}
