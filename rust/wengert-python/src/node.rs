//! Nodes of the tape as Python sees them: `grad_fn`. Depends on `edge`, `foreign` and the core.

use crate::convert::{raise, wrap_bound};
use crate::edge::PyEdge;
use crate::foreign::{Foreign, PyHook};
use pyo3::exceptions::{PyRuntimeError, PyTypeError};
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyAny, PyDict, PyTuple};
use std::sync::Arc;
use wengert::Tensor;
use wengert::tape::{Edge, Node};

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
    let class = node_class(py, &node.name())?;
    let key = edge.key();
    let edge = PyEdge::new(py, edge)?;
    MAKING.with_borrow_mut(|m| *m = Some(edge));
    let object = class.call0()?;
    alive.set_item(key, &object)?;
    Ok(object)
}

/// The class of nodes of a name.
fn node_class<'py>(py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyAny>> {
    static CLASSES: PyOnceLock<Py<PyDict>> = PyOnceLock::new();
    let classes = CLASSES.get_or_init(py, || PyDict::new(py).unbind()).bind(py);
    if let Some(class) = classes.get_item(name)? {
        return Ok(class);
    }
    let members = PyDict::new(py);
    members.set_item("__module__", "wengert.autograd.graph")?;
    members.set_item("__doc__", "A recorded operation.")?;
    let bases = PyTuple::new(py, [py.get_type::<PyNode>()])?;
    let class = py.get_type::<pyo3::types::PyType>().call1((name, bases, members))?;
    classes.set_item(name, &class)?;
    Ok(class)
}

/// `_node_class(name)`: the class of nodes of a name.
#[pyfunction]
pub fn _node_class<'py>(py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyAny>> {
    node_class(py, name)
}

