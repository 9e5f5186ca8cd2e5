//! diagonal, and what sets a diagonal: diag, diagflat, diag_embed. Depends on views and `write::embed`.

use super::*;
use crate::ops::rows::rows;

/// The elements with equal indices (but for an offset) in two dimensions, which become one, the last.
#[derive(Debug, Clone)]
pub struct Diagonal {
    dims: [usize; 2],
    offset: i64,
}

impl Diagonal {
    fn len(&self, rows: usize, columns: usize) -> usize {
        let shift = usize::try_from(self.offset.unsigned_abs()).unwrap_or(usize::MAX);
        match self.offset >= 0 {
            true => rows.min(columns.saturating_sub(shift)),
            false => columns.min(rows.saturating_sub(shift)),
        }
    }
}

impl Rule for Diagonal {
    const NAME: &'static str = "diagonal";
    fn grad_name(&self) -> String {
        "DiagonalBackward0".to_owned()
    }
    fn geometry(&self, l: &Layout) -> Result<(Layout, isize)> {
        let [a, b] = self.dims;
        let len = self.len(l.shape()[a], l.shape()[b]);
        let (sa, sb) = (l.strides()[a], l.strides()[b]);
        let kept = (0..l.ndim()).filter(|&d| d != a && d != b);
        let mut shape: Dims = kept.clone().map(|d| l.shape()[d]).collect();
        let mut strides: Strides = kept.map(|d| l.strides()[d]).collect();
        shape.push(len);
        strides.push(sa.wrapping_add(sb));
        let step = if self.offset >= 0 { sb } else { sa };
        let offset = if len == 0 { 0 } else { self.offset.unsigned_abs() as isize * step };
        Ok((Layout::strided(&shape, &strides), offset))
    }
    fn adjoint(&self, g: &Tensor, input: &[usize]) -> Result<Tensor> {
        crate::ops::write::embed(self.clone(), g, input)
    }
    fn below(&self, _: usize) -> Self {
        Diagonal { dims: self.dims.map(|d| d + 1), offset: self.offset }
    }
}

fn two_dims(name: &str, dim1: i64, dim2: i64, ndim: usize) -> Result<[usize; 2]> {
    let dims = [wrap_dim(name, dim1, ndim)?, wrap_dim(name, dim2, ndim)?];
    if dims[0] == dims[1] {
        return Err(Error::runtime(format!("{name}: diagonal dimensions cannot be identical {dim1}, {dim2}")));
    }
    Ok(dims)
}

/// View of the diagonal of dimensions `dim1` and `dim2`, above (or below) the main one by `offset`.
#[track_caller]
pub fn diagonal(x: &Tensor, offset: i64, dim1: i64, dim2: i64) -> Result<Tensor> {
    run(Diagonal { dims: two_dims("diagonal", dim1, dim2, x.ndim())?, offset }, x)
}

/// Zeros with the last dimension of `x` on the diagonal of two new dimensions.
#[track_caller]
pub fn diag_embed(x: &Tensor, offset: i64, dim1: i64, dim2: i64) -> Result<Tensor> {
    let Some((&n, rest)) = x.shape().split_last() else {
        return Err(Error::index(
            "diag_embed: Dimension out of range: got a 0-d tensor, wanted at least one dimension",
        ));
    };
    let dims = two_dims("diag_embed", dim1, dim2, x.ndim() + 1)?;
    let size = usize::try_from(offset.unsigned_abs()).ok().and_then(|k| n.checked_add(k));
    let size = size.ok_or_else(|| Error::runtime(format!("diag_embed: offset {offset} is too large")))?;
    let mut shape: Dims = SmallVec::from_slice(rest);
    for d in [dims[0].min(dims[1]), dims[0].max(dims[1])] {
        shape.insert(d, size);
    }
    crate::array::layout::checked_numel(&shape)?;
    crate::ops::write::embed_as("DiagEmbedBackward0", Diagonal { dims, offset }, x, &shape)
}

