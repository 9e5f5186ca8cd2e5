//! Reductions: sum, mean and, in their files, the others; `sum_to`, the adjoint of broadcasting. Depends on kernels,
//! views and `record`.

use crate::array::layout::wrap_dim;
use crate::array::{Array, DType, Dims, Layout};
use crate::error::{Error, Result};
use crate::op::{Batched, Cotangents, Grads, Op, OpRef};
use crate::ops::table::{Body, Face, OpInfo, Value};
use crate::record::apply;
use crate::saved::Saved;
use crate::tensor::Tensor;
use crate::{with_dtype, with_float};
use smallvec::{SmallVec, smallvec};
use wengert_kernels::reduce as kernel;

mod extreme;
mod max;
mod moments;
mod norm;
mod prod;
mod rank;
mod truth;
pub use extreme::{amax, amin};
pub use max::{argmax, argmin, max, min};
pub use moments::var;
pub use norm::norm;
pub use prod::prod;
pub use rank::{median, median_of_all, mode, nanmean, nansum};
pub use truth::{all, any, count_nonzero};

/// Which dimensions a reduction takes away.
#[derive(Clone, Debug)]
pub(crate) struct Reduced {
    /// One flag a dimension of the input.
    pub dims: SmallVec<[bool; 4]>,
    /// Whether they stay as size 1.
    pub keepdim: bool,
    /// Whether the caller named none.
    pub all: bool,
}

impl Reduced {
    /// From a `dim` argument; an empty list means all, as in PyTorch.
    pub fn new(name: &str, x: &Tensor, dims: Option<&[i64]>, keepdim: bool) -> Result<Reduced> {
        let mut flags: SmallVec<[bool; 4]> = smallvec![false; x.ndim()];
        let all = dims.is_none_or(<[i64]>::is_empty);
        if all {
            flags.fill(true);
            return Ok(Reduced { dims: flags, keepdim, all });
        }
        for &d in dims.unwrap_or(&[]) {
            let d = wrap_dim(name, d, x.ndim())?;
            let Some(flag) = flags.get_mut(d) else { continue };
            if std::mem::replace(flag, true) {
                return Err(Error::runtime(format!("{name}: dim {d} appears multiple times in the list of dims")));
            }
        }
        Ok(Reduced { dims: flags, keepdim, all })
    }

    /// The output's shape.
    pub fn shape(&self, input: &[usize]) -> Dims {
        let mut out = Dims::new();
        for (&n, &gone) in input.iter().zip(&self.dims) {
            if !gone {
                out.push(n);
            } else if self.keepdim {
                out.push(1);
            }
        }
        out
    }

    /// The output's shape with every reduced dimension as size 1.
    pub fn kept_shape(&self, input: &[usize]) -> Dims {
        input.iter().zip(&self.dims).map(|(&n, &gone)| if gone { 1 } else { n }).collect()
    }

    /// How many elements go into one.
    pub fn count(&self, input: &[usize]) -> usize {
        input.iter().zip(&self.dims).filter(|&(_, &gone)| gone).map(|(&n, _)| n).product()
    }

    /// A value of the output's shape, seen as the input's shape.
    pub fn spread(&self, g: &Tensor, input: &[usize]) -> Result<Tensor> {
        let kept = self.kept_shape(input);
        let g = if g.shape() == &*kept { g.clone() } else { crate::ops::view::reshape(g, &kept)? };
        if g.shape() == input { Ok(g) } else { crate::ops::view::expand(&g, input) }
    }

    /// The sum over these dimensions.
    pub fn sum(&self, t: &Tensor) -> Result<Tensor> {
        apply(OpRef::new(Sum(self.clone())), &[t])
    }

    /// The mean over these dimensions, which stay as size 1.
    pub fn kept_mean(&self, t: &Tensor) -> Result<Tensor> {
        apply(OpRef::new(Mean(Reduced { keepdim: true, ..self.clone() })), &[t])
    }

    /// The same below one more leading dimension.
    pub fn below(&self) -> Reduced {
        let dims = std::iter::once(false).chain(self.dims.iter().copied()).collect();
        Reduced { dims, keepdim: self.keepdim, all: false }
    }
}

/// Sum over dimensions.
#[derive(Clone, Debug)]
struct Sum(Reduced);

