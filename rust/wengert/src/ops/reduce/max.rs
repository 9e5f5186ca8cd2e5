//! max: the largest element, or the largest along a dimension with its index.
//!
//! Over all elements, ties share the gradient evenly; along a dimension the first index gets all of it (as PyTorch).

use super::*;
use crate::ops::index::{put_along, take_along};
use crate::with_dtype;

/// The largest of all elements.
#[derive(Debug)]
struct MaxAll;

/// 1 / (number of ties) where `x` equals the maximum, else 0; a constant as far as derivatives go.
fn tie_weights(x: &Tensor, y: &Tensor) -> Result<Tensor> {
    let (x, y) = (&x.detach(), &y.detach());
    // Where the maximum is NaN, the NaNs are what attained it. Sum and product of masks are `or` and `and`.
    let both_nan = crate::ops::mul(&crate::ops::ne(x, x)?, &crate::ops::ne(y, y)?)?;
    let mask = crate::ops::add(&crate::ops::eq(x, y)?, &both_nan)?;
    let mask = crate::ops::cast(&mask, x.dtype())?;
    crate::ops::div(&mask, &sum(&mask, None, false)?)
}

impl Op for MaxAll {
    fn name(&self) -> &str {
        "max"
    }
    fn grad_name(&self) -> String {
        "MaxBackward1".to_owned()
    }
    fn forward(&self, inputs: &[&Array]) -> Result<Array> {
        let x = inputs[0];
        if x.numel() == 0 {
            return Err(Error::runtime(
                "max(): expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with the 'dim' argument",
            ));
        }
        let out = Array::empty(crate::array::layout::Layout::contiguous(&[])?, x.dtype())?;
        let all: SmallVec<[bool; 4]> = smallvec![true; x.shape().len()];
        // SAFETY: a fresh output of one element.
        with_dtype!(x.dtype(), T => unsafe { kernel::max::<T>(x.shape(), x.ptr(), x.layout().strides(), &all, out.ptr()) });
        Ok(out)
    }
    fn keep(&self, _: u32) -> u32 {
        1 | crate::op::OUTPUT
    }
    fn vjp(&self, saved: &Saved<'_>, cotangents: Cotangents) -> Result<Grads> {
        let Some(Some(g)) = cotangents.first() else { return Ok(Grads::new()) };
        let weights = tie_weights(&saved.input(0)?, &saved.output()?)?;
        Ok(smallvec![Some(crate::ops::mul(g, &weights)?)])
    }
    fn jvp(&self, inputs: &[&Tensor], out: &Tensor, tangents: &[Option<Tensor>]) -> Result<Option<Tensor>> {
        let Some(t) = &tangents[0] else { return Ok(None) };
        let weights = tie_weights(inputs[0], out)?;
        sum(&crate::ops::mul(t, &weights)?, None, false).map(Some)
    }
}

/// The largest along `dim`; `index` (of the output's shape) says where it was.
#[derive(Debug)]
struct MaxDim {
    dim: usize,
    keepdim: bool,
    index: Tensor,
}

impl MaxDim {
    fn kept(&self) -> Result<Tensor> {
        if self.keepdim { Ok(self.index.clone()) } else { crate::ops::view::unsqueeze(&self.index, self.dim as i64) }
    }
    fn pick(&self, x: &Tensor) -> Result<Tensor> {
        if x.ndim() == 0 {
            return crate::ops::clone(x);
        }
        let y = take_along(x, &self.kept()?, self.dim)?;
        if self.keepdim { Ok(y) } else { crate::ops::view::squeeze(&y, Some(&[self.dim as i64])) }
    }
}

impl Op for MaxDim {
    fn name(&self) -> &str {
        "max"
    }
    fn grad_name(&self) -> String {
        "MaxBackward0".to_owned()
    }
    fn forward(&self, inputs: &[&Array]) -> Result<Array> {
        let out = self.pick(&Tensor::from_array(inputs[0].clone()))?;
        out.array().copied()
    }
    fn vjp(&self, saved: &Saved<'_>, cotangents: Cotangents) -> Result<Grads> {
        let Some(Some(g)) = cotangents.first() else { return Ok(Grads::new()) };
        let input = saved.input_layout(0).shape();
        if input.is_empty() {
            return Ok(smallvec![Some(g.clone())]);
        }
        let g = if self.keepdim { g.clone() } else { crate::ops::view::unsqueeze(g, self.dim as i64)? };
        Ok(smallvec![Some(put_along(&g, &self.kept()?, self.dim, input)?)])
    }
    fn jvp(&self, _: &[&Tensor], _: &Tensor, tangents: &[Option<Tensor>]) -> Result<Option<Tensor>> {
        tangents[0].as_ref().map(|t| self.pick(t)).transpose()
    }
}

