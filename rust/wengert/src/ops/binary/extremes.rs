//! The rows: extremes, angles, lengths and sums of exponentials.

use super::*;

/// What `special` shows under another name; no row of its own.
#[allow(dead_code)]
mod forms {
    use super::*;

    binary! {
        /// input * log(1 + other), and 0 where input is 0 and other no nan.
        xlog1py, Xlog1pyRule, XLOG1PY, "SpecialXlog1PyBackward0", "", call, exact false, samples &[];
        f(a, b) = R::pick(a.eq(R::lit(0.0)), R::pick(b.eq(b), R::lit(0.0), b), a * b.log1p());
        da(g, a, b) = {
            let (t, zero) = (g * b.log1p(), A::lit(0.0, g));
            t.gate_ne(a, zero) + t.gate_eq(a, zero).drop_le(b + 1.0)
        };
        db(g, a, b) = g * (a / (b + 1.0));
    }
}
pub use forms::xlog1py;

binary! {
    /// Larger of two elements, with broadcasting; nan if either is. Where both are equal each gets half of the
    /// gradient, where one is nan each gets it whole.
    ///
    /// >>> import wengert
    /// >>> wengert.maximum(wengert.tensor([1.0, 5.0, 2.0]), wengert.tensor([3.0, 4.0, 2.0]))
    /// tensor([3., 5., 2.])
    maximum, MaximumRule, MAXIMUM, "MaximumBackward0", "input: Tensor, other: Tensor | Number", call, exact true,
        samples &["f(2, 3), f(2, 3)", "f(2, 3), f(3)", "f(), f(2, 1)", "i(4, lo=-3), i(4)", "b(3), b(3)", "f(0, 3), f(3)"];
    f(a, b) = a.max(b);
    i(a, b) = Ord::max(a, b);
    da(g, a, b) = g.drop_gt(b, a).gate_ne(a, b) + (0.5 * g).gate_eq(a, b);
    db(g, a, b) = g.drop_gt(a, b).gate_ne(a, b) + (0.5 * g).gate_eq(a, b);

    /// Smaller of two elements, with broadcasting; nan if either is. Where both are equal each gets half of the
    /// gradient, where one is nan each gets it whole.
    ///
    /// >>> import wengert
    /// >>> wengert.minimum(wengert.tensor([1.0, 5.0, 2.0]), wengert.tensor([3.0, 4.0, 2.0]))
    /// tensor([1., 4., 2.])
    minimum, MinimumRule, MINIMUM, "MinimumBackward0", "input: Tensor, other: Tensor | Number", call, exact true,
        samples &["f(2, 3), f(2, 3)", "f(2, 3), f(3)", "f(), f(2, 1)", "i(4, lo=-3), i(4)", "b(3), b(3)", "f(0, 3), f(3)"];
    f(a, b) = a.min(b);
    i(a, b) = Ord::min(a, b);
    da(g, a, b) = g.drop_gt(a, b).gate_ne(a, b) + (0.5 * g).gate_eq(a, b);
    db(g, a, b) = g.drop_gt(b, a).gate_ne(a, b) + (0.5 * g).gate_eq(a, b);

    /// Larger of two elements, with broadcasting; the other one where one is nan. Where both are equal each gets half
    /// of the gradient.
    ///
    /// >>> import wengert
    /// >>> wengert.fmax(wengert.tensor([1.0, 5.0, wengert.nan]), wengert.tensor([3.0, wengert.nan, 2.0]))
    /// tensor([3., 5., 2.])
    fmax, FmaxRule, FMAX, "FmaxBackward0", "input: Tensor, other: Tensor | Number", call, exact true,
        samples &["f(2, 3), f(2, 3)", "f(2, 3), f(3)", "f(), f(2, 1)", "i(4, lo=-3), i(4)", "b(3), b(3)", "f(0, 3), f(3)"];
    f(a, b) = R::pick(a.eq(a), R::pick(b.eq(b), a.max(b), a), b);
    i(a, b) = Ord::max(a, b);
    da(g, a, b) = g.gate_gt(a, b) + (0.5 * g).gate_eq(a, b) + g.gate_ne(b, b);
    db(g, a, b) = g.gate_gt(b, a) + (0.5 * g).gate_eq(a, b) + g.gate_ne(a, a).gate_eq(b, b);

    /// Smaller of two elements, with broadcasting; the other one where one is nan. Where both are equal each gets half
    /// of the gradient.
    ///
    /// >>> import wengert
    /// >>> wengert.fmin(wengert.tensor([1.0, 5.0, wengert.nan]), wengert.tensor([3.0, wengert.nan, 2.0]))
    /// tensor([1., 5., 2.])
    fmin, FminRule, FMIN, "FminBackward0", "input: Tensor, other: Tensor | Number", call, exact true,
        samples &["f(2, 3), f(2, 3)", "f(2, 3), f(3)", "f(), f(2, 1)", "i(4, lo=-3), i(4)", "b(3), b(3)", "f(0, 3), f(3)"];
    f(a, b) = R::pick(a.eq(a), R::pick(b.eq(b), a.min(b), a), b);
    i(a, b) = Ord::min(a, b);
    da(g, a, b) = g.gate_gt(b, a) + (0.5 * g).gate_eq(a, b) + g.gate_ne(b, b);
    db(g, a, b) = g.gate_gt(a, b) + (0.5 * g).gate_eq(a, b) + g.gate_ne(a, a).gate_eq(b, b);

    /// Angle of the point (other, input) in radians, in -pi..pi. The derivative at (0, 0) is 0.
    ///
    /// >>> import wengert
    /// >>> wengert.atan2(wengert.tensor([1.0, -1.0]), wengert.tensor([1.0, -1.0]))
    /// tensor([ 0.7854, -2.3562])
    atan2, Atan2Rule, ATAN2, "Atan2Backward0", "input: Tensor, other: Tensor | Number", call, exact false,
        samples &["f(2, 3), f(2, 3)", "f(2, 3), f(3)", "f(), f(2, 1)", "f(2, 3), 0.3", "f(0, 3), f(3)"];
    f(a, b) = a.atan2(b);
    da(g, a, b) = {
        let square = a * a + b * b;
        (g * (b / square)).gate_ne(square, A::lit(0.0, g))
    };
    db(g, a, b) = {
        let square = a * a + b * b;
        (-(g * (a / square))).gate_ne(square, A::lit(0.0, g))
    };

    /// Length sqrt(input^2 + other^2), without overflow on the way.
    ///
    /// >>> import wengert
    /// >>> wengert.hypot(wengert.tensor([3.0, 1.0]), wengert.tensor([4.0, 1.0]))
    /// tensor([5.0000, 1.4142])
    hypot, HypotRule, HYPOT, "HypotBackward0", "input: Tensor, other: Tensor | Number", call, exact false,
        samples &["f(2, 3), f(2, 3)", "f(2, 3), f(3)", "f(), f(2, 1)", "f(2, 3), 0.3", "f(0, 3), f(3)"];
    f(a, b) = a.hypot(b);
    da(g, a, y) = g * (a / y);
    db(g, b, y) = g * (b / y);

    /// Magnitude of input with the sign of other.
    ///
    /// >>> import wengert
    /// >>> wengert.copysign(wengert.tensor([1.5, -2.0]), wengert.tensor([-0.0, 3.0]))
    /// tensor([-1.5000,  2.0000])
    copysign, CopysignRule, COPYSIGN, "CopysignBackward0", "input: Tensor, other: Tensor | Number", call, exact false,
        samples &["f(2, 3), f(2, 3)", "f(2, 3), f(3)", "f(), f(2, 1)", "f(2, 3), 0.3", "f(0, 3), f(3)"];
    f(a, b) = a.copysign(b);
    da(g, a, y) = g * (a.sign() * y.sign());
    db(g) = g.gate(A::lit(0.0, g));

    /// log(e^input + e^other) without overflow on the way.
    ///
    /// >>> import wengert
    /// >>> wengert.logaddexp(wengert.tensor([0.0, 100.0]), wengert.tensor([0.0, 100.0]))
    /// tensor([  0.6931, 100.6931])
    logaddexp, LogaddexpRule, LOGADDEXP, "LogaddexpBackward0", "input: Tensor, other: Tensor | Number", call, exact false,
        samples &["f(2, 3), f(2, 3)", "f(2, 3), f(3)", "f(), f(2, 1)", "f(2, 3), 0.3", "f(0, 3), f(3)"];
    f(a, b) = R::pick(a.eq(b), a + std::f64::consts::LN_2, a.max(b) + (-(a - b).abs()).exp().log1p());
    da(g, a, y) = g * (a - y).exp();
    db(g, b, y) = g * (b - y).exp();

    /// log2(2^input + 2^other) without overflow on the way.
    ///
    /// >>> import wengert
    /// >>> wengert.logaddexp2(wengert.tensor([0.0, 100.0]), wengert.tensor([0.0, 100.0]))
    /// tensor([  1., 101.])
    logaddexp2, Logaddexp2Rule, LOGADDEXP2, "Logaddexp2Backward0", "input: Tensor, other: Tensor | Number", call, exact false,
        samples &["f(2, 3), f(2, 3)", "f(2, 3), f(3)", "f(), f(2, 1)", "f(2, 3), 0.3", "f(0, 3), f(3)"];
    f(a, b) = R::pick(a.eq(b), a + 1.0, a.max(b) + (-(a - b).abs()).exp2().log1p() * std::f64::consts::LOG2_E);
    da(g, a, y) = g * ((a - y) * std::f64::consts::LN_2).exp();
    db(g, b, y) = g * ((b - y) * std::f64::consts::LN_2).exp();

    /// input * log(other), and 0 where input is 0 and other no nan.
    ///
    /// >>> import wengert
    /// >>> wengert.xlogy(wengert.tensor([0.0, 2.0]), wengert.tensor([0.0, 3.0]))
    /// tensor([0.0000, 2.1972])
    xlogy, XlogyRule, XLOGY, "XlogyBackward0", "input: Tensor, other: Tensor | Number", call, exact false,
        samples &["pos(2, 3), pos(2, 3)", "pos(2, 3), pos(3)", "pos(), pos(2, 1)"];
    f(a, b) = R::pick(a.eq(R::lit(0.0)), R::pick(b.eq(b), R::lit(0.0), b), a * b.log());
    da(g, a, b) = {
        // 0 where the input is 0 and the logarithm is no number.
        let (t, zero) = (g * b.log(), A::lit(0.0, g));
        t.gate_ne(a, zero) + t.gate_eq(a, zero).drop_le(b)
    };
    db(g, a, b) = g * (a / b);
}
