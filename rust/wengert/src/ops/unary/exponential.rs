//! The rows: exponentials and logarithms.

use super::*;

unary! {
    /// 2 to the power of each element.
    ///
    /// >>> import wengert
    /// >>> wengert.exp2(wengert.tensor([0.0, 3.0, -1.0]))
    /// tensor([1.0000, 8.0000, 0.5000])
    exp2, Exp2, EXP2, "Exp2Backward0", samples &["f(2, 3)", "f()", "f(0, 2)"];
    f(x) = x.exp2();
    d(g, y) = g * (y * std::f64::consts::LN_2);

    /// e^x - 1 of each element, right where x is near 0.
    ///
    /// >>> import wengert
    /// >>> wengert.expm1(wengert.tensor([0.0, 1e-7]))
    /// tensor([0.0000e+00, 1.0000e-07])
    expm1, Expm1, EXPM1, "Expm1Backward0", samples &["f(2, 3)", "f()", "f(0, 2)"];
    f(x) = x.expm1();
    d(g, y) = g * (y + 1.0);

    /// Logarithm to base 2 of each element; nan below 0, -inf at 0.
    ///
    /// >>> import wengert
    /// >>> wengert.log2(wengert.tensor([1.0, 8.0, 0.0]))
    /// tensor([0., 3., -inf])
    log2, Log2, LOG2, "Log2Backward0", samples &["pos(2, 3)", "pos()"];
    f(x) = x.log2();
    d(g, x) = g / (x * std::f64::consts::LN_2);

    /// Logarithm to base 10 of each element; nan below 0, -inf at 0.
    ///
    /// >>> import wengert
    /// >>> wengert.log10(wengert.tensor([1.0, 1000.0, 0.0]))
    /// tensor([0., 3., -inf])
    log10, Log10, LOG10, "Log10Backward0", samples &["pos(2, 3)", "pos()"];
    f(x) = x.log10();
    d(g, x) = g / (x * std::f64::consts::LN_10);

    /// log(1 + x) of each element, right where x is near 0; nan below -1, -inf at -1.
    ///
    /// >>> import wengert
    /// >>> wengert.log1p(wengert.tensor([0.0, 1e-7, -1.0]))
    /// tensor([0.0000e+00, 1.0000e-07,       -inf])
    log1p, Log1p, LOG1P, "Log1PBackward0", samples &["pos(2, 3)", "f(4, lo=-0.8, hi=-0.2)", "pos()"];
    f(x) = x.log1p();
    d(g, x) = g / (x + 1.0);

    /// Reciprocal of the square root of each element; nan below 0, inf at 0.
    ///
    /// >>> import wengert
    /// >>> wengert.rsqrt(wengert.tensor([4.0, 0.25]))
    /// tensor([0.5000, 2.0000])
    rsqrt, Rsqrt, RSQRT, "RsqrtBackward0", samples &["pos(2, 3)", "pos()"];
    f(x) = x.sqrt().recip();
    d(g, y) = -0.5 * (g * (y * (y * y)));

    /// Square of each element.
    ///
    /// >>> import wengert
    /// >>> wengert.square(wengert.tensor([-3.0, 0.5]))
    /// tensor([9.0000, 0.2500])
    square, Square, SQUARE, "PowBackward0", samples &["f(2, 3)", "f()", "f(0, 2)"];
    f(x) = x * x;
    i(x) = x.wrapping_mul(x);
    d(g, x) = g * (x + x);

    /// Reciprocal 1 / x of each element; inf at 0.
    ///
    /// >>> import wengert
    /// >>> wengert.reciprocal(wengert.tensor([4.0, -0.5]))
    /// tensor([ 0.2500, -2.0000])
    reciprocal, Reciprocal, RECIPROCAL, "ReciprocalBackward0", samples &["pos(2, 3)", "f(4, hi=-0.2)", "pos()"];
    f(x) = x.recip();
    d(g, y) = -(g * (y * y));

    /// Error function 2 / sqrt(pi) times the integral of exp(-t^2) from 0 to each element (Abramowitz and Stegun
    /// 7.1.1).
    ///
    /// >>> import wengert
    /// >>> wengert.erf(wengert.tensor([0.0, 0.5, -3.0]))
    /// tensor([ 0.0000,  0.5205, -1.0000])
    erf, Erf, ERF, "ErfBackward0", samples &["f(2, 3)", "f()", "f(0, 2)"];
    f(x) = x.erf();
    d(g, x) = g * ((-(x * x)).exp() * std::f64::consts::FRAC_2_SQRT_PI);
}
