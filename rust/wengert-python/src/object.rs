//! The Python object of a tensor: its memory, life and garbage collection. Depends on the core and the C API.
//!
//! The type is made from raw slots, because an operation on one element costs less than the usual wrapper does. An
//! object is allocated with a collector's header but tracked only once it can be part of a cycle: when it has user
//! attributes, a cached `.grad`, or when hooks or custom functions are about.

use crate::foreign::{Foreign, Left};
use crate::watch::FOREIGN;
use pyo3::ffi;
use pyo3::prelude::*;
use std::cell::{Cell, UnsafeCell};
use std::os::raw::{c_int, c_void};
use std::ptr::{addr_of_mut, null_mut};
use wengert::{Tensor, trace};

/// A tensor as Python sees it.
#[repr(C)]
pub struct TensorObject {
    ob_base: ffi::PyObject,
    pub dict: *mut ffi::PyObject,
    pub weakrefs: *mut ffi::PyObject,
    /// The Python object last given out for `.grad`, so that `w.grad is w.grad`.
    pub grad: *mut ffi::PyObject,
    pub tensor: Tensor,
}

/// Freed objects of the exact type, ready for reuse.
struct FreeList {
    objects: UnsafeCell<[*mut TensorObject; FREE_MAX]>,
    len: Cell<usize>,
}
const FREE_MAX: usize = 256;
// SAFETY: reached only with the GIL held.
unsafe impl Sync for FreeList {}
static FREE: FreeList = FreeList { objects: UnsafeCell::new([null_mut(); FREE_MAX]), len: Cell::new(0) };

struct TypeSlot(Cell<*mut ffi::PyTypeObject>);
// SAFETY: set once at import; the GIL is held.
unsafe impl Sync for TypeSlot {}
static TYPE: TypeSlot = TypeSlot(Cell::new(null_mut()));

/// The type `wengert.Tensor`.
#[inline(always)]
pub fn tensor_type() -> *mut ffi::PyTypeObject {
    TYPE.0.get()
}

/// Remembers the type made at import.
pub fn set_tensor_type(t: *mut ffi::PyTypeObject) {
    TYPE.0.set(t);
}

/// Whether `op` is exactly a Tensor.
///
/// # Safety
/// `op` is a live object.
#[inline(always)]
pub unsafe fn is_exact(op: *mut ffi::PyObject) -> bool {
    // SAFETY: by the contract.
    unsafe { ffi::Py_TYPE(op) == tensor_type() }
}

/// Whether `op` is a Tensor or of a subclass.
///
/// # Safety
/// `op` is a live object.
#[inline(always)]
pub unsafe fn is_tensor(op: *mut ffi::PyObject) -> bool {
    // SAFETY: by the contract.
    unsafe { is_exact(op) || ffi::PyType_IsSubtype(ffi::Py_TYPE(op), tensor_type()) != 0 }
}

/// The tensor inside an object.
///
/// # Safety
/// `op` is a live Tensor.
#[inline(always)]
pub unsafe fn tensor_of<'a>(op: *mut ffi::PyObject) -> &'a Tensor {
    // SAFETY: by the contract.
    unsafe { &(*op.cast::<TensorObject>()).tensor }
}

/// The tensor inside an object, to change.
///
/// # Safety
/// `op` is a live Tensor, and nothing else refers to its inside now.
#[inline(always)]
pub unsafe fn tensor_mut<'a>(op: *mut ffi::PyObject) -> &'a mut Tensor {
    // SAFETY: by the contract.
    unsafe { &mut (*op.cast::<TensorObject>()).tensor }
}

