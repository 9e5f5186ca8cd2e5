//! `tensor(data)`: numbers, nested sequences, arrays and tensors as new tensors; and `tolist`, the way back.
//! Depends on `convert` and `numpy`.

use crate::convert::{fresh_tensor, is_ndarray, raise, scalar_object, to_scalar, type_name};
use crate::interrupt::leavable;
use pyo3::exceptions::{PyMemoryError, PyOverflowError, PyRuntimeError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyRange, PyTuple};
use wengert::array::{default_dtype, promote_types};
use wengert::watch::{self, What};
use wengert::{DType, Scalar, Tensor, ops, with_dtype};

/// Deepest nesting taken; what contains itself is deeper.
const DEEPEST: usize = 64;

/// A new tensor with its own copy of the data.
pub fn tensor_from(ob: &Bound<'_, PyAny>, dtype: Option<DType>) -> PyResult<Tensor> {
    let float = dtype.unwrap_or_else(default_dtype);
    if float.is_float()
        && let Some(values) = crate::numpy::floats(ob)
    {
        return from_floats(&values, &[values.len()], float);
    }
    if let Some(t) = fresh_tensor(ob)? {
        let t = t.detach();
        let t = match dtype {
            Some(d) if d != t.dtype() => ops::cast(&t, d),
            _ => ops::clone(&t),
        };
        return t.map_err(raise);
    }
    if let Some((s, huge)) = number(ob)? {
        let dtype = match dtype {
            Some(d) => d,
            None if huge => DType::I64,
            None => dtype_of_number(ob, s)?,
        };
        fits_if(huge, dtype)?;
        return build(&[s], &[], dtype);
    }
    if is_ndarray(ob) {
        // A copy without negative strides.
        let t = crate::numpy::from_numpy(&ob.py().import("numpy")?.getattr("array")?.call1((ob,))?)?;
        let t = match dtype {
            Some(d) if d != t.dtype() => ops::cast(&t, d),
            _ => ops::clone(&t),
        };
        return t.map_err(raise);
    }
    nested(ob, dtype)
}

/// A number, and whether it is whole and beyond 64 bits: then it can become a float, but no integer.
fn number(ob: &Bound<'_, PyAny>) -> PyResult<Option<(Scalar, bool)>> {
    match to_scalar(ob) {
        Err(e) if e.is_instance_of::<PyOverflowError>(ob.py()) && ob.is_instance_of::<pyo3::types::PyInt>() => {
            Ok(Some((Scalar::Float(ob.extract()?), true)))
        }
        found => Ok(found?.map(|s| (s, false))),
    }
}

fn fits_if(huge: bool, dtype: DType) -> PyResult<()> {
    if huge && !dtype.is_float() {
        return Err(PyValueError::new_err(format!(
            "Overflow when unpacking long long: got an integer beyond 64 bits, wanted a value that {} can hold; try dtype=float64",
            dtype.name()
        )));
    }
    Ok(())
}

/// The dtype that a number is taken for: a NumPy scalar states one, Python's have that of their kind.
fn dtype_of_number(ob: &Bound<'_, PyAny>, s: Scalar) -> PyResult<DType> {
    let plain = ob.is_exact_instance_of::<pyo3::types::PyFloat>()
        || ob.is_exact_instance_of::<pyo3::types::PyInt>()
        || ob.is_exact_instance_of::<pyo3::types::PyBool>();
    let stated = if plain || !ob.hasattr("__array_interface__")? { None } else { crate::numpy::numpy_dtype(ob)? };
    Ok(stated.unwrap_or(match s {
        Scalar::Float(_) => default_dtype(),
        other => other.dtype(),
    }))
}

/// Values as a tensor of a floating-point dtype.
fn from_floats(values: &[f64], shape: &[usize], dtype: DType) -> PyResult<Tensor> {
    match dtype {
        DType::F32 => {
            let narrow: smallvec::SmallVec<[f32; 16]> = values.iter().map(|&v| v as f32).collect();
            Tensor::literal(&narrow, shape)
        }
        other => Tensor::literal(values, shape).and_then(|t| ops::cast(&t, other)),
    }
    .map_err(raise)
}