impl Op for Sum {
    fn name(&self) -> &str {
        "sum"
    }
    fn grad_name(&self) -> String {
        if self.0.all { "SumBackward0" } else { "SumBackward1" }.to_owned()
    }
    fn forward(&self, inputs: &[&Array]) -> Result<Array> {
        let x = inputs[0];
        let out = Array::empty(Layout::contiguous(&self.0.shape(x.shape()))?, x.dtype())?;
        let (s, xs) = (x.shape(), x.layout().strides());
        // SAFETY: fresh row-major output with one element for each of the kept ones.
        with_dtype!(x.dtype(), T => unsafe { kernel::sum::<T>(s, x.ptr(), xs, &self.0.dims, out.ptr()) });
        Ok(out)
    }
    fn vjp(&self, saved: &Saved<'_>, cotangents: Cotangents) -> Result<Grads> {
        let Some(Some(g)) = cotangents.first() else { return Ok(Grads::new()) };
        Ok(smallvec![Some(self.0.spread(g, saved.input_layout(0).shape())?)])
    }
    fn jvp(&self, _: &[&Tensor], _: &Tensor, tangents: &[Option<Tensor>]) -> Result<Option<Tensor>> {
        tangents[0].as_ref().map(|t| apply(OpRef::new(self.clone()), &[t])).transpose()
    }
    fn batch(&self, inputs: &[Batched], _: usize) -> Result<Option<Batched>> {
        let x = crate::transform::to_front(&inputs[0])?;
        Ok(Some((apply(OpRef::new(Sum(self.0.below())), &[&x])?, Some(0))))
    }
}

/// Sum over `dims` (all when None); bool and integers sum as int64.
#[track_caller]
pub fn sum(x: &Tensor, dims: Option<&[i64]>, keepdim: bool) -> Result<Tensor> {
    sum_as(x, dims, keepdim, None)
}

/// [`sum`] in a dtype: elements are cast, then added in it (in bool that is `or`).
#[track_caller]
pub fn sum_as(x: &Tensor, dims: Option<&[i64]>, keepdim: bool, dtype: Option<DType>) -> Result<Tensor> {
    let own = if x.dtype().is_float() { x.dtype() } else { DType::I64 };
    let x = crate::ops::cast(x, dtype.unwrap_or(own))?;
    apply(OpRef::new(Sum(Reduced::new("sum", &x, dims, keepdim)?)), &[&x])
}

/// `t` summed over the dimensions in which `layout` was broadcast: the adjoint of broadcasting.
#[inline]
pub fn sum_to(t: Tensor, layout: &Layout) -> Result<Tensor> {
    if t.layout().same_shape(layout) { Ok(t) } else { sum_to_shape(t, layout.shape()) }
}

/// [`sum_to`] for a bare shape.
pub(crate) fn sum_to_shape(t: Tensor, shape: &[usize]) -> Result<Tensor> {
    if t.shape() == shape {
        return Ok(t);
    }
    let lead = t.ndim() - shape.len();
    let dims = (0..t.ndim()).map(|d| d < lead || (shape[d - lead] == 1 && t.shape()[d] != 1)).collect();
    let reduced = Reduced { dims, keepdim: true, all: false };
    let sum = if reduced.dims.contains(&true) { apply(OpRef::new(Sum(reduced)), &[&t])? } else { t };
    if lead > 0 { crate::ops::view::reshape(&sum, shape) } else { Ok(sum) }
}

/// Mean over dimensions.
#[derive(Clone, Debug)]
struct Mean(Reduced);

impl Op for Mean {
    fn name(&self) -> &str {
        "mean"
    }
    fn grad_name(&self) -> String {
        if self.0.all { "MeanBackward0" } else { "MeanBackward1" }.to_owned()
    }
    fn forward(&self, inputs: &[&Array]) -> Result<Array> {
        let sum = Sum(self.0.clone()).forward(inputs)?;
        let n = self.0.count(inputs[0].shape()) as f64;
        let n = Array::scalar(sum.dtype(), crate::Scalar::Float(n))?;
        // A quotient rather than a product with the reciprocal: exact where the mean is.
        crate::ops::binary::Binary::<crate::ops::binary::DivRule>::OP.forward_into(&[&sum, &n], &sum)?;
        Ok(sum)
    }
    fn vjp(&self, saved: &Saved<'_>, cotangents: Cotangents) -> Result<Grads> {
        let Some(Some(g)) = cotangents.first() else { return Ok(Grads::new()) };
        let input = saved.input_layout(0).shape();
        let n = Tensor::scalar(g.dtype(), crate::Scalar::Float(self.0.count(input) as f64))?;
        Ok(smallvec![Some(self.0.spread(&crate::ops::div(g, &n)?, input)?)])
    }
    fn jvp(&self, _: &[&Tensor], _: &Tensor, tangents: &[Option<Tensor>]) -> Result<Option<Tensor>> {
        tangents[0].as_ref().map(|t| apply(OpRef::new(self.clone()), &[t])).transpose()
    }
    fn batch(&self, inputs: &[Batched], _: usize) -> Result<Option<Batched>> {
        let x = crate::transform::to_front(&inputs[0])?;
        Ok(Some((apply(OpRef::new(Mean(self.0.below())), &[&x])?, Some(0))))
    }
}

