//! Methods of Tensor that are no operations: item, backward, detach, numpy and their like. Depends on `convert`.

use crate::convert::{guard, raise, wrap_bound};
use crate::object::{tensor_mut, tensor_of};
use pyo3::IntoPyObjectExt;
use pyo3::exceptions::PyTypeError;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use wengert::Tensor;
use wengert::watch::{self, What};

macro_rules! simple {
    ($($f:ident($t:ident, $py:ident) $body:expr;)*) => {$(
        unsafe extern "C" fn $f(this: *mut ffi::PyObject, _: *mut ffi::PyObject) -> *mut ffi::PyObject {
            guard(|| {
                // SAFETY: called by the interpreter; the borrow ends with the call.
                let ($t, $py): (&Tensor, Python<'_>) = unsafe {
                    tensor_mut(this).refresh().map_err(raise)?;
                    (tensor_of(this), Python::assume_attached())
                };
                let out: Bound<'_, PyAny> = $body?;
                Ok(out.into_ptr())
            })
        }
    )*};
}
simple! {
    item(t, py) {
        if watch::any() {
            watch::show(What::Left("item"), &[t], None);
        }
        crate::convert::scalar_object(py, t.item().map_err(raise)?)
    };
    tolist(t, py) crate::data::tolist(py, t);
    detach(t, py) wrap_bound(py, t.detach());
    numel(t, py) t.numel().into_bound_py_any(py);
    dim(t, py) t.ndim().into_bound_py_any(py);
    is_contiguous(t, py) (t.numel() == 0 || t.layout().is_contiguous()).into_bound_py_any(py);
    data_ptr(t, py) (t.array().data_ptr() as usize).into_bound_py_any(py);
    element_size(t, py) t.dtype().size().into_bound_py_any(py);
    storage_offset(t, py) t.array().storage_offset().into_bound_py_any(py);
    is_floating_point(t, py) t.dtype().is_float().into_bound_py_any(py);
    is_lifted(t, py) t.is_lifted().into_bound_py_any(py);
    is_view(t, py) t.is_view().into_bound_py_any(py);
    retains_grad(t, py) t.retains_grad().into_bound_py_any(py);
    retain_grad(t, py) t.retain_grad().map_err(raise).map(|()| py.None().into_bound(py));
    share_numpy(t, py) crate::numpy::to_numpy(py, t);
    storage_bytes(t, py) t.array().storage_bytes().into_bound_py_any(py);
    storage_id(t, py) t.array().storage_id().into_bound_py_any(py);
    references(t, py) PyTuple::new(py, [t.node().map_or(0, wengert::tape::Node::references)]).and_then(|t| t.into_bound_py_any(py));
}

