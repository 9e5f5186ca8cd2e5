//! gather, scatter and scatter_add: one dimension is indexed, by an index for each element.

use super::places::numbers;
use super::{unequal_dtypes, whole};
use crate::array::layout::{show, wrap_dim};
use crate::array::{Array, Layout, Scalar};
use crate::error::{Error, Result};
use crate::op::{Batched, Cotangents, Grads, Op, OpRef};
use crate::ops::table::{Args, Body, Face, OpInfo, Operand, Value};
use crate::record::apply;
use crate::saved::Saved;
use crate::tensor::Tensor;
use crate::with_dtype;
use smallvec::{SmallVec, smallvec};
use wengert_kernels::along::{self as kernel, Combine};

/// The index, row-major and checked.
fn checked(index: &Array, dim: usize, n: usize) -> Result<Array> {
    let index = index.contiguous()?;
    if !wengert_kernels::index::all_within(numbers(&index), 0, n as i64) {
        let wrong = numbers(&index).iter().find(|&&i| i < 0 || i >= n as i64).copied().unwrap_or(0);
        return Err(Error::runtime(format!("index {wrong} is out of bounds for dimension {dim} with size {n}")));
    }
    Ok(index)
}

/// A 0-d tensor counts as one of one element.
fn extents(layout: &Layout) -> (&[usize], &[isize]) {
    if layout.ndim() == 0 { (&[1], &[1]) } else { (layout.shape(), layout.strides()) }
}

/// All inputs below a leading mapped dimension, and at least one more.
fn below(inputs: &[Batched], size: usize) -> Result<SmallVec<[Tensor; 4]>> {
    inputs
        .iter()
        .map(|b| {
            let x = crate::transform::spread(b, size)?;
            if x.ndim() == 1 { crate::ops::view::unsqueeze(&x, 1) } else { Ok(x) }
        })
        .collect()
}

/// `input[.., index[.., j, ..], ..]` with the index in `dim`: inputs input and index.
#[derive(Clone, Debug)]
pub(crate) struct Gather {
    pub dim: usize,
    /// Whether `dim`, where the index has size 1, disappears.
    pub drop: bool,
    pub names: (&'static str, &'static str),
}

const GATHER_NAMES: (&str, &str) = ("gather", "GatherBackward0");

impl Gather {
    /// `dim` of a cotangent or a result comes back, or goes.
    fn with_dim(&self, t: &Tensor) -> Result<Tensor> {
        if self.drop { crate::ops::view::unsqueeze(t, self.dim as i64) } else { Ok(t.clone()) }
    }
    fn without_dim(&self, t: &Tensor) -> Result<Tensor> {
        if self.drop { crate::ops::view::select(t, self.dim as i64, 0) } else { Ok(t.clone()) }
    }
}

impl Op for Gather {
    fn name(&self) -> &str {
        self.names.0
    }
    fn grad_name(&self) -> String {
        self.names.1.to_owned()
    }
    fn forward(&self, inputs: &[&Array]) -> Result<Array> {
        let x = inputs[0];
        let out = Array::empty(Layout::contiguous(inputs[1].shape())?, x.dtype())?;
        let ((sizes, strides), (shape, _)) = (extents(x.layout()), extents(inputs[1].layout()));
        let index = checked(inputs[1], self.dim, sizes[self.dim])?;
        with_dtype!(x.dtype(), T => {
            // SAFETY: the index was checked and is no larger in the other dimensions; the output is fresh.
            unsafe { kernel::gather::<T>(shape, self.dim, x.ptr(), strides, index.ptr(), out.ptr()) }
        });
        Ok(self.without_dim(&Tensor::from_array(out))?.array().clone())
    }
    fn keep(&self, _: u32) -> u32 {
        1 << 1
    }
    fn vjp(&self, saved: &Saved<'_>, cotangents: Cotangents) -> Result<Grads> {
        let Some(Some(g)) = cotangents.first() else { return Ok(Grads::new()) };
        let g = self.with_dim(g)?;
        Ok(smallvec![Some(put_along(&g, &saved.input(1)?, self.dim, saved.input_layout(0).shape())?), None])
    }
    fn jvp(&self, inputs: &[&Tensor], _: &Tensor, tangents: &[Option<Tensor>]) -> Result<Option<Tensor>> {
        tangents[0].as_ref().map(|t| self.without_dim(&take_along(t, inputs[1], self.dim)?)).transpose()
    }
    fn batch(&self, inputs: &[Batched], size: usize) -> Result<Option<Batched>> {
        let all = below(inputs, size)?;
        let y = apply(OpRef::new(Gather { dim: self.dim + 1, ..self.clone() }), &[&all[0], &all[1]])?;
        let scalar = inputs[1].0.ndim() == usize::from(inputs[1].1.is_some()) && !self.drop;
        Ok(Some((if scalar { crate::ops::view::select(&y, 1, 0)? } else { y }, Some(0))))
    }
}

