//! max, min, argmax, argmin: the index is an operation of its own, the value is what stands there, so that along a
//! dimension one index gets the gradient (as PyTorch). Over all elements ties share it: see `extreme`.

use super::extreme::extreme;
use super::*;
use crate::ops::pick::{pick, picked};
use crate::with_dtype;
use wengert_kernels::reversed;

/// Which extreme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// The largest.
    Max,
    /// The smallest.
    Min,
}

impl End {
    pub fn pick<T>(self, max: T, min: T) -> T {
        if self == End::Max { max } else { min }
    }
}

/// Index of the first extreme along a dimension.
#[derive(Clone, Debug)]
struct Arg {
    end: End,
    dim: usize,
    keepdim: bool,
}

impl Arg {
    /// The extremes and their indices: the kernel finds them together.
    fn both(&self, x: &Array) -> Result<(Array, Array)> {
        let mut dims: SmallVec<[bool; 4]> = smallvec![false; x.shape().len()];
        dims[self.dim] = true;
        let layout = Layout::contiguous(&Reduced { dims, keepdim: self.keepdim, all: false }.shape(x.shape()))?;
        let values = Array::empty(layout.clone(), x.dtype())?;
        let index = Array::empty(layout, DType::I64)?;
        let (s, xs) = (x.shape(), x.layout().strides());
        with_dtype!(x.dtype(), T => {
            // SAFETY: fresh row-major outputs with one element for each of the kept ones.
            unsafe {
                match self.end {
                    End::Max => kernel::max_index::<T>(s, x.ptr(), xs, self.dim, values.ptr(), index.ptr()),
                    End::Min => reversed::min_index::<T>(s, x.ptr(), xs, self.dim, values.ptr(), index.ptr()),
                }
            }
        });
        Ok((values, index))
    }
}

impl Op for Arg {
    fn name(&self) -> &str {
        self.end.pick("argmax", "argmin")
    }
    fn grad_name(&self) -> String {
        self.end.pick("ArgmaxBackward0", "ArgminBackward0").to_owned()
    }
    fn forward(&self, inputs: &[&Array]) -> Result<Array> {
        Ok(self.both(inputs[0])?.1)
    }
    fn vjp(&self, _: &Saved<'_>, _: Cotangents) -> Result<Grads> {
        Ok(Grads::new())
    }
    fn jvp(&self, _: &[&Tensor], _: &Tensor, _: &[Option<Tensor>]) -> Result<Option<Tensor>> {
        Ok(None)
    }
    fn batch(&self, inputs: &[Batched], _: usize) -> Result<Option<Batched>> {
        let x = crate::transform::to_front(&inputs[0])?;
        Ok(Some((apply(OpRef::new(Arg { dim: self.dim + 1, ..self.clone() }), &[&x])?, Some(0))))
    }
    fn is_differentiable(&self) -> bool {
        false
    }
}

/// The error of an empty dimension.
pub(super) fn check_length(name: &str, x: &Tensor, dim: usize) -> Result<()> {
    if x.shape().get(dim) == Some(&0) {
        return Err(Error::index(format!(
            "{name}(): Expected reduction dim {dim} to have non-zero size; got shape {:?}",
            x.shape()
        )));
    }
    Ok(())
}

/// The error of no element at all.
pub(super) fn check_any(name: &str, x: &Tensor) -> Result<()> {
    if x.numel() == 0 {
        return Err(Error::runtime(format!(
            "{name}(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with the 'dim' argument."
        )));
    }
    Ok(())
}

/// The error of what PyTorch does not order.
pub(super) fn no_bool(name: &str, x: &Tensor) -> Result<()> {
    if x.dtype() == DType::Bool {
        return Err(Error::not_implemented(format!("{name}(): does not support bool input; try to(int64)")));
    }
    Ok(())
}

/// A 0-d tensor as a vector of one, anything else as it is.
pub(super) fn at_least_1d(x: &Tensor) -> Result<Tensor> {
    if x.ndim() == 0 { crate::ops::view::reshape(x, &[1]) } else { Ok(x.clone()) }
}

