//! median, mode: the index is an operation of its own, the value is what stands there.

use super::extreme::tie_weights;
use super::max::{at_least_1d, check_length, no_bool};
use super::*;
use crate::ops::lines::Lines;
use crate::ops::pick::pick;
use crate::ops::where_;
use crate::with_dtype;
use wengert_kernels::rank;

/// Index of the lower median, or of the most frequent element, along a dimension.
#[derive(Clone, Debug)]
struct Rank {
    mode: bool,
    dim: usize,
    keepdim: bool,
}

impl Op for Rank {
    fn name(&self) -> &str {
        if self.mode { "mode" } else { "median" }
    }
    fn grad_name(&self) -> String {
        if self.mode { "ModeBackward0" } else { "MedianBackward1" }.to_owned()
    }
    fn forward(&self, inputs: &[&Array]) -> Result<Array> {
        let x = Lines::along(inputs[0], self.dim)?;
        let mut dims: SmallVec<[bool; 4]> = smallvec![false; inputs[0].shape().len()];
        dims[self.dim] = true;
        let shape = Reduced { dims, keepdim: self.keepdim, all: false }.shape(inputs[0].shape());
        let out = Array::empty(Layout::contiguous(&shape)?, DType::I64)?;
        with_dtype!(x.array.dtype(), T => {
            // SAFETY: row-major lines that are not empty, one fresh output for each.
            unsafe {
                if self.mode {
                    rank::mode::<T>(x.sizes(), x.array.ptr(), out.ptr())
                } else {
                    rank::median::<T>(x.sizes(), x.array.ptr(), out.ptr())
                }
            }
        })
        .map_err(|_| no_room(self.name()))?;
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
        Ok(Some((apply(OpRef::new(Rank { dim: self.dim + 1, ..self.clone() }), &[&x])?, Some(0))))
    }
    fn is_differentiable(&self) -> bool {
        false
    }
}

#[cold]
fn no_room(name: &str) -> Error {
    Error::memory(format!(
        "{name}: not enough memory for the elements of one row; try fewer elements along the dimension"
    ))
}

fn along(mode: bool, x: &Tensor, dim: i64, keepdim: bool) -> Result<(Tensor, Tensor)> {
    let names = if mode { ("mode", "ModeBackward0") } else { ("median", "MedianBackward1") };
    let dim = wrap_dim(names.0, dim, x.ndim())?;
    if !mode {
        no_bool(names.0, x)?;
    }
    check_length(names.0, x, dim)?;
    let keepdim = keepdim && x.ndim() > 0;
    let x = at_least_1d(x)?;
    let index = apply(OpRef::new(Rank { mode, dim, keepdim }), &[&x])?;
    Ok((pick(names, &x, &index, dim, !keepdim)?, index))
}

/// The lower median along `dim` and where it is.
#[track_caller]
pub fn median(x: &Tensor, dim: i64, keepdim: bool) -> Result<(Tensor, Tensor)> {
    along(false, x, dim, keepdim)
}

/// Where the lower median of the numbers of a row is; its first element if there are none. None: no memory.
fn numbers_median<T: wengert_kernels::Element + PartialOrd>(row: &[T], at: &mut i64) -> Option<()> {
    let mut places: Vec<i64> = Vec::new();
    places.try_reserve_exact(row.len()).ok()?;
    places.extend((0..row.len() as i64).filter(|&i| row[i as usize].partial_cmp(&row[i as usize]).is_some()));
    if !places.is_empty() {
        let middle = (places.len() - 1) / 2;
        // The first of equal ones: by value, then by place.
        let order = |a: &i64, b: &i64| {
            row[*a as usize].partial_cmp(&row[*b as usize]).unwrap_or(std::cmp::Ordering::Equal).then(a.cmp(b))
        };
        *at = *places.select_nth_unstable_by(middle, order).1;
    } else {
        *at = 0;
    }
    Some(())
}