/// The largest element (`dim` None), or the largest along `dim` and its index.
#[track_caller]
pub fn max(x: &Tensor, dim: Option<i64>, keepdim: bool) -> Result<(Tensor, Option<Tensor>)> {
    let Some(dim) = dim else {
        return Ok((apply(OpRef::Static(&MaxAll), &[x])?, None));
    };
    let dim = wrap_dim("max", dim, x.ndim())?;
    if let Some((value, level)) = crate::transform::outermost_batch(x) {
        if x.ndim() == 0 {
            let (index, y) = (crate::ops::write::zeros_like(x)?, crate::ops::clone(x)?);
            return Ok((y, Some(crate::ops::cast(&index, DType::I64)?)));
        }
        let (values, indices) = max(&value, Some(dim as i64 + 1), keepdim)?;
        let wrap = |t: Tensor| crate::transform::make_batched(&t, level);
        return Ok((wrap(values), indices.map(wrap)));
    }
    let index = index_of_max(x, dim, keepdim)?;
    let op = MaxDim { dim, keepdim, index: index.clone() };
    Ok((apply(OpRef::new(op), &[x])?, Some(index)))
}

/// Where the largest elements along `dim` are; a constant.
fn index_of_max(x: &Tensor, dim: usize, keepdim: bool) -> Result<Tensor> {
    let Some(plain) = crate::transform::plain_value(x) else {
        return Err(Error::not_implemented(
            "max over a dim has no batching rule yet; got a batched tensor; try max() outside vmap",
        ));
    };
    let x = &plain;
    if x.ndim() == 0 {
        return Tensor::scalar(DType::I64, crate::Scalar::Int(0));
    }
    if x.shape()[dim] == 0 {
        return Err(Error::index(format!(
            "max(): Expected reduction dim {dim} to have non-zero size; got shape {:?}",
            x.shape()
        )));
    }
    let mut dims: SmallVec<[bool; 4]> = smallvec![false; x.ndim()];
    dims[dim] = true;
    let shape = Reduced { dims, keepdim, all: false }.shape(x.shape());
    let values = Array::empty(Layout::contiguous(&shape)?, x.dtype())?;
    let index = Array::empty(Layout::contiguous(&shape)?, DType::I64)?;
    let a = x.array();
    // SAFETY: fresh row-major outputs with one element for each of the kept ones.
    with_dtype!(x.dtype(), T => unsafe {
        kernel::max_index::<T>(a.shape(), a.ptr(), a.layout().strides(), dim, values.ptr(), index.ptr())
    });
    Ok(Tensor::from_array(index))
}

/// The row of the table.
pub static MAX: OpInfo = OpInfo {
    name: "max",
    doc: "Largest element; along `dim`, largest values and their first indices.\n\n\
          Over all elements ties share the gradient; along a dimension the first index gets it.\n\n\
          >>> import wengert\n\
          >>> wengert.max(wengert.tensor([1.0, 3.0, 2.0]))\n\
          tensor(3.)\n\
          >>> values, indices = wengert.max(wengert.tensor([[1.0, 3.0], [4.0, 2.0]]), dim=1)\n\
          >>> indices\n\
          tensor([1, 0])\n",
    signature: "input: Tensor, dim: int | None = None, keepdim: bool = False",
    returns: "Any",
    face: Face::BOTH,
    differentiable: true,
    body: Body::Call(|a| {
        if let Value::Tensor(other) = a.get(1) {
            let x = a.tensor(0)?;
            // The elementwise form: the larger of two tensors.
            return crate::ops::where_(&crate::ops::ge(x, other)?, x, other).map(Value::from);
        }
        Ok(match max(a.tensor(0)?, a.maybe_int(1)?, a.flag(2)?)? {
            (values, None) => Value::from(values),
            (values, Some(indices)) => Value::Named("max", vec![("values", values), ("indices", indices)]),
        })
    }),
    samples: &["f(2, 3)", "f(2, 3), dim=1", "f(2, 3, 4), dim=0, keepdim=True", "f()"],
};
