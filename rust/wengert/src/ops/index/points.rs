//! Reading and writing at places: the operations behind every index.

use super::places::numbers;
use crate::array::{Array, DType, Dims, Layout, Scalar};
use crate::error::{Error, Result};
use crate::op::{Batched, Cotangents, Grads, Op, OpRef};
use crate::record::apply;
use crate::saved::Saved;
use crate::tensor::Tensor;
use crate::transform::{spread, to_front};
use crate::with_dtype;
use smallvec::{SmallVec, smallvec};
use wengert_kernels::index as kernel;

/// Where an array is met: the dimensions that places count, in ascending order, and how many of the others stand before
/// the places in the output.
#[derive(Clone, Debug)]
pub(super) struct Spot {
    pub dims: SmallVec<[usize; 4]>,
    pub place: usize,
}

/// How the offsets of places come about.
struct Offsets {
    outers: Vec<isize>,
    at: Array,
    stride: isize,
    inner: Dims,
    strides: SmallVec<[isize; 4]>,
}

impl Spot {
    fn whole(&self, ndim: usize) -> impl Iterator<Item = usize> + Clone + '_ {
        (0..ndim).filter(|d| !self.dims.contains(d))
    }

    /// The output's shape: whole dimensions with the places' in between.
    pub fn out_shape(&self, input: &[usize], places: &[usize]) -> Dims {
        let mut out: Dims = self.whole(input.len()).map(|d| input[d]).collect();
        out.insert_many(self.place, places.iter().copied());
        out
    }

    /// How many places there are.
    pub fn size(&self, input: &[usize]) -> usize {
        self.dims.iter().map(|&d| input[d]).product()
    }

    /// The same one dimension further down, of which the first is whole or counts as well.
    fn below(&self, counted: bool) -> Spot {
        let first = counted.then_some(0);
        Spot {
            dims: first.into_iter().chain(self.dims.iter().map(|d| d + 1)).collect(),
            place: self.place + usize::from(!counted),
        }
    }

    fn offsets(&self, x: &Layout, at: &Array) -> Result<Offsets> {
        let (shape, strides) = (x.shape(), x.strides());
        let leading = || self.whole(x.ndim()).take(self.place);
        let count = if x.numel() == 0 { 0 } else { leading().map(|d| shape[d]).product() };
        let mut outers: Vec<isize> = Vec::new();
        outers.try_reserve_exact(count).map_err(|_| {
            Error::memory(format!("index: not enough memory for {count} leading places; try contiguous() first"))
        })?;
        if count > 0 {
            outers.push(0);
            for d in leading() {
                outers = outers.iter().flat_map(|o| (0..shape[d] as isize).map(move |i| o + i * strides[d])).collect();
            }
        }
        let rest = self.whole(x.ndim()).skip(self.place);
        let inner = rest.clone().map(|d| shape[d]).collect();
        let inner_strides = rest.map(|d| strides[d]).collect();
        let merges = self.dims.windows(2).all(|w| strides[w[0]] == strides[w[1]] * shape[w[1]] as isize);
        let at = at.contiguous()?;
        // Once more: memory shared with NumPy may have changed since the places were made.
        let size: usize = self.dims.iter().map(|&d| shape[d]).product();
        if !kernel::all_within(numbers(&at), 0, size as i64) {
            return Err(Error::index(format!(
                "index is out of bounds for a size of {size}; the index tensor was changed behind wengert's back"
            )));
        }
        if merges {
            let stride = self.dims.last().map_or(0, |&d| strides[d]);
            return Ok(Offsets { outers, at, stride, inner, strides: inner_strides });
        }
        let offsets = Array::empty(Layout::contiguous(&[at.numel()])?, DType::I64)?;
        // SAFETY: fresh, row-major and ours alone.
        let out = unsafe { std::slice::from_raw_parts_mut(offsets.ptr::<i64>(), at.numel()) };
        for (to, &i) in out.iter_mut().zip(numbers(&at)) {
            let mut i = i as usize;
            *to = 0;
            for &d in self.dims.iter().rev() {
                *to += (i % shape[d]) as i64 * strides[d] as i64;
                i /= shape[d];
            }
        }
        Ok(Offsets { outers, at: offsets, stride: 1, inner, strides: inner_strides })
    }

    fn gather(&self, x: &Array, at: &Array) -> Result<Array> {
        let out = Array::empty(Layout::contiguous(&self.out_shape(x.shape(), at.shape()))?, x.dtype())?;
        if out.numel() == 0 {
            // Sizes beside a 0 may be beyond all memory.
            return Ok(out);
        }
        let o = self.offsets(x.layout(), at)?;
        let places = kernel::Places { at: numbers(&o.at), stride: o.stride };
        with_dtype!(x.dtype(), T => {
            // SAFETY: places lie in the counted dimensions, whole ones are run through in full; the output is fresh.
            unsafe { kernel::gather::<T>(&o.outers, places, &o.inner, x.ptr(), &o.strides, out.ptr()) }
        });
        Ok(out)
    }

    /// Writes (or adds) `value`, which has the output's shape, into `x`.
    fn scatter(&self, x: &Array, at: &Array, value: &Array, add: bool) -> Result<()> {
        if value.numel() == 0 {
            return Ok(());
        }
        let value = value.contiguous()?;
        let o = self.offsets(x.layout(), at)?;
        let places = kernel::Places { at: numbers(&o.at), stride: o.stride };
        with_dtype!(x.dtype(), T => {
            // SAFETY: as above; the value is row-major, of as many elements, and of another storage.
            unsafe {
                if add {
                    kernel::scatter_add::<T>(&o.outers, places, &o.inner, x.ptr(), &o.strides, value.ptr());
                } else {
                    kernel::scatter::<T>(&o.outers, places, &o.inner, x.ptr(), &o.strides, value.ptr());
                }
            }
        });
        Ok(())
    }
}

