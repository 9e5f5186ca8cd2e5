//! take and put_, by places in row-major order, and take_along_dim.

use super::places::in_dim;
use super::points::{Names, Read, Spot, Write};
use super::{along::arguments, unequal_dtypes};
use crate::array::layout::{broadcast, broadcast_error, wrap_dim};
use crate::array::{DType, Dims};
use crate::error::{Error, Result};
use crate::op::OpRef;
use crate::ops::table::{Body, Face, OpInfo, Value};
use crate::record::apply;
use crate::tensor::Tensor;
use smallvec::SmallVec;

const TAKE: Names = Names("take", "TakeBackward0", "put", "PutBackward0");
const PUT: Names = Names("put", "PutBackward0", "take", "TakeBackward0");

fn places(name: &str, x: &Tensor, index: &Tensor) -> Result<Tensor> {
    if index.dtype() != DType::I64 {
        return Err(Error::runtime(format!(
            "{name}(): Expected a long tensor for index, but got {}; try long()",
            index.dtype().word()
        )));
    }
    in_dim(index, 0, x.numel()).map_err(|e| {
        let message = e.into_details().message;
        Error::index(format!("{name}(): out of range: {message}; the tensor has {} elements", x.numel()))
    })
}

fn spot(x: &Tensor) -> Spot {
    Spot { dims: (0..x.ndim()).collect(), place: 0 }
}

/// Elements of `x` at places in its row-major order.
#[track_caller]
pub fn take(x: &Tensor, index: &Tensor) -> Result<Tensor> {
    let at = places("take", x, index)?;
    apply(OpRef::new(Read { spot: spot(x), names: TAKE }), &[x, &at])
}

fn prepare(x: &Tensor, index: &Tensor, source: &Tensor, add: bool) -> Result<(OpRef, Tensor, Tensor)> {
    if source.dtype() != x.dtype() {
        return Err(unequal_dtypes("put_", x, source));
    }
    let at = places("put_", x, index)?;
    if source.numel() != at.numel() {
        return Err(Error::index(format!(
            "put_(): Expected source and index to have the same number of elements, but got source.numel() = {}, \
             index.numel() = {}",
            source.numel(),
            at.numel()
        )));
    }
    let source = crate::ops::view::reshape(source, at.shape())?;
    Ok((OpRef::new(Write { spot: spot(x), add, names: PUT }), at, source))
}

/// `x` with `source` at places in row-major order, or that added to what is there.
#[track_caller]
pub fn put(x: &Tensor, index: &Tensor, source: &Tensor, accumulate: bool) -> Result<Tensor> {
    let (op, at, source) = prepare(x, index, source, accumulate)?;
    apply(op, &[x, &at, &source])
}

/// `x` at `index` along `dim`, other dimensions broadcast; without one, of the flattened `x`.
#[track_caller]
pub fn take_along_dim(x: &Tensor, index: &Tensor, dim: Option<i64>) -> Result<Tensor> {
    if index.dtype() != DType::I64 {
        return Err(Error::runtime(format!(
            "torch.take_along_dim(): dtype of indices should be Long but got {}; try long()",
            index.dtype().word()
        )));
    }
    let flat = |t: &Tensor| crate::ops::view::reshape(t, &[t.numel()]);
    let Some(dim) = dim else { return take_along_dim(&flat(x)?, &flat(index)?, Some(0)) };
    if x.ndim() != index.ndim() {
        return Err(Error::runtime(format!(
            "torch.take_along_dim(): input and indices should have the same number of dimensions, but got {} dimensions \
             for input, and {} dimensions for indices",
            x.ndim(),
            index.ndim()
        )));
    }
    let dim = wrap_dim("take_along_dim", dim, x.ndim().max(1))?;
    let common =
        |t: &Tensor| -> Dims { t.shape().iter().enumerate().map(|(d, &n)| if d == dim { 1 } else { n }).collect() };
    let shape = broadcast(&common(x), &common(index))
        .ok_or_else(|| broadcast_error("take_along_dim", x.shape(), index.shape()))?;
    let wide = |t: &Tensor| {
        let full: SmallVec<[usize; 8]> =
            shape.iter().enumerate().map(|(d, &n)| if d == dim { t.shape()[d] } else { n }).collect();
        if t.shape() == &*full { Ok(t.clone()) } else { crate::ops::view::expand(t, &full) }
    };
    let index = if x.ndim() == 0 { index.clone() } else { in_dim(index, dim, x.shape()[dim])? };
    let (x, index) = (wide(x)?, wide(&index)?);
    let (dim, index) = arguments("take_along_dim", &x, dim as i64, &index, None)?;
    super::take_along(&x, &index, dim)
}

