//! One Python object an operation: function of the module and method of Tensor at once. Depends on the table of ops.
//!
//! Calls arrive by vectorcall; as a method descriptor, `x.tanh()` reaches it with `x` as first argument and no bound
//! method in between. Arguments are matched to the signature that the op's row states.

use crate::convert::{from_value, guard, raise, to_value};
use crate::interrupt::{is_large, shared1, shared2};
use crate::object::{is_exact, tensor_mut, tensor_of, wrap};
use pyo3::exceptions::PyTypeError;
use pyo3::ffi;
use pyo3::prelude::*;
use smallvec::SmallVec;
use std::os::raw::{c_int, c_void};
use std::ptr::null_mut;
use wengert::ops::{Args, Body, OpInfo, Signature, Value};
use wengert::{OpRef, Tensor, spans};
use wengert_kernels::interrupt;

/// The name that the signature has for an argument: NumPy's `axis` and `keepdims`, and names that PyTorch has in one of
/// several signatures of a function.
fn known_as<'k>(signature: &Signature, name: &str, key: &'k str) -> &'k str {
    let has = |n: &str| signature.names.contains(&n);
    match (key, name.trim_end_matches('_')) {
        ("axis", _) if has("dim") => "dim",
        ("keepdims", _) if has("keepdim") => "keepdim",
        ("split_size", _) if has("split_size_or_sections") => "split_size_or_sections",
        ("indices" | "sections" | "tensor_indices_or_sections", _) if has("indices_or_sections") => {
            "indices_or_sections"
        }
        ("axis0", _) if has("dim0") => "dim0",
        ("axis1", _) if has("dim1") => "dim1",
        ("value", "scatter") => "src",
        ("other", "max" | "min") => "dim",
        ("other", "copy") => "src",
        ("element", _) if has("elements") => "elements",
        ("test_element", _) if has("test_elements") => "test_elements",
        ("size" | "dtype", "view") => "shape",
        ("self", "pow") => "input",
        _ => key,
    }
}

