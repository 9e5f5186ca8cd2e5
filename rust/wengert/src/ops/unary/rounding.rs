//! The rows: rounding to integers; derivatives are 0 wherever they exist.

use super::*;
use crate::array::Scalar;

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

    /// Nearest integer to each element, the even one of two equally near; with `decimals`, the nearest multiple of
    /// 10^-decimals (computed as round(x 10^decimals) 10^-decimals). The derivative is 0.
    ///
    /// Raises NotImplementedError for integers with `decimals` other than 0.
    ///
    /// >>> import wengert
    /// >>> wengert.round(wengert.tensor([-1.5, 0.5, 1.6]))
    /// tensor([-2.,  0.,  2.])
    /// >>> wengert.round(wengert.tensor([0.1234567]), decimals=3)
    /// tensor([0.1230])
    round, Round, ROUND, "RoundBackward0", samples &["f(2, 3)", "f()", "i(4, lo=-3)", "f(2, 3), decimals=1"],
        signature "input: Tensor, *, decimals: int = 0" by rounded;
    f(x) = x.round();
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

/// `round` with its digits.
fn rounded(a: &Args<'_>) -> Result<Value> {
    let x = a.tensor(0)?;
    let digits = a.maybe_int(1)?.unwrap_or(0);
    if digits == 0 {
        return round(x).map(Value::from);
    }
    if !x.dtype().is_float() {
        return Err(Error::not_implemented(format!(
            "round: decimals is implemented for floating-point tensors; got {} and decimals={digits}, try to(float32)",
            x.dtype().name()
        )));
    }
    // A whole power of ten: multiplied and divided by, as 10^-n is not exact.
    let power = Tensor::scalar(x.dtype(), Scalar::Float(10f64.powi(digits.unsigned_abs().min(400) as i32)))?;
    let (there, back): (Pair, Pair) =
        if digits > 0 { (crate::ops::mul, crate::ops::div) } else { (crate::ops::div, crate::ops::mul) };
    back(&round(&there(x, &power)?)?, &power).map(Value::from)
}
type Pair = fn(&Tensor, &Tensor) -> Result<Tensor>;
