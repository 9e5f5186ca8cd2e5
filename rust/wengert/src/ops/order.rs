//! sort, argsort, msort, topk and kthvalue. Depends on kernels and `index`: gradients go through the indices.
//!
//! NaN counts as the largest element, and equal elements keep their order, whatever is asked for.

pub mod count;
pub mod search;
pub mod unique;

pub use search::{isin, searchsorted};
pub use unique::{unique, unique_consecutive};

use crate::array::layout::{row_major, wrap_dim};
use crate::array::{Array, DType, Dims, Layout, Scalar};
use crate::error::{Error, Result};
use crate::mode::grad_enabled;
use crate::op::OpRef;
use crate::ops::index::Gather;
use crate::ops::table::{Body, Face, OpInfo, Value};
use crate::record::{apply, record_only};
use crate::tap;
use crate::tensor::Tensor;
use crate::watch::{self, What};
use crate::with_dtype;
use smallvec::{SmallVec, smallvec};
use wengert_kernels::sort as kernel;

#[cold]
fn no_memory(_: kernel::OutOfMemory) -> Error {
    Error::memory("sort: not enough memory for the keys of one row; try fewer elements along the dimension")
}

/// The layout of an array in which dimension `dim` comes last.
fn dim_last(layout: &Layout, dim: usize) -> Layout {
    let order = (0..layout.ndim()).filter(|&d| d != dim).chain([dim]);
    let shape: Dims = order.clone().map(|d| layout.shape()[d]).collect();
    let strides: SmallVec<[isize; 4]> = order.map(|d| layout.strides()[d]).collect();
    Layout::strided(&shape, &strides)
}

/// A row-major array whose last dimension belongs at `dim`, row-major with it there.
fn dim_back(rows: &Array, dim: usize) -> Result<Array> {
    let n = rows.shape().len();
    let mut order: SmallVec<[usize; 4]> = (0..n - 1).collect();
    order.insert(dim, n - 1);
    let strides = row_major(rows.shape());
    let shape: Dims = order.iter().map(|&d| rows.shape()[d]).collect();
    let strides: SmallVec<[isize; 4]> = order.iter().map(|&d| strides[d]).collect();
    rows.view(Layout::strided(&shape, &strides), 0).contiguous()
}

/// Which elements of a line are wanted.
#[derive(Clone, Copy)]
enum Part {
    All { descending: bool },
    Top { k: usize, largest: bool },
    Nth(usize),
}

/// Values and indices of part of each line along `dim`, of a plain array of at least one dimension.
fn lines(x: &Array, dim: usize, part: Part) -> Result<(Array, Array)> {
    let moved = x.view(dim_last(x.layout(), dim), 0).contiguous()?;
    let n = x.shape()[dim];
    let k = match part {
        Part::All { .. } => n,
        Part::Top { k, .. } => k,
        Part::Nth(_) => 1,
    };
    let mut shape: Dims = SmallVec::from_slice(moved.shape());
    let last = shape.len() - 1;
    shape[last] = k;
    let values = Array::empty(Layout::contiguous(&shape)?, x.dtype())?;
    let indices = Array::empty(Layout::contiguous(&shape)?, DType::I64)?;
    let rows: usize = shape[..last].iter().product();
    if rows * k > 0 {
        with_dtype!(x.dtype(), T => {
            let (from, to, at) = (moved.ptr::<T>(), values.ptr::<T>(), indices.ptr::<i64>());
            // SAFETY: `rows` rows of n elements in, of k out, row-major; the outputs are fresh; 0 < k <= n.
            unsafe {
                match part {
                    Part::All { descending } => kernel::sort_rows::<T>(rows, n, from, descending, to, at),
                    Part::Top { k, largest } => kernel::top_rows::<T>(rows, n, k, from, largest, to, at),
                    Part::Nth(k) => kernel::nth_rows::<T>(rows, n, k, from, to, at),
                }
            }
        })
        .map_err(no_memory)?;
    }
    Ok((dim_back(&values, dim)?, dim_back(&indices, dim)?))
}

