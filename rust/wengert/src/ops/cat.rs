//! cat and stack: tensors joined along a dimension. Depends on views and `record`.

use crate::algebra::weight;
use crate::array::layout::{show, wrap_dim};
use crate::array::{Array, Dims, Layout, promote};
use crate::error::{Error, Result};
use crate::op::{Batched, Cotangents, Grads, Op, OpRef};
use crate::ops::table::{Body, Face, OpInfo, Value};
use crate::ops::view::slice;
use crate::record::apply;
use crate::saved::Saved;
use crate::tensor::Tensor;
use smallvec::SmallVec;

/// Joins along `dim`; `sizes` are the inputs' sizes there.
#[derive(Clone, Debug)]
struct Cat {
    dim: usize,
    sizes: Vec<usize>,
    grad_name: &'static str,
}

impl Op for Cat {
    fn name(&self) -> &str {
        "cat"
    }
    fn grad_name(&self) -> String {
        self.grad_name.to_owned()
    }
    fn forward(&self, inputs: &[&Array]) -> Result<Array> {
        let mut shape: Dims = SmallVec::from_slice(inputs[0].shape());
        shape[self.dim] = self.sizes.iter().sum();
        let out = Array::empty(Layout::contiguous(&shape)?, inputs[0].dtype())?;
        let stride = out.layout().strides()[self.dim];
        let mut at = 0;
        for x in inputs {
            let part = out.view(Layout::strided(x.shape(), out.layout().strides()), at as isize * stride);
            part.write_unseen(x);
            at += x.shape()[self.dim];
        }
        Ok(out)
    }
    fn vjp(&self, saved: &Saved<'_>, cotangents: Cotangents) -> Result<Grads> {
        let Some(Some(g)) = cotangents.first() else { return Ok(Grads::new()) };
        let mut at = 0;
        let mut grads = Grads::new();
        for (i, &n) in self.sizes.iter().enumerate() {
            grads.push(if saved.needs(i) { Some(slice(g, self.dim, at, n, 1)?) } else { None });
            at += n;
        }
        Ok(grads)
    }
    fn jvp(&self, inputs: &[&Tensor], _: &Tensor, tangents: &[Option<Tensor>]) -> Result<Option<Tensor>> {
        let parts = inputs
            .iter()
            .zip(tangents)
            .map(|(x, t)| t.clone().map_or_else(|| crate::ops::write::zeros_like(x), Ok))
            .collect::<Result<SmallVec<[Tensor; 4]>>>()?;
        let refs: SmallVec<[&Tensor; 4]> = parts.iter().collect();
        apply(OpRef::new(self.clone()), &refs).map(Some)
    }
    fn batch(&self, inputs: &[Batched], size: usize) -> Result<Option<Batched>> {
        let parts =
            inputs.iter().map(|b| crate::transform::spread(b, size)).collect::<Result<SmallVec<[Tensor; 4]>>>()?;
        let refs: SmallVec<[&Tensor; 4]> = parts.iter().collect();
        Ok(Some((apply(OpRef::new(Cat { dim: self.dim + 1, ..self.clone() }), &refs)?, Some(0))))
    }
}

/// Tensors joined along an existing dimension; dtypes promote.
#[track_caller]
pub fn cat(tensors: &[&Tensor], dim: i64) -> Result<Tensor> {
    join(tensors, dim, "CatBackward0")
}

