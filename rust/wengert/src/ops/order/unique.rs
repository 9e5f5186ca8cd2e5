//! unique and unique_consecutive: elements, or slices along a dimension, without repetitions. No derivatives.

use super::search::{elements, elements_mut};
use super::{Part, dim_last, lines};
use crate::array::layout::{show, wrap_dim};
use crate::array::{Array, DType, Dims, Element, Layout, room};
use crate::error::{Error, Result};
use crate::ops::table::{Args, Body, Face, OpInfo, Value};
use crate::tensor::Tensor;
use crate::with_dtype;
use smallvec::SmallVec;
use wengert_kernels::sort::key;

/// What is left of a sequence: where it was, which of these each element became, how many became it.
pub struct Unique {
    /// The elements, or the slices.
    pub values: Tensor,
    /// For each element of the input the index of its value; empty where it was not asked for.
    pub inverse: Tensor,
    /// For each value how often it occurs.
    pub counts: Tensor,
}

/// Runs of a sequence in the order `at` (None: its own), as what is left of it; `same(i, j)` says whether elements are
/// equal, `pick(i)` gives those at indices. The inverse, of shape `shape`, is empty unless it is asked for.
fn collect(
    n: usize,
    at: Option<&[i64]>,
    same: impl Fn(usize, usize) -> bool,
    shape: Option<&[usize]>,
    pick: impl Fn(&Tensor) -> Result<Tensor>,
) -> Result<Unique> {
    let place = |i: usize| at.map_or(i, |at| at[i] as usize);
    let mut inverse = Array::empty(Layout::contiguous(shape.unwrap_or(&[0]))?, DType::I64)?;
    let run_of = elements_mut::<i64>(&mut inverse);
    let (mut firsts, mut counts) = (Vec::new(), Vec::new());
    let push = |to: &mut Vec<i64>, value: usize| {
        to.try_reserve(1).map_err(|_| Error::memory("unique: not enough memory for the values; try fewer elements"))?;
        to.push(value as i64);
        Ok::<_, Error>(())
    };
    let (mut before, mut start) = (0, 0);
    for i in 0..n {
        let here = place(i);
        if i == 0 || !same(before, here) {
            if i > 0 {
                push(&mut counts, i - start)?;
            }
            push(&mut firsts, here)?;
            start = i;
        }
        before = here;
        if shape.is_some() {
            run_of[here] = firsts.len() as i64 - 1;
        }
    }
    if n > 0 {
        push(&mut counts, n - start)?;
    }
    Ok(Unique {
        values: pick(&Tensor::from_slice(&firsts, &[firsts.len()])?)?,
        inverse: Tensor::from_array(inverse),
        counts: Tensor::from_slice(&counts, &[counts.len()])?,
    })
}

fn elementwise(x: &Tensor, sorted: bool, inverse: bool) -> Result<Unique> {
    let flat = x.array().contiguous()?;
    let flat = flat.view(Layout::contiguous(&[flat.numel()])?, 0);
    let shape = inverse.then(|| x.shape());
    let pick = |i: &Tensor| crate::ops::index::take(&Tensor::from_array(flat.clone()), i);
    if !sorted {
        return with_dtype!(flat.dtype(), T => {
            let values = elements::<T>(&flat);
            collect(values.len(), None, |i, j| values[i] == values[j], shape, pick)
        });
    }
    let (values, order) = lines(&flat, 0, Part::All { descending: false })?;
    if inverse {
        return with_dtype!(flat.dtype(), T => {
            let values = elements::<T>(&flat);
            collect(values.len(), Some(elements(&order)), |i, j| values[i] == values[j], shape, pick)
        });
    }
    // In order as they lie.
    let pick = |i: &Tensor| crate::ops::index::take(&Tensor::from_array(values.clone()), i);
    with_dtype!(flat.dtype(), T => {
        let values = elements::<T>(&values);
        collect(values.len(), None, |i, j| values[i] == values[j], None, pick)
    })
}

/// Keys of the slices along `dim`, a row each, and their number.
fn slices<T: Element>(x: &Array, dim: usize) -> Result<(Vec<u64>, Vec<bool>, usize)> {
    let moved = x.view(dim_last(x.layout(), dim), 0);
    let (n, width) = (x.shape()[dim], x.numel() / x.shape()[dim].max(1));
    // Turned once more, so that a slice is a row.
    let order = std::iter::once(moved.shape().len() - 1).chain(0..moved.shape().len() - 1);
    let shape: Dims = order.clone().map(|d| moved.shape()[d]).collect();
    let strides: SmallVec<[isize; 4]> = order.map(|d| moved.layout().strides()[d]).collect();
    let rows = moved.view(Layout::strided(&shape, &strides), 0).contiguous()?;
    let values = elements::<T>(&rows);
    let (mut keys, mut nan) = (room("unique", values.len())?, room("unique", n)?);
    nan.extend((0..n).map(|i| values[i * width..(i + 1) * width].iter().any(|v| v.is_nan())));
    keys.extend(values.iter().map(|&v| key(v)));
    Ok((keys, nan, width))
}

