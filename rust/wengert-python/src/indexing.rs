//! `x[key]` and `x[key] = value`: keys read into views and advanced indices. Depends on the core's view and index ops.

use crate::convert::{fresh_tensor, is_ndarray, raise, type_name};
use pyo3::exceptions::{PyIndexError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyEllipsis, PyInt, PyList, PySlice, PyTuple};
use wengert::array::Category;
use wengert::ops::index::{Entry, as_mask, index, index_put_, is_byte_mask};
use wengert::ops::view::{select, slice, unsqueeze};
use wengert::{DType, Tensor};

/// One item of a key.
enum Item {
    At(i64),
    Slice(Option<i64>, Option<i64>, i64),
    NewAxis,
    Ellipsis,
    Tensor(Tensor),
}

fn item(ob: &Bound<'_, PyAny>) -> PyResult<Item> {
    if ob.is_none() {
        return Ok(Item::NewAxis);
    }
    if ob.is_instance_of::<PyBool>() {
        // A bare truth value is a 0-d mask over a new dimension.
        let on: bool = ob.extract()?;
        return Ok(Item::Tensor(Tensor::from_slice(&[on], &[]).map_err(raise)?));
    }
    if ob.is_instance_of::<PyInt>() {
        return ob.extract().map(Item::At).map_err(|_| PyIndexError::new_err(format!("index {ob} is out of bounds")));
    }
    if let Ok(s) = ob.cast::<PySlice>() {
        let part = |name: &str| -> PyResult<Option<i64>> {
            let v = s.getattr(name)?;
            if v.is_none() { Ok(None) } else { v.call_method0("__index__")?.extract().map(Some) }
        };
        let step = part("step")?.unwrap_or(1);
        if step <= 0 {
            return Err(PyValueError::new_err("step must be greater than zero; got a step <= 0, try flip"));
        }
        return Ok(Item::Slice(part("start")?, part("stop")?, step));
    }
    if ob.is_instance_of::<PyEllipsis>() {
        return Ok(Item::Ellipsis);
    }
    if let Some(t) = fresh_tensor(ob)? {
        if is_byte_mask(t.dtype()) {
            return as_mask(&t).map(Item::Tensor).map_err(raise);
        }
        let counts = t.dtype().category() == Category::Int;
        if t.ndim() == 0 && counts && !t.is_lifted() {
            return match t.item().map_err(raise)? {
                wengert::Scalar::Int(i) => Ok(Item::At(i)),
                _ => Ok(Item::Tensor(t)),
            };
        }
        return Ok(Item::Tensor(t));
    }
    if ob.is_instance_of::<PyList>() || ob.is_instance_of::<PyTuple>() || is_ndarray(ob) {
        // Of a 0-d array there is no length.
        let empty = ob.len().is_ok_and(|n| n == 0);
        let t = crate::data::tensor_from(ob, empty.then_some(DType::I64))?;
        if t.ndim() == 0 && t.dtype() == DType::I64 {
            return t.item().map(|i| Item::At(i.as_f64() as i64)).map_err(raise);
        }
        // NumPy's short integers are indices, unlike tensors of them.
        if is_byte_mask(t.dtype()) {
            return as_mask(&t).map(Item::Tensor).map_err(raise);
        }
        let short = t.dtype().category() == Category::Int && t.dtype() != DType::I64;
        return if short {
            wengert::ops::cast(&t, DType::I64).map(Item::Tensor).map_err(raise)
        } else {
            Ok(Item::Tensor(t))
        };
    }
    if let Ok(i) = ob.call_method0("__index__") {
        return i.extract().map(Item::At);
    }
    Err(PyIndexError::new_err(format!(
        "only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid indices (got {})",
        type_name(ob)
    )))
}

fn items(key: &Bound<'_, PyAny>) -> PyResult<Vec<Item>> {
    match key.cast::<PyTuple>() {
        Ok(t) => t.iter().map(|k| item(&k)).collect(),
        Err(_) => Ok(vec![item(key)?]),
    }
}

/// Whether an index says for each element if it is meant.
fn is_mask(t: &Tensor) -> bool {
    t.dtype() == DType::Bool || is_byte_mask(t.dtype())
}

