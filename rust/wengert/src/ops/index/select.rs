//! index_select, index_add, index_copy and index_fill: whole slices along one dimension, by a vector of indices.

use super::places::in_dim;
use super::points::{Names, Read, Spot, Write};
use super::{unequal_dtypes, whole};
use crate::array::layout::{show, wrap_dim};
use crate::array::{Category, Scalar};
use crate::error::{Error, ErrorKind, Result};
use crate::op::OpRef;
use crate::ops::table::{Args, Body, Face, OpInfo, Operand, Value};
use crate::record::apply;
use crate::tensor::Tensor;
use smallvec::smallvec;

const SELECT: Names = Names("index_select", "IndexSelectBackward0", "index_add", "IndexAddBackward0");
const ADD: Names = Names("index_add", "IndexAddBackward0", "index_select", "IndexSelectBackward0");
const COPY: Names = Names("index_copy", "IndexCopyBackward0", "index_select", "IndexSelectBackward0");
const FILL: Names = Names("index_fill", "IndexFillBackward0", "index_select", "IndexSelectBackward0");
const FILL_TENSOR: Names = Names("index_fill", "IndexFillBackward1", "index_select", "IndexSelectBackward0");

/// The places of a vector of indices (a 0-d one counts as a vector) in `dim`; negative ones where `wrap` says so.
fn places(name: &str, x: &Tensor, dim: usize, index: &Tensor, wrap: bool) -> Result<Tensor> {
    if index.ndim() > 1 {
        return Err(Error::index(format!(
            "{name}(): Index is supposed to be a vector; got shape {}, try x[index]",
            show(index.shape())
        )));
    }
    let index = whole(name, index, "dtype int32 or int64")?;
    let index = if index.ndim() == 0 { crate::ops::view::unsqueeze(&index, 0)? } else { index };
    let n = x.shape().get(dim).copied().unwrap_or(1);
    if x.ndim() == 0 && index.numel() != 1 {
        return Err(Error::runtime(format!(
            "{name}(): Index to scalar can have only 1 value, got {} value(s)",
            index.numel()
        )));
    }
    if !wrap && let Some(plain) = crate::transform::plain_value(&index) {
        let values = crate::tap::aside(|| plain.array().to_vec::<i64>())?;
        if let Some(i) = values.iter().find(|&&i| i < 0 || i >= n as i64) {
            return Err(Error::index(format!(
                "{name}(): index out of range in self: index {i} is out of bounds for dimension {dim} with size {n}"
            )));
        }
        if crate::tap::listening() {
            crate::tap::within(plain.array(), 0, n as i64, None, "index_select(): index")?;
        }
    }
    in_dim(&index, dim, n)
}

fn spot(x: &Tensor, dim: usize) -> Spot {
    if x.ndim() == 0 { Spot { dims: smallvec![], place: 0 } } else { Spot { dims: smallvec![dim], place: dim } }
}

/// Slices of `x` along `dim`, in the order of the indices.
#[track_caller]
pub fn index_select(x: &Tensor, dim: i64, index: &Tensor) -> Result<Tensor> {
    let dim = wrap_dim("index_select", dim, x.ndim().max(1))?;
    let at = places("index_select", x, dim, index, false)?;
    let at = if x.ndim() == 0 { crate::ops::view::reshape(&at, &[])? } else { at };
    apply(OpRef::new(Read { spot: spot(x, dim), names: SELECT }), &[x, &at])
}

type Prepared = (OpRef, Tensor, Tensor);

/// The write of `source` (slices along `dim`), its places and what is written.
fn prepare(
    names: Names,
    x: &Tensor,
    dim: i64,
    index: &Tensor,
    source: &Tensor,
    alpha: Option<Scalar>,
) -> Result<Prepared> {
    let name = names.0;
    let dim = wrap_dim(name, dim, x.ndim().max(1))?;
    if source.dtype() != x.dtype() {
        return Err(unequal_dtypes(name, x, source));
    }
    let at = places(name, x, dim, index, false)?;
    let length = source.shape().get(dim).copied().unwrap_or(1);
    if length != at.numel() {
        let kind = if name == "index_copy" { ErrorKind::Index } else { ErrorKind::Runtime };
        return Err(Error::new(
            kind,
            format!(
                "{name}_(): Number of indices ({}) should be equal to source.size(dim): ({length}), for dim: {dim}",
                at.numel()
            ),
        ));
    }
    let fits = source.ndim().max(1) == x.ndim().max(1)
        && (0..x.ndim().min(source.ndim())).all(|d| d == dim || x.shape()[d] == source.shape()[d]);
    if !fits {
        let kind =
            if name == "index_copy" && source.ndim() != x.ndim() { ErrorKind::Index } else { ErrorKind::Runtime };
        return Err(Error::new(
            kind,
            format!(
                "{name}_(): source tensor shape must match self tensor shape, excluding the specified dimension. \
             Got self.shape = {} source.shape = {}; Source/destination tensor must have same slice shapes",
                show(x.shape()),
                show(source.shape())
            ),
        ));
    }
    let source = match alpha {
        Some(alpha) if alpha.as_f64() != 1.0 => {
            if alpha.dtype().category() > x.dtype().category() && x.dtype().category() != Category::Bool {
                return Err(Error::runtime(format!(
                    "{name}: For integral input tensors, argument alpha must not be a floating point number; got {}",
                    alpha.as_f64()
                )));
            }
            crate::ops::mul(source, &Tensor::scalar(x.dtype(), alpha)?)?
        }
        _ => source.clone(),
    };
    let (at, source) = if x.ndim() == 0 {
        (crate::ops::view::reshape(&at, &[])?, crate::ops::view::reshape(&source, &[])?)
    } else {
        (
            at,
            crate::ops::view::reshape(
                &source,
                &x.shape().iter().enumerate().map(|(d, &n)| if d == dim { length } else { n }).collect::<Vec<_>>(),
            )?,
        )
    };
    Ok((OpRef::new(Write { spot: spot(x, dim), add: name == "index_add", names }), at, source))
}