/// A new Python object for a tensor; null with MemoryError set when there is no memory.
///
/// # Safety
/// The GIL is held.
#[inline(always)]
pub unsafe fn wrap(tensor: Tensor) -> *mut ffi::PyObject {
    // SAFETY: the GIL is held; list entries are allocations of this type with a collector's header, untracked.
    unsafe {
        let len = FREE.len.get();
        let op = if len > 0 {
            FREE.len.set(len - 1);
            let op = (*FREE.objects.get())[len - 1];
            ffi::PyObject_Init(op.cast(), tensor_type());
            op
        } else {
            let op = new_object(tensor_type());
            if op.is_null() {
                return null_mut();
            }
            op
        };
        addr_of_mut!((*op).dict).write(null_mut());
        addr_of_mut!((*op).weakrefs).write(null_mut());
        addr_of_mut!((*op).grad).write(null_mut());
        addr_of_mut!((*op).tensor).write(tensor);
        if FOREIGN.any() {
            ffi::PyObject_GC_Track(op.cast());
        }
        op.cast()
    }
}

unsafe extern "C" {
    fn _PyObject_GC_New(t: *mut ffi::PyTypeObject) -> *mut ffi::PyObject;
}

#[cold]
unsafe fn new_object(t: *mut ffi::PyTypeObject) -> *mut TensorObject {
    // SAFETY: the GIL is held; the type has a collector's header.
    unsafe { _PyObject_GC_New(t).cast() }
}

/// A new object of a subclass.
///
/// # Safety
/// The GIL is held; `t` is Tensor or a subclass of it.
pub unsafe fn wrap_as(t: *mut ffi::PyTypeObject, tensor: Tensor) -> *mut ffi::PyObject {
    if t == tensor_type() {
        // SAFETY: the GIL is held.
        return unsafe { wrap(tensor) };
    }
    // SAFETY: by the contract; tp_alloc zeroes the memory, so only the tensor is to be written.
    unsafe {
        let Some(alloc) = (*t).tp_alloc else { return null_mut() };
        let op = alloc(t, 0).cast::<TensorObject>();
        if op.is_null() {
            return null_mut();
        }
        addr_of_mut!((*op).tensor).write(tensor);
        op.cast()
    }
}

/// Lets a leaf's gradient cell know the object that it belongs to.
///
/// # Safety
/// `op` is a live Tensor; the GIL is held.
pub unsafe fn own_leaf(op: *mut ffi::PyObject) {
    // SAFETY: by the contract.
    if let Some(cell) = unsafe { tensor_of(op) }.cell_if_any() {
        cell.set_owner((op as *mut u8).expose_provenance());
    }
}

/// The object goes, or is cleared: a leaf that a graph keeps keeps its class and attributes.
///
/// # Safety
/// `op` is a Tensor that nobody will look at any more; the GIL is held.
unsafe fn part_from_leaf(op: *mut ffi::PyObject) {
    // SAFETY: by the contract.
    unsafe {
        let o = op.cast::<TensorObject>();
        let Some(cell) = (*o).tensor.cell_if_any().filter(|cell| cell.owner() == op as usize) else { return };
        cell.set_owner(0);
        let class = ffi::Py_TYPE(op);
        let plain = (*o).dict.is_null() && class == tensor_type();
        if !plain && (*o).tensor.node().is_some_and(|n| n.is_leaf() && n.references() > 1) {
            let py = Python::assume_attached();
            let dict = std::mem::replace(&mut (*o).dict, null_mut());
            let dict = Bound::from_owned_ptr_or_opt(py, dict).map(|d| Foreign::new(d.unbind()));
            let class = Foreign::new(Bound::from_borrowed_ptr(py, class.cast()).unbind());
            cell.leave(Box::new(Left { class, dict }));
        }
    }
}

/// A new object for a leaf whose own is gone, with the class and attributes that this one had.
///
/// # Safety
/// The GIL is held.
pub unsafe fn wrap_leaf(leaf: Tensor) -> *mut ffi::PyObject {
    let left = leaf.cell_if_any().and_then(|cell| cell.take_left()).and_then(|l| l.downcast::<Left>().ok());
    // SAFETY: the GIL is held; the class is Tensor or a subclass of it, alive as long as `left`.
    unsafe {
        let class = left.as_ref().map_or(tensor_type(), |l| l.class.0.as_ptr().cast());
        let op = wrap_as(class, leaf);
        if !op.is_null() {
            own_leaf(op);
            if let Some(dict) = left.and_then(|l| l.dict) {
                let dict = dict.0.as_ptr();
                ffi::Py_INCREF(dict);
                (*op.cast::<TensorObject>()).dict = dict;
                track(op);
            }
        }
        op
    }
}

