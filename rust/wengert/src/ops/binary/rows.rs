//! The rows: elementwise operations of two inputs.

use super::*;

binary! {
    /// Sum of two tensors, or of a tensor and a number, with broadcasting: input + alpha * other.
    ///
    /// >>> import wengert
    /// >>> wengert.add(wengert.tensor([1.0, 2.0]), wengert.tensor([10.0, 20.0]), alpha=2)
    /// tensor([21., 42.])
    add, AddRule, ADD, "AddBackward0", "input: Tensor | Number, other: Tensor | Number, *, alpha: Number = 1", scaled, exact true,
        samples &["f(2, 3), f(2, 3)", "f(2, 3), f(3)", "f(), f(2, 1)", "f(2, 3), 1.5", "f(2, 3), f(3), alpha=2", "f(0, 3), f(3)"];
    f(a, b) = a + b;
    i(a, b) = a.wrapping_add(b);
    da(g) = g;
    db(g) = g;

    /// Difference of two tensors, or of a tensor and a number, with broadcasting: input - alpha * other.
    ///
    /// >>> import wengert
    /// >>> wengert.sub(wengert.tensor([1.0, 2.0]), 0.5)
    /// tensor([0.5000, 1.5000])
    sub, SubRule, SUB, "SubBackward0", "input: Tensor | Number, other: Tensor | Number, *, alpha: Number = 1", scaled, exact true,
        samples &["f(2, 3), f(2, 3)", "f(2, 3), f(3)", "f(2, 1), f()", "f(2, 3), 1.5", "f(2, 3), f(3), alpha=2"];
    f(a, b) = a - b;
    i(a, b) = a.wrapping_sub(b);
    da(g) = g;
    db(g) = -g;

    /// Difference the other way round: other - alpha * input.
    ///
    /// >>> import wengert
    /// >>> wengert.rsub(wengert.tensor([1.0, 2.0]), 3)
    /// tensor([2., 1.])
    rsub, RsubRule, RSUB, "RsubBackward1", "input: Tensor, other: Tensor | Number, *, alpha: Number = 1", scaled_first, exact true,
        samples &["f(2, 3), f(2, 3)", "f(2, 3), f(3)", "f(2, 3), 1.5"];
    f(a, b) = b - a;
    i(a, b) = b.wrapping_sub(a);
    da(g) = -g;
    db(g) = g;

    /// Product of two tensors, or of a tensor and a number, with broadcasting.
    ///
    /// >>> import wengert
    /// >>> wengert.mul(wengert.tensor([1.0, 2.0]), wengert.tensor([3.0, 4.0]))
    /// tensor([3., 8.])
    mul, MulRule, MUL, "MulBackward0", "input: Tensor | Number, other: Tensor | Number", call, exact true,
        samples &["f(2, 3), f(2, 3)", "f(2, 3), f(3)", "f(), f(2, 1)", "f(2, 3), 1.5", "f(0, 3), f(3)"];
    f(a, b) = a * b;
    i(a, b) = a.wrapping_mul(b);
    da(g, b) = g * b;
    db(g, a) = g * a;

    /// Quotient of two tensors, or of a tensor and a number, with broadcasting; integers give floats.
    ///
    /// `rounding_mode` 'floor' rounds down, 'trunc' towards 0; integers then stay integers, and the derivative is 0.
    ///
    /// >>> import wengert
    /// >>> wengert.div(wengert.tensor([1, 2]), 2)
    /// tensor([0.5000, 1.0000])
    div, DivRule, DIV, "DivBackward0",
        "input: Tensor | Number, other: Tensor | Number, *, rounding_mode: str | None = None", rounded, exact true,
        samples &["f(2, 3), pos(2, 3)", "f(2, 3), pos(3)", "f(), pos(2, 1)", "f(2, 3), 1.5", "f(2, 3, lo=3.1, hi=3.9), f(3, lo=1.1, hi=1.4), rounding_mode='floor'", "f(2, 3, lo=-3.9, hi=-3.1), 1.5, rounding_mode='trunc'", "i(4, lo=-9), 2, rounding_mode='trunc'"];
    f(a, b) = a / b;
    da(g, b) = g / b;
    db(g, b, y) = -(g * y) / b;
}