/// `x` with slices of `source`, times `alpha`, added along `dim` at the indices, in order.
#[track_caller]
pub fn index_add(x: &Tensor, dim: i64, index: &Tensor, source: &Tensor, alpha: Scalar) -> Result<Tensor> {
    let (op, at, source) = prepare(ADD, x, dim, index, source, Some(alpha))?;
    apply(op, &[x, &at, &source])
}

/// `x` with slices of `source` along `dim` at the indices.
#[track_caller]
pub fn index_copy(x: &Tensor, dim: i64, index: &Tensor, source: &Tensor) -> Result<Tensor> {
    let (op, at, source) = prepare(COPY, x, dim, index, source, None)?;
    apply(op, &[x, &at, &source])
}

fn prepare_fill(names: Names, x: &Tensor, dim: i64, index: &Tensor, value: &Tensor) -> Result<Prepared> {
    let dim = wrap_dim("index_fill", dim, x.ndim().max(1))?;
    if value.ndim() != 0 {
        return Err(Error::runtime(format!(
            "index_fill_ only supports a 0-dimensional value tensor, but got tensor with {} dimension(s); try index_copy()",
            value.ndim()
        )));
    }
    let mut at = places("index_fill", x, dim, index, true)?;
    if (value.requires_grad() || value.is_lifted()) && !at.is_lifted() {
        // Each place counts once in the value's gradient.
        at = crate::ops::order::unique(&at, None, false)?.values;
    }
    let at = if x.ndim() == 0 { crate::ops::view::reshape(&at, &[])? } else { at };
    let spot = spot(x, dim);
    let value = crate::ops::cast(value, x.dtype())?;
    let value = crate::ops::view::expand(&value, &spot.out_shape(x.shape(), at.shape()))?;
    Ok((OpRef::new(Write { spot, add: false, names }), at, value))
}

/// `x` with `value` (0-d) in the slices along `dim` at the indices.
#[track_caller]
pub fn index_fill(x: &Tensor, dim: i64, index: &Tensor, value: &Tensor) -> Result<Tensor> {
    let (op, at, value) = prepare_fill(FILL_TENSOR, x, dim, index, value)?;
    apply(op, &[x, &at, &value])
}

fn fill_names(a: &Args<'_>) -> Names {
    if matches!(a.get(3), Value::Tensor(_)) { FILL_TENSOR } else { FILL }
}

fn fill_value(x: &Tensor, a: &Args<'_>) -> Result<Tensor> {
    match a.operand(3)? {
        Operand::Tensor(t) => Ok(t.clone()),
        Operand::Number(v) => v.check_fits(x.dtype()).and_then(|()| Tensor::scalar(x.dtype(), v)),
    }
}

/// The row of the table.
pub static INDEX_SELECT: OpInfo = OpInfo {
    name: "index_select",
    doc: "Slices of `input` along `dim`, in the order of `index`, a vector of int64.\n\n\
          IndexError where an index is out of bounds; negative ones are.\n\n\
          >>> import wengert\n\
          >>> wengert.index_select(wengert.tensor([[1, 2], [3, 4]]), 0, wengert.tensor([1, 1])).tolist()\n\
          [[3, 4], [3, 4]]\n",
    signature: "input: Tensor, dim: int, index: Tensor",
    returns: "Tensor",
    face: Face::BOTH,
    differentiable: true,
    body: Body::Call(|a| index_select(a.tensor(0)?, a.int(1)?, a.tensor(2)?).map(Value::from)),
    samples: &["f(3, 2), 0, i(4, hi=3)", "f(2, 3, 2), 1, i(2, hi=3)", "f(2, 3), -1, i(4, hi=3)", "f(3), 0, i(2, hi=3)"],
};

