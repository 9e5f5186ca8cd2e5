//! DLPack 1.0 both ways without copies: capsules with and without a version. Depends on `convert`; the structures are those
//! of dlpack.h.

use crate::convert::{expect_tensor, raise, type_name, wrap_bound};
use crate::interrupt::leavable;
use pyo3::exceptions::{PyBufferError, PyRuntimeError, PyTypeError, PyValueError};
use pyo3::ffi;
use pyo3::prelude::*;
use std::ffi::CStr;
use std::os::raw::c_void;
use wengert::array::Category;
use wengert::{Array, DType, Layout, Tensor};

const PLAIN: &CStr = c"dltensor";
const PLAIN_USED: &CStr = c"used_dltensor";
const VERSIONED: &CStr = c"dltensor_versioned";
const VERSIONED_USED: &CStr = c"used_dltensor_versioned";

/// kDLCPU and kDLCUDAHost: memory that the CPU reads and writes.
const ON_CPU: [i32; 2] = [1, 3];
const READ_ONLY: u64 = 1;
const IS_COPIED: u64 = 2;
/// The versions spoken: the major one must be equal.
const VERSION: Version = Version { major: 1, minor: 0 };

#[repr(C)]
#[derive(Clone, Copy)]
struct Version {
    major: u32,
    minor: u32,
}

#[repr(C)]
#[derive(Clone, Copy)]
struct DlTensor {
    data: *mut c_void,
    device_type: i32,
    device_id: i32,
    ndim: i32,
    code: u8,
    bits: u8,
    lanes: u16,
    shape: *mut i64,
    strides: *mut i64,
    byte_offset: u64,
}

#[repr(C)]
struct Plain {
    tensor: DlTensor,
    context: *mut c_void,
    deleter: Option<unsafe extern "C" fn(*mut Plain)>,
}

#[repr(C)]
struct Versioned {
    version: Version,
    context: *mut c_void,
    deleter: Option<unsafe extern "C" fn(*mut Versioned)>,
    flags: u64,
    tensor: DlTensor,
}

fn code(dtype: DType) -> u8 {
    match dtype.category() {
        Category::Bool => 6,
        Category::Float => 2,
        Category::Int if dtype.is_signed() => 0,
        Category::Int => 1,
    }
}

/// What a capsule's structure points to.
struct Held {
    tensor: Option<Tensor>,
    shape: Vec<i64>,
    strides: Vec<i64>,
}

impl Held {
    /// The description of a tensor's memory, and what keeps both alive.
    fn describe(tensor: Tensor) -> (DlTensor, *mut c_void) {
        let array = tensor.array().clone();
        let held = Box::into_raw(Box::new(Held {
            shape: array.shape().iter().map(|&n| n as i64).collect(),
            strides: array.layout().strides().iter().map(|&s| s as i64).collect(),
            tensor: Some(tensor),
        }));
        // SAFETY: just made; the vectors keep their places while the box lives.
        let (shape, strides) = unsafe { ((*held).shape.as_mut_ptr(), (*held).strides.as_mut_ptr()) };
        let dl = DlTensor {
            data: array.data_ptr().cast(),
            device_type: ON_CPU[0],
            device_id: 0,
            ndim: array.shape().len() as i32,
            code: code(array.dtype()),
            bits: 8 * array.dtype().size() as u8,
            lanes: 1,
            shape,
            strides,
            byte_offset: 0,
        };
        (dl, held.cast())
    }

    /// Frees what `describe` made. Counts change only with the GIL held; without an interpreter the memory stays.
    ///
    /// # Safety
    /// `held` came from `describe` and is not used again.
    unsafe fn free(held: *mut c_void) {
        // SAFETY: by the contract.
        let mut held = unsafe { Box::from_raw(held.cast::<Held>()) };
        let tensor = held.tensor.take();
        if Python::try_attach(|_| ()).is_none() {
            std::mem::forget(tensor);
            return;
        }
        Python::attach(|_| drop(tensor));
    }
}

unsafe extern "C" fn delete_plain(p: *mut Plain) {
    // SAFETY: called once by whoever used the capsule, or by its destructor.
    unsafe { Held::free(Box::from_raw(p).context) }
}

unsafe extern "C" fn delete_versioned(p: *mut Versioned) {
    // SAFETY: as above.
    unsafe { Held::free(Box::from_raw(p).context) }
}