/// The row of the table.
pub static TAKE_ROW: OpInfo = OpInfo {
    name: "take",
    doc: "Elements of `input`, as if it were flattened, at `index` (int64); the result has the shape of `index`.\n\n\
          IndexError where an index is out of bounds; negative ones count from the end.\n\n\
          >>> import wengert\n\
          >>> wengert.take(wengert.tensor([[1, 2], [3, 4]]), wengert.tensor([0, -1]))\n\
          tensor([1, 4])\n",
    signature: "input: Tensor, index: Tensor",
    returns: "Tensor",
    face: Face::BOTH,
    differentiable: true,
    body: Body::Call(|a| take(a.tensor(0)?, a.tensor(1)?).map(Value::from)),
    samples: &["f(2, 3), i(4, lo=-6, hi=6)", "f(4), i(2, 3, hi=4)", "f(), i(2, hi=1)"],
};

/// The row of the table.
pub static PUT_ROW: OpInfo = OpInfo {
    name: "put",
    doc: "`input` with `source` at `index` (int64), as if all three were flattened.\n\n\
          `source` has the dtype of `input`. Of several values for one place the last stays; with `accumulate` all are \
          added. IndexError where an index is out of bounds; negative ones count from the end.\n\n\
          >>> import wengert\n\
          >>> wengert.zeros(2, 2).put(wengert.tensor([1, -1]), wengert.tensor([5.0, 6.0])).tolist()\n\
          [[0.0, 5.0], [0.0, 6.0]]\n",
    signature: "input: Tensor, index: Tensor, source: Tensor, accumulate: bool = False",
    returns: "Tensor",
    face: Face::ELEMENTWISE,
    differentiable: true,
    body: Body::Twin(
        |a| put(a.tensor(0)?, a.tensor(1)?, a.tensor(2)?, a.flag(3)?).map(Value::from),
        |x, a| {
            let (op, at, source) = prepare(x, a.tensor(1)?, a.tensor(2)?, a.flag(3)?)?;
            crate::inplace::apply_partial(op, "put_", x, &[&at, &source])
        },
    ),
    samples: &["f(2, 3), i(4, lo=-6, hi=6), f(4), accumulate=True", "f(2, 3), i(1, hi=6), f(1)"],
};

/// The row of the table.
pub static TAKE_ALONG_DIM: OpInfo = OpInfo {
    name: "take_along_dim",
    doc: "Elements of `input` at `indices` along `dim`; the other dimensions broadcast. Without `dim` both are flattened.\n\n\
          What `argsort` and `topk` return are such indices. IndexError where one is out of bounds.\n\n\
          >>> import wengert\n\
          >>> x = wengert.tensor([[3, 1, 2]])\n\
          >>> wengert.take_along_dim(x, wengert.argsort(x, dim=1), dim=1).tolist()\n\
          [[1, 2, 3]]\n",
    signature: "input: Tensor, indices: Tensor, dim: int | None = None",
    returns: "Tensor",
    face: Face::BOTH,
    differentiable: true,
    body: Body::Call(|a| take_along_dim(a.tensor(0)?, a.tensor(1)?, a.maybe_int(2)?).map(Value::from)),
    samples: &[
        "f(2, 3), i(2, 4, hi=3), dim=1",
        "f(2, 3), i(1, 3, hi=2), dim=0",
        "f(1, 3), i(2, 2, hi=3), dim=-1",
        "f(2, 3), i(4, hi=6)",
    ],
};

/// The rows of this file.
pub static ROWS: &[&OpInfo] = &[&TAKE_ROW, &PUT_ROW, &TAKE_ALONG_DIM];
