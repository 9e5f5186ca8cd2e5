//! `autograd.Function`: a node whose rule is Python code. Depends on `foreign`, `edge` and `convert`.
//!
//! What the Python object holds (saved tensors, user attributes) is kept by the node as one foreign object.

use crate::convert::{as_tensor, expect_tensor, fresh_tensor, raise, stash, type_name, wrap_bound};
use crate::edge::PyEdge;
use crate::foreign::Foreign;
use crate::saved::{SavedEdge, SavedTensor, saves_output};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyTuple};
use std::any::Any;
use std::sync::Arc;
use wengert::op::{Cotangents, Grads};
use wengert::tape::Node;
use wengert::watch::{self, What};
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
        // The library's own Functions are called as PyTorch's operations are.
        if self.name.ends_with("Backward0") { self.name.clone() } else { format!("{}Backward", self.name) }
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
        // SAFETY: asks a flag.
        if unsafe { pyo3::ffi::Py_IsInitialized() } == 0 {
            // The interpreter is ending and clears its modules: nothing can be called any more, and nothing needs to be.
            return;
        }
        Python::attach(|py| {
            // A graph may be dropped while an exception is on its way: it is set aside for the call. Failing to let go
            // of saved tensors early is harmless: the context frees them.
            let pending = PyErr::take(py);
            let ctx = ctx.0.bind(py);
            let kept = ctx.getattr(intern!(py, "_saved")).ok().and_then(|kept| kept.cast_into::<PyList>().ok());
            let _ = match kept {
                Some(kept) => crate::saved::_release_saved(&kept),
                None => ctx.call_method0(intern!(py, "_release")).map(drop),
            };
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
        // Only outputs that were saved need to know the node.
        let keeps_output =
            ctx.getattr(intern!(py, "_saved")).map_or(Ok(true), |kept| saves_output(&kept)).map_err(stash)?;
        let edge = if keeps_output {
            Some(SavedEdge::new(PyEdge::new(py, saved.edge().clone()).map_err(stash)?))
        } else {
            None
        };
        let out = ctx.call_method1(intern!(py, "_run_backward"), (edge, args, saved.create_graph())).map_err(stash)?;
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

/// What a view that a Function returned remembers instead of a view operation: nobody may write through it.
#[derive(Debug)]
struct Returned {
    name: String,
    many: bool,
}

const OF_ONE: &str = "This view was created inside a custom Function (or because an input was returned as-is) and the autograd \
    logic to handle view+inplace would override the custom backward associated with the custom Function, leading to incorrect \
    gradients. This behavior is forbidden. You can fix this by cloning the output of the custom Function";
const OF_MANY: &str = "This view is the output of a function that returns multiple views. Such functions do not allow the output \
    views to be modified inplace. You should replace the inplace operation by an out-of-place one";

impl Op for Returned {
    fn name(&self) -> &str {
        &self.name
    }
    fn grad_name(&self) -> String {
        format!("{}Backward", self.name)
    }
    fn forward(&self, _: &[&Array]) -> Result<Array> {
        Err(Error::runtime(format!(
            "Output of {} is a view and its base or another view of its base has been modified inplace. {}",
            self.name,
            self.why_unwritable()
        )))
    }
    fn vjp(&self, _: &Saved<'_>, _: Cotangents) -> Result<Grads> {
        Err(Error::not_implemented(format!("{} is a Python Function and runs by apply() only", self.name)))
    }
    fn jvp(&self, _: &[&Tensor], _: &Tensor, _: &[Option<Tensor>]) -> Result<Option<Tensor>> {
        Err(Error::not_implemented(format!("{} has no jvp", self.name)))
    }
    fn is_view(&self) -> bool {
        true
    }
    fn is_one_of_many(&self) -> bool {
        true
    }
    fn why_unwritable(&self) -> &'static str {
        if self.many { OF_MANY } else { OF_ONE }
    }
}

/// `_record_function(name, ctx, inputs, outputs, views, many)`: the outputs as results of one node, None for what is no
/// tensor. `inputs` are the tensors (or None) in the order of the backward's results; `views` says which outputs show
/// memory of inputs, `many` whether several are differentiable.
#[pyfunction]
#[pyo3(signature = (name, ctx, inputs, outputs, views=Vec::new(), many=false))]
pub fn _record_function<'py>(
    py: Python<'py>,
    name: String,
    ctx: Bound<'py, PyAny>,
    inputs: Vec<Option<Bound<'py, PyAny>>>,
    outputs: Vec<Option<Bound<'py, PyAny>>>,
    views: Vec<bool>,
    many: bool,
) -> PyResult<Bound<'py, PyTuple>> {
    let nothing = Tensor::full(&[0], wengert::DType::F32, wengert::Scalar::Int(0)).map_err(raise)?;
    let tensors = |of: &[Option<Bound<'py, PyAny>>]| {
        of.iter()
            .map(|i| i.as_ref().map_or_else(|| Ok(nothing.clone()), |i| expect_tensor(i, &name)))
            .collect::<PyResult<Vec<_>>>()
    };
    let (leads, values) = (tensors(&inputs)?, tensors(&outputs)?);
    let shapes = values.iter().map(|v| (v.layout().clone(), v.dtype())).collect();
    let payload: Arc<dyn Any + Send + Sync> = Arc::new(Foreign::new(ctx.unbind()));
    let refs: Vec<&Tensor> = leads.iter().collect();
    let op = OpRef::new(Custom { name: name.clone() });
    let edge = Node::record_many(op, wengert::tape::site::current(), &refs, shapes, Some(payload));
    let edge = edge.ok_or_else(|| pyo3::exceptions::PyRuntimeError::new_err("a Function needs at least one output"))?;
    let _mode = GradMode::set(false);
    let wrapped = values
        .into_iter()
        .zip(&outputs)
        .enumerate()
        .map(|(i, (v, given))| {
            let edge = edge.with_out(i as u16);
            match given {
                None => Ok(py.None().into_bound(py)),
                Some(_) if views.get(i).copied().unwrap_or(false) => {
                    wrap_bound(py, v.view_of_itself(edge, OpRef::new(Returned { name: name.clone(), many })))
                }
                Some(_) => wrap_bound(py, Tensor::with_edge(v.array().clone(), edge)),
            }
        })
        .collect::<PyResult<Vec<_>>>()?;
    if watch::any() {
        for t in wrapped.iter().filter_map(as_tensor) {
            watch::show(What::Op(OpRef::new(Custom { name: name.clone() })), &refs, Some(t));
        }
    }
    PyTuple::new(py, wrapped)
}

