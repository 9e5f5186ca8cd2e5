//! prod: its derivative is the product of all the other elements, right where elements are zero, in any order.

use super::*;
use crate::ops::scan::{running, shifted};
use crate::ops::view::{permute, reshape};
use crate::ops::{div, mul};
use crate::with_dtype;
use wengert_kernels::truth;

/// Product over dimensions.
#[derive(Clone, Debug)]
struct Prod(Reduced);

impl Prod {
    /// At each element the product of the others along the reduced dimensions, by recorded operations.
    fn others(&self, x: &Tensor) -> Result<Tensor> {
        if x.ndim() == 0 {
            return Tensor::scalar(x.dtype(), crate::Scalar::Int(1));
        }
        let dims = &self.0.dims;
        let order: SmallVec<[usize; 4]> =
            (0..x.ndim()).filter(|&d| !dims[d]).chain((0..x.ndim()).filter(|&d| dims[d])).collect();
        let front = |t: &Tensor, order: &[usize]| {
            let order: SmallVec<[i64; 4]> = order.iter().map(|&d| d as i64).collect();
            permute(t, &order)
        };
        let last = front(x, &order)?;
        let n = self.0.count(x.shape());
        let flat = reshape(&last, &[x.numel().checked_div(n).unwrap_or(0), n])?;
        let before = shifted(&running(&flat, 1, false)?, 1, false, 1.0)?;
        let after = shifted(&running(&flat, 1, true)?, 1, true, 1.0)?;
        let others = reshape(&mul(&before, &after)?, last.shape())?;
        let mut back: SmallVec<[usize; 4]> = smallvec![0; order.len()];
        order.iter().enumerate().for_each(|(i, &d)| back[d] = i);
        front(&others, &back)
    }
}

impl Op for Prod {
    fn name(&self) -> &str {
        "prod"
    }
    fn grad_name(&self) -> String {
        if self.0.all { "ProdBackward0" } else { "ProdBackward1" }.to_owned()
    }
    fn forward(&self, inputs: &[&Array]) -> Result<Array> {
        let x = inputs[0];
        let out = Array::empty(Layout::contiguous(&self.0.shape(x.shape()))?, x.dtype())?;
        with_dtype!(x.dtype(), T => {
            // SAFETY: a fresh row-major output with one element for each of the kept ones.
            unsafe { truth::prod::<T>(x.shape(), x.ptr(), x.layout().strides(), &self.0.dims, out.ptr()) }
        });
        Ok(out)
    }
    fn keep(&self, _: u32) -> u32 {
        1 | crate::op::OUTPUT
    }
    fn vjp(&self, saved: &Saved<'_>, cotangents: Cotangents) -> Result<Grads> {
        let Some(Some(g)) = cotangents.first() else { return Ok(Grads::new()) };
        let x = saved.input(0)?;
        let y = saved.output()?;
        // A quotient is right where nothing vanished or overflowed on the way.
        if !saved.create_graph() && is_normal(y.array())? {
            let gy = self.0.spread(&mul(g, &y)?, x.shape())?;
            return Ok(smallvec![Some(div(&gy, &x)?)]);
        }
        Ok(smallvec![Some(mul(&self.0.spread(g, x.shape())?, &self.others(&x)?)?)])
    }
    fn jvp(&self, inputs: &[&Tensor], _: &Tensor, tangents: &[Option<Tensor>]) -> Result<Option<Tensor>> {
        let Some(t) = &tangents[0] else { return Ok(None) };
        apply(OpRef::new(Sum(self.0.clone())), &[&mul(t, &self.others(inputs[0])?)?]).map(Some)
    }
    fn batch(&self, inputs: &[Batched], _: usize) -> Result<Option<Batched>> {
        let x = crate::transform::to_front(&inputs[0])?;
        Ok(Some((apply(OpRef::new(Prod(self.0.below())), &[&x])?, Some(0))))
    }
}

/// Whether every element is a normal number: no zero, no infinity, no NaN, nothing on the brink of zero.
fn is_normal(y: &Array) -> Result<bool> {
    let y = y.contiguous()?;
    Ok(with_float!(y.dtype(), T => {
        // SAFETY: row-major, of that dtype.
        let values = unsafe { std::slice::from_raw_parts(y.ptr::<T>(), y.numel()) };
        values.iter().all(|v| v.is_normal())
    }, else false))
}

/// Product over `dims` (all when None); bool and integers multiply as int64.
#[track_caller]
pub fn prod(x: &Tensor, dims: Option<&[i64]>, keepdim: bool) -> Result<Tensor> {
    let x = if x.dtype().is_float() { x.clone() } else { crate::ops::cast(x, DType::I64)? };
    apply(OpRef::new(Prod(Reduced::new("prod", &x, dims, keepdim)?)), &[&x])
}

/// The row of the table.
pub static PROD: OpInfo = OpInfo {
    name: "prod",
    doc: "Product over `dim` (all dimensions when None); integers and bool multiply as int64 unless `dtype` is given.\n\n\
          The gradient, of any order, is right where elements are zero. An empty product is 1.\n\n\
          >>> import wengert\n\
          >>> wengert.prod(wengert.tensor([[1.0, 2.0], [3.0, 4.0]]), dim=0)\n\
          tensor([3., 8.])\n",
    signature: "input: Tensor, dim: int | tuple[int, ...] | None = None, keepdim: bool = False, *, dtype: dtype | None = None",
    returns: "Tensor",
    face: Face::BOTH,
    differentiable: true,
    body: Body::Call(|a| {
        let x = a.tensor(0)?;
        let dims = a.maybe_ints(1)?;
        if let Some(dtype) = a.maybe_dtype(3)? {
            let x = crate::ops::cast(x, dtype)?;
            return crate::ops::cast(&prod(&x, dims.as_deref(), a.flag(2)?)?, dtype).map(Value::from);
        }
        prod(x, dims.as_deref(), a.flag(2)?).map(Value::from)
    }),
    samples: &[
        "f(2, 3)",
        "f(2, 3), dim=1",
        "f(2, 3, 2), dim=(0, 2), keepdim=True",
        "f()",
        "f(0, 3), dim=0",
        "f(3, lo=0.0, hi=0.0)",
        "i(2, 3), dim=-1",
    ],
};