/// Arguments by parameter, defaults filled in.
pub fn bind<'py>(
    signature: &Signature,
    name: &str,
    positional: &[Bound<'py, PyAny>],
    named: &[(String, Bound<'py, PyAny>)],
) -> PyResult<Vec<Value>> {
    let mut values: Vec<Option<Value>> = vec![None; signature.names.len()];
    for (i, arg) in positional.iter().enumerate() {
        if signature.variadic == Some(i) {
            let rest = &positional[i..];
            let lone = to_value(arg)?;
            values[i] = Some(match lone {
                Value::List(_) if rest.len() == 1 => lone,
                _ => Value::List(rest.iter().map(to_value).collect::<PyResult<_>>()?),
            });
            break;
        }
        if i >= signature.positional {
            if let Some((tensors, mut numbers)) = crate::older::modern(name, positional)? {
                numbers.extend_from_slice(named);
                return bind(signature, name, &tensors, &numbers);
            }
            return Err(PyTypeError::new_err(format!(
                "{name}() takes at most {} positional arguments ({} given)",
                signature.positional,
                positional.len()
            )));
        }
        values[i] = Some(to_value(arg)?);
    }
    for (key, arg) in named {
        let key = known_as(signature, name, key);
        let Some(i) = signature.names.iter().position(|n| *n == key) else {
            return Err(PyTypeError::new_err(format!(
                "{name}() got an unexpected keyword argument '{key}'; it takes {}",
                signature.names.join(", ")
            )));
        };
        if values[i].is_some() {
            return Err(PyTypeError::new_err(format!("{name}() got multiple values for argument '{key}'")));
        }
        let value = to_value(arg)?;
        values[i] = Some(match value {
            Value::List(_) => value,
            other if signature.variadic == Some(i) => Value::List(vec![other]),
            other => other,
        });
    }
    if let Some(i) = signature.variadic
        && values[i].is_none()
    {
        values[i] = Some(Value::List(Vec::new()));
    }
    Ok(values.into_iter().zip(&signature.defaults).map(|(v, d)| v.unwrap_or_else(|| d.clone())).collect())
}

/// Which form of an op an object is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `y = f(x)`.
    Plain,
    /// `x.f_()`.
    InPlace,
}

#[repr(C)]
struct OpObject {
    ob_base: ffi::PyObject,
    vectorcall: Option<ffi::vectorcallfunc>,
    row: *const Row,
}

/// What an object stands for; lives as long as the process.
pub struct Row {
    info: &'static OpInfo,
    signature: Signature,
    form: Form,
    name: String,
}

static mut OP_TYPE: *mut ffi::PyTypeObject = null_mut();

/// The inputs of an elementwise op's in-place twin: the tensor itself and what else the call gave.
fn run_inplace(row: &Row, target: *mut ffi::PyObject, values: &[Value]) -> wengert::Result<()> {
    // SAFETY: the caller holds the object; the core does not reach it by another way during the call.
    let x = unsafe { tensor_mut(target) };
    let args = Args { name: &row.name, params: &row.signature.names, values };
    match &row.info.body {
        Body::Write(f) | Body::Twin(_, f) => f(x, &args),
        Body::Unary(_, _, op) => wengert::inplace::apply_inplace(OpRef::Static(*op), x, &[]),
        // A rounding mode makes a quotient another operation.
        Body::Binary(_, f, _) if matches!(args.get(2), Value::Str(_)) => match f(&args)? {
            Value::Tensor(value) => wengert::inplace::overwrite(&row.name, x, &value),
            _ => Err(wengert::Error::not_implemented(format!("{} has no in-place form", row.name))),
        },
        // A comparison has another dtype than its operands: 0 and 1 are written.
        Body::Binary(_, f, op) if !op.is_differentiable() => match f(&args)? {
            Value::Tensor(value) => wengert::inplace::overwrite(&row.name, x, &value),
            _ => Err(wengert::Error::not_implemented(format!("{} has no in-place form", row.name))),
        },
        Body::Binary(_, _, op) => {
            let mut other = match args.operand(1)? {
                wengert::ops::Operand::Tensor(t) => t.clone(),
                wengert::ops::Operand::Number(v) => wengert::ops::binary::number_beside(x, v)?,
            };
            if !matches!(args.get(2), Value::None | Value::Int(1)) {
                other = wengert::ops::binary::times_alpha(x, &other, args.number(2)?)?;
            }
            let number = !matches!(args.get(1), Value::Tensor(_));
            let op =
                if row.info.name == "pow" && number { wengert::ops::power::by_number() } else { OpRef::Static(*op) };
            wengert::inplace::apply_inplace(op, x, &[&other])
        }
        Body::Call(f) => match f(&args)? {
            Value::Tensor(value) => wengert::inplace::overwrite(&row.name, x, &value),
            _ => Err(wengert::Error::not_implemented(format!("{} has no in-place form", row.name))),
        },
    }
}

unsafe extern "C" fn call(
    callable: *mut ffi::PyObject,
    args: *const *mut ffi::PyObject,
    nargsf: usize,
    kwnames: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    guard(|| {
        // SAFETY: called by the interpreter with live arguments, the GIL held.
        unsafe {
            let py = Python::assume_attached();
            let row = &*(*callable.cast::<OpObject>()).row;
            let n = ffi::PyVectorcall_NARGS(nargsf) as usize;
            if kwnames.is_null() && row.form == Form::Plain {
                match (&row.info.body, n) {
                    (Body::Unary(f, _, _), 1) if is_exact(*args) => {
                        let x = tensor_of(*args);
                        let y = if is_large(x) { shared1(x, f) } else { f(x) };
                        return Ok(wrap(y.map_err(raise)?));
                    }
                    (Body::Binary(f, _, _), 2) if is_exact(*args) && is_exact(*args.add(1)) => {
                        let (x, y) = (tensor_of(*args), tensor_of(*args.add(1)));
                        let z = if is_large(x) || is_large(y) { shared2(x, y, f) } else { f(x, y) };
                        return Ok(wrap(z.map_err(raise)?));
                    }
                    _ => {}
                }
            }
            let positional: SmallVec<[Bound<'_, PyAny>; 4]> =
                (0..n).map(|i| Bound::from_borrowed_ptr(py, *args.add(i))).collect();
            let mut named: Vec<(String, Bound<'_, PyAny>)> = Vec::new();
            let mut out = None;
            if !kwnames.is_null() {
                let names = Bound::from_borrowed_ptr(py, kwnames);
                for (i, name) in names.try_iter()?.enumerate() {
                    let key: String = name?.extract()?;
                    let value = Bound::from_borrowed_ptr(py, *args.add(n + i));
                    if key == "out" && !row.signature.names.contains(&"out") {
                        out = (!value.is_none()).then_some(value);
                    } else {
                        named.push((key, value));
                    }
                }
            }
            finish(py, row, &positional, &named, out)
        }
    })
}

/// Whether a tensor is large; one that a transform has wrapped is not meant.
fn is_plain_and_large(value: &Value) -> bool {
    match value {
        Value::Tensor(t) => is_large(t) && !t.is_lifted(),
        Value::List(all) => all.iter().any(is_plain_and_large),
        _ => false,
    }
}

fn finish(
    py: Python<'_>,
    row: &Row,
    positional: &[Bound<'_, PyAny>],
    named: &[(String, Bound<'_, PyAny>)],
    out: Option<Bound<'_, PyAny>>,
) -> PyResult<*mut ffi::PyObject> {
    let values = bind(&row.signature, &row.name, positional, named)?;
    if row.form == Form::InPlace {
        let Some(target) = positional.first() else {
            return Err(PyTypeError::new_err(format!("{}(): needs a Tensor to write to", row.name)));
        };
        crate::convert::expect_tensor(target, &row.name)?;
        run_inplace(row, target.as_ptr(), &values).map_err(raise)?;
        return Ok(target.clone().into_ptr());
    }
    let args = Args { name: &row.name, params: &row.signature.names, values: &values };
    let result = match &row.info.body {
        Body::Unary(_, f, _) | Body::Binary(_, f, _) | Body::Call(f) | Body::Twin(f, _) => {
            // Arguments are handles of our own; what a transform has wrapped is the program's business in several steps.
            let run = || if spans::any() { spans::call(&row.name, || f(&args)) } else { f(&args) };
            let result = if values.iter().any(is_plain_and_large) { interrupt::without_lock(run) } else { run() };
            result.map_err(raise)?
        }
        Body::Write(_) => return Err(PyTypeError::new_err(format!("{} is a method that writes", row.name))),
    };
    if let (Value::Tensor(y), Some(Value::Tensor(x)), Some(first)) = (&result, values.first(), positional.first())
        && y.array().same(x.array())
        && y.edge_ref().same(x.edge_ref())
        && out.is_none()
        && !x.is_lifted()
    {
        // An op that had nothing to do (contiguous of what is contiguous) gives its tensor back.
        return Ok(first.clone().into_ptr());
    }
    let Some(out) = out else { return Ok(from_value(py, result)?.into_ptr()) };
    match result {
        Value::Tensor(value) => {
            check_out(&row.name, &out, &value)?;
            write_out(&out, &value)?;
            Ok(out.into_ptr())
        }
        Value::Named(name, fields) => {
            let outs: Vec<Bound<'_, PyAny>> = out.try_iter().and_then(|all| all.collect()).unwrap_or_default();
            if outs.len() != fields.len() {
                return Err(PyTypeError::new_err(format!(
                    "{}(): argument 'out' must be a tuple of {} Tensors, got {}",
                    row.name,
                    fields.len(),
                    crate::convert::type_name(&out)
                )));
            }
            // All are looked at before the first is written.
            for (out, (_, value)) in outs.iter().zip(&fields) {
                check_out(&row.name, out, value)?;
            }
            for (out, (_, value)) in outs.iter().zip(&fields) {
                write_out(out, value)?;
            }
            let names: Vec<&str> = fields.iter().map(|f| f.0).collect();
            Ok(crate::convert::named_objects(py, name, &names, outs)?.into_ptr())
        }
        _ => Err(PyTypeError::new_err(format!("{}() takes no out=", row.name))),
    }
}

/// Whether `out=` can take a result: one of another shape, unless it has no elements, is warned of, as in PyTorch.
fn check_out(name: &str, out: &Bound<'_, PyAny>, value: &Tensor) -> PyResult<()> {
    let target = crate::convert::expect_tensor(out, name)?;
    if value.dtype().category() > target.dtype().category() {
        return Err(pyo3::exceptions::PyRuntimeError::new_err(format!(
            "{name}(): result type {} can't be cast to the desired output type {}; try an out of dtype {}",
            value.dtype().word(),
            target.dtype().word(),
            value.dtype().name()
        )));
    }
    if value.requires_grad() || target.requires_grad() || value.is_lifted() != target.is_lifted() {
        return Err(pyo3::exceptions::PyRuntimeError::new_err(format!(
            "{name}(): functions with out=... arguments don't support automatic differentiation, but one of the arguments requires grad."
        )));
    }
    if target.shape() != value.shape() && target.numel() > 0 {
        wengert::warning::warn(&format!(
            "An output with one or more elements was resized since it had shape {:?}, which does not match the required output shape \
             {:?}. This behavior is deprecated: give an out of that shape, or one without elements, such as out.resize_(0).",
            target.shape(),
            value.shape()
        ))
        .map_err(raise)?;
    }
    Ok(())
}

/// Writes a result into an `out=` that was checked; one of another shape gets that shape, as in PyTorch.
fn write_out(out: &Bound<'_, PyAny>, value: &Tensor) -> PyResult<()> {
    let target = crate::convert::expect_tensor(out, "out")?;
    if target.shape() != value.shape() {
        let fresh = wengert::ops::cast(&wengert::ops::clone(value).map_err(raise)?, target.dtype()).map_err(raise)?;
        // SAFETY: the object is live; nothing else refers to its inside now.
        unsafe { *tensor_mut(out.as_ptr()) = fresh };
        return Ok(());
    }
    // SAFETY: the object is live; nothing else refers to its inside now.
    wengert::inplace::copy_(unsafe { tensor_mut(out.as_ptr()) }, value).map_err(raise)
}

unsafe extern "C" {
    // Stable C API, missing from the bindings.
    fn PyMethod_New(function: *mut ffi::PyObject, instance: *mut ffi::PyObject) -> *mut ffi::PyObject;
}

unsafe extern "C" fn descr_get(
    this: *mut ffi::PyObject,
    instance: *mut ffi::PyObject,
    _owner: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    // SAFETY: called by the interpreter.
    unsafe {
        if instance.is_null() || instance == ffi::Py_None() {
            ffi::Py_INCREF(this);
            return this;
        }
        PyMethod_New(this, instance)
    }
}

unsafe fn row_of<'a>(this: *mut ffi::PyObject) -> &'a Row {
    // SAFETY: rows live as long as the process.
    unsafe { &*(*this.cast::<OpObject>()).row }
}

macro_rules! getters {
    ($($get:ident($row:ident, $py:ident) $body:expr;)*) => {$(
        unsafe extern "C" fn $get(this: *mut ffi::PyObject, _: *mut c_void) -> *mut ffi::PyObject {
            guard(|| {
                // SAFETY: called by the interpreter.
                let ($row, $py) = unsafe { (row_of(this), Python::assume_attached()) };
                let _ = $row;
                let text: String = $body;
                Ok(pyo3::types::PyString::new($py, &text).into_any().into_ptr())
            })
        }
    )*};
}
getters! {
    get_name(row, py) row.name.clone();
    get_doc(row, py) doc(row);
    get_module(row, py) "wengert".to_owned();
    get_signature(row, py) text_signature(row);
}

fn doc(row: &Row) -> String {
    let signature = if row.form == Form::InPlace || row.info.face.writes() {
        format!("{}({}) -> Tensor", row.name, row.info.signature)
    } else {
        format!("{}({}) -> {}", row.name, row.info.signature, row.info.returns)
    };
    let doc = row.info.doc.lines().map(|l| l.strip_prefix(' ').unwrap_or(l).trim_end()).collect::<Vec<_>>().join("\n");
    let place = if row.form == Form::InPlace && !row.info.face.writes() {
        "In place: the tensor is overwritten and returned.\n\n"
    } else {
        ""
    };
    format!("{signature}\n\n{place}{}\n", doc.trim())
}

/// The signature without annotations, for `inspect`.
fn text_signature(row: &Row) -> String {
    let parts: Vec<String> = wengert::ops::signature::split_top(row.info.signature)
        .into_iter()
        .map(|part| {
            let (head, default) = part.split_once('=').map_or((part, None), |(h, d)| (h, Some(d.trim())));
            let name = head.split_once(':').map_or(head, |(n, _)| n).trim();
            default.map_or_else(|| name.to_owned(), |d| format!("{name}={d}"))
        })
        .collect();
    format!("({})", parts.join(", "))
}

unsafe extern "C" fn repr(this: *mut ffi::PyObject) -> *mut ffi::PyObject {
    guard(|| {
        // SAFETY: called by the interpreter.
        let (row, py) = unsafe { (row_of(this), Python::assume_attached()) };
        Ok(pyo3::types::PyString::new(py, &format!("<operation {}>", row.name)).into_any().into_ptr())
    })
}

unsafe extern "C" fn reduce(this: *mut ffi::PyObject, _: *mut ffi::PyObject) -> *mut ffi::PyObject {
    guard(|| {
        // SAFETY: called by the interpreter.
        let (row, py) = unsafe { (row_of(this), Python::assume_attached()) };
        let get = py.import("builtins")?.getattr("getattr")?;
        let owner = py.import("wengert")?.getattr("Tensor")?;
        Ok((get, (owner, row.name.as_str())).into_pyobject(py)?.into_any().into_ptr())
    })
}

fn getset(name: &'static std::ffi::CStr, get: ffi::getter) -> ffi::PyGetSetDef {
    ffi::PyGetSetDef { name: name.as_ptr(), get: Some(get), set: None, doc: std::ptr::null(), closure: null_mut() }
}

/// Makes the type of operation objects; once, at import.
fn make_type(py: Python<'_>) -> PyResult<()> {
    let getters: &'static mut [ffi::PyGetSetDef] = Box::leak(Box::new([
        getset(c"__name__", get_name),
        getset(c"__qualname__", get_name),
        getset(c"__doc__", get_doc),
        getset(c"__module__", get_module),
        getset(c"__text_signature__", get_signature),
        // SAFETY: an all-zero entry ends the table.
        unsafe { std::mem::zeroed() },
    ]));
    let methods: &'static mut [ffi::PyMethodDef] = Box::leak(Box::new([
        ffi::PyMethodDef {
            ml_name: c"__reduce__".as_ptr(),
            ml_meth: ffi::PyMethodDefPointer { PyCFunction: reduce },
            ml_flags: ffi::METH_NOARGS,
            ml_doc: std::ptr::null(),
        },
        // SAFETY: as above.
        unsafe { std::mem::zeroed() },
    ]));
    let members: &'static mut [ffi::PyMemberDef] = Box::leak(Box::new([
        ffi::PyMemberDef {
            name: c"__vectorcalloffset__".as_ptr(),
            type_code: ffi::Py_T_PYSSIZET,
            offset: std::mem::offset_of!(OpObject, vectorcall) as ffi::Py_ssize_t,
            flags: ffi::Py_READONLY,
            doc: std::ptr::null(),
        },
        // SAFETY: as above.
        unsafe { std::mem::zeroed() },
    ]));
    let mut slots = [
        slot(ffi::Py_tp_call, ffi::PyVectorcall_Call as *mut c_void),
        slot(ffi::Py_tp_descr_get, descr_get as *mut c_void),
        slot(ffi::Py_tp_repr, repr as *mut c_void),
        slot(ffi::Py_tp_getset, getters.as_mut_ptr().cast()),
        slot(ffi::Py_tp_methods, methods.as_mut_ptr().cast()),
        slot(ffi::Py_tp_members, members.as_mut_ptr().cast()),
        slot(0, null_mut()),
    ];
    let mut spec = ffi::PyType_Spec {
        name: c"wengert._core.Operation".as_ptr(),
        basicsize: std::mem::size_of::<OpObject>() as c_int,
        itemsize: 0,
        flags: (ffi::Py_TPFLAGS_DEFAULT | ffi::Py_TPFLAGS_HAVE_VECTORCALL | ffi::Py_TPFLAGS_METHOD_DESCRIPTOR) as u32,
        slots: slots.as_mut_ptr(),
    };
    // SAFETY: the tables are leaked and live as long as the type.
    unsafe {
        OP_TYPE = ffi::PyType_FromSpec(&raw mut spec).cast();
        if OP_TYPE.is_null() {
            return Err(PyErr::fetch(py));
        }
    }
    Ok(())
}