/// Mean over `dims` (all when None) of a floating-point tensor.
#[track_caller]
pub fn mean(x: &Tensor, dims: Option<&[i64]>, keepdim: bool) -> Result<Tensor> {
    if !x.dtype().is_float() {
        return Err(Error::not_implemented(format!(
            "mean(): could not infer output dtype. Input dtype must be either a floating point or complex dtype. Got: {}; \
             try to(float32) or dtype=float32",
            x.dtype().word()
        )));
    }
    apply(OpRef::new(Mean(Reduced::new("mean", x, dims, keepdim)?)), &[x])
}

/// The row of the table.
pub static SUM: OpInfo = OpInfo {
    name: "sum",
    doc: "Sum over `dim` (all dimensions when None); integers and bool sum as int64 unless `dtype` is given.\n\n\
          >>> import wengert\n\
          >>> wengert.sum(wengert.tensor([[1.0, 2.0], [3.0, 4.0]]), dim=0)\n\
          tensor([4., 6.])\n",
    signature: "input: Tensor, dim: int | tuple[int, ...] | None = None, keepdim: bool = False, *, dtype: dtype | None = None",
    returns: "Tensor",
    face: Face::BOTH,
    differentiable: true,
    body: Body::Call(|a| {
        sum_as(a.tensor(0)?, a.maybe_ints(1)?.as_deref(), a.flag(2)?, a.maybe_dtype(3)?).map(Value::from)
    }),
    samples: &[
        "f(2, 3)",
        "f(2, 3), dim=1",
        "f(2, 3, 4), dim=(0, 2), keepdim=True",
        "f()",
        "f(0, 3), dim=0",
        "f(2, 3), dim=-2, keepdim=True",
    ],
};

/// The row of the table.
pub static MEAN: OpInfo = OpInfo {
    name: "mean",
    doc: "Mean over `dim` (all dimensions when None) of a floating-point tensor.\n\n\
          Raises RuntimeError for other dtypes.\n\n\
          >>> import wengert\n\
          >>> wengert.mean(wengert.tensor([[1.0, 2.0], [3.0, 4.0]]), dim=1)\n\
          tensor([1.5000, 3.5000])\n",
    signature: "input: Tensor, dim: int | tuple[int, ...] | None = None, keepdim: bool = False, *, dtype: dtype | None = None",
    returns: "Tensor",
    face: Face::BOTH,
    differentiable: true,
    body: Body::Call(|a| {
        let x = a.tensor(0)?;
        let x = match a.maybe_dtype(3)? {
            Some(d) if !d.is_float() => {
                return Err(Error::not_implemented(format!(
                    "mean(): could not infer output dtype. Optional dtype must be either a floating point or complex dtype. Got: {}",
                    d.word()
                )));
            }
            Some(d) => crate::ops::cast(x, d)?,
            None => x.clone(),
        };
        mean(&x, a.maybe_ints(1)?.as_deref(), a.flag(2)?).map(Value::from)
    }),
    samples: &["f(2, 3)", "f(2, 3), dim=1", "f(2, 3, 4), dim=(0, 2), keepdim=True", "f()"],
};

/// The rows of this file.
pub static ROWS: &[&OpInfo] = &[
    &SUM,
    &MEAN,
    &prod::PROD,
    &max::MAX,
    &max::MIN,
    &max::ARGMAX,
    &max::ARGMIN,
    &extreme::AMAX,
    &extreme::AMIN,
    &extreme::AMINMAX,
    &truth::ANY,
    &truth::ALL,
    &truth::COUNT_NONZERO,
    &moments::VAR,
    &moments::STD,
    &moments::VAR_MEAN,
    &moments::STD_MEAN,
    &rank::MEDIAN,
    &rank::MODE,
    &rank::NANMEDIAN,
    &rank::NANSUM,
    &rank::NANMEAN,
    &norm::NORM,
];
