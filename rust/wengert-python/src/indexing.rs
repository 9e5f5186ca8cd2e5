//! `x[key]` and `x[key] = value`: keys read into views and advanced indices. Depends on the core's view and index ops.

use crate::convert::{fresh_tensor, is_ndarray, raise, type_name};
use pyo3::exceptions::{PyIndexError, PyOverflowError, PyTypeError, PyUserWarning, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyEllipsis, PyInt, PyList, PyRange, PySlice, PyTuple};
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
        return Ok(Item::Tensor(Tensor::literal(&[on], &[]).map_err(raise)?));
    }
    if ob.is_instance_of::<PyInt>() {
        return ob.extract().map(Item::At).map_err(|_| {
            PyIndexError::new_err(
                "index out of bounds: got an integer of more than 64 bits (Overflow when unpacking long long)",
            )
        });
    }
    if let Ok(s) = ob.cast::<PySlice>() {
        let step = end_of(s, "step")?.unwrap_or(1);
        if step <= 0 {
            return Err(PyValueError::new_err("step must be greater than zero; got a step <= 0, try flip"));
        }
        return Ok(Item::Slice(end_of(s, "start")?, end_of(s, "stop")?, step));
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
    if is_sequence(ob) || is_ndarray(ob) {
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
    if ob.hasattr("__index__")? {
        return crate::convert::whole(ob).map(Item::At);
    }
    Err(PyIndexError::new_err(format!(
        "only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid indices (got {})",
        type_name(ob)
    )))
}

/// One of a slice's three numbers; what is beyond 64 bits is beyond every tensor, as for lists.
fn end_of(s: &Bound<'_, PySlice>, name: &str) -> PyResult<Option<i64>> {
    let v = s.getattr(name)?;
    if v.is_none() {
        return Ok(None);
    }
    if !v.hasattr("__index__")? {
        return Err(PyTypeError::new_err(format!(
            "slice indices must be integers or None or have an __index__ method; got {}",
            type_name(&v)
        )));
    }
    let v = v.call_method0("__index__")?;
    match v.extract::<i64>() {
        Err(e) if e.is_instance_of::<PyOverflowError>(v.py()) => Ok(Some(if v.lt(0)? { -i64::MAX } else { i64::MAX })),
        found => found.map(Some),
    }
}

fn items(key: &Bound<'_, PyAny>) -> PyResult<Vec<Item>> {
    if let Ok(t) = key.cast::<PyTuple>() {
        return t.iter().map(|k| item(&k)).collect();
    }
    if let Ok(list) = key.cast::<PyList>()
        && stands_for_tuple(list)?
    {
        // In NumPy such a list has become an array of indices: nobody should rely on either meaning.
        PyErr::warn(
            key.py(),
            &key.py().get_type::<PyUserWarning>(),
            c"Using a non-tuple sequence for multidimensional indexing is deprecated; use x[tuple(seq)], or x[tensor(seq)]",
            1,
        )?;
        return list.iter().map(|k| item(&k)).collect();
    }
    Ok(vec![item(key)?])
}

fn is_sequence(ob: &Bound<'_, PyAny>) -> bool {
    ob.is_instance_of::<PyList>() || ob.is_instance_of::<PyTuple>() || ob.is_instance_of::<PyRange>()
}

/// Whether a list is read as a tuple of indices: a short one that holds anything but numbers, as in PyTorch (and in
/// NumPy before 1.23).
fn stands_for_tuple(list: &Bound<'_, PyList>) -> PyResult<bool> {
    if list.len() >= 32 {
        return Ok(false);
    }
    for k in list.iter() {
        let special = k.is_none() || k.is_instance_of::<PySlice>() || k.is_instance_of::<PyEllipsis>();
        if special || is_sequence(&k) || fresh_tensor(&k)?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
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
    let mut view = x.share();
    // Dimensions that integers took away and None brought, for messages: they count those of `x`.
    let (mut gone, mut new) = (0, 0);
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
        // A second ellipsis steps over as many dimensions as the first; none may be left then.
        let takes = match &it {
            Item::At(_) | Item::Slice(..) => 1,
            Item::Tensor(t) => {
                if is_mask(t) {
                    t.ndim()
                } else {
                    1
                }
            }
            Item::NewAxis | Item::Ellipsis => 0,
        };
        if dim + takes > view.ndim() || (takes == 0 && dim > view.ndim()) {
            return Err(PyIndexError::new_err(format!(
                "too many indices for tensor of dimension {}; got an index for dimension {dim}, try one ellipsis",
                x.ndim()
            )));
        }
        match it {
            Item::At(i) => {
                let n = view.shape()[dim] as i64;
                if i < -n || i >= n {
                    return Err(PyIndexError::new_err(format!(
                        "index {i} is out of bounds for dimension {} with size {n}",
                        dim + gone - new
                    )));
                }
                gone += 1;
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
                new += 1;
                view = unsqueeze(&view, dim as i64).map_err(raise)?;
                dim += 1;
            }
            Item::Ellipsis => dim += x.ndim() - used,
            Item::Tensor(t) if is_mask(&t) && t.ndim() == 0 => {
                // x[True] is x with a new dimension of size 1, x[False] one of size 0.
                view = unsqueeze(&view, dim as i64).map_err(raise)?;
                let keep = t.item().map_err(raise)?.as_f64() != 0.0;
                let at = if keep { Tensor::literal(&[0i64], &[1]) } else { Tensor::literal::<i64>(&[], &[0]) };
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

/// A key that was read: what it says no longer depends on Python objects, whose methods may do anything to the tensor.
pub enum Key {
    /// One whole number.
    Int(i64),
    /// Anything else.
    Items(Items),
}

/// The parts of a key.
pub struct Items(Vec<Item>);

/// Reads a key.
pub fn key(key: &Bound<'_, PyAny>) -> PyResult<Key> {
    if key.is_exact_instance_of::<PyInt>()
        && let Ok(i) = key.extract::<i64>()
    {
        return Ok(Key::Int(i));
    }
    Ok(Key::Items(Items(items(key)?)))
}

/// `x[key]`.
pub fn get(x: &Tensor, key: Key) -> PyResult<Tensor> {
    let items = match key {
        Key::Int(i) => return get_int(x, i),
        Key::Items(items) => items.0,
    };
    let (view, entries) = resolve(x, items, true)?;
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
pub fn set(x: &mut Tensor, key: Key, value: &Tensor, is_tensor: bool) -> PyResult<()> {
    x.refresh().map_err(raise)?;
    let items = match key {
        Key::Int(i) => vec![Item::At(i)],
        Key::Items(items) => items.0,
    };
    if x.is_lifted() || x.is_rebound() || value.is_lifted() {
        return set_lifted(x, items, value, is_tensor);
    }
    let (mut view, entries) = resolve(x, items, false)?;
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
fn set_lifted(x: &mut Tensor, items: Vec<Item>, value: &Tensor, is_tensor: bool) -> PyResult<()> {
    let model = Tensor::full(x.shape(), x.dtype(), wengert::Scalar::Int(0)).map_err(raise)?;
    let (view, entries) = resolve(&model, items, false)?;
    expect_dtype(x, &entries, value, is_tensor)?;
    // One number where a mask of each example holds: no number of places would do for all of them.
    if let [Some(mask), rest @ ..] = &entries[..]
        && mask.dtype() == DType::Bool
        && mask.is_lifted()
        && rest.iter().all(Option::is_none)
        && value.numel() == 1
        && view.array().same(model.array())
    {
        let mut shape = mask.shape().to_vec();
        shape.resize(x.ndim(), 1);
        let filled = wengert::ops::view::reshape(mask, &shape).and_then(|mask| {
            let value = wengert::ops::view::reshape(&wengert::ops::cast(value, x.dtype())?, &[])?;
            wengert::ops::where_(&mask, &value, x)
        });
        return wengert::inplace::copy_(x, &filled.map_err(raise)?).map_err(raise);
    }
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