/// The part of zeros of `shape` (a matrix) where its main diagonal is `g`: the adjoint of a trace, for rules.
pub(crate) fn on_diagonal(g: &Tensor, shape: &[usize]) -> Result<Tensor> {
    crate::ops::write::embed(Diagonal { dims: [0, 1], offset: 0 }, g, shape)
}

fn diag(x: &Tensor, offset: i64) -> Result<Tensor> {
    match x.ndim() {
        1 => diag_embed(x, offset, 0, 1),
        2 => crate::ops::clone(&diagonal(x, offset, 0, 1)?),
        n => Err(Error::runtime(format!(
            "diag(): Supports 1D or 2D tensors. Got {n}D; try diagonal() or diag_embed() for stacks"
        ))),
    }
}

rows! {
    /// View of the diagonal of dimensions `dim1` and `dim2`: their place is taken by one dimension, the last. A positive
    /// `offset` is above the main diagonal, a negative one below it.
    ///
    /// Raises RuntimeError where both dimensions are the same.
    ///
    /// >>> import wengert
    /// >>> wengert.diagonal(wengert.tensor([[1, 2], [3, 4]]))
    /// tensor([1, 4])
    "diagonal", "input: Tensor, offset: int = 0, dim1: int = 0, dim2: int = 1", "Tensor", BOTH, true,
        &["f(3, 3)", "f(2, 4), 1", "f(3, 2), -1", "f(2, 3, 3), 0, 1, 2", "f(2, 3, 4), offset=-1, dim1=-1, dim2=0", "f(2, 2), 5", "i(2, 3)"];
    Body::Call(|a| diagonal(a.tensor(0)?, a.int(1)?, a.int(2)?, a.int(3)?).map(Value::from));

    /// A vector as the diagonal of a matrix, or the diagonal of a matrix as a vector (a copy).
    ///
    /// Raises RuntimeError for other numbers of dimensions.
    ///
    /// >>> import wengert
    /// >>> wengert.diag(wengert.tensor([1, 2])).tolist()
    /// [[1, 0], [0, 2]]
    "diag", "input: Tensor, diagonal: int = 0", "Tensor", BOTH, true,
        &["f(3)", "f(3), 1", "f(2), -2", "f(3, 3)", "f(2, 4), diagonal=1", "f(0)", "i(2, 3)"];
    Body::Call(|a| diag(a.tensor(0)?, a.int(1)?).map(Value::from));

    /// The elements, in order, on the diagonal of a matrix.
    ///
    /// >>> import wengert
    /// >>> wengert.diagflat(wengert.tensor([[1], [2]])).tolist()
    /// [[1, 0], [0, 2]]
    "diagflat", "input: Tensor, offset: int = 0", "Tensor", BOTH, true, &["f(3)", "f(2, 2), 1", "f(), offset=-1"];
    Body::Call(|a| {
        let x = a.tensor(0)?;
        diag_embed(&reshape(x, &[x.numel()])?, a.int(1)?, 0, 1).map(Value::from)
    });

    /// The last dimension on the diagonal of two new dimensions, `dim1` and `dim2` of the result; zeros elsewhere.
    ///
    /// Raises RuntimeError where both dimensions are the same.
    ///
    /// >>> import wengert
    /// >>> wengert.diag_embed(wengert.tensor([[1, 2]])).tolist()
    /// [[[1, 0], [0, 2]]]
    "diag_embed", "input: Tensor, offset: int = 0, dim1: int = -2, dim2: int = -1", "Tensor", BOTH, true,
        &["f(3)", "f(2, 3), 1", "f(2, 2), -1", "f(2, 3), offset=0, dim1=0, dim2=-1", "f(2, 3), 1, 2, 0"];
    Body::Call(|a| diag_embed(a.tensor(0)?, a.int(1)?, a.int(2)?, a.int(3)?).map(Value::from));
}
