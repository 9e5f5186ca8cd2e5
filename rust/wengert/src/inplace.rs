//! Writes through this library: elementwise ops in place, `copy_`, `fill_`, and what they do to history.
//! Depends on `record`, `history`, the tape and the two ops that stand for a write (`ops::write`).

use crate::array::layout::show;
use crate::array::{Array, Scalar, Weight, promote};
use crate::error::{Error, Result};
use crate::mode::grad_enabled;
use crate::op::OpRef;
use crate::ops;
use crate::record::{apply, record_only};
use crate::spans;
use crate::tap;
use crate::tape::{Edge, site};
use crate::tensor::Tensor;
use crate::watch::{self, What};
use smallvec::SmallVec;
use wengert_kernels::interrupt;

/// `target = op(target, others...)` in the storage of `target`.
#[track_caller]
pub fn apply_inplace(op: OpRef, target: &mut Tensor, others: &[&Tensor]) -> Result<()> {
    let name = format!("{}_", op.get().name());
    let others: SmallVec<[Tensor; 2]> = others.iter().map(|t| t.current()).collect::<Result<_>>()?;
    target.refresh()?;
    if target.is_lifted() || target.is_rebound() || others.iter().any(Tensor::is_lifted) {
        let before = target.clone();
        let inputs: SmallVec<[&Tensor; 4]> = std::iter::once(&before).chain(&others).collect();
        let value = apply(op, &inputs)?;
        return crate::transform::rebind(target, value, &name);
    }
    let mut operands: SmallVec<[_; 3]> = SmallVec::new();
    operands.push((target.dtype(), Weight::Dims));
    if !target.dtype().is_float() || others.iter().any(|t| !t.dtype().is_float()) {
        let dtypes: SmallVec<[_; 3]> = std::iter::once(&*target).chain(&others).map(Tensor::dtype).collect();
        op.get().refuse(&dtypes)?;
    }
    for t in &others {
        if crate::array::layout::broadcast(target.shape(), t.shape()).as_deref() != Some(target.shape()) {
            return Err(output_shape(&name, target.shape(), t.shape()));
        }
        operands.push((t.dtype(), if t.ndim() == 0 { Weight::ZeroDim } else { Weight::Dims }));
    }
    if target.ndim() == 0 {
        operands[0].1 = Weight::ZeroDim;
    }
    let compute = op.get().compute_dtype(promote(&operands));
    if compute.category() > target.dtype().category() {
        return Err(Error::runtime(format!(
            "{name}: result type {} can't be cast to the desired output type {}; try the out-of-place operation, or to() first",
            compute.word(),
            target.dtype().word()
        )));
    }
    check_writable(&name, target, others.iter().any(|t| t.edge().is_some()))?;
    if compute != target.dtype() {
        // Computed in the wider type of the other operand, then cast back: an ordinary result copied in.
        let mut inputs: SmallVec<[Tensor; 4]> = SmallVec::new();
        for t in std::iter::once(&*target).chain(&others) {
            inputs.push(ops::cast(t, compute)?);
        }
        let refs: SmallVec<[&Tensor; 4]> = inputs.iter().collect();
        let value = apply(op, &refs)?;
        return copy_(target, &value);
    }
    let mut inputs: SmallVec<[Tensor; 4]> = SmallVec::new();
    for t in &others {
        let t = if t.dtype() == compute { t.clone() } else { ops::cast(t, compute)? };
        let overlaps = t.array().storage_id() == target.array().storage_id()
            && !(t.array().data_ptr() == target.array().data_ptr()
                && t.layout().strides() == target.layout().strides()
                && t.layout().same_shape(target.layout()));
        inputs.push(if overlaps { Tensor::from_parts(t.array().copied()?, t.gradient_edge()) } else { t });
    }
    let before = target.clone();
    let all: SmallVec<[&Tensor; 4]> = std::iter::once(&before).chain(&inputs).collect();
    let recording = grad_enabled() && compute.is_float() && all.iter().any(|t| t.edge().is_some());
    // Not by a closure: the site would be this line.
    let edge = if recording { Some(record_only(op.clone(), &all, target.layout(), target.dtype())) } else { None };
    let arrays: SmallVec<[&Array; 4]> = all.iter().map(|t| t.array()).collect();
    target.array().prepare_write()?;
    write(&name, target, edge, |to| run_into(&op, &arrays, to))?;
    if watch::any() {
        watch::show(What::Write(op), &all, Some(target));
    }
    Ok(())
}

