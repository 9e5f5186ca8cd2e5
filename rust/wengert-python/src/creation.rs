//! Creation, casts, subclass instances and facts about the build. Depends on `convert`.

use crate::convert::{expect_tensor, raise, to_scalar, type_name, wrap_bound};
use crate::interrupt::leavable;
use crate::object::{tensor_type, wrap_as};
use crate::properties::dtype_argument;
use pyo3::exceptions::{PyKeyboardInterrupt, PyTypeError};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyType};
use wengert::ops::create;
use wengert::{Scalar, Tensor, ops};

fn number(ob: &Bound<'_, PyAny>, name: &str) -> PyResult<Scalar> {
    if let Some(t) = crate::convert::as_tensor(ob) {
        return t.item().map_err(raise);
    }
    to_scalar(ob)?.ok_or_else(|| PyTypeError::new_err(format!("{name}: expected a number, got {}", type_name(ob))))
}

/// A new leaf as a Python object.
pub fn finish<'py>(py: Python<'py>, mut t: Tensor, requires_grad: bool) -> PyResult<Bound<'py, PyAny>> {
    if requires_grad {
        t.set_requires_grad(true).map_err(raise)?;
    }
    crate::convert::wrap_leaf(py, t)
}

/// A tensor of one value.
#[pyfunction]
fn _full<'py>(
    py: Python<'py>,
    shape: Vec<usize>,
    value: &Bound<'py, PyAny>,
    dtype: Option<&Bound<'py, PyAny>>,
    requires_grad: bool,
) -> PyResult<Bound<'py, PyAny>> {
    leavable(|| {
        let value = number(value, "full")?;
        let own = match value {
            Scalar::Float(_) => wengert::array::default_dtype(),
            other => other.dtype(),
        };
        let dtype = dtype_argument(dtype, "full()")?.unwrap_or(own);
        value.check_fits(dtype).map_err(raise)?;
        finish(py, Tensor::full(&shape, dtype, value).map_err(raise)?, requires_grad)
    })
}

/// A tensor of one value, of the sizes of `like`, dimensions in the same order in memory.
#[pyfunction]
fn _full_like<'py>(
    py: Python<'py>,
    like: &Bound<'py, PyAny>,
    value: &Bound<'py, PyAny>,
    dtype: Option<&Bound<'py, PyAny>>,
    requires_grad: bool,
) -> PyResult<Bound<'py, PyAny>> {
    leavable(|| {
        let like = expect_tensor(like, "full_like")?;
        let value = number(value, "full_like")?;
        let dtype = dtype_argument(dtype, "full_like()")?.unwrap_or(like.dtype());
        value.check_fits(dtype).map_err(raise)?;
        finish(py, ops::write::full_like(&like, dtype, value).map_err(raise)?, requires_grad)
    })
}

/// start, start + step, ... below end.
#[pyfunction]
fn _arange<'py>(
    py: Python<'py>,
    start: &Bound<'py, PyAny>,
    end: &Bound<'py, PyAny>,
    step: &Bound<'py, PyAny>,
    dtype: Option<&Bound<'py, PyAny>>,
    requires_grad: bool,
) -> PyResult<Bound<'py, PyAny>> {
    leavable(|| {
        let dtype = dtype_argument(dtype, "arange()")?;
        let t = create::arange(number(start, "arange")?, number(end, "arange")?, number(step, "arange")?, dtype)
            .map_err(raise)?;
        finish(py, t, requires_grad)
    })
}

/// Evenly spaced values; powers of `base` where one is given.
#[pyfunction]
#[pyo3(signature = (start, end, steps, base, dtype, requires_grad))]
fn _spaced<'py>(
    py: Python<'py>,
    start: &Bound<'py, PyAny>,
    end: &Bound<'py, PyAny>,
    steps: usize,
    base: Option<f64>,
    dtype: &Bound<'py, PyAny>,
    requires_grad: bool,
) -> PyResult<Bound<'py, PyAny>> {
    leavable(|| {
        let name = if base.is_some() { "logspace" } else { "linspace" };
        let dtype = expect_dtype(dtype, name)?;
        let (start, end) = (number(start, name)?, number(end, name)?);
        let t = match base {
            Some(base) => create::logspace(start, end, steps, base, dtype),
            None => create::linspace(start, end, steps, dtype),
        };
        finish(py, t.map_err(raise)?, requires_grad)
    })
}

/// Zeros with ones on the diagonal.
#[pyfunction]
fn _eye<'py>(
    py: Python<'py>,
    n: usize,
    m: usize,
    dtype: &Bound<'py, PyAny>,
    requires_grad: bool,
) -> PyResult<Bound<'py, PyAny>> {
    leavable(|| finish(py, create::eye(n, m, expect_dtype(dtype, "eye")?).map_err(raise)?, requires_grad))
}

/// A dtype that must be given.
pub fn expect_dtype(dtype: &Bound<'_, PyAny>, name: &str) -> PyResult<wengert::DType> {
    Ok(dtype_argument(Some(dtype), &format!("{name}()"))?.unwrap_or_else(wengert::array::default_dtype))
}

