//! reshape, view, unsqueeze, squeeze: other dimensions over the same elements in the same order.

use super::*;

/// Other sizes over the same elements.
#[derive(Debug, Clone)]
pub struct Reshape {
    shape: Dims,
    grad_name: &'static str,
}

impl Rule for Reshape {
    const NAME: &'static str = "view";
    fn grad_name(&self) -> String {
        self.grad_name.to_owned()
    }
    fn geometry(&self, l: &Layout) -> Result<(Layout, isize)> {
        match view_strides(l, &self.shape) {
            Some(strides) => Ok((Layout::strided(&self.shape, &strides), 0)),
            None => Err(Error::runtime(format!(
                "view size is not compatible with input tensor's size and stride (at least one dimension spans across two \
                 contiguous subspaces): got shape {:?} with strides {:?}, wanted {:?}. Use .reshape(...) instead",
                l.shape(),
                l.strides(),
                self.shape
            ))),
        }
    }
    fn adjoint(&self, g: &Tensor, input: &[usize]) -> Result<Tensor> {
        reshape(g, input)
    }
    fn below(&self, size: usize) -> Self {
        let shape = std::iter::once(size).chain(self.shape.iter().copied()).collect();
        Reshape { shape, grad_name: self.grad_name }
    }
    fn tangent(&self, t: &Tensor) -> Result<Tensor> {
        reshape(t, &self.shape)
    }
}

/// Strides under which the elements of `l` read as `shape` without a copy; None where there are none.
fn view_strides(l: &Layout, shape: &[usize]) -> Option<Strides> {
    if l.is_contiguous() || l.numel() == 0 {
        return Some(crate::array::layout::row_major(shape));
    }
    let mut strides: Strides = smallvec![1; shape.len()];
    // Walks runs of old dimensions that are contiguous among themselves and fills new dimensions from the right.
    let mut view_d = shape.len();
    let (mut run, mut view_run) = (1usize, 1usize);
    let (old, old_strides) = (l.shape(), l.strides());
    let mut base = *old_strides.last()?;
    for d in (0..old.len()).rev() {
        run *= old[d];
        let ends = d == 0 || (old[d - 1] != 1 && old_strides[d - 1] != run as isize * base);
        if ends {
            while view_d > 0 && (view_run < run || shape[view_d - 1] == 1) {
                strides[view_d - 1] = view_run as isize * base;
                view_run *= shape[view_d - 1];
                view_d -= 1;
            }
            if view_run != run {
                return None;
            }
            if d > 0 {
                base = old_strides[d - 1];
                (run, view_run) = (1, 1);
            }
        }
    }
    (view_d == 0).then_some(strides)
}

/// Sizes with one -1 worked out.
pub(super) fn resolve(name: &str, sizes: &[i64], input: &[usize]) -> Result<Dims> {
    let numel: usize = input.iter().product();
    let mut shape = Dims::new();
    let (mut known, mut free) = (1usize, None);
    let invalid = || {
        Error::runtime(format!(
            "{name}: shape '{sizes:?}' is invalid for input of size {numel}; got shape {input:?}, wanted sizes whose product is {numel}"
        ))
    };
    for (d, &n) in sizes.iter().enumerate() {
        match n {
            -1 if free.is_some() => {
                return Err(Error::runtime(format!(
                    "{name}: only one dimension can be inferred; got {sizes:?}, wanted at most one -1"
                )));
            }
            -1 => {
                free = Some(d);
                shape.push(1);
            }
            n if n < 0 => {
                return Err(Error::runtime(format!(
                    "{name}: invalid shape dimension {n}; got {sizes:?}, wanted sizes >= 0 or -1"
                )));
            }
            n => {
                known = known.checked_mul(n as usize).ok_or_else(invalid)?;
                shape.push(n as usize);
            }
        }
    }
    if let Some(d) = free {
        if known == 0 {
            return Err(Error::runtime(format!(
                "{name}: cannot reshape tensor of {numel} elements into shape {sizes:?} because the unspecified dimension size -1 can be any value and is ambiguous"
            )));
        }
        if !numel.is_multiple_of(known) {
            return Err(invalid());
        }
        shape[d] = numel / known;
    } else if known != numel {
        return Err(invalid());
    }
    if numel == 0 {
        // Beside a 0 the other sizes may be anything that strides can still be made of.
        crate::array::layout::checked_numel(&shape)?;
    }
    Ok(shape)
}

