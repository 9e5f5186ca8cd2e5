//! layer_norm: a fused pass forward and backward beside the recordable rule. Depends on kernels and `record`.

use crate::array::{Array, Dims, Scalar};
use crate::error::{Error, Result};
use crate::op::{Batched, Cotangents, Grads, Op, OpRef};
use crate::ops::reduce::{Reduced, sum_to_shape};
use crate::ops::table::{Body, Face, OpInfo, Value};
use crate::ops::{add, div, mul, sqrt, sub};
use crate::record::apply;
use crate::saved::Saved;
use crate::tensor::Tensor;
use crate::with_float;
use smallvec::SmallVec;
use wengert_kernels::layer as kernel;

/// (x - mean) / sqrt(var + eps) * weight + bias over the last `rank` dimensions; inputs (x, weight, bias).
#[derive(Clone, Debug)]
struct LayerNorm {
    rank: usize,
    eps: f64,
}

impl LayerNorm {
    fn over(&self, x: &Tensor) -> Reduced {
        let dims = (0..x.ndim()).map(|d| d + self.rank >= x.ndim()).collect();
        Reduced { dims, keepdim: true, all: false }
    }

    fn rows(&self, shape: &[usize]) -> (usize, usize) {
        let (front, back) = shape.split_at(shape.len() - self.rank);
        (front.iter().product(), back.iter().product())
    }

    /// The normalised input and 1 / sqrt(var + eps), by recorded operations.
    fn normalised(&self, x: &Tensor) -> Result<(Tensor, Tensor)> {
        let over = self.over(x);
        // Twice: what rounding has left of the mean goes as well.
        let centered = sub(x, &over.kept_mean(x)?)?;
        let centered = sub(&centered, &over.kept_mean(&centered)?)?;
        let dims: SmallVec<[i64; 4]> = (1..=self.rank as i64).map(|d| -d).collect();
        let var = crate::ops::var(false, x, Some(&dims), 0.0, true)?;
        let eps = Tensor::scalar(x.dtype(), Scalar::Float(self.eps))?;
        let one = Tensor::scalar(x.dtype(), Scalar::Int(1))?;
        let rstd = div(&one, &sqrt(&add(&var, &eps)?)?)?;
        Ok((mul(&centered, &rstd)?, rstd))
    }

    /// Gradients of the inputs; those of weight and bias only if `all`.
    fn fused(&self, x: &Array, w: &Array, g: &Array, all: bool) -> Result<[Option<Array>; 3]> {
        let [x, w, g] = [x.contiguous()?, w.contiguous()?, g.contiguous()?];
        let fresh = |like: &Array| Array::empty(like.layout().clone(), like.dtype());
        let dx = fresh(&x)?;
        let (dw, db) = if all { (Some(fresh(&w)?), Some(fresh(&w)?)) } else { (None, None) };
        let (rows, n) = self.rows(x.shape());
        with_float!(x.dtype(), T => {
            let [to_w, to_b] = [&dw, &db].map(|d| d.as_ref().map_or(std::ptr::null_mut(), |d| d.ptr::<T>()));
            // SAFETY: fresh outputs; row-major inputs of (rows, n) and n elements.
            unsafe {
                kernel::layer_norm_backward::<T>(
                    rows, n, self.eps, x.ptr(), w.ptr(), g.ptr(), dx.ptr(), to_w, to_b,
                )
            }
        }, else Ok(()))
        .map_err(|_| {
            Error::memory("layer_norm: not enough memory for the gradients of weight and bias; try fewer elements")
        })?;
        Ok([Some(dx), dw, db])
    }
}

