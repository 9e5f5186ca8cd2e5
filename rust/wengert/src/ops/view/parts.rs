//! split, chunk, unbind and their like: several views of one tensor. Depends on views, `cat` and the tape.
//!
//! The parts of split, chunk and unbind share one node, whose rule joins their cotangents: its cost does not grow with
//! the number of parts. As in PyTorch these parts are not to be written to where that would need a gradient.

use super::slice::Origin;
use super::*;
use crate::array::{DType, Scalar, room};
use crate::mode::grad_enabled;
use crate::ops::rows::rows;
use crate::tape::{Edge, Node, site};
use crate::watch::{self, What};

/// The parts that one node can tell apart.
const MOST: usize = 1 << 16;
/// The parts that are made at all.
const MOST_PARTS: usize = 1 << 24;

/// The node of several parts: along `dim`, which is gone where `sizes` is None.
#[derive(Debug)]
struct Parts {
    dim: usize,
    sizes: Option<Vec<usize>>,
    grad_name: &'static str,
}

impl Op for Parts {
    fn name(&self) -> &str {
        if self.sizes.is_some() { "split" } else { "unbind" }
    }
    fn grad_name(&self) -> String {
        self.grad_name.to_owned()
    }
    fn forward(&self, _: &[&Array]) -> Result<Array> {
        Err(Error::runtime(format!("{}: has several results and is not run as one operation", self.name())))
    }
    fn vjp(&self, saved: &Saved<'_>, cotangents: Cotangents) -> Result<Grads> {
        let Some(dtype) = cotangents.iter().flatten().map(Tensor::dtype).next() else { return Ok(Grads::new()) };
        let whole = saved.input_layout(0).shape();
        let count = self.sizes.as_ref().map_or_else(|| whole[self.dim], Vec::len);
        let mut parts: Vec<Tensor> = Vec::with_capacity(count);
        // There are as many cotangents as up to the last one that came.
        for (i, g) in cotangents.into_iter().chain(std::iter::repeat(None)).take(count).enumerate() {
            let mut shape: Dims = SmallVec::from_slice(whole);
            match &self.sizes {
                Some(sizes) => shape[self.dim] = sizes[i],
                None => drop(shape.remove(self.dim)),
            }
            parts.push(match g {
                Some(g) => g,
                None => expand(&Tensor::scalar(dtype, Scalar::Int(0))?, &shape)?,
            });
        }
        let refs: Vec<&Tensor> = parts.iter().collect();
        let g = match self.sizes {
            Some(_) => crate::ops::cat(&refs, self.dim as i64)?,
            None => crate::ops::stack(&refs, self.dim as i64)?,
        };
        Ok(smallvec![Some(g)])
    }
    fn jvp(&self, _: &[&Tensor], _: &Tensor, _: &[Option<Tensor>]) -> Result<Option<Tensor>> {
        // Under a transform every part is a view of its own.
        Err(Error::runtime(format!("{}: has several results and is not run as one operation", self.name())))
    }
}

/// The views that `rules` show of `x`, with one node `op` for all.
#[track_caller]
fn together<V: Rule>(x: &Tensor, op: Parts, rules: Vec<V>) -> Result<Vec<Tensor>> {
    if x.is_lifted() || rules.len() > MOST {
        return rules.into_iter().map(|rule| run(rule, x)).collect();
    }
    let fresh;
    let x = if x.is_plain() {
        x
    } else {
        fresh = x.current()?;
        &fresh
    };
    let mut arrays = Vec::with_capacity(rules.len());
    for rule in &rules {
        let (layout, offset) = rule.geometry(x.layout())?;
        arrays.push(x.array().view(layout, offset));
    }
    let op = OpRef::new(op);
    let edge = if x.edge().is_some() && grad_enabled() {
        let outputs: Vec<(Layout, DType)> = arrays.iter().map(|a| (a.layout().clone(), a.dtype())).collect();
        Node::record_many(op.clone(), site::current(), &[x], outputs, None)
    } else {
        None
    };
    let parts = arrays.into_iter().zip(rules).enumerate().map(|(i, (array, rule))| {
        let mut chain: crate::history::Chain = x.chain().iter().cloned().collect();
        chain.push(OpRef::new(View(rule)));
        let edge = edge.as_ref().map_or(Edge::NONE, |edge| edge.with_out(i as u16));
        Tensor::from_view(array, edge, x.group_or_new().clone(), chain)
    });
    let parts: Vec<Tensor> = parts.collect();
    if watch::any() {
        parts.iter().for_each(|part| watch::show(What::Op(op.clone()), &[x], Some(part)));
    }
    Ok(parts)
}

