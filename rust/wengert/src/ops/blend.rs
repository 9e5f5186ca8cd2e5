//! clamp, lerp, addcmul and addcdiv: elementwise operations of three operands. clamp has rules of its own, the others
//! are made of recorded operations. Depends on `binary`, comparisons and `record`.

use crate::array::layout::{broadcast, broadcast_error, broadcast_strides};
use crate::array::{Array, DType, Dims, Layout, Scalar, Strides, promote};
use crate::error::{Error, Result};
use crate::op::{Batched, Cotangents, Grads, Op, OpRef};
use crate::ops::binary::number_beside;
use crate::ops::table::{Args, Body, Face, OpInfo, Operand, Value};
use crate::ops::{bitwise_and, bitwise_or, cast, eq, gt, le, lt, maximum, minimum, ne, where_};
use crate::record::apply;
use crate::saved::Saved;
use crate::tensor::Tensor;
use crate::with_float;
use smallvec::SmallVec;
use std::ops::{Add, Div, Mul, Sub};
use wengert_kernels::{Map3, Real, map};

struct Clip;
impl Map3 for Clip {
    #[inline(always)]
    fn call<R: Real>(x: R, lower: R, upper: R) -> R
    where
        f64: Add<R, Output = R> + Sub<R, Output = R> + Mul<R, Output = R> + Div<R, Output = R>,
    {
        // The upper bound last: it wins where bounds cross, as in PyTorch.
        x.max(lower).min(upper)
    }
}

/// Input, then the bounds that there are.
#[derive(Clone, Copy, Debug)]
struct Clamp {
    lower: bool,
    upper: bool,
    /// The bounds were given as numbers.
    numbers: bool,
}

type Test = fn(&Tensor, &Tensor) -> Result<Tensor>;

