//! movedim, flatten, unflatten, ravel, broadcast_to, atleast_nd and their like: compositions of views. Depends on views.

use super::*;
use crate::array::layout::{broadcast, broadcast_error, show};
use crate::ops::rows::rows;

/// Dimensions at `source` moved to `destination`; the others keep their order.
#[track_caller]
pub fn movedim(x: &Tensor, source: &[i64], destination: &[i64]) -> Result<Tensor> {
    if source.len() != destination.len() {
        return Err(Error::runtime(format!(
            "movedim: Invalid source or destination dims: source ({source:?} dims) should contain the same number of dims as destination ({destination:?} dims)"
        )));
    }
    let wrap = |dims: &[i64], what: &str| -> Result<SmallVec<[usize; 4]>> {
        let wrapped: SmallVec<[usize; 4]> =
            dims.iter().map(|&d| wrap_dim("movedim", d, x.ndim())).collect::<Result<_>>()?;
        if (1..wrapped.len()).any(|i| wrapped[..i].contains(&wrapped[i])) {
            return Err(Error::runtime(format!("movedim: repeated dim in `{what}` ({dims:?})")));
        }
        Ok(wrapped)
    };
    let (from, to) = (wrap(source, "source")?, wrap(destination, "destination")?);
    if x.ndim() == 0 {
        return permute(x, &[]);
    }
    let mut rest = (0..x.ndim()).filter(|d| !from.contains(d));
    let dims: SmallVec<[i64; 4]> = (0..x.ndim())
        .filter_map(|d| match to.iter().position(|&t| t == d) {
            Some(i) => Some(from[i] as i64),
            None => rest.next().map(|d| d as i64),
        })
        .collect();
    permute(x, &dims)
}

/// Dimensions `start` to `end` as one: itself where there is nothing to do, a view where strides allow, else a copy.
#[track_caller]
pub fn flatten(x: &Tensor, start: i64, end: i64) -> Result<Tensor> {
    let (from, to) = (wrap_dim("flatten", start, x.ndim())?, wrap_dim("flatten", end, x.ndim())?);
    if from > to {
        return Err(Error::runtime(format!(
            "flatten() has invalid args: start_dim cannot come after end_dim; got {start} and {end}"
        )));
    }
    if x.ndim() == 0 {
        return reshape(x, &[1]);
    }
    if from == to {
        return Ok(x.clone());
    }
    let mut shape: Dims = SmallVec::from_slice(&x.shape()[..from]);
    shape.push(x.shape()[from..=to].iter().product());
    shape.extend_from_slice(&x.shape()[to + 1..]);
    reshape(x, &shape)
}

#[track_caller]
fn unflatten(x: &Tensor, dim: i64, sizes: &[i64]) -> Result<Tensor> {
    let d = wrap_dim("unflatten", dim, x.ndim())?;
    if x.ndim() == 0 {
        return Err(Error::runtime(format!(
            "unflatten: got dimension {dim} of a tensor that has no dimensions; try reshape(x, {sizes:?})"
        )));
    }
    if sizes.is_empty() {
        return Err(Error::runtime("unflatten: sizes must be non-empty"));
    }
    let n = x.shape()[d];
    let inner = resolve("unflatten", sizes, &[n]).map_err(|_| {
        Error::runtime(format!(
            "unflatten: Provided sizes {sizes:?} don't multiply up to the size of dim {d} ({n}) in the input tensor"
        ))
    })?;
    let (before, after) = (&x.shape()[..d], &x.shape()[d + 1..]);
    let full: SmallVec<[i64; 4]> = before.iter().chain(&inner).chain(after).map(|&n| n as i64).collect();
    view(x, &full)
}

#[track_caller]
fn ravel(x: &Tensor) -> Result<Tensor> {
    let dense = crate::ops::contiguous(x)?;
    if dense.ndim() == 1 { Ok(dense) } else { view(&dense, &[-1]) }
}

