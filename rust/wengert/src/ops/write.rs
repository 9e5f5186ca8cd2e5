//! Ops that stand for writes: `copy_`, `fill_`, a write through a view, and `embed`, the adjoint of a partial view.
//! Depends on `record`, `inplace` and views only as data.

use crate::array::{Array, DType, Dims, Layout, Scalar};
use crate::error::{Error, Result};
use crate::op::{Batched, Cotangents, Grads, Op, OpRef};
use crate::ops::table::{Body, Face, OpInfo};
use crate::ops::view::Rule;
use crate::record::{apply, apply1, record_only};
use crate::saved::Saved;
use crate::tape::Edge;
use crate::tensor::Tensor;
use smallvec::{SmallVec, smallvec};

/// `target.copy_(source)`: inputs target and source; only the source matters to the result.
#[derive(Debug)]
struct Copy;

impl Op for Copy {
    fn name(&self) -> &str {
        "copy"
    }
    fn grad_name(&self) -> String {
        "CopyBackwards".to_owned()
    }
    fn forward(&self, inputs: &[&Array]) -> Result<Array> {
        let out = Array::empty(Layout::contiguous(inputs[0].shape())?, inputs[0].dtype())?;
        out.write_unseen(inputs[1]);
        Ok(out)
    }
    fn vjp(&self, saved: &Saved<'_>, mut cotangents: Cotangents) -> Result<Grads> {
        let Some(g) = cotangents[0].take() else { return Ok(Grads::new()) };
        let target = if saved.needs(0) { Some(nothing(&g)?) } else { None };
        if !saved.needs(1) {
            return Ok(smallvec![target]);
        }
        let g = crate::ops::sum_to(g, saved.input_layout(1))?;
        Ok(smallvec![target, Some(crate::ops::cast(&g, saved.input_dtype(1))?)])
    }
    fn jvp(&self, inputs: &[&Tensor], _: &Tensor, tangents: &[Option<Tensor>]) -> Result<Option<Tensor>> {
        let Some(t) = &tangents[1] else { return Ok(None) };
        let t = crate::ops::cast(t, inputs[0].dtype())?;
        crate::ops::view::expand(&t, inputs[0].shape()).map(Some)
    }
}

/// What `copy_` does.
pub(crate) const COPY: OpRef = OpRef::Static(&Copy);

/// The node of `target.copy_(source)`.
#[track_caller]
pub(crate) fn record_copy(target: &Tensor, source: &Tensor) -> Edge {
    record_only(COPY, &[target, source], target.layout(), target.dtype())
}

/// `target.fill_(number)`: nothing of the input remains.
#[derive(Debug)]
struct Fill {
    /// Whether it was `zero_`.
    zero: bool,
}

impl Op for Fill {
    fn name(&self) -> &str {
        "fill"
    }
    fn grad_name(&self) -> String {
        if self.zero { "ZeroBackward0" } else { "FillBackward2" }.to_owned()
    }
    fn forward(&self, inputs: &[&Array]) -> Result<Array> {
        inputs[0].copied()
    }
    fn vjp(&self, _: &Saved<'_>, cotangents: Cotangents) -> Result<Grads> {
        let Some(Some(g)) = cotangents.first() else { return Ok(Grads::new()) };
        Ok(smallvec![Some(nothing(g)?)])
    }
    fn jvp(&self, _: &[&Tensor], _: &Tensor, _: &[Option<Tensor>]) -> Result<Option<Tensor>> {
        Ok(None)
    }
}

/// The cotangent of what was overwritten: zeros that take no memory.
fn nothing(g: &Tensor) -> Result<Tensor> {
    crate::ops::view::expand(&Tensor::scalar(g.dtype(), Scalar::Int(0))?, g.shape())
}

/// What `fill_` and `zero_` do.
pub(crate) fn fill_op(zero: bool) -> OpRef {
    OpRef::Static(if zero { &Fill { zero: true } } else { &Fill { zero: false } })
}

/// The node of `target.fill_(number)`.
#[track_caller]
pub(crate) fn record_fill(target: &Tensor, zero: bool) -> Edge {
    record_only(fill_op(zero), &[target], target.layout(), target.dtype())
}

/// A chain of view ops from a base of known shape, applied to any array or tensor of that shape.
pub(crate) fn follow(chain: &[OpRef], x: &Tensor) -> Result<Tensor> {
    let mut at = x.clone();
    for op in chain {
        at = apply(op.clone(), &[&at])?;
    }
    Ok(at)
}

fn follow_array(chain: &[OpRef], x: &Array) -> Result<Array> {
    let mut at = x.clone();
    for op in chain {
        at = op.get().forward(&[&at])?;
    }
    Ok(at)
}

/// The base with the part that a chain of views shows replaced by a value: inputs base and value. PyTorch's CopySlices.
#[derive(Debug)]
struct Scatter {
    chain: SmallVec<[OpRef; 1]>,
    names: (&'static str, &'static str),
}

const WRITE: (&str, &str) = ("scatter_view", "CopySlices");