/// Places, one set for each element of a batch, as places of all `size` elements together.
fn together(at: &Tensor, each: usize, size: usize) -> Result<Tensor> {
    let starts: Vec<i64> = (0..size as i64).map(|b| b * each as i64).collect();
    let mut shape: Dims = smallvec![1; at.ndim()];
    shape[0] = size;
    crate::ops::add(at, &Tensor::literal(&starts, &shape)?)
}

/// Under what names an operation goes: its own and its node's, and those of its adjoint.
#[derive(Clone, Copy, Debug)]
pub(super) struct Names(pub &'static str, pub &'static str, pub &'static str, pub &'static str);

pub(super) const INDEX: Names = Names("index", "IndexBackward0", "index_put", "IndexPutBackward0");

/// Elements of the first input at the places of the second.
#[derive(Clone, Debug)]
pub(super) struct Read {
    pub spot: Spot,
    pub names: Names,
}

impl Op for Read {
    fn name(&self) -> &str {
        self.names.0
    }
    fn grad_name(&self) -> String {
        self.names.1.to_owned()
    }
    fn forward(&self, inputs: &[&Array]) -> Result<Array> {
        self.spot.gather(inputs[0], inputs[1])
    }
    fn keep(&self, _: u32) -> u32 {
        1 << 1
    }
    fn vjp(&self, saved: &Saved<'_>, cotangents: Cotangents) -> Result<Grads> {
        let Some(Some(g)) = cotangents.first() else { return Ok(Grads::new()) };
        let zero = Tensor::scalar(g.dtype(), Scalar::Int(0))?;
        let zeros = crate::ops::view::expand(&zero, saved.input_layout(0).shape())?;
        let names = Names(self.names.2, self.names.3, self.names.0, self.names.1);
        let op = Write { spot: self.spot.clone(), add: true, names };
        Ok(smallvec![Some(apply(OpRef::new(op), &[&zeros, &saved.input(1)?, g])?), None])
    }
    fn jvp(&self, inputs: &[&Tensor], _: &Tensor, tangents: &[Option<Tensor>]) -> Result<Option<Tensor>> {
        tangents[0].as_ref().map(|t| apply(OpRef::new(self.clone()), &[t, inputs[1]])).transpose()
    }
    fn batch(&self, inputs: &[Batched], size: usize) -> Result<Option<Batched>> {
        let (x, at) = (to_front(&inputs[0])?, to_front(&inputs[1])?);
        let op = |spot| OpRef::new(Read { spot, names: self.names });
        Ok(Some(match (inputs[0].1, inputs[1].1) {
            (_, None) => (apply(op(self.spot.below(false)), &[&x, &at])?, Some(0)),
            (None, _) => (apply(op(self.spot.clone()), &[&x, &at])?, Some(self.spot.place)),
            _ => {
                let at = together(&at, self.spot.size(&x.shape()[1..]), size)?;
                (apply(op(self.spot.below(true)), &[&x, &at])?, Some(self.spot.place))
            }
        }))
    }
}