/// Frees what a capsule holds that nobody has taken: a taken one has another name.
unsafe extern "C" fn destroy(capsule: *mut ffi::PyObject) {
    // SAFETY: called by the interpreter; the name says what the pointer is.
    unsafe {
        if ffi::PyCapsule_IsValid(capsule, PLAIN.as_ptr()) != 0 {
            delete_plain(ffi::PyCapsule_GetPointer(capsule, PLAIN.as_ptr()).cast());
        } else if ffi::PyCapsule_IsValid(capsule, VERSIONED.as_ptr()) != 0 {
            delete_versioned(ffi::PyCapsule_GetPointer(capsule, VERSIONED.as_ptr()).cast());
        }
    }
}

/// A capsule over a tensor's memory, versioned or not.
#[pyfunction]
fn _to_dlpack<'py>(
    py: Python<'py>,
    x: &Bound<'py, PyAny>,
    versioned: bool,
    copied: bool,
) -> PyResult<Bound<'py, PyAny>> {
    leavable(|| {
        wengert::tap::refuse("DLPack export", "use tensor operations").map_err(raise)?;
        let t = expect_tensor(x, "__dlpack__")?;
        t.no_transform("__dlpack__()").map_err(raise)?;
        if t.requires_grad() {
            return Err(PyBufferError::new_err("Can't export tensors that require gradient, use tensor.detach()"));
        }
        let read_only = t.array().is_read_only();
        if read_only && !versioned {
            return Err(PyBufferError::new_err(
                "the tensor's memory is read-only, which a capsule without a version cannot say; got max_version None or below \
                 (1, 0), try max_version=(1, 0) or clone()",
            ));
        }
        let (tensor, context) = Held::describe(t.detach());
        // SAFETY: the boxes live until a deleter frees them.
        unsafe {
            let capsule = if versioned {
                let flags = if read_only { READ_ONLY } else { 0 } | if copied { IS_COPIED } else { 0 };
                let made = Versioned { version: VERSION, context, deleter: Some(delete_versioned), flags, tensor };
                ffi::PyCapsule_New(Box::into_raw(Box::new(made)).cast(), VERSIONED.as_ptr(), Some(destroy))
            } else {
                let made = Plain { tensor, context, deleter: Some(delete_plain) };
                ffi::PyCapsule_New(Box::into_raw(Box::new(made)).cast(), PLAIN.as_ptr(), Some(destroy))
            };
            Bound::from_owned_ptr_or_err(py, capsule)
        }
    })
}

/// Calls the deleter of a capsule that was taken, once the last tensor over its memory is gone.
enum Taken {
    Plain(*mut Plain),
    Versioned(*mut Versioned),
}
// SAFETY: the wheel's tensors are used and dropped with the GIL held.
unsafe impl Send for Taken {}
// SAFETY: as above; nothing is reached through it but in drop.
unsafe impl Sync for Taken {}

impl Drop for Taken {
    fn drop(&mut self) {
        // SAFETY: the structure was taken from its capsule and is freed only here.
        unsafe {
            match *self {
                Taken::Plain(p) => {
                    if let Some(delete) = (*p).deleter {
                        delete(p);
                    }
                }
                Taken::Versioned(p) => {
                    if let Some(delete) = (*p).deleter {
                        delete(p);
                    }
                }
            }
        }
    }
}

/// A tensor over the memory that a capsule describes; the capsule is used up.
#[pyfunction]
fn _from_dlpack<'py>(py: Python<'py>, capsule: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let p = capsule.as_ptr();
    // SAFETY: names are checked before pointers are read; a capsule is renamed before its structure has a new owner.
    unsafe {
        let (tensor, read_only, taken, name) = if ffi::PyCapsule_IsValid(p, VERSIONED.as_ptr()) != 0 {
            let made = ffi::PyCapsule_GetPointer(p, VERSIONED.as_ptr()).cast::<Versioned>();
            let version = (*made).version;
            if version.major != VERSION.major {
                return Err(PyBufferError::new_err(format!(
                    "from_dlpack: got DLPack version {}.{}, wanted 1.x",
                    version.major, version.minor
                )));
            }
            ((*made).tensor, (*made).flags & READ_ONLY != 0, Taken::Versioned(made), VERSIONED_USED)
        } else if ffi::PyCapsule_IsValid(p, PLAIN.as_ptr()) != 0 {
            let made = ffi::PyCapsule_GetPointer(p, PLAIN.as_ptr()).cast::<Plain>();
            ((*made).tensor, false, Taken::Plain(made), PLAIN_USED)
        } else {
            return Err(PyRuntimeError::new_err(format!(
                "from_dlpack received an invalid capsule. Note that DLTensor capsules can be consumed only once, so you might \
                 have already constructed a tensor from it once; got {}, wanted an object with __dlpack__",
                type_name(capsule)
            )));
        };
        // Refused: the capsule keeps its structure.
        let checked = Description::of(&tensor);
        let taken = std::mem::ManuallyDrop::new(taken);
        let d = checked?;
        if ffi::PyCapsule_SetName(p, name.as_ptr()) != 0 {
            return Err(PyErr::fetch(py));
        }
        let owner = Box::new(std::mem::ManuallyDrop::into_inner(taken));
        let array = Array::from_foreign(d.data, d.bytes, d.data, d.layout, d.dtype, read_only, owner).map_err(raise)?;
        let t = Tensor::from_array(array);
        wengert::tap::foreign(&t);
        wrap_bound(py, t)
    }
}

