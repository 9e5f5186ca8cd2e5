//! autograd for Python: backward and grad, nodes, hooks, grad mode, levels of transforms. Depends on the core.

use crate::convert::{expect_tensor, fresh_tensor, raise, type_name, wrap_bound};
use crate::edge::PyEdge;
use crate::foreign::{Foreign, PyHook};
use crate::object::track;
use pyo3::exceptions::{PyRuntimeError, PyTypeError, PyValueError};
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyAny, PyDict, PyTuple};
use std::sync::Arc;
use wengert::Tensor;
use wengert::tape::{Edge, Hook, Node};
use wengert::transform::{self, CreateGraph, LevelKind};

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
    transform::backward(&outputs, &cotangents, inputs.as_deref(), retain, create).map_err(raise)
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
    backward(py, tensors, gradients, retain_graph, create_graph, inputs)
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
    let outputs = outputs.iter().map(|t| expect_tensor(t, "grad")).collect::<PyResult<Vec<_>>>()?;
    let inputs = inputs.iter().map(|t| expect_tensor(t, "grad")).collect::<PyResult<Vec<_>>>()?;
    let cotangents = grad_outputs.iter().map(|g| cotangent(g.as_ref())).collect::<PyResult<Vec<_>>>()?;
    let create = match create_graph {
        None => CreateGraph::IfShared,
        Some(true) => CreateGraph::Yes,
        Some(false) => CreateGraph::No,
    };
    let grads = transform::grad(&outputs, &cotangents, &inputs, retain_graph, create).map_err(raise)?;
    let grads = grads
        .into_iter()
        .map(|g| g.map_or_else(|| Ok(py.None().into_bound(py)), |g| wrap_bound(py, g)))
        .collect::<PyResult<Vec<_>>>()?;
    PyTuple::new(py, grads)
}

/// A node of the tape as Python sees it: `grad_fn`. Each kind of node has a class of its own, named as PyTorch names it.
#[pyclass(name = "Node", module = "wengert.autograd.graph", frozen, weakref, subclass)]
pub struct PyNode {
    edge: PyEdge,
}

thread_local! {
    /// The edge of the object that `node_object` is making.
    static MAKING: std::cell::RefCell<Option<PyEdge>> = const { std::cell::RefCell::new(None) };
}

/// The Python object of the node that an edge leads to; the same one as long as it is in use.
pub fn node_object<'py>(py: Python<'py>, edge: &Edge) -> PyResult<Bound<'py, PyAny>> {
    static ALIVE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    static CLASSES: PyOnceLock<Py<PyDict>> = PyOnceLock::new();
    let edge = edge.with_out(0);
    let Some(node) = edge.node() else { return Ok(py.None().into_bound(py)) };
    let alive = ALIVE
        .get_or_try_init(py, || -> PyResult<Py<PyAny>> {
            Ok(py.import("weakref")?.getattr("WeakValueDictionary")?.call0()?.unbind())
        })?
        .bind(py);
    let found = alive.call_method1("get", (edge.key(),))?;
    if !found.is_none() {
        return Ok(found);
    }
    let classes = CLASSES.get_or_init(py, || PyDict::new(py).unbind()).bind(py);
    let name = node.name();
    let class = match classes.get_item(&name)? {
        Some(class) => class,
        None => {
            let members = PyDict::new(py);
            members.set_item("__module__", "wengert.autograd.graph")?;
            members.set_item("__doc__", "A recorded operation.")?;
            let bases = PyTuple::new(py, [py.get_type::<PyNode>()])?;
            let class = py.get_type::<pyo3::types::PyType>().call1((&name, bases, members))?;
            classes.set_item(&name, &class)?;
            class
        }
    };
    let key = edge.key();
    let edge = PyEdge::new(py, edge)?;
    MAKING.with_borrow_mut(|m| *m = Some(edge));
    let object = class.call0()?;
    alive.set_item(key, &object)?;
    Ok(object)
}

impl PyNode {
    fn node(&self) -> PyResult<&Node> {
        self.edge.edge().node().ok_or_else(|| PyRuntimeError::new_err("the node is gone"))
    }
}

