//! What a sweep calls besides rules: hooks on cotangents and on nodes, and the check for NaN. Depends on nodes and tensors.

use super::edge::Edge;
use super::hooks::Hooks;
use super::leaf::LeafCell;
use super::node::Node;
use crate::array::{Array, DType};
use crate::error::{Error, Result};
use crate::op::{Cotangents, Grads, PlainGrads};
use crate::tensor::Tensor;
use std::sync::Arc;

/// Calls the hooks on a node that is about to run; each may replace its cotangents.
#[cold]
pub(super) fn run_before(node: &Node, hooks: &Hooks, cotangents: &mut Cotangents) -> Result<()> {
    for (_, hook) in &hooks.before {
        while cotangents.len() < node.out_count() {
            cotangents.push(None);
        }
        let Some(replaced) = hook.call_node(cotangents, None)? else { continue };
        let wanted = |i: usize| Some((node.out_layout(i as u16).shape().to_vec(), node.out_dtype(i as u16)));
        fits_node(node, "pre-hook", &replaced, cotangents.len(), &wanted)?;
        *cotangents = replaced.into_iter().collect();
    }
    Ok(())
}

/// Calls the hooks on a node that has run, with the gradients of its inputs, which each may replace, and its cotangents.
#[cold]
pub(super) fn run_after(node: &Node, hooks: &Hooks, grads: &mut Grads, cotangents: &Cotangents) -> Result<()> {
    for (_, hook) in &hooks.after {
        while grads.len() < node.inputs().len() {
            grads.push(None);
        }
        for (grad, input) in grads.iter_mut().zip(node.inputs()) {
            if !input.is_some() {
                *grad = None;
            }
        }
        let Some(replaced) = hook.call_node(grads, Some(cotangents))? else { continue };
        let wanted = |i: usize| {
            let input = node.inputs().get(i)?;
            input.node().map(|n| (n.out_layout(input.out()).shape().to_vec(), n.out_dtype(input.out())))
        };
        fits_node(node, "hook", &replaced, grads.len(), &wanted)?;
        *grads = replaced.into_iter().collect();
    }
    Ok(())
}

/// Checks what a hook on a node returned.
fn fits_node(
    node: &Node,
    what: &str,
    replaced: &[Option<Tensor>],
    count: usize,
    wanted: &dyn Fn(usize) -> Option<(Vec<usize>, DType)>,
) -> Result<()> {
    if replaced.len() != count {
        return Err(Error::runtime(format!(
            "a {what} on {} returned {} gradients, wanted {count}",
            node.name(),
            replaced.len()
        )));
    }
    for (i, grad) in replaced.iter().enumerate() {
        if let (Some(grad), Some((shape, dtype))) = (grad, wanted(i))
            && (grad.shape() != shape || grad.dtype() != dtype)
        {
            return Err(Error::runtime(format!(
                "a {what} on {} changed gradient {i}: got shape {:?} and dtype {}, wanted {shape:?} and {}",
                node.name(),
                grad.shape(),
                grad.dtype().name(),
                dtype.name()
            )));
        }
    }
    Ok(())
}

/// Warns of a rule that failed, with the line that recorded it.
#[cold]
pub(super) fn tell(node: &Node) -> Result<()> {
    let at = match super::site::describe(node.site()) {
        Some((file, line)) => {
            format!("Traceback of forward call that caused the error:\n  File \"{file}\", line {line}\n")
        }
        None => "No forward pass information available; enable detect anomaly during the forward pass".to_owned(),
    };
    crate::warning::warn(&format!("Error detected in {}. {at}", node.name()))
}

/// An error where a rule has returned NaN.
#[cold]
pub(super) fn refuse_nan(node: &Node, grads: &Grads) -> Result<()> {
    for (i, grad) in grads.iter().enumerate() {
        let wanted = node.inputs().get(i).is_some_and(Edge::is_some);
        let Some(grad) = grad.as_ref().filter(|_| wanted) else { continue };
        let Some(plain) = crate::transform::plain_value(grad) else { continue };
        refuse_nan_in(node, i, plain.array())?;
    }
    Ok(())
}

/// The same for a rule on bare arrays; one that failed by itself is told of.
#[cold]
pub(super) fn refuse_failed(node: &Node, ran: &Result<()>, grads: &PlainGrads) -> Result<()> {
    if ran.is_err() {
        return tell(node);
    }
    for (i, grad) in grads.iter().enumerate() {
        if let Some(grad) = grad.as_ref().filter(|_| node.inputs().get(i).is_some_and(Edge::is_some)) {
            refuse_nan_in(node, i, grad)?;
        }
    }
    Ok(())
}

fn refuse_nan_in(node: &Node, i: usize, grad: &Array) -> Result<()> {
    if !grad.has_nan()? {
        return Ok(());
    }
    tell(node)?;
    Err(Error::runtime(format!(
        "Function '{}' returned nan values in its {i}th output.{}",
        node.name(),
        super::site::suffix(node.site())
    )))
}

#[cold]
pub(super) fn run_pre_hooks(
    node: &Node,
    hooks: &Hooks,
    cotangents: &mut Cotangents,
    retained: &mut Vec<(Arc<LeafCell>, Tensor)>,
) -> Result<()> {
    for (_, out, hook) in &hooks.pre {
        let Some(place) = cotangents.get_mut(*out as usize) else { continue };
        let Some(grad) = place.clone() else { continue };
        if let Some(replaced) = hook.call(&grad)? {
            if replaced.shape() != node.out_layout(*out).shape() {
                return Err(Error::runtime(format!(
                    "a hook on {} has changed the size of value: got {:?}, wanted {:?}",
                    node.name(),
                    replaced.shape(),
                    node.out_layout(*out).shape()
                )));
            }
            if replaced.dtype() != node.out_dtype(*out) {
                return Err(Error::runtime(format!(
                    "a hook on {} changed the dtype of the gradient: got {}, wanted {}; try to()",
                    node.name(),
                    replaced.dtype().name(),
                    node.out_dtype(*out).name()
                )));
            }
            *place = Some(replaced);
        }
    }
    for (out, sink) in &hooks.retain {
        if let (Some(cell), Some(Some(grad))) = (sink.upgrade(), cotangents.get(*out as usize)) {
            retained.push((cell, grad.clone()));
        }
    }
    Ok(())
}