#[track_caller]
fn join(tensors: &[&Tensor], dim: i64, grad_name: &'static str) -> Result<Tensor> {
    let Some(first) = tensors.first() else {
        return Err(Error::value("cat: expected a non-empty list of Tensors; got none"));
    };
    // An empty vector is skipped whatever the others' shapes, as in PyTorch.
    let skipped = |t: &Tensor| t.shape() == [0];
    let model = tensors.iter().copied().find(|t| !skipped(t)).unwrap_or(first);
    if model.ndim() == 0 {
        return Err(Error::runtime("cat: zero-dimensional tensor (at position 0) cannot be concatenated; try stack"));
    }
    let dim = wrap_dim("cat", dim, model.ndim())?;
    let kinds: Vec<_> = tensors.iter().map(|t| (t.dtype(), weight(t))).collect();
    let dtype = promote(&kinds);
    let mut parts: SmallVec<[Tensor; 4]> = SmallVec::new();
    for (i, t) in tensors.iter().enumerate() {
        if skipped(t) && model.ndim() != 1 {
            continue;
        }
        let fits = t.ndim() == model.ndim() && (0..t.ndim()).all(|d| d == dim || t.shape()[d] == model.shape()[d]);
        if t.ndim() != model.ndim() {
            return Err(Error::runtime(format!(
                "cat: Tensors must have same number of dimensions: got {} and {}; try unsqueeze() or reshape()",
                model.ndim(),
                t.ndim()
            )));
        }
        if !fits {
            return Err(Error::runtime(format!(
                "cat: Sizes of tensors must match except in dimension {dim}. Expected {} but got {} for tensor number {i} in the list",
                show(model.shape()),
                show(t.shape())
            )));
        }
        parts.push(crate::ops::cast(t, dtype)?);
    }
    let sizes = parts.iter().map(|t| t.shape()[dim]).collect();
    let refs: SmallVec<[&Tensor; 4]> = parts.iter().collect();
    apply(OpRef::new(Cat { dim, sizes, grad_name }), &refs)
}

/// Tensors of one shape joined along a new dimension.
#[track_caller]
pub fn stack(tensors: &[&Tensor], dim: i64) -> Result<Tensor> {
    let Some(first) = tensors.first() else {
        return Err(Error::value("stack: expected a non-empty list of Tensors; got none"));
    };
    let dim = wrap_dim("stack", dim, first.ndim() + 1)? as i64;
    let mut parts: SmallVec<[Tensor; 4]> = SmallVec::new();
    for (i, t) in tensors.iter().enumerate() {
        if t.shape() != first.shape() {
            return Err(Error::runtime(format!(
                "stack expects each tensor to be equal size, but got {} at entry 0 and {} at entry {i}",
                show(first.shape()),
                show(t.shape())
            )));
        }
        parts.push(crate::ops::view::unsqueeze(t, dim)?);
    }
    let refs: SmallVec<[&Tensor; 4]> = parts.iter().collect();
    join(&refs, dim, "StackBackward0")
}

/// The row of the table.
pub static CAT: OpInfo = OpInfo {
    name: "cat",
    doc: "Tensors joined along an existing dimension; shapes agree in the others, dtypes promote.\n\n\
          >>> import wengert\n\
          >>> wengert.cat([wengert.tensor([1, 2]), wengert.tensor([3])])\n\
          tensor([1, 2, 3])\n",
    signature: "tensors: Sequence[Tensor], dim: int = 0",
    returns: "Tensor",
    face: Face::FUNCTION,
    differentiable: true,
    body: Body::Call(|a| cat(&a.tensors(0)?, a.maybe_int(1)?.unwrap_or(0)).map(Value::from)),
    samples: &["[f(2, 3), f(1, 3)]", "[f(2, 3), f(2, 1), f(2, 2)], dim=1", "[f(3)]", "[f(2, 2), f(2, 0)], dim=-1"],
};

/// The row of the table.
pub static STACK: OpInfo = OpInfo {
    name: "stack",
    doc: "Tensors of one shape joined along a new dimension.\n\n\
          >>> import wengert\n\
          >>> wengert.stack([wengert.tensor([1, 2]), wengert.tensor([3, 4])], dim=1).tolist()\n\
          [[1, 3], [2, 4]]\n",
    signature: "tensors: Sequence[Tensor], dim: int = 0",
    returns: "Tensor",
    face: Face::FUNCTION,
    differentiable: true,
    body: Body::Call(|a| stack(&a.tensors(0)?, a.maybe_int(1)?.unwrap_or(0)).map(Value::from)),
    samples: &["[f(2, 3), f(2, 3)]", "[f(3), f(3)], dim=1", "[f(), f()]", "[f(2, 2), f(2, 2)], dim=-1"],
};

/// The rows of this file.
pub static ROWS: &[&OpInfo] = &[&CAT, &STACK];
