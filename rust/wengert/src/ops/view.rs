//! Views: operations whose output shares the storage of the input. Depends on layouts, `record` and `write::Embed`.
//!
//! A view is a rule on layouts; what else an op needs (derivatives both ways, batching, history) is the same for all.

use crate::array::layout::wrap_dim;
use crate::array::{Array, Dims, Layout, Strides};
use crate::error::{Error, Result};
use crate::op::{Batched, Cotangents, Grads, Op, OpRef};
use crate::ops::table::{Args, Body, Face, OpInfo, Value};
use crate::record::apply;
use crate::saved::Saved;
use crate::tensor::Tensor;
use smallvec::{SmallVec, smallvec};
use std::fmt::Debug;

pub mod bits;
pub mod diagonal;
pub mod inplace;
pub mod parts;
mod reshape;
pub mod shapes;
mod slice;
pub mod strided;
pub use diagonal::{diag_embed, diagonal};
pub use reshape::*;
pub use shapes::{flatten, movedim};
pub use slice::*;
pub use strided::as_strided;

/// A rule on layouts, plain data.
pub trait Rule: Debug + Clone + Send + Sync + 'static {
    /// Public name.
    const NAME: &'static str;
    /// PyTorch's name of the node.
    fn grad_name(&self) -> String;
    /// The view's layout, and where its first element lies from the first of the input, in elements.
    fn geometry(&self, input: &Layout) -> Result<(Layout, isize)>;
    /// The adjoint: a cotangent of the view as one of the input, which has the shape `input`.
    fn adjoint(&self, g: &Tensor, input: &[usize]) -> Result<Tensor>;
    /// The same rule below one more leading dimension of `size`.
    fn below(&self, size: usize) -> Self;
    /// Whether it is one of several views that one function returns, which are not to be written to.
    fn is_one_of_many(&self) -> bool {
        false
    }
    /// The rule on a tangent, whose strides may differ from those of its primal.
    fn tangent(&self, t: &Tensor) -> Result<Tensor> {
        run(self.clone(), t)
    }
}

/// The op of a rule.
#[derive(Debug, Clone)]
pub struct View<V>(pub V);

impl<V: Rule> Op for View<V> {
    fn name(&self) -> &str {
        V::NAME
    }
    fn grad_name(&self) -> String {
        self.0.grad_name()
    }
    fn forward(&self, inputs: &[&Array]) -> Result<Array> {
        let (layout, offset) = self.0.geometry(inputs[0].layout())?;
        Ok(inputs[0].view(layout, offset))
    }
    fn vjp(&self, saved: &Saved<'_>, cotangents: Cotangents) -> Result<Grads> {
        let Some(Some(g)) = cotangents.first() else { return Ok(Grads::new()) };
        Ok(smallvec![Some(self.0.adjoint(g, saved.input_layout(0).shape())?)])
    }
    fn jvp(&self, _: &[&Tensor], _: &Tensor, tangents: &[Option<Tensor>]) -> Result<Option<Tensor>> {
        tangents[0].as_ref().map(|t| self.0.tangent(t)).transpose()
    }
    fn batch(&self, inputs: &[Batched], size: usize) -> Result<Option<Batched>> {
        let x = crate::transform::to_front(&inputs[0])?;
        Ok(Some((run(self.0.below(size), &x)?, Some(0))))
    }
    fn is_view(&self) -> bool {
        true
    }
    fn is_one_of_many(&self) -> bool {
        self.0.is_one_of_many()
    }
}

/// Applies a view rule.
#[track_caller]
pub fn run<V: Rule>(rule: V, x: &Tensor) -> Result<Tensor> {
    apply(OpRef::new(View(rule)), &[x])
}

/// Reorders dimensions.
#[derive(Debug, Clone)]
pub struct Permute {
    dims: SmallVec<[usize; 4]>,
    grad_name: &'static str,
}

impl Rule for Permute {
    const NAME: &'static str = "permute";
    fn grad_name(&self) -> String {
        self.grad_name.to_owned()
    }
    fn geometry(&self, l: &Layout) -> Result<(Layout, isize)> {
        let shape: Dims = self.dims.iter().map(|&d| l.shape()[d]).collect();
        let strides: Strides = self.dims.iter().map(|&d| l.strides()[d]).collect();
        Ok((Layout::strided(&shape, &strides), 0))
    }
    fn adjoint(&self, g: &Tensor, _: &[usize]) -> Result<Tensor> {
        let mut inverse: SmallVec<[usize; 4]> = smallvec![0; self.dims.len()];
        for (i, &d) in self.dims.iter().enumerate() {
            inverse[d] = i;
        }
        run(Permute { dims: inverse, grad_name: self.grad_name }, g)
    }
    fn below(&self, _: usize) -> Self {
        let dims = std::iter::once(0).chain(self.dims.iter().map(|d| d + 1)).collect();
        Permute { dims, grad_name: self.grad_name }
    }
}

