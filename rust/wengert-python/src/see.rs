//! What Python sees of the tape as a whole: `Walk`, the list of nodes that led to some tensors, and `Recording`, what a
//! thread that watches has seen. Depends on `edge`, `node` and the core's `tape::Walk` and `watch`.

use crate::convert::{as_tensor, dtype_object, expect_tensor, raise, type_name, wrap_bound};
use crate::edge::PyEdge;
use crate::node::{PyNode, node_object};
use pyo3::exceptions::{PyIndexError, PyRuntimeError, PyTypeError};
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::{PyAny, PyList};
use std::sync::{Arc, Mutex, PoisonError};
use wengert::tape::{Edge, Node, site};
use wengert::watch::{self, Event, Seen, What};
use wengert::{Array, OpRef, Tensor};

/// Which operation, PyTorch's name of its node, and what it says of its attributes.
type Words = (String, String, String);
/// Name, file and line, inputs as (place, output) pairs, outputs as (shape, dtype) pairs, what is kept, given back, leaf.
type Row<'py> =
    (Words, Option<(String, u32)>, Vec<(Option<usize>, u16)>, Vec<(Vec<usize>, Bound<'py, PyAny>)>, u32, bool, bool);

/// The nodes that led to some tensors or nodes, in an order in which a node comes after its inputs.
#[pyclass(frozen, module = "wengert._core")]
pub struct Walk {
    roots: Vec<PyEdge>,
    walk: Mutex<Raw>,
}

struct Raw(wengert::tape::Walk);
// SAFETY: looked at with the GIL held only; the roots keep the nodes.
unsafe impl Send for Raw {}

impl Walk {
    /// Runs `f` on the walk, while its nodes live.
    fn with<T>(&self, f: impl FnOnce(&mut wengert::tape::Walk) -> PyResult<T>) -> PyResult<T> {
        // The collector may have cleared an edge, and with it the nodes.
        if self.roots.iter().any(|root| !root.edge().is_some()) {
            return Err(PyRuntimeError::new_err("the tape is gone"));
        }
        f(&mut self.walk.lock().unwrap_or_else(PoisonError::into_inner).0)
    }
}

fn words(node: &Node) -> Words {
    (node.op().name().to_owned(), node.name(), format!("{:?}", node.op()))
}

fn no_node(i: usize) -> PyErr {
    PyIndexError::new_err(format!("the tape has no node {i}"))
}

#[pymethods]
impl Walk {
    /// `Walk(roots)`: from tensors with a history and nodes.
    #[new]
    fn new(py: Python<'_>, roots: Vec<Bound<'_, PyAny>>) -> PyResult<Walk> {
        let mut edges = Vec::with_capacity(roots.len());
        for root in &roots {
            edges.push(if let Ok(node) = root.cast::<PyNode>() {
                node.get().edge().clone()
            } else if as_tensor(root).is_some() {
                expect_tensor(root, "Walk")?.gradient_edge()
            } else {
                return Err(PyTypeError::new_err(format!("Walk: got {}, wanted tensors or nodes", type_name(root))));
            });
        }
        edges.retain(Edge::is_some);
        // SAFETY: the roots' edges are held below, and looked for before each look at the walk.
        let walk = unsafe { wengert::tape::Walk::new(&edges) };
        let roots = edges.into_iter().map(|edge| PyEdge::new(py, edge)).collect::<PyResult<_>>()?;
        Ok(Walk { roots, walk: Mutex::new(Raw(walk)) })
    }
    fn __len__(&self) -> PyResult<usize> {
        self.with(|w| Ok(w.len()))
    }
    /// How many of the nodes are leaves.
    fn leaf_count(&self) -> PyResult<usize> {
        self.with(|w| Ok(w.leaf_count()))
    }
    /// Whether node `i` is a leaf, and its number among the leaves or among the others, from 1.
    fn number(&self, i: usize) -> PyResult<(bool, usize)> {
        self.with(|w| Ok(w.number(i)))
    }
    /// The object of node `i`.
    fn node<'py>(&self, py: Python<'py>, i: usize) -> PyResult<Bound<'py, PyAny>> {
        let edge = self.with(|w| Ok(w.edge(i)))?;
        if edge.is_some() { node_object(py, &edge) } else { Err(no_node(i)) }
    }
    /// Where a node, or the node of a tensor, stands; None for one that is not in the list.
    fn place(&self, of: &Bound<'_, PyAny>) -> PyResult<Option<usize>> {
        let edge = match of.cast::<PyNode>() {
            Ok(node) => node.get().edge().clone(),
            Err(_) => expect_tensor(of, "place")?.gradient_edge(),
        };
        self.with(|w| Ok(w.place(&edge)))
    }
    /// What there is to know of the nodes from `start` to `stop`: (operation, node's name, attributes in words), (file,
    /// line), [(place, output) of inputs], [(shape, dtype) of outputs], bits of what is kept, whether that was given back,
    /// whether it is a leaf.
    fn rows<'py>(&self, py: Python<'py>, start: usize, stop: usize) -> PyResult<Vec<Row<'py>>> {
        // Python objects are made once the walk is free again: making them may run a collection, and that anything.
        let read = self.with(|w| {
            let row = |i| {
                let node = w.node(i)?;
                let inputs = node.inputs().iter().map(|e| (w.place(e), e.out())).collect();
                let form = |out| (node.out_layout(out).shape().to_vec(), node.out_dtype(out));
                let outputs: Vec<_> = (0..node.out_count() as u16).map(form).collect();
                Some((words(node), node.site(), inputs, outputs, node.keeps(), node.is_spent(), node.is_leaf()))
            };
            Ok((start..stop.min(w.len())).filter_map(row).collect::<Vec<_>>())
        })?;
        read.into_iter()
            .map(|(words, at, inputs, outputs, keeps, spent, leaf)| {
                let outputs = outputs
                    .into_iter()
                    .map(|(shape, dtype)| Ok((shape, dtype_object(py, dtype)?.into_bound(py).into_any())))
                    .collect::<PyResult<Vec<_>>>()?;
                Ok((words, site::describe(at), inputs, outputs, keeps, spent, leaf))
            })
            .collect()
    }
    /// Which of the nodes are of operations with one of these names (or names of nodes), in order.
    fn named(&self, names: Vec<String>) -> PyResult<Vec<usize>> {
        self.with(|w| {
            let fits = |n: &Node| names.iter().any(|name| name == n.op().name() || *name == n.name());
            Ok((0..w.len()).filter(|&i| w.node(i).is_some_and(fits)).collect())
        })
    }
    /// The value of an output of node `i` where some node keeps it (with `near` one that comes soon after it), without history;
    /// else None.
    #[pyo3(signature = (i, out=0, near=false))]
    fn value<'py>(&self, py: Python<'py>, i: usize, out: u16, near: bool) -> PyResult<Option<Bound<'py, PyAny>>> {
        let found = self.with(|w| Ok(w.keeper(i, out, near).map(|(k, bit)| (w.edge(k), bit))))?;
        let Some((edge, bit)) = found else { return Ok(None) };
        kept(py, &edge, bit)
    }
    /// The value that node `i` keeps of its input `k`, without history; else None.
    fn operand<'py>(&self, py: Python<'py>, i: usize, k: u32) -> PyResult<Option<Bound<'py, PyAny>>> {
        let edge = self.with(|w| Ok(w.edge(i)))?;
        if k < 7 { kept(py, &edge, 1 << k) } else { Ok(None) }
    }
    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.roots.iter().try_for_each(|root| visit.call(root.object()))
    }
}

