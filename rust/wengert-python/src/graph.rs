//! Recorded graphs for Python: recording, running and looking at one way through a function. Depends on the core.

use crate::convert::{dtype_object, expect_tensor, raise, wrap_bound};
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::types::{PyList, PyTuple};
use std::sync::{Mutex, PoisonError};
use wengert::Tensor;
use wengert::graph::{self, Outcome, Variable};

fn tensors(of: &Bound<'_, PyList>) -> PyResult<Vec<Tensor>> {
    of.iter().map(|t| expect_tensor(&t, "record")).collect()
}

fn objects<'py>(py: Python<'py>, of: impl IntoIterator<Item = Tensor>) -> PyResult<Bound<'py, PyList>> {
    PyList::new(py, of.into_iter().map(|t| wrap_bound(py, t)).collect::<PyResult<Vec<_>>>()?)
}

/// A recording under way.
#[pyclass(frozen, module = "wengert._core")]
pub struct GraphRecording {
    inner: Mutex<Option<graph::Recording>>,
}

#[pymethods]
impl GraphRecording {
    /// What the function is to be run on.
    fn inputs<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let held = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        objects(py, held.iter().flat_map(|r| r.inputs.iter().cloned()))
    }

    /// Ends it, with the arguments that the inputs stood for and the tensors that the function returned.
    fn finish(&self, inputs: &Bound<'_, PyList>, outputs: &Bound<'_, PyList>) -> PyResult<Path> {
        let (mut inputs, outputs) = (tensors(inputs)?, tensors(outputs)?);
        let recording = self.inner.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(recording) = recording else {
            return Err(pyo3::exceptions::PyRuntimeError::new_err("the recording is over"));
        };
        Ok(Path { inner: recording.finish(&mut inputs, &outputs).map_err(raise)? })
    }

    /// Gives it up.
    fn abandon(&self) {
        drop(self.inner.lock().unwrap_or_else(PoisonError::into_inner).take());
    }
}

/// One recorded way through a function.
#[pyclass(frozen, module = "wengert._core")]
pub struct Path {
    inner: graph::Path,
}

fn variable(v: Variable) -> String {
    match v {
        Variable::Input(i) => format!("x{i}"),
        Variable::Captured(i) => format!("w{i}"),
        Variable::Constant(i) => format!("c{i}"),
        Variable::Value(i) => format!("v{i}"),
    }
}

fn names(of: &[Variable]) -> Vec<String> {
    of.iter().copied().map(variable).collect()
}

#[pymethods]
impl Path {
    /// Whether it is for such arguments.
    fn fits(&self, inputs: &Bound<'_, PyList>) -> PyResult<bool> {
        Ok(self.inner.fits(&tensors(inputs)?))
    }

    /// Whether it is, but for memory that is shared and written.
    fn is_entangled(&self, inputs: &Bound<'_, PyList>) -> PyResult<bool> {
        Ok(self.inner.is_entangled(&tensors(inputs)?))
    }

    /// The results for arguments that fit; None where the function would go another way.
    fn run<'py>(&self, py: Python<'py>, inputs: &Bound<'py, PyList>) -> PyResult<Option<Bound<'py, PyList>>> {
        match self.inner.run(&tensors(inputs)?).map_err(raise)? {
            Outcome::Done(out) => objects(py, out).map(Some),
            Outcome::Missed => Ok(None),
        }
    }

    /// Whether what the function returned could still be differentiated.
    #[getter]
    fn has_history(&self) -> bool {
        self.inner.has_history()
    }

    /// Names of the variables that are returned.
    #[getter]
    fn results(&self) -> Vec<String> {
        names(self.inner.results())
    }

    /// Each instruction as (name, inputs, outputs, shape, dtype, file and line or None).
    fn instructions<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let all = self.inner.instructions().iter().map(|i| {
            PyTuple::new(
                py,
                [
                    i.name.clone().into_bound_py_any(py)?,
                    PyTuple::new(py, names(&i.inputs))?.into_any(),
                    PyTuple::new(py, names(&i.outputs))?.into_any(),
                    crate::properties::size_object(py, &i.shape)?,
                    dtype_object(py, i.dtype)?.into_bound_py_any(py)?,
                    wengert::tape::site::describe(i.site).into_bound_py_any(py)?,
                ],
            )
        });
        PyList::new(py, all.collect::<PyResult<Vec<_>>>()?)
    }
}

/// Begins to record what this thread does, on stand-ins for `inputs`.
#[pyfunction]
fn _start_recording(inputs: &Bound<'_, PyList>) -> PyResult<GraphRecording> {
    let inner = graph::Recording::start(&tensors(inputs)?).map_err(raise)?;
    Ok(GraphRecording { inner: Mutex::new(Some(inner)) })
}

/// Whether this thread records a graph.
#[pyfunction]
fn _is_recording_graph() -> bool {
    wengert::tap::is_recording()
}

/// Adds these to the module.
pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<GraphRecording>()?;
    m.add_class::<Path>()?;
    m.add_function(wrap_pyfunction!(_start_recording, m)?)?;
    m.add_function(wrap_pyfunction!(_is_recording_graph, m)?)?;
    Ok(())
}