/// The first input with the third, of the index's shape, scattered into `dim` by the second.
#[derive(Clone, Debug)]
pub(super) struct Scatter {
    pub dim: usize,
    pub add: bool,
    /// Whether the call gave a number, for which PyTorch has a node of its own.
    pub number: bool,
}

/// Scatters into `out`, whatever stands there.
pub(super) fn scatter_into(out: &Array, dim: usize, index: &Array, source: &Array, combine: Combine) -> Result<()> {
    let ((sizes, strides), (shape, _)) = (extents(out.layout()), extents(index.layout()));
    let index = checked(index, dim, sizes[dim])?;
    let source = source.contiguous()?;
    with_dtype!(out.dtype(), T => {
        // SAFETY: the index was checked and is no larger in the other dimensions; the source has its shape.
        unsafe { kernel::scatter::<T>(combine, shape, dim, out.ptr(), strides, index.ptr(), source.ptr()) }
    });
    Ok(())
}

impl Op for Scatter {
    fn name(&self) -> &str {
        if self.add { "scatter_add" } else { "scatter" }
    }
    fn grad_name(&self) -> String {
        match (self.add, self.number) {
            (true, _) => "ScatterAddBackward0",
            (false, false) => "ScatterBackward0",
            (false, true) => "ScatterBackward1",
        }
        .to_owned()
    }
    fn forward(&self, inputs: &[&Array]) -> Result<Array> {
        let out = inputs[0].copied()?;
        self.forward_into(&[&out, inputs[1], inputs[2]], &out)?;
        Ok(out)
    }
    fn forward_into(&self, inputs: &[&Array], out: &Array) -> Result<()> {
        if !inputs[0].same(out) {
            out.write_unseen(inputs[0]);
        }
        let combine = if self.add { Combine::Add } else { Combine::Assign };
        scatter_into(out, self.dim, inputs[1], inputs[2], combine)
    }
    fn keep(&self, _: u32) -> u32 {
        1 << 1
    }
    fn vjp(&self, saved: &Saved<'_>, cotangents: Cotangents) -> Result<Grads> {
        let Some(Some(g)) = cotangents.first() else { return Ok(Grads::new()) };
        let index = saved.input(1)?;
        let x = match (saved.needs(0), self.add) {
            (false, _) => None,
            (true, true) => Some(g.clone()),
            (true, false) => Some(apply(OpRef::new(self.clone()), &[g, &index, &constant(g, &index, 0)?])?),
        };
        let source = if saved.needs(2) { Some(take_along(g, &index, self.dim)?) } else { None };
        Ok(smallvec![x, None, source])
    }
    fn jvp(&self, inputs: &[&Tensor], _: &Tensor, tangents: &[Option<Tensor>]) -> Result<Option<Tensor>> {
        if tangents[0].is_none() && tangents[2].is_none() {
            return Ok(None);
        }
        let get = |i: usize| tangents[i].clone().map_or_else(|| crate::ops::write::zeros_like(inputs[i]), Ok);
        apply(OpRef::new(self.clone()), &[&get(0)?, inputs[1], &get(2)?]).map(Some)
    }
    fn batch(&self, inputs: &[Batched], size: usize) -> Result<Option<Batched>> {
        let all = below(inputs, size)?;
        let op = OpRef::new(Scatter { dim: self.dim + 1, ..self.clone() });
        let y = apply(op, &[&all[0], &all[1], &all[2]])?;
        let scalar = inputs[0].0.ndim() == usize::from(inputs[0].1.is_some());
        Ok(Some((if scalar { crate::ops::view::select(&y, 1, 0)? } else { y }, Some(0))))
    }
}