#[pymethods]
impl PyNode {
    #[new]
    fn make() -> PyResult<PyNode> {
        MAKING
            .with_borrow_mut(Option::take)
            .map(|edge| PyNode { edge })
            .ok_or_else(|| PyTypeError::new_err("nodes are made by recorded operations; see Tensor.grad_fn"))
    }
    /// PyTorch's name of the node.
    fn name(&self) -> PyResult<String> {
        Ok(self.node()?.name())
    }
    fn __repr__(&self) -> PyResult<String> {
        let node = self.node()?;
        Ok(format!("<{} object at {:#x}>", node.name(), std::ptr::from_ref(node) as usize))
    }
    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<PyNode>().is_ok_and(|o| o.get().edge.edge().same(self.edge.edge()))
    }
    fn __hash__(&self) -> u64 {
        self.edge.edge().key()
    }
    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(self.edge.object())
    }
    /// Pairs of the nodes of the inputs and which of their outputs; (None, 0) where no gradient is needed.
    #[getter]
    fn next_functions<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let node = self.node()?;
        let pairs = node.inputs().iter().map(|e| Ok((node_object(py, e)?, e.out()))).collect::<PyResult<Vec<_>>>()?;
        PyTuple::new(py, pairs)
    }
    /// The leaf tensor of an AccumulateGrad node; None for other nodes. The graph keeps it, with its gradient.
    #[getter]
    fn variable<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let owner = self.node()?.leaf_sink().map_or(0, |cell| cell.owner());
        if owner != 0 {
            // SAFETY: an object takes its address out of the cell before it dies.
            return Ok(unsafe { Bound::from_borrowed_ptr(py, std::ptr::with_exposed_provenance_mut(owner)) });
        }
        match Tensor::leaf_of(self.edge.edge()) {
            // SAFETY: the GIL is held.
            Some(leaf) => unsafe { Bound::from_owned_ptr_or_err(py, crate::object::wrap_leaf(leaf)) },
            None => Ok(py.None().into_bound(py)),
        }
    }
    /// File and line that recorded it, or None.
    #[getter]
    fn site(&self) -> PyResult<Option<(String, u32)>> {
        Ok(wengert::tape::site::describe(self.node()?.site()))
    }
    /// A number larger than that of every input.
    fn _sequence_nr(&self) -> PyResult<u32> {
        Ok(self.node()?.seq())
    }
    /// Calls `fn(grad_inputs, grad_outputs)` whenever the node has run in a backward; what it returns replaces the first.
    #[pyo3(signature = (r#fn))]
    fn register_hook<'py>(slf: &Bound<'py, PyNode>, r#fn: Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        node_hook(slf, r#fn, false)
    }
    /// Calls `fn(grad_outputs)` whenever the node is about to run in a backward; what it returns replaces these.
    #[pyo3(signature = (r#fn))]
    fn register_prehook<'py>(slf: &Bound<'py, PyNode>, r#fn: Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        node_hook(slf, r#fn, true)
    }
    /// What tells the node from others.
    fn _key(&self) -> u64 {
        self.edge.edge().key()
    }
    /// Whether the backward under way has yet to reach it.
    fn _is_awaited(&self) -> PyResult<bool> {
        Ok(wengert::tape::sweep::is_awaited(self.node()?))
    }
    /// How many outputs it has.
    fn _out_count(&self) -> PyResult<usize> {
        Ok(self.node()?.out_count())
    }
    /// A stand-in for output `out`: zeros of its shape, with its history.
    fn _stand_in<'py>(&self, py: Python<'py>, out: u16) -> PyResult<Bound<'py, PyAny>> {
        let node = self.node()?;
        if usize::from(out) >= node.out_count() {
            return Err(pyo3::exceptions::PyIndexError::new_err(format!("the node has no output {out}")));
        }
        let zero = Tensor::scalar(node.out_dtype(out), wengert::Scalar::Int(0)).map_err(raise)?;
        let zeros = wengert::ops::view::expand(&zero, node.out_layout(out).shape()).map_err(raise)?;
        wrap_bound(py, Tensor::with_edge(zeros.array().clone(), self.edge.edge().with_out(out)))
    }
    fn _remove_hook(&self, id: u64) -> PyResult<()> {
        self.node()?.remove_hook(id);
        Ok(())
    }
}