/// What a capsule says, as an array wants it.
struct Description {
    data: *mut u8,
    bytes: usize,
    layout: Layout,
    dtype: DType,
}

impl Description {
    /// Reads and checks.
    ///
    /// # Safety
    /// `tensor` is what a producer filled in.
    unsafe fn of(tensor: &DlTensor) -> PyResult<Description> {
        if !ON_CPU.contains(&tensor.device_type) {
            return Err(PyBufferError::new_err(format!(
                "from_dlpack: got memory of device type {}, wanted the CPU's (1); try to move the array there first",
                tensor.device_type
            )));
        }
        let found =
            DType::ALL.into_iter().find(|&d| code(d) == tensor.code && 8 * d.size() == usize::from(tensor.bits));
        let Some(dtype) = found.filter(|_| tensor.lanes == 1) else {
            return Err(PyBufferError::new_err(format!(
                "from_dlpack: got elements of DLPack code {}, {} bits, {} lanes; wanted float64, float32, int64, int32, int16, \
                 int8, uint8 or bool; try a cast first",
                tensor.code, tensor.bits, tensor.lanes
            )));
        };
        // SAFETY: by the contract, `ndim` sizes; no strides stand for row-major memory.
        let (sizes, steps) = unsafe {
            let n = usize::try_from(tensor.ndim).map_err(|_| PyValueError::new_err("from_dlpack: negative ndim"))?;
            if n == 0 {
                (&[][..], Some(&[][..]))
            } else {
                let steps =
                    if tensor.strides.is_null() { None } else { Some(std::slice::from_raw_parts(tensor.strides, n)) };
                (std::slice::from_raw_parts(tensor.shape, n), steps)
            }
        };
        let shape = sizes
            .iter()
            .map(|&n| usize::try_from(n).map_err(|_| PyValueError::new_err("from_dlpack: negative size")))
            .collect::<PyResult<Vec<_>>>()?;
        let dense = Layout::contiguous(&shape).map_err(raise)?;
        let layout = match steps {
            None => dense,
            Some(steps) if steps.iter().zip(&shape).any(|(&s, &n)| s < 0 && n > 1) => {
                return Err(PyRuntimeError::new_err(format!(
                    "from_dlpack: got negative strides {steps:?}, wanted strides >= 0; try a copy()"
                )));
            }
            Some(steps) => {
                let steps: Vec<isize> =
                    steps.iter().zip(&shape).map(|(&s, &n)| if n > 1 { s as isize } else { 1 }).collect();
                Layout::strided(&shape, &steps)
            }
        };
        let data = (tensor.data as *mut u8).wrapping_add(tensor.byte_offset as usize);
        if !(data as usize).is_multiple_of(dtype.size()) {
            return Err(PyBufferError::new_err(
                "from_dlpack: the address is no multiple of the element size; try a copy()",
            ));
        }
        let last: isize = shape.iter().zip(layout.strides()).map(|(&n, &s)| (n as isize - 1).max(0) * s).sum();
        let bytes = if layout.numel() == 0 { 0 } else { (last + 1) as usize * dtype.size() };
        Ok(Description { data, bytes, layout, dtype })
    }
}

/// Refuses what is no capsule and cannot give one.
#[pyfunction]
fn _is_capsule(ob: &Bound<'_, PyAny>) -> PyResult<bool> {
    // SAFETY: a live object.
    if unsafe { ffi::PyCapsule_CheckExact(ob.as_ptr()) } != 0 {
        return Ok(true);
    }
    if ob.hasattr("__dlpack__")? {
        return Ok(false);
    }
    Err(PyTypeError::new_err(format!(
        "from_dlpack: got {}, wanted an object with __dlpack__ or a capsule of one",
        type_name(ob)
    )))
}

/// Adds these functions to the module.
pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(_to_dlpack, m)?)?;
    m.add_function(wrap_pyfunction!(_from_dlpack, m)?)?;
    m.add_function(wrap_pyfunction!(_is_capsule, m)?)?;
    Ok(())
}
