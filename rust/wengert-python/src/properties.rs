//! Properties of Tensor: shape, dtype, requires_grad, grad, grad_fn and their like. Depends on `object` and `convert`.

use crate::convert::{
    as_tensor, dtype_object, expect_tensor, fresh_tensor, guard, guard_with, raise, to_dtype, wrap_bound,
};
use crate::object::{TensorObject, tensor_mut, tensor_of, track};
use pyo3::IntoPyObjectExt;
use pyo3::exceptions::{PyRuntimeError, PyTypeError};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyTuple;
use std::os::raw::{c_int, c_void};
use std::ptr::null_mut;
use wengert::Tensor;
use wengert::ops::view;

/// `wengert.Size`, a tuple that prints like PyTorch's.
pub fn size_object<'py>(py: Python<'py>, shape: &[usize]) -> PyResult<Bound<'py, PyAny>> {
    static SIZE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let class = SIZE
        .get_or_try_init(py, || -> PyResult<Py<PyAny>> { Ok(py.import("wengert._size")?.getattr("Size")?.unbind()) })?;
    // By the constructor of tuples: that of Size would look at each size again.
    let arguments = PyTuple::new(py, [PyTuple::new(py, shape)?])?;
    // SAFETY: the type of tuples has a constructor, and Size is a subclass; a null result has an exception set.
    unsafe {
        let Some(new) = ffi::PyTuple_Type.tp_new else { return class.bind(py).call1(arguments) };
        Bound::from_owned_ptr_or_err(py, new(class.as_ptr().cast(), arguments.as_ptr(), null_mut()))
    }
}

macro_rules! getters {
    ($($get:ident($t:ident, $py:ident) $body:expr;)*) => {$(
        unsafe extern "C" fn $get(this: *mut ffi::PyObject, _: *mut c_void) -> *mut ffi::PyObject {
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
getters! {
    get_shape(t, py) size_object(py, t.shape());
    get_dtype(t, py) dtype_object(py, t.dtype())?.into_bound_py_any(py);
    get_ndim(t, py) t.ndim().into_bound_py_any(py);
    get_requires_grad(t, py) t.requires_grad().into_bound_py_any(py);
    get_is_leaf(t, py) t.is_leaf().into_bound_py_any(py);
    get_version(t, py) if t.array().is_inference() {
        Err(PyRuntimeError::new_err("Inference tensors do not track version counter."))
    } else {
        t.array().version().into_bound_py_any(py)
    };
    get_t(t, py) {
        if t.ndim() != 2 {
            not_a_matrix()?;
        }
        wrap_bound(py, view::reversed(t).map_err(raise)?)
    };
    get_mt(t, py) mt(py, t, "mT");
    get_mh(t, py) mt(py, t, "mH");
    get_h(t, py) h(py, t);
    get_data(t, py) wrap_bound(py, t.detach());
    get_base(t, py) match t.base() {
        Some(base) => match crate::node::leaf_object(py, base.edge_ref())? {
            Some(leaf) if as_tensor(&leaf).is_some_and(|t| t.array().same(base.array())) => Ok(leaf),
            _ => wrap_bound(py, base),
        },
        None => Ok(py.None().into_bound(py)),
    };
    get_grad_fn(t, py) match t.node() {
        Some(node) if !node.is_leaf() => crate::node::node_object(py, t.edge_ref()),
        _ => Ok(py.None().into_bound(py)),
    };
    get_edge(t, py) match t.node() {
        Some(_) => crate::node::node_object(py, t.edge_ref()),
        None => Ok(py.None().into_bound(py)),
    };
    get_output_nr(t, py) t.edge_ref().out().into_bound_py_any(py);
    get_strides(t, py) PyTuple::new(py, t.layout().strides()).and_then(|t| t.into_bound_py_any(py));
    get_interface(t, py) if t.requires_grad() {
        Err(PyRuntimeError::new_err(
            "Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.",
        ))
    } else {
        crate::numpy::interface(py, t)
    };
}

/// Of real numbers: a matrix transposed, a 0-d tensor as it is.
fn h<'py>(py: Python<'py>, t: &Tensor) -> PyResult<Bound<'py, PyAny>> {
    match t.ndim() {
        0 => wrap_bound(py, t.share()),
        2 => wrap_bound(py, view::transpose(t, 0, 1).map_err(raise)?),
        n => Err(PyRuntimeError::new_err(format!(
            "tensor.H is only supported on matrices (2-D tensors). Got {n}-D tensor.{}",
            if n > 2 { " For batches of matrices, consider using tensor.mH" } else { "" }
        ))),
    }
}

/// PyTorch's warning of `x.T` where x is no matrix, once for a process.
#[cold]
fn not_a_matrix() -> PyResult<()> {
    static SAID: std::sync::Once = std::sync::Once::new();
    let mut said = Ok(());
    SAID.call_once(|| {
        said = wengert::warning::warn(
            "The use of `x.T` on tensors of dimension other than 2 to reverse their shape is deprecated and it will throw an error \
             in a future release. Consider `x.mT` to transpose batches of matrices or `x.permute(*torch.arange(x.ndim - 1, -1, -1))` \
             to reverse the dimensions of a tensor.",
        );
    });
    said.map_err(raise)
}

fn mt<'py>(py: Python<'py>, t: &Tensor, name: &str) -> PyResult<Bound<'py, PyAny>> {
    if t.ndim() == 0 {
        return wrap_bound(py, t.clone());
    }
    if t.ndim() < 2 {
        return Err(PyRuntimeError::new_err(format!(
            "tensor.{name} is only supported on matrices or batches of matrices. Got {}-D tensor.",
            t.ndim()
        )));
    }
    wrap_bound(py, view::transpose(t, -2, -1).map_err(raise)?)
}