fn node_hook<'py>(node: &Bound<'py, PyNode>, hook: Bound<'py, PyAny>, before: bool) -> PyResult<Bound<'py, PyAny>> {
    let id = node.get().node()?.add_node_hook(before, Arc::new(PyHook(Foreign::new(hook.unbind()))));
    node.py().import("wengert.autograd.graph")?.getattr("RemovableHandle")?.call1((node, id))
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

/// Whether this thread records.
#[pyfunction]
fn is_grad_enabled() -> bool {
    wengert::grad_enabled()
}

/// Sets whether this thread records; returns what was.
#[pyfunction]
fn _set_grad_enabled(on: bool) -> bool {
    wengert::set_grad_enabled(on)
}

/// Starts a transform: a map over `size`, or forward mode where it is None. What an open one has wrapped outlives it.
#[pyfunction]
#[pyo3(signature = (size=None, open=false))]
fn _enter_level(size: Option<usize>, open: bool) -> u64 {
    if open { transform::enter_open() } else { transform::enter(size.map_or(LevelKind::Dual, LevelKind::Batch)) }
}

/// Whether a tensor is a batch of the map at a level.
#[pyfunction]
fn _is_batched(x: &Bound<'_, PyAny>, level: u64) -> PyResult<bool> {
    let t = expect_tensor(x, "vmap")?;
    Ok(transform::unpack_batched(&t, level).map_err(raise)?.is_some())
}

/// The highest level of a tensor's wrappings with that level's kind (whether it is a map): None for a plain tensor.
#[pyfunction]
fn _outermost_level(x: &Bound<'_, PyAny>) -> PyResult<Option<(u64, bool)>> {
    transform::outermost(&expect_tensor(x, "Function")?).map_err(raise)
}

/// `_recorded(function)`: what a function without arguments returned, and the keys of the nodes that were recorded.
#[pyfunction]
fn _recorded<'py>(function: &Bound<'py, PyAny>) -> PyResult<(Bound<'py, PyAny>, Vec<u64>)> {
    let (out, keys) = wengert::tape::node::recorded_during(|| function.call0());
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
    let tensors = |of: &[Bound<'py, PyAny>]| of.iter().map(|t| expect_tensor(t, "grad")).collect::<PyResult<Vec<_>>>();
    let (outputs, inputs, cotangents) = (tensors(&outputs)?, tensors(&inputs)?, tensors(&grad_outputs)?);
    let grads = transform::grad_cut(&outputs, &cotangents, &inputs, create_graph).map_err(raise)?;
    let grads = grads
        .into_iter()
        .map(|g| g.map_or_else(|| Ok(py.None().into_bound(py)), |g| wrap_bound(py, g)))
        .collect::<PyResult<Vec<_>>>()?;
    PyTuple::new(py, grads)
}

/// How many backward passes were begun so far.
#[pyfunction]
fn _sweeps() -> u64 {
    wengert::tape::sweep::count()
}

/// A tensor without wrappings of levels that have ended.
#[pyfunction]
fn _settled<'py>(py: Python<'py>, x: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let t = expect_tensor(x, "unpack_dual")?;
    if t.is_lifted() { wrap_bound(py, transform::settle(&t).map_err(raise)?) } else { Ok(x.clone()) }
}

/// Has sweeps look for NaN among gradients.
#[pyfunction]
fn _set_check_nan(on: bool) {
    wengert::tape::sweep::set_check_nan(on);
}

/// After a write that a custom Function did in place: `x` gets the history of `result`.
#[pyfunction]
fn _rebase(x: &Bound<'_, PyAny>, result: &Bound<'_, PyAny>, name: &str) -> PyResult<()> {
    let result = expect_tensor(result, name)?;
    expect_tensor(x, name)?;
    // SAFETY: a live tensor; nothing else refers to its inside now.
    let t = unsafe { crate::object::tensor_mut(x.as_ptr()) };
    wengert::inplace::rebase(name, t, result.gradient_edge()).map_err(raise)
}

/// Ends a transform.
#[pyfunction]
fn _leave_level(level: u64) {
    transform::leave(level);
}

/// A dual number.
#[pyfunction]
fn _make_dual<'py>(
    py: Python<'py>,
    primal: &Bound<'py, PyAny>,
    tangent: &Bound<'py, PyAny>,
    level: u64,
) -> PyResult<Bound<'py, PyAny>> {
    let (p, t) = (expect_tensor(primal, "jvp")?, expect_tensor(tangent, "jvp")?);
    wrap_bound(py, transform::make_dual(&p, &t, level).map_err(raise)?)
}

/// Primal and tangent (None where there is none).
#[pyfunction]
fn _unpack_dual<'py>(
    py: Python<'py>,
    dual: &Bound<'py, PyAny>,
    level: u64,
) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
    let d = expect_tensor(dual, "jvp")?;
    let (primal, tangent) = transform::unpack_dual(&d, level).map_err(raise)?;
    let tangent = tangent.map_or_else(|| Ok(py.None().into_bound(py)), |t| wrap_bound(py, t))?;
    Ok((wrap_bound(py, primal)?, tangent))
}

