//! Between Python and the core: errors, tensors, arguments and results. Depends on `object` and `dtype`.

pub use crate::dtype::{dtype_object, to_dtype};
use crate::object::{TensorObject, is_tensor, tensor_of, wrap};
use pyo3::exceptions::{
    PyIndexError, PyMemoryError, PyNotImplementedError, PyOverflowError, PyRuntimeError, PyTypeError, PyUserWarning,
    PyValueError,
};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyList, PyString, PyTuple};
use pyo3::{IntoPyObjectExt, ffi};
use std::cell::RefCell;
use std::os::raw::c_int;
use wengert::ops::Value;
use wengert::tape::packing;
use wengert::{Error, ErrorKind, Scalar, Tensor};

thread_local! {
    /// Python exceptions on their way through the core.
    static STASH: RefCell<Vec<(u64, PyErr)>> = const { RefCell::new(Vec::new()) };
}

/// Sends a Python exception through the core.
pub fn stash(e: PyErr) -> Error {
    STASH.with_borrow_mut(|s| {
        let key = s.last().map_or(1, |(k, _)| k + 1);
        s.push((key, e));
        Error::new(ErrorKind::Foreign(key), "a Python callback raised")
    })
}

/// The Python exception of a core error.
pub fn raise(e: Error) -> PyErr {
    let mut e = e.into_details();
    let during = e.during.take();
    let raised = raised(e);
    if let Some((name, site)) = during {
        // Without its note the error is as good.
        let _ = Python::attach(|py| note(py, &raised, &name, site));
    }
    raised
}

/// Notes at an exception which line of the program recorded the operation whose derivative failed.
fn note(py: Python<'_>, raised: &PyErr, name: &str, site: u32) -> PyResult<()> {
    let Some((file, line)) = wengert::tape::site::describe(site) else { return Ok(()) };
    let text: String = py.import("linecache")?.getattr("getline")?.call1((&file, line))?.extract()?;
    let text = text.trim();
    let value = raised.value(py);
    if text.is_empty() && value.str()?.to_str()?.contains(&format!("recorded at {file}:{line}")) {
        return Ok(());
    }
    let note = format!("{name} was recorded at {file}:{line}{}{text}", if text.is_empty() { "" } else { "\n    " });
    // Of nested sweeps each may have passed it on.
    let noted = value.getattr_opt("__notes__")?.map_or(Ok(false), |notes| notes.contains(&note))?;
    if !noted {
        value.call_method1("add_note", (note,))?;
    }
    Ok(())
}

fn raised(e: wengert::error::Details) -> PyErr {
    match e.kind {
        ErrorKind::Value => PyValueError::new_err(e.message),
        ErrorKind::Type => PyTypeError::new_err(e.message),
        ErrorKind::Index => PyIndexError::new_err(e.message),
        ErrorKind::Memory => PyMemoryError::new_err(e.message),
        ErrorKind::Runtime => PyRuntimeError::new_err(e.message),
        ErrorKind::NotImplemented => PyNotImplementedError::new_err(e.message),
        ErrorKind::Foreign(key) => STASH.with_borrow_mut(|s| match s.iter().position(|(k, _)| *k == key) {
            Some(at) => s.remove(at).1,
            None => PyRuntimeError::new_err(e.message),
        }),
    }
}

/// A warning of the core as Python's UserWarning, which filters may turn into an error.
pub fn warn(message: &str) -> Result<(), Error> {
    // Filters and those who show warnings may be the program's own code.
    wengert_kernels::interrupt::with_lock(|| {
        Python::attach(|py| {
            let text = std::ffi::CString::new(message).unwrap_or_default();
            PyErr::warn(py, &py.get_type::<PyUserWarning>(), &text, 1).map_err(stash)
        })
    })
}

/// Runs a slot's body: errors and panics become exceptions and a null result.
#[inline(always)]
pub fn guard(f: impl FnOnce() -> PyResult<*mut ffi::PyObject>) -> *mut ffi::PyObject {
    guard_with(std::ptr::null_mut(), || {
        let out = f()?;
        if let Err(e) = packing::flush() {
            // SAFETY: the body's result, which nobody will get; the GIL is held.
            unsafe { ffi::Py_XDECREF(out) };
            return Err(raise(e));
        }
        Ok(out)
    })
}

/// [`guard`] for slots that return whether they failed.
pub fn guard_done(f: impl FnOnce() -> PyResult<c_int>) -> c_int {
    guard_with(-1, || {
        let done = f()?;
        packing::flush().map_err(raise)?;
        Ok(done)
    })
}