const NOT_A_LEAF: &str = "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed. Its .grad attribute won't \
    be populated during autograd.backward(). If you indeed want the .grad field to be populated for a non-leaf Tensor, use \
    .retain_grad() on the non-leaf Tensor. If you access the non-leaf Tensor by mistake, make sure you access the leaf Tensor \
    instead.";

/// `.grad`: the same Python object as long as the gradient is the same tensor.
unsafe extern "C" fn get_grad(this: *mut ffi::PyObject, _: *mut c_void) -> *mut ffi::PyObject {
    guard(|| {
        // SAFETY: called by the interpreter.
        unsafe {
            let py = Python::assume_attached();
            let o = this.cast::<TensorObject>();
            let Some(grad) = (*o).tensor.grad() else {
                ffi::Py_CLEAR(&raw mut (*o).grad);
                let t = &(*o).tensor;
                if !t.is_lifted() && !t.is_leaf() && !t.retains_grad() {
                    crate::convert::warn(NOT_A_LEAF).map_err(raise)?;
                }
                return Ok(py.None().into_ptr());
            };
            let cached = (*o).grad;
            if !cached.is_null()
                && tensor_of(cached).array().same(grad.array())
                && tensor_of(cached).edge_ref().same(grad.edge_ref())
            {
                ffi::Py_INCREF(cached);
                return Ok(cached);
            }
            let fresh = wrap_bound(py, grad)?.into_ptr();
            ffi::Py_INCREF(fresh);
            let old = std::mem::replace(&mut (*o).grad, fresh);
            ffi::Py_XDECREF(old);
            track(this);
            Ok(fresh)
        }
    })
}

unsafe extern "C" fn set_grad(this: *mut ffi::PyObject, value: *mut ffi::PyObject, _: *mut c_void) -> c_int {
    guard_with(-1, || {
        // SAFETY: called by the interpreter.
        unsafe {
            let py = Python::assume_attached();
            let o = this.cast::<TensorObject>();
            if value.is_null() || value == ffi::Py_None() {
                (*o).tensor.set_grad(None);
                ffi::Py_CLEAR(&raw mut (*o).grad);
                return Ok(0);
            }
            let value = Bound::from_borrowed_ptr(py, value);
            let Some(g) = fresh_tensor(&value)? else {
                return Err(PyTypeError::new_err(format!(
                    "assigned grad expected to be a Tensor or None but got type {}",
                    crate::convert::type_name(&value)
                )));
            };
            if value.as_ptr() == this {
                return Err(PyRuntimeError::new_err("can't assign Variable as its own grad"));
            }
            let t = &(*o).tensor;
            if g.shape() != t.shape() {
                return Err(PyRuntimeError::new_err(format!(
                    "assigned grad has data of a different size: got {:?}, wanted {:?}",
                    g.shape(),
                    t.shape()
                )));
            }
            if g.dtype() != t.dtype() {
                return Err(PyRuntimeError::new_err(format!(
                    "assigned grad has data of a different type: got {}, wanted {}",
                    g.dtype().name(),
                    t.dtype().name()
                )));
            }
            t.set_grad(Some(g));
            let old = std::mem::replace(&mut (*o).grad, value.into_ptr());
            ffi::Py_XDECREF(old);
            track(this);
            Ok(0)
        }
    })
}