/// A batch mapped over dimension `dim`.
#[pyfunction]
fn _make_batched<'py>(py: Python<'py>, value: &Bound<'py, PyAny>, dim: i64, level: u64) -> PyResult<Bound<'py, PyAny>> {
    let v = expect_tensor(value, "vmap")?;
    let d = wengert::array::layout::wrap_dim("vmap", dim, v.ndim()).map_err(raise)?;
    if v.ndim() == 0 {
        return Err(pyo3::exceptions::PyValueError::new_err("vmap: cannot map over a dimension of a 0-d tensor"));
    }
    let front = transform::to_front(&(v, Some(d))).map_err(raise)?;
    wrap_bound(py, transform::make_batched(&front, level))
}

/// The batch behind a tensor, mapped dimension at `dim`.
#[pyfunction]
fn _unpack_batched<'py>(
    py: Python<'py>,
    value: &Bound<'py, PyAny>,
    dim: i64,
    size: usize,
    level: u64,
) -> PyResult<Bound<'py, PyAny>> {
    let v = expect_tensor(value, "vmap")?;
    let batch = match transform::unpack_batched(&v, level).map_err(raise)? {
        Some(b) => b,
        None => transform::spread(&(v, None), size).map_err(raise)?,
    };
    let d = wengert::array::layout::wrap_dim("vmap", dim, batch.ndim()).map_err(raise)?;
    if d == 0 {
        return wrap_bound(py, batch);
    }
    let mut order: Vec<i64> = (1..batch.ndim() as i64).collect();
    order.insert(d, 0);
    wrap_bound(py, wengert::ops::view::permute(&batch, &order).map_err(raise)?)
}

/// A fresh alias to differentiate with respect to.
#[pyfunction]
fn _track<'py>(py: Python<'py>, x: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let t = expect_tensor(x, "grad")?;
    wrap_bound(py, transform::track(&t).map_err(raise)?)
}

/// Zeros of the same shape and dtype, whatever wraps the tensor.
#[pyfunction]
fn _zeros_like<'py>(py: Python<'py>, x: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let t = expect_tensor(x, "zeros_like")?;
    wrap_bound(py, wengert::ops::write::zeros_like(&t).map_err(raise)?)
}

/// Names of the nodes of functions that are made of several operations.
const NAMES: [&str; 5] = [
    "BinaryCrossEntropyBackward0",
    "BinaryCrossEntropyWithLogitsBackward0",
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

/// A result of a function that was differentiated, off the tape where only the tracked inputs had put it there.
#[pyfunction]
fn _untrack<'py>(
    py: Python<'py>,
    x: &Bound<'py, PyAny>,
    tracked: Vec<Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let t = expect_tensor(x, "grad")?;
    let inputs = tracked.iter().map(|i| expect_tensor(i, "grad")).collect::<PyResult<Vec<_>>>()?;
    wrap_bound(py, transform::untrack(&t, &inputs))
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
    m.add_class::<PyNode>()?;
    m.add_function(wrap_pyfunction!(_backward, m)?)?;
    m.add_function(wrap_pyfunction!(_grad, m)?)?;
    m.add_function(wrap_pyfunction!(_register_hook, m)?)?;
    m.add_function(wrap_pyfunction!(is_grad_enabled, m)?)?;
    m.add_function(wrap_pyfunction!(_set_grad_enabled, m)?)?;
    m.add_function(wrap_pyfunction!(_enter_level, m)?)?;
    m.add_function(wrap_pyfunction!(_leave_level, m)?)?;
    m.add_function(wrap_pyfunction!(_is_batched, m)?)?;
    m.add_function(wrap_pyfunction!(_outermost_level, m)?)?;
    m.add_function(wrap_pyfunction!(_settled, m)?)?;
    m.add_function(wrap_pyfunction!(_recorded, m)?)?;
    m.add_function(wrap_pyfunction!(_grad_cut, m)?)?;
    m.add_function(wrap_pyfunction!(_sweeps, m)?)?;
    m.add_function(wrap_pyfunction!(_set_check_nan, m)?)?;
    m.add_function(wrap_pyfunction!(_rebase, m)?)?;
    m.add_function(wrap_pyfunction!(_make_dual, m)?)?;
    m.add_function(wrap_pyfunction!(_unpack_dual, m)?)?;
    m.add_function(wrap_pyfunction!(_make_batched, m)?)?;
    m.add_function(wrap_pyfunction!(_unpack_batched, m)?)?;
    m.add_function(wrap_pyfunction!(_track, m)?)?;
    m.add_function(wrap_pyfunction!(_untrack, m)?)?;
    m.add_function(wrap_pyfunction!(_named, m)?)?;
    m.add_function(wrap_pyfunction!(_zeros_like, m)?)?;
    m.add_function(wrap_pyfunction!(_detach_, m)?)?;
    Ok(())
}
