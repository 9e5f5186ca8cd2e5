//! `autograd.Function`: a node whose rule is Python code. Depends on `foreign`, `edge` and `convert`.
//!
//! What the Python object holds (saved tensors, user attributes) is kept by the node as one foreign object.

use crate::convert::{as_tensor, expect_tensor, raise, stash, type_name, wrap_bound};
use crate::edge::PyEdge;
use crate::foreign::Foreign;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use std::any::Any;
use std::sync::Arc;
use wengert::op::{Cotangents, Grads};
use wengert::tape::{Edge, Node};
use wengert::{Array, Error, GradMode, Op, OpRef, Result, Saved, Tensor};

/// The op of a Python Function; its context is the node's payload.
#[derive(Debug)]
struct Custom {
    name: String,
}

impl Op for Custom {
    fn name(&self) -> &str {
        &self.name
    }
    fn grad_name(&self) -> String {
        format!("{}Backward", self.name)
    }
    fn calls_back(&self) -> bool {
        true
    }
    fn forward(&self, _: &[&Array]) -> Result<Array> {
        Err(Error::not_implemented(format!("{} is a Python Function and runs by apply() only", self.name)))
    }
    fn vjp(&self, saved: &Saved<'_>, cotangents: Cotangents) -> Result<Grads> {
        let Some(payload) = saved.node().payload() else {
            return Err(Error::runtime("the Function's context is gone"));
        };
        let Some(ctx) = payload.downcast_ref::<Foreign>() else {
            return Err(Error::runtime("the Function's context is gone"));
        };
        Python::attach(|py| self.run(py, ctx.0.bind(py), saved, cotangents))
    }
    fn jvp(&self, _: &[&Tensor], _: &Tensor, _: &[Option<Tensor>]) -> Result<Option<Tensor>> {
        Err(Error::not_implemented(format!("{} has no jvp", self.name)))
    }
    fn spend_payload(&self, payload: Option<Arc<dyn Any + Send + Sync>>) {
        let Some(payload) = payload else { return };
        let Some(ctx) = payload.downcast_ref::<Foreign>() else { return };
        Python::attach(|py| {
            // A graph may be dropped while an exception is on its way: it is set aside for the call. Failing to let go
            // of saved tensors early is harmless: the context frees them.
            let pending = PyErr::take(py);
            let _ = ctx.0.bind(py).call_method0("_release");
            if let Some(e) = pending {
                e.restore(py);
            }
        });
    }
}

impl Custom {
    fn run(&self, py: Python<'_>, ctx: &Bound<'_, PyAny>, saved: &Saved<'_>, cotangents: Cotangents) -> Result<Grads> {
        let node = saved.node();
        let mut args = Vec::with_capacity(node.out_count());
        let mut cotangents = cotangents.into_iter();
        for _ in 0..node.out_count() {
            args.push(match cotangents.next().flatten() {
                Some(g) => wrap_bound(py, g).map_err(stash)?,
                None => py.None().into_bound(py),
            });
        }
        let args = PyTuple::new(py, args).map_err(stash)?;
        let edge = SavedEdge { edge: PyEdge::new(py, saved.edge().clone()).map_err(stash)? };
        let out = ctx.call_method1("_run_backward", (edge, args, saved.create_graph())).map_err(stash)?;
        let out: Vec<Bound<'_, PyAny>> = out.extract().map_err(stash)?;
        let mut grads = Grads::new();
        for (i, g) in out.iter().enumerate() {
            if g.is_none() {
                grads.push(None);
                continue;
            }
            let Some(t) = as_tensor(g) else {
                return Err(Error::runtime(format!(
                    "expected Variable or None (got {}); {}.backward returned it for gradient {i}",
                    type_name(g),
                    self.name
                )));
            };
            if saved.needs(i) {
                grads.push(Some(self.fit(t.clone(), saved, i)?));
            } else {
                grads.push(None);
            }
        }
        Ok(grads)
    }

    /// A returned gradient checked against its input; broadcast shapes are summed, dtypes cast, as PyTorch does.
    fn fit(&self, g: Tensor, saved: &Saved<'_>, i: usize) -> Result<Tensor> {
        let wanted = saved.input_layout(i);
        let fits = wengert::array::layout::broadcast(g.shape(), wanted.shape()).as_deref() == Some(g.shape());
        if !fits {
            return Err(Error::runtime(format!(
                "Function {}Backward returned an invalid gradient at index {i} - got {:?} but expected shape compatible with {:?}",
                self.name,
                g.shape(),
                wanted.shape()
            )));
        }
        let g = wengert::ops::sum_to(g, wanted)?;
        wengert::ops::cast(&g, saved.input_dtype(i))
    }
}

