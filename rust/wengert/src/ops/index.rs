//! Indexing by integer tensors and boolean masks, in reading and in assignment.
//! Depends on kernels and `record`.
//!
//! Advanced indices broadcast against each other; as in NumPy their dimensions come first unless they stood side by side.

use crate::array::layout::{broadcast, row_major, show};
use crate::array::{Array, DType, Dims, Layout, Scalar};
use crate::error::{Error, Result};
use crate::op::{Cotangents, Grads, Op, OpRef};
use crate::record::apply;
use crate::saved::Saved;
use crate::tensor::Tensor;
use crate::{with_dtype, with_width};
use smallvec::{SmallVec, smallvec};
use wengert_kernels::index as kernel;

/// One entry of an index, a dimension each: an integer tensor, or the whole dimension.
pub type Entry = Option<Tensor>;

/// Resolved advanced index: for each point the offset in a row-major input, and the inner (whole) dimensions.
#[derive(Clone, Debug)]
struct Points {
    /// Which input dimensions are indexed.
    indexed: SmallVec<[bool; 4]>,
    /// Broadcast shape of the index tensors.
    shape: Dims,
    /// Where that shape goes among the whole dimensions in the output.
    at: usize,
    /// For each indexed dimension, the index of each point, wrapped and checked: row-major int64 arrays, whose memory
    /// comes from the pool and not from the system.
    coordinates: Vec<Array>,
    /// How many points there are.
    count: usize,
}

impl Points {
    fn new(entries: &[Entry], input: &[usize]) -> Result<Points> {
        let mut shape = Dims::new();
        for t in entries.iter().flatten() {
            shape = broadcast(&shape, t.shape()).ok_or_else(|| {
                Error::index(format!(
                    "shape mismatch: indexing tensors could not be broadcast together with shapes {}",
                    entries.iter().flatten().map(|t| show(t.shape())).collect::<Vec<_>>().join(", ")
                ))
            })?;
        }
        let indexed: SmallVec<[bool; 4]> =
            (0..input.len()).map(|d| entries.get(d).is_some_and(Option::is_some)).collect();
        let first = indexed.iter().position(|&i| i).unwrap_or(0);
        let last = indexed.iter().rposition(|&i| i).unwrap_or(0);
        let adjacent = indexed[first..=last].iter().all(|&i| i);
        let count: usize = shape.iter().product();
        let mut coordinates = Vec::new();
        for (d, t) in entries.iter().enumerate() {
            let Some(t) = t else { continue };
            t.no_transform("index")?;
            let n = input[d] as i64;
            let own = if t.shape() == &*shape {
                t.array().copied()?
            } else {
                crate::ops::view::expand(&t.detach(), &shape)?.array().copied()?
            };
            // SAFETY: fresh, row-major, int64 and ours alone.
            let places = unsafe { std::slice::from_raw_parts_mut(own.ptr::<i64>(), count) };
            if let Some(i) = places.iter().find(|&&i| i < -n || i >= n) {
                return Err(Error::index(format!("index {i} is out of bounds for dimension {d} with size {n}")));
            }
            for i in places {
                *i += if *i < 0 { n } else { 0 };
            }
            coordinates.push(own);
        }
        Ok(Points { indexed, shape, at: if adjacent { first } else { 0 }, coordinates, count })
    }

    /// Offsets of the points under strides of the input, as an int64 array.
    fn offsets(&self, strides: &[isize]) -> Result<Array> {
        let offsets = Array::full(Layout::contiguous(&[self.count])?, DType::I64, Scalar::Int(0))?;
        // SAFETY: fresh, row-major and ours alone.
        let out = unsafe { std::slice::from_raw_parts_mut(offsets.ptr::<i64>(), self.count) };
        let own = (0..strides.len()).filter(|&d| self.indexed[d]).map(|d| strides[d] as i64);
        for (places, stride) in self.coordinates.iter().zip(own) {
            // SAFETY: row-major int64, one for each point, written by nobody since `new`.
            let places = unsafe { std::slice::from_raw_parts(places.ptr::<i64>(), self.count) };
            for (offset, &i) in out.iter_mut().zip(places) {
                *offset += i * stride;
            }
        }
        Ok(offsets)
    }

