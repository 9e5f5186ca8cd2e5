//! Python objects that the tape holds: hooks, contexts of custom functions, attributes of leaves. Depends on the core.

use crate::watch::FOREIGN;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use std::any::Any;
use wengert::tape::Hook;
use wengert::{Result, Tensor};

/// A Python object that the tape holds.
///
/// Let go of by the interpreter's own call: the tape drops it inside type slots, where the bindings do not know that the
/// lock is held and would put it off.
pub struct Foreign(pub std::mem::ManuallyDrop<Py<PyAny>>);

impl Foreign {
    /// Takes it over, and has new tensors tracked while it lives.
    pub fn new(object: Py<PyAny>) -> Foreign {
        FOREIGN.inc();
        Foreign(std::mem::ManuallyDrop::new(object))
    }
}

impl Drop for Foreign {
    fn drop(&mut self) {
        FOREIGN.dec();
        // SAFETY: the wheel's counts change only with the GIL held, and this is the one reference taken in `new`.
        unsafe { ffi::Py_DECREF(self.0.as_ptr()) };
    }
}

type Grads = Vec<Option<Tensor>>;

/// A hook: a Python callable.
pub struct PyHook(pub Foreign);

impl Hook for PyHook {
    fn call(&self, grad: &Tensor) -> Result<Option<Tensor>> {
        Python::attach(|py| {
            let arg = crate::convert::wrap_bound(py, grad.clone()).map_err(crate::convert::stash)?;
            let out = self.0.0.bind(py).call1((arg,)).map_err(crate::convert::stash)?;
            if out.is_none() {
                return Ok(None);
            }
            match crate::convert::as_tensor(&out) {
                Some(t) => Ok(Some(t.clone())),
                None => Err(wengert::Error::type_(format!(
                    "expected hook to return None or a Tensor; got {}",
                    crate::convert::type_name(&out)
                ))),
            }
        })
    }
    fn call_node(&self, grads: &[Option<Tensor>], cotangents: Option<&[Option<Tensor>]>) -> Result<Option<Grads>> {
        Python::attach(|py| {
            let tuple = |of: &[Option<Tensor>]| {
                let items = of
                    .iter()
                    .map(|g| {
                        g.clone().map_or_else(|| Ok(py.None().into_bound(py)), |g| crate::convert::wrap_bound(py, g))
                    })
                    .collect::<PyResult<Vec<_>>>()?;
                PyTuple::new(py, items)
            };
            let call = || -> PyResult<Option<Grads>> {
                let grads = tuple(grads)?;
                let hook = self.0.0.bind(py);
                let out = match cotangents {
                    None => hook.call1((grads,))?,
                    Some(c) => hook.call1((grads, tuple(c)?))?,
                };
                if out.is_none() {
                    return Ok(None);
                }
                let one = |x: Bound<'_, PyAny>| -> PyResult<Option<Tensor>> {
                    if x.is_none() { Ok(None) } else { crate::convert::expect_tensor(&x, "hook").map(Some) }
                };
                if crate::convert::as_tensor(&out).is_some() {
                    return Ok(Some(vec![one(out)?]));
                }
                out.try_iter()?.map(|x| one(x?)).collect::<PyResult<Grads>>().map(Some)
            };
            call().map_err(crate::convert::stash)
        })
    }
    fn foreign(&self) -> Option<&(dyn Any + Send + Sync)> {
        Some(&self.0)
    }
}

/// What a leaf's Python object leaves with the leaf when it goes before the graph: its class and its attributes.
pub struct Left {
    pub class: Foreign,
    pub dict: Option<Foreign>,
}

/// Shows the Python objects in something that the tape holds.
pub fn objects(held: &(dyn Any + Send + Sync), each: &mut dyn FnMut(*mut ffi::PyObject)) {
    if let Some(f) = held.downcast_ref::<Foreign>() {
        each(f.0.as_ptr());
    } else if let Some(left) = held.downcast_ref::<Left>() {
        each(left.class.0.as_ptr());
        if let Some(dict) = &left.dict {
            each(dict.0.as_ptr());
        }
    }
}