/// Elements up to which a write runs to its end, whoever wants to cut it short: some hundredths of a second.
const WHOLE: usize = 1 << 24;

/// Overwrites `target` by `f`, which writes nothing if it fails, and notes who wrote. A write of many elements may be cut
/// short: then part of them is new, and it counts as done.
#[track_caller]
fn write(name: &str, target: &mut Tensor, edge: Option<Edge>, f: impl FnOnce(&Array) -> Result<()>) -> Result<()> {
    let short = target.numel() <= WHOLE;
    let site = if spans::any() { site::current() } else { 0 };
    let run = || {
        if spans::any() {
            return spans::span(name, spans::Phase::Forward, site, || f(target.array()));
        }
        f(target.array())
    };
    let done = if short { Some(interrupt::shielded(run)) } else { interrupt::caught(run) };
    if let Some(Err(e)) = done {
        // Operations look at their operands before they write.
        target.array().unprepare_write();
        return Err(e);
    }
    if let Some(edge) = edge {
        if let Some(node) = edge.node() {
            node.keep_output(target.array());
        }
        set_history(target, edge)?;
    }
    if done.is_none() {
        interrupt::resume();
    }
    Ok(())
}

/// `target = op(target, others...)` for an op that overwrites parts of its first input; `others` fit already.
#[track_caller]
pub(crate) fn apply_partial(op: OpRef, name: &str, target: &mut Tensor, others: &[&Tensor]) -> Result<()> {
    let others: SmallVec<[Tensor; 4]> = others.iter().map(|t| t.current()).collect::<Result<_>>()?;
    target.refresh()?;
    if target.is_lifted() || target.is_rebound() || others.iter().any(Tensor::is_lifted) {
        let before = target.clone();
        let inputs: SmallVec<[&Tensor; 4]> = std::iter::once(&before).chain(&others).collect();
        let value = apply(op, &inputs)?;
        return crate::transform::rebind(target, value, name);
    }
    check_writable(name, target, others.iter().any(|t| t.edge().is_some()))?;
    let mut inputs: SmallVec<[Tensor; 4]> = SmallVec::new();
    for t in &others {
        let shares = t.array().storage_id() == target.array().storage_id();
        inputs.push(if shares { Tensor::from_parts(t.array().copied()?, t.gradient_edge()) } else { t.clone() });
    }
    let before = target.clone();
    let all: SmallVec<[&Tensor; 4]> = std::iter::once(&before).chain(&inputs).collect();
    let recording = grad_enabled() && target.dtype().is_float() && all.iter().any(|t| t.edge().is_some());
    let edge = if recording { Some(record_only(op.clone(), &all, target.layout(), target.dtype())) } else { None };
    let arrays: SmallVec<[&Array; 4]> = all.iter().map(|t| t.array()).collect();
    target.array().prepare_write()?;
    write(name, target, edge, |to| run_into(&op, &arrays, to))?;
    if watch::any() {
        watch::show(What::Write(op), &all, Some(target));
    }
    Ok(())
}

/// The write itself, noted where a graph is recorded.
#[inline(always)]
fn run_into(op: &OpRef, inputs: &[&Array], target: &Array) -> Result<()> {
    if tap::listening() {
        tap::aside(|| op.get().forward_into(inputs, target))?;
        return tap::into(op, inputs, target);
    }
    op.get().forward_into(inputs, target)
}