impl Op for LayerNorm {
    fn name(&self) -> &str {
        "layer_norm"
    }
    fn grad_name(&self) -> String {
        "NativeLayerNormBackward0".to_owned()
    }
    fn forward(&self, inputs: &[&Array]) -> Result<Array> {
        let [x, w, b] = [inputs[0].contiguous()?, inputs[1].contiguous()?, inputs[2].contiguous()?];
        let out = Array::empty(x.layout().clone(), x.dtype())?;
        let (rows, n) = self.rows(x.shape());
        with_float!(x.dtype(), T => {
            // SAFETY: a fresh output; row-major inputs of (rows, n) and n elements.
            unsafe { kernel::layer_norm::<T>(rows, n, self.eps, x.ptr(), w.ptr(), b.ptr(), out.ptr()) }
        }, else ());
        Ok(out)
    }
    fn keep(&self, _: u32) -> u32 {
        0b11
    }
    fn vjp(&self, saved: &Saved<'_>, cotangents: Cotangents) -> Result<Grads> {
        let Some(Some(g)) = cotangents.first() else { return Ok(Grads::new()) };
        let (x, w) = (saved.input(0)?, saved.input(1)?);
        if !saved.create_graph() {
            let all = self.fused(x.array(), w.array(), g.array(), saved.needs(1) || saved.needs(2))?;
            let needed = |(i, a): (usize, Option<Array>)| a.filter(|_| saved.needs(i)).map(Tensor::from_array);
            return Ok(all.into_iter().enumerate().map(needed).collect());
        }
        let (y, rstd) = self.normalised(&x)?;
        let dx = if saved.needs(0) {
            let over = self.over(&x);
            let gw = mul(g, &w)?;
            let along = mul(&y, &over.kept_mean(&mul(&gw, &y)?)?)?;
            Some(mul(&rstd, &sub(&sub(&gw, &over.kept_mean(&gw)?)?, &along)?)?)
        } else {
            None
        };
        let dw = if saved.needs(1) { Some(sum_to_shape(mul(g, &y)?, w.shape())?) } else { None };
        let db = if saved.needs(2) { Some(sum_to_shape(g.clone(), w.shape())?) } else { None };
        Ok([dx, dw, db].into_iter().collect())
    }
    fn jvp(&self, inputs: &[&Tensor], _: &Tensor, tangents: &[Option<Tensor>]) -> Result<Option<Tensor>> {
        let (y, rstd) = self.normalised(inputs[0])?;
        let mut moved: Option<Tensor> = tangents[2].clone();
        let mut plus = |t: Tensor| -> Result<()> {
            moved = Some(match moved.take() {
                Some(m) => add(&t, &m)?,
                None => t,
            });
            Ok(())
        };
        if let Some(t) = &tangents[1] {
            plus(mul(&y, t)?)?;
        }
        if let Some(t) = &tangents[0] {
            let over = self.over(inputs[0]);
            let along = mul(&y, &over.kept_mean(&mul(&y, t)?)?)?;
            let t = mul(&rstd, &sub(&sub(t, &over.kept_mean(t)?)?, &along)?)?;
            plus(mul(&t, inputs[1])?)?;
        }
        Ok(moved)
    }
    fn batch(&self, inputs: &[Batched], size: usize) -> Result<Option<Batched>> {
        let x = crate::transform::spread(&inputs[0], size)?;
        let run = |w: &Tensor, b: &Tensor| apply(OpRef::new(self.clone()), &[&x, w, b]);
        if inputs[1].1.is_none() && inputs[2].1.is_none() {
            return Ok(Some((run(&inputs[1].0, &inputs[2].0)?, Some(0))));
        }
        // Normalised alike, then to each example its own weight and bias.
        let shape = &x.shape()[x.ndim() - self.rank..];
        let [one, zero] = [1, 0].map(|v| Tensor::full(shape, x.dtype(), Scalar::Int(v)));
        let across = |b: &Batched| {
            let t = crate::transform::to_front(b)?;
            let mut wide: SmallVec<[usize; 6]> = smallvec::smallvec![1; x.ndim() - t.ndim()];
            if b.1.is_some() {
                wide.insert(0, t.shape()[0]);
            }
            wide.extend_from_slice(shape);
            crate::ops::view::reshape(&t, &wide)
        };
        let scaled = mul(&run(&one?, &zero?)?, &across(&inputs[1])?)?;
        Ok(Some((add(&scaled, &across(&inputs[2])?)?, Some(0))))
    }
}

