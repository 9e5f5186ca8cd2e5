//! The Python face of wengert: the Tensor type, operations, autograd. Thin: what computes is in the core crate.

mod autograd;
mod buffer;
mod callbacks;
mod collect;
mod convert;
mod creation;
mod custom;
mod data;
mod dlpack;
mod dtype;
mod edge;
mod foreign;
mod function;
mod graph;
mod indexing;
mod interrupt;
mod levels;
mod memory;
mod methods;
mod node;
mod numpy;
mod object;
mod older;
mod packing;
mod profile;
mod properties;
mod random;
mod saved;
mod see;
mod site;
mod slots;
mod watch;

use pyo3::prelude::*;

/// The compiled core of wengert.
// Counts in this build are plain: it needs the GIL.
#[pymodule(gil_used = true)]
fn _core(m: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = m.py();
    let tensor = slots::make_type(py)?;
    m.add("Tensor", &tensor)?;
    function::register(m, &tensor)?;
    dtype::register(m)?;
    m.add_class::<numpy::Exported>()?;
    m.add_class::<node::PyNode>()?;
    m.add_class::<saved::SavedTensor>()?;
    m.add_class::<saved::SavedEdge>()?;
    m.add_function(wrap_pyfunction!(custom::_record_function, m)?)?;
    m.add_function(wrap_pyfunction!(custom::_adopt, m)?)?;
    m.add_function(wrap_pyfunction!(custom::_function_needs, m)?)?;
    m.add_function(wrap_pyfunction!(custom::_record_fresh, m)?)?;
    m.add_function(wrap_pyfunction!(saved::_unpack_saved, m)?)?;
    m.add_function(wrap_pyfunction!(saved::_release_saved, m)?)?;
    m.add_function(wrap_pyfunction!(node::_node_class, m)?)?;
    m.add_function(wrap_pyfunction!(function::ops, m)?)?;
    m.add_function(wrap_pyfunction!(data::tensor, m)?)?;
    m.add_function(wrap_pyfunction!(properties::is_tensor, m)?)?;
    collect::register(m)?;
    autograd::register(m)?;
    callbacks::register(m)?;
    interrupt::register(m)?;
    levels::register(m)?;
    memory::register(m)?;
    packing::register(m)?;
    profile::register(m)?;
    see::register(m)?;
    wengert::warning::set_handler(convert::warn);
    creation::register(m)?;
    random::register(m)?;
    dlpack::register(m)?;
    graph::register(m)?;
    // What `from wengert._core import *` brings: operations, dtypes, Tensor, and functions without an underscore.
    let inner = [
        "Exported",
        "Stream",
        "SavedTensor",
        "SavedEdge",
        "Node",
        "Walk",
        "Recording",
        "GraphRecording",
        "Path",
        "ops",
        "build_info",
    ];
    let names: Vec<String> = m.dict().keys().extract()?;
    let public = |n: &String| !n.starts_with('_') && !inner.contains(&n.as_str());
    m.setattr("__all__", names.into_iter().filter(public).collect::<Vec<_>>())?;
    Ok(())
}
