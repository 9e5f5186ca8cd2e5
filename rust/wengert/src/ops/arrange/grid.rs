//! meshgrid, cartesian_prod, combinations, repeat_interleave: elements paired and repeated. Depends on views and `index`.

use super::*;
use crate::array::DType;
use crate::array::dtype::Category;
use crate::ops::index;
use crate::ops::table::Args;
use crate::ops::view::{expand, reshape, unsqueeze, view};

/// Grids over vectors: the i-th varies along dimension i.
#[track_caller]
fn grids(name: &str, tensors: &[&Tensor]) -> Result<Vec<Tensor>> {
    let Some(first) = tensors.first() else {
        return Err(Error::runtime(format!("{name} expects a non-empty TensorList")));
    };
    for t in tensors {
        if t.ndim() > 1 {
            return Err(Error::runtime(format!(
                "{name}: Expected 0D or 1D tensor in the tensor list but got: shape {:?}",
                t.shape()
            )));
        }
        if t.dtype() != first.dtype() {
            return Err(Error::runtime(format!(
                "{name} expects all tensors to have the same dtype; got {} and {}",
                first.dtype().name(),
                t.dtype().name()
            )));
        }
    }
    let shape: Dims = tensors.iter().map(|t| t.numel()).collect();
    let grid = |(i, t): (usize, &&Tensor)| -> Result<Tensor> {
        let mut own: Dims = smallvec![1; tensors.len()];
        own[i] = t.numel();
        expand(&reshape(t, &own)?, &shape)
    };
    tensors.iter().enumerate().map(grid).collect()
}

fn meshgrid(a: &Args<'_>) -> Result<Value> {
    let mut tensors = a.tensors(0)?;
    let swap = match a.get(1) {
        Value::None => false,
        Value::Str(s) if s == "ij" => false,
        Value::Str(s) if s == "xy" => tensors.len() >= 2,
        other => {
            return Err(Error::runtime(format!(
                "meshgrid: indexing must be one of \"xy\" or \"ij\", but received: {other:?}"
            )));
        }
    };
    if swap {
        tensors.swap(0, 1);
    }
    let mut grids = grids("meshgrid", &tensors)?;
    if swap {
        grids.swap(0, 1);
    }
    Ok(Value::List(grids.into_iter().map(Value::from).collect()))
}

fn cartesian_prod(tensors: &[&Tensor]) -> Result<Tensor> {
    if let Some(t) = tensors.iter().find(|t| t.ndim() != 1) {
        return Err(Error::runtime(format!("cartesian_prod: Expect a 1D vector, but got shape {:?}", t.shape())));
    }
    if let [one] = tensors {
        return Ok((*one).clone());
    }
    let flat = grids("cartesian_prod", tensors)?
        .iter()
        .map(|g| reshape(g, &[g.numel()]))
        .collect::<Result<SmallVec<[Tensor; 4]>>>()?;
    let refs: SmallVec<[&Tensor; 4]> = flat.iter().collect();
    crate::ops::stack(&refs, 1)
}

/// Index vectors of all choices of `r` of `n`, in lexicographic order: one for each of the `r` places.
fn choices(n: usize, r: usize, again: bool) -> Result<Vec<Vec<i64>>> {
    let mut columns = vec![Vec::new(); r];
    let mut at: Vec<usize> = (0..r).map(|i| if again { 0 } else { i }).collect();
    if n == 0 || (!again && r > n) {
        return Ok(columns);
    }
    loop {
        for (column, &i) in columns.iter_mut().zip(&at) {
            column
                .try_reserve(1)
                .map_err(|_| Error::new(crate::ErrorKind::Memory, "combinations: not enough memory"))?;
            column.push(i as i64);
        }
        // The last place that can still move does, and those after it start over.
        let Some(i) = (0..r).rev().find(|&i| at[i] + 1 < if again { n } else { n - (r - 1 - i) }) else { break };
        at[i] += 1;
        for k in i + 1..r {
            at[k] = if again { at[i] } else { at[k - 1] + 1 };
        }
    }
    Ok(columns)
}

