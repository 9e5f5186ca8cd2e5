//! The places that an index names: integer tensors and masks as one int64 tensor, checked and counted from the front.

use crate::array::layout::{broadcast, show};
use crate::array::{Array, Category, DType, Dims, Layout};
use crate::error::{Error, Result};
use crate::op::{Batched, Cotangents, Grads, Op, OpRef};
use crate::record::apply;
use crate::saved::Saved;
use crate::tensor::Tensor;
use smallvec::{SmallVec, smallvec};
use wengert_kernels::index as kernel;

/// One entry of an index: an integer tensor takes one dimension, a mask as many as it has, None a whole one.
pub type Entry = Option<Tensor>;

/// An int64 array's elements; it is row-major.
pub(super) fn numbers(array: &Array) -> &[i64] {
    debug_assert!(array.dtype() == DType::I64 && array.layout().is_contiguous());
    // SAFETY: row-major int64, kept alive by the borrow; written by nobody while an op reads it.
    unsafe { std::slice::from_raw_parts(array.ptr::<i64>(), array.numel()) }
}

/// One place from an index of each of some dimensions.
#[derive(Debug)]
struct Places {
    /// Sizes of the dimensions, and which they are.
    sizes: Dims,
    dims: SmallVec<[usize; 4]>,
}

impl Op for Places {
    fn name(&self) -> &str {
        "index"
    }
    fn grad_name(&self) -> String {
        "NotDifferentiable".to_owned()
    }
    fn forward(&self, inputs: &[&Array]) -> Result<Array> {
        let mut shape = Dims::new();
        for t in inputs {
            shape = broadcast(&shape, t.shape()).ok_or_else(|| {
                Error::index(format!(
                    "shape mismatch: indexing tensors could not be broadcast together with shapes {}",
                    inputs.iter().map(|t| show(t.shape())).collect::<Vec<_>>().join(", ")
                ))
            })?;
        }
        let count: usize = shape.iter().product();
        let mut at: Option<Array> = None;
        for (k, t) in inputs.iter().enumerate() {
            let n = self.sizes[k] as i64;
            let index = t.contiguous()?;
            let given = numbers(&index);
            if inputs.len() == 1 && kernel::all_within(given, 0, n) {
                return Ok(index);
            }
            if count > 0
                && !kernel::all_within(given, -n, n)
                && let Some(i) = given.iter().find(|&&i| i < -n || i >= n)
            {
                return Err(Error::index(format!(
                    "index {i} is out of bounds for dimension {} with size {n}",
                    self.dims[k]
                )));
            }
            let full = Array::empty(Layout::contiguous(&shape)?, DType::I64)?;
            full.write_unseen(&index);
            // SAFETY: fresh, row-major and ours alone.
            let places = unsafe { std::slice::from_raw_parts_mut(full.ptr::<i64>(), count) };
            match &at {
                None => places.iter_mut().for_each(|i| *i += if *i < 0 { n } else { 0 }),
                Some(before) => {
                    for (i, &b) in places.iter_mut().zip(numbers(before)) {
                        *i += if *i < 0 { n } else { 0 } + b * n;
                    }
                }
            }
            at = Some(full);
        }
        at.map_or_else(|| Array::empty(Layout::contiguous(&[0])?, DType::I64), Ok)
    }
    fn vjp(&self, _: &Saved<'_>, _: Cotangents) -> Result<Grads> {
        Ok(Grads::new())
    }
    fn jvp(&self, _: &[&Tensor], _: &Tensor, _: &[Option<Tensor>]) -> Result<Option<Tensor>> {
        Ok(None)
    }
    fn batch(&self, inputs: &[Batched], _: usize) -> Result<Option<Batched>> {
        let all = crate::transform::align_all(inputs)?;
        let refs: SmallVec<[&Tensor; 4]> = all.iter().collect();
        let op = Places { sizes: self.sizes.clone(), dims: self.dims.clone() };
        Ok(Some((apply(OpRef::new(op), &refs)?, Some(0))))
    }
    fn is_differentiable(&self) -> bool {
        false
    }
}

/// Where an index points: places in the dimensions `dims`, and after how many of the other dimensions theirs come.
#[derive(Debug)]
pub(super) struct Target {
    pub dims: SmallVec<[usize; 4]>,
    pub place: usize,
    pub at: Tensor,
}

/// Places of `index` in one dimension of size `n`.
pub(super) fn in_dim(index: &Tensor, dim: usize, n: usize) -> Result<Tensor> {
    apply(OpRef::new(Places { sizes: smallvec![n], dims: smallvec![dim] }), &[index])
}

/// The places of an index into a tensor of `shape`. As in NumPy the dimensions of the index tensors come first unless
/// the dimensions they index stood side by side.
pub(super) fn resolve(entries: &[Entry], shape: &[usize]) -> Result<Target> {
    let mut tensors: SmallVec<[Tensor; 4]> = SmallVec::new();
    let (mut sizes, mut firsts) = (Dims::new(), SmallVec::<[usize; 4]>::new());
    let mut dims: SmallVec<[usize; 4]> = SmallVec::new();
    let mut d = 0;
    let too_many =
        |got: usize| Error::index(format!("too many indices for tensor of dimension {}; got {got}", shape.len()));
    for entry in entries {
        let Some(t) = entry else {
            d += 1;
            continue;
        };
        let is_mask = t.dtype() == DType::Bool || super::is_byte_mask(t.dtype());
        let takes = if is_mask { t.ndim() } else { 1 };
        if d + takes > shape.len() {
            return Err(too_many(d + takes));
        }
        let covered = &shape[d..d + takes];
        let index = if is_mask {
            if covered != t.shape() {
                let k = (0..takes).find(|&k| covered[k] != t.shape()[k]).unwrap_or(0);
                return Err(Error::index(format!(
                    "The shape of the mask {} at index {k} does not match the shape of the indexed tensor {} at index {}",
                    show(t.shape()),
                    show(shape),
                    d + k
                )));
            }
            super::masked::true_places("index", t)?
        } else if t.dtype().category() == Category::Int && t.dtype().size() >= 4 {
            crate::ops::cast(t, DType::I64)?
        } else {
            return Err(Error::index(format!(
                "tensors used as indices must be long, int, byte or bool tensors; got {}; try long()",
                t.dtype().name()
            )));
        };
        tensors.push(index);
        sizes.push(covered.iter().product());
        firsts.push(d);
        dims.extend(d..d + takes);
        d += takes;
    }
    if d > shape.len() {
        return Err(too_many(d));
    }
    let (first, last) = (dims.first().copied().unwrap_or(0), dims.last().copied().unwrap_or(0));
    let adjacent = last + 1 - first == dims.len();
    let refs: SmallVec<[&Tensor; 4]> = tensors.iter().collect();
    let at = match &refs[..] {
        // A lone mask's places need no check.
        [one] if dims.len() != 1 || entries.iter().flatten().any(|t| t.dtype() == DType::Bool) => (*one).clone(),
        _ => apply(OpRef::new(Places { sizes, dims: firsts }), &refs)?,
    };
    Ok(Target { dims, place: if adjacent { first } else { 0 }, at })
}