/// The first input with the elements at the places of the second replaced by the third, or that added to them.
#[derive(Clone, Debug)]
pub(super) struct Write {
    pub spot: Spot,
    pub add: bool,
    pub names: Names,
}

impl Op for Write {
    fn name(&self) -> &str {
        self.names.0
    }
    fn grad_name(&self) -> String {
        self.names.1.to_owned()
    }
    fn forward(&self, inputs: &[&Array]) -> Result<Array> {
        let out = inputs[0].copied()?;
        self.spot.scatter(&out, inputs[1], inputs[2], self.add)?;
        Ok(out)
    }
    fn forward_into(&self, inputs: &[&Array], out: &Array) -> Result<()> {
        if !inputs[0].same(out) {
            out.write_unseen(inputs[0]);
        }
        self.spot.scatter(out, inputs[1], inputs[2], self.add)
    }
    fn keep(&self, _: u32) -> u32 {
        1 << 1
    }
    fn vjp(&self, saved: &Saved<'_>, cotangents: Cotangents) -> Result<Grads> {
        let Some(Some(g)) = cotangents.first() else { return Ok(Grads::new()) };
        let at = saved.input(1)?;
        let x = match (saved.needs(0), self.add) {
            (false, _) => None,
            (true, true) => Some(g.clone()),
            (true, false) => {
                let zero = Tensor::scalar(g.dtype(), Scalar::Int(0))?;
                let hole = crate::ops::view::expand(&zero, &self.spot.out_shape(g.shape(), at.shape()))?;
                Some(apply(OpRef::new(self.clone()), &[g, &at, &hole])?)
            }
        };
        let names = Names(self.names.2, self.names.3, self.names.0, self.names.1);
        let read = || apply(OpRef::new(Read { spot: self.spot.clone(), names }), &[g, &at]);
        let value = if saved.needs(2) { Some(read()?) } else { None };
        Ok(smallvec![x, None, value])
    }
    fn jvp(&self, inputs: &[&Tensor], _: &Tensor, tangents: &[Option<Tensor>]) -> Result<Option<Tensor>> {
        let get = |i: usize| tangents[i].clone().map_or_else(|| crate::ops::write::zeros_like(inputs[i]), Ok);
        if tangents[0].is_none() && tangents[2].is_none() {
            return Ok(None);
        }
        apply(OpRef::new(self.clone()), &[&get(0)?, inputs[1], &get(2)?]).map(Some)
    }
    fn batch(&self, inputs: &[Batched], size: usize) -> Result<Option<Batched>> {
        let (x, mut at) = (spread(&inputs[0], size)?, to_front(&inputs[1])?);
        let mut value = spread(&inputs[2], size)?;
        let counted = inputs[1].1.is_some();
        if counted {
            at = together(&at, self.spot.size(&x.shape()[1..]), size)?;
            // The mapped dimension stands first among those of the places.
            let order = (1..=self.spot.place).chain([0]).chain(self.spot.place + 1..value.ndim());
            let order: SmallVec<[i64; 4]> = order.map(|d| d as i64).collect();
            value = crate::ops::view::permute(&value, &order)?;
        }
        let op = Write { spot: self.spot.below(counted), add: self.add, names: self.names };
        Ok(Some((apply(OpRef::new(op), &[&x, &at, &value])?, Some(0))))
    }
}