    /// Sizes and strides of the whole dimensions.
    fn inner(&self, layout: &Layout) -> (Dims, SmallVec<[isize; 4]>) {
        let whole = (0..layout.ndim()).filter(|&d| !self.indexed[d]);
        (whole.clone().map(|d| layout.shape()[d]).collect(), whole.map(|d| layout.strides()[d]).collect())
    }

    /// The output's shape.
    fn out_shape(&self, input: &[usize]) -> Dims {
        let mut out: Dims = (0..input.len()).filter(|&d| !self.indexed[d]).map(|d| input[d]).collect();
        out.insert_many(self.at, self.shape.iter().copied());
        out
    }

    /// Order of dimensions that brings (points, whole dimensions) to the output's order.
    fn order(&self) -> SmallVec<[usize; 4]> {
        let (p, inner) = (self.shape.len(), self.indexed.iter().filter(|&&i| !i).count());
        let whole = p..p + inner;
        whole.clone().take(self.at).chain(0..p).chain(whole.skip(self.at)).collect()
    }

    /// A row-major (points, whole dimensions) array in the output's order.
    fn outward(&self, flat: &Array, input: &[usize]) -> Result<Array> {
        let (inner, _) = self.inner(&Layout::contiguous(input)?);
        let mut shape = self.shape.clone();
        shape.extend_from_slice(&inner);
        let strides = row_major(&shape);
        let order = self.order();
        let s: Dims = order.iter().map(|&d| shape[d]).collect();
        let st: SmallVec<[isize; 4]> = order.iter().map(|&d| strides[d]).collect();
        flat.view(Layout::strided(&s, &st), 0).contiguous()
    }

    /// An array of the output's shape as a row-major (points, whole dimensions) array.
    fn inward(&self, out: &Array) -> Result<Array> {
        let order = self.order();
        let mut shape: Dims = smallvec![0; order.len()];
        let mut strides: SmallVec<[isize; 4]> = smallvec![0; order.len()];
        for (i, &d) in order.iter().enumerate() {
            shape[d] = out.shape()[i];
            strides[d] = out.layout().strides()[i];
        }
        out.view(Layout::strided(&shape, &strides), 0).contiguous()
    }

    fn gather(&self, x: &Array) -> Result<Array> {
        let (inner, strides) = self.inner(x.layout());
        let mut shape = self.shape.clone();
        shape.extend_from_slice(&inner);
        let flat = Array::empty(Layout::contiguous(&shape)?, x.dtype())?;
        let offsets = self.offsets(x.layout().strides())?;
        let offsets = as_offsets(&offsets);
        let (from, to) = (x.data_ptr(), flat.data_ptr());
        // SAFETY: offsets were checked against the input's sizes; the output is fresh.
        with_width!(x.dtype(), T => unsafe { kernel::gather::<T>(offsets, &inner, from.cast(), &strides, to.cast()) });
        self.outward(&flat, x.shape())
    }

    /// Writes (or adds, for cotangents) `value`, which has the output's shape, into `x`.
    fn put(&self, x: &Array, value: &Array, add: bool) -> Result<()> {
        let (inner, strides) = self.inner(x.layout());
        let flat = self.inward(value)?;
        let offsets = self.offsets(x.layout().strides())?;
        let offsets = as_offsets(&offsets);
        // SAFETY: offsets were checked; the value is a row-major array of another storage.
        unsafe {
            if add {
                with_dtype!(x.dtype(), T => kernel::scatter_add::<T>(offsets, &inner, x.ptr(), &strides, flat.ptr()));
            } else {
                let (from, to) = (flat.data_ptr(), x.data_ptr());
                with_width!(x.dtype(), T => kernel::scatter::<T>(offsets, &inner, to.cast(), &strides, from.cast()));
            }
        }
        Ok(())
    }
}

/// An int64 array as the kernels take offsets.
fn as_offsets(array: &Array) -> &[isize] {
    const { assert!(size_of::<isize>() == 8, "64-bit targets only") };
    // SAFETY: row-major int64 of as many elements, which isize is too; held by the caller and written by nobody.
    unsafe { std::slice::from_raw_parts(array.data_ptr().cast::<isize>(), array.numel()) }
}

/// `x[indices]`.
#[derive(Clone, Debug)]
struct Index(Points);

