//! autograd for Python: backward and grad, hooks on tensors, grad mode. Depends on the core.

use crate::convert::{expect_tensor, fresh_tensor, raise, type_name, wrap_bound};
use crate::foreign::{Foreign, PyHook};
use crate::interrupt::leavable;
use crate::object::track;
use pyo3::exceptions::{PyRuntimeError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyAny, PyTuple};
use std::sync::Arc;
use wengert::Tensor;
use wengert::tape::Hook;
use wengert::transform::{self, CreateGraph};

fn list(ob: Option<Bound<'_, PyAny>>, what: &str) -> PyResult<Option<Vec<Tensor>>> {
    let Some(ob) = ob.filter(|o| !o.is_none()) else { return Ok(None) };
    if let Some(t) = fresh_tensor(&ob)? {
        return Ok(Some(vec![t]));
    }
    ob.try_iter()?.map(|x| expect_tensor(&x?, what)).collect::<PyResult<_>>().map(Some)
}

fn flag(ob: Option<&Bound<'_, PyAny>>, default: bool) -> PyResult<bool> {
    match ob {
        Some(ob) if !ob.is_none() => ob.is_truthy(),
        _ => Ok(default),
    }
}

/// A cotangent argument.
fn cotangent(ob: Option<&Bound<'_, PyAny>>) -> PyResult<Option<Tensor>> {
    match ob {
        Some(ob) if !ob.is_none() => match fresh_tensor(ob)? {
            Some(t) => Ok(Some(t)),
            None => {
                Err(PyTypeError::new_err(format!("gradients can be either Tensors or None, but got {}", type_name(ob))))
            }
        },
        _ => Ok(None),
    }
}

/// The work of `Tensor.backward` and `autograd.backward`.
pub fn backward(
    _py: Python<'_>,
    tensors: Vec<Bound<'_, PyAny>>,
    gradients: Vec<Option<Bound<'_, PyAny>>>,
    retain_graph: Option<Bound<'_, PyAny>>,
    create_graph: Option<Bound<'_, PyAny>>,
    inputs: Option<Bound<'_, PyAny>>,
) -> PyResult<()> {
    let outputs = tensors.iter().map(|t| expect_tensor(t, "backward")).collect::<PyResult<Vec<_>>>()?;
    let cotangents = gradients.iter().map(|g| cotangent(g.as_ref())).collect::<PyResult<Vec<_>>>()?;
    let create = flag(create_graph.as_ref(), false)?;
    let retain = flag(retain_graph.as_ref(), create)?;
    let inputs = list(inputs, "inputs")?;
    wengert::tape::packing::flush().map_err(raise)?;
    transform::backward(&outputs, &cotangents, inputs.as_deref(), retain, create).map_err(raise)?;
    wengert::tape::packing::flush().map_err(raise)
}

/// `_backward(tensors, gradients, retain_graph, create_graph, inputs)`.
#[pyfunction]
#[pyo3(signature = (tensors, gradients, retain_graph=None, create_graph=None, inputs=None))]
fn _backward(
    py: Python<'_>,
    tensors: Vec<Bound<'_, PyAny>>,
    gradients: Vec<Option<Bound<'_, PyAny>>>,
    retain_graph: Option<Bound<'_, PyAny>>,
    create_graph: Option<Bound<'_, PyAny>>,
    inputs: Option<Bound<'_, PyAny>>,
) -> PyResult<()> {
    leavable(|| backward(py, tensors, gradients, retain_graph, create_graph, inputs))
}

/// `_grad(outputs, inputs, grad_outputs, retain_graph, create_graph)`: a tuple with None where unused. `create_graph`
/// None means: if the outputs depend on more of the tape than the inputs.
#[pyfunction]
#[pyo3(signature = (outputs, inputs, grad_outputs, retain_graph, create_graph))]
fn _grad<'py>(
    py: Python<'py>,
    outputs: Vec<Bound<'py, PyAny>>,
    inputs: Vec<Bound<'py, PyAny>>,
    grad_outputs: Vec<Option<Bound<'py, PyAny>>>,
    retain_graph: bool,
    create_graph: Option<bool>,
) -> PyResult<Bound<'py, PyTuple>> {
    leavable(|| {
        let outputs = outputs.iter().map(|t| expect_tensor(t, "grad")).collect::<PyResult<Vec<_>>>()?;
        let inputs = inputs.iter().map(|t| expect_tensor(t, "grad")).collect::<PyResult<Vec<_>>>()?;
        let cotangents = grad_outputs.iter().map(|g| cotangent(g.as_ref())).collect::<PyResult<Vec<_>>>()?;
        let create = match create_graph {
            None => CreateGraph::IfShared,
            Some(true) => CreateGraph::Yes,
            Some(false) => CreateGraph::No,
        };
        wengert::tape::packing::flush().map_err(raise)?;
        let grads = transform::grad(&outputs, &cotangents, &inputs, retain_graph, create).map_err(raise)?;
        wengert::tape::packing::flush().map_err(raise)?;
        let grads = grads
            .into_iter()
            .map(|g| g.map_or_else(|| Ok(py.None().into_bound(py)), |g| wrap_bound(py, g)))
            .collect::<PyResult<Vec<_>>>()?;
        PyTuple::new(py, grads)
    })
}

