//! Questions about elements: isnan, isinf, isfinite, isclose and their like; no derivative. Made of comparisons.

use crate::array::Scalar;
use crate::error::{Error, Result};
use crate::ops::table::{Args, Body, Face, OpInfo, Value};
use crate::ops::{abs, bitwise_and, bitwise_or, eq, le, lt, ne};
use crate::tensor::Tensor;

fn number_like(x: &Tensor, v: f64) -> Result<Tensor> {
    Tensor::scalar(if x.dtype().is_float() { x.dtype() } else { crate::array::default_dtype() }, Scalar::Float(v))
}

fn magnitude(x: &Tensor) -> Result<Tensor> {
    // Of integers and bools only finiteness is asked, which they have.
    if x.dtype().is_float() { abs(x) } else { crate::ops::cast(x, crate::array::default_dtype()) }
}

/// Where x is no number.
pub fn isnan(x: &Tensor) -> Result<Tensor> {
    ne(x, x)
}

/// Where x is infinite.
pub fn isinf(x: &Tensor) -> Result<Tensor> {
    eq(&magnitude(x)?, &number_like(x, f64::INFINITY)?)
}

/// Where x is a number and not infinite.
pub fn isfinite(x: &Tensor) -> Result<Tensor> {
    lt(&magnitude(x)?, &number_like(x, f64::INFINITY)?)
}

/// |a - b| <= atol + rtol |b|; equal infinities are close, and NaNs if `equal_nan`.
pub fn isclose(a: &Tensor, b: &Tensor, rtol: f64, atol: f64, equal_nan: bool) -> Result<Tensor> {
    if a.dtype() != b.dtype() {
        return Err(Error::runtime(format!(
            "isclose: {} did not match {}; wanted tensors of one dtype, try to()",
            a.dtype().word(),
            b.dtype().word()
        )));
    }
    if rtol < 0.0 || atol < 0.0 || rtol.is_nan() || atol.is_nan() {
        let (name, value) = if rtol >= 0.0 { ("atol", atol) } else { ("rtol", rtol) };
        return Err(Error::runtime(format!("{name} must be greater than or equal to zero, but got {value}")));
    }
    let mut close = eq(a, b)?;
    if equal_nan && a.dtype().is_float() {
        close = bitwise_or(&close, &bitwise_and(&isnan(a)?, &isnan(b)?)?)?;
    }
    if rtol == 0.0 && atol == 0.0 {
        return Ok(close);
    }
    let wide = if a.dtype().is_float() { a.dtype() } else { crate::array::default_dtype() };
    let (x, y) = (crate::ops::cast(a, wide)?, crate::ops::cast(b, wide)?);
    let gap = abs(&crate::ops::sub(&x, &y)?)?;
    let share = crate::ops::mul(&abs(&y)?, &Tensor::scalar(wide, Scalar::Float(rtol))?)?;
    let allowed = crate::ops::add(&share, &Tensor::scalar(wide, Scalar::Float(atol))?)?;
    let near = bitwise_and(&le(&gap, &allowed)?, &isfinite(&gap)?)?;
    bitwise_or(&close, &near)
}

fn tolerance(a: &Args<'_>) -> Result<(f64, f64, bool)> {
    Ok((a.number_or(2, Scalar::Float(1e-5))?.as_f64(), a.number_or(3, Scalar::Float(1e-8))?.as_f64(), a.flag(4)?))
}

fn all(mask: &Tensor) -> Result<bool> {
    Ok(!mask.one_value("bool")?.array().contains_zero())
}

fn signed_infinity(x: &Tensor, which: f64) -> Result<Tensor> {
    if !x.dtype().is_float() {
        return crate::ops::write::full_like(x, crate::DType::Bool, Scalar::Bool(false));
    }
    eq(x, &Tensor::scalar(x.dtype(), Scalar::Float(which))?)
}

/// Whether shapes and all elements are equal (NaN equals nothing).
pub fn equal(a: &Tensor, b: &Tensor) -> Result<bool> {
    if a.shape() != b.shape() { Ok(false) } else { all(&eq(a, b)?) }
}

