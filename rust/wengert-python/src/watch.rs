//! What the collector has to know of: how many Python objects the tape holds, and tensors not tracked yet.
//! Depends on the C API.
//!
//! A tensor is tracked late, because tracking costs more than an operation does. While the tape holds a Python object, new
//! tensors are tracked. Those made before are found at the next full collection, by a look at what every tracked object
//! refers to: what is in a cycle is referred to by something.

use crate::object::{is_tensor, track};
use pyo3::ffi;
use pyo3::prelude::*;
use std::cell::Cell;
use std::os::raw::{c_int, c_void};

/// How many Python objects the tape holds: while there are any, new tensors are tracked.
pub struct Watch {
    count: Cell<usize>,
    /// There may be tensors that are not tracked.
    late: Cell<bool>,
    looking: Cell<bool>,
}
// SAFETY: changed only with the GIL held.
unsafe impl Sync for Watch {}
pub static FOREIGN: Watch = Watch { count: Cell::new(0), late: Cell::new(false), looking: Cell::new(false) };

impl Watch {
    /// One more.
    pub fn inc(&self) {
        if self.count.replace(self.count.get() + 1) == 0 {
            self.late.set(true);
        }
    }
    /// One fewer.
    pub fn dec(&self) {
        self.count.set(self.count.get().saturating_sub(1));
    }
    /// Whether there are any.
    #[inline(always)]
    pub fn any(&self) -> bool {
        self.count.get() != 0
    }
    /// Whether tensors are to show what the tape holds for them.
    pub fn shows(&self) -> bool {
        self.any() && !self.looking.get()
    }

    /// Has the collector look at all tensors that something tracked refers to.
    pub fn track_all(&self, py: Python<'_>) -> PyResult<()> {
        if !self.any() || !self.late.get() {
            return Ok(());
        }
        let all = py.import("gc")?.getattr("get_objects")?.call0()?;
        self.looking.set(true);
        // SAFETY: a list of live objects that the collector tracks, so that each has a traverse function; the visitor
        // runs no Python code.
        unsafe {
            for i in 0..ffi::PyList_Size(all.as_ptr()) {
                let object = ffi::PyList_GetItem(all.as_ptr(), i);
                if let Some(traverse) = (*ffi::Py_TYPE(object)).tp_traverse {
                    traverse(object, track_tensor, std::ptr::null_mut());
                }
            }
        }
        self.looking.set(false);
        self.late.set(false);
        Ok(())
    }
}

extern "C" fn track_tensor(object: *mut ffi::PyObject, _: *mut c_void) -> c_int {
    // SAFETY: shown by a traverse function: live; the GIL is held.
    unsafe {
        if is_tensor(object) {
            track(object);
        }
    }
    0
}