impl Op for Scatter {
    fn name(&self) -> &str {
        self.names.0
    }
    fn grad_name(&self) -> String {
        self.names.1.to_owned()
    }
    fn forward(&self, inputs: &[&Array]) -> Result<Array> {
        let out = inputs[0].duplicate()?;
        follow_array(&self.chain, &out)?.write_unseen(inputs[1]);
        Ok(out)
    }
    fn vjp(&self, saved: &Saved<'_>, mut cotangents: Cotangents) -> Result<Grads> {
        let Some(g) = cotangents[0].take() else { return Ok(Grads::new()) };
        drop(cotangents);
        // What a view shows may depend on strides, and those of a cotangent are not the base's.
        let base = saved.input_layout(0);
        let fits = g.layout().strides() == base.strides() && g.layout().is_dense() && !g.is_lifted();
        let g = if fits { g } else { crate::ops::convert::placed_copy(&g, base)? };
        let part = match (saved.needs(1), saved.create_graph()) {
            (false, _) => None,
            (true, true) => Some(crate::ops::convert::row_major_copy(&follow(&self.chain, &g)?)?),
            // On the array: a view of the tensor would make it a base, and no longer nobody else's.
            (true, false) => Some(Tensor::from_array(follow_array(&self.chain, g.array())?.copied()?)),
        };
        if !saved.needs(0) {
            return Ok(smallvec![None, part]);
        }
        if !saved.create_graph() && g.array().is_unique() && g.layout().is_dense() {
            // Nobody else knows this cotangent: the written part is zeroed where it lies.
            follow_array(&self.chain, g.array())?.fill_unseen(Scalar::Int(0));
            return Ok(smallvec![Some(g), part]);
        }
        let hole = Tensor::scalar(g.dtype(), Scalar::Int(0))?;
        let hole = crate::ops::view::expand(&hole, follow_array(&self.chain, g.array())?.shape())?;
        Ok(smallvec![Some(scatter(&self.chain, &g, &hole)?), part])
    }
    fn jvp(&self, inputs: &[&Tensor], _: &Tensor, tangents: &[Option<Tensor>]) -> Result<Option<Tensor>> {
        let tangent = |i: usize| -> Result<Tensor> {
            match &tangents[i] {
                Some(t) => Ok(t.clone()),
                None => Tensor::zeros(inputs[i].layout(), inputs[i].dtype()),
            }
        };
        scatter(&self.chain, &tangent(0)?, &tangent(1)?).map(Some)
    }
}

/// `base` with the part shown by `chain` replaced by `value`, out of place.
#[track_caller]
pub(crate) fn scatter(chain: &[OpRef], base: &Tensor, value: &Tensor) -> Result<Tensor> {
    scatter_as(WRITE, chain, base, value)
}

/// The same under names of an operation that is no write.
#[track_caller]
pub(crate) fn scatter_as(
    names: (&'static str, &'static str),
    chain: &[OpRef],
    base: &Tensor,
    value: &Tensor,
) -> Result<Tensor> {
    apply(OpRef::new(Scatter { chain: chain.iter().cloned().collect(), names }), &[base, value])
}

/// The node of a write into `base` through `chain`.
#[track_caller]
pub(crate) fn record_scatter(chain: &[OpRef], base: &Tensor, value: &Tensor) -> Edge {
    record_only(
        OpRef::new(Scatter { chain: chain.iter().cloned().collect(), names: WRITE }),
        &[base, value],
        base.layout(),
        base.dtype(),
    )
}

/// Zeros of `shape` with the part that a view rule shows replaced by the input: the adjoint of that view.
#[derive(Debug, Clone)]
struct Embed<V> {
    rule: V,
    shape: Dims,
    grad_name: Option<&'static str>,
}

impl<V: Rule> Op for Embed<V> {
    fn name(&self) -> &str {
        "embed"
    }
    fn grad_name(&self) -> String {
        // PyTorch: the node of select's adjoint is SelectBackwardBackward0.
        self.grad_name.map_or_else(|| self.rule.grad_name().replacen("Backward", "BackwardBackward", 1), str::to_owned)
    }
    fn forward(&self, inputs: &[&Array]) -> Result<Array> {
        let out = Array::full(Layout::contiguous(&self.shape)?, inputs[0].dtype(), Scalar::Int(0))?;
        let (layout, offset) = self.rule.geometry(out.layout())?;
        out.view(layout, offset).write_unseen(inputs[0]);
        Ok(out)
    }
    fn vjp(&self, _: &Saved<'_>, cotangents: Cotangents) -> Result<Grads> {
        let Some(Some(g)) = cotangents.first() else { return Ok(Grads::new()) };
        Ok(smallvec![Some(crate::ops::view::run(self.rule.clone(), g)?)])
    }
    fn jvp(&self, _: &[&Tensor], _: &Tensor, tangents: &[Option<Tensor>]) -> Result<Option<Tensor>> {
        tangents[0].as_ref().map(|t| apply(OpRef::new(self.clone()), &[t])).transpose()
    }
    fn batch(&self, inputs: &[Batched], size: usize) -> Result<Option<Batched>> {
        let x = crate::transform::to_front(&inputs[0])?;
        let shape = std::iter::once(size).chain(self.shape.iter().copied()).collect();
        let below = Embed { rule: self.rule.below(size), shape, grad_name: self.grad_name };
        Ok(Some((apply(OpRef::new(below), &[&x])?, Some(0))))
    }
}

