//! The rows: elementwise operations of one input.

use super::*;

unary! {
    /// Negative of each element.
    neg, Neg, NEG, "NegBackward0", samples &["f(2, 3)", "f()", "f(0, 2)"];
    f(x) = -x;
    i(x) = x.wrapping_neg();
    d(g) = -g;

    /// Exponential e^x of each element.
    exp, Exp, EXP, "ExpBackward0", samples &["f(2, 3)", "f()", "f(0,)"];
    f(x) = x.exp();
    d(g, y) = g * y;

    /// Natural logarithm of each element; nan below 0, -inf at 0.
    log, Log, LOG, "LogBackward0", samples &["pos(2, 3)", "pos()"];
    f(x) = x.log();
    d(g, x) = g / x;

    /// Hyperbolic tangent of each element.
    tanh, Tanh, TANH, "TanhBackward0", samples &["f(2, 3)", "f()"];
    f(x) = x.tanh();
    d(g, y) = g * (1.0 - y * y);

    /// Sine of each element (radians).
    sin, Sin, SIN, "SinBackward0", samples &["f(2, 3)", "f()"];
    f(x) = x.sin();
    d(g, x) = g * x.cos();

    /// Cosine of each element (radians).
    cos, Cos, COS, "CosBackward0", samples &["f(2, 3)", "f()"];
    f(x) = x.cos();
    d(g, x) = -(g * x.sin());

    /// Square root of each element; nan below 0.
    sqrt, Sqrt, SQRT, "SqrtBackward0", samples &["pos(2, 3)", "pos()"];
    f(x) = x.sqrt();
    d(g, y) = g / (y + y);

    /// Absolute value of each element; the derivative at 0 is 0.
    abs, Abs, ABS, "AbsBackward0", samples &["f(2, 3, lo=0.2)", "f(4, hi=-0.2)"];
    f(x) = x.abs();
    i(x) = x.wrapping_abs();
    d(g, x) = g * x.sign();

    /// Larger of 0 and each element; the derivative at 0 is 0.
    relu, Relu, RELU, "ReluBackward0", samples &["f(2, 3, lo=0.2)", "f(4, hi=-0.2)"];
    f(x) = x.relu();
    i(x) = x.max(0);
    d(g, y) = g.gate(y);

    /// Sign of each element: -1, 0 or 1; the derivative is 0.
    sign, Sign, SIGN, "SignBackward0", samples &["f(2, 3, lo=0.2)", "f(4, hi=-0.2)"];
    f(x) = x.sign();
    i(x) = x.signum();
    d(g) = g - g;
}
