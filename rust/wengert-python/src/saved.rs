//! Tensors that custom Functions keep for their backward. Depends on `edge`, `packing` and `convert`.

use crate::convert::{expect_tensor, raise, wrap_bound};
use crate::edge::PyEdge;
use crate::foreign::Foreign;
use crate::packing::PyHooks;
use pyo3::exceptions::PyRuntimeError;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyTuple};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use wengert::Tensor;
use wengert::tape::packing::{self, Packed, SaveHooks};
use wengert::tape::{Edge, Kept, Node};

/// The edge of the node whose rule runs, for outputs that were saved.
#[pyclass(frozen, module = "wengert._core")]
pub struct SavedEdge {
    edge: PyEdge,
}

impl SavedEdge {
    /// The edge as an object.
    pub fn new(edge: PyEdge) -> SavedEdge {
        SavedEdge { edge }
    }
}

#[pymethods]
impl SavedEdge {
    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(self.edge.object())
    }
}

/// What a saved tensor is now.
enum State {
    /// The value, protected from later writes.
    Kept(Kept),
    /// What hooks on saved tensors made of it, and the shape and dtype that it had.
    Packed(Arc<dyn Packed>, Vec<usize>, wengert::DType),
    /// Given back.
    Gone,
}

/// A tensor kept for a backward: its value is protected from later writes, and an output of the very node is kept
/// without its history, which would be a cycle.
#[pyclass(frozen, module = "wengert._core")]
pub struct SavedTensor {
    state: Mutex<State>,
    edge: Option<PyEdge>,
    output: Option<u16>,
}

impl SavedTensor {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What `SavedTensor(tensor, output, hooked)` makes.
    pub fn of(tensor: &Bound<'_, PyAny>, output: Option<u16>, hooked: bool) -> PyResult<SavedTensor> {
        let t = expect_tensor(tensor, "save_for_backward")?;
        let needed = output.is_none() && t.edge_ref().is_some();
        let edge = needed.then(|| PyEdge::new(tensor.py(), t.gradient_edge())).transpose()?;
        let saved = SavedTensor { state: Mutex::new(State::Kept(Kept::new(t.array()).map_err(raise)?)), edge, output };
        drop(t);
        if let Some(hooks) = packing::active().filter(|_| hooked) {
            saved.pack_with(&*hooks)?;
        }
        Ok(saved)
    }

    fn pack_with(&self, hooks: &dyn SaveHooks) -> PyResult<()> {
        let value = match &*self.state() {
            State::Kept(kept) => kept.value(),
            State::Packed(..) => {
                return Err(PyRuntimeError::new_err(
                    "Calling register_hooks on a saved tensor whose hooks have already been set is not currently supported",
                ));
            }
            State::Gone => return Err(gone()),
        };
        let history = self.edge.as_ref().map_or(Edge::NONE, |e| e.edge().clone());
        let packed = packing::pack(hooks, &value, history).map_err(raise)?;
        let fresh = State::Packed(packed, value.shape().to_vec(), value.dtype());
        let old = std::mem::replace(&mut *self.state(), fresh);
        drop(old);
        Ok(())
    }
}

fn gone() -> PyErr {
    PyRuntimeError::new_err(
        "Trying to backward through the graph a second time (or directly access saved tensors after they have already been \
         freed): the saved tensors were freed by an earlier backward. Specify retain_graph=True in the first backward if you \
         need them again",
    )
}

#[pymethods]
impl SavedTensor {
    /// `SavedTensor(tensor, output, hooked)`: `output` is which output of the Function it is, or None. The hooks that this
    /// thread is under pack it, unless `hooked` is false.
    #[new]
    #[pyo3(signature = (tensor, output=None, hooked=true))]
    fn new(tensor: &Bound<'_, PyAny>, output: Option<u16>, hooked: bool) -> PyResult<SavedTensor> {
        SavedTensor::of(tensor, output, hooked)
    }