#[track_caller]
fn split_into(x: &Tensor, dim: usize, sizes: Vec<usize>, grad_name: &'static str) -> Result<Vec<Tensor>> {
    let mut start = 0;
    let rules = sizes
        .iter()
        .map(|&len| {
            let rule = Slice { dim, start, len, step: 1, origin: Origin { grad_name, of_many: true } };
            start += len;
            rule
        })
        .collect();
    together(x, Parts { dim, sizes: Some(sizes), grad_name }, rules)
}

/// Refuses more parts than memory could hold, before the first is made.
fn checked_count(name: &str, count: usize) -> Result<usize> {
    if count > MOST_PARTS {
        return Err(Error::runtime(format!(
            "{name}: got {count} parts, wanted at most {MOST_PARTS}: each is a tensor; cannot create std::vector larger than max_size()"
        )));
    }
    // About what a tensor takes, with its header and its history: the blocks themselves are not asked for one by one.
    room::<[u8; 512]>(name, count)?;
    Ok(count)
}

fn dimension(name: &str, x: &Tensor, dim: i64) -> Result<usize> {
    if x.ndim() == 0 {
        return Err(Error::runtime(format!("{name} expects at least a 1-dimensional tensor; got a 0-d tensor")));
    }
    wrap_dim(name, dim, x.ndim())
}

/// Parts of `size` along `dim`, the last one shorter where it does not divide.
#[track_caller]
pub fn split(x: &Tensor, size: i64, dim: i64) -> Result<Vec<Tensor>> {
    let dim = dimension("split", x, dim)?;
    let n = x.shape()[dim];
    if size < 0 {
        return Err(Error::runtime(format!("split expects split_size be non-negative, but got split_size={size}")));
    }
    if size == 0 && n > 0 {
        return Err(Error::runtime(format!(
            "split: split_size can only be 0 if dimension size is 0, but got dimension size of {n}"
        )));
    }
    let size = size as usize;
    let count = checked_count("split", if size == 0 { 1 } else { n.div_ceil(size).max(1) })?;
    let sizes = (0..count).map(|i| size.min(n - i * size)).collect();
    split_into(x, dim, sizes, "SplitBackward0")
}

/// Parts of the given sizes along `dim`.
#[track_caller]
pub fn split_with_sizes(x: &Tensor, sizes: &[i64], dim: i64) -> Result<Vec<Tensor>> {
    let dim = dimension("split", x, dim)?;
    let n = x.shape()[dim] as i64;
    if sizes.iter().any(|&s| s < 0) {
        return Err(Error::runtime(format!(
            "split_with_sizes expects split_sizes have only non-negative entries, but got split_sizes={sizes:?}"
        )));
    }
    if sizes.iter().try_fold(0i64, |sum, &s| sum.checked_add(s)) != Some(n) {
        return Err(Error::runtime(format!(
            "split_with_sizes expects split_sizes to sum exactly to {n} (input tensor's size at dimension {dim}), but got split_sizes={sizes:?}"
        )));
    }
    split_into(x, dim, sizes.iter().map(|&s| s as usize).collect(), "SplitWithSizesBackward0")
}

/// At most `chunks` parts of one size, the last one shorter where it does not divide.
#[track_caller]
pub fn chunk(x: &Tensor, chunks: i64, dim: i64) -> Result<Vec<Tensor>> {
    let at = dimension("chunk", x, dim)?;
    if chunks <= 0 {
        return Err(Error::runtime(format!("chunk expects `chunks` to be greater than 0, got: {chunks}")));
    }
    match x.shape()[at] {
        0 => split_into(x, at, vec![0; checked_count("chunk", chunks as usize)?], "SplitWithSizesBackward0"),
        n => split(x, (n as i64 - 1) / chunks + 1, dim),
    }
}

/// The views at each index of `dim`.
#[track_caller]
pub fn unbind(x: &Tensor, dim: i64) -> Result<Vec<Tensor>> {
    if x.ndim() == 0 {
        return Err(Error::index(format!("unbind: Dimension specified as {dim} but tensor has no dimensions")));
    }
    let dim = wrap_dim("unbind", dim, x.ndim())?;
    let grad_name = "UnbindBackward0";
    let origin = Origin { grad_name, of_many: true };
    checked_count("unbind", x.shape()[dim])?;
    let rules: Vec<Select> = (0..x.shape()[dim]).map(|index| Select { dim, index, origin }).collect();
    together(x, Parts { dim, sizes: None, grad_name }, rules)
}

