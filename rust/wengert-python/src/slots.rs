//! The type `wengert.Tensor`: number, sequence and object slots. Depends on `object`, `convert` and the core's ops.

use crate::convert::{
    as_tensor, fresh_tensor, guard, guard_done, guard_with, is_ndarray, raise, to_scalar, wrap_bound,
};
use crate::function::slot;
use crate::interrupt::{is_large, shared2};
use crate::object::{self, TensorObject, is_exact, is_tensor, tensor_mut, tensor_of, wrap};
use pyo3::exceptions::{PyRuntimeError, PyTypeError, PyValueError};
use pyo3::ffi;
use pyo3::prelude::*;
use std::mem::offset_of;
use std::os::raw::{c_int, c_void};
use std::ptr::null_mut;
use wengert::ops::{self, binary::number_beside};
use wengert::watch::{self, What};
use wengert::{OpRef, Scalar, Tensor};

type Binary = fn(&Tensor, &Tensor) -> wengert::Result<Tensor>;

/// An operand beside a tensor: a tensor, a number, an array; None for what the other side may know.
fn operand(ob: *mut ffi::PyObject, beside: &Tensor) -> PyResult<Option<Tensor>> {
    // SAFETY: a live argument; the GIL is held.
    unsafe {
        if ffi::PyFloat_CheckExact(ob) != 0 {
            return number_beside(beside, Scalar::Float(ffi::PyFloat_AsDouble(ob))).map(Some).map_err(raise);
        }
        let py = Python::assume_attached();
        let ob = Bound::from_borrowed_ptr(py, ob);
        if let Some(t) = fresh_tensor(&ob)? {
            return Ok(Some(t));
        }
        if let Some(s) = to_scalar(&ob)? {
            return number_beside(beside, s).map(Some).map_err(raise);
        }
        if is_ndarray(&ob) {
            return crate::numpy::from_numpy(&ob).map(Some);
        }
        Ok(None)
    }
}

fn not_implemented() -> *mut ffi::PyObject {
    // SAFETY: the GIL is held.
    unsafe {
        let n = ffi::Py_NotImplemented();
        ffi::Py_INCREF(n);
        n
    }
}

#[inline(always)]
unsafe fn binary(a: *mut ffi::PyObject, b: *mut ffi::PyObject, f: Binary) -> *mut ffi::PyObject {
    guard(|| {
        // SAFETY: called by the interpreter with live arguments.
        unsafe {
            if is_exact(a) && is_exact(b) {
                return Ok(wrap(shared(tensor_of(a), tensor_of(b), f).map_err(raise)?));
            }
            mixed(a, b, f)
        }
    })
}

#[inline(always)]
fn shared(x: &Tensor, y: &Tensor, f: Binary) -> wengert::Result<Tensor> {
    if is_large(x) || is_large(y) { shared2(x, y, f) } else { f(x, y) }
}

unsafe fn mixed(a: *mut ffi::PyObject, b: *mut ffi::PyObject, f: Binary) -> PyResult<*mut ffi::PyObject> {
    // SAFETY: as for `binary`.
    unsafe {
        if is_tensor(a) {
            let Some(y) = operand(b, tensor_of(a))? else { return Ok(not_implemented()) };
            return Ok(wrap(shared(tensor_of(a), &y, f).map_err(raise)?));
        }
        let Some(x) = operand(a, tensor_of(b))? else { return Ok(not_implemented()) };
        Ok(wrap(shared(&x, tensor_of(b), f).map_err(raise)?))
    }
}

unsafe fn inplace(a: *mut ffi::PyObject, b: *mut ffi::PyObject, op: OpRef) -> *mut ffi::PyObject {
    guard(|| {
        // SAFETY: called by the interpreter with live arguments; the core reaches `a` only through this reference.
        unsafe {
            let Some(y) = operand(b, tensor_of(a))? else { return Ok(not_implemented()) };
            wengert::inplace::apply_inplace(op, tensor_mut(a), &[&y]).map_err(raise)?;
            ffi::Py_INCREF(a);
            Ok(a)
        }
    })
}