/// Values, with their history, and indices of part of each line along `dim`.
#[track_caller]
fn ordered(
    x: &Tensor,
    dim: usize,
    part: Part,
    drop: bool,
    names: (&'static str, &'static str),
) -> Result<(Tensor, Tensor)> {
    if let Some((value, level)) = crate::transform::outermost_batch(x) {
        let (value, below) = if x.ndim() == 0 {
            // One element for each of the batch: a line of one.
            (crate::ops::view::unsqueeze(&value, 1)?, true)
        } else {
            (value, false)
        };
        let (values, indices) = ordered(&value, dim + 1, part, drop, names)?;
        let wrap = |t: &Tensor| {
            let t = if below && t.ndim() > 1 { crate::ops::view::select(t, 1, 0)? } else { t.clone() };
            Ok(crate::transform::make_batched(&t, level))
        };
        return Ok((wrap(&values)?, wrap(&indices)?));
    }
    let op = Gather { dim, drop: drop && x.ndim() > 0, names };
    if x.is_lifted() {
        let (_, kept) = ordered(&x.detach(), dim, part, false, names)?;
        let values = apply(OpRef::new(op.clone()), &[x, &kept])?;
        let indices = if op.drop { crate::ops::view::select(&kept, dim as i64, 0)? } else { kept };
        return Ok((values, indices));
    }
    let x = x.current()?;
    let (values, indices) = if x.ndim() == 0 {
        (x.array().copied()?, Array::scalar(DType::I64, Scalar::Int(0))?)
    } else {
        let mut both = tap::call(names.0, &[x.array()], move |inputs| {
            lines(inputs[0], dim, part).map(|(values, indices)| smallvec![values, indices])
        })?;
        match (both.pop(), both.pop()) {
            (Some(indices), Some(values)) => (values, indices),
            _ => return Err(Error::runtime(format!("{}: no result", names.0))),
        }
    };
    let indices = Tensor::from_array(indices);
    let dropped = |t: &Tensor| if op.drop { crate::ops::view::select(t, dim as i64, 0) } else { Ok(t.clone()) };
    let values = dropped(&Tensor::from_array(values))?.into_array();
    let recording = grad_enabled() && x.edge().is_some() && x.dtype().is_float();
    let values = if recording {
        let edge = record_only(OpRef::new(op.clone()), &[&x, &indices], values.layout(), values.dtype());
        Tensor::from_parts(values, edge)
    } else {
        Tensor::from_array(values)
    };
    if watch::any() {
        watch::show(What::Op(OpRef::new(op.clone())), &[&x, &indices], Some(&values));
    }
    Ok((values, dropped(&indices)?.without_group()))
}

/// `x` sorted along `dim`, and where each element was.
#[track_caller]
pub fn sort(x: &Tensor, dim: i64, descending: bool) -> Result<(Tensor, Tensor)> {
    let dim = wrap_dim("sort", dim, x.ndim().max(1))?;
    ordered(x, dim, Part::All { descending }, false, SORTED)
}

#[cold]
fn no_bools(name: &str) -> Error {
    Error::not_implemented(format!("{name} does not support bool dtypes on CPU; try to(uint8) or long() first"))
}

/// The `k` largest (or smallest) along `dim` in order, and where each was.
#[track_caller]
pub fn topk(x: &Tensor, k: i64, dim: i64, largest: bool) -> Result<(Tensor, Tensor)> {
    let dim = wrap_dim("topk", dim, x.ndim().max(1))?;
    let n = x.shape().get(dim).copied().unwrap_or(1);
    if x.dtype() == DType::Bool {
        return Err(no_bools("topk"));
    }
    if k < 0 || k as usize > n {
        return Err(Error::runtime(format!(
            "topk(): selected index k out of range; got k = {k}, wanted 0 <= k <= {n}, the size of dimension {dim}"
        )));
    }
    if x.ndim() == 0 && k == 0 {
        return Ok((crate::ops::clone(x)?, crate::ops::cast(&crate::ops::write::zeros_like(x)?, DType::I64)?));
    }
    ordered(x, dim, Part::Top { k: k as usize, largest }, false, ("topk", "TopkBackward0"))
}

/// The `k`-th smallest (from 1) along `dim`, and where it was.
#[track_caller]
pub fn kthvalue(x: &Tensor, k: i64, dim: i64, keepdim: bool) -> Result<(Tensor, Tensor)> {
    let dim = wrap_dim("kthvalue", dim, x.ndim().max(1))?;
    let n = x.shape().get(dim).copied().unwrap_or(1);
    if x.dtype() == DType::Bool {
        return Err(no_bools("kthvalue"));
    }
    if n == 0 {
        return Err(Error::index(format!(
            "kthvalue(): Expected reduction dim {dim} to have non-zero size; got shape {:?}",
            x.shape()
        )));
    }
    if k < 1 || k as usize > n {
        return Err(Error::runtime(format!(
            "kthvalue(): selected number k out of range for dimension {dim}; got k = {k}, wanted 1 <= k <= {n}"
        )));
    }
    ordered(x, dim, Part::Nth(k as usize - 1), !keepdim, ("kthvalue", "KthvalueBackward0"))
}

/// PyTorch has a node of its own for sorts that were asked to be stable, or not to be.
const SORTED: (&str, &str) = ("sort", "SortBackward0");
const STABLE: (&str, &str) = ("sort", "SortBackward1");

fn named(name: &'static str, (values, indices): (Tensor, Tensor)) -> Value {
    Value::Named(name, vec![("values", values), ("indices", indices)])
}