/// Where to cut.
enum Cuts {
    /// Into so many parts.
    Sections(i64),
    /// Before these indices.
    Before(SmallVec<[i64; 4]>),
}

fn cuts(a: &Args<'_>, i: usize) -> Result<Cuts> {
    match a.get(i) {
        Value::Int(n) => Ok(Cuts::Sections(*n)),
        Value::Tensor(t) if t.dtype() != DType::I64 || t.ndim() > 1 => Err(Error::runtime(format!(
            "{} expected tensor_indices_or_sections to be a zero-dimensional or one-dimensional int64 tensor; got {} of shape {:?}",
            a.name,
            t.dtype().name(),
            t.shape()
        ))),
        Value::Tensor(t) if t.ndim() == 1 => Ok(Cuts::Before(t.to_vec::<i64>()?.into_iter().collect())),
        Value::Tensor(_) => a.int(i).map(Cuts::Sections),
        _ => a.ints(i).map(Cuts::Before),
    }
}

/// Slices of `dim` by sections or indices; each is a view of its own and may be written to.
#[track_caller]
fn tensor_split(x: &Tensor, cuts: &Cuts, dim: i64) -> Result<Vec<Tensor>> {
    let dim = dimension("tensor_split", x, dim)?;
    let n = x.shape()[dim];
    match cuts {
        Cuts::Sections(k) => {
            let Some(k) = usize::try_from(*k).ok().filter(|&k| k > 0) else {
                return Err(Error::runtime(format!("tensor_split: number of sections must be larger than 0, got {k}")));
            };
            checked_count("tensor_split", k)?;
            let (size, longer) = (n / k, n % k);
            (0..k).map(|i| slice(x, dim, i * size + i.min(longer), size + usize::from(i < longer), 1)).collect()
        }
        Cuts::Before(indices) => {
            let n = n as i64;
            let place = |i: i64| (if i < 0 { i.saturating_add(n) } else { i }).clamp(0, n);
            let starts = std::iter::once(0).chain(indices.iter().copied());
            let ends = indices.iter().copied().chain(std::iter::once(n));
            starts
                .zip(ends)
                .map(|(from, to)| {
                    let (from, to) = (place(from), place(to));
                    slice(x, dim, from as usize, (to - from).max(0) as usize, 1)
                })
                .collect()
        }
    }
}

#[track_caller]
fn along(name: &str, x: &Tensor, cuts: &Cuts, dim: usize, least: usize) -> Result<Vec<Tensor>> {
    if x.ndim() < least {
        return Err(Error::runtime(format!(
            "torch.{name} requires a tensor with at least {least} dimension, but got a tensor with {} dimensions!",
            x.ndim()
        )));
    }
    if let &Cuts::Sections(k) = cuts
        && (k <= 0 || !x.shape()[dim].is_multiple_of(k as usize))
    {
        return Err(Error::runtime(format!(
            "torch.{name} attempted to split along dimension {dim}, but the size of the dimension {} is not divisible by the split_size {k}!",
            x.shape()[dim]
        )));
    }
    tensor_split(x, cuts, dim as i64)
}

fn tuple(parts: Vec<Tensor>) -> Value {
    Value::List(parts.into_iter().map(Value::from).collect())
}