impl Op for Index {
    fn name(&self) -> &str {
        "index"
    }
    fn grad_name(&self) -> String {
        "IndexBackward0".to_owned()
    }
    fn forward(&self, inputs: &[&Array]) -> Result<Array> {
        self.0.gather(inputs[0])
    }
    fn vjp(&self, saved: &Saved<'_>, cotangents: Cotangents) -> Result<Grads> {
        let Some(Some(g)) = cotangents.first() else { return Ok(Grads::new()) };
        let op = Accumulate { points: self.0.clone(), shape: SmallVec::from_slice(saved.input_layout(0).shape()) };
        Ok(smallvec![Some(apply(OpRef::new(op), &[g])?)])
    }
    fn jvp(&self, _: &[&Tensor], _: &Tensor, tangents: &[Option<Tensor>]) -> Result<Option<Tensor>> {
        tangents[0].as_ref().map(|t| apply(OpRef::new(self.clone()), &[t])).transpose()
    }
}

/// The adjoint of `x[indices]`: a cotangent added into zeros at the indices.
#[derive(Clone, Debug)]
struct Accumulate {
    points: Points,
    shape: Dims,
}

impl Op for Accumulate {
    fn name(&self) -> &str {
        "index_put"
    }
    fn grad_name(&self) -> String {
        "IndexPutBackward0".to_owned()
    }
    fn forward(&self, inputs: &[&Array]) -> Result<Array> {
        let out = Array::full(Layout::contiguous(&self.shape)?, inputs[0].dtype(), Scalar::Int(0))?;
        self.points.put(&out, inputs[0], true)?;
        Ok(out)
    }
    fn vjp(&self, _: &Saved<'_>, cotangents: Cotangents) -> Result<Grads> {
        let Some(Some(g)) = cotangents.first() else { return Ok(Grads::new()) };
        Ok(smallvec![Some(apply(OpRef::new(Index(self.points.clone())), &[g])?)])
    }
    fn jvp(&self, _: &[&Tensor], _: &Tensor, tangents: &[Option<Tensor>]) -> Result<Option<Tensor>> {
        tangents[0].as_ref().map(|t| apply(OpRef::new(self.clone()), &[t])).transpose()
    }
}

/// `x` with the elements at the indices replaced: inputs x and value.
#[derive(Clone, Debug)]
struct Put(Points);

impl Op for Put {
    fn name(&self) -> &str {
        "index_put"
    }
    fn grad_name(&self) -> String {
        "IndexPutBackward0".to_owned()
    }
    fn forward(&self, inputs: &[&Array]) -> Result<Array> {
        let out = inputs[0].copied()?;
        self.0.put(&out, inputs[1], false)?;
        Ok(out)
    }
    fn vjp(&self, saved: &Saved<'_>, cotangents: Cotangents) -> Result<Grads> {
        let Some(Some(g)) = cotangents.first() else { return Ok(Grads::new()) };
        let a = if saved.needs(0) {
            let hole = Tensor::full(&self.0.out_shape(g.shape()), g.dtype(), Scalar::Int(0))?;
            Some(apply(OpRef::new(self.clone()), &[g, &hole])?)
        } else {
            None
        };
        let b = if saved.needs(1) { Some(apply(OpRef::new(Index(self.0.clone())), &[g])?) } else { None };
        Ok(smallvec![a, b])
    }
    fn jvp(&self, inputs: &[&Tensor], _: &Tensor, tangents: &[Option<Tensor>]) -> Result<Option<Tensor>> {
        let get = |i: usize| tangents[i].clone().map_or_else(|| crate::ops::write::zeros_like(inputs[i]), Ok);
        apply(OpRef::new(self.clone()), &[&get(0)?, &get(1)?]).map(Some)
    }
}

/// Elements of `x` at integer tensors, one entry a dimension (fewer: the rest are whole).
#[track_caller]
pub fn index(x: &Tensor, entries: &[Entry]) -> Result<Tensor> {
    let entries = without_masks(x, entries)?;
    apply(OpRef::new(Index(Points::new(&entries, x.shape())?)), &[x])
}