/// A constant of the dtype of `x` and the shape of `index`.
pub(super) fn constant(x: &Tensor, index: &Tensor, value: i64) -> Result<Tensor> {
    crate::ops::view::expand(&Tensor::scalar(x.dtype(), Scalar::Int(value))?, index.shape())
}

/// `x` at `index` along `dim` (shapes agree in the other dimensions).
pub(crate) fn take_along(x: &Tensor, index: &Tensor, dim: usize) -> Result<Tensor> {
    apply(OpRef::new(Gather { dim, drop: false, names: GATHER_NAMES }), &[x, index])
}

/// The adjoint of [`take_along`]: `g` added into zeros of `shape`.
pub(crate) fn put_along(g: &Tensor, index: &Tensor, dim: usize, shape: &[usize]) -> Result<Tensor> {
    let zeros = crate::ops::view::expand(&Tensor::scalar(g.dtype(), Scalar::Int(0))?, shape)?;
    apply(OpRef::new(Scatter { dim, add: true, number: false }), &[&zeros, index, g])
}

/// dim and index of a call, checked against `x`, and against the source's shape where there is one.
pub(super) fn arguments(
    name: &str,
    x: &Tensor,
    dim: i64,
    index: &Tensor,
    source: Option<&[usize]>,
) -> Result<(usize, Tensor)> {
    let dim = wrap_dim(name, dim, x.ndim().max(1))?;
    let index = whole(name, index, "dtype int32/int64")?;
    if index.numel() == 0 {
        return Ok((dim, index));
    }
    if index.ndim().max(1) != x.ndim().max(1) || source.is_some_and(|s| s.len().max(1) != index.ndim().max(1)) {
        return Err(Error::runtime(format!(
            "{name}(): Index tensor must have the same number of dimensions as {} tensor; got {} and {}",
            match (index.ndim().max(1) != x.ndim().max(1), source) {
                (true, None) => "input",
                (true, Some(_)) => "self",
                (false, _) => "src",
            },
            show(index.shape()),
            show(source.unwrap_or(x.shape()))
        )));
    }
    let outside = (0..x.ndim().min(index.ndim())).any(|d| d != dim && index.shape()[d] > x.shape()[d]);
    let beyond = source.is_some_and(|s| {
        (0..s.len().min(index.ndim())).any(|d| index.shape()[d] > s[d]) || (s.is_empty() && index.numel() > 1)
    });
    if outside || beyond {
        if source.is_none() {
            let d = (0..index.ndim()).find(|&d| d != dim && index.shape()[d] > x.shape()[d]).unwrap_or(0);
            return Err(Error::runtime(format!(
                "Size does not match at dimension {d} expected index {} to be no larger than self {} apart from dimension {dim} \
                 ({name})",
                show(index.shape()),
                show(x.shape())
            )));
        }
        let source = source.map_or(String::new(), |s| format!(" and to be no larger than src {}", show(s)));
        return Err(Error::runtime(format!(
            "{name}(): Expected index {} to be no larger than self {} apart from dimension {dim}{source}",
            show(index.shape()),
            show(x.shape())
        )));
    }
    Ok((dim, index))
}

/// The part of `source` that an index of `shape` reaches.
pub(super) fn reached(source: &Tensor, shape: &[usize]) -> Result<Tensor> {
    let mut part = source.clone();
    if part.ndim() != shape.len() {
        return crate::ops::view::reshape(&part, shape);
    }
    for (d, &n) in shape.iter().enumerate() {
        if part.shape()[d] != n {
            part = crate::ops::view::slice(&part, d, 0, n, 1)?;
        }
    }
    Ok(part)
}

/// Elements of `x` at `index` along `dim`: `out[i][j] = x[index[i][j]][j]` for dimension 0.
#[track_caller]
pub fn gather(x: &Tensor, dim: i64, index: &Tensor) -> Result<Tensor> {
    let (dim, index) = arguments("gather", x, dim, index, None)?;
    if index.numel() == 0 && index.ndim().max(1) != x.ndim().max(1) {
        return Tensor::full(index.shape(), x.dtype(), Scalar::Int(0));
    }
    take_along(x, &index, dim)
}

