//! THE TABLE of elementwise operations.
//!
//! A row reads: variant, NumPy's name and parameters, class, greatest error in units in the last
//! place, and what it is: `prim(P)`, a machine operation; `body(|k| …)`, a composition of prims and
//! other rows; `func(meaning, expansion)`, an elementary function; `parts()`, nothing of real numbers.
//! After `complex` comes what it is of complex numbers, in `math/complex`: `pair(f)` gives a complex
//! number, `real(f)` a real one; a row without it refuses them.

/// Hands every row with a NumPy name to the macro named `$then`.
#[macro_export]
macro_rules! for_each_op {
    ($then:ident $($more:tt)*) => { $then! {
        /// Sum of two arrays; for bools, whether either is true.
        Add add(a, b): Any, ulp(0.5) = prim(Add, of bools Or), complex pair(complex::add);
        /// Difference of two arrays.
        Subtract subtract(a, b): Number, ulp(0.5) = prim(Sub), complex pair(complex::subtract);
        /// Product of two arrays; for bools, whether both are true.
        Multiply multiply(a, b): Any, ulp(0.5) = prim(Mul, of bools And), complex pair(complex::multiply);
        /// Quotient of two arrays in floating point.
        Divide divide(a, b): Ratio, ulp(0.5) = prim(Div), complex pair(complex::divide);
        /// Greatest whole number not above the quotient; integers divided by zero give 0.
        FloorDivide floor_divide(a, b): Count, ulp(0.5) = body(|k| floor_division(k, a, b).0);
        /// Remainder with the sign of the divisor, as Python's `%`; integers modulo zero give 0.
        Remainder remainder(a, b): Count, ulp(0.5) = body(|k| floor_division(k, a, b).1);
        /// Remainder with the sign of the dividend, as C's `fmod`; integers modulo zero give 0.
        Fmod fmod(a, b): Count, ulp(0.0) = body(|k| truncated_remainder(k, a, b));
        /// `a` to the power `b`; integers by squaring, wrapping on overflow.
        Power power(a, b): Count, ulp(1.0) = body(|k| if k.dtype(a).is_float() { math::pow(k, a, b) } else { integer_power(k, a, b) }), complex pair(complex::power);
        /// The opposite.
        Negative negative(x): Number, ulp(0.0) = prim(Neg), complex pair(complex::negative);
        /// The number itself.
        Positive positive(x): Number, ulp(0.0) = body(|k| { let _ = k; x }), complex pair(complex::positive);
        /// Distance from zero.
        Absolute absolute(x): Any, ulp(0.0) = body(|k| if k.dtype(x) == DType::Bool { x } else { k.abs(x) }), complex real(complex::absolute);
        /// -1, 0 or 1 by the sign; NaN stays NaN.
        Sign sign(x): Number, ulp(0.0) = body(|k| sign_of(k, x)), complex pair(complex::sign);
        /// The square.
        Square square(x): Count, ulp(0.5) = body(|k| k.mul(x, x)), complex pair(complex::square);
        /// `1 / x` in the type of `x`.
        Reciprocal reciprocal(x): Count, ulp(0.5) = body(|k| { let one = k.int(x, 1); k.div(one, x) }), complex pair(complex::reciprocal);
        /// The real part: of what is not complex the number itself.
        Real real(x): Any, ulp(0.0) = body(|k| { let _ = k; x }), complex real(complex::real);
        /// The imaginary part: of what is not complex 0.
        Imag imag(x): Any, ulp(0.0) = body(|k| k.int(x, 0)), complex real(complex::imaginary);
        /// The number with the opposite imaginary part.
        Conjugate conjugate(x): Count, ulp(0.0) = body(|k| { let _ = k; x }), complex pair(complex::conjugate);
        /// The angle from the positive real axis, from -pi to pi.
        Angle angle(x): Turn, ulp(1.0) = body(|k| { let zero = k.int(x, 0); math::arctan2(k, zero, x) }), complex real(complex::angle);
        /// The complex number with these parts: complex64 unless one of them needs float64. NumPy has no such
        /// function; there it is `re + 1j * im`, which loses infinities and zeros' signs.
        Complex complex(re, im): Parts, ulp(0.0) = parts(), complex join(complex::join);

        /// Square root.
        Sqrt sqrt(x): Float, ulp(0.5) = prim(Sqrt), complex pair(complex::sqrt);
        /// `e` to the power `x`.
        Exp exp(x): Float, ulp(1.0) = func(x.exp(), math::exp), complex pair(complex::exp);
        /// Natural logarithm.
        Log log(x): Float, ulp(1.0) = func(x.ln(), math::log), complex pair(complex::log);
        /// 2 to the power `x`.
        Exp2 exp2(x): Float, ulp(1.0) = func(x.exp2(), math::exp2), complex pair(complex::exp2);
        /// `exp(x) - 1`, accurate near 0.
        Expm1 expm1(x): Float, ulp(1.0) = func(x.exp_m1(), math::expm1), complex pair(complex::expm1);
        /// Logarithm to base 2.
        Log2 log2(x): Float, ulp(1.0) = func(x.log2(), math::log2), complex pair(complex::log2);
        /// Logarithm to base 10.
        Log10 log10(x): Float, ulp(1.0) = func(x.log10(), math::log10), complex pair(complex::log10);
        /// `log(1 + x)`, accurate near 0.
        Log1p log1p(x): Float, ulp(1.0) = func(x.ln_1p(), math::log1p), complex pair(complex::log1p);
        /// Sine of an angle in radians, exact reduction however large.
        Sin sin(x): Float, ulp(1.0) = func(x.sin(), math::sin), complex pair(complex::sin);
        /// Cosine of an angle in radians, exact reduction however large.
        Cos cos(x): Float, ulp(1.0) = func(x.cos(), math::cos), complex pair(complex::cos);
        /// Tangent of an angle in radians, exact reduction however large.
        Tan tan(x): Float, ulp(1.0) = func(x.tan(), math::tan), complex pair(complex::tan);
        /// Hyperbolic sine.
        Sinh sinh(x): Float, ulp(1.0) = func(x.sinh(), math::sinh), complex pair(complex::sinh);
        /// Hyperbolic cosine.
        Cosh cosh(x): Float, ulp(1.0) = func(x.cosh(), math::cosh), complex pair(complex::cosh);
        /// Hyperbolic tangent.
        Tanh tanh(x): Float, ulp(1.0) = func(x.tanh(), math::tanh), complex pair(complex::tanh);
        /// The error function, `2/sqrt(pi)` times the integral of `exp(-t^2)` from 0 to `x`.
        Erf erf(x): Float, ulp(1.0) = body(|k| math::erf(k, x));

        /// `1 - erf(x)`, accurate far out.
        Erfc erfc(x): Float, ulp(1.0) = body(|k| math::erfc(k, x));
        /// Angle whose sine it is, from -pi/2 to pi/2.
        Arcsin arcsin(x): Float, ulp(1.0) = func(x.asin(), math::arcsin), complex pair(complex::arcsin);
        /// Angle whose cosine it is, from 0 to pi.
        Arccos arccos(x): Float, ulp(1.0) = func(x.acos(), math::arccos), complex pair(complex::arccos);
        /// Angle whose tangent it is, from -pi/2 to pi/2.
        Arctan arctan(x): Float, ulp(1.0) = func(x.atan(), math::arctan), complex pair(complex::arctan);
        /// Angle from the positive x-axis to the point `(x, y)`, from -pi to pi.
        Arctan2 arctan2(y, x): Float, ulp(1.0) = func(y.atan2(x), math::arctan2);
        /// Inverse hyperbolic sine.
        Arcsinh arcsinh(x): Float, ulp(1.0) = func(x.asinh(), math::arcsinh), complex pair(complex::arcsinh);
        /// Inverse hyperbolic cosine.
        Arccosh arccosh(x): Float, ulp(1.0) = func(x.acosh(), math::arccosh), complex pair(complex::arccosh);
        /// Inverse hyperbolic tangent.
        Arctanh arctanh(x): Float, ulp(1.0) = func(x.atanh(), math::arctanh), complex pair(complex::arctanh);
        /// Length of a hypotenuse, `sqrt(a*a + b*b)` without overflow on the way.
        Hypot hypot(a, b): Float, ulp(1.0) = func(a.hypot(b), math::hypot);
        /// Cube root.
        Cbrt cbrt(x): Float, ulp(1.0) = func(x.cbrt(), math::cbrt);
        /// `1 / sqrt(x)`, rounded once.
        Rsqrt rsqrt(x): Float, ulp(1.0) = func(1.0 / x.sqrt(), math::rsqrt);
        /// The logistic function `1 / (1 + exp(-x))`, SciPy's name of the sigmoid.
        Expit expit(x): Float, ulp(1.0) = body(|k| math::expit(k, x));
        /// `log(x / (1 - x))`, the inverse of `expit`.
        Logit logit(x): Float, ulp(1.0) = body(|k| math::logit(k, x));
        /// Logarithm of the absolute value of the gamma function.
        Gammaln gammaln(x): Float, ulp(4.0) = body(|k| math::gammaln(k, x));
        /// Modified Bessel function of the first kind and order 0.
        I0 i0(x): Ratio, ulp(2.0) = body(|k| math::i0(k, x));
        /// `log(exp(a) + exp(b))` without overflow on the way.
        Logaddexp logaddexp(a, b): Float, ulp(1.0) = body(|k| math::logaddexp(k, a, b));
        /// `log2(2**a + 2**b)` without overflow on the way.
        Logaddexp2 logaddexp2(a, b): Float, ulp(1.0) = body(|k| math::logaddexp2(k, a, b));

        /// The magnitude of `a` with the sign of `b`.
        Copysign copysign(a, b): Float, ulp(0.0) = body(|k| math::copy_sign(k, a, b));
        /// The next number after `a` towards `b`, of float32 and float64: cast halfs first.
        Nextafter nextafter(a, b): Float, ulp(0.0) = body(|k| math::nextafter(k, a, b));
        /// The distance to the next number away from 0, with the sign of `x`; of float32 and float64: cast
        /// halfs first.
        Spacing spacing(x): Float, ulp(0.0) = body(|k| math::spacing(k, x));
        /// `x * 2**n` for an integer `n`, rounded once.
        Ldexp ldexp(x, n): Scale, ulp(0.5) = body(|k| math::ldexp(k, x, n));
        /// The first result of `frexp`: the number over a power of two, from 1/2 to 1 in size.
        FrexpMantissa frexp_mantissa(x): Float, ulp(0.0) = body(|k| math::frexp_mantissa(k, x));
        /// The second result of `frexp`: the exponent of that power of two, int32.
        FrexpExponent frexp_exponent(x): Exponent, ulp(0.0) = body(|k| math::frexp_exponent(k, x));
        /// 0 below 0, 1 above, `middle` at 0.
        Heaviside heaviside(x, middle): Float, ulp(0.0) = body(|k| math::heaviside(k, x, middle));

        /// Greatest common divisor.
        Gcd gcd(a, b): Integer, ulp(0.0) = body(|k| math::gcd(k, a, b));
        /// Least common multiple, wrapping on overflow.
        Lcm lcm(a, b): Integer, ulp(0.0) = body(|k| math::lcm(k, a, b));
        /// How many bits of the absolute value are set, uint8.
        BitwiseCount bitwise_count(x): Tally, ulp(0.0) = body(|k| math::bitwise_count(k, x));

        /// Greatest whole number not above.
        Floor floor(x): Whole, ulp(0.0) = body(|k| if k.dtype(x).is_float() { k.prim(Prim::Floor, &[x]) } else { x });
        /// Least whole number not below.
        Ceil ceil(x): Whole, ulp(0.0) = body(|k| if k.dtype(x).is_float() { k.prim(Prim::Ceil, &[x]) } else { x });
        /// Whole part.
        Trunc trunc(x): Whole, ulp(0.0) = body(|k| if k.dtype(x).is_float() { k.prim(Prim::Trunc, &[x]) } else { x });
        /// Nearest whole number, ties to even.
        Rint rint(x): Float, ulp(0.0) = prim(Rint), complex pair(complex::rint);

        /// The greater of two; NaN if either is NaN.
        Maximum maximum(a, b): Any, ulp(0.0) = body(|k| extremum(k, Prim::Max, a, b)), complex pair(complex::maximum);
        /// The lesser of two; NaN if either is NaN.
        Minimum minimum(a, b): Any, ulp(0.0) = body(|k| extremum(k, Prim::Min, a, b)), complex pair(complex::minimum);
        /// The greater of two, ignoring a NaN beside a number.
        Fmax fmax(a, b): Any, ulp(0.0) = body(|k| number_or(k, Prim::Max, a, b)), complex pair(complex::fmax);
        /// The lesser of two, ignoring a NaN beside a number.
        Fmin fmin(a, b): Any, ulp(0.0) = body(|k| number_or(k, Prim::Min, a, b)), complex pair(complex::fmin);
        /// `x` held between `low` and `high`: `minimum(maximum(x, low), high)`.
        Clip clip(x, low, high): Any, ulp(0.0) = body(|k| { let raised = maximum(k, x, low); minimum(k, raised, high) }), complex pair(complex::clip);

        /// Whether `a` is below `b`.
        Less less(a, b): Compare, ulp(0.0) = prim(Lt), complex real(complex::less);
        /// Whether `a` is not above `b`.
        LessEqual less_equal(a, b): Compare, ulp(0.0) = prim(Le), complex real(complex::less_equal);
        /// Whether `a` is above `b`.
        Greater greater(a, b): Compare, ulp(0.0) = prim(Gt), complex real(complex::greater);
        /// Whether `a` is not below `b`.
        GreaterEqual greater_equal(a, b): Compare, ulp(0.0) = prim(Ge), complex real(complex::greater_equal);
        /// Whether the two are equal.
        Equal equal(a, b): Compare, ulp(0.0) = prim(Eq), complex real(complex::equal);
        /// Whether the two differ.
        NotEqual not_equal(a, b): Compare, ulp(0.0) = prim(Ne), complex real(complex::not_equal);

        /// Whether both are true.
        LogicalAnd logical_and(a, b): Logic, ulp(0.0) = prim(And);
        /// Whether either is true.
        LogicalOr logical_or(a, b): Logic, ulp(0.0) = prim(Or);
        /// Whether exactly one is true.
        LogicalXor logical_xor(a, b): Logic, ulp(0.0) = prim(Xor);
        /// Whether it is not true.
        LogicalNot logical_not(x): Logic, ulp(0.0) = prim(Not);

        /// Bits set in both.
        BitwiseAnd bitwise_and(a, b): Bits, ulp(0.0) = prim(And);
        /// Bits set in either.
        BitwiseOr bitwise_or(a, b): Bits, ulp(0.0) = prim(Or);
        /// Bits set in exactly one.
        BitwiseXor bitwise_xor(a, b): Bits, ulp(0.0) = prim(Xor);
        /// All bits flipped; for bools, the other value.
        Invert invert(x): Bits, ulp(0.0) = prim(Not);
        /// `a` with its bits moved up by `b`; 0 past the width.
        LeftShift left_shift(a, b): Shift, ulp(0.0) = prim(Shl);
        /// `a` with its bits moved down by `b`; 0 or -1 past the width.
        RightShift right_shift(a, b): Shift, ulp(0.0) = prim(Shr);

        /// Whether it is not a number.
        Isnan isnan(x): Compare, ulp(0.0) = body(|k| if k.dtype(x).is_float() { k.ne(x, x) } else { k.constant(Scalar::bool(false)) }), complex real(complex::isnan);
        /// Whether it is an infinity.
        Isinf isinf(x): Compare, ulp(0.0) = body(|k| magnitude_against_infinity(k, Prim::Eq, x)), complex real(complex::isinf);
        /// Whether it is neither infinite nor NaN.
        Isfinite isfinite(x): Compare, ulp(0.0) = body(|k| magnitude_against_infinity(k, Prim::Lt, x)), complex real(complex::isfinite);
        /// Whether the sign bit is set.
        Signbit signbit(x): Compare, ulp(0.0) = body(|k| sign_is_set(k, x));

        /// `a` where the condition is true, `b` elsewhere.
        Where where_(condition, a, b): Choice, ulp(0.0) = prim(Select), complex choice(complex::select);

        $($more)*
    } };
}

