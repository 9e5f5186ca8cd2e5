//! Function transforms: tensors wrapped as dual numbers or batches, innermost transform outermost on the wrapping.
//! Depends on ops. The reverse mode needs no wrapping: the tape tells one differentiation from another by its leaf.

mod batch;
mod grad;
mod levels;

pub use batch::{align, align_all, spread, to_front};
pub use grad::{CreateGraph, backward, grad, grad_cut, track, untrack};
pub use levels::{Level, LevelKind, active, enter, enter_open, leave, mark_same};

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

/// A dual number at a level; the tangent has the primal's shape, and is brought to its dtype.
pub fn make_dual(primal: &Tensor, tangent: &Tensor, level: u64) -> Result<Tensor> {
    if primal.shape() != tangent.shape() {
        return Err(Error::runtime(format!(
            "Trying to set a forward gradient that has a different size than that of the original Tensor, this is not \
             supported. Tensor is of size {:?} while the given forward gradient is of size {:?}.",
            primal.shape(),
            tangent.shape()
        )));
    }
    for (what, t) in [("primal", primal), ("tangent", tangent)] {
        if !t.dtype().is_float() {
            return Err(Error::value(format!(
                "Expected {what} to be floating point or complex, but got: torch.{}; try to(float32)",
                t.dtype().name()
            )));
        }
    }
    let tangent = crate::ops::cast(tangent, primal.dtype())?;
    Ok(dual(primal.clone(), tangent, level))
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
    let settled = inputs.iter().map(|t| settle(t)).collect::<Result<SmallVec<[Tensor; 4]>>>()?;
    let inputs: &SmallVec<[&Tensor; 4]> = &settled.iter().collect();
    if !inputs.iter().any(|t| t.is_lifted()) {
        return apply(op, inputs);
    }
    let level = inputs.iter().map(|t| level_of(t)).max().unwrap_or(0);
    let is_dual = inputs
        .iter()
        .any(|t| level_of(t) == level && matches!(t.lifted(), Some(Lifted { kind: Kind::Dual { .. }, .. })));
    let view = op.get().is_view().then(|| op.clone());
    let out = if is_dual { dispatch_dual(op, inputs, level)? } else { dispatch_batched(op, inputs, level)? };
    // A view under a transform remembers its base, for writes through one of them.
    Ok(match (view, out.lifted()) {
        (Some(op), Some(lifted)) => out.as_lifted_view(inputs[0], op, lifted.clone()),
        _ => out,
    })
}

/// A tensor as an operation is to see it: with what was written through aliases, and without wrappings whose level ended.
pub fn settle(t: &Tensor) -> Result<Tensor> {
    let mut t = t.current()?;
    while let Some(Lifted { level, kind }) = t.lifted() {
        if levels::is_active(*level) {
            break;
        }
        match kind {
            Kind::Dual { primal, .. } if levels::is_open(*level) => t = primal.clone(),
            _ => return Err(escaped()),
        }
    }
    Ok(t)
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

/// The level of a tensor's outermost wrapping that has not ended, and whether it is a map; None for a plain tensor.
pub fn outermost(t: &Tensor) -> Result<Option<(u64, bool)>> {
    let t = settle(t)?;
    Ok(t.lifted().map(|l| (l.level, matches!(l.kind, Kind::Batched { .. }))))
}

/// The plain value below dual numbers, and below maps over directions; None below another map.
pub(crate) fn plain_value(t: &Tensor) -> Option<Tensor> {
    match t.lifted().map(|l| (l.level, &l.kind)) {
        None => Some(t.clone()),
        Some((_, Kind::Dual { primal, .. })) => plain_value(primal),
        Some((level, Kind::Batched { value })) if levels::is_same(level) && value.shape()[0] > 0 => {
            plain_value(&crate::ops::view::select(&value.detach(), 0, 0).ok()?)
        }
        Some((_, Kind::Batched { .. })) => None,
    }
}

/// Every value below duals and batches: those of all examples.
pub(crate) fn all_values(t: &Tensor) -> Tensor {
    match t.lifted().map(|l| &l.kind) {
        None => t.clone(),
        Some(Kind::Dual { primal, .. }) => all_values(primal),
        Some(Kind::Batched { value }) => all_values(value),
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

/// Whether every map that a value is a batch of has made one of the target as well.
fn holds(target: &Tensor, value: &Tensor) -> bool {
    fn maps(t: &Tensor, found: &mut SmallVec<[u64; 2]>) {
        match t.lifted() {
            None => {}
            Some(Lifted { kind: Kind::Batched { value }, level }) => {
                found.push(*level);
                maps(value, found);
            }
            Some(Lifted { kind: Kind::Dual { primal, tangent }, .. }) => {
                maps(primal, found);
                maps(tangent, found);
            }
        }
    }
    // What a dual's tangent alone is a batch of may enter: the primal is the same for all examples.
    fn maps_of_value(t: &Tensor, found: &mut SmallVec<[u64; 2]>) {
        match t.lifted() {
            None => {}
            Some(Lifted { kind: Kind::Batched { value }, level }) => {
                found.push(*level);
                maps_of_value(value, found);
            }
            Some(Lifted { kind: Kind::Dual { primal, .. }, .. }) => maps_of_value(primal, found),
        }
    }
    let (mut of_value, mut of_target) = (SmallVec::new(), SmallVec::new());
    maps_of_value(value, &mut of_value);
    maps(target, &mut of_target);
    of_value.iter().all(|level| of_target.contains(level))
}

/// In-place semantics under a transform: the handle gets the new value, and its group learns of it, so that other handles
/// find theirs when they are used next.
pub(crate) fn rebind(target: &mut Tensor, value: Tensor, name: &str) -> Result<()> {
    if target.shape() != value.shape() {
        return Err(Error::runtime(format!(
            "{name}: output with shape {:?} doesn't match the broadcast shape {:?}",
            target.shape(),
            value.shape()
        )));
    }
    if !holds(target, &value) {
        return Err(Error::runtime(format!(
            "vmap: {name}: in-place operation on a tensor that is the same for all examples with a value that is not; got {}, \
             wanted a tensor made from a mapped one; try the out-of-place operation, or zeros_like() of a mapped tensor",
            describe(&value)
        )));
    }
    // What is no view has its own memory by the time it is written.
    if !target.is_lifted() || target.is_view() {
        crate::inplace::check_writable(name, target, value.requires_grad())?;
    }
    let value = crate::ops::cast(&value, target.dtype())?;
    // A plain value is nobody else's from now on; a wrapped one is never written where it lies.
    let value = if value.is_lifted() { value.without_group() } else { crate::ops::clone(&value)? };
    let Some(group) = target.group().cloned() else {
        *target = value;
        return Ok(());
    };
    let bumped = if target.is_lifted() { 0 } else { target.array().bump_history() };
    let (edge, written) = group.get();
    let written = bumped.max(written.wrapping_add(1));
    let whole = if target.chain().is_empty() {
        value.clone()
    } else {
        let base = match group.present() {
            Some(base) => base,
            None => Tensor::with_edge(group.base().clone(), edge),
        };
        crate::ops::write::scatter(target.chain(), &base, &value)?
    };
    group.set_present(whole.without_group(), written);
    *target = value.in_group(&group, target.chain(), written);
    Ok(())
}

/// `source` broadcast and cast to what `target` is.
pub(crate) fn expand_like(source: &Tensor, target: &Tensor) -> Result<Tensor> {
    let t = crate::ops::cast(source, target.dtype())?;
    if t.shape() == target.shape() { Ok(t) } else { crate::ops::view::expand(&t, target.shape()) }
}
