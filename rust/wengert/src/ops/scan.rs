//! Running results along a dimension: cumsum, cumprod, logcumsumexp, cummax, cummin, and the linear recurrence that
//! their derivatives are made of. Depends on kernels, views and `record`.
//!
//! With s[k] = g[k] + a[k] s[k - 1] and its adjoint, every derivative of a running product is such a recurrence again: no
//! division, so zeros do no harm, and any order is right.

use crate::array::layout::wrap_dim;
use crate::array::{Array, DType, Dims, Scalar};
use crate::error::{Error, Result};
use crate::op::{Batched, Cotangents, Grads, OUTPUT, Op, OpRef};
use crate::ops::lines::Lines;
use crate::ops::pick::pick;
use crate::ops::table::{Args, Body, Face, OpInfo, Value};
use crate::ops::{add, exp, mul, sub, where_};
use crate::record::apply;
use crate::saved::Saved;
use crate::tensor::Tensor;
use crate::with_float;
use smallvec::{SmallVec, smallvec};
use wengert_kernels::reversed::Reversed;
use wengert_kernels::{scan as kernel, scans};

mod rows;
pub use rows::ROWS;

/// Which running result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Sum,
    Prod,
    LogSumExp,
}

/// A running result along `dim`, from the end if `reverse`.
#[derive(Clone, Debug)]
struct Running {
    kind: Kind,
    dim: usize,
    reverse: bool,
}

/// s[k] = g[k] + a[k] s[k - 1] of the inputs (a, g); with `adjoint`, s[k] = g[k] + a[k + 1] s[k + 1].
#[derive(Clone, Debug)]
struct Recurrence {
    dim: usize,
    adjoint: bool,
}

/// Index of the largest, or smallest, element so far.
#[derive(Clone, Debug)]
struct Record {
    min: bool,
    dim: usize,
}

/// `x` moved on by one place along `dim` (back with `back`), the freed place filled with `fill`.
pub(crate) fn shifted(x: &Tensor, dim: usize, back: bool, fill: f64) -> Result<Tensor> {
    let n = x.shape().get(dim).copied().unwrap_or(1);
    if n == 0 {
        return Ok(x.clone());
    }
    if n == 1 {
        return Tensor::full(x.shape(), x.dtype(), Scalar::Float(fill));
    }
    let mut edge: Dims = SmallVec::from_slice(x.shape());
    edge[dim] = 1;
    let edge = Tensor::full(&edge, x.dtype(), Scalar::Float(fill))?;
    let rest = crate::ops::view::slice(x, dim, usize::from(back), n - 1, 1)?;
    let parts = if back { [&rest, &edge] } else { [&edge, &rest] };
    crate::ops::cat(&parts, dim as i64)
}

fn recurrence(a: &Tensor, g: &Tensor, dim: usize, adjoint: bool) -> Result<Tensor> {
    apply(OpRef::new(Recurrence { dim, adjoint }), &[a, g])
}

impl Running {
    /// x = exp(x - y) and the links exp(y[k - 1] - y[k]) of a running log-sum-exp, neither ever above 1.
    fn shares(&self, x: &Tensor, y: &Tensor) -> Result<(Tensor, Tensor)> {
        let low = Tensor::scalar(y.dtype(), Scalar::Float(f64::NEG_INFINITY))?;
        let zero = Tensor::scalar(y.dtype(), Scalar::Int(0))?;
        let safe = where_(&crate::ops::eq(&y.detach(), &low)?, &zero, y)?;
        let before = shifted(y, self.dim, false, f64::NEG_INFINITY)?;
        Ok((exp(&sub(x, &safe)?)?, exp(&sub(&before, &safe)?)?))
    }
}

