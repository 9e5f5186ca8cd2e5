//! NumPy both ways without copies, through the array interface. Depends on `convert`; NumPy itself is called as Python.

use crate::convert::{raise, type_name};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyTuple};
use pyo3::{IntoPyObjectExt, ffi};
use wengert::watch::{self, What};
use wengert::{Array, DType, Layout, Tensor};

fn typestr(dtype: DType) -> &'static str {
    match dtype {
        DType::Bool => "|b1",
        DType::U8 => "|u1",
        DType::I8 => "|i1",
        DType::I16 => "<i2",
        DType::I32 => "<i4",
        DType::I64 => "<i8",
        DType::F32 => "<f4",
        DType::F64 => "<f8",
    }
}

/// The interface of a tensor's memory.
pub fn interface<'py>(py: Python<'py>, t: &Tensor) -> PyResult<Bound<'py, PyAny>> {
    wengert::tap::refuse("numpy()", "use tensor operations, or item() and tolist() for numbers").map_err(raise)?;
    t.no_transform("numpy()").map_err(raise)?;
    let size = t.dtype().size() as isize;
    let d = PyDict::new(py);
    d.set_item("version", 3)?;
    d.set_item("typestr", typestr(t.dtype()))?;
    d.set_item("shape", PyTuple::new(py, t.shape())?)?;
    d.set_item("strides", PyTuple::new(py, t.layout().strides().iter().map(|s| s * size))?)?;
    d.set_item("data", (t.array().data_ptr() as usize, t.array().is_read_only()))?;
    Ok(d.into_any())
}

/// Keeps the memory of an exported tensor alive; NumPy holds it as the base of its array.
#[pyclass(frozen, module = "wengert._core")]
pub struct Exported {
    tensor: Tensor,
}

#[pymethods]
impl Exported {
    #[getter]
    fn __array_interface__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        interface(py, &self.tensor)
    }
}

fn asarray(py: Python<'_>) -> PyResult<&Bound<'_, PyAny>> {
    static ASARRAY: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    Ok(ASARRAY
        .get_or_try_init(py, || -> PyResult<Py<PyAny>> { Ok(py.import("numpy")?.getattr("asarray")?.unbind()) })?
        .bind(py))
}

/// A NumPy array over the tensor's memory.
pub fn to_numpy<'py>(py: Python<'py>, t: &Tensor) -> PyResult<Bound<'py, PyAny>> {
    wengert::tap::refuse("numpy()", "use tensor operations, or item() and tolist() for numbers").map_err(raise)?;
    t.no_transform("numpy()").map_err(raise)?;
    if watch::any() {
        watch::show(What::Left("numpy"), &[t], None);
    }
    let exported = Exported { tensor: t.detach() };
    asarray(py)?.call1((exported.into_bound_py_any(py)?,))
}

/// Holds a NumPy array for as long as tensors use its memory.
struct Owner(std::mem::ManuallyDrop<Py<PyAny>>);

impl Drop for Owner {
    fn drop(&mut self) {
        // SAFETY: the wheel's counts change only with the GIL held; this reference was taken in `from_numpy`.
        unsafe { ffi::Py_DECREF(self.0.as_ptr()) };
    }
}

fn dtype_of(typestr: &str) -> Option<DType> {
    DType::ALL.into_iter().find(|&d| self::typestr(d) == typestr)
}

/// Whether NumPy's type has a counterpart here.
pub fn numpy_dtype(ob: &Bound<'_, PyAny>) -> PyResult<Option<DType>> {
    let text: String = ob.getattr("__array_interface__")?.get_item("typestr")?.extract()?;
    Ok(dtype_of(&text))
}