macro_rules! inplace_slot {
    ($iname:ident $info:path) => {
        unsafe extern "C" fn $iname(a: *mut ffi::PyObject, b: *mut ffi::PyObject) -> *mut ffi::PyObject {
            let op = match &$info.body {
                ops::Body::Binary(_, _, op) => OpRef::Static(*op),
                _ => return not_implemented(),
            };
            // SAFETY: called by the interpreter.
            unsafe { inplace(a, b, op) }
        }
    };
}
macro_rules! number_slots {
    ($($slot:ident $iname:ident $f:path, $info:path;)*) => {$(
        unsafe extern "C" fn $slot(a: *mut ffi::PyObject, b: *mut ffi::PyObject) -> *mut ffi::PyObject {
            // SAFETY: called by the interpreter.
            unsafe { binary(a, b, $f) }
        }
        inplace_slot!($iname $info);
    )*};
}
inplace_slot!(nb_isub ops::binary::rows::SUB);
number_slots! {
    nb_add nb_iadd ops::add, ops::binary::rows::ADD;
    nb_mul nb_imul ops::mul, ops::binary::rows::MUL;
    nb_div nb_idiv ops::div, ops::binary::rows::DIV;
    nb_floor_divide nb_ifloor_divide ops::floor_divide, ops::binary::quotients::FLOOR_DIVIDE;
    nb_remainder nb_iremainder ops::remainder, ops::binary::quotients::REMAINDER;
    nb_and nb_iand ops::bitwise_and, ops::bitwise::BITWISE_AND;
    nb_or nb_ior ops::bitwise_or, ops::bitwise::BITWISE_OR;
    nb_xor nb_ixor ops::bitwise_xor, ops::bitwise::BITWISE_XOR;
    nb_lshift nb_ilshift ops::bitwise::bitwise_left_shift, ops::bitwise::BITWISE_LEFT_SHIFT;
    nb_rshift nb_irshift ops::bitwise::bitwise_right_shift, ops::bitwise::BITWISE_RIGHT_SHIFT;
}

/// `a - b`; a number on the left makes it the op `rsub`, as in PyTorch.
unsafe extern "C" fn nb_subtract(a: *mut ffi::PyObject, b: *mut ffi::PyObject) -> *mut ffi::PyObject {
    // SAFETY: called by the interpreter.
    unsafe {
        if is_tensor(a) {
            return binary(a, b, ops::sub);
        }
        binary(b, a, ops::rsub)
    }
}

unsafe extern "C" fn nb_matmul(a: *mut ffi::PyObject, b: *mut ffi::PyObject) -> *mut ffi::PyObject {
    // SAFETY: called by the interpreter with live arguments; the GIL is held.
    unsafe {
        // A number is no matrix: what it is multiplied with by `@` may say what else it could be.
        let other = Bound::from_borrowed_ptr(Python::assume_attached(), if is_tensor(a) { b } else { a });
        if as_tensor(&other).is_none() && !is_ndarray(&other) {
            return not_implemented();
        }
        binary(a, b, ops::matmul)
    }
}

unsafe extern "C" fn nb_pow(a: *mut ffi::PyObject, b: *mut ffi::PyObject, m: *mut ffi::PyObject) -> *mut ffi::PyObject {
    guard(|| {
        // SAFETY: called by the interpreter.
        unsafe {
            let py = Python::assume_attached();
            if m != ffi::Py_None() {
                return Ok(not_implemented());
            }
            if is_tensor(a)
                && let Some(e) = to_scalar(&Bound::from_borrowed_ptr(py, b))?
            {
                return Ok(wrap(ops::power::pow_number(tensor_of(a), e).map_err(raise)?));
            }
            mixed(a, b, ops::pow)
        }
    })
}

unsafe extern "C" fn nb_ipow(
    a: *mut ffi::PyObject,
    b: *mut ffi::PyObject,
    _: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    // SAFETY: called by the interpreter.
    unsafe { inplace(a, b, ops::power::by_number()) }
}

unsafe extern "C" fn nb_neg(a: *mut ffi::PyObject) -> *mut ffi::PyObject {
    // SAFETY: called by the interpreter.
    guard(|| unsafe { Ok(wrap(ops::neg(tensor_of(a)).map_err(raise)?)) })
}