/// `backward()` without arguments goes straight to the sweep; with them through `autograd.backward`.
unsafe extern "C" fn backward(
    this: *mut ffi::PyObject,
    args: *const *mut ffi::PyObject,
    nargs: ffi::Py_ssize_t,
    kwnames: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    guard(|| {
        // SAFETY: called by the interpreter with live arguments.
        unsafe {
            let py = Python::assume_attached();
            let tensor = tensor_mut(this);
            tensor.refresh().map_err(raise)?;
            if nargs == 0 && kwnames.is_null() {
                // A handle of its own: a hook may change the object meanwhile.
                let this = tensor.clone();
                wengert::backward(&this).map_err(raise)?;
                return Ok(py.None().into_ptr());
            }
            if nargs == 1 && kwnames.is_null() && crate::object::is_exact(*args) {
                let gradient = Bound::from_borrowed_ptr(py, *args);
                let gradient = [crate::convert::fresh_tensor(&gradient)?];
                let this = [tensor.clone()];
                wengert::transform::backward(&this, &gradient, None, false, false).map_err(raise)?;
                return Ok(py.None().into_ptr());
            }
            let mut given: [Option<Bound<'_, PyAny>>; 4] = [None, None, None, None];
            const NAMES: [&str; 4] = ["gradient", "retain_graph", "create_graph", "inputs"];
            if nargs > 4 {
                return Err(PyTypeError::new_err(format!("backward() takes at most 4 arguments ({nargs} given)")));
            }
            for (i, place) in given.iter_mut().enumerate().take(nargs as usize) {
                *place = Some(Bound::from_borrowed_ptr(py, *args.add(i)));
            }
            if !kwnames.is_null() {
                for (i, name) in Bound::from_borrowed_ptr(py, kwnames).try_iter()?.enumerate() {
                    let name: String = name?.extract()?;
                    let Some(at) = NAMES.iter().position(|n| *n == name) else {
                        return Err(PyTypeError::new_err(format!(
                            "backward() got an unexpected keyword argument '{name}'; it takes {}",
                            NAMES.join(", ")
                        )));
                    };
                    given[at] = Some(Bound::from_borrowed_ptr(py, *args.add(nargs as usize + i)));
                }
            }
            let this = Bound::from_borrowed_ptr(py, this);
            let [gradient, retain, create, inputs] = given;
            crate::autograd::backward(py, vec![this], vec![gradient], retain, create, inputs)?;
            Ok(py.None().into_ptr())
        }
    })
}

/// `requires_grad_(requires_grad=True)`.
unsafe extern "C" fn requires_grad_(
    this: *mut ffi::PyObject,
    args: *const *mut ffi::PyObject,
    nargs: ffi::Py_ssize_t,
    kwnames: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    guard(|| {
        // SAFETY: called by the interpreter with live arguments.
        unsafe {
            let py = Python::assume_attached();
            let extra = if kwnames.is_null() { 0 } else { ffi::PyTuple_GET_SIZE(kwnames) };
            if nargs + extra > 1 {
                return Err(PyTypeError::new_err("requires_grad_() takes at most 1 argument"));
            }
            if extra == 1 {
                let name: String = Bound::from_borrowed_ptr(py, ffi::PyTuple_GET_ITEM(kwnames, 0)).extract()?;
                if name != "requires_grad" {
                    return Err(PyTypeError::new_err(format!(
                        "requires_grad_() got an unexpected keyword argument '{name}'"
                    )));
                }
            }
            let on = if nargs + extra == 1 { Bound::from_borrowed_ptr(py, *args).extract::<bool>()? } else { true };
            tensor_mut(this).set_requires_grad(on).map_err(raise)?;
            crate::object::own_leaf(this);
            ffi::Py_INCREF(this);
            Ok(this)
        }
    })
}

fn plain(name: &'static std::ffi::CStr, f: ffi::PyCFunction, doc: &'static std::ffi::CStr) -> ffi::PyMethodDef {
    ffi::PyMethodDef {
        ml_name: name.as_ptr(),
        ml_meth: ffi::PyMethodDefPointer { PyCFunction: f },
        ml_flags: ffi::METH_NOARGS,
        ml_doc: doc.as_ptr(),
    }
}

fn keywords(
    name: &'static std::ffi::CStr,
    f: ffi::PyCFunctionFastWithKeywords,
    doc: &'static std::ffi::CStr,
) -> ffi::PyMethodDef {
    ffi::PyMethodDef {
        ml_name: name.as_ptr(),
        ml_meth: ffi::PyMethodDefPointer { PyCFunctionFastWithKeywords: f },
        ml_flags: ffi::METH_FASTCALL | ffi::METH_KEYWORDS,
        ml_doc: doc.as_ptr(),
    }
}

/// The table of methods, leaked.
pub fn table() -> *mut ffi::PyMethodDef {
    let table: &'static mut [ffi::PyMethodDef] = Box::leak(Box::new([
        plain(c"item", item, c"item()\n\nIts one value as a Python number. RuntimeError unless it has one element."),
        plain(c"tolist", tolist, c"tolist()\n\nIts values as nested lists of Python numbers."),
        plain(c"detach", detach, c"detach()\n\nThe same storage and version, without history."),
        plain(c"numel", numel, c"numel()\n\nNumber of elements."),
        plain(c"nelement", numel, c"nelement()\n\nNumber of elements."),
        plain(c"dim", dim, c"dim()\n\nNumber of dimensions."),
        plain(c"ndimension", dim, c"ndimension()\n\nNumber of dimensions."),
        plain(c"_is_contiguous", is_contiguous, c"_is_contiguous()\n\nWhether elements lie in row-major order."),
        plain(c"data_ptr", data_ptr, c"data_ptr()\n\nAddress of the first element."),
        plain(c"element_size", element_size, c"element_size()\n\nBytes per element."),
        plain(c"storage_offset", storage_offset, c"storage_offset()\n\nElements before the first in its storage."),
        plain(c"is_floating_point", is_floating_point, c"is_floating_point()\n\nWhether its dtype is a floating-point type."),
        plain(c"_is_lifted", is_lifted, c"_is_lifted()\n\nWhether a transform has wrapped it."),
        plain(c"_is_view", is_view, c"_is_view()\n\nWhether it is a view of another tensor."),
        plain(c"_storage_id", storage_id, c"_storage_id()\n\nA number that is equal for tensors that share storage."),
        plain(c"_storage_bytes", storage_bytes, c"_storage_bytes()\n\nBytes of the whole storage."),
        plain(c"_references", references, c"_references()\n\nReferences to its node, for tests."),
        plain(c"_share_numpy", share_numpy, c"_share_numpy()\n\nA NumPy array over the same memory, whatever the history."),
        plain(c"_retains_grad", retains_grad, c"_retains_grad()\n\nWhether .grad will be kept for it, a non-leaf."),
        plain(c"retain_grad", retain_grad, c"retain_grad()\n\nKeeps the gradient of a non-leaf in .grad as well."),
        keywords(
            c"backward",
            backward,
            c"backward(gradient=None, retain_graph=None, create_graph=False, inputs=None)\n\nAccumulates the gradients of the leaves it depends on into their .grad.",
        ),
        keywords(
            c"requires_grad_",
            requires_grad_,
            c"requires_grad_(requires_grad=True)\n\nHas operations on it recorded (or not); returns it.",
        ),
        // SAFETY: an all-zero entry ends the table.
        unsafe { std::mem::zeroed() },
    ]));
    table.as_mut_ptr()
}
