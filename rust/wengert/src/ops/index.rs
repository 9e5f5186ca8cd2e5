//! Elements picked by integer tensors and masks, in reading and in assignment. Depends on kernels and `record`.
//!
//! However an index is written, it becomes one int64 tensor of places in the row-major order of the dimensions that it
//! covers (`places`); reading and writing at such places are two operations (`points`). Those with an index for each
//! element, along one dimension, are `along`.

pub mod along;
pub mod masked;
mod places;
mod points;
pub mod put;
pub mod reduced;
pub mod select;
pub mod take;
pub mod within;

pub use along::{gather, scatter, scatter_add};
pub use masked::{masked_fill, masked_scatter, masked_select, nonzero};
pub use places::Entry;
pub use put::{index, index_put, index_put_};
pub use reduced::scatter_reduce;
pub use select::{index_add, index_copy, index_fill, index_select};
pub use take::{put, take, take_along_dim};

pub(crate) use along::{Gather, put_along, take_along};

use crate::array::{Category, DType};
use crate::error::{Error, Result};
use crate::tensor::Tensor;

/// Whether elements are bytes, which PyTorch takes for a mask where it looks for indices.
pub fn is_byte_mask(dtype: DType) -> bool {
    dtype == DType::U8
}

/// A mask as bool; PyTorch warns of masks of bytes.
pub fn as_mask(mask: &Tensor) -> Result<Tensor> {
    if is_byte_mask(mask.dtype()) {
        crate::warning::warn(
            "indexing with dtype torch.uint8 is now deprecated, please use a dtype torch.bool instead.",
        )?;
    }
    crate::ops::cast(mask, DType::Bool)
}

/// An index of int32 or int64 as int64.
fn whole(name: &str, index: &Tensor, wanted: &str) -> Result<Tensor> {
    if index.dtype().category() == Category::Int && index.dtype().size() >= 4 {
        return crate::ops::cast(index, DType::I64);
    }
    Err(Error::runtime(format!("{name}(): Expected {wanted} for index, but got {}; try long()", index.dtype().word())))
}

#[cold]
fn unequal_dtypes(name: &str, x: &Tensor, source: &Tensor) -> Error {
    Error::runtime(format!(
        "{name}(): Expected self.dtype to be equal to src.dtype; got {} for the destination and {} for the source, try to({})",
        x.dtype().word(),
        source.dtype().word(),
        x.dtype().name()
    ))
}
