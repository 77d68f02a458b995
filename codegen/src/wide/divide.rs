//! Division of integers, which no vector instruction does: by way of floats, truncated.
//!
//! A quotient of two integers below 2^24 in float32, or below 2^52 in float64, is never rounded up to a whole
//! number that it is not: it lies at least 1/b below the next one n, and half the distance of floats there is
//! less as long as `n·b` is below 2^(bits + 1).
//!
//! By a number that is the same in all lanes one division is enough, of 1: its inverse, made larger by four
//! times the rounding of floats, gives products that are never below a quotient, and above it by less than
//! the 1/b that is missing to the next whole number, as long as `16 a` is below 2^bits.
//!
//! Only where a number of 64 bits is larger than that are lanes divided one by one.

use super::cast;
use super::emit::Wide;
use super::inst::{Base, Mem, Size};
use super::lanes::{Lanes, Where};
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

/// Integers of up to 32 bits: in float32 those of up to 16.
fn divide_small(e: &mut Wide, prim: Prim, a: &Lanes, b: &Lanes) -> Lanes {
    let (dtype, signed) = (a.dtype, a.dtype.is_signed());
    let (float, back) = match (dtype.bytes(), signed) {
        (4, true) => (DType::F64, Op::Vcvttpd2dq),
        (4, false) => (DType::F64, Op::Vcvttpd2udq),
        (_, _) => (DType::F32, Op::Vcvttps2dq),
    };
    let quotient = quotient(e, a, b, float);
    let whole = if dtype.bytes() < 4 { DType::I32 } else { dtype };
    let whole = cast::converted(e, &quotient, whole, back);
    let result = cast::cast(e, &whole, dtype);
    quotient_or_rest(e, prim, a, b, &result)
}

/// The quotient as a float that is to be truncated.
fn quotient(e: &mut Wide, a: &Lanes, b: &Lanes, float: DType) -> Lanes {
    let x = cast::cast(e, a, float);
    let Some(divisor) = uniform(b) else {
        let y = cast::cast(e, b, float);
        return e.prim(Prim::Div, &[&x, &y]);
    };
    let divisor = e.in_registers(&divisor);
    let y = cast::cast(e, &divisor, float);
    let inverse = e.prim(Prim::Div, &[&Lanes::known(Scalar::one(float), 1), &y]);
    let more = 1.0 + 4.0 * if float == DType::F32 { f64::from(f32::EPSILON) } else { f64::EPSILON };
    let inverse = e.prim(Prim::Mul, &[&inverse, &Lanes::known(Scalar::from_f64(float, more), 1)]);
    let inverse = e.splatted(&inverse, x.lanes);
    e.prim(Prim::Mul, &[&x, &inverse])
}

/// A number that is the same in all of several lanes, as one of one lane.
fn uniform(x: &Lanes) -> Option<Lanes> {
    let one = |place: &Where| Some(Lanes { lanes: 1, place: place.clone(), ..*x });
    match &x.place {
        _ if x.lanes == 1 => None,
        place @ (Where::Known(_) | Where::Word(_)) => one(place),
        // Spreading repeats a register, of which no two parts of other values are made.
        Where::Registers(regs) if regs.len() > 1 && regs.iter().all(|reg| *reg == regs[0]) => {
            one(&Where::Registers(smallvec![regs[0]]))
        }
        Where::Registers(_) => None,
    }
}

/// What was asked for, of a quotient: that or the remainder, 0 where the divisor is.
fn quotient_or_rest(e: &mut Wide, prim: Prim, a: &Lanes, b: &Lanes, quotient: &Lanes) -> Lanes {
    if prim == Prim::Div {
        return zero_where_zero(e, b, quotient);
    }
    let product = e.prim(Prim::Mul, &[quotient, b]);
    let rest = e.prim(Prim::Sub, &[a, &product]);
    zero_where_zero(e, b, &rest)
}

/// The result of a division: 0 where the divisor is.
fn zero_where_zero(e: &mut Wide, divisor: &Lanes, result: &Lanes) -> Lanes {
    let zero = Lanes::known(Scalar::zero(divisor.dtype), divisor.lanes);
    if divisor.constant().is_some_and(|c| c.bits() != 0) {
        return result.clone();
    }
    let fine = e.prim(Prim::Ne, &[divisor, &zero]);
    e.prim(Prim::Select, &[&fine, result, &zero])
}

/// 64-bit integers: in float64, and again lane by lane where one is too large for that.
fn divide_words(e: &mut Wide, prim: Prim, a: &Lanes, b: &Lanes) -> Lanes {
    if a.lanes == 1 {
        return divide_exactly(e, prim, a, b);
    }
    let quotient = quotient(e, a, b, DType::F64);
    let back = if a.dtype.is_signed() { Op::Vcvttpd2qq } else { Op::Vcvttpd2uqq };
    let whole = cast::converted(e, &quotient, a.dtype, back);
    let result = quotient_or_rest(e, prim, a, b, &whole);
    let far = match uniform(b) {
        Some(one) => [is_far(e, a, 48), is_far(e, &one, 48).map(|far| e.splatted(&far, a.lanes))],
        None => [is_far(e, a, 52), is_far(e, b, 52)],
    };
    let far = match far {
        [Some(a), Some(b)] => e.prim(Prim::Or, &[&a, &b]),
        [Some(far), None] | [None, Some(far)] => far,
        [None, None] => return result,
    };
    let any = e.bits(&far);
    e.begin_if(any, true, &[result]);
    let exact = divide_exactly(e, prim, a, b);
    e.end_if(&[exact]).remove(0)
}

/// Whether 64-bit integers have so many bits or more; `None` where it is known that they do not.
fn is_far(e: &mut Wide, x: &Lanes, bits: u32) -> Option<Lanes> {
    let near = 1i128 << bits;
    if x.constant().is_some_and(|c| c.to_i128().abs() < near) {
        return None;
    }
    let known = |n: i128| Lanes::known(Scalar::from_i128(DType::U64, n), x.lanes);
    let unsigned = Lanes { dtype: DType::U64, ..x.clone() };
    if !x.dtype.is_signed() {
        return Some(e.prim(Prim::Ge, &[&unsigned, &known(near)]));
    }
    // Both ends of what is near in one comparison of unsigned numbers.
    let raised = e.prim(Prim::Add, &[&unsigned, &known(near - 1)]);
    Some(e.prim(Prim::Ge, &[&raised, &known(2 * near - 1)]))
}

/// 64-bit integers, lane by lane, with divisors that never trap.
fn divide_exactly(e: &mut Wide, prim: Prim, a: &Lanes, b: &Lanes) -> Lanes {
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