/// At least `n` dimensions, as NumPy adds them.
#[track_caller]
pub(crate) fn atleast(x: &Tensor, n: usize) -> Result<Tensor> {
    match (n, x.ndim()) {
        (_, 0) => reshape(x, &[1, 1, 1][..n]),
        (2, 1) => unsqueeze(x, 0),
        (3, 1) => unsqueeze(&unsqueeze(x, 0)?, -1),
        (3, 2) => unsqueeze(x, -1),
        _ => Ok(x.clone()),
    }
}

/// `atleast_nd` of one tensor, or of several.
fn atleast_of(a: &Args<'_>, n: usize) -> Result<Value> {
    match &a.tensors(0)?[..] {
        [x] => atleast(x, n).map(Value::from),
        all => all.iter().map(|x| atleast(x, n).map(Value::from)).collect::<Result<_>>().map(Value::List),
    }
}

/// All tensors expanded to the shape that they broadcast to; itself where it has that shape.
#[track_caller]
pub(crate) fn broadcast_tensors(tensors: &[&Tensor]) -> Result<Vec<Tensor>> {
    let mut shape = Dims::new();
    for t in tensors {
        shape = broadcast(&shape, t.shape()).ok_or_else(|| broadcast_error("broadcast_tensors", &shape, t.shape()))?;
    }
    tensors.iter().map(|t| if t.shape() == &*shape { Ok((*t).clone()) } else { expand(t, &shape) }).collect()
}