macro_rules! rows {
    ($($INFO:ident $name:literal, $doc:literal, $signature:literal, $returns:literal, $body:expr, $samples:expr;)*) => {
        $(
            /// The row of the table.
            pub static $INFO: OpInfo = OpInfo {
                name: $name,
                doc: $doc,
                signature: $signature,
                returns: $returns,
                face: Face::BOTH,
                differentiable: false,
                body: Body::Call($body),
                samples: $samples,
            };
        )*
        /// The rows of this file.
        pub static ROWS: &[&OpInfo] = &[$(&$INFO),*];
    };
}
rows! {
    ISNAN "isnan",
        "Where the input is nan.\n\n\
         >>> import wengert\n\
         >>> wengert.isnan(wengert.tensor([1.0, wengert.nan]))\n\
         tensor([False,  True])\n",
        "input: Tensor", "Tensor",
        |a| isnan(a.tensor(0)?).map(Value::from), &["f(2, 3)", "i(3)", "b(2)"];
    ISINF "isinf",
        "Where the input is infinite.\n\n\
         >>> import wengert\n\
         >>> wengert.isinf(wengert.tensor([1.0, -wengert.inf]))\n\
         tensor([False,  True])\n",
        "input: Tensor", "Tensor",
        |a| isinf(a.tensor(0)?).map(Value::from), &["f(2, 3)", "i(3)", "b(2)"];
    ISFINITE "isfinite",
        "Where the input is neither infinite nor nan.\n\n\
         >>> import wengert\n\
         >>> wengert.isfinite(wengert.tensor([1.0, wengert.inf, wengert.nan]))\n\
         tensor([ True, False, False])\n",
        "input: Tensor", "Tensor",
        |a| isfinite(a.tensor(0)?).map(Value::from), &["f(2, 3)", "i(3)", "b(2)"];
    ISPOSINF "isposinf",
        "Where the input is positive infinity.\n\n\
         >>> import wengert\n\
         >>> wengert.isposinf(wengert.tensor([1.0, wengert.inf, -wengert.inf]))\n\
         tensor([False,  True, False])\n",
        "input: Tensor", "Tensor",
        |a| signed_infinity(a.tensor(0)?, f64::INFINITY).map(Value::from), &["f(2, 3)", "i(3)", "b(2)"];
    ISNEGINF "isneginf",
        "Where the input is negative infinity.\n\n\
         >>> import wengert\n\
         >>> wengert.isneginf(wengert.tensor([1.0, wengert.inf, -wengert.inf]))\n\
         tensor([False, False,  True])\n",
        "input: Tensor", "Tensor",
        |a| signed_infinity(a.tensor(0)?, f64::NEG_INFINITY).map(Value::from), &["f(2, 3)", "i(3)", "b(2)"];
    ISREAL "isreal",
        "Where the input is a real number: everywhere, as there are no complex dtypes.\n\n\
         >>> import wengert\n\
         >>> wengert.isreal(wengert.tensor([1.0, wengert.nan]))\n\
         tensor([True, True])\n",
        "input: Tensor", "Tensor",
        |a| {
            let x = a.tensor(0)?;
            crate::ops::write::full_like(x, crate::DType::Bool, Scalar::Bool(true)).map(Value::from)
        },
        &["f(2, 3)", "i(3)", "b(2)"];
    SIGNBIT "signbit",
        "Where the sign is negative, that of -0.0 included.\n\n\
         >>> import wengert\n\
         >>> wengert.signbit(wengert.tensor([1.0, -0.0, -2.0]))\n\
         tensor([False,  True,  True])\n",
        "input: Tensor", "Tensor",
        |a| {
            let x = a.tensor(0)?;
            let one = Tensor::scalar(x.dtype(), Scalar::Int(1))?;
            let signed = if x.dtype().is_float() { crate::ops::copysign(&one, x)? } else { x.clone() };
            crate::ops::lt(&signed, &Tensor::scalar(x.dtype(), Scalar::Int(0))?).map(Value::from)
        },
        &["f(2, 3)", "i(3)", "b(2)"];
    ISCLOSE "isclose",
        "Where |input - other| <= atol + rtol * |other|, of tensors of one dtype; equal infinities are close.\n\n\
         >>> import wengert\n\
         >>> wengert.isclose(wengert.tensor([1.0, 2.0]), wengert.tensor([1.000001, 2.1]))\n\
         tensor([ True, False])\n",
        "input: Tensor, other: Tensor, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False", "Tensor",
        |a| {
            let (rtol, atol, equal_nan) = tolerance(a)?;
            isclose(a.tensor(0)?, a.tensor(1)?, rtol, atol, equal_nan).map(Value::from)
        },
        &["f(2, 3), f(2, 3)", "f(2, 3), f(3), atol=1.0", "i(3), i(3), atol=1.0"];
    ALLCLOSE "allclose",
        "Whether |input - other| <= atol + rtol * |other| for all elements, of tensors of one dtype.\n\n\
         >>> import wengert\n\
         >>> wengert.allclose(wengert.tensor([1.0, 2.0]), wengert.tensor([1.000001, 2.0]))\n\
         True\n",
        "input: Tensor, other: Tensor, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False", "bool",
        |a| {
            let (rtol, atol, equal_nan) = tolerance(a)?;
            all(&isclose(a.tensor(0)?, a.tensor(1)?, rtol, atol, equal_nan)?).map(Value::Bool)
        },
        &["f(2, 3), f(2, 3)", "f(2, 3), f(3), atol=9.0"];
    EQUAL "equal",
        "Whether two tensors have the same shape and elements.\n\n\
         >>> import wengert\n\
         >>> wengert.equal(wengert.tensor([1, 2]), wengert.tensor([1, 2]))\n\
         True\n",
        "input: Tensor, other: Tensor", "bool",
        |a| equal(a.tensor(0)?, a.tensor(1)?).map(Value::Bool),
        &["f(2, 3), f(2, 3)", "f(2, 3), f(3)", "i(2), i(2)"];
}