/// [`guard`] for slots whose error value is something else.
#[inline(always)]
pub fn guard_with<T>(failure: T, f: impl FnOnce() -> PyResult<T>) -> T {
    match std::panic::catch_unwind(std::panic::AssertUnwindSafe(f)) {
        Ok(Ok(value)) => value,
        Ok(Err(e)) => {
            restore(e);
            failure
        }
        Err(panic) if wengert_kernels::interrupt::is_interruption(&*panic) => {
            restore(crate::interrupt::raised());
            failure
        }
        Err(panic) => {
            let text = panic
                .downcast_ref::<String>()
                .map(String::as_str)
                .or_else(|| panic.downcast_ref::<&str>().copied())
                .unwrap_or("unknown");
            restore(PyRuntimeError::new_err(format!("wengert: internal error, please report it: {text}")));
            failure
        }
    }
}

#[cold]
fn restore(e: PyErr) {
    // SAFETY: slots run with the GIL held.
    unsafe { e.restore(Python::assume_attached()) }
}

/// Name of an object's type.
pub fn type_name(ob: &Bound<'_, PyAny>) -> String {
    ob.get_type().name().map_or_else(|_| "object".to_owned(), |n| n.to_string())
}

/// The tensor inside an object, if it is one.
pub fn as_tensor<'a>(ob: &'a Bound<'_, PyAny>) -> Option<&'a Tensor> {
    // SAFETY: a live object; the borrow lives no longer than it.
    unsafe { is_tensor(ob.as_ptr()).then(|| tensor_of(ob.as_ptr())) }
}

/// The tensor inside an object, up to date after writes through aliases.
pub fn fresh_tensor(ob: &Bound<'_, PyAny>) -> PyResult<Option<Tensor>> {
    // SAFETY: a live object.
    if !unsafe { is_tensor(ob.as_ptr()) } {
        return Ok(None);
    }
    // SAFETY: nothing else refers to its inside during these calls.
    let t = unsafe { &mut (*ob.as_ptr().cast::<TensorObject>()).tensor };
    t.refresh().map_err(raise)?;
    Ok(Some(t.share()))
}

/// The tensor of an argument that must be one.
pub fn expect_tensor(ob: &Bound<'_, PyAny>, what: &str) -> PyResult<Tensor> {
    match fresh_tensor(ob)? {
        Some(t) => Ok(t),
        None => Err(PyTypeError::new_err(format!("{what}: expected a Tensor, got {}", type_name(ob)))),
    }
}

