//! The rows: elementwise operations of two inputs.

use super::*;

binary! {
    /// Sum of two tensors, or of a tensor and a number, with broadcasting: input + alpha * other.
    add, AddRule, ADD, "AddBackward0", "input: Tensor | Number, other: Tensor | Number, *, alpha: Number = 1", scaled, exact true,
        samples &["f(2, 3), f(2, 3)", "f(2, 3), f(3)", "f(), f(2, 1)", "f(2, 3), 1.5", "f(2, 3), f(3), alpha=2", "f(0, 3), f(3)"];
    f(a, b) = a + b;
    i(a, b) = a.wrapping_add(b);
    da(g) = g;
    db(g) = g;

    /// Difference of two tensors, or of a tensor and a number, with broadcasting: input - alpha * other.
    sub, SubRule, SUB, "SubBackward0", "input: Tensor | Number, other: Tensor | Number, *, alpha: Number = 1", scaled, exact true,
        samples &["f(2, 3), f(2, 3)", "f(2, 3), f(3)", "f(2, 1), f()", "f(2, 3), 1.5", "f(2, 3), f(3), alpha=2"];
    f(a, b) = a - b;
    i(a, b) = a.wrapping_sub(b);
    da(g) = g;
    db(g) = -g;

    /// Product of two tensors, or of a tensor and a number, with broadcasting.
    mul, MulRule, MUL, "MulBackward0", "input: Tensor | Number, other: Tensor | Number", call, exact true,
        samples &["f(2, 3), f(2, 3)", "f(2, 3), f(3)", "f(), f(2, 1)", "f(2, 3), 1.5", "f(0, 3), f(3)"];
    f(a, b) = a * b;
    i(a, b) = a.wrapping_mul(b);
    da(g, b) = g * b;
    db(g, a) = g * a;

    /// Quotient of two tensors, or of a tensor and a number, with broadcasting; integers give floats.
    div, DivRule, DIV, "DivBackward0", "input: Tensor | Number, other: Tensor | Number", call, exact true,
        samples &["f(2, 3), pos(2, 3)", "f(2, 3), pos(3)", "f(), pos(2, 1)", "f(2, 3), 1.5"];
    f(a, b) = a / b;
    da(g, b) = g / b;
    db(g, b, y) = -(g * y) / b;
}
