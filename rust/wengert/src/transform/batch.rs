//! Helpers of batching rules: mapped dimensions brought to the front, ranks aligned, and the loop for ops without a rule.

use crate::array::Dims;
use crate::error::{Error, Result};
use crate::op::{Batched, OpRef};
use crate::ops::view::{expand, permute, reshape, select};
use crate::record::apply;
use crate::tensor::Tensor;
use smallvec::SmallVec;

/// The value with its mapped dimension (if any) first.
pub fn to_front(b: &Batched) -> Result<Tensor> {
    match b.1 {
        None | Some(0) => Ok(b.0.clone()),
        Some(d) => {
            let rest = (0..b.0.ndim()).filter(|&k| k != d);
            let order: SmallVec<[i64; 4]> = std::iter::once(d).chain(rest).map(|k| k as i64).collect();
            permute(&b.0, &order)
        }
    }
}

fn logical_rank(b: &Batched) -> usize {
    b.0.ndim() - usize::from(b.1.is_some())
}

/// All values so that they broadcast against each other below the mapped dimension.
pub fn align_all(inputs: &[Batched]) -> Result<SmallVec<[Tensor; 4]>> {
    let rank = inputs.iter().map(logical_rank).max().unwrap_or(0);
    inputs
        .iter()
        .map(|b| {
            let x = to_front(b)?;
            let missing = rank - logical_rank(b);
            if b.1.is_none() || missing == 0 {
                return Ok(x);
            }
            let mut shape: Dims = SmallVec::from_slice(&x.shape()[..1]);
            shape.extend(std::iter::repeat_n(1, missing));
            shape.extend_from_slice(&x.shape()[1..]);
            reshape(&x, &shape)
        })
        .collect()
}

/// [`align_all`] of two.
pub fn align(a: &Batched, b: &Batched) -> Result<(Tensor, Tensor)> {
    let mut both = align_all(&[a.clone(), b.clone()])?;
    match (both.pop(), both.pop()) {
        (Some(b), Some(a)) => Ok((a, b)),
        _ => Err(Error::runtime("vmap: two operands expected")),
    }
}

/// The value with a mapped dimension of `size` in front, repeated where it had none.
pub fn spread(b: &Batched, size: usize) -> Result<Tensor> {
    if b.1.is_some() {
        return to_front(b);
    }
    let shape: Dims = std::iter::once(size).chain(b.0.shape().iter().copied()).collect();
    expand(&b.0, &shape)
}

/// The op on each element of the batch, stacked: for ops without a batching rule.
pub(super) fn one_by_one(op: &OpRef, inputs: &[Batched], size: usize) -> Result<Tensor> {
    if size == 0 {
        return Err(Error::runtime(format!(
            "vmap: {} has no batching rule and cannot be mapped over a dimension of size 0",
            op.get().name()
        )));
    }
    let mut outs: Vec<Tensor> = Vec::with_capacity(size);
    for i in 0..size as i64 {
        let one = inputs
            .iter()
            .map(|b| match b.1 {
                None => Ok(b.0.clone()),
                Some(d) => select(&b.0, d as i64, i),
            })
            .collect::<Result<SmallVec<[Tensor; 4]>>>()?;
        let refs: SmallVec<[&Tensor; 4]> = one.iter().collect();
        outs.push(apply(op.clone(), &refs)?);
    }
    let refs: Vec<&Tensor> = outs.iter().collect();
    crate::ops::stack(&refs, 0)
}
