//! Each element for itself.

use super::{EVERY, REAL, WHOLE, calls};
use numfuse::prelude::*;

calls! {
    /// What every type has.
    ARITHMETIC of EVERY, |x y p u a b m n s d|
    "x + y # add ndarray.__add__ ndarray.__radd__" => x + y;
    "x + 3 # ndarray.__add__" => x + 3;
    "x - y # subtract ndarray.__sub__ ndarray.__rsub__" => x - y;
    "x * y # multiply ndarray.__mul__ ndarray.__rmul__" => x * y;
    "x / y # divide true_divide ndarray.__truediv__ ndarray.__rtruediv__" => x / y;
    "x // p # floor_divide ndarray.__floordiv__ ndarray.__rfloordiv__" => x.floor_divide(p);
    "x // 7 # ndarray.__floordiv__" => x.floor_divide(7);
    "x % p # remainder mod ndarray.__mod__ ndarray.__rmod__" => x % p;
    "x % 7 # ndarray.__mod__" => x % 7;
    "np.fmod(x, p)" => x.fmod(p);
    "np.divmod(x, p) # divmod ndarray.__divmod__ ndarray.__rdivmod__" => x.divmod(p);
    "p ** 2 # power pow ndarray.__pow__" => p.power(2);
    "p ** 3 # power pow" => p.power(3);
    "p ** 0.5 # power pow" => p.power(0.5);
    "p ** u # power pow ndarray.__rpow__" => p.power(u);
    "np.float_power(p, 1.5)" => p.float_power(1.5);
    "-x # negative ndarray.__neg__" => -x;
    "+x # positive ndarray.__pos__" => x.positive();
    "abs(x) # abs absolute ndarray.__abs__" => x.abs();
    "np.sign(x)" => x.sign();
    "np.square(x)" => x.square();
    "np.reciprocal(p)" => p.reciprocal();
    "np.maximum(x, y)" => x.maximum(y);
    "np.minimum(x, y)" => x.minimum(y);
    "np.fmax(x, y)" => x.fmax(y);
    "np.fmin(x, y)" => x.fmin(y);
    "np.clip(x, 1, 2) # clip ndarray.clip" => x.clip(1, 2);
    "np.where(m, x, y)" => where_(m, x, y);
    "np.real(x).copy() # real" => x.real();
    "np.imag(x).copy() # imag" => x.imag();
    "np.conj(x) # conj conjugate" => x.conj();
    "np.angle(x)" => x.angle();
    "np.nan_to_num(x)" => x.nan_to_num();
    "np.select([m, x != 0], [x, y], 1)" => numfuse::select(&[m.clone(), x.not_equal(0)], &[x.clone(), y.clone()], 1);
    "np.piecewise(x, [m, ~m], [1, 2])" => x.piecewise(&[m.clone(), !m], &[1.into(), 2.into()], 0);
    "np.polyval(x[:5], y)" => numfuse::polyval(&x.i(..5), y);
    "inplace('+', x, y) # ndarray.__iadd__ ndarray.__isub__ ndarray.__imul__" => { let mut x = x.clone(); x += y; x };
    "(x * y + x) * y - 1" => (x * y + x) * y - 1;
}

calls! {
    /// Functions, also of complex numbers.
    FUNCTIONS of EVERY, |x y p u a b m n s d|
    "np.sqrt(p)" => p.sqrt();
    "np.exp(x)" => x.exp();
    "np.exp2(x)" => x.exp2();
    "np.expm1(x)" => x.expm1();
    "np.log(p)" => p.log();
    "np.log2(p)" => p.log2();
    "np.log10(p)" => p.log10();
    "np.log1p(p)" => p.log1p();
    "np.sin(x)" => x.sin();
    "np.cos(x)" => x.cos();
    "np.tan(x)" => x.tan();
    "np.sinh(u)" => u.sinh();
    "np.cosh(u)" => u.cosh();
    "np.tanh(x)" => x.tanh();
    "np.arcsin(u) # arcsin asin" => u.arcsin();
    "np.arccos(u) # arccos acos" => u.arccos();
    "np.arctan(x) # arctan atan" => x.arctan();
    "np.arcsinh(x) # arcsinh asinh" => x.arcsinh();
    "np.arccosh(p + 1) # arccosh acosh" => (p + 1).arccosh();
    "np.arctanh(u) # arctanh atanh" => u.arctanh();
    "np.sinc(x)" => x.sinc();
    "np.rint(x)" => x.rint();
    "np.round(x, 1) # round around ndarray.round" => x.round(1);
}