/// Dimensions in another order.
#[track_caller]
pub fn permute(x: &Tensor, dims: &[i64]) -> Result<Tensor> {
    if dims.len() != x.ndim() {
        return Err(Error::runtime(format!(
            "permute: number of dimensions in the tensor input does not match the length of the desired ordering of \
             dimensions i.e. input.dim() = {} is not equal to len(dims) = {}",
            x.ndim(),
            dims.len()
        )));
    }
    let dims = dims.iter().map(|&d| wrap_dim("permute", d, x.ndim())).collect::<Result<SmallVec<[usize; 4]>>>()?;
    let mut seen: SmallVec<[bool; 8]> = smallvec![false; dims.len()];
    for &d in &dims {
        if std::mem::replace(&mut seen[d], true) {
            return Err(Error::runtime(format!(
                "permute: duplicate dims are not allowed; got {dims:?}, wanted each of 0..{} once",
                dims.len()
            )));
        }
    }
    run(Permute { dims, grad_name: "PermuteBackward0" }, x)
}

#[track_caller]
fn swapped(x: &Tensor, a: usize, b: usize, grad_name: &'static str) -> Result<Tensor> {
    let mut dims: SmallVec<[usize; 4]> = (0..x.ndim()).collect();
    if !dims.is_empty() {
        dims.swap(a, b);
    }
    run(Permute { dims, grad_name }, x)
}

/// Two dimensions exchanged.
#[track_caller]
pub fn transpose(x: &Tensor, a: i64, b: i64) -> Result<Tensor> {
    let (a, b) = (wrap_dim("transpose", a, x.ndim())?, wrap_dim("transpose", b, x.ndim())?);
    swapped(x, a, b, "TransposeBackward0")
}

/// The last two dimensions exchanged, for rules.
pub(crate) fn matrix_transpose(x: &Tensor) -> Result<Tensor> {
    transpose(x, -2, -1)
}

/// A matrix transposed; vectors and scalars as they are.
#[track_caller]
pub fn t(x: &Tensor) -> Result<Tensor> {
    match x.ndim() {
        0 | 1 => swapped(x, 0, 0, "TBackward0"),
        2 => swapped(x, 0, 1, "TBackward0"),
        n => Err(Error::runtime(format!(
            "t() expects a tensor with <= 2 dimensions, but self is {n}D; try transpose(0, 1) or mT"
        ))),
    }
}

/// All dimensions reversed (PyTorch's `T`).
#[track_caller]
pub fn reversed(x: &Tensor) -> Result<Tensor> {
    if x.ndim() == 2 {
        return swapped(x, 0, 1, "PermuteBackward0");
    }
    let dims: Vec<i64> = (0..x.ndim() as i64).rev().collect();
    permute(x, &dims)
}

/// Repeats along dimensions of size 1, by strides of 0.
#[derive(Debug, Clone)]
pub struct Expand {
    shape: Dims,
    /// Leading dimensions that every input has besides (batches).
    lead: usize,
}

impl Rule for Expand {
    const NAME: &'static str = "expand";
    fn grad_name(&self) -> String {
        "ExpandBackward0".to_owned()
    }
    fn geometry(&self, l: &Layout) -> Result<(Layout, isize)> {
        let added = self.shape.len() - l.ndim();
        let mut strides: Strides = SmallVec::new();
        for (d, &n) in self.shape.iter().enumerate() {
            strides.push(if d < self.lead {
                l.strides()[d]
            } else if d < self.lead + added {
                0
            } else if l.shape()[d - added] == n {
                l.strides()[d - added]
            } else {
                0
            });
        }
        crate::array::layout::checked_numel(&self.shape)?;
        Ok((Layout::strided(&self.shape, &strides), 0))
    }
    fn adjoint(&self, g: &Tensor, input: &[usize]) -> Result<Tensor> {
        if self.lead == 0 {
            return crate::ops::reduce::sum_to_shape(g.clone(), input);
        }
        let mut aligned: Dims = SmallVec::from_slice(&input[..self.lead]);
        aligned.extend(std::iter::repeat_n(1, self.shape.len() - input.len()));
        aligned.extend_from_slice(&input[self.lead..]);
        reshape(&crate::ops::reduce::sum_to_shape(g.clone(), &aligned)?, input)
    }
    fn below(&self, size: usize) -> Self {
        let shape = std::iter::once(size).chain(self.shape.iter().copied()).collect();
        Expand { shape, lead: self.lead + 1 }
    }
}

/// A view of `shape` (sizes of 1 repeated).
#[track_caller]
pub fn expand(x: &Tensor, shape: &[usize]) -> Result<Tensor> {
    if crate::array::layout::broadcast(x.shape(), shape).as_deref() != Some(shape) {
        return Err(Error::runtime(format!(
            "expand: shape {:?} cannot be expanded to {shape:?}; sizes must be equal or 1, counted from the right",
            x.shape()
        )));
    }
    run(Expand { shape: SmallVec::from_slice(shape), lead: 0 }, x)
}