/// The row of the table.
pub static INDEX_ADD: OpInfo = OpInfo {
    name: "index_add",
    doc: "`input` with slices of `source`, times `alpha`, added along `dim` at `index`, in order.\n\n\
          `source` has the dtype of `input`, and its shape but for as many slices as there are indices. IndexError where \
          an index is out of bounds.\n\n\
          >>> import wengert\n\
          >>> wengert.zeros(3).index_add(0, wengert.tensor([0, 2, 0]), wengert.ones(3), alpha=2)\n\
          tensor([4., 0., 2.])\n",
    signature: "input: Tensor, dim: int, index: Tensor, source: Tensor, *, alpha: Number = 1",
    returns: "Tensor",
    face: Face::ELEMENTWISE,
    differentiable: true,
    body: Body::Twin(
        |a| {
            let alpha = a.number_or(4, Scalar::Int(1))?;
            index_add(a.tensor(0)?, a.int(1)?, a.tensor(2)?, a.tensor(3)?, alpha).map(Value::from)
        },
        |x, a| {
            let alpha = Some(a.number_or(4, Scalar::Int(1))?);
            let (op, at, source) = prepare(ADD, x, a.int(1)?, a.tensor(2)?, a.tensor(3)?, alpha)?;
            crate::inplace::apply_partial(op, "index_add_", x, &[&at, &source])
        },
    ),
    samples: &[
        "f(3, 2), 0, i(4, hi=3), f(4, 2)",
        "f(2, 3), 1, i(4, hi=3), f(2, 4), alpha=2.5",
        "i(3), 0, i(4, hi=3), i(4), alpha=2",
    ],
};

/// The row of the table.
pub static INDEX_COPY: OpInfo = OpInfo {
    name: "index_copy",
    doc: "`input` with slices of `source` along `dim` at `index`; of several for one place the last stays.\n\n\
          `source` has the dtype of `input`, and its shape but for as many slices as there are indices. IndexError where an \
          index is out of bounds.\n\n\
          >>> import wengert\n\
          >>> wengert.zeros(3).index_copy(0, wengert.tensor([2, 0]), wengert.tensor([1.0, 2.0]))\n\
          tensor([2., 0., 1.])\n",
    signature: "input: Tensor, dim: int, index: Tensor, source: Tensor",
    returns: "Tensor",
    face: Face::ELEMENTWISE,
    differentiable: true,
    body: Body::Twin(
        |a| index_copy(a.tensor(0)?, a.int(1)?, a.tensor(2)?, a.tensor(3)?).map(Value::from),
        |x, a| {
            let (op, at, source) = prepare(COPY, x, a.int(1)?, a.tensor(2)?, a.tensor(3)?, None)?;
            crate::inplace::apply_partial(op, "index_copy_", x, &[&at, &source])
        },
    ),
    samples: &["f(3, 2), 0, i(1, hi=3), f(1, 2)", "f(2, 3), -1, i(1, hi=3), f(2, 1)"],
};

/// The row of the table.
pub static INDEX_FILL: OpInfo = OpInfo {
    name: "index_fill",
    doc: "`input` with `value`, a number or a 0-d tensor, in the slices along `dim` at `index`.\n\n\
          IndexError where an index is out of bounds; negative ones count from the end.\n\n\
          >>> import wengert\n\
          >>> wengert.zeros(3).index_fill(0, wengert.tensor([0, -1]), 5.0)\n\
          tensor([5., 0., 5.])\n",
    signature: "input: Tensor, dim: int, index: Tensor, value: Tensor | Number",
    returns: "Tensor",
    face: Face::ELEMENTWISE,
    differentiable: true,
    body: Body::Twin(
        |a| {
            let x = a.tensor(0)?;
            let (op, at, value) = prepare_fill(fill_names(a), x, a.int(1)?, a.tensor(2)?, &fill_value(x, a)?)?;
            apply(op, &[x, &at, &value]).map(Value::from)
        },
        |x, a| {
            let value = fill_value(x, a)?;
            let (op, at, value) = prepare_fill(fill_names(a), x, a.int(1)?, a.tensor(2)?, &value)?;
            crate::inplace::apply_partial(op, "index_fill_", x, &[&at, &value])
        },
    ),
    samples: &["f(3, 2), 0, i(2, hi=3), 1.5", "f(2, 3), -1, i(1, hi=3), f()", "i(4), 0, i(2, lo=-4, hi=4), 7"],
};

/// The rows of this file.
pub static ROWS: &[&OpInfo] = &[&INDEX_SELECT, &INDEX_ADD, &INDEX_COPY, &INDEX_FILL];
