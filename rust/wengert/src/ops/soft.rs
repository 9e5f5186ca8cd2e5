//! softmax, log_softmax, logsumexp: fused passes over lines beside recordable rules. Depends on kernels and `record`.

use crate::array::layout::wrap_dim;
use crate::array::{Array, DType, Layout};
use crate::error::{Error, Result};
use crate::op::{Batched, Cotangents, Grads, OUTPUT, Op, OpRef, PlainGrads};
use crate::ops::lines::{Lines, is_narrow, swapped};
use crate::ops::reduce::Reduced;
use crate::ops::table::{Args, Body, Face, OpInfo, Value};
use crate::ops::{exp, mul, sub, sum};
use crate::record::apply;
use crate::saved::Saved;
use crate::tensor::Tensor;
use crate::with_float;
use smallvec::smallvec;
use std::ops::{Add, Div, Mul, Sub};
use wengert_kernels::soft::{self as kernel, Form};
use wengert_kernels::{Map3, Real, map};

/// softmax or log_softmax along a dimension.
#[derive(Clone, Debug)]
struct Soft {
    log: bool,
    dim: usize,
}

impl Soft {
    fn form(&self) -> Form {
        if self.log { Form::Log } else { Form::Soft }
    }

    fn total(&self, t: &Tensor) -> Result<Tensor> {
        // A number is a line by itself.
        if self.dim >= t.ndim() { Ok(t.clone()) } else { sum(t, Some(&[self.dim as i64]), true) }
    }

    /// The fused backward.
    fn fused(&self, y: &Array, g: &Array) -> Result<Array> {
        if is_narrow(y.shape(), self.dim) {
            let last = Soft { dim: y.shape().len() - 1, ..self.clone() };
            return Ok(swapped(&last.fused(&swapped(y, self.dim), &swapped(g, self.dim))?, self.dim));
        }
        let (y, g) = (Lines::along(y, self.dim)?, g.contiguous()?);
        let out = Array::empty(y.array.layout().clone(), y.array.dtype())?;
        with_float!(out.dtype(), T => {
            // SAFETY: a fresh output; `y` and `g` are row-major and of its shape.
            unsafe { kernel::soft_backward::<T>(self.form(), y.sizes(), y.array.ptr(), g.ptr(), out.ptr()) }
        }, else ());
        Ok(out)
    }
}

/// The form of lines along `dim`, each times its number in `scales` where there are any.
pub(crate) fn soft_lines(form: Form, x: &Array, dim: usize, scales: Option<&Array>) -> Result<Array> {
    if is_narrow(x.shape(), dim) && scales.is_none() {
        let y = soft_lines(form, &swapped(x, dim), x.shape().len() - 1, None)?;
        return swapped(&y, dim).contiguous();
    }
    let x = Lines::along(x, dim)?;
    let out = Array::empty(x.array.layout().clone(), x.array.dtype())?;
    with_float!(out.dtype(), T => {
        let scales = scales.map_or(std::ptr::null_mut(), Array::ptr::<T>);
        // SAFETY: a fresh output of the row-major input's size, a scale for each line.
        unsafe { kernel::soft::<T>(form, x.sizes(), x.array.ptr(), out.ptr(), scales) }
    }, else ());
    Ok(out)
}

impl Op for Soft {
    fn name(&self) -> &str {
        if self.log { "log_softmax" } else { "softmax" }
    }
    fn grad_name(&self) -> String {
        if self.log { "LogSoftmaxBackward0" } else { "SoftmaxBackward0" }.to_owned()
    }
    fn forward(&self, inputs: &[&Array]) -> Result<Array> {
        soft_lines(self.form(), inputs[0], self.dim, None)
    }
    fn keep(&self, _: u32) -> u32 {
        OUTPUT
    }
    fn vjp_plain(&self, saved: &Saved<'_>, g: &mut Option<Array>, grads: &mut PlainGrads) -> Result<()> {
        let Some(g) = g.take() else { return Ok(()) };
        grads[0] = Some(self.fused(&*saved.kept_output()?, &g)?);
        Ok(())
    }
    fn vjp(&self, saved: &Saved<'_>, mut cotangents: Cotangents) -> Result<Grads> {
        let Some(Some(g)) = cotangents.first_mut().map(Option::take) else { return Ok(Grads::new()) };
        if !saved.create_graph() {
            return crate::op::vjp_by_plain(self, saved, g);
        }
        let y = saved.output()?;
        Ok(smallvec![Some(if self.log {
            sub(&g, &mul(&exp(&y)?, &self.total(&g)?)?)?
        } else {
            mul(&y, &sub(&g, &self.total(&mul(&g, &y)?)?)?)?
        })])
    }
    fn jvp(&self, _: &[&Tensor], y: &Tensor, tangents: &[Option<Tensor>]) -> Result<Option<Tensor>> {
        let Some(t) = &tangents[0] else { return Ok(None) };
        if self.log {
            return sub(t, &self.total(&mul(&exp(y)?, t)?)?).map(Some);
        }
        mul(y, &sub(t, &self.total(&mul(y, t)?)?)?).map(Some)
    }
    fn batch(&self, inputs: &[Batched], _: usize) -> Result<Option<Batched>> {
        let x = crate::transform::to_front(&inputs[0])?;
        Ok(Some((apply(OpRef::new(Soft { dim: self.dim + 1, ..self.clone() }), &[&x])?, Some(0))))
    }
}

