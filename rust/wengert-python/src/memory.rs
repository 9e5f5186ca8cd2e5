//! What the buffer cache holds, and how it is told to hold less. Depends on the kernels' memory.

use pyo3::prelude::*;
use pyo3::types::PyDict;
use wengert_kernels::memory;

/// Bytes and numbers of the cache.
#[pyfunction]
fn _memory_stats(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
    let s = memory::stats();
    let d = PyDict::new(py);
    let rows = [
        ("live", s.live),
        ("peak", s.peak),
        ("cached", s.cached),
        ("limit", s.limit),
        ("small", s.small),
        ("hits", s.hits),
        ("misses", s.misses),
        ("returned", s.returned),
    ];
    for (name, value) in rows {
        d.set_item(name, value)?;
    }
    Ok(d)
}

/// Returns all kept memory to the system.
#[pyfunction]
fn _empty_cache() {
    memory::empty_cache();
}

/// Returns what lay unused since the last look.
#[pyfunction]
fn _return_idle() {
    memory::return_idle();
}

/// Bounds the memory kept.
#[pyfunction]
fn _set_cache_limit(bytes: usize) {
    memory::set_cache_limit(bytes);
}

/// What is live now becomes the peak.
#[pyfunction]
fn _reset_peak_memory_stats() {
    memory::reset_peak();
}

pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(_memory_stats, m)?)?;
    m.add_function(wrap_pyfunction!(_empty_cache, m)?)?;
    m.add_function(wrap_pyfunction!(_return_idle, m)?)?;
    m.add_function(wrap_pyfunction!(_set_cache_limit, m)?)?;
    m.add_function(wrap_pyfunction!(_reset_peak_memory_stats, m)?)
}