impl Clamp {
    fn bounds<'t>(&self, inputs: &[&'t Tensor]) -> (Option<&'t Tensor>, Option<&'t Tensor>) {
        (self.lower.then(|| inputs[1]), self.upper.then(|| inputs[inputs.len() - 1]))
    }

    /// Where the whole gradient goes to input `which`, and where half of it; PyTorch's choice in every case.
    fn masks(&self, inputs: &[&Tensor], which: usize) -> Result<(Tensor, Option<Tensor>)> {
        let x = inputs[0];
        let not = |t: Result<Tensor>| crate::ops::bitwise_not(&t?);
        match (self.bounds(inputs), which) {
            // Numbers: only strictly inside.
            ((lo, hi), 0) if self.numbers => {
                let inside = lo.map(|lo| gt(x, lo)).transpose()?;
                let below = hi.map(|hi| lt(x, hi)).transpose()?;
                match (inside, below) {
                    (Some(a), Some(b)) => Ok((bitwise_and(&a, &b)?, None)),
                    (a, b) => a.or(b).map(|m| (m, None)).ok_or_else(|| Error::runtime("clamp: there is no bound")),
                }
            }
            // Tensors share a tie, and NaN passes on all.
            ((lo, hi), 0) => {
                let mut whole = not(lt(x, x))?;
                let mut tie: Option<Tensor> = None;
                for (bound, beyond) in [(lo, lt as Test), (hi, gt as Test)] {
                    let Some(bound) = bound else { continue };
                    whole = bitwise_and(&whole, &not(beyond(x, bound))?)?;
                    let at = eq(x, bound)?;
                    tie = Some(match tie {
                        Some(t) => ne(&t, &at)?,
                        None => at,
                    });
                }
                let tie = bitwise_and(&tie.ok_or_else(|| Error::runtime("clamp: there is no bound"))?, &whole)?;
                Ok((bitwise_and(&whole, &not(Ok(tie.clone()))?)?, Some(tie)))
            }
            ((Some(lo), None), 1) => Ok((not(bitwise_or(&gt(x, lo)?, &eq(x, lo)?))?, Some(eq(x, lo)?))),
            ((None, Some(hi)), _) => Ok((not(bitwise_or(&lt(x, hi)?, &eq(x, hi)?))?, Some(eq(x, hi)?))),
            ((Some(lo), Some(hi)), 1) => {
                Ok((bitwise_and(&lt(x, lo)?, &le(lo, hi)?)?, Some(bitwise_and(&eq(x, lo)?, &lt(lo, hi)?)?)))
            }
            ((Some(lo), Some(hi)), _) => {
                let beyond = bitwise_and(&gt(x, hi)?, &le(lo, hi)?)?;
                Ok((bitwise_or(&beyond, &gt(lo, hi)?)?, Some(bitwise_and(&eq(x, hi)?, &lt(lo, hi)?)?)))
            }
            _ => Err(Error::runtime("clamp: there is no such bound")),
        }
    }

    /// All in one pass.
    fn clip(&self, inputs: &[&Array]) -> Result<Array> {
        let mut shape: Dims = SmallVec::from_slice(inputs[0].shape());
        for bound in &inputs[1..] {
            shape = broadcast(&shape, bound.shape()).ok_or_else(|| broadcast_error("clamp", &shape, bound.shape()))?;
        }
        let layouts: SmallVec<[&Layout; 3]> = inputs.iter().map(|a| a.layout()).collect();
        let out = Array::empty(Layout::over(&layouts, &shape)?, inputs[0].dtype())?;
        let strides: SmallVec<[_; 3]> = inputs.iter().map(|a| broadcast_strides(a.layout(), &shape)).collect();
        let constant: Strides = SmallVec::from_elem(0, shape.len());
        with_float!(out.dtype(), T => {
            let (lowest, highest) = (T::NEG_INFINITY, T::INFINITY);
            let last = inputs.len() - 1;
            let lower = if self.lower { (inputs[1].ptr::<T>().cast_const(), &strides[1]) } else { (&raw const lowest, &constant) };
            let upper = if self.upper { (inputs[last].ptr::<T>().cast_const(), &strides[last]) } else { (&raw const highest, &constant) };
            // SAFETY: fresh output; every operand broadcasts to its shape.
            unsafe {
                map::map3::<Clip, T>(
                    &shape, out.ptr(), out.layout().strides(), inputs[0].ptr(), &strides[0],
                    lower.0, lower.1, upper.0, upper.1,
                );
            }
        }, else ());
        Ok(out)
    }

    fn pass(&self, g: &Tensor, inputs: &[&Tensor], which: usize) -> Result<Tensor> {
        let (whole, half) = self.masks(inputs, which)?;
        let rest = Tensor::scalar(g.dtype(), Scalar::Int(0))?;
        let rest = match half {
            Some(half) => where_(&half, &crate::ops::mul(g, &Tensor::scalar(g.dtype(), Scalar::Float(0.5))?)?, &rest)?,
            None => rest,
        };
        where_(&whole, g, &rest)
    }
}