/// The tensor in another dtype, or itself.
#[pyfunction]
fn _cast<'py>(
    py: Python<'py>,
    x: &Bound<'py, PyAny>,
    dtype: &Bound<'py, PyAny>,
    copy: bool,
) -> PyResult<Bound<'py, PyAny>> {
    leavable(|| {
        let t = expect_tensor(x, "to")?;
        let Some(d) = dtype_argument(Some(dtype), "to()")? else { return Ok(x.clone()) };
        if d == t.dtype() {
            return if copy { wrap_bound(py, ops::clone(&t).map_err(raise)?) } else { Ok(x.clone()) };
        }
        wrap_bound(py, ops::cast(&t, d).map_err(raise)?)
    })
}

/// A tensor over a NumPy array's memory.
#[pyfunction]
fn from_numpy<'py>(py: Python<'py>, ndarray: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    wrap_bound(py, crate::numpy::from_numpy(ndarray)?)
}

/// An instance of a Tensor subclass over the same storage.
#[pyfunction]
fn _make_subclass<'py>(
    py: Python<'py>,
    class: &Bound<'py, PyType>,
    data: &Bound<'py, PyAny>,
    requires_grad: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let mut t = expect_tensor(data, "_make_subclass")?.detach();
    if requires_grad {
        t.set_requires_grad(true).map_err(raise)?;
    }
    // SAFETY: the GIL is held; the class is checked to be a subclass first.
    unsafe {
        let c = class.as_ptr().cast::<ffi::PyTypeObject>();
        if ffi::PyType_IsSubtype(c, tensor_type()) == 0 {
            return Err(PyTypeError::new_err(format!("{class} is no subclass of Tensor")));
        }
        let ob = Bound::from_owned_ptr_or_err(py, wrap_as(c, t))?;
        crate::object::own_leaf(ob.as_ptr());
        Ok(ob)
    }
}

/// A copy of a tensor's whole storage.
#[pyfunction]
fn _copy_storage<'py>(py: Python<'py>, x: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    leavable(|| wrap_bound(py, expect_tensor(x, "deepcopy")?.copy_storage().map_err(raise)?))
}

/// The elements of a copied storage at the place of a tensor.
#[pyfunction]
fn _placed_in<'py>(py: Python<'py>, x: &Bound<'py, PyAny>, storage: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    leavable(|| {
        let storage = expect_tensor(storage, "deepcopy")?;
        wrap_bound(py, expect_tensor(x, "deepcopy")?.placed_in(&storage).map_err(raise)?)
    })
}

/// Facts about the build and the machine.
#[pyfunction]
fn build_info(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
    let d = PyDict::new(py);
    for (k, v) in wengert::build_info() {
        d.set_item(k, v)?;
    }
    d.set_item("rustc", env!("WENGERT_RUSTC"))?;
    d.set_item("features", "gil")?;
    Ok(d)
}

/// Sets how many threads kernels may use.
#[pyfunction]
fn set_num_threads(n: &Bound<'_, PyAny>) -> PyResult<()> {
    if !n.is_instance_of::<pyo3::types::PyInt>() {
        let got = type_name(n);
        return Err(PyTypeError::new_err(format!("set_num_threads expects an int, but got {got}")));
    }
    let count = crate::convert::whole(n)?;
    match usize::try_from(count) {
        Ok(count) if count > 0 => {
            wengert_kernels::threads::set_num_threads(count);
            Ok(())
        }
        _ => Err(pyo3::exceptions::PyRuntimeError::new_err(format!(
            "set_num_threads expects a positive integer; got {count}"
        ))),
    }
}

/// How many threads kernels may use.
#[pyfunction]
fn get_num_threads() -> usize {
    wengert_kernels::threads::num_threads()
}

/// Tells the core where this package lies, so that its own frames are passed over when an operation is recorded.
#[pyfunction]
fn _install(py: Python<'_>, package: &str) -> PyResult<()> {
    crate::site::install(package);
    crate::interrupt::install(py)?;
    wengert::tape::sweep::set_interrupt(|| {
        // SAFETY: sweeps run with the GIL held.
        if unsafe { ffi::PyErr_CheckSignals() } != 0 {
            let e = Python::attach(|py| PyErr::take(py).unwrap_or_else(|| PyKeyboardInterrupt::new_err(())));
            return Err(crate::convert::stash(e));
        }
        Ok(())
    });
    Ok(())
}

/// Adds these functions to the module.
pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(_full, m)?)?;
    m.add_function(wrap_pyfunction!(_full_like, m)?)?;
    m.add_function(wrap_pyfunction!(_arange, m)?)?;
    m.add_function(wrap_pyfunction!(_spaced, m)?)?;
    m.add_function(wrap_pyfunction!(_eye, m)?)?;
    m.add_function(wrap_pyfunction!(_cast, m)?)?;
    m.add_function(wrap_pyfunction!(from_numpy, m)?)?;
    m.add_function(wrap_pyfunction!(_make_subclass, m)?)?;
    m.add_function(wrap_pyfunction!(_copy_storage, m)?)?;
    m.add_function(wrap_pyfunction!(_placed_in, m)?)?;
    m.add_function(wrap_pyfunction!(build_info, m)?)?;
    m.add_function(wrap_pyfunction!(set_num_threads, m)?)?;
    m.add_function(wrap_pyfunction!(get_num_threads, m)?)?;
    m.add_function(wrap_pyfunction!(_install, m)?)?;
    Ok(())
}
