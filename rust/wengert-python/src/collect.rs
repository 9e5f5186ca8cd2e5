//! Foreign objects held by the tape (hooks, custom functions) and how the garbage collector sees them through it.
//! Depends on the core's nodes.

use crate::object::FOREIGN;
use pyo3::ffi;
use pyo3::prelude::*;
use std::any::Any;
use std::collections::HashMap;
use std::os::raw::{c_int, c_void};
use std::sync::Arc;
use wengert::tape::{Edge, Hook, Node};
use wengert::{Result, Tensor};

/// A Python object that the tape holds.
///
/// Let go of by the interpreter's own call: the tape drops it inside type slots, where the bindings do not know that the
/// lock is held and would put it off.
pub struct Foreign(pub std::mem::ManuallyDrop<Py<PyAny>>);

impl Foreign {
    /// Takes it over, and has new tensors tracked while it lives.
    pub fn new(object: Py<PyAny>) -> Foreign {
        FOREIGN.inc();
        Foreign(std::mem::ManuallyDrop::new(object))
    }
}

impl Drop for Foreign {
    fn drop(&mut self) {
        FOREIGN.dec();
        // SAFETY: the wheel's counts change only with the GIL held, and this is the one reference taken in `new`.
        unsafe { ffi::Py_DECREF(self.0.as_ptr()) };
    }
}

/// A tensor hook: a Python callable.
pub struct PyHook(pub Foreign);

impl Hook for PyHook {
    fn call(&self, grad: &Tensor) -> Result<Option<Tensor>> {
        Python::attach(|py| {
            let arg = crate::convert::wrap_bound(py, grad.clone()).map_err(crate::convert::stash)?;
            let out = self.0.0.bind(py).call1((arg,)).map_err(crate::convert::stash)?;
            if out.is_none() {
                return Ok(None);
            }
            match crate::convert::as_tensor(&out) {
                Some(t) => Ok(Some(t.clone())),
                None => Err(wengert::Error::type_(format!(
                    "expected hook to return None or a Tensor; got {}",
                    crate::convert::type_name(&out)
                ))),
            }
        })
    }
    fn foreign(&self) -> Option<&(dyn Any + Send + Sync)> {
        Some(&self.0)
    }
}

/// Visits the foreign objects of those nodes that nothing but `t` keeps alive: a node is owned when all references to
/// it come from here. Looks at no more than a bounded part of a graph.
///
/// # Safety
/// Called by the collector, from tp_traverse.
pub unsafe fn visit_graph(t: &Tensor, visit: ffi::visitproc, arg: *mut c_void) -> c_int {
    const MOST: usize = 100_000;
    let edge = t.edge_ref();
    let Some(root) = edge.node() else { return 0 };
    let mut met: HashMap<*const Node, u32> = HashMap::new();
    let mut stack: Vec<&Node> = Vec::new();
    // A view's group refers to the base's node as well, and a view of a leaf is the leaf's business: those count as
    // other owners, which only means that less is visited.
    met.insert(std::ptr::from_ref(root), 1);
    if root.references() == 1 {
        stack.push(root);
    }
    while let Some(node) = stack.pop() {
        // SAFETY: by the contract.
        let r = unsafe { visit_node(node, visit, arg) };
        if r != 0 {
            return r;
        }
        if met.len() > MOST {
            return 0;
        }
        for input in node.inputs().iter().filter_map(Edge::node) {
            let seen = met.entry(std::ptr::from_ref(input)).or_insert(0);
            *seen += 1;
            if *seen == input.references() {
                stack.push(input);
            }
        }
    }
    0
}

unsafe fn visit_node(node: &Node, visit: ffi::visitproc, arg: *mut c_void) -> c_int {
    let mut objects: Vec<*mut ffi::PyObject> = Vec::new();
    if let Some(payload) = node.payload() {
        // The node's own reference and the one just taken.
        if Arc::strong_count(&payload) == 2
            && let Some(f) = payload.downcast_ref::<Foreign>()
        {
            objects.push(f.0.as_ptr());
        }
    }
    if let Some(hooks) = node.hooks_snapshot() {
        let all = hooks.pre.iter().map(|h| &h.2).chain(hooks.post.iter().map(|h| &h.1));
        for hook in all {
            if let Some(f) = hook.foreign().and_then(|f| f.downcast_ref::<Foreign>()) {
                objects.push(f.0.as_ptr());
            }
        }
    }
    for object in objects {
        // SAFETY: held by the node.
        let r = unsafe { visit(object, arg) };
        if r != 0 {
            return r;
        }
    }
    0
}