/// A view of `shape`, or a copy where strides allow no view.
#[track_caller]
pub fn reshape(x: &Tensor, shape: &[usize]) -> Result<Tensor> {
    if x.shape() == shape && !x.is_lifted() {
        return Ok(x.clone());
    }
    reshape_as_view(x, shape)
}

#[track_caller]
fn reshape_as_view(x: &Tensor, shape: &[usize]) -> Result<Tensor> {
    if !x.is_lifted() && view_strides(x.layout(), shape).is_none() {
        let dense = crate::ops::contiguous(x)?;
        return run(Reshape { shape: SmallVec::from_slice(shape), grad_name: "UnsafeViewBackward0" }, &dense);
    }
    if x.is_lifted() {
        // Inside a transform the layout of the real values is not to be seen from here.
        let dense = crate::ops::contiguous(x)?;
        return run(Reshape { shape: SmallVec::from_slice(shape), grad_name: "ViewBackward0" }, &dense);
    }
    run(Reshape { shape: SmallVec::from_slice(shape), grad_name: "ViewBackward0" }, x)
}

/// Other sizes for a value that nobody else has seen: PyTorch's `_unsafe_view`.
#[track_caller]
pub(crate) fn unsafe_view(x: &Tensor, shape: &[usize]) -> Result<Tensor> {
    run(Reshape { shape: SmallVec::from_slice(shape), grad_name: "UnsafeViewBackward0" }, x)
}

/// Drops dimension `dim` of a value that nobody else has seen: PyTorch's `squeeze_`.
#[track_caller]
pub(crate) fn squeeze_in_place(x: &Tensor, dim: usize) -> Result<Tensor> {
    run(Squeeze { dims: smallvec![dim], grad_name: "SqueezeBackward4" }, x)
}

/// A view of `sizes`, never a copy.
#[track_caller]
pub fn view(x: &Tensor, sizes: &[i64]) -> Result<Tensor> {
    let shape = resolve("view", sizes, x.shape())?;
    run(Reshape { shape, grad_name: "ViewBackward0" }, x)
}

/// A dimension of size 1 inserted.
#[track_caller]
pub fn unsqueeze(x: &Tensor, dim: i64) -> Result<Tensor> {
    run(Unsqueeze { dim: wrap_dim("unsqueeze", dim, x.ndim() + 1)?, grad_name: "UnsqueezeBackward0" }, x)
}

/// Inserts a dimension of size 1.
#[derive(Debug, Clone)]
pub struct Unsqueeze {
    pub(super) dim: usize,
    pub(super) grad_name: &'static str,
}

impl Rule for Unsqueeze {
    const NAME: &'static str = "unsqueeze";
    fn grad_name(&self) -> String {
        self.grad_name.to_owned()
    }
    fn geometry(&self, l: &Layout) -> Result<(Layout, isize)> {
        let mut shape: Dims = SmallVec::from_slice(l.shape());
        let mut strides: Strides = SmallVec::from_slice(l.strides());
        let stride = if self.dim < shape.len() { shape[self.dim] as isize * strides[self.dim] } else { 1 };
        shape.insert(self.dim, 1);
        strides.insert(self.dim, stride);
        Ok((Layout::strided(&shape, &strides), 0))
    }
    fn adjoint(&self, g: &Tensor, _: &[usize]) -> Result<Tensor> {
        run(Squeeze { dims: smallvec![self.dim], grad_name: "SqueezeBackward1" }, g)
    }
    fn below(&self, _: usize) -> Self {
        Unsqueeze { dim: self.dim + 1, grad_name: self.grad_name }
    }
}

/// Drops dimensions of size 1.
#[derive(Debug, Clone)]
pub struct Squeeze {
    pub(super) dims: SmallVec<[usize; 4]>,
    pub(super) grad_name: &'static str,
}

impl Rule for Squeeze {
    const NAME: &'static str = "squeeze";
    fn grad_name(&self) -> String {
        self.grad_name.to_owned()
    }
    fn geometry(&self, l: &Layout) -> Result<(Layout, isize)> {
        let kept = (0..l.ndim()).filter(|d| !self.dims.contains(d));
        let shape: Dims = kept.clone().map(|d| l.shape()[d]).collect();
        let strides: Strides = kept.map(|d| l.strides()[d]).collect();
        Ok((Layout::strided(&shape, &strides), 0))
    }
    fn adjoint(&self, g: &Tensor, input: &[usize]) -> Result<Tensor> {
        reshape(g, input)
    }
    fn below(&self, _: usize) -> Self {
        Squeeze { dims: self.dims.iter().map(|d| d + 1).collect(), grad_name: self.grad_name }
    }
}

