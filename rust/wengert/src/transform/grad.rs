//! Reverse mode for any tensors, wrapped or plain. Depends on the sweep and the wrappings.
//!
//! The tape lies below all wrappings. The gradient of a dual output is dual: its tangent is the gradient of the output's
//! tangent (mixed derivatives commute), and that of a batch is the batch of gradients, as examples are independent.

use super::levels::{LevelKind, active};
use super::{Kind, Lifted, dual, level_of, make_batched};
use crate::array::{Array, Dims, Layout, Scalar};
use crate::error::{Error, Result};
use crate::mode::GradMode;
use crate::ops;
use crate::tape::sweep::{Options, Roots, sweep};
use crate::tape::{Edge, Node};
use crate::tensor::Tensor;

/// Whether the gradient computation is itself recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CreateGraph {
    /// Not recorded.
    No,
    /// Recorded.
    Yes,
    /// Recorded if the outputs depend on anything on the tape besides the inputs.
    IfShared,
}

fn ones_for(y: &Tensor) -> Result<Tensor> {
    if y.numel() != 1 {
        return Err(Error::runtime(format!(
            "grad can be implicitly created only for scalar outputs; got shape {:?}, wanted one element; \
             try y.sum().backward() or backward(gradient=...)",
            y.shape()
        )));
    }
    // The very layout of the output, where it can be: layouts that are the same pointer are compared for nothing.
    let layout = if y.layout().is_contiguous() { y.layout().clone() } else { Layout::contiguous(y.shape())? };
    Ok(Tensor::from_array(Array::full(layout, y.dtype(), Scalar::Int(1))?))
}

/// The cotangent to start from: what was given, checked, or 1.
fn start(y: &Tensor, g: Option<&Tensor>, position: usize) -> Result<Tensor> {
    let Some(g) = g else { return ones_for(y) };
    if g.shape() != y.shape() {
        return Err(Error::runtime(format!(
            "Mismatch in shape: grad_output[{position}] has a shape of torch.Size({:?}) and output[{position}] has a shape of torch.Size({:?}).",
            g.shape(),
            y.shape()
        )));
    }
    crate::ops::cast(g, y.dtype())
}

#[cold]
fn not_on_tape(position: usize) -> Error {
    Error::runtime(format!(
        "element {position} of tensors does not require grad and does not have a grad_fn; \
         wanted a result of operations on a tensor with requires_grad=True (were they under no_grad, detached or integer?)"
    ))
}

/// Accumulates gradients of `outputs` into the leaves they depend on (or into `inputs` only).
pub fn backward(
    outputs: &[Tensor],
    cotangents: &[Option<Tensor>],
    inputs: Option<&[Tensor]>,
    retain_graph: bool,
    create_graph: bool,
) -> Result<()> {
    let mut roots = Roots::with_capacity(outputs.len());
    for (i, y) in outputs.iter().enumerate() {
        if y.is_lifted() {
            return Err(Error::runtime(
                "backward() cannot be called inside jvp or vmap; got a transformed tensor; try func.grad or autograd.grad",
            ));
        }
        let y = y.current()?;
        if !y.requires_grad() {
            return Err(not_on_tape(i));
        }
        let g = start(&y, cotangents.get(i).and_then(Option::as_ref), i)?;
        roots.push((y.gradient_edge(), g));
    }
    let lifted = roots.iter().any(|(_, g)| g.is_lifted());
    if lifted {
        return Err(Error::runtime(
            "backward() cannot be given a gradient that is being transformed (jvp or vmap): what it accumulates would be, too; \
             try autograd.grad or func.vjp",
        ));
    }
    let options = Options { retain_graph, create_graph, accumulate: true, lifted, cut: false };
    let Some(inputs) = inputs else { return sweep(roots, None, options).map(drop) };
    if inputs.is_empty() {
        return Err(Error::runtime("'inputs' argument to backward() cannot be empty"));
    }
    let targets = edges(inputs)?;
    let found = sweep(roots, Some(&targets), options)?;
    for ((x, edge), grad) in inputs.iter().zip(&targets).zip(found) {
        // Leaves were accumulated into by the sweep; what was computed gets its gradient for this once.
        if let (Some(grad), false) = (grad, edge.node().is_some_and(Node::is_leaf) || x.retains_grad()) {
            let sum = match x.grad() {
                Some(old) => ops::add(&old, &grad)?,
                None if create_graph => grad,
                None => ops::clone(&grad)?,
            };
            x.set_grad(Some(sum));
        }
    }
    Ok(())
}

fn edges(inputs: &[Tensor]) -> Result<Vec<Edge>> {
    inputs
        .iter()
        .map(|x| {
            let x = x.current()?;
            if x.requires_grad() {
                Ok(x.gradient_edge())
            } else {
                Err(Error::runtime(
                    "One of the differentiated Tensors does not require grad; try requires_grad_() before using it",
                ))
            }
        })
        .collect()
}