impl Op for Clamp {
    fn name(&self) -> &str {
        "clamp"
    }
    fn grad_name(&self) -> String {
        if self.numbers { "ClampBackward1" } else { "ClampBackward0" }.to_owned()
    }
    fn forward(&self, inputs: &[&Array]) -> Result<Array> {
        if inputs[0].dtype().is_float() {
            return self.clip(inputs);
        }
        let parts: SmallVec<[Tensor; 3]> = inputs.iter().map(|a| Tensor::from_array((*a).clone())).collect();
        let refs: SmallVec<[&Tensor; 3]> = parts.iter().collect();
        let (lower, upper) = self.bounds(&refs);
        let raised = lower.map_or_else(|| Ok(parts[0].clone()), |lo| maximum(&parts[0], lo))?;
        Ok(upper.map_or_else(|| Ok(raised.clone()), |hi| minimum(&raised, hi))?.into_array())
    }
    fn keep(&self, _: u32) -> u32 {
        (1 << (1 + u32::from(self.lower) + u32::from(self.upper))) - 1
    }
    fn vjp(&self, saved: &Saved<'_>, cotangents: Cotangents) -> Result<Grads> {
        let Some(Some(g)) = cotangents.first() else { return Ok(Grads::new()) };
        let kept: SmallVec<[Tensor; 3]> = (0..saved.arity()).map(|i| saved.input(i)).collect::<Result<_>>()?;
        let refs: SmallVec<[&Tensor; 3]> = kept.iter().collect();
        let mut grads = Grads::new();
        for i in 0..saved.arity() {
            let which = if i == 1 && !self.lower { 2 } else { i };
            grads.push(if saved.needs(i) {
                Some(crate::ops::sum_to(self.pass(g, &refs, which)?, saved.input_layout(i))?)
            } else {
                None
            });
        }
        Ok(grads)
    }
    fn jvp(&self, inputs: &[&Tensor], out: &Tensor, tangents: &[Option<Tensor>]) -> Result<Option<Tensor>> {
        let mut sum: Option<Tensor> = None;
        for (i, tangent) in tangents.iter().enumerate() {
            let Some(t) = tangent else { continue };
            let which = if i == 1 && !self.lower { 2 } else { i };
            let t = if t.shape() == out.shape() { t.clone() } else { crate::ops::view::expand(t, out.shape())? };
            let term = self.pass(&t, inputs, which)?;
            sum = Some(match sum {
                None => term,
                Some(s) => crate::ops::add(&s, &term)?,
            });
        }
        Ok(sum)
    }
    fn batch(&self, inputs: &[Batched], size: usize) -> Result<Option<Batched>> {
        if inputs[0].1.is_none() {
            let mut spread: SmallVec<[Batched; 3]> = inputs.iter().cloned().collect();
            spread[0] = (crate::transform::spread(&inputs[0], size)?, Some(0));
            return self.batch(&spread, size);
        }
        let parts = crate::transform::align_all(inputs)?;
        let refs: SmallVec<[&Tensor; 3]> = parts.iter().collect();
        Ok(Some((apply(OpRef::new(*self), &refs)?, Some(0))))
    }
}

/// `x` raised to `lower` and lowered to `upper`, whichever there are; where they cross, `upper`.
#[track_caller]
pub fn clamp(x: &Tensor, lower: Option<&Tensor>, upper: Option<&Tensor>) -> Result<Tensor> {
    clamped(x, lower, upper, false)
}

#[track_caller]
fn clamped(x: &Tensor, lower: Option<&Tensor>, upper: Option<&Tensor>, numbers: bool) -> Result<Tensor> {
    let mut dtypes: SmallVec<[_; 3]> = SmallVec::new();
    let parts: SmallVec<[&Tensor; 3]> = std::iter::once(x).chain(lower).chain(upper).collect();
    if parts.len() == 1 {
        return Err(Error::runtime("torch.clamp: At least one of 'min' or 'max' must not be None; try min=0"));
    }
    dtypes.extend(parts.iter().map(|t| (t.dtype(), crate::algebra::weight(t))));
    let dtype = promote(&dtypes);
    let parts: SmallVec<[Tensor; 3]> = parts.iter().map(|t| cast(t, dtype)).collect::<Result<_>>()?;
    let refs: SmallVec<[&Tensor; 3]> = parts.iter().collect();
    apply(OpRef::new(Clamp { lower: lower.is_some(), upper: upper.is_some(), numbers }), &refs)
}

fn bound(a: &Args<'_>, i: usize) -> Result<Option<Tensor>> {
    if matches!(a.get(i), Value::None) { Ok(None) } else { operand(a, i).map(Some) }
}

fn operand(a: &Args<'_>, i: usize) -> Result<Tensor> {
    match a.operand(i)? {
        Operand::Tensor(t) => Ok(t.clone()),
        Operand::Number(v) => number_beside(a.tensor(0)?, v),
    }
}