fn expand_sizes(x: &Tensor, sizes: &[i64]) -> Result<Tensor> {
    if sizes.len() < x.ndim() {
        return Err(Error::runtime(format!(
            "expand: the number of sizes provided ({}) must be greater or equal to the number of dimensions in the tensor ({})",
            sizes.len(),
            x.ndim()
        )));
    }
    let added = sizes.len() - x.ndim();
    let mut shape = Dims::new();
    for (d, &n) in sizes.iter().enumerate() {
        match (n, d.checked_sub(added)) {
            (-1, Some(k)) => shape.push(x.shape()[k]),
            (n, _) if n >= 0 => shape.push(n as usize),
            (n, _) => {
                return Err(Error::runtime(format!(
                    "expand: the expanded size of the tensor ({n}) isn't allowed in a leading, non-existing dimension {d}"
                )));
            }
        }
    }
    if crate::array::layout::broadcast(x.shape(), &shape).as_deref() != Some(&*shape) {
        let d = (added..shape.len())
            .rev()
            .find(|&d| x.shape()[d - added] != 1 && x.shape()[d - added] != shape[d])
            .unwrap_or(0);
        return Err(Error::runtime(format!(
            "The expanded size of the tensor ({}) must match the existing size ({}) at non-singleton dimension {d}. \
             Target sizes: {shape:?}. Tensor sizes: {:?}",
            shape[d],
            x.shape()[d - added],
            x.shape()
        )));
    }
    expand(x, &shape)
}

/// Sizes given as `f(2, 3)` or `f((2, 3))` arrive as one list.
fn sizes(args: &Args<'_>, i: usize) -> Result<SmallVec<[i64; 4]>> {
    args.ints(i)
}

/// The row of the table.
pub static PERMUTE: OpInfo = OpInfo {
    name: "permute",
    doc: "View with dimensions in the order `dims`.\n\n\
          >>> import wengert\n\
          >>> wengert.permute(wengert.ones(2, 3, 4), (2, 0, 1)).shape\n\
          torch.Size([4, 2, 3])\n",
    signature: "input: Tensor, *dims: int",
    returns: "Tensor",
    face: Face::BOTH,
    differentiable: true,
    body: Body::Call(|a| permute(a.tensor(0)?, &a.ints(1)?).map(Value::from)),
    samples: &["f(2, 3, 4), (2, 0, 1)", "f(2, 3), (1, 0)", "f(), ()"],
};

/// The row of the table.
pub static TRANSPOSE: OpInfo = OpInfo {
    name: "transpose",
    doc: "View with dimensions `dim0` and `dim1` exchanged.\n\n\
          >>> import wengert\n\
          >>> wengert.transpose(wengert.ones(2, 3, 4), 0, -1).shape\n\
          torch.Size([4, 3, 2])\n",
    signature: "input: Tensor, dim0: int, dim1: int",
    returns: "Tensor",
    face: Face::BOTH,
    differentiable: true,
    body: Body::Call(|a| transpose(a.tensor(0)?, a.int(1)?, a.int(2)?).map(Value::from)),
    samples: &["f(2, 3), 0, 1", "f(2, 3, 4), -1, 0"],
};

/// The row of the table.
pub static T: OpInfo = OpInfo {
    name: "t",
    doc: "View of a matrix transposed; vectors and 0-d tensors as they are.\n\n\
          >>> import wengert\n\
          >>> wengert.t(wengert.tensor([[1, 2], [3, 4]])).tolist()\n\
          [[1, 3], [2, 4]]\n",
    signature: "input: Tensor",
    returns: "Tensor",
    face: Face::BOTH,
    differentiable: true,
    body: Body::Call(|a| t(a.tensor(0)?).map(Value::from)),
    samples: &["f(2, 3)", "f(3)", "f()"],
};

/// The row of the table.
pub static EXPAND: OpInfo = OpInfo {
    name: "expand",
    doc: "View with sizes of 1 repeated to `size`; -1 keeps a size.\n\n\
          >>> import wengert\n\
          >>> wengert.tensor([[1], [2]]).expand(-1, 3).tolist()\n\
          [[1, 1, 1], [2, 2, 2]]\n",
    signature: "input: Tensor, *size: int",
    returns: "Tensor",
    face: Face::METHOD,
    differentiable: true,
    body: Body::Call(|a| expand_sizes(a.tensor(0)?, &sizes(a, 1)?).map(Value::from)),
    samples: &["f(1, 3), (4, 3)", "f(3), (2, 3)", "f(2, 1), (-1, 4)", "f(), (2,)"],
};

/// The rows of this file.
pub static ROWS: &[&OpInfo] =
    &[&RESHAPE, &VIEW, &TRANSPOSE, &T, &PERMUTE, &EXPAND, &UNSQUEEZE, &SQUEEZE, &SELECT, &NARROW];