/// The lower median of all elements that are no NaN; NaN if there are none.
#[track_caller]
fn nanmedian_of_all(x: &Tensor) -> Result<Tensor> {
    no_bool("nanmedian", x)?;
    apply(OpRef::new(MedianAll { lead: 0, numbers: true }), &[x])
}

/// The row of the table.
pub static NANMEDIAN: OpInfo = OpInfo {
    name: "_nanmedian",
    doc: "Lower median of all elements that are no NaN; ties share the gradient.\n\n\
          >>> import wengert\n\
          >>> wengert.nanmedian(wengert.tensor([4.0, 1.0, wengert.nan]))\n\
          tensor(1.)\n",
    signature: "input: Tensor",
    returns: "Tensor",
    face: Face::FUNCTION,
    differentiable: true,
    body: Body::Call(|a| nanmedian_of_all(a.tensor(0)?).map(Value::from)),
    samples: &["f(2, 3)", "i(2, 6, hi=3)", "f()"],
};

/// The lower median of all elements; NaN if one is, or if there are none.
#[track_caller]
pub fn median_of_all(x: &Tensor) -> Result<Tensor> {
    no_bool("median", x)?;
    apply(OpRef::new(MedianAll { lead: 0, numbers: false }), &[x])
}

/// The lower median of all elements below the first `lead` dimensions; ties share the gradient.
#[derive(Clone, Debug)]
struct MedianAll {
    lead: usize,
    /// Of what is no NaN.
    numbers: bool,
}

impl MedianAll {
    fn over(&self, x: &Tensor) -> Reduced {
        Reduced { dims: (0..x.ndim()).map(|d| d >= self.lead).collect(), keepdim: false, all: self.lead == 0 }
    }
}

