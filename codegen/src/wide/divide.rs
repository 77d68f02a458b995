//! Division of integers, which no vector instruction does: by way of float64 up to 32 bits, lane by
//! lane beyond.

use super::cast;
use super::emit::Wide;
use super::inst::{Base, Mem, Size};
use super::lanes::Lanes;
use super::memory;
use super::numbers::Number;
use super::ops::Op;
use crate::walk::Emit;
use numfuse_ir::dtype::DType;
use numfuse_ir::prim::Prim;
use numfuse_ir::scalar::Scalar;
use smallvec::smallvec;

/// A quotient or remainder.
pub(super) fn divide(e: &mut Wide, prim: Prim, a: &Lanes, b: &Lanes) -> Lanes {
    if a.bytes() == 8 { divide_words(e, prim, a, b) } else { divide_small(e, prim, a, b) }
}

/// Integers of up to 32 bits: a quotient in float64, truncated, is exact.
fn divide_small(e: &mut Wide, prim: Prim, a: &Lanes, b: &Lanes) -> Lanes {
    let dtype = a.dtype;
    let (x, y) = (cast::cast(e, a, DType::F64), cast::cast(e, b, DType::F64));
    let quotient = e.prim(Prim::Div, &[&x, &y]);
    let whole = e.prim(Prim::Cast(DType::I64), &[&quotient]);
    let mut result = e.prim(Prim::Cast(dtype), &[&whole]);
    if prim == Prim::Rem {
        let product = e.prim(Prim::Mul, &[&result, b]);
        result = e.prim(Prim::Sub, &[a, &product]);
    }
    zero_where_zero(e, b, &result)
}

/// The result of a division: 0 where the divisor is.
fn zero_where_zero(e: &mut Wide, divisor: &Lanes, result: &Lanes) -> Lanes {
    let zero = Lanes::known(Scalar::zero(divisor.dtype), divisor.lanes);
    let fine = e.prim(Prim::Ne, &[divisor, &zero]);
    e.prim(Prim::Select, &[&fine, result, &zero])
}

/// 64-bit integers, lane by lane, with divisors that never trap.
fn divide_words(e: &mut Wide, prim: Prim, a: &Lanes, b: &Lanes) -> Lanes {
    let (dtype, lanes) = (a.dtype, a.lanes);
    let known = |n: i128| Lanes::known(Scalar::from_i128(dtype, n), lanes);
    let by_zero = e.prim(Prim::Eq, &[b, &known(0)]);
    let mut trouble = by_zero.clone();
    let minus = dtype.is_signed().then(|| e.prim(Prim::Eq, &[b, &known(-1)]));
    if let Some(minus) = &minus {
        trouble = e.prim(Prim::Or, &[&by_zero, minus]);
    }
    let divisor = e.prim(Prim::Select, &[&trouble, &known(1), b]);
    let op = match (prim, dtype.is_signed()) {
        (Prim::Div, true) => Op::DivideSigned,
        (Prim::Div, false) => Op::Divide,
        (_, true) => Op::RemainderSigned,
        (_, false) => Op::Remainder,
    };
    let mut result = each_divided(e, op, a, &divisor);
    // What is divided by 1 instead leaves no rest.
    if prim == Prim::Div {
        if let Some(minus) = &minus {
            let opposite = e.prim(Prim::Neg, &[a]);
            result = e.prim(Prim::Select, &[minus, &opposite, &result]);
        }
        result = zero_where_zero(e, b, &result);
    }
    result
}

fn each_divided(e: &mut Wide, op: Op, a: &Lanes, b: &Lanes) -> Lanes {
    let (dtype, lanes) = (a.dtype, a.lanes);
    if lanes == 1 {
        let (a, b) = (e.vectors(a)[0], e.vectors(b)[0]);
        let (a, b) = (e.low(a), e.low(b));
        let result = e.divide(op, a, b);
        let reg = e.code.unary(Op::VpbroadcastqFrom, Size::Z, result);
        return Lanes::vector(dtype, 1, smallvec![reg]);
    }
    let bytes = lanes * 8;
    let (numbers, divisors) = (e.code.area(bytes), e.code.area(bytes));
    memory::write(e, Mem::at(Base::Stack, numbers), a);
    memory::write(e, Mem::at(Base::Stack, divisors), b);
    let (lane, _) = e.begin_loop(Number::Known(0), Number::Known(lanes.into()), 1, &[]);
    let (from, by) = (e.on_stack(numbers, lane, 8), e.on_stack(divisors, lane, 8));
    let (number, divisor) = (e.code.general(Op::Mov, from), e.code.general(Op::Mov, by));
    let result = e.divide(op, number, divisor);
    e.code.store(Op::MovStore, Size::X, result, from);
    e.end_loop(&[]);
    memory::read(e, Mem::at(Base::Stack, numbers), dtype, lanes)
}