/// A tensor over a NumPy array's memory.
pub fn from_numpy(ob: &Bound<'_, PyAny>) -> PyResult<Tensor> {
    if !crate::convert::is_ndarray(ob) {
        return Err(PyTypeError::new_err(format!("from_numpy(): expected np.ndarray (got {})", type_name(ob))));
    }
    let i = ob.getattr("__array_interface__")?;
    let text: String = i.get_item("typestr")?.extract()?;
    let Some(dtype) = dtype_of(&text) else {
        let name = ob.getattr("dtype")?;
        let native = format!("<{}", text.trim_start_matches('>'));
        if text.starts_with('>') && dtype_of(&native).is_some() {
            return Err(PyValueError::new_err(
                "given numpy array has byte order different from the native byte order. Conversion between byte orders is \
                 currently not supported; try astype()",
            ));
        }
        return Err(PyTypeError::new_err(format!(
            "can't convert np.ndarray of type {name}. The only supported types are: float64, float32, int64, int32, int16, \
             int8, uint8, and bool; try astype()"
        )));
    };
    let shape: Vec<usize> = i.get_item("shape")?.extract()?;
    let (address, read_only): (usize, bool) = i.get_item("data")?.extract()?;
    let size = dtype.size() as isize;
    let strides: Vec<isize> = ob.getattr("strides")?.extract()?;
    if strides.iter().any(|s| s % size != 0) || !address.is_multiple_of(dtype.size()) {
        return Err(PyValueError::new_err(
            "given numpy array has byte strides or an address that are no multiple of the element size; try a copy()",
        ));
    }
    if strides.iter().zip(&shape).any(|(&s, &n)| s < 0 && n > 1) {
        return Err(PyValueError::new_err(
            "At least one stride in the given numpy array is negative, and tensors with negative strides are not currently \
             supported. (You can probably work around this by making a copy of your array with array.copy().)",
        ));
    }
    let elements: Vec<isize> = strides.iter().zip(&shape).map(|(&s, &n)| if n > 1 { s / size } else { 1 }).collect();
    let layout = Layout::strided(&shape, &elements);
    let last: isize = shape.iter().zip(&elements).map(|(&n, &s)| (n as isize - 1).max(0) * s).sum();
    let bytes = if layout.numel() == 0 { 0 } else { (last + 1) as usize * dtype.size() };
    let base = std::ptr::with_exposed_provenance_mut::<u8>(address);
    // SAFETY: NumPy's array owns these bytes and is held while they are in use; layout and size were taken from it.
    let array = unsafe {
        Array::from_foreign(
            base,
            bytes,
            base,
            layout,
            dtype,
            read_only,
            Box::new(Owner(std::mem::ManuallyDrop::new(ob.clone().unbind()))),
        )
        .map_err(raise)?
    };
    let out = Tensor::from_array(array);
    wengert::tap::foreign(&out);
    if watch::any() {
        watch::show(What::Made("from_numpy"), &[], Some(&out));
    }
    Ok(out)
}

/// Reads a Python float list quickly; None where an element is something else.
pub fn floats(ob: &Bound<'_, PyAny>) -> Option<Vec<f64>> {
    let p = ob.as_ptr();
    // SAFETY: a live list or tuple; items are borrowed while the GIL is held and no Python code runs.
    unsafe {
        let (n, is_list) = if ffi::PyList_CheckExact(p) != 0 {
            (ffi::PyList_GET_SIZE(p), true)
        } else if ffi::PyTuple_CheckExact(p) != 0 {
            (ffi::PyTuple_GET_SIZE(p), false)
        } else {
            return None;
        };
        if n == 0 {
            return None;
        }
        let mut out = Vec::new();
        // The way for all other lists says what there is no memory for.
        out.try_reserve_exact(n as usize).ok()?;
        for i in 0..n {
            let item = if is_list { ffi::PyList_GET_ITEM(p, i) } else { ffi::PyTuple_GET_ITEM(p, i) };
            if ffi::PyFloat_CheckExact(item) == 0 {
                return None;
            }
            out.push(ffi::PyFloat_AS_DOUBLE(item));
        }
        Some(out)
    }
}