/// Values and indices of an extreme along `dim`.
#[track_caller]
pub(crate) fn along(end: End, x: &Tensor, dim: i64, keepdim: bool) -> Result<(Tensor, Tensor)> {
    let name = end.pick("max", "min");
    let dim = wrap_dim(name, dim, x.ndim())?;
    check_length(name, x, dim)?;
    let keepdim = keepdim && x.ndim() > 0;
    let x = at_least_1d(x)?;
    let names = end.pick(("max", "MaxBackward0"), ("min", "MinBackward0"));
    let op = Arg { end, dim, keepdim };
    if x.is_plain() && !crate::tap::listening() {
        let (values, index) = op.both(x.array())?;
        let index = Tensor::from_array(index);
        return Ok((picked(names, &x, &index, dim, !keepdim, values), index));
    }
    let index = apply(OpRef::new(op), &[&x])?;
    Ok((pick(names, &x, &index, dim, !keepdim)?, index))
}

/// The largest element (`dim` None), or the largest along `dim` and its index.
#[track_caller]
pub fn max(x: &Tensor, dim: Option<i64>, keepdim: bool) -> Result<(Tensor, Option<Tensor>)> {
    one_or_two(End::Max, x, dim, keepdim)
}

/// The smallest element (`dim` None), or the smallest along `dim` and its index.
#[track_caller]
pub fn min(x: &Tensor, dim: Option<i64>, keepdim: bool) -> Result<(Tensor, Option<Tensor>)> {
    one_or_two(End::Min, x, dim, keepdim)
}

#[track_caller]
fn one_or_two(end: End, x: &Tensor, dim: Option<i64>, keepdim: bool) -> Result<(Tensor, Option<Tensor>)> {
    if let Some(dim) = dim {
        let (values, index) = along(end, x, dim, keepdim)?;
        return Ok((values, Some(index)));
    }
    let name = end.pick("max", "min");
    check_any(name, x)?;
    let node = end.pick("MaxBackward1", "MinBackward1");
    Ok((extreme(end, (name, node), x, Reduced::new(name, x, None, false)?)?, None))
}

/// The larger (smaller) of two tensors, NaN if either is; where they are equal each gets half of the gradient.
fn pairwise(end: End, a: &Tensor, b: &Tensor) -> Result<Tensor> {
    use crate::ops::{add, gt, lt, mul, where_};
    let (a, b) = crate::ops::binary::unify(a, b, false)?;
    let (first, second) = match end {
        End::Max => (gt(&a, &b)?, lt(&a, &b)?),
        End::Min => (lt(&a, &b)?, gt(&a, &b)?),
    };
    // Neither: equal, or one is NaN, and so is the sum.
    let middle = if a.dtype().is_float() {
        let half = Tensor::scalar(a.dtype(), crate::Scalar::Float(0.5))?;
        add(&mul(&a, &half)?, &mul(&b, &half)?)?
    } else {
        a.clone()
    };
    where_(&first, &a, &where_(&second, &b, &middle)?)
}

fn call(end: End, a: &crate::ops::table::Args<'_>) -> Result<Value> {
    if let Value::Tensor(other) = a.get(1) {
        return pairwise(end, a.tensor(0)?, other).map(Value::from);
    }
    Ok(match one_or_two(end, a.tensor(0)?, a.maybe_int(1)?, a.flag(2)?)? {
        (values, None) => Value::from(values),
        (values, Some(indices)) => Value::Named(end.pick("max", "min"), vec![("values", values), ("indices", indices)]),
    })
}

/// Index of the first extreme along `dim`, of the flattened tensor when None.
#[track_caller]
fn arg(end: End, x: &Tensor, dim: Option<i64>, keepdim: bool) -> Result<Tensor> {
    let name = end.pick("argmax", "argmin");
    no_bool(name, x)?;
    let Some(dim) = dim else {
        if x.numel() == 0 {
            return Err(Error::index(format!(
                "{name}(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with the 'dim' argument."
            )));
        }
        let flat = crate::ops::view::reshape(x, &[x.numel()])?;
        let index = apply(OpRef::new(Arg { end, dim: 0, keepdim: false }), &[&flat])?;
        let ones: Dims = smallvec![1; x.ndim()];
        return if keepdim { crate::ops::view::reshape(&index, &ones) } else { Ok(index) };
    };
    let dim = wrap_dim(name, dim, x.ndim())?;
    check_length(name, x, dim)?;
    let keepdim = keepdim && x.ndim() > 0;
    apply(OpRef::new(Arg { end, dim, keepdim }), &[&at_least_1d(x)?])
}