calls! {
    /// Functions of numbers that are not complex.
    OF_NUMBERS of REAL, |x y p u a b m n s d|
    "np.arctan2(x, y) # arctan2 atan2" => x.arctan2(y);
    "np.hypot(x, y)" => x.hypot(y);
    "np.cbrt(x)" => x.cbrt();
    "np.fabs(x)" => x.fabs();
    "np.floor(x)" => x.floor();
    "np.ceil(x)" => x.ceil();
    "np.trunc(x) # trunc fix" => x.trunc();
    "np.copysign(x, y)" => x.copysign(y);
    "np.nextafter(x, y)" => x.nextafter(y);
    "np.spacing(x)" => x.spacing();
    "np.ldexp(x, 3)" => x.ldexp(3);
    "np.frexp(x)" => x.frexp();
    "np.modf(x)" => x.modf();
    "np.heaviside(x, y)" => x.heaviside(y);
    "np.logaddexp(x, y)" => x.logaddexp(y);
    "np.logaddexp2(x, y)" => x.logaddexp2(y);
    "np.deg2rad(x) # deg2rad radians" => x.deg2rad();
    "np.rad2deg(x) # rad2deg degrees" => x.rad2deg();
    "np.signbit(x)" => x.signbit();
    "np.isposinf(x)" => x.isposinf();
    "np.isneginf(x)" => x.isneginf();
    "np.i0(x)" => x.i0();
    "np.unwrap(x)" => x.unwrap(-1);
}

calls! {
    /// Functions of whole numbers.
    OF_BITS of WHOLE, |x y p u a b m n s d|
    "x & y # bitwise_and ndarray.__and__ ndarray.__rand__ ndarray.__iand__" => x & y;
    "x | y # bitwise_or ndarray.__or__ ndarray.__ror__ ndarray.__ior__" => x | y;
    "x ^ y # bitwise_xor ndarray.__xor__ ndarray.__rxor__ ndarray.__ixor__" => x ^ y;
    "~x # invert bitwise_not bitwise_invert ndarray.__invert__" => !x;
    "x << u # left_shift bitwise_left_shift ndarray.__lshift__ ndarray.__rlshift__" => x << u;
    "x >> u # right_shift bitwise_right_shift ndarray.__rshift__ ndarray.__rrshift__" => x >> u;
    "x << 2 # ndarray.__ilshift__" => x << 2;
    "x >> 2 # ndarray.__irshift__" => x >> 2;
    "np.gcd(x, y)" => x.gcd(y);
    "np.lcm(x, y)" => x.lcm(y);
    "np.bitwise_count(x)" => x.bitwise_count();
}

calls! {
    /// Comparisons and truth.
    LOGIC of EVERY, |x y p u a b m n s d|
    "x < y # less ndarray.__lt__" => x.less(y);
    "x <= y # less_equal ndarray.__le__" => x.less_equal(y);
    "x > y # greater ndarray.__gt__" => x.greater(y);
    "x >= y # greater_equal ndarray.__ge__" => x.greater_equal(y);
    "x == y # equal ndarray.__eq__" => x.equal(y);
    "x != y # not_equal ndarray.__ne__" => x.not_equal(y);
    "x > 1 # ndarray.__gt__" => x.greater(1);
    "np.logical_and(x, y)" => x.logical_and(y);
    "np.logical_or(x, y)" => x.logical_or(y);
    "np.logical_xor(x, y)" => x.logical_xor(y);
    "np.logical_not(x)" => x.logical_not();
    "np.isnan(x)" => x.isnan();
    "np.isinf(x)" => x.isinf();
    "np.isfinite(x)" => x.isfinite();
    "np.isclose(x, y)" => x.isclose(y, 1e-5, 1e-8);
    "np.allclose(x, x)" => x.allclose(x, 1e-5, 1e-8);
    "np.array_equal(x, x + 0) # array_equal array_equiv" => x.array_equal(&(x + 0));
}

calls! {
    /// One type from another.
    CASTS of EVERY, |x y p u a b m n s d|
    "x.astype(bool) # astype ndarray.astype" => x.cast(BOOL);
    "p.astype(np.uint8) # astype" => p.cast(U8);
    "x.astype(np.int32) # astype" => x.cast(I32);
    "x.astype(np.int64) # astype" => x.cast(I64);
    "x.astype(np.float16) # astype" => x.cast(F16);
    "x.astype(np.float32) # astype" => x.cast(F32);
    "x.astype(np.float64) # astype" => x.cast(F64);
    "x.astype(np.complex64) # astype" => x.cast(C64);
    "x.astype(np.complex128) # astype" => x.cast(C128);
    "x.copy() # copy ndarray.copy array" => x.positive();
    "x.tobytes() # ndarray.tobytes" => x.tobytes();
    "np.frombuffer(x, np.uint8).copy() # frombuffer" => x.view(U8).positive();
}
