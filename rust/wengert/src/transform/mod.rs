//! Function transforms: tensors wrapped as dual numbers or batches, innermost transform outermost on the wrapping.
//! Depends on ops. The reverse mode needs no wrapping: the tape tells one differentiation from another by its leaf.

mod batch;
mod grad;
mod levels;

pub use batch::{align, align_all, spread, to_front};
pub use grad::{CreateGraph, backward, grad, track, untrack};
pub use levels::{Level, LevelKind, active, enter, leave};

use crate::array::Layout;
use crate::error::{Error, Result};
use crate::op::{Batched, OpRef};
use crate::record::apply;
use crate::tensor::Tensor;
use smallvec::SmallVec;

/// What a transform has made of a tensor.
#[derive(Clone, Debug)]
pub struct Lifted {
    level: u64,
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    /// A value and its tangent.
    Dual { primal: Tensor, tangent: Tensor },
    /// A value with one more dimension, the first, that is mapped over.
    Batched { value: Tensor },
}

impl Lifted {
    /// Shows the tensors that were wrapped.
    pub(crate) fn look(&self, each: &mut dyn FnMut(&Tensor)) {
        match &self.kind {
            Kind::Dual { primal, tangent } => {
                each(primal);
                each(tangent);
            }
            Kind::Batched { value } => each(value),
        }
    }
}

/// The level of a tensor's outermost wrapping; 0 for a plain one.
pub(crate) fn level_of(t: &Tensor) -> u64 {
    t.lifted().map_or(0, |l| l.level)
}

/// A dual number at a level; the tangent has the primal's shape and dtype.
pub fn make_dual(primal: &Tensor, tangent: &Tensor, level: u64) -> Result<Tensor> {
    if primal.shape() != tangent.shape() {
        return Err(Error::value(format!(
            "jvp: expected tangent to have the same shape as its primal; got {:?}, wanted {:?}",
            tangent.shape(),
            primal.shape()
        )));
    }
    if primal.dtype() != tangent.dtype() {
        return Err(Error::value(format!(
            "jvp: expected tangent to have the same dtype as its primal; got {}, wanted {}",
            tangent.dtype().name(),
            primal.dtype().name()
        )));
    }
    Ok(dual(primal.clone(), tangent.clone(), level))
}

fn dual(primal: Tensor, tangent: Tensor, level: u64) -> Tensor {
    Tensor::from_lifted(primal.array().clone(), Lifted { level, kind: Kind::Dual { primal, tangent } })
}

/// Primal and tangent at a level; no tangent where the value does not depend on the level's inputs.
pub fn unpack_dual(t: &Tensor, level: u64) -> Result<(Tensor, Option<Tensor>)> {
    match t.lifted() {
        Some(Lifted { level: l, kind: Kind::Dual { primal, tangent } }) if *l == level => {
            Ok((primal.clone(), Some(tangent.clone())))
        }
        _ if level_of(t) > level => Err(escaped()),
        _ => Ok((t.clone(), None)),
    }
}

fn escaped() -> Error {
    Error::runtime(
        "a tensor of an inner transform was used after that transform had ended; return it from the function instead",
    )
}

/// A batch at a level: `value` is mapped over its first dimension.
pub fn make_batched(value: &Tensor, level: u64) -> Tensor {
    let layout = value.layout();
    let logical = Layout::strided(&layout.shape()[1..], &layout.strides()[1..]);
    let array = value.array().view(logical, 0);
    Tensor::from_lifted(array, Lifted { level, kind: Kind::Batched { value: value.clone() } })
}

/// The batch behind a tensor at a level, mapped dimension first; None where the value is the same for all.
pub fn unpack_batched(t: &Tensor, level: u64) -> Result<Option<Tensor>> {
    match t.lifted() {
        Some(Lifted { level: l, kind: Kind::Batched { value } }) if *l == level => Ok(Some(value.clone())),
        _ if level_of(t) > level => Err(escaped()),
        _ => Ok(None),
    }
}

/// Runs an op of which some inputs are wrapped: the outermost wrapping (the innermost transform) first.
pub(crate) fn dispatch(op: OpRef, inputs: &[&Tensor]) -> Result<Tensor> {
    for t in inputs {
        t.check_lifted_view()?;
    }
    let level = inputs.iter().map(|t| level_of(t)).max().unwrap_or(0);
    let is_dual = inputs
        .iter()
        .any(|t| level_of(t) == level && matches!(t.lifted(), Some(Lifted { kind: Kind::Dual { .. }, .. })));
    let view = op.get().is_view().then(|| op.clone());
    let out = if is_dual { dispatch_dual(op, inputs, level)? } else { dispatch_batched(op, inputs, level)? };
    // A view under a transform remembers its base only to notice that the base was written.
    Ok(match (view, out.lifted()) {
        (Some(op), Some(lifted)) => out.as_lifted_view(inputs[0], op, lifted.clone()),
        _ => out,
    })
}

