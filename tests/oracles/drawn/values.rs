//! Numbers of all types at their edges beside each other, plain numbers beside arrays, and complex numbers on their
//! branch cuts.

use super::{Case, Draw};
use numfuse::prelude::*;
use numfuse::{Number, Operand};

/// What is special in each type, and what is near.
fn edges(draw: &mut Draw, dtype: DType, count: usize) -> Array {
    const FLOATS: [f64; 16] = [
        0.0,
        -0.0,
        1.0,
        -1.0,
        0.5,
        2.0,
        -3.0,
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        65504.0,
        1e-7,
        -6.1e-5,
        3e38,
        1e-40,
        7.25,
    ];
    const WHOLE: [i64; 14] = [0, 1, -1, 2, 3, -7, 127, -128, 255, 32767, -32768, i64::MAX, i64::MIN, 1 << 31];
    let plain = if dtype.is_inexact() {
        let floats: Vec<f64> = (0..count).map(|_| draw.one(&FLOATS)).collect();
        Array::from(floats).cast(dtype)
    } else {
        let whole: Vec<i64> = (0..count).map(|_| draw.one(&WHOLE)).collect();
        if dtype == BOOL { Array::from(whole) % 2 } else { Array::from(whole) }.cast(dtype)
    };
    draw.give(plain)
}

const TYPES: [DType; 12] = [BOOL, I8, I16, I32, I64, U8, U16, U32, U64, F16, F32, F64];

pub(super) fn numbers(draw: &mut Draw) -> Case {
    let (dtype, other) = (draw.one(&TYPES), draw.one(&TYPES));
    let x = edges(draw, dtype, 9);
    if draw.once_in(2) {
        return beside_number(draw, &x);
    }
    let y = edges(draw, other, 9);
    macro_rules! of_two {
        ($($name:ident),+) => {{
            let all = [$((stringify!($name), x.$name(&y))),+];
            draw.one(&all)
        }};
    }
    let (name, ours) = of_two!(
        add,
        subtract,
        multiply,
        floor_divide,
        remainder,
        fmod,
        maximum,
        minimum,
        fmax,
        fmin,
        greater,
        less_equal,
        equal,
        not_equal,
        logical_xor,
        copysign,
        nextafter,
        heaviside,
        bitwise_and,
        bitwise_xor,
        left_shift,
        right_shift,
        gcd,
        lcm,
        divide,
        hypot,
        arctan2,
        logaddexp,
        logaddexp2,
        float_power,
        ldexp
    );
    Case::sum(format!("np.{name}(a, b)"), [ours], 0.0).within(match name {
        "hypot" | "arctan2" | "logaddexp" | "logaddexp2" | "float_power" => 8.0,
        // Of two zeros NumPy takes either; its `nextafter` of float16 takes the first, others the second.
        "maximum" | "minimum" | "fmax" | "fmin" | "nextafter" => 1e-9,
        _ => 0.0,
    })
}

/// With a number that Python would write.
fn beside_number(draw: &mut Draw, x: &Array) -> Case {
    let (number, said): (Number, String) = match draw.below(3) {
        0 => {
            let n = draw.one(&[
                0i128,
                1,
                -1,
                2,
                3,
                100,
                127,
                128,
                -128,
                -129,
                255,
                256,
                65535,
                1 << 31,
                -(1 << 31),
                i128::from(i64::MAX),
                1 << 63,
            ]);
            (Number::Int(n), n.to_string())
        }
        1 => {
            let f = draw.one(&[0.5, -1.5, 0.1, 65504.0, 70000.0, 1e-8, 1e300, 2.0]);
            (Number::Float(f), format!("{f:?}"))
        }
        _ => {
            draw.one(&[(Number::Bool(true), "True".to_string()), (Number::Bool(false), "False".to_string())])
        }
    };
    let number = Operand::from(number);
    let (ours, python) = match draw.below(9) {
        0 => (x.add(number), format!("a + {said}")),
        1 => (x.multiply(number), format!("a * ({said})")),
        2 => (x.floor_divide(number), format!("a // ({said})")),
        3 => (x.remainder(number), format!("a % ({said})")),
        4 => {
            // Of two zeros NumPy takes either.
            let ours = x.maximum(number);
            return Case::sum(format!("np.maximum(a, {said})"), [ours], 0.0).within(1e-9);
        }
        5 => (x.less(number), format!("a < {said}")),
        6 => (x.equal(number), format!("a == {said}")),
        // What the type cannot hold is an error here as everywhere.
        7 if x.dtype() == I64 && said.len() < 19 => {
            (where_(x.greater(0), x, number), format!("np.where(a > 0, a, {said})"))
        }
        _ => (x.subtract(number), format!("a - ({said})")),
    };
    Case::exact(python, [ours])
}

pub(super) fn complex(draw: &mut Draw) -> Case {
    let dtype = draw.one(&[C64, C128]);
    const PARTS: [f64; 12] =
        [0.0, -0.0, 1.0, -1.0, 0.5, -2.0, 3.5, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, -1e-10, 7.0];
    let pairs = |draw: &mut Draw| {
        let pairs: Vec<Complex<f64>> =
            (0..6).map(|_| Complex::new(draw.one(&PARTS), draw.one(&PARTS))).collect();
        draw.give(Array::from(pairs).cast(dtype))
    };
    let x = pairs(draw);
    macro_rules! of_one {
        ($($name:ident),+) => {{
            let all = [$((stringify!($name), x.$name())),+];
            draw.one(&all)
        }};
    }
    match draw.below(4) {
        0 => {
            let y = pairs(draw);
            let (python, ours) = draw.one(&[
                ("a + b", &x + &y),
                ("a - b", &x - &y),
                ("a * b", &x * &y),
                ("a / b", &x / &y),
                ("a == b", x.equal(&y)),
                ("a < b", x.less(&y)),
                ("np.maximum(a, b)", x.maximum(&y)),
                ("np.minimum(a, b)", x.minimum(&y)),
                ("np.fmax(a, b)", x.fmax(&y)),
                ("np.logical_and(a, b)", x.logical_and(&y)),
            ]);
            Case::sum(python.to_string(), [ours], 0.0).within(4.0)
        }
        1 => {
            let (python, exponent) =
                draw.one(&[("2", 2.0), ("0", 0.0), ("1", 1.0), ("-1", -1.0), ("3", 3.0)]);
            Case::sum(format!("np.power(a, {python})"), [x.power(exponent)], 0.0).within(64.0)
        }
        _ => {
            let (name, ours) = of_one!(
                sqrt, log, exp, sin, cos, tan, sinh, cosh, tanh, arcsin, arccos, arctan, arcsinh, arccosh,
                arctanh, log2, log10, absolute, angle, conj, square, reciprocal, sign, isnan, isinf,
                isfinite, negative
            );
            Case::sum(format!("np.{name}(a)"), [ours], 0.0).within(32.0)
        }
    }
}
