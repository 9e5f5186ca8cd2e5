//! Masks: where they are true, and reading, filling and overwriting there.

use super::places::numbers;
use super::points::{Names, Read, Spot, Write};
use super::unequal_dtypes;
use crate::array::layout::{broadcast, broadcast_error, broadcast_strides, row_major, show};
use crate::array::{Array, DType, Layout, Scalar};
use crate::error::{Error, Result};
use crate::op::{Batched, Cotangents, Grads, Op, OpRef};
use crate::ops::table::{Args, Body, Face, OpInfo, Operand, Value};
use crate::record::apply;
use crate::saved::Saved;
use crate::tap;
use crate::tensor::Tensor;
use crate::with_dtype;
use smallvec::{SmallVec, smallvec};
use wengert_kernels::{index as kernel, map};

/// Where `mask` is true (anything but zero), as places in its row-major order.
pub(super) fn true_places(name: &str, mask: &Tensor) -> Result<Tensor> {
    let flags = crate::ops::cast(&mask.one_value(name)?.detach(), DType::Bool)?.array().contiguous()?;
    let found = tap::call_varying("nonzero", &[&flags], |inputs| places_of_true(inputs[0]).map(|a| smallvec![a]))?;
    found.into_iter().next().map(Tensor::from_array).ok_or_else(|| Error::runtime("nonzero: no result"))
}

fn places_of_true(flags: &Array) -> Result<Array> {
    // SAFETY: row-major bools, kept alive by `flags`.
    let flags = unsafe { std::slice::from_raw_parts(flags.ptr::<bool>().cast_const(), flags.numel()) };
    let count = kernel::count_true(flags);
    let room = Array::empty(Layout::contiguous(&[count + 1])?, DType::I64)?;
    // SAFETY: one element more than there are true ones.
    unsafe { kernel::positions(flags, room.ptr::<i64>()) };
    Ok(room.view(Layout::contiguous(&[count])?, 0))
}

/// The places where `x` is not zero, a vector of indices for each dimension.
pub fn nonzero(x: &Tensor) -> Result<Vec<Tensor>> {
    let at = true_places("nonzero", x)?;
    if x.ndim() == 1 {
        return Ok(vec![at]);
    }
    let strides = row_major(x.shape());
    (0..x.ndim())
        .map(|d| {
            let column = columns(&at, &[(x.shape()[d], strides[d])])?;
            crate::ops::view::reshape(&column, &[at.numel()])
        })
        .collect()
}

/// Indices of places in a dimension of given size and stride, in one column of a row-major array of `width` columns.
fn fill_column(out: &Array, at: &Array, (n, s): (usize, isize), width: usize, column: usize) {
    let (n, s) = (n.max(1) as i64, s.max(1) as i64);
    for (k, &i) in numbers(at).iter().enumerate() {
        // SAFETY: a fresh row-major array of as many rows of `width`.
        unsafe { out.ptr::<i64>().add(k * width + column).write(i / s % n) };
    }
}

/// A row of indices for each place: one in each of some dimensions, given by size and stride.
fn columns(at: &Tensor, sizes: &[(usize, isize)]) -> Result<Tensor> {
    let sizes: SmallVec<[(usize, isize); 4]> = sizes.iter().copied().collect();
    let found = tap::call("nonzero", &[at.array()], move |inputs| {
        let out = Array::empty(Layout::contiguous(&[inputs[0].numel(), sizes.len()])?, DType::I64)?;
        for (d, &size) in sizes.iter().enumerate() {
            fill_column(&out, inputs[0], size, sizes.len(), d);
        }
        Ok(smallvec![out])
    })?;
    found.into_iter().next().map(Tensor::from_array).ok_or_else(|| Error::runtime("nonzero: no result"))
}

/// The places where `x` is not zero, a row each.
fn rows_of_places(x: &Tensor) -> Result<Tensor> {
    let sizes: SmallVec<[(usize, isize); 4]> = x.shape().iter().copied().zip(row_major(x.shape())).collect();
    columns(&true_places("nonzero", x)?, &sizes)
}

/// Where a condition holds, a vector for each dimension; one number counts as a vector of one.
pub(crate) fn where_true(x: &Tensor) -> Result<Value> {
    let x = if x.ndim() == 0 { &crate::ops::view::unsqueeze(x, 0)? } else { x };
    Ok(Value::List(nonzero(x)?.into_iter().map(Value::from).collect()))
}

