//! Functions given as text: what they mean, that any text is a function or a sentence, and what the
//! sentences say.

use numfuse::prelude::*;
use numfuse::{Operand, elementwise, elementwise_of, reduction};
use proptest::prelude::*;

/// The value of an expression of numbers alone.
fn value(text: &str) -> f64 {
    let none: [Operand; 0] = [];
    let array = elementwise(text).unwrap_or_else(|error| panic!("{text}: {error}")).call(none);
    array.cast(F64).item().unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// What is said of a text that is none of the language, without the place in the program.
fn refusal(text: &str) -> String {
    let error = elementwise(text).expect_err(text).to_string();
    error.split(" [elementwise").next().unwrap_or("").to_string()
}

#[test]
fn operators_bind_as_in_python() {
    for (text, expected) in [
        ("1 + 2*3", 7.0),
        ("(1 + 2)*3", 9.0),
        ("2**3**2", 512.0),
        ("-2**2", -4.0),
        ("2**-1", 0.5),
        ("-7 // 2", -4.0),
        ("-7 % 3", 2.0),
        ("7 / 2", 3.5),
        ("10 - 4 - 3", 3.0),
        ("1 << 2 + 1", 8.0),
        ("6 & 3 | 8", 10.0),
        ("5 ^ 1", 4.0),
        ("~5", -6.0),
        ("not 1 > 2 and 2 > 1", 1.0),
        ("1 > 2 or 3", 1.0),
        ("1 + True", 2.0),
        ("- - 3", 3.0),
        ("+.5e1", 5.0),
        ("2.", 2.0),
        ("1e-2", 0.01),
        ("where(1 < 2, 3, 4)", 3.0),
        ("min(3, max(1, 2))", 2.0),
        ("sqrt(16)", 4.0),
        ("abs(-3.5)", 3.5),
        ("int8(3.7)", 3.0),
        ("cos(pi)", -1.0),
        ("exp(-inf)", 0.0),
    ] {
        assert_eq!(value(text), expected, "{text}");
    }
    assert!(value("nan").is_nan());
}

#[test]
fn a_function_is_what_the_same_calls_are() {
    let (x, y) = (Array::from([1.0f32, -2.0, 3.0]), Array::from([[0.5f32], [2.0]]));
    let squash = elementwise("x*y/(1 + abs(x))").unwrap();
    assert_eq!(squash.parameters(), ["x", "y"]);
    let expected = &x * &y / (x.abs() + 1);
    let found = squash.call([&x, &y]);
    assert_eq!((found.dtype(), found.shape()), (F32, &[2, 3][..]));
    assert!(found.array_equal(&expected).unwrap());
    assert_eq!(found.plan().unwrap().kernels, 1);
    // What is around it is one kernel with it.
    assert_eq!((found.exp() + 1).sum(..).plan().unwrap().kernels, 1);
    assert!(squash.call([&x, &y]).explain().contains("formula.rs"), "the line is the call's");
}

#[test]
fn numbers_are_weak_however_they_are_made() {
    let x = Array::from([1.0f32, 4.0]);
    let f = elementwise("x*(2*3) + sqrt(2) - 1").unwrap();
    assert_eq!(f.call([&x]).dtype(), F32);
    let half = elementwise("x // 2").unwrap();
    assert_eq!(half.call([&Array::from([7i8])]).dtype(), I8);
    // An argument may be a number too.
    let sum = elementwise("a + b").unwrap();
    assert_eq!(sum.call([Operand::from(&x), 2.into()]).dtype(), F32);
    assert_eq!(sum.call([1, 2]).item::<i64>().unwrap(), 3);
}

#[test]
fn parameters_have_an_order() {
    let f = elementwise_of(&["b", "a", "unused"], "a - b").unwrap();
    assert_eq!(f.call([1, 10, 0]).item::<i64>().unwrap(), 9);
    let wrong = f.call([1, 2]).check().unwrap_err().to_string();
    assert!(wrong.starts_with("`a - b` takes 3 arguments (b, a, unused), not 2 [elementwise"), "{wrong}");
    let shadowed = elementwise_of(&["pi"], "pi + 1").unwrap();
    assert_eq!(shadowed.call([1]).item::<i64>().unwrap(), 2);
}

#[test]
fn mistakes_are_shown_where_they_are() {
    for (text, said) in [
        ("x + foo(y)", "there is no function `foo`\n    x + foo(y)\n        ^^^"),
        ("x +", "the expression ends where a value is due\n    x +\n       ^"),
        ("(x + y", "this `(` is never closed\n    (x + y\n    ^"),
        ("x + y)", "there is no `(` for this\n    x + y)\n         ^"),
        ("x y", "an operator is missing before this\n    x y\n      ^"),
        ("x * / y", "a value is due before this\n    x * / y\n        ^"),
        ("a < b < c", "comparisons do not chain: write `a < b and b < c`\n    a < b < c\n          ^"),
        ("x = 1", "`=` gives nothing a name here: `==` compares\n    x = 1\n      ^"),
        ("where(x, y)", "`where` takes 3 (condition, a, b), not 2\n    where(x, y)\n    ^^^^^"),
        ("float32(x, y)", "`float32` takes 1 (x), not 2\n    float32(x, y)\n    ^^^^^^^"),
        ("sin()", "`sin` takes 1 (x), not 0\n    sin()\n    ^^^"),
        ("3x", "`3x` is no number\n    3x\n    ^^"),
        ("1.2.3", "`1.2.3` is no number\n    1.2.3\n    ^^^^^"),
        ("x ? y", "`?` is not of the language\n    x ? y\n      ^"),
        ("", "the expression ends where a value is due\n    \n    ^"),
        ("x + é", "`é` is not of the language\n    x + é\n        ^"),
        ("x and", "the expression ends where a value is due\n    x and\n         ^"),
        (
            "random_word(a,b,c,d)",
            "there is no function `random_word`\n    random_word(a,b,c,d)\n    ^^^^^^^^^^^",
        ),
    ] {
        assert_eq!(refusal(text), said, "{text}");
    }
    let long = format!("{} + foo(1) + {}", "x + ".repeat(100) + "x", "x + ".repeat(100) + "x");
    let said = refusal(&long);
    assert!(said.lines().all(|line| line.chars().count() < 100), "{said}");
    let marked = said.lines().nth(2).unwrap().find('^').unwrap();
    let shown: String = said.lines().nth(1).unwrap().chars().skip(marked).take(3).collect();
    assert_eq!(shown, "foo", "{said}");
    let unknown = elementwise_of(&["x"], "x + y").unwrap_err().to_string();
    assert!(unknown.starts_with("there is no parameter `y`: there are x\n    x + y\n        ^"), "{unknown}");
}

#[test]
fn depth_is_an_error_and_length_is_not() {
    let many = 100_000;
    for (open, close) in [("(", ")"), ("-", ""), ("abs(", ")"), ("not ", ""), ("x**", ""), ("~(", ")")] {
        let text = format!("{}x{}", open.repeat(many), close.repeat(many));
        assert!(refusal(&text).starts_with("the expression is nested more than 200 deep here"), "{open}");
        assert!(elementwise(&open.repeat(many)).is_err());
    }
    assert!(elementwise(&")".repeat(many)).is_err());
    assert_eq!(value(&format!("{}1", "(".repeat(150) + "1" + &")".repeat(150) + "+")), 2.0);
    // A chain is a list, however long.
    let sum = elementwise(&("x + ".repeat(many) + "x")).unwrap();
    assert_eq!(sum.call([Array::from([1i64])]).shape(), [1]);
}

#[test]
fn known_reductions_are_the_folds_of_the_table() {
    let x = (arange(60) % 7).reshape([3, 4, 5]).cast(F32);
    let kernels = |x: &Array| x.plan().unwrap().kernels;
    for (map, combine, finish, identity, expected) in [
        ("x*x", "a + b", "sqrt(a)", 0.0, x.square().sum(1).sqrt()),
        ("x", "b*a", "a", 1.0, x.prod(1)),
        ("x", "min(a, b)", "a + 1", 0.0, x.min(1) + 1),
        ("x", "maximum(a, b)", "a", 0.0, x.max(1)),
        ("x > 1", "a | b", "a", 0.0, x.greater(1).any(1)),
        ("x > 1", "a and b", "a", 0.0, x.greater(1).all(1)),
        ("x > 1", "a + b", "a", 0.0, x.greater(1).any(1)),
    ] {
        let found = reduction(map, combine, finish, identity).unwrap().call([&x], 1);
        assert!(found.array_equal(&expected).unwrap(), "{map}, {combine}");
        assert_eq!(found.dtype(), expected.dtype(), "{map}, {combine}");
        assert_eq!(kernels(&reduction(map, combine, finish, identity).unwrap().call([&x], 1)), 1);
    }
    let wraps = reduction("x", "a + b", "a", 0).unwrap().call([&Array::from([100i8, 100])], ..);
    assert_eq!(wraps.item::<i8>().unwrap(), -56);
}

#[test]
fn any_associative_combination_is_a_reduction() {
    let expected = |x: &[i64]| x.iter().fold(0, |a, b| a ^ b);
    for length in [1usize, 2, 3, 7, 64, 100, 1023] {
        let x = (arange(length as i64) * 7919) % 1000;
        let xor = reduction("x", "a ^ b", "a", 0).unwrap();
        assert_eq!(
            xor.call([&x], ..).item::<i64>().unwrap(),
            expected(&x.to_vec::<i64>().unwrap()),
            "{length}"
        );
        // Not commutative: who is first stays first.
        let first = reduction("x", "where(a < 0, b, a)", "a", -1).unwrap();
        assert_eq!(
            first.call([&(&x - 1)], ..).item::<i64>().unwrap(),
            (&x - 1).to_vec::<i64>().unwrap().into_iter().find(|n| *n >= 0).unwrap_or(-1)
        );
    }
    let x = Array::from([[0.5, 2.0, 3.0], [1.0, 1.0, 4.0]]);
    let length = reduction("x", "hypot(a, b)", "a", 0).unwrap();
    assert!(length.call([&x], 1).allclose(&x.norm(1), 1e-14, 0.0).unwrap());
    assert!(length.call([&x], 0).allclose(&x.norm(0), 1e-14, 0.0).unwrap());
    assert_eq!(length.call_keepdims([&x], 0).shape(), [1, 3]);
    assert_eq!(length.call([&x], ..).shape(), [] as [usize; 0]);
    // One of the two, or neither.
    for (combine, expected) in [("a", 0.5), ("b", 4.0), ("7.5", 7.5)] {
        let found = reduction("x", combine, "a", 0).unwrap().call([&x], ..);
        assert_eq!(found.item::<f64>().unwrap(), expected, "{combine}");
    }
    // Integers become what the combination makes of them.
    assert_eq!(length.call([&Array::from([3, 4])], ..).item::<f64>().unwrap(), 5.0);
}

#[test]
fn a_long_combination_takes_few_kernels() {
    let x = arange(1 << 20);
    let xor = reduction("x*3", "a ^ b", "a", 0).unwrap().call([&x], ..);
    let summary = xor.plan().unwrap();
    assert!(summary.kernels <= 20, "{} kernels", summary.kernels);
    let expected = (0..1i64 << 20).fold(0, |a, b| a ^ (b * 3));
    assert_eq!(xor.item::<i64>().unwrap(), expected);
}

#[test]
fn nothing_is_the_identity() {
    let xor = reduction("x", "a ^ b", "a + 1", 6).unwrap();
    assert_eq!(xor.call([zeros([2, 0], I32)], 1).to_vec::<i32>().unwrap(), [7, 7]);
    let least = reduction("x", "min(a, b)", "a", f64::INFINITY).unwrap();
    assert_eq!(least.call([zeros([0, 2], F32)], 0).to_vec::<f32>().unwrap(), [f32::INFINITY; 2]);
    let said = least.call([zeros([0, 2], I32)], 0).check().unwrap_err().to_string();
    assert!(said.contains("cannot convert float infinity to integer"), "{said}");
}

#[test]
fn reductions_refuse_other_names() {
    let said = reduction("x", "a + c", "a", 0).unwrap_err().to_string();
    assert!(said.starts_with("there is no parameter `c`: there are a, b"), "{said}");
    let said = reduction("x", "a + b", "a", 0).unwrap().call([zeros([2, 3], F32)], 5).check().unwrap_err();
    assert!(said.to_string().starts_with("axis 5 is out of bounds for array of dimension 2"), "{said}");
    let said = reduction("x", "a - b < 0", "a", 0).unwrap().call([zeros(4, F32)], ..).check().unwrap_err();
    assert!(said.to_string().contains("subtract"), "{said}");
}

/// Pieces of which texts are made that are almost expressions.
const PIECES: &[&str] = &[
    "x",
    "y1",
    "(",
    ")",
    "+",
    "-",
    "*",
    "/",
    "**",
    "//",
    "%",
    "<",
    "<=",
    "==",
    "!=",
    "=",
    "!",
    "&",
    "|",
    "^",
    "~",
    "<<",
    ">>",
    "and",
    "or",
    "not",
    "where",
    "(",
    ",",
    "sin",
    "abs",
    "float32",
    "1",
    "2.5",
    ".5",
    "1e9",
    "1e",
    "0x",
    " ",
    "\n",
    "é",
    "😀",
    "'",
    "\"",
    "True",
    "nan",
    "99999999999999999999999999999999999999999",
    "_",
    ".",
    "?",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_pieces_are_a_function_or_a_sentence(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..24)) {
        let text = pieces.concat();
        match elementwise(&text) {
            Ok(f) => drop(f.call(f.parameters().iter().map(|_| Array::scalar(2.0f32)).collect::<Vec<_>>()).check()),
            Err(error) => prop_assert!(error.to_string().contains('^'), "{error}"),
        }
    }

    #[test]
    fn any_text_is_a_function_or_a_sentence(text in "\\PC{0,40}") {
        let _ = elementwise(&text).map_err(|error| error.to_string());
    }
}
