//! `view(dtype)`: the bits of the elements as those of another dtype. Has no derivative, like `detach`. Depends on arrays.

use crate::array::{DType, Dims, Layout, Strides};
use crate::error::{Error, Result};
use crate::tensor::Tensor;

/// The same memory as elements of `dtype`: as many where they have the same size, else the last dimension, which is then
/// contiguous, becomes longer or shorter.
pub fn view_bits(x: &Tensor, dtype: DType) -> Result<Tensor> {
    let x = x.current()?;
    if x.is_lifted() {
        return Err(Error::not_implemented(
            "view(dtype): the tensor is being transformed (jvp or vmap); take the view outside of the transform",
        ));
    }
    let (old, new) = (x.dtype(), dtype);
    if new == DType::Bool && old != new {
        return Err(Error::runtime(format!(
            "view(dtype): a view of {} as bool is not supported, since bytes other than 0 and 1 are no bools; try x != 0",
            old.name()
        )));
    }
    let layout = reinterpreted(x.layout(), x.array().storage_offset(), old, new)?;
    let array = x.array().reinterpret(layout, new).ok_or_else(|| {
        Error::runtime(format!(
            "view(dtype): the memory of this {} tensor does not begin where a {} may; try clone()",
            old.name(),
            new.name()
        ))
    })?;
    Ok(Tensor::from_array(array).detach())
}

fn reinterpreted(layout: &Layout, offset: usize, old: DType, new: DType) -> Result<Layout> {
    let (from, to) = (old.size(), new.size());
    if from == to {
        return Ok(layout.clone());
    }
    let words = format!("to view {} as {} (different element sizes)", old.word(), new.word());
    let refuse = |what: String| Err(Error::runtime(what));
    let mut shape: Dims = layout.shape().into();
    let mut strides: Strides = layout.strides().into();
    let Some(last) = shape.len().checked_sub(1) else {
        return refuse(format!("self.dim() cannot be 0 {words}"));
    };
    if strides[last] != 1 && shape[last] > 1 {
        return refuse(format!("self.stride(-1) must be 1 {words}, but got {}", strides[last]));
    }
    if from > to {
        let ratio = from / to;
        shape[last] *= ratio;
        for stride in &mut strides[..last] {
            *stride *= ratio as isize;
        }
    } else {
        let ratio = to / from;
        if !shape[last].is_multiple_of(ratio) {
            return refuse(format!("self.size(-1) must be divisible by {ratio} {words}, but got {}", shape[last]));
        }
        if !offset.is_multiple_of(ratio) {
            return refuse(format!("self.storage_offset() must be divisible by {ratio} {words}, but got {offset}"));
        }
        shape[last] /= ratio;
        for (d, stride) in strides[..last].iter_mut().enumerate() {
            if *stride % ratio as isize != 0 {
                return refuse(format!("self.stride({d}) must be divisible by {ratio} {words}, but got {stride}"));
            }
            *stride /= ratio as isize;
        }
    }
    strides[last] = 1;
    Ok(Layout::strided(&shape, &strides))
}