fn slicewise(x: &Tensor, dim: i64, sorted: bool, inverse: bool) -> Result<Unique> {
    if x.ndim() == 0 {
        return Err(Error::index(format!("Dimension specified as {dim} but tensor has no dimensions")));
    }
    let dim = wrap_dim("unique", dim, x.ndim())?;
    let array = x.array();
    let n = x.shape()[dim];
    if array.numel() == 0 && (n > 0 || x.shape().iter().filter(|&&s| s == 0).count() > 1) {
        return Err(Error::runtime(format!(
            "There are 0 sized dimensions, and they aren't selected, so unique cannot be applied; got shape {}",
            show(x.shape())
        )));
    }
    let (keys, nan, width) = with_dtype!(x.dtype(), T => slices::<T>(array, dim))?;
    let row = |i: usize| &keys[i * width..(i + 1) * width];
    let order = if sorted {
        let mut at = room::<i64>("unique", n)?;
        at.extend(0..n as i64);
        // In place, since a stable sort takes memory; equal ones by their place.
        at.sort_unstable_by(|&a, &b| row(a as usize).cmp(row(b as usize)).then(a.cmp(&b)));
        Some(at)
    } else {
        None
    };
    let pick = |i: &Tensor| crate::ops::index::index_select(x, dim as i64, i);
    collect(n, order.as_deref(), |i, j| row(i) == row(j) && !nan[i], inverse.then_some(&[n][..]), pick)
}

fn plain(name: &str, x: &Tensor) -> Result<Tensor> {
    Ok(x.one_value(name)?.detach())
}

fn found(name: &'static str, x: &Tensor, dim: Option<i64>, sorted: bool, inverse: bool) -> Result<Unique> {
    let x = plain(name, x)?;
    let mut all = crate::tap::call_varying(name, &[x.array()], move |inputs| {
        let x = Tensor::from_array(inputs[0].clone());
        let found = dim.map_or_else(|| elementwise(&x, sorted, inverse), |dim| slicewise(&x, dim, sorted, inverse))?;
        Ok([found.values, found.inverse, found.counts].into_iter().map(Tensor::into_array).collect())
    })?;
    match (all.pop(), all.pop(), all.pop()) {
        (Some(counts), Some(inverse), Some(values)) => {
            let [values, inverse, counts] = [values, inverse, counts].map(Tensor::from_array);
            Ok(Unique { values, inverse, counts })
        }
        _ => Err(Error::runtime(format!("{name}: no result"))),
    }
}

/// Elements of `x` in ascending order, each once; along `dim` the slices. `inverse`: whether that is wanted.
pub fn unique(x: &Tensor, dim: Option<i64>, inverse: bool) -> Result<Unique> {
    found("unique", x, dim, true, inverse)
}

/// `x` with each run of equal elements, or of slices along `dim`, as one. `inverse`: whether that is wanted.
pub fn unique_consecutive(x: &Tensor, dim: Option<i64>, inverse: bool) -> Result<Unique> {
    found("unique_consecutive", x, dim, false, inverse)
}

/// The values, and with them what else was asked for.
fn answer(a: &Args<'_>, found: Unique, first_flag: usize) -> Result<Value> {
    let mut out = vec![Value::from(found.values)];
    if a.flag(first_flag)? {
        out.push(found.inverse.into());
    }
    if a.flag(first_flag + 1)? {
        out.push(found.counts.into());
    }
    Ok(if out.len() == 1 { out.swap_remove(0) } else { Value::List(out) })
}

/// The row of the table.
pub static UNIQUE: OpInfo = OpInfo {
    name: "unique",
    doc: "Elements of `input` in ascending order, each once; with `dim` the slices along it, in lexicographic order.\n\n\
          They are sorted whatever `sorted` says. `return_inverse`: also the index of its value for each element (or slice); \
          `return_counts`: also how often each value occurs. Each NaN is a value of its own.\n\n\
          >>> import wengert\n\
          >>> values, counts = wengert.unique(wengert.tensor([3, 1, 3]), return_counts=True)\n\
          >>> values\n\
          tensor([1, 3])\n\
          >>> counts\n\
          tensor([1, 2])\n",
    signature: "input: Tensor, sorted: bool = True, return_inverse: bool = False, return_counts: bool = False, \
                dim: int | None = None",
    returns: "Any",
    face: Face::BOTH,
    differentiable: false,
    body: Body::Call(|a| answer(a, unique(a.tensor(0)?, a.maybe_int(4)?, a.flag(2)?)?, 2)),
    samples: &[
        "i(6)",
        "i(2, 3), return_inverse=True, return_counts=True",
        "i(4, 2, hi=2), dim=0, return_inverse=True",
        "i(2, 4, hi=2), dim=-1, return_counts=True",
        "f(3)",
    ],
};

/// The row of the table.
pub static UNIQUE_CONSECUTIVE: OpInfo = OpInfo {
    name: "unique_consecutive",
    doc: "`input`, flattened, with each run of equal elements as one; with `dim` the slices along it.\n\n\
          `return_inverse`: also the index of its run for each element (or slice); `return_counts`: also how long each is.\n\n\
          >>> import wengert\n\
          >>> wengert.unique_consecutive(wengert.tensor([1, 1, 2, 1]))\n\
          tensor([1, 2, 1])\n",
    signature: "input: Tensor, return_inverse: bool = False, return_counts: bool = False, dim: int | None = None",
    returns: "Any",
    face: Face::BOTH,
    differentiable: false,
    body: Body::Call(|a| answer(a, unique_consecutive(a.tensor(0)?, a.maybe_int(3)?, a.flag(1)?)?, 1)),
    samples: &["i(6, hi=2), return_inverse=True, return_counts=True", "i(4, 1, hi=2), dim=0", "i(4)"],
};

/// The rows of this file.
pub static ROWS: &[&OpInfo] = &[&UNIQUE, &UNIQUE_CONSECUTIVE];