/// A slot of a type spec.
pub fn slot(slot: c_int, pfunc: *mut c_void) -> ffi::PyType_Slot {
    ffi::PyType_Slot { slot, pfunc }
}

fn make<'py>(py: Python<'py>, info: &'static OpInfo, form: Form, name: String) -> PyResult<Bound<'py, PyAny>> {
    let row = Box::leak(Box::new(Row { info, signature: Signature::parse(info.signature), form, name }));
    // SAFETY: the type was made; the object's fields are written before anyone sees it.
    unsafe {
        let Some(alloc) = (*OP_TYPE).tp_alloc else { return Err(PyTypeError::new_err("no allocator")) };
        let op = alloc(OP_TYPE, 0);
        if op.is_null() {
            return Err(PyErr::fetch(py));
        }
        (*op.cast::<OpObject>()).vectorcall = Some(call);
        (*op.cast::<OpObject>()).row = row;
        Ok(Bound::from_owned_ptr(py, op))
    }
}

/// Which in-place twins are functions of the module as well, as in PyTorch.
const FUNCTIONS_IN_PLACE: &[&str] = &[
    "abs_",
    "acos_",
    "acosh_",
    "addmv_",
    "arccos_",
    "arccosh_",
    "arcsin_",
    "arcsinh_",
    "arctan_",
    "arctanh_",
    "asin_",
    "asinh_",
    "atan_",
    "atanh_",
    "ceil_",
    "clamp_",
    "clamp_max_",
    "clamp_min_",
    "clip_",
    "cos_",
    "cosh_",
    "deg2rad_",
    "erf_",
    "erfc_",
    "exp2_",
    "exp_",
    "expm1_",
    "fix_",
    "floor_",
    "frac_",
    "gcd_",
    "i0_",
    "lcm_",
    "log10_",
    "log1p_",
    "log2_",
    "log_",
    "logit_",
    "nan_to_num_",
    "neg_",
    "negative_",
    "rad2deg_",
    "reciprocal_",
    "relu_",
    "round_",
    "rsqrt_",
    "sigmoid_",
    "sin_",
    "sinc_",
    "sinh_",
    "sqrt_",
    "square_",
    "tan_",
    "tanh_",
    "trunc_",
    "xlogy_",
];