/// `start + weight (end - start)`, computed from the nearer end.
pub fn lerp(start: &Tensor, end: &Tensor, weight: &Tensor) -> Result<Tensor> {
    for (name, t) in [("end", end), ("weight", weight)] {
        if t.dtype() != start.dtype() {
            return Err(Error::runtime(format!(
                "lerp: expected dtype {} for `{name}` but got dtype {}; try to()",
                start.dtype().name(),
                t.dtype().name()
            )));
        }
    }
    let one = Tensor::scalar(weight.dtype(), Scalar::Int(1))?;
    let gap = crate::ops::sub(end, start)?;
    let from_start = crate::ops::add(start, &crate::ops::mul(weight, &gap)?)?;
    let half = Tensor::scalar(weight.dtype(), Scalar::Float(0.5))?;
    let near = lt(&crate::ops::abs(weight)?, &half)?;
    if weight.ndim() == 0 && !weight.is_lifted() && near.item()?.as_f64() != 0.0 {
        return Ok(from_start.named("LerpBackward0"));
    }
    let from_end = crate::ops::sub(end, &crate::ops::mul(&gap, &crate::ops::sub(&one, weight)?)?)?;
    let value =
        if weight.ndim() == 0 && !weight.is_lifted() { from_end } else { where_(&near, &from_start, &from_end)? };
    Ok(value.named("LerpBackward0"))
}

fn add_scaled(a: &Args<'_>, join: fn(&Tensor, &Tensor) -> Result<Tensor>) -> Result<Value> {
    let (x, t, u) = (a.tensor(0)?, a.tensor(1)?, a.tensor(2)?);
    let value = a.number_or(3, Scalar::Int(1))?;
    let mut part = join(t, u)?;
    if value.as_f64() != 1.0 {
        if matches!(value, Scalar::Float(_)) && !part.dtype().is_float() {
            return Err(Error::runtime(format!(
                "{}: value cannot be converted to type {} without overflow; got {}, wanted a whole number",
                a.name,
                part.dtype().name(),
                value.as_f64()
            )));
        }
        part = crate::ops::mul(&part, &number_beside(&part, value)?)?;
    }
    let node = if a.name.starts_with("addcmul") { "AddcmulBackward0" } else { "AddcdivBackward0" };
    Ok(Value::from(crate::ops::add(x, &part)?.named(node)))
}

/// The row of the table.
pub static CLAMP: OpInfo = OpInfo {
    name: "clamp",
    doc: "Each element raised to `min` and lowered to `max` (numbers or tensors, either may be missing); nan stays.\n\n\
          The gradient is that of the input between numbers, ends excluded; a tensor of bounds shares it where the input\n\
          is at a bound, and gets it beyond. Raises RuntimeError without any bound.\n\n\
          >>> import wengert\n\
          >>> wengert.clamp(wengert.tensor([-1.0, 0.5, 3.0]), min=0, max=1)\n\
          tensor([0.0000, 0.5000, 1.0000])\n",
    signature: "input: Tensor, min: Tensor | Number | None = None, max: Tensor | Number | None = None",
    returns: "Tensor",
    face: Face::ELEMENTWISE,
    differentiable: true,
    body: Body::Call(|a| {
        let (lower, upper) = (bound(a, 1)?, bound(a, 2)?);
        let numbers = !(1..3).any(|i| matches!(a.operand(i), Ok(Operand::Tensor(_))));
        clamped(a.tensor(0)?, lower.as_ref(), upper.as_ref(), numbers).map(Value::from)
    }),
    samples: &[
        "f(2, 3), -0.75, 0.8",
        "f(2, 3), min=0.1",
        "f(2, 3), max=0.1",
        "f(2, 3), f(2, 3, lo=-1.9, hi=-0.8), f(3, lo=0.8, hi=1.9)",
        "f(3), f(2, 1)",
        "i(5, lo=-4), -1, 2",
        "f(0, 2), -1, 1",
    ],
};

fn one_bound(a: &Args<'_>, upper: bool) -> Result<Value> {
    let b = operand(a, 1)?;
    let (lo, hi) = if upper { (None, Some(&b)) } else { (Some(&b), None) };
    let number = matches!(a.operand(1)?, Operand::Number(_));
    let node = match (upper, number) {
        (false, true) => "ClampMinBackward0",
        (false, false) => "ClampMinBackward1",
        (true, true) => "ClampMaxBackward0",
        (true, false) => "ClampMaxBackward1",
    };
    Ok(Value::from(clamped(a.tensor(0)?, lo, hi, number)?.named(node)))
}

