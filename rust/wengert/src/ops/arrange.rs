//! flip, rot90, roll, repeat: the same elements in another order, copied. Depends on views and `record`.

use crate::array::layout::wrap_dim;
use crate::array::{Array, Dims, Layout, Strides};
use crate::error::{Error, Result};
use crate::op::{Batched, Cotangents, Grads, Op, OpRef};
use crate::ops::rows::rows;
use crate::ops::table::{Body, Value};
use crate::record::apply;
use crate::saved::Saved;
use crate::tensor::Tensor;
use smallvec::{SmallVec, smallvec};

pub mod grid;
pub mod join;
pub mod triangle;

/// A linear rearrangement whose adjoint is another one: what else an op needs is the same for all.
pub(super) trait Arrangement: Clone + std::fmt::Debug + Send + Sync + 'static {
    const NAME: &'static str;
    fn grad_name(&self) -> String;
    fn forward(&self, x: &Array) -> Result<Array>;
    /// A cotangent of the output as one of the input, which has the shape `input`.
    fn adjoint(&self, g: &Tensor, input: &[usize]) -> Result<Tensor>;
    /// The same below one more leading dimension.
    fn below(&self) -> Self;
}

/// The op of an arrangement.
#[derive(Debug, Clone)]
struct Arranged<A>(A);

impl<A: Arrangement> Op for Arranged<A> {
    fn name(&self) -> &str {
        A::NAME
    }
    fn grad_name(&self) -> String {
        self.0.grad_name()
    }
    fn forward(&self, inputs: &[&Array]) -> Result<Array> {
        self.0.forward(inputs[0])
    }
    fn vjp(&self, saved: &Saved<'_>, cotangents: Cotangents) -> Result<Grads> {
        let Some(Some(g)) = cotangents.first() else { return Ok(Grads::new()) };
        Ok(smallvec![Some(self.0.adjoint(g, saved.input_layout(0).shape())?)])
    }
    fn jvp(&self, _: &[&Tensor], _: &Tensor, tangents: &[Option<Tensor>]) -> Result<Option<Tensor>> {
        tangents[0].as_ref().map(|t| arranged(self.0.clone(), t)).transpose()
    }
    fn batch(&self, inputs: &[Batched], _: usize) -> Result<Option<Batched>> {
        let x = crate::transform::to_front(&inputs[0])?;
        Ok(Some((arranged(self.0.below(), &x)?, Some(0))))
    }
}

/// Applies an arrangement.
#[track_caller]
pub(super) fn arranged<A: Arrangement>(a: A, x: &Tensor) -> Result<Tensor> {
    apply(OpRef::new(Arranged(a)), &[x])
}

/// Dimensions in another order, some of them reversed.
#[derive(Clone, Debug)]
struct Turn {
    /// Which input dimension each output dimension is, and whether it is reversed.
    dims: SmallVec<[(usize, bool); 4]>,
    grad_name: &'static str,
}

impl Arrangement for Turn {
    const NAME: &'static str = "flip";
    fn grad_name(&self) -> String {
        self.grad_name.to_owned()
    }
    fn forward(&self, x: &Array) -> Result<Array> {
        let (from, strides) = (x.shape(), x.layout().strides());
        let shape: Dims = self.dims.iter().map(|&(d, _)| from[d]).collect();
        let out = Array::empty(Layout::contiguous(&shape)?, x.dtype())?;
        if out.numel() == 0 {
            return Ok(out);
        }
        let steps: Strides = self.dims.iter().map(|&(d, back)| if back { -strides[d] } else { strides[d] }).collect();
        let last = |d: usize| (from[d] as isize - 1) * strides[d];
        let offset = self.dims.iter().filter(|(_, back)| *back).map(|&(d, _)| last(d)).sum();
        out.write_unseen(&x.view(Layout::strided(&shape, &steps), offset));
        Ok(out)
    }
    fn adjoint(&self, g: &Tensor, _: &[usize]) -> Result<Tensor> {
        let mut dims: SmallVec<[(usize, bool); 4]> = smallvec![(0, false); self.dims.len()];
        for (i, &(d, back)) in self.dims.iter().enumerate() {
            dims[d] = (i, back);
        }
        arranged(Turn { dims, grad_name: self.grad_name }, g)
    }
    fn below(&self) -> Self {
        let dims = std::iter::once((0, false)).chain(self.dims.iter().map(|&(d, back)| (d + 1, back))).collect();
        Turn { dims, grad_name: self.grad_name }
    }
}