rows! {
    /// View with the dimensions at `source` moved to `destination`; the others keep their order.
    ///
    /// Raises RuntimeError where a dimension is named twice.
    ///
    /// >>> import wengert
    /// >>> wengert.movedim(wengert.ones(2, 3, 4), 0, -1).shape
    /// torch.Size([3, 4, 2])
    "movedim", "input: Tensor, source: int | tuple[int, ...], destination: int | tuple[int, ...]", "Tensor", BOTH, true,
        &["f(2, 3, 4), 0, -1", "f(2, 3, 4), (0, 1), (1, 2)", "f(2, 3), 1, 1", "f(), 0, 0"];
    Body::Call(|a| {
        if matches!((a.get(1), a.get(2)), (Value::Int(_), Value::List(_)) | (Value::List(_), Value::Int(_))) {
            return Err(Error::type_(format!(
                "{}(): source and destination must both be ints or both be tuples of ints",
                a.name
            )));
        }
        movedim(a.tensor(0)?, &a.ints(1)?, &a.ints(2)?).map(Value::from)
    });

    /// Dimensions `start_dim` to `end_dim` as one: a view where strides allow, else a copy.
    ///
    /// Raises RuntimeError where `start_dim` comes after `end_dim`.
    ///
    /// >>> import wengert
    /// >>> wengert.flatten(wengert.ones(2, 3, 4), 1).shape
    /// torch.Size([2, 12])
    "flatten", "input: Tensor, start_dim: int = 0, end_dim: int = -1", "Tensor", BOTH, true,
        &["f(2, 3, 2)", "f(2, 3, 2), 1", "f(2, 3, 2), 0, 1", "f(2, 3), start_dim=-2, end_dim=-1", "f(3)", "f()", "f(0, 2)"];
    Body::Call(|a| flatten(a.tensor(0)?, a.int(1)?, a.int(2)?).map(Value::from));

    /// View with dimension `dim` split into `sizes` (one of them may be -1).
    ///
    /// Raises RuntimeError where the sizes do not multiply to the dimension's.
    ///
    /// >>> import wengert
    /// >>> wengert.unflatten(wengert.ones(6), 0, (2, -1)).shape
    /// torch.Size([2, 3])
    "unflatten", "input: Tensor, dim: int, sizes: Sequence[int]", "Tensor", BOTH, true,
        &["f(6), 0, (2, 3)", "f(2, 6), -1, (3, -1)", "f(4, 2), 0, (2, 1, 2)"];
    Body::Call(|a| unflatten(a.tensor(0)?, a.int(1)?, &a.ints(2)?).map(Value::from));

    /// All elements in row-major order as a vector: a view where they lie so, else a copy.
    ///
    /// >>> import wengert
    /// >>> wengert.ravel(wengert.tensor([[1, 2], [3, 4]]))
    /// tensor([1, 2, 3, 4])
    "ravel", "input: Tensor", "Tensor", BOTH, true, &["f(2, 3)", "f(3)", "f()"];
    Body::Call(|a| ravel(a.tensor(0)?).map(Value::from));

    /// View with sizes of 1 repeated to `size`; -1 keeps a size.
    ///
    /// Raises RuntimeError where the shapes do not broadcast.
    ///
    /// >>> import wengert
    /// >>> wengert.broadcast_to(wengert.tensor([1, 2]), (2, 2)).tolist()
    /// [[1, 2], [1, 2]]
    "broadcast_to", "input: Tensor, *size: int", "Tensor", BOTH, true, &["f(1, 3), (4, 3)", "f(3), (2, 3)", "f(), (2,)"];
    Body::Call(|a| expand_sizes(a.tensor(0)?, &a.ints(1)?).map(Value::from));

    /// View with the last two dimensions exchanged: for real numbers the conjugate transpose.
    ///
    /// Raises RuntimeError on a vector; a 0-d tensor stays as it is.
    ///
    /// >>> import wengert
    /// >>> wengert.adjoint(wengert.ones(2, 3, 4)).shape
    /// torch.Size([2, 4, 3])
    "adjoint", "input: Tensor", "Tensor", BOTH, true, &["f(2, 3)", "f(2, 3, 4)"];
    Body::Call(|a| {
        let x = a.tensor(0)?;
        if x.ndim() == 0 {
            return Ok(x.clone().into());
        }
        if x.ndim() < 2 {
            return Err(Error::runtime(format!(
                "tensor.adjoint() is only supported on matrices or batches of matrices. Got {}-D tensor of shape {}.",
                x.ndim(),
                show(x.shape())
            )));
        }
        matrix_transpose(x).map(Value::from)
    });

    /// Tensors with at least one dimension: 0-d tensors become vectors. One tensor gives one, several give a tuple.
    ///
    /// >>> import wengert
    /// >>> wengert.atleast_1d(wengert.tensor(1.0))
    /// tensor([1.])
    "atleast_1d", "*tensors: Tensor", "Any", FUNCTION, true, &["f()", "f(2, 3)", "f(), f(2)"];
    Body::Call(|a| atleast_of(a, 1));

    /// Tensors with at least two dimensions: vectors become rows. One tensor gives one, several give a tuple.
    ///
    /// >>> import wengert
    /// >>> wengert.atleast_2d(wengert.tensor([1, 2]))
    /// tensor([[1, 2]])
    "atleast_2d", "*tensors: Tensor", "Any", FUNCTION, true, &["f()", "f(3)", "f(2, 3), f(2)"];
    Body::Call(|a| atleast_of(a, 2));

    /// Tensors with at least three dimensions: a vector of n becomes (1, n, 1), a matrix gets a last dimension of size 1.
    /// One tensor gives one, several give a tuple.
    ///
    /// >>> import wengert
    /// >>> wengert.atleast_3d(wengert.tensor([1, 2])).shape
    /// torch.Size([1, 2, 1])
    "atleast_3d", "*tensors: Tensor", "Any", FUNCTION, true, &["f()", "f(3)", "f(2, 3)", "f(1, 2, 3), f(2)"];
    Body::Call(|a| atleast_of(a, 3));

    /// Views of the tensors expanded to the shape that they broadcast to.
    ///
    /// Raises RuntimeError where the shapes do not broadcast.
    ///
    /// >>> import wengert
    /// >>> wengert.broadcast_tensors(wengert.tensor([[1], [2]]), wengert.tensor([3, 4]))[1].tolist()
    /// [[3, 4], [3, 4]]
    "broadcast_tensors", "*tensors: Tensor", "tuple[Tensor, ...]", FUNCTION, true, &["f(2, 1), f(3)", "f(2, 3), f()", "f(2)"];
    Body::Call(|a| Ok(Value::List(broadcast_tensors(&a.tensors(0)?)?.into_iter().map(Value::from).collect())));
}
