//! amax, amin, aminmax, and max and min of everything: ties share the gradient evenly.

use super::max::{End, check_any, check_length};
use super::*;
use crate::with_dtype;

/// The extreme over dimensions.
#[derive(Clone, Debug)]
struct Extreme {
    end: End,
    name: &'static str,
    grad_name: &'static str,
    over: Reduced,
}

/// Weights of ties: 1 / (their number) where `x` equals the extreme, else 0. A constant to derivatives.
pub(super) fn tie_weights(x: &Tensor, y: &Tensor, over: &Reduced) -> Result<Tensor> {
    let (x, y) = (&x.detach(), &over.spread(&y.detach(), x.shape())?);
    // Where the extreme is NaN, the NaNs are what attained it. Sum and product of masks are `or` and `and`.
    let both_nan = crate::ops::mul(&crate::ops::ne(x, x)?, &crate::ops::ne(y, y)?)?;
    let mask = crate::ops::add(&crate::ops::eq(x, y)?, &both_nan)?;
    let mask = crate::ops::cast(&mask, x.dtype())?;
    let kept = Reduced { keepdim: true, ..over.clone() };
    crate::ops::div(&mask, &apply(OpRef::new(Sum(kept)), &[&mask])?)
}

impl Op for Extreme {
    fn name(&self) -> &str {
        self.name
    }
    fn grad_name(&self) -> String {
        self.grad_name.to_owned()
    }
    fn forward(&self, inputs: &[&Array]) -> Result<Array> {
        let x = inputs[0];
        let out = Array::empty(Layout::contiguous(&self.over.shape(x.shape()))?, x.dtype())?;
        let (s, xs, dims) = (x.shape(), x.layout().strides(), &self.over.dims);
        with_dtype!(x.dtype(), T => {
            // SAFETY: a fresh row-major output with one element for each of the kept ones.
            unsafe {
                match self.end {
                    End::Max => kernel::max::<T>(s, x.ptr(), xs, dims, out.ptr()),
                    End::Min => kernel::min::<T>(s, x.ptr(), xs, dims, out.ptr()),
                }
            }
        });
        Ok(out)
    }
    fn keep(&self, _: u32) -> u32 {
        1 | crate::op::OUTPUT
    }
    fn vjp(&self, saved: &Saved<'_>, cotangents: Cotangents) -> Result<Grads> {
        let Some(Some(g)) = cotangents.first() else { return Ok(Grads::new()) };
        let x = saved.input(0)?;
        let weights = tie_weights(&x, &saved.output()?, &self.over)?;
        Ok(smallvec![Some(crate::ops::mul(&self.over.spread(g, x.shape())?, &weights)?)])
    }
    fn jvp(&self, inputs: &[&Tensor], out: &Tensor, tangents: &[Option<Tensor>]) -> Result<Option<Tensor>> {
        let Some(t) = &tangents[0] else { return Ok(None) };
        let weights = tie_weights(inputs[0], out, &self.over)?;
        apply(OpRef::new(Sum(self.over.clone())), &[&crate::ops::mul(t, &weights)?]).map(Some)
    }
    fn batch(&self, inputs: &[Batched], _: usize) -> Result<Option<Batched>> {
        let x = crate::transform::to_front(&inputs[0])?;
        Ok(Some((apply(OpRef::new(Extreme { over: self.over.below(), ..self.clone() }), &[&x])?, Some(0))))
    }
}

/// The extreme over the dimensions of `over`.
#[track_caller]
pub(super) fn extreme(
    end: End,
    (name, grad_name): (&'static str, &'static str),
    x: &Tensor,
    over: Reduced,
) -> Result<Tensor> {
    apply(OpRef::new(Extreme { end, name, grad_name, over }), &[x])
}