fn expect_mask(name: &str, mask: &Tensor) -> Result<()> {
    if mask.dtype() == DType::Bool {
        return Ok(());
    }
    Err(Error::runtime(format!(
        "{name} only supports boolean masks, expected BoolTensor for mask but got mask with dtype {}; try mask != 0",
        mask.dtype().word()
    )))
}

/// `input` where the mask is false, else the number: inputs input, mask and value (0-d).
#[derive(Debug)]
struct MaskedFill {
    /// Whether the call gave a tensor, for which PyTorch has a node of its own.
    tensor: bool,
}

static FILL: [MaskedFill; 2] = [MaskedFill { tensor: false }, MaskedFill { tensor: true }];

impl Op for MaskedFill {
    fn name(&self) -> &str {
        "masked_fill"
    }
    fn grad_name(&self) -> String {
        if self.tensor { "MaskedFillBackward1" } else { "MaskedFillBackward0" }.to_owned()
    }
    fn forward(&self, inputs: &[&Array]) -> Result<Array> {
        let (x, mask) = (inputs[0], inputs[1]);
        let shape = broadcast(x.shape(), mask.shape())
            .and_then(|s| broadcast(&s, inputs[2].shape()))
            .ok_or_else(|| broadcast_error("masked_fill", x.shape(), mask.shape()))?;
        let out = Array::empty(Layout::contiguous(&shape)?, x.dtype())?;
        self.forward_into(inputs, &out)?;
        Ok(out)
    }
    fn forward_into(&self, inputs: &[&Array], out: &Array) -> Result<()> {
        let [x, c, v] = [inputs[0], inputs[1], inputs[2]];
        let [sx, sc, sv] = [x, c, v].map(|a| broadcast_strides(a.layout(), out.shape()));
        with_dtype!(x.dtype(), T => {
            // SAFETY: operands broadcast to the output, which is fresh or coincides with the first.
            unsafe {
                map::select::<T>(out.shape(), out.ptr(), out.layout().strides(), c.ptr(), &sc, v.ptr(), &sv, x.ptr(), &sx);
            }
        });
        Ok(())
    }
    fn keep(&self, _: u32) -> u32 {
        1 << 1
    }
    fn vjp(&self, saved: &Saved<'_>, cotangents: Cotangents) -> Result<Grads> {
        let Some(Some(g)) = cotangents.first() else { return Ok(Grads::new()) };
        let mask = saved.input(1)?;
        let zero = Tensor::scalar(g.dtype(), Scalar::Int(0))?;
        let x = if saved.needs(0) {
            let cut = apply(OpRef::Static(&FILL[0]), &[g, &mask, &zero])?;
            Some(crate::ops::sum_to(cut, saved.input_layout(0))?)
        } else {
            None
        };
        let value = if saved.needs(2) {
            Some(crate::ops::sum_to(crate::ops::where_(&mask, g, &zero)?, saved.input_layout(2))?)
        } else {
            None
        };
        Ok(smallvec![x, None, value])
    }
    fn jvp(&self, inputs: &[&Tensor], _: &Tensor, tangents: &[Option<Tensor>]) -> Result<Option<Tensor>> {
        if tangents[0].is_none() && tangents[2].is_none() {
            return Ok(None);
        }
        let get = |i: usize| tangents[i].clone().map_or_else(|| crate::ops::write::zeros_like(inputs[i]), Ok);
        apply(OpRef::Static(&FILL[0]), &[&get(0)?, inputs[1], &get(2)?]).map(Some)
    }
    fn batch(&self, inputs: &[Batched], _: usize) -> Result<Option<Batched>> {
        let all = crate::transform::align_all(inputs)?;
        Ok(Some((apply(OpRef::Static(&FILL[0]), &[&all[0], &all[1], &all[2]])?, Some(0))))
    }
}

/// `x` with `value` (0-d, cast) where the mask is true.
#[track_caller]
pub fn masked_fill(x: &Tensor, mask: &Tensor, value: &Tensor) -> Result<Tensor> {
    expect_mask("masked_fill_", mask)?;
    let value = crate::ops::cast(value, x.dtype())?;
    apply(OpRef::Static(&FILL[1]), &[x, mask, &value])
}

fn fill_value(x: &Tensor, a: &Args<'_>) -> Result<Tensor> {
    match a.operand(2)? {
        Operand::Number(v) => v.check_fits(x.dtype()).and_then(|()| Tensor::scalar(x.dtype(), v)),
        Operand::Tensor(t) if t.ndim() == 0 => crate::ops::cast(t, x.dtype()),
        Operand::Tensor(t) => Err(Error::runtime(format!(
            "masked_fill_ only supports a 0-dimensional value tensor, but got tensor with {} dimension(s); try where()",
            t.ndim()
        ))),
    }
}

