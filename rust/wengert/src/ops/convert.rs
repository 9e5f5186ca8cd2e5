//! Copies and casts: the same values in fresh memory or in another dtype. Depends on `record`.

use crate::array::{Array, DType, Layout};
use crate::error::{Error, Result};
use crate::op::{Batched, Cotangents, Grads, Op, OpRef};
use crate::ops::table::{Args, Body, Face, OpInfo, Value};
use crate::record::{apply, apply1};
use crate::saved::Saved;
use crate::tensor::Tensor;
use smallvec::smallvec;

/// A copy in fresh memory: of the elements as they lie, or in row-major order.
#[derive(Debug)]
struct Clone {
    row_major: bool,
}
static PRESERVED: Clone = Clone { row_major: false };
static ROW_MAJOR: Clone = Clone { row_major: true };

impl Op for Clone {
    fn name(&self) -> &str {
        "clone"
    }
    fn grad_name(&self) -> String {
        "CloneBackward0".to_owned()
    }
    fn forward(&self, inputs: &[&Array]) -> Result<Array> {
        if self.row_major { inputs[0].copied() } else { inputs[0].duplicate() }
    }
    fn vjp(&self, _: &Saved<'_>, cotangents: Cotangents) -> Result<Grads> {
        Ok(cotangents.into_iter().collect())
    }
    fn jvp(&self, _: &[&Tensor], _: &Tensor, tangents: &[Option<Tensor>]) -> Result<Option<Tensor>> {
        Ok(tangents[0].clone())
    }
    fn batch(&self, inputs: &[Batched], _: usize) -> Result<Option<Batched>> {
        // Row-major of each example is row-major with the mapped dimension in front.
        if self.row_major {
            return Ok(Some((apply1(&ROW_MAJOR, &crate::transform::to_front(&inputs[0])?)?, Some(0))));
        }
        Ok(Some((clone(&inputs[0].0)?, inputs[0].1)))
    }
}

/// A copy in fresh memory in the order of a layout.
#[derive(Debug)]
struct Placed {
    layout: Layout,
}

impl Op for Placed {
    fn name(&self) -> &str {
        "clone"
    }
    fn grad_name(&self) -> String {
        "CloneBackward0".to_owned()
    }
    fn forward(&self, inputs: &[&Array]) -> Result<Array> {
        let out = Array::empty(self.layout.clone(), inputs[0].dtype())?;
        out.write_unseen(inputs[0]);
        Ok(out)
    }
    fn vjp(&self, _: &Saved<'_>, cotangents: Cotangents) -> Result<Grads> {
        Ok(cotangents.into_iter().collect())
    }
    fn jvp(&self, _: &[&Tensor], _: &Tensor, tangents: &[Option<Tensor>]) -> Result<Option<Tensor>> {
        Ok(tangents[0].clone())
    }
}

/// The same values in another dtype.
#[derive(Debug)]
struct Cast {
    dtype: DType,
}

impl Op for Cast {
    fn name(&self) -> &str {
        "to"
    }
    fn grad_name(&self) -> String {
        "ToCopyBackward0".to_owned()
    }
    fn forward(&self, inputs: &[&Array]) -> Result<Array> {
        inputs[0].cast(self.dtype)
    }
    fn vjp(&self, saved: &Saved<'_>, cotangents: Cotangents) -> Result<Grads> {
        let Some(Some(g)) = cotangents.first() else { return Ok(Grads::new()) };
        Ok(smallvec![Some(cast(g, saved.input_dtype(0))?)])
    }
    fn jvp(&self, _: &[&Tensor], _: &Tensor, tangents: &[Option<Tensor>]) -> Result<Option<Tensor>> {
        match &tangents[0] {
            Some(t) if self.dtype.is_float() => cast(t, self.dtype).map(Some),
            _ => Ok(None),
        }
    }
    fn batch(&self, inputs: &[Batched], _: usize) -> Result<Option<Batched>> {
        Ok(Some((cast(&inputs[0].0, self.dtype)?, inputs[0].1)))
    }
    fn is_differentiable(&self) -> bool {
        self.dtype.is_float()
    }
}

/// A copy in fresh memory.
#[track_caller]
pub fn clone(x: &Tensor) -> Result<Tensor> {
    apply1(&PRESERVED, x)
}

/// A copy in fresh memory, row-major.
#[track_caller]
pub(crate) fn row_major_copy(x: &Tensor) -> Result<Tensor> {
    apply1(&ROW_MAJOR, x)
}