fn run(log: bool, x: &Tensor, dim: i64) -> Result<Tensor> {
    let name = if log { "log_softmax" } else { "softmax" };
    if !x.dtype().is_float() {
        return Err(Error::not_implemented(format!(
            "\"{name}\" not implemented for '{}'; wanted a floating-point tensor; try dtype=float32",
            x.dtype().word()
        )));
    }
    let dim = wrap_dim(name, dim, x.ndim())?;
    apply(OpRef::new(Soft { log, dim }), &[x])
}

/// exp(x) / sum exp(x) along `dim`.
#[track_caller]
pub fn softmax(x: &Tensor, dim: i64) -> Result<Tensor> {
    run(false, x, dim)
}

/// x - log(sum exp(x)) along `dim`.
#[track_caller]
pub fn log_softmax(x: &Tensor, dim: i64) -> Result<Tensor> {
    run(true, x, dim)
}

/// log(sum exp(x)) over dimensions.
#[derive(Clone, Debug)]
struct LogSumExp(Reduced);

/// g exp(x - y).
struct Share;
impl Map3 for Share {
    #[inline(always)]
    fn call<R: Real>(g: R, x: R, y: R) -> R
    where
        f64: Add<R, Output = R> + Sub<R, Output = R> + Mul<R, Output = R> + Div<R, Output = R>,
    {
        g * (x - y).exp()
    }
}

impl Op for LogSumExp {
    fn name(&self) -> &str {
        "logsumexp"
    }
    fn grad_name(&self) -> String {
        "LogsumexpBackward0".to_owned()
    }
    fn forward(&self, inputs: &[&Array]) -> Result<Array> {
        let x = Lines::over(inputs[0], &self.0.dims)?;
        let out = Array::empty(Layout::contiguous(&self.0.shape(inputs[0].shape()))?, x.array.dtype())?;
        with_float!(out.dtype(), T => {
            // SAFETY: row-major lines, one fresh output for each.
            unsafe { kernel::soft::<T>(Form::Total, x.sizes(), x.array.ptr(), out.ptr(), std::ptr::null()) }
        }, else ());
        Ok(out)
    }
    fn keep(&self, _: u32) -> u32 {
        1 | OUTPUT
    }
    fn vjp(&self, saved: &Saved<'_>, cotangents: Cotangents) -> Result<Grads> {
        let Some(Some(g)) = cotangents.first() else { return Ok(Grads::new()) };
        let x = saved.input(0)?;
        let (g, y) = (self.0.spread(g, x.shape())?, self.0.spread(&saved.output()?, x.shape())?);
        if saved.create_graph() {
            return Ok(smallvec![Some(mul(&g, &exp(&sub(&x, &y)?)?)?)]);
        }
        let out = Array::empty(Layout::contiguous(x.shape())?, x.dtype())?;
        with_float!(out.dtype(), T => {
            let [g, x, y] = [g.array(), x.array(), y.array()].map(|a| (a.ptr::<T>(), a.layout().strides()));
            // SAFETY: a fresh output; all operands have its shape.
            unsafe { map::map3::<Share, T>(out.shape(), out.ptr(), out.layout().strides(), g.0, g.1, x.0, x.1, y.0, y.1) }
        }, else ());
        Ok(smallvec![Some(Tensor::from_array(out))])
    }
    fn jvp(&self, inputs: &[&Tensor], y: &Tensor, tangents: &[Option<Tensor>]) -> Result<Option<Tensor>> {
        let (Some(t), x) = (&tangents[0], inputs[0]) else { return Ok(None) };
        let share = exp(&sub(x, &self.0.spread(y, x.shape())?)?)?;
        // Where y is large its rounding is seen in the shares, whose sum is 1.
        let share = crate::ops::div(&share, &self.0.spread(&self.0.sum(&share)?, x.shape())?)?;
        self.0.sum(&mul(t, &share)?).map(Some)
    }
    fn batch(&self, inputs: &[Batched], _: usize) -> Result<Option<Batched>> {
        let x = crate::transform::to_front(&inputs[0])?;
        Ok(Some((apply(OpRef::new(LogSumExp(self.0.below())), &[&x])?, Some(0))))
    }
}