impl PyNode {
    /// An edge to it.
    pub fn edge(&self) -> &Edge {
        self.edge.edge()
    }
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
        Ok(leaf_object(py, self.edge.edge())?.unwrap_or_else(|| py.None().into_bound(py)))
    }
    /// A dict for whatever is to be noted of the node: it lives as long as the node.
    #[getter]
    fn metadata<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let node = self.node()?;
        if let Some(notes) = node.notes()
            && let Some(dict) = notes.downcast_ref::<Foreign>()
        {
            return Ok(dict.0.bind(py).clone());
        }
        let dict = PyDict::new(py).into_any();
        node.set_notes(Arc::new(Foreign::new(dict.clone().unbind())));
        Ok(dict)
    }
    /// Shape and dtype of each output.
    fn _outputs(&self, py: Python<'_>) -> PyResult<Vec<(Vec<usize>, Py<PyAny>)>> {
        let node = self.node()?;
        (0..node.out_count() as u16)
            .map(|i| {
                Ok((
                    node.out_layout(i).shape().to_vec(),
                    crate::convert::dtype_object(py, node.out_dtype(i))?.into_any(),
                ))
            })
            .collect()
    }
    /// Shape and strides of input `i`; None where it needs no gradient.
    fn _input_layout(&self, i: usize) -> PyResult<Option<(Vec<usize>, Vec<isize>)>> {
        let inputs = self.node()?.inputs();
        Ok(inputs
            .get(i)
            .and_then(|e| e.node().map(|n| n.out_layout(e.out())))
            .map(|l| (l.shape().to_vec(), l.strides().to_vec())))
    }
    /// The operation in words: its attributes are among them.
    fn _op_text(&self) -> PyResult<String> {
        Ok(format!("{:?}", self.node()?.op()))
    }
    /// Which values its rule reads: bits of inputs, and bit 7 for the output.
    fn _keeps(&self) -> PyResult<u32> {
        Ok(self.node()?.keeps())
    }
    /// The value kept under a bit, with its history.
    fn _kept<'py>(&self, py: Python<'py>, bit: u32) -> PyResult<Bound<'py, PyAny>> {
        let node = self.node()?;
        let value = node.kept_value(bit).map_err(raise)?;
        let edge = match node.inputs().get(bit.trailing_zeros() as usize) {
            Some(edge) if bit < 128 => edge.clone(),
            _ => self.edge.edge().with_out(0),
        };
        if edge.node().is_some_and(Node::is_leaf)
            && let Some(leaf) = leaf_object(py, &edge)?
            && crate::convert::as_tensor(&leaf).is_some_and(|t| t.array().same(&value))
        {
            return Ok(leaf);
        }
        wrap_bound(py, Tensor::with_edge(value, edge))
    }
    /// Has hooks pack the value kept under a bit.
    fn _pack(&self, bit: u32, pack_hook: Bound<'_, PyAny>, unpack_hook: Bound<'_, PyAny>) -> PyResult<()> {
        let node = self.node()?;
        if node.is_spent() {
            return Err(PyRuntimeError::new_err(
                "Calling register_hooks on a saved tensor after it has been freed. Saved intermediate values of the graph are \
                 freed when you call .backward() or autograd.grad(). Specify retain_graph=True if you need to backward through \
                 the graph a second time or if you need to access saved variables after calling backward.",
            ));
        }
        if node.is_packed(bit) {
            return Err(PyRuntimeError::new_err(
                "Calling register_hooks on a saved tensor whose hooks have already been set. Hint: only one pair of hooks is \
                 allowed at a time.",
            ));
        }
        node.pack(bit, &crate::packing::PyHooks::new(pack_hook, unpack_hook)?).map_err(raise)
    }
    /// What a Function's node keeps in Python, and an object that leads to the node.
    fn _context<'py>(&self, py: Python<'py>) -> PyResult<Option<(Bound<'py, PyAny>, crate::saved::SavedEdge)>> {
        let Some(payload) = self.node()?.payload() else { return Ok(None) };
        let Some(ctx) = payload.downcast_ref::<Foreign>() else { return Ok(None) };
        let edge = crate::saved::SavedEdge::new(PyEdge::new(py, self.edge.edge().clone())?);
        Ok(Some((ctx.0.bind(py).clone(), edge)))
    }
    /// What the rule has saved (`_saved_self`), and of a Function's node what its context has.
    fn __getattr__<'py>(slf: &Bound<'py, PyNode>, name: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        slf.py().import("wengert.autograd._node_attributes")?.getattr("attribute")?.call1((slf, name))
    }
    fn __dir__<'py>(slf: &Bound<'py, PyNode>) -> PyResult<Bound<'py, PyAny>> {
        slf.py().import("wengert.autograd._node_attributes")?.getattr("names")?.call1((slf,))
    }
    /// Runs the rule: the gradient of its input (a tuple of several) for the cotangents of its outputs.
    #[pyo3(signature = (*grad_outputs))]
    fn __call__<'py>(
        &self,
        py: Python<'py>,
        grad_outputs: Vec<Option<Bound<'py, PyAny>>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let node = self.node()?;
        if grad_outputs.len() != node.out_count() {
            return Err(PyTypeError::new_err(format!(
                "expected {} arguments, got {} instead",
                node.out_count(),
                grad_outputs.len()
            )));
        }
        let cotangents = grad_outputs
            .iter()
            .enumerate()
            .map(|(i, g)| {
                let Some(g) = g else { return Ok(None) };
                let g = crate::convert::expect_tensor(g, &node.name())?;
                let (shape, dtype) = (node.out_layout(i as u16).shape(), node.out_dtype(i as u16));
                if g.shape() != shape || g.dtype() != dtype {
                    return Err(PyRuntimeError::new_err(format!(
                        "{}: cotangent {i} does not fit: got shape {:?} and dtype {}, wanted {shape:?} and {}",
                        node.name(),
                        g.shape(),
                        g.dtype().name(),
                        dtype.name()
                    )));
                }
                Ok(Some(g))
            })
            .collect::<PyResult<wengert::op::Cotangents>>()?;
        if node.is_leaf() {
            if let Some(Some(g)) = cotangents.into_iter().next()
                && let Some(leaf) = Tensor::leaf_of(self.edge.edge())
            {
                wengert::transform::backward(&[leaf], &[Some(g)], None, true, wengert::grad_enabled())
                    .map_err(raise)?;
            }
            return Ok(py.None().into_bound(py));
        }
        let grads = Node::run(self.edge.edge(), cotangents).map_err(raise)?;
        wengert::tape::packing::flush().map_err(raise)?;
        let mut all = Vec::with_capacity(node.inputs().len());
        let mut grads = grads.into_iter();
        for input in node.inputs() {
            let grad = grads.next().flatten().filter(|_| input.is_some());
            all.push(grad.map_or_else(|| Ok(py.None().into_bound(py)), |g| wrap_bound(py, g))?);
        }
        if all.len() == 1 {
            return Ok(all.remove(0));
        }
        Ok(PyTuple::new(py, all)?.into_any())
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

/// The Python object of the leaf whose node an edge leads to: the one that the program has, while it has one.
pub fn leaf_object<'py>(py: Python<'py>, edge: &Edge) -> PyResult<Option<Bound<'py, PyAny>>> {
    let owner = edge.node().and_then(Node::leaf_sink).map_or(0, |cell| cell.owner());
    if owner != 0 {
        // SAFETY: an object takes its address out of the cell before it dies.
        return Ok(Some(unsafe { Bound::from_borrowed_ptr(py, std::ptr::with_exposed_provenance_mut(owner)) }));
    }
    // SAFETY: the GIL is held.
    Tensor::leaf_of(edge)
        .map(|leaf| unsafe { Bound::from_owned_ptr_or_err(py, crate::object::wrap_leaf(leaf)) })
        .transpose()
}

fn node_hook<'py>(node: &Bound<'py, PyNode>, hook: Bound<'py, PyAny>, before: bool) -> PyResult<Bound<'py, PyAny>> {
    let id = node.get().node()?.add_node_hook(before, Arc::new(PyHook(Foreign::new(hook.unbind()))));
    node.py().import("wengert.autograd.graph")?.getattr("RemovableHandle")?.call1((node, id))
}