/// How many choices of `r` of `n` there are; None beyond what can be counted.
fn how_many(n: usize, r: usize, again: bool) -> Option<usize> {
    if n == 0 {
        return Some(0);
    }
    let n = if again { n.checked_add(r - 1)? } else { n };
    if r > n {
        return Some(0);
    }
    let mut count: u128 = 1;
    for i in 0..r.min(n - r) {
        count = count.checked_mul((n - i) as u128)? / (i as u128 + 1);
        usize::try_from(count).ok()?;
    }
    usize::try_from(count).ok()
}

fn combinations(x: &Tensor, r: i64, again: bool) -> Result<Tensor> {
    if x.ndim() != 1 {
        return Err(Error::runtime(format!("combinations: Expect a 1D vector, but got shape {:?}", x.shape())));
    }
    let Some(r) = usize::try_from(r).ok().filter(|r| *r < 1 << 16) else {
        return Err(Error::runtime(format!("combinations: Expect a non-negative number, but got {r}")));
    };
    if r == 0 {
        return Tensor::full(&[0], x.dtype(), crate::array::Scalar::Int(0));
    }
    // Refuses what cannot be had before it is made.
    let count = how_many(x.numel(), r, again).unwrap_or(usize::MAX);
    Array::empty(Layout::contiguous(&[count, r])?, DType::I64)?;
    let columns = choices(x.numel(), r, again)?;
    let count = columns[0].len();
    let flat: Vec<i64> = (0..count).flat_map(|i| columns.iter().map(move |c| c[i])).collect();
    index::index(x, &[Some(Tensor::literal(&flat, &[count, r])?)])
}

/// The indices 0, 1, ... each as often as `repeats` says.
fn repeated(repeats: &Tensor) -> Result<Vec<i64>> {
    if repeats.dtype().category() != Category::Int {
        return Err(Error::runtime(format!(
            "repeat_interleave: repeats has to be Long or Int tensor; got {}",
            repeats.dtype().name()
        )));
    }
    let counts = crate::ops::cast(repeats, DType::I64)?.to_vec::<i64>()?;
    if counts.iter().any(|&n| n < 0) {
        return Err(Error::runtime("repeat_interleave: repeats can not be negative"));
    }
    let total = counts.iter().try_fold(0i64, |sum, &n| sum.checked_add(n));
    let total = total.and_then(|n| usize::try_from(n).ok()).unwrap_or(usize::MAX);
    let mut out = Vec::new();
    out.try_reserve_exact(total).map_err(|_| {
        Error::new(crate::ErrorKind::Memory, format!("repeat_interleave: no memory for {total} indices"))
    })?;
    out.extend(counts.iter().enumerate().flat_map(|(i, &n)| std::iter::repeat_n(i as i64, n as usize)));
    Ok(out)
}

fn repeat_interleave(a: &Args<'_>) -> Result<Tensor> {
    let (x, dim, size) = (a.tensor(0)?, a.maybe_int(2)?, a.maybe_int(3)?);
    let check = |got: usize| match size {
        Some(n) if n != got as i64 => Err(Error::runtime(format!(
            "repeat_interleave: allocated size does not match required size; got output_size {n}, wanted {got}"
        ))),
        _ => Ok(()),
    };
    if let Value::None = a.get(1) {
        if x.ndim() != 1 {
            return Err(Error::runtime("repeat_interleave only accept 1D vector as repeat"));
        }
        let places = repeated(x)?;
        check(places.len())?;
        return crate::ops::cast(&Tensor::literal(&places, &[places.len()])?, x.dtype());
    }
    let flat;
    let (x, dim) = match dim {
        None => {
            flat = reshape(x, &[x.numel()])?;
            (&flat, 0)
        }
        Some(d) if x.ndim() == 0 => {
            wrap_dim("repeat_interleave", d, 0)?;
            flat = reshape(x, &[1])?;
            (&flat, 0)
        }
        Some(d) => (x, wrap_dim("repeat_interleave", d, x.ndim())?),
    };
    let n = x.shape()[dim];
    let times = match a.get(1) {
        Value::Tensor(t) if t.ndim() > 1 => {
            return Err(Error::runtime("repeat_interleave: repeats must be 0-dim or 1-dim tensor"));
        }
        Value::Tensor(t) if t.ndim() == 1 && t.numel() != 1 => {
            if t.numel() != n {
                return Err(Error::runtime(format!(
                    "repeat_interleave: repeats must have the same size as input along dim, but got repeats.size(0) = {} and input.size({dim}) = {n}",
                    t.numel()
                )));
            }
            let places = repeated(t)?;
            check(places.len())?;
            let mut entries: Vec<index::Entry> = vec![None; dim];
            entries.push(Some(Tensor::literal(&places, &[places.len()])?));
            return index::index(x, &entries);
        }
        Value::Tensor(t) if t.dtype().category() != Category::Int => return repeated(t).map(|_| x.clone()),
        _ => a.int(1)?,
    };
    let Ok(times) = usize::try_from(times) else {
        return Err(Error::runtime(format!("repeat_interleave: Repeats must be non-negative; got {times}")));
    };
    let Some(size) = n.checked_mul(times) else {
        return Err(Error::runtime("repeat_interleave: the result has more elements than can be addressed"));
    };
    check(size)?;
    let mut shape: Dims = SmallVec::from_slice(x.shape());
    shape.insert(dim + 1, times);
    let spread = crate::ops::convert::row_major_copy(&expand(&unsqueeze(x, dim as i64 + 1)?, &shape)?)?;
    shape.remove(dim + 1);
    shape[dim] = size;
    let sizes: SmallVec<[i64; 4]> = shape.iter().map(|&n| n as i64).collect();
    view(&spread, &sizes)
}