/// A copy in fresh memory, placed as `layout` says where that has no gaps and nothing wraps `x`; else row-major.
#[track_caller]
pub(crate) fn placed_copy(x: &Tensor, layout: &Layout) -> Result<Tensor> {
    if layout.is_contiguous() || !layout.is_dense() || x.is_lifted() || !layout.same_shape(x.layout()) {
        return row_major_copy(x);
    }
    apply(OpRef::new(Placed { layout: layout.clone() }), &[x])
}

/// Itself where it is row-major, else a row-major copy.
#[track_caller]
pub fn contiguous(x: &Tensor) -> Result<Tensor> {
    if x.layout().is_contiguous() && !x.is_lifted() { Ok(x.clone()) } else { apply1(&ROW_MAJOR, x) }
}

/// Itself where it has the dtype, else a copy in that dtype.
#[inline]
#[track_caller]
pub fn cast(x: &Tensor, dtype: DType) -> Result<Tensor> {
    if x.dtype() == dtype { Ok(x.clone()) } else { apply(OpRef::new(Cast { dtype }), &[x]) }
}

/// Whether a memory format asks for row-major order; others than that and the present one are refused.
fn row_major(a: &Args, name: &str) -> Result<bool> {
    match a.get(1) {
        Value::None => Ok(false),
        Value::Str(s) if s == "preserve_format" => Ok(false),
        Value::Str(s) if s == "contiguous_format" => Ok(true),
        other => Err(Error::not_implemented(format!(
            "{name}(): got memory_format {}, wanted contiguous_format or preserve_format; try permute() for another order",
            match other {
                Value::Str(s) | Value::Other(s) => s,
                _ => "of another type",
            }
        ))),
    }
}

/// The row of the table.
pub static CLONE: OpInfo = OpInfo {
    name: "clone",
    doc: "Copy in fresh memory, dimensions in the same order there unless `memory_format` is contiguous_format; gradients\n\
          flow through.\n\n\
          >>> import wengert\n\
          >>> x = wengert.ones(2, requires_grad=True)\n\
          >>> wengert.clone(x).sum().backward()\n\
          >>> x.grad\n\
          tensor([1., 1.])\n",
    signature: "input: Tensor, *, memory_format: object = None",
    returns: "Tensor",
    face: Face::BOTH,
    differentiable: true,
    body: Body::Call(|a| {
        let x = a.tensor(0)?;
        if row_major(a, "clone")? { row_major_copy(x) } else { clone(x) }.map(Value::from)
    }),
    samples: &["f(2, 3)", "f()"],
};

/// The row of the table.
pub static CONTIGUOUS: OpInfo = OpInfo {
    name: "contiguous",
    doc: "Itself where it is row-major, else a row-major copy.\n\n\
          >>> import wengert\n\
          >>> wengert.ones(2, 3).t().contiguous().stride()\n\
          (2, 1)\n",
    signature: "input: Tensor, memory_format: object = None",
    returns: "Tensor",
    face: Face::METHOD,
    differentiable: true,
    body: Body::Call(|a| row_major(a, "contiguous").and_then(|_| contiguous(a.tensor(0)?).map(Value::from))),
    samples: &["f(2, 3)"],
};

/// The same value under a node of its own.
#[derive(Debug)]
struct Alias;

impl Op for Alias {
    fn name(&self) -> &str {
        "alias"
    }
    fn grad_name(&self) -> String {
        "AliasBackward0".to_owned()
    }
    fn forward(&self, inputs: &[&Array]) -> Result<Array> {
        let x = inputs[0];
        Ok(x.view(x.layout().clone(), 0))
    }
    fn vjp(&self, _: &Saved<'_>, cotangents: Cotangents) -> Result<Grads> {
        Ok(cotangents.into_iter().collect())
    }
    fn jvp(&self, _: &[&Tensor], _: &Tensor, tangents: &[Option<Tensor>]) -> Result<Option<Tensor>> {
        Ok(tangents[0].clone())
    }
    fn batch(&self, inputs: &[Batched], _: usize) -> Result<Option<Batched>> {
        Ok(Some((alias(&inputs[0].0)?, inputs[0].1)))
    }
    fn is_view(&self) -> bool {
        true
    }
}

/// A view of everything, with a node of its own.
#[track_caller]
pub fn alias(x: &Tensor) -> Result<Tensor> {
    apply(OpRef::Static(&Alias), &[x])
}

/// The rows of this file.
pub static ROWS: &[&OpInfo] = &[&CLONE, &CONTIGUOUS];