/// The adjoint of a partial view: `g` set into zeros of `shape`.
pub(crate) fn embed<V: Rule>(rule: V, g: &Tensor, shape: &[usize]) -> Result<Tensor> {
    apply(OpRef::new(Embed { rule, shape: SmallVec::from_slice(shape), grad_name: None }), &[g])
}

/// [`embed`] as an operation of its own, under the name of its node.
#[track_caller]
pub(crate) fn embed_as<V: Rule>(name: &'static str, rule: V, x: &Tensor, shape: &[usize]) -> Result<Tensor> {
    apply(OpRef::new(Embed { rule, shape: SmallVec::from_slice(shape), grad_name: Some(name) }), &[x])
}

/// A value with the gradient cut for elements where a mask says so is `where`; this one zeroes all of it (`zero_`'s
/// out-of-place form, for transforms).
#[derive(Debug)]
struct ZerosLike;

impl Op for ZerosLike {
    fn name(&self) -> &str {
        "zeros_like"
    }
    fn grad_name(&self) -> String {
        "ZerosLikeBackward0".to_owned()
    }
    fn forward(&self, inputs: &[&Array]) -> Result<Array> {
        Array::full_over(Layout::over(&[inputs[0].layout()], inputs[0].shape())?, inputs[0].dtype(), Scalar::Int(0))
    }
    fn vjp(&self, _: &Saved<'_>, _: Cotangents) -> Result<Grads> {
        Ok(Grads::new())
    }
    fn jvp(&self, _: &[&Tensor], _: &Tensor, _: &[Option<Tensor>]) -> Result<Option<Tensor>> {
        Ok(None)
    }
    fn batch(&self, inputs: &[Batched], _: usize) -> Result<Option<Batched>> {
        Ok(Some((apply1(&ZerosLike, &inputs[0].0)?, inputs[0].1)))
    }
    fn is_differentiable(&self) -> bool {
        false
    }
}

/// One value in the shape of `x`, dimensions in the same order in memory; a wrapped `x` lends its shape.
pub fn full_like(x: &Tensor, dtype: DType, value: Scalar) -> Result<Tensor> {
    let layout = if x.is_lifted() { Layout::contiguous(x.shape())? } else { Layout::over(&[x.layout()], x.shape())? };
    Ok(Tensor::from_array(Array::full_over(layout, dtype, value)?))
}

/// Zeros of the same shape and dtype, whatever wraps the input.
pub fn zeros_like(x: &Tensor) -> Result<Tensor> {
    apply1(&ZerosLike, x)
}

/// The row of the table.
pub static COPY_: OpInfo = OpInfo {
    name: "copy_",
    doc: "Overwrites the tensor with `src`, broadcast and cast; returns the tensor.\n\n\
          >>> import wengert\n\
          >>> wengert.zeros(2).copy_(wengert.tensor([1.0, 2.0]))\n\
          tensor([1., 2.])\n",
    signature: "input: Tensor, src: Tensor | Number, non_blocking: bool = False",
    returns: "Tensor",
    face: Face::WRITE,
    differentiable: true,
    body: Body::Write(|x, a| match a.operand(1)? {
        crate::ops::Operand::Tensor(t) => crate::inplace::copy_(x, t),
        crate::ops::Operand::Number(v) => crate::inplace::copy_(x, &Tensor::scalar(v.dtype(), v)?),
    }),
    samples: &[],
};

/// The row of the table.
pub static FILL_: OpInfo = OpInfo {
    name: "fill_",
    doc: "Overwrites every element with `value`; returns the tensor.\n\n\
          >>> import wengert\n\
          >>> wengert.zeros(2).fill_(7.0)\n\
          tensor([7., 7.])\n",
    signature: "input: Tensor, value: Tensor | Number",
    returns: "Tensor",
    face: Face::WRITE,
    differentiable: true,
    body: Body::Write(|x, a| match a.operand(1)? {
        crate::ops::Operand::Number(v) => crate::inplace::fill_(x, v),
        crate::ops::Operand::Tensor(t) if t.ndim() == 0 => crate::inplace::copy_(x, t),
        crate::ops::Operand::Tensor(t) => Err(Error::runtime(format!(
            "fill_ only supports 0-dimension value tensor but got tensor with {} dimensions; try copy_()",
            t.ndim()
        ))),
    }),
    samples: &[],
};

/// The row of the table.
pub static ZERO_: OpInfo = OpInfo {
    name: "zero_",
    doc: "Overwrites every element with 0; returns the tensor.\n\n\
          >>> import wengert\n\
          >>> wengert.ones(2).zero_()\n\
          tensor([0., 0.])\n",
    signature: "input: Tensor",
    returns: "Tensor",
    face: Face::WRITE,
    differentiable: true,
    body: Body::Write(|x, _| crate::inplace::zero_(x)),
    samples: &[],
};

/// The rows of this file.
pub static ROWS: &[&OpInfo] = &[&COPY_, &FILL_, &ZERO_];