/// Hands every row to the macro named `$then`: those with a NumPy name, and the random numbers of a place
/// (two words, the lower one first) and a key (two words) that the user's functions are made of.
macro_rules! for_each_row {
    ($then:ident) => { $crate::for_each_op! { $then
        /// A word of the block that four neighbours share.
        RandomWord random_word(low, high, first, second): Word, ulp(0.0) = body(|k| random::word_of_four(k, source(low, high, first, second)));
        /// The lower of two words of the block that two neighbours share.
        RandomLow random_low(low, high, first, second): Word, ulp(0.0) = body(|k| random::words_of_two(k, source(low, high, first, second))[0]);
        /// The upper of two words of the block that two neighbours share.
        RandomHigh random_high(low, high, first, second): Word, ulp(0.0) = body(|k| random::words_of_two(k, source(low, high, first, second))[1]);
        /// A word below `span` (2^32 if it is 0); `threshold` is 2^32 modulo the span.
        RandomBelow random_below(low, high, first, second, span, threshold): Word, ulp(0.0) = body(|k| discrete::below(k, source(low, high, first, second), span, threshold));
        /// The lower word of a number below a span of two words.
        RandomBelowLow random_below_low(low, high, first, second, span_low, span_high): Word, ulp(0.0) = body(|k| discrete::below_wide(k, source(low, high, first, second), [span_low, span_high])[0]);
        /// The upper word of a number below a span of two words.
        RandomBelowHigh random_below_high(low, high, first, second, span_low, span_high): Word, ulp(0.0) = body(|k| discrete::below_wide(k, source(low, high, first, second), [span_low, span_high])[1]);
        /// A number spread evenly from `start` on over `span`.
        RandomUniform random_uniform(low, high, first, second, start, span): Draw, ulp(0.0) = body(|k| continuous::uniform(k, source(low, high, first, second), start, span));
        /// A normal number.
        RandomNormal random_normal(low, high, first, second, mean, deviation): Draw, ulp(0.0) = body(|k| continuous::normal(k, source(low, high, first, second), mean, deviation));
        /// An exponential number.
        RandomExponential random_exponential(low, high, first, second, scale): Draw, ulp(0.0) = body(|k| continuous::exponential(k, source(low, high, first, second), scale));
        /// A gamma number of scale 1.
        RandomGamma random_gamma(low, high, first, second, shape): Wide, ulp(0.0) = body(|k| continuous::gamma(k, source(low, high, first, second), shape));
        /// The logarithm of a gamma number of scale 1.
        RandomLogGamma random_log_gamma(low, high, first, second, shape): Wide, ulp(0.0) = body(|k| continuous::log_gamma(k, source(low, high, first, second), shape));
        /// A Poisson number.
        RandomPoisson random_poisson(low, high, first, second, rate): Wide, ulp(0.0) = body(|k| discrete::poisson(k, source(low, high, first, second), rate));
        /// A binomial number.
        RandomBinomial random_binomial(low, high, first, second, count, probability): Wide, ulp(0.0) = body(|k| discrete::binomial(k, source(low, high, first, second), count, probability));
    } };
}

pub(super) use for_each_row;