/// Each slice over the last dimensions, of `shape`, brought to mean 0 and variance 1, then times `weight`, plus `bias`.
#[track_caller]
pub fn layer_norm(
    x: &Tensor,
    shape: &[i64],
    weight: Option<&Tensor>,
    bias: Option<&Tensor>,
    eps: f64,
) -> Result<Tensor> {
    if shape.is_empty() {
        return Err(Error::runtime(
            "Expected normalized_shape to be at least 1-dimensional, i.e., containing at least one element, but got normalized_shape = []",
        ));
    }
    if !x.dtype().is_float() {
        return Err(Error::runtime(format!(
            "layer_norm: not implemented for '{}'; wanted a floating-point tensor; try to(float32)",
            x.dtype().word()
        )));
    }
    let sizes: Dims = shape.iter().map(|&n| n.max(0) as usize).collect();
    if x.ndim() < sizes.len() || x.shape()[x.ndim() - sizes.len()..] != *sizes {
        return Err(Error::runtime(format!(
            "Given normalized_shape={shape:?}, expected input with shape [*, {}], but got input of size {:?}",
            shape.iter().map(i64::to_string).collect::<Vec<_>>().join(", "),
            x.shape()
        )));
    }
    let own = |t: Option<&Tensor>, what: &str, fill: i64| -> Result<Tensor> {
        let Some(t) = t else { return Tensor::full(&sizes, x.dtype(), Scalar::Int(fill)) };
        if t.shape() != &*sizes {
            return Err(Error::runtime(format!(
                "Expected {what} to be of same shape as normalized_shape, but got {what} of shape {:?} and normalized_shape = {shape:?}",
                t.shape()
            )));
        }
        if t.dtype() != x.dtype() {
            return Err(Error::runtime(format!(
                "layer_norm: expected scalar type {} but found {} in {what}; try to({})",
                x.dtype().word(),
                t.dtype().word(),
                x.dtype().name()
            )));
        }
        Ok(t.clone())
    };
    let (weight, bias) = (own(weight, "weight", 1)?, own(bias, "bias", 0)?);
    apply(OpRef::new(LayerNorm { rank: sizes.len(), eps }), &[x, &weight, &bias])
}

/// The row of the table.
static LAYER_NORM: OpInfo = OpInfo {
    name: "layer_norm",
    doc: "Each slice over the last dimensions brought to mean 0 and variance 1, then times `weight`, plus `bias`.\n\n\
          (x - mean) / sqrt(var + eps), with the variance over n, over the dimensions of `normalized_shape`, which weight\n\
          and bias have too (Ba, Kiros, Hinton, \"Layer Normalization\", 2016). Raises RuntimeError for shapes that do not\n\
          fit and for integers.\n\n\
          >>> import wengert\n\
          >>> wengert.layer_norm(wengert.tensor([[1.0, 2.0, 3.0]]), (3,))\n\
          tensor([[-1.2247,  0.0000,  1.2247]])\n",
    signature: "input: Tensor, normalized_shape: tuple[int, ...], weight: Tensor | None = None, bias: Tensor | None = None, eps: float = 1e-5, cudnn_enable: bool = True",
    returns: "Tensor",
    face: Face::FUNCTION,
    differentiable: true,
    body: Body::Call(|a| {
        let shape: SmallVec<[i64; 4]> = a.ints(1)?;
        let eps = a.number(4)?.as_f64();
        layer_norm(a.tensor(0)?, &shape, a.maybe_tensor(2)?, a.maybe_tensor(3)?, eps).map(Value::from)
    }),
    samples: &[
        "f(2, 4), (4,)",
        "f(3, 5), (5,), f(5), f(5)",
        "f(2, 3, 4), (3, 4), f(3, 4), f(3, 4), 0.1",
        "f(3, 4), (4,), weight=f(4)",
        "f(5), (5,), bias=f(5)",
    ],
};

/// The rows of this file.
pub static ROWS: &[&OpInfo] = &[&LAYER_NORM];
