//! `dtype` objects and the functions that reason about them: promotion, what a type can hold, the default.
//! Depends on `convert`.

use crate::convert::{as_tensor, raise, to_scalar, type_name};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyFloat, PyInt};
use wengert::DType;
use wengert::array::{Weight, default_dtype, promote};

/// A dtype, one object for each: `wengert.float32`.
#[pyclass(name = "dtype", module = "wengert", frozen, eq, hash)]
#[derive(PartialEq, Eq, Hash)]
pub struct PyDType {
    /// The element type.
    pub dtype: DType,
}

#[pymethods]
impl PyDType {
    /// PyTorch's name of it.
    fn __repr__(&self) -> String {
        format!("torch.{}", self.dtype.name())
    }
    /// Pickled as the module's attribute, so that it comes back as the same object.
    fn __reduce__(&self) -> &'static str {
        self.dtype.name()
    }
    /// Its bare name.
    #[getter]
    fn name(&self) -> &'static str {
        self.dtype.name()
    }
    /// Bytes per element.
    #[getter]
    fn itemsize(&self) -> usize {
        self.dtype.size()
    }
    /// Whether it is a floating-point type.
    #[getter]
    fn is_floating_point(&self) -> bool {
        self.dtype.is_float()
    }
    /// Whether it is a complex type: never.
    #[getter]
    fn is_complex(&self) -> bool {
        false
    }
    /// Whether it has negative values.
    #[getter]
    fn is_signed(&self) -> bool {
        self.dtype.is_signed()
    }
    /// The real type of a complex one; any other is real already.
    fn to_real<'py>(slf: &Bound<'py, Self>) -> Bound<'py, Self> {
        slf.clone()
    }
}

static DTYPES: PyOnceLock<Vec<Py<PyDType>>> = PyOnceLock::new();

/// The object of a dtype.
pub fn dtype_object(py: Python<'_>, dtype: DType) -> PyResult<Py<PyDType>> {
    let all = DTYPES.get_or_try_init(py, || {
        DType::ALL.into_iter().map(|dtype| Py::new(py, PyDType { dtype })).collect::<PyResult<_>>()
    })?;
    Ok(all[dtype as usize].clone_ref(py))
}

/// A dtype argument: a dtype object, or Python's float, int and bool.
pub fn to_dtype(ob: &Bound<'_, PyAny>) -> Option<DType> {
    if let Ok(d) = ob.cast::<PyDType>() {
        return Some(d.get().dtype);
    }
    let py = ob.py();
    if ob.is(py.get_type::<PyFloat>()) {
        Some(DType::F64)
    } else if ob.is(py.get_type::<PyBool>()) {
        Some(DType::Bool)
    } else if ob.is(py.get_type::<PyInt>()) {
        Some(DType::I64)
    } else {
        None
    }
}

/// A dtype argument that must be one.
fn expect_dtype(ob: &Bound<'_, PyAny>, name: &str, argument: &str) -> PyResult<DType> {
    to_dtype(ob).ok_or_else(|| {
        PyTypeError::new_err(format!("{name}(): argument '{argument}' must be torch.dtype, not {}", type_name(ob)))
    })
}

/// The dtype of an arithmetic operation on two operands, tensors or numbers.
#[pyfunction]
fn result_type(py: Python<'_>, tensor1: &Bound<'_, PyAny>, tensor2: &Bound<'_, PyAny>) -> PyResult<Py<PyDType>> {
    let kind = |ob: &Bound<'_, PyAny>, argument: &str| -> PyResult<(DType, Weight)> {
        if let Some(t) = as_tensor(ob) {
            return Ok((t.dtype(), if t.ndim() == 0 { Weight::ZeroDim } else { Weight::Dims }));
        }
        to_scalar(ob)?.map(|s| (s.dtype(), Weight::Number)).ok_or_else(|| {
            PyTypeError::new_err(format!(
                "result_type(): argument '{argument}' must be Tensor or Number, not {}",
                type_name(ob)
            ))
        })
    };
    dtype_object(py, promote(&[kind(tensor1, "tensor1")?, kind(tensor2, "tensor2")?]))
}

/// The narrowest dtype that values of both types can be cast to.
#[pyfunction]
fn promote_types(py: Python<'_>, type1: &Bound<'_, PyAny>, type2: &Bound<'_, PyAny>) -> PyResult<Py<PyDType>> {
    let (a, b) = (expect_dtype(type1, "promote_types", "type1")?, expect_dtype(type2, "promote_types", "type2")?);
    dtype_object(py, wengert::array::promote_types(a, b))
}

/// Whether a value of one dtype may be written into another: not float into integer, not integer into bool.
#[pyfunction]
fn can_cast(from_: &Bound<'_, PyAny>, to: &Bound<'_, PyAny>) -> PyResult<bool> {
    Ok(expect_dtype(from_, "can_cast", "from_")?.can_cast(expect_dtype(to, "can_cast", "to")?))
}

/// The default dtype.
#[pyfunction]
fn get_default_dtype(py: Python<'_>) -> PyResult<Py<PyDType>> {
    dtype_object(py, default_dtype())
}

/// Sets the default dtype: float32 or float64.
#[pyfunction]
fn set_default_dtype(d: &Bound<'_, PyAny>) -> PyResult<()> {
    let dtype = to_dtype(d).ok_or_else(|| {
        PyTypeError::new_err(format!(
            "invalid dtype object: only floating-point types are supported as the default type; got {}",
            type_name(d)
        ))
    })?;
    wengert::array::set_default_dtype(dtype).map_err(raise)
}

/// Adds these functions to the module.
pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<PyDType>()?;
    for dtype in DType::ALL {
        m.add(dtype.name(), dtype_object(m.py(), dtype)?)?;
    }
    m.add_function(wrap_pyfunction!(result_type, m)?)?;
    m.add_function(wrap_pyfunction!(promote_types, m)?)?;
    m.add_function(wrap_pyfunction!(can_cast, m)?)?;
    m.add_function(wrap_pyfunction!(get_default_dtype, m)?)?;
    m.add_function(wrap_pyfunction!(set_default_dtype, m)?)?;
    Ok(())
}