/// The row of the table.
pub static CLAMP_MIN: OpInfo = OpInfo {
    name: "clamp_min",
    doc: "Each element raised to `min`.\n\n\
          >>> import wengert\n\
          >>> wengert.clamp_min(wengert.tensor([-1.0, 0.5]), 0)\n\
          tensor([0.0000, 0.5000])\n",
    signature: "input: Tensor, min: Tensor | Number",
    returns: "Tensor",
    face: Face::ELEMENTWISE,
    differentiable: true,
    body: Body::Call(|a| one_bound(a, false)),
    samples: &["f(2, 3), 0.1", "f(2, 3), f(3)"],
};

/// The row of the table.
pub static CLAMP_MAX: OpInfo = OpInfo {
    name: "clamp_max",
    doc: "Each element lowered to `max`.\n\n\
          >>> import wengert\n\
          >>> wengert.clamp_max(wengert.tensor([-1.0, 0.5]), 0)\n\
          tensor([-1.,  0.])\n",
    signature: "input: Tensor, max: Tensor | Number",
    returns: "Tensor",
    face: Face::ELEMENTWISE,
    differentiable: true,
    body: Body::Call(|a| one_bound(a, true)),
    samples: &["f(2, 3), 0.1", "f(2, 3), f(3)"],
};

/// The row of the table.
pub static LERP: OpInfo = OpInfo {
    name: "lerp",
    doc: "Linear interpolation input + weight * (end - input), computed from the nearer end; one dtype throughout.\n\n\
          >>> import wengert\n\
          >>> wengert.lerp(wengert.tensor([0.0, 10.0]), wengert.tensor([1.0, 20.0]), 0.5)\n\
          tensor([ 0.5000, 15.0000])\n",
    signature: "input: Tensor, end: Tensor, weight: Tensor | Number",
    returns: "Tensor",
    face: Face::ELEMENTWISE,
    differentiable: true,
    body: Body::Call(|a| lerp(a.tensor(0)?, a.tensor(1)?, &operand(a, 2)?).map(Value::from)),
    samples: &[
        "f(2, 3), f(2, 3), 0.3",
        "f(2, 3), f(3), 0.8",
        "f(2, 3), f(3), f(3, lo=0.6, hi=0.9)",
        "f(3), f(3), f(2, 1, lo=0.1, hi=0.4)",
    ],
};

/// The row of the table.
pub static ADDCMUL: OpInfo = OpInfo {
    name: "addcmul",
    doc: "input + value * tensor1 * tensor2, with broadcasting.\n\n\
          >>> import wengert\n\
          >>> wengert.addcmul(wengert.tensor([1.0]), wengert.tensor([2.0]), wengert.tensor([3.0]), value=0.5)\n\
          tensor([4.])\n",
    signature: "input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: Number = 1",
    returns: "Tensor",
    face: Face::ELEMENTWISE,
    differentiable: true,
    body: Body::Call(|a| add_scaled(a, crate::ops::mul)),
    samples: &["f(2, 3), f(2, 3), f(2, 3)", "f(2, 3), f(3), f(2, 1), value=0.3", "i(3), i(3), i(3), value=2"],
};

/// The row of the table.
pub static ADDCDIV: OpInfo = OpInfo {
    name: "addcdiv",
    doc: "input + value * tensor1 / tensor2, with broadcasting, of floating-point tensors.\n\n\
          Raises RuntimeError where tensor1 and tensor2 are integers.\n\n\
          >>> import wengert\n\
          >>> wengert.addcdiv(wengert.tensor([1.0]), wengert.tensor([3.0]), wengert.tensor([2.0]), value=2)\n\
          tensor([4.])\n",
    signature: "input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: Number = 1",
    returns: "Tensor",
    face: Face::ELEMENTWISE,
    differentiable: true,
    body: Body::Call(|a| {
        if !a.tensor(1)?.dtype().is_float() && !a.tensor(2)?.dtype().is_float() {
            return Err(Error::runtime(
                "addcdiv: Integer division with addcdiv is no longer supported; got two integer tensors, try to(float32)",
            ));
        }
        add_scaled(a, crate::ops::div)
    }),
    samples: &["f(2, 3), f(2, 3), pos(2, 3)", "f(2, 3), f(3), pos(2, 1), value=0.3"],
};

