//! Hooks on saved tensors that are Python callables. Depends on `foreign`, `convert` and the core's `tape::packing`.

use crate::convert::{as_tensor, raise, stash, type_name, wrap_bound};
use crate::foreign::Foreign;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use std::any::Any;
use std::sync::Arc;
use wengert::tape::packing::{self, Packed, SaveHooks};
use wengert::{Result, Tensor};

/// A pair of callables.
pub struct PyHooks {
    pack: Foreign,
    unpack: Arc<Foreign>,
}

impl PyHooks {
    /// Takes them over; TypeError for what cannot be called.
    pub fn new(pack: Bound<'_, PyAny>, unpack: Bound<'_, PyAny>) -> PyResult<PyHooks> {
        for (name, hook) in [("pack_hook", &pack), ("unpack_hook", &unpack)] {
            if !hook.is_callable() {
                return Err(PyTypeError::new_err(format!("{name}: expected a callable, got {}", type_name(hook))));
            }
        }
        Ok(PyHooks { pack: Foreign::new(pack.unbind()), unpack: Arc::new(Foreign::new(unpack.unbind())) })
    }
}

impl SaveHooks for PyHooks {
    fn pack(&self, value: Tensor) -> Result<Arc<dyn Packed>> {
        Python::attach(|py| {
            // A leaf is given as the object that the program has: a Parameter, say.
            let leaf = crate::node::leaf_object(py, value.edge_ref()).map_err(stash)?;
            let given = match leaf.filter(|x| as_tensor(x).is_some_and(|t| t.array().same(value.array()))) {
                Some(leaf) => leaf,
                None => wrap_bound(py, value).map_err(stash)?,
            };
            let object = self.pack.0.bind(py).call1((given,)).map_err(stash)?;
            Ok(Arc::new(PyPacked { object: Foreign::new(object.unbind()), unpack: self.unpack.clone() })
                as Arc<dyn Packed>)
        })
    }
}

/// What a pack hook returned.
struct PyPacked {
    object: Foreign,
    unpack: Arc<Foreign>,
}

impl Packed for PyPacked {
    fn unpack(&self) -> Result<Tensor> {
        Python::attach(|py| {
            let out = self.unpack.0.bind(py).call1((self.object.0.bind(py),)).map_err(stash)?;
            match as_tensor(&out) {
                Some(t) => Ok(t.clone()),
                None => Err(wengert::Error::type_(format!(
                    "Output of saved tensor unpack_hook expected to be a Tensor but got result of type {}",
                    type_name(&out)
                ))),
            }
        })
    }
    fn foreign(&self, each: &mut dyn FnMut(&(dyn Any + Send + Sync))) {
        each(&self.object);
        if Arc::strong_count(&self.unpack) == 1 {
            each(&*self.unpack);
        }
    }
}

/// Puts a pair of hooks above those of this thread; without any, tensors are saved as they are.
#[pyfunction]
#[pyo3(signature = (pack_hook=None, unpack_hook=None))]
fn _push_saved_hooks(pack_hook: Option<Bound<'_, PyAny>>, unpack_hook: Option<Bound<'_, PyAny>>) -> PyResult<()> {
    let hooks = match (pack_hook, unpack_hook) {
        (Some(pack), Some(unpack)) => Some(Arc::new(PyHooks::new(pack, unpack)?) as Arc<dyn SaveHooks>),
        _ => None,
    };
    packing::push(hooks).map_err(raise)
}

/// Has tensors be saved as they are, until the innermost hooks are taken away.
#[pyfunction]
fn _pause_saved_hooks() {
    packing::pause();
}

/// Takes the innermost hooks of this thread away.
#[pyfunction]
fn _pop_saved_hooks() {
    packing::pop();
}

/// `_disable_saved_hooks(message, fail_if_active)`: has `_push_saved_hooks` fail with the message; returns what was.
#[pyfunction]
fn _disable_saved_hooks(message: Option<String>, fail_if_active: bool) -> PyResult<Option<String>> {
    packing::disable(message, fail_if_active).map_err(raise)
}

/// Adds these functions to the module.
pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(_push_saved_hooks, m)?)?;
    m.add_function(wrap_pyfunction!(_pause_saved_hooks, m)?)?;
    m.add_function(wrap_pyfunction!(_pop_saved_hooks, m)?)?;
    m.add_function(wrap_pyfunction!(_disable_saved_hooks, m)?)?;
    Ok(())
}