fn dispatch_dual(op: OpRef, inputs: &[&Tensor], level: u64) -> Result<Tensor> {
    let mut primals: SmallVec<[Tensor; 4]> = SmallVec::new();
    let mut tangents: SmallVec<[Option<Tensor>; 4]> = SmallVec::new();
    for t in inputs {
        let (primal, tangent) = unpack_dual(t, level)?;
        primals.push(primal);
        tangents.push(tangent);
    }
    let refs: SmallVec<[&Tensor; 4]> = primals.iter().collect();
    let out = apply(op.clone(), &refs)?;
    if !out.dtype().is_float() || !op.get().is_differentiable() {
        return Ok(out);
    }
    Ok(match op.get().jvp(&refs, &out, &tangents)? {
        None => out,
        Some(tangent) => {
            let tangent =
                if tangent.shape() == out.shape() { tangent } else { crate::ops::view::expand(&tangent, out.shape())? };
            dual(out, tangent, level)
        }
    })
}

fn dispatch_batched(op: OpRef, inputs: &[&Tensor], level: u64) -> Result<Tensor> {
    let mut size = 0;
    let mut batched: SmallVec<[Batched; 4]> = SmallVec::new();
    for t in inputs {
        match unpack_batched(t, level)? {
            Some(value) => {
                size = value.shape()[0];
                batched.push((value, Some(0)));
            }
            None => batched.push(((*t).clone(), None)),
        }
    }
    let (out, dim) = match op.get().batch(&batched, size)? {
        Some(out) => out,
        None => (batch::one_by_one(&op, &batched, size)?, Some(0)),
    };
    Ok(match dim {
        None => out,
        Some(_) => make_batched(&to_front(&(out, dim))?, level),
    })
}

/// Whether anything inside a wrapping is on the tape.
pub(crate) fn requires_grad(t: &Tensor) -> bool {
    match t.lifted().map(|l| &l.kind) {
        Some(Kind::Dual { primal, tangent }) => primal.requires_grad() || tangent.requires_grad(),
        Some(Kind::Batched { value }) => value.requires_grad(),
        None => t.node().is_some(),
    }
}

/// Without history and without tangents.
pub(crate) fn detach(t: &Tensor) -> Tensor {
    match t.lifted() {
        Some(Lifted { kind: Kind::Dual { primal, .. }, .. }) => primal.detach(),
        Some(Lifted { kind: Kind::Batched { value }, level }) => make_batched(&value.detach(), *level),
        None => t.detach(),
    }
}

/// The plain value below dual numbers; None below a batch.
pub(crate) fn plain_value(t: &Tensor) -> Option<Tensor> {
    match t.lifted().map(|l| &l.kind) {
        None => Some(t.clone()),
        Some(Kind::Dual { primal, .. }) => plain_value(primal),
        Some(Kind::Batched { .. }) => None,
    }
}

/// The batch behind a tensor whose outermost wrapping is one, and its level.
pub(crate) fn outermost_batch(t: &Tensor) -> Option<(Tensor, u64)> {
    match t.lifted() {
        Some(Lifted { kind: Kind::Batched { value }, level }) => Some((value.clone(), *level)),
        _ => None,
    }
}

/// Words for a wrapped tensor in messages.
pub(crate) fn describe(t: &Tensor) -> String {
    match t.lifted().map(|l| &l.kind) {
        None => format!("a plain tensor of shape {:?}", t.shape()),
        Some(Kind::Dual { .. }) => format!("a dual number of shape {:?}", t.shape()),
        Some(Kind::Batched { value }) => format!("a batch of {} values of shape {:?}", value.shape()[0], t.shape()),
    }
}

/// In-place semantics under a transform: the handle gets the new value. A view cannot tell its base, so it is refused.
pub(crate) fn rebind(target: &mut Tensor, value: Tensor, name: &str) -> Result<()> {
    if target.shape() != value.shape() {
        return Err(Error::runtime(format!(
            "{name}: output with shape {:?} doesn't match the broadcast shape {:?}",
            target.shape(),
            value.shape()
        )));
    }
    if level_of(&value) > level_of(target) && level_of(target) == 0 && !target.is_lifted() {
        return Err(Error::runtime(format!(
            "{name}: in-place operation on a tensor from outside a transform with a value from inside it; \
             got {}, wanted a tensor made inside; try the out-of-place operation",
            describe(&value)
        )));
    }
    if target.is_view() {
        return Err(Error::not_implemented(format!(
            "{name}: writing through a view inside jvp or vmap is not supported; try where(), cat() or an out-of-place operation"
        )));
    }
    let value = crate::ops::cast(&value, target.dtype())?;
    if let Some(group) = target.group() {
        // Views taken before see no writes under a transform: their next use is an error, not an old value.
        let (edge, written) = group.get();
        group.set(edge, written.wrapping_add(1));
    }
    *target = if value.is_view() { value.without_group() } else { value };
    Ok(())
}

/// `source` broadcast and cast to what `target` is.
pub(crate) fn expand_like(source: &Tensor, target: &Tensor) -> Result<Tensor> {
    let t = crate::ops::cast(source, target.dtype())?;
    if t.shape() == target.shape() { Ok(t) } else { crate::ops::view::expand(&t, target.shape()) }
}