/// Dimensions of size 1 dropped: all of them, or those of `dims` that have size 1.
#[track_caller]
pub fn squeeze(x: &Tensor, dims: Option<&[i64]>) -> Result<Tensor> {
    let grad_name = match dims {
        None => "SqueezeBackward0",
        Some([_]) => "SqueezeBackward1",
        Some(_) => "SqueezeBackward2",
    };
    run(Squeeze { dims: squeezed(x, dims)?, grad_name }, x)
}

/// The dimensions that `squeeze` drops.
pub(super) fn squeezed(x: &Tensor, dims: Option<&[i64]>) -> Result<SmallVec<[usize; 4]>> {
    let mut wrapped: SmallVec<[usize; 4]> = match dims {
        None => (0..x.ndim()).collect(),
        Some(dims) => dims.iter().map(|&d| wrap_dim("squeeze", d, x.ndim())).collect::<Result<_>>()?,
    };
    wrapped.retain(|d| x.shape().get(*d) == Some(&1));
    Ok(wrapped)
}

/// The row of the table.
pub static RESHAPE: OpInfo = OpInfo {
    name: "reshape",
    doc: "The same elements as `shape` (one size may be -1): a view where strides allow, else a copy.\n\n\
          >>> import wengert\n\
          >>> wengert.reshape(wengert.ones(2, 6), (3, -1)).shape\n\
          torch.Size([3, 4])\n",
    signature: "input: Tensor, *shape: int",
    returns: "Tensor",
    face: Face::BOTH,
    differentiable: true,
    body: Body::Call(|a| {
        let x = a.tensor(0)?;
        reshape_as_view(x, &resolve("reshape", &a.ints(1)?, x.shape())?).map(Value::from)
    }),
    samples: &["f(2, 6), (3, 4)", "f(2, 6), (-1,)", "f(), (1, 1)", "f(0, 3), (3, 0)", "f(2, 3, 4), (6, -1)"],
};

/// The row of the table.
pub static VIEW: OpInfo = OpInfo {
    name: "view",
    doc: "The same elements as `shape` (one size may be -1), always a view.\n\n\
          Raises RuntimeError where strides allow none.\n\n\
          >>> import wengert\n\
          >>> wengert.arange(4).view(2, -1).tolist()\n\
          [[0, 1], [2, 3]]\n",
    signature: "input: Tensor, *shape: int",
    returns: "Tensor",
    face: Face::METHOD,
    differentiable: true,
    body: Body::Call(|a| view(a.tensor(0)?, &a.ints(1)?).map(Value::from)),
    samples: &["f(2, 6), (3, 4)", "f(2, 6), (-1,)", "f(), (1, 1)"],
};

/// The row of the table.
pub static UNSQUEEZE: OpInfo = OpInfo {
    name: "unsqueeze",
    doc: "View with a dimension of size 1 inserted at `dim`.\n\n\
          >>> import wengert\n\
          >>> wengert.unsqueeze(wengert.tensor([1, 2]), 1).tolist()\n\
          [[1], [2]]\n",
    signature: "input: Tensor, dim: int",
    returns: "Tensor",
    face: Face::BOTH,
    differentiable: true,
    body: Body::Call(|a| unsqueeze(a.tensor(0)?, a.int(1)?).map(Value::from)),
    samples: &["f(2, 3), 0", "f(2, 3), -1", "f(), 0"],
};

/// The row of the table.
pub static SQUEEZE: OpInfo = OpInfo {
    name: "squeeze",
    doc: "View without dimensions of size 1: all of them, or those of `dim` that have size 1.\n\n\
          >>> import wengert\n\
          >>> wengert.squeeze(wengert.ones(1, 3, 1)).shape\n\
          torch.Size([3])\n",
    signature: "input: Tensor, dim: int | tuple[int, ...] | None = None",
    returns: "Tensor",
    face: Face::BOTH,
    differentiable: true,
    body: Body::Call(|a| squeeze(a.tensor(0)?, a.maybe_ints(1)?.as_deref()).map(Value::from)),
    samples: &["f(1, 3, 1)", "f(1, 3, 1), 0", "f(2, 3), 0", "f(1, 3, 1), dim=(0, -1)", "f()"],
};