/// What a nested sequence holds, flattened.
#[derive(Default)]
struct Flat {
    values: Vec<Scalar>,
    /// What their dtypes promote to.
    dtype: Option<DType>,
    /// Whether there is a whole number beyond 64 bits.
    huge: bool,
}

fn is_sequence(ob: &Bound<'_, PyAny>) -> bool {
    ob.is_instance_of::<PyList>() || ob.is_instance_of::<PyTuple>() || ob.is_instance_of::<PyRange>()
}

fn items<'py>(ob: &Bound<'py, PyAny>) -> PyResult<Vec<Bound<'py, PyAny>>> {
    let mut out = Vec::new();
    out.try_reserve_exact(ob.len()?).map_err(|_| no_memory())?;
    for item in ob.try_iter()? {
        out.try_reserve(1).map_err(|_| no_memory())?;
        out.push(item?);
    }
    Ok(out)
}

fn no_memory() -> PyErr {
    PyMemoryError::new_err("tensor(): not enough memory for the data; try an array, or fewer elements")
}

fn nested(ob: &Bound<'_, PyAny>, dtype: Option<DType>) -> PyResult<Tensor> {
    if ob.is_instance_of::<pyo3::types::PyRange>() {
        return nested(PyList::new(ob.py(), items(ob)?)?.as_any(), dtype);
    }
    if !is_sequence(ob) && !ob.hasattr("__array__")? {
        return Err(not_inferred(ob));
    }
    if !is_sequence(ob) {
        let array = ob.py().import("numpy")?.getattr("asarray")?.call1((ob,))?;
        return tensor_from(&array, dtype);
    }
    let mut shape = Vec::new();
    let mut at = ob.clone();
    while is_sequence(&at) || shape_of_tensor(&at)?.is_some_and(|s| !s.is_empty()) {
        if shape.len() == DEEPEST {
            return Err(PyValueError::new_err(format!(
                "too many dimensions in nested sequence: more than {DEEPEST}; does the sequence contain itself?"
            )));
        }
        let n = at.len()?;
        shape.push(n);
        if n == 0 {
            break;
        }
        at = at.get_item(0)?;
    }
    let mut flat = Flat::default();
    flatten(ob, &shape, 0, &mut flat)?;
    let dtype = dtype.or(flat.dtype).unwrap_or_else(default_dtype);
    fits_if(flat.huge, dtype)?;
    build(&flat.values, &shape, dtype)
}

/// What is said of an object that is no number, and not made of numbers.
fn not_inferred(ob: &Bound<'_, PyAny>) -> PyErr {
    if ob.is_instance_of::<pyo3::types::PyString>() || ob.is_instance_of::<pyo3::types::PyBytes>() {
        return PyTypeError::new_err(format!(
            "new(): invalid data type '{}'; wanted numbers or sequences of numbers",
            type_name(ob)
        ));
    }
    PyRuntimeError::new_err(format!(
        "Could not infer dtype of {}; wanted numbers, (nested) sequences of numbers, an array or a Tensor",
        type_name(ob)
    ))
}

fn shape_of_tensor(ob: &Bound<'_, PyAny>) -> PyResult<Option<Vec<usize>>> {
    Ok(match crate::convert::as_tensor(ob) {
        Some(t) => Some(t.shape().to_vec()),
        None if is_ndarray(ob) => Some(ob.getattr("shape")?.extract()?),
        None => None,
    })
}

