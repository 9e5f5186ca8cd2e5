//! The rows: rounding to integers; derivatives are 0 wherever they exist.

use super::*;

unary! {
    /// Largest integer not above each element; the derivative is 0.
    ///
    /// >>> import wengert
    /// >>> wengert.floor(wengert.tensor([-1.5, 1.5]))
    /// tensor([-2.,  1.])
    floor, Floor, FLOOR, "FloorBackward0", samples &["f(2, 3)", "f()", "i(4, lo=-3)"];
    f(x) = x.floor();
    i(x) = x;
    d(g) = g.gate(A::lit(0.0, g));

    /// Smallest integer not below each element; the derivative is 0.
    ///
    /// >>> import wengert
    /// >>> wengert.ceil(wengert.tensor([-1.5, 1.5]))
    /// tensor([-1.,  2.])
    ceil, Ceil, CEIL, "CeilBackward0", samples &["f(2, 3)", "f()", "i(4, lo=-3)"];
    f(x) = x.ceil();
    i(x) = x;
    d(g) = g.gate(A::lit(0.0, g));

    /// Integral part of each element; the derivative is 0.
    ///
    /// >>> import wengert
    /// >>> wengert.trunc(wengert.tensor([-1.5, 1.5]))
    /// tensor([-1.,  1.])
    trunc, Trunc, TRUNC, "TruncBackward0", samples &["f(2, 3)", "f()", "i(4, lo=-3)"];
    f(x) = x.trunc();
    i(x) = x;
    d(g) = g.gate(A::lit(0.0, g));

    /// Fractional part x - trunc(x) of each element, with its sign.
    ///
    /// >>> import wengert
    /// >>> wengert.frac(wengert.tensor([-1.25, 1.5]))
    /// tensor([-0.2500,  0.5000])
    frac, Frac, FRAC, "FracBackward0", samples &["f(2, 3)", "f()"];
    f(x) = x - x.trunc();
    d(g) = g;
}