/// The edge of the node whose rule runs, for outputs that were saved.
#[pyclass(frozen, module = "wengert._core")]
pub struct SavedEdge {
    edge: PyEdge,
}

#[pymethods]
impl SavedEdge {
    fn __traverse__(&self, visit: PyVisit<'_>) -> std::result::Result<(), PyTraverseError> {
        visit.call(self.edge.object())
    }
}

/// A tensor kept for a backward: its value is protected from later writes, and an output of the very node is kept
/// without its history, which would be a cycle.
#[pyclass(frozen, module = "wengert._core")]
pub struct SavedTensor {
    kept: std::sync::Mutex<Option<wengert::tape::Kept>>,
    edge: Option<PyEdge>,
    output: Option<u16>,
}

#[pymethods]
impl SavedTensor {
    /// `SavedTensor(tensor, output)`: `output` is which output of the Function it is, or None.
    #[new]
    #[pyo3(signature = (tensor, output=None))]
    fn new(tensor: &Bound<'_, PyAny>, output: Option<u16>) -> PyResult<SavedTensor> {
        let t = expect_tensor(tensor, "save_for_backward")?;
        let needed = output.is_none() && t.edge_ref().is_some();
        let edge = needed.then(|| PyEdge::new(tensor.py(), t.gradient_edge())).transpose()?;
        Ok(SavedTensor { kept: std::sync::Mutex::new(Some(wengert::tape::Kept::new(t.array()))), edge, output })
    }

    /// The tensor, attached to its history; `edge` is that of the node whose rule runs.
    fn unpack<'py>(&self, py: Python<'py>, edge: &Bound<'py, SavedEdge>) -> PyResult<Bound<'py, PyAny>> {
        let kept = self.kept.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let Some(kept) = kept.as_ref() else {
            return Err(pyo3::exceptions::PyRuntimeError::new_err(
                "Trying to backward through the graph a second time: the saved tensors were freed by an earlier backward. \
                 Specify retain_graph=True in the first backward if you need them again",
            ));
        };
        let history = match self.output {
            Some(out) => edge.get().edge.edge().with_out(out),
            None => self.edge.as_ref().map_or(Edge::NONE, |e| e.edge().clone()),
        };
        wrap_bound(py, Tensor::with_edge(kept.value(), history))
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> std::result::Result<(), PyTraverseError> {
        self.edge.as_ref().map_or(Ok(()), |edge| visit.call(edge.object()))
    }

    /// Gives the value back.
    fn release(&self) {
        let old = self.kept.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
        drop(old);
    }
}

/// `_record_function(name, ctx, inputs, outputs)`: the outputs as results of one node. `inputs` are the tensors (or
/// None) in the order of the backward's results.
#[pyfunction]
pub fn _record_function<'py>(
    py: Python<'py>,
    name: String,
    ctx: Bound<'py, PyAny>,
    inputs: Vec<Option<Bound<'py, PyAny>>>,
    outputs: Vec<Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyTuple>> {
    let nothing = Tensor::full(&[0], wengert::DType::F32, wengert::Scalar::Int(0)).map_err(raise)?;
    let tensors = inputs
        .iter()
        .map(|i| i.as_ref().map_or_else(|| Ok(nothing.clone()), |i| expect_tensor(i, &name)))
        .collect::<PyResult<Vec<_>>>()?;
    let values = outputs.iter().map(|o| expect_tensor(o, &name)).collect::<PyResult<Vec<_>>>()?;
    let shapes = values.iter().map(|v| (v.layout().clone(), v.dtype())).collect();
    let payload: Arc<dyn Any + Send + Sync> = Arc::new(Foreign::new(ctx.unbind()));
    let refs: Vec<&Tensor> = tensors.iter().collect();
    let op = OpRef::new(Custom { name });
    let edge = Node::record_many(op, wengert::tape::site::current(), &refs, shapes, Some(payload));
    let edge = edge.ok_or_else(|| pyo3::exceptions::PyRuntimeError::new_err("a Function needs at least one output"))?;
    let _mode = GradMode::set(false);
    let wrapped = values
        .into_iter()
        .enumerate()
        .map(|(i, v)| wrap_bound(py, Tensor::with_edge(v.array().clone(), edge.with_out(i as u16))))
        .collect::<PyResult<Vec<_>>>()?;
    PyTuple::new(py, wrapped)
}