/// Gaussian error linear unit x Phi(x) (Hendrycks and Gimpel 2016); `tanh`: its approximation.
pub fn gelu(x: &Tensor, approximate: &str) -> Result<Tensor> {
    match approximate {
        "none" => crate::ops::gelu_erf(x),
        "tanh" => crate::ops::gelu_tanh(x),
        other => Err(Error::runtime(format!(
            "approximate argument must be either none or tanh; got '{other}', wanted 'none' or 'tanh'"
        ))),
    }
}

/// log(1 + e^(beta x)) / beta, and x where beta x is above the threshold.
pub fn softplus(x: &Tensor, beta: f64, threshold: f64) -> Result<Tensor> {
    let number = |v: f64| number_beside(x, Scalar::Float(v));
    let scaled = if beta == 1.0 { x.clone() } else { crate::ops::mul(x, &number(beta)?)? };
    // Large arguments are kept out of exp: a product of infinity and 0 would make the gradient nan.
    let linear = gt(&scaled, &number(threshold)?)?;
    let small = where_(&linear, &number(0.0)?, &scaled)?;
    let soft = crate::ops::log1p(&crate::ops::exp(&small)?)?;
    let soft = if beta == 1.0 { soft } else { crate::ops::div(&soft, &number(beta)?)? };
    Ok(where_(&linear, x, &soft)?.named("SoftplusBackward0"))
}

fn float_only(name: &str, x: &Tensor) -> Result<()> {
    if x.dtype().is_float() {
        return Ok(());
    }
    Err(Error::not_implemented(format!(
        "\"{name}\" not implemented for '{}'; wanted floating point, try to(float32)",
        DType::word(x.dtype())
    )))
}

/// The row of the table.
pub static GELU: OpInfo = OpInfo {
    name: "gelu",
    doc: "Gaussian error linear unit x * Phi(x) (Hendrycks and Gimpel 2016), or its approximation by tanh.\n\n\
          >>> import wengert\n\
          >>> wengert.gelu(wengert.tensor([-1.0, 0.0, 2.0]))\n\
          tensor([-0.1587,  0.0000,  1.9545])\n",
    signature: "input: Tensor, *, approximate: str = 'none'",
    returns: "Tensor",
    face: Face::FUNCTION,
    differentiable: true,
    body: Body::Call(|a| {
        float_only("gelu", a.tensor(0)?)?;
        gelu(a.tensor(0)?, a.text_or(1, "none")?).map(Value::from)
    }),
    samples: &["f(2, 3)", "f(2, 3), approximate='tanh'", "f()"],
};

/// The row of the table.
pub static SOFTPLUS: OpInfo = OpInfo {
    name: "softplus",
    doc: "log(1 + e^(beta x)) / beta, and x itself where beta x is above `threshold`.\n\n\
          >>> import wengert\n\
          >>> wengert.softplus(wengert.tensor([-1.0, 0.0, 30.0]))\n\
          tensor([ 0.3133,  0.6931, 30.0000])\n",
    signature: "input: Tensor, beta: Number = 1, threshold: Number = 20",
    returns: "Tensor",
    face: Face::FUNCTION,
    differentiable: true,
    body: Body::Call(|a| {
        float_only("softplus", a.tensor(0)?)?;
        let beta = a.number_or(1, Scalar::Int(1))?.as_f64();
        softplus(a.tensor(0)?, beta, a.number_or(2, Scalar::Int(20))?.as_f64()).map(Value::from)
    }),
    samples: &["f(2, 3)", "f(2, 3), beta=2.5, threshold=1.3"],
};

/// The rows of this file.
pub static ROWS: &[&OpInfo] = &[&CLAMP, &CLAMP_MIN, &CLAMP_MAX, &LERP, &ADDCMUL, &ADDCDIV, &GELU, &SOFTPLUS];
