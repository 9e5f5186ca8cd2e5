//! `apply`: the one way from an op instance and tensors to a result, recorded where needed. Depends on the tape,
//! tensors, the tap and (for wrapped tensors) `transform`.

use crate::array::{Array, Layout};
use crate::error::Result;
use crate::history::Chain;
use crate::mode::grad_enabled;
use crate::op::{Op, OpRef};
use crate::spans;
use crate::tap;
use crate::tape::{Edge, Node, site};
use crate::tensor::Tensor;
use crate::watch::{self, What};
use smallvec::SmallVec;

/// Runs `op` on `inputs` (of equal dtype, where the op asks for it).
#[track_caller]
pub fn apply(op: OpRef, inputs: &[&Tensor]) -> Result<Tensor> {
    if inputs.iter().all(|t| t.is_plain()) {
        return eager(op, inputs);
    }
    if inputs.iter().any(|t| t.is_lifted()) {
        return crate::transform::dispatch(op, inputs);
    }
    let current = inputs.iter().map(|t| t.current()).collect::<Result<SmallVec<[Tensor; 4]>>>()?;
    let refs: SmallVec<[&Tensor; 4]> = current.iter().collect();
    if refs.iter().any(|t| t.is_lifted()) {
        return crate::transform::dispatch(op, &refs);
    }
    eager(op, &refs)
}

#[track_caller]
fn eager(op: OpRef, inputs: &[&Tensor]) -> Result<Tensor> {
    let arrays: SmallVec<[&Array; 4]> = inputs.iter().map(|t| t.array()).collect();
    let out = if tap::listening() {
        tapped(&op, inputs, &arrays)?
    } else if spans::any() {
        spans::forward(op.get(), site::current(), &arrays)?
    } else {
        op.get().forward(&arrays)?
    };
    if op.get().is_view() {
        return Ok(view_result(op, inputs[0], out));
    }
    Ok(recorded(op, inputs, out))
}

/// A value that is computed while a graph is recorded.
#[cold]
#[inline(never)]
#[track_caller]
fn tapped(op: &OpRef, inputs: &[&Tensor], arrays: &[&Array]) -> Result<Array> {
    let out = tap::aside(|| op.get().forward(arrays))?;
    tap::forward(op, inputs, &out)?;
    Ok(out)
}

/// `apply` on plain inputs of an op whose output is known already; not while a graph is recorded.
#[track_caller]
pub(crate) fn apply_known(op: OpRef, inputs: &[&Tensor], out: Array) -> Tensor {
    debug_assert!(inputs.iter().all(|t| t.is_plain()) && !tap::listening());
    recorded(op, inputs, out)
}

/// `apply` for an op without attributes on one input, inlined for small tensors' sake.
#[inline]
#[track_caller]
pub fn apply1<O: Op>(op: &'static O, x: &Tensor) -> Result<Tensor> {
    if !x.is_plain() || tap::on() || spans::any() {
        return apply(OpRef::Static(op), &[x]);
    }
    let out = op.forward(&[x.array()])?;
    Ok(recorded(OpRef::Static(op), &[x], out))
}

/// `apply` for an op without attributes on two inputs, inlined for small tensors' sake.
#[inline]
#[track_caller]
pub fn apply2<O: Op>(op: &'static O, a: &Tensor, b: &Tensor) -> Result<Tensor> {
    if !(a.is_plain() && b.is_plain()) || tap::on() || spans::any() {
        return apply(OpRef::Static(op), &[a, b]);
    }
    let out = op.forward(&[a.array(), b.array()])?;
    Ok(recorded(OpRef::Static(op), &[a, b], out))
}

/// Gives a computed array its history.
#[inline(always)]
#[track_caller]
fn recorded(op: OpRef, inputs: &[&Tensor], out: Array) -> Tensor {
    if watch::any() {
        return watched(op, inputs, out);
    }
    with_history(op, inputs, out)
}

#[cold]
#[inline(never)]
#[track_caller]
fn watched(op: OpRef, inputs: &[&Tensor], out: Array) -> Tensor {
    let out = with_history(op.clone(), inputs, out);
    watch::show(What::Op(op), inputs, Some(&out));
    out
}

#[inline(always)]
#[track_caller]
fn with_history(op: OpRef, inputs: &[&Tensor], out: Array) -> Tensor {
    if inputs.iter().any(|t| t.edge().is_some())
        && out.dtype().is_float()
        && grad_enabled()
        && op.get().is_differentiable()
    {
        let edge = Node::record(op, site::current(), inputs, out.layout(), out.dtype());
        if let Some(node) = edge.node() {
            node.keep_output(&out);
        }
        return Tensor::from_parts(out, edge);
    }
    Tensor::from_array(out)
}

#[track_caller]
fn view_result(op: OpRef, base: &Tensor, out: Array) -> Tensor {
    let mut chain: Chain = base.chain().iter().cloned().collect();
    chain.push(op.clone());
    let edge = if base.edge().is_some() && grad_enabled() {
        Node::record(op.clone(), site::current(), &[base], out.layout(), out.dtype())
    } else {
        Edge::NONE
    };
    let out = Tensor::from_view(out, edge, base.group_or_new().clone(), chain);
    if watch::any() {
        watch::show(What::Op(op), &[base], Some(&out));
    }
    out
}

/// Replays a view op to find the node of a stale view: recorded whatever the mode, in no group.
pub(crate) fn apply_view_detached(op: OpRef, base: &Tensor) -> Result<Tensor> {
    let out = op.get().forward(&[base.array()])?;
    if base.edge().is_some() {
        let edge = Node::record(op, 0, &[base], out.layout(), out.dtype());
        return Ok(Tensor::from_parts(out, edge));
    }
    Ok(Tensor::from_array(out))
}

/// Records `op` for a value computed elsewhere (an in-place step, a hand-written forward).
#[track_caller]
pub(crate) fn record_only(op: OpRef, inputs: &[&Tensor], layout: &Layout, dtype: crate::DType) -> Edge {
    Node::record(op, site::current(), inputs, layout, dtype)
}

/// `a + b` for equal shapes and dtypes (sums of cotangents).
pub(crate) fn add(a: &Tensor, b: &Tensor) -> Result<Tensor> {
    crate::ops::add(a, b)
}

/// `sum += grad`, unseen: equal shapes and dtypes, disjoint or the same.
#[inline]
pub(crate) fn add_into(sum: &Array, grad: &Array) {
    if tap::listening() {
        tap::add(sum, grad);
    }
    crate::ops::binary::add_unseen(sum, grad);
}
