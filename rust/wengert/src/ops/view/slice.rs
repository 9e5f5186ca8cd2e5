//! select and slices: parts of a tensor. Their adjoint sets a cotangent into zeros (`write::embed`).

use super::*;

/// One index of a dimension, which disappears.
#[derive(Debug, Clone)]
pub struct Select {
    pub(super) dim: usize,
    pub(super) index: usize,
    pub(super) origin: Origin,
}

/// Which function a part comes from: the name of its node, and whether that function returns several views.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Origin {
    pub(super) grad_name: &'static str,
    pub(super) of_many: bool,
}

const SELECTED: Origin = Origin { grad_name: "SelectBackward0", of_many: false };
const SLICED: Origin = Origin { grad_name: "SliceBackward0", of_many: false };

impl Rule for Select {
    const NAME: &'static str = "select";
    fn grad_name(&self) -> String {
        self.origin.grad_name.to_owned()
    }
    fn is_one_of_many(&self) -> bool {
        self.origin.of_many
    }
    fn geometry(&self, l: &Layout) -> Result<(Layout, isize)> {
        let mut shape: Dims = SmallVec::from_slice(l.shape());
        let mut strides: Strides = SmallVec::from_slice(l.strides());
        shape.remove(self.dim);
        let stride = strides.remove(self.dim);
        Ok((Layout::strided(&shape, &strides), self.index as isize * stride))
    }
    fn adjoint(&self, g: &Tensor, input: &[usize]) -> Result<Tensor> {
        crate::ops::write::embed(self.clone(), g, input)
    }
    fn below(&self, _: usize) -> Self {
        Select { dim: self.dim + 1, ..self.clone() }
    }
}

/// Part of a dimension, with a step.
#[derive(Debug, Clone)]
pub struct Slice {
    pub(super) dim: usize,
    pub(super) start: usize,
    pub(super) len: usize,
    pub(super) step: usize,
    pub(super) origin: Origin,
}

impl Rule for Slice {
    const NAME: &'static str = "slice";
    fn grad_name(&self) -> String {
        self.origin.grad_name.to_owned()
    }
    fn is_one_of_many(&self) -> bool {
        self.origin.of_many
    }
    fn geometry(&self, l: &Layout) -> Result<(Layout, isize)> {
        let mut shape: Dims = SmallVec::from_slice(l.shape());
        let mut strides: Strides = SmallVec::from_slice(l.strides());
        let offset = if self.len == 0 { 0 } else { self.start as isize * strides[self.dim] };
        shape[self.dim] = self.len;
        // Of one element or none the stride is not followed, and may wrap around.
        strides[self.dim] = strides[self.dim].wrapping_mul(self.step as isize);
        Ok((Layout::strided(&shape, &strides), offset))
    }
    fn adjoint(&self, g: &Tensor, input: &[usize]) -> Result<Tensor> {
        crate::ops::write::embed(self.clone(), g, input)
    }
    fn below(&self, _: usize) -> Self {
        Slice { dim: self.dim + 1, ..self.clone() }
    }
}

/// Index `index` of dimension `dim`, from either end.
#[track_caller]
pub fn select(x: &Tensor, dim: i64, index: i64) -> Result<Tensor> {
    if x.ndim() == 0 {
        return Err(Error::index("select() cannot be applied to a 0-dim tensor; try item()"));
    }
    let dim = wrap_dim("select", dim, x.ndim())?;
    let n = x.shape()[dim] as i64;
    if index < -n || index >= n {
        return Err(Error::index(format!(
            "index {index} is out of bounds for dimension {dim} with size {n}; wanted -{n} <= index < {n}"
        )));
    }
    run(Select { dim, index: (if index < 0 { index + n } else { index }) as usize, origin: SELECTED }, x)
}

/// Elements `start, start + step, ...` of dimension `dim`, `len` of them.
///
/// Fails with an index error where they do not lie in the dimension.
#[track_caller]
pub fn slice(x: &Tensor, dim: usize, start: usize, len: usize, step: usize) -> Result<Tensor> {
    let n = x.shape().get(dim).copied().unwrap_or(0);
    let end = len.checked_sub(1).map_or(Some(0), |last| last.checked_mul(step)?.checked_add(start)?.checked_add(1));
    if dim >= x.ndim() || step == 0 || end.is_none_or(|end| end > n) {
        return Err(Error::index(format!(
            "slice: {len} elements from {start} by {step} do not lie in dimension {dim} of shape {:?}",
            x.shape()
        )));
    }
    run(Slice { dim, start, len, step, origin: SLICED }, x)
}

fn narrow(x: &Tensor, dim: i64, start: i64, len: i64) -> Result<Tensor> {
    if x.ndim() == 0 {
        return Err(Error::runtime("narrow() cannot be applied to a 0-dim tensor"));
    }
    let dim = wrap_dim("narrow", dim, x.ndim())?;
    let n = x.shape()[dim] as i64;
    if len < 0 {
        return Err(Error::runtime(format!("narrow(): length must be non-negative; got {len}")));
    }
    if start < -n || start > n {
        return Err(Error::index(format!(
            "narrow: start out of range (expected to be in range of [-{n}, {n}], but got {start})"
        )));
    }
    let from = if start < 0 { start + n } else { start };
    if from < 0 || len > n - from {
        return Err(Error::runtime(format!(
            "narrow: start ({start}) + length ({len}) exceeds dimension size ({n}); wanted 0 <= start and start + length <= {n}"
        )));
    }
    slice(x, dim, from as usize, len as usize, 1)
}

/// The row of the table.
pub static SELECT: OpInfo = OpInfo {
    name: "select",
    doc: "View at one `index` of dimension `dim`, which disappears.\n\n\
          >>> import wengert\n\
          >>> wengert.select(wengert.tensor([[1, 2], [3, 4]]), 1, 0)\n\
          tensor([1, 3])\n",
    signature: "input: Tensor, dim: int, index: int",
    returns: "Tensor",
    face: Face::BOTH,
    differentiable: true,
    body: Body::Call(|a| select(a.tensor(0)?, a.int(1)?, a.int(2)?).map(Value::from)),
    samples: &["f(2, 3), 0, 1", "f(2, 3), -1, -1", "f(4), 0, 2"],
};

/// The row of the table.
pub static NARROW: OpInfo = OpInfo {
    name: "narrow",
    doc: "View of `length` indices of dimension `dim`, from `start` (a number or a 0-d tensor of integers).\n\n\
          >>> import wengert\n\
          >>> wengert.narrow(wengert.arange(5), 0, 1, 3)\n\
          tensor([1, 2, 3])\n",
    signature: "input: Tensor, dim: int, start: int | Tensor, length: int",
    returns: "Tensor",
    face: Face::BOTH,
    differentiable: true,
    body: Body::Call(|a| {
        if let Value::Tensor(start) = a.get(2)
            && (start.ndim() != 0 || start.dtype().category() != crate::array::dtype::Category::Int)
        {
            return Err(Error::runtime(format!(
                "narrow: start must be an 0-dim integral Tensor; got {} of shape {:?}; try start.item()",
                start.dtype().name(),
                start.shape()
            )));
        }
        narrow(a.tensor(0)?, a.int(1)?, a.int(2)?, a.int(3)?).map(Value::from)
    }),
    samples: &["f(5, 3), 0, 1, 3", "f(2, 4), 1, 0, 2", "f(4), 0, 1, 0"],
};
