//! Whether a sweep would run code of the user's. Depends on the core.

use crate::convert::expect_tensor;
use pyo3::prelude::*;
use std::collections::HashSet;
use wengert::tape::{Edge, Node};

/// Whether a sweep from `y` runs code of the user's: hooks, or the rules of a Function.
#[pyfunction]
fn _calls_back(y: &Bound<'_, PyAny>) -> PyResult<bool> {
    let y = expect_tensor(y, "backward")?;
    let mut left: Vec<&Node> = y.node().into_iter().collect();
    let mut seen: HashSet<*const Node> = left.iter().map(|n| std::ptr::from_ref(*n)).collect();
    while let Some(node) = left.pop() {
        if node.calls_back() {
            return Ok(true);
        }
        left.extend(node.inputs().iter().filter_map(Edge::node).filter(|n| seen.insert(std::ptr::from_ref(*n))));
    }
    Ok(false)
}

pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(_calls_back, m)?)
}