fn flatten(ob: &Bound<'_, PyAny>, shape: &[usize], depth: usize, flat: &mut Flat) -> PyResult<()> {
    if depth == shape.len() {
        let (scalar, huge) = match number(ob)? {
            Some(found) => found,
            None => match crate::convert::as_tensor(ob) {
                Some(t) if t.numel() == 1 => (t.item().map_err(raise)?, false),
                _ if is_sequence(ob) => return Err(ragged(ob, 0, depth)),
                _ if is_ndarray(ob) => {
                    let item = ob.call_method0("item")?;
                    number(&item)?.ok_or_else(|| PyTypeError::new_err(format!("can't convert {}", type_name(&item))))?
                }
                _ if ob.is_instance_of::<pyo3::types::PyString>() => {
                    return Err(PyValueError::new_err(
                        "too many dimensions 'str': got text among the data; wanted numbers or sequences of numbers",
                    ));
                }
                _ => return Err(not_inferred(ob)),
            },
        };
        flat.huge |= huge;
        let own = match crate::convert::as_tensor(ob) {
            Some(t) => t.dtype(),
            None if is_ndarray(ob) => crate::numpy::numpy_dtype(ob)?.map_or_else(|| dtype_of_number(ob, scalar), Ok)?,
            None if huge => DType::I64,
            None => dtype_of_number(ob, scalar)?,
        };
        flat.dtype = Some(flat.dtype.map_or(own, |d| promote_types(d, own)));
        flat.values.try_reserve(1).map_err(|_| no_memory())?;
        flat.values.push(scalar);
        return Ok(());
    }
    if !is_sequence(ob) && shape_of_tensor(ob)?.is_none() {
        return Err(ragged(ob, shape[depth], depth));
    }
    let parts = items(ob)?;
    if parts.len() != shape[depth] {
        return Err(ragged(ob, shape[depth], depth));
    }
    for part in &parts {
        flatten(part, shape, depth + 1, flat)?;
    }
    Ok(())
}

fn ragged(ob: &Bound<'_, PyAny>, wanted: usize, depth: usize) -> PyErr {
    let got = ob.len().map_or_else(|_| format!("a {}", type_name(ob)), |n| format!("length {n}"));
    PyValueError::new_err(format!(
        "expected sequence of length {wanted} at dim {depth} (got {got}); rows of a tensor must have equal lengths"
    ))
}

fn build(values: &[Scalar], shape: &[usize], dtype: DType) -> PyResult<Tensor> {
    // Floats become infinite, integers are refused.
    if !dtype.is_float()
        && let Some(v) = values.iter().find(|v| !v.fits(dtype))
    {
        return Err(PyRuntimeError::new_err(format!(
            "value cannot be converted to type {} without overflow; got {}; try a wider dtype",
            dtype.name(),
            v.text()
        )));
    }
    with_dtype!(dtype, T => {
        let mut v: smallvec::SmallVec<[T; 16]> = smallvec::SmallVec::new();
        v.try_reserve_exact(values.len()).map_err(|_| no_memory())?;
        v.extend(values.iter().map(|&s| <T as wengert::array::Element>::from_scalar(s)));
        Tensor::literal(&v, shape).map_err(raise)
    })
}

/// Nested lists of numbers; a number for a 0-d tensor.
pub fn tolist<'py>(py: Python<'py>, t: &Tensor) -> PyResult<Bound<'py, PyAny>> {
    t.no_transform("tolist()").map_err(raise)?;
    if t.ndim() == 0 {
        if watch::any() {
            watch::show(What::Left("tolist"), &[t], None);
        }
        return scalar_object(py, t.item().map_err(raise)?);
    }
    let flat = wengert::tap::looked_at(t, || crate::numpy::to_numpy(py, t))?;
    flat.call_method0("tolist")
}

/// `tensor(data, dtype=None, requires_grad=False)`: a new tensor with its own copy of the data.
#[pyfunction]
#[pyo3(signature = (data, *, dtype=None, device=None, requires_grad=false, pin_memory=false))]
pub fn tensor<'py>(
    py: Python<'py>,
    data: &Bound<'py, PyAny>,
    dtype: Option<&Bound<'py, PyAny>>,
    device: Option<&Bound<'py, PyAny>>,
    requires_grad: bool,
    pin_memory: bool,
) -> PyResult<Bound<'py, PyAny>> {
    leavable(|| {
        let _ = (device, pin_memory);
        let dtype = crate::properties::dtype_argument(dtype, "tensor()")?;
        let mut t = tensor_from(data, dtype)?;
        if watch::any() {
            watch::show(What::Made("tensor"), &[], Some(&t));
        }
        if requires_grad {
            t.set_requires_grad(true).map_err(raise)?;
        }
        crate::convert::wrap_leaf(py, t)
    })
}
