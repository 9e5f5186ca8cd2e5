//! any, all, count_nonzero: reductions to truth values and counts, without derivatives.

use super::*;
use crate::ops::{cast, ne};
use crate::with_dtype;
use std::cmp::Ordering;
use wengert_kernels::truth;

/// Whether any, or all, elements are not zero.
#[derive(Clone, Debug)]
struct Truth {
    all: bool,
    over: Reduced,
}

impl Op for Truth {
    fn name(&self) -> &str {
        if self.all { "all" } else { "any" }
    }
    fn grad_name(&self) -> String {
        if self.all { "AllBackward0" } else { "AnyBackward0" }.to_owned()
    }
    fn forward(&self, inputs: &[&Array]) -> Result<Array> {
        let x = inputs[0];
        let out = Array::empty(Layout::contiguous(&self.over.shape(x.shape()))?, DType::Bool)?;
        let found = if x.dtype() == DType::Bool { out.clone() } else { Array::empty(out.layout().clone(), x.dtype())? };
        let (s, xs, dims) = (x.shape(), x.layout().strides(), &self.over.dims);
        with_dtype!(x.dtype(), T => {
            // SAFETY: fresh row-major outputs with one element for each of the kept ones.
            unsafe {
                if self.all {
                    truth::all::<T>(s, x.ptr(), xs, dims, found.ptr());
                } else {
                    truth::any::<T>(s, x.ptr(), xs, dims, found.ptr());
                }
                if x.dtype() != DType::Bool {
                    // An empty `any` is the lowest number there is, so it is the sign that tells.
                    let (from, to) = (found.ptr::<T>(), out.ptr::<bool>());
                    (0..out.numel()).for_each(|i| to.add(i).write((*from.add(i)).partial_cmp(&T::default()) == Some(Ordering::Greater)));
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
        Ok(Some((apply(OpRef::new(Truth { all: self.all, over: self.over.below() }), &[&x])?, Some(0))))
    }
    fn is_differentiable(&self) -> bool {
        false
    }
}

/// Whether any element over `dims` (all when None) is not zero; NaN is not.
#[track_caller]
pub fn any(x: &Tensor, dims: Option<&[i64]>, keepdim: bool) -> Result<Tensor> {
    apply(OpRef::new(Truth { all: false, over: Reduced::new("any", x, dims, keepdim)? }), &[x])
}

/// Whether no element over `dims` (all when None) is zero.
#[track_caller]
pub fn all(x: &Tensor, dims: Option<&[i64]>, keepdim: bool) -> Result<Tensor> {
    apply(OpRef::new(Truth { all: true, over: Reduced::new("all", x, dims, keepdim)? }), &[x])
}

/// How many elements over `dims` (all when None) are not zero.
#[track_caller]
pub fn count_nonzero(x: &Tensor, dims: Option<&[i64]>) -> Result<Tensor> {
    let zero = Tensor::scalar(x.dtype(), crate::Scalar::Int(0))?;
    sum(&cast(&ne(&x.detach(), &zero)?, DType::I64)?, dims, false)
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
            differentiable: false,
            body: Body::Call(|a| {
                let x = a.tensor(0)?;
                let found = match a.maybe_ints(1)?.as_deref() {
                    // Over no dimension at all.
                    Some([]) => ne(x, &Tensor::scalar(x.dtype(), crate::Scalar::Int(0))?)?,
                    dims => $f(x, dims, a.flag(2)?)?,
                };
                // As in PyTorch, where uint8 was the type of masks.
                if x.dtype() == DType::U8 { cast(&found, DType::U8).map(Value::from) } else { Ok(found.into()) }
            }),
            samples: &["b(2, 3)", "b(2, 3), dim=1", "f(2, 3, 4), dim=(0, 2), keepdim=True", "i(2, 3), dim=0", "b()", "f(0, 3)", "f(0, 3), dim=0"],
        };
    )*};
}
rows! {
    ANY "any" any
    "Whether any element is not zero, over `dim` (all dimensions when None); NaN is not zero.\n\n\
     >>> import wengert\n\
     >>> wengert.any(wengert.tensor([[True, False], [False, False]]), dim=1)\n\
     tensor([ True, False])\n";
    ALL "all" all
    "Whether no element is zero, over `dim` (all dimensions when None).\n\n\
     >>> import wengert\n\
     >>> wengert.all(wengert.tensor([[True, True], [True, False]]), dim=1)\n\
     tensor([ True, False])\n";
}

/// The row of the table.
pub static COUNT_NONZERO: OpInfo = OpInfo {
    name: "count_nonzero",
    doc: "Number of elements that are not zero, over `dim` (all dimensions when None), as int64.\n\n\
          >>> import wengert\n\
          >>> wengert.count_nonzero(wengert.tensor([[0.0, 1.0], [2.0, 3.0]]), dim=0)\n\
          tensor([1, 2])\n",
    signature: "input: Tensor, dim: int | tuple[int, ...] | None = None",
    returns: "Tensor",
    face: Face::BOTH,
    differentiable: false,
    body: Body::Call(|a| count_nonzero(a.tensor(0)?, a.maybe_ints(1)?.as_deref()).map(Value::from)),
    samples: &["b(2, 3)", "i(2, 3), dim=1", "f(2, 3, 4), dim=(0, 2)", "f()"],
};
