//! select and slices: parts of a tensor. Their adjoint sets a cotangent into zeros (`write::embed`).

use super::*;

/// One index of a dimension, which disappears.
#[derive(Debug, Clone)]
pub struct Select {
    dim: usize,
    index: usize,
}

impl Rule for Select {
    const NAME: &'static str = "select";
    fn grad_name(&self) -> String {
        "SelectBackward0".to_owned()
    }
    fn geometry(&self, l: &Layout) -> Result<(Layout, isize)> {
        let mut shape: Dims = SmallVec::from_slice(l.shape());
        let mut strides: Strides = SmallVec::from_slice(l.strides());
        shape.remove(self.dim);
        let stride = strides.remove(self.dim);
        Ok((Layout::strided(&shape, &strides), self.index as isize * stride))
    }
    fn adjoint(&self, g: &Tensor, input: &[usize]) -> Result<Tensor> {
        crate::ops::write::embed(OpRef::new(View(self.clone())), g, input)
    }
    fn below(&self, _: usize) -> Self {
        Select { dim: self.dim + 1, index: self.index }
    }
}

/// Part of a dimension, with a step.
#[derive(Debug, Clone)]
pub struct Slice {
    dim: usize,
    start: usize,
    len: usize,
    step: usize,
}

impl Rule for Slice {
    const NAME: &'static str = "slice";
    fn grad_name(&self) -> String {
        "SliceBackward0".to_owned()
    }
    fn geometry(&self, l: &Layout) -> Result<(Layout, isize)> {
        let mut shape: Dims = SmallVec::from_slice(l.shape());
        let mut strides: Strides = SmallVec::from_slice(l.strides());
        let offset = if self.len == 0 { 0 } else { self.start as isize * strides[self.dim] };
        shape[self.dim] = self.len;
        strides[self.dim] *= self.step as isize;
        Ok((Layout::strided(&shape, &strides), offset))
    }
    fn adjoint(&self, g: &Tensor, input: &[usize]) -> Result<Tensor> {
        crate::ops::write::embed(OpRef::new(View(self.clone())), g, input)
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
    run(Select { dim, index: (if index < 0 { index + n } else { index }) as usize }, x)
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
    run(Slice { dim, start, len, step }, x)
}

fn narrow(x: &Tensor, dim: i64, start: i64, len: i64) -> Result<Tensor> {
    if x.ndim() == 0 {
        return Err(Error::runtime("narrow() cannot be applied to a 0-dim tensor"));
    }
    let dim = wrap_dim("narrow", dim, x.ndim())?;
    let n = x.shape()[dim] as i64;
    let from = if start < 0 { start + n } else { start };
    if len < 0 || from < 0 || from + len > n {
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
    doc: "View of `length` indices of dimension `dim`, from `start`.\n\n\
          >>> import wengert\n\
          >>> wengert.narrow(wengert.arange(5), 0, 1, 3)\n\
          tensor([1, 2, 3])\n",
    signature: "input: Tensor, dim: int, start: int, length: int",
    returns: "Tensor",
    face: Face::BOTH,
    differentiable: true,
    body: Body::Call(|a| narrow(a.tensor(0)?, a.int(1)?, a.int(2)?, a.int(3)?).map(Value::from)),
    samples: &["f(5, 3), 0, 1, 3", "f(2, 4), 1, 0, 2", "f(4), 0, 1, 0"],
};
