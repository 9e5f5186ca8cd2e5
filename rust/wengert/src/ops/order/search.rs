//! searchsorted, bucketize and isin: binary search. No derivatives.

use super::Part;
use crate::algebra::weight;
use crate::array::layout::show;
use crate::array::{Array, DType, Element, Layout, Scalar, Weight, promote};
use crate::error::{Error, Result};
use crate::op::{Cotangents, Grads, Op, OpRef};
use crate::ops::table::{Args, Body, Face, OpInfo, Operand, Value};
use crate::record::apply;
use crate::saved::Saved;
use crate::tensor::Tensor;
use crate::with_dtype;
use wengert_kernels::search as kernel;

/// A row-major array's elements.
pub(super) fn elements<T: Element>(array: &Array) -> &[T] {
    debug_assert!(array.layout().is_contiguous());
    // SAFETY: row-major elements of T, kept alive by the borrow; written by nobody while an op reads them.
    unsafe { std::slice::from_raw_parts(array.ptr::<T>().cast_const(), array.numel()) }
}

/// A fresh row-major array's elements, to be written.
pub(super) fn elements_mut<T: Element>(array: &mut Array) -> &mut [T] {
    // SAFETY: as above; the array was made by the caller, who has not passed it on.
    unsafe { std::slice::from_raw_parts_mut(array.ptr::<T>(), array.numel()) }
}

/// Where values would go into sorted bounds: inputs bounds, values and maybe a sorter, bounds and values of one dtype.
#[derive(Debug)]
struct Search {
    right: bool,
}

impl Op for Search {
    fn name(&self) -> &str {
        "searchsorted"
    }
    fn grad_name(&self) -> String {
        "NotDifferentiable".to_owned()
    }
    fn forward(&self, inputs: &[&Array]) -> Result<Array> {
        let (bounds, values) = (inputs[0].contiguous()?, inputs[1].contiguous()?);
        let sorter = inputs.get(2).map(|s| s.contiguous()).transpose()?;
        let n = bounds.shape().last().copied().unwrap_or(1);
        let sorter = sorter.as_ref().map(elements::<i64>);
        if let Some(s) = sorter
            && !wengert_kernels::index::all_within(s, 0, n as i64)
        {
            return Err(Error::runtime("torch.searchsorted(): sorter index out of range"));
        }
        let m = if bounds.shape().len() == 1 { values.numel() } else { values.shape().last().copied().unwrap_or(1) };
        let mut out = Array::empty(Layout::contiguous(values.shape())?, DType::I64)?;
        with_dtype!(bounds.dtype(), T => {
            kernel::search::<T>(elements(&bounds), n, sorter, elements(&values), m.max(1), self.right, elements_mut(&mut out));
        });
        Ok(out)
    }
    fn vjp(&self, _: &Saved<'_>, _: Cotangents) -> Result<Grads> {
        Ok(Grads::new())
    }
    fn jvp(&self, _: &[&Tensor], _: &Tensor, _: &[Option<Tensor>]) -> Result<Option<Tensor>> {
        Ok(None)
    }
    fn is_differentiable(&self) -> bool {
        false
    }
}