unsafe extern "C" fn nb_invert(a: *mut ffi::PyObject) -> *mut ffi::PyObject {
    // SAFETY: called by the interpreter.
    guard(|| unsafe { Ok(wrap(ops::bitwise_not(tensor_of(a)).map_err(raise)?)) })
}

unsafe extern "C" fn nb_divmod(a: *mut ffi::PyObject, b: *mut ffi::PyObject) -> *mut ffi::PyObject {
    // SAFETY: called by the interpreter; both results are owned, null ones have an exception set.
    unsafe {
        let quotient = nb_floor_divide(a, b);
        if quotient.is_null() || quotient == ffi::Py_NotImplemented() {
            return quotient;
        }
        let rest = nb_remainder(a, b);
        if rest.is_null() {
            ffi::Py_DECREF(quotient);
            return null_mut();
        }
        let pair = ffi::PyTuple_New(2);
        if pair.is_null() {
            ffi::Py_DECREF(quotient);
            ffi::Py_DECREF(rest);
            return null_mut();
        }
        ffi::PyTuple_SET_ITEM(pair, 0, quotient);
        ffi::PyTuple_SET_ITEM(pair, 1, rest);
        pair
    }
}

unsafe extern "C" fn nb_pos(a: *mut ffi::PyObject) -> *mut ffi::PyObject {
    // SAFETY: called by the interpreter.
    unsafe { ffi::Py_INCREF(a) };
    a
}

unsafe extern "C" fn nb_abs(a: *mut ffi::PyObject) -> *mut ffi::PyObject {
    // SAFETY: called by the interpreter.
    guard(|| unsafe { Ok(wrap(ops::abs(tensor_of(a)).map_err(raise)?)) })
}

unsafe fn one(a: *mut ffi::PyObject) -> PyResult<Scalar> {
    // SAFETY: called by the interpreter.
    let t = unsafe { tensor_of(a) };
    if t.numel() != 1 && !t.is_lifted() {
        return Err(PyValueError::new_err(format!(
            "only one element tensors can be converted to Python scalars; got shape {:?}; try tolist() or an index",
            t.shape()
        )));
    }
    t.item().map_err(raise)
}

unsafe extern "C" fn nb_bool(a: *mut ffi::PyObject) -> c_int {
    guard_with(-1, || {
        // SAFETY: called by the interpreter.
        let t = unsafe { tensor_of(a) };
        if t.numel() != 1 && !t.is_lifted() {
            return Err(pyo3::exceptions::PyRuntimeError::new_err(if t.numel() == 0 {
                "Boolean value of Tensor with no values is ambiguous; try numel() or len()"
            } else {
                "Boolean value of Tensor with more than one value is ambiguous; try all() or any(), or an index"
            }));
        }
        if t.is_lifted() {
            t.one_value("bool").map_err(raise)?;
        }
        // SAFETY: as above.
        Ok(c_int::from(unsafe { one(a) }?.as_f64() != 0.0))
    })
}

/// Tells who watches that a tensor's value becomes a number.
#[inline(always)]
unsafe fn left(a: *mut ffi::PyObject, name: &'static str) {
    if watch::any() {
        // SAFETY: the interpreter calls number slots with a tensor.
        watch::show(What::Left(name), &[unsafe { tensor_of(a) }], None);
    }
}

unsafe extern "C" fn nb_float(a: *mut ffi::PyObject) -> *mut ffi::PyObject {
    // SAFETY: called by the interpreter.
    guard(|| unsafe {
        left(a, "float");
        Ok(ffi::PyFloat_FromDouble(one(a)?.as_f64()))
    })
}

unsafe extern "C" fn nb_int(a: *mut ffi::PyObject) -> *mut ffi::PyObject {
    // SAFETY: called by the interpreter.
    guard(|| unsafe {
        left(a, "int");
        Ok(match one(a)? {
            Scalar::Float(x) => ffi::PyLong_FromDouble(x),
            Scalar::Int(i) => ffi::PyLong_FromLongLong(i),
            Scalar::Bool(b) => ffi::PyLong_FromLongLong(i64::from(b)),
        })
    })
}