rows! {
    /// Views of vectors as grids: the i-th varies along dimension i. With `indexing` "xy" the first two dimensions are
    /// exchanged; "ij" is the default.
    ///
    /// Raises RuntimeError for more than one dimension or unequal dtypes.
    ///
    /// >>> import wengert
    /// >>> wengert.meshgrid(wengert.tensor([1, 2]), wengert.tensor([3, 4]), indexing="ij")[1].tolist()
    /// [[3, 4], [3, 4]]
    "meshgrid", "*tensors: Tensor, indexing: str | None = None", "tuple[Tensor, ...]", FUNCTION, true,
        &["f(2), f(3)", "f(2), f(3), indexing='xy'", "f(2), f(), f(3)", "f(3)"];
    Body::Call(meshgrid);

    /// All tuples of elements of vectors, one a row; of one vector, itself.
    ///
    /// Raises RuntimeError where a tensor is no vector.
    ///
    /// >>> import wengert
    /// >>> wengert.cartesian_prod(wengert.tensor([1, 2]), wengert.tensor([3, 4])).tolist()
    /// [[1, 3], [1, 4], [2, 3], [2, 4]]
    "cartesian_prod", "*tensors: Tensor", "Tensor", FUNCTION, true, &["f(2), f(3)", "f(3)", "f(2), f(2), f(2)"];
    Body::Call(|a| cartesian_prod(&a.tensors(0)?).map(Value::from));

    /// All choices of `r` elements of a vector, one a row, in order; an element may come again where `with_replacement`.
    ///
    /// Raises RuntimeError where the tensor is no vector.
    ///
    /// >>> import wengert
    /// >>> wengert.combinations(wengert.tensor([1, 2, 3])).tolist()
    /// [[1, 2], [1, 3], [2, 3]]
    "combinations", "input: Tensor, r: int = 2, with_replacement: bool = False", "Tensor", FUNCTION, true,
        &["f(4)", "f(3), 2, True", "f(4), r=3", "f(2), 3"];
    Body::Call(|a| combinations(a.tensor(0)?, a.int(1)?, a.flag(2)?).map(Value::from));

    /// Copy with each element repeated along `dim` (flattened first when None): all as often, or each as often as a
    /// tensor says. Of one tensor of counts: each index as often as its count.
    ///
    /// Raises RuntimeError where counts are negative, or not as many as the dimension has elements.
    ///
    /// >>> import wengert
    /// >>> wengert.repeat_interleave(wengert.tensor([1, 2]), 2)
    /// tensor([1, 1, 2, 2])
    "repeat_interleave", "input: Tensor, repeats: Tensor | int | None = None, dim: int | None = None, *, output_size: int | None = None",
        "Tensor", BOTH, true,
        &["f(2, 3), 2", "f(2, 3), 2, 0", "f(2, 3), 3, dim=-1", "f(2, 3), i(3), 1", "f(2, 2), i(2, lo=1), dim=0", "f(3), 0", "f(), 2", "i(3)"];
    Body::Call(|a| repeat_interleave(a).map(Value::from));
}