/// Index of the first largest element.
#[track_caller]
pub fn argmax(x: &Tensor, dim: Option<i64>, keepdim: bool) -> Result<Tensor> {
    arg(End::Max, x, dim, keepdim)
}

/// Index of the first smallest element.
#[track_caller]
pub fn argmin(x: &Tensor, dim: Option<i64>, keepdim: bool) -> Result<Tensor> {
    arg(End::Min, x, dim, keepdim)
}

macro_rules! rows {
    ($($info:ident $name:literal $end:ident $doc:expr, $samples:expr;)*) => {$(
        /// The row of the table.
        pub static $info: OpInfo = OpInfo {
            name: $name,
            doc: $doc,
            signature: "input: Tensor, dim: int | None = None, keepdim: bool = False",
            returns: "Any",
            face: Face::BOTH,
            differentiable: true,
            body: Body::Call(|a| call(End::$end, a)),
            samples: $samples,
        };
    )*};
}
rows! {
    MAX "max" Max
    "Largest element; along `dim`, largest values and their first indices; of two tensors, the larger of each pair.\n\n\
     Over all elements ties share the gradient; along a dimension the first index gets it. NaN counts as largest. Raises\n\
     RuntimeError for no elements, IndexError for an empty dimension.\n\n\
     >>> import wengert\n\
     >>> wengert.max(wengert.tensor([1.0, 3.0, 2.0]))\n\
     tensor(3.)\n\
     >>> values, indices = wengert.max(wengert.tensor([[1.0, 3.0], [4.0, 2.0]]), dim=1)\n\
     >>> indices\n\
     tensor([1, 0])\n",
    &["f(2, 3)", "f(2, 3), dim=1", "f(2, 3, 4), dim=0, keepdim=True", "f()", "f(), dim=0", "i(2, 3), dim=-1", "f(2, 3), f(2, 3)"];
    MIN "min" Min
    "Smallest element; along `dim`, smallest values and their first indices; of two tensors, the smaller of each pair.\n\n\
     Over all elements ties share the gradient; along a dimension the first index gets it. NaN counts as smallest. Raises\n\
     RuntimeError for no elements, IndexError for an empty dimension.\n\n\
     >>> import wengert\n\
     >>> wengert.min(wengert.tensor([1.0, 3.0, 2.0]))\n\
     tensor(1.)\n\
     >>> values, indices = wengert.min(wengert.tensor([[1.0, 3.0], [4.0, 2.0]]), dim=1)\n\
     >>> indices\n\
     tensor([0, 1])\n",
    &["f(2, 3)", "f(2, 3), dim=1", "f(2, 3, 4), dim=0, keepdim=True", "f()", "i(2, 3), dim=-1", "f(2, 3), f(2, 3)"];
}

macro_rules! arg_rows {
    ($($info:ident $name:literal $f:ident $doc:expr;)*) => {$(
        /// The row of the table.
        pub static $info: OpInfo = OpInfo {
            name: $name,
            doc: $doc,
            signature: "input: Tensor, dim: int | None = None, keepdim: bool = False",
            returns: "Tensor",
            face: Face::BOTH,
            differentiable: false,
            body: Body::Call(|a| $f(a.tensor(0)?, a.maybe_int(1)?, a.flag(2)?).map(Value::from)),
            samples: &["f(2, 3)", "f(2, 3), dim=1", "f(2, 3, 4), dim=0, keepdim=True", "f()", "f(2, 3), keepdim=True", "i(4), dim=-1"],
        };
    )*};
}
arg_rows! {
    ARGMAX "argmax" argmax
    "Index of the first largest element along `dim`, of the flattened tensor when None; NaN counts as largest.\n\n\
     >>> import wengert\n\
     >>> wengert.argmax(wengert.tensor([[1.0, 3.0], [4.0, 2.0]]), dim=1)\n\
     tensor([1, 0])\n";
    ARGMIN "argmin" argmin
    "Index of the first smallest element along `dim`, of the flattened tensor when None; NaN counts as smallest.\n\n\
     >>> import wengert\n\
     >>> wengert.argmin(wengert.tensor([[1.0, 3.0], [4.0, 2.0]]))\n\
     tensor(0)\n";
}