    /// The tensor, attached to its history; `edge` is that of the node whose rule runs.
    #[pyo3(signature = (edge=None))]
    fn unpack<'py>(&self, py: Python<'py>, edge: Option<&Bound<'py, SavedEdge>>) -> PyResult<Bound<'py, PyAny>> {
        let found = match &*self.state() {
            State::Kept(kept) => Ok(kept.value()),
            State::Packed(packed, shape, dtype) => Err((packed.clone(), shape.clone(), *dtype)),
            State::Gone => return Err(gone()),
        };
        let value = match found {
            Ok(value) => value,
            Err((packed, shape, dtype)) => {
                let value = packed.unpack().map_err(raise)?;
                if value.is_lifted() || value.shape() != shape || value.dtype() != dtype {
                    return Err(PyRuntimeError::new_err(format!(
                        "a saved tensor's unpack_hook returned another tensor: got shape {:?} and dtype {}, wanted {shape:?} \
                         and {}, as it was packed",
                        value.shape(),
                        value.dtype().name(),
                        dtype.name()
                    )));
                }
                value.array().clone()
            }
        };
        let history = match self.output {
            Some(out) => edge.map_or(Edge::NONE, |e| e.get().edge.edge().with_out(out)),
            None => self.edge.as_ref().map_or(Edge::NONE, |e| e.edge().clone()),
        };
        if history.node().is_some_and(Node::is_leaf)
            && let Some(leaf) = crate::node::leaf_object(py, &history)?
            && crate::convert::as_tensor(&leaf).is_some_and(|t| t.array().same(&value))
        {
            return Ok(leaf);
        }
        wrap_bound(py, Tensor::with_edge(value, history))
    }

    /// Has `pack_hook` and `unpack_hook` stand in for the value.
    fn register_hooks(&self, pack_hook: Bound<'_, PyAny>, unpack_hook: Bound<'_, PyAny>) -> PyResult<()> {
        let hooks = PyHooks::new(pack_hook, unpack_hook)?;
        self.pack_with(&hooks)
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        if let Ok(state) = self.state.try_lock()
            && let State::Packed(packed, ..) = &*state
            && Arc::strong_count(packed) == 1
        {
            let mut told = Ok(());
            packed.foreign(&mut |held| {
                if let Some(f) = held.downcast_ref::<Foreign>()
                    && told.is_ok()
                {
                    told = visit.call(&*f.0);
                }
            });
            told?;
        }
        self.edge.as_ref().map_or(Ok(()), |edge| visit.call(edge.object()))
    }

    /// Gives the value back.
    fn release(&self) {
        let old = std::mem::replace(&mut *self.state(), State::Gone);
        drop(old);
    }
}

/// Whether one of a Function's saved tensors is an output of it; what is no list may hold one.
pub fn saves_output(kept: &Bound<'_, PyAny>) -> PyResult<bool> {
    let Ok(kept) = kept.cast::<PyList>() else { return Ok(true) };
    Ok(kept.iter().any(|s| s.cast::<SavedTensor>().is_ok_and(|s| s.get().output.is_some())))
}

/// `_unpack_saved(saved, edge)`: the tensors of a list of `SavedTensor` and None.
#[pyfunction]
#[pyo3(signature = (saved, edge=None))]
pub fn _unpack_saved<'py>(
    py: Python<'py>,
    saved: &Bound<'py, PyList>,
    edge: Option<&Bound<'py, SavedEdge>>,
) -> PyResult<Bound<'py, PyTuple>> {
    let mut found = Vec::with_capacity(saved.len());
    for s in saved.iter() {
        found.push(if s.is_none() { s } else { s.cast::<SavedTensor>()?.get().unpack(py, edge)? });
    }
    PyTuple::new(py, found)
}

/// Gives the values of a list of `SavedTensor` and None back.
#[pyfunction]
pub fn _release_saved(saved: &Bound<'_, PyList>) -> PyResult<()> {
    for s in saved.iter() {
        if !s.is_none() {
            s.cast::<SavedTensor>()?.get().release();
        }
    }
    Ok(())
}
