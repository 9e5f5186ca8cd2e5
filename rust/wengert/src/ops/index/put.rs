//! `x[entries]`, `x[entries] = value` and `index_put`.

use super::places::{Entry, Target, resolve};
use super::points::{INDEX, Names, Read, Spot, Write};
use crate::array::layout::{broadcast, show};
use crate::error::{Error, Result};
use crate::op::OpRef;
use crate::ops::table::{Args, Body, Face, OpInfo, Value};
use crate::record::apply;
use crate::tensor::Tensor;

pub(super) const PUT: Names = Names("index_put", "IndexPutBackward0", "index", "IndexBackward0");

/// Elements of `x` at integer tensors and masks.
#[track_caller]
pub fn index(x: &Tensor, entries: &[Entry]) -> Result<Tensor> {
    let Target { dims, place, at } = resolve(entries, x.shape())?;
    if dims.is_empty() && entries.iter().all(Option::is_none) {
        return crate::ops::view_alias(x);
    }
    apply(OpRef::new(Read { spot: Spot { dims, place }, names: INDEX }), &[x, &at])
}

/// The write of `value`, broadcast, at the entries: the op, the places and the value.
fn prepare(x: &Tensor, entries: &[Entry], value: &Tensor, add: bool) -> Result<(OpRef, Tensor, Tensor)> {
    let Target { dims, place, at } = resolve(entries, x.shape())?;
    let spot = Spot { dims, place };
    let shape = spot.out_shape(x.shape(), at.shape());
    // Leading dimensions of size 1 that the value has too many are dropped, as in NumPy.
    let extra = value.ndim().saturating_sub(shape.len());
    let value = if extra > 0 && value.shape()[..extra].iter().all(|&n| n == 1) {
        crate::ops::view::reshape(value, &value.shape()[extra..])?
    } else {
        value.clone()
    };
    if broadcast(&shape, value.shape()).as_deref() != Some(&*shape) {
        return Err(Error::runtime(format!(
            "shape mismatch: value tensor of shape {} cannot be broadcast to indexing result of shape {}",
            show(value.shape()),
            show(&shape)
        )));
    }
    let value = if value.shape() == &*shape { value } else { crate::ops::view::expand(&value, &shape)? };
    Ok((OpRef::new(Write { spot, add, names: PUT }), at, value))
}

/// Overwrites the elements of `x` at the indices with `value`, broadcast and cast.
#[track_caller]
pub fn index_put_(x: &mut Tensor, entries: &[Entry], value: &Tensor) -> Result<()> {
    let value = crate::ops::cast(value, x.dtype())?;
    let (op, at, value) = prepare(x, entries, &value, false)?;
    crate::inplace::apply_partial(op, "index_put_", x, &[&at, &value])
}

/// `x` with `value`, broadcast, at the indices, or added to what is there.
#[track_caller]
pub fn index_put(x: &Tensor, entries: &[Entry], value: &Tensor, accumulate: bool) -> Result<Tensor> {
    let (op, at, value) = prepare(x, entries, value, accumulate)?;
    apply(op, &[x, &at, &value])
}

fn arguments<'a>(x: &Tensor, a: &'a Args<'_>) -> Result<(Vec<Entry>, &'a Tensor, bool)> {
    let Value::List(items) = a.get(1) else {
        return Err(Error::type_("index_put(): argument 'indices' must be tuple of Tensors"));
    };
    let entries = items
        .iter()
        .map(|v| match v {
            Value::Tensor(t) => Ok(Some(t.clone())),
            Value::None => Ok(None),
            _ => Err(Error::type_("index_put(): argument 'indices' must be tuple of Tensors")),
        })
        .collect::<Result<Vec<_>>>()?;
    let values = a.tensor(2)?;
    if values.dtype() != x.dtype() {
        return Err(Error::runtime(format!(
            "Index put requires the source and destination dtypes match, got {} for the destination and {} for the source; try to({})",
            x.dtype().word(),
            values.dtype().word(),
            x.dtype().name()
        )));
    }
    Ok((entries, values, a.flag(3)?))
}

/// The row of the table.
pub static INDEX_PUT: OpInfo = OpInfo {
    name: "index_put",
    doc: "`input` with `values`, broadcast, at `indices`: a tuple of integer tensors or masks, as in `input[indices]`.\n\n\
          Of several values for one place the last stays; with `accumulate` all are added to what is there, in order.\n\
          `values` has the dtype of `input`. IndexError where an index is out of bounds.\n\n\
          >>> import wengert\n\
          >>> at = wengert.tensor([0, 2, 0])\n\
          >>> wengert.zeros(3).index_put((at,), wengert.tensor([1.0, 2.0, 3.0]), accumulate=True)\n\
          tensor([4., 0., 2.])\n",
    signature: "input: Tensor, indices: Sequence[Tensor], values: Tensor, accumulate: bool = False",
    returns: "Tensor",
    face: Face::ELEMENTWISE,
    differentiable: true,
    body: Body::Twin(
        |a| {
            let x = a.tensor(0)?;
            let (entries, values, accumulate) = arguments(x, a)?;
            index_put(x, &entries, values, accumulate).map(Value::from)
        },
        |x, a| {
            let (entries, values, accumulate) = arguments(x, a)?;
            let (op, at, values) = prepare(x, &entries, values, accumulate)?;
            crate::inplace::apply_partial(op, "index_put_", x, &[&at, &values])
        },
    ),
    samples: &[
        "f(3, 2), [i(4, hi=3)], f(4, 2), accumulate=True",
        "f(3, 2), [i(2, hi=3), i(2, hi=2)], f(2), accumulate=True",
        "f(4), [i(1, hi=4)], f()",
    ],
};

/// The rows of this file.
pub static ROWS: &[&OpInfo] = &[&INDEX_PUT];
