//! Elements at given places along one dimension, and the adjoint: what extremes, medians and losses are made of.
//! Depends on kernels and `record`. The places are an operand, so that maps over batches map over them as well.

use crate::array::{Array, DType, Dims, Layout, Scalar};
use crate::error::Result;
use crate::op::{Batched, Cotangents, Grads, Op, OpRef};
use crate::record::{apply, apply_known};
use crate::saved::Saved;
use crate::tensor::Tensor;
use crate::{with_dtype, with_float};
use smallvec::{SmallVec, smallvec};
use wengert_kernels::pick as kernel;

/// `x` at the places of `index` along `dim`; `gone` says that `index` lacks that dimension.
#[derive(Clone, Debug)]
struct Pick {
    name: &'static str,
    grad_name: &'static str,
    dim: usize,
    gone: bool,
}

/// A cotangent of `Pick` added into zeros; `n` is the size of the dimension.
#[derive(Clone, Debug)]
struct Place {
    pick: Pick,
    n: usize,
}

/// `index` seen with the dimension, as size 1 where it lacks it.
fn full_shape(pick: &Pick, index: &[usize]) -> Dims {
    let mut shape: Dims = SmallVec::from_slice(index);
    if pick.gone {
        shape.insert(pick.dim, 1);
    }
    shape
}

/// Shape, strides and step for a kernel, in three dimensions where there are more than it takes.
fn nest(pick: &Pick, index: &[usize], x: &Layout) -> (Dims, SmallVec<[isize; 4]>, isize) {
    let (shape, dim) = (full_shape(pick, index), pick.dim);
    let step = x.strides()[dim];
    let mut strides: SmallVec<[isize; 4]> = SmallVec::from_slice(x.strides());
    strides[dim] = 0;
    if shape.len() <= kernel::MOST_DIMS {
        return (shape, strides, step);
    }
    let (outer, inner) = (shape[..dim].iter().product(), shape[dim + 1..].iter().product());
    let n = x.shape()[dim];
    (smallvec![outer, shape[dim], inner], smallvec![(n * inner) as isize, 0, 1], inner as isize)
}

impl Op for Pick {
    fn name(&self) -> &str {
        self.name
    }
    fn grad_name(&self) -> String {
        self.grad_name.to_owned()
    }
    fn forward(&self, inputs: &[&Array]) -> Result<Array> {
        let index = inputs[1].contiguous()?;
        let x = if index.shape().len() > 6 { inputs[0].contiguous()? } else { inputs[0].clone() };
        let out = Array::empty(index.layout().clone(), x.dtype())?;
        let (shape, strides, step) = nest(self, index.shape(), x.layout());
        with_dtype!(x.dtype(), T => {
            // SAFETY: places were computed from the sizes of `x` or checked against them; the output is fresh.
            unsafe { kernel::pick::<T>(&shape, x.ptr(), &strides, step, index.ptr(), out.ptr()) }
        });
        Ok(out)
    }
    fn keep(&self, _: u32) -> u32 {
        2
    }
    fn vjp(&self, saved: &Saved<'_>, cotangents: Cotangents) -> Result<Grads> {
        let Some(Some(g)) = cotangents.first() else { return Ok(Grads::new()) };
        let n = saved.input_layout(0).shape()[self.dim];
        let op = Place { pick: self.clone(), n };
        Ok(smallvec![Some(apply(OpRef::new(op), &[g, &saved.input(1)?])?), None])
    }
    fn jvp(&self, inputs: &[&Tensor], _: &Tensor, tangents: &[Option<Tensor>]) -> Result<Option<Tensor>> {
        tangents[0].as_ref().map(|t| apply(OpRef::new(self.clone()), &[t, inputs[1]])).transpose()
    }
    fn batch(&self, inputs: &[Batched], size: usize) -> Result<Option<Batched>> {
        let [x, index] = [0, 1].map(|i| crate::transform::spread(&inputs[i], size));
        let op = Pick { dim: self.dim + 1, ..self.clone() };
        Ok(Some((apply(OpRef::new(op), &[&x?, &index?])?, Some(0))))
    }
}

impl Op for Place {
    fn name(&self) -> &str {
        "scatter_add"
    }
    fn grad_name(&self) -> String {
        "ScatterAddBackward0".to_owned()
    }
    fn forward(&self, inputs: &[&Array]) -> Result<Array> {
        let (g, index) = (inputs[0].contiguous()?, inputs[1].contiguous()?);
        let mut shape = full_shape(&self.pick, index.shape());
        shape[self.pick.dim] = self.n;
        let out = Array::full(Layout::contiguous(&shape)?, g.dtype(), Scalar::Int(0))?;
        let (shape, strides, step) = nest(&self.pick, index.shape(), out.layout());
        with_float!(g.dtype(), T => {
            // SAFETY: as above; `g` and `index` have the same shape.
            unsafe { kernel::add_at::<T>(&shape, out.ptr(), &strides, step, index.ptr(), g.ptr()) }
        }, else ());
        Ok(out)
    }
    fn keep(&self, _: u32) -> u32 {
        2
    }
    fn vjp(&self, saved: &Saved<'_>, cotangents: Cotangents) -> Result<Grads> {
        let Some(Some(g)) = cotangents.first() else { return Ok(Grads::new()) };
        Ok(smallvec![Some(apply(OpRef::new(self.pick.clone()), &[g, &saved.input(1)?])?), None])
    }
    fn jvp(&self, inputs: &[&Tensor], _: &Tensor, tangents: &[Option<Tensor>]) -> Result<Option<Tensor>> {
        tangents[0].as_ref().map(|t| apply(OpRef::new(self.clone()), &[t, inputs[1]])).transpose()
    }
    fn batch(&self, inputs: &[Batched], size: usize) -> Result<Option<Batched>> {
        let [g, index] = [0, 1].map(|i| crate::transform::spread(&inputs[i], size));
        let pick = Pick { dim: self.pick.dim + 1, ..self.pick.clone() };
        Ok(Some((apply(OpRef::new(Place { pick, n: self.n }), &[&g?, &index?])?, Some(0))))
    }
}

/// `x` (not 0-d) at the places of `index` along `dim`; `gone` says that `index` lacks that dimension. The places must
/// lie in it.
#[track_caller]
pub(crate) fn pick(
    (name, grad_name): (&'static str, &'static str),
    x: &Tensor,
    index: &Tensor,
    dim: usize,
    gone: bool,
) -> Result<Tensor> {
    debug_assert_eq!(index.dtype(), DType::I64);
    apply(OpRef::new(Pick { name, grad_name, dim, gone }), &[x, index])
}

/// [`pick`] of a plain `x` whose `values` are known already: only recorded.
#[track_caller]
pub(crate) fn picked(
    (name, grad_name): (&'static str, &'static str),
    x: &Tensor,
    index: &Tensor,
    dim: usize,
    gone: bool,
    values: Array,
) -> Tensor {
    apply_known(OpRef::new(Pick { name, grad_name, dim, gone }), &[x, index], values)
}

/// `g` added into zeros, `n` along `dim`, at the places of `index`: the adjoint of [`pick`].
#[track_caller]
pub(crate) fn place(g: &Tensor, index: &Tensor, dim: usize, gone: bool, n: usize) -> Result<Tensor> {
    let pick = Pick { name: "gather", grad_name: "GatherBackward0", dim, gone };
    apply(OpRef::new(Place { pick, n }), &[g, index])
}