/// Indices into the last dimension of `bounds` at which `values` keep it sorted: before equal ones, or (`right`) after.
pub fn searchsorted(bounds: &Tensor, values: &Tensor, right: bool, sorter: Option<&Tensor>) -> Result<Tensor> {
    let name = "torch.searchsorted()";
    let (b, v) = (bounds.shape(), values.shape());
    if b.is_empty() {
        return Err(Error::runtime(format!(
            "{name}: boundaries tensor should have positive dimension; got a 0-d tensor"
        )));
    }
    if v.is_empty() && b.len() != 1 {
        return Err(Error::runtime(format!(
            "{name}: input value can be a scalar only when boundaries tensor dimension is 1, but we got boundaries tensor \
             dim({}) and input value's dim(0) numel(1)",
            b.len()
        )));
    }
    if b.len() != 1 && (b.len() != v.len() || b[..b.len() - 1] != v[..v.len() - 1]) {
        return Err(Error::runtime(format!(
            "{name}: boundaries tensor should be 1 dimension or the first N-1 dimensions of boundaries tensor and input \
             value tensor must match, but we got boundaries tensor {} and input value tensor {}",
            show(b),
            show(v)
        )));
    }
    if let Some(s) = sorter {
        if s.shape() != b {
            return Err(Error::runtime(format!(
                "{name}: boundary and sorter must have the same size, but got boundary tensor {} and got sorter tensor {}",
                show(b),
                show(s.shape())
            )));
        }
        if s.dtype() != DType::I64 {
            return Err(Error::runtime(format!(
                "{name}: sorter must be a tensor of long dtype but got dtype {}",
                s.dtype().word()
            )));
        }
    }
    if bounds.dtype() != values.dtype() && !v.is_empty() {
        return Err(Error::runtime(format!(
            "{name}: boundary tensor and input value tensor should have same dtype, but got boundary tensor with dtype {} \
             and input value tensor with dtype {}; try to()",
            bounds.dtype().name(),
            values.dtype().name()
        )));
    }
    let dtype = promote(&[(bounds.dtype(), weight(bounds)), (values.dtype(), weight(values))]);
    let (bounds, values) = (crate::ops::cast(bounds, dtype)?, crate::ops::cast(values, dtype)?);
    let op = OpRef::new(Search { right });
    match sorter {
        Some(s) => apply(op, &[&bounds, &values, s]),
        None => apply(op, &[&bounds, &values]),
    }
}

/// Where elements are among those of a set: inputs elements and set, of one dtype.
#[derive(Debug)]
struct IsIn {
    invert: bool,
}