/// The view that the basic items make, and the advanced ones as entries of its dimensions.
fn resolve(x: &Tensor, items: Vec<Item>, reading: bool) -> PyResult<(Tensor, Vec<Entry>)> {
    let consumed = |i: &Item| match i {
        Item::At(_) | Item::Slice(..) => 1,
        Item::Tensor(t) if is_mask(t) => t.ndim(),
        Item::Tensor(_) => 1,
        Item::NewAxis | Item::Ellipsis => 0,
    };
    let used: usize = items.iter().map(consumed).sum();
    if used > x.ndim() {
        return Err(PyIndexError::new_err(format!(
            "too many indices for tensor of dimension {}; got {used}",
            x.ndim()
        )));
    }
    if items.iter().filter(|i| matches!(i, Item::Ellipsis)).count() > 1 {
        return Err(PyIndexError::new_err("an index can only have a single ellipsis ('...')"));
    }
    let mut view = x.share();
    let mut entries: Vec<Entry> = Vec::new();
    let lone = reading && items.len() == 1;
    let mut dim = 0usize;
    // Dimensions that the entries cover so far.
    let mut covered = 0usize;
    let mut place = |entries: &mut Vec<Entry>, dim: usize, takes: usize, t: Tensor| {
        entries.extend(std::iter::repeat_n(None, dim - covered));
        entries.push(Some(t));
        covered = dim + takes;
    };
    for it in items {
        match it {
            Item::At(i) => {
                let n = view.shape()[dim] as i64;
                if i < -n || i >= n {
                    return Err(PyIndexError::new_err(format!(
                        "index {i} is out of bounds for dimension {dim} with size {n}"
                    )));
                }
                view = select(&view, dim as i64, i).map_err(raise)?;
            }
            Item::Slice(start, stop, step) => {
                let n = view.shape()[dim] as i64;
                let clip = |v: i64| if v < 0 { (v + n).max(0) } else { v.min(n) };
                let (from, to) = (clip(start.unwrap_or(0)), clip(stop.unwrap_or(n)));
                let len = if to > from { (to - from - 1) / step + 1 } else { 0 };
                // The first whole slice stays a view op of its own, as PyTorch records it; later ones change nothing.
                if !(from == 0 && len == n && step == 1) || (dim == 0 && lone) {
                    view = slice(&view, dim, from as usize, len as usize, step as usize).map_err(raise)?;
                }
                dim += 1;
            }
            Item::NewAxis => {
                view = unsqueeze(&view, dim as i64).map_err(raise)?;
                dim += 1;
            }
            Item::Ellipsis => dim += x.ndim() - used,
            Item::Tensor(t) if is_mask(&t) && t.ndim() == 0 => {
                // x[True] is x with a new dimension of size 1, x[False] one of size 0.
                view = unsqueeze(&view, dim as i64).map_err(raise)?;
                let keep = t.item().map_err(raise)?.as_f64() != 0.0;
                let at = if keep { Tensor::from_slice(&[0i64], &[1]) } else { Tensor::from_slice::<i64>(&[], &[0]) };
                place(&mut entries, dim, 1, at.map_err(raise)?);
                dim += 1;
            }
            Item::Tensor(t) => {
                let takes = if is_mask(&t) { t.ndim() } else { 1 };
                place(&mut entries, dim, takes, t);
                dim += takes;
            }
        }
    }
    Ok((view, entries))
}

/// `x[key]`.
pub fn get(x: &Tensor, key: &Bound<'_, PyAny>) -> PyResult<Tensor> {
    if key.is_exact_instance_of::<PyInt>()
        && let Ok(i) = key.extract::<i64>()
    {
        return get_int(x, i);
    }
    let (view, entries) = resolve(x, items(key)?, true)?;
    if entries.is_empty() {
        // A view of its own, even where the key takes everything.
        let untouched = view.array().same(x.array()) && !x.is_lifted();
        return if untouched { wengert::ops::view_alias(&view).map_err(raise) } else { Ok(view) };
    }
    index(&view, &entries).map_err(raise)
}

fn get_int(x: &Tensor, i: i64) -> PyResult<Tensor> {
    if x.ndim() == 0 {
        return Err(PyIndexError::new_err(
            "invalid index of a 0-dim tensor. Use `tensor.item()` in Python to convert a 0-dim tensor to a number",
        ));
    }
    let n = x.shape()[0] as i64;
    if i < -n || i >= n {
        return Err(PyIndexError::new_err(format!("index {i} is out of bounds for dimension 0 with size {n}")));
    }
    select(x, 0, i).map_err(raise)
}

/// `x[key] = value`; a tensor is no number or array, and is not cast where elements are picked.
pub fn set(x: &mut Tensor, key: &Bound<'_, PyAny>, value: &Tensor, is_tensor: bool) -> PyResult<()> {
    x.refresh().map_err(raise)?;
    if x.is_lifted() || x.is_rebound() || value.is_lifted() {
        return set_lifted(x, key, value, is_tensor);
    }
    let (mut view, entries) = resolve(x, items(key)?, false)?;
    expect_dtype(x, &entries, value, is_tensor)?;
    // The leading dimensions of size 1 that a value may have too many are dropped, as in NumPy.
    let mut value = value.clone();
    let rank = if entries.is_empty() { view.ndim() } else { usize::MAX };
    while value.ndim() > rank && value.shape()[0] == 1 {
        value = select(&value, 0, 0).map_err(raise)?;
    }
    let direct = view.array().same(x.array());
    if direct {
        return write(x, &entries, &value);
    }
    write(&mut view, &entries, &value)?;
    x.refresh().map_err(raise)
}

fn expect_dtype(x: &Tensor, entries: &[Entry], value: &Tensor, is_tensor: bool) -> PyResult<()> {
    if !is_tensor || entries.is_empty() || value.dtype() == x.dtype() {
        return Ok(());
    }
    // One value under one mask fills, as masked_fill does.
    let picks: Vec<&Tensor> = entries.iter().flatten().collect();
    if let [mask] = picks[..]
        && is_mask(mask)
        && value.numel() == 1
    {
        return Ok(());
    }
    Err(pyo3::exceptions::PyRuntimeError::new_err(format!(
        "Index put requires the source and destination dtypes match, got {} for the destination and {} for the source; try to({})",
        x.dtype().word(),
        value.dtype().word(),
        x.dtype().name()
    )))
}

/// Assignment under a transform: the key's views are read off a plain tensor of the same shape, and the handle gets
/// a new value with that part replaced.
fn set_lifted(x: &mut Tensor, key: &Bound<'_, PyAny>, value: &Tensor, is_tensor: bool) -> PyResult<()> {
    let model = Tensor::full(x.shape(), x.dtype(), wengert::Scalar::Int(0)).map_err(raise)?;
    let (view, entries) = resolve(&model, items(key)?, false)?;
    expect_dtype(x, &entries, value, is_tensor)?;
    if !entries.is_empty() {
        return wengert::inplace::assign_at(x, &view, &entries, value).map_err(raise);
    }
    wengert::inplace::assign_view(x, &view, value).map_err(raise)
}

fn write(x: &mut Tensor, entries: &[Entry], value: &Tensor) -> PyResult<()> {
    if entries.is_empty() {
        return wengert::inplace::copy_(x, value).map_err(raise);
    }
    index_put_(x, entries, value).map_err(raise)
}