#[cold]
fn output_shape(name: &str, target: &[usize], other: &[usize]) -> Error {
    match crate::array::layout::broadcast(target, other) {
        None => crate::array::layout::broadcast_error(name, target, other),
        Some(full) => Error::runtime(format!(
            "{name}: output with shape {} doesn't match the broadcast shape {}; try the out-of-place operation",
            show(target),
            show(&full)
        )),
    }
}

/// Refuses writes that PyTorch refuses: to leaves that need a gradient, to views of which a function returned several, to
/// memory that is seen more than once.
pub(crate) fn check_writable(name: &str, target: &Tensor, source_needs: bool) -> Result<()> {
    if grad_enabled() {
        let of_many = target.chain().iter().any(|op| op.get().is_one_of_many());
        if of_many && (source_needs || target.edge().is_some()) {
            return Err(one_of_many(name, target));
        }
        // A view taken before its base became a leaf has no edge itself.
        let of_leaf = !target.chain().is_empty()
            && target.group().is_some_and(|g| g.get().0.node().is_some_and(crate::tape::Node::is_leaf));
        if of_leaf || (target.edge().is_some() && target.is_leaf()) {
            let what = if of_leaf { "a view of a leaf Variable" } else { "a leaf Variable" };
            return Err(Error::runtime(format!(
                "{name}: {what} that requires grad is being used in an in-place operation; \
                 try `with no_grad():` for an update, or clone() first"
            )));
        }
    }
    if !target.layout().is_contiguous() && target.layout().overlaps() {
        return Err(Error::runtime(format!(
            "{name}: unsupported operation: more than one element of the written-to tensor refers to a single memory location. \
             Please clone() the tensor before performing the operation"
        )));
    }
    Ok(())
}

/// The in-place twin of an operation that is made of others: its result takes the place of `target`'s elements.
#[track_caller]
pub fn overwrite(name: &str, target: &mut Tensor, value: &Tensor) -> Result<()> {
    if value.shape() != target.shape() {
        return Err(output_shape(name, target.shape(), value.shape()));
    }
    if value.dtype().category() > target.dtype().category() {
        return Err(Error::runtime(format!(
            "{name}: result type {} can't be cast to the desired output type {}; try the out-of-place operation, or to() first",
            value.dtype().word(),
            target.dtype().word()
        )));
    }
    check_writable(name, target, value.requires_grad())?;
    copy_(target, value)
}

#[cold]
fn one_of_many(name: &str, target: &Tensor) -> Error {
    let Some(view) = target.chain().iter().rev().find(|op| op.get().is_one_of_many()) else {
        return Error::runtime(format!("{name}: the view cannot be modified inplace; try clone() first"));
    };
    let op = view.get().grad_name();
    let op = op.split("Backward").next().unwrap_or_default();
    Error::runtime(format!(
        "{name}: Output {} of {op} is a view and is being modified inplace. {}",
        target.edge().out(),
        view.get().why_unwritable()
    ))
}

/// Overwrites `target` with `source`, broadcast and cast.
#[track_caller]
pub fn copy_(target: &mut Tensor, source: &Tensor) -> Result<()> {
    target.refresh()?;
    let source = source.current()?;
    if target.is_lifted() || target.is_rebound() || source.is_lifted() {
        let value = crate::transform::expand_like(&source, target)?;
        return crate::transform::rebind(target, value, "copy_");
    }
    if crate::array::layout::broadcast(target.shape(), source.shape()).as_deref() != Some(target.shape()) {
        return Err(output_shape("copy_", target.shape(), source.shape()));
    }
    check_writable("copy_", target, source.edge().is_some())?;
    let recording = grad_enabled() && target.dtype().is_float() && (source.edge().is_some() || target.edge().is_some());
    let edge = if recording { Some(ops::write::record_copy(target, &source)) } else { None };
    let value = if source.array().storage_id() == target.array().storage_id() {
        source.array().copied()?
    } else {
        source.array().clone()
    };
    target.array().prepare_write()?;
    write("copy_", target, edge, |to| {
        to.write_unseen(&value);
        Ok(())
    })?;
    if watch::any() {
        watch::show(What::Write(ops::write::COPY), &[&source], Some(target));
    }
    Ok(())
}