/// Dimensions reversed, in a copy.
#[track_caller]
pub fn flip(x: &Tensor, dims: &[i64]) -> Result<Tensor> {
    // A tensor of no dimensions counts as having one.
    let mut order: SmallVec<[(usize, bool); 4]> = (0..x.ndim().max(1)).map(|d| (d, false)).collect();
    for &d in dims {
        let d = wrap_dim("flip", d, x.ndim())?;
        if std::mem::replace(&mut order[d].1, true) {
            return Err(Error::runtime(format!("flip: dim {d} appears multiple times in the list of dims")));
        }
    }
    order.truncate(x.ndim());
    arranged(Turn { dims: order, grad_name: "FlipBackward0" }, x)
}

fn rot90(x: &Tensor, k: i64, dims: &[i64]) -> Result<Tensor> {
    let &[a, b] = dims else {
        return Err(Error::runtime(format!("rot90: expected total rotation dims == 2, but got dims = {}", dims.len())));
    };
    if x.ndim() < 2 {
        return Err(Error::runtime(format!("rot90: expected total dims >= 2, but got total dims = {}", x.ndim())));
    }
    let (a, b) = (wrap_dim("rot90", a, x.ndim())?, wrap_dim("rot90", b, x.ndim())?);
    if a == b {
        return Err(Error::runtime(format!("rot90: expected rotation dims to be different, but got dim {a} twice")));
    }
    let mut order: SmallVec<[(usize, bool); 4]> = (0..x.ndim()).map(|d| (d, false)).collect();
    let (pa, pb) = match k.rem_euclid(4) {
        0 => ((a, false), (b, false)),
        1 => ((b, true), (a, false)),
        2 => ((a, true), (b, true)),
        _ => ((b, false), (a, true)),
    };
    (order[a], order[b]) = (pa, pb);
    arranged(Turn { dims: order, grad_name: "Rot90Backward0" }, x)
}

/// Elements moved along dimensions, what leaves at one end comes in at the other.
#[derive(Clone, Debug)]
struct Roll {
    /// Dimensions and shifts.
    moves: SmallVec<[(usize, i64); 2]>,
    /// The dimensions from this one on are one row, and only its elements move.
    row_from: Option<usize>,
}

impl Arrangement for Roll {
    const NAME: &'static str = "roll";
    fn grad_name(&self) -> String {
        "RollBackward0".to_owned()
    }
    fn forward(&self, x: &Array) -> Result<Array> {
        let mut at = match self.row_from {
            None => x.clone(),
            Some(d) => {
                let mut shape: Dims = SmallVec::from_slice(&x.shape()[..d]);
                shape.push(x.shape()[d..].iter().product());
                x.contiguous()?.view(Layout::contiguous(&shape)?, 0)
            }
        };
        for &(dim, shift) in &self.moves {
            let n = at.shape()[dim];
            let moved = Array::empty(Layout::contiguous(at.shape())?, at.dtype())?;
            if n > 0 {
                let shift = shift.rem_euclid(n as i64) as usize;
                let part = |array: &Array, from: usize, len: usize| {
                    let mut shape: Dims = SmallVec::from_slice(array.shape());
                    shape[dim] = len;
                    let strides = array.layout().strides();
                    array
                        .view(Layout::strided(&shape, strides), if len == 0 { 0 } else { from as isize * strides[dim] })
                };
                part(&moved, shift, n - shift).write_unseen(&part(&at, 0, n - shift));
                part(&moved, 0, shift).write_unseen(&part(&at, n - shift, shift));
            }
            at = moved;
        }
        match self.moves.is_empty() {
            true => x.copied(),
            false => Ok(if self.row_from.is_some() { at.view(Layout::contiguous(x.shape())?, 0) } else { at }),
        }
    }
    fn adjoint(&self, g: &Tensor, _: &[usize]) -> Result<Tensor> {
        arranged(Roll { moves: self.moves.iter().map(|&(d, s)| (d, s.saturating_neg())).collect(), ..self.clone() }, g)
    }
    fn below(&self) -> Self {
        Roll { moves: self.moves.iter().map(|&(d, s)| (d + 1, s)).collect(), row_from: self.row_from.map(|d| d + 1) }
    }
}

/// Elements moved by `shifts` along `dims`; of all elements as one row where no dimensions are given.
#[track_caller]
pub fn roll(x: &Tensor, shifts: &[i64], dims: &[i64]) -> Result<Tensor> {
    if shifts.is_empty() {
        return Err(Error::runtime("roll: `shifts` required"));
    }
    if dims.is_empty() && shifts.len() == 1 {
        let shift = shifts[0].rem_euclid(x.numel().max(1) as i64);
        return arranged(Roll { moves: smallvec![(0, shift)], row_from: Some(0) }, x);
    }
    if shifts.len() != dims.len() {
        return Err(Error::runtime(format!(
            "roll: shifts and dimensions must align. shifts: {}, dims:{}",
            shifts.len(),
            dims.len()
        )));
    }
    let mut moves = SmallVec::new();
    for (&shift, &dim) in shifts.iter().zip(dims) {
        if x.ndim() == 0 {
            return Err(Error::index(format!("roll: Dimension specified as {dim} but tensor has no dimensions")));
        }
        let d = wrap_dim("roll", dim, x.ndim())?;
        // Modulo the size: the adjoint must be able to turn the sign.
        moves.push((d, shift.rem_euclid(x.shape()[d].max(1) as i64)));
    }
    arranged(Roll { moves, row_from: None }, x)
}