fn fill_op(a: &Args<'_>) -> OpRef {
    OpRef::Static(&FILL[usize::from(matches!(a.get(2), Value::Tensor(_)))])
}

fn fits(name: &str, x: &Tensor, mask: &Tensor) -> Result<()> {
    match broadcast(x.shape(), mask.shape()) {
        None => Err(broadcast_error(name, x.shape(), mask.shape())),
        Some(s) if *s != *x.shape() => Err(Error::runtime(format!(
            "{name}: output with shape {} doesn't match the broadcast shape {}; try the out-of-place operation",
            show(x.shape()),
            show(&s)
        ))),
        Some(_) => Ok(()),
    }
}

const SELECT: Names = Names("masked_select", "MaskedSelectBackward0", "masked_scatter", "MaskedScatterBackward0");

/// Elements of `x` where the mask is true; both broadcast.
#[track_caller]
pub fn masked_select(x: &Tensor, mask: &Tensor) -> Result<Tensor> {
    expect_mask("masked_select", mask)?;
    let shape =
        broadcast(x.shape(), mask.shape()).ok_or_else(|| broadcast_error("masked_select", x.shape(), mask.shape()))?;
    let wide = |t: &Tensor| if t.shape() == &*shape { Ok(t.clone()) } else { crate::ops::view::expand(t, &shape) };
    let at = true_places("masked_select", &wide(mask)?)?;
    let spot = Spot { dims: (0..shape.len()).collect(), place: 0 };
    apply(OpRef::new(Read { spot, names: SELECT }), &[&wide(x)?, &at])
}

fn prepare_scatter(x: &Tensor, mask: &Tensor, source: &Tensor) -> Result<(OpRef, Tensor, Tensor)> {
    expect_mask("masked_scatter", mask)?;
    if source.dtype() != x.dtype() {
        return Err(unequal_dtypes("masked_scatter", x, source));
    }
    let wide = if mask.shape() == x.shape() { mask.clone() } else { crate::ops::view::expand(mask, x.shape())? };
    let at = true_places("masked_scatter", &wide)?;
    if source.numel() < at.numel() {
        return Err(Error::runtime(format!(
            "masked_scatter: Number of elements of source < number of ones in mask; got {} and {}",
            source.numel(),
            at.numel()
        )));
    }
    let flat = crate::ops::view::reshape(source, &[source.numel()])?;
    let part = crate::ops::view::slice(&flat, 0, 0, at.numel(), 1)?;
    let names = Names(SELECT.2, SELECT.3, SELECT.0, SELECT.1);
    let spot = Spot { dims: (0..x.ndim()).collect(), place: 0 };
    Ok((OpRef::new(Write { spot, add: false, names }), at, part))
}

/// `x` with the first elements of `source` where the mask is true.
#[track_caller]
pub fn masked_scatter(x: &Tensor, mask: &Tensor, source: &Tensor) -> Result<Tensor> {
    let shape =
        broadcast(x.shape(), mask.shape()).ok_or_else(|| broadcast_error("masked_scatter", x.shape(), mask.shape()))?;
    let x = if x.shape() == &*shape { x.clone() } else { crate::ops::view::expand(x, &shape)? };
    let (op, at, part) = prepare_scatter(&x, mask, source)?;
    apply(op, &[&x, &at, &part])
}

/// The row of the table.
pub static NONZERO: OpInfo = OpInfo {
    name: "nonzero",
    doc: "Indices of the elements that are not zero, a row each: int64 of shape (n, input.ndim).\n\n\
          With `as_tuple` a vector for each dimension instead, which serve as an index: `x[x.nonzero(as_tuple=True)]`.\n\n\
          >>> import wengert\n\
          >>> wengert.nonzero(wengert.tensor([[1, 0], [0, 2]])).tolist()\n\
          [[0, 0], [1, 1]]\n",
    signature: "input: Tensor, *, as_tuple: bool = False",
    returns: "Any",
    face: Face::BOTH,
    differentiable: false,
    body: Body::Call(|a| {
        let x = a.tensor(0)?;
        if a.flag(1)? { where_true(x) } else { rows_of_places(x).map(Value::from) }
    }),
    samples: &["i(2, 3, hi=2)", "b(2, 3, 2)", "f(4)", "i(2, 3, hi=2), as_tuple=True", "f()"],
};