/// Overwrites the elements of `x` at the indices with `value`, broadcast and cast.
#[track_caller]
pub fn index_put_(x: &mut Tensor, entries: &[Entry], value: &Tensor) -> Result<()> {
    let entries = without_masks(x, entries)?;
    let points = Points::new(&entries, x.shape())?;
    let shape = points.out_shape(x.shape());
    if broadcast(&shape, value.shape()).as_deref() != Some(&*shape) {
        return Err(Error::runtime(format!(
            "shape mismatch: value tensor of shape {} cannot be broadcast to indexing result of shape {}",
            show(value.shape()),
            show(&shape)
        )));
    }
    let value = crate::ops::cast(value, x.dtype())?;
    let value = if value.shape() == &*shape { value } else { crate::ops::view::expand(&value, &shape)? };
    let op = OpRef::new(Put(points.clone()));
    if x.is_lifted() || value.is_lifted() {
        let y = apply(op, &[x, &value])?;
        return crate::transform::rebind(x, y, "index_put_");
    }
    x.refresh()?;
    let value = value.current()?;
    crate::inplace::check_writable("index_put_", x, value.edge().is_some())?;
    let recording =
        crate::mode::grad_enabled() && x.dtype().is_float() && (x.edge().is_some() || value.edge().is_some());
    let edge = if recording { Some(crate::record::record_only(op, &[x, &value], x.layout(), x.dtype())) } else { None };
    let source = value.array().copied()?;
    x.array().prepare_write()?;
    points.put(x.array(), &source, false)?;
    match edge {
        Some(edge) => crate::inplace::set_history(x, edge),
        None => Ok(()),
    }
}

/// Masks replaced by the integer tensors of their true places (a mask takes as many dimensions as it has).
fn without_masks(x: &Tensor, entries: &[Entry]) -> Result<Vec<Entry>> {
    let mut out: Vec<Entry> = Vec::with_capacity(x.ndim());
    for entry in entries {
        match entry {
            Some(mask) if matches!(mask.dtype(), DType::Bool | DType::U8) => {
                mask.no_transform("index by a mask")?;
                let mask = &as_mask(mask)?;
                let d = out.len();
                let covered = x.shape().get(d..d + mask.ndim());
                if covered != Some(mask.shape()) {
                    return Err(Error::index(format!(
                        "The shape of the mask {} at index {d} does not match the shape of the indexed tensor {} at index {d}",
                        show(mask.shape()),
                        show(x.shape())
                    )));
                }
                out.extend(nonzero(mask)?.into_iter().map(Some));
            }
            Some(t) if t.dtype() == DType::I32 => out.push(Some(crate::ops::cast(t, DType::I64)?)),
            Some(t) if t.dtype() != DType::I64 => {
                return Err(Error::index(format!(
                    "tensors used as indices must be long, int, byte or bool tensors; got {}; try to(int64)",
                    t.dtype().name()
                )));
            }
            entry => out.push(entry.clone()),
        }
    }
    if out.len() > x.ndim() {
        return Err(Error::index(format!("too many indices for tensor of dimension {}; got {}", x.ndim(), out.len())));
    }
    Ok(out)
}

/// A mask as bool; PyTorch warns of masks of bytes.
pub fn as_mask(mask: &Tensor) -> Result<Tensor> {
    if mask.dtype() == DType::U8 {
        crate::warning::warn(
            "indexing with dtype torch.uint8 is now deprecated, please use a dtype torch.bool instead.",
        )?;
    }
    crate::ops::cast(mask, DType::Bool)
}

/// The places where a mask is true, a vector for each dimension.
pub fn nonzero(mask: &Tensor) -> Result<Vec<Tensor>> {
    let flags = mask.to_vec::<bool>()?;
    let strides = row_major(mask.shape());
    // Written without a branch: a mask is unpredictable.
    let mut hits = vec![0usize; flags.len() + 1];
    let mut count = 0;
    for (i, &flag) in flags.iter().enumerate() {
        hits[count] = i;
        count += usize::from(flag);
    }
    hits.truncate(count);
    if mask.ndim() == 1 {
        let at: Vec<i64> = hits.into_iter().map(|i| i as i64).collect();
        return Ok(vec![Tensor::from_slice(&at, &[count])?]);
    }
    (0..mask.ndim())
        .map(|d| {
            let (n, s) = (mask.shape()[d].max(1), strides[d] as usize);
            let at: Vec<i64> = hits.iter().map(|&i| (i / s % n) as i64).collect();
            Tensor::from_slice(&at, &[at.len()])
        })
        .collect()
}