impl Op for IsIn {
    fn name(&self) -> &str {
        "isin"
    }
    fn grad_name(&self) -> String {
        "NotDifferentiable".to_owned()
    }
    fn forward(&self, inputs: &[&Array]) -> Result<Array> {
        let x = inputs[0].contiguous()?;
        let set = inputs[1].contiguous()?;
        let set = set.view(Layout::contiguous(&[set.numel()])?, 0);
        let (set, _) = super::lines(&set, 0, Part::All { descending: false })?;
        let mut at = Array::empty(Layout::contiguous(x.shape())?, DType::I64)?;
        let mut out = Array::empty(x.layout().clone(), DType::Bool)?;
        with_dtype!(x.dtype(), T => {
            let (x, set) = (elements::<T>(&x), elements::<T>(&set));
            // NaN, which lies last, is among nothing, and would turn the search away from what lies before it.
            let set = &set[..set.partition_point(|s| s.partial_cmp(s).is_some())];
            kernel::search(set, set.len(), None, x, x.len().max(1), false, elements_mut(&mut at));
            for ((hit, v), &i) in elements_mut::<bool>(&mut out).iter_mut().zip(x).zip(elements::<i64>(&at)) {
                *hit = set.get(i as usize).is_some_and(|s| s == v) != self.invert;
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
    fn is_differentiable(&self) -> bool {
        false
    }
}

/// Where elements of `x` are among those of `set`; with `invert` where they are not.
pub fn isin(x: &Tensor, set: &Tensor, invert: bool) -> Result<Tensor> {
    for t in [x, set] {
        if t.dtype() == DType::Bool {
            return Err(Error::not_implemented(
                "Unsupported input type encountered for isin(): Bool; try long() first",
            ));
        }
    }
    let dtype = promote(&[(x.dtype(), weight(x)), (set.dtype(), weight(set))]);
    apply(OpRef::new(IsIn { invert }), &[&crate::ops::cast(x, dtype)?, &crate::ops::cast(set, dtype)?])
}

/// A number as a 0-d tensor.
fn tensor_of(v: Scalar) -> Result<Tensor> {
    Tensor::scalar(promote(&[(v.dtype(), Weight::Number)]), v)
}

fn operand(a: &Args<'_>, i: usize) -> Result<Tensor> {
    match a.operand(i)? {
        Operand::Tensor(t) => Ok(t.clone()),
        Operand::Number(v) => tensor_of(v),
    }
}

/// The result in 32 bits, where that is asked for.
fn narrowed(t: Tensor, int32: bool) -> Result<Value> {
    if !int32 {
        return Ok(t.into());
    }
    match DType::ALL.iter().find(|d| d.name() == "int32") {
        Some(&d) => crate::ops::cast(&t, d).map(Value::from),
        None => Err(Error::not_implemented("out_int32: there are no tensors of int32; try out_int32=False")),
    }
}

/// The row of the table.
pub static SEARCHSORTED: OpInfo = OpInfo {
    name: "searchsorted",
    doc: "Indices (int64) into the last dimension of `sorted_sequence` at which the elements of `input` keep it sorted.\n\n\
          `sorted_sequence` is a vector, or agrees with `input` in all dimensions but the last. With `side='right'` (or \
          `right=True`) after equal elements, else before them. `sorter` holds indices that sort it.\n\n\
          >>> import wengert\n\
          >>> wengert.searchsorted(wengert.tensor([1, 3, 5]), wengert.tensor([0, 3, 6]))\n\
          tensor([0, 1, 3])\n",
    signature: "sorted_sequence: Tensor, input: Tensor | Number, *, out_int32: bool = False, right: bool = False, \
                side: str | None = None, sorter: Tensor | None = None",
    returns: "Tensor",
    face: Face::FUNCTION,
    differentiable: false,
    body: Body::Call(|a| {
        let right = match a.get(4) {
            Value::None => a.flag(3)?,
            Value::Str(s) if s == "right" => true,
            Value::Str(s) if s == "left" && a.flag(3)? => {
                return Err(Error::runtime(
                    "torch.searchsorted(): side and right can't be set to opposites, got side of left while right was True",
                ));
            }
            Value::Str(s) if s == "left" => false,
            other => {
                return Err(Error::runtime(format!(
                    "torch.searchsorted(): side can only be 'left' or 'right' but got {other:?}"
                )));
            }
        };
        let found = searchsorted(a.tensor(0)?, &operand(a, 1)?, right, a.maybe_tensor(5)?)?;
        narrowed(found, a.flag(2)?)
    }),
    samples: &["i(4), i(2, 3)", "i(4), i(3), right=True", "i(2, 4), i(2, 3), side='right'", "f(3), 0.5", "f(3), f(2)"],
};

/// The row of the table.
pub static BUCKETIZE: OpInfo = OpInfo {
    name: "bucketize",
    doc: "For each element the index (int64) of the interval between sorted `boundaries` that it lies in.\n\n\
          With `right=False` intervals include their upper end, with `right=True` their lower end.\n\n\
          >>> import wengert\n\
          >>> wengert.bucketize(wengert.tensor([0, 3, 6]), wengert.tensor([1, 3, 5]))\n\
          tensor([0, 1, 3])\n",
    signature: "input: Tensor | Number, boundaries: Tensor, *, out_int32: bool = False, right: bool = False",
    returns: "Tensor",
    face: Face::FUNCTION,
    differentiable: false,
    body: Body::Call(|a| {
        let bounds = a.tensor(1)?;
        if bounds.ndim() != 1 {
            return Err(Error::runtime(format!(
                "boundaries tensor must be 1 dimension, but got dim({})",
                bounds.ndim()
            )));
        }
        narrowed(searchsorted(bounds, &operand(a, 0)?, a.flag(3)?, None)?, a.flag(2)?)
    }),
    samples: &["i(2, 3), i(4)", "f(3), f(2), right=True"],
};

/// The row of the table.
pub static ISIN: OpInfo = OpInfo {
    name: "isin",
    doc: "Where elements are among `test_elements`, as bool; with `invert` where they are not. NaN is among nothing.\n\n\
          >>> import wengert\n\
          >>> wengert.isin(wengert.tensor([1, 2, 3]), wengert.tensor([2, 4]))\n\
          tensor([False,  True, False])\n",
    signature: "elements: Tensor | Number, test_elements: Tensor | Number, *, assume_unique: bool = False, \
                invert: bool = False",
    returns: "Tensor",
    face: Face::FUNCTION,
    differentiable: false,
    body: Body::Call(|a| isin(&operand(a, 0)?, &operand(a, 1)?, a.flag(3)?).map(Value::from)),
    samples: &["i(2, 3), i(3)", "i(4), i(2, 2), invert=True", "i(5), 3", "f(2), f(2)"],
};

/// The rows of this file.
pub static ROWS: &[&OpInfo] = &[&SEARCHSORTED, &BUCKETIZE, &ISIN];