/// Gradients of `outputs` with respect to `inputs`; None where an output does not depend on an input.
pub fn grad(
    outputs: &[Tensor],
    cotangents: &[Option<Tensor>],
    inputs: &[Tensor],
    retain_graph: bool,
    create_graph: CreateGraph,
) -> Result<Vec<Option<Tensor>>> {
    let level = outputs.iter().chain(inputs).chain(cotangents.iter().flatten()).map(level_of).max().unwrap_or(0);
    if level == 0 {
        return plain(outputs, cotangents, inputs, retain_graph, create_graph);
    }
    let batched = outputs
        .iter()
        .chain(inputs)
        .chain(cotangents.iter().flatten())
        .any(|t| level_of(t) == level && matches!(t.lifted(), Some(Lifted { kind: Kind::Batched { .. }, .. })));
    if batched {
        batched_grad(outputs, cotangents, inputs, retain_graph, create_graph, level)
    } else {
        dual_grad(outputs, cotangents, inputs, retain_graph, create_graph, level)
    }
}

/// Gradients of plain outputs with respect to plain inputs, where what an input gets through another does not count:
/// for the reverse pass of a function that was run anew on values that its graph leads to.
pub fn grad_cut(
    outputs: &[Tensor],
    cotangents: &[Tensor],
    inputs: &[Tensor],
    create_graph: bool,
) -> Result<Vec<Option<Tensor>>> {
    if outputs.iter().chain(inputs).any(Tensor::is_lifted) {
        return Err(Error::runtime("a graph of transformed tensors cannot be cut at its inputs"));
    }
    let targets = edges(inputs)?;
    let mut roots = Roots::with_capacity(outputs.len());
    for (i, (y, g)) in outputs.iter().zip(cotangents).enumerate() {
        let y = y.current()?;
        if !y.requires_grad() {
            return Err(not_on_tape(i));
        }
        let g = start(&y, Some(g), i)?;
        roots.push((y.gradient_edge(), g));
    }
    let lifted = roots.iter().any(|(_, g)| g.is_lifted());
    sweep(
        roots,
        Some(&targets),
        Options { retain_graph: create_graph, create_graph, accumulate: false, lifted, cut: true },
    )
}

fn plain(
    outputs: &[Tensor],
    cotangents: &[Option<Tensor>],
    inputs: &[Tensor],
    retain_graph: bool,
    create_graph: CreateGraph,
) -> Result<Vec<Option<Tensor>>> {
    let mut roots = Roots::with_capacity(outputs.len());
    for (i, y) in outputs.iter().enumerate() {
        let y = y.current()?;
        if !y.requires_grad() {
            return Err(not_on_tape(i));
        }
        let g = start(&y, cotangents.get(i).and_then(Option::as_ref), i)?;
        roots.push((y.gradient_edge(), g));
    }
    let targets = edges(inputs)?;
    let create = match create_graph {
        CreateGraph::No => false,
        CreateGraph::Yes => true,
        CreateGraph::IfShared => depends_on_others(&roots, &targets) || roots.iter().any(|(_, g)| g.requires_grad()),
    };
    let lifted = roots.iter().any(|(_, g)| g.is_lifted());
    let options =
        Options { retain_graph: retain_graph || create, create_graph: create, accumulate: false, lifted, cut: false };
    sweep(roots, Some(&targets), options)
}

/// Whether the roots reach a leaf that is no target, or a target that depends on more of the tape.
fn depends_on_others(roots: &[(Edge, Tensor)], targets: &[Edge]) -> bool {
    if targets.iter().any(|e| e.node().is_some_and(|n| !n.is_leaf())) {
        return true;
    }
    let mut seen = std::collections::HashSet::new();
    let mut stack: Vec<Edge> = roots.iter().map(|(e, _)| e.clone()).collect();
    while let Some(edge) = stack.pop() {
        let Some(node) = edge.node() else { continue };
        if !seen.insert(std::ptr::from_ref(node)) {
            continue;
        }
        if node.is_leaf() && !targets.iter().any(|t| t.node().is_some_and(|n| std::ptr::eq(n, node))) {
            return true;
        }
        stack.extend(node.inputs().iter().filter(|e| e.is_some()).cloned());
    }
    false
}

/// Those outputs that are on the tape, with their cotangents; gradients of the rest are zero.
fn grad_of_some(
    outputs: &[Tensor],
    cotangents: &[Option<Tensor>],
    inputs: &[Tensor],
    create_graph: CreateGraph,
) -> Result<Vec<Option<Tensor>>> {
    let kept: Vec<usize> = (0..outputs.len()).filter(|&i| outputs[i].requires_grad()).collect();
    if kept.is_empty() {
        return Ok(vec![None; inputs.len()]);
    }
    let ys: Vec<Tensor> = kept.iter().map(|&i| outputs[i].clone()).collect();
    let gs: Vec<Option<Tensor>> = kept.iter().map(|&i| cotangents[i].clone()).collect();
    grad(&ys, &gs, inputs, true, create_graph)
}