#[track_caller]
fn over_dims(end: End, x: &Tensor, dims: Option<&[i64]>, keepdim: bool) -> Result<Tensor> {
    let name = end.pick("amax", "amin");
    let over = Reduced::new(name, x, dims, keepdim)?;
    if over.all {
        check_any(name, x)?;
    }
    for d in (0..x.ndim()).filter(|&d| over.dims[d]) {
        check_length(name, x, d)?;
    }
    extreme(end, (name, end.pick("AmaxBackward0", "AminBackward0")), x, over)
}

/// The largest elements over `dims` (all when None); ties share the gradient.
#[track_caller]
pub fn amax(x: &Tensor, dims: Option<&[i64]>, keepdim: bool) -> Result<Tensor> {
    over_dims(End::Max, x, dims, keepdim)
}

/// The smallest elements over `dims` (all when None); ties share the gradient.
#[track_caller]
pub fn amin(x: &Tensor, dims: Option<&[i64]>, keepdim: bool) -> Result<Tensor> {
    over_dims(End::Min, x, dims, keepdim)
}

macro_rules! rows {
    ($($info:ident $name:literal $f:ident $doc:expr;)*) => {$(
        /// The row of the table.
        pub static $info: OpInfo = OpInfo {
            name: $name,
            doc: $doc,
            signature: "input: Tensor, dim: int | tuple[int, ...] | None = None, keepdim: bool = False",
            returns: "Tensor",
            face: Face::BOTH,
            differentiable: true,
            body: Body::Call(|a| $f(a.tensor(0)?, a.maybe_ints(1)?.as_deref(), a.flag(2)?).map(Value::from)),
            samples: &["f(2, 3)", "f(2, 3), dim=1", "f(2, 3, 4), dim=(0, 2), keepdim=True", "f()", "i(2, 3), dim=-1", "b(2, 3), dim=0"],
        };
    )*};
}
rows! {
    AMAX "amax" amax
    "Largest elements over `dim` (all dimensions when None or empty); ties share the gradient evenly.\n\n\
     NaN counts as largest. Raises IndexError for an empty dimension, RuntimeError for no elements at all.\n\n\
     >>> import wengert\n\
     >>> wengert.amax(wengert.tensor([[1.0, 3.0], [4.0, 2.0]]), dim=0)\n\
     tensor([4., 3.])\n";
    AMIN "amin" amin
    "Smallest elements over `dim` (all dimensions when None or empty); ties share the gradient evenly.\n\n\
     NaN counts as smallest. Raises IndexError for an empty dimension, RuntimeError for no elements at all.\n\n\
     >>> import wengert\n\
     >>> wengert.amin(wengert.tensor([[1.0, 3.0], [4.0, 2.0]]), dim=0)\n\
     tensor([1., 2.])\n";
}

/// The row of the table.
pub static AMINMAX: OpInfo = OpInfo {
    name: "aminmax",
    doc: "Smallest and largest elements along `dim` (of all when None), as a named tuple (min, max).\n\n\
          >>> import wengert\n\
          >>> low, high = wengert.aminmax(wengert.tensor([1.0, 3.0, 2.0]))\n\
          >>> low, high\n\
          (tensor(1.), tensor(3.))\n",
    signature: "input: Tensor, *, dim: int | None = None, keepdim: bool = False",
    returns: "tuple[Tensor, Tensor]",
    face: Face::BOTH,
    differentiable: true,
    body: Body::Call(|a| {
        let x = a.tensor(0)?;
        let dim: SmallVec<[i64; 1]> = a.maybe_int(1)?.into_iter().collect();
        if dim.is_empty() && x.numel() == 0 {
            return Err(Error::runtime(
                "aminmax(): cannot compute aminmax over an empty dimension as the operation has no identity; got no element, try dim=",
            ));
        }
        let (low, high) = (amin(x, Some(&dim), a.flag(2)?)?, amax(x, Some(&dim), a.flag(2)?)?);
        Ok(Value::Named("aminmax", vec![("min", low), ("max", high)]))
    }),
    samples: &["f(2, 3)", "f(2, 3), dim=1", "f(2, 3), dim=0, keepdim=True", "f()"],
};