/// log(sum exp(x)) over `dims`, without overflow; integers become the default float.
#[track_caller]
pub fn logsumexp(x: &Tensor, dims: &[i64], keepdim: bool) -> Result<Tensor> {
    let dtype = if x.dtype().is_float() { x.dtype() } else { crate::array::default_dtype() };
    let x = crate::ops::cast(x, dtype)?;
    apply(OpRef::new(LogSumExp(Reduced::new("logsumexp", &x, Some(dims), keepdim)?)), &[&x])
}

fn with_dtype(a: &Args<'_>, f: fn(&Tensor, i64) -> Result<Tensor>) -> Result<Value> {
    let x = a.tensor(0)?;
    let dtype: Option<DType> = a.maybe_dtype(2)?;
    let x = match dtype {
        Some(dtype) => crate::ops::cast(x, dtype)?,
        None => x.clone(),
    };
    f(&x, a.int(1)?).map(Value::from)
}

macro_rules! rows {
    ($($info:ident $name:literal $f:ident $doc:expr;)*) => {$(
        /// The row of the table.
        static $info: OpInfo = OpInfo {
            name: $name,
            doc: $doc,
            signature: "input: Tensor, dim: int, dtype: dtype | None = None",
            returns: "Tensor",
            face: Face::BOTH,
            differentiable: true,
            body: Body::Call(|a| with_dtype(a, $f)),
            samples: &["f(2, 3), 1", "f(2, 3), dim=0", "f(2, 3, 4), dim=-2", "f(), 0", "f(0, 3), dim=1", "f(2, 20), dim=0", "i(3), 0, dtype=float32"],
        };
    )*};
}
rows! {
    SOFTMAX "softmax" softmax
    "exp(x) / sum exp(x) along `dim`, after a cast to `dtype` if one is given; sums to 1, never overflows.\n\n\
     Raises NotImplementedError for integers without `dtype`.\n\n\
     >>> import wengert\n\
     >>> wengert.softmax(wengert.tensor([1.0, 2.0, 3.0]), dim=0)\n\
     tensor([0.0900, 0.2447, 0.6652])\n";
    LOG_SOFTMAX "log_softmax" log_softmax
    "x - log(sum exp(x)) along `dim`, after a cast to `dtype` if one is given: the logarithm of softmax.\n\n\
     Raises NotImplementedError for integers without `dtype`.\n\n\
     >>> import wengert\n\
     >>> wengert.log_softmax(wengert.tensor([1.0, 2.0, 3.0]), dim=0)\n\
     tensor([-2.4076, -1.4076, -0.4076])\n";
}

/// The row of the table.
static LOGSUMEXP: OpInfo = OpInfo {
    name: "logsumexp",
    doc: "log(sum exp(x)) over `dim`, without overflow; integers become floats.\n\n\
          >>> import wengert\n\
          >>> wengert.logsumexp(wengert.tensor([100.0, 100.0]), dim=0)\n\
          tensor(100.6931)\n",
    signature: "input: Tensor, dim: int | tuple[int, ...], keepdim: bool = False",
    returns: "Tensor",
    face: Face::BOTH,
    differentiable: true,
    body: Body::Call(|a| logsumexp(a.tensor(0)?, &a.ints(1)?, a.flag(2)?).map(Value::from)),
    samples: &[
        "f(2, 3), 1",
        "f(2, 3, 4), dim=(0, 2), keepdim=True",
        "f(2, 20), dim=0",
        "f(), 0",
        "f(3, 2), dim=0",
        "i(2, 3), dim=1",
    ],
};

/// The rows of this file.
pub static ROWS: &[&OpInfo] = &[&SOFTMAX, &LOG_SOFTMAX, &LOGSUMEXP];