/// The whole repeated along each dimension. `counts` has a number for each dimension of the output; below `lead`
/// leading dimensions (batches) the input may have fewer.
#[derive(Clone, Debug)]
struct Repeat {
    counts: Dims,
    lead: usize,
}

impl Repeat {
    /// The input's shape with dimensions of size 1 for those it lacks.
    fn padded(&self, input: &[usize]) -> Dims {
        let mut shape: Dims = SmallVec::from_slice(&input[..self.lead]);
        shape.extend(std::iter::repeat_n(1, self.counts.len() - input.len()));
        shape.extend_from_slice(&input[self.lead..]);
        shape
    }
}

impl Arrangement for Repeat {
    const NAME: &'static str = "repeat";
    fn grad_name(&self) -> String {
        "RepeatBackward0".to_owned()
    }
    fn forward(&self, x: &Array) -> Result<Array> {
        let padded = self.padded(x.shape());
        let sizes = padded.iter().zip(&self.counts).map(|(&n, &k)| {
            n.checked_mul(k).ok_or_else(|| Error::runtime("repeat: the result has more elements than can be addressed"))
        });
        let shape = sizes.collect::<Result<Dims>>()?;
        let out = Array::empty(Layout::contiguous(&shape)?, x.dtype())?;
        if out.numel() == 0 {
            return Ok(out);
        }
        // Every dimension of the output as two: the copy, and the place in it.
        let (mut both, mut to, mut from) = (Dims::new(), Strides::new(), Strides::new());
        let own = crate::array::layout::broadcast_strides(x.layout(), x.shape());
        for d in 0..padded.len() {
            let missing = padded.len() - x.shape().len();
            let stride = if d < self.lead {
                own[d]
            } else if d < self.lead + missing {
                0
            } else {
                own[d - missing]
            };
            both.extend([self.counts[d], padded[d]]);
            to.extend([out.layout().strides()[d] * padded[d] as isize, out.layout().strides()[d]]);
            from.extend([0, stride]);
        }
        out.view(Layout::strided(&both, &to), 0).write_unseen(&x.view(Layout::strided(&both, &from), 0));
        Ok(out)
    }
    fn adjoint(&self, g: &Tensor, input: &[usize]) -> Result<Tensor> {
        let padded = self.padded(input);
        let both: Dims = self.counts.iter().zip(&padded).flat_map(|(&k, &n)| [k, n]).collect();
        let copies: SmallVec<[i64; 4]> = (0..padded.len() as i64).map(|d| 2 * d).collect();
        let split = crate::ops::view::reshape(g, &both)?;
        let sum = if copies.is_empty() { split } else { crate::ops::sum(&split, Some(&copies), false)? };
        crate::ops::view::reshape(&sum, input)
    }
    fn below(&self) -> Self {
        Repeat { counts: std::iter::once(1).chain(self.counts.iter().copied()).collect(), lead: self.lead + 1 }
    }
}

/// The whole repeated `counts[d]` times along each dimension; more counts than dimensions add leading ones.
#[track_caller]
pub fn repeat(x: &Tensor, counts: &[i64]) -> Result<Tensor> {
    if counts.len() < x.ndim() {
        return Err(Error::runtime(format!(
            "repeat: Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor; got {} counts for shape {:?}",
            counts.len(),
            x.shape()
        )));
    }
    let wanted = |k: &i64| usize::try_from(*k);
    let counts = counts.iter().map(wanted).collect::<std::result::Result<Dims, _>>().map_err(|_| {
        Error::runtime(format!("repeat: Trying to create tensor with negative dimension: got counts {counts:?}"))
    })?;
    arranged(Repeat { counts, lead: 0 }, x)
}

fn tile(x: &Tensor, dims: &[i64]) -> Result<Tensor> {
    let missing = x.ndim().saturating_sub(dims.len());
    let counts: SmallVec<[i64; 4]> = std::iter::repeat_n(1, missing).chain(dims.iter().copied()).collect();
    repeat(x, &counts)
}

