//! What runs lane by lane on the CPU, with the reason for each; the list may shrink, not grow.

use numfuse_codegen::cpu::scalar_loop;
use numfuse_ir::dtype::DType;
use numfuse_ir::prim::Prim;

/// Every prim once, casts to every type.
fn prims() -> Vec<Prim> {
    use Prim::*;
    let mut prims = vec![
        Add, Sub, Mul, MulHigh, Div, Rem, Neg, Abs, Min, Max, Fma, Sqrt, Floor, Ceil, Trunc, Rint, And, Or,
        Xor, Not, Shl, Shr, Lt, Le, Gt, Ge, Eq, Ne, Select,
    ];
    prims.extend(DType::ALL.iter().map(|&d| Cast(d)));
    prims.extend(DType::ALL.iter().map(|&d| Round(d)));
    prims
}

/// What may be on the list.
fn is_expected(prim: Prim, dtype: DType) -> bool {
    let is_wide = |d: DType| d.is_integer() && d.bytes() == 8;
    match prim {
        Prim::Div | Prim::Rem => dtype.is_integer() || dtype == DType::Bool,
        // By counts that differ from lane to lane; a constant count is one vector instruction.
        Prim::Shl | Prim::Shr => is_wide(dtype),
        Prim::Cast(to) => (is_wide(dtype) && to.is_float()) || (dtype.is_float() && is_wide(to)),
        _ => false,
    }
}

#[test]
fn the_list_of_scalar_loops_does_not_grow() {
    for prim in prims() {
        for &dtype in DType::ALL {
            let operands = vec![dtype; prim.arity()];
            let typed = matches!(prim, Prim::Select) || prim.result(&operands).is_some();
            let Some(reason) = scalar_loop(prim, dtype).filter(|_| typed) else { continue };
            println!("{:8} {dtype:8} {reason}", prim.name());
            assert!(
                is_expected(prim, dtype),
                "{} of {dtype} has become a scalar loop: {reason}",
                prim.name()
            );
        }
    }
}