/// The row of the table.
pub static ARGWHERE: OpInfo = OpInfo {
    name: "argwhere",
    doc: "Indices of the elements that are not zero, a row each: int64 of shape (n, input.ndim).\n\n\
          >>> import wengert\n\
          >>> wengert.argwhere(wengert.tensor([0, 3, 4])).tolist()\n\
          [[1], [2]]\n",
    signature: "input: Tensor",
    returns: "Tensor",
    face: Face::BOTH,
    differentiable: false,
    body: Body::Call(|a| rows_of_places(a.tensor(0)?).map(Value::from)),
    samples: &["i(2, 3, hi=2)", "b(4)"],
};

/// The row of the table.
pub static MASKED_FILL: OpInfo = OpInfo {
    name: "masked_fill",
    doc: "`input` with `value`, a number or a 0-d tensor, where the bool `mask` is true; the two broadcast.\n\n\
          >>> import wengert\n\
          >>> wengert.masked_fill(wengert.ones(3), wengert.tensor([True, False, True]), 5.0)\n\
          tensor([5., 1., 5.])\n",
    signature: "input: Tensor, mask: Tensor, value: Tensor | Number",
    returns: "Tensor",
    face: Face::ELEMENTWISE,
    differentiable: true,
    body: Body::Twin(
        |a| {
            let (x, mask) = (a.tensor(0)?, a.tensor(1)?);
            expect_mask("masked_fill_", mask)?;
            apply(fill_op(a), &[x, mask, &fill_value(x, a)?]).map(Value::from)
        },
        |x, a| {
            let (mask, value) = (a.tensor(1)?, fill_value(x, a)?);
            expect_mask("masked_fill_", mask)?;
            fits("masked_fill_", x, mask)?;
            crate::inplace::apply_partial(fill_op(a), "masked_fill_", x, &[mask, &value])
        },
    ),
    samples: &["f(2, 3), b(2, 3), 1.5", "f(2, 3), b(3), f()", "f(3, 2), b(3, 1), -1", "i(4), b(4), 7"],
};

/// The row of the table.
pub static MASKED_SELECT: OpInfo = OpInfo {
    name: "masked_select",
    doc: "Elements of `input` where the bool `mask` is true, as a vector; the two broadcast.\n\n\
          >>> import wengert\n\
          >>> wengert.masked_select(wengert.tensor([1, 2, 3]), wengert.tensor([True, False, True]))\n\
          tensor([1, 3])\n",
    signature: "input: Tensor, mask: Tensor",
    returns: "Tensor",
    face: Face::BOTH,
    differentiable: true,
    body: Body::Call(|a| masked_select(a.tensor(0)?, a.tensor(1)?).map(Value::from)),
    samples: &["f(2, 3), b(2, 3)", "f(2, 3), b(3)", "f(3), b(2, 1)"],
};

/// The row of the table.
pub static MASKED_SCATTER: OpInfo = OpInfo {
    name: "masked_scatter",
    doc: "`input` with the first elements of `source`, in order, where the bool `mask` is true.\n\n\
          RuntimeError where `source` has fewer elements than the mask has true ones.\n\n\
          >>> import wengert\n\
          >>> mask = wengert.tensor([True, False, True])\n\
          >>> wengert.zeros(3).masked_scatter(mask, wengert.tensor([1.0, 2.0, 3.0]))\n\
          tensor([1., 0., 2.])\n",
    signature: "input: Tensor, mask: Tensor, source: Tensor",
    returns: "Tensor",
    face: Face::ELEMENTWISE,
    differentiable: true,
    body: Body::Twin(
        |a| masked_scatter(a.tensor(0)?, a.tensor(1)?, a.tensor(2)?).map(Value::from),
        |x, a| {
            fits("masked_scatter_", x, a.tensor(1)?)?;
            let (op, at, part) = prepare_scatter(x, a.tensor(1)?, a.tensor(2)?)?;
            crate::inplace::apply_partial(op, "masked_scatter_", x, &[&at, &part])
        },
    ),
    samples: &["f(2, 3), b(2, 3), f(6)", "f(2, 3), b(3), f(2, 3)"],
};

/// The rows of this file.
pub static ROWS: &[&OpInfo] = &[&NONZERO, &ARGWHERE, &MASKED_FILL, &MASKED_SELECT, &MASKED_SCATTER];