unsafe extern "C" fn nb_index(a: *mut ffi::PyObject) -> *mut ffi::PyObject {
    guard(|| {
        // SAFETY: called by the interpreter.
        let t = unsafe { tensor_of(a) };
        if t.numel() != 1 || t.dtype().is_float() {
            return Err(PyTypeError::new_err("only integer tensors of a single element can be converted to an index"));
        }
        // SAFETY: as above.
        unsafe {
            Ok(match one(a)? {
                Scalar::Int(i) => ffi::PyLong_FromLongLong(i),
                other => ffi::PyLong_FromLongLong(other.as_f64() as i64),
            })
        }
    })
}

unsafe extern "C" fn richcompare(a: *mut ffi::PyObject, b: *mut ffi::PyObject, op: c_int) -> *mut ffi::PyObject {
    guard(|| {
        let f: Binary = match op {
            ffi::Py_LT => ops::lt,
            ffi::Py_LE => ops::le,
            ffi::Py_EQ => ops::eq,
            ffi::Py_NE => ops::ne,
            ffi::Py_GT => ops::gt,
            _ => ops::ge,
        };
        // SAFETY: called by the interpreter; the first argument is a tensor.
        unsafe { mixed(a, b, f) }
    })
}

unsafe extern "C" fn length(a: *mut ffi::PyObject) -> ffi::Py_ssize_t {
    guard_with(-1, || {
        // SAFETY: called by the interpreter.
        match unsafe { tensor_of(a) }.shape().first() {
            Some(&n) => Ok(n as ffi::Py_ssize_t),
            None => Err(PyTypeError::new_err("len() of a 0-d tensor")),
        }
    })
}

unsafe extern "C" fn subscript(a: *mut ffi::PyObject, key: *mut ffi::PyObject) -> *mut ffi::PyObject {
    guard(|| {
        // SAFETY: called by the interpreter.
        unsafe {
            // First: reading a key may run Python code.
            let key = crate::indexing::key(&Bound::from_borrowed_ptr(Python::assume_attached(), key))?;
            tensor_mut(a).refresh().map_err(raise)?;
            Ok(wrap(crate::indexing::get(tensor_of(a), key)?))
        }
    })
}

unsafe extern "C" fn assign(a: *mut ffi::PyObject, key: *mut ffi::PyObject, value: *mut ffi::PyObject) -> c_int {
    guard_done(|| {
        // SAFETY: called by the interpreter; the core reaches `a` only through this reference.
        unsafe {
            let py = Python::assume_attached();
            if value.is_null() {
                return Err(PyTypeError::new_err("Tensor does not support deleting items"));
            }
            let key = crate::indexing::key(&Bound::from_borrowed_ptr(py, key))?;
            let given = Bound::from_borrowed_ptr(py, value);
            if let Some(number) = to_scalar(&given)? {
                number.check_fits(tensor_of(a).dtype()).map_err(raise)?;
            }
            let is_tensor = as_tensor(&given).is_some();
            let Some(value) = operand(value, tensor_of(a))? else {
                return Err(PyTypeError::new_err(format!(
                    "can't assign a {} to a Tensor; wanted a number or a Tensor",
                    crate::convert::type_name(&given)
                )));
            };
            crate::indexing::set(tensor_mut(a), key, &value, is_tensor)?;
            Ok(0)
        }
    })
}

unsafe extern "C" fn iterate(a: *mut ffi::PyObject) -> *mut ffi::PyObject {
    guard(|| {
        // SAFETY: called by the interpreter.
        unsafe {
            let py = Python::assume_attached();
            let ob = Bound::from_borrowed_ptr(py, a);
            let Some(t) = as_tensor(&ob) else { return Ok(null_mut()) };
            if t.ndim() == 0 {
                return Err(PyTypeError::new_err("iteration over a 0-d tensor"));
            }
            let parts = ops::view::parts::unbind(&t.share(), 0).map_err(raise)?;
            let items = parts.into_iter().map(|part| wrap_bound(py, part)).collect::<PyResult<Vec<_>>>()?;
            Ok(ffi::PyObject_GetIter(pyo3::types::PyTuple::new(py, items)?.as_ptr()))
        }
    })
}

