//! Mistakes are found where they are made, and every evaluation returns them.

use numfuse::prelude::*;
use numfuse::{Cause, Error, eval_all};

#[test]
fn every_mistake_names_the_users_file_and_line() {
    let x = zeros([2, 3], F32);
    let mistakes = [
        (&x + zeros(4, F32), line!()),
        (&x & 1, line!()),
        (x.sum(7), line!()),
        (x.reshape(7), line!()),
        (x.i((0, 9)), line!()),
        (numfuse::exp(x.i(5)), line!()),
        (x.cast(U8) + 256, line!()),
        (concatenate([&x, &x.t()], 0), line!()),
        (Array::from_vec(vec![1.0, 2.0], 3), line!()),
        (arange((0, 1, 0)), line!()),
        (1.5 * &x.i((0, 0, 0)), line!()),
        (where_(&x, &x, zeros(9, F32)), line!()),
        (x.t().softmax(2).sqrt().sum(..), line!()),
    ];
    for (failed, line) in mistakes {
        let error = failed.check().unwrap_err();
        assert_eq!((error.location().file(), error.location().line()), (file!(), line), "{error}");
        let place = format!("{}:{line}:", file!());
        assert!(error.to_string().contains(&place), "{error}");
        assert!(matches!(error.cause(), Cause::Expression(_)), "{error}");
    }
}

#[test]
fn evaluating_a_mistake_returns_it_and_operators_pass_it_on() {
    let failed = zeros(3, F32) + zeros(4, F32);
    let text = failed.check().unwrap_err().to_string();
    assert!(text.starts_with("operands could not be broadcast together with shapes (3,) (4,)"), "{text}");
    let mut later = (&failed * 2 + 1.5).exp().sum(0).cast(I64).reshape([1, -1]).i(0);
    later += zeros(99, F32);
    let said = |result: Result<(), Error>| result.unwrap_err().to_string();
    assert_eq!(said(later.check()), text);
    assert_eq!(said(later.eval()), text);
    assert_eq!(said(later.to_vec::<f32>().map(drop)), text);
    assert_eq!(said(later.item::<f32>().map(drop)), text);
    assert_eq!(said(eval_all([&ones(3, F32), &later])), text);
    assert_eq!(said(later.plan().map(drop)), text);
    assert_eq!(said(later.try_shape().map(drop)), text);
    assert_eq!(said(later.to_npy().map(drop)), text);
}
