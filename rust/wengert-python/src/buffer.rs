//! The buffer protocol: `memoryview(tensor)` over the tensor's memory. Depends on `convert` and the C API.

use crate::convert::{guard_with, raise};
use crate::object::tensor_mut;
use pyo3::exceptions::PyBufferError;
use pyo3::ffi;
use std::os::raw::{c_int, c_void};
use std::ptr::null_mut;
use wengert::{Array, DType};

/// What an exported buffer points to; lives until it is released, whatever becomes of the tensor object.
struct Export {
    shape: Vec<ffi::Py_ssize_t>,
    strides: Vec<ffi::Py_ssize_t>,
    _array: Array,
}

fn format(dtype: DType) -> &'static std::ffi::CStr {
    match dtype {
        DType::Bool => c"?",
        DType::U8 => c"B",
        DType::I8 => c"b",
        DType::I16 => c"h",
        DType::I32 => c"i",
        // NumPy calls the type by its C name: int64 is `long` where that is wide enough.
        DType::I64 if size_of::<std::os::raw::c_long>() == 8 => c"l",
        DType::I64 => c"q",
        DType::F32 => c"f",
        DType::F64 => c"d",
    }
}

/// bf_getbuffer.
pub unsafe extern "C" fn get(this: *mut ffi::PyObject, view: *mut ffi::Py_buffer, flags: c_int) -> c_int {
    guard_with(-1, || {
        // SAFETY: called by the interpreter; `view` is ours to fill.
        unsafe {
            (*view).obj = null_mut();
            let refuse = |text: &str| Err(PyBufferError::new_err(text.to_owned()));
            let t = tensor_mut(this);
            t.refresh().map_err(raise)?;
            if t.is_lifted() {
                return refuse("a tensor under a transform (jvp or vmap) has no memory of its own to export");
            }
            if t.requires_grad() {
                return refuse("Can't export tensors that require gradient, use tensor.detach()");
            }
            wengert::tap::refuse("exporting memory", "use tensor operations").map_err(raise)?;
            let array = t.array().clone();
            if flags & ffi::PyBUF_WRITABLE != 0 && array.is_read_only() {
                return refuse("the tensor's memory is read-only; got a request for a writable buffer, try clone()");
            }
            let dense = array.layout().is_contiguous();
            let wants = |flag: c_int| flags & flag == flag;
            if !dense && (!wants(ffi::PyBUF_STRIDES) || wants(ffi::PyBUF_C_CONTIGUOUS)) {
                return refuse("the tensor is not contiguous; got a request for row-major memory, try contiguous()");
            }
            if wants(ffi::PyBUF_F_CONTIGUOUS) && array.layout().ndim() > 1 {
                return refuse("got a request for column-major memory; try .T.contiguous()");
            }
            let size = array.dtype().size() as ffi::Py_ssize_t;
            let mut export = Box::new(Export {
                shape: array.shape().iter().map(|&n| n as ffi::Py_ssize_t).collect(),
                strides: array.layout().strides().iter().map(|&s| s * size).collect(),
                _array: array.clone(),
            });
            (*view).buf = array.data_ptr().cast();
            (*view).len = array.numel() as ffi::Py_ssize_t * size;
            (*view).readonly = c_int::from(array.is_read_only());
            (*view).itemsize = size;
            (*view).format =
                if wants(ffi::PyBUF_FORMAT) { format(array.dtype()).as_ptr().cast_mut() } else { null_mut() };
            (*view).ndim = export.shape.len() as c_int;
            (*view).shape = if wants(ffi::PyBUF_ND) { export.shape.as_mut_ptr() } else { null_mut() };
            (*view).strides = if wants(ffi::PyBUF_STRIDES) { export.strides.as_mut_ptr() } else { null_mut() };
            (*view).suboffsets = null_mut();
            (*view).internal = Box::into_raw(export).cast::<c_void>();
            ffi::Py_INCREF(this);
            (*view).obj = this;
            Ok(0)
        }
    })
}

/// bf_releasebuffer.
pub unsafe extern "C" fn release(_: *mut ffi::PyObject, view: *mut ffi::Py_buffer) {
    // SAFETY: called by the interpreter once for each buffer that `get` filled.
    unsafe {
        let export = std::mem::replace(&mut (*view).internal, null_mut());
        if !export.is_null() {
            drop(Box::from_raw(export.cast::<Export>()));
        }
    }
}