/// What a node keeps under a bit, if it still does.
fn kept<'py>(py: Python<'py>, edge: &Edge, bit: u32) -> PyResult<Option<Bound<'py, PyAny>>> {
    let Some(node) = edge.node() else { return Ok(None) };
    if node.keeps() & bit == 0 || node.is_spent() {
        return Ok(None);
    }
    wrap_bound(py, Tensor::with_edge(node.kept_value(bit).map_err(raise)?, Edge::NONE)).map(Some)
}

/// What tells an array from others, its storage, and the key of its edge.
type Identity = (usize, usize, u64);
/// Kind, words, whether there is a derivative, file and line, whether recorded then, inputs, output, shape and dtype.
type Told<'py> = (
    &'static str,
    Words,
    bool,
    Option<(String, u32)>,
    bool,
    Vec<Identity>,
    Option<Identity>,
    Option<(Vec<usize>, Bound<'py, PyAny>)>,
);

/// What a thread has seen of its own operations while it watched.
#[pyclass(frozen, module = "wengert._core")]
pub struct Recording {
    events: Vec<Arc<Event>>,
    edges: Vec<(usize, PyEdge)>,
}

fn identity(seen: &Seen) -> Identity {
    (seen.array.id(), seen.array.storage_id(), seen.key)
}

fn bytes(array: &Array) -> usize {
    array.numel() * array.dtype().size()
}