/// The row of the table.
pub static SORT: OpInfo = OpInfo {
    name: "sort",
    doc: "`input` sorted along `dim`, and the indices (int64) that the elements had.\n\n\
          NaN counts as the largest. Equal elements keep their order, with or without `stable`.\n\n\
          >>> import wengert\n\
          >>> values, indices = wengert.sort(wengert.tensor([3.0, 1.0, 2.0]))\n\
          >>> values\n\
          tensor([1., 2., 3.])\n\
          >>> indices\n\
          tensor([1, 2, 0])\n",
    signature: "input: Tensor, dim: int = -1, descending: bool = False, *, stable: bool | None = None",
    returns: "Any",
    face: Face::BOTH,
    differentiable: true,
    body: Body::Call(|a| {
        let (x, dim) = (a.tensor(0)?, a.maybe_int(1)?.unwrap_or(-1));
        let names = if matches!(a.get(3), Value::None) { SORTED } else { STABLE };
        let dim = wrap_dim("sort", dim, x.ndim().max(1))?;
        let pair = ordered(x, dim, Part::All { descending: a.flag(2)? }, false, names)?;
        Ok(named("sort", pair))
    }),
    samples: &["f(5)", "f(2, 4), dim=0", "f(2, 3, 4), dim=1, descending=True", "f()", "i(6), stable=True", "b(4)"],
};

/// The row of the table.
pub static ARGSORT: OpInfo = OpInfo {
    name: "argsort",
    doc: "Indices (int64) that sort `input` along `dim`; equal elements keep their order, NaN counts as the largest.\n\n\
          >>> import wengert\n\
          >>> wengert.argsort(wengert.tensor([3.0, 1.0, 2.0]))\n\
          tensor([1, 2, 0])\n",
    signature: "input: Tensor, dim: int = -1, descending: bool = False, *, stable: bool = False",
    returns: "Tensor",
    face: Face::BOTH,
    differentiable: false,
    body: Body::Call(|a| {
        let x = a.tensor(0)?.detach();
        sort(&x, a.maybe_int(1)?.unwrap_or(-1), a.flag(2)?).map(|(_, indices)| Value::from(indices))
    }),
    samples: &["f(5)", "f(2, 4), dim=0", "i(2, 3), descending=True", "f()"],
};

/// The row of the table.
pub static MSORT: OpInfo = OpInfo {
    name: "msort",
    doc: "`input` sorted along its first dimension; NaN counts as the largest.\n\n\
          >>> import wengert\n\
          >>> wengert.msort(wengert.tensor([[3, 1], [2, 4]])).tolist()\n\
          [[2, 1], [3, 4]]\n",
    signature: "input: Tensor",
    returns: "Tensor",
    face: Face::BOTH,
    differentiable: true,
    body: Body::Call(|a| sort(a.tensor(0)?, 0, false).map(|(values, _)| Value::from(values))),
    samples: &["f(4, 2)", "f(3)", "i(4)"],
};

/// The row of the table.
pub static TOPK: OpInfo = OpInfo {
    name: "topk",
    doc: "The `k` largest elements along `dim` (with `largest=False` the smallest), and their indices (int64).\n\n\
          They come in order, `sorted` or not; of equal ones the first. NaN counts as the largest. RuntimeError where `k` is \
          more than there are.\n\n\
          >>> import wengert\n\
          >>> wengert.topk(wengert.tensor([3.0, 1.0, 2.0]), 2).values\n\
          tensor([3., 2.])\n",
    signature: "input: Tensor, k: int, dim: int = -1, largest: bool = True, sorted: bool = True",
    returns: "Any",
    face: Face::BOTH,
    differentiable: true,
    body: Body::Call(|a| {
        let largest = matches!(a.get(3), Value::None) || a.flag(3)?;
        topk(a.tensor(0)?, a.int(1)?, a.maybe_int(2)?.unwrap_or(-1), largest).map(|pair| named("topk", pair))
    }),
    samples: &["f(5), 2", "f(2, 4), 1, dim=0", "f(2, 3), 2, largest=False", "f(), 1", "i(6), 3"],
};

/// The row of the table.
pub static KTHVALUE: OpInfo = OpInfo {
    name: "kthvalue",
    doc: "The `k`-th smallest element along `dim`, counted from 1, and its index (int64); of equal ones the order is theirs.\n\n\
          >>> import wengert\n\
          >>> wengert.kthvalue(wengert.tensor([3.0, 1.0, 2.0]), 2).values\n\
          tensor(2.)\n",
    signature: "input: Tensor, k: int, dim: int = -1, keepdim: bool = False",
    returns: "Any",
    face: Face::BOTH,
    differentiable: true,
    body: Body::Call(|a| {
        kthvalue(a.tensor(0)?, a.int(1)?, a.maybe_int(2)?.unwrap_or(-1), a.flag(3)?).map(|pair| named("kthvalue", pair))
    }),
    samples: &["f(5), 2", "f(2, 4), 1, dim=0", "f(2, 3), 3, dim=1, keepdim=True", "f(), 1", "i(6), 3"],
};

/// The rows of this file.
pub static ROWS: &[&OpInfo] = &[&SORT, &ARGSORT, &MSORT, &TOPK, &KTHVALUE];