/// `_register_hook(tensor, hook, post)`: the hook's id at the tensor's node.
#[pyfunction]
fn _register_hook(tensor: &Bound<'_, PyAny>, hook: Bound<'_, PyAny>, post: bool) -> PyResult<u64> {
    let t = expect_tensor(tensor, "register_hook")?;
    let Some(node) = t.node() else {
        return Err(PyRuntimeError::new_err("cannot register a hook on a tensor that doesn't require gradient"));
    };
    if post && !node.is_leaf() {
        return Err(PyRuntimeError::new_err("post accumulate grad hooks cannot be registered on non-leaf tensors"));
    }
    // SAFETY: a live tensor; the GIL is held.
    unsafe { track(tensor.as_ptr()) };
    let hook: Arc<dyn Hook> = Arc::new(PyHook(Foreign::new(hook.unbind())));
    Ok(if post { node.add_post_hook(hook) } else { node.add_pre_hook(t.edge_ref().out(), hook) })
}

/// Whether this thread was told to record operations.
#[pyfunction]
fn is_grad_enabled() -> bool {
    wengert::grad_asked()
}

/// Whether this thread records operations: it was told to, and is not in inference mode.
#[pyfunction]
fn _is_recording() -> bool {
    wengert::grad_enabled()
}

/// Whether this thread is in inference mode.
#[pyfunction]
fn is_inference_mode_enabled() -> bool {
    wengert::is_inference()
}

/// Takes this thread into inference mode or out of it; returns what was.
#[pyfunction]
fn _set_inference(on: bool) -> bool {
    wengert::set_inference(on)
}

/// Whether a tensor was made in inference mode.
#[pyfunction]
fn _is_inference(x: &Bound<'_, PyAny>) -> PyResult<bool> {
    Ok(expect_tensor(x, "is_inference")?.array().is_inference())
}

/// Has rules that kept the present value of a tensor find it overwritten.
#[pyfunction]
fn _increment_version(x: &Bound<'_, PyAny>) -> PyResult<()> {
    let t = expect_tensor(x, "increment_version")?;
    if !t.array().is_inference() {
        t.array().written_by_others();
    }
    Ok(())
}

/// Sets whether this thread records; returns what was.
#[pyfunction]
fn _set_grad_enabled(on: bool) -> bool {
    wengert::set_grad_enabled(on)
}

/// `_recorded(function)`: what a function without arguments returned, and the keys of the nodes that were recorded.
#[pyfunction]
fn _recorded<'py>(function: &Bound<'py, PyAny>) -> PyResult<(Bound<'py, PyAny>, Vec<u64>)> {
    let (out, keys) = wengert::tape::witness::recorded_during(|| function.call0());
    Ok((out?, keys.into_iter().collect()))
}

/// Gradients where what an input gets through another one does not count.
#[pyfunction]
fn _grad_cut<'py>(
    py: Python<'py>,
    outputs: Vec<Bound<'py, PyAny>>,
    inputs: Vec<Bound<'py, PyAny>>,
    grad_outputs: Vec<Bound<'py, PyAny>>,
    create_graph: bool,
) -> PyResult<Bound<'py, PyTuple>> {
    leavable(|| {
        let tensors =
            |of: &[Bound<'py, PyAny>]| of.iter().map(|t| expect_tensor(t, "grad")).collect::<PyResult<Vec<_>>>();
        let (outputs, inputs, cotangents) = (tensors(&outputs)?, tensors(&inputs)?, tensors(&grad_outputs)?);
        let grads = transform::grad_cut(&outputs, &cotangents, &inputs, create_graph).map_err(raise)?;
        wengert::tape::packing::flush().map_err(raise)?;
        let grads = grads
            .into_iter()
            .map(|g| g.map_or_else(|| Ok(py.None().into_bound(py)), |g| wrap_bound(py, g)))
            .collect::<PyResult<Vec<_>>>()?;
        PyTuple::new(py, grads)
    })
}