impl Op for Running {
    fn name(&self) -> &str {
        match self.kind {
            Kind::Sum => "cumsum",
            Kind::Prod => "cumprod",
            Kind::LogSumExp => "logcumsumexp",
        }
    }
    fn grad_name(&self) -> String {
        match self.kind {
            Kind::Sum => "CumsumBackward0",
            Kind::Prod => "CumprodBackward0",
            Kind::LogSumExp => "LogcumsumexpBackward0",
        }
        .to_owned()
    }
    fn forward(&self, inputs: &[&Array]) -> Result<Array> {
        let x = Lines::along(inputs[0], self.dim)?;
        let out = Array::empty(x.array.layout().clone(), x.array.dtype())?;
        macro_rules! run {
            ($T:ty, $O:ty) => {{
                let from = x.array.ptr::<$T>();
                // SAFETY: a fresh output of the row-major input's size.
                unsafe { kernel::scan::<$T, $O>(x.sizes(), self.reverse, from, from, out.ptr()) }
            }};
        }
        match self.kind {
            Kind::Sum => {
                with_float!(out.dtype(), T => run!(T, scans::CumSum), else run!(i64, scans::CumSum));
            }
            Kind::Prod => {
                with_float!(out.dtype(), T => run!(T, scans::CumProd), else run!(i64, scans::CumProd));
            }
            Kind::LogSumExp => with_float!(out.dtype(), T => run!(T, scans::CumLogSumExp), else ()),
        }
        Ok(out)
    }
    fn keep(&self, _: u32) -> u32 {
        if self.kind == Kind::Sum { 0 } else { 1 | OUTPUT }
    }
    fn vjp(&self, saved: &Saved<'_>, cotangents: Cotangents) -> Result<Grads> {
        let Some(Some(g)) = cotangents.first() else { return Ok(Grads::new()) };
        if self.kind == Kind::Sum {
            return Ok(smallvec![Some(apply(OpRef::new(Running { reverse: !self.reverse, ..self.clone() }), &[g])?)]);
        }
        let (x, y) = (saved.input(0)?, saved.output()?);
        Ok(smallvec![Some(match (self.kind, self.reverse) {
            (Kind::Prod, false) => mul(&shifted(&y, self.dim, false, 1.0)?, &recurrence(&x, g, self.dim, true)?)?,
            (Kind::Prod, true) => {
                // y[k] = x[k] y[k + 1]: the links of the recurrence stand one place further on.
                let links = shifted(&x, self.dim, false, 0.0)?;
                mul(&shifted(&y, self.dim, true, 1.0)?, &recurrence(&links, g, self.dim, false)?)?
            }
            _ => {
                let (share, links) = self.shares(&x, &y)?;
                mul(&share, &recurrence(&links, g, self.dim, true)?)?
            }
        })])
    }
    fn jvp(&self, inputs: &[&Tensor], out: &Tensor, tangents: &[Option<Tensor>]) -> Result<Option<Tensor>> {
        let (Some(t), x) = (&tangents[0], inputs[0]) else { return Ok(None) };
        Ok(Some(match (self.kind, self.reverse) {
            (Kind::Sum, _) => apply(OpRef::new(self.clone()), &[t])?,
            (Kind::Prod, false) => recurrence(x, &mul(&shifted(out, self.dim, false, 1.0)?, t)?, self.dim, false)?,
            (Kind::Prod, true) => {
                let links = shifted(x, self.dim, false, 0.0)?;
                recurrence(&links, &mul(&shifted(out, self.dim, true, 1.0)?, t)?, self.dim, true)?
            }
            _ => {
                let (share, links) = self.shares(x, out)?;
                recurrence(&links, &mul(&share, t)?, self.dim, false)?
            }
        }))
    }
    fn batch(&self, inputs: &[Batched], _: usize) -> Result<Option<Batched>> {
        let x = crate::transform::to_front(&inputs[0])?;
        Ok(Some((apply(OpRef::new(Running { dim: self.dim + 1, ..self.clone() }), &[&x])?, Some(0))))
    }
}

impl Op for Recurrence {
    fn name(&self) -> &str {
        "recurrence"
    }
    fn grad_name(&self) -> String {
        "RecurrenceBackward0".to_owned()
    }
    fn forward(&self, inputs: &[&Array]) -> Result<Array> {
        let (a, g) = (Lines::along(inputs[0], self.dim)?, Lines::along(inputs[1], self.dim)?);
        let out = Array::empty(g.array.layout().clone(), g.array.dtype())?;
        with_float!(out.dtype(), T => {
            let (g_ptr, a_ptr) = (g.array.ptr::<T>(), a.array.ptr::<T>());
            // SAFETY: a fresh output; both inputs are row-major and of its shape.
            unsafe {
                if self.adjoint {
                    kernel::scan::<T, scans::Adjoint>(g.sizes(), true, g_ptr, a_ptr, out.ptr());
                } else {
                    kernel::scan::<T, scans::Recurrence>(g.sizes(), false, g_ptr, a_ptr, out.ptr());
                }
            }
        }, else ());
        Ok(out)
    }
    fn keep(&self, needs: u32) -> u32 {
        1 | if needs & 1 != 0 { OUTPUT } else { 0 }
    }
    fn vjp(&self, saved: &Saved<'_>, cotangents: Cotangents) -> Result<Grads> {
        let Some(Some(u)) = cotangents.first() else { return Ok(Grads::new()) };
        let back = recurrence(&saved.input(0)?, u, self.dim, !self.adjoint)?;
        let links = if !saved.needs(0) {
            None
        } else if self.adjoint {
            Some(mul(&shifted(&back, self.dim, false, 0.0)?, &saved.output()?)?)
        } else {
            Some(mul(&back, &shifted(&saved.output()?, self.dim, false, 0.0)?)?)
        };
        Ok(smallvec![links, saved.needs(1).then_some(back)])
    }
    fn jvp(&self, inputs: &[&Tensor], out: &Tensor, tangents: &[Option<Tensor>]) -> Result<Option<Tensor>> {
        let by_links = match &tangents[0] {
            None => None,
            Some(t) if self.adjoint => Some(shifted(&mul(t, out)?, self.dim, true, 0.0)?),
            Some(t) => Some(mul(t, &shifted(out, self.dim, false, 0.0)?)?),
        };
        let moved = match (by_links, &tangents[1]) {
            (Some(p), Some(q)) => add(&p, q)?,
            (Some(p), None) => p,
            (None, Some(q)) => q.clone(),
            (None, None) => return Ok(None),
        };
        recurrence(inputs[0], &moved, self.dim, self.adjoint).map(Some)
    }
    fn batch(&self, inputs: &[Batched], size: usize) -> Result<Option<Batched>> {
        let [a, g] = [0, 1].map(|i| crate::transform::spread(&inputs[i], size));
        Ok(Some((recurrence(&a?, &g?, self.dim + 1, self.adjoint)?, Some(0))))
    }
}

