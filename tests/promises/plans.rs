//! Plans in numbers: what is computed once, what never lies in memory, and the reasons.

use crate::given;
use numfuse::prelude::*;

#[test]
fn what_a_broadcast_would_compute_again_is_computed_once() {
    let (x, y) = (given(3000), given(2000));
    let outer = (&x * &x).sin().i((NewAxis, ..)) + (&y * &y).cos().i((.., NewAxis));
    let plan = outer.plan().unwrap();
    let (inputs, result) = (4 * 5000, 4 * 3000 * 2000);
    assert!((2..=3).contains(&plan.kernels), "{}", outer.explain());
    assert!(plan.bytes_moved <= result + 3 * inputs, "{}", outer.explain());
    assert!(outer.explain().contains("fusing would compute each element 2000 times"), "{}", outer.explain());
}

#[test]
fn a_broadcast_that_only_feeds_a_reduction_lies_nowhere_in_memory() {
    let (points, centres) = (given(4000 * 8).reshape([4000, 8]), given(100 * 8).reshape([100, 8]));
    let apart = points.i((.., NewAxis, ..)) - centres.i((NewAxis, .., ..));
    let inputs = 4 * (4000 * 8 + 100 * 8);
    let distances = (&apart * &apart).sum(-1);
    let plan = distances.plan().unwrap();
    assert_eq!(
        (plan.kernels, plan.bytes_moved, plan.peak_bytes),
        (1, inputs + 4 * 4000 * 100, 4 * 4000 * 100)
    );
    let nearest = distances.argmin(1).plan().unwrap();
    assert_eq!((nearest.kernels, nearest.bytes_moved, nearest.peak_bytes), (1, inputs + 8 * 4000, 8 * 4000));
    let bodies = given(500 * 3).reshape([500, 3]);
    let apart = bodies.i((NewAxis, .., ..)) - bodies.i((.., NewAxis, ..));
    let pull = &apart * ((&apart * &apart).sum_keepdims(-1) + 0.01).power(-1.5);
    let plan = pull.sum(1).plan().unwrap();
    assert_eq!((plan.kernels, plan.bytes_moved), (1, 2 * 4 * 500 * 3));
    let ones = (ones([5000, 6000], F32) * given(6000)).sum(1).plan().unwrap();
    assert_eq!((ones.kernels, ones.peak_bytes), (1, 4 * 5000));
}

#[test]
fn an_explanation_says_what_where_how_much_and_why() {
    let x = given(300 * 400).reshape([300, 400]);
    let scaled = &x * 0.25 - 1.5;
    let first = line!() - 1;
    let centred = &scaled - scaled.mean(..);
    let second = line!() - 1;
    let text = centred.explain();
    let plan = centred.plan().unwrap();
    assert_eq!(plan.kernels, 2, "{text}");
    assert_eq!(plan.peak_bytes, 300 * 400 * 4 + 4, "{text}");
    assert!(text.contains(&format!("{} array operations became 2 kernels", plan.operations)), "{text}");
    // Both kernels compute what is scaled, one sums it, the other centres it; and there is the mean.
    assert_eq!(plan.flops, 6 * 300 * 400 + 1, "{text}");
    for said in [
        "machine operations",
        "multiply",
        "sum",
        "divide",
        "subtract",
        "(300, 400)",
        "float32",
        "must move",
        "because",
    ] {
        assert!(text.contains(said), "{said}\n{text}");
    }
    for line in [first, second] {
        assert!(text.contains(&format!("{}:{line}:", file!())), "line {line}\n{text}");
    }
    assert!(text.contains("a fold over the whole space is read back over that space"), "{text}");
    centred.eval().unwrap();
    assert_eq!((centred.explain(), centred.plan().unwrap()), (text, plan), "the same after the evaluation");
}

#[test]
fn an_explanation_goes_from_the_graph_over_the_plan_to_the_kernels() {
    let x = given(12).reshape([3, 4]);
    let softmax = x.softmax(1);
    let text = softmax.explain();
    let graph: String = softmax.graph().unwrap().lines().map(|line| format!("  {line}\n")).collect();
    let parts =
        [graph.as_str(), "\nplan: 5 array operations became 1 kernel: ", "\nkernel 1: max, subtract, "];
    let at = parts.map(|part| text.find(part).unwrap_or_else(|| panic!("{part}\n{text}")));
    assert!(text.starts_with("graph: ") && at.is_sorted(), "{text}");
    let long = (0..100).fold(given(12), |x, _| x.sin());
    let (text, graph) = (long.explain(), long.graph().unwrap());
    assert!(text.starts_with("graph: 101 nodes after clean-up, 1 given and 100 computing\n"), "{text}");
    let lines: Vec<&str> = graph.lines().collect();
    for shown in [lines[0], lines[19], "… 61 more …", lines[81], lines[101], "(graph() gives all of it)"]
    {
        assert!(text.contains(&format!("\n  {shown}\n")), "{shown}\n{text}");
    }
    assert!(
        !text.contains(&format!("\n  {}\n", lines[20])) && !text.contains(&format!("\n  {}\n", lines[80]))
    );
}