rows! {
    /// Views of parts of dimension `dim`: of one size (the last may be shorter), or of the sizes listed.
    ///
    /// Raises RuntimeError where listed sizes do not sum to the dimension's. The views cannot be written to where
    /// gradients are needed.
    ///
    /// >>> import wengert
    /// >>> wengert.split(wengert.arange(5), 2)
    /// (tensor([0, 1]), tensor([2, 3]), tensor([4]))
    "split", "tensor: Tensor, split_size_or_sections: int | Sequence[int], dim: int = 0", "tuple[Tensor, ...]", BOTH, true,
        &["f(5, 2), 2", "f(2, 4), 2, 1", "f(4), [1, 3]", "f(2, 3), (1, 2), dim=-1", "f(0, 2), 2"];
    Body::Call(|a| match a.get(1) {
        Value::Int(size) => split(a.tensor(0)?, *size, a.int(2)?).map(tuple),
        _ => split_with_sizes(a.tensor(0)?, &a.ints(1)?, a.int(2)?).map(tuple),
    });

    /// Views of at most `chunks` parts of dimension `dim`, all of one size but the last.
    ///
    /// Raises RuntimeError unless `chunks` is positive.
    ///
    /// >>> import wengert
    /// >>> wengert.chunk(wengert.arange(5), 2)
    /// (tensor([0, 1, 2]), tensor([3, 4]))
    "chunk", "input: Tensor, chunks: int, dim: int = 0", "tuple[Tensor, ...]", BOTH, true,
        &["f(5, 2), 2", "f(2, 4), 3, -1", "f(3), 5", "f(0, 2), 2"];
    Body::Call(|a| chunk(a.tensor(0)?, a.int(1)?, a.int(2)?).map(tuple));

    /// Views at each index of dimension `dim`, which disappears.
    ///
    /// Raises IndexError on a 0-d tensor.
    ///
    /// >>> import wengert
    /// >>> wengert.unbind(wengert.tensor([[1, 2], [3, 4]]))
    /// (tensor([1, 2]), tensor([3, 4]))
    "unbind", "input: Tensor, dim: int = 0", "tuple[Tensor, ...]", BOTH, true, &["f(2, 3)", "f(2, 3), 1", "f(3), dim=-1"];
    Body::Call(|a| unbind(a.tensor(0)?, a.int(1)?).map(tuple));

    /// Views of parts of dimension `dim`: so many, the first ones longer by one where it does not divide, or cut before
    /// the given indices.
    ///
    /// >>> import wengert
    /// >>> wengert.tensor_split(wengert.arange(5), (1, 3))
    /// (tensor([0]), tensor([1, 2]), tensor([3, 4]))
    "tensor_split", "input: Tensor, indices_or_sections: int | Sequence[int] | Tensor, dim: int = 0", "tuple[Tensor, ...]",
        BOTH, true, &["f(5, 2), 2", "f(2, 4), 3, 1", "f(5), (1, 3)", "f(2, 5), (-2, 4), dim=-1", "f(3), (2, 1)"];
    Body::Call(|a| tensor_split(a.tensor(0)?, &cuts(a, 1)?, a.int(2)?).map(tuple));

    /// Views of parts along the second dimension (of a vector: the first), in equal sections or cut before indices.
    ///
    /// Raises RuntimeError where sections do not divide the dimension.
    ///
    /// >>> import wengert
    /// >>> wengert.hsplit(wengert.arange(4), 2)
    /// (tensor([0, 1]), tensor([2, 3]))
    "hsplit", "input: Tensor, indices_or_sections: int | Sequence[int]", "tuple[Tensor, ...]", BOTH, true,
        &["f(4), 2", "f(2, 4), 2", "f(3, 4), (1, 3)"];
    Body::Call(|a| {
        let x = a.tensor(0)?;
        along("hsplit", x, &cuts(a, 1)?, usize::from(x.ndim() > 1), 1).map(tuple)
    });

    /// Views of parts along the first dimension, in equal sections or cut before indices.
    ///
    /// Raises RuntimeError where sections do not divide the dimension.
    ///
    /// >>> import wengert
    /// >>> wengert.vsplit(wengert.tensor([[1, 2], [3, 4]]), 2)
    /// (tensor([[1, 2]]), tensor([[3, 4]]))
    "vsplit", "input: Tensor, indices_or_sections: int | Sequence[int]", "tuple[Tensor, ...]", BOTH, true,
        &["f(4, 2), 2", "f(3, 2), (1,)"];
    Body::Call(|a| along("vsplit", a.tensor(0)?, &cuts(a, 1)?, 0, 2).map(tuple));

    /// Views of parts along the third dimension, in equal sections or cut before indices.
    ///
    /// Raises RuntimeError where sections do not divide the dimension.
    ///
    /// >>> import wengert
    /// >>> [part.shape for part in wengert.dsplit(wengert.ones(2, 1, 4), 2)]
    /// [torch.Size([2, 1, 2]), torch.Size([2, 1, 2])]
    "dsplit", "input: Tensor, indices_or_sections: int | Sequence[int]", "tuple[Tensor, ...]", BOTH, true,
        &["f(2, 1, 4), 2", "f(2, 1, 3), (1,)"];
    Body::Call(|a| along("dsplit", a.tensor(0)?, &cuts(a, 1)?, 2, 3).map(tuple));
}