/// Has the collector look at an object from now on.
///
/// # Safety
/// `op` is a live Tensor; the GIL is held.
pub unsafe fn track(op: *mut ffi::PyObject) {
    // SAFETY: by the contract.
    unsafe {
        if ffi::PyObject_GC_IsTracked(op) == 0 {
            ffi::PyObject_GC_Track(op.cast());
        }
    }
}

/// tp_dealloc.
pub unsafe extern "C" fn dealloc(op: *mut ffi::PyObject) {
    // SAFETY: called by the interpreter on the last reference.
    unsafe {
        ffi::PyObject_GC_UnTrack(op.cast());
        let o = op.cast::<TensorObject>();
        if !(*o).weakrefs.is_null() {
            ffi::PyObject_ClearWeakRefs(op);
        }
        part_from_leaf(op);
        ffi::Py_CLEAR(addr_of_mut!((*o).dict));
        ffi::Py_CLEAR(addr_of_mut!((*o).grad));
        std::ptr::drop_in_place(addr_of_mut!((*o).tensor));
        let t = ffi::Py_TYPE(op);
        let len = FREE.len.get();
        if t == tensor_type() && len < FREE_MAX {
            (*FREE.objects.get())[len] = o;
            FREE.len.set(len + 1);
        } else if let Some(free) = (*t).tp_free {
            free(op.cast());
        }
        ffi::Py_DECREF(t.cast());
    }
}

/// tp_traverse: attributes, the cached gradient, and what the tape holds for it.
pub unsafe extern "C" fn traverse(op: *mut ffi::PyObject, visit: ffi::visitproc, arg: *mut c_void) -> c_int {
    // SAFETY: called by the collector.
    unsafe {
        let o = op.cast::<TensorObject>();
        for child in [(*o).dict, (*o).grad, ffi::Py_TYPE(op).cast()] {
            if !child.is_null() {
                let r = visit(child, arg);
                if r != 0 {
                    return r;
                }
            }
        }
        if FOREIGN.shows() {
            let t = &(*o).tensor;
            return crate::collect::visit(op, &|each| trace::of_tensor(t, each), visit, arg);
        }
        0
    }
}

/// tp_clear. The history goes as well: a cycle may lead through nothing else that can be cleared.
pub unsafe extern "C" fn clear(op: *mut ffi::PyObject) -> c_int {
    // SAFETY: called by the collector: the object is garbage.
    unsafe {
        let o = op.cast::<TensorObject>();
        ffi::Py_CLEAR(addr_of_mut!((*o).dict));
        ffi::Py_CLEAR(addr_of_mut!((*o).grad));
        part_from_leaf(op);
        let bare = Tensor::from_array((*o).tensor.array().clone());
        let old = std::mem::replace(&mut (*o).tensor, bare);
        drop(old);
    }
    0
}

/// tp_setattro: generic, and tracks an object that gets attributes of its own.
pub unsafe extern "C" fn setattro(
    op: *mut ffi::PyObject,
    name: *mut ffi::PyObject,
    value: *mut ffi::PyObject,
) -> c_int {
    // SAFETY: called by the interpreter.
    unsafe {
        let r = ffi::PyObject_GenericSetAttr(op, name, value);
        if !(*op.cast::<TensorObject>()).dict.is_null() {
            track(op);
        }
        r
    }
}

/// Getter of `__dict__`, which may be filled from outside and so is tracked from then on.
pub unsafe extern "C" fn get_dict(op: *mut ffi::PyObject, _: *mut c_void) -> *mut ffi::PyObject {
    // SAFETY: called by the interpreter.
    unsafe {
        let d = ffi::PyObject_GenericGetDict(op, null_mut());
        track(op);
        d
    }
}

/// Hash by identity.
pub unsafe extern "C" fn hash(op: *mut ffi::PyObject) -> ffi::Py_hash_t {
    let h = (op as usize).rotate_right(4) as ffi::Py_hash_t;
    if h == -1 { -2 } else { h }
}