/// Puts every operation where its row says: the module, the Tensor type, the in-place twins.
pub fn register(module: &Bound<'_, PyModule>, tensor: &Bound<'_, PyAny>) -> PyResult<()> {
    let py = module.py();
    make_type(py)?;
    for info in wengert::ops::table() {
        for name in std::iter::once(info.name).chain(wengert::ops::aliases_of(info.name)) {
            let form = if info.face.writes() { Form::InPlace } else { Form::Plain };
            let op = make(py, info, form, name.to_owned())?;
            if info.face.function() {
                module.add(name, &op)?;
            }
            if info.face.method() {
                tensor.setattr(name, &op)?;
            }
            if info.face.inplace() {
                let name = format!("{name}_");
                let op = make(py, info, Form::InPlace, name.clone())?;
                tensor.setattr(name.as_str(), &op)?;
                if FUNCTIONS_IN_PLACE.contains(&name.as_str()) {
                    module.add(name.as_str(), &op)?;
                }
            }
        }
    }
    Ok(())
}

/// Every row of the table as a dict, for tests and generators.
#[pyfunction]
pub fn ops(py: Python<'_>) -> PyResult<Vec<Py<pyo3::types::PyDict>>> {
    wengert::ops::table()
        .map(|info| {
            let d = pyo3::types::PyDict::new(py);
            d.set_item("name", info.name)?;
            d.set_item("aliases", wengert::ops::aliases_of(info.name).collect::<Vec<_>>())?;
            d.set_item("signature", info.signature)?;
            d.set_item("returns", info.returns)?;
            d.set_item("doc", info.doc)?;
            d.set_item("samples", info.samples)?;
            d.set_item("method", info.face.method())?;
            d.set_item("function", info.face.function())?;
            d.set_item("inplace", info.face.inplace())?;
            d.set_item("writes", info.face.writes())?;
            d.set_item("differentiable", info.differentiable)?;
            Ok(d.unbind())
        })
        .collect()
}