impl Op for MedianAll {
    fn name(&self) -> &str {
        if self.numbers { "nanmedian" } else { "median" }
    }
    fn grad_name(&self) -> String {
        if self.numbers { "NanmedianBackward0" } else { "MedianBackward0" }.to_owned()
    }
    fn forward(&self, inputs: &[&Array]) -> Result<Array> {
        let x = inputs[0].contiguous()?;
        let (lead, rest) = x.shape().split_at(self.lead);
        let (rows, n) = (lead.iter().product::<usize>(), rest.iter().product::<usize>());
        if n == 0 {
            return Array::full(Layout::contiguous(lead)?, x.dtype(), crate::Scalar::Float(f64::NAN));
        }
        let out = Array::empty(Layout::contiguous(lead)?, x.dtype())?;
        let at = Array::empty(Layout::contiguous(&[rows])?, DType::I64)?;
        with_dtype!(x.dtype(), T => {
            // SAFETY: row-major lines that are not empty, an index and an element for each; indices lie in their lines.
            unsafe {
                if self.numbers {
                    for r in 0..rows {
                        numbers_median::<T>(std::slice::from_raw_parts(x.ptr::<T>().add(r * n), n), &mut *at.ptr::<i64>().add(r))
                            .ok_or_else(|| no_room("nanmedian"))?;
                    }
                } else {
                    rank::median::<T>((rows, n, 1), x.ptr(), at.ptr()).map_err(|_| no_room("median"))?;
                }
                for r in 0..rows {
                    *out.ptr::<T>().add(r) = *x.ptr::<T>().add(r * n + *at.ptr::<i64>().add(r) as usize);
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
        let (x, over) = (saved.input(0)?, self.over(&saved.input(0)?));
        let weights = tie_weights(&x, &saved.output()?, &over)?;
        Ok(smallvec![Some(crate::ops::mul(&over.spread(g, x.shape())?, &weights)?)])
    }
    fn jvp(&self, inputs: &[&Tensor], out: &Tensor, tangents: &[Option<Tensor>]) -> Result<Option<Tensor>> {
        let Some(t) = &tangents[0] else { return Ok(None) };
        let over = self.over(inputs[0]);
        let weights = tie_weights(inputs[0], out, &over)?;
        over.sum(&crate::ops::mul(t, &weights)?).map(Some)
    }
    fn batch(&self, inputs: &[Batched], _: usize) -> Result<Option<Batched>> {
        let x = crate::transform::to_front(&inputs[0])?;
        Ok(Some((apply(OpRef::new(MedianAll { lead: self.lead + 1, numbers: self.numbers }), &[&x])?, Some(0))))
    }
}

/// The most frequent element along `dim` and where it is.
#[track_caller]
pub fn mode(x: &Tensor, dim: i64, keepdim: bool) -> Result<(Tensor, Tensor)> {
    along(true, x, dim, keepdim)
}

/// The row of the table.
pub static MEDIAN: OpInfo = OpInfo {
    name: "median",
    doc: "Lower median of all elements; along `dim`, medians and their indices: a named tuple (values, indices).\n\n\
          Of an even number it is the smaller of the two in the middle. NaN if an element is. Of all elements ties\n\
          share the gradient; along a dimension the element at the index gets it.\n\n\
          >>> import wengert\n\
          >>> wengert.median(wengert.tensor([4.0, 1.0, 3.0, 2.0]))\n\
          tensor(2.)\n",
    signature: "input: Tensor, dim: int | None = None, keepdim: bool = False",
    returns: "Any",
    face: Face::BOTH,
    differentiable: true,
    body: Body::Call(|a| {
        let x = a.tensor(0)?;
        let Some(dim) = a.maybe_int(1)? else { return median_of_all(x).map(Value::from) };
        let (values, indices) = median(x, dim, a.flag(2)?)?;
        Ok(Value::Named("median", vec![("values", values), ("indices", indices)]))
    }),
    samples: &["f(2, 3)", "f(2, 4), dim=1", "f(3, 2, 4), dim=0, keepdim=True", "f()", "i(5), dim=0"],
};

/// The row of the table.
pub static MODE: OpInfo = OpInfo {
    name: "mode",
    doc: "Most frequent elements along `dim`, the smallest of equally frequent ones, and their last indices.\n\n\
          The result is a named tuple (values, indices).\n\n\
          >>> import wengert\n\
          >>> values, indices = wengert.mode(wengert.tensor([3.0, 1.0, 3.0, 2.0]))\n\
          >>> values, indices\n\
          (tensor(3.), tensor(2))\n",
    signature: "input: Tensor, dim: int = -1, keepdim: bool = False",
    returns: "tuple[Tensor, Tensor]",
    face: Face::BOTH,
    differentiable: true,
    body: Body::Call(|a| {
        let (values, indices) = mode(a.tensor(0)?, a.int(1)?, a.flag(2)?)?;
        Ok(Value::Named("mode", vec![("values", values), ("indices", indices)]))
    }),
    samples: &["f(2, 3)", "i(2, 6, hi=3), dim=1", "f(3, 2), dim=0, keepdim=True", "f()"],
};

/// Sum over dimensions of what is not NaN.
#[derive(Clone, Debug)]
struct NanSum(Reduced);

impl Op for NanSum {
    fn name(&self) -> &str {
        "nansum"
    }
    fn grad_name(&self) -> String {
        "NansumBackward0".to_owned()
    }
    fn forward(&self, inputs: &[&Array]) -> Result<Array> {
        let _mode = crate::mode::GradMode::set(false);
        let x = Tensor::from_array(inputs[0].clone());
        Sum(self.0.clone()).forward(&[where_known(&x, &x)?.array()])
    }
    fn keep(&self, _: u32) -> u32 {
        1
    }
    fn vjp(&self, saved: &Saved<'_>, cotangents: Cotangents) -> Result<Grads> {
        let Some(Some(g)) = cotangents.first() else { return Ok(Grads::new()) };
        // A product, not a choice: the infinite cotangent of a mean of nothing gives NaN, as that mean is.
        let x = saved.input(0)?.detach();
        let known = crate::ops::cast(&crate::ops::eq(&x, &x)?, g.dtype())?;
        Ok(smallvec![Some(crate::ops::mul(&self.0.spread(g, x.shape())?, &known)?)])
    }
    fn jvp(&self, inputs: &[&Tensor], _: &Tensor, tangents: &[Option<Tensor>]) -> Result<Option<Tensor>> {
        tangents[0].as_ref().map(|t| self.0.sum(&where_known(inputs[0], t)?)).transpose()
    }
    fn batch(&self, inputs: &[Batched], _: usize) -> Result<Option<Batched>> {
        let x = crate::transform::to_front(&inputs[0])?;
        Ok(Some((apply(OpRef::new(NanSum(self.0.below())), &[&x])?, Some(0))))
    }
}

/// `t` where `x` is a number, else 0.
fn where_known(x: &Tensor, t: &Tensor) -> Result<Tensor> {
    let zero = Tensor::scalar(t.dtype(), crate::Scalar::Int(0))?;
    where_(&crate::ops::eq(&x.detach(), &x.detach())?, t, &zero)
}

/// Sum over `dims` (all when None) of what is not NaN.
#[track_caller]
pub fn nansum(x: &Tensor, dims: Option<&[i64]>, keepdim: bool) -> Result<Tensor> {
    if !x.dtype().is_float() {
        return sum(x, dims, keepdim);
    }
    apply(OpRef::new(NanSum(Reduced::new("nansum", x, dims, keepdim)?)), &[x])
}

/// Mean over `dims` (all when None) of what is not NaN.
#[track_caller]
pub fn nanmean(x: &Tensor, dims: Option<&[i64]>, keepdim: bool) -> Result<Tensor> {
    if !x.dtype().is_float() {
        return Err(Error::not_implemented(format!(
            "nanmean(): expected input to have floating point or complex dtype but got {}; try to(float32)",
            x.dtype().word()
        )));
    }
    let known = crate::ops::eq(&x.detach(), &x.detach())?;
    let count = sum(&crate::ops::cast(&known, x.dtype())?, dims, keepdim)?;
    crate::ops::div(&nansum(x, dims, keepdim)?, &count)
}

macro_rules! rows {
    ($($info:ident $name:literal $f:ident $doc:expr;)*) => {$(
        /// The row of the table.
        pub static $info: OpInfo = OpInfo {
            name: $name,
            doc: $doc,
            signature: "input: Tensor, dim: int | tuple[int, ...] | None = None, keepdim: bool = False, *, dtype: dtype | None = None",
            returns: "Tensor",
            face: Face::BOTH,
            differentiable: true,
            body: Body::Call(|a| {
                let x = a.tensor(0)?;
                let x = match a.maybe_dtype(3)? {
                    Some(d) => crate::ops::cast(x, d)?,
                    None => x.clone(),
                };
                $f(&x, a.maybe_ints(1)?.as_deref(), a.flag(2)?).map(Value::from)
            }),
            samples: &["f(2, 3)", "f(2, 3), dim=1", "f(2, 3, 4), dim=(0, 2), keepdim=True", "f()"],
        };
    )*};
}
rows! {
    NANSUM "nansum" nansum
    "Sum over `dim` (all dimensions when None) of the elements that are not NaN.\n\n\
     >>> import wengert\n\
     >>> wengert.nansum(wengert.tensor([1.0, wengert.nan, 2.0]))\n\
     tensor(3.)\n";
    NANMEAN "nanmean" nanmean
    "Mean over `dim` (all dimensions when None) of the elements that are not NaN; NaN where there are none.\n\n\
     >>> import wengert\n\
     >>> wengert.nanmean(wengert.tensor([1.0, wengert.nan, 2.0]))\n\
     tensor(1.5000)\n";
}