/// A new Python object for a tensor.
pub fn wrap_bound(py: Python<'_>, t: Tensor) -> PyResult<Bound<'_, PyAny>> {
    // SAFETY: the GIL is held; a null result has an exception set.
    unsafe { Bound::from_owned_ptr_or_err(py, wrap(t)) }
}

/// A new Python object for a tensor that may be a leaf.
pub fn wrap_leaf(py: Python<'_>, t: Tensor) -> PyResult<Bound<'_, PyAny>> {
    let ob = wrap_bound(py, t)?;
    // SAFETY: a live Tensor; the GIL is held.
    unsafe { crate::object::own_leaf(ob.as_ptr()) };
    Ok(ob)
}

/// A Python number, if it is one (also NumPy's scalars).
pub fn to_scalar(ob: &Bound<'_, PyAny>) -> PyResult<Option<Scalar>> {
    let p = ob.as_ptr();
    // SAFETY: a live object; conversions are on exact or derived number types.
    unsafe {
        if ffi::PyFloat_Check(p) != 0 {
            return Ok(Some(Scalar::Float(ffi::PyFloat_AsDouble(p))));
        }
        if ffi::PyBool_Check(p) != 0 {
            return Ok(Some(Scalar::Bool(p == ffi::Py_True())));
        }
        if ffi::PyLong_Check(p) != 0 {
            return Ok(Some(Scalar::Int(whole(ob)?)));
        }
    }
    let name = type_name(ob);
    let numpy_scalar = ["float16", "float32", "longdouble"].contains(&name.as_str());
    if numpy_scalar {
        return Ok(Some(Scalar::Float(ob.extract()?)));
    }
    if name == "bool_" || (name == "bool" && ob.hasattr("dtype")?) {
        return Ok(Some(Scalar::Bool(ob.is_truthy()?)));
    }
    if (name.starts_with("int") || name.starts_with("uint")) && ob.hasattr("dtype")? && ob.hasattr("__index__")? {
        return Ok(Some(Scalar::Int(whole(ob)?)));
    }
    Ok(None)
}

/// A whole number of 64 bits, of an object that has `__index__`.
pub fn whole(ob: &Bound<'_, PyAny>) -> PyResult<i64> {
    ob.extract::<i64>().map_err(|e| if e.is_instance_of::<PyOverflowError>(ob.py()) { too_big(ob) } else { e })
}

/// What is said of a whole number of more than 64 bits. It is not printed: it may have any number of digits.
pub fn too_big(ob: &Bound<'_, PyAny>) -> PyErr {
    let bits = ob.call_method0("bit_length").and_then(|n| n.extract::<u64>()).unwrap_or(64);
    PyOverflowError::new_err(format!(
        "int too big to convert: got one of {bits} bits, wanted -2**63 <= value < 2**63 (Overflow when unpacking long long); try a float"
    ))
}

/// Whether an object is a NumPy array.
pub fn is_ndarray(ob: &Bound<'_, PyAny>) -> bool {
    type_name(ob) == "ndarray" && ob.hasattr("__array_interface__").unwrap_or(false)
}

/// Sequences within sequences that an argument may be. What is deeper is no argument of any operation, and a list that
/// contains itself has no end.
const DEEPEST: usize = 3;

/// An argument of an operation.
pub fn to_value(ob: &Bound<'_, PyAny>) -> PyResult<Value> {
    value_within(ob, 0)
}

fn value_within(ob: &Bound<'_, PyAny>, depth: usize) -> PyResult<Value> {
    if let Some(t) = fresh_tensor(ob)? {
        return Ok(Value::Tensor(t));
    }
    if ob.is_none() {
        return Ok(Value::None);
    }
    if let Some(s) = to_scalar(ob)? {
        return Ok(match s {
            Scalar::Bool(b) => Value::Bool(b),
            Scalar::Int(i) => Value::Int(i),
            Scalar::Float(x) => Value::Float(x),
        });
    }
    if let Ok(s) = ob.cast::<PyString>() {
        return Ok(Value::Str(s.to_str()?.to_owned()));
    }
    if let Some(d) = to_dtype(ob) {
        return Ok(Value::DType(d));
    }
    if depth < DEEPEST {
        if let Ok(l) = ob.cast::<PyList>() {
            return values(l.len(), l.iter(), depth + 1);
        }
        if let Ok(l) = ob.cast::<PyTuple>() {
            return values(l.len(), l.iter(), depth + 1);
        }
    }
    if is_ndarray(ob) {
        return crate::numpy::from_numpy(ob).map(Value::Tensor);
    }
    Ok(Value::Other(type_name(ob)))
}

fn values<'py>(n: usize, items: impl Iterator<Item = Bound<'py, PyAny>>, depth: usize) -> PyResult<Value> {
    let mut out = Vec::new();
    out.try_reserve_exact(n).map_err(|_| PyMemoryError::new_err(format!("not enough memory for {n} arguments")))?;
    for item in items {
        out.push(value_within(&item, depth)?);
    }
    Ok(Value::List(out))
}

/// A result of an operation.
pub fn from_value(py: Python<'_>, value: Value) -> PyResult<Bound<'_, PyAny>> {
    match value {
        Value::Tensor(t) => wrap_bound(py, t),
        Value::None => Ok(py.None().into_bound(py)),
        Value::Bool(b) => b.into_bound_py_any(py),
        Value::Int(i) => i.into_bound_py_any(py),
        Value::Float(x) => x.into_bound_py_any(py),
        Value::Str(s) | Value::Other(s) => s.into_bound_py_any(py),
        Value::DType(d) => dtype_object(py, d)?.into_bound_py_any(py),
        Value::List(items) => {
            let items = items.into_iter().map(|v| from_value(py, v)).collect::<PyResult<Vec<_>>>()?;
            PyTuple::new(py, items)?.into_bound_py_any(py)
        }
        Value::Named(name, fields) => named(py, name, fields),
    }
}

fn named<'py>(py: Python<'py>, name: &str, fields: Vec<(&'static str, Tensor)>) -> PyResult<Bound<'py, PyAny>> {
    let names: Vec<&str> = fields.iter().map(|f| f.0).collect();
    let values = fields.into_iter().map(|(_, t)| wrap_bound(py, t)).collect::<PyResult<Vec<_>>>()?;
    named_objects(py, name, &names, values)
}

/// A result with names, of the type of `wengert.return_types`.
pub fn named_objects<'py>(
    py: Python<'py>,
    name: &str,
    names: &[&str],
    values: Vec<Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    static TYPES: PyOnceLock<Py<PyDict>> = PyOnceLock::new();
    let types = TYPES.get_or_init(py, || PyDict::new(py).unbind()).bind(py);
    let class = match types.get_item(name)? {
        Some(class) => class,
        None => {
            let class = py.import("wengert.return_types")?.getattr("_make")?.call1((name, names.to_vec()))?;
            types.set_item(name, &class)?;
            class
        }
    };
    class.call1(PyTuple::new(py, values)?)
}

/// A number as a Python object.
pub fn scalar_object(py: Python<'_>, s: Scalar) -> PyResult<Bound<'_, PyAny>> {
    match s {
        Scalar::Bool(b) => b.into_bound_py_any(py),
        Scalar::Int(i) => i.into_bound_py_any(py),
        Scalar::Float(x) => x.into_bound_py_any(py),
    }
}