/// The write of a call: the op, its index and its source; None where there is nothing to write.
fn prepare(
    name: &str,
    x: &Tensor,
    dim: i64,
    index: &Tensor,
    source: &Tensor,
    add: bool,
    number: bool,
) -> Result<Option<(OpRef, Tensor, Tensor)>> {
    let (dim, index) = arguments(name, x, dim, index, Some(source.shape()))?;
    if source.dtype() != x.dtype() {
        return Err(unequal_dtypes(name, x, source));
    }
    if index.numel() == 0 && (index.ndim() != x.ndim() || source.ndim() != x.ndim()) {
        return Ok(None);
    }
    let source = reached(source, index.shape())?;
    Ok(Some((OpRef::new(Scatter { dim, add, number }), index, source)))
}

/// `x` with `source` scattered along `dim`: `x[index[i][j]][j] = source[i][j]` for dimension 0.
#[track_caller]
pub fn scatter(x: &Tensor, dim: i64, index: &Tensor, source: &Tensor) -> Result<Tensor> {
    match prepare("scatter", x, dim, index, source, false, false)? {
        None => crate::ops::clone(x),
        Some((op, index, source)) => apply(op, &[x, &index, &source]),
    }
}

/// `x` with `source` added along `dim`: `x[index[i][j]][j] += source[i][j]` for dimension 0.
#[track_caller]
pub fn scatter_add(x: &Tensor, dim: i64, index: &Tensor, source: &Tensor) -> Result<Tensor> {
    match prepare("scatter_add", x, dim, index, source, true, false)? {
        None => crate::ops::clone(x),
        Some((op, index, source)) => apply(op, &[x, &index, &source]),
    }
}

/// What a call of `scatter` asks for.
enum Wanted {
    Assign(Tensor),
    Add(Tensor),
    Multiply(Tensor),
}

fn wanted(x: &Tensor, a: &Args<'_>) -> Result<Wanted> {
    let source = match a.operand(3)? {
        Operand::Tensor(t) => t.clone(),
        Operand::Number(v) => {
            let index = a.tensor(2)?;
            crate::ops::view::expand(&Tensor::scalar(x.dtype(), v)?, index.shape())?
        }
    };
    match a.get(4) {
        Value::None => Ok(Wanted::Assign(source)),
        Value::Str(s) if s == "add" => Ok(Wanted::Add(source)),
        Value::Str(s) if s == "multiply" => Ok(Wanted::Multiply(source)),
        other => Err(Error::runtime(format!("reduce argument must be either add or multiply; got {other:?}"))),
    }
}

fn call(a: &Args<'_>) -> Result<Value> {
    let (x, dim, index) = (a.tensor(0)?, a.int(1)?, a.tensor(2)?);
    match wanted(x, a)? {
        Wanted::Assign(source) => {
            let number = !matches!(a.get(3), Value::Tensor(_));
            match prepare("scatter", x, dim, index, &source, false, number)? {
                None => crate::ops::clone(x),
                Some((op, index, source)) => apply(op, &[x, &index, &source]),
            }
        }
        Wanted::Add(source) => scatter_add(x, dim, index, &source),
        Wanted::Multiply(source) => super::scatter_reduce(x, dim, index, &source, "prod", true),
    }
    .map(Value::from)
}

fn write(x: &mut Tensor, a: &Args<'_>) -> Result<()> {
    let (dim, index) = (a.int(1)?, a.tensor(2)?);
    let (source, add) = match wanted(x, a)? {
        Wanted::Assign(source) => (source, false),
        Wanted::Add(source) => (source, true),
        Wanted::Multiply(source) => return super::reduced::write(x, dim, index, &source, "prod", true),
    };
    match prepare("scatter_", x, dim, index, &source, add, !matches!(a.get(3), Value::Tensor(_)))? {
        None => Ok(()),
        Some((op, index, source)) => crate::inplace::apply_partial(op, "scatter_", x, &[&index, &source]),
    }
}