/// Overwrites the part of `target` (wrapped by a transform) that `view` shows of a plain tensor of the same shape.
pub fn assign_view(target: &mut Tensor, view: &Tensor, value: &Tensor) -> Result<()> {
    let mut value = ops::cast(value, target.dtype())?;
    if value.shape() != view.shape() {
        if crate::array::layout::broadcast(view.shape(), value.shape()).as_deref() != Some(view.shape()) {
            return Err(output_shape("copy_", view.shape(), value.shape()));
        }
        value = ops::view::expand(&value, view.shape())?;
    }
    let whole = ops::write::scatter(view.chain(), target, &value)?;
    crate::transform::rebind(target, whole, "copy_")
}

/// [`assign_view`] for the elements at indices of that view only.
pub fn assign_at(target: &mut Tensor, view: &Tensor, entries: &[ops::index::Entry], value: &Tensor) -> Result<()> {
    if view.chain().is_empty() {
        return ops::index::index_put_(target, entries, value);
    }
    let part = ops::write::follow(view.chain(), target)?;
    let part = ops::index::index_put(&part, entries, &ops::cast(value, target.dtype())?, false)?;
    let whole = ops::write::scatter(view.chain(), target, &part)?;
    crate::transform::rebind(target, whole, "index_put_")
}

/// Overwrites every element with one value.
#[track_caller]
pub fn fill_(target: &mut Tensor, value: Scalar) -> Result<()> {
    fill(target, value, false)
}

/// Overwrites every element with 0.
#[track_caller]
pub fn zero_(target: &mut Tensor) -> Result<()> {
    fill(target, Scalar::Int(0), true)
}

#[track_caller]
fn fill(target: &mut Tensor, value: Scalar, zero: bool) -> Result<()> {
    value.check_fits(target.dtype())?;
    target.refresh()?;
    if target.is_lifted() || target.is_rebound() {
        let value = Tensor::full(target.shape(), target.dtype(), value)?;
        return crate::transform::rebind(target, value, "fill_");
    }
    check_writable("fill_", target, false)?;
    let recording = grad_enabled() && target.edge().is_some();
    let edge = if recording { Some(ops::write::record_fill(target, zero)) } else { None };
    target.array().prepare_write()?;
    write(if zero { "zero_" } else { "fill_" }, target, edge, |to| {
        to.fill_unseen(value);
        Ok(())
    })?;
    if watch::any() {
        watch::show(What::Write(ops::write::fill_op(zero)), &[], Some(target));
    }
    Ok(())
}

/// After a write by foreign code that is recorded as a node of its own: `edge` stands for the value of `target`.
#[track_caller]
pub fn rebase(name: &str, target: &mut Tensor, edge: Edge) -> Result<()> {
    check_writable(name, target, true)?;
    set_history(target, edge)
}

/// After a recorded write: `edge` stands for the value of `target`, and every alias learns of it.
#[track_caller]
pub(crate) fn set_history(target: &mut Tensor, edge: Edge) -> Result<()> {
    if tap::listening() {
        let what = "an in-place operation with gradient on a tensor from outside";
        tap::own(target.array(), what, "write under no_grad(), or to a clone() of it")?;
    }
    let Some(group) = target.group().cloned() else {
        if target.array().sharers() > 2 {
            target.array().bump_history();
        }
        target.rebase(edge);
        return Ok(());
    };
    if target.chain().is_empty() {
        let written = target.array().bump_history();
        group.set(edge.clone(), written);
        target.rebase(edge);
        return Ok(());
    }
    let base = Tensor::from_parts(group.base().clone(), group.get().0);
    let value = Tensor::from_parts(target.array().clone(), edge.clone());
    let base_edge = ops::write::record_scatter(target.chain(), &base, &value);
    let written = target.array().bump_history();
    group.set(base_edge, written);
    target.rebase(edge);
    Ok(())
}
