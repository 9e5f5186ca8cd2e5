//! `where`: elements of one tensor or another by a mask. Depends on kernels and `record`.

use crate::algebra::weight;
use crate::array::layout::{broadcast, broadcast_error, broadcast_strides};
use crate::array::{Array, DType, Layout, Scalar, Weight, promote};
use crate::error::{Error, Result};
use crate::op::{Batched, Cotangents, Grads, Op, OpRef};
use crate::ops::table::{Args, Body, Face, OpInfo, Operand, Value};
use crate::record::apply;
use crate::saved::Saved;
use crate::tensor::Tensor;
use crate::with_width;
use smallvec::smallvec;
use wengert_kernels::map;

/// `where(condition, input, other)`: three inputs, the first bool.
#[derive(Debug)]
struct Where;

impl Op for Where {
    fn name(&self) -> &str {
        "where"
    }
    fn grad_name(&self) -> String {
        "WhereBackward0".to_owned()
    }
    fn forward(&self, inputs: &[&Array]) -> Result<Array> {
        let (c, a, b) = (inputs[0], inputs[1], inputs[2]);
        let ab = broadcast(a.shape(), b.shape()).ok_or_else(|| broadcast_error("where", a.shape(), b.shape()))?;
        let shape = broadcast(c.shape(), &ab).ok_or_else(|| broadcast_error("where", c.shape(), &ab))?;
        let out = Array::empty(Layout::over(&[c, a, b].map(Array::layout), &shape)?, a.dtype())?;
        let [sc, sa, sb] = [c, a, b].map(|x| broadcast_strides(x.layout(), &shape));
        let [to, a, b] = [&out, a, b].map(Array::data_ptr);
        with_width!(out.dtype(), T => {
            // SAFETY: fresh output; operands broadcast to its shape and are of its dtype.
            unsafe { map::select::<T>(&shape, to.cast(), out.layout().strides(), c.ptr(), &sc, a.cast(), &sa, b.cast(), &sb) }
        });
        Ok(out)
    }
    fn keep(&self, _: u32) -> u32 {
        1
    }
    fn vjp(&self, saved: &Saved<'_>, cotangents: Cotangents) -> Result<Grads> {
        let Some(Some(g)) = cotangents.first() else { return Ok(Grads::new()) };
        let c = saved.input(0)?;
        let zero = Tensor::scalar(g.dtype(), Scalar::Int(0))?;
        let part = |i: usize, a: &Tensor, b: &Tensor| -> Result<Option<Tensor>> {
            if !saved.needs(i) {
                return Ok(None);
            }
            crate::ops::sum_to(where_(&c, a, b)?, saved.input_layout(i)).map(Some)
        };
        Ok(smallvec![None, part(1, g, &zero)?, part(2, &zero, g)?])
    }
    fn jvp(&self, inputs: &[&Tensor], out: &Tensor, tangents: &[Option<Tensor>]) -> Result<Option<Tensor>> {
        if tangents[1].is_none() && tangents[2].is_none() {
            return Ok(None);
        }
        let zero = Tensor::scalar(out.dtype(), Scalar::Int(0))?;
        let [a, b] = [1, 2].map(|i| tangents[i].clone().unwrap_or_else(|| zero.clone()));
        let t = where_(inputs[0], &a, &b)?;
        if t.shape() == out.shape() { Ok(Some(t)) } else { crate::ops::view::expand(&t, out.shape()).map(Some) }
    }
    fn batch(&self, inputs: &[Batched], _: usize) -> Result<Option<Batched>> {
        let all = crate::transform::align_all(inputs)?;
        Ok(Some((where_(&all[0], &all[1], &all[2])?, Some(0))))
    }
}

/// Elements of `a` where `condition` holds, else of `b`; shapes broadcast, dtypes promote.
#[track_caller]
pub fn where_(condition: &Tensor, a: &Tensor, b: &Tensor) -> Result<Tensor> {
    if condition.dtype() == DType::U8 {
        crate::warning::warn(
            "where received a uint8 condition tensor. This behavior is deprecated and will be removed in a future version of \
             PyTorch. Use a boolean condition instead.",
        )?;
        return where_(&crate::ops::cast(condition, DType::Bool)?, a, b);
    }
    if condition.dtype() != DType::Bool {
        return Err(Error::runtime(format!(
            "where expected condition to be a boolean tensor, but got a tensor with dtype {}; try condition != 0",
            condition.dtype().word()
        )));
    }
    let dtype = promote(&[(a.dtype(), weight(a)), (b.dtype(), weight(b))]);
    let (a, b) = (crate::ops::cast(a, dtype)?, crate::ops::cast(b, dtype)?);
    apply(OpRef::Static(&Where), &[condition, &a, &b])
}

fn call(args: &Args<'_>) -> Result<Value> {
    if matches!((args.get(1), args.get(2)), (Value::None, Value::None)) {
        return crate::ops::index::masked::where_true(args.tensor(0)?);
    }
    let number = |v: Scalar, beside: Option<&Tensor>| match beside {
        Some(t) => {
            let number = crate::ops::binary::number_beside(t, v)?;
            v.check_fits(number.dtype()).map(|()| number)
        }
        None => Tensor::scalar(promote(&[(v.dtype(), Weight::Number)]), v),
    };
    let (a, b) = match (args.operand(1)?, args.operand(2)?) {
        (Operand::Tensor(a), Operand::Tensor(b)) => (a.clone(), b.clone()),
        (Operand::Tensor(a), Operand::Number(b)) => (a.clone(), number(b, Some(a))?),
        (Operand::Number(a), Operand::Tensor(b)) => (number(a, Some(b))?, b.clone()),
        (Operand::Number(a), Operand::Number(b)) => {
            let a = number(a, None)?;
            let b = number(b, None)?;
            (a, b)
        }
    };
    where_(args.tensor(0)?, &a, &b).map(Value::from)
}

/// The row of the table.
pub static WHERE: OpInfo = OpInfo {
    name: "where",
    doc: "Elements of `input` where `condition` holds, else of `other`; shapes broadcast, dtypes promote.\n\n\
          `where(condition)` alone is `nonzero(condition, as_tuple=True)`.\n\n\
          >>> import wengert\n\
          >>> wengert.where(wengert.tensor([True, False]), wengert.tensor([1.0, 2.0]), 0.0)\n\
          tensor([1., 0.])\n",
    signature: "condition: Tensor, input: Tensor | Number | None = None, other: Tensor | Number | None = None",
    returns: "Any",
    face: Face::FUNCTION,
    differentiable: true,
    body: Body::Call(call),
    samples: &["b(2, 3), f(2, 3), f(2, 3)", "b(3), f(2, 3), f()", "b(2, 1), f(3), 0.5", "b(2, 3)"],
};

/// The rows of this file.
pub static ROWS: &[&OpInfo] = &[&WHERE];