/// Gives a tensor that a Function has made the history of another.
#[pyfunction]
pub fn _adopt(x: &Bound<'_, PyAny>, result: &Bound<'_, PyAny>) -> PyResult<()> {
    let result = expect_tensor(result, "Function")?;
    expect_tensor(x, "Function")?;
    // SAFETY: a live tensor; nothing else refers to its inside now.
    unsafe { crate::object::tensor_mut(x.as_ptr()) }.adopt(result.gradient_edge());
    Ok(())
}

/// `_function_needs(args)`: which arguments need a gradient, and whether a node is to be recorded; None where an argument is
/// wrapped by a transform or is a collection, which may hold such tensors.
#[pyfunction]
pub fn _function_needs<'py>(args: &Bound<'py, PyTuple>) -> PyResult<Option<(Bound<'py, PyTuple>, bool)>> {
    let mut needs = Vec::with_capacity(args.len());
    for a in args.iter() {
        let need = match fresh_tensor(&a)? {
            Some(t) if t.is_lifted() => return Ok(None),
            Some(t) => t.requires_grad(),
            None if a.is_instance_of::<PyTuple>() || a.is_instance_of::<PyList>() || a.is_instance_of::<PyDict>() => {
                return Ok(None);
            }
            None => false,
        };
        needs.push(need);
    }
    let recording = wengert::grad_enabled() && needs.contains(&true);
    Ok(Some((PyTuple::new(args.py(), needs)?, recording)))
}

/// `_record_fresh(name, ctx, args, to_save, output)`: the common case of `_record_function`: one differentiable output that
/// forward has made. It gets its history, and what was to be saved is returned; None, and nothing done, in any other case.
#[pyfunction]
pub fn _record_fresh<'py>(
    py: Python<'py>,
    name: String,
    ctx: Bound<'py, PyAny>,
    args: &Bound<'py, PyTuple>,
    to_save: &Bound<'py, PyTuple>,
    output: &Bound<'py, PyAny>,
) -> PyResult<Option<Bound<'py, PyList>>> {
    let Some(value) = fresh_tensor(output)? else { return Ok(None) };
    let made = !value.is_lifted() && value.dtype().is_float() && !value.requires_grad() && !value.is_view();
    if !made || args.iter().any(|a| a.is(output)) || !to_save.iter().all(|t| t.is_none() || as_tensor(&t).is_some()) {
        return Ok(None);
    }
    let saved = PyList::empty(py);
    for t in to_save.iter() {
        if t.is_none() {
            saved.append(t)?;
        } else {
            saved.append(Bound::new(py, SavedTensor::of(&t, t.is(output).then_some(0), true)?)?)?;
        }
    }
    let nothing = Tensor::full(&[0], wengert::DType::F32, wengert::Scalar::Int(0)).map_err(raise)?;
    let mut leads = Vec::with_capacity(args.len());
    for a in args.iter() {
        leads.push(fresh_tensor(&a)?.filter(Tensor::requires_grad).unwrap_or_else(|| nothing.clone()));
    }
    let payload: Arc<dyn Any + Send + Sync> = Arc::new(Foreign::new(ctx.unbind()));
    let refs: Vec<&Tensor> = leads.iter().collect();
    let shapes = vec![(value.layout().clone(), value.dtype())];
    let op = OpRef::new(Custom { name });
    let edge = Node::record_many(op, wengert::tape::site::current(), &refs, shapes, Some(payload));
    drop(value);
    if let Some(edge) = edge {
        // SAFETY: a live tensor; nothing else refers to its inside now.
        unsafe { crate::object::tensor_mut(output.as_ptr()) }.adopt(edge);
    }
    Ok(Some(saved))
}