impl Op for Record {
    fn name(&self) -> &str {
        if self.min { "cummin" } else { "cummax" }
    }
    fn grad_name(&self) -> String {
        if self.min { "CumminBackward0" } else { "CummaxBackward0" }.to_owned()
    }
    fn forward(&self, inputs: &[&Array]) -> Result<Array> {
        let x = Lines::along(inputs[0], self.dim)?;
        let out = Array::empty(x.array.layout().clone(), DType::I64)?;
        crate::with_dtype!(x.array.dtype(), T => {
            let from = x.array.ptr::<T>();
            // SAFETY: a fresh output of the row-major input's size; a `Reversed` lies in memory as what it holds.
            unsafe {
                if self.min {
                    let from = from.cast::<Reversed<T>>();
                    kernel::scan::<Reversed<T>, scans::CumMax>(x.sizes(), false, from, from, out.ptr());
                } else {
                    kernel::scan::<T, scans::CumMax>(x.sizes(), false, from, from, out.ptr());
                }
            }
        });
        Ok(out)
    }
    fn vjp(&self, _: &Saved<'_>, _: Cotangents) -> Result<Grads> {
        Ok(Grads::new())
    }
    fn jvp(&self, _: &[&Tensor], _: &Tensor, _: &[Option<Tensor>]) -> Result<Option<Tensor>> {
        Ok(None)
    }
    fn batch(&self, inputs: &[Batched], _: usize) -> Result<Option<Batched>> {
        let x = crate::transform::to_front(&inputs[0])?;
        Ok(Some((apply(OpRef::new(Record { dim: self.dim + 1, ..self.clone() }), &[&x])?, Some(0))))
    }
    fn is_differentiable(&self) -> bool {
        false
    }
}

/// A running product along `dim`, from the end if `reverse`.
pub(crate) fn running(x: &Tensor, dim: usize, reverse: bool) -> Result<Tensor> {
    apply(OpRef::new(Running { kind: Kind::Prod, dim, reverse }), &[x])
}

fn cumulative(kind: Kind, name: &str, x: &Tensor, dim: i64) -> Result<Tensor> {
    let x = if x.dtype().is_float() { x.clone() } else { crate::ops::cast(x, DType::I64)? };
    let dim = wrap_dim(name, dim, x.ndim())?;
    apply(OpRef::new(Running { kind, dim, reverse: false }), &[&x])
}

/// Sum of the elements so far along `dim`; bool and integers sum as int64.
#[track_caller]
pub fn cumsum(x: &Tensor, dim: i64) -> Result<Tensor> {
    cumulative(Kind::Sum, "cumsum", x, dim)
}

/// Product of the elements so far along `dim`; bool and integers multiply as int64.
#[track_caller]
pub fn cumprod(x: &Tensor, dim: i64) -> Result<Tensor> {
    cumulative(Kind::Prod, "cumprod", x, dim)
}

/// Logarithm of the sum of exponentials so far along `dim`.
#[track_caller]
pub fn logcumsumexp(x: &Tensor, dim: i64) -> Result<Tensor> {
    if !x.dtype().is_float() {
        return Err(Error::not_implemented(format!(
            "logcumsumexp: not implemented for '{}'; try to(float32)",
            x.dtype().word()
        )));
    }
    cumulative(Kind::LogSumExp, "logcumsumexp", x, dim)
}

/// The largest (smallest) element so far along `dim`, and where it was last.
#[track_caller]
fn records(min: bool, x: &Tensor, dim: i64) -> Result<(Tensor, Tensor)> {
    let (name, node) = if min { ("cummin", "CumminBackward0") } else { ("cummax", "CummaxBackward0") };
    let dim = wrap_dim(name, dim, x.ndim())?;
    let index = apply(OpRef::new(Record { min, dim }), &[x])?;
    let values = if x.ndim() == 0 {
        pick((name, node), &crate::ops::view::reshape(x, &[1])?, &index, 0, true)?
    } else {
        pick((name, node), x, &index, dim, false)?
    };
    Ok((values, index))
}