/// `Tensor(data)`: a float tensor of the data, or of the given sizes; subclasses call it with their own arguments.
unsafe extern "C" fn new(
    t: *mut ffi::PyTypeObject,
    args: *mut ffi::PyObject,
    kwargs: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    guard(|| {
        // SAFETY: called by the interpreter.
        unsafe {
            let py = Python::assume_attached();
            // A subclass may take any by its `__init__`.
            let named = !kwargs.is_null() && t == object::tensor_type();
            let device = named && !ffi::PyDict_GetItemString(kwargs, c"device".as_ptr()).is_null();
            if named && ffi::PyDict_Size(kwargs) > isize::from(device) {
                return Err(PyTypeError::new_err(
                    "new() received an invalid combination of arguments: Tensor() takes sizes or data by position only; \
                     try tensor(data, dtype=...)",
                ));
            }
            let args = Bound::from_borrowed_ptr(py, args);
            let n = args.len()?;
            let float = wengert::array::default_dtype();
            let first = if n > 0 { Some(args.get_item(0)?) } else { None };
            let tensor = match &first {
                None => Tensor::full(&[0], float, Scalar::Int(0)).map_err(raise)?,
                Some(x) if as_tensor(x).is_some() => {
                    ops::view_alias(&crate::convert::expect_tensor(x, "Tensor")?.detach()).map_err(raise)?
                }
                Some(x) if matches!(to_scalar(x)?, Some(Scalar::Int(_))) => {
                    let sizes: Vec<i64> = args.extract()?;
                    let negative = |n: i64| {
                        PyRuntimeError::new_err(format!(
                            "Tensor: Trying to create tensor with negative dimension {n}: {sizes:?}; wanted sizes >= 0"
                        ))
                    };
                    let shape = sizes
                        .iter()
                        .map(|&n| usize::try_from(n).map_err(|_| negative(n)))
                        .collect::<PyResult<Vec<_>>>()?;
                    Tensor::full(&shape, float, Scalar::Int(0)).map_err(raise)?
                }
                Some(x) => crate::data::tensor_from(x, Some(float))?,
            };
            Ok(object::wrap_as(t, tensor))
        }
    })
}

fn member(name: &'static std::ffi::CStr, offset: usize) -> ffi::PyMemberDef {
    ffi::PyMemberDef {
        name: name.as_ptr(),
        type_code: ffi::Py_T_PYSSIZET,
        offset: offset as ffi::Py_ssize_t,
        flags: ffi::Py_READONLY,
        doc: std::ptr::null(),
    }
}