fn add_all(a: Vec<Option<Tensor>>, b: Vec<Option<Tensor>>) -> Result<Vec<Option<Tensor>>> {
    a.into_iter()
        .zip(b)
        .map(|pair| match pair {
            (Some(a), Some(b)) => ops::add(&a, &b).map(Some),
            (a, b) => Ok(a.or(b)),
        })
        .collect()
}

fn dual_grad(
    outputs: &[Tensor],
    cotangents: &[Option<Tensor>],
    inputs: &[Tensor],
    _retain_graph: bool,
    create_graph: CreateGraph,
    level: u64,
) -> Result<Vec<Option<Tensor>>> {
    let split = |t: &Tensor| super::unpack_dual(t, level);
    let mut primals = Vec::new();
    let (mut tangents, mut tangent_cotangents) = (Vec::new(), Vec::new());
    let mut starts = Vec::new();
    let (mut moving, mut moving_cotangents) = (Vec::new(), Vec::new());
    for (i, y) in outputs.iter().enumerate() {
        let (p, t) = split(y)?;
        let g = match cotangents.get(i).and_then(Option::as_ref) {
            Some(g) => g.clone(),
            None => ops_ones(&p)?,
        };
        let (gp, gt) = split(&g)?;
        if let Some(t) = t {
            tangents.push(t);
            tangent_cotangents.push(Some(gp.clone()));
        }
        if let Some(gt) = gt {
            moving.push(p.clone());
            moving_cotangents.push(Some(gt));
        }
        primals.push(p);
        starts.push(Some(gp));
    }
    let xs = inputs.iter().map(|x| Ok(split(x)?.0)).collect::<Result<Vec<_>>>()?;
    // The tangents of later sweeps need this graph: it is kept by all but the last, and by that if asked to.
    let primal = grad_of_some(&primals, &starts, &xs, create_graph)?;
    let a = grad_of_some(&tangents, &tangent_cotangents, &xs, create_graph)?;
    let b = grad_of_some(&moving, &moving_cotangents, &xs, create_graph)?;
    let tangent = add_all(a, b)?;
    primal
        .into_iter()
        .zip(tangent)
        .map(|pair| {
            Ok(match pair {
                (Some(p), Some(t)) => Some(dual(p, t, level)),
                (Some(p), None) => Some(p),
                (None, Some(t)) => Some(dual(ops::write::zeros_like(&t)?, t, level)),
                (None, None) => None,
            })
        })
        .collect()
}

/// Ones for an output of one element, whatever wraps it.
fn ops_ones(y: &Tensor) -> Result<Tensor> {
    if y.is_lifted() && y.numel() == 1 {
        let zeros = ops::write::zeros_like(y)?;
        return ops::add(&zeros, &Tensor::scalar(y.dtype(), Scalar::Int(1))?);
    }
    ones_for(y)
}

fn batched_grad(
    outputs: &[Tensor],
    cotangents: &[Option<Tensor>],
    inputs: &[Tensor],
    retain_graph: bool,
    create_graph: CreateGraph,
    level: u64,
) -> Result<Vec<Option<Tensor>>> {
    let unpack = |t: &Tensor| super::unpack_batched(t, level);
    if outputs.iter().chain(inputs).all(|t| level_of(t) < level) {
        return along_batch(outputs, cotangents, inputs, create_graph, level);
    }
    let size = outputs.iter().chain(inputs).find_map(|t| unpack(t).ok().flatten()).map_or(1, |t| t.shape()[0]);
    let mut xs = Vec::new();
    for x in inputs {
        let Some(v) = unpack(x)? else {
            return Err(Error::not_implemented(
                "gradient inside vmap with respect to a tensor from outside of it: each example would need its own; \
                 try func.grad inside vmap, or pass the tensor in with in_dims",
            ));
        };
        xs.push(v);
    }
    let (mut ys, mut gs) = (Vec::new(), Vec::new());
    for (i, y) in outputs.iter().enumerate() {
        let g = match cotangents.get(i).and_then(Option::as_ref) {
            Some(g) => g.clone(),
            None => ops_ones(y)?,
        };
        // An output that is the same for all examples cannot depend on a batched input.
        let Some(value) = unpack(y)? else { continue };
        let g = match unpack(&g)? {
            Some(g) => g,
            None => super::spread(&(g, None), size)?,
        };
        ys.push(value);
        gs.push(Some(g));
    }
    if ys.is_empty() {
        return Ok(vec![None; inputs.len()]);
    }
    let grads = grad(&ys, &gs, &xs, retain_graph, create_graph)?;
    Ok(grads.into_iter().map(|g| g.map(|g| make_batched(&g, level))).collect())
}

