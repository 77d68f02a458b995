//! Contraction: a product that nothing but one sum reads is rounded once with it, where an evaluation allows
//! that (`fast_math`).
//!
//! `a * b + c` becomes [`Prim::Fma`], `c - a * b` and `a * b - c` that of a negated operand, and a
//! [`Fold::Sum`] of products a [`Fold::Products`]. The order of every sum stays. Half types keep the rounding
//! after each operation, running sums theirs. A product that is read no more leaves its place in the body to a
//! zero or to the negated operand: neither is code of its own unless it is read.

use super::{Inst, Kernel, Order, Val};
use crate::ops::Op;
use crate::ops::fold::Fold;
use crate::prim::Prim;
use crate::scalar::Scalar;
use smallvec::smallvec;

/// Contracts what a kernel may contract.
pub fn contract(kernel: &mut Kernel) {
    let uses = uses(kernel);
    for p in 0..kernel.passes.len() {
        if kernel.passes[p].order == Order::Runs {
            continue;
        }
        for c in 0..kernel.passes[p].carries.len() {
            let carry = &kernel.passes[p].carries[c];
            if carry.fold == Fold::Sum
                && let Some(product) = product(kernel, &uses, carry.args[0])
            {
                let carry = &mut kernel.passes[p].carries[c];
                let read_no_more = carry.args[0];
                (carry.fold, carry.args) = (Fold::Products, product.into());
                clear(kernel, read_no_more);
            }
        }
    }
    for v in 0..kernel.body.len() {
        let Inst::Prim(prim @ (Prim::Add | Prim::Sub), args) = &kernel.body[v] else { continue };
        let (subtracts, sides) = (*prim == Prim::Sub, [args[0], args[1]]);
        let (place, [a, b], rest) = match sides.map(|side| product(kernel, &uses, side)) {
            [_, Some(factors)] => (sides[1], factors, sides[0]),
            [Some(factors), None] => (sides[0], factors, sides[1]),
            [None, None] => continue,
        };
        let fused = if !subtracts {
            clear(kernel, place);
            [a, b, rest]
        } else if place == sides[1] {
            [negated(kernel, place, a), b, rest]
        } else if rest < place {
            [a, b, negated(kernel, place, rest)]
        } else {
            // The negated operand must come before the sum that reads it, and there is no other place for it.
            continue;
        };
        kernel.body[v] = Inst::Prim(Prim::Fma, fused.into());
    }
}

/// Leaves a zero in the place of a product that is read no more.
fn clear(kernel: &mut Kernel, place: Val) {
    kernel.body[place.index()] = Inst::Const(Scalar::zero(kernel.dtype(place)));
}

/// The factors of a product or of a square of floats that is read once.
fn product(kernel: &Kernel, uses: &[u32], v: Val) -> Option<[Val; 2]> {
    if uses[v.index()] != 1 || !kernel.dtype(v).is_float() {
        return None;
    }
    match kernel.inst(v) {
        Inst::Prim(Prim::Mul, args) => Some([args[0], args[1]]),
        Inst::Call(Op::Square, args) => Some([args[0]; 2]),
        _ => None,
    }
}

/// `-x`, in the place of a product that is read no more.
fn negated(kernel: &mut Kernel, place: Val, x: Val) -> Val {
    kernel.body[place.index()] = Inst::Prim(Prim::Neg, smallvec![x]);
    place
}

/// How often each value is read.
fn uses(kernel: &Kernel) -> Vec<u32> {
    let mut uses = vec![0; kernel.body.len()];
    let mut read = |v: Val| uses[v.index()] += 1;
    kernel.body.iter().for_each(|inst| inst.for_each_arg(&mut read));
    for pass in &kernel.passes {
        pass.carries.iter().flat_map(|carry| &carry.args).for_each(|&v| read(v));
        for store in &pass.stores {
            read(store.value);
            store.at.for_each_arg(&mut read);
        }
    }
    uses
}

#[cfg(test)]
mod tests {
    use crate::graph::parse::parse;
    use crate::kernel::verify;
    use crate::schedule::{Options, plan};

    /// The kernel of a graph, contracted, as text.
    fn contracted(text: &str) -> String {
        let options = Options { fast_math: true, ..Options::default() };
        let plan = plan(parse(text).expect("a graph"), options);
        let [step] = plan.steps.as_slice() else { panic!("one step") };
        let kernel = &step.kernel().expect("a kernel").kernel;
        assert_eq!(verify::verify(kernel), Ok(()));
        kernel.to_string()
    }

    /// A graph of three vectors `%a`, `%b`, `%c`, and `%p`, the product of the first two.
    fn with_product(dtype: &str, rest: &str) -> String {
        let leaf = |i, name| format!("%{name} = leaf {i} : {dtype}[9]\n");
        let leaves: String = (0..).zip(["a", "b", "c"]).map(|(i, name)| leaf(i, name)).collect();
        format!("{leaves}%p = multiply %a %b : {dtype}[9]\n{rest}")
    }

    #[test]
    fn a_product_that_one_sum_reads_is_rounded_with_it() {
        let text = with_product("f32", "%r = add %p %c : f32[9]\nout %r");
        assert!(contracted(&text).contains("fma v0 v1"), "{}", contracted(&text));
        let text = with_product("f32", "%r = add %c %p : f32[9]\nout %r");
        assert!(contracted(&text).contains("fma"));
        for subtraction in ["%c %p", "%p %c"] {
            let text = with_product("f64", &format!("%r = subtract {subtraction} : f64[9]\nout %r"));
            let kernel = contracted(&text);
            let minuend_last = subtraction == "%p %c";
            assert!(minuend_last || kernel.contains("neg") && kernel.contains("fma"), "{kernel}");
        }
    }

    #[test]
    fn what_else_is_read_stays() {
        for (dtype, rest) in [
            ("f32", "%r = add %p %c : f32[9]\nout %r %p"),
            ("f32", "%r = add %p %p : f32[9]\nout %r"),
            ("i32", "%r = add %p %c : i32[9]\nout %r"),
            ("f16", "%r = add %p %c : f16[9]\nout %r"),
        ] {
            let kernel = contracted(&with_product(dtype, rest));
            assert!(!kernel.contains("fma"), "{kernel}");
        }
    }

    #[test]
    fn a_sum_of_products_keeps_its_order() {
        let text = with_product("f32", "%r = sum axes 0 %p : f32[]\nout %r");
        let kernel = contracted(&text);
        assert!(kernel.contains("products v0 v1") && !kernel.contains("mul"), "{kernel}");
        let text = with_product("f64", "%s = square %a : f64[9]\n%r = sum axes 0 %s : f64[]\nout %r");
        assert!(contracted(&text).contains("products v0 v0"), "{}", contracted(&text));
        // Of whole numbers nothing is rounded.
        assert!(!contracted(&with_product("i64", "%r = sum axes 0 %p : i64[]\nout %r")).contains("products"));
    }
}
