//! `_Edge`: an edge of the tape as a Python object of its own, so that the collector sees through whatever holds it
//! (nodes, saved tensors). Depends on `collect` and the C API.

use crate::collect;
use crate::function::slot;
use crate::watch::FOREIGN;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use std::os::raw::{c_int, c_void};
use std::ptr::{addr_of_mut, null_mut};
use wengert::tape::Edge;
use wengert::trace;

#[repr(C)]
struct EdgeObject {
    ob_base: ffi::PyObject,
    edge: Edge,
}

static TYPE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();

/// A Python object that holds an edge.
pub struct PyEdge(Py<PyAny>);

impl PyEdge {
    pub fn new(py: Python<'_>, edge: Edge) -> PyResult<PyEdge> {
        let class = TYPE.get_or_try_init(py, || make_type(py))?;
        // SAFETY: the GIL is held; the memory is zeroed but for the header, and an edge is written before anybody looks.
        unsafe {
            let class = class.as_ptr().cast::<ffi::PyTypeObject>();
            let Some(alloc) = (*class).tp_alloc else {
                return Err(pyo3::exceptions::PySystemError::new_err("the type _Edge cannot be allocated"));
            };
            // A collection during the call sees zeros, which are an edge that leads nowhere.
            let object = Bound::from_owned_ptr_or_err(py, alloc(class, 0))?;
            addr_of_mut!((*object.as_ptr().cast::<EdgeObject>()).edge).write(edge);
            Ok(PyEdge(object.unbind()))
        }
    }

    /// The edge; none once the collector has cleared it.
    pub fn edge(&self) -> &Edge {
        // SAFETY: of this type, and alive as long as `self`.
        unsafe { &(*self.0.as_ptr().cast::<EdgeObject>()).edge }
    }

    /// The object, for traverse functions.
    pub fn object(&self) -> &Py<PyAny> {
        &self.0
    }
}

unsafe extern "C" fn dealloc(op: *mut ffi::PyObject) {
    // SAFETY: called by the interpreter on the last reference.
    unsafe {
        ffi::PyObject_GC_UnTrack(op.cast());
        std::ptr::drop_in_place(addr_of_mut!((*op.cast::<EdgeObject>()).edge));
        let t = ffi::Py_TYPE(op);
        if let Some(free) = (*t).tp_free {
            free(op.cast());
        }
        ffi::Py_DECREF(t.cast());
    }
}

unsafe extern "C" fn traverse(op: *mut ffi::PyObject, visit: ffi::visitproc, arg: *mut c_void) -> c_int {
    // SAFETY: called by the collector.
    unsafe {
        let r = visit(ffi::Py_TYPE(op).cast(), arg);
        if r != 0 || !FOREIGN.shows() {
            return r;
        }
        let edge = &(*op.cast::<EdgeObject>()).edge;
        collect::visit(op, &|each| trace::of_edge(edge, each), visit, arg)
    }
}

unsafe extern "C" fn clear(op: *mut ffi::PyObject) -> c_int {
    // SAFETY: called by the collector: the object is garbage, and nobody looks at its inside.
    unsafe {
        let old = std::mem::take(&mut (*op.cast::<EdgeObject>()).edge);
        drop(old);
    }
    0
}

fn make_type(py: Python<'_>) -> PyResult<Py<PyAny>> {
    let mut slots = [
        slot(ffi::Py_tp_dealloc, dealloc as *mut c_void),
        slot(ffi::Py_tp_traverse, traverse as *mut c_void),
        slot(ffi::Py_tp_clear, clear as *mut c_void),
        slot(0, null_mut()),
    ];
    let flags = ffi::Py_TPFLAGS_DEFAULT | ffi::Py_TPFLAGS_HAVE_GC | ffi::Py_TPFLAGS_DISALLOW_INSTANTIATION;
    let mut spec = ffi::PyType_Spec {
        name: c"wengert._core._Edge".as_ptr(),
        basicsize: std::mem::size_of::<EdgeObject>() as c_int,
        itemsize: 0,
        flags: flags as u32,
        slots: slots.as_mut_ptr(),
    };
    // SAFETY: the interpreter copies what it keeps of the spec; the name is static.
    unsafe { Ok(Bound::from_owned_ptr_or_err(py, ffi::PyType_FromSpec(&raw mut spec))?.unbind()) }
}