/// Makes the type; once, at import.
pub fn make_type(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    let members: &'static mut [ffi::PyMemberDef] = Box::leak(Box::new([
        member(c"__dictoffset__", offset_of!(TensorObject, dict)),
        member(c"__weaklistoffset__", offset_of!(TensorObject, weakrefs)),
        // SAFETY: an all-zero entry ends the table.
        unsafe { std::mem::zeroed() },
    ]));
    let getset = crate::properties::table();
    let doc = c"A value of one dtype in some shape, with the history that its derivative needs.";
    let mut slots = [
        slot(ffi::Py_tp_doc, doc.as_ptr().cast_mut().cast()),
        slot(ffi::Py_tp_new, new as *mut c_void),
        slot(ffi::Py_tp_dealloc, object::dealloc as *mut c_void),
        slot(ffi::Py_tp_traverse, object::traverse as *mut c_void),
        slot(ffi::Py_tp_clear, object::clear as *mut c_void),
        slot(ffi::Py_tp_setattro, object::setattro as *mut c_void),
        slot(ffi::Py_tp_hash, object::hash as *mut c_void),
        slot(ffi::Py_tp_richcompare, richcompare as *mut c_void),
        slot(ffi::Py_tp_iter, iterate as *mut c_void),
        slot(ffi::Py_tp_members, members.as_mut_ptr().cast()),
        slot(ffi::Py_tp_getset, getset.cast()),
        slot(ffi::Py_tp_methods, crate::methods::table().cast()),
        slot(ffi::Py_bf_getbuffer, crate::buffer::get as *mut c_void),
        slot(ffi::Py_bf_releasebuffer, crate::buffer::release as *mut c_void),
        slot(ffi::Py_mp_length, length as *mut c_void),
        slot(ffi::Py_mp_subscript, subscript as *mut c_void),
        slot(ffi::Py_mp_ass_subscript, assign as *mut c_void),
        slot(ffi::Py_nb_add, nb_add as *mut c_void),
        slot(ffi::Py_nb_subtract, nb_subtract as *mut c_void),
        slot(ffi::Py_nb_multiply, nb_mul as *mut c_void),
        slot(ffi::Py_nb_true_divide, nb_div as *mut c_void),
        slot(ffi::Py_nb_matrix_multiply, nb_matmul as *mut c_void),
        slot(ffi::Py_nb_power, nb_pow as *mut c_void),
        slot(ffi::Py_nb_inplace_add, nb_iadd as *mut c_void),
        slot(ffi::Py_nb_inplace_subtract, nb_isub as *mut c_void),
        slot(ffi::Py_nb_inplace_multiply, nb_imul as *mut c_void),
        slot(ffi::Py_nb_inplace_true_divide, nb_idiv as *mut c_void),
        slot(ffi::Py_nb_inplace_power, nb_ipow as *mut c_void),
        slot(ffi::Py_nb_floor_divide, nb_floor_divide as *mut c_void),
        slot(ffi::Py_nb_inplace_floor_divide, nb_ifloor_divide as *mut c_void),
        slot(ffi::Py_nb_remainder, nb_remainder as *mut c_void),
        slot(ffi::Py_nb_inplace_remainder, nb_iremainder as *mut c_void),
        slot(ffi::Py_nb_and, nb_and as *mut c_void),
        slot(ffi::Py_nb_inplace_and, nb_iand as *mut c_void),
        slot(ffi::Py_nb_or, nb_or as *mut c_void),
        slot(ffi::Py_nb_inplace_or, nb_ior as *mut c_void),
        slot(ffi::Py_nb_xor, nb_xor as *mut c_void),
        slot(ffi::Py_nb_inplace_xor, nb_ixor as *mut c_void),
        slot(ffi::Py_nb_lshift, nb_lshift as *mut c_void),
        slot(ffi::Py_nb_inplace_lshift, nb_ilshift as *mut c_void),
        slot(ffi::Py_nb_rshift, nb_rshift as *mut c_void),
        slot(ffi::Py_nb_inplace_rshift, nb_irshift as *mut c_void),
        slot(ffi::Py_nb_invert, nb_invert as *mut c_void),
        slot(ffi::Py_nb_divmod, nb_divmod as *mut c_void),
        slot(ffi::Py_nb_negative, nb_neg as *mut c_void),
        slot(ffi::Py_nb_positive, nb_pos as *mut c_void),
        slot(ffi::Py_nb_absolute, nb_abs as *mut c_void),
        slot(ffi::Py_nb_bool, nb_bool as *mut c_void),
        slot(ffi::Py_nb_float, nb_float as *mut c_void),
        slot(ffi::Py_nb_int, nb_int as *mut c_void),
        slot(ffi::Py_nb_index, nb_index as *mut c_void),
        slot(0, null_mut()),
    ];
    let mut spec = ffi::PyType_Spec {
        name: c"wengert.Tensor".as_ptr(),
        basicsize: std::mem::size_of::<TensorObject>() as c_int,
        itemsize: 0,
        flags: (ffi::Py_TPFLAGS_DEFAULT | ffi::Py_TPFLAGS_BASETYPE | ffi::Py_TPFLAGS_HAVE_GC) as u32,
        slots: slots.as_mut_ptr(),
    };
    // SAFETY: the tables are leaked and live as long as the type.
    unsafe {
        let t = ffi::PyType_FromSpec(&raw mut spec);
        let t = Bound::from_owned_ptr_or_err(py, t)?;
        object::set_tensor_type(t.as_ptr().cast());
        // Kept for good: freed objects on the list refer to it.
        ffi::Py_INCREF(t.as_ptr());
        Ok(t)
    }
}
