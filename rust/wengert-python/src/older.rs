//! Calls in signatures that PyTorch has kept from old times, with numbers before the tensors that they scale, brought into
//! the present ones. Depends on `convert` and the C API.

use crate::convert::as_tensor;
use pyo3::prelude::*;

/// Arguments by position, and by keyword.
pub type Arguments<'py> = (Vec<Bound<'py, PyAny>>, Vec<(String, Bound<'py, PyAny>)>);

/// The arguments of a call by position that the present signature does not take, as it takes them; None for any other call.
/// Warns, as PyTorch does.
pub fn modern<'py>(name: &str, given: &[Bound<'py, PyAny>]) -> PyResult<Option<Arguments<'py>>> {
    let is_tensor: Vec<bool> = given.iter().map(|x| as_tensor(x).is_some()).collect();
    let keys: &[&str] = match (name.trim_end_matches('_'), is_tensor.as_slice()) {
        ("add" | "sub", [true, false, true]) => &["alpha"],
        ("addcmul" | "addcdiv", [true, false, true, true]) => &["value"],
        // Functions have the number first, methods the tensor.
        ("addmm" | "addmv" | "addr" | "addbmm" | "baddbmm", [false, true, true, true] | [true, false, true, true]) => {
            &["beta"]
        }
        (
            "addmm" | "addmv" | "addr" | "addbmm" | "baddbmm",
            [false, true, false, true, true] | [true, false, false, true, true],
        ) => &["beta", "alpha"],
        _ => return Ok(None),
    };
    let Some(first) = given.first() else { return Ok(None) };
    let words =
        format!("This overload of {name} is deprecated: give {} by keyword, after the tensors", keys.join(" and "));
    let py = first.py();
    PyErr::warn(py, &py.get_type::<pyo3::exceptions::PyUserWarning>(), &std::ffi::CString::new(words)?, 1)?;
    let (tensors, numbers): (Vec<_>, Vec<_>) = given.iter().cloned().partition(|x| as_tensor(x).is_some());
    Ok(Some((tensors, keys.iter().map(|key| (*key).to_owned()).zip(numbers).collect())))
}