/// Has a callable run when the backward pass under way on this thread has succeeded.
#[pyfunction]
fn _queue_callback(callback: Bound<'_, PyAny>) -> PyResult<()> {
    if !callback.is_callable() {
        return Err(PyTypeError::new_err(format!("queue_callback: expected a callable, got {}", type_name(&callback))));
    }
    let callback = Foreign::new(callback.unbind());
    let run = move || Python::attach(|py| callback.0.bind(py).call0().map(drop).map_err(crate::convert::stash));
    wengert::tape::finale::queue(Box::new(run)).map_err(raise)
}

/// How many backward passes were begun so far.
#[pyfunction]
fn _sweeps() -> u64 {
    wengert::tape::sweep::count()
}

/// Has sweeps look for NaN among gradients.
#[pyfunction]
fn _set_check_nan(on: bool) {
    wengert::tape::sweep::set_check_nan(on);
}

/// After a write that a custom Function did in place: `x` gets the history of `result`.
#[pyfunction]
fn _rebase(x: &Bound<'_, PyAny>, result: &Bound<'_, PyAny>, name: &str) -> PyResult<()> {
    leavable(|| {
        let result = expect_tensor(result, name)?;
        expect_tensor(x, name)?;
        // SAFETY: a live tensor; nothing else refers to its inside now.
        let t = unsafe { crate::object::tensor_mut(x.as_ptr()) };
        wengert::inplace::rebase(name, t, result.gradient_edge()).map_err(raise)
    })
}

/// Names of the nodes of functions that are made of several operations.
const NAMES: [&str; 6] = [
    "BinaryCrossEntropyBackward0",
    "BinaryCrossEntropyWithLogitsBackward0",
    "EmbeddingBackward0",
    "HuberLossBackward0",
    "MseLossBackward0",
    "SmoothL1LossBackward0",
];

/// The tensor itself, its node, if it was just recorded, under one of the names above.
#[pyfunction]
fn _named<'py>(x: &Bound<'py, PyAny>, name: &str) -> PyResult<Bound<'py, PyAny>> {
    let t = expect_tensor(x, "_named")?;
    let Some(name) = NAMES.into_iter().find(|n| *n == name) else {
        return Err(PyValueError::new_err(format!("_named: got {name}, wanted one of {NAMES:?}")));
    };
    if !t.is_lifted() && t.node().is_some() {
        drop(t);
        // SAFETY: the object is live; nothing else refers to its inside now.
        unsafe { crate::object::tensor_mut(x.as_ptr()) }.rename(name);
    }
    Ok(x.clone())
}

/// Cuts a tensor from its history, in place.
#[pyfunction]
fn _detach_(x: &Bound<'_, PyAny>) -> PyResult<()> {
    expect_tensor(x, "detach_")?;
    // SAFETY: a live tensor; nothing else refers to its inside now.
    let t = unsafe { crate::object::tensor_mut(x.as_ptr()) };
    t.detach_();
    Ok(())
}

/// Adds these functions to the module.
pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(_backward, m)?)?;
    m.add_function(wrap_pyfunction!(_grad, m)?)?;
    m.add_function(wrap_pyfunction!(_register_hook, m)?)?;
    m.add_function(wrap_pyfunction!(is_grad_enabled, m)?)?;
    m.add_function(wrap_pyfunction!(_set_grad_enabled, m)?)?;
    m.add_function(wrap_pyfunction!(_is_recording, m)?)?;
    m.add_function(wrap_pyfunction!(is_inference_mode_enabled, m)?)?;
    m.add_function(wrap_pyfunction!(_set_inference, m)?)?;
    m.add_function(wrap_pyfunction!(_is_inference, m)?)?;
    m.add_function(wrap_pyfunction!(_increment_version, m)?)?;
    m.add_function(wrap_pyfunction!(_recorded, m)?)?;
    m.add_function(wrap_pyfunction!(_grad_cut, m)?)?;
    m.add_function(wrap_pyfunction!(_sweeps, m)?)?;
    m.add_function(wrap_pyfunction!(_queue_callback, m)?)?;
    m.add_function(wrap_pyfunction!(_set_check_nan, m)?)?;
    m.add_function(wrap_pyfunction!(_rebase, m)?)?;
    m.add_function(wrap_pyfunction!(_named, m)?)?;
    m.add_function(wrap_pyfunction!(_detach_, m)?)?;
    Ok(())
}
