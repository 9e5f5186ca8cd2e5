//! Levels of transforms for Python: duals, batches, what func.grad tracks. Depends on the core.

use crate::convert::{expect_tensor, raise, wrap_bound};
use crate::interrupt::leavable;
use pyo3::prelude::*;
use pyo3::types::PyAny;
use wengert::transform::{self, LevelKind};

/// Starts a transform: a map over `size`, or forward mode where it is None. What an open one has wrapped outlives it.
#[pyfunction]
#[pyo3(signature = (size=None, open=false))]
fn _enter_level(size: Option<usize>, open: bool) -> u64 {
    if open { transform::enter_open() } else { transform::enter(size.map_or(LevelKind::Dual, LevelKind::Batch)) }
}

/// Says of the innermost map that it maps over directions: values are the same for all examples.
#[pyfunction]
fn _mark_same() {
    transform::mark_same();
}

/// Whether a tensor is a batch of the map at a level.
#[pyfunction]
fn _is_batched(x: &Bound<'_, PyAny>, level: u64) -> PyResult<bool> {
    let t = expect_tensor(x, "vmap")?;
    Ok(transform::unpack_batched(&t, level).map_err(raise)?.is_some())
}

/// The highest level of a tensor's wrappings with that level's kind (whether it is a map): None for a plain tensor.
#[pyfunction]
fn _outermost_level(x: &Bound<'_, PyAny>) -> PyResult<Option<(u64, bool)>> {
    transform::outermost(&expect_tensor(x, "Function")?).map_err(raise)
}

/// A tensor without wrappings of levels that have ended.
#[pyfunction]
fn _settled<'py>(py: Python<'py>, x: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    leavable(|| {
        let t = expect_tensor(x, "unpack_dual")?;
        if t.is_lifted() { wrap_bound(py, transform::settle(&t).map_err(raise)?) } else { Ok(x.clone()) }
    })
}

/// Ends a transform.
#[pyfunction]
fn _leave_level(level: u64) {
    transform::leave(level);
}

/// A dual number.
#[pyfunction]
fn _make_dual<'py>(
    py: Python<'py>,
    primal: &Bound<'py, PyAny>,
    tangent: &Bound<'py, PyAny>,
    level: u64,
) -> PyResult<Bound<'py, PyAny>> {
    leavable(|| {
        let (p, t) = (expect_tensor(primal, "jvp")?, expect_tensor(tangent, "jvp")?);
        wrap_bound(py, transform::make_dual(&p, &t, level).map_err(raise)?)
    })
}

/// Primal and tangent (None where there is none).
#[pyfunction]
fn _unpack_dual<'py>(
    py: Python<'py>,
    dual: &Bound<'py, PyAny>,
    level: u64,
) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
    leavable(|| {
        let d = expect_tensor(dual, "jvp")?;
        let (primal, tangent) = transform::unpack_dual(&d, level).map_err(raise)?;
        let tangent = tangent.map_or_else(|| Ok(py.None().into_bound(py)), |t| wrap_bound(py, t))?;
        Ok((wrap_bound(py, primal)?, tangent))
    })
}

/// A batch mapped over dimension `dim`.
#[pyfunction]
fn _make_batched<'py>(py: Python<'py>, value: &Bound<'py, PyAny>, dim: i64, level: u64) -> PyResult<Bound<'py, PyAny>> {
    leavable(|| {
        let v = expect_tensor(value, "vmap")?;
        let d = wengert::array::layout::wrap_dim("vmap", dim, v.ndim()).map_err(raise)?;
        if v.ndim() == 0 {
            return Err(pyo3::exceptions::PyValueError::new_err("vmap: cannot map over a dimension of a 0-d tensor"));
        }
        let front = transform::to_front(&(v, Some(d))).map_err(raise)?;
        wrap_bound(py, transform::make_batched(&front, level))
    })
}

/// The batch behind a tensor, mapped dimension at `dim`.
#[pyfunction]
fn _unpack_batched<'py>(
    py: Python<'py>,
    value: &Bound<'py, PyAny>,
    dim: i64,
    size: usize,
    level: u64,
) -> PyResult<Bound<'py, PyAny>> {
    leavable(|| {
        let v = expect_tensor(value, "vmap")?;
        let batch = match transform::unpack_batched(&v, level).map_err(raise)? {
            Some(b) => b,
            None => transform::spread(&(v, None), size).map_err(raise)?,
        };
        let d = wengert::array::layout::wrap_dim("vmap", dim, batch.ndim()).map_err(raise)?;
        if d == 0 {
            return wrap_bound(py, batch);
        }
        let mut order: Vec<i64> = (1..batch.ndim() as i64).collect();
        order.insert(d, 0);
        wrap_bound(py, wengert::ops::view::permute(&batch, &order).map_err(raise)?)
    })
}

/// A fresh alias to differentiate with respect to.
#[pyfunction]
fn _track<'py>(py: Python<'py>, x: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let t = expect_tensor(x, "grad")?;
    wrap_bound(py, transform::track(&t).map_err(raise)?)
}

/// Zeros of the same shape and dtype, whatever wraps the tensor.
#[pyfunction]
fn _zeros_like<'py>(py: Python<'py>, x: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    leavable(|| {
        let t = expect_tensor(x, "zeros_like")?;
        wrap_bound(py, wengert::ops::write::zeros_like(&t).map_err(raise)?)
    })
}

/// A result of a function that was differentiated, off the tape where only the tracked inputs had put it there.
#[pyfunction]
fn _untrack<'py>(
    py: Python<'py>,
    x: &Bound<'py, PyAny>,
    tracked: Vec<Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    leavable(|| {
        let t = expect_tensor(x, "grad")?;
        let inputs = tracked.iter().map(|i| expect_tensor(i, "grad")).collect::<PyResult<Vec<_>>>()?;
        wrap_bound(py, transform::untrack(&t, &inputs))
    })
}

/// Adds these functions to the module.
pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(_enter_level, m)?)?;
    m.add_function(wrap_pyfunction!(_leave_level, m)?)?;
    m.add_function(wrap_pyfunction!(_mark_same, m)?)?;
    m.add_function(wrap_pyfunction!(_is_batched, m)?)?;
    m.add_function(wrap_pyfunction!(_outermost_level, m)?)?;
    m.add_function(wrap_pyfunction!(_settled, m)?)?;
    m.add_function(wrap_pyfunction!(_make_dual, m)?)?;
    m.add_function(wrap_pyfunction!(_unpack_dual, m)?)?;
    m.add_function(wrap_pyfunction!(_make_batched, m)?)?;
    m.add_function(wrap_pyfunction!(_unpack_batched, m)?)?;
    m.add_function(wrap_pyfunction!(_track, m)?)?;
    m.add_function(wrap_pyfunction!(_untrack, m)?)?;
    m.add_function(wrap_pyfunction!(_zeros_like, m)?)?;
    Ok(())
}
