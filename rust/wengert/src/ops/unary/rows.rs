//! The rows: elementwise operations of one input.

use super::*;

unary! {
    /// Negative of each element.
    ///
    /// >>> import wengert
    /// >>> wengert.neg(wengert.tensor([1.0, -2.0]))
    /// tensor([-1.,  2.])
    neg, Neg, NEG, "NegBackward0", samples &["f(2, 3)", "f()", "f(0, 2)"];
    f(x) = -x;
    i(x) = x.wrapping_neg();
    d(g) = -g;

    /// Exponential e^x of each element.
    ///
    /// >>> import wengert
    /// >>> wengert.exp(wengert.tensor([0.0, 1.0]))
    /// tensor([1.0000, 2.7183])
    exp, Exp, EXP, "ExpBackward0", samples &["f(2, 3)", "f()", "f(0,)"];
    f(x) = x.exp();
    d(g, y) = g * y;

    /// Natural logarithm of each element; nan below 0, -inf at 0.
    ///
    /// >>> import wengert
    /// >>> wengert.log(wengert.tensor([1.0, 10.0, 0.0]))
    /// tensor([0.0000, 2.3026,   -inf])
    log, Log, LOG, "LogBackward0", samples &["pos(2, 3)", "pos()"];
    f(x) = x.log();
    d(g, x) = g / x;

    /// Hyperbolic tangent of each element.
    ///
    /// >>> import wengert
    /// >>> wengert.tanh(wengert.tensor([-1.0, 0.0, 1.0]))
    /// tensor([-0.7616,  0.0000,  0.7616])
    tanh, Tanh, TANH, "TanhBackward0", samples &["f(2, 3)", "f()"];
    f(x) = x.tanh();
    d(g, y) = g * (1.0 - y * y);

    /// Sine of each element (radians).
    ///
    /// >>> import wengert
    /// >>> wengert.sin(wengert.tensor([0.0, 1.0]))
    /// tensor([0.0000, 0.8415])
    sin, Sin, SIN, "SinBackward0", samples &["f(2, 3)", "f()"];
    f(x) = x.sin();
    d(g, x) = g * x.cos();

    /// Cosine of each element (radians).
    ///
    /// >>> import wengert
    /// >>> wengert.cos(wengert.tensor([0.0, 1.0]))
    /// tensor([1.0000, 0.5403])
    cos, Cos, COS, "CosBackward0", samples &["f(2, 3)", "f()"];
    f(x) = x.cos();
    d(g, x) = -(g * x.sin());

    /// Square root of each element; nan below 0.
    ///
    /// >>> import wengert
    /// >>> wengert.sqrt(wengert.tensor([4.0, 2.0]))
    /// tensor([2.0000, 1.4142])
    sqrt, Sqrt, SQRT, "SqrtBackward0", samples &["pos(2, 3)", "pos()"];
    f(x) = x.sqrt();
    d(g, y) = g / (y + y);

    /// Absolute value of each element; the derivative at 0 is 0.
    ///
    /// >>> import wengert
    /// >>> wengert.abs(wengert.tensor([-1.5, 2.0]))
    /// tensor([1.5000, 2.0000])
    abs, Abs, ABS, "AbsBackward0", samples &["f(2, 3, lo=0.2)", "f(4, hi=-0.2)"];
    f(x) = x.abs();
    i(x) = x.wrapping_abs();
    d(g, x) = g * x.sign();

    /// Larger of 0 and each element; the derivative at 0 is 0.
    ///
    /// >>> import wengert
    /// >>> wengert.relu(wengert.tensor([-1.5, 2.0]))
    /// tensor([0., 2.])
    relu, Relu, RELU, "ReluBackward0", samples &["f(2, 3, lo=0.2)", "f(4, hi=-0.2)"];
    f(x) = x.relu();
    i(x) = x.max(I::ZERO);
    d(g, y) = g.drop_le(y);

    /// Sign of each element: -1, 0 or 1; the derivative is 0.
    ///
    /// >>> import wengert
    /// >>> wengert.sign(wengert.tensor([-1.5, 0.0, 2.0]))
    /// tensor([-1.,  0.,  1.])
    sign, Sign, SIGN, "SignBackward0", samples &["f(2, 3, lo=0.2)", "f(4, hi=-0.2)"];
    f(x) = R::pick(x.eq(x), x.sign(), R::lit(0.0));
    i(x) = x.signum();
    d(g) = g.gate(A::lit(0.0, g));
}