/// The row of the table.
pub static GATHER: OpInfo = OpInfo {
    name: "gather",
    doc: "Elements of `input` at `index` along `dim`: `out[i][j] = input[index[i][j]][j]` for `dim=0`.\n\n\
          `index` (int64) has as many dimensions as `input` and is no larger in any but `dim`; the result has its shape.\n\
          RuntimeError where an index is out of bounds; negative ones are.\n\n\
          >>> import wengert\n\
          >>> wengert.gather(wengert.tensor([[1, 2], [3, 4]]), 1, wengert.tensor([[0, 0], [1, 0]])).tolist()\n\
          [[1, 1], [4, 3]]\n",
    signature: "input: Tensor, dim: int, index: Tensor, *, sparse_grad: bool = False",
    returns: "Tensor",
    face: Face::BOTH,
    differentiable: true,
    body: Body::Call(|a| gather(a.tensor(0)?, a.int(1)?, a.tensor(2)?).map(Value::from)),
    samples: &[
        "f(2, 3), 1, i(2, 4, hi=3)",
        "f(3, 2), 0, i(4, 1, hi=3)",
        "f(2, 3, 2), -1, i(2, 2, 3, hi=2)",
        "f(), 0, i(hi=1)",
    ],
};

/// The row of the table.
pub static SCATTER: OpInfo = OpInfo {
    name: "scatter",
    doc: "`input` with `src` scattered along `dim`: `out[index[i][j]][j] = src[i][j]` for `dim=0`.\n\n\
          `src` is a tensor of the dtype of `input`, no smaller than `index`, or a number. Of several values for one place \
          the last stays; `reduce='add'` or `'multiply'` joins them with what is there. RuntimeError where an index is out of \
          bounds.\n\n\
          >>> import wengert\n\
          >>> wengert.zeros(2, 2).scatter(1, wengert.tensor([[1], [0]]), 5.0).tolist()\n\
          [[0.0, 5.0], [5.0, 0.0]]\n",
    signature: "input: Tensor, dim: int, index: Tensor, src: Tensor | Number, *, reduce: str | None = None",
    returns: "Tensor",
    face: Face::ELEMENTWISE,
    differentiable: true,
    body: Body::Twin(call, write),
    samples: &[
        "f(4, 3), 0, i(1, 3, hi=4), f(1, 3)",
        "f(2, 3), -1, i(2, 1, hi=3), f(2, 2)",
        "f(2, 3), 1, i(2, 2, hi=3), 1.5",
        "f(3, 2), 0, i(4, 2, hi=3), f(4, 2), reduce='add'",
        "f(), 0, i(hi=1), f()",
    ],
};

/// The row of the table.
pub static SCATTER_ADD: OpInfo = OpInfo {
    name: "scatter_add",
    doc: "`input` with `src` added along `dim`: `out[index[i][j]][j] += src[i][j]` for `dim=0`, in order.\n\n\
          `src` has the dtype of `input` and is no smaller than `index`. RuntimeError where an index is out of bounds.\n\n\
          >>> import wengert\n\
          >>> wengert.zeros(3).scatter_add(0, wengert.tensor([0, 2, 0]), wengert.tensor([1.0, 2.0, 3.0]))\n\
          tensor([4., 0., 2.])\n",
    signature: "input: Tensor, dim: int, index: Tensor, src: Tensor",
    returns: "Tensor",
    face: Face::ELEMENTWISE,
    differentiable: true,
    body: Body::Twin(
        |a| scatter_add(a.tensor(0)?, a.int(1)?, a.tensor(2)?, a.tensor(3)?).map(Value::from),
        |x, a| match prepare("scatter_add_", x, a.int(1)?, a.tensor(2)?, a.tensor(3)?, true, false)? {
            None => Ok(()),
            Some((op, index, source)) => crate::inplace::apply_partial(op, "scatter_add_", x, &[&index, &source]),
        },
    ),
    samples: &["f(3, 2), 0, i(4, 2, hi=3), f(4, 2)", "f(2, 3), 1, i(1, 4, hi=3), f(2, 5)", "i(3), 0, i(5, hi=3), i(5)"],
};

/// The rows of this file.
pub static ROWS: &[&OpInfo] = &[&GATHER, &SCATTER, &SCATTER_ADD];