/// Batches of cotangents for a graph that is the same for all examples: gradients are linear in cotangents, so the rules
/// run on the batch; one example at a time where the graph itself is wrapped by transforms further out.
fn along_batch(
    outputs: &[Tensor],
    cotangents: &[Option<Tensor>],
    inputs: &[Tensor],
    create_graph: CreateGraph,
    level: u64,
) -> Result<Vec<Option<Tensor>>> {
    if outputs.iter().chain(inputs).all(|t| !t.is_lifted()) {
        return plain(outputs, cotangents, inputs, true, create_graph);
    }
    let batches = cotangents
        .iter()
        .map(|g| Ok(g.as_ref().map(|g| super::unpack_batched(g, level)).transpose()?.flatten()))
        .collect::<Result<Vec<Option<Tensor>>>>()?;
    let size = batches.iter().flatten().next().map_or(0, |b| b.shape()[0]);
    let mut columns: Vec<Vec<Option<Tensor>>> = vec![Vec::with_capacity(size); inputs.len()];
    for i in 0..size as i64 {
        let one = cotangents
            .iter()
            .zip(&batches)
            .map(|(g, b)| b.as_ref().map_or_else(|| Ok(g.clone()), |b| ops::view::select(b, 0, i).map(Some)))
            .collect::<Result<Vec<_>>>()?;
        for (column, g) in columns.iter_mut().zip(grad(outputs, &one, inputs, true, create_graph)?) {
            column.push(g);
        }
    }
    columns
        .into_iter()
        .map(|column| {
            let parts: Vec<&Tensor> = column.iter().flatten().collect();
            if parts.is_empty() { Ok(None) } else { Ok(Some(make_batched(&ops::stack(&parts, 0)?, level))) }
        })
        .collect()
}

/// A fresh alias of `x` to differentiate with respect to: what reaches it does not reach `x` by another way, yet its
/// own gradient flows on to `x`. Batched at every map under way, so that each example has a gradient of its own.
#[track_caller]
pub fn track(x: &Tensor) -> Result<Tensor> {
    if !x.dtype().is_float() {
        return Err(Error::runtime(format!(
            "grad: inputs must be floating-point tensors; got {}; try to(float32)",
            x.dtype().name()
        )));
    }
    let levels = active();
    track_below(x, &levels)
}

#[track_caller]
fn track_below(x: &Tensor, levels: &[super::Level]) -> Result<Tensor> {
    let Some((top, rest)) = levels.split_last() else {
        let _mode = GradMode::set(true);
        if x.requires_grad() {
            return ops::convert::alias(x);
        }
        return x.detach().requiring_grad();
    };
    if level_of(x) == top.id {
        return match x.lifted() {
            Some(Lifted { kind: Kind::Dual { primal, tangent }, .. }) => {
                Ok(dual(track_below(primal, rest)?, tangent.clone(), top.id))
            }
            Some(Lifted { kind: Kind::Batched { value }, .. }) => Ok(make_batched(&track_below(value, rest)?, top.id)),
            None => track_below(x, rest),
        };
    }
    match top.kind {
        LevelKind::Dual => track_below(x, rest),
        LevelKind::Batch(size) => {
            let shape: Dims = std::iter::once(size).chain(x.shape().iter().copied()).collect();
            let value = ops::convert::row_major_copy(&ops::view::expand(x, &shape)?)?;
            Ok(make_batched(&track_below(&value, rest)?, top.id))
        }
    }
}

/// A result of a differentiated function: as it is where it depends on more of the tape than the tracked inputs,
/// else without history (the inputs that put it on the tape end with the transform).
pub fn untrack(y: &Tensor, tracked: &[Tensor]) -> Tensor {
    match y.lifted() {
        Some(Lifted { kind: Kind::Dual { primal, tangent }, level }) => {
            dual(untrack(primal, tracked), untrack(tangent, tracked), *level)
        }
        Some(Lifted { kind: Kind::Batched { value }, level }) => make_batched(&untrack(value, tracked), *level),
        None => {
            let targets: Vec<Edge> = tracked.iter().map(innermost_edge).collect();
            let roots = [(y.gradient_edge(), y.clone())];
            if y.requires_grad() && !depends_on_others(&roots, &targets) { y.detach() } else { y.clone() }
        }
    }
}

/// The edge of the tape under all wrappings.
fn innermost_edge(t: &Tensor) -> Edge {
    match t.lifted() {
        Some(Lifted { kind: Kind::Dual { primal, .. }, .. }) => innermost_edge(primal),
        Some(Lifted { kind: Kind::Batched { value }, .. }) => innermost_edge(value),
        None => t.gradient_edge(),
    }
}