unsafe extern "C" fn set_requires_grad(this: *mut ffi::PyObject, value: *mut ffi::PyObject, _: *mut c_void) -> c_int {
    guard_with(-1, || {
        // SAFETY: called by the interpreter.
        unsafe {
            if value.is_null() {
                return Err(PyTypeError::new_err("requires_grad cannot be deleted"));
            }
            let py = Python::assume_attached();
            let on: bool = Bound::from_borrowed_ptr(py, value)
                .extract()
                .map_err(|_| PyRuntimeError::new_err("requires_grad must be a bool"))?;
            tensor_mut(this).set_requires_grad(on).map_err(raise)?;
            crate::object::own_leaf(this);
            Ok(0)
        }
    })
}

unsafe extern "C" fn set_data(this: *mut ffi::PyObject, value: *mut ffi::PyObject, _: *mut c_void) -> c_int {
    guard_with(-1, || {
        // SAFETY: called by the interpreter.
        unsafe {
            if value.is_null() {
                return Err(PyTypeError::new_err("data cannot be deleted"));
            }
            wengert::tap::refuse("assigning .data", "try copy_()").map_err(raise)?;
            let value = expect_tensor(&Bound::from_borrowed_ptr(Python::assume_attached(), value), "data")?;
            tensor_mut(this).set_array(value.array().clone()).map_err(raise)?;
            Ok(0)
        }
    })
}

fn entry(
    name: &'static std::ffi::CStr,
    get: ffi::getter,
    set: Option<ffi::setter>,
    doc: &'static std::ffi::CStr,
) -> ffi::PyGetSetDef {
    ffi::PyGetSetDef { name: name.as_ptr(), get: Some(get), set, doc: doc.as_ptr(), closure: null_mut() }
}

/// The table of properties, leaked.
pub fn table() -> *mut ffi::PyGetSetDef {
    let table: &'static mut [ffi::PyGetSetDef] = Box::leak(Box::new([
        entry(c"shape", get_shape, None, c"Sizes of the dimensions, as a Size."),
        entry(c"dtype", get_dtype, None, c"Type of the elements."),
        entry(c"ndim", get_ndim, None, c"Number of dimensions."),
        entry(c"requires_grad", get_requires_grad, Some(set_requires_grad), c"Whether gradients are computed for it."),
        entry(c"is_leaf", get_is_leaf, None, c"Whether the program made it, rather than a recorded operation."),
        entry(c"grad", get_grad, Some(set_grad), c"The gradient accumulated by backward(), or None."),
        entry(c"grad_fn", get_grad_fn, None, c"The node that recorded the operation it came from, or None."),
        entry(c"_node", get_edge, None, c"Its node, a leaf's included."),
        entry(c"output_nr", get_output_nr, None, c"Which output of grad_fn it is."),
        entry(c"_version", get_version, None, c"Writes into its storage so far."),
        entry(c"_base", get_base, None, c"The tensor it is a view of, or None."),
        entry(c"_strides", get_strides, None, c"Strides in elements."),
        entry(c"data", get_data, Some(set_data), c"The same storage without history; assigning replaces the storage."),
        entry(c"T", get_t, None, c"View with all dimensions reversed."),
        entry(c"H", get_h, None, c"Conjugate transpose of a matrix: for real numbers its transpose, a view."),
        entry(c"mH", get_mh, None, c"View with the last two dimensions exchanged, for real numbers the same as mT."),
        entry(c"mT", get_mt, None, c"View with the last two dimensions exchanged."),
        entry(c"__array_interface__", get_interface, None, c"NumPy's array interface: shares memory."),
        entry(c"__dict__", crate::object::get_dict, None, c"User attributes."),
        // SAFETY: an all-zero entry ends the table.
        unsafe { std::mem::zeroed() },
    ]));
    table.as_mut_ptr()
}

/// A tensor argument's dtype argument, or an error naming it.
pub fn dtype_argument(ob: Option<&Bound<'_, PyAny>>, name: &str) -> PyResult<Option<wengert::DType>> {
    match ob {
        None => Ok(None),
        Some(ob) if ob.is_none() => Ok(None),
        Some(ob) => to_dtype(ob).map(Some).ok_or_else(|| {
            PyTypeError::new_err(format!(
                "{name}: dtype must be a wengert dtype, got {}",
                crate::convert::type_name(ob)
            ))
        }),
    }
}

/// Whether an object is a tensor.
#[pyfunction]
pub fn is_tensor(ob: &Bound<'_, PyAny>) -> bool {
    as_tensor(ob).is_some()
}