rows! {
    /// Copy with the order of elements reversed along `dims`.
    ///
    /// Raises RuntimeError where a dimension is named twice.
    ///
    /// >>> import wengert
    /// >>> wengert.flip(wengert.tensor([1, 2, 3]), (0,))
    /// tensor([3, 2, 1])
    "flip", "input: Tensor, *dims: int", "Tensor", BOTH, true,
        &["f(2, 3), (0,)", "f(2, 3), (0, -1)", "f(2, 3, 2), (1,)", "f(2, 2), ()", "f(), ()", "f(0, 2), (1,)"];
    Body::Call(|a| flip(a.tensor(0)?, &a.ints(1)?).map(Value::from));

    /// Copy with the order of columns (dimension 1) reversed.
    ///
    /// Raises RuntimeError for fewer than two dimensions.
    ///
    /// >>> import wengert
    /// >>> wengert.fliplr(wengert.tensor([[1, 2]]))
    /// tensor([[2, 1]])
    "fliplr", "input: Tensor", "Tensor", BOTH, true, &["f(2, 3)", "f(2, 3, 2)"];
    Body::Call(|a| {
        let x = a.tensor(0)?;
        if x.ndim() < 2 {
            return Err(Error::runtime(format!("fliplr: Input must be >= 2-d; got shape {:?}", x.shape())));
        }
        flip(x, &[1]).map(Value::from)
    });

    /// Copy with the order of rows (dimension 0) reversed.
    ///
    /// Raises RuntimeError on a 0-d tensor.
    ///
    /// >>> import wengert
    /// >>> wengert.flipud(wengert.tensor([1, 2]))
    /// tensor([2, 1])
    "flipud", "input: Tensor", "Tensor", BOTH, true, &["f(3)", "f(2, 3)"];
    Body::Call(|a| {
        let x = a.tensor(0)?;
        if x.ndim() < 1 {
            return Err(Error::runtime("flipud: Input must be >= 1-d; got a 0-d tensor"));
        }
        flip(x, &[0]).map(Value::from)
    });

    /// Copy turned by 90 degrees `k` times in the plane of two dimensions, from the first towards the second.
    ///
    /// Raises RuntimeError unless two different dimensions are given.
    ///
    /// >>> import wengert
    /// >>> wengert.rot90(wengert.tensor([[1, 2], [3, 4]])).tolist()
    /// [[2, 4], [1, 3]]
    "rot90", "input: Tensor, k: int = 1, dims: Sequence[int] = (0, 1)", "Tensor", BOTH, true,
        &["f(2, 3)", "f(2, 3), 2", "f(2, 3), -1", "f(2, 3, 2), 1, (1, 2)", "f(2, 3), k=1, dims=(-1, 0)", "f(2, 2), 4"];
    Body::Call(|a| rot90(a.tensor(0)?, a.int(1)?, a.maybe_ints(2)?.as_deref().unwrap_or(&[0, 1])).map(Value::from));

    /// Copy with elements moved by `shifts` along `dims`; what leaves at one end comes in at the other. Without `dims`
    /// all elements move as one row.
    ///
    /// Raises RuntimeError where there are not as many shifts as dimensions.
    ///
    /// >>> import wengert
    /// >>> wengert.roll(wengert.tensor([1, 2, 3]), 1)
    /// tensor([3, 1, 2])
    "roll", "input: Tensor, shifts: int | tuple[int, ...], dims: int | tuple[int, ...] | None = None", "Tensor", BOTH, true,
        &["f(5), 2", "f(2, 3), 1", "f(2, 3), -1, 1", "f(2, 3), (1, 2), dims=(0, 1)", "f(3, 2), 7, 0", "f(0, 2), 1, 0"];
    Body::Call(|a| roll(a.tensor(0)?, &a.ints(1)?, &a.maybe_ints(2)?.unwrap_or_default()).map(Value::from));

    /// Copy with the whole repeated along each dimension; more `repeats` than dimensions add leading ones.
    ///
    /// Raises RuntimeError for fewer numbers than dimensions.
    ///
    /// >>> import wengert
    /// >>> wengert.tensor([1, 2]).repeat(2, 2).tolist()
    /// [[1, 2, 1, 2], [1, 2, 1, 2]]
    "repeat", "input: Tensor, *repeats: int", "Tensor", METHOD, true,
        &["f(3), (2,)", "f(3), (2, 2)", "f(2, 3), (1, 2)", "f(), (3,)", "f(2, 1), (2, 1, 3)", "f(2), (0,)"];
    Body::Call(|a| repeat(a.tensor(0)?, &a.ints(1)?).map(Value::from));

    /// Copy with the whole repeated along each dimension; fewer numbers than dimensions count from the last.
    ///
    /// >>> import wengert
    /// >>> wengert.tile(wengert.tensor([[1, 2]]), (2,))
    /// tensor([[1, 2, 1, 2]])
    "tile", "input: Tensor, *dims: int", "Tensor", BOTH, true, &["f(3), (2,)", "f(2, 3), (2,)", "f(2), (2, 2)", "f(2, 2), (2, 1)"];
    Body::Call(|a| tile(a.tensor(0)?, &a.ints(1)?).map(Value::from));
}