fn told<'py>(py: Python<'py>, event: &Event) -> PyResult<Told<'py>> {
    let of = |op: &OpRef| {
        let op = op.get();
        ((op.name().to_owned(), op.grad_name(), format!("{op:?}")), op.is_differentiable())
    };
    let bare = |name: &str| ((name.to_owned(), String::new(), String::new()), false);
    let (kind, (words, differentiable)) = match &event.what {
        What::Op(op) => ("op", of(op)),
        What::Write(op) => ("write", of(op)),
        What::Detach => ("detach", bare("detach")),
        What::Left(name) => ("left", bare(name)),
        What::Made(name) => ("made", bare(name)),
    };
    let form = match &event.output {
        Some(seen) => {
            Some((seen.array.shape().to_vec(), dtype_object(py, seen.array.dtype())?.into_bound(py).into_any()))
        }
        None => None,
    };
    let inputs = event.inputs.iter().map(identity).collect();
    let output = event.output.as_ref().map(identity);
    Ok((kind, words, differentiable, site::describe(event.site), event.recording, inputs, output, form))
}

#[pymethods]
impl Recording {
    fn __len__(&self) -> usize {
        self.events.len()
    }
    /// What happened from `start` to `stop`: kind ("op", "write", "detach", "left", "made"), (name, node's name, attributes
    /// in words), whether it has a derivative, (file, line), whether the thread recorded, (array, storage, edge) of inputs
    /// and output, (shape, dtype) of the output.
    fn events<'py>(&self, py: Python<'py>, start: usize, stop: usize) -> PyResult<Bound<'py, PyList>> {
        let stop = stop.min(self.events.len());
        let list = PyList::empty(py);
        for event in self.events.get(start..stop).unwrap_or_default() {
            list.append(told(py, event)?)?;
        }
        Ok(list)
    }
    /// The output of event `i` as it was, without history; None where there was none.
    fn result<'py>(&self, py: Python<'py>, i: usize) -> PyResult<Option<Bound<'py, PyAny>>> {
        let value = self.events.get(i).and_then(|e| e.value());
        value.map(|array| wrap_bound(py, Tensor::with_edge(array, Edge::NONE))).transpose()
    }
    /// Input `k` of event `i`, without history; None where it was overwritten since.
    fn input<'py>(&self, py: Python<'py>, i: usize, k: usize) -> PyResult<Option<Bound<'py, PyAny>>> {
        let seen = self.events.get(i).and_then(|e| e.inputs.get(k));
        let array = seen.filter(|s| s.array.version() == s.version).map(|s| s.array.clone());
        array.map(|array| wrap_bound(py, Tensor::with_edge(array, Edge::NONE))).transpose()
    }
    /// Event and output of the edges that were recorded, by their keys.
    fn recorded(&self) -> Vec<(u64, usize)> {
        self.edges.iter().map(|(at, edge)| (edge.edge().key(), *at)).collect()
    }
    /// Of the events: how many operations, elements computed, bytes read and bytes written.
    fn totals(&self) -> (usize, usize, usize, usize) {
        let mut sums = (0, 0, 0, 0);
        for event in &self.events {
            let (What::Op(op) | What::Write(op)) = &event.what else { continue };
            let Some(out) = &event.output else { continue };
            sums.0 += 1;
            if op.get().is_view() {
                continue;
            }
            sums.1 += out.array.numel();
            sums.2 += event.inputs.iter().map(|s| bytes(&s.array)).sum::<usize>();
            sums.3 += bytes(&out.array);
        }
        sums
    }
    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.edges.iter().try_for_each(|(_, edge)| visit.call(edge.object()))
    }
}

/// Begins to watch this thread.
#[pyfunction]
fn _watch_begin() {
    watch::begin();
}

/// Ends the innermost watch of this thread and returns what it saw.
#[pyfunction]
fn _watch_end(py: Python<'_>) -> PyResult<Recording> {
    recording(py, watch::end())
}

/// What the innermost watch of this thread has seen so far.
#[pyfunction]
fn _watch_so_far(py: Python<'_>) -> PyResult<Recording> {
    recording(py, watch::so_far())
}

fn recording(py: Python<'_>, log: Option<watch::Log>) -> PyResult<Recording> {
    let log = log.ok_or_else(|| PyRuntimeError::new_err("this thread does not watch"))?;
    let edges =
        log.edges.into_iter().map(|(at, edge)| Ok((at, PyEdge::new(py, edge)?))).collect::<PyResult<Vec<_>>>()?;
    Ok(Recording { events: log.events, edges })
}

/// What tells a tensor's array from others, its storage, and the key of its edge.
#[pyfunction]
fn _identity(x: &Bound<'_, PyAny>) -> PyResult<Identity> {
    let t = expect_tensor(x, "_identity")?;
    Ok((t.array().id(), t.array().storage_id(), t.edge_ref().key()))
}

/// Adds these to the module.
pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Walk>()?;
    m.add_class::<Recording>()?;
    m.add_function(wrap_pyfunction!(_watch_begin, m)?)?;
    m.add_function(wrap_pyfunction!(_watch_end, m)?)?;
    m.add_function(wrap_pyfunction!(_watch_so_far, m)?)?;
    m.add_function(wrap_pyfunction!(_identity, m)?)?;
    Ok(())
}
